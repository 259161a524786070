/* SPDX-License-Identifier: Apache-2.0 */
/* What holds a case besides its receivables reaches legal-escalation in the decision that changes
 * it, without a tick. */
#include "tests/support/check.h"
#include "tests/support/litigation_story.h"

static const struct rlc_case_held *held(struct scenario_bench *bench)
{
    const struct rlc_legal_inbox *last = bench_legal(bench, bench_legals(bench) - 1);

    assert_int_equal(last->kind, RLC_LEGAL_INBOX_KIND_CASE_HELD);
    return &last->case_held;
}

static void send(struct scenario_bench *bench, struct rlc_debtor_event event)
{
    bench_send(bench, &event);
    bench_flush(bench);
}

static struct rlc_debtor_event hold(enum rlc_reach reach, rlc_ms until_ms)
{
    return (struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_HOLD_PLACED,
                                      .hold_placed = { .hold = rlc_span_of("H-1"),
                                                       .reach = reach,
                                                       .reason = RLC_HOLD_REASON_MANUAL,
                                                       .clock = RLC_CLOCK_EFFECT_CONTINUE,
                                                       .from_ms = bench_instant("2025-02-25", 9, 0),
                                                       .until_ms = until_ms } };
}

static void lift(struct scenario_bench *bench)
{
    send(bench, (struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_HOLD_LIFTED,
                                           .hold_lifted = { .hold = rlc_span_of("H-1") } });
}

/* ---- money on account ---- */

static void a_payment_without_a_document_is_told_at_once(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    size_t before = bench_legals(bench);

    (void)state;
    bench_payment(bench, "P-1", 40000, NULL);
    assert_int_equal(bench_legals(bench), before + 1);
    assert_true(rlc_span_equal(held(bench)->case_id, bench_legal(bench, 0)->case_referred.case_id));
    assert_int_equal(held(bench)->reason, RLC_SUPPRESSION_UNSPECIFIED);
    assert_int_equal(held(bench)->on_account.minor, 40000);
    assert_string_equal(held(bench)->on_account.currency, "EUR");
    bench_days_until(bench, "2025-03-05", true);
    assert_int_equal(bench_legals(bench), before + 1);
    bench_free(bench);
}

static void what_lies_on_account_before_the_referral_is_told_with_it(void **state)
{
    struct scenario_bench *bench = litigation_story_noticed();

    (void)state;
    bench_payment(bench, "P-1", 40000, NULL);
    bench_days_until(bench, "2025-02-25", true);
    assert_int_equal(bench_legals(bench), 2);
    assert_int_equal(held(bench)->on_account.minor, 40000);
    bench_free(bench);
}

static void money_that_is_applied_holds_the_case_no_more(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    struct rlc_allocation allocation = { .document = rlc_span_of("F-1"),
                                         .amount = { 40000, "EUR" } };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED };

    (void)state;
    bench_payment(bench, "P-1", 40000, NULL);
    event.envelope.entity_revision = 2;
    event.payment_received = (struct rlc_payment){ .payment = rlc_span_of("P-1"),
                                                   .amount = { 40000, "EUR" },
                                                   .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                   .received_on = bench_day("2025-02-25"),
                                                   .allocations = &allocation,
                                                   .allocation_count = 1 };
    send(bench, event);
    assert_int_equal(held(bench)->on_account.minor, 0);
    assert_int_equal(bench_legal(bench, bench_legals(bench) - 2)->kind,
                     RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED);
    bench_free(bench);
}

static void money_of_another_currency_is_not_the_cases(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    size_t before = bench_legals(bench);

    (void)state;
    send(bench, (struct rlc_debtor_event){
                    .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED,
                    .payment_received = { .payment = rlc_span_of("P-1"),
                                          .amount = { 40000, "USD" },
                                          .method = RLC_PAYMENT_METHOD_TRANSFER,
                                          .received_on = bench_day("2025-02-25") } });
    assert_int_equal(bench_legals(bench), before);
    bench_free(bench);
}

/* ---- agreements and records that nobody understood ---- */

static void a_hold_of_the_debtor_or_the_account_is_told_and_its_end(void **state)
{
    static const enum rlc_reach REACHES[] = { RLC_REACH_DEBTOR, RLC_REACH_ACCOUNT };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(REACHES); i++) {
        struct scenario_bench *bench = litigation_story_case();

        send(bench, hold(REACHES[i], RLC_MS_NONE));
        assert_int_equal(held(bench)->reason, RLC_SUPPRESSION_ON_HOLD);
        assert_true(rlc_span_equal(held(bench)->object, rlc_span_of("H-1")));
        lift(bench);
        assert_int_equal(held(bench)->reason, RLC_SUPPRESSION_UNSPECIFIED);
        bench_free(bench);
    }
}

static void a_hold_that_runs_out_is_told_when_it_does(void **state)
{
    static const enum rlc_reach REACHES[] = { RLC_REACH_DEBTOR, RLC_REACH_ACCOUNT };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(REACHES); i++) {
        struct scenario_bench *bench = litigation_story_case();

        send(bench, hold(REACHES[i], bench_instant("2025-03-03", 0, 0)));
        bench_days_until(bench, "2025-03-02", true);
        assert_int_equal(held(bench)->reason, RLC_SUPPRESSION_ON_HOLD);
        bench_days_until(bench, "2025-03-03", true);
        assert_int_equal(held(bench)->reason, RLC_SUPPRESSION_UNSPECIFIED);
        bench_free(bench);
    }
}

static void a_promise_about_the_document_is_told_on_its_line(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    const struct rlc_claim_changed *changed;
    struct rlc_document_ref document = { .document = rlc_span_of("F-1") };

    (void)state;
    send(bench,
         (struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_PROMISE_MADE,
                                    .promise_made = { .promise = rlc_span_of("V-1"),
                                                      .documents = &document,
                                                      .document_count = 1,
                                                      .amount = { 100000, "EUR" },
                                                      .made_on = bench_day("2025-02-25"),
                                                      .promised_for = bench_day("2025-03-10"),
                                                      .channel = RLC_CHANNEL_CALL } });
    assert_int_equal(bench_legal(bench, bench_legals(bench) - 1)->kind,
                     RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED);
    changed = &bench_legal(bench, bench_legals(bench) - 1)->claim_changed;
    assert_true(rlc_span_equal(changed->reason, rlc_span_of("HELD")));
    assert_int_equal(changed->claim.lines[0].held, RLC_SUPPRESSION_PROMISED);
    assert_int_equal(changed->claim.lines[0].principal.minor, 100000);
    bench_free(bench);
}

static void a_record_that_nobody_understood_is_told_and_its_release(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    const struct rlc_coordinates at = { rlc_span_of("billing"), 2, 70 };

    (void)state;
    send(bench, (struct rlc_debtor_event){
                    .kind = RLC_EVENT_KIND_QUARANTINED,
                    .quarantined = { .at = at, .code = rlc_span_of("BAD_AMOUNT") } });
    assert_int_equal(held(bench)->reason, RLC_SUPPRESSION_QUARANTINED);
    send(bench, (struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_QUARANTINE_RELEASED,
                                           .quarantine_released = { .at = at } });
    assert_int_equal(held(bench)->reason, RLC_SUPPRESSION_UNSPECIFIED);
    bench_free(bench);
}

static void a_case_that_is_over_hears_nothing_more(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    size_t before;

    (void)state;
    send(bench, (struct rlc_debtor_event){
                    .kind = RLC_EVENT_KIND_MILESTONE,
                    .milestone = { .case_id = bench_legal(bench, 0)->case_referred.case_id,
                                   .code = rlc_span_of("SETTLED") } });
    before = bench_legals(bench);
    send(bench, hold(RLC_REACH_DEBTOR, RLC_MS_NONE));
    bench_payment(bench, "P-1", 40000, NULL);
    assert_int_equal(bench_legals(bench), before);
    bench_free(bench);
}

static struct rlc_debtor_event hold_of_document(rlc_ms from_ms)
{
    struct rlc_debtor_event event = hold(RLC_REACH_DOCUMENT, RLC_MS_NONE);

    event.hold_placed.document = rlc_span_of("F-1");
    event.hold_placed.from_ms = from_ms;
    return event;
}

static void a_hold_of_the_document_that_begins_later_is_told_when_it_does(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    const struct rlc_legal_inbox *last;

    (void)state;
    send(bench, hold_of_document(bench_instant("2025-03-03", 0, 0)));
    bench_days_until(bench, "2025-03-10", true);
    last = bench_legal(bench, bench_legals(bench) - 1);
    assert_int_equal(last->kind, RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED);
    assert_int_equal(last->claim_changed.claim.lines[0].held, RLC_SUPPRESSION_ON_HOLD);
    bench_free(bench);
}

static void a_hold_of_the_debtor_that_begins_later_is_told_when_it_does(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    struct rlc_debtor_event event = hold(RLC_REACH_DEBTOR, RLC_MS_NONE);

    (void)state;
    event.hold_placed.from_ms = bench_instant("2025-03-03", 0, 0);
    send(bench, event);
    bench_days_until(bench, "2025-03-10", true);
    assert_int_equal(held(bench)->reason, RLC_SUPPRESSION_ON_HOLD);
    bench_free(bench);
}

/* Corrected terms are no end: legal-escalation must not hear that nothing lies there. */
static void a_hold_of_the_document_that_is_corrected_is_never_told_to_be_over(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    struct rlc_debtor_event event = hold_of_document(bench_instant("2025-02-25", 9, 0));
    size_t before;

    (void)state;
    send(bench, event);
    before = bench_legals(bench);
    event.envelope.entity_revision = 2;
    event.envelope.source_event_id = rlc_span_of("H-1-corrected");
    event.hold_placed.until_ms = bench_instant("2025-06-30", 0, 0);
    send(bench, event);
    assert_true(bench_legals(bench) > before);
    for (size_t i = before; i < bench_legals(bench); i++)
        assert_int_equal(bench_legal(bench, i)->claim_changed.claim.lines[0].held,
                         RLC_SUPPRESSION_ON_HOLD);
    bench_free(bench);
}

/* ---- what does not go to law with the rest ---- */

static void what_is_left_behind_by_a_referral_has_its_reminder_at_once(void **state)
{
    struct scenario_bench *bench = litigation_story_noticed();

    (void)state;
    bench_invoice(bench, "F-2", 50000, "2025-02-22");
    bench_days_until(bench, "2025-02-27", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 1);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

/* A freeze of e-mail is none of a referral's, whatever a message of the same account would go by.
 */
static void a_frozen_letter_does_not_hold_the_referral_beside_it(void **state)
{
    struct scenario_bench *bench = litigation_story_begin();
    struct rlc_debtor_event event = hold_of_document(bench_instant("2025-02-01", 0, 0));
    struct rlc_command freeze = { .kind = RLC_COMMAND_KIND_PLACE_FREEZE,
                                  .place_freeze = { .freeze = rlc_span_of("Z-1"),
                                                    .channel = RLC_CHANNEL_EMAIL,
                                                    .from_ms = bench_instant("2025-02-19", 0, 0),
                                                    .until_ms =
                                                        bench_instant("2025-06-01", 0, 0) } };

    (void)state;
    bench_invoice(bench, "F-0", 100000, "2025-01-11");
    event.hold_placed.document = rlc_span_of("F-0");
    event.hold_placed.until_ms = bench_instant("2025-02-20", 9, 0);
    send(bench, event);
    bench_invoice(bench, "F-1", 100000, "2025-01-26");
    bench_days_until(bench, "2025-02-18", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 0);
    bench_at(bench, bench_instant("2025-02-19", 8, 0));
    bench_command(bench, &freeze);
    bench_days_until(bench, "2025-02-28", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 1);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payment_without_a_document_is_told_at_once),
        cmocka_unit_test(what_lies_on_account_before_the_referral_is_told_with_it),
        cmocka_unit_test(money_that_is_applied_holds_the_case_no_more),
        cmocka_unit_test(money_of_another_currency_is_not_the_cases),
        cmocka_unit_test(a_hold_of_the_debtor_or_the_account_is_told_and_its_end),
        cmocka_unit_test(a_hold_that_runs_out_is_told_when_it_does),
        cmocka_unit_test(a_promise_about_the_document_is_told_on_its_line),
        cmocka_unit_test(a_record_that_nobody_understood_is_told_and_its_release),
        cmocka_unit_test(a_case_that_is_over_hears_nothing_more),
        cmocka_unit_test(a_hold_of_the_document_that_begins_later_is_told_when_it_does),
        cmocka_unit_test(a_hold_of_the_debtor_that_begins_later_is_told_when_it_does),
        cmocka_unit_test(a_hold_of_the_document_that_is_corrected_is_never_told_to_be_over),
        cmocka_unit_test(a_frozen_letter_does_not_hold_the_referral_beside_it),
        cmocka_unit_test(what_is_left_behind_by_a_referral_has_its_reminder_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
