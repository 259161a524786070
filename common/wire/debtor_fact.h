/* SPDX-License-Identifier: Apache-2.0 */
/* The topic `debtor-facts`: everything that became true, written by scenario only. It is also
 * scenario's audit stream, so every record carries its chain link. Mirrors
 * proto/relance/v1/debtor_fact.proto. */
#ifndef RLC_WIRE_DEBTOR_FACT_H
#define RLC_WIRE_DEBTOR_FACT_H

#include "common/wire/debtor_event.h"

enum rlc_fact_kind {
    RLC_FACT_KIND_UNSPECIFIED = 0,
    /* ledger */
    RLC_FACT_KIND_RECEIVABLE_OPENED = 1,
    RLC_FACT_KIND_RECEIVABLE_CHANGED = 2,
    RLC_FACT_KIND_RECEIVABLE_CLOSED = 3,
    RLC_FACT_KIND_PAYMENT_RECORDED = 4,
    RLC_FACT_KIND_PAYMENT_UNDONE = 5,
    RLC_FACT_KIND_CREDIT_RECORDED = 6,
    /* standing */
    RLC_FACT_KIND_AGREEMENT_OPENED = 20,
    RLC_FACT_KIND_AGREEMENT_CHANGED = 21,
    RLC_FACT_KIND_AGREEMENT_CLOSED = 22,
    /* dunning */
    RLC_FACT_KIND_STEP_OPENED = 30,
    RLC_FACT_KIND_STEP_CLOSED = 31,
    RLC_FACT_KIND_SUPPRESSED = 32,
    RLC_FACT_KIND_CONTACT_REQUESTED = 33,
    RLC_FACT_KIND_CONTACT_RETURNED = 34,
    RLC_FACT_KIND_CONTACT_OUTCOME = 35,
    RLC_FACT_KIND_REFERRED = 36,
    RLC_FACT_KIND_CASE_MOVED = 37,
    /* parties */
    RLC_FACT_KIND_DEBTOR_CHANGED = 50,
    RLC_FACT_KIND_ACCOUNT_CHANGED = 51,
    RLC_FACT_KIND_CONTACT_CHANGED = 52,
    RLC_FACT_KIND_SUBJECT_ERASED = 53,
    RLC_FACT_KIND_DEBTOR_MERGED = 54,
    RLC_FACT_KIND_SCORE_APPLIED = 55,
    /* control */
    RLC_FACT_KIND_COMMAND_ACCEPTED = 70,
    RLC_FACT_KIND_COMMAND_REFUSED = 71,
    RLC_FACT_KIND_SCOPE_APPLIED = 72,
    RLC_FACT_KIND_QUARANTINE_CHANGED = 73,
    RLC_FACT_KIND_TASK_OPENED = 74,
    RLC_FACT_KIND_TASK_CLOSED = 75,
    RLC_FACT_KIND_CONFLICT_FOUND = 76,
    RLC_FACT_KIND_EVENT_IGNORED = 77
};

/* What moved a receivable's open amount or terms. */
enum rlc_receivable_cause {
    RLC_RECEIVABLE_CAUSE_UNSPECIFIED = 0,
    RLC_RECEIVABLE_CAUSE_ISSUED = 1,
    RLC_RECEIVABLE_CAUSE_AMENDED = 2,
    RLC_RECEIVABLE_CAUSE_CANCELLED = 3,
    RLC_RECEIVABLE_CAUSE_CREDITED = 4,
    RLC_RECEIVABLE_CAUSE_PAID = 5,
    RLC_RECEIVABLE_CAUSE_PAYMENT_UNDONE = 6,
    RLC_RECEIVABLE_CAUSE_WRITTEN_OFF = 7,
    RLC_RECEIVABLE_CAUSE_OPENING = 8,
    RLC_RECEIVABLE_CAUSE_REALLOCATED = 9,
    RLC_RECEIVABLE_CAUSE_MOVED = 10, /* a merge brought or took it */
    RLC_RECEIVABLE_CAUSE_SET_OFF = 11
};

/* Opened, changed and closed share one shape: the receivable after it. */
struct rlc_receivable_fact {
    struct rlc_span document;
    struct rlc_span number;
    enum rlc_document_type type;
    enum rlc_receivable_cause cause;
    struct rlc_span cause_id; /* payment, credit note or command id; may be absent */
    struct rlc_money total;
    struct rlc_money open_before; /* absent in RECEIVABLE_OPENED */
    struct rlc_money open;        /* after */
    rlc_day issued_on;
    rlc_day due_on;
    rlc_day value_on;                   /* value date of the change */
    int64_t revision;                   /* upstream's */
    rlc_day limited_on;                 /* last day before limitation; absent = not computed */
    const struct rlc_money *on_account; /* by currency: what it was given and does not need */
    size_t on_account_count;            /* <= RLC_ON_ACCOUNT_MAX */
};

/* One amount that went to (or came back from) a document. */
struct rlc_applied {
    struct rlc_span document;
    struct rlc_money amount;
    struct rlc_money open_after;
};

/* A payment or credit note as recorded, or undone: what it moved, what is left on account. */
struct rlc_settlement_fact {
    struct rlc_span settlement; /* payment or credit note id */
    struct rlc_money amount;
    struct rlc_money unapplied; /* on account after it, of this settlement */
    rlc_day value_on;
    rlc_ms provisional_until_ms; /* 0 = final */
    struct rlc_span reason_code; /* of an undoing */
    const struct rlc_applied *applied;
    size_t applied_count; /* <= RLC_ALLOCATIONS_MAX */
};

/* Dispute, promise, plan, offer or hold, as it stands after the fact. */
struct rlc_agreement_fact {
    struct rlc_span agreement;
    enum rlc_agreement_kind kind;
    enum rlc_reach reach;
    struct rlc_money amount; /* disputed, promised; absent = all */
    enum rlc_clock_effect clock;
    struct rlc_span reason; /* name of the dispute or hold reason; may be absent */
    rlc_ms from_ms;
    rlc_ms until_ms;                  /* 0 = open end */
    enum rlc_agreement_result result; /* in AGREEMENT_CLOSED, absent before */
    struct rlc_money settled;         /* what came in for a promise; conceded for a dispute */
    const struct rlc_document_ref *documents;
    size_t document_count; /* 0 = the whole reach */
};

struct rlc_step_opened {
    struct rlc_step_instance instance;
    rlc_day step_on; /* the civil day it was reached, in the debtor's zone */
    struct rlc_money open;
};

struct rlc_step_closed {
    struct rlc_step_instance instance;
    enum rlc_step_result result;
    struct rlc_action_id action;     /* with ACTED */
    enum rlc_outcome_result outcome; /* with ACTED; absent otherwise */
    struct rlc_span by_step;         /* with CARRIED: the later step that opened ... */
    uint32_t by_occurrence;          /* ... and which occurrence of it */
};

/* A reason for silence: written when reason or next_at changed. */
struct rlc_suppressed {
    struct rlc_step_instance instance;
    enum rlc_suppression reason;
    struct rlc_span rule;   /* name of the rule that said no, for example "cap.week" */
    rlc_ms next_at_ms;      /* when it is looked at again; 0 = only by an event */
    struct rlc_span object; /* id of the agreement, task or request in the way; may be absent */
    const struct rlc_coordinates *evidence;   /* records of the log in the way: quarantine */
    size_t evidence_count;                    /* <= RLC_EVIDENCE_MAX */
    const struct rlc_event_reference *events; /* whose word is in the way */
    size_t event_count;                       /* <= RLC_EVIDENCE_MAX */
};

/* The case was handed to legal-escalation. */
struct rlc_referred {
    struct rlc_span case_id;
    struct rlc_hash claim_hash;
    struct rlc_money open;
    const struct rlc_document_ref *documents;
    size_t document_count;
};

struct rlc_command_answer {
    struct rlc_span command;
    enum rlc_command_kind kind;
    struct rlc_span rule; /* of a refusal, for example "EXPIRED", "EPOCH", "RETENTION" */
    struct rlc_span detail;
};

struct rlc_quarantine_changed {
    struct rlc_coordinates at;
    struct rlc_span code;
    bool released;
    uint32_t open_count; /* coordinates still in quarantine after it */
};

struct rlc_task_fact {
    struct rlc_span task;
    enum rlc_task_kind kind;
    struct rlc_span team;
    rlc_ms due_at_ms;
    struct rlc_span script;       /* name in the bundle; may be absent */
    struct rlc_span object;       /* what it is about: document, agreement, request */
    struct rlc_span outcome_code; /* in TASK_CLOSED */
};

/* The same id came with another body: the first one stands. */
struct rlc_conflict {
    struct rlc_span entity; /* document, payment or agreement id */
    struct rlc_hash known;  /* body hashes */
    struct rlc_hash found;
};

/* An event that changed nothing, and why: a duplicate, an older revision, an unknown object. */
struct rlc_event_ignored {
    enum rlc_event_kind kind;
    struct rlc_span rule; /* "DUPLICATE", "STALE", "UNKNOWN_OBJECT", "ERASED_SUBJECT" ... */
    struct rlc_span object;
};

struct rlc_debtor_fact {
    struct rlc_envelope envelope; /* causation, epochs after the fact, bundle, rules version */
    struct rlc_chain chain;
    rlc_ms decided_at_ms; /* partition time */
    enum rlc_fact_kind kind;
    union { /* the member named like the kind */
        struct rlc_receivable_fact receivable_opened;
        struct rlc_receivable_fact receivable_changed;
        struct rlc_receivable_fact receivable_closed;
        struct rlc_settlement_fact payment_recorded;
        struct rlc_settlement_fact payment_undone;
        struct rlc_settlement_fact credit_recorded;
        struct rlc_agreement_fact agreement_opened;
        struct rlc_agreement_fact agreement_changed;
        struct rlc_agreement_fact agreement_closed;
        struct rlc_step_opened step_opened;
        struct rlc_step_closed step_closed;
        struct rlc_suppressed suppressed;
        struct rlc_contact_body contact_requested;
        struct rlc_returned contact_returned;
        struct rlc_outcome contact_outcome;
        struct rlc_referred referred;
        struct rlc_milestone case_moved;
        struct rlc_debtor debtor_changed;
        struct rlc_account account_changed;
        struct rlc_contact contact_changed;
        struct rlc_subject_erased subject_erased;
        struct rlc_merged debtor_merged;
        struct rlc_score_changed score_applied;
        struct rlc_command_answer command_accepted;
        struct rlc_command_answer command_refused;
        struct rlc_scope scope_applied;
        struct rlc_quarantine_changed quarantine_changed;
        struct rlc_task_fact task_opened;
        struct rlc_task_fact task_closed;
        struct rlc_conflict conflict_found;
        struct rlc_event_ignored event_ignored;
    };
};

/* As rlc_debtor_event_decode and _encode. */
RLC_NODISCARD enum rlc_status rlc_debtor_fact_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                                     struct rlc_debtor_fact *ret_fact,
                                                     struct rlc_fault *ret_fault);
struct rlc_span rlc_debtor_fact_encode(const struct rlc_debtor_fact *fact, struct rlc_arena *arena);

#endif
