/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a slice that hold what we would never write: another type, another spelling, another
 * installation. Such a slice counts as absent, and the next wipe repairs it. */
#include <stdio.h>
#include <unistd.h>

#include "tests/integration/slice_bench.h"

static void a_key_of_a_wrong_type_is_no_slice_and_a_wipe_repairs_it(void **state)
{
    static const struct {
        const char *letter;
        const char *verb;
        const char *content;
    } cases[] = {
        { "f", "SET", "nonsense" },  { "f", "SADD", "off 10" }, { "h", "SET", "nonsense" },
        { "h", "RPUSH", "r|1 d|1" }, { "t", "SET", "1000" },    { "t", "HSET", "d|1 1000" },
    };
    struct slice_bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        struct rlc_view_due due = { .until_ms = RLC_MS_NEVER, .max = 9 };
        char name[64];
        bool done;

        print_message("%s %s %s\n", cases[i].letter, cases[i].verb, cases[i].content);
        slice_fill(bench);
        (void)snprintf(name, sizeof(name), "{" SLICE_PREFIX ":0}:%s", cases[i].letter);
        redis_lab_do(&slice_lab, "DEL %s", name);
        redis_lab_do(&slice_lab, "%s %s %s", cases[i].verb, name, cases[i].content);
        assert_false(slice_look(bench).fence_present);
        assert_int_equal(slice_apply(bench, bench->view, 10, 20, NULL, 0), RLC_APPLY_GAP);
        assert_int_equal(bench->view->ops->finish(bench->view, 0, 10, 1, &done, NULL), RLC_OK);
        assert_false(done);
        assert_int_equal(bench->view->ops->due(bench->view, &due, &bench->arena, NULL), RLC_OK);
        (void)slice_read(bench, "r|1");
        assert_true(slice_draw(bench, 0) > 0);
        slice_fill(bench);
        assert_true(slice_is_whole(bench));
        assert_int_equal(slice_read(bench, "r|1").size, 3);
    }
}

static void a_refused_apply_leaves_the_records_alone(void **state)
{
    struct slice_bench *bench = *state;
    const struct rlc_view_put puts[] = { slice_put("r|1", "changed"), slice_timed("d|1", 5) };

    slice_fill(bench);
    redis_lab_do(&slice_lab, "DEL {" SLICE_PREFIX ":0}:t");
    redis_lab_do(&slice_lab, "SET {" SLICE_PREFIX ":0}:t nonsense");
    assert_int_equal(slice_apply(bench, bench->view, 10, 20, puts, 2), RLC_APPLY_GAP);
    assert_string_equal(redis_lab_do(&slice_lab, "HGET {" SLICE_PREFIX ":0}:h r|1"), "one");
}

static void a_fence_that_we_would_not_write_is_none(void **state)
{
    static const char *const fields[] = {
        "off 0x10",
        "off 9007199254740993",
        "off 1e3",
        "next ",
        "next -0",
        "cnt 02",
        "cnt two",
        "seq +1",
        "ckpt inf",
        "own NaN",
        "bld 1.0",
        "wake never",
        "timed 2",
        "inst 00",
        "inst -",
        "wake 1e+3",
        "bld 99999999999999999999",
    };
    static const char *const names[] = { "off", "next", "cnt",  "seq",   "ckpt",
                                         "own", "bld",  "wake", "timed", "inst" };
    struct slice_bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(fields); i++) {
        print_message("%s\n", fields[i]);
        slice_fill(bench);
        redis_lab_do(&slice_lab, "HSET {" SLICE_PREFIX ":0}:f %s", fields[i]);
        assert_false(slice_look(bench).fence_present);
    }
    for (size_t i = 0; i < RLC_COUNT(names); i++) {
        slice_fill(bench);
        redis_lab_do(&slice_lab, "HDEL {" SLICE_PREFIX ":0}:f %s", names[i]);
        assert_false(slice_look(bench).fence_present);
    }
    slice_fill(bench);
    assert_true(slice_is_whole(bench));
}

static void timers_that_were_lost_are_noticed(void **state)
{
    struct slice_bench *bench = *state;

    slice_fill(bench);
    redis_lab_do(&slice_lab, "DEL {" SLICE_PREFIX ":0}:t");
    assert_false(slice_is_whole(bench));
    assert_int_equal(slice_apply(bench, bench->view, 10, 20, NULL, 0), RLC_APPLY_GAP);
}

static void a_slice_of_another_installation_is_a_gap_and_may_be_wiped(void **state)
{
    struct slice_bench *bench = *state;
    struct rlc_view_apply one = slice_transaction(10, 20, NULL, 0);

    slice_fill(bench);
    one.to.installation[0] ^= 1;
    assert_int_equal(bench->view->ops->apply(bench->view, &one, 1, NULL), RLC_OK);
    assert_int_equal(one.result, RLC_APPLY_GAP);
    redis_lab_do(&slice_lab,
                 "HSET {" SLICE_PREFIX ":0}:f bld 900 inst 00112233445566778899aabbccddeeff");
    assert_true(slice_wipe(bench, 5));
}

/* Names that only an apply sees. */
#define OPEN_KEYS "EXISTS {" SLICE_PREFIX ":0}:H {" SLICE_PREFIX ":0}:T"

static void what_an_apply_opens_it_closes(void **state)
{
    static const char *const spoilers[] = {
        "HLEN {" SLICE_PREFIX ":0}:h", /* spoils nothing */
        "HSET {" SLICE_PREFIX ":0}:H junk 1",
        "SET {" SLICE_PREFIX ":0}:T x",
        "RPUSH {" SLICE_PREFIX ":0}:s x",
        "HSET {" SLICE_PREFIX ":0}:f open 1",
        "HDEL {" SLICE_PREFIX ":0}:h r|1", /* from here on it is a gap */
        "HSET {" SLICE_PREFIX ":0}:f open 1 cnt 7",
        "SET {" SLICE_PREFIX ":0}:t x",
        "SET {" SLICE_PREFIX ":0}:h x",
        "SET {" SLICE_PREFIX ":0}:f x",
    };
    const struct rlc_view_put puts[] = { slice_put("k9", "v"), slice_timed("d|9", 5) };
    const struct rlc_seen seen = { .base = 20, .seen = 20 };
    struct slice_bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(spoilers); i++) {
        struct rlc_view_apply one = slice_transaction(10, 20, puts, RLC_COUNT(puts));

        print_message("%s\n", spoilers[i]);
        redis_lab_do(&slice_lab, "FLUSHALL");
        slice_fill(bench);
        redis_lab_do(&slice_lab, "%s", spoilers[i]);
        one.seen = &seen;
        assert_int_equal(bench->view->ops->apply(bench->view, &one, 1, &bench->error), RLC_OK);
        assert_int_equal(one.result, i < 5 ? RLC_APPLIED : RLC_APPLY_GAP);
        assert_string_equal(redis_lab_do(&slice_lab, OPEN_KEYS), "0");
        assert_int_equal(slice_is_whole(bench), i < 5);
        assert_int_equal(slice_look(bench).seen_present, i < 5);
    }
}

static void seen_replaces_whatever_lies_under_its_name(void **state)
{
    const struct rlc_seen seen = { .base = 7, .seen = 9, .at_ms = 1, .next_due_ms = RLC_MS_NEVER };
    static const char *const plants[][2] = {
        { "SET", "x" }, { "RPUSH", "x" }, { "HSET", "base seven seen 9" }, { "HSET", "other 1" }
    };
    struct slice_bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(plants); i++) {
        redis_lab_do(&slice_lab, "DEL {" SLICE_PREFIX ":0}:s");
        redis_lab_do(&slice_lab, "%s {" SLICE_PREFIX ":0}:s %s", plants[i][0], plants[i][1]);
        assert_false(slice_look(bench).seen_present);
        assert_int_equal(bench->view->ops->publish_seen(bench->view, 0, &seen, NULL), RLC_OK);
        assert_true(slice_look(bench).seen_present);
        assert_int_equal(slice_look(bench).seen.base, 7);
    }
}

static void an_epoch_is_above_everything_that_is_known(void **state)
{
    static const struct {
        const char *plant;
        int64_t epoch;
    } cases[] = {
        { "DEL {" SLICE_PREFIX ":0}:e", 1 },
        { "SET {" SLICE_PREFIX ":0}:e 41", 42 },
        { "SET {" SLICE_PREFIX ":0}:e many", 1 },
        { "SET {" SLICE_PREFIX ":0}:e -5", 1 },
        { "SET {" SLICE_PREFIX ":0}:e 99999999999999999999", 1 },
        { "HSET {" SLICE_PREFIX ":0}:f bld 50 own 3", 51 },
        { "HSET {" SLICE_PREFIX ":0}:f bld 3 own 60", 61 },
        { "SET {" SLICE_PREFIX ":0}:f x", 62 },
    };
    struct slice_bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        print_message("%s\n", cases[i].plant);
        redis_lab_do(&slice_lab, "%s", cases[i].plant);
        assert_int_equal(slice_draw(bench, 0), cases[i].epoch);
    }
    redis_lab_do(&slice_lab, "FLUSHALL");
    redis_lab_do(&slice_lab, "RPUSH {" SLICE_PREFIX ":0}:e x");
    assert_int_equal(slice_draw(bench, 6), 7);
    assert_int_equal(slice_draw(bench, 0), 8);
}

static void an_answer_that_was_there_in_time_may_be_fetched_late(void **state)
{
    const struct rlc_view_put puts[] = { slice_put("k9", "v") };
    struct slice_bench *bench = *state;
    struct rlc_redis_settings settings = redis_lab_settings(&slice_lab);
    struct rlc_view_apply one = slice_transaction(10, 20, puts, 1);
    struct rlc_view *view;

    slice_fill(bench);
    settings.call_timeout_ms = 200;
    assert_int_equal(rlc_redis_view_open(&settings, SLICE_PREFIX, &view, &bench->error), RLC_OK);
    assert_int_equal(view->ops->apply_send(view, &one, 1, &bench->error), RLC_OK);
    usleep(300000);
    assert_int_equal(view->ops->apply_receive(view, &one, 1, &bench->error), RLC_OK);
    assert_int_equal(one.result, RLC_APPLIED);
    view->ops->close(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, slice_set_up, slice_tear_down)
        TEST(a_key_of_a_wrong_type_is_no_slice_and_a_wipe_repairs_it),
        TEST(a_refused_apply_leaves_the_records_alone),
        TEST(a_fence_that_we_would_not_write_is_none),
        TEST(timers_that_were_lost_are_noticed),
        TEST(a_slice_of_another_installation_is_a_gap_and_may_be_wiped),
        TEST(what_an_apply_opens_it_closes),
        TEST(an_answer_that_was_there_in_time_may_be_fetched_late),
        TEST(seen_replaces_whatever_lies_under_its_name),
        TEST(an_epoch_is_above_everything_that_is_known),
#undef TEST
    };
    int failed;

    if (!redis_lab_start(&slice_lab))
        return REDIS_LAB_SKIPPED;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_lab_stop(&slice_lab);
    return failed;
}
