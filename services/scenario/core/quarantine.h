/* SPDX-License-Identifier: Apache-2.0 */
/* Quarantine: while a record about a debtor could not be understood, nobody is contacted. Silence
 * beats a wrongful notice. */
#ifndef SCENARIO_CORE_QUARANTINE_H
#define SCENARIO_CORE_QUARANTINE_H

#include "core/decision.h"

/* Adds the coordinates of a record (absent = of the event that is being decided) and opens the task
 * with the first of them. */
void quarantine_add(struct decision *decision, const struct rlc_coordinates *at,
                    struct rlc_span code);

/* Takes coordinates out; with the last of them the task is closed. */
void quarantine_release(struct decision *decision, const struct rlc_coordinates *at);

/* Whether an amount of the event is below AMOUNT_MAX; else quarantine_limit. */
bool quarantine_fits(struct decision *decision, struct rlc_money amount, struct rlc_span object);

/* The event says something else than an earlier one with the same id: the first one stands. */
void quarantine_conflict(struct decision *decision, const struct rlc_version *known,
                         struct rlc_span entity);

/* The event exceeds a limit of the state: it is not applied, and nothing is hidden. */
void quarantine_limit(struct decision *decision, const char *rule, struct rlc_span object);

/* For scenario_keys: the task of a quarantine under way. */
void quarantine_keys(const struct rlc_debtor_record *debtor, struct rlc_span debtor_key,
                     struct rlc_overlay *overlay);

#endif
