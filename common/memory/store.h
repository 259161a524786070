/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the store in memory: for view_memory.c and freshness_memory.c only. */
#ifndef RLC_MEMORY_STORE_H
#define RLC_MEMORY_STORE_H

#include "common/memory/view_memory.h"
#include "common/runtime/freshness.h"

struct worker_slices;

/* A source as expected, or a partition of one as published. */
struct rlc_memory_expected {
    char tenant[RLC_TENANT_MAX + 1];
    char name[RLC_ID_MAX + 1];
    int32_t partitions;
};

struct rlc_memory_told {
    char name[RLC_ID_MAX + 1];
    int32_t partition;
    struct rlc_freshness_line line;
};

/* What ingest has said. */
struct rlc_memory_fresh {
    bool known; /* `expected` is an answer, though it be empty */
    struct rlc_memory_expected *expected;
    size_t expected_count;
    size_t expected_capacity;
    struct rlc_memory_told *told;
    size_t told_count;
    size_t told_capacity;
};

struct rlc_memory_store {
    struct worker_slices **workers;
    size_t count;
    size_t capacity;
    struct rlc_memory_fresh fresh;
    size_t handles; /* open */
    bool away;
};

#endif
