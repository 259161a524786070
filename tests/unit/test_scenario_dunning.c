/* SPDX-License-Identifier: Apache-2.0 */
#include "core/dunning.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

static const struct policy *const STANDARD[] = { &BENCH_POLICY };

static struct scenario_bench *fresh(void)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);

    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    return bench;
}

static void assert_span(struct rlc_span span, const char *text)
{
    assert_true(rlc_span_equal(span, rlc_span_of(text)));
}

static void a_step_acts_on_its_day_and_not_before(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    bench_days_until(bench, "2025-02-02", true);
    assert_int_equal(bench_requests(bench), 0);
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 1);
    assert_span(bench_last_request(bench)->body.step, "D+3");
    assert_int_equal(bench_last_request(bench)->body.line_count, 1);
    assert_int_equal(bench_last_request(bench)->body.lines[0].open.minor, 120000);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1);
    bench_free(bench);
}

static void all_steps_act_once_while_nobody_pays(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    bench_days_until(bench, "2025-06-30", true);
    assert_int_equal(bench_requests(bench), 3);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 3);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 3);
    assert_int_equal(bench_debtor_record(bench)->wake_ms, 0);
    bench_free(bench);
}

static void a_payment_before_the_tick_beats_the_reminder(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    bench_at(bench, bench_instant("2025-02-03", 9, 59));
    bench_payment(bench, "P-1", 120000, "F-1");
    bench_tick(bench, bench_instant("2025-02-03", 10, 0));
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 0);
    bench_free(bench);
}

/* ---- which instances ---- */

static void a_receivable_that_comes_late_opens_all_reached_steps_and_the_latest_speaks(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_at(bench, bench_instant("2025-03-20", 8, 0));
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    bench_days_until(bench, "2025-03-20", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 3);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_CARRIED), 2);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1);
    assert_span(bench_last_request(bench)->body.step, "D+40");
    bench_free(bench);
}

static void one_message_speaks_for_all_receivables_and_the_highest_tone_leads(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-3", 30000, "2025-02-14");
    bench_invoice(bench, "F-2", 20000, "2025-02-07");
    bench_invoice(bench, "F-1", 10000, "2025-02-07");
    bench_tick(bench, bench_instant("2025-02-17", 10, 0));
    assert_int_equal(bench_requests(bench), 1);
    assert_span(bench_last_request(bench)->body.step, "D+10");
    assert_int_equal(bench_last_request(bench)->body.line_count, 3);
    assert_span(bench_last_request(bench)->body.lines[0].document, "F-1");
    assert_span(bench_last_request(bench)->body.lines[1].document, "F-2");
    assert_span(bench_last_request(bench)->body.lines[2].document, "F-3");
    assert_int_equal(bench_last_request(bench)->body.totals[0].open.minor, 60000);
    assert_int_equal(bench_last_request(bench)->body.totals[0].line_count, 3);
    bench_free(bench);
}

static void a_part_payment_leaves_the_stages_in_place_and_asks_for_the_rest(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-05", true);
    bench_payment(bench, "P-1", 40000, "F-1");
    bench_days_until(bench, "2025-02-10", true);
    assert_int_equal(bench_requests(bench), 2);
    assert_span(bench_last_request(bench)->body.step, "D+10");
    assert_int_equal(bench_last_request(bench)->body.lines[0].open.minor, 60000);
    bench_free(bench);
}

static void a_payment_closes_the_open_instance_as_paid(void **state)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1); /* nobody to write to */

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-04", true);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_NO_ADDRESS), 1);
    bench_payment(bench, "P-1", 100000, "F-1");
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_PAID), 1);
    bench_free(bench);
}

static void a_reason_for_silence_is_said_once_until_it_changes(void **state)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_invoice(bench, "F-2", 100000, "2025-02-02");
    bench_days_until(bench, "2025-02-09", true);
    /* F-1 is looked at again when F-2 becomes ready, and has nothing new to say. */
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_SUPPRESSED), 2);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_days_until(bench, "2025-02-09", true);
    bench_tick(bench, bench_instant("2025-02-09", 10, 1));
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void opened_is_acted_and_suppressed_and_open(void **state)
{
    struct scenario_bench *bench = fresh();
    char document[16];
    size_t open = 0;

    (void)state;
    for (int i = 0; i < 60; i++) {
        (void)snprintf(document, sizeof(document), "F-%d", i);
        bench_at(bench, bench_instant("2025-01-05", 8, 0) + i * RLC_DAY_MS);
        bench_invoice(bench, document, 10000, i % 2 ? "2025-01-15" : "2025-02-15");
        if (i % 3 == 0)
            bench_payment(bench, document, 10000, document);
        bench_tick(bench, bench_instant("2025-01-05", 10, 0) + i * RLC_DAY_MS);
        if (i % 4 == 0 && bench_requests(bench) > 0)
            bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    }
    for (int i = 0; i < 60; i++) {
        const struct rlc_receivable_record *receivable;

        (void)snprintf(document, sizeof(document), "F-%d", i);
        receivable = bench_receivable(bench, document);
        for (size_t k = 0; k < receivable->step_count; k++)
            open += receivable->steps[k].result == RLC_STEP_RESULT_UNSPECIFIED;
    }
    assert_true(open > 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED),
                     bench_count(bench, RLC_FACT_KIND_STEP_CLOSED) + open);
    bench_free(bench);
}

/* ---- when ---- */

static struct scenario_bench *with_cap(struct policy *policy, const struct policy **list)
{
    *policy = BENCH_POLICY;
    policy->cap[0] = (struct policy_cap){ .contacts = 1, .days = 7 };
    policy->cap_count = 1;
    *list = policy;
    return bench_new(list, 1, 1);
}

static void a_contact_on_a_day_forbids_the_next_before_seven_days_have_passed(void **state)
{
    struct policy policy;
    const struct policy *list;
    struct scenario_bench *bench = with_cap(&policy, &list);

    (void)state;
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 10000, "2025-01-31");
    bench_invoice(bench, "F-2", 10000, "2025-02-02");
    bench_days_until(bench, "2025-02-09", true);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_CAP), 1);
    assert_int_equal(bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed.next_at_ms,
                     bench_instant("2025-02-10", 10, 0));
    bench_days_until(bench, "2025-02-10", true);
    assert_int_equal(bench_requests(bench), 2);
    assert_int_equal(bench_last_request(bench)->body.line_count, 2);
    bench_free(bench);
}

static void the_cap_counts_over_accounts_and_the_highest_tone_goes_first(void **state)
{
    struct policy policy;
    const struct policy *list;
    struct scenario_bench *bench = with_cap(&policy, &list);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_ISSUED,
                                      .envelope.creditor = rlc_span_of("FR02") };

    (void)state;
    event.invoice_issued = (struct rlc_invoice){ .document = rlc_span_of("G-1"),
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = { .minor = 5000, .currency = "EUR" },
                                                 .issued_on = bench_day("2025-01-01"),
                                                 .due_on = bench_day("2025-02-10") };
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 10000, "2025-02-17");
    bench_send(bench, &event);
    bench_tick(bench, bench_instant("2025-02-20", 10, 0));
    assert_int_equal(bench_requests(bench), 1);
    assert_span(bench_last_request(bench)->envelope.creditor, "FR02");
    assert_span(bench_last_request(bench)->body.step, "D+10");
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_HIGHER_TONE), 1);
    bench_free(bench);
}

static void a_message_waits_for_business_hours_at_the_debtors_place(void **state)
{
    struct policy policy = BENCH_POLICY;
    const struct policy *list = &policy;
    struct scenario_bench *bench;

    (void)state;
    policy.hours = (struct policy_hours){ true, 9 * 60, 17 * 60 };
    bench = bench_new(&list, 1, 1);
    bench_debtor(bench, BENCH_ZONE, "FR");
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    /* D+3 is Friday 2025-05-02 10:00 in Paris, summer time. */
    bench_invoice(bench, "F-1", 10000, "2025-04-29");
    /* D+3 is Thursday 2025-05-01, a holiday. */
    bench_invoice(bench, "F-2", 10000, "2025-04-28");
    bench_tick(bench, bench_instant("2025-05-01", 7, 59));
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 0);
    bench_tick(bench, bench_instant("2025-05-01", 8, 0));
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_OUTSIDE_HOURS), 1);
    assert_int_equal(bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed.next_at_ms,
                     bench_instant("2025-05-02", 7, 0));
    bench_tick(bench, bench_instant("2025-05-02", 7, 0));
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(bench_last_request(bench)->body.line_count, 1);
    bench_free(bench);
}

static void steps_before_the_due_date_and_in_business_days_have_their_days(void **state)
{
    static const struct policy_step STEPS[] = {
        { .name = { (const uint8_t *)"D-7", 3 },
          .offset_days = -7,
          .at_minute = 600,
          .tone = RLC_TONE_COURTESY,
          .channel = { RLC_CHANNEL_EMAIL },
          .channel_count = 1,
          .template_name = { (const uint8_t *)"letter", 6 },
          .age_days_min = INT32_MIN,
          .expires_days = 7 },
        { .name = { (const uint8_t *)"B+3", 3 },
          .offset_days = 3,
          .days = POLICY_DAYS_BUSINESS,
          .at_minute = 600,
          .tone = RLC_TONE_FRIENDLY,
          .channel = { RLC_CHANNEL_EMAIL },
          .channel_count = 1,
          .template_name = { (const uint8_t *)"letter", 6 },
          .age_days_min = INT32_MIN },
    };
    struct policy_scenario scenario = BENCH_SCENARIO;
    struct policy policy = BENCH_POLICY;
    const struct policy *list = &policy;
    struct scenario_bench *bench;

    (void)state;
    scenario.step = STEPS;
    scenario.step_count = RLC_COUNT(STEPS);
    policy.scenario = &scenario;
    bench = bench_new(&list, 1, 1);
    bench_debtor(bench, "UTC", "FR");
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-04-01", 0, 0));
    bench_invoice(bench, "F-1", 10000, "2025-04-30");
    bench_days_until(bench, "2025-04-22", true);
    assert_int_equal(bench_requests(bench), 0);
    bench_days_until(bench, "2025-04-23", true);
    assert_int_equal(bench_requests(bench), 1);
    /* Business days after Wednesday 04-30: 05-02, 05-05, 05-06. */
    bench_days_until(bench, "2025-05-05", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_days_until(bench, "2025-05-06", true);
    assert_int_equal(bench_requests(bench), 2);
    bench_free(bench);
}

static void a_step_looks_at_the_amount_exactly_at_its_limit(void **state)
{
    static const struct policy_amount LIMIT[] = { { { 1500000, "EUR" } } };
    struct policy_step steps[RLC_COUNT(BENCH_STEPS)];
    struct policy_scenario scenario = BENCH_SCENARIO;
    struct policy policy = BENCH_POLICY;
    const struct policy *list = &policy;
    struct scenario_bench *bench;

    (void)state;
    memcpy(steps, BENCH_STEPS, sizeof(steps));
    steps[0].at_least = LIMIT;
    steps[0].at_least_count = 1;
    scenario.step = steps;
    policy.scenario = &scenario;
    bench = bench_new(&list, 1, 1);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 1499999, "2025-01-31");
    bench_invoice(bench, "F-2", 1500000, "2025-01-31");
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_BELOW_AMOUNT), 1);
    assert_int_equal(bench_last_request(bench)->body.line_count, 1);
    assert_span(bench_last_request(bench)->body.lines[0].document, "F-2");
    bench_free(bench);
}

/* ---- money on account ---- */

static void cash_on_account_covers_the_oldest_due_first(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-2", 40000, "2025-02-01");
    bench_invoice(bench, "F-1", 30000, "2025-01-31");
    bench_payment(bench, "P-1", 50000, NULL);
    bench_tick(bench, bench_instant("2025-02-05", 10, 0));
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(bench_last_request(bench)->body.line_count, 1);
    assert_span(bench_last_request(bench)->body.lines[0].document, "F-2");
    assert_int_equal(bench_last_request(bench)->body.lines[0].open.minor, 20000);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_PAID), 1);
    bench_free(bench);
}

static void cash_on_account_covers_what_is_due_wherever_it_is_listed(void **state)
{
    struct scenario_bench *bench = fresh();
    char document[32];

    (void)state;
    for (int i = 0; i < 100; i++) {
        (void)snprintf(document, sizeof(document), "F-%02d", i);
        bench_invoice(bench, document, 1000, i == 0 ? "2025-02-02" : "2025-09-30");
    }
    bench_invoice(bench, "A-1", 50000, "2025-01-31");
    bench_payment(bench, "P-1", 50000, NULL);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(bench_last_request(bench)->body.line_count, 1);
    assert_span(bench_last_request(bench)->body.lines[0].document, "F-00");
    bench_free(bench);
}

/* ---- size ---- */

static void a_message_of_a_thousand_lines_has_an_annex(void **state)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 10000);
    char document[32];

    (void)state;
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(document, sizeof(document), "F-%04d", i);
        bench_invoice(bench, document, 100, "2025-01-31");
    }
    bench_days_until(bench, "2025-02-03", false);
    assert_int_equal(bench_requests(bench), 2);
    assert_int_equal(bench_request(bench, 0)->body.line_count, 500);
    assert_int_equal(bench_request(bench, 1)->body.line_count, 500);
    assert_int_equal(bench_request(bench, 1)->body.part, 1);
    assert_int_equal(bench_request(bench, 1)->body.part_count, 2);
    assert_int_equal(bench_request(bench, 1)->body.totals[0].open.minor, 100000);
    assert_span(bench_request(bench, 1)->body.lines[499].document, "F-0999");
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1000);
    bench_free(bench);
}

static void a_tick_reads_only_what_is_due(void **state)
{
    struct scenario_bench *bench = fresh();
    char document[32];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(document, sizeof(document), "F-%04d", i);
        bench_invoice(bench, document, 100, "2025-09-30");
    }
    bench_invoice(bench, "A-1", 100, "2025-01-31");
    bench_days_until(bench, "2025-02-02", true);
    (void)bench_reads(bench);
    bench_tick(bench, bench_instant("2025-02-03", 10, 0));
    /* Scope, debtor, book, account, one page, one receivable. */
    assert_true(bench_reads(bench) <= 6);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void the_request_carries_what_the_last_look_compares(void **state)
{
    struct scenario_bench *bench = fresh();
    const struct rlc_contact_request *request;

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    bench_days_until(bench, "2025-02-03", false);
    request = bench_last_request(bench);
    assert_int_equal(request->envelope.epochs.debtor, bench_debtor_record(bench)->epoch);
    assert_int_equal(request->envelope.epochs.account, bench_account(bench)->epoch);
    assert_int_equal(request->envelope.epochs.scope_revision, 2);
    assert_int_equal(request->envelope.rules.bundle_hash.bytes[0], 1);
    assert_int_equal(request->body.request_number, 1);
    assert_int_equal(request->body.occurrence, 1);
    assert_int_equal(request->body.not_after_ms, bench_instant("2025-02-04", 0, 0));
    assert_int_equal(request->body.accounts[0].account_epoch, bench_account(bench)->epoch);
    assert_int_equal(request->body.recipient_count, 1);
    bench_free(bench);
}

/* FR01's notice goes by letter, and there is no address: what is left of it is a friendly word. The
 * cap leaves room for one contact, and FR02 has a firm one to say. */
static void a_notice_that_cannot_speak_does_not_go_before_a_firm_word(void **state)
{
    static struct policy_step steps[3];
    static struct policy_scenario scenario;
    static struct policy policy;
    static const struct policy *const policies[] = { &policy };
    struct scenario_bench *bench;
    struct rlc_debtor_event other = { .kind = RLC_EVENT_KIND_INVOICE_ISSUED,
                                      .envelope.creditor = rlc_span_of("FR02") };

    (void)state;
    memcpy(steps, BENCH_STEPS, sizeof(BENCH_STEPS));
    steps[2].channel[0] = RLC_CHANNEL_REGISTERED_LETTER;
    scenario = BENCH_SCENARIO;
    scenario.step = steps;
    policy = BENCH_POLICY;
    policy.scenario = &scenario;
    policy.cap[0] = (struct policy_cap){ .contacts = 1, .days = 7 };
    policy.cap_count = 1;
    bench = bench_new(policies, 1, 1);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 100000, "2025-01-31"); /* notice on 2025-03-12 */
    bench_invoice(bench, "F-2", 50000, "2025-03-09");  /* friendly on 2025-03-12 */
    other.invoice_issued = (struct rlc_invoice){ .document = rlc_span_of("G-1"),
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = { 70000, "EUR" },
                                                 .issued_on = bench_day("2025-01-01"),
                                                 .due_on = bench_day("2025-03-02") };
    bench_send(bench, &other); /* friendly on 2025-03-05, firm on 2025-03-12 */
    bench_days_until(bench, "2025-03-11", true);
    assert_int_equal(bench_requests(bench), 3);
    bench_days_until(bench, "2025-03-12", true);
    assert_int_equal(bench_requests(bench), 4);
    assert_span(bench_last_request(bench)->envelope.creditor, "FR02");
    assert_span(bench_last_request(bench)->body.step, "D+10");
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_that_cannot_speak_does_not_go_before_a_firm_word),
        cmocka_unit_test(a_step_acts_on_its_day_and_not_before),
        cmocka_unit_test(all_steps_act_once_while_nobody_pays),
        cmocka_unit_test(a_payment_before_the_tick_beats_the_reminder),
        cmocka_unit_test(
            a_receivable_that_comes_late_opens_all_reached_steps_and_the_latest_speaks),
        cmocka_unit_test(one_message_speaks_for_all_receivables_and_the_highest_tone_leads),
        cmocka_unit_test(a_part_payment_leaves_the_stages_in_place_and_asks_for_the_rest),
        cmocka_unit_test(a_payment_closes_the_open_instance_as_paid),
        cmocka_unit_test(a_reason_for_silence_is_said_once_until_it_changes),
        cmocka_unit_test(opened_is_acted_and_suppressed_and_open),
        cmocka_unit_test(a_contact_on_a_day_forbids_the_next_before_seven_days_have_passed),
        cmocka_unit_test(the_cap_counts_over_accounts_and_the_highest_tone_goes_first),
        cmocka_unit_test(a_message_waits_for_business_hours_at_the_debtors_place),
        cmocka_unit_test(steps_before_the_due_date_and_in_business_days_have_their_days),
        cmocka_unit_test(a_step_looks_at_the_amount_exactly_at_its_limit),
        cmocka_unit_test(cash_on_account_covers_the_oldest_due_first),
        cmocka_unit_test(cash_on_account_covers_what_is_due_wherever_it_is_listed),
        cmocka_unit_test(a_message_of_a_thousand_lines_has_an_annex),
        cmocka_unit_test(a_tick_reads_only_what_is_due),
        cmocka_unit_test(the_request_carries_what_the_last_look_compares),
    };

    return cmocka_run_group_tests_name("scenario dunning", tests, NULL, NULL);
}
