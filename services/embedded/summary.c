/* SPDX-License-Identifier: Apache-2.0 */
#include "summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/policy/bundle_build.h"

/* Name of an expectation, and of a number of any size. */
#define TEXT_SIZE 64

struct lines {
    const struct expectation *expectation;
    bool whole;
    int wrong;
};

static void say(const char *what, const char *value)
{
    (void)printf("  %-34s %s\n", what, value);
}

static void say_number(const char *what, int64_t number)
{
    (void)printf("  %-34s %" PRId64 "\n", what, number);
}

/* What is not as wanted. */
static void must(struct lines *lines, const char *what, int64_t number, int64_t wanted)
{
    if (number == wanted) {
        say_number(what, number);
        return;
    }
    (void)printf("  %-34s %" PRId64 ", and not %" PRId64 ": WRONG\n", what, number, wanted);
    lines->wrong++;
}

/* Of a portfolio that has everything in it, nothing at all would be as wrong as a wrong number. */
static void some(struct lines *lines, const char *what, int64_t number)
{
    bool wrong = lines->whole && number <= 0;

    (void)printf("  %-34s %" PRId64 "%s\n", what, number,
                 wrong ? ": WRONG, there must be some" : "");
    lines->wrong += wrong;
}

static void expected_text(struct lines *lines, const char *what, const char *name, const char *text)
{
    const char *wanted = expectation_of(lines->expectation, name);

    if (!wanted || strcmp(text, wanted) == 0) {
        say(what, text);
        return;
    }
    (void)printf("  %-34s %s, and not %s: WRONG\n", what, text, wanted);
    lines->wrong++;
}

static void expected(struct lines *lines, const char *what, const char *name, int64_t number)
{
    char text[TEXT_SIZE];

    (void)snprintf(text, sizeof(text), "%" PRId64, number);
    expected_text(lines, what, name, text);
}

/* An amount as people write it; what was expected is in minor units. */
static void still_owed(struct lines *lines, const char *currency, int64_t number)
{
    static const struct rlc_money_style PEOPLE = { '.', ',' };
    struct rlc_money money = { .minor = number };
    char what[TEXT_SIZE];
    char name[TEXT_SIZE];
    char minor[TEXT_SIZE];
    char text[RLC_MONEY_SIZE];
    const char *wanted;

    (void)snprintf(what, sizeof(what), "still owed, %.8s", currency);
    (void)snprintf(name, sizeof(name), EXPECTATION_OPEN "%.8s", currency);
    (void)snprintf(minor, sizeof(minor), "%" PRId64, number);
    wanted = expectation_of(lines->expectation, name);
    if (!rlc_currency_parse(rlc_span_of(currency), money.currency) ||
        !rlc_money_format(money, PEOPLE, text, sizeof(text)) ||
        (wanted && strcmp(minor, wanted) != 0)) {
        (void)printf("  %-34s %s minor units, and not %s: WRONG\n", what, minor,
                     wanted ? wanted : "an amount");
        lines->wrong++;
        return;
    }
    say(what, text);
}

static void list(const struct counts *counts)
{
    char name[COUNTS_NAME_MAX + 3];

    for (const struct count *count = counts->first; count; count = count->hh.next) {
        (void)snprintf(name, sizeof(name), "  %s", count->name);
        say_number(name, count->number);
    }
}

/* ---- sections ---- */

/* What is expected in a currency that no invoice has. */
static void owed_nowhere(struct lines *lines, const struct counts *open)
{
    size_t prefix = sizeof(EXPECTATION_OPEN) - 1;

    for (size_t i = 0; i < lines->expectation->count; i++) {
        const char *name = lines->expectation->line[i].name;
        bool there = strncmp(name, EXPECTATION_OPEN, prefix) != 0;

        for (const struct count *one = open->first; one && !there; one = one->hh.next)
            there = strcmp(one->name, name + prefix) == 0;
        if (!there)
            still_owed(lines, name + prefix, 0);
    }
}

static void portfolio(struct lines *lines, const struct summary *summary)
{
    const struct tally *tally = summary->tally;

    (void)puts("The portfolio");
    expected(lines, "events", "records", summary->records);
    expected_text(lines, "last day", "last_day", summary->last_day);
    expected(lines, "debtors", "debtors", (int64_t)counts_size(&tally->debtors));
    expected(lines, "invoices", "invoices", (int64_t)counts_size(&tally->receivables));
    for (const struct count *open = tally->open.first; open; open = open->hh.next)
        still_owed(lines, open->name, open->number);
    owed_nowhere(lines, &tally->open);
}

static void contacts(struct lines *lines, const struct summary *summary)
{
    const struct tally *tally = summary->tally;

    (void)puts("Contacts, as sent");
    some(lines, "asked for", counts_sum(&tally->asked));
    list(&tally->asked);
    must(lines, "without an answer", counts_with(&tally->requests, TALLY_ASKED), 0);
    some(lines, "accepted", counts_number(&tally->outcomes, "ACCEPTED"));
    must(lines, "mails that left", summary->mails, counts_number(&tally->outcomes, "ACCEPTED"));
    (void)puts("Silences, by reason");
    some(lines, "reasons written down", counts_sum(&tally->silences));
    list(&tally->silences);
}

static void steps(struct lines *lines, const struct tally *tally)
{
    int64_t opened = (int64_t)counts_size(&tally->steps);
    int64_t acted = counts_number(&tally->results, "ACTED");
    int64_t suppressed = counts_sum(&tally->results) - acted;
    int64_t closed = counts_with(&tally->steps, TALLY_STEP_CLOSED);

    (void)puts("Step instances: each that fell due is acted on, suppressed, or still open with its "
               "reason");
    some(lines, "opened", opened);
    some(lines, "acted", acted);
    some(lines, "suppressed", suppressed);
    say_number("still open", opened - closed);
    must(lines, "acted + suppressed + still open", acted + suppressed + opened - closed, opened);
    must(lines, "still open without a reason", counts_with(&tally->steps, TALLY_STEP_OPEN), 0);
}

static void scores(struct lines *lines, const struct tally *tally)
{
    (void)puts("Scores: how likely debtors are to pay late");
    some(lines, "said", counts_sum(&tally->scored));
    some(lines, "of debtors", (int64_t)counts_size(&tally->scored));
}

static void wrong_records(struct lines *lines, const struct summary *summary)
{
    const struct tally *tally = summary->tally;

    (void)puts("What could not be understood: its debtors are left in peace until somebody "
               "decides");
    if (summary->no_letters)
        must(lines, "dead letters", counts_sum(&tally->letters), 0);
    else
        expected(lines, "dead letters", "dead_letters", counts_sum(&tally->letters));
    list(&tally->letters);
    expected(lines, "one event id, two contents", "conflicts", tally->conflicts);
    expected(lines, "debtors in quarantine", "quarantined",
             (int64_t)counts_size(&tally->quarantined));
}

static void trail(struct lines *lines, const struct summary *summary)
{
    const struct proof *proof = summary->proof;
    char hash[RLC_HASH_TEXT_SIZE];

    (void)puts("The trail");
    some(lines, "records", proof->records);
    some(lines, "chains", proof->chains);
    must(lines, "chains with a flaw", proof->flaws, 0);
    must(lines, "attempts judged", proof->attempts, summary->mails);
    must(lines, "contacts behind a known payment", proof->behind, 0);
    must(lines, "contacts out of order", proof->out_of_order, 0);
    if (proof->first[0])
        say("first finding", proof->first);
    (void)puts("The state");
    some(lines, "debtors with one", (int64_t)summary->debtors);
    rlc_hash_format(&summary->state, hash);
    say("hash over all of them", hash);
}

int summary_print(const struct summary *summary)
{
    struct lines lines = { .expectation = summary->expectation, .whole = summary->whole };

    portfolio(&lines, summary);
    contacts(&lines, summary);
    steps(&lines, summary->tally);
    scores(&lines, summary->tally);
    wrong_records(&lines, summary);
    trail(&lines, summary);
    return lines.wrong;
}
