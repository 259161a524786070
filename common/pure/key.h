/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of messages and of state records.
 *
 * A partition key is `<tenant>/<debtor>`, D for short. A state key is a kind and up to four parts:
 * `d|D` debtor, `a|D|C` account with creditor C, `o|D|C|n` page n of open receivables, `r|D|C|doc`
 * receivable, `p|D|..` payment, `g|D|..` agreement, `c|D|..` contact, `k|D|..` task, `s|tenant`
 * scope. Identifiers never contain '|' (rlc_id_valid), so nothing is escaped. */
#ifndef RLC_PURE_KEY_H
#define RLC_PURE_KEY_H

#include "common/pure/arena.h"
#include "common/pure/base.h"
#include "common/pure/span.h"

#define RLC_KEY_PARTS_MAX 4

struct rlc_key {
    char kind; /* a to z */
    size_t count;
    struct rlc_span part[RLC_KEY_PARTS_MAX]; /* borrowed from the key that was read */
};

/* `<tenant>/<debtor>`, in the arena; {NULL, 0} when the arena is full. Both must be valid
 * identifiers already. */
struct rlc_span rlc_key_of_debtor(struct rlc_arena *arena, struct rlc_span tenant,
                                  struct rlc_span debtor);

/* Takes a partition key apart again (at the first '/'); false when it is none. */
RLC_NODISCARD bool rlc_key_split_debtor(struct rlc_span debtor_key, struct rlc_span *ret_tenant,
                                        struct rlc_span *ret_debtor);

/* A state key of 1 to RLC_KEY_PARTS_MAX parts, in the arena; {NULL, 0} when the arena is full.
 * An empty part, or one with '|', is a programmer's error. */
struct rlc_span rlc_key_build(struct rlc_arena *arena, char kind, const struct rlc_span *part,
                              size_t count);

/* A number as a part of a key, in the arena; {NULL, 0} when the arena is full. */
struct rlc_span rlc_key_u64(struct rlc_arena *arena, uint64_t number);

/* Takes a state key apart; false when it is none (`ret_key` untouched). */
RLC_NODISCARD bool rlc_key_parse(struct rlc_span key, struct rlc_key *ret_key);

/* The D of a state key, borrowed; {NULL, 0} for a key of a tenant or no state key at all. */
struct rlc_span rlc_key_debtor(struct rlc_span key);

#endif
