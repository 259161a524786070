/* SPDX-License-Identifier: Apache-2.0 */
#include "core/policy.h"

const struct policy POLICY_EMPTY = {
    .hours = { .to_minute = RLC_MINUTES_PER_DAY },
    .person_hours = { .to_minute = RLC_MINUTES_PER_DAY },
    .request_valid_minutes = RLC_MINUTES_PER_DAY,
    .standing = { .dispute_days = 20,
                  .dispute_clock = RLC_CLOCK_EFFECT_CONTINUE,
                  .promise_grace_days = 2,
                  .promise_clock = RLC_CLOCK_EFFECT_CONTINUE,
                  .promise_kept_ppm = 950000,
                  .promise_partial_ppm = 500000,
                  .hold_clock = RLC_CLOCK_EFFECT_STOP },
    .retention = { .claims_ground = { (const uint8_t *)POLICY_CLAIMS_GROUND,
                                      sizeof(POLICY_CLAIMS_GROUND) - 1 },
                   .ledger_years = POLICY_LEDGER_YEARS,
                   .ledger_ground = { (const uint8_t *)POLICY_LEDGER_GROUND,
                                      sizeof(POLICY_LEDGER_GROUND) - 1 } },
    .answers = { .unknown = RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN, .asks_max = 1 },
};

static const struct rlc_zone UTC;
static const struct rlc_calendar EVERY_DAY;

/* Finds the item of a sorted list by its first member, a name. */
static const void *by_name(const void *items, size_t count, size_t size, struct rlc_span name)
{
    const uint8_t *base = items;
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;
        const void *item = base + middle * size;
        int order = rlc_span_compare(*(const struct rlc_span *)item, name);

        if (order == 0)
            return item;
        if (order < 0)
            low = middle + 1;
        else
            count = middle;
    }
    return NULL;
}

const struct policy_scenario *policy_scenario(const struct policy *policy, struct rlc_span name)
{
    return by_name(policy->scenario, policy->scenario_count, sizeof(*policy->scenario), name);
}

const struct policy_step *policy_step(const struct policy_scenario *scenario, struct rlc_span name)
{
    for (size_t i = 0; i < scenario->step_count; i++) {
        if (rlc_span_equal(scenario->step[i].name, name))
            return &scenario->step[i];
    }
    return NULL;
}

static bool matches(struct rlc_span wanted, struct rlc_span found)
{
    return wanted.size == 0 || rlc_span_equal(wanted, found);
}

const struct policy_scenario *policy_choose(const struct policy *policy, struct rlc_span wish,
                                            const struct policy_choice *who)
{
    const struct policy_scenario *wished = wish.size > 0 ? policy_scenario(policy, wish) : NULL;

    if (wished)
        return wished;
    for (size_t i = 0; i < policy->choice_count; i++) {
        const struct policy_choice *choice = &policy->choice[i];

        if (matches(choice->creditor, who->creditor) && matches(choice->segment, who->segment) &&
            (choice->kind == RLC_PARTY_KIND_UNSPECIFIED || choice->kind == who->kind))
            return policy_scenario(policy, choice->scenario);
    }
    return NULL;
}

bool policy_has_zone(const struct policy *policy, struct rlc_span name)
{
    return by_name(policy->zone, policy->zone_count, sizeof(*policy->zone), name) != NULL;
}

const struct rlc_zone *policy_zone(const struct policy *policy, struct rlc_span name)
{
    const struct policy_zone *zone =
        by_name(policy->zone, policy->zone_count, sizeof(*policy->zone), name);

    if (!zone)
        zone =
            by_name(policy->zone, policy->zone_count, sizeof(*policy->zone), policy->default_zone);
    return zone ? &zone->zone : &UTC;
}

const struct rlc_calendar *policy_calendar(const struct policy *policy, struct rlc_span name)
{
    const struct policy_calendar *calendar =
        by_name(policy->calendar, policy->calendar_count, sizeof(*policy->calendar), name);

    if (!calendar)
        calendar = by_name(policy->calendar, policy->calendar_count, sizeof(*policy->calendar),
                           policy->default_calendar);
    return calendar ? &calendar->calendar : &EVERY_DAY;
}

const struct policy_creditor *policy_creditor(const struct policy *policy, struct rlc_span name)
{
    return by_name(policy->creditor, policy->creditor_count, sizeof(*policy->creditor), name);
}

const struct policy_answers *policy_answers(const struct policy *policy,
                                            const struct policy_step *step)
{
    return step && step->answers ? step->answers : &policy->answers;
}
