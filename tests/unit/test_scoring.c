/* SPDX-License-Identifier: Apache-2.0 */
/* What scoring learns from facts, and when it speaks. Day 20000 is a Thursday. */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/scoring_bench.h"

#define TODAY    20000
#define THURSDAY (TODAY + 7)
#define SATURDAY (TODAY + 9)

static struct bench bench;

static int setup(void **state)
{
    (void)state;
    bench_open(&bench, &BENCH_MODEL, TODAY);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bench_close(&bench);
    return 0;
}

static int32_t value(enum scoring_feature feature)
{
    return bench_values(&bench).value[feature];
}

static void take_kind(enum rlc_fact_kind kind)
{
    struct rlc_debtor_fact fact = { .kind = kind };

    bench_take(&bench, &fact);
}

/* ---- what is learnt ---- */

static void delays_are_counted_and_weighted_by_amount(void **state)
{
    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    bench_issue(&bench, "F-2", 30000, THURSDAY);
    bench.today = THURSDAY;
    bench_pay(&bench, "F-1", 10000, THURSDAY);
    bench.today = THURSDAY + 12;
    bench_pay(&bench, "F-2", 30000, THURSDAY);
    assert_int_equal(value(SCORING_SETTLED), 2);
    assert_int_equal(value(SCORING_LATE_SHARE), 500);
    assert_int_equal(value(SCORING_LATE_10), 500);
    assert_int_equal(value(SCORING_LATE_30), 250);
    assert_int_equal(value(SCORING_DELAY_LAST), 12);
    assert_int_equal(value(SCORING_DELAY_RECENT), 15);   /* 12 days, one eighth of them */
    assert_int_equal(value(SCORING_DELAY_WEIGHTED), 90); /* 12 days, three quarters of them */
}

static void what_was_credited_is_no_payment(void **state)
{
    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    bench_credit(&bench, "F-1", 10000, THURSDAY);
    assert_int_equal(value(SCORING_SETTLED), 0);
    assert_int_equal(value(SCORING_OPEN), 0);
    assert_null(bench_item(&bench, "F-1"));
}

static void what_is_open_and_overdue_is_known_by_due_day(void **state)
{
    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    bench_issue(&bench, "F-2", 30000, THURSDAY + 10);
    bench.today = THURSDAY;
    assert_int_equal(value(SCORING_OVERDUE), 0);
    bench.today = THURSDAY + 3;
    assert_int_equal(value(SCORING_OPEN), 2);
    assert_int_equal(value(SCORING_OVERDUE), 1);
    assert_int_equal(value(SCORING_OVERDUE_SHARE), 250);
    assert_int_equal(value(SCORING_OLDEST_OVERDUE), 3);
    bench_part(&bench, "F-1", 10000, 6000, THURSDAY);
    assert_int_equal(value(SCORING_OVERDUE), 1);
    assert_int_equal(value(SCORING_OVERDUE_SHARE), 166);
    bench_part(&bench, "F-1", 10000, 6000, THURSDAY + 20); /* amended: due later */
    assert_int_equal(value(SCORING_OVERDUE), 0);
    assert_int_equal(value(SCORING_OPEN), 2);
}

static void more_due_days_than_it_remembers_are_not_counted_and_not_taken_out(void **state)
{
    char document[16];

    (void)state;
    for (int i = 0; i <= SCORING_DUE_DAYS_MAX; i++) {
        (void)snprintf(document, sizeof(document), "F-%d", i);
        bench_issue(&bench, document, 100, TODAY + i);
    }
    assert_int_equal(value(SCORING_OPEN), SCORING_DUE_DAYS_MAX);
    assert_false(bench_item(&bench, document)->listed);
    bench_pay(&bench, document, 100, TODAY + SCORING_DUE_DAYS_MAX);
    assert_int_equal(value(SCORING_OPEN), SCORING_DUE_DAYS_MAX);
    bench_pay(&bench, "F-0", 100, TODAY);
    assert_int_equal(value(SCORING_OPEN), SCORING_DUE_DAYS_MAX - 1);
}

static void amounts_of_two_currencies_are_never_added(void **state)
{
    struct rlc_debtor_fact fact = { .kind = RLC_FACT_KIND_RECEIVABLE_OPENED,
                                    .receivable_opened = {
                                        .document = rlc_span_of("U-1"),
                                        .cause = RLC_RECEIVABLE_CAUSE_ISSUED,
                                        .total = { .minor = 990000, .currency = "USD" },
                                        .open = { .minor = 990000, .currency = "USD" },
                                        .issued_on = TODAY,
                                        .due_on = TODAY - 1 } };

    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    bench_issue(&bench, "F-2", 10000, TODAY - 1);
    bench_take(&bench, &fact);
    assert_int_equal(value(SCORING_OPEN), 2);
    assert_int_equal(value(SCORING_OVERDUE_SHARE), 500);
    assert_int_equal(value(SCORING_EXPOSURE), 2000);
}

static void a_broken_promise_a_dispute_and_a_returned_payment_count_for_half_a_year(void **state)
{
    struct rlc_debtor_fact broken = { .kind = RLC_FACT_KIND_AGREEMENT_CLOSED,
                                      .agreement_closed = { .kind = RLC_AGREEMENT_KIND_PROMISE,
                                                            .result =
                                                                RLC_AGREEMENT_RESULT_BROKEN } };
    struct rlc_debtor_fact kept = broken;
    struct rlc_debtor_fact dispute = { .kind = RLC_FACT_KIND_AGREEMENT_OPENED,
                                       .agreement_opened.kind = RLC_AGREEMENT_KIND_DISPUTE };

    (void)state;
    kept.agreement_closed.result = RLC_AGREEMENT_RESULT_KEPT;
    bench_take(&bench, &kept);
    bench_take(&bench, &broken);
    bench_take(&bench, &dispute);
    take_kind(RLC_FACT_KIND_PAYMENT_UNDONE);
    bench.today = TODAY + SCORING_MARK_DAYS;
    assert_int_equal(value(SCORING_BROKEN_PROMISES), 1);
    assert_int_equal(value(SCORING_DISPUTES), 1);
    assert_int_equal(value(SCORING_RETURNED_PAYMENTS), 1);
    bench.today++;
    assert_int_equal(value(SCORING_BROKEN_PROMISES), 0);
    assert_int_equal(value(SCORING_DISPUTES), 0);
    assert_int_equal(value(SCORING_RETURNED_PAYMENTS), 0);
}

static void contacts_wait_for_a_reaction_and_its_days_are_counted(void **state)
{
    struct rlc_debtor_fact contact = { .kind = RLC_FACT_KIND_CONTACT_OUTCOME,
                                       .contact_outcome.result = RLC_OUTCOME_RESULT_ACCEPTED };
    struct rlc_debtor_fact refused = contact;

    (void)state;
    refused.contact_outcome.result = RLC_OUTCOME_RESULT_REFUSED;
    bench_take(&bench, &refused);
    bench_take(&bench, &contact);
    bench.today += 3;
    bench_take(&bench, &contact);
    assert_int_equal(value(SCORING_UNANSWERED), 2);
    assert_int_equal(value(SCORING_REACTION), SCORING_ABSENT);
    bench.today += 2;
    take_kind(RLC_FACT_KIND_PAYMENT_RECORDED);
    assert_int_equal(value(SCORING_UNANSWERED), 0);
    assert_int_equal(value(SCORING_REACTION), 5);
}

static void who_is_erased_is_forgotten(void **state)
{
    struct rlc_debtor_fact other = { .kind = RLC_FACT_KIND_SUBJECT_ERASED,
                                     .subject_erased.subject = rlc_span_of("ap") };
    struct rlc_debtor_fact erased = { .kind = RLC_FACT_KIND_SUBJECT_ERASED,
                                      .subject_erased.subject = rlc_span_of(BENCH_DEBTOR) };

    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    bench_take(&bench, &other);
    assert_non_null(bench_profile(&bench));
    bench_take(&bench, &erased);
    assert_null(bench_profile(&bench));
}

/* ---- when it speaks ---- */

static void assert_band(const struct scoring_output *output, const char *band)
{
    assert_true(rlc_span_equal(output->score.band, rlc_span_of(band)));
}

static void a_score_is_said_when_its_band_changes_and_has_its_reasons(void **state)
{
    const struct scoring_output *output = &bench.last.output[0];

    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    assert_int_equal(bench.last.output_count, 1);
    assert_int_equal(output->revision, 1);
    assert_band(output, "B"); /* e^-1 : 1 */
    assert_int_equal(output->score.late_ppm, 268941);
    assert_int_equal(output->score.delay_days, -1);
    bench_issue(&bench, "F-2", 10000, THURSDAY);
    assert_int_equal(bench.last.output_count, 0);
    bench.today = THURSDAY + 1;
    take_kind(RLC_FACT_KIND_STEP_OPENED);
    assert_int_equal(bench.last.output_count, 1);
    assert_int_equal(output->revision, 2);
    assert_band(output, "C"); /* two are overdue: e^1 : 1 */
    assert_int_equal(output->score.late_ppm, 731059);
    assert_int_equal(output->score.delay_days, 10);
    assert_int_equal(output->score.reason_count, 1);
    assert_true(rlc_span_equal(output->score.reasons[0].code, rlc_span_of("OVERDUE_DOCUMENTS")));
    assert_int_equal(output->score.reasons[0].weight_ppm, 1000000);
    take_kind(RLC_FACT_KIND_STEP_OPENED);
    assert_int_equal(bench.last.output_count, 0);
}

static void a_fact_that_a_score_caused_moves_nothing(void **state)
{
    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    bench.today = THURSDAY + 1;
    take_kind(RLC_FACT_KIND_SCORE_APPLIED);
    take_kind(RLC_FACT_KIND_SUPPRESSED);
    take_kind(RLC_FACT_KIND_EVENT_IGNORED);
    assert_int_equal(bench.said, 1);
    assert_int_equal(bench_profile(&bench)->known_on, TODAY);
}

static void without_a_model_nothing_is_said_and_everything_learnt(void **state)
{
    (void)state;
    bench.model = NULL;
    bench_issue(&bench, "F-1", 10000, SATURDAY);
    assert_int_equal(bench.said, 0);
    bench.model = &BENCH_MODEL;
    bench.today = THURSDAY + 20;
    take_kind(RLC_FACT_KIND_STEP_OPENED);
    assert_int_equal(bench.said, 1);
}

static void a_document_is_scored_where_its_band_is_not_the_debtors(void **state)
{
    const struct scoring_output *output = &bench.last.output[0];

    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    bench_issue(&bench, "F-2", 10000, SATURDAY);
    assert_int_equal(bench.last.output_count, 1);
    assert_int_equal(output->revision, 0);
    assert_true(rlc_span_equal(output->score.document, rlc_span_of("F-2")));
    assert_band(output, "C");
}

static void a_document_that_comes_late_has_no_score_of_its_own(void **state)
{
    struct rlc_debtor_fact late = { .kind = RLC_FACT_KIND_RECEIVABLE_OPENED,
                                    .receivable_opened = {
                                        .document = rlc_span_of("F-9"),
                                        .cause = RLC_RECEIVABLE_CAUSE_ISSUED,
                                        .total = { .minor = 10000, .currency = BENCH_CURRENCY },
                                        .open = { .minor = 10000, .currency = BENCH_CURRENCY },
                                        .issued_on = TODAY,
                                        .due_on = SATURDAY } };

    (void)state;
    bench_issue(&bench, "F-1", 10000, THURSDAY);
    bench.today++;
    bench_take(&bench, &late); /* nothing newer than its issue is known */
    assert_int_equal(bench.last.output_count, 1);
    bench_pay(&bench, "F-1", 10000, THURSDAY);
    late.receivable_opened.document = rlc_span_of("F-10");
    bench_take(&bench, &late);
    for (size_t i = 0; i < bench.last.output_count; i++)
        assert_int_equal(bench.last.output[i].score.document.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(delays_are_counted_and_weighted_by_amount, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_credited_is_no_payment, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_open_and_overdue_is_known_by_due_day, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            more_due_days_than_it_remembers_are_not_counted_and_not_taken_out, setup, teardown),
        cmocka_unit_test_setup_teardown(amounts_of_two_currencies_are_never_added, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_broken_promise_a_dispute_and_a_returned_payment_count_for_half_a_year, setup,
            teardown),
        cmocka_unit_test_setup_teardown(contacts_wait_for_a_reaction_and_its_days_are_counted,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_erased_is_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(a_score_is_said_when_its_band_changes_and_has_its_reasons,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_fact_that_a_score_caused_moves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_model_nothing_is_said_and_everything_learnt,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_document_is_scored_where_its_band_is_not_the_debtors,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_document_that_comes_late_has_no_score_of_its_own, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
