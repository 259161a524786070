/* SPDX-License-Identifier: Apache-2.0 */
#include "assembly.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/redis/freshness.h"
#include "common/redis/view_redis.h"
#include "common/runtime/error.h"
#include "common/runtime/topics.h"

#include "worker.h"

/* Numbers of topics on the look's handle. */
enum { EVENTS, INBOX, ASKED };

/* Everything that the worker borrows. */
struct assembly {
    struct legal_worker worker; /* first: it is the service's self */
    struct legal_looks_config looks;
    char names[ASKED][RLC_TOPIC_NAME_MAX];
    const char *topics[ASKED];
    struct rlc_bus_config bus_config;
    struct rlc_kafka_property properties[RLC_CONFIG_PAIRS_MAX];
    struct rlc_kafka_settings kafka;
};

/* A handle that has no group and no isolation: where a partition ends, open transactions included.
 */
static enum rlc_status open_bus(struct assembly *assembly, const struct rlc_process *process,
                                struct rlc_error *reterr)
{
    static const enum rlc_topic_use USES[] = {
        [EVENTS] = RLC_TOPIC_DEBTOR_EVENTS, [INBOX] = RLC_TOPIC_LEGAL_INBOX
    };

    for (size_t i = 0; i < ASKED; i++) {
        if (!rlc_topic_full_name(process->settings->installation.topic_prefix,
                                 rlc_topic_row(USES[i])->suffix, assembly->names[i]))
            return rlc_error_set(reterr, RLC_FATAL, "topics", 0, "the topic prefix is too long");
        assembly->topics[i] = assembly->names[i];
    }
    assembly->bus_config =
        (struct rlc_bus_config){ .topics = assembly->topics, .topic_count = ASKED };
    rlc_process_kafka(process->settings, assembly->properties, &assembly->kafka);
    return rlc_kafka_bus_open(&assembly->bus_config, &assembly->kafka, &assembly->looks.bus,
                              reterr);
}

static enum rlc_status open_view(const struct rlc_process *process, const char *worker,
                                 struct rlc_view **ret_view, struct rlc_error *reterr)
{
    struct rlc_redis_settings redis = rlc_process_redis(process->settings);
    char prefix[RLC_REDIS_PREFIX_MAX];

    (void)snprintf(prefix, sizeof(prefix), "%s.%s", process->settings->installation.topic_prefix,
                   worker);
    return rlc_redis_view_open(&redis, prefix, ret_view, reterr);
}

static enum rlc_status open_looks(struct assembly *assembly, const struct rlc_process *process,
                                  struct rlc_error *reterr)
{
    struct legal_looks_config *looks = &assembly->looks;
    struct rlc_redis_settings redis = rlc_process_redis(process->settings);
    enum rlc_status status = open_bus(assembly, process, reterr);

    looks->events_topic = EVENTS;
    looks->inbox_topic = INBOX;
    looks->clock = process->clock;
    looks->partitions = process->installation.partitions;
    looks->stepped = process->installation.stepped;
    memcpy(looks->installation, process->installation.uuid, sizeof(looks->installation));
    if (status == RLC_OK)
        status = open_view(process, "scenario", &looks->scenario, reterr);
    if (status == RLC_OK)
        status = open_view(process, LEGAL_SERVICE.name, &looks->own, reterr);
    if (status == RLC_OK)
        status = rlc_redis_freshness_open(&redis, process->settings->installation.topic_prefix,
                                          &looks->freshness, reterr);
    return status;
}

enum rlc_status legal_open(const struct rlc_process *process, void **ret_self,
                           struct rlc_error *reterr)
{
    struct assembly *assembly = calloc(1, sizeof(*assembly));
    struct rlc_catalog catalog = rlc_process_catalog(process);
    enum rlc_status status;

    if (!assembly)
        return rlc_error_set(reterr, RLC_FATAL, "legal", 0, "out of memory");
    status = open_looks(assembly, process, reterr);
    if (status == RLC_OK && !legal_worker_open(&assembly->worker, &catalog, &assembly->looks))
        status = rlc_error_set(reterr, RLC_FATAL, "legal", 0, "out of memory");
    if (status != RLC_OK) {
        legal_close(assembly);
        return status;
    }
    *ret_self = assembly;
    return RLC_OK;
}

void legal_close(void *self)
{
    struct assembly *assembly = self;
    struct legal_looks_config *looks;

    if (!assembly)
        return;
    looks = &assembly->looks;
    legal_worker_close(&assembly->worker);
    if (looks->freshness)
        looks->freshness->ops->close(looks->freshness);
    if (looks->scenario)
        looks->scenario->ops->close(looks->scenario);
    if (looks->own)
        looks->own->ops->close(looks->own);
    if (looks->bus)
        looks->bus->ops->close(looks->bus, true);
    free(assembly);
}
