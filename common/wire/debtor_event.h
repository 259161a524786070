/* SPDX-License-Identifier: Apache-2.0 */
/* The topic `debtor-events`: everything that happens to a debtor, in one total order per partition.
 * Mirrors proto/relance/v1/debtor_event.proto. */
#ifndef RLC_WIRE_DEBTOR_EVENT_H
#define RLC_WIRE_DEBTOR_EVENT_H

#include "common/wire/command.h"
#include "common/wire/contact.h"
#include "common/wire/envelope.h"
#include "common/wire/ledger.h"
#include "common/wire/party.h"
#include "common/wire/scope.h"
#include "common/wire/standing.h"

enum rlc_event_kind {
    RLC_EVENT_KIND_UNSPECIFIED = 0,
    /* control */
    RLC_EVENT_KIND_TICK = 1,
    RLC_EVENT_KIND_SCOPE_CHANGED = 2,
    RLC_EVENT_KIND_COMMAND_ISSUED = 3,
    RLC_EVENT_KIND_QUARANTINED = 4,
    RLC_EVENT_KIND_QUARANTINE_RELEASED = 5,
    RLC_EVENT_KIND_SOURCE_STALE = 6,
    RLC_EVENT_KIND_SOURCE_RECOVERED = 7,
    RLC_EVENT_KIND_MERGED = 8,
    RLC_EVENT_KIND_SUBJECT_ERASED = 9,
    /* parties */
    RLC_EVENT_KIND_DEBTOR_UPSERTED = 20,
    RLC_EVENT_KIND_ACCOUNT_UPSERTED = 21,
    RLC_EVENT_KIND_CONTACT_UPSERTED = 22,
    /* ledger */
    RLC_EVENT_KIND_INVOICE_ISSUED = 30,
    RLC_EVENT_KIND_INVOICE_AMENDED = 31,
    RLC_EVENT_KIND_INVOICE_CANCELLED = 32,
    RLC_EVENT_KIND_CREDIT_NOTE_ISSUED = 33,
    RLC_EVENT_KIND_PAYMENT_RECEIVED = 34,
    RLC_EVENT_KIND_PAYMENT_REVERSED = 35,
    RLC_EVENT_KIND_OPENING_ITEM = 36,
    RLC_EVENT_KIND_CASH_SUSPECTED = 37,
    RLC_EVENT_KIND_CASH_CLEARED = 38,
    /* standing */
    RLC_EVENT_KIND_DISPUTE_OPENED = 50,
    RLC_EVENT_KIND_DISPUTE_RESOLVED = 51,
    RLC_EVENT_KIND_PROMISE_MADE = 52,
    RLC_EVENT_KIND_HOLD_PLACED = 53,
    RLC_EVENT_KIND_HOLD_LIFTED = 54,
    RLC_EVENT_KIND_PROMISE_WITHDRAWN = 55,
    /* from the other workers */
    RLC_EVENT_KIND_OUTCOME = 70,
    RLC_EVENT_KIND_RETURNED = 71,
    RLC_EVENT_KIND_SCORE_CHANGED = 72,
    RLC_EVENT_KIND_MILESTONE = 73,
    RLC_EVENT_KIND_CONTACT_PROPOSED = 74,
    RLC_EVENT_KIND_TASK_DONE = 75
};

/* Time as an event. The only record without a tenant. */
struct rlc_tick {
    rlc_ms now_ms; /* a whole minute; > 0 */
};

/* A record about this debtor could not be understood: no contact until it is replayed or dropped.
 */
struct rlc_quarantined {
    struct rlc_coordinates at; /* of the record that could not be understood */
    struct rlc_span code;      /* reason code of the dead letter */
    struct rlc_span path;      /* place inside the record */
};

struct rlc_quarantine_released {
    struct rlc_coordinates at;
    bool replayed; /* else dropped */
};

/* A payment feed fell silent for a business day, or speaks again. Key `<tenant>`. */
struct rlc_source_state {
    struct rlc_span source;
    rlc_ms since_ms;
};

enum rlc_merge_phase {
    RLC_MERGE_PHASE_UNSPECIFIED = 0,
    RLC_MERGE_PHASE_ASKED = 1,    /* to the debtor that stays: accept an alias */
    RLC_MERGE_PHASE_ACCEPTED = 2, /* to the debtor that goes: move your records */
    RLC_MERGE_PHASE_MOVED = 3,    /* to the debtor that stays: all records have arrived */
    RLC_MERGE_PHASE_REFUSED = 4
};

struct rlc_merged {
    struct rlc_span from; /* debtor that becomes an alias and leaves a redirect */
    struct rlc_span into; /* debtor that stays */
    enum rlc_merge_phase phase;
};

struct rlc_subject_erased {
    struct rlc_span subject;
    struct rlc_span key_id;
};

struct rlc_score_reason {
    struct rlc_span code;
    int64_t weight_ppm; /* contribution, signed */
};

struct rlc_score_changed {
    struct rlc_span document; /* an issue-time score of one document; absent = the debtor's */
    struct rlc_span model;    /* name and version */
    struct rlc_span band;     /* for example "A" to "F" */
    uint32_t late_ppm;        /* probability of late payment */
    int32_t delay_days;       /* expected, negative = early */
    struct rlc_money credit_advice;
    const struct rlc_score_reason *reasons;
    size_t reason_count; /* <= RLC_REASONS_MAX */
};

/* A legal case moved on, or an approval was answered. */
struct rlc_milestone {
    struct rlc_span case_id;
    struct rlc_span procedure; /* name of the procedure table */
    struct rlc_span code;      /* for example "NOTICE_PROVED", "APPROVAL_REFUSED", "CLOSED" */
    rlc_day on;                /* legal date */
    rlc_day deadline_on;       /* next statutory deadline; absent = none */
    struct rlc_hash claim_hash;
    struct rlc_span command; /* the command it answers; absent = none */
    struct rlc_money cost;   /* what the procedure costs, where it is weighed; may be absent */
    bool holds;              /* the amicable scenario stays off */
    const struct rlc_document_ref *documents;
    size_t document_count; /* <= RLC_DOCUMENTS_MAX */
    struct rlc_span act;   /* the act that is asked for, approved or refused; absent = none */
    struct rlc_span rule;  /* why not, for example "STALE_CLAIM"; absent = nothing is in the way */
};

/* legal-escalation asks scenario for a contact: only scenario asks the notifier. */
struct rlc_contact_proposed {
    struct rlc_span case_id;
    struct rlc_span step; /* name of the procedure's step */
    uint32_t occurrence;
    enum rlc_channel channel;
    enum rlc_tone tone;
    struct rlc_span template_name;
    rlc_ms not_after_ms;
    struct rlc_hash claim_hash;
    const struct rlc_document_ref *documents;
    size_t document_count;
};

struct rlc_task_done {
    struct rlc_span task;
    struct rlc_span outcome_code;
    struct rlc_sealed note;
};

struct rlc_debtor_event {
    struct rlc_envelope envelope;
    enum rlc_event_kind kind;
    union { /* the member named like the kind */
        struct rlc_tick tick;
        struct rlc_scope scope_changed;
        struct rlc_command command_issued;
        struct rlc_quarantined quarantined;
        struct rlc_quarantine_released quarantine_released;
        struct rlc_source_state source_stale;
        struct rlc_source_state source_recovered;
        struct rlc_merged merged;
        struct rlc_subject_erased subject_erased;
        struct rlc_debtor debtor_upserted;
        struct rlc_account account_upserted;
        struct rlc_contact contact_upserted;
        struct rlc_invoice invoice_issued;
        struct rlc_invoice invoice_amended;
        struct rlc_invoice_cancelled invoice_cancelled;
        struct rlc_credit_note credit_note_issued;
        struct rlc_payment payment_received;
        struct rlc_payment_reversed payment_reversed;
        struct rlc_opening_item opening_item;
        struct rlc_cash_suspected cash_suspected;
        struct rlc_cash_cleared cash_cleared;
        struct rlc_dispute dispute_opened;
        struct rlc_dispute_resolved dispute_resolved;
        struct rlc_promise promise_made;
        struct rlc_hold hold_placed;
        struct rlc_hold_lifted hold_lifted;
        struct rlc_promise_withdrawn promise_withdrawn;
        struct rlc_outcome outcome;
        struct rlc_returned returned;
        struct rlc_score_changed score_changed;
        struct rlc_milestone milestone;
        struct rlc_contact_proposed contact_proposed;
        struct rlc_task_done task_done;
    };
};

/* Reads one record. Returns RLC_OK; RLC_REJECT with code and path in `ret_fault` (and `ret_event`
 * zeroed) for a record that can never be read; RLC_RETRY when the arena has no room left for an
 * honest record (finish the batch, reset the arena, read it again). Spans and lists live in
 * `arena`; nothing borrows from `bytes`. On anything but RLC_OK the arena is as it was. */
RLC_NODISCARD enum rlc_status rlc_debtor_event_decode(struct rlc_span bytes,
                                                      struct rlc_arena *arena,
                                                      struct rlc_debtor_event *ret_event,
                                                      struct rlc_fault *ret_fault);

/* The record's bytes, in `arena`; the same struct gives the same bytes. {NULL, 0} when the arena is
 * full. A struct beyond its limits or without its required fields is a programmer's error. */
struct rlc_span rlc_debtor_event_encode(const struct rlc_debtor_event *event,
                                        struct rlc_arena *arena);

/* The bytes of the payload alone: SHA-256 over them is the envelope's body hash. {NULL, 0} when the
 * arena is full (or the payload has nothing set). */
struct rlc_span rlc_debtor_event_encode_body(const struct rlc_debtor_event *event,
                                             struct rlc_arena *arena);

#endif
