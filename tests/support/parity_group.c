/* SPDX-License-Identifier: Apache-2.0 */
/* Rows about the group: who owns what, whose offsets count. */
#include <inttypes.h>
#include <string.h>

#include "tests/support/parity_row.h"

/* Member 0 owns partitions 0 and 1, member 1 owns partition 2. */
static void two_members(struct parity_row *row, struct rlc_bus **ret_first,
                        struct rlc_bus **ret_second)
{
    *ret_first = parity_member(row, 0);
    *ret_second = parity_member(row, 1);
    parity_settle(row, *ret_first, 2, *ret_second, 1);
}

/* A transaction with an offset of a partition; says what happened. */
static void commit_offset(struct parity_row *row, struct rlc_bus *bus, int32_t partition,
                          int64_t offset)
{
    parity_begin(row, bus);
    parity_put(row, bus, PARITY_OUT, "v");
    (void)parity_snapshot(row, bus);
    parity_say(row, "send", parity_send(bus, partition, offset));
    parity_commit(row, bus);
}

static uint64_t epoch_of(struct rlc_bus *bus)
{
    struct rlc_position owned[PARITY_PARTITIONS];
    uint64_t epoch = 0;

    (void)bus->ops->assignment(bus, owned, PARITY_PARTITIONS, &epoch);
    return epoch;
}

/* ---- offsets ---- */

static void a_group_without_offset_has_none(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);

    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    parity_committed(row, bus, 0);
}

static void an_offset_counts_when_it_is_decided(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);
    struct rlc_error error = { .text = "" };
    int64_t offset = 777;

    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    parity_begin(row, bus);
    (void)parity_snapshot(row, bus);
    parity_say(row, "send", parity_send(bus, 0, 5));
    parity_say(row, "committed", bus->ops->committed(bus, PARITY_IN, 0, 300, &offset, &error));
    parity_say(row, "other", bus->ops->committed(bus, PARITY_IN, 1, 300, &offset, &error));
    parity_commit(row, bus);
    parity_committed(row, bus, 0);
    parity_begin(row, bus);
    (void)parity_snapshot(row, bus);
    parity_say(row, "send", parity_send(bus, 0, 6));
    parity_abort(row, bus);
    parity_committed(row, bus, 0);
}

static void of_two_offsets_the_last_counts(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);

    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    parity_begin(row, bus);
    (void)parity_snapshot(row, bus);
    parity_say(row, "send", parity_send(bus, 0, 5));
    parity_say(row, "send", parity_send(bus, 0, 4));
    parity_commit(row, bus);
    parity_committed(row, bus, 0);
}

static void offsets_that_fence_nothing_are_refused(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);
    struct rlc_error error = { .text = "" };

    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    parity_begin(row, bus);
    parity_say(row, "no snapshot", parity_send(bus, 0, 5));
    parity_begin(row, bus);
    (void)parity_snapshot(row, bus);
    parity_say(row, "empty", bus->ops->send_offsets(bus, NULL, 0, &error));
    parity_begin(row, bus);
    (void)parity_snapshot(row, bus);
    parity_say(row, "negative", parity_send(bus, 0, -1));
    parity_committed(row, bus, 0);
}

static void a_member_that_has_not_joined_has_no_metadata(struct parity_row *row)
{
    struct rlc_bus *bus = parity_member(row, 0);
    struct rlc_error error = { .text = "" };

    parity_say(row, "snapshot", bus->ops->snapshot(bus, &error));
    parity_settle(row, bus, PARITY_PARTITIONS, NULL, 0);
    parity_say(row, "snapshot", bus->ops->snapshot(bus, &error));
}

static void an_offset_of_another_members_partition_is_accepted(struct parity_row *row)
{
    struct rlc_bus *first, *second;

    two_members(row, &first, &second);
    commit_offset(row, first, 2, 9);
    parity_committed(row, second, 2);
}

/* ---- fences ---- */

static void metadata_from_before_a_rebalance_is_refused(struct parity_row *row)
{
    struct rlc_bus *first = parity_member(row, 0);
    struct rlc_bus *second;

    parity_settle(row, first, PARITY_PARTITIONS, NULL, 0);
    commit_offset(row, first, 0, 5);
    (void)parity_snapshot(row, first);
    parity_begin(row, first);
    parity_put(row, first, PARITY_OUT, "x");
    second = parity_member(row, 1);
    parity_settle(row, first, 2, second, 1);
    parity_say(row, "send", parity_send(first, 0, 6));
    parity_try_commit(row, first);
    parity_abort(row, first);
    parity_committed(row, second, 0);
    commit_offset(row, first, 0, 7);
    parity_committed(row, second, 0);
}

static void the_same_member_elsewhere_fences_the_older(struct parity_row *row)
{
    struct rlc_bus *older = parity_member(row, 0);
    struct rlc_bus *newer;

    parity_settle(row, older, PARITY_PARTITIONS, NULL, 0);
    (void)parity_snapshot(row, older);
    parity_begin(row, older);
    newer = parity_member(row, 0);
    parity_settle(row, newer, PARITY_PARTITIONS, NULL, 0);
    parity_say(row, "send", parity_send(older, 0, 5));
    parity_abort(row, older);
    parity_poll_one(row, older);
    parity_poll_one(row, older);
    parity_committed(row, newer, 0);
}

/* ---- assignments ---- */

static void partitions_go_by_range(struct parity_row *row)
{
    struct rlc_bus *first, *second;

    two_members(row, &first, &second);
    parity_owned(row, first);
    parity_owned(row, second);
}

static void a_rebalance_is_told_and_counted(struct parity_row *row)
{
    struct rlc_bus *first = parity_member(row, 0);
    struct rlc_bus *second;
    uint64_t before;

    parity_write(row, first, PARITY_IN, "a", true);
    parity_settle(row, first, PARITY_PARTITIONS, NULL, 0);
    before = epoch_of(first);
    parity_start(row, first, 0, 0);
    parity_poll(row, first, 2);
    second = parity_member(row, 1);
    parity_settle(row, first, 2, second, 1);
    answer_say(&row->answer, epoch_of(first) > before ? "counted" : "not counted");
    parity_owned(row, first);
    parity_quiet(row, first);
    parity_position(row, first);
    parity_start(row, first, 0, 0);
    parity_poll(row, first, 2);
}

static void a_member_that_comes_back_finds_its_partitions(struct parity_row *row, bool clean)
{
    struct rlc_bus *first, *second, *again;
    uint64_t before;

    two_members(row, &first, &second);
    commit_offset(row, second, 2, 4);
    before = epoch_of(first);
    parity_close(row, second, clean);
    again = parity_member(row, 1);
    parity_settle(row, first, 2, again, 1);
    parity_owned(row, first);
    parity_owned(row, again);
    answer_say(&row->answer, epoch_of(first) == before ? "undisturbed" : "rebalanced");
    commit_offset(row, again, 2, 6);
    parity_committed(row, first, 2);
}

static void a_restarted_member_finds_its_partitions(struct parity_row *row)
{
    a_member_that_comes_back_finds_its_partitions(row, true);
}

static void a_crashed_member_finds_its_partitions(struct parity_row *row)
{
    a_member_that_comes_back_finds_its_partitions(row, false);
}

static void a_member_that_left_keeps_its_partitions_for_a_session(struct parity_row *row)
{
    struct rlc_bus *first, *second;
    char name[96];

    two_members(row, &first, &second);
    parity_close(row, second, true);
    parity_quiet(row, first);
    parity_owned(row, first);
    row->world->expire_member(row->world->context, row->world->group,
                              parity_member_name(row, 1, name, sizeof(name)));
    parity_settle(row, first, PARITY_PARTITIONS, NULL, 0);
    parity_owned(row, first);
}

static void an_open_offset_survives_a_change_of_owner_undecided(struct parity_row *row)
{
    struct rlc_bus *first, *second;
    struct rlc_error error = { .text = "" };
    int64_t offset;
    char name[96];

    two_members(row, &first, &second);
    parity_begin(row, second);
    (void)parity_snapshot(row, second);
    parity_say(row, "send", parity_send(second, 2, 4));
    parity_close(row, second, false);
    parity_say(row, "committed", first->ops->committed(first, PARITY_IN, 2, 300, &offset, &error));
    parity_say(
        row, "fence",
        first->ops->fence_writer(first, parity_writer_name(row, 1, name, sizeof(name)), &error));
    parity_committed(row, first, 2);
}

static void a_tool_has_no_group(struct parity_row *row)
{
    struct rlc_bus *bus = parity_writer(row, 0);
    struct rlc_bus_event event;
    struct rlc_error error = { .text = "" };
    int64_t offset;

    parity_say(row, "poll", bus->ops->poll(bus, 20, &event, &error));
    parity_say(row, "committed", bus->ops->committed(bus, PARITY_IN, 0, 100, &offset, &error));
    parity_say(row, "snapshot", bus->ops->snapshot(bus, &error));
    parity_begin(row, bus);
    parity_say(row, "send", parity_send(bus, 0, 1));
}

const struct parity_case parity_group_cases[] = {
    { "a_group_without_offset_has_none", a_group_without_offset_has_none, "committed -1", NULL },
    { "an_offset_counts_when_it_is_decided", an_offset_counts_when_it_is_decided,
      "send OK committed RETRY other OK committed 5 send OK committed 5", NULL },
    { "of_two_offsets_the_last_counts", of_two_offsets_the_last_counts,
      "send OK send OK committed 4", NULL },
    { "offsets_that_fence_nothing_are_refused", offsets_that_fence_nothing_are_refused,
      "no snapshot FATAL empty FATAL negative FATAL committed -1", NULL },
    { "a_member_that_has_not_joined_has_no_metadata", a_member_that_has_not_joined_has_no_metadata,
      "snapshot RETRY snapshot OK", NULL },
    { "an_offset_of_another_members_partition_is_accepted",
      an_offset_of_another_members_partition_is_accepted, "send OK committed 9", NULL },
    { "metadata_from_before_a_rebalance_is_refused", metadata_from_before_a_rebalance_is_refused,
      "send OK send ABORT commit ABORT committed 5 send OK committed 7", NULL },
    { "the_same_member_elsewhere_fences_the_older", the_same_member_elsewhere_fences_the_older,
      "send ABORT poll FATAL nothing poll FATAL nothing committed -1", NULL },
    { "partitions_go_by_range", partitions_go_by_range, "owns 0 1 owns 2", NULL },
    { "a_rebalance_is_told_and_counted", a_rebalance_is_told_and_counted,
      "a@0 END 2 counted owns 0 1 quiet position -1 a@0 END 2", NULL },
    { "a_restarted_member_finds_its_partitions", a_restarted_member_finds_its_partitions,
      "send OK owns 0 1 owns 2 undisturbed send OK committed 6", NULL },
    { "a_crashed_member_finds_its_partitions", a_crashed_member_finds_its_partitions,
      "send OK owns 0 1 owns 2 undisturbed send OK committed 6", NULL },
    { "a_member_that_left_keeps_its_partitions_for_a_session",
      a_member_that_left_keeps_its_partitions_for_a_session, "quiet owns 0 1 owns 0 1 2", NULL },
    { "an_open_offset_survives_a_change_of_owner_undecided",
      an_open_offset_survives_a_change_of_owner_undecided,
      "send OK committed RETRY fence OK committed -1", NULL },
    { "a_tool_has_no_group", a_tool_has_no_group,
      "poll FATAL committed FATAL snapshot RETRY send FATAL", NULL },
    { NULL, NULL, NULL, NULL },
};
