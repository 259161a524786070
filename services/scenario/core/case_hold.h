/* SPDX-License-Identifier: Apache-2.0 */
/* What holds the cases of a debtor, besides what lies on their receivables: records that nobody
 * understood, agreements with the debtor or on the account, money on account that nobody has
 * applied. legal-escalation hears of it in the decision that changes it, not with the next tick: it
 * files nothing behind what scenario has looked at. */
#ifndef SCENARIO_CORE_CASE_HOLD_H
#define SCENARIO_CORE_CASE_HOLD_H

#include "core/account.h"

/* Tells of each case of the debtor for which it is different from what was told last. The last
 * thing of a decision. */
void case_hold_tell(struct decision *decision);

/* For scenario_keys: the accounts that have cases. */
void case_hold_keys(struct rlc_span debtor_key, const struct rlc_debtor_record *debtor,
                    struct rlc_overlay *overlay);

#endif
