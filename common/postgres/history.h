/* SPDX-License-Identifier: Apache-2.0 */
/* What the trail holds about one debtor, in the order of the log: for people who ask why. */
#ifndef RLC_POSTGRES_HISTORY_H
#define RLC_POSTGRES_HISTORY_H

#include "common/postgres/connection.h"

/* One fact of scenario; borrowed during the call. */
struct rlc_history_row {
    int32_t partition;
    int64_t off; /* where it stood in `debtor-facts` */
    struct rlc_span raw;
};

struct rlc_history {
    struct rlc_span tenant;
    struct rlc_span debtor; /* without NUL */
    rlc_ms until_ms;        /* facts decided up to then; 0 = all */
    /* False ends the reading. */
    bool (*on_row)(void *context, const struct rlc_history_row *row);
    void *context;
};

/* Reads them, needing to read audit_log and audit_part only. The debtor's partition is looked into
 * first, and all others only if it holds nothing about the debtor. RLC_OK also where there is
 * nothing. The connection is dropped if `on_row` ends the reading early. */
RLC_NODISCARD enum rlc_status rlc_history_read(struct rlc_postgres *postgres,
                                               const struct rlc_history *history,
                                               struct rlc_error *reterr);

#endif
