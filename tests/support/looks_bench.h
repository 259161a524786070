/* SPDX-License-Identifier: Apache-2.0 */
/* A last look's world in memory: a log of `debtor-events`, scenario's hot state, what ingest says,
 * and one request about a debtor. At first everything has been read and decided and the request is
 * exact. */
#ifndef RLC_TESTS_LOOKS_BENCH_H
#define RLC_TESTS_LOOKS_BENCH_H

#include "looks.h"

#include "common/memory/bus_memory.h"
#include "common/memory/view_memory.h"

enum {
    LOOKS_PARTITIONS = 6,
    LOOKS_DEBTOR_EPOCH = 3,
    LOOKS_ACCOUNT_EPOCH = 5,
    LOOKS_SCOPE_REVISION = 2,
    LOOKS_DEBTORS = 4
};

#define LOOKS_TENANT   "acme"
#define LOOKS_CREDITOR "FR"
#define LOOKS_BEGIN_MS INT64_C(1700000000000)

/* What ingest says. */
struct looks_intake {
    struct rlc_freshness freshness;
    struct rlc_freshness_source source;
    struct rlc_freshness_line line;
    bool known;
    bool away;
};

/* The look's view of scenario's slices. */
struct looks_reader {
    struct rlc_view view;
    struct rlc_view *inner;
    rlc_ms *now_ms;
    rlc_ms takes_ms; /* so long a read lasts */
};

struct looks_bench {
    rlc_ms now_ms;
    struct rlc_memory_broker *broker;
    struct rlc_bus *asks;   /* the look's */
    struct rlc_bus *writes; /* scenario's and ingest's, in transactions */
    struct rlc_memory_store *store;
    struct rlc_view *owner; /* scenario's */
    struct looks_reader reader;
    struct looks_intake intake;
    struct looks *looks;
    struct rlc_arena arena;
    /* Three in partitions of their own, none of them the tenant's; the last beside the first, whom
     * the request is about. */
    char debtors[LOOKS_DEBTORS][8];
    struct rlc_alias alias;
    struct rlc_account_part account;
    struct rlc_contact_request request;
    struct look look;              /* the last one */
    int64_t off[LOOKS_PARTITIONS]; /* where scenario's slices stand */
};

/* Set-up and tear-down of a test. */
int bench_open(void **state);
int bench_close(void **state);

/* The looks begin anew: nothing was asked yet. */
void bench_restart(struct looks_bench *bench, bool stepped,
                   const uint8_t installation[RLC_UUID_SIZE]);
extern const uint8_t bench_installation[RLC_UUID_SIZE];

/* ---- the log ---- */

int32_t bench_partition(struct looks_bench *bench, size_t debtor);
int32_t bench_tenants(void);
/* Appends a record in a transaction of its own, which stays open if `open`. */
void bench_append(struct looks_bench *bench, int32_t partition, bool open);
int64_t bench_end(struct looks_bench *bench, int32_t partition);

/* ---- scenario ---- */

/* Scenario has looked that far. */
void bench_see(struct looks_bench *bench, int32_t partition, int64_t seen);
void bench_see_all(struct looks_bench *bench);
/* Writes a record into a slice. */
void bench_put(struct looks_bench *bench, int32_t partition, struct rlc_span key,
               struct rlc_span value);
void bench_put_scope(struct looks_bench *bench, uint8_t revision);
void bench_put_debtor(struct looks_bench *bench, uint8_t epoch);
void bench_put_account(struct looks_bench *bench, uint8_t epoch);
/* Keys of the debtor's records, in the arena. */
struct rlc_span bench_debtor_key(struct looks_bench *bench);
struct rlc_span bench_account_key(struct looks_bench *bench);

/* ---- looking ---- */

/* Takes a look at the request: what it waits for. */
enum look_wait bench_take(struct looks_bench *bench);

#endif
