/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the trail is written and verified on this machine's PostgreSQL.
 *
 * usage: bench_trail [RECORDS [BATCH]]      needs RELANCE_POSTGRES_SUPERUSER_DSN
 * Prints one line per measurement: records, seconds, records per second, and the processor time of
 * this process (the server's is what is left of one core while it is busy). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "audit.h"
#include "common/postgres/verify.h"
#include "common/runtime/clock.h"
#include "common/runtime/genesis.h"
#include "common/runtime/memory.h"
#include "tests/support/check.h"
#include "tests/support/fact_maker.h"
#include "tests/support/test_db.h"

enum { PARTITIONS = 6, RECORDS_DEFAULT = 200000, BATCH_DEFAULT = 10000 };
#define ARENA_SIZE ((size_t)1 << 30)

struct bench {
    struct test_db db;
    struct audit *audit;
    struct fact_maker makers[PARTITIONS];
    struct rlc_arena arena;
    struct rlc_clock clock;
    size_t batch;
};

static double seconds(const struct bench *bench)
{
    return (double)rlc_clock_monotonic_ns(&bench->clock) / 1e9;
}

static double own_cpu(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void report(const char *what, size_t records, double wall_s, double cpu_s)
{
    printf("%-28s %9zu records  %7.2f s  %8.0f records/s  %5.2f us/record wall  %5.2f us own cpu\n",
           what, records, wall_s, (double)records / wall_s, wall_s * 1e6 / (double)records,
           cpu_s * 1e6 / (double)records);
}

static void open_audit(struct bench *bench)
{
    struct audit_config config = { .postgres = { .dsn = bench->db.audit_dsn,
                                                 .application = "bench" } };
    struct rlc_error error = { .text = "" };

    memcpy(config.installation, FACT_MAKER_INSTALLATION, sizeof(config.installation));
    bench->audit = audit_new(&config, &error);
    assert_non_null(bench->audit);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        int64_t next;

        fact_maker_init(&bench->makers[i], i);
        assert_int_equal(audit_service.sink_position(bench->audit, 0, i, &next, &error), RLC_OK);
    }
}

/* One batch spread over all partitions; returns the time that decoding and storing took. */
static double store_batch(struct bench *bench, struct rlc_event *events, struct rlc_record *records)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status;
    double start_s;

    rlc_arena_reset(&bench->arena);
    for (size_t i = 0; i < bench->batch; i++) {
        struct fact_maker *maker = &bench->makers[i % PARTITIONS];

        records[i] = (struct rlc_record){ .partition = (int32_t)(i % PARTITIONS),
                                          .offset = (int64_t)maker->count };
        records[i].value = rlc_arena_copy(&bench->arena, fact_maker_next(maker));
        assert_non_null(records[i].value.data);
    }
    start_s = seconds(bench);
    for (size_t i = 0; i < bench->batch; i++) {
        struct rlc_fault fault;

        events[i] = (struct rlc_event){ .record = &records[i] };
        assert_int_equal(
            audit_service.decode(bench->audit, &records[i], &bench->arena, &events[i], &fault),
            RLC_OK);
    }
    status = audit_service.sink_store(bench->audit, events, bench->batch, &bench->arena, &error);
    if (status != RLC_OK)
        print_error("%s\n", error.text);
    assert_int_equal(status, RLC_OK);
    return seconds(bench) - start_s;
}

static void bench_store(struct bench *bench, size_t records_wanted)
{
    struct rlc_event *events = calloc(bench->batch, sizeof(*events));
    struct rlc_record *records = calloc(bench->batch, sizeof(*records));
    double wall_s = 0, making_s = seconds(bench), cpu_s = own_cpu();
    size_t done = 0;

    assert_non_null(events);
    assert_non_null(records);
    for (; done < records_wanted; done += bench->batch)
        wall_s += store_batch(bench, events, records);
    making_s = seconds(bench) - making_s - wall_s;
    report("store with reports", done, wall_s, own_cpu() - cpu_s - making_s);
    free(events);
    free(records);
}

static void bench_verify(struct bench *bench)
{
    struct rlc_trail_anchor anchors[PARTITIONS];
    struct rlc_verify verify = { .anchors = anchors, .anchor_count = PARTITIONS, .at_rest = true };
    struct rlc_verified verified;
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres = test_db_connect(bench->db.read_dsn, "bench");
    double start_s = seconds(bench), cpu_s = own_cpu();

    for (int32_t i = 0; i < PARTITIONS; i++) {
        anchors[i] = (struct rlc_trail_anchor){
            .worker = "scenario",
            .partition = i,
            .seq = bench->makers[i].chain.sequence - 1,
            .head = bench->makers[i].chain.previous,
            .genesis = rlc_genesis_head(FACT_MAKER_INSTALLATION, "scenario", i),
        };
    }
    assert_int_equal(rlc_trail_verify(postgres, &verify, &verified, &error), RLC_OK);
    assert_int_equal(verified.findings, 0);
    report("verify", (size_t)verified.records, seconds(bench) - start_s, own_cpu() - cpu_s);
    rlc_postgres_free(postgres);
}

int main(int count, char **arguments)
{
    static struct bench bench;
    size_t records = count > 1 ? strtoul(arguments[1], NULL, 10) : RECORDS_DEFAULT;

    bench.batch = count > 2 ? strtoul(arguments[2], NULL, 10) : BATCH_DEFAULT;
    bench.clock = rlc_clock_system();
    if (!test_db_open(&bench.db))
        return TEST_DB_SKIPPED;
    assert_int_equal(rlc_arena_map(&bench.arena, ARENA_SIZE), RLC_OK);
    open_audit(&bench);
    bench_store(&bench, records);
    printf("bytes on disk per record: trail %lld, reports %lld\n",
           (long long)test_db_number(
               &bench.db, "SELECT pg_total_relation_size('audit_log') / count(*) FROM audit_log"),
           (long long)test_db_number(
               &bench.db, "SELECT (SELECT sum(pg_total_relation_size(r::regclass)) FROM unnest("
                          "'{receivable,request,request_line,step_instance,silence}'::text[]) r)"
                          " / count(*) FROM audit_log"));
    bench_verify(&bench);
    audit_free(bench.audit);
    rlc_arena_unmap(&bench.arena);
    test_db_close(&bench.db);
    return 0;
}
