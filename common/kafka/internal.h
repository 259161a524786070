/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the Kafka bus share. Not for others. */
#ifndef RLC_KAFKA_INTERNAL_H
#define RLC_KAFKA_INTERNAL_H

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "common/kafka/bus_kafka.h"

/* ---- handle.c: one librdkafka instance ---- */

/* Bits, because a property belongs to several roles. */
enum rlc_kafka_role {
    RLC_KAFKA_CONSUMER = 1, /* the group member */
    RLC_KAFKA_READER = 2,   /* reads committed records of chosen partitions */
    RLC_KAFKA_LOOKER = 4,   /* asks watermarks and metadata, uncommitted included */
    RLC_KAFKA_PRODUCER = 8, /* writes, transactional or idempotent */
    RLC_KAFKA_ADMIN = 16    /* topics and groups */
};

struct rlc_kafka_bus;

struct rlc_kafka_handle {
    rd_kafka_t *rk; /* NULL = not open */
    void *owner;    /* for the owner's callbacks: the bus, or NULL */
    void (*log)(void *context, int level, const char *facility, const char *text);
    void *log_context;
    atomic_uint end_txn_sent;         /* EndTxn requests since it was set to 0 */
    atomic_bool troubled;             /* `trouble` holds an error and nothing was answered since */
    atomic_uint_fast64_t answered_ns; /* the latest answer, monotonic; 0 = none yet */
    pthread_mutex_t lock;             /* guards `trouble` */
    char trouble[192];
};

struct rlc_kafka_identity {
    const char *group;            /* NULL = none */
    const char *member;           /* group.instance.id; NULL = none */
    const char *transactional_id; /* NULL = none */
};

/* Before the first open; a handle may be opened and closed many times. */
void rlc_kafka_handle_init(struct rlc_kafka_handle *handle, void *owner);
void rlc_kafka_handle_clear(struct rlc_kafka_handle *handle);

/* `prepare` (optional) adds callbacks to the configuration. */
RLC_NODISCARD enum rlc_status rlc_kafka_handle_open(struct rlc_kafka_handle *handle,
                                                    enum rlc_kafka_role role,
                                                    const struct rlc_kafka_settings *settings,
                                                    const struct rlc_kafka_identity *identity,
                                                    void (*prepare)(rd_kafka_conf_t *conf),
                                                    struct rlc_error *reterr);
/* Ends the instance at once: no consumer_close, nothing flushed. */
void rlc_kafka_handle_close(struct rlc_kafka_handle *handle);
/* Whether the handle had an answer within so many milliseconds. */
bool rlc_kafka_handle_answered(struct rlc_kafka_handle *handle, int64_t within_ms);
/* Copies the trouble, if any. */
bool rlc_kafka_handle_trouble(struct rlc_kafka_handle *handle, char *text, size_t size);

/* ---- errors.c ---- */

/* The reaction to an error of a transactional call; takes the error (NULL = RLC_OK). */
enum rlc_status rlc_kafka_txn_error(rd_kafka_error_t *error, const char *origin,
                                    struct rlc_error *reterr);
/* The reaction to a failed question (watermarks, metadata, committed). */
enum rlc_status rlc_kafka_ask_error(rd_kafka_resp_err_t code, const char *origin,
                                    struct rlc_error *reterr);
/* Whether the producer is finished whatever the flags of the error say. */
bool rlc_kafka_code_is_fencing(rd_kafka_resp_err_t code);

/* ---- record.c: messages to records, and which of them may be handed out ---- */

/* A partition that is consumed. */
struct rlc_kafka_slot {
    int32_t topic;
    int32_t partition;
    int64_t from; /* nothing below is handed out */
    bool open;    /* false before the first seek(): nothing is handed out */
    bool paused;
};

struct rlc_kafka_slots {
    struct rlc_kafka_slot *at;
    size_t count;
    size_t capacity;
    size_t hint; /* of the last one found: records come in runs */
};

RLC_NODISCARD bool rlc_kafka_slots_reserve(struct rlc_kafka_slots *slots, size_t count);
struct rlc_kafka_slot *rlc_kafka_slots_find(struct rlc_kafka_slots *slots, int32_t topic,
                                            int32_t partition);
void rlc_kafka_slots_clear(struct rlc_kafka_slots *slots);

/* The place of a topic in the configuration's table; -1 if it is not there. */
int32_t rlc_kafka_topic_of(const struct rlc_bus_config *config, const char *name);
/* The open slot a message belongs to; NULL when it must not be handed out. */
struct rlc_kafka_slot *rlc_kafka_slot_of(const struct rlc_bus_config *config,
                                         struct rlc_kafka_slots *slots,
                                         const rd_kafka_message_t *message);
/* Fills the event from a message of that slot: a record or the end of the partition. A record that
 * has headers gets an array of them, to be freed with the message. */
RLC_NODISCARD enum rlc_status rlc_kafka_event_of(const struct rlc_kafka_slot *slot,
                                                 rd_kafka_message_t *message,
                                                 struct rlc_bus_event *ret_event,
                                                 struct rlc_header **ret_headers,
                                                 struct rlc_error *reterr);

/* ---- snapshot.c ---- */

/* Generation and member id inside the bytes that rd_kafka_consumer_group_metadata_write() gives;
 * the library has no accessors before 2.8. False for a format that is not known. `*ret_member`
 * points into `bytes` and is NUL-terminated. */
RLC_NODISCARD bool rlc_kafka_metadata_parse(const void *bytes, size_t size, int32_t *ret_generation,
                                            const char **ret_member);

/* ---- the parts of a bus ---- */

struct rlc_kafka_held {
    rd_kafka_message_t *message;
    struct rlc_header *headers;
};

struct rlc_kafka_consumer {
    struct rlc_kafka_handle handle;
    struct rlc_kafka_slots slots;
    struct rlc_kafka_held *held; /* polled and not yet released */
    size_t held_count;
    size_t held_capacity;
    rd_kafka_topic_t **topics; /* keeps the partitions known, so that they can be paused early */
    uint64_t epoch;
    bool rebalanced; /* to be told by the next poll */
    bool revoking;   /* the group waits for give_back() */
    rd_kafka_consumer_group_metadata_t *snapshot;
    uint64_t snapshot_epoch;
    bool lost;                 /* its place in the group; to be opened anew, see join_again() */
    struct rlc_error finished; /* status RLC_FATAL: every poll answers this */
};

struct rlc_kafka_reader {
    struct rlc_kafka_handle handle;
    struct rlc_kafka_slots slots;
    struct rlc_kafka_held held;
};

struct rlc_kafka_producer {
    struct rlc_kafka_handle handle;
    rd_kafka_topic_t **topics;
    bool ready;                   /* init_transactions done, metadata asked */
    bool open;                    /* between begin() and a decided commit() or abort() */
    bool uncertain;               /* a commit or abort of this transaction timed out */
    uint64_t committing_since_ns; /* first commit() of this transaction, monotonic; 0 = none */
    unsigned unpolled;
    rlc_ms begun_ms;          /* when the transaction was begun, wall clock; 0: there is none */
    struct rlc_error failure; /* of a record; RLC_OK = none */
};

struct rlc_kafka_bus {
    struct rlc_bus base;
    struct rlc_bus_config config;
    struct rlc_kafka_settings settings;
    struct rlc_kafka_handle looker;
    struct rlc_kafka_consumer consumer;
    struct rlc_kafka_reader reader;
    struct rlc_kafka_producer producer;
};

static inline struct rlc_kafka_bus *rlc_kafka_bus_of(struct rlc_bus *bus)
{
    return (struct rlc_kafka_bus *)bus;
}

/* Handles of the topics of the configuration's table, for `rk`; NULL when memory is short. */
rd_kafka_topic_t **rlc_kafka_topics_open(const struct rlc_bus_config *config, rd_kafka_t *rk);
void rlc_kafka_topics_close(const struct rlc_bus_config *config, rd_kafka_topic_t **topics);

/* consumer.c */
RLC_NODISCARD enum rlc_status rlc_kafka_consumer_open(struct rlc_kafka_bus *bus,
                                                      struct rlc_error *reterr);
void rlc_kafka_consumer_close(struct rlc_kafka_bus *bus);
enum rlc_status rlc_kafka_poll(struct rlc_bus *base, int32_t timeout_ms,
                               struct rlc_bus_event *ret_event, struct rlc_error *reterr);
void rlc_kafka_release(struct rlc_bus *base);
void rlc_kafka_give_back(struct rlc_bus *base);
size_t rlc_kafka_assignment(struct rlc_bus *base, struct rlc_position *ret_owned, size_t max,
                            uint64_t *ret_epoch);

/* position.c */
/* Whether the member has an id in its group (or that cannot be told). */
bool rlc_kafka_member_has_id(struct rlc_kafka_bus *bus);
enum rlc_status rlc_kafka_snapshot(struct rlc_bus *base, struct rlc_error *reterr);
int64_t rlc_kafka_position(struct rlc_bus *base, int32_t topic, int32_t partition);
enum rlc_status rlc_kafka_seek(struct rlc_bus *base, int32_t topic, int32_t partition,
                               int64_t offset, struct rlc_error *reterr);
enum rlc_status rlc_kafka_pause(struct rlc_bus *base, int32_t topic, int32_t partition,
                                struct rlc_error *reterr);
enum rlc_status rlc_kafka_resume(struct rlc_bus *base, int32_t topic, int32_t partition,
                                 struct rlc_error *reterr);
enum rlc_status rlc_kafka_committed(struct rlc_bus *base, int32_t topic, int32_t partition,
                                    int32_t timeout_ms, int64_t *ret_offset,
                                    struct rlc_error *reterr);

/* reader.c */
void rlc_kafka_reader_close(struct rlc_kafka_bus *bus);
enum rlc_status rlc_kafka_read(struct rlc_bus *base, const struct rlc_position *from, size_t count,
                               struct rlc_error *reterr);
enum rlc_status rlc_kafka_read_poll(struct rlc_bus *base, int32_t timeout_ms,
                                    struct rlc_bus_event *ret_event, struct rlc_error *reterr);
enum rlc_status rlc_kafka_watermarks(struct rlc_bus *base, int32_t topic, int32_t partition,
                                     int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                     struct rlc_error *reterr);
enum rlc_status rlc_kafka_partitions(struct rlc_bus *base, int32_t topic, int32_t *ret_count,
                                     struct rlc_error *reterr);

/* producer.c */
void rlc_kafka_producer_close(struct rlc_kafka_bus *bus, bool clean);
enum rlc_status rlc_kafka_fence_writer(struct rlc_bus *base, const char *transactional_id,
                                       struct rlc_error *reterr);
enum rlc_status rlc_kafka_begin(struct rlc_bus *base, struct rlc_error *reterr);
enum rlc_status rlc_kafka_produce(struct rlc_bus *base, const struct rlc_outgoing *outgoing,
                                  struct rlc_error *reterr);
enum rlc_status rlc_kafka_send_offsets(struct rlc_bus *base, const struct rlc_position *next,
                                       size_t count, struct rlc_error *reterr);
enum rlc_status rlc_kafka_commit(struct rlc_bus *base, struct rlc_error *reterr);
enum rlc_status rlc_kafka_abort(struct rlc_bus *base, struct rlc_error *reterr);
enum rlc_status rlc_kafka_flush(struct rlc_bus *base, int32_t timeout_ms, struct rlc_error *reterr);

#endif
