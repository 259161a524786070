/* SPDX-License-Identifier: Apache-2.0 */
/* A database of the test's own on the PostgreSQL that RELANCE_POSTGRES_SUPERUSER_DSN names, with
 * the schema of deploy/sql; dropped at the end. */
#ifndef RLC_TESTS_TEST_DB_H
#define RLC_TESTS_TEST_DB_H

#include "common/postgres/connection.h"

#define TEST_DB_DSN_MAX 256

struct test_db {
    char name[48];
    char server[128]; /* host and port */
    char admin_dsn[TEST_DB_DSN_MAX];
    char super_dsn[TEST_DB_DSN_MAX]; /* of the new database, as superuser */
    char audit_dsn[TEST_DB_DSN_MAX]; /* as relance_audit */
    char keys_dsn[TEST_DB_DSN_MAX];  /* as relance_keys */
    char read_dsn[TEST_DB_DSN_MAX];  /* as relance_read */
    char owner_dsn[TEST_DB_DSN_MAX];
    struct rlc_postgres *super; /* the test's own hands */
};

/* False, with a line on standard output, where there is no server: the program then returns
 * TEST_DB_SKIPPED. */
bool test_db_open(struct test_db *db);
void test_db_close(struct test_db *db);
#define TEST_DB_SKIPPED 77

/* A connection to `dsn`; fails the test if the string cannot be read. */
struct rlc_postgres *test_db_connect(const char *dsn, const char *application);

/* "postgresql://<role>@<server>/<name>" into `dsn`. */
void test_db_dsn(const struct test_db *db, const char *role, char dsn[TEST_DB_DSN_MAX]);

/* Runs statements as superuser; fails the test if one fails. */
void test_db_run(struct test_db *db, const char *format, ...) RLC_PRINTF(2, 3);
/* A number, as superuser. */
int64_t test_db_number(struct test_db *db, const char *format, ...) RLC_PRINTF(2, 3);

#endif
