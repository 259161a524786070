/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmark does around its contenders.
 *
 * usage: rc1_tool fill TOPIC EVENTS DEBTORS                  writes the events, each to its
 * partition rc1_tool predict EVENTS DEBTORS PARTITIONS          prints what must come of them
 *        rc1_tool digest FACTS COMMANDS AUDIT STATES         prints what came of them
 * digest fails when a link of an audit chain is broken. States are the last records of their keys
 * in the changelog; what has another size than a debtor is none. fill and digest need
 * RELANCE_KAFKA_BOOTSTRAP_SERVERS. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/memory.h"
#include "tests/bench/bench_bus.h"
#include "tests/bench/rc1/audit.h"
#include "tests/bench/rc1/digest.h"
#include "tests/bench/rc1/input.h"

/* Address space for the changelog's keys and values; only what is used costs memory. */
#define MEMORY ((size_t)16 << 30)

enum {
    PARTITIONS_MAX = 256,
    FLUSH_WAIT_MS = 60000,
    /* Waiting for the broker so often makes small batches: the partitions take turns, as in live
     * traffic. */
    FLUSH_EVERY = 2000
};

static int64_t number(const char *text)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    if (*end || value <= 0)
        bench_fail("a number of events, debtors or partitions is not positive");
    return value;
}

/* ---- fill ---- */

static void flush(struct rlc_bus *bus)
{
    struct rlc_error error = { .text = "" };

    bench_must(bus->ops->flush(bus, FLUSH_WAIT_MS, &error), "flush", &error);
}

static void produce(struct rlc_bus *bus, const struct rc1_event *event, int32_t partitions)
{
    uint8_t bytes[RC1_RECORD_MAX];
    struct rlc_error error = { .text = "" };
    struct rlc_outgoing outgoing = {
        .partition = rlc_partition_of(event->debtor, partitions),
        .key = event->debtor,
        .value = rlc_span_from(bytes, rc1_event_encode(event, bytes)),
    };

    bench_must(bus->ops->produce(bus, &outgoing, &error), "produce", &error);
}

static int fill(char **arguments)
{
    const char *topics[] = { arguments[0] };
    struct rlc_bus_config config = { .topics = topics, .topic_count = 1 };
    struct rlc_bus *bus = bench_bus_open(&config);
    int32_t partitions = bench_partitions(bus, 0);
    int64_t events = number(arguments[1]);
    struct rc1_input input;

    if (!rc1_input_open(&input, number(arguments[2])))
        bench_fail("memory for the debtors");
    for (int64_t i = 1; i <= events; i++) {
        struct rc1_event event;

        rc1_input_next(&input, &event);
        produce(bus, &event, partitions);
        if (i % FLUSH_EVERY == 0)
            flush(bus);
    }
    flush(bus);
    rc1_input_close(&input);
    bus->ops->close(bus, true);
    return EXIT_SUCCESS;
}

/* ---- digest ---- */

/* One record of the changelog. */
struct version {
    struct rlc_span key;
    struct rlc_span value;
    int64_t offset;
};

struct reading {
    struct rc1_digest digests[RC1_OUTPUTS];
    enum rc1_output output; /* what is being read */
    struct rlc_hash heads[PARTITIONS_MAX];
    struct rlc_arena arena;
    struct version *versions;
    size_t count, capacity;
};

static struct rlc_span keep(struct reading *reading, struct rlc_span span)
{
    struct rlc_span kept = rlc_arena_copy(&reading->arena, span);

    if (span.size && !kept.data)
        bench_fail("memory for the changelog");
    return kept;
}

static void keep_version(struct reading *reading, const struct rlc_record *record)
{
    if (record->value.size != sizeof(struct rc1_state))
        return;
    if (reading->count == reading->capacity) {
        reading->capacity = reading->capacity ? reading->capacity * 2 : 1024;
        reading->versions =
            realloc(reading->versions, reading->capacity * sizeof(*reading->versions));
        if (!reading->versions)
            bench_fail("memory for the changelog");
    }
    reading->versions[reading->count++] =
        (struct version){ keep(reading, record->key), keep(reading, record->value),
                          record->offset };
}

static void take(void *context, const struct rlc_record *record)
{
    struct reading *reading = context;

    if (reading->output == RC1_STATES) {
        keep_version(reading, record);
        return;
    }
    if (reading->output == RC1_AUDIT &&
        !rc1_audit_continues(record->value, &reading->heads[record->partition]))
        bench_fail("a link of the audit chain is broken");
    rc1_digest_add(&reading->digests[reading->output], record->key, record->value);
}

/* Of one debtor in the order of the log: a debtor has one partition. */
static int in_order(const void *left, const void *right)
{
    const struct version *a = left, *b = right;
    int order = rlc_span_compare(a->key, b->key);

    return order ? order : (a->offset > b->offset) - (a->offset < b->offset);
}

static void add_states(struct reading *reading)
{
    if (reading->count)
        qsort(reading->versions, reading->count, sizeof(*reading->versions), in_order);
    for (size_t i = 0; i < reading->count; i++) {
        const struct version *version = &reading->versions[i];

        if (i + 1 == reading->count || !rlc_span_equal(version->key, version[1].key))
            rc1_digest_add(&reading->digests[RC1_STATES], version->key, version->value);
    }
}

static int digest(char **arguments)
{
    static struct reading reading;
    const char *topics[RC1_OUTPUTS];
    struct rlc_bus_config config = { .topics = topics, .topic_count = RC1_OUTPUTS };
    struct rlc_bus *bus;

    for (int i = 0; i < RC1_OUTPUTS; i++)
        topics[i] = arguments[i];
    if (rlc_arena_map(&reading.arena, MEMORY) != RLC_OK)
        bench_fail("out of memory");
    bus = bench_bus_open(&config);
    for (int i = 0; i < RC1_OUTPUTS; i++) {
        reading.output = (enum rc1_output)i;
        bench_read_all(bus, i, take, &reading);
    }
    bus->ops->close(bus, true);
    add_states(&reading);
    rc1_digests_print(reading.digests);
    free(reading.versions);
    rlc_arena_unmap(&reading.arena);
    return EXIT_SUCCESS;
}

/* ---- predict ---- */

static int predict(char **arguments)
{
    struct rc1_digest digests[RC1_OUTPUTS];

    if (!rc1_predict(number(arguments[0]), number(arguments[1]), (int32_t)number(arguments[2]),
                     digests))
        bench_fail("memory for the debtors");
    rc1_digests_print(digests);
    return EXIT_SUCCESS;
}

static const struct {
    const char *name;
    int arguments;
    int (*run)(char **arguments);
} COMMANDS[] = { { "fill", 3, fill }, { "predict", 3, predict }, { "digest", 4, digest } };

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < RLC_COUNT(COMMANDS); i++) {
        if (strcmp(argv[1], COMMANDS[i].name) == 0 && argc == COMMANDS[i].arguments + 2)
            return COMMANDS[i].run(argv + 2);
    }
    (void)fputs("usage: rc1_tool fill TOPIC EVENTS DEBTORS\n"
                "       rc1_tool predict EVENTS DEBTORS PARTITIONS\n"
                "       rc1_tool digest FACTS COMMANDS AUDIT STATES\n",
                stderr);
    return 2;
}
