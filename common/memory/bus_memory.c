/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/bus_memory.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory/handle.h"
#include "common/runtime/error.h"

/* ---- shared by the files of the bus ---- */

enum rlc_status rlc_memory_bus_finish(struct rlc_memory_bus *bus, const char *text,
                                      struct rlc_error *reterr)
{
    (void)rlc_error_set(&bus->finished, RLC_FATAL, "poll", 0, "%s", text);
    return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "%s", text);
}

enum rlc_status rlc_memory_enter(struct rlc_memory_bus *bus, const char *origin,
                                 struct rlc_error *reterr)
{
    struct rlc_memory_broker *broker = bus->broker;

    if (broker->trouble.away)
        return rlc_error_set(reterr, RLC_RETRY, origin, 0, "the broker is away");
    broker->calls++;
    if (!rlc_memory_markers_write(broker))
        return rlc_error_set(reterr, RLC_FATAL, origin, 0, "out of memory");
    return RLC_OK;
}

struct rlc_memory_topic *rlc_memory_bus_topic(struct rlc_memory_bus *bus, int32_t topic)
{
    if (topic < 0 || (size_t)topic >= bus->config.topic_count)
        return NULL;
    if (!bus->topics[topic]) /* topics stay where they are, so the answer may be kept */
        bus->topics[topic] = rlc_memory_topic_find(bus->broker, bus->config.topics[topic]);
    return bus->topics[topic];
}

struct rlc_memory_log *rlc_memory_bus_log(struct rlc_memory_bus *bus, int32_t topic,
                                          int32_t partition, const char *origin,
                                          struct rlc_error *reterr)
{
    struct rlc_memory_topic *found = rlc_memory_bus_topic(bus, topic);

    if (found && partition >= 0 && partition < found->partitions)
        return &found->logs[partition];
    (void)rlc_error_set(reterr, RLC_RETRY, origin, 0, "unknown topic or partition: %d, %d", topic,
                        partition);
    return NULL;
}

/* ---- questions to the broker ---- */

static enum rlc_status committed(struct rlc_bus *base, int32_t topic, int32_t partition,
                                 int32_t timeout_ms, int64_t *ret_offset, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    const struct rlc_memory_topic *found = rlc_memory_bus_topic(bus, topic);
    enum rlc_status status = rlc_memory_enter(bus, "committed", reterr);

    (void)timeout_ms;
    *ret_offset = RLC_OFFSET_NONE;
    if (status != RLC_OK)
        return status;
    if (!bus->group)
        return rlc_error_set(reterr, RLC_FATAL, "committed", 0, "this bus has no group");
    return rlc_memory_group_committed(bus->group, found, partition, ret_offset, reterr);
}

static enum rlc_status watermarks(struct rlc_bus *base, int32_t topic, int32_t partition,
                                  int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                  struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    enum rlc_status status = rlc_memory_enter(bus, "watermarks", reterr);
    const struct rlc_memory_log *log;

    (void)timeout_ms;
    if (status != RLC_OK)
        return status;
    log = rlc_memory_bus_log(bus, topic, partition, "watermarks", reterr);
    if (!log)
        return RLC_RETRY;
    *ret_low = log->low;
    *ret_high = log->next;
    return RLC_OK;
}

static enum rlc_status partitions(struct rlc_bus *base, int32_t topic, int32_t *ret_count,
                                  struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    enum rlc_status status = rlc_memory_enter(bus, "partitions", reterr);
    const struct rlc_memory_topic *found = rlc_memory_bus_topic(bus, topic);

    if (status != RLC_OK)
        return status;
    if (!found)
        return rlc_error_set(reterr, RLC_REJECT, "partitions", 0, "unknown topic %d", topic);
    *ret_count = found->partitions;
    return RLC_OK;
}

/* Nothing is announced here: a change of owner comes unasked, as where a member is lost. */
static void give_back(struct rlc_bus *base)
{
    (void)base;
}

/* ---- the reader ---- */

static enum rlc_status read_from(struct rlc_bus *base, const struct rlc_position *from,
                                 size_t count, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    enum rlc_status status = rlc_memory_enter(bus, "read", reterr);

    if (status != RLC_OK)
        return status;
    free(bus->reader_lent);
    bus->reader_lent = NULL;
    bus->reading = true;
    bus->reader.count = 0;
    bus->reader.turn = 0;
    for (size_t i = 0; i < count; i++) {
        struct rlc_memory_log *log =
            rlc_memory_bus_log(bus, from[i].topic, from[i].partition, "read", reterr);
        struct rlc_memory_fetch fetch = { .topic = from[i].topic,
                                          .partition = from[i].partition,
                                          .log = log,
                                          .next = from[i].offset,
                                          .position = RLC_OFFSET_NONE,
                                          .last_end = RLC_OFFSET_NONE,
                                          .open = true };

        if (!log)
            return RLC_RETRY;
        if (fetch.next == RLC_OFFSET_BEGIN)
            fetch.next = log->low;
        if (!rlc_memory_fetch_add(&bus->reader, &fetch))
            return rlc_error_set(reterr, RLC_FATAL, "read", 0, "out of memory");
    }
    return RLC_OK;
}

static enum rlc_status read_poll(struct rlc_bus *base, int32_t timeout_ms,
                                 struct rlc_bus_event *ret_event, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    enum rlc_status status = rlc_memory_enter(bus, "read_poll", reterr);

    (void)timeout_ms;
    free(bus->reader_lent);
    bus->reader_lent = NULL;
    *ret_event = (struct rlc_bus_event){ .kind = RLC_BUS_NOTHING };
    if (status != RLC_OK)
        return status;
    if (!bus->reading)
        return rlc_error_set(reterr, RLC_FATAL, "read_poll", 0, "nothing is being read");
    return rlc_memory_fetch_next(&bus->reader, ret_event, &bus->reader_lent, reterr);
}

/* ---- open and close ---- */

/* A static member keeps its place however the handle ends. What a handle that crashed left open is
 * found by whoever takes its transactional id next. */
static void bus_close(struct rlc_bus *base, bool clean)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);

    rlc_memory_producer_close(bus, clean);
    bus->broker->buses--;
    rlc_memory_release(base);
    free(bus->lent);
    free(bus->reader_lent);
    free(bus->owned.items);
    free(bus->reader.items);
    free(bus->producer.deliveries);
    free(bus->topics);
    free(bus);
}

static const struct rlc_bus_ops memory_bus_ops = {
    .poll = rlc_memory_poll,
    .release = rlc_memory_release,
    .assignment = rlc_memory_assignment,
    .give_back = give_back,
    .snapshot = rlc_memory_snapshot,
    .position = rlc_memory_position,
    .seek = rlc_memory_seek,
    .pause = rlc_memory_pause,
    .resume = rlc_memory_resume,
    .committed = committed,
    .watermarks = watermarks,
    .partitions = partitions,
    .read = read_from,
    .read_poll = read_poll,
    .fence_writer = rlc_memory_fence_writer,
    .begin = rlc_memory_begin,
    .produce = rlc_memory_produce,
    .send_offsets = rlc_memory_send_offsets,
    .commit = rlc_memory_commit,
    .abort = rlc_memory_abort,
    .flush = rlc_memory_flush,
    .close = bus_close,
};

static struct rlc_memory_bus *bus_new(struct rlc_memory_broker *broker,
                                      const struct rlc_bus_config *config)
{
    struct rlc_memory_bus *bus = calloc(1, sizeof(*bus));

    if (!bus)
        return NULL;
    bus->base.ops = &memory_bus_ops;
    bus->broker = broker;
    bus->config = *config;
    bus->generation = -1;
    broker->buses++;
    bus->topics = calloc(config->topic_count + 1, sizeof(struct rlc_memory_topic *));
    if (config->input_count)
        bus->group = rlc_memory_group_get(broker, config->group);
    if (bus->topics && (bus->group || !config->input_count))
        return bus;
    bus_close(&bus->base, false);
    return NULL;
}

enum rlc_status rlc_memory_bus_open(struct rlc_memory_broker *broker,
                                    const struct rlc_bus_config *config, struct rlc_bus **ret_bus,
                                    struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus;

    if (config->input_count > config->topic_count ||
        (config->input_count && (!config->group || !config->member)))
        return rlc_error_set(reterr, RLC_FATAL, "bus_open", 0,
                             "a subscription needs its topics, a group and a member id");
    bus = bus_new(broker, config);
    if (!bus)
        return rlc_error_set(reterr, RLC_FATAL, "bus_open", 0, "out of memory");
    *ret_bus = &bus->base;
    return RLC_OK;
}
