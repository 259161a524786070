/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each event that was sent: taken in or refused by ingest, then decided by scenario.
 * An event is known again by the hash of its bytes. */
#ifndef RELANCECTL_FATES_H
#define RELANCECTL_FATES_H

#include "batch.h"
#include "tail.h"

struct ctl_fate;

struct ctl_fates {
    struct ctl *ctl;
    const struct ctl_batch *batch;
    struct ctl_tail arrivals; /* events and dead letters */
    struct ctl_tail facts;
    struct ctl_fate *fates; /* one each */
    struct ctl_fate *by_hash;
    struct ctl_fate *by_place;
    struct rlc_arena arena;
    size_t open; /* events whose next word is waited for */
    bool direct; /* the records are debtor-events themselves, not source records; set after open */
};

/* Before the events are sent; CTL_OK, or the exit code after a message. */
int ctl_fates_open(struct ctl_fates *fates, struct ctl *ctl, const struct ctl_batch *batch);

/* Waits until all is known, or nothing came for 10 s. `*ret_fates` gets an object for each event
 * that was sent, in the order of the file; the caller releases it: "line", "source", "id",
 * "tenant", "debtor", "fate", and where there is more to say "rule", "path", "remedy" and "letter"
 * {"id", "state"}, scenario's dead letter that stands against it. The fates, and what they are to
 * whoever sends, stand in proto/README.md, "What became of it". What is a duplicate of something
 * that an open letter stands against is REFUSED again. CTL_OK; CTL_FOUND where one does not count;
 * CTL_UNAVAILABLE where one has no answer; or the exit code after a message. */
int ctl_fates_wait(struct ctl_fates *fates, json_t **ret_fates);

/* Prints one of them as a line: "evt-1: STALE: a later word ...". */
void ctl_fate_print(const json_t *fate);

/* A zeroed one is allowed. */
void ctl_fates_close(struct ctl_fates *fates);

#endif
