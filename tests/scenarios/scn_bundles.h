/* SPDX-License-Identifier: Apache-2.0 */
/* The policies that scripts name: tests/scenarios/policies/<name>, laid over policies/common, so
 * that a folder holds only what is special about it. */
#ifndef RLC_SCENARIOS_SCN_BUNDLES_H
#define RLC_SCENARIOS_SCN_BUNDLES_H

#include "common/policy/bundle_build.h"
#include "common/runtime/bundles.h"

#include "core/policy.h"

enum { SCN_POLICIES_MAX = 8 };

struct scn_policy {
    char name[64];
    struct rlc_bundle_build *build;
    struct rlc_arena arena;
    const struct policy *policy;
};

struct scn_bundles {
    struct scn_policy policies[SCN_POLICIES_MAX];
    size_t count;
    struct rlc_bundles *catalog; /* as the worker sees it */
};

bool scn_bundles_open(struct scn_bundles *bundles);
void scn_bundles_close(struct scn_bundles *bundles);

/* The policy of that name, built, checked and published at its first use; NULL with a sentence in
 * `ret_mistake`. */
const struct scn_policy *scn_bundles_get(struct scn_bundles *bundles, const char *name,
                                         char *ret_mistake, size_t capacity);

#endif
