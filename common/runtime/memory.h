/* SPDX-License-Identifier: Apache-2.0 */
/* Memory behind an arena: address space reserved once, pages taken as they are touched, and given
 * back after an unusual batch. */
#ifndef RLC_RUNTIME_MEMORY_H
#define RLC_RUNTIME_MEMORY_H

#include "common/pure/arena.h"
#include "common/pure/status.h"

/* Makes `ret_arena` an arena over `size` bytes (rounded up to whole pages) of fresh address space.
 * Costs no memory until it is used. RLC_RETRY when the system refuses the address space; the arena
 * is then empty. Pair with rlc_arena_unmap(). */
RLC_NODISCARD enum rlc_status rlc_arena_map(struct rlc_arena *ret_arena, size_t size);

/* Gives the pages above the first `keep` bytes back to the system; what is in use stays. Call it
 * after a reset. Costs a few microseconds when there is nothing to give back. */
void rlc_arena_trim(struct rlc_arena *arena, size_t keep);

/* Gives back to the system what the allocator keeps of memory that was freed, in whatever thread.
 * For when there is nothing to do: takes a few milliseconds after much work, and microseconds when
 * there is nothing to give back. */
void rlc_memory_trim(void);

/* Gives everything back and empties the arena; an empty (zeroed) arena is allowed. */
void rlc_arena_unmap(struct rlc_arena *arena);

#endif
