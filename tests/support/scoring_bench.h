/* SPDX-License-Identifier: Apache-2.0 */
/* A debtor's life in facts, for tests of scoring's core: no loop, no log. */
#ifndef RLC_TESTS_SCORING_BENCH_H
#define RLC_TESTS_SCORING_BENCH_H

#include "core/scoring.h"

/* D of the debtor, its creditor and currency. */
#define BENCH_TENANT   "acme"
#define BENCH_DEBTOR   "D-1"
#define BENCH_CREDITOR "FR"
#define BENCH_CURRENCY "EUR"

struct bench {
    uint8_t *memory;
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    const struct scoring_model *model;
    rlc_day today;
    struct scoring_decision last; /* what the latest fact led to */
    size_t said;                  /* outputs so far */
};

/* A model of one rising curve over the overdue documents, one over the share of late ones and one
 * over the weekday; bands A below 25 %, B below 60 %, C. */
extern const struct scoring_model BENCH_MODEL;

void bench_open(struct bench *bench, const struct scoring_model *model, rlc_day today);
void bench_close(struct bench *bench);

/* Takes a fact of `today`; its envelope is filled in. */
void bench_take(struct bench *bench, struct rlc_debtor_fact *fact);

/* A document of `minor` is issued today; money pays it, with value date today; it is credited. */
void bench_issue(struct bench *bench, const char *document, int64_t minor, rlc_day due_on);
void bench_pay(struct bench *bench, const char *document, int64_t minor, rlc_day due_on);
void bench_part(struct bench *bench, const char *document, int64_t minor, int64_t open,
                rlc_day due_on);
void bench_credit(struct bench *bench, const char *document, int64_t minor, rlc_day due_on);

/* The debtor's profile, NULL: none. */
const struct rlc_profile *bench_profile(struct bench *bench);
/* Its values today. */
struct scoring_values bench_values(struct bench *bench);
/* The open item of a document, NULL: none. */
const struct rlc_open_item *bench_item(struct bench *bench, const char *document);

#endif
