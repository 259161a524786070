/* SPDX-License-Identifier: Apache-2.0 */
/* What `try` has found as JSON. Amounts are texts with their currency beside them, never a sum of
 * two currencies. */
#include "text.h"
#include "try_sheet.h"

static json_t *heap(const struct ctl_heap *heap)
{
    json_t *object = json_object();

    ctl_put(object, "items", json_integer(heap->items));
    if (heap->items > 0)
        ctl_put_money(object, "amount", heap->amount);
    return object;
}

static json_t *subtotal(const struct ctl_subtotal *subtotal)
{
    json_t *object = heap(&subtotal->all);
    json_t *ages = json_array();
    json_t *overdue = heap(&subtotal->overdue);

    for (enum ctl_age age = 0; age < CTL_AGE_COUNT; age++) {
        json_t *bucket = heap(&subtotal->ages[age]);

        ctl_put_text(bucket, "age", ctl_age_word(age));
        (void)json_array_append_new(ages, bucket);
    }
    ctl_put(overdue, "debtors", json_integer(subtotal->overdue_debtors));
    ctl_put(object, "overdue", overdue);
    ctl_put(object, "ages", ages);
    ctl_put(object, "interest", heap(&subtotal->interest));
    ctl_put(object, "without_law", json_integer(subtotal->without_law));
    ctl_put(object, "without_rate", json_integer(subtotal->without_rate));
    ctl_put(object, "without_indemnity", json_integer(subtotal->without_sum));
    return object;
}

static json_t *subtotals(const struct ctl_dues *dues)
{
    json_t *list = json_array();

    for (size_t i = 0; i < dues->count; i++)
        (void)json_array_append_new(list, subtotal(&dues->subtotals[i]));
    return list;
}

static json_t *credits(const struct ctl_balance *balance)
{
    json_t *list = json_array();

    for (size_t i = 0; i < balance->credit_count; i++) {
        json_t *object = json_object();

        ctl_put(object, "rows", json_integer(balance->credits[i].rows));
        ctl_put_money(object, "amount", balance->credits[i].amount);
        (void)json_array_append_new(list, object);
    }
    return list;
}

static json_t *law(const struct ctl_dues *dues)
{
    json_t *object = json_object();
    json_t *sums = json_array();

    if (dues->law) {
        ctl_put_text(object, "code", dues->law->code);
        ctl_put_text(object, "basis", dues->law->basis);
    }
    for (size_t i = 0; i < dues->indemnity_count; i++)
        (void)json_array_append_new(sums, heap(&dues->indemnity[i]));
    ctl_put(object, "indemnity", sums);
    ctl_put(object, "consumers", json_integer(dues->consumers));
    ctl_put_day(object, "rate_unknown_from", dues->unknown_from_on);
    return object;
}

static json_t *step(const struct ctl_forecast_step *step)
{
    json_t *object = json_object();
    json_t *amounts = json_array();

    ctl_put_span(object, "scenario", step->scenario);
    ctl_put_span(object, "step", step->step);
    ctl_put_word(object, "tone", RLC_VOCABULARY_TONE, (int32_t)step->tone);
    ctl_put(object, "messages", json_integer(step->messages));
    ctl_put(object, "items", json_integer(step->items));
    for (size_t i = 0; i < step->amount_count; i++) {
        json_t *amount = json_object();

        ctl_put_money(amount, "amount", step->amounts[i]);
        (void)json_array_append_new(amounts, amount);
    }
    ctl_put(object, "amounts", amounts);
    return object;
}

static json_t *silent(const struct ctl_forecast *forecast)
{
    json_t *object = json_object();

    for (int32_t i = 1; i <= RLC_SUPPRESSION_PROVISIONAL; i++) {
        if (forecast->silent[i] > 0)
            ctl_put(object, rlc_word(RLC_VOCABULARY_SUPPRESSION, i),
                    json_integer(forecast->silent[i]));
    }
    return object;
}

static json_t *days(const struct ctl_forecast *forecast)
{
    json_t *list = json_array();

    for (int32_t i = 0; i < CTL_FORECAST_DAYS; i++) {
        json_t *object = json_object();

        ctl_put_day(object, "day", forecast->from_on + i);
        ctl_put(object, "messages", json_integer(forecast->days[i]));
        (void)json_array_append_new(list, object);
    }
    return list;
}

static json_t *next(const struct ctl_try *found)
{
    const struct ctl_forecast *forecast = &found->forecast;
    json_t *object = json_object();
    json_t *steps = json_array();
    json_t *creditors = json_array();
    const char *name;
    json_t *ignored;

    for (size_t i = 0; i < forecast->step_count; i++) {
        if (forecast->steps[i].messages > 0)
            (void)json_array_append_new(steps, step(&forecast->steps[i]));
    }
    json_object_foreach(forecast->new_creditors, name, ignored)(void)
        json_array_append_new(creditors, json_string(name));
    ctl_put_text(object, "bundle", found->bundle);
    ctl_put(object, "messages", json_integer(forecast->messages));
    ctl_put(object, "debtors", json_integer(forecast->debtors));
    ctl_put(object, "days", days(forecast));
    ctl_put(object, "steps", steps);
    ctl_put(object, "silent", silent(forecast));
    ctl_put(object, "first_step_later", json_integer(forecast->later));
    ctl_put(object, "past_every_step", json_integer(forecast->passed));
    ctl_put(object, "addresses_assumed", json_boolean(forecast->assumes_addresses));
    ctl_put(object, "creditors_assumed", creditors);
    ctl_put(object, "list", json_incref(forecast->messages_list));
    return object;
}

static json_t *problems(const struct ctl_flaws *flaws)
{
    json_t *object = json_object();
    json_t *counts = json_object();

    for (enum ctl_flaw flaw = 0; flaw < CTL_FLAW_COUNT; flaw++) {
        if (flaws->count[flaw] > 0)
            ctl_put(counts, ctl_flaw_word(flaw), json_integer(flaws->count[flaw]));
    }
    ctl_put(object, "counts", counts);
    ctl_put(object, "rows", json_incref(flaws->rows));
    return object;
}

json_t *ctl_try_json(const struct ctl_try *found)
{
    json_t *object = json_object();

    ctl_put_text(object, "file", found->path);
    ctl_put_day(object, "on", found->on);
    ctl_put(object, "rows", json_integer(found->balance.rows));
    ctl_put(object, "items", json_integer((json_int_t)found->balance.item_count));
    ctl_put(object, "debtors", json_integer((json_int_t)found->balance.debtor_count));
    ctl_put(object, "overdue_items", json_integer(found->dues.overdue_items));
    ctl_put(object, "overdue_debtors", json_integer(found->dues.overdue_debtors));
    ctl_put(object, "subtotals", subtotals(&found->dues));
    ctl_put(object, "credits", credits(&found->balance));
    ctl_put(object, "law", law(&found->dues));
    ctl_put(object, "next_days", next(found));
    ctl_put(object, "problems", problems(&found->balance.flaws));
    return object;
}
