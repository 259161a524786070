/* SPDX-License-Identifier: Apache-2.0 */
/* Step instances of one receivable: each (scenario, step, occurrence) opens once, at the first tick
 * at which the receivable is open and the step's day is reached, and closes once: acted, paid,
 * carried by a later step, step gone from the bundle, or expired. Until then its reason for silence
 * is said whenever it changes. Who follows another scenario hears nothing of its steps up to the
 * day of the last one that spoke. Where it is not known which steps were done before go-live, none
 * opens: a task asks. */
#ifndef SCENARIO_CORE_STEPS_H
#define SCENARIO_CORE_STEPS_H

#include "core/account.h"
#include "core/ladder.h"

/* Why an open instance does not act. */
struct refusal {
    enum rlc_suppression reason; /* UNSPECIFIED = no refusal */
    const char *rule;            /* static: the rule's name, for example "cap.window" */
    rlc_ms next_at_ms;           /* when it is looked at again; 0 = by an event */
    struct rlc_span object;      /* agreement, task or request in the way; may be empty */
    /* What stands behind it (evidence.h), at most RLC_EVIDENCE_MAX each. */
    const struct rlc_coordinates *records;
    size_t record_count;
    struct rlc_event_reference *events;
    size_t event_count;
};

/* The scenario that the account follows now, or NULL. */
const struct policy_scenario *steps_scenario(const struct decision *decision,
                                             struct rlc_span creditor,
                                             const struct rlc_account_record *account);

/* Opens what is reached and closes what is over, gone or carried. */
void steps_advance(struct decision *decision, const struct holding *holding,
                   const struct policy_scenario *scenario, const struct ladder *ladder);

/* The open instance that may act: at most one, never one that is in a request under way. NULL if
 * there is none; `ret_step` is what the bundle says of it. */
struct rlc_step_state *steps_current(const struct holding *holding,
                                     const struct policy_scenario *scenario,
                                     const struct policy_step **ret_step);

/* Whether the day of an open instance lies in the future again: the due date was moved, or the
 * clock stands still until then. */
bool steps_is_early(const struct decision *decision, const struct ladder *ladder,
                    const struct rlc_step_state *state, const struct policy_step *step,
                    struct refusal *ret_refusal);

/* Whether a legal step would come without a formal notice: the notice was carried, expired or never
 * opened, whatever the scenario's proof says. */
bool steps_lacks_notice(const struct decision *decision, const struct holding *holding,
                        const struct policy_scenario *scenario, const struct policy_step *step,
                        struct refusal *ret_refusal);

/* When the ladder, or an open instance's expiry, next has something to say; 0 = never. */
rlc_ms steps_next(const struct decision *decision, const struct holding *holding,
                  const struct policy_scenario *scenario, const struct ladder *ladder);

/* Says why an instance is silent, if that is news. */
void steps_refuse(struct decision *decision, const struct holding *holding,
                  struct rlc_step_state *state, const struct refusal *refusal);

/* Closes an instance. `closed` gives action and outcome where it acted, what carries it where it is
 * carried, else NULL. */
void steps_close(struct decision *decision, const struct holding *holding,
                 struct rlc_step_state *state, enum rlc_step_result result,
                 const struct rlc_step_closed *closed);

/* The instance of that name, or NULL. */
struct rlc_step_state *steps_find(const struct rlc_receivable_record *receivable,
                                  struct rlc_span scenario, struct rlc_span step,
                                  uint32_t occurrence);

static inline bool step_is_open(const struct rlc_step_state *state)
{
    return state->result == RLC_STEP_RESULT_UNSPECIFIED;
}

#endif
