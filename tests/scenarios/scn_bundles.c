/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scenarios/scn_bundles.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime/memory.h"
#include "policy/scenario_policy.h"
#include "tests/support/bundle_feed.h"

#define PATH_SIZE  1100
#define NAME_SIZE  300
#define FILE_BYTES 65536
#define POLICIES   RLC_SOURCE_DIR "/tests/scenarios/policies/"

/* The folders of a bundle. */
static const char *const FOLDERS[] = { "",           "calendars/", "creditors/", "procedures/",
                                       "scenarios/", "senders/",   "templates/" };

/* ---- one folder laid over another ---- */

static bool copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    char bytes[FILE_BYTES];
    size_t size = in ? fread(bytes, 1, sizeof(bytes), in) : 0;
    bool done = in && out && size < sizeof(bytes) && fwrite(bytes, 1, size, out) == size;

    if (in)
        (void)fclose(in);
    if (out && fclose(out) != 0)
        done = false;
    return done;
}

/* A folder that is not there adds nothing. */
static bool copy_folder(const char *from, const char *to)
{
    DIR *folder = opendir(from);
    struct dirent *entry;
    bool done = true;

    if (!folder)
        return true;
    while (done && (entry = readdir(folder))) {
        char source[PATH_SIZE];
        char target[PATH_SIZE];
        struct stat kind;

        (void)snprintf(source, sizeof(source), "%s%s", from, entry->d_name);
        (void)snprintf(target, sizeof(target), "%s%s", to, entry->d_name);
        if (stat(source, &kind) == 0 && S_ISREG(kind.st_mode))
            done = copy_file(source, target);
    }
    (void)closedir(folder);
    return done;
}

static bool lay(const char *name, const char *target)
{
    bool done = true;

    for (size_t i = 0; done && i < RLC_COUNT(FOLDERS); i++) {
        char from[NAME_SIZE + 200];
        char to[NAME_SIZE];

        (void)snprintf(from, sizeof(from), POLICIES "%s/%s", name, FOLDERS[i]);
        (void)snprintf(to, sizeof(to), "%s/%s", target, FOLDERS[i]);
        (void)mkdir(to, 0700);
        done = copy_folder(from, to);
    }
    return done;
}

static void sweep_away(const char *target)
{
    for (size_t i = RLC_COUNT(FOLDERS); i-- > 0;) {
        char path[PATH_SIZE];
        DIR *folder;
        struct dirent *entry;

        (void)snprintf(path, sizeof(path), "%s/%s", target, FOLDERS[i]);
        folder = opendir(path);
        while (folder && (entry = readdir(folder))) {
            char file[PATH_SIZE + NAME_SIZE];

            (void)snprintf(file, sizeof(file), "%s%s", path, entry->d_name);
            (void)unlink(file);
        }
        if (folder)
            (void)closedir(folder);
        (void)rmdir(path);
    }
}

/* ---- policies ---- */

static bool build(struct scn_bundles *bundles, struct scn_policy *policy, char *ret_mistake,
                  size_t capacity)
{
    char target[] = "/tmp/relance-policy-XXXXXX";
    struct rlc_problems problems = { 0 };
    struct rlc_error error = { .text = "" };
    bool done;

    if (!mkdtemp(target))
        return false;
    done = lay("common", target) && lay(policy->name, target) &&
           rlc_bundle_build_folder(target, NULL, &problems, &policy->build, &error) == RLC_OK;
    sweep_away(target);
    if (done) {
        done = scenario_policy_check(rlc_bundle_build_bundle(policy->build), &problems, &error) ==
                   RLC_OK &&
               scenario_policy_load(rlc_bundle_build_bundle(policy->build), &policy->arena,
                                    &policy->policy, &error) == RLC_OK &&
               bundle_feed(policy->build, bundles->catalog);
    }
    if (!done && problems.count > 0)
        (void)rlc_problem_format(&problems.problem[0], error.text, sizeof(error.text));
    if (!done)
        (void)snprintf(ret_mistake, capacity, "policy '%s': %s", policy->name, error.text);
    return done;
}

static bool exists(const char *name)
{
    char path[PATH_SIZE];
    struct stat kind;

    (void)snprintf(path, sizeof(path), POLICIES "%s", name);
    return stat(path, &kind) == 0 && S_ISDIR(kind.st_mode);
}

const struct scn_policy *scn_bundles_get(struct scn_bundles *bundles, const char *name,
                                         char *ret_mistake, size_t capacity)
{
    struct scn_policy *policy;

    for (size_t i = 0; i < bundles->count; i++) {
        if (strcmp(bundles->policies[i].name, name) == 0)
            return &bundles->policies[i];
    }
    if (bundles->count == SCN_POLICIES_MAX || !exists(name)) {
        (void)snprintf(ret_mistake, capacity, "there is no policy '%s'", name);
        return NULL;
    }
    policy = &bundles->policies[bundles->count];
    (void)snprintf(policy->name, sizeof(policy->name), "%s", name);
    if (rlc_arena_map(&policy->arena, SCENARIO_POLICY_BYTES) != RLC_OK)
        return NULL;
    bundles->count++;
    return build(bundles, policy, ret_mistake, capacity) ? policy : NULL;
}

bool scn_bundles_open(struct scn_bundles *bundles)
{
    memset(bundles, 0, sizeof(*bundles));
    bundles->catalog = rlc_bundles_new();
    return bundles->catalog != NULL;
}

void scn_bundles_close(struct scn_bundles *bundles)
{
    for (size_t i = 0; i < bundles->count; i++) {
        rlc_bundle_build_free(bundles->policies[i].build);
        rlc_arena_unmap(&bundles->policies[i].arena);
    }
    rlc_bundles_free(bundles->catalog);
}
