/* SPDX-License-Identifier: Apache-2.0 */
#include "core/steps.h"

#include <assert.h>

#include "core/ledger.h"
#include "core/scope.h"
#include "core/tasks.h"

const struct policy_scenario *steps_scenario(const struct decision *decision,
                                             struct rlc_span creditor,
                                             const struct rlc_account_record *account)
{
    return policy_choose(decision->policy, account->terms.scenario,
                         &(struct policy_choice){ .creditor = creditor,
                                                  .segment = account->terms.segment,
                                                  .kind = decision->debtor->kind });
}

struct rlc_step_state *steps_find(const struct rlc_receivable_record *receivable,
                                  struct rlc_span scenario, struct rlc_span step,
                                  uint32_t occurrence)
{
    for (size_t i = 0; i < receivable->step_count; i++) {
        struct rlc_step_state *state = &receivable->steps[i];

        if (state->occurrence == occurrence && rlc_span_equal(state->step, step) &&
            rlc_span_equal(state->scenario, scenario))
            return state;
    }
    return NULL;
}

/* ---- facts ---- */

static struct rlc_step_instance instance_of(const struct holding *holding,
                                            const struct rlc_step_state *state)
{
    return (struct rlc_step_instance){ .document = holding->document,
                                       .scenario = state->scenario,
                                       .step = state->step,
                                       .occurrence = state->occurrence };
}

void steps_refuse(struct decision *decision, const struct holding *holding,
                  struct rlc_step_state *state, const struct refusal *refusal)
{
    struct rlc_suppressed *fact;

    if (state->reason == refusal->reason && state->next_at_ms == refusal->next_at_ms)
        return;
    state->reason = refusal->reason;
    state->next_at_ms = refusal->next_at_ms;
    fact = decision_fact(decision, RLC_FACT_KIND_SUPPRESSED, holding->creditor, sizeof(*fact));
    fact->instance = instance_of(holding, state);
    fact->reason = refusal->reason;
    fact->rule = rlc_span_of(refusal->rule);
    fact->next_at_ms = refusal->next_at_ms;
    fact->object = refusal->object;
    fact->evidence = refusal->records;
    fact->evidence_count = refusal->record_count;
    fact->events = refusal->events;
    fact->event_count = refusal->event_count;
}

void steps_close(struct decision *decision, const struct holding *holding,
                 struct rlc_step_state *state, enum rlc_step_result result,
                 const struct rlc_step_closed *closed)
{
    struct rlc_step_closed *fact =
        decision_fact(decision, RLC_FACT_KIND_STEP_CLOSED, holding->creditor, sizeof(*fact));

    if (closed)
        *fact = *closed;
    fact->instance = instance_of(holding, state);
    fact->result = result;
    state->result = result;
    state->asked = false;
    state->reason = RLC_SUPPRESSION_UNSPECIFIED;
    state->next_at_ms = RLC_MS_NONE;
}

/* ---- opening ---- */

/* Whether the ladder has the last step that was done elsewhere before go-live. If not, nobody knows
 * what the debtor has heard: no step opens until somebody says it. */
static bool knows_entered(const struct holding *holding, const struct policy_scenario *scenario)
{
    struct rlc_span entered = holding->receivable->entered_step;

    return entered.size == 0 || policy_step(scenario, entered);
}

/* The steps that were done elsewhere have no instances. */
static size_t first_step(const struct holding *holding, const struct policy_scenario *scenario)
{
    struct rlc_span entered = holding->receivable->entered_step;

    for (size_t i = 0; entered.size > 0 && i < scenario->step_count; i++) {
        if (rlc_span_equal(scenario->step[i].name, entered))
            return i + 1;
    }
    return 0;
}

/* Whether a step of another scenario has spoken for the receivable on that day or later: who moves
 * to another ladder does not climb it from its foot. */
static bool was_said_elsewhere(const struct decision *decision, const struct holding *holding,
                               const struct policy_scenario *scenario, rlc_ms instant)
{
    rlc_day on = rlc_zone_day(decision->zone, instant);

    for (size_t i = 0; i < holding->receivable->step_count; i++) {
        const struct rlc_step_state *state = &holding->receivable->steps[i];

        if (state->result == RLC_STEP_RESULT_ACTED && state->step_on >= on &&
            !rlc_span_equal(state->scenario, scenario->name))
            return true;
    }
    return false;
}

/* Whether a step that is reached at `instant` may open: one that is new in the bundle does not fall
 * on receivables that had passed its day before. */
static bool may_open(const struct decision *decision, const struct holding *holding,
                     const struct policy_scenario *scenario, const struct policy_step *step,
                     rlc_ms instant)
{
    if (was_said_elsewhere(decision, holding, scenario, instant))
        return false;
    return step->catch_up || instant >= scope_step_since(decision, scenario->name, step->name);
}

/* Whether `state` could only be opened again by a bundle that brings its name back. */
static bool is_past(const struct rlc_step_state *state, const struct policy_scenario *scenario)
{
    return !step_is_open(state) && (!rlc_span_equal(state->scenario, scenario->name) ||
                                    !policy_step(scenario, state->step));
}

/* A place for one more instance; NULL when all 24 belong to steps of the active scenario. */
static struct rlc_step_state *new_state(struct decision *decision,
                                        struct rlc_receivable_record *receivable,
                                        const struct policy_scenario *scenario)
{
    if (receivable->step_count < STEPS_MAX)
        return LIST_INSERT(decision, receivable->steps, receivable->step_count,
                           receivable->step_capacity, receivable->step_count);
    for (size_t i = 0; i < receivable->step_count; i++) {
        if (!is_past(&receivable->steps[i], scenario))
            continue;
        LIST_REMOVE(receivable->steps, receivable->step_count, i);
        return LIST_INSERT(decision, receivable->steps, receivable->step_count,
                           receivable->step_capacity, receivable->step_count);
    }
    return NULL;
}

/* What could not open is not hidden: people look at the receivable, once. */
static void ask_people(struct decision *decision, const struct holding *holding, bool *asked)
{
    struct task_about about = { .creditor = holding->creditor,
                                .object = holding->document,
                                .number = (uint64_t)holding->account->epoch };

    if (!*asked)
        (void)task_open(decision, RLC_TASK_KIND_REVIEW, &about);
    *asked = true;
}

static void open_step(struct decision *decision, const struct holding *holding,
                      const struct policy_scenario *scenario, const struct policy_step *step,
                      uint32_t occurrence, rlc_ms instant)
{
    struct rlc_step_state *state = new_state(decision, holding->receivable, scenario);
    struct rlc_step_opened *fact;

    if (!state) {
        ask_people(decision, holding, &holding->receivable->steps_full);
        return;
    }
    state->scenario = scenario->name;
    state->step = step->name;
    state->occurrence = occurrence;
    state->fresh = true;
    state->step_on = rlc_zone_day(decision->zone, instant);
    fact = decision_fact(decision, RLC_FACT_KIND_STEP_OPENED, holding->creditor, sizeof(*fact));
    fact->instance = instance_of(holding, state);
    fact->step_on = state->step_on;
    fact->open = ledger_open(holding->receivable);
}

/* The last step was closed as paid, and what was paid is owed again: the ladder has one more
 * occurrence of it, or nobody would ever speak of the receivable. */
static bool one_more(const struct holding *holding, const struct policy_scenario *scenario,
                     const struct ladder *ladder, uint32_t *ret_occurrence, rlc_ms *ret_instant)
{
    const struct policy_step *last = &scenario->step[scenario->step_count - 1];
    const struct rlc_step_state *latest = NULL;
    uint32_t k = ladder_occurrences(last);

    for (const struct rlc_step_state *state;
         (state = steps_find(holding->receivable, scenario->name, last->name, k)); k++)
        latest = state;
    *ret_occurrence = k;
    return latest && latest->result == RLC_STEP_RESULT_PAID &&
           ladder_instant(ladder, last, k, ret_instant);
}

static void open_one_more(struct decision *decision, const struct holding *holding,
                          const struct policy_scenario *scenario, const struct ladder *ladder)
{
    uint32_t occurrence;
    rlc_ms instant;

    if (one_more(holding, scenario, ladder, &occurrence, &instant) && instant <= decision->now_ms)
        open_step(decision, holding, scenario, &scenario->step[scenario->step_count - 1],
                  occurrence, instant);
}

static void open_reached(struct decision *decision, const struct holding *holding,
                         const struct policy_scenario *scenario, const struct ladder *ladder)
{
    for (size_t i = first_step(holding, scenario); i < scenario->step_count; i++) {
        const struct policy_step *step = &scenario->step[i];

        for (uint32_t k = 1; k <= ladder_occurrences(step); k++) {
            rlc_ms instant;

            if (!ladder_instant(ladder, step, k, &instant) || instant > decision->now_ms)
                break;
            if (!steps_find(holding->receivable, scenario->name, step->name, k) &&
                may_open(decision, holding, scenario, step, instant))
                open_step(decision, holding, scenario, step, k, instant);
        }
    }
}

/* When the first step would open if it were known which comes next. */
static rlc_ms would_open(const struct policy_scenario *scenario, const struct ladder *ladder)
{
    rlc_ms instant;

    return ladder_instant(ladder, &scenario->step[0], 1, &instant) ? instant : RLC_MS_NONE;
}

static void ask_what_was_done(struct decision *decision, const struct holding *holding,
                              const struct policy_scenario *scenario, const struct ladder *ladder)
{
    rlc_ms instant = would_open(scenario, ladder);

    if (instant != RLC_MS_NONE && instant <= decision->now_ms)
        ask_people(decision, holding, &holding->receivable->entered_asked);
}

/* ---- closing ---- */

/* Rank of an instance on the scenario's ladder; 0 for one that is not on it. */
static size_t rank(const struct rlc_step_state *state, const struct policy_scenario *scenario)
{
    if (!scenario || !rlc_span_equal(state->scenario, scenario->name))
        return 0;
    for (size_t i = 0; i < scenario->step_count; i++) {
        if (rlc_span_equal(scenario->step[i].name, state->step))
            return i * (UINT32_MAX + (size_t)1) + state->occurrence;
    }
    return 0;
}

/* First instant at which the instance is too old to act; 0 = never. */
static rlc_ms expiry(const struct decision *decision, const struct rlc_step_state *state,
                     const struct policy_step *step)
{
    if (step->expires_days <= 0)
        return RLC_MS_NONE;
    return rlc_zone_instant(decision->zone, state->step_on + step->expires_days, step->at_minute);
}

/* `highest` is the instance furthest up the ladder; NULL if none is on it. */
static enum rlc_step_result over(const struct decision *decision,
                                 const struct rlc_step_state *state,
                                 const struct policy_scenario *scenario,
                                 const struct rlc_step_state *highest)
{
    size_t own = rank(state, scenario);
    rlc_ms expiry_ms;

    if (own == 0)
        return RLC_STEP_RESULT_STEP_GONE;
    if (own < rank(highest, scenario))
        return RLC_STEP_RESULT_CARRIED;
    expiry_ms = expiry(decision, state, policy_step(scenario, state->step));
    return expiry_ms > 0 && expiry_ms <= decision->now_ms ? RLC_STEP_RESULT_EXPIRED
                                                          : RLC_STEP_RESULT_UNSPECIFIED;
}

/* An instance in a request under way is left alone: its answer decides. */
static bool may_close(const struct rlc_step_state *state)
{
    return step_is_open(state) && !state->asked;
}

static void close_as(struct decision *decision, const struct holding *holding,
                     struct rlc_step_state *state, enum rlc_step_result result,
                     const struct rlc_step_state *highest)
{
    struct rlc_step_closed closed = { 0 };

    if (result == RLC_STEP_RESULT_CARRIED) {
        assert(highest);
        closed.by_step = highest->step;
        closed.by_occurrence = highest->occurrence;
    }
    steps_close(decision, holding, state, result, &closed);
}

/* The day of a step that waits is the one that the ladder says now: the due date may have moved. */
static void follow(const struct decision *decision, const struct ladder *ladder,
                   const struct policy_scenario *scenario, struct rlc_step_state *state)
{
    const struct policy_step *step = policy_step(scenario, state->step);
    rlc_ms instant;

    if (step && rlc_span_equal(state->scenario, scenario->name) &&
        ladder_instant(ladder, step, state->occurrence, &instant))
        state->step_on = rlc_zone_day(decision->zone, instant);
}

static void follow_ladder(const struct decision *decision, const struct holding *holding,
                          const struct policy_scenario *scenario, const struct ladder *ladder)
{
    for (size_t i = 0; i < holding->receivable->step_count; i++) {
        if (may_close(&holding->receivable->steps[i]))
            follow(decision, ladder, scenario, &holding->receivable->steps[i]);
    }
}

static void close_over(struct decision *decision, const struct holding *holding,
                       const struct policy_scenario *scenario)
{
    struct rlc_receivable_record *receivable = holding->receivable;
    const struct rlc_step_state *highest = NULL;

    for (size_t i = 0; i < receivable->step_count; i++) {
        size_t own = rank(&receivable->steps[i], scenario);

        if (own > 0 && (!highest || own > rank(highest, scenario)))
            highest = &receivable->steps[i];
    }
    for (size_t i = 0; i < receivable->step_count; i++) {
        struct rlc_step_state *state = &receivable->steps[i];
        enum rlc_step_result result;

        if (!may_close(state))
            continue;
        result = over(decision, state, scenario, highest);
        if (result != RLC_STEP_RESULT_UNSPECIFIED)
            close_as(decision, holding, state, result, highest);
    }
}

void steps_advance(struct decision *decision, const struct holding *holding,
                   const struct policy_scenario *scenario, const struct ladder *ladder)
{
    if (scenario && !knows_entered(holding, scenario))
        ask_what_was_done(decision, holding, scenario, ladder);
    else if (scenario) {
        open_reached(decision, holding, scenario, ladder);
        open_one_more(decision, holding, scenario, ladder);
        follow_ladder(decision, holding, scenario, ladder);
    }
    close_over(decision, holding, scenario);
}

struct rlc_step_state *steps_current(const struct holding *holding,
                                     const struct policy_scenario *scenario,
                                     const struct policy_step **ret_step)
{
    for (size_t i = 0; scenario && i < holding->receivable->step_count; i++) {
        struct rlc_step_state *state = &holding->receivable->steps[i];

        if (!may_close(state))
            continue;
        *ret_step = policy_step(scenario, state->step);
        return state;
    }
    return NULL;
}

/* Whether a notice was given before go-live: the last step done there is one, or behind one. */
static bool was_noticed_elsewhere(const struct holding *holding,
                                  const struct policy_scenario *scenario)
{
    size_t done = first_step(holding, scenario);

    for (size_t i = 0; i < done; i++) {
        if (scenario->step[i].tone == RLC_TONE_FORMAL_NOTICE)
            return true;
    }
    return false;
}

static bool was_noticed(const struct decision *decision, const struct holding *holding)
{
    for (size_t i = 0; i < holding->receivable->step_count; i++) {
        const struct rlc_step_state *state = &holding->receivable->steps[i];
        const struct policy_scenario *scenario = policy_scenario(decision->policy, state->scenario);
        const struct policy_step *step = scenario ? policy_step(scenario, state->step) : NULL;

        if (state->result == RLC_STEP_RESULT_ACTED && step && step->tone == RLC_TONE_FORMAL_NOTICE)
            return true;
    }
    return false;
}

bool steps_lacks_notice(const struct decision *decision, const struct holding *holding,
                        const struct policy_scenario *scenario, const struct policy_step *step,
                        struct refusal *ret_refusal)
{
    if (step->tone != RLC_TONE_LEGAL || was_noticed_elsewhere(holding, scenario) ||
        was_noticed(decision, holding))
        return false;
    *ret_refusal =
        (struct refusal){ .reason = RLC_SUPPRESSION_CONDITION, .rule = "step.formal_notice" };
    return true;
}

bool steps_is_early(const struct decision *decision, const struct ladder *ladder,
                    const struct rlc_step_state *state, const struct policy_step *step,
                    struct refusal *ret_refusal)
{
    rlc_ms instant;

    if (!ladder_instant(ladder, step, state->occurrence, &instant) || instant <= decision->now_ms)
        return false;
    *ret_refusal = (struct refusal){ .reason = RLC_SUPPRESSION_CONDITION,
                                     .rule = "step.day",
                                     .next_at_ms = instant };
    return true;
}

/* ---- timers ---- */

static rlc_ms next_opening(const struct decision *decision, const struct holding *holding,
                           const struct policy_scenario *scenario, const struct ladder *ladder)
{
    rlc_ms next_ms = RLC_MS_NONE;
    uint32_t occurrence;

    if (!knows_entered(holding, scenario))
        return holding->receivable->entered_asked ? RLC_MS_NONE : would_open(scenario, ladder);
    if (one_more(holding, scenario, ladder, &occurrence, &next_ms))
        return next_ms;
    for (size_t i = first_step(holding, scenario); i < scenario->step_count; i++) {
        const struct policy_step *step = &scenario->step[i];

        for (uint32_t k = 1; k <= ladder_occurrences(step); k++) {
            rlc_ms instant;

            if (!ladder_instant(ladder, step, k, &instant))
                break;
            if (!steps_find(holding->receivable, scenario->name, step->name, k) &&
                may_open(decision, holding, scenario, step, instant)) {
                next_ms = timer_min(next_ms, instant);
                break;
            }
        }
    }
    return next_ms;
}

rlc_ms steps_next(const struct decision *decision, const struct holding *holding,
                  const struct policy_scenario *scenario, const struct ladder *ladder)
{
    const struct policy_step *step = NULL;
    const struct rlc_step_state *state = steps_current(holding, scenario, &step);
    rlc_ms next_ms = RLC_MS_NONE;

    if (scenario && !holding->receivable->steps_full)
        next_ms = next_opening(decision, holding, scenario, ladder);
    if (state && step)
        next_ms = timer_min(next_ms, expiry(decision, state, step));
    return next_ms;
}
