/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/trail.h"

#include <string.h>

#include "common/runtime/keyring.h"
#include "tests/integration/postgres/trail_writer.h"
#include "tests/support/check.h"
#include "tests/support/test_db.h"
#include "tests/support/trail_parity.h"

static struct test_db db;

static int clean(void **state)
{
    (void)state;
    test_db_run(&db, "TRUNCATE installation, audit_part, audit_log, data_key");
    return 0;
}

static void it_answers_like_the_one_in_memory(void **state)
{
    struct rlc_postgres_config config = { .dsn = db.audit_dsn, .application = "t" };
    struct rlc_error error = { .text = "" };
    struct rlc_trail *trail = rlc_trail_postgres_new(&config, &error);

    (void)state;
    assert_non_null(trail);
    trail_parity_run(trail);
    trail->ops->close(trail);
}

static void the_first_look_makes_the_position_with_the_genesis_head(void **state)
{
    struct rlc_postgres *postgres = test_db_connect(db.audit_dsn, "t");
    struct trail_topic topic = trail_topic_make(3, 0);
    struct rlc_trail_end end, again;
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_trail_end(postgres, "scenario", 3, &topic.genesis, &end, &error), RLC_OK);
    assert_int_equal(end.next_off, -1);
    assert_int_equal(end.seq, 0);
    assert_true(rlc_hash_equal(&end.head, &topic.genesis));
    assert_int_equal(rlc_trail_end(postgres, "scenario", 3, &topic.genesis, &again, &error),
                     RLC_OK);
    assert_memory_equal(&end, &again, sizeof(end));
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM audit_part"), 1);
    trail_topic_free(&topic);
    rlc_postgres_free(postgres);
}

static void what_was_stored_is_the_record_byte_for_byte(void **state)
{
    struct rlc_postgres *postgres = test_db_connect(db.audit_dsn, "t");
    struct trail_topic topic = trail_topic_make(1, 100);

    (void)state;
    assert_int_equal(trail_write_all(postgres, &topic, 7), 0);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM audit_log"), 100);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM audit_log WHERE leaf = sha256(raw)"),
                     100);
    assert_int_equal(test_db_number(&db, "SELECT length(raw) FROM audit_log WHERE off = 42"),
                     topic.records[42].size);
    assert_int_equal(test_db_number(&db, "SELECT count(DISTINCT kind) FROM audit_log"), FACT_LIFE);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM audit_log WHERE tenant = 'acme'"
                                         " AND debtor LIKE 'D1-%%' AND flaw IS NULL"),
                     100);
    assert_int_equal(test_db_number(&db, "SELECT next_off FROM audit_part"), 100);
    assert_int_equal(trail_verify(postgres, &topic, 1, NULL), 0);
    trail_topic_free(&topic);
    rlc_postgres_free(postgres);
}

static void of_two_writers_at_one_position_one_stores_and_one_is_told(void **state)
{
    struct rlc_postgres *one = test_db_connect(db.audit_dsn, "t1");
    struct rlc_postgres *two = test_db_connect(db.audit_dsn, "t2");
    struct trail_topic topic = trail_topic_make(1, 20);
    struct rlc_trail_end end, late;
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_trail_end(one, "scenario", 1, &topic.genesis, &end, &error), RLC_OK);
    late = end;
    assert_int_equal(trail_write(one, &topic, &end, 10, &error), RLC_OK);
    assert_int_equal(trail_write(two, &topic, &late, 20, &error), RLC_ABORT);
    assert_non_null(strstr(error.text, "scenario/1"));
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM audit_log"), 10);
    assert_int_equal(trail_write_all(two, &topic, 10), 0);
    assert_int_equal(trail_verify(one, &topic, 1, NULL), 0);
    trail_topic_free(&topic);
    rlc_postgres_free(one);
    rlc_postgres_free(two);
}

static enum rlc_status refuse(void *postgres, struct rlc_trail *trail, struct rlc_error *reterr)
{
    (void)trail;
    return rlc_postgres_run(postgres, "SELECT 1/0", reterr);
}

static void what_fails_within_takes_everything_back(void **state)
{
    struct rlc_postgres *postgres = test_db_connect(db.audit_dsn, "t");
    struct trail_topic topic = trail_topic_make(1, 10);
    struct rlc_trail_end end;
    struct rlc_trail_move move = { .worker = "scenario", .partition = 1 };
    struct rlc_trail_batch batch = {
        .moves = &move, .move_count = 1, .within = refuse, .context = postgres
    };
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_trail_end(postgres, "scenario", 1, &topic.genesis, &end, &error), RLC_OK);
    move.from = end;
    move.to = end;
    move.to.next_off = 10;
    assert_int_equal(rlc_trail_store(postgres, &batch, &error), RLC_REJECT);
    assert_int_equal(test_db_number(&db, "SELECT next_off FROM audit_part"), -1);
    assert_int_equal(trail_write_all(postgres, &topic, 10), 0);
    trail_topic_free(&topic);
    rlc_postgres_free(postgres);
}

static void a_commit_of_a_failed_transaction_is_no_success(void **state)
{
    struct rlc_postgres *postgres = test_db_connect(db.audit_dsn, "t");
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_postgres_begin(postgres, &error), RLC_OK);
    assert_int_equal(rlc_postgres_run(postgres, "SELECT 1/0", &error), RLC_REJECT);
    assert_int_equal(rlc_postgres_commit(postgres, &error), RLC_ABORT);
    assert_int_equal(rlc_postgres_begin(postgres, &error), RLC_OK);
    assert_int_equal(rlc_postgres_commit(postgres, &error), RLC_OK);
    rlc_postgres_free(postgres);
}

static void rows_that_are_there_already_are_refused(void **state)
{
    struct rlc_postgres *postgres = test_db_connect(db.audit_dsn, "t");
    struct trail_topic topic = trail_topic_make(1, 10);
    struct rlc_trail_end end;
    struct rlc_error error;

    (void)state;
    assert_int_equal(trail_write_all(postgres, &topic, 10), 0);
    test_db_run(&db, "UPDATE audit_part SET next_off = 5");
    assert_int_equal(rlc_trail_end(postgres, "scenario", 1, &topic.genesis, &end, &error), RLC_OK);
    assert_int_equal(trail_write(postgres, &topic, &end, 10, &error), RLC_REJECT);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM audit_log"), 10);
    trail_topic_free(&topic);
    rlc_postgres_free(postgres);
}

/* ---- erasure ---- */

struct subject {
    struct rlc_span tenant;
    struct rlc_span subject;
};

static enum rlc_status erase(void *context, struct rlc_trail *trail, struct rlc_error *reterr)
{
    struct subject *subject = context;

    return trail->ops->erase_key(trail, subject->tenant, subject->subject, reterr);
}

static void an_erasure_commits_with_the_record_that_orders_it(void **state)
{
    struct rlc_postgres *postgres = test_db_connect(db.audit_dsn, "t");
    struct trail_topic topic = trail_topic_make(1, 0);
    struct subject subject = { rlc_span_of("acme"), rlc_span_of("D1") };
    struct rlc_trail_move move = { .worker = "scenario", .partition = 1 };
    struct rlc_trail_batch batch = {
        .moves = &move, .move_count = 1, .within = erase, .context = &subject
    };
    char id[RLC_KEY_ID_SIZE + 1];
    struct rlc_error error;

    (void)state;
    rlc_data_key_id(subject.tenant, subject.subject, id);
    test_db_run(&db, "INSERT INTO data_key VALUES ('%s', 'acme', 'D1', 'wrapped')", id);
    assert_int_equal(rlc_trail_end(postgres, "scenario", 1, &topic.genesis, &move.from, &error),
                     RLC_OK);
    move.to = move.from;
    move.from.next_off = 99;
    assert_int_equal(rlc_trail_store(postgres, &batch, &error), RLC_ABORT);
    assert_int_equal(test_db_number(&db, "SELECT count(wrapped) FROM data_key"), 1);
    move.from = move.to;
    assert_int_equal(rlc_trail_store(postgres, &batch, &error), RLC_OK);
    assert_int_equal(test_db_number(&db, "SELECT count(wrapped) FROM data_key"), 0);
    assert_int_equal(test_db_number(&db, "SELECT count(erased_at) FROM data_key"), 1);
    subject.subject = rlc_span_of("never made");
    assert_int_equal(rlc_trail_store(postgres, &batch, &error), RLC_OK);
    assert_int_equal(test_db_number(&db, "SELECT count(erased_at) FROM data_key"), 2);
    trail_topic_free(&topic);
    rlc_postgres_free(postgres);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_answers_like_the_one_in_memory, clean),
        cmocka_unit_test_setup(the_first_look_makes_the_position_with_the_genesis_head, clean),
        cmocka_unit_test_setup(what_was_stored_is_the_record_byte_for_byte, clean),
        cmocka_unit_test_setup(of_two_writers_at_one_position_one_stores_and_one_is_told, clean),
        cmocka_unit_test_setup(what_fails_within_takes_everything_back, clean),
        cmocka_unit_test_setup(a_commit_of_a_failed_transaction_is_no_success, clean),
        cmocka_unit_test_setup(rows_that_are_there_already_are_refused, clean),
        cmocka_unit_test_setup(an_erasure_commits_with_the_record_that_orders_it, clean),
    };
    int result;

    if (!test_db_open(&db))
        return TEST_DB_SKIPPED;
    result = cmocka_run_group_tests(tests, NULL, NULL);
    test_db_close(&db);
    return result;
}
