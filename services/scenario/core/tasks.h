/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: what people must do. Opened by rules, closed by TaskDone or by what they waited for. */
#ifndef SCENARIO_CORE_TASKS_H
#define SCENARIO_CORE_TASKS_H

#include "core/decision.h"

/* What a task is about. */
struct task_about {
    struct rlc_span creditor; /* empty: the debtor as a whole */
    struct rlc_span object;   /* document, agreement, request; may be empty */
    uint64_t number;          /* with kind and object, makes the id unique for the debtor */
};

/* Opens a task and returns its id, "<kind>-<object>-<number>". */
struct rlc_span task_open(struct decision *decision, enum rlc_task_kind kind,
                          const struct task_about *about);

/* Closes a task that is open; the record must be known. */
void task_close(struct decision *decision, struct rlc_span id, struct rlc_span outcome_code);

/* What people report: closes the task and lets go on what waited for it. */
void task_done(struct decision *decision, struct rlc_span id, struct rlc_span outcome_code);

/* For scenario_keys: the task and the account it is about. */
void task_keys(struct rlc_span debtor_key, struct rlc_span id, struct rlc_overlay *overlay);

#endif
