/* SPDX-License-Identifier: Apache-2.0 */
/* The loop on the smallest worker: whatever happens on the way, the facts, the state and the chain
 * are those of the undisturbed run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/counter.h"
#include "tests/support/random.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { PARTITIONS = 3, EVENTS = 60, SUBJECTS = 7, ROUNDS_MAX = 4000 };

/* What a run leaves behind. */
struct result {
    char *facts;
    char *state;
    size_t letters;
};

static void result_free(struct result *result)
{
    free(result->facts);
    free(result->state);
}

static struct result result_of(struct world *world)
{
    return (struct result){ world_dump_topic(world, COUNTER_FACTS, false), world_dump_state(world),
                            world_count_topic(world, COUNTER_DEAD_LETTERS) };
}

static void assert_same(const struct result *left, const struct result *right)
{
    world_assert_same_text("facts", left->facts, right->facts);
    world_assert_same_text("states", left->state, right->state);
    assert_int_equal(left->letters, right->letters);
}

/* A life with additions, timers, ticks, sweeps, deletions and records nobody understands. The times
 * asked for lie around the ticks, so that ticks wake some subjects and not others. */
static void publish_life(struct world *world, uint64_t seed, int events)
{
    struct random random = { seed };
    rlc_ms base_ms = world->now_ms;

    for (int i = 0; i < events; i++) {
        char key[16];
        char value[64];
        uint64_t what = random_below(&random, 100);

        (void)snprintf(key, sizeof(key), "s%d", (int)random_below(&random, SUBJECTS));
        (void)snprintf(value, sizeof(value), "add %d", (int)random_below(&random, 1000));
        if (what >= 50 && what < 70) {
            (void)snprintf(value, sizeof(value), "wake %" PRId64,
                           base_ms + (rlc_ms)random_below(&random, 100) * 1000);
        } else if (what >= 70 && what < 73) {
            (void)snprintf(value, sizeof(value), "drop");
        } else if (what >= 73 && what < 76) {
            (void)snprintf(value, sizeof(value), "bad");
        }
        if (what >= 76 && what < 92)
            (void)snprintf(value, sizeof(value), "tick %" PRId64, base_ms + (rlc_ms)i * 2000);
        else if (what >= 92)
            (void)snprintf(value, sizeof(value), "sweep");
        if (what >= 76) {
            world_publish_at(world, COUNTER_INPUT,
                             (int32_t)random_below(&random, (uint64_t)world->partitions), "all",
                             value);
        } else {
            world_publish(world, COUNTER_INPUT, key, value);
        }
    }
}

static void open_counters(struct world *world, size_t processes, uint32_t batch_max)
{
    world_open(world, &counter_service, NULL, PARTITIONS, processes);
    world->batch_max = batch_max;
    world->stepped = true; /* time only through the ticks that the life contains */
}

static struct result undisturbed(uint64_t seed, uint32_t batch_max, int events)
{
    struct world world;
    struct result result;

    open_counters(&world, 1, batch_max);
    world_start(&world, 0);
    publish_life(&world, seed, events);
    world_settle(&world, ROUNDS_MAX);
    result = result_of(&world);
    world_close(&world);
    return result;
}

static void one_event_becomes_one_fact_and_one_record(void **state)
{
    struct world world;
    struct result result;

    (void)state;
    open_counters(&world, 1, 100);
    world_start(&world, 0);
    world_publish_at(&world, COUNTER_INPUT, 0, "a", "add 5");
    world_publish_at(&world, COUNTER_INPUT, 0, "a", "add 7");
    world_settle(&world, ROUNDS_MAX);

    result = result_of(&world);
    assert_string_equal(result.facts, "0 d|a 1 a 1:5\n0 d|a 2 a 2:12\n");
    assert_non_null(strstr(result.state, "0 d|a 02 00"));
    result_free(&result);
    world_close(&world);
}

static void the_size_of_a_batch_changes_nothing(void **state)
{
    static const uint32_t SIZES[] = { 1, 2, 7, 10000 };
    struct result first;

    (void)state;
    first = undisturbed(11, 100, 400);
    for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
        struct result other = undisturbed(11, SIZES[i], 400);

        assert_same(&first, &other);
        result_free(&other);
    }
    result_free(&first);
}

/* Runs the same life with a death at step number `at` of the whole run; the number of steps made.
 */
static uint64_t run_with_death(uint64_t at, uint32_t batch_max, const struct result *expected)
{
    struct world world;
    struct result result;
    uint64_t steps;

    open_counters(&world, 1, batch_max);
    world.die_at = at;
    world_start(&world, 0);
    publish_life(&world, 12, EVENTS);
    world_settle(&world, ROUNDS_MAX);
    result = result_of(&world);
    assert_same(expected, &result);
    result_free(&result);
    steps = world.steps;
    world_close(&world);
    return steps;
}

static void a_death_at_every_step_changes_nothing(void **state)
{
    static const uint32_t SIZES[] = { 1, 7, 10000 };

    (void)state;
    for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
        struct result expected = undisturbed(12, SIZES[i], EVENTS);
        uint64_t steps = run_with_death(0, SIZES[i], &expected);

        for (uint64_t at = 1; at <= steps; at++)
            (void)run_with_death(at, SIZES[i], &expected);
        print_message("batches of %u: %" PRIu64 " steps, a death at each\n", SIZES[i], steps);
        result_free(&expected);
    }
}

/* Deaths, losses of the hot state and changes of owner at random. */
static void disturb(struct world *world, struct random *random)
{
    switch (random_below(random, 12)) {
    case 0:
        rlc_memory_store_flush_all(world->store);
        break;
    case 1:
        (void)rlc_memory_broker_expire_member(world->broker, world->service->name,
                                              world->processes[random_below(random, 2)].member);
        break;
    case 2:
        world_kill(world, 0);
        world_start(world, 0);
        break;
    case 3:
        assert_int_equal(
            rlc_memory_broker_compact(world->broker, COUNTER_TOPIC[COUNTER_STATE], false, NULL),
            RLC_OK);
        break;
    default:
        world->die_at = 1 + random_below(random, 60);
        break;
    }
}

static void a_stormy_life_ends_like_a_quiet_one(void **state)
{
    enum { LIVES = 60, STORM_ROUNDS = 150 };
    uint64_t deaths = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= LIVES; seed++) {
        struct result expected = undisturbed(seed, 1 + (uint32_t)seed % 9, 150);
        struct random random = { seed };
        struct world world;
        struct result result;

        open_counters(&world, 2, 1 + (uint32_t)seed % 5);
        world_start(&world, 0);
        world_start(&world, 1);
        publish_life(&world, seed, 150);
        for (int i = 0; i < STORM_ROUNDS; i++) {
            if (random_below(&random, 4) == 0)
                disturb(&world, &random);
            world_round(&world);
        }
        world.die_at = 0;
        world_settle(&world, ROUNDS_MAX);
        result = result_of(&world);
        print_message("seed %" PRIu64 ": %" PRIu64 " deaths\n", seed, world.deaths);
        assert_same(&expected, &result);
        deaths += world.deaths;
        result_free(&result);
        result_free(&expected);
        world_close(&world);
    }
    print_message("%" PRIu64 " deaths in all\n", deaths);
    assert_true(deaths > 500);
}

static void a_lost_hot_state_comes_back_without_a_new_event(void **state)
{
    struct world world;
    char *before;
    char *after;

    (void)state;
    open_counters(&world, 1, 100);
    world_start(&world, 0);
    publish_life(&world, 3, 200);
    world_settle(&world, ROUNDS_MAX);
    before = world_dump_state(&world);
    rlc_memory_store_flush_all(world.store);
    /* 10 s of virtual time. */
    world_settle(&world, 10000 / WORLD_ROUND_MS);
    after = world_dump_state(&world);

    assert_string_equal(before, after);
    free(before);
    free(after);
    world_close(&world);
}

static void a_partition_without_checkpoint_is_refused(void **state)
{
    struct world world;

    (void)state;
    open_counters(&world, 1, 100);
    assert_int_equal(
        rlc_memory_broker_delete_before(world.broker, COUNTER_TOPIC[COUNTER_STATE], 1, 1, NULL),
        RLC_OK);
    world_start(&world, 0);
    for (int i = 0; i < 100; i++)
        world_round(&world);

    assert_non_null(strstr(world.last_note, "topics create"));
    assert_false(world_is_quiet(&world));
    world_close(&world);
}

static void in_system_time_a_due_timer_brings_its_own_tick(void **state)
{
    struct world world;
    struct result result;
    char value[64];

    (void)state;
    open_counters(&world, 1, 100);
    world.stepped = false;
    world_start(&world, 0);
    (void)snprintf(value, sizeof(value), "wake %" PRId64, world.now_ms + 5000);
    world_publish_at(&world, COUNTER_INPUT, 0, "a", "add 1");
    world_publish_at(&world, COUNTER_INPUT, 0, "a", value);
    world_settle(&world, ROUNDS_MAX);
    assert_int_equal(world.counters[RLC_COUNT_TICKS], 0);
    for (int i = 0; i < 10000 / WORLD_ROUND_MS; i++)
        world_round(&world);

    result = result_of(&world);
    assert_int_equal(world.counters[RLC_COUNT_TICKS], 1);
    assert_non_null(strstr(result.facts, "a woke at"));
    result_free(&result);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_event_becomes_one_fact_and_one_record),
        cmocka_unit_test(the_size_of_a_batch_changes_nothing),
        cmocka_unit_test(a_death_at_every_step_changes_nothing),
        cmocka_unit_test(a_lost_hot_state_comes_back_without_a_new_event),
        cmocka_unit_test(a_partition_without_checkpoint_is_refused),
        cmocka_unit_test(in_system_time_a_due_timer_brings_its_own_tick),
        cmocka_unit_test(a_stormy_life_ends_like_a_quiet_one),
    };

    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
