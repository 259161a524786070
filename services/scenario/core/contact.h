/* SPDX-License-Identifier: Apache-2.0 */
/* What comes back from the notifier: each request ends in exactly one Returned or Outcome. Policy
 * says what follows. */
#ifndef SCENARIO_CORE_CONTACT_H
#define SCENARIO_CORE_CONTACT_H

#include "core/decision.h"

void contact_outcome(struct decision *decision, const struct rlc_outcome *outcome);
void contact_returned(struct decision *decision, const struct rlc_returned *returned);

/* What a person found out about a lost outcome. The rule of a refusal, or NULL. */
const char *contact_resolve(struct decision *decision,
                            const struct rlc_command_resolve_unknown *resolved);

/* For scenario_keys: the contact, its account, and the receivables of its lines. */
void contact_keys(struct rlc_span debtor_key, const struct rlc_action_id *action,
                  struct rlc_overlay *overlay);

#endif
