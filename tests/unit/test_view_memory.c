/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_answers_as_the_table_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
