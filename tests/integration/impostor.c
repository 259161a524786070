/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/impostor.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/runtime/clock.h"
#include "tests/support/check.h"

#define TRICKLE_MS 10

static void answer_one(int connection, struct rlc_span answer, bool trickle)
{
    size_t at_once = trickle ? answer.size / 2 : answer.size;

    (void)send(connection, answer.data, at_once, MSG_NOSIGNAL);
    for (size_t i = at_once; i < answer.size; i++) {
        rlc_clock_pause_ms(NULL, TRICKLE_MS);
        if (send(connection, answer.data + i, 1, MSG_NOSIGNAL) != 1)
            return;
    }
}

/* Connections are never closed: the caller must be the one who gives up. */
static void answer_all(int listener, struct rlc_span answer, bool trickle)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int connection = accept(listener, NULL, NULL);

        if (connection < 0)
            _exit(1);
        answer_one(connection, answer, trickle);
    }
}

void impostor_start(struct impostor *impostor, const char *folder, struct rlc_span answer,
                    bool trickle)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)snprintf(impostor->socket, sizeof(impostor->socket), "%s/impostor", folder);
    memcpy(address.sun_path, impostor->socket, strlen(impostor->socket) + 1);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 16), 0);
    impostor->process = fork();
    assert_true(impostor->process >= 0);
    if (impostor->process == 0)
        answer_all(listener, answer, trickle);
    close(listener);
}

void impostor_stop(struct impostor *impostor)
{
    assert_int_equal(kill(impostor->process, SIGKILL), 0);
    assert_int_equal(waitpid(impostor->process, NULL, 0), impostor->process);
    assert_int_equal(unlink(impostor->socket), 0);
}
