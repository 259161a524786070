/* SPDX-License-Identifier: Apache-2.0 */
/* From the log back to the hot state: nothing is lost on the way, and nobody waits for it longer
 * than necessary. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/memory_faults.h"
#include "common/runtime/replay.h"
#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { ROUNDS_MAX = 6000, BATCH = 100 };

/* ---- memory that runs short ---- */

/* Only what a restore keeps grows to this size here. */
enum { LARGE = 16384 };

static size_t large_reallocs_until_failure; /* 1 = the next one fails, once; 0 = none */

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
    if (size >= LARGE && large_reallocs_until_failure && --large_reallocs_until_failure == 0)
        return NULL;
    return __real_realloc(memory, size);
}

/* ---- lives ---- */

static void open_started(struct world *world, int32_t partitions, size_t processes)
{
    world_open(world, &counter_service, NULL, partitions, processes);
    world->batch_max = BATCH;
    world->stepped = true;
    world_start(world, 0);
}

static void publish(struct world *world, int32_t partition, int subjects)
{
    for (int i = 0; i < subjects; i++) {
        char key[16];
        char value[32];

        (void)snprintf(key, sizeof(key), "s%d", i);
        (void)snprintf(value, sizeof(value), "add %d", i);
        world_publish_at(world, COUNTER_INPUT, partition, key, value);
    }
}

static void compact(struct world *world)
{
    assert_int_equal(
        rlc_memory_broker_compact(world->broker, COUNTER_TOPIC[COUNTER_STATE], false, NULL),
        RLC_OK);
}

/* The process dies, the store forgets everything, another process of the same name starts. */
static void lose_the_hot_state(struct world *world)
{
    world_kill(world, 0);
    rlc_memory_store_flush_all(world->store);
    world_start(world, 0);
}

/* ---- what a process does to its hot state ---- */

static struct {
    struct world *world;
    struct rlc_view_ops ops;
    enum rlc_status (*apply)(struct rlc_view *view, struct rlc_view_apply *parts, size_t count,
                             struct rlc_error *reterr);
    size_t applies;
    size_t largest;
    size_t shown; /* applies after which a reader would trust the slice */
} spied;

static enum rlc_status spy_on_apply(struct rlc_view *view, struct rlc_view_apply *parts,
                                    size_t count, struct rlc_error *reterr)
{
    enum rlc_status status = spied.apply(view, parts, count, reterr);

    for (size_t i = 0; i < count; i++) {
        struct rlc_look look;

        spied.applies++;
        if (parts[i].count > spied.largest)
            spied.largest = parts[i].count;
        assert_int_equal(view->ops->look(view, parts[i].partition, &look, reterr), RLC_OK);
        if (rlc_look_is_whole(&look, spied.world->facts.uuid))
            spied.shown++;
    }
    return status;
}

static void spy_on(struct world *world)
{
    struct rlc_view *view = world->processes[0].view;

    memset(&spied, 0, sizeof(spied));
    spied.world = world;
    spied.ops = *view->ops;
    spied.apply = view->ops->apply;
    spied.ops.apply = spy_on_apply;
    view->ops = &spied.ops;
}

/* ---- tests ---- */

static void a_restore_that_runs_out_of_memory_starts_over_and_loses_no_record(void **state)
{
    enum { SUBJECTS = 900, REALLOCS = 3 };

    (void)state;
    for (size_t nth = 1; nth <= REALLOCS; nth++) {
        struct world world;
        char *before;
        char *after;

        open_started(&world, 1, 1);
        publish(&world, 0, SUBJECTS);
        world_settle(&world, ROUNDS_MAX);
        before = world_dump_state(&world);
        compact(&world);
        lose_the_hot_state(&world);
        large_reallocs_until_failure = nth;
        world_settle(&world, ROUNDS_MAX);
        assert_int_equal(large_reallocs_until_failure, 0);
        after = world_dump_state(&world);
        world_assert_same_text("states", before, after);
        free(before);
        free(after);
        world_close(&world);
    }
}

static void a_rebuild_from_a_cleaned_log_goes_in_steps_and_shows_no_half(void **state)
{
    enum { SUBJECTS = 5 * RLC_REPLAY_CHUNK + 10 };
    struct world world;
    char *before;
    char *after;

    (void)state;
    open_started(&world, 1, 1);
    publish(&world, 0, SUBJECTS);
    world_settle(&world, ROUNDS_MAX);
    before = world_dump_state(&world);
    compact(&world);
    lose_the_hot_state(&world);
    spy_on(&world);
    world_settle(&world, ROUNDS_MAX);
    after = world_dump_state(&world);

    world_assert_same_text("states", before, after);
    assert_true(spied.applies > 5);
    assert_in_range(spied.largest, 1, RLC_REPLAY_CHUNK);
    assert_int_equal(spied.shown, 0);
    free(before);
    free(after);
    world_close(&world);
}

static void records_of_many_bytes_go_in_smaller_steps(void **state)
{
    static uint8_t value[RLC_REPLAY_CHUNK_BYTES / 2];
    struct rlc_replay replay = { 0 };
    struct rlc_checkpoint checkpoint = { .format = RLC_CHECKPOINT_FORMAT };
    struct rlc_record record = { .offset = 9, .key = rlc_span_of(RLC_CHECKPOINT_KEY) };

    (void)state;
    rlc_replay_start(&replay, RLC_OFFSET_BEGIN, RLC_OFFSET_NONE);
    rlc_replay_checkpoint(&replay, &record, &checkpoint);
    rlc_replay_again(&replay);
    record.key = rlc_span_of("k");
    record.value = rlc_span_from(value, sizeof(value));
    record.offset = 1;
    assert_int_equal(rlc_replay_add(&replay, &record), RLC_OK);
    assert_false(rlc_replay_is_full(&replay));
    record.offset = 2;
    assert_int_equal(rlc_replay_add(&replay, &record), RLC_OK);
    assert_true(rlc_replay_is_full(&replay));
    assert_int_equal(replay.whole_off, 2);
    rlc_replay_clear(&replay);
}

static struct {
    struct world *world;
    enum rlc_step step;
    uint64_t nth; /* the so-manieth time from now that the step is made; 0 = never */
} doom;

static void die_there(void *context, struct world_role *role, enum rlc_step step)
{
    (void)context;
    (void)role;
    if (step == doom.step && doom.nth && --doom.nth == 0)
        doom.world->die_at = 1;
}

static void doom_to(struct world *world, enum rlc_step step, uint64_t nth)
{
    doom.world = world;
    doom.step = step;
    doom.nth = nth;
    world->on_step = die_there;
}

static void a_death_between_the_steps_of_a_rebuild_changes_nothing(void **state)
{
    enum { STEPS = 5, SUBJECTS = STEPS * RLC_REPLAY_CHUNK - 10 };
    struct world world;
    char *expected;

    (void)state;
    open_started(&world, 1, 1);
    publish(&world, 0, SUBJECTS);
    world_settle(&world, ROUNDS_MAX);
    expected = world_dump_state(&world);
    compact(&world);
    for (uint64_t nth = 1; nth <= STEPS; nth++) {
        uint64_t rebuilds = world.counters[RLC_COUNT_REBUILDS];
        uint64_t deaths = world.deaths;
        char *after;

        doom_to(&world, RLC_STEP_RESTORE_APPLY, nth);
        lose_the_hot_state(&world);
        world_settle(&world, ROUNDS_MAX);
        after = world_dump_state(&world);
        world_assert_same_text("states", expected, after);
        free(after);
        assert_int_equal(world.deaths, deaths + 1);
        /* Two until the death (the store lost its counter of owner epochs), and one after it: what
         * stands between two checkpoints is not caught up with. */
        assert_int_equal(world.counters[RLC_COUNT_REBUILDS], rebuilds + 3);
    }
    free(expected);
    world_close(&world);
}

static void a_large_transaction_is_caught_up_with_in_steps_that_nobody_sees(void **state)
{
    enum { SUBJECTS = 3 * RLC_REPLAY_CHUNK + 10 };
    struct world world;
    char *state_after;

    (void)state;
    open_started(&world, 1, 1);
    world.batch_max = RLC_BATCH_MAX;
    world_settle(&world, ROUNDS_MAX);
    world_kill(&world, 0);
    world_start(&world, 0);
    world_settle(&world, ROUNDS_MAX);
    doom_to(&world, RLC_STEP_APPLY, 1);
    publish(&world, 0, SUBJECTS);
    for (int i = 0; i < ROUNDS_MAX && !world.deaths; i++)
        world_round(&world);
    spy_on(&world);
    world_settle(&world, ROUNDS_MAX);

    assert_int_equal(world.counters[RLC_COUNT_TRANSACTIONS], 1);
    assert_int_equal(world.counters[RLC_COUNT_REBUILDS], 1);
    assert_int_equal(spied.applies, 4);
    assert_in_range(spied.largest, 1, RLC_REPLAY_CHUNK);
    assert_int_equal(spied.shown, 0);
    state_after = world_dump_state(&world);
    assert_non_null(strstr(state_after, "d|s3009 01 00"));
    free(state_after);
    world_close(&world);
}

/* A torn transaction as large as the part of the log that is looked at first. */
static void a_checkpoint_far_from_the_end_is_found_and_what_lies_behind_it_not_applied(void **state)
{
    (void)state;
    for (int lost = 0; lost < 2; lost++) {
        struct world world;
        char *before;
        char *after;

        open_started(&world, 1, 1);
        publish(&world, 0, 5);
        world_settle(&world, ROUNDS_MAX);
        before = world_dump_state(&world);
        world_kill(&world, 0);
        for (int i = 0; i <= RLC_REPLAY_TAIL; i++)
            world_publish_at(&world, COUNTER_STATE, 0, "d|s1", "torn");
        if (lost)
            rlc_memory_store_flush_all(world.store);
        world_start(&world, 0);
        world_settle(&world, ROUNDS_MAX);
        after = world_dump_state(&world);
        world_assert_same_text("states", before, after);
        assert_true(world.counters[RLC_COUNT_TORN] > 0);
        free(before);
        free(after);
        world_close(&world);
    }
}

static uint64_t writers_fenced(const struct world *world)
{
    return world->roles[0].made[RLC_STEP_RESTORE_FENCE_WRITER];
}

/* Once the process owns so many partitions: an event for each, so that every owner has written the
 * last checkpoint of what it owns. */
static void write_everywhere(struct world *world, size_t process, size_t share)
{
    size_t owned = 0, ready;

    for (int i = 0; i < ROUNDS_MAX && owned != share; i++) {
        world_round(world);
        rlc_worker_readiness(world->processes[process].worker, &owned, &ready);
    }
    assert_int_equal(owned, share);
    for (int32_t p = 0; p < world->partitions; p++)
        world_publish_at(world, COUNTER_INPUT, p, "a", "add 1");
    world_settle(world, ROUNDS_MAX);
}

static void a_change_of_owners_fences_each_former_writer_once(void **state)
{
    enum { PARTITIONS = 12 };
    struct world world;

    (void)state;
    open_started(&world, PARTITIONS, 2);
    write_everywhere(&world, 0, PARTITIONS);
    assert_int_equal(writers_fenced(&world), 0);

    world_start(&world, 1);
    write_everywhere(&world, 1, PARTITIONS / 2);
    assert_int_equal(writers_fenced(&world), 1);

    /* Six partitions go to the first process and come back, twice: once each way. */
    for (uint64_t fenced = 1; fenced < 5; fenced += 2) {
        world_kill(&world, 1);
        assert_true(rlc_memory_broker_expire_member(world.broker, counter_service.name,
                                                    world.processes[1].member));
        write_everywhere(&world, 0, PARTITIONS);
        assert_int_equal(writers_fenced(&world), fenced + 1);
        world_start(&world, 1);
        write_everywhere(&world, 1, PARTITIONS / 2);
        assert_int_equal(writers_fenced(&world), fenced + 2);
    }
    assert_int_equal(world_count_topic(&world, COUNTER_FACTS), 6 * PARTITIONS);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restore_that_runs_out_of_memory_starts_over_and_loses_no_record),
        cmocka_unit_test(a_rebuild_from_a_cleaned_log_goes_in_steps_and_shows_no_half),
        cmocka_unit_test(records_of_many_bytes_go_in_smaller_steps),
        cmocka_unit_test(a_death_between_the_steps_of_a_rebuild_changes_nothing),
        cmocka_unit_test(a_large_transaction_is_caught_up_with_in_steps_that_nobody_sees),
        cmocka_unit_test(
            a_checkpoint_far_from_the_end_is_found_and_what_lies_behind_it_not_applied),
        cmocka_unit_test(a_change_of_owners_fences_each_former_writer_once),
    };

    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
