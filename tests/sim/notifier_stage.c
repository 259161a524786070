/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/notifier_stage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/keyring_memory.h"
#include "common/pure/murmur2.h"
#include "common/runtime/memory.h"
#include "common/wire/contact_request.h"
#include "common/wire/debtor_event.h"
#include "tests/support/bundle_feed.h"

#include "tests/support/check.h"

#define BEGIN_MS  INT64_C(1772611200000) /* 2026-03-04T08:00:00Z */
#define REMIND_MS INT64_C(1772704800000) /* 2026-03-05T10:00:00Z, three days past due */

/* Rounds in which ingest has surely read what there is. */
enum { INTAKE_ROUNDS = 10, HOURS = 6, ROUNDS_MAX = 3000, JSON_MAX = 1024, EVENT_BYTES = 4096 };
#define HOUR_MS    (60 * RLC_MINUTE_MS)
#define READ_ARENA ((size_t)64 << 20)

static struct rlc_bundles *catalog;
static struct rlc_hash bundle;
static struct tenants tenants;

/* ---- the stage ---- */

void stage_open(struct stage *stage, const struct stage_setup *setup)
{
    struct line_setup line = { .partitions = setup->partitions,
                               .processes = setup->processes,
                               .started = setup->all ? setup->processes : 1,
                               .batch_max = setup->batch_max,
                               .begin_ms = BEGIN_MS,
                               .tenant = STAGE_TENANT,
                               .tenants = &tenants,
                               .catalog = catalog,
                               .post_seed = setup->post_seed,
                               .connections = setup->connections };

    memset(stage, 0, sizeof(*stage));
    stage->keyring = rlc_keyring_memory_new(7);
    assert_non_null(stage->keyring);
    line.keyring = stage->keyring;
    line_open(&stage->line, &line);
    line_activate(&stage->line, &bundle, BEGIN_MS);
}

void stage_close(struct stage *stage)
{
    line_close(&stage->line);
    stage->keyring->ops->close(stage->keyring);
}

int stage_set_up(void **state)
{
    struct rlc_error error = { .text = "" };

    (void)state;
    catalog = bundle_catalog(RLC_SOURCE_DIR "/deploy/bundles/demo", &bundle, &error);
    if (!catalog)
        fail_msg("%s", error.text);
    tenants_add(&tenants, rlc_span_of(STAGE_TENANT));
    memset(&tenants.tenant[0].pseudonyms, 1, sizeof(tenants.tenant[0].pseudonyms));
    return 0;
}

int stage_tear_down(void **state)
{
    (void)state;
    rlc_bundles_free(catalog);
    return 0;
}

/* ---- debtors ---- */

static void say(struct stage *stage, const char *debtor, const char *type, const char *data)
{
    char json[2 * JSON_MAX];
    char key[64];

    (void)snprintf(json, sizeof(json),
                   "{\"specversion\":\"1.0\",\"type\":\"io.relance.%s.v1\",\"id\":\"e%d\","
                   "\"source\":\"erp\",\"time\":\"2026-03-04T07:00:00Z\",\"tenant\":\"" STAGE_TENANT
                   "\",\"debtor\":\"%s\",\"creditor\":\"ACME-FR\",\"data\":%s}",
                   type, ++stage->events, debtor, data);
    (void)snprintf(key, sizeof(key), STAGE_TENANT "/%s", debtor);
    line_publish(&stage->line, LINE_BILLING, rlc_span_of(key), rlc_span_of(json),
                 stage->line.world.now_ms);
}

static void find_name(struct stage *stage, int32_t partition, char ret_id[16])
{
    char key[64];

    do {
        (void)snprintf(ret_id, 16, "D%03d", ++stage->debtors);
        (void)snprintf(key, sizeof(key), STAGE_TENANT "/%s", ret_id);
    } while (rlc_partition_of(rlc_span_of(key), stage->line.setup.partitions) != partition);
}

static void tell_invoice(struct stage *stage, const char *debtor, int number)
{
    char data[JSON_MAX];

    (void)snprintf(data, sizeof(data),
                   "{\"document\":\"F%s-%d\",\"currency\":\"EUR\",\"total\":\"100.00\","
                   "\"issued_on\":\"2026-02-20\",\"due_on\":\"2026-03-02\","
                   "\"description\":\"goods\"}",
                   debtor, number);
    say(stage, debtor, "invoice.issued", data);
}

void stage_debtor(struct stage *stage, int32_t partition, int invoices, char ret_id[16])
{
    char data[JSON_MAX];

    find_name(stage, partition, ret_id);
    (void)snprintf(data, sizeof(data),
                   "{\"kind\":\"COMPANY\",\"country\":\"FR\",\"zone\":\"Europe/Paris\","
                   "\"language\":\"fr\",\"name\":\"Customer %s\"}",
                   ret_id);
    say(stage, ret_id, "debtor.upserted", data);
    (void)snprintf(data, sizeof(data),
                   "{\"contact\":\"1\",\"roles\":[\"ACCOUNTS_PAYABLE\"],\"language\":\"fr\","
                   "\"name\":\"Person of %s\",\"channels\":[{\"channel\":\"EMAIL\","
                   "\"address\":\"%s@example.test\"}]}",
                   ret_id, ret_id);
    say(stage, ret_id, "contact.upserted", data);
    for (int i = 0; i < invoices; i++)
        tell_invoice(stage, ret_id, i);
    stage->asked++;
}

void stage_pay(struct stage *stage, const char *debtor)
{
    char data[JSON_MAX];

    (void)snprintf(data, sizeof(data),
                   "{\"payment\":\"P%s\",\"currency\":\"EUR\",\"amount\":\"100.00\","
                   "\"received_on\":\"2026-03-04\",\"payer\":\"Customer\","
                   "\"allocations\":[{\"document\":\"F%s-0\",\"amount\":\"100.00\"}]}",
                   debtor, debtor);
    say(stage, debtor, "payment.received", data);
}

/* ---- going on ---- */

static size_t number_of(const struct stage *stage, int role, size_t process)
{
    return stage->line.world.roles[role].first + process;
}

void stage_freeze(struct stage *stage, int role, size_t process)
{
    stage->line.world.processes[number_of(stage, role, process)].stopped = true;
}

void stage_thaw(struct stage *stage, int role, size_t process)
{
    world_continue(&stage->line.world, number_of(stage, role, process));
}

static void on_step(void *context, struct world_role *role, enum rlc_step step)
{
    struct stage *stage = context;
    struct world *world = &stage->line.world;

    if (role == &world->roles[LINE_NOTIFIER] && step == stage->stop_step && stage->stop_time &&
        --stage->stop_time == 0)
        world->processes[world->acting].stop_at = 1;
}

void stage_stop_attempt(struct stage *stage, enum rlc_step step)
{
    struct world *world = &stage->line.world;
    const struct world_process *process = &world->processes[number_of(stage, LINE_NOTIFIER, 0)];
    int rounds = 0;

    stage->stop_step = step;
    stage->stop_time = 2; /* the first transaction writes the request down */
    world->on_step = on_step;
    world->on_step_context = stage;
    stage_thaw(stage, LINE_NOTIFIER, 0);
    while (!process->stopped) {
        world_round(world);
        assert_true(rounds++ < ROUNDS_MAX);
    }
}

size_t stage_owner(struct stage *stage, int role, int32_t partition)
{
    for (size_t i = 0; i < stage->line.setup.processes; i++) {
        struct rlc_bus *bus = stage->line.world.processes[number_of(stage, role, i)].bus;
        struct rlc_position owned[RLC_PARTITIONS_MAX];
        uint64_t epoch;
        size_t count = bus->ops->assignment(bus, owned, RLC_PARTITIONS_MAX, &epoch);

        for (size_t k = 0; k < count; k++) {
            if (owned[k].partition == partition)
                return i;
        }
    }
    fail_msg("nobody owns partition %d", partition);
    return 0;
}

void stage_rounds(struct stage *stage, int count)
{
    for (int i = 0; i < count; i++)
        world_round(&stage->line.world);
}

static void until_asked(struct stage *stage)
{
    struct world *world = &stage->line.world;
    int rounds = 0;

    while (world_count_topic(world, world_topic(world, "contact-requests")) < stage->asked) {
        world_round(world);
        assert_true(rounds++ < ROUNDS_MAX);
    }
}

void stage_ask(struct stage *stage)
{
    line_settle(&stage->line);
    stage_freeze(stage, LINE_NOTIFIER, 0);
    assert_true(line_wake(&stage->line, REMIND_MS));
    until_asked(stage);
}

void stage_ask_again(struct stage *stage)
{
    rlc_ms now_ms = REMIND_MS + (rlc_ms)++stage->hour * HOUR_MS;
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_TICK,
                                      .tick = { .now_ms = now_ms },
                                      .envelope = { .source = rlc_span_of("conductor"),
                                                    .occurred_at_ms = now_ms,
                                                    .ingested_at_ms = now_ms } };
    struct rlc_bus *tool = stage->line.world.tool;
    struct rlc_error error = { .text = "" };
    uint8_t memory[EVENT_BYTES];
    struct rlc_arena arena;

    stage_rounds(stage, INTAKE_ROUNDS);
    rlc_arena_init(&arena, memory, sizeof(memory));
    for (int32_t p = 0; p < stage->line.setup.partitions; p++) {
        struct rlc_outgoing outgoing = { .topic = world_topic(&stage->line.world, "debtor-events"),
                                         .partition = p,
                                         .value = rlc_debtor_event_encode(&event, &arena) };

        assert_int_equal(tool->ops->produce(tool, &outgoing, &error), RLC_OK);
    }
    assert_int_equal(tool->ops->flush(tool, 1000, &error), RLC_OK);
    until_asked(stage);
}

void stage_until_attempts(struct stage *stage, size_t attempts)
{
    int rounds = 0;

    while (stage_sum(stage).attempts < attempts) {
        world_round(&stage->line.world);
        assert_true(rounds++ < ROUNDS_MAX);
    }
}

/* ---- what was said ---- */

struct adding {
    struct rlc_arena arena;
    struct stage_sum sum;
};

static void add_record(void *context, const struct rlc_record *record)
{
    struct adding *adding = context;
    struct stage_sum *sum = &adding->sum;
    struct rlc_audit_record audit;
    struct rlc_fault fault;

    rlc_arena_reset(&adding->arena);
    assert_int_equal(rlc_audit_record_decode(record->value, &adding->arena, &audit, &fault),
                     RLC_OK);
    if (audit.kind == RLC_AUDIT_KIND_ATTEMPTED) {
        sum->attempts += audit.attempted.part == 0;
        sum->attempted_parts++;
        sum->attempted_lines += audit.attempted.line_count;
        (void)snprintf(sum->last_attempted, sizeof(sum->last_attempted), "%.*s",
                       (int)audit.envelope.debtor.size, (const char *)audit.envelope.debtor.data);
        sum->last_watermark = audit.attempted.look.watermark;
    } else if (audit.kind == RLC_AUDIT_KIND_CONTACT_ENDED) {
        sum->outcomes[audit.contact_ended.result]++;
    } else if (audit.kind == RLC_AUDIT_KIND_CONTACT_RETURNED) {
        sum->returned[audit.contact_returned.reason]++;
        sum->all_returned++;
    } else {
        sum->not_started += audit.local_event.event == RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED;
        sum->owner_changed += audit.local_event.event == RLC_LOCAL_EVENT_KIND_OWNER_CHANGED;
    }
}

struct stage_sum stage_sum(struct stage *stage)
{
    struct world *world = &stage->line.world;
    struct adding adding = { .sum = { .attempts = 0 } };

    assert_int_equal(rlc_arena_map(&adding.arena, READ_ARENA), RLC_OK);
    world_each(world, world_topic(world, "notifier.audit"), add_record, &adding);
    rlc_arena_unmap(&adding.arena);
    return adding.sum;
}

/* ---- what each look covers ---- */

enum { ASKED_MAX = 64 };

struct asked {
    struct rlc_action_id action;
    uint32_t number;
    int64_t cause; /* the record that the request follows from */
};

struct covering {
    struct rlc_arena arena;
    struct asked asked[ASKED_MAX];
    size_t count;
};

static void take_request(void *context, const struct rlc_record *record)
{
    struct covering *covering = context;
    struct rlc_contact_request request;
    struct rlc_fault fault;

    rlc_arena_reset(&covering->arena);
    assert_int_equal(rlc_contact_request_decode(record->value, &covering->arena, &request, &fault),
                     RLC_OK);
    assert_true(covering->count < ASKED_MAX);
    covering->asked[covering->count++] =
        (struct asked){ request.body.action, request.body.request_number,
                        request.envelope.causation.at.offset };
}

static void check_attempt(void *context, const struct rlc_record *record)
{
    struct covering *covering = context;
    struct rlc_audit_record audit;
    struct rlc_fault fault;

    rlc_arena_reset(&covering->arena);
    assert_int_equal(rlc_audit_record_decode(record->value, &covering->arena, &audit, &fault),
                     RLC_OK);
    for (size_t i = 0; audit.kind == RLC_AUDIT_KIND_ATTEMPTED && i < covering->count; i++) {
        const struct asked *asked = &covering->asked[i];

        if (memcmp(&asked->action, &audit.attempted.action, sizeof(asked->action)) == 0 &&
            asked->number == audit.attempted.request_number &&
            audit.attempted.look.watermark <= asked->cause)
            fail_msg("a look at %" PRId64 " does not cover the cause at %" PRId64,
                     audit.attempted.look.watermark, asked->cause);
    }
}

static void check_covers(struct stage *stage)
{
    struct world *world = &stage->line.world;
    struct covering *covering = calloc(1, sizeof(*covering));

    assert_non_null(covering);
    assert_int_equal(rlc_arena_map(&covering->arena, READ_ARENA), RLC_OK);
    world_each(world, world_topic(world, "contact-requests"), take_request, covering);
    world_each(world, world_topic(world, "notifier.audit"), check_attempt, covering);
    rlc_arena_unmap(&covering->arena);
    free(covering);
}

void stage_finish(struct stage *stage)
{
    struct world *world = &stage->line.world;

    for (size_t i = 0; i < world->process_count; i++) {
        world->processes[i].stop_at = 0;
        if (world->processes[i].stopped)
            world_continue(world, i);
    }
    line_settle(&stage->line);
    while (++stage->hour <= HOURS)
        line_go_to(&stage->line, REMIND_MS + (rlc_ms)stage->hour * HOUR_MS);
    line_check_trail(&stage->line);
    line_check_offsets(&stage->line);
    line_check_mails(&stage->line);
    check_covers(stage);
}
