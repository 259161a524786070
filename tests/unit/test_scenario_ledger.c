/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger.h"

#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

static const struct policy *const STANDARD[] = { &BENCH_POLICY };

static struct scenario_bench *fresh(void)
{
    return bench_new(STANDARD, 1, 1);
}

static int64_t open_of(struct scenario_bench *bench, const char *document)
{
    const struct rlc_receivable_record *receivable = bench_receivable(bench, document);

    assert_non_null(receivable);
    return ledger_open(receivable).minor;
}

static int64_t on_account(struct scenario_bench *bench)
{
    const struct rlc_account_record *account = bench_account(bench);

    assert_true(account->credit_count <= 1);
    return account->credit_count ? account->credits[0].minor : 0;
}

static struct rlc_money eur(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

static struct rlc_debtor_event invoice_event(const char *document, int64_t minor, int64_t revision)
{
    struct rlc_debtor_event event = { .kind = revision > 1 ? RLC_EVENT_KIND_INVOICE_AMENDED
                                                           : RLC_EVENT_KIND_INVOICE_ISSUED,
                                      .envelope.entity_revision = revision };

    event.invoice_issued = (struct rlc_invoice){ .document = rlc_span_of(document),
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = eur(minor),
                                                 .issued_on = bench_day("2025-01-01"),
                                                 .due_on = bench_day("2025-01-31") };
    return event;
}

static void reverse(struct scenario_bench *bench, const char *payment, int64_t minor)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_REVERSED };

    event.payment_reversed =
        (struct rlc_payment_reversed){ .payment = rlc_span_of(payment),
                                       .reversed_on = bench_day("2025-02-10") };
    if (minor > 0)
        event.payment_reversed.amount = eur(minor);
    bench_send(bench, &event);
}

static void cancel(struct scenario_bench *bench, const char *document, int64_t revision)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_CANCELLED,
                                      .envelope.entity_revision = revision };

    event.invoice_cancelled =
        (struct rlc_invoice_cancelled){ .document = rlc_span_of(document),
                                        .cancelled_on = bench_day("2025-02-10") };
    bench_send(bench, &event);
}

static void credit(struct scenario_bench *bench, const char *note, int64_t minor,
                   const char *document)
{
    struct rlc_allocation allocation = { .document = rlc_span_of(document), .amount = eur(minor) };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_CREDIT_NOTE_ISSUED };

    event.credit_note_issued = (struct rlc_credit_note){ .document = rlc_span_of(note),
                                                         .total = eur(minor),
                                                         .issued_on = bench_day("2025-02-10"),
                                                         .allocations = &allocation,
                                                         .allocation_count = 1 };
    bench_send(bench, &event);
}

/* ---- rules ---- */

static void an_invoice_is_open_until_it_is_paid(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    assert_int_equal(open_of(bench, "F-1"), 120000);
    bench_payment(bench, "P-1", 50000, "F-1");
    assert_int_equal(open_of(bench, "F-1"), 70000);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_RECEIVABLE_CHANGED), 1);
    bench_payment(bench, "P-2", 70000, "F-1");
    assert_int_equal(open_of(bench, "F-1"), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_RECEIVABLE_CLOSED), 1);
    assert_int_equal(bench_account(bench)->page_count, 0);
    bench_free(bench);
}

static void a_payment_before_its_invoice_waits_for_it(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_payment(bench, "P-1", 50000, "F-1");
    assert_int_equal(on_account(bench), 0);
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    assert_int_equal(open_of(bench, "F-1"), 70000);
    bench_free(bench);
}

static void what_is_paid_beyond_the_claim_is_on_account(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 130000, "F-1");
    assert_int_equal(open_of(bench, "F-1"), 0);
    assert_int_equal(on_account(bench), 30000);
    bench_free(bench);
}

static void a_payment_without_document_is_on_account(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_payment(bench, "P-1", 130000, NULL);
    assert_int_equal(on_account(bench), 130000);
    bench_free(bench);
}

static void the_same_event_twice_counts_once(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = invoice_event("F-1", 100000, 0);
    int64_t epoch;

    (void)state;
    event.envelope.source_event_id = rlc_span_of("once");
    bench_send(bench, &event);
    bench_flush(bench);
    epoch = bench_account(bench)->epoch;
    bench_send(bench, &event);
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->epoch, epoch);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_RECEIVABLE_OPENED), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_EVENT_IGNORED), 1);
    bench_free(bench);
}

static void a_reversed_payment_opens_its_invoice_again(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 100000, "F-1");
    reverse(bench, "P-1", 0);
    assert_int_equal(open_of(bench, "F-1"), 100000);
    assert_int_equal(bench_account(bench)->page_count, 1);
    bench_free(bench);
}

static void a_reversal_before_its_payment_holds(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    reverse(bench, "P-1", 40000);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 100000, "F-1");
    assert_int_equal(open_of(bench, "F-1"), 40000);
    bench_free(bench);
}

static void a_reversal_in_another_currency_undoes_nothing_and_is_asked_about(void **state)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_REVERSED };

    (void)state;
    event.payment_reversed =
        (struct rlc_payment_reversed){ .payment = rlc_span_of("P-1"),
                                       .amount = { 40000, "USD" },
                                       .reversed_on = bench_day("2025-02-10") };
    for (int before = 0; before < 2; before++) {
        struct scenario_bench *bench = fresh();

        bench_invoice(bench, "F-1", 100000, "2025-01-31");
        if (before)
            bench_send(bench, &event);
        bench_payment(bench, "P-1", 100000, "F-1");
        if (!before)
            bench_send(bench, &event);
        assert_int_equal(open_of(bench, "F-1"), 0);
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_PAYMENT_UNDONE), 0);
        assert_int_equal(bench_debtor_record(bench)->quarantine_count, 1);
        bench_free(bench);
    }
}

/* Two systems number their events alike. */
static void reversals_of_two_sources_are_two(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_REVERSED,
                                      .envelope.source_event_id = rlc_span_of("1") };

    (void)state;
    event.payment_reversed = (struct rlc_payment_reversed){
        .payment = rlc_span_of("P-1"), .amount = eur(10000), .reversed_on = bench_day("2025-02-10")
    };
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 100000, "F-1");
    bench_send(bench, &event);
    event.envelope.source = rlc_span_of("another");
    bench_send(bench, &event);
    assert_int_equal(open_of(bench, "F-1"), 20000);
    bench_free(bench);
}

static void a_cancelled_invoice_owes_nothing_and_its_payment_is_on_account(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 30000, "F-1");
    cancel(bench, "F-1", 0);
    assert_int_equal(open_of(bench, "F-1"), 0);
    assert_int_equal(on_account(bench), 30000);
    bench_free(bench);
}

static void an_amendment_after_the_cancellation_opens_it_again(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event amended = invoice_event("F-1", 80000, 3);

    (void)state;
    cancel(bench, "F-1", 2);
    bench_send(bench, &amended);
    assert_int_equal(open_of(bench, "F-1"), 80000);
    bench_free(bench);
}

static struct rlc_debtor_event opening_event(const char *document, int64_t total, int64_t open)
{
    struct rlc_debtor_event event = invoice_event(document, total, 0);
    struct rlc_invoice invoice = event.invoice_issued;

    event.kind = RLC_EVENT_KIND_OPENING_ITEM;
    event.opening_item = (struct rlc_opening_item){ .invoice = invoice,
                                                    .open = eur(open),
                                                    .last_step = rlc_span_of("firm") };
    return event;
}

/* The opening item is older than the invoice; it may be read before or after it. */
static void what_was_settled_before_go_live_does_not_depend_on_order(void **state)
{
    struct rlc_debtor_event event[] = { opening_event("F-1", 80000, 30000),
                                        invoice_event("F-1", 80000, 0) };

    (void)state;
    event[0].envelope.occurred_at_ms = bench_instant("2025-01-02", 0, 0);
    event[1].envelope.occurred_at_ms = bench_instant("2025-01-03", 0, 0);
    for (size_t first = 0; first < 2; first++) {
        struct scenario_bench *bench = fresh();

        bench_send(bench, &event[first]);
        bench_send(bench, &event[1 - first]);
        assert_int_equal(open_of(bench, "F-1"), 30000);
        assert_int_equal(bench_receivable(bench, "F-1")->entered_step.size, 4);
        bench_free(bench);
    }
}

static void a_newer_opening_item_takes_back_what_the_older_said(void **state)
{
    struct rlc_debtor_event older = opening_event("F-1", 80000, 30000);
    struct rlc_debtor_event newer = opening_event("F-1", 80000, 80000);

    (void)state;
    older.envelope.entity_revision = 1;
    newer.envelope.entity_revision = 2;
    for (size_t first = 0; first < 2; first++) {
        struct scenario_bench *bench = fresh();

        bench_send(bench, first == 0 ? &older : &newer);
        bench_send(bench, first == 0 ? &newer : &older);
        assert_int_equal(open_of(bench, "F-1"), 80000);
        bench_free(bench);
    }
}

static void an_older_revision_changes_nothing(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event newer = invoice_event("F-1", 80000, 2);
    struct rlc_debtor_event older = invoice_event("F-1", 100000, 1);

    (void)state;
    bench_send(bench, &newer);
    bench_send(bench, &older);
    assert_int_equal(open_of(bench, "F-1"), 80000);
    bench_free(bench);
}

static void the_same_id_with_another_body_is_a_conflict_and_silences_the_debtor(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event one = invoice_event("F-1", 100000, 1);
    struct rlc_debtor_event other = invoice_event("F-1", 90000, 1);

    (void)state;
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_send(bench, &one);
    bench_send(bench, &other);
    assert_int_equal(open_of(bench, "F-1"), 100000);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_CONFLICT_FOUND), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 1);
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_QUARANTINED), 1);
    bench_free(bench);
}

static void a_credit_note_reduces_what_is_owed(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    credit(bench, "C-1", 20000, "F-1");
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    assert_int_equal(open_of(bench, "F-1"), 80000);
    bench_free(bench);
}

static void money_of_another_currency_never_pays_an_invoice(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_allocation allocation = { .document = rlc_span_of("F-1"),
                                         .amount = { 100000, "USD" } };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED };

    (void)state;
    event.payment_received = (struct rlc_payment){ .payment = rlc_span_of("P-1"),
                                                   .amount = { 100000, "USD" },
                                                   .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                   .received_on = bench_day("2025-02-01"),
                                                   .allocations = &allocation,
                                                   .allocation_count = 1 };
    bench_send(bench, &event);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    assert_int_equal(open_of(bench, "F-1"), 100000);
    assert_int_equal(bench_account(bench)->credits[0].minor, 100000);
    assert_string_equal(bench_account(bench)->credits[0].currency, "USD");
    bench_free(bench);
}

static void a_payment_named_anew_moves_to_the_other_document(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_allocation allocation = { .document = rlc_span_of("F-2"), .amount = eur(60000) };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED,
                                      .envelope.entity_revision = 2 };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_invoice(bench, "F-2", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 60000, "F-1");
    event.payment_received = (struct rlc_payment){ .payment = rlc_span_of("P-1"),
                                                   .amount = eur(60000),
                                                   .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                   .received_on = bench_day("2025-02-01"),
                                                   .allocations = &allocation,
                                                   .allocation_count = 1 };
    bench_send(bench, &event);
    assert_int_equal(open_of(bench, "F-1"), 100000);
    assert_int_equal(open_of(bench, "F-2"), 40000);
    bench_free(bench);
}

static void an_opening_item_owes_what_is_left_of_it(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event invoice = invoice_event("F-1", 100000, 0);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_OPENING_ITEM };

    (void)state;
    event.opening_item =
        (struct rlc_opening_item){ .invoice = invoice.invoice_issued, .open = eur(25000) };
    bench_send(bench, &event);
    assert_int_equal(open_of(bench, "F-1"), 25000);
    assert_int_equal(on_account(bench), 0);
    bench_free(bench);
}

static void a_payment_touches_what_it_names_and_not_the_whole_debtor(void **state)
{
    struct scenario_bench *bench = fresh();
    char document[32];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        (void)snprintf(document, sizeof(document), "F-%04d", i);
        bench_invoice(bench, document, 100000, "2025-01-31");
    }
    assert_int_equal(bench_account(bench)->page_count, 63);
    (void)bench_reads(bench);
    bench_payment(bench, "P-1", 100000, "F-1234");
    /* Scope, debtor, account, payment, receivable, page. */
    assert_true(bench_reads(bench) <= 6);
    bench_free(bench);
}

static void pages_are_filled_again_where_items_left(void **state)
{
    struct scenario_bench *bench = fresh();
    char name[32];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            (void)snprintf(name, sizeof(name), "F-%d-%d", round, i);
            bench_invoice(bench, name, 1000, "2025-01-31");
        }
        for (int i = 0; i < 90; i++) {
            (void)snprintf(name, sizeof(name), "F-%d-%d", round, i);
            bench_payment(bench, name, 1000, name);
        }
    }
    bench_flush(bench);
    assert_true(bench_account(bench)->page_count <= 5);
    for (size_t i = 0, sum = 0; i < bench_account(bench)->page_count; i++) {
        sum += bench_account(bench)->pages[i].count;
        if (i + 1 == bench_account(bench)->page_count)
            assert_int_equal(sum, 30);
    }
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invoice_is_open_until_it_is_paid),
        cmocka_unit_test(a_payment_before_its_invoice_waits_for_it),
        cmocka_unit_test(what_is_paid_beyond_the_claim_is_on_account),
        cmocka_unit_test(a_payment_without_document_is_on_account),
        cmocka_unit_test(the_same_event_twice_counts_once),
        cmocka_unit_test(a_reversed_payment_opens_its_invoice_again),
        cmocka_unit_test(a_reversal_before_its_payment_holds),
        cmocka_unit_test(a_reversal_in_another_currency_undoes_nothing_and_is_asked_about),
        cmocka_unit_test(reversals_of_two_sources_are_two),
        cmocka_unit_test(a_cancelled_invoice_owes_nothing_and_its_payment_is_on_account),
        cmocka_unit_test(an_amendment_after_the_cancellation_opens_it_again),
        cmocka_unit_test(what_was_settled_before_go_live_does_not_depend_on_order),
        cmocka_unit_test(a_newer_opening_item_takes_back_what_the_older_said),
        cmocka_unit_test(an_older_revision_changes_nothing),
        cmocka_unit_test(the_same_id_with_another_body_is_a_conflict_and_silences_the_debtor),
        cmocka_unit_test(a_credit_note_reduces_what_is_owed),
        cmocka_unit_test(money_of_another_currency_never_pays_an_invoice),
        cmocka_unit_test(a_payment_named_anew_moves_to_the_other_document),
        cmocka_unit_test(an_opening_item_owes_what_is_left_of_it),
        cmocka_unit_test(a_payment_touches_what_it_names_and_not_the_whole_debtor),
        cmocka_unit_test(pages_are_filled_again_where_items_left),
    };

    return cmocka_run_group_tests_name("scenario ledger", tests, NULL, NULL);
}
