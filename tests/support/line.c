/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "common/memory/freshness_memory.h"
#include "common/pure/calendar.h"
#include "common/pure/murmur2.h"
#include "common/wire/debtor_event.h"
#include "tests/support/line_notifier.h"

#include "tests/support/check.h"

enum { ROUNDS_MAX = 20000, JSON_MAX = 1024, EVENT_BYTES = 4096 };

static const char *const SOURCES[LINE_SOURCES] = {
    [LINE_BILLING] = "billing.events start=earliest live=yes",
    [LINE_BANK] = "bank.feed start=earliest live=yes",
};

/* ---- who plays ---- */

static void *make_intake(void *context)
{
    struct line *line = context;
    struct intake *intake = calloc(1, sizeof(*intake));

    assert_non_null(intake);
    *intake = (struct intake){ .sources = line->sources,
                               .source_count = LINE_SOURCES,
                               .tenants = line->setup.tenants,
                               .catalog.bundles = line->setup.catalog,
                               .keyring = line->setup.keyring,
                               .freshness = line->freshness,
                               .live = line->live,
                               .live_count = LINE_SOURCES,
                               .clock = line->world.clock };
    assert_true(intake_open(intake));
    return intake;
}

static void unmake_intake(void *context, void *self)
{
    (void)context;
    intake_close(self);
    free(self);
}

static void *make_scenario(void *context)
{
    struct line *line = context;

    return scenario_worker_new(&line->catalog, !line->setup.system_time);
}

static void unmake_scenario(void *context, void *self)
{
    (void)context;
    scenario_worker_free(self);
}

static void *make_notifier(void *context)
{
    struct line *line = context;
    const struct line_notifier_setup setup = { .world = &line->world,
                                               .post = &line->post,
                                               .keyring = line->setup.keyring,
                                               .catalog = line->setup.catalog,
                                               .process = ++line->notifiers };

    return line_notifier_new(&setup);
}

static void unmake_notifier(void *context, void *self)
{
    struct line *line = context;

    line->left_open += line_notifier_open(self);
    line_notifier_free(self);
}

static void *make_audit(void *context)
{
    struct line *line = context;
    struct audit_config config = { .trail = rlc_memory_trail_open(line->trail) };
    struct rlc_error error = { .text = "" };

    memcpy(config.installation, line->world.facts.uuid, RLC_UUID_SIZE);
    return audit_new(&config, &error);
}

static void unmake_audit(void *context, void *self)
{
    (void)context;
    audit_free(self);
}

/* ---- building ---- */

static void assemble_ingest(struct line *line)
{
    for (size_t i = 0; i < LINE_SOURCES; i++) {
        assert_null(source_parse(SOURCES[i], &line->sources[i]));
        line->ingest_topics[i] = line->sources[i].topic;
        line->live[i] = (struct rlc_freshness_source){ .name = rlc_span_of(line->sources[i].topic),
                                                       .partitions = line->setup.partitions };
    }
    for (size_t i = 0; i < INTAKE_OUTPUTS; i++)
        line->ingest_topics[LINE_SOURCES + i] = INTAKE_SERVICE.topics[i];
    line->ingest = INTAKE_SERVICE;
    line->ingest.topics = line->ingest_topics;
    line->ingest.topic_count = LINE_SOURCES + INTAKE_OUTPUTS;
    line->ingest.input_count = LINE_SOURCES;
    line->ingest.state_topic += LINE_SOURCES;
    line->ingest.dead_letter_topic += LINE_SOURCES;
}

void line_open(struct line *line, const struct line_setup *setup)
{
    const size_t processes = setup->processes;
    const struct world_role roles[LINE_ROLES] = {
        [LINE_INGEST] = { &line->ingest, processes, NULL, make_intake, unmake_intake, line },
        [LINE_SCENARIO] = { &line->scenario, processes, NULL, make_scenario, unmake_scenario,
                            line },
        [LINE_NOTIFIER] = { &line->notifier, processes, NULL, make_notifier, unmake_notifier,
                            line },
        [LINE_AUDIT] = { &audit_service, processes, NULL, make_audit, unmake_audit, line },
    };

    memset(line, 0, sizeof(*line));
    line->setup = *setup;
    line->catalog.bundles = setup->catalog;
    line->scenario = scenario_worker_service();
    line->notifier = line_notifier_service();
    assemble_ingest(line);
    line->trail = rlc_memory_trail_new(setup->keyring);
    assert_non_null(line->trail);
    world_open_roles(&line->world, roles, LINE_ROLES, setup->partitions);
    line->world.batch_max = setup->batch_max;
    line->world.stepped = !setup->system_time;
    /* A stepped installation takes no time from its clocks. */
    line->world.still = setup->system_time;
    line->world.now_ms = setup->begin_ms;
    line->freshness = rlc_memory_freshness_open(line->world.store);
    assert_non_null(line->freshness);
    post_open(&line->post, line->world.clock, setup->post_seed);
    if (setup->connections)
        line->post.connections = setup->connections;
    for (size_t r = 0; r < LINE_ROLES; r++) {
        for (size_t i = 0; i < setup->started; i++)
            world_start(&line->world, line->world.roles[r].first + i);
    }
}

void line_close(struct line *line)
{
    for (size_t i = 0; i < line->world.process_count; i++)
        world_kill(&line->world, i);
    line->freshness->ops->close(line->freshness);
    world_close(&line->world);
    post_close(&line->post);
    rlc_memory_trail_free(line->trail);
}

/* ---- the test's hands ---- */

static void produce(struct line *line, const struct rlc_outgoing *outgoing)
{
    struct rlc_bus *tool = line->world.tool;
    struct rlc_error error = { .text = "" };

    assert_int_equal(tool->ops->produce(tool, outgoing, &error), RLC_OK);
    assert_int_equal(tool->ops->flush(tool, 1000, &error), RLC_OK);
}

/* An event of our own, past ingest. */
static void tell(struct line *line, const struct rlc_debtor_event *event, int32_t partition,
                 struct rlc_span key)
{
    uint8_t memory[EVENT_BYTES];
    struct rlc_arena arena;
    struct rlc_outgoing outgoing = { .topic = world_topic(&line->world, "debtor-events"),
                                     .partition = partition,
                                     .key = key };

    rlc_arena_init(&arena, memory, sizeof(memory));
    outgoing.value = rlc_debtor_event_encode(event, &arena);
    assert_non_null(outgoing.value.data);
    produce(line, &outgoing);
}

void line_publish(struct line *line, int32_t source, struct rlc_span key, struct rlc_span json,
                  rlc_ms now_ms)
{
    char now[32];
    struct rlc_header header = { .name = "relance-now" };
    struct rlc_outgoing outgoing = { .topic =
                                         world_topic(&line->world, line->sources[source].topic),
                                     .partition = rlc_partition_of(key, line->setup.partitions),
                                     .key = key,
                                     .value = json,
                                     .header = &header,
                                     .header_count = 1 };

    if (now_ms > line->world.now_ms)
        line->world.now_ms = now_ms;
    (void)snprintf(now, sizeof(now), "%" PRId64, now_ms);
    header.value = rlc_span_of(now);
    produce(line, &outgoing);
}

void line_command(struct line *line, const char *kind, const char *payload, rlc_ms now_ms)
{
    char json[JSON_MAX];
    char time[32];

    (void)rlc_ms_format(now_ms, time, sizeof(time));
    (void)snprintf(json, sizeof(json),
                   "{\"specversion\":\"1.0\",\"type\":\"io.relance.command.issued.v1\","
                   "\"id\":\"%s-%" PRId64 "\",\"source\":\"operator\",\"time\":\"%s\","
                   "\"tenant\":\"%s\",\"data\":{\"command\":\"%s-%" PRId64 "\",\"kind\":\"%s\","
                   "\"actor\":\"operator\",\"payload\":%s}}",
                   kind, now_ms, time, line->setup.tenant, kind, now_ms, kind, payload);
    line_publish(line, LINE_BILLING, rlc_span_of(line->setup.tenant), rlc_span_of(json), now_ms);
}

void line_erase(struct line *line, const char *debtor, const char *subject, rlc_ms now_ms)
{
    char json[JSON_MAX];
    char time[32];

    (void)rlc_ms_format(now_ms, time, sizeof(time));
    (void)snprintf(json, sizeof(json),
                   "{\"specversion\":\"1.0\",\"type\":\"io.relance.command.issued.v1\","
                   "\"id\":\"erase-%s\",\"source\":\"operator\",\"time\":\"%s\","
                   "\"tenant\":\"%s\",\"debtor\":\"%s\",\"data\":{\"command\":\"erase-%s\","
                   "\"kind\":\"ERASE\",\"actor\":\"operator\",\"payload\":{\"subject\":\"%s\"}}}",
                   subject, time, line->setup.tenant, debtor, subject, subject);
    line_publish(line, LINE_BILLING, rlc_span_of(debtor), rlc_span_of(json), now_ms);
}

void line_activate(struct line *line, const struct rlc_hash *bundle, rlc_ms now_ms)
{
    char payload[128] = "{\"bundle_hash\":\"";
    size_t used = strlen(payload);

    for (size_t i = 0; i < sizeof(bundle->bytes); i++, used += 2)
        (void)snprintf(payload + used, sizeof(payload) - used, "%02x", bundle->bytes[i]);
    (void)snprintf(payload + used, sizeof(payload) - used, "\"}");
    line_command(line, "ACTIVATE_BUNDLE", payload, now_ms);
    line_settle(line);
    line_command(line, "CREDITOR_MODE", "{\"mode\":\"LIVE\"}", now_ms);
    line_settle(line);
}

/* ---- time ---- */

static rlc_ms next_due(struct line *line)
{
    struct rlc_view *eye = line->world.roles[LINE_SCENARIO].eye;
    rlc_ms next_ms = RLC_MS_NEVER;

    for (int32_t p = 0; p < line->setup.partitions; p++) {
        struct rlc_look look;
        struct rlc_error error = { .text = "" };

        assert_int_equal(eye->ops->look(eye, p, &look, &error), RLC_OK);
        if (look.first_timer_ms < next_ms)
            next_ms = look.first_timer_ms;
    }
    return next_ms;
}

void line_settle(struct line *line)
{
    int rounds = 0;

    /* In system time quiet means also that nobody is due: the tick is still to come. */
    do {
        world_settle(&line->world, ROUNDS_MAX);
        assert_true(rounds++ < ROUNDS_MAX);
    } while (line->setup.system_time && next_due(line) <= line->world.now_ms);
}

static void tick(struct line *line, rlc_ms now_ms)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_TICK,
                                      .tick = { .now_ms = now_ms },
                                      .envelope = { .source = rlc_span_of("conductor"),
                                                    .occurred_at_ms = now_ms,
                                                    .ingested_at_ms = now_ms } };

    for (int32_t p = 0; p < line->setup.partitions; p++)
        tell(line, &event, p, (struct rlc_span){ NULL, 0 });
    line->ticks++;
}

bool line_wake(struct line *line, rlc_ms now_ms)
{
    bool due;

    if (now_ms > line->world.now_ms)
        line->world.now_ms = now_ms;
    due = next_due(line) <= now_ms;
    if (due && !line->setup.system_time)
        tick(line, now_ms);
    return due;
}

void line_go_to(struct line *line, rlc_ms now_ms)
{
    if (line_wake(line, now_ms))
        line_settle(line);
}
