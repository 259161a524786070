/* SPDX-License-Identifier: Apache-2.0 */
/* What only the broker in memory can be told to do. What it shares with a real one is in the table
 * of tests/support/parity.h. */
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/bus_memory.h"
#include "common/memory/memory_faults.h"

enum { INPUT, OUTPUT };

static const char *const topics[] = { "input", "output" };

static const struct rlc_bus_config worker_0 = { .topics = topics,
                                                .topic_count = RLC_COUNT(topics),
                                                .input_count = 1,
                                                .group = "group",
                                                .member = "worker-0",
                                                .transactional_id = "worker-0" };

struct world {
    rlc_ms now_ms;
    struct rlc_memory_broker *broker;
    struct rlc_bus *bus;
};

static void add_topic(struct world *world, const char *name)
{
    struct rlc_memory_topic_config config = { .name = name, .partitions = 2 };

    assert_int_equal(rlc_memory_broker_add_topic(world->broker, &config, NULL), RLC_OK);
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    world->now_ms = 1000;
    world->broker = rlc_memory_broker_new(rlc_clock_virtual(&world->now_ms));
    add_topic(world, "input");
    add_topic(world, "output");
    assert_int_equal(rlc_memory_bus_open(world->broker, &worker_0, &world->bus, NULL), RLC_OK);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    if (world->bus)
        world->bus->ops->close(world->bus, true);
    rlc_memory_broker_free(world->broker);
    free(world);
    return 0;
}

static enum rlc_status put(struct rlc_bus *bus, const char *key, const char *value)
{
    struct rlc_outgoing outgoing = { .topic = OUTPUT,
                                     .key = rlc_span_of(key),
                                     .value = rlc_span_of(value) };

    return bus->ops->produce(bus, &outgoing, NULL);
}

static void begin(struct rlc_bus *bus)
{
    assert_int_equal(bus->ops->begin(bus, NULL), RLC_OK);
}

/* What a reader gets from `output`, values one after the other, END as its offset. */
static const char *read_all(struct rlc_bus *bus)
{
    static char text[256];
    struct rlc_position from = { OUTPUT, 0, RLC_OFFSET_BEGIN };
    struct rlc_bus_event event;
    size_t used = 0;

    text[0] = '\0';
    assert_int_equal(bus->ops->read(bus, &from, 1, NULL), RLC_OK);
    for (;;) {
        assert_int_equal(bus->ops->read_poll(bus, 0, &event, NULL), RLC_OK);
        if (event.kind == RLC_BUS_NOTHING)
            return text;
        if (event.kind == RLC_BUS_END) {
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%lld",
                                     (long long)event.end.offset);
        } else {
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s ",
                                     (int)event.record.value.size,
                                     (const char *)event.record.value.data);
        }
    }
}

/* ---- commits whose outcome is unknown ---- */

static void a_commit_of_unknown_outcome_may_have_happened(void **state)
{
    struct world *world = *state;

    rlc_memory_faults_next_commit(world->broker, RLC_MEMORY_UNKNOWN_COMMITTED);
    begin(world->bus);
    assert_int_equal(put(world->bus, "k", "a"), RLC_OK);
    assert_int_equal(world->bus->ops->commit(world->bus, NULL), RLC_FATAL);
    assert_string_equal(read_all(world->bus), "a 2");
    assert_int_equal(put(world->bus, "k", "b"), RLC_FATAL);
    begin(world->bus);
    assert_int_equal(put(world->bus, "k", "b"), RLC_OK);
    assert_int_equal(world->bus->ops->commit(world->bus, NULL), RLC_OK);
    assert_string_equal(read_all(world->bus), "a b 4");
}

static void a_commit_of_unknown_outcome_may_have_been_lost(void **state)
{
    struct world *world = *state;

    rlc_memory_faults_next_commit(world->broker, RLC_MEMORY_UNKNOWN_LOST);
    begin(world->bus);
    assert_int_equal(put(world->bus, "k", "a"), RLC_OK);
    assert_int_equal(world->bus->ops->commit(world->bus, NULL), RLC_FATAL);
    assert_string_equal(read_all(world->bus), "0");
    begin(world->bus);
    assert_string_equal(read_all(world->bus), "2");
}

/* ---- a broker that is away, records that fail ---- */

static void while_the_broker_is_away_calls_ask_to_be_repeated(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;
    struct rlc_position position = { INPUT, 0, 0 };
    struct rlc_bus_event event;
    int64_t low, high;
    int32_t count;

    begin(bus);
    rlc_memory_faults_set_away(world->broker, true);
    assert_int_equal(bus->ops->poll(bus, 1000, &event, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->seek(bus, INPUT, 0, 0, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->committed(bus, INPUT, 0, 1000, &high, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->watermarks(bus, INPUT, 0, 1000, &low, &high, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->partitions(bus, INPUT, &count, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->read(bus, &position, 1, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->fence_writer(bus, "worker-1", NULL), RLC_RETRY);
    assert_int_equal(put(bus, "k", "a"), RLC_RETRY);
    assert_int_equal(bus->ops->send_offsets(bus, &position, 1, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->abort(bus, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->flush(bus, 1000, NULL), RLC_RETRY);
    rlc_memory_faults_set_away(world->broker, false);
    assert_int_equal(put(bus, "k", "b"), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    assert_string_equal(read_all(bus), "b 2");
}

static void a_record_that_was_not_delivered_fails_the_commit(void **state)
{
    struct world *world = *state;

    begin(world->bus);
    assert_int_equal(put(world->bus, "k", "a"), RLC_OK);
    rlc_memory_faults_next_delivery_fails(world->broker);
    assert_int_equal(put(world->bus, "k", "b"), RLC_OK);
    assert_int_equal(world->bus->ops->commit(world->bus, NULL), RLC_ABORT);
    assert_int_equal(world->bus->ops->abort(world->bus, NULL), RLC_OK);
    assert_string_equal(read_all(world->bus), "2");
}

struct failure {
    enum rlc_status status; /* of the record that fails */
    enum rlc_status next;   /* of the one behind it */
    enum rlc_status abort;
};

static const struct failure failures[] = {
    { RLC_RETRY, RLC_OK, RLC_OK },
    { RLC_ABORT, RLC_ABORT, RLC_OK },
    { RLC_REJECT, RLC_ABORT, RLC_OK },
    { RLC_FATAL, RLC_FATAL, RLC_FATAL },
};

static void the_nth_record_fails_as_told(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < RLC_COUNT(failures); i++) {
        begin(world->bus);
        rlc_memory_faults_fail_produce(world->broker, 2, failures[i].status);
        assert_int_equal(put(world->bus, "k", "a"), RLC_OK);
        assert_int_equal(put(world->bus, "k", "b"), failures[i].status);
        assert_int_equal(put(world->bus, "k", "c"), failures[i].next);
        assert_int_equal(world->bus->ops->abort(world->bus, NULL), failures[i].abort);
    }
}

/* ---- markers ---- */

static void markers_come_so_many_calls_later(void **state)
{
    struct world *world = *state;
    int64_t low = 0, high = 0;

    rlc_memory_faults_delay_markers(world->broker, 3);
    begin(world->bus);
    assert_int_equal(put(world->bus, "k", "a"), RLC_OK);
    assert_int_equal(world->bus->ops->commit(world->bus, NULL), RLC_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(high, i ? 1 : 0);
        assert_int_equal(world->bus->ops->watermarks(world->bus, OUTPUT, 0, 0, &low, &high, NULL),
                         RLC_OK);
    }
    assert_int_equal(high, 2);
}

static void a_marker_may_come_to_one_partition_first(void **state)
{
    struct world *world = *state;
    struct rlc_outgoing outgoing = { .topic = OUTPUT, .partition = 1, .value = rlc_span_of("b") };
    int64_t low = 0, high = 0;

    rlc_memory_faults_delay_markers(world->broker, UINT64_MAX);
    begin(world->bus);
    assert_int_equal(put(world->bus, "k", "a"), RLC_OK);
    assert_int_equal(world->bus->ops->produce(world->bus, &outgoing, NULL), RLC_OK);
    assert_int_equal(world->bus->ops->commit(world->bus, NULL), RLC_OK);
    assert_int_equal(rlc_memory_faults_write_markers(world->broker, "output", 1), 1);
    assert_string_equal(read_all(world->bus), "0");
    assert_int_equal(world->bus->ops->watermarks(world->bus, OUTPUT, 1, 0, &low, &high, NULL),
                     RLC_OK);
    assert_int_equal(high, 2);
    assert_int_equal(rlc_memory_faults_write_markers(world->broker, NULL, 0), 1);
    assert_string_equal(read_all(world->bus), "a 2");
}

static void a_fenced_writer_waits_for_its_markers(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;

    rlc_memory_faults_delay_markers(world->broker, UINT64_MAX);
    begin(bus);
    assert_int_equal(put(bus, "k", "a"), RLC_OK);
    assert_int_equal(bus->ops->fence_writer(bus, "worker-0", NULL), RLC_RETRY);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_FATAL);
    assert_int_equal(bus->ops->begin(bus, NULL), RLC_RETRY);
    assert_int_equal(rlc_memory_faults_write_markers(world->broker, NULL, 0), 1);
    begin(bus);
    assert_string_equal(read_all(bus), "2");
}

/* ---- a torn transaction ---- */

static void a_torn_transaction_may_carry_its_offsets_along(void **state)
{
    struct world *world = *state;
    struct rlc_position next = { INPUT, 0, 7 };
    struct rlc_bus_event event;
    int64_t offset = 0;

    assert_int_equal(world->bus->ops->poll(world->bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(world->bus->ops->snapshot(world->bus, NULL), RLC_OK);
    rlc_memory_faults_tear(world->broker, "worker-0", 2);
    begin(world->bus);
    assert_int_equal(put(world->bus, "k", "a"), RLC_OK);
    assert_int_equal(world->bus->ops->send_offsets(world->bus, &next, 1, NULL), RLC_OK);
    assert_int_equal(put(world->bus, "k", "b"), RLC_OK);
    assert_int_equal(world->bus->ops->commit(world->bus, NULL), RLC_FATAL);
    assert_string_equal(read_all(world->bus), "a b 3");
    assert_int_equal(world->bus->ops->committed(world->bus, INPUT, 0, 0, &offset, NULL), RLC_OK);
    assert_int_equal(offset, 7);
}

/* ---- what a broker thinks of offsets (broker-findings a) ---- */

struct sender {
    int32_t generation; /* added to the right one; NO_GENERATION: -1 */
    const char *member; /* "real": the member's own id */
    const char *instance;
    enum rlc_status answer;
    const char *text;
};

#define NO_GENERATION 100

static const struct sender senders[] = {
    { 0, "real", "worker-0", RLC_OK, "" },
    { 0, "real", NULL, RLC_OK, "" },
    { NO_GENERATION, "", NULL, RLC_OK, "" }, /* the hole */
    { NO_GENERATION, "", "worker-0", RLC_ABORT, "FENCED_INSTANCE_ID" },
    { NO_GENERATION, "", "nobody", RLC_ABORT, "UNKNOWN_MEMBER_ID" },
    { NO_GENERATION, "real", "worker-0", RLC_ABORT, "ILLEGAL_GENERATION" },
    { -1, "real", "worker-0", RLC_ABORT, "ILLEGAL_GENERATION" },
    { 1, "real", "worker-0", RLC_ABORT, "ILLEGAL_GENERATION" },
    { -1, "real", NULL, RLC_ABORT, "ILLEGAL_GENERATION" },
    { 0, "", NULL, RLC_ABORT, "UNKNOWN_MEMBER_ID" },
    { 0, "ghost", NULL, RLC_ABORT, "UNKNOWN_MEMBER_ID" },
    { 0, "", "worker-0", RLC_ABORT, "FENCED_INSTANCE_ID" },
    { 0, "ghost", "worker-0", RLC_ABORT, "FENCED_INSTANCE_ID" },
};

static void the_broker_fences_by_what_the_sender_says(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;
    struct rlc_position next = { INPUT, 0, 5 };
    struct rlc_bus_event event;

    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    for (size_t i = 0; i < RLC_COUNT(senders); i++) {
        const struct sender *sender = &senders[i];
        bool real = strcmp(sender->member, "real") == 0;
        struct rlc_error error = { .text = "" };

        begin(bus);
        assert_int_equal(rlc_memory_bus_send_offsets_as(
                             bus,
                             sender->generation == NO_GENERATION
                                 ? -1
                                 : rlc_memory_bus_generation(bus) + sender->generation,
                             real ? rlc_memory_bus_member(bus) : sender->member, sender->instance,
                             &next, 1, &error),
                         sender->answer);
        assert_string_equal(error.text, sender->text);
        assert_int_equal(bus->ops->abort(bus, NULL), RLC_OK);
    }
}

static void an_empty_group_knows_nobody(void **state)
{
    struct world *world = *state;
    struct rlc_position next = { INPUT, 0, 5 };

    begin(world->bus);
    assert_int_equal(rlc_memory_bus_send_offsets_as(world->bus, -1, "", NULL, &next, 1, NULL),
                     RLC_OK);
    assert_int_equal(rlc_memory_bus_send_offsets_as(world->bus, 3, "m", NULL, &next, 1, NULL),
                     RLC_ABORT);
}

static void no_offsets_at_all_would_be_accepted(void **state)
{
    struct world *world = *state;

    begin(world->bus);
    assert_int_equal(rlc_memory_bus_send_offsets_as(world->bus, 3, "ghost", NULL, NULL, 0, NULL),
                     RLC_OK);
}

static void metadata_of_a_stalled_member_is_refused_before_it_is_sent(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;
    struct rlc_bus_event event;

    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(bus->ops->snapshot(bus, NULL), RLC_OK);
    rlc_memory_bus_forge_metadata(bus, -1, "");
    assert_int_equal(bus->ops->snapshot(bus, NULL), RLC_RETRY);
    rlc_memory_bus_forge_metadata(bus, 1, "");
    assert_int_equal(bus->ops->snapshot(bus, NULL), RLC_RETRY);
    rlc_memory_bus_forge_metadata(bus, -1, rlc_memory_bus_member(bus));
    assert_int_equal(bus->ops->snapshot(bus, NULL), RLC_RETRY);
    rlc_memory_bus_forge_metadata(bus, 0, NULL);
    assert_int_equal(bus->ops->snapshot(bus, NULL), RLC_OK);
}

/* ---- members that stall or die ---- */

static void a_stalled_member_is_fenced_and_comes_back(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;
    struct rlc_position next = { INPUT, 0, 5 };
    struct rlc_bus_event event;
    uint64_t epoch;

    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(bus->ops->snapshot(bus, NULL), RLC_OK);
    begin(bus);
    assert_true(rlc_memory_broker_expire_member(world->broker, "group", "worker-0"));
    assert_false(rlc_memory_broker_expire_member(world->broker, "group", "worker-0"));
    assert_int_equal(bus->ops->send_offsets(bus, &next, 1, NULL), RLC_ABORT);
    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_REBALANCED);
    assert_int_equal(bus->ops->assignment(bus, &next, 1, &epoch), 1);
}

static void a_rebalance_waits_for_members_that_do_not_poll(void **state)
{
    struct world *world = *state;
    struct rlc_bus_config config = worker_0;
    struct rlc_bus *second;
    struct rlc_bus_event event;
    struct rlc_position owned[2];
    uint64_t epoch;

    config.member = "worker-1";
    config.transactional_id = "worker-1";
    assert_int_equal(world->bus->ops->poll(world->bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(rlc_memory_bus_open(world->broker, &config, &second, NULL), RLC_OK);
    assert_int_equal(second->ops->poll(second, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_NOTHING);
    assert_int_equal(world->bus->ops->assignment(world->bus, owned, 2, &epoch), 2);
    assert_true(rlc_memory_broker_expire_member(world->broker, "group", "worker-0"));
    assert_int_equal(second->ops->poll(second, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_REBALANCED);
    assert_int_equal(second->ops->assignment(second, owned, 2, &epoch), 2);
    second->ops->close(second, true);
}

static void more_members_than_partitions_leave_some_idle(void **state)
{
    struct world *world = *state;
    static const char *const names[] = { "worker-1", "worker-2" };
    struct rlc_bus_config configs[RLC_COUNT(names)];
    struct rlc_bus *buses[RLC_COUNT(names)];
    struct rlc_bus_event event;
    struct rlc_position owned[2];
    uint64_t epoch;

    for (size_t i = 0; i < RLC_COUNT(names); i++) {
        configs[i] = worker_0;
        configs[i].member = names[i];
        assert_int_equal(rlc_memory_bus_open(world->broker, &configs[i], &buses[i], NULL), RLC_OK);
    }
    for (int round = 0; round < 4; round++) {
        assert_int_equal(world->bus->ops->poll(world->bus, 0, &event, NULL), RLC_OK);
        for (size_t i = 0; i < RLC_COUNT(names); i++)
            assert_int_equal(buses[i]->ops->poll(buses[i], 0, &event, NULL), RLC_OK);
    }
    assert_int_equal(world->bus->ops->assignment(world->bus, owned, 2, &epoch), 1);
    assert_int_equal(buses[0]->ops->assignment(buses[0], owned, 2, &epoch), 1);
    assert_int_equal(owned[0].partition, 1);
    assert_int_equal(buses[1]->ops->assignment(buses[1], owned, 2, &epoch), 0);
    for (size_t i = 0; i < RLC_COUNT(names); i++)
        buses[i]->ops->close(buses[i], true);
}

/* ---- retention and the cleaner ---- */

static void retention_takes_the_oldest_records(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;
    struct rlc_position from = { OUTPUT, 0, 0 };
    struct rlc_bus_event event;
    int64_t low, high;

    for (int i = 0; i < 3; i++) {
        begin(bus);
        assert_int_equal(put(bus, "k", "a"), RLC_OK);
        assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    }
    assert_int_equal(rlc_memory_broker_delete_before(world->broker, "output", 0, 4, NULL), RLC_OK);
    assert_int_equal(bus->ops->watermarks(bus, OUTPUT, 0, 0, &low, &high, NULL), RLC_OK);
    assert_int_equal(low, 4);
    assert_int_equal(high, 6);
    assert_string_equal(read_all(bus), "a 6");
    assert_int_equal(bus->ops->read(bus, &from, 1, NULL), RLC_OK);
    assert_int_equal(bus->ops->read_poll(bus, 0, &event, NULL), RLC_REJECT);
    assert_int_equal(event.end.partition, 0);
    assert_int_equal(bus->ops->read_poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_NOTHING);
    assert_int_equal(rlc_memory_broker_delete_before(world->broker, "output", 0, 99, NULL), RLC_OK);
    assert_string_equal(read_all(bus), "6");
    assert_int_equal(rlc_memory_broker_delete_before(world->broker, "output", 2, 0, NULL),
                     RLC_REJECT);
}

static void the_cleaner_takes_tombstones_when_their_time_is_over(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;

    begin(bus);
    assert_int_equal(put(bus, "a", "1"), RLC_OK);
    assert_int_equal(put(bus, "b", "2"), RLC_OK);
    assert_int_equal(put(bus, "a", NULL), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    assert_int_equal(rlc_memory_broker_compact(world->broker, "output", false, NULL), RLC_OK);
    assert_string_equal(read_all(bus), "2  4");
    assert_int_equal(rlc_memory_broker_compact(world->broker, "output", true, NULL), RLC_OK);
    assert_string_equal(read_all(bus), "2 4");
    assert_int_equal(rlc_memory_broker_compact(world->broker, "none", true, NULL), RLC_REJECT);
}

static void the_cleaner_stops_at_an_open_transaction(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;
    struct rlc_bus_config config = worker_0;
    struct rlc_bus *other;

    config.input_count = 0;
    config.transactional_id = "worker-1";
    assert_int_equal(rlc_memory_bus_open(world->broker, &config, &other, NULL), RLC_OK);
    begin(bus);
    assert_int_equal(put(bus, "a", "1"), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    begin(other);
    assert_int_equal(put(other, "a", "2"), RLC_OK);
    begin(bus);
    assert_int_equal(put(bus, "a", "3"), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    assert_int_equal(rlc_memory_broker_compact(world->broker, "output", true, NULL), RLC_OK);
    assert_string_equal(read_all(bus), "1 2");
    assert_int_equal(other->ops->abort(other, NULL), RLC_OK);
    assert_int_equal(rlc_memory_broker_compact(world->broker, "output", true, NULL), RLC_OK);
    assert_string_equal(read_all(bus), "3 6");
    other->ops->close(other, true);
}

/* ---- the rest ---- */

static void a_bus_needs_what_it_subscribes_with(void **state)
{
    struct world *world = *state;
    struct rlc_bus_config config = worker_0;
    struct rlc_bus *bus = NULL;

    config.member = NULL;
    assert_int_equal(rlc_memory_bus_open(world->broker, &config, &bus, NULL), RLC_FATAL);
    config = worker_0;
    config.group = NULL;
    assert_int_equal(rlc_memory_bus_open(world->broker, &config, &bus, NULL), RLC_FATAL);
    config = worker_0;
    config.input_count = 3;
    assert_int_equal(rlc_memory_bus_open(world->broker, &config, &bus, NULL), RLC_FATAL);
    assert_null(bus);
}

static void a_topic_exists_once(void **state)
{
    struct world *world = *state;
    struct rlc_memory_topic_config config = { .name = "output", .partitions = 1 };

    assert_int_equal(rlc_memory_broker_add_topic(world->broker, &config, NULL), RLC_REJECT);
}

static void partitions_take_turns(void **state)
{
    struct world *world = *state;
    struct rlc_bus *bus = world->bus;
    const struct rlc_position from[] = { { OUTPUT, 0, 0 }, { OUTPUT, 1, 0 } };
    struct rlc_outgoing outgoing = { .topic = OUTPUT, .value = rlc_span_of("v") };
    struct rlc_bus_event event;

    begin(bus);
    for (int i = 0; i < 6; i++) {
        outgoing.partition = i / 3;
        assert_int_equal(bus->ops->produce(bus, &outgoing, NULL), RLC_OK);
    }
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    assert_int_equal(bus->ops->read(bus, from, RLC_COUNT(from), NULL), RLC_OK);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(bus->ops->read_poll(bus, 0, &event, NULL), RLC_OK);
        assert_int_equal(event.record.partition, i % 2);
        assert_int_equal(event.record.offset, i / 2);
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_commit_of_unknown_outcome_may_have_happened),
        CASE(a_commit_of_unknown_outcome_may_have_been_lost),
        CASE(while_the_broker_is_away_calls_ask_to_be_repeated),
        CASE(a_record_that_was_not_delivered_fails_the_commit),
        CASE(the_nth_record_fails_as_told),
        CASE(markers_come_so_many_calls_later),
        CASE(a_marker_may_come_to_one_partition_first),
        CASE(a_fenced_writer_waits_for_its_markers),
        CASE(a_torn_transaction_may_carry_its_offsets_along),
        CASE(the_broker_fences_by_what_the_sender_says),
        CASE(an_empty_group_knows_nobody),
        CASE(no_offsets_at_all_would_be_accepted),
        CASE(metadata_of_a_stalled_member_is_refused_before_it_is_sent),
        CASE(a_stalled_member_is_fenced_and_comes_back),
        CASE(a_rebalance_waits_for_members_that_do_not_poll),
        CASE(more_members_than_partitions_leave_some_idle),
        CASE(retention_takes_the_oldest_records),
        CASE(the_cleaner_takes_tombstones_when_their_time_is_over),
        CASE(the_cleaner_stops_at_an_open_transaction),
        CASE(a_bus_needs_what_it_subscribes_with),
        CASE(a_topic_exists_once),
        CASE(partitions_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
