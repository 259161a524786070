/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/arena.h"

#include <assert.h>
#include <string.h>

/* Enough for every scalar type of the platform, long double and __int128 included. */
#define ARENA_ALIGNMENT 16

void rlc_arena_init(struct rlc_arena *arena, void *base, size_t size)
{
    assert(arena != NULL);
    assert(base != NULL || size == 0);

    *arena = (struct rlc_arena){ .base = base, .size = size, .cap = size };
}

static void *reserve(struct rlc_arena *arena, size_t size)
{
    /* The lent memory need not be aligned itself, so the padding is computed from the address. */
    size_t misaligned = ((uintptr_t)arena->base + arena->used) % ARENA_ALIGNMENT;
    size_t padding = misaligned ? ARENA_ALIGNMENT - misaligned : 0;
    size_t left = arena->cap > arena->used ? arena->cap - arena->used : 0;

    assert(arena->used <= arena->size && arena->cap <= arena->size);
    if (arena->base == NULL || padding > left || size > left - padding)
        return NULL;

    uint8_t *memory = arena->base + arena->used + padding;

    arena->used += padding + size;
    return memory;
}

void *rlc_arena_alloc(struct rlc_arena *arena, size_t size)
{
    void *memory = reserve(arena, size);

    return memory ? memset(memory, 0, size) : NULL;
}

void *rlc_arena_array(struct rlc_arena *arena, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return rlc_arena_alloc(arena, bytes);
}

struct rlc_span rlc_arena_copy(struct rlc_arena *arena, struct rlc_span source)
{
    void *memory = source.size ? reserve(arena, source.size) : NULL;

    if (memory == NULL)
        return (struct rlc_span){ NULL, 0 };
    memcpy(memory, source.data, source.size);
    return rlc_span_from(memory, source.size);
}

void rlc_arena_reset(struct rlc_arena *arena)
{
    arena->used = 0;
    arena->cap = arena->size;
}

void rlc_arena_rewind(struct rlc_arena *arena, size_t mark)
{
    assert(mark <= arena->used);
    arena->used = mark;
}

void rlc_arena_cap(struct rlc_arena *arena, size_t bytes)
{
    size_t left = arena->size - arena->used;

    arena->cap = bytes == 0 || bytes > left ? arena->size : arena->used + bytes;
}
