/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "common/redis/freshness.h"
#include "tests/integration/redis_lab.h"

#define ARENA_SIZE ((size_t)1 << 20)
#define HASH       "{test}:fresh"

static struct redis_lab lab;

struct bench {
    struct rlc_freshness *freshness;
    struct rlc_arena arena;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    struct rlc_redis_settings settings = redis_lab_settings(&lab);

    assert_non_null(bench);
    assert_string_equal(redis_lab_do(&lab, "FLUSHALL"), "OK");
    assert_int_equal(rlc_redis_freshness_open(&settings, "test", &bench->freshness, NULL), RLC_OK);
    rlc_arena_init(&bench->arena, malloc(ARENA_SIZE), ARENA_SIZE);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    bench->freshness->ops->close(bench->freshness);
    free(bench->arena.base);
    free(bench);
    return 0;
}

static struct rlc_freshness_state read_state(struct bench *bench)
{
    struct rlc_freshness_state now;
    struct rlc_error error;

    if (bench->freshness->ops->read(bench->freshness, &bench->arena, &now, &error) != RLC_OK)
        fail_msg("read: %s", error.text);
    return now;
}

static struct rlc_freshness_source source(const char *tenant, const char *name, int32_t partitions)
{
    return (struct rlc_freshness_source){ .tenant = rlc_span_of(tenant),
                                          .name = rlc_span_of(name),
                                          .partitions = partitions };
}

static enum rlc_status expect(struct bench *bench, const struct rlc_freshness_source *sources,
                              size_t count)
{
    return bench->freshness->ops->expect(bench->freshness, sources, count, NULL);
}

static void publish(struct bench *bench, const char *name, int32_t partition, int64_t position)
{
    const struct rlc_freshness_line line = { .position = position,
                                             .watermark = position + 1,
                                             .behind_since_ms = 5,
                                             .at_ms = 1700000000000 };

    assert_int_equal(
        bench->freshness->ops->publish(bench->freshness, rlc_span_of(name), partition, &line, NULL),
        RLC_OK);
}

static void nothing_is_known_before_somebody_says_what_to_expect(void **state)
{
    struct bench *bench = *state;

    assert_false(read_state(bench).known);
    publish(bench, "bank", 0, 7);
    assert_false(read_state(bench).known);
    assert_int_equal(expect(bench, NULL, 0), RLC_OK);
    assert_true(read_state(bench).known);
    assert_int_equal(read_state(bench).count, 0);
}

static void expected_lines_come_back_and_missing_ones_are_empty(void **state)
{
    struct bench *bench = *state;
    const struct rlc_freshness_source sources[] = { source("acme", "bank/fr 1", 3),
                                                    source("", "references", 1) };
    struct rlc_freshness_state now;

    publish(bench, "bank/fr 1", 0, 10);
    publish(bench, "bank/fr 1", 2, 12);
    publish(bench, "bank/fr 1", 3, 13); /* beyond what is expected */
    publish(bench, "elsewhere", 0, 1);
    assert_int_equal(expect(bench, sources, 2), RLC_OK);
    now = read_state(bench);
    assert_true(now.known);
    assert_int_equal(now.count, 2);
    assert_true(rlc_span_equal(now.sources[0].tenant, rlc_span_of("acme")));
    assert_true(rlc_span_equal(now.sources[0].name, rlc_span_of("bank/fr 1")));
    assert_int_equal(now.sources[0].partitions, 3);
    assert_int_equal(now.sources[0].lines[0].position, 10);
    assert_int_equal(now.sources[0].lines[0].watermark, 11);
    assert_int_equal(now.sources[0].lines[0].behind_since_ms, 5);
    assert_int_equal(now.sources[0].lines[0].at_ms, 1700000000000);
    assert_int_equal(now.sources[0].lines[1].at_ms, RLC_MS_NONE);
    assert_int_equal(now.sources[0].lines[2].position, 12);
    assert_int_equal(now.sources[1].tenant.size, 0);
    assert_int_equal(now.sources[1].lines[0].at_ms, RLC_MS_NONE);
}

static void a_new_list_replaces_the_old_one(void **state)
{
    struct bench *bench = *state;
    const struct rlc_freshness_source before[] = { source("acme", "bank", 3) };
    const struct rlc_freshness_source after[] = { source("acme", "bank", 1) };

    assert_int_equal(expect(bench, before, 1), RLC_OK);
    assert_int_equal(expect(bench, after, 1), RLC_OK);
    assert_int_equal(read_state(bench).count, 1);
    assert_int_equal(read_state(bench).sources[0].partitions, 1);
}

static void unsound_sources_are_rejected_and_change_nothing(void **state)
{
    struct bench *bench = *state;
    const struct rlc_freshness_source good[] = { source("acme", "bank", 2) };
    const struct rlc_freshness_source bad[] = {
        source("acme", "", 1),      source("acme", "a|b", 1),
        source("acme", "a\nb", 1),  source("acme", "bank", 0),
        source("ac|me", "bank", 1), source("acme", "bank", RLC_PARTITIONS_MAX + 1),
    };

    assert_int_equal(expect(bench, good, 1), RLC_OK);
    for (size_t i = 0; i < RLC_COUNT(bad); i++)
        assert_int_equal(expect(bench, &bad[i], 1), RLC_REJECT);
    assert_int_equal(read_state(bench).sources[0].partitions, 2);
}

static void what_cannot_be_understood_counts_as_not_published(void **state)
{
    static const struct {
        const char *field, *value;
        bool known;
    } cases[] = {
        { "expect", "nonsense", false },
        { "expect", "acme|bank|2", false }, /* no line feed: cut off */
        { "bank|0", "1\t2\t3\t4", true },
        { "bank|x", "1", true },
        { "bank|0", "", true },
        { "", "", true },
        { "bank|0|0", "1", true },
    };
    struct bench *bench = *state;
    const struct rlc_freshness_source sources[] = { source("acme", "bank", 2) };

    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        struct rlc_freshness_state now;

        print_message("%s\n", cases[i].field);
        assert_int_equal(expect(bench, sources, 1), RLC_OK);
        redis_lab_do(&lab, "HSET " HASH " %s %s", cases[i].field, cases[i].value);
        now = read_state(bench);
        assert_int_equal(now.known, cases[i].known);
        if (now.known)
            assert_int_equal(now.sources[0].lines[0].at_ms, RLC_MS_NONE);
    }
}

static void another_type_under_its_name_is_replaced(void **state)
{
    struct bench *bench = *state;

    redis_lab_do(&lab, "SET " HASH " x");
    assert_false(read_state(bench).known);
    assert_int_equal(expect(bench, NULL, 0), RLC_OK);
    assert_true(read_state(bench).known);
}

static void a_small_arena_is_said(void **state)
{
    struct bench *bench = *state;
    const struct rlc_freshness_source sources[] = { source("acme", "bank", 1000) };
    struct rlc_freshness_state now;

    assert_int_equal(expect(bench, sources, 1), RLC_OK);
    for (size_t cap = 16; cap < 30000; cap += 4000) {
        rlc_arena_cap(&bench->arena, cap);
        assert_int_equal(bench->freshness->ops->read(bench->freshness, &bench->arena, &now, NULL),
                         RLC_REJECT);
    }
    rlc_arena_cap(&bench->arena, 0);
    assert_true(read_state(bench).known);
}

static void a_server_that_is_away_is_retried(void **state)
{
    struct bench *bench = *state;
    struct rlc_freshness_state now;

    redis_lab_kill(&lab);
    assert_int_equal(bench->freshness->ops->read(bench->freshness, &bench->arena, &now, NULL),
                     RLC_RETRY);
    assert_int_equal(expect(bench, NULL, 0), RLC_RETRY);
    redis_lab_restart(&lab);
    assert_false(read_state(bench).known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(nothing_is_known_before_somebody_says_what_to_expect),
        TEST(expected_lines_come_back_and_missing_ones_are_empty),
        TEST(a_new_list_replaces_the_old_one),
        TEST(unsound_sources_are_rejected_and_change_nothing),
        TEST(what_cannot_be_understood_counts_as_not_published),
        TEST(another_type_under_its_name_is_replaced),
        TEST(a_small_arena_is_said),
        TEST(a_server_that_is_away_is_retried),
#undef TEST
    };
    int failed;

    if (!redis_lab_start(&lab))
        return REDIS_LAB_SKIPPED;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_lab_stop(&lab);
    return failed;
}
