/* SPDX-License-Identifier: Apache-2.0 */
/* The scoring worker on a log in memory: the same facts give the same scores and the same state, in
 * batches of any size and with a death at every step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/view_memory.h"
#include "common/pure/key.h"
#include "common/pure/murmur2.h"
#include "common/pure/text.h"
#include "common/runtime/memory.h"
#include "common/wire/audit_record.h"
#include "services/scoring/worker.h"
#include "tests/support/bundle_feed.h"
#include "tests/support/random.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

#define TENANT   "acme"
#define CREDITOR "ACME-FR"
#define FOLDER   RLC_SOURCE_DIR "/deploy/bundles/demo"

enum {
    PARTITIONS = 2,
    DEBTORS = 12,
    DAYS = 90,
    FIRST_DAY = 20000,
    DOCUMENTS = 40, /* of one debtor */
    ROUNDS_MAX = 20000,
    TEXT_MAX = 1 << 20,
    KEY_SIZE = 64,
    RECORDS_MAX = 1024
};

static struct rlc_bundles *catalog;
static struct rlc_hash bundle;

/* ---- a life in facts ---- */

struct debtor {
    char name[16];
    int delay; /* its habit */
    int issued;
    int paid;
    rlc_day due_on[DOCUMENTS];
};

struct teller {
    struct world *world;
    struct rlc_arena arena;
    struct random random;
    rlc_day today;
    size_t told;
};

static void publish(struct teller *teller, struct rlc_span key, struct rlc_span value)
{
    struct rlc_outgoing outgoing = { .topic = SCORING_FACTS,
                                     .partition = rlc_partition_of(key, PARTITIONS),
                                     .key = key,
                                     .value = value };
    struct rlc_bus *tool = teller->world->tool;
    struct rlc_error error = { .text = "" };

    assert_non_null(value.data);
    assert_int_equal(tool->ops->produce(tool, &outgoing, &error), RLC_OK);
    teller->told++;
}

static void tell(struct teller *teller, const struct debtor *debtor, struct rlc_debtor_fact fact)
{
    struct rlc_span key;

    rlc_arena_reset(&teller->arena);
    fact.chain = (struct rlc_chain){ .sequence = 1, .previous.bytes = { 1 } };
    fact.decided_at_ms = (rlc_ms)teller->today * RLC_DAY_MS + 1;
    fact.envelope = (struct rlc_envelope){ .tenant = rlc_span_of(TENANT),
                                           .debtor = rlc_span_of(debtor->name),
                                           .creditor = rlc_span_of(CREDITOR),
                                           .source = rlc_span_of("scenario"),
                                           .occurred_at_ms = fact.decided_at_ms,
                                           .ingested_at_ms = fact.decided_at_ms,
                                           .rules = { .bundle_hash = bundle, .rules_version = 1 } };
    key = rlc_key_of_debtor(&teller->arena, fact.envelope.tenant, fact.envelope.debtor);
    publish(teller, key, rlc_debtor_fact_encode(&fact, &teller->arena));
}

static void tell_document(struct teller *teller, const struct debtor *debtor, int number,
                          enum rlc_fact_kind kind)
{
    struct rlc_money total = { .minor = 10000 + number * 700, .currency = "EUR" };
    bool opens = kind == RLC_FACT_KIND_RECEIVABLE_OPENED;
    char document[16];
    struct rlc_debtor_fact fact = {
        .kind = kind,
        .receivable_opened = { .type = RLC_DOCUMENT_TYPE_INVOICE,
                               .cause =
                                   opens ? RLC_RECEIVABLE_CAUSE_ISSUED : RLC_RECEIVABLE_CAUSE_PAID,
                               .total = total,
                               .open = { .minor = opens ? total.minor : 0, .currency = "EUR" },
                               .issued_on = teller->today,
                               .due_on = debtor->due_on[number],
                               .value_on = teller->today }
    };

    (void)snprintf(document, sizeof(document), "F-%d", number);
    fact.receivable_opened.document = rlc_span_of(document);
    if (!opens)
        fact.receivable_opened.issued_on = debtor->due_on[number] - 14;
    tell(teller, debtor, fact);
}

static void issue(struct teller *teller, struct debtor *debtor)
{
    if (debtor->issued == DOCUMENTS)
        return;
    debtor->due_on[debtor->issued] = teller->today + 14;
    tell_document(teller, debtor, debtor->issued++, RLC_FACT_KIND_RECEIVABLE_OPENED);
}

static void pay(struct teller *teller, struct debtor *debtor)
{
    int late = debtor->delay + (int)random_below(&teller->random, 5);

    if (debtor->paid == debtor->issued || debtor->due_on[debtor->paid] + late > teller->today)
        return;
    tell_document(teller, debtor, debtor->paid++, RLC_FACT_KIND_RECEIVABLE_CLOSED);
}

static void behave(struct teller *teller, const struct debtor *debtor)
{
    const struct rlc_step_instance instance = { .document = rlc_span_of("F-0"),
                                                .scenario = rlc_span_of("retail"),
                                                .step = rlc_span_of("reminder"),
                                                .occurrence = 1 };
    const struct rlc_debtor_fact step = { .kind = RLC_FACT_KIND_STEP_OPENED,
                                          .step_opened = { .instance = instance,
                                                           .step_on = teller->today } };
    const struct rlc_debtor_fact broken = { .kind = RLC_FACT_KIND_AGREEMENT_CLOSED,
                                            .agreement_closed = {
                                                .agreement = rlc_span_of("P-1"),
                                                .kind = RLC_AGREEMENT_KIND_PROMISE,
                                                .reach = RLC_REACH_DEBTOR,
                                                .result = RLC_AGREEMENT_RESULT_BROKEN } };

    if (debtor->delay > 10 && random_below(&teller->random, 20) == 0)
        tell(teller, debtor, broken);
    if (debtor->paid < debtor->issued && debtor->due_on[debtor->paid] < teller->today)
        tell(teller, debtor, step);
}

/* Returns how many facts were told. */
static size_t tell_life(struct world *world)
{
    struct teller teller = { .world = world, .random = { 5 } };
    struct debtor debtor[DEBTORS] = { { .issued = 0 } };

    assert_int_equal(rlc_arena_map(&teller.arena, TEXT_MAX), RLC_OK);
    for (int day = 0; day < DAYS; day++) {
        teller.today = FIRST_DAY + day;
        for (int i = 0; i < DEBTORS; i++) {
            (void)snprintf(debtor[i].name, sizeof(debtor[i].name), "D-%d", i);
            debtor[i].delay = i * 2 - 5;
            if (random_below(&teller.random, 3) == 0)
                issue(&teller, &debtor[i]);
            pay(&teller, &debtor[i]);
            behave(&teller, &debtor[i]);
        }
    }
    rlc_arena_unmap(&teller.arena);
    return teller.told;
}

/* ---- what came of it ---- */

struct result {
    char *scores;
    char *audits;
    char *state;
    size_t said;
    size_t facts;
    uint64_t steps;
    struct rlc_arena arena; /* of the record that is looked at */
};

static void add_score(char *text, struct rlc_span key, const struct rlc_envelope *envelope,
                      const struct rlc_score_changed *score)
{
    size_t used = strlen(text);

    used += (size_t)snprintf(
        text + used, TEXT_MAX - used, "%.*s %.*s %d %.*s %.*s %u %d", (int)key.size,
        (const char *)key.data, (int)envelope->source_event_id.size,
        (const char *)envelope->source_event_id.data, (int)envelope->entity_revision,
        (int)score->document.size, (const char *)score->document.data, (int)score->band.size,
        (const char *)score->band.data, score->late_ppm, score->delay_days);
    for (size_t i = 0; i < score->reason_count; i++) {
        used += (size_t)snprintf(
            text + used, TEXT_MAX - used, " %.*s %d", (int)score->reasons[i].code.size,
            (const char *)score->reasons[i].code.data, (int)score->reasons[i].weight_ppm);
    }
    (void)snprintf(text + used, TEXT_MAX - used, "\n");
    assert_true(used < TEXT_MAX - 1);
}

static void see_event(void *context, const struct rlc_record *record)
{
    struct result *result = context;
    struct rlc_debtor_event event;
    struct rlc_fault fault;

    rlc_arena_reset(&result->arena);
    assert_int_equal(rlc_debtor_event_decode(record->value, &result->arena, &event, &fault),
                     RLC_OK);
    assert_int_equal(event.kind, RLC_EVENT_KIND_SCORE_CHANGED);
    add_score(result->scores, record->key, &event.envelope, &event.score_changed);
    result->said++;
}

static void see_audit(void *context, const struct rlc_record *record)
{
    struct result *result = context;
    struct rlc_audit_record audit;
    struct rlc_fault fault;

    rlc_arena_reset(&result->arena);
    assert_int_equal(rlc_audit_record_decode(record->value, &result->arena, &audit, &fault),
                     RLC_OK);
    assert_int_equal(audit.kind, RLC_AUDIT_KIND_SCORED);
    add_score(result->audits, record->key, &audit.envelope, &audit.scored);
}

/* The newest record of each key in the changelog, sorted by key. */
struct records {
    struct {
        char key[KEY_SIZE];
        char *hex; /* NULL: deleted */
    } record[RECORDS_MAX];
    size_t count;
};

static void see_state(void *context, const struct rlc_record *record)
{
    struct records *records = context;
    char key[KEY_SIZE];
    size_t i = 0;

    /* What else is there are checkpoints, which tell of batches. */
    if (record->key.size < 2 || record->key.data[1] != '|')
        return;
    (void)snprintf(key, sizeof(key), "%.*s", (int)record->key.size, (const char *)record->key.data);
    while (i < records->count && strcmp(records->record[i].key, key) < 0)
        i++;
    if (i == records->count || strcmp(records->record[i].key, key) != 0) {
        assert_true(records->count < RECORDS_MAX);
        memmove(&records->record[i + 1], &records->record[i],
                (records->count++ - i) * sizeof(records->record[0]));
        memcpy(records->record[i].key, key, sizeof(key));
        records->record[i].hex = NULL;
    }
    free(records->record[i].hex);
    records->record[i].hex = NULL;
    if (!record->value.data)
        return;
    records->record[i].hex = calloc(1, 2 * record->value.size + 1);
    assert_non_null(records->record[i].hex);
    rlc_hex_write(record->value.data, record->value.size, (uint8_t *)records->record[i].hex);
}

static char *dump_state(struct world *world)
{
    struct records *records = calloc(1, sizeof(*records));
    char *text = calloc(1, TEXT_MAX);
    size_t used = 0;

    assert_non_null(records);
    assert_non_null(text);
    world_each(world, SCORING_STATE, see_state, records);
    for (size_t i = 0; i < records->count; i++) {
        if (records->record[i].hex)
            used += (size_t)snprintf(text + used, TEXT_MAX - used, "%s %s\n",
                                     records->record[i].key, records->record[i].hex);
        assert_true(used < TEXT_MAX - 1);
        free(records->record[i].hex);
    }
    free(records);
    return text;
}

static void read_result(struct world *world, struct result *ret_result)
{
    ret_result->scores = calloc(1, TEXT_MAX);
    ret_result->audits = calloc(1, TEXT_MAX);
    assert_non_null(ret_result->scores);
    assert_non_null(ret_result->audits);
    assert_int_equal(rlc_arena_map(&ret_result->arena, RLC_DECODE_BYTES_MAX), RLC_OK);
    world_each(world, SCORING_EVENTS, see_event, ret_result);
    world_each(world, SCORING_AUDIT, see_audit, ret_result);
    ret_result->state = dump_state(world);
    ret_result->steps = world->steps;
    rlc_arena_unmap(&ret_result->arena);
}

static void free_result(struct result *result)
{
    free(result->scores);
    free(result->audits);
    free(result->state);
}

static void assert_same(const struct result *expected, const struct result *found)
{
    world_assert_same_text("scores", expected->scores, found->scores);
    world_assert_same_text("audit records", expected->audits, found->audits);
    world_assert_same_text("state", expected->state, found->state);
}

static void *make_worker(void *context)
{
    struct rlc_catalog found = { .bundles = catalog };

    (void)context;
    return scoring_worker_new(&found);
}

static void unmake_worker(void *context, void *self)
{
    (void)context;
    scoring_worker_free(self);
}

static struct result live(uint32_t batch_max, uint64_t die_at)
{
    struct rlc_service service = scoring_worker_service();
    const struct world_role role = {
        .service = &service, .processes = 1, .make = make_worker, .unmake = unmake_worker
    };
    struct world world;
    struct result result = { .scores = NULL };

    world_open_roles(&world, &role, 1, PARTITIONS);
    world.batch_max = batch_max;
    world.stepped = true;
    world.die_at = die_at;
    world_start(&world, 0);
    result.facts = tell_life(&world);
    world_settle(&world, ROUNDS_MAX);
    read_result(&world, &result);
    world_kill(&world, 0);
    world_close(&world);
    return result;
}

static struct result calm;

static void a_life_has_scores_of_all_kinds_and_few_of_them(void **state)
{
    (void)state;
    assert_non_null(strstr(calm.scores, " score-2 2 "));
    assert_non_null(strstr(calm.scores, " issue-"));
    assert_non_null(strstr(calm.scores, " A "));
    assert_non_null(strstr(calm.scores, " E "));
    assert_non_null(strstr(calm.state, "d|" TENANT "/D-1 "));
    assert_non_null(strstr(calm.state, "r|" TENANT "/D-1|" CREDITOR "|F-"));
    assert_true(calm.said > DEBTORS);
    assert_true(calm.said * 4 < calm.facts);
    world_assert_same_text("audit records", calm.scores, calm.audits);
}

static void the_size_of_a_batch_changes_nothing(void **state)
{
    static const uint32_t SIZES[] = { 1, 7, 10000 };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(SIZES); i++) {
        struct result other = live(SIZES[i], 0);

        assert_same(&calm, &other);
        free_result(&other);
    }
}

static void a_death_at_any_step_changes_nothing(void **state)
{
    struct result other = live(300, 0);
    uint64_t steps = other.steps;

    (void)state;
    free_result(&other);
    assert_true(steps > 20);
    for (uint64_t at = 1; at <= steps; at++) {
        other = live(300, at);
        assert_same(&calm, &other);
        free_result(&other);
    }
}

static int read_demo(void **state)
{
    struct rlc_error error = { .text = "" };

    (void)state;
    catalog = bundle_catalog(FOLDER, &bundle, &error);
    if (!catalog)
        fail_msg("%s", error.text);
    calm = live(100, 0);
    return 0;
}

static int forget_demo(void **state)
{
    (void)state;
    free_result(&calm);
    rlc_bundles_free(catalog);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_has_scores_of_all_kinds_and_few_of_them),
        cmocka_unit_test(the_size_of_a_batch_changes_nothing),
        cmocka_unit_test(a_death_at_any_step_changes_nothing),
    };

    return cmocka_run_group_tests(tests, read_demo, forget_demo);
}
