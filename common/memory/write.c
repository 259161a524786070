/* SPDX-License-Identifier: Apache-2.0 */
/* The producer's side of the bus. What librdkafka does on its own (begin) does not ask the broker;
 * everything else finds out whether the producer is still the one of its transactional id. */
#include <string.h>

#include "common/memory/handle.h"
#include "common/memory/memory_faults.h"
#include "common/runtime/error.h"

/* ---- the producer ---- */

static void drop(struct rlc_memory_producer *producer)
{
    producer->writer = NULL;
    producer->begun = false;
    producer->failed = false;
    producer->number = RLC_MEMORY_NO_TRANSACTION;
    producer->delivery_count = 0;
}

static void end(struct rlc_memory_producer *producer)
{
    producer->begun = false;
    producer->failed = false;
    producer->number = RLC_MEMORY_NO_TRANSACTION;
    producer->delivery_count = 0;
}

static enum rlc_status fatal(struct rlc_memory_bus *bus, const char *origin, const char *text,
                             struct rlc_error *reterr)
{
    drop(&bus->producer);
    return rlc_error_set(reterr, RLC_FATAL, origin, 0, "%s", text);
}

static enum rlc_status fail(struct rlc_memory_bus *bus, enum rlc_status status, const char *origin,
                            const char *text, struct rlc_error *reterr)
{
    bus->producer.failed = true;
    return rlc_error_set(reterr, status, origin, 0, "%s", text);
}

static enum rlc_status make_producer(struct rlc_memory_bus *bus, const char *id, int64_t *ret_epoch,
                                     struct rlc_memory_writer **ret_writer,
                                     struct rlc_error *reterr)
{
    struct rlc_memory_writer *writer = rlc_memory_writer_get(bus->broker, id);

    enum rlc_status status;

    if (!writer)
        return rlc_error_set(reterr, RLC_FATAL, "init_transactions", 0, "out of memory");
    status = rlc_memory_writer_init(bus->broker, writer, ret_epoch, reterr);
    if (status == RLC_OK)
        *ret_writer = writer;
    return status;
}

enum rlc_status rlc_memory_fence_writer(struct rlc_bus *base, const char *transactional_id,
                                        struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    struct rlc_memory_writer *writer;
    int64_t epoch;
    enum rlc_status status = rlc_memory_enter(bus, "fence_writer", reterr);

    if (status != RLC_OK)
        return status;
    return make_producer(bus, transactional_id, &epoch, &writer, reterr);
}

/* Whether the transaction under way is still ours to go on with. */
static enum rlc_status check(struct rlc_memory_bus *bus, const char *origin,
                             struct rlc_error *reterr)
{
    struct rlc_memory_producer *producer = &bus->producer;

    if (!producer->begun)
        return rlc_error_set(reterr, RLC_FATAL, origin, 0, "there is no transaction");
    if (producer->writer->epoch != producer->epoch)
        return fatal(bus, origin, "fenced: another producer took the transactional id", reterr);
    if (producer->number != RLC_MEMORY_NO_TRANSACTION &&
        producer->writer->open.number != producer->number)
        return fatal(bus, origin, "INVALID_TXN_STATE: the transaction was ended by somebody else",
                     reterr);
    return RLC_OK;
}

static enum rlc_status check_sound(struct rlc_memory_bus *bus, const char *origin,
                                   struct rlc_error *reterr)
{
    enum rlc_status status = check(bus, origin, reterr);

    if (status == RLC_OK && bus->producer.failed)
        return rlc_error_set(reterr, RLC_ABORT, origin, 0,
                             "the transaction has failed and can only be aborted");
    return status;
}

enum rlc_status rlc_memory_begin(struct rlc_bus *base, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    struct rlc_memory_producer *producer = &bus->producer;
    enum rlc_status status = rlc_memory_enter(bus, "begin", reterr);

    if (status != RLC_OK)
        return status;
    if (!bus->config.transactional_id)
        return rlc_error_set(reterr, RLC_FATAL, "begin", 0, "this bus has no transactional id");
    if (producer->begun) /* it was given up: what is open is aborted by its successor */
        drop(producer);
    if (!producer->writer) {
        status = make_producer(bus, bus->config.transactional_id, &producer->epoch,
                               &producer->writer, reterr);
    } else if (producer->writer->epoch == producer->epoch && producer->writer->markers_due) {
        status = rlc_error_set(reterr, RLC_RETRY, "begin", 0,
                               "markers of the last transaction are still being written");
    }
    producer->begun = status == RLC_OK;
    return status;
}

/* ---- records ---- */

static size_t size_of(const struct rlc_outgoing *outgoing)
{
    size_t size = RLC_MEMORY_RECORD_OVERHEAD + outgoing->key.size + outgoing->value.size;

    for (size_t i = 0; i < outgoing->header_count; i++)
        size += strlen(outgoing->header[i].name) + outgoing->header[i].value.size;
    return size;
}

static enum rlc_status append(struct rlc_memory_bus *bus, const struct rlc_outgoing *outgoing,
                              struct rlc_memory_log *log, struct rlc_error *reterr)
{
    const struct rlc_memory_topic *topic = rlc_memory_bus_topic(bus, outgoing->topic);
    struct rlc_memory_producer *producer = &bus->producer;
    rlc_ms now_ms = rlc_clock_now_ms(&bus->broker->clock);
    struct rlc_memory_delivery *deliveries =
        rlc_memory_grow(producer->deliveries, &producer->delivery_capacity,
                        producer->delivery_count + 1, sizeof(*deliveries));
    int64_t offset;

    if (!deliveries)
        return rlc_error_set(reterr, RLC_FATAL, "produce", 0, "out of memory");
    producer->deliveries = deliveries;
    if (producer->writer && !rlc_memory_writer_touch(bus->broker, producer->writer, log))
        return rlc_error_set(reterr, RLC_FATAL, "produce", 0, "out of memory");
    if (producer->writer)
        producer->number = producer->writer->open.number;
    if (!topic->log_append_time && outgoing->at_ms)
        now_ms = outgoing->at_ms;
    offset = rlc_memory_log_append(log, outgoing, producer->number, now_ms);
    if (offset == RLC_OFFSET_NONE)
        return rlc_error_set(reterr, RLC_FATAL, "produce", 0, "out of memory");
    if (outgoing->ret_offset)
        deliveries[producer->delivery_count++] =
            (struct rlc_memory_delivery){ outgoing->ret_offset, offset };
    return RLC_OK;
}

/* The broker refuses it, which shows only when deliveries are waited for. */
static bool delivery_fails(struct rlc_memory_bus *bus, const struct rlc_outgoing *outgoing)
{
    struct rlc_memory_trouble *trouble = &bus->broker->trouble;
    bool refused =
        rlc_memory_bus_topic(bus, outgoing->topic)->compacted && outgoing->key.data == NULL;

    if (trouble->delivery_fails) {
        trouble->delivery_fails = false;
        return true;
    }
    return refused;
}

static enum rlc_status produce_trouble(struct rlc_memory_bus *bus, struct rlc_error *reterr)
{
    struct rlc_memory_trouble *trouble = &bus->broker->trouble;

    if (trouble->produce_countdown == 0 || --trouble->produce_countdown > 0)
        return RLC_OK;
    if (trouble->produce_status == RLC_FATAL)
        return fatal(bus, "produce", "made to fail", reterr);
    if (trouble->produce_status == RLC_RETRY)
        return rlc_error_set(reterr, RLC_RETRY, "produce", 0, "made to fail");
    return fail(bus, trouble->produce_status, "produce", "made to fail", reterr);
}

static enum rlc_status maybe_tear(struct rlc_memory_bus *bus, struct rlc_error *reterr)
{
    struct rlc_memory_trouble *trouble = &bus->broker->trouble;
    struct rlc_memory_writer *writer = bus->producer.writer;

    if (trouble->tear_countdown == 0 || !writer || strcmp(writer->id, trouble->tear_id) != 0 ||
        --trouble->tear_countdown > 0)
        return RLC_OK;
    return rlc_memory_writer_decide(bus->broker, writer, true, reterr);
}

enum rlc_status rlc_memory_produce(struct rlc_bus *base, const struct rlc_outgoing *outgoing,
                                   struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    enum rlc_status status = rlc_memory_enter(bus, "produce", reterr);
    struct rlc_memory_log *log =
        rlc_memory_bus_log(bus, outgoing->topic, outgoing->partition, "produce", reterr);

    if (status == RLC_OK && bus->config.transactional_id)
        status = check_sound(bus, "produce", reterr);
    if (status == RLC_OK)
        status = produce_trouble(bus, reterr);
    if (status != RLC_OK)
        return status;
    if (!log)
        return fail(bus, RLC_ABORT, "produce", "no such partition", reterr);
    if (size_of(outgoing) > RLC_MEMORY_MESSAGE_MAX)
        return fail(bus, RLC_REJECT, "produce", "MSG_SIZE_TOO_LARGE", reterr);
    if (delivery_fails(bus, outgoing)) {
        bus->producer.failed = true;
        return RLC_OK;
    }
    status = append(bus, outgoing, log, reterr);
    if (status == RLC_OK)
        status = maybe_tear(bus, reterr);
    return status;
}

enum rlc_status rlc_memory_flush(struct rlc_bus *base, int32_t timeout_ms, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    struct rlc_memory_producer *producer = &bus->producer;
    enum rlc_status status = rlc_memory_enter(bus, "flush", reterr);

    (void)timeout_ms;
    if (status != RLC_OK)
        return status;
    for (size_t i = 0; i < producer->delivery_count; i++)
        *producer->deliveries[i].ret_offset = producer->deliveries[i].offset;
    producer->delivery_count = 0;
    if (!producer->failed)
        return RLC_OK;
    producer->failed = bus->config.transactional_id != NULL;
    return rlc_error_set(reterr, RLC_ABORT, "flush", 0, "a record was not delivered");
}

/* ---- offsets ---- */

enum rlc_status rlc_memory_send_raw(struct rlc_memory_bus *bus,
                                    const struct rlc_memory_metadata *metadata,
                                    const struct rlc_position *next, size_t count,
                                    struct rlc_error *reterr)
{
    struct rlc_memory_writer *writer = bus->producer.writer;
    enum rlc_status status = RLC_OK;

    if (count == 0) /* librdkafka sends nothing, and so asks nobody (findings d) */
        return RLC_OK;
    status = rlc_memory_group_check(bus->group, metadata, reterr);
    if (status != RLC_OK) {
        bus->producer.failed = true;
        return status;
    }
    if (!rlc_memory_writer_touch(bus->broker, writer, NULL))
        return rlc_error_set(reterr, RLC_FATAL, "send_offsets", 0, "out of memory");
    bus->producer.number = writer->open.number;
    writer->open.group = bus->group;
    for (size_t i = 0; i < count; i++) {
        const struct rlc_memory_topic *topic = rlc_memory_bus_topic(bus, next[i].topic);

        if (!topic || !rlc_memory_group_put_pending(bus->group, topic, next[i].partition,
                                                    writer->open.number, next[i].offset))
            return fail(bus, RLC_ABORT, "send_offsets", "no such topic, or out of memory", reterr);
    }
    return RLC_OK;
}

/* What the broker would accept unfenced (findings a, d) is refused here. */
static const char *unfenced(const struct rlc_memory_bus *bus, const struct rlc_position *next,
                            size_t count)
{
    if (count == 0)
        return "no offsets: the transaction would not be fenced";
    for (size_t i = 0; i < count; i++) {
        if (next[i].offset < 0)
            return "a negative offset: the transaction would not be fenced";
    }
    return bus->group && bus->snapshot_taken ? NULL : "no snapshot of the group was taken";
}

enum rlc_status rlc_memory_send_offsets(struct rlc_bus *base, const struct rlc_position *next,
                                        size_t count, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    struct rlc_memory_metadata metadata = { .generation = bus->snapshot_generation,
                                            .member = bus->snapshot_member,
                                            .instance = bus->config.member };
    enum rlc_status status = rlc_memory_enter(bus, "send_offsets", reterr);
    const char *reason = unfenced(bus, next, count);

    if (status == RLC_OK)
        status = check_sound(bus, "send_offsets", reterr);
    if (status != RLC_OK)
        return status;
    if (reason)
        return fatal(bus, "send_offsets", reason, reterr);
    if (bus->snapshot_epoch != bus->assignments)
        return fail(bus, RLC_ABORT, "send_offsets", "the assignment changed since the snapshot",
                    reterr);
    return rlc_memory_send_raw(bus, &metadata, next, count, reterr);
}

/* ---- the end ---- */

/* The answer got lost: the producer is dropped, nobody knows what happened. */
static enum rlc_status commit_unknown(struct rlc_memory_bus *bus, struct rlc_error *reterr)
{
    struct rlc_memory_trouble *trouble = &bus->broker->trouble;
    bool committed = trouble->commit_outcome == RLC_MEMORY_UNKNOWN_COMMITTED;

    trouble->commit_outcome = RLC_MEMORY_KNOWN;
    if (committed &&
        rlc_memory_writer_decide(bus->broker, bus->producer.writer, true, reterr) != RLC_OK)
        return fatal(bus, "commit", "out of memory", reterr);
    return fatal(bus, "commit", "the outcome of the transaction is unknown", reterr);
}

enum rlc_status rlc_memory_commit(struct rlc_bus *base, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    struct rlc_memory_producer *producer = &bus->producer;
    enum rlc_status status = rlc_memory_enter(bus, "commit", reterr);

    if (status == RLC_OK)
        status = check_sound(bus, "commit", reterr);
    if (status != RLC_OK)
        return status;
    if (bus->broker->trouble.commit_outcome != RLC_MEMORY_KNOWN)
        return commit_unknown(bus, reterr);
    status = rlc_memory_writer_decide(bus->broker, producer->writer, true, reterr);
    if (status != RLC_OK)
        return status;
    for (size_t i = 0; i < producer->delivery_count; i++)
        *producer->deliveries[i].ret_offset = producer->deliveries[i].offset;
    end(producer);
    return RLC_OK;
}

enum rlc_status rlc_memory_abort(struct rlc_bus *base, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    enum rlc_status status = rlc_memory_enter(bus, "abort", reterr);

    if (status == RLC_OK)
        status = check(bus, "abort", reterr);
    if (status == RLC_OK)
        status = rlc_memory_writer_decide(bus->broker, bus->producer.writer, false, reterr);
    if (status == RLC_OK)
        end(&bus->producer);
    return status;
}

void rlc_memory_producer_close(struct rlc_memory_bus *bus, bool clean)
{
    struct rlc_error ignored;

    if (clean && bus->producer.begun)
        (void)rlc_memory_abort(&bus->base, &ignored);
}
