/* SPDX-License-Identifier: Apache-2.0 */
/* What the broker in memory is made of. Inside of common/memory. */
#ifndef RLC_MEMORY_BROKER_H
#define RLC_MEMORY_BROKER_H

#include "common/memory/bus_memory.h"
#include "common/memory/log.h"

#define RLC_MEMORY_MEMBER_ID_SIZE 64u /* longer names are cut; the serial number comes first */

struct rlc_memory_topic {
    char *name;
    int32_t partitions;
    bool compacted;
    bool log_append_time;
    struct rlc_memory_log *logs;
};

/* A transaction that was not decided yet. */
struct rlc_memory_transaction {
    uint64_t number; /* RLC_MEMORY_NO_TRANSACTION: none is open */
    rlc_ms begun_ms;
    struct rlc_memory_log **logs; /* partitions it wrote to */
    size_t log_count;
    size_t log_capacity;
    struct rlc_memory_group *group; /* whose offsets it carries, or NULL */
};

/* A transactional id. Only the producer of its newest epoch may write. */
struct rlc_memory_writer {
    char *id;
    int64_t epoch;
    struct rlc_memory_transaction open;
    size_t markers_due; /* of its last transaction: decided, not written yet */
};

/* A decided transaction's marker that one partition still lacks. */
struct rlc_memory_marker {
    struct rlc_memory_writer *writer;
    struct rlc_memory_log *log;     /* where it goes, or ... */
    struct rlc_memory_group *group; /* ... whose pending offsets it settles */
    uint64_t transaction;
    bool commit;
    uint64_t due_call; /* written once the broker has counted so many calls */
};

struct rlc_memory_pending {
    uint64_t transaction;
    int64_t offset;
};

/* What a group committed for one partition, and what undecided transactions carry for it. */
struct rlc_memory_committed {
    const struct rlc_memory_topic *topic;
    int32_t partition;
    int64_t offset;
    struct rlc_memory_pending *pending;
    size_t pending_count;
    size_t pending_capacity;
};

struct rlc_memory_member {
    char *instance;                     /* group.instance.id */
    char id[RLC_MEMORY_MEMBER_ID_SIZE]; /* new with each join */
    char **topics;
    size_t topic_count;
    bool rejoined; /* takes part in the rebalance under way */
};

struct rlc_memory_group {
    char *name;
    int32_t generation;
    bool rebalancing;                  /* waits until every member has rejoined */
    struct rlc_memory_member *members; /* by instance */
    size_t member_count;
    size_t member_capacity;
    uint64_t joins; /* serial number of member ids */
    struct rlc_memory_committed *committed;
    size_t committed_count;
    size_t committed_capacity;
};

/* What a request for offsets says about its sender. */
struct rlc_memory_metadata {
    int32_t generation;
    const char *member;   /* "" = none */
    const char *instance; /* NULL = not a static member */
};

/* Disturbances that wait for their moment (memory_faults.h). */
struct rlc_memory_trouble {
    bool away;
    uint64_t marker_delay_calls;
    int commit_outcome; /* enum rlc_memory_outcome */
    bool delivery_fails;
    uint32_t produce_countdown; /* 1: the next one fails; 0: none */
    enum rlc_status produce_status;
    const char *tear_id;
    uint32_t tear_countdown;
};

struct rlc_memory_broker {
    struct rlc_clock clock;
    struct rlc_memory_topic **topics;
    size_t topic_count;
    size_t topic_capacity;
    struct rlc_memory_writer **writers;
    size_t writer_count;
    size_t writer_capacity;
    struct rlc_memory_group **groups;
    size_t group_count;
    size_t group_capacity;
    struct rlc_memory_marker *markers; /* oldest first */
    size_t marker_count;
    size_t marker_capacity;
    uint64_t transactions; /* number of the newest */
    uint64_t calls;
    size_t buses; /* open handles */
    struct rlc_memory_trouble trouble;
};

/* ---- broker.c ---- */

struct rlc_memory_topic *rlc_memory_topic_find(const struct rlc_memory_broker *broker,
                                               const char *name);
/* The writer of a transactional id, made if need be; NULL when there is no memory. */
struct rlc_memory_writer *rlc_memory_writer_get(struct rlc_memory_broker *broker, const char *id);
/* The group, made if need be; NULL when there is no memory. */
struct rlc_memory_group *rlc_memory_group_get(struct rlc_memory_broker *broker, const char *name);

/* ---- transaction.c ---- */

/* init_transactions: aborts what the id left open, raises its epoch. RLC_RETRY while markers of its
 * last transaction are missing. */
RLC_NODISCARD enum rlc_status rlc_memory_writer_init(struct rlc_memory_broker *broker,
                                                     struct rlc_memory_writer *writer,
                                                     int64_t *ret_epoch, struct rlc_error *reterr);
/* Puts a partition under the open transaction (opening one). False when there is no memory. */
RLC_NODISCARD bool rlc_memory_writer_touch(struct rlc_memory_broker *broker,
                                           struct rlc_memory_writer *writer,
                                           struct rlc_memory_log *log);
/* Decides the open transaction, if there is one; its markers follow, at once unless delayed. */
RLC_NODISCARD enum rlc_status rlc_memory_writer_decide(struct rlc_memory_broker *broker,
                                                       struct rlc_memory_writer *writer,
                                                       bool commit, struct rlc_error *reterr);
/* Writes the markers that are due at the broker's count of calls. False without memory. */
RLC_NODISCARD bool rlc_memory_markers_write(struct rlc_memory_broker *broker);

/* ---- group.c ---- */

struct rlc_memory_member *rlc_memory_member_find(struct rlc_memory_group *group,
                                                 const char *instance);
/* Adds the static member, or gives its place to the caller (who fences the one that had it).
 * NULL when there is no memory. */
struct rlc_memory_member *rlc_memory_member_join(struct rlc_memory_group *group,
                                                 const struct rlc_bus_config *config);
void rlc_memory_member_remove(struct rlc_memory_group *group, struct rlc_memory_member *member);
/* Ends the rebalance under way once every member has rejoined. */
void rlc_memory_group_settle(struct rlc_memory_group *group);
/* The partitions [*ret_first, *ret_first + result) of a topic that a member owns: range. */
int32_t rlc_memory_group_range(const struct rlc_memory_group *group,
                               const struct rlc_memory_member *member,
                               const struct rlc_memory_topic *topic, int32_t *ret_first);
/* The broker's test of a request for offsets (findings a): RLC_OK or RLC_ABORT. */
RLC_NODISCARD enum rlc_status rlc_memory_group_check(struct rlc_memory_group *group,
                                                     const struct rlc_memory_metadata *metadata,
                                                     struct rlc_error *reterr);
/* Puts an offset under a transaction. False when there is no memory. */
RLC_NODISCARD bool rlc_memory_group_put_pending(struct rlc_memory_group *group,
                                                const struct rlc_memory_topic *topic,
                                                int32_t partition, uint64_t transaction,
                                                int64_t offset);
/* Makes a transaction's pending offsets committed, or forgets them. */
void rlc_memory_group_decide(struct rlc_memory_group *group, uint64_t transaction, bool commit);
/* The stable committed offset; RLC_RETRY while one is pending. */
RLC_NODISCARD enum rlc_status rlc_memory_group_committed(const struct rlc_memory_group *group,
                                                         const struct rlc_memory_topic *topic,
                                                         int32_t partition, int64_t *ret_offset,
                                                         struct rlc_error *reterr);
void rlc_memory_group_free(struct rlc_memory_group *group);

#endif
