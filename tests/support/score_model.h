/* SPDX-License-Identifier: Apache-2.0 */
/* A model.yaml without a bundle around it. */
#ifndef RLC_TESTS_SCORE_MODEL_H
#define RLC_TESTS_SCORE_MODEL_H

#include "common/pure/arena.h"

struct scoring_model;

/* The model of a file; it lives in the arena, which is mapped here and the caller's to unmap. NULL:
 * why was said on standard error. */
const struct scoring_model *score_model_read(const char *path, struct rlc_arena *arena);

#endif
