/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/view_parity.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_SIZE 400
#define ARENA_SIZE  ((size_t)4 << 20)
/* More arguments than a Lua stack takes at once. */
#define MANY     10000
#define BIG_SIZE ((size_t)200 * 1024)
#define BIGGEST  RLC_MS_NEVER /* 2^53-1: what passes through Lua and scores exactly */
#define KEY_SIZE 16

/* 0 and 255 in it: it must not be taken for text. */
static const uint8_t installation[RLC_UUID_SIZE] = { 0x00, 0xff, 0x0a, 0x22, 1, 2,  3,  4,
                                                     5,    6,    7,    8,    9, 10, 11, 0x00 };
static const uint8_t foreign[RLC_UUID_SIZE] = { 1 };

struct row {
    const struct view_parity_world *world;
    int32_t partition; /* the row's own, and the two that follow */
    struct rlc_arena arena;
    char answer[ANSWER_SIZE];
    size_t used;
};

/* ---- how rows speak ---- */

static void say(struct row *row, const char *format, ...) RLC_PRINTF(2, 3);

static void say(struct row *row, const char *format, ...)
{
    va_list arguments;
    int written;

    if (row->used && row->used < sizeof(row->answer) - 1)
        row->answer[row->used++] = ' ';
    va_start(arguments, format);
    written =
        vsnprintf(row->answer + row->used, sizeof(row->answer) - row->used, format, arguments);
    va_end(arguments);
    row->used += (size_t)written;
    assert(row->used < sizeof(row->answer));
}

static void check(struct row *row, enum rlc_status status, const struct rlc_error *error)
{
    if (status != RLC_OK)
        say(row, "STATUS %d (%.60s)", (int)status, error->text);
}

static void say_look(struct row *row, struct rlc_view *view)
{
    struct rlc_error error = { .text = "" };
    struct rlc_look look = { .records = -1 };

    check(row, view->ops->look(view, row->partition, &look, &error), &error);
    if (look.fence_present)
        say(row,
            "off %" PRId64 " next %" PRId64 " count %" PRId64 " seq %" PRId64 " ms %" PRId64
            " owner %" PRId64 " building %" PRId64,
            look.fence.off, look.fence.next_in, look.fence.count, look.fence.txn_seq,
            look.fence.ckpt_ms, look.fence.owner_epoch, look.fence.building);
    else
        say(row, "no fence");
    say(row, "records %" PRId64, look.records);
}

static void say_whole(struct row *row, const uint8_t uuid[RLC_UUID_SIZE])
{
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_look look;

    check(row, view->ops->look(view, row->partition, &look, &error), &error);
    say(row, "%s", rlc_look_is_whole(&look, uuid) ? "whole" : "not whole");
}

static void say_seen(struct row *row)
{
    struct rlc_view *view = row->world->b;
    struct rlc_error error = { .text = "" };
    struct rlc_look look;

    check(row, view->ops->look(view, row->partition, &look, &error), &error);
    if (look.seen_present)
        say(row, "base %" PRId64 " seen %" PRId64 " at %" PRId64 " busy %" PRId64 " due %" PRId64,
            look.seen.base, look.seen.seen, look.seen.at_ms, look.seen.busy, look.seen.next_due_ms);
    else
        say(row, "no seen");
}

static void say_timer(struct row *row, rlc_ms timer_ms)
{
    if (timer_ms == RLC_MS_NEVER)
        say(row, "never");
    else
        say(row, "at %" PRId64, timer_ms);
}

static void wipe(struct row *row, struct rlc_view *view, int64_t epoch)
{
    struct rlc_error error = { .text = "" };
    bool mine = false;

    check(row, view->ops->wipe(view, row->partition, epoch, installation, &mine, &error), &error);
    if (!mine)
        say(row, "not mine");
}

static void take_over(struct row *row, struct rlc_view *view, int64_t epoch)
{
    struct rlc_error error = { .text = "" };
    bool mine = false;

    check(row, view->ops->take_over(view, row->partition, epoch, &mine, &error), &error);
    say(row, mine ? "taken" : "not taken");
}

static void finish(struct row *row, struct rlc_view *view, int64_t off, int64_t epoch)
{
    struct rlc_error error = { .text = "" };
    bool done = false;

    check(row, view->ops->finish(view, row->partition, off, epoch, &done, &error), &error);
    say(row, done ? "done" : "not done");
}

static void draw(struct row *row, struct rlc_view *view, int64_t floor)
{
    struct rlc_error error = { .text = "" };
    int64_t epoch = -1;

    check(row, view->ops->draw_epoch(view, row->partition, floor, &epoch, &error), &error);
    say(row, "%" PRId64, epoch);
}

/* ---- applies ---- */

static struct rlc_view_put put(const char *key, const char *value)
{
    return (struct rlc_view_put){ .key = rlc_span_of(key),
                                  .value = rlc_span_of(value),
                                  .wake_ms = RLC_MS_NEVER };
}

static struct rlc_view_put timed(const char *key, rlc_ms wake_ms)
{
    return (struct rlc_view_put){
        .key = rlc_span_of(key), .value = rlc_span_of("v"), .wake_ms = wake_ms, .timed = true
    };
}

static const char *name_of(enum rlc_apply_result result)
{
    static const char *const names[] = { "applied", "already", "gap" };

    return names[result];
}

/* The transaction that moves a slice from `from` to `to`; its other numbers follow from `to`. */
static struct rlc_view_apply transaction(int32_t partition, int64_t from, int64_t to,
                                         const struct rlc_view_put *puts, size_t count)
{
    struct rlc_view_apply apply = {
        .partition = partition,
        .expect_off = from,
        .to = { .off = to,
                .next_in = to * 2,
                .txn_seq = to / 10,
                .ckpt_ms = to + 1000,
                .owner_epoch = 1 },
        .puts = puts,
        .count = count,
    };

    memcpy(apply.to.installation, installation, RLC_UUID_SIZE);
    return apply;
}

static void apply_one(struct row *row, struct rlc_view *view, struct rlc_view_apply *apply)
{
    struct rlc_error error = { .text = "" };

    check(row, view->ops->apply(view, apply, 1, &error), &error);
    say(row, "%s", name_of(apply->result));
}

static void apply(struct row *row, int64_t from, int64_t to, const struct rlc_view_put *puts,
                  size_t count)
{
    struct rlc_view_apply one = transaction(row->partition, from, to, puts, count);

    apply_one(row, row->world->a, &one);
}

/* A slice with k1 and k2 at offset 10, finished, owned by epoch 1. */
static void prepare(struct row *row)
{
    struct rlc_view_put puts[] = { put("k1", "one"), put("k2", "two") };
    struct rlc_view_apply first =
        transaction(row->partition, RLC_OFFSET_NONE, 10, puts, RLC_COUNT(puts));
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    bool done = false;

    wipe(row, view, 1);
    check(row, view->ops->apply(view, &first, 1, &error), &error);
    check(row, view->ops->finish(view, row->partition, 10, 1, &done, &error), &error);
    if (first.result != RLC_APPLIED || !done)
        say(row, "NOT PREPARED");
}

static void say_value(struct row *row, struct rlc_view *view, const char *key)
{
    struct rlc_span name = rlc_span_of(key), value = { NULL, 0 };
    struct rlc_view_read read = {
        .partition = row->partition, .keys = &name, .count = 1, .values = &value
    };
    struct rlc_error error = { .text = "" };

    check(row, view->ops->read(view, &read, 1, &row->arena, &error), &error);
    if (value.data)
        say(row, "%s=%.*s", key, (int)value.size, (const char *)value.data);
    else
        say(row, "%s absent", key);
}

static void say_due(struct row *row, rlc_ms until_ms, size_t max)
{
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_span *keys = NULL;
    size_t count = 0;

    check(row,
          view->ops->due(view, row->partition, until_ms, max, &row->arena, &keys, &count, &error),
          &error);
    if (count == 0)
        say(row, "none");
    for (size_t i = 0; i < count; i++)
        say(row, "%.*s", (int)keys[i].size, (const char *)keys[i].data);
    say(row, "|");
}

/* ---- rows: fence ---- */

static void an_unknown_slice_is_empty(struct row *row)
{
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_look look;

    say_look(row, view);
    say_seen(row);
    check(row, view->ops->look(view, row->partition, &look, &error), &error);
    say_timer(row, look.first_timer_ms);
    say_value(row, view, "k1");
    say_due(row, BIGGEST, 10);
}

static void epochs_are_counted_above_the_floor(struct row *row)
{
    draw(row, row->world->a, 0);
    draw(row, row->world->b, 0);
    draw(row, row->world->a, 10);
    draw(row, row->world->b, 3);
}

static void a_wipe_leaves_an_empty_fence_that_is_being_built(struct row *row)
{
    prepare(row);
    wipe(row, row->world->a, 3);
    say_look(row, row->world->b);
    say_whole(row, installation);
    say_value(row, row->world->b, "k1");
}

static void an_older_owner_cannot_wipe_what_a_newer_one_builds(struct row *row)
{
    wipe(row, row->world->a, 5);
    wipe(row, row->world->b, 4);
    wipe(row, row->world->b, 5);
    say_look(row, row->world->a);
}

static void an_apply_moves_the_fence_and_keeps_the_mark(struct row *row)
{
    struct rlc_view_put puts[] = { put("k1", "one"), put("k2", "two") };

    wipe(row, row->world->a, 5);
    apply(row, RLC_OFFSET_NONE, 10, puts, RLC_COUNT(puts));
    say_look(row, row->world->b);
    say_value(row, row->world->b, "k2");
}

static void an_apply_without_records_moves_the_fence(struct row *row)
{
    prepare(row);
    apply(row, 10, 20, NULL, 0);
    say_look(row, row->world->b);
}

static void the_same_apply_again_is_already_there(struct row *row)
{
    struct rlc_view_put puts[] = { put("k1", "changed") };

    prepare(row);
    apply(row, RLC_OFFSET_NONE, 10, puts, RLC_COUNT(puts));
    apply(row, 5, 9, puts, RLC_COUNT(puts));
    say_value(row, row->world->a, "k1");
    say_look(row, row->world->a);
}

static void an_apply_from_elsewhere_is_a_gap_and_changes_nothing(struct row *row)
{
    struct rlc_view_put puts[] = { put("k1", "changed") };

    prepare(row);
    apply(row, 9, 20, puts, RLC_COUNT(puts));
    apply(row, 11, 20, puts, RLC_COUNT(puts));
    apply(row, RLC_OFFSET_NONE, 20, puts, RLC_COUNT(puts));
    say_value(row, row->world->a, "k1");
    say_look(row, row->world->a);
}

static void an_apply_without_a_fence_is_a_gap(struct row *row)
{
    struct rlc_view_put puts[] = { put("k1", "one") };

    apply(row, RLC_OFFSET_NONE, 10, puts, RLC_COUNT(puts));
    apply(row, 10, 20, puts, RLC_COUNT(puts));
    say_look(row, row->world->a);
}

static void a_lost_record_is_a_gap(struct row *row)
{
    prepare(row);
    row->world->lose_record(row->world->context, row->partition, rlc_span_of("k1"));
    say_whole(row, installation);
    apply(row, 10, 20, NULL, 0);
    finish(row, row->world->a, 10, 1);
    say_look(row, row->world->a);
}

static void after_a_flush_everything_is_gone(struct row *row)
{
    struct rlc_seen seen = { .base = 1, .seen = 2 };
    struct rlc_error error = { .text = "" };

    prepare(row);
    draw(row, row->world->a, 7);
    check(row, row->world->a->ops->publish_seen(row->world->a, row->partition, &seen, &error),
          &error);
    row->world->flush_all(row->world->context);
    apply(row, 10, 20, NULL, 0);
    say_look(row, row->world->a);
    say_seen(row);
    draw(row, row->world->a, 0);
    take_over(row, row->world->a, 9);
    finish(row, row->world->a, 10, 9);
}

/* ---- rows: building ---- */

static void only_the_newest_builder_finishes(struct row *row)
{
    wipe(row, row->world->a, 5);
    apply(row, RLC_OFFSET_NONE, 10, NULL, 0);
    take_over(row, row->world->b, 4);
    take_over(row, row->world->b, 6);
    take_over(row, row->world->a, 5);
    finish(row, row->world->a, 10, 5);
    finish(row, row->world->b, 10, 6);
    say_look(row, row->world->a);
}

static void nothing_is_taken_over_where_nothing_is_built(struct row *row)
{
    prepare(row);
    take_over(row, row->world->b, 9);
    say_look(row, row->world->a);
}

static void an_apply_marks_and_never_lowers_the_mark(struct row *row)
{
    struct rlc_view_apply restore;

    prepare(row);
    restore = transaction(row->partition, 10, 20, NULL, 0);
    restore.building = 6;
    apply_one(row, row->world->a, &restore);
    say_look(row, row->world->a);
    restore = transaction(row->partition, 20, 30, NULL, 0);
    restore.building = 5;
    apply_one(row, row->world->b, &restore);
    say_look(row, row->world->a);
}

static void finish_wants_the_right_offset(struct row *row)
{
    wipe(row, row->world->a, 5);
    apply(row, RLC_OFFSET_NONE, 10, NULL, 0);
    finish(row, row->world->a, 9, 5);
    finish(row, row->world->a, 11, 5);
    say_whole(row, installation);
    finish(row, row->world->a, 10, 5);
    say_whole(row, installation);
    say_whole(row, foreign);
    finish(row, row->world->b, 10, 4);
}

/* ---- rows: records ---- */

static void a_tombstone_deletes_record_and_timer(struct row *row)
{
    struct rlc_view_put set[] = { timed("d|1", 100), timed("d|2", 200) };
    struct rlc_view_put deletion[] = { put("d|1", NULL), put("none", NULL) };

    prepare(row);
    apply(row, 10, 20, set, RLC_COUNT(set));
    say_due(row, 1000, 10);
    apply(row, 20, 30, deletion, RLC_COUNT(deletion));
    say_due(row, 1000, 10);
    say_value(row, row->world->a, "d|1");
    say_look(row, row->world->a);
}

static void of_a_key_put_twice_the_last_value_counts(struct row *row)
{
    struct rlc_view_put puts[] = { put("k1", "x"), put("k1", NULL), put("k1", "y"), put("k2", "z"),
                                   put("k2", NULL) };

    prepare(row);
    apply(row, 10, 20, puts, RLC_COUNT(puts));
    say_value(row, row->world->a, "k1");
    say_value(row, row->world->a, "k2");
    say_look(row, row->world->a);
}

static void a_read_answers_in_the_order_of_its_keys(struct row *row)
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

    prepare(row);
    check(row, view->ops->read(view, reads, RLC_COUNT(reads), &row->arena, &error), &error);
    for (size_t i = 0; i < RLC_COUNT(keys); i++)
        say(row, "%.*s", values[i].data ? (int)values[i].size : 1,
            values[i].data ? (const char *)values[i].data : "-");
    say(row, "off %" PRId64 " fences %d %d", reads[0].look.fence.off, reads[0].look.fence_present,
        reads[1].look.fence_present);
}

static void keys_and_values_are_bytes(struct row *row)
{
    static const uint8_t key[] = { 'd', '|', 0, 0xff, '\n', '{', '}', ' ', '"' };
    static const uint8_t bytes[] = { 0, 1, 0xfe, 0xff, '\r', '\n', 0 };
    struct rlc_view_put puts[] = { { .key = rlc_span_from(key, sizeof(key)),
                                     .value = rlc_span_from(bytes, sizeof(bytes)),
                                     .wake_ms = 5,
                                     .timed = true } };
    struct rlc_span value = { NULL, 0 }, *due = NULL;
    struct rlc_view_read read = {
        .partition = row->partition, .keys = &puts[0].key, .count = 1, .values = &value
    };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    size_t count = 0;

    prepare(row);
    apply(row, 10, 20, puts, RLC_COUNT(puts));
    check(row, view->ops->read(view, &read, 1, &row->arena, &error), &error);
    check(row, view->ops->due(view, row->partition, 5, 9, &row->arena, &due, &count, &error),
          &error);
    say(row, rlc_span_equal(value, puts[0].value) ? "value equal" : "value differs");
    say(row, count == 1 && rlc_span_equal(due[0], puts[0].key) ? "key equal" : "key differs");
}

static void numbers_reach_two_to_the_53(struct row *row)
{
    struct rlc_view_put puts[] = { timed("d|1", BIGGEST - 1) };
    struct rlc_view_apply one;

    prepare(row);
    one = transaction(row->partition, 10, BIGGEST - 1, puts, RLC_COUNT(puts));
    one.to.next_in = BIGGEST;
    one.to.txn_seq = BIGGEST - 2;
    one.to.ckpt_ms = BIGGEST - 3;
    one.to.owner_epoch = BIGGEST - 4;
    apply_one(row, row->world->a, &one);
    say_timer(row, one.first_timer_ms);
    say_look(row, row->world->b);
    apply(row, BIGGEST - 1, BIGGEST, NULL, 0);
    say_due(row, BIGGEST - 2, 10);
    say_due(row, BIGGEST - 1, 10);
}

static void many_records_fit_into_one_apply(struct row *row)
{
    struct rlc_view_put *puts = rlc_arena_array(&row->arena, MANY, sizeof(*puts));
    char *names = rlc_arena_alloc(&row->arena, (size_t)MANY * KEY_SIZE);

    assert(puts && names);
    for (int i = 0; i < MANY; i++) {
        char *name = names + (ptrdiff_t)i * KEY_SIZE;

        (void)snprintf(name, KEY_SIZE, "d|%d", i);
        puts[i] = timed(name, 1000000 - i);
    }
    prepare(row);
    apply(row, 10, 20, puts, MANY);
    say_look(row, row->world->b);
    say_due(row, BIGGEST, 2);
    say_value(row, row->world->b, "d|9999");
}

static void a_large_value_comes_back(struct row *row)
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
    prepare(row);
    apply(row, 10, 20, puts, 1);
    check(row, row->world->b->ops->read(row->world->b, &read, 1, &row->arena, &error), &error);
    say(row, "%zu %s", value.size, rlc_span_equal(value, puts[0].value) ? "equal" : "differs");
}

static void each_part_of_an_apply_stands_alone(struct row *row)
{
    struct rlc_view_put puts[] = { put("k1", "changed") };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_view_apply parts[] = {
        transaction(row->partition, 9, 20, puts, 1),
        transaction(row->partition + 1, 10, 20, puts, 1),
        transaction(row->partition, 10, 20, puts, 1),
    };

    prepare(row);
    row->partition++;
    prepare(row);
    check(row, view->ops->apply(view, parts, RLC_COUNT(parts), &error), &error);
    for (size_t i = 0; i < RLC_COUNT(parts); i++)
        say(row, "%s", name_of(parts[i].result));
    say_value(row, view, "k1");
    row->partition--;
    say_value(row, view, "k1");
}

static void workers_share_nothing(struct row *row)
{
    prepare(row);
    say_look(row, row->world->other);
    say_value(row, row->world->other, "k1");
    draw(row, row->world->a, 7);
    draw(row, row->world->other, 0);
}

/* ---- rows: timers and seen ---- */

static void timers_come_by_time_then_key(struct row *row)
{
    struct rlc_view_put puts[] = { timed("d|b", 200), timed("d|a", 200), timed("d|c", 100),
                                   timed("d|B", 200), timed("d|z", 300), timed("d|aa", 200) };

    prepare(row);
    apply(row, 10, 20, puts, RLC_COUNT(puts));
    say_due(row, 99, 10);
    say_due(row, 100, 10);
    say_due(row, 200, 3);
    say_due(row, 300, 10);
    say_due(row, 300, 0);
}

static void a_timer_moves(struct row *row)
{
    struct rlc_view_put first[] = { timed("d|1", 200), timed("d|2", 300) };
    struct rlc_view_put second[] = { timed("d|1", 400) };
    struct rlc_view_apply one;

    prepare(row);
    one = transaction(row->partition, 10, 20, first, RLC_COUNT(first));
    apply_one(row, row->world->a, &one);
    say_timer(row, one.first_timer_ms);
    one = transaction(row->partition, 20, 30, second, RLC_COUNT(second));
    apply_one(row, row->world->a, &one);
    say_timer(row, one.first_timer_ms);
    say_due(row, 1000, 10);
}

static void who_is_never_woken_is_still_a_subject(struct row *row)
{
    struct rlc_view_put puts[] = { timed("d|1", RLC_MS_NEVER), timed("d|2", RLC_MS_NEVER) };
    struct rlc_view_apply one;

    prepare(row);
    one = transaction(row->partition, 10, 20, puts, RLC_COUNT(puts));
    apply_one(row, row->world->a, &one);
    say_timer(row, one.first_timer_ms);
    say_due(row, RLC_MS_NEVER - 1, 10);
    say_due(row, RLC_MS_NEVER, 10);
}

static void a_refused_apply_tells_the_first_timer(struct row *row)
{
    struct rlc_view_put puts[] = { timed("d|1", 200) };
    struct rlc_view_apply one;

    prepare(row);
    apply(row, 10, 20, puts, RLC_COUNT(puts));
    one = transaction(row->partition, 10, 20, NULL, 0);
    apply_one(row, row->world->a, &one);
    say_timer(row, one.first_timer_ms);
}

static void seen_is_what_was_published_last(struct row *row)
{
    struct rlc_seen seen = {
        .base = 5, .seen = 9, .at_ms = 123456789, .busy = 3, .next_due_ms = RLC_MS_NEVER
    };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };

    say_seen(row);
    check(row, view->ops->publish_seen(view, row->partition, &seen, &error), &error);
    say_seen(row);
    seen = (struct rlc_seen){ .base = 4, .seen = 8, .next_due_ms = 60000 };
    check(row, view->ops->publish_seen(view, row->partition, &seen, &error), &error);
    say_seen(row);
    say_look(row, view);
}

static void a_wipe_keeps_seen(struct row *row)
{
    struct rlc_seen seen = { .base = 5, .seen = 9, .at_ms = 1, .next_due_ms = 2 };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };

    prepare(row);
    check(row, view->ops->publish_seen(view, row->partition, &seen, &error), &error);
    wipe(row, view, 3);
    say_seen(row);
}

/* ---- the table ---- */

#define ROW(function, expected)                                                                    \
    {                                                                                              \
#function, function, expected                                                              \
    }

static const struct {
    const char *name;
    void (*run)(struct row *row);
    const char *expected;
} rows[] = {
    ROW(an_unknown_slice_is_empty, "no fence records 0 no seen never k1 absent none |"),
    ROW(epochs_are_counted_above_the_floor, "1 2 11 12"),
    ROW(a_wipe_leaves_an_empty_fence_that_is_being_built,
        "off -1 next 0 count 0 seq 0 ms 0 owner 3 building 3 records 0 not whole k1 absent"),
    ROW(an_older_owner_cannot_wipe_what_a_newer_one_builds,
        "not mine off -1 next 0 count 0 seq 0 ms 0 owner 5 building 5 records 0"),
    ROW(an_apply_moves_the_fence_and_keeps_the_mark,
        "applied off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 5 records 2 k2=two"),
    ROW(an_apply_without_records_moves_the_fence,
        "applied off 20 next 40 count 2 seq 2 ms 1020 owner 1 building 0 records 2"),
    ROW(the_same_apply_again_is_already_there,
        "already already k1=one off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 0 records 2"),
    ROW(an_apply_from_elsewhere_is_a_gap_and_changes_nothing,
        "gap gap gap k1=one off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 0 records 2"),
    ROW(an_apply_without_a_fence_is_a_gap, "gap gap no fence records 0"),
    ROW(a_lost_record_is_a_gap,
        "not whole gap not done off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 0 records 1"),
    ROW(after_a_flush_everything_is_gone, "8 gap no fence records 0 no seen 1 not taken not done"),
    ROW(only_the_newest_builder_finishes,
        "applied not taken taken not taken not done done "
        "off 10 next 20 count 0 seq 1 ms 1010 owner 1 building 0 records 0"),
    ROW(nothing_is_taken_over_where_nothing_is_built,
        "taken off 10 next 20 count 2 seq 1 ms 1010 owner 1 building 0 records 2"),
    ROW(an_apply_marks_and_never_lowers_the_mark,
        "applied off 20 next 40 count 2 seq 2 ms 1020 owner 1 building 6 records 2 "
        "applied off 30 next 60 count 2 seq 3 ms 1030 owner 1 building 6 records 2"),
    ROW(finish_wants_the_right_offset,
        "applied not done not done not whole done whole not whole done"),
    ROW(a_tombstone_deletes_record_and_timer,
        "applied d|1 d|2 | applied d|2 | d|1 absent "
        "off 30 next 60 count 3 seq 3 ms 1030 owner 1 building 0 records 3"),
    ROW(of_a_key_put_twice_the_last_value_counts,
        "applied k1=y k2 absent off 20 next 40 count 1 seq 2 ms 1020 owner 1 building 0 records 1"),
    ROW(a_read_answers_in_the_order_of_its_keys, "two - one two off 10 fences 1 0"),
    ROW(keys_and_values_are_bytes, "applied value equal key equal"),
    ROW(numbers_reach_two_to_the_53,
        "applied at 9007199254740990 off 9007199254740990 next 9007199254740991 count 3 "
        "seq 9007199254740989 ms 9007199254740988 owner 9007199254740987 building 0 records 3 "
        "applied none | d|1 |"),
    ROW(many_records_fit_into_one_apply,
        "applied off 20 next 40 count 10002 seq 2 ms 1020 owner 1 building 0 records 10002 "
        "d|9999 d|9998 | d|9999=v"),
    ROW(a_large_value_comes_back, "applied 204800 equal"),
    ROW(each_part_of_an_apply_stands_alone, "gap applied applied k1=changed k1=changed"),
    ROW(workers_share_nothing, "no fence records 0 k1 absent 8 1"),
    ROW(timers_come_by_time_then_key,
        "applied none | d|c | d|c d|B d|a | d|c d|B d|a d|aa d|b d|z | none |"),
    ROW(a_timer_moves, "applied at 200 applied at 300 d|2 d|1 |"),
    ROW(who_is_never_woken_is_still_a_subject, "applied never none | d|1 d|2 |"),
    ROW(a_refused_apply_tells_the_first_timer, "applied already at 200"),
    ROW(seen_is_what_was_published_last,
        "no seen base 5 seen 9 at 123456789 busy 3 due 9007199254740991 "
        "base 4 seen 8 at 0 busy 0 due 60000 no fence records 0"),
    ROW(a_wipe_keeps_seen, "base 5 seen 9 at 1 busy 0 due 2"),
};

size_t view_parity_run(const struct view_parity_world *world)
{
    uint8_t *memory = malloc(ARENA_SIZE);
    size_t differing = 0;

    assert(memory);
    for (size_t i = 0; i < RLC_COUNT(rows); i++) {
        struct row row = { .world = world, .partition = (int32_t)i * 3 };
        bool differs;

        rlc_arena_init(&row.arena, memory, ARENA_SIZE);
        rows[i].run(&row);
        differs = strcmp(row.answer, rows[i].expected) != 0;
        printf("%s: %s\n", rows[i].name, row.answer);
        if (differs)
            printf("  EXPECTED %s\n", rows[i].expected);
        differing += differs;
    }
    free(memory);
    return differing;
}
