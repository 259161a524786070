/* SPDX-License-Identifier: Apache-2.0 */
/* The trail in memory: what a database keeps of it, without the reports. One thread; deterministic.
 *
 * It keeps the promises that the audit worker rests on: a batch and its positions are there
 * together or not at all, a position that was moved meanwhile refuses the batch, a record is there
 * once. */
#ifndef RLC_MEMORY_TRAIL_MEMORY_H
#define RLC_MEMORY_TRAIL_MEMORY_H

#include "common/memory/memory_faults.h"
#include "common/runtime/keyring.h"
#include "common/runtime/trail.h"

struct rlc_memory_trail;

/* The trail of one (worker, partition). */
struct rlc_memory_trail_part {
    const char *worker;
    int32_t partition;
    struct rlc_trail_end end;
    int64_t unreported;
    const struct rlc_trail_row *rows; /* by offset */
    size_t count;
};

/* An empty trail; NULL when there is no memory. An erased subject's key is erased in `keyring`, of
 * common/memory/keyring_memory.h (borrowed; NULL: in none). */
struct rlc_memory_trail *rlc_memory_trail_new(struct rlc_keyring *keyring);
void rlc_memory_trail_free(struct rlc_memory_trail *trail); /* accepts NULL */

/* The trail behind the table, for any number of workers; its close() frees nothing. */
struct rlc_trail *rlc_memory_trail_open(struct rlc_memory_trail *trail);

/* What is stored, part by part in the order in which they were first asked for; false behind the
 * last one. Borrowed until the next batch. */
bool rlc_memory_trail_part(const struct rlc_memory_trail *trail, size_t number,
                           struct rlc_memory_trail_part *ret_part);

/* Batches that were refused because a record of theirs was there already. A position that is
 * compared refuses them before. */
size_t rlc_memory_trail_refused(const struct rlc_memory_trail *trail);

/* ---- disturbances ---- */

/* While away, every call answers RLC_RETRY and changes nothing. */
void rlc_memory_trail_set_away(struct rlc_memory_trail *trail, bool away);

/* The next batch that would be stored is answered RLC_RETRY, stored (UNKNOWN_COMMITTED) or not
 * (UNKNOWN_LOST). */
void rlc_memory_trail_next_store(struct rlc_memory_trail *trail, enum rlc_memory_outcome outcome);

#endif
