/* SPDX-License-Identifier: Apache-2.0 */
/* Exactly once while connections are killed, answers to COMMIT are lost, two processes race and the
 * server is stopped without a checkpoint. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/postgres/trail.h"
#include "tests/integration/postgres/cutter.h"
#include "tests/integration/postgres/trail_writer.h"
#include "tests/support/check.h"
#include "tests/support/random.h"
#include "tests/support/test_db.h"

enum { RECORDS = 3000, BATCH = 20, KILLS_WANTED = 60, CUTS = 25 };

static struct test_db db;

static int clean(void **state)
{
    (void)state;
    test_db_run(&db, "TRUNCATE audit_part, audit_log, data_key");
    return 0;
}

static void pause_us(long us)
{
    struct timespec delay = { .tv_nsec = us * 1000 };

    (void)nanosleep(&delay, NULL);
}

static void assert_whole(const struct trail_topic *topic)
{
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM audit_log"), topic->count);
    assert_int_equal(test_db_number(&db, "SELECT count(DISTINCT seq) FROM audit_log"),
                     topic->count);
    assert_int_equal(trail_verify(db.super, topic, 1, NULL), 0);
}

/* ---- killed backends ---- */

struct killer {
    pthread_t thread;
    atomic_bool stop;
    atomic_int kills;
};

static void *kill_backends(void *context)
{
    struct killer *killer = context;
    struct rlc_postgres *postgres = test_db_connect(db.super_dsn, "killer");
    struct random random = { 11 };
    struct rlc_error error;
    char value[32];

    while (!atomic_load(&killer->stop)) {
        if (rlc_postgres_value(postgres,
                               "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                               "WHERE application_name LIKE 'victim%'",
                               value, sizeof(value), &error) == RLC_OK)
            atomic_fetch_add(&killer->kills, (int)strtol(value, NULL, 10));
        pause_us((long)random_below(&random, 15000));
    }
    rlc_postgres_free(postgres);
    return NULL;
}

static void killer_start(struct killer *killer)
{
    memset(killer, 0, sizeof(*killer));
    assert_int_equal(pthread_create(&killer->thread, NULL, kill_backends, killer), 0);
}

static int killer_stop(struct killer *killer)
{
    atomic_store(&killer->stop, true);
    assert_int_equal(pthread_join(killer->thread, NULL), 0);
    return atomic_load(&killer->kills);
}

static void every_record_is_stored_once_while_its_connection_is_killed_at_random(void **state)
{
    struct trail_topic topic = trail_topic_make(1, RECORDS);
    struct rlc_postgres *victim = test_db_connect(db.audit_dsn, "victim");
    struct killer killer;
    int kills = 0;
    size_t failures = 0;

    (void)state;
    while (kills < KILLS_WANTED) {
        (void)clean(NULL);
        killer_start(&killer);
        failures += trail_write_all(victim, &topic, BATCH);
        kills += killer_stop(&killer);
        assert_whole(&topic);
    }
    print_message("%d connections killed, %zu batches failed\n", kills, failures);
    assert_true(failures > 0);
    rlc_postgres_free(victim);
    trail_topic_free(&topic);
}

/* ---- two processes ---- */

struct racer {
    pthread_t thread;
    const struct trail_topic *topic;
    const char *name;
    size_t batch;
    size_t failures;
};

static void *race(void *context)
{
    struct racer *racer = context;
    struct rlc_postgres *postgres = test_db_connect(db.audit_dsn, racer->name);

    racer->failures = trail_write_all(postgres, racer->topic, racer->batch);
    rlc_postgres_free(postgres);
    return NULL;
}

static void two_processes_that_own_the_same_partition_store_every_record_once(void **state)
{
    struct trail_topic topic = trail_topic_make(1, RECORDS);
    struct racer racers[2] = { { .topic = &topic, .name = "victim-a", .batch = BATCH },
                               { .topic = &topic, .name = "victim-b", .batch = BATCH } };
    struct killer killer;

    (void)state;
    /* One at a time writes rows into this process's static buffers: the racers are processes. */
    for (int kills = 0; kills < 2; kills++) {
        pid_t children[2];
        struct killer *with = kills ? &killer : NULL;

        (void)clean(NULL);
        for (int i = 0; i < 2; i++) {
            children[i] = fork();
            assert_true(children[i] >= 0);
            if (children[i] == 0) {
                (void)race(&racers[i]);
                _exit(racers[i].failures > 0 ? 1 : 0);
            }
        }
        if (with)
            killer_start(with);
        for (int i = 0; i < 2; i++) {
            int result = -1;

            assert_int_equal(waitpid(children[i], &result, 0), children[i]);
            assert_true(WIFEXITED(result));
            print_message("racer %d met %s\n", i, WEXITSTATUS(result) ? "the other" : "nobody");
        }
        if (with)
            (void)killer_stop(with);
        assert_whole(&topic);
    }
    trail_topic_free(&topic);
}

/* ---- lost answers ---- */

static struct rlc_postgres *through_cutter(struct cutter *cutter, char dsn[TEST_DB_DSN_MAX])
{
    const char *port = strchr(db.server, ':');
    struct rlc_postgres_config config = {
        .dsn = dsn, .application = "t", .connect_timeout_s = 2, .statement_timeout_ms = 100
    };
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres;

    assert_true(cutter_start(cutter, (uint16_t)strtoul(port + 1, NULL, 10)));
    (void)snprintf(dsn, TEST_DB_DSN_MAX,
                   "postgresql://relance_audit@127.0.0.1:%d/%s?sslmode=disable", cutter->port,
                   db.name);
    postgres = rlc_postgres_new(&config, &error);
    assert_non_null(postgres);
    return postgres;
}

static void a_commit_whose_answer_is_lost_is_found_out_by_reading(void **state)
{
    struct trail_topic topic = trail_topic_make(1, (size_t)CUTS * BATCH);
    char dsn[TEST_DB_DSN_MAX];
    struct cutter cutter;
    struct rlc_postgres *postgres = through_cutter(&cutter, dsn);
    struct rlc_error error = { .text = "" };
    struct rlc_trail_end end;

    (void)state;
    for (int i = 0; i < CUTS; i++) {
        assert_int_equal(rlc_trail_end(postgres, "scenario", 1, &topic.genesis, &end, &error),
                         RLC_OK);
        assert_int_equal(end.next_off, i ? (int64_t)i * BATCH : -1);
        atomic_store(&cutter.armed, true);
        assert_int_equal(trail_write(postgres, &topic, &end, BATCH, &error), RLC_RETRY);
    }
    assert_int_equal(atomic_load(&cutter.cuts), CUTS);
    assert_whole(&topic);
    rlc_postgres_free(postgres);
    cutter_stop(&cutter);
    trail_topic_free(&topic);
}

/* ---- the server ---- */

static int server(const char *verb)
{
    char command[512];

    (void)snprintf(command, sizeof(command), "%s/server.sh postgres %s >/dev/null 2>&1",
                   RLC_LOCAL_SCRIPTS, verb);
    return system(command); /* NOLINT(cert-env33-c): the stack's own script */
}

static void nothing_is_lost_or_doubled_over_three_immediate_stops_of_the_server(void **state)
{
    struct trail_topic topic = trail_topic_make(1, RECORDS);
    pid_t writer;
    int result = -1;

    (void)state;
    if (!getenv("RELANCE_LOCAL_DIR")) {
        print_message("SKIPPED: no local stack to stop\n");
        skip();
    }
    writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        /* Record by record, so that it takes long enough. */
        struct racer racer = { .topic = &topic, .name = "victim", .batch = 1 };

        (void)race(&racer);
        _exit(racer.failures > 0 ? 0 : 1);
    }
    for (int i = 0; i < 3; i++) {
        pause_us(100000);
        assert_int_equal(server("kill"), 0);
        pause_us(100000);
        assert_int_equal(server("start"), 0);
    }
    assert_int_equal(waitpid(writer, &result, 0), writer);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
    rlc_postgres_free(db.super);
    db.super = test_db_connect(db.super_dsn, "test-super");
    assert_whole(&topic);
    trail_topic_free(&topic);
}

/* ---- a server that says nothing ---- */

static void a_server_that_is_frozen_is_given_up_in_time(void **state)
{
    char dsn[TEST_DB_DSN_MAX];
    struct cutter cutter;
    struct rlc_postgres *postgres = through_cutter(&cutter, dsn);
    struct rlc_error error = { .text = "" };

    (void)state;
    assert_int_equal(rlc_postgres_run(postgres, "SELECT 1", &error), RLC_OK);
    atomic_store(&cutter.frozen, true);
    assert_int_equal(rlc_postgres_run(postgres, "SELECT 1", &error), RLC_RETRY);
    assert_non_null(strstr(error.text, "does not answer"));
    assert_int_equal(rlc_postgres_run(postgres, "SELECT 1", &error), RLC_RETRY);
    assert_non_null(strstr(error.text, "does not answer"));
    atomic_store(&cutter.frozen, false);
    assert_int_equal(rlc_postgres_run(postgres, "SELECT 1", &error), RLC_OK);
    rlc_postgres_free(postgres);
    cutter_stop(&cutter);
}

static void a_password_is_never_told(void **state)
{
    struct rlc_postgres_config config = { .dsn = "postgresql://u:topsecret@127.0.0.1:1/x",
                                          .application = "t" };
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres = rlc_postgres_new(&config, &error);

    (void)state;
    assert_non_null(postgres);
    assert_int_equal(rlc_postgres_ensure(postgres, &error), RLC_RETRY);
    assert_non_null(strstr(error.text, "refused"));
    assert_null(strstr(error.text, "topsecret"));
    rlc_postgres_free(postgres);

    config.dsn = "postgresql://u:topsecret@[::1/x";
    assert_null(rlc_postgres_new(&config, &error));
    assert_int_equal(error.status, RLC_FATAL);
    assert_null(strstr(error.text, "topsecret"));
}

static void a_transaction_that_lost_its_connection_does_not_go_on_outside(void **state)
{
    struct rlc_postgres *victim = test_db_connect(db.audit_dsn, "victim");
    struct rlc_error error = { .text = "" };

    (void)state;
    assert_int_equal(rlc_postgres_begin(victim, &error), RLC_OK);
    test_db_run(&db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE application_name = 'victim'");
    assert_int_equal(rlc_postgres_run(victim, "SELECT 1", &error), RLC_RETRY);
    assert_int_equal(rlc_postgres_run(victim, "SELECT 1", &error), RLC_RETRY);
    assert_int_equal(rlc_postgres_commit(victim, &error), RLC_RETRY);
    assert_int_equal(rlc_postgres_run(victim, "SELECT 1", &error), RLC_OK);
    rlc_postgres_free(victim);
}

/* What keeps the server from storing, what ends it, and what the error says. */
static const struct {
    const char *begin;
    const char *end;
    const char *text;
} TROUBLES[] = {
    { "ALTER DATABASE %s SET default_transaction_read_only = on",
      "ALTER DATABASE %s RESET default_transaction_read_only", "25006" },
    { "ALTER DATABASE %s CONNECTION LIMIT 0", "ALTER DATABASE %s CONNECTION LIMIT -1",
      "too many connections" },
};

static void alter(const char *format)
{
    char sql[256];
    const char *place = strstr(format, "%s");

    assert_non_null(place);
    (void)snprintf(sql, sizeof(sql), "%.*s%s%s", (int)(place - format), format, db.name, place + 2);
    test_db_run(&db, "SET default_transaction_read_only = off");
    test_db_run(&db, "%s", sql);
}

static void a_server_that_is_full_or_read_only_is_waited_for(void **state)
{
    struct trail_topic topic = trail_topic_make(1, 10);

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(TROUBLES); i++) {
        struct rlc_postgres *postgres = test_db_connect(db.audit_dsn, "t");
        struct rlc_trail_end end;
        struct rlc_error error = { .text = "" };
        enum rlc_status status;

        (void)clean(NULL);
        alter(TROUBLES[i].begin);
        status = rlc_trail_end(postgres, "scenario", 1, &topic.genesis, &end, &error);
        assert_int_equal(status, RLC_RETRY);
        assert_non_null(strstr(error.text, TROUBLES[i].text));
        alter(TROUBLES[i].end);
        rlc_postgres_free(postgres);
        postgres = test_db_connect(db.audit_dsn, "t");
        assert_int_equal(trail_write_all(postgres, &topic, 5), 0);
        assert_whole(&topic);
        rlc_postgres_free(postgres);
    }
    trail_topic_free(&topic);
}

static void a_statement_that_takes_too_long_is_given_up_by_the_server(void **state)
{
    struct rlc_postgres_config config = { .dsn = db.audit_dsn,
                                          .application = "t",
                                          .statement_timeout_ms = 100 };
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres = rlc_postgres_new(&config, &error);

    (void)state;
    assert_int_equal(rlc_postgres_run(postgres, "SELECT pg_sleep(5)", &error), RLC_RETRY);
    assert_non_null(strstr(error.text, "57014"));
    assert_int_equal(rlc_postgres_run(postgres, "SELECT 1", &error), RLC_OK);
    rlc_postgres_free(postgres);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_record_is_stored_once_while_its_connection_is_killed_at_random,
                               clean),
        cmocka_unit_test_setup(two_processes_that_own_the_same_partition_store_every_record_once,
                               clean),
        cmocka_unit_test_setup(a_commit_whose_answer_is_lost_is_found_out_by_reading, clean),
        cmocka_unit_test_setup(nothing_is_lost_or_doubled_over_three_immediate_stops_of_the_server,
                               clean),
        cmocka_unit_test(a_server_that_is_frozen_is_given_up_in_time),
        cmocka_unit_test(a_password_is_never_told),
        cmocka_unit_test(a_transaction_that_lost_its_connection_does_not_go_on_outside),
        cmocka_unit_test(a_server_that_is_full_or_read_only_is_waited_for),
        cmocka_unit_test(a_statement_that_takes_too_long_is_given_up_by_the_server),
    };
    int result;

    if (!test_db_open(&db))
        return TEST_DB_SKIPPED;
    result = cmocka_run_group_tests(tests, NULL, NULL);
    test_db_close(&db);
    return result;
}
