/* SPDX-License-Identifier: Apache-2.0 */
/* The next records are gathered while the hot state takes what was committed. Nobody may notice:
 * `seen` never covers a record that is not applied, and what was gathered is void when the hot
 * state turns out to be lost. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/memory_faults.h"
#include "common/memory/view_memory.h"
#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { PARTITIONS = 2, SUBJECTS = 5, EVENTS = 60, ROUNDS_MAX = 4000, BATCH = 7 };

struct watch {
    struct world *world;
    enum rlc_step lose_in; /* the hot state is lost at this step ... */
    int lose_at;           /* ... when it is made for the so many-th time; 0: never */
    int overlaps;          /* polls between a send and its answer */
    bool sent;
};

static void assert_seen_is_applied(const struct world *world)
{
    for (int32_t p = 0; p < PARTITIONS; p++) {
        struct rlc_look look;

        assert_int_equal(world->eye->ops->look(world->eye, p, &look, NULL), RLC_OK);
        if (rlc_look_is_whole(&look, world->facts.uuid) && look.seen_present)
            assert_true(look.seen.seen <= look.fence.next_in);
    }
}

static void on_step(void *context, struct world_role *role, enum rlc_step step)
{
    struct watch *watch = context;

    (void)role;
    if (step == RLC_STEP_APPLY || step == RLC_STEP_APPLY_WAIT)
        watch->sent = step == RLC_STEP_APPLY;
    watch->overlaps += watch->sent && step == RLC_STEP_POLL;
    assert_seen_is_applied(watch->world);
    if (step == watch->lose_in && watch->lose_at && --watch->lose_at == 0)
        rlc_memory_store_flush_all(watch->world->store);
}

/* The facts and the hot state of one life; every record of the input is one event. */
static char *live(struct watch *watch)
{
    struct world world;
    char *facts, *state, *all;
    size_t size;

    world_open(&world, &counter_service, NULL, PARTITIONS, 1);
    world.batch_max = BATCH;
    world.stepped = true;
    world.on_step = on_step;
    world.on_step_context = watch;
    watch->world = &world;
    for (int i = 0; i < EVENTS; i++) {
        char key[16];
        char value[32];

        (void)snprintf(key, sizeof(key), "s%d", i % SUBJECTS);
        (void)snprintf(value, sizeof(value), "add %d", i);
        world_publish(&world, COUNTER_INPUT, key, value);
    }
    world_start(&world, 0);
    world_settle(&world, ROUNDS_MAX);
    facts = world_dump_topic(&world, COUNTER_FACTS, false);
    state = world_dump_state(&world);
    size = strlen(facts) + strlen(state) + 1;
    all = malloc(size);
    assert_non_null(all);
    (void)snprintf(all, size, "%s%s", facts, state);
    free(facts);
    free(state);
    world_close(&world);
    return all;
}

static void records_are_gathered_while_the_hot_state_is_written(void **state)
{
    struct watch watch = { .lose_at = 0 };
    char *life = live(&watch);

    (void)state;
    print_message("%d polls between an apply and its answer\n", watch.overlaps);
    assert_true(watch.overlaps > 3);
    free(life);
}

static void a_hot_state_that_is_lost_meanwhile_voids_what_was_gathered(void **state)
{
    static const enum rlc_step STEPS[] = { RLC_STEP_COMMITTED, RLC_STEP_APPLY, RLC_STEP_POLL,
                                           RLC_STEP_APPLY_WAIT, RLC_STEP_APPLIED };
    struct watch calm = { .lose_at = 0 };
    char *expected = live(&calm);

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(STEPS); i++) {
        for (int at = 1; at <= 6; at++) {
            struct watch watch = { .lose_in = STEPS[i], .lose_at = at };
            char *life = live(&watch);

            print_message("lost at %s, the %d. time\n", rlc_step_row(STEPS[i])->name, at);
            assert_int_equal(watch.lose_at, 0);
            world_assert_same_text("facts and state", expected, life);
            free(life);
        }
    }
    free(expected);
}

/* ---- a seek that fails ---- */

/* When the first transaction from now on has committed, the broker is away. */
static void go_away(void *context, struct world_role *role, enum rlc_step step)
{
    struct world *world = context;

    (void)role;
    if (step == RLC_STEP_COMMITTED)
        rlc_memory_faults_set_away(world->broker, true);
}

static void a_seek_that_fails_behind_a_cut_leaves_seen_where_it_is(void **state)
{
    enum { DUE = 20 };
    struct world world;
    struct rlc_look look;
    char value[64];

    (void)state;
    world_open(&world, &counter_service, NULL, 1, 1);
    world.batch_max = BATCH;
    world.stepped = true;
    world_start(&world, 0);
    for (int i = 0; i < DUE; i++) {
        char key[16];

        (void)snprintf(key, sizeof(key), "s%d", i);
        (void)snprintf(value, sizeof(value), "wake %" PRId64, world.now_ms + 1000);
        world_publish(&world, COUNTER_INPUT, key, value);
    }
    world_settle(&world, ROUNDS_MAX);
    world.on_step = go_away;
    world.on_step_context = &world;
    (void)snprintf(value, sizeof(value), "tick %" PRId64, world.now_ms + 100000);
    world_publish(&world, COUNTER_INPUT, "tick", value); /* more is due than fits into a batch */
    world_publish(&world, COUNTER_INPUT, "s1", "add 5");
    for (int i = 0; i < 5; i++)
        world_round(&world);
    assert_int_equal(world.eye->ops->look(world.eye, 0, &look, NULL), RLC_OK);
    assert_int_equal(look.fence.next_in, DUE);
    assert_true(look.seen.seen <= DUE);
    rlc_memory_faults_set_away(world.broker, false);
    world_close(&world);
}

/* ---- a partition at rest beside a busy one ---- */

/* So many committed records, and behind them the marker of their transaction. */
static void publish_in_transaction(struct world *world, int32_t partition, int count)
{
    struct rlc_bus_config config = world->installation.tool_config;
    struct rlc_outgoing outgoing = { .topic = COUNTER_INPUT,
                                     .partition = partition,
                                     .key = rlc_span_of("quiet"),
                                     .value = rlc_span_of("add 1") };
    struct rlc_bus *bus;

    config.transactional_id = "upstream";
    assert_int_equal(rlc_memory_bus_open(world->broker, &config, &bus, NULL), RLC_OK);
    assert_int_equal(bus->ops->begin(bus, NULL), RLC_OK);
    for (int i = 0; i < count; i++)
        assert_int_equal(bus->ops->produce(bus, &outgoing, NULL), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    bus->ops->close(bus, true);
}

/* The marker behind the last record is passed in another poll than the record, if that was the last
 * of its batch. */
static void rest_beside_a_busy_one(int count)
{
    enum { BACKLOG = 200, ROUNDS = 8 };
    struct world world;
    struct rlc_look rest, busy;

    world_open(&world, &counter_service, NULL, PARTITIONS, 1);
    world.batch_max = BATCH;
    world.stepped = true;
    world_start(&world, 0);
    world_settle(&world, ROUNDS_MAX);
    publish_in_transaction(&world, 1, count);
    for (int i = 0; i < BACKLOG; i++)
        world_publish_at(&world, COUNTER_INPUT, 0, "busy", "add 1");
    for (int i = 0; i < ROUNDS; i++)
        world_round(&world);
    assert_int_equal(world.eye->ops->look(world.eye, 0, &busy, NULL), RLC_OK);
    assert_int_equal(world.eye->ops->look(world.eye, 1, &rest, NULL), RLC_OK);
    assert_true(busy.fence.next_in > 0 && busy.fence.next_in < BACKLOG);
    assert_int_equal(rest.fence.next_in, count);
    assert_int_equal(rest.seen.seen, count + 1);
    world_close(&world);
}

static void a_partition_at_rest_is_seen_to_its_end_while_another_is_busy(void **state)
{
    (void)state;
    for (int count = 1; count <= BATCH; count++)
        rest_beside_a_busy_one(count);
}

/* ---- what must not starve ---- */

static void count_looks(void *context, struct world_role *role, enum rlc_step step)
{
    (void)role;
    *(int *)context += step == RLC_STEP_WATCH;
}

static void a_backlog_keeps_neither_timers_nor_looks_waiting(void **state)
{
    enum { BACKLOG = 700, SOON = 10, ROUNDS = 60 };
    struct world world;
    struct rlc_look busy;
    char value[64];
    int looks = 0;

    (void)state;
    world_open(&world, &counter_service, NULL, 1, 1);
    world.batch_max = BATCH;
    world_start(&world, 0);
    world_settle(&world, ROUNDS_MAX);
    (void)snprintf(value, sizeof(value), "wake %" PRId64, world.now_ms + SOON * WORLD_ROUND_MS / 2);
    world_publish(&world, COUNTER_INPUT, "sleeper", value);
    for (int i = 0; i < BACKLOG; i++)
        world_publish(&world, COUNTER_INPUT, "busy", "add 1");
    world.on_step = count_looks;
    world.on_step_context = &looks;
    for (int i = 0; i < ROUNDS; i++) {
        world_round(&world);
        assert_true(i < SOON || world.counters[RLC_COUNT_TICKS] > 0);
    }
    assert_int_equal(world.eye->ops->look(world.eye, 0, &busy, NULL), RLC_OK);
    assert_true(busy.fence.next_in > 0 && busy.fence.next_in < BACKLOG);
    assert_true(looks > 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_gathered_while_the_hot_state_is_written),
        cmocka_unit_test(a_hot_state_that_is_lost_meanwhile_voids_what_was_gathered),
        cmocka_unit_test(a_seek_that_fails_behind_a_cut_leaves_seen_where_it_is),
        cmocka_unit_test(a_partition_at_rest_is_seen_to_its_end_while_another_is_busy),
        cmocka_unit_test(a_backlog_keeps_neither_timers_nor_looks_waiting),
    };

    return cmocka_run_group_tests_name("overlap", tests, NULL, NULL);
}
