/* SPDX-License-Identifier: Apache-2.0 */
/* The stored form of scoring's records (proto/relance/v1/scoring_state.proto). */
#ifndef SCORING_STATE_H
#define SCORING_STATE_H

#include "common/pure/arena.h"

#include "core/records.h"

/* A record from its bytes, in the arena (texts borrow from `bytes`); NULL for what this version
 * cannot read. */
RLC_NODISCARD void *scoring_state_decode(struct rlc_span key, struct rlc_span bytes,
                                         struct rlc_arena *arena);

/* A record's bytes, in the arena; {NULL, 0} when that is full. */
struct rlc_span scoring_state_encode(struct rlc_span key, const void *record,
                                     struct rlc_arena *arena);

#endif
