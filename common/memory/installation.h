/* SPDX-License-Identifier: Apache-2.0 */
/* An installation in memory: the topics that some workers name, their genesis checkpoints, the hot
 * state, and a tool's handle on the log. What runs on it, and by which clock, is the caller's. */
#ifndef RLC_MEMORY_INSTALLATION_H
#define RLC_MEMORY_INSTALLATION_H

#include "common/memory/bus_memory.h"
#include "common/memory/view_memory.h"
#include "common/runtime/bundles.h"
#include "common/runtime/loop/service.h"

#define RLC_MEMORY_TOPICS_MAX 32 /* twice as many as an installation has (topics.h) */

struct rlc_memory_installation {
    struct rlc_installation_facts facts;
    struct rlc_memory_broker *broker;
    struct rlc_memory_store *store;
    const char *topics[RLC_MEMORY_TOPICS_MAX]; /* of all workers, the first one's first */
    size_t topic_count;
    struct rlc_bus_config tool_config;
    struct rlc_bus *tool; /* no group, no transactions; knows every topic by its place above */
};

struct rlc_memory_setup {
    struct rlc_clock clock; /* the broker's; its context is borrowed */
    struct rlc_installation_facts facts;
    const struct rlc_service *const *services; /* their tables are borrowed; topics by full name */
    size_t service_count;
};

/* Builds it: each topic that a service names has facts.partitions partitions, those of states are
 * compacted, inputs carry the time of the broker. Of services that share a state topic the first
 * owns it. RLC_FATAL when memory is short or there are too many topics; nothing is left then. */
RLC_NODISCARD enum rlc_status rlc_memory_installation_open(struct rlc_memory_installation *made,
                                                           const struct rlc_memory_setup *setup,
                                                           struct rlc_error *reterr);

/* Every other handle on broker and store is closed before. A zeroed one is allowed. */
void rlc_memory_installation_close(struct rlc_memory_installation *made);

/* Number of a topic for `tool`; RLC_TOPIC_NONE if there is none. */
int32_t rlc_memory_installation_topic(const struct rlc_memory_installation *made, const char *name);

/* Whether a service has read its inputs to their ends, is done with what it read, and shows it:
 * `view` is a handle on its hot state. */
bool rlc_memory_installation_is_read(const struct rlc_memory_installation *made,
                                     const struct rlc_service *service, struct rlc_view *view);

/* Calls `see` with every committed record of a topic, partition by partition, in the order of
 * offsets. `see` leaves the reader of `tool` alone. False when the topic cannot be read. */
RLC_NODISCARD bool
rlc_memory_installation_each(const struct rlc_memory_installation *made, int32_t topic,
                             void (*see)(void *context, const struct rlc_record *record),
                             void *context);

#endif
