/* SPDX-License-Identifier: Apache-2.0 */
/* The gates between a speech and its request. Each is one rule; the order of the table is the order
 * in which they speak, so that the reason for a silence is the same everywhere. */
#include "common/wire/scope_rules.h"

#include "core/evidence.h"
#include "core/scope.h"
#include "core/speech.h"
#include "core/standing.h"
#include "core/touches.h"

static bool refuse(struct refusal *refusal, enum rlc_suppression reason, const char *rule,
                   rlc_ms next_at_ms)
{
    *refusal = (struct refusal){ .reason = reason, .rule = rule, .next_at_ms = next_at_ms };
    return true;
}

/* ---- the debtor ---- */

static bool quarantine(const struct decision *decision, struct speech *speech,
                       struct refusal *refusal)
{
    (void)speech;
    if (decision->debtor->quarantine_count == 0)
        return false;
    (void)refuse(refusal, RLC_SUPPRESSION_QUARANTINED, "quarantine", RLC_MS_NONE);
    refusal->object = decision->debtor->quarantine_task;
    evidence_quarantine(decision, refusal);
    return true;
}

static bool party_status(const struct decision *decision, struct speech *speech,
                         struct refusal *refusal)
{
    (void)speech;
    if (decision->debtor->status <= RLC_PARTY_STATUS_ACTIVE)
        return false;
    (void)refuse(refusal, RLC_SUPPRESSION_INSOLVENT, "party.status", RLC_MS_NONE);
    evidence_version(decision, refusal, &decision->debtor->version);
    return true;
}

/* ---- the tenant's scope ---- */

static bool kill_switch(const struct decision *decision, struct speech *speech,
                        struct refusal *refusal)
{
    (void)speech;
    return decision->scope->scope.kill_switch &&
           refuse(refusal, RLC_SUPPRESSION_KILL_SWITCH, "scope.kill_switch", RLC_MS_NONE);
}

static bool creditor_mode(const struct decision *decision, struct speech *speech,
                          struct refusal *refusal)
{
    struct rlc_creditor_setting setting =
        rlc_scope_setting(&decision->scope->scope, speech->creditor);

    switch (setting.mode) {
    case RLC_CREDITOR_MODE_LIVE:
        return !rlc_scope_in_ramp(decision->key, setting.ramp_ppm) &&
               refuse(refusal, RLC_SUPPRESSION_RAMP, "creditor.ramp", RLC_MS_NONE);
    case RLC_CREDITOR_MODE_SHADOW:
        return refuse(refusal, RLC_SUPPRESSION_SHADOW_MODE, "creditor.mode", RLC_MS_NONE);
    case RLC_CREDITOR_MODE_UNSPECIFIED:
    case RLC_CREDITOR_MODE_OBSERVE:
        break;
    }
    return refuse(refusal, RLC_SUPPRESSION_OBSERVE_MODE, "creditor.mode", RLC_MS_NONE);
}

static bool known_creditor(const struct decision *decision, struct speech *speech,
                           struct refusal *refusal)
{
    return !policy_creditor(decision->policy, speech->creditor) &&
           refuse(refusal, RLC_SUPPRESSION_NO_SCENARIO, "creditor.unknown", RLC_MS_NONE);
}

static bool scope_hold(const struct decision *decision, struct speech *speech,
                       struct refusal *refusal)
{
    const struct rlc_scope_place place = { .creditor = speech->creditor,
                                           .segment = speech->account->terms.segment,
                                           .country = decision->debtor->country };
    const struct rlc_scope_hold *hold =
        rlc_scope_hold_on(&decision->scope->scope, &place, decision->now_ms);

    if (!hold)
        return false;
    (void)refuse(refusal, RLC_SUPPRESSION_ON_HOLD, "scope.hold", hold->until_ms);
    refusal->object = hold->hold;
    return true;
}

static bool stale_source(const struct decision *decision, struct speech *speech,
                         struct refusal *refusal)
{
    const struct rlc_stale_source *stale =
        rlc_scope_stale_for(&decision->scope->scope, speech->creditor);

    if (!stale)
        return false;
    (void)refuse(refusal, RLC_SUPPRESSION_STALE_SOURCE, "scope.stale_source", RLC_MS_NONE);
    refusal->object = stale->source;
    return true;
}

static bool frozen(const struct decision *decision, struct speech *speech, struct refusal *refusal)
{
    const struct rlc_scope_freeze *freeze = rlc_scope_freeze_on(
        &decision->scope->scope, speech->creditor, speech->channel, decision->now_ms);

    if (!freeze)
        return false;
    (void)refuse(refusal, RLC_SUPPRESSION_FROZEN, "scope.freeze", freeze->until_ms);
    refusal->object = freeze->freeze;
    return true;
}

/* ---- what lies on debtor and account ---- */

static bool standing(const struct decision *decision, struct speech *speech,
                     struct refusal *refusal)
{
    const struct rlc_debtor_record *debtor = decision->debtor;
    const struct rlc_account_record *account = speech->account;
    struct standing answer = standing_of_account(decision, account);

    if (answer.reason == RLC_SUPPRESSION_UNSPECIFIED)
        return false;
    (void)refuse(refusal, answer.reason, "standing", answer.until_ms);
    refusal->object = answer.object;
    evidence_blocks(decision, refusal, &answer, debtor->blocks, debtor->block_count, "");
    evidence_blocks(decision, refusal, &answer, account->blocks, account->block_count, "");
    return true;
}

static bool waiting(const struct decision *decision, struct speech *speech, struct refusal *refusal)
{
    const struct rlc_account_record *account = speech->account;

    (void)decision;
    if (account->wait_reason == RLC_SUPPRESSION_UNSPECIFIED)
        return false;
    (void)refuse(refusal, account->wait_reason, "contact.wait", account->not_before_ms);
    refusal->object = account->wait_object;
    return true;
}

static bool under_way(const struct decision *decision, struct speech *speech,
                      struct refusal *refusal)
{
    static const struct rlc_action_id NONE;

    if (memcmp(&speech->account->request, &NONE, sizeof(NONE)) == 0)
        return false;
    (void)refuse(refusal, RLC_SUPPRESSION_WAITING_ANSWER, "contact.under_way", RLC_MS_NONE);
    refusal->object = decision_hex(decision, &speech->account->request);
    return true;
}

/* An account remembers how often each step spoke: acts could not be told apart without it. */
static bool memory_full(const struct decision *decision, struct speech *speech,
                        struct refusal *refusal)
{
    (void)decision;
    return !message_has_room(speech) &&
           refuse(refusal, RLC_SUPPRESSION_WAITING_HUMAN, "account.acts_full", RLC_MS_NONE);
}

static bool cases_full(const struct decision *decision, struct speech *speech,
                       struct refusal *refusal)
{
    (void)decision;
    return speech->account->case_count == CASES_MAX &&
           refuse(refusal, RLC_SUPPRESSION_WAITING_HUMAN, "account.cases_full", RLC_MS_NONE);
}

/* ---- when ---- */

static const struct policy_hours *hours_of(const struct decision *decision)
{
    enum rlc_party_kind kind = decision->debtor->kind;
    bool person = kind == RLC_PARTY_KIND_SOLE_TRADER || kind == RLC_PARTY_KIND_CONSUMER;

    return person ? &decision->policy->person_hours : &decision->policy->hours;
}

/* The first instant inside the hours, not before `from_ms`; 0 if there is none in sight. */
static rlc_ms next_in_hours(const struct decision *decision, rlc_ms from_ms)
{
    enum { DAYS_IN_SIGHT = 60 }; /* longer than any run of holidays */
    const struct policy_hours *hours = hours_of(decision);
    rlc_day first = rlc_zone_day(decision->zone, from_ms);

    for (rlc_day day = first; day < first + DAYS_IN_SIGHT; day++) {
        rlc_ms open_ms = rlc_zone_instant(decision->zone, day, hours->from_minute);

        if (hours->business_days_only && !rlc_is_business_day(decision->calendar, day))
            continue;
        if (from_ms < rlc_zone_instant(decision->zone, day, hours->to_minute))
            return from_ms > open_ms ? from_ms : open_ms;
    }
    return RLC_MS_NONE;
}

/* Whose clock nobody knows is not written to at an hour that nobody knows. */
static bool unknown_zone(const struct decision *decision, struct speech *speech,
                         struct refusal *refusal)
{
    const struct policy_hours *hours = hours_of(decision);
    struct rlc_span zone = decision->debtor->zone;
    bool any_time = !hours->business_days_only && hours->from_minute == 0 &&
                    hours->to_minute == RLC_MINUTES_PER_DAY;

    (void)speech;
    if (any_time || zone.size == 0 || policy_has_zone(decision->policy, zone))
        return false;
    (void)refuse(refusal, RLC_SUPPRESSION_OUTSIDE_HOURS, "hours.unknown_zone", RLC_MS_NONE);
    evidence_version(decision, refusal, &decision->debtor->version);
    return true;
}

rlc_ms gate_hours_end(const struct decision *decision)
{
    return rlc_zone_instant(decision->zone, decision->today, hours_of(decision)->to_minute);
}

static bool hours(const struct decision *decision, struct speech *speech, struct refusal *refusal)
{
    rlc_ms next_ms = next_in_hours(decision, decision->now_ms);

    (void)speech;
    return next_ms != decision->now_ms &&
           refuse(refusal, RLC_SUPPRESSION_OUTSIDE_HOURS, "hours", next_ms);
}

/* Contacts in the `days` days up to `last`. A message that is asked for again has its slot. */
static uint32_t contacts_within(const struct rlc_debtor_record *debtor, const struct rlc_act *again,
                                rlc_day last, int32_t days)
{
    uint32_t count = 0;

    for (size_t i = 0; i < debtor->touch_count; i++) {
        const struct rlc_touch *touch = &debtor->touches[i];

        if (again && memcmp(&touch->action, &again->action, sizeof(touch->action)) == 0)
            continue;
        count += touch->on > last - days && touch->on <= last;
    }
    return count;
}

static bool capped(const struct decision *decision, const struct rlc_act *again, rlc_day day)
{
    for (size_t i = 0; i < decision->policy->cap_count; i++) {
        const struct policy_cap *cap = &decision->policy->cap[i];

        if (contacts_within(decision->debtor, again, day, cap->days) >= cap->contacts)
            return true;
    }
    return false;
}

/* The latest contact that counts, where it was one of ours. */
static struct rlc_span latest_contact(const struct decision *decision, const struct rlc_act *again)
{
    const struct rlc_debtor_record *debtor = decision->debtor;

    for (size_t i = debtor->touch_count; i-- > 0;) {
        const struct rlc_action_id *action = &debtor->touches[i].action;

        if (again && memcmp(action, &again->action, sizeof(*action)) == 0)
            continue;
        return touches_is_elsewhere(action) ? (struct rlc_span){ 0 }
                                            : decision_hex(decision, action);
    }
    return (struct rlc_span){ 0 };
}

static bool cap(const struct decision *decision, struct speech *speech, struct refusal *refusal)
{
    const struct rlc_act *again = message_again(speech);
    rlc_day day = decision->today;
    rlc_ms at_ms;

    if (!capped(decision, again, day))
        return false;
    while (day < decision->today + POLICY_CAP_DAYS_MAX && capped(decision, again, day))
        day++;
    at_ms = rlc_zone_instant(decision->zone, day, speech->lead->at_minute);
    at_ms = next_in_hours(decision, at_ms);
    if (decision->spoken > speech->lead->tone)
        (void)refuse(refusal, RLC_SUPPRESSION_HIGHER_TONE, "cap.higher_tone", at_ms);
    else
        (void)refuse(refusal, RLC_SUPPRESSION_CAP, "cap.window", at_ms);
    refusal->object = latest_contact(decision, again);
    return true;
}

/* ---- all of them ---- */

static bool address(const struct decision *decision, struct speech *speech, struct refusal *refusal)
{
    return !book_choose(decision, speech, refusal);
}

typedef bool gate(const struct decision *decision, struct speech *speech, struct refusal *refusal);

/* Of a message. */
static gate *const TO_SPEAK[] = {
    quarantine,   party_status, kill_switch, creditor_mode, known_creditor, scope_hold,
    stale_source, standing,     waiting,     under_way,     memory_full,    address,
    frozen,       unknown_zone, hours,       cap,
};

/* Of a referral: nobody hears it, so hours and caps are not its business. */
static gate *const TO_REFER[] = {
    quarantine, party_status, kill_switch, creditor_mode, known_creditor, scope_hold, stale_source,
    standing,   waiting,      under_way,   memory_full,   cases_full,     frozen,
};

bool gate_refuses(const struct decision *decision, struct speech *speech,
                  struct refusal *ret_refusal)
{
    bool refers = speech->lead->refer.size > 0;
    gate *const *gates = refers ? TO_REFER : TO_SPEAK;
    size_t count = refers ? RLC_COUNT(TO_REFER) : RLC_COUNT(TO_SPEAK);

    *ret_refusal = (struct refusal){ 0 };
    for (size_t i = 0; i < count; i++) {
        if (gates[i](decision, speech, ret_refusal))
            return true;
    }
    return false;
}
