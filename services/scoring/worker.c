/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <stdlib.h>

static bool model_of(void *context, const struct rlc_hash *bundle_hash,
                     const struct scoring_model **ret_model)
{
    const struct scoring_worker *worker = context;

    return scoring_models_get(worker->models, bundle_hash, ret_model);
}

static enum rlc_status need(struct scoring_worker *worker, const struct rlc_hash *hash,
                            struct rlc_error *reterr)
{
    enum rlc_status status =
        scoring_models_need(worker->models, worker->catalog.bundles, hash, reterr);

    if (status != RLC_RETRY || !worker->catalog.refresh)
        return status;
    status = worker->catalog.refresh(worker->catalog.context, reterr);
    if (status != RLC_OK)
        return RLC_RETRY;
    return scoring_models_need(worker->models, worker->catalog.bundles, hash, reterr);
}

static enum rlc_status prepare(void *self, const struct rlc_event *events, size_t count,
                               struct rlc_arena *arena, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    (void)arena;
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        const struct rlc_debtor_fact *fact = events[i].body;

        if (fact && scoring_counts(fact))
            status = need(self, &fact->envelope.rules.bundle_hash, reterr);
    }
    /* A model that cannot be read is no reason to give up: a newer program may read it. */
    return status == RLC_FATAL ? RLC_RETRY : status;
}

struct scoring_worker *scoring_worker_new(const struct rlc_catalog *catalog)
{
    struct scoring_worker *worker = calloc(1, sizeof(*worker));

    if (!worker)
        return NULL;
    worker->catalog = *catalog;
    worker->models = scoring_models_new();
    if (!worker->models) {
        free(worker);
        return NULL;
    }
    worker->shell = (struct scoring_shell){ .model = model_of, .context = worker };
    return worker;
}

void scoring_worker_free(struct scoring_worker *worker)
{
    if (!worker)
        return;
    rlc_bundle_parts_free(worker->models);
    free(worker);
}

struct rlc_service scoring_worker_service(void)
{
    struct rlc_service service = SCORING_SERVICE;

    service.prepare = prepare;
    return service;
}
