/* SPDX-License-Identifier: Apache-2.0 */
/* The topic `legal-inbox`, the one input of legal-escalation. Mirrors
 * proto/relance/v1/legal_inbox.proto. */
#ifndef RLC_WIRE_LEGAL_INBOX_H
#define RLC_WIRE_LEGAL_INBOX_H

#include "common/wire/debtor_event.h"
#include "common/wire/legal.h"

enum rlc_legal_inbox_kind {
    RLC_LEGAL_INBOX_KIND_UNSPECIFIED = 0,
    RLC_LEGAL_INBOX_KIND_TICK = 1,
    RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED = 2,
    RLC_LEGAL_INBOX_KIND_CASE_REFERRED = 3,
    RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED = 4, /* a payment, a dispute, an amendment */
    RLC_LEGAL_INBOX_KIND_CASE_RECALLED = 5,
    RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED = 6,   /* APPROVE and REFUSE, with their signature */
    RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED = 7, /* what became of a proposed contact */
    RLC_LEGAL_INBOX_KIND_PARTY_CHANGED = 8,
    RLC_LEGAL_INBOX_KIND_CASE_HELD = 9 /* what lies on debtor and account, whole */
};

struct rlc_case_referred {
    struct rlc_span case_id;
    struct rlc_span procedure; /* asked for; absent = the procedure engine chooses */
    struct rlc_claim claim;
    struct rlc_debtor debtor; /* as known when referred */
    struct rlc_span segment;  /* of the account, likewise; absent = it has none */
};

struct rlc_claim_changed {
    struct rlc_span case_id;
    struct rlc_claim claim;   /* the lines that changed, as they are now */
    struct rlc_span document; /* what changed */
    struct rlc_span reason;   /* as in the schema */
};

struct rlc_case_recalled {
    struct rlc_span case_id;
    struct rlc_span reason;
};

struct rlc_contact_answered {
    struct rlc_span case_id;
    struct rlc_span step;
    uint32_t occurrence;
    enum rlc_outcome_result result; /* absent when it was suppressed for good */
    enum rlc_suppression suppression;
    struct rlc_hash content_hash; /* of the message handed over */
    rlc_ms answered_at_ms;
};

struct rlc_party_changed {
    struct rlc_span case_id;
    struct rlc_debtor debtor;
    struct rlc_span segment; /* of the account; absent = it has none */
};

/* Nothing of the case is filed while there is a reason, or money on account. */
struct rlc_case_held {
    struct rlc_span case_id;
    enum rlc_suppression reason; /* absent = nothing */
    struct rlc_span object;      /* its agreement or task */
    struct rlc_money on_account; /* of the case's currency: nobody has said yet for what */
};

struct rlc_legal_inbox {
    struct rlc_envelope envelope;
    enum rlc_legal_inbox_kind kind;
    union { /* the member named like the kind */
        struct rlc_tick tick;
        struct rlc_scope scope_changed;
        struct rlc_case_referred case_referred;
        struct rlc_claim_changed claim_changed;
        struct rlc_case_recalled case_recalled;
        struct rlc_command command_routed;
        struct rlc_contact_answered contact_answered;
        struct rlc_party_changed party_changed;
        struct rlc_case_held case_held;
    };
};

/* As rlc_debtor_event_decode and _encode. */
RLC_NODISCARD enum rlc_status rlc_legal_inbox_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                                     struct rlc_legal_inbox *ret_message,
                                                     struct rlc_fault *ret_fault);
struct rlc_span rlc_legal_inbox_encode(const struct rlc_legal_inbox *message,
                                       struct rlc_arena *arena);

#endif
