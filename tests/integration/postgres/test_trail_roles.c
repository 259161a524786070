/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what: every role, every table, every verb. */
#include <stdio.h>
#include <string.h>

#include "common/postgres/connection.h"
#include "tests/support/check.h"
#include "tests/support/test_db.h"

static struct test_db db;

/* i = insert, s = select, u = update, d = delete, t = truncate; what is not named is refused. */
static const struct {
    const char *role;
    const char *table;
    const char *verbs;
} RIGHTS[] = {
    { "relance_audit", "audit_log", "is" },
    { "relance_audit", "audit_part", "isu" },
    { "relance_audit", "installation", "is" },
    { "relance_audit", "data_key", "" }, /* columns only, see below */
    { "relance_audit", "receivable", "isu" },
    { "relance_audit", "receivable_change", "isu" },
    { "relance_audit", "request", "isu" },
    { "relance_audit", "request_line", "isu" },
    { "relance_audit", "step_instance", "isu" },
    { "relance_audit", "silence", "isu" },
    { "relance_audit", "task", "isu" },
    { "relance_audit", "worklist", "s" },
    { "relance_audit", "law_case", "isu" },
    { "relance_audit", "case_list", "s" },
    { "relance_keys", "audit_log", "" },
    { "relance_keys", "audit_part", "" },
    { "relance_keys", "data_key", "is" },
    { "relance_keys", "receivable", "" },
    { "relance_keys", "silence", "" },
    { "relance_read", "audit_log", "s" },
    { "relance_read", "audit_part", "s" },
    { "relance_read", "data_key", "" },
    { "relance_read", "receivable", "s" },
    { "relance_read", "receivable_change", "s" },
    { "relance_read", "request", "s" },
    { "relance_read", "request_line", "s" },
    { "relance_read", "step_instance", "s" },
    { "relance_read", "silence", "s" },
    { "relance_read", "open_step", "s" },
    { "relance_read", "task", "s" },
    { "relance_read", "worklist", "s" },
    { "relance_read", "law_case", "s" },
    { "relance_read", "case_list", "s" },
    { "relance_people", "audit_log", "s" },
    { "relance_people", "data_key", "is" },
    { "relance_people", "receivable", "s" },
    { "relance_owner", "audit_log", "isudt" },
    { "relance_owner", "data_key", "isudt" },
};

static const char VERBS[] = "isudt";

/* Touches no row of an empty table: only the right is asked for. */
static void statement(char letter, const char *table, char *sql, size_t size)
{
    const char *column = strcmp(table, "audit_log") == 0      ? "flaw"
                         : strcmp(table, "audit_part") == 0   ? "unreported"
                         : strcmp(table, "installation") == 0 ? "uuid"
                         : strcmp(table, "data_key") == 0     ? "created_at"
                                                              : "tenant";

    switch (letter) {
    case 'i':
        (void)snprintf(sql, size, "INSERT INTO %s (%s) SELECT NULL WHERE false", table, column);
        break;
    case 'u':
        (void)snprintf(sql, size, "UPDATE %s SET %s = NULL", table, column);
        break;
    case 'd':
        (void)snprintf(sql, size, "DELETE FROM %s", table);
        break;
    case 't':
        (void)snprintf(sql, size, "TRUNCATE %s", table);
        break;
    default:
        (void)snprintf(sql, size, "SELECT * FROM %s LIMIT 0", table);
        break;
    }
}

static bool may(const char *role, const char *sql)
{
    char dsn[TEST_DB_DSN_MAX];
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres;
    enum rlc_status status;

    test_db_dsn(&db, role, dsn);
    postgres = test_db_connect(dsn, "roles");
    assert_int_equal(rlc_postgres_begin(postgres, &error), RLC_OK);
    status = rlc_postgres_run(postgres, sql, &error);
    rlc_postgres_rollback(postgres);
    rlc_postgres_free(postgres);
    if (status == RLC_OK)
        return true;
    if (!strstr(error.text, "42501"))
        print_error("%s: %s: %s\n", role, sql, error.text);
    assert_int_equal(status, RLC_FATAL);
    assert_non_null(strstr(error.text, "42501")); /* insufficient privilege */
    return false;
}

static bool is_view(const char *table)
{
    return strcmp(table, "open_step") == 0 || strcmp(table, "worklist") == 0 ||
           strcmp(table, "case_list") == 0;
}

static void each_role_may_do_what_the_table_says_and_nothing_else(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(RIGHTS); i++) {
        for (size_t k = 0; k < strlen(VERBS); k++) {
            bool wanted = strchr(RIGHTS[i].verbs, VERBS[k]) != NULL;
            char sql[256];

            if (is_view(RIGHTS[i].table) && VERBS[k] != 's')
                continue;
            statement(VERBS[k], RIGHTS[i].table, sql, sizeof(sql));
            if (may(RIGHTS[i].role, sql) == wanted)
                continue;
            print_error("%s: %s should be %s\n", RIGHTS[i].role, sql,
                        wanted ? "allowed" : "refused");
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void the_audit_worker_erases_keys_and_never_sees_one(void **state)
{
    static const struct {
        const char *sql;
        bool allowed;
    } CASES[] = {
        { "UPDATE data_key SET wrapped = NULL, erased_at = now() WHERE key_id = 'x'", true },
        { "SELECT key_id, tenant, subject, erased_at FROM data_key", true },
        { "SELECT wrapped FROM data_key", false },
        { "INSERT INTO data_key (key_id, tenant, subject, erased_at) VALUES ('x', 'a', 'b', now())",
          true },
        { "INSERT INTO data_key (key_id, tenant, subject, wrapped) VALUES ('x', 'a', 'b', 'c')",
          false },
        { "UPDATE data_key SET tenant = 'x'", false },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        if (may("relance_audit", CASES[i].sql) != CASES[i].allowed)
            print_error("%s\n", CASES[i].sql);
        assert_int_equal(may("relance_audit", CASES[i].sql), CASES[i].allowed);
    }
}

static void nobody_but_the_owner_makes_tables(void **state)
{
    (void)state;
    assert_false(may("relance_audit", "CREATE TABLE sneaky (a int)"));
    assert_false(may("relance_keys", "CREATE TABLE sneaky (a int)"));
    assert_false(may("relance_read", "CREATE TABLE sneaky (a int)"));
    assert_true(may("relance_owner", "CREATE TABLE fine (a int)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_may_do_what_the_table_says_and_nothing_else),
        cmocka_unit_test(the_audit_worker_erases_keys_and_never_sees_one),
        cmocka_unit_test(nobody_but_the_owner_makes_tables),
    };
    int result;

    if (!test_db_open(&db))
        return TEST_DB_SKIPPED;
    result = cmocka_run_group_tests(tests, NULL, NULL);
    test_db_close(&db);
    return result;
}
