/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/kafka/internal.h"
#include "common/runtime/clock.h"
#include "common/runtime/error.h"

#define INTERCEPTOR "relance"
/* Kafka's number of the EndTxn request. */
#define API_KEY_END_TXN 26

/* A backlog then comes a partition or two at a time, in turns, instead of a little of each: a batch
 * touches fewer partitions and writes a debtor's record once for more of its events. And no answer
 * is 50 MB. */
#define FETCH_MAX_BYTES 1048576

#define CONSUMER RLC_KAFKA_CONSUMER
#define READER   RLC_KAFKA_READER
#define LOOKER   RLC_KAFKA_LOOKER
#define PRODUCER RLC_KAFKA_PRODUCER
#define ALL      (CONSUMER | READER | LOOKER | PRODUCER | RLC_KAFKA_ADMIN)

/* ---- properties ---- */

struct fixed {
    const char *key;
    const char *value;
    unsigned roles;
};

/* May be replaced by the properties of the settings. */
static const struct fixed defaults[] = {
    /* Each outage would otherwise last up to 10 s longer. */
    { "reconnect.backoff.ms", "50", ALL },
    { "reconnect.backoff.max.ms", "500", ALL },
    /* The default of 100 ms is paid by every transaction that follows another at once. */
    { "retry.backoff.ms", "5", PRODUCER | RLC_KAFKA_ADMIN },
    { "socket.nagle.disable", "true", ALL },
    { "socket.keepalive.enable", "true", ALL },
    { "heartbeat.interval.ms", "1000", CONSUMER },
    /* An END needs an empty answer, and a restore waits for ENDs. */
    { "fetch.wait.max.ms", "50", READER },
};

/* What the protocol rests on (docs of the bus and correctness); nobody may replace it. */
static const struct fixed guarded[] = {
    { "enable.auto.commit", "false", CONSUMER | READER },
    { "enable.auto.offset.store", "false", CONSUMER | READER },
    { "auto.offset.reset", "error", CONSUMER | READER },
    { "enable.partition.eof", "true", CONSUMER | READER },
    { "partition.assignment.strategy", "range", CONSUMER },
    { "isolation.level", "read_committed", CONSUMER | READER },
    { "isolation.level", "read_uncommitted", LOOKER },
    { "enable.idempotence", "true", PRODUCER },
    { "allow.auto.create.topics", "false", CONSUMER | READER | LOOKER },
    { "statistics.interval.ms", "0", ALL },
    { "group.id", NULL, 0 },
    { "group.instance.id", NULL, 0 },
    { "transactional.id", NULL, 0 },
};

struct number {
    const char *key;
    size_t at;
    unsigned roles;
};

#define SETTING(field) offsetof(struct rlc_kafka_settings, field)

static const struct number numbers[] = {
    { "session.timeout.ms", SETTING(session_timeout_ms), CONSUMER },
    { "max.poll.interval.ms", SETTING(max_poll_interval_ms), CONSUMER },
    { "fetch.wait.max.ms", SETTING(fetch_wait_ms), CONSUMER },
    { "queued.max.messages.kbytes", SETTING(consumer_queue_kb), CONSUMER | READER },
    { "linger.ms", SETTING(linger_ms), PRODUCER },
    { "message.max.bytes", SETTING(message_max_bytes), PRODUCER },
    { "queue.buffering.max.messages", SETTING(producer_queue_messages), PRODUCER },
    { "queue.buffering.max.kbytes", SETTING(producer_queue_kb), PRODUCER },
};

void rlc_kafka_settings_init(struct rlc_kafka_settings *settings)
{
    *settings = (struct rlc_kafka_settings){
        .client_id = "relance",
        .compression = "lz4",
        .session_timeout_ms = 10000,
        .max_poll_interval_ms = 300000,
        .transaction_timeout_ms = 10000,
        /* A commit sends at once what waits, so nobody waits this long: it only keeps a batch that
         * is being produced from leaving in a hundred requests for each partition. */
        .linger_ms = 100,
        .message_max_bytes = 1000000,
        .fetch_wait_ms = 500,
        .consumer_queue_kb = 65536,
        /* A batch is 10,000 events of six records; the next may be produced while it is written. */
        .producer_queue_messages = 200000,
        .producer_queue_kb = 524288,
    };
}

static enum rlc_status set(rd_kafka_conf_t *conf, const char *key, const char *value,
                           struct rlc_error *reterr)
{
    char text[256];

    if (rd_kafka_conf_set(conf, key, value, text, sizeof(text)) == RD_KAFKA_CONF_OK)
        return RLC_OK;
    return rlc_error_set(reterr, RLC_FATAL, "kafka_configuration", 0, "%s", text);
}

static enum rlc_status set_optional(rd_kafka_conf_t *conf, const char *key, const char *value,
                                    struct rlc_error *reterr)
{
    return value ? set(conf, key, value, reterr) : RLC_OK;
}

static enum rlc_status set_number(rd_kafka_conf_t *conf, const char *key, int32_t value,
                                  struct rlc_error *reterr)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "%d", value);
    return set(conf, key, text, reterr);
}

static enum rlc_status set_fixed(rd_kafka_conf_t *conf, unsigned role, const struct fixed *table,
                                 size_t count, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        if (table[i].roles & role)
            status = set(conf, table[i].key, table[i].value, reterr);
    }
    return status;
}

static enum rlc_status set_settings(rd_kafka_conf_t *conf, unsigned role,
                                    const struct rlc_kafka_settings *settings,
                                    struct rlc_error *reterr)
{
    enum rlc_status status = set_optional(conf, "client.id", settings->client_id, reterr);

    if (status == RLC_OK)
        status = set_optional(conf, "bootstrap.servers", settings->bootstrap_servers, reterr);
    if (status == RLC_OK && (role & PRODUCER))
        status = set_optional(conf, "compression.type", settings->compression, reterr);
    for (size_t i = 0; status == RLC_OK && i < RLC_COUNT(numbers); i++) {
        int32_t value;

        memcpy(&value, (const char *)settings + numbers[i].at, sizeof(value));
        if (numbers[i].roles & role)
            status = set_number(conf, numbers[i].key, value, reterr);
    }
    return status;
}

static bool is_guarded(const char *key)
{
    for (size_t i = 0; i < RLC_COUNT(guarded); i++) {
        if (strcmp(guarded[i].key, key) == 0)
            return true;
    }
    return false;
}

static const char *property_of(const struct rlc_kafka_settings *settings, const char *key)
{
    const char *value = NULL;

    for (size_t i = 0; i < settings->property_count; i++) {
        if (strcmp(settings->properties[i].key, key) == 0)
            value = settings->properties[i].value;
    }
    return value;
}

/* The library refuses an answer smaller than a record may be. */
static enum rlc_status set_fetch_size(rd_kafka_conf_t *conf, unsigned role,
                                      const struct rlc_kafka_settings *settings,
                                      struct rlc_error *reterr)
{
    const char *record = property_of(settings, "message.max.bytes");

    if (!(role & CONSUMER))
        return RLC_OK;
    if (record && strtoll(record, NULL, 10) > FETCH_MAX_BYTES)
        return set(conf, "fetch.max.bytes", record, reterr);
    return set_number(conf, "fetch.max.bytes", FETCH_MAX_BYTES, reterr);
}

static enum rlc_status set_properties(rd_kafka_conf_t *conf,
                                      const struct rlc_kafka_settings *settings,
                                      struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < settings->property_count; i++) {
        const struct rlc_kafka_property *property = &settings->properties[i];

        if (is_guarded(property->key)) {
            return rlc_error_set(reterr, RLC_FATAL, "kafka_configuration", 0,
                                 "property \"%s\" is set by the worker itself; remove it",
                                 property->key);
        }
        status = set(conf, property->key, property->value, reterr);
    }
    return status;
}

static enum rlc_status set_identity(rd_kafka_conf_t *conf,
                                    const struct rlc_kafka_settings *settings,
                                    const struct rlc_kafka_identity *identity,
                                    struct rlc_error *reterr)
{
    enum rlc_status status = set_optional(conf, "group.id", identity->group, reterr);

    if (status == RLC_OK)
        status = set_optional(conf, "group.instance.id", identity->member, reterr);
    if (status == RLC_OK)
        status = set_optional(conf, "transactional.id", identity->transactional_id, reterr);
    if (status == RLC_OK && identity->transactional_id)
        status =
            set_number(conf, "transaction.timeout.ms", settings->transaction_timeout_ms, reterr);
    return status;
}

static enum rlc_status configure(rd_kafka_conf_t *conf, unsigned role,
                                 const struct rlc_kafka_settings *settings,
                                 const struct rlc_kafka_identity *identity,
                                 struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    if (!settings->bootstrap_servers || !settings->bootstrap_servers[0])
        return rlc_error_set(reterr, RLC_FATAL, "kafka_configuration", 0,
                             "no bootstrap servers are configured");
    status = set_fixed(conf, role, defaults, RLC_COUNT(defaults), reterr);
    if (status == RLC_OK)
        status = set_settings(conf, role, settings, reterr);
    if (status == RLC_OK)
        status = set_fetch_size(conf, role, settings, reterr);
    if (status == RLC_OK)
        status = set_properties(conf, settings, reterr);
    if (status == RLC_OK)
        status = set_fixed(conf, role, guarded, RLC_COUNT(guarded), reterr);
    if (status == RLC_OK)
        status = set_identity(conf, settings, identity, reterr);
    return status;
}

/* ---- callbacks ---- */

static uint64_t monotonic_ns(void)
{
    const struct rlc_clock clock = rlc_clock_system();

    return rlc_clock_monotonic_ns(&clock);
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    const struct rlc_kafka_handle *handle = rd_kafka_opaque(rk);

    if (handle && handle->log)
        handle->log(handle->log_context, level, facility, text);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct rlc_kafka_handle *handle = opaque;

    (void)rk;
    (void)pthread_mutex_lock(&handle->lock);
    (void)snprintf(handle->trouble, sizeof(handle->trouble), "%s: %s",
                   rd_kafka_err2name((rd_kafka_resp_err_t)code), reason);
    (void)pthread_mutex_unlock(&handle->lock);
    atomic_store(&handle->troubled, true);
}

/* Runs in a thread of the library, which chose the parameters. */
/* NOLINTNEXTLINE(readability-function-size) */
static rd_kafka_resp_err_t on_request_sent(rd_kafka_t *rk, int socket, const char *broker,
                                           int32_t broker_id, int16_t api_key, int16_t version,
                                           int32_t correlation, size_t size, void *opaque)
{
    struct rlc_kafka_handle *handle = opaque;

    (void)rk, (void)socket, (void)broker, (void)broker_id, (void)version, (void)correlation;
    (void)size;
    if (api_key == API_KEY_END_TXN)
        atomic_fetch_add(&handle->end_txn_sent, 1);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Runs in a thread of the library. An answer is the only sign that Kafka is back. */
/* NOLINTNEXTLINE(readability-function-size) */
static rd_kafka_resp_err_t on_response_received(rd_kafka_t *rk, int socket, const char *broker,
                                                int32_t broker_id, int16_t api_key, int16_t version,
                                                int32_t correlation, size_t size,
                                                int64_t round_trip, rd_kafka_resp_err_t error,
                                                void *opaque)
{
    struct rlc_kafka_handle *handle = opaque;

    (void)rk, (void)socket, (void)broker, (void)broker_id, (void)api_key, (void)version;
    (void)correlation, (void)size, (void)round_trip;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    atomic_store(&handle->answered_ns, monotonic_ns());
    if (atomic_load(&handle->troubled))
        atomic_store(&handle->troubled, false);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
                                  char *text, size_t size)
{
    rd_kafka_resp_err_t error =
        rd_kafka_interceptor_add_on_request_sent(rk, INTERCEPTOR, on_request_sent, opaque);

    (void)conf, (void)text, (void)size;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        error = rd_kafka_interceptor_add_on_response_received(rk, INTERCEPTOR, on_response_received,
                                                              opaque);
    return error;
}

/* ---- handles ---- */

void rlc_kafka_handle_init(struct rlc_kafka_handle *handle, void *owner)
{
    memset(handle, 0, sizeof(*handle));
    handle->owner = owner;
    (void)pthread_mutex_init(&handle->lock, NULL);
}

void rlc_kafka_handle_clear(struct rlc_kafka_handle *handle)
{
    rlc_kafka_handle_close(handle);
    (void)pthread_mutex_destroy(&handle->lock);
}

static rd_kafka_conf_t *conf_of(struct rlc_kafka_handle *handle,
                                void (*prepare)(rd_kafka_conf_t *conf))
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set_opaque(conf, handle);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, handle->log ? on_log : NULL);
    (void)rd_kafka_conf_interceptor_add_on_new(conf, INTERCEPTOR, on_new, handle);
    if (prepare)
        prepare(conf);
    return conf;
}

enum rlc_status rlc_kafka_handle_open(struct rlc_kafka_handle *handle, enum rlc_kafka_role role,
                                      const struct rlc_kafka_settings *settings,
                                      const struct rlc_kafka_identity *identity,
                                      void (*prepare)(rd_kafka_conf_t *conf),
                                      struct rlc_error *reterr)
{
    bool consumes = role != RLC_KAFKA_PRODUCER && role != RLC_KAFKA_ADMIN;
    rd_kafka_conf_t *conf;
    char text[256];
    enum rlc_status status;

    handle->log = settings->log;
    handle->log_context = settings->log_context;
    conf = conf_of(handle, prepare);
    status = configure(conf, role, settings, identity, reterr);
    if (status == RLC_OK) {
        handle->rk = rd_kafka_new(consumes ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf, text,
                                  sizeof(text));
        if (handle->rk)
            return RLC_OK; /* which took the configuration */
        status = rlc_error_set(reterr, RLC_FATAL, "rd_kafka_new", 0, "%s", text);
    }
    rd_kafka_conf_destroy(conf);
    return status;
}

void rlc_kafka_handle_close(struct rlc_kafka_handle *handle)
{
    if (handle->rk)
        rd_kafka_destroy_flags(handle->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    handle->rk = NULL;
    atomic_store(&handle->troubled, false);
}

bool rlc_kafka_handle_answered(struct rlc_kafka_handle *handle, int64_t within_ms)
{
    uint64_t answered_ns = atomic_load(&handle->answered_ns);

    return answered_ns && monotonic_ns() - answered_ns <= (uint64_t)within_ms * 1000000u;
}

bool rlc_kafka_handle_trouble(struct rlc_kafka_handle *handle, char *text, size_t size)
{
    if (!atomic_load(&handle->troubled))
        return false;
    (void)pthread_mutex_lock(&handle->lock);
    (void)snprintf(text, size, "%s", handle->trouble);
    (void)pthread_mutex_unlock(&handle->lock);
    return true;
}
