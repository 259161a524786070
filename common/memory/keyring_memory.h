/* SPDX-License-Identifier: Apache-2.0 */
/* The keyring in memory, for tests and simulations: keys follow from a seed, so that the same run
 * seals to the same bytes. Every tenant has a key unless it was taken away. */
#ifndef RLC_MEMORY_KEYRING_H
#define RLC_MEMORY_KEYRING_H

#include "common/runtime/keyring.h"

/* A keyring without keys; NULL when memory is short. Closed by its own `close`. */
RLC_NODISCARD struct rlc_keyring *rlc_keyring_memory_new(uint64_t seed);

/* Gives a subject the key it has elsewhere. False when memory is short. */
RLC_NODISCARD bool rlc_keyring_memory_put(struct rlc_keyring *keyring, struct rlc_span tenant,
                                          struct rlc_span subject, const struct rlc_seal_key *key);

/* Erases a subject's key, made or not. False when memory is short. */
RLC_NODISCARD bool rlc_keyring_memory_erase(struct rlc_keyring *keyring, struct rlc_span tenant,
                                            struct rlc_span subject);

/* From now on (or no longer) every open() answers RLC_RETRY. */
void rlc_keyring_memory_set_away(struct rlc_keyring *keyring, bool away);

/* Keys made so far, erased ones included. */
size_t rlc_keyring_memory_count(const struct rlc_keyring *keyring);

#endif
