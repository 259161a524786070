/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/contact.h"

#include "common/wire/rows.h"
#include "relance/v1/contact.pb-c.h"

static const struct rlc_wire_field STEP_INSTANCE_ROWS[] = {
    RLC_ID(step_instance, document, RLC_REQUIRED),
    RLC_CODE(step_instance, scenario, RLC_REQUIRED),
    RLC_CODE(step_instance, step, RLC_REQUIRED),
    RLC_U32(step_instance, occurrence, 1, UINT32_MAX),
};
RLC_TYPE(step_instance, STEP_INSTANCE_ROWS);

static const struct rlc_wire_field INTEREST_SEGMENT_ROWS[] = {
    RLC_DAY(interest_segment, from_on, RLC_REQUIRED),
    RLC_DAY(interest_segment, to_on, RLC_REQUIRED),
    RLC_I64(interest_segment, rate_ppm, 0, 10000000),
    RLC_ONE(interest_segment, principal, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_ONE(interest_segment, interest, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_CODE(interest_segment, rate_source, RLC_OPTIONAL),
};
RLC_TYPE(interest_segment, INTEREST_SEGMENT_ROWS);

static const struct rlc_wire_field LINE_ROWS[] = {
    RLC_ID(line, creditor, RLC_OPTIONAL),
    RLC_ID(line, document, RLC_REQUIRED),
    RLC_TEXT(line, number, RLC_NUMBER_BYTES_MAX, RLC_OPTIONAL),
    RLC_DAY(line, issued_on, RLC_OPTIONAL),
    RLC_DAY(line, due_on, RLC_REQUIRED),
    RLC_ONE(line, total, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_ONE(line, open, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_ONE(line, disputed, money, RLC_NOT_NEGATIVE),
    RLC_ONE(line, interest, money, RLC_NOT_NEGATIVE),
    RLC_DAY(line, interest_as_of_on, RLC_OPTIONAL),
    RLC_ONE(line, indemnity, money, RLC_NOT_NEGATIVE),
    RLC_CODE(line, terms_version, RLC_OPTIONAL),
    RLC_ONE(line, instance, step_instance, RLC_OPTIONAL),
};
RLC_TYPE(line, LINE_ROWS);

static const struct rlc_wire_field RECIPIENT_ROWS[] = {
    RLC_ID(recipient, contact, RLC_OPTIONAL),
    RLC_ID(recipient, subject, RLC_REQUIRED),
    RLC_U32(recipient, number, 0, UINT32_MAX),
    RLC_FLAG(recipient, copy),
    RLC_CODE(recipient, language, RLC_OPTIONAL),
    RLC_ONE(recipient, name, sealed, RLC_OPTIONAL),
    RLC_ONE(recipient, address, sealed, RLC_REQUIRED),
};
RLC_TYPE(recipient, RECIPIENT_ROWS);

static const struct rlc_wire_field TOTAL_ROWS[] = {
    RLC_ONE(total, open, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_ONE(total, interest, money, RLC_NOT_NEGATIVE),
    RLC_ONE(total, indemnity, money, RLC_NOT_NEGATIVE),
    RLC_U32(total, line_count, 0, UINT32_MAX),
};
RLC_TYPE(total, TOTAL_ROWS);

static const struct rlc_wire_field ACCOUNT_PART_ROWS[] = {
    RLC_ID(account_part, creditor, RLC_REQUIRED),
    RLC_COUNTER(account_part, account_epoch, 0),
};
RLC_TYPE(account_part, ACCOUNT_PART_ROWS);

static const struct rlc_wire_field ALIAS_ROWS[] = {
    RLC_ID(alias, debtor, RLC_REQUIRED),
};
RLC_TYPE(alias, ALIAS_ROWS);

static const struct rlc_wire_field CONTACT_BODY_ROWS[] = {
    RLC_ACTION(contact_body, action, RLC_REQUIRED),
    RLC_U32(contact_body, request_number, 1, UINT32_MAX),
    RLC_U32(contact_body, part, 0, UINT32_MAX),
    RLC_U32(contact_body, part_count, 1, UINT32_MAX),
    RLC_CODE(contact_body, scenario, RLC_REQUIRED),
    RLC_CODE(contact_body, step, RLC_REQUIRED),
    RLC_U32(contact_body, occurrence, 1, UINT32_MAX),
    RLC_U32(contact_body, channel_ordinal, 0, UINT32_MAX),
    RLC_ENUM(contact_body, channel, channel, RLC_REQUIRED),
    RLC_ENUM(contact_body, tone, tone, RLC_REQUIRED),
    RLC_CODE(contact_body, template_name, RLC_REQUIRED),
    RLC_CODE(contact_body, sender, RLC_OPTIONAL),
    RLC_CODE(contact_body, language, RLC_OPTIONAL),
    RLC_CODE(contact_body, zone, RLC_OPTIONAL),
    RLC_ENUM(contact_body, unknown_policy, unknown_policy, RLC_REQUIRED),
    RLC_INSTANT(contact_body, decided_at_ms, RLC_REQUIRED),
    RLC_INSTANT(contact_body, not_after_ms, RLC_REQUIRED),
    RLC_DAY(contact_body, as_of_on, RLC_REQUIRED),
    RLC_ONE(contact_body, debtor_name, sealed, RLC_OPTIONAL),
    RLC_ONE(contact_body, debtor_address, sealed, RLC_OPTIONAL),
    RLC_ONE(contact_body, account_reference, sealed, RLC_OPTIONAL),
    RLC_CODE(contact_body, customer_number, RLC_OPTIONAL),
    RLC_MANY(contact_body, accounts, account_count, account_part, 0, RLC_REQUEST_ACCOUNTS_MAX),
    RLC_MANY(contact_body, recipients, recipient_count, recipient, 0, RLC_REQUEST_CONTACTS_MAX),
    RLC_MANY(contact_body, lines, line_count, line, 0, RLC_REQUEST_LINES_MAX),
    RLC_MANY(contact_body, totals, total_count, total, 0, RLC_REQUEST_TOTALS_MAX),
    RLC_MANY(contact_body, aliases, alias_count, alias, 0, RLC_ALIASES_MAX),
    RLC_FLAG(contact_body, unsubscribe),
};
RLC_TYPE(contact_body, CONTACT_BODY_ROWS);

static const struct rlc_wire_field LOOK_TAKEN_ROWS[] = {
    RLC_COUNTER(look_taken, watermark, 0),
    RLC_COUNTER(look_taken, tenant_watermark, 0),
    RLC_INSTANT(look_taken, asked_at_ms, RLC_OPTIONAL),
    RLC_ONE(look_taken, epochs, epochs, RLC_OPTIONAL),
};
RLC_TYPE(look_taken, LOOK_TAKEN_ROWS);

static const struct rlc_wire_field RETURNED_ROWS[] = {
    RLC_ACTION(returned, action, RLC_REQUIRED),
    RLC_U32(returned, request_number, 1, UINT32_MAX),
    RLC_ENUM(returned, reason, return_reason, RLC_REQUIRED),
    RLC_U32(returned, contact_number, 0, UINT32_MAX),
    RLC_ONE(returned, look, look_taken, RLC_OPTIONAL),
    RLC_TEXT(returned, detail, RLC_TEXT_BYTES_MAX, RLC_OPTIONAL),
};
RLC_TYPE(returned, RETURNED_ROWS);

static const struct rlc_wire_field OUTCOME_ROWS[] = {
    RLC_ACTION(outcome, action, RLC_REQUIRED),
    RLC_U32(outcome, request_number, 1, UINT32_MAX),
    RLC_ENUM(outcome, result, outcome_result, RLC_REQUIRED),
    RLC_INSTANT(outcome, until_ms, RLC_OPTIONAL),
    RLC_INSTANT(outcome, attempted_at_ms, RLC_OPTIONAL),
    RLC_U32(outcome, contact_number, 0, UINT32_MAX),
    RLC_CODE(outcome, code, RLC_OPTIONAL),
    RLC_TEXT(outcome, message_id, RLC_URI_BYTES_MAX, RLC_OPTIONAL),
    RLC_TEXT(outcome, provider_reference, RLC_REFERENCE_BYTES_MAX, RLC_OPTIONAL),
    RLC_HASH(outcome, content_hash, RLC_OPTIONAL),
    RLC_ONE(outcome, look, look_taken, RLC_OPTIONAL),
    RLC_FLAG(outcome, assumed),
};
RLC_TYPE(outcome, OUTCOME_ROWS);
