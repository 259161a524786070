/* SPDX-License-Identifier: Apache-2.0 */
/* A bump allocator over memory that somebody else owns. One arena serves one batch: it is filled
 * while the batch is decoded, decided and encoded, and reset when the batch is over. It never
 * grows: running out is an ordinary answer (NULL), so a hostile record has a hard cap. */
#ifndef RLC_PURE_ARENA_H
#define RLC_PURE_ARENA_H

#include "common/pure/base.h"
#include "common/pure/span.h"

struct rlc_arena {
    uint8_t *base;
    size_t size; /* bytes at `base` */
    size_t used; /* bytes handed out, alignment included */
    size_t cap;  /* soft cap <= size: allocations past it fail; see rlc_arena_cap */
};

/* Lends `size` bytes at `base` to the arena. The caller keeps ownership of the memory. */
void rlc_arena_init(struct rlc_arena *arena, void *base, size_t size);

/* `size` zeroed bytes, aligned to 16; NULL past the cap. Valid until a reset or a rewind. */
RLC_NODISCARD void *rlc_arena_alloc(struct rlc_arena *arena, size_t size);

/* Zeroed array of `count` elements of `size` bytes; NULL past the cap or on overflow. */
RLC_NODISCARD void *rlc_arena_array(struct rlc_arena *arena, size_t count, size_t size);

/* Copies `source` into the arena; {NULL, 0} past the cap (or for an empty source). */
struct rlc_span rlc_arena_copy(struct rlc_arena *arena, struct rlc_span source);

/* Forgets everything handed out. */
void rlc_arena_reset(struct rlc_arena *arena);

/* A mark to rewind to: everything allocated after it is forgotten. */
static inline size_t rlc_arena_mark(const struct rlc_arena *arena)
{
    return arena->used;
}
void rlc_arena_rewind(struct rlc_arena *arena, size_t mark);

/* Allows at most `bytes` more from here on (a hard cap per record); 0 lifts the cap. */
void rlc_arena_cap(struct rlc_arena *arena, size_t bytes);

#endif
