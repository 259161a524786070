/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about writing: transactions, fencing of transactional ids, what is refused. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parity_row.h"

#define MANY      5000
#define TOO_LARGE 1000000u
#define LARGE     900000u

/* ---- transactions ---- */

static void committed_records_are_read(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);

    parity_begin(row, bus);
    parity_put(row, bus, PARITY_OUT, "a");
    parity_put(row, bus, PARITY_OUT, "b");
    parity_commit(row, bus);
    parity_read(row, bus, PARITY_OUT, 0, 3);
}

static void an_open_transaction_hides_what_follows(struct parity_row *row)
{
    struct rlc_bus *first = parity_writer(row, 0);
    struct rlc_bus *second = parity_writer(row, 1);

    parity_begin(row, first);
    parity_put(row, first, PARITY_OUT, "x");
    parity_await_high(row, first, PARITY_OUT, 1);
    parity_write(row, second, PARITY_OUT, "y", true);
    parity_await_high(row, second, PARITY_OUT, 3);
    parity_read(row, second, PARITY_OUT, 0, 0);
    parity_commit(row, first);
    parity_read(row, second, PARITY_OUT, 0, 4);
}

static void aborted_records_are_skipped(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);

    parity_write(row, bus, PARITY_OUT, "x", false);
    parity_read(row, bus, PARITY_OUT, 0, 2);
    parity_write(row, bus, PARITY_OUT, "y", true);
    parity_read(row, bus, PARITY_OUT, 0, 4);
}

static void transactions_interleave_in_order_of_append(struct parity_row *row)
{
    struct rlc_bus *first = parity_writer(row, 0);
    struct rlc_bus *second = parity_writer(row, 1);
    struct rlc_bus *third = parity_writer(row, 2);

    parity_begin(row, first);
    parity_begin(row, second);
    parity_put(row, first, PARITY_OUT, "a");
    parity_await_high(row, first, PARITY_OUT, 1);
    parity_put(row, second, PARITY_OUT, "b");
    parity_await_high(row, first, PARITY_OUT, 2);
    parity_write(row, third, PARITY_OUT, "x", false);
    parity_await_high(row, first, PARITY_OUT, 4);
    parity_commit(row, second);
    parity_await_high(row, first, PARITY_OUT, 5);
    parity_put(row, first, PARITY_OUT, "c");
    parity_commit(row, first);
    parity_read(row, first, PARITY_OUT, 0, 7);
}

static void an_empty_transaction_leaves_no_trace(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);

    parity_begin(row, bus);
    parity_commit(row, bus);
    parity_begin(row, bus);
    parity_abort(row, bus);
    parity_read(row, bus, PARITY_OUT, 0, 0);
}

static void a_large_transaction_is_read_whole(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    struct rlc_position from = { PARITY_OUT, 0, 0 };
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error = { .text = "" };
    int64_t count = 0, expected = 0;

    parity_begin(row, bus);
    for (int i = 0; i < MANY; i++)
        parity_put(row, bus, PARITY_OUT, "v");
    parity_commit(row, bus);
    parity_expect(row, bus->ops->read(bus, &from, 1, &error), RLC_OK, &error);
    for (int i = 0; i < row->world->patience; i++) {
        while (bus->ops->read_poll(bus, 20, &event, &error) == RLC_OK &&
               event.kind == RLC_BUS_RECORD) {
            expected += event.record.offset == count;
            count++;
        }
        if (event.kind == RLC_BUS_END && event.end.offset > MANY)
            break;
    }
    answer_say(&row->answer, "%" PRId64 " in order %" PRId64 " END %" PRId64, count, expected,
               event.end.offset);
}

static void records_are_in_several_partitions_or_in_none(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    struct rlc_outgoing second = { .topic = PARITY_OUT,
                                   .partition = 1,
                                   .value = rlc_span_of("other") };
    struct rlc_error error = { .text = "" };

    parity_begin(row, bus);
    parity_put(row, bus, PARITY_OUT, "a");
    parity_put(row, bus, PARITY_STAMPED, "b");
    parity_expect(row, bus->ops->produce(bus, &second, &error), RLC_OK, &error);
    parity_commit(row, bus);
    parity_read(row, bus, PARITY_OUT, 0, 2);
    parity_read(row, bus, PARITY_STAMPED, 0, 2);
}

static void an_offset_is_told_before_the_commit_returns(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    int64_t first = -1, second = -1;
    struct rlc_outgoing outgoing = { .topic = PARITY_OUT, .value = rlc_span_of("a") };
    struct rlc_error error = { .text = "" };

    parity_write(row, bus, PARITY_OUT, "x", true);
    parity_begin(row, bus);
    outgoing.ret_offset = &first;
    parity_expect(row, bus->ops->produce(bus, &outgoing, &error), RLC_OK, &error);
    outgoing.ret_offset = &second;
    parity_expect(row, bus->ops->produce(bus, &outgoing, &error), RLC_OK, &error);
    parity_commit(row, bus);
    answer_say(&row->answer, "%" PRId64 " %" PRId64, first, second);
}

static void without_transaction_a_flush_tells_the_offset(struct parity_row *row)
{
    struct rlc_bus *bus = parity_tool(row);
    int64_t offset = -1;
    struct rlc_outgoing outgoing = { .topic = PARITY_OUT,
                                     .value = rlc_span_of("a"),
                                     .ret_offset = &offset };
    struct rlc_error error = { .text = "" };

    parity_expect(row, bus->ops->produce(bus, &outgoing, &error), RLC_OK, &error);
    parity_expect(row, bus->ops->flush(bus, 5000, &error), RLC_OK, &error);
    answer_say(&row->answer, "offset %" PRId64, offset);
    parity_read(row, bus, PARITY_OUT, 0, 1);
}

/* ---- whose transaction it is ---- */

static void the_same_id_fences_the_older_producer(struct parity_row *row)
{
    struct rlc_bus *older = parity_writer(row, 0);
    struct rlc_bus *newer = parity_writer(row, 0);
    const struct rlc_outgoing late = { .topic = PARITY_OUT, .value = rlc_span_of("late") };
    struct rlc_error error;

    parity_begin(row, older);
    parity_put(row, older, PARITY_OUT, "x");
    parity_await_high(row, older, PARITY_OUT, 1);
    parity_write(row, newer, PARITY_OUT, "y", true);
    answer_say(&row->answer, "older");
    parity_try_commit(row, older);
    parity_begin(row, older);
    parity_put(row, older, PARITY_OUT, "z");
    parity_commit(row, older);
    answer_say(&row->answer, "newer");
    parity_begin(row, newer);
    (void)newer->ops->produce(newer, &late, &error); /* may know it already, or not yet */
    parity_try_commit(row, newer);
    parity_read(row, older, PARITY_OUT, 0, 6);
}

static void a_writer_is_fenced_by_name(struct parity_row *row)
{
    struct rlc_bus *writer = parity_writer(row, 0);
    struct rlc_bus *other = parity_writer(row, 1);
    char name[96];
    struct rlc_error error = { .text = "" };

    parity_begin(row, writer);
    parity_put(row, writer, PARITY_OUT, "x");
    parity_await_high(row, writer, PARITY_OUT, 1);
    parity_say(
        row, "fence",
        other->ops->fence_writer(other, parity_writer_name(row, 0, name, sizeof(name)), &error));
    parity_read(row, other, PARITY_OUT, 0, 2);
    parity_try_commit(row, writer);
    parity_write(row, writer, PARITY_OUT, "y", true);
    parity_read(row, other, PARITY_OUT, 2, 4);
}

static void a_writer_that_never_was_can_be_fenced(struct parity_row *row)
{
    struct rlc_bus *bus = parity_tool(row);
    struct rlc_error error = { .text = "" };

    parity_say(row, "fence", bus->ops->fence_writer(bus, row->world->group, &error));
}

static void a_transaction_times_out(struct parity_row *row)
{
    struct rlc_bus *slow = parity_writer(row, 0);
    struct rlc_bus *other = parity_writer(row, 1);

    parity_begin(row, slow);
    parity_put(row, slow, PARITY_OUT, "x");
    parity_await_high(row, slow, PARITY_OUT, 1);
    parity_write(row, other, PARITY_OUT, "y", true);
    parity_read(row, other, PARITY_OUT, 0, 0);
    row->world->expire_transactions(row->world->context);
    parity_read(row, other, PARITY_OUT, 0, 4);
    parity_try_commit(row, slow);
    parity_write(row, slow, PARITY_OUT, "z", true);
    parity_read(row, other, PARITY_OUT, 4, 6);
}

static void what_a_crash_left_open_waits_for_its_id(struct parity_row *row)
{
    struct rlc_bus *crashed = parity_writer(row, 0);
    struct rlc_bus *other = parity_writer(row, 1);
    struct rlc_bus *again;

    parity_begin(row, crashed);
    parity_put(row, crashed, PARITY_OUT, "x");
    parity_await_high(row, crashed, PARITY_OUT, 1);
    parity_close(row, crashed, false);
    parity_write(row, other, PARITY_OUT, "y", true);
    parity_read(row, other, PARITY_OUT, 0, 0);
    again = parity_writer(row, 0);
    parity_begin(row, again);
    parity_read(row, other, PARITY_OUT, 0, 4);
}

static void a_clean_close_aborts(struct parity_row *row)
{
    struct rlc_bus *leaving = parity_writer(row, 0);
    struct rlc_bus *other = parity_writer(row, 1);

    parity_begin(row, leaving);
    parity_put(row, leaving, PARITY_OUT, "x");
    parity_await_high(row, leaving, PARITY_OUT, 1);
    parity_close(row, leaving, true);
    parity_read(row, other, PARITY_OUT, 0, 2);
}

static void begin_gives_up_an_open_transaction(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);

    parity_begin(row, bus);
    parity_put(row, bus, PARITY_OUT, "x");
    parity_await_high(row, bus, PARITY_OUT, 1);
    parity_write(row, bus, PARITY_OUT, "y", true);
    parity_read(row, bus, PARITY_OUT, 0, 4);
}

static void calls_without_transaction_are_fatal(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    struct rlc_outgoing outgoing = { .topic = PARITY_OUT, .value = rlc_span_of("x") };
    struct rlc_error error = { .text = "" };

    parity_say(row, "produce", bus->ops->produce(bus, &outgoing, &error));
    parity_say(row, "send", parity_send(bus, 0, 1));
    parity_try_commit(row, bus);
    parity_say(row, "abort", bus->ops->abort(bus, &error));
    parity_write(row, bus, PARITY_OUT, "y", true);
    parity_try_commit(row, bus);
    parity_read(row, bus, PARITY_OUT, 0, 2);
}

/* ---- what is refused ---- */

static void a_record_that_is_too_large_fails_the_transaction(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    uint8_t *bytes = calloc(1, TOO_LARGE);
    struct rlc_outgoing outgoing = { .topic = PARITY_OUT,
                                     .value = rlc_span_from(bytes, TOO_LARGE) };
    struct rlc_error error = { .text = "" };

    parity_begin(row, bus);
    parity_say(row, "produce", bus->ops->produce(bus, &outgoing, &error));
    parity_try_commit(row, bus);
    parity_abort(row, bus);
    outgoing.value.size = LARGE;
    parity_begin(row, bus);
    parity_say(row, "produce", bus->ops->produce(bus, &outgoing, &error));
    parity_try_commit(row, bus);
    parity_await_high(row, bus, PARITY_OUT, 2);
    free(bytes);
}

static void a_record_that_the_broker_refuses_fails_the_commit(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);

    parity_begin(row, bus);
    parity_put(row, bus, PARITY_OUT, "x");
    parity_put(row, bus, PARITY_STATE, "no key: not allowed in a compacted topic");
    parity_try_commit(row, bus);
    parity_abort(row, bus);
    parity_write(row, bus, PARITY_OUT, "y", true);
    parity_try_commit(row, bus);
}

static void an_unknown_topic_is_no_topic(struct parity_row *row)
{
    struct rlc_bus *bus = parity_tool(row);
    struct rlc_error error = { .text = "" };
    int32_t count = 0;

    parity_say(row, "known", bus->ops->partitions(bus, PARITY_IN, &count, &error));
    answer_say(&row->answer, "%d", count);
    parity_say(row, "missing", bus->ops->partitions(bus, PARITY_MISSING, &count, &error));
}

/* ---- what a broker cannot be told to do ---- */

static void a_late_end_commits_half_a_transaction(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    char name[96];
    struct rlc_outgoing outgoing = { .topic = PARITY_STATE,
                                     .key = rlc_span_of("ckpt"),
                                     .value = rlc_span_of("lost") };
    struct rlc_error error = { .text = "" };

    row->world->tear(row->world->context, parity_writer_name(row, 0, name, sizeof(name)), 1);
    parity_begin(row, bus);
    parity_put_key(row, bus, PARITY_STATE, "k", "torn");
    parity_read(row, bus, PARITY_STATE, 0, 2);
    parity_say(row, "produce", bus->ops->produce(bus, &outgoing, &error));
    parity_begin(row, bus);
    parity_put_key(row, bus, PARITY_STATE, "ckpt", "next");
    parity_commit(row, bus);
    parity_read(row, bus, PARITY_STATE, 0, 4);
}

static void markers_may_come_after_the_commit(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);
    struct rlc_error error = { .text = "" };
    int64_t offset = 0;

    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    row->world->delay_markers(row->world->context, true);
    parity_begin(row, bus);
    parity_put(row, bus, PARITY_OUT, "a");
    (void)parity_snapshot(row, bus);
    parity_say(row, "send", parity_send(bus, 0, 5));
    parity_try_commit(row, bus);
    parity_await_high(row, bus, PARITY_OUT, 1);
    parity_read(row, bus, PARITY_OUT, 0, 0);
    parity_say(row, "committed", bus->ops->committed(bus, PARITY_IN, 0, 100, &offset, &error));
    parity_say(row, "begin", bus->ops->begin(bus, &error));
    row->world->delay_markers(row->world->context, false);
    parity_read(row, bus, PARITY_OUT, 0, 2);
    parity_committed(row, bus, 0);
    parity_say(row, "begin", bus->ops->begin(bus, &error));
}

#define NEEDS_PROXY  "needs a proxy that delays EndTxn; as seen in broker-findings e"
#define NEEDS_CHANCE "happened after 14 of 60 commits in broker-findings b, never on demand"

const struct parity_case parity_log_cases[] = {
    { "committed_records_are_read", committed_records_are_read, "a@0 b@1 END 3", NULL },
    { "an_open_transaction_hides_what_follows", an_open_transaction_hides_what_follows,
      "END 0 x@0 y@1 END 4", NULL },
    { "aborted_records_are_skipped", aborted_records_are_skipped, "END 2 y@2 END 4", NULL },
    { "transactions_interleave_in_order_of_append", transactions_interleave_in_order_of_append,
      "a@0 b@1 c@5 END 7", NULL },
    { "an_empty_transaction_leaves_no_trace", an_empty_transaction_leaves_no_trace, "END 0", NULL },
    { "a_large_transaction_is_read_whole", a_large_transaction_is_read_whole,
      "5000 in order 5000 END 5001", NULL },
    { "a_transaction_spans_partitions", records_are_in_several_partitions_or_in_none,
      "a@0 END 2 b@0 END 2", NULL },
    { "an_offset_is_told_before_the_commit_returns", an_offset_is_told_before_the_commit_returns,
      "2 3", NULL },
    { "without_transaction_a_flush_tells_the_offset", without_transaction_a_flush_tells_the_offset,
      "offset 0 a@0 END 1", NULL },
    { "the_same_id_fences_the_older_producer", the_same_id_fences_the_older_producer,
      "older commit FATAL newer commit FATAL y@2 z@4 END 6", NULL },
    { "a_writer_is_fenced_by_name", a_writer_is_fenced_by_name,
      "fence OK END 2 commit FATAL y@2 END 4", NULL },
    { "a_writer_that_never_was_can_be_fenced", a_writer_that_never_was_can_be_fenced, "fence OK",
      NULL },
    { "a_transaction_times_out", a_transaction_times_out, "END 0 y@1 END 4 commit FATAL z@4 END 6",
      NULL },
    { "what_a_crash_left_open_waits_for_its_id", what_a_crash_left_open_waits_for_its_id,
      "END 0 y@1 END 4", NULL },
    { "a_clean_close_aborts", a_clean_close_aborts, "END 2", NULL },
    { "begin_gives_up_an_open_transaction", begin_gives_up_an_open_transaction, "y@2 END 4", NULL },
    { "calls_without_transaction_are_fatal", calls_without_transaction_are_fatal,
      "produce FATAL send FATAL commit FATAL abort FATAL commit FATAL y@0 END 2", NULL },
    { "a_record_that_is_too_large_fails_the_transaction",
      a_record_that_is_too_large_fails_the_transaction,
      "produce REJECT commit ABORT produce OK commit OK", NULL },
    { "a_record_that_the_broker_refuses_fails_the_commit",
      a_record_that_the_broker_refuses_fails_the_commit, "commit ABORT commit FATAL", NULL },
    { "an_unknown_topic_is_no_topic", an_unknown_topic_is_no_topic, "known OK 3 missing REJECT",
      NULL },
    { "a_late_end_commits_half_a_transaction", a_late_end_commits_half_a_transaction,
      "torn@0 END 2 produce FATAL torn@0 next@2 END 4", NEEDS_PROXY },
    { "markers_may_come_after_the_commit", markers_may_come_after_the_commit,
      "send OK commit OK END 0 committed RETRY begin RETRY a@0 END 2 committed 5 begin OK",
      NEEDS_CHANCE },
    { NULL, NULL, NULL, NULL },
};
