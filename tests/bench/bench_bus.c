/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/bench_bus.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/runtime/clock.h"

enum { PARTITIONS_MAX = 256, CALL_WAIT_MS = 10000, POLL_MS = 100 };

_Noreturn void bench_fail(const char *what)
{
    (void)fprintf(stderr, "%s\n", what);
    exit(EXIT_FAILURE);
}

void bench_must(enum rlc_status status, const char *what, const struct rlc_error *error)
{
    if (status == RLC_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", what, error->text);
    exit(EXIT_FAILURE);
}

struct rlc_bus *bench_bus_open(const struct rlc_bus_config *config)
{
    static struct rlc_kafka_settings settings; /* outlives the bus */
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = NULL;

    rlc_kafka_settings_init(&settings);
    settings.bootstrap_servers = getenv("RELANCE_KAFKA_BOOTSTRAP_SERVERS");
    bench_must(rlc_kafka_bus_open(config, &settings, &bus, &error), "open", &error);
    return bus;
}

int32_t bench_partitions(struct rlc_bus *bus, int32_t topic)
{
    struct rlc_error error = { .text = "" };
    int32_t count = 0;

    bench_must(bus->ops->partitions(bus, topic, &count, &error), "partitions", &error);
    if (count > PARTITIONS_MAX)
        bench_fail("too many partitions");
    return count;
}

int64_t bench_end(struct rlc_bus *bus, int32_t topic, int32_t partition)
{
    struct rlc_error error = { .text = "" };
    int64_t low, high;

    bench_must(bus->ops->watermarks(bus, topic, partition, CALL_WAIT_MS, &low, &high, &error),
               "watermarks", &error);
    return high;
}

void bench_read_all(struct rlc_bus *bus, int32_t topic,
                    void (*take)(void *context, const struct rlc_record *record), void *context)
{
    struct rlc_position from[PARTITIONS_MAX];
    int64_t end[PARTITIONS_MAX];
    bool over[PARTITIONS_MAX] = { false };
    int32_t count = bench_partitions(bus, topic), left = count;
    struct rlc_error error = { .text = "" };

    for (int32_t i = 0; i < count; i++) {
        end[i] = bench_end(bus, topic, i);
        from[i] = (struct rlc_position){ topic, i, RLC_OFFSET_BEGIN };
    }
    bench_must(bus->ops->read(bus, from, (size_t)count, &error), "read", &error);
    while (left > 0) {
        struct rlc_bus_event event;

        bench_must(bus->ops->read_poll(bus, POLL_MS, &event, &error), "read_poll", &error);
        if (event.kind == RLC_BUS_RECORD) {
            take(context, &event.record);
        } else if (event.kind == RLC_BUS_END && event.end.offset >= end[event.end.partition]) {
            left -= !over[event.end.partition];
            over[event.end.partition] = true;
        }
    }
    bench_must(bus->ops->read(bus, NULL, 0, &error), "read nothing", &error);
}

uint64_t bench_now_ns(void)
{
    struct rlc_clock clock = rlc_clock_system();

    return rlc_clock_monotonic_ns(&clock);
}
