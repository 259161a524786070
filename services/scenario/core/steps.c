/* SPDX-License-Identifier: Apache-2.0 */
#include "core/steps.h"

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

/* The steps that were done elsewhere before go-live have no instances. */
static size_t first_step(const struct holding *holding, const struct policy_scenario *scenario)
{
    struct rlc_span entered = holding->receivable->entered_step;

    for (size_t i = 0; entered.size > 0 && i < scenario->step_count; i++) {
        if (rlc_span_equal(scenario->step[i].name, entered))
            return i + 1;
    }
    return 0;
}

/* Whether a step that is reached at `instant` may open: one that is new in the bundle does not fall
 * on receivables that had passed its day before. */
static bool may_open(const struct decision *decision, const struct policy_scenario *scenario,
                     const struct policy_step *step, rlc_ms instant)
{
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
static void tell_full(struct decision *decision, const struct holding *holding)
{
    struct task_about about = { .creditor = holding->creditor,
                                .object = holding->document,
                                .number = (uint64_t)holding->account->epoch };

    if (!holding->receivable->steps_full)
        (void)task_open(decision, RLC_TASK_KIND_REVIEW, &about);
    holding->receivable->steps_full = true;
}

static void open_step(struct decision *decision, const struct holding *holding,
                      const struct policy_scenario *scenario, const struct policy_step *step,
                      uint32_t occurrence, rlc_ms instant)
{
    struct rlc_step_state *state = new_state(decision, holding->receivable, scenario);
    struct rlc_step_opened *fact;

    if (!state) {
        tell_full(decision, holding);
        return;
    }
    state->scenario = scenario->name;
    state->step = step->name;
    state->occurrence = occurrence;
    state->step_on = rlc_zone_day(decision->zone, instant);
    fact = decision_fact(decision, RLC_FACT_KIND_STEP_OPENED, holding->creditor, sizeof(*fact));
    fact->instance = instance_of(holding, state);
    fact->step_on = state->step_on;
    fact->open = ledger_open(holding->receivable);
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
                may_open(decision, scenario, step, instant))
                open_step(decision, holding, scenario, step, k, instant);
        }
    }
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
        if (result == RLC_STEP_RESULT_CARRIED)
            steps_close(decision, holding, state, result,
                        &(struct rlc_step_closed){ .by_step = highest->step,
                                                   .by_occurrence = highest->occurrence });
        else if (result != RLC_STEP_RESULT_UNSPECIFIED)
            steps_close(decision, holding, state, result, NULL);
    }
}

void steps_advance(struct decision *decision, const struct holding *holding,
                   const struct policy_scenario *scenario, const struct ladder *ladder)
{
    if (scenario)
        open_reached(decision, holding, scenario, ladder);
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

/* ---- timers ---- */

static rlc_ms next_opening(const struct decision *decision, const struct holding *holding,
                           const struct policy_scenario *scenario, const struct ladder *ladder)
{
    rlc_ms next_ms = RLC_MS_NONE;

    for (size_t i = first_step(holding, scenario); i < scenario->step_count; i++) {
        const struct policy_step *step = &scenario->step[i];

        for (uint32_t k = 1; k <= ladder_occurrences(step); k++) {
            rlc_ms instant;

            if (!ladder_instant(ladder, step, k, &instant))
                break;
            if (!steps_find(holding->receivable, scenario->name, step->name, k) &&
                may_open(decision, scenario, step, instant)) {
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
