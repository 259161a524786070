/* SPDX-License-Identifier: Apache-2.0 */
#include "models.h"

#include "policy/model_file.h"

static enum rlc_status load(const struct rlc_bundle *bundle, struct rlc_arena *arena,
                            const void **ret_part, struct rlc_error *reterr)
{
    const struct scoring_model *model = NULL;
    enum rlc_status status = scoring_model_load(bundle, arena, &model, reterr);

    *ret_part = model;
    return status;
}

static const struct rlc_bundle_parts_config MODELS = { "models", SCORING_MODEL_BYTES, load };

struct rlc_bundle_parts *scoring_models_new(void)
{
    return rlc_bundle_parts_new(&MODELS);
}

enum rlc_status scoring_models_need(struct rlc_bundle_parts *models,
                                    const struct rlc_bundles *bundles, const struct rlc_hash *hash,
                                    struct rlc_error *reterr)
{
    const void *part;

    return rlc_bundle_parts_need(models, bundles, hash, &part, reterr);
}

bool scoring_models_get(const struct rlc_bundle_parts *models, const struct rlc_hash *hash,
                        const struct scoring_model **ret_model)
{
    const void *part;
    bool found = rlc_bundle_parts_get(models, hash, &part);

    *ret_model = part;
    return found;
}
