/* SPDX-License-Identifier: Apache-2.0 */
/* The contract with upstream: how exactly the rest is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/bad_input.h"
#include "tests/support/ingest_shop.h"
#include "json/salvage.h"

#include "tests/support/check.h"

/* ---- bad input ---- */

/* Who wants all faults gets the one that ends the reading of others first; what does not exist is
 * then named. */
static void find_all(struct ingest_shop *shop, const struct bad_input *bad,
                     const struct rlc_fault *first)
{
    static struct canonical_faults all;
    enum rlc_status status = ingest_shop_faults(shop, bad->text, bad->size, &all);
    size_t size = strlen(first->path);
    bool named = strcmp(first->code, "UNKNOWN_FIELD") == 0;

    assert_int_equal(status, RLC_REJECT);
    assert_in_range(all.count, 1, CANONICAL_FAULTS_MAX);
    if (strcmp(all.fault[0].code, first->code) != 0 ||
        strncmp(all.fault[0].path, first->path, named ? size : sizeof(first->path)) != 0)
        fail_msg("%s: %s at '%s' and not %s at '%s': %s", bad->class_name, all.fault[0].code,
                 all.fault[0].path, first->code, first->path, bad->text);
}

static void refuse_one(struct ingest_shop *shop, const struct bad_input *bad)
{
    size_t mark = rlc_arena_mark(&shop->arena);
    struct intake_event *event = NULL;
    struct rlc_fault fault;
    struct whom whom;
    enum rlc_status status = ingest_shop_decode(shop, bad->text, bad->size, "", &event, &fault);

    if (status != RLC_REJECT || strcmp(fault.code, bad->code) != 0 ||
        (strcmp(bad->path, "?") != 0 && strcmp(fault.path, bad->path) != 0)) {
        fail_msg("%s: %d, %s at '%s' instead of %s at '%s': %.*s", bad->class_name, (int)status,
                 fault.code ? fault.code : "-", fault.path, bad->code, bad->path,
                 (int)(bad->size < 700 ? bad->size : 700), bad->text);
    }
    assert_true(strlen(fault.remedy) > 0);
    assert_int_equal(rlc_arena_mark(&shop->arena), mark);
    find_all(shop, bad, &fault);
    assert_int_equal(rlc_arena_mark(&shop->arena), mark);
    whom = salvage(rlc_span_from(bad->text, bad->size), &shop->arena);
    if (bad->readable && (!whom.debtor.size || !whom.tenant.size))
        fail_msg("%s: the debtor cannot be read", bad->class_name);
}

static void every_mistake_in_every_event_is_refused_with_its_code_and_place(void **state)
{
    struct ingest_shop *shop = *state;
    static struct bad_input bad[BAD_INPUTS_MAX];
    size_t total = 0;

    for (size_t i = 0; i < shop->count; i++) {
        size_t count = bad_inputs_of(shop->example[i], bad);

        /* Classes that every event has room for, and those of its own members. */
        assert_true(count >= 40);
        for (size_t k = 0; k < count; k++) {
            refuse_one(shop, &bad[k]);
            rlc_arena_reset(&shop->arena);
        }
        bad_inputs_free(bad, count);
        total += count;
    }
    assert_true(total > 700);
}

static void refuse_patch(struct ingest_shop *shop, const char *what, const char *patch,
                         const char *code, const char *path)
{
    char *text = ingest_shop_patched(shop, what, patch);
    struct intake_event *event = NULL;
    struct rlc_fault fault;
    enum rlc_status status = ingest_shop_decode(shop, text, strlen(text), "", &event, &fault);

    if (status != RLC_REJECT || strcmp(fault.code, code) != 0 || strcmp(fault.path, path) != 0)
        fail_msg("%s %s: %d, %s at '%s'", what, patch, (int)status, fault.code ? fault.code : "-",
                 fault.path);
    free(text);
    rlc_arena_reset(&shop->arena);
}

static const struct {
    const char *what;
    const char *patch;
    const char *code;
    const char *path;
} CONTRADICTIONS[] = {
    { "payment.received", "{\"amount\":\"1049.99\"}", "INCONSISTENT", "data.allocations" },
    { "payment.received",
      "{\"allocations\":[{\"document\":\"A\",\"amount\":\"600\"},"
      "{\"document\":\"B\",\"amount\":\"500.01\"}]}",
      "INCONSISTENT", "data.allocations" },
    { "payment.received",
      "{\"allocations\":[{\"document\":\"A\",\"amount\":\"6\"},"
      "{\"document\":\"B\",\"amount\":\"-1\"}]}",
      "BAD_AMOUNT", "data.allocations[1].amount" },
    { "payment.received", "{\"allocations\":[{\"document\":\"A\",\"amount\":\"0\"}]}",
      "OUT_OF_RANGE", "data.allocations[0].amount" },
    { "payment.received", "{\"allocations\":[7]}", "WRONG_TYPE", "data.allocations[0]" },
    { "payment.received", "{\"allocations\":[{\"document\":\"A\",\"sum\":\"1\"}]}", "UNKNOWN_FIELD",
      "data.allocations[0]" },
    { "credit_note", "{\"total\":\"149.99\"}", "INCONSISTENT", "data.allocations" },
    { "opening_item", "{\"open\":\"800.01\"}", "INCONSISTENT", "data.open" },
    { "opening_item", "{\"tax\":\"800.01\"}", "INCONSISTENT", "data.tax" },
    { "invoice.issued", "{\"due_on\":\"2025-02-28\"}", "INCONSISTENT", "data.due_on" },
    { "invoice.issued", "{\"tax\":\"1200.01\"}", "INCONSISTENT", "data.tax" },
    { "invoice.issued", "{\"document_hash\":\"abcd\"}", "BAD_LENGTH", "data.document_hash" },
    { "invoice.issued", "{\"references\":[{\"kind\":\"BUYER\"}]}", "MISSING_FIELD",
      "data.references[0].value" },
    { "dispute.opened", "{\"expires_on\":\"2026-04-07\"}", "INCONSISTENT", "data.expires_on" },
    { "dispute.opened", "{\"currency\":null}", "MISSING_FIELD", "data.currency" },
    { "dispute.resolved", "{\"result\":\"REJECTED\"}", "INCONSISTENT", "data.accepted" },
    { "dispute.resolved", "{\"accepted\":null}", "MISSING_FIELD", "data.accepted" },
    { "promise.made", "{\"promised_for\":\"2026-04-20\"}", "INCONSISTENT", "data.promised_for" },
    { "promise.made", "{\"documents\":[\"A\",7]}", "WRONG_TYPE", "data.documents[1]" },
    { "promise.made", "{\"documents\":[\"A\",\"b|c\"]}", "BAD_ID", "data.documents[1]" },
    { "hold.placed", "{\"reach\":\"ACCOUNT\"}", "MISSING_FIELD", "creditor" },
    { "hold.placed", "{\"reach\":\"DOCUMENT\",\"^creditor\":\"acme-fr\"}", "MISSING_FIELD",
      "data.document" },
    { "hold.placed", "{\"document\":\"F\"}", "INCONSISTENT", "data.document" },
    { "hold.placed", "{\"until\":\"2026-05-04T08:00:00Z\"}", "INCONSISTENT", "data.until" },
    { "debtor.upserted", "{\"kind\":\"SOLE_TRADER\"}", "NATURAL_PERSON", "data.kind" },
    { "debtor.upserted", "{\"^naturalperson\":true}", "INCONSISTENT", "data.kind" },
    { "debtor.upserted", "{\"^naturalperson\":true,\"kind\":\"CONSUMER\"}", "INCONSISTENT",
      "data.registry_id" },
    { "debtor.upserted", "{\"country\":\"fr\"}", "UNKNOWN_VALUE", "data.country" },
    { "debtor.upserted", "{\"address\":[\"a\",\"b\\nc\"]}", "BAD_ADDRESS", "data.address[1]" },
    { "debtor.upserted", "{\"address\":[]}", "MISSING_FIELD", "data.address" },
    { "contact.upserted", "{\"roles\":[\"BILLING\",\"KING\"]}", "UNKNOWN_VALUE", "data.roles[1]" },
    { "contact.upserted",
      "{\"channels\":[{\"channel\":\"EMAIL\",\"address\":\"a@b.example\\r\\nRCPT TO:<c@d>\"}]}",
      "BAD_ADDRESS", "data.channels[0].address" },
    { "contact.upserted", "{\"channels\":[{\"channel\":\"SMS\",\"address\":\"0612345678\"}]}",
      "BAD_ADDRESS", "data.channels[0].address" },
    { "contact.upserted",
      "{\"channels\":[{\"channel\":\"WEBHOOK\",\"address\":\"http://a.example/\"}]}", "BAD_ADDRESS",
      "data.channels[0].address" },
    { "WRITE_OFF", "{\"payload\":{\"document\":\"F\",\"sum\":\"2\"}}", "UNKNOWN_FIELD",
      "data.payload" },
    { "WRITE_OFF", "{\"payload\":{\"document\":\"F\",\"amount\":\"2\"}}", "MISSING_FIELD",
      "data.payload.currency" },
    { "WRITE_OFF", "{\"kind\":\"MERGE\",\"payload\":{\"into\":\"C-10442\"}}", "INCONSISTENT",
      "data.payload.into" },
    { "WRITE_OFF", "{\"signature\":\"AAAA\"}", "BAD_LENGTH", "data.signature" },
    { "WRITE_OFF", "{\"signing_key\":\"k1\"}", "MISSING_FIELD", "data.signature" },
    { "WRITE_OFF", "{\"expires_at\":\"2026-05-06T10:12:00Z\"}", "INCONSISTENT", "data.expires_at" },
    { "WRITE_OFF",
      "{\"kind\":\"RESOLVE_UNKNOWN\",\"payload\":{\"action\":"
      "\"00112233445566778899aabbccddeeff\",\"request_number\":1,\"result\":\"UNKNOWN\"}}",
      "UNKNOWN_VALUE", "data.payload.result" },
    { "WRITE_OFF",
      "{\"kind\":\"AGREE_PLAN\",\"payload\":{\"plan\":\"P\",\"currency\":\"EUR\","
      "\"agreed_on\":\"2026-05-01\",\"instalments\":[]}}",
      "MISSING_FIELD", "data.payload.instalments" },
    { "KILL_SWITCH", "{\"payload\":{}}", "MISSING_FIELD", "data.payload.on" },
};

static void contradictions_are_refused_where_they_are(void **state)
{
    struct ingest_shop *shop = *state;

    for (size_t i = 0; i < RLC_COUNT(CONTRADICTIONS); i++)
        refuse_patch(shop, CONTRADICTIONS[i].what, CONTRADICTIONS[i].patch, CONTRADICTIONS[i].code,
                     CONTRADICTIONS[i].path);
}

static void a_source_may_name_the_tenant_for_its_records(void **state)
{
    struct ingest_shop *shop = *state;
    char *text = ingest_shop_patched(shop, "payment.received", "{\"^tenant\":null}");
    struct intake_event *event = NULL;
    struct rlc_fault fault;

    assert_int_equal(ingest_shop_decode(shop, text, strlen(text), "globex", &event, &fault),
                     RLC_OK);
    assert_span(event->event.envelope.tenant, "globex");
    assert_int_equal(ingest_shop_decode(shop, text, strlen(text), "", &event, &fault), RLC_REJECT);
    assert_string_equal(fault.code, "MISSING_FIELD");
    free(text);
    text = ingest_shop_patched(shop, "payment.received", "{}");
    assert_int_equal(ingest_shop_decode(shop, text, strlen(text), "globex", &event, &fault),
                     RLC_REJECT);
    assert_string_equal(fault.code, "WRONG_TENANT");
    free(text);
}

static void a_misspelt_member_is_named_by_what_was_probably_meant(void **state)
{
    struct ingest_shop *shop = *state;
    char *text = ingest_shop_patched(shop, "payment.received", "{\"provisional_untl\":\"x\"}");
    struct intake_event *event = NULL;
    struct rlc_fault fault;

    assert_int_equal(ingest_shop_decode(shop, text, strlen(text), "", &event, &fault), RLC_REJECT);
    assert_non_null(strstr(fault.remedy, "provisional_until"));
    assert_null(strstr(fault.remedy, "provisional_untl"));
    free(text);
}

/* ---- whom a broken record is about ---- */

static void a_broken_record_tells_whom_it_is_about_as_far_as_it_goes(void **state)
{
    static const struct {
        const char *text;
        const char *debtor;
        bool natural;
    } CASES[] = {
        { "{\"tenant\":\"acme\",\"debtor\":\"C-1\",\"data\":{\"debtor\":\"C-2\"", "C-1", false },
        { "{\"data\":{\"x\":[{\"debtor\":\"C-2\"}]},\"debtor\":\"C-1\"}", "C-1", false },
        { "{\"debtor\":\"C-1\",\"debtor\":\"C-1\"}", "C-1", false },
        { "{\"debtor\":\"C-1\",\"debtor\":\"C-2\"}", "", false },
        { "{\"debtor\":\"C-1", "", false },
        { "{\"debtor\":7}", "", false },
        { "{\"debtor\":\"C|1\"}", "", false },
        { "{\"debtor\":\"\\u0043-1\"}", "C-1", false },
        { "{\"naturalperson\":true,\"debtor\":\"C-1\"}", "C-1", true },
        { "{\"naturalperson\":\"yes\",\"debtor\":\"C-1\"}", "C-1", true },
        { "{\"naturalperson\":false,\"debtor\":\"C-1\"}", "C-1", false },
        { "debtor", "", false },
        { "", "", false },
    };
    struct ingest_shop *shop = *state;

    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct whom whom = salvage(rlc_span_of(CASES[i].text), &shop->arena);

        assert_span(whom.debtor, CASES[i].debtor);
        assert_int_equal(whom.natural, CASES[i].natural);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_in_every_event_is_refused_with_its_code_and_place),
        cmocka_unit_test(contradictions_are_refused_where_they_are),
        cmocka_unit_test(a_source_may_name_the_tenant_for_its_records),
        cmocka_unit_test(a_misspelt_member_is_named_by_what_was_probably_meant),
        cmocka_unit_test(a_broken_record_tells_whom_it_is_about_as_far_as_it_goes),
    };

    return cmocka_run_group_tests(tests, ingest_shop_open, ingest_shop_close);
}
