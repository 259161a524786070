/* SPDX-License-Identifier: Apache-2.0 */
#include "lawyer.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory/freshness_memory.h"
#include "common/runtime/error.h"

#include "worker.h"

/* Numbers of topics on the look's handle. */
enum { EVENTS, INBOX, ASKED };
static const char *const TOPICS[ASKED] = { [EVENTS] = "debtor-events", [INBOX] = "legal-inbox" };

struct lawyer {
    struct legal_worker worker; /* first: it is the service's self */
    struct legal_looks_config looks;
    const char *topics[ASKED];
    struct rlc_bus_config bus_config;
};

struct rlc_service lawyer_service(void)
{
    return legal_worker_service();
}

static enum rlc_status open_looks(struct lawyer *lawyer,
                                  const struct rlc_memory_installation *installation,
                                  struct rlc_error *reterr)
{
    struct legal_looks_config *looks = &lawyer->looks;
    enum rlc_status status;

    memcpy(lawyer->topics, TOPICS, sizeof(TOPICS));
    lawyer->bus_config = (struct rlc_bus_config){ .topics = lawyer->topics, .topic_count = ASKED };
    status = rlc_memory_bus_open(installation->broker, &lawyer->bus_config, &looks->bus, reterr);
    if (status == RLC_OK)
        status = rlc_memory_view_open(installation->store, "scenario", &looks->scenario, reterr);
    if (status == RLC_OK)
        status =
            rlc_memory_view_open(installation->store, lawyer_service().name, &looks->own, reterr);
    if (status != RLC_OK)
        return status;
    looks->freshness = rlc_memory_freshness_open(installation->store);
    if (!looks->freshness)
        return rlc_error_set(reterr, RLC_FATAL, "legal-escalation", 0, "out of memory");
    looks->events_topic = EVENTS;
    looks->inbox_topic = INBOX;
    looks->partitions = installation->facts.partitions;
    looks->stepped = installation->facts.stepped;
    memcpy(looks->installation, installation->facts.uuid, sizeof(looks->installation));
    return RLC_OK;
}

void *lawyer_new(const struct rlc_memory_installation *installation, const struct rlc_clock *clock,
                 const struct rlc_catalog *catalog, struct rlc_error *reterr)
{
    struct lawyer *lawyer = calloc(1, sizeof(*lawyer));

    if (!lawyer) {
        (void)rlc_error_set(reterr, RLC_FATAL, "legal-escalation", 0, "out of memory");
        return NULL;
    }
    lawyer->looks.clock = *clock;
    if (open_looks(lawyer, installation, reterr) == RLC_OK) {
        if (legal_worker_open(&lawyer->worker, catalog, &lawyer->looks))
            return lawyer;
        (void)rlc_error_set(reterr, RLC_FATAL, "legal-escalation", 0, "out of memory");
    }
    lawyer_free(lawyer);
    return NULL;
}

void lawyer_free(void *self)
{
    struct lawyer *lawyer = self;
    struct legal_looks_config *looks;

    if (!lawyer)
        return;
    looks = &lawyer->looks;
    legal_worker_close(&lawyer->worker);
    if (looks->freshness)
        looks->freshness->ops->close(looks->freshness);
    if (looks->scenario)
        looks->scenario->ops->close(looks->scenario);
    if (looks->own)
        looks->own->ops->close(looks->own);
    if (looks->bus)
        looks->bus->ops->close(looks->bus, true);
    free(lawyer);
}
