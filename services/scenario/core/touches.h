/* SPDX-License-Identifier: Apache-2.0 */
/* Touches: the debtor's latest contacts, by day. The caps count them; and with the oldest goes the
 * record of its contact, so that the state of a debtor does not grow with the years. A contact that
 * is not closed keeps its record; it is a message that may be asked for again, or one in doubt. */
#ifndef SCENARIO_CORE_TOUCHES_H
#define SCENARIO_CORE_TOUCHES_H

#include "core/decision.h"

/* Counts a contact. The oldest makes room: only a debtor that is due may be out of it. */
void touches_add(struct decision *decision, rlc_day on, const struct rlc_action_id *action);

/* A contact that came back does not count; others that waited for its slot are looked at again. */
void touches_take_back(struct decision *decision, const struct rlc_action_id *action);

/* A contact before go-live counts too; its action is no request of ours. */
void touches_remember(struct decision *decision, rlc_ms at_ms);
bool touches_is_elsewhere(const struct rlc_action_id *action);

/* Forgets what is older than CONTACT_KEPT_DAYS, of a debtor that is due. */
void touches_forget(struct decision *decision);

/* For scenario_keys: the contacts that a due debtor may forget. */
void touches_keys(struct rlc_span debtor_key, const struct rlc_debtor_record *debtor, rlc_ms due_ms,
                  struct rlc_overlay *overlay);

#endif
