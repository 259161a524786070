/* SPDX-License-Identifier: Apache-2.0 */
/* Every silence that somebody's word stands behind names that word. */
#include <stdio.h>
#include <string.h>

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

static void say(struct scenario_bench *bench, const char *id, struct rlc_debtor_event event)
{
    event.envelope.source = rlc_span_of("crm");
    event.envelope.source_event_id = rlc_span_of(id);
    bench_send(bench, &event);
}

static struct rlc_debtor_event invoice(const char *document)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_ISSUED };

    event.invoice_issued = (struct rlc_invoice){ .document = rlc_span_of(document),
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = eur(100000),
                                                 .issued_on = bench_day("2025-01-01"),
                                                 .due_on = bench_day("2025-01-31") };
    return event;
}

static struct rlc_debtor_event dispute(const char *id, int64_t minor)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DISPUTE_OPENED };

    event.dispute_opened = (struct rlc_dispute){ .dispute = rlc_span_of(id),
                                                 .document = rlc_span_of("F-1"),
                                                 .reason = RLC_DISPUTE_REASON_QUALITY,
                                                 .opened_on = bench_day("2025-01-20"),
                                                 .expires_on = bench_day("2025-12-31") };
    if (minor > 0)
        event.dispute_opened.amount = eur(minor);
    return event;
}

static struct rlc_debtor_event promise(void)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PROMISE_MADE };

    event.promise_made = (struct rlc_promise){ .promise = rlc_span_of("V-1"),
                                               .amount = eur(100000),
                                               .made_on = bench_day("2025-01-20"),
                                               .promised_for = bench_day("2025-02-20"),
                                               .channel = RLC_CHANNEL_CALL };
    return event;
}

static struct rlc_debtor_event hold(enum rlc_reach reach)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_HOLD_PLACED };

    event.hold_placed = (struct rlc_hold){ .hold = rlc_span_of("H-1"),
                                           .reach = reach,
                                           .reason = RLC_HOLD_REASON_MANUAL,
                                           .clock = RLC_CLOCK_EFFECT_CONTINUE,
                                           .from_ms = bench_instant("2025-01-20", 8, 0) };
    if (reach == RLC_REACH_DOCUMENT)
        event.hold_placed.document = rlc_span_of("F-1");
    return event;
}

static struct rlc_debtor_event payment(const char *id, int64_t minor, const char *document)
{
    static struct rlc_allocation allocation;
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED };

    allocation = (struct rlc_allocation){ .document = rlc_span_of(document), .amount = eur(minor) };
    event.payment_received = (struct rlc_payment){ .payment = rlc_span_of(id),
                                                   .amount = eur(minor),
                                                   .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                   .received_on = bench_day("2025-01-21"),
                                                   .allocations = &allocation,
                                                   .allocation_count = document ? 1 : 0 };
    return event;
}

static const struct rlc_suppressed *silence(struct scenario_bench *bench)
{
    const struct rlc_debtor_fact *fact;

    bench_days_until(bench, "2025-02-03", true);
    fact = bench_last(bench, RLC_FACT_KIND_SUPPRESSED);
    assert_non_null(fact);
    return &fact->suppressed;
}

static void assert_event(const struct rlc_suppressed *found, size_t index, const char *id)
{
    assert_true(index < found->event_count);
    assert_true(rlc_span_equal(found->events[index].source, rlc_span_of("crm")));
    if (!rlc_span_equal(found->events[index].source_event_id, rlc_span_of(id)))
        fail_msg("%.*s instead of %s", (int)found->events[index].source_event_id.size,
                 (const char *)found->events[index].source_event_id.data, id);
}

static void assert_says(struct scenario_bench *bench, enum rlc_suppression reason,
                        const char *object, const char *id)
{
    const struct rlc_suppressed *found = silence(bench);

    assert_int_equal(found->reason, reason);
    assert_true(rlc_span_equal(found->object, rlc_span_of(object)));
    assert_int_equal(found->event_count, 1);
    assert_event(found, 0, id);
    bench_free(bench);
}

/* ---- agreements ---- */

static void a_dispute_is_behind_the_silence_of_its_document(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", dispute("X-1", 0));
    assert_says(bench, RLC_SUPPRESSION_DISPUTED, "X-1", "e-1");
}

static void disputes_of_parts_are_all_named(void **state)
{
    struct scenario_bench *bench = fresh();
    const struct rlc_suppressed *found;

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", dispute("X-1", 60000));
    say(bench, "e-2", dispute("X-2", 40000));
    found = silence(bench);
    assert_int_equal(found->reason, RLC_SUPPRESSION_DISPUTED);
    assert_true(rlc_span_equal(found->object, rlc_span_of("X-1")));
    assert_int_equal(found->event_count, 2);
    assert_event(found, 0, "e-1");
    assert_event(found, 1, "e-2");
    bench_free(bench);
}

static void the_latest_word_about_an_agreement_counts(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", dispute("X-1", 60000));
    bench_at(bench, bench_instant("2025-01-21", 8, 0));
    say(bench, "e-2", dispute("X-1", 0));
    assert_says(bench, RLC_SUPPRESSION_DISPUTED, "X-1", "e-2");
}

static void a_promise_is_behind_the_silence_of_its_account(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", promise());
    assert_says(bench, RLC_SUPPRESSION_PROMISED, "V-1", "e-1");
}

static void a_hold_is_behind_the_silence_of_what_it_reaches(void **state)
{
    static const enum rlc_reach REACH[] = { RLC_REACH_DOCUMENT, RLC_REACH_ACCOUNT,
                                            RLC_REACH_DEBTOR };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(REACH); i++) {
        struct scenario_bench *bench = fresh();

        bench_invoice(bench, "F-1", 100000, "2025-01-31");
        say(bench, "e-1", hold(REACH[i]));
        assert_says(bench, RLC_SUPPRESSION_ON_HOLD, "H-1", "e-1");
    }
}

static void of_two_agreements_the_weightier_is_named(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", promise());
    say(bench, "e-2", hold(RLC_REACH_ACCOUNT));
    assert_says(bench, RLC_SUPPRESSION_ON_HOLD, "H-1", "e-2");
}

static void suspected_cash_is_named(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_CASH_SUSPECTED };

    (void)state;
    event.cash_suspected.suspicion = rlc_span_of("S-1");
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", event);
    assert_says(bench, RLC_SUPPRESSION_CASH_SUSPECTED, "S-1", "e-1");
}

/* ---- money ---- */

static void the_payment_on_account_is_behind_what_it_covers(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", payment("P-1", 50000, NULL));
    say(bench, "e-2", payment("P-2", 60000, NULL));
    assert_says(bench, RLC_SUPPRESSION_PAID, "", "e-2");
}

static void a_cancellation_that_frees_money_is_behind_what_that_covers(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_CANCELLED };

    (void)state;
    event.invoice_cancelled.document = rlc_span_of("F-2");
    event.invoice_cancelled.cancelled_on = bench_day("2025-01-22");
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_invoice(bench, "F-2", 100000, "2025-01-31");
    say(bench, "e-1", payment("P-1", 100000, "F-2"));
    say(bench, "e-2", event);
    assert_says(bench, RLC_SUPPRESSION_PAID, "", "e-2");
}

static void money_that_left_the_account_is_no_reason_any_more(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_REVERSED };

    (void)state;
    event.payment_reversed.payment = rlc_span_of("P-1");
    event.payment_reversed.reversed_on = bench_day("2025-01-22");
    say(bench, "e-1", payment("P-1", 100000, NULL));
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->credit_origin_count, 1);
    say(bench, "e-2", event);
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->credit_origin_count, 0);
    bench_free(bench);
}

/* Its first step asks for 900 euros; F-1 has 1,000. */
static struct scenario_bench *asking_for_900_euros(void)
{
    static const struct policy_amount LIMIT[] = { { .amount = { 90000, "EUR" } } };
    static struct policy_step steps[3];
    static struct policy_scenario scenario;
    static struct policy policy;
    static const struct policy *policies[] = { &policy };
    struct scenario_bench *bench;

    memcpy(steps, BENCH_STEPS, sizeof(steps));
    steps[0].at_least = LIMIT;
    steps[0].at_least_count = 1;
    scenario = BENCH_SCENARIO;
    scenario.step = steps;
    policy = BENCH_POLICY;
    policy.scenario = &scenario;
    bench = bench_new(policies, 1, 1);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-01-20", 8, 0));
    return bench;
}

static void the_invoice_is_behind_what_its_amount_forbids(void **state)
{
    struct scenario_bench *bench = asking_for_900_euros();
    struct rlc_debtor_event small = invoice("F-1");

    (void)state;
    small.invoice_issued.total = eur(89999);
    say(bench, "e-1", small);
    assert_says(bench, RLC_SUPPRESSION_BELOW_AMOUNT, "", "e-1");
}

static void what_lowers_an_amount_below_its_limit_is_named_behind_the_invoice(void **state)
{
    struct rlc_debtor_event lowers[] = { dispute("X-1", 10001), payment("P-1", 10001, NULL) };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct scenario_bench *bench = asking_for_900_euros();
        const struct rlc_suppressed *found;

        say(bench, "e-1", invoice("F-1"));
        say(bench, "e-2", lowers[i]);
        found = silence(bench);
        assert_int_equal(found->reason, RLC_SUPPRESSION_BELOW_AMOUNT);
        assert_int_equal(found->event_count, 2);
        assert_event(found, 0, "e-1");
        assert_event(found, 1, "e-2");
        bench_free(bench);
    }
}

/* ---- the debtor ---- */

static void the_records_in_quarantine_are_named_with_the_task(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_QUARANTINED };
    const struct rlc_suppressed *found;

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    for (int64_t offset = 70; offset < 72; offset++) {
        event.quarantined.at = (struct rlc_coordinates){ rlc_span_of("billing"), 2, offset };
        event.quarantined.code = rlc_span_of("BAD_AMOUNT");
        bench_send(bench, &event);
    }
    found = silence(bench);
    assert_int_equal(found->reason, RLC_SUPPRESSION_QUARANTINED);
    assert_int_equal(found->evidence_count, 2);
    assert_true(rlc_span_equal(found->evidence[1].topic, rlc_span_of("billing")));
    assert_int_equal(found->evidence[1].partition, 2);
    assert_int_equal(found->evidence[1].offset, 71);
    assert_true(rlc_span_equal(found->object, bench_debtor_record(bench)->quarantine_task));
    bench_free(bench);
}

static void the_word_about_an_insolvent_debtor_is_named(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DEBTOR_UPSERTED };

    (void)state;
    event.debtor_upserted = (struct rlc_debtor){ .kind = RLC_PARTY_KIND_COMPANY,
                                                 .status = RLC_PARTY_STATUS_LIQUIDATION,
                                                 .country = rlc_span_of("FR"),
                                                 .zone = rlc_span_of("UTC"),
                                                 .language = rlc_span_of("fr"),
                                                 .name = { rlc_span_of("k"), rlc_span_of("n") } };
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", event);
    assert_says(bench, RLC_SUPPRESSION_INSOLVENT, "", "e-1");
}

static void the_opt_out_is_named_whoever_said_it(void **state)
{
    struct rlc_contact_channel address = { .channel = RLC_CHANNEL_EMAIL,
                                           .address = { rlc_span_of("k"), rlc_span_of("a") },
                                           .opted_out = true };
    struct rlc_debtor_event contact = { .kind = RLC_EVENT_KIND_CONTACT_UPSERTED };
    struct rlc_debtor_event command = { .kind = RLC_EVENT_KIND_COMMAND_ISSUED };

    (void)state;
    contact.contact_upserted = (struct rlc_contact){ .contact = rlc_span_of("ap"),
                                                     .subject = rlc_span_of("ap"),
                                                     .roles = RLC_CONTACT_ROLE_BILLING,
                                                     .channels = &address,
                                                     .channel_count = 1 };
    command.command_issued = (struct rlc_command){ .command = rlc_span_of("c-1"),
                                                   .kind = RLC_COMMAND_KIND_OPT_OUT,
                                                   .actor = rlc_span_of("anna"),
                                                   .issued_at_ms = 1 };
    for (int by_command = 0; by_command < 2; by_command++) {
        struct scenario_bench *bench = fresh();

        bench_at(bench, bench_instant("2025-01-21", 8, 0));
        bench_invoice(bench, "F-1", 100000, "2025-01-31");
        say(bench, "e-1", by_command ? command : contact);
        assert_says(bench, RLC_SUPPRESSION_OPTED_OUT, "", "e-1");
    }
}

/* ---- contacts ---- */

static void assert_names_request(struct scenario_bench *bench, const struct rlc_suppressed *found,
                                 size_t request)
{
    const struct rlc_action_id *action = &bench_request(bench, request)->body.action;
    char hex[33] = "";

    for (size_t i = 0; i < sizeof(action->bytes); i++)
        (void)sprintf(hex + 2 * i, "%02x", action->bytes[i]);
    assert_true(rlc_span_equal(found->object, rlc_span_of(hex)));
}

static void a_contact_that_waits_names_its_request_and_the_answer(void **state)
{
    struct scenario_bench *bench = fresh();
    const struct rlc_suppressed *found;

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_tick(bench, bench_instant("2025-02-03", 10, 0));
    bench_answer(bench, RLC_OUTCOME_RESULT_DEFERRED);
    found = &bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed;
    assert_int_equal(found->reason, RLC_SUPPRESSION_DEFERRED);
    assert_int_equal(found->event_count, 1);
    assert_names_request(bench, found, 0);
    bench_free(bench);
}

static void a_step_that_waits_for_an_answer_names_the_request_under_way(void **state)
{
    struct scenario_bench *bench = fresh();
    const struct rlc_suppressed *found;

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_invoice(bench, "F-2", 100000, "2025-02-01");
    bench_days_until(bench, "2025-02-04", false);
    found = &bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed;
    assert_int_equal(found->reason, RLC_SUPPRESSION_WAITING_ANSWER);
    assert_names_request(bench, found, 0);
    bench_free(bench);
}

static void a_cap_names_the_latest_contact_that_counts(void **state)
{
    struct policy policy = BENCH_POLICY;
    const struct policy *policies[] = { &policy };
    const struct rlc_suppressed *found;
    struct scenario_bench *bench;

    (void)state;
    policy.cap[0] = (struct policy_cap){ .days = 7, .contacts = 1 };
    policy.cap_count = 1;
    bench = bench_new(policies, 1, 1);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_invoice(bench, "F-2", 100000, "2025-02-01");
    bench_days_until(bench, "2025-02-04", true);
    found = &bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed;
    assert_int_equal(found->reason, RLC_SUPPRESSION_CAP);
    assert_names_request(bench, found, 0);
    bench_free(bench);
}

static void a_carried_step_names_the_one_that_carries_it(void **state)
{
    struct scenario_bench *bench = fresh();
    const struct rlc_debtor_fact *fact;

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    say(bench, "e-1", hold(RLC_REACH_DEBTOR));
    bench_days_until(bench, "2025-02-10", true);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_CARRIED), 1);
    fact = bench_last(bench, RLC_FACT_KIND_STEP_CLOSED);
    assert_true(rlc_span_equal(fact->step_closed.instance.step, rlc_span_of("D+3")));
    assert_true(rlc_span_equal(fact->step_closed.by_step, rlc_span_of("D+10")));
    assert_int_equal(fact->step_closed.by_occurrence, 1);
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dispute_is_behind_the_silence_of_its_document),
        cmocka_unit_test(disputes_of_parts_are_all_named),
        cmocka_unit_test(the_latest_word_about_an_agreement_counts),
        cmocka_unit_test(a_promise_is_behind_the_silence_of_its_account),
        cmocka_unit_test(a_hold_is_behind_the_silence_of_what_it_reaches),
        cmocka_unit_test(of_two_agreements_the_weightier_is_named),
        cmocka_unit_test(suspected_cash_is_named),
        cmocka_unit_test(the_payment_on_account_is_behind_what_it_covers),
        cmocka_unit_test(a_cancellation_that_frees_money_is_behind_what_that_covers),
        cmocka_unit_test(money_that_left_the_account_is_no_reason_any_more),
        cmocka_unit_test(the_invoice_is_behind_what_its_amount_forbids),
        cmocka_unit_test(what_lowers_an_amount_below_its_limit_is_named_behind_the_invoice),
        cmocka_unit_test(the_records_in_quarantine_are_named_with_the_task),
        cmocka_unit_test(the_word_about_an_insolvent_debtor_is_named),
        cmocka_unit_test(the_opt_out_is_named_whoever_said_it),
        cmocka_unit_test(a_contact_that_waits_names_its_request_and_the_answer),
        cmocka_unit_test(a_step_that_waits_for_an_answer_names_the_request_under_way),
        cmocka_unit_test(a_cap_names_the_latest_contact_that_counts),
        cmocka_unit_test(a_carried_step_names_the_one_that_carries_it),
    };

    return cmocka_run_group_tests_name("scenario evidence", tests, NULL, NULL);
}
