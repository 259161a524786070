/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of people, CRM and portal: each is answered once, by CommandAccepted or
 * CommandRefused{rule}. */
#ifndef SCENARIO_CORE_COMMAND_H
#define SCENARIO_CORE_COMMAND_H

#include "core/decision.h"

void command_decide(struct decision *decision, const struct rlc_command *command);

/* For scenario_keys. `owner` is the debtor's key, or the tenant for a command about the scope. */
void command_keys(struct rlc_span owner, struct rlc_span creditor,
                  const struct rlc_command *command, struct rlc_overlay *overlay);

#endif
