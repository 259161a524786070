/* SPDX-License-Identifier: Apache-2.0 */
/* What every bus answers: one table of behaviours of the log, its transactions and its groups, run
 * against the broker in memory and against Kafka. Each row says its answer as a short text, so that
 * the runs can be compared literally. */
#ifndef RLC_TESTS_PARITY_H
#define RLC_TESTS_PARITY_H

#include "common/runtime/bus.h"

enum {
    PARITY_IN,      /* PARITY_PARTITIONS partitions; what members subscribe to */
    PARITY_OUT,     /* 2 partitions */
    PARITY_STATE,   /* 1 partition, compacted as soon as possible */
    PARITY_STAMPED, /* 1 partition, stamped when it is appended */
    PARITY_TOPICS,
    PARITY_MISSING = PARITY_TOPICS, /* a name that no topic has */
    PARITY_NAMES
};

#define PARITY_PARTITIONS 3

/* A broker, and how to make it do what it does in its own time. */
struct parity_world {
    void *context;
    const char *topics[PARITY_NAMES];
    const char *group;
    int patience; /* attempts after which what was waited for will not come */
    int quiet;    /* attempts during which nothing may come */
    /* Makes topics and group anew, under names that were never used: called before each row. */
    void (*renew)(struct parity_world *world);
    enum rlc_status (*open)(void *context, const struct rlc_bus_config *config,
                            struct rlc_bus **ret_bus, struct rlc_error *reterr);
    /* Lets some time pass between two attempts. */
    void (*pause)(void *context);
    /* Waits until transactions that are open now have timed out. */
    void (*expire_transactions)(void *context);
    /* Waits until the session of a member that is no longer there has timed out. */
    void (*expire_member)(void *context, const char *group, const char *member);
    /* Gives the cleaner time; to be repeated until it has run. */
    void (*compact)(void *context, const char *topic);
    /* What a real broker cannot be told to do; NULL there. See memory_faults.h. */
    void (*tear)(void *context, const char *transactional_id, uint32_t after);
    void (*delay_markers)(void *context, bool delayed);
};

/* Runs all rows, prints one line for each ("name: answer", and what was expected if it differs).
 * How many rows differ. */
size_t parity_run(struct parity_world *world);

#endif
