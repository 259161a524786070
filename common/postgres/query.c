/* SPDX-License-Identifier: Apache-2.0 */
/* Sending and waiting, and what the server's answers mean. */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "common/postgres/internal.h"
#include "common/runtime/error.h"

#define NS_PER_MS UINT64_C(1000000)
/* The server gives up first and says why; we give up when it does not say anything. */
#define GRACE_MS 5000
/* Without a time-out of the server (a verification that reads for minutes): how long it may be
 * silent. */
#define SILENCE_MS 120000

/* ---- parameters and results ---- */

static uint8_t *put_number(struct rlc_query *query, Oid type, uint64_t value, int size)
{
    int at = query->count++;

    assert(at < RLC_QUERY_PARAMS_MAX);
    for (int i = 0; i < size; i++)
        query->numbers[at][i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    query->types[at] = type;
    query->values[at] = (const char *)query->numbers[at];
    query->sizes[at] = size;
    return query->numbers[at];
}

void rlc_query_i32(struct rlc_query *query, int32_t value)
{
    (void)put_number(query, RLC_OID_INT4, (uint32_t)value, 4);
}

void rlc_query_i64(struct rlc_query *query, int64_t value)
{
    (void)put_number(query, RLC_OID_INT8, (uint64_t)value, 8);
}

void rlc_query_span(struct rlc_query *query, Oid type, struct rlc_span value)
{
    int at = query->count++;

    assert(at < RLC_QUERY_PARAMS_MAX && value.size <= INT_MAX);
    query->types[at] = type;
    query->values[at] = value.size ? (const char *)value.data : "";
    query->sizes[at] = (int)value.size;
}

int64_t rlc_result_changed(PGresult *result)
{
    return strtoll(PQcmdTuples(result), NULL, 10);
}

struct rlc_span rlc_result_span(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return (struct rlc_span){ NULL, 0 };
    return rlc_span_from(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
}

int64_t rlc_result_i64(const PGresult *result, int row, int column)
{
    struct rlc_span bytes = rlc_result_span(result, row, column);
    uint64_t value = 0;

    assert(bytes.size == 8);
    for (size_t i = 0; i < bytes.size; i++)
        value = value << 8 | bytes.data[i];
    return (int64_t)value;
}

void rlc_result_clear(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

/* ---- errors ---- */

/* What an SQLSTATE asks for; the first row whose prefix fits counts. */
static const struct {
    const char *prefix;
    enum rlc_status status;
} REACTIONS[] = {
    { "40001", RLC_ABORT }, /* serialization failure */
    { "40P01", RLC_ABORT }, /* deadlock */
    { "22", RLC_REJECT },   /* a value out of range, text that is none */
    { "23", RLC_REJECT },   /* a constraint */
    { "08", RLC_RETRY },    /* connection */
    { "25006", RLC_RETRY }, /* read-only: a standby after a failover */
    { "25P03", RLC_RETRY }, /* idle in transaction for too long */
    { "40", RLC_RETRY },    /* outcome unknown */
    { "53", RLC_RETRY },    /* disk full, out of memory, too many connections */
    { "55", RLC_RETRY },    /* lock not available */
    { "57", RLC_RETRY },    /* statement time-out, shutdown, recovery */
    { "58", RLC_RETRY },    /* input and output */
    { "XX", RLC_RETRY },    /* internal: often another process that crashed */
};

static enum rlc_status reaction(const char *sqlstate)
{
    for (size_t i = 0; i < RLC_COUNT(REACTIONS); i++) {
        if (strncmp(sqlstate, REACTIONS[i].prefix, strlen(REACTIONS[i].prefix)) == 0)
            return REACTIONS[i].status;
    }
    return RLC_FATAL;
}

/* One line, without the password, should a server or a proxy ever repeat it. */
static void tidy_text(struct rlc_postgres *postgres, const char *text, char *buffer, size_t size)
{
    const char *secret = postgres->connection ? PQpass(postgres->connection) : NULL;
    size_t secret_size = secret ? strlen(secret) : 0;
    size_t used = 0;

    while (*text && used + 1 < size) {
        if (secret_size && strncmp(text, secret, secret_size) == 0) {
            text += secret_size;
            buffer[used++] = '*';
            continue;
        }
        buffer[used++] = (unsigned char)*text < ' ' ? ' ' : *text;
        text++;
    }
    while (used > 0 && buffer[used - 1] == ' ')
        used--;
    buffer[used] = '\0';
}

enum rlc_status rlc_postgres_lost(struct rlc_postgres *postgres, const char *origin,
                                  struct rlc_error *reterr)
{
    char text[sizeof(reterr->text)];

    tidy_text(postgres, PQerrorMessage(postgres->connection), text, sizeof(text));
    rlc_postgres_drop(postgres);
    return rlc_error_set(reterr, RLC_RETRY, origin, 0, "PostgreSQL: %s",
                         text[0] ? text : "the connection is gone");
}

static enum rlc_status failure(struct rlc_postgres *postgres, const PGresult *result,
                               struct rlc_error *reterr)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char text[sizeof(reterr->text)];
    enum rlc_status status;

    if (!sqlstate)
        return rlc_postgres_lost(postgres, "query", reterr);
    status = reaction(sqlstate);
    tidy_text(postgres, message ? message : "", text, sizeof(text));
    status = rlc_error_set(reterr, status, "query", 0, "PostgreSQL: %s (%s)", text, sqlstate);
    if (status == RLC_RETRY || status == RLC_FATAL)
        rlc_postgres_drop(postgres);
    return status;
}

/* ---- waiting ---- */

uint64_t rlc_postgres_deadline(const struct rlc_postgres *postgres)
{
    int32_t limit_ms = postgres->config.statement_timeout_ms;

    limit_ms = limit_ms > 0 ? limit_ms + GRACE_MS : SILENCE_MS;
    return rlc_clock_monotonic_ns(&postgres->clock) + (uint64_t)limit_ms * NS_PER_MS;
}

bool rlc_postgres_wait(struct rlc_postgres *postgres, short wanted, uint64_t deadline_ns,
                       struct rlc_error *reterr)
{
    struct pollfd file = { .fd = PQsocket(postgres->connection), .events = wanted };
    uint64_t now_ns = rlc_clock_monotonic_ns(&postgres->clock);
    int64_t left_ms = now_ns < deadline_ns ? (int64_t)((deadline_ns - now_ns) / NS_PER_MS) + 1 : 0;
    int count = left_ms > 0 ? poll(&file, 1, (int)left_ms) : 0;

    if (count > 0 || (count < 0 && errno == EINTR))
        return true;
    rlc_postgres_drop(postgres);
    (void)rlc_error_set(reterr, RLC_RETRY, "poll", 0, "PostgreSQL does not answer");
    return false;
}

static bool consume(struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    if (PQconsumeInput(postgres->connection))
        return true;
    (void)rlc_postgres_lost(postgres, "read", reterr);
    return false;
}

bool rlc_postgres_flush(struct rlc_postgres *postgres, uint64_t deadline_ns,
                        struct rlc_error *reterr)
{
    int left;

    /* The server may be waiting for us to read what it has to say. */
    while ((left = PQflush(postgres->connection)) == 1) {
        if (!rlc_postgres_wait(postgres, POLLIN | POLLOUT, deadline_ns, reterr) ||
            !consume(postgres, reterr))
            return false;
    }
    if (left == 0)
        return true;
    (void)rlc_postgres_lost(postgres, "write", reterr);
    return false;
}

bool rlc_postgres_wait_input(struct rlc_postgres *postgres, uint64_t deadline_ns,
                             struct rlc_error *reterr)
{
    return rlc_postgres_wait(postgres, POLLIN, deadline_ns, reterr) && consume(postgres, reterr);
}

bool rlc_postgres_await(struct rlc_postgres *postgres, uint64_t deadline_ns,
                        struct rlc_error *reterr)
{
    while (PQisBusy(postgres->connection)) {
        if (!rlc_postgres_wait_input(postgres, deadline_ns, reterr))
            return false;
    }
    return true;
}

/* ---- running ---- */

/* What was to be part of a transaction must not run on a new connection, outside of it. */
static enum rlc_status connected(struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    if (postgres->connection)
        return RLC_OK;
    if (postgres->open)
        return rlc_error_set(reterr, RLC_RETRY, "send", 0, "PostgreSQL: the transaction was lost");
    return rlc_postgres_ensure(postgres, reterr);
}

enum rlc_status rlc_postgres_send(struct rlc_postgres *postgres, const char *sql,
                                  struct rlc_error *reterr)
{
    enum rlc_status status = connected(postgres, reterr);

    if (status != RLC_OK)
        return status;
    if (!PQsendQuery(postgres->connection, sql))
        return rlc_postgres_lost(postgres, "send", reterr);
    return rlc_postgres_flush(postgres, rlc_postgres_deadline(postgres), reterr) ? RLC_OK
                                                                                 : RLC_RETRY;
}

static bool begins_copy(const PGresult *result)
{
    ExecStatusType kind = PQresultStatus(result);

    return kind == PGRES_COPY_IN || kind == PGRES_COPY_OUT;
}

static bool succeeded(const PGresult *result)
{
    ExecStatusType kind = PQresultStatus(result);

    return kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK || kind == PGRES_EMPTY_QUERY;
}

enum rlc_status rlc_postgres_finish(struct rlc_postgres *postgres, PGresult **ret_result,
                                    struct rlc_error *reterr)
{
    uint64_t deadline_ns = rlc_postgres_deadline(postgres);
    RLC_CLEANUP(rlc_result_clear) PGresult *last = NULL;
    enum rlc_status status = RLC_OK;

    for (;;) {
        PGresult *result;

        if (!rlc_postgres_await(postgres, deadline_ns, reterr))
            return status == RLC_OK ? RLC_RETRY : status;
        result = PQgetResult(postgres->connection);
        if (!result)
            break;
        rlc_result_clear(&last);
        last = result;
        if (begins_copy(result))
            break;
        if (!succeeded(result) && status == RLC_OK)
            status = failure(postgres, result, reterr);
        if (!postgres->connection)
            return status;
    }
    if (ret_result) {
        *ret_result = last;
        last = NULL;
    }
    return status;
}

enum rlc_status rlc_query_run(struct rlc_postgres *postgres, const struct rlc_query *query,
                              PGresult **ret_result, struct rlc_error *reterr)
{
    int formats[RLC_QUERY_PARAMS_MAX];
    enum rlc_status status = connected(postgres, reterr);

    for (int i = 0; i < query->count; i++)
        formats[i] = 1;
    if (status != RLC_OK)
        return status;
    if (!PQsendQueryParams(postgres->connection, query->sql, query->count, query->types,
                           query->values, query->sizes, formats, 1))
        return rlc_postgres_lost(postgres, "send", reterr);
    if (!rlc_postgres_flush(postgres, rlc_postgres_deadline(postgres), reterr))
        return RLC_RETRY;
    return rlc_postgres_finish(postgres, ret_result, reterr);
}
