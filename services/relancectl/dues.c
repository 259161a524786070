/* SPDX-License-Identifier: Apache-2.0 */
#include "dues.h"

#include <stdlib.h>
#include <string.h>

/* Without a word about the law: that of the bundled policies, for amounts in its own currency. The
 * law of a contract follows from the contract, so another currency is no place for a guess. */
#define DEFAULT_LAW "FR"

static const struct {
    const char *word;
    int32_t days_max;
} AGES[CTL_AGE_COUNT] = {
    [CTL_AGE_NOT_DUE] = { "not due yet", 0 },        [CTL_AGE_30] = { "1 to 30 days", 30 },
    [CTL_AGE_60] = { "31 to 60 days", 60 },          [CTL_AGE_90] = { "61 to 90 days", 90 },
    [CTL_AGE_OLDER] = { "over 90 days", INT32_MAX }, [CTL_AGE_UNKNOWN] = { "no due date", 0 },
};

const char *ctl_age_word(enum ctl_age age)
{
    return AGES[age].word;
}

static enum ctl_age age_of(const struct ctl_item *item, rlc_day on)
{
    enum ctl_age age = CTL_AGE_NOT_DUE;

    if (item->due_on == RLC_DAY_NONE)
        return CTL_AGE_UNKNOWN;
    while (on - item->due_on > AGES[age].days_max)
        age++;
    return age;
}

static bool add(struct ctl_heap *heap, struct rlc_money amount)
{
    if (heap->items++ == 0) {
        heap->amount = amount;
        return true;
    }
    return rlc_money_add(heap->amount, amount, &heap->amount);
}

/* ---- the law ---- */

/* Whose law adds something to an item; NULL: nobody has said so. */
static const struct rlc_late_law *law_for(const struct ctl_dues *dues, const struct ctl_item *item,
                                          enum rlc_party_kind kind)
{
    bool fits = dues->law && (dues->named || strcmp(dues->law->currency, item->open.currency) == 0);

    if (fits && kind == RLC_PARTY_KIND_PUBLIC_BODY && strcmp(dues->law->code, "FR") == 0)
        return rlc_late_law(rlc_span_of("FR-PUBLIC"));
    return fits ? dues->law : NULL;
}

static bool add_indemnity(struct ctl_dues *dues, struct rlc_money sum)
{
    size_t i = 0;

    while (i < dues->indemnity_count && !rlc_money_same_currency(dues->indemnity[i].amount, sum))
        i++;
    dues->indemnity_count += i == dues->indemnity_count;
    return add(&dues->indemnity[i], sum);
}

static bool add_by_law(struct ctl_dues *dues, struct ctl_subtotal *subtotal,
                       const struct ctl_balance *balance, const struct ctl_item *item)
{
    enum rlc_party_kind kind = balance->kinds[item->debtor_number];
    const struct rlc_late_law *law = law_for(dues, item, kind);
    struct rlc_late_interest late;
    struct rlc_money sum;

    if (kind == RLC_PARTY_KIND_CONSUMER) {
        dues->consumers++;
        return true;
    }
    if (!law) {
        subtotal->without_law++;
        return true;
    }
    if (!rlc_late_interest(law, item->open, item->due_on, balance->on, &late) ||
        !add(&subtotal->interest, late.interest))
        return false;
    if (late.days_unknown > 0) {
        if (subtotal->without_rate++ == 0 || late.unknown_from_on < dues->unknown_from_on)
            dues->unknown_from_on = late.unknown_from_on;
    }
    if (!rlc_late_indemnity(law, item->open, &sum)) {
        subtotal->without_sum++;
        return true;
    }
    return add_indemnity(dues, sum);
}

/* ---- sums ---- */

static struct ctl_subtotal *subtotal_of(struct ctl_dues *dues, struct rlc_money amount)
{
    for (size_t i = 0; i < dues->count; i++) {
        if (rlc_money_same_currency(dues->subtotals[i].all.amount, amount))
            return &dues->subtotals[i];
    }
    return dues->count < CTL_BALANCE_CURRENCIES_MAX ? &dues->subtotals[dues->count++] : NULL;
}

/* Who is late, in a currency and at all: a bit each. `seen` has a place per debtor. */
static void count_debtor(struct ctl_dues *dues, struct ctl_subtotal *subtotal, uint32_t *seen)
{
    uint32_t bit = 1u << (subtotal - dues->subtotals);

    dues->overdue_debtors += *seen == 0;
    subtotal->overdue_debtors += (*seen & bit) == 0;
    *seen |= bit;
}

static bool add_item(struct ctl_dues *dues, const struct ctl_balance *balance,
                     const struct ctl_item *item, uint32_t *seen)
{
    struct ctl_subtotal *subtotal = subtotal_of(dues, item->open);
    enum ctl_age age = age_of(item, balance->on);

    if (!subtotal || !add(&subtotal->all, item->open) || !add(&subtotal->ages[age], item->open))
        return false;
    if (age == CTL_AGE_NOT_DUE || age == CTL_AGE_UNKNOWN)
        return true;
    dues->overdue_items++;
    count_debtor(dues, subtotal, &seen[item->debtor_number]);
    return add(&subtotal->overdue, item->open) && add_by_law(dues, subtotal, balance, item);
}

int ctl_dues_begin(const struct ctl *ctl, const char *law, struct ctl_dues *ret_dues)
{
    *ret_dues = (struct ctl_dues){ .named = law[0] != '\0' };
    ret_dues->law = rlc_late_law(rlc_span_of(ret_dues->named ? law : DEFAULT_LAW));
    if (ret_dues->law || strcmp(law, "none") == 0)
        return CTL_OK;
    return ctl_fail(ctl, CTL_USAGE,
                    "--law: no rates are known for '%s'; there are FR, FR-PUBLIC, BE, DE, IT, NL, "
                    "GB, and 'none'",
                    law);
}

int ctl_dues_add_up(const struct ctl_balance *balance, struct ctl_dues *dues)
{
    uint32_t *seen = calloc(balance->debtor_count + 1, sizeof(*seen));
    bool fits = true;

    if (!seen)
        return ctl_fail(balance->ctl, CTL_INTERNAL, "out of memory");
    for (size_t i = 0; fits && i < balance->item_count; i++)
        fits = add_item(dues, balance, &balance->items[i], seen);
    free(seen);
    if (fits)
        return CTL_OK;
    return ctl_fail(balance->ctl, CTL_DATA, "more than %d currencies, or a sum beyond 64 bits",
                    CTL_BALANCE_CURRENCIES_MAX);
}
