/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a command: its answer on debtor-facts, or the dead letter of who could not read
 * it. */
#ifndef RELANCECTL_ANSWER_H
#define RELANCECTL_ANSWER_H

#include "cli.h"
#include "common/runtime/topics.h"
#include "common/wire/limits.h"

/* Both topics, read from where they end now on. */
struct ctl_answers {
    struct ctl *ctl;
    char names[2][RLC_TOPIC_NAME_MAX];
    const char *topics[2];
    struct rlc_bus_config config;
    struct rlc_bus *bus;
    struct rlc_position from[2 * RLC_PARTITIONS_MAX];
    size_t from_count;
};

struct ctl_answer {
    const char *word; /* ACCEPTED, REFUSED, DUPLICATE, DEAD_LETTER; NULL: none in time */
    char rule[RLC_CODE_BYTES_MAX + 1]; /* why it was refused; the letter's code */
    char path[256];                    /* of a letter */
    char remedy[512];                  /* of a letter */
};

/* Before the command is sent; CTL_OK, or the exit code after a message. */
int ctl_answers_open(struct ctl_answers *answers, struct ctl *ctl);

/* Waits up to 10 s for the answer to a command of the tenant. `source` is the event's. CTL_OK with
 * or without an answer, or the exit code after a message. */
int ctl_answers_wait(struct ctl_answers *answers, const char *tenant, const char *source,
                     const char *command, struct ctl_answer *ret_answer);

/* A zeroed one is allowed. */
void ctl_answers_close(struct ctl_answers *answers);

#endif
