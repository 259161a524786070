/* SPDX-License-Identifier: Apache-2.0 */
/* What a claim must be worth before anybody is asked whether to put it before a court. */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/legal_story.h"

/* The procedures of the story, to be changed. */
static struct legal_procedure procedures[8];
static struct legal_state states[LEGAL_STATES_MAX];
static struct legal_move moves[LEGAL_MOVES_MAX];

static struct rlc_money money(int64_t minor, const char *currency)
{
    struct rlc_money amount = { .minor = minor };

    memcpy(amount.currency, currency, sizeof(amount.currency) - 1);
    return amount;
}

/* A story whose order for payment weighs amounts: its claim is 1,500 EUR. */
static struct legal_bench *weighing(const struct rlc_money *at_least, const struct rlc_money *cost)
{
    struct legal_bench *bench = legal_story_begin();
    struct legal_policy *policy = legal_story_policy();

    assert_true(policy->procedure_count <= RLC_COUNT(procedures));
    memcpy(procedures, policy->procedure, policy->procedure_count * sizeof(*procedures));
    policy->procedure = procedures;
    for (size_t i = 0; i < policy->procedure_count; i++) {
        if (!legal_says(procedures[i].name, "order"))
            continue;
        procedures[i].needs.at_least = at_least;
        procedures[i].needs.at_least_count = at_least != NULL;
        procedures[i].cost = cost;
        procedures[i].cost_count = cost != NULL;
        memcpy(states, procedures[i].state, procedures[i].state_count * sizeof(*states));
        procedures[i].state = states;
    }
    return bench;
}

/* ... and says where a claim goes that is too small. */
static struct legal_bench *giving_back(const struct rlc_money *at_least)
{
    struct legal_bench *bench = weighing(at_least, NULL);

    memcpy(moves, states[0].move, states[0].move_count * sizeof(*moves));
    moves[states[0].move_count++] =
        (struct legal_move){ rlc_span_of("TOO_SMALL"), rlc_span_of("given-up") };
    states[0].move = moves;
    return bench;
}

static const struct rlc_milestone *last_said(struct legal_bench *bench)
{
    return &legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved;
}

/* The rule by which the claim of 1,500 EUR is blocked; "" if its approval is asked for. */
static const char *blocked_by(const struct rlc_money *at_least, const struct rlc_money *cost)
{
    static char text[RLC_CODE_BYTES_MAX + 1];
    struct legal_bench *bench = weighing(at_least, cost);
    struct rlc_span rule;

    legal_bench_refer(bench, "order", "2026-03-20");
    rule = legal_bench_case(bench)->blocked;
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), rule.size == 0);
    assert_int_equal(legal_bench_milestones(bench, "BLOCKED"), rule.size > 0);
    if (rule.size > 0)
        memcpy(text, rule.data, rule.size);
    text[rule.size] = '\0';
    legal_bench_free(bench);
    return text;
}

static void nobody_is_asked_for_a_claim_below_the_least_amount(void **state)
{
    const struct rlc_money more = money(150001, "EUR");
    const struct rlc_money equal = money(150000, "EUR");
    const struct rlc_money other = money(1, "GBP");

    (void)state;
    assert_string_equal(blocked_by(&more, NULL), "BELOW_LEAST");
    assert_string_equal(blocked_by(&equal, NULL), "");
    /* Nobody said what a claim in euros must be worth, so none is. */
    assert_string_equal(blocked_by(&other, NULL), "BELOW_LEAST");
    assert_string_equal(blocked_by(NULL, NULL), "");
}

static void nobody_is_asked_for_a_claim_that_is_not_more_than_it_costs(void **state)
{
    const struct rlc_money equal = money(150000, "EUR");
    const struct rlc_money less = money(149999, "EUR");
    const struct rlc_money other = money(900000, "GBP");

    (void)state;
    assert_string_equal(blocked_by(NULL, &equal), "BELOW_COST");
    assert_string_equal(blocked_by(NULL, &less), "");
    /* What it costs in euros nobody knows: nothing is converted. */
    assert_string_equal(blocked_by(NULL, &other), "");
}

static void who_is_asked_is_told_what_it_costs(void **state)
{
    const struct rlc_money cost = money(10000, "EUR");
    struct legal_bench *bench = weighing(NULL, &cost);

    (void)state;
    legal_bench_refer(bench, "order", "2026-03-20");
    assert_true(legal_says(last_said(bench)->code, "APPROVAL_ASKED"));
    assert_int_equal(last_said(bench)->cost.minor, 10000);
    assert_string_equal(last_said(bench)->cost.currency, "EUR");
    legal_bench_free(bench);
}

static void a_payment_after_the_approval_may_leave_too_little(void **state)
{
    const struct rlc_money least = money(100000, "EUR");
    struct legal_bench *bench = weighing(&least, NULL);

    (void)state;
    legal_bench_refer(bench, "order", "2026-03-20");
    legal_story_approve(bench);
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    assert_true(legal_says(last_said(bench)->rule, "BELOW_LEAST"));
    assert_true(legal_says(last_said(bench)->act, "FILE"));
    assert_false(legal_is_ready(legal_bench_case(bench)));
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 0);
    legal_bench_free(bench);
}

static void what_is_disputed_may_be_owed_after_all(void **state)
{
    const struct rlc_money least = money(150000, "EUR");
    struct legal_bench *bench = weighing(&least, NULL);

    (void)state;
    legal_bench_refer(bench, "order", "2026-03-20");
    legal_bench_change(bench, "F-1", 80000, 20000, "DISPUTED");
    assert_true(legal_says(legal_bench_case(bench)->blocked, "CERTAIN_DISPUTED"));
    legal_bench_change(bench, "F-1", 80000, 19999, "DISPUTED");
    assert_true(legal_says(legal_bench_case(bench)->blocked, "BELOW_LEAST"));
    legal_bench_free(bench);
}

static void a_claim_that_is_too_small_goes_where_the_procedure_says(void **state)
{
    const struct rlc_money least = money(150001, "EUR");
    struct legal_bench *bench = giving_back(&least);

    (void)state;
    legal_bench_refer(bench, "order", "2026-03-20");
    assert_int_equal(legal_bench_milestones(bench, "BLOCKED"), 0);
    assert_int_equal(legal_bench_milestones(bench, "TOO_SMALL"), 1);
    legal_story_is_over(bench, "GIVEN_UP");
    legal_bench_free(bench);
}

static void why_it_was_given_back_is_said(void **state)
{
    const struct rlc_money least = money(100000, "EUR");
    struct legal_bench *bench = giving_back(&least);
    const struct rlc_milestone *said = NULL;

    (void)state;
    legal_bench_refer(bench, "order", "2026-03-20");
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 1);
    /* Into a state where it rests, so that the word is the last one said. */
    moves[states[0].move_count - 1].to = rlc_span_of("enforceable");
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    said = last_said(bench);
    assert_true(legal_says(said->code, "TOO_SMALL"));
    assert_true(legal_says(said->rule, "BELOW_LEAST"));
    legal_bench_free(bench);
}

static void a_part_payment_recalls_what_was_filed_and_leaves_too_little_to_file_again(void **state)
{
    const struct rlc_money least = money(100000, "EUR");
    struct legal_bench *bench = giving_back(&least);

    (void)state;
    legal_bench_refer(bench, "order", "2026-03-20");
    legal_story_approve(bench);
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 1);
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    legal_story_is_over(bench, "GIVEN_UP");
    legal_bench_free(bench);
}

static void nobody_records_that_a_claim_is_too_small(void **state)
{
    const struct rlc_money least = money(1, "EUR");
    struct legal_bench *bench = giving_back(&least);

    (void)state;
    legal_bench_refer(bench, "order", "2026-03-20");
    legal_bench_record(bench, "TOO_SMALL", "2026-04-01");
    assert_string_equal(legal_story_refused_by(bench), "NOT_EXPECTED");
    legal_bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_asked_for_a_claim_below_the_least_amount),
        cmocka_unit_test(nobody_is_asked_for_a_claim_that_is_not_more_than_it_costs),
        cmocka_unit_test(who_is_asked_is_told_what_it_costs),
        cmocka_unit_test(a_payment_after_the_approval_may_leave_too_little),
        cmocka_unit_test(what_is_disputed_may_be_owed_after_all),
        cmocka_unit_test(a_claim_that_is_too_small_goes_where_the_procedure_says),
        cmocka_unit_test(why_it_was_given_back_is_said),
        cmocka_unit_test(a_part_payment_recalls_what_was_filed_and_leaves_too_little_to_file_again),
        cmocka_unit_test(nobody_records_that_a_claim_is_too_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
