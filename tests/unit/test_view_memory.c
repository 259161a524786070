/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"

#include "common/memory/ordered.h"
#include "common/memory/view_memory.h"
#include "tests/support/view_parity.h"

static void flush_all(void *context)
{
    rlc_memory_store_flush_all(context);
}

static void lose_record(void *context, int32_t partition, struct rlc_span key)
{
    assert_true(rlc_memory_store_lose_record(context, "scenario", partition, key));
}

static void it_answers_as_the_table_says(void **state)
{
    struct rlc_memory_store *store = rlc_memory_store_new();
    struct view_parity_world world = { .context = store,
                                       .flush_all = flush_all,
                                       .lose_record = lose_record };

    (void)state;
    assert_int_equal(rlc_memory_view_open(store, "scenario", &world.a, NULL), RLC_OK);
    assert_int_equal(rlc_memory_view_open(store, "scenario", &world.b, NULL), RLC_OK);
    assert_int_equal(rlc_memory_view_open(store, "scoring", &world.other, NULL), RLC_OK);
    assert_int_equal(view_parity_run(&world), 0);
    world.a->ops->close(world.a);
    world.b->ops->close(world.b);
    world.other->ops->close(world.other);
    rlc_memory_store_free(store);
}

static void a_slice_that_lost_a_piece_is_not_whole(void **state)
{
    static const uint8_t installation[RLC_UUID_SIZE] = { 1 };
    struct rlc_memory_store *store = rlc_memory_store_new();
    const struct rlc_view_put put = {
        .key = rlc_span_of("d|1"), .value = rlc_span_of("v"), .wake_ms = 5, .timed = true
    };
    struct rlc_view_apply apply = { .expect_off = RLC_OFFSET_NONE,
                                    .to = { .off = 1, .installation = { 1 } },
                                    .puts = &put,
                                    .count = 1 };
    struct rlc_view *view;
    struct rlc_look look;
    bool done = false;

    (void)state;
    assert_false(rlc_memory_store_lose(store, "scenario", 0, RLC_MEMORY_PIECE_RECORDS));
    assert_int_equal(rlc_memory_view_open(store, "scenario", &view, NULL), RLC_OK);
    assert_int_equal(view->ops->wipe(view, 0, 1, installation, &done, NULL), RLC_OK);
    assert_int_equal(view->ops->apply(view, &apply, 1, NULL), RLC_OK);
    assert_int_equal(view->ops->finish(view, 0, 1, 1, &done, NULL), RLC_OK);
    assert_int_equal(view->ops->look(view, 0, &look, NULL), RLC_OK);
    assert_true(rlc_look_is_whole(&look, installation));
    assert_true(rlc_memory_store_lose(store, "scenario", 0, RLC_MEMORY_PIECE_RECORDS));
    assert_int_equal(view->ops->look(view, 0, &look, NULL), RLC_OK);
    assert_false(rlc_look_is_whole(&look, installation));
    assert_true(rlc_memory_store_lose(store, "scenario", 0, RLC_MEMORY_PIECE_TIMERS));
    assert_int_equal(view->ops->look(view, 0, &look, NULL), RLC_OK);
    assert_false(look.fence_present);
    apply.expect_off = 1;
    apply.to.off = 2;
    assert_int_equal(view->ops->apply(view, &apply, 1, NULL), RLC_OK);
    assert_int_equal(apply.result, RLC_APPLY_GAP);
    assert_int_equal(view->ops->wipe(view, 0, 2, installation, &done, NULL), RLC_OK);
    assert_int_equal(view->ops->look(view, 0, &look, NULL), RLC_OK);
    assert_true(look.fence_present);
    assert_true(rlc_memory_store_lose(store, "scenario", 0, RLC_MEMORY_PIECE_FENCE));
    assert_int_equal(view->ops->look(view, 0, &look, NULL), RLC_OK);
    assert_false(look.fence_present);
    assert_false(rlc_memory_store_lose(store, "scenario", 1, RLC_MEMORY_PIECE_FENCE));
    view->ops->close(view);
    rlc_memory_store_free(store);
}

static void while_the_store_is_away_calls_ask_to_be_repeated(void **state)
{
    static const uint8_t installation[RLC_UUID_SIZE] = { 1 };
    struct rlc_memory_store *store = rlc_memory_store_new();
    struct rlc_view_apply apply = { .expect_off = RLC_OFFSET_NONE };
    struct rlc_view_read read = { .count = 0 };
    struct rlc_seen seen = { .base = 1 };
    struct rlc_view *view;
    struct rlc_look look;
    struct rlc_view_due due = { .max = 1 };
    int64_t epoch;
    bool done;

    (void)state;
    assert_int_equal(rlc_memory_view_open(store, "scenario", &view, NULL), RLC_OK);
    rlc_memory_store_set_away(store, true);
    assert_int_equal(view->ops->look(view, 0, &look, NULL), RLC_RETRY);
    assert_int_equal(view->ops->draw_epoch(view, 0, 0, &epoch, NULL), RLC_RETRY);
    assert_int_equal(view->ops->read(view, &read, 1, NULL, NULL), RLC_RETRY);
    assert_int_equal(view->ops->apply(view, &apply, 1, NULL), RLC_RETRY);
    assert_int_equal(view->ops->wipe(view, 0, 1, installation, &done, NULL), RLC_RETRY);
    assert_int_equal(view->ops->take_over(view, 0, 1, &done, NULL), RLC_RETRY);
    assert_int_equal(view->ops->finish(view, 0, 1, 1, &done, NULL), RLC_RETRY);
    assert_int_equal(view->ops->publish_seen(view, 0, &seen, NULL), RLC_RETRY);
    assert_int_equal(view->ops->due(view, &due, NULL, NULL), RLC_RETRY);
    rlc_memory_store_set_away(store, false);
    assert_int_equal(view->ops->look(view, 0, &look, NULL), RLC_OK);
    assert_false(look.fence_present);
    view->ops->close(view);
    rlc_memory_store_free(store);
}

/* ---- the ordered set beneath ---- */

#define NUMBERS 20000
#define STEP    7919 /* a prime: visits every number once, in no order */

static int by_number(const void *a, const void *b)
{
    int left = *(const int *)a, right = *(const int *)b;

    return left < right ? -1 : left > right;
}

static void check_order(const struct rlc_memory_ordered *set, int from, int step)
{
    struct rlc_memory_cursor cursor = { 0 };
    const int *number;
    int expected = from;

    while ((number = rlc_memory_ordered_next(set, &cursor))) {
        assert_int_equal(*number, expected);
        expected += step;
    }
    assert_int_equal(expected, NUMBERS + from);
}

static void an_ordered_set_stays_in_order(void **state)
{
    static int numbers[NUMBERS];
    struct rlc_memory_ordered set = { .compare = by_number };
    int probe = NUMBERS;

    (void)state;
    for (int i = 0; i < NUMBERS; i++) {
        int number = (int)((int64_t)i * STEP % NUMBERS);

        numbers[number] = number;
        assert_true(rlc_memory_ordered_add(&set, &numbers[number]));
    }
    assert_int_equal(set.count, NUMBERS);
    check_order(&set, 0, 1);
    assert_ptr_equal(rlc_memory_ordered_find(&set, &numbers[77]), &numbers[77]);
    assert_null(rlc_memory_ordered_find(&set, &probe));
    for (int i = 0; i < NUMBERS; i += 2)
        rlc_memory_ordered_remove(&set, &numbers[i]);
    check_order(&set, 1, 2);
    assert_null(rlc_memory_ordered_find(&set, &numbers[76]));
    for (int i = NUMBERS - 1; i > 0; i -= 2)
        rlc_memory_ordered_remove(&set, &numbers[i]);
    assert_int_equal(set.block_count, 0);
    assert_true(rlc_memory_ordered_add(&set, &numbers[5]));
    rlc_memory_ordered_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_answers_as_the_table_says),
        cmocka_unit_test(a_slice_that_lost_a_piece_is_not_whole),
        cmocka_unit_test(while_the_store_is_away_calls_ask_to_be_repeated),
        cmocka_unit_test(an_ordered_set_stays_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
