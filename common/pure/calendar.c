/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/calendar.h"

#include <assert.h>
#include <stdlib.h>

#define EPOCH_YEAR          1970
#define DAYS_PER_400Y       146097
#define MONTHS_PER_YEAR     12
#define ALL_WEEKDAYS        0x7f
#define MS_PER_SECOND       1000
#define FRACTION_DIGITS_MAX 9 /* nanoseconds: the finest that any sender of ours writes */

static const int32_t DAYS_IN_MONTH[MONTHS_PER_YEAR] = { 31, 28, 31, 30, 31, 30,
                                                        31, 31, 30, 31, 30, 31 };

/* Rounds towards minus infinity, so that dates before 1970 work like those after it. */
static int64_t divide_floor(int64_t dividend, int64_t divisor)
{
    int64_t quotient = dividend / divisor;

    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t days_in_month(int64_t year, int32_t month)
{
    return DAYS_IN_MONTH[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* Leap days from the year 1 to the end of `year`. */
static int64_t leap_days_through(int64_t year)
{
    return divide_floor(year, 4) - divide_floor(year, 100) + divide_floor(year, 400);
}

/* The 1st of January of `year`, in days since 1970-01-01. */
static int64_t first_day_of(int64_t year)
{
    return 365 * (year - EPOCH_YEAR) + leap_days_through(year - 1) -
           leap_days_through(EPOCH_YEAR - 1);
}

bool rlc_day_from_date(struct rlc_date date, rlc_day *ret_day)
{
    int64_t day;

    if (date.month < 1 || date.month > MONTHS_PER_YEAR || date.day < 1 ||
        date.day > days_in_month(date.year, date.month))
        return false;
    day = first_day_of(date.year) + date.day - 1;
    for (int32_t month = 1; month < date.month; month++)
        day += days_in_month(date.year, month);
    if (day < RLC_DAY_MIN || day > RLC_DAY_MAX)
        return false;
    *ret_day = (rlc_day)day;
    return true;
}

struct rlc_date rlc_day_date(rlc_day day)
{
    /* The mean length of a year gives the right one or a neighbour. */
    int64_t year = EPOCH_YEAR + divide_floor((int64_t)day * 400, DAYS_PER_400Y);
    int32_t month = 1;
    int32_t rest;

    if (first_day_of(year) > day)
        year--;
    else if (first_day_of(year + 1) <= day)
        year++;
    rest = (int32_t)(day - first_day_of(year));
    assert(rest >= 0 && rest < 366);
    while (rest >= days_in_month(year, month))
        rest -= days_in_month(year, month++);
    return (struct rlc_date){ (int32_t)year, month, rest + 1 };
}

enum rlc_weekday rlc_day_weekday(rlc_day day)
{
    int64_t since_monday = (int64_t)day + RLC_THURSDAY; /* 1970-01-01 was a Thursday */

    return (enum rlc_weekday)(since_monday - 7 * divide_floor(since_monday, 7));
}

bool rlc_day_add_days(rlc_day day, int32_t days, rlc_day *ret_day)
{
    int64_t sum = (int64_t)day + days;

    if (sum < RLC_DAY_MIN || sum > RLC_DAY_MAX)
        return false;
    *ret_day = (rlc_day)sum;
    return true;
}

bool rlc_day_add_months(rlc_day day, int32_t months, rlc_day *ret_day)
{
    struct rlc_date date = rlc_day_date(day);
    int64_t month_count = (int64_t)date.year * MONTHS_PER_YEAR + date.month - 1 + months;
    int32_t last;

    date.year = (int32_t)divide_floor(month_count, MONTHS_PER_YEAR);
    date.month = (int32_t)(month_count - (int64_t)date.year * MONTHS_PER_YEAR) + 1;
    last = days_in_month(date.year, date.month);
    if (date.day > last)
        date.day = last;
    return rlc_day_from_date(date, ret_day);
}

/* Takes one of two characters off the front of `rest`. */
static bool take_either(struct rlc_span *rest, uint8_t one, uint8_t other)
{
    if (rest->size == 0 || (rest->data[0] != one && rest->data[0] != other))
        return false;
    *rest = rlc_span_from(rest->data + 1, rest->size - 1);
    return true;
}

static bool take(struct rlc_span *rest, uint8_t expected)
{
    return take_either(rest, expected, expected);
}

/* Takes exactly `count` digits off the front of `rest`. */
static bool take_digits(struct rlc_span *rest, size_t count, int32_t *ret_number)
{
    int32_t number = 0;

    if (rest->size < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (rest->data[i] < '0' || rest->data[i] > '9')
            return false;
        number = 10 * number + (rest->data[i] - '0');
    }
    *rest = rlc_span_from(rest->data + count, rest->size - count);
    *ret_number = number;
    return true;
}

static bool take_date(struct rlc_span *rest, rlc_day *ret_day)
{
    struct rlc_date date;

    return take_digits(rest, 4, &date.year) && take(rest, '-') &&
           take_digits(rest, 2, &date.month) && take(rest, '-') &&
           take_digits(rest, 2, &date.day) && rlc_day_from_date(date, ret_day);
}

/* HH:MM, in seconds. */
static bool take_hours_and_minutes(struct rlc_span *rest, int32_t *ret_seconds)
{
    int32_t hour;
    int32_t minute;

    if (!take_digits(rest, 2, &hour) || !take(rest, ':') || !take_digits(rest, 2, &minute) ||
        hour > 23 || minute > 59)
        return false;
    *ret_seconds = (hour * 60 + minute) * 60;
    return true;
}

/* The optional decimals of a second, cut to milliseconds. */
static bool take_fraction(struct rlc_span *rest, int32_t *ret_ms)
{
    int32_t unit_ms = 100;
    int32_t digit;
    size_t digits = 0;

    *ret_ms = 0;
    if (!take(rest, '.'))
        return true;
    while (take_digits(rest, 1, &digit)) {
        *ret_ms += digit * unit_ms;
        unit_ms /= 10;
        if (++digits > FRACTION_DIGITS_MAX)
            return false;
    }
    return digits > 0;
}

static bool take_offset(struct rlc_span *rest, int32_t *ret_offset_s)
{
    bool west;

    *ret_offset_s = 0;
    if (take_either(rest, 'Z', 'z'))
        return true;
    west = take(rest, '-');
    if ((!west && !take(rest, '+')) || !take_hours_and_minutes(rest, ret_offset_s))
        return false;
    if (west)
        *ret_offset_s = -*ret_offset_s;
    return true;
}

bool rlc_day_parse(struct rlc_span text, rlc_day *ret_day)
{
    rlc_day day;

    if (!take_date(&text, &day) || text.size > 0)
        return false;
    *ret_day = day;
    return true;
}

bool rlc_ms_parse(struct rlc_span text, rlc_ms *ret_instant)
{
    rlc_day day;
    int32_t time_s;
    int32_t second;
    int32_t fraction_ms;
    int32_t offset_s;
    rlc_ms instant;

    if (!take_date(&text, &day) || !take_either(&text, 'T', 't') ||
        !take_hours_and_minutes(&text, &time_s) || !take(&text, ':') ||
        !take_digits(&text, 2, &second) || second > 59 || !take_fraction(&text, &fraction_ms) ||
        !take_offset(&text, &offset_s) || text.size > 0)
        return false;
    instant = day * RLC_DAY_MS + (rlc_ms)(time_s + second - offset_s) * MS_PER_SECOND + fraction_ms;
    if (!rlc_ms_in_range(instant))
        return false;
    *ret_instant = instant;
    return true;
}

/* Writes `count` digits and the character that follows them; returns where to go on. */
static char *put_digits(char *at, int64_t number, size_t count, char follower)
{
    for (size_t i = count; i > 0; i--) {
        at[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    at[count] = follower;
    return at + count + 1;
}

static char *put_date(char *at, rlc_day day, char follower)
{
    struct rlc_date date = rlc_day_date(day);

    at = put_digits(at, date.year, 4, '-');
    at = put_digits(at, date.month, 2, '-');
    return put_digits(at, date.day, 2, follower);
}

size_t rlc_day_format(rlc_day day, char *buffer, size_t capacity)
{
    assert(buffer != NULL);
    if (capacity < RLC_DAY_SIZE || !rlc_day_in_range(day))
        return 0;
    put_date(buffer, day, '\0');
    return RLC_DAY_SIZE - 1;
}

size_t rlc_ms_format(rlc_ms instant, char *buffer, size_t capacity)
{
    char *at = buffer;
    int64_t day;
    int64_t second;
    int64_t ms;

    assert(buffer != NULL);
    if (capacity < RLC_MS_SIZE || !rlc_ms_in_range(instant))
        return 0;
    day = divide_floor(instant, RLC_DAY_MS);
    ms = instant - day * RLC_DAY_MS;
    second = ms / MS_PER_SECOND;
    at = put_date(at, (rlc_day)day, 'T');
    at = put_digits(at, second / 3600, 2, ':');
    at = put_digits(at, second / 60 % 60, 2, ':');
    at = put_digits(at, second % 60, 2, '.');
    at = put_digits(at, ms % MS_PER_SECOND, 3, 'Z');
    *at = '\0';
    return RLC_MS_SIZE - 1;
}

bool rlc_calendar_valid(const struct rlc_calendar *calendar)
{
    if (calendar->weekend_mask >= ALL_WEEKDAYS ||
        (calendar->holiday == NULL && calendar->holiday_count > 0))
        return false;
    for (size_t i = 0; i < calendar->holiday_count; i++) {
        if (!rlc_day_in_range(calendar->holiday[i]) ||
            (i > 0 && calendar->holiday[i] <= calendar->holiday[i - 1]))
            return false;
    }
    return true;
}

static int compare_days(const void *left, const void *right)
{
    rlc_day a = *(const rlc_day *)left;
    rlc_day b = *(const rlc_day *)right;

    return (a > b) - (a < b);
}

bool rlc_is_business_day(const struct rlc_calendar *calendar, rlc_day day)
{
    if (calendar->weekend_mask & RLC_WEEKDAY_BIT(rlc_day_weekday(day)))
        return false;
    return calendar->holiday_count == 0 || bsearch(&day, calendar->holiday, calendar->holiday_count,
                                                   sizeof(day), compare_days) == NULL;
}

/* Goes from `day` by `step` days at a time to the next business day. The range of dates bounds the
 * walk, even over a calendar without a single business day. */
static bool walk_to_business_day(const struct rlc_calendar *calendar, rlc_day day, int32_t step,
                                 rlc_day *ret_day)
{
    while (rlc_day_add_days(day, step, &day)) {
        if (rlc_is_business_day(calendar, day)) {
            *ret_day = day;
            return true;
        }
    }
    return false;
}

bool rlc_next_business_day(const struct rlc_calendar *calendar, rlc_day day, rlc_day *ret_day)
{
    if (!rlc_day_in_range(day))
        return false;
    if (!rlc_is_business_day(calendar, day))
        return walk_to_business_day(calendar, day, 1, ret_day);
    *ret_day = day;
    return true;
}

bool rlc_add_business_days(const struct rlc_calendar *calendar, rlc_day day, int32_t count,
                           rlc_day *ret_day)
{
    int32_t step = count < 0 ? -1 : 1;

    for (; count != 0; count -= step) {
        if (!walk_to_business_day(calendar, day, step, &day))
            return false;
    }
    if (!rlc_day_in_range(day))
        return false;
    *ret_day = day;
    return true;
}
