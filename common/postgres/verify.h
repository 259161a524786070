/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying the trail: every record's hashes, every link, and the heads that the workers wrote into
 * the log with the same transactions, which nobody can change from the database's side. */
#ifndef RLC_POSTGRES_VERIFY_H
#define RLC_POSTGRES_VERIFY_H

#include "common/postgres/connection.h"
#include "common/runtime/link.h"

/* Where a chain must be: from the newest checkpoint of partition `partition` of
 * relance.<worker>.state. */
struct rlc_trail_anchor {
    const char *worker;
    int32_t partition;
    int64_t seq;             /* audit_seq; 0 = no record yet */
    struct rlc_hash head;    /* audit_head */
    struct rlc_hash genesis; /* rlc_genesis_head(): the head before sequence 1 */
};

enum rlc_trail_fault {
    RLC_TRAIL_BYTES_CHANGED,  /* the record's bytes are not those its leaf was made from */
    RLC_TRAIL_COLUMN_CHANGED, /* a column does not say what the record says */
    RLC_TRAIL_RECORD_CHANGED, /* the record and its hashes were replaced together */
    RLC_TRAIL_MISSING,        /* records are missing from this sequence on */
    RLC_TRAIL_SWAPPED,        /* records stand in another order */
    RLC_TRAIL_REPEATED,       /* its sequence was there before, as noted when it was stored */
    RLC_TRAIL_UNREADABLE,     /* bytes without a link, stored as they came */
    RLC_TRAIL_TAIL_MISSING,   /* the trail ends before the log (or the audit worker is behind) */
    RLC_TRAIL_HEAD_DIFFERS,   /* the trail has another head than the log at this sequence */
    RLC_TRAIL_BEYOND,         /* the trail goes on where the log has ended */
    RLC_TRAIL_POSITION,       /* audit_part does not say where the trail ends */
    RLC_TRAIL_UNKNOWN,        /* a chain that the log does not know */
    RLC_TRAIL_FAULT_COUNT
};

/* The fault's name, for example "BYTES_CHANGED". */
const char *rlc_trail_fault_name(enum rlc_trail_fault fault);

/* The first thing wrong in one chain. */
struct rlc_trail_finding {
    const char *worker;
    int32_t partition;
    int64_t seq; /* of the first record at fault or missing */
    enum rlc_trail_fault fault;
    char text[160]; /* what was found, for people */
};

struct rlc_verify {
    const struct rlc_trail_anchor *anchors; /* of all chains there are */
    size_t anchor_count;
    bool at_rest; /* nothing was being written: the trail must end where the log ends */
    void (*on_finding)(void *context, const struct rlc_trail_finding *finding);
    void *context;
};

struct rlc_verified {
    int64_t records;
    int64_t chains;
    int64_t findings; /* at most one per chain */
};

/* Walks the whole trail in one snapshot. The connection should have no statement time-out; it needs
 * to read audit_log and audit_part only. RLC_OK: it was walked, whatever was found. While workers
 * write, read the anchors first: then the trail can only be ahead of them. */
RLC_NODISCARD enum rlc_status rlc_trail_verify(struct rlc_postgres *postgres,
                                               const struct rlc_verify *verify,
                                               struct rlc_verified *ret_verified,
                                               struct rlc_error *reterr);

#endif
