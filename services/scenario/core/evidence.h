/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a refusal: records of the log, and events as their sources call them. What has
 * none (hours, an address that nobody gave) is explained by its rule alone. */
#ifndef SCENARIO_CORE_EVIDENCE_H
#define SCENARIO_CORE_EVIDENCE_H

#include "core/standing.h"
#include "core/steps.h"

/* The event `said`; absent, nothing. */
void evidence_event(const struct decision *decision, struct refusal *refusal,
                    const struct rlc_event_reference *said);

/* Whose word an entity's present state is. */
void evidence_version(const struct decision *decision, struct refusal *refusal,
                      const struct rlc_version *version);

/* The blocks that an answer rests on. */
void evidence_blocks(const struct decision *decision, struct refusal *refusal,
                     const struct standing *answer, const struct rlc_block *blocks, size_t count,
                     const char *currency);

/* The records that nobody understood. */
void evidence_quarantine(const struct decision *decision, struct refusal *refusal);

/* What put the money on account that covers a document. */
void evidence_credit(const struct decision *decision, struct refusal *refusal,
                     const struct rlc_account_record *account, const char *currency);

#endif
