/* SPDX-License-Identifier: Apache-2.0 */
/* Personal data leaves a worker only sealed: AES-256-SIV (RFC 5297) under a data key per subject.
 * Deterministic on purpose: the same name of the same subject gives the same bytes, so a replay and
 * a revision compare equal. The associated data ties a sealed value to its tenant and key id. */
#ifndef RLC_RUNTIME_SEAL_H
#define RLC_RUNTIME_SEAL_H

#include "common/pure/arena.h"
#include "common/pure/span.h"
#include "common/pure/status.h"
#include "common/wire/envelope.h"

#define RLC_SEAL_KEY_SIZE 64 /* AES-256-SIV: one 256-bit key for the tag, one for the counter */
#define RLC_SEAL_TAG_SIZE 16 /* what sealing adds */

struct rlc_seal_key {
    uint8_t bytes[RLC_SEAL_KEY_SIZE];
};

/* Tag and ciphertext of `plain`, in the arena; {NULL, 0} if the arena is full. An empty value stays
 * empty: it hides nothing. */
struct rlc_span rlc_seal(const struct rlc_seal_key *key, struct rlc_span tenant,
                         struct rlc_span key_id, struct rlc_span plain, struct rlc_arena *arena);

/* The plain text, in the arena. RLC_REJECT if the bytes were not sealed by this key for this tenant
 * and key id (or were changed); RLC_RETRY if the arena is full. */
RLC_NODISCARD enum rlc_status rlc_unseal(const struct rlc_seal_key *key, struct rlc_span tenant,
                                         struct rlc_span key_id, struct rlc_span sealed,
                                         struct rlc_arena *arena, struct rlc_span *ret_plain);

/* A fresh key from the system's generator; RLC_FATAL if it gives none. */
RLC_NODISCARD enum rlc_status rlc_seal_key_new(struct rlc_seal_key *ret_key);

/* HMAC-SHA-256(key, bytes). Whoever hashes puts a word of its own and a NUL in front, so that one
 * use of a key says nothing about another. */
struct rlc_hash rlc_keyed_hash(const struct rlc_seal_key *key, struct rlc_span bytes);

/* HMAC-SHA-256(key, "relance-address" NUL address), by which two records speak of one address
 * without saying it; an e-mail address in lower case, so that two ways of writing it are equal. */
#define RLC_DIGEST_ADDRESS_MAX 1000 /* bytes of an address */
struct rlc_hash rlc_address_digest(const struct rlc_seal_key *key, struct rlc_span address);

/* Overwrites a key that is no longer needed. */
void rlc_seal_key_forget(struct rlc_seal_key *key);

#endif
