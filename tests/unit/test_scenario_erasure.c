/* SPDX-License-Identifier: Apache-2.0 */
/* Who is erased, on whose word, and who must be kept: contact persons at once, a debtor when
 * nothing is open and the years of its ledger are over. */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

enum { SUBJECTS_ERASED_MAX = 32 };

/* The bench's policy with `years` of retention. */
static struct scenario_bench *fresh(int32_t years)
{
    static struct policy policy;
    static const struct policy *const POLICIES[] = { &policy };

    policy = BENCH_POLICY;
    policy.retention = (struct policy_retention){ .claims_ground = rlc_span_of("OPEN-17"),
                                                  .ledger_years = years,
                                                  .ledger_ground = rlc_span_of("BOOKS-22") };
    return bench_new(POLICIES, 1, 1);
}

/* F-1 over 1,000 EUR, issued on 2025-01-01. */
static struct scenario_bench *fresh_with_invoice(int32_t years)
{
    struct scenario_bench *bench = fresh(years);

    bench_debtor(bench, BENCH_ZONE, "");
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-01-20", 8, 0));
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_flush(bench);
    return bench;
}

/* "" where it was accepted, else the rule and what it is told besides. */
static const char *order_erasure(struct scenario_bench *bench, const char *subject)
{
    static char answer[160];
    const struct rlc_command_answer *refused;

    bench_forget(bench);
    bench_command(bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_ERASE,
                                                .erase.subject = rlc_span_of(subject) });
    bench_flush(bench);
    answer[0] = '\0';
    if (bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED) == 1) {
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_SUBJECT_ERASED), 1);
        return answer;
    }
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_SUBJECT_ERASED), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_REFUSED), 1);
    refused = &bench_last(bench, RLC_FACT_KIND_COMMAND_REFUSED)->command_refused;
    (void)snprintf(answer, sizeof(answer), "%.*s%s%.*s", (int)refused->rule.size,
                   (const char *)refused->rule.data, refused->detail.size ? ": " : "",
                   (int)refused->detail.size,
                   refused->detail.size ? (const char *)refused->detail.data : "");
    return answer;
}

static void tell_erasure(struct scenario_bench *bench, const char *subject)
{
    bench_send(bench, &(struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_SUBJECT_ERASED,
                                                  .subject_erased.subject = rlc_span_of(subject) });
    bench_flush(bench);
}

static const struct rlc_book_record *book_of(struct scenario_bench *bench)
{
    const struct rlc_book_record *book = bench_record(bench, "h|" BENCH_TENANT "/" BENCH_DEBTOR);

    assert_non_null(book);
    return book;
}

/* ---- persons ---- */

static void a_person_is_erased_at_once_and_another_one_is_written_to(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(10);
    const struct rlc_contact_request *request;

    (void)state;
    bench_contact(bench, "boss", RLC_CHANNEL_EMAIL);
    assert_string_equal(order_erasure(bench, "ap"), "");
    bench_days_until(bench, "2025-02-03", false);
    assert_int_equal(bench_requests(bench), 1);
    request = bench_last_request(bench);
    assert_int_equal(request->body.recipient_count, 1);
    assert_true(rlc_span_equal(request->body.recipients[0].contact, rlc_span_of("boss")));
    bench_free(bench);
}

static void without_another_person_there_is_silence_that_says_why(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(10);

    (void)state;
    assert_string_equal(order_erasure(bench, "ap"), "");
    bench_days_until(bench, "2025-02-03", false);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_ERASED), 1);
    bench_free(bench);
}

static void an_order_leaves_behind_what_the_event_does(void **state)
{
    (void)state;
    for (int by_order = 0; by_order < 2; by_order++) {
        struct scenario_bench *bench = fresh_with_invoice(10);
        const struct rlc_debtor_fact *fact;
        int64_t epoch = bench_debtor_record(bench)->epoch;

        if (by_order)
            assert_string_equal(order_erasure(bench, "ap"), "");
        else
            tell_erasure(bench, "ap");
        fact = bench_last(bench, RLC_FACT_KIND_SUBJECT_ERASED);
        assert_true(rlc_span_equal(fact->subject_erased.subject, rlc_span_of("ap")));
        assert_int_equal(fact->envelope.epochs.debtor, epoch + 1);
        assert_int_equal(bench_debtor_record(bench)->epoch, epoch + 1);
        assert_int_equal(book_of(bench)->erased_count, 1);
        assert_true(book_of(bench)->persons[0].contact.closed);
        assert_int_equal(book_of(bench)->persons[0].contact.channel_count, 0);
        bench_free(bench);
    }
}

static void an_upsert_does_not_bring_an_erased_person_back(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(10);

    (void)state;
    assert_string_equal(order_erasure(bench, "ap"), "");
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_flush(bench);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_CONTACT_CHANGED), 0);
    assert_int_equal(book_of(bench)->persons[0].contact.channel_count, 0);
    bench_free(bench);
}

static void nobody_is_erased_who_is_not_known_nor_twice(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(10);

    (void)state;
    assert_string_equal(order_erasure(bench, "nobody"), "UNKNOWN_OBJECT");
    assert_string_equal(order_erasure(bench, "ap"), "");
    assert_string_equal(order_erasure(bench, "ap"), "ALREADY_ERASED");
    bench_free(bench);
}

static void a_debtor_of_whom_nobody_has_told_is_not_known(void **state)
{
    struct scenario_bench *bench = fresh(10);

    (void)state;
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "UNKNOWN_OBJECT");
    /* A contact person tells of it, an invoice as well. */
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "");
    bench_free(bench);
    bench = fresh(10);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "RETENTION: claims OPEN-17");
    bench_free(bench);
}

/* One place, one person after the other. */
static void more_erasures_than_a_debtor_remembers_are_refused(void **state)
{
    struct scenario_bench *bench = fresh(10);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_CONTACT_UPSERTED,
                                      .contact_upserted = { .contact = rlc_span_of("desk") } };
    char subject[16];

    (void)state;
    for (int i = 0; i <= SUBJECTS_ERASED_MAX; i++) {
        (void)snprintf(subject, sizeof(subject), "S-%02d", i);
        event.contact_upserted.subject = rlc_span_of(subject);
        event.envelope.entity_revision = i + 1;
        bench_send(bench, &event);
        assert_string_equal(order_erasure(bench, subject),
                            i < SUBJECTS_ERASED_MAX ? "" : "LIMIT_ERASED");
    }
    bench_free(bench);
}

/* The last look compares epochs: what was asked for before the erasure comes back. */
static void a_request_under_way_is_overtaken_by_the_erasure(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(10);
    struct rlc_epochs asked;
    const struct rlc_debtor_fact *fact;

    (void)state;
    bench_contact(bench, "boss", RLC_CHANNEL_EMAIL);
    bench_days_until(bench, "2025-02-03", false);
    assert_int_equal(bench_requests(bench), 1);
    asked = bench_last_request(bench)->envelope.epochs;
    assert_int_equal(asked.debtor, bench_debtor_record(bench)->epoch);
    bench_command(bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_ERASE,
                                                .erase.subject = rlc_span_of("ap") });
    fact = bench_last(bench, RLC_FACT_KIND_SUBJECT_ERASED);
    assert_true(fact->envelope.epochs.debtor > asked.debtor);
    assert_int_equal(bench_debtor_record(bench)->epoch, fact->envelope.epochs.debtor);
    bench_return(bench, RLC_RETURN_REASON_DEBTOR_CHANGED);
    bench_tick(bench, bench_instant("2025-02-03", 10, 2));
    assert_int_equal(bench_requests(bench), 2);
    assert_true(
        rlc_span_equal(bench_last_request(bench)->body.recipients[0].contact, rlc_span_of("boss")));
    bench_free(bench);
}

/* ---- debtors ---- */

static void a_debtor_of_whom_nothing_was_booked_is_erased_at_once(void **state)
{
    struct scenario_bench *bench = fresh(10);

    (void)state;
    bench_debtor(bench, BENCH_ZONE, "");
    bench_flush(bench);
    assert_true(book_of(bench)->debtor.name.key_id.size > 0);
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "");
    assert_int_equal(book_of(bench)->debtor.name.key_id.size, 0);
    /* What comes later tells how to treat the debtor, not who it is. */
    bench_debtor(bench, "Europe/Rome", "");
    bench_flush(bench);
    assert_int_equal(book_of(bench)->debtor.name.key_id.size, 0);
    assert_true(rlc_span_equal(book_of(bench)->debtor.zone, rlc_span_of("Europe/Rome")));
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "ALREADY_ERASED");
    bench_free(bench);
}

static void a_debtor_is_kept_while_an_invoice_is_open(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(0);

    (void)state;
    bench_payment(bench, "P-1", 99999, "F-1");
    bench_at(bench, bench_instant("2040-01-01", 12, 0));
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "RETENTION: claims OPEN-17");
    bench_payment(bench, "P-2", 1, "F-1");
    bench_at(bench, bench_instant("2041-01-01", 12, 0));
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "");
    bench_free(bench);
}

static void an_invoice_of_any_creditor_keeps_the_debtor(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(0);
    struct rlc_debtor_event theirs = {
        .kind = RLC_EVENT_KIND_INVOICE_ISSUED,
        .envelope.creditor = rlc_span_of("FR02"),
        .invoice_issued = { .document = rlc_span_of("G-1"),
                            .type = RLC_DOCUMENT_TYPE_INVOICE,
                            .total = { .minor = 5000, .currency = "EUR" },
                            .issued_on = bench_day("2025-01-20"),
                            .due_on = bench_day("2025-02-20") },
    };

    (void)state;
    bench_send(bench, &theirs);
    bench_payment(bench, "P-1", 100000, "F-1");
    bench_at(bench, bench_instant("2040-01-01", 12, 0));
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "RETENTION: claims OPEN-17");
    bench_free(bench);
}

static void a_debtor_is_kept_while_a_dispute_lasts_although_all_is_paid(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(0);
    struct rlc_debtor_event dispute = {
        .kind = RLC_EVENT_KIND_DISPUTE_OPENED,
        .dispute_opened = { .dispute = rlc_span_of("R-1"),
                            .document = rlc_span_of("F-1"),
                            .reason = RLC_DISPUTE_REASON_QUALITY,
                            .opened_on = bench_day("2025-01-20"),
                            .expires_on = bench_day("2026-03-31") },
    };
    struct rlc_debtor_event resolved = {
        .kind = RLC_EVENT_KIND_DISPUTE_RESOLVED,
        .dispute_resolved = { .dispute = rlc_span_of("R-1"),
                              .result = RLC_DISPUTE_RESULT_WITHDRAWN,
                              .resolved_on = bench_day("2026-01-02") },
    };

    (void)state;
    bench_send(bench, &dispute);
    bench_payment(bench, "P-1", 100000, "F-1");
    bench_at(bench, bench_instant("2026-01-02", 12, 0));
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "RETENTION: claims OPEN-17");
    bench_send(bench, &resolved);
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "");
    bench_free(bench);
}

/* Half an hour before midnight in Paris is the year's last day still; UTC does not matter. */
static void a_debtor_is_kept_for_ten_years_after_the_year_of_its_latest_entry(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(10);

    (void)state;
    bench_at(bench, bench_instant("2025-02-10", 8, 0));
    bench_payment(bench, "P-1", 100000, "F-1");
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR),
                        "RETENTION: ledger BOOKS-22 until 2035-12-31");
    bench_at(bench, bench_instant("2035-12-31", 22, 30));
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR),
                        "RETENTION: ledger BOOKS-22 until 2035-12-31");
    bench_at(bench, bench_instant("2035-12-31", 23, 0));
    assert_string_equal(order_erasure(bench, BENCH_DEBTOR), "");
    bench_free(bench);
}

static void the_same_command_is_answered_once_even_when_the_years_are_over(void **state)
{
    struct scenario_bench *bench = fresh_with_invoice(0);
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_ERASE,
                                   .command = rlc_span_of("once"),
                                   .erase.subject = rlc_span_of(BENCH_DEBTOR) };

    (void)state;
    bench_payment(bench, "P-1", 100000, "F-1");
    bench_command(bench, &command);
    bench_at(bench, bench_instant("2026-01-02", 12, 0));
    bench_command(bench, &command);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_REFUSED), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_SUBJECT_ERASED), 0);
    bench_free(bench);
}

/* ---- the latest entry ---- */

static struct rlc_money eur(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

/* On 2027-05-05, each in its own way. */
static void pay_on_account(struct scenario_bench *bench)
{
    bench_payment(bench, "P-9", 500, NULL);
}

static void credit(struct scenario_bench *bench)
{
    bench_send(bench, &(struct rlc_debtor_event){
                          .kind = RLC_EVENT_KIND_CREDIT_NOTE_ISSUED,
                          .credit_note_issued = { .document = rlc_span_of("CN-1"),
                                                  .total = eur(700),
                                                  .issued_on = bench_day("2027-05-05") } });
}

static void reverse(struct scenario_bench *bench, const char *on)
{
    bench_send(bench,
               &(struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_PAYMENT_REVERSED,
                                           .payment_reversed = { .payment = rlc_span_of("P-1"),
                                                                 .reversed_on = bench_day(on) } });
}

/* What is paid in its place has an older value date. */
static void reverse_and_pay(struct scenario_bench *bench)
{
    struct rlc_allocation allocation = { .document = rlc_span_of("F-1"), .amount = eur(100000) };

    reverse(bench, "2027-05-05");
    bench_send(bench, &(struct rlc_debtor_event){
                          .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED,
                          .payment_received = { .payment = rlc_span_of("P-2"),
                                                .amount = eur(100000),
                                                .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                .received_on = bench_day("2026-03-02"),
                                                .allocations = &allocation,
                                                .allocation_count = 1 } });
}

static void reverse_and_write_off(struct scenario_bench *bench)
{
    reverse(bench, "2026-03-02");
    bench_command(bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_WRITE_OFF,
                                                .write_off.document = rlc_span_of("F-1") });
}

static void issue_and_cancel(struct scenario_bench *bench)
{
    bench_invoice(bench, "F-2", 3000, "2027-06-04"); /* issued thirty days before */
    bench_send(bench, &(struct rlc_debtor_event){
                          .kind = RLC_EVENT_KIND_INVOICE_CANCELLED,
                          .invoice_cancelled = { .document = rlc_span_of("F-2"),
                                                 .cancelled_on = bench_day("2027-05-05") } });
}

static void any_later_entry_keeps_the_debtor_longer(void **state)
{
    static void (*const ENTRIES[])(struct scenario_bench *) = {
        pay_on_account, credit, reverse_and_pay, reverse_and_write_off, issue_and_cancel
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ENTRIES); i++) {
        struct scenario_bench *bench = fresh_with_invoice(10);

        bench_payment(bench, "P-1", 100000, "F-1");
        bench_at(bench, bench_instant("2027-05-05", 12, 0));
        ENTRIES[i](bench);
        assert_string_equal(order_erasure(bench, BENCH_DEBTOR),
                            "RETENTION: ledger BOOKS-22 until 2037-12-31");
        assert_int_equal(bench_account(bench)->booked_on, bench_day("2027-05-05"));
        bench_free(bench);
    }
}

/* An invoice that is told after the year's end belongs to its own year; a day that is still to come
 * to this one. */
static void an_entry_counts_by_its_own_day_and_not_beyond_today(void **state)
{
    struct scenario_bench *bench = fresh(10);

    (void)state;
    bench_at(bench, bench_instant("2026-02-01", 12, 0));
    bench_invoice(bench, "F-1", 1000, "2026-01-09"); /* issued on 2025-12-10 */
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->booked_on, bench_day("2025-12-10"));
    bench_invoice(bench, "F-2", 1000, "2062-01-09");
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->booked_on, bench_day("2026-02-01"));
    bench_free(bench);
}

static void a_tenant_without_a_bundle_keeps_the_usual(void **state)
{
    const struct policy_retention *usual = &POLICY_EMPTY.retention;

    (void)state;
    assert_int_equal(usual->ledger_years, 10);
    assert_true(rlc_span_equal(usual->ledger_ground, rlc_span_of("FR-CCOM-L123-22")));
    assert_true(rlc_span_equal(usual->claims_ground, rlc_span_of("GDPR-17-3-E")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_erased_at_once_and_another_one_is_written_to),
        cmocka_unit_test(without_another_person_there_is_silence_that_says_why),
        cmocka_unit_test(an_order_leaves_behind_what_the_event_does),
        cmocka_unit_test(an_upsert_does_not_bring_an_erased_person_back),
        cmocka_unit_test(nobody_is_erased_who_is_not_known_nor_twice),
        cmocka_unit_test(a_debtor_of_whom_nobody_has_told_is_not_known),
        cmocka_unit_test(more_erasures_than_a_debtor_remembers_are_refused),
        cmocka_unit_test(a_request_under_way_is_overtaken_by_the_erasure),
        cmocka_unit_test(a_debtor_of_whom_nothing_was_booked_is_erased_at_once),
        cmocka_unit_test(a_debtor_is_kept_while_an_invoice_is_open),
        cmocka_unit_test(an_invoice_of_any_creditor_keeps_the_debtor),
        cmocka_unit_test(a_debtor_is_kept_while_a_dispute_lasts_although_all_is_paid),
        cmocka_unit_test(a_debtor_is_kept_for_ten_years_after_the_year_of_its_latest_entry),
        cmocka_unit_test(the_same_command_is_answered_once_even_when_the_years_are_over),
        cmocka_unit_test(any_later_entry_keeps_the_debtor_longer),
        cmocka_unit_test(an_entry_counts_by_its_own_day_and_not_beyond_today),
        cmocka_unit_test(a_tenant_without_a_bundle_keeps_the_usual),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
