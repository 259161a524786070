/* SPDX-License-Identifier: Apache-2.0 */
/* The writer. A producer is made by the first begin() and made anew when it is finished (fenced, or
 * an outcome nobody knows), or when a request of the last EndTxn may still be on its way: a late
 * EndTxn that meets the next transaction of the same producer commits half of it. */
#include <stdlib.h>
#include <string.h>

#include "common/kafka/internal.h"
#include "common/runtime/clock.h"
#include "common/runtime/error.h"

/* init_transactions aborts what a predecessor left open: 0.5 s when there is something. */
#define INIT_WAIT_MS 10000
#define WARM_WAIT_MS 5000
/* One call of commit or abort; the caller repeats it, and may report in between. */
#define DECIDE_WAIT_MS 5000
#define SEND_WAIT_MS   10000
/* A full queue: 50 waits of 20 ms, then the caller is asked to repeat. */
#define FULL_TRIES   50
#define FULL_WAIT_MS 20
/* Delivery reports count as queued until they are served. */
#define SERVE_EVERY 1024u
/* An open transaction is given up when a bus is closed cleanly, if that takes no longer. */
#define CLOSE_WAIT_MS 2000

static uint64_t now_ns(void)
{
    const struct rlc_clock clock = rlc_clock_system();

    return rlc_clock_monotonic_ns(&clock);
}

/* ---- making and dropping ---- */

static void drop(struct rlc_kafka_bus *bus)
{
    struct rlc_kafka_producer *producer = &bus->producer;

    rlc_kafka_topics_close(&bus->config, producer->topics);
    rlc_kafka_handle_close(&producer->handle);
    producer->topics = NULL;
    producer->ready = false;
    producer->open = false;
    producer->uncertain = false;
    producer->committing_since_ns = 0;
    producer->failure = (struct rlc_error){ .status = RLC_OK };
}

/* A finished producer is of no use to anybody. */
static enum rlc_status settle(struct rlc_kafka_bus *bus, enum rlc_status status)
{
    if (status == RLC_FATAL)
        drop(bus);
    return status;
}

static enum rlc_status no_producer(const char *origin, struct rlc_error *reterr)
{
    return rlc_error_set(reterr, RLC_FATAL, origin, 0, "there is no transaction");
}

/* Served inside produce, commit, abort and flush, in our own thread. */
static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    struct rlc_kafka_handle *handle = opaque;
    struct rlc_kafka_bus *bus = handle->owner;
    int64_t *ret_offset = message->_private;

    (void)rk;
    if (!message->err) {
        if (ret_offset)
            *ret_offset = message->offset;
        return;
    }
    if (bus->producer.failure.status == RLC_OK)
        (void)rlc_error_set(&bus->producer.failure, RLC_ABORT, "produce", message->err,
                            "a record could not be written: %s", rd_kafka_err2str(message->err));
}

static void prepare(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
}

/* Without this the first transaction of a producer takes a second instead of 9 ms. */
static enum rlc_status warm(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code =
        rd_kafka_metadata(bus->producer.handle.rk, 0, NULL, &metadata, WARM_WAIT_MS);

    if (code)
        return rlc_kafka_ask_error(code, "begin", reterr);
    rd_kafka_metadata_destroy(metadata);
    return RLC_OK;
}

static enum rlc_status make(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    struct rlc_kafka_producer *producer = &bus->producer;
    struct rlc_kafka_identity identity = { .transactional_id = bus->config.transactional_id };
    enum rlc_status status;

    if (producer->handle.rk)
        return RLC_OK;
    status = rlc_kafka_handle_open(&producer->handle, RLC_KAFKA_PRODUCER, &bus->settings, &identity,
                                   prepare, reterr);
    if (status != RLC_OK)
        return status;
    producer->topics = rlc_kafka_topics_open(&bus->config, producer->handle.rk);
    if (!producer->topics)
        return rlc_error_set(reterr, RLC_FATAL, "begin", 0, "out of memory");
    return RLC_OK;
}

static enum rlc_status ensure(struct rlc_kafka_bus *bus, struct rlc_error *reterr)
{
    struct rlc_kafka_producer *producer = &bus->producer;
    enum rlc_status status = RLC_OK;

    if (producer->ready)
        return RLC_OK;
    status = make(bus, reterr);
    if (status == RLC_OK && bus->config.transactional_id)
        status = rlc_kafka_txn_error(rd_kafka_init_transactions(producer->handle.rk, INIT_WAIT_MS),
                                     "init_transactions", reterr);
    if (status == RLC_OK)
        status = warm(bus, reterr);
    /* Nothing is open yet: what asks for an abort here is answered by another producer. */
    if (status == RLC_ABORT)
        status = RLC_FATAL;
    producer->ready = status == RLC_OK;
    return settle(bus, status);
}

void rlc_kafka_producer_close(struct rlc_kafka_bus *bus, bool clean)
{
    struct rlc_kafka_producer *producer = &bus->producer;
    rd_kafka_error_t *error;

    if (clean && producer->open) {
        error = rd_kafka_abort_transaction(producer->handle.rk, CLOSE_WAIT_MS);
        if (error)
            rd_kafka_error_destroy(error);
    }
    drop(bus);
    rlc_kafka_handle_clear(&producer->handle);
}

enum rlc_status rlc_kafka_fence_writer(struct rlc_bus *base, const char *transactional_id,
                                       struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    struct rlc_kafka_identity identity = { .transactional_id = transactional_id };
    struct rlc_kafka_handle fencer;
    enum rlc_status status;

    if (bus->config.transactional_id && strcmp(bus->config.transactional_id, transactional_id) == 0)
        drop(bus); /* our own producer would be fenced as well */
    rlc_kafka_handle_init(&fencer, NULL);
    status =
        rlc_kafka_handle_open(&fencer, RLC_KAFKA_PRODUCER, &bus->settings, &identity, NULL, reterr);
    if (status == RLC_OK)
        status = rlc_kafka_txn_error(rd_kafka_init_transactions(fencer.rk, INIT_WAIT_MS),
                                     "fence_writer", reterr);
    rlc_kafka_handle_clear(&fencer);
    return status;
}

/* ---- a transaction ---- */

/* Whether a request of the last EndTxn may arrive late: it was sent more than once, its outcome was
 * not learnt in time, or never asked for. Or a record was lost: its place in the sequence is then
 * missing, and the broker refuses the next transaction with OUT_OF_ORDER_SEQUENCE_NUMBER. */
static bool must_recycle(struct rlc_kafka_producer *producer)
{
    return producer->open || producer->uncertain || producer->failure.status != RLC_OK ||
           atomic_load(&producer->handle.end_txn_sent) > 1;
}

enum rlc_status rlc_kafka_begin(struct rlc_bus *base, struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    struct rlc_kafka_producer *producer = &bus->producer;
    const struct rlc_clock clock = rlc_clock_system();
    enum rlc_status status;

    if (!bus->config.transactional_id)
        return rlc_error_set(reterr, RLC_FATAL, "begin", 0, "this bus has no transactional id");
    if (must_recycle(producer))
        drop(bus);
    status = ensure(bus, reterr);
    if (status != RLC_OK)
        return status;
    atomic_store(&producer->handle.end_txn_sent, 0);
    producer->committing_since_ns = 0;
    producer->begun_ms = rlc_clock_now_ms(&clock);
    status = settle(
        bus, rlc_kafka_txn_error(rd_kafka_begin_transaction(producer->handle.rk), "begin", reterr));
    producer->open = status == RLC_OK;
    return status;
}

static rd_kafka_headers_t *headers_of(const struct rlc_outgoing *outgoing)
{
    rd_kafka_headers_t *headers;

    if (outgoing->header_count == 0)
        return NULL;
    headers = rd_kafka_headers_new(outgoing->header_count);
    for (size_t i = 0; i < outgoing->header_count; i++) {
        (void)rd_kafka_header_add(headers, outgoing->header[i].name, -1,
                                  outgoing->header[i].value.data,
                                  (ssize_t)outgoing->header[i].value.size);
    }
    return headers;
}

/* The library's macros want pointers to non-const, and copy. */
static void *unconst(const void *pointer)
{
    return (void *)(uintptr_t)pointer; /* NOLINT(performance-no-int-to-ptr) */
}

static rd_kafka_resp_err_t produce_once(struct rlc_kafka_producer *producer,
                                        const struct rlc_outgoing *outgoing)
{
    rd_kafka_headers_t *headers = headers_of(outgoing);
    rd_kafka_resp_err_t code = rd_kafka_producev(
        producer->handle.rk, RD_KAFKA_V_RKT(producer->topics[outgoing->topic]),
        RD_KAFKA_V_PARTITION(outgoing->partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(unconst(outgoing->key.data), outgoing->key.size),
        RD_KAFKA_V_VALUE(unconst(outgoing->value.data), outgoing->value.size),
        RD_KAFKA_V_TIMESTAMP(outgoing->at_ms ? outgoing->at_ms : producer->begun_ms),
        RD_KAFKA_V_OPAQUE(outgoing->ret_offset), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);

    if (code && headers)
        rd_kafka_headers_destroy(headers);
    return code;
}

/* A record that was refused is missing, so from here on the transaction must not commit. */
static enum rlc_status refused(struct rlc_kafka_bus *bus, rd_kafka_resp_err_t code,
                               struct rlc_error *reterr)
{
    struct rlc_kafka_producer *producer = &bus->producer;
    enum rlc_status status = RLC_ABORT;

    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        return rlc_error_set(reterr, RLC_RETRY, "produce", code, "the producer's queue is full");
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        status = RLC_REJECT;
    else if (rlc_kafka_code_is_fencing(code) || code == RD_KAFKA_RESP_ERR__FATAL ||
             rd_kafka_fatal_error(producer->handle.rk, NULL, 0))
        status = RLC_FATAL;
    (void)rlc_error_set(reterr, status, "produce", code, "%s: %s", rd_kafka_err2name(code),
                        rd_kafka_err2str(code));
    (void)rlc_error_set(&producer->failure, RLC_ABORT, "produce", code, "a record was refused: %s",
                        rd_kafka_err2str(code));
    return settle(bus, status);
}

static enum rlc_status failed(const struct rlc_kafka_producer *producer, struct rlc_error *reterr)
{
    *reterr = producer->failure;
    return producer->failure.status;
}

enum rlc_status rlc_kafka_produce(struct rlc_bus *base, const struct rlc_outgoing *outgoing,
                                  struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    struct rlc_kafka_producer *producer = &bus->producer;
    rd_kafka_resp_err_t code;
    enum rlc_status status = RLC_OK;

    if (!bus->config.transactional_id)
        status = ensure(bus, reterr);
    else if (!producer->open)
        status = no_producer("produce", reterr);
    else if (producer->failure.status != RLC_OK)
        status = failed(producer, reterr);
    if (status != RLC_OK)
        return status;
    if (++producer->unpolled % SERVE_EVERY == 0)
        (void)rd_kafka_poll(producer->handle.rk, 0);
    code = produce_once(producer, outgoing);
    for (int i = 0; code == RD_KAFKA_RESP_ERR__QUEUE_FULL && i < FULL_TRIES; i++) {
        (void)rd_kafka_poll(producer->handle.rk, FULL_WAIT_MS);
        code = produce_once(producer, outgoing);
    }
    return code ? refused(bus, code, reterr) : RLC_OK;
}

/* The broker would accept all of these, and fence nothing. */
static const char *unfenced(const struct rlc_kafka_bus *bus, const struct rlc_position *next,
                            size_t count)
{
    if (count == 0)
        return "no offsets: the transaction would not be fenced";
    for (size_t i = 0; i < count; i++) {
        if (next[i].offset < 0)
            return "a negative offset: the transaction would not be fenced";
    }
    return bus->consumer.snapshot ? NULL : "no snapshot of the group was taken";
}

static rd_kafka_topic_partition_list_t *offsets_of(const struct rlc_bus_config *config,
                                                   const struct rlc_position *next, size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);

    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, config->topics[next[i].topic], next[i].partition)
            ->offset = next[i].offset;
    return list;
}

enum rlc_status rlc_kafka_send_offsets(struct rlc_bus *base, const struct rlc_position *next,
                                       size_t count, struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    const char *reason = unfenced(bus, next, count);
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_error_t *error;

    if (!bus->producer.open)
        return no_producer("send_offsets", reterr);
    if (reason)
        return settle(bus,
                      rlc_error_set(reterr, RLC_FATAL, "send_offsets", 0, "refused: %s", reason));
    if (bus->consumer.snapshot_epoch != bus->consumer.epoch) {
        /* Noted as a failure: a commit would write the records without their offsets. */
        (void)rlc_error_set(&bus->producer.failure, RLC_ABORT, "send_offsets", 0,
                            "the assignment changed since the snapshot");
        return failed(&bus->producer, reterr);
    }
    list = offsets_of(&bus->config, next, count);
    error = rd_kafka_send_offsets_to_transaction(bus->producer.handle.rk, list,
                                                 bus->consumer.snapshot, SEND_WAIT_MS);
    rd_kafka_topic_partition_list_destroy(list);
    return settle(bus, rlc_kafka_txn_error(error, "send_offsets", reterr));
}

/* Notes what a commit or abort left behind. */
static enum rlc_status decided(struct rlc_kafka_bus *bus, enum rlc_status status)
{
    if (status == RLC_RETRY)
        bus->producer.uncertain = true;
    if (status == RLC_OK)
        bus->producer.open = false;
    return settle(bus, status);
}

/* Past the transaction time-out the coordinator has decided without us or soon will, and the
 * committed offsets will tell how. Waiting on would keep the loop from polling for as long as an
 * outage lasts. */
static bool coordinator_has_decided(const struct rlc_kafka_bus *bus)
{
    return now_ns() - bus->producer.committing_since_ns >
           (uint64_t)bus->settings.transaction_timeout_ms * 1000000;
}

enum rlc_status rlc_kafka_commit(struct rlc_bus *base, struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    struct rlc_kafka_producer *producer = &bus->producer;
    enum rlc_status status;

    if (!producer->open)
        return no_producer("commit", reterr);
    if (producer->failure.status != RLC_OK)
        return failed(producer, reterr);
    if (producer->committing_since_ns == 0)
        producer->committing_since_ns = now_ns();
    status = rlc_kafka_txn_error(rd_kafka_commit_transaction(producer->handle.rk, DECIDE_WAIT_MS),
                                 "commit", reterr);
    if (status == RLC_RETRY && coordinator_has_decided(bus))
        status = rlc_error_set(reterr, RLC_FATAL, "commit", 0,
                               "the outcome was not learnt within the transaction time-out");
    if (status == RLC_OK && producer->failure.status != RLC_OK)
        status = rlc_error_set(reterr, RLC_FATAL, "commit", producer->failure.code,
                               "committed although %s", producer->failure.text);
    return decided(bus, status);
}

enum rlc_status rlc_kafka_abort(struct rlc_bus *base, struct rlc_error *reterr)
{
    struct rlc_kafka_bus *bus = rlc_kafka_bus_of(base);
    enum rlc_status status;

    if (!bus->producer.open)
        return no_producer("abort", reterr);
    status = rlc_kafka_txn_error(
        rd_kafka_abort_transaction(bus->producer.handle.rk, DECIDE_WAIT_MS), "abort", reterr);
    /* An abort that cannot be done now: the next producer's init_transactions does it. */
    if (status == RLC_ABORT || status == RLC_RETRY) {
        status = RLC_FATAL;
        reterr->status = RLC_FATAL;
    }
    return decided(bus, status);
}

enum rlc_status rlc_kafka_flush(struct rlc_bus *base, int32_t timeout_ms, struct rlc_error *reterr)
{
    struct rlc_kafka_producer *producer = &rlc_kafka_bus_of(base)->producer;
    rd_kafka_resp_err_t code;
    struct rlc_error failure;

    if (!producer->handle.rk)
        return RLC_OK;
    code = rd_kafka_flush(producer->handle.rk, timeout_ms);
    if (code)
        return rlc_kafka_ask_error(code, "flush", reterr);
    failure = producer->failure;
    if (failure.status == RLC_OK)
        return RLC_OK;
    producer->failure = (struct rlc_error){ .status = RLC_OK };
    if (failure.code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        failure.status = RLC_REJECT;
    *reterr = failure;
    return failure.status;
}
