/* SPDX-License-Identifier: Apache-2.0 */
/* Reading without a group, and asking about partitions. */
#include <stdlib.h>

#include "common/kafka/internal.h"
#include "common/runtime/error.h"

/* Longest wait for an answer where the caller gives no time-out. */
#define ASK_WAIT_MS 5000

/* ---- questions ---- */

enum rlc_status rlc_kafka_watermarks(struct rlc_bus *base, int32_t topic, int32_t partition,
                                     int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                     struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
        bus->looker.rk, bus->config.topics[topic], partition, ret_low, ret_high, timeout_ms);

    return code ? rlc_kafka_ask_error(code, "watermarks", reterr) : RLC_OK;
}

static enum rlc_status count_of(const struct rd_kafka_metadata *metadata, int32_t *ret_count,
                                struct rlc_error *reterr)
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;

    if (metadata->topic_cnt == 1)
        code = metadata->topics[0].err;
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return rlc_error_set(reterr, RLC_REJECT, "partitions", code, "the topic does not exist");
    if (code)
        return rlc_kafka_ask_error(code, "partitions", reterr);
    *ret_count = metadata->topics[0].partition_cnt;
    return RLC_OK;
}

enum rlc_status rlc_kafka_partitions(struct rlc_bus *base, int32_t topic, int32_t *ret_count,
                                     struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(bus->looker.rk, bus->config.topics[topic], NULL);
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code;
    enum rlc_status status;

    if (!handle)
        return rlc_kafka_ask_error(rd_kafka_last_error(), "partitions", reterr);
    code = rd_kafka_metadata(bus->looker.rk, 0, handle, &metadata, ASK_WAIT_MS);
    status = code ? rlc_kafka_ask_error(code, "partitions", reterr)
                  : count_of(metadata, ret_count, reterr);
    if (metadata)
        rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    return status;
}

/* ---- the reader ---- */

static void let_go(struct rlc_kafka_reader *reader)
{
    free(reader->held.headers);
    if (reader->held.message)
        rd_kafka_message_destroy(reader->held.message);
    reader->held = (struct rlc_kafka_held){ .message = NULL };
}

void rlc_kafka_reader_close(struct rlc_kafka_bus *bus)
{
    let_go(&bus->reader);
    rlc_kafka_handle_clear(&bus->reader.handle);
    rlc_kafka_slots_clear(&bus->reader.slots);
}

/* The library assigns partitions only to instances with a group name; nothing joins a group or
 * commits under it. Our own group is the one name that access rules are sure to allow. */
static enum rlc_status open_reader(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    struct rlc_kafka_identity identity = { .group = bus->config.group ? bus->config.group
                                                                      : "relance-reader" };
    enum rlc_status status;

    if (bus->reader.handle.rk)
        return RLC_OK;
    status = rlc_kafka_handle_open(&bus->reader.handle, RLC_KAFKA_READER, &bus->settings, &identity,
                                   NULL, reterr);
    if (status == RLC_OK)
        (void)rd_kafka_poll_set_consumer(bus->reader.handle.rk);
    return status;
}

/* An absolute offset for each position: for a logical one the library would have a question under
 * way, whose late answer may move the partition after the next read() (see consumer.c). */
static enum rlc_status fill_slots(struct rlc_kafka_bus *bus, const struct rlc_position *from,
                                  size_t count, struct rlc_error *reterr)
{
    struct rlc_kafka_slots *slots = &bus->reader.slots;

    slots->count = 0;
    if (!rlc_kafka_slots_reserve(slots, count))
        return rlc_error_set(reterr, RLC_FATAL, "read", 0, "out of memory");
    for (size_t i = 0; i < count; i++) {
        int64_t low = from[i].offset, high;
        enum rlc_status status = RLC_OK;

        if (from[i].offset == RLC_OFFSET_BEGIN) {
            status = rlc_kafka_watermarks(&bus->base, from[i].topic, from[i].partition, ASK_WAIT_MS,
                                          &low, &high, reterr);
        } else if (from[i].offset < 0) {
            status = rlc_error_set(reterr, RLC_FATAL, "read", 0, "%lld is not an offset",
                                   (long long)from[i].offset);
        }
        if (status != RLC_OK) {
            slots->count = 0;
            return status;
        }
        slots->at[slots->count++] = (struct rlc_kafka_slot){
            .topic = from[i].topic, .partition = from[i].partition, .from = low, .open = true
        };
    }
    return RLC_OK;
}

static enum rlc_status assign_slots(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    const struct rlc_kafka_slots *slots = &bus->reader.slots;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)slots->count);
    rd_kafka_resp_err_t code;

    for (size_t i = 0; i < slots->count; i++) {
        rd_kafka_topic_partition_list_add(list, bus->config.topics[slots->at[i].topic],
                                          slots->at[i].partition)
            ->offset = slots->at[i].from;
    }
    code = rd_kafka_assign(bus->reader.handle.rk, slots->count ? list : NULL);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? rlc_kafka_ask_error(code, "read", reterr) : RLC_OK;
}

enum rlc_status rlc_kafka_read(struct rlc_bus *base, const struct rlc_position *from, size_t count,
                               struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    enum rlc_status status;

    let_go(&bus->reader);
    if (count == 0 && !bus->reader.handle.rk)
        return RLC_OK;
    status = open_reader(bus, reterr);
    if (status == RLC_OK)
        status = fill_slots(bus, from, count, reterr);
    if (status == RLC_OK)
        status = assign_slots(bus, reterr);
    return status;
}

static enum rlc_status take_error(struct rlc_kafka_bus *bus, const rd_kafka_message_t *message,
                                  struct rlc_bus_event *ret_event, struct rlc_error *reterr)
{
    char text[192];

    if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && message->rkt) {
        ret_event->end =
            (struct rlc_position){ rlc_kafka_topic_of(&bus->config,
                                                      rd_kafka_topic_name(message->rkt)),
                                   message->partition, message->offset };
        return rlc_error_set(reterr, RLC_REJECT, "read_poll", message->err,
                             "%s[%d]: the offset is not in the log: %s",
                             rd_kafka_topic_name(message->rkt), message->partition,
                             rd_kafka_message_errstr(message));
    }
    if (rd_kafka_fatal_error(bus->reader.handle.rk, text, sizeof(text)))
        return rlc_error_set(reterr, RLC_FATAL, "read_poll", message->err, "%s", text);
    return rlc_kafka_ask_error(message->err, "read_poll", reterr);
}

/* Takes over the message. *ret_more: it is of no interest, look at the next. */
static enum rlc_status take(struct rlc_kafka_bus *bus, rd_kafka_message_t *message,
                            struct rlc_bus_event *ret_event, bool *ret_more,
                            struct rlc_error *reterr)
{
    struct rlc_kafka_reader *reader = &bus->reader;
    const struct rlc_kafka_slot *slot;

    reader->held.message = message;
    *ret_more = false;
    if (message->err && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
        return take_error(bus, message, ret_event, reterr);
    slot = rlc_kafka_slot_of(&bus->config, &reader->slots, message);
    *ret_more = slot == NULL;
    return slot ? rlc_kafka_event_of(slot, message, ret_event, &reader->held.headers, reterr)
                : RLC_OK;
}

enum rlc_status rlc_kafka_read_poll(struct rlc_bus *base, int32_t timeout_ms,
                                    struct rlc_bus_event *ret_event, struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    enum rlc_status status = RLC_OK;
    bool more = true;

    *ret_event = (struct rlc_bus_event){ .kind = RLC_BUS_NOTHING };
    if (!bus->reader.handle.rk)
        return rlc_error_set(reterr, RLC_FATAL, "read_poll", 0, "nothing is being read");
    while (more && status == RLC_OK) {
        rd_kafka_message_t *message;

        let_go(&bus->reader);
        message = rd_kafka_consumer_poll(bus->reader.handle.rk, timeout_ms);
        if (!message)
            break;
        status = take(bus, message, ret_event, &more, reterr);
        timeout_ms = 0;
    }
    return status;
}
