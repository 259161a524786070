/* SPDX-License-Identifier: Apache-2.0 */
/* What the rows of view_parity.c are written with. Each helper makes one call on the hot state and
 * says what came back. */
#ifndef RLC_TESTS_VIEW_PARITY_ROW_H
#define RLC_TESTS_VIEW_PARITY_ROW_H

#include <string.h>

#include "tests/support/answer.h"
#include "tests/support/view_parity.h"

struct view_row {
    const struct view_parity_world *world;
    int32_t partition; /* the row's own, and the two that follow */
    struct rlc_arena arena;
    struct answer answer;
};

/* One row of the table: what is done, and what must be said. */
struct view_row_entry {
    const char *name;
    void (*run)(struct view_row *row);
    const char *expected;
};
#define VIEW_ROW(function, expected)                                                               \
    {                                                                                              \
#function, function, expected                                                              \
    }

/* Rows of view_parity_seen.c. */
extern const struct view_row_entry VIEW_SEEN_ROWS[];
extern const size_t VIEW_SEEN_ROW_COUNT;

extern const uint8_t view_row_installation[RLC_UUID_SIZE];

/* Says a status that is not OK. */
void view_row_check(struct view_row *row, enum rlc_status status, const struct rlc_error *error);
/* Fence and number of records. */
void view_row_look(struct view_row *row, struct rlc_view *view);
void view_row_whole(struct view_row *row, const uint8_t uuid[RLC_UUID_SIZE]);
void view_row_seen(struct view_row *row);
void view_row_timer(struct view_row *row, rlc_ms timer_ms);
void view_row_wipe(struct view_row *row, struct rlc_view *view, int64_t epoch);
void view_row_take_over(struct view_row *row, struct rlc_view *view, int64_t epoch);
void view_row_finish(struct view_row *row, struct rlc_view *view, int64_t off, int64_t epoch);
void view_row_draw(struct view_row *row, struct rlc_view *view, int64_t floor);
/* A record without timer; `value` NULL deletes it. */
struct rlc_view_put view_row_put(const char *key, const char *value);
struct rlc_view_put view_row_timed(const char *key, rlc_ms wake_ms);
const char *view_row_result(enum rlc_apply_result result);
/* The transaction that moves a slice from `from` to `to`; its other numbers follow from `to`. */
struct rlc_view_apply view_row_transaction(int32_t partition, int64_t from, int64_t to,
                                           const struct rlc_view_put *puts, size_t count);
void view_row_apply_one(struct view_row *row, struct rlc_view *view, struct rlc_view_apply *apply);
void view_row_apply(struct view_row *row, int64_t from, int64_t to, const struct rlc_view_put *puts,
                    size_t count);
/* A slice with k1=one and k2=two at offset 10, finished, owned by epoch 1. */
void view_row_prepare(struct view_row *row);
void view_row_value(struct view_row *row, struct rlc_view *view, const char *key);
/* Keys that are due, then a bar. */
void view_row_due(struct view_row *row, rlc_ms until_ms, size_t max);

#endif
