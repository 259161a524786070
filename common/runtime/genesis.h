/* SPDX-License-Identifier: Apache-2.0 */
/* The first start is an ordinary restore: every partition of a state topic begins with a genesis
 * checkpoint, and the record `installation` comes last. Running it again completes what is missing
 * and changes nothing that is there. */
#ifndef RLC_RUNTIME_GENESIS_H
#define RLC_RUNTIME_GENESIS_H

#include "common/runtime/bundles.h"
#include "common/runtime/bus.h"
#include "common/runtime/clock.h"

/* Chain head before the first audit record: SHA-256(uuid, worker, NUL, partition big-endian). */
struct rlc_hash rlc_genesis_head(const uint8_t installation[RLC_UUID_SIZE], const char *worker,
                                 int32_t partition);

/* Writes a genesis checkpoint to each partition of state topic number `topic` that holds no record.
 * `bus` belongs to a tool (no group, no transactional id). `*ret_written` counts them. */
RLC_NODISCARD enum rlc_status rlc_genesis_checkpoints(struct rlc_bus *bus, int32_t topic,
                                                      const char *worker, int32_t partitions,
                                                      const uint8_t installation[RLC_UUID_SIZE],
                                                      int32_t *ret_written,
                                                      struct rlc_error *reterr);

/* Takes over the uuid that an earlier, unfinished run has put into a checkpoint of state topic
 * number `topic`; leaves `uuid` alone if there is none. RLC_RETRY while it cannot be read. */
RLC_NODISCARD enum rlc_status rlc_genesis_find(struct rlc_bus *bus, int32_t topic,
                                               int32_t partitions, uint8_t uuid[RLC_UUID_SIZE],
                                               struct rlc_error *reterr);

/* Writes the record `installation` to topic number `topic` (bundles). */
RLC_NODISCARD enum rlc_status rlc_genesis_installation(struct rlc_bus *bus, int32_t topic,
                                                       const char *name,
                                                       const struct rlc_installation_facts *facts,
                                                       rlc_ms now_ms, struct rlc_error *reterr);

/* Reads the topic `bundles` (number `topic`) from its beginning to its end into `bundles`. */
RLC_NODISCARD enum rlc_status rlc_bundles_read(struct rlc_bus *bus, int32_t topic,
                                               struct rlc_bundles *bundles,
                                               struct rlc_error *reterr);

#endif
