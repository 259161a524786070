/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/memory_faults.h"

#include <stdio.h>

#include "common/memory/handle.h"

void rlc_memory_faults_next_commit(struct rlc_memory_broker *broker,
                                   enum rlc_memory_outcome outcome)
{
    broker->trouble.commit_outcome = outcome;
}

void rlc_memory_faults_set_away(struct rlc_memory_broker *broker, bool away)
{
    broker->trouble.away = away;
}

void rlc_memory_faults_tear(struct rlc_memory_broker *broker, const char *transactional_id,
                            uint32_t after)
{
    broker->trouble.tear_id = transactional_id;
    broker->trouble.tear_countdown = after;
}

void rlc_memory_faults_delay_markers(struct rlc_memory_broker *broker, uint64_t calls)
{
    broker->trouble.marker_delay_calls = calls;
}

size_t rlc_memory_faults_write_markers(struct rlc_memory_broker *broker, const char *topic_name,
                                       int32_t partition)
{
    const struct rlc_memory_topic *topic =
        topic_name ? rlc_memory_topic_find(broker, topic_name) : NULL;
    size_t before = broker->marker_count;

    for (size_t i = 0; i < before; i++) {
        struct rlc_memory_marker *marker = &broker->markers[i];

        if (!topic_name || (topic && marker->log == &topic->logs[partition]))
            marker->due_call = 0;
    }
    return rlc_memory_markers_write(broker) ? before - broker->marker_count : 0;
}

void rlc_memory_faults_next_delivery_fails(struct rlc_memory_broker *broker)
{
    broker->trouble.delivery_fails = true;
}

void rlc_memory_faults_fail_produce(struct rlc_memory_broker *broker, uint32_t nth,
                                    enum rlc_status status)
{
    broker->trouble.produce_countdown = nth;
    broker->trouble.produce_status = status;
}

void rlc_memory_bus_forge_metadata(struct rlc_bus *base, int32_t generation, const char *member)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);

    bus->forged = member != NULL;
    bus->forged_generation = generation;
    (void)snprintf(bus->forged_member, sizeof(bus->forged_member), "%s", member ? member : "");
}

enum rlc_status rlc_memory_bus_send_offsets_as(struct rlc_bus *base, int32_t generation,
                                               const char *member, const char *instance,
                                               const struct rlc_position *next, size_t count,
                                               struct rlc_error *reterr)
{
    struct rlc_memory_metadata metadata = { generation, member, instance };

    return rlc_memory_send_raw(rlc_memory_bus_of(base), &metadata, next, count, reterr);
}

int32_t rlc_memory_bus_generation(const struct rlc_bus *bus)
{
    return ((const struct rlc_memory_bus *)bus)->generation;
}

const char *rlc_memory_bus_member(const struct rlc_bus *bus)
{
    return ((const struct rlc_memory_bus *)bus)->member_id;
}
