/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/zone.h"

#include "common/pure/calendar.h"
#include "tests/support/check.h"

#define HOUR_S 3600

/* Directive 2000/84/EC: the last Sundays of March and October at 01:00 UTC. */
static const rlc_ms PARIS_MS[] = {
    INT64_C(1743296400000), /* 2025-03-30T01:00Z */
    INT64_C(1761440400000), /* 2025-10-26T01:00Z */
    INT64_C(1774746000000), /* 2026-03-29T01:00Z */
    INT64_C(1792890000000), /* 2026-10-25T01:00Z */
};
static const int32_t PARIS_S[] = { 2 * HOUR_S, HOUR_S, 2 * HOUR_S, HOUR_S };
static const struct rlc_zone PARIS = { PARIS_MS, PARIS_S, 4, HOUR_S };

/* 15 U.S.C. 260a: the second Sunday of March and the first of November at 02:00 of the clocks. */
static const rlc_ms NEW_YORK_MS[] = {
    INT64_C(1741503600000), /* 2025-03-09T07:00Z */
    INT64_C(1762063200000), /* 2025-11-02T06:00Z */
    INT64_C(1772953200000), /* 2026-03-08T07:00Z */
    INT64_C(1793512800000), /* 2026-11-01T06:00Z */
};
static const int32_t NEW_YORK_S[] = { -4 * HOUR_S, -5 * HOUR_S, -4 * HOUR_S, -5 * HOUR_S };
static const struct rlc_zone NEW_YORK = { NEW_YORK_MS, NEW_YORK_S, 4, -5 * HOUR_S };

/* Samoa went over the date line: there was no 30 December 2011. */
static const rlc_ms APIA_MS[] = { INT64_C(1325239200000) /* 2011-12-30T10:00Z */ };
static const int32_t APIA_S[] = { 14 * HOUR_S };
static const struct rlc_zone APIA = { APIA_MS, APIA_S, 1, -10 * HOUR_S };

static const struct rlc_zone UTC = { NULL, NULL, 0, 0 };

static rlc_ms instant_of(const char *text)
{
    rlc_ms instant = RLC_MS_NONE;

    assert_true(rlc_ms_parse(rlc_span_of(text), &instant));
    return instant;
}

static rlc_day day_of(const char *text)
{
    rlc_day day = RLC_DAY_NONE;

    assert_true(rlc_day_parse(rlc_span_of(text), &day));
    return day;
}

static const struct {
    const struct rlc_zone *zone;
    const char *instant;
    const char *day;
    int32_t hour;
    int32_t minute;
} CLOCKS[] = {
    { &UTC, "2026-03-31T22:30:00Z", "2026-03-31", 22, 30 },
    { &UTC, "1969-12-31T23:59:59.999Z", "1969-12-31", 23, 59 },
    /* A payment of 31 March in UTC is one of 1 April in Paris. */
    { &PARIS, "2026-03-31T22:30:00Z", "2026-04-01", 0, 30 },
    { &PARIS, "2026-01-31T22:30:00Z", "2026-01-31", 23, 30 },
    { &PARIS, "2026-01-31T23:00:00Z", "2026-02-01", 0, 0 },
    { &PARIS, "2026-03-29T00:59:59.999Z", "2026-03-29", 1, 59 },
    { &PARIS, "2026-03-29T01:00:00Z", "2026-03-29", 3, 0 },
    { &PARIS, "2026-10-25T00:59:59Z", "2026-10-25", 2, 59 },
    { &PARIS, "2026-10-25T01:00:00Z", "2026-10-25", 2, 0 },
    { &PARIS, "2024-07-01T12:00:00Z", "2024-07-01", 13,
      0 }, /* before the table: its first offset */
    { &PARIS, "2030-07-01T12:00:00Z", "2030-07-01", 13, 0 }, /* after the table: its last offset */
    { &NEW_YORK, "2026-03-08T06:59:00Z", "2026-03-08", 1, 59 },
    { &NEW_YORK, "2026-03-08T07:00:00Z", "2026-03-08", 3, 0 },
    { &NEW_YORK, "2026-11-01T05:59:00Z", "2026-11-01", 1, 59 },
    { &NEW_YORK, "2026-11-01T06:00:00Z", "2026-11-01", 1, 0 },
    { &NEW_YORK, "2026-04-01T03:59:00Z", "2026-03-31", 23, 59 },
    { &APIA, "2011-12-30T09:59:00Z", "2011-12-29", 23, 59 },
    { &APIA, "2011-12-30T10:00:00Z", "2011-12-31", 0, 0 },
};

static void an_instant_has_a_civil_date_and_time_in_each_zone(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CLOCKS); i++) {
        rlc_ms instant = instant_of(CLOCKS[i].instant);

        assert_int_equal(rlc_zone_day(CLOCKS[i].zone, instant), day_of(CLOCKS[i].day));
        assert_int_equal(rlc_zone_minute_of_day(CLOCKS[i].zone, instant),
                         CLOCKS[i].hour * 60 + CLOCKS[i].minute);
    }
}

static void the_offset_changes_exactly_at_the_transition(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARIS.count; i++) {
        int32_t before = i == 0 ? PARIS.first_offset_s : PARIS_S[i - 1];

        assert_int_equal(rlc_zone_offset_at(&PARIS, PARIS_MS[i] - 1), before);
        assert_int_equal(rlc_zone_offset_at(&PARIS, PARIS_MS[i]), PARIS_S[i]);
    }
    assert_int_equal(rlc_zone_offset_at(&UTC, 0), 0);
    assert_int_equal(rlc_zone_offset_at(&PARIS, INT64_MIN), HOUR_S);
    assert_int_equal(rlc_zone_offset_at(&PARIS, INT64_MAX), HOUR_S);
}

static const struct {
    const struct rlc_zone *zone;
    const char *day;
    int32_t hour;
    int32_t minute;
    const char *instant;
} INSTANTS[] = {
    { &UTC, "2026-05-01", 10, 0, "2026-05-01T10:00:00Z" },
    { &PARIS, "2026-01-15", 10, 0, "2026-01-15T09:00:00Z" },
    { &PARIS, "2026-07-15", 10, 0, "2026-07-15T08:00:00Z" },
    { &PARIS, "2026-04-01", 0, 0, "2026-03-31T22:00:00Z" },
    { &PARIS, "2026-03-31", 24, 0, "2026-03-31T22:00:00Z" },
    { &PARIS, "2026-03-29", 1, 59, "2026-03-29T00:59:00Z" },
    { &PARIS, "2026-03-29", 2, 0, "2026-03-29T01:00:00Z" },  /* in the gap */
    { &PARIS, "2026-03-29", 2, 30, "2026-03-29T01:00:00Z" }, /* in the gap */
    { &PARIS, "2026-03-29", 3, 0, "2026-03-29T01:00:00Z" },
    { &PARIS, "2026-10-25", 1, 59, "2026-10-24T23:59:00Z" },
    { &PARIS, "2026-10-25", 2, 30, "2026-10-25T00:30:00Z" }, /* shown twice: the earlier */
    { &PARIS, "2026-10-25", 2, 59, "2026-10-25T00:59:00Z" }, /* shown twice: the earlier */
    { &PARIS, "2026-10-25", 3, 0, "2026-10-25T02:00:00Z" },
    { &NEW_YORK, "2026-03-08", 2, 30, "2026-03-08T07:00:00Z" }, /* in the gap */
    { &NEW_YORK, "2026-11-01", 1, 30, "2026-11-01T05:30:00Z" }, /* shown twice: the earlier */
    { &NEW_YORK, "2026-11-01", 2, 0, "2026-11-01T07:00:00Z" },
    { &NEW_YORK, "2026-12-31", 24, 0, "2027-01-01T05:00:00Z" },
    { &APIA, "2011-12-30", 12, 0, "2011-12-30T10:00:00Z" }, /* a day that never was */
    { &APIA, "2011-12-31", 10, 0, "2011-12-30T20:00:00Z" },
};

static void a_civil_time_has_one_instant_also_when_clocks_jump(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(INSTANTS); i++) {
        int32_t minute = INSTANTS[i].hour * 60 + INSTANTS[i].minute;

        assert_true(rlc_zone_instant(INSTANTS[i].zone, day_of(INSTANTS[i].day), minute) ==
                    instant_of(INSTANTS[i].instant));
    }
}

/* Every quarter of an hour of two years: the instant found shows the time asked for, or, inside a
 * gap, is the first that shows a later one; and no earlier instant would do. */
static void assert_instants_are_the_first(const struct rlc_zone *zone)
{
    rlc_ms previous = INT64_MIN;

    for (rlc_day day = day_of("2025-01-01"); day <= day_of("2026-12-31"); day++) {
        for (int32_t minute = 0; minute < RLC_MINUTES_PER_DAY; minute += 15) {
            rlc_ms instant = rlc_zone_instant(zone, day, minute);
            int64_t asked = (int64_t)day * RLC_MINUTES_PER_DAY + minute;
            int64_t shown = (int64_t)rlc_zone_day(zone, instant) * RLC_MINUTES_PER_DAY +
                            rlc_zone_minute_of_day(zone, instant);
            int64_t shown_before = (int64_t)rlc_zone_day(zone, instant - 1) * RLC_MINUTES_PER_DAY +
                                   rlc_zone_minute_of_day(zone, instant - 1);

            assert_true(shown >= asked && shown <= asked + 60);
            assert_true(shown_before < asked);
            assert_true(instant >= previous);
            previous = instant;
        }
    }
}

static void the_instant_of_a_civil_time_is_the_first_that_shows_it(void **state)
{
    (void)state;
    assert_instants_are_the_first(&UTC);
    assert_instants_are_the_first(&PARIS);
    assert_instants_are_the_first(&NEW_YORK);
}

static void a_broken_table_is_recognised(void **state)
{
    static const rlc_ms unordered[] = { 2, 1 };
    static const rlc_ms twice[] = { 1, 1 };
    static const rlc_ms ordered[] = { 1, 2 };
    static const int32_t offsets[] = { 0, HOUR_S };
    static const int32_t widest[] = { 16 * HOUR_S, -16 * HOUR_S };
    static const int32_t absurd[] = { 16 * HOUR_S + 1, 0 };

    (void)state;
    assert_true(rlc_zone_valid(&UTC));
    assert_true(rlc_zone_valid(&PARIS));
    assert_true(rlc_zone_valid(&(struct rlc_zone){ ordered, offsets, 2, 0 }));
    assert_true(rlc_zone_valid(&(struct rlc_zone){ ordered, widest, 2, 16 * HOUR_S }));
    assert_true(rlc_zone_valid(&(struct rlc_zone){ ordered, widest, 2, -16 * HOUR_S }));
    assert_false(rlc_zone_valid(&(struct rlc_zone){ ordered, absurd, 1, 0 }));
    assert_false(rlc_zone_valid(&(struct rlc_zone){ NULL, offsets, 1, 0 }));
    assert_false(rlc_zone_valid(&(struct rlc_zone){ unordered, offsets, 2, 0 }));
    assert_false(rlc_zone_valid(&(struct rlc_zone){ twice, offsets, 2, 0 }));
    assert_false(rlc_zone_valid(&(struct rlc_zone){ ordered, absurd, 2, 0 }));
    assert_false(rlc_zone_valid(&(struct rlc_zone){ ordered, offsets, 2, -17 * HOUR_S }));
    assert_false(rlc_zone_valid(&(struct rlc_zone){ NULL, offsets, 2, 0 }));
    assert_false(rlc_zone_valid(&(struct rlc_zone){ ordered, NULL, 2, 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instant_has_a_civil_date_and_time_in_each_zone),
        cmocka_unit_test(the_offset_changes_exactly_at_the_transition),
        cmocka_unit_test(a_civil_time_has_one_instant_also_when_clocks_jump),
        cmocka_unit_test(the_instant_of_a_civil_time_is_the_first_that_shows_it),
        cmocka_unit_test(a_broken_table_is_recognised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
