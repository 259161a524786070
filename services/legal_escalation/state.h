/* SPDX-License-Identifier: Apache-2.0 */
/* The stored form of a case (proto/relance/v1/legal_state.proto). */
#ifndef LEGAL_STATE_H
#define LEGAL_STATE_H

#include "core/case_record.h"

/* A record from its bytes, in the arena; NULL for what this version cannot read. */
void *legal_state_decode(struct rlc_span key, struct rlc_span bytes, struct rlc_arena *arena);

/* A record's bytes, in the arena; {NULL, 0} when that is full. */
struct rlc_span legal_state_encode(struct rlc_span key, const void *record,
                                   struct rlc_arena *arena);

#endif
