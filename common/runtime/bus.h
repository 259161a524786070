/* SPDX-License-Identifier: Apache-2.0 */
/* The log and the group that shares it: one consumer, one transactional producer, one reader.
 * Implemented over Kafka (common/kafka) and in memory (common/memory); one table of behaviours is
 * run against both (tests/unit/parity). One thread uses a bus; nothing here is thread-safe.
 *
 * Blocking: every call that may wait says so; while it waits the loop has marked itself blocking.
 * Errors: RLC_RETRY keep everything and call again; RLC_ABORT call abort(), read the batch again;
 * RLC_FATAL the producer is gone (fenced, or an outcome nobody knows): the bus has dropped it, the
 * next begin() makes a new one, and the caller restores every partition before it decides again. */
#ifndef RLC_RUNTIME_BUS_H
#define RLC_RUNTIME_BUS_H

#include "common/pure/arena.h"
#include "common/pure/span.h"
#include "common/pure/status.h"

#define RLC_OFFSET_NONE    INT64_C(-1)
#define RLC_OFFSET_BEGIN   INT64_C(-2) /* for read(): from the oldest record kept */
#define RLC_PARTITION_NONE (-1)

/* Topics are numbered by their place in the configuration's table. */
struct rlc_bus_config {
    const char *const *topics; /* names of every topic this bus touches; outlives the bus */
    size_t topic_count;
    size_t input_count;           /* the first so many are subscribed; 0 = a tool without a group */
    const char *group;            /* consumer group; NULL when input_count is 0 */
    const char *member;           /* static member id (group.instance.id) */
    const char *transactional_id; /* NULL: produce() is idempotent but not transactional */
    /* Partitions that the group takes away are announced (RLC_BUS_REVOKING), and stay ours until
     * give_back(). A bus may take them without a word all the same: when the member is lost. */
    bool announce_revoke;
};

struct rlc_header {
    const char *name;
    struct rlc_span value;
};

struct rlc_record {
    int32_t topic;
    int32_t partition;
    int64_t offset;
    rlc_ms append_ms; /* when the broker (or the producer, by topic setting) stamped it */
    struct rlc_span key;
    struct rlc_span value; /* data == NULL: a tombstone */
    const struct rlc_header *header;
    size_t header_count;
};

struct rlc_position {
    int32_t topic;
    int32_t partition;
    int64_t offset;
};

enum rlc_bus_event_kind {
    RLC_BUS_NOTHING,   /* the time-out passed */
    RLC_BUS_RECORD,    /* `record`, borrowed until release() (poll) or the next read_poll() */
    RLC_BUS_END,       /* everything below `end.offset` of that partition was handed out */
    RLC_BUS_REVOKING,  /* the group wants its partitions: finish, then call give_back() */
    RLC_BUS_REBALANCED /* the assignment changed: ask assignment() */
};

struct rlc_bus_event {
    enum rlc_bus_event_kind kind;
    struct rlc_record record;
    struct rlc_position end;
};

/* A record to be written. Spans are copied by produce(). */
struct rlc_outgoing {
    int32_t topic;
    int32_t partition; /* explicit, always: the library never chooses */
    struct rlc_span key;
    struct rlc_span value; /* data == NULL: a tombstone */
    const struct rlc_header *header;
    size_t header_count;
    rlc_ms at_ms; /* creation time to stamp; 0 = now, in a transaction: when it was begun */
    int64_t
        *ret_offset; /* optional; filled before commit() returns OK, so it must live until then */
};

struct rlc_bus;

struct rlc_bus_ops {
    /* Waits up to `timeout_ms` for the next event of the subscription. A rebalance takes effect
     * inside this call: all partitions of the new assignment come paused, at an explicit offset,
     * and nothing is handed out for them before seek() and resume(). */
    enum rlc_status (*poll)(struct rlc_bus *bus, int32_t timeout_ms,
                            struct rlc_bus_event *ret_event, struct rlc_error *reterr);
    /* Gives back the memory of every record that poll() handed out so far. */
    void (*release)(struct rlc_bus *bus);
    /* The partitions owned now, of which at most `max` are written, and the epoch that counts
     * assignments. Returns how many there are, more than `max` perhaps. */
    size_t (*assignment)(struct rlc_bus *bus, struct rlc_position *ret_owned, size_t max,
                         uint64_t *ret_epoch);
    /* After RLC_BUS_REVOKING: lets the partitions go; the next poll says RLC_BUS_REBALANCED. Until
     * then transactions can be committed, and nothing is polled. */
    void (*give_back)(struct rlc_bus *bus);
    /* Takes the group metadata for send_offsets(); call right after poll() (broker-findings a).
     * RLC_RETRY when the member has no generation (a stalled or unjoined member): read again. */
    enum rlc_status (*snapshot)(struct rlc_bus *bus, struct rlc_error *reterr);
    /* Next offset the application will be handed, control records stepped over; NONE if unknown. */
    int64_t (*position)(struct rlc_bus *bus, int32_t topic, int32_t partition);
    enum rlc_status (*seek)(struct rlc_bus *bus, int32_t topic, int32_t partition, int64_t offset,
                            struct rlc_error *reterr);
    enum rlc_status (*pause)(struct rlc_bus *bus, int32_t topic, int32_t partition,
                             struct rlc_error *reterr);
    enum rlc_status (*resume)(struct rlc_bus *bus, int32_t topic, int32_t partition,
                              struct rlc_error *reterr);

    /* The group's stable committed offset; RLC_OFFSET_NONE if the group has none. RLC_RETRY while a
     * transaction that carries an offset is undecided ("undecided", never "none"). Blocks. */
    enum rlc_status (*committed)(struct rlc_bus *bus, int32_t topic, int32_t partition,
                                 int32_t timeout_ms, int64_t *ret_offset, struct rlc_error *reterr);
    /* First and next offset of a partition, uncommitted records included (broker-findings b): the
     * only bound a restore or a last look may use. Blocks. */
    enum rlc_status (*watermarks)(struct rlc_bus *bus, int32_t topic, int32_t partition,
                                  int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                  struct rlc_error *reterr);
    /* Number of partitions of a topic; RLC_REJECT if it does not exist. Blocks. */
    enum rlc_status (*partitions)(struct rlc_bus *bus, int32_t topic, int32_t *ret_count,
                                  struct rlc_error *reterr);

    /* The reader: no group, read_committed, several partitions at once, END events. read() replaces
     * its whole set of positions (none = stop). */
    enum rlc_status (*read)(struct rlc_bus *bus, const struct rlc_position *from, size_t count,
                            struct rlc_error *reterr);
    enum rlc_status (*read_poll)(struct rlc_bus *bus, int32_t timeout_ms,
                                 struct rlc_bus_event *ret_event, struct rlc_error *reterr);

    /* Fences whoever writes under `transactional_id` and aborts what it left open, by a throw-away
     * producer (model/README.md, fix 2). Blocks. */
    enum rlc_status (*fence_writer)(struct rlc_bus *bus, const char *transactional_id,
                                    struct rlc_error *reterr);

    /* One transaction. begin() makes the producer if there is none (first use, after FATAL, or when
     * the outcome of the last EndTxn could be repeated late: broker-findings e). Blocks. */
    enum rlc_status (*begin)(struct rlc_bus *bus, struct rlc_error *reterr);
    /* Adds a record. A local refusal is RLC_REJECT (too large) and fails the batch: the transaction
     * would otherwise commit without it. */
    enum rlc_status (*produce)(struct rlc_bus *bus, const struct rlc_outgoing *outgoing,
                               struct rlc_error *reterr);
    /* Puts the next offsets of all touched partitions under the transaction, with the metadata of
     * the last snapshot(). Refuses an empty list, an offset < 0, and a missing snapshot: the broker
     * would accept all three unfenced. Blocks. */
    enum rlc_status (*send_offsets)(struct rlc_bus *bus, const struct rlc_position *next,
                                    size_t count, struct rlc_error *reterr);
    enum rlc_status (*commit)(struct rlc_bus *bus, struct rlc_error *reterr);
    enum rlc_status (*abort)(struct rlc_bus *bus, struct rlc_error *reterr);
    /* For a bus without transactional id: waits until everything produced is acknowledged. */
    enum rlc_status (*flush)(struct rlc_bus *bus, int32_t timeout_ms, struct rlc_error *reterr);
    /* Leaves the group cleanly if `clean` (a static member keeps its place), frees everything. */
    void (*close)(struct rlc_bus *bus, bool clean);
};

/* Implementations embed this as their first member. */
struct rlc_bus {
    const struct rlc_bus_ops *ops;
};

#endif
