/* SPDX-License-Identifier: Apache-2.0 */
/* From the filing on: payments that recall it, deadlines of the law, and what people record. */
#include "tests/support/check.h"
#include "tests/support/legal_story.h"

/* ---- payments ---- */

static void a_payment_before_the_filing_leaves_nothing_to_file(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_hash seen = legal_bench_case(bench)->claim.claim_hash;

    (void)state;
    legal_story_approve(bench);
    legal_bench_change(bench, "F-2", 0, 0, "PAID");
    assert_memory_not_equal(&seen, &legal_bench_case(bench)->claim.claim_hash, sizeof(seen));
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 0);
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    legal_story_is_over(bench, "SETTLED");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 0);
    legal_bench_free(bench);
}

static void a_part_payment_after_the_filing_recalls_it_and_asks_again(void **state)
{
    struct legal_bench *bench = legal_story_filed();
    struct rlc_span first = legal_bench_last(bench, RLC_AUDIT_KIND_FILED)->filed.filing;
    const struct rlc_recalled *recalled;

    (void)state;
    legal_bench_change(bench, "F-2", 20000, 0, "PAID");
    recalled = &legal_bench_last(bench, RLC_AUDIT_KIND_RECALLED)->recalled;
    assert_true(rlc_span_equal(recalled->filing, first));
    assert_int_equal(recalled->open.minor, 120000);
    assert_true(legal_says(recalled->reason, "PAID"));
    assert_true(legal_says(recalled->document, "F-2"));
    legal_story_is_at(bench, "request");
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 2);
    legal_bench_change(bench, "F-2", 10000, 0, "PAID");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    legal_story_approve(bench);
    legal_bench_file(bench);
    assert_false(
        rlc_span_equal(legal_bench_last(bench, RLC_AUDIT_KIND_FILED)->filed.filing, first));
    legal_bench_free(bench);
}

static void a_filing_is_recalled_once(void **state)
{
    struct legal_bench *bench = legal_story_filed();

    (void)state;
    legal_bench_change(bench, "F-2", 0, 0, "PAID");
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    legal_story_is_over(bench, "SETTLED");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    legal_bench_free(bench);
}

static void a_full_payment_after_the_filing_recalls_it_and_ends_the_case(void **state)
{
    struct legal_bench *bench = legal_story_ordered("2026-05-04");

    (void)state;
    legal_bench_change(bench, "F-2", 0, 0, "PAID");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 0); /* the order stands */
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    assert_int_equal(legal_bench_last(bench, RLC_AUDIT_KIND_RECALLED)->recalled.open.minor, 0);
    legal_story_is_over(bench, "SETTLED");
    legal_bench_free(bench);
}

static void more_that_is_owed_recalls_nothing(void **state)
{
    struct legal_bench *bench = legal_story_filed();

    (void)state;
    legal_bench_change(bench, "F-2", 60000, 0, "AMENDED");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 0);
    legal_story_is_at(bench, "at-court");
    legal_bench_free(bench);
}

static void a_command_and_an_insolvency_recall_what_was_filed(void **state)
{
    struct legal_bench *bench = legal_story_filed();
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_CASE_RECALLED,
                                       .case_recalled = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                                          .reason = rlc_span_of("COMMAND") } };

    (void)state;
    legal_bench_send(bench, &message);
    assert_true(
        legal_says(legal_bench_last(bench, RLC_AUDIT_KIND_RECALLED)->recalled.reason, "COMMAND"));
    legal_story_is_over(bench, "RECALLED");
    legal_bench_free(bench);

    bench = legal_story_filed();
    message = (struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_PARTY_CHANGED,
                                        .party_changed = {
                                            .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                            .debtor = { .status = RLC_PARTY_STATUS_SAFEGUARD } } };
    legal_bench_send(bench, &message);
    assert_true(
        legal_says(legal_bench_last(bench, RLC_AUDIT_KIND_RECALLED)->recalled.reason, "INSOLVENT"));
    legal_story_is_over(bench, "INSOLVENT");
    legal_bench_free(bench);
}

/* ---- deadlines ---- */

static void an_order_is_void_when_it_is_not_served_in_time(void **state)
{
    static const struct {
        const char *order;
        const char *last;
        const char *after;
    } ORDERS[] = { { "2026-08-20", "2027-02-22", "2027-03-05" },
                   { "2026-09-03", "2026-12-03", "2026-12-14" } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ORDERS); i++) {
        struct legal_bench *bench = legal_story_ordered(ORDERS[i].order);

        assert_int_equal(legal_bench_case(bench)->deadline_on, legal_bench_day(ORDERS[i].last));
        assert_int_equal(legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved.deadline_on,
                         legal_bench_day(ORDERS[i].last));
        legal_bench_until(bench, ORDERS[i].last);
        legal_bench_change(bench, "F-2", 40000, 0, "PAID");
        legal_story_is_at(bench, "ordered");
        assert_int_equal(legal_bench_milestones(bench, "DEADLINE_NEAR"), 3);
        legal_bench_until(bench, ORDERS[i].after);
        legal_story_is_over(bench, "ORDER_VOID");
        legal_bench_free(bench);
    }
}

static void what_was_done_in_time_may_be_recorded_a_little_later(void **state)
{
    struct legal_bench *bench = legal_story_ordered("2026-09-03");

    (void)state;
    legal_bench_until(bench, "2026-12-13");
    legal_story_is_at(bench, "ordered");
    legal_bench_record(bench, "SERVED", "2026-12-04");
    assert_string_equal(legal_story_refused_by(bench), "AFTER_DEADLINE");
    legal_bench_record(bench, "SERVED", "2026-12-03");
    legal_story_is_at(bench, "served");
    legal_bench_free(bench);
}

static void the_day_of_a_deadline_belongs_to_it(void **state)
{
    struct legal_bench *bench = legal_story_ordered("2026-09-03");

    (void)state;
    legal_bench_until(bench, "2026-10-15");
    legal_bench_record(bench, "SERVED", "2026-10-15");
    legal_bench_until(bench, "2026-12-15");
    legal_bench_change(bench, "F-2", 40000, 0, "PAID");
    legal_story_is_at(bench, "served");
    legal_bench_free(bench);
}

static void a_warning_comes_on_its_day_and_those_missed_come_as_one(void **state)
{
    struct legal_bench *bench = legal_story_ordered("2026-09-03");

    (void)state;
    legal_bench_until(bench, "2026-11-02");
    assert_int_equal(legal_bench_milestones(bench, "DEADLINE_NEAR"), 0);
    legal_bench_until(bench, "2026-11-03");
    assert_int_equal(legal_bench_milestones(bench, "DEADLINE_NEAR"), 1);
    legal_bench_free(bench);

    /* Recorded ten days before the end: the first two are due, and said once. */
    bench = legal_story_filed();
    legal_bench_until(bench, "2026-11-23");
    legal_bench_record(bench, "ORDER_GRANTED", "2026-09-03");
    assert_int_equal(legal_bench_milestones(bench, "DEADLINE_NEAR"), 1);
    assert_int_equal(legal_bench_case(bench)->warned, 2);
    /* The next state has warnings of its own. */
    legal_bench_record(bench, "SERVED", "2026-11-23");
    legal_bench_until(bench, "2026-12-24");
    assert_int_equal(legal_bench_milestones(bench, "DEADLINE_NEAR"), 2);
    legal_bench_free(bench);
}

static void an_order_that_nobody_opposed_is_enforceable_by_the_law_of_its_day(void **state)
{
    static const struct {
        const char *order;
        const char *enforce;
        const char *after;
    } ORDERS[] = { { "2026-08-20", "2026-11-16", "2026-11-17" },
                   { "2026-09-03", "2026-12-15", "2026-12-16" } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ORDERS); i++) {
        struct legal_bench *bench = legal_story_ordered(ORDERS[i].order);

        legal_bench_until(bench, "2026-10-16");
        legal_bench_record(bench, "SERVED", "2026-10-15");
        assert_int_equal(legal_bench_case(bench)->deadline_on, legal_bench_day(ORDERS[i].enforce));
        legal_bench_until(bench, ORDERS[i].enforce);
        legal_story_is_at(bench, "served");
        legal_bench_until(bench, ORDERS[i].after);
        legal_story_is_at(bench, "enforceable");
        legal_bench_free(bench);
    }
}

static void an_opposition_ends_the_procedure(void **state)
{
    struct legal_bench *bench = legal_story_ordered("2026-09-03");

    (void)state;
    legal_bench_until(bench, "2026-10-16");
    legal_bench_record(bench, "SERVED", "2026-10-15");
    legal_bench_record(bench, "OPPOSED", "2026-10-16");
    legal_story_is_over(bench, "OPPOSED");
    legal_bench_free(bench);
}

static void what_cannot_have_happened_is_refused(void **state)
{
    static const struct {
        const char *act;
        const char *on;
        const char *rule;
    } ACTS[] = {
        { "OPPOSED", "2026-10-01", "NOT_EXPECTED" },
        { "DEADLINE", "2026-10-01", "NOT_EXPECTED" },
        { "SERVED", "2026-12-01", "FUTURE_DATE" },
        { "SERVED", "2026-09-02", "BEFORE_LAST" },
    };
    struct legal_bench *bench = legal_story_ordered("2026-09-03");

    (void)state;
    legal_bench_until(bench, "2026-10-16");
    for (size_t i = 0; i < RLC_COUNT(ACTS); i++) {
        legal_bench_record(bench, ACTS[i].act, ACTS[i].on);
        assert_string_equal(legal_story_refused_by(bench), ACTS[i].rule);
        assert_int_equal(legal_bench_milestones(bench, "ACT_REFUSED"), i + 1);
    }
    legal_story_is_at(bench, "ordered");
    legal_bench_free(bench);
}

static void a_deadline_whose_law_nobody_knows_is_said_and_not_guessed(void **state)
{
    struct legal_bench *bench = legal_story_filed();

    (void)state;
    legal_story_policy()->rule_count = 0;
    legal_bench_until(bench, "2026-09-03");
    legal_bench_record(bench, "ORDER_GRANTED", "2026-09-03");
    legal_story_is_at(bench, "ordered");
    assert_int_equal(legal_bench_case(bench)->deadline_on, RLC_DAY_NONE);
    assert_int_equal(legal_bench_milestones(bench, "BLOCKED"), 1);
    legal_bench_free(bench);
}

static void a_referral_that_comes_again_changes_nothing(void **state)
{
    struct legal_bench *bench = legal_story_filed();

    (void)state;
    legal_bench_refer(bench, "order", "2026-03-20");
    legal_story_is_at(bench, "at-court");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_CASE_OPENED), 1);
    legal_bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payment_before_the_filing_leaves_nothing_to_file),
        cmocka_unit_test(a_part_payment_after_the_filing_recalls_it_and_asks_again),
        cmocka_unit_test(a_filing_is_recalled_once),
        cmocka_unit_test(a_full_payment_after_the_filing_recalls_it_and_ends_the_case),
        cmocka_unit_test(more_that_is_owed_recalls_nothing),
        cmocka_unit_test(a_command_and_an_insolvency_recall_what_was_filed),
        cmocka_unit_test(an_order_is_void_when_it_is_not_served_in_time),
        cmocka_unit_test(what_was_done_in_time_may_be_recorded_a_little_later),
        cmocka_unit_test(the_day_of_a_deadline_belongs_to_it),
        cmocka_unit_test(a_warning_comes_on_its_day_and_those_missed_come_as_one),
        cmocka_unit_test(an_order_that_nobody_opposed_is_enforceable_by_the_law_of_its_day),
        cmocka_unit_test(an_opposition_ends_the_procedure),
        cmocka_unit_test(what_cannot_have_happened_is_refused),
        cmocka_unit_test(a_deadline_whose_law_nobody_knows_is_said_and_not_guessed),
        cmocka_unit_test(a_referral_that_comes_again_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
