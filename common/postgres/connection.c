/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/connection.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/postgres/internal.h"
#include "common/runtime/error.h"

/* A connection that the network swallowed is given up after this time without an answer. */
#define TCP_USER_TIMEOUT "15000"
/* A lock is held for the length of a batch; whoever waits longer should say so and come again. */
#define LOCK_TIMEOUT_MS 10000
/* A process frozen inside a transaction must not hold its partitions for ever. */
#define IDLE_IN_TRANSACTION_MS 60000
#define SETTINGS_MAX           256
#define NS_PER_S               UINT64_C(1000000000)

/* ---- life ---- */

struct rlc_postgres *rlc_postgres_new(const struct rlc_postgres_config *config,
                                      struct rlc_error *reterr)
{
    struct rlc_postgres *postgres;
    /* libpq's own message may quote the string, password included, so it is not passed on. */
    PQconninfoOption *options = PQconninfoParse(config->dsn, NULL);

    if (!options) {
        (void)rlc_error_set(reterr, RLC_FATAL, "postgres", 0,
                            "the connection string of PostgreSQL cannot be read");
        return NULL;
    }
    PQconninfoFree(options);
    postgres = calloc(1, sizeof(*postgres));
    if (!postgres) {
        (void)rlc_error_set(reterr, RLC_FATAL, "postgres", 0, "out of memory");
        return NULL;
    }
    postgres->config = *config;
    postgres->clock = rlc_clock_system();
    if (postgres->config.connect_timeout_s <= 0)
        postgres->config.connect_timeout_s = RLC_POSTGRES_CONNECT_S;
    if (postgres->config.statement_timeout_ms == 0)
        postgres->config.statement_timeout_ms = RLC_POSTGRES_STATEMENT_MS;
    return postgres;
}

void rlc_postgres_free(struct rlc_postgres *postgres)
{
    if (!postgres)
        return;
    rlc_postgres_drop(postgres);
    free(postgres);
}

void rlc_postgres_drop(struct rlc_postgres *postgres)
{
    if (postgres->connection)
        PQfinish(postgres->connection);
    postgres->connection = NULL;
}

/* libpq would write notices and a killed connection's last words to standard error. */
static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice;
}

/* Follows libpq through the steps of a connection that was started. */
static enum rlc_status follow(struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    uint64_t deadline_ns = rlc_clock_monotonic_ns(&postgres->clock) +
                           (uint64_t)postgres->config.connect_timeout_s * NS_PER_S;
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;

    while (step == PGRES_POLLING_READING || step == PGRES_POLLING_WRITING) {
        short wanted = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;

        if (!rlc_postgres_wait(postgres, wanted, deadline_ns, reterr))
            return RLC_RETRY;
        step = PQconnectPoll(postgres->connection);
    }
    if (step != PGRES_POLLING_OK || PQsetnonblocking(postgres->connection, 1) != 0)
        return rlc_postgres_lost(postgres, "connect", reterr);
    return RLC_OK;
}

static enum rlc_status connect_now(struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    /* Those before `dbname` are defaults that the connection string may override. */
    const char *const names[] = { "tcp_user_timeout",
                                  "keepalives_idle",
                                  "keepalives_interval",
                                  "application_name",
                                  "dbname",
                                  "client_encoding",
                                  NULL };
    const char *const values[] = { TCP_USER_TIMEOUT,     "10",   "5", postgres->config.application,
                                   postgres->config.dsn, "UTF8", NULL };

    postgres->connection = PQconnectStartParams(names, values, 1);
    if (!postgres->connection)
        return rlc_error_set(reterr, RLC_RETRY, "connect", 0, "out of memory");
    (void)PQsetNoticeReceiver(postgres->connection, ignore_notice, NULL);
    if (PQstatus(postgres->connection) == CONNECTION_BAD)
        return rlc_postgres_lost(postgres, "connect", reterr);
    return follow(postgres, reterr);
}

static enum rlc_status set_limits(struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    char sql[SETTINGS_MAX];
    int32_t statement_ms = postgres->config.statement_timeout_ms;

    (void)snprintf(sql, sizeof(sql),
                   "SET statement_timeout = %d; SET lock_timeout = %d; "
                   "SET idle_in_transaction_session_timeout = %d; "
                   "SET client_min_messages = warning",
                   statement_ms > 0 ? statement_ms : 0, LOCK_TIMEOUT_MS, IDLE_IN_TRANSACTION_MS);
    return rlc_postgres_run(postgres, sql, reterr);
}

enum rlc_status rlc_postgres_ensure(struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    enum rlc_status status;

    if (postgres->connection && PQstatus(postgres->connection) == CONNECTION_OK)
        return RLC_OK;
    rlc_postgres_drop(postgres);
    status = connect_now(postgres, reterr);
    return status == RLC_OK ? set_limits(postgres, reterr) : status;
}

/* ---- statements ---- */

enum rlc_status rlc_postgres_run(struct rlc_postgres *postgres, const char *sql,
                                 struct rlc_error *reterr)
{
    enum rlc_status status = rlc_postgres_send(postgres, sql, reterr);

    return status == RLC_OK ? rlc_postgres_finish(postgres, NULL, reterr) : status;
}

enum rlc_status rlc_postgres_value(struct rlc_postgres *postgres, const char *sql, char *buffer,
                                   size_t size, struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *result = NULL;
    enum rlc_status status = rlc_postgres_send(postgres, sql, reterr);
    size_t length;

    assert(size > 0);
    buffer[0] = '\0';
    if (status == RLC_OK)
        status = rlc_postgres_finish(postgres, &result, reterr);
    if (status != RLC_OK || !result || PQntuples(result) == 0)
        return status;
    length = (size_t)PQgetlength(result, 0, 0);
    if (length >= size)
        return rlc_error_set(reterr, RLC_REJECT, "value", 0, "the value is too long");
    memcpy(buffer, PQgetvalue(result, 0, 0), length + 1);
    return RLC_OK;
}

/* ---- transactions ---- */

enum rlc_status rlc_postgres_begin(struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    enum rlc_status status;

    rlc_postgres_rollback(postgres);
    status = rlc_postgres_ensure(postgres, reterr);
    if (status == RLC_OK)
        status = rlc_postgres_run(postgres, "BEGIN", reterr);
    postgres->open = status == RLC_OK;
    return status;
}

enum rlc_status rlc_postgres_commit(struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *result = NULL;
    enum rlc_status status = rlc_postgres_send(postgres, "COMMIT", reterr);

    if (status == RLC_OK)
        status = rlc_postgres_finish(postgres, &result, reterr);
    if (status != RLC_OK) {
        rlc_postgres_rollback(postgres);
        return status;
    }
    postgres->open = false;
    /* A transaction in which a statement failed answers to COMMIT, without an error, ROLLBACK. */
    if (!result || strcmp(PQcmdStatus(result), "COMMIT") != 0)
        return rlc_error_set(reterr, RLC_ABORT, "commit", 0, "the transaction was rolled back");
    return RLC_OK;
}

void rlc_postgres_rollback(struct rlc_postgres *postgres)
{
    struct rlc_error ignored;

    postgres->open = false;
    if (!postgres->connection || PQtransactionStatus(postgres->connection) == PQTRANS_IDLE)
        return;
    /* In the middle of a COPY or of an answer it is quicker to leave than to tidy up. */
    if (PQtransactionStatus(postgres->connection) == PQTRANS_ACTIVE ||
        rlc_postgres_run(postgres, "ROLLBACK", &ignored) != RLC_OK)
        rlc_postgres_drop(postgres);
}
