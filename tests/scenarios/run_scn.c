/* SPDX-License-Identifier: Apache-2.0 */
/* Runs scripts: `run_scn [-v] FOLDER|FILE...`. Each is a test of its own, played in batches of one
 * record and of ten thousand; both must tell the same story. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/scn_check.h"
#include "tests/support/check.h"

enum { SCRIPTS_MAX = 400, PATTERN_SIZE = 1024 };

struct script {
    const char *path;
    bool verbose;
};

static void tell_all(const struct scn_record *record)
{
    for (size_t i = 0; i < record->count; i++)
        printf("  %s\n", record->lines[i]);
}

static size_t run(const struct scn_story *story, bool verbose)
{
    struct scn_record single;
    struct scn_record whole;
    size_t failures;

    scn_play(story, 1, &single);
    scn_play(story, RLC_BATCH_MAX, &whole);
    if (verbose) {
        tell_all(&single);
        printf("----\n");
        tell_all(&whole);
    }
    failures = scn_check(story, &whole, stderr);
    if (scn_differ(&single, &whole, stderr)) {
        (void)fprintf(stderr, "%s: batches change the story\n", story->name);
        failures++;
    }
    scn_record_close(&single);
    scn_record_close(&whole);
    return failures;
}

static void script_holds(void **state)
{
    const struct script *script = *state;
    struct scn_story *story = calloc(1, sizeof(*story));
    struct scn_bundles bundles;
    size_t failures = 1;

    assert_non_null(story);
    assert_true(scn_bundles_open(&bundles));
    if (scn_story_read(story, script->path, &bundles))
        failures = run(story, script->verbose);
    else
        (void)fprintf(stderr, "%s\n", story->mistake);
    scn_story_close(story);
    scn_bundles_close(&bundles);
    free(story);
    if (failures > 0)
        fail_msg("%zu expectations not met", failures);
}

static void list(const char *argument, glob_t *ret_paths)
{
    size_t size = strlen(argument);
    bool is_file = size > 4 && strcmp(argument + size - 4, ".scn") == 0;
    char pattern[PATTERN_SIZE];

    (void)snprintf(pattern, sizeof(pattern), "%s%s", argument, is_file ? "" : "/*.scn");
    (void)glob(pattern, ret_paths->gl_pathc > 0 ? GLOB_APPEND : 0, NULL, ret_paths);
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[SCRIPTS_MAX];
    static struct script scripts[SCRIPTS_MAX];
    glob_t paths = { 0 };
    bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    int failed;

    for (int i = verbose ? 2 : 1; i < argc; i++)
        list(argv[i], &paths);
    if (paths.gl_pathc == 0 || paths.gl_pathc > SCRIPTS_MAX) {
        (void)fprintf(stderr, "usage: run_scn [-v] FOLDER|FILE.scn...\n");
        return 2;
    }
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        const char *name = strrchr(paths.gl_pathv[i], '/');

        scripts[i] = (struct script){ .path = paths.gl_pathv[i], .verbose = verbose };
        tests[i] = (struct CMUnitTest){ .name = name ? name + 1 : paths.gl_pathv[i],
                                        .test_func = script_holds,
                                        .initial_state = &scripts[i] };
    }
    failed = _cmocka_run_group_tests("scenarios", tests, paths.gl_pathc, NULL, NULL);
    globfree(&paths);
    return failed > 0 ? 1 : 0;
}
