/* SPDX-License-Identifier: Apache-2.0 */
/* The audit streams of notifier, scoring and legal-escalation (scenario's is `debtor-facts`). Same
 * chain, same envelope. Mirrors proto/relance/v1/audit.proto. */
#ifndef RLC_WIRE_AUDIT_RECORD_H
#define RLC_WIRE_AUDIT_RECORD_H

#include "common/wire/debtor_event.h"
#include "common/wire/legal_filing.h"

enum rlc_audit_kind {
    RLC_AUDIT_KIND_UNSPECIFIED = 0,
    /* notifier */
    RLC_AUDIT_KIND_ATTEMPTED = 1,
    RLC_AUDIT_KIND_CONTACT_ENDED = 2,
    RLC_AUDIT_KIND_CONTACT_RETURNED = 3,
    RLC_AUDIT_KIND_LOCAL_EVENT = 4,
    /* scoring */
    RLC_AUDIT_KIND_SCORED = 20,
    /* legal-escalation */
    RLC_AUDIT_KIND_CASE_OPENED = 40,
    RLC_AUDIT_KIND_CASE_MOVED = 41,
    RLC_AUDIT_KIND_FILED = 42,
    RLC_AUDIT_KIND_RECALLED = 43,
    RLC_AUDIT_KIND_CONTACT_PROPOSED = 44,
    RLC_AUDIT_KIND_ACT_REFUSED = 45
};

/* A line as it is about to be sent. */
struct rlc_attempt_line {
    struct rlc_span creditor;
    struct rlc_span document;
    struct rlc_money open;
};

/* Committed before the first byte leaves. */
struct rlc_attempted {
    struct rlc_action_id action;
    uint32_t request_number;
    enum rlc_channel channel;
    struct rlc_span message_id;
    struct rlc_hash content_hash;
    struct rlc_hash recipient_digest; /* keyed by the tenant */
    rlc_ms attempted_at_ms;
    struct rlc_look_taken look;
    const struct rlc_attempt_line *lines;
    size_t line_count; /* <= RLC_REQUEST_LINES_MAX */
    uint32_t part; /* of the request that these lines are; 0 = the request itself, 1.. = annex */
};

enum rlc_local_event_kind {
    RLC_LOCAL_EVENT_KIND_UNSPECIFIED = 0,
    RLC_LOCAL_EVENT_KIND_LOOK_FINISHED = 1,
    RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED = 2,
    RLC_LOCAL_EVENT_KIND_OWNER_CHANGED = 3
};

/* An input of the notifier's core that is not in its topic. What became of it stands in the record
 * that it led to (attempted, returned, ended); this one is written where there is no other, or
 * where that does not tell it. */
struct rlc_local_event {
    enum rlc_local_event_kind event;
    struct rlc_action_id action;
    uint32_t request_number;
    rlc_ms at_ms;
    int64_t owner_epoch;
    enum rlc_outcome_result result; /* with TRANSFER_FINISHED */
    rlc_ms until_ms;
    struct rlc_span code;
    struct rlc_look_taken look;
};

struct rlc_case_opened {
    struct rlc_span case_id;
    struct rlc_span procedure;
    struct rlc_hash claim_hash;
    struct rlc_money principal;
    struct rlc_money expected_cost;
    struct rlc_money expected_recovery;
    struct rlc_span rule; /* of the choice of route */
};

struct rlc_act_refused {
    struct rlc_span case_id;
    struct rlc_span act;
    struct rlc_span command;
    struct rlc_span rule; /* "NO_SIGNATURE", "WRONG_KEY", "STALE_CLAIM", "NO_AUTHORITY" ... */
    struct rlc_hash claim_hash;
};

struct rlc_audit_record {
    struct rlc_envelope envelope;
    struct rlc_chain chain;
    rlc_ms decided_at_ms; /* partition time */
    enum rlc_audit_kind kind;
    union { /* the member named like the kind */
        struct rlc_attempted attempted;
        struct rlc_outcome contact_ended;
        struct rlc_returned contact_returned;
        struct rlc_local_event local_event;
        struct rlc_score_changed scored;
        struct rlc_case_opened case_opened;
        struct rlc_milestone case_moved;
        struct rlc_filed filed;
        struct rlc_recalled recalled;
        struct rlc_contact_proposed contact_proposed;
        struct rlc_act_refused act_refused;
    };
};

/* As rlc_debtor_event_decode and _encode. */
RLC_NODISCARD enum rlc_status rlc_audit_record_decode(struct rlc_span bytes,
                                                      struct rlc_arena *arena,
                                                      struct rlc_audit_record *ret_record,
                                                      struct rlc_fault *ret_fault);
struct rlc_span rlc_audit_record_encode(const struct rlc_audit_record *record,
                                        struct rlc_arena *arena);

#endif
