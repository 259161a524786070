/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the scenario bench: what its files share. Not for tests. */
#ifndef RLC_TESTS_SCENARIO_BENCH_INNER_H
#define RLC_TESTS_SCENARIO_BENCH_INNER_H

#include "tests/support/scenario_bench.h"

#define BATCH_BYTES ((size_t)96 << 20)
#define LOG_BYTES   ((size_t)160 << 20)
enum { ROUNDS_MAX = 4, QUEUE_MAX = 20000, OVERLAY_BITS = 10 };

struct record {
    uint8_t *key;
    size_t key_size;
    uint8_t *value;
    size_t value_size;
};

struct item {
    struct scenario_event event;
    rlc_ms now_ms;
};

struct scenario_bench {
    const struct policy *const *policies;
    size_t policy_count;
    size_t batch;
    struct scenario_world world;

    struct rlc_arena arena; /* one batch */
    struct rlc_arena log;   /* for ever: events, facts, requests */
    struct record *records; /* sorted by key */
    size_t record_count;
    size_t record_capacity;

    struct item *queue;
    size_t queued;
    rlc_ms now_ms;  /* of the next event */
    rlc_ms time_ms; /* the partition's */
    int64_t offset;
    uint64_t next_id;

    const struct rlc_debtor_fact **facts;
    size_t fact_count;
    size_t fact_capacity;
    const struct rlc_contact_request **requests;
    size_t request_count;
    size_t request_capacity;
    const struct rlc_legal_inbox **legals;
    size_t legal_count;
    size_t legal_capacity;
    size_t scopes_told; /* scopes that legal-escalation was told */
    struct bench_letter *letters;
    size_t letter_count;
    size_t letter_capacity;
    struct rlc_scope *decided_scope; /* to be read back */
    uint64_t digest;                 /* of all outputs */
    size_t reads;
};

/* Place of a record in the map, or where it belongs. */
size_t bench_place(const struct scenario_bench *bench, struct rlc_span key, bool *ret_found);

/* Queues an event at the bench's time. */
void bench_push(struct scenario_bench *bench, const struct scenario_event *event);

/* Queues every debtor that is due by `until_ms`, or all for a sweep. */
void bench_push_debtors(struct scenario_bench *bench, const struct scenario_event *event,
                        rlc_ms until_ms);

/* Folds bytes into the digest. */
void bench_note(struct scenario_bench *bench, struct rlc_span bytes);

#endif
