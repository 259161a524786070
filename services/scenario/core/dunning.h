/* SPDX-License-Identifier: Apache-2.0 */
/* Dunning: what a debtor's timer does. Evaluates what is due, opens and closes step instances, and
 * for each account either asks for one contact or says why not. */
#ifndef SCENARIO_CORE_DUNNING_H
#define SCENARIO_CORE_DUNNING_H

#include "core/account.h"

/* Everything that is due for the debtor. */
void dunning_due(struct decision *decision);

/* What the debtor disputes of a receivable now, or was conceded and not credited yet. */
int64_t dunning_disputed(const struct decision *decision,
                         const struct rlc_receivable_record *receivable);

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

#endif
