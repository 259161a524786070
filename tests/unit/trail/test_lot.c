/* SPDX-License-Identifier: Apache-2.0 */
/* What is a contact behind something known, and what is none. */
#include "lot.h"

#include <assert.h>
#include <string.h>

#include "common/wire/words.h"
#include "tests/support/check.h"
#include "tests/support/tale.h"

static struct lot *lot;
static struct tale tale;

struct heard {
    struct lot_finding first;
    size_t count;
};

static void hear(void *context, const struct lot_finding *finding)
{
    struct heard *heard = context;

    if (heard->count++ == 0)
        heard->first = *finding;
}

static struct lot_verdict judge(bool at_rest, struct heard *heard)
{
    struct lot_verdict verdict = { .at_rest = at_rest, .on_finding = hear, .context = heard };

    *heard = (struct heard){ .count = 0 };
    lot_begin(lot, tale.partition);
    for (size_t i = 0; i < tale.record_count; i++)
        assert_true(lot_add(lot, &tale.records[i], (int64_t)i));
    assert_true(lot_close(lot));
    for (size_t i = 0; i < tale.record_count && !lot_has_passed_contacts(lot); i++)
        lot_take_contact(lot, &tale.records[i], (int64_t)i);
    for (size_t i = 0; i < tale.fact_count && !lot_has_passed_facts(lot); i++)
        assert_true(lot_take_fact(lot, &tale.facts[i]));
    lot_judge(lot, &verdict);
    assert_int_equal(verdict.behind + verdict.out_of_order, heard->count);
    return verdict;
}

static void assert_clean(void)
{
    struct heard heard;

    (void)judge(true, &heard);
    if (heard.count > 0)
        print_error("%s\n", lot_fault_name(heard.first.fault));
    assert_int_equal(heard.count, 0);
}

/* One finding, about that record, because of what stands at `known_off`. */
static struct lot_finding assert_found(enum lot_fault fault, int64_t off, int64_t known_off)
{
    struct heard heard;

    (void)judge(true, &heard);
    assert_int_equal(heard.count, 1);
    assert_string_equal(lot_fault_name(heard.first.fault), lot_fault_name(fault));
    assert_int_equal(heard.first.off, off);
    assert_int_equal(heard.first.known_off, known_off);
    return heard.first;
}

static int begin(void **state)
{
    (void)state;
    tale_begin(&tale, 3);
    tale_issued(&tale, 10, "F1", 10000);
    return 0;
}

/* ---- payments ---- */

static void a_contact_about_what_is_open_is_fine(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    assert_clean();
}

static void a_contact_behind_a_payment_below_its_watermark_is_found(void **state)
{
    struct lot_finding finding;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_moved(&tale, 19, "F1", 0, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    finding = assert_found(LOT_BEHIND_PAYMENT, 0, 19);
    assert_string_equal(finding.cause, "PAID");
    assert_true(rlc_span_equal(finding.object, rlc_span_of("P1")));
    assert_true(rlc_span_equal(finding.document, rlc_span_of("F1")));
    assert_true(rlc_span_equal(finding.debtor, rlc_span_of("D1")));
    assert_int_equal(finding.asked.minor, 10000);
    assert_int_equal(finding.open.minor, 0);
    assert_int_equal(finding.watermark, 20);
    assert_int_equal(finding.partition, 3);
}

static void a_payment_at_the_watermark_was_not_known(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_moved(&tale, 20, "F1", 0, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    assert_clean();
}

static void whatever_makes_less_open_counts_like_a_payment(void **state)
{
    static const enum rlc_receivable_cause CAUSES[] = {
        RLC_RECEIVABLE_CAUSE_CANCELLED,
        RLC_RECEIVABLE_CAUSE_CREDITED,
        RLC_RECEIVABLE_CAUSE_WRITTEN_OFF,
        RLC_RECEIVABLE_CAUSE_AMENDED,
    };

    for (size_t i = 0; i < RLC_COUNT(CAUSES); i++) {
        (void)begin(state);
        (void)tale_attempt(&tale, 1, 20, "F1", 10000);
        tale_moved(&tale, 15, "F1", 9999, CAUSES[i], "X");
        assert_string_equal(assert_found(LOT_BEHIND_PAYMENT, 0, 15).cause,
                            rlc_word(RLC_VOCABULARY_RECEIVABLE_CAUSE, (int32_t)CAUSES[i]));
    }
}

static void after_a_part_payment_only_the_rest_may_be_asked_for(void **state)
{
    (void)state;
    tale_moved(&tale, 12, "F1", 4000, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    (void)tale_attempt(&tale, 1, 20, "F1", 4000);
    assert_clean();
    (void)tale_attempt(&tale, 2, 20, "F1", 4001);
    (void)assert_found(LOT_BEHIND_PAYMENT, 1, 12);
}

static void a_payment_undone_below_the_watermark_may_be_asked_for_again(void **state)
{
    (void)state;
    tale_moved(&tale, 12, "F1", 0, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    tale_moved(&tale, 14, "F1", 10000, RLC_RECEIVABLE_CAUSE_PAYMENT_UNDONE, "P1");
    (void)tale_attempt(&tale, 1, 15, "F1", 10000);
    assert_clean();
}

static void what_was_never_owed_may_not_be_asked_for(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F2", 10000);
    assert_null(assert_found(LOT_BEHIND_PAYMENT, 0, -1).cause);
}

static void neither_another_debtor_nor_another_creditor_pays_for_it(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale.debtor = "D2";
    tale_moved(&tale, 15, "F1", 0, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    tale.debtor = "D1";
    tale_moved(&tale, 16, "F1", 0, RLC_RECEIVABLE_CAUSE_PAID, "P2");
    tale.facts[2].envelope.creditor = rlc_span_of("DE");
    assert_clean();
}

static void another_currency_is_no_more_than_what_is_open(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 1);
    memcpy(tale.lines[0].open.currency, "SEK", 4);
    (void)assert_found(LOT_BEHIND_PAYMENT, 0, 10);
}

static void a_lower_watermark_behind_a_higher_one_is_judged_by_its_own(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 12, "F1", 10000);
    tale_moved(&tale, 13, "F1", 4000, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    (void)tale_attempt(&tale, 2, 20, "F1", 4000);
    *tale_attempt(&tale, 3, 13, "F1", 10000) = tale.records[0];
    tale.records[2].attempted.action.bytes[0] = 3;
    assert_clean();
}

static void a_forwarded_event_is_known_from_where_it_was_read(void **state)
{
    (void)state;
    tale_moved(&tale, 900, "F1", 0, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    tale.facts[1].envelope.causation.at.partition = 5;
    tale_moved(&tale, 21, "F9", 1, RLC_RECEIVABLE_CAUSE_PAID, "P2");
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    (void)assert_found(LOT_BEHIND_PAYMENT, 0, 10);
}

/* ---- what suspends ---- */

static void a_contact_under_an_open_cash_suspicion_is_found(void **state)
{
    struct lot_finding finding;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_agreement(&tale, 15, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "S1", NULL)
        ->reason = rlc_span_of("CASH_SUSPECTED");
    finding = assert_found(LOT_BEHIND_SUSPENSION, 0, 15);
    assert_string_equal(finding.cause, "HOLD");
    assert_true(rlc_span_equal(finding.reason, rlc_span_of("CASH_SUSPECTED")));
    assert_true(rlc_span_equal(finding.object, rlc_span_of("S1")));
}

static void a_hold_that_was_planned_for_later_is_left_to_scenario(void **state)
{
    (void)state;
    tale_agreement(&tale, 15, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "H1", NULL)
        ->from_ms = TALE_MS + 1;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    assert_clean();
}

static void a_suspicion_that_was_cleared_or_has_run_out_or_came_later_is_none(void **state)
{
    (void)state;
    (void)tale_agreement(&tale, 12, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "S1",
                         NULL);
    (void)tale_agreement(&tale, 13, RLC_FACT_KIND_AGREEMENT_CLOSED, RLC_AGREEMENT_KIND_HOLD, "S1",
                         NULL);
    tale_agreement(&tale, 14, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "S2", NULL)
        ->until_ms = TALE_MS;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    (void)tale_agreement(&tale, 20, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "S3",
                         NULL);
    assert_clean();
}

static void the_end_of_one_suspicion_is_not_the_end_of_another(void **state)
{
    (void)state;
    (void)tale_agreement(&tale, 12, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "S1",
                         NULL);
    (void)tale_agreement(&tale, 13, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "S2",
                         NULL);
    (void)tale_agreement(&tale, 14, RLC_FACT_KIND_AGREEMENT_CLOSED, RLC_AGREEMENT_KIND_HOLD, "S2",
                         NULL);
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    (void)assert_found(LOT_BEHIND_SUSPENSION, 0, 12);
}

static void of_a_document_in_part_disputed_only_the_rest_may_be_asked_for(void **state)
{
    (void)state;
    tale_agreement(&tale, 12, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_DISPUTE, "L1",
                   "F1")
        ->amount = (struct rlc_money){ 3000, "EUR" };
    (void)tale_attempt(&tale, 1, 20, "F1", 7000);
    assert_clean();
    (void)tale_attempt(&tale, 2, 20, "F1", 7001);
    assert_string_equal(assert_found(LOT_BEHIND_SUSPENSION, 1, 12).cause, "DISPUTE");
}

static void a_promise_about_one_document_does_not_keep_another_silent(void **state)
{
    (void)state;
    tale_issued(&tale, 11, "F2", 500);
    /* What was promised does not bound what is held back. */
    tale_agreement(&tale, 12, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_PROMISE, "V1",
                   "F2")
        ->amount = (struct rlc_money){ 100, "EUR" };
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    assert_clean();
    (void)tale_attempt(&tale, 2, 20, "F2", 400);
    (void)assert_found(LOT_BEHIND_SUSPENSION, 1, 12);
}

static void an_agreement_that_moved_to_another_document_leaves_the_first(void **state)
{
    (void)state;
    tale_issued(&tale, 11, "F2", 500);
    (void)tale_agreement(&tale, 12, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "H1",
                         "F1");
    (void)tale_agreement(&tale, 13, RLC_FACT_KIND_AGREEMENT_CHANGED, RLC_AGREEMENT_KIND_HOLD, "H1",
                         "F2");
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    assert_clean();
    (void)tale_attempt(&tale, 2, 20, "F2", 500);
    (void)assert_found(LOT_BEHIND_SUSPENSION, 1, 13);
}

static void a_hold_on_an_account_keeps_that_account_silent(void **state)
{
    struct rlc_agreement_fact *hold;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    hold = tale_agreement(&tale, 15, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "H1",
                          NULL);
    hold->reach = RLC_REACH_ACCOUNT;
    tale.facts[1].envelope.creditor = rlc_span_of("FR");
    (void)assert_found(LOT_BEHIND_SUSPENSION, 0, 15);
    tale.facts[1].envelope.creditor = rlc_span_of("DE");
    tale.facts[1].envelope.epochs = (struct rlc_epochs){ 1, 1, 1 };
    assert_clean();
}

/* ---- epochs ---- */

static void any_other_change_is_told_by_its_epoch(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale.epochs.debtor++;
    (void)tale_fact(&tale, 18, RLC_FACT_KIND_CONTACT_CHANGED);
    (void)tale_fact(&tale, 19, RLC_FACT_KIND_CONTACT_CHANGED);
    (void)assert_found(LOT_BEHIND_CHANGE, 0, 18);
    tale.facts[1].envelope.epochs.debtor = tale.facts[2].envelope.epochs.debtor = 1;
    assert_clean();
    tale.facts[1].envelope.epochs.account = 2;
    (void)assert_found(LOT_BEHIND_CHANGE, 0, 18);
    tale.facts[1].envelope.creditor = rlc_span_of("DE");
    assert_clean();
    tale.facts[1].envelope.epochs.scope_revision = 2;
    (void)assert_found(LOT_BEHIND_CHANGE, 0, 18);
}

/* ---- the order of a request ---- */

static void a_contact_that_ends_was_attempted_before(void **state)
{
    (void)state;
    tale_ended(&tale, 1, RLC_OUTCOME_RESULT_ACCEPTED);
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_ended(&tale, 1, RLC_OUTCOME_RESULT_ACCEPTED);
    tale.records[1].attempted.request_number = tale.records[2].contact_ended.request_number = 2;
    (void)assert_found(LOT_NO_ATTEMPT, 0, -1);
}

static void a_contact_that_may_have_arrived_is_not_attempted_again(void **state)
{
    static const enum rlc_outcome_result RESULTS[] = { RLC_OUTCOME_RESULT_ACCEPTED,
                                                       RLC_OUTCOME_RESULT_REFUSED,
                                                       RLC_OUTCOME_RESULT_DEFERRED };

    for (size_t i = 0; i < RLC_COUNT(RESULTS); i++) {
        (void)begin(state);
        (void)tale_attempt(&tale, 1, 20, "F1", 10000);
        tale_transfer(&tale, 1, RESULTS[i]);
        tale_ended(&tale, 1, RESULTS[i]);
        (void)tale_attempt(&tale, 1, 20, "F1", 10000);
        (void)assert_found(LOT_ATTEMPTED_AGAIN, 3, -1);
    }
    (void)begin(state);
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    (void)assert_found(LOT_ATTEMPTED_AGAIN, 1, -1);
}

static void the_annex_of_an_attempt_is_no_further_attempt(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale.records[1].attempted.part = 1;
    assert_clean();
}

static void a_transfer_that_never_began_or_is_unknown_may_be_attempted_again(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_transfer(&tale, 1, RLC_OUTCOME_RESULT_UNSPECIFIED);
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_ended(&tale, 1, RLC_OUTCOME_RESULT_UNKNOWN);
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    assert_clean();
}

/* ---- the lot ---- */

static void a_contact_that_the_facts_have_not_passed_is_under_way(void **state)
{
    struct lot_verdict verdict;
    struct heard heard;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F2", 10000);
    verdict = judge(false, &heard);
    assert_int_equal(verdict.under_way, 1);
    assert_int_equal(verdict.attempts, 0);
    assert_int_equal(heard.count, 0);
    (void)tale_fact(&tale, 20, RLC_FACT_KIND_CONTACT_OUTCOME);
    verdict = judge(false, &heard);
    assert_int_equal(verdict.under_way, 0);
    assert_int_equal(verdict.attempts, 1);
    assert_int_equal(heard.count, 1);
}

static void a_full_lot_takes_no_more_and_is_judged_whole(void **state)
{
    struct lot_verdict verdict = { .at_rest = true };
    size_t count = 0;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10001);
    lot_begin(lot, 3);
    while (lot_add(lot, &tale.records[0], (int64_t)count)) {
        count++;
        tale.records[0].attempted.request_number++;
    }
    assert_int_equal(count, LOT_ENTRIES_MAX);
    assert_true(lot_close(lot));
    assert_true(lot_take_fact(lot, &tale.facts[0]));
    lot_judge(lot, &verdict);
    assert_int_equal(verdict.attempts, count);
    assert_int_equal(verdict.behind, count);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        TEST(a_contact_about_what_is_open_is_fine),
        TEST(a_contact_behind_a_payment_below_its_watermark_is_found),
        TEST(a_payment_at_the_watermark_was_not_known),
        TEST(whatever_makes_less_open_counts_like_a_payment),
        TEST(after_a_part_payment_only_the_rest_may_be_asked_for),
        TEST(a_payment_undone_below_the_watermark_may_be_asked_for_again),
        TEST(what_was_never_owed_may_not_be_asked_for),
        TEST(neither_another_debtor_nor_another_creditor_pays_for_it),
        TEST(another_currency_is_no_more_than_what_is_open),
        TEST(a_lower_watermark_behind_a_higher_one_is_judged_by_its_own),
        TEST(a_forwarded_event_is_known_from_where_it_was_read),
        TEST(a_contact_under_an_open_cash_suspicion_is_found),
        TEST(a_hold_that_was_planned_for_later_is_left_to_scenario),
        TEST(a_suspicion_that_was_cleared_or_has_run_out_or_came_later_is_none),
        TEST(the_end_of_one_suspicion_is_not_the_end_of_another),
        TEST(of_a_document_in_part_disputed_only_the_rest_may_be_asked_for),
        TEST(a_promise_about_one_document_does_not_keep_another_silent),
        TEST(an_agreement_that_moved_to_another_document_leaves_the_first),
        TEST(a_hold_on_an_account_keeps_that_account_silent),
        TEST(any_other_change_is_told_by_its_epoch),
        TEST(a_contact_that_ends_was_attempted_before),
        TEST(a_contact_that_may_have_arrived_is_not_attempted_again),
        TEST(the_annex_of_an_attempt_is_no_further_attempt),
        TEST(a_transfer_that_never_began_or_is_unknown_may_be_attempted_again),
        TEST(a_contact_that_the_facts_have_not_passed_is_under_way),
        TEST(a_full_lot_takes_no_more_and_is_judged_whole),
    };
    int result;

    lot = lot_new();
    assert(lot);
    result = cmocka_run_group_tests(tests, NULL, NULL);
    lot_free(lot);
    return result;
}
