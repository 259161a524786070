/* SPDX-License-Identifier: Apache-2.0 */
/* From the log back to the hot state: nothing is lost on the way, and nobody waits for it longer
 * than necessary. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/broker.h"
#include "common/memory/memory_faults.h"
#include "common/runtime/loop/replay.h"
#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

/* As in lane.h: how soon a partition that stands is looked at again. */
#define HALT_RETRY_MS INT64_C(30000)

enum { ROUNDS_MAX = 6000, BATCH = 100 };

/* ---- memory that runs short ---- */

/* Only what a restore keeps grows to this size here. */
enum { LARGE = 16384 };

static size_t large_reallocs_until_failure; /* 1 = the next one fails, once; 0 = none */

/* What --wrap calls the C library's own function. */
/* NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming) */
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
/* NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming) */

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

/* ---- what people are told ---- */

static void let_pass(struct world *world, rlc_ms time_ms)
{
    for (rlc_ms passed_ms = 0; passed_ms < time_ms; passed_ms += WORLD_ROUND_MS)
        world_round(world);
}

static void who_was_restored_and_has_read_everything_is_not_behind(void **state)
{
    struct world world;

    (void)state;
    open_started(&world, 1, 1);
    publish(&world, 0, 1);
    world_settle(&world, ROUNDS_MAX);
    let_pass(&world, 3000);
    assert_int_equal(world.behind_ms[0], 0);
    /* The record is finished, but this process learns it from the log only. */
    rlc_memory_faults_next_commit(world.broker, RLC_MEMORY_UNKNOWN_COMMITTED);
    publish(&world, 0, 1);
    world_settle(&world, ROUNDS_MAX);
    let_pass(&world, 60000);
    assert_int_equal(world.behind_ms[0], 0);
    world_close(&world);
}

/* ---- names and places ---- */

static struct {
    struct rlc_bus_ops ops;
    enum rlc_status (*fence_writer)(struct rlc_bus *bus, const char *id, struct rlc_error *reterr);
    char id[RLC_WRITER_SIZE];
} fenced;

static enum rlc_status hear_fence(struct rlc_bus *bus, const char *id, struct rlc_error *reterr)
{
    (void)snprintf(fenced.id, sizeof(fenced.id), "%s", id);
    return fenced.fence_writer(bus, id, reterr);
}

static void a_writer_with_a_long_name_is_fenced_under_that_name(void **state)
{
    struct world world;
    struct rlc_bus *bus;

    (void)state;
    world_open(&world, &counter_service, NULL, 1, 2);
    world.stepped = true;
    /* Two long settings, the worker's name and the highest ordinal need less. */
    for (size_t i = 0; i < 2; i++)
        (void)snprintf(world.processes[i].id, sizeof(world.processes[i].id), "%0*zu", 200, i);
    world_start(&world, 0);
    publish(&world, 0, 1);
    world_settle(&world, ROUNDS_MAX);
    world_kill(&world, 0);
    assert_true(rlc_memory_broker_expire_member(world.broker, counter_service.name,
                                                world.processes[0].member));
    world_start(&world, 1);
    bus = world.processes[1].bus;
    fenced.ops = *bus->ops;
    fenced.fence_writer = bus->ops->fence_writer;
    fenced.ops.fence_writer = hear_fence;
    bus->ops = &fenced.ops;
    world_settle(&world, ROUNDS_MAX);
    assert_string_equal(fenced.id, world.processes[0].id);
    world_close(&world);
}

static void a_first_start_behind_deleted_records_begins_with_the_oldest_kept(void **state)
{
    struct world world;
    size_t owned, ready;

    (void)state;
    world_open(&world, &counter_service, NULL, 2, 1);
    world.stepped = true;
    publish(&world, 0, 20);
    assert_int_equal(
        rlc_memory_broker_delete_before(world.broker, COUNTER_TOPIC[COUNTER_INPUT], 0, 10, NULL),
        RLC_OK);
    publish(&world, 1, 20);
    assert_int_equal(
        rlc_memory_broker_delete_before(world.broker, COUNTER_TOPIC[COUNTER_INPUT], 1, 20, NULL),
        RLC_OK);
    world_start(&world, 0);
    /* A reader may trust the second partition too, where nothing comes. */
    world_settle(&world, ROUNDS_MAX);
    assert_non_null(strstr(world.last_note, "restore.first_start"));
    assert_int_equal(world_count_topic(&world, COUNTER_FACTS), 10);

    /* Later such a gap is a loss, and nothing is decided behind it. */
    world_kill(&world, 0);
    publish(&world, 0, 20);
    assert_int_equal(
        rlc_memory_broker_delete_before(world.broker, COUNTER_TOPIC[COUNTER_INPUT], 0, 30, NULL),
        RLC_OK);
    world_start(&world, 0);
    let_pass(&world, 3000);
    rlc_worker_readiness(world.processes[0].worker, &owned, &ready);
    assert_int_equal(owned, 2);
    assert_int_equal(ready, 1);
    assert_int_equal(world_count_topic(&world, COUNTER_FACTS), 10);
    world_close(&world);
}

/* ---- a source whose group has no offset any more ---- */

static int64_t from_the_beginning(void *self, int32_t topic)
{
    (void)self;
    (void)topic;
    return RLC_OFFSET_BEGIN;
}

static void repeat(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    (void)self;
    rlc_turn_emit(turn, COUNTER_FACTS, turn->partition, event->record->key, event->record->value);
}

static void a_source_that_cannot_read_its_checkpoint_does_not_start_again(void **state)
{
    struct rlc_service source = counter_service;
    struct rlc_input_position input = { rlc_span_of(COUNTER_TOPIC[COUNTER_INPUT]), 0, 5 };
    struct rlc_checkpoint sound = { .format = RLC_CHECKPOINT_FORMAT,
                                    .worker = rlc_span_of("counter"),
                                    .inputs = &input,
                                    .input_count = 1,
                                    .rules = { .rules_version = 1 } };
    struct rlc_checkpoint newer, foreign;
    static uint8_t memory[16384];
    struct rlc_arena arena;

    (void)state;
    source.role = RLC_ROLE_SOURCE;
    source.first_offset = from_the_beginning;
    source.decide = repeat;
    memcpy(sound.installation, "0123456789abcdef", RLC_UUID_SIZE); /* the world's */
    sound.audit_head = rlc_genesis_head(sound.installation, "counter", 0);
    newer = sound;
    newer.format++;
    foreign = sound;
    foreign.installation[0]++;
    rlc_arena_init(&arena, memory, sizeof(memory));
    for (size_t i = 0; i < 4; i++) {
        struct rlc_span values[] = { rlc_checkpoint_encode(&sound, &arena),
                                     rlc_checkpoint_encode(&newer, &arena),
                                     rlc_checkpoint_encode(&foreign, &arena),
                                     rlc_span_of("garbage") };
        static const char *const NOTES[] = { "", "restore.format", "restore.foreign",
                                             "restore.format" };
        struct rlc_outgoing outgoing = { .topic = COUNTER_STATE,
                                         .key = rlc_span_of("ckpt|counter.events|0"),
                                         .value = values[i] };
        struct rlc_error error;
        struct world world;

        world_open(&world, &source, NULL, 1, 1);
        publish(&world, 0, 20);
        assert_int_equal(world.tool->ops->produce(world.tool, &outgoing, &error), RLC_OK);
        assert_int_equal(world.tool->ops->flush(world.tool, 1000, &error), RLC_OK);
        world_start(&world, 0);
        let_pass(&world, 3000);
        assert_int_equal(world_count_topic(&world, COUNTER_FACTS), i == 0 ? 15 : 0);
        assert_non_null(strstr(world.last_note, NOTES[i]));
        world_close(&world);
    }
}

static struct rlc_memory_committed *committed_of(struct world *world)
{
    assert_int_equal(world->broker->groups[0]->committed_count, 1);
    return &world->broker->groups[0]->committed[0];
}

static void an_offset_that_somebody_set_is_named_beside_the_one_that_is_right(void **state)
{
    struct world world;
    int64_t right;

    (void)state;
    open_started(&world, 1, 1);
    publish(&world, 0, 20);
    world_settle(&world, ROUNDS_MAX);
    world_kill(&world, 0);
    right = committed_of(&world)->offset;
    assert_true(right > 3);
    committed_of(&world)->offset = 3;
    world_start(&world, 0);
    let_pass(&world, 10000);
    assert_non_null(strstr(world.last_note, "restore.difference"));
    assert_non_null(strstr(world.last_note, "the group's offset is 3"));
    assert_non_null(strstr(world.last_note, "the checkpoint says 20"));
    committed_of(&world)->offset = right;
    publish(&world, 0, 5);
    let_pass(&world, 2 * HALT_RETRY_MS);
    assert_int_equal(world_count_topic(&world, COUNTER_FACTS), 25);
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
        cmocka_unit_test(who_was_restored_and_has_read_everything_is_not_behind),
        cmocka_unit_test(a_writer_with_a_long_name_is_fenced_under_that_name),
        cmocka_unit_test(a_first_start_behind_deleted_records_begins_with_the_oldest_kept),
        cmocka_unit_test(a_source_that_cannot_read_its_checkpoint_does_not_start_again),
        cmocka_unit_test(an_offset_that_somebody_set_is_named_beside_the_one_that_is_right),
    };

    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
