/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts that legal-escalation asks for: they pass the gates of any message, and each gets one
 * final answer. */
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

static struct policy_step steps[3];
static struct policy_scenario scenario;
static struct policy policy;

/* D+3 friendly, D+10 notice, D+20 refers. */
static void write_policy(void)
{
    memcpy(steps, BENCH_STEPS, sizeof(BENCH_STEPS));
    steps[1].tone = RLC_TONE_FORMAL_NOTICE;
    steps[2].offset_days = 20;
    steps[2].tone = RLC_TONE_LEGAL;
    steps[2].refer = rlc_span_of("mise-en-demeure");
    steps[2].channel_count = 0;
    scenario = BENCH_SCENARIO;
    scenario.step = steps;
    policy = BENCH_POLICY;
    policy.scenario = &scenario;
}

/* F-1 over 1,000 EUR and F-2 over 500 EUR are in one case since 2025-02-20. */
static struct scenario_bench *fresh(void)
{
    static const struct policy *const POLICIES[] = { &policy };
    struct scenario_bench *bench;

    write_policy();
    bench = bench_new(POLICIES, 1, 1);
    bench_debtor(bench, BENCH_ZONE, "");
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_invoice(bench, "F-2", 50000, "2025-01-31");
    bench_days_until(bench, "2025-02-20", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 1);
    return bench;
}

static struct rlc_span case_of(struct scenario_bench *bench)
{
    return bench_legal(bench, 0)->case_referred.case_id;
}

static void propose(struct scenario_bench *bench, const char *step, uint32_t occurrence,
                    const char *not_after)
{
    static const struct rlc_document_ref BOTH[] = { { .document = { (const uint8_t *)"F-1", 3 } },
                                                    { .document = { (const uint8_t *)"F-2", 3 } } };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_CONTACT_PROPOSED,
                                      .contact_proposed = { .case_id = case_of(bench),
                                                            .step = rlc_span_of(step),
                                                            .occurrence = occurrence,
                                                            .channel = RLC_CHANNEL_EMAIL,
                                                            .tone = RLC_TONE_LEGAL,
                                                            .template_name = rlc_span_of("summons"),
                                                            .not_after_ms =
                                                                bench_instant(not_after, 10, 0),
                                                            .documents = BOTH,
                                                            .document_count = RLC_COUNT(BOTH) } };

    bench_send(bench, &event);
    bench_flush(bench);
}

static const struct rlc_contact_answered *last_answer(struct scenario_bench *bench)
{
    const struct rlc_legal_inbox *last = bench_legal(bench, bench_legals(bench) - 1);

    assert_int_equal(last->kind, RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED);
    return &last->contact_answered;
}

static size_t answers(struct scenario_bench *bench)
{
    size_t count = 0;

    for (size_t i = 0; i < bench_legals(bench); i++)
        count += bench_legal(bench, i)->kind == RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED;
    return count;
}

static bool says(struct rlc_span text, const char *wanted)
{
    return rlc_span_equal(text, rlc_span_of(wanted));
}

static void order(struct scenario_bench *bench, bool on)
{
    bench_command(
        bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_KILL_SWITCH, .kill_switch.on = on });
    bench_flush(bench);
}

/* ---- tests ---- */

static void a_proposal_becomes_one_message_about_what_is_still_owed(void **state)
{
    struct scenario_bench *bench = fresh();
    const struct rlc_contact_body *body;
    size_t before = bench_requests(bench);

    (void)state;
    bench_payment(bench, "P-1", 50000, "F-2");
    propose(bench, "last-word", 1, "2025-03-01");
    bench_days_until(bench, "2025-02-21", false);
    assert_int_equal(bench_requests(bench), before + 1);
    body = &bench_last_request(bench)->body;
    assert_true(rlc_span_equal(body->scenario, case_of(bench)));
    assert_true(says(body->step, "last-word"));
    assert_true(says(body->template_name, "summons"));
    assert_int_equal(body->tone, RLC_TONE_LEGAL);
    assert_int_equal(body->unknown_policy, RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN);
    assert_int_equal(body->line_count, 1);
    assert_true(says(body->lines[0].document, "F-1"));
    assert_int_equal(body->lines[0].open.minor, 100000);
    bench_free(bench);
}

static void legal_escalation_hears_that_it_was_accepted_and_what_was_sent(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    propose(bench, "last-word", 3, "2025-03-01");
    bench_days_until(bench, "2025-02-21", false);
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_int_equal(answers(bench), 1);
    assert_true(rlc_span_equal(last_answer(bench)->case_id, case_of(bench)));
    assert_true(says(last_answer(bench)->step, "last-word"));
    assert_int_equal(last_answer(bench)->occurrence, 3);
    assert_int_equal(last_answer(bench)->result, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_int_equal(last_answer(bench)->content_hash.bytes[0], 7);
    assert_int_equal(bench_account(bench)->proposal_count, 0);
    bench_days_until(bench, "2025-02-28", true);
    assert_int_equal(answers(bench), 1);
    bench_free(bench);
}

static void the_kill_switch_holds_it_back_and_says_so(void **state)
{
    struct scenario_bench *bench = fresh();
    size_t before = bench_requests(bench);

    (void)state;
    order(bench, true);
    propose(bench, "last-word", 1, "2025-03-01");
    bench_days_until(bench, "2025-02-22", true);
    assert_int_equal(bench_requests(bench), before);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_KILL_SWITCH), 2);
    order(bench, false);
    bench_days_until(bench, "2025-02-23", true);
    assert_int_equal(bench_requests(bench), before + 1);
    assert_int_equal(answers(bench), 1);
    bench_free(bench);
}

static void what_came_back_is_asked_again_under_the_same_action(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_action_id action;

    (void)state;
    propose(bench, "last-word", 1, "2025-03-01");
    bench_days_until(bench, "2025-02-21", false);
    action = bench_last_request(bench)->body.action;
    bench_return(bench, RLC_RETURN_REASON_ACCOUNT_CHANGED);
    assert_int_equal(answers(bench), 0);
    bench_days_until(bench, "2025-02-22", false);
    assert_memory_equal(&bench_last_request(bench)->body.action, &action, sizeof(action));
    assert_int_equal(bench_last_request(bench)->body.request_number, 2);
    bench_answer(bench, RLC_OUTCOME_RESULT_REFUSED);
    assert_int_equal(last_answer(bench)->result, RLC_OUTCOME_RESULT_REFUSED);
    bench_free(bench);
}

static void what_is_in_doubt_waits_for_a_person_and_is_not_sent_again(void **state)
{
    struct scenario_bench *bench = fresh();
    const struct rlc_contact_body *body;
    size_t requests;

    (void)state;
    propose(bench, "last-word", 1, "2025-03-01");
    bench_days_until(bench, "2025-02-21", false);
    bench_answer(bench, RLC_OUTCOME_RESULT_UNKNOWN);
    assert_int_equal(last_answer(bench)->result, RLC_OUTCOME_RESULT_UNKNOWN);
    requests = bench_requests(bench);
    bench_days_until(bench, "2025-02-27", true);
    assert_int_equal(bench_requests(bench), requests);
    body = &bench_last_request(bench)->body;
    bench_command(bench, &(struct rlc_command){
                             .kind = RLC_COMMAND_KIND_RESOLVE_UNKNOWN,
                             .resolve_unknown = { .action = body->action,
                                                  .request_number = body->request_number,
                                                  .result = RLC_OUTCOME_RESULT_ACCEPTED } });
    assert_int_equal(last_answer(bench)->result, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_int_equal(bench_account(bench)->proposal_count, 0);
    bench_free(bench);
}

static void a_proposal_whose_time_is_over_is_answered_with_expired(void **state)
{
    struct scenario_bench *bench = fresh();
    size_t before = bench_requests(bench);

    (void)state;
    order(bench, true);
    propose(bench, "last-word", 1, "2025-02-25");
    bench_days_until(bench, "2025-02-21", true);
    assert_int_equal(bench_debtor_record(bench)->wake_ms, bench_instant("2025-02-25", 10, 0));
    bench_days_until(bench, "2025-02-26", true);
    assert_int_equal(last_answer(bench)->suppression, RLC_SUPPRESSION_EXPIRED);
    order(bench, false);
    bench_days_until(bench, "2025-02-28", true);
    assert_int_equal(bench_requests(bench), before);
    assert_int_equal(answers(bench), 1);
    bench_free(bench);
}

static void a_proposal_about_what_is_paid_is_answered_with_paid(void **state)
{
    struct scenario_bench *bench = fresh();
    size_t before = bench_requests(bench);

    (void)state;
    propose(bench, "last-word", 1, "2025-03-01");
    bench_payment(bench, "P-1", 100000, "F-1");
    bench_payment(bench, "P-2", 50000, "F-2");
    bench_days_until(bench, "2025-02-22", true);
    assert_int_equal(bench_requests(bench), before);
    assert_int_equal(last_answer(bench)->suppression, RLC_SUPPRESSION_PAID);
    bench_free(bench);
}

static void the_next_step_takes_the_place_of_one_that_waits(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    order(bench, true);
    propose(bench, "last-word", 1, "2025-03-01");
    propose(bench, "last-word", 1, "2025-03-01");
    assert_int_equal(answers(bench), 0);
    propose(bench, "very-last-word", 1, "2025-03-01");
    assert_true(says(last_answer(bench)->step, "last-word"));
    assert_int_equal(last_answer(bench)->suppression, RLC_SUPPRESSION_STEP_GONE);
    order(bench, false);
    bench_days_until(bench, "2025-02-22", true);
    assert_true(says(last_answer(bench)->step, "very-last-word"));
    assert_int_equal(answers(bench), 2);
    bench_free(bench);
}

static void the_proposals_of_a_case_end_with_it(void **state)
{
    struct scenario_bench *bench = fresh();
    size_t before = bench_requests(bench);
    size_t acts = bench_account(bench)->act_count;
    struct rlc_debtor_event over = { .kind = RLC_EVENT_KIND_MILESTONE };

    (void)state;
    propose(bench, "first-word", 1, "2025-03-01");
    bench_days_until(bench, "2025-02-21", true);
    assert_int_equal(bench_requests(bench), before + 1);
    assert_int_equal(bench_account(bench)->act_count, acts + 1);
    order(bench, true);
    propose(bench, "last-word", 1, "2025-03-01");
    over.milestone =
        (struct rlc_milestone){ .case_id = case_of(bench), .code = rlc_span_of("CLOSED") };
    bench_send(bench, &over);
    order(bench, false);
    bench_days_until(bench, "2025-02-28", true);
    assert_int_equal(bench_requests(bench), before + 1);
    assert_int_equal(answers(bench), 1);
    assert_int_equal(bench_account(bench)->proposal_count, 0);
    assert_int_equal(bench_account(bench)->act_count, acts);
    propose(bench, "last-word", 2, "2025-03-01");
    assert_int_equal(bench_account(bench)->proposal_count, 0);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proposal_becomes_one_message_about_what_is_still_owed),
        cmocka_unit_test(legal_escalation_hears_that_it_was_accepted_and_what_was_sent),
        cmocka_unit_test(the_kill_switch_holds_it_back_and_says_so),
        cmocka_unit_test(what_came_back_is_asked_again_under_the_same_action),
        cmocka_unit_test(what_is_in_doubt_waits_for_a_person_and_is_not_sent_again),
        cmocka_unit_test(a_proposal_whose_time_is_over_is_answered_with_expired),
        cmocka_unit_test(a_proposal_about_what_is_paid_is_answered_with_paid),
        cmocka_unit_test(the_next_step_takes_the_place_of_one_that_waits),
        cmocka_unit_test(the_proposals_of_a_case_end_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
