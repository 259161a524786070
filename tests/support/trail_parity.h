/* SPDX-License-Identifier: Apache-2.0 */
/* What every trail (common/runtime/trail.h) must answer alike: run over the one in memory and over
 * PostgreSQL. Asserts by cmocka. */
#ifndef RLC_TESTS_TRAIL_PARITY_H
#define RLC_TESTS_TRAIL_PARITY_H

#include "common/runtime/trail.h"

struct trail_parity_row {
    const char *name;
    /* `partition` is one that the trail knows nothing of, nor of the next one. */
    void (*run)(struct rlc_trail *trail, int32_t partition);
};

extern const struct trail_parity_row TRAIL_PARITY[];
extern const size_t TRAIL_PARITY_COUNT;

/* Runs all rows, printing their names. */
void trail_parity_run(struct rlc_trail *trail);

#endif
