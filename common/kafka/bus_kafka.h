/* SPDX-License-Identifier: Apache-2.0 */
/* The bus (common/runtime/bus.h) over Apache Kafka, by librdkafka 2.0.2 or later.
 *
 * Beyond the contract of bus.h:
 * - A group member must have a name (static membership); without one the bus refuses to open.
 * - poll() answers RLC_FATAL, and then always, when the member is finished: its name was taken by
 *   another process, or a partition's offset is not in the log. Close the bus.
 * - read_poll() answers RLC_REJECT when a position is not in the log (any more): `end` of the event
 *   names the partition; that partition is silent until the next read().
 * - commit() answers RLC_RETRY at most until the transaction time-out is over, then RLC_FATAL; each
 *   call waits up to 5 s. abort() never answers RLC_RETRY: what cannot be aborted now is aborted by
 *   the next producer. A begin() in place of an outstanding commit() or abort() drops the producer,
 *   as after RLC_FATAL.
 * - A record has at most its first RLC_KAFKA_HEADERS_MAX headers.
 * - Without transactional id, flush() answers RLC_REJECT or RLC_ABORT when a record that was
 *   produced since the last flush could not be written. */
#ifndef RLC_KAFKA_BUS_KAFKA_H
#define RLC_KAFKA_BUS_KAFKA_H

#include "common/runtime/bus.h"

/* Records of ours carry one or two headers; more is somebody else's tracing. */
#define RLC_KAFKA_HEADERS_MAX 16u

/* A librdkafka property, as its documentation names it. */
struct rlc_kafka_property {
    const char *key;
    const char *value;
};

/* How to reach Kafka. All strings outlive the bus. Start from rlc_kafka_settings_init(). */
struct rlc_kafka_settings {
    const char *bootstrap_servers;   /* host:port, comma separated; required */
    const char *client_id;           /* shows in the broker's logs and quotas; short */
    const char *compression;         /* none, gzip, snappy, lz4 or zstd */
    int32_t session_timeout_ms;      /* silence after which a member loses its partitions */
    int32_t max_poll_interval_ms;    /* longest pause between two polls */
    int32_t transaction_timeout_ms;  /* the coordinator aborts an older open transaction */
    int32_t linger_ms;               /* wait for more records before a request is sent */
    int32_t message_max_bytes;       /* of one record, uncompressed; <= the topics' limit */
    int32_t fetch_wait_ms;           /* longest wait of the broker for the consumer's next record */
    int32_t consumer_queue_kb;       /* fetched, not yet polled; per handle */
    int32_t producer_queue_messages; /* produced, not yet acknowledged */
    int32_t producer_queue_kb;       /* the same in KiB */
    const struct rlc_kafka_property *properties; /* more properties, for every handle */
    size_t property_count;
    /* Lines of librdkafka's own log; NULL = silent. Called from its threads. `level` as in syslog.
     */
    void (*log)(void *context, int level, const char *facility, const char *text);
    void *log_context;
};

/* Fills in the defaults (everything but bootstrap_servers). */
void rlc_kafka_settings_init(struct rlc_kafka_settings *settings);

/* Opens a bus and, if it has input topics, subscribes. Connects in the background: an absent broker
 * is no error here. `config`'s arrays and strings and those of `settings` outlive the bus.
 * RLC_FATAL when the configuration is wrong: an unknown property, a property the bus sets itself,
 * no member name. The caller owns the bus and closes it with its close(). */
RLC_NODISCARD enum rlc_status rlc_kafka_bus_open(const struct rlc_bus_config *config,
                                                 const struct rlc_kafka_settings *settings,
                                                 struct rlc_bus **ret_bus,
                                                 struct rlc_error *reterr);

/* Whether Kafka answers: false and the reason in `text` while a handle has reported an error and
 * has had no answer since. While a group member has answers, other handles are not heard: they may
 * have nothing to ask for minutes, and keep an old trouble. May be called from any thread between
 * open and close. */
bool rlc_kafka_bus_state(struct rlc_bus *bus, char *text, size_t size);

/* The client library in use, for example "2.0.2". Static. */
const char *rlc_kafka_version(void);

#endif
