/* SPDX-License-Identifier: Apache-2.0 */
/* What scenario keeps: the fold of its changelog. */
#ifndef RLC_TESTS_LINE_STATE_H
#define RLC_TESTS_LINE_STATE_H

#include "tests/support/line.h"

/* The last record of a key in a partition; a value without data: it was deleted. */
struct line_kept {
    struct rlc_span key;
    struct rlc_span value;
    int32_t partition;
    int64_t offset;
};

struct line_state {
    struct rlc_arena arena;
    struct line_kept *kept; /* by key, then partition; without checkpoints */
    size_t count;
    size_t capacity;
};

/* Reads it; fails the test where the hot state is not the same. */
void line_state_read(struct line *line, struct line_state *ret_state);
void line_state_free(struct line_state *state);

/* SHA-256 over the state records of all debtors, sorted by key: the same for any number of
 * partitions, and the one that tests/support/installation.py makes of the real changelog. */
struct rlc_hash line_state_hash(struct line *line);

#endif
