/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about reading: positions, ENDs, what a record carries, what the cleaner leaves. */
#include <inttypes.h>
#include <string.h>

#include "tests/support/parity_row.h"

/* A log of a@0 and its marker in partition 0 of the input, and a member that owns all of it. */
static struct rlc_bus *member_with_log(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);

    parity_write(row, bus, PARITY_IN, "a", true);
    /* A marker may come after the commit: the next record would be taken to be in the log when the
     * marker is, and librdkafka 2.0.2 fails an abort that overtakes its own first record. */
    parity_await_high(row, bus, PARITY_IN, 2);
    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    return bus;
}

/* ---- positions ---- */

static void a_position_steps_over_control_records(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);

    parity_position(row, bus);
    parity_start(row, bus, 0, 0);
    parity_poll(row, bus, 2);
    parity_position(row, bus);
}

static void a_position_steps_over_aborted_records(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);

    parity_write(row, bus, PARITY_IN, "x", false);
    parity_start(row, bus, 0, 2);
    parity_poll(row, bus, 4);
    parity_position(row, bus);
}

static void a_position_stops_at_an_open_transaction(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);
    struct rlc_bus *other = parity_writer(row, 1);

    parity_begin(row, other);
    parity_put(row, other, PARITY_IN, "x");
    parity_await_high(row, bus, PARITY_IN, 3);
    parity_start(row, bus, 0, 0);
    parity_poll(row, bus, 2);
    parity_position(row, bus);
    parity_abort(row, other);
    parity_poll(row, bus, 4);
    parity_position(row, bus);
}

static void there_is_no_position_after_a_seek(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);

    parity_start(row, bus, 0, 0);
    parity_poll(row, bus, 2);
    parity_position(row, bus);
    parity_start(row, bus, 0, 0);
    parity_position(row, bus);
    parity_start(row, bus, 0, 2);
    parity_poll(row, bus, 2);
    parity_position(row, bus);
}

static void a_watermark_counts_what_is_open(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    struct rlc_error error = { .text = "" };
    int64_t low = -1, high = -1;

    parity_await_high(row, bus, PARITY_OUT, 0);
    parity_begin(row, bus);
    parity_put(row, bus, PARITY_OUT, "x");
    parity_await_high(row, bus, PARITY_OUT, 1);
    parity_abort(row, bus);
    parity_await_high(row, bus, PARITY_OUT, 2);
    parity_expect(row, bus->ops->watermarks(bus, PARITY_OUT, 0, 1000, &low, &high, &error), RLC_OK,
                  &error);
    answer_say(&row->answer, "low %" PRId64 " high %" PRId64, low, high);
}

/* ---- END ---- */

static void an_end_comes_once_and_again_after_more(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);

    parity_start(row, bus, 0, 0);
    parity_poll(row, bus, 2);
    parity_quiet(row, bus);
    parity_write(row, bus, PARITY_IN, "b", true);
    parity_poll(row, bus, 4);
    parity_quiet(row, bus);
}

static void an_end_comes_again_after_a_seek(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);

    parity_start(row, bus, 0, 0);
    parity_poll(row, bus, 2);
    parity_start(row, bus, 0, 2);
    parity_poll(row, bus, 2);
    parity_quiet(row, bus);
}

static void an_empty_partition_ends_at_once(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);

    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    parity_start(row, bus, 0, 0);
    parity_poll(row, bus, 0);
    parity_quiet(row, bus);
}

/* ---- pause ---- */

static void an_assigned_partition_is_silent_before_a_seek(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);
    struct rlc_error error = { .text = "" };

    parity_quiet(row, bus);
    parity_say(row, "resume", bus->ops->resume(bus, PARITY_IN, 0, &error));
    parity_expect(row, bus->ops->seek(bus, PARITY_IN, 0, 0, &error), RLC_OK, &error);
    parity_quiet(row, bus);
    parity_expect(row, bus->ops->resume(bus, PARITY_IN, 0, &error), RLC_OK, &error);
    parity_poll(row, bus, 2);
}

static void a_paused_partition_is_silent(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);
    struct rlc_error error = { .text = "" };

    parity_start(row, bus, 0, 0);
    parity_poll(row, bus, 2);
    parity_expect(row, bus->ops->pause(bus, PARITY_IN, 0, &error), RLC_OK, &error);
    parity_write(row, bus, PARITY_IN, "b", true);
    parity_quiet(row, bus);
    parity_position(row, bus);
    parity_expect(row, bus->ops->resume(bus, PARITY_IN, 0, &error), RLC_OK, &error);
    parity_poll(row, bus, 4);
}

static void a_partition_of_somebody_else_cannot_be_moved(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);
    struct rlc_error error = { .text = "" };

    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    parity_say(row, "seek", bus->ops->seek(bus, PARITY_OUT, 0, 0, &error));
    parity_say(row, "pause", bus->ops->pause(bus, PARITY_OUT, 0, &error));
    parity_say(row, "resume", bus->ops->resume(bus, PARITY_OUT, 0, &error));
    answer_say(&row->answer, "position %" PRId64, bus->ops->position(bus, PARITY_OUT, 0));
}

/* ---- the reader ---- */

static void a_reader_starts_anywhere(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);

    parity_write(row, bus, PARITY_OUT, "a", true);
    parity_write(row, bus, PARITY_OUT, "b", true);
    parity_read(row, bus, PARITY_OUT, RLC_OFFSET_BEGIN, 4);
    parity_read(row, bus, PARITY_OUT, 1, 4);
    parity_read(row, bus, PARITY_OUT, 3, 4);
    parity_read(row, bus, PARITY_OUT, 4, 4);
}

static void a_reader_ends_each_partition(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    const struct rlc_position from[] = { { PARITY_OUT, 0, 0 }, { PARITY_STAMPED, 0, 0 } };
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error = { .text = "" };
    int64_t records = 0, ends[PARITY_TOPICS] = { 0 };

    parity_write(row, bus, PARITY_OUT, "a", true);
    parity_write(row, bus, PARITY_STAMPED, "b", true);
    parity_expect(row, bus->ops->read(bus, from, RLC_COUNT(from), &error), RLC_OK, &error);
    for (int i = 0; i < row->world->patience && (ends[PARITY_OUT] < 2 || ends[PARITY_STAMPED] < 2);
         i++) {
        parity_expect(row, bus->ops->read_poll(bus, 20, &event, &error), RLC_OK, &error);
        records += event.kind == RLC_BUS_RECORD;
        if (event.kind == RLC_BUS_END)
            ends[event.end.topic] = event.end.offset;
    }
    answer_say(&row->answer, "%" PRId64 " records, ENDs %" PRId64 " %" PRId64, records,
               ends[PARITY_OUT], ends[PARITY_STAMPED]);
    parity_expect(row, bus->ops->read(bus, NULL, 0, &error), RLC_OK, &error);
    parity_write(row, bus, PARITY_OUT, "c", true);
    parity_expect(row, bus->ops->read_poll(bus, 200, &event, &error), RLC_OK, &error);
    answer_say(&row->answer, event.kind == RLC_BUS_NOTHING ? "stopped" : "still reading");
}

static void an_offset_beyond_the_log_is_refused(struct parity_row *row)
{
    struct rlc_bus *bus = member_with_log(row);
    struct rlc_position from = { PARITY_IN, 0, 100 };
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error = { .text = "" };
    enum rlc_status status = RLC_OK;

    parity_expect(row, bus->ops->read(bus, &from, 1, &error), RLC_OK, &error);
    for (int i = 0; status == RLC_OK && i < row->world->patience; i++)
        status = bus->ops->read_poll(bus, 20, &event, &error);
    parity_say(row, "read", status);
    parity_start(row, bus, 0, 100);
    parity_poll_one(row, bus);
    parity_poll_one(row, bus);
}

/* ---- records ---- */

static void headers_come_back_in_order(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    const struct rlc_header headers[] = { { "relance-now", rlc_span_of("1700000000000") },
                                          { "empty", rlc_span_of("") },
                                          { "relance-now", rlc_span_of("again") } };
    struct rlc_outgoing outgoing = { .topic = PARITY_OUT,
                                     .key = rlc_span_of("key"),
                                     .value = rlc_span_of("a"),
                                     .header = headers,
                                     .header_count = RLC_COUNT(headers) };
    struct rlc_position from = { PARITY_OUT, 0, 0 };
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error = { .text = "" };

    parity_begin(row, bus);
    parity_expect(row, bus->ops->produce(bus, &outgoing, &error), RLC_OK, &error);
    parity_commit(row, bus);
    parity_expect(row, bus->ops->read(bus, &from, 1, &error), RLC_OK, &error);
    for (int i = 0; event.kind != RLC_BUS_RECORD && i < row->world->patience; i++)
        parity_expect(row, bus->ops->read_poll(bus, 20, &event, &error), RLC_OK, &error);
    answer_say(&row->answer, "%.*s", (int)event.record.key.size,
               (const char *)event.record.key.data);
    for (size_t i = 0; i < event.record.header_count; i++) {
        answer_say(&row->answer, "%s=%.*s", event.record.header[i].name,
                   (int)event.record.header[i].value.size,
                   (const char *)event.record.header[i].value.data);
    }
}

static void a_tombstone_is_not_an_empty_value(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);

    parity_begin(row, bus);
    parity_put_key(row, bus, PARITY_STATE, "k", NULL);
    parity_put_key(row, bus, PARITY_STATE, "k", "");
    parity_commit(row, bus);
    parity_read(row, bus, PARITY_STATE, 0, 3);
}

/* The time a record of that topic comes back with, which was said to be made at 1000. */
static void say_time(struct parity_row *row, struct rlc_bus *bus, int32_t topic)
{
    struct rlc_position from = { topic, 0, 0 };
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error = { .text = "" };

    parity_expect(row, bus->ops->read(bus, &from, 1, &error), RLC_OK, &error);
    for (int i = 0; event.kind != RLC_BUS_RECORD && i < row->world->patience; i++)
        parity_expect(row, bus->ops->read_poll(bus, 20, &event, &error), RLC_OK, &error);
    answer_say(&row->answer, event.record.append_ms == 1000 ? "made" : "appended");
}

static void a_topic_says_who_stamps_its_records(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    struct rlc_outgoing outgoing = { .topic = PARITY_OUT,
                                     .value = rlc_span_of("a"),
                                     .at_ms = 1000 };
    struct rlc_error error = { .text = "" };

    parity_begin(row, bus);
    parity_expect(row, bus->ops->produce(bus, &outgoing, &error), RLC_OK, &error);
    outgoing.topic = PARITY_STAMPED;
    parity_expect(row, bus->ops->produce(bus, &outgoing, &error), RLC_OK, &error);
    parity_commit(row, bus);
    say_time(row, bus, PARITY_OUT);
    say_time(row, bus, PARITY_STAMPED);
}

/* ---- the cleaner ---- */

static bool first_record_is_gone(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_position from = { PARITY_STATE, 0, RLC_OFFSET_BEGIN };
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error = { .text = "" };

    parity_expect(row, bus->ops->read(bus, &from, 1, &error), RLC_OK, &error);
    for (int i = 0; event.kind == RLC_BUS_NOTHING && i < row->world->patience; i++)
        parity_expect(row, bus->ops->read_poll(bus, 20, &event, &error), RLC_OK, &error);
    return event.kind == RLC_BUS_RECORD && event.record.offset > 0;
}

static void the_cleaner_keeps_the_newest_of_each_key(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);

    parity_begin(row, bus);
    parity_put_key(row, bus, PARITY_STATE, "k1", "old");
    parity_put_key(row, bus, PARITY_STATE, "k2", "two");
    parity_put_key(row, bus, PARITY_STATE, "k1", "new");
    parity_put_key(row, bus, PARITY_STATE, "k3", "three");
    parity_put_key(row, bus, PARITY_STATE, "k3", NULL);
    parity_commit(row, bus);
    for (int i = 0; i < row->world->quiet; i++) /* until a new segment is due */
        row->world->pause(row->world->context);
    parity_begin(row, bus);
    parity_put_key(row, bus, PARITY_STATE, "k4", "in the active segment");
    parity_commit(row, bus);
    for (int i = 0; i < row->world->patience && !first_record_is_gone(row, bus); i++)
        row->world->compact(row->world->context, row->world->topics[PARITY_STATE]);
    parity_read(row, bus, PARITY_STATE, RLC_OFFSET_BEGIN, 8);
    parity_read(row, bus, PARITY_STATE, 0, 8);
    parity_await_high(row, bus, PARITY_STATE, 8);
}

const struct parity_case parity_reading_cases[] = {
    { "a_position_steps_over_control_records", a_position_steps_over_control_records,
      "position -1 a@0 END 2 position 2", NULL },
    { "a_position_steps_over_aborted_records", a_position_steps_over_aborted_records,
      "END 4 position 4", NULL },
    { "a_position_stops_at_an_open_transaction", a_position_stops_at_an_open_transaction,
      "a@0 END 2 position 2 END 4 position 4", NULL },
    { "there_is_no_position_after_a_seek", there_is_no_position_after_a_seek,
      "a@0 END 2 position 2 position -1 END 2 position -1", NULL },
    { "a_watermark_counts_what_is_open", a_watermark_counts_what_is_open, "low 0 high 2", NULL },
    { "an_end_comes_once_and_again_after_more", an_end_comes_once_and_again_after_more,
      "a@0 END 2 quiet b@2 END 4 quiet", NULL },
    { "an_end_comes_again_after_a_seek", an_end_comes_again_after_a_seek, "a@0 END 2 END 2 quiet",
      NULL },
    { "an_empty_partition_ends_at_once", an_empty_partition_ends_at_once, "END 0 quiet", NULL },
    { "an_assigned_partition_is_silent_before_a_seek",
      an_assigned_partition_is_silent_before_a_seek, "quiet resume ABORT quiet a@0 END 2", NULL },
    { "a_paused_partition_is_silent", a_paused_partition_is_silent,
      "a@0 END 2 quiet position 2 b@2 END 4", NULL },
    { "a_partition_of_somebody_else_cannot_be_moved", a_partition_of_somebody_else_cannot_be_moved,
      "seek ABORT pause ABORT resume ABORT position -1", NULL },
    { "a_reader_starts_anywhere", a_reader_starts_anywhere, "a@0 b@2 END 4 b@2 END 4 END 4 END 4",
      NULL },
    { "a_reader_ends_each_partition", a_reader_ends_each_partition, "2 records, ENDs 2 2 stopped",
      NULL },
    { "an_offset_beyond_the_log_is_refused", an_offset_beyond_the_log_is_refused,
      "read REJECT poll FATAL nothing poll FATAL nothing", NULL },
    { "headers_come_back_in_order", headers_come_back_in_order,
      "key relance-now=1700000000000 empty= relance-now=again", NULL },
    { "a_tombstone_is_not_an_empty_value", a_tombstone_is_not_an_empty_value,
      "tombstone@0 @1 END 3", NULL },
    { "a_topic_says_who_stamps_its_records", a_topic_says_who_stamps_its_records, "made appended",
      NULL },
    { "the_cleaner_keeps_the_newest_of_each_key", the_cleaner_keeps_the_newest_of_each_key,
      "two@1 new@2 tombstone@4 in the active segment@6 END 8 "
      "two@1 new@2 tombstone@4 in the active segment@6 END 8",
      NULL },
    { NULL, NULL, NULL, NULL },
};
