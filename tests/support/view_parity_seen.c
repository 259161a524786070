/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the hot state's table (view_parity.h): `seen`, and what comes with an apply. */
#include "tests/support/view_parity_row.h"

static void seen_is_what_was_published_last(struct view_row *row)
{
    struct rlc_seen seen = {
        .base = 5, .seen = 9, .at_ms = 123456789, .busy = 3, .next_due_ms = RLC_MS_NEVER
    };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };

    view_row_seen(row);
    view_row_check(row, view->ops->publish_seen(view, row->partition, &seen, &error), &error);
    view_row_seen(row);
    seen = (struct rlc_seen){ .base = 4, .seen = 8, .next_due_ms = 60000 };
    view_row_check(row, view->ops->publish_seen(view, row->partition, &seen, &error), &error);
    view_row_seen(row);
    view_row_look(row, view);
}

static void seen_comes_with_an_apply_and_its_first_timer(struct view_row *row)
{
    struct rlc_seen seen = { .base = 20, .seen = 25, .at_ms = 7, .busy = 1 };
    struct rlc_view_put puts[] = { view_row_timed("d|1", 200) };
    struct rlc_view_apply one;

    view_row_prepare(row);
    one = view_row_transaction(row->partition, 10, 20, puts, RLC_COUNT(puts));
    one.seen = &seen;
    view_row_apply_one(row, row->world->a, &one);
    view_row_seen(row);
}

static void an_apply_that_changes_nothing_publishes_nothing(struct view_row *row)
{
    struct rlc_seen seen = { .base = 20, .seen = 25 };
    struct rlc_view_apply late;

    view_row_prepare(row);
    view_row_apply(row, 10, 20, NULL, 0);
    late = view_row_transaction(row->partition, 10, 20, NULL, 0);
    late.seen = &seen;
    view_row_apply_one(row, row->world->a, &late);
    late.to.off = 30;
    view_row_apply_one(row, row->world->a, &late);
    view_row_seen(row);
}

static void an_apply_in_two_halves_reads_its_puts_in_the_first(struct view_row *row)
{
    struct rlc_view_put puts[] = { view_row_put("k1", "changed") };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };
    struct rlc_view_apply parts[] = {
        view_row_transaction(row->partition, 9, 20, puts, 1),
        view_row_transaction(row->partition, 10, 20, puts, 1),
    };

    view_row_prepare(row);
    view_row_check(row, view->ops->apply_send(view, parts, RLC_COUNT(parts), &error), &error);
    puts[0] = view_row_put("k2", "never sent");
    parts[0].puts = parts[1].puts = NULL;
    view_row_check(row, view->ops->apply_receive(view, parts, RLC_COUNT(parts), &error), &error);
    for (size_t i = 0; i < RLC_COUNT(parts); i++)
        answer_say(&row->answer, "%s", view_row_result(parts[i].result));
    view_row_value(row, view, "k1");
    view_row_value(row, view, "k2");
}

static void a_wipe_keeps_seen(struct view_row *row)
{
    struct rlc_seen seen = { .base = 5, .seen = 9, .at_ms = 1, .next_due_ms = 2 };
    struct rlc_view *view = row->world->a;
    struct rlc_error error = { .text = "" };

    view_row_prepare(row);
    view_row_check(row, view->ops->publish_seen(view, row->partition, &seen, &error), &error);
    view_row_wipe(row, view, 3);
    view_row_seen(row);
}

const struct view_row_entry VIEW_SEEN_ROWS[] = {
    VIEW_ROW(seen_is_what_was_published_last,
             "no seen base 5 seen 9 at 123456789 busy 3 due 9007199254740991 "
             "base 4 seen 8 at 0 busy 0 due 60000 no fence records 0"),
    VIEW_ROW(seen_comes_with_an_apply_and_its_first_timer,
             "applied base 20 seen 25 at 7 busy 1 due 200"),
    VIEW_ROW(an_apply_that_changes_nothing_publishes_nothing, "applied already gap no seen"),
    VIEW_ROW(an_apply_in_two_halves_reads_its_puts_in_the_first, "gap applied k1=changed k2=two"),
    VIEW_ROW(a_wipe_keeps_seen, "base 5 seen 9 at 1 busy 0 due 2"),
};
const size_t VIEW_SEEN_ROW_COUNT = RLC_COUNT(VIEW_SEEN_ROWS);
