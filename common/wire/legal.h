/* SPDX-License-Identifier: Apache-2.0 */
/* A claim as the law needs it: lines, interest by segments, proofs. Mirrors
 * proto/relance/v1/legal.proto. */
#ifndef RLC_WIRE_LEGAL_H
#define RLC_WIRE_LEGAL_H

#include "common/wire/contact.h"
#include "common/wire/envelope.h"
#include "common/wire/vocabulary.h"

enum rlc_proof_kind {
    RLC_PROOF_KIND_UNSPECIFIED = 0,
    RLC_PROOF_KIND_ORDER = 1,
    RLC_PROOF_KIND_CONTRACT = 2,
    RLC_PROOF_KIND_TERMS = 3,
    RLC_PROOF_KIND_DELIVERY = 4,
    RLC_PROOF_KIND_INVOICE = 5,
    RLC_PROOF_KIND_FORMAL_NOTICE = 6,
    RLC_PROOF_KIND_NOTICE_RECEIPT = 7,
    RLC_PROOF_KIND_ACKNOWLEDGEMENT = 8, /* recognition of the debt */
    RLC_PROOF_KIND_CORRESPONDENCE = 9,
    RLC_PROOF_KIND_STATEMENT = 10,
    RLC_PROOF_KIND_COURT_ORDER = 11,
    RLC_PROOF_KIND_SERVICE = 12,
    RLC_PROOF_KIND_OTHER = 13
};

/* A stored document; its bytes are never in a topic. */
struct rlc_proof {
    enum rlc_proof_kind kind;
    struct rlc_span document; /* the receivable it proves; absent = the whole case */
    struct rlc_hash content_hash;
    struct rlc_span uri; /* where the enterprise keeps it */
    rlc_day dated_on;
};

struct rlc_claim_line {
    struct rlc_span document;
    struct rlc_span number;
    rlc_day issued_on;
    rlc_day due_on;
    struct rlc_money total;
    struct rlc_money principal; /* open, undisputed */
    struct rlc_money interest;
    struct rlc_money indemnity;
    struct rlc_span terms_version;
    struct rlc_hash evidence_hash; /* of the line's proofs, sorted */
    const struct rlc_interest_segment *segments;
    size_t segment_count;      /* <= RLC_SEGMENTS_MAX */
    struct rlc_money disputed; /* open, and no part of the principal */
    enum rlc_suppression held; /* what else lies on it: nothing is filed meanwhile */
};

/* claim_hash = H(sorted (receivable, principal, terms version, evidence hashes), interest rule,
 * computation date): interest that runs on is shown, not hashed. */
struct rlc_claim {
    struct rlc_hash claim_hash; /* absent before legal-escalation has the case */
    struct rlc_span interest_rule;
    rlc_day computed_on;
    const struct rlc_claim_line *lines;
    size_t line_count; /* <= RLC_DOCUMENTS_MAX */
    const struct rlc_total *totals;
    size_t total_count; /* one per currency */
    const struct rlc_proof *proofs;
    size_t proof_count; /* <= RLC_PROOFS_MAX */
};

#endif
