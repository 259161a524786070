/* SPDX-License-Identifier: Apache-2.0 */
/* The ladder of a scenario: each step can be reached, each is harder than the ones before, and what
 * binds the debtor was announced. */
#include "policy/draft.h"

#include <assert.h>

#define NAME(of)       (int)(of)->step.name.size, (const char *)(of)->step.name.data
#define MONEY_TEXT     (RLC_MONEY_SIZE + RLC_CURRENCY_SIZE + 1)
#define HOLIDAYS_AHEAD 14 /* more than fall together anywhere */

/* The calendar days from the due date between which a day of a step can lie. */
struct reach {
    int32_t first;
    int32_t last;
};

static struct reach reach_of(const struct policy_step *step, int32_t days)
{
    if (step->days == POLICY_DAYS_CALENDAR || days == 0)
        return (struct reach){ days, days };
    if (days > 0)
        return (struct reach){ days, days + (days / 5 + 1) * 2 + HOLIDAYS_AHEAD };
    return (struct reach){ days - (-days / 5 + 1) * 2 - HOLIDAYS_AHEAD, days };
}

static int32_t last_offset(const struct policy_step *step)
{
    return step->offset_days + step->repeat_days * ((int32_t)step->repeat_max - 1);
}

static const char *tone_word(enum rlc_tone tone)
{
    static const char *const WORDS[] = { "",      "courtesy",      "friendly", "firm",
                                         "final", "formal_notice", "legal" };

    return WORDS[tone];
}

static char *money_text(const struct rlc_money *money, char buffer[MONEY_TEXT])
{
    char amount[RLC_MONEY_SIZE];

    (void)rlc_money_format(*money, RLC_MONEY_CANONICAL, amount, sizeof(amount));
    (void)snprintf(buffer, MONEY_TEXT, "%s %s", amount, money->currency);
    return buffer;
}

/* ---- order ---- */

/* Whether `days` of step `a` never lie before the day of `b`. Counted the same way it is exact;
 * between calendar and business days only what holds in every calendar is said. */
static bool never_before(const struct policy_step *a, int32_t days, const struct policy_step *b)
{
    if (a->days == b->days)
        return days > b->offset_days || (days == b->offset_days && a->at_minute >= b->at_minute);
    return reach_of(a, days).first > reach_of(b, b->offset_days).last;
}

/* A step opens, and those above it in the file are carried: closed without having acted. */
static void prove_order(struct rlc_reading *reading, const struct draft_step *upper,
                        const struct draft_step *lower)
{
    char upper_day[DRAFT_OFFSET_SIZE];
    char lower_day[DRAFT_OFFSET_SIZE];
    int32_t last = last_offset(&upper->step);
    const char *remedy = "Put the steps in the order of their days.";

    (void)draft_offset(upper->step.offset_days, upper_day);
    (void)draft_offset(lower->step.offset_days, lower_day);
    if (never_before(&upper->step, upper->step.offset_days, &lower->step)) {
        rlc_reading_refuse(reading, draft_at(upper, "offset"), remedy,
                           "step '%.*s' can never act: '%.*s' opens at %s and carries it when it "
                           "opens at %s",
                           NAME(upper), NAME(lower), lower_day, upper_day);
    } else if (upper->step.repeat_days > 0 && never_before(&upper->step, last, &lower->step)) {
        (void)draft_offset(last, upper_day);
        rlc_reading_refuse(reading, upper->repeat, "Repeat fewer times, or move the next step.",
                           "the last repetition of step '%.*s' can never act: '%.*s' opens at %s "
                           "and carries it when it opens at %s",
                           NAME(upper), NAME(lower), lower_day, upper_day);
    }
}

/* ---- tones ---- */

/* The hardest step before `count`. */
static const struct draft_step *hardest(const struct draft_scenario *scenario, size_t count)
{
    const struct draft_step *found = &scenario->step[0];

    for (size_t i = 1; i < count; i++) {
        if (scenario->step[i].step.tone > found->step.tone)
            found = &scenario->step[i];
    }
    return found;
}

static void prove_escalation(struct rlc_reading *reading, const struct draft_scenario *scenario,
                             size_t index)
{
    const struct draft_step *step = &scenario->step[index];
    const struct draft_step *before = hardest(scenario, index);
    const struct rlc_yaml *node = draft_at(step, "tone");
    enum rlc_tone tone = step->step.tone;
    bool softer = tone < before->step.tone;
    char day[DRAFT_OFFSET_SIZE];

    if (softer && !step->softer) {
        rlc_reading_refuse(reading, node, "Escalate, or say 'softer: true' where it is meant.",
                           "step '%.*s' (%s) comes after the harder '%.*s' (%s, %s)", NAME(step),
                           tone_word(tone), NAME(before), tone_word(before->step.tone),
                           draft_offset(before->step.offset_days, day));
    } else if (softer && before->step.tone >= RLC_TONE_FORMAL_NOTICE && tone <= RLC_TONE_FRIENDLY) {
        rlc_reading_warn(reading, node, NULL,
                         "a %s step after '%.*s' (%s) weakens what was said before",
                         tone_word(tone), NAME(before), tone_word(before->step.tone));
    } else if (!softer && step->softer) {
        rlc_reading_warn(reading, draft_at(step, "softer"), "Leave 'softer' out.",
                         "step '%.*s' is not softer than a step before it", NAME(step));
    }
}

/* ---- what binds ---- */

/* The threshold of a currency, NULL where there is none. */
static const struct rlc_money *threshold(const struct rlc_policy_amounts *amounts,
                                         const char *currency)
{
    for (size_t i = 0; i < amounts->count; i++) {
        if (strcmp(amounts->amount[i].currency, currency) == 0)
            return &amounts->amount[i];
    }
    return NULL;
}

/* An amount for which `later` holds and `earlier` does not: how the later step comes up without the
 * earlier one. */
static bool gap(const struct draft_step *earlier, const struct draft_step *later,
                struct rlc_money *ret_amount)
{
    for (size_t i = 0; i < earlier->at_least.count; i++) {
        const struct rlc_money *wanted = &earlier->at_least.amount[i];
        const struct rlc_money *least = threshold(&later->at_least, wanted->currency);

        if (least ? least->minor >= wanted->minor : wanted->minor <= 1)
            continue;
        *ret_amount = *wanted;
        ret_amount->minor = least ? least->minor : wanted->minor - 1;
        return true;
    }
    for (size_t i = 0; i < earlier->below.count; i++) {
        const struct rlc_money *limit = &earlier->below.amount[i];
        const struct rlc_money *most = threshold(&later->below, limit->currency);

        if (most && most->minor <= limit->minor)
            continue;
        *ret_amount = *limit;
        return true;
    }
    return false;
}

static void prove_notice(struct rlc_reading *reading, const struct draft_step *notice,
                         const struct draft_step *act)
{
    struct rlc_money amount;
    char text[MONEY_TEXT];

    if (gap(notice, act, &amount)) {
        rlc_reading_refuse(reading, draft_at(act, "when"),
                           "Give the later step conditions at least as narrow.",
                           "step '%.*s' (legal) comes without formal notice: for %s '%.*s' never "
                           "holds, and '%.*s' does",
                           NAME(act), money_text(&amount, text), NAME(notice), NAME(act));
    }
}

static void prove_legal(struct rlc_reading *reading, const struct draft_scenario *scenario,
                        size_t index)
{
    const struct draft_step *act = &scenario->step[index];

    if (act->step.tone != RLC_TONE_LEGAL)
        return;
    for (size_t i = index; i-- > 0;) {
        if (scenario->step[i].step.tone == RLC_TONE_FORMAL_NOTICE) {
            prove_notice(reading, &scenario->step[i], act);
            return;
        }
    }
    rlc_reading_refuse(reading, draft_at(act, "tone"),
                       "Put a step of tone formal_notice before it.",
                       "step '%.*s' (legal) comes without formal notice: no step before it has "
                       "that tone",
                       NAME(act));
}

static void prove_amicable_first(struct rlc_reading *reading, const struct draft_scenario *scenario,
                                 size_t index)
{
    const struct draft_step *step = &scenario->step[index];

    if (step->step.tone != RLC_TONE_FORMAL_NOTICE)
        return;
    for (size_t i = 0; i < index; i++) {
        if (scenario->step[i].step.tone < RLC_TONE_FORMAL_NOTICE)
            return;
    }
    rlc_reading_warn(reading, draft_at(step, "tone"), "Begin with a friendly reminder.",
                     "step '%.*s' (formal_notice) is the first thing the debtor hears", NAME(step));
}

/* Whoever could ask for no more formal notices could not be put in default. */
static void prove_unsubscribe(struct rlc_reading *reading, const struct draft_step *step)
{
    if (!step->step.unsubscribe || step->step.tone < RLC_TONE_FORMAL_NOTICE)
        return;
    rlc_reading_refuse(reading, draft_at(step, "unsubscribe"), "Take the line away.",
                       "step '%.*s' is a formal notice: nobody may ask for no more of them",
                       NAME(step));
}

/* ---- conditions ---- */

static void prove_amounts(struct rlc_reading *reading, const struct draft_step *step)
{
    for (size_t i = 0; i < step->below.count; i++) {
        const struct rlc_money *limit = &step->below.amount[i];
        const struct rlc_money *least = threshold(&step->at_least, limit->currency);
        char least_text[MONEY_TEXT];
        char limit_text[MONEY_TEXT];

        if (limit->minor > 0 && (!least || least->minor < limit->minor))
            continue;
        if (least) {
            rlc_reading_refuse(reading, step->below.node, NULL,
                               "step '%.*s' can never act: no amount is at least %s and below %s",
                               NAME(step), money_text(least, least_text),
                               money_text(limit, limit_text));
        } else {
            rlc_reading_refuse(reading, step->below.node, NULL,
                               "step '%.*s' can never act: no open amount is below %s", NAME(step),
                               money_text(limit, limit_text));
        }
    }
}

static void prove_age(struct rlc_reading *reading, const struct draft_step *step,
                      const struct draft_step *next)
{
    int32_t age = step->step.age_days_min;
    int32_t end = reach_of(&step->step, last_offset(&step->step)).last + step->step.expires_days;
    char end_text[DRAFT_OFFSET_SIZE];
    char age_text[DRAFT_OFFSET_SIZE];
    const struct rlc_yaml *node = step->when ? rlc_yaml_get(step->when, "age_days_min") : NULL;

    if (age == INT32_MIN)
        return;
    (void)draft_offset(age, age_text);
    if (step->step.expires_days > 0 && age > end) {
        rlc_reading_refuse(reading, node, "Let it expire later, or ask for less age.",
                           "step '%.*s' can never act: it expires at %s, and its condition first "
                           "holds at %s",
                           NAME(step), draft_offset(end, end_text), age_text);
    } else if (next && age > reach_of(&next->step, next->step.offset_days).last) {
        rlc_reading_refuse(reading, node, "Ask for less age, or move the next step.",
                           "step '%.*s' can never act: '%.*s' opens at %s and carries it, and its "
                           "condition first holds at %s",
                           NAME(step), NAME(next), draft_offset(next->step.offset_days, end_text),
                           age_text);
    }
}

void draft_prove_steps(struct rlc_reading *reading, const struct draft_scenario *scenario)
{
    assert(scenario->step);
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct draft_step *step = &scenario->step[i];
        const struct draft_step *next = i + 1 < scenario->step_count ? step + 1 : NULL;

        if (next)
            prove_order(reading, step, next);
        if (i > 0)
            prove_escalation(reading, scenario, i);
        prove_legal(reading, scenario, i);
        prove_amicable_first(reading, scenario, i);
        prove_unsubscribe(reading, step);
        prove_amounts(reading, step);
        prove_age(reading, step, next);
    }
}
