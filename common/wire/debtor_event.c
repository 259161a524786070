/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/debtor_event.h"

#include "common/wire/rows.h"
#include "relance/v1/debtor_event.pb-c.h"

static const struct rlc_wire_field TICK_ROWS[] = {
    RLC_INSTANT(tick, now_ms, RLC_REQUIRED),
};
RLC_TYPE(tick, TICK_ROWS);

static const struct rlc_wire_field QUARANTINED_ROWS[] = {
    RLC_ONE(quarantined, at, coordinates, RLC_REQUIRED),
    RLC_CODE(quarantined, code, RLC_REQUIRED),
    RLC_TEXT(quarantined, path, RLC_PATH_BYTES_MAX, RLC_OPTIONAL),
};
RLC_TYPE(quarantined, QUARANTINED_ROWS);

static const struct rlc_wire_field QUARANTINE_RELEASED_ROWS[] = {
    RLC_ONE(quarantine_released, at, coordinates, RLC_REQUIRED),
    RLC_FLAG(quarantine_released, replayed),
};
RLC_TYPE(quarantine_released, QUARANTINE_RELEASED_ROWS);

static const struct rlc_wire_field SOURCE_STATE_ROWS[] = {
    RLC_ID(source_state, source, RLC_REQUIRED),
    RLC_INSTANT(source_state, since_ms, RLC_REQUIRED),
};
RLC_TYPE(source_state, SOURCE_STATE_ROWS);

static const struct rlc_wire_field MERGED_ROWS[] = {
    RLC_ID(merged, from, RLC_REQUIRED),
    RLC_ID(merged, into, RLC_REQUIRED),
    RLC_ENUM(merged, phase, merge_phase, RLC_REQUIRED),
};
RLC_TYPE(merged, MERGED_ROWS);

static const struct rlc_wire_field SUBJECT_ERASED_ROWS[] = {
    RLC_ID(subject_erased, subject, RLC_REQUIRED),
    RLC_ID(subject_erased, key_id, RLC_OPTIONAL),
};
RLC_TYPE(subject_erased, SUBJECT_ERASED_ROWS);

static const struct rlc_wire_field SCORE_REASON_ROWS[] = {
    RLC_CODE(score_reason, code, RLC_REQUIRED),
    RLC_I64(score_reason, weight_ppm, INT64_MIN, INT64_MAX),
};
RLC_TYPE(score_reason, SCORE_REASON_ROWS);

static const struct rlc_wire_field SCORE_CHANGED_ROWS[] = {
    RLC_ID(score_changed, document, RLC_OPTIONAL),
    RLC_CODE(score_changed, model, RLC_REQUIRED),
    RLC_CODE(score_changed, band, RLC_REQUIRED),
    RLC_U32(score_changed, late_ppm, 0, 1000000),
    RLC_I32(score_changed, delay_days, INT32_MIN, INT32_MAX),
    RLC_ONE(score_changed, credit_advice, money, RLC_NOT_NEGATIVE),
    RLC_MANY(score_changed, reasons, reason_count, score_reason, 0, RLC_REASONS_MAX),
};
RLC_TYPE(score_changed, SCORE_CHANGED_ROWS);

static const struct rlc_wire_field MILESTONE_ROWS[] = {
    RLC_ID(milestone, case_id, RLC_REQUIRED),
    RLC_CODE(milestone, procedure, RLC_OPTIONAL),
    RLC_CODE(milestone, code, RLC_REQUIRED),
    RLC_DAY(milestone, on, RLC_OPTIONAL),
    RLC_DAY(milestone, deadline_on, RLC_OPTIONAL),
    RLC_HASH(milestone, claim_hash, RLC_OPTIONAL),
    RLC_ID(milestone, command, RLC_OPTIONAL),
    RLC_ONE(milestone, cost, money, RLC_NOT_NEGATIVE),
    RLC_FLAG(milestone, holds),
    RLC_MANY(milestone, documents, document_count, document_ref, 0, RLC_DOCUMENTS_MAX),
    RLC_CODE(milestone, act, RLC_OPTIONAL),
    RLC_CODE(milestone, rule, RLC_OPTIONAL),
};
RLC_TYPE(milestone, MILESTONE_ROWS);

static const struct rlc_wire_field CONTACT_PROPOSED_ROWS[] = {
    RLC_ID(contact_proposed, case_id, RLC_REQUIRED),
    RLC_CODE(contact_proposed, step, RLC_REQUIRED),
    RLC_U32(contact_proposed, occurrence, 1, UINT32_MAX),
    RLC_ENUM(contact_proposed, channel, channel, RLC_REQUIRED),
    RLC_ENUM(contact_proposed, tone, tone, RLC_REQUIRED),
    RLC_CODE(contact_proposed, template_name, RLC_REQUIRED),
    RLC_INSTANT(contact_proposed, not_after_ms, RLC_REQUIRED),
    RLC_HASH(contact_proposed, claim_hash, RLC_OPTIONAL),
    RLC_MANY(contact_proposed, documents, document_count, document_ref, 0, RLC_DOCUMENTS_MAX),
};
RLC_TYPE(contact_proposed, CONTACT_PROPOSED_ROWS);

static const struct rlc_wire_field TASK_DONE_ROWS[] = {
    RLC_ID(task_done, task, RLC_REQUIRED),
    RLC_CODE(task_done, outcome_code, RLC_REQUIRED),
    RLC_ONE(task_done, note, sealed, RLC_OPTIONAL),
};
RLC_TYPE(task_done, TASK_DONE_ROWS);

static const struct rlc_wire_field DEBTOR_EVENT_ROWS[] = {
    RLC_ONE(debtor_event, envelope, envelope, RLC_OPTIONAL),
    RLC_ENUM(debtor_event, kind, event_kind, RLC_REQUIRED),
    RLC_WHEN(debtor_event, tick, tick, RLC_EVENT_KIND_TICK, RLC_OPTIONAL),
    RLC_WHEN(debtor_event, scope_changed, scope, RLC_EVENT_KIND_SCOPE_CHANGED, RLC_OF_TENANT),
    RLC_WHEN(debtor_event, command_issued, command, RLC_EVENT_KIND_COMMAND_ISSUED, RLC_OF_TENANT),
    RLC_WHEN(debtor_event, quarantined, quarantined, RLC_EVENT_KIND_QUARANTINED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, quarantine_released, quarantine_released,
             RLC_EVENT_KIND_QUARANTINE_RELEASED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, source_stale, source_state, RLC_EVENT_KIND_SOURCE_STALE, RLC_OF_TENANT),
    RLC_WHEN(debtor_event, source_recovered, source_state, RLC_EVENT_KIND_SOURCE_RECOVERED,
             RLC_OF_TENANT),
    RLC_WHEN(debtor_event, merged, merged, RLC_EVENT_KIND_MERGED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, subject_erased, subject_erased, RLC_EVENT_KIND_SUBJECT_ERASED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, debtor_upserted, debtor, RLC_EVENT_KIND_DEBTOR_UPSERTED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, account_upserted, account, RLC_EVENT_KIND_ACCOUNT_UPSERTED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, contact_upserted, contact, RLC_EVENT_KIND_CONTACT_UPSERTED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, invoice_issued, invoice, RLC_EVENT_KIND_INVOICE_ISSUED, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, invoice_amended, invoice, RLC_EVENT_KIND_INVOICE_AMENDED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, invoice_cancelled, invoice_cancelled, RLC_EVENT_KIND_INVOICE_CANCELLED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, credit_note_issued, credit_note, RLC_EVENT_KIND_CREDIT_NOTE_ISSUED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, payment_received, payment, RLC_EVENT_KIND_PAYMENT_RECEIVED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, payment_reversed, payment_reversed, RLC_EVENT_KIND_PAYMENT_REVERSED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, opening_item, opening_item, RLC_EVENT_KIND_OPENING_ITEM, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, cash_suspected, cash_suspected, RLC_EVENT_KIND_CASH_SUSPECTED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, cash_cleared, cash_cleared, RLC_EVENT_KIND_CASH_CLEARED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, dispute_opened, dispute, RLC_EVENT_KIND_DISPUTE_OPENED, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, dispute_resolved, dispute_resolved, RLC_EVENT_KIND_DISPUTE_RESOLVED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, promise_made, promise, RLC_EVENT_KIND_PROMISE_MADE, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, hold_placed, hold, RLC_EVENT_KIND_HOLD_PLACED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, hold_lifted, hold_lifted, RLC_EVENT_KIND_HOLD_LIFTED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, promise_withdrawn, promise_withdrawn, RLC_EVENT_KIND_PROMISE_WITHDRAWN,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_event, outcome, outcome, RLC_EVENT_KIND_OUTCOME, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, returned, returned, RLC_EVENT_KIND_RETURNED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, score_changed, score_changed, RLC_EVENT_KIND_SCORE_CHANGED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, milestone, milestone, RLC_EVENT_KIND_MILESTONE, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, contact_proposed, contact_proposed, RLC_EVENT_KIND_CONTACT_PROPOSED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_event, task_done, task_done, RLC_EVENT_KIND_TASK_DONE, RLC_OF_DEBTOR),
};
RLC_TYPE_OF_KINDS(debtor_event, DEBTOR_EVENT_ROWS);

enum rlc_status rlc_debtor_event_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                        struct rlc_debtor_event *ret_event,
                                        struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_debtor_event_type, bytes, arena, ret_event, ret_fault);
}

struct rlc_span rlc_debtor_event_encode(const struct rlc_debtor_event *event,
                                        struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_debtor_event_type, event, arena);
}

struct rlc_span rlc_debtor_event_encode_body(const struct rlc_debtor_event *event,
                                             struct rlc_arena *arena)
{
    return rlc_wire_encode_payload(&rlc_debtor_event_type, event, arena);
}
