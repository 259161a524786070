/* SPDX-License-Identifier: Apache-2.0 */
/* Legal-escalation's part of a bundle: from files to the constant structs of core/procedure.h.
 *
 * Reading is strict: whatever is unknown, doubled, out of range or leads nowhere is an error with
 * file, line and column. Checking goes further and looks for what is legal and cannot be meant: a
 * state that is never reached, an act that nobody may approve, a filing that no payment recalls. */
#ifndef LEGAL_POLICY_LEGAL_POLICY_H
#define LEGAL_POLICY_LEGAL_POLICY_H

#include <stdio.h>

#include "common/policy/problems.h"
#include "common/runtime/bundles.h"

#include "core/procedure.h"

/* Address space that is enough for the procedures of the largest bundle. */
#define LEGAL_POLICY_BYTES ((size_t)32 << 20)

/* Reads the policy of a bundle; one without procedures has an empty one. All of it lives in the
 * arena, nothing points into the bundle. RLC_REJECT with the first error (place and cause) for a
 * bundle that is wrong, RLC_FATAL when the arena is too small or memory is short. */
RLC_NODISCARD enum rlc_status legal_policy_load(const struct rlc_bundle *bundle,
                                                struct rlc_arena *arena,
                                                const struct legal_policy **ret_policy,
                                                struct rlc_error *reterr);

/* Reads and proves a bundle before it is published: errors and warnings are added to `problems`.
 * RLC_OK when there is no error. */
RLC_NODISCARD enum rlc_status legal_policy_check(const struct rlc_bundle *bundle,
                                                 struct rlc_problems *problems,
                                                 struct rlc_error *reterr);

/* Prints what the files may hold, as Markdown. */
void legal_policy_document(FILE *out);

#endif
