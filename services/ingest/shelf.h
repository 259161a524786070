/* SPDX-License-Identifier: Apache-2.0 */
/* The data keys of one batch: its subjects are collected, opened in one call of the keyring, used,
 * and overwritten. */
#ifndef INGEST_SHELF_H
#define INGEST_SHELF_H

#include "common/runtime/keyring.h"

struct shelf;

/* An empty shelf for batches of at most `subjects_max` subjects; NULL when memory is short. The
 * keyring is borrowed. */
RLC_NODISCARD struct shelf *shelf_new(struct rlc_keyring *keyring, size_t subjects_max);

/* Overwrites all keys and frees everything; NULL is allowed. */
void shelf_free(struct shelf *shelf);

/* Begins a batch: overwrites the keys of the last one. */
void shelf_begin(struct shelf *shelf);

/* Wants the key of a subject; its place. Spans stay the caller's until the shelf is opened. The
 * same subject has one place. */
size_t shelf_want(struct shelf *shelf, struct rlc_span tenant, struct rlc_span subject);

/* Opens what is wanted, creating what is missing. RLC_RETRY: the store is away, or a tenant's key
 * is missing or another one; the text says which. RLC_FATAL as the keyring says. Blocks. */
RLC_NODISCARD enum rlc_status shelf_open(struct shelf *shelf, struct rlc_error *reterr);

/* The key at a place: RLC_KEY_OPEN or RLC_KEY_ERASED. */
const struct rlc_data_key *shelf_key(const struct shelf *shelf, size_t place);

/* The key of a subject that was wanted; NULL if it was not. */
const struct rlc_data_key *shelf_find(const struct shelf *shelf, struct rlc_span tenant,
                                      struct rlc_span subject);

#endif
