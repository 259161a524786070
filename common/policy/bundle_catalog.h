/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle from its folder straight into a catalog, where there is no log to publish it in. */
#ifndef RLC_POLICY_BUNDLE_CATALOG_H
#define RLC_POLICY_BUNDLE_CATALOG_H

#include "common/policy/bundle_build.h"

/* Hands records [from, until) of a built bundle to the catalog, in the form in which the topic
 * `bundles` has them. False when one is refused or memory is short. */
RLC_NODISCARD bool rlc_bundle_feed(const struct rlc_bundle_build *build, size_t from, size_t until,
                                   struct rlc_bundles *catalog);

/* A catalog of the one bundle in `folder`; the caller frees it. NULL with the first problem in
 * `reterr`. What the files say is not checked here. */
RLC_NODISCARD struct rlc_bundles *rlc_bundle_catalog(const char *folder, struct rlc_hash *ret_hash,
                                                     struct rlc_error *reterr);

#endif
