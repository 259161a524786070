/* SPDX-License-Identifier: Apache-2.0 */
/* What relancectl makes of facts and how it prints them. */
#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "reasons.h"
#include "sheet.h"
#include "story.h"
#include "tests/support/check.h"
#include "text.h"

static struct ctl_zone utc = { .name = "UTC" };

/* ---- facts ---- */

static rlc_ms instant(const char *text)
{
    rlc_ms at = 0;

    assert_true(rlc_ms_parse(rlc_span_of(text), &at));
    return at;
}

static struct rlc_debtor_fact fact_at(enum rlc_fact_kind kind, const char *at)
{
    return (struct rlc_debtor_fact){
        .kind = kind,
        .decided_at_ms = instant(at),
        .envelope = { .tenant = rlc_span_of("acme"),
                      .debtor = rlc_span_of("C-1"),
                      .creditor = rlc_span_of("FR01"),
                      .causation = { .at = { rlc_span_of("debtor-events"), 3, 1234 } } },
    };
}

static struct rlc_step_instance instance(const char *document, const char *step)
{
    return (struct rlc_step_instance){ .document = rlc_span_of(document),
                                       .scenario = rlc_span_of("retail"),
                                       .step = rlc_span_of(step),
                                       .occurrence = 1 };
}

static void give(void (*take)(void *, const struct ctl_past_fact *), void *context,
                 const struct rlc_debtor_fact *fact)
{
    struct ctl_past_fact taken = { .fact = fact,
                                   .partition = 3,
                                   .offset = 7,
                                   .on = rlc_zone_day(&utc.zone, fact->decided_at_ms),
                                   .zone = &utc };

    take(context, &taken);
}

static struct rlc_debtor_fact silence(const char *at, const char *document,
                                      enum rlc_suppression reason)
{
    struct rlc_debtor_fact fact = fact_at(RLC_FACT_KIND_SUPPRESSED, at);

    fact.suppressed.instance = instance(document, "first");
    fact.suppressed.reason = reason;
    fact.suppressed.rule = rlc_span_of("standing.document");
    fact.suppressed.object = rlc_span_of("D-88");
    fact.suppressed.next_at_ms = instant("2026-04-01T00:00:00Z");
    return fact;
}

static const char *sentence(const json_t *entries, size_t index)
{
    return json_string_value(json_object_get(json_array_get(entries, index), "sentence"));
}

/* ---- sentences ---- */

static void every_reason_has_a_sentence(void **state)
{
    (void)state;
    for (int32_t i = 1; rlc_word(RLC_VOCABULARY_SUPPRESSION, i); i++)
        assert_non_null(ctl_reason_sentence((enum rlc_suppression)i));
    for (int32_t i = 1; rlc_word(RLC_VOCABULARY_STEP_RESULT, i); i++)
        assert_non_null(ctl_result_sentence((enum rlc_step_result)i));
    for (int32_t i = 1; rlc_word(RLC_VOCABULARY_RETURN_REASON, i); i++)
        assert_non_null(ctl_return_sentence((enum rlc_return_reason)i));
    for (int32_t i = 1; rlc_word(RLC_VOCABULARY_OUTCOME_RESULT, i); i++)
        assert_non_null(ctl_outcome_sentence((enum rlc_outcome_result)i));
    assert_null(ctl_reason_sentence((enum rlc_suppression)1000));
    assert_null(ctl_reason_sentence(RLC_SUPPRESSION_UNSPECIFIED));
}

static void a_silence_names_reason_rule_end_and_evidence(void **state)
{
    struct rlc_debtor_fact fact = silence("2026-03-02T10:00:00Z", "FA1", RLC_SUPPRESSION_DISPUTED);
    struct ctl_story story;

    (void)state;
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give(ctl_story_take, &story, &fact);
    assert_string_equal(sentence(ctl_story_end(&story), 0),
                        "no reminder for FA1 (step first): DISPUTED, the debtor disputes it "
                        "(D-88), rule standing.document; until 2026-04-01 00:00; because of "
                        "debtor-events/3@1234");
    ctl_story_clear(&story);
}

static void the_evidence_of_an_agreement_is_the_event_that_opened_it(void **state)
{
    struct rlc_debtor_fact opened = fact_at(RLC_FACT_KIND_AGREEMENT_OPENED, "2026-03-01T09:00:00Z");
    struct rlc_debtor_fact fact = silence("2026-03-02T10:00:00Z", "FA1", RLC_SUPPRESSION_DISPUTED);
    struct ctl_story story;

    (void)state;
    opened.agreement_opened.agreement = rlc_span_of("D-88");
    opened.agreement_opened.kind = RLC_AGREEMENT_KIND_DISPUTE;
    opened.envelope.causation.at.offset = 1200;
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give(ctl_story_take, &story, &opened);
    give(ctl_story_take, &story, &fact);
    assert_non_null(strstr(sentence(ctl_story_end(&story), 1), "debtor-events/3@1200"));
    ctl_story_clear(&story);
}

static void the_events_in_the_way_are_named_as_their_sources_call_them(void **state)
{
    struct rlc_debtor_fact fact = silence("2026-03-02T10:00:00Z", "FA1", RLC_SUPPRESSION_DISPUTED);
    struct rlc_event_reference events[] = { { rlc_span_of("crm"), rlc_span_of("crm-1204") },
                                            { rlc_span_of("sap"), rlc_span_of("77") } };
    struct ctl_story story;
    const json_t *entry;

    (void)state;
    fact.suppressed.events = events;
    fact.suppressed.event_count = 2;
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give(ctl_story_take, &story, &fact);
    assert_non_null(strstr(sentence(ctl_story_end(&story), 0),
                           "; because of event crm-1204 of crm, event 77 of sap"));
    /* The tick on which it was decided is no reason. */
    assert_null(strstr(sentence(ctl_story_end(&story), 0), "debtor-events"));
    entry = json_array_get(ctl_story_end(&story), 0);
    assert_int_equal(json_array_size(json_object_get(entry, "events")), 2);
    ctl_story_clear(&story);
}

static void two_creditors_may_use_the_same_id(void **state)
{
    struct rlc_debtor_fact ours = fact_at(RLC_FACT_KIND_AGREEMENT_OPENED, "2026-03-01T09:00:00Z");
    struct rlc_debtor_fact theirs = fact_at(RLC_FACT_KIND_AGREEMENT_OPENED, "2026-03-01T10:00:00Z");
    struct rlc_debtor_fact ended = fact_at(RLC_FACT_KIND_AGREEMENT_CLOSED, "2026-03-03T10:00:00Z");
    struct rlc_debtor_fact fact = silence("2026-03-02T10:00:00Z", "FA1", RLC_SUPPRESSION_DISPUTED);
    struct ctl_story story;

    (void)state;
    ours.agreement_opened.agreement = rlc_span_of("D-88");
    ours.agreement_opened.kind = RLC_AGREEMENT_KIND_DISPUTE;
    theirs.agreement_opened = ended.agreement_closed = ours.agreement_opened;
    ours.envelope.causation.at.offset = 1200;
    theirs.envelope.causation.at.offset = 1300;
    theirs.envelope.creditor = ended.envelope.creditor = rlc_span_of("UK01");
    ctl_story_init(&story, rlc_zone_day(&utc.zone, instant("2026-03-05T00:00:00Z")), NULL);
    give(ctl_story_take, &story, &ours);
    give(ctl_story_take, &story, &theirs);
    give(ctl_story_take, &story, &fact);
    give(ctl_story_take, &story, &ended);
    /* What the other one ended still stands in our way. */
    assert_int_equal(json_array_size(ctl_story_end(&story)), 2);
    assert_non_null(strstr(sentence(story.entries, 1), "debtor-events/3@1200"));
    ctl_story_clear(&story);
}

static void a_command_is_told_with_its_answer(void **state)
{
    struct rlc_debtor_fact fact = fact_at(RLC_FACT_KIND_COMMAND_REFUSED, "2026-03-02T10:00:00Z");
    struct ctl_story story;

    (void)state;
    fact.envelope.actor = rlc_span_of("u-2");
    fact.command_refused = (struct rlc_command_answer){ .command = rlc_span_of("o-1"),
                                                        .kind = RLC_COMMAND_KIND_PLACE_HOLD,
                                                        .rule = rlc_span_of("ALREADY_OVER") };
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give(ctl_story_take, &story, &fact);
    assert_string_equal(sentence(ctl_story_end(&story), 0),
                        "PLACE_HOLD ordered by u-2 (command o-1): refused, ALREADY_OVER, it has "
                        "ended, or its time is past: order it under a new id");
    ctl_story_clear(&story);
}

static void an_erasure_that_is_refused_says_what_is_kept_and_how_long(void **state)
{
    struct rlc_debtor_fact refused = fact_at(RLC_FACT_KIND_COMMAND_REFUSED, "2026-03-02T10:00:00Z");
    struct rlc_debtor_fact erased = fact_at(RLC_FACT_KIND_SUBJECT_ERASED, "2037-01-02T10:00:00Z");
    struct ctl_story story;

    (void)state;
    refused.command_refused = (struct rlc_command_answer){
        .command = rlc_span_of("o-1"),
        .kind = RLC_COMMAND_KIND_ERASE,
        .rule = rlc_span_of("RETENTION"),
        .detail = rlc_span_of("ledger FR-CCOM-L123-22 until 2036-12-31"),
    };
    erased.subject_erased.subject = rlc_span_of("C-1");
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give(ctl_story_take, &story, &refused);
    give(ctl_story_take, &story, &erased);
    (void)ctl_story_end(&story);
    assert_string_equal(sentence(story.entries, 0),
                        "ERASE ordered (command o-1): refused, RETENTION, the debtor must be kept: "
                        "ledger FR-CCOM-L123-22 until 2036-12-31");
    assert_string_equal(sentence(story.entries, 1), "the personal data of C-1 were erased");
    ctl_story_clear(&story);
}

static void a_carried_step_names_the_one_that_carries_it(void **state)
{
    struct rlc_debtor_fact fact = fact_at(RLC_FACT_KIND_STEP_CLOSED, "2026-03-09T10:00:00Z");
    struct ctl_story story;

    (void)state;
    fact.step_closed.instance = instance("FA1", "first");
    fact.step_closed.result = RLC_STEP_RESULT_CARRIED;
    fact.step_closed.by_step = rlc_span_of("second");
    ctl_story_init(&story, RLC_DAY_NONE, NULL);
    give(ctl_story_take, &story, &fact);
    assert_non_null(strstr(sentence(ctl_story_end(&story), 0), "(step second); because of "));
    ctl_story_clear(&story);
}

/* What holds on the days after it was said: one silence, and an agreement behind it. */
static void a_day_tells_what_was_said_before_and_still_holds(void **state)
{
    static const struct {
        const char *on;
        size_t entries;
    } CASES[] = {
        { "2026-03-01", 0 }, /* before */
        { "2026-03-02", 1 }, /* said on the day, not twice */
        { "2026-03-05", 1 }, /* still */
        { "2026-03-09", 1 }, /* the end of it */
        { "2026-03-10", 0 }, /* nothing any more */
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct rlc_debtor_fact said =
            silence("2026-03-02T10:00:00Z", "FA1", RLC_SUPPRESSION_DISPUTED);
        struct rlc_debtor_fact paid = fact_at(RLC_FACT_KIND_STEP_CLOSED, "2026-03-09T10:00:00Z");
        struct ctl_story story;
        rlc_day on = 0;

        assert_true(rlc_day_parse(rlc_span_of(CASES[i].on), &on));
        paid.step_closed.instance = instance("FA1", "first");
        paid.step_closed.result = RLC_STEP_RESULT_PAID;
        ctl_story_init(&story, on, NULL);
        /* The reader stops behind the day. */
        if (on >= rlc_zone_day(&utc.zone, said.decided_at_ms))
            give(ctl_story_take, &story, &said);
        if (on >= rlc_zone_day(&utc.zone, paid.decided_at_ms))
            give(ctl_story_take, &story, &paid);
        if (json_array_size(ctl_story_end(&story)) != CASES[i].entries)
            print_error("%s\n", CASES[i].on);
        assert_int_equal(json_array_size(ctl_story_end(&story)), CASES[i].entries);
        ctl_story_clear(&story);
    }
}

static void one_document_is_told_alone(void **state)
{
    struct rlc_debtor_fact first = silence("2026-03-02T10:00:00Z", "FA1", RLC_SUPPRESSION_CAP);
    struct rlc_debtor_fact second = silence("2026-03-02T10:00:00Z", "FA2", RLC_SUPPRESSION_CAP);
    struct ctl_story story;

    (void)state;
    ctl_story_init(&story, RLC_DAY_NONE, "FA2");
    give(ctl_story_take, &story, &first);
    give(ctl_story_take, &story, &second);
    assert_int_equal(json_array_size(ctl_story_end(&story)), 1);
    assert_non_null(strstr(sentence(story.entries, 0), "FA2"));
    ctl_story_clear(&story);
}

/* ---- folding ---- */

static struct rlc_debtor_fact receivable(const char *at, const char *document, int64_t open)
{
    struct rlc_debtor_fact fact = fact_at(RLC_FACT_KIND_RECEIVABLE_CHANGED, at);

    fact.receivable_changed.document = rlc_span_of(document);
    fact.receivable_changed.open = (struct rlc_money){ open, "EUR" };
    fact.receivable_changed.total = (struct rlc_money){ 10000, "EUR" };
    return fact;
}

static void assert_credit(struct ctl_sheet *sheet, int64_t minor)
{
    json_t *result = ctl_sheet_result(sheet);
    const json_t *balance = json_array_get(json_object_get(result, "balances"), 0);

    assert_int_equal(json_integer_value(json_object_get(balance, "credit_minor")), minor);
    json_decref(result);
}

static void what_is_open_adds_up_per_creditor_and_currency(void **state)
{
    struct rlc_debtor_fact facts[] = {
        receivable("2026-03-01T10:00:00Z", "FA1", 10000),
        receivable("2026-03-01T10:00:00Z", "FA2", 5050),
        receivable("2026-03-01T10:00:00Z", "FA3", 700),
        receivable("2026-03-02T10:00:00Z", "FA1", 2500), /* paid in part */
        receivable("2026-03-03T10:00:00Z", "FA2", 0),    /* paid */
    };
    struct ctl_sheet sheet;
    const json_t *balances;
    json_t *result;

    (void)state;
    memcpy(facts[2].receivable_changed.open.currency, "USD", 4);
    ctl_sheet_init(&sheet);
    for (size_t i = 0; i < RLC_COUNT(facts); i++)
        give(ctl_sheet_take, &sheet, &facts[i]);
    result = ctl_sheet_result(&sheet);
    balances = json_object_get(result, "balances");
    assert_int_equal(json_array_size(balances), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(balances, 0), "open")),
                        "25.00");
    assert_string_equal(json_string_value(json_object_get(json_array_get(balances, 1), "open")),
                        "7.00");
    assert_int_equal(json_array_size(json_object_get(result, "receivables")), 2);
    json_decref(result);
    ctl_sheet_clear(&sheet);
}

/* A payment's rest, and what a cancelled invoice had been given; then it is invoiced again. */
static void what_is_on_account_is_what_the_latest_facts_say(void **state)
{
    struct rlc_debtor_fact payment =
        fact_at(RLC_FACT_KIND_PAYMENT_RECORDED, "2026-03-01T10:00:00Z");
    struct rlc_debtor_fact cancelled = receivable("2026-03-02T10:00:00Z", "FA1", 0);
    struct rlc_debtor_fact again = receivable("2026-03-03T10:00:00Z", "FA1", 500);
    struct rlc_money on_account = { 700, "EUR" };
    struct ctl_sheet sheet;

    (void)state;
    payment.payment_recorded.settlement = rlc_span_of("P1");
    payment.payment_recorded.amount = (struct rlc_money){ 1000, "EUR" };
    payment.payment_recorded.unapplied = (struct rlc_money){ 300, "EUR" };
    cancelled.receivable_changed.on_account = &on_account;
    cancelled.receivable_changed.on_account_count = 1;
    ctl_sheet_init(&sheet);
    give(ctl_sheet_take, &sheet, &payment);
    give(ctl_sheet_take, &sheet, &cancelled);
    assert_credit(&sheet, 1000);
    give(ctl_sheet_take, &sheet, &again);
    assert_credit(&sheet, 300);
    payment.payment_recorded.unapplied = (struct rlc_money){ 0 };
    give(ctl_sheet_take, &sheet, &payment);
    assert_int_equal(json_object_size(sheet.lists[CTL_SHEET_CREDITS]), 0);
    ctl_sheet_clear(&sheet);
}

static void a_quarantine_goes_with_its_coordinates(void **state)
{
    struct rlc_debtor_fact held = fact_at(RLC_FACT_KIND_QUARANTINE_CHANGED, "2026-03-01T10:00:00Z");
    struct rlc_debtor_fact other = held;
    struct rlc_debtor_fact released = held;
    struct ctl_sheet sheet;

    (void)state;
    held.quarantine_changed.at = (struct rlc_coordinates){ rlc_span_of("billing"), 1, 10 };
    other.quarantine_changed.at = (struct rlc_coordinates){ rlc_span_of("billing"), 1, 11 };
    released.quarantine_changed = held.quarantine_changed;
    released.quarantine_changed.released = true;
    ctl_sheet_init(&sheet);
    give(ctl_sheet_take, &sheet, &held);
    give(ctl_sheet_take, &sheet, &other);
    give(ctl_sheet_take, &sheet, &released);
    assert_int_equal(json_object_size(sheet.lists[CTL_SHEET_QUARANTINE]), 1);
    assert_non_null(json_object_get(sheet.lists[CTL_SHEET_QUARANTINE], "billing|1|11"));
    ctl_sheet_clear(&sheet);
}

/* ---- printing ---- */

static void check_table(const json_t *rows, const char *expected)
{
    static const struct ctl_column COLUMNS[] = {
        { "NAME", "name", false },
        { "N", "number", true },
        { "EMPTY", "nothing", false },
        { "BOTH", "name/number", false },
    };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    ctl_table(out, rows, COLUMNS, RLC_COUNT(COLUMNS));
    (void)fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

static void a_table_is_as_wide_as_its_widest_characters(void **state)
{
    json_t *rows = json_pack("[{s:s, s:i}, {s:s, s:i}, {}]", "name", "Büro", "number", 5, "name",
                             "x", "number", 12345);

    (void)state;
    check_table(rows, "NAME      N  BOTH\n"
                      "Büro      5  Büro/5\n"
                      "x     12345  x/12345\n"
                      "             \n");
    json_decref(rows);
}

static void an_empty_table_prints_nothing(void **state)
{
    json_t *rows = json_array();

    (void)state;
    check_table(rows, "");
    json_decref(rows);
}

static void what_is_absent_is_left_out(void **state)
{
    json_t *object = json_object();

    (void)state;
    ctl_put_text(object, "a", "");
    ctl_put_span(object, "b", (struct rlc_span){ NULL, 0 });
    ctl_put_day(object, "c", RLC_DAY_NONE);
    ctl_put_ms(object, "d", RLC_MS_NONE);
    ctl_put_word(object, "e", RLC_VOCABULARY_CHANNEL, 0);
    ctl_put_money(object, "f", (struct rlc_money){ 0 });
    assert_int_equal(json_object_size(object), 0);
    json_decref(object);
}

static void times_are_those_of_the_debtors_clocks(void **state)
{
    static struct ctl_zone zone;
    char text[CTL_LOCAL_SIZE];

    (void)state;
    ctl_zone_set(&zone, rlc_span_of("Europe/Paris"));
    assert_string_equal(zone.name, "Europe/Paris");
    assert_string_equal(ctl_local(&zone, instant("2026-03-02T09:00:00Z"), text),
                        "2026-03-02 10:00");
    assert_string_equal(ctl_local(&zone, instant("2026-07-01T22:30:00Z"), text),
                        "2026-07-02 00:30");
    ctl_zone_set(&zone, rlc_span_of("Nowhere/Town"));
    assert_string_equal(zone.name, "Europe/Paris");
    assert_string_equal(ctl_local(&zone, RLC_MS_NONE, text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_a_sentence),
        cmocka_unit_test(a_silence_names_reason_rule_end_and_evidence),
        cmocka_unit_test(the_evidence_of_an_agreement_is_the_event_that_opened_it),
        cmocka_unit_test(the_events_in_the_way_are_named_as_their_sources_call_them),
        cmocka_unit_test(two_creditors_may_use_the_same_id),
        cmocka_unit_test(a_command_is_told_with_its_answer),
        cmocka_unit_test(an_erasure_that_is_refused_says_what_is_kept_and_how_long),
        cmocka_unit_test(a_carried_step_names_the_one_that_carries_it),
        cmocka_unit_test(what_is_on_account_is_what_the_latest_facts_say),
        cmocka_unit_test(a_day_tells_what_was_said_before_and_still_holds),
        cmocka_unit_test(one_document_is_told_alone),
        cmocka_unit_test(what_is_open_adds_up_per_creditor_and_currency),
        cmocka_unit_test(a_quarantine_goes_with_its_coordinates),
        cmocka_unit_test(a_table_is_as_wide_as_its_widest_characters),
        cmocka_unit_test(an_empty_table_prints_nothing),
        cmocka_unit_test(what_is_absent_is_left_out),
        cmocka_unit_test(times_are_those_of_the_debtors_clocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
