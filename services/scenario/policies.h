/* SPDX-License-Identifier: Apache-2.0 */
/* The policies a scenario worker decides by, one for each bundle hash that anybody has named. */
#ifndef SCENARIO_POLICIES_H
#define SCENARIO_POLICIES_H

#include "common/runtime/bundles.h"

#include "core/policy.h"

/* Bundles one worker may hold: tenants that are active, and those they came from. */
#define SCENARIO_POLICIES_MAX 256

struct scenario_policies;

/* An empty set; NULL when memory is short. */
RLC_NODISCARD struct scenario_policies *scenario_policies_new(void);
void scenario_policies_free(struct scenario_policies *policies); /* accepts NULL */

/* The policy of a bundle of the catalog, read at its first use and kept. RLC_RETRY: the catalog
 * lacks the bundle; RLC_FATAL: it cannot be read (place and cause in `reterr`), or there are too
 * many. The all-zero hash is the built-in empty policy. */
RLC_NODISCARD enum rlc_status scenario_policies_get(struct scenario_policies *policies,
                                                    const struct rlc_bundles *bundles,
                                                    const struct rlc_hash *hash,
                                                    const struct policy **ret_policy,
                                                    struct rlc_error *reterr);

#endif
