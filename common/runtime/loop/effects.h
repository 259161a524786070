/* SPDX-License-Identifier: Apache-2.0 */
/* Workers that act on the world outside the log (the notifier sends mails). Such an act spans two
 * transactions, and what comes of it is no record of the input: a *local event*. The loop decides
 * local events between two polls, at the partition's time, in a transaction with unchanged offsets.
 *
 * A service keeps what it has under way in memory of its own, per partition, from adopted() until
 * drop(). Whatever it does outside is done in committed(), so never on behalf of a decision that
 * does not stand. A local event is handed out again until committed() was told of it. */
#ifndef RLC_RUNTIME_EFFECTS_H
#define RLC_RUNTIME_EFFECTS_H

#include "common/runtime/loop/service.h"

/* Local events of one transaction; they come from a bounded number of connections. */
#define RLC_LOCALS_MAX 256u

/* A local event. */
struct rlc_local {
    int32_t partition;
    struct rlc_span subject; /* state key of the record it is about */
    void *body;              /* the service's own, valid until the next gather() */
};

struct rlc_effects {
    /* A partition works from now on, and nothing of it is decided yet: its timed records, in parts
     * of any size and any order, then adopted(). `records[i]` belongs to `keys[i]`; both are lent
     * for the call. */
    void (*adopt)(void *self, int32_t partition, const struct rlc_span *keys, void *const *records,
                  size_t count);
    void (*adopted)(void *self, int32_t partition);
    /* It works no longer, or starts over, perhaps in the middle of an adoption: forget what its
     * records said. What is under way outside goes on; if the partition is adopted again, its
     * result counts. */
    void (*drop)(void *self, int32_t partition);

    /* Does what has to be done outside the log, as far as it takes no long wait, and hands out the
     * local events that came of it. How many; the arena lasts until they are decided. */
    size_t (*gather)(void *self, struct rlc_arena *arena,
                     struct rlc_local ret_local[RLC_LOCALS_MAX]);
    /* This event of an adopted partition was decided, and the decision is committed. */
    void (*committed)(void *self, const struct rlc_event *event);

    /* How long a poll may wait before gather() is called again. */
    int32_t (*wait_ms)(void *self);
    /* Work of the partition that has no answer yet; see rlc_seen.busy. */
    int64_t (*busy)(void *self, int32_t partition);

    /* Begin nothing new outside the log; or again, with false. */
    void (*hold)(void *self, bool held);
    /* Whether something is under way that hold() lets finish. */
    bool (*under_way)(void *self);
};

#endif
