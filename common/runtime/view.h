/* SPDX-License-Identifier: Apache-2.0 */
/* Hot state: a rebuildable view of the changelog, one slice per partition of one worker. Kept in
 * Redis (common/redis) or in memory (common/memory). The changelog is the truth; every write here
 * is one atomic step that compares the fence, writes and moves it, so a late writer changes
 * nothing.
 *
 * Status of every call: RLC_OK, or RLC_RETRY when the store is away. Blocks for one round trip. */
#ifndef RLC_RUNTIME_VIEW_H
#define RLC_RUNTIME_VIEW_H

#include "common/pure/arena.h"
#include "common/pure/span.h"
#include "common/pure/status.h"
#include "common/runtime/bus.h"

#define RLC_UUID_SIZE 16
#define RLC_MS_NEVER  INT64_C(9007199254740991) /* 2^53-1: the largest score Redis keeps exactly */

/* Where a slice stands. All numbers stay below 2^53 (they pass through Lua). */
struct rlc_fence {
    int64_t off;     /* changelog offset of the checkpoint this slice equals; NONE = empty. While
                      * a restore is under way also of the last record applied */
    int64_t next_in; /* that checkpoint's next input offset */
    int64_t count;   /* records the slice must hold */
    int64_t txn_seq; /* that checkpoint's transaction sequence */
    int64_t ckpt_ms; /* that checkpoint's append time: how old the slice is; 0 in between */
    int64_t owner_epoch; /* of the last writer */
    int64_t building;    /* 0, or the owner epoch of the restore that is under way */
    uint8_t installation[RLC_UUID_SIZE];
};

/* How far the owner of a partition has looked: no committed record lies in [base, seen). */
struct rlc_seen {
    int64_t base; /* next_in when it was taken */
    int64_t seen;
    rlc_ms at_ms;
    int64_t busy;       /* work the owner has under way outside the log (requests without answer) */
    rlc_ms next_due_ms; /* earliest timer of the partition, RLC_MS_NEVER if none */
};

/* Sources and sinks have no slices; they publish `seen` of partition p of their input number t
 * under the number t * RLC_SEEN_SLOTS_PER_TOPIC + p. */
#define RLC_SEEN_SLOTS_PER_TOPIC 1024

/* What one look shows, taken atomically. */
struct rlc_look {
    bool fence_present;
    struct rlc_fence fence;
    int64_t records; /* how many records are really there */
    bool seen_present;
    struct rlc_seen seen;
    rlc_ms first_timer_ms; /* RLC_MS_NEVER if there is none */
};

/* One partition's part of a read: values[i] belongs to keys[i], data == NULL where absent. */
struct rlc_view_read {
    int32_t partition;
    const struct rlc_span *keys;
    size_t count;
    struct rlc_span *values; /* caller's array; the bytes are in the arena */
    struct rlc_look look;    /* of the same instant */
};

/* Subjects whose timer is at or before `until_ms`, by (time, key). */
struct rlc_view_due {
    int32_t partition;
    rlc_ms until_ms; /* RLC_MS_NEVER: every subject, also one without a wake */
    size_t max;
    struct rlc_span *keys; /* of the timed records, in the arena */
    size_t count;
    struct rlc_look look; /* of the same instant */
};

struct rlc_view_put {
    struct rlc_span key;
    struct rlc_span value; /* data == NULL: delete the record */
    rlc_ms wake_ms; /* with `timed`: when the subject wants to be woken, RLC_MS_NEVER = not */
    bool timed;     /* this record owns the timer of its key (a debtor) */
};

enum rlc_apply_result {
    RLC_APPLIED,
    RLC_APPLY_ALREADY, /* the slice is already at or past `to.off` */
    RLC_APPLY_GAP      /* the slice is not where the writer believed: restore this partition */
};

/* One committed transaction (or several in a row) of one partition. */
struct rlc_view_apply {
    int32_t partition;
    int64_t expect_off;  /* the fence must be here (NONE: freshly wiped) */
    struct rlc_fence to; /* new off, next_in, txn_seq, ckpt_ms, owner_epoch, installation */
    int64_t building;    /* != 0: a restore of this owner epoch marks the slice */
    const struct rlc_view_put *puts;
    size_t count;
    const struct rlc_seen *seen; /* published with it, iff it is applied, with the first timer as
                                  * next_due_ms; NULL: none */
    size_t commands;             /* the view's own: how many answers it expects */
    enum rlc_apply_result result;
    rlc_ms first_timer_ms; /* after the apply */
};

struct rlc_view;

struct rlc_view_ops {
    enum rlc_status (*look)(struct rlc_view *view, int32_t partition, struct rlc_look *ret_look,
                            struct rlc_error *reterr);
    /* A new owner epoch for the partition: one more than the highest of counter, floor and the
     * fence's own epochs (the counter may be lost alone), kept in the store. */
    enum rlc_status (*draw_epoch)(struct rlc_view *view, int32_t partition, int64_t floor,
                                  int64_t *ret_epoch, struct rlc_error *reterr);
    /* Reads all parts in one pipelined round trip, each part atomic with its look. */
    enum rlc_status (*read)(struct rlc_view *view, struct rlc_view_read *parts, size_t count,
                            struct rlc_arena *arena, struct rlc_error *reterr);
    /* Applies all parts in one pipelined round trip, each part atomically. A part whose
     * slice holds another number of records than its fence says is a GAP. */
    enum rlc_status (*apply)(struct rlc_view *view, struct rlc_view_apply *parts, size_t count,
                             struct rlc_error *reterr);
    /* The same in two halves, between which the store works and the caller does something else, but
     * no other call on this view. Puts and seen are read by the first half only; the parts
     * themselves must last until the second, which fills in the results. When either half fails,
     * each part may be applied or not. */
    enum rlc_status (*apply_send)(struct rlc_view *view, struct rlc_view_apply *parts, size_t count,
                                  struct rlc_error *reterr);
    enum rlc_status (*apply_receive)(struct rlc_view *view, struct rlc_view_apply *parts,
                                     size_t count, struct rlc_error *reterr);
    /* Starts a full rebuild: empties the slice and leaves a fence {off NONE, building = epoch}.
     * `*ret_mine` false when a newer owner epoch is rebuilding. */
    enum rlc_status (*wipe)(struct rlc_view *view, int32_t partition, int64_t epoch,
                            const uint8_t installation[RLC_UUID_SIZE], bool *ret_mine,
                            struct rlc_error *reterr);
    /* Takes over a `building` mark of an older epoch; `*ret_mine` false when a newer one holds it.
     */
    enum rlc_status (*take_over)(struct rlc_view *view, int32_t partition, int64_t epoch,
                                 bool *ret_mine, struct rlc_error *reterr);
    /* Last write of a restore: clears `building` iff the slice is at `off`, whole, and marked by
     * this epoch or not at all; `*ret_done` says whether. */
    enum rlc_status (*finish)(struct rlc_view *view, int32_t partition, int64_t off, int64_t epoch,
                              bool *ret_done, struct rlc_error *reterr);
    enum rlc_status (*publish_seen)(struct rlc_view *view, int32_t partition,
                                    const struct rlc_seen *seen, struct rlc_error *reterr);
    /* Lists who is due. Atomic with its look: an empty list from a slice that was just lost must
     * not pass for "nobody is due". */
    enum rlc_status (*due)(struct rlc_view *view, struct rlc_view_due *due, struct rlc_arena *arena,
                           struct rlc_error *reterr);
    void (*close)(struct rlc_view *view);
};

/* Implementations embed this as their first member. */
struct rlc_view {
    const struct rlc_view_ops *ops;
};

/* Whether a look shows a whole, finished slice of this installation: what a reader may trust. */
bool rlc_look_is_whole(const struct rlc_look *look, const uint8_t installation[RLC_UUID_SIZE]);

#endif
