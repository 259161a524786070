/* SPDX-License-Identifier: Apache-2.0 */
/* For scripts: scores invoices as the worker does, through facts and profiles.
 *
 * usage: score_tool MODEL.yaml < ENTRIES
 *
 * Entries come debtor by debtor, in the order in which they became known, days as numbers:
 *     issue NUMBER DEBTOR CURRENCY AMOUNT ISSUED DUE
 *     pay NUMBER DEBTOR CURRENCY AMOUNT PAID DUE
 * Each issue prints `NUMBER late_ppm delay_days`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/decimal.h"
#include "common/runtime/memory.h"

#include "tests/support/score_model.h"
#include "tests/support/scoring_bench.h"

#define LINE_MAX_BYTES 256

struct entry {
    char word[8];
    char number[16];
    char debtor[64];
    char currency[RLC_CURRENCY_SIZE];
    int64_t minor;
    rlc_day on;
    rlc_day due_on;
};

/* A field of the line, behind the one before it. */
static void read_word(char **rest, char *word, size_t size)
{
    const char *found = strtok_r(NULL, " \n", rest);

    (void)snprintf(word, size, "%s", found ? found : "");
}

static int64_t read_number(char **rest)
{
    char word[32];
    int64_t number = 0;

    read_word(rest, word, sizeof(word));
    if (!rlc_i64_parse(rlc_span_of(word), &number)) {
        (void)fprintf(stderr, "'%s' is no number\n", word);
        exit(EXIT_FAILURE);
    }
    return number;
}

static bool read_entry(struct entry *entry)
{
    static char line[LINE_MAX_BYTES];
    char *rest = line;

    if (!fgets(line, sizeof(line), stdin))
        return false;
    (void)snprintf(entry->word, sizeof(entry->word), "%s", strtok_r(line, " ", &rest));
    read_word(&rest, entry->number, sizeof(entry->number));
    read_word(&rest, entry->debtor, sizeof(entry->debtor));
    read_word(&rest, entry->currency, sizeof(entry->currency));
    entry->minor = read_number(&rest);
    entry->on = (rlc_day)read_number(&rest);
    entry->due_on = (rlc_day)read_number(&rest);
    return true;
}

static void print_score(struct bench *bench, const struct entry *entry)
{
    static const struct rlc_profile NONE = { .format = SCORING_FORMAT };
    const struct rlc_profile *profile = bench_profile(bench);
    struct scoring_document document = { .amount.minor = entry->minor,
                                         .issued_on = entry->on,
                                         .due_on = entry->due_on };
    struct scoring_values values;
    struct scoring_rating rating;

    memcpy(document.amount.currency, entry->currency, RLC_CURRENCY_SIZE);
    scoring_values(profile ? profile : &NONE, entry->on, &document, &values);
    scoring_rate(bench->model, &values, &rating);
    (void)printf("%s %u %d\n", entry->number, rating.late_ppm, rating.delay_days);
}

static void take(struct bench *bench, const struct entry *entry)
{
    bool issued = strcmp(entry->word, "issue") == 0;
    struct rlc_debtor_fact fact = { .kind = issued ? RLC_FACT_KIND_RECEIVABLE_OPENED
                                                   : RLC_FACT_KIND_RECEIVABLE_CLOSED };
    struct rlc_receivable_fact *receivable = &fact.receivable_opened;

    if (issued)
        print_score(bench, entry);
    *receivable = (struct rlc_receivable_fact){
        .document = rlc_span_of(entry->number),
        .cause = issued ? RLC_RECEIVABLE_CAUSE_ISSUED : RLC_RECEIVABLE_CAUSE_PAID,
        .total.minor = entry->minor,
        .open.minor = issued ? entry->minor : 0,
        .issued_on = entry->on,
        .due_on = entry->due_on,
        .value_on = entry->on,
    };
    memcpy(receivable->total.currency, entry->currency, RLC_CURRENCY_SIZE);
    memcpy(receivable->open.currency, entry->currency, RLC_CURRENCY_SIZE);
    bench->today = entry->on;
    bench_take(bench, &fact);
}

int main(int count, char **arguments)
{
    struct rlc_arena arena = { .base = NULL };
    const struct scoring_model *model = count == 2 ? score_model_read(arguments[1], &arena) : NULL;
    char debtor[64] = "";
    struct bench bench = { .memory = NULL };
    struct entry entry;

    if (!model) {
        (void)fputs("usage: score_tool MODEL.yaml < ENTRIES\n", stderr);
        return 2;
    }
    while (read_entry(&entry)) {
        if (strcmp(debtor, entry.debtor) != 0) {
            bench_close(&bench);
            bench_open(&bench, model, entry.on);
            (void)snprintf(debtor, sizeof(debtor), "%s", entry.debtor);
        }
        take(&bench, &entry);
    }
    bench_close(&bench);
    rlc_arena_unmap(&arena);
    return EXIT_SUCCESS;
}
