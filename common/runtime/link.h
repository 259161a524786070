/* SPDX-License-Identifier: Apache-2.0 */
/* One link of an audit chain, read from the bytes of an audited record (DebtorFact, AuditRecord:
 * their first four fields are the same). The trail stores and verifies by this alone, so that a
 * record of a kind which this version does not know is chained like any other. */
#ifndef RLC_RUNTIME_LINK_H
#define RLC_RUNTIME_LINK_H

#include "common/runtime/bundles.h"
#include "common/wire/envelope.h"

struct rlc_link {
    struct rlc_chain chain; /* as the record claims */
    rlc_ms at_ms;           /* partition time of the decision */
    int32_t kind;
    struct rlc_span tenant; /* borrowed from the record; empty if absent or no clean text */
    struct rlc_span debtor;
};

/* Reads the link of a record. False (`ret_link` zeroed) if the bytes are no message or carry no
 * chain. */
RLC_NODISCARD bool rlc_link_read(struct rlc_span record, struct rlc_link *ret_link);

/* Head of the chain behind a record: SHA-256(head before it, leaf), its leaf being
 * rlc_sha256(record). */
struct rlc_hash rlc_link_head(const struct rlc_hash *previous, const struct rlc_hash *leaf);

bool rlc_hash_equal(const struct rlc_hash *a, const struct rlc_hash *b);

#define RLC_KIND_WORD_MAX 48

/* The word of a record's kind ("SUPPRESSED"), or its number in digits where this version has no
 * word for it. `worker` says whose vocabulary it is: scenario writes facts, all others audit
 * records. */
const char *rlc_link_kind(struct rlc_span worker, int32_t kind, char buffer[RLC_KIND_WORD_MAX]);

#endif
