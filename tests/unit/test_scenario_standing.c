/* SPDX-License-Identifier: Apache-2.0 */
#include "core/standing.h"

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

static void dispute(struct scenario_bench *bench, const char *id, const char *document,
                    int64_t minor, const char *expires)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DISPUTE_OPENED };

    event.dispute_opened = (struct rlc_dispute){ .dispute = rlc_span_of(id),
                                                 .document = rlc_span_of(document),
                                                 .reason = RLC_DISPUTE_REASON_QUALITY,
                                                 .opened_on = bench_day("2025-01-20") };
    if (minor > 0)
        event.dispute_opened.amount = (struct rlc_money){ minor, "EUR" };
    if (expires)
        event.dispute_opened.expires_on = bench_day(expires);
    bench_send(bench, &event);
}

static void resolve(struct scenario_bench *bench, const char *id)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DISPUTE_RESOLVED };

    event.dispute_resolved =
        (struct rlc_dispute_resolved){ .dispute = rlc_span_of(id),
                                       .result = RLC_DISPUTE_RESULT_REJECTED,
                                       .resolved_on = bench_day("2025-02-01") };
    bench_send(bench, &event);
}

static void hold(struct scenario_bench *bench, const struct rlc_hold *wish)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_HOLD_PLACED, .hold_placed = *wish };

    event.hold_placed.reason = RLC_HOLD_REASON_MANUAL;
    if (event.hold_placed.clock == RLC_CLOCK_EFFECT_UNSPECIFIED)
        event.hold_placed.clock = RLC_CLOCK_EFFECT_CONTINUE;
    if (event.hold_placed.from_ms == 0)
        event.hold_placed.from_ms = bench_instant("2025-01-20", 8, 0);
    bench_send(bench, &event);
}

static void lift(struct scenario_bench *bench, const char *id)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_HOLD_LIFTED };

    event.hold_lifted.hold = rlc_span_of(id);
    bench_send(bench, &event);
}

static void promise(struct scenario_bench *bench, const char *id, int64_t minor, const char *day,
                    const char *document)
{
    struct rlc_document_ref ref = { .document = rlc_span_of(document) };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PROMISE_MADE };

    event.promise_made = (struct rlc_promise){ .promise = rlc_span_of(id),
                                               .amount = { minor, "EUR" },
                                               .made_on = bench_day("2025-01-20"),
                                               .promised_for = bench_day(day),
                                               .channel = RLC_CHANNEL_CALL,
                                               .documents = &ref,
                                               .document_count = document ? 1 : 0 };
    bench_send(bench, &event);
}

static const struct rlc_agreement_fact *verdict(struct scenario_bench *bench)
{
    const struct rlc_debtor_fact *fact = bench_last(bench, RLC_FACT_KIND_AGREEMENT_CLOSED);

    assert_non_null(fact);
    return &fact->agreement_closed;
}

/* ---- the algebra ---- */

static void blocks_fold_to_the_same_answer_in_any_order(void **state)
{
    struct rlc_block blocks[] = {
        { .id = { (const uint8_t *)"a", 1 },
          .from_ms = 1,
          .until_ms = 50,
          .reason = RLC_SUPPRESSION_PROMISED },
        { .id = { (const uint8_t *)"b", 1 },
          .from_ms = 1,
          .until_ms = 90,
          .reason = RLC_SUPPRESSION_ON_HOLD },
        { .id = { (const uint8_t *)"c", 1 },
          .from_ms = 1,
          .until_ms = 70,
          .reason = RLC_SUPPRESSION_DISPUTED,
          .amount = { 300, "EUR" } },
        { .id = { (const uint8_t *)"d", 1 },
          .from_ms = 60,
          .until_ms = 0,
          .reason = RLC_SUPPRESSION_INSOLVENT },
    };
    static const size_t ORDER[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ORDER); i++) {
        struct rlc_block shuffled[RLC_COUNT(blocks)];
        struct standing answer = { 0 };
        struct standing later = { 0 };

        for (size_t k = 0; k < RLC_COUNT(blocks); k++)
            shuffled[k] = blocks[ORDER[i][k]];
        standing_fold(shuffled, RLC_COUNT(shuffled), 10, "EUR", &answer);
        assert_int_equal(answer.reason, RLC_SUPPRESSION_ON_HOLD);
        assert_int_equal(answer.until_ms, 90);
        assert_int_equal(answer.held_minor, 300);
        standing_fold(shuffled, RLC_COUNT(shuffled), 60, "EUR", &later);
        assert_int_equal(later.reason, RLC_SUPPRESSION_INSOLVENT);
        assert_int_equal(later.until_ms, 0);
    }
}

/* ---- disputes ---- */

static void a_disputed_receivable_is_silent_until_the_dispute_is_resolved(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    dispute(bench, "X-1", "F-1", 0, "2025-12-31");
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_DISPUTED), 1);
    resolve(bench, "X-1");
    bench_days_until(bench, "2025-02-06", true);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(verdict(bench)->result, RLC_AGREEMENT_RESULT_RESOLVED);
    bench_free(bench);
}

static void the_undisputed_part_goes_on(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 1000000, "2025-01-31");
    dispute(bench, "X-1", "F-1", 150000, "2025-12-31");
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(bench_last_request(bench)->body.lines[0].open.minor, 850000);
    assert_int_equal(bench_last_request(bench)->body.lines[0].disputed.minor, 150000);
    bench_free(bench);
}

static void a_dispute_ends_by_itself_on_its_last_day(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    dispute(bench, "X-1", "F-1", 0, "2025-02-06");
    bench_days_until(bench, "2025-02-06", true);
    assert_int_equal(bench_requests(bench), 0);
    bench_tick(bench, bench_instant("2025-02-07", 0, 0));
    assert_int_equal(verdict(bench)->result, RLC_AGREEMENT_RESULT_EXPIRED);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void a_resolution_before_its_dispute_holds(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    resolve(bench, "X-1");
    dispute(bench, "X-1", "F-1", 0, "2025-12-31");
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void a_dispute_before_its_invoice_holds(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    dispute(bench, "X-1", "F-1", 0, "2025-12-31");
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_DISPUTED), 1);
    bench_free(bench);
}

/* ---- promises ---- */

static const struct {
    int64_t paid;
    enum rlc_agreement_result result;
} PROMISES[] = {
    { 0, RLC_AGREEMENT_RESULT_BROKEN },      { 49999, RLC_AGREEMENT_RESULT_BROKEN },
    { 50000, RLC_AGREEMENT_RESULT_PARTIAL }, { 94999, RLC_AGREEMENT_RESULT_PARTIAL },
    { 95000, RLC_AGREEMENT_RESULT_KEPT },    { 100000, RLC_AGREEMENT_RESULT_KEPT },
};

static void a_promise_is_judged_two_business_days_after_its_day(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(PROMISES); i++) {
        struct scenario_bench *bench = fresh();

        bench_debtor(bench, "UTC", "FR");
        bench_invoice(bench, "F-1", 200000, "2025-01-31");
        /* Thursday; two business days later is Monday 02-10. */
        promise(bench, "V-1", 100000, "2025-02-06", i % 2 ? "F-1" : NULL);
        bench_days_until(bench, "2025-02-05", true);
        assert_int_equal(bench_requests(bench), 0);
        assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_PROMISED), 1);
        if (PROMISES[i].paid > 0)
            bench_payment(bench, "P-1", PROMISES[i].paid, "F-1");
        bench_days_until(bench, "2025-02-10", true);
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_AGREEMENT_CLOSED), 0);
        bench_tick(bench, bench_instant("2025-02-11", 0, 0));
        assert_int_equal(verdict(bench)->result, PROMISES[i].result);
        assert_int_equal(verdict(bench)->settled.minor, PROMISES[i].paid);
        assert_int_equal(bench_requests(bench), 1);
        bench_free(bench);
    }
}

static void a_promise_about_one_document_leaves_the_others_alone(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 200000, "2025-01-31");
    bench_invoice(bench, "F-2", 50000, "2025-01-31");
    promise(bench, "V-1", 200000, "2025-02-20", "F-1");
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(bench_last_request(bench)->body.lines[0].open.minor, 50000);
    bench_free(bench);
}

static void withdraw(struct scenario_bench *bench, const char *id)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PROMISE_WITHDRAWN };

    event.promise_withdrawn =
        (struct rlc_promise_withdrawn){ .promise = rlc_span_of(id),
                                        .withdrawn_on = bench_day("2025-02-05") };
    bench_send(bench, &event);
}

static void a_promise_that_is_withdrawn_is_not_judged_and_dunning_goes_on(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_debtor(bench, "UTC", "FR");
    bench_invoice(bench, "F-1", 200000, "2025-01-31");
    promise(bench, "V-1", 200000, "2025-02-20", "F-1");
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_requests(bench), 0);
    withdraw(bench, "V-1");
    assert_int_equal(verdict(bench)->result, RLC_AGREEMENT_RESULT_LIFTED);
    bench_days_until(bench, "2025-02-28", true);
    assert_true(bench_requests(bench) > 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_AGREEMENT_CLOSED), 1);
    bench_free(bench);
}

static void money_that_came_before_the_promise_was_recorded_counts_by_its_value_date(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_debtor(bench, "UTC", "FR");
    bench_invoice(bench, "F-1", 200000, "2025-01-31");
    bench_at(bench, bench_instant("2025-01-22", 8, 0));
    bench_payment(bench, "P-1", 100000, "F-1");
    promise(bench, "V-1", 100000, "2025-02-06", "F-1");
    bench_tick(bench, bench_instant("2025-02-11", 0, 0));
    assert_int_equal(verdict(bench)->result, RLC_AGREEMENT_RESULT_KEPT);
    bench_free(bench);
}

static void money_that_came_before_the_promise_was_made_does_not_keep_it(void **state)
{
    (void)state;
    for (int about_document = 0; about_document < 2; about_document++) {
        struct scenario_bench *bench = fresh();

        bench_debtor(bench, "UTC", "FR");
        bench_invoice(bench, "F-1", 200000, "2025-01-31");
        bench_at(bench, bench_instant("2025-01-19", 8, 0));
        bench_payment(bench, "P-1", 100000, "F-1");
        bench_at(bench, bench_instant("2025-01-20", 8, 0));
        promise(bench, "V-1", 100000, "2025-02-06", about_document ? "F-1" : NULL);
        bench_tick(bench, bench_instant("2025-02-11", 0, 0));
        assert_int_equal(verdict(bench)->result, RLC_AGREEMENT_RESULT_BROKEN);
        bench_free(bench);
    }
}

/* ---- holds ---- */

static void a_hold_silences_what_it_reaches_and_no_more(void **state)
{
    static const enum rlc_reach REACH[] = { RLC_REACH_DOCUMENT, RLC_REACH_ACCOUNT,
                                            RLC_REACH_DEBTOR };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(REACH); i++) {
        struct scenario_bench *bench = fresh();
        struct rlc_hold wish = { .hold = rlc_span_of("H-1"), .reach = REACH[i] };

        if (REACH[i] == RLC_REACH_DOCUMENT)
            wish.document = rlc_span_of("F-1");
        bench_invoice(bench, "F-1", 100000, "2025-01-31");
        bench_invoice(bench, "F-2", 100000, "2025-01-31");
        hold(bench, &wish);
        bench_days_until(bench, "2025-02-03", true);
        assert_int_equal(bench_requests(bench), REACH[i] == RLC_REACH_DOCUMENT ? 1 : 0);
        assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_ON_HOLD),
                         REACH[i] == RLC_REACH_DOCUMENT ? 1 : 2);
        lift(bench, "H-1");
        bench_days_until(bench, "2025-02-04", true);
        assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 2);
        bench_free(bench);
    }
}

static void a_hold_until_a_day_resumes_by_itself(void **state)
{
    static const enum rlc_reach REACH[] = { RLC_REACH_DOCUMENT, RLC_REACH_ACCOUNT,
                                            RLC_REACH_DEBTOR };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(REACH); i++) {
        struct scenario_bench *bench = fresh();
        struct rlc_hold wish = { .hold = rlc_span_of("H-1"),
                                 .reach = REACH[i],
                                 .until_ms = bench_instant("2025-02-06", 8, 0) };

        if (REACH[i] == RLC_REACH_DOCUMENT)
            wish.document = rlc_span_of("F-1");
        bench_invoice(bench, "F-1", 100000, "2025-01-31");
        hold(bench, &wish);
        bench_days_until(bench, "2025-02-05", true);
        assert_int_equal(bench_requests(bench), 0);
        assert_int_equal(bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed.next_at_ms,
                         bench_instant("2025-02-06", 8, 0));
        bench_tick(bench, bench_instant("2025-02-06", 8, 0));
        assert_int_equal(bench_requests(bench), 1);
        assert_int_equal(verdict(bench)->result, RLC_AGREEMENT_RESULT_EXPIRED);
        bench_free(bench);
    }
}

static const struct {
    enum rlc_clock_effect clock;
    const char *acts; /* the day of D+10 */
} CLOCKS[] = {
    { RLC_CLOCK_EFFECT_CONTINUE, "2025-02-14" }, /* at once when the hold ends */
    { RLC_CLOCK_EFFECT_STOP, "2025-02-20" },     /* ten days stopped */
    { RLC_CLOCK_EFFECT_RESTART, "2025-02-24" },  /* ten days from its end */
};

static void a_hold_stops_or_restarts_the_clock_as_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CLOCKS); i++) {
        struct scenario_bench *bench = fresh();
        struct rlc_hold wish = { .hold = rlc_span_of("H-1"),
                                 .reach = RLC_REACH_ACCOUNT,
                                 .clock = CLOCKS[i].clock,
                                 .from_ms = bench_instant("2025-02-04", 8, 0) };
        rlc_day acts = bench_day(CLOCKS[i].acts);
        char before[RLC_DAY_SIZE];

        bench_invoice(bench, "F-1", 100000, "2025-01-31");
        bench_days_until(bench, "2025-02-03", true);
        assert_int_equal(bench_requests(bench), 1);
        bench_at(bench, bench_instant("2025-02-04", 8, 0));
        hold(bench, &wish);
        bench_days_until(bench, "2025-02-13", true);
        bench_at(bench, bench_instant("2025-02-14", 8, 0));
        lift(bench, "H-1");
        assert_int_equal(rlc_day_format(acts - 1, before, sizeof(before)), 10);
        bench_days_until(bench, before, true);
        assert_int_equal(bench_requests(bench), 1);
        bench_days_until(bench, CLOCKS[i].acts, true);
        assert_int_equal(bench_requests(bench), 2);
        bench_free(bench);
    }
}

static void overlapping_stops_count_once(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_hold account = { .hold = rlc_span_of("H-1"),
                                .reach = RLC_REACH_ACCOUNT,
                                .clock = RLC_CLOCK_EFFECT_STOP,
                                .from_ms = bench_instant("2025-02-01", 0, 0),
                                .until_ms = bench_instant("2025-02-06", 0, 0) };
    struct rlc_hold debtor = { .hold = rlc_span_of("H-2"),
                               .reach = RLC_REACH_DEBTOR,
                               .clock = RLC_CLOCK_EFFECT_STOP,
                               .from_ms = bench_instant("2025-02-03", 0, 0),
                               .until_ms = bench_instant("2025-02-08", 0, 0) };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    hold(bench, &account);
    hold(bench, &debtor);
    /* Seven days stopped, from 02-01 to 02-07: D+3 is 02-10. */
    bench_days_until(bench, "2025-02-09", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 0);
    bench_days_until(bench, "2025-02-10", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void suspected_cash_holds_until_it_is_cleared(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_CASH_SUSPECTED };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    event.cash_suspected.suspicion = rlc_span_of("S-1");
    bench_send(bench, &event);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_CASH_SUSPECTED), 1);
    event = (struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_CASH_CLEARED };
    event.cash_cleared.suspicion = rlc_span_of("S-1");
    bench_send(bench, &event);
    bench_days_until(bench, "2025-02-06", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

/* ---- epochs ---- */

static void what_changes_standing_raises_an_epoch(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_hold debtor = { .hold = rlc_span_of("H-1"), .reach = RLC_REACH_DEBTOR };
    int64_t account_epoch;
    int64_t debtor_epoch;

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_flush(bench);
    account_epoch = bench_account(bench)->epoch;
    debtor_epoch = bench_debtor_record(bench)->epoch;
    dispute(bench, "X-1", "F-1", 0, "2025-12-31");
    bench_flush(bench);
    assert_true(bench_account(bench)->epoch > account_epoch);
    assert_int_equal(bench_debtor_record(bench)->epoch, debtor_epoch);
    hold(bench, &debtor);
    bench_flush(bench);
    assert_true(bench_debtor_record(bench)->epoch > debtor_epoch);
    bench_free(bench);
}

static void asking_for_a_contact_raises_no_epoch(void **state)
{
    struct scenario_bench *bench = fresh();
    int64_t account_epoch;
    int64_t debtor_epoch;

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_flush(bench);
    account_epoch = bench_account(bench)->epoch;
    debtor_epoch = bench_debtor_record(bench)->epoch;
    bench_days_until(bench, "2025-02-10", true);
    assert_int_equal(bench_requests(bench), 2);
    assert_int_equal(bench_account(bench)->epoch, account_epoch);
    assert_int_equal(bench_debtor_record(bench)->epoch, debtor_epoch);
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_fold_to_the_same_answer_in_any_order),
        cmocka_unit_test(a_disputed_receivable_is_silent_until_the_dispute_is_resolved),
        cmocka_unit_test(the_undisputed_part_goes_on),
        cmocka_unit_test(a_dispute_ends_by_itself_on_its_last_day),
        cmocka_unit_test(a_resolution_before_its_dispute_holds),
        cmocka_unit_test(a_dispute_before_its_invoice_holds),
        cmocka_unit_test(a_promise_is_judged_two_business_days_after_its_day),
        cmocka_unit_test(a_promise_about_one_document_leaves_the_others_alone),
        cmocka_unit_test(a_promise_that_is_withdrawn_is_not_judged_and_dunning_goes_on),
        cmocka_unit_test(money_that_came_before_the_promise_was_recorded_counts_by_its_value_date),
        cmocka_unit_test(money_that_came_before_the_promise_was_made_does_not_keep_it),
        cmocka_unit_test(a_hold_silences_what_it_reaches_and_no_more),
        cmocka_unit_test(a_hold_until_a_day_resumes_by_itself),
        cmocka_unit_test(a_hold_stops_or_restarts_the_clock_as_it_says),
        cmocka_unit_test(overlapping_stops_count_once),
        cmocka_unit_test(suspected_cash_holds_until_it_is_cleared),
        cmocka_unit_test(what_changes_standing_raises_an_epoch),
        cmocka_unit_test(asking_for_a_contact_raises_no_epoch),
    };

    return cmocka_run_group_tests_name("scenario standing", tests, NULL, NULL);
}
