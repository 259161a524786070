/* SPDX-License-Identifier: Apache-2.0 */
#include "embedded.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/memory/keyring_memory.h"
#include "common/policy/bundle_catalog.h"
#include "common/pure/calendar.h"
#include "common/pure/murmur2.h"
#include "common/runtime/error.h"
#include "common/runtime/loop/worker.h"
#include "common/wire/debtor_event.h"

#include "policies.h"
#include "sender.h"
#include "workers.h"

/* Records per transaction: a day of a portfolio is one batch, and the loop's memory stays small. */
#define BATCH_MAX 1000
/* Virtual time of one round of all workers: what waits for a second waits for 50 rounds. */
#define ROUND_MS 20
/* Rounds until everything is quiet; a day with its mails takes some hundred. */
#define ROUNDS_MAX   200000
#define FLUSH_MS     1000
#define TICK_SIZE    4096
#define ID_SIZE      64
#define COMMAND_SIZE 1024
#define KEY_SIZE     512

/* A worker, and what a process would hold for it. */
struct member {
    struct rlc_service service;
    void *self;
    char id[ID_SIZE]; /* transactional id */
    struct rlc_bus_config bus_config;
    struct rlc_bus *bus;
    struct rlc_view *view;
    struct rlc_view *eye; /* the conductor's look at its hot state */
    struct rlc_worker *worker;
};

struct embedded {
    struct embedded_config config;
    rlc_ms now_ms; /* 1970 until the first event */
    struct rlc_clock clock;
    struct rlc_bundles *bundles;
    struct rlc_hash bundle;
    struct tenants tenants;
    struct rlc_keyring *keyring;
    struct rlc_memory_trail *trail;
    struct rlc_memory_installation installation;
    struct lent lent;
    struct member members[WORKER_COUNT];
    struct rlc_observer observer;
    char last_note[256];
};

/* ---- starting ---- */

static void note(void *context, const char *event, int32_t partition, const char *text)
{
    struct embedded *embedded = context;

    (void)snprintf(embedded->last_note, sizeof(embedded->last_note),
                   "%s (partition %" PRId32 "): %s", event, partition, text ? text : "");
}

/* A bundle that scenario cannot read would let it wait for a better one for ever. */
static enum rlc_status read_bundle(struct embedded *embedded, struct rlc_error *reterr)
{
    struct rlc_bundle_parts *policies = scenario_policies_new();
    const struct policy *policy;
    enum rlc_status status = RLC_FATAL;

    embedded->bundles = rlc_bundle_catalog(embedded->config.bundle, &embedded->bundle, reterr);
    if (!policies)
        (void)rlc_error_set(reterr, RLC_FATAL, "bundle", 0, "out of memory");
    else if (embedded->bundles)
        status =
            scenario_policies_get(policies, embedded->bundles, &embedded->bundle, &policy, reterr);
    rlc_bundle_parts_free(policies);
    return status;
}

static enum rlc_status read_keys(struct embedded *embedded, struct rlc_error *reterr)
{
    tenants_add(&embedded->tenants, rlc_span_of(embedded->config.tenant));
    return tenants_read_keys(&embedded->tenants, embedded->config.tenant_keys, reterr);
}

static enum rlc_status open_installation(struct embedded *embedded, struct rlc_error *reterr)
{
    const struct rlc_service *services[WORKER_COUNT];
    struct rlc_memory_setup setup = { .clock = embedded->clock,
                                      .facts = { .partitions = embedded->config.partitions,
                                                 .stepped = true },
                                      .services = services,
                                      .service_count = WORKER_COUNT };

    for (size_t i = 0; i < WORKER_COUNT; i++) {
        embedded->members[i].service = WORKERS[i].service(&embedded->lent);
        services[i] = &embedded->members[i].service;
    }
    memcpy(setup.facts.uuid, "relance-embedded", RLC_UUID_SIZE);
    return rlc_memory_installation_open(&embedded->installation, &setup, reterr);
}

static void lend(struct embedded *embedded)
{
    struct lent *lent = &embedded->lent;

    lent->installation = &embedded->installation;
    lent->clock = embedded->clock;
    lent->catalog.bundles = embedded->bundles;
    lent->tenants = &embedded->tenants;
    lent->keyring = embedded->keyring;
    lent->trail = embedded->trail;
    lent->mails = embedded->config.mails;
}

static enum rlc_status open_member(struct embedded *embedded, struct member *member,
                                   struct rlc_error *reterr)
{
    const struct rlc_service *service = &member->service;
    const struct rlc_memory_installation *installation = &embedded->installation;
    enum rlc_status status;

    (void)snprintf(member->id, sizeof(member->id), "embedded.%s", service->name);
    member->bus_config = (struct rlc_bus_config){
        .topics = service->topics,
        .topic_count = service->topic_count,
        .input_count = service->input_count,
        .group = service->name,
        .member = member->id,
        .transactional_id = service->role == RLC_ROLE_SINK ? NULL : member->id,
        .announce_revoke = service->effects != NULL,
    };
    status = rlc_memory_bus_open(installation->broker, &member->bus_config, &member->bus, reterr);
    if (status == RLC_OK)
        status = rlc_memory_view_open(installation->store, service->name, &member->view, reterr);
    if (status == RLC_OK)
        status = rlc_memory_view_open(installation->store, service->name, &member->eye, reterr);
    return status;
}

static enum rlc_status start_member(struct embedded *embedded, struct member *member,
                                    const struct worker_row *row, struct rlc_error *reterr)
{
    struct rlc_worker_env env = { .service = &member->service,
                                  .clock = embedded->clock,
                                  .transactional_id = member->id,
                                  .partitions = embedded->config.partitions,
                                  .stepped = true,
                                  .batch_max = BATCH_MAX,
                                  .observer = &embedded->observer };
    enum rlc_status status = open_member(embedded, member, reterr);

    if (status != RLC_OK)
        return status;
    member->self = row->make(&embedded->lent, reterr);
    if (!member->self)
        return RLC_FATAL;
    memcpy(env.installation, embedded->installation.facts.uuid, RLC_UUID_SIZE);
    env.self = member->self;
    env.bus = member->bus;
    env.view = member->view;
    member->worker = rlc_worker_new(&env, reterr);
    return member->worker ? RLC_OK : RLC_FATAL;
}

static enum rlc_status open_all(struct embedded *embedded, struct rlc_error *reterr)
{
    enum rlc_status status = read_keys(embedded, reterr);

    if (status == RLC_OK)
        status = read_bundle(embedded, reterr);
    if (status != RLC_OK)
        return status;
    embedded->keyring = rlc_keyring_memory_new(0);
    embedded->trail = embedded->keyring ? rlc_memory_trail_new(embedded->keyring) : NULL;
    if (!embedded->trail)
        return rlc_error_set(reterr, RLC_FATAL, "embedded", 0, "out of memory");
    status = open_installation(embedded, reterr);
    lend(embedded);
    for (size_t i = 0; status == RLC_OK && i < WORKER_COUNT; i++)
        status = start_member(embedded, &embedded->members[i], &WORKERS[i], reterr);
    return status;
}

struct embedded *embedded_new(const struct embedded_config *config, struct rlc_error *reterr)
{
    struct embedded *embedded = calloc(1, sizeof(*embedded));

    if (!embedded) {
        (void)rlc_error_set(reterr, RLC_FATAL, "embedded", 0, "out of memory");
        return NULL;
    }
    embedded->config = *config;
    embedded->clock = rlc_clock_virtual(&embedded->now_ms);
    embedded->observer = (struct rlc_observer){ .context = embedded, .note = note };
    (void)source_parse(EMBEDDED_SOURCE " start=earliest", &embedded->lent.source);
    if (open_all(embedded, reterr) == RLC_OK)
        return embedded;
    embedded_free(embedded);
    return NULL;
}

static void stop_member(struct member *member, const struct worker_row *row)
{
    rlc_worker_free(member->worker);
    row->unmake(member->self);
    if (member->bus)
        member->bus->ops->close(member->bus, true);
    if (member->view)
        member->view->ops->close(member->view);
    if (member->eye)
        member->eye->ops->close(member->eye);
}

void embedded_free(struct embedded *embedded)
{
    if (!embedded)
        return;
    for (size_t i = 0; i < WORKER_COUNT; i++)
        stop_member(&embedded->members[i], &WORKERS[i]);
    rlc_memory_installation_close(&embedded->installation);
    rlc_memory_trail_free(embedded->trail);
    if (embedded->keyring)
        embedded->keyring->ops->close(embedded->keyring);
    tenants_forget(&embedded->tenants);
    rlc_bundles_free(embedded->bundles);
    free(embedded);
}

/* ---- living ---- */

static bool is_quiet(const struct embedded *embedded)
{
    for (size_t i = 0; i < WORKER_COUNT; i++) {
        const struct member *member = &embedded->members[i];

        if (!rlc_worker_idle(member->worker) ||
            !rlc_memory_installation_is_read(&embedded->installation, &member->service,
                                             member->eye))
            return false;
    }
    return true;
}

static enum rlc_status one_round(struct embedded *embedded, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    embedded->now_ms += ROUND_MS;
    for (size_t i = 0; status == RLC_OK && i < WORKER_COUNT; i++)
        status = rlc_worker_step(embedded->members[i].worker, 0, reterr);
    return status;
}

enum rlc_status embedded_settle(struct embedded *embedded, struct rlc_error *reterr)
{
    for (int i = 0; i < ROUNDS_MAX; i++) {
        enum rlc_status status = one_round(embedded, reterr);

        if (status != RLC_OK || is_quiet(embedded))
            return status;
    }
    return rlc_error_set(reterr, RLC_FATAL, "embedded", 0,
                         "somebody does not come to the end of its input; last heard: %s",
                         embedded->last_note[0] ? embedded->last_note : "nothing");
}

rlc_ms embedded_next_due(const struct embedded *embedded)
{
    rlc_ms next_ms = RLC_MS_NEVER;

    for (size_t i = 0; i < WORKER_COUNT; i++) {
        const struct member *member = &embedded->members[i];

        for (int32_t p = 0;
             member->service.role == RLC_ROLE_STATE && p < embedded->config.partitions; p++) {
            struct rlc_look look;
            struct rlc_error error;

            if (member->eye->ops->look(member->eye, p, &look, &error) == RLC_OK &&
                look.seen_present && look.seen.next_due_ms < next_ms)
                next_ms = look.seen.next_due_ms;
        }
    }
    return next_ms;
}

/* ---- the conductor's hands ---- */

static enum rlc_status produce(struct embedded *embedded, const struct rlc_outgoing *outgoing,
                               struct rlc_error *reterr)
{
    struct rlc_bus *tool = embedded->installation.tool;
    enum rlc_status status = tool->ops->produce(tool, outgoing, reterr);

    return status == RLC_OK ? tool->ops->flush(tool, FLUSH_MS, reterr) : status;
}

/* As an upstream system keys its records: by debtor, or by tenant where there is none. */
static struct rlc_span key_of(struct rlc_span json, char key[KEY_SIZE])
{
    json_t *event = json_loadb((const char *)json.data, json.size, 0, NULL);
    const char *tenant = json_string_value(json_object_get(event, "tenant"));
    const char *debtor = json_string_value(json_object_get(event, "debtor"));

    (void)snprintf(key, KEY_SIZE, "%s%s%s", tenant ? tenant : "", debtor ? "/" : "",
                   debtor ? debtor : "");
    json_decref(event);
    return rlc_span_of(key);
}

enum rlc_status embedded_publish(struct embedded *embedded, struct rlc_span json, rlc_ms now_ms,
                                 struct rlc_error *reterr)
{
    char now[32];
    char text[KEY_SIZE];
    struct rlc_span key = key_of(json, text);
    struct rlc_header header = { .name = "relance-now" };
    struct rlc_outgoing outgoing = {
        .topic = rlc_memory_installation_topic(&embedded->installation, EMBEDDED_SOURCE),
        .partition = rlc_partition_of(key, embedded->config.partitions),
        .key = key,
        .value = json,
        .header = &header,
        .header_count = 1,
    };

    if (now_ms > embedded->now_ms)
        embedded->now_ms = now_ms;
    (void)snprintf(now, sizeof(now), "%" PRId64, now_ms);
    header.value = rlc_span_of(now);
    return produce(embedded, &outgoing, reterr);
}

enum rlc_status embedded_tick(struct embedded *embedded, rlc_ms now_ms, struct rlc_error *reterr)
{
    uint8_t memory[TICK_SIZE];
    char id[ID_SIZE];
    struct rlc_arena arena;
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_TICK,
                                      .envelope = { .source = rlc_span_of("replay"),
                                                    .occurred_at_ms = now_ms,
                                                    .ingested_at_ms = now_ms },
                                      .tick = { now_ms } };
    struct rlc_outgoing outgoing = {
        .topic = rlc_memory_installation_topic(&embedded->installation, "debtor-events"),
    };
    enum rlc_status status = RLC_OK;

    if (now_ms > embedded->now_ms)
        embedded->now_ms = now_ms;
    (void)snprintf(id, sizeof(id), "tick-%" PRId64, now_ms);
    event.envelope.source_event_id = rlc_span_of(id);
    rlc_arena_init(&arena, memory, sizeof(memory));
    outgoing.value = rlc_debtor_event_encode(&event, &arena);
    for (int32_t p = 0; status == RLC_OK && p < embedded->config.partitions; p++) {
        outgoing.partition = p;
        status = produce(embedded, &outgoing, reterr);
    }
    return status == RLC_OK ? embedded_settle(embedded, reterr) : status;
}

static enum rlc_status order(struct embedded *embedded, const char *kind, const char *payload,
                             rlc_ms now_ms, struct rlc_error *reterr)
{
    char json[COMMAND_SIZE];
    char time[RLC_MS_SIZE];

    (void)rlc_ms_format(now_ms, time, sizeof(time));
    (void)snprintf(json, sizeof(json),
                   "{\"specversion\":\"1.0\",\"type\":\"io.relance.command.issued.v1\","
                   "\"id\":\"%s\",\"source\":\"embedded\",\"time\":\"%s\",\"tenant\":\"%s\","
                   "\"data\":{\"command\":\"%s\",\"kind\":\"%s\",\"actor\":\"embedded\","
                   "\"payload\":%s}}",
                   kind, time, embedded->config.tenant, kind, kind, payload);
    return embedded_publish(embedded, rlc_span_of(json), now_ms, reterr);
}

enum rlc_status embedded_activate(struct embedded *embedded, rlc_ms now_ms,
                                  struct rlc_error *reterr)
{
    char hash[RLC_HASH_TEXT_SIZE];
    char payload[128];
    enum rlc_status status;

    rlc_hash_format(&embedded->bundle, hash);
    (void)snprintf(payload, sizeof(payload), "{\"bundle_hash\":\"%s\"}", hash);
    status = order(embedded, "ACTIVATE_BUNDLE", payload, now_ms, reterr);
    if (status == RLC_OK)
        status = order(embedded, "CREDITOR_MODE", "{\"mode\":\"LIVE\"}", now_ms, reterr);
    return status == RLC_OK ? embedded_settle(embedded, reterr) : status;
}

/* ---- what has come of it ---- */

const struct rlc_memory_installation *embedded_installation(const struct embedded *embedded)
{
    return &embedded->installation;
}

const struct rlc_memory_trail *embedded_trail(const struct embedded *embedded)
{
    return embedded->trail;
}

const struct rlc_service *embedded_worker(const struct embedded *embedded, size_t number)
{
    return number < WORKER_COUNT ? &embedded->members[number].service : NULL;
}

int64_t embedded_mails(const struct embedded *embedded)
{
    return sender_mails(embedded->members[WORKER_NOTIFIER].self);
}
