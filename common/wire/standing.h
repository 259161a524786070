/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the way of a reminder: disputes, promises, plans, holds. Mirrors
 * proto/relance/v1/standing.proto. */
#ifndef RLC_WIRE_STANDING_H
#define RLC_WIRE_STANDING_H

#include "common/wire/envelope.h"
#include "common/wire/vocabulary.h"

struct rlc_document_ref {
    struct rlc_span document;
};

struct rlc_dispute {
    struct rlc_span dispute;  /* id, unique per (tenant, creditor) */
    struct rlc_span document; /* what is disputed */
    struct rlc_money amount;  /* disputed part; absent = all of the document */
    enum rlc_dispute_reason reason;
    struct rlc_span reason_code; /* upstream's own code, for example "LIVR_INCOMP" */
    rlc_day opened_on;
    rlc_day expires_on; /* last day it holds; 0 = the policy decides */
    struct rlc_sealed note;
};

struct rlc_dispute_resolved {
    struct rlc_span dispute;
    enum rlc_dispute_result result;
    struct rlc_money accepted; /* conceded to the debtor; with ACCEPTED only */
    rlc_day resolved_on;
    struct rlc_span credit_note; /* the document that carries it out; may be absent */
    struct rlc_sealed note;
};

struct rlc_promise {
    struct rlc_span promise; /* id, unique per (tenant, creditor) */
    struct rlc_money amount; /* > 0 */
    rlc_day made_on;
    rlc_day promised_for;
    enum rlc_channel channel;
    struct rlc_span contact; /* who promised: contact id; may be absent */
    const struct rlc_document_ref *documents;
    size_t document_count; /* <= RLC_DOCUMENTS_MAX; 0 = the whole account */
};

/* The debtor takes it back, or it was noted by mistake: no verdict on it, and dunning goes on. */
struct rlc_promise_withdrawn {
    struct rlc_span promise;
    rlc_day withdrawn_on;
    struct rlc_span reason_code;
};

struct rlc_instalment {
    rlc_day due_on;
    struct rlc_money amount;
};

struct rlc_plan {
    struct rlc_span plan;
    rlc_day agreed_on;
    uint32_t grace_days;            /* business days after each instalment */
    bool accelerates;               /* a broken instalment makes all of it due */
    struct rlc_hash agreement_hash; /* of the signed document */
    const struct rlc_instalment *instalments;
    size_t instalment_count; /* 1..RLC_INSTALMENTS_MAX */
    const struct rlc_document_ref *documents;
    size_t document_count; /* 0 = the whole account */
};

struct rlc_hold {
    struct rlc_span hold; /* id, unique per (tenant, debtor) */
    enum rlc_reach reach;
    struct rlc_span document; /* with reach DOCUMENT only */
    enum rlc_hold_reason reason;
    enum rlc_clock_effect clock;
    rlc_ms from_ms;
    rlc_ms until_ms; /* first instant without it; 0 = until lifted */
    struct rlc_sealed note;
};

struct rlc_hold_lifted {
    struct rlc_span hold;
    struct rlc_span reason_code;
};

#endif
