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
        if (event.kind == RLC_BUS_END)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%lld",
                                     (long long)event.end.offset);
        else
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s ",
                                     (int)event.record.value.size,
                                     (const char *)event.record.value.data);
    }
}

static void a_committed_record_is_read(void **state)
{
    struct world *world = *state;

    begin(world->bus);
    assert_int_equal(put(world->bus, "k", "a"), RLC_OK);
    assert_string_equal(read_all(world->bus), "0");
    assert_int_equal(world->bus->ops->commit(world->bus, NULL), RLC_OK);
    assert_string_equal(read_all(world->bus), "a 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_committed_record_is_read, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
