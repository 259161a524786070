/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/deadline.h"

#define MONTHS_PER_YEAR 12

const struct rlc_deadline_rule *rlc_deadline_rule(const struct rlc_deadline_rule *rules,
                                                  size_t count, struct rlc_span code,
                                                  rlc_day act_on)
{
    for (size_t i = 0; i < count; i++) {
        if (rlc_span_equal(rules[i].code, code) && act_on >= rules[i].from_on &&
            act_on <= rules[i].until_on)
            return &rules[i];
    }
    return NULL;
}

static bool count_forward(const struct rlc_deadline_rule *rule, rlc_day start_on, rlc_day *ret_day)
{
    switch (rule->unit) {
    case RLC_DEADLINE_DAYS:
        return rlc_day_add_days(start_on, rule->count, ret_day);
    case RLC_DEADLINE_MONTHS:
        return rlc_day_add_months(start_on, rule->count, ret_day);
    case RLC_DEADLINE_YEARS:
        return rlc_day_add_months(start_on, rule->count * MONTHS_PER_YEAR, ret_day);
    }
    return false;
}

bool rlc_deadline_of(const struct rlc_deadline_rule *rule, const struct rlc_calendar *calendar,
                     rlc_day start_on, struct rlc_deadline *ret_deadline)
{
    struct rlc_deadline deadline;

    if (!count_forward(rule, start_on, &deadline.raw_on))
        return false;
    deadline.end_on = deadline.raw_on;
    if (rule->extends && !rlc_next_business_day(calendar, deadline.raw_on, &deadline.end_on))
        return false;
    *ret_deadline = deadline;
    return true;
}
