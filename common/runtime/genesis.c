/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/genesis.h"

#include <string.h>

#include "common/runtime/error.h"
#include "common/wire/checkpoint.h"

/* A genesis checkpoint or an installation record is some hundred bytes. */
#define SCRATCH_SIZE 4096
/* Questions to the log, and the wait for its answers. */
#define WAIT_MS 5000
/* Polls without an event before a read gives up: with their wait about 10 s. */
#define SILENT_POLLS_MAX 100
#define POLL_MS          100

struct rlc_hash rlc_genesis_head(const uint8_t installation[RLC_UUID_SIZE], const char *worker,
                                 int32_t partition)
{
    uint8_t bytes[RLC_UUID_SIZE + 128 + 5];
    size_t name_size = strlen(worker);
    uint8_t *at = bytes;
    uint32_t number = (uint32_t)partition;

    if (name_size > 128)
        name_size = 128;
    memcpy(at, installation, RLC_UUID_SIZE);
    at += RLC_UUID_SIZE;
    memcpy(at, worker, name_size);
    at += name_size;
    *at++ = 0;
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(number >> shift);
    return rlc_sha256(rlc_span_from(bytes, (size_t)(at - bytes)));
}

static enum rlc_status write_checkpoint(struct rlc_bus *bus, int32_t topic, const char *worker,
                                        int32_t partition,
                                        const uint8_t installation[RLC_UUID_SIZE],
                                        struct rlc_error *reterr)
{
    uint8_t scratch[SCRATCH_SIZE];
    struct rlc_arena arena;
    struct rlc_checkpoint checkpoint = { .format = RLC_CHECKPOINT_FORMAT,
                                         .worker = rlc_span_of(worker),
                                         .partition = partition,
                                         .genesis = true,
                                         /* Nothing was decided yet; every version may go on. */
                                         .rules = { .rules_version = 1 } };
    struct rlc_outgoing outgoing = { .topic = topic,
                                     .partition = partition,
                                     .key = rlc_span_of(RLC_CHECKPOINT_KEY) };

    rlc_arena_init(&arena, scratch, sizeof(scratch));
    memcpy(checkpoint.installation, installation, sizeof(checkpoint.installation));
    checkpoint.audit_head = rlc_genesis_head(installation, worker, partition);
    outgoing.value = rlc_checkpoint_encode(&checkpoint, &arena);
    if (!outgoing.value.data)
        return rlc_error_set(reterr, RLC_FATAL, "genesis", 0, "the worker's name is too long");
    return bus->ops->produce(bus, &outgoing, reterr);
}

enum rlc_status rlc_genesis_checkpoints(struct rlc_bus *bus, int32_t topic, const char *worker,
                                        int32_t partitions,
                                        const uint8_t installation[RLC_UUID_SIZE],
                                        int32_t *ret_written, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK, flushed;
    struct rlc_error error;

    *ret_written = 0;
    for (int32_t partition = 0; status == RLC_OK && partition < partitions; partition++) {
        int64_t low, high;

        status = bus->ops->watermarks(bus, topic, partition, WAIT_MS, &low, &high, reterr);
        if (status == RLC_OK && high == 0) {
            status = write_checkpoint(bus, topic, worker, partition, installation, reterr);
            (*ret_written)++;
        }
    }
    /* After a failure, too: who tries again must find what is there. */
    flushed = bus->ops->flush(bus, WAIT_MS, &error);
    if (status == RLC_OK && flushed != RLC_OK)
        *reterr = error;
    return status == RLC_OK ? flushed : status;
}

/* Reads the first record of a partition that holds one; RLC_RETRY while it cannot be read. */
static enum rlc_status first_checkpoint(struct rlc_bus *bus, int32_t topic, int32_t partition,
                                        uint8_t uuid[RLC_UUID_SIZE], struct rlc_error *reterr)
{
    uint8_t scratch[SCRATCH_SIZE * 4];
    struct rlc_position from = { topic, partition, RLC_OFFSET_BEGIN };
    enum rlc_status status = bus->ops->read(bus, &from, 1, reterr);
    bool found = false;

    for (int silent = 0; status == RLC_OK && !found && silent < SILENT_POLLS_MAX; silent++) {
        struct rlc_bus_event event;
        struct rlc_arena arena;
        struct rlc_checkpoint checkpoint;
        struct rlc_fault fault;

        status = bus->ops->read_poll(bus, POLL_MS, &event, reterr);
        found = status == RLC_OK && event.kind == RLC_BUS_RECORD;
        if (!found)
            continue;
        rlc_arena_init(&arena, scratch, sizeof(scratch));
        if (rlc_checkpoint_decode(event.record.value, &arena, &checkpoint, &fault) == RLC_OK)
            memcpy(uuid, checkpoint.installation, RLC_UUID_SIZE);
    }
    (void)bus->ops->read(bus, NULL, 0, NULL);
    if (status == RLC_OK && !found)
        status = rlc_error_set(reterr, RLC_RETRY, "genesis", 0,
                               "the first record of a state topic cannot be read yet");
    return status;
}

enum rlc_status rlc_genesis_find(struct rlc_bus *bus, int32_t topic, int32_t partitions,
                                 uint8_t uuid[RLC_UUID_SIZE], struct rlc_error *reterr)
{
    for (int32_t partition = 0; partition < partitions; partition++) {
        int64_t low, high;
        enum rlc_status status =
            bus->ops->watermarks(bus, topic, partition, WAIT_MS, &low, &high, reterr);

        if (status == RLC_OK && high > 0)
            return first_checkpoint(bus, topic, partition, uuid, reterr);
        if (status != RLC_OK)
            return status;
    }
    return RLC_OK;
}

enum rlc_status rlc_genesis_installation(struct rlc_bus *bus, int32_t topic, const char *name,
                                         const struct rlc_installation_facts *facts, rlc_ms now_ms,
                                         struct rlc_error *reterr)
{
    uint8_t scratch[SCRATCH_SIZE];
    struct rlc_arena arena;
    struct rlc_bundle_record record = { .kind = RLC_BUNDLE_RECORD_KIND_INSTALLATION };
    struct rlc_outgoing outgoing = { .topic = topic, .key = rlc_span_of(RLC_INSTALLATION_KEY) };
    enum rlc_status status;

    rlc_arena_init(&arena, scratch, sizeof(scratch));
    record.installation.name = rlc_span_of(name);
    memcpy(record.installation.uuid, facts->uuid, sizeof(record.installation.uuid));
    record.installation.partitions = (uint32_t)facts->partitions;
    record.installation.clock = facts->stepped ? RLC_CLOCK_MODE_STEPPED : RLC_CLOCK_MODE_SYSTEM;
    record.installation.created_at_ms = now_ms;
    outgoing.value = rlc_bundle_record_encode(&record, &arena);
    if (!outgoing.value.data)
        return rlc_error_set(reterr, RLC_FATAL, "genesis", 0,
                             "the installation's name is too long");
    status = bus->ops->produce(bus, &outgoing, reterr);
    return status == RLC_OK ? bus->ops->flush(bus, WAIT_MS, reterr) : status;
}

static enum rlc_status feed(struct rlc_bundles *bundles, const struct rlc_record *record,
                            struct rlc_error *reterr)
{
    struct rlc_fault fault = { 0 };
    enum rlc_status status = rlc_bundles_feed(bundles, record, &fault);

    /* A record that cannot be read is nobody's bundle: whoever needs that hash waits and says so.
     */
    if (status == RLC_REJECT)
        return RLC_OK;
    if (status != RLC_OK)
        return rlc_error_set(reterr, status, "bundles", 0, "out of memory for bundles");
    return RLC_OK;
}

enum rlc_status rlc_bundles_read(struct rlc_bus *bus, int32_t topic, struct rlc_bundles *bundles,
                                 struct rlc_error *reterr)
{
    struct rlc_position from = { topic, 0, RLC_OFFSET_BEGIN };
    int64_t low, high;
    int silent = 0;
    enum rlc_status status = bus->ops->watermarks(bus, topic, 0, WAIT_MS, &low, &high, reterr);

    if (status == RLC_OK)
        status = bus->ops->read(bus, &from, 1, reterr);
    while (status == RLC_OK) {
        struct rlc_bus_event event;

        status = bus->ops->read_poll(bus, POLL_MS, &event, reterr);
        if (status != RLC_OK || (event.kind == RLC_BUS_END && event.end.offset >= high))
            break;
        if (event.kind == RLC_BUS_RECORD)
            status = feed(bundles, &event.record, reterr);
        else if (event.kind == RLC_BUS_NOTHING && ++silent == SILENT_POLLS_MAX)
            status = rlc_error_set(reterr, RLC_RETRY, "bundles", 0,
                                   "the topic of bundles cannot be read to its end");
    }
    (void)bus->ops->read(bus, NULL, 0, NULL);
    return status;
}
