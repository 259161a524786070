/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/memory.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

/* Pages of the arena's address space that are in memory. */
static size_t resident_pages(const struct rlc_arena *arena)
{
    static unsigned char present[16 * MIB / 4096];
    size_t pages = arena->size / (size_t)sysconf(_SC_PAGESIZE);
    size_t count = 0;

    assert_true(pages <= sizeof(present));
    assert_int_equal(mincore(arena->base, arena->size, present), 0);
    for (size_t i = 0; i < pages; i++)
        count += present[i] & 1u;
    return count;
}

static void address_space_costs_nothing_until_it_is_used(void **state)
{
    struct rlc_arena arena;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, 16 * MIB), RLC_OK);
    assert_int_equal(resident_pages(&arena), 0);
    assert_non_null(rlc_arena_alloc(&arena, 100));
    assert_true(resident_pages(&arena) < 16 * MIB / (size_t)sysconf(_SC_PAGESIZE));
    rlc_arena_unmap(&arena);
    assert_null(arena.base);
}

static void an_unusual_batch_keeps_no_memory(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct rlc_arena arena;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, 16 * MIB), RLC_OK);
    memset(rlc_arena_alloc(&arena, 15 * MIB), 1, 15 * MIB);
    assert_true(resident_pages(&arena) >= 15 * MIB / page);
    rlc_arena_reset(&arena);
    rlc_arena_trim(&arena, MIB);

    assert_int_equal(resident_pages(&arena), MIB / page);
    rlc_arena_unmap(&arena);
}

static void trimming_never_takes_what_is_in_use(void **state)
{
    struct rlc_arena arena;
    char *bytes;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, 4 * MIB), RLC_OK);
    bytes = rlc_arena_alloc(&arena, 2 * MIB + 1);
    memset(bytes, 7, 2 * MIB + 1);
    rlc_arena_trim(&arena, 0);

    assert_int_equal(bytes[0], 7);
    assert_int_equal(bytes[2 * MIB], 7);
    rlc_arena_unmap(&arena);
}

static void a_size_is_rounded_up_to_whole_pages(void **state)
{
    struct rlc_arena arena;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, 1), RLC_OK);
    assert_int_equal(arena.size, sysconf(_SC_PAGESIZE));
    rlc_arena_trim(&arena, 0);
    rlc_arena_trim(&arena, SIZE_MAX);
    rlc_arena_unmap(&arena);
}

static void impossible_sizes_leave_an_empty_arena(void **state)
{
    static const size_t SIZE[] = { 0, SIZE_MAX, SIZE_MAX / 2 };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(SIZE); i++) {
        struct rlc_arena arena = { .used = 1 };

        assert_int_equal(rlc_arena_map(&arena, SIZE[i]), RLC_RETRY);
        assert_null(rlc_arena_alloc(&arena, 1));
        rlc_arena_trim(&arena, 0);
        rlc_arena_unmap(&arena);
    }
}

/* Pages of the process that are in memory. */
static size_t resident_of_process(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    char line[128] = "", *rest;

    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    (void)fclose(file);
    (void)strtoull(line, &rest, 10); /* the address space comes first */
    return (size_t)strtoull(rest, NULL, 10);
}

/* The last piece stays, so that the allocator cannot shrink its heap by itself. */
static void freed_memory_goes_back_to_the_system(void **state)
{
    enum { PIECES = 32 * 1024, PIECE = 1024 };
    static char *pieces[PIECES];
    size_t full, trimmed;

    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* another allocator */
#endif
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = malloc(PIECE);
        assert_non_null(pieces[i]);
        memset(pieces[i], 1, PIECE);
    }
    for (size_t i = 0; i + 1 < PIECES; i++)
        free(pieces[i]);
    full = resident_of_process();
    rlc_memory_trim();
    trimmed = resident_of_process();

    assert_true(full >= trimmed + 24 * MIB / (size_t)sysconf(_SC_PAGESIZE));
    free(pieces[PIECES - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_space_costs_nothing_until_it_is_used),
        cmocka_unit_test(an_unusual_batch_keeps_no_memory),
        cmocka_unit_test(trimming_never_takes_what_is_in_use),
        cmocka_unit_test(a_size_is_rounded_up_to_whole_pages),
        cmocka_unit_test(impossible_sizes_leave_an_empty_arena),
        cmocka_unit_test(freed_memory_goes_back_to_the_system),
    };

    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
