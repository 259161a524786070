/* SPDX-License-Identifier: Apache-2.0 */
/* How a profile takes what happened. The list rooms it needs come from an arena that never runs
 * out within a decision (RLC_DECIDE_RESERVE). Days are civil days; a profile never looks at one
 * that is not given to it. */
#ifndef SCORING_CORE_PROFILE_H
#define SCORING_CORE_PROFILE_H

#include "common/pure/arena.h"

#include "core/records.h"

/* The quotient rounded down; `of` > 0. */
int64_t profile_floor(int64_t number, int64_t of);

/* The purse of a currency, or NULL. */
struct rlc_purse *profile_purse(const struct rlc_profile *profile,
                                const char currency[RLC_CURRENCY_SIZE]);

/* A document of this amount (> 0) was issued; what is open of it is profile_open()'s to tell. */
void profile_issue(struct rlc_profile *profile, struct rlc_arena *arena,
                   const struct rlc_money *amount);

/* What is open of a document is now `open`, due on `due_on`: it is taken out as `item` says that it
 * was counted, and counted anew. `item` is all zero for a document that was not open. */
void profile_open(struct rlc_profile *profile, struct rlc_arena *arena, struct rlc_open_item *item,
                  const struct rlc_money *open, rlc_day due_on);

/* A document of amount `total` that was due on `due_on` was settled by money of value date
 * `paid_on`. */
void profile_settle(struct rlc_profile *profile, struct rlc_arena *arena,
                    const struct rlc_money *total, rlc_day due_on, rlc_day paid_on);

/* A bad sign. */
void profile_mark(struct rlc_profile *profile, struct rlc_arena *arena, enum rlc_mark_kind kind,
                  rlc_day on);

/* A contact reached the debtor's post; the debtor did something of its own. */
void profile_contact(struct rlc_profile *profile, rlc_day on);
void profile_react(struct rlc_profile *profile, rlc_day on);

/* Something that the profile holds is of day `on`. */
void profile_know(struct rlc_profile *profile, rlc_day on);

#endif
