/* SPDX-License-Identifier: Apache-2.0 */
/* Quarantine: while a record about a debtor could not be understood, nobody is contacted. Silence
 * beats a wrongful notice. */
#ifndef SCENARIO_CORE_QUARANTINE_H
#define SCENARIO_CORE_QUARANTINE_H

#include "core/decision.h"
#include "core/store.h"

/* Adds the coordinates of a record and opens the task with the first of them. */
void quarantine_add(struct decision *decision, const struct rlc_coordinates *at,
                    struct rlc_span code);

/* Takes coordinates out; with the last of them the task is closed. */
void quarantine_release(struct decision *decision, const struct rlc_coordinates *at);

/* The following refuse the event that is being decided: a dead letter (one per event, whatever is
 * wrong with it), its coordinates in quarantine, a fact. `path` is the member at fault, in the
 * words of proto/README.md: "data.total". */

/* Whether an amount of the event is below AMOUNT_MAX; else quarantine_limit. */
bool quarantine_fits(struct decision *decision, struct rlc_money amount, struct rlc_span object,
                     const char *path);

/* The event says something else than `known`, an earlier one with the same id or revision (or, with
 * `path`, contradicts it there): the first one stands. Once per body: delivered again, it is a
 * duplicate. */
void quarantine_conflict(struct decision *decision, struct rlc_version *known,
                         struct rlc_span entity, const char *path);

/* The event exceeds a limit of the state: it is not applied, and nothing is hidden. */
void quarantine_limit(struct decision *decision, const char *rule, struct rlc_span object,
                      const char *path);

/* The event ends or undoes `id`, whose record nobody has told of yet. The caller has remembered it:
 * should the beginning come after all, it holds, and quarantine_found() lets the debtor go. */
void quarantine_unknown(struct decision *decision, const struct store_key *object,
                        struct rlc_span id, const char *path);
void quarantine_found(struct decision *decision, const struct store_key *object);

/* For scenario_keys: the task of a quarantine under way. */
void quarantine_keys(const struct rlc_debtor_record *debtor, struct rlc_span debtor_key,
                     struct rlc_overlay *overlay);

#endif
