/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/posix_tz.h"

#include <assert.h>

#include "common/pure/calendar.h"

enum {
    MINUTE_S = 60,
    HOUR_S = 3600,
    DAY_S = 86400,
    HOURS_MAX = 167, /* RFC 8536, 3.3.1 */
    DEFAULT_TIME_S = 2 * HOUR_S,
    DAYS_TO_MARCH = 59 /* of a year that is no leap year */
};

struct cursor {
    const char *at;
    const char *end;
};

static bool take(struct cursor *cursor, char wanted)
{
    if (cursor->at == cursor->end || *cursor->at != wanted)
        return false;
    cursor->at++;
    return true;
}

static bool is_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

/* "CEST" or "<+0330>": only its length matters. */
static bool skip_name(struct cursor *cursor)
{
    const char *begin = cursor->at;

    if (take(cursor, '<')) {
        while (cursor->at < cursor->end && *cursor->at != '>')
            cursor->at++;
        return take(cursor, '>');
    }
    while (cursor->at < cursor->end && is_letter(*cursor->at))
        cursor->at++;
    return cursor->at - begin >= 3;
}

static bool number(struct cursor *cursor, int32_t min, int32_t max, int32_t *ret_number)
{
    const char *begin = cursor->at;
    int32_t value = 0;

    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9' && value <= max)
        value = value * 10 + (*cursor->at++ - '0');
    *ret_number = value;
    return cursor->at > begin && value >= min && value <= max;
}

/* [+-]h[h][:mm[:ss]] */
static bool clock_time(struct cursor *cursor, int32_t *ret_seconds)
{
    int32_t hours;
    int32_t minutes = 0;
    int32_t seconds = 0;
    bool negative = take(cursor, '-');

    if (!negative)
        (void)take(cursor, '+');
    if (!number(cursor, 0, HOURS_MAX, &hours) ||
        (take(cursor, ':') && (!number(cursor, 0, 59, &minutes) ||
                               (take(cursor, ':') && !number(cursor, 0, 59, &seconds)))))
        return false;
    seconds += hours * HOUR_S + minutes * MINUTE_S;
    *ret_seconds = negative ? -seconds : seconds;
    return true;
}

static bool weekday_date(struct cursor *cursor, struct rlc_posix_date *date)
{
    date->kind = RLC_POSIX_DAY_WEEKDAY;
    return number(cursor, 1, 12, &date->month) && take(cursor, '.') &&
           number(cursor, 1, 5, &date->week) && take(cursor, '.') &&
           number(cursor, 0, 6, &date->weekday);
}

static bool change(struct cursor *cursor, struct rlc_posix_date *ret_date)
{
    bool sound;

    *ret_date = (struct rlc_posix_date){ .time_s = DEFAULT_TIME_S };
    if (!take(cursor, ','))
        return false;
    if (take(cursor, 'M')) {
        sound = weekday_date(cursor, ret_date);
    } else if (take(cursor, 'J')) {
        ret_date->kind = RLC_POSIX_DAY_JULIAN;
        sound = number(cursor, 1, 365, &ret_date->day);
    } else {
        ret_date->kind = RLC_POSIX_DAY_ZERO;
        sound = number(cursor, 0, 365, &ret_date->day);
    }
    if (sound && take(cursor, '/'))
        sound = clock_time(cursor, &ret_date->time_s);
    return sound;
}

/* An offset is written as what must be added to the local time: west is positive. */
static bool offset(struct cursor *cursor, int32_t *ret_east_s)
{
    int32_t west_s;

    if (!clock_time(cursor, &west_s) || west_s < -DAY_S || west_s > DAY_S)
        return false;
    *ret_east_s = -west_s;
    return true;
}

bool rlc_posix_tz_parse(const char *text, size_t size, struct rlc_posix_tz *ret_tz)
{
    struct cursor cursor = { text, text + size };
    struct rlc_posix_tz tz = { .has_summer = false };

    if (!skip_name(&cursor) || !offset(&cursor, &tz.standard_s))
        return false;
    if (cursor.at < cursor.end) {
        tz.has_summer = true;
        tz.summer_s = tz.standard_s + HOUR_S;
        if (!skip_name(&cursor))
            return false;
        if (cursor.at < cursor.end && *cursor.at != ',' && !offset(&cursor, &tz.summer_s))
            return false;
        if (!change(&cursor, &tz.start) || !change(&cursor, &tz.end))
            return false;
    }
    if (cursor.at != cursor.end)
        return false;
    *ret_tz = tz;
    return true;
}

static rlc_day day_of(int32_t year, int32_t month, int32_t day)
{
    rlc_day result = 0;
    bool exists = rlc_day_from_date((struct rlc_date){ year, month, day }, &result);

    assert(exists);
    (void)exists;
    return result;
}

static rlc_day weekday_in_month(const struct rlc_posix_date *date, int32_t year)
{
    rlc_day first = day_of(year, date->month, 1);
    rlc_day next_month =
        date->month == 12 ? day_of(year + 1, 1, 1) : day_of(year, date->month + 1, 1);
    /* POSIX counts from Sunday, we count from Monday. */
    int32_t wanted = (date->weekday + 6) % 7;
    int32_t ahead = (wanted - (int32_t)rlc_day_weekday(first) + 7) % 7;
    rlc_day day = first + ahead + (date->week - 1) * 7;

    return day < next_month ? day : day - 7;
}

static rlc_day day_in_year(const struct rlc_posix_date *date, int32_t year)
{
    rlc_day first = day_of(year, 1, 1);
    bool leap = day_of(year + 1, 1, 1) - first == 366;

    switch (date->kind) {
    case RLC_POSIX_DAY_WEEKDAY:
        return weekday_in_month(date, year);
    case RLC_POSIX_DAY_JULIAN:
        return first + date->day - 1 + (leap && date->day > DAYS_TO_MARCH);
    case RLC_POSIX_DAY_ZERO:
    default:
        return first + date->day;
    }
}

static int64_t instant(const struct rlc_posix_date *date, int32_t year, int32_t offset_before_s)
{
    return (int64_t)day_in_year(date, year) * DAY_S + date->time_s - offset_before_s;
}

void rlc_posix_tz_year(const struct rlc_posix_tz *tz, int32_t year, int64_t *ret_start_s,
                       int64_t *ret_end_s)
{
    assert(tz->has_summer);
    *ret_start_s = instant(&tz->start, year, tz->standard_s);
    *ret_end_s = instant(&tz->end, year, tz->summer_s);
}
