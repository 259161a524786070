/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for arenas: a large address range whose pages cost nothing until they are touched. */
#ifndef RLC_RUNTIME_MEMORY_H
#define RLC_RUNTIME_MEMORY_H

#include "common/pure/arena.h"
#include "common/pure/status.h"

/* Reserves `size` bytes of address space for `ret_arena`; RLC_FATAL if there is none. */
RLC_NODISCARD enum rlc_status rlc_arena_map(struct rlc_arena *ret_arena, size_t size);

/* Gives the range back; a zeroed arena is allowed. */
void rlc_arena_unmap(struct rlc_arena *arena);

/* Gives the pages beyond `keep` bytes back to the system if any beyond it were used since the last
 * call; what the arena holds beyond `keep` is lost, so call it between batches. */
void rlc_arena_trim(struct rlc_arena *arena, size_t keep);

#endif
