/* SPDX-License-Identifier: Apache-2.0 */
/* A dead letter whose record is sent again, corrected or as it was, or given up: which record,
 * where it goes, and what would be refused again before anything is sent. */
#ifndef RELANCECTL_AGAIN_H
#define RELANCECTL_AGAIN_H

#include "common/runtime/topics.h"
#include "letters.h"

struct again {
    struct ctl *ctl;
    struct ctl_letter letter;
    struct rlc_arena arena;
    char origin[RLC_TOPIC_NAME_MAX]; /* where the record stood */
    char source[RLC_TOPIC_NAME_MAX]; /* the source topic that it came from */
    const char *topic;               /* where the record goes */
    const char *command_topic;       /* where the command goes */
    struct rlc_span key;
    struct rlc_span value;
    int32_t partition; /* where it went; RLC_PARTITION_NONE: nowhere yet */
    rlc_ms now_ms;     /* of a stepped clock, or as --time says; 0: system time */
};

/* Finds the letter of the first argument and the topics, by the options of the command. CTL_OK, or
 * the exit code after a message. Pair with ctl_again_close() in either case. */
int ctl_again_open(struct ctl *ctl, struct again *again);
void ctl_again_close(struct again *again);

/* Whether the record stood in a topic that only Relance writes. */
bool ctl_again_is_internal(const struct again *again);

/* Gets the record as it was into `value` and `key`. CTL_OK; CTL_DATA for one that would be refused
 * again; CTL_NOT_THERE where nobody has it any more; or the exit code after a message. */
int ctl_again_as_it_was(struct again *again);

/* Gets the corrected event of a file into `value`. CTL_OK; CTL_DATA, after a message, for one that
 * would be refused again, that names another debtor than the letter, or that has the id of the
 * event that it corrects where that id is taken. */
int ctl_again_corrected(struct again *again, const char *path);

/* A text of the letter, in the arena of `again`; NULL for none. */
char *ctl_again_text(struct again *again, struct rlc_span text);

#endif
