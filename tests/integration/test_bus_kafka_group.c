/* SPDX-License-Identifier: Apache-2.0 */
/* The Kafka bus as a member of a group, against a real broker. */
#include <string.h>

#include "tests/integration/kafka_lab.h"

#define FENCED_INSTANCE_CODE 82

/* ---- the assignment ---- */

static void a_partition_is_silent_until_it_was_sought_and_resumed(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    (void)lab_transact(bus, LAB_IN, 0, "a", true);
    (void)lab_assigned(bus, 1);
    (void)lab_transact(bus, LAB_IN, 0, "b", true);
    lab_nothing(bus);
    assert_int_equal(bus->ops->resume(bus, LAB_IN, 0, &error), RLC_ABORT);
    assert_int_equal(bus->ops->seek(bus, LAB_IN, 0, 0, &error), RLC_OK);
    lab_nothing(bus);
    assert_int_equal(bus->ops->resume(bus, LAB_IN, 0, &error), RLC_OK);
    assert_int_equal(lab_record(bus, "a"), 0);
    assert_int_equal(lab_record(bus, "b"), 2);
    bus->ops->close(bus, true);
}

/* With the logical END as parking place the library's late answer moved the partition to the end
 * half a second after the seek. */
static void a_seek_at_the_moment_of_the_assignment_loses_nothing(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;

    (void)state;
    lab_open(&lab, 4);
    bus = lab_writer(&lab, 3);
    lab_begin(bus);
    for (int i = 0; i < 40; i++)
        assert_int_equal(lab_put(bus, LAB_IN, i % 4, "x", NULL), RLC_OK);
    lab_commit(bus);
    bus->ops->close(bus, true);
    for (int round = 0; round < 8; round++) {
        int64_t next[4] = { 0, 0, 0, 0 };
        int left = 40;

        bus = lab_member(&lab, 0);
        (void)lab_assigned(bus, 4);
        for (int p = 0; p < 4; p++)
            lab_start(bus, p, 0);
        while (left > 0) {
            struct rlc_bus_event event = lab_next(bus);

            if (event.kind != RLC_BUS_RECORD)
                continue;
            assert_int_equal(event.record.offset, next[event.record.partition]);
            next[event.record.partition]++;
            left--;
        }
        lab_nothing(bus);
        bus->ops->close(bus, true);
    }
}

static void two_members_share_the_partitions_and_the_epoch_counts(void **state)
{
    struct lab lab;
    struct rlc_bus *first, *second;
    struct rlc_bus_event event;
    struct rlc_position owned[4];
    struct rlc_error error;
    uint64_t before, after = 0;
    size_t count[2] = { 2, 0 };

    (void)state;
    lab_open(&lab, 2);
    first = lab_member(&lab, 0);
    before = lab_assigned(first, 2);
    (void)lab_transact(first, LAB_IN, 0, "a", true);
    lab_start(first, 0, 0);
    lab_start(first, 1, 0);
    assert_int_equal(lab_record(first, "a"), 0);
    second = lab_member(&lab, 1);
    for (int i = 0; (count[0] != 1 || count[1] != 1) && i < LAB_WAIT_MS / 50; i++) {
        assert_true(first->ops->poll(first, 25, &event, &error) <= RLC_RETRY);
        if (event.kind == RLC_BUS_REBALANCED)
            count[0] = first->ops->assignment(first, owned, 4, &after);
        assert_true(second->ops->poll(second, 25, &event, &error) <= RLC_RETRY);
        if (event.kind == RLC_BUS_REBALANCED)
            count[1] = second->ops->assignment(second, owned, 4, NULL);
    }
    assert_int_equal(count[0], 1);
    assert_int_equal(count[1], 1);
    assert_true(after > before);
    /* What the first kept is parked again, and so is what the second got. */
    lab_nothing(first);
    lab_nothing(second);
    second->ops->close(second, true);
    first->ops->close(first, true);
}

static void a_batch_of_an_older_assignment_is_not_sent(void **state)
{
    struct lab lab;
    struct rlc_bus *first, *second;
    struct rlc_position next = { LAB_IN, 0, 0 };
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error;

    (void)state;
    lab_open(&lab, 2);
    first = lab_member(&lab, 0);
    (void)lab_assigned(first, 2);
    assert_int_equal(first->ops->snapshot(first, &error), RLC_OK);
    lab_begin(first);
    assert_int_equal(lab_put(first, LAB_OUT, 0, "late", NULL), RLC_OK);
    second = lab_member(&lab, 1);
    for (int i = 0; event.kind != RLC_BUS_REBALANCED && i < LAB_WAIT_MS / 50; i++) {
        assert_true(second->ops->poll(second, 25, &event, &error) <= RLC_RETRY);
        assert_true(first->ops->poll(first, 25, &event, &error) <= RLC_RETRY);
    }
    assert_int_equal(first->ops->send_offsets(first, &next, 1, &error), RLC_ABORT);
    lab_abort(first);
    assert_string_equal(lab_log(first, LAB_OUT, 0), "");
    second->ops->close(second, true);
    first->ops->close(first, true);
}

static void a_member_whose_name_is_taken_is_finished(void **state)
{
    struct lab lab;
    struct rlc_bus *old, *twin;
    struct rlc_bus_event event;
    struct rlc_error error = { .text = "" };
    enum rlc_status status = RLC_OK;

    (void)state;
    lab_open(&lab, 1);
    old = lab_member(&lab, 0);
    (void)lab_assigned(old, 1);
    twin = lab_member(&lab, 0);
    (void)lab_assigned(twin, 1);
    for (int i = 0; status != RLC_FATAL && i < LAB_WAIT_MS / 50; i++)
        status = old->ops->poll(old, 50, &event, &error);
    assert_int_equal(status, RLC_FATAL);
    assert_int_equal(error.code, FENCED_INSTANCE_CODE);
    assert_non_null(strstr(error.text, lab.member[0]));
    assert_int_equal(old->ops->poll(old, 0, &event, &error), RLC_FATAL);
    old->ops->close(old, true);
    twin->ops->close(twin, true);
}

static void a_member_that_comes_back_has_its_partitions_at_once(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;

    (void)state;
    lab_open(&lab, 2);
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 2);
    bus->ops->close(bus, false);
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 2);
    bus->ops->close(bus, true);
}

/* ---- reading ---- */

/* Records 0 to count-1 of partition 0 and their control record. */
static void fill(struct rlc_bus *bus, int count)
{
    lab_begin(bus);
    for (int i = 0; i < count; i++)
        assert_int_equal(lab_put(bus, LAB_IN, 0, "x", NULL), RLC_OK);
    lab_commit(bus);
}

static void pausing_neither_loses_nor_repeats(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    fill(bus, 300);
    (void)lab_assigned(bus, 1);
    lab_start(bus, 0, 0);
    for (int i = 0; i < 300; i++) {
        assert_int_equal(lab_record(bus, "x"), i);
        if (i % 50 == 7) {
            assert_int_equal(bus->ops->pause(bus, LAB_IN, 0, &error), RLC_OK);
            assert_int_equal(bus->ops->pause(bus, LAB_IN, 0, &error), RLC_OK);
            if (i == 57)
                lab_nothing(bus);
            assert_int_equal(bus->ops->resume(bus, LAB_IN, 0, &error), RLC_OK);
        }
        if (i % 50 == 9)
            assert_int_equal(bus->ops->resume(bus, LAB_IN, 0, &error), RLC_OK);
    }
    bus->ops->close(bus, true);
}

static void a_seek_hands_out_nothing_of_before(void **state)
{
    static const int64_t places[] = { 150, 10, 299, 0, 100, 99 };
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    fill(bus, 300);
    (void)lab_assigned(bus, 1);
    lab_start(bus, 0, 0);
    for (int round = 0; round < 30; round++) {
        int64_t place = places[(size_t)round % RLC_COUNT(places)];

        assert_int_equal(bus->ops->seek(bus, LAB_IN, 0, place, &error), RLC_OK);
        assert_int_equal(bus->ops->position(bus, LAB_IN, 0), RLC_OFFSET_NONE);
        assert_int_equal(lab_record(bus, "x"), place);
        if (place < 290)
            assert_int_equal(lab_record(bus, "x"), place + 1);
        if (round % 3 == 0)
            bus->ops->release(bus);
    }
    bus->ops->close(bus, true);
}

static void what_was_polled_stays_readable_until_it_is_released(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_record record[1000];

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    fill(bus, 1000);
    (void)lab_assigned(bus, 1);
    lab_start(bus, 0, 0);
    for (int i = 0; i < 1000; i++)
        record[i] = lab_next(bus).record;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(record[i].offset, i);
        assert_true(rlc_span_equal(record[i].value, rlc_span_of("x")));
    }
    bus->ops->release(bus);
    bus->ops->release(bus);
    bus->ops->close(bus, true);
}

/* Polls until the position is there; the records on the way are of no interest. */
static void await_position(struct rlc_bus *bus, int64_t position)
{
    struct rlc_bus_event event;
    struct rlc_error error;
    int64_t now = RLC_OFFSET_NONE;

    for (int i = 0; now != position && i < LAB_WAIT_MS / 20; i++) {
        assert_int_equal(bus->ops->poll(bus, 20, &event, &error), RLC_OK);
        now = bus->ops->position(bus, LAB_IN, 0);
        assert_true(now <= position);
    }
    assert_int_equal(now, position);
}

static void the_position_steps_over_control_records_and_aborted_data(void **state)
{
    struct lab lab;
    struct rlc_bus *bus, *other;
    struct rlc_error error;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    other = lab_writer(&lab, 1);
    assert_int_equal(bus->ops->position(bus, LAB_IN, 0), RLC_OFFSET_NONE);
    (void)lab_assigned(bus, 1);
    assert_int_equal(bus->ops->position(bus, LAB_IN, 0), RLC_OFFSET_NONE);
    fill(bus, 2);
    lab_start(bus, 0, 0);
    assert_int_equal(bus->ops->position(bus, LAB_IN, 0), RLC_OFFSET_NONE);
    await_position(bus, 3);
    /* Two interleaved transactions: four places, two of them control records. */
    lab_begin(bus);
    lab_begin(other);
    assert_int_equal(lab_put(bus, LAB_IN, 0, "a", NULL), RLC_OK);
    lab_await_high(bus, LAB_IN, 0, 4);
    assert_int_equal(lab_put(other, LAB_IN, 0, "b", NULL), RLC_OK);
    lab_await_high(bus, LAB_IN, 0, 5);
    lab_commit(bus);
    lab_commit(other);
    await_position(bus, 7);
    /* Aborted data only. */
    lab_begin(other);
    assert_int_equal(lab_put(other, LAB_IN, 0, "gone", NULL), RLC_OK);
    lab_await_high(bus, LAB_IN, 0, 8);
    lab_abort(other);
    await_position(bus, 9);
    /* An open transaction of somebody else holds it back. */
    lab_begin(other);
    assert_int_equal(lab_put(other, LAB_IN, 0, "open", NULL), RLC_OK);
    lab_await_high(bus, LAB_IN, 0, 10);
    lab_nothing(bus);
    assert_int_equal(bus->ops->position(bus, LAB_IN, 0), 9);
    lab_abort(other);
    await_position(bus, 11);
    assert_int_equal(bus->ops->seek(bus, LAB_IN, 0, 3, &error), RLC_OK);
    assert_int_equal(bus->ops->position(bus, LAB_IN, 0), RLC_OFFSET_NONE);
    other->ops->close(other, true);
    bus->ops->close(bus, true);
}

static void the_end_is_told_at_the_last_decided_record_and_again_after_a_seek(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 1);
    lab_start(bus, 0, 0);
    assert_int_equal(lab_end(bus), 0); /* empty */
    fill(bus, 2);
    lab_await_high(bus, LAB_IN, 0, 3);
    assert_int_equal(lab_record(bus, "x"), 0);
    assert_int_equal(lab_record(bus, "x"), 1);
    while (lab_end(bus) != 3)
        ;
    assert_int_equal(bus->ops->seek(bus, LAB_IN, 0, 3, &error), RLC_OK);
    assert_int_equal(lab_end(bus), 3);
    bus->ops->close(bus, true);
}

static void an_offset_that_is_not_in_the_log_is_fatal(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_bus_event event;
    struct rlc_error error = { .text = "" };
    enum rlc_status status = RLC_OK;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 1);
    lab_start(bus, 0, 77);
    for (int i = 0; status != RLC_FATAL && i < LAB_WAIT_MS / 50; i++)
        status = bus->ops->poll(bus, 50, &event, &error);
    assert_int_equal(status, RLC_FATAL);
    assert_non_null(strstr(error.text, lab.name[LAB_IN]));
    bus->ops->close(bus, true);
}

/* The parking place is below the log's first record: nobody may notice. */
static void a_partition_whose_log_begins_later_is_parked_without_harm(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;
    int64_t low = 0, high = 0;

    (void)state;
    lab_open(&lab, 2);
    bus = lab_member(&lab, 0);
    fill(bus, 10);
    lab_await_high(bus, LAB_IN, 0, 11);
    lab_delete_before(&lab, 0, 6);
    assert_int_equal(bus->ops->watermarks(bus, LAB_IN, 0, 5000, &low, &high, &error), RLC_OK);
    assert_int_equal(low, 6);
    for (int round = 0; round < 5; round++) {
        (void)lab_assigned(bus, 2);
        lab_nothing(bus);
        lab_start(bus, 0, 6);
        assert_int_equal(lab_record(bus, "x"), 6);
        assert_int_equal(lab_record(bus, "x"), 7);
        bus->ops->close(bus, true);
        bus = lab_member(&lab, 0);
    }
    assert_string_equal(lab_log(bus, LAB_IN, 0), "x x x x");
    bus->ops->close(bus, true);
}

/* ---- offsets ---- */

static void committed_offsets_are_none_then_undecided_then_known(void **state)
{
    struct lab lab;
    struct rlc_bus *bus, *other;
    struct rlc_position next = { LAB_IN, 0, 0 };
    struct rlc_error error = { .text = "" };
    int64_t offset = 7;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 1);
    assert_int_equal(bus->ops->committed(bus, LAB_IN, 0, 5000, &offset, &error), RLC_OK);
    assert_int_equal(offset, RLC_OFFSET_NONE);
    next.offset = lab_transact(bus, LAB_IN, 0, "a", true) + 1;
    assert_int_equal(bus->ops->snapshot(bus, &error), RLC_OK);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "out", NULL), RLC_OK);
    assert_int_equal(bus->ops->send_offsets(bus, &next, 1, &error), RLC_OK);
    assert_int_equal(bus->ops->committed(bus, LAB_IN, 0, 500, &offset, &error), RLC_RETRY);
    assert_int_equal(offset, RLC_OFFSET_NONE);
    lab_commit(bus);
    assert_int_equal(bus->ops->committed(bus, LAB_IN, 0, 5000, &offset, &error), RLC_OK);
    assert_int_equal(offset, 1);
    /* An aborted transaction leaves the offset where it was. */
    assert_int_equal(bus->ops->snapshot(bus, &error), RLC_OK);
    lab_begin(bus);
    next.offset = 2;
    assert_int_equal(bus->ops->send_offsets(bus, &next, 1, &error), RLC_OK);
    lab_abort(bus);
    assert_int_equal(bus->ops->committed(bus, LAB_IN, 0, 5000, &offset, &error), RLC_OK);
    assert_int_equal(offset, 1);
    other = lab_tool(&lab);
    assert_int_equal(other->ops->committed(other, LAB_IN, 0, 500, &offset, &error), RLC_FATAL);
    other->ops->close(other, true);
    bus->ops->close(bus, true);
}

static void a_forgotten_offset_is_none(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_kafka_admin *admin;
    struct rlc_position next = { LAB_IN, 0, 0 };
    struct rlc_error error = { .text = "" };
    int64_t offset = 7;
    enum rlc_status status = RLC_REJECT;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 1);
    assert_int_equal(bus->ops->snapshot(bus, &error), RLC_OK);
    lab_begin(bus);
    assert_int_equal(bus->ops->send_offsets(bus, &next, 1, &error), RLC_OK);
    lab_commit(bus);
    bus->ops->close(bus, true);
    assert_int_equal(rlc_kafka_admin_open(&lab.settings, &admin, &error), RLC_OK);
    /* A static member keeps its place for the session time-out. */
    for (int i = 0; status == RLC_REJECT && i < LAB_WAIT_MS / 500; i++) {
        status = rlc_kafka_group_forget(admin, lab.group, lab.name[LAB_IN], 0, &error);
        if (status == RLC_REJECT)
            lab_sleep(500);
    }
    assert_int_equal(status, RLC_OK);
    rlc_kafka_admin_close(admin);
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 1);
    assert_int_equal(bus->ops->committed(bus, LAB_IN, 0, 5000, &offset, &error), RLC_OK);
    assert_int_equal(offset, RLC_OFFSET_NONE);
    bus->ops->close(bus, true);
}

static void a_snapshot_needs_a_generation(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    assert_int_equal(bus->ops->snapshot(bus, &error), RLC_RETRY);
    (void)lab_assigned(bus, 1);
    assert_int_equal(bus->ops->snapshot(bus, &error), RLC_OK);
    bus->ops->close(bus, true);
}

static void offsets_that_would_not_be_fenced_are_refused(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_position next[2] = { { LAB_IN, 0, 0 }, { LAB_IN, 1, -1 } };
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 2);
    bus = lab_member(&lab, 0);
    assert_int_equal(bus->ops->send_offsets(bus, next, 1, &error), RLC_FATAL); /* no transaction */
    (void)lab_assigned(bus, 2);
    lab_begin(bus);
    assert_int_equal(bus->ops->send_offsets(bus, next, 1, &error), RLC_FATAL); /* no snapshot */
    assert_int_equal(bus->ops->snapshot(bus, &error), RLC_OK);
    lab_begin(bus);
    assert_int_equal(bus->ops->send_offsets(bus, next, 0, &error), RLC_FATAL);
    lab_begin(bus);
    assert_int_equal(bus->ops->send_offsets(bus, next, 2, &error), RLC_FATAL);
    assert_int_equal(bus->ops->commit(bus, &error), RLC_FATAL);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "fenced", NULL), RLC_OK);
    assert_int_equal(bus->ops->send_offsets(bus, next, 1, &error), RLC_OK);
    lab_commit(bus);
    assert_string_equal(lab_log(bus, LAB_OUT, 0), "fenced");
    bus->ops->close(bus, true);
}

static void a_member_that_lost_its_generation_aborts(void **state)
{
    struct lab lab;
    struct rlc_bus *old, *twin;
    struct rlc_position next = { LAB_IN, 0, 0 };
    struct rlc_error error = { .text = "" };

    (void)state;
    lab_open(&lab, 1);
    old = lab_member(&lab, 0);
    (void)lab_assigned(old, 1);
    assert_int_equal(old->ops->snapshot(old, &error), RLC_OK);
    lab_begin(old);
    assert_int_equal(lab_put(old, LAB_OUT, 0, "stale", NULL), RLC_OK);
    /* The same member name elsewhere, writing under another transactional id. */
    memcpy(lab.writer[0], lab.writer[1], sizeof(lab.writer[0]));
    twin = lab_member(&lab, 0);
    (void)lab_assigned(twin, 1);
    assert_int_equal(old->ops->send_offsets(old, &next, 1, &error), RLC_ABORT);
    lab_abort(old);
    assert_string_equal(lab_log(twin, LAB_OUT, 0), "");
    old->ops->close(old, false);
    twin->ops->close(twin, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partition_is_silent_until_it_was_sought_and_resumed),
        cmocka_unit_test(a_seek_at_the_moment_of_the_assignment_loses_nothing),
        cmocka_unit_test(two_members_share_the_partitions_and_the_epoch_counts),
        cmocka_unit_test(a_batch_of_an_older_assignment_is_not_sent),
        cmocka_unit_test(a_member_whose_name_is_taken_is_finished),
        cmocka_unit_test(a_member_that_comes_back_has_its_partitions_at_once),
        cmocka_unit_test(pausing_neither_loses_nor_repeats),
        cmocka_unit_test(a_seek_hands_out_nothing_of_before),
        cmocka_unit_test(what_was_polled_stays_readable_until_it_is_released),
        cmocka_unit_test(the_position_steps_over_control_records_and_aborted_data),
        cmocka_unit_test(the_end_is_told_at_the_last_decided_record_and_again_after_a_seek),
        cmocka_unit_test(an_offset_that_is_not_in_the_log_is_fatal),
        cmocka_unit_test(a_partition_whose_log_begins_later_is_parked_without_harm),
        cmocka_unit_test(committed_offsets_are_none_then_undecided_then_known),
        cmocka_unit_test(a_forgotten_offset_is_none),
        cmocka_unit_test(a_snapshot_needs_a_generation),
        cmocka_unit_test(offsets_that_would_not_be_fenced_are_refused),
        cmocka_unit_test(a_member_that_lost_its_generation_aborts),
    };

    if (!lab_has_broker())
        return LAB_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
