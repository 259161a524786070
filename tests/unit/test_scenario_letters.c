/* SPDX-License-Identifier: Apache-2.0 */
/* What cannot be applied is a dead letter, once, and its debtor is held until somebody decides, or
 * until what it waits for comes. */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

static const struct policy *const STANDARD[] = { &BENCH_POLICY };

static struct scenario_bench *fresh(void)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);

    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-01-20", 8, 0));
    return bench;
}

static struct rlc_money eur(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

static struct rlc_debtor_event invoice(const char *id, int64_t minor, int64_t revision)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_ISSUED,
                                      .envelope.entity_revision = revision,
                                      .envelope.source_event_id = rlc_span_of(id) };

    event.invoice_issued = (struct rlc_invoice){ .document = rlc_span_of("F-1"),
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = eur(minor),
                                                 .issued_on = bench_day("2025-01-01"),
                                                 .due_on = bench_day("2025-01-31") };
    return event;
}

static struct rlc_debtor_event reversal(const char *id, int64_t minor)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_REVERSED,
                                      .envelope.source_event_id = rlc_span_of(id) };

    event.payment_reversed =
        (struct rlc_payment_reversed){ .payment = rlc_span_of("P-1"),
                                       .reversed_on = bench_day("2025-02-10") };
    if (minor > 0)
        event.payment_reversed.amount = eur(minor);
    return event;
}

static struct rlc_debtor_event resolution(const char *id, enum rlc_dispute_result result)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DISPUTE_RESOLVED,
                                      .envelope.source_event_id = rlc_span_of(id) };

    event.dispute_resolved = (struct rlc_dispute_resolved){
        .dispute = rlc_span_of("X-1"), .result = result, .resolved_on = bench_day("2025-02-01")
    };
    return event;
}

static struct rlc_debtor_event dispute(void)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DISPUTE_OPENED };

    event.dispute_opened = (struct rlc_dispute){ .dispute = rlc_span_of("X-1"),
                                                 .document = rlc_span_of("F-1"),
                                                 .reason = RLC_DISPUTE_REASON_QUALITY,
                                                 .opened_on = bench_day("2025-01-20"),
                                                 .expires_on = bench_day("2025-12-31") };
    return event;
}

static struct rlc_debtor_event hold(const char *id)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_HOLD_PLACED };

    event.hold_placed = (struct rlc_hold){ .hold = rlc_span_of(id),
                                           .reach = RLC_REACH_DEBTOR,
                                           .reason = RLC_HOLD_REASON_MANUAL,
                                           .clock = RLC_CLOCK_EFFECT_CONTINUE,
                                           .from_ms = bench_instant("2025-01-20", 8, 0) };
    return event;
}

static struct rlc_debtor_event lift(void)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_HOLD_LIFTED };

    event.hold_lifted.hold = rlc_span_of("H-1");
    return event;
}

static struct rlc_debtor_event cancellation(int64_t revision)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_CANCELLED,
                                      .envelope.entity_revision = revision };

    event.invoice_cancelled =
        (struct rlc_invoice_cancelled){ .document = rlc_span_of("F-1"),
                                        .cancelled_on = bench_day("2025-02-10") };
    return event;
}

static void send(struct scenario_bench *bench, struct rlc_debtor_event event)
{
    bench_send(bench, &event);
}

static void assert_letters(struct scenario_bench *bench, size_t count, const char *code,
                           const char *path)
{
    const struct bench_letter *letter;

    assert_int_equal(bench_letters(bench), count);
    letter = bench_letter(bench, count - 1);
    assert_string_equal(letter->fault.code, code);
    assert_string_equal(letter->fault.path, path);
    assert_true(strlen(letter->fault.remedy) > 0);
}

static size_t held(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench_debtor_record(bench)->quarantine_count;
}

/* As `relancectl dlq drop` does. */
static void drop(struct scenario_bench *bench, const struct bench_letter *letter)
{
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_RELEASE_QUARANTINE,
                                   .release_quarantine.at = letter->at };

    bench_command(bench, &command);
    bench_flush(bench);
}

/* ---- conflicts ---- */

static void a_conflict_names_what_was_the_same(void **state)
{
    static const struct {
        const char *id;
        int64_t revision;
        const char *path;
    } OTHERS[] = { { "e-1", 1, "id" }, { "e-1", 0, "id" }, { "e-2", 1, "revision" } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(OTHERS); i++) {
        struct scenario_bench *bench = fresh();

        send(bench, invoice("e-1", 100000, 1));
        send(bench, invoice(OTHERS[i].id, 90000, OTHERS[i].revision));
        assert_letters(bench, 1, "CONFLICT", OTHERS[i].path);
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_CONFLICT_FOUND), 1);
        assert_int_equal(held(bench), 1);
        assert_int_equal(bench_debtor_record(bench)->quarantine[0].offset,
                         bench_letter(bench, 0)->at.offset);
        bench_free(bench);
    }
}

static void a_conflict_delivered_again_is_one_letter_also_after_it_was_dropped(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, invoice("e-1", 100000, 1));
    send(bench, invoice("e-1", 90000, 1));
    send(bench, invoice("e-1", 90000, 1));
    assert_int_equal(bench_letters(bench), 1);
    assert_int_equal(held(bench), 1);
    drop(bench, bench_letter(bench, 0));
    assert_int_equal(held(bench), 0);
    send(bench, invoice("e-1", 90000, 1));
    assert_int_equal(bench_letters(bench), 1);
    assert_int_equal(held(bench), 0);
    bench_free(bench);
}

/* Whoever sends it again must not take it for a duplicate of what counts. */
static void a_conflict_delivered_again_is_still_said_to_be_one(void **state)
{
    static const struct {
        const char *id;
        int64_t total;
        const char *rule;
    } AGAIN[] = { { "e-1", 90000, "CONFLICT" }, { "e-1", 100000, "DUPLICATE" } };
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, invoice("e-1", 100000, 1));
    send(bench, invoice("e-1", 90000, 1));
    for (size_t i = 0; i < RLC_COUNT(AGAIN); i++) {
        const struct rlc_debtor_fact *fact;

        send(bench, invoice(AGAIN[i].id, AGAIN[i].total, 1));
        fact = bench_last(bench, RLC_FACT_KIND_EVENT_IGNORED);
        assert_non_null(fact);
        assert_true(rlc_span_equal(fact->event_ignored.rule, rlc_span_of(AGAIN[i].rule)));
    }
    bench_free(bench);
}

static void each_other_body_is_a_letter_of_its_own(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, invoice("e-1", 100000, 1));
    send(bench, invoice("e-1", 90000, 1));
    send(bench, invoice("e-1", 80000, 1));
    assert_int_equal(bench_letters(bench), 2);
    assert_int_equal(held(bench), 2);
    bench_free(bench);
}

static void dropped_the_first_stands_and_reminders_go_on(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, invoice("e-1", 100000, 1));
    send(bench, invoice("e-1", 90000, 1));
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_requests(bench), 0);
    drop(bench, bench_letter(bench, 0));
    bench_days_until(bench, "2025-02-06", true);
    assert_int_equal(bench_last_request(bench)->body.lines[0].open.minor, 100000);
    bench_free(bench);
}

static void a_higher_revision_settles_what_is_owed_but_not_the_quarantine(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, invoice("e-1", 100000, 1));
    send(bench, invoice("e-1", 90000, 1));
    send(bench, invoice("e-3", 90000, 2));
    assert_int_equal(bench_letters(bench), 1);
    assert_int_equal(bench_receivable(bench, "F-1")->terms.total.minor, 90000);
    assert_int_equal(held(bench), 1);
    bench_free(bench);
}

static void a_reversal_that_says_something_else_is_a_conflict(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_payment(bench, "P-1", 50000, NULL);
    send(bench, reversal("b-1", 20000));
    send(bench, reversal("b-1", 20000));
    assert_int_equal(bench_letters(bench), 0);
    send(bench, reversal("b-1", 30000));
    send(bench, reversal("b-1", 30000));
    assert_letters(bench, 1, "CONFLICT", "id");
    assert_int_equal(bench_account(bench)->credits[0].minor, 30000);
    bench_free(bench);
}

static void reversals_of_two_sources_are_two_whatever_their_ids(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event other = reversal("b-1", 20000);

    (void)state;
    other.envelope.source = rlc_span_of("another bank");
    bench_payment(bench, "P-1", 50000, NULL);
    send(bench, reversal("b-1", 20000));
    send(bench, other);
    assert_int_equal(bench_letters(bench), 0);
    assert_int_equal(bench_account(bench)->credits[0].minor, 10000);
    bench_free(bench);
}

static void an_end_that_says_something_else_is_a_conflict(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, dispute());
    send(bench, resolution("r-1", RLC_DISPUTE_RESULT_REJECTED));
    send(bench, resolution("r-1", RLC_DISPUTE_RESULT_REJECTED));
    send(bench, resolution("r-2", RLC_DISPUTE_RESULT_WITHDRAWN));
    assert_int_equal(bench_letters(bench), 0);
    send(bench, resolution("r-1", RLC_DISPUTE_RESULT_WITHDRAWN));
    assert_letters(bench, 1, "CONFLICT", "id");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_AGREEMENT_CLOSED), 1);
    bench_free(bench);
}

static void a_payment_keeps_its_currency(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED };

    (void)state;
    bench_payment(bench, "P-1", 50000, NULL);
    bench_at(bench, bench_instant("2025-01-21", 8, 0));
    event.payment_received = (struct rlc_payment){ .payment = rlc_span_of("P-1"),
                                                   .amount = { 50000, "USD" },
                                                   .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                   .received_on = bench_day("2025-01-21") };
    send(bench, event);
    send(bench, event);
    assert_letters(bench, 1, "CONFLICT", "data.currency");
    assert_string_equal(bench_account(bench)->credits[0].currency, "EUR");
    bench_free(bench);
}

/* ---- ends without a beginning ---- */

static struct rlc_debtor_event payment(void)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED };

    event.payment_received = (struct rlc_payment){ .payment = rlc_span_of("P-1"),
                                                   .amount = eur(50000),
                                                   .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                   .received_on = bench_day("2025-01-21") };
    return event;
}

enum { ENDS = 4 };

static struct rlc_debtor_event end_of(size_t i)
{
    const struct rlc_debtor_event ends[ENDS] = { cancellation(2), reversal("b-1", 0),
                                                 resolution("r-1", RLC_DISPUTE_RESULT_REJECTED),
                                                 lift() };

    return ends[i];
}

static struct rlc_debtor_event beginning_of(size_t i)
{
    const struct rlc_debtor_event beginnings[ENDS] = { invoice("e-1", 100000, 1), payment(),
                                                       dispute(), hold("H-1") };

    return beginnings[i];
}

static const char *const PATHS[ENDS] = { "data.document", "data.payment", "data.dispute",
                                         "data.hold" };

static void an_end_without_a_beginning_is_a_letter_once_and_holds_the_debtor(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENDS; i++) {
        struct scenario_bench *bench = fresh();
        struct rlc_debtor_event end = end_of(i);

        end.envelope.source_event_id = rlc_span_of("the same");
        send(bench, end);
        send(bench, end);
        assert_letters(bench, 1, "UNKNOWN_OBJECT", PATHS[i]);
        assert_int_equal(held(bench), 1);
        bench_invoice(bench, "F-2", 100000, "2025-01-31");
        bench_days_until(bench, "2025-02-05", true);
        assert_int_equal(bench_requests(bench), 0);
        assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_QUARANTINED), 1);
        bench_free(bench);
    }
}

static void the_beginning_lets_the_debtor_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENDS; i++) {
        struct scenario_bench *bench = fresh();
        const struct rlc_quarantine_changed *changed;

        send(bench, end_of(i));
        bench_invoice(bench, "F-2", 100000, "2025-01-31");
        assert_int_equal(held(bench), 1);
        send(bench, beginning_of(i));
        assert_int_equal(held(bench), 0);
        changed = &bench_last(bench, RLC_FACT_KIND_QUARANTINE_CHANGED)->quarantine_changed;
        assert_true(changed->released && rlc_span_equal(changed->code, rlc_span_of("FOUND")));
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_CLOSED), 1);
        assert_int_equal(bench_debtor_record(bench)->waiting_count, 0);
        bench_days_until(bench, "2025-02-03", true);
        assert_int_equal(bench_requests(bench), 1);
        bench_free(bench);
    }
}

static void the_beginning_lets_go_what_waits_for_it_and_nothing_else(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    for (size_t i = 0; i < ENDS; i++)
        send(bench, end_of(i));
    send(bench, reversal("b-2", 10000));
    assert_int_equal(bench_letters(bench), ENDS + 1);
    assert_int_equal(held(bench), ENDS + 1);
    send(bench, payment());
    assert_int_equal(held(bench), ENDS - 1);
    send(bench, hold("H-2"));
    assert_int_equal(held(bench), ENDS - 1);
    send(bench, hold("H-1"));
    assert_int_equal(held(bench), ENDS - 2);
    bench_free(bench);
}

static void a_dropped_end_is_forgotten_by_the_quarantine_and_still_holds(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, cancellation(2));
    assert_int_equal(held(bench), 1);
    drop(bench, bench_letter(bench, 0));
    assert_int_equal(held(bench), 0);
    assert_int_equal(bench_debtor_record(bench)->waiting_count, 0);
    send(bench, invoice("e-1", 100000, 1));
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_RECEIVABLE_CLOSED), 1);
    bench_free(bench);
}

static void what_begins_may_come_before_what_it_is_about(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_document_ref ref = { .document = rlc_span_of("F-1") };
    struct rlc_debtor_event promise = { .kind = RLC_EVENT_KIND_PROMISE_MADE };
    struct rlc_debtor_event on_document = hold("H-1");

    (void)state;
    promise.promise_made = (struct rlc_promise){ .promise = rlc_span_of("V-1"),
                                                 .amount = eur(100),
                                                 .made_on = bench_day("2025-01-20"),
                                                 .promised_for = bench_day("2025-02-20"),
                                                 .channel = RLC_CHANNEL_CALL,
                                                 .documents = &ref,
                                                 .document_count = 1 };
    on_document.hold_placed.reach = RLC_REACH_DOCUMENT;
    on_document.hold_placed.document = ref.document;
    bench_payment(bench, "P-1", 50000, "F-1");
    send(bench, dispute());
    send(bench, promise);
    send(bench, on_document);
    assert_int_equal(bench_letters(bench), 0);
    assert_int_equal(held(bench), 0);
    bench_free(bench);
}

/* ---- limits ---- */

static void an_amount_beyond_all_measure_is_a_letter(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, invoice("e-1", AMOUNT_MAX + 1, 1));
    assert_letters(bench, 1, "LIMIT_AMOUNT", "data.total");
    assert_int_equal(held(bench), 1);
    assert_null(bench_receivable(bench, "F-1"));
    bench_free(bench);
}

static void a_command_beyond_a_limit_is_refused_and_a_letter(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_OPEN_DISPUTE };
    struct rlc_debtor_event event = dispute();

    (void)state;
    command.open_dispute = event.dispute_opened;
    command.open_dispute.amount = eur(AMOUNT_MAX + 1);
    bench_command(bench, &command);
    assert_letters(bench, 1, "LIMIT_AMOUNT", "data.payload.amount");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED), 0);
    assert_true(
        rlc_span_equal(bench_last(bench, RLC_FACT_KIND_COMMAND_REFUSED)->command_refused.rule,
                       rlc_span_of("LIMIT_AMOUNT")));
    bench_free(bench);
}

/* A promise about two documents, of which the second has no room: the first must not carry it. */
static void an_agreement_that_finds_no_room_lies_nowhere(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_document_ref refs[] = { { rlc_span_of("F-1") }, { rlc_span_of("F-2") } };
    struct rlc_debtor_event promise = { .kind = RLC_EVENT_KIND_PROMISE_MADE };
    char id[16];

    (void)state;
    for (int i = 0; i < BLOCKS_MAX; i++) {
        struct rlc_debtor_event one = dispute();

        (void)snprintf(id, sizeof(id), "X-%d", i);
        one.dispute_opened.dispute = rlc_span_of(id);
        one.dispute_opened.document = refs[1].document;
        send(bench, one);
    }
    assert_int_equal(bench_letters(bench), 0);
    promise.promise_made = (struct rlc_promise){ .promise = rlc_span_of("V-1"),
                                                 .amount = eur(100),
                                                 .made_on = bench_day("2025-01-20"),
                                                 .promised_for = bench_day("2025-02-20"),
                                                 .channel = RLC_CHANNEL_CALL,
                                                 .documents = refs,
                                                 .document_count = 2 };
    promise.envelope.source_event_id = rlc_span_of("p-1");
    send(bench, promise);
    assert_letters(bench, 1, "LIMIT_AGREEMENTS", "data");
    assert_null(bench_receivable(bench, "F-1"));
    assert_int_equal(bench_account(bench)->block_count, 0);
    /* Room was made: replayed, it is laid. */
    send(bench, resolution("r-1", RLC_DISPUTE_RESULT_REJECTED));
    send(bench, promise);
    assert_int_equal(bench_letters(bench), 1);
    assert_int_equal(bench_receivable(bench, "F-1")->block_count, 1);
    bench_free(bench);
}

/* The contract has no end of a credit note: whoever sends one is told, and the note stands. */
static void the_cancellation_of_a_credit_note_is_a_letter(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_allocation allocation = { .document = rlc_span_of("F-1"), .amount = eur(400) };
    struct rlc_debtor_event note = { .kind = RLC_EVENT_KIND_CREDIT_NOTE_ISSUED };
    struct rlc_debtor_event end = cancellation(0);

    (void)state;
    note.credit_note_issued = (struct rlc_credit_note){ .document = rlc_span_of("CN-1"),
                                                        .total = eur(400),
                                                        .issued_on = bench_day("2025-01-10"),
                                                        .allocations = &allocation,
                                                        .allocation_count = 1 };
    end.invoice_cancelled.document = rlc_span_of("CN-1");
    send(bench, invoice("i1", 1000, 1));
    send(bench, note);
    send(bench, end);
    assert_letters(bench, 1, "UNKNOWN_OBJECT", "data.document");
    assert_int_equal(bench_receivable(bench, "F-1")->settled[0].credited_minor, 400);
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conflict_names_what_was_the_same),
        cmocka_unit_test(a_conflict_delivered_again_is_one_letter_also_after_it_was_dropped),
        cmocka_unit_test(a_conflict_delivered_again_is_still_said_to_be_one),
        cmocka_unit_test(each_other_body_is_a_letter_of_its_own),
        cmocka_unit_test(dropped_the_first_stands_and_reminders_go_on),
        cmocka_unit_test(a_higher_revision_settles_what_is_owed_but_not_the_quarantine),
        cmocka_unit_test(a_reversal_that_says_something_else_is_a_conflict),
        cmocka_unit_test(reversals_of_two_sources_are_two_whatever_their_ids),
        cmocka_unit_test(an_end_that_says_something_else_is_a_conflict),
        cmocka_unit_test(a_payment_keeps_its_currency),
        cmocka_unit_test(an_end_without_a_beginning_is_a_letter_once_and_holds_the_debtor),
        cmocka_unit_test(the_beginning_lets_the_debtor_go),
        cmocka_unit_test(the_beginning_lets_go_what_waits_for_it_and_nothing_else),
        cmocka_unit_test(a_dropped_end_is_forgotten_by_the_quarantine_and_still_holds),
        cmocka_unit_test(what_begins_may_come_before_what_it_is_about),
        cmocka_unit_test(the_cancellation_of_a_credit_note_is_a_letter),
        cmocka_unit_test(an_amount_beyond_all_measure_is_a_letter),
        cmocka_unit_test(a_command_beyond_a_limit_is_refused_and_a_letter),
        cmocka_unit_test(an_agreement_that_finds_no_room_lies_nowhere),
    };

    return cmocka_run_group_tests_name("scenario letters", tests, NULL, NULL);
}
