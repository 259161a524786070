/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones as data: civil dates and times of day out of instants, and back. The tables come with
 * the bundle, so that a replay years later uses the rules that were known then. */
#ifndef RLC_PURE_ZONE_H
#define RLC_PURE_ZONE_H

#include "common/pure/base.h"

#define RLC_MINUTES_PER_DAY 1440
/* 16 hours: no place was ever further from UTC, historical local mean times included. */
#define RLC_ZONE_OFFSET_MAX_S 57600

/* Borrowed. offset_s[i], seconds east of UTC, holds from transition_ms[i] until the next one;
 * first_offset_s before the first. All zero is UTC. */
struct rlc_zone {
    const rlc_ms *transition_ms; /* strictly ascending */
    const int32_t *offset_s;
    size_t count;
    int32_t first_offset_s;
};

/* True when the table keeps its promises. Check once, when a bundle is read. */
bool rlc_zone_valid(const struct rlc_zone *zone);

/* Seconds to add to UTC at this instant. */
int32_t rlc_zone_offset_at(const struct rlc_zone *zone, rlc_ms instant);

/* The civil date on which the instant falls in this zone. The instant must be in range. */
rlc_day rlc_zone_day(const struct rlc_zone *zone, rlc_ms instant);

/* Minutes since the midnight shown by the clocks of the zone: 0 to 1439. */
int32_t rlc_zone_minute_of_day(const struct rlc_zone *zone, rlc_ms instant);

/* The instant at which the clocks of the zone show `minute_of_day` (0 to 1440, 1440 being the end
 * of the day) on `day`. Where they are put forward over it, the first instant after the gap; where
 * they show it twice, the earlier instant. */
rlc_ms rlc_zone_instant(const struct rlc_zone *zone, rlc_day day, int32_t minute_of_day);

#endif
