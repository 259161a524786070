/* SPDX-License-Identifier: Apache-2.0 */
/* Data keys on a real PostgreSQL: made once, kept for a minute, erased for ever. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/postgres/keyring.h"
#include "common/postgres/trail.h"
#include "tests/support/check.h"
#include "tests/support/test_db.h"

enum { SUBJECTS = 300, INGESTS = 4 };

static struct test_db db;
static char folder[64];
static rlc_ms now_ms;

static struct rlc_keyring *open_ring_as(const char *dsn)
{
    struct rlc_keyring_config config = { .postgres = { .dsn = dsn, .application = "ring" },
                                         .tenant_keys = folder,
                                         .clock = rlc_clock_virtual(&now_ms) };
    struct rlc_error error = { .text = "" };
    struct rlc_keyring *ring = rlc_keyring_postgres_new(&config, &error);

    assert_non_null(ring);
    return ring;
}

static struct rlc_keyring *open_ring(void)
{
    return open_ring_as(db.keys_dsn);
}

static struct rlc_data_key open_one(struct rlc_keyring *ring, const char *tenant,
                                    const char *subject, bool create)
{
    struct rlc_key_want want = { rlc_span_of(tenant), rlc_span_of(subject) };
    struct rlc_data_key key;
    struct rlc_error error = { .text = "" };
    enum rlc_status status = ring->ops->open(ring, &want, 1, create, &key, &error);

    if (status != RLC_OK)
        print_error("%s\n", error.text);
    assert_int_equal(status, RLC_OK);
    return key;
}

static void write_tenant_key(const char *tenant, char digit)
{
    char path[128], digits[2 * RLC_SEAL_KEY_SIZE];
    int file;

    (void)snprintf(path, sizeof(path), "%s/%s.key", folder, tenant);
    memset(digits, digit, sizeof(digits));
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, digits, sizeof(digits)), sizeof(digits));
    (void)close(file);
}

static int clean(void **state)
{
    (void)state;
    now_ms = 1000;
    test_db_run(&db, "TRUNCATE data_key, audit_part, audit_log");
    write_tenant_key("acme", '1');
    write_tenant_key("other", '2');
    return 0;
}

static void a_key_is_made_once_and_read_by_everybody(void **state)
{
    struct rlc_keyring *one = open_ring();
    struct rlc_keyring *two = open_ring();
    struct rlc_data_key made = open_one(one, "acme", "D1", true);
    struct rlc_data_key read = open_one(two, "acme", "D1", false);
    struct rlc_data_key same_subject = open_one(two, "other", "D1", true);

    (void)state;
    assert_int_equal(made.state, RLC_KEY_OPEN);
    assert_memory_equal(&made, &read, sizeof(made));
    assert_memory_not_equal(made.key.bytes, same_subject.key.bytes, RLC_SEAL_KEY_SIZE);
    assert_int_equal(open_one(two, "acme", "D2", false).state, RLC_KEY_MISSING);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM data_key"), 2);
    assert_int_equal(test_db_number(&db, "SELECT length(wrapped) FROM data_key LIMIT 1"),
                     RLC_WRAPPED_KEY_SIZE);
    one->ops->close(one);
    two->ops->close(two);
}

static void a_batch_may_name_a_subject_more_than_once(void **state)
{
    struct rlc_keyring *ring = open_ring();
    struct rlc_key_want wants[] = { { rlc_span_of("acme"), rlc_span_of("D1") },
                                    { rlc_span_of("acme"), rlc_span_of("it's {\"quoted\",NULL}") },
                                    { rlc_span_of("acme"), rlc_span_of("D1") } };
    struct rlc_data_key keys[3];
    struct rlc_error error;

    (void)state;
    assert_int_equal(ring->ops->open(ring, wants, 3, true, keys, &error), RLC_OK);
    assert_memory_equal(&keys[0], &keys[2], sizeof(keys[0]));
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM data_key WHERE subject ="
                                         " 'it''s {\"quoted\",NULL}'"),
                     1);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM data_key"), 2);
    ring->ops->close(ring);
}

static void an_open_key_is_kept_for_a_minute_and_no_longer(void **state)
{
    struct rlc_keyring *ring = open_ring();
    struct rlc_data_key key = open_one(ring, "acme", "D1", true);

    (void)state;
    test_db_run(&db, "UPDATE data_key SET wrapped = NULL, erased_at = now()");
    now_ms += RLC_KEY_KEPT_MS - 1;
    assert_int_equal(open_one(ring, "acme", "D1", true).state, RLC_KEY_OPEN);
    now_ms += 1;
    assert_int_equal(open_one(ring, "acme", "D1", true).state, RLC_KEY_ERASED);
    assert_int_equal(key.state, RLC_KEY_OPEN);
    assert_int_equal(test_db_number(&db, "SELECT count(wrapped) FROM data_key"), 0);
    ring->ops->close(ring);
}

static void a_tenant_without_a_key_or_with_another_one_is_told(void **state)
{
    struct rlc_keyring *ring = open_ring();
    struct rlc_key_want wants[] = { { rlc_span_of("nobody"), rlc_span_of("D1") },
                                    { rlc_span_of("acme"), rlc_span_of("D1") } };
    struct rlc_data_key keys[2];
    struct rlc_error error;

    (void)state;
    assert_int_equal(ring->ops->open(ring, wants, 2, true, keys, &error), RLC_OK);
    assert_int_equal(keys[0].state, RLC_KEY_NO_TENANT);
    assert_int_equal(keys[1].state, RLC_KEY_OPEN);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM data_key"), 1);
    ring->ops->close(ring);

    write_tenant_key("acme", '3');
    ring = open_ring();
    assert_int_equal(open_one(ring, "acme", "D1", true).state, RLC_KEY_UNREADABLE);
    write_tenant_key("acme", '1');
    assert_int_equal(open_one(ring, "acme", "D1", true).state, RLC_KEY_OPEN);
    ring->ops->close(ring);
}

static void without_the_server_a_keyring_says_try_again(void **state)
{
    struct rlc_keyring_config config = { .postgres = { .dsn = "postgresql://x@127.0.0.1:1/x" },
                                         .tenant_keys = folder,
                                         .clock = rlc_clock_virtual(&now_ms) };
    struct rlc_error error;
    struct rlc_keyring *ring = rlc_keyring_postgres_new(&config, &error);
    struct rlc_key_want want = { rlc_span_of("acme"), rlc_span_of("D1") };
    struct rlc_data_key key;

    (void)state;
    assert_non_null(ring);
    assert_int_equal(ring->ops->open(ring, &want, 1, true, &key, &error), RLC_RETRY);
    assert_int_equal(error.status, RLC_RETRY);
    ring->ops->close(ring);
}

/* ---- several at once ---- */

/* What one ingest process got: a digest of all keys. */
static uint64_t digest_of(const struct rlc_data_key *keys)
{
    uint64_t digest = 0;

    for (size_t i = 0; i < SUBJECTS; i++) {
        for (size_t k = 0; k < RLC_SEAL_KEY_SIZE; k++)
            digest = digest * 31 + keys[i].key.bytes[k] + (uint64_t)keys[i].state;
    }
    return digest;
}

static uint64_t open_all(void)
{
    static char names[SUBJECTS][16];
    static struct rlc_key_want wants[SUBJECTS];
    static struct rlc_data_key keys[SUBJECTS];
    struct rlc_keyring *ring = open_ring();
    struct rlc_error error;
    uint64_t digest;

    for (size_t i = 0; i < SUBJECTS; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "S%zu", i);
        wants[i] = (struct rlc_key_want){ rlc_span_of("acme"), rlc_span_of(names[i]) };
    }
    assert_int_equal(ring->ops->open(ring, wants, SUBJECTS, true, keys, &error), RLC_OK);
    digest = digest_of(keys);
    rlc_data_keys_forget(keys, SUBJECTS);
    ring->ops->close(ring);
    return digest;
}

static void ingests_that_create_the_same_subjects_at_once_agree(void **state)
{
    uint64_t digests[INGESTS] = { 0 };
    int pipes[INGESTS][2];

    (void)state;
    for (int i = 0; i < INGESTS; i++) {
        assert_int_equal(pipe(pipes[i]), 0);
        if (fork() == 0) {
            uint64_t digest = open_all();

            _exit(write(pipes[i][1], &digest, sizeof(digest)) != sizeof(digest));
        }
    }
    for (int i = 0; i < INGESTS; i++) {
        int result;

        assert_int_equal(read(pipes[i][0], &digests[i], sizeof(digests[i])), sizeof(digests[i]));
        assert_true(wait(&result) > 0);
        assert_int_equal(result, 0);
        (void)close(pipes[i][0]);
        (void)close(pipes[i][1]);
    }
    for (int i = 1; i < INGESTS; i++)
        assert_true(digests[i] == digests[0]);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM data_key"), SUBJECTS);
}

static enum rlc_status erase(void *context, struct rlc_trail *trail, struct rlc_error *reterr)
{
    return trail->ops->erase_key(trail, rlc_span_of("acme"), rlc_span_of(context), reterr);
}

static void an_erased_subject_gets_no_new_key_whoever_comes_first(void **state)
{
    static char never_made[] = "never-made";
    struct rlc_postgres *audit = test_db_connect(db.audit_dsn, "audit");
    struct rlc_trail_batch batch = { .within = erase, .context = never_made };
    struct rlc_keyring *ring = open_ring();
    struct rlc_data_key key;
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_trail_store(audit, &batch, &error), RLC_OK);
    key = open_one(ring, "acme", "never-made", true);
    assert_int_equal(key.state, RLC_KEY_ERASED);
    assert_int_equal(test_db_number(&db, "SELECT count(*) FROM data_key WHERE wrapped IS NULL"), 1);
    ring->ops->close(ring);
    rlc_postgres_free(audit);
}

static void refused(const char *dsn, bool create, const char *text)
{
    struct rlc_keyring *ring = open_ring_as(dsn);
    struct rlc_key_want want = { rlc_span_of("acme"), rlc_span_of("D1") };
    struct rlc_data_key key;
    struct rlc_error error = { .text = "" };

    assert_int_equal(rlc_keyring_postgres_check(ring, create, &error), RLC_FATAL);
    assert_string_equal(error.text, text);
    error.text[0] = '\0';
    assert_int_equal(ring->ops->open(ring, &want, 1, create, &key, &error), RLC_FATAL);
    assert_string_equal(error.text, text);
    ring->ops->close(ring);
}

static void a_role_without_the_right_is_told_which_one_has_it(void **state)
{
    (void)state;
    refused(db.audit_dsn, true,
            "role relance_audit may not read data_key: log in as relance_keys (people as "
            "relance_people) by postgres.dsn (RELANCE_POSTGRES_DSN)");
    test_db_run(&db, "GRANT SELECT ON data_key TO relance_read");
    refused(db.read_dsn, true,
            "role relance_read may not add to data_key: log in as relance_keys by "
            "postgres.dsn (RELANCE_POSTGRES_DSN)");
    test_db_run(&db, "REVOKE SELECT ON data_key FROM relance_read");
}

static void whoever_only_reads_needs_no_right_to_add(void **state)
{
    struct rlc_keyring *ring = open_ring_as(db.read_dsn);
    struct rlc_error error = { .text = "" };

    (void)state;
    test_db_run(&db, "GRANT SELECT ON data_key TO relance_read");
    assert_int_equal(rlc_keyring_postgres_check(ring, false, &error), RLC_OK);
    test_db_run(&db, "REVOKE SELECT ON data_key FROM relance_read");
    ring->ops->close(ring);
    ring = open_ring();
    assert_int_equal(rlc_keyring_postgres_check(ring, true, &error), RLC_OK);
    ring->ops->close(ring);
}

static void a_database_without_the_table_is_told_apart(void **state)
{
    char text[256];

    (void)state;
    (void)snprintf(text, sizeof(text),
                   "database %s has no table data_key: apply deploy/sql, or correct postgres.dsn "
                   "(RELANCE_POSTGRES_DSN)",
                   db.name);
    test_db_run(&db, "ALTER TABLE data_key RENAME TO moved_away");
    refused(db.keys_dsn, true, text);
    test_db_run(&db, "ALTER TABLE moved_away RENAME TO data_key");
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/rlc_ring_XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    char path[128];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/acme.key", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/other.key", folder);
    (void)unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_key_is_made_once_and_read_by_everybody, clean),
        cmocka_unit_test_setup(a_batch_may_name_a_subject_more_than_once, clean),
        cmocka_unit_test_setup(an_open_key_is_kept_for_a_minute_and_no_longer, clean),
        cmocka_unit_test_setup(a_tenant_without_a_key_or_with_another_one_is_told, clean),
        cmocka_unit_test_setup(without_the_server_a_keyring_says_try_again, clean),
        cmocka_unit_test_setup(ingests_that_create_the_same_subjects_at_once_agree, clean),
        cmocka_unit_test_setup(an_erased_subject_gets_no_new_key_whoever_comes_first, clean),
        cmocka_unit_test_setup(a_role_without_the_right_is_told_which_one_has_it, clean),
        cmocka_unit_test_setup(whoever_only_reads_needs_no_right_to_add, clean),
        cmocka_unit_test_setup(a_database_without_the_table_is_told_apart, clean),
    };
    int result;

    if (!test_db_open(&db))
        return TEST_DB_SKIPPED;
    result = cmocka_run_group_tests(tests, set_up, tear_down);
    test_db_close(&db);
    return result;
}
