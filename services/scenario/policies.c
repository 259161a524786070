/* SPDX-License-Identifier: Apache-2.0 */
#include "policies.h"

#include <stdlib.h>
#include <string.h>

#include "common/runtime/error.h"
#include "common/runtime/memory.h"
#include "policy/scenario_policy.h"

struct entry {
    struct rlc_hash hash;
    struct rlc_arena arena;
    const struct policy *policy;
};

struct scenario_policies {
    size_t count;
    struct entry entries[SCENARIO_POLICIES_MAX];
};

struct scenario_policies *scenario_policies_new(void)
{
    return calloc(1, sizeof(struct scenario_policies));
}

void scenario_policies_free(struct scenario_policies *policies)
{
    for (size_t i = 0; policies && i < policies->count; i++)
        rlc_arena_unmap(&policies->entries[i].arena);
    free(policies);
}

static bool same(const struct rlc_hash *a, const struct rlc_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static enum rlc_status add(struct scenario_policies *policies, const struct rlc_bundle *bundle,
                           const struct policy **ret_policy, struct rlc_error *reterr)
{
    struct entry *entry = &policies->entries[policies->count];
    enum rlc_status status;

    if (policies->count == SCENARIO_POLICIES_MAX)
        return rlc_error_set(reterr, RLC_FATAL, "policies", 0, "too many bundles in use");
    if (rlc_arena_map(&entry->arena, SCENARIO_POLICY_BYTES) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, "policies", 0, "out of memory");
    status = scenario_policy_load(bundle, &entry->arena, &entry->policy, reterr);
    if (status != RLC_OK) {
        rlc_arena_unmap(&entry->arena);
        return RLC_FATAL;
    }
    entry->hash = bundle->hash;
    *ret_policy = entry->policy;
    policies->count++;
    return RLC_OK;
}

enum rlc_status scenario_policies_get(struct scenario_policies *policies,
                                      const struct rlc_bundles *bundles,
                                      const struct rlc_hash *hash, const struct policy **ret_policy,
                                      struct rlc_error *reterr)
{
    static const struct rlc_hash empty;
    const struct rlc_bundle *bundle;

    *ret_policy = &POLICY_EMPTY;
    if (same(hash, &empty))
        return RLC_OK;
    for (size_t i = 0; i < policies->count; i++) {
        *ret_policy = policies->entries[i].policy;
        if (same(&policies->entries[i].hash, hash))
            return RLC_OK;
    }
    *ret_policy = &POLICY_EMPTY;
    bundle = rlc_bundles_find(bundles, hash);
    if (!bundle) {
        return rlc_error_set(reterr, RLC_RETRY, "policies", 0,
                             "bundle %02x%02x%02x%02x... is not in the topic of bundles: publish "
                             "it with 'relancectl bundle publish'",
                             hash->bytes[0], hash->bytes[1], hash->bytes[2], hash->bytes[3]);
    }
    return add(policies, bundle, ret_policy, reterr);
}
