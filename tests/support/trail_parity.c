/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/trail_parity.h"

#include <string.h>

#include "common/runtime/error.h"

#include "tests/support/check.h"

static const struct rlc_hash GENESIS = { { 7 } };
static const uint8_t INSTALLATION[RLC_UUID_SIZE] = "0123456789abcde";

/* ---- the tools ---- */

static struct rlc_trail_end end_of(struct rlc_trail *trail, int32_t partition)
{
    struct rlc_trail_end end;
    struct rlc_error error = { .text = "" };

    assert_int_equal(trail->ops->end(trail, "scenario", partition, &GENESIS, &end, &error), RLC_OK);
    return end;
}

static struct rlc_trail_row row_at(int32_t partition, int64_t off)
{
    return (struct rlc_trail_row){ .worker = "scenario",
                                   .partition = partition,
                                   .seq = off + 1,
                                   .off = off,
                                   .tenant = rlc_span_of("acme"),
                                   .kind = rlc_span_of("SUPPRESSED"),
                                   .raw = rlc_span_of("raw") };
}

static struct rlc_trail_move move_to(int32_t partition, const struct rlc_trail_end *from,
                                     int64_t next_off)
{
    struct rlc_trail_move move = { .worker = "scenario", .partition = partition, .from = *from };

    move.to = (struct rlc_trail_end){ .next_off = next_off, .seq = next_off, .head = { { 9 } } };
    return move;
}

/* One record at `off`, behind `from`. */
static enum rlc_status store_one(struct rlc_trail *trail, int32_t partition,
                                 const struct rlc_trail_end *from, int64_t off)
{
    struct rlc_trail_row row = row_at(partition, off);
    struct rlc_trail_move move = move_to(partition, from, off + 1);
    struct rlc_trail_batch batch = { &move, 1, &row, 1, NULL, NULL };
    struct rlc_error error = { .text = "" };

    return trail->ops->store(trail, &batch, &error);
}

/* ---- the rows ---- */

static void a_new_trail_ends_at_its_genesis(struct rlc_trail *trail, int32_t partition)
{
    struct rlc_trail_end end = end_of(trail, partition);

    assert_int_equal(end.next_off, -1);
    assert_int_equal(end.seq, 0);
    assert_true(rlc_hash_equal(&end.head, &GENESIS));
}

static void what_is_stored_moves_the_end(struct rlc_trail *trail, int32_t partition)
{
    struct rlc_trail_end end = end_of(trail, partition);

    assert_int_equal(store_one(trail, partition, &end, 4), RLC_OK);
    end = end_of(trail, partition);
    assert_int_equal(end.next_off, 5);
    assert_int_equal(end.seq, 5);
    assert_int_equal(end.head.bytes[0], 9);
}

static void the_same_batch_again_is_told_to_look(struct rlc_trail *trail, int32_t partition)
{
    struct rlc_trail_end end = end_of(trail, partition);

    assert_int_equal(store_one(trail, partition, &end, 0), RLC_OK);
    assert_int_equal(store_one(trail, partition, &end, 0), RLC_ABORT);
    /* Nothing of a later one either. */
    assert_int_equal(store_one(trail, partition, &end, 3), RLC_ABORT);
    end = end_of(trail, partition);
    assert_int_equal(end.next_off, 1);
    assert_int_equal(store_one(trail, partition, &end, 3), RLC_OK);
}

static void one_position_that_was_moved_keeps_back_the_whole_batch(struct rlc_trail *trail,
                                                                   int32_t partition)
{
    struct rlc_trail_end fresh = end_of(trail, partition);
    struct rlc_trail_end stale = end_of(trail, partition + 1);
    struct rlc_trail_row rows[] = { row_at(partition, 0), row_at(partition + 1, 0) };
    struct rlc_trail_move moves[] = { move_to(partition, &fresh, 1),
                                      move_to(partition + 1, &stale, 1) };
    struct rlc_trail_batch batch = { moves, 2, rows, 2, NULL, NULL };
    struct rlc_error error = { .text = "" };

    assert_int_equal(store_one(trail, partition + 1, &stale, 0), RLC_OK);
    assert_int_equal(trail->ops->store(trail, &batch, &error), RLC_ABORT);
    assert_int_equal(end_of(trail, partition).next_off, -1);
    assert_int_equal(store_one(trail, partition, &fresh, 0), RLC_OK);
}

static void a_record_that_is_there_is_refused(struct rlc_trail *trail, int32_t partition)
{
    struct rlc_trail_end end = end_of(trail, partition);

    assert_int_equal(store_one(trail, partition, &end, 2), RLC_OK);
    end = end_of(trail, partition);
    assert_int_equal(store_one(trail, partition, &end, 2), RLC_REJECT);
    assert_int_equal(store_one(trail, partition, &end, 3), RLC_OK);
}

static enum rlc_status refuse(void *context, struct rlc_trail *trail, struct rlc_error *reterr)
{
    (void)context;
    (void)trail;
    return rlc_error_set(reterr, RLC_REJECT, "test", 0, "no");
}

static void what_fails_within_takes_everything_back(struct rlc_trail *trail, int32_t partition)
{
    struct rlc_trail_end end = end_of(trail, partition);
    struct rlc_trail_row row = row_at(partition, 0);
    struct rlc_trail_move move = move_to(partition, &end, 1);
    struct rlc_trail_batch batch = { &move, 1, &row, 1, refuse, NULL };
    struct rlc_error error = { .text = "" };

    assert_int_equal(trail->ops->store(trail, &batch, &error), RLC_REJECT);
    assert_int_equal(end_of(trail, partition).next_off, -1);
    assert_int_equal(store_one(trail, partition, &end, 0), RLC_OK);
}

static void a_trail_belongs_to_whoever_asked_first(struct rlc_trail *trail, int32_t partition)
{
    static const uint8_t OTHER[RLC_UUID_SIZE] = "another one    ";
    struct rlc_error error = { .text = "" };

    (void)partition;
    assert_int_equal(trail->ops->claim(trail, INSTALLATION, &error), RLC_OK);
    assert_int_equal(trail->ops->claim(trail, INSTALLATION, &error), RLC_OK);
    assert_int_equal(trail->ops->claim(trail, OTHER, &error), RLC_FATAL);
}

#define ROW(name)                                                                                  \
    {                                                                                              \
#name, name                                                                                \
    }
const struct trail_parity_row TRAIL_PARITY[] = {
    ROW(a_new_trail_ends_at_its_genesis),
    ROW(what_is_stored_moves_the_end),
    ROW(the_same_batch_again_is_told_to_look),
    ROW(one_position_that_was_moved_keeps_back_the_whole_batch),
    ROW(a_record_that_is_there_is_refused),
    ROW(what_fails_within_takes_everything_back),
    ROW(a_trail_belongs_to_whoever_asked_first),
};
const size_t TRAIL_PARITY_COUNT = RLC_COUNT(TRAIL_PARITY);

void trail_parity_run(struct rlc_trail *trail)
{
    for (size_t i = 0; i < TRAIL_PARITY_COUNT; i++) {
        print_message("  %s\n", TRAIL_PARITY[i].name);
        TRAIL_PARITY[i].run(trail, (int32_t)i * 2);
    }
}
