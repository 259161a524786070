/* SPDX-License-Identifier: Apache-2.0 */
/* What a last look reads of scenario's hot state: epochs and revision, and nothing else of its
 * records. Mirrors proto/relance/v1/last_look.proto. */
#ifndef RLC_WIRE_LAST_LOOK_H
#define RLC_WIRE_LAST_LOOK_H

#include "common/pure/arena.h"
#include "common/pure/span.h"

/* Keys of the records, in the arena; {NULL, 0} when that is full. `debtor` is D. */
struct rlc_span rlc_epoch_key_debtor(struct rlc_arena *arena, struct rlc_span debtor);
struct rlc_span rlc_epoch_key_account(struct rlc_arena *arena, struct rlc_span debtor,
                                      struct rlc_span creditor);
struct rlc_span rlc_revision_key(struct rlc_arena *arena, struct rlc_span tenant);

/* The epoch of a debtor's or an account's record, the revision of a scope's. False when the bytes
 * are no record of the format that this version knows; they are copied into the arena. */
RLC_NODISCARD bool rlc_epoch_read(struct rlc_span bytes, struct rlc_arena *arena,
                                  int64_t *ret_epoch);
RLC_NODISCARD bool rlc_revision_read(struct rlc_span bytes, struct rlc_arena *arena,
                                     int64_t *ret_revision);

#endif
