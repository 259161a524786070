/* SPDX-License-Identifier: Apache-2.0 */
/* A process that is stopped for a while, replaced, and then goes on must change nothing. Each fence
 * is tried alone, with the others switched off, and the test shows that it bites by switching that
 * one off too. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/memory_faults.h"
#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { PARTITIONS = 2, SUBJECTS = 5, EVENTS = 40, ROUNDS_MAX = 4000, BATCH = 7 };

struct result {
    char *facts;
    char *state;
};

static void result_free(struct result *result)
{
    free(result->facts);
    free(result->state);
}

static struct result result_of(struct world *world)
{
    return (struct result){ world_dump_topic(world, COUNTER_FACTS, false),
                            world_dump_state(world) };
}

static bool same(const struct result *left, const struct result *right)
{
    return strcmp(left->facts, right->facts) == 0 && strcmp(left->state, right->state) == 0;
}

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

static void open_pair(struct world *world)
{
    world_open(world, &counter_service, NULL, PARTITIONS, 2);
    world->batch_max = BATCH;
    world->stepped = true;
    publish(world, 0, EVENTS);
    world_start(world, 0);
}

static struct result undisturbed(void)
{
    struct world world;
    struct result result;

    open_pair(&world);
    world_settle(&world, ROUNDS_MAX);
    result = result_of(&world);
    world_close(&world);
    return result;
}

/* The twin of process 0: same ordinal, so same member and same transactional id. */
static void make_twin(struct world *world)
{
    memcpy(world->processes[1].member, world->processes[0].member,
           sizeof(world->processes[1].member));
    memcpy(world->processes[1].id, world->processes[0].id, sizeof(world->processes[1].id));
}

/* Runs process 0 until it stops at its `at`-th step (0: until nothing is left to do). */
static bool run_until_stopped(struct world *world, uint64_t at)
{
    world->processes[0].stop_at = at;
    for (int i = 0; i < ROUNDS_MAX; i++) {
        world_round(world);
        if (world->processes[0].stopped)
            return true;
        if (world_is_quiet(world))
            return false;
    }
    return false;
}

static void take_over(struct world *world, bool twin)
{
    if (twin)
        make_twin(world);
    else /* it may have stopped before it joined */
        (void)rlc_memory_broker_expire_member(world->broker, world->service->name,
                                              world->processes[0].member);
    world_start(world, 1);
}

static bool stopped_replaced_continued(uint64_t at, bool twin, const struct result *expected)
{
    struct world world;
    struct result result;
    bool stopped;

    open_pair(&world);
    stopped = run_until_stopped(&world, at);
    if (stopped) {
        take_over(&world, twin);
        world_settle(&world, ROUNDS_MAX);
        world_continue(&world, 0);
        for (int i = 0; i < 100; i++)
            world_round(&world);
        world_settle(&world, ROUNDS_MAX);
    }
    result = result_of(&world);
    if (!same(expected, &result))
        fail_msg("stopped at step %" PRIu64 " (%s) and continued: another result", at,
                 rlc_step_row(world.processes[0].stopped_in)->name);
    result_free(&result);
    world_close(&world);
    return stopped;
}

static void a_stop_at_any_step_and_another_owner_change_nothing(void **state)
{
    struct result expected = undisturbed();
    uint64_t at = 1;

    (void)state;
    while (stopped_replaced_continued(at, false, &expected))
        at++;
    print_message("%" PRIu64 " steps, a stop at each, taken over by another ordinal\n", at - 1);
    assert_true(at > 50);
    result_free(&expected);
}

static void a_stop_at_any_step_and_a_twin_change_nothing(void **state)
{
    struct result expected = undisturbed();
    uint64_t at = 1;

    (void)state;
    while (stopped_replaced_continued(at, true, &expected))
        at++;
    print_message("%" PRIu64 " steps, a stop at each, replaced by a twin\n", at - 1);
    assert_true(at > 50);
    result_free(&expected);
}

/* ---- one fence alone ---- */

/* One table for each process that is patched. */
static struct rlc_bus_ops patched_ops[2];

static enum rlc_status offsets_without_generation(struct rlc_bus *bus,
                                                  const struct rlc_position *next, size_t count,
                                                  struct rlc_error *reterr)
{
    return rlc_memory_bus_send_offsets_as(bus, -1, "", NULL, next, count, reterr);
}

static enum rlc_status no_writer_is_fenced(struct rlc_bus *bus, const char *id,
                                           struct rlc_error *reterr)
{
    (void)bus;
    (void)id;
    (void)reterr;
    return RLC_OK;
}

static void patch(struct world *world, size_t process, bool fence_by_generation, bool fence_writer)
{
    struct rlc_bus *bus = world->processes[process].bus;
    struct rlc_bus_ops *ops = &patched_ops[process];

    *ops = *bus->ops;
    if (!fence_by_generation)
        ops->send_offsets = offsets_without_generation;
    if (!fence_writer)
        ops->fence_writer = no_writer_is_fenced;
    bus->ops = ops;
}

static void run_until_step(struct world *world, enum rlc_step step)
{
    struct world_process *process = &world->processes[0];

    for (int i = 0; i < ROUNDS_MAX; i++) {
        process->stop_at = 1;
        if (process->midway)
            world_continue(world, 0);
        else
            world_round(world);
        if (process->stopped && process->stopped_in == step)
            return;
        process->stopped = false;
    }
    fail_msg("never came to %s", rlc_step_row(step)->name);
}

/* Process 0 is stopped at `step`, with the fences as asked for; somebody else works everything off;
 * then it goes on. True if that changed nothing. */
static bool zombie_changes_nothing(enum rlc_step step, bool twin, bool fence_by_generation,
                                   bool fence_writer)
{
    struct world world;
    struct result before;
    struct result after;
    bool nothing;

    open_pair(&world);
    world_settle(&world, ROUNDS_MAX); /* it has written a checkpoint: it is known as a writer */
    publish(&world, EVENTS, 2 * EVENTS);
    patch(&world, 0, fence_by_generation, true);
    run_until_step(&world, step);
    take_over(&world, twin);
    if (!fence_writer)
        patch(&world, 1, true, false);
    world_settle(&world, ROUNDS_MAX);
    before = result_of(&world);
    world.processes[0].stop_at = 0;
    world_continue(&world, 0);
    after = result_of(&world);
    nothing = same(&before, &after);
    result_free(&before);
    result_free(&after);
    world_close(&world);
    return nothing;
}

static void the_transactional_id_alone_stops_a_zombie(void **state)
{
    (void)state;
    assert_true(zombie_changes_nothing(RLC_STEP_PRODUCE_STATE, true, false, true));
    assert_true(zombie_changes_nothing(RLC_STEP_SEND_OFFSETS, true, false, true));
    assert_true(zombie_changes_nothing(RLC_STEP_COMMIT, true, false, true));
    /* Another id, nobody who fences it, and no generation: the broker lets it through. */
    assert_false(zombie_changes_nothing(RLC_STEP_DECIDE, false, false, false));
}

static void the_generation_alone_stops_a_zombie(void **state)
{
    (void)state;
    assert_true(zombie_changes_nothing(RLC_STEP_BEGIN, false, true, false));
    assert_true(zombie_changes_nothing(RLC_STEP_DECIDE, false, true, false));
    assert_false(zombie_changes_nothing(RLC_STEP_DECIDE, false, false, false));
}

static void fencing_the_former_writer_alone_stops_a_zombie(void **state)
{
    (void)state;
    assert_true(zombie_changes_nothing(RLC_STEP_PRODUCE_STATE, false, false, true));
    assert_true(zombie_changes_nothing(RLC_STEP_SEND_OFFSETS, false, false, true));
}

static void the_offset_fence_alone_stops_a_late_apply(void **state)
{
    struct world world;
    char *before;
    char *after;

    (void)state;
    open_pair(&world);
    run_until_step(&world, RLC_STEP_APPLY);
    take_over(&world, false);
    publish(&world, EVENTS, EVENTS + 100 * BATCH);
    world.batch_max = 1;
    world_settle(&world, ROUNDS_MAX);
    assert_true(world.counters[RLC_COUNT_TRANSACTIONS] > 100);
    before = world_dump_state(&world);
    world.processes[0].stop_at = 0;
    world_continue(&world, 0);
    after = world_dump_state(&world);

    assert_string_equal(before, after);
    free(after);
    /* The hot state is the fold of the changelog: losing it and rebuilding gives the same. */
    rlc_memory_store_flush_all(world.store);
    world_settle(&world, ROUNDS_MAX);
    after = world_dump_state(&world);
    assert_string_equal(before, after);
    free(before);
    free(after);
    world_close(&world);
}

static void metadata_without_generation_is_never_sent(void **state)
{
    struct world world;
    uint64_t transactions;

    (void)state;
    open_pair(&world);
    world_settle(&world, ROUNDS_MAX);
    transactions = world.counters[RLC_COUNT_TRANSACTIONS];
    rlc_memory_bus_forge_metadata(world.processes[0].bus, -1, "");
    publish(&world, 0, 10);
    for (int i = 0; i < 100; i++)
        world_round(&world);
    assert_int_equal(world.counters[RLC_COUNT_TRANSACTIONS], transactions);

    rlc_memory_bus_forge_metadata(world.processes[0].bus, 0, NULL);
    world_settle(&world, ROUNDS_MAX);
    assert_true(world.counters[RLC_COUNT_TRANSACTIONS] > transactions);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_transactional_id_alone_stops_a_zombie),
        cmocka_unit_test(the_generation_alone_stops_a_zombie),
        cmocka_unit_test(fencing_the_former_writer_alone_stops_a_zombie),
        cmocka_unit_test(the_offset_fence_alone_stops_a_late_apply),
        cmocka_unit_test(metadata_without_generation_is_never_sent),
        cmocka_unit_test(a_stop_at_any_step_and_another_owner_change_nothing),
        cmocka_unit_test(a_stop_at_any_step_and_a_twin_change_nothing),
    };

    return cmocka_run_group_tests_name("zombies", tests, NULL, NULL);
}
