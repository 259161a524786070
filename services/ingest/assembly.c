/* SPDX-License-Identifier: Apache-2.0 */
#include "assembly.h"

#include <stdlib.h>
#include <string.h>

#include "common/postgres/keyring.h"
#include "common/redis/freshness.h"
#include "common/runtime/error.h"
#include "intake.h"
#include "sources.h"

/* Everything that the intake borrows. */
struct assembly {
    struct intake intake; /* first: it is the service's `self` */
    struct rlc_freshness_source live[RLC_CONFIG_ITEMS_MAX];
    struct tenants tenants;
};

static void name_tenants(struct assembly *assembly, const struct ingest_settings *settings)
{
    assembly->intake.sources = settings->source;
    assembly->intake.source_count = settings->sources.count;
    for (size_t i = 0; i < settings->sources.count; i++) {
        if (settings->source[i].tenant[0])
            tenants_add(&assembly->tenants, rlc_span_of(settings->source[i].tenant));
    }
    for (size_t i = 0; i < settings->tenants.count; i++)
        tenants_add(&assembly->tenants, rlc_span_of(settings->tenants.item[i]));
    assembly->intake.tenants = &assembly->tenants;
}

/* A source without a tenant and nobody it may speak for would refuse every record. */
static enum rlc_status check_sources(const struct assembly *assembly,
                                     const struct ingest_settings *settings,
                                     struct rlc_error *reterr)
{
    for (size_t i = 0; i < assembly->intake.source_count; i++) {
        const struct source *source = &settings->source[i];

        for (size_t k = 0; k < i; k++) {
            if (strcmp(source->topic, settings->source[k].topic) == 0)
                return rlc_error_set(reterr, RLC_FATAL, "ingest.sources", 0,
                                     "topic '%.200s' is listed twice", source->topic);
        }
        if (!source->tenant[0] && settings->tenants.count == 0) {
            return rlc_error_set(reterr, RLC_FATAL, "ingest.sources", 0,
                                 "source '%.150s' has no tenant and ingest.tenants is empty",
                                 source->topic);
        }
    }
    return RLC_OK;
}

static enum rlc_status open_keys(struct assembly *assembly, const struct rlc_process *process,
                                 struct rlc_error *reterr)
{
    const struct ingest_settings *settings = process->own;
    struct rlc_keyring_config config = {
        .postgres = { .dsn = process->settings->postgres.dsn, .application = "relance-ingest" },
        .tenant_keys = settings->tenant_keys,
        .clock = process->clock,
    };
    enum rlc_status status = tenants_read_keys(
        &assembly->tenants,
        settings->pseudonym_keys[0] ? settings->pseudonym_keys : settings->tenant_keys, reterr);

    if (status != RLC_OK)
        return status;
    assembly->intake.keyring = rlc_keyring_postgres_new(&config, reterr);
    if (!assembly->intake.keyring)
        return RLC_FATAL;
    /* A server that is away is waited for by the batch that needs it. */
    status = rlc_keyring_postgres_check(assembly->intake.keyring, true, reterr);
    return status == RLC_FATAL ? RLC_FATAL : RLC_OK;
}

/* ---- freshness ---- */

/* A source that is not there would be neither read nor missed. */
static enum rlc_status count_partitions(struct assembly *assembly, struct rlc_bus *bus,
                                        struct rlc_error *reterr)
{
    struct intake *intake = &assembly->intake;
    enum rlc_status status = RLC_OK;

    intake->live = assembly->live;
    for (size_t i = 0; status == RLC_OK && i < intake->source_count; i++) {
        const struct source *source = &intake->sources[i];
        struct rlc_freshness_source live = { .tenant = rlc_span_of(source->tenant),
                                             .name = rlc_span_of(source->topic) };

        status = bus->ops->partitions(bus, (int32_t)i, &live.partitions, reterr);
        if (status == RLC_OK && source->live)
            assembly->live[intake->live_count++] = live;
        if (status == RLC_REJECT)
            status = rlc_error_set(reterr, RLC_RETRY, "partitions", 0,
                                   "source topic '%.150s' does not exist yet", source->topic);
    }
    return status;
}

/* The process's own handle knows none of the sources. */
static enum rlc_status ask_partitions(struct assembly *assembly, const struct rlc_process *process,
                                      struct rlc_error *reterr)
{
    struct rlc_kafka_property properties[RLC_CONFIG_PAIRS_MAX];
    struct rlc_kafka_settings kafka;
    struct rlc_bus_config config = { .topics = process->topics,
                                     .topic_count = (size_t)process->first_output };
    struct rlc_bus *bus = NULL;
    enum rlc_status status;

    rlc_process_kafka(process->settings, properties, &kafka);
    status = rlc_kafka_bus_open(&config, &kafka, &bus, reterr);
    if (status != RLC_OK)
        return status;
    status = count_partitions(assembly, bus, reterr);
    bus->ops->close(bus, true);
    return status;
}

static enum rlc_status open_freshness(struct assembly *assembly, const struct rlc_process *process,
                                      struct rlc_error *reterr)
{
    struct rlc_redis_settings redis = rlc_process_redis(process->settings);
    enum rlc_status status = ask_partitions(assembly, process, reterr);

    if (status != RLC_OK)
        return status;
    return rlc_redis_freshness_open(&redis, process->settings->installation.topic_prefix,
                                    &assembly->intake.freshness, reterr);
}

/* ---- bundles ---- */

/* ---- all ---- */

size_t ingest_inputs(const struct rlc_process *process, const char **ret_names, size_t max)
{
    struct ingest_settings *settings = process->own;
    size_t count = settings->sources.count < max ? settings->sources.count : max;

    for (size_t i = 0; i < count; i++) {
        /* Checked when the configuration was read. */
        (void)source_parse(settings->sources.item[i], &settings->source[i]);
        ret_names[i] = settings->source[i].topic;
    }
    return count;
}

static enum rlc_status open_parts(struct assembly *assembly, const struct rlc_process *process,
                                  struct rlc_error *reterr)
{
    const struct ingest_settings *settings = process->own;
    enum rlc_status status;

    name_tenants(assembly, settings);
    status = check_sources(assembly, settings, reterr);
    if (status == RLC_OK)
        status = open_keys(assembly, process, reterr);
    if (status == RLC_OK)
        status = open_freshness(assembly, process, reterr);
    if (status == RLC_OK && !intake_open(&assembly->intake))
        status = rlc_error_set(reterr, RLC_FATAL, "intake", 0, "out of memory");
    return status;
}

enum rlc_status ingest_open(const struct rlc_process *process, void **ret_self,
                            struct rlc_error *reterr)
{
    struct assembly *assembly = calloc(1, sizeof(*assembly));
    enum rlc_status status;

    if (!assembly)
        return rlc_error_set(reterr, RLC_FATAL, "intake", 0, "out of memory");
    status = open_parts(assembly, process, reterr);
    if (status != RLC_OK) {
        ingest_close(assembly);
        return status;
    }
    assembly->intake.catalog = rlc_process_catalog(process);
    assembly->intake.clock = process->clock;
    assembly->intake.health = process->health;
    assembly->intake.keys_check = rlc_health_check(process->health, "keys");
    rlc_health_set(process->health, assembly->intake.keys_check, true, NULL);
    *ret_self = assembly;
    return RLC_OK;
}

void ingest_close(void *self)
{
    struct assembly *assembly = self;

    if (!assembly)
        return;
    intake_close(&assembly->intake);
    if (assembly->intake.keyring)
        assembly->intake.keyring->ops->close(assembly->intake.keyring);
    if (assembly->intake.freshness)
        assembly->intake.freshness->ops->close(assembly->intake.freshness);
    tenants_forget(&assembly->tenants);
    free(assembly);
}
