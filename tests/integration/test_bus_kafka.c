/* SPDX-License-Identifier: Apache-2.0 */
/* The Kafka bus against a real broker: writing and reading. Groups are in test_bus_kafka_group.c.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/integration/kafka_lab.h"

#define UNREACHABLE    "127.0.0.1:1"
#define TOO_LARGE_CODE 10 /* MSG_SIZE_TOO_LARGE */

/* ---- transactions ---- */

static void a_committed_transaction_is_visible_and_an_aborted_one_never(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    (void)lab_transact(bus, LAB_OUT, 0, "one", true);
    (void)lab_transact(bus, LAB_OUT, 0, "gone", false);
    (void)lab_transact(bus, LAB_OUT, 0, "two", true);
    assert_string_equal(lab_log(bus, LAB_OUT, 0), "one two");
    bus->ops->close(bus, true);
}

static void the_offset_of_a_record_is_known_when_it_is_committed(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    int64_t first = -7, third = -7;

    (void)state;
    lab_open(&lab, 2);
    bus = lab_writer(&lab, 0);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "a", &first), RLC_OK);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "b", NULL), RLC_OK);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "c", &third), RLC_OK);
    lab_commit(bus);
    assert_int_equal(first, 0);
    assert_int_equal(third, 2);
    /* The commit's control record takes offset 3. */
    assert_int_equal(lab_transact(bus, LAB_OUT, 0, "d", true), 4);
    bus->ops->close(bus, true);
}

static void ten_thousand_events_fit_into_one_transaction(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    int64_t last = -1;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    lab_begin(bus);
    for (int i = 0; i < 60000; i++)
        assert_int_equal(lab_put(bus, LAB_OUT, 0, "a record of ordinary length", &last), RLC_OK);
    lab_commit(bus);
    assert_int_equal(last, 59999);
    lab_await_high(bus, LAB_OUT, 0, 60001);
    bus->ops->close(bus, true);
}

static void a_fenced_producer_is_fatal_and_the_next_begin_makes_a_new_one(void **state)
{
    struct lab lab;
    struct rlc_bus *old, *twin;
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 1);
    old = lab_writer(&lab, 0);
    twin = lab_writer(&lab, 0);
    lab_begin(old);
    assert_int_equal(lab_put(old, LAB_OUT, 0, "zombie", NULL), RLC_OK);
    lab_await_high(old, LAB_OUT, 0, 1);
    (void)lab_transact(twin, LAB_OUT, 0, "twin", true);
    assert_int_equal(old->ops->commit(old, &error), RLC_FATAL);
    assert_int_equal(old->ops->produce(old, &(struct rlc_outgoing){ .topic = LAB_OUT }, &error),
                     RLC_FATAL);
    assert_int_equal(old->ops->abort(old, &error), RLC_FATAL);
    (void)lab_transact(old, LAB_OUT, 0, "back", true);
    assert_string_equal(lab_log(old, LAB_OUT, 0), "twin back");
    old->ops->close(old, true);
    twin->ops->close(twin, true);
}

static void a_writer_is_fenced_and_what_it_left_open_is_aborted(void **state)
{
    struct lab lab;
    struct rlc_bus *dead, *heir;
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 1);
    dead = lab_writer(&lab, 0);
    heir = lab_writer(&lab, 1);
    lab_begin(dead);
    assert_int_equal(lab_put(dead, LAB_OUT, 0, "half", NULL), RLC_OK);
    lab_await_high(heir, LAB_OUT, 0, 1);
    assert_int_equal(heir->ops->fence_writer(heir, lab.writer[0], &error), RLC_OK);
    /* lab_log() ends only when nothing is undecided; the transaction's own time-out is 10 s. */
    assert_string_equal(lab_log(heir, LAB_OUT, 0), "");
    assert_int_equal(dead->ops->commit(dead, &error), RLC_FATAL);
    dead->ops->close(dead, false);
    heir->ops->close(heir, true);
}

static void a_writer_that_fences_its_own_name_goes_on_with_a_new_producer(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    (void)lab_transact(bus, LAB_OUT, 0, "before", true);
    assert_int_equal(bus->ops->fence_writer(bus, lab.writer[0], &error), RLC_OK);
    (void)lab_transact(bus, LAB_OUT, 0, "after", true);
    assert_string_equal(lab_log(bus, LAB_OUT, 0), "before after");
    bus->ops->close(bus, true);
}

/* ---- what cannot be written ---- */

static enum rlc_status put_size(struct rlc_bus *bus, size_t size, struct rlc_error *reterr)
{
    char *large = malloc(size);
    struct rlc_outgoing outgoing = { .topic = LAB_OUT, .value = rlc_span_from(large, size) };
    enum rlc_status status;

    assert_non_null(large);
    memset(large, 'x', size);
    status = bus->ops->produce(bus, &outgoing, reterr);
    free(large);
    return status;
}

static void a_record_that_is_too_large_fails_its_transaction(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "before", NULL), RLC_OK);
    assert_int_equal(put_size(bus, 1000001, &error), RLC_REJECT);
    assert_int_equal(error.code, TOO_LARGE_CODE);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "after", NULL), RLC_ABORT);
    assert_int_equal(bus->ops->commit(bus, &error), RLC_ABORT);
    lab_abort(bus);
    (void)lab_transact(bus, LAB_OUT, 0, "next", true);
    assert_string_equal(lab_log(bus, LAB_OUT, 0), "next");
    bus->ops->close(bus, true);
}

static void a_record_that_the_broker_finds_too_large_aborts_and_names_the_cause(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 1);
    lab.settings.message_max_bytes = 5000000;
    lab.settings.compression = "none";
    bus = lab_writer(&lab, 0);
    lab_begin(bus);
    assert_int_equal(put_size(bus, 1200000, &error), RLC_OK);
    assert_int_equal(bus->ops->commit(bus, &error), RLC_ABORT);
    assert_int_equal(error.code, TOO_LARGE_CODE);
    lab_abort(bus);
    (void)lab_transact(bus, LAB_OUT, 0, "next", true);
    assert_string_equal(lab_log(bus, LAB_OUT, 0), "next");
    bus->ops->close(bus, true);
}

static void a_partition_that_does_not_exist_aborts(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 9, "nowhere", NULL), RLC_ABORT);
    lab_abort(bus);
    (void)lab_transact(bus, LAB_OUT, 0, "next", true);
    bus->ops->close(bus, true);
}

/* ---- without transactions ---- */

static void a_tool_writes_without_transactions(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };
    int64_t offset = -1;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_tool(&lab);
    assert_int_equal(bus->ops->begin(bus, &error), RLC_FATAL);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "a", NULL), RLC_OK);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "b", &offset), RLC_OK);
    assert_int_equal(bus->ops->flush(bus, LAB_WAIT_MS, &error), RLC_OK);
    assert_int_equal(offset, 1);
    assert_string_equal(lab_log(bus, LAB_OUT, 0), "a b");
    assert_int_equal(put_size(bus, 1000001, &error), RLC_REJECT);
    assert_int_equal(bus->ops->flush(bus, LAB_WAIT_MS, &error), RLC_REJECT);
    assert_int_equal(bus->ops->flush(bus, LAB_WAIT_MS, &error), RLC_OK);
    bus->ops->close(bus, true);
}

static void the_first_sign_that_a_record_was_lost_comes_from_flush(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 1);
    lab.settings.message_max_bytes = 5000000;
    lab.settings.compression = "none";
    bus = lab_tool(&lab);
    assert_int_equal(put_size(bus, 1200000, &error), RLC_OK);
    assert_int_equal(bus->ops->flush(bus, LAB_WAIT_MS, &error), RLC_REJECT);
    assert_int_equal(error.code, TOO_LARGE_CODE);
    bus->ops->close(bus, true);
}

/* ---- what a record is ---- */

static void key_value_headers_and_time_arrive_as_they_were_written(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;
    struct rlc_header headers[] = { { "relance-now", rlc_span_of("1700000000000") },
                                    { "empty", { NULL, 0 } } };
    struct rlc_outgoing full = { .topic = LAB_OUT,
                                 .key = rlc_span_of("key"),
                                 .value = rlc_span_of("value"),
                                 .header = headers,
                                 .header_count = 2,
                                 .at_ms = 1700000000123 };
    struct rlc_outgoing tombstone = { .topic = LAB_OUT, .key = rlc_span_of("key") };
    struct rlc_outgoing empty = { .topic = LAB_OUT, .value = rlc_span_of("") };
    struct rlc_record record;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    lab_begin(bus);
    assert_int_equal(bus->ops->produce(bus, &full, &error), RLC_OK);
    assert_int_equal(bus->ops->produce(bus, &tombstone, &error), RLC_OK);
    assert_int_equal(bus->ops->produce(bus, &empty, &error), RLC_OK);
    lab_commit(bus);
    assert_int_equal(bus->ops->read(bus, &(struct rlc_position){ LAB_OUT, 0, 0 }, 1, &error),
                     RLC_OK);
    record = lab_read_record(bus);
    assert_true(rlc_span_equal(record.key, full.key));
    assert_true(rlc_span_equal(record.value, full.value));
    assert_int_equal(record.append_ms, full.at_ms);
    assert_int_equal(record.header_count, 2);
    assert_string_equal(record.header[0].name, "relance-now");
    assert_true(rlc_span_equal(record.header[0].value, headers[0].value));
    assert_string_equal(record.header[1].name, "empty");
    assert_int_equal(record.header[1].value.size, 0);
    record = lab_read_record(bus);
    assert_null(record.value.data);
    assert_int_equal(record.header_count, 0);
    record = lab_read_record(bus);
    assert_non_null(record.value.data);
    assert_int_equal(record.value.size, 0);
    assert_null(record.key.data);
    bus->ops->close(bus, true);
}

/* ---- looking ---- */

static void watermarks_count_what_is_not_yet_committed(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;
    int64_t low = -1, high = -1;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    (void)lab_transact(bus, LAB_OUT, 0, "decided", true);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "open", NULL), RLC_OK);
    lab_await_high(bus, LAB_OUT, 0, 3); /* record, control record, record */
    assert_int_equal(bus->ops->watermarks(bus, LAB_OUT, 0, 5000, &low, &high, &error), RLC_OK);
    assert_int_equal(low, 0);
    lab_abort(bus);
    lab_await_high(bus, LAB_OUT, 0, 4);
    bus->ops->close(bus, true);
}

static void partitions_are_counted_and_an_unknown_topic_is_refused(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;
    int32_t count = 0;

    (void)state;
    lab_open(&lab, 3);
    lab.topics[LAB_IN] = "no-such-topic";
    bus = lab_tool(&lab);
    assert_int_equal(bus->ops->partitions(bus, LAB_OUT, &count, &error), RLC_OK);
    assert_int_equal(count, 3);
    assert_int_equal(bus->ops->partitions(bus, LAB_IN, &count, &error), RLC_REJECT);
    bus->ops->close(bus, true);
}

static void the_reader_reads_several_partitions_to_their_ends(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;
    struct rlc_position from[3] = { { LAB_OUT, 0, RLC_OFFSET_BEGIN },
                                    { LAB_OUT, 1, 1 },
                                    { LAB_IN, 1, 0 } };
    int64_t end[2][2] = { { -1, -1 }, { -1, -1 } };
    int records[2][2] = { { 0, 0 }, { 0, 0 } };

    (void)state;
    lab_open(&lab, 2);
    bus = lab_writer(&lab, 0);
    lab_begin(bus);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(lab_put(bus, LAB_OUT, 0, "zero", NULL), RLC_OK);
        assert_int_equal(lab_put(bus, LAB_OUT, 1, "one", NULL), RLC_OK);
    }
    lab_commit(bus);
    assert_int_equal(bus->ops->read(bus, from, 3, &error), RLC_OK);
    while (end[LAB_OUT][0] < 6 || end[LAB_OUT][1] < 6 || end[LAB_IN][1] < 0) {
        struct rlc_bus_event event = lab_read_next(bus);

        if (event.kind == RLC_BUS_END)
            end[event.end.topic][event.end.partition] = event.end.offset;
        else
            records[event.record.topic][event.record.partition]++;
    }
    assert_int_equal(records[LAB_OUT][0], 5);
    assert_int_equal(records[LAB_OUT][1], 4);
    assert_int_equal(end[LAB_IN][1], 0);
    /* The same position again: the END is told again. */
    assert_int_equal(bus->ops->read(bus, &(struct rlc_position){ LAB_OUT, 0, 6 }, 1, &error),
                     RLC_OK);
    assert_int_equal(lab_read_next(bus).end.offset, 6);
    bus->ops->close(bus, true);
}

static void a_new_read_hands_out_nothing_of_the_one_before(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;

    (void)state;
    lab_open(&lab, 2);
    bus = lab_writer(&lab, 0);
    lab_begin(bus);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(lab_put(bus, LAB_OUT, i % 2, "filling", NULL), RLC_OK);
    lab_commit(bus);
    for (int i = 0; i < 20; i++) {
        struct rlc_position from = { LAB_OUT, i % 2, (int64_t)i * 10 };

        assert_int_equal(bus->ops->read(bus, &from, 1, &error), RLC_OK);
        for (int k = 0; k < 5; k++) {
            struct rlc_record record = lab_read_record(bus);

            assert_int_equal(record.partition, from.partition);
            assert_int_equal(record.offset, from.offset + k);
        }
    }
    bus->ops->close(bus, true);
}

static void reading_from_outside_of_the_log_is_refused_with_the_place(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    enum rlc_status status = RLC_OK;

    (void)state;
    lab_open(&lab, 2);
    bus = lab_writer(&lab, 0);
    (void)lab_transact(bus, LAB_OUT, 1, "one", true);
    assert_int_equal(bus->ops->read(bus, &(struct rlc_position){ LAB_OUT, 1, 99 }, 1, &error),
                     RLC_OK);
    for (int i = 0; status == RLC_OK && i < 100; i++)
        status = bus->ops->read_poll(bus, 100, &event, &error);
    assert_int_equal(status, RLC_REJECT);
    assert_int_equal(event.end.topic, LAB_OUT);
    assert_int_equal(event.end.partition, 1);
    assert_string_equal(lab_log(bus, LAB_OUT, 1), "one");
    bus->ops->close(bus, true);
}

/* ---- configuration and outages ---- */

static void refuses(struct lab *lab, const struct rlc_kafka_property *property, const char *word)
{
    struct rlc_bus *bus = NULL;
    struct rlc_error error = { .text = "" };
    struct rlc_bus_config config = { .topics = lab->topics, .topic_count = LAB_TOPICS };

    lab->settings.properties = property;
    lab->settings.property_count = 1;
    assert_int_equal(rlc_kafka_bus_open(&config, &lab->settings, &bus, &error), RLC_FATAL);
    if (!strstr(error.text, word))
        fail_msg("%s is not in: %s", word, error.text);
}

static void wrong_configuration_is_refused_by_name(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };
    struct rlc_kafka_property fine = { "socket.timeout.ms", "30000" };
    struct rlc_bus_config nameless;

    (void)state;
    lab_open(&lab, 1);
    refuses(&lab, &(struct rlc_kafka_property){ "no.such.thing", "1" }, "no.such.thing");
    refuses(&lab, &(struct rlc_kafka_property){ "socket.timeout.ms", "soon" }, "socket.timeout.ms");
    refuses(&lab, &(struct rlc_kafka_property){ "enable.auto.commit", "true" },
            "enable.auto.commit");
    lab.settings.properties = &fine;
    bus = lab_tool(&lab);
    bus->ops->close(bus, true);
    nameless = (struct rlc_bus_config){
        .topics = lab.topics, .topic_count = LAB_TOPICS, .input_count = 1, .group = lab.group
    };
    assert_int_equal(rlc_kafka_bus_open(&nameless, &lab.settings, &bus, &error), RLC_FATAL);
    lab.settings.bootstrap_servers = "";
    nameless.input_count = 0;
    assert_int_equal(rlc_kafka_bus_open(&nameless, &lab.settings, &bus, &error), RLC_FATAL);
}

static void whoever_allows_larger_records_gets_larger_answers(void **state)
{
    struct rlc_kafka_property larger = { "message.max.bytes", "5000000" };
    struct lab lab;
    struct rlc_bus *bus;

    (void)state;
    lab_open(&lab, 1);
    lab.settings.properties = &larger;
    lab.settings.property_count = 1;
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 1);
    lab_start(bus, 0, 0);
    (void)lab_transact(bus, LAB_IN, 0, "one", true);
    (void)lab_record(bus, "one");
    bus->ops->close(bus, true);
}

static void an_absent_broker_is_told_and_can_be_left_at_once(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };
    struct rlc_bus_event event;
    char text[128] = "";
    int64_t low, high;

    (void)state;
    lab_open(&lab, 1);
    lab.settings.bootstrap_servers = UNREACHABLE;
    bus = lab_member(&lab, 0);
    for (int i = 0; i < 100 && rlc_kafka_bus_state(bus, text, sizeof(text)); i++)
        assert_true(bus->ops->poll(bus, 50, &event, &error) <= RLC_RETRY);
    assert_false(rlc_kafka_bus_state(bus, text, sizeof(text)));
    assert_true(strlen(text) > 0);
    assert_int_equal(bus->ops->watermarks(bus, LAB_IN, 0, 300, &low, &high, &error), RLC_RETRY);
    assert_int_equal(bus->ops->committed(bus, LAB_IN, 0, 300, &low, &error), RLC_RETRY);
    assert_int_equal(bus->ops->snapshot(bus, &error), RLC_RETRY);
    bus->ops->close(bus, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_committed_transaction_is_visible_and_an_aborted_one_never),
        cmocka_unit_test(the_offset_of_a_record_is_known_when_it_is_committed),
        cmocka_unit_test(ten_thousand_events_fit_into_one_transaction),
        cmocka_unit_test(a_fenced_producer_is_fatal_and_the_next_begin_makes_a_new_one),
        cmocka_unit_test(a_writer_is_fenced_and_what_it_left_open_is_aborted),
        cmocka_unit_test(a_writer_that_fences_its_own_name_goes_on_with_a_new_producer),
        cmocka_unit_test(a_record_that_is_too_large_fails_its_transaction),
        cmocka_unit_test(a_record_that_the_broker_finds_too_large_aborts_and_names_the_cause),
        cmocka_unit_test(a_partition_that_does_not_exist_aborts),
        cmocka_unit_test(a_tool_writes_without_transactions),
        cmocka_unit_test(the_first_sign_that_a_record_was_lost_comes_from_flush),
        cmocka_unit_test(key_value_headers_and_time_arrive_as_they_were_written),
        cmocka_unit_test(watermarks_count_what_is_not_yet_committed),
        cmocka_unit_test(partitions_are_counted_and_an_unknown_topic_is_refused),
        cmocka_unit_test(the_reader_reads_several_partitions_to_their_ends),
        cmocka_unit_test(a_new_read_hands_out_nothing_of_the_one_before),
        cmocka_unit_test(reading_from_outside_of_the_log_is_refused_with_the_place),
        cmocka_unit_test(wrong_configuration_is_refused_by_name),
        cmocka_unit_test(whoever_allows_larger_records_gets_larger_answers),
        cmocka_unit_test(an_absent_broker_is_told_and_can_be_left_at_once),
    };

    if (!lab_has_broker())
        return LAB_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
