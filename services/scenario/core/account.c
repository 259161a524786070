/* SPDX-License-Identifier: Apache-2.0 */
#include "core/account.h"

#include "core/quarantine.h"
#include "core/store.h"

/* Place of the creditor in the directory, or where it belongs. */
static size_t place_of(const struct rlc_debtor_record *debtor, struct rlc_span creditor,
                       bool *ret_found)
{
    size_t low = 0;
    size_t high = debtor->account_count;

    *ret_found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = rlc_span_compare(debtor->accounts[middle].creditor, creditor);

        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct rlc_account_record *account_change(struct decision *decision, struct rlc_span creditor)
{
    struct store_key key;

    store_key_account(decision->key, creditor, &key);
    return store_change(decision->overlay, &key);
}

static bool enter(struct decision *decision, struct rlc_span creditor)
{
    struct rlc_debtor_record *debtor = decision->debtor;
    bool found;
    size_t place = place_of(debtor, creditor, &found);

    if (found)
        return true;
    if (debtor->account_count == ACCOUNTS_MAX) {
        quarantine_limit(decision, "LIMIT_ACCOUNTS", creditor, "creditor");
        return false;
    }
    LIST_INSERT(decision, debtor->accounts, debtor->account_count, debtor->account_capacity, place)
        ->creditor = creditor;
    decision_debtor_changed(decision);
    return true;
}

struct rlc_account_record *account_open(struct decision *decision, struct rlc_span creditor)
{
    struct rlc_account_record *account = account_change(decision, creditor);
    struct store_key key;

    if (account)
        return account;
    if (!enter(decision, creditor))
        return NULL;
    store_key_account(decision->key, creditor, &key);
    return store_open(decision->overlay, &key, sizeof(*account));
}

bool holding_open(struct decision *decision, struct rlc_span creditor, struct rlc_span document,
                  struct holding *ret_holding)
{
    struct store_key key;

    *ret_holding = (struct holding){ .creditor = creditor, .document = document };
    ret_holding->account = account_open(decision, creditor);
    if (!ret_holding->account)
        return false;
    store_key_receivable(decision->key, creditor, document, &key);
    ret_holding->receivable = store_open(decision->overlay, &key, sizeof(*ret_holding->receivable));
    return true;
}

void account_book(const struct decision *decision, struct rlc_account_record *account, rlc_day on)
{
    rlc_day booked_on = on < decision->today ? on : decision->today;

    if (booked_on > account->booked_on)
        account->booked_on = booked_on;
}

/* ---- the way to what is due ---- */

rlc_ms account_wake(const struct rlc_account_record *account)
{
    rlc_ms wake_ms = account->wake_ms;

    for (size_t i = 0; i < account->page_count; i++)
        wake_ms = timer_min(wake_ms, account->pages[i].wake_ms);
    return wake_ms;
}

bool account_has_ready(const struct rlc_account_record *account)
{
    for (size_t i = 0; i < account->proposal_count; i++) {
        if (!account->proposals[i].asked)
            return true;
    }
    for (size_t i = 0; i < account->page_count; i++) {
        if (account->pages[i].ready > 0)
            return true;
    }
    return false;
}

static void wake_debtor(struct decision *decision, rlc_ms wake_ms)
{
    rlc_ms earlier_ms = timer_min(decision->debtor->wake_ms, wake_ms);

    if (earlier_ms == decision->debtor->wake_ms)
        return;
    decision->debtor->wake_ms = earlier_ms;
    decision_debtor_changed(decision);
}

void account_alarm(struct decision *decision, struct rlc_span creditor,
                   const struct rlc_account_record *account)
{
    bool found;
    size_t place = place_of(decision->debtor, creditor, &found);
    struct rlc_account_entry *entry = &decision->debtor->accounts[place];
    rlc_ms wake_ms = timer_min(entry->wake_ms, account_wake(account));
    bool ready = entry->ready || account_has_ready(account);
    bool at_law = account->case_count > 0;

    if (wake_ms != entry->wake_ms || ready != entry->ready || at_law != entry->at_law) {
        entry->wake_ms = wake_ms;
        entry->ready = ready;
        entry->at_law = at_law;
        decision_debtor_changed(decision);
    }
    wake_debtor(decision, wake_ms);
}

void account_settle(struct decision *decision, struct rlc_span creditor,
                    const struct rlc_account_record *account)
{
    bool found;
    size_t place = place_of(decision->debtor, creditor, &found);
    struct rlc_account_entry *entry = &decision->debtor->accounts[place];

    entry->wake_ms = account_wake(account);
    entry->ready = account_has_ready(account);
    entry->at_law = account->case_count > 0;
    decision_debtor_changed(decision);
}

static enum rlc_review wider(enum rlc_review a, enum rlc_review b)
{
    return a > b ? a : b;
}

void account_review(struct decision *decision, struct rlc_span creditor,
                    struct rlc_account_record *account, enum rlc_review review)
{
    if (review == RLC_REVIEW_READY && !account_has_ready(account))
        return;
    account->review = wider(account->review, review);
    account->wake_ms = timer_min(account->wake_ms, decision_soon(decision));
    account_alarm(decision, creditor, account);
}

void debtor_review(struct decision *decision, enum rlc_review review)
{
    struct rlc_debtor_record *debtor = decision->debtor;

    debtor->review = wider(debtor->review, review);
    debtor->wake_ms = timer_min(debtor->wake_ms, decision_soon(decision));
    decision_debtor_changed(decision);
}
