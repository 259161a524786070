/* SPDX-License-Identifier: Apache-2.0 */
/* Broken bundles and what is said about them. A case is the small bundle with some files replaced:
 *
 *     > a line that must be said
 *     -- path --             the file's new content follows
 *     -- path -- removed     there is no such file
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/policy/bundle_build.h"
#include "common/runtime/memory.h"

#include "model_file.h"
#include "policy/legal_policy.h"
#include "policy/scenario_policy.h"

#include "tests/support/check.h"

#define TEXT_MAX    65536
#define PATH_SIZE   640
#define FILES_MAX   16
#define CASES_LEAST 70 /* so that a folder which is not found is no success */
#define SMALL       RLC_BUNDLES_DIR "/small"

static const char *const SMALL_FILES[] = {
    "bundle.yaml",           "choices.yaml",        "scenarios/standard.yaml",
    "scenarios/gentle.yaml", "creditors/acme.yaml", "senders/acme.yaml",
    "calendars/fr.csv",      "zones.csv",           "templates/reminder.fr.txt",
};

/* A folder that is removed again. */
struct folder {
    char path[64];
    char file[FILES_MAX][PATH_SIZE];
    size_t file_count;
};

static void read_text(const char *path, char text[TEXT_MAX])
{
    FILE *file = fopen(path, "re");
    size_t size;

    if (!file)
        fail_msg("%s: %s", path, strerror(errno));
    size = fread(text, 1, TEXT_MAX - 1, file);
    text[size] = '\0';
    assert_int_equal(fclose(file), 0);
}

static void write_file(struct folder *folder, const char *name, const char *text, size_t size)
{
    char path[PATH_SIZE];
    const char *slash = strchr(name, '/');
    FILE *file;

    if (slash) {
        (void)snprintf(path, sizeof(path), "%s/%.*s", folder->path, (int)(slash - name), name);
        (void)mkdir(path, 0700);
    }
    (void)snprintf(path, sizeof(path), "%s/%s", folder->path, name);
    file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    for (size_t i = 0; i < folder->file_count; i++) {
        if (strcmp(folder->file[i], path) == 0)
            return;
    }
    assert_true(folder->file_count < FILES_MAX);
    (void)snprintf(folder->file[folder->file_count++], PATH_SIZE, "%s", path);
}

static void open_folder(struct folder *folder)
{
    static char text[TEXT_MAX];
    char path[PATH_SIZE];

    (void)snprintf(folder->path, sizeof(folder->path), "/tmp/relance-bundle-XXXXXX");
    folder->file_count = 0;
    assert_non_null(mkdtemp(folder->path));
    for (size_t i = 0; i < RLC_COUNT(SMALL_FILES); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", SMALL, SMALL_FILES[i]);
        read_text(path, text);
        write_file(folder, SMALL_FILES[i], text, strlen(text));
    }
}

static void close_folder(struct folder *folder)
{
    for (size_t i = 0; i < folder->file_count; i++) {
        (void)unlink(folder->file[i]);
        *strrchr(folder->file[i], '/') = '\0';
    }
    /* The folders are empty now; a second attempt at one fails, which is fine. */
    for (size_t i = 0; i < folder->file_count; i++)
        (void)rmdir(folder->file[i]);
    (void)rmdir(folder->path);
}

/* One section: its header line, and what follows up to the next one. Returns the next one. */
static const char *apply_section(struct folder *folder, const char *section)
{
    const char *content = strchr(section, '\n') + 1;
    const char *next = strstr(content, "\n-- ");
    size_t size = next ? (size_t)(next + 1 - content) : strlen(content);
    const char *mark = strstr(section + 3, " --");
    char name[PATH_SIZE];
    char path[PATH_SIZE * 2];

    /* An empty section is followed by its successor at once. */
    if (strncmp(content, "-- ", 3) == 0) {
        next = content - 1;
        size = 0;
    }
    (void)snprintf(name, sizeof(name), "%.*s", (int)(mark - section - 3), section + 3);
    if (strncmp(mark, " -- removed", 11) == 0) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder->path, name);
        assert_int_equal(unlink(path), 0);
    } else {
        write_file(folder, name, content, size);
    }
    return next ? next + 1 : NULL;
}

static void check_folder(const char *path, struct rlc_problems *ret_problems)
{
    struct rlc_bundle_build *build = NULL;
    struct rlc_error error;

    memset(ret_problems, 0, sizeof(*ret_problems));
    if (rlc_bundle_build_folder(path, NULL, ret_problems, &build, &error) == RLC_OK) {
        (void)!scenario_policy_check(rlc_bundle_build_bundle(build), ret_problems, &error);
        (void)!scoring_model_check(rlc_bundle_build_bundle(build), ret_problems, &error);
        (void)!legal_policy_check(rlc_bundle_build_bundle(build), ret_problems, &error);
    }
    rlc_bundle_build_free(build);
}

/* "> " and a problem, a line each. */
static void format_problems(const struct rlc_problems *problems, char text[TEXT_MAX])
{
    size_t all = problems->error_count + problems->warning_count;
    size_t used = 0;
    char line[1024];

    text[0] = '\0';
    for (size_t i = 0; i < problems->count; i++)
        used += (size_t)snprintf(text + used, TEXT_MAX - used, "> %s\n",
                                 rlc_problem_format(&problems->problem[i], line, sizeof(line)));
    if (all > problems->count)
        (void)snprintf(text + used, TEXT_MAX - used, "> and %zu more\n", all - problems->count);
}

static void run_case(const char *name)
{
    static char text[TEXT_MAX];
    static char said[TEXT_MAX];
    static struct rlc_problems problems;
    struct folder folder;
    char path[PATH_SIZE];
    const char *expected;
    char *section;

    (void)snprintf(path, sizeof(path), "%s/cases/%s", RLC_BUNDLES_DIR, name);
    read_text(path, text);
    section = strstr(text, "\n-- ");
    if (!section) {
        fail_msg("%s replaces no file", name);
        return;
    }
    open_folder(&folder);
    for (const char *at = section + 1; at;)
        at = apply_section(&folder, at);
    check_folder(folder.path, &problems);
    close_folder(&folder);
    format_problems(&problems, said);
    section[1] = '\0';
    expected = strstr(text, "\n> ");
    expected = expected ? expected + 1 : "";
    if (strcmp(said, expected) != 0)
        fail_msg("%s says\n%sand must say\n%s", name, said, expected);
}

static int is_case(const struct dirent *entry)
{
    return strstr(entry->d_name, ".case") != NULL;
}

static void every_broken_bundle_is_told_what_is_wrong_and_where(void **state)
{
    struct dirent **entries = NULL;
    int count = scandir(RLC_BUNDLES_DIR "/cases", &entries, is_case, alphasort);

    (void)state;
    assert_true(count >= CASES_LEAST);
    for (int i = 0; i < count; i++) {
        run_case(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

static void good_bundles_pass_without_a_word(void **state)
{
    static const char *const GOOD[] = {
        "/tests/unit/data/bundles/small", "/tests/ledger/bundle", "/tests/ledger/bundle-cap7",
        "/deploy/bundles/standard-fr",    "/deploy/bundles/demo",
    };
    static struct rlc_problems problems;
    static char said[TEXT_MAX];
    char path[PATH_SIZE];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(GOOD); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", RLC_SOURCE_DIR, GOOD[i]);
        check_folder(path, &problems);
        format_problems(&problems, said);
        if (problems.count > 0)
            fail_msg("%s says\n%s", GOOD[i], said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_broken_bundle_is_told_what_is_wrong_and_where),
        cmocka_unit_test(good_bundles_pass_without_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
