/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a command: its answer on debtor-facts, or the dead letter of who could not read
 * it. */
#ifndef RELANCECTL_ANSWER_H
#define RELANCECTL_ANSWER_H

#include "common/wire/limits.h"
#include "tail.h"

struct ctl_answer {
    const char *word; /* ACCEPTED, REFUSED, DUPLICATE, DEAD_LETTER; NULL: none in time */
    char rule[RLC_CODE_BYTES_MAX + 1]; /* why it was refused; the letter's code */
    char detail[256];                  /* more about it; of an answer */
    char path[256];                    /* of a letter */
    char remedy[512];                  /* of a letter */
};

/* Before the command is sent: where its answers will stand. CTL_OK, or the exit code after a
 * message. */
int ctl_answers_open(struct ctl_tail *answers, struct ctl *ctl);

/* Waits up to 10 s for the answer to a command of the tenant. `source` is the event's. CTL_OK with
 * or without an answer, or the exit code after a message. */
int ctl_answers_wait(struct ctl_tail *answers, const char *tenant, const char *source,
                     const char *command, struct ctl_answer *ret_answer);

#endif
