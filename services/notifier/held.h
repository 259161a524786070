/* SPDX-License-Identifier: Apache-2.0 */
/* What holds all contacts of a tenant or a partition back for now, as the last looks have found.
 * Where many of them wait, they must not take the places of the few that may leave. */
#ifndef NOTIFIER_HELD_H
#define NOTIFIER_HELD_H

#include "contacts.h"
#include "looks.h"

/* Tenants that are known at a time. One that is forgotten for another is found out again. */
#define HELD_TENANTS_MAX 1024u

struct held {
    int32_t partitions; /* P */
    /* Tenants whose intake is behind. */
    struct {
        uint32_t hash;
        uint64_t until_ns;
    } tenant[HELD_TENANTS_MAX];
    /* Partitions in which scenario stands still; 0: it does not. An instant that has passed is kept
     * until a look has found scenario past a gate there. */
    uint64_t partition_until_ns[RLC_PARTITIONS_MAX];
};

/* What the contact would wait for, so that it need not be tried now. */
enum look_wait held_by(const struct held *held, const struct contact *contact, uint64_t now_ns);

/* A look has found what the prepared contact waits for: for how long it makes room for others, or
 * 0, when it keeps its place. */
int64_t held_note(struct held *held, const struct contact *contact, enum look_wait wait,
                  uint64_t now_ns);

#endif
