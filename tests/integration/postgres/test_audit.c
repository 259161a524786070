/* SPDX-License-Identifier: Apache-2.0 */
/* The audit worker: the loop over the log in memory, the trail on a real PostgreSQL. */
#include "audit.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "common/memory/bus_memory.h"
#include "common/postgres/trail.h"
#include "common/runtime/keyring.h"
#include "common/runtime/loop/worker.h"
#include "rebuild.h"
#include "tests/integration/postgres/trail_writer.h"
#include "tests/support/check.h"
#include "tests/support/random.h"
#include "tests/support/test_db.h"

enum { PARTITIONS = 2, LIVES = 30, ROUNDS_MAX = 4000, DEATHS = 120 };

static struct test_db db;

struct lab {
    rlc_ms now_ms;
    struct rlc_memory_broker *broker;
    struct rlc_bus_config tool_config;
    struct rlc_bus *tool;
    struct fact_maker makers[PARTITIONS];
    int64_t published;

    struct audit *audit;
    struct rlc_bus_config bus_config;
    struct rlc_bus *bus;
    struct rlc_worker *worker;
    uint32_t batch_max;
    char last_note[256];

    uint64_t die_at; /* steps of the loop until this process dies; 0 = it does not */
    jmp_buf grave;
};

/* ---- life ---- */

static void at_step(void *context, enum rlc_step step)
{
    struct lab *lab = context;

    (void)step;
    if (lab->die_at && --lab->die_at == 0)
        longjmp(lab->grave, 1);
}

static void note(void *context, const char *event, int32_t partition, const char *text)
{
    struct lab *lab = context;

    (void)partition;
    (void)snprintf(lab->last_note, sizeof(lab->last_note), "%s: %s", event, text);
}

static void start(struct lab *lab)
{
    struct rlc_error error = { .text = "" };
    struct rlc_postgres_config postgres = { .dsn = db.audit_dsn, .application = "victim" };
    struct audit_config config = { .trail = rlc_trail_postgres_new(&postgres, &error),
                                   .observer = { .context = lab, .note = note } };
    struct rlc_worker_env env = { .service = &audit_service,
                                  .clock = rlc_clock_virtual(&lab->now_ms),
                                  .transactional_id = "test.audit.0",
                                  .partitions = PARTITIONS,
                                  .batch_max = lab->batch_max,
                                  .at = at_step,
                                  .at_context = lab };

    memcpy(config.installation, FACT_MAKER_INSTALLATION, sizeof(config.installation));
    memcpy(env.installation, FACT_MAKER_INSTALLATION, sizeof(env.installation));
    assert_non_null(config.trail);
    lab->audit = audit_new(&config, &error);
    assert_non_null(lab->audit);
    lab->bus_config = (struct rlc_bus_config){ .topics = audit_service.topics,
                                               .topic_count = audit_service.topic_count,
                                               .input_count = audit_service.input_count,
                                               .group = "audit",
                                               .member = "audit-0",
                                               .transactional_id = "test.audit.0" };
    assert_int_equal(rlc_memory_bus_open(lab->broker, &lab->bus_config, &lab->bus, &error), RLC_OK);
    env.self = lab->audit;
    env.bus = lab->bus;
    lab->worker = rlc_worker_new(&env, &error);
    assert_non_null(lab->worker);
}

static void stop(struct lab *lab)
{
    rlc_worker_free(lab->worker);
    lab->bus->ops->close(lab->bus, false);
    audit_free(lab->audit);
}

static void lab_open(struct lab *lab, uint32_t batch_max)
{
    struct rlc_memory_topic_config topic = { .name = "debtor-facts", .partitions = PARTITIONS };
    struct rlc_error error = { .text = "" };

    memset(lab, 0, sizeof(*lab));
    lab->now_ms = 1000;
    lab->batch_max = batch_max;
    lab->broker = rlc_memory_broker_new(rlc_clock_virtual(&lab->now_ms));
    assert_non_null(lab->broker);
    assert_int_equal(rlc_memory_broker_add_topic(lab->broker, &topic, &error), RLC_OK);
    lab->tool_config = (struct rlc_bus_config){ .topics = audit_service.topics,
                                                .topic_count = audit_service.topic_count };
    assert_int_equal(rlc_memory_bus_open(lab->broker, &lab->tool_config, &lab->tool, &error),
                     RLC_OK);
    for (int32_t i = 0; i < PARTITIONS; i++)
        fact_maker_init(&lab->makers[i], i);
    start(lab);
}

static void lab_close(struct lab *lab)
{
    stop(lab);
    lab->tool->ops->close(lab->tool, true);
    rlc_memory_broker_free(lab->broker);
}

static int clean(void **state)
{
    (void)state;
    test_db_run(&db, "TRUNCATE installation, audit_part, audit_log, data_key, receivable,"
                     " receivable_change, request, request_line, step_instance, silence, task");
    return 0;
}

/* ---- running ---- */

static void publish(struct lab *lab, int32_t partition, struct rlc_span value)
{
    struct rlc_outgoing outgoing = { .partition = partition,
                                     .key = rlc_span_of("acme/D1"),
                                     .value = value };
    struct rlc_error error = { .text = "" };

    assert_int_equal(lab->tool->ops->produce(lab->tool, &outgoing, &error), RLC_OK);
    lab->published++;
}

static void publish_lives(struct lab *lab, size_t lives)
{
    for (size_t i = 0; i < lives * FACT_LIFE; i++) {
        for (int32_t p = 0; p < PARTITIONS; p++)
            publish(lab, p, fact_maker_next(&lab->makers[p]));
    }
}

static void round_of(struct lab *lab)
{
    struct rlc_error error = { .text = "" };

    lab->now_ms += 300;
    if (setjmp(lab->grave)) {
        stop(lab);
        start(lab);
        return;
    }
    assert_int_equal(rlc_worker_step(lab->worker, 0, &error), RLC_OK);
}

static int64_t stored(void)
{
    return test_db_number(&db, "SELECT count(*) FROM audit_log");
}

static void settle(struct lab *lab)
{
    for (int i = 0; i < ROUNDS_MAX && stored() < lab->published; i++)
        round_of(lab);
    assert_int_equal(stored(), lab->published);
}

static int64_t findings(const struct lab *lab, struct rlc_trail_finding *ret_first)
{
    struct trail_topic topics[PARTITIONS];

    for (int32_t i = 0; i < PARTITIONS; i++) {
        struct fact_maker fresh;

        fact_maker_init(&fresh, i);
        topics[i] = (struct trail_topic){ .partition = i,
                                          .genesis = fresh.chain.previous,
                                          .end = lab->makers[i].chain };
    }
    return trail_verify(db.super, topics, PARTITIONS, ret_first);
}

/* One hash over everything that the reporting tables hold. */
static void digest(char *text, size_t size)
{
    static const char SQL[] =
        "SELECT md5(string_agg(t, '|')) FROM ("
        "SELECT r::text t FROM receivable r UNION ALL SELECT r::text FROM request r UNION ALL "
        "SELECT r::text FROM receivable_change r UNION ALL "
        "SELECT r::text FROM request_line r UNION ALL "
        "SELECT r::text FROM step_instance r UNION ALL "
        "SELECT r::text FROM silence r UNION ALL "
        "SELECT r::text FROM task r ORDER BY 1) x";
    struct rlc_error error;

    assert_int_equal(rlc_postgres_value(db.super, SQL, text, size, &error), RLC_OK);
    assert_true(strlen(text) > 0);
}

/* ---- reports ---- */

static const struct {
    const char *sql;
    int64_t expected;
} REPORTED[] = {
    { "SELECT count(*) FROM receivable", (int64_t)PARTITIONS *LIVES },
    { "SELECT count(*) FROM receivable WHERE open_minor = 0 AND currency = 'EUR' AND"
      " total_minor >= 10000 AND cause = 'PAID' AND type = 'INVOICE' AND revision = 1",
      (int64_t)PARTITIONS *LIVES },
    { "SELECT count(*) FROM receivable WHERE due_on - issued_on = 30 AND opened_at < closed_at AND"
      " closed_at = changed_at AND creditor = 'ACME-FR'",
      (int64_t)PARTITIONS *LIVES },
    { "SELECT sum(total_minor) FROM receivable WHERE debtor LIKE 'D0-%'",
      10000 * LIVES + LIVES *(LIVES - 1) / 2 },
    { "SELECT count(*) FROM step_instance WHERE result = 'ACTED' AND outcome = 'ACCEPTED' AND step"
      " = 'd3' AND occurrence = 1 AND step_on = date '2026-02-07' AND closed_at > opened_at",
      (int64_t)PARTITIONS *LIVES },
    { "SELECT count(*) FROM silence WHERE reason = 'CAP' AND rule = 'cap.week' AND object IS NULL"
      " AND next_at = since + interval '1 ms'",
      (int64_t)PARTITIONS *LIVES },
    { "SELECT count(*) FROM request WHERE lines = 1 AND currency = 'EUR' AND open_minor >= 10000"
      " AND interest_minor IS NULL AND channel = 'EMAIL' AND tone = 'FRIENDLY' AND outcome ="
      " 'ACCEPTED' AND assumed AND returned IS NULL AND"
      " not_after = requested_at + interval '1 day'",
      (int64_t)PARTITIONS *LIVES },
    { "SELECT count(*) FROM request JOIN step_instance USING (tenant, debtor, action)",
      (int64_t)PARTITIONS *LIVES },
    { "SELECT count(*) FROM request_line l JOIN receivable r USING (tenant, debtor, creditor,"
      " document) WHERE l.open_minor = r.total_minor AND l.due_on = r.due_on AND l.line = 0",
      (int64_t)PARTITIONS *LIVES },
    { "SELECT count(*) FROM open_step", 0 },
    { "SELECT count(*) FROM receivable_change", (int64_t)PARTITIONS *LIVES * 3 },
    /* Issued on the first day, though it became known a day later; paid in two parts. */
    { "SELECT count(*) FROM balance_on((SELECT min(issued_on) - 1 FROM receivable))", 0 },
    { "SELECT sum(items) FROM balance_on((SELECT min(issued_on) FROM receivable))",
      (int64_t)PARTITIONS *LIVES },
    { "SELECT (SELECT sum(open_minor) FROM balance_on((SELECT min(issued_on) FROM receivable)))"
      " - (SELECT sum(total_minor) FROM receivable)",
      0 },
    { "SELECT (SELECT sum(open_minor) FROM balance_on((SELECT min(issued_on) + 40 FROM"
      " receivable))) - (SELECT sum(open_minor) FROM receivable_change"
      " WHERE open_minor < before_minor)",
      0 },
    { "SELECT count(*) FROM balance_on((SELECT min(issued_on) + 50 FROM receivable))", 0 },
    { "SELECT sum(unreported) FROM audit_part", 0 },
};

static void facts_become_rows_of_the_reporting_tables(void **state)
{
    static struct lab lab;

    (void)state;
    lab_open(&lab, 1000);
    publish_lives(&lab, LIVES);
    settle(&lab);
    for (size_t i = 0; i < RLC_COUNT(REPORTED); i++) {
        int64_t found = test_db_number(&db, "%s", REPORTED[i].sql);

        if (found != REPORTED[i].expected)
            print_error("%s\n", REPORTED[i].sql);
        assert_int_equal(found, REPORTED[i].expected);
    }
    assert_int_equal(findings(&lab, NULL), 0);
    assert_string_equal(audit_problem(lab.audit), "");
    lab_close(&lab);
}

static void an_open_step_shows_its_last_reason_for_silence(void **state)
{
    static struct lab lab;

    (void)state;
    lab_open(&lab, 1000);
    for (int i = 0; i < 3; i++)
        publish(&lab, 0, fact_maker_next(&lab.makers[0]));
    settle(&lab);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM open_step WHERE reason = 'CAP' AND"
                                         " step = 'd3' AND document = 'F0'"),
                     1);
    lab_close(&lab);
}

static void the_tables_are_the_same_wherever_a_batch_ends(void **state)
{
    static const uint32_t BATCHES[] = { 10000, 1, 7 };
    char first[64], other[64];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(BATCHES); i++) {
        static struct lab lab;

        (void)clean(NULL);
        lab_open(&lab, BATCHES[i]);
        publish_lives(&lab, 10);
        settle(&lab);
        digest(i ? other : first, sizeof(first));
        if (i)
            assert_string_equal(first, other);
        lab_close(&lab);
    }
}

/* ---- exactly once ---- */

static void every_record_is_stored_once_though_the_worker_dies_at_every_step(void **state)
{
    static struct lab lab;
    struct random random = { 5 };
    char whole[64], after[64];

    (void)state;
    lab_open(&lab, 7);
    publish_lives(&lab, LIVES);
    for (int deaths = 0; deaths < DEATHS; deaths++) {
        lab.die_at = 1 + random_below(&random, 40);
        while (lab.die_at)
            round_of(&lab);
    }
    settle(&lab);
    assert_int_equal(findings(&lab, NULL), 0);
    digest(after, sizeof(after));
    lab_close(&lab);

    (void)clean(NULL);
    lab_open(&lab, 1000);
    publish_lives(&lab, LIVES);
    settle(&lab);
    digest(whole, sizeof(whole));
    assert_string_equal(after, whole);
    lab_close(&lab);
}

static void a_trail_set_back_by_a_backup_is_completed_from_the_log(void **state)
{
    static struct lab lab;

    (void)state;
    lab_open(&lab, 50);
    publish_lives(&lab, 4);
    settle(&lab);
    test_db_run(&db,
                "DELETE FROM audit_log WHERE off >= 20; DELETE FROM silence WHERE off >= 20;"
                "DELETE FROM request_line WHERE off >= 20;"
                "DELETE FROM receivable_change WHERE off >= 20;"
                "UPDATE audit_part p SET next_off = 20, seq = 20, head = l.head FROM audit_log l"
                " WHERE l.partition = p.partition AND l.seq = 20");
    publish_lives(&lab, 1);
    settle(&lab);
    assert_int_equal(findings(&lab, NULL), 0);
    assert_string_equal(audit_problem(lab.audit), "");
    lab_close(&lab);
}

/* ---- broken chains ---- */

static void a_flaw_is_stored_and_told_and_the_next_records_are_fine(void **state)
{
    static struct lab lab;
    struct fact_maker twin;
    struct rlc_trail_finding finding;

    (void)state;
    lab_open(&lab, 4);
    for (int i = 0; i < 3; i++)
        publish(&lab, 0, fact_maker_next(&lab.makers[0]));
    (void)fact_maker_next(&lab.makers[0]); /* number 4 was lost */
    publish(&lab, 0, fact_maker_next(&lab.makers[0]));
    twin = lab.makers[0];
    publish(&lab, 0, fact_maker_next(&lab.makers[0])); /* number 6 ... */
    publish(&lab, 0, fact_maker_next(&twin));          /* ... twice */
    publish(&lab, 0, rlc_span_of("no message at all"));
    lab.makers[0].chain.previous.bytes[0] ^= 1;
    publish(&lab, 0, fact_maker_next(&lab.makers[0])); /* number 7 names another head */
    publish(&lab, 0, fact_maker_next(&lab.makers[0]));
    settle(&lab);
    assert_int_equal(test_db_number(&db, "SELECT off FROM audit_log WHERE flaw = 'GAP'"), 3);
    assert_int_equal(test_db_number(&db, "SELECT off FROM audit_log WHERE flaw = 'REPEATED'"), 5);
    assert_int_equal(test_db_number(&db, "SELECT off FROM audit_log WHERE flaw = 'UNREADABLE'"), 6);
    assert_int_equal(test_db_number(&db, "SELECT off FROM audit_log WHERE flaw = 'BROKEN'"), 7);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM audit_log WHERE flaw IS NULL"), 5);
    assert_int_equal(test_db_number(&db, "SELECT seq FROM audit_part WHERE partition = 0"), 8);
    assert_non_null(strstr(audit_problem(lab.audit), "scenario/0, offset 3, sequence 5: GAP"));
    assert_non_null(strstr(lab.last_note, "audit.chain"));
    assert_int_equal(findings(&lab, &finding), 1);
    assert_int_equal(finding.fault, RLC_TRAIL_MISSING);
    assert_int_equal(finding.seq, 4);
    lab_close(&lab);
}

static void a_repeated_record_leaves_no_second_row(void **state)
{
    static struct lab lab;
    struct fact_maker twin;

    (void)state;
    lab_open(&lab, 1000);
    for (int i = 0; i < 2; i++)
        publish(&lab, 0, fact_maker_next(&lab.makers[0]));
    twin = lab.makers[0];
    publish(&lab, 0, fact_maker_next(&lab.makers[0])); /* a reason for silence ... */
    publish(&lab, 0, fact_maker_next(&twin));          /* ... twice */
    settle(&lab);
    assert_int_equal(
        test_db_number(&db, "SELECT count(*) FROM audit_log WHERE kind = 'SUPPRESSED'"), 2);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM silence"), 1);
    lab_close(&lab);
}

static void after_a_failure_nothing_is_stored_before_the_position_was_read_again(void **state)
{
    static struct lab lab;
    struct rlc_record record = { .offset = 0 };
    struct rlc_event event = { .record = &record };
    struct rlc_arena arena;
    struct rlc_error error;
    struct rlc_fault fault;
    int64_t next;
    static uint8_t memory[1 << 20];

    (void)state;
    lab_open(&lab, 1000);
    rlc_arena_init(&arena, memory, sizeof(memory));
    record.value = fact_maker_next(&lab.makers[0]);
    assert_int_equal(audit_service.decode(lab.audit, &record, &arena, &event, &fault), RLC_OK);
    assert_int_equal(audit_service.sink_position(lab.audit, 0, 0, &next, &error), RLC_OK);
    test_db_run(&db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE application_name = 'victim'");
    assert_int_equal(audit_service.sink_store(lab.audit, &event, 1, &arena, &error), RLC_RETRY);
    assert_int_equal(audit_service.sink_store(lab.audit, &event, 1, &arena, &error), RLC_ABORT);
    assert_int_equal(audit_service.sink_position(lab.audit, 0, 0, &next, &error), RLC_OK);
    assert_int_equal(audit_service.sink_store(lab.audit, &event, 1, &arena, &error), RLC_OK);
    assert_int_equal(stored(), 1);
    lab_close(&lab);
}

static void rows_that_the_database_refuses_do_not_stop_the_trail(void **state)
{
    static struct lab lab;

    (void)state;
    test_db_run(&db, "ALTER TABLE silence ADD CONSTRAINT spoilt CHECK (reason <> 'CAP')");
    lab_open(&lab, 1000);
    publish_lives(&lab, 2);
    settle(&lab);
    test_db_run(&db, "ALTER TABLE silence DROP CONSTRAINT spoilt");
    assert_int_equal(test_db_number(&db, "SELECT sum(unreported) FROM audit_part"), lab.published);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM receivable"), 0);
    assert_non_null(strstr(audit_problem(lab.audit), "rebuild"));
    assert_int_equal(findings(&lab, NULL), 0);
    lab_close(&lab);
}

static void the_tables_are_rebuilt_from_the_trail_as_they_were(void **state)
{
    static struct lab lab;
    struct rlc_postgres *owner = test_db_connect(db.owner_dsn, "rebuild");
    struct rlc_error error = { .text = "" };
    char before[64], after[64];
    int64_t facts;

    (void)state;
    lab_open(&lab, 100);
    publish_lives(&lab, 150);
    settle(&lab);
    digest(before, sizeof(before));
    test_db_run(&db, "UPDATE audit_part SET unreported = 5; DELETE FROM receivable;"
                     "UPDATE request SET outcome = 'WRONG'; DELETE FROM silence WHERE off < 100");
    assert_int_equal(audit_rebuild(owner, &facts, &error), RLC_OK);
    digest(after, sizeof(after));
    assert_string_equal(before, after);
    assert_int_equal(facts, lab.published);
    assert_int_equal(test_db_number(&db, "SELECT sum(unreported) FROM audit_part"), 0);
    publish_lives(&lab, 1);
    settle(&lab);
    rlc_postgres_free(owner);
    lab_close(&lab);
}

static void a_database_of_another_installation_is_refused(void **state)
{
    static struct lab lab;
    struct rlc_error error;
    int64_t next;

    (void)state;
    lab_open(&lab, 1000);
    publish_lives(&lab, 1);
    settle(&lab);
    test_db_run(&db, "UPDATE installation SET uuid = gen_random_uuid()");
    assert_int_equal(audit_service.sink_position(lab.audit, 0, 0, &next, &error), RLC_OK);
    stop(&lab);
    start(&lab);
    assert_int_equal(audit_service.sink_position(lab.audit, 0, 0, &next, &error), RLC_FATAL);
    assert_non_null(strstr(error.text, "another installation"));
    lab_close(&lab);
}

/* ---- erasure ---- */

static void an_erased_subject_loses_its_key_in_the_same_transaction(void **state)
{
    static struct lab lab;
    struct rlc_debtor_fact fact = { .kind = RLC_FACT_KIND_SUBJECT_ERASED, .decided_at_ms = 1000 };
    char id[RLC_KEY_ID_SIZE + 1];

    (void)state;
    rlc_data_key_id(rlc_span_of("acme"), rlc_span_of("D7"), id);
    test_db_run(&db,
                "INSERT INTO data_key (key_id, tenant, subject, wrapped) VALUES"
                " ('%s', 'acme', 'D7', 'w'), ('other', 'acme', 'D8', 'w')",
                id);
    fact.envelope.tenant = rlc_span_of("acme");
    fact.envelope.debtor = rlc_span_of("D7");
    fact.envelope.source = rlc_span_of("scenario");
    fact.subject_erased.subject = rlc_span_of("D7");
    fact.subject_erased.key_id = rlc_span_of(id);
    lab_open(&lab, 1000);
    publish(&lab, 1, fact_maker_link(&lab.makers[1], &fact));
    settle(&lab);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM data_key WHERE wrapped IS NULL AND"
                                         " erased_at IS NOT NULL AND subject = 'D7'"),
                     1);
    assert_int_equal(test_db_number(&db, "SELECT count(wrapped) FROM data_key"), 1);
    assert_int_equal(findings(&lab, NULL), 0);
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(facts_become_rows_of_the_reporting_tables, clean),
        cmocka_unit_test_setup(an_open_step_shows_its_last_reason_for_silence, clean),
        cmocka_unit_test_setup(the_tables_are_the_same_wherever_a_batch_ends, clean),
        cmocka_unit_test_setup(every_record_is_stored_once_though_the_worker_dies_at_every_step,
                               clean),
        cmocka_unit_test_setup(a_trail_set_back_by_a_backup_is_completed_from_the_log, clean),
        cmocka_unit_test_setup(a_flaw_is_stored_and_told_and_the_next_records_are_fine, clean),
        cmocka_unit_test_setup(a_repeated_record_leaves_no_second_row, clean),
        cmocka_unit_test_setup(after_a_failure_nothing_is_stored_before_the_position_was_read_again,
                               clean),
        cmocka_unit_test_setup(rows_that_the_database_refuses_do_not_stop_the_trail, clean),
        cmocka_unit_test_setup(a_database_of_another_installation_is_refused, clean),
        cmocka_unit_test_setup(the_tables_are_rebuilt_from_the_trail_as_they_were, clean),
        cmocka_unit_test_setup(an_erased_subject_loses_its_key_in_the_same_transaction, clean),
    };
    int result;

    if (!test_db_open(&db))
        return TEST_DB_SKIPPED;
    result = cmocka_run_group_tests(tests, NULL, NULL);
    test_db_close(&db);
    return result;
}
