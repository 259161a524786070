/* SPDX-License-Identifier: Apache-2.0 */
/* Until an act is filed: a notice, what a claim needs, and that nothing is filed for which nobody
 * with authority has said yes to exactly this claim. */
#include "tests/support/check.h"
#include "tests/support/legal_story.h"

/* ---- the notice ---- */

static void a_notice_is_proposed_and_an_unanswered_one_leads_to_court(void **state)
{
    struct legal_bench *bench = legal_story_begin();
    const struct rlc_contact_proposed *proposed;

    (void)state;
    legal_bench_refer(bench, "notice", NULL);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_CONTACT_PROPOSED), 1);
    proposed = &legal_bench_last(bench, RLC_AUDIT_KIND_CONTACT_PROPOSED)->contact_proposed;
    assert_true(legal_says(proposed->step, "notice"));
    assert_int_equal(proposed->document_count, 2);
    /* Until the end of the fifth day, on the clocks of the policy's zone. */
    assert_int_equal(proposed->not_after_ms, legal_bench_day("2026-04-07") * RLC_DAY_MS - 7200000);

    legal_bench_until(bench, "2026-04-02");
    legal_bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED, 1);
    legal_story_is_at(bench, "waiting");
    assert_int_equal(legal_bench_case(bench)->deadline_on, legal_bench_day("2026-04-10"));
    legal_bench_until(bench, "2026-04-10");
    legal_story_is_at(bench, "waiting");
    legal_bench_until(bench, "2026-04-11");
    legal_story_is_at(bench, "request");
    /* The notice is the proof that the order needs. */
    assert_int_equal(legal_bench_case(bench)->claim.proof_count, 2);
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 1);
    legal_bench_free(bench);
}

static void a_notice_that_never_left_gives_the_case_back(void **state)
{
    struct legal_bench *bench = legal_story_begin();

    (void)state;
    legal_bench_refer(bench, "notice", NULL);
    legal_bench_answer(bench, RLC_OUTCOME_RESULT_UNSPECIFIED, 1);
    legal_story_is_over(bench, "NOTICE_FAILED");
    legal_bench_free(bench);
}

static void a_notice_that_nobody_can_show_proves_nothing(void **state)
{
    struct legal_bench *bench = legal_story_begin();

    (void)state;
    legal_bench_refer(bench, "notice", NULL);
    legal_bench_answer_unkept(bench, 1);
    legal_story_is_at(bench, "waiting");
    assert_int_equal(legal_bench_case(bench)->claim.proof_count, 0);
    legal_bench_free(bench);
}

static void a_reminder_is_no_formal_notice(void **state)
{
    struct legal_bench *bench = legal_story_begin();

    (void)state;
    legal_bench_refer(bench, "claim", NULL);
    legal_bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED, 1);
    legal_story_is_at(bench, "claim");
    assert_int_equal(legal_bench_case(bench)->claim.proof_count, 0);
    legal_bench_free(bench);
}

static void an_answer_to_another_proposal_moves_nothing(void **state)
{
    struct legal_bench *bench = legal_story_begin();

    (void)state;
    legal_bench_refer(bench, "notice", NULL);
    legal_bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED, 2);
    legal_story_is_at(bench, "notice");
    legal_bench_free(bench);
}

static void a_procedure_that_the_bundle_does_not_have_gives_the_case_back(void **state)
{
    struct legal_bench *bench = legal_story_begin();

    (void)state;
    legal_bench_refer(bench, "ordeal", "2026-03-20");
    legal_story_is_over(bench, "NO_PROCEDURE");
    legal_bench_free(bench);
}

/* ---- certain, liquid, due ---- */

static void no_act_without_the_proof_that_it_needs(void **state)
{
    struct legal_bench *bench = legal_story_begin();

    (void)state;
    legal_bench_refer(bench, "order", NULL);
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 0);
    assert_int_equal(legal_bench_milestones(bench, "BLOCKED"), 1);
    assert_true(legal_says(legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved.rule,
                           "CERTAIN_PROOF"));
    legal_bench_change(bench, "F-2", 40000, 0, "PAID");
    assert_int_equal(legal_bench_milestones(bench, "BLOCKED"), 1);
    legal_bench_free(bench);
}

static void an_act_waits_until_the_notice_had_its_days(void **state)
{
    struct legal_bench *bench = legal_story_begin();

    (void)state;
    legal_bench_refer(bench, "order", "2026-04-01");
    legal_bench_until(bench, "2026-04-08");
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 0);
    legal_bench_until(bench, "2026-04-09");
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 1);
    legal_bench_free(bench);
}

static void a_dispute_stops_an_act_and_its_end_asks_again(void **state)
{
    struct legal_bench *bench = legal_story_asked();

    (void)state;
    legal_story_approve(bench);
    assert_true(legal_is_ready(legal_bench_case(bench)));
    legal_bench_change(bench, "F-1", 80000, 20000, "DISPUTED");
    assert_false(legal_is_ready(legal_bench_case(bench)));
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 0);
    legal_bench_change(bench, "F-1", 100000, 0, "REOPENED");
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 2);
    assert_false(legal_is_ready(legal_bench_case(bench)));
    legal_bench_change(bench, "F-1", 80000, 20000, "DISPUTED");
    assert_int_equal(legal_bench_milestones(bench, "BLOCKED"), 2);
    legal_bench_free(bench);
}

static void a_case_that_is_disputed_as_a_whole_goes_back(void **state)
{
    struct legal_bench *bench = legal_story_asked();

    (void)state;
    legal_bench_change(bench, "F-1", 0, 100000, "DISPUTED");
    legal_bench_change(bench, "F-2", 0, 50000, "DISPUTED");
    legal_story_is_over(bench, "DISPUTED");
    legal_bench_free(bench);
}

/* ---- approvals ---- */

static void what_is_approved_is_filed_once_with_the_claim_and_the_signature(void **state)
{
    struct legal_bench *bench = legal_story_filed();
    const struct rlc_filed *act = &legal_bench_last(bench, RLC_AUDIT_KIND_FILED)->filed;
    const struct rlc_coordinates *cause =
        &legal_bench_last(bench, RLC_AUDIT_KIND_FILED)->causation.at;

    (void)state;
    assert_true(legal_says(act->act, "FILE"));
    assert_true(legal_says(act->approver, "head"));
    assert_int_equal(act->signature.size, 2);
    assert_int_equal(act->claim.line_count, 2);
    assert_int_equal(act->claim.totals[0].open.minor, 150000);
    assert_int_equal(act->look.watermark, 41);
    assert_int_equal(act->filing.size, 32);
    assert_true(legal_says(cause->topic, "debtor-events"));
    assert_int_equal(cause->offset, legal_bench_sent(bench));
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 1);
    legal_bench_free(bench);
}

static void a_look_at_another_claim_files_nothing(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_hash before = legal_bench_case(bench)->claim.claim_hash;

    (void)state;
    legal_bench_change(bench, "F-2", 40000, 0, "PAID");
    legal_story_approve(bench);
    legal_bench_file_claim(bench, &before);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 0);
    assert_true(legal_is_ready(legal_bench_case(bench)));
    legal_bench_free(bench);
}

static void what_became_unclear_since_the_approval_is_not_filed(void **state)
{
    struct legal_bench *bench = legal_story_begin();

    (void)state;
    legal_bench_refer(bench, "claim", NULL);
    legal_bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED, 1);
    legal_story_approve(bench);
    /* No rate of interest is known for then. */
    legal_bench_until(bench, "2150-01-01");
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 0);
    assert_true(legal_says(legal_bench_case(bench)->blocked, "LIQUID_RATE_MISSING"));
    legal_bench_free(bench);
}

static void a_filing_shows_interest_and_the_day_by_which_it_is_to_be_answered(void **state)
{
    struct legal_bench *bench = legal_story_begin();
    const struct rlc_filed *act;

    (void)state;
    legal_bench_refer(bench, "claim", NULL);
    legal_bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED, 1);
    legal_story_approve(bench);
    legal_bench_until(bench, "2026-04-30");
    legal_bench_file(bench);
    act = &legal_bench_last(bench, RLC_AUDIT_KIND_FILED)->filed;
    /* 1,000 and 500 EUR, 30 days at 12.15 %. */
    assert_int_equal(act->claim.lines[0].interest.minor, 999);
    assert_int_equal(act->claim.totals[0].interest.minor, 1498);
    assert_int_equal(act->claim.lines[0].segment_count, 1);
    assert_int_equal(act->claim.lines[0].segments[0].interest.minor, 999);
    assert_int_equal(act->claim.totals[0].indemnity.minor, 8000);
    assert_int_equal(act->answer_by_on, legal_bench_day("2026-05-08"));
    legal_bench_free(bench);
}

static void nothing_is_filed_without_an_approval(void **state)
{
    struct legal_bench *bench = legal_story_asked();

    (void)state;
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 0);
    legal_bench_free(bench);
}

static void expect_refusal(const char *actor, char key, const char *act, const char *rule)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_command approval = legal_bench_approval(bench, actor, key, act);

    legal_bench_command(bench, &approval);
    assert_string_equal(legal_story_refused_by(bench), rule);
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_REFUSED"), 1);
    assert_true(
        legal_says(legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved.command, "c0"));
    assert_true(
        legal_says(legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved.rule, rule));
    assert_false(legal_is_ready(legal_bench_case(bench)));
    legal_bench_free(bench);
}

static void an_approval_with_another_key_or_without_authority_does_not_bind(void **state)
{
    (void)state;
    expect_refusal("head", 'j', "FILE", "WRONG_KEY");
    expect_refusal("nobody", 'h', "FILE", "NO_AUTHORITY");
    expect_refusal("junior", 'j', "FILE", "NO_AUTHORITY"); /* one cent too much */
    expect_refusal("lawyer", 'l', "FILE", "NO_AUTHORITY"); /* not this act */
    expect_refusal("lawyer", 'l', "SUE", "NOT_ASKED");
}

static void an_approval_without_a_signature_does_not_bind(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_command approval = legal_bench_approval(bench, "head", 'h', "FILE");

    (void)state;
    approval.signature = (struct rlc_span){ NULL, 0 };
    legal_bench_command(bench, &approval);
    assert_string_equal(legal_story_refused_by(bench), "NO_SIGNATURE");
    approval = legal_bench_approval(bench, "head", 'h', "FILE");
    approval.signing_key = (struct rlc_span){ NULL, 0 };
    legal_bench_command(bench, &approval);
    assert_string_equal(legal_story_refused_by(bench), "NO_SIGNATURE");
    approval = legal_bench_approval(bench, "head", 'h', "FILE");
    approval.signing_key = rlc_span_of("k2");
    legal_bench_command(bench, &approval);
    assert_string_equal(legal_story_refused_by(bench), "WRONG_KEY");
    assert_false(legal_is_ready(legal_bench_case(bench)));
    legal_bench_free(bench);
}

static void an_approval_of_a_claim_that_changed_does_not_bind(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_command approval = legal_bench_approval(bench, "head", 'h', "FILE");

    (void)state;
    legal_bench_change(bench, "F-2", 49999, 0, "PAID");
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 2);
    legal_bench_command(bench, &approval);
    assert_string_equal(legal_story_refused_by(bench), "STALE_CLAIM");
    assert_false(legal_is_ready(legal_bench_case(bench)));
    legal_bench_free(bench);
}

static void an_approval_that_expired_or_comes_twice_does_not_bind(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_command approval = legal_bench_approval(bench, "head", 'h', "FILE");

    (void)state;
    approval.expires_at_ms = 1;
    legal_bench_command(bench, &approval);
    assert_string_equal(legal_story_refused_by(bench), "EXPIRED");
    legal_story_approve(bench);
    legal_story_approve(bench);
    assert_string_equal(legal_story_refused_by(bench), "DUPLICATE");
    assert_true(legal_says(legal_bench_case(bench)->approval.command, "c1"));
    legal_bench_free(bench);
}

static void who_may_approve_may_refuse(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_command refusal = legal_bench_approval(bench, "head", 'h', "FILE");

    (void)state;
    refusal.kind = RLC_COMMAND_KIND_REFUSE;
    legal_bench_command(bench, &refusal);
    legal_story_is_over(bench, "GIVEN_UP");
    legal_bench_free(bench);
}

static void a_command_about_a_case_that_is_over_is_recorded(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_command approval = legal_bench_approval(bench, "head", 'h', "FILE");

    (void)state;
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    legal_bench_change(bench, "F-2", 0, 0, "PAID");
    legal_bench_command(bench, &approval);
    assert_string_equal(legal_story_refused_by(bench), "UNKNOWN_CASE");
    legal_bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_is_proposed_and_an_unanswered_one_leads_to_court),
        cmocka_unit_test(a_notice_that_never_left_gives_the_case_back),
        cmocka_unit_test(a_notice_that_nobody_can_show_proves_nothing),
        cmocka_unit_test(a_reminder_is_no_formal_notice),
        cmocka_unit_test(an_answer_to_another_proposal_moves_nothing),
        cmocka_unit_test(a_procedure_that_the_bundle_does_not_have_gives_the_case_back),
        cmocka_unit_test(no_act_without_the_proof_that_it_needs),
        cmocka_unit_test(an_act_waits_until_the_notice_had_its_days),
        cmocka_unit_test(a_dispute_stops_an_act_and_its_end_asks_again),
        cmocka_unit_test(a_case_that_is_disputed_as_a_whole_goes_back),
        cmocka_unit_test(what_is_approved_is_filed_once_with_the_claim_and_the_signature),
        cmocka_unit_test(a_look_at_another_claim_files_nothing),
        cmocka_unit_test(what_became_unclear_since_the_approval_is_not_filed),
        cmocka_unit_test(a_filing_shows_interest_and_the_day_by_which_it_is_to_be_answered),
        cmocka_unit_test(nothing_is_filed_without_an_approval),
        cmocka_unit_test(an_approval_with_another_key_or_without_authority_does_not_bind),
        cmocka_unit_test(an_approval_without_a_signature_does_not_bind),
        cmocka_unit_test(an_approval_of_a_claim_that_changed_does_not_bind),
        cmocka_unit_test(an_approval_that_expired_or_comes_twice_does_not_bind),
        cmocka_unit_test(who_may_approve_may_refuse),
        cmocka_unit_test(a_command_about_a_case_that_is_over_is_recorded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
