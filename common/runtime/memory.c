/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/memory.h"

#include <assert.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

/* `size` rounded up to whole pages; 0 when that overflows. */
static size_t whole_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return size > SIZE_MAX - page ? 0 : (size + page - 1) / page * page;
}

enum rlc_status rlc_arena_map(struct rlc_arena *ret_arena, size_t size)
{
    size_t mapped = whole_pages(size);
    void *base = MAP_FAILED;

    if (mapped > 0)
        base = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        *ret_arena = (struct rlc_arena){ 0 };
        return RLC_RETRY;
    }
    rlc_arena_init(ret_arena, base, mapped);
    return RLC_OK;
}

void rlc_arena_trim(struct rlc_arena *arena, size_t keep)
{
    size_t from = whole_pages(keep > arena->used ? keep : arena->used);
    int result;

    if (arena->base == NULL || from >= arena->size)
        return;
    result = madvise(arena->base + from, arena->size - from, MADV_DONTNEED);
    assert(result == 0);
    (void)result;
}

void rlc_memory_trim(void)
{
    (void)malloc_trim(0); /* says whether there was anything to give back */
}

void rlc_arena_unmap(struct rlc_arena *arena)
{
    int result = arena->base ? munmap(arena->base, arena->size) : 0;

    assert(result == 0);
    (void)result;
    *arena = (struct rlc_arena){ 0 };
}
