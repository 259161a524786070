/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast.h"

#include <assert.h>
#include <stdlib.h>

#include "rehearsal.h"
#include "text.h"

/* ---- whose policy ---- */

static int by_name(const void *left, const void *right)
{
    const struct policy_creditor *a = left;
    const struct policy_creditor *b = right;

    return rlc_span_compare(a->name, b->name);
}

/* Creditors of the balance that the policy does not name, once each. */
static void list_new_creditors(const struct ctl_balance *balance, const struct policy *policy,
                               json_t *creditors)
{
    for (size_t i = 0; i < balance->event_count; i++) {
        struct rlc_span name = balance->events[i]->envelope.creditor;

        if (name.size > 0 && !policy_creditor(policy, name))
            (void)json_object_setn_new(creditors, (const char *)name.data, name.size, json_true());
    }
}

/* The policy with the balance's creditors in it; NULL when memory is short. The names live in
 * `creditors`, the rest in the arena. */
static const struct policy *with_creditors(const struct policy *policy, json_t *creditors,
                                           struct rlc_arena *arena)
{
    size_t count = policy->creditor_count + json_object_size(creditors);
    struct policy *copy = rlc_arena_alloc(arena, sizeof(*copy));
    struct policy_creditor *list = rlc_arena_array(arena, count + 1, sizeof(*list));
    size_t used = policy->creditor_count;
    const char *name;
    json_t *ignored;

    if (!copy || !list)
        return NULL;
    *copy = *policy;
    for (size_t i = 0; i < policy->creditor_count; i++)
        list[i] = policy->creditor[i];
    json_object_foreach(creditors, name, ignored)
    {
        if (policy->creditor_count > 0)
            list[used] = policy->creditor[0];
        list[used++].name = rlc_span_of(name);
    }
    qsort(list, count, sizeof(*list), by_name);
    copy->creditor = list;
    copy->creditor_count = count;
    return copy;
}

/* ---- what is heard ---- */

/* Every step there is, in the order of its ladder. False when memory is short. */
static bool list_steps(struct ctl_forecast *forecast, const struct policy *policy,
                       struct rlc_arena *arena)
{
    size_t count = 0;

    for (size_t i = 0; i < policy->scenario_count; i++)
        count += policy->scenario[i].step_count;
    forecast->steps = rlc_arena_array(arena, count + 1, sizeof(*forecast->steps));
    for (size_t i = 0; forecast->steps && i < policy->scenario_count; i++) {
        const struct policy_scenario *scenario = &policy->scenario[i];

        for (size_t k = 0; k < scenario->step_count; k++) {
            struct ctl_forecast_step *step = &forecast->steps[forecast->step_count++];

            step->scenario = scenario->name;
            step->step = scenario->step[k].name;
            step->tone = scenario->step[k].tone;
        }
    }
    return forecast->steps != NULL;
}

static struct ctl_forecast_step *step_of(struct ctl_forecast *forecast, struct rlc_span scenario,
                                         struct rlc_span name)
{
    struct ctl_forecast_step *step = forecast->steps;

    while (!rlc_span_equal(step->scenario, scenario) || !rlc_span_equal(step->step, name)) {
        step++;
        assert(step < forecast->steps + forecast->step_count);
    }
    return step;
}

static bool add_total(struct ctl_forecast_step *step, struct rlc_money amount)
{
    size_t i = 0;

    while (i < step->amount_count && !rlc_money_same_currency(step->amounts[i], amount))
        i++;
    if (i == CTL_BALANCE_CURRENCIES_MAX)
        return false;
    if (i < step->amount_count)
        return rlc_money_add(step->amounts[i], amount, &step->amounts[i]);
    step->amounts[step->amount_count++] = amount;
    return true;
}

static json_t *new_message(struct ctl_forecast *forecast, rlc_ms at_ms,
                           const struct rlc_contact_body *body, struct rlc_span debtor)
{
    json_t *message = json_object();

    ctl_put_ms(message, "at", at_ms);
    ctl_put_span(message, "debtor", debtor);
    ctl_put_span(message, "creditor", body->accounts[0].creditor);
    ctl_put_span(message, "scenario", body->scenario);
    ctl_put_span(message, "step", body->step);
    ctl_put(message, "items", json_array());
    (void)json_array_append_new(forecast->messages_list, message);
    return message;
}

static void hear_line(struct ctl_forecast *forecast, json_t *items, const struct rlc_line *line)
{
    struct ctl_forecast_step *step =
        step_of(forecast, line->instance.scenario, line->instance.step);
    json_t *item = json_object();

    ctl_put_span(item, "document", line->document);
    ctl_put_span(item, "step", line->instance.step);
    ctl_put_money(item, "amount", line->open);
    (void)json_array_append_new(items, item);
    step->items++;
    if (!add_total(step, line->open))
        forecast->overflow = true;
}

static void hear_head(struct ctl_forecast *forecast, rlc_ms at_ms,
                      const struct rlc_contact_body *body, struct rlc_span debtor)
{
    rlc_day day = rlc_zone_day(forecast->zone, at_ms) - forecast->from_on;

    forecast->messages++;
    if (day >= 0 && day < CTL_FORECAST_DAYS)
        forecast->days[day]++;
    (void)json_object_setn_new(forecast->written, (const char *)debtor.data, debtor.size,
                               json_true());
    step_of(forecast, body->scenario, body->step)->messages++;
}

/* The parts of a request follow each other: the first is the message, the others its annex. */
static void hear_request(void *context, rlc_ms at_ms, const struct rlc_contact_body *body,
                         struct rlc_span debtor)
{
    struct ctl_forecast *forecast = context;
    json_t *list = forecast->messages_list;
    json_t *message;

    if (body->part == 0) {
        hear_head(forecast, at_ms, body, debtor);
        message = new_message(forecast, at_ms, body, debtor);
    } else {
        message = json_array_get(list, json_array_size(list) - 1);
    }
    for (size_t i = 0; i < body->line_count; i++)
        hear_line(forecast, json_object_get(message, "items"), &body->lines[i]);
}

/* What waits has one reason: that of its latest open instance. */
static void hear_receivable(void *context, const struct rlc_receivable_record *receivable,
                            const struct rlc_page_item *item)
{
    struct ctl_forecast *forecast = context;
    enum rlc_suppression reason = RLC_SUPPRESSION_UNSPECIFIED;

    for (size_t i = 0; i < receivable->step_count; i++) {
        if (receivable->steps[i].result == RLC_STEP_RESULT_UNSPECIFIED)
            reason = receivable->steps[i].reason;
    }
    if (reason <= RLC_SUPPRESSION_PROVISIONAL)
        forecast->silent[reason] += reason != RLC_SUPPRESSION_UNSPECIFIED;
    if (receivable->step_count == 0 && item->due_on < forecast->from_on) {
        forecast->later += item->wake_ms != RLC_MS_NONE;
        forecast->passed += item->wake_ms == RLC_MS_NONE;
    }
}

/* ---- the days ---- */

/* Where the balance knows no addresses everybody is taken to have one, or nothing would be seen. */
static bool assume_address(struct ctl_rehearsal *rehearsal, struct rlc_span debtor)
{
    struct rlc_arena *arena = ctl_rehearsal_arena(rehearsal);
    struct rlc_debtor_event *event = rlc_arena_alloc(arena, sizeof(*event));
    struct rlc_contact_channel *channel = rlc_arena_alloc(arena, sizeof(*channel));

    if (!event || !channel)
        return false;
    channel->channel = RLC_CHANNEL_EMAIL;
    channel->address = (struct rlc_sealed){ rlc_span_of("clear"), rlc_span_of("assumed") };
    channel->rank = 1;
    event->kind = RLC_EVENT_KIND_CONTACT_UPSERTED;
    event->envelope.debtor = debtor;
    event->envelope.source = rlc_span_of("rehearsal");
    event->envelope.source_event_id = rlc_span_of("address");
    event->contact_upserted = (struct rlc_contact){ .contact = rlc_span_of("assumed"),
                                                    .subject = debtor,
                                                    .roles = RLC_CONTACT_ROLE_ALL,
                                                    .channels = channel,
                                                    .channel_count = 1 };
    return ctl_rehearsal_tell(rehearsal, event);
}

/* Whether the debtor is met for the first time. */
static bool is_new(json_t *met, struct rlc_span debtor)
{
    if (json_object_getn(met, (const char *)debtor.data, debtor.size))
        return false;
    return json_object_setn_new(met, (const char *)debtor.data, debtor.size, json_true()) == 0;
}

/* What the contract refused is not told: its names may be none. */
static bool tell_all(const struct ctl_balance *balance, struct ctl_rehearsal *rehearsal)
{
    json_t *met = json_object();
    bool told = met != NULL;

    for (size_t i = 0; told && i < balance->event_count; i++) {
        struct rlc_span debtor = balance->events[i]->envelope.debtor;

        if (!balance->has_contacts && is_new(met, debtor))
            told = assume_address(rehearsal, debtor);
        told = told && ctl_rehearsal_tell(rehearsal, balance->events[i]);
    }
    json_decref(met);
    return told;
}

static bool live(const struct ctl_balance *balance, const struct policy *policy,
                 struct ctl_forecast *forecast)
{
    struct ctl_rehearsal_ear ear = { hear_request, hear_receivable, forecast };
    rlc_ms from_ms = rlc_zone_instant(forecast->zone, forecast->from_on, 0);
    rlc_ms until_ms = rlc_zone_instant(forecast->zone, forecast->from_on + CTL_FORECAST_DAYS, 0);
    struct ctl_rehearsal *rehearsal;
    bool lived;

    rehearsal = ctl_rehearsal_new(policy, rlc_span_of("try"), from_ms);
    lived =
        rehearsal && tell_all(balance, rehearsal) && ctl_rehearsal_live(rehearsal, until_ms, &ear);
    ctl_rehearsal_free(rehearsal);
    return lived;
}

int ctl_forecast_make(struct ctl_balance *balance, const struct policy *policy,
                      struct ctl_forecast *ret_forecast)
{
    ret_forecast->from_on = balance->on;
    ret_forecast->zone = policy_zone(policy, policy->default_zone);
    ret_forecast->assumes_addresses = !balance->has_contacts;
    ret_forecast->messages_list = json_array();
    ret_forecast->written = json_object();
    ret_forecast->new_creditors = json_object();
    list_new_creditors(balance, policy, ret_forecast->new_creditors);
    policy = with_creditors(policy, ret_forecast->new_creditors, &balance->arena);
    if (!policy || !list_steps(ret_forecast, policy, &balance->arena) ||
        !live(balance, policy, ret_forecast))
        return ctl_fail(balance->ctl, CTL_INTERNAL, "out of memory: try the balance in parts");
    if (ret_forecast->overflow)
        return ctl_fail(balance->ctl, CTL_DATA, "a sum is beyond 64 bits");
    ret_forecast->debtors = (long)json_object_size(ret_forecast->written);
    return CTL_OK;
}

void ctl_forecast_close(struct ctl_forecast *forecast)
{
    json_decref(forecast->messages_list);
    json_decref(forecast->written);
    json_decref(forecast->new_creditors);
}
