/* SPDX-License-Identifier: Apache-2.0 */
#include "scan.h"

#include <stdlib.h>

#include "common/runtime/error.h"
#include "common/runtime/topics.h"
#include "common/wire/limits.h"

#define ASK_MS           5000
#define POLL_MS          100
#define SILENT_POLLS_MAX 100

/* A scan under way. */
struct scanning {
    const struct ctl_scan *scan;
    const char *topics[1];
    struct rlc_bus_config config;
    struct rlc_bus *bus;
    int32_t partitions;
    struct rlc_position from[RLC_PARTITIONS_MAX];
    size_t from_count;
    int64_t until[RLC_PARTITIONS_MAX]; /* by partition; 0 = nothing is wanted of it (any more) */
    size_t open_count;                 /* partitions that are not at their end */
};

static enum rlc_status open_bus(struct ctl *ctl, struct scanning *scanning, struct rlc_error *error)
{
    enum rlc_status status;

    scanning->topics[0] = scanning->scan->topic;
    scanning->config = (struct rlc_bus_config){ .topics = scanning->topics, .topic_count = 1 };
    status = rlc_kafka_bus_open(&scanning->config, &ctl->kafka, &scanning->bus, error);
    if (status == RLC_OK)
        status = scanning->bus->ops->partitions(scanning->bus, 0, &scanning->partitions, error);
    if (status == RLC_OK && scanning->partitions > RLC_PARTITIONS_MAX)
        status = rlc_error_set(error, RLC_FATAL, "scan", 0, "more than %d partitions",
                               RLC_PARTITIONS_MAX);
    return status;
}

/* Adds what is wanted of one partition. */
static enum rlc_status add_range(struct scanning *scanning, int32_t partition,
                                 struct rlc_error *error)
{
    const struct ctl_scan *scan = scanning->scan;
    bool one = scan->partition != RLC_PARTITION_NONE && scan->offset >= 0;
    int64_t low;
    int64_t high;
    enum rlc_status status =
        scanning->bus->ops->watermarks(scanning->bus, 0, partition, ASK_MS, &low, &high, error);

    if (status != RLC_OK)
        return status;
    if (one && (scan->offset < low || scan->offset >= high))
        return RLC_OK;
    if (one) {
        low = scan->offset;
        high = scan->offset + 1;
    }
    if (scan->tail > 0 && high - low > scan->tail)
        low = high - scan->tail;
    if (low >= high)
        return RLC_OK;
    scanning->from[scanning->from_count++] = (struct rlc_position){ 0, partition, low };
    scanning->until[partition] = high;
    scanning->open_count++;
    return RLC_OK;
}

static enum rlc_status add_ranges(struct scanning *scanning, struct rlc_error *error)
{
    int32_t wanted = scanning->scan->partition;
    enum rlc_status status = RLC_OK;

    for (int32_t i = 0; status == RLC_OK && i < scanning->partitions; i++) {
        if (wanted == RLC_PARTITION_NONE || wanted == i)
            status = add_range(scanning, i, error);
    }
    return status;
}

/* Everything below `next` of the partition was seen. */
static void advance(struct scanning *scanning, int32_t partition, int64_t next)
{
    if (scanning->until[partition] == 0 || next < scanning->until[partition])
        return;
    scanning->until[partition] = 0;
    scanning->open_count--;
}

/* Returns whether to go on. */
static bool take(struct scanning *scanning, const struct rlc_record *record)
{
    bool wanted = record->offset < scanning->until[record->partition];

    if (wanted && !scanning->scan->take(scanning->scan->context, record))
        return false;
    advance(scanning, record->partition, record->offset + 1);
    return true;
}

static enum rlc_status read_ranges(struct scanning *scanning, struct rlc_error *error)
{
    struct rlc_bus *bus = scanning->bus;
    enum rlc_status status = bus->ops->read(bus, scanning->from, scanning->from_count, error);
    int silent = 0;

    while (status == RLC_OK && scanning->open_count > 0) {
        struct rlc_bus_event event;

        status = bus->ops->read_poll(bus, POLL_MS, &event, error);
        if (status != RLC_OK)
            break;
        silent = event.kind == RLC_BUS_NOTHING ? silent + 1 : 0;
        if (event.kind == RLC_BUS_RECORD && !take(scanning, &event.record))
            break;
        if (event.kind == RLC_BUS_END)
            advance(scanning, event.end.partition, event.end.offset);
        if (silent == SILENT_POLLS_MAX)
            status = rlc_error_set(error, RLC_RETRY, "scan", 0, "'%s' cannot be read to its end",
                                   scanning->scan->topic);
    }
    (void)bus->ops->read(bus, NULL, 0, NULL);
    return status;
}

int ctl_scan(struct ctl *ctl, const struct ctl_scan *scan)
{
    struct scanning *scanning = calloc(1, sizeof(*scanning));
    struct rlc_error error = { .text = "" };
    enum rlc_status status;
    int code = CTL_OK;

    if (!scanning)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    scanning->scan = scan;
    status = open_bus(ctl, scanning, &error);
    if (status == RLC_REJECT)
        code = ctl_fail(ctl, CTL_NOT_THERE, "topic '%s' does not exist", scan->topic);
    if (status == RLC_OK)
        status = add_ranges(scanning, &error);
    if (status == RLC_OK)
        status = read_ranges(scanning, &error);
    if (status != RLC_OK && code == CTL_OK)
        code = ctl_fail_error(ctl, scan->topic, &error);
    if (scanning->bus)
        scanning->bus->ops->close(scanning->bus, true);
    free(scanning);
    return code;
}

int ctl_watermark(struct ctl *ctl, const char *topic, int32_t partition, int64_t *ret_next)
{
    const char *topics[] = { topic };
    struct rlc_bus_config config = { .topics = topics, .topic_count = 1 };
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = NULL;
    int64_t low;
    enum rlc_status status = rlc_kafka_bus_open(&config, &ctl->kafka, &bus, &error);

    if (status == RLC_OK)
        status = bus->ops->watermarks(bus, 0, partition, ASK_MS, &low, ret_next, &error);
    if (bus)
        bus->ops->close(bus, true);
    return status == RLC_OK ? CTL_OK : ctl_fail_error(ctl, topic, &error);
}

int ctl_reach(struct ctl *ctl)
{
    char topic[RLC_TOPIC_NAME_MAX];
    const char *topics[] = { topic };
    struct rlc_bus_config config = { .topics = topics, .topic_count = 1 };
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = NULL;
    int32_t ignored;
    enum rlc_status status;

    if (!ctl_topic(ctl, rlc_topic_row(RLC_TOPIC_BUNDLES)->suffix, topic))
        return CTL_CONFIG;
    status = rlc_kafka_bus_open(&config, &ctl->kafka, &bus, &error);
    if (status == RLC_OK)
        status = bus->ops->partitions(bus, 0, &ignored, &error);
    if (bus)
        bus->ops->close(bus, true);
    /* A topic that does not exist is an answer. */
    return status == RLC_OK || status == RLC_REJECT ? CTL_OK : ctl_fail_error(ctl, "kafka", &error);
}
