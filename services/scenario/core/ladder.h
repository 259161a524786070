/* SPDX-License-Identifier: Apache-2.0 */
/* The ladder of a receivable: at which instant each step of its scenario is reached.
 *
 * Steps count from the due date, forward or back, in calendar or business days. After the due date
 * the clock can stand still (days under a STOP do not count) or begin anew (RESTART). Stretches of
 * stopped clock come from the receivable, its account and its debtor; they form one union, so that
 * overlapping suspensions count once and in whatever order they came. */
#ifndef SCENARIO_CORE_LADDER_H
#define SCENARIO_CORE_LADDER_H

#include "core/account.h"

enum { LADDER_STOPS_MAX = 3 * (STOPS_MAX + BLOCKS_MAX) };

struct ladder {
    const struct rlc_zone *zone;
    const struct rlc_calendar *calendar;
    rlc_day due_on;
    rlc_day restart_on;                     /* counting begins anew here; 0 = it never did */
    struct rlc_stop stop[LADDER_STOPS_MAX]; /* sorted, disjoint */
    size_t stop_count;
};

void ladder_init(const struct decision *decision, const struct holding *holding,
                 struct ladder *ret_ladder);

/* When an occurrence (1, 2 ...) of a step is reached; false: not before somebody lets the clock go
 * on. */
bool ladder_instant(const struct ladder *ladder, const struct policy_step *step,
                    uint32_t occurrence, rlc_ms *ret_instant);

/* Occurrences a step may have. */
uint32_t ladder_occurrences(const struct policy_step *step);

/* Adds a stretch of stopped clock to a list of past ones, joining what touches. A full list joins
 * its two nearest: the clock then stands still longer, never shorter. */
void ladder_note_stop(struct decision *decision, struct rlc_stop **stops, size_t *count,
                      size_t *capacity, struct rlc_stop stop);

#endif
