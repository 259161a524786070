/* SPDX-License-Identifier: Apache-2.0 */
#include "policies.h"

#include "policy/scenario_policy.h"

static enum rlc_status load(const struct rlc_bundle *bundle, struct rlc_arena *arena,
                            const void **ret_part, struct rlc_error *reterr)
{
    const struct policy *policy = NULL;
    enum rlc_status status = scenario_policy_load(bundle, arena, &policy, reterr);

    *ret_part = policy;
    return status;
}

static const struct rlc_bundle_parts_config POLICIES = { "policies", SCENARIO_POLICY_BYTES, load };

struct rlc_bundle_parts *scenario_policies_new(void)
{
    return rlc_bundle_parts_new(&POLICIES);
}

enum rlc_status scenario_policies_get(struct rlc_bundle_parts *policies,
                                      const struct rlc_bundles *bundles,
                                      const struct rlc_hash *hash, const struct policy **ret_policy,
                                      struct rlc_error *reterr)
{
    const void *part;
    enum rlc_status status = rlc_bundle_parts_need(policies, bundles, hash, &part, reterr);

    *ret_policy = part ? part : &POLICY_EMPTY;
    return status;
}
