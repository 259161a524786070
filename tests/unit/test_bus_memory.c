/* SPDX-License-Identifier: Apache-2.0 */
/* What only the broker in memory can be told to do. What it shares with a real one is in the table
 * of tests/support/parity.h. */
#include <string.h>

#include "common/memory/memory_faults.h"
#include "tests/support/memory_bed.h"

/* ---- commits whose outcome is unknown ---- */

static void a_commit_of_unknown_outcome_may_have_happened(void **state)
{
    struct memory_bed *bed = *state;

    rlc_memory_faults_next_commit(bed->broker, RLC_MEMORY_UNKNOWN_COMMITTED);
    memory_bed_begin(bed->bus);
    assert_int_equal(memory_bed_put(bed->bus, "k", "a"), RLC_OK);
    assert_int_equal(bed->bus->ops->commit(bed->bus, NULL), RLC_FATAL);
    assert_string_equal(memory_bed_read(bed->bus), "a 2");
    assert_int_equal(memory_bed_put(bed->bus, "k", "b"), RLC_FATAL);
    memory_bed_begin(bed->bus);
    assert_int_equal(memory_bed_put(bed->bus, "k", "b"), RLC_OK);
    assert_int_equal(bed->bus->ops->commit(bed->bus, NULL), RLC_OK);
    assert_string_equal(memory_bed_read(bed->bus), "a b 4");
}

static void a_commit_of_unknown_outcome_may_have_been_lost(void **state)
{
    struct memory_bed *bed = *state;

    rlc_memory_faults_next_commit(bed->broker, RLC_MEMORY_UNKNOWN_LOST);
    memory_bed_begin(bed->bus);
    assert_int_equal(memory_bed_put(bed->bus, "k", "a"), RLC_OK);
    assert_int_equal(bed->bus->ops->commit(bed->bus, NULL), RLC_FATAL);
    assert_string_equal(memory_bed_read(bed->bus), "0");
    memory_bed_begin(bed->bus);
    assert_string_equal(memory_bed_read(bed->bus), "2");
}

/* ---- a broker that is away, records that fail ---- */

static void while_the_broker_is_away_calls_ask_to_be_repeated(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;
    struct rlc_position position = { INPUT, 0, 0 };
    struct rlc_bus_event event;
    int64_t low, high;
    int32_t count;

    memory_bed_begin(bus);
    rlc_memory_faults_set_away(bed->broker, true);
    assert_int_equal(bus->ops->poll(bus, 1000, &event, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->seek(bus, INPUT, 0, 0, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->committed(bus, INPUT, 0, 1000, &high, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->watermarks(bus, INPUT, 0, 1000, &low, &high, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->partitions(bus, INPUT, &count, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->read(bus, &position, 1, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->fence_writer(bus, "worker-1", NULL), RLC_RETRY);
    assert_int_equal(memory_bed_put(bus, "k", "a"), RLC_RETRY);
    assert_int_equal(bus->ops->send_offsets(bus, &position, 1, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->abort(bus, NULL), RLC_RETRY);
    assert_int_equal(bus->ops->flush(bus, 1000, NULL), RLC_RETRY);
    rlc_memory_faults_set_away(bed->broker, false);
    assert_int_equal(memory_bed_put(bus, "k", "b"), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    assert_string_equal(memory_bed_read(bus), "b 2");
}

static void a_record_that_was_not_delivered_fails_the_commit(void **state)
{
    struct memory_bed *bed = *state;

    memory_bed_begin(bed->bus);
    assert_int_equal(memory_bed_put(bed->bus, "k", "a"), RLC_OK);
    rlc_memory_faults_next_delivery_fails(bed->broker);
    assert_int_equal(memory_bed_put(bed->bus, "k", "b"), RLC_OK);
    assert_int_equal(bed->bus->ops->commit(bed->bus, NULL), RLC_ABORT);
    assert_int_equal(bed->bus->ops->abort(bed->bus, NULL), RLC_OK);
    assert_string_equal(memory_bed_read(bed->bus), "2");
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
    struct memory_bed *bed = *state;

    for (size_t i = 0; i < RLC_COUNT(failures); i++) {
        memory_bed_begin(bed->bus);
        rlc_memory_faults_fail_produce(bed->broker, 2, failures[i].status);
        assert_int_equal(memory_bed_put(bed->bus, "k", "a"), RLC_OK);
        assert_int_equal(memory_bed_put(bed->bus, "k", "b"), failures[i].status);
        assert_int_equal(memory_bed_put(bed->bus, "k", "c"), failures[i].next);
        assert_int_equal(bed->bus->ops->abort(bed->bus, NULL), failures[i].abort);
    }
}

/* ---- markers ---- */

static void markers_come_so_many_calls_later(void **state)
{
    struct memory_bed *bed = *state;
    int64_t low = 0, high = 0;

    rlc_memory_faults_delay_markers(bed->broker, 3);
    memory_bed_begin(bed->bus);
    assert_int_equal(memory_bed_put(bed->bus, "k", "a"), RLC_OK);
    assert_int_equal(bed->bus->ops->commit(bed->bus, NULL), RLC_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(high, i ? 1 : 0);
        assert_int_equal(bed->bus->ops->watermarks(bed->bus, OUTPUT, 0, 0, &low, &high, NULL),
                         RLC_OK);
    }
    assert_int_equal(high, 2);
}

static void a_marker_may_come_to_one_partition_first(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_outgoing outgoing = { .topic = OUTPUT, .partition = 1, .value = rlc_span_of("b") };
    int64_t low = 0, high = 0;

    rlc_memory_faults_delay_markers(bed->broker, UINT64_MAX);
    memory_bed_begin(bed->bus);
    assert_int_equal(memory_bed_put(bed->bus, "k", "a"), RLC_OK);
    assert_int_equal(bed->bus->ops->produce(bed->bus, &outgoing, NULL), RLC_OK);
    assert_int_equal(bed->bus->ops->commit(bed->bus, NULL), RLC_OK);
    assert_int_equal(rlc_memory_faults_write_markers(bed->broker, "output", 1), 1);
    assert_string_equal(memory_bed_read(bed->bus), "0");
    assert_int_equal(bed->bus->ops->watermarks(bed->bus, OUTPUT, 1, 0, &low, &high, NULL), RLC_OK);
    assert_int_equal(high, 2);
    assert_int_equal(rlc_memory_faults_write_markers(bed->broker, NULL, 0), 1);
    assert_string_equal(memory_bed_read(bed->bus), "a 2");
}

static void a_fenced_writer_waits_for_its_markers(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;

    rlc_memory_faults_delay_markers(bed->broker, UINT64_MAX);
    memory_bed_begin(bus);
    assert_int_equal(memory_bed_put(bus, "k", "a"), RLC_OK);
    assert_int_equal(bus->ops->fence_writer(bus, "worker-0", NULL), RLC_RETRY);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_FATAL);
    assert_int_equal(bus->ops->begin(bus, NULL), RLC_RETRY);
    assert_int_equal(rlc_memory_faults_write_markers(bed->broker, NULL, 0), 1);
    memory_bed_begin(bus);
    assert_string_equal(memory_bed_read(bus), "2");
}

/* ---- a torn transaction ---- */

static void a_torn_transaction_may_carry_its_offsets_along(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_position next = { INPUT, 0, 7 };
    struct rlc_bus_event event;
    int64_t offset = 0;

    assert_int_equal(bed->bus->ops->poll(bed->bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(bed->bus->ops->snapshot(bed->bus, NULL), RLC_OK);
    rlc_memory_faults_tear(bed->broker, "worker-0", 2);
    memory_bed_begin(bed->bus);
    assert_int_equal(memory_bed_put(bed->bus, "k", "a"), RLC_OK);
    assert_int_equal(bed->bus->ops->send_offsets(bed->bus, &next, 1, NULL), RLC_OK);
    assert_int_equal(memory_bed_put(bed->bus, "k", "b"), RLC_OK);
    assert_int_equal(bed->bus->ops->commit(bed->bus, NULL), RLC_FATAL);
    assert_string_equal(memory_bed_read(bed->bus), "a b 3");
    assert_int_equal(bed->bus->ops->committed(bed->bus, INPUT, 0, 0, &offset, NULL), RLC_OK);
    assert_int_equal(offset, 7);
}

/* ---- retention and the cleaner ---- */

static void retention_takes_the_oldest_records(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;
    struct rlc_position from = { OUTPUT, 0, 0 };
    struct rlc_bus_event event;
    int64_t low, high;

    for (int i = 0; i < 3; i++) {
        memory_bed_begin(bus);
        assert_int_equal(memory_bed_put(bus, "k", "a"), RLC_OK);
        assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    }
    assert_int_equal(rlc_memory_broker_delete_before(bed->broker, "output", 0, 4, NULL), RLC_OK);
    assert_int_equal(bus->ops->watermarks(bus, OUTPUT, 0, 0, &low, &high, NULL), RLC_OK);
    assert_int_equal(low, 4);
    assert_int_equal(high, 6);
    assert_string_equal(memory_bed_read(bus), "a 6");
    assert_int_equal(bus->ops->read(bus, &from, 1, NULL), RLC_OK);
    assert_int_equal(bus->ops->read_poll(bus, 0, &event, NULL), RLC_REJECT);
    assert_int_equal(event.end.partition, 0);
    assert_int_equal(bus->ops->read_poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_NOTHING);
    assert_int_equal(rlc_memory_broker_delete_before(bed->broker, "output", 0, 99, NULL), RLC_OK);
    assert_string_equal(memory_bed_read(bus), "6");
    assert_int_equal(rlc_memory_broker_delete_before(bed->broker, "output", 2, 0, NULL),
                     RLC_REJECT);
}

static void the_cleaner_takes_tombstones_when_their_time_is_over(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;

    memory_bed_begin(bus);
    assert_int_equal(memory_bed_put(bus, "a", "1"), RLC_OK);
    assert_int_equal(memory_bed_put(bus, "b", "2"), RLC_OK);
    assert_int_equal(memory_bed_put(bus, "a", NULL), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    assert_int_equal(rlc_memory_broker_compact(bed->broker, "output", false, NULL), RLC_OK);
    assert_string_equal(memory_bed_read(bus), "2  4");
    assert_int_equal(rlc_memory_broker_compact(bed->broker, "output", true, NULL), RLC_OK);
    assert_string_equal(memory_bed_read(bus), "2 4");
    assert_int_equal(rlc_memory_broker_compact(bed->broker, "none", true, NULL), RLC_REJECT);
}

/* The last entry lies in the segment that is written to: a consumer's position gets past it. */
static void the_cleaner_leaves_the_last_entry(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;
    struct rlc_outgoing outgoing = { .topic = INPUT, .value = rlc_span_of("v") };
    struct rlc_bus_event event;

    memory_bed_begin(bus);
    assert_int_equal(bus->ops->produce(bus, &outgoing, NULL), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    assert_int_equal(rlc_memory_broker_compact(bed->broker, "input", true, NULL), RLC_OK);
    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(bus->ops->seek(bus, INPUT, 0, 1, NULL), RLC_OK);
    assert_int_equal(bus->ops->resume(bus, INPUT, 0, NULL), RLC_OK);
    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_END);
    assert_int_equal(bus->ops->position(bus, INPUT, 0), 2);
}

static void the_cleaner_stops_at_an_open_transaction(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;
    struct rlc_bus_config config = memory_bed_worker;
    struct rlc_bus *other;

    config.input_count = 0;
    config.transactional_id = "worker-1";
    assert_int_equal(rlc_memory_bus_open(bed->broker, &config, &other, NULL), RLC_OK);
    memory_bed_begin(bus);
    assert_int_equal(memory_bed_put(bus, "a", "1"), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    memory_bed_begin(other);
    assert_int_equal(memory_bed_put(other, "a", "2"), RLC_OK);
    memory_bed_begin(bus);
    assert_int_equal(memory_bed_put(bus, "a", "3"), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, NULL), RLC_OK);
    assert_int_equal(rlc_memory_broker_compact(bed->broker, "output", true, NULL), RLC_OK);
    assert_string_equal(memory_bed_read(bus), "1 2");
    assert_int_equal(other->ops->abort(other, NULL), RLC_OK);
    assert_int_equal(rlc_memory_broker_compact(bed->broker, "output", true, NULL), RLC_OK);
    assert_string_equal(memory_bed_read(bus), "3 6");
    other->ops->close(other, true);
}

/* ---- the rest ---- */

static void a_bus_needs_what_it_subscribes_with(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus_config config = memory_bed_worker;
    struct rlc_bus *bus = NULL;

    config.member = NULL;
    assert_int_equal(rlc_memory_bus_open(bed->broker, &config, &bus, NULL), RLC_FATAL);
    config = memory_bed_worker;
    config.group = NULL;
    assert_int_equal(rlc_memory_bus_open(bed->broker, &config, &bus, NULL), RLC_FATAL);
    config = memory_bed_worker;
    config.input_count = 3;
    assert_int_equal(rlc_memory_bus_open(bed->broker, &config, &bus, NULL), RLC_FATAL);
    assert_null(bus);
}

static void a_topic_exists_once(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_memory_topic_config config = { .name = "output", .partitions = 1 };

    assert_int_equal(rlc_memory_broker_add_topic(bed->broker, &config, NULL), RLC_REJECT);
}

static void partitions_take_turns(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;
    const struct rlc_position from[] = { { OUTPUT, 0, 0 }, { OUTPUT, 1, 0 } };
    struct rlc_outgoing outgoing = { .topic = OUTPUT, .value = rlc_span_of("v") };
    struct rlc_bus_event event;

    memory_bed_begin(bus);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEMORY_BED_TEST(a_commit_of_unknown_outcome_may_have_happened),
        MEMORY_BED_TEST(a_commit_of_unknown_outcome_may_have_been_lost),
        MEMORY_BED_TEST(while_the_broker_is_away_calls_ask_to_be_repeated),
        MEMORY_BED_TEST(a_record_that_was_not_delivered_fails_the_commit),
        MEMORY_BED_TEST(the_nth_record_fails_as_told),
        MEMORY_BED_TEST(markers_come_so_many_calls_later),
        MEMORY_BED_TEST(a_marker_may_come_to_one_partition_first),
        MEMORY_BED_TEST(a_fenced_writer_waits_for_its_markers),
        MEMORY_BED_TEST(a_torn_transaction_may_carry_its_offsets_along),
        MEMORY_BED_TEST(retention_takes_the_oldest_records),
        MEMORY_BED_TEST(the_cleaner_takes_tombstones_when_their_time_is_over),
        MEMORY_BED_TEST(the_cleaner_leaves_the_last_entry),
        MEMORY_BED_TEST(the_cleaner_stops_at_an_open_transaction),
        MEMORY_BED_TEST(a_bus_needs_what_it_subscribes_with),
        MEMORY_BED_TEST(a_topic_exists_once),
        MEMORY_BED_TEST(partitions_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
