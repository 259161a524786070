/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/memory/freshness_memory.h"

#include "tests/support/check.h"

#define ARENA_SIZE ((size_t)1 << 16)

struct bench {
    struct rlc_memory_store *store;
    struct rlc_freshness *freshness;
    struct rlc_arena arena;
};

static uint8_t memory[ARENA_SIZE];
static struct bench bench;

static int set_up(void **state)
{
    (void)state;
    bench.store = rlc_memory_store_new();
    assert_non_null(bench.store);
    bench.freshness = rlc_memory_freshness_open(bench.store);
    assert_non_null(bench.freshness);
    rlc_arena_init(&bench.arena, memory, sizeof(memory));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bench.freshness->ops->close(bench.freshness);
    rlc_memory_store_free(bench.store);
    return 0;
}

static struct rlc_freshness_state read_state(void)
{
    struct rlc_freshness_state now;
    struct rlc_error error;

    assert_int_equal(bench.freshness->ops->read(bench.freshness, &bench.arena, &now, &error),
                     RLC_OK);
    return now;
}

static struct rlc_freshness_source source(const char *tenant, const char *name, int32_t partitions)
{
    return (struct rlc_freshness_source){ .tenant = rlc_span_of(tenant),
                                          .name = rlc_span_of(name),
                                          .partitions = partitions };
}

static enum rlc_status expect(const struct rlc_freshness_source *sources, size_t count)
{
    return bench.freshness->ops->expect(bench.freshness, sources, count, NULL);
}

static void publish(const char *name, int32_t partition, int64_t position)
{
    const struct rlc_freshness_line line = {
        .position = position, .watermark = position + 1, .behind_since_ms = 5, .at_ms = 7
    };

    assert_int_equal(
        bench.freshness->ops->publish(bench.freshness, rlc_span_of(name), partition, &line, NULL),
        RLC_OK);
}

static void nothing_is_known_before_somebody_says_what_to_expect(void **state)
{
    (void)state;
    publish("bank", 0, 7);
    assert_false(read_state().known);
    assert_int_equal(expect(NULL, 0), RLC_OK);
    assert_true(read_state().known);
    assert_int_equal(read_state().count, 0);
}

static void expected_lines_come_back_and_missing_ones_are_empty(void **state)
{
    const struct rlc_freshness_source sources[] = { source("acme", "bank", 3),
                                                    source("", "references", 1) };
    struct rlc_freshness_state now;

    (void)state;
    publish("bank", 0, 9);
    publish("bank", 0, 10);
    publish("bank", 2, 12);
    publish("elsewhere", 1, 1);
    assert_int_equal(expect(sources, 2), RLC_OK);
    now = read_state();
    assert_int_equal(now.count, 2);
    assert_true(rlc_span_equal(now.sources[0].tenant, rlc_span_of("acme")));
    assert_true(rlc_span_equal(now.sources[0].name, rlc_span_of("bank")));
    assert_int_equal(now.sources[0].partitions, 3);
    assert_int_equal(now.sources[0].lines[0].position, 10);
    assert_int_equal(now.sources[0].lines[0].watermark, 11);
    assert_int_equal(now.sources[0].lines[0].behind_since_ms, 5);
    assert_int_equal(now.sources[0].lines[0].at_ms, 7);
    assert_int_equal(now.sources[0].lines[1].at_ms, RLC_MS_NONE);
    assert_int_equal(now.sources[0].lines[2].position, 12);
    assert_int_equal(now.sources[1].tenant.size, 0);
    assert_int_equal(now.sources[1].lines[0].at_ms, RLC_MS_NONE);
}

static void a_new_list_replaces_the_old_one_unless_it_is_unsound(void **state)
{
    const struct rlc_freshness_source before[] = { source("acme", "bank", 3) };
    const struct rlc_freshness_source after[] = { source("acme", "bank", 1) };
    const struct rlc_freshness_source bad[] = {
        source("acme", "", 1),      source("acme", "a|b", 1),
        source("acme", "bank", 0),  source("acme", "bank", RLC_PARTITIONS_MAX + 1),
        source("ac|me", "bank", 1),
    };

    (void)state;
    assert_int_equal(expect(before, 1), RLC_OK);
    assert_int_equal(expect(after, 1), RLC_OK);
    for (size_t i = 0; i < RLC_COUNT(bad); i++)
        assert_int_equal(expect(&bad[i], 1), RLC_REJECT);
    assert_int_equal(read_state().count, 1);
    assert_int_equal(read_state().sources[0].partitions, 1);
}

static void what_the_store_forgets_is_not_known_any_more(void **state)
{
    const struct rlc_freshness_source sources[] = { source("acme", "bank", 1) };

    (void)state;
    publish("bank", 0, 7);
    assert_int_equal(expect(sources, 1), RLC_OK);
    rlc_memory_store_flush_all(bench.store);
    assert_false(read_state().known);
    assert_int_equal(expect(sources, 1), RLC_OK);
    assert_int_equal(read_state().sources[0].lines[0].at_ms, RLC_MS_NONE);
}

static void a_store_that_is_away_is_asked_again(void **state)
{
    const struct rlc_freshness_line line = { .position = 1 };
    struct rlc_freshness_state now;

    (void)state;
    rlc_memory_store_set_away(bench.store, true);
    assert_int_equal(expect(NULL, 0), RLC_RETRY);
    assert_int_equal(
        bench.freshness->ops->publish(bench.freshness, rlc_span_of("bank"), 0, &line, NULL),
        RLC_RETRY);
    assert_int_equal(bench.freshness->ops->read(bench.freshness, &bench.arena, &now, NULL),
                     RLC_RETRY);
    rlc_memory_store_set_away(bench.store, false);
    assert_false(read_state().known);
}

static void a_small_arena_is_said(void **state)
{
    const struct rlc_freshness_source sources[] = { source("acme", "bank", 100) };
    struct rlc_freshness_state now;

    (void)state;
    assert_int_equal(expect(sources, 1), RLC_OK);
    for (size_t cap = 16; cap < 3000; cap += 400) {
        rlc_arena_cap(&bench.arena, cap);
        assert_int_equal(bench.freshness->ops->read(bench.freshness, &bench.arena, &now, NULL),
                         RLC_REJECT);
    }
    rlc_arena_cap(&bench.arena, 0);
    assert_true(read_state().known);
}

#define BENCH_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(nothing_is_known_before_somebody_says_what_to_expect),
        BENCH_TEST(expected_lines_come_back_and_missing_ones_are_empty),
        BENCH_TEST(a_new_list_replaces_the_old_one_unless_it_is_unsound),
        BENCH_TEST(what_the_store_forgets_is_not_known_any_more),
        BENCH_TEST(a_store_that_is_away_is_asked_again),
        BENCH_TEST(a_small_arena_is_said),
    };

    return cmocka_run_group_tests_name("freshness_memory", tests, NULL, NULL);
}
