/* SPDX-License-Identifier: Apache-2.0 */
/* Civil dates (proleptic Gregorian), their text forms, and business days. An instant becomes a date
 * only through a zone (zone.h), never by cutting off the time of a UTC instant. */
#ifndef RLC_PURE_CALENDAR_H
#define RLC_PURE_CALENDAR_H

#include "common/pure/base.h"
#include "common/pure/span.h"

/* Dates outside are refused: they are typing errors, and the bounds keep all arithmetic small. */
#define RLC_DAY_MIN (-25567) /* 1900-01-01 */
#define RLC_DAY_MAX 84370    /* 2200-12-31 */

/* Room for the text forms, with their NUL: "2026-03-31" and "2026-03-31T22:30:00.000Z". */
#define RLC_DAY_SIZE 11
#define RLC_MS_SIZE  25

struct rlc_date {
    int32_t year;
    int32_t month; /* 1 to 12 */
    int32_t day;   /* 1 to 31 */
};

enum rlc_weekday {
    RLC_MONDAY = 0,
    RLC_TUESDAY,
    RLC_WEDNESDAY,
    RLC_THURSDAY,
    RLC_FRIDAY,
    RLC_SATURDAY,
    RLC_SUNDAY
};

/* One bit per weekday. */
#define RLC_WEEKDAY_BIT(weekday) ((uint8_t)(1u << (weekday)))
#define RLC_WEEKEND_NONE         ((uint8_t)0)
#define RLC_WEEKEND_SATURDAY_SUNDAY                                                                \
    ((uint8_t)(RLC_WEEKDAY_BIT(RLC_SATURDAY) | RLC_WEEKDAY_BIT(RLC_SUNDAY)))

/* Borrowed: the holidays belong to the bundle. All zero: every day is a business day. */
struct rlc_calendar {
    const rlc_day *holiday; /* strictly ascending */
    size_t holiday_count;
    uint8_t weekend_mask; /* RLC_WEEKDAY_BIT of each day of the weekend; never all seven */
};

static inline bool rlc_day_in_range(rlc_day day)
{
    return day >= RLC_DAY_MIN && day <= RLC_DAY_MAX;
}

/* True when the instant lies on a UTC date in the range. */
static inline bool rlc_ms_in_range(rlc_ms instant)
{
    return instant >= RLC_DAY_MIN * RLC_DAY_MS && instant < (RLC_DAY_MAX + 1) * RLC_DAY_MS;
}

/* The day of a date; false when there is no such date (2025-02-29) or it is out of range. */
RLC_NODISCARD bool rlc_day_from_date(struct rlc_date date, rlc_day *ret_day);

/* The date of a day; defined for every value of rlc_day. */
struct rlc_date rlc_day_date(rlc_day day);

enum rlc_weekday rlc_day_weekday(rlc_day day);

/* `day` plus `days`, which may be negative; false when the result is out of range. */
RLC_NODISCARD bool rlc_day_add_days(rlc_day day, int32_t days, rlc_day *ret_day);

/* The same day number `months` later (or earlier), else the last day of that month: 12-31 plus two
 * months is 02-28. Source of the rule: CPC 641 and 642. False when the result is out of range. */
RLC_NODISCARD bool rlc_day_add_months(rlc_day day, int32_t months, rlc_day *ret_day);

/* Reads "YYYY-MM-DD" (ISO 8601), nothing else. */
RLC_NODISCARD bool rlc_day_parse(struct rlc_span text, rlc_day *ret_day);

/* Writes "YYYY-MM-DD" and a NUL, returns 10; 0 when `capacity` < RLC_DAY_SIZE or out of range. */
size_t rlc_day_format(rlc_day day, char *buffer, size_t capacity);

/* Reads an RFC 3339 instant: date, 'T', time with seconds, 0 to 9 decimals (cut to milliseconds),
 * 'Z' or an offset "+01:00". An instant without offset is refused (whose clock was it?), and so is
 * second 60, which has no place on this scale. */
RLC_NODISCARD bool rlc_ms_parse(struct rlc_span text, rlc_ms *ret_instant);

/* Writes "YYYY-MM-DDTHH:MM:SS.mmmZ" and a NUL, returns 24; 0 when `capacity` < RLC_MS_SIZE or out
 * of range. */
size_t rlc_ms_format(rlc_ms instant, char *buffer, size_t capacity);

/* True when the calendar keeps its promises: holidays ascending and in range, some weekday left.
 * Check once, when a bundle is read. */
bool rlc_calendar_valid(const struct rlc_calendar *calendar);

bool rlc_is_business_day(const struct rlc_calendar *calendar, rlc_day day);

/* The first business day on or after `day`: where a deadline goes that ends on a Saturday, Sunday
 * or holiday (CPC 642). False when it is out of range. */
RLC_NODISCARD bool rlc_next_business_day(const struct rlc_calendar *calendar, rlc_day day,
                                         rlc_day *ret_day);

/* The `count`-th business day after `day` (before it, when negative); `day` itself does not count
 * and need not be a business day. 0 gives `day` unchanged. False when it is out of range. */
RLC_NODISCARD bool rlc_add_business_days(const struct rlc_calendar *calendar, rlc_day day,
                                         int32_t count, rlc_day *ret_day);

#endif
