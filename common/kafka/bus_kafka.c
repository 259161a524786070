/* SPDX-License-Identifier: Apache-2.0 */
#include "common/kafka/bus_kafka.h"

#include <stdlib.h>

#include "common/kafka/internal.h"
#include "common/runtime/error.h"

static void close_bus(struct rlc_bus *base, bool clean)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);

    rlc_kafka_producer_close(bus, clean);
    rlc_kafka_reader_close(bus);
    rlc_kafka_consumer_close(bus);
    rlc_kafka_handle_clear(&bus->looker);
    free(bus);
}

static const struct rlc_bus_ops operations = {
    .poll = rlc_kafka_poll,
    .release = rlc_kafka_release,
    .assignment = rlc_kafka_assignment,
    .give_back = rlc_kafka_give_back,
    .snapshot = rlc_kafka_snapshot,
    .position = rlc_kafka_position,
    .seek = rlc_kafka_seek,
    .pause = rlc_kafka_pause,
    .resume = rlc_kafka_resume,
    .committed = rlc_kafka_committed,
    .watermarks = rlc_kafka_watermarks,
    .partitions = rlc_kafka_partitions,
    .read = rlc_kafka_read,
    .read_poll = rlc_kafka_read_poll,
    .fence_writer = rlc_kafka_fence_writer,
    .begin = rlc_kafka_begin,
    .produce = rlc_kafka_produce,
    .send_offsets = rlc_kafka_send_offsets,
    .commit = rlc_kafka_commit,
    .abort = rlc_kafka_abort,
    .flush = rlc_kafka_flush,
    .close = close_bus,
};

static enum rlc_status check(const struct rlc_bus_config *config, struct rlc_error *reterr)
{
    if (config->input_count > config->topic_count)
        return rlc_error_set(reterr, RLC_FATAL, "bus_open", 0, "more inputs than topics");
    if (config->input_count && (!config->group || !config->member)) {
        return rlc_error_set(reterr, RLC_FATAL, "bus_open", 0,
                             "a subscription needs a group and a member name: without static "
                             "membership a stalled member is not fenced");
    }
    return RLC_OK;
}

/* Everything is checked by making an instance; the ones that are made later use the same settings.
 */
static enum rlc_status open_parts(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    const struct rlc_kafka_identity nobody = { .group = NULL };
    enum rlc_status status = rlc_kafka_handle_open(&bus->looker, RLC_KAFKA_LOOKER, &bus->settings,
                                                   &nobody, NULL, reterr);

    if (status == RLC_OK && bus->config.input_count)
        status = rlc_kafka_consumer_open(bus, reterr);
    return status;
}

enum rlc_status rlc_kafka_bus_open(const struct rlc_bus_config *config,
                                   const struct rlc_kafka_settings *settings,
                                   struct rlc_bus **ret_bus, struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus;
    enum rlc_status status = check(config, reterr);

    if (status != RLC_OK)
        return status;
    bus = calloc(1, sizeof(*bus));
    if (!bus)
        return rlc_error_set(reterr, RLC_FATAL, "bus_open", 0, "out of memory");
    bus->base.ops = &operations;
    bus->config = *config;
    bus->settings = *settings;
    rlc_kafka_handle_init(&bus->looker, bus);
    rlc_kafka_handle_init(&bus->consumer.handle, bus);
    rlc_kafka_handle_init(&bus->reader.handle, bus);
    rlc_kafka_handle_init(&bus->producer.handle, bus);
    status = open_parts(bus, reterr);
    if (status != RLC_OK) {
        close_bus(&bus->base, false);
        return status;
    }
    *ret_bus = &bus->base;
    return RLC_OK;
}

/* A member asks its group every second. */
#define RECENTLY_MS 5000

bool rlc_kafka_bus_state(struct rlc_bus *base, char *text, size_t size)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);

    if (rlc_kafka_handle_trouble(&bus->consumer.handle, text, size))
        return false;
    if (rlc_kafka_handle_answered(&bus->consumer.handle, RECENTLY_MS))
        return true;
    return !rlc_kafka_handle_trouble(&bus->producer.handle, text, size) &&
           !rlc_kafka_handle_trouble(&bus->reader.handle, text, size) &&
           !rlc_kafka_handle_trouble(&bus->looker, text, size);
}

rd_kafka_topic_t **rlc_kafka_topics_open(const struct rlc_bus_config *config, rd_kafka_t *rk)
{
    rd_kafka_topic_t **topics = calloc(config->topic_count + 1, sizeof(rd_kafka_topic_t *));

    for (size_t i = 0; topics && i < config->topic_count; i++) {
        topics[i] = rd_kafka_topic_new(rk, config->topics[i], NULL);
        if (!topics[i]) {
            rlc_kafka_topics_close(config, topics);
            return NULL;
        }
    }
    return topics;
}

void rlc_kafka_topics_close(const struct rlc_bus_config *config, rd_kafka_topic_t **topics)
{
    for (size_t i = 0; topics && i < config->topic_count; i++) {
        if (topics[i])
            rd_kafka_topic_destroy(topics[i]);
    }
    free(topics);
}

const char *rlc_kafka_version(void)
{
    return rd_kafka_version_str();
}
