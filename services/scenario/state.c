/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include "common/wire/rows.h"
#include "core/store.h"
#include "relance/v1/scenario_state.pb-c.h"

static const struct rlc_wire_field VERSION_ROWS[] = {
    RLC_COUNTER(version, revision, 0),          RLC_INSTANT(version, occurred_at_ms, RLC_OPTIONAL),
    RLC_ID(version, source, RLC_OPTIONAL),      RLC_ID(version, event_id, RLC_OPTIONAL),
    RLC_HASH(version, body_hash, RLC_OPTIONAL), RLC_HASH(version, refused_hash, RLC_OPTIONAL),
};
static RLC_TYPE(version, VERSION_ROWS);

static const struct rlc_wire_field BLOCK_ROWS[] = {
    RLC_ENUM(block, kind, agreement_kind, RLC_OPTIONAL),
    RLC_ID(block, id, RLC_OPTIONAL),
    RLC_ONE(block, amount, money, RLC_OPTIONAL),
    RLC_INSTANT(block, from_ms, RLC_OPTIONAL),
    RLC_INSTANT(block, until_ms, RLC_OPTIONAL),
    RLC_ENUM(block, clock, clock_effect, RLC_OPTIONAL),
    RLC_ENUM(block, reason, suppression, RLC_OPTIONAL),
    RLC_ONE(block, said, event_reference, RLC_OPTIONAL),
    RLC_FLAG(block, conceded),
    RLC_I64(block, total_minor, INT64_MIN, INT64_MAX),
};
static RLC_TYPE(block, BLOCK_ROWS);

static const struct rlc_wire_field STOP_ROWS[] = {
    RLC_DAY(stop, from_on, RLC_OPTIONAL),
    RLC_DAY(stop, to_on, RLC_OPTIONAL),
};
static RLC_TYPE(stop, STOP_ROWS);

static const struct rlc_wire_field RECEIPT_ROWS[] = {
    RLC_DAY(receipt, on, RLC_OPTIONAL),
    RLC_ONE(receipt, amount, money, RLC_OPTIONAL),
};
static RLC_TYPE(receipt, RECEIPT_ROWS);

static const struct rlc_wire_field ACCOUNT_ENTRY_ROWS[] = {
    RLC_ID(account_entry, creditor, RLC_OPTIONAL),
    RLC_INSTANT(account_entry, wake_ms, RLC_OPTIONAL),
    RLC_FLAG(account_entry, ready),
    RLC_FLAG(account_entry, at_law),
};
static RLC_TYPE(account_entry, ACCOUNT_ENTRY_ROWS);

static const struct rlc_wire_field TOUCH_ROWS[] = {
    RLC_DAY(touch, on, RLC_OPTIONAL),
    RLC_ACTION(touch, action, RLC_OPTIONAL),
};
static RLC_TYPE(touch, TOUCH_ROWS);

static const struct rlc_wire_field WAITING_ROWS[] = {
    RLC_ONE(waiting, at, coordinates, RLC_REQUIRED),
    RLC_TEXT(waiting, object, STORE_KEY_ROOM, RLC_REQUIRED),
};
static RLC_TYPE(waiting, WAITING_ROWS);

static const struct rlc_wire_field SCORE_ROWS[] = {
    RLC_ONE(score, version, version, RLC_OPTIONAL),
    RLC_CODE(score, model, RLC_OPTIONAL),
    RLC_CODE(score, band, RLC_OPTIONAL),
    RLC_U32(score, late_ppm, 0, 1000000),
    RLC_I32(score, delay_days, INT32_MIN, INT32_MAX),
};
static RLC_TYPE(score, SCORE_ROWS);

static const struct rlc_wire_field DEBTOR_RECORD_ROWS[] = {
    RLC_U32(debtor_record, format, 0, UINT32_MAX),
    RLC_COUNTER(debtor_record, epoch, 0),
    RLC_ONE(debtor_record, version, version, RLC_OPTIONAL),
    RLC_ENUM(debtor_record, kind, party_kind, RLC_OPTIONAL),
    RLC_ENUM(debtor_record, status, party_status, RLC_OPTIONAL),
    RLC_CODE(debtor_record, country, RLC_OPTIONAL),
    RLC_CODE(debtor_record, zone, RLC_OPTIONAL),
    RLC_CODE(debtor_record, language, RLC_OPTIONAL),
    RLC_CODE(debtor_record, calendar, RLC_OPTIONAL),
    RLC_LIST(debtor_record, accounts, account_count, account_entry, ACCOUNTS_MAX),
    RLC_LIST(debtor_record, touches, touch_count, touch, TOUCHES_MAX),
    RLC_LIST(debtor_record, quarantine, quarantine_count, coordinates, QUARANTINE_MAX),
    RLC_ID(debtor_record, quarantine_task, RLC_OPTIONAL),
    RLC_LIST(debtor_record, blocks, block_count, block, BLOCKS_MAX),
    RLC_LIST(debtor_record, stops, stop_count, stop, STOPS_MAX),
    RLC_DAY(debtor_record, restart_on, RLC_OPTIONAL),
    RLC_COUNTER(debtor_record, armed_revision, 0),
    RLC_ENUM(debtor_record, review, review, RLC_OPTIONAL),
    RLC_INSTANT(debtor_record, wake_ms, RLC_OPTIONAL),
    RLC_LIST(debtor_record, waiting, waiting_count, waiting, QUARANTINE_MAX),
    RLC_ONE(debtor_record, score, score, RLC_OPTIONAL),
};
static RLC_TYPE(debtor_record, DEBTOR_RECORD_ROWS);

static const struct rlc_wire_field PERSON_ROWS[] = {
    RLC_ONE(person, contact, contact, RLC_OPTIONAL),
    RLC_ONE(person, version, version, RLC_OPTIONAL),
    RLC_U32(person, bad_channels, 0, UINT32_MAX),
};
static RLC_TYPE(person, PERSON_ROWS);

static const struct rlc_wire_field OPT_OUT_ROWS[] = {
    RLC_ID(opt_out, contact, RLC_OPTIONAL),
    RLC_ENUM(opt_out, channel, channel, RLC_OPTIONAL),
    RLC_ONE(opt_out, said, event_reference, RLC_OPTIONAL),
};
static RLC_TYPE(opt_out, OPT_OUT_ROWS);

static const struct rlc_wire_field BOOK_RECORD_ROWS[] = {
    RLC_U32(book_record, format, 0, UINT32_MAX),
    RLC_ONE(book_record, debtor, debtor, RLC_OPTIONAL),
    RLC_LIST(book_record, persons, person_count, person, PERSONS_MAX),
    RLC_LIST(book_record, opt_outs, opt_out_count, opt_out, OPT_OUTS_MAX),
    RLC_LIST(book_record, erased, erased_count, document_ref, ERASED_MAX),
    RLC_U32(book_record, last_number, 0, UINT32_MAX),
};
static RLC_TYPE(book_record, BOOK_RECORD_ROWS);

static const struct rlc_wire_field PAGE_ENTRY_ROWS[] = {
    RLC_U32(page_entry, page, 0, UINT32_MAX),
    RLC_U32(page_entry, count, 0, UINT32_MAX),
    RLC_U32(page_entry, ready, 0, UINT32_MAX),
    RLC_INSTANT(page_entry, wake_ms, RLC_OPTIONAL),
};
static RLC_TYPE(page_entry, PAGE_ENTRY_ROWS);

static const struct rlc_wire_field ACT_ROWS[] = {
    RLC_CODE(act, scenario, RLC_OPTIONAL),
    RLC_CODE(act, step, RLC_OPTIONAL),
    RLC_U32(act, occurrence, 0, UINT32_MAX),
    RLC_U32(act, channel_ordinal, 0, UINT32_MAX),
    RLC_FLAG(act, open),
    RLC_ACTION(act, action, RLC_OPTIONAL),
};
static RLC_TYPE(act, ACT_ROWS);

static const struct rlc_wire_field CREDIT_ORIGIN_ROWS[] = {
    RLC_CURRENCY(credit_origin, currency),
    RLC_ONE(credit_origin, said, event_reference, RLC_REQUIRED),
};
static RLC_TYPE(credit_origin, CREDIT_ORIGIN_ROWS);

static const struct rlc_wire_field CASE_ENTRY_ROWS[] = {
    RLC_ID(case_entry, case_id, RLC_REQUIRED),
    RLC_ENUM(case_entry, held, suppression, RLC_OPTIONAL),
    RLC_ID(case_entry, held_by, RLC_OPTIONAL),
    RLC_ONE(case_entry, on_account, money, RLC_OPTIONAL),
    RLC_ID(case_entry, task, RLC_OPTIONAL),
    RLC_U32(case_entry, asked, 0, UINT32_MAX),
};
static RLC_TYPE(case_entry, CASE_ENTRY_ROWS);

static const struct rlc_wire_field PROPOSAL_ROWS[] = {
    RLC_ID(proposal, case_id, RLC_REQUIRED),
    RLC_CODE(proposal, step, RLC_REQUIRED),
    RLC_U32(proposal, occurrence, 0, UINT32_MAX),
    RLC_ENUM(proposal, channel, channel, RLC_OPTIONAL),
    RLC_ENUM(proposal, tone, tone, RLC_OPTIONAL),
    RLC_CODE(proposal, template_name, RLC_OPTIONAL),
    RLC_INSTANT(proposal, not_after_ms, RLC_OPTIONAL),
    RLC_LIST(proposal, documents, document_count, document_ref, CASE_LINES_MAX),
    RLC_FLAG(proposal, asked),
    RLC_ENUM(proposal, reason, suppression, RLC_OPTIONAL),
    RLC_INSTANT(proposal, next_at_ms, RLC_OPTIONAL),
};
static RLC_TYPE(proposal, PROPOSAL_ROWS);

static const struct rlc_wire_field ACCOUNT_RECORD_ROWS[] = {
    RLC_U32(account_record, format, 0, UINT32_MAX),
    RLC_COUNTER(account_record, epoch, 0),
    RLC_ONE(account_record, version, version, RLC_OPTIONAL),
    RLC_ONE(account_record, terms, account, RLC_OPTIONAL),
    RLC_LIST(account_record, pages, page_count, page_entry, PAGES_MAX),
    RLC_LIST(account_record, credits, credit_count, money, CREDITS_MAX),
    RLC_LIST(account_record, blocks, block_count, block, BLOCKS_MAX),
    RLC_LIST(account_record, stops, stop_count, stop, STOPS_MAX),
    RLC_DAY(account_record, restart_on, RLC_OPTIONAL),
    RLC_LIST(account_record, receipts, receipt_count, receipt, RECEIPTS_MAX),
    RLC_LIST(account_record, acts, act_count, act, ACTS_MAX),
    RLC_ACTION(account_record, request, RLC_OPTIONAL),
    RLC_ENUM(account_record, wait_reason, suppression, RLC_OPTIONAL),
    RLC_INSTANT(account_record, not_before_ms, RLC_OPTIONAL),
    RLC_ID(account_record, wait_object, RLC_OPTIONAL),
    RLC_ENUM(account_record, review, review, RLC_OPTIONAL),
    RLC_INSTANT(account_record, wake_ms, RLC_OPTIONAL),
    RLC_LIST(account_record, credit_origins, credit_origin_count, credit_origin, CREDITS_MAX),
    RLC_FLAG(account_record, unserved),
    RLC_DAY(account_record, booked_on, RLC_OPTIONAL),
    RLC_LIST(account_record, cases, case_count, case_entry, CASES_MAX),
    RLC_LIST(account_record, proposals, proposal_count, proposal, CASES_MAX),
};
static RLC_TYPE(account_record, ACCOUNT_RECORD_ROWS);

static const struct rlc_wire_field PAGE_ITEM_ROWS[] = {
    RLC_ID(page_item, document, RLC_OPTIONAL),
    RLC_DAY(page_item, due_on, RLC_OPTIONAL),
    RLC_ONE(page_item, open, money, RLC_OPTIONAL),
    RLC_ENUM(page_item, state, item_state, RLC_OPTIONAL),
    RLC_INSTANT(page_item, wake_ms, RLC_OPTIONAL),
    RLC_I64(page_item, disputed_minor, 0, INT64_MAX),
};
static RLC_TYPE(page_item, PAGE_ITEM_ROWS);

static const struct rlc_wire_field PAGE_RECORD_ROWS[] = {
    RLC_U32(page_record, format, 0, UINT32_MAX),
    RLC_LIST(page_record, items, item_count, page_item, PAGE_ITEMS_MAX),
};
static RLC_TYPE(page_record, PAGE_RECORD_ROWS);

static const struct rlc_wire_field SETTLED_ROWS[] = {
    RLC_ONE(settled, paid, money, RLC_OPTIONAL),
    RLC_I64(settled, credited_minor, INT64_MIN, INT64_MAX),
    RLC_I64(settled, written_off_minor, INT64_MIN, INT64_MAX),
};
static RLC_TYPE(settled, SETTLED_ROWS);

static const struct rlc_wire_field STEP_STATE_ROWS[] = {
    RLC_CODE(step_state, scenario, RLC_OPTIONAL),
    RLC_CODE(step_state, step, RLC_OPTIONAL),
    RLC_U32(step_state, occurrence, 0, UINT32_MAX),
    RLC_DAY(step_state, step_on, RLC_OPTIONAL),
    RLC_ENUM(step_state, result, step_result, RLC_OPTIONAL),
    RLC_FLAG(step_state, asked),
    RLC_ENUM(step_state, reason, suppression, RLC_OPTIONAL),
    RLC_INSTANT(step_state, next_at_ms, RLC_OPTIONAL),
    RLC_FLAG(step_state, fresh),
};
static RLC_TYPE(step_state, STEP_STATE_ROWS);

static const struct rlc_wire_field RECEIVABLE_RECORD_ROWS[] = {
    RLC_U32(receivable_record, format, 0, UINT32_MAX),
    RLC_ONE(receivable_record, terms, invoice, RLC_OPTIONAL),
    RLC_ONE(receivable_record, version, version, RLC_OPTIONAL),
    RLC_ONE(receivable_record, cancelled, version, RLC_OPTIONAL),
    RLC_I64(receivable_record, entered_minor, INT64_MIN, INT64_MAX),
    RLC_LIST(receivable_record, settled, settled_count, settled, SETTLED_MAX),
    RLC_LIST(receivable_record, receipts, receipt_count, receipt, RECEIPTS_MAX),
    RLC_LIST(receivable_record, blocks, block_count, block, BLOCKS_MAX),
    RLC_LIST(receivable_record, stops, stop_count, stop, STOPS_MAX),
    RLC_DAY(receivable_record, restart_on, RLC_OPTIONAL),
    RLC_LIST(receivable_record, steps, step_count, step_state, STEPS_MAX),
    RLC_FLAG(receivable_record, steps_full),
    RLC_CODE(receivable_record, entered_step, RLC_OPTIONAL),
    RLC_U32(receivable_record, page, 0, UINT32_MAX),
    RLC_ONE(receivable_record, entered, version, RLC_OPTIONAL),
    RLC_FLAG(receivable_record, entered_asked),
    RLC_ID(receivable_record, case_id, RLC_OPTIONAL),
    RLC_DAY(receivable_record, notice_on, RLC_OPTIONAL),
    RLC_HASH(receivable_record, notice_hash, RLC_OPTIONAL),
    RLC_ENUM(receivable_record, case_held, suppression, RLC_OPTIONAL),
};
static RLC_TYPE(receivable_record, RECEIVABLE_RECORD_ROWS);

static const struct rlc_wire_field POSTING_ROWS[] = {
    RLC_ID(posting, document, RLC_OPTIONAL),
    RLC_I64(posting, named_minor, INT64_MIN, INT64_MAX),
    RLC_I64(posting, posted_minor, INT64_MIN, INT64_MAX),
};
static RLC_TYPE(posting, POSTING_ROWS);

static const struct rlc_wire_field REVERSAL_ROWS[] = {
    RLC_ID(reversal, event_id, RLC_OPTIONAL),
    RLC_ONE(reversal, amount, money, RLC_OPTIONAL),
    RLC_ONE(reversal, version, version, RLC_OPTIONAL),
};
static RLC_TYPE(reversal, REVERSAL_ROWS);

static const struct rlc_wire_field SETTLEMENT_RECORD_ROWS[] = {
    RLC_U32(settlement_record, format, 0, UINT32_MAX),
    RLC_ENUM(settlement_record, kind, settlement_kind, RLC_OPTIONAL),
    RLC_ONE(settlement_record, version, version, RLC_OPTIONAL),
    RLC_ONE(settlement_record, amount, money, RLC_OPTIONAL),
    RLC_I64(settlement_record, unapplied_minor, INT64_MIN, INT64_MAX),
    RLC_DAY(settlement_record, value_on, RLC_OPTIONAL),
    RLC_INSTANT(settlement_record, provisional_until_ms, RLC_OPTIONAL),
    RLC_LIST(settlement_record, postings, posting_count, posting, POSTINGS_MAX),
    RLC_LIST(settlement_record, reversals, reversal_count, reversal, REVERSALS_MAX),
};
static RLC_TYPE(settlement_record, SETTLEMENT_RECORD_ROWS);

static const struct rlc_wire_field AGREEMENT_RECORD_ROWS[] = {
    RLC_U32(agreement_record, format, 0, UINT32_MAX),
    RLC_ENUM(agreement_record, kind, agreement_kind, RLC_OPTIONAL),
    RLC_ONE(agreement_record, version, version, RLC_OPTIONAL),
    RLC_ENUM(agreement_record, reach, reach, RLC_OPTIONAL),
    RLC_ID(agreement_record, creditor, RLC_OPTIONAL),
    RLC_LIST(agreement_record, documents, document_count, document_ref, RLC_DOCUMENTS_MAX),
    RLC_ONE(agreement_record, amount, money, RLC_OPTIONAL),
    RLC_DAY(agreement_record, made_on, RLC_OPTIONAL),
    RLC_DAY(agreement_record, due_on, RLC_OPTIONAL),
    RLC_INSTANT(agreement_record, from_ms, RLC_OPTIONAL),
    RLC_INSTANT(agreement_record, until_ms, RLC_OPTIONAL),
    RLC_ENUM(agreement_record, clock, clock_effect, RLC_OPTIONAL),
    RLC_ENUM(agreement_record, effect, suppression, RLC_OPTIONAL),
    RLC_CODE(agreement_record, reason, RLC_OPTIONAL),
    RLC_ENUM(agreement_record, result, agreement_result, RLC_OPTIONAL),
    RLC_INSTANT(agreement_record, closed_at_ms, RLC_OPTIONAL),
    RLC_ONE(agreement_record, ended, version, RLC_OPTIONAL),
    RLC_FLAG(agreement_record, conceded),
    RLC_ONE(agreement_record, accepted, money, RLC_OPTIONAL),
};
static RLC_TYPE(agreement_record, AGREEMENT_RECORD_ROWS);

static const struct rlc_wire_field SPOKEN_STEP_ROWS[] = {
    RLC_CODE(spoken_step, scenario, RLC_OPTIONAL),
    RLC_CODE(spoken_step, step, RLC_OPTIONAL),
    RLC_U32(spoken_step, occurrence, 0, UINT32_MAX),
};
static RLC_TYPE(spoken_step, SPOKEN_STEP_ROWS);

static const struct rlc_wire_field CONTACT_LINE_ROWS[] = {
    RLC_ID(contact_line, document, RLC_OPTIONAL),
    RLC_U32(contact_line, step, 0, UINT32_MAX),
};
static RLC_TYPE(contact_line, CONTACT_LINE_ROWS);

static const struct rlc_wire_field CONTACT_RECORD_ROWS[] = {
    RLC_U32(contact_record, format, 0, UINT32_MAX),
    RLC_ID(contact_record, creditor, RLC_OPTIONAL),
    RLC_CODE(contact_record, scenario, RLC_OPTIONAL),
    RLC_CODE(contact_record, step, RLC_OPTIONAL),
    RLC_U32(contact_record, occurrence, 0, UINT32_MAX),
    RLC_U32(contact_record, channel_ordinal, 0, UINT32_MAX),
    RLC_ENUM(contact_record, channel, channel, RLC_OPTIONAL),
    RLC_U32(contact_record, request_number, 0, UINT32_MAX),
    RLC_ENUM(contact_record, state, contact_state, RLC_OPTIONAL),
    RLC_ENUM(contact_record, outcome, outcome_result, RLC_OPTIONAL),
    RLC_INSTANT(contact_record, asked_at_ms, RLC_OPTIONAL),
    RLC_DAY(contact_record, on, RLC_OPTIONAL),
    RLC_ONE(contact_record, epochs, epochs, RLC_OPTIONAL),
    RLC_ID(contact_record, task, RLC_OPTIONAL),
    RLC_LIST(contact_record, steps, step_count, spoken_step, CONTACT_LINES_MAX),
    RLC_LIST(contact_record, lines, line_count, contact_line, CONTACT_LINES_MAX),
    RLC_U32(contact_record, stopped, 0, UINT32_MAX),
};
static RLC_TYPE(contact_record, CONTACT_RECORD_ROWS);

static const struct rlc_wire_field TASK_RECORD_ROWS[] = {
    RLC_U32(task_record, format, 0, UINT32_MAX),
    RLC_ENUM(task_record, kind, task_kind, RLC_OPTIONAL),
    RLC_ID(task_record, creditor, RLC_OPTIONAL),
    RLC_ID(task_record, object, RLC_OPTIONAL),
    RLC_INSTANT(task_record, opened_at_ms, RLC_OPTIONAL),
    RLC_FLAG(task_record, done),
    RLC_CODE(task_record, outcome_code, RLC_OPTIONAL),
};
static RLC_TYPE(task_record, TASK_RECORD_ROWS);

static const struct rlc_wire_field COMMAND_RECORD_ROWS[] = {
    RLC_U32(command_record, format, 0, UINT32_MAX),
    RLC_CODE(command_record, rule, RLC_OPTIONAL),
};
static RLC_TYPE(command_record, COMMAND_RECORD_ROWS);

static const struct rlc_wire_field KNOWN_STEP_ROWS[] = {
    RLC_CODE(known_step, scenario, RLC_OPTIONAL),
    RLC_CODE(known_step, step, RLC_OPTIONAL),
    RLC_INSTANT(known_step, since_ms, RLC_OPTIONAL),
};
static RLC_TYPE(known_step, KNOWN_STEP_ROWS);

static const struct rlc_wire_field SCOPE_RECORD_ROWS[] = {
    RLC_U32(scope_record, format, 0, UINT32_MAX),
    RLC_ONE(scope_record, scope, scope, RLC_OPTIONAL),
    RLC_COUNTER(scope_record, bundle_revision, 0),
    RLC_LIST(scope_record, steps, step_count, known_step, KNOWN_STEPS_MAX),
};
static RLC_TYPE(scope_record, SCOPE_RECORD_ROWS);

/* ---- by kind of key ---- */

static const struct rlc_wire_type *type_of(struct rlc_span key)
{
    static const struct {
        char kind;
        const struct rlc_wire_type *type;
    } TYPES[] = {
        { 'd', &rlc_debtor_record_type },     { 'h', &rlc_book_record_type },
        { 'a', &rlc_account_record_type },    { 'o', &rlc_page_record_type },
        { 'r', &rlc_receivable_record_type }, { 'p', &rlc_settlement_record_type },
        { 'g', &rlc_agreement_record_type },  { 'c', &rlc_contact_record_type },
        { 'k', &rlc_task_record_type },       { 'q', &rlc_command_record_type },
        { 's', &rlc_scope_record_type },      { 't', &rlc_scope_record_type },
    };

    for (size_t i = 0; key.size > 0 && i < RLC_COUNT(TYPES); i++) {
        if (TYPES[i].kind == (char)key.data[0])
            return TYPES[i].type;
    }
    return NULL;
}

void *scenario_state_decode(struct rlc_span key, struct rlc_span bytes, struct rlc_arena *arena)
{
    const struct rlc_wire_type *type = type_of(key);
    void *record = type ? rlc_arena_alloc(arena, type->size) : NULL;
    struct rlc_fault fault;

    if (!record || rlc_wire_decode(type, bytes, arena, record, &fault) != RLC_OK)
        return NULL;
    return *(const uint32_t *)record == RECORD_FORMAT ? record : NULL;
}

struct rlc_span scenario_state_encode(struct rlc_span key, const void *record,
                                      struct rlc_arena *arena)
{
    return rlc_wire_encode(type_of(key), record, arena);
}

bool scenario_state_wake(struct rlc_span key, const void *record, rlc_ms *ret_wake_ms)
{
    if (key.size == 0 || key.data[0] != 'd')
        return false;
    *ret_wake_ms = ((const struct rlc_debtor_record *)record)->wake_ms;
    return true;
}
