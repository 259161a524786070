/* SPDX-License-Identifier: Apache-2.0 */
/* What only the owner of a debtor can refuse, through intake and scenario: a known id or revision
 * with another body, an end whose beginning nobody told of. Over every kind of event that upstream
 * may send: one dead letter with code and path, its debtor held, the next good record applied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/runtime/memory.h"
#include "common/wire/debtor_fact.h"
#include "shell.h"
#include "tests/support/ingest_stage.h"

#include "tests/support/check.h"

enum { EXAMPLES_MAX = 40, ROUNDS_MAX = 2000, EVENTS_MAX = 16 };

/* What comes in, in one order, and what comes of it. */
struct road {
    struct ingest_stage stage;
    struct world world; /* scenario's */
    struct scenario_shell shell;
    struct rlc_arena arena;
    json_t *events[EVENTS_MAX];
    size_t event_count;

    struct rlc_span log[EVENTS_MAX]; /* of debtor-events, as scenario read it */
    struct rlc_coordinates at[EVENTS_MAX];
    size_t log_count;
    struct rlc_dead_letter letters[EVENTS_MAX];
    size_t letter_count;
    struct rlc_coordinates held[EVENTS_MAX];
    size_t held_count;
    size_t released_count;
    size_t answers; /* to commands */
    bool good;      /* the record behind the bad one was applied */
};

static char *examples[EXAMPLES_MAX];
static size_t example_count;
static struct road road;

/* ---- events ---- */

static json_t *example(const char *type)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "io.relance.%s.v1", type);
    for (size_t i = 0; i < example_count; i++) {
        json_t *event = json_loads(examples[i], 0, NULL);

        assert_non_null(event);
        if (strcmp(json_string_value(json_object_get(event, "type")), name) == 0)
            return event;
        json_decref(event);
    }
    fail_msg("no example of %s", name);
    return NULL;
}

static json_t *with(json_t *event, const char *object, const char *member, const char *json)
{
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);

    assert_non_null(value);
    (void)json_object_set_new(object ? json_object_get(event, object) : event, member, value);
    return event;
}

/* An invoice of the same debtor: the good record behind the bad one. */
static json_t *good(void)
{
    return with(with(example("invoice.issued"), NULL, "id", "\"good\""), "data", "document",
                "\"GOOD\"");
}

/* Takes the event. */
static void add(json_t *event)
{
    assert_true(road.event_count < EVENTS_MAX);
    road.events[road.event_count++] = event;
}

/* ---- travelling ---- */

static const struct policy *no_policy(void *context, const struct rlc_hash *hash)
{
    (void)context;
    (void)hash;
    return &POLICY_EMPTY;
}

static void carry(const struct rlc_record *record, void *context)
{
    struct rlc_bus *tool = road.world.tool;
    struct rlc_outgoing outgoing = { .topic = SCENARIO_EVENTS,
                                     .partition = record->partition,
                                     .key = record->key,
                                     .value = record->value };
    struct rlc_error error;

    (void)context;
    assert_int_equal(tool->ops->produce(tool, &outgoing, &error), RLC_OK);
    assert_int_equal(tool->ops->flush(tool, 1000, &error), RLC_OK);
}

static void refuse_none(const struct rlc_dead_letter *letter, void *context)
{
    (void)context;
    fail_msg("the intake refused '%.*s' at '%.*s'", (int)letter->code.size,
             (const char *)letter->code.data, (int)letter->path.size,
             (const char *)letter->path.data);
}

static void take_event(const struct rlc_record *record)
{
    assert_true(road.log_count < EVENTS_MAX);
    road.at[road.log_count] =
        (struct rlc_coordinates){ .partition = record->partition, .offset = record->offset };
    road.log[road.log_count++] = rlc_arena_copy(&road.arena, record->value);
}

static void take_letter(const struct rlc_record *record)
{
    struct rlc_fault fault;

    assert_true(road.letter_count < EVENTS_MAX);
    assert_int_equal(rlc_dead_letter_decode(rlc_arena_copy(&road.arena, record->value), &road.arena,
                                            &road.letters[road.letter_count++], &fault),
                     RLC_OK);
}

static void take_fact(const struct rlc_record *record)
{
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;

    assert_int_equal(rlc_debtor_fact_decode(rlc_arena_copy(&road.arena, record->value), &road.arena,
                                            &fact, &fault),
                     RLC_OK);
    if (fact.kind == RLC_FACT_KIND_QUARANTINE_CHANGED && fact.quarantine_changed.released)
        road.released_count++;
    else if (fact.kind == RLC_FACT_KIND_QUARANTINE_CHANGED)
        road.held[road.held_count++] = fact.quarantine_changed.at;
    if (fact.kind == RLC_FACT_KIND_COMMAND_ACCEPTED || fact.kind == RLC_FACT_KIND_COMMAND_REFUSED)
        road.answers++;
    if (fact.kind == RLC_FACT_KIND_RECEIVABLE_OPENED &&
        rlc_span_equal(fact.receivable_opened.document, rlc_span_of("GOOD")))
        road.good = true;
}

static void read_topic(int32_t topic, void (*take)(const struct rlc_record *record))
{
    struct rlc_bus *tool = road.world.tool;

    for (int32_t p = 0; p < STAGE_PARTITIONS; p++) {
        struct rlc_position from = { topic, p, RLC_OFFSET_BEGIN };
        struct rlc_bus_event event;
        struct rlc_error error;

        assert_int_equal(tool->ops->read(tool, &from, 1, &error), RLC_OK);
        while (tool->ops->read_poll(tool, 0, &event, &error) == RLC_OK &&
               event.kind == RLC_BUS_RECORD)
            take(&event.record);
    }
    (void)tool->ops->read(tool, NULL, 0, NULL);
}

static void through_ingest(void)
{
    ingest_stage_open(&road.stage, 7);
    world_start(&road.stage.world, 0);
    for (size_t i = 0; i < road.event_count; i++) {
        char *text = json_dumps(road.events[i], JSON_COMPACT);

        ingest_stage_publish(&road.stage, LAB_BILLING, 0, text);
        free(text);
        json_decref(road.events[i]);
    }
    ingest_stage_settle(&road.stage);
    ingest_stage_each_letter(&road.stage, refuse_none, NULL);
}

static void through_scenario(void)
{
    assert_true(scenario_shell_init(&road.shell, no_policy, NULL, true));
    world_open(&road.world, &SCENARIO_SERVICE, &road.shell, STAGE_PARTITIONS, 1);
    road.world.stepped = true;
    ingest_stage_each(&road.stage, INTAKE_DEBTOR_EVENTS, carry, NULL);
    world_start(&road.world, 0);
    world_settle(&road.world, ROUNDS_MAX);
    read_topic(SCENARIO_EVENTS, take_event);
    read_topic(SCENARIO_DEAD_LETTERS, take_letter);
    read_topic(SCENARIO_FACTS, take_fact);
}

static void travel(void)
{
    assert_int_equal(rlc_arena_map(&road.arena, (size_t)64 << 20), RLC_OK);
    through_ingest();
    through_scenario();
    assert_int_equal(road.log_count, road.event_count);
}

/* Also after a test that failed half-way. */
static int begin(void **state)
{
    (void)state;
    memset(&road, 0, sizeof(road));
    return 0;
}

static void arrive(void)
{
    world_close(&road.world);
    scenario_shell_clear(&road.shell);
    ingest_stage_close(&road.stage);
    rlc_arena_unmap(&road.arena);
    (void)begin(NULL);
}

/* ---- judging ---- */

static bool is_text(struct rlc_span span, const char *text)
{
    return rlc_span_equal(span, rlc_span_of(text));
}

/* One letter, about the event that came as number `index`, whose debtor is held. */
static void assert_refused(const char *what, size_t index, const char *code, const char *path)
{
    const struct rlc_dead_letter *letter = &road.letters[0];
    struct rlc_hash hash = rlc_sha256(road.log[index]);

    if (road.letter_count != 1)
        fail_msg("%s: %zu letters", what, road.letter_count);
    if (!is_text(letter->code, code) || !is_text(letter->path, path)) {
        fail_msg("%s: '%.*s' at '%.*s'", what, (int)letter->code.size,
                 (const char *)letter->code.data, (int)letter->path.size,
                 (const char *)letter->path.data);
    }
    assert_true(is_text(letter->worker, "scenario") && letter->remedy.size > 0);
    assert_true(is_text(letter->tenant, "acme") && is_text(letter->debtor, "C-10442"));
    assert_true(letter->source.size > 0 && letter->source_event_id.size > 0);
    assert_int_equal(letter->at.partition, road.at[index].partition);
    assert_int_equal(letter->at.offset, road.at[index].offset);
    assert_memory_equal(letter->record_hash.bytes, hash.bytes, sizeof(hash.bytes));
    assert_int_equal(letter->record_bytes, road.log[index].size);
    assert_int_equal(letter->raw.bytes.size, 0);
    assert_int_equal(road.world.counters[RLC_COUNT_REJECTED], 1);
    assert_int_equal(road.held_count, 1);
    assert_true(rlc_span_equal(road.held[0].topic, letter->at.topic));
    assert_int_equal(road.held[0].partition, letter->at.partition);
    assert_int_equal(road.held[0].offset, letter->at.offset);
    if (!road.good)
        fail_msg("%s: the record behind it was not applied", what);
}

/* ---- conflicts ---- */

/* Another body of the worked example, and what must come before it to be understood. */
static const struct {
    const char *type;
    const char *before;
    const char *member;
    const char *json;
} BODIES[] = {
    { "debtor.upserted", NULL, "language", "\"de\"" },
    { "account.upserted", NULL, "segment", "\"MID\"" },
    { "contact.upserted", NULL, "language", "\"en\"" },
    { "invoice.issued", NULL, "total", "\"1300.00\"" },
    { "invoice.amended", NULL, "due_on", "\"2026-04-16\"" },
    { "invoice.cancelled", "invoice.issued", "cancelled_on", "\"2026-03-12\"" },
    { "credit_note.issued", NULL, "total", "\"160.00\"" },
    { "payment.received", NULL, "amount", "\"1101.00\"" },
    { "payment.reversed", "payment.received", "reason_code", "\"AC04\"" },
    { "opening_item.entered", NULL, "open", "\"200.00\"" },
    { "dispute.opened", NULL, "reason", "\"PRICE\"" },
    { "dispute.resolved", "dispute.opened", "resolved_on", "\"2026-04-21\"" },
    { "promise.made", NULL, "amount", "\"950.00\"" },
    { "promise.withdrawn", "promise.made", "reason_code", "\"OTHER\"" },
    { "hold.placed", NULL, "reason", "\"MANUAL\"" },
    { "hold.lifted", "hold.placed", "reason_code", "\"OTHER\"" },
};

/* The example, then another body, twice: under the same id, or under new ids of one revision. */
static void contradict(size_t kind, bool by_revision)
{
    const char *type = BODIES[kind].type;

    if (BODIES[kind].before)
        add(example(BODIES[kind].before));
    add(with(example(type), NULL, "revision", "7"));
    for (int i = 0; i < 2; i++) {
        json_t *other = with(with(example(type), NULL, "revision", "7"), "data",
                             BODIES[kind].member, BODIES[kind].json);

        add(by_revision ? with(other, NULL, "id", i ? "\"other-1\"" : "\"other-2\"") : other);
    }
    add(good());
    travel();
    assert_refused(type, BODIES[kind].before ? 2 : 1, "CONFLICT", by_revision ? "revision" : "id");
    assert_int_equal(road.released_count, 0);
    arrive();
}

static void a_known_id_with_another_body_is_one_dead_letter(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(BODIES); i++)
        contradict(i, false);
}

static void a_known_revision_with_another_body_is_one_dead_letter(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(BODIES); i++)
        contradict(i, true);
}

static void a_known_command_is_answered_once_whatever_it_says(void **state)
{
    (void)state;
    add(example("command.issued"));
    add(with(example("command.issued"), "data", "reason_code", "\"OTHER\""));
    add(good());
    travel();
    assert_int_equal(road.letter_count, 0);
    assert_int_equal(road.answers, 1);
    assert_true(road.good);
    arrive();
}

static void every_kind_of_the_contract_is_among_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < example_count; i++) {
        json_t *event = json_loads(examples[i], 0, NULL);
        const char *type = json_string_value(json_object_get(event, "type"));
        bool found = strstr(type, "command.issued") != NULL;

        for (size_t k = 0; k < RLC_COUNT(BODIES); k++)
            found = found || strstr(type, BODIES[k].type);
        if (!found)
            fail_msg("nothing contradicts %s", type);
        json_decref(event);
    }
}

/* ---- unknown objects ---- */

static const struct {
    const char *end;
    const char *beginning;
    const char *path;
} ENDS[] = {
    { "invoice.cancelled", "invoice.issued", "data.document" },
    { "payment.reversed", "payment.received", "data.payment" },
    { "dispute.resolved", "dispute.opened", "data.dispute" },
    { "promise.withdrawn", "promise.made", "data.promise" },
    { "hold.lifted", "hold.placed", "data.hold" },
};

static void an_end_of_something_unknown_is_one_dead_letter(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ENDS); i++) {
        add(example(ENDS[i].end));
        add(example(ENDS[i].end));
        add(good());
        travel();
        assert_refused(ENDS[i].end, 0, "UNKNOWN_OBJECT", ENDS[i].path);
        assert_int_equal(road.released_count, 0);
        arrive();
    }
}

static void the_debtor_is_let_go_when_the_object_comes_after_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ENDS); i++) {
        add(example(ENDS[i].end));
        add(good());
        add(example(ENDS[i].beginning));
        travel();
        assert_refused(ENDS[i].end, 0, "UNKNOWN_OBJECT", ENDS[i].path);
        assert_int_equal(road.released_count, 1);
        arrive();
    }
}

static void what_begins_waits_for_its_document_without_a_word(void **state)
{
    static const char *const BEGINNINGS[] = { "payment.received", "credit_note.issued",
                                              "dispute.opened", "promise.made", "invoice.amended" };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(BEGINNINGS); i++)
        add(example(BEGINNINGS[i]));
    add(with(with(with(example("hold.placed"), NULL, "creditor", "\"acme-fr\""), "data", "reach",
                  "\"DOCUMENT\""),
             "data", "document", "\"never\""));
    add(good());
    travel();
    assert_int_equal(road.letter_count, 0);
    assert_int_equal(road.held_count, 0);
    assert_true(road.good);
    arrive();
}

static int load_examples(void **state)
{
    (void)state;
    example_count = ingest_lab_examples(examples, EXAMPLES_MAX);
    return 0;
}

static int free_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < example_count; i++)
        free(examples[i]);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_known_id_with_another_body_is_one_dead_letter, begin),
        cmocka_unit_test_setup(a_known_revision_with_another_body_is_one_dead_letter, begin),
        cmocka_unit_test_setup(a_known_command_is_answered_once_whatever_it_says, begin),
        cmocka_unit_test_setup(every_kind_of_the_contract_is_among_them, begin),
        cmocka_unit_test_setup(an_end_of_something_unknown_is_one_dead_letter, begin),
        cmocka_unit_test_setup(the_debtor_is_let_go_when_the_object_comes_after_all, begin),
        cmocka_unit_test_setup(what_begins_waits_for_its_document_without_a_word, begin),
    };

    return cmocka_run_group_tests_name("refused records", tests, load_examples, free_examples);
}
