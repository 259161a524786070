/* SPDX-License-Identifier: Apache-2.0 */
/* The pure part of verification: one chain, row by row. For whoever reads rows of the trail. */
#ifndef RLC_POSTGRES_WALK_H
#define RLC_POSTGRES_WALK_H

#include "common/postgres/verify.h"

/* A row of audit_log as it was read; borrowed for one call. */
struct rlc_walk_row {
    int64_t seq;
    int64_t off; /* where it stood in the worker's audited topic, `debtor-facts` for scenario */
    int64_t at_ms;
    struct rlc_span leaf;
    struct rlc_span head;
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_span kind;
    struct rlc_span flaw; /* no data = NULL */
    struct rlc_span raw;
};

/* The columns of audit_log that make a row, in the order in which rlc_walk_row_of() wants them. */
#define RLC_WALK_COLUMNS      "seq, off, at_ms, leaf, head, tenant, debtor, kind, flaw, raw"
#define RLC_WALK_COLUMN_COUNT 10

/* Of the fields of a binary COPY of those columns; borrows from them. */
struct rlc_walk_row rlc_walk_row_of(const struct rlc_span fields[RLC_WALK_COLUMN_COUNT]);

/* audit_part of the chain. */
struct rlc_walk_end {
    bool there;
    int64_t next_off;
    int64_t seq;
    struct rlc_span head;
};

struct rlc_walk {
    const char *worker;
    int32_t partition;
    const struct rlc_trail_anchor *anchor; /* NULL: the log does not know the chain */
    int64_t records;
    int64_t seq; /* of the last record */
    int64_t off;
    struct rlc_hash head;
    bool found; /* the finding stands; the rest is only counted */
    struct rlc_trail_finding finding;
    /* A link that does not fit; the next record shows which of two is at fault. */
    bool suspects;
    bool suspect_jumped; /* the sequence jumped ahead; else the head differs */
    int64_t suspect_seq; /* expected there */
    int64_t suspect_got;
};

/* Whether a row is whole by itself, as rlc_history_is_whole() says. */
bool rlc_walk_alone(const char *worker, int32_t partition, const struct rlc_walk_row *row,
                    struct rlc_trail_finding *ret_finding);

void rlc_walk_begin(struct rlc_walk *walk, const char *worker, int32_t partition,
                    const struct rlc_trail_anchor *anchor);
void rlc_walk_row(struct rlc_walk *walk, const struct rlc_walk_row *row);
/* After the last row; `walk->found` tells the result. */
void rlc_walk_finish(struct rlc_walk *walk, const struct rlc_walk_end *end, bool at_rest);

#endif
