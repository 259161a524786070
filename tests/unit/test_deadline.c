/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/deadline.h"

#include "tests/support/check.h"

static rlc_day day_of(const char *text)
{
    rlc_day day = RLC_DAY_NONE;

    assert_true(rlc_day_parse(rlc_span_of(text), &day));
    return day;
}

static void assert_day(rlc_day day, const char *text)
{
    char written[RLC_DAY_SIZE];

    assert_int_equal(rlc_day_format(day, written, sizeof(written)), 10);
    assert_string_equal(written, text);
}

/* French holidays on which a deadline of this file ends, or next to one. */
static const char *const HOLIDAYS[] = { "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25",
                                        "2026-11-01", "2026-11-11", "2027-01-01", "2027-03-29" };

static struct rlc_calendar calendar(void)
{
    static rlc_day day[RLC_COUNT(HOLIDAYS)];

    for (size_t i = 0; i < RLC_COUNT(HOLIDAYS); i++)
        day[i] = day_of(HOLIDAYS[i]);
    return (struct rlc_calendar){ .holiday = day,
                                  .holiday_count = RLC_COUNT(HOLIDAYS),
                                  .weekend_mask = RLC_WEEKEND_SATURDAY_SUNDAY };
}

struct vector {
    const char *start;
    int32_t count;
    enum rlc_deadline_unit unit;
    const char *raw;
    const char *end;
};

static const struct vector VECTORS[] = {
    { "2026-08-20", 6, RLC_DEADLINE_MONTHS, "2027-02-20", "2027-02-22" }, /* CPC 1411, old */
    { "2026-09-03", 3, RLC_DEADLINE_MONTHS, "2026-12-03", "2026-12-03" }, /* CPC 1411, new */
    { "2026-10-15", 1, RLC_DEADLINE_MONTHS, "2026-11-15", "2026-11-16" }, /* CPC 1416 */
    { "2026-10-15", 2, RLC_DEADLINE_MONTHS, "2026-12-15", "2026-12-15" },
    { "2026-10-05", 8, RLC_DEADLINE_DAYS, "2026-10-13", "2026-10-13" },   /* CPCE R523-3 */
    { "2026-10-05", 1, RLC_DEADLINE_MONTHS, "2026-11-05", "2026-11-05" }, /* CPCE R511-7 */
    { "2026-07-31", 3, RLC_DEADLINE_MONTHS, "2026-10-31", "2026-11-02" }, /* CPCE R511-6 */
    { "2026-09-10", 2, RLC_DEADLINE_MONTHS, "2026-11-10", "2026-11-10" }, /* C. com. R622-24 */
    { "2026-09-10", 4, RLC_DEADLINE_MONTHS, "2027-01-10", "2027-01-11" },
    { "2026-09-10", 6, RLC_DEADLINE_MONTHS, "2027-03-10", "2027-03-10" },
    { "2026-12-31", 2, RLC_DEADLINE_MONTHS, "2027-02-28", "2027-03-01" }, /* no such day */
    { "2026-04-01", 1, RLC_DEADLINE_MONTHS, "2026-05-01", "2026-05-04" }, /* holiday, a Friday */
    { "2026-05-04", 15, RLC_DEADLINE_DAYS, "2026-05-19", "2026-05-19" },
    { "2026-05-06", 8, RLC_DEADLINE_DAYS, "2026-05-14", "2026-05-15" }, /* Ascension */
    { "2024-02-29", 1, RLC_DEADLINE_YEARS, "2025-02-28", "2025-02-28" },
    { "2026-03-02", 10, RLC_DEADLINE_YEARS, "2036-03-02", "2036-03-03" },
};

static struct rlc_deadline deadline_of(const struct vector *vector, bool extends)
{
    struct rlc_deadline_rule rule = { .count = vector->count,
                                      .unit = vector->unit,
                                      .extends = extends };
    struct rlc_calendar holidays = calendar();
    struct rlc_deadline deadline;

    assert_true(rlc_deadline_of(&rule, &holidays, day_of(vector->start), &deadline));
    return deadline;
}

static void a_deadline_ends_where_the_code_of_procedure_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(VECTORS); i++) {
        struct rlc_deadline deadline = deadline_of(&VECTORS[i], true);

        assert_day(deadline.raw_on, VECTORS[i].raw);
        assert_day(deadline.end_on, VECTORS[i].end);
    }
}

static void a_deadline_that_does_not_extend_ends_on_a_sunday_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(VECTORS); i++)
        assert_day(deadline_of(&VECTORS[i], false).end_on, VECTORS[i].raw);
}

static void a_deadline_beyond_the_calendar_is_refused(void **state)
{
    struct rlc_deadline_rule rule = { .count = 1, .unit = RLC_DEADLINE_DAYS };
    struct rlc_calendar holidays = calendar();
    struct rlc_deadline deadline = { .raw_on = 7 };

    (void)state;
    assert_false(rlc_deadline_of(&rule, &holidays, RLC_DAY_MAX, &deadline));
    assert_int_equal(deadline.raw_on, 7);
}

/* ---- which law ---- */

static void an_act_keeps_the_law_of_its_day(void **state)
{
    const struct rlc_deadline_rule rules[] = {
        { .code = rlc_span_of("IP_SERVICE"),
          .from_on = day_of("2026-09-01"),
          .until_on = RLC_DAY_MAX,
          .count = 3,
          .unit = RLC_DEADLINE_MONTHS },
        { .code = rlc_span_of("IP_SERVICE"),
          .from_on = day_of("2022-03-01"),
          .until_on = day_of("2026-08-31"),
          .count = 6,
          .unit = RLC_DEADLINE_MONTHS },
        { .code = rlc_span_of("IP_OPPOSITION"),
          .from_on = RLC_DAY_MIN,
          .until_on = RLC_DAY_MAX,
          .count = 1,
          .unit = RLC_DEADLINE_MONTHS },
    };
    const struct rlc_deadline_rule *found;
    static const struct {
        const char *act;
        int32_t months; /* 0: no rule */
    } ACTS[] = { { "2026-08-31", 6 },
                 { "2026-09-01", 3 },
                 { "2022-03-01", 6 },
                 { "2022-02-28", 0 },
                 { "2060-01-01", 3 } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ACTS); i++) {
        found = rlc_deadline_rule(rules, RLC_COUNT(rules), rlc_span_of("IP_SERVICE"),
                                  day_of(ACTS[i].act));
        assert_int_equal(found ? found->count : 0, ACTS[i].months);
    }
    found = rlc_deadline_rule(rules, RLC_COUNT(rules), rlc_span_of("IP_OPPOSITION"), RLC_DAY_MIN);
    assert_ptr_equal(found, &rules[2]);
    assert_null(rlc_deadline_rule(rules, RLC_COUNT(rules), rlc_span_of("IP"), 20000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_ends_where_the_code_of_procedure_says),
        cmocka_unit_test(a_deadline_that_does_not_extend_ends_on_a_sunday_too),
        cmocka_unit_test(a_deadline_beyond_the_calendar_is_refused),
        cmocka_unit_test(an_act_keeps_the_law_of_its_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
