/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario's part of a bundle: from files to the constant structs of core/policy.h.
 *
 * Reading is strict: whatever is unknown, doubled, out of range or refers to nothing is an error
 * with file, line and column. A bundle that is read without an error is complete; checking goes
 * further and looks for what is legal and cannot be meant (prove.c). */
#ifndef SCENARIO_POLICY_SCENARIO_POLICY_H
#define SCENARIO_POLICY_SCENARIO_POLICY_H

#include <stdio.h>

#include "common/policy/problems.h"
#include "common/runtime/bundles.h"

#include "core/policy.h"

/* Address space that is enough for the policy of the largest bundle. */
#define SCENARIO_POLICY_BYTES ((size_t)64 << 20)

/* Reads the policy of a bundle. All of it lives in the arena, nothing points into the bundle.
 * RLC_REJECT with the first error (place and cause) for a bundle that is wrong or of a format this
 * program does not know; RLC_FATAL when the arena is too small or memory is short. */
RLC_NODISCARD enum rlc_status scenario_policy_load(const struct rlc_bundle *bundle,
                                                   struct rlc_arena *arena,
                                                   const struct policy **ret_policy,
                                                   struct rlc_error *reterr);

/* Reads and proves a bundle before it is published: errors and warnings are added to `problems`.
 * RLC_OK when there is no error (warnings may be there), else as scenario_policy_load(). */
RLC_NODISCARD enum rlc_status scenario_policy_check(const struct rlc_bundle *bundle,
                                                    struct rlc_problems *problems,
                                                    struct rlc_error *reterr);

/* Prints what the files may hold, as Markdown. */
void scenario_policy_document(FILE *out);

#endif
