/* SPDX-License-Identifier: Apache-2.0 */
/* Two views of one worker on an empty Redis server, and the calls that their tests make most often,
 * all on partition 0. Helpers fail the test themselves. */
#ifndef RLC_TESTS_SLICE_BENCH_H
#define RLC_TESTS_SLICE_BENCH_H

#include "common/redis/view_redis.h"
#include "tests/integration/redis_lab.h"

#define SLICE_PREFIX "test.scenario"

struct slice_bench {
    struct rlc_view *view;
    struct rlc_view *twin;
    struct rlc_arena arena;
    struct rlc_error error;
};

extern const uint8_t slice_installation[RLC_UUID_SIZE];
/* The server of the test program; its main() starts and stops it. */
extern struct redis_lab slice_lab;

/* For cmocka: `*state` is a slice_bench on an emptied server. */
int slice_set_up(void **state);
int slice_tear_down(void **state);

/* A whole slice of two records, r|1 = "one" and the subject d|1 at 1000, at offset 10. */
void slice_fill(struct slice_bench *bench);

struct rlc_look slice_look(struct slice_bench *bench);
bool slice_is_whole(struct slice_bench *bench);
struct rlc_span slice_read(struct slice_bench *bench, const char *key);
int64_t slice_draw(struct slice_bench *bench, int64_t floor);
/* Whether it was ours to wipe. */
bool slice_wipe(struct slice_bench *bench, int64_t epoch);

struct rlc_view_put slice_put(const char *key, const char *value);
struct rlc_view_put slice_timed(const char *key, rlc_ms wake_ms);
struct rlc_view_apply slice_transaction(int64_t from, int64_t to, const struct rlc_view_put *puts,
                                        size_t count);
enum rlc_apply_result slice_apply(struct slice_bench *bench, struct rlc_view *view, int64_t from,
                                  int64_t to, const struct rlc_view_put *puts, size_t count);

#endif
