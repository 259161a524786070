/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/slice_bench.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_SIZE ((size_t)64 << 20)

const uint8_t slice_installation[RLC_UUID_SIZE] = { 0x10, 0xff, 3 };

struct redis_lab slice_lab;

static struct rlc_view *open_view(const struct rlc_redis_settings *settings)
{
    struct rlc_view *view;

    assert_int_equal(rlc_redis_view_open(settings, SLICE_PREFIX, &view, NULL), RLC_OK);
    return view;
}

int slice_set_up(void **state)
{
    struct slice_bench *bench = calloc(1, sizeof(*bench));
    struct rlc_redis_settings settings = redis_lab_settings(&slice_lab);
    void *memory = malloc(ARENA_SIZE);

    assert_true(bench && memory);
    assert_string_equal(redis_lab_do(&slice_lab, "FLUSHALL"), "OK");
    bench->view = open_view(&settings);
    bench->twin = open_view(&settings);
    rlc_arena_init(&bench->arena, memory, ARENA_SIZE);
    *state = bench;
    return 0;
}

int slice_tear_down(void **state)
{
    struct slice_bench *bench = *state;

    bench->view->ops->close(bench->view);
    bench->twin->ops->close(bench->twin);
    free(bench->arena.base);
    free(bench);
    return 0;
}

struct rlc_look slice_look(struct slice_bench *bench)
{
    struct rlc_look look;

    assert_int_equal(bench->view->ops->look(bench->view, 0, &look, &bench->error), RLC_OK);
    return look;
}

struct rlc_view_apply slice_transaction(int64_t from, int64_t to, const struct rlc_view_put *puts,
                                        size_t count)
{
    struct rlc_view_apply apply = {
        .expect_off = from,
        .to = { .off = to, .next_in = to + 1, .owner_epoch = 1 },
        .puts = puts,
        .count = count,
    };

    memcpy(apply.to.installation, slice_installation, RLC_UUID_SIZE);
    return apply;
}

enum rlc_apply_result slice_apply(struct slice_bench *bench, struct rlc_view *view, int64_t from,
                                  int64_t to, const struct rlc_view_put *puts, size_t count)
{
    struct rlc_view_apply one = slice_transaction(from, to, puts, count);

    if (view->ops->apply(view, &one, 1, &bench->error) != RLC_OK)
        fail_msg("apply: %s", bench->error.text);
    return one.result;
}

struct rlc_view_put slice_put(const char *key, const char *value)
{
    return (struct rlc_view_put){ .key = rlc_span_of(key), .value = rlc_span_of(value) };
}

struct rlc_view_put slice_timed(const char *key, rlc_ms wake_ms)
{
    return (struct rlc_view_put){
        .key = rlc_span_of(key), .value = rlc_span_of("v"), .wake_ms = wake_ms, .timed = true
    };
}

bool slice_wipe(struct slice_bench *bench, int64_t epoch)
{
    bool mine;

    if (bench->view->ops->wipe(bench->view, 0, epoch, slice_installation, &mine, &bench->error) !=
        RLC_OK)
        fail_msg("wipe: %s", bench->error.text);
    return mine;
}

void slice_fill(struct slice_bench *bench)
{
    const struct rlc_view_put puts[] = { slice_put("r|1", "one"), slice_timed("d|1", 1000) };
    bool done;

    assert_true(slice_wipe(bench, 1));
    assert_int_equal(slice_apply(bench, bench->view, RLC_OFFSET_NONE, 10, puts, 2), RLC_APPLIED);
    assert_int_equal(bench->view->ops->finish(bench->view, 0, 10, 1, &done, &bench->error), RLC_OK);
    assert_true(done);
}

bool slice_is_whole(struct slice_bench *bench)
{
    struct rlc_look look = slice_look(bench);

    return rlc_look_is_whole(&look, slice_installation);
}

struct rlc_span slice_read(struct slice_bench *bench, const char *key)
{
    struct rlc_span name = rlc_span_of(key), value = { NULL, 99 };
    struct rlc_view_read read = { .keys = &name, .count = 1, .values = &value };

    if (bench->view->ops->read(bench->view, &read, 1, &bench->arena, &bench->error) != RLC_OK)
        fail_msg("read: %s", bench->error.text);
    return value;
}

int64_t slice_draw(struct slice_bench *bench, int64_t floor)
{
    int64_t epoch = -1;

    assert_int_equal(bench->view->ops->draw_epoch(bench->view, 0, floor, &epoch, &bench->error),
                     RLC_OK);
    return epoch;
}
