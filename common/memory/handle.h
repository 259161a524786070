/* SPDX-License-Identifier: Apache-2.0 */
/* One handle on the broker in memory: what a client keeps on its side. Inside of common/memory. */
#ifndef RLC_MEMORY_HANDLE_H
#define RLC_MEMORY_HANDLE_H

#include "common/memory/broker.h"

/* A partition that is read, by the subscription or by the reader. */
struct rlc_memory_fetch {
    int32_t topic;
    int32_t partition;
    struct rlc_memory_log *log;
    int64_t next;     /* offset of the next entry to look at */
    int64_t position; /* see rlc_bus_ops.position */
    int64_t last_end; /* offset of the last END since the seek, or RLC_OFFSET_NONE */
    bool open;        /* false before the first seek: nothing is handed out */
    bool paused;
    bool lost; /* its offset is not in the log: silent until somebody says another one */
};

struct rlc_memory_fetches {
    struct rlc_memory_fetch *items;
    size_t count;
    size_t capacity;
    size_t turn; /* whose turn it is: partitions take turns, record by record */
};

/* Where the offset of a record goes once its delivery is known. */
struct rlc_memory_delivery {
    int64_t *ret_offset;
    int64_t offset;
};

struct rlc_memory_producer {
    struct rlc_memory_writer *writer; /* NULL: there is no producer */
    int64_t epoch;
    bool begun;
    bool failed;     /* only abort() is left */
    uint64_t number; /* of the broker's transaction; NO_TRANSACTION before the first write */
    struct rlc_memory_delivery *deliveries;
    size_t delivery_count;
    size_t delivery_capacity;
};

struct rlc_memory_bus {
    struct rlc_bus base;
    struct rlc_memory_broker *broker;
    struct rlc_bus_config config;
    struct rlc_memory_topic **topics; /* of the configuration's table, as far as they are known */

    /* The member of the group. */
    struct rlc_memory_group *group;            /* NULL: a tool without a group */
    char member_id[RLC_MEMORY_MEMBER_ID_SIZE]; /* "" = not joined */
    int32_t generation;                        /* of the assignment held; -1 = none */
    struct rlc_error finished;                 /* RLC_FATAL: what every poll answers */
    uint64_t assignments;                      /* epoch that counts them */
    struct rlc_memory_fetches owned;
    struct rlc_memory_entry **lent; /* handed out since the last release() */
    size_t lent_count;
    size_t lent_capacity;

    /* Group metadata as of the last snapshot(). */
    bool snapshot_taken;
    uint64_t snapshot_epoch; /* of the assignment it was taken under */
    int32_t snapshot_generation;
    char snapshot_member[RLC_MEMORY_MEMBER_ID_SIZE];
    bool forged; /* a test says what the metadata is */
    int32_t forged_generation;
    char forged_member[RLC_MEMORY_MEMBER_ID_SIZE];

    bool reading; /* read() was called */
    struct rlc_memory_fetches reader;
    struct rlc_memory_entry *reader_lent;

    struct rlc_memory_producer producer;
};

static inline struct rlc_memory_bus *rlc_memory_bus_of(struct rlc_bus *bus)
{
    return (struct rlc_memory_bus *)bus;
}

/* The member is finished: fills `finished` and `reterr`, returns RLC_FATAL. */
enum rlc_status rlc_memory_bus_finish(struct rlc_memory_bus *bus, const char *text,
                                      struct rlc_error *reterr);
/* Every call on the broker passes here: counts it, writes markers that are due. RLC_RETRY while the
 * broker is away. `origin` names the call. */
RLC_NODISCARD enum rlc_status rlc_memory_enter(struct rlc_memory_bus *bus, const char *origin,
                                               struct rlc_error *reterr);
/* A topic of the configuration's table; NULL if the broker does not have it. */
struct rlc_memory_topic *rlc_memory_bus_topic(struct rlc_memory_bus *bus, int32_t topic);
/* A partition; NULL, with `reterr` filled, if there is none. */
struct rlc_memory_log *rlc_memory_bus_log(struct rlc_memory_bus *bus, int32_t topic,
                                          int32_t partition, const char *origin,
                                          struct rlc_error *reterr);

/* ---- fetch.c ---- */

/* Adds a partition to a set. False when there is no memory. */
RLC_NODISCARD bool rlc_memory_fetch_add(struct rlc_memory_fetches *fetches,
                                        const struct rlc_memory_fetch *fetch);
struct rlc_memory_fetch *rlc_memory_fetch_find(struct rlc_memory_fetches *fetches, int32_t topic,
                                               int32_t partition);
/* The next event of a set, RLC_BUS_NOTHING if there is none. A record's bytes are in `*ret_entry`,
 * which the caller frees. RLC_REJECT for an offset that the log does not have: `end` names the
 * partition, which is silent from then on. RLC_FATAL when there is no memory. */
RLC_NODISCARD enum rlc_status rlc_memory_fetch_next(struct rlc_memory_fetches *fetches,
                                                    struct rlc_bus_event *ret_event,
                                                    struct rlc_memory_entry **ret_entry,
                                                    struct rlc_error *reterr);

/* ---- consume.c and write.c: functions of the table, see bus.h ---- */

enum rlc_status rlc_memory_poll(struct rlc_bus *base, int32_t timeout_ms,
                                struct rlc_bus_event *ret_event, struct rlc_error *reterr);
void rlc_memory_release(struct rlc_bus *base);
size_t rlc_memory_assignment(struct rlc_bus *base, struct rlc_position *ret_owned, size_t max,
                             uint64_t *ret_epoch);
enum rlc_status rlc_memory_snapshot(struct rlc_bus *base, struct rlc_error *reterr);
int64_t rlc_memory_position(struct rlc_bus *base, int32_t topic, int32_t partition);
enum rlc_status rlc_memory_seek(struct rlc_bus *base, int32_t topic, int32_t partition,
                                int64_t offset, struct rlc_error *reterr);
enum rlc_status rlc_memory_pause(struct rlc_bus *base, int32_t topic, int32_t partition,
                                 struct rlc_error *reterr);
enum rlc_status rlc_memory_resume(struct rlc_bus *base, int32_t topic, int32_t partition,
                                  struct rlc_error *reterr);

enum rlc_status rlc_memory_begin(struct rlc_bus *base, struct rlc_error *reterr);
enum rlc_status rlc_memory_produce(struct rlc_bus *base, const struct rlc_outgoing *outgoing,
                                   struct rlc_error *reterr);
enum rlc_status rlc_memory_send_offsets(struct rlc_bus *base, const struct rlc_position *next,
                                        size_t count, struct rlc_error *reterr);
enum rlc_status rlc_memory_commit(struct rlc_bus *base, struct rlc_error *reterr);
enum rlc_status rlc_memory_abort(struct rlc_bus *base, struct rlc_error *reterr);
enum rlc_status rlc_memory_fence_writer(struct rlc_bus *base, const char *transactional_id,
                                        struct rlc_error *reterr);
enum rlc_status rlc_memory_flush(struct rlc_bus *base, int32_t timeout_ms,
                                 struct rlc_error *reterr);
/* Aborts what is open, as a client does that closes cleanly. */
void rlc_memory_producer_close(struct rlc_memory_bus *bus, bool clean);
/* The broker's side of send_offsets(): checks the metadata, puts the offsets under the open
 * transaction. For the test of what the broker itself would accept. */
enum rlc_status rlc_memory_send_raw(struct rlc_memory_bus *bus,
                                    const struct rlc_memory_metadata *metadata,
                                    const struct rlc_position *next, size_t count,
                                    struct rlc_error *reterr);

#endif
