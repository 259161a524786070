/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed when somebody approves a legal act, or refuses it: exactly this claim, of this
 * case, under this command, and nothing else that a key of theirs may ever sign. All of it stands
 * in the filing, so that whoever has the public key can check it there. */
#ifndef RLC_RUNTIME_APPROVAL_H
#define RLC_RUNTIME_APPROVAL_H

#include "common/pure/arena.h"
#include "common/runtime/error.h"
#include "common/wire/command.h"

/* Ed25519 (RFC 8032). */
#define RLC_PUBLIC_KEY_SIZE 32
#define RLC_SIGNATURE_SIZE  64

struct rlc_approval {
    enum rlc_command_kind kind; /* APPROVE or REFUSE */
    struct rlc_span tenant;
    struct rlc_span case_id;
    struct rlc_span act;
    struct rlc_span command; /* id */
    struct rlc_span actor;
    struct rlc_hash claim_hash;
};

/* The signed bytes: "relance-approval-v1" NUL; the word of the kind, tenant, case, act, command and
 * actor, each behind its length as 4 bytes big-endian; the claim hash. In the arena; {NULL, 0} when
 * that is full. */
struct rlc_span rlc_approval_bytes(const struct rlc_approval *approval, struct rlc_arena *arena);

/* Whether it was signed with the private half of that key. */
bool rlc_approval_verify(const struct rlc_approval *approval,
                         const uint8_t public_key[RLC_PUBLIC_KEY_SIZE], struct rlc_span signature);

/* Signs with the key of a PEM file (`openssl genpkey -algorithm ed25519`). RLC_REJECT if the file
 * cannot be read or holds no private key of Ed25519. */
RLC_NODISCARD enum rlc_status rlc_approval_sign(const struct rlc_approval *approval,
                                                const char *path,
                                                uint8_t ret_signature[RLC_SIGNATURE_SIZE],
                                                struct rlc_error *reterr);

#endif
