/* SPDX-License-Identifier: Apache-2.0 */
#include "workers.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory/freshness_memory.h"
#include "common/runtime/error.h"

#include "audit.h"
#include "lawyer.h"
#include "scorer.h"
#include "sender.h"
#include "worker.h"

/* ---- ingest ---- */

/* Its table has no inputs: the source comes in front of what it writes. */
static struct rlc_service ingest_service(struct lent *lent)
{
    struct rlc_service service = INTAKE_SERVICE;

    lent->ingest_topics[0] = lent->source.topic;
    for (size_t i = 0; i < INTAKE_OUTPUTS; i++)
        lent->ingest_topics[1 + i] = INTAKE_SERVICE.topics[i];
    service.topics = lent->ingest_topics;
    service.topic_count = 1 + INTAKE_OUTPUTS;
    service.input_count = 1;
    service.state_topic++;
    service.dead_letter_topic++;
    return service;
}

static void free_intake(void *self)
{
    struct intake *intake = self;

    if (!intake)
        return;
    intake_close(intake);
    if (intake->freshness)
        intake->freshness->ops->close(intake->freshness);
    free(intake);
}

static void *make_intake(struct lent *lent, struct rlc_error *reterr)
{
    struct intake *intake = calloc(1, sizeof(*intake));

    if (intake) {
        *intake =
            (struct intake){ .sources = &lent->source,
                             .source_count = 1,
                             .tenants = lent->tenants,
                             .catalog = lent->catalog,
                             .keyring = lent->keyring,
                             .freshness = rlc_memory_freshness_open(lent->installation->store),
                             .clock = lent->clock };
        if (intake->freshness && intake_open(intake))
            return intake;
        free_intake(intake);
    }
    (void)rlc_error_set(reterr, RLC_FATAL, "ingest", 0, "out of memory");
    return NULL;
}

/* ---- scenario ---- */

static struct rlc_service scenario_service(struct lent *lent)
{
    (void)lent;
    return scenario_worker_service();
}

static void *make_scenario(struct lent *lent, struct rlc_error *reterr)
{
    void *worker = scenario_worker_new(&lent->catalog, true);

    if (!worker)
        (void)rlc_error_set(reterr, RLC_FATAL, "scenario", 0, "out of memory");
    return worker;
}

static void unmake_scenario(void *self)
{
    scenario_worker_free(self);
}

/* ---- scoring ---- */

static struct rlc_service scoring_service(struct lent *lent)
{
    (void)lent;
    return scorer_service();
}

static void *make_scoring(struct lent *lent, struct rlc_error *reterr)
{
    return scorer_new(&lent->catalog, reterr);
}

/* ---- legal-escalation ---- */

static struct rlc_service legal_service(struct lent *lent)
{
    (void)lent;
    return lawyer_service();
}

static void *make_legal(struct lent *lent, struct rlc_error *reterr)
{
    return lawyer_new(lent->installation, &lent->clock, &lent->catalog, reterr);
}

/* ---- notifier ---- */

static struct rlc_service notifier_service(struct lent *lent)
{
    (void)lent;
    return sender_service();
}

static void *make_notifier(struct lent *lent, struct rlc_error *reterr)
{
    const struct sender_config config = { .installation = lent->installation,
                                          .clock = lent->clock,
                                          .keyring = lent->keyring,
                                          .bundles = lent->catalog.bundles,
                                          .tenant_key = &lent->tenants->tenant[0].pseudonyms,
                                          .mails = lent->mails };

    return sender_new(&config, reterr);
}

/* ---- audit ---- */

static struct rlc_service trail_service(struct lent *lent)
{
    (void)lent;
    return audit_service;
}

static void *make_audit(struct lent *lent, struct rlc_error *reterr)
{
    struct audit_config config = { .trail = rlc_memory_trail_open(lent->trail) };

    memcpy(config.installation, lent->installation->facts.uuid, RLC_UUID_SIZE);
    return audit_new(&config, reterr);
}

static void unmake_audit(void *self)
{
    audit_free(self);
}

/* ---- all ---- */

/* Another worker is another row. */
const struct worker_row WORKERS[WORKER_COUNT] = {
    [WORKER_INGEST] = { ingest_service, make_intake, free_intake },
    [WORKER_SCENARIO] = { scenario_service, make_scenario, unmake_scenario },
    [WORKER_SCORING] = { scoring_service, make_scoring, scorer_free },
    [WORKER_LEGAL] = { legal_service, make_legal, lawyer_free },
    [WORKER_NOTIFIER] = { notifier_service, make_notifier, sender_free },
    [WORKER_AUDIT] = { trail_service, make_audit, unmake_audit },
};
