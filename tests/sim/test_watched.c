/* SPDX-License-Identifier: Apache-2.0 */
/* What the loop tells those who watch it is true, whatever happens on the way. */
#include <stdio.h>
#include <string.h>

#include "common/memory/memory_faults.h"
#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { PARTITIONS = 1, EVENTS = 30, BATCH = 7, ROUNDS_MAX = 6000 };

static void publish(struct world *world, int count)
{
    for (int i = 0; i < count; i++)
        world_publish(world, COUNTER_INPUT, i % 2 ? "odd" : "even", "add 1");
}

static void open_started(struct world *world)
{
    world_open(world, &counter_service, NULL, PARTITIONS, 1);
    world->batch_max = BATCH;
    world->stepped = true;
    world_start(world, 0);
}

static void a_number_counts_each_decision_once_however_often_it_was_taken(void **state)
{
    static const enum rlc_status ANSWERS[] = { RLC_ABORT, RLC_FATAL, RLC_REJECT, RLC_RETRY };
    struct world world;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ANSWERS); i++) {
        open_started(&world);
        world_settle(&world, ROUNDS_MAX);
        publish(&world, EVENTS);
        rlc_memory_faults_fail_produce(world.broker, 5, ANSWERS[i]);
        world_settle(&world, ROUNDS_MAX);
        assert_int_equal(world.tallies, EVENTS);
        assert_int_equal(world_count_topic(&world, COUNTER_FACTS), EVENTS);
        world_close(&world);
    }
}

/* Rounds of virtual time, with nothing asked of their outcome. */
static void let_pass(struct world *world, rlc_ms time_ms)
{
    for (rlc_ms passed_ms = 0; passed_ms < time_ms; passed_ms += WORLD_ROUND_MS)
        world_round(world);
}

static void a_worker_that_has_read_everything_is_not_behind(void **state)
{
    struct world world;

    (void)state;
    open_started(&world);
    publish(&world, EVENTS);
    world_settle(&world, ROUNDS_MAX);
    let_pass(&world, 60000);
    assert_int_equal(world.behind_ms[0], 0);
    world_close(&world);
}

/* Nothing can be written for a minute: the oldest record waits a minute, and the newest that was
 * finished long before does not count. */
static void a_worker_that_cannot_write_says_how_long_the_oldest_record_waits(void **state)
{
    struct world world;

    (void)state;
    open_started(&world);
    publish(&world, EVENTS);
    world_settle(&world, ROUNDS_MAX);
    let_pass(&world, 500000);
    publish(&world, 1);
    for (rlc_ms passed_ms = 0; passed_ms < 60000; passed_ms += WORLD_ROUND_MS) {
        rlc_memory_faults_fail_produce(world.broker, 1, RLC_ABORT);
        world_round(&world);
    }
    assert_in_range(world.behind_ms[0], 55000, 65000);
    rlc_memory_faults_fail_produce(world.broker, 0, RLC_OK);
    world_settle(&world, ROUNDS_MAX);
    let_pass(&world, 3000);
    assert_int_equal(world.behind_ms[0], 0);
    world_close(&world);
}

static void a_partition_that_is_not_ours_is_not_spoken_of(void **state)
{
    struct world world;

    (void)state;
    open_started(&world);
    world_settle(&world, ROUNDS_MAX);
    rlc_memory_store_flush_all(world.store);
    rlc_memory_faults_set_away(world.broker, true);
    let_pass(&world, 3000);
    assert_int_equal(world.behind_ms[0], RLC_BEHIND_UNKNOWN);
    rlc_memory_faults_set_away(world.broker, false);
    world_settle(&world, ROUNDS_MAX);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_counts_each_decision_once_however_often_it_was_taken),
        cmocka_unit_test(a_worker_that_has_read_everything_is_not_behind),
        cmocka_unit_test(a_worker_that_cannot_write_says_how_long_the_oldest_record_waits),
        cmocka_unit_test(a_partition_that_is_not_ours_is_not_spoken_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
