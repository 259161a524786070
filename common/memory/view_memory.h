/* SPDX-License-Identifier: Apache-2.0 */
/* The hot state in memory: one store, shared by all workers of a process as a Redis server is
 * shared by all pods, and views on it. tests/support/view_parity.h holds it to the Redis one. One
 * thread; deterministic; no clock. */
#ifndef RLC_MEMORY_VIEW_MEMORY_H
#define RLC_MEMORY_VIEW_MEMORY_H

#include "common/runtime/view.h"

struct rlc_memory_store;

/* What a slice consists of, each of which a real server may lose on its own. */
enum rlc_memory_piece {
    RLC_MEMORY_PIECE_RECORDS,
    RLC_MEMORY_PIECE_TIMERS,
    RLC_MEMORY_PIECE_FENCE,
    RLC_MEMORY_PIECE_SEEN
};

/* An empty store; NULL when there is no memory. */
struct rlc_memory_store *rlc_memory_store_new(void);

/* Frees everything; every handle on it must be closed before. NULL is allowed. */
void rlc_memory_store_free(struct rlc_memory_store *store);

/* The view of one worker (the name is copied). RLC_FATAL when there is no memory. Beyond the
 * contract of view.h: RLC_FATAL when the system has no memory; RLC_REJECT when the arena is too
 * small for what is read. */
RLC_NODISCARD enum rlc_status rlc_memory_view_open(struct rlc_memory_store *store,
                                                   const char *worker, struct rlc_view **ret_view,
                                                   struct rlc_error *reterr);

/* ---- disturbances ---- */

/* Forgets everything, owner epochs and freshness too. */
void rlc_memory_store_flush_all(struct rlc_memory_store *store);

/* While away, every call answers RLC_RETRY and changes nothing. */
void rlc_memory_store_set_away(struct rlc_memory_store *store, bool away);

/* Loses one record and says nothing (eviction, a wrong hand). False if there is none. */
bool rlc_memory_store_lose_record(struct rlc_memory_store *store, const char *worker,
                                  int32_t partition, struct rlc_span key);

/* Loses a piece of a slice and says nothing. False if there is no such slice. */
bool rlc_memory_store_lose(struct rlc_memory_store *store, const char *worker, int32_t partition,
                           enum rlc_memory_piece piece);

#endif
