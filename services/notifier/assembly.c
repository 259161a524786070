/* SPDX-License-Identifier: Apache-2.0 */
#include "assembly.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/postgres/keyring.h"
#include "common/redis/freshness.h"
#include "common/redis/view_redis.h"
#include "common/runtime/error.h"
#include "common/runtime/topics.h"

#include "carrier_smtp.h"
#include "settings.h"
#include "worker.h"

/* Everything that the worker borrows. */
struct assembly {
    struct notifier_worker worker; /* first: it is the service's self */
    struct notifier_config config;
    const char *key_folder;
    char events_name[RLC_TOPIC_NAME_MAX];
    const char *topics[1];
    struct rlc_bus_config bus_config;
    struct rlc_kafka_property properties[RLC_CONFIG_PAIRS_MAX];
    struct rlc_kafka_settings kafka;
};

/* ---- keys ---- */

static enum rlc_status address_key(void *context, struct rlc_span tenant,
                                   struct rlc_seal_key *ret_key, struct rlc_error *reterr)
{
    const struct assembly *assembly = context;

    return rlc_tenant_key_read(assembly->key_folder, tenant, ret_key, reterr);
}

static enum rlc_status open_keys(struct assembly *assembly, const struct rlc_process *process,
                                 struct rlc_error *reterr)
{
    const struct notifier_settings *settings = process->own;
    struct rlc_keyring_config config = {
        .postgres = { .dsn = process->settings->postgres.dsn, .application = "relance-notifier" },
        .tenant_keys = settings->tenant_keys,
        .clock = process->clock,
    };
    struct prepare_config *prepare = &assembly->config.prepare;

    assembly->key_folder =
        settings->pseudonym_keys[0] ? settings->pseudonym_keys : settings->tenant_keys;
    prepare->catalog = rlc_process_catalog(process);
    prepare->address_key = address_key;
    prepare->address_key_context = assembly;
    prepare->keyring = rlc_keyring_postgres_new(&config, reterr);
    if (!prepare->keyring)
        return RLC_FATAL;
    /* A server that is away is waited for by the batch that needs it. */
    return rlc_keyring_postgres_check(prepare->keyring, false, reterr) == RLC_FATAL ? RLC_FATAL
                                                                                    : RLC_OK;
}

/* ---- the last look ---- */

/* A handle that has no group and no isolation: where a partition ends, open transactions included.
 */
static enum rlc_status open_bus(struct assembly *assembly, const struct rlc_process *process,
                                struct rlc_error *reterr)
{
    if (!rlc_topic_full_name(process->settings->installation.topic_prefix,
                             rlc_topic_row(RLC_TOPIC_DEBTOR_EVENTS)->suffix, assembly->events_name))
        return rlc_error_set(reterr, RLC_FATAL, "topics", 0, "the topic prefix is too long");
    assembly->topics[0] = assembly->events_name;
    assembly->bus_config = (struct rlc_bus_config){ .topics = assembly->topics, .topic_count = 1 };
    rlc_process_kafka(process->settings, assembly->properties, &assembly->kafka);
    return rlc_kafka_bus_open(&assembly->bus_config, &assembly->kafka, &assembly->config.looks.bus,
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
    struct looks_config *looks = &assembly->config.looks;
    struct rlc_redis_settings redis = rlc_process_redis(process->settings);
    enum rlc_status status = open_bus(assembly, process, reterr);

    looks->clock = process->clock;
    looks->partitions = process->installation.partitions;
    looks->stepped = process->installation.stepped;
    memcpy(looks->installation, process->installation.uuid, sizeof(looks->installation));
    if (status == RLC_OK)
        status = open_view(process, "scenario", &looks->view, reterr);
    if (status == RLC_OK)
        status = open_view(process, NOTIFIER_SERVICE.name, &assembly->config.records, reterr);
    if (status == RLC_OK)
        status = rlc_redis_freshness_open(&redis, process->settings->installation.topic_prefix,
                                          &looks->freshness, reterr);
    return status;
}

/* ---- relays ---- */

/* All relays with their passwords. */
struct relays {
    struct notifier_relay relay[RLC_SMTP_RELAYS_MAX];
    struct rlc_smtp_relay list[RLC_SMTP_RELAYS_MAX];
    size_t count;
};

static enum rlc_status read_relays(const struct notifier_settings *settings, struct relays *relays,
                                   struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    if (settings->relays.count > RLC_SMTP_RELAYS_MAX)
        return rlc_error_set(reterr, RLC_FATAL, "smtp.relays", 0, "there may be 8 relays at most");
    for (size_t i = 0; status == RLC_OK && i < settings->relays.count; i++) {
        /* Checked when the configuration was read. */
        (void)notifier_relay_parse(settings->relays.item[i], &relays->relay[i]);
        status = notifier_relay_login(&relays->relay[i], reterr);
        relays->list[i] = relays->relay[i].relay;
        relays->count++;
    }
    return status;
}

static enum rlc_status open_carrier(struct assembly *assembly, const struct rlc_process *process,
                                    struct rlc_error *reterr)
{
    const struct notifier_settings *settings = process->own;
    struct relays *relays = calloc(1, sizeof(*relays));
    char name[sizeof(settings->hello)] = "localhost";
    struct rlc_smtp_settings smtp = { .hello = settings->hello,
                                      .domain_per_minute = (int32_t)settings->domain_per_minute,
                                      .times = { .reply_ms = (int32_t)settings->reply_timeout_ms,
                                                 .accept_ms =
                                                     (int32_t)settings->accept_timeout_ms },
                                      .clock = process->clock };
    enum rlc_status status = RLC_FATAL;

    if (!settings->hello[0] && gethostname(name, sizeof(name) - 1) == 0)
        smtp.hello = name;
    if (relays)
        status = read_relays(settings, relays, reterr);
    if (status == RLC_OK) {
        smtp.relays = relays->list;
        smtp.relay_count = relays->count;
        status = carrier_smtp_open(&smtp, &assembly->config.carrier, reterr);
    }
    if (relays)
        explicit_bzero(relays, sizeof(*relays));
    free(relays);
    return status;
}

/* ---- all ---- */

static void note(void *context, const char *event, const char *text)
{
    rlc_log((struct rlc_log *)context, RLC_LOG_WARN, event, RLC_F_TEXT("why", text));
}

/* No other process, and no other life of this one, has the same. */
static enum rlc_status draw_owner(struct rlc_action_id *ret_owner, struct rlc_error *reterr)
{
    struct rlc_seal_key random;

    if (rlc_seal_key_new(&random) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, "owner", 0, "the system gives no random bytes");
    memcpy(ret_owner->bytes, random.bytes, sizeof(ret_owner->bytes));
    return RLC_OK;
}

enum rlc_status notifier_open(const struct rlc_process *process, void **ret_self,
                              struct rlc_error *reterr)
{
    struct assembly *assembly = calloc(1, sizeof(*assembly));
    enum rlc_status status;

    if (!assembly)
        return rlc_error_set(reterr, RLC_FATAL, "notifier", 0, "out of memory");
    assembly->config.note = note;
    assembly->config.note_context = process->log;
    assembly->config.metrics = process->metrics;
    status = draw_owner(&assembly->config.owner, reterr);
    if (status == RLC_OK)
        status = open_keys(assembly, process, reterr);
    if (status == RLC_OK)
        status = open_looks(assembly, process, reterr);
    if (status == RLC_OK)
        status = open_carrier(assembly, process, reterr);
    if (status == RLC_OK && !notifier_worker_open(&assembly->worker, &assembly->config))
        status = rlc_error_set(reterr, RLC_FATAL, "notifier", 0, "out of memory");
    if (status != RLC_OK) {
        notifier_close(assembly);
        return status;
    }
    *ret_self = assembly;
    return RLC_OK;
}

/* The carrier first: its threads read what the worker lends. */
void notifier_close(void *self)
{
    struct assembly *assembly = self;
    struct notifier_config *config;

    if (!assembly)
        return;
    config = &assembly->config;
    if (config->carrier)
        config->carrier->ops->close(config->carrier);
    notifier_worker_close(&assembly->worker);
    if (config->looks.freshness)
        config->looks.freshness->ops->close(config->looks.freshness);
    if (config->looks.view)
        config->looks.view->ops->close(config->looks.view);
    if (config->records)
        config->records->ops->close(config->records);
    if (config->looks.bus)
        config->looks.bus->ops->close(config->looks.bus, true);
    if (config->prepare.keyring)
        config->prepare.keyring->ops->close(config->prepare.keyring);
    free(assembly);
}
