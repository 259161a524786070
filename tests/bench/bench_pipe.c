/* SPDX-License-Identifier: Apache-2.0 */
/* The raw transactional pipe: what a worker would cost if it had nothing to think about. It reads
 * the records that a worker read and writes the very records that this worker wrote (same topics'
 * settings, partitions, keys, bytes), in the same order of effects: poll, group metadata, begin,
 * outputs, offsets, commit. No decoding, no state, no Redis.
 *
 * usage: bench_pipe ID INPUT FROM=TO...
 * FROM is a topic that the worker wrote, TO an empty one of as many partitions. The records of FROM
 * are read into memory first; those of partition p are then written in step with what is read of
 * partition p of INPUT. ID names group, member and transactional id. Prints one JSON line after the
 * first commit and one after the last. Needs RELANCE_KAFKA_BOOTSTRAP_SERVERS. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/loop/worker.h"
#include "common/runtime/memory.h"
#include "tests/bench/bench_bus.h"

enum { COPIES_MAX = 8, PARTITIONS_MAX = 256, POLL_MS = 100 };
/* Address space for what is to be written; only what is used costs memory. */
#define MEMORY ((size_t)16 << 30)

/* What one partition of a copied topic is to receive. */
struct heap {
    struct rlc_outgoing *at;
    size_t count, capacity, done;
};

struct lane {
    int64_t total;    /* records of the input partition */
    int64_t consumed; /* of them */
    int64_t next;     /* offset to commit */
    bool touched;     /* by this batch */
};

struct pipe {
    struct rlc_bus *bus;
    struct rlc_arena arena;
    const char *topics[1 + 2 * COPIES_MAX]; /* the input, the originals, their copies */
    int32_t copies, partitions;
    struct heap heaps[COPIES_MAX][PARTITIONS_MAX];
    struct lane lanes[PARTITIONS_MAX];
    bool begun; /* the partitions were given out */
    int64_t total, consumed, transactions, outputs, bytes;
};

/* ---- before the measurement ---- */

static void count_input(void *context, const struct rlc_record *record)
{
    struct pipe *pipe = context;

    pipe->lanes[record->partition].total++;
    pipe->total++;
}

static struct rlc_span keep(struct pipe *pipe, struct rlc_span span)
{
    struct rlc_span kept = rlc_arena_copy(&pipe->arena, span);

    if (span.size && !kept.data)
        bench_fail("memory for the outputs");
    return kept;
}

static void keep_output(void *context, const struct rlc_record *record)
{
    struct pipe *pipe = context;
    struct heap *heap = &pipe->heaps[record->topic - 1][record->partition];

    if (heap->count == heap->capacity) {
        heap->capacity = heap->capacity ? heap->capacity * 2 : 1024;
        heap->at = realloc(heap->at, heap->capacity * sizeof(*heap->at));
        if (!heap->at)
            bench_fail("memory for the outputs");
    }
    heap->at[heap->count++] = (struct rlc_outgoing){
        .topic = record->topic + pipe->copies,
        .partition = record->partition,
        .key = keep(pipe, record->key),
        .value = keep(pipe, record->value),
    };
}

static void load(struct pipe *pipe)
{
    pipe->partitions = bench_partitions(pipe->bus, 0);
    bench_read_all(pipe->bus, 0, count_input, pipe);
    for (int32_t i = 1; i <= pipe->copies; i++) {
        if (bench_partitions(pipe->bus, i) != pipe->partitions)
            bench_fail("partition counts differ");
        bench_read_all(pipe->bus, i, keep_output, pipe);
    }
}

/* ---- the pipe ---- */

static void adopt(struct pipe *pipe)
{
    struct rlc_position owned[PARTITIONS_MAX];
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = pipe->bus;
    uint64_t epoch;
    size_t count = bus->ops->assignment(bus, owned, PARTITIONS_MAX, &epoch);

    if (pipe->begun && count > 0)
        bench_fail("the group gave out its partitions again; they would be read twice");
    pipe->begun = count > 0;
    for (size_t i = 0; i < count; i++) {
        bench_must(bus->ops->seek(bus, 0, owned[i].partition, 0, &error), "seek", &error);
        bench_must(bus->ops->resume(bus, 0, owned[i].partition, &error), "resume", &error);
    }
}

/* As the loop gathers: until nothing waits or the batch is full. */
static size_t gather(struct pipe *pipe)
{
    struct rlc_bus *bus = pipe->bus;
    struct rlc_error error = { .text = "" };
    size_t count = 0;

    bus->ops->release(bus);
    while (count < RLC_BATCH_MAX) {
        struct rlc_bus_event event;

        bench_must(bus->ops->poll(bus, count ? 0 : POLL_MS, &event, &error), "poll", &error);
        if (event.kind == RLC_BUS_NOTHING)
            break;
        if (event.kind == RLC_BUS_REBALANCED)
            adopt(pipe);
        if (event.kind != RLC_BUS_RECORD)
            continue;
        pipe->lanes[event.record.partition].next = event.record.offset + 1;
        pipe->lanes[event.record.partition].consumed++;
        pipe->lanes[event.record.partition].touched = true;
        count++;
    }
    return count;
}

static void write_heap(struct pipe *pipe, struct heap *heap, const struct lane *lane)
{
    struct rlc_error error = { .text = "" };
    size_t due = (size_t)((int64_t)heap->count * lane->consumed / lane->total);

    for (; heap->done < due; heap->done++) {
        const struct rlc_outgoing *outgoing = &heap->at[heap->done];

        bench_must(pipe->bus->ops->produce(pipe->bus, outgoing, &error), "produce", &error);
        pipe->outputs++;
        pipe->bytes += (int64_t)(outgoing->key.size + outgoing->value.size);
    }
}

static void write_batch(struct pipe *pipe)
{
    struct rlc_bus *bus = pipe->bus;
    struct rlc_position next[PARTITIONS_MAX];
    struct rlc_error error = { .text = "" };
    size_t count = 0;

    bench_must(bus->ops->snapshot(bus, &error), "snapshot", &error);
    bench_must(bus->ops->begin(bus, &error), "begin", &error);
    for (int32_t copy = 0; copy < pipe->copies; copy++) {
        for (int32_t i = 0; i < pipe->partitions; i++) {
            if (pipe->lanes[i].touched)
                write_heap(pipe, &pipe->heaps[copy][i], &pipe->lanes[i]);
        }
    }
    for (int32_t i = 0; i < pipe->partitions; i++) {
        if (pipe->lanes[i].touched)
            next[count++] = (struct rlc_position){ 0, i, pipe->lanes[i].next };
        pipe->lanes[i].touched = false;
    }
    bench_must(bus->ops->send_offsets(bus, next, count, &error), "send_offsets", &error);
    bench_must(bus->ops->commit(bus, &error), "commit", &error);
    pipe->transactions++;
}

static void report(const struct pipe *pipe)
{
    (void)printf("{\"events\":%" PRId64 ",\"transactions\":%" PRId64 ",\"outputs\":%" PRId64
                 ",\"bytes\":%" PRId64 "}\n",
                 pipe->consumed, pipe->transactions, pipe->outputs, pipe->bytes);
    (void)fflush(stdout);
}

static void run(struct pipe *pipe)
{
    while (pipe->consumed < pipe->total) {
        size_t count = gather(pipe);

        if (!count)
            continue;
        write_batch(pipe);
        pipe->consumed += (int64_t)count;
        if (pipe->transactions == 1)
            report(pipe);
    }
    report(pipe);
}

static void name_topics(struct pipe *pipe, char **pairs)
{
    for (int32_t i = 0; i < pipe->copies; i++) {
        char *equals = strchr(pairs[i], '=');

        if (!equals)
            bench_fail("an argument is not FROM=TO");
        *equals = '\0';
        pipe->topics[1 + i] = pairs[i];
        pipe->topics[1 + pipe->copies + i] = equals + 1;
    }
}

int main(int argc, char **argv)
{
    static struct pipe pipe;
    struct rlc_bus_config config;

    if (argc < 4 || argc - 3 > COPIES_MAX) {
        (void)fputs("usage: bench_pipe ID INPUT FROM=TO...\n", stderr);
        return EXIT_FAILURE;
    }
    pipe.copies = argc - 3;
    pipe.topics[0] = argv[2];
    name_topics(&pipe, argv + 3);
    config = (struct rlc_bus_config){ .topics = pipe.topics,
                                      .topic_count = 1 + 2 * (size_t)pipe.copies,
                                      .input_count = 1,
                                      .group = argv[1],
                                      .member = argv[1],
                                      .transactional_id = argv[1] };
    if (rlc_arena_map(&pipe.arena, MEMORY) != RLC_OK)
        bench_fail("out of memory");
    pipe.bus = bench_bus_open(&config);
    load(&pipe);
    run(&pipe);
    pipe.bus->ops->close(pipe.bus, true);
    rlc_arena_unmap(&pipe.arena);
    for (int32_t copy = 0; copy < pipe.copies; copy++) {
        for (int32_t i = 0; i < pipe.partitions; i++)
            free(pipe.heaps[copy][i].at);
    }
    return EXIT_SUCCESS;
}
