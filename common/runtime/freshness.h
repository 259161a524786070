/* SPDX-License-Identifier: Apache-2.0 */
/* How far ingest has read the live payment sources. A contact goes out only while what may have
 * been paid has been read; a last look asks this first. Written by ingest, read by the notifier.
 *
 * Status of every call: RLC_OK, or RLC_RETRY when the store is away. Blocks for one round trip. */
#ifndef RLC_RUNTIME_FRESHNESS_H
#define RLC_RUNTIME_FRESHNESS_H

#include "common/pure/arena.h"
#include "common/pure/span.h"
#include "common/pure/status.h"
#include "common/wire/limits.h"

/* How far one partition of a source was read, as of `at_ms`. */
struct rlc_freshness_line {
    int64_t position; /* the oldest record polled and not finished, else as far as was looked */
    int64_t watermark;
    /* Since when position < watermark; RLC_MS_NONE: it is not. Long ago where nobody watched: a
     * reader that comes back must not have contacts leave ahead of what piled up meanwhile. */
    rlc_ms behind_since_ms;
    rlc_ms at_ms; /* RLC_MS_NONE: nothing was published */
};

/* A live payment source. */
struct rlc_freshness_source {
    struct rlc_span tenant;           /* whose contacts wait for it; empty: everybody's */
    struct rlc_span name;             /* an identifier (common/pure/text.h) */
    int32_t partitions;               /* 1 to RLC_PARTITIONS_MAX */
    struct rlc_freshness_line *lines; /* one for each partition; not looked at by expect() */
};

struct rlc_freshness_state {
    bool known; /* false: nobody has said what to expect, so nobody may send */
    const struct rlc_freshness_source *sources;
    size_t count;
};

struct rlc_freshness;

struct rlc_freshness_ops {
    /* Says how far partition `partition` of source `source` was read. */
    enum rlc_status (*publish)(struct rlc_freshness *freshness, struct rlc_span source,
                               int32_t partition, const struct rlc_freshness_line *line,
                               struct rlc_error *reterr);
    /* Replaces the list of sources that must be fresh. No source is an answer, too. RLC_REJECT for
     * a source that breaks the rules of its struct. */
    enum rlc_status (*expect)(struct rlc_freshness *freshness,
                              const struct rlc_freshness_source *sources, size_t count,
                              struct rlc_error *reterr);
    /* Everything, of one instant, in the arena. What cannot be understood counts as not published.
     * RLC_REJECT when the arena is too small. */
    enum rlc_status (*read)(struct rlc_freshness *freshness, struct rlc_arena *arena,
                            struct rlc_freshness_state *ret_state, struct rlc_error *reterr);
    void (*close)(struct rlc_freshness *freshness);
};

/* Implementations embed this as their first member. */
struct rlc_freshness {
    const struct rlc_freshness_ops *ops;
};

/* Whether the payments that the tenant's live sources hold have been read, as far as anybody knows:
 * each line that must be there is at most 10 s old and not behind for more than 60 s. In a stepped
 * installation, whose time waits, nothing may be left at all. `now_ms` is the wall clock's. */
bool rlc_freshness_holds(const struct rlc_freshness_state *state, struct rlc_span tenant,
                         rlc_ms now_ms, bool stepped);

#endif
