/* SPDX-License-Identifier: Apache-2.0 */
/* The trail as the audit worker sees it: records and the position behind them go into one
 * transaction, and the position is moved by compare-and-set. A twin, a zombie or a repeated batch
 * finds the position moved and stores nothing.
 *
 * Kept in PostgreSQL (common/postgres/trail.h) or in memory (common/memory/trail_memory.h). */
#ifndef RLC_RUNTIME_TRAIL_H
#define RLC_RUNTIME_TRAIL_H

#include "common/runtime/link.h"

/* Where the trail of one (worker, partition) ends: a row of audit_part. */
struct rlc_trail_end {
    int64_t next_off; /* next offset of the audited topic; -1 = the first there is */
    int64_t seq;      /* of the last record; 0 = none */
    struct rlc_hash head;
};

/* One record: a row of audit_log. */
struct rlc_trail_row {
    const char *worker;
    int32_t partition;
    int64_t seq;
    int64_t off;
    rlc_ms at_ms;
    struct rlc_hash leaf;
    struct rlc_hash head;
    struct rlc_span tenant; /* empty = NULL */
    struct rlc_span debtor;
    struct rlc_span kind;
    const char *flaw; /* NULL = none */
    struct rlc_span raw;
};

/* A position that moves. */
struct rlc_trail_move {
    const char *worker;
    int32_t partition;
    struct rlc_trail_end from;
    struct rlc_trail_end to;
    int64_t unreported; /* records of the batch that leave no reporting rows */
};

struct rlc_trail;
struct rlc_stage;

struct rlc_trail_batch {
    const struct rlc_trail_move *moves; /* one per touched partition, in any order */
    size_t move_count;
    const struct rlc_trail_row *rows;
    size_t row_count;
    /* What else belongs to the transaction: calls erase_key() and report(). NULL = nothing. */
    enum rlc_status (*within)(void *context, struct rlc_trail *trail, struct rlc_error *reterr);
    void *context;
};

struct rlc_trail_ops {
    /* Makes sure that the trail is this installation's: the first one to ask becomes its owner.
     * RLC_FATAL if it is the trail of another one. */
    enum rlc_status (*claim)(struct rlc_trail *trail, const uint8_t installation[RLC_UUID_SIZE],
                             struct rlc_error *reterr);
    /* Reads where the trail ends; the first time it makes the row, with `genesis` as its head. */
    enum rlc_status (*end)(struct rlc_trail *trail, const char *worker, int32_t partition,
                           const struct rlc_hash *genesis, struct rlc_trail_end *ret_end,
                           struct rlc_error *reterr);
    /* Stores a batch in one transaction. RLC_OK: it is stored, once. RLC_ABORT: somebody else moved
     * a position; RLC_RETRY: not stored, or nobody knows (a lost answer): in both cases forget the
     * batch and ask end() again. RLC_REJECT: the data of `rows` or `within` is refused. On anything
     * but RLC_OK no transaction is open. */
    enum rlc_status (*store)(struct rlc_trail *trail, const struct rlc_trail_batch *batch,
                             struct rlc_error *reterr);
    /* Within a batch: clears a subject's data key for ever. A subject whose key was never made gets
     * an erased line, so that it never will be. */
    enum rlc_status (*erase_key)(struct rlc_trail *trail, struct rlc_span tenant,
                                 struct rlc_span subject, struct rlc_error *reterr);
    /* Within a batch: writes rows of a reporting table. NULL: this trail keeps no reports. */
    enum rlc_status (*report)(struct rlc_trail *trail, const struct rlc_stage *stage,
                              struct rlc_error *reterr);
    void (*close)(struct rlc_trail *trail);
};

/* Implementations embed this as their first member. */
struct rlc_trail {
    const struct rlc_trail_ops *ops;
};

#endif
