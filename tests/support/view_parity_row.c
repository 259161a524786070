/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/view_parity_row.h"

#include <inttypes.h>

/* 0 and 255 in it: it must not be taken for text. */
const uint8_t view_row_installation[RLC_UUID_SIZE] = { 0x00, 0xff, 0x0a, 0x22, 1, 2,  3,  4,
                                                       5,    6,    7,    8,    9, 10, 11, 0x00 };

void view_row_check(struct view_row *row, enum rlc_status status, const struct rlc_error *error)
{
    if (status != RLC_OK)
        answer_say(&row->answer, "STATUS %d (%.60s)", (int)status, error->text);
}

void view_row_look(struct view_row *row, struct rlc_view *view)
{
    struct rlc_error error = { .text = "" };
    struct rlc_look look = { .records = -1 };

    view_row_check(row, view->ops->look(view, row->partition, &look, &error), &error);
    if (look.fence_present) {
        answer_say(&row->answer,
                   "off %" PRId64 " next %" PRId64 " count %" PRId64 " seq %" PRId64 " ms %" PRId64
                   " owner %" PRId64 " building %" PRId64,
                   look.fence.off, look.fence.next_in, look.fence.count, look.fence.txn_seq,
                   look.fence.ckpt_ms, look.fence.owner_epoch, look.fence.building);
    } else {
        answer_say(&row->answer, "no fence");
    }
    answer_say(&row->answer, "records %" PRId64, look.records);
}

void view_row_whole(struct view_row *row, const uint8_t uuid[RLC_UUID_SIZE])
{
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_look look;

    view_row_check(row, view->ops->look(view, row->partition, &look, &error), &error);
    answer_say(&row->answer, "%s", rlc_look_is_whole(&look, uuid) ? "whole" : "not whole");
}

void view_row_seen(struct view_row *row)
{
    struct rlc_view *view = row->world->b;
    struct rlc_error error = { .text = "" };
    struct rlc_look look;

    view_row_check(row, view->ops->look(view, row->partition, &look, &error), &error);
    if (look.seen_present) {
        answer_say(&row->answer,
                   "base %" PRId64 " seen %" PRId64 " at %" PRId64 " busy %" PRId64 " due %" PRId64,
                   look.seen.base, look.seen.seen, look.seen.at_ms, look.seen.busy,
                   look.seen.next_due_ms);
    } else {
        answer_say(&row->answer, "no seen");
    }
}

void view_row_timer(struct view_row *row, rlc_ms timer_ms)
{
    if (timer_ms == RLC_MS_NEVER)
        answer_say(&row->answer, "never");
    else
        answer_say(&row->answer, "at %" PRId64, timer_ms);
}

void view_row_wipe(struct view_row *row, struct rlc_view *view, int64_t epoch)
{
    struct rlc_error error = { .text = "" };
    bool mine = false;

    view_row_check(
        row, view->ops->wipe(view, row->partition, epoch, view_row_installation, &mine, &error),
        &error);
    if (!mine)
        answer_say(&row->answer, "not mine");
}

void view_row_take_over(struct view_row *row, struct rlc_view *view, int64_t epoch)
{
    struct rlc_error error = { .text = "" };
    bool mine = false;

    view_row_check(row, view->ops->take_over(view, row->partition, epoch, &mine, &error), &error);
    answer_say(&row->answer, mine ? "taken" : "not taken");
}

void view_row_finish(struct view_row *row, struct rlc_view *view, int64_t off, int64_t epoch)
{
    struct rlc_error error = { .text = "" };
    bool done = false;

    view_row_check(row, view->ops->finish(view, row->partition, off, epoch, &done, &error), &error);
    answer_say(&row->answer, done ? "done" : "not done");
}

void view_row_draw(struct view_row *row, struct rlc_view *view, int64_t floor)
{
    struct rlc_error error = { .text = "" };
    int64_t epoch = -1;

    view_row_check(row, view->ops->draw_epoch(view, row->partition, floor, &epoch, &error), &error);
    answer_say(&row->answer, "%" PRId64, epoch);
}

/* ---- applies ---- */

struct rlc_view_put view_row_put(const char *key, const char *value)
{
    return (struct rlc_view_put){ .key = rlc_span_of(key),
                                  .value = rlc_span_of(value),
                                  .wake_ms = RLC_MS_NEVER };
}

struct rlc_view_put view_row_timed(const char *key, rlc_ms wake_ms)
{
    return (struct rlc_view_put){
        .key = rlc_span_of(key), .value = rlc_span_of("v"), .wake_ms = wake_ms, .timed = true
    };
}

const char *view_row_result(enum rlc_apply_result result)
{
    static const char *const names[] = { "applied", "already", "gap" };

    return names[result];
}

struct rlc_view_apply view_row_transaction(int32_t partition, int64_t from, int64_t to,
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

    memcpy(apply.to.installation, view_row_installation, RLC_UUID_SIZE);
    return apply;
}

void view_row_apply_one(struct view_row *row, struct rlc_view *view, struct rlc_view_apply *apply)
{
    struct rlc_error error = { .text = "" };

    view_row_check(row, view->ops->apply(view, apply, 1, &error), &error);
    answer_say(&row->answer, "%s", view_row_result(apply->result));
}

void view_row_apply(struct view_row *row, int64_t from, int64_t to, const struct rlc_view_put *puts,
                    size_t count)
{
    struct rlc_view_apply one = view_row_transaction(row->partition, from, to, puts, count);

    view_row_apply_one(row, row->world->a, &one);
}

void view_row_prepare(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_put("k1", "one"), view_row_put("k2", "two") };
    struct rlc_view_apply first =
        view_row_transaction(row->partition, RLC_OFFSET_NONE, 10, puts, RLC_COUNT(puts));
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    bool done = false;

    view_row_wipe(row, view, 1);
    view_row_check(row, view->ops->apply(view, &first, 1, &error), &error);
    view_row_check(row, view->ops->finish(view, row->partition, 10, 1, &done, &error), &error);
    if (first.result != RLC_APPLIED || !done)
        answer_say(&row->answer, "NOT PREPARED");
}

void view_row_value(struct view_row *row, struct rlc_view *view, const char *key)
{
    struct rlc_span name = rlc_span_of(key), value = { NULL, 0 };
    struct rlc_view_read read = {
        .partition = row->partition, .keys = &name, .count = 1, .values = &value
    };
    struct rlc_error error = { .text = "" };

    view_row_check(row, view->ops->read(view, &read, 1, &row->arena, &error), &error);
    if (value.data)
        answer_say(&row->answer, "%s=%.*s", key, (int)value.size, (const char *)value.data);
    else
        answer_say(&row->answer, "%s absent", key);
}

void view_row_due(struct view_row *row, rlc_ms until_ms, size_t max)
{
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_view_due due = { .partition = row->partition, .until_ms = until_ms, .max = max };

    view_row_check(row, view->ops->due(view, &due, &row->arena, &error), &error);
    if (due.count == 0)
        answer_say(&row->answer, "none");
    for (size_t i = 0; i < due.count; i++)
        answer_say(&row->answer, "%.*s", (int)due.keys[i].size, (const char *)due.keys[i].data);
    if (!due.look.fence_present)
        answer_say(&row->answer, "no fence");
    answer_say(&row->answer, "|");
}
