/* SPDX-License-Identifier: Apache-2.0 */
/* Proof that an assertion of the product stops the process. */
#ifndef RLC_TESTS_DEATH_H
#define RLC_TESTS_DEATH_H

#include "tests/support/check.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `body` in a child process and checks that it dies of SIGABRT. */
static inline void assert_aborts(void (*body)(void))
{
    pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        body();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

#endif
