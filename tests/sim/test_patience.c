/* SPDX-License-Identifier: Apache-2.0 */
/* How long a step may wait for records: as long as nothing else can go on, and no longer. */
#include <string.h>

#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { ROUNDS_MAX = 6000, POLL_MS = 500 };

static void let_pass(struct world *world, rlc_ms time_ms)
{
    for (rlc_ms passed_ms = 0; passed_ms < time_ms; passed_ms += WORLD_ROUND_MS)
        world_round(world);
}

static struct {
    struct rlc_bus_ops ops;
    enum rlc_status (*poll)(struct rlc_bus *bus, int32_t timeout_ms,
                            struct rlc_bus_event *ret_event, struct rlc_error *reterr);
    size_t polls;
    size_t hasty; /* that were not to wait */
    int32_t longest_ms;
} listened;

static enum rlc_status hear_poll(struct rlc_bus *bus, int32_t timeout_ms,
                                 struct rlc_bus_event *ret_event, struct rlc_error *reterr)
{
    listened.polls++;
    listened.hasty += timeout_ms == 0;
    if (timeout_ms > listened.longest_ms)
        listened.longest_ms = timeout_ms;
    return listened.poll(bus, timeout_ms, ret_event, reterr);
}

static void listen_to_polls(struct world *world)
{
    struct rlc_bus *bus = world->processes[0].bus;

    memset(&listened, 0, sizeof(listened));
    listened.ops = *bus->ops;
    listened.poll = bus->ops->poll;
    listened.ops.poll = hear_poll;
    bus->ops = &listened.ops;
}

/* Else a processor is at full load for as long as the store is away. */
static void who_can_do_nothing_until_the_store_is_back_waits_for_records(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, &counter_service, NULL, 3, 1);
    world.stepped = true;
    world.poll_ms = POLL_MS;
    world_start(&world, 0);
    world_publish_at(&world, COUNTER_INPUT, 0, "a", "add 1");
    world_settle(&world, ROUNDS_MAX);
    rlc_memory_store_set_away(world.store, true);
    world_publish_at(&world, COUNTER_INPUT, 0, "a", "add 1");
    let_pass(&world, 3000);
    listen_to_polls(&world);
    let_pass(&world, 3000);
    assert_true(listened.polls > 10);
    assert_true(listened.hasty * 4 < listened.polls);
    assert_in_range(listened.longest_ms, 1, POLL_MS - 1);

    rlc_memory_store_set_away(world.store, false);
    world_settle(&world, ROUNDS_MAX);
    listened.longest_ms = 0;
    let_pass(&world, 1000);
    assert_int_equal(listened.longest_ms, POLL_MS);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_can_do_nothing_until_the_store_is_back_waits_for_records),
    };

    return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
