/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/arena.h"

#include "tests/support/check.h"
#include "tests/support/death.h"

static _Alignas(16) uint8_t memory[256];

static struct rlc_arena arena_over(void *base, size_t size)
{
    struct rlc_arena arena;

    memset(memory, 0xee, sizeof(memory));
    rlc_arena_init(&arena, base, size);
    return arena;
}

static void memory_is_zeroed_and_aligned_even_in_an_unaligned_buffer(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 16; shift++) {
        struct rlc_arena arena = arena_over(memory + shift, 128);

        for (size_t size = 1; size < 20; size += 6) {
            uint8_t *bytes = rlc_arena_alloc(&arena, size);

            assert_non_null(bytes);
            assert_int_equal((uintptr_t)bytes % 16, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(bytes[i], 0);
        }
    }
}

static void memory_runs_out_exactly_at_the_end(void **state)
{
    struct rlc_arena arena = arena_over(memory, 64);

    (void)state;
    assert_null(rlc_arena_alloc(&arena, 65));
    assert_non_null(rlc_arena_alloc(&arena, 33));
    assert_null(rlc_arena_alloc(&arena, 17));
    assert_non_null(rlc_arena_alloc(&arena, 16));
    assert_null(rlc_arena_alloc(&arena, 1));
    assert_int_equal(memory[64], 0xee);
}

static void a_failed_allocation_takes_nothing(void **state)
{
    struct rlc_arena arena = arena_over(memory, 64);
    size_t before;

    (void)state;
    assert_non_null(rlc_arena_alloc(&arena, 1));
    before = rlc_arena_mark(&arena);
    assert_null(rlc_arena_alloc(&arena, SIZE_MAX));
    assert_null(rlc_arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(rlc_arena_array(&arena, 7, 8));
    assert_int_equal(rlc_arena_mark(&arena), before);
    assert_non_null(rlc_arena_array(&arena, 6, 8));
}

static void a_cap_limits_what_one_record_may_take(void **state)
{
    struct rlc_arena arena = arena_over(memory, 256);

    (void)state;
    assert_non_null(rlc_arena_alloc(&arena, 32));
    rlc_arena_cap(&arena, 32);
    assert_null(rlc_arena_alloc(&arena, 33));
    assert_non_null(rlc_arena_alloc(&arena, 32));
    assert_null(rlc_arena_alloc(&arena, 1));
    rlc_arena_cap(&arena, 0);
    assert_non_null(rlc_arena_alloc(&arena, 128));
}

static void a_cap_beyond_the_end_is_the_end(void **state)
{
    struct rlc_arena arena = arena_over(memory, 64);

    (void)state;
    rlc_arena_cap(&arena, SIZE_MAX);
    assert_null(rlc_arena_alloc(&arena, 65));
    assert_non_null(rlc_arena_alloc(&arena, 32));
    rlc_arena_cap(&arena, 33);
    assert_null(rlc_arena_alloc(&arena, 33));
    assert_non_null(rlc_arena_alloc(&arena, 32));
}

static void a_rewind_forgets_what_came_after_the_mark(void **state)
{
    struct rlc_arena arena = arena_over(memory, 64);
    void *second;
    size_t mark;

    (void)state;
    assert_non_null(rlc_arena_alloc(&arena, 16));
    mark = rlc_arena_mark(&arena);
    second = rlc_arena_alloc(&arena, 16);
    memset(second, 0xff, 16);
    rlc_arena_rewind(&arena, mark);
    assert_ptr_equal(rlc_arena_alloc(&arena, 16), second);
    assert_int_equal(*(uint8_t *)second, 0);
}

static void a_reset_gives_everything_back_and_lifts_the_cap(void **state)
{
    struct rlc_arena arena = arena_over(memory, 64);

    (void)state;
    rlc_arena_cap(&arena, 16);
    assert_non_null(rlc_arena_alloc(&arena, 16));
    rlc_arena_reset(&arena);
    assert_ptr_equal(rlc_arena_alloc(&arena, 64), memory);
}

static void a_copy_is_independent_of_its_source(void **state)
{
    struct rlc_arena arena = arena_over(memory, 32);
    char source[] = "payment";
    struct rlc_span copy = rlc_arena_copy(&arena, rlc_span_from(source, 7));

    (void)state;
    source[0] = 'X';
    assert_int_equal(copy.size, 7);
    assert_memory_equal(copy.data, "payment", 7);
    assert_null(rlc_arena_copy(&arena, rlc_span_from(memory, 33)).data);
    assert_int_equal(rlc_arena_copy(&arena, rlc_span_from(memory, 33)).size, 0);
    assert_null(rlc_arena_copy(&arena, rlc_span_of("")).data);
}

static void an_arena_without_memory_gives_none(void **state)
{
    struct rlc_arena arena = arena_over(NULL, 0);

    (void)state;
    assert_null(rlc_arena_alloc(&arena, 0));
    assert_null(rlc_arena_alloc(&arena, 1));
}

static void rewind_forward(void)
{
    struct rlc_arena arena = arena_over(memory, 64);

    rlc_arena_rewind(&arena, 1);
}

static void rewinding_to_a_mark_of_the_future_stops_the_worker(void **state)
{
    (void)state;
    assert_aborts(rewind_forward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_even_in_an_unaligned_buffer),
        cmocka_unit_test(memory_runs_out_exactly_at_the_end),
        cmocka_unit_test(a_failed_allocation_takes_nothing),
        cmocka_unit_test(a_cap_limits_what_one_record_may_take),
        cmocka_unit_test(a_cap_beyond_the_end_is_the_end),
        cmocka_unit_test(a_rewind_forgets_what_came_after_the_mark),
        cmocka_unit_test(a_reset_gives_everything_back_and_lifts_the_cap),
        cmocka_unit_test(a_copy_is_independent_of_its_source),
        cmocka_unit_test(an_arena_without_memory_gives_none),
        cmocka_unit_test(rewinding_to_a_mark_of_the_future_stops_the_worker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
