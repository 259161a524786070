/* SPDX-License-Identifier: Apache-2.0 */
/* From the amicable side to the law: what may be referred, what goes with it, and what
 * legal-escalation hears afterwards. */
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/litigation_story.h"

static bool says(struct rlc_span text, const char *wanted)
{
    return rlc_span_equal(text, rlc_span_of(wanted));
}

static void send(struct scenario_bench *bench, const struct rlc_debtor_event *event)
{
    bench_send(bench, event);
    bench_flush(bench);
}

static struct rlc_span case_of(struct scenario_bench *bench)
{
    return bench_legal(bench, 0)->case_referred.case_id;
}

static void move_case(struct scenario_bench *bench, struct rlc_span case_id, bool holds)
{
    struct rlc_debtor_event event = {
        .kind = RLC_EVENT_KIND_MILESTONE,
        .milestone = { .case_id = case_id, .code = rlc_span_of("SOMETHING"), .holds = holds }
    };

    send(bench, &event);
}

static const struct rlc_legal_inbox *last_legal(struct scenario_bench *bench)
{
    return bench_legal(bench, bench_legals(bench) - 1);
}

/* ---- what may be referred ---- */

static void a_case_is_referred_when_the_delay_of_its_notice_is_over(void **state)
{
    struct scenario_bench *bench = litigation_story_noticed();

    (void)state;
    bench_days_until(bench, "2025-02-24", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 0);
    assert_true(
        says(bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed.rule, "refer.notice_days"));
    bench_days_until(bench, "2025-02-25", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 1);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1);
    assert_int_equal(bench_requests(bench), 0);
    bench_free(bench);
}

static void the_claim_has_the_open_amount_and_the_notice_as_its_proof(void **state)
{
    struct scenario_bench *bench = litigation_story_noticed();
    const struct rlc_case_referred *referred;
    const struct rlc_referred *fact;

    (void)state;
    bench_payment(bench, "P-1", 40000, "F-1");
    bench_days_until(bench, "2025-02-25", true);
    assert_int_equal(bench_legals(bench), 1);
    assert_int_equal(bench_legal(bench, 0)->kind, RLC_LEGAL_INBOX_KIND_CASE_REFERRED);
    referred = &bench_legal(bench, 0)->case_referred;
    assert_true(says(referred->procedure, "injonction-de-payer"));
    assert_int_equal(referred->debtor.kind, RLC_PARTY_KIND_COMPANY);
    assert_int_equal(referred->claim.line_count, 1);
    assert_true(says(referred->claim.lines[0].document, "F-1"));
    assert_int_equal(referred->claim.lines[0].principal.minor, 60000);
    assert_int_equal(referred->claim.lines[0].due_on, bench_day("2025-01-31"));
    assert_int_equal(referred->claim.proof_count, 1);
    assert_int_equal(referred->claim.proofs[0].kind, RLC_PROOF_KIND_FORMAL_NOTICE);
    assert_int_equal(referred->claim.proofs[0].dated_on, bench_day("2025-02-10"));
    assert_int_equal(referred->claim.proofs[0].content_hash.bytes[0], 7);
    fact = &bench_last(bench, RLC_FACT_KIND_REFERRED)->referred;
    assert_int_equal(fact->open.minor, 60000);
    assert_true(rlc_span_equal(fact->case_id, referred->case_id));
    bench_free(bench);
}

static void no_notice_no_case(void **state)
{
    struct scenario_bench *bench = litigation_story_begin();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-05", true);
    /* The notice is asked for, and nobody can say what became of it. */
    bench_days_until(bench, "2025-02-10", false);
    bench_answer(bench, RLC_OUTCOME_RESULT_REFUSED);
    bench_days_until(bench, "2025-04-30", true);
    assert_int_equal(bench_legals(bench), 0);
    bench_free(bench);
}

static void what_is_disputed_is_not_referred_not_even_the_rest(void **state)
{
    struct scenario_bench *bench = litigation_story_noticed();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DISPUTE_OPENED,
                                      .dispute_opened = {
                                          .dispute = rlc_span_of("d1"),
                                          .document = rlc_span_of("F-1"),
                                          .amount = { .minor = 20000, .currency = "EUR" },
                                          .reason = RLC_DISPUTE_REASON_PRICE,
                                          .opened_on = 20140 } };

    (void)state;
    send(bench, &event);
    bench_days_until(bench, "2025-02-26", true);
    assert_int_equal(bench_legals(bench), 0);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_DISPUTED), 1);
    bench_free(bench);
}

static void a_natural_person_is_referred_by_nobody_but_a_person(void **state)
{
    struct scenario_bench *bench = litigation_story_noticed();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DEBTOR_UPSERTED,
                                      .debtor_upserted = {
                                          .kind = RLC_PARTY_KIND_SOLE_TRADER,
                                          .status = RLC_PARTY_STATUS_ACTIVE,
                                          .country = rlc_span_of("FR"),
                                          .zone = rlc_span_of(BENCH_ZONE),
                                          .language = rlc_span_of("fr"),
                                      } };

    (void)state;
    send(bench, &event);
    bench_days_until(bench, "2025-02-26", true);
    assert_int_equal(bench_legals(bench), 0);
    assert_true(
        says(bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed.rule, "refer.natural_person"));
    bench_free(bench);
}

/* Each receivable is claimed once: two that are ripe go in one case, one that ripens later in
 * another. */
static void each_receivable_goes_in_one_case(void **state)
{
    struct scenario_bench *bench = litigation_story_begin();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_invoice(bench, "F-2", 50000, "2025-01-31");
    bench_invoice(bench, "F-3", 70000, "2025-02-10");
    bench_days_until(bench, "2025-03-31", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 2);
    assert_int_equal(bench_legal(bench, 0)->case_referred.claim.line_count, 2);
    assert_int_equal(bench_legal(bench, 1)->case_referred.claim.line_count, 1);
    assert_true(says(bench_legal(bench, 1)->case_referred.claim.lines[0].document, "F-3"));
    assert_false(rlc_span_equal(bench_legal(bench, 0)->case_referred.case_id,
                                bench_legal(bench, 1)->case_referred.case_id));
    bench_free(bench);
}

static void invoice_in(struct scenario_bench *bench, const char *document, const char *currency)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_ISSUED,
                                      .envelope.creditor = rlc_span_of(BENCH_CREDITOR),
                                      .invoice_issued = { .document = rlc_span_of(document),
                                                          .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                          .total = { .minor = 70000 },
                                                          .issued_on = bench_day("2025-01-01"),
                                                          .due_on = bench_day("2025-01-31") } };

    memcpy(event.invoice_issued.total.currency, currency, RLC_CURRENCY_SIZE);
    send(bench, &event);
}

static void a_case_has_one_currency(void **state)
{
    struct scenario_bench *bench = litigation_story_begin();

    (void)state;
    invoice_in(bench, "F-1", "EUR");
    invoice_in(bench, "F-2", "USD");
    bench_days_until(bench, "2025-02-26", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(bench_legal(bench, i)->case_referred.claim.line_count, 1);
    bench_free(bench);
}

static void a_case_has_no_more_lines_than_it_may_have_proofs(void **state)
{
    enum { INVOICES = CASE_LINES_MAX + 3 };
    struct scenario_bench *bench = litigation_story_begin();
    char document[16];

    (void)state;
    for (int i = 0; i < INVOICES; i++) {
        (void)snprintf(document, sizeof(document), "F-%03d", i);
        bench_invoice(bench, document, 100, "2025-01-31");
    }
    bench_days_until(bench, "2025-02-26", true);
    assert_int_equal(bench_legals(bench), 2);
    assert_int_equal(bench_legal(bench, 0)->case_referred.claim.line_count, CASE_LINES_MAX);
    assert_int_equal(bench_legal(bench, 1)->case_referred.claim.line_count, 3);
    bench_free(bench);
}

/* ---- afterwards ---- */

static void nobody_is_reminded_of_what_is_with_the_law(void **state)
{
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    bench_days_until(bench, "2025-04-30", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_IN_LITIGATION), 1);
    bench_free(bench);
}

static void legal_escalation_hears_of_a_payment(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    const struct rlc_claim_changed *changed;

    (void)state;
    bench_payment(bench, "P-1", 100000, "F-1");
    assert_int_equal(bench_legals(bench), 2);
    assert_int_equal(last_legal(bench)->kind, RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED);
    changed = &last_legal(bench)->claim_changed;
    assert_true(rlc_span_equal(changed->case_id, case_of(bench)));
    assert_true(says(changed->document, "F-1"));
    assert_true(says(changed->reason, "PAID"));
    assert_int_equal(changed->claim.line_count, 1);
    assert_int_equal(changed->claim.lines[0].principal.minor, 0);
    bench_free(bench);
}

static void legal_escalation_hears_of_a_dispute_and_of_its_end(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DISPUTE_OPENED,
                                      .dispute_opened = {
                                          .dispute = rlc_span_of("d1"),
                                          .document = rlc_span_of("F-1"),
                                          .amount = { .minor = 20000, .currency = "EUR" },
                                          .reason = RLC_DISPUTE_REASON_PRICE,
                                          .opened_on = 20140 } };

    (void)state;
    send(bench, &event);
    assert_true(says(last_legal(bench)->claim_changed.reason, "DISPUTED"));
    assert_int_equal(last_legal(bench)->claim_changed.claim.lines[0].principal.minor, 80000);
    assert_int_equal(last_legal(bench)->claim_changed.claim.lines[0].disputed.minor, 20000);
    event = (struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_DISPUTE_RESOLVED,
                                       .dispute_resolved = { .dispute = rlc_span_of("d1"),
                                                             .result = RLC_DISPUTE_RESULT_REJECTED,
                                                             .resolved_on = 20150 } };
    send(bench, &event);
    assert_true(says(last_legal(bench)->claim_changed.reason, "REOPENED"));
    assert_int_equal(last_legal(bench)->claim_changed.claim.lines[0].principal.minor, 100000);
    assert_int_equal(last_legal(bench)->claim_changed.claim.lines[0].disputed.minor, 0);
    bench_free(bench);
}

/* Not about the account of the case, so that nothing else names it. */
static struct rlc_debtor_event debtor_is(enum rlc_party_status status, const char *address)
{
    return (struct rlc_debtor_event){
        .kind = RLC_EVENT_KIND_DEBTOR_UPSERTED,
        .envelope.creditor = rlc_span_of("DE01"),
        .debtor_upserted = { .kind = RLC_PARTY_KIND_COMPANY,
                             .status = status,
                             .country = rlc_span_of("FR"),
                             .zone = rlc_span_of(BENCH_ZONE),
                             .language = rlc_span_of("fr"),
                             .name = { rlc_span_of("key"), rlc_span_of("name") },
                             .address = { rlc_span_of("key"), rlc_span_of(address) } },
    };
}

static struct rlc_debtor_event segment_is(const char *segment)
{
    return (struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_ACCOUNT_UPSERTED,
                                      .envelope.creditor = rlc_span_of(BENCH_CREDITOR),
                                      .account_upserted = { .segment = rlc_span_of(segment) } };
}

static void legal_escalation_hears_that_its_debtor_is_insolvent_or_has_moved(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    struct rlc_debtor_event event = debtor_is(RLC_PARTY_STATUS_ACTIVE, "1 rue");
    const struct rlc_party_changed *changed;

    (void)state;
    send(bench, &event);
    assert_int_equal(bench_legals(bench), 2);
    assert_true(says(last_legal(bench)->party_changed.debtor.address.bytes, "1 rue"));
    event = debtor_is(RLC_PARTY_STATUS_LIQUIDATION, "1 rue");
    send(bench, &event);
    assert_int_equal(bench_legals(bench), 3);
    assert_int_equal(last_legal(bench)->kind, RLC_LEGAL_INBOX_KIND_PARTY_CHANGED);
    changed = &last_legal(bench)->party_changed;
    assert_true(rlc_span_equal(changed->case_id, case_of(bench)));
    assert_int_equal(changed->debtor.status, RLC_PARTY_STATUS_LIQUIDATION);
    assert_true(says(last_legal(bench)->envelope.creditor, BENCH_CREDITOR));
    /* The same again changes nothing. */
    send(bench, &event);
    assert_int_equal(bench_legals(bench), 3);
    bench_free(bench);
}

static void legal_escalation_hears_of_another_segment(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    struct rlc_debtor_event event = segment_is("large");

    (void)state;
    send(bench, &event);
    assert_int_equal(last_legal(bench)->kind, RLC_LEGAL_INBOX_KIND_PARTY_CHANGED);
    assert_true(says(last_legal(bench)->party_changed.segment, "large"));
    assert_true(says(last_legal(bench)->party_changed.debtor.country, "FR"));
    send(bench, &event);
    assert_int_equal(bench_legals(bench), 2);
    bench_free(bench);
}

static void a_debtor_without_a_case_is_not_the_laws_business(void **state)
{
    struct scenario_bench *bench = litigation_story_noticed();
    struct rlc_debtor_event event = debtor_is(RLC_PARTY_STATUS_LIQUIDATION, "1 rue");

    (void)state;
    send(bench, &event);
    event = segment_is("large");
    send(bench, &event);
    assert_int_equal(bench_legals(bench), 0);
    bench_free(bench);
}

/* Its invoice came first: nothing was known of it but its account. */
static void a_debtor_that_is_told_of_late_has_accounts_already(void **state)
{
    struct scenario_bench *bench = litigation_story_empty();
    struct rlc_debtor_event event = debtor_is(RLC_PARTY_STATUS_ACTIVE, "1 rue");

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_flush(bench);
    send(bench, &event);
    assert_int_equal(bench_legals(bench), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_DEBTOR_CHANGED), 1);
    bench_free(bench);
}

static void a_receivable_of_no_case_is_not_the_laws_business(void **state)
{
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    bench_invoice(bench, "F-2", 50000, "2025-03-31");
    bench_payment(bench, "P-2", 50000, "F-2");
    assert_int_equal(bench_legals(bench), 1);
    bench_free(bench);
}

static void a_case_that_holds_no_more_gives_its_receivables_back(void **state)
{
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    bench_days_until(bench, "2025-03-20", true);
    move_case(bench, case_of(bench), true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_CASE_MOVED), 1);
    bench_days_until(bench, "2025-03-25", true);
    assert_int_equal(bench_requests(bench), 0);
    move_case(bench, case_of(bench), false);
    bench_days_until(bench, "2025-03-26", true);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(bench_account(bench)->case_count, 0);
    bench_payment(bench, "P-1", 100000, "F-1");
    assert_int_equal(bench_legals(bench), 1);
    bench_free(bench);
}

static void a_milestone_of_no_case_changes_nothing(void **state)
{
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    move_case(bench, rlc_span_of("nobody's"), false);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_CASE_MOVED), 0);
    assert_int_equal(bench_account(bench)->case_count, 1);
    bench_free(bench);
}

/* ---- commands ---- */

static void order(struct scenario_bench *bench, const struct rlc_command *command)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_COMMAND_ISSUED,
                                      .envelope.creditor = rlc_span_of(BENCH_CREDITOR),
                                      .command_issued = *command };

    event.command_issued.command = rlc_span_of("c1");
    event.command_issued.actor = rlc_span_of("anna");
    event.command_issued.issued_at_ms = 1;
    send(bench, &event);
}

static void an_approval_is_passed_on_as_it_was_signed(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    const struct rlc_command *routed;

    (void)state;
    order(bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_APPROVE,
                                        .signing_key = rlc_span_of("k1"),
                                        .signature = rlc_span_of("signed"),
                                        .approve = { .case_id = case_of(bench),
                                                     .act = rlc_span_of("FILE_PAYMENT_ORDER"),
                                                     .claim_hash = { { 9 } } } });
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED), 1);
    assert_int_equal(last_legal(bench)->kind, RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED);
    routed = &last_legal(bench)->command_routed;
    assert_int_equal(routed->kind, RLC_COMMAND_KIND_APPROVE);
    assert_true(says(routed->signature, "signed"));
    assert_int_equal(routed->approve.claim_hash.bytes[0], 9);
    bench_free(bench);
}

static void what_a_court_did_is_passed_on(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    const struct rlc_command_record_act *routed;

    (void)state;
    order(bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_RECORD_ACT,
                                        .record_act = { .case_id = case_of(bench),
                                                        .act = rlc_span_of("ORDER_GRANTED"),
                                                        .on = 20200 } });
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED), 1);
    assert_int_equal(last_legal(bench)->kind, RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED);
    routed = &last_legal(bench)->command_routed.record_act;
    assert_true(says(routed->act, "ORDER_GRANTED"));
    assert_int_equal(routed->on, 20200);
    bench_free(bench);
}

static void a_case_can_be_called_back(void **state)
{
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    order(bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_RECALL,
                                        .recall.case_id = case_of(bench) });
    assert_int_equal(last_legal(bench)->kind, RLC_LEGAL_INBOX_KIND_CASE_RECALLED);
    assert_true(rlc_span_equal(last_legal(bench)->case_recalled.case_id, case_of(bench)));
    /* It goes back when legal-escalation has let it go. */
    assert_int_equal(bench_account(bench)->case_count, 1);
    bench_free(bench);
}

static void orders_about_no_case_are_refused(void **state)
{
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    order(bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_RECALL,
                                        .recall.case_id = rlc_span_of("nobody's") });
    assert_true(says(bench_last(bench, RLC_FACT_KIND_COMMAND_REFUSED)->command_refused.rule,
                     "UNKNOWN_OBJECT"));
    assert_int_equal(bench_legals(bench), 1);
    bench_free(bench);
}

static void an_act_in_no_case_is_refused(void **state)
{
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    order(bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_RECORD_ACT,
                                        .record_act = { .case_id = rlc_span_of("nobody's"),
                                                        .act = rlc_span_of("SERVED"),
                                                        .on = 20200 } });
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_REFUSED), 1);
    assert_int_equal(bench_legals(bench), 1);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_referred_when_the_delay_of_its_notice_is_over),
        cmocka_unit_test(the_claim_has_the_open_amount_and_the_notice_as_its_proof),
        cmocka_unit_test(no_notice_no_case),
        cmocka_unit_test(what_is_disputed_is_not_referred_not_even_the_rest),
        cmocka_unit_test(a_natural_person_is_referred_by_nobody_but_a_person),
        cmocka_unit_test(each_receivable_goes_in_one_case),
        cmocka_unit_test(a_case_has_one_currency),
        cmocka_unit_test(a_case_has_no_more_lines_than_it_may_have_proofs),
        cmocka_unit_test(nobody_is_reminded_of_what_is_with_the_law),
        cmocka_unit_test(legal_escalation_hears_of_a_payment),
        cmocka_unit_test(legal_escalation_hears_of_a_dispute_and_of_its_end),
        cmocka_unit_test(legal_escalation_hears_that_its_debtor_is_insolvent_or_has_moved),
        cmocka_unit_test(legal_escalation_hears_of_another_segment),
        cmocka_unit_test(a_debtor_without_a_case_is_not_the_laws_business),
        cmocka_unit_test(a_debtor_that_is_told_of_late_has_accounts_already),
        cmocka_unit_test(a_receivable_of_no_case_is_not_the_laws_business),
        cmocka_unit_test(a_case_that_holds_no_more_gives_its_receivables_back),
        cmocka_unit_test(a_milestone_of_no_case_changes_nothing),
        cmocka_unit_test(an_approval_is_passed_on_as_it_was_signed),
        cmocka_unit_test(what_a_court_did_is_passed_on),
        cmocka_unit_test(a_case_can_be_called_back),
        cmocka_unit_test(orders_about_no_case_are_refused),
        cmocka_unit_test(an_act_in_no_case_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
