/* SPDX-License-Identifier: Apache-2.0 */
/* `model.yaml`, scoring's part of a bundle: from the file to the structs of core/scorecard.h.
 *
 * Reading is strict: whatever is unknown, doubled, out of order or out of range is an error with
 * file, line and column. */
#ifndef SCORING_POLICY_MODEL_FILE_H
#define SCORING_POLICY_MODEL_FILE_H

#include <stdio.h>

#include "common/policy/problems.h"
#include "common/pure/arena.h"
#include "common/runtime/bundles.h"

struct scoring_model;

/* Address space that is enough for the largest model. */
#define SCORING_MODEL_BYTES ((size_t)1 << 20)

/* Reads the model of a bundle; NULL when the bundle has none. All of it lives in the arena, nothing
 * points into the bundle. RLC_REJECT with the first error for a file that is wrong; RLC_FATAL when
 * the arena is too small or memory is short. */
RLC_NODISCARD enum rlc_status scoring_model_load(const struct rlc_bundle *bundle,
                                                 struct rlc_arena *arena,
                                                 const struct scoring_model **ret_model,
                                                 struct rlc_error *reterr);

/* Reads the model before the bundle is published: errors are added to `problems`. */
RLC_NODISCARD enum rlc_status scoring_model_check(const struct rlc_bundle *bundle,
                                                  struct rlc_problems *problems,
                                                  struct rlc_error *reterr);

/* Prints docs/MODEL.md. */
void scoring_model_document(FILE *out);

#endif
