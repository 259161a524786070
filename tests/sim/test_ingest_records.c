/* SPDX-License-Identifier: Apache-2.0 */
/* What the intake writes: nothing personal in the clear, one dead letter per bad record, its debtor
 * held, the next good record applied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/keyring_memory.h"
#include "common/runtime/bundles.h"
#include "common/runtime/memory.h"
#include "letter.h"
#include "tests/support/bad_input.h"
#include "tests/support/bundle_feed.h"
#include "tests/support/ingest_stage.h"

#include "tests/support/check.h"

enum { EXAMPLES_MAX = 40 };

static struct ingest_stage stage;

static char *replaced(const char *text, const char *what, const char *by)
{
    const char *at = strstr(text, what);
    char *result = malloc(strlen(text) + strlen(by) + 1);

    assert_true(at && result);
    (void)sprintf(result, "%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
    return result;
}

static size_t publish_examples(const char *what, const char *by)
{
    char *texts[EXAMPLES_MAX];
    size_t count = ingest_lab_examples(texts, EXAMPLES_MAX);
    size_t published = 0;

    for (size_t i = 0; i < count; i++) {
        char *text = what && strstr(texts[i], what) ? replaced(texts[i], what, by) : texts[i];

        if (!what || text != texts[i]) {
            ingest_stage_publish(&stage, LAB_BILLING, 0, text);
            published++;
        }
        if (text != texts[i])
            free(text);
        free(texts[i]);
    }
    return published;
}

/* ---- nothing personal ---- */

static bool contains(struct rlc_span bytes, const char *text)
{
    size_t size = strlen(text);

    for (size_t at = 0; at + size <= bytes.size; at++) {
        if (memcmp(bytes.data + at, text, size) == 0)
            return true;
    }
    return false;
}

static void search_for_persons(const struct rlc_record *record, void *context)
{
    static const char *const PERSONAL[] = {
        "Martin", "Boulangerie", "Lilas",   "Lyon",   "Claire",
        "compta", "example",     "acompte", "Secret", "secret"
    };

    for (size_t i = 0; i < RLC_COUNT(PERSONAL); i++) {
        if (contains(record->value, PERSONAL[i]) || contains(record->key, PERSONAL[i]))
            fail_msg("'%s' is in the clear", PERSONAL[i]);
    }
    ++*(size_t *)context;
}

static void no_personal_value_leaves_in_the_clear(void **state)
{
    size_t records = 0;

    (void)state;
    ingest_stage_open(&stage, 100);
    world_start(&stage.world, 0);
    (void)publish_examples(NULL, NULL);
    /* The same in records that are refused, one of them for its type. */
    (void)publish_examples("\"1.0\"", "\"0.9\"");
    ingest_stage_publish(&stage, LAB_BILLING, 0, "Claire Martin, compta@martin.example");
    ingest_stage_publish(&stage, LAB_BANK, 0, "Claire Martin, compta@martin.example");
    ingest_stage_settle(&stage);
    ingest_stage_each(&stage, INTAKE_DEBTOR_EVENTS, search_for_persons, &records);
    ingest_stage_each(&stage, INTAKE_DEAD_LETTERS, search_for_persons, &records);
    ingest_stage_each(&stage, INTAKE_STATE, search_for_persons, &records);
    assert_true(records > 50);
    ingest_stage_close(&stage);
}

/* ---- dead letters ---- */

struct expectation {
    const struct bad_input *bad;
    size_t count;
    size_t letters;
    size_t raws;
    size_t quarantines;
    size_t good;
};

/* Records come in order: bad, good, bad, good ... */
static void check_letter(const struct rlc_dead_letter *letter, void *context)
{
    struct expectation *expected = context;
    const struct bad_input *bad = &expected->bad[letter->at.offset / 2];

    assert_int_equal(letter->at.offset % 2, 0);
    if (!rlc_span_equal(letter->code, rlc_span_of(bad->code)))
        fail_msg("%s: '%.*s'", bad->class_name, (int)letter->code.size,
                 (const char *)letter->code.data);
    assert_int_equal(letter->debtor.size != 0, bad->readable);
    assert_int_equal(letter->rejected_at_ms, STAGE_NOW_MS);
    assert_int_equal(letter->record_bytes, bad->size);
    assert_true(memcmp(rlc_sha256(rlc_span_from(bad->text, bad->size)).bytes,
                       letter->record_hash.bytes, sizeof(letter->record_hash.bytes)) == 0);
    assert_int_equal(letter->raw.bytes.size != 0, letter->tenant.size != 0 && bad->size > 0);
    expected->letters++;
    expected->raws += letter->raw.bytes.size != 0;
}

static void check_event(const struct rlc_debtor_event *event, void *context)
{
    struct expectation *expected = context;

    if (event->kind == RLC_EVENT_KIND_QUARANTINED) {
        assert_true(expected->bad[event->quarantined.at.offset / 2].readable);
        expected->quarantines++;
    } else {
        expected->good++;
    }
}

static void run_bad_inputs(const char *example, const char *good)
{
    static struct bad_input bad[BAD_INPUTS_MAX];
    struct expectation expected = { .bad = bad, .count = bad_inputs_of(example, bad) };
    size_t readable = 0;

    ingest_stage_open(&stage, 7);
    world_start(&stage.world, 0);
    for (size_t i = 0; i < expected.count; i++) {
        ingest_stage_publish_bytes(&stage, LAB_BILLING, 1, rlc_span_from(bad[i].text, bad[i].size));
        ingest_stage_publish(&stage, LAB_BILLING, 1, good);
        readable += bad[i].readable;
    }
    ingest_stage_settle(&stage);
    ingest_stage_each_letter(&stage, check_letter, &expected);
    ingest_stage_each_event(&stage, check_event, &expected);
    assert_int_equal(expected.letters, expected.count);
    assert_int_equal(expected.good, expected.count);
    assert_int_equal(expected.quarantines, readable);
    assert_true(expected.raws + 8 > expected.count);
    bad_inputs_free(bad, expected.count);
    ingest_stage_close(&stage);
}

static void each_bad_record_is_one_dead_letter_and_the_next_good_one_applies(void **state)
{
    char *texts[EXAMPLES_MAX];
    size_t count = ingest_lab_examples(texts, EXAMPLES_MAX);

    (void)state;
    for (size_t i = 0; i < count; i++)
        run_bad_inputs(texts[i], texts[0]);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
}

/* The raw record opens again, with the key of its month. */
static void open_raw(const struct rlc_dead_letter *letter, void *context)
{
    struct rlc_key_want want = { rlc_span_of("acme"), rlc_span_of("@raw-2026-06") };
    struct rlc_keyring *keyring = stage.lab.intake.keyring;
    struct rlc_arena *arena = context;
    struct rlc_data_key key;
    struct rlc_error error;
    struct rlc_span raw;

    assert_int_equal(keyring->ops->open(keyring, &want, 1, false, &key, &error), RLC_OK);
    assert_int_equal(key.state, RLC_KEY_OPEN);
    assert_int_equal(
        rlc_unseal(&key.key, want.tenant, letter->raw.key_id, letter->raw.bytes, arena, &raw),
        RLC_OK);
    assert_true(rlc_span_equal(raw, rlc_span_of("not json, Claire")));
}

static void the_raw_record_can_be_opened_with_the_key_of_its_month(void **state)
{
    struct rlc_arena arena;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, (size_t)8 << 20), RLC_OK);
    ingest_stage_open(&stage, 100);
    world_start(&stage.world, 0);
    ingest_stage_publish(&stage, LAB_BANK, 0, "not json, Claire");
    ingest_stage_settle(&stage);
    ingest_stage_each_letter(&stage, open_raw, &arena);
    assert_int_equal(ingest_stage_written(&stage), 1);
    ingest_stage_close(&stage);
    rlc_arena_unmap(&arena);
}

static void check_foreign(const struct rlc_dead_letter *letter, void *context)
{
    assert_true(rlc_span_equal(letter->code, rlc_span_of("WRONG_TENANT")));
    assert_true(rlc_span_equal(letter->tenant, rlc_span_of("acme")));
    assert_int_equal(letter->debtor.size, 0);
    ++*(size_t *)context;
}

static void a_source_holds_no_debtor_of_another_tenant(void **state)
{
    char *texts[EXAMPLES_MAX];
    size_t count = ingest_lab_examples(texts, EXAMPLES_MAX);
    size_t letters = 0;

    (void)state;
    ingest_stage_open(&stage, 100);
    world_start(&stage.world, 0);
    for (size_t i = 0; i < count; i++) {
        char *text = replaced(texts[i], "\"acme\"", "\"globex\"");

        ingest_stage_publish(&stage, LAB_BANK, 0, text);
        free(text);
        free(texts[i]);
    }
    ingest_stage_settle(&stage);
    ingest_stage_each_letter(&stage, check_foreign, &letters);
    assert_int_equal(letters, count);
    assert_int_equal(ingest_stage_written(&stage), count);
    ingest_stage_close(&stage);
}

/* ---- natural persons ---- */

static void look_for_pseudonym(const struct rlc_debtor_event *event, void *context)
{
    struct rlc_span debtor = event->envelope.debtor;

    if (!debtor.size)
        return;
    assert_int_equal(debtor.size, PSEUDONYM_SIZE);
    assert_false(contains(debtor, "C-10442"));
    if (event->kind == RLC_EVENT_KIND_CONTACT_UPSERTED) {
        assert_int_equal(event->contact_upserted.subject.size, PSEUDONYM_SIZE + 2);
        assert_true(memcmp(event->contact_upserted.subject.data, debtor.data, debtor.size) == 0);
    }
    ++*(size_t *)context;
}

static void look_for_raw_id(const struct rlc_record *record, void *context)
{
    (void)context;
    assert_false(contains(record->value, "C-10442"));
    assert_false(contains(record->key, "C-10442"));
}

static void a_natural_person_is_known_by_a_keyed_hash_only(void **state)
{
    size_t count = 0;
    size_t published;

    (void)state;
    ingest_stage_open(&stage, 100);
    world_start(&stage.world, 0);
    published = publish_examples("\"debtor\":", "\"naturalperson\": true, \"debtor\":");
    ingest_stage_settle(&stage);
    ingest_stage_each_event(&stage, look_for_pseudonym, &count);
    /* The example of a company contradicts itself: its quarantine says so, under the pseudonym. */
    assert_int_equal(count, published);
    ingest_stage_each(&stage, INTAKE_DEBTOR_EVENTS, look_for_raw_id, NULL);
    ingest_stage_each(&stage, INTAKE_DEAD_LETTERS, look_for_raw_id, NULL);
    ingest_stage_close(&stage);
}

static void the_pseudonym_of_a_person_never_changes(void **state)
{
    static struct ingest_lab lab;
    char text[PSEUDONYM_SIZE + 1] = "";

    (void)state;
    ingest_lab_open(&lab);
    tenant_pseudonym(&lab.tenants.tenant[0], rlc_span_of("N-1"), text);
    /* HMAC-SHA-256 with the key 01 02 .. 40 over "relance-pseudonym" NUL "N-1", by other means. */
    assert_string_equal(text, "137919c2564ab8db8dba4459b8722d58");
    ingest_lab_close(&lab);
}

/* ---- erased ---- */

static void check_erased(const struct rlc_dead_letter *letter, void *context)
{
    assert_true(rlc_span_equal(letter->code, rlc_span_of("ERASED_SUBJECT")));
    assert_int_equal(letter->raw.bytes.size, 0);
    assert_true(rlc_span_equal(letter->debtor, rlc_span_of("C-10442")));
    ++*(size_t *)context;
}

static void data_of_an_erased_person_is_refused_and_not_kept(void **state)
{
    size_t letters = 0;

    (void)state;
    ingest_stage_open(&stage, 100);
    world_start(&stage.world, 0);
    assert_true(rlc_keyring_memory_erase(stage.lab.intake.keyring, rlc_span_of("acme"),
                                         rlc_span_of("C-10442/1")));
    (void)publish_examples(NULL, NULL);
    ingest_stage_settle(&stage);
    ingest_stage_each_letter(&stage, check_erased, &letters);
    assert_int_equal(letters, 1);
    ingest_stage_close(&stage);
}

/* ---- bundles ---- */

/* A topic of bundles that grows each time it is read. */
struct growing {
    const struct rlc_bundle_build *build;
    size_t known; /* records of it that the catalog has */
    size_t reads;
};

static enum rlc_status read_more(void *context, struct rlc_error *reterr)
{
    struct growing *growing = context;
    size_t count = rlc_bundle_build_record_count(growing->build);
    size_t until = growing->reads++ == 0 ? count - 1 : count;

    (void)reterr;
    assert_true(bundle_feed_some(growing->build, growing->known, until, stage.lab.bundles));
    growing->known = until;
    return RLC_OK;
}

static void publish_activation(int number, const char *hash)
{
    char text[512];

    (void)snprintf(text, sizeof(text),
                   "{\"specversion\":\"1.0\",\"type\":\"io.relance.command.issued.v1\","
                   "\"id\":\"A-%d\",\"source\":\"crm\",\"time\":\"2026-03-20T08:00:00Z\","
                   "\"tenant\":\"acme\",\"data\":{\"command\":\"A-%d\",\"actor\":\"u-2\","
                   "\"kind\":\"ACTIVATE_BUNDLE\",\"payload\":{\"bundle_hash\":\"%s\"}}}",
                   number, number, hash);
    ingest_stage_publish(&stage, LAB_BILLING, 0, text);
    ingest_stage_settle(&stage);
}

static void check_no_bundle(const struct rlc_dead_letter *letter, void *context)
{
    assert_true(rlc_span_equal(letter->code, rlc_span_of("UNKNOWN_OBJECT")));
    assert_true(rlc_span_equal(letter->path, rlc_span_of("data.payload.bundle_hash")));
    assert_int_not_equal(letter->raw.bytes.size, 0);
    ++*(size_t *)context;
}

static void count_activation(const struct rlc_debtor_event *event, void *context)
{
    assert_int_equal(event->kind, RLC_EVENT_KIND_COMMAND_ISSUED);
    ++*(size_t *)context;
}

static void only_a_bundle_that_is_published_whole_can_be_activated(void **state)
{
    struct rlc_bundle_build *build = NULL;
    struct rlc_problems problems = { 0 };
    struct growing growing = { .known = 0 };
    struct rlc_error error;
    char hash[RLC_HASH_TEXT_SIZE];
    size_t letters = 0;
    size_t events = 0;

    (void)state;
    assert_int_equal(rlc_bundle_build_folder(RLC_SOURCE_DIR "/deploy/bundles/standard-fr", NULL,
                                             &problems, &build, &error),
                     RLC_OK);
    growing.build = build;
    rlc_hash_format(&rlc_bundle_build_bundle(build)->hash, hash);
    ingest_stage_open(&stage, 100);
    stage.lab.intake.catalog.refresh = read_more;
    stage.lab.intake.catalog.context = &growing;
    world_start(&stage.world, 0);
    publish_activation(1, hash); /* its last record is still missing */
    assert_int_equal(growing.reads, 1);
    publish_activation(2, hash);
    assert_int_equal(growing.reads, 2);
    publish_activation(3, hash); /* known by now */
    assert_int_equal(growing.reads, 2);
    hash[0] = hash[0] == '0' ? '1' : '0';
    publish_activation(4, hash); /* mistyped */
    ingest_stage_each_letter(&stage, check_no_bundle, &letters);
    ingest_stage_each_event(&stage, count_activation, &events);
    assert_int_equal(letters, 2);
    assert_int_equal(events, 2);
    ingest_stage_close(&stage);
    rlc_bundle_build_free(build);
}

/* ---- the future ---- */

static void publish_amendment(const char *time)
{
    char text[640];

    (void)snprintf(text, sizeof(text),
                   "{\"specversion\":\"1.0\",\"type\":\"io.relance.invoice.amended.v1\","
                   "\"id\":\"E-%s\",\"source\":\"erp\",\"time\":\"%s\",\"tenant\":\"acme\","
                   "\"debtor\":\"C-1\",\"creditor\":\"FR01\",\"data\":{\"document\":\"F-1\","
                   "\"currency\":\"EUR\",\"total\":\"9.00\",\"issued_on\":\"2026-03-01\","
                   "\"due_on\":\"2026-04-01\"}}",
                   time, time);
    ingest_stage_publish(&stage, LAB_BILLING, 0, text);
}

static void check_ahead(const struct rlc_dead_letter *letter, void *context)
{
    assert_true(rlc_span_equal(letter->code, rlc_span_of("OUT_OF_RANGE")));
    assert_true(rlc_span_equal(letter->path, rlc_span_of("time")));
    assert_true(rlc_span_equal(letter->debtor, rlc_span_of("C-1")));
    assert_int_not_equal(letter->raw.bytes.size, 0);
    ++*(size_t *)context;
}

static void count_amendments(const struct rlc_debtor_event *event, void *context)
{
    *(size_t *)context += event->kind == RLC_EVENT_KIND_INVOICE_AMENDED;
}

/* STAGE_NOW_MS is 2026-06-01T09:46:40Z. One word of 2062 would make all that follow the older. */
static void what_lies_more_than_a_day_ahead_is_refused(void **state)
{
    size_t letters = 0;
    size_t events = 0;

    (void)state;
    ingest_stage_open(&stage, 100);
    world_start(&stage.world, 0);
    publish_amendment("2026-06-01T09:46:40Z");
    publish_amendment("2026-06-02T09:46:40Z");
    publish_amendment("2026-06-02T09:46:41Z");
    publish_amendment("2062-06-01T00:00:00Z");
    ingest_stage_settle(&stage);
    ingest_stage_each_letter(&stage, check_ahead, &letters);
    ingest_stage_each_event(&stage, count_amendments, &events);
    assert_int_equal(letters, 2);
    assert_int_equal(events, 2);
    ingest_stage_close(&stage);
}

/* ---- names ---- */

static void a_month_has_a_key_of_its_own(void **state)
{
    char subject[RAW_SUBJECT_SIZE];

    (void)state;
    raw_subject(INT64_C(1793491199999), subject); /* 2026-10-31T23:59:59.999Z */
    assert_string_equal(subject, "@raw-2026-10");
    raw_subject(INT64_C(1793491200000), subject);
    assert_string_equal(subject, "@raw-2026-11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_personal_value_leaves_in_the_clear),
        cmocka_unit_test(each_bad_record_is_one_dead_letter_and_the_next_good_one_applies),
        cmocka_unit_test(the_raw_record_can_be_opened_with_the_key_of_its_month),
        cmocka_unit_test(a_source_holds_no_debtor_of_another_tenant),
        cmocka_unit_test(a_natural_person_is_known_by_a_keyed_hash_only),
        cmocka_unit_test(the_pseudonym_of_a_person_never_changes),
        cmocka_unit_test(data_of_an_erased_person_is_refused_and_not_kept),
        cmocka_unit_test(only_a_bundle_that_is_published_whole_can_be_activated),
        cmocka_unit_test(what_lies_more_than_a_day_ahead_is_refused),
        cmocka_unit_test(a_month_has_a_key_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
