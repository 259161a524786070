/* SPDX-License-Identifier: Apache-2.0 */
/* The models that a worker rates by, one for each bundle hash that a fact has named. */
#ifndef SCORING_MODELS_H
#define SCORING_MODELS_H

#include "common/runtime/bundle_parts.h"

struct scoring_model;

/* An empty set, for rlc_bundle_parts_free(); NULL when memory is short. */
RLC_NODISCARD struct rlc_bundle_parts *scoring_models_new(void);

/* Reads the model of a bundle of the catalog, unless it was read before. The all-zero hash, the
 * built-in empty bundle, has none. RLC_RETRY: the catalog lacks the bundle; RLC_FATAL: its model
 * cannot be read (place and cause in `reterr`), or there are too many. */
RLC_NODISCARD enum rlc_status scoring_models_need(struct rlc_bundle_parts *models,
                                                  const struct rlc_bundles *bundles,
                                                  const struct rlc_hash *hash,
                                                  struct rlc_error *reterr);

/* The model of a bundle that was read; NULL: it has none. False: it was not read. */
bool scoring_models_get(const struct rlc_bundle_parts *models, const struct rlc_hash *hash,
                        const struct scoring_model **ret_model);

#endif
