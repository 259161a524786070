/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL and Redis as the commands use them, and what was sealed. */
#ifndef RELANCECTL_STORES_H
#define RELANCECTL_STORES_H

#include "cli.h"
#include "common/postgres/connection.h"
#include "common/runtime/view.h"

/* Says what ails a store and returns the exit code: CTL_UNAVAILABLE where it does not answer,
 * CTL_CONFIG where somebody has to change something. */
int ctl_fail_store(const struct ctl *ctl, const char *store, const struct rlc_error *error);

/* A connection by postgres.dsn, tried once. `statement_ms` as in rlc_postgres_config. CTL_OK, or
 * the exit code after a message. */
int ctl_postgres_open(struct ctl *ctl, int32_t statement_ms, struct rlc_postgres **ret_postgres);

/* The hot state of a worker; CTL_OK, or the exit code after a message. */
int ctl_view_open(struct ctl *ctl, const char *worker, struct rlc_view **ret_view);

#define CTL_WHY_SIZE 320

/* Opens a sealed value with the tenants' keys of `folder` (NULL: none was named). The plain text
 * lies in `arena`; {NULL, 0}, and the reason in `why`, where it cannot be opened. */
struct rlc_span ctl_unseal(struct ctl *ctl, const char *folder, struct rlc_span tenant,
                           const struct rlc_sealed *sealed, struct rlc_arena *arena,
                           char why[CTL_WHY_SIZE]);

/* Whether that is why: the subject was erased, and nobody can open it ever again. */
bool ctl_why_erased(const char *why);

#endif
