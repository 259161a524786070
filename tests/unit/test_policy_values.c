/* SPDX-License-Identifier: Apache-2.0 */
/* Each type of value at its bounds, and the tables of a bundle line by line. */
#include "common/policy/keys.h"

#include <string.h>

#include "common/policy/layout.h"
#include "common/policy/posix_tz.h"
#include "common/policy/problems.h"
#include "common/policy/tables.h"
#include "common/policy/yaml.h"
#include "common/pure/nearest.h"
#include "common/wire/vocabulary.h"

#include "tests/support/check.h"

static struct rlc_problems problems;
static uint8_t memory[1 << 20];
static struct rlc_arena arena;

static struct rlc_reading fresh(void)
{
    memset(&problems, 0, sizeof(problems));
    rlc_arena_init(&arena, memory, sizeof(memory));
    return (struct rlc_reading){ .path = rlc_span_of("f"), .arena = &arena, .problems = &problems };
}

#define REFUSED INT64_MIN
#define TAKEN   INT64_C(1)

static const char *const COLOURS[] = { "red", "green", NULL };

static const struct rlc_policy_key NAME = { .name = "name", .type = RLC_POLICY_NAME };
static const struct rlc_policy_key ID = { .name = "id", .type = RLC_POLICY_ID };
static const struct rlc_policy_key ZONE = { .name = "zone", .type = RLC_POLICY_ZONE };
static const struct rlc_policy_key LANGUAGE = { .name = "language", .type = RLC_POLICY_LANGUAGE };
static const struct rlc_policy_key EMAIL = { .name = "email", .type = RLC_POLICY_EMAIL };
static const struct rlc_policy_key SENTENCE = {
    .name = "title", .type = RLC_POLICY_SENTENCE, .min = 1, .max = 5
};
static const struct rlc_policy_key INTEGER = {
    .name = "count", .type = RLC_POLICY_INTEGER, .min = -3, .max = 31
};
static const struct rlc_policy_key OFFSET = {
    .name = "offset", .type = RLC_POLICY_OFFSET, .min = -365, .max = 3650
};
static const struct rlc_policy_key TIME = {
    .name = "at", .type = RLC_POLICY_TIME, .min = 0, .max = 1439
};
static const struct rlc_policy_key UNTIL = {
    .name = "to", .type = RLC_POLICY_TIME, .min = 1, .max = 1440
};
static const struct rlc_policy_key MINUTES = {
    .name = "wait", .type = RLC_POLICY_MINUTES, .min = 1, .max = 2880
};
static const struct rlc_policy_key PERCENT = { .name = "share", .type = RLC_POLICY_PERCENT };
static const struct rlc_policy_key BOOLEAN = { .name = "yes", .type = RLC_POLICY_BOOLEAN };
static const struct rlc_policy_key CHOICE = { .name = "colour",
                                              .type = RLC_POLICY_CHOICE,
                                              .choices = COLOURS };
static const struct rlc_policy_key WORD = { .name = "tone",
                                            .type = RLC_POLICY_WORD,
                                            .vocabulary = RLC_VOCABULARY_TONE };

/* A value of 64 and one of 65 characters. */
#define TEN   "abcdefghij"
#define SIXTY TEN TEN TEN TEN TEN TEN

static const struct {
    const struct rlc_policy_key *key;
    const char *text;
    int64_t value; /* REFUSED; TAKEN for texts */
} VALUES[] = {
    { &NAME, "a", TAKEN },
    { &NAME, "A.b_c-9Z", TAKEN },
    { &NAME, SIXTY "abcd", TAKEN },
    { &NAME, SIXTY "abcde", REFUSED },
    { &NAME, "", REFUSED },
    { &NAME, "a b", REFUSED },
    { &NAME, "a/b", REFUSED },
    { &NAME, "\xc3\xa9", REFUSED },
    { &ID, "U001 / 7", TAKEN },
    { &ID, "a|b", REFUSED },
    { &ZONE, "America/Argentina/Buenos_Aires", TAKEN },
    { &ZONE, "Etc/GMT+1", TAKEN },
    { &ZONE, "Europe Paris", REFUSED },
    { &LANGUAGE, "fr", TAKEN },
    { &LANGUAGE, "az", TAKEN },
    { &LANGUAGE, "za", TAKEN },
    { &LANGUAGE, "FR", REFUSED },
    { &LANGUAGE, "fra", REFUSED },
    { &LANGUAGE, "f`", REFUSED },
    { &LANGUAGE, "{r", REFUSED },
    { &EMAIL, "a@b.example", TAKEN },
    { &EMAIL, "a@b", REFUSED },
    { &SENTENCE, "12345", TAKEN },
    { &SENTENCE, "123456", REFUSED },
    { &SENTENCE, "", REFUSED },
    { &SENTENCE, "a\tb", REFUSED },
    { &INTEGER, "-3", -3 },
    { &INTEGER, "31", 31 },
    { &INTEGER, "-4", REFUSED },
    { &INTEGER, "32", REFUSED },
    { &INTEGER, "3.0", REFUSED },
    { &INTEGER, "4294967297", REFUSED },
    { &OFFSET, "D+0", 0 },
    { &OFFSET, "D+3650", 3650 },
    { &OFFSET, "D-365", -365 },
    { &OFFSET, "D+3651", REFUSED },
    { &OFFSET, "D-366", REFUSED },
    { &OFFSET, "D3", REFUSED },
    { &OFFSET, "D*3", REFUSED },
    { &OFFSET, "J+3", REFUSED },
    { &OFFSET, "D+", REFUSED },
    { &OFFSET, "D+-3", REFUSED },
    { &OFFSET, "D+99999999999", REFUSED },
    { &TIME, "00:00", 0 },
    { &TIME, "09:59", 599 },
    { &TIME, "23:59", 1439 },
    { &TIME, "24:00", REFUSED },
    { &TIME, "10:60", REFUSED },
    { &TIME, "9:00", REFUSED },
    { &TIME, "10.00", REFUSED },
    { &TIME, "1a:00", REFUSED },
    { &UNTIL, "24:00", 1440 },
    { &UNTIL, "24:01", REFUSED },
    { &UNTIL, "00:00", REFUSED },
    { &MINUTES, "1m", 1 },
    { &MINUTES, "48h", 2880 },
    { &MINUTES, "2d", 2880 },
    { &MINUTES, "0m", REFUSED },
    { &MINUTES, "2881m", REFUSED },
    { &MINUTES, "m", REFUSED },
    { &MINUTES, "5", REFUSED },
    { &MINUTES, "5s", REFUSED },
    { &MINUTES, "9999999999999d", REFUSED },
    { &PERCENT, "0", 0 },
    { &PERCENT, "95", 950000 },
    { &PERCENT, "100", 1000000 },
    { &PERCENT, "101", REFUSED },
    { &PERCENT, "-1", REFUSED },
    { &BOOLEAN, "true", 1 },
    { &BOOLEAN, "false", 0 },
    { &BOOLEAN, "yes", REFUSED },
    { &CHOICE, "red", 0 },
    { &CHOICE, "green", 1 },
    { &CHOICE, "gren", REFUSED },
    { &WORD, "courtesy", RLC_TONE_COURTESY },
    { &WORD, "formal_notice", RLC_TONE_FORMAL_NOTICE },
    { &WORD, "FIRM", REFUSED },
    { &WORD, "Firm", REFUSED },
    { &WORD, "unspecified", REFUSED },
};

static int64_t number_of(const struct rlc_policy_key *key, const void *member)
{
    int32_t narrow;
    int64_t wide;
    bool flag;

    memcpy(&narrow, member, sizeof(narrow));
    memcpy(&wide, member, sizeof(wide));
    memcpy(&flag, member, sizeof(flag));
    if (key->type == RLC_POLICY_PERCENT)
        return wide;
    return key->type == RLC_POLICY_BOOLEAN ? flag : narrow;
}

static void every_type_of_value_is_read_up_to_its_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(VALUES); i++) {
        struct rlc_reading reading = fresh();
        struct rlc_yaml node = { .line = 1, .column = 1, .text = rlc_span_of(VALUES[i].text) };
        union {
            struct rlc_span span;
            int64_t number;
        } member = { .span = { NULL, 0 } };
        bool taken = rlc_policy_read(&reading, VALUES[i].key, &node, &member);
        bool text = VALUES[i].key->type <= RLC_POLICY_SENTENCE;

        if (taken != (VALUES[i].value != REFUSED) || taken != (problems.error_count == 0))
            fail_msg("%s '%s' is %s", VALUES[i].key->name, VALUES[i].text,
                     taken ? "taken" : "refused");
        if (taken && text)
            assert_true(rlc_span_equal(member.span, node.text));
        if (taken && !text)
            assert_int_equal(number_of(VALUES[i].key, &member), VALUES[i].value);
    }
}

static void amounts_are_sorted_by_currency(void **state)
{
    static const char TEXT[] = "{ USD: 2.50, EUR: \"0.00\", JPY: 30, CAD: 1 }";
    static const struct rlc_policy_key KEY = { .name = "at_least", .type = RLC_POLICY_AMOUNTS };
    struct rlc_reading reading = fresh();
    const struct rlc_yaml *map = rlc_yaml_parse(reading.path, rlc_span_of(TEXT), &arena, &problems);
    struct rlc_policy_amounts amounts = { .count = 0 };

    (void)state;
    assert_non_null(map);
    assert_true(rlc_policy_read(&reading, &KEY, map, &amounts));
    assert_int_equal(amounts.count, 4);
    assert_string_equal(amounts.amount[0].currency, "CAD");
    assert_int_equal(amounts.amount[0].minor, 100);
    assert_string_equal(amounts.amount[1].currency, "EUR");
    assert_int_equal(amounts.amount[1].minor, 0);
    assert_string_equal(amounts.amount[2].currency, "JPY");
    assert_int_equal(amounts.amount[2].minor, 30);
    assert_string_equal(amounts.amount[3].currency, "USD");
    assert_int_equal(amounts.amount[3].minor, 250);
}

static void amounts_are_never_negative_and_never_nested(void **state)
{
    static const char *const TEXTS[] = { "{ EUR: -1.00 }", "{ EUR: [1] }", "{ eur: 1.00 }",
                                         "{ EUR: }", "[EUR]" };
    static const struct rlc_policy_key KEY = { .name = "below", .type = RLC_POLICY_AMOUNTS };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(TEXTS); i++) {
        struct rlc_reading reading = fresh();
        const struct rlc_yaml *node =
            rlc_yaml_parse(reading.path, rlc_span_of(TEXTS[i]), &arena, &problems);
        struct rlc_policy_amounts amounts = { .count = 0 };

        assert_non_null(node);
        if (rlc_policy_read(&reading, &KEY, node, &amounts))
            fail_msg("%s is taken", TEXTS[i]);
        assert_int_equal(problems.error_count, 1);
    }
}

/* ---- calendars ---- */

static void a_calendar_may_have_empty_lines_and_days_off_of_its_own(void **state)
{
    static const char TEXT[] = "# source\ndate,name\n\n2026-05-01,\"May, Day\"\nfriday,rest\n"
                               "# later\nsaturday\n2026-05-08\n";
    struct rlc_reading reading = fresh();
    struct rlc_calendar calendar;

    (void)state;
    rlc_calendar_read(&reading, rlc_span_of(TEXT), &calendar);
    assert_int_equal(problems.count, 0);
    assert_int_equal(calendar.holiday_count, 2);
    assert_int_equal(calendar.weekend_mask,
                     RLC_WEEKDAY_BIT(RLC_FRIDAY) | RLC_WEEKDAY_BIT(RLC_SATURDAY));
}

static const struct {
    const char *text;
    const char *problem;
} CALENDARS[] = {
    { "name,date\n", "f:1:1: the first line must be 'date,name', not 'name,date'" },
    { "date,name\n2026-05-01\n2026-05-01\n",
      "f:3:1: dates must be in ascending order, each once, not '2026-05-01'" },
    { "date,name\nmonday\ntuesday\nwednesday\nthursday\nfriday\nsaturday\nsunday\n",
      "f: a calendar in which every day of the week is off" },
    { "date,name\n01/05/2026,May\n", "f:2:1: a line must be a date (2026-05-01) or a day of the "
                                     "week, then a name, not '01/05/2026,May'" },
};

static void a_calendar_that_is_wrong_says_where(void **state)
{
    char line[1024];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CALENDARS); i++) {
        struct rlc_reading reading = fresh();
        struct rlc_calendar calendar;

        rlc_calendar_read(&reading, rlc_span_of(CALENDARS[i].text), &calendar);
        assert_int_equal(problems.count, 1);
        assert_string_equal(rlc_problem_format(&problems.problem[0], line, sizeof(line)),
                            CALENDARS[i].problem);
    }
}

/* ---- zones ---- */

static const struct {
    const char *text;
    int32_t line; /* of the problem; 0: none */
} ZONES[] = {
    { "zone,from,offset\n\nA,,+01:00\nA,2026-03-29T01:00:00Z,+02:00\nB,,-03:30\n", 0 },
    { "zone,from\n", 1 },
    { "zone,from,offset\nA,2026-03-29T01:00:00Z,+02:00\n", 2 },
    { "zone,from,offset\nA,,+01:00\nB,2026-03-29T01:00:00Z,+02:00\n", 3 },
    { "zone,from,offset\nB,,+01:00\nA,,+02:00\n", 3 },
    { "zone,from,offset\nA,,+01:00\nA,,+02:00\n", 3 },
    { "zone,from,offset\nA,,+01:00\nA,2026-03-29,+02:00\n", 3 },
    { "zone,from,offset\nA,,1\n", 2 },
    { "zone,from,offset\n,,+01:00\n", 2 },
    { "zone,from,offset\n" SIXTY "abcd,,+01:00\n", 0 },
    { "zone,from,offset\n" SIXTY "abcde,,+01:00\n", 2 },
    { "zone,from,offset\nA,,+01:00\nA,2026-03-29T01:00:00Z,+02:00\nA,2026-03-29T01:00:00Z,+01:00\n",
      4 },
};

static void a_table_of_zones_is_in_order_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ZONES); i++) {
        struct rlc_reading reading = fresh();
        struct rlc_named_zone *zones = NULL;
        size_t count = 0;

        rlc_zones_read(&reading, rlc_span_of(ZONES[i].text), &zones, &count);
        if ((ZONES[i].line == 0) != (problems.count == 0))
            fail_msg("%s is %s", ZONES[i].text, problems.count ? "refused" : "taken");
        if (problems.count > 0)
            assert_int_equal(problems.problem[0].line, ZONES[i].line);
    }
}

static void a_rule_gives_the_seconds_of_its_changes(void **state)
{
    static const struct {
        const char *rule;
        int32_t year;
        int64_t start_s;
        int64_t end_s;
    } YEARS[] = {
        /* Last Sundays, 2026-03-29T01:00Z and 2026-10-25T01:00Z. */
        { "CET-1CEST,M3.5.0,M10.5.0/3", 2026, 1774746000, 1792890000 },
        /* Day 60 is March 1 in leap years and others: 2024-03-01, 2023-03-01; J365 December 31. */
        { "STD0DST,J60/0,J365/0", 2024, 1709251200, 1735599600 },
        { "STD0DST,J60/0,J365/0", 2023, 1677628800, 1703977200 },
        /* J59 is February 28, 59 counted from 0 is February 29 in a leap year. */
        { "STD0DST,J59/0,59/0", 2024, 1709078400, 1709161200 },
        { "STD0DST,J59/0,59/0", 2023, 1677542400, 1677625200 },
        /* First Sunday of December, which has no month after it in its year. */
        { "STD0DST,M12.1.0/0,M1.1.1/0", 2023, 1701561600, 1672614000 },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(YEARS); i++) {
        struct rlc_posix_tz tz;
        int64_t start_s;
        int64_t end_s;

        assert_true(rlc_posix_tz_parse(YEARS[i].rule, strlen(YEARS[i].rule), &tz));
        rlc_posix_tz_year(&tz, YEARS[i].year, &start_s, &end_s);
        assert_int_equal(start_s, YEARS[i].start_s);
        assert_int_equal(end_s, YEARS[i].end_s);
    }
}

/* ---- files and words ---- */

static void only_known_files_belong_to_a_bundle(void **state)
{
    static const struct {
        const char *path;
        bool known;
        bool ignored;
    } PATHS[] = {
        { "bundle.yaml", true, false },
        { "bundle.yml", false, false },
        { "scenarios/a.yaml", true, false },
        { "scenarios/.yaml", false, true },
        { "scenarios/a/b.yaml", false, false },
        { "scenarios/a.csv", false, false },
        { "calendars/FR.csv", true, false },
        { "zones.csv", true, false },
        { "templates/a.fr.txt", true, false },
        { "README.md", false, true },
        { "scenarios/notes.md", false, true },
        { ".md", false, true },
        { "md", false, false },
        { ".gitignore", false, true },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(PATHS); i++) {
        struct rlc_span path = rlc_span_of(PATHS[i].path);

        if ((rlc_layout_find(path) != NULL) != PATHS[i].known ||
            rlc_layout_ignores(path) != PATHS[i].ignored)
            fail_msg("%s", PATHS[i].path);
    }
    assert_string_equal(rlc_layout_suggest(rlc_span_of("scenario/a.yaml")), "scenarios");
    assert_string_equal(rlc_layout_suggest(rlc_span_of("choice.yaml")), "choices");
    assert_null(rlc_layout_suggest(rlc_span_of("Makefile")));
}

static void a_word_suggests_the_nearest_one_within_a_third(void **state)
{
    static const struct {
        const char *from;
        const char *to;
        size_t distance;
    } PAIRS[] = {
        { "", "", 0 },
        { "a", "", 1 },
        { "ofset", "offset", 1 },
        { "kitten", "sitting", 3 },
        { "frim", "firm", 2 },
        { "abc", "abc", 0 },
    };
    struct rlc_nearest nearest = rlc_nearest_to(rlc_span_of("frendly"));

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(PAIRS); i++)
        assert_int_equal(rlc_edit_distance(rlc_span_of(PAIRS[i].from), rlc_span_of(PAIRS[i].to)),
                         PAIRS[i].distance);
    rlc_nearest_try(&nearest, rlc_span_of("firm"));
    assert_null(nearest.found.data);
    rlc_nearest_try(&nearest, rlc_span_of("fiendly"));
    rlc_nearest_try(&nearest, rlc_span_of("friendly"));
    assert_true(rlc_span_equal(nearest.found, rlc_span_of("fiendly")));
}

static void a_full_list_keeps_errors_before_warnings(void **state)
{
    const struct rlc_place place = { .path = rlc_span_of("f") };
    struct rlc_error error;

    (void)state;
    memset(&problems, 0, sizeof(problems));
    for (int i = 0; i < RLC_PROBLEMS_MAX + 1; i++)
        rlc_problems_add(&problems, RLC_SEVERITY_WARNING, &place, NULL, "warning %d", i);
    assert_int_equal(rlc_problems_status(&problems, "test", &error), RLC_OK);
    rlc_problems_add(&problems, RLC_SEVERITY_ERROR, &place, NULL, "line\nbreak");
    assert_int_equal(problems.count, RLC_PROBLEMS_MAX);
    assert_int_equal(problems.warning_count, RLC_PROBLEMS_MAX + 1);
    assert_int_equal(rlc_problems_status(&problems, "test", &error), RLC_REJECT);
    assert_string_equal(error.text, "f: line?break");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_of_value_is_read_up_to_its_bounds),
        cmocka_unit_test(amounts_are_sorted_by_currency),
        cmocka_unit_test(amounts_are_never_negative_and_never_nested),
        cmocka_unit_test(a_calendar_may_have_empty_lines_and_days_off_of_its_own),
        cmocka_unit_test(a_calendar_that_is_wrong_says_where),
        cmocka_unit_test(a_table_of_zones_is_in_order_or_refused),
        cmocka_unit_test(a_rule_gives_the_seconds_of_its_changes),
        cmocka_unit_test(only_known_files_belong_to_a_bundle),
        cmocka_unit_test(a_word_suggests_the_nearest_one_within_a_third),
        cmocka_unit_test(a_full_list_keeps_errors_before_warnings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
