/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the trail is written and verified on this machine's PostgreSQL.
 *
 * usage: bench_trail [RECORDS [BATCH]]      needs RELANCE_POSTGRES_SUPERUSER_DSN
 * Prints one line per measurement: records, seconds, records per second, and the processor time per
 * record of this process and of the server's process that works for it (same machine only). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "audit.h"
#include "common/postgres/trail.h"
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

/* Processor time of the server's process that serves this program. */
static double server_cpu(struct bench *bench)
{
    char path[64], line[1024];
    unsigned long user = 0, system = 0;
    const char *at;
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%lld/stat",
                   (long long)test_db_number(&bench->db,
                                             "SELECT pid FROM pg_stat_activity WHERE datname ="
                                             " current_database() AND application_name = 'bench'"));
    file = fopen(path, "r");
    if (!file)
        return 0;
    at = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
    (void)fclose(file);
    /* Fields 14 and 15; field 3 follows the name. */
    for (int field = 2; at && field < 14; field++)
        at = strchr(at + 1, ' ');
    if (at) {
        char *rest;

        user = strtoul(at, &rest, 10);
        system = strtoul(rest, NULL, 10);
    }
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

struct spent {
    double wall_s;
    double own_s;
    double server_s;
};

static void report(const char *what, size_t records, const struct spent *spent)
{
    double scale = 1e6 / (double)records;

    printf("%-20s %8zu records %7.2f s %8.0f records/s; us per record: wall %5.2f, own cpu %5.2f, "
           "server cpu %5.2f\n",
           what, records, spent->wall_s, (double)records / spent->wall_s, spent->wall_s * scale,
           spent->own_s * scale, spent->server_s * scale);
}

static void open_audit(struct bench *bench)
{
    struct rlc_postgres_config postgres = { .dsn = bench->db.audit_dsn, .application = "bench" };
    struct rlc_error error = { .text = "" };
    struct audit_config config = { .trail = rlc_trail_postgres_new(&postgres, &error) };

    assert_non_null(config.trail);
    memcpy(config.installation, FACT_MAKER_INSTALLATION, sizeof(config.installation));
    bench->audit = audit_new(&config, &error);
    assert_non_null(bench->audit);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        int64_t next;

        fact_maker_init(&bench->makers[i], i);
        assert_int_equal(audit_service.sink_position(bench->audit, 0, i, &next, &error), RLC_OK);
    }
}

/* One batch spread over all partitions; adds what decoding and storing it took. */
static void store_batch(struct bench *bench, struct rlc_event *events, struct rlc_record *records,
                        struct spent *spent)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    rlc_arena_reset(&bench->arena);
    for (size_t i = 0; i < bench->batch; i++) {
        struct fact_maker *maker = &bench->makers[i % PARTITIONS];

        records[i] = (struct rlc_record){ .partition = (int32_t)(i % PARTITIONS),
                                          .offset = (int64_t)maker->count };
        records[i].value = rlc_arena_copy(&bench->arena, fact_maker_next(maker));
        assert_non_null(records[i].value.data);
    }
    spent->wall_s -= seconds(bench);
    spent->own_s -= own_cpu();
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
    spent->wall_s += seconds(bench);
    spent->own_s += own_cpu();
}

static void bench_store(struct bench *bench, size_t records_wanted)
{
    struct rlc_event *events = calloc(bench->batch, sizeof(*events));
    struct rlc_record *records = calloc(bench->batch, sizeof(*records));
    struct spent spent = { .server_s = -server_cpu(bench) };
    size_t done = 0;

    assert_non_null(events);
    assert_non_null(records);
    for (; done < records_wanted; done += bench->batch)
        store_batch(bench, events, records, &spent);
    spent.server_s += server_cpu(bench);
    report("store with reports", done, &spent);
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
    struct spent spent = { .wall_s = -seconds(bench), .own_s = -own_cpu() };

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
    spent.wall_s += seconds(bench);
    spent.own_s += own_cpu();
    spent.server_s = server_cpu(bench);
    report("verify", (size_t)verified.records, &spent);
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
               &bench.db,
               "SELECT (SELECT sum(pg_total_relation_size(r::regclass)) FROM unnest("
               "'{receivable,request,request_line,step_instance,silence,task}'::text[]) r)"
               " / count(*) FROM audit_log"));
    audit_free(bench.audit);
    bench_verify(&bench);
    rlc_arena_unmap(&bench.arena);
    test_db_close(&bench.db);
    return 0;
}
