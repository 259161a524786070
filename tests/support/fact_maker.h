/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up stream of facts, chained as the loop chains them: receivables that open, fall due, are
 * asked for, stay silent and are paid. */
#ifndef RLC_TESTS_FACT_MAKER_H
#define RLC_TESTS_FACT_MAKER_H

#include "common/runtime/bundles.h"
#include "common/wire/debtor_fact.h"

struct fact_maker {
    int32_t partition;
    struct rlc_chain chain; /* for the next record */
    uint64_t count;         /* facts made so far */
    uint8_t memory[256 * 1024];
};

/* Installation of all made-up chains. */
extern const uint8_t FACT_MAKER_INSTALLATION[RLC_UUID_SIZE];

void fact_maker_init(struct fact_maker *maker, int32_t partition);

/* The next fact's bytes; valid until the next call. */
struct rlc_span fact_maker_next(struct fact_maker *maker);

/* The bytes of a given fact as the next link of the chain; valid until the next call. */
struct rlc_span fact_maker_link(struct fact_maker *maker, struct rlc_debtor_fact *fact);

/* How many facts of each lifetime of a receivable, and what they are, in this order. */
enum { FACT_LIFE = 8 };
extern const enum rlc_fact_kind FACT_LIFE_KINDS[FACT_LIFE];

#endif
