/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of the broker in memory. What it shares with a real one is in the table of
 * tests/support/parity.h. */
#include <string.h>

#include "common/memory/memory_faults.h"
#include "tests/support/memory_bed.h"

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
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;
    struct rlc_position next = { INPUT, 0, 5 };
    struct rlc_bus_event event;

    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    for (size_t i = 0; i < RLC_COUNT(senders); i++) {
        const struct sender *sender = &senders[i];
        bool real = strcmp(sender->member, "real") == 0;
        struct rlc_error error = { .text = "" };

        memory_bed_begin(bus);
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
    struct memory_bed *bed = *state;
    struct rlc_position next = { INPUT, 0, 5 };

    memory_bed_begin(bed->bus);
    assert_int_equal(rlc_memory_bus_send_offsets_as(bed->bus, -1, "", NULL, &next, 1, NULL),
                     RLC_OK);
    assert_int_equal(rlc_memory_bus_send_offsets_as(bed->bus, 3, "m", NULL, &next, 1, NULL),
                     RLC_ABORT);
}

static void no_offsets_at_all_would_be_accepted(void **state)
{
    struct memory_bed *bed = *state;

    memory_bed_begin(bed->bus);
    assert_int_equal(rlc_memory_bus_send_offsets_as(bed->bus, 3, "ghost", NULL, NULL, 0, NULL),
                     RLC_OK);
}

static void metadata_of_a_stalled_member_is_refused_before_it_is_sent(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;
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
    struct memory_bed *bed = *state;
    struct rlc_bus *bus = bed->bus;
    struct rlc_position next = { INPUT, 0, 5 };
    struct rlc_bus_event event;
    uint64_t epoch;

    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(bus->ops->snapshot(bus, NULL), RLC_OK);
    memory_bed_begin(bus);
    assert_true(rlc_memory_broker_expire_member(bed->broker, "group", "worker-0"));
    assert_false(rlc_memory_broker_expire_member(bed->broker, "group", "worker-0"));
    assert_int_equal(bus->ops->send_offsets(bus, &next, 1, NULL), RLC_ABORT);
    assert_int_equal(bus->ops->poll(bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_REBALANCED);
    /* Both are counted, though there is room for one. */
    assert_int_equal(bus->ops->assignment(bus, &next, 1, &epoch), 2);
}

static void a_rebalance_waits_for_members_that_do_not_poll(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus_config config = memory_bed_worker;
    struct rlc_bus *second;
    struct rlc_bus_event event;
    struct rlc_position owned[2];
    uint64_t epoch;

    config.member = "worker-1";
    config.transactional_id = "worker-1";
    assert_int_equal(bed->bus->ops->poll(bed->bus, 0, &event, NULL), RLC_OK);
    assert_int_equal(rlc_memory_bus_open(bed->broker, &config, &second, NULL), RLC_OK);
    assert_int_equal(second->ops->poll(second, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_NOTHING);
    assert_int_equal(bed->bus->ops->assignment(bed->bus, owned, 2, &epoch), 2);
    assert_true(rlc_memory_broker_expire_member(bed->broker, "group", "worker-0"));
    assert_int_equal(second->ops->poll(second, 0, &event, NULL), RLC_OK);
    assert_int_equal(event.kind, RLC_BUS_REBALANCED);
    assert_int_equal(second->ops->assignment(second, owned, 2, &epoch), 2);
    second->ops->close(second, true);
}

static void more_members_than_partitions_leave_some_idle(void **state)
{
    struct memory_bed *bed = *state;
    static const char *const names[] = { "worker-1", "worker-2" };
    struct rlc_bus_config configs[RLC_COUNT(names)];
    struct rlc_bus *buses[RLC_COUNT(names)];
    struct rlc_bus_event event;
    struct rlc_position owned[2];
    uint64_t epoch;

    for (size_t i = 0; i < RLC_COUNT(names); i++) {
        configs[i] = memory_bed_worker;
        configs[i].member = names[i];
        assert_int_equal(rlc_memory_bus_open(bed->broker, &configs[i], &buses[i], NULL), RLC_OK);
    }
    for (int round = 0; round < 4; round++) {
        assert_int_equal(bed->bus->ops->poll(bed->bus, 0, &event, NULL), RLC_OK);
        for (size_t i = 0; i < RLC_COUNT(names); i++)
            assert_int_equal(buses[i]->ops->poll(buses[i], 0, &event, NULL), RLC_OK);
    }
    assert_int_equal(bed->bus->ops->assignment(bed->bus, owned, 2, &epoch), 1);
    assert_int_equal(buses[0]->ops->assignment(buses[0], owned, 2, &epoch), 1);
    assert_int_equal(owned[0].partition, 1);
    assert_int_equal(buses[1]->ops->assignment(buses[1], owned, 2, &epoch), 0);
    for (size_t i = 0; i < RLC_COUNT(names); i++)
        buses[i]->ops->close(buses[i], true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEMORY_BED_TEST(the_broker_fences_by_what_the_sender_says),
        MEMORY_BED_TEST(an_empty_group_knows_nobody),
        MEMORY_BED_TEST(no_offsets_at_all_would_be_accepted),
        MEMORY_BED_TEST(metadata_of_a_stalled_member_is_refused_before_it_is_sent),
        MEMORY_BED_TEST(a_stalled_member_is_fenced_and_comes_back),
        MEMORY_BED_TEST(a_rebalance_waits_for_members_that_do_not_poll),
        MEMORY_BED_TEST(more_members_than_partitions_leave_some_idle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
