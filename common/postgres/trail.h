/* SPDX-License-Identifier: Apache-2.0 */
/* Storing the trail exactly once: records and the position behind them go into one transaction, and
 * the position is moved by compare-and-set. A twin, a zombie or a repeated batch finds the position
 * moved and stores nothing. */
#ifndef RLC_POSTGRES_TRAIL_H
#define RLC_POSTGRES_TRAIL_H

#include "common/postgres/connection.h"
#include "common/runtime/trail.h"

/* The trail of common/runtime/trail.h over a connection of its own, which is made when it is first
 * needed. NULL with an error. Closed by its own `close`. Its functions are those below. */
RLC_NODISCARD struct rlc_trail *rlc_trail_postgres_new(const struct rlc_postgres_config *config,
                                                       struct rlc_error *reterr);

/* Makes sure that the database is this installation's: the first one to ask becomes its owner.
 * RLC_FATAL if it holds the trail of another one. */
RLC_NODISCARD enum rlc_status rlc_trail_claim(struct rlc_postgres *postgres,
                                              const uint8_t installation[RLC_UUID_SIZE],
                                              struct rlc_error *reterr);

/* Reads where the trail ends; the first time it makes the row, with `genesis` as its head. */
RLC_NODISCARD enum rlc_status rlc_trail_end(struct rlc_postgres *postgres, const char *worker,
                                            int32_t partition, const struct rlc_hash *genesis,
                                            struct rlc_trail_end *ret_end,
                                            struct rlc_error *reterr);

/* Stores a batch in one transaction. RLC_OK: it is stored, once. RLC_ABORT: somebody else moved a
 * position; RLC_RETRY: not stored, or nobody knows (a lost answer to COMMIT): in both cases forget
 * the batch and ask rlc_trail_end() again. RLC_REJECT: the database refuses the data of `rows` or
 * `within`. On anything but RLC_OK no transaction is open. */
RLC_NODISCARD enum rlc_status rlc_trail_store(struct rlc_postgres *postgres,
                                              const struct rlc_trail_batch *batch,
                                              struct rlc_error *reterr);

/* ---- reading it again ---- */

/* Behind which record to read on; before the first one both are -1. */
struct rlc_trail_cursor {
    int32_t partition;
    int64_t off;
};

/* A record as stored; borrowed during the call. */
struct rlc_trail_stored {
    int32_t partition;
    int64_t off;
    struct rlc_span flaw; /* empty = none */
    struct rlc_span raw;
};

struct rlc_trail_taker {
    void (*take)(void *context, const struct rlc_trail_stored *stored);
    void *context;
};

/* Reads up to `max` records of a worker behind the cursor, in the order of partition and offset,
 * hands each to the taker, moves the cursor and says how many there were. */
RLC_NODISCARD enum rlc_status rlc_trail_read(struct rlc_postgres *postgres, const char *worker,
                                             struct rlc_trail_cursor *cursor, size_t max,
                                             const struct rlc_trail_taker *taker, size_t *ret_count,
                                             struct rlc_error *reterr);

/* ---- erasing ---- */

/* Clears a subject's data key for ever; for use inside `within`. A subject whose key was never made
 * gets an erased line, so that it never will be. */
RLC_NODISCARD enum rlc_status rlc_trail_erase_key(struct rlc_postgres *postgres,
                                                  struct rlc_span tenant, struct rlc_span subject,
                                                  struct rlc_error *reterr);

#endif
