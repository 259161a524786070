/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/memory.h"

#include <sys/mman.h>

enum rlc_status rlc_arena_map(struct rlc_arena *ret_arena, size_t size)
{
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (base == MAP_FAILED)
        return RLC_FATAL;
    rlc_arena_init(ret_arena, base, size);
    return RLC_OK;
}

void rlc_arena_unmap(struct rlc_arena *arena)
{
    if (arena->base)
        (void)munmap(arena->base, arena->size);
    *arena = (struct rlc_arena){ 0 };
}

void rlc_arena_trim(struct rlc_arena *arena, size_t keep)
{
    if (arena->used <= keep)
        return;
    /* Failure only means that the pages stay. */
    (void)madvise(arena->base + keep, arena->size - keep, MADV_DONTNEED);
    rlc_arena_reset(arena);
}
