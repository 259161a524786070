/* SPDX-License-Identifier: Apache-2.0 */
/* The contract with upstream: what is understood. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "tests/support/ingest_shop.h"

#include "tests/support/check.h"

static rlc_day day(const char *text)
{
    rlc_day value = 0;

    assert_true(rlc_day_parse(rlc_span_of(text), &value));
    return value;
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
    assert_span(invoice->document, "FA202600042");
    assert_money(invoice->total, 120000);
    assert_money(invoice->tax, 20000);
    assert_int_equal(invoice->type, RLC_DOCUMENT_TYPE_INVOICE);
    assert_int_equal(invoice->issued_on, day("2026-03-02"));
    assert_int_equal(invoice->due_on, day("2026-04-01"));
    assert_int_equal(invoice->reference_count, 2);
    assert_int_equal(invoice->references[1].kind, RLC_REFERENCE_KIND_REMITTANCE);
    assert_span(invoice->references[1].value, "RF39FA202600042");
}

static void check_amended(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->envelope.entity_revision, 2);
    assert_int_equal(event->invoice_amended.due_on, day("2026-04-15"));
}

static void check_cancelled(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->invoice_cancelled.cancelled_on, day("2026-03-11"));
    assert_span(event->invoice_cancelled.replaced_by, "FA202600057");
}

static void check_credit(const struct rlc_debtor_event *event)
{
    assert_span(event->credit_note_issued.document, "AV202600007");
    assert_money(event->credit_note_issued.total, 15000);
    assert_span(event->credit_note_issued.reason_code, "QTE_ERR");
    assert_int_equal(event->credit_note_issued.allocation_count, 1);
    assert_money(event->credit_note_issued.allocations[0].amount, 15000);
}

static void check_payment(const struct rlc_debtor_event *event)
{
    assert_span(event->payment_received.payment, "BNP-20260414-0031");
    assert_money(event->payment_received.amount, 110000);
    assert_int_equal(event->payment_received.method, RLC_PAYMENT_METHOD_TRANSFER);
    assert_span(event->payment_received.remittance.bytes, "FA202600042 + acompte");
    assert_span(event->payment_received.allocations[0].document, "FA202600042");
    assert_money(event->payment_received.allocations[0].amount, 105000);
}

static void check_reversed(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->payment_reversed.reversed_on, day("2026-04-17"));
    assert_span(event->payment_reversed.reason_code, "AM04");
    assert_int_equal(event->payment_reversed.amount.currency[0], 0);
}

static void check_opening(const struct rlc_debtor_event *event)
{
    assert_money(event->opening_item.invoice.total, 80000);
    assert_money(event->opening_item.open, 30000);
    assert_span(event->opening_item.last_step, "reminder-2");
    assert_int_equal(event->opening_item.last_contact_at_ms, INT64_C(1768467600000));
}

static void check_dispute(const struct rlc_debtor_event *event)
{
    assert_span(event->dispute_opened.dispute, "D-88");
    assert_money(event->dispute_opened.amount, 15000);
    assert_int_equal(event->dispute_opened.reason, RLC_DISPUTE_REASON_DELIVERY);
}

static void check_resolved(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->dispute_resolved.result, RLC_DISPUTE_RESULT_ACCEPTED);
    assert_money(event->dispute_resolved.accepted, 9000);
    assert_span(event->dispute_resolved.credit_note, "AV202600009");
}

static void check_promise(const struct rlc_debtor_event *event)
{
    assert_money(event->promise_made.amount, 96000);
    assert_int_equal(event->promise_made.promised_for, day("2026-04-30"));
    assert_int_equal(event->promise_made.channel, RLC_CHANNEL_CALL);
    assert_int_equal(event->promise_made.document_count, 1);
    assert_span(event->promise_made.documents[0].document, "FA202600042");
}

static void check_withdrawn(const struct rlc_debtor_event *event)
{
    assert_span(event->promise_withdrawn.promise, "P-17");
    assert_span(event->promise_withdrawn.reason_code, "CASH_TIGHT");
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
    assert_span(event->hold_lifted.hold, "H-3");
}

static void check_debtor(const struct rlc_debtor_event *event)
{
    assert_int_equal(event->debtor_upserted.kind, RLC_PARTY_KIND_COMPANY);
    assert_int_equal(event->debtor_upserted.status, RLC_PARTY_STATUS_ACTIVE);
    assert_span(event->debtor_upserted.zone, "Europe/Paris");
    assert_span(event->debtor_upserted.name.bytes, "Boulangerie Martin SARL");
    assert_span(event->debtor_upserted.address.bytes, "12 rue des Lilas\n69003 Lyon");
}

static void check_account(const struct rlc_debtor_event *event)
{
    assert_span(event->account_upserted.customer_number, "10442");
    assert_int_equal(event->account_upserted.preferred_channel, RLC_CHANNEL_EMAIL);
    assert_money(event->account_upserted.credit_limit, 2000000);
}

static void check_contact(const struct rlc_debtor_event *event)
{
    const struct rlc_contact *contact = &event->contact_upserted;

    assert_span(contact->subject, "C-10442/1");
    assert_int_equal(contact->roles, RLC_CONTACT_ROLE_ACCOUNTS_PAYABLE);
    assert_int_equal(contact->channel_count, 1);
    assert_int_equal(contact->channels[0].rank, 1);
    assert_span(contact->channels[0].address.bytes, "compta@martin.example");
}

static void check_command(const struct rlc_debtor_event *event)
{
    const struct rlc_command *command = &event->command_issued;

    assert_span(event->envelope.actor, event->envelope.debtor.size ? "u-17" : "u-2");
    assert_int_equal(command->issued_at_ms, event->envelope.occurred_at_ms);
    if (command->kind == RLC_COMMAND_KIND_ERASE) {
        assert_span(command->erase.subject, "C-10442/1");
        assert_span(command->erase.ground, "GDPR-17-1-B");
        assert_span(command->reason.bytes, "left the Lyon office");
    } else if (event->envelope.debtor.size) {
        assert_int_equal(command->kind, RLC_COMMAND_KIND_WRITE_OFF);
        assert_span(command->write_off.document, "FA202600042");
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
    { RLC_EVENT_KIND_PROMISE_WITHDRAWN, check_withdrawn },
    { RLC_EVENT_KIND_HOLD_PLACED, check_hold },
    { RLC_EVENT_KIND_HOLD_LIFTED, check_lifted },
    { RLC_EVENT_KIND_COMMAND_ISSUED, check_command },
};

static void every_worked_example_becomes_the_event_that_it_describes(void **state)
{
    struct ingest_shop *shop = *state;
    size_t seen[RLC_COUNT(CHECKS)] = { 0 };

    assert_int_equal(shop->count, RLC_COUNT(CHECKS) + 2); /* three of the commands */
    for (size_t i = 0; i < shop->count; i++) {
        const struct intake_event *event = ingest_shop_accept(shop, shop->example[i]);

        assert_span(event->event.envelope.tenant, "acme");
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

/* ---- allowed, but not in an example ---- */

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
    struct ingest_shop *shop = *state;

    for (size_t i = 0; i < RLC_COUNT(UNUSUAL); i++) {
        char *text = ingest_shop_patched(shop, UNUSUAL[i].what, UNUSUAL[i].patch);

        (void)ingest_shop_accept(shop, text);
        free(text);
        rlc_arena_reset(&shop->arena);
    }
}

static void defaults_depend_on_the_event(void **state)
{
    struct ingest_shop *shop = *state;
    char *text = ingest_shop_patched(
        shop, "KILL_SWITCH", "{\"kind\":\"CREDITOR_MODE\",\"payload\":{\"mode\":\"LIVE\"}}");
    const struct intake_event *event = ingest_shop_accept(shop, text);

    assert_int_equal(event->event.command_issued.creditor_mode.ramp_ppm, 1000000);
    assert_int_equal(event->event.command_issued.creditor_mode.since_ms,
                     event->event.envelope.occurred_at_ms);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_worked_example_becomes_the_event_that_it_describes),
        cmocka_unit_test(what_is_unusual_but_allowed_is_understood),
        cmocka_unit_test(defaults_depend_on_the_event),
    };

    return cmocka_run_group_tests(tests, ingest_shop_open, ingest_shop_close);
}
