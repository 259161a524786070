/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bundle_feed.h"

#include "common/policy/bundle_catalog.h"

bool bundle_feed_some(const struct rlc_bundle_build *build, size_t from, size_t until,
                      struct rlc_bundles *catalog)
{
    return rlc_bundle_feed(build, from, until, catalog);
}

bool bundle_feed(const struct rlc_bundle_build *build, struct rlc_bundles *catalog)
{
    return rlc_bundle_feed(build, 0, rlc_bundle_build_record_count(build), catalog);
}

struct rlc_bundles *bundle_catalog(const char *folder, struct rlc_hash *ret_hash,
                                   struct rlc_error *reterr)
{
    return rlc_bundle_catalog(folder, ret_hash, reterr);
}
