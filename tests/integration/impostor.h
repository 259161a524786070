/* SPDX-License-Identifier: Apache-2.0 */
/* A process that answers on a unix socket whatever it was told to, to anybody who connects. */
#ifndef RLC_TESTS_IMPOSTOR_H
#define RLC_TESTS_IMPOSTOR_H

#include <sys/types.h>

#include "common/pure/span.h"

struct impostor {
    pid_t process;
    char socket[64];
};

/* Listens on `folder`/impostor. Each connection gets `answer` at once; if `trickle`, a byte every
 * ten milliseconds from the second half of it on. Then it stays open and silent. */
void impostor_start(struct impostor *impostor, const char *folder, struct rlc_span answer,
                    bool trickle);
void impostor_stop(struct impostor *impostor);

#endif
