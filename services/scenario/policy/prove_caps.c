/* SPDX-License-Identifier: Apache-2.0 */
/* That the caps leave room: one receivable alone, each step acting on the first day it may. A step
 * that is over before the caps allow it contradicts the steps before it. */
#include "policy/draft.h"

#define NAME(of) (int)(of)->step.name.size, (const char *)(of)->step.name.data

/* An instance of a step, in the order of the ladder. */
struct instance {
    const struct draft_step *step;
    int32_t day;   /* from the due date */
    bool acts;     /* surely: it has no condition */
    int32_t acted; /* the day it does */
};

struct ladder {
    struct instance instance[POLICY_STEPS_MAX];
    size_t count;
};

static bool speaks_surely(const struct draft_step *step)
{
    return step->step.refer.size == 0 && step->step.age_days_min == INT32_MIN &&
           step->at_least.count == 0 && step->below.count == 0 && step->step.band_count == 0;
}

/* False when the days cannot be compared without a calendar. */
static bool lay_out(const struct draft_scenario *scenario, struct ladder *ret_ladder)
{
    ret_ladder->count = 0;
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct draft_step *step = &scenario->step[i];

        if (step->step.days != POLICY_DAYS_CALENDAR)
            return false;
        for (uint32_t k = 0; k < step->step.repeat_max; k++) {
            ret_ladder->instance[ret_ladder->count++] =
                (struct instance){ .step = step,
                                   .day =
                                       step->step.offset_days + (int32_t)k * step->step.repeat_days,
                                   .acts = speaks_surely(step) };
        }
    }
    return true;
}

/* The cap that forbids a contact on a day, with the contacts of the first `count` instances. */
static const struct policy_cap *forbids(const struct policy *policy, const struct ladder *ladder,
                                        size_t count, int32_t day)
{
    for (size_t i = 0; i < policy->cap_count; i++) {
        const struct policy_cap *cap = &policy->cap[i];
        uint32_t contacts = 0;

        for (size_t j = 0; j < count; j++) {
            const struct instance *instance = &ladder->instance[j];

            contacts += instance->acts && instance->acted > day - cap->days;
        }
        if (contacts >= cap->contacts)
            return cap;
    }
    return NULL;
}

/* Whether an instance that may act on `day` at its time is over by then, and through what. */
static bool is_over(const struct ladder *ladder, size_t index, int32_t day, const char **ret_why)
{
    const struct instance *instance = &ladder->instance[index];
    const struct instance *next = index + 1 < ladder->count ? instance + 1 : NULL;
    int32_t expires = instance->step->step.expires_days;

    *ret_why = "it expires";
    if (expires > 0 && day >= instance->day + expires)
        return true;
    *ret_why = "the next step carries it";
    return next && (day > next->day || (day == next->day && instance->step->step.at_minute >=
                                                                next->step->step.at_minute));
}

static void prove_instance(const struct policy *policy, struct rlc_reading *reading,
                           struct ladder *ladder, size_t index)
{
    struct instance *instance = &ladder->instance[index];
    const struct policy_cap *cap = NULL;
    const struct policy_cap *found;
    int32_t day = instance->day;
    char opens[DRAFT_OFFSET_SIZE];
    char free_from[DRAFT_OFFSET_SIZE];
    const char *why;

    if (instance->step->step.refer.size > 0)
        return;
    while ((found = forbids(policy, ladder, index, day)) != NULL) {
        cap = found;
        day++;
    }
    instance->acted = day;
    if (!cap || !is_over(ladder, index, day, &why))
        return;
    instance->acts = false;
    rlc_reading_refuse(reading, draft_at(instance->step, "offset"),
                       "Move the step, let it live longer, or widen the caps of bundle.yaml.",
                       "step '%.*s' can never act after the steps before it: it opens at %s, the "
                       "cap of %u in %d days lets it out at %s, and before that %s",
                       NAME(instance->step), draft_offset(instance->day, opens), cap->contacts,
                       cap->days, draft_offset(day, free_from), why);
}

static void prove_hours(const struct policy *policy, struct rlc_reading *reading,
                        const struct draft_step *step)
{
    if (step->step.at_minute < policy->hours.to_minute || step->step.refer.size > 0)
        return;
    rlc_reading_warn(reading, draft_at(step, "at"), NULL,
                     "step '%.*s' always waits for the next day: messages leave before %02d:%02d",
                     NAME(step), policy->hours.to_minute / 60, policy->hours.to_minute % 60);
}

void draft_prove_caps(const struct policy *policy, struct rlc_reading *reading,
                      const struct draft_scenario *scenario)
{
    struct ladder ladder;

    for (size_t i = 0; i < scenario->step_count; i++)
        prove_hours(policy, reading, &scenario->step[i]);
    if (!lay_out(scenario, &ladder))
        return;
    for (size_t i = 0; i < ladder.count; i++)
        prove_instance(policy, reading, &ladder, i);
}
