/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test_db.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"

#ifndef RLC_SQL_DIR
#error "RLC_SQL_DIR is the folder of the schema"
#endif

enum { SQL_MAX = 65536, FILES_MAX = 64 };

static void must(enum rlc_status status, const struct rlc_error *error, const char *sql)
{
    if (status == RLC_OK)
        return;
    print_error("%s\nin: %.400s\n", error->text, sql);
    assert_int_equal(status, RLC_OK);
}

struct rlc_postgres *test_db_connect(const char *dsn, const char *application)
{
    struct rlc_postgres_config config = { .dsn = dsn, .application = application };
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres = rlc_postgres_new(&config, &error);

    assert_non_null(postgres);
    return postgres;
}

void test_db_dsn(const struct test_db *db, const char *role, char dsn[TEST_DB_DSN_MAX])
{
    (void)snprintf(dsn, TEST_DB_DSN_MAX, "postgresql://%s@%s/%s", role, db->server, db->name);
}

/* Host and port between the user and the database of a URI. */
static bool find_server(const char *dsn, char *server, size_t size)
{
    const char *from = strchr(dsn, '@');
    const char *to = from ? strchr(from, '/') : NULL;

    if (!to || (size_t)(to - from) > size)
        return false;
    (void)snprintf(server, size, "%.*s", (int)(to - from - 1), from + 1);
    return true;
}

/* ---- schema ---- */

static int by_name(const void *left, const void *right)
{
    return strcmp(left, right);
}

static void apply_file(struct rlc_postgres *owner, const char *name)
{
    static char sql[SQL_MAX];
    char path[1024];
    struct rlc_error error = { .text = "" };
    size_t size;
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", RLC_SQL_DIR, name);
    file = fopen(path, "r");
    assert_non_null(file);
    size = fread(sql, 1, sizeof(sql) - 1, file);
    (void)fclose(file);
    sql[size] = '\0';
    must(rlc_postgres_run(owner, sql, &error), &error, name);
}

static void apply_schema(struct test_db *db)
{
    static char names[FILES_MAX][256];
    struct rlc_postgres *owner = test_db_connect(db->owner_dsn, "test-owner");
    struct dirent *entry;
    size_t count = 0;
    DIR *folder = opendir(RLC_SQL_DIR);

    assert_non_null(folder);
    while ((entry = readdir(folder)) && count < FILES_MAX) {
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
            (void)snprintf(names[count++], sizeof(names[0]), "%s", entry->d_name);
    }
    (void)closedir(folder);
    qsort(names, count, sizeof(names[0]), by_name);
    for (size_t i = 0; i < count; i++)
        apply_file(owner, names[i]);
    rlc_postgres_free(owner);
}

/* ---- life ---- */

static void on_admin(const struct test_db *db, const char *before, const char *after)
{
    struct rlc_postgres *admin = test_db_connect(db->admin_dsn, "test-admin");
    struct rlc_error error = { .text = "" };
    char sql[256];

    (void)snprintf(sql, sizeof(sql), "%s %s %s", before, db->name, after);
    must(rlc_postgres_run(admin, sql, &error), &error, sql);
    rlc_postgres_free(admin);
}

bool test_db_open(struct test_db *db)
{
    const char *dsn = getenv("RELANCE_POSTGRES_SUPERUSER_DSN");

    memset(db, 0, sizeof(*db));
    if (!dsn || !find_server(dsn, db->server, sizeof(db->server))) {
        printf("SKIPPED: no postgres\n");
        return false;
    }
    (void)snprintf(db->admin_dsn, sizeof(db->admin_dsn), "%s", dsn);
    (void)snprintf(db->name, sizeof(db->name), "rlc_test_%d", (int)getpid());
    test_db_dsn(db, "postgres", db->super_dsn);
    test_db_dsn(db, "relance_audit", db->audit_dsn);
    test_db_dsn(db, "relance_keys", db->keys_dsn);
    test_db_dsn(db, "relance_read", db->read_dsn);
    test_db_dsn(db, "relance_owner", db->owner_dsn);
    on_admin(db, "DROP DATABASE IF EXISTS", "WITH (FORCE)");
    on_admin(db, "CREATE DATABASE", "OWNER relance_owner");
    apply_schema(db);
    db->super = test_db_connect(db->super_dsn, "test-super");
    return true;
}

void test_db_close(struct test_db *db)
{
    rlc_postgres_free(db->super);
    on_admin(db, "DROP DATABASE IF EXISTS", "WITH (FORCE)");
}

/* ---- hands ---- */

void test_db_run(struct test_db *db, const char *format, ...)
{
    char sql[4096];
    struct rlc_error error = { .text = "" };
    va_list values;

    va_start(values, format);
    (void)vsnprintf(sql, sizeof(sql), format, values);
    va_end(values);
    must(rlc_postgres_run(db->super, sql, &error), &error, sql);
}

int64_t test_db_number(struct test_db *db, const char *format, ...)
{
    char sql[4096], value[64];
    struct rlc_error error = { .text = "" };
    va_list values;

    va_start(values, format);
    (void)vsnprintf(sql, sizeof(sql), format, values);
    va_end(values);
    must(rlc_postgres_value(db->super, sql, value, sizeof(value), &error), &error, sql);
    return strtoll(value, NULL, 10);
}
