/* SPDX-License-Identifier: Apache-2.0 */
/* What lies on the debtor of a case, its account or a line of it: nothing is filed meanwhile, and
 * money that nobody has applied counts as paid. */
#include "core/case_hold.h"

#include "tests/support/check.h"
#include "tests/support/legal_story.h"

static void hold(struct legal_bench *bench, enum rlc_suppression reason, int64_t on_account_cents)
{
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_CASE_HELD,
                                       .case_held = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                                      .reason = reason,
                                                      .on_account = { on_account_cents, "EUR" } } };

    legal_bench_send(bench, &message);
}

static size_t filings(struct legal_bench *bench)
{
    return legal_bench_count(bench, RLC_AUDIT_KIND_FILED);
}

static const struct rlc_recalled *recalled(struct legal_bench *bench)
{
    return &legal_bench_last(bench, RLC_AUDIT_KIND_RECALLED)->recalled;
}

static void assert_held(struct legal_bench *bench, const char *rule)
{
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 0);
    assert_true(legal_is_ready(legal_bench_case(bench)));
    assert_true(legal_says(legal_bench_case(bench)->held, rule));
    assert_true(
        legal_says(legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved.code, "ON_HOLD"));
}

static void nobody_is_taken_to_court_for_what_he_promised_or_nobody_understood(void **state)
{
    static const struct {
        enum rlc_suppression reason;
        const char *rule;
    } CASES[] = {
        { RLC_SUPPRESSION_PROMISED, "PROMISED" },
        { RLC_SUPPRESSION_ON_HOLD, "ON_HOLD" },
        { RLC_SUPPRESSION_ON_PLAN, "ON_PLAN" },
        { RLC_SUPPRESSION_QUARANTINED, "QUARANTINED" },
        { RLC_SUPPRESSION_CASH_SUSPECTED, "CASH_SUSPECTED" },
        { RLC_SUPPRESSION_DISPUTED, "AGREEMENT" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct legal_bench *bench = legal_story_asked();

        legal_story_approve(bench);
        hold(bench, CASES[i].reason, 0);
        assert_held(bench, CASES[i].rule);
        hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 0);
        legal_bench_file(bench);
        assert_int_equal(filings(bench), 1);
        legal_bench_free(bench);
    }
}

static void what_is_promised_afterwards_recalls_nothing(void **state)
{
    struct legal_bench *bench = legal_story_filed();

    (void)state;
    hold(bench, RLC_SUPPRESSION_PROMISED, 0);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 0);
    legal_bench_free(bench);
}

static void a_promise_about_one_line_holds_its_case(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_claim_line line = legal_bench_case(bench)->claim.lines[0];
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED,
                                       .claim_changed = {
                                           .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                           .claim = { .lines = &line, .line_count = 1 },
                                           .reason = rlc_span_of("HELD") } };

    (void)state;
    legal_story_approve(bench);
    line.held = RLC_SUPPRESSION_PROMISED;
    legal_bench_send(bench, &message);
    assert_held(bench, "PROMISED");
    line.held = RLC_SUPPRESSION_UNSPECIFIED;
    legal_bench_send(bench, &message);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 1);
    legal_bench_free(bench);
}

static void money_on_account_holds_what_is_approved_until_it_is_applied(void **state)
{
    struct legal_bench *bench = legal_story_asked();

    (void)state;
    legal_story_approve(bench);
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 1);
    assert_held(bench, "ON_ACCOUNT");
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 0);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 1);
    legal_bench_free(bench);
}

static void money_on_account_recalls_what_was_filed(void **state)
{
    struct legal_bench *bench = legal_story_filed();

    (void)state;
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 40000);
    assert_true(legal_says(recalled(bench)->reason, "PAID"));
    assert_int_equal(recalled(bench)->open.minor, 110000);
    assert_int_equal(legal_bench_milestones(bench, "REDUCED"), 1);
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 0);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    legal_bench_free(bench);
}

static void what_covers_the_whole_claim_recalls_even_an_order_that_was_granted(void **state)
{
    struct legal_bench *bench = legal_story_ordered("2026-09-03");

    (void)state;
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 149999);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 0);
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 150000);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    assert_int_equal(recalled(bench)->open.minor, 0);
    legal_bench_free(bench);
}

/* The order was granted: money on account of 1,000 recalls nothing; nor does it once it is applied,
 * 500 are still owed. Scenario tells the line first, then what is left on account. */
static void money_on_account_that_is_applied_recalls_no_order_for_the_rest(void **state)
{
    struct legal_bench *bench = legal_story_ordered("2026-09-03");

    (void)state;
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 100000);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 0);
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 0);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 0);
    legal_bench_free(bench);
}

/* A claim that money on account covers is not put before a person to sign. */
static void nobody_is_asked_for_a_claim_that_money_on_account_covers(void **state)
{
    struct legal_bench *bench = legal_story_filed();

    (void)state;
    hold(bench, RLC_SUPPRESSION_UNSPECIFIED, 150000);
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 1);
    legal_bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_taken_to_court_for_what_he_promised_or_nobody_understood),
        cmocka_unit_test(what_is_promised_afterwards_recalls_nothing),
        cmocka_unit_test(a_promise_about_one_line_holds_its_case),
        cmocka_unit_test(money_on_account_holds_what_is_approved_until_it_is_applied),
        cmocka_unit_test(money_on_account_recalls_what_was_filed),
        cmocka_unit_test(what_covers_the_whole_claim_recalls_even_an_order_that_was_granted),
        cmocka_unit_test(money_on_account_that_is_applied_recalls_no_order_for_the_rest),
        cmocka_unit_test(nobody_is_asked_for_a_claim_that_money_on_account_covers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
