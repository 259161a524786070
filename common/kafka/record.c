/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "common/kafka/internal.h"
#include "common/runtime/error.h"

bool rlc_kafka_slots_reserve(struct rlc_kafka_slots *slots, size_t count)
{
    struct rlc_kafka_slot *larger;

    if (count <= slots->capacity)
        return true;
    larger = realloc(slots->at, count * sizeof(*larger));
    if (!larger)
        return false;
    slots->at = larger;
    slots->capacity = count;
    return true;
}

static bool is_slot(const struct rlc_kafka_slot *slot, int32_t topic, int32_t partition)
{
    return slot->partition == partition && slot->topic == topic;
}

struct rlc_kafka_slot *rlc_kafka_slots_find(struct rlc_kafka_slots *slots, int32_t topic,
                                            int32_t partition)
{
    if (slots->hint < slots->count && is_slot(&slots->at[slots->hint], topic, partition))
        return &slots->at[slots->hint];
    for (size_t i = 0; i < slots->count; i++) {
        if (is_slot(&slots->at[i], topic, partition)) {
            slots->hint = i;
            return &slots->at[i];
        }
    }
    return NULL;
}

void rlc_kafka_slots_clear(struct rlc_kafka_slots *slots)
{
    free(slots->at);
    *slots = (struct rlc_kafka_slots){ .at = NULL };
}

int32_t rlc_kafka_topic_of(const struct rlc_bus_config *config, const char *name)
{
    for (size_t i = 0; i < config->topic_count; i++) {
        if (strcmp(config->topics[i], name) == 0)
            return (int32_t)i;
    }
    return -1;
}

/* Messages of a partition arrive in runs, so the slot found last names the most likely topic. */
static int32_t topic_of_message(const struct rlc_bus_config *config,
                                const struct rlc_kafka_slots *slots,
                                const rd_kafka_message_t *message)
{
    const char *name = rd_kafka_topic_name(message->rkt);

    if (slots->hint < slots->count) {
        int32_t likely = slots->at[slots->hint].topic;

        if (strcmp(config->topics[likely], name) == 0)
            return likely;
    }
    return rlc_kafka_topic_of(config, name);
}

struct rlc_kafka_slot *rlc_kafka_slot_of(const struct rlc_bus_config *config,
                                         struct rlc_kafka_slots *slots,
                                         const rd_kafka_message_t *message)
{
    struct rlc_kafka_slot *slot = NULL;

    if (message->rkt)
        slot = rlc_kafka_slots_find(slots, topic_of_message(config, slots, message),
                                    message->partition);
    return slot && slot->open && message->offset >= slot->from ? slot : NULL;
}

static enum rlc_status add_headers(rd_kafka_message_t *message, struct rlc_record *record,
                                   struct rlc_header **ret_headers, struct rlc_error *reterr)
{
    rd_kafka_headers_t *headers;
    struct rlc_header *array;
    size_t count;

    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return RLC_OK;
    count = rd_kafka_header_cnt(headers);
    if (count > RLC_KAFKA_HEADERS_MAX)
        count = RLC_KAFKA_HEADERS_MAX;
    if (count == 0)
        return RLC_OK;
    array = calloc(count, sizeof(*array));
    if (!array)
        return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const void *value = NULL;
        size_t size = 0;

        (void)rd_kafka_header_get_all(headers, i, &array[i].name, &value, &size);
        array[i].value = rlc_span_from(value, size);
    }
    *ret_headers = array;
    record->header = array;
    record->header_count = count;
    return RLC_OK;
}

enum rlc_status rlc_kafka_event_of(const struct rlc_kafka_slot *slot, rd_kafka_message_t *message,
                                   struct rlc_bus_event *ret_event, struct rlc_header **ret_headers,
                                   struct rlc_error *reterr)
{
    rd_kafka_timestamp_type_t type;

    *ret_headers = NULL;
    if (message->err) {
        ret_event->kind = RLC_BUS_END;
        ret_event->end = (struct rlc_position){ slot->topic, slot->partition, message->offset };
        return RLC_OK;
    }
    ret_event->kind = RLC_BUS_RECORD;
    ret_event->record = (struct rlc_record){
        .topic = slot->topic,
        .partition = slot->partition,
        .offset = message->offset,
        .append_ms = rd_kafka_message_timestamp(message, &type),
        .key = rlc_span_from(message->key, message->key_len),
        .value = rlc_span_from(message->payload, message->len),
    };
    return add_headers(message, &ret_event->record, ret_headers, reterr);
}
