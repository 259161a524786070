/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to PostgreSQL: made when it is first needed, made again after it was lost, and
 * never waited for without bound, even where the server is frozen.
 *
 * Errors: RLC_RETRY the server is away, busy or full: the connection was dropped, call the whole
 * transaction again. RLC_ABORT another transaction was in the way (serialization, deadlock): roll
 * back, begin anew. RLC_REJECT the data cannot be stored (a constraint, a value out of range): roll
 * back, the same data will fail again. RLC_FATAL somebody has to look (rights, a table that is not
 * there): the connection was dropped. A refused log-in is RLC_RETRY: libpq does not tell it from a
 * server that is away, its text does. No text of an error holds a password.
 *
 * A COMMIT whose answer is lost is RLC_RETRY: it may have happened. Callers find out by reading
 * what they wrote by its key. One thread uses a connection. */
#ifndef RLC_POSTGRES_CONNECTION_H
#define RLC_POSTGRES_CONNECTION_H

#include "common/pure/span.h"
#include "common/pure/status.h"

struct rlc_postgres;

#define RLC_POSTGRES_CONNECT_S    5     /* a worker says within 10 s that its store is away */
#define RLC_POSTGRES_STATEMENT_MS 20000 /* a batch of 10,000 rows takes a tenth of a second */

struct rlc_postgres_config {
    const char *dsn;              /* connection string or URI of libpq; borrowed */
    const char *application;      /* shown in pg_stat_activity, for example "relance-audit" */
    int32_t connect_timeout_s;    /* 0 = RLC_POSTGRES_CONNECT_S */
    int32_t statement_timeout_ms; /* 0 = RLC_POSTGRES_STATEMENT_MS; negative = none */
};

/* A handle that is not connected yet; `config` is copied except for its strings, which outlive the
 * handle. NULL with RLC_FATAL in `reterr` if the connection string cannot be read. */
RLC_NODISCARD struct rlc_postgres *rlc_postgres_new(const struct rlc_postgres_config *config,
                                                    struct rlc_error *reterr);

/* Disconnects (an open transaction is rolled back) and frees; NULL is allowed. */
void rlc_postgres_free(struct rlc_postgres *postgres);

/* Connects if there is no connection. */
RLC_NODISCARD enum rlc_status rlc_postgres_ensure(struct rlc_postgres *postgres,
                                                  struct rlc_error *reterr);

/* Runs statements without parameters and drops their results. */
RLC_NODISCARD enum rlc_status rlc_postgres_run(struct rlc_postgres *postgres, const char *sql,
                                               struct rlc_error *reterr);

/* Runs one statement and copies the first column of its first row as text; the empty text where
 * there is no row or a NULL. RLC_REJECT if it does not fit. */
RLC_NODISCARD enum rlc_status rlc_postgres_value(struct rlc_postgres *postgres, const char *sql,
                                                 char *buffer, size_t size,
                                                 struct rlc_error *reterr);

/* Begins a transaction (connecting if needed); rolls back one that was left open. */
RLC_NODISCARD enum rlc_status rlc_postgres_begin(struct rlc_postgres *postgres,
                                                 struct rlc_error *reterr);
/* Commits. On anything but RLC_OK no transaction is open any more. */
RLC_NODISCARD enum rlc_status rlc_postgres_commit(struct rlc_postgres *postgres,
                                                  struct rlc_error *reterr);
/* Rolls back; drops the connection if even that fails. Without a transaction it does nothing. */
void rlc_postgres_rollback(struct rlc_postgres *postgres);

#endif
