/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ladder.h"

#include <assert.h>

/* ---- stretches of stopped clock ---- */

/* Inserts a stretch into a sorted disjoint list with room for one more, joining what touches. */
static void unite(struct rlc_stop *stops, size_t *count, struct rlc_stop stop)
{
    size_t first = 0;
    size_t last;

    while (first < *count && stops[first].to_on < stop.from_on)
        first++;
    last = first;
    while (last < *count && stops[last].from_on <= stop.to_on) {
        if (stops[last].from_on < stop.from_on)
            stop.from_on = stops[last].from_on;
        if (stops[last].to_on > stop.to_on)
            stop.to_on = stops[last].to_on;
        last++;
    }
    if (last == first) {
        list_open(stops, (*count)++, sizeof(*stops), first);
    } else {
        memmove(&stops[first + 1], &stops[last], (*count - last) * sizeof(*stops));
        *count -= last - first - 1;
    }
    stops[first] = stop;
}

static void join_nearest(struct rlc_stop *stops, size_t *count)
{
    size_t nearest = 0;

    for (size_t i = 1; i + 1 < *count; i++) {
        if (stops[i + 1].from_on - stops[i].to_on <
            stops[nearest + 1].from_on - stops[nearest].to_on)
            nearest = i;
    }
    stops[nearest].to_on = stops[nearest + 1].to_on;
    LIST_REMOVE(stops, *count, nearest + 1);
}

void ladder_note_stop(struct decision *decision, struct rlc_stop **stops, size_t *count,
                      size_t *capacity, struct rlc_stop stop)
{
    if (stop.from_on >= stop.to_on)
        return;
    *stops = decision_grow(decision, *stops, *count, capacity, sizeof(**stops));
    unite(*stops, count, stop);
    if (*count > STOPS_MAX)
        join_nearest(*stops, count);
}

/* ---- the ladder ---- */

static void add_stop(struct ladder *ladder, struct rlc_stop stop)
{
    if (stop.from_on >= stop.to_on)
        return;
    assert(ladder->stop_count < LADDER_STOPS_MAX);
    unite(ladder->stop, &ladder->stop_count, stop);
}

static void add_past(struct ladder *ladder, const struct rlc_stop *stops, size_t count,
                     rlc_day restart_on)
{
    for (size_t i = 0; i < count; i++)
        add_stop(ladder, stops[i]);
    if (restart_on > ladder->restart_on)
        ladder->restart_on = restart_on;
}

/* A block that has not begun stops the days from its own on; it restarts nothing yet. */
static void add_blocks(struct ladder *ladder, const struct rlc_block *blocks, size_t count,
                       rlc_ms now_ms)
{
    for (size_t i = 0; i < count; i++) {
        const struct rlc_block *block = &blocks[i];
        struct rlc_stop stop = { .from_on = rlc_zone_day(ladder->zone, block->from_ms),
                                 .to_on = RLC_DAY_MAX };

        if (block->clock != RLC_CLOCK_EFFECT_STOP && block->clock != RLC_CLOCK_EFFECT_RESTART)
            continue;
        if (block->until_ms > 0)
            stop.to_on = rlc_zone_day(ladder->zone, block->until_ms);
        add_stop(ladder, stop);
        if (block->clock == RLC_CLOCK_EFFECT_RESTART && block->from_ms <= now_ms &&
            stop.to_on > ladder->restart_on)
            ladder->restart_on = stop.to_on;
    }
}

void ladder_init(const struct decision *decision, const struct holding *holding,
                 struct ladder *ret_ladder)
{
    const struct rlc_debtor_record *debtor = decision->debtor;
    const struct rlc_account_record *account = holding->account;
    const struct rlc_receivable_record *receivable = holding->receivable;

    ret_ladder->zone = decision->zone;
    ret_ladder->calendar = decision->calendar;
    ret_ladder->due_on = receivable->terms.due_on;
    ret_ladder->restart_on = RLC_DAY_NONE;
    ret_ladder->stop_count = 0;
    add_past(ret_ladder, debtor->stops, debtor->stop_count, debtor->restart_on);
    add_past(ret_ladder, account->stops, account->stop_count, account->restart_on);
    add_past(ret_ladder, receivable->stops, receivable->stop_count, receivable->restart_on);
    add_blocks(ret_ladder, debtor->blocks, debtor->block_count, decision->now_ms);
    add_blocks(ret_ladder, account->blocks, account->block_count, decision->now_ms);
    add_blocks(ret_ladder, receivable->blocks, receivable->block_count, decision->now_ms);
}

uint32_t ladder_occurrences(const struct policy_step *step)
{
    return step->repeat_days > 0 ? step->repeat_max : 1;
}

static bool add_days(const struct ladder *ladder, const struct policy_step *step, rlc_day day,
                     int32_t days, rlc_day *ret_day)
{
    if (step->days == POLICY_DAYS_BUSINESS)
        return rlc_add_business_days(ladder->calendar, day, days, ret_day);
    return rlc_day_add_days(day, days, ret_day);
}

/* Days of a stretch that would have counted. */
static int32_t days_lost(const struct ladder *ladder, const struct policy_step *step, rlc_day from,
                         rlc_day to)
{
    int32_t lost = 0;

    if (step->days == POLICY_DAYS_CALENDAR)
        return to - from;
    for (rlc_day day = from; day < to; day++)
        lost += rlc_is_business_day(ladder->calendar, day);
    return lost;
}

/* Moves a day behind the stretches of stopped clock that lie before it; each can push it into the
 * next. */
static bool pass_stops(const struct ladder *ladder, const struct policy_step *step, rlc_day anchor,
                       rlc_day *day)
{
    for (size_t i = 0; i < ladder->stop_count && ladder->stop[i].from_on <= *day; i++) {
        rlc_day from = ladder->stop[i].from_on > anchor ? ladder->stop[i].from_on : anchor;

        if (ladder->stop[i].to_on <= from)
            continue;
        if (ladder->stop[i].to_on == RLC_DAY_MAX ||
            !add_days(ladder, step, *day, days_lost(ladder, step, from, ladder->stop[i].to_on),
                      day))
            return false;
    }
    return true;
}

bool ladder_instant(const struct ladder *ladder, const struct policy_step *step,
                    uint32_t occurrence, rlc_ms *ret_instant)
{
    int64_t offset = step->offset_days + (int64_t)(occurrence - 1) * step->repeat_days;
    rlc_day anchor = ladder->due_on;
    rlc_day day;

    if (offset > 0 && ladder->restart_on > anchor)
        anchor = ladder->restart_on;
    if (anchor == RLC_DAY_MAX || offset > RLC_DAY_MAX ||
        !add_days(ladder, step, anchor, (int32_t)offset, &day))
        return false;
    if (offset > 0 && !pass_stops(ladder, step, anchor, &day))
        return false;
    *ret_instant = rlc_zone_instant(ladder->zone, day, step->at_minute);
    return true;
}
