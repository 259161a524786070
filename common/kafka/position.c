/* SPDX-License-Identifier: Apache-2.0 */
/* The group member's partitions: where they stand, and what the group knows. */
#include <time.h>

#include "common/kafka/internal.h"
#include "common/runtime/error.h"

/* A partition that was just assigned is started by another thread: a seek is refused until then. */
#define SEEK_TRIES    40
#define SEEK_PAUSE_NS 5000000
/* Longest wait for the library's own thread. */
#define SEEK_WAIT_MS 2000
/* Until 2.1 the time-out of rd_kafka_seek_partitions() is taken for microseconds. */
#define SEEK_FIXED_VERSION 0x020100ff

static struct rlc_kafka_slot *slot_of(struct rlc_bus *base, int32_t topic, int32_t partition)
{
    return rlc_kafka_slots_find(&rlc_kafka_bus_of(base)->consumer.slots, topic, partition);
}

static rd_kafka_topic_partition_list_t *list_of(struct rlc_bus *base, int32_t topic,
                                                int32_t partition, int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, rlc_kafka_bus_of(base)->config.topics[topic], partition)
        ->offset = offset;
    return list;
}

static enum rlc_status not_owned(const char *origin, struct rlc_error *reterr)
{
    return rlc_error_set(reterr, RLC_ABORT, origin, 0, "the partition is not assigned");
}

/* ---- snapshot ---- */

static enum rlc_status read_metadata(const rd_kafka_consumer_group_metadata_t *metadata,
                                     int32_t *ret_generation, bool *ret_has_id,
                                     struct rlc_error *reterr)
{
    void *bytes = NULL;
    size_t size = 0;
    const char *member = "";
    enum rlc_status status = RLC_OK;
    rd_kafka_error_t *error = rd_kafka_consumer_group_metadata_write(metadata, &bytes, &size);

    if (error) {
        status = rlc_error_set(reterr, RLC_RETRY, "snapshot", rd_kafka_error_code(error), "%s",
                               rd_kafka_error_string(error));
        rd_kafka_error_destroy(error);
        return status;
    }
    if (!rlc_kafka_metadata_parse(bytes, size, ret_generation, &member))
        status = rlc_error_set(reterr, RLC_FATAL, "snapshot", 0,
                               "this librdkafka writes group metadata in an unknown format");
    *ret_has_id = member[0] != '\0';
    rd_kafka_mem_free(NULL, bytes);
    return status;
}

static enum rlc_status check_metadata(const rd_kafka_consumer_group_metadata_t *metadata,
                                      struct rlc_error *reterr)
{
    int32_t generation = -1;
    bool has_id = false;
    enum rlc_status status = read_metadata(metadata, &generation, &has_id, reterr);

    if (status == RLC_OK && (generation < 0 || !has_id))
        status = rlc_error_set(reterr, RLC_RETRY, "snapshot", 0,
                               "the member has no generation (%d) or no id", generation);
    return status;
}

bool rlc_kafka_member_has_id(struct rlc_kafka_bus *bus)
{
    rd_kafka_consumer_group_metadata_t *metadata =
        rd_kafka_consumer_group_metadata(bus->consumer.handle.rk);
    struct rlc_error ignored;
    int32_t generation;
    bool has_id = false;
    bool known = metadata && read_metadata(metadata, &generation, &has_id, &ignored) == RLC_OK;

    if (metadata)
        rd_kafka_consumer_group_metadata_destroy(metadata);
    return !known || has_id;
}

enum rlc_status rlc_kafka_snapshot(struct rlc_bus *base, struct rlc_error *reterr)
{
    struct rlc_kafka_consumer *consumer = &rlc_kafka_bus_of(base)->consumer;
    rd_kafka_consumer_group_metadata_t *metadata =
        consumer->handle.rk ? rd_kafka_consumer_group_metadata(consumer->handle.rk) : NULL;
    enum rlc_status status;

    if (consumer->snapshot)
        rd_kafka_consumer_group_metadata_destroy(consumer->snapshot);
    consumer->snapshot = NULL;
    if (!metadata)
        return rlc_error_set(reterr, RLC_RETRY, "snapshot", 0, "not a member of a group");
    status = check_metadata(metadata, reterr);
    if (status != RLC_OK) {
        rd_kafka_consumer_group_metadata_destroy(metadata);
        return status;
    }
    consumer->snapshot = metadata;
    consumer->snapshot_epoch = consumer->epoch;
    return RLC_OK;
}

/* ---- where a partition stands ---- */

int64_t rlc_kafka_position(struct rlc_bus *base, int32_t topic, int32_t partition)
{
    const struct rlc_kafka_slot *slot = slot_of(base, topic, partition);
    rd_kafka_topic_partition_list_t *list;
    int64_t offset;

    if (!slot || !slot->open)
        return RLC_OFFSET_NONE;
    list = list_of(base, topic, partition, RD_KAFKA_OFFSET_INVALID);
    (void)rd_kafka_position(rlc_kafka_bus_of(base)->consumer.handle.rk, list);
    offset = list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    return offset >= slot->from ? offset : RLC_OFFSET_NONE;
}

static rd_kafka_resp_err_t seek_once(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
    int wait_ms = rd_kafka_version() < SEEK_FIXED_VERSION ? SEEK_WAIT_MS * 1000 : SEEK_WAIT_MS;
    rd_kafka_error_t *error = rd_kafka_seek_partitions(rk, list, wait_ms);
    rd_kafka_resp_err_t code = list->elems[0].err;

    if (error) {
        code = rd_kafka_error_code(error);
        rd_kafka_error_destroy(error);
    }
    return code;
}

static rd_kafka_resp_err_t seek_patiently(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
    const struct timespec pause = { .tv_nsec = SEEK_PAUSE_NS };
    rd_kafka_resp_err_t code = seek_once(rk, list);

    for (int i = 1; i < SEEK_TRIES && (code == RD_KAFKA_RESP_ERR__STATE ||
                                       code == RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS);
         i++) {
        (void)nanosleep(&pause, NULL);
        code = seek_once(rk, list);
    }
    return code;
}

enum rlc_status rlc_kafka_seek(struct rlc_bus *base, int32_t topic, int32_t partition,
                               int64_t offset, struct rlc_error *reterr)
{
    struct rlc_kafka_slot *slot = slot_of(base, topic, partition);
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_resp_err_t code;

    if (!slot)
        return not_owned("seek", reterr);
    if (offset < 0)
        return rlc_error_set(reterr, RLC_FATAL, "seek", 0, "offset %lld is not an offset",
                             (long long)offset);
    list = list_of(base, topic, partition, offset);
    code = seek_patiently(rlc_kafka_bus_of(base)->consumer.handle.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code)
        return rlc_error_set(reterr, RLC_RETRY, "seek", code, "%s", rd_kafka_err2str(code));
    slot->from = offset;
    slot->open = true;
    return RLC_OK;
}

/* Resuming a partition that is not paused would fetch from where it was last resumed, so both calls
 * go to the library only when they change something. */
static enum rlc_status set_paused(struct rlc_bus *base, int32_t topic, int32_t partition,
                                  bool paused, struct rlc_error *reterr)
{
    struct rlc_kafka_slot *slot = slot_of(base, topic, partition);
    rd_kafka_t *rk = rlc_kafka_bus_of(base)->consumer.handle.rk;
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_resp_err_t code;

    if (!slot)
        return not_owned(paused ? "pause" : "resume", reterr);
    if (slot->paused == paused)
        return RLC_OK;
    list = list_of(base, topic, partition, RD_KAFKA_OFFSET_INVALID);
    code = paused ? rd_kafka_pause_partitions(rk, list) : rd_kafka_resume_partitions(rk, list);
    if (!code)
        code = list->elems[0].err;
    rd_kafka_topic_partition_list_destroy(list);
    if (code)
        return rlc_error_set(reterr, RLC_RETRY, paused ? "pause" : "resume", code, "%s",
                             rd_kafka_err2str(code));
    slot->paused = paused;
    return RLC_OK;
}

enum rlc_status rlc_kafka_pause(struct rlc_bus *base, int32_t topic, int32_t partition,
                                struct rlc_error *reterr)
{
    return set_paused(base, topic, partition, true, reterr);
}

enum rlc_status rlc_kafka_resume(struct rlc_bus *base, int32_t topic, int32_t partition,
                                 struct rlc_error *reterr)
{
    const struct rlc_kafka_slot *slot = slot_of(base, topic, partition);

    if (slot && !slot->open)
        return rlc_error_set(reterr, RLC_ABORT, "resume", 0,
                             "the partition has no offset yet: seek first");
    return set_paused(base, topic, partition, false, reterr);
}

/* ---- what the group knows ---- */

enum rlc_status rlc_kafka_committed(struct rlc_bus *base, int32_t topic, int32_t partition,
                                    int32_t timeout_ms, int64_t *ret_offset,
                                    struct rlc_error *reterr)
{
    rd_kafka_t *rk = rlc_kafka_bus_of(base)->consumer.handle.rk;
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_resp_err_t code;
    int64_t offset;

    *ret_offset = RLC_OFFSET_NONE;
    if (!rk)
        return rlc_error_set(reterr, RLC_FATAL, "committed", 0, "this bus has no group");
    list = list_of(base, topic, partition, RD_KAFKA_OFFSET_INVALID);
    /* The return code comes first: an undecided answer leaves the list as "no offset". */
    code = rd_kafka_committed(rk, list, timeout_ms);
    if (!code)
        code = list->elems[0].err;
    offset = list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    if (code)
        return rlc_kafka_ask_error(code, "committed", reterr);
    if (offset >= 0)
        *ret_offset = offset;
    return RLC_OK;
}
