/* SPDX-License-Identifier: Apache-2.0 */
/* The contract with upstream: what is understood, and how exactly the rest is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "common/runtime/memory.h"
#include "tests/support/bad_input.h"
#include "tests/support/ingest_lab.h"
#include "tests/support/random.h"
#include "json/canonical.h"
#include "json/salvage.h"

#include "tests/support/check.h"

#define EXAMPLES_MAX 40
#define ARENA_SIZE   ((size_t)64 << 20)

struct shop {
    struct rlc_arena arena;
    char *example[EXAMPLES_MAX];
    size_t count;
    struct rlc_span tenants[2];
};

static int open_shop(void **state)
{
    struct shop *shop = calloc(1, sizeof(*shop));

    assert_non_null(shop);
    assert_int_equal(rlc_arena_map(&shop->arena, ARENA_SIZE), RLC_OK);
    shop->count = ingest_lab_examples(shop->example, EXAMPLES_MAX);
    shop->tenants[0] = rlc_span_of("acme");
    shop->tenants[1] = rlc_span_of("globex");
    *state = shop;
    return 0;
}

static int close_shop(void **state)
{
    struct shop *shop = *state;

    for (size_t i = 0; i < shop->count; i++)
        free(shop->example[i]);
    rlc_arena_unmap(&shop->arena);
    free(shop);
    return 0;
}

static enum rlc_status decode(struct shop *shop, const char *text, size_t size, const char *fixed,
                              struct intake_event **ret_event, struct rlc_fault *ret_fault)
{
    struct tenant_names names = { shop->tenants, 2 };

    memset(ret_fault, 0, sizeof(*ret_fault));
    return canonical_decode(rlc_span_from(text, size), rlc_span_of(fixed), &names, &shop->arena,
                            ret_event, ret_fault);
}

static const char *example(const struct shop *shop, const char *what)
{
    for (size_t i = 0; i < shop->count; i++) {
        if (strstr(shop->example[i], what))
            return shop->example[i];
    }
    fail_msg("no example has '%s'", what);
    return NULL;
}

/* The example with members of `data` (and, with "^", of the top) replaced. */
static char *patched(const struct shop *shop, const char *what, const char *patch)
{
    json_t *root = json_loads(example(shop, what), 0, NULL);
    json_t *changes = json_loads(patch, 0, NULL);
    json_t *value;
    const char *name;
    char *text;

    assert_true(root && changes);
    json_object_foreach(changes, name, value)
    {
        bool on_top = name[0] == '^';

        (void)json_object_set(on_top ? root : json_object_get(root, "data"),
                              on_top ? name + 1 : name, value);
    }
    text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    json_decref(changes);
    return text;
}

static struct intake_event *accept(struct shop *shop, const char *text)
{
    struct intake_event *event = NULL;
    struct rlc_fault fault;

    if (decode(shop, text, strlen(text), "", &event, &fault) != RLC_OK)
        fail_msg("%s at '%s': %s", fault.code, fault.path, text);
    return event;
}

static rlc_day day(const char *text)
{
    rlc_day value = 0;

    assert_true(rlc_day_parse(rlc_span_of(text), &value));
    return value;
}

static void assert_text(struct rlc_span span, const char *text)
{
    if (!rlc_span_equal(span, rlc_span_of(text)))
        fail_msg("'%.*s' instead of '%s'", (int)span.size, (const char *)span.data, text);
}

static void assert_money(struct rlc_money money, int64_t minor)
{
    assert_int_equal(money.minor, minor);
    assert_string_equal(money.currency, "EUR");
}

/* ---- worked examples ---- */

static void check_invoice(const struct rlc_debtor_event *event)
{
    const struct rlc_invoice *invoice = &event->invoice_issued;

    assert_int_equal(event->envelope.entity_revision, 1);
    assert_int_equal(event->envelope.occurred_at_ms, INT64_C(1772439300000));
    assert_text(invoice->document, "FA202600042");
    assert_money(invoice->total, 120000);
    assert_money(invoice->tax, 20000);
    assert_int_equal(invoice->type, RLC_DOCUMENT_TYPE_INVOICE);
    assert_int_equal(invoice->issued_on, day("2026-03-02"));
    assert_int_equal(invoice->due_on, day("2026-04-01"));
    assert_int_equal(invoice->reference_count, 2);
    assert_int_equal(invoice->references[1].kind, RLC_REFERENCE_KIND_REMITTANCE);
    assert_text(invoice->references[1].value, "RF39FA202600042");
}

static void check_amended(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->envelope.entity_revision, 2);
    assert_int_equal(event->invoice_amended.due_on, day("2026-04-15"));
}

static void check_cancelled(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->invoice_cancelled.cancelled_on, day("2026-03-11"));
    assert_text(event->invoice_cancelled.replaced_by, "FA202600057");
}

static void check_credit(const struct rlc_debtor_event *event)
{
    assert_text(event->credit_note_issued.document, "AV202600007");
    assert_money(event->credit_note_issued.total, 15000);
    assert_text(event->credit_note_issued.reason_code, "QTE_ERR");
    assert_int_equal(event->credit_note_issued.allocation_count, 1);
    assert_money(event->credit_note_issued.allocations[0].amount, 15000);
}

static void check_payment(const struct rlc_debtor_event *event)
{
    assert_text(event->payment_received.payment, "BNP-20260414-0031");
    assert_money(event->payment_received.amount, 110000);
    assert_int_equal(event->payment_received.method, RLC_PAYMENT_METHOD_TRANSFER);
    assert_text(event->payment_received.remittance.bytes, "FA202600042 + acompte");
    assert_text(event->payment_received.allocations[0].document, "FA202600042");
    assert_money(event->payment_received.allocations[0].amount, 105000);
}

static void check_reversed(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->payment_reversed.reversed_on, day("2026-04-17"));
    assert_text(event->payment_reversed.reason_code, "AM04");
    assert_int_equal(event->payment_reversed.amount.currency[0], 0);
}

static void check_opening(const struct rlc_debtor_event *event)
{
    assert_money(event->opening_item.invoice.total, 80000);
    assert_money(event->opening_item.open, 30000);
    assert_text(event->opening_item.last_step, "reminder-2");
    assert_int_equal(event->opening_item.last_contact_at_ms, INT64_C(1768467600000));
}

static void check_dispute(const struct rlc_debtor_event *event)
{
    assert_text(event->dispute_opened.dispute, "D-88");
    assert_money(event->dispute_opened.amount, 15000);
    assert_int_equal(event->dispute_opened.reason, RLC_DISPUTE_REASON_DELIVERY);
}

static void check_resolved(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->dispute_resolved.result, RLC_DISPUTE_RESULT_ACCEPTED);
    assert_money(event->dispute_resolved.accepted, 9000);
    assert_text(event->dispute_resolved.credit_note, "AV202600009");
}

static void check_promise(const struct rlc_debtor_event *event)
{
    assert_money(event->promise_made.amount, 96000);
    assert_int_equal(event->promise_made.promised_for, day("2026-04-30"));
    assert_int_equal(event->promise_made.channel, RLC_CHANNEL_CALL);
    assert_int_equal(event->promise_made.document_count, 1);
    assert_text(event->promise_made.documents[0].document, "FA202600042");
}

static void check_hold(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->hold_placed.reach, RLC_REACH_DEBTOR);
    assert_int_equal(event->hold_placed.clock, RLC_CLOCK_EFFECT_STOP);
    /* By default from the event's time on. */
    assert_int_equal(event->hold_placed.from_ms, event->envelope.occurred_at_ms);
    assert_int_equal(event->hold_placed.until_ms, INT64_C(1781474400000));
}

static void check_lifted(const struct rlc_debtor_event *event)
{
    assert_text(event->hold_lifted.hold, "H-3");
}

static void check_debtor(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->debtor_upserted.kind, RLC_PARTY_KIND_COMPANY);
    assert_int_equal(event->debtor_upserted.status, RLC_PARTY_STATUS_ACTIVE);
    assert_text(event->debtor_upserted.zone, "Europe/Paris");
    assert_text(event->debtor_upserted.name.bytes, "Boulangerie Martin SARL");
    assert_text(event->debtor_upserted.address.bytes, "12 rue des Lilas\n69003 Lyon");
}

static void check_account(const struct rlc_debtor_event *event)
{
    assert_text(event->account_upserted.customer_number, "10442");
    assert_int_equal(event->account_upserted.preferred_channel, RLC_CHANNEL_EMAIL);
    assert_money(event->account_upserted.credit_limit, 2000000);
}

static void check_contact(const struct rlc_debtor_event *event)
{
    const struct rlc_contact *contact = &event->contact_upserted;

    assert_text(contact->subject, "C-10442/1");
    assert_int_equal(contact->roles, RLC_CONTACT_ROLE_ACCOUNTS_PAYABLE);
    assert_int_equal(contact->channel_count, 1);
    assert_int_equal(contact->channels[0].rank, 1);
    assert_text(contact->channels[0].address.bytes, "compta@martin.example");
}

static void check_command(const struct rlc_debtor_event *event)
{
    const struct rlc_command *command = &event->command_issued;

    assert_text(event->envelope.actor, event->envelope.debtor.size ? "u-17" : "u-2");
    assert_int_equal(command->issued_at_ms, event->envelope.occurred_at_ms);
    if (event->envelope.debtor.size) {
        assert_int_equal(command->kind, RLC_COMMAND_KIND_WRITE_OFF);
        assert_text(command->write_off.document, "FA202600042");
        assert_money(command->write_off.amount, 240);
    } else {
        assert_int_equal(command->kind, RLC_COMMAND_KIND_KILL_SWITCH);
        assert_true(command->kill_switch.on);
    }
}

static const struct {
    enum rlc_event_kind kind;
    void (*check)(const struct rlc_debtor_event *event);
} CHECKS[] = {
    { RLC_EVENT_KIND_DEBTOR_UPSERTED, check_debtor },
    { RLC_EVENT_KIND_ACCOUNT_UPSERTED, check_account },
    { RLC_EVENT_KIND_CONTACT_UPSERTED, check_contact },
    { RLC_EVENT_KIND_INVOICE_ISSUED, check_invoice },
    { RLC_EVENT_KIND_INVOICE_AMENDED, check_amended },
    { RLC_EVENT_KIND_INVOICE_CANCELLED, check_cancelled },
    { RLC_EVENT_KIND_CREDIT_NOTE_ISSUED, check_credit },
    { RLC_EVENT_KIND_PAYMENT_RECEIVED, check_payment },
    { RLC_EVENT_KIND_PAYMENT_REVERSED, check_reversed },
    { RLC_EVENT_KIND_OPENING_ITEM, check_opening },
    { RLC_EVENT_KIND_DISPUTE_OPENED, check_dispute },
    { RLC_EVENT_KIND_DISPUTE_RESOLVED, check_resolved },
    { RLC_EVENT_KIND_PROMISE_MADE, check_promise },
    { RLC_EVENT_KIND_HOLD_PLACED, check_hold },
    { RLC_EVENT_KIND_HOLD_LIFTED, check_lifted },
    { RLC_EVENT_KIND_COMMAND_ISSUED, check_command },
};

static void every_worked_example_becomes_the_event_that_it_describes(void **state)
{
    struct shop *shop = *state;
    size_t seen[RLC_COUNT(CHECKS)] = { 0 };

    assert_int_equal(shop->count, RLC_COUNT(CHECKS) + 1);
    for (size_t i = 0; i < shop->count; i++) {
        const struct intake_event *event = accept(shop, shop->example[i]);

        assert_text(event->event.envelope.tenant, "acme");
        for (size_t k = 0; k < RLC_COUNT(CHECKS); k++) {
            if (CHECKS[k].kind != event->event.kind)
                continue;
            CHECKS[k].check(&event->event);
            seen[k]++;
        }
        rlc_arena_reset(&shop->arena);
    }
    for (size_t k = 0; k < RLC_COUNT(CHECKS); k++)
        assert_true(seen[k] > 0);
}

/* ---- bad input ---- */

static void refuse_one(struct shop *shop, const struct bad_input *bad)
{
    size_t mark = rlc_arena_mark(&shop->arena);
    struct intake_event *event = NULL;
    struct rlc_fault fault;
    struct whom whom;
    enum rlc_status status = decode(shop, bad->text, bad->size, "", &event, &fault);

    if (status != RLC_REJECT || strcmp(fault.code, bad->code) != 0 ||
        (strcmp(bad->path, "?") != 0 && strcmp(fault.path, bad->path) != 0))
        fail_msg("%s: %d, %s at '%s' instead of %s at '%s': %.*s", bad->class_name, (int)status,
                 fault.code ? fault.code : "-", fault.path, bad->code, bad->path,
                 (int)(bad->size < 700 ? bad->size : 700), bad->text);
    assert_true(strlen(fault.remedy) > 0);
    assert_int_equal(rlc_arena_mark(&shop->arena), mark);
    whom = salvage(rlc_span_from(bad->text, bad->size), &shop->arena);
    if (bad->readable && (!whom.debtor.size || !whom.tenant.size))
        fail_msg("%s: the debtor cannot be read", bad->class_name);
}

static void every_mistake_in_every_event_is_refused_with_its_code_and_place(void **state)
{
    struct shop *shop = *state;
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

static void refuse_patch(struct shop *shop, const char *what, const char *patch, const char *code,
                         const char *path)
{
    char *text = patched(shop, what, patch);
    struct intake_event *event = NULL;
    struct rlc_fault fault;
    enum rlc_status status = decode(shop, text, strlen(text), "", &event, &fault);

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
    struct shop *shop = *state;

    for (size_t i = 0; i < RLC_COUNT(CONTRADICTIONS); i++)
        refuse_patch(shop, CONTRADICTIONS[i].what, CONTRADICTIONS[i].patch, CONTRADICTIONS[i].code,
                     CONTRADICTIONS[i].path);
}

static const struct {
    const char *what;
    const char *patch;
} UNUSUAL[] = {
    { "payment.received", "{\"method\":\"direct_debit\",\"payer\":null,\"remittance\":\"\"}" },
    { "payment.received", "{\"amount\":\"1050\"}" },
    { "payment.received", "{\"^traceparent\":\"00-x\",\"^subject\":\"s\"}" },
    { "payment.received", "{\"^datacontenttype\":\"application/json\"}" },
    { "invoice.issued", "{\"currency\":\"JPY\",\"total\":\"1200\",\"tax\":\"0\"}" },
    { "invoice.issued", "{\"due_on\":\"2026-03-01\"}" },
    { "opening_item", "{\"open\":\"0.00\"}" },
    { "debtor.upserted", "{\"name\":\"\\u0160koda \\u4e2d\\u6587\"}" },
    { "contact.upserted", "{\"channels\":[],\"closed\":true}" },
    { "contact.upserted",
      "{\"channels\":[{\"channel\":\"letter\",\"address\":\"A\\nB\\nC\"},{\"channel\":\"CALL\","
      "\"address\":\"+33140000000\"},{\"channel\":\"PORTAL\",\"address\":"
      "\"https://p.example:8443/in?x=1\"}]}" },
    { "hold.placed",
      "{\"reach\":\"DOCUMENT\",\"document\":\"F\",\"^creditor\":\"acme-fr\",\"until\":null}" },
    { "WRITE_OFF",
      "{\"kind\":\"AGREE_PLAN\",\"payload\":{\"plan\":\"P\",\"currency\":\"EUR\","
      "\"agreed_on\":\"2026-05-01\",\"accelerates\":true,\"grace_days\":3,\"instalments\":"
      "[{\"due_on\":\"2026-06-01\",\"amount\":\"10\"}],\"documents\":[\"F\"]}}" },
    { "WRITE_OFF",
      "{\"kind\":\"RELEASE_QUARANTINE\",\"payload\":{\"topic\":\"billing.events\",\"partition\":"
      "0,\"offset\":0,\"replayed\":true}}" },
    { "KILL_SWITCH",
      "{\"kind\":\"CREDITOR_MODE\",\"payload\":{\"creditor\":\"acme-fr\",\"mode\":\"LIVE\"}}" },
    { "KILL_SWITCH", "{\"kind\":\"lift_freeze\",\"payload\":{\"id\":\"f1\"}}" },
    { "KILL_SWITCH",
      "{\"kind\":\"PLACE_SCOPE_HOLD\",\"payload\":{\"hold\":\"h\",\"reason\":\"COMMERCIAL\","
      "\"clock\":\"STOP\",\"country\":\"FR\"}}" },
};

static void what_is_unusual_but_allowed_is_understood(void **state)
{
    struct shop *shop = *state;

    for (size_t i = 0; i < RLC_COUNT(UNUSUAL); i++) {
        char *text = patched(shop, UNUSUAL[i].what, UNUSUAL[i].patch);

        (void)accept(shop, text);
        free(text);
        rlc_arena_reset(&shop->arena);
    }
}

static void defaults_depend_on_the_event(void **state)
{
    struct shop *shop = *state;
    char *text = patched(shop, "KILL_SWITCH",
                         "{\"kind\":\"CREDITOR_MODE\",\"payload\":{\"mode\":\"LIVE\"}}");
    const struct intake_event *event = accept(shop, text);

    assert_int_equal(event->event.command_issued.creditor_mode.ramp_ppm, 1000000);
    assert_int_equal(event->event.command_issued.creditor_mode.since_ms,
                     event->event.envelope.occurred_at_ms);
    free(text);
}

static void a_source_may_name_the_tenant_for_its_records(void **state)
{
    struct shop *shop = *state;
    char *text = patched(shop, "payment.received", "{\"^tenant\":null}");
    struct intake_event *event = NULL;
    struct rlc_fault fault;

    assert_int_equal(decode(shop, text, strlen(text), "globex", &event, &fault), RLC_OK);
    assert_text(event->event.envelope.tenant, "globex");
    assert_int_equal(decode(shop, text, strlen(text), "", &event, &fault), RLC_REJECT);
    assert_string_equal(fault.code, "MISSING_FIELD");
    free(text);
    text = patched(shop, "payment.received", "{}");
    assert_int_equal(decode(shop, text, strlen(text), "globex", &event, &fault), RLC_REJECT);
    assert_string_equal(fault.code, "WRONG_TENANT");
    free(text);
}

static void a_misspelt_member_is_named_by_what_was_probably_meant(void **state)
{
    struct shop *shop = *state;
    char *text = patched(shop, "payment.received", "{\"provisional_untl\":\"x\"}");
    struct intake_event *event = NULL;
    struct rlc_fault fault;

    assert_int_equal(decode(shop, text, strlen(text), "", &event, &fault), RLC_REJECT);
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
    struct shop *shop = *state;

    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct whom whom = salvage(rlc_span_of(CASES[i].text), &shop->arena);

        assert_text(whom.debtor, CASES[i].debtor);
        assert_int_equal(whom.natural, CASES[i].natural);
    }
}

/* ---- chance ---- */

/* Whatever is understood can be written: no bound of ours is wider than the record's. */
static void write_event(struct shop *shop, struct intake_event *event)
{
    for (struct personal *personal = event->personal; personal; personal = personal->next)
        personal->target->key_id = rlc_span_of("k");
    assert_true(event->event.envelope.debtor.size <= RLC_ID_MAX);
    assert_non_null(rlc_debtor_event_encode(&event->event, &shop->arena).data);
}

static void try_bytes(struct shop *shop, const char *text, size_t size, size_t *ret_good)
{
    struct intake_event *event = NULL;
    struct rlc_fault fault;
    enum rlc_status status = decode(shop, text, size, "", &event, &fault);

    if (status == RLC_OK) {
        write_event(shop, event);
        ++*ret_good;
    } else {
        assert_int_equal(status, RLC_REJECT);
        assert_non_null(fault.code);
    }
    (void)salvage(rlc_span_from(text, size), &shop->arena);
    rlc_arena_reset(&shop->arena);
}

static void damaged_bytes_never_do_harm(void **state)
{
    enum { ROUNDS = 20000 };
    struct shop *shop = *state;
    struct random random = { 42 };
    size_t good = 0;

    for (int i = 0; i < ROUNDS; i++) {
        const char *source = shop->example[random_below(&random, shop->count)];
        size_t size = strlen(source);
        /* Of exactly that size: a read behind it is seen by the sanitizer. */
        char *text = malloc(size);

        memcpy(text, source, size);
        for (uint64_t n = random_below(&random, 4); n < 4; n++) {
            size_t at = random_below(&random, size);
            uint64_t how = random_below(&random, 4);

            if (how == 0)
                text[at] = (char)random_next(&random);
            else if (how == 1)
                text[at] = "{}[]\",:\\0-e \n"[random_below(&random, 13)];
            else if (how == 2)
                memmove(text + at, text + at + 1, size - at - 1);
            else
                size = at + 1;
        }
        try_bytes(shop, text, size, &good);
        free(text);
    }
    assert_true(good > 100);
}

static const char *const NASTY[] = {
    "null",
    "true",
    "0",
    "-1",
    "4294967296",
    "9007199254740991",
    "9007199254740992",
    "1.5",
    "\"\"",
    "\"0\"",
    "\"-0.01\"",
    "\"999999999999999999\"",
    "\"9999999999999999.99\"",
    "\"1970-01-01\"",
    "\"2199-12-31\"",
    "\"2200-01-01\"",
    "\"1900-01-01\"",
    "\"1970-01-01T00:00:00Z\"",
    "\"2199-12-31T23:59:59Z\"",
    "\"2200-01-01T00:00:00Z\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "\"0000000000000000000000000000000000000000000000000000000000000000\"",
    "\"JPY\"",
    "\"EUR\"",
    "\"COMPANY\"",
    "\"CONSUMER\"",
    "\"ACCEPTED\"",
    "\"DOCUMENT\"",
    "\"LETTER\"",
    "\"AGREE_PLAN\"",
    "\"MERGE\"",
    "\"ERASE\"",
    "\"CREDITOR_MODE\"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\""
};

/* A random value of the tree. */
static void spoil_value(json_t *root, struct random *random)
{
    json_t *object = root;
    const char *name = NULL;

    while (json_is_object(object) && json_object_size(object)) {
        size_t skip = random_below(random, json_object_size(object));
        void *member = json_object_iter(object);
        json_t *value;

        while (skip--)
            member = json_object_iter_next(object, member);
        name = json_object_iter_key(member);
        value = json_object_iter_value(member);
        if (!json_is_object(value) || random_below(random, 8) == 0)
            break;
        object = value;
    }
    if (name && random_below(random, 5) == 0) {
        char text[400];
        size_t size = 60 + random_below(random, 200);

        memset(text, 'a', size);
        text[size] = '\0';
        (void)json_object_set_new(object, name, json_string(text));
    } else if (name) {
        (void)json_object_set_new(object, name,
                                  json_loads(NASTY[random_below(random, RLC_COUNT(NASTY))],
                                             JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
    }
}

static void nasty_values_are_refused_or_fit_into_the_record(void **state)
{
    enum { ROUNDS = 30000 };
    struct shop *shop = *state;
    struct random random = { 43 };
    size_t good = 0;

    for (int i = 0; i < ROUNDS; i++) {
        json_t *root = json_loads(shop->example[random_below(&random, shop->count)], 0, NULL);
        char *text;

        for (uint64_t n = random_below(&random, 2); n < 2; n++)
            spoil_value(root, &random);
        text = json_dumps(root, JSON_COMPACT);
        json_decref(root);
        assert_non_null(text);
        try_bytes(shop, text, strlen(text), &good);
        free(text);
    }
    assert_true(good > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_worked_example_becomes_the_event_that_it_describes),
        cmocka_unit_test(every_mistake_in_every_event_is_refused_with_its_code_and_place),
        cmocka_unit_test(contradictions_are_refused_where_they_are),
        cmocka_unit_test(what_is_unusual_but_allowed_is_understood),
        cmocka_unit_test(defaults_depend_on_the_event),
        cmocka_unit_test(a_source_may_name_the_tenant_for_its_records),
        cmocka_unit_test(a_misspelt_member_is_named_by_what_was_probably_meant),
        cmocka_unit_test(a_broken_record_tells_whom_it_is_about_as_far_as_it_goes),
        cmocka_unit_test(damaged_bytes_never_do_harm),
        cmocka_unit_test(nasty_values_are_refused_or_fit_into_the_record),
    };

    return cmocka_run_group_tests(tests, open_shop, close_shop);
}
