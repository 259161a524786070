/* SPDX-License-Identifier: Apache-2.0 */
#include "core/due.h"

#include "core/dunning.h"
#include "core/proposal.h"
#include "core/standing.h"
#include "core/store.h"
#include "core/touches.h"

/* ---- which ---- */

static bool reached(rlc_ms wake_ms, rlc_ms due_ms)
{
    return wake_ms != RLC_MS_NONE && wake_ms <= due_ms;
}

static bool account_is_due(const struct rlc_debtor_record *debtor,
                           const struct rlc_account_entry *entry, rlc_ms due_ms)
{
    return debtor->review == RLC_REVIEW_ALL ||
           (debtor->review == RLC_REVIEW_READY && entry->ready) || reached(entry->wake_ms, due_ms);
}

static bool reviews_all(const struct rlc_debtor_record *debtor,
                        const struct rlc_account_record *account)
{
    return debtor->review == RLC_REVIEW_ALL || account->review == RLC_REVIEW_ALL;
}

/* One message speaks for all ready items of the account, so their pages count as due. */
static bool page_is_due(const struct rlc_debtor_record *debtor,
                        const struct rlc_account_record *account,
                        const struct rlc_page_entry *entry, rlc_ms due_ms)
{
    return reviews_all(debtor, account) || entry->ready > 0 || reached(entry->wake_ms, due_ms);
}

static bool item_is_due(const struct rlc_debtor_record *debtor,
                        const struct rlc_account_record *account, const struct rlc_page_item *item,
                        rlc_ms due_ms)
{
    return reviews_all(debtor, account) || item->state == RLC_ITEM_STATE_READY ||
           reached(item->wake_ms, due_ms);
}

/* ---- naming ---- */

/* The way down, for keys. */
struct descent {
    struct rlc_span debtor_key;
    struct rlc_span creditor;
    const struct rlc_debtor_record *debtor;
    const struct rlc_account_record *account;
    rlc_ms due_ms;
    struct rlc_overlay *overlay;
};

static void name_page(const struct descent *way, const struct rlc_page_entry *entry)
{
    const struct rlc_page_record *page;
    struct store_key key;

    store_key_page(way->debtor_key, way->creditor, entry->page, &key);
    if (!rlc_overlay_want(way->overlay, key.span))
        return;
    page = store_get(way->overlay, &key);
    for (size_t i = 0; page && i < page->item_count; i++) {
        if (!item_is_due(way->debtor, way->account, &page->items[i], way->due_ms))
            continue;
        store_key_receivable(way->debtor_key, way->creditor, page->items[i].document, &key);
        (void)rlc_overlay_want(way->overlay, key.span);
    }
}

/* Messages that may be asked for again. */
static void name_open_acts(const struct descent *way)
{
    for (size_t i = 0; i < way->account->act_count; i++) {
        struct store_key key;

        if (!way->account->acts[i].open)
            continue;
        store_key_contact(way->debtor_key, &way->account->acts[i].action, &key);
        (void)rlc_overlay_want(way->overlay, key.span);
    }
}

static void name_account(struct descent *way)
{
    struct store_key key;

    store_key_account(way->debtor_key, way->creditor, &key);
    if (!rlc_overlay_want(way->overlay, key.span))
        return;
    way->account = store_get(way->overlay, &key);
    standing_verdict_keys(way->debtor_key, way->creditor, way->account, way->due_ms, way->overlay);
    name_open_acts(way);
    proposal_keys(way->debtor_key, way->creditor, way->account, way->overlay);
    for (size_t i = 0; i < way->account->page_count; i++) {
        const struct rlc_page_entry *entry = &way->account->pages[i];

        if (page_is_due(way->debtor, way->account, entry, way->due_ms)) {
            name_page(way, entry);
        } else if (way->account->credit_count > 0) {
            /* Cash on account covers the oldest first, wherever they are listed. */
            store_key_page(way->debtor_key, way->creditor, entry->page, &key);
            (void)rlc_overlay_want(way->overlay, key.span);
        }
    }
}

void dunning_keys(struct rlc_span debtor_key, const struct rlc_debtor_record *debtor, rlc_ms due_ms,
                  struct rlc_overlay *overlay)
{
    struct descent way = {
        .debtor_key = debtor_key, .debtor = debtor, .due_ms = due_ms, .overlay = overlay
    };

    touches_keys(debtor_key, debtor, due_ms, overlay);
    for (size_t i = 0; i < debtor->account_count; i++) {
        way.creditor = debtor->accounts[i].creditor;
        if (account_is_due(debtor, &debtor->accounts[i], due_ms))
            name_account(&way);
    }
}

/* ---- collecting ---- */

static struct rlc_page_record *page_of(struct decision *decision, struct rlc_span creditor,
                                       uint32_t page)
{
    struct store_key key;

    store_key_page(decision->key, creditor, page, &key);
    return store_change(decision->overlay, &key);
}

static struct rlc_receivable_record *
receivable_of(struct decision *decision, struct rlc_span creditor, struct rlc_span document)
{
    struct store_key key;

    store_key_receivable(decision->key, creditor, document, &key);
    return store_change(decision->overlay, &key);
}

static void collect_page(struct decision *decision, struct due_account *due, uint32_t number)
{
    struct rlc_page_record *page = page_of(decision, due->creditor, number);

    due->pages[due->page_count++] = number;
    for (size_t i = 0; i < page->item_count; i++) {
        struct rlc_page_item *item = &page->items[i];

        if (!item_is_due(decision->debtor, due->account, item, decision->due_ms))
            continue;
        due->items[due->count++] = (struct due_item){
            .holding = { .creditor = due->creditor,
                         .document = item->document,
                         .account = due->account,
                         .receivable = receivable_of(decision, due->creditor, item->document) },
            .item = item,
        };
    }
}

static void collect_account(struct decision *decision, struct rlc_span creditor,
                            struct due_account *ret_due)
{
    struct rlc_account_record *account = account_change(decision, creditor);
    size_t items = 0;

    *ret_due = (struct due_account){ .creditor = creditor, .account = account };
    for (size_t i = 0; i < account->page_count; i++) {
        if (page_is_due(decision->debtor, account, &account->pages[i], decision->due_ms))
            items += account->pages[i].count;
    }
    ret_due->items = decision_alloc(decision, (items + 1) * sizeof(*ret_due->items));
    ret_due->pages = decision_alloc(decision, (account->page_count + 1) * sizeof(*ret_due->pages));
    for (size_t i = 0; i < account->page_count; i++) {
        if (page_is_due(decision->debtor, account, &account->pages[i], decision->due_ms))
            collect_page(decision, ret_due, account->pages[i].page);
    }
}

size_t due_collect(struct decision *decision, struct due_account **ret_accounts)
{
    const struct rlc_debtor_record *debtor = decision->debtor;
    size_t count = 0;

    *ret_accounts = decision_alloc(decision, (debtor->account_count + 1) * sizeof(**ret_accounts));
    for (size_t i = 0; i < debtor->account_count; i++) {
        if (account_is_due(debtor, &debtor->accounts[i], decision->due_ms))
            collect_account(decision, debtor->accounts[i].creditor, &(*ret_accounts)[count++]);
    }
    return count;
}
