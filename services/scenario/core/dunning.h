/* SPDX-License-Identifier: Apache-2.0 */
/* Dunning: what a debtor's timer does. Evaluates what is due, opens and closes step instances, and
 * for each account either asks for one contact or says why not. */
#ifndef SCENARIO_CORE_DUNNING_H
#define SCENARIO_CORE_DUNNING_H

#include "core/account.h"

/* Everything that is due for the debtor. */
void dunning_due(struct decision *decision);

/* For scenario_keys: what dunning_due will need. */
void dunning_keys(struct rlc_span debtor_key, const struct rlc_debtor_record *debtor, rlc_ms due_ms,
                  struct rlc_overlay *overlay);

/* Sets an item's timer after its receivable changed: an open instance is looked at again at the
 * next tick, else the ladder says when. */
void dunning_arm(struct decision *decision, const struct holding *holding,
                 struct rlc_page_item *item);

/* The receivable is no longer open: closes its instances as paid, but for those in a request under
 * way, which its answer closes. */
void dunning_paid(struct decision *decision, const struct holding *holding);

/* Counts a contact for the caps. */
void dunning_touch(struct decision *decision, rlc_day on, const struct rlc_action_id *action);

/* A contact that came back does not count; others that waited for its slot are looked at again. */
void dunning_untouch(struct decision *decision, const struct rlc_action_id *action);

/* A contact before go-live counts too; its action is no request of ours. */
void dunning_remember_contact(struct decision *decision, rlc_ms at_ms);
bool dunning_is_elsewhere(const struct rlc_action_id *action);

#endif
