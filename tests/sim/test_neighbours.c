/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong in one partition stays there, and people are told. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/memory_faults.h"
#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { BAD, GOOD, PARTITIONS, NEIGHBOURS = 10, ROUNDS_MAX = 6000, LONG_ROUNDS = 20000 };

#define POISON "poison"

static void open_started(struct world *world, const struct rlc_service *service, uint32_t batch_max)
{
    world_open(world, service, NULL, PARTITIONS, 1);
    world->batch_max = batch_max;
    world->stepped = true;
    world_start(world, 0);
    world_settle(world, ROUNDS_MAX);
}

static void publish_good(struct world *world)
{
    for (int i = 0; i < NEIGHBOURS; i++)
        world_publish_at(world, COUNTER_INPUT, GOOD, "sound", "add 1");
}

/* "wake ..." or "tick ..." at `after_ms` from now. */
static void publish_time(struct world *world, const char *key, const char *verb, rlc_ms after_ms)
{
    char text[48];

    (void)snprintf(text, sizeof(text), "%s %" PRId64, verb, world->now_ms + after_ms);
    world_publish_at(world, COUNTER_INPUT, BAD, key, text);
}

/* How many facts, one a line, speak of a subject. */
static size_t facts_of(struct world *world, const char *subject)
{
    char *facts = world_dump_topic(world, COUNTER_FACTS, false);
    size_t count = 0;

    for (const char *at = facts; at && (at = strstr(at, subject)); at = strchr(at, '\n'))
        count++;
    free(facts);
    return count;
}

static void await_neighbours(struct world *world)
{
    for (int i = 0; i < ROUNDS_MAX && facts_of(world, "sound") < NEIGHBOURS; i++)
        world_round(world);
    assert_int_equal(facts_of(world, "sound"), NEIGHBOURS);
}

static void assert_only_bad_is_stopped(struct world *world, const char *why)
{
    size_t owned;
    size_t ready;

    rlc_worker_readiness(world->processes[0].worker, &owned, &ready);
    assert_int_equal(owned, PARTITIONS);
    assert_int_equal(ready, PARTITIONS - 1);
    assert_non_null(strstr(world->last_note, why));
}

static bool is_poisoned(struct rlc_span key)
{
    size_t size = strlen(POISON);

    return key.size >= size && memcmp(key.data + key.size - size, POISON, size) == 0;
}

/* ---- a record of a newer version ---- */

static void *old_version(void *self, struct rlc_span key, struct rlc_span bytes,
                         struct rlc_arena *arena)
{
    return is_poisoned(key) ? NULL : counter_service.decode_record(self, key, bytes, arena);
}

static void a_record_that_this_version_cannot_read_stops_its_partition_only(void **state)
{
    struct rlc_service service = counter_service;
    struct world world;

    (void)state;
    open_started(&world, &service, 100);
    world_publish_at(&world, COUNTER_INPUT, BAD, POISON, "add 1");
    world_settle(&world, ROUNDS_MAX);
    service.decode_record = old_version;
    world_publish_at(&world, COUNTER_INPUT, BAD, POISON, "add 1");
    publish_good(&world);
    await_neighbours(&world);
    assert_only_bad_is_stopped(&world, "STATE_UNREADABLE");

    service.decode_record = counter_service.decode_record;
    world_settle(&world, LONG_ROUNDS);
    assert_int_equal(facts_of(&world, POISON), 2);
    world_close(&world);
}

/* A restore would keep the record and lose its timer. */
static void a_restore_stops_at_a_record_that_this_version_cannot_read(void **state)
{
    struct rlc_service service = counter_service;
    struct world world;

    (void)state;
    open_started(&world, &service, 100);
    publish_time(&world, POISON, "wake", 1000);
    world_settle(&world, ROUNDS_MAX);
    service.decode_record = old_version;
    rlc_memory_store_flush_all(world.store);
    publish_good(&world);
    await_neighbours(&world);
    for (int i = 0; i < 500; i++)
        world_round(&world);
    assert_only_bad_is_stopped(&world, "STATE_UNREADABLE");

    service.decode_record = counter_service.decode_record;
    world_settle(&world, LONG_ROUNDS);
    publish_time(&world, "all", "tick", 3600000);
    world_settle(&world, ROUNDS_MAX);
    assert_int_equal(facts_of(&world, POISON " woke"), 1);
    world_close(&world);
}

/* ---- what falls due does not fit ---- */

/* Whoever is woken has more to say than a message holds. */
static void decide_at_length(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    size_t size = RLC_MEMORY_MESSAGE_MAX + 1;

    if (event->class == RLC_EVENT_DUE && is_poisoned(event->subject)) {
        uint8_t *text = rlc_arena_alloc(turn->arena, size);

        assert_non_null(text);
        memset(text, 'x', size);
        rlc_turn_emit(turn, COUNTER_FACTS, turn->partition, event->subject,
                      rlc_span_from(text, size));
    }
    counter_service.decide(self, event, turn);
}

static void what_falls_due_and_cannot_be_written_stops_its_partition_only(void **state)
{
    struct rlc_service service = counter_service;
    struct world world;

    (void)state;
    service.decide = decide_at_length;
    open_started(&world, &service, 100);
    publish_time(&world, POISON, "wake", 1000);
    world_settle(&world, ROUNDS_MAX);
    publish_time(&world, "all", "tick", 60000);
    publish_good(&world);
    for (int i = 0; i < ROUNDS_MAX && !strstr(world.last_note, "due.too_large"); i++)
        world_round(&world);
    await_neighbours(&world);
    assert_only_bad_is_stopped(&world, "DUE_TOO_LARGE");
    assert_int_equal(world_count_topic(&world, COUNTER_DEAD_LETTERS), 0);

    service.decide = counter_service.decide;
    world_settle(&world, LONG_ROUNDS);
    assert_int_equal(facts_of(&world, POISON " woke"), 1);
    world_close(&world);
}

/* ---- a neighbour's backlog ---- */

static void a_neighbours_backlog_does_not_keep_timers_waiting(void **state)
{
    enum { BATCH = 100, DUE = 1000, BACKLOG = 20000 };
    struct world world;

    (void)state;
    open_started(&world, &counter_service, BATCH);
    for (int i = 0; i < DUE; i++) {
        char key[16];

        (void)snprintf(key, sizeof(key), "s%d", i);
        publish_time(&world, key, "wake", 1000);
    }
    world_settle(&world, ROUNDS_MAX);
    for (int i = 0; i < BACKLOG; i++)
        world_publish_at(&world, COUNTER_INPUT, GOOD, "busy", "add 1");
    publish_time(&world, "all", "tick", 3600000);
    for (int i = 0; i < ROUNDS_MAX && world.counters[RLC_COUNT_DUES] < DUE; i++)
        world_round(&world);
    assert_int_equal(world.counters[RLC_COUNT_DUES], DUE);
    /* A quarter of each batch was theirs: the backlog was not read to its end before. */
    assert_in_range(facts_of(&world, "busy"), 0, DUE * 5);
    world_settle(&world, ROUNDS_MAX);
    world_close(&world);
}

/* ---- what people are told ---- */

static void partitions_beyond_what_one_worker_owns_are_told(void **state)
{
    struct world world;
    size_t owned;
    size_t ready;

    (void)state;
    world_open(&world, &counter_service, NULL, (int32_t)RLC_PARTS_MAX + 44, 1);
    world.stepped = true;
    world_start(&world, 0);
    for (int i = 0; i < ROUNDS_MAX && !world.unready[0]; i++)
        world_round(&world);
    assert_string_equal(world.unready, "assignment");
    for (int i = 0; i < ROUNDS_MAX && !rlc_worker_idle(world.processes[0].worker); i++)
        world_round(&world);
    rlc_worker_readiness(world.processes[0].worker, &owned, &ready);
    assert_int_equal(ready, RLC_PARTS_MAX);
    world_close(&world);
}

static void a_worker_that_cannot_write_is_not_ready_until_it_can(void **state)
{
    struct world world;

    (void)state;
    open_started(&world, &counter_service, 100);
    publish_good(&world);
    for (int i = 0; i < ROUNDS_MAX && !world.unready[0]; i++) {
        rlc_memory_faults_fail_produce(world.broker, 1, RLC_ABORT);
        world_round(&world);
    }
    assert_string_equal(world.unready, "writing");
    rlc_memory_faults_fail_produce(world.broker, 0, RLC_OK);
    world_settle(&world, ROUNDS_MAX);
    assert_string_equal(world.unready, "");
    assert_int_equal(facts_of(&world, "sound"), NEIGHBOURS);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_this_version_cannot_read_stops_its_partition_only),
        cmocka_unit_test(a_restore_stops_at_a_record_that_this_version_cannot_read),
        cmocka_unit_test(what_falls_due_and_cannot_be_written_stops_its_partition_only),
        cmocka_unit_test(a_neighbours_backlog_does_not_keep_timers_waiting),
        cmocka_unit_test(partitions_beyond_what_one_worker_owns_are_told),
        cmocka_unit_test(a_worker_that_cannot_write_is_not_ready_until_it_can),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
