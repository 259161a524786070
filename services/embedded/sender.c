/* SPDX-License-Identifier: Apache-2.0 */
#include "sender.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory/freshness_memory.h"
#include "common/runtime/error.h"

#include "outbox.h"
#include "worker.h"

/* No other process will ever work on this installation: its log is gone with this one. */
static const struct rlc_action_id OWNER = { { 1 } };

struct sender {
    struct notifier_worker worker; /* first: it is the service's self */
    struct notifier_config config;
    struct rlc_seal_key tenant_key;
    const char *topics[1];
    struct rlc_bus_config bus_config;
};

struct rlc_service sender_service(void)
{
    return notifier_worker_service();
}

static enum rlc_status address_key(void *context, struct rlc_span tenant,
                                   struct rlc_seal_key *ret_key, struct rlc_error *reterr)
{
    (void)tenant;
    (void)reterr;
    *ret_key = ((const struct sender *)context)->tenant_key;
    return RLC_OK;
}

/* A handle that has no group: where a partition ends. */
static enum rlc_status open_looks(struct sender *sender, const struct sender_config *config,
                                  struct rlc_error *reterr)
{
    const struct rlc_memory_installation *installation = config->installation;
    struct looks_config *looks = &sender->config.looks;
    enum rlc_status status;

    sender->topics[0] = "debtor-events";
    sender->bus_config = (struct rlc_bus_config){ .topics = sender->topics, .topic_count = 1 };
    status = rlc_memory_bus_open(installation->broker, &sender->bus_config, &looks->bus, reterr);
    if (status == RLC_OK)
        status = rlc_memory_view_open(installation->store, "scenario", &looks->view, reterr);
    if (status != RLC_OK)
        return status;
    looks->freshness = rlc_memory_freshness_open(installation->store);
    if (!looks->freshness)
        return rlc_error_set(reterr, RLC_FATAL, "notifier", 0, "out of memory");
    looks->clock = config->clock;
    looks->partitions = installation->facts.partitions;
    looks->stepped = installation->facts.stepped;
    memcpy(looks->installation, installation->facts.uuid, sizeof(looks->installation));
    return RLC_OK;
}

static enum rlc_status open_sender(struct sender *sender, const struct sender_config *config,
                                   struct rlc_error *reterr)
{
    enum rlc_status status = open_looks(sender, config, reterr);

    sender->tenant_key = *config->tenant_key;
    sender->config.owner = OWNER;
    sender->config.prepare = (struct prepare_config){ .keyring = config->keyring,
                                                      .catalog.bundles = config->bundles,
                                                      .address_key = address_key,
                                                      .address_key_context = sender };
    if (status == RLC_OK)
        status = rlc_memory_view_open(config->installation->store, sender_service().name,
                                      &sender->config.records, reterr);
    if (status == RLC_OK)
        status = outbox_open(config->mails, &sender->config.carrier, reterr);
    if (status != RLC_OK)
        return status;
    if (!notifier_worker_open(&sender->worker, &sender->config))
        return rlc_error_set(reterr, RLC_FATAL, "notifier", 0, "out of memory");
    return RLC_OK;
}

void *sender_new(const struct sender_config *config, struct rlc_error *reterr)
{
    struct sender *sender = calloc(1, sizeof(*sender));

    if (!sender)
        (void)rlc_error_set(reterr, RLC_FATAL, "notifier", 0, "out of memory");
    else if (open_sender(sender, config, reterr) == RLC_OK)
        return sender;
    sender_free(sender);
    return NULL;
}

/* The carrier first: it may still read what was lent. */
void sender_free(void *self)
{
    struct sender *sender = self;
    struct notifier_config *config;

    if (!sender)
        return;
    config = &sender->config;
    if (config->carrier)
        config->carrier->ops->close(config->carrier);
    notifier_worker_close(&sender->worker);
    if (config->looks.freshness)
        config->looks.freshness->ops->close(config->looks.freshness);
    if (config->looks.view)
        config->looks.view->ops->close(config->looks.view);
    if (config->records)
        config->records->ops->close(config->records);
    if (config->looks.bus)
        config->looks.bus->ops->close(config->looks.bus, true);
    free(sender);
}

int64_t sender_mails(const void *self)
{
    return outbox_count(((const struct sender *)self)->config.carrier);
}
