/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/audit_record.h"

#include "common/wire/rows.h"
#include "relance/v1/audit.pb-c.h"

static const struct rlc_wire_field ATTEMPT_LINE_ROWS[] = {
    RLC_ID(attempt_line, creditor, RLC_OPTIONAL),
    RLC_ID(attempt_line, document, RLC_REQUIRED),
    RLC_ONE(attempt_line, open, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
};
RLC_TYPE(attempt_line, ATTEMPT_LINE_ROWS);

static const struct rlc_wire_field ATTEMPTED_ROWS[] = {
    RLC_ACTION(attempted, action, RLC_REQUIRED),
    RLC_U32(attempted, request_number, 1, UINT32_MAX),
    RLC_ENUM(attempted, channel, channel, RLC_REQUIRED),
    RLC_TEXT(attempted, message_id, RLC_URI_BYTES_MAX, RLC_OPTIONAL),
    RLC_HASH(attempted, content_hash, RLC_REQUIRED),
    RLC_HASH(attempted, recipient_digest, RLC_OPTIONAL),
    RLC_INSTANT(attempted, attempted_at_ms, RLC_REQUIRED),
    RLC_ONE(attempted, look, look_taken, RLC_OPTIONAL),
    RLC_MANY(attempted, lines, line_count, attempt_line, 0, RLC_REQUEST_LINES_MAX),
    RLC_U32(attempted, part, 0, UINT32_MAX),
};
RLC_TYPE(attempted, ATTEMPTED_ROWS);

static const struct rlc_wire_field LOCAL_EVENT_ROWS[] = {
    RLC_ENUM(local_event, event, local_event_kind, RLC_REQUIRED),
    RLC_ACTION(local_event, action, RLC_REQUIRED),
    RLC_U32(local_event, request_number, 1, UINT32_MAX),
    RLC_INSTANT(local_event, at_ms, RLC_REQUIRED),
    RLC_COUNTER(local_event, owner_epoch, 0),
    RLC_ENUM(local_event, result, outcome_result, RLC_OPTIONAL),
    RLC_INSTANT(local_event, until_ms, RLC_OPTIONAL),
    RLC_CODE(local_event, code, RLC_OPTIONAL),
    RLC_ONE(local_event, look, look_taken, RLC_OPTIONAL),
};
RLC_TYPE(local_event, LOCAL_EVENT_ROWS);

static const struct rlc_wire_field CASE_OPENED_ROWS[] = {
    RLC_ID(case_opened, case_id, RLC_REQUIRED),
    RLC_CODE(case_opened, procedure, RLC_REQUIRED),
    RLC_HASH(case_opened, claim_hash, RLC_REQUIRED),
    RLC_ONE(case_opened, principal, money, RLC_NOT_NEGATIVE),
    RLC_ONE(case_opened, expected_cost, money, RLC_NOT_NEGATIVE),
    RLC_ONE(case_opened, expected_recovery, money, RLC_OPTIONAL),
    RLC_CODE(case_opened, rule, RLC_OPTIONAL),
};
RLC_TYPE(case_opened, CASE_OPENED_ROWS);

static const struct rlc_wire_field ACT_REFUSED_ROWS[] = {
    RLC_ID(act_refused, case_id, RLC_REQUIRED),      RLC_CODE(act_refused, act, RLC_REQUIRED),
    RLC_ID(act_refused, command, RLC_OPTIONAL),      RLC_CODE(act_refused, rule, RLC_REQUIRED),
    RLC_HASH(act_refused, claim_hash, RLC_OPTIONAL),
};
RLC_TYPE(act_refused, ACT_REFUSED_ROWS);

static const struct rlc_wire_field AUDIT_RECORD_ROWS[] = {
    RLC_ONE(audit_record, envelope, envelope, RLC_OPTIONAL),
    RLC_ONE(audit_record, chain, chain, RLC_REQUIRED),
    RLC_INSTANT(audit_record, decided_at_ms, RLC_OPTIONAL),
    RLC_ENUM(audit_record, kind, audit_kind, RLC_REQUIRED),
    RLC_WHEN(audit_record, attempted, attempted, RLC_AUDIT_KIND_ATTEMPTED, RLC_OF_DEBTOR),
    RLC_WHEN(audit_record, contact_ended, outcome, RLC_AUDIT_KIND_CONTACT_ENDED, RLC_OF_DEBTOR),
    RLC_WHEN(audit_record, contact_returned, returned, RLC_AUDIT_KIND_CONTACT_RETURNED,
             RLC_OF_DEBTOR),
    RLC_WHEN(audit_record, local_event, local_event, RLC_AUDIT_KIND_LOCAL_EVENT, RLC_OF_DEBTOR),
    RLC_WHEN(audit_record, scored, score_changed, RLC_AUDIT_KIND_SCORED, RLC_OF_DEBTOR),
    RLC_WHEN(audit_record, case_opened, case_opened, RLC_AUDIT_KIND_CASE_OPENED, RLC_OF_DEBTOR),
    RLC_WHEN(audit_record, case_moved, milestone, RLC_AUDIT_KIND_CASE_MOVED, RLC_OF_DEBTOR),
    RLC_WHEN(audit_record, filed, filed, RLC_AUDIT_KIND_FILED, RLC_OF_ACCOUNT),
    RLC_WHEN(audit_record, recalled, recalled, RLC_AUDIT_KIND_RECALLED, RLC_OF_ACCOUNT),
    RLC_WHEN(audit_record, contact_proposed, contact_proposed, RLC_AUDIT_KIND_CONTACT_PROPOSED,
             RLC_OF_DEBTOR),
    RLC_WHEN(audit_record, act_refused, act_refused, RLC_AUDIT_KIND_ACT_REFUSED, RLC_OF_DEBTOR),
};
RLC_TYPE_OF_KINDS(audit_record, AUDIT_RECORD_ROWS);

enum rlc_status rlc_audit_record_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                        struct rlc_audit_record *ret_record,
                                        struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_audit_record_type, bytes, arena, ret_record, ret_fault);
}

struct rlc_span rlc_audit_record_encode(const struct rlc_audit_record *record,
                                        struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_audit_record_type, record, arena);
}
