/* SPDX-License-Identifier: Apache-2.0 */
/* A case on the loop: whatever dies at whichever step, what legal-escalation says, remembers and
 * proves is what an undisturbed life leaves behind. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/bundles.h"
#include "services/legal_escalation/shell.h"
#include "tests/support/legal_bench.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

#define DEBTOR_KEY "acme/C-1"

enum { ROUNDS_MAX = 4000, MEMORY_SIZE = 1 << 22, RESULT_SIZE = 1 << 16 };

static uint8_t memory[MEMORY_SIZE];
static struct rlc_arena arena;
static struct legal_policy policy;

static const struct legal_policy *policy_of(void *context, const struct rlc_hash *bundle_hash)
{
    (void)context;
    (void)bundle_hash;
    return &policy;
}

/* ---- the life of a case ---- */

static void publish(struct world *world, struct rlc_span key, struct rlc_legal_inbox *message)
{
    struct rlc_outgoing outgoing = { .topic = LEGAL_INBOX, .key = key };
    struct rlc_error error = { .text = "" };

    message->envelope.source = rlc_span_of("scenario");
    outgoing.value = rlc_legal_inbox_encode(message, &arena);
    assert_non_null(outgoing.value.data);
    assert_int_equal(world->tool->ops->produce(world->tool, &outgoing, &error), RLC_OK);
}

static void say(struct world *world, struct rlc_legal_inbox message, const char *day)
{
    message.envelope.tenant = rlc_span_of("acme");
    message.envelope.debtor = rlc_span_of("C-1");
    message.envelope.creditor = rlc_span_of("FR");
    message.envelope.occurred_at_ms = legal_bench_day(day) * RLC_DAY_MS;
    message.envelope.ingested_at_ms = message.envelope.occurred_at_ms;
    publish(world, rlc_span_of(DEBTOR_KEY), &message);
}

static void tick(struct world *world, const char *day)
{
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_TICK,
                                       .tick.now_ms = legal_bench_day(day) * RLC_DAY_MS };

    publish(world, rlc_span_of("tick"), &message);
}

static struct rlc_claim claim_of(const struct rlc_claim_line *line, const char *day)
{
    return (
        struct rlc_claim){ .computed_on = legal_bench_day(day), .lines = line, .line_count = 1 };
}

/* A notice is proposed, answered, and not heeded; an order is asked for; an act is recorded that
 * cannot be; the debtor pays in two parts. */
static void publish_life(struct world *world)
{
    struct rlc_claim_line line = { .document = rlc_span_of("F-1"),
                                   .due_on = legal_bench_day("2026-03-31"),
                                   .principal = { .minor = 100000, .currency = "EUR" } };
    const struct rlc_span case_id = rlc_span_of(LEGAL_BENCH_CASE);

    say(world,
        (struct rlc_legal_inbox){
            .kind = RLC_LEGAL_INBOX_KIND_CASE_REFERRED,
            .case_referred = { .case_id = case_id,
                               .procedure = rlc_span_of("notice"),
                               .claim = claim_of(&line, "2026-04-01"),
                               .debtor = { .kind = RLC_PARTY_KIND_COMPANY,
                                           .status = RLC_PARTY_STATUS_ACTIVE,
                                           .country = rlc_span_of("FR"),
                                           .zone = rlc_span_of("Europe/Paris"),
                                           .language = rlc_span_of("fr") } } },
        "2026-04-01");
    say(world,
        (struct rlc_legal_inbox){
            .kind = RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED,
            .contact_answered = { .case_id = case_id,
                                  .step = rlc_span_of("notice"),
                                  .occurrence = 1,
                                  .result = RLC_OUTCOME_RESULT_ACCEPTED,
                                  .content_hash = { { 8 } },
                                  .answered_at_ms = legal_bench_day("2026-04-02") * RLC_DAY_MS } },
        "2026-04-02");
    tick(world, "2026-04-05");
    tick(world, "2026-04-12");
    say(world,
        (struct rlc_legal_inbox){
            .kind = RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED,
            .command_routed = { .command = rlc_span_of("c1"),
                                .kind = RLC_COMMAND_KIND_RECORD_ACT,
                                .actor = rlc_span_of("clerk"),
                                .issued_at_ms = 1,
                                .record_act = { .case_id = case_id,
                                                .act = rlc_span_of("SERVED"),
                                                .on = legal_bench_day("2026-04-12") } } },
        "2026-04-13");
    for (int64_t left = 40000; left >= 0; left -= 40000) {
        line.principal.minor = left;
        say(world,
            (struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED,
                                      .claim_changed = { .case_id = case_id,
                                                         .claim = claim_of(&line, "2026-04-14"),
                                                         .document = line.document,
                                                         .reason = rlc_span_of("PAID") } },
            "2026-04-14");
    }
}

/* ---- what it leaves behind ---- */

/* Every record of the topics that others read, and the hot state, as text. */
struct result {
    char text[RESULT_SIZE];
    size_t used;
};

static void add(struct result *result, const char *format, ...) RLC_PRINTF(2, 3);

static void add(struct result *result, const char *format, ...)
{
    va_list values;
    int size;

    va_start(values, format);
    size = vsnprintf(result->text + result->used, RESULT_SIZE - result->used, format, values);
    va_end(values);
    assert_true(size >= 0 && (size_t)size < RESULT_SIZE - result->used);
    result->used += (size_t)size;
}

static void see(void *context, const struct rlc_record *record)
{
    struct rlc_hash hash = rlc_sha256(record->value);

    add(context, "%.*s %zu %02x%02x%02x%02x\n", (int)record->key.size,
        (const char *)record->key.data, record->value.size, hash.bytes[0], hash.bytes[1],
        hash.bytes[2], hash.bytes[3]);
}

static void look_back(struct world *world, struct result *ret_result)
{
    static const int32_t TOPICS[] = { LEGAL_EVENTS, LEGAL_FILINGS, LEGAL_AUDIT,
                                      LEGAL_DEAD_LETTERS };
    char *state = world_dump_state(world);

    ret_result->used = 0;
    for (size_t i = 0; i < RLC_COUNT(TOPICS); i++) {
        add(ret_result, "topic %d\n", TOPICS[i]);
        world_each(world, TOPICS[i], see, ret_result);
    }
    add(ret_result, "state\n%s", state);
    free(state);
}

/* The steps that were made. */
static uint64_t live(uint64_t die_at, uint32_t batch_max, struct result *ret_result)
{
    static struct legal_shell shell;
    struct world world;
    uint64_t steps;

    policy = legal_bench_rules();
    legal_shell_init(&shell, policy_of, NULL);
    rlc_arena_init(&arena, memory, sizeof(memory));
    world_open(&world, &LEGAL_SERVICE, &shell, 1, 1);
    world.batch_max = batch_max;
    world.stepped = true;
    world.die_at = die_at;
    world_start(&world, 0);
    publish_life(&world);
    world_settle(&world, ROUNDS_MAX);
    look_back(&world, ret_result);
    assert_int_equal(world_count_topic(&world, LEGAL_DEAD_LETTERS), 0);
    steps = world.steps;
    world_close(&world);
    return steps;
}

static void count_milestones(void *context, const struct rlc_record *record)
{
    struct rlc_debtor_event event;
    struct rlc_fault fault;
    size_t *counts = context;

    assert_int_equal(rlc_debtor_event_decode(record->value, &arena, &event, &fault), RLC_OK);
    counts[0] += event.kind == RLC_EVENT_KIND_CONTACT_PROPOSED;
    counts[1] += event.kind == RLC_EVENT_KIND_MILESTONE && event.milestone.holds;
    counts[2] += event.kind == RLC_EVENT_KIND_MILESTONE && !event.milestone.holds;
    assert_true(event.envelope.source_event_id.size > 0);
}

/* ---- tests ---- */

static void a_case_tells_scenario_of_every_move_and_of_its_end(void **state)
{
    static struct legal_shell shell;
    size_t counts[3] = { 0 };
    struct world world;

    (void)state;
    policy = legal_bench_rules();
    legal_shell_init(&shell, policy_of, NULL);
    rlc_arena_init(&arena, memory, sizeof(memory));
    world_open(&world, &LEGAL_SERVICE, &shell, 1, 1);
    world.stepped = true;
    world_start(&world, 0);
    publish_life(&world);
    world_settle(&world, ROUNDS_MAX);
    world_each(&world, LEGAL_EVENTS, count_milestones, counts);
    assert_int_equal(counts[0], 1);
    /* Opened, accepted, over, opened, asked, refused, changed, asked again, changed. */
    assert_int_equal(counts[1], 9);
    assert_int_equal(counts[2], 1);
    /* The same, the opening and the refused act. */
    assert_int_equal(world_count_topic(&world, LEGAL_AUDIT), 1 + 9 + 1 + 2);
    world_close(&world);
}

static void the_size_of_a_batch_changes_nothing(void **state)
{
    static struct result first;
    static struct result other;

    (void)state;
    (void)live(0, 100, &first);
    (void)live(0, 1, &other);
    world_assert_same_text("life", first.text, other.text);
}

static void a_death_at_any_step_changes_nothing(void **state)
{
    static struct result expected;
    static struct result result;
    uint64_t steps = live(0, 3, &expected);

    (void)state;
    assert_true(steps > 50);
    for (uint64_t at = 1; at <= steps; at++) {
        (void)live(at, 3, &result);
        world_assert_same_text("life", expected.text, result.text);
    }
    print_message("%" PRIu64 " deaths\n", steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_tells_scenario_of_every_move_and_of_its_end),
        cmocka_unit_test(the_size_of_a_batch_changes_nothing),
        cmocka_unit_test(a_death_at_any_step_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
