/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/zone.h"

#include <assert.h>

#include "common/pure/calendar.h"

#define MS_PER_SECOND INT64_C(1000)

static bool offset_in_range(int32_t offset_s)
{
    return offset_s >= -RLC_ZONE_OFFSET_MAX_S && offset_s <= RLC_ZONE_OFFSET_MAX_S;
}

bool rlc_zone_valid(const struct rlc_zone *zone)
{
    if (!offset_in_range(zone->first_offset_s) ||
        (zone->count > 0 && (zone->transition_ms == NULL || zone->offset_s == NULL)))
        return false;
    for (size_t i = 0; i < zone->count; i++) {
        if (!offset_in_range(zone->offset_s[i]) ||
            (i > 0 && zone->transition_ms[i] <= zone->transition_ms[i - 1]))
            return false;
    }
    return true;
}

/* How many transitions lie at or before the instant: the number of its period, 0 being the one
 * before the first transition. */
static size_t period_at(const struct rlc_zone *zone, rlc_ms instant)
{
    size_t low = 0;
    size_t high = zone->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (zone->transition_ms[middle] <= instant)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t period_offset_s(const struct rlc_zone *zone, size_t period)
{
    return period == 0 ? zone->first_offset_s : zone->offset_s[period - 1];
}

int32_t rlc_zone_offset_at(const struct rlc_zone *zone, rlc_ms instant)
{
    return period_offset_s(zone, period_at(zone, instant));
}

/* What the clocks of the zone show, as if they showed UTC. */
static rlc_ms clock_at(const struct rlc_zone *zone, rlc_ms instant)
{
    assert(rlc_ms_in_range(instant));
    return instant + rlc_zone_offset_at(zone, instant) * MS_PER_SECOND;
}

static rlc_day day_of_clock(rlc_ms clock)
{
    return (rlc_day)(clock / RLC_DAY_MS - (clock % RLC_DAY_MS < 0 ? 1 : 0));
}

rlc_day rlc_zone_day(const struct rlc_zone *zone, rlc_ms instant)
{
    return day_of_clock(clock_at(zone, instant));
}

int32_t rlc_zone_minute_of_day(const struct rlc_zone *zone, rlc_ms instant)
{
    rlc_ms clock = clock_at(zone, instant);

    return (int32_t)((clock - day_of_clock(clock) * RLC_DAY_MS) / RLC_MINUTE_MS);
}

rlc_ms rlc_zone_instant(const struct rlc_zone *zone, rlc_day day, int32_t minute_of_day)
{
    rlc_ms clock = day * RLC_DAY_MS + minute_of_day * RLC_MINUTE_MS;
    rlc_ms start = clock - RLC_ZONE_OFFSET_MAX_S * MS_PER_SECOND;
    size_t period = period_at(zone, start);

    assert(rlc_day_in_range(day));
    assert(minute_of_day >= 0 && minute_of_day <= RLC_MINUTES_PER_DAY);

    /* At `start` no clock on earth shows the time yet. From there, the answer is the first instant
     * at which the clocks show it or more: periods are tried in order, so the earlier of two wins,
     * and a time inside a gap is passed at the very beginning of the period after it. */
    for (;; period++) {
        rlc_ms instant = clock - period_offset_s(zone, period) * MS_PER_SECOND;

        if (period > 0 && instant < zone->transition_ms[period - 1])
            instant = zone->transition_ms[period - 1];
        if (period == zone->count || instant < zone->transition_ms[period])
            return instant;
    }
}
