/* SPDX-License-Identifier: Apache-2.0 */
/* One partition's part of the store in memory. Inside of common/memory. */
#ifndef RLC_MEMORY_SLICE_H
#define RLC_MEMORY_SLICE_H

#include "common/memory/ordered.h"
#include "common/runtime/view.h"

struct rlc_memory_cell {
    struct rlc_span key;
    struct rlc_span value;
};

struct rlc_memory_timer {
    rlc_ms wake_ms;
    struct rlc_span key;
};

struct rlc_memory_slice {
    int32_t partition;
    bool fence_present;
    struct rlc_fence fence; /* `count` as of the last apply */
    size_t timed;           /* timers as of the last apply */
    bool seen_present;
    struct rlc_seen seen;
    int64_t epochs;                   /* the counter that owner epochs are drawn from */
    struct rlc_memory_ordered cells;  /* records by key */
    struct rlc_memory_ordered timers; /* by time, then key */
    struct rlc_memory_ordered wakes;  /* the same timers by key */
};

struct rlc_memory_slice *rlc_memory_slice_new(int32_t partition);
void rlc_memory_slice_free(struct rlc_memory_slice *slice);

void rlc_memory_slice_drop_cells(struct rlc_memory_slice *slice);
void rlc_memory_slice_drop_timers(struct rlc_memory_slice *slice);
/* Removes a record, not its timer; false if there is none. */
bool rlc_memory_slice_lose(struct rlc_memory_slice *slice, struct rlc_span key);

/* What a look shows. A fence whose timers got lost counts as lost itself: nothing else would show
 * that nobody is woken any more. */
void rlc_memory_slice_look(const struct rlc_memory_slice *slice, struct rlc_look *ret_look);
/* The value of a record; data == NULL if there is none. Borrowed until the next change. */
struct rlc_span rlc_memory_slice_get(const struct rlc_memory_slice *slice, struct rlc_span key);
bool rlc_memory_slice_has_fence(const struct rlc_memory_slice *slice);
/* Leaves an empty slice, its fence marked by the restore of `epoch`. */
void rlc_memory_slice_wipe(struct rlc_memory_slice *slice, int64_t epoch,
                           const uint8_t installation[RLC_UUID_SIZE]);

/* The apply script: fills `result` and `first_timer_ms`. False when there is no memory. */
RLC_NODISCARD bool rlc_memory_slice_apply(struct rlc_memory_slice *slice,
                                          struct rlc_view_apply *apply);

#endif
