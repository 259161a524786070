/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/calendar.h"

#include "tests/support/check.h"
#include "tests/support/random.h"

static rlc_day day_of(const char *text)
{
    rlc_day day = RLC_DAY_NONE;

    assert_true(rlc_day_parse(rlc_span_of(text), &day));
    return day;
}

static rlc_ms instant_of(const char *text)
{
    rlc_ms instant = RLC_MS_NONE;

    assert_true(rlc_ms_parse(rlc_span_of(text), &instant));
    return instant;
}

static void assert_day(rlc_day day, const char *text)
{
    char written[RLC_DAY_SIZE];

    assert_int_equal(rlc_day_format(day, written, sizeof(written)), 10);
    assert_string_equal(written, text);
}

static const struct {
    const char *text;
    rlc_day day;
    enum rlc_weekday weekday;
} DAYS[] = {
    { "1970-01-01", 0, RLC_THURSDAY },         { "1969-12-31", -1, RLC_WEDNESDAY },
    { "1900-01-01", RLC_DAY_MIN, RLC_MONDAY }, { "2200-12-31", RLC_DAY_MAX, RLC_WEDNESDAY },
    { "1900-02-28", -25509, RLC_WEDNESDAY },   { "1900-03-01", -25508, RLC_THURSDAY },
    { "2000-02-29", 11016, RLC_TUESDAY },      { "2000-03-01", 11017, RLC_WEDNESDAY },
    { "2024-02-29", 19782, RLC_THURSDAY },     { "2026-03-31", 20543, RLC_TUESDAY },
    { "2100-02-28", 47540, RLC_SUNDAY },       { "2100-03-01", 47541, RLC_MONDAY },
};

static void a_date_is_counted_from_1970_and_has_its_weekday(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(DAYS); i++) {
        assert_int_equal(day_of(DAYS[i].text), DAYS[i].day);
        assert_int_equal(rlc_day_weekday(DAYS[i].day), DAYS[i].weekday);
        assert_day(DAYS[i].day, DAYS[i].text);
    }
}

/* Counts the calendar forward day by day, by the rule one learns at school. */
static void every_day_of_three_centuries_goes_there_and_back(void **state)
{
    static const int32_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    struct rlc_date date = { 1900, 1, 1 };
    enum rlc_weekday weekday = RLC_MONDAY;

    (void)state;
    for (rlc_day day = RLC_DAY_MIN; day <= RLC_DAY_MAX; day++) {
        bool leap = date.year % 400 == 0 || (date.year % 4 == 0 && date.year % 100 != 0);
        struct rlc_date back = rlc_day_date(day);
        rlc_day forth;

        assert_true(rlc_day_from_date(date, &forth));
        assert_int_equal(forth, day);
        assert_memory_equal(&back, &date, sizeof(date));
        assert_int_equal(rlc_day_weekday(day), weekday);

        weekday = weekday == RLC_SUNDAY ? RLC_MONDAY : weekday + 1;
        if (++date.day > lengths[date.month - 1] + (leap && date.month == 2)) {
            date.day = 1;
            date.month = date.month % 12 + 1;
            date.year += date.month == 1;
        }
    }
    assert_int_equal(date.year, 2201);
}

static void days_far_outside_are_still_dates_but_cannot_be_written(void **state)
{
    static const rlc_day far[] = { INT32_MIN, RLC_DAY_MIN - 1, RLC_DAY_MAX + 1, INT32_MAX };
    char text[RLC_DAY_SIZE] = "before";

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(far); i++) {
        struct rlc_date date = rlc_day_date(far[i]);

        assert_in_range(date.month, 1, 12);
        assert_in_range(date.day, 1, 31);
        assert_in_range(rlc_day_weekday(far[i]), RLC_MONDAY, RLC_SUNDAY);
        assert_false(rlc_day_in_range(far[i]));
        assert_int_equal(rlc_day_format(far[i], text, sizeof(text)), 0);
    }
    assert_int_equal(rlc_day_format(0, text, RLC_DAY_SIZE - 1), 0);
    assert_string_equal(text, "before");
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const refused[] = {
        "",           "2026",        "2026-03",     "2026-3-1",
        "26-03-01",   "2026-03-31 ", " 2026-03-31", "2026-03-31T",
        "2026/03/31", "20260331",    "31-03-2026",  "2026-00-10",
        "2026-13-01", "2026-01-00",  "2026-01-32",  "2026-04-31",
        "2025-02-29", "2100-02-29",  "1900-02-29",  "1899-12-31",
        "2201-01-01", "0000-00-00",  "9999-12-31",  "-026-03-31",
        "2026-0a-01", "2026-+1-01",
    };
    rlc_day day = 42;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(refused); i++) {
        assert_false(rlc_day_parse(rlc_span_of(refused[i]), &day));
        assert_int_equal(day, 42);
    }
    assert_false(rlc_day_from_date((struct rlc_date){ INT32_MAX, 1, 1 }, &day));
    assert_false(rlc_day_from_date((struct rlc_date){ INT32_MIN, 12, 31 }, &day));
    assert_false(rlc_day_from_date((struct rlc_date){ 2026, INT32_MIN, 1 }, &day));
}

static const struct {
    const char *text;
    const char *written; /* in UTC */
} INSTANTS[] = {
    { "2026-03-31T22:30:00Z", "2026-03-31T22:30:00.000Z" },
    { "2026-03-31t22:30:00z", "2026-03-31T22:30:00.000Z" },
    { "2026-04-01T00:30:00+02:00", "2026-03-31T22:30:00.000Z" },
    { "2026-03-31T18:30:00-04:00", "2026-03-31T22:30:00.000Z" },
    { "2026-03-31T22:30:00-00:00", "2026-03-31T22:30:00.000Z" },
    { "2026-03-31T22:30:00.5Z", "2026-03-31T22:30:00.500Z" },
    { "2026-03-31T22:30:00.123456789Z", "2026-03-31T22:30:00.123Z" },
    { "2026-03-31T22:30:59.999999Z", "2026-03-31T22:30:59.999Z" },
    { "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z" },
    { "1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000Z" },
    { "2200-12-31T23:59:59.999Z", "2200-12-31T23:59:59.999Z" },
    { "1900-01-01T00:00:00-01:00", "1900-01-01T01:00:00.000Z" },
};

static void an_instant_is_read_with_its_offset_and_written_in_utc(void **state)
{
    char written[RLC_MS_SIZE];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(INSTANTS); i++) {
        rlc_ms instant = instant_of(INSTANTS[i].text);

        assert_int_equal(rlc_ms_format(instant, written, sizeof(written)), 24);
        assert_string_equal(written, INSTANTS[i].written);
        assert_true(instant_of(written) == instant);
    }
    assert_true(instant_of("1970-01-01T00:00:00.001Z") == 1);
    assert_true(instant_of("2026-03-31T22:30:00Z") == INT64_C(1774996200000));
}

static void what_is_no_instant_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "2026-03-31",
        "2026-03-31T",
        "2026-03-31T22:30:00",
        "2026-03-31T22:30Z",
        "2026-03-31 22:30:00Z",
        "2026-03-31T24:00:00Z",
        "2026-03-31T22:60:00Z",
        "2026-03-31T22:30:60Z",
        "2026-06-30T23:59:60Z",
        "2026-03-31T22:30:00.Z",
        "2026-03-31T22:30:00.0000000001Z",
        "2026-03-31T22:30:00,5Z",
        "2026-03-31T22:30:00ZZ",
        "2026-03-31T22:30:00+0200",
        "2026-03-31T22:30:00+02",
        "2026-03-31T22:30:00+24:00",
        "2026-03-31T22:30:00+02:60",
        "2026-03-31T22:30:00 +02:00",
        "2026-02-29T22:30:00Z",
        "1900-01-01T00:00:00+01:00",
        "2200-12-31T23:59:59-01:00",
        "1774996200000",
    };
    rlc_ms instant = 42;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(refused); i++) {
        assert_false(rlc_ms_parse(rlc_span_of(refused[i]), &instant));
        assert_int_equal(instant, 42);
    }
}

static void an_instant_out_of_range_cannot_be_written(void **state)
{
    char text[RLC_MS_SIZE] = "before";

    (void)state;
    assert_int_equal(rlc_ms_format(INT64_MIN, text, sizeof(text)), 0);
    assert_int_equal(rlc_ms_format(INT64_MAX, text, sizeof(text)), 0);
    assert_int_equal(rlc_ms_format(RLC_DAY_MIN * RLC_DAY_MS - 1, text, sizeof(text)), 0);
    assert_int_equal(rlc_ms_format(0, text, sizeof(text) - 1), 0);
    assert_string_equal(text, "before");
}

static void any_instant_survives_writing_and_reading(void **state)
{
    uint64_t span_ms = (uint64_t)(RLC_DAY_MAX - RLC_DAY_MIN + 1) * (uint64_t)RLC_DAY_MS;
    struct random random = { 3 };
    char text[RLC_MS_SIZE];

    (void)state;
    for (int i = 0; i < 100000; i++) {
        rlc_ms instant = RLC_DAY_MIN * RLC_DAY_MS + (rlc_ms)random_below(&random, span_ms);

        assert_int_equal(rlc_ms_format(instant, text, sizeof(text)), 24);
        assert_true(instant_of(text) == instant);
    }
}

static const struct {
    const char *start;
    int32_t months;
    const char *end;
} MONTHS[] = {
    { "2026-10-15", 1, "2026-11-15" },  { "2026-12-31", 2, "2027-02-28" },
    { "2023-12-31", 2, "2024-02-29" },  { "2026-01-31", 1, "2026-02-28" },
    { "2026-02-28", 1, "2026-03-28" },  { "2024-02-29", 12, "2025-02-28" },
    { "2024-02-29", 48, "2028-02-29" }, { "2026-03-31", -1, "2026-02-28" },
    { "2026-01-15", -1, "2025-12-15" }, { "2026-05-31", 0, "2026-05-31" },
    { "2026-12-01", 1, "2027-01-01" },  { "1970-01-31", -2, "1969-11-30" },
    { "2026-08-31", 60, "2031-08-31" },
};

static void months_end_on_the_same_number_or_on_the_last_day(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(MONTHS); i++) {
        rlc_day end;

        assert_true(rlc_day_add_months(day_of(MONTHS[i].start), MONTHS[i].months, &end));
        assert_day(end, MONTHS[i].end);
    }
}

static void a_sum_outside_the_calendar_is_no_date(void **state)
{
    rlc_day day = 42;

    (void)state;
    assert_false(rlc_day_add_days(RLC_DAY_MAX, 1, &day));
    assert_false(rlc_day_add_days(RLC_DAY_MIN, -1, &day));
    assert_false(rlc_day_add_days(INT32_MAX, INT32_MAX, &day));
    assert_false(rlc_day_add_months(RLC_DAY_MAX, 1, &day));
    assert_false(rlc_day_add_months(RLC_DAY_MIN, -1, &day));
    assert_false(rlc_day_add_months(INT32_MAX, INT32_MAX, &day));
    assert_false(rlc_day_add_months(INT32_MIN, INT32_MIN, &day));
    assert_int_equal(day, 42);
    assert_true(rlc_day_add_days(RLC_DAY_MIN, RLC_DAY_MAX - RLC_DAY_MIN, &day));
    assert_int_equal(day, RLC_DAY_MAX);
    assert_true(rlc_day_add_days(RLC_DAY_MAX, RLC_DAY_MIN - RLC_DAY_MAX, &day));
    assert_int_equal(day, RLC_DAY_MIN);
}

/* The French public holidays of Code du travail L3133-1. */
static const char *const FRENCH_HOLIDAYS[] = {
    "2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25",
    "2026-07-14", "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-25", "2027-01-01",
    "2027-03-29", "2027-05-01", "2027-05-06", "2027-05-08", "2027-05-17", "2027-07-14",
    "2027-08-15", "2027-11-01", "2027-11-11", "2027-12-25",
};

static rlc_day french_days[RLC_COUNT(FRENCH_HOLIDAYS)];

static struct rlc_calendar french_calendar(void)
{
    for (size_t i = 0; i < RLC_COUNT(FRENCH_HOLIDAYS); i++)
        french_days[i] = day_of(FRENCH_HOLIDAYS[i]);
    return (struct rlc_calendar){ french_days, RLC_COUNT(french_days),
                                  RLC_WEEKEND_SATURDAY_SUNDAY };
}

static void weekends_and_holidays_are_no_business_days(void **state)
{
    static const char *const off[] = { "2026-01-01", "2026-05-14", "2026-07-14",
                                       "2027-12-25", "2026-08-16", "2026-08-22" };
    static const char *const on[] = { "2026-01-02", "2026-05-15", "2026-12-24", "2027-12-27",
                                      "2026-12-28" };
    struct rlc_calendar calendar = french_calendar();

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(off); i++)
        assert_false(rlc_is_business_day(&calendar, day_of(off[i])));
    for (size_t i = 0; i < RLC_COUNT(on); i++)
        assert_true(rlc_is_business_day(&calendar, day_of(on[i])));
}

/* Deadlines by CPC 641 and 642: the day of the trigger does not count; months end on the same
 * number or on the last day; Saturday, Sunday and holiday extend to the next working day. */
static const struct {
    const char *law;
    const char *start;
    int32_t months;
    int32_t days;
    const char *raw_end;
    const char *end;
} DEADLINES[] = {
    { "CPC 1411 former", "2026-08-20", 6, 0, "2027-02-20", "2027-02-22" },
    { "CPC 1411", "2026-09-03", 3, 0, "2026-12-03", "2026-12-03" },
    { "CPC 1416", "2026-10-15", 1, 0, "2026-11-15", "2026-11-16" },
    { "decree 2026-96", "2026-10-15", 2, 0, "2026-12-15", "2026-12-15" },
    { "CPCE R523-3", "2026-10-05", 0, 8, "2026-10-13", "2026-10-13" },
    { "CPCE R511-7", "2026-10-05", 1, 0, "2026-11-05", "2026-11-05" },
    { "CPCE R511-6", "2026-07-31", 3, 0, "2026-10-31", "2026-11-02" },
    { "C. com. R622-24", "2026-09-10", 2, 0, "2026-11-10", "2026-11-10" },
    { "C. com. R622-24 al. 2", "2026-09-10", 4, 0, "2027-01-10", "2027-01-11" },
    { "C. com. L622-26", "2026-09-10", 6, 0, "2027-03-10", "2027-03-10" },
    { "C. com. L624-9", "2026-09-10", 3, 0, "2026-12-10", "2026-12-10" },
    { "CPC 641 al. 2", "2026-12-31", 2, 0, "2027-02-28", "2027-03-01" },
    { "CPCE L125-1", "2026-04-01", 1, 0, "2026-05-01", "2026-05-04" },
    { "CPCE R53-3", "2026-05-04", 0, 15, "2026-05-19", "2026-05-19" },
    { "CPC 642", "2026-05-06", 0, 8, "2026-05-14", "2026-05-15" },
};

static void a_legal_deadline_ends_on_a_working_day(void **state)
{
    struct rlc_calendar calendar = french_calendar();

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(DEADLINES); i++) {
        rlc_day end = day_of(DEADLINES[i].start);

        assert_true(rlc_day_add_months(end, DEADLINES[i].months, &end));
        assert_true(rlc_day_add_days(end, DEADLINES[i].days, &end));
        assert_day(end, DEADLINES[i].raw_end);
        assert_true(rlc_next_business_day(&calendar, end, &end));
        assert_day(end, DEADLINES[i].end);
    }
}

static const struct {
    const char *start;
    int32_t count;
    const char *end;
} BUSINESS_DAYS[] = {
    { "2026-05-06", 1, "2026-05-07" }, /* Wednesday */
    { "2026-05-07", 1, "2026-05-11" }, /* over 8 May and a weekend */
    { "2026-05-13", 1, "2026-05-15" }, /* over Ascension */
    { "2026-05-06", 5, "2026-05-15" },
    { "2026-05-09", 1, "2026-05-11" },  /* from a Saturday */
    { "2026-05-09", -1, "2026-05-07" }, /* back over 8 May */
    { "2026-05-15", -5, "2026-05-06" },
    { "2026-11-16", -5, "2026-11-06" }, /* the alarm before an opposition ends: over 11 November */
    { "2026-12-24", 2, "2026-12-29" },
    { "2026-12-31", 1, "2027-01-04" },
    { "2026-05-09", 0, "2026-05-09" }, /* none to count: the day itself */
};

static void business_days_are_counted_over_weekends_and_holidays(void **state)
{
    struct rlc_calendar calendar = french_calendar();

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(BUSINESS_DAYS); i++) {
        rlc_day end;

        assert_true(rlc_add_business_days(&calendar, day_of(BUSINESS_DAYS[i].start),
                                          BUSINESS_DAYS[i].count, &end));
        assert_day(end, BUSINESS_DAYS[i].end);
    }
}

static void going_forth_and_back_over_business_days_ends_where_it_began(void **state)
{
    struct rlc_calendar calendar = french_calendar();
    struct random random = { 11 };

    (void)state;
    for (int i = 0; i < 2000; i++) {
        rlc_day start = day_of("2026-01-01") + (rlc_day)random_below(&random, 600);
        int32_t count = (int32_t)random_below(&random, 40);
        rlc_day end;

        assert_true(rlc_next_business_day(&calendar, start, &start));
        assert_true(rlc_add_business_days(&calendar, start, count, &end));
        assert_true(rlc_is_business_day(&calendar, end));
        assert_true(rlc_add_business_days(&calendar, end, -count, &end));
        assert_int_equal(end, start);
    }
}

static void an_empty_calendar_has_only_business_days(void **state)
{
    struct rlc_calendar calendar = { 0 };
    rlc_day day;

    (void)state;
    assert_true(rlc_calendar_valid(&calendar));
    assert_true(rlc_add_business_days(&calendar, day_of("2026-12-24"), 7, &day));
    assert_day(day, "2026-12-31");
}

static void a_friday_and_saturday_weekend_is_a_weekend_too(void **state)
{
    struct rlc_calendar calendar = {
        .weekend_mask = RLC_WEEKDAY_BIT(RLC_FRIDAY) | RLC_WEEKDAY_BIT(RLC_SATURDAY),
    };
    rlc_day day;

    (void)state;
    assert_true(rlc_next_business_day(&calendar, day_of("2026-05-15"), &day));
    assert_day(day, "2026-05-17");
}

static void a_search_for_a_business_day_ends_at_the_end_of_the_calendar(void **state)
{
    struct rlc_calendar never = { .weekend_mask = 0x7f };
    struct rlc_calendar calendar = french_calendar();
    rlc_day day = 42;

    (void)state;
    assert_false(rlc_next_business_day(&never, 0, &day));
    assert_false(rlc_add_business_days(&never, 0, -1, &day));
    assert_false(rlc_add_business_days(&calendar, RLC_DAY_MAX, 1, &day));
    assert_false(rlc_add_business_days(&calendar, RLC_DAY_MAX + 1, 0, &day));
    assert_false(rlc_add_business_days(&calendar, 0, INT32_MIN, &day));
    assert_false(rlc_next_business_day(&calendar, RLC_DAY_MIN - 1, &day));
    assert_int_equal(day, 42);
}

static void a_broken_calendar_is_recognised(void **state)
{
    static const rlc_day unordered[] = { 20, 10 };
    static const rlc_day twice[] = { 10, 10 };
    static const rlc_day outside[] = { 10, RLC_DAY_MAX + 1 };
    static const rlc_day before[] = { RLC_DAY_MIN - 1 };
    struct rlc_calendar good = french_calendar();

    (void)state;
    assert_true(rlc_calendar_valid(&good));
    assert_false(rlc_calendar_valid(&(struct rlc_calendar){ unordered, 2, 0 }));
    assert_false(rlc_calendar_valid(&(struct rlc_calendar){ twice, 2, 0 }));
    assert_false(rlc_calendar_valid(&(struct rlc_calendar){ outside, 2, 0 }));
    assert_false(rlc_calendar_valid(&(struct rlc_calendar){ before, 1, 0 }));
    assert_false(rlc_calendar_valid(&(struct rlc_calendar){ NULL, 1, 0 }));
    assert_false(rlc_calendar_valid(&(struct rlc_calendar){ .weekend_mask = 0x7f }));
    assert_false(rlc_calendar_valid(&(struct rlc_calendar){ .weekend_mask = 0x80 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_is_counted_from_1970_and_has_its_weekday),
        cmocka_unit_test(every_day_of_three_centuries_goes_there_and_back),
        cmocka_unit_test(days_far_outside_are_still_dates_but_cannot_be_written),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(an_instant_is_read_with_its_offset_and_written_in_utc),
        cmocka_unit_test(what_is_no_instant_is_refused),
        cmocka_unit_test(an_instant_out_of_range_cannot_be_written),
        cmocka_unit_test(any_instant_survives_writing_and_reading),
        cmocka_unit_test(months_end_on_the_same_number_or_on_the_last_day),
        cmocka_unit_test(a_sum_outside_the_calendar_is_no_date),
        cmocka_unit_test(weekends_and_holidays_are_no_business_days),
        cmocka_unit_test(a_legal_deadline_ends_on_a_working_day),
        cmocka_unit_test(business_days_are_counted_over_weekends_and_holidays),
        cmocka_unit_test(going_forth_and_back_over_business_days_ends_where_it_began),
        cmocka_unit_test(an_empty_calendar_has_only_business_days),
        cmocka_unit_test(a_friday_and_saturday_weekend_is_a_weekend_too),
        cmocka_unit_test(a_search_for_a_business_day_ends_at_the_end_of_the_calendar),
        cmocka_unit_test(a_broken_calendar_is_recognised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
