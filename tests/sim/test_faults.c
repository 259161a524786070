/* SPDX-License-Identifier: Apache-2.0 */
/* What brokers and stores were seen to do: lost answers, late markers, torn transactions, offsets
 * that are gone, servers that are away, clocks that are wrong. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/memory_faults.h"
#include "tests/support/counter.h"
#include "tests/support/random.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { PARTITIONS = 2, SUBJECTS = 5, EVENTS = 40, ROUNDS_MAX = 6000, BATCH = 7 };

static void publish(struct world *world, int from, int to)
{
    for (int i = from; i < to; i++) {
        char key[16];
        char value[32];

        (void)snprintf(key, sizeof(key), "s%d", i % SUBJECTS);
        (void)snprintf(value, sizeof(value), "add %d", i);
        world_publish(world, COUNTER_INPUT, key, value);
    }
}

static void open_started(struct world *world)
{
    world_open(world, &counter_service, NULL, PARTITIONS, 2);
    world->batch_max = BATCH;
    world->stepped = true;
    world_start(world, 0);
    publish(world, 0, EVENTS);
}

static char *undisturbed(int events)
{
    struct world world;
    char *facts;

    open_started(&world);
    publish(&world, EVENTS, events);
    world_settle(&world, ROUNDS_MAX);
    facts = world_dump_topic(&world, COUNTER_FACTS, false);
    world_close(&world);
    return facts;
}

static void assert_facts(struct world *world, const char *expected)
{
    char *facts = world_dump_topic(world, COUNTER_FACTS, false);

    world_assert_same_text("facts", expected, facts);
    free(facts);
}

static void a_commit_whose_answer_is_lost_is_neither_repeated_nor_forgotten(void **state)
{
    static const enum rlc_memory_outcome OUTCOMES[] = { RLC_MEMORY_UNKNOWN_COMMITTED,
                                                        RLC_MEMORY_UNKNOWN_LOST };
    char *expected = undisturbed(2 * EVENTS);

    (void)state;
    for (size_t i = 0; i < sizeof(OUTCOMES) / sizeof(OUTCOMES[0]); i++) {
        struct world world;

        open_started(&world);
        world_settle(&world, ROUNDS_MAX);
        rlc_memory_faults_next_commit(world.broker, OUTCOMES[i]);
        publish(&world, EVENTS, 2 * EVENTS);
        world_settle(&world, ROUNDS_MAX);
        assert_true(world.counters[RLC_COUNT_FENCED] > 0);
        assert_facts(&world, expected);
        world_close(&world);
    }
    free(expected);
}

static void late_markers_are_waited_for(void **state)
{
    char *expected = undisturbed(2 * EVENTS);
    struct world world;

    (void)state;
    open_started(&world);
    rlc_memory_faults_delay_markers(world.broker, 30);
    for (int i = 0; i < 20; i++) {
        publish(&world, EVENTS + i * 2, EVENTS + i * 2 + 2);
        world_round(&world);
        world_kill(&world, 0);
        world_start(&world, 0);
    }
    world_settle(&world, ROUNDS_MAX);
    rlc_memory_faults_delay_markers(world.broker, 0);
    assert_facts(&world, expected);
    world_close(&world);
    free(expected);
}

static void a_torn_transaction_is_not_applied_and_its_keys_are_written_again(void **state)
{
    struct world world;
    char *before;
    char *after;

    (void)state;
    open_started(&world);
    world_settle(&world, ROUNDS_MAX);
    /* Facts and one state record of the next transaction become visible without its checkpoint. */
    rlc_memory_faults_tear(world.broker, world.processes[0].id, 3);
    world_publish_at(&world, COUNTER_INPUT, 0, "t1", "add 1");
    world_publish_at(&world, COUNTER_INPUT, 0, "t2", "add 2");
    world_settle(&world, ROUNDS_MAX);
    assert_true(world.counters[RLC_COUNT_TORN] > 0);
    before = world_dump_state(&world);

    /* A later rebuild reads the log alone, after the cleaner, and gives the same. */
    assert_int_equal(
        rlc_memory_broker_compact(world.broker, COUNTER_TOPIC[COUNTER_STATE], false, NULL), RLC_OK);
    rlc_memory_store_flush_all(world.store);
    world_settle(&world, ROUNDS_MAX);
    after = world_dump_state(&world);
    assert_string_equal(before, after);
    free(before);
    free(after);
    world_close(&world);
}

static void a_refused_record_fails_the_whole_batch(void **state)
{
    static const enum rlc_status ANSWERS[] = { RLC_ABORT, RLC_FATAL, RLC_REJECT, RLC_RETRY };
    char *expected = undisturbed(2 * EVENTS);

    (void)state;
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
        struct world world;

        open_started(&world);
        world_settle(&world, ROUNDS_MAX);
        rlc_memory_faults_fail_produce(world.broker, (uint32_t)(EVENTS + 5), ANSWERS[i]);
        publish(&world, EVENTS, 2 * EVENTS);
        world_settle(&world, ROUNDS_MAX);
        assert_facts(&world, expected);
        world_close(&world);
    }
    free(expected);
}

static void a_lost_delivery_fails_the_whole_batch(void **state)
{
    char *expected = undisturbed(2 * EVENTS);
    struct world world;

    (void)state;
    open_started(&world);
    world_settle(&world, ROUNDS_MAX);
    publish(&world, EVENTS, 2 * EVENTS);
    rlc_memory_faults_next_delivery_fails(world.broker);
    world_settle(&world, ROUNDS_MAX);
    assert_true(world.counters[RLC_COUNT_ABORTS] > 0);
    assert_facts(&world, expected);
    world_close(&world);
    free(expected);
}

static void servers_that_are_away_are_waited_for(void **state)
{
    char *expected = undisturbed(3 * EVENTS);
    struct world world;

    (void)state;
    open_started(&world);
    world_settle(&world, ROUNDS_MAX);
    publish(&world, EVENTS, 2 * EVENTS);
    rlc_memory_store_set_away(world.store, true);
    for (int i = 0; i < 200; i++)
        world_round(&world);
    rlc_memory_store_set_away(world.store, false);
    world_settle(&world, ROUNDS_MAX);
    publish(&world, 2 * EVENTS, 3 * EVENTS);
    rlc_memory_faults_set_away(world.broker, true);
    for (int i = 0; i < 50; i++)
        world_round(&world);
    rlc_memory_faults_set_away(world.broker, false);
    world_settle(&world, ROUNDS_MAX);
    assert_facts(&world, expected);
    world_close(&world);
    free(expected);
}

/* A clock of this process that is 40 days ahead of the broker's. */
static rlc_ms forty_days_ahead(void *context)
{
    return ((struct world *)context)->now_ms + 40 * RLC_DAY_MS;
}

static uint64_t steady_ns(void *context)
{
    return (uint64_t)((struct world *)context)->now_ms * 1000000u;
}

static void a_clock_far_ahead_fires_nothing_early_and_writes_one_clamped_tick(void **state)
{
    struct world world;
    char value[64];
    char *facts;

    (void)state;
    world_open(&world, &counter_service, NULL, 1, 1);
    world.clock = (struct rlc_clock){ forty_days_ahead, steady_ns, &world };
    (void)snprintf(value, sizeof(value), "wake %" PRId64, world.now_ms + 10 * RLC_DAY_MS);
    world_start(&world, 0);
    world_publish(&world, COUNTER_INPUT, "a", "add 1");
    world_publish(&world, COUNTER_INPUT, "a", value);
    for (int i = 0; i < 5000; i++)
        world_round(&world);

    assert_int_equal(world.counters[RLC_COUNT_TICKS], 1);
    assert_int_equal(world.counters[RLC_COUNT_CLAMPED], 1);
    facts = world_dump_topic(&world, COUNTER_FACTS, false);
    assert_null(strstr(facts, "woke"));
    free(facts);

    world.now_ms += 10 * RLC_DAY_MS;
    world_settle(&world, ROUNDS_MAX);
    facts = world_dump_topic(&world, COUNTER_FACTS, false);
    assert_non_null(strstr(facts, "woke"));
    free(facts);
    world_close(&world);
}

static void a_record_of_many_subjects_is_cut_into_transactions(void **state)
{
    struct world world;
    char value[64];
    char *facts;
    int woken = 0;

    (void)state;
    world_open(&world, &counter_service, NULL, 1, 1);
    world.batch_max = BATCH;
    world.stepped = true;
    world_start(&world, 0);
    (void)snprintf(value, sizeof(value), "wake %" PRId64, world.now_ms + 1000);
    for (int i = 0; i < 5 * BATCH + 3; i++) {
        char key[16];

        (void)snprintf(key, sizeof(key), "s%d", i);
        world_publish(&world, COUNTER_INPUT, key, "add 1");
        world_publish(&world, COUNTER_INPUT, key, value);
    }
    (void)snprintf(value, sizeof(value), "tick %" PRId64, world.now_ms + 2000);
    world_publish(&world, COUNTER_INPUT, "all", value);
    world_settle(&world, ROUNDS_MAX);

    facts = world_dump_topic(&world, COUNTER_FACTS, false);
    for (const char *at = facts; (at = strstr(at, "woke")); at++)
        woken++;
    assert_int_equal(woken, 5 * BATCH + 3);
    free(facts);
    world_close(&world);
}

static void a_sweep_whose_transactions_fail_skips_nobody(void **state)
{
    (void)state;
    for (int lost = 0; lost < 2; lost++) {
        struct world world;
        char *facts;
        int swept = 0;

        world_open(&world, &counter_service, NULL, 1, 1);
        world.batch_max = BATCH;
        world.stepped = true;
        world_start(&world, 0);
        for (int i = 0; i < 5 * BATCH; i++) {
            char key[16];

            (void)snprintf(key, sizeof(key), "s%d", i);
            world_publish(&world, COUNTER_INPUT, key, "add 1");
        }
        world_settle(&world, ROUNDS_MAX);
        world_publish(&world, COUNTER_INPUT, "all", "sweep");
        if (lost)
            rlc_memory_faults_next_commit(world.broker, RLC_MEMORY_UNKNOWN_LOST);
        else
            rlc_memory_faults_next_delivery_fails(world.broker);
        world_settle(&world, ROUNDS_MAX);
        facts = world_dump_topic(&world, COUNTER_FACTS, false);
        for (const char *at = facts; (at = strstr(at, "swept")); at++)
            swept++;
        assert_int_equal(swept, 5 * BATCH);
        free(facts);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_whose_answer_is_lost_is_neither_repeated_nor_forgotten),
        cmocka_unit_test(late_markers_are_waited_for),
        cmocka_unit_test(a_torn_transaction_is_not_applied_and_its_keys_are_written_again),
        cmocka_unit_test(a_refused_record_fails_the_whole_batch),
        cmocka_unit_test(a_lost_delivery_fails_the_whole_batch),
        cmocka_unit_test(servers_that_are_away_are_waited_for),
        cmocka_unit_test(a_clock_far_ahead_fires_nothing_early_and_writes_one_clamped_tick),
        cmocka_unit_test(a_record_of_many_subjects_is_cut_into_transactions),
        cmocka_unit_test(a_sweep_whose_transactions_fail_skips_nobody),
    };

    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
