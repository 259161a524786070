/* SPDX-License-Identifier: Apache-2.0 */
/* The stored form of the notifier's records (proto/relance/v1/notifier_state.proto). */
#ifndef NOTIFIER_STATE_H
#define NOTIFIER_STATE_H

#include "core/records.h"

/* A record from its bytes, in the arena; NULL for what this version cannot read. */
void *notifier_state_decode(struct rlc_span key, struct rlc_span bytes, struct rlc_arena *arena);

/* A record's bytes, in the arena; {NULL, 0} when that is full. */
struct rlc_span notifier_state_encode(struct rlc_span key, const void *record,
                                      struct rlc_arena *arena);

/* Whether it is the record of a contact: only those are listed to whoever adopts a partition. */
bool notifier_state_is_contact(struct rlc_span key);

#endif
