/* SPDX-License-Identifier: Apache-2.0 */
/* What every implementation of the hot state answers: one table of behaviours, run against the one
 * in memory and the one in Redis. Each row says its answer as a short text, so that the runs can be
 * compared literally. */
#ifndef RLC_TESTS_VIEW_PARITY_H
#define RLC_TESTS_VIEW_PARITY_H

#include "common/runtime/view.h"

/* A store with three views on it. Rows use partitions of their own, from 0 up, and expect the store
 * to be empty at first. */
struct view_parity_world {
    struct rlc_view *a;     /* a worker ... */
    struct rlc_view *b;     /* ... and another process of the same worker: they share the slices */
    struct rlc_view *other; /* another worker: shares nothing with them */
    void *context;
    /* FLUSHALL, or the like: everything in the store is gone. */
    void (*flush_all)(void *context);
    /* Takes one record out of a slice of the first worker, behind the store's back. */
    void (*lose_record)(void *context, int32_t partition, struct rlc_span key);
};

/* Runs all rows, prints one line for each ("name: answer", and what was expected if it differs).
 * How many rows differ. */
size_t view_parity_run(const struct view_parity_world *world);

#endif
