/* SPDX-License-Identifier: Apache-2.0 */
/* Topics and groups of a Kafka cluster: for `relancectl topics create`, for the check that every
 * worker makes at start, and for tests. Each call blocks for at most 10 s and then says that Kafka
 * does not answer (RLC_RETRY). One thread at a time uses an admin. */
#ifndef RLC_KAFKA_ADMIN_H
#define RLC_KAFKA_ADMIN_H

#include "common/kafka/bus_kafka.h"
#include "common/runtime/topics.h"

#define RLC_KAFKA_REPLICATION_DEFAULT (-1) /* as the broker is configured */

/* A topic as it must be. Strings are borrowed. */
struct rlc_kafka_topic {
    const char *name;
    int32_t partitions;
    int32_t replication;                      /* factor, or RLC_KAFKA_REPLICATION_DEFAULT */
    const struct rlc_topic_setting *settings; /* up to the first NULL name; NULL = none */
};

/* The least size of a text that holds what rlc_kafka_topic_verify() has to say. */
#define RLC_KAFKA_MISMATCH_MAX 2048

struct rlc_kafka_admin;

/* Opens; connects in the background. RLC_FATAL for a wrong configuration. */
RLC_NODISCARD enum rlc_status rlc_kafka_admin_open(const struct rlc_kafka_settings *settings,
                                                   struct rlc_kafka_admin **ret_admin,
                                                   struct rlc_error *reterr);
void rlc_kafka_admin_close(struct rlc_kafka_admin *admin); /* accepts NULL */

/* Makes the topics that do not exist and waits until they are known. Running it again is harmless.
 * RLC_REJECT when one exists with another partition count, or the broker refuses one (invalid name
 * or setting): the text names it. */
RLC_NODISCARD enum rlc_status rlc_kafka_topics_create(struct rlc_kafka_admin *admin,
                                                      const struct rlc_kafka_topic *topics,
                                                      size_t count, struct rlc_error *reterr);

/* Number of partitions; RLC_REJECT if the topic does not exist. */
RLC_NODISCARD enum rlc_status rlc_kafka_topic_partitions(struct rlc_kafka_admin *admin,
                                                         const char *name, int32_t *ret_count,
                                                         struct rlc_error *reterr);

/* Compares a topic with what it must be: partition count and each of its settings. RLC_REJECT when
 * it differs or does not exist: `ret_mismatch` (at least RLC_KAFKA_MISMATCH_MAX bytes) then says
 * what each setting is, what it must be and why, and the command that repairs it. */
RLC_NODISCARD enum rlc_status rlc_kafka_topic_verify(struct rlc_kafka_admin *admin,
                                                     const struct rlc_kafka_topic *topic,
                                                     char *ret_mismatch, size_t size,
                                                     struct rlc_error *reterr);

/* Forgets a group's committed offset of a partition, as an expired one is forgotten. The group must
 * not be subscribed to the topic. For tests. */
RLC_NODISCARD enum rlc_status rlc_kafka_group_forget(struct rlc_kafka_admin *admin,
                                                     const char *group, const char *topic,
                                                     int32_t partition, struct rlc_error *reterr);

#endif
