/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/debtor_fact.h"

#include "common/wire/rows.h"
#include "relance/v1/debtor_fact.pb-c.h"

static const struct rlc_wire_field RECEIVABLE_FACT_ROWS[] = {
    RLC_ID(receivable_fact, document, RLC_REQUIRED),
    RLC_TEXT(receivable_fact, number, RLC_NUMBER_BYTES_MAX, RLC_OPTIONAL),
    RLC_ENUM(receivable_fact, type, document_type, RLC_REQUIRED),
    RLC_ENUM(receivable_fact, cause, receivable_cause, RLC_REQUIRED),
    RLC_ID(receivable_fact, cause_id, RLC_OPTIONAL),
    RLC_ONE(receivable_fact, total, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_ONE(receivable_fact, open_before, money, RLC_NOT_NEGATIVE),
    RLC_ONE(receivable_fact, open, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_DAY(receivable_fact, issued_on, RLC_OPTIONAL),
    RLC_DAY(receivable_fact, due_on, RLC_OPTIONAL),
    RLC_DAY(receivable_fact, value_on, RLC_OPTIONAL),
    RLC_COUNTER(receivable_fact, revision, 0),
    RLC_DAY(receivable_fact, limited_on, RLC_OPTIONAL),
    RLC_MANY(receivable_fact, on_account, on_account_count, money, 0, RLC_ON_ACCOUNT_MAX),
};
RLC_TYPE(receivable_fact, RECEIVABLE_FACT_ROWS);

static const struct rlc_wire_field APPLIED_ROWS[] = {
    RLC_ID(applied, document, RLC_REQUIRED),
    RLC_ONE(applied, amount, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_ONE(applied, open_after, money, RLC_NOT_NEGATIVE),
};
RLC_TYPE(applied, APPLIED_ROWS);

static const struct rlc_wire_field SETTLEMENT_FACT_ROWS[] = {
    RLC_ID(settlement_fact, settlement, RLC_REQUIRED),
    RLC_ONE(settlement_fact, amount, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_ONE(settlement_fact, unapplied, money, RLC_OPTIONAL),
    RLC_DAY(settlement_fact, value_on, RLC_OPTIONAL),
    RLC_INSTANT(settlement_fact, provisional_until_ms, RLC_OPTIONAL),
    RLC_CODE(settlement_fact, reason_code, RLC_OPTIONAL),
    RLC_MANY(settlement_fact, applied, applied_count, applied, 0, RLC_ALLOCATIONS_MAX),
};
RLC_TYPE(settlement_fact, SETTLEMENT_FACT_ROWS);

static const struct rlc_wire_field AGREEMENT_FACT_ROWS[] = {
    RLC_ID(agreement_fact, agreement, RLC_REQUIRED),
    RLC_ENUM(agreement_fact, kind, agreement_kind, RLC_REQUIRED),
    RLC_ENUM(agreement_fact, reach, reach, RLC_REQUIRED),
    RLC_ONE(agreement_fact, amount, money, RLC_NOT_NEGATIVE),
    RLC_ENUM(agreement_fact, clock, clock_effect, RLC_OPTIONAL),
    RLC_CODE(agreement_fact, reason, RLC_OPTIONAL),
    RLC_INSTANT(agreement_fact, from_ms, RLC_OPTIONAL),
    RLC_INSTANT(agreement_fact, until_ms, RLC_OPTIONAL),
    RLC_ENUM(agreement_fact, result, agreement_result, RLC_OPTIONAL),
    RLC_ONE(agreement_fact, settled, money, RLC_NOT_NEGATIVE),
    RLC_MANY(agreement_fact, documents, document_count, document_ref, 0, RLC_DOCUMENTS_MAX),
};
RLC_TYPE(agreement_fact, AGREEMENT_FACT_ROWS);

static const struct rlc_wire_field STEP_OPENED_ROWS[] = {
    RLC_ONE(step_opened, instance, step_instance, RLC_REQUIRED),
    RLC_DAY(step_opened, step_on, RLC_REQUIRED),
    RLC_ONE(step_opened, open, money, RLC_NOT_NEGATIVE),
};
RLC_TYPE(step_opened, STEP_OPENED_ROWS);

static const struct rlc_wire_field STEP_CLOSED_ROWS[] = {
    RLC_ONE(step_closed, instance, step_instance, RLC_REQUIRED),
    RLC_ENUM(step_closed, result, step_result, RLC_REQUIRED),
    RLC_ACTION(step_closed, action, RLC_OPTIONAL),
    RLC_ENUM(step_closed, outcome, outcome_result, RLC_OPTIONAL),
    RLC_CODE(step_closed, by_step, RLC_OPTIONAL),
    RLC_U32(step_closed, by_occurrence, 0, UINT32_MAX),
};
RLC_TYPE(step_closed, STEP_CLOSED_ROWS);

static const struct rlc_wire_field SUPPRESSED_ROWS[] = {
    RLC_ONE(suppressed, instance, step_instance, RLC_REQUIRED),
    RLC_ENUM(suppressed, reason, suppression, RLC_REQUIRED),
    RLC_CODE(suppressed, rule, RLC_OPTIONAL),
    RLC_INSTANT(suppressed, next_at_ms, RLC_OPTIONAL),
    RLC_ID(suppressed, object, RLC_OPTIONAL),
    RLC_MANY(suppressed, evidence, evidence_count, coordinates, 0, RLC_EVIDENCE_MAX),
    RLC_MANY(suppressed, events, event_count, event_reference, 0, RLC_EVIDENCE_MAX),
};
RLC_TYPE(suppressed, SUPPRESSED_ROWS);

static const struct rlc_wire_field REFERRED_ROWS[] = {
    RLC_ID(referred, case_id, RLC_REQUIRED),
    RLC_HASH(referred, claim_hash, RLC_OPTIONAL),
    RLC_ONE(referred, open, money, RLC_NOT_NEGATIVE),
    RLC_MANY(referred, documents, document_count, document_ref, 0, RLC_DOCUMENTS_MAX),
};
RLC_TYPE(referred, REFERRED_ROWS);

static const struct rlc_wire_field COMMAND_ANSWER_ROWS[] = {
    RLC_ID(command_answer, command, RLC_REQUIRED),
    RLC_ENUM(command_answer, kind, command_kind, RLC_REQUIRED),
    RLC_CODE(command_answer, rule, RLC_OPTIONAL),
    RLC_TEXT(command_answer, detail, RLC_TEXT_BYTES_MAX, RLC_OPTIONAL),
};
RLC_TYPE(command_answer, COMMAND_ANSWER_ROWS);

static const struct rlc_wire_field QUARANTINE_CHANGED_ROWS[] = {
    RLC_ONE(quarantine_changed, at, coordinates, RLC_REQUIRED),
    RLC_CODE(quarantine_changed, code, RLC_REQUIRED),
    RLC_FLAG(quarantine_changed, released),
    RLC_U32(quarantine_changed, open_count, 0, UINT32_MAX),
};
RLC_TYPE(quarantine_changed, QUARANTINE_CHANGED_ROWS);

static const struct rlc_wire_field TASK_FACT_ROWS[] = {
    RLC_ID(task_fact, task, RLC_REQUIRED),
    RLC_ENUM(task_fact, kind, task_kind, RLC_REQUIRED),
    RLC_CODE(task_fact, team, RLC_OPTIONAL),
    RLC_INSTANT(task_fact, due_at_ms, RLC_OPTIONAL),
    RLC_CODE(task_fact, script, RLC_OPTIONAL),
    RLC_ID(task_fact, object, RLC_OPTIONAL),
    RLC_CODE(task_fact, outcome_code, RLC_OPTIONAL),
};
RLC_TYPE(task_fact, TASK_FACT_ROWS);

static const struct rlc_wire_field CONFLICT_ROWS[] = {
    RLC_ID(conflict, entity, RLC_REQUIRED),
    RLC_HASH(conflict, known, RLC_OPTIONAL),
    RLC_HASH(conflict, found, RLC_REQUIRED),
};
RLC_TYPE(conflict, CONFLICT_ROWS);

static const struct rlc_wire_field EVENT_IGNORED_ROWS[] = {
    RLC_ENUM(event_ignored, kind, event_kind, RLC_REQUIRED),
    RLC_CODE(event_ignored, rule, RLC_REQUIRED),
    RLC_ID(event_ignored, object, RLC_OPTIONAL),
};
RLC_TYPE(event_ignored, EVENT_IGNORED_ROWS);

static const struct rlc_wire_field DEBTOR_FACT_ROWS[] = {
    RLC_ONE(debtor_fact, envelope, envelope, RLC_OPTIONAL),
    RLC_ONE(debtor_fact, chain, chain, RLC_REQUIRED),
    RLC_INSTANT(debtor_fact, decided_at_ms, RLC_OPTIONAL),
    RLC_ENUM(debtor_fact, kind, fact_kind, RLC_REQUIRED),
    RLC_WHEN(debtor_fact, receivable_opened, receivable_fact, RLC_FACT_KIND_RECEIVABLE_OPENED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, receivable_changed, receivable_fact, RLC_FACT_KIND_RECEIVABLE_CHANGED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, receivable_closed, receivable_fact, RLC_FACT_KIND_RECEIVABLE_CLOSED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, payment_recorded, settlement_fact, RLC_FACT_KIND_PAYMENT_RECORDED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, payment_undone, settlement_fact, RLC_FACT_KIND_PAYMENT_UNDONE,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, credit_recorded, settlement_fact, RLC_FACT_KIND_CREDIT_RECORDED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, agreement_opened, agreement_fact, RLC_FACT_KIND_AGREEMENT_OPENED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, agreement_changed, agreement_fact, RLC_FACT_KIND_AGREEMENT_CHANGED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, agreement_closed, agreement_fact, RLC_FACT_KIND_AGREEMENT_CLOSED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, step_opened, step_opened, RLC_FACT_KIND_STEP_OPENED, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, step_closed, step_closed, RLC_FACT_KIND_STEP_CLOSED, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, suppressed, suppressed, RLC_FACT_KIND_SUPPRESSED, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, contact_requested, contact_body, RLC_FACT_KIND_CONTACT_REQUESTED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, contact_returned, returned, RLC_FACT_KIND_CONTACT_RETURNED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, contact_outcome, outcome, RLC_FACT_KIND_CONTACT_OUTCOME, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, referred, referred, RLC_FACT_KIND_REFERRED, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, case_moved, milestone, RLC_FACT_KIND_CASE_MOVED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, debtor_changed, debtor, RLC_FACT_KIND_DEBTOR_CHANGED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, account_changed, account, RLC_FACT_KIND_ACCOUNT_CHANGED, RLC_OF_ACCOUNT),
    RLC_WHEN(debtor_fact, contact_changed, contact, RLC_FACT_KIND_CONTACT_CHANGED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, subject_erased, subject_erased, RLC_FACT_KIND_SUBJECT_ERASED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, debtor_merged, merged, RLC_FACT_KIND_DEBTOR_MERGED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, score_applied, score_changed, RLC_FACT_KIND_SCORE_APPLIED, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, command_accepted, command_answer, RLC_FACT_KIND_COMMAND_ACCEPTED,
             RLC_OF_TENANT),
    RLC_WHEN(debtor_fact, command_refused, command_answer, RLC_FACT_KIND_COMMAND_REFUSED,
             RLC_OF_TENANT),
    RLC_WHEN(debtor_fact, scope_applied, scope, RLC_FACT_KIND_SCOPE_APPLIED, RLC_OF_TENANT),
    RLC_WHEN(debtor_fact, quarantine_changed, quarantine_changed, RLC_FACT_KIND_QUARANTINE_CHANGED,
             RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, task_opened, task_fact, RLC_FACT_KIND_TASK_OPENED, RLC_OF_TENANT),
    RLC_WHEN(debtor_fact, task_closed, task_fact, RLC_FACT_KIND_TASK_CLOSED, RLC_OF_TENANT),
    RLC_WHEN(debtor_fact, conflict_found, conflict, RLC_FACT_KIND_CONFLICT_FOUND, RLC_OF_DEBTOR),
    RLC_WHEN(debtor_fact, event_ignored, event_ignored, RLC_FACT_KIND_EVENT_IGNORED, RLC_OF_TENANT),
};
RLC_TYPE_OF_KINDS(debtor_fact, DEBTOR_FACT_ROWS);

enum rlc_status rlc_debtor_fact_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                       struct rlc_debtor_fact *ret_fact,
                                       struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_debtor_fact_type, bytes, arena, ret_fact, ret_fault);
}

struct rlc_span rlc_debtor_fact_encode(const struct rlc_debtor_fact *fact, struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_debtor_fact_type, fact, arena);
}
