/* SPDX-License-Identifier: Apache-2.0 */
/* Disturbing the broker and the store in memory: what real ones were seen to do (or could do), on
 * demand. For tests and the simulator. */
#ifndef RLC_MEMORY_MEMORY_FAULTS_H
#define RLC_MEMORY_MEMORY_FAULTS_H

#include "common/memory/bus_memory.h"

enum rlc_memory_outcome {
    RLC_MEMORY_KNOWN,
    RLC_MEMORY_UNKNOWN_COMMITTED, /* the transaction is committed, the answer got lost */
    RLC_MEMORY_UNKNOWN_LOST       /* the request got lost: it stays open until its id is taken */
};

/* The next commit() on any bus answers RLC_FATAL, with this outcome. */
void rlc_memory_faults_next_commit(struct rlc_memory_broker *broker,
                                   enum rlc_memory_outcome outcome);

/* While away, every call answers RLC_RETRY and changes nothing. */
void rlc_memory_faults_set_away(struct rlc_memory_broker *broker, bool away);

/* A late EndTxn (findings e): right after the `after`-th record that `transactional_id` produces
 * from now on, the half of its transaction that is there gets committed. Its producer then finds
 * its transaction gone. The id is borrowed until then. */
void rlc_memory_faults_tear(struct rlc_memory_broker *broker, const char *transactional_id,
                            uint32_t after);

/* Markers of transactions decided from now on are written `calls` calls later (on any bus), or,
 * with UINT64_MAX, not before rlc_memory_faults_write_markers(): meanwhile the last stable offset
 * stays behind, offsets are pending and the id cannot begin again (findings b: seen after one
 * commit in four). 0 = at once. */
void rlc_memory_faults_delay_markers(struct rlc_memory_broker *broker, uint64_t calls);

/* Writes the delayed markers of one partition; of all, and of groups, if `topic` is NULL. How many
 * it were. */
size_t rlc_memory_faults_write_markers(struct rlc_memory_broker *broker, const char *topic,
                                       int32_t partition);

/* The next record is accepted by produce() and refused by the broker: commit() answers RLC_ABORT.
 */
void rlc_memory_faults_next_delivery_fails(struct rlc_memory_broker *broker);

/* The `nth` produce() from now (1 = the next), on any bus, answers `status`. */
void rlc_memory_faults_fail_produce(struct rlc_memory_broker *broker, uint32_t nth,
                                    enum rlc_status status);

/* From now on the client's group metadata is this, as it was seen after a stall: {-1, ""}, {1, ""}
 * (findings a). snapshot() must refuse both. `member` NULL ends it. */
void rlc_memory_bus_forge_metadata(struct rlc_bus *base, int32_t generation, const char *member);

/* Past the bus's own refusals: what the broker answers to offsets with this metadata (`member` ""
 * and `instance` NULL as absent). A transaction must be under way. */
RLC_NODISCARD enum rlc_status
rlc_memory_bus_send_offsets_as(struct rlc_bus *base, int32_t generation, const char *member,
                               const char *instance, const struct rlc_position *next, size_t count,
                               struct rlc_error *reterr);

/* The handle's own metadata, for the above. The text lives as long as the handle. */
int32_t rlc_memory_bus_generation(const struct rlc_bus *bus);
const char *rlc_memory_bus_member(const struct rlc_bus *bus);

#endif
