/* SPDX-License-Identifier: Apache-2.0 */
/* What is wider than a debtor: bundle, kill switch, creditor modes, holds, freezes, stale sources.
 *
 * Commands about it are decided once, on the record of the decided scope, by the owner of the
 * tenant's partition; each change goes whole to every partition and is applied there when it is
 * read and newer. So the log of each partition says from which offset on it holds. */
#ifndef SCENARIO_CORE_SCOPE_H
#define SCENARIO_CORE_SCOPE_H

#include "core/decision.h"

/* The scope that this partition has read; an empty one before the first. Its record must be known.
 */
const struct rlc_scope_record *scope_of(const struct rlc_overlay *overlay, struct rlc_span tenant);

/* Since when the active bundle has a step of that name; 0 = for ever. */
rlc_ms scope_step_since(const struct decision *decision, struct rlc_span scenario,
                        struct rlc_span step);

/* Applies a scope to this partition iff it is newer, and passes it on to legal-escalation. True if
 * it was. */
bool scope_adopt(struct decision *decision, const struct rlc_scope *scope);

/* Sets the debtor's timers anew after a newer scope, once. */
void scope_arm(struct decision *decision);

/* A command or an event of a payment source that changes the scope; the decided scope goes to all
 * partitions. The rule of a refusal, or NULL. */
const char *scope_command(struct decision *decision, const struct rlc_command *command);
void scope_source(struct decision *decision, const struct rlc_source_state *source, bool stale);

#endif
