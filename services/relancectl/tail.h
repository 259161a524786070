/* SPDX-License-Identifier: Apache-2.0 */
/* Topics of the installation from where they end now on: what comes of something that is about to
 * be sent. */
#ifndef RELANCECTL_TAIL_H
#define RELANCECTL_TAIL_H

#include "cli.h"
#include "common/runtime/topics.h"
#include "common/wire/limits.h"

#define CTL_TAIL_TOPICS_MAX 2

struct ctl_tail {
    struct ctl *ctl;
    char names[CTL_TAIL_TOPICS_MAX][RLC_TOPIC_NAME_MAX];
    const char *topics[CTL_TAIL_TOPICS_MAX];
    size_t count;
    struct rlc_bus_config config;
    struct rlc_bus *bus;
    struct rlc_position from[CTL_TAIL_TOPICS_MAX * RLC_PARTITIONS_MAX];
    size_t from_count;
};

/* What a record is to whoever waits. */
enum ctl_tail_word {
    CTL_TAIL_OTHER, /* somebody else's */
    CTL_TAIL_MINE,  /* one of those that are waited for: there is progress */
    CTL_TAIL_DONE   /* the last of them */
};

/* Before anything is sent; CTL_OK, or the exit code after a message. */
int ctl_tail_open(struct ctl_tail *tail, struct ctl *ctl, const enum rlc_topic_use *uses,
                  size_t count);

/* Gives what comes to `take` (record->topic counts as `uses` did) until it is done, or until
 * nothing of interest came for 10 s. CTL_OK either way, or the exit code after a message. */
int ctl_tail_wait(struct ctl_tail *tail,
                  enum ctl_tail_word (*take)(void *context, const struct rlc_record *record),
                  void *context);

/* A zeroed one is allowed. */
void ctl_tail_close(struct ctl_tail *tail);

#endif
