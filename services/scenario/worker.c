/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <stdlib.h>

#include "common/wire/debtor_event.h"

/* The bundle of a stored scope may be new to this process: another one owned the partition when the
 * scope came. What is decided meanwhile is not written. */
static const struct policy *policy_of(void *context, const struct rlc_hash *hash)
{
    struct scenario_worker *worker = context;
    const struct policy *policy = &POLICY_EMPTY;

    if (scenario_policies_get(worker->policies, worker->catalog.bundles, hash, &policy, NULL) ==
        RLC_OK)
        return policy;
    worker->missing = *hash;
    worker->lacking = true;
    return &POLICY_EMPTY;
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

static enum rlc_status find_missing(struct scenario_worker *worker, struct rlc_error *reterr)
{
    enum rlc_status status = need(worker, &worker->missing, reterr);

    worker->lacking = status != RLC_OK;
    return status;
}

static enum rlc_status prepare(void *self, const struct rlc_event *events, size_t count,
                               struct rlc_arena *arena, struct rlc_error *reterr)
{
    struct scenario_worker *worker = self;
    enum rlc_status status = worker->lacking ? find_missing(worker, reterr) : RLC_OK;

    (void)arena;
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        const struct rlc_debtor_event *event = events[i].body;

        if (event && event->kind == RLC_EVENT_KIND_SCOPE_CHANGED)
            status = need(worker, &event->scope_changed.bundle_hash, reterr);
    }
    /* A bundle that cannot be read is no reason to give up: a corrected one may be activated. */
    return status == RLC_FATAL ? RLC_RETRY : status;
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    const struct scenario_worker *worker = self;

    SCENARIO_SERVICE.decide(self, event, turn);
    if (worker->lacking)
        rlc_turn_wait(turn, "the bundle of the stored scope is not read yet");
}

struct scenario_worker *scenario_worker_new(const struct rlc_catalog *catalog, bool stepped)
{
    struct scenario_worker *worker = calloc(1, sizeof(*worker));

    if (!worker)
        return NULL;
    worker->catalog = *catalog;
    worker->policies = scenario_policies_new();
    if (!worker->policies) {
        free(worker);
        return NULL;
    }
    scenario_shell_init(&worker->shell, policy_of, worker, stepped);
    return worker;
}

void scenario_worker_free(struct scenario_worker *worker)
{
    if (!worker)
        return;
    rlc_bundle_parts_free(worker->policies);
    free(worker);
}

struct rlc_service scenario_worker_service(void)
{
    struct rlc_service service = SCENARIO_SERVICE;

    service.prepare = prepare;
    service.decide = decide;
    return service;
}
