/* SPDX-License-Identifier: Apache-2.0 */
/* Commands: what each kind carries in its `payload`. */
#include <assert.h>

#include "json/shapes.h"

#define SIGNATURE_BYTES 64 /* Ed25519 */

static const struct member COMMAND[] = {
    { ID(command, command), .flags = REQUIRED },
    { WORD(command, kind, COMMAND_KIND), .flags = REQUIRED },
    { ID(command, actor), .flags = REQUIRED },
    { CODE(command, reason_code) },
    { PERSONAL(command, reason) },
    { INSTANT("issued_at", command, issued_at_ms), .flags = OR_TIME },
    { INSTANT("expires_at", command, expires_at_ms) },
    { COUNTER("expected_epoch", command, expected_epoch, 1) },
    { ID(command, signing_key) },
    { AT(command, signature), .form = FORM_SIGNATURE, .high = SIGNATURE_BYTES },
    { .name = "payload", .form = FORM_OBJECT, .flags = REQUIRED },
};
const struct shape SHAPE_COMMAND = SHAPE(COMMAND, struct rlc_command);

/* ---- about a debtor ---- */

static const struct member INSTALMENT[] = {
    { DATE(instalment, due_on), .flags = REQUIRED },
    { AMOUNT(instalment, amount), .flags = REQUIRED | POSITIVE },
};
static const struct shape SHAPE_INSTALMENT = SHAPE(INSTALMENT, struct rlc_instalment);

static const struct member PLAN[] = {
    { ID(plan, plan), .flags = REQUIRED },
    { CURRENCY, .flags = REQUIRED },
    { DATE(plan, agreed_on), .flags = REQUIRED },
    { NUMBER(plan, grace_days, 0, UINT32_MAX) },
    { FLAG(plan, accelerates) },
    { HASH(plan, agreement_hash) },
    { LIST(plan, instalments, instalment_count, SHAPE_INSTALMENT, RLC_INSTALMENTS_MAX),
      .flags = REQUIRED, .low = 1 },
    { DOCUMENTS(plan) },
};
static const struct shape SHAPE_PLAN = SHAPE(PLAN, struct rlc_plan);

static const struct member CANCEL_AGREEMENT[] = {
    { WORD(command_cancel_agreement, kind, AGREEMENT_KIND), .flags = REQUIRED },
    { ID(command_cancel_agreement, agreement), .flags = REQUIRED },
};
static const struct shape SHAPE_CANCEL_AGREEMENT =
    SHAPE(CANCEL_AGREEMENT, struct rlc_command_cancel_agreement);

static const struct member APPROVAL[] = {
    { ID(command_approval, case_id), .flags = REQUIRED },
    { CODE(command_approval, act), .flags = REQUIRED },
    { HASH(command_approval, claim_hash), .flags = REQUIRED },
    { CODE(command_approval, reason_code) },
};
static const struct shape SHAPE_APPROVAL = SHAPE(APPROVAL, struct rlc_command_approval);

static const struct member RECORD_ACT[] = {
    { ID(command_record_act, case_id), .flags = REQUIRED },
    { CODE(command_record_act, act), .flags = REQUIRED },
    { DATE(command_record_act, on), .flags = REQUIRED },
};
static const struct shape SHAPE_RECORD_ACT = SHAPE(RECORD_ACT, struct rlc_command_record_act);

static const struct member OPT[] = {
    { ID(command_opt, contact) },
    { WORD(command_opt, channel, CHANNEL) },
};
static const struct shape SHAPE_OPT = SHAPE(OPT, struct rlc_command_opt);

static const struct member MERGE[] = {
    { ID(command_merge, into), .flags = REQUIRED | A_DEBTOR },
};
static const struct shape SHAPE_MERGE = SHAPE(MERGE, struct rlc_command_merge);

static const struct member WRITE_OFF[] = {
    { ID(command_write_off, document), .flags = REQUIRED },
    { CURRENCY },
    { AMOUNT(command_write_off, amount), .flags = POSITIVE },
    { CODE(command_write_off, reason_code) },
};
static const struct shape SHAPE_WRITE_OFF = SHAPE(WRITE_OFF, struct rlc_command_write_off);

static const struct member CAMPAIGN[] = {
    { ID(command_campaign, campaign), .flags = REQUIRED },
    { CODE(command_campaign, scenario) },
    { INSTANT("until", command_campaign, until_ms) },
};
static const struct shape SHAPE_CAMPAIGN = SHAPE(CAMPAIGN, struct rlc_command_campaign);

static const struct member TASK_DONE[] = {
    { ID(command_task_done, task), .flags = REQUIRED },
    { CODE(command_task_done, outcome_code), .flags = REQUIRED },
    { PERSONAL(command_task_done, note) },
};
static const struct shape SHAPE_TASK_DONE = SHAPE(TASK_DONE, struct rlc_command_task_done);

static const struct member ERASE[] = {
    { ID(command_erase, subject), .flags = REQUIRED | A_SUBJECT },
    { CODE(command_erase, ground) },
};
static const struct shape SHAPE_ERASE = SHAPE(ERASE, struct rlc_command_erase);

static const struct member RESOLVE_UNKNOWN[] = {
    { AT(command_resolve_unknown, action), .form = FORM_HASH, .flags = REQUIRED,
      .high = sizeof(struct rlc_action_id) },
    { NUMBER(command_resolve_unknown, request_number, 1, UINT32_MAX), .flags = REQUIRED },
    { WORD(command_resolve_unknown, result, OUTCOME_RESULT), .flags = REQUIRED },
};
static const struct shape SHAPE_RESOLVE_UNKNOWN =
    SHAPE(RESOLVE_UNKNOWN, struct rlc_command_resolve_unknown);

static const struct member RELEASE_QUARANTINE[] = {
    { AS("topic", command_release_quarantine, at.topic), .form = FORM_TEXT, .flags = REQUIRED,
      .high = RLC_TOPIC_BYTES_MAX },
    { AS("partition", command_release_quarantine, at.partition), .form = FORM_NUMBER,
      .flags = REQUIRED, .high = INT32_MAX },
    { COUNTER("offset", command_release_quarantine, at.offset, 0), .flags = REQUIRED },
    { FLAG(command_release_quarantine, replayed) },
};
static const struct shape SHAPE_RELEASE_QUARANTINE =
    SHAPE(RELEASE_QUARANTINE, struct rlc_command_release_quarantine);

static const struct member CHOOSE_SCENARIO[] = {
    { CODE(command_choose_scenario, scenario) },
};
static const struct shape SHAPE_CHOOSE_SCENARIO =
    SHAPE(CHOOSE_SCENARIO, struct rlc_command_choose_scenario);

static const struct member CASE[] = {
    { ID(command_case, case_id) },
    { CODE(command_case, reason_code) },
    { DOCUMENTS(command_case) },
};
static const struct shape SHAPE_CASE = SHAPE(CASE, struct rlc_command_case);

/* ---- about the tenant ---- */

static const struct member ACTIVATE_BUNDLE[] = {
    { HASH(command_activate_bundle, bundle_hash), .flags = REQUIRED },
};
static const struct shape SHAPE_ACTIVATE_BUNDLE =
    SHAPE(ACTIVATE_BUNDLE, struct rlc_command_activate_bundle);

static const struct member KILL_SWITCH[] = {
    { FLAG(command_kill_switch, on), .flags = REQUIRED },
};
static const struct shape SHAPE_KILL_SWITCH = SHAPE(KILL_SWITCH, struct rlc_command_kill_switch);

static const struct member CREDITOR_MODE[] = {
    { ID(creditor_setting, creditor) },
    { WORD(creditor_setting, mode, CREDITOR_MODE), .flags = REQUIRED },
    { NUMBER(creditor_setting, ramp_ppm, 0, 1000000), .fallback = 1000000 },
    { INSTANT("since", creditor_setting, since_ms), .flags = OR_TIME },
};
static const struct shape SHAPE_CREDITOR_MODE = SHAPE(CREDITOR_MODE, struct rlc_creditor_setting);

static const struct member SCOPE_HOLD[] = {
    { ID(scope_hold, hold), .flags = REQUIRED },
    { ID(scope_hold, creditor) },
    { CODE(scope_hold, segment) },
    { AT(scope_hold, country), .form = FORM_COUNTRY },
    { WORD(scope_hold, reason, HOLD_REASON), .flags = REQUIRED },
    { WORD(scope_hold, clock, CLOCK_EFFECT), .flags = REQUIRED },
    { INSTANT("from", scope_hold, from_ms), .flags = OR_TIME },
    { INSTANT("until", scope_hold, until_ms) },
};
static const struct shape SHAPE_SCOPE_HOLD = SHAPE(SCOPE_HOLD, struct rlc_scope_hold);

static const struct member FREEZE[] = {
    { ID(scope_freeze, freeze), .flags = REQUIRED },
    { ID(scope_freeze, creditor) },
    { WORD(scope_freeze, channel, CHANNEL) },
    { INSTANT("from", scope_freeze, from_ms), .flags = OR_TIME },
    { INSTANT("until", scope_freeze, until_ms) },
};
static const struct shape SHAPE_FREEZE = SHAPE(FREEZE, struct rlc_scope_freeze);

static const struct member LIFT[] = {
    { ID(command_lift, id), .flags = REQUIRED },
};
static const struct shape SHAPE_LIFT = SHAPE(LIFT, struct rlc_command_lift);

/* ---- the kinds ---- */

#define KIND(name) RLC_COMMAND_KIND_##name

static const struct command_type COMMAND_TYPES[] = {
    { KIND(PLACE_HOLD), ABOUT_DEBTOR, &SHAPE_HOLD },
    { KIND(LIFT_HOLD), ABOUT_DEBTOR, &SHAPE_HOLD_LIFTED },
    { KIND(OPEN_DISPUTE), ABOUT_ACCOUNT, &SHAPE_DISPUTE },
    { KIND(RESOLVE_DISPUTE), ABOUT_ACCOUNT, &SHAPE_DISPUTE_RESOLVED },
    { KIND(RECORD_PROMISE), ABOUT_ACCOUNT, &SHAPE_PROMISE },
    { KIND(AGREE_PLAN), ABOUT_ACCOUNT, &SHAPE_PLAN },
    { KIND(CANCEL_AGREEMENT), ABOUT_DEBTOR, &SHAPE_CANCEL_AGREEMENT },
    { KIND(APPROVE), ABOUT_DEBTOR, &SHAPE_APPROVAL },
    { KIND(REFUSE), ABOUT_DEBTOR, &SHAPE_APPROVAL },
    { KIND(OPT_OUT), ABOUT_DEBTOR, &SHAPE_OPT },
    { KIND(OPT_IN), ABOUT_DEBTOR, &SHAPE_OPT },
    { KIND(MERGE), ABOUT_DEBTOR, &SHAPE_MERGE },
    { KIND(WRITE_OFF), ABOUT_ACCOUNT, &SHAPE_WRITE_OFF },
    { KIND(CAMPAIGN), ABOUT_DEBTOR, &SHAPE_CAMPAIGN },
    { KIND(TASK_DONE), ABOUT_DEBTOR, &SHAPE_TASK_DONE },
    { KIND(ERASE), ABOUT_DEBTOR, &SHAPE_ERASE },
    { KIND(RESOLVE_UNKNOWN), ABOUT_DEBTOR, &SHAPE_RESOLVE_UNKNOWN },
    { KIND(RELEASE_QUARANTINE), ABOUT_DEBTOR, &SHAPE_RELEASE_QUARANTINE },
    { KIND(CHOOSE_SCENARIO), ABOUT_DEBTOR, &SHAPE_CHOOSE_SCENARIO },
    { KIND(REFER_TO_LAW), ABOUT_DEBTOR, &SHAPE_CASE },
    { KIND(RECALL), ABOUT_DEBTOR, &SHAPE_CASE },
    { KIND(RECORD_ACT), ABOUT_ACCOUNT, &SHAPE_RECORD_ACT },
    { KIND(ACTIVATE_BUNDLE), ABOUT_TENANT, &SHAPE_ACTIVATE_BUNDLE },
    { KIND(KILL_SWITCH), ABOUT_TENANT, &SHAPE_KILL_SWITCH },
    { KIND(CREDITOR_MODE), ABOUT_TENANT, &SHAPE_CREDITOR_MODE },
    { KIND(PLACE_SCOPE_HOLD), ABOUT_TENANT, &SHAPE_SCOPE_HOLD },
    { KIND(LIFT_SCOPE_HOLD), ABOUT_TENANT, &SHAPE_LIFT },
    { KIND(PLACE_FREEZE), ABOUT_TENANT, &SHAPE_FREEZE },
    { KIND(LIFT_FREEZE), ABOUT_TENANT, &SHAPE_LIFT },
};

const struct command_type *command_type_of(enum rlc_command_kind kind)
{
    size_t i = 0;

    while (i < RLC_COUNT(COMMAND_TYPES) && COMMAND_TYPES[i].kind != kind)
        i++;
    assert(i < RLC_COUNT(COMMAND_TYPES));
    return &COMMAND_TYPES[i];
}
