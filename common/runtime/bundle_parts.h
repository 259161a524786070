/* SPDX-License-Identifier: Apache-2.0 */
/* What one worker reads out of bundles: its part of each, one for each bundle hash that anybody has
 * named, read at its first use and kept. */
#ifndef RLC_RUNTIME_BUNDLE_PARTS_H
#define RLC_RUNTIME_BUNDLE_PARTS_H

#include "common/runtime/bundles.h"

/* Bundles one worker may hold: tenants that are active, and those they came from. */
#define RLC_BUNDLE_PARTS_MAX 256

struct rlc_bundle_parts_config {
    const char *name; /* of the parts, in messages: "policies" */
    size_t bytes;     /* address space for one part */
    /* Reads the part of a bundle into the arena. `*ret_part` NULL: the bundle has none. Anything
     * else than RLC_OK, with place and cause in `reterr`, is RLC_FATAL for whoever needs it. */
    enum rlc_status (*load)(const struct rlc_bundle *bundle, struct rlc_arena *arena,
                            const void **ret_part, struct rlc_error *reterr);
};

struct rlc_bundle_parts;

/* An empty set; NULL when memory is short. The configuration outlives it. */
RLC_NODISCARD struct rlc_bundle_parts *
rlc_bundle_parts_new(const struct rlc_bundle_parts_config *config);
void rlc_bundle_parts_free(struct rlc_bundle_parts *parts); /* accepts NULL */

/* The part of a bundle that was read; NULL: it has none, as the all-zero hash, the built-in empty
 * bundle. False, and NULL: it was not read. */
bool rlc_bundle_parts_get(const struct rlc_bundle_parts *parts, const struct rlc_hash *hash,
                          const void **ret_part);

/* The same, reading a bundle of the catalog that was not read before. RLC_RETRY: the catalog lacks
 * it; RLC_FATAL: it cannot be read, or there are too many; then the part is NULL. */
RLC_NODISCARD enum rlc_status
rlc_bundle_parts_need(struct rlc_bundle_parts *parts, const struct rlc_bundles *bundles,
                      const struct rlc_hash *hash, const void **ret_part, struct rlc_error *reterr);

#endif
