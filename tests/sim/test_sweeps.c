/* SPDX-License-Identifier: Apache-2.0 */
/* The scenario worker sweeps several partitions at once: each after its own scope. */
#include <stdio.h>
#include <string.h>

#include "common/pure/key.h"
#include "common/pure/murmur2.h"
#include "common/wire/debtor_event.h"
#include "services/scenario/state.h"
#include "services/scenario/worker.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

#define TENANT "acme"

enum { PARTITIONS = 2, DEBTORS = 40, BATCH = 8, ROUNDS_MAX = 2000, ARENA_SIZE = 1 << 20 };

static uint8_t memory[ARENA_SIZE];
static struct rlc_arena arena;

static void publish(struct world *world, int32_t partition, struct rlc_span key,
                    const struct rlc_debtor_event *event)
{
    struct rlc_outgoing outgoing = { .topic = SCENARIO_EVENTS,
                                     .partition = partition,
                                     .key = key,
                                     .value = rlc_debtor_event_encode(event, &arena) };
    struct rlc_error error = { .text = "" };

    assert_non_null(outgoing.value.data);
    assert_int_equal(world->tool->ops->produce(world->tool, &outgoing, &error), RLC_OK);
}

/* `only`: not unless the debtor belongs to that partition, or -1. */
static void publish_debtor(struct world *world, int number, int32_t only)
{
    char name[16] = "";
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DEBTOR_UPSERTED,
                                      .envelope = { .tenant = rlc_span_of(TENANT),
                                                    .source = rlc_span_of("test") },
                                      .debtor_upserted = { .kind = RLC_PARTY_KIND_COMPANY,
                                                           .status = RLC_PARTY_STATUS_ACTIVE,
                                                           .country = rlc_span_of("FR"),
                                                           .zone = rlc_span_of("UTC"),
                                                           .language = rlc_span_of("fr") } };
    struct rlc_span key;

    (void)snprintf(name, sizeof(name), "D%d", number);
    event.envelope.debtor = rlc_span_of(name);
    event.envelope.source_event_id = event.envelope.debtor;
    key = rlc_key_of_debtor(&arena, event.envelope.tenant, event.envelope.debtor);
    if (only < 0 || rlc_partition_of(key, PARTITIONS) == only)
        publish(world, rlc_partition_of(key, PARTITIONS), key, &event);
}

/* A scope in which one creditor has a mode of its own. */
static void publish_scope(struct world *world, int32_t partition, const struct rlc_scope *scope,
                          const char *creditor)
{
    struct rlc_creditor_setting setting = { .creditor = rlc_span_of(creditor),
                                            .mode = RLC_CREDITOR_MODE_LIVE };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_SCOPE_CHANGED,
                                      .envelope = { .tenant = rlc_span_of(TENANT),
                                                    .source = rlc_span_of("scenario") },
                                      .scope_changed = *scope };

    event.scope_changed.creditors = &setting;
    event.scope_changed.creditor_count = 1;
    publish(world, partition, rlc_span_of(TENANT), &event);
}

/* The scope that a partition has stored last; NULL if none. */
static const struct rlc_scope *stored_scope(struct world *world, int32_t partition)
{
    struct rlc_position from = { SCENARIO_STATE, partition, RLC_OFFSET_BEGIN };
    const struct rlc_scope_record *record = NULL;
    struct rlc_bus *tool = world->tool;
    struct rlc_bus_event event;
    struct rlc_error error = { .text = "" };

    assert_int_equal(tool->ops->read(tool, &from, 1, &error), RLC_OK);
    while (tool->ops->read_poll(tool, 0, &event, &error) == RLC_OK &&
           event.kind == RLC_BUS_RECORD) {
        struct rlc_span key = event.record.key;

        if (rlc_span_equal(key, rlc_span_of("s|" TENANT)))
            record = scenario_state_decode(key, rlc_arena_copy(&arena, event.record.value), &arena);
    }
    (void)tool->ops->read(tool, NULL, 0, NULL);
    return record ? &record->scope : NULL;
}

static void assert_creditor(const struct rlc_scope *scope, const char *creditor)
{
    assert_non_null(scope);
    assert_int_equal(scope->creditor_count, 1);
    assert_true(rlc_span_equal(scope->creditors[0].creditor, rlc_span_of(creditor)));
}

/* An installation with some debtors in every partition. */
static void open_world(struct world *world, struct rlc_service *service,
                       const struct rlc_catalog *catalog)
{
    struct scenario_worker *self = scenario_worker_new(catalog, true);

    rlc_arena_init(&arena, memory, sizeof(memory));
    assert_non_null(self);
    *service = scenario_worker_service();
    world_open(world, service, self, PARTITIONS, 1);
    world->stepped = true;
    world->batch_max = BATCH;
    world_start(world, 0);
    for (int i = 0; i < DEBTORS; i++)
        publish_debtor(world, i, -1);
    world_settle(world, ROUNDS_MAX);
}

static void close_world(struct world *world)
{
    struct scenario_worker *self = world->roles[0].self;

    world_close(world);
    scenario_worker_free(self);
}

static void partitions_swept_in_one_batch_store_each_its_own_scope(void **state)
{
    struct rlc_catalog catalog = { .bundles = NULL };
    struct rlc_service service;
    struct world world;

    (void)state;
    open_world(&world, &service, &catalog);
    /* One is a command behind the other. */
    publish_scope(&world, 0, &(struct rlc_scope){ .revision = 1 }, "first");
    publish_scope(&world, 1, &(struct rlc_scope){ .revision = 2 }, "another-creditor");
    world_settle(&world, ROUNDS_MAX);
    assert_creditor(stored_scope(&world, 0), "first");
    assert_creditor(stored_scope(&world, 1), "another-creditor");
    close_world(&world);
}

static enum rlc_status nothing_new(void *context, struct rlc_error *reterr)
{
    (void)reterr;
    (*(int *)context)++;
    return RLC_OK;
}

static void a_sweep_longer_than_a_batch_waits_for_its_bundle(void **state)
{
    struct rlc_bundles *bundles = rlc_bundles_new();
    int asked = 0;
    struct rlc_catalog catalog = { bundles, nothing_new, &asked };
    struct rlc_service service;
    struct world world;

    (void)state;
    assert_non_null(bundles);
    open_world(&world, &service, &catalog);
    publish_scope(&world, 0, &(struct rlc_scope){ .revision = 1, .bundle_hash = { { 7 } } },
                  "first");
    for (int i = 0; i < 1000; i++)
        world_round(&world);
    assert_true(asked > 0);
    assert_null(stored_scope(&world, 0));
    close_world(&world);
    rlc_bundles_free(bundles);
}

/* Another process owned the partition when the scope came. */
static void a_stored_scope_whose_bundle_is_not_known_yet_decides_nothing(void **state)
{
    struct rlc_bundles *bundles = rlc_bundles_new();
    int asked = 0;
    struct rlc_catalog catalog = { bundles, nothing_new, &asked };
    struct rlc_service service;
    struct world world;
    size_t facts;

    (void)state;
    assert_non_null(bundles);
    open_world(&world, &service, &catalog);
    service.prepare = NULL; /* as if the former owner knew it */
    service.decide = SCENARIO_SERVICE.decide;
    publish_scope(&world, 0, &(struct rlc_scope){ .revision = 1, .bundle_hash = { { 7 } } },
                  "first");
    world_settle(&world, ROUNDS_MAX);
    assert_non_null(stored_scope(&world, 0));
    service = scenario_worker_service();
    facts = world_count_topic(&world, SCENARIO_FACTS);
    for (int i = DEBTORS; i < 2 * DEBTORS; i++)
        publish_debtor(&world, i, 0);
    for (int i = 0; i < 1000; i++)
        world_round(&world);
    assert_true(asked > 0);
    assert_int_equal(world_count_topic(&world, SCENARIO_FACTS), facts);
    close_world(&world);
    rlc_bundles_free(bundles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partitions_swept_in_one_batch_store_each_its_own_scope),
        cmocka_unit_test(a_sweep_longer_than_a_batch_waits_for_its_bundle),
        cmocka_unit_test(a_stored_scope_whose_bundle_is_not_known_yet_decides_nothing),
    };

    return cmocka_run_group_tests_name("sweeps", tests, NULL, NULL);
}
