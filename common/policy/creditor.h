/* SPDX-License-Identifier: Apache-2.0 */
/* Who is owed, as messages name it: the `title` of `creditors/<name>.yaml`. */
#ifndef RLC_POLICY_CREDITOR_H
#define RLC_POLICY_CREDITOR_H

#include "common/pure/arena.h"
#include "common/runtime/bundles.h"

/* The title of a creditor by its id, in the arena or borrowed from the bundle; empty when the
 * bundle has no such creditor, or the arena no room. */
struct rlc_span rlc_creditor_title(const struct rlc_bundle *bundle, struct rlc_span creditor,
                                   struct rlc_arena *arena);

#endif
