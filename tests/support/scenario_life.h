/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of random events about one account: invoices amended and cancelled, payments named anew and
 * reversed, credit notes, disputes. Each event has its own id and time; the order is the test's. */
#ifndef RLC_TESTS_SCENARIO_LIFE_H
#define RLC_TESTS_SCENARIO_LIFE_H

#include "tests/support/scenario_bench.h"

enum { LIFE = 200, LIFE_DOCUMENTS = 24, LIFE_PAYMENTS = 30 };

struct life {
    bool wide;
    struct rlc_debtor_event event[LIFE];
    struct rlc_allocation allocation[LIFE][3];
    char id[LIFE][8];
    char names[LIFE_DOCUMENTS + LIFE_PAYMENTS * 2][8];
};

/* A life, to be freed. A wide one has two currencies, opening items and write-offs besides: what is
 * written off depends on what is open, so its events have one order. */
struct life *life_make(uint64_t seed, bool wide);

#endif
