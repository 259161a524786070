/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/view_parity.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/view_parity_row.h"

#define ARENA_SIZE ((size_t)4 << 20)
/* More arguments than a Lua stack takes at once. */
#define MANY     10000
#define BIG_SIZE ((size_t)200 * 1024)
#define BIGGEST  RLC_MS_NEVER /* 2^53-1: what passes through Lua and scores exactly */
#define KEY_SIZE 16

static const uint8_t foreign[RLC_UUID_SIZE] = { 1 };

/* ---- rows: fence ---- */

static void an_unknown_slice_is_empty(struct view_row *row)
{
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_look look;

    view_row_look(row, view);
    view_row_seen(row);
    view_row_check(row, view->ops->look(view, row->partition, &look, &error), &error);
    view_row_timer(row, look.first_timer_ms);
    view_row_value(row, view, "k1");
    view_row_due(row, BIGGEST, 10);
}

static void epochs_are_counted_above_the_floor(struct view_row *row)
{
    view_row_draw(row, row->world->a, 0);
    view_row_draw(row, row->world->b, 0);
    view_row_draw(row, row->world->a, 10);
    view_row_draw(row, row->world->b, 3);
}

static void a_wipe_leaves_an_empty_fence_that_is_being_built(struct view_row *row)
{
    view_row_prepare(row);
    view_row_wipe(row, row->world->a, 3);
    view_row_look(row, row->world->b);
    view_row_whole(row, view_row_installation);
    view_row_value(row, row->world->b, "k1");
}

static void an_older_owner_cannot_wipe_what_a_newer_one_builds(struct view_row *row)
{
    view_row_wipe(row, row->world->a, 5);
    view_row_wipe(row, row->world->b, 4);
    view_row_wipe(row, row->world->b, 5);
    view_row_look(row, row->world->a);
}

static void an_apply_moves_the_fence_and_keeps_the_mark(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_put("k1", "one"), view_row_put("k2", "two") };

    view_row_wipe(row, row->world->a, 5);
    view_row_apply(row, RLC_OFFSET_NONE, 10, puts, RLC_COUNT(puts));
    view_row_look(row, row->world->b);
    view_row_value(row, row->world->b, "k2");
}

static void an_apply_without_records_moves_the_fence(struct view_row *row)
{
    view_row_prepare(row);
    view_row_apply(row, 10, 20, NULL, 0);
    view_row_look(row, row->world->b);
}

static void the_same_apply_again_is_already_there(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_put("k1", "changed") };

    view_row_prepare(row);
    view_row_apply(row, RLC_OFFSET_NONE, 10, puts, RLC_COUNT(puts));
    view_row_apply(row, 5, 9, puts, RLC_COUNT(puts));
    view_row_value(row, row->world->a, "k1");
    view_row_look(row, row->world->a);
}

static void an_apply_from_elsewhere_is_a_gap_and_changes_nothing(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_put("k1", "changed") };

    view_row_prepare(row);
    view_row_apply(row, 9, 20, puts, RLC_COUNT(puts));
    view_row_apply(row, 11, 20, puts, RLC_COUNT(puts));
    view_row_apply(row, RLC_OFFSET_NONE, 20, puts, RLC_COUNT(puts));
    view_row_value(row, row->world->a, "k1");
    view_row_look(row, row->world->a);
}

static void an_apply_without_a_fence_is_a_gap(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_put("k1", "one") };

    view_row_apply(row, RLC_OFFSET_NONE, 10, puts, RLC_COUNT(puts));
    view_row_apply(row, 10, 20, puts, RLC_COUNT(puts));
    view_row_look(row, row->world->a);
}

static void a_lost_record_is_a_gap(struct view_row *row)
{
    view_row_prepare(row);
    row->world->lose_record(row->world->context, row->partition, rlc_span_of("k1"));
    view_row_whole(row, view_row_installation);
    view_row_apply(row, 10, 20, NULL, 0);
    view_row_finish(row, row->world->a, 10, 1);
    view_row_look(row, row->world->a);
}

static void after_a_flush_everything_is_gone(struct view_row *row)
{
    struct rlc_seen seen = { .base = 1, .seen = 2 };
    struct rlc_error error = { .text = "" };

    view_row_prepare(row);
    view_row_draw(row, row->world->a, 7);
    view_row_check(row,
                   row->world->a->ops->publish_seen(row->world->a, row->partition, &seen, &error),
                   &error);
    row->world->flush_all(row->world->context);
    view_row_apply(row, 10, 20, NULL, 0);
    view_row_look(row, row->world->a);
    view_row_seen(row);
    view_row_draw(row, row->world->a, 0);
    view_row_take_over(row, row->world->a, 9);
    view_row_finish(row, row->world->a, 10, 9);
}

static void an_epoch_is_above_the_fence_too(struct view_row *row)
{
    view_row_wipe(row, row->world->a, 5);
    view_row_draw(row, row->world->b, 0);
}

static void another_installation_changes_nothing_and_holds_nothing(struct view_row *row)
{
    struct rlc_view *view = row->world->a;
    struct rlc_view_apply one;
    struct rlc_error error = { .text = "" };
    bool mine = false;

    view_row_prepare(row);
    one = view_row_transaction(row->partition, 10, 20, NULL, 0);
    memcpy(one.to.installation, foreign, RLC_UUID_SIZE);
    view_row_apply_one(row, view, &one);
    view_row_wipe(row, view, 9);
    view_row_check(row, view->ops->wipe(view, row->partition, 3, foreign, &mine, &error), &error);
    answer_say(&row->answer, mine ? "wiped" : "not wiped");
    view_row_whole(row, foreign);
    view_row_look(row, view);
}

/* ---- rows: building ---- */

static void only_the_newest_builder_finishes(struct view_row *row)
{
    view_row_wipe(row, row->world->a, 5);
    view_row_apply(row, RLC_OFFSET_NONE, 10, NULL, 0);
    view_row_take_over(row, row->world->b, 4);
    view_row_take_over(row, row->world->b, 6);
    view_row_take_over(row, row->world->a, 5);
    view_row_finish(row, row->world->a, 10, 5);
    view_row_finish(row, row->world->b, 10, 6);
    view_row_look(row, row->world->a);
}

static void nothing_is_taken_over_where_nothing_is_built(struct view_row *row)
{
    view_row_prepare(row);
    view_row_take_over(row, row->world->b, 9);
    view_row_look(row, row->world->a);
}

static void an_apply_marks_and_never_lowers_the_mark(struct view_row *row)
{
    struct rlc_view_apply restore;

    view_row_prepare(row);
    restore = view_row_transaction(row->partition, 10, 20, NULL, 0);
    restore.building = 6;
    view_row_apply_one(row, row->world->a, &restore);
    view_row_look(row, row->world->a);
    restore = view_row_transaction(row->partition, 20, 30, NULL, 0);
    restore.building = 5;
    view_row_apply_one(row, row->world->b, &restore);
    view_row_look(row, row->world->a);
}

static void finish_wants_the_right_offset(struct view_row *row)
{
    view_row_wipe(row, row->world->a, 5);
    view_row_apply(row, RLC_OFFSET_NONE, 10, NULL, 0);
    view_row_finish(row, row->world->a, 9, 5);
    view_row_finish(row, row->world->a, 11, 5);
    view_row_whole(row, view_row_installation);
    view_row_finish(row, row->world->a, 10, 5);
    view_row_whole(row, view_row_installation);
    view_row_whole(row, foreign);
    view_row_finish(row, row->world->b, 10, 4);
}

/* ---- rows: records ---- */

static void a_tombstone_deletes_record_and_timer(struct view_row *row)
{
    struct rlc_view_put set[] = { view_row_timed("d|1", 100), view_row_timed("d|2", 200) };
    struct rlc_view_put deletion[] = { view_row_put("d|1", NULL), view_row_put("none", NULL) };

    view_row_prepare(row);
    view_row_apply(row, 10, 20, set, RLC_COUNT(set));
    view_row_due(row, 1000, 10);
    view_row_apply(row, 20, 30, deletion, RLC_COUNT(deletion));
    view_row_due(row, 1000, 10);
    view_row_value(row, row->world->a, "d|1");
    view_row_look(row, row->world->a);
}

static void of_a_key_put_twice_the_last_value_counts(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_put("k1", "x"), view_row_put("k1", NULL),
                                   view_row_put("k1", "y"), view_row_put("k2", "z"),
                                   view_row_put("k2", NULL) };

    view_row_prepare(row);
    view_row_apply(row, 10, 20, puts, RLC_COUNT(puts));
    view_row_value(row, row->world->a, "k1");
    view_row_value(row, row->world->a, "k2");
    view_row_look(row, row->world->a);
}

static void a_read_answers_in_the_order_of_its_keys(struct view_row *row)
{
    struct rlc_span keys[] = { rlc_span_of("k2"), rlc_span_of("none"), rlc_span_of("k1"),
                               rlc_span_of("k2") };
    struct rlc_span values[RLC_COUNT(keys)];
    struct rlc_view *view = row->world->b;
    struct rlc_error error = { .text = "" };
    struct rlc_view_read reads[] = {
        { .partition = row->partition, .keys = keys, .count = RLC_COUNT(keys), .values = values },
        { .partition = row->partition + 1, .keys = keys, .count = 0, .values = values },
    };

    view_row_prepare(row);
    view_row_check(row, view->ops->read(view, reads, RLC_COUNT(reads), &row->arena, &error),
                   &error);
    for (size_t i = 0; i < RLC_COUNT(keys); i++)
        answer_say(&row->answer, "%.*s", values[i].data ? (int)values[i].size : 1,
                   values[i].data ? (const char *)values[i].data : "-");
    answer_say(&row->answer, "off %" PRId64 " fences %d %d", reads[0].look.fence.off,
               reads[0].look.fence_present, reads[1].look.fence_present);
}

static void keys_and_values_are_bytes(struct view_row *row)
{
    static const uint8_t key[] = { 'd', '|', 0, 0xff, '\n', '{', '}', ' ', '"' };
    static const uint8_t bytes[] = { 0, 1, 0xfe, 0xff, '\r', '\n', 0 };
    struct rlc_view_put puts[] = { { .key = rlc_span_from(key, sizeof(key)),
                                     .value = rlc_span_from(bytes, sizeof(bytes)),
                                     .wake_ms = 5,
                                     .timed = true } };
    struct rlc_span value = { NULL, 0 };
    struct rlc_view_due due = { .partition = row->partition, .until_ms = 5, .max = 9 };
    struct rlc_view_read read = {
        .partition = row->partition, .keys = &puts[0].key, .count = 1, .values = &value
    };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };

    view_row_prepare(row);
    view_row_apply(row, 10, 20, puts, RLC_COUNT(puts));
    view_row_check(row, view->ops->read(view, &read, 1, &row->arena, &error), &error);
    view_row_check(row, view->ops->due(view, &due, &row->arena, &error), &error);
    answer_say(&row->answer,
               rlc_span_equal(value, puts[0].value) ? "value equal" : "value differs");
    answer_say(&row->answer, due.count == 1 && rlc_span_equal(due.keys[0], puts[0].key)
                                 ? "key equal"
                                 : "key differs");
}

static void numbers_reach_two_to_the_53(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_timed("d|1", BIGGEST - 1) };
    struct rlc_view_apply one;

    view_row_prepare(row);
    one = view_row_transaction(row->partition, 10, BIGGEST - 1, puts, RLC_COUNT(puts));
    one.to.next_in = BIGGEST;
    one.to.txn_seq = BIGGEST - 2;
    one.to.ckpt_ms = BIGGEST - 3;
    one.to.owner_epoch = BIGGEST - 4;
    view_row_apply_one(row, row->world->a, &one);
    view_row_timer(row, one.first_timer_ms);
    view_row_look(row, row->world->b);
    one = view_row_transaction(row->partition, BIGGEST - 1, BIGGEST, NULL, 0);
    one.to.next_in = BIGGEST;
    one.to.ckpt_ms = BIGGEST;
    view_row_apply_one(row, row->world->a, &one);
    view_row_due(row, BIGGEST - 2, 10);
    view_row_due(row, BIGGEST - 1, 10);
}

static void many_records_fit_into_one_apply(struct view_row *row)
{
    struct rlc_view_put *puts = rlc_arena_array(&row->arena, MANY, sizeof(*puts));
    char *names = rlc_arena_alloc(&row->arena, (size_t)MANY * KEY_SIZE);

    assert(puts && names);
    for (int i = 0; i < MANY; i++) {
        char *name = names + (ptrdiff_t)i * KEY_SIZE;

        (void)snprintf(name, KEY_SIZE, "d|%d", i);
        puts[i] = view_row_timed(name, 1000000 - i);
    }
    view_row_prepare(row);
    view_row_apply(row, 10, 20, puts, MANY);
    view_row_look(row, row->world->b);
    view_row_due(row, BIGGEST, 2);
    view_row_value(row, row->world->b, "d|9999");
}

static void a_large_value_comes_back(struct view_row *row)
{
    uint8_t *bytes = rlc_arena_alloc(&row->arena, BIG_SIZE);
    struct rlc_view_put puts[] = { { .key = rlc_span_of("big"), .wake_ms = RLC_MS_NEVER } };
    struct rlc_span value = { NULL, 0 };
    struct rlc_view_read read = {
        .partition = row->partition, .keys = &puts[0].key, .count = 1, .values = &value
    };
    struct rlc_error error = { .text = "" };

    assert(bytes);
    for (size_t i = 0; i < BIG_SIZE; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    puts[0].value = rlc_span_from(bytes, BIG_SIZE);
    view_row_prepare(row);
    view_row_apply(row, 10, 20, puts, 1);
    view_row_check(row, row->world->b->ops->read(row->world->b, &read, 1, &row->arena, &error),
                   &error);
    answer_say(&row->answer, "%zu %s", value.size,
               rlc_span_equal(value, puts[0].value) ? "equal" : "differs");
}

static void each_part_of_an_apply_stands_alone(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_put("k1", "changed") };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_view_apply parts[] = {
        view_row_transaction(row->partition, 9, 20, puts, 1),
        view_row_transaction(row->partition + 1, 10, 20, puts, 1),
        view_row_transaction(row->partition, 10, 20, puts, 1),
    };

    view_row_prepare(row);
    row->partition++;
    view_row_prepare(row);
    view_row_check(row, view->ops->apply(view, parts, RLC_COUNT(parts), &error), &error);
    for (size_t i = 0; i < RLC_COUNT(parts); i++)
        answer_say(&row->answer, "%s", view_row_result(parts[i].result));
    view_row_value(row, view, "k1");
    row->partition--;
    view_row_value(row, view, "k1");
}

static void workers_share_nothing(struct view_row *row)
{
    view_row_prepare(row);
    view_row_look(row, row->world->other);
    view_row_value(row, row->world->other, "k1");
    view_row_draw(row, row->world->a, 7);
    view_row_draw(row, row->world->other, 0);
}

/* ---- rows: timers and seen ---- */

static void timers_come_by_time_then_key(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_timed("d|b", 200), view_row_timed("d|a", 200),
                                   view_row_timed("d|c", 100), view_row_timed("d|B", 200),
                                   view_row_timed("d|z", 300), view_row_timed("d|aa", 200) };

    view_row_prepare(row);
    view_row_apply(row, 10, 20, puts, RLC_COUNT(puts));
    view_row_due(row, 99, 10);
    view_row_due(row, 100, 10);
    view_row_due(row, 200, 3);
    view_row_due(row, 300, 10);
    view_row_due(row, 300, 0);
}

static void a_timer_moves(struct view_row *row)
{
    struct rlc_view_put first[] = { view_row_timed("d|1", 200), view_row_timed("d|2", 300) };
    struct rlc_view_put second[] = { view_row_timed("d|1", 400) };
    struct rlc_view_apply one;

    view_row_prepare(row);
    one = view_row_transaction(row->partition, 10, 20, first, RLC_COUNT(first));
    view_row_apply_one(row, row->world->a, &one);
    view_row_timer(row, one.first_timer_ms);
    one = view_row_transaction(row->partition, 20, 30, second, RLC_COUNT(second));
    view_row_apply_one(row, row->world->a, &one);
    view_row_timer(row, one.first_timer_ms);
    view_row_due(row, 1000, 10);
}

static void who_is_never_woken_is_still_a_subject(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_timed("d|1", RLC_MS_NEVER),
                                   view_row_timed("d|2", RLC_MS_NEVER) };
    struct rlc_view_apply one;

    view_row_prepare(row);
    one = view_row_transaction(row->partition, 10, 20, puts, RLC_COUNT(puts));
    view_row_apply_one(row, row->world->a, &one);
    view_row_timer(row, one.first_timer_ms);
    view_row_due(row, RLC_MS_NEVER - 1, 10);
    view_row_due(row, RLC_MS_NEVER, 10);
}

/* Nobody is due in a slice that was just lost, and the look says that it was. */
static void who_is_due_is_told_with_the_fence(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_timed("d|1", 100) };

    view_row_prepare(row);
    view_row_apply(row, 10, 20, puts, RLC_COUNT(puts));
    view_row_due(row, 100, 10);
    row->world->flush_all(row->world->context);
    view_row_due(row, 100, 10);
}

static void a_refused_apply_tells_the_first_timer(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_timed("d|1", 200) };
    struct rlc_view_apply one;

    view_row_prepare(row);
    view_row_apply(row, 10, 20, puts, RLC_COUNT(puts));
    one = view_row_transaction(row->partition, 10, 20, NULL, 0);
    view_row_apply_one(row, row->world->a, &one);
    view_row_timer(row, one.first_timer_ms);
}

/* ---- the table ---- */

static const struct view_row_entry ROWS[] = {
    VIEW_ROW(an_unknown_slice_is_empty,
             "no fence records 0 no seen never k1 absent none no fence |"),
    VIEW_ROW(epochs_are_counted_above_the_floor, "1 2 11 12"),
    VIEW_ROW(a_wipe_leaves_an_empty_fence_that_is_being_built,
             "off -1 next 0 count 0 seq 0 ms 0 owner 3 building 3 records 0 not whole k1 absent"),
    VIEW_ROW(an_older_owner_cannot_wipe_what_a_newer_one_builds,
             "not mine off -1 next 0 count 0 seq 0 ms 0 owner 5 building 5 records 0"),
    VIEW_ROW(an_apply_moves_the_fence_and_keeps_the_mark,
             "applied off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 5 records 2 k2=two"),
    VIEW_ROW(an_apply_without_records_moves_the_fence,
             "applied off 20 next 40 count 2 seq 2 ms 1020 owner 1 building 0 records 2"),
    VIEW_ROW(
        the_same_apply_again_is_already_there,
        "already already k1=one off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 0 records 2"),
    VIEW_ROW(
        an_apply_from_elsewhere_is_a_gap_and_changes_nothing,
        "gap gap gap k1=one off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 0 records 2"),
    VIEW_ROW(an_apply_without_a_fence_is_a_gap, "gap gap no fence records 0"),
    VIEW_ROW(
        a_lost_record_is_a_gap,
        "not whole gap not done off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 0 records 1"),
    VIEW_ROW(after_a_flush_everything_is_gone,
             "8 gap no fence records 0 no seen 1 not taken not done"),
    VIEW_ROW(an_epoch_is_above_the_fence_too, "6"),
    VIEW_ROW(another_installation_changes_nothing_and_holds_nothing,
             "gap wiped not whole "
             "off -1 next 0 count 0 seq 0 ms 0 owner 3 building 3 records 0"),
    VIEW_ROW(only_the_newest_builder_finishes,
             "applied not taken taken not taken not done done "
             "off 10 next 20 count 0 seq 1 ms 1010 owner 1 building 0 records 0"),
    VIEW_ROW(nothing_is_taken_over_where_nothing_is_built,
             "taken off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 0 records 2"),
    VIEW_ROW(an_apply_marks_and_never_lowers_the_mark,
             "applied off 20 next 40 count 2 seq 2 ms 1020 owner 1 building 6 records 2 "
             "applied off 30 next 60 count 2 seq 3 ms 1030 owner 1 building 6 records 2"),
    VIEW_ROW(finish_wants_the_right_offset,
             "applied not done not done not whole done whole not whole done"),
    VIEW_ROW(a_tombstone_deletes_record_and_timer,
             "applied d|1 d|2 | applied d|2 | d|1 absent "
             "off 30 next 60 count 3 seq 3 ms 1030 owner 1 building 0 records 3"),
    VIEW_ROW(
        of_a_key_put_twice_the_last_value_counts,
        "applied k1=y k2 absent off 20 next 40 count 1 seq 2 ms 1020 owner 1 building 0 records 1"),
    VIEW_ROW(a_read_answers_in_the_order_of_its_keys, "two - one two off 10 fences 1 0"),
    VIEW_ROW(keys_and_values_are_bytes, "applied value equal key equal"),
    VIEW_ROW(numbers_reach_two_to_the_53,
             "applied at 9007199254740990 off 9007199254740990 next 9007199254740991 count 3 "
             "seq 9007199254740989 ms 9007199254740988 owner 9007199254740987 building 0 records 3 "
             "applied none | d|1 |"),
    VIEW_ROW(many_records_fit_into_one_apply,
             "applied off 20 next 40 count 10002 seq 2 ms 1020 owner 1 building 0 records 10002 "
             "d|9999 d|9998 | d|9999=v"),
    VIEW_ROW(a_large_value_comes_back, "applied 204800 equal"),
    VIEW_ROW(each_part_of_an_apply_stands_alone, "gap applied applied k1=changed k1=changed"),
    VIEW_ROW(workers_share_nothing, "no fence records 0 k1 absent 8 1"),
    VIEW_ROW(timers_come_by_time_then_key,
             "applied none | d|c | d|c d|B d|a | d|c d|B d|a d|aa d|b d|z | none |"),
    VIEW_ROW(a_timer_moves, "applied at 200 applied at 300 d|2 d|1 |"),
    VIEW_ROW(who_is_never_woken_is_still_a_subject, "applied never none | d|1 d|2 |"),
    VIEW_ROW(who_is_due_is_told_with_the_fence, "applied d|1 | none no fence |"),
    VIEW_ROW(a_refused_apply_tells_the_first_timer, "applied already at 200"),
};

/* The rows from number `first` on; how many differ. */
static size_t run_rows(const struct view_parity_world *world, size_t first,
                       const struct view_row_entry *rows, size_t count, uint8_t *memory)
{
    size_t differing = 0;

    for (size_t i = 0; i < count; i++) {
        struct view_row row = { .world = world, .partition = (int32_t)(first + i) * 3 };

        rlc_arena_init(&row.arena, memory, ARENA_SIZE);
        rows[i].run(&row);
        differing += answer_differs(&row.answer, rows[i].name, rows[i].expected);
    }
    return differing;
}

size_t view_parity_run(const struct view_parity_world *world)
{
    uint8_t *memory = malloc(ARENA_SIZE);
    size_t differing;

    assert(memory);
    differing = run_rows(world, 0, ROWS, RLC_COUNT(ROWS), memory);
    differing += run_rows(world, RLC_COUNT(ROWS), VIEW_SEEN_ROWS, VIEW_SEEN_ROW_COUNT, memory);
    free(memory);
    return differing;
}
