/* SPDX-License-Identifier: Apache-2.0 */
/* The policies a scenario worker decides by, one for each bundle hash that anybody has named. */
#ifndef SCENARIO_POLICIES_H
#define SCENARIO_POLICIES_H

#include "common/runtime/bundle_parts.h"

#include "core/policy.h"

/* An empty set, for rlc_bundle_parts_free(); NULL when memory is short. */
RLC_NODISCARD struct rlc_bundle_parts *scenario_policies_new(void);

/* The policy of a bundle of the catalog, read at its first use and kept. RLC_RETRY: the catalog
 * lacks the bundle; RLC_FATAL: it cannot be read (place and cause in `reterr`), or there are too
 * many. The all-zero hash is the built-in empty policy. */
RLC_NODISCARD enum rlc_status scenario_policies_get(struct rlc_bundle_parts *policies,
                                                    const struct rlc_bundles *bundles,
                                                    const struct rlc_hash *hash,
                                                    const struct policy **ret_policy,
                                                    struct rlc_error *reterr);

#endif
