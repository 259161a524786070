/* SPDX-License-Identifier: Apache-2.0 */
/* When intake is fresh enough for a contact to leave. */
#include "common/runtime/freshness.h"

#include "tests/support/check.h"

#define NOW_MS INT64_C(1700000000000)

/* What ingest says of one partition that is read to its end, a moment ago. */
static const struct rlc_freshness_line READ = {
    .position = 50, .watermark = 50, .behind_since_ms = RLC_MS_NONE, .at_ms = NOW_MS - 1
};

static bool holds_for(const struct rlc_freshness_source *sources, size_t count, const char *tenant,
                      bool stepped)
{
    struct rlc_freshness_state state = { .known = true, .sources = sources, .count = count };

    return rlc_freshness_holds(&state, rlc_span_of(tenant), NOW_MS, stepped);
}

/* With one source of everybody and one partition. */
static bool holds(struct rlc_freshness_line line, bool stepped)
{
    struct rlc_freshness_source source = { .name = rlc_span_of("bank"),
                                           .partitions = 1,
                                           .lines = &line };

    return holds_for(&source, 1, "acme", stepped);
}

static struct rlc_freshness_line behind(rlc_ms since_ms)
{
    return (struct rlc_freshness_line){
        .position = 40, .watermark = 50, .behind_since_ms = since_ms, .at_ms = NOW_MS
    };
}

static struct rlc_freshness_line said(rlc_ms at_ms)
{
    struct rlc_freshness_line line = READ;

    line.at_ms = at_ms;
    return line;
}

static void nobody_sends_while_nobody_has_said_what_to_expect(void **state)
{
    struct rlc_freshness_state unknown = { .known = false };

    (void)state;
    assert_false(rlc_freshness_holds(&unknown, rlc_span_of("acme"), NOW_MS, false));
    assert_false(rlc_freshness_holds(&unknown, rlc_span_of("acme"), NOW_MS, true));
}

static void no_source_is_an_answer_too(void **state)
{
    (void)state;
    assert_true(holds_for(NULL, 0, "acme", false));
    assert_true(holds_for(NULL, 0, "acme", true));
}

static void a_source_that_is_read_to_its_end_is_fresh(void **state)
{
    (void)state;
    assert_true(holds(READ, false));
    assert_true(holds(READ, true));
}

static void a_line_that_is_missing_holds_contacts_back(void **state)
{
    (void)state;
    assert_false(holds(said(RLC_MS_NONE), false));
    assert_false(holds(said(RLC_MS_NONE), true));
}

/* Also where the clock shows a time so early that nothing can be old yet. */
static void a_line_that_is_missing_is_not_one_of_the_beginning_of_time(void **state)
{
    struct rlc_freshness_line missing = { .at_ms = RLC_MS_NONE };
    struct rlc_freshness_source source = { .partitions = 1, .lines = &missing };
    struct rlc_freshness_state early = { .known = true, .sources = &source, .count = 1 };

    (void)state;
    assert_false(rlc_freshness_holds(&early, rlc_span_of("acme"), RLC_MS_NONE + 5000, false));
}

static void a_line_is_nobodys_word_after_ten_seconds(void **state)
{
    (void)state;
    assert_true(holds(said(NOW_MS - 10000), false));
    assert_false(holds(said(NOW_MS - 10001), false));
    assert_false(holds(said(NOW_MS - 10001), true));
}

static void a_line_from_a_clock_that_runs_ahead_says_nothing_about_now(void **state)
{
    (void)state;
    assert_true(holds(said(NOW_MS + 10000), false));
    assert_false(holds(said(NOW_MS + 10001), false));
    assert_false(holds(said(NOW_MS + 10001), true));
}

static void a_source_may_lag_for_a_minute(void **state)
{
    (void)state;
    assert_true(holds(behind(NOW_MS), false));
    assert_true(holds(behind(NOW_MS - 60000), false));
    assert_false(holds(behind(NOW_MS - 60001), false));
}

static void in_stepped_time_nothing_may_be_left(void **state)
{
    struct rlc_freshness_line past = READ;

    (void)state;
    past.position = past.watermark + 1;
    assert_false(holds(behind(NOW_MS), true));
    assert_true(holds(past, true));
}

static void every_partition_of_every_source_counts(void **state)
{
    (void)state;
    for (size_t stale = 0; stale < 4; stale++) {
        struct rlc_freshness_line lines[4] = { READ, READ, READ, READ };
        struct rlc_freshness_source sources[] = { { .partitions = 2, .lines = lines },
                                                  { .partitions = 2, .lines = lines + 2 } };

        assert_true(holds_for(sources, 2, "acme", false));
        lines[stale].at_ms = RLC_MS_NONE;
        assert_false(holds_for(sources, 2, "acme", false));
    }
}

static void a_source_of_one_tenant_holds_back_nobody_else(void **state)
{
    struct rlc_freshness_line missing = { .at_ms = RLC_MS_NONE };
    struct rlc_freshness_source own = { .tenant = rlc_span_of("acme"),
                                        .partitions = 1,
                                        .lines = &missing };

    (void)state;
    assert_false(holds_for(&own, 1, "acme", false));
    assert_true(holds_for(&own, 1, "acme-fr", false));
    assert_true(holds_for(&own, 1, "acm", false));
    own.tenant = (struct rlc_span){ NULL, 0 };
    assert_false(holds_for(&own, 1, "acme-fr", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_sends_while_nobody_has_said_what_to_expect),
        cmocka_unit_test(no_source_is_an_answer_too),
        cmocka_unit_test(a_source_that_is_read_to_its_end_is_fresh),
        cmocka_unit_test(a_line_that_is_missing_holds_contacts_back),
        cmocka_unit_test(a_line_that_is_missing_is_not_one_of_the_beginning_of_time),
        cmocka_unit_test(a_line_is_nobodys_word_after_ten_seconds),
        cmocka_unit_test(a_line_from_a_clock_that_runs_ahead_says_nothing_about_now),
        cmocka_unit_test(a_source_may_lag_for_a_minute),
        cmocka_unit_test(in_stepped_time_nothing_may_be_left),
        cmocka_unit_test(every_partition_of_every_source_counts),
        cmocka_unit_test(a_source_of_one_tenant_holds_back_nobody_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
