/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cash.h"

#include "core/quarantine.h"
#include "core/store.h"

/* ---- on account ---- */

static size_t place_of(const struct rlc_account_record *account, const char *currency)
{
    size_t i = 0;

    while (i < account->credit_count &&
           memcmp(account->credits[i].currency, currency, RLC_CURRENCY_SIZE) < 0)
        i++;
    return i;
}

static bool has(const struct rlc_account_record *account, size_t place, const char *currency)
{
    return place < account->credit_count &&
           memcmp(account->credits[place].currency, currency, RLC_CURRENCY_SIZE) == 0;
}

struct rlc_money cash_on(const struct rlc_account_record *account, const char *currency)
{
    size_t place = place_of(account, currency);
    struct rlc_money nothing = { .minor = 0 };

    if (has(account, place, currency))
        return account->credits[place];
    memcpy(nothing.currency, currency, RLC_CURRENCY_SIZE);
    return nothing;
}

static size_t origin_place(const struct rlc_account_record *account, const char *currency,
                           bool *ret_found)
{
    size_t i = 0;

    while (i < account->credit_origin_count &&
           memcmp(account->credit_origins[i].currency, currency, RLC_CURRENCY_SIZE) < 0)
        i++;
    *ret_found = i < account->credit_origin_count &&
                 memcmp(account->credit_origins[i].currency, currency, RLC_CURRENCY_SIZE) == 0;
    return i;
}

/* Remembers who put money on account last; nobody, when nothing is left. */
static void note_origin(struct decision *decision, struct rlc_account_record *account,
                        struct rlc_money delta, bool left)
{
    struct rlc_event_reference said = decision_said(decision);
    bool found;
    size_t place = origin_place(account, delta.currency, &found);

    if (found && !left)
        LIST_REMOVE(account->credit_origins, account->credit_origin_count, place);
    if (delta.minor < 0 || !left || said.source_event_id.size == 0)
        return;
    if (!found) {
        LIST_INSERT(decision, account->credit_origins, account->credit_origin_count,
                    account->credit_origin_capacity, place);
        memcpy(account->credit_origins[place].currency, delta.currency, RLC_CURRENCY_SIZE);
    }
    account->credit_origins[place].said = said;
}

void cash_on_account(struct decision *decision, struct rlc_span creditor,
                     struct rlc_account_record *account, struct rlc_money delta)
{
    size_t place = place_of(account, delta.currency);

    if (delta.minor == 0)
        return;
    if (!has(account, place, delta.currency)) {
        if (account->credit_count == CREDITS_MAX) {
            quarantine_limit(decision, "LIMIT_CURRENCIES", creditor, "data.currency");
            return;
        }
        LIST_INSERT(decision, account->credits, account->credit_count, account->credit_capacity,
                    place);
        memcpy(account->credits[place].currency, delta.currency, RLC_CURRENCY_SIZE);
    }
    account->credits[place].minor += delta.minor;
    note_origin(decision, account, delta, account->credits[place].minor != 0);
    if (account->credits[place].minor == 0)
        LIST_REMOVE(account->credits, account->credit_count, place);
    account_review(decision, creditor, account, RLC_REVIEW_READY);
}

/* ---- receipts ---- */

static bool before(const struct rlc_receipt *a, rlc_day on, const char *currency)
{
    if (a->on != on)
        return a->on < on;
    return memcmp(a->amount.currency, currency, RLC_CURRENCY_SIZE) < 0;
}

/* A full list joins its two oldest days: a promise looks back days, not years. */
static void join_oldest(struct rlc_receipt *receipts, size_t *count)
{
    if (rlc_money_same_currency(receipts[0].amount, receipts[1].amount))
        receipts[1].amount.minor += receipts[0].amount.minor;
    LIST_REMOVE(receipts, *count, 0);
}

static void receive(struct rlc_receipt *receipts, size_t *count, size_t place, rlc_day on,
                    struct rlc_money amount)
{
    if (place < *count && receipts[place].on == on &&
        rlc_money_same_currency(receipts[place].amount, amount)) {
        receipts[place].amount.minor += amount.minor;
        if (receipts[place].amount.minor == 0)
            LIST_REMOVE(receipts, *count, place);
        return;
    }
    list_open(receipts, (*count)++, sizeof(*receipts), place);
    receipts[place] = (struct rlc_receipt){ .on = on, .amount = amount };
    if (*count > RECEIPTS_MAX)
        join_oldest(receipts, count);
}

static size_t receipt_place(const struct rlc_receipt *receipts, size_t count, rlc_day on,
                            const char *currency)
{
    size_t i = 0;

    while (i < count && before(&receipts[i], on, currency))
        i++;
    return i;
}

void cash_received(struct decision *decision, struct rlc_receivable_record *receivable, rlc_day on,
                   struct rlc_money amount)
{
    receivable->receipts =
        decision_grow(decision, receivable->receipts, receivable->receipt_count,
                      &receivable->receipt_capacity, sizeof(*receivable->receipts));
    receive(receivable->receipts, &receivable->receipt_count,
            receipt_place(receivable->receipts, receivable->receipt_count, on, amount.currency), on,
            amount);
}

void cash_received_by_account(struct decision *decision, struct rlc_account_record *account,
                              rlc_day on, struct rlc_money amount)
{
    if (amount.minor == 0)
        return;
    account->receipts = decision_grow(decision, account->receipts, account->receipt_count,
                                      &account->receipt_capacity, sizeof(*account->receipts));
    receive(account->receipts, &account->receipt_count,
            receipt_place(account->receipts, account->receipt_count, on, amount.currency), on,
            amount);
}

int64_t cash_receipts_since(const struct rlc_receipt *receipts, size_t count, rlc_day from_on,
                            const struct rlc_money *promised)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        if (receipts[i].on >= from_on && rlc_money_same_currency(receipts[i].amount, *promised))
            sum += receipts[i].amount.minor;
    }
    return sum;
}

/* ---- cover ---- */

static int in_order(const void *left, const void *right)
{
    const struct cash_covered *a = left;
    const struct cash_covered *b = right;
    int currency = memcmp(a->amount.currency, b->amount.currency, RLC_CURRENCY_SIZE);

    if (currency != 0)
        return currency;
    if (a->due_on != b->due_on)
        return a->due_on < b->due_on ? -1 : 1;
    return rlc_span_compare(a->document, b->document);
}

static struct cash_covered covered_of(const struct rlc_page_item *item)
{
    struct cash_covered covered = { .due_on = item->due_on,
                                    .document = item->document,
                                    .amount = item->open };

    covered.amount.minor -= item->disputed_minor;
    return covered;
}

static size_t items_of(const struct rlc_account_record *account)
{
    size_t count = 0;

    for (size_t i = 0; i < account->page_count; i++)
        count += account->pages[i].count;
    return count;
}

/* Lists the open items in whose currency there is cash. */
static void gather(struct decision *decision, struct rlc_span creditor,
                   const struct rlc_account_record *account, struct cash_cover *cover)
{
    for (size_t i = 0; i < account->page_count; i++) {
        const struct rlc_page_record *page;
        struct store_key key;

        store_key_page(decision->key, creditor, account->pages[i].page, &key);
        page = store_get(decision->overlay, &key);
        for (size_t j = 0; j < page->item_count; j++) {
            const char *currency = page->items[j].open.currency;

            if (has(account, place_of(account, currency), currency))
                cover->covered[cover->count++] = covered_of(&page->items[j]);
        }
    }
}

/* Amounts come in as what is open and leave as the part that the cash reaches. */
static void spend(const struct rlc_account_record *account, struct cash_cover *cover)
{
    int64_t left = 0;

    for (size_t i = 0; i < cover->count; i++) {
        struct rlc_money *amount = &cover->covered[i].amount;

        if (i == 0 || !rlc_money_same_currency(cover->covered[i - 1].amount, *amount))
            left = account->credits[place_of(account, amount->currency)].minor;
        if (amount->minor > left)
            amount->minor = left;
        left -= amount->minor;
    }
}

void cash_cover(struct decision *decision, struct rlc_span creditor,
                const struct rlc_account_record *account, struct cash_cover *ret_cover)
{
    *ret_cover = (struct cash_cover){ 0 };
    if (account->credit_count == 0)
        return;
    ret_cover->covered =
        decision_alloc(decision, (items_of(account) + 1) * sizeof(*ret_cover->covered));
    gather(decision, creditor, account, ret_cover);
    list_sort(ret_cover->covered, ret_cover->count, sizeof(*ret_cover->covered), in_order);
    spend(account, ret_cover);
}

int64_t cash_covered_minor(const struct cash_cover *cover, const struct rlc_page_item *item)
{
    struct cash_covered wanted = covered_of(item);
    size_t low = 0;
    size_t high = cover->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = in_order(&cover->covered[middle], &wanted);

        if (order == 0)
            return cover->covered[middle].amount.minor;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
