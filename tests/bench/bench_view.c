/* SPDX-License-Identifier: Apache-2.0 */
/* How many records per second the hot state in Redis reads and applies, by how many at once.
 *
 * usage: bench_view [unix]      over TCP on the loopback, or over a unix socket
 *
 * Starts a server of its own. Client and server share this machine's processors, so look at the
 * ratios, and at the CPU time per record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/redis/view_redis.h"
#include "common/runtime/clock.h"
#include "tests/integration/redis_lab.h"
#include "tests/support/random.h"

#define RECORDS    200000u /* in the slices together */
#define PARTS_MAX  24
#define BATCH_MAX  10000u
#define VALUE_SIZE 300
#define KEY_SIZE   24
#define ARENA_SIZE ((size_t)64 << 20)
#define RUN_MS     700

struct bench {
    struct rlc_view *view;
    struct rlc_arena arena;
    struct random random;
    int64_t offset[PARTS_MAX];
    char (*key)[KEY_SIZE]; /* of one batch */
    struct rlc_span *name;
    struct rlc_span *value;
    struct rlc_view_put *put;
    uint8_t bytes[VALUE_SIZE];
};

static void stop(const char *what, const struct rlc_error *error)
{
    (void)fprintf(stderr, "%s: %s\n", what, error->text);
    exit(1);
}

static double cpu_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double wall_us(void)
{
    struct rlc_clock clock = rlc_clock_system();

    return (double)rlc_clock_monotonic_ns(&clock) / 1e3;
}

/* Draws the keys of a batch: random records of the slices, every tenth of them a debtor. */
static void draw_batch(struct bench *bench, size_t parts, size_t records)
{
    for (size_t i = 0; i < records; i++) {
        unsigned number = (unsigned)random_below(&bench->random, RECORDS / parts);

        (void)snprintf(bench->key[i], KEY_SIZE, "r|t/debtor|c|%07u", number);
        bench->name[i] = rlc_span_of(bench->key[i]);
        bench->put[i] = (struct rlc_view_put){ .key = bench->name[i],
                                               .value = rlc_span_from(bench->bytes, VALUE_SIZE),
                                               .timed = number % 10 == 0,
                                               .wake_ms = INT64_C(1700000000000) + number };
    }
}

static void apply(struct bench *bench, size_t parts, size_t records)
{
    struct rlc_view_apply apply[PARTS_MAX];
    struct rlc_error error;

    for (size_t i = 0; i < parts; i++) {
        apply[i] = (struct rlc_view_apply){
            .partition = (int32_t)i,
            .expect_off = bench->offset[i],
            .to = { .off = bench->offset[i] + 1, .next_in = 1, .owner_epoch = 1 },
            .puts = bench->put + i * (records / parts),
            .count = records / parts,
        };
    }
    if (bench->view->ops->apply(bench->view, apply, parts, &error) != RLC_OK)
        stop("apply", &error);
    for (size_t i = 0; i < parts; i++) {
        if (apply[i].result != RLC_APPLIED) {
            (void)fprintf(stderr, "not applied: %d\n", (int)apply[i].result);
            exit(1);
        }
        bench->offset[i]++;
    }
}

static void read_batch(struct bench *bench, size_t parts, size_t records)
{
    struct rlc_view_read read[PARTS_MAX];
    struct rlc_error error;

    rlc_arena_reset(&bench->arena);
    for (size_t i = 0; i < parts; i++) {
        read[i] = (struct rlc_view_read){ .partition = (int32_t)i,
                                          .keys = bench->name + i * (records / parts),
                                          .count = records / parts,
                                          .values = bench->value };
    }
    if (bench->view->ops->read(bench->view, read, parts, &bench->arena, &error) != RLC_OK)
        stop("read", &error);
}

/* Fresh slices that hold all records. */
static void fill(struct bench *bench, size_t parts)
{
    static const uint8_t installation[RLC_UUID_SIZE];
    struct rlc_error error;
    bool mine;

    for (size_t i = 0; i < PARTS_MAX; i++) {
        if (bench->view->ops->wipe(bench->view, (int32_t)i, 1, installation, &mine, &error) !=
            RLC_OK)
            stop("wipe", &error);
        bench->offset[i] = RLC_OFFSET_NONE;
    }
    for (unsigned first = 0; first < RECORDS / parts; first += 1000) {
        size_t count = RECORDS / parts - first < 1000 ? RECORDS / parts - first : 1000;

        for (size_t part = 0; part < parts; part++) {
            draw_batch(bench, parts, count);
            for (size_t i = 0; i < count; i++)
                (void)snprintf(bench->key[i], KEY_SIZE, "r|t/debtor|c|%07u", first + (unsigned)i);
            struct rlc_view_apply one = {
                .partition = (int32_t)part,
                .expect_off = bench->offset[part],
                .to = { .off = bench->offset[part] + 1 },
                .puts = bench->put,
                .count = count,
            };
            if (bench->view->ops->apply(bench->view, &one, 1, &error) != RLC_OK)
                stop("fill", &error);
            bench->offset[part]++;
        }
    }
}

static void measure(struct bench *bench, const char *name,
                    void (*call)(struct bench *, size_t, size_t), size_t parts, size_t records)
{
    double wall = 0, cpu = 0;
    size_t calls = 0;

    while (wall < RUN_MS * 1e3) {
        double wall_begun, cpu_begun;

        draw_batch(bench, parts, records);
        wall_begun = wall_us();
        cpu_begun = cpu_us();
        call(bench, parts, records);
        cpu += cpu_us() - cpu_begun;
        wall += wall_us() - wall_begun;
        calls++;
    }
    printf("%-6s %5zu records, %2zu partitions: %8.0f records/s %8.2f us/record %6.2f us CPU\n",
           name, records, parts, (double)(calls * records) / wall * 1e6,
           wall / (double)(calls * records), cpu / (double)(calls * records));
    (void)fflush(stdout);
}

static void open_bench(struct bench *bench, const struct redis_lab *lab, bool local)
{
    struct rlc_redis_settings settings = redis_lab_settings(lab);
    struct rlc_error error;
    void *memory = malloc(ARENA_SIZE);

    if (local)
        settings.host = lab->socket;
    memset(bench, 0, sizeof(*bench));
    bench->random.state = 1;
    bench->key = calloc(BATCH_MAX, KEY_SIZE);
    bench->name = calloc(BATCH_MAX, sizeof(*bench->name));
    bench->value = calloc(BATCH_MAX, sizeof(*bench->value));
    bench->put = calloc(BATCH_MAX, sizeof(*bench->put));
    if (!memory || !bench->key || !bench->name || !bench->value || !bench->put)
        exit(1);
    rlc_arena_init(&bench->arena, memory, ARENA_SIZE);
    if (rlc_redis_view_open(&settings, "bench", &bench->view, &error) != RLC_OK)
        stop("open", &error);
}

static void close_bench(struct bench *bench)
{
    bench->view->ops->close(bench->view);
    free(bench->arena.base);
    free(bench->key);
    free(bench->name);
    free(bench->value);
    free(bench->put);
}

int main(int argc, char **argv)
{
    static const struct {
        size_t parts, records;
    } cases[] = {
        { 1, 1 }, { 1, 100 }, { 1, 1000 }, { 1, 10000 }, { 24, 24 }, { 24, 1008 }, { 24, 9984 },
    };
    struct redis_lab lab;
    struct bench bench;
    size_t filled = 0;

    if (!redis_lab_start(&lab))
        return REDIS_LAB_SKIPPED;
    open_bench(&bench, &lab, argc > 1 && strcmp(argv[1], "unix") == 0);
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        if (filled != cases[i].parts)
            fill(&bench, cases[i].parts);
        filled = cases[i].parts;
        measure(&bench, "read", read_batch, cases[i].parts, cases[i].records);
        measure(&bench, "apply", apply, cases[i].parts, cases[i].records);
    }
    close_bench(&bench);
    redis_lab_stop(&lab);
    return 0;
}
