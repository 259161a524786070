/* SPDX-License-Identifier: Apache-2.0 */
/* From payment to fact, open loop: sends the lines of a file at a fixed rate, whatever comes back,
 * and measures for each payment the time from when it was meant to be sent until its fact can be
 * read (read_committed). Time that the sender is late counts, so nothing is left out.
 *
 * usage: bench_flow SOURCE FACTS EVENTS.tsv PER_SECOND
 * A line is: number of the payment (0: another event), debtor, record; separated by tabs. Payment n
 * has the id "P<n>". Prints one JSON line. Needs RELANCE_KAFKA_BOOTSTRAP_SERVERS. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/decimal.h"
#include "common/pure/murmur2.h"
#include "common/runtime/memory.h"
#include "common/wire/debtor_fact.h"
#include "tests/bench/bench_bus.h"

enum { SOURCE, FACTS, TOPICS, PARTITIONS_MAX = 256 };
#define FACT_MEMORY ((size_t)64 << 20)
/* After the last event was sent: an answer that takes longer counts as none. */
#define PATIENCE_NS UINT64_C(30000000000)

struct line {
    int64_t payment; /* 0: another event */
    struct rlc_span debtor;
    struct rlc_span record;
};

struct flow {
    struct rlc_bus *bus;
    struct rlc_arena arena; /* one fact */
    char *text;
    struct line *lines;
    size_t count, sent;
    int32_t partitions;
    int64_t first; /* number of the first payment */
    size_t payments, answered;
    uint64_t *meant_ns; /* by payment: when it was meant to be sent */
    uint64_t *waited_ns;
    uint64_t *late_ns; /* by line: how late it was sent */
    uint64_t begin_ns;
    double per_second;
};

static void *memory(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size);

    if (!block)
        bench_fail("out of memory");
    return block;
}

/* ---- the lines ---- */

static void read_file(struct flow *flow, const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = -1;

    if (file && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0)
        bench_fail(path);
    flow->text = memory((size_t)size + 1, 1);
    if (fread(flow->text, 1, (size_t)size, file) != (size_t)size)
        bench_fail(path);
    (void)fclose(file);
    for (char *at = flow->text; *at; at++)
        flow->count += *at == '\n';
}

static void split(struct flow *flow, struct line *line, char **text)
{
    char *number = strsep(text, "\t"), *debtor = strsep(text, "\t"), *record = strsep(text, "\n");

    if (!record || !rlc_i64_parse(rlc_span_of(number), &line->payment))
        bench_fail("a line is not NUMBER, DEBTOR, RECORD");
    line->debtor = rlc_span_of(debtor);
    line->record = rlc_span_of(record);
    if (line->payment && !flow->first)
        flow->first = line->payment;
    flow->payments += line->payment != 0;
}

static void read_lines(struct flow *flow, const char *path)
{
    char *text;

    read_file(flow, path);
    flow->lines = memory(flow->count, sizeof(*flow->lines));
    text = flow->text;
    for (size_t i = 0; i < flow->count; i++)
        split(flow, &flow->lines[i], &text);
    flow->meant_ns = memory(flow->payments, sizeof(*flow->meant_ns));
    flow->waited_ns = memory(flow->payments, sizeof(*flow->waited_ns));
    flow->late_ns = memory(flow->count, sizeof(*flow->late_ns));
}

/* ---- sending and reading ---- */

static uint64_t meant_ns(const struct flow *flow, size_t line)
{
    return flow->begin_ns + (uint64_t)((double)line * 1e9 / flow->per_second);
}

static size_t payment_of(const struct flow *flow, int64_t number)
{
    if (number < flow->first || (size_t)(number - flow->first) >= flow->payments)
        bench_fail("payments are not numbered one after the other");
    return (size_t)(number - flow->first);
}

static void send_due(struct flow *flow)
{
    struct rlc_error error = { .text = "" };

    while (flow->sent < flow->count) {
        const struct line *line = &flow->lines[flow->sent];
        uint64_t meant = meant_ns(flow, flow->sent), now = bench_now_ns();
        struct rlc_outgoing outgoing = {
            .topic = SOURCE,
            .partition = rlc_partition_of(line->debtor, flow->partitions),
            .key = line->debtor,
            .value = line->record,
        };

        if (now < meant)
            return;
        if (line->payment)
            flow->meant_ns[payment_of(flow, line->payment)] = meant;
        flow->late_ns[flow->sent++] = now - meant;
        bench_must(flow->bus->ops->produce(flow->bus, &outgoing, &error), "produce", &error);
    }
}

static void take(struct flow *flow, const struct rlc_record *record, uint64_t now)
{
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;
    struct rlc_span id;
    int64_t number;
    size_t payment;

    rlc_arena_reset(&flow->arena);
    if (rlc_debtor_fact_decode(record->value, &flow->arena, &fact, &fault) != RLC_OK)
        bench_fail("a fact cannot be read");
    if (fact.kind != RLC_FACT_KIND_PAYMENT_RECORDED)
        return;
    id = fact.payment_recorded.settlement;
    if (id.size < 2 || !rlc_i64_parse(rlc_span_from(id.data + 1, id.size - 1), &number))
        bench_fail("a payment that nobody sent");
    payment = payment_of(flow, number);
    if (flow->waited_ns[payment])
        bench_fail("a payment was recorded twice");
    flow->waited_ns[payment] = now - flow->meant_ns[payment];
    flow->answered++;
}

static void read_facts(struct flow *flow)
{
    struct rlc_bus_event event;
    struct rlc_error error = { .text = "" };
    int32_t timeout_ms = 1;

    do {
        bench_must(flow->bus->ops->read_poll(flow->bus, timeout_ms, &event, &error), "read_poll",
                   &error);
        if (event.kind == RLC_BUS_RECORD)
            take(flow, &event.record, bench_now_ns());
        timeout_ms = 0;
    } while (event.kind == RLC_BUS_RECORD);
}

static void run(struct flow *flow)
{
    uint64_t over_ns = meant_ns(flow, flow->count) + PATIENCE_NS;

    while (flow->answered < flow->payments && bench_now_ns() < over_ns) {
        send_due(flow);
        read_facts(flow);
    }
}

static void open_at_the_end(struct flow *flow)
{
    struct rlc_position from[PARTITIONS_MAX];
    struct rlc_error error = { .text = "" };
    struct rlc_bus_event event;
    int32_t facts = bench_partitions(flow->bus, FACTS), ends = 0;

    flow->partitions = bench_partitions(flow->bus, SOURCE);
    for (int32_t i = 0; i < facts; i++)
        from[i] = (struct rlc_position){ FACTS, i, bench_end(flow->bus, FACTS, i) };
    bench_must(flow->bus->ops->read(flow->bus, from, (size_t)facts, &error), "read", &error);
    while (ends < facts) {
        bench_must(flow->bus->ops->read_poll(flow->bus, 100, &event, &error), "read_poll", &error);
        ends += event.kind == RLC_BUS_END;
    }
}

/* ---- the answer ---- */

static int by_size(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return a < b ? -1 : a > b;
}

/* The smallest value that a share of all do not exceed, in milliseconds. */
static double percentile_ms(const uint64_t *sorted_ns, size_t count, double share)
{
    size_t rank = (size_t)((double)count * share);

    return count ? (double)sorted_ns[rank < count ? rank : count - 1] / 1e6 : 0;
}

static void report(struct flow *flow)
{
    qsort(flow->late_ns, flow->sent, sizeof(*flow->late_ns), by_size);
    qsort(flow->waited_ns, flow->payments, sizeof(*flow->waited_ns), by_size);
    (void)printf("{\"sent\":%zu,\"payments\":%zu,\"answered\":%zu,\"late_p99_ms\":%.3f,"
                 "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
                 flow->sent, flow->payments, flow->answered,
                 percentile_ms(flow->late_ns, flow->sent, 0.99),
                 percentile_ms(flow->waited_ns, flow->payments, 0.5),
                 percentile_ms(flow->waited_ns, flow->payments, 0.99),
                 percentile_ms(flow->waited_ns, flow->payments, 1));
}

int main(int argc, char **argv)
{
    static struct flow flow;
    const char *topics[TOPICS];
    struct rlc_bus_config config = { .topics = topics, .topic_count = TOPICS };
    struct rlc_error error = { .text = "" };

    flow.per_second = argc == 5 ? strtod(argv[4], NULL) : 0;
    if (flow.per_second <= 0) {
        (void)fputs("usage: bench_flow SOURCE FACTS EVENTS.tsv PER_SECOND\n", stderr);
        return EXIT_FAILURE;
    }
    topics[SOURCE] = argv[1];
    topics[FACTS] = argv[2];
    read_lines(&flow, argv[3]);
    if (rlc_arena_map(&flow.arena, FACT_MEMORY) != RLC_OK)
        bench_fail("out of memory");
    flow.bus = bench_bus_open(&config);
    open_at_the_end(&flow);
    flow.begin_ns = bench_now_ns();
    run(&flow);
    report(&flow);
    bench_must(flow.bus->ops->flush(flow.bus, 1000, &error), "flush", &error);
    flow.bus->ops->close(flow.bus, true);
    rlc_arena_unmap(&flow.arena);
    free(flow.text), free(flow.lines);
    free(flow.meant_ns), free(flow.waited_ns), free(flow.late_ns);
    return flow.answered == flow.payments ? EXIT_SUCCESS : EXIT_FAILURE;
}
