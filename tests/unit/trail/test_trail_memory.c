/* SPDX-License-Identifier: Apache-2.0 */
/* The trail in memory: what every trail answers, and its disturbances. */
#include "common/memory/trail_memory.h"

#include <string.h>

#include "common/memory/keyring_memory.h"
#include "tests/support/trail_parity.h"

#include "tests/support/check.h"

static struct rlc_keyring *keyring;
static struct rlc_memory_trail *memory;
static struct rlc_trail *trail;

static int set_up(void **state)
{
    (void)state;
    keyring = rlc_keyring_memory_new(1);
    memory = rlc_memory_trail_new(keyring);
    assert_true(keyring && memory);
    trail = rlc_memory_trail_open(memory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trail->ops->close(trail);
    rlc_memory_trail_free(memory);
    keyring->ops->close(keyring);
    return 0;
}

static void it_answers_like_any_other(void **state)
{
    (void)state;
    trail_parity_run(trail);
}

/* ---- one record and the erasure of D1 ---- */

static enum rlc_status erase(void *context, struct rlc_trail *within, struct rlc_error *reterr)
{
    (void)context;
    return within->ops->erase_key(within, rlc_span_of("acme"), rlc_span_of("D1"), reterr);
}

static struct rlc_trail_end end_now(void)
{
    static const struct rlc_hash GENESIS = { { 7 } };
    struct rlc_trail_end end;
    struct rlc_error error;

    assert_int_equal(trail->ops->end(trail, "scenario", 0, &GENESIS, &end, &error), RLC_OK);
    return end;
}

static enum rlc_status store(int64_t off)
{
    struct rlc_trail_row row = { .worker = "scenario", .off = off, .raw = rlc_span_of("raw") };
    struct rlc_trail_move move = { .worker = "scenario", .from = end_now() };
    struct rlc_trail_batch batch = { &move, 1, &row, 1, erase, NULL };
    struct rlc_error error;

    move.to = (struct rlc_trail_end){ .next_off = off + 1, .seq = 1 };
    return trail->ops->store(trail, &batch, &error);
}

static bool is_erased(void)
{
    struct rlc_key_want want = { rlc_span_of("acme"), rlc_span_of("D1") };
    struct rlc_data_key key;
    struct rlc_error error;

    assert_int_equal(keyring->ops->open(keyring, &want, 1, false, &key, &error), RLC_OK);
    return key.state == RLC_KEY_ERASED;
}

static void a_lost_commit_leaves_nothing_and_a_lost_answer_all(void **state)
{
    struct rlc_memory_trail_part part;

    (void)state;
    rlc_memory_trail_next_store(memory, RLC_MEMORY_UNKNOWN_LOST);
    assert_int_equal(store(3), RLC_RETRY);
    assert_int_equal(end_now().next_off, -1);
    assert_false(is_erased());
    rlc_memory_trail_next_store(memory, RLC_MEMORY_UNKNOWN_COMMITTED);
    assert_int_equal(store(3), RLC_RETRY);
    assert_int_equal(end_now().next_off, 4);
    assert_true(is_erased());
    assert_true(rlc_memory_trail_part(memory, 0, &part));
    assert_int_equal(part.count, 1);
    assert_int_equal(part.rows[0].off, 3);
    assert_true(rlc_span_equal(part.rows[0].raw, rlc_span_of("raw")));
    assert_int_equal(rlc_memory_trail_refused(memory), 0);
}

static void while_it_is_away_nothing_changes(void **state)
{
    struct rlc_trail_end end = end_now();
    struct rlc_error error;

    (void)state;
    rlc_memory_trail_set_away(memory, true);
    assert_int_equal(trail->ops->end(trail, "scenario", 0, &end.head, &end, &error), RLC_RETRY);
    assert_int_equal(trail->ops->claim(trail, end.head.bytes, &error), RLC_RETRY);
    rlc_memory_trail_set_away(memory, false);
    assert_int_equal(store(0), RLC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_answers_like_any_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_commit_leaves_nothing_and_a_lost_answer_all, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(while_it_is_away_nothing_changes, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("trail_memory", tests, NULL, NULL);
}
