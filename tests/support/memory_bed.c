/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/memory_bed.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const topics[] = { "input", "output" };

const struct rlc_bus_config memory_bed_worker = { .topics = topics,
                                                  .topic_count = RLC_COUNT(topics),
                                                  .input_count = 1,
                                                  .group = "group",
                                                  .member = "worker-0",
                                                  .transactional_id = "worker-0" };

static void add_topic(struct memory_bed *bed, const char *name)
{
    struct rlc_memory_topic_config config = { .name = name, .partitions = 2 };

    assert_int_equal(rlc_memory_broker_add_topic(bed->broker, &config, NULL), RLC_OK);
}

int memory_bed_set_up(void **state)
{
    struct memory_bed *bed = calloc(1, sizeof(*bed));

    bed->now_ms = 1000;
    bed->broker = rlc_memory_broker_new(rlc_clock_virtual(&bed->now_ms));
    add_topic(bed, "input");
    add_topic(bed, "output");
    assert_int_equal(rlc_memory_bus_open(bed->broker, &memory_bed_worker, &bed->bus, NULL), RLC_OK);
    *state = bed;
    return 0;
}

int memory_bed_tear_down(void **state)
{
    struct memory_bed *bed = *state;

    if (bed->bus)
        bed->bus->ops->close(bed->bus, true);
    rlc_memory_broker_free(bed->broker);
    free(bed);
    return 0;
}

enum rlc_status memory_bed_put(struct rlc_bus *bus, const char *key, const char *value)
{
    struct rlc_outgoing outgoing = { .topic = OUTPUT,
                                     .key = rlc_span_of(key),
                                     .value = rlc_span_of(value) };

    return bus->ops->produce(bus, &outgoing, NULL);
}

void memory_bed_begin(struct rlc_bus *bus)
{
    assert_int_equal(bus->ops->begin(bus, NULL), RLC_OK);
}

const char *memory_bed_read(struct rlc_bus *bus)
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
