/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what follows EXPECT. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/words.h"
#include "tests/scenarios/scn_story.h"

/* ---- filters ---- */

static bool is_filter(const char *word)
{
    static const char *const FILTERS[] = { "for", "to", "from", "at", "by", "again", "" };

    for (size_t i = 0; i < RLC_COUNT(FILTERS); i++) {
        if (strcmp(word, FILTERS[i]) == 0)
            return true;
    }
    return false;
}

/* "for F1 1200.00 EUR, F2": exactly these documents. */
static void documents(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    while (!is_filter(scn_peek(line)) && expect->line_count < SCN_LINES_MAX) {
        struct scn_expected_line *next = &expect->lines[expect->line_count++];

        next->document = scn_span(story, line, "a document");
        if (scn_is_amount(scn_peek(line)))
            next->amount = scn_money(line);
    }
}

static void at(struct scn_line *line, struct scn_expect *expect)
{
    const char *word = scn_word(line, "a time");

    if (!scn_minute(word, &expect->at_minute))
        scn_line_wrong(line, "'%s' is no time such as 10:00", word);
}

static void by(struct scn_line *line, struct scn_expect *expect)
{
    const char *word = scn_word(line, "a channel");

    if (strcmp(word, "e-mail") == 0)
        word = "email";
    if (!rlc_word_parse(RLC_VOCABULARY_CHANNEL, rlc_span_of(word), &expect->channel))
        scn_line_wrong(line, "'%s' is no channel", word);
}

static void filters(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    while (!scn_line_ended(line)) {
        if (scn_accept(line, "for"))
            documents(story, line, expect);
        else if (scn_accept(line, "to"))
            expect->debtor = scn_span(story, line, "a debtor");
        else if (scn_accept(line, "from"))
            expect->creditor = scn_span(story, line, "a creditor");
        else if (scn_accept(line, "at"))
            at(line, expect);
        else if (scn_accept(line, "by"))
            by(line, expect);
        else if (scn_accept(line, "again"))
            expect->again = true;
        else
            return;
    }
}

/* ---- subjects ---- */

static void reminder(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    expect->subject = SCN_REMINDER;
    if (!is_filter(scn_peek(line)))
        expect->word = scn_span(story, line, "a step");
    filters(story, line, expect);
}

static void balance(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    expect->subject = SCN_BALANCE;
    expect->money = scn_money(line);
    filters(story, line, expect);
}

static void open_amount(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    expect->subject = SCN_OPEN;
    expect->word = scn_span(story, line, "a document");
    expect->money = scn_money(line);
}

static void on_account(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    expect->subject = SCN_CREDIT;
    scn_need(line, "account");
    expect->money = scn_money(line);
    filters(story, line, expect);
}

static void silence(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    expect->subject = SCN_SILENCE;
    expect->word = scn_span(story, line, "a document");
    expect->state = scn_span(story, line, "a reason");
    if (!rlc_word_parse(RLC_VOCABULARY_SUPPRESSION, expect->state, &expect->kind))
        scn_line_wrong(line, "'%s' is no reason for silence", (const char *)expect->state.data);
    if (!scn_accept(line, "until"))
        return;
    expect->until_on = scn_day(line);
    if (scn_minute(scn_peek(line), &expect->until_minute))
        (void)scn_word(line, "a time");
}

static void step(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    static const char *const MORE[] = { "OPEN", "UNOPENED" };

    expect->subject = SCN_STEP;
    expect->state = scn_span(story, line, "a step");
    scn_need(line, "of");
    expect->word = scn_span(story, line, "a document");
    expect->kind = 0;
    for (size_t i = 0; i < RLC_COUNT(MORE); i++) {
        if (scn_accept(line, MORE[i])) {
            expect->kind = -(int32_t)i;
            return;
        }
    }
    if (!rlc_word_parse(RLC_VOCABULARY_STEP_RESULT, rlc_span_of(scn_word(line, "a state")),
                        &expect->kind))
        scn_line_wrong(line, "a step is OPEN, UNOPENED, ACTED, PAID, CARRIED, STEP_GONE, EXPIRED");
}

static void agreement(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    expect->subject = SCN_AGREEMENT;
    expect->word = scn_span(story, line, "an agreement");
    if (scn_accept(line, "OPEN"))
        return;
    if (!rlc_word_parse(RLC_VOCABULARY_AGREEMENT_RESULT, rlc_span_of(scn_word(line, "a state")),
                        &expect->kind))
        scn_line_wrong(line, "an agreement is OPEN, KEPT, PARTIAL, BROKEN, RESOLVED, LIFTED, "
                             "EXPIRED, REPLACED or MOOT");
}

static void fact(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    const char *word = scn_word(line, "a kind of fact");

    expect->subject = SCN_FACT;
    if (!rlc_word_parse(RLC_VOCABULARY_FACT_KIND, rlc_span_of(word), &expect->kind))
        scn_line_wrong(line, "'%s' is no kind of fact", word);
    if (!is_filter(scn_peek(line)))
        expect->word = scn_span(story, line, "a detail");
    filters(story, line, expect);
}

static void letter(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    expect->subject = SCN_LETTER;
    expect->word = scn_span(story, line, "a code");
    if (!is_filter(scn_peek(line)))
        expect->state = scn_span(story, line, "a place");
    filters(story, line, expect);
}

void scn_read_expect(struct scn_story *story, struct scn_line *line, struct scn_expect *expect)
{
    static const struct {
        const char *word;
        void (*read)(struct scn_story *, struct scn_line *, struct scn_expect *);
    } SUBJECTS[] = {
        { "reminder", reminder }, { "reminders", reminder }, { "balance", balance },
        { "open", open_amount },  { "on", on_account },      { "silence", silence },
        { "step", step },         { "promise", agreement },  { "dispute", agreement },
        { "hold", agreement },    { "fact", fact },          { "facts", fact },
        { "letter", letter },     { "letters", letter },
    };

    if (scn_accept(line, "no"))
        expect->count = 0;
    else if (isdigit((unsigned char)scn_peek(line)[0]))
        expect->count = (int32_t)strtol(scn_word(line, "a number"), NULL, 10);
    for (size_t i = 0; i < RLC_COUNT(SUBJECTS); i++) {
        if (!scn_accept(line, SUBJECTS[i].word))
            continue;
        SUBJECTS[i].read(story, line, expect);
        return;
    }
    scn_line_wrong(line, "'%s' cannot be expected", scn_peek(line));
}
