/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "core/account.h"
#include "core/quarantine.h"
#include "core/store.h"

static struct rlc_page_record *change_page(struct decision *decision, const struct holding *holding,
                                           uint32_t page)
{
    struct store_key key;

    store_key_page(decision->key, holding->creditor, page, &key);
    return store_change(decision->overlay, &key);
}

/* Place of the document on the page, or where it belongs. */
static size_t place_of(const struct rlc_page_record *page, struct rlc_span document)
{
    size_t i = 0;

    while (i < page->item_count && rlc_span_compare(page->items[i].document, document) < 0)
        i++;
    return i;
}

struct rlc_page_item *page_item(struct decision *decision, const struct holding *holding)
{
    struct rlc_page_record *page;
    size_t place;

    if (holding->receivable->page == 0)
        return NULL;
    page = change_page(decision, holding, holding->receivable->page);
    place = place_of(page, holding->document);
    assert(place < page->item_count &&
           rlc_span_equal(page->items[place].document, holding->document));
    return &page->items[place];
}

/* The directory entry with room that comes first, or where a new page's entry belongs. Pages are
 * numbered without gaps as far as possible, so that the directory stays short. */
static size_t vacancy(const struct rlc_account_record *account, uint32_t *ret_page)
{
    for (size_t i = 0; i < account->page_count; i++) {
        if (account->pages[i].page != i + 1 || account->pages[i].count < PAGE_ITEMS_MAX) {
            *ret_page = (uint32_t)i + 1;
            return i;
        }
    }
    *ret_page = (uint32_t)account->page_count + 1;
    return account->page_count;
}

static struct rlc_page_record *open_page(struct decision *decision, const struct holding *holding,
                                         uint32_t *ret_page)
{
    struct rlc_account_record *account = holding->account;
    size_t place = vacancy(account, ret_page);
    struct store_key key;

    if (*ret_page > PAGES_MAX)
        return NULL;
    if (place == account->page_count || account->pages[place].page != *ret_page)
        LIST_INSERT(decision, account->pages, account->page_count, account->page_capacity, place)
            ->page = *ret_page;
    store_key_page(decision->key, holding->creditor, *ret_page, &key);
    return store_open(decision->overlay, &key, sizeof(struct rlc_page_record));
}

bool page_list(struct decision *decision, const struct holding *holding)
{
    uint32_t number;
    struct rlc_page_record *page = open_page(decision, holding, &number);
    struct rlc_page_item *item;

    if (!page) {
        quarantine_limit(decision, "LIMIT_PAGES", holding->document, "data");
        return false;
    }
    item = LIST_INSERT(decision, page->items, page->item_count, page->item_capacity,
                       place_of(page, holding->document));
    item->document = holding->document;
    item->state = RLC_ITEM_STATE_IDLE;
    holding->receivable->page = number;
    return true;
}

void page_unlist(struct decision *decision, const struct holding *holding)
{
    uint32_t number = holding->receivable->page;
    struct rlc_page_record *page = change_page(decision, holding, number);

    LIST_REMOVE(page->items, page->item_count, place_of(page, holding->document));
    holding->receivable->page = 0;
    page_settle(decision, holding, number);
}

static size_t entry_of(const struct rlc_account_record *account, uint32_t page)
{
    size_t i = 0;

    while (account->pages[i].page != page)
        i++;
    return i;
}

static void drop_page(struct decision *decision, const struct holding *holding, uint32_t number)
{
    struct rlc_account_record *account = holding->account;
    struct store_key key;

    LIST_REMOVE(account->pages, account->page_count, entry_of(account, number));
    store_key_page(decision->key, holding->creditor, number, &key);
    rlc_overlay_delete(decision->overlay, key.span);
}

void page_settle(struct decision *decision, const struct holding *holding, uint32_t number)
{
    const struct rlc_page_record *page = change_page(decision, holding, number);
    struct rlc_page_entry *entry;

    if (page->item_count == 0) {
        drop_page(decision, holding, number);
        return;
    }
    entry = &holding->account->pages[entry_of(holding->account, number)];
    entry->count = (uint32_t)page->item_count;
    entry->ready = 0;
    entry->wake_ms = RLC_MS_NONE;
    for (size_t i = 0; i < page->item_count; i++) {
        entry->ready += page->items[i].state == RLC_ITEM_STATE_READY;
        entry->wake_ms = timer_min(entry->wake_ms, page->items[i].wake_ms);
    }
}

void page_keys(struct rlc_span debtor_key, struct rlc_span creditor,
               const struct rlc_account_record *account, size_t count, struct rlc_overlay *overlay)
{
    for (size_t i = 0; i < account->page_count && count > 0; i++) {
        size_t room = PAGE_ITEMS_MAX - account->pages[i].count;
        struct store_key key;

        if (room == 0)
            continue;
        store_key_page(debtor_key, creditor, account->pages[i].page, &key);
        (void)rlc_overlay_want(overlay, key.span);
        count -= room < count ? room : count;
    }
}
