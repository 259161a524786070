/* SPDX-License-Identifier: Apache-2.0 */
/* The question of a case: an act that waits for a named person's yes is a task, so that nobody has
 * to look for it. */
#ifndef SCENARIO_CORE_QUESTION_H
#define SCENARIO_CORE_QUESTION_H

#include "core/decision.h"

/* Opens the task when an approval is asked for, and closes it when the case has its answer, has
 * gone another way, or is over; the outcome is the word of that milestone. Asked anew of a claim
 * that has changed, it is the same task. */
void question_note(struct decision *decision, struct rlc_case_entry *entry,
                   const struct rlc_milestone *milestone);

/* For scenario_keys: the task of the case, once its account is known. */
void question_keys(struct rlc_span debtor_key, struct rlc_span creditor, struct rlc_span case_id,
                   struct rlc_overlay *overlay);

#endif
