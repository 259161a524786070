/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/command.h"

#include "common/wire/rows.h"
#include "relance/v1/command.pb-c.h"

static const struct rlc_wire_field COMMAND_CANCEL_AGREEMENT_ROWS[] = {
    RLC_ENUM(command_cancel_agreement, kind, agreement_kind, RLC_REQUIRED),
    RLC_ID(command_cancel_agreement, agreement, RLC_REQUIRED),
};
RLC_TYPE(command_cancel_agreement, COMMAND_CANCEL_AGREEMENT_ROWS);

static const struct rlc_wire_field COMMAND_APPROVAL_ROWS[] = {
    RLC_ID(command_approval, case_id, RLC_REQUIRED),
    RLC_CODE(command_approval, act, RLC_REQUIRED),
    RLC_HASH(command_approval, claim_hash, RLC_REQUIRED),
    RLC_CODE(command_approval, reason_code, RLC_OPTIONAL),
};
RLC_TYPE(command_approval, COMMAND_APPROVAL_ROWS);

static const struct rlc_wire_field COMMAND_OPT_ROWS[] = {
    RLC_ID(command_opt, contact, RLC_OPTIONAL),
    RLC_ENUM(command_opt, channel, channel, RLC_OPTIONAL),
};
RLC_TYPE(command_opt, COMMAND_OPT_ROWS);

static const struct rlc_wire_field COMMAND_MERGE_ROWS[] = {
    RLC_ID(command_merge, into, RLC_REQUIRED),
};
RLC_TYPE(command_merge, COMMAND_MERGE_ROWS);

static const struct rlc_wire_field COMMAND_WRITE_OFF_ROWS[] = {
    RLC_ID(command_write_off, document, RLC_REQUIRED),
    RLC_ONE(command_write_off, amount, money, RLC_NOT_NEGATIVE),
    RLC_CODE(command_write_off, reason_code, RLC_OPTIONAL),
};
RLC_TYPE(command_write_off, COMMAND_WRITE_OFF_ROWS);

static const struct rlc_wire_field COMMAND_CAMPAIGN_ROWS[] = {
    RLC_ID(command_campaign, campaign, RLC_REQUIRED),
    RLC_CODE(command_campaign, scenario, RLC_OPTIONAL),
    RLC_INSTANT(command_campaign, until_ms, RLC_OPTIONAL),
};
RLC_TYPE(command_campaign, COMMAND_CAMPAIGN_ROWS);

static const struct rlc_wire_field COMMAND_TASK_DONE_ROWS[] = {
    RLC_ID(command_task_done, task, RLC_REQUIRED),
    RLC_CODE(command_task_done, outcome_code, RLC_REQUIRED),
    RLC_ONE(command_task_done, note, sealed, RLC_OPTIONAL),
};
RLC_TYPE(command_task_done, COMMAND_TASK_DONE_ROWS);

static const struct rlc_wire_field COMMAND_ERASE_ROWS[] = {
    RLC_ID(command_erase, subject, RLC_REQUIRED),
    RLC_CODE(command_erase, ground, RLC_OPTIONAL),
};
RLC_TYPE(command_erase, COMMAND_ERASE_ROWS);

static const struct rlc_wire_field COMMAND_RESOLVE_UNKNOWN_ROWS[] = {
    RLC_ACTION(command_resolve_unknown, action, RLC_REQUIRED),
    RLC_U32(command_resolve_unknown, request_number, 1, UINT32_MAX),
    RLC_ENUM(command_resolve_unknown, result, outcome_result, RLC_REQUIRED),
};
RLC_TYPE(command_resolve_unknown, COMMAND_RESOLVE_UNKNOWN_ROWS);

static const struct rlc_wire_field COMMAND_RELEASE_QUARANTINE_ROWS[] = {
    RLC_ONE(command_release_quarantine, at, coordinates, RLC_REQUIRED),
    RLC_FLAG(command_release_quarantine, replayed),
};
RLC_TYPE(command_release_quarantine, COMMAND_RELEASE_QUARANTINE_ROWS);

static const struct rlc_wire_field COMMAND_CHOOSE_SCENARIO_ROWS[] = {
    RLC_CODE(command_choose_scenario, scenario, RLC_OPTIONAL),
};
RLC_TYPE(command_choose_scenario, COMMAND_CHOOSE_SCENARIO_ROWS);

static const struct rlc_wire_field COMMAND_CASE_ROWS[] = {
    RLC_ID(command_case, case_id, RLC_OPTIONAL),
    RLC_CODE(command_case, reason_code, RLC_OPTIONAL),
    RLC_MANY(command_case, documents, document_count, document_ref, 0, RLC_DOCUMENTS_MAX),
};
RLC_TYPE(command_case, COMMAND_CASE_ROWS);

static const struct rlc_wire_field COMMAND_RECORD_ACT_ROWS[] = {
    RLC_ID(command_record_act, case_id, RLC_REQUIRED),
    RLC_CODE(command_record_act, act, RLC_REQUIRED),
    RLC_DAY(command_record_act, on, RLC_REQUIRED),
};
RLC_TYPE(command_record_act, COMMAND_RECORD_ACT_ROWS);

static const struct rlc_wire_field COMMAND_ACTIVATE_BUNDLE_ROWS[] = {
    RLC_HASH(command_activate_bundle, bundle_hash, RLC_REQUIRED),
};
RLC_TYPE(command_activate_bundle, COMMAND_ACTIVATE_BUNDLE_ROWS);

static const struct rlc_wire_field COMMAND_KILL_SWITCH_ROWS[] = {
    RLC_FLAG(command_kill_switch, on),
};
RLC_TYPE(command_kill_switch, COMMAND_KILL_SWITCH_ROWS);

static const struct rlc_wire_field COMMAND_LIFT_ROWS[] = {
    RLC_ID(command_lift, id, RLC_REQUIRED),
};
RLC_TYPE(command_lift, COMMAND_LIFT_ROWS);

static const struct rlc_wire_field COMMAND_ROWS[] = {
    RLC_ID(command, command, RLC_REQUIRED),
    RLC_ENUM(command, kind, command_kind, RLC_REQUIRED),
    RLC_ID(command, actor, RLC_REQUIRED),
    RLC_CODE(command, reason_code, RLC_OPTIONAL),
    RLC_ONE(command, reason, sealed, RLC_OPTIONAL),
    RLC_INSTANT(command, issued_at_ms, RLC_REQUIRED),
    RLC_INSTANT(command, expires_at_ms, RLC_OPTIONAL),
    RLC_COUNTER(command, expected_epoch, 0),
    RLC_ID(command, signing_key, RLC_OPTIONAL),
    RLC_BYTES(command, signature, RLC_SIGNATURE_BYTES_MAX, RLC_OPTIONAL),
    RLC_WHEN(command, place_hold, hold, RLC_COMMAND_KIND_PLACE_HOLD, RLC_OPTIONAL),
    RLC_WHEN(command, lift_hold, hold_lifted, RLC_COMMAND_KIND_LIFT_HOLD, RLC_OPTIONAL),
    RLC_WHEN(command, open_dispute, dispute, RLC_COMMAND_KIND_OPEN_DISPUTE, RLC_OPTIONAL),
    RLC_WHEN(command, resolve_dispute, dispute_resolved, RLC_COMMAND_KIND_RESOLVE_DISPUTE,
             RLC_OPTIONAL),
    RLC_WHEN(command, record_promise, promise, RLC_COMMAND_KIND_RECORD_PROMISE, RLC_OPTIONAL),
    RLC_WHEN(command, agree_plan, plan, RLC_COMMAND_KIND_AGREE_PLAN, RLC_OPTIONAL),
    RLC_WHEN(command, cancel_agreement, command_cancel_agreement, RLC_COMMAND_KIND_CANCEL_AGREEMENT,
             RLC_OPTIONAL),
    RLC_WHEN(command, approve, command_approval, RLC_COMMAND_KIND_APPROVE, RLC_OPTIONAL),
    RLC_WHEN(command, refuse, command_approval, RLC_COMMAND_KIND_REFUSE, RLC_OPTIONAL),
    RLC_WHEN(command, opt_out, command_opt, RLC_COMMAND_KIND_OPT_OUT, RLC_OPTIONAL),
    RLC_WHEN(command, opt_in, command_opt, RLC_COMMAND_KIND_OPT_IN, RLC_OPTIONAL),
    RLC_WHEN(command, merge, command_merge, RLC_COMMAND_KIND_MERGE, RLC_OPTIONAL),
    RLC_WHEN(command, write_off, command_write_off, RLC_COMMAND_KIND_WRITE_OFF, RLC_OPTIONAL),
    RLC_WHEN(command, campaign, command_campaign, RLC_COMMAND_KIND_CAMPAIGN, RLC_OPTIONAL),
    RLC_WHEN(command, task_done, command_task_done, RLC_COMMAND_KIND_TASK_DONE, RLC_OPTIONAL),
    RLC_WHEN(command, erase, command_erase, RLC_COMMAND_KIND_ERASE, RLC_OPTIONAL),
    RLC_WHEN(command, resolve_unknown, command_resolve_unknown, RLC_COMMAND_KIND_RESOLVE_UNKNOWN,
             RLC_OPTIONAL),
    RLC_WHEN(command, release_quarantine, command_release_quarantine,
             RLC_COMMAND_KIND_RELEASE_QUARANTINE, RLC_OPTIONAL),
    RLC_WHEN(command, choose_scenario, command_choose_scenario, RLC_COMMAND_KIND_CHOOSE_SCENARIO,
             RLC_OPTIONAL),
    RLC_WHEN(command, refer_to_law, command_case, RLC_COMMAND_KIND_REFER_TO_LAW, RLC_OPTIONAL),
    RLC_WHEN(command, recall, command_case, RLC_COMMAND_KIND_RECALL, RLC_OPTIONAL),
    RLC_WHEN(command, record_act, command_record_act, RLC_COMMAND_KIND_RECORD_ACT, RLC_OPTIONAL),
    RLC_WHEN(command, activate_bundle, command_activate_bundle, RLC_COMMAND_KIND_ACTIVATE_BUNDLE,
             RLC_OPTIONAL),
    RLC_WHEN(command, kill_switch, command_kill_switch, RLC_COMMAND_KIND_KILL_SWITCH, RLC_OPTIONAL),
    RLC_WHEN(command, creditor_mode, creditor_setting, RLC_COMMAND_KIND_CREDITOR_MODE,
             RLC_OPTIONAL),
    RLC_WHEN(command, place_scope_hold, scope_hold, RLC_COMMAND_KIND_PLACE_SCOPE_HOLD,
             RLC_OPTIONAL),
    RLC_WHEN(command, lift_scope_hold, command_lift, RLC_COMMAND_KIND_LIFT_SCOPE_HOLD,
             RLC_OPTIONAL),
    RLC_WHEN(command, place_freeze, scope_freeze, RLC_COMMAND_KIND_PLACE_FREEZE, RLC_OPTIONAL),
    RLC_WHEN(command, lift_freeze, command_lift, RLC_COMMAND_KIND_LIFT_FREEZE, RLC_OPTIONAL),
};
RLC_TYPE_OF_KINDS(command, COMMAND_ROWS);
