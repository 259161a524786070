/* SPDX-License-Identifier: Apache-2.0 */
/* The stored form of scenario's records: proto/relance/v1/scenario_state.proto. The same record
 * gives the same bytes; fields of a newer schema are skipped. */
#ifndef SCENARIO_STATE_H
#define SCENARIO_STATE_H

#include "common/pure/arena.h"
#include "common/pure/span.h"

#include "core/records.h"

/* Reads the record stored under a state key. Lists and the struct live in `arena`, texts borrow
 * from `bytes`. NULL for bytes that this version cannot read, a key of no known kind, or a full
 * arena. */
RLC_NODISCARD void *scenario_state_decode(struct rlc_span key, struct rlc_span bytes,
                                          struct rlc_arena *arena);

/* The bytes to store under a state key, in `arena`; {NULL, 0} when it is full. */
struct rlc_span scenario_state_encode(struct rlc_span key, const void *record,
                                      struct rlc_arena *arena);

/* Whether the record carries its debtor's timer; when it rings, RLC_MS_NONE for never. */
bool scenario_state_wake(struct rlc_span key, const void *record, rlc_ms *ret_wake_ms);

#endif
