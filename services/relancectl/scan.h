/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a topic once, from where one wants to its end, without a group. */
#ifndef RELANCECTL_SCAN_H
#define RELANCECTL_SCAN_H

#include "cli.h"

struct ctl_scan {
    const char *topic; /* full name */
    int32_t partition; /* this one only; RLC_PARTITION_NONE: all of the topic */
    int64_t offset;    /* with a partition: this record only; RLC_OFFSET_BEGIN: all */
    int64_t tail;      /* at most so many offsets of each partition, the newest; 0 = all */
    /* Called for each record, in the order of its partition; false ends the scan. */
    bool (*take)(void *context, const struct rlc_record *record);
    void *context;
};

/* Reads everything that was committed when it began. CTL_OK, or the exit code after a message:
 * CTL_NOT_THERE for a topic or an offset that does not exist. Gives up after 10 s of silence. */
int ctl_scan(struct ctl *ctl, const struct ctl_scan *scan);

/* Asks whether Kafka answers at all, for at most 5 s: calls that make something wait longer.
 * CTL_OK, or the exit code after a message. */
int ctl_reach(struct ctl *ctl);

/* The next offset of a partition; CTL_OK, or the exit code after a message. */
int ctl_watermark(struct ctl *ctl, const char *topic, int32_t partition, int64_t *ret_next);

#endif
