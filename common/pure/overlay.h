/* SPDX-License-Identifier: Apache-2.0 */
/* The records of one batch: what was read from the hot state, and what decisions made of it, so
 * that the second event of a debtor sees the first. Records are decoded structs, found by state
 * key.
 *
 * A core names its records in rounds: keys(event, overlay) calls rlc_overlay_want() for each key it
 * needs; what is not known yet is read, and keys() is asked again until it wants nothing new. Then
 * decide(event, overlay) gets, changes and adds records; the loop writes the dirty ones once.
 *
 * One batch holds events of several partitions. All functions speak of the records of the partition
 * that is being looked at: the same key in two partitions is two records. */
#ifndef RLC_PURE_OVERLAY_H
#define RLC_PURE_OVERLAY_H

#include "common/pure/arena.h"
#include "common/pure/span.h"

enum rlc_slot_state {
    RLC_SLOT_WANTED, /* named by a core, not read yet */
    RLC_SLOT_ABSENT, /* read (or deleted): there is no such record */
    RLC_SLOT_PRESENT
};

/* Named by more than one subject. */
#define RLC_SUBJECT_MANY 0

/* What finding one needs comes first: a batch has tens of thousands of slots, too many for the
 * processor's caches. */
struct rlc_slot {
    uint32_t hash;
    int32_t partition; /* whose slice it belongs to */
    struct rlc_slot *next_in_bucket;
    struct rlc_span key;
    void *record;     /* decoded; NULL unless PRESENT */
    uint32_t subject; /* who named it; RLC_SUBJECT_MANY */
    enum rlc_slot_state state : 8;
    bool dirty;            /* differs from the hot state: to be written */
    struct rlc_slot *next; /* all slots, in the order they were first named */
    struct rlc_slot *next_in_chain;
    struct rlc_span bytes; /* as read, until decoded */
};

/* Some of an overlay's slots, in the order they were first named. Zeroed: none. */
struct rlc_slot_chain {
    struct rlc_slot *first;
    struct rlc_slot *last;
};

struct rlc_overlay {
    struct rlc_arena *arena;
    struct rlc_slot **bucket;
    uint32_t bucket_mask;
    struct rlc_slot *first;
    struct rlc_slot *last;
    size_t count;
    size_t wanted; /* slots in state WANTED */
    size_t missed; /* answers so far that a record has to be read first */
    /* Of the event that is being looked at, set by the loop: its partition, and a hash of what it
     * is about. Two subjects of one hash count as one. */
    int32_t partition;
    uint32_t subject;
    struct rlc_slot_chain *chain; /* where what it names first is listed besides; or NULL */
    bool disturbed; /* a record was changed that another subject has named: what it names next may
                     * be something else now */
    bool full;      /* the arena ran out: the batch must be made smaller */
};

/* Prepares an empty overlay with 2^`bucket_bits` buckets, which become more as it fills; false if
 * the arena is too small. */
RLC_NODISCARD bool rlc_overlay_init(struct rlc_overlay *overlay, struct rlc_arena *arena,
                                    uint32_t bucket_bits);

/* Names a record. True if it is known (present or absent), false if it has to be read first. The
 * key is copied. */
bool rlc_overlay_want(struct rlc_overlay *overlay, struct rlc_span key);

/* The record, or NULL if there is none. The key must be known (see rlc_overlay_want). */
void *rlc_overlay_get(const struct rlc_overlay *overlay, struct rlc_span key);

/* Like rlc_overlay_get, and marks the record as changed. */
void *rlc_overlay_change(struct rlc_overlay *overlay, struct rlc_span key);

/* Adds (or replaces) a record of `size` zeroed bytes and marks it as changed. The key need not be
 * known: who creates a record under a fresh key knows that it is absent. Never NULL: the loop keeps
 * a reserve for every decision (RLC_DECIDE_RESERVE). */
void *rlc_overlay_put(struct rlc_overlay *overlay, struct rlc_span key, size_t size);

/* Deletes a known record. */
void rlc_overlay_delete(struct rlc_overlay *overlay, struct rlc_span key);

/* For the loop: the slot of a key, NULL if it was never named. */
struct rlc_slot *rlc_overlay_find(const struct rlc_overlay *overlay, struct rlc_span key);

/* For the loop: says what a read found; `bytes.data` NULL means absent. */
void rlc_overlay_found(struct rlc_overlay *overlay, struct rlc_slot *slot, struct rlc_span bytes,
                       void *record);

#endif
