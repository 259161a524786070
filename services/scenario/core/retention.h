/* SPDX-License-Identifier: Apache-2.0 */
/* The retention table: what of a subject is kept although its erasure is ordered. A contact person
 * is not; a debtor is, while a claim is open and while its ledger must be kept. */
#ifndef SCENARIO_CORE_RETENTION_H
#define SCENARIO_CORE_RETENTION_H

#include "core/decision.h"

/* Whether the subject may not be erased yet. Then `decision->detail` says what is kept, on which
 * ground, and to which day where that is known: "ledger FR-CCOM-L123-22 until 2035-12-31". */
bool retention_keeps(struct decision *decision, struct rlc_span subject);

/* For scenario_keys: the accounts of a debtor that is to be erased. */
void retention_keys(struct rlc_span debtor_key, struct rlc_span subject,
                    struct rlc_overlay *overlay);

#endif
