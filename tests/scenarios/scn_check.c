/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scenarios/scn_check.h"

#include <stdlib.h>
#include <string.h>

#include "common/wire/words.h"
#include "tests/support/check.h"

enum { TOLD_MAX = 60 }; /* facts shown beside a failed expectation */

struct check {
    const struct scn_story *story;
    const struct scn_record *record;
    bool *expected;                /* by fact: a contact request that the script expects */
    bool letters[SCN_LETTERS_MAX]; /* dead letters that it expects */
    FILE *out;
    size_t failures;
};

static rlc_day day_of(const struct check *check, size_t fact)
{
    return rlc_zone_day(check->story->zone, check->record->facts[fact]->decided_at_ms);
}

static void tell_days(const struct check *check, rlc_day from_on, rlc_day to_on)
{
    size_t told = 0;

    for (size_t i = 0; i < check->record->count && told < TOLD_MAX; i++) {
        if (check->record->facts[i]->kind == RLC_FACT_KIND_SCOPE_APPLIED ||
            day_of(check, i) < from_on || day_of(check, i) > to_on)
            continue;
        (void)fprintf(check->out, "    %s\n", check->record->lines[i]);
        told++;
    }
    (void)fprintf(check->out, told > 0 ? "" : "    nothing happened on these days\n");
}

static void unmet(struct check *check, const struct scn_expect *expect, const char *happened)
{
    const char *text = strstr(expect->text, "EXPECT");

    check->failures++;
    (void)fprintf(check->out, "%s:%d: expected:%s\n  but %s:\n", check->story->name, expect->line,
                  text ? text + strlen("EXPECT") : expect->text, happened);
    tell_days(check, expect->whole ? RLC_DAY_MIN : expect->from_on - (expect->count < 0 ? 7 : 0),
              expect->to_on);
}

/* ---- what happens on days ---- */

static bool parties_fit(const struct scn_expect *expect, const struct rlc_envelope *envelope)
{
    return (expect->debtor.size == 0 || rlc_span_equal(expect->debtor, envelope->debtor)) &&
           (expect->creditor.size == 0 || rlc_span_equal(expect->creditor, envelope->creditor));
}

static bool line_fits(const struct scn_expected_line *expected, const struct rlc_contact_body *body)
{
    for (size_t i = 0; i < body->line_count; i++) {
        if (!rlc_span_equal(expected->document, body->lines[i].document))
            continue;
        return expected->amount.currency[0] == '\0' ||
               (rlc_money_same_currency(expected->amount, body->lines[i].open) &&
                expected->amount.minor == body->lines[i].open.minor);
    }
    return false;
}

/* "no reminder for F1" forbids every message about it; else the documents are exactly these. */
static bool lines_fit(const struct scn_expect *expect, const struct rlc_contact_body *body)
{
    if (expect->line_count == 0)
        return true;
    if (expect->count != 0 && expect->line_count != body->line_count)
        return false;
    for (size_t i = 0; i < expect->line_count; i++) {
        if (!line_fits(&expect->lines[i], body))
            return false;
    }
    return true;
}

static bool reminder_fits(const struct check *check, const struct scn_expect *expect, size_t fact)
{
    const struct rlc_debtor_fact *found = check->record->facts[fact];
    const struct rlc_contact_body *body = &found->contact_requested;

    if (found->kind != RLC_FACT_KIND_CONTACT_REQUESTED || body->part > 0)
        return false;
    if (expect->count < 0 && expect->again != (body->request_number > 1))
        return false;
    if (expect->word.size > 0 && !rlc_span_equal(expect->word, body->step))
        return false;
    if (expect->channel != 0 && expect->channel != (int32_t)body->channel)
        return false;
    if (expect->at_minute >= 0 &&
        rlc_zone_minute_of_day(check->story->zone, found->decided_at_ms) != expect->at_minute)
        return false;
    return lines_fit(expect, body);
}

static bool fact_fits(const struct check *check, const struct scn_expect *expect, size_t fact)
{
    char detail[RLC_CODE_BYTES_MAX + 2] = "";

    if ((int32_t)check->record->facts[fact]->kind != expect->kind)
        return false;
    (void)snprintf(detail, sizeof(detail), " %.*s", (int)expect->word.size,
                   expect->word.size > 0 ? (const char *)expect->word.data : "");
    return strstr(check->record->lines[fact], detail) != NULL;
}

static void check_count(struct check *check, const struct scn_expect *expect)
{
    size_t wanted = expect->count < 0 ? 1 : (size_t)expect->count;
    char happened[80];
    size_t found = 0;

    for (size_t i = 0; i < check->record->count; i++) {
        rlc_day day = day_of(check, i);
        bool fits = expect->subject == SCN_REMINDER ? reminder_fits(check, expect, i)
                                                    : fact_fits(check, expect, i);

        if (!fits || !parties_fit(expect, &check->record->facts[i]->envelope) ||
            (!expect->whole && (day < expect->from_on || day > expect->to_on)))
            continue;
        found++;
        check->expected[i] = true;
    }
    (void)snprintf(happened, sizeof(happened), "there were %zu such instead of %zu", found, wanted);
    if (found != wanted)
        unmet(check, expect, happened);
}

/* ---- dead letters ---- */

static bool letter_fits(const struct check *check, const struct scn_expect *expect, size_t index)
{
    const struct rlc_dead_letter *letter = &check->record->letters[index];
    rlc_day day = rlc_zone_day(check->story->zone, letter->rejected_at_ms);

    return rlc_span_equal(letter->code, expect->word) &&
           (expect->state.size == 0 || rlc_span_equal(letter->path, expect->state)) &&
           (expect->debtor.size == 0 || rlc_span_equal(letter->debtor, expect->debtor)) &&
           (expect->whole || (day >= expect->from_on && day <= expect->to_on));
}

static void check_letter(struct check *check, const struct scn_expect *expect)
{
    size_t wanted = expect->count < 0 ? 1 : (size_t)expect->count;
    char happened[80];
    size_t found = 0;

    for (size_t i = 0; i < check->record->letter_count; i++) {
        bool fits = letter_fits(check, expect, i);

        found += fits;
        check->letters[i] = check->letters[i] || fits;
    }
    (void)snprintf(happened, sizeof(happened), "there were %zu such instead of %zu", found, wanted);
    if (found != wanted)
        unmet(check, expect, happened);
}

static void check_letters_expected(struct check *check)
{
    for (size_t i = 0; i < check->record->letter_count; i++) {
        const struct rlc_dead_letter *letter = &check->record->letters[i];

        if (check->letters[i])
            continue;
        check->failures++;
        (void)fprintf(check->out, "%s: a dead letter that nobody expects: %.*s at '%.*s'\n",
                      check->story->name, (int)letter->code.size, (const char *)letter->code.data,
                      (int)letter->path.size, (const char *)letter->path.data);
    }
}

/* ---- how things stand at the end of a day ---- */

static bool is_receivable(const struct rlc_debtor_fact *fact)
{
    return fact->kind == RLC_FACT_KIND_RECEIVABLE_OPENED ||
           fact->kind == RLC_FACT_KIND_RECEIVABLE_CHANGED ||
           fact->kind == RLC_FACT_KIND_RECEIVABLE_CLOSED;
}

static bool is_settlement(const struct rlc_debtor_fact *fact)
{
    return fact->kind == RLC_FACT_KIND_PAYMENT_RECORDED ||
           fact->kind == RLC_FACT_KIND_PAYMENT_UNDONE ||
           fact->kind == RLC_FACT_KIND_CREDIT_RECORDED;
}

/* Whether a later fact, up to the expectation's day, speaks of the same thing. */
static bool is_superseded(const struct check *check, const struct scn_expect *expect, size_t fact)
{
    const struct rlc_debtor_fact *old = check->record->facts[fact];

    for (size_t i = fact + 1; i < check->record->count && day_of(check, i) <= expect->to_on; i++) {
        const struct rlc_debtor_fact *new = check->record->facts[i];

        if ((is_receivable(old) && is_receivable(new) &&
             rlc_span_equal(old->receivable_opened.document, new->receivable_opened.document)) ||
            (is_settlement(old) && is_settlement(new) &&
             rlc_span_equal(old->payment_recorded.settlement, new->payment_recorded.settlement)))
            return true;
    }
    return false;
}

/* What a fact says is on account in a currency: a settlement's rest, or what a document was given
 * and does not need. */
static int64_t credit_of(const struct rlc_debtor_fact *fact, struct rlc_money wanted)
{
    const struct rlc_receivable_fact *receivable = &fact->receivable_opened;
    int64_t sum = 0;

    if (is_settlement(fact) && rlc_money_same_currency(fact->payment_recorded.unapplied, wanted))
        return fact->payment_recorded.unapplied.minor;
    for (size_t i = 0; is_receivable(fact) && i < receivable->on_account_count; i++) {
        if (rlc_money_same_currency(receivable->on_account[i], wanted))
            sum += receivable->on_account[i].minor;
    }
    return sum;
}

static int64_t open_of(const struct rlc_debtor_fact *fact, const struct scn_expect *expect)
{
    const struct rlc_receivable_fact *receivable = &fact->receivable_opened;

    if (!is_receivable(fact) || !rlc_money_same_currency(receivable->open, expect->money) ||
        (expect->subject == SCN_OPEN && !rlc_span_equal(expect->word, receivable->document)))
        return 0;
    return receivable->open.minor;
}

/* Sum, in the expectation's currency, of what the latest facts say. */
static void check_sum(struct check *check, const struct scn_expect *expect)
{
    struct rlc_money sum = expect->money;
    char text[RLC_MONEY_SIZE] = "";
    char happened[80];

    sum.minor = 0;
    for (size_t i = 0; i < check->record->count && day_of(check, i) <= expect->to_on; i++) {
        const struct rlc_debtor_fact *fact = check->record->facts[i];

        if (!parties_fit(expect, &fact->envelope) || is_superseded(check, expect, i))
            continue;
        sum.minor += expect->subject == SCN_CREDIT ? credit_of(fact, sum) : open_of(fact, expect);
    }
    if (sum.minor == expect->money.minor)
        return;
    (void)rlc_money_format(sum, RLC_MONEY_CANONICAL, text, sizeof(text));
    (void)snprintf(happened, sizeof(happened), "it was %s %s", text, sum.currency);
    unmet(check, expect, happened);
}

static bool until_fits(const struct check *check, const struct scn_expect *expect, rlc_ms instant)
{
    if (expect->until_on == 0)
        return true;
    return instant > 0 && rlc_zone_day(check->story->zone, instant) == expect->until_on &&
           (expect->until_minute < 0 ||
            rlc_zone_minute_of_day(check->story->zone, instant) == expect->until_minute);
}

/* The step that was silent is done, or asked for. */
static bool ends_silence(const struct rlc_debtor_fact *fact, const struct rlc_suppressed *silence)
{
    struct scn_expected_line line = { .document = silence->instance.document };

    if (fact->kind == RLC_FACT_KIND_STEP_CLOSED)
        return rlc_span_equal(fact->step_closed.instance.document, line.document) &&
               rlc_span_equal(fact->step_closed.instance.step, silence->instance.step);
    return fact->kind == RLC_FACT_KIND_CONTACT_REQUESTED &&
           line_fits(&line, &fact->contact_requested);
}

/* The last word about a document: silent for a reason, asked for, or done. */
static void check_silence(struct check *check, const struct scn_expect *expect)
{
    const struct rlc_suppressed *last = NULL;

    for (size_t i = 0; i < check->record->count && day_of(check, i) <= expect->to_on; i++) {
        const struct rlc_debtor_fact *fact = check->record->facts[i];

        if (fact->kind == RLC_FACT_KIND_SUPPRESSED &&
            rlc_span_equal(fact->suppressed.instance.document, expect->word))
            last = &fact->suppressed;
        else if (last && ends_silence(fact, last))
            last = NULL;
    }
    if (!last)
        unmet(check, expect, "no step of it was open and silent at the end of that day");
    else if ((int32_t)last->reason != expect->kind)
        unmet(check, expect, "the reason was another");
    else if (!until_fits(check, expect, last->next_at_ms))
        unmet(check, expect, "it is looked at again at another time");
}

static bool is_instance(const struct rlc_step_instance *instance, const struct scn_expect *expect)
{
    return rlc_span_equal(instance->document, expect->word) &&
           rlc_span_equal(instance->step, expect->state);
}

static void check_step(struct check *check, const struct scn_expect *expect)
{
    int32_t state = -1; /* unopened */

    for (size_t i = 0; i < check->record->count && day_of(check, i) <= expect->to_on; i++) {
        const struct rlc_debtor_fact *fact = check->record->facts[i];

        if (fact->kind == RLC_FACT_KIND_STEP_OPENED &&
            is_instance(&fact->step_opened.instance, expect))
            state = 0;
        if (fact->kind == RLC_FACT_KIND_STEP_CLOSED &&
            is_instance(&fact->step_closed.instance, expect))
            state = (int32_t)fact->step_closed.result;
    }
    if (state != expect->kind)
        unmet(check, expect, "it stood otherwise");
}

static void check_agreement(struct check *check, const struct scn_expect *expect)
{
    const struct rlc_agreement_fact *last = NULL;

    for (size_t i = 0; i < check->record->count && day_of(check, i) <= expect->to_on; i++) {
        const struct rlc_debtor_fact *fact = check->record->facts[i];

        if (fact->kind >= RLC_FACT_KIND_AGREEMENT_OPENED &&
            fact->kind <= RLC_FACT_KIND_AGREEMENT_CLOSED &&
            rlc_span_equal(fact->agreement_opened.agreement, expect->word))
            last = &fact->agreement_opened;
    }
    if (!last || (int32_t)last->result != expect->kind)
        unmet(check, expect, last ? "it stood otherwise" : "nobody knew of it");
}

/* ---- what holds for every story ---- */

static void check_unexpected(struct check *check)
{
    for (size_t i = 0; i < check->record->count; i++) {
        const struct rlc_debtor_fact *fact = check->record->facts[i];

        if (fact->kind != RLC_FACT_KIND_CONTACT_REQUESTED || fact->contact_requested.part > 0 ||
            check->expected[i])
            continue;
        check->failures++;
        (void)fprintf(check->out, "%s: a reminder that nobody expects:\n    %s\n",
                      check->story->name, check->record->lines[i]);
    }
}

static bool same_instance(const struct rlc_step_instance *a, const struct rlc_step_instance *b)
{
    return rlc_span_equal(a->document, b->document) && rlc_span_equal(a->scenario, b->scenario) &&
           rlc_span_equal(a->step, b->step) && a->occurrence == b->occurrence;
}

/* Rule 5: opened once, closed at most once, and while it is open there is a reason or a request. */
static void check_instance(struct check *check, size_t opened)
{
    const struct rlc_step_instance *instance = &check->record->facts[opened]->step_opened.instance;
    size_t openings = 0;
    size_t closings = 0;
    bool explained = false;

    for (size_t i = 0; i < check->record->count; i++) {
        const struct rlc_debtor_fact *fact = check->record->facts[i];

        openings += fact->kind == RLC_FACT_KIND_STEP_OPENED &&
                    same_instance(instance, &fact->step_opened.instance);
        closings += fact->kind == RLC_FACT_KIND_STEP_CLOSED &&
                    same_instance(instance, &fact->step_closed.instance);
        explained |= fact->kind == RLC_FACT_KIND_SUPPRESSED &&
                     same_instance(instance, &fact->suppressed.instance);
        explained |= fact->kind == RLC_FACT_KIND_CONTACT_REQUESTED &&
                     line_fits(&(struct scn_expected_line){ .document = instance->document },
                               &fact->contact_requested);
    }
    if (openings == 1 && closings <= 1 && (closings == 1 || explained))
        return;
    check->failures++;
    (void)fprintf(check->out, "%s: a step was opened %zu times, closed %zu times and %s:\n    %s\n",
                  check->story->name, openings, closings,
                  explained ? "explained" : "never explained", check->record->lines[opened]);
}

/* One total for each currency: the sum of its lines. Never a sum across currencies. */
static void check_totals(struct check *check, size_t request)
{
    const struct rlc_contact_body *body = &check->record->facts[request]->contact_requested;

    for (size_t i = 0; i < body->total_count; i++) {
        int64_t left = body->totals[i].open.minor;
        uint32_t lines = body->totals[i].line_count;

        for (size_t k = 0; k < body->line_count; k++) {
            if (!rlc_money_same_currency(body->totals[i].open, body->lines[k].open))
                continue;
            left -= body->lines[k].open.minor;
            lines--;
        }
        if (left == 0 && lines == 0)
            continue;
        check->failures++;
        (void)fprintf(check->out, "%s: a total in %s is not the sum of its lines:\n    %s\n",
                      check->story->name, body->totals[i].open.currency,
                      check->record->lines[request]);
    }
}

static void check_always(struct check *check)
{
    check_unexpected(check);
    check_letters_expected(check);
    for (size_t i = 0; i < check->record->count; i++) {
        if (check->record->facts[i]->kind == RLC_FACT_KIND_STEP_OPENED)
            check_instance(check, i);
        if (check->record->facts[i]->kind == RLC_FACT_KIND_CONTACT_REQUESTED)
            check_totals(check, i);
    }
}

size_t scn_check(const struct scn_story *story, const struct scn_record *record, FILE *out)
{
    static void (*const CHECKS[])(struct check *, const struct scn_expect *) = {
        [SCN_REMINDER] = check_count,
        [SCN_BALANCE] = check_sum,
        [SCN_OPEN] = check_sum,
        [SCN_CREDIT] = check_sum,
        [SCN_SILENCE] = check_silence,
        [SCN_STEP] = check_step,
        [SCN_AGREEMENT] = check_agreement,
        [SCN_FACT] = check_count,
        [SCN_LETTER] = check_letter,
    };
    struct check check = { .story = story, .record = record, .out = out };

    check.expected = calloc(record->count + 1, sizeof(*check.expected));
    assert_non_null(check.expected);
    for (size_t i = 0; i < story->expect_count; i++) {
        struct scn_expect expect = story->expects[i];

        if (expect.whole)
            expect.to_on = story->end_on;
        CHECKS[expect.subject](&check, &expect);
    }
    check_always(&check);
    free(check.expected);
    return check.failures;
}

bool scn_differ(const struct scn_record *left, const struct scn_record *right, FILE *out)
{
    static const char NOTHING[] = "nothing more";
    size_t i = 0;

    while (i < left->count && i < right->count && strcmp(left->lines[i], right->lines[i]) == 0)
        i++;
    if (i == left->count && i == right->count)
        return false;
    (void)fprintf(out, "in batches of 1:      %s\nin batches of 10,000: %s\n",
                  i < left->count ? left->lines[i] : NOTHING,
                  i < right->count ? right->lines[i] : NOTHING);
    return true;
}
