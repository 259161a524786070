/* SPDX-License-Identifier: Apache-2.0 */
/* The intake as a whole worker on the log in memory: whatever happens on the way, every record is
 * there once, as an event or as a dead letter. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/keyring_memory.h"
#include "common/runtime/bundles.h"
#include "common/wire/debtor_event.h"
#include "tests/support/ingest_stage.h"
#include "tests/support/random.h"

#include "tests/support/check.h"

enum { LINES_MAX = 4000, LIFE = 40 };

static const char HEAD[] = "\"specversion\":\"1.0\",\"source\":\"test\","
                           "\"time\":\"2026-03-02T09:15:00+01:00\",\"creditor\":\"acme-fr\"";

/* ---- what was written ---- */

struct lines {
    char *line[LINES_MAX];
    size_t count;
};

static int by_key(const void *left, const void *right)
{
    const char *a = *(char *const *)left;
    const char *b = *(char *const *)right;

    return strcmp(a, b);
}

/* One line per record: key, number within its key, hash of the value. */
static void collect(struct ingest_stage *stage, int32_t topic, struct lines *lines)
{
    struct rlc_bus *tool = stage->world.tool;

    lines->count = 0;
    for (int32_t p = 0; p < STAGE_PARTITIONS; p++) {
        struct rlc_position from = { topic, p, RLC_OFFSET_BEGIN };
        struct rlc_bus_event event;
        struct rlc_error error;

        assert_int_equal(tool->ops->read(tool, &from, 1, &error), RLC_OK);
        while (tool->ops->read_poll(tool, 0, &event, &error) == RLC_OK &&
               event.kind == RLC_BUS_RECORD) {
            struct rlc_hash value = rlc_sha256(event.record.value);
            char name[80] = "";
            char text[128];
            size_t same = 0;

            for (size_t i = 0; i < event.record.key.size && i < 32; i++)
                (void)snprintf(name + 2 * i, 3, "%02x", event.record.key.data[i]);
            for (size_t i = 0; i < lines->count; i++)
                same += strncmp(lines->line[i], name, strlen(name)) == 0;
            assert_true(lines->count < LINES_MAX);
            (void)snprintf(text, sizeof(text), "%s %04zu %02x%02x%02x%02x", name, same,
                           value.bytes[0], value.bytes[1], value.bytes[2], value.bytes[3]);
            lines->line[lines->count++] = strdup(text);
        }
    }
    (void)tool->ops->read(tool, NULL, 0, NULL);
    qsort(lines->line, lines->count, sizeof(lines->line[0]), by_key);
}

static void lines_free(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->line[i]);
    lines->count = 0;
}

static void assert_same_lines(const struct lines *left, const struct lines *right)
{
    assert_int_equal(left->count, right->count);
    for (size_t i = 0; i < left->count; i++)
        assert_string_equal(left->line[i], right->line[i]);
}

/* ---- the first slice ---- */

struct seen {
    size_t invoices;
    size_t payments;
    size_t quarantines;
};

static void look_at(const struct rlc_debtor_event *event, void *context)
{
    struct seen *seen = context;

    assert_true(rlc_span_equal(event->envelope.tenant, rlc_span_of("acme")));
    assert_int_equal(event->envelope.ingested_at_ms, STAGE_NOW_MS);
    if (event->kind == RLC_EVENT_KIND_INVOICE_ISSUED) {
        assert_int_equal(event->invoice_issued.total.minor, 120000);
        seen->invoices++;
    } else if (event->kind == RLC_EVENT_KIND_PAYMENT_RECEIVED) {
        assert_int_equal(event->payment_received.amount.minor, 110000);
        assert_int_equal(event->payment_received.allocation_count, 1);
        assert_int_equal(event->payment_received.remittance.key_id.size, RLC_KEY_ID_SIZE);
        seen->payments++;
    } else if (event->kind == RLC_EVENT_KIND_QUARANTINED) {
        assert_true(rlc_span_equal(event->envelope.debtor, rlc_span_of("C-10442")));
        seen->quarantines++;
    }
}

static void an_invoice_and_its_payment_arrive_and_a_broken_record_holds_the_debtor(void **state)
{
    struct ingest_stage stage;
    struct seen seen = { 0 };
    char *texts[32];
    size_t count = ingest_lab_examples(texts, 32);

    (void)state;
    ingest_stage_open(&stage, 100);
    world_start(&stage.world, 0);
    for (size_t i = 0; i < count; i++) {
        if (strstr(texts[i], "invoice.issued") || strstr(texts[i], "payment.received"))
            ingest_stage_publish(&stage, LAB_BILLING, 0, texts[i]);
        if (strstr(texts[i], "payment.received")) {
            texts[i][strlen(texts[i]) - 10] = '\0';
            ingest_stage_publish(&stage, LAB_BILLING, 0, texts[i]);
        }
        free(texts[i]);
    }
    ingest_stage_settle(&stage);
    ingest_stage_each_event(&stage, look_at, &seen);
    assert_int_equal(seen.invoices, 1);
    assert_int_equal(seen.payments, 1);
    assert_int_equal(seen.quarantines, 1);
    assert_int_equal(world_count_topic(&stage.world, LAB_SOURCES + INTAKE_DEAD_LETTERS), 1);
    ingest_stage_close(&stage);
}

/* ---- deaths ---- */

/* Events of a few debtors, some of them about natural persons, some broken. A debtor's records come
 * through one partition. */
static void publish_life(struct ingest_stage *stage, uint64_t seed, int events)
{
    struct random random = { seed };

    for (int i = 0; i < events; i++) {
        uint64_t debtor = random_below(&random, 6);
        uint64_t what = random_below(&random, 10);
        char text[1024];

        if (what < 5) {
            (void)snprintf(text, sizeof(text),
                           "{%s,\"type\":\"io.relance.invoice.issued.v1\",\"id\":\"e%d\","
                           "\"tenant\":\"acme\",\"debtor\":\"D%d\",\"data\":{\"document\":\"F%d\","
                           "\"currency\":\"EUR\",\"total\":\"10.00\",\"issued_on\":\"2026-01-01\","
                           "\"due_on\":\"2026-02-01\",\"description\":\"wood\"}}",
                           HEAD, i, (int)debtor, i);
        } else if (what < 8) {
            (void)snprintf(text, sizeof(text),
                           "{%s,\"type\":\"io.relance.payment.received.v1\",\"id\":\"e%d\","
                           "\"tenant\":\"acme\",\"debtor\":\"N%d\",\"naturalperson\":true,"
                           "\"data\":{\"payment\":\"P%d\",\"currency\":\"EUR\",\"amount\":\"5.00\","
                           "\"received_on\":\"2026-02-03\",\"payer\":\"Jean Martin\"}}",
                           HEAD, i, (int)debtor, i);
        } else {
            (void)snprintf(text, sizeof(text), "{%s,\"tenant\":\"acme\",\"debtor\":\"D%d\"", HEAD,
                           (int)debtor);
        }
        ingest_stage_publish(stage, (int32_t)(debtor % LAB_SOURCES),
                             (int32_t)(debtor % STAGE_PARTITIONS), text);
    }
}

static void run_life(struct ingest_stage *stage, uint32_t batch_max, uint64_t die_at,
                     struct lines *events, struct lines *letters)
{
    ingest_stage_open(stage, batch_max);
    stage->world.die_at = die_at;
    world_start(&stage->world, 0);
    publish_life(stage, 5, LIFE);
    ingest_stage_settle(stage);
    collect(stage, LAB_SOURCES + INTAKE_DEBTOR_EVENTS, events);
    collect(stage, LAB_SOURCES + INTAKE_DEAD_LETTERS, letters);
}

static void a_death_at_any_step_loses_and_doubles_nothing(void **state)
{
    static const uint32_t SIZES[] = { 3, 1000 };
    static struct ingest_stage stage;
    static struct lines events, letters, same_events, same_letters;

    (void)state;
    run_life(&stage, 100, 0, &events, &letters);
    ingest_stage_close(&stage);
    assert_true(letters.count > 3);
    assert_int_equal(events.count, LIFE);
    for (size_t s = 0; s < RLC_COUNT(SIZES); s++) {
        uint64_t at = 1;
        bool died = true;

        for (; died; at++) {
            run_life(&stage, SIZES[s], at, &same_events, &same_letters);
            died = stage.world.deaths > 0 && at < 400;
            assert_same_lines(&events, &same_events);
            assert_same_lines(&letters, &same_letters);
            lines_free(&same_events);
            lines_free(&same_letters);
            ingest_stage_close(&stage);
        }
        assert_true(at > 100);
    }
    lines_free(&events);
    lines_free(&letters);
}

/* ---- where to go on ---- */

static void without_group_offsets_it_goes_on_from_its_checkpoints(void **state)
{
    static struct ingest_stage stage;
    static struct lines once, again;

    (void)state;
    run_life(&stage, 100, 0, &once, &again);
    lines_free(&again);
    world_kill(&stage.world, 0);
    /* Another group has no offsets. */
    stage.lab.service.name = "ingest-again";
    world_start(&stage.world, 0);
    ingest_stage_settle(&stage);
    collect(&stage, LAB_SOURCES + INTAKE_DEBTOR_EVENTS, &again);
    assert_same_lines(&once, &again);
    lines_free(&once);
    lines_free(&again);
    ingest_stage_close(&stage);
}

static void a_source_never_read_waits_until_somebody_says_where_to_start(void **state)
{
    static struct ingest_stage stage;

    (void)state;
    ingest_stage_open(&stage, 100);
    stage.lab.sources[LAB_BILLING].start = RLC_OFFSET_NONE;
    stage.lab.sources[LAB_BANK].start = RLC_OFFSET_NONE;
    world_start(&stage.world, 0);
    publish_life(&stage, 5, LIFE);
    ingest_stage_settle(&stage);
    assert_int_equal(ingest_stage_written(&stage), 0);
    assert_non_null(strstr(stage.world.last_note, "source.no_start"));
    /* Said: it starts by itself. */
    stage.lab.sources[LAB_BILLING].start = RLC_OFFSET_BEGIN;
    stage.lab.sources[LAB_BANK].start = RLC_OFFSET_BEGIN;
    for (int i = 0; i < STAGE_ROUNDS_MAX && ingest_stage_written(&stage) == 0; i++)
        world_round(&stage.world);
    ingest_stage_settle(&stage);
    assert_true(ingest_stage_written(&stage) >= LIFE);
    ingest_stage_close(&stage);
}

/* ---- keys ---- */

static void it_waits_for_the_store_of_keys_and_loses_nothing(void **state)
{
    static struct ingest_stage stage;

    (void)state;
    ingest_stage_open(&stage, 100);
    rlc_keyring_memory_set_away(stage.lab.intake.keyring, true);
    world_start(&stage.world, 0);
    publish_life(&stage, 5, LIFE);
    ingest_stage_settle(&stage);
    assert_int_equal(ingest_stage_written(&stage), 0);
    rlc_keyring_memory_set_away(stage.lab.intake.keyring, false);
    for (int i = 0; i < STAGE_ROUNDS_MAX && ingest_stage_written(&stage) == 0; i++)
        world_round(&stage.world);
    ingest_stage_settle(&stage);
    assert_true(ingest_stage_written(&stage) >= LIFE);
    ingest_stage_close(&stage);
}

/* ---- freshness ---- */

struct told {
    struct rlc_freshness base;
    struct rlc_freshness_line line[STAGE_PARTITIONS];
    size_t calls;
};

static enum rlc_status note_line(struct rlc_freshness *freshness, struct rlc_span source,
                                 int32_t partition, const struct rlc_freshness_line *line,
                                 struct rlc_error *reterr)
{
    struct told *told = (struct told *)freshness;

    (void)reterr;
    /* Billing is no payment feed. */
    assert_true(rlc_span_equal(source, rlc_span_of("bank.feed")));
    told->line[partition] = *line;
    told->calls++;
    return RLC_OK;
}

static enum rlc_status note_sources(struct rlc_freshness *freshness,
                                    const struct rlc_freshness_source *sources, size_t count,
                                    struct rlc_error *reterr)
{
    (void)freshness;
    (void)sources;
    (void)count;
    (void)reterr;
    return RLC_OK;
}

static void publish_at_the_bank(struct ingest_stage *stage)
{
    for (int i = 0; i < 9; i++)
        ingest_stage_publish(stage, LAB_BANK, i % STAGE_PARTITIONS, "not json");
}

static void it_tells_how_far_a_live_source_is_read(void **state)
{
    static const struct rlc_freshness_ops OPS = { .publish = note_line, .expect = note_sources };
    static struct ingest_stage stage;
    struct told told = { .base.ops = &OPS };

    (void)state;
    ingest_stage_open(&stage, 100);
    stage.lab.intake.freshness = &told.base;
    stage.lab.intake.clock = stage.world.clock;
    world_start(&stage.world, 0);
    publish_life(&stage, 5, LIFE);
    ingest_stage_settle(&stage);
    for (int32_t p = 0; p < STAGE_PARTITIONS; p++) {
        assert_true(told.line[p].position >= told.line[p].watermark);
        assert_int_equal(told.line[p].behind_since_ms, RLC_MS_NONE);
        assert_true(told.line[p].at_ms > stage.world.now_ms - 1500);
    }
    rlc_keyring_memory_set_away(stage.lab.intake.keyring, true);
    publish_at_the_bank(&stage);
    /* Longer than the loop's longest pause between two attempts. */
    for (int i = 0; i < 5; i++)
        ingest_stage_settle(&stage);
    for (int32_t p = 0; p < STAGE_PARTITIONS; p++) {
        assert_true(told.line[p].position < told.line[p].watermark);
        assert_true(told.line[p].behind_since_ms > 0);
        assert_true(told.line[p].behind_since_ms < told.line[p].at_ms);
    }
    ingest_stage_close(&stage);
}

/* A line that holds contacts back at once, whatever the reader says about its own time. */
static void assert_long_behind(const struct told *told, bool long_behind)
{
    for (int32_t p = 0; p < STAGE_PARTITIONS; p++) {
        const struct rlc_freshness_line *line = &told->line[p];

        assert_true(line->position < line->watermark);
        assert_int_equal(line->at_ms - line->behind_since_ms > RLC_DAY_MS, long_behind);
    }
}

static void a_live_source_that_nobody_watched_counts_as_long_behind_until_it_is_read(void **state)
{
    static const struct rlc_freshness_ops OPS = { .publish = note_line, .expect = note_sources };
    static struct ingest_stage stage;
    struct told told = { .base.ops = &OPS };

    (void)state;
    ingest_stage_open(&stage, 100);
    stage.lab.intake.freshness = &told.base;
    stage.lab.intake.clock = stage.world.clock;
    world_start(&stage.world, 0);
    publish_life(&stage, 5, LIFE);
    ingest_stage_settle(&stage);
    rlc_keyring_memory_set_away(stage.lab.intake.keyring, true);
    publish_at_the_bank(&stage);
    for (int i = 0; i < 5; i++)
        ingest_stage_settle(&stage);
    assert_long_behind(&told, false);

    /* As long as a worker that is stopped for a while. */
    stage.world.now_ms += 20000;
    for (int i = 0; i < 5; i++)
        ingest_stage_settle(&stage);
    assert_long_behind(&told, true);

    rlc_keyring_memory_set_away(stage.lab.intake.keyring, false);
    for (int i = 0; i < 5; i++)
        ingest_stage_settle(&stage);
    for (int32_t p = 0; p < STAGE_PARTITIONS; p++)
        assert_int_equal(told.line[p].behind_since_ms, RLC_MS_NONE);
    ingest_stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invoice_and_its_payment_arrive_and_a_broken_record_holds_the_debtor),
        cmocka_unit_test(a_death_at_any_step_loses_and_doubles_nothing),
        cmocka_unit_test(without_group_offsets_it_goes_on_from_its_checkpoints),
        cmocka_unit_test(a_source_never_read_waits_until_somebody_says_where_to_start),
        cmocka_unit_test(it_waits_for_the_store_of_keys_and_loses_nothing),
        cmocka_unit_test(it_tells_how_far_a_live_source_is_read),
        cmocka_unit_test(a_live_source_that_nobody_watched_counts_as_long_behind_until_it_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
