/* SPDX-License-Identifier: Apache-2.0 */
/* What the trail holds about one debtor, in the order of the log: for people who ask why. */
#ifndef RLC_POSTGRES_HISTORY_H
#define RLC_POSTGRES_HISTORY_H

#include "common/postgres/walk.h"

/* One record of the trail; borrowed during the call. */
struct rlc_history_row {
    const char *worker; /* as the caller named it */
    int32_t partition;
    struct rlc_walk_row record;
};

struct rlc_history {
    struct rlc_span tenant;
    struct rlc_span debtor; /* without NUL */
    rlc_ms until_ms;        /* records decided up to then; 0 = all */
    /* Whose records, one worker after the other; none named = those of scenario, its facts. */
    const char *const *workers;
    size_t worker_count;
    /* False ends the reading. */
    bool (*on_row)(void *context, const struct rlc_history_row *row);
    void *context;
};

/* Reads them in one snapshot, needing to read audit_log and audit_part only. The debtor's partition
 * is looked into first, and all others only if it holds nothing about the debtor. RLC_OK also where
 * there is nothing. The connection is dropped if `on_row` ends the reading early. */
RLC_NODISCARD enum rlc_status rlc_history_read(struct rlc_postgres *postgres,
                                               const struct rlc_history *history,
                                               struct rlc_error *reterr);

/* Whether the row is whole by itself: its leaf is that of its bytes, its head follows from what the
 * record says of the head before it, and its columns say what the record says. Otherwise false, and
 * what is wrong. That it stands in its chain only its neighbours show. */
bool rlc_history_is_whole(const struct rlc_history_row *row, struct rlc_trail_finding *ret_finding);

/* One link of a chain, whosever record it is; borrowed during the call. */
struct rlc_history_link {
    int64_t off;
    int64_t seq;
    struct rlc_span leaf;
    struct rlc_span head;
};

/* A stretch of one chain, both ends included. */
struct rlc_history_stretch {
    const char *worker;
    int32_t partition;
    int64_t first_off;
    int64_t last_off;
    /* False ends the reading. */
    bool (*on_link)(void *context, const struct rlc_history_link *link);
    void *context;
};

/* Reads its links in the order of the log. Otherwise as rlc_history_read(). */
RLC_NODISCARD enum rlc_status rlc_history_links(struct rlc_postgres *postgres,
                                                const struct rlc_history_stretch *stretch,
                                                struct rlc_error *reterr);

#endif
