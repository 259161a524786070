/* SPDX-License-Identifier: Apache-2.0 */
/* The group member. A rebalance parks every partition: paused, at an explicit offset, and closed
 * until the first seek().
 *
 * The parking place is offset 0, not the logical END. For END the library asks the broker; when
 * that answer arrives after a seek(), librdkafka 2.0.2 takes it for a failed question, repeats it
 * 500 ms later and moves the partition to the end of the log, over everything the seek asked for.
 * With an absolute offset no question is ever under way. */
#include <stdlib.h>
#include <string.h>

#include "common/kafka/internal.h"
#include "common/runtime/error.h"

#define PARKED_OFFSET 0

/* ---- the assignment ---- */

static bool adopt(struct rlc_kafka_bus *bus, const rd_kafka_topic_partition_list_t *list)
{
    struct rlc_kafka_slots *slots = &bus->consumer.slots;

    slots->count = 0;
    if (!rlc_kafka_slots_reserve(slots, (size_t)list->cnt))
        return false;
    for (int i = 0; i < list->cnt; i++) {
        int32_t topic = rlc_kafka_topic_of(&bus->config, list->elems[i].topic);

        if (topic >= 0) {
            slots->at[slots->count++] = (struct rlc_kafka_slot){
                .topic = topic, .partition = list->elems[i].partition, .paused = true
            };
        }
    }
    return true;
}

/* Parks the partitions of `list`. Paused before as well as after the assignment: before, so that no
 * fetch slips in between; after, because at the first assignment the library may not know them yet.
 */
static rd_kafka_resp_err_t park(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_resp_err_t error;

    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = PARKED_OFFSET;
    (void)rd_kafka_pause_partitions(rk, list);
    error = rd_kafka_assign(rk, list);
    (void)rd_kafka_pause_partitions(rk, list);
    return error;
}

static void finish(struct rlc_kafka_bus *bus, rd_kafka_resp_err_t code, const char *text)
{
    (void)rlc_error_set(&bus->consumer.finished, RLC_FATAL, "poll", code, "%s", text);
}

static void changed(struct rlc_kafka_bus *bus)
{
    bus->consumer.epoch++;
    bus->consumer.rebalanced = true;
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t event,
                         rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct rlc_kafka_handle *handle = opaque;
    struct rlc_kafka_bus *bus = handle->owner;
    rd_kafka_resp_err_t error;

    if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        error = adopt(bus, list) ? park(rk, list) : RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
    } else if (bus->config.announce_revoke && !rd_kafka_assignment_lost(rk)) {
        /* The library waits for the assignment to be given up, for as long as the group does. */
        bus->consumer.revoking = true;
        rd_kafka_yield(rk);
        return;
    } else {
        bus->consumer.slots.count = 0;
        error = rd_kafka_assign(rk, NULL);
    }
    changed(bus);
    if (error && rd_kafka_fatal_error(rk, NULL, 0) == RD_KAFKA_RESP_ERR_NO_ERROR)
        finish(bus, error, rd_kafka_err2str(error));
    rd_kafka_yield(rk); /* poll() returns before it hands out anything */
}

static void prepare(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
}

void rlc_kafka_give_back(struct rlc_bus *base)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);

    if (!bus->consumer.revoking)
        return;
    bus->consumer.revoking = false;
    bus->consumer.slots.count = 0;
    (void)rd_kafka_assign(bus->consumer.handle.rk, NULL);
    changed(bus);
}

size_t rlc_kafka_assignment(struct rlc_bus *base, struct rlc_position *ret_owned, size_t max,
                            uint64_t *ret_epoch)
{
    struct rlc_kafka_consumer *consumer = &rlc_kafka_bus_of(base)->consumer;
    for (size_t i = 0; i < consumer->slots.count && i < max; i++)
        ret_owned[i] = (struct rlc_position){ consumer->slots.at[i].topic,
                                              consumer->slots.at[i].partition, RLC_OFFSET_NONE };
    if (ret_epoch)
        *ret_epoch = consumer->epoch;
    return consumer->slots.count;
}

/* ---- open and close ---- */

static enum rlc_status subscribe(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)bus->config.input_count);
    rd_kafka_resp_err_t error;

    for (size_t i = 0; i < bus->config.input_count; i++)
        (void)rd_kafka_topic_partition_list_add(list, bus->config.topics[i], RD_KAFKA_PARTITION_UA);
    error = rd_kafka_subscribe(bus->consumer.handle.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return error
               ? rlc_error_set(reterr, RLC_FATAL, "subscribe", error, "%s", rd_kafka_err2str(error))
               : RLC_OK;
}

enum rlc_status rlc_kafka_consumer_open(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    struct rlc_kafka_consumer *consumer = &bus->consumer;
    struct rlc_kafka_identity identity = { .group = bus->config.group,
                                           .member = bus->config.member };
    enum rlc_status status = rlc_kafka_handle_open(&consumer->handle, RLC_KAFKA_CONSUMER,
                                                   &bus->settings, &identity, prepare, reterr);

    if (status != RLC_OK)
        return status;
    (void)rd_kafka_poll_set_consumer(consumer->handle.rk);
    consumer->topics = rlc_kafka_topics_open(&bus->config, consumer->handle.rk);
    if (!consumer->topics)
        return rlc_error_set(reterr, RLC_FATAL, "bus_open", 0, "out of memory");
    return subscribe(bus, reterr);
}

/* Never rd_kafka_consumer_close(): all it would do for a static member, which does not leave, is to
 * serve the rebalance callback, and in 2.0.2 an assignment that arrives meanwhile waits for ever.
 */
void rlc_kafka_consumer_close(struct rlc_kafka_bus *bus)
{
    struct rlc_kafka_consumer *consumer = &bus->consumer;

    rlc_kafka_release(&bus->base);
    free(consumer->held);
    if (consumer->snapshot)
        rd_kafka_consumer_group_metadata_destroy(consumer->snapshot);
    rlc_kafka_topics_close(&bus->config, consumer->topics);
    rlc_kafka_handle_clear(&consumer->handle);
    rlc_kafka_slots_clear(&consumer->slots);
}

/* ---- polling ---- */

void rlc_kafka_release(struct rlc_bus *base)
{
    struct rlc_kafka_consumer *consumer = &rlc_kafka_bus_of(base)->consumer;

    for (size_t i = 0; i < consumer->held_count; i++) {
        free(consumer->held[i].headers);
        rd_kafka_message_destroy(consumer->held[i].message);
    }
    consumer->held_count = 0;
}

static bool reserve_held(struct rlc_kafka_consumer *consumer)
{
    size_t grown = consumer->held_capacity ? consumer->held_capacity * 2 : 256;
    struct rlc_kafka_held *larger;

    if (consumer->held_count < consumer->held_capacity)
        return true;
    larger = realloc(consumer->held, grown * sizeof(*larger));
    if (!larger)
        return false;
    consumer->held = larger;
    consumer->held_capacity = grown;
    return true;
}

/* Its partitions are gone; the handle goes with the next poll, when no record of it is held. */
static void lose_place(struct rlc_kafka_bus *bus)
{
    bus->consumer.lost = true;
    bus->consumer.slots.count = 0;
    changed(bus);
}

static enum rlc_status join_again(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    struct rlc_kafka_consumer *consumer = &bus->consumer;

    consumer->lost = false;
    consumer->revoking = false;
    rlc_kafka_topics_close(&bus->config, consumer->topics);
    consumer->topics = NULL;
    rlc_kafka_handle_close(&consumer->handle);
    return rlc_kafka_consumer_open(bus, reterr);
}

/* The member's own end: its name was taken by another process, for example. That the broker says so
 * proves nothing when the member has no id: librdkafka 2.0.2 forgets it when a session has timed
 * out, or when a broker that was started again does not know it yet, and goes on sending heartbeats
 * without one until the application polls; those are refused with the same code. */
static bool is_finished(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    char text[192];
    rd_kafka_resp_err_t code = rd_kafka_fatal_error(bus->consumer.handle.rk, text, sizeof(text));

    if (code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID && !rlc_kafka_member_has_id(bus)) {
        lose_place(bus);
    } else if (code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
        (void)rlc_error_set(&bus->consumer.finished, RLC_FATAL, "poll", code,
                            "another process joined group %s as member %s", bus->config.group,
                            bus->config.member);
    } else if (code) {
        finish(bus, code, text);
    }
    if (bus->consumer.finished.status != RLC_FATAL)
        return false;
    if (reterr)
        *reterr = bus->consumer.finished;
    return true;
}

/* A partition without a usable offset is stopped for good inside the library. While it is parked
 * (a fetch of offset 0 slipped through) the whole assignment is taken anew; after a seek() it means
 * that the log no longer holds what was asked for, and no one may skip over that. */
static enum rlc_status out_of_log(struct rlc_kafka_bus *bus, const rd_kafka_message_t *message,
                                  struct rlc_error *reterr)
{
    struct rlc_kafka_consumer *consumer = &bus->consumer;
    int32_t topic = rlc_kafka_topic_of(&bus->config, rd_kafka_topic_name(message->rkt));
    const struct rlc_kafka_slot *slot =
        rlc_kafka_slots_find(&consumer->slots, topic, message->partition);
    rd_kafka_topic_partition_list_t *list = NULL;

    if (!slot)
        return RLC_OK;
    if (slot->open) {
        (void)rlc_error_set(&consumer->finished, RLC_FATAL, "poll", message->err,
                            "%s[%d]: the next offset is not in the log: %s",
                            rd_kafka_topic_name(message->rkt), message->partition,
                            rd_kafka_message_errstr(message));
        *reterr = consumer->finished;
        return RLC_FATAL;
    }
    if (rd_kafka_assignment(consumer->handle.rk, &list) == RD_KAFKA_RESP_ERR_NO_ERROR && list) {
        if (adopt(bus, list))
            (void)park(consumer->handle.rk, list);
        rd_kafka_topic_partition_list_destroy(list);
        changed(bus);
    }
    return RLC_OK;
}

static enum rlc_status take_error(struct rlc_kafka_bus *bus, const rd_kafka_message_t *message,
                                  struct rlc_error *reterr)
{
    if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && message->rkt)
        return out_of_log(bus, message, reterr);
    if (is_finished(bus, reterr))
        return RLC_FATAL;
    if (bus->consumer.lost)
        return RLC_OK;
    return rlc_error_set(reterr, RLC_RETRY, "poll", message->err, "%s: %s",
                         rd_kafka_err2name(message->err), rd_kafka_message_errstr(message));
}

/* Takes over the message. *ret_more: it is of no interest, look at the next. */
static enum rlc_status take(struct rlc_kafka_bus *bus, rd_kafka_message_t *message,
                            struct rlc_bus_event *ret_event, bool *ret_more,
                            struct rlc_error *reterr)
{
    struct rlc_kafka_consumer *consumer = &bus->consumer;
    struct rlc_header *headers = NULL;
    enum rlc_status status = RLC_OK;

    *ret_more = false;
    if (message->err && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        status = take_error(bus, message, reterr);
        *ret_more = status == RLC_OK;
    } else {
        const struct rlc_kafka_slot *slot =
            rlc_kafka_slot_of(&bus->config, &consumer->slots, message);

        *ret_more = slot == NULL;
        if (slot)
            status = rlc_kafka_event_of(slot, message, ret_event, &headers, reterr);
    }
    if (status == RLC_OK && ret_event->kind == RLC_BUS_RECORD)
        consumer->held[consumer->held_count++] = (struct rlc_kafka_held){ message, headers };
    else
        rd_kafka_message_destroy(message);
    return status;
}

static enum rlc_status poll_subscription(struct rlc_kafka_bus *bus, int32_t timeout_ms,
                                         struct rlc_bus_event *ret_event, struct rlc_error *reterr)
{
    struct rlc_kafka_consumer *consumer = &bus->consumer;
    enum rlc_status status = RLC_OK;
    bool more = true;

    while (more) {
        rd_kafka_message_t *message;

        if (consumer->rebalanced || consumer->revoking)
            break;
        message = rd_kafka_consumer_poll(consumer->handle.rk, timeout_ms);
        if (!message)
            return is_finished(bus, reterr) ? RLC_FATAL : RLC_OK;
        status = take(bus, message, ret_event, &more, reterr);
        timeout_ms = 0;
    }
    return status;
}

enum rlc_status rlc_kafka_poll(struct rlc_bus *base, int32_t timeout_ms,
                               struct rlc_bus_event *ret_event, struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    struct rlc_kafka_consumer *consumer = &bus->consumer;
    enum rlc_status status;

    *ret_event = (struct rlc_bus_event){ .kind = RLC_BUS_NOTHING };
    if (!consumer->handle.rk)
        return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "this bus has no input topics");
    if (consumer->finished.status == RLC_FATAL) {
        *reterr = consumer->finished;
        return RLC_FATAL;
    }
    if (!reserve_held(consumer))
        return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "out of memory");
    if (consumer->lost && consumer->held_count > 0)
        return RLC_OK;
    status = consumer->lost ? join_again(bus, reterr) : RLC_OK;
    if (status != RLC_OK)
        return status;
    status = poll_subscription(bus, timeout_ms, ret_event, reterr);
    if (consumer->revoking && ret_event->kind == RLC_BUS_NOTHING && status == RLC_OK)
        ret_event->kind = RLC_BUS_REVOKING;
    else if (consumer->rebalanced && ret_event->kind == RLC_BUS_NOTHING && status == RLC_OK) {
        consumer->rebalanced = false;
        ret_event->kind = RLC_BUS_REBALANCED;
    }
    return status;
}
