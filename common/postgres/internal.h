/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of common/postgres share: statements with parameters, results, and waiting with a
 * deadline. Shows libpq; not for others. */
#ifndef RLC_POSTGRES_INTERNAL_H
#define RLC_POSTGRES_INTERNAL_H

#include <libpq-fe.h>

#include "common/postgres/connection.h"
#include "common/runtime/clock.h"

/* Types as numbered in pg_type. */
enum {
    RLC_OID_BYTEA = 17,
    RLC_OID_INT8 = 20,
    RLC_OID_INT4 = 23,
    RLC_OID_TEXT = 25,
    RLC_OID_UUID = 2950
};
enum { RLC_OID_BYTEA_ARRAY = 1001, RLC_OID_INT4_ARRAY = 1007, RLC_OID_TEXT_ARRAY = 1009 };

struct rlc_postgres {
    struct rlc_postgres_config config;
    struct rlc_clock clock;
    PGconn *connection; /* NULL = none */
    bool open;          /* a transaction was begun and not ended by us */
};

#define RLC_QUERY_PARAMS_MAX 8

/* One statement with parameters in binary form. Filled by the functions below in the order $1, $2;
 * spans are borrowed until it has run. */
struct rlc_query {
    const char *sql;
    int count;
    Oid types[RLC_QUERY_PARAMS_MAX];
    const char *values[RLC_QUERY_PARAMS_MAX];
    int sizes[RLC_QUERY_PARAMS_MAX];
    uint8_t numbers[RLC_QUERY_PARAMS_MAX][8]; /* of integer parameters, as sent */
};

void rlc_query_span(struct rlc_query *query, Oid type, struct rlc_span value);
void rlc_query_i32(struct rlc_query *query, int32_t value);
void rlc_query_i64(struct rlc_query *query, int64_t value);

/* Runs it; results come in binary form. `ret_result` may be NULL; the caller clears it. */
RLC_NODISCARD enum rlc_status rlc_query_run(struct rlc_postgres *postgres,
                                            const struct rlc_query *query, PGresult **ret_result,
                                            struct rlc_error *reterr);

/* Rows that the statement changed. */
int64_t rlc_result_changed(PGresult *result);

/* A field in binary form; the empty span for NULL. */
struct rlc_span rlc_result_span(const PGresult *result, int row, int column);
int64_t rlc_result_i64(const PGresult *result, int row, int column);

/* For RLC_CLEANUP. */
void rlc_result_clear(PGresult **result);

/* Drops the connection. */
void rlc_postgres_drop(struct rlc_postgres *postgres);

/* Nanoseconds of the monotonic clock at which the server, asked now, has had its time. */
uint64_t rlc_postgres_deadline(const struct rlc_postgres *postgres);

/* Waits until the socket is ready for `wanted` (of poll); false, with the connection dropped and
 * the error filled, past the deadline. */
RLC_NODISCARD bool rlc_postgres_wait(struct rlc_postgres *postgres, short wanted,
                                     uint64_t deadline_ns, struct rlc_error *reterr);

/* Sends what libpq holds; returns false (error filled, connection dropped) past the deadline or if
 * the connection is lost. */
RLC_NODISCARD bool rlc_postgres_flush(struct rlc_postgres *postgres, uint64_t deadline_ns,
                                      struct rlc_error *reterr);
/* Waits until the server has sent something and reads it; the same. */
RLC_NODISCARD bool rlc_postgres_wait_input(struct rlc_postgres *postgres, uint64_t deadline_ns,
                                           struct rlc_error *reterr);
/* Waits until PQgetResult does not block; the same. */
RLC_NODISCARD bool rlc_postgres_await(struct rlc_postgres *postgres, uint64_t deadline_ns,
                                      struct rlc_error *reterr);

/* Takes results until none is left, keeping the last with rows in `ret_result` (may be NULL); the
 * first failure counts. A COPY that begins is kept and ends the taking. */
RLC_NODISCARD enum rlc_status rlc_postgres_finish(struct rlc_postgres *postgres,
                                                  PGresult **ret_result, struct rlc_error *reterr);

/* Sends one command without parameters (simple protocol) and does not wait. */
RLC_NODISCARD enum rlc_status rlc_postgres_send(struct rlc_postgres *postgres, const char *sql,
                                                struct rlc_error *reterr);

/* Fills the error from what the connection says last; drops it; RLC_RETRY. */
enum rlc_status rlc_postgres_lost(struct rlc_postgres *postgres, const char *origin,
                                  struct rlc_error *reterr);

#endif
