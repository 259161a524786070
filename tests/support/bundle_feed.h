/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles out of folders into a catalog, past the topic that carries them elsewhere. */
#ifndef RLC_TESTS_BUNDLE_FEED_H
#define RLC_TESTS_BUNDLE_FEED_H

#include "common/policy/bundle_build.h"

/* Feeds a bundle to a catalog as its records would; false when that fails. */
RLC_NODISCARD bool bundle_feed(const struct rlc_bundle_build *build, struct rlc_bundles *catalog);

/* The same with the records `from` up to, not including, `until`. */
RLC_NODISCARD bool bundle_feed_some(const struct rlc_bundle_build *build, size_t from, size_t until,
                                    struct rlc_bundles *catalog);

/* A catalog of one bundle, read from a folder; NULL with a sentence in `reterr`. */
RLC_NODISCARD struct rlc_bundles *bundle_catalog(const char *folder, struct rlc_hash *ret_hash,
                                                 struct rlc_error *reterr);

#endif
