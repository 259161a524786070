/* SPDX-License-Identifier: Apache-2.0 */
/* What `try` has found on one screen: the balance as a picture, what the law adds, what would go
 * out, what is dirty, what to do next. */
#include <stdlib.h>
#include <string.h>

#include "reasons.h"
#include "text.h"
#include "try_sheet.h"

#define BAR_WIDTH   30 /* of the largest age */
#define NUMBER_SIZE 40

static const struct rlc_money_style PEOPLE = { '.', ',' };

/* "9,681" */
static const char *number(long count, char text[NUMBER_SIZE])
{
    char plain[NUMBER_SIZE];
    int size = snprintf(plain, sizeof(plain), "%ld", count);
    size_t used = 0;

    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = plain[i];
    }
    text[used] = '\0';
    return text;
}

static const char *amount(struct rlc_money money, char text[RLC_MONEY_SIZE])
{
    if (!rlc_money_format(money, PEOPLE, text, RLC_MONEY_SIZE))
        text[0] = '\0';
    return text;
}

static const char *plural(long count)
{
    return count == 1 ? "" : "s";
}

/* ---- the balance ---- */

static void print_bar(FILE *out, int64_t minor, int64_t most)
{
    int64_t width = most > 0 ? (int64_t)((__int128)minor * BAR_WIDTH / most) : 0;

    /* What is there is seen. */
    if (width == 0 && minor > 0)
        width = 1;
    for (int64_t i = 0; i < width; i++)
        (void)fputc('#', out);
}

static void print_age(FILE *out, const struct ctl_subtotal *subtotal, enum ctl_age age,
                      int64_t most)
{
    const struct ctl_heap *heap = &subtotal->ages[age];
    char sum[RLC_MONEY_SIZE];
    char count[NUMBER_SIZE];

    if (heap->items == 0)
        return;
    (void)fprintf(out, "  %-14s %18s %8s%s", ctl_age_word(age), amount(heap->amount, sum),
                  number(heap->items, count), heap->amount.minor > 0 ? "  " : "");
    print_bar(out, heap->amount.minor, most);
    (void)fputc('\n', out);
}

static void print_subtotal(FILE *out, const struct ctl_subtotal *subtotal)
{
    int64_t most = 0;
    char sum[RLC_MONEY_SIZE];
    char count[NUMBER_SIZE];
    char debtors[NUMBER_SIZE];

    for (enum ctl_age age = 0; age < CTL_AGE_COUNT; age++) {
        if (subtotal->ages[age].amount.minor > most)
            most = subtotal->ages[age].amount.minor;
    }
    (void)fprintf(out, "%s %s in %s item%s", subtotal->all.amount.currency,
                  amount(subtotal->all.amount, sum), number(subtotal->all.items, count),
                  plural(subtotal->all.items));
    if (subtotal->overdue.items > 0) {
        (void)fprintf(out, "; late: %s in %s item%s of %s debtor%s",
                      amount(subtotal->overdue.amount, sum), number(subtotal->overdue.items, count),
                      plural(subtotal->overdue.items), number(subtotal->overdue_debtors, debtors),
                      plural(subtotal->overdue_debtors));
    }
    (void)fputc('\n', out);
    for (enum ctl_age age = 0; age < CTL_AGE_COUNT; age++)
        print_age(out, subtotal, age, most);
}

static void print_balance(FILE *out, const struct ctl_try *found)
{
    const struct ctl_balance *balance = &found->balance;
    long unread = balance->rows - (long)balance->item_count;
    char day[RLC_DAY_SIZE];
    char count[NUMBER_SIZE];
    char debtors[NUMBER_SIZE];
    char sum[RLC_MONEY_SIZE];

    (void)rlc_day_format(found->on, day, sizeof(day));
    (void)fprintf(out, "%s on %s: %s open item%s of %s debtor%s\n", found->path, day,
                  number((long)balance->item_count, count), plural((long)balance->item_count),
                  number((long)balance->debtor_count, debtors),
                  plural((long)balance->debtor_count));
    for (size_t i = 0; i < found->dues.count; i++)
        print_subtotal(out, &found->dues.subtotals[i]);
    for (size_t i = 0; i < balance->credit_count; i++) {
        unread -= balance->credits[i].rows;
        (void)fprintf(out, "Not counted: %s %s in %s negative row%s\n",
                      balance->credits[i].amount.currency, amount(balance->credits[i].amount, sum),
                      number(balance->credits[i].rows, count), plural(balance->credits[i].rows));
    }
    if (unread > 0)
        (void)fprintf(out, "Not counted: %s row%s that could not be read\n", number(unread, count),
                      plural(unread));
}

/* ---- the law ---- */

static void print_gaps(FILE *out, const struct ctl_try *found, const struct ctl_subtotal *subtotal)
{
    const char *currency = subtotal->all.amount.currency;
    char count[NUMBER_SIZE];
    char day[RLC_DAY_SIZE];

    if (subtotal->without_law > 0) {
        (void)fprintf(out, "  %s: nothing for %s item%s: no law is named for them (--law)\n",
                      currency, number(subtotal->without_law, count),
                      plural(subtotal->without_law));
    }
    if (subtotal->without_rate > 0) {
        (void)rlc_day_format(found->dues.unknown_from_on, day, sizeof(day));
        (void)fprintf(out, "  %s: %s item%s at least this much: no rate is known from %s on\n",
                      currency, number(subtotal->without_rate, count),
                      plural(subtotal->without_rate), day);
    }
    if (subtotal->without_sum > 0) {
        (void)fprintf(out, "  %s: no fixed sum for %s item%s: it depends on an amount in %s\n",
                      currency, number(subtotal->without_sum, count), plural(subtotal->without_sum),
                      found->dues.law->currency);
    }
}

static void print_law(FILE *out, const struct ctl_try *found)
{
    const struct ctl_dues *dues = &found->dues;
    char sum[RLC_MONEY_SIZE];
    char count[NUMBER_SIZE];

    if (dues->law) {
        (void)fprintf(out, "\nThe law adds (%s, %s%s%s)\n", dues->law->code, dues->law->basis,
                      dues->named ? "" : "; without --law: items in ",
                      dues->named ? "" : dues->law->currency);
    } else {
        (void)fputs("\nThe law adds\n", out);
    }
    for (size_t i = 0; i < dues->count; i++) {
        const struct ctl_subtotal *subtotal = &dues->subtotals[i];

        if (subtotal->interest.items > 0) {
            (void)fprintf(
                out, "  interest       %3s %14s %8s\n", subtotal->interest.amount.currency,
                amount(subtotal->interest.amount, sum), number(subtotal->interest.items, count));
        }
    }
    for (size_t i = 0; i < dues->indemnity_count; i++) {
        (void)fprintf(out, "  recovery costs %3s %14s %8s\n", dues->indemnity[i].amount.currency,
                      amount(dues->indemnity[i].amount, sum),
                      number(dues->indemnity[i].items, count));
    }
    for (size_t i = 0; i < dues->count; i++)
        print_gaps(out, found, &dues->subtotals[i]);
    if (dues->consumers > 0)
        (void)fprintf(out, "  nothing for %s item%s of consumers\n", number(dues->consumers, count),
                      plural(dues->consumers));
}

/* ---- the days to come ---- */

static void print_step(FILE *out, const struct ctl_forecast_step *step)
{
    char sum[RLC_MONEY_SIZE];
    char count[NUMBER_SIZE];
    char items[NUMBER_SIZE];

    (void)fprintf(out, "  %.*s/%-*.*s %6s message%s  %6s item%s  ", (int)step->scenario.size,
                  (const char *)step->scenario.data,
                  step->scenario.size < 24 ? (int)(24 - step->scenario.size) : 0,
                  (int)step->step.size, (const char *)step->step.data,
                  number(step->messages, count), step->messages == 1 ? " " : "s",
                  number(step->items, items), step->items == 1 ? " " : "s");
    for (size_t i = 0; i < step->amount_count; i++)
        (void)fprintf(out, "%s%s %s", i ? ", " : "", step->amounts[i].currency,
                      amount(step->amounts[i], sum));
    (void)fputc('\n', out);
}

static void print_silences(FILE *out, const struct ctl_forecast *forecast)
{
    char count[NUMBER_SIZE];

    for (int i = 1; i <= RLC_SUPPRESSION_PROVISIONAL; i++) {
        if (forecast->silent[i] > 0) {
            (void)fprintf(out, "  %s item%s wait%s: %s\n", number(forecast->silent[i], count),
                          plural(forecast->silent[i]), forecast->silent[i] == 1 ? "s" : "",
                          ctl_reason_sentence((enum rlc_suppression)i));
        }
    }
    if (forecast->later > 0) {
        (void)fprintf(out, "  %s late item%s: the first step comes after these days\n",
                      number(forecast->later, count), plural(forecast->later));
    }
    if (forecast->passed > 0) {
        (void)fprintf(out,
                      "  %s late item%s: the day of every step lay before the first day\n"
                      "    -> silent for good, unless a step has 'catch_up: true' to begin with "
                      "(docs/IMPORT.md, 'The first day')\n",
                      number(forecast->passed, count), plural(forecast->passed));
    }
}

static void print_next(FILE *out, const struct ctl_try *found)
{
    const struct ctl_forecast *forecast = &found->forecast;
    size_t assumed = json_object_size(forecast->new_creditors);
    char count[NUMBER_SIZE];
    char debtors[NUMBER_SIZE];

    (void)fprintf(out, "\nIn %d days %s message%s to %s debtor%s, by '%.*s'\n", CTL_FORECAST_DAYS,
                  number(forecast->messages, count), plural(forecast->messages),
                  number(forecast->debtors, debtors), plural(forecast->debtors),
                  (int)found->title.size, (const char *)found->title.data);
    for (size_t i = 0; i < forecast->step_count; i++) {
        if (forecast->steps[i].messages > 0)
            print_step(out, &forecast->steps[i]);
    }
    print_silences(out, forecast);
    if (forecast->assumes_addresses) {
        (void)fputs("  taken for granted: each debtor has an e-mail address (the mapping has none)"
                    "\n",
                    out);
    }
    if (assumed > 0) {
        (void)fprintf(
            out, "  taken for granted: %s creditor%s of the file speak%s as the bundle's first\n",
            number((long)assumed, count), plural((long)assumed), assumed == 1 ? "s" : "");
    }
}

/* ---- what is dirty ---- */

/* The first row of a kind and how many there are: they are mostly the same mistake. */
static void print_flaw(FILE *out, const json_t *row, long total)
{
    char buffer[32];
    char count[NUMBER_SIZE];
    const char *column = ctl_text(row, "column", buffer);

    (void)fprintf(out, "  %-17s %6s  %s %lld%s%s: %s\n", ctl_text(row, "kind", buffer),
                  number(total, count), total == 1 ? "line" : "first in line",
                  (long long)json_integer_value(json_object_get(row, "line")),
                  column[0] ? ", " : "", column, json_string_value(json_object_get(row, "what")));
    (void)fprintf(out, "  %-17s %6s  -> %s\n", "", "",
                  json_string_value(json_object_get(row, "remedy")));
}

static enum ctl_flaw flaw_of(const json_t *row)
{
    enum ctl_flaw flaw = 0;
    char buffer[32];

    while (flaw < CTL_FLAW_OTHER && strcmp(ctl_flaw_word(flaw), ctl_text(row, "kind", buffer)) != 0)
        flaw++;
    return flaw;
}

static void print_flaws(FILE *out, const struct ctl_flaws *flaws)
{
    bool shown[CTL_FLAW_COUNT] = { false };
    size_t total = json_array_size(flaws->rows);
    size_t i;
    json_t *row;
    char count[NUMBER_SIZE];

    if (total == 0) {
        (void)fputs("\nNothing in the file is to be corrected\n", out);
        return;
    }
    (void)fprintf(out, "\nTo be corrected: %s (each of them with --json)\n",
                  number((long)total, count));
    json_array_foreach(flaws->rows, i, row)
    {
        enum ctl_flaw flaw = flaw_of(row);

        if (!shown[flaw])
            print_flaw(out, row, flaws->count[flaw]);
        shown[flaw] = true;
    }
}

void ctl_try_print(FILE *out, const struct ctl_try *found)
{
    print_balance(out, found);
    print_law(out, found);
    print_next(out, found);
    print_flaws(out, &found->balance.flaws);
    (void)fprintf(out,
                  "\nNothing was sent, nothing was kept. Next: other policies (--bundle, "
                  "docs/POLICY.md), then\n"
                  "  relancectl import %s --mapping %s --out events.jsonl\n",
                  found->path, found->mapping);
}
