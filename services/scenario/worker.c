/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <stdlib.h>

#include "common/wire/debtor_event.h"

/* A scope names a bundle only after prepare() has seen it, and the catalog never forgets one; a
 * hash that is missing all the same decides nothing. */
static const struct policy *policy_of(void *context, const struct rlc_hash *hash)
{
    struct scenario_worker *worker = context;
    const struct policy *policy = &POLICY_EMPTY;

    if (scenario_policies_get(worker->policies, worker->catalog.bundles, hash, &policy, NULL) !=
        RLC_OK)
        return &POLICY_EMPTY;
    return policy;
}

static enum rlc_status need(struct scenario_worker *worker, const struct rlc_hash *hash,
                            struct rlc_error *reterr)
{
    const struct policy *policy;
    enum rlc_status status =
        scenario_policies_get(worker->policies, worker->catalog.bundles, hash, &policy, reterr);

    if (status != RLC_RETRY || !worker->catalog.refresh)
        return status;
    status = worker->catalog.refresh(worker->catalog.context, reterr);
    if (status != RLC_OK)
        return RLC_RETRY;
    return scenario_policies_get(worker->policies, worker->catalog.bundles, hash, &policy, reterr);
}

static enum rlc_status prepare(void *self, const struct rlc_event *events, size_t count,
                               struct rlc_arena *arena, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    (void)arena;
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        const struct rlc_debtor_event *event = events[i].body;

        if (event && event->kind == RLC_EVENT_KIND_SCOPE_CHANGED)
            status = need(self, &event->scope_changed.bundle_hash, reterr);
    }
    /* A bundle that cannot be read is no reason to give up: a corrected one may be activated. */
    return status == RLC_FATAL ? RLC_RETRY : status;
}

struct scenario_worker *scenario_worker_new(const struct scenario_catalog *catalog, bool stepped)
{
    struct scenario_worker *worker = calloc(1, sizeof(*worker));

    if (!worker)
        return NULL;
    worker->catalog = *catalog;
    worker->policies = scenario_policies_new();
    if (!worker->policies || !scenario_shell_init(&worker->shell, policy_of, worker, stepped)) {
        scenario_policies_free(worker->policies);
        free(worker);
        return NULL;
    }
    return worker;
}

void scenario_worker_free(struct scenario_worker *worker)
{
    if (!worker)
        return;
    scenario_shell_clear(&worker->shell);
    scenario_policies_free(worker->policies);
    free(worker);
}

struct rlc_service scenario_worker_service(void)
{
    struct rlc_service service = SCENARIO_SERVICE;

    service.prepare = prepare;
    return service;
}
