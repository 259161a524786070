/* SPDX-License-Identifier: Apache-2.0 */
/* A broker in memory, and the bus over it. It keeps the promises of a real broker that the loop
 * rests on, and its unpleasant sides: transactions, control records that take offsets, the last
 * stable offset, epochs of transactional ids, generations and static members, offsets that are
 * pending, compaction. One table of behaviours (tests/support/parity.h) is run against it and
 * against Kafka and must answer the same.
 *
 * The simulator, the scenario tests and `relancectl simulate` run whole installations on it. One
 * thread; deterministic; it never sleeps and asks nothing but the clock it was given: a poll with a
 * time-out answers RLC_BUS_NOTHING at once. Time-outs happen when they are told to (expire_...).
 * How to disturb it is in memory_faults.h. */
#ifndef RLC_MEMORY_BUS_MEMORY_H
#define RLC_MEMORY_BUS_MEMORY_H

#include "common/runtime/bus.h"
#include "common/runtime/clock.h"

/* Largest record a producer accepts: key, value, headers and RLC_MEMORY_RECORD_OVERHEAD bytes
 * (librdkafka's default, message.max.bytes; findings j). */
#define RLC_MEMORY_MESSAGE_MAX     1000000u
#define RLC_MEMORY_RECORD_OVERHEAD 36u
/* transaction.timeout.ms of the workers (architecture 4). */
#define RLC_MEMORY_TRANSACTION_TIMEOUT_MS 10000

struct rlc_memory_broker;

struct rlc_memory_topic_config {
    const char *name; /* copied */
    int32_t partitions;
    bool compacted;       /* refuses records without key, as Kafka does */
    bool log_append_time; /* stamped by the broker's clock, whatever the producer says */
};

/* An empty broker; NULL when there is no memory. The clock's context is borrowed. */
struct rlc_memory_broker *rlc_memory_broker_new(struct rlc_clock clock);

/* Frees everything; every bus over it must be closed before. NULL is allowed. */
void rlc_memory_broker_free(struct rlc_memory_broker *broker);

/* RLC_REJECT if a topic of that name exists; RLC_FATAL when there is no memory. */
RLC_NODISCARD enum rlc_status
rlc_memory_broker_add_topic(struct rlc_memory_broker *broker,
                            const struct rlc_memory_topic_config *config, struct rlc_error *reterr);

/* A handle on the broker. `config` (its strings too) is borrowed and outlives the bus. RLC_FATAL
 * for a subscription without group or without member id, or when there is no memory. A bus joins
 * its group in the first poll().
 *
 * Where bus.h leaves it open, it answers as the one over Kafka does (bus_kafka.h): poll() of a
 * member that is finished answers RLC_FATAL for ever, read_poll() answers RLC_REJECT for an offset
 * that is not in the log, and close(clean) aborts an open transaction, which a crash leaves open.
 */
RLC_NODISCARD enum rlc_status rlc_memory_bus_open(struct rlc_memory_broker *broker,
                                                  const struct rlc_bus_config *config,
                                                  struct rlc_bus **ret_bus,
                                                  struct rlc_error *reterr);

/* Runs the cleaner over all partitions of a topic: below the last stable offset only the newest
 * record of each key stays. With `drop_tombstones` deletions and markers go too (the time
 * `delete.retention.ms` is over). RLC_REJECT for an unknown topic, RLC_FATAL without memory. */
RLC_NODISCARD enum rlc_status rlc_memory_broker_compact(struct rlc_memory_broker *broker,
                                                        const char *topic, bool drop_tombstones,
                                                        struct rlc_error *reterr);

/* Retention: forgets a partition's records below `offset` (clamped to the high watermark).
 * RLC_REJECT for an unknown partition. */
RLC_NODISCARD enum rlc_status rlc_memory_broker_delete_before(struct rlc_memory_broker *broker,
                                                              const char *topic, int32_t partition,
                                                              int64_t offset,
                                                              struct rlc_error *reterr);

/* Aborts the transactions that have been open for RLC_MEMORY_TRANSACTION_TIMEOUT_MS by the broker's
 * clock, and fences their producers; how many it were. */
size_t rlc_memory_broker_expire_transactions(struct rlc_memory_broker *broker);

/* A session time-out: the group forgets the static member and rebalances. False if it has none of
 * that name. Until then a member that was closed, or that died, keeps its partitions. */
bool rlc_memory_broker_expire_member(struct rlc_memory_broker *broker, const char *group,
                                     const char *member);

#endif
