/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/loop/suspect.h"

#include "tests/support/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const TOPICS[] = { "debtor-events" };
static char path[64];

#ifndef __SANITIZE_ADDRESS__ /* the sanitizer would be first to see the stack end */

/* Deeper than any stack; what it returns keeps every frame alive. */
static int fall(volatile char *above, int depth)
{
    volatile char frame[4096];

    frame[0] = (char)(above[0] + depth);
    return depth < 0 ? 0 : fall(frame, depth + 1) + frame[0];
}

static void overflow(void)
{
    volatile char bottom = 1;

    _exit(fall(&bottom, 0));
}

#endif

static void assertion(void)
{
    abort();
}

static void arithmetic(void)
{
    (void)raise(SIGFPE);
}

static void killed(void)
{
    (void)raise(SIGKILL);
}

/* A process that decides record 7 and ends; or, with its record refused, does not. */
static bool dies(void (*end)(void))
{
    pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0) {
        struct rlc_error error;
        struct rlc_suspects *suspects = rlc_suspects_open(path, TOPICS, 1, &error);

        close(STDERR_FILENO);
        if (!suspects || rlc_suspect_is_poison(suspects, 0, 0, 7))
            _exit(0);
        rlc_suspect_set(0, 0, 7);
        end();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
}

static int set_up(void **state)
{
    int file;

    (void)state;
    (void)snprintf(path, sizeof(path), "/tmp/relance-suspects-XXXXXX");
    file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static void a_record_that_ends_the_process_three_times_is_refused(void **state)
{
    static void (*const ENDS[])(void) = {
        assertion,
        arithmetic,
#ifndef __SANITIZE_ADDRESS__
        overflow,
#endif
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ENDS); i++) {
        assert_int_equal(truncate(path, 0), 0);
        for (int life = 0; life < RLC_SUSPECT_DEATHS; life++)
            assert_true(dies(ENDS[i]));
        assert_false(dies(ENDS[i]));
    }
}

static void a_process_that_is_killed_suspects_nothing(void **state)
{
    (void)state;
    for (int life = 0; life < 2 * RLC_SUSPECT_DEATHS; life++)
        assert_true(dies(killed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_that_ends_the_process_three_times_is_refused,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_process_that_is_killed_suspects_nothing, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
