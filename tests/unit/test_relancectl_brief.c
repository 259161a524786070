/* SPDX-License-Identifier: Apache-2.0 */
/* explain --short, without servers: the story of one document, fact by fact. */
#include <string.h>

#include "brief.h"
#include "common/pure/calendar.h"
#include "story.h"
#include "tests/support/check.h"

static const struct ctl_zone utc = { .name = "UTC" };

static struct rlc_debtor_fact fact_on(enum rlc_fact_kind kind, const char *day)
{
    rlc_day on = 0;

    assert_true(rlc_day_parse(rlc_span_of(day), &on));
    return (struct rlc_debtor_fact){ .kind = kind,
                                     .decided_at_ms = on * RLC_DAY_MS,
                                     .envelope = { .tenant = rlc_span_of("acme"),
                                                   .debtor = rlc_span_of("C-1"),
                                                   .creditor = rlc_span_of("FR01") } };
}

static void give(void (*take)(void *, const struct ctl_past_fact *), void *context,
                 const struct rlc_debtor_fact *fact)
{
    struct ctl_past_fact taken = { .fact = fact,
                                   .on = rlc_zone_day(&utc.zone, fact->decided_at_ms),
                                   .zone = &utc };

    take(context, &taken);
}

/* ---- facts ---- */

static struct rlc_debtor_fact receivable(enum rlc_fact_kind kind, const char *day, int64_t before,
                                         int64_t open)
{
    struct rlc_debtor_fact fact = fact_on(kind, day);

    fact.receivable_changed = (struct rlc_receivable_fact){ .document = rlc_span_of("FA1"),
                                                            .cause = RLC_RECEIVABLE_CAUSE_PAID,
                                                            .cause_id = rlc_span_of("P-1"),
                                                            .total = { 10000, "EUR" },
                                                            .open_before = { before, "EUR" },
                                                            .open = { open, "EUR" } };
    assert_true(rlc_day_parse(rlc_span_of("2026-03-10"), &fact.receivable_changed.due_on));
    return fact;
}

static const struct rlc_line LINE = { .document = { (const uint8_t *)"FA1", 3 },
                                      .open = { 10000, "EUR" } };

static struct rlc_debtor_fact request(const char *day)
{
    struct rlc_debtor_fact fact = fact_on(RLC_FACT_KIND_CONTACT_REQUESTED, day);

    fact.contact_requested = (struct rlc_contact_body){ .action = { { 7 } },
                                                        .request_number = 1,
                                                        .step = rlc_span_of("reminder"),
                                                        .channel = RLC_CHANNEL_EMAIL,
                                                        .lines = &LINE,
                                                        .line_count = 1 };
    return fact;
}

static struct rlc_debtor_fact outcome(const char *day, enum rlc_outcome_result result)
{
    struct rlc_debtor_fact fact = fact_on(RLC_FACT_KIND_CONTACT_OUTCOME, day);

    fact.contact_outcome = (struct rlc_outcome){ .action = { { 7 } },
                                                 .request_number = 1,
                                                 .result = result,
                                                 .code = rlc_span_of("250 2.0.0"),
                                                 .look = { .watermark = 1012 } };
    return fact;
}

static struct rlc_debtor_fact silence(const char *day)
{
    struct rlc_debtor_fact fact = fact_on(RLC_FACT_KIND_SUPPRESSED, day);

    fact.suppressed = (struct rlc_suppressed){ .instance = { .document = rlc_span_of("FA1"),
                                                             .step = rlc_span_of("final"),
                                                             .occurrence = 1 },
                                               .reason = RLC_SUPPRESSION_PROMISED,
                                               .object = rlc_span_of("Z-1") };
    return fact;
}

static struct rlc_debtor_fact promise(const char *day, const struct rlc_document_ref *document)
{
    struct rlc_debtor_fact fact = fact_on(RLC_FACT_KIND_AGREEMENT_OPENED, day);

    fact.agreement_opened = (struct rlc_agreement_fact){ .agreement = rlc_span_of("Z-1"),
                                                         .kind = RLC_AGREEMENT_KIND_PROMISE,
                                                         .documents = document,
                                                         .document_count = 1 };
    return fact;
}

/* ---- what is told ---- */

static void assert_told(const struct ctl_brief *brief, const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count && i < json_array_size(brief->entries); i++) {
        const json_t *entry = json_array_get(brief->entries, i);

        assert_string_equal(json_string_value(json_object_get(entry, "sentence")), lines[i]);
    }
    assert_int_equal(json_array_size(brief->entries), count);
}

static void five_lines_tell_an_invoice_from_its_issue_to_its_end(void **state)
{
    static const char *const LINES[] = {
        "invoice FA1, 100.00 EUR, due 2026-03-10",
        "reminder by EMAIL about 100.00 EUR was accepted (250 2.0.0)",
        "no final: PROMISED, the debtor has promised to pay (Z-1)",
        "paid: 100.00 EUR by P-1, nothing is open",
        "settled 12 days late, after 1 contact",
    };
    const struct rlc_document_ref document = { .document = rlc_span_of("FA1") };
    const struct rlc_debtor_fact facts[] = {
        receivable(RLC_FACT_KIND_RECEIVABLE_OPENED, "2026-02-08", 0, 10000),
        request("2026-03-13"),
        outcome("2026-03-13", RLC_OUTCOME_RESULT_ACCEPTED),
        promise("2026-03-15", &document),
        silence("2026-03-16"),
        silence("2026-03-17"), /* the same reason, with another day to look again */
        receivable(RLC_FACT_KIND_RECEIVABLE_CLOSED, "2026-03-22", 10000, 0),
    };
    struct ctl_brief brief;

    (void)state;
    ctl_brief_init(&brief, "FA1");
    for (size_t i = 0; i < RLC_COUNT(facts); i++)
        give(ctl_brief_take, &brief, &facts[i]);
    assert_told(&brief, LINES, RLC_COUNT(LINES));
    ctl_brief_clear(&brief);
}

static void what_is_paid_in_part_stays_open_and_an_agreement_without_silence_is_told(void **state)
{
    static const char *const LINES[] = {
        "invoice FA1, 100.00 EUR, due 2026-03-10",
        "PROMISE Z-1 holds it back",
        "paid: 40.00 EUR by P-1, 60.00 EUR open",
        "payment taken back: 40.00 EUR by P-1, 100.00 EUR open",
        "paid: 100.00 EUR by P-1, nothing is open",
        "settled in time, after 0 contacts",
    };
    const struct rlc_document_ref document = { .document = rlc_span_of("FA1") };
    struct rlc_debtor_fact facts[] = {
        promise("2026-02-01", &document), /* before there was an invoice */
        receivable(RLC_FACT_KIND_RECEIVABLE_OPENED, "2026-02-08", 0, 10000),
        promise("2026-02-09", &document),
        receivable(RLC_FACT_KIND_RECEIVABLE_CHANGED, "2026-02-20", 10000, 6000),
        receivable(RLC_FACT_KIND_RECEIVABLE_CHANGED, "2026-02-21", 6000, 10000),
        receivable(RLC_FACT_KIND_RECEIVABLE_CLOSED, "2026-03-10", 10000, 0),
    };
    struct ctl_brief brief;

    (void)state;
    facts[4].receivable_changed.cause = RLC_RECEIVABLE_CAUSE_PAYMENT_UNDONE;
    ctl_brief_init(&brief, "FA1");
    for (size_t i = 0; i < RLC_COUNT(facts); i++)
        give(ctl_brief_take, &brief, &facts[i]);
    assert_told(&brief, LINES, RLC_COUNT(LINES));
    ctl_brief_clear(&brief);
}

static void other_documents_are_not_told(void **state)
{
    const struct rlc_document_ref document = { .document = rlc_span_of("FA1") };
    const struct rlc_debtor_fact facts[] = {
        receivable(RLC_FACT_KIND_RECEIVABLE_OPENED, "2026-02-08", 0, 10000),
        request("2026-03-13"),
        outcome("2026-03-13", RLC_OUTCOME_RESULT_ACCEPTED),
        promise("2026-03-15", &document),
        silence("2026-03-16"),
        receivable(RLC_FACT_KIND_RECEIVABLE_CLOSED, "2026-03-22", 10000, 0),
    };
    struct ctl_brief brief;

    (void)state;
    ctl_brief_init(&brief, "FA2");
    for (size_t i = 0; i < RLC_COUNT(facts); i++)
        give(ctl_brief_take, &brief, &facts[i]);
    assert_told(&brief, NULL, 0);
    ctl_brief_clear(&brief);
}

static void an_outcome_says_how_much_had_been_taken_into_account(void **state)
{
    struct rlc_debtor_fact asked = request("2026-03-13");
    struct rlc_debtor_fact ended = outcome("2026-03-13", RLC_OUTCOME_RESULT_ACCEPTED);
    struct ctl_story story;
    const json_t *entry;

    (void)state;
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give(ctl_story_take, &story, &asked);
    give(ctl_story_take, &story, &ended);
    entry = json_array_get(ctl_story_end(&story), 1);
    assert_string_equal(json_string_value(json_object_get(entry, "sentence")),
                        "the contact was accepted (250 2.0.0); all before offset 1012 of the "
                        "debtor's events was taken into account");
    assert_int_equal(json_integer_value(json_object_get(entry, "watermark")), 1012);
    ctl_story_clear(&story);
}

static void a_return_says_what_is_wrong_with_the_message(void **state)
{
    struct rlc_debtor_fact asked = request("2026-03-13");
    struct rlc_debtor_fact returned = fact_on(RLC_FACT_KIND_CONTACT_RETURNED, "2026-03-13");
    struct ctl_story story;
    const json_t *entry;

    (void)state;
    returned.contact_returned =
        (struct rlc_returned){ .action = { { 7 } },
                               .request_number = 1,
                               .reason = RLC_RETURN_REASON_NOT_RENDERED,
                               .detail = rlc_span_of("NO_SENDER senders/acme.yaml") };
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give(ctl_story_take, &story, &asked);
    give(ctl_story_take, &story, &returned);
    entry = json_array_get(ctl_story_end(&story), 1);
    assert_string_equal(json_string_value(json_object_get(entry, "sentence")),
                        "the contact came back unsent: NOT_RENDERED, the message could not be "
                        "written: NO_SENDER senders/acme.yaml");
    assert_null(json_object_get(entry, "watermark")); /* nobody had to look */
    ctl_story_clear(&story);
}

static void assert_sentence(struct rlc_debtor_fact *fact, const char *document, const char *wanted)
{
    struct ctl_story story;
    const json_t *entries;

    ctl_story_init(&story, RLC_DAY_NONE, document);
    give(ctl_story_take, &story, fact);
    entries = ctl_story_end(&story);
    assert_int_equal(json_array_size(entries), wanted ? 1 : 0);
    if (wanted) {
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(entries, 0), "sentence")), wanted);
    }
    ctl_story_clear(&story);
}

static const struct rlc_document_ref IN_CASE[] = { { .document = { (const uint8_t *)"FA1", 3 } },
                                                   { .document = { (const uint8_t *)"FA2", 3 } } };

static struct rlc_debtor_fact referral(void)
{
    struct rlc_debtor_fact fact = fact_on(RLC_FACT_KIND_REFERRED, "2026-03-13");

    fact.referred = (struct rlc_referred){ .case_id = rlc_span_of("k1"),
                                           .open = { 12345, "EUR" },
                                           .documents = IN_CASE,
                                           .document_count = RLC_COUNT(IN_CASE) };
    return fact;
}

static void what_went_to_law_is_told_for_each_document_of_the_case(void **state)
{
    struct rlc_debtor_fact fact = referral();
    const char *sentence = "referred to law as case k1: 123.45 EUR of FA1, FA2";
    struct ctl_brief brief;

    (void)state;
    assert_sentence(&fact, NULL, sentence);
    assert_sentence(&fact, "FA2", sentence);
    assert_sentence(&fact, "FA3", NULL);
    ctl_brief_init(&brief, "FA2");
    give(ctl_brief_take, &brief, &fact);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(brief.entries, 0), "sentence")),
        "referred to law as case k1");
    ctl_brief_clear(&brief);
}

static void a_case_says_its_step_its_deadline_and_whether_it_holds(void **state)
{
    struct rlc_debtor_fact fact = fact_on(RLC_FACT_KIND_CASE_MOVED, "2026-03-13");

    (void)state;
    fact.case_moved = (struct rlc_milestone){ .case_id = rlc_span_of("k1"),
                                              .code = rlc_span_of("ORDER_GRANTED"),
                                              .holds = true };
    assert_true(rlc_day_parse(rlc_span_of("2026-09-03"), &fact.case_moved.on));
    assert_true(rlc_day_parse(rlc_span_of("2026-12-03"), &fact.case_moved.deadline_on));
    assert_sentence(&fact, NULL,
                    "case k1: ORDER_GRANTED on 2026-09-03, next deadline 2026-12-03; its "
                    "invoices are not reminded meanwhile");
    fact.case_moved =
        (struct rlc_milestone){ .case_id = rlc_span_of("k1"), .code = rlc_span_of("CLOSED") };
    assert_sentence(&fact, NULL, "case k1: CLOSED; its invoices are amicable again");
    fact.case_moved =
        (struct rlc_milestone){ .case_id = rlc_span_of("k1"), .code = rlc_span_of("SETTLED") };
    assert_sentence(&fact, NULL, "case k1: SETTLED; nothing of its claim is open any more");
    fact.case_moved = (struct rlc_milestone){ .case_id = rlc_span_of("k1"),
                                              .code = rlc_span_of("APPROVAL_REFUSED"),
                                              .act = rlc_span_of("FILE"),
                                              .rule = rlc_span_of("STALE_CLAIM"),
                                              .holds = true };
    memset(fact.case_moved.claim_hash.bytes, 0xab, sizeof(fact.case_moved.claim_hash.bytes));
    assert_sentence(&fact, NULL,
                    "case k1: APPROVAL_REFUSED because of STALE_CLAIM, act FILE for claim "
                    "abababababababababababababababababababababababababababababababab; its "
                    "invoices are not reminded meanwhile");
    assert_sentence(&fact, "FA1", NULL);
    fact.case_moved = (struct rlc_milestone){ .case_id = rlc_span_of("k1"),
                                              .code = rlc_span_of("APPROVAL_ASKED"),
                                              .act = rlc_span_of("FILE"),
                                              .cost = { .minor = 11000, .currency = "EUR" },
                                              .holds = true };
    assert_sentence(&fact, NULL,
                    "case k1: APPROVAL_ASKED, act FILE, at a cost of 110.00 EUR; its "
                    "invoices are not reminded meanwhile");
}

/* The referral, and what was said of the case: one word that names a document, one that does not.
 */
static void give_case(void (*take)(void *, const struct ctl_past_fact *), void *context,
                      size_t documents)
{
    struct rlc_debtor_fact fact = referral();

    fact.referred.document_count = documents;
    give(take, context, &fact);
    fact = fact_on(RLC_FACT_KIND_CASE_MOVED, "2026-03-14");
    fact.case_moved = (struct rlc_milestone){ .case_id = rlc_span_of("k1"),
                                              .code = rlc_span_of("APPROVED"),
                                              .act = rlc_span_of("FILE"),
                                              .holds = true };
    give(take, context, &fact);
    fact.case_moved = (struct rlc_milestone){ .case_id = rlc_span_of("k1"),
                                              .code = rlc_span_of("BLOCKED"),
                                              .rule = rlc_span_of("NOT_DUE"),
                                              .documents = IN_CASE,
                                              .document_count = 1,
                                              .holds = true };
    give(take, context, &fact);
}

static void what_is_said_of_a_case_is_said_of_each_of_its_documents(void **state)
{
    static const struct {
        const char *document;
        size_t entries;
    } TOLD[] = { { "FA1", 3 }, { "FA2", 2 }, { "FA3", 0 } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(TOLD); i++) {
        struct ctl_story story;

        ctl_story_init(&story, RLC_DAY_NONE, TOLD[i].document);
        give_case(ctl_story_take, &story, 2);
        assert_int_equal(json_array_size(ctl_story_end(&story)), TOLD[i].entries);
        ctl_story_clear(&story);
    }
}

static void the_brief_keeps_what_was_approved(void **state)
{
    static const char *const LINES[] = { "referred to law as case k1", "law: APPROVED, act FILE",
                                         "law: BLOCKED because of NOT_DUE" };
    struct ctl_brief brief;

    (void)state;
    ctl_brief_init(&brief, "FA1");
    give_case(ctl_brief_take, &brief, 2);
    assert_told(&brief, LINES, RLC_COUNT(LINES));
    ctl_brief_clear(&brief);
    ctl_brief_init(&brief, "FA3");
    give_case(ctl_brief_take, &brief, 2);
    assert_int_equal(json_array_size(brief.entries), 0);
    ctl_brief_clear(&brief);
}

static void a_case_of_one_invoice_speaks_of_one(void **state)
{
    struct ctl_story story;
    const json_t *entry;

    (void)state;
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give_case(ctl_story_take, &story, 1);
    entry = json_array_get(ctl_story_end(&story), 1);
    assert_string_equal(json_string_value(json_object_get(entry, "sentence")),
                        "case k1: APPROVED, act FILE; its invoice is not reminded meanwhile");
    ctl_story_clear(&story);
}

static void a_score_says_its_band_and_why(void **state)
{
    static const struct rlc_score_reason REASONS[] = {
        { .code = { (const uint8_t *)"LATE_SHARE", 10 }, .weight_ppm = 300000 },
        { .code = { (const uint8_t *)"FEW_OPEN", 8 }, .weight_ppm = -1000 }
    };
    struct rlc_debtor_fact fact = fact_on(RLC_FACT_KIND_SCORE_APPLIED, "2026-03-13");

    (void)state;
    fact.score_applied = (struct rlc_score_changed){ .model = rlc_span_of("m1"),
                                                     .band = rlc_span_of("D"),
                                                     .late_ppm = 412600,
                                                     .delay_days = 12,
                                                     .reasons = REASONS,
                                                     .reason_count = RLC_COUNT(REASONS) };
    assert_sentence(
        &fact, NULL,
        "risk band D, late with a probability of 41.2 %, expected 12 days late, by model "
        "m1; because of LATE_SHARE (worse), FEW_OPEN (better)");
    fact.score_applied.reason_count = 0;
    fact.score_applied.delay_days = -1;
    assert_sentence(
        &fact, NULL,
        "risk band D, late with a probability of 41.2 %, expected 1 day early, by model m1");
    fact.score_applied.delay_days = 0;
    assert_sentence(
        &fact, NULL,
        "risk band D, late with a probability of 41.2 %, expected on the due day, by model m1");
    assert_sentence(&fact, "FA1", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_lines_tell_an_invoice_from_its_issue_to_its_end),
        cmocka_unit_test(what_is_paid_in_part_stays_open_and_an_agreement_without_silence_is_told),
        cmocka_unit_test(other_documents_are_not_told),
        cmocka_unit_test(a_return_says_what_is_wrong_with_the_message),
        cmocka_unit_test(an_outcome_says_how_much_had_been_taken_into_account),
        cmocka_unit_test(what_went_to_law_is_told_for_each_document_of_the_case),
        cmocka_unit_test(a_case_says_its_step_its_deadline_and_whether_it_holds),
        cmocka_unit_test(what_is_said_of_a_case_is_said_of_each_of_its_documents),
        cmocka_unit_test(the_brief_keeps_what_was_approved),
        cmocka_unit_test(a_case_of_one_invoice_speaks_of_one),
        cmocka_unit_test(a_score_says_its_band_and_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
