/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts, their pages of open receivables, and the directories that lead to what is due: debtor
 * -> account -> page -> item. Each level knows the earliest timer below it. */
#ifndef SCENARIO_CORE_ACCOUNT_H
#define SCENARIO_CORE_ACCOUNT_H

#include "core/decision.h"

/* A receivable in hand, with the account it belongs to. */
struct holding {
    struct rlc_span creditor;
    struct rlc_span document;
    struct rlc_account_record *account;
    struct rlc_receivable_record *receivable;
};

/* The account, to be changed; made and listed if new. NULL when the debtor has ACCOUNTS_MAX others
 * (said by quarantine_limit). */
struct rlc_account_record *account_open(struct decision *decision, struct rlc_span creditor);

/* The account, to be changed; NULL if there is none. */
struct rlc_account_record *account_change(struct decision *decision, struct rlc_span creditor);

/* Takes account and receivable in hand, both to be changed. Makes the receivable if need be; false
 * when the account cannot be made. */
bool holding_open(struct decision *decision, struct rlc_span creditor, struct rlc_span document,
                  struct holding *ret_holding);

/* Notes the civil day of an entry in the account's ledger (0 = none): the latest one says how long
 * the account's records are kept. A day that is still to come counts as today. */
void account_book(const struct decision *decision, struct rlc_account_record *account, rlc_day on);

/* Tells the debtor's directory what changed below. Timers only move closer here: waking early is
 * harmless, and a payment need not look for the new minimum. */
void account_alarm(struct decision *decision, struct rlc_span creditor,
                   const struct rlc_account_record *account);

/* Sets the debtor's directory entry to what the account says: also later, or never. */
void account_settle(struct decision *decision, struct rlc_span creditor,
                    const struct rlc_account_record *account);

/* The earliest timer of the account and its pages. */
rlc_ms account_wake(const struct rlc_account_record *account);
bool account_has_ready(const struct rlc_account_record *account);

/* Has all ready items of the account looked at again at the next tick. */
void account_review(struct decision *decision, struct rlc_span creditor,
                    struct rlc_account_record *account, enum rlc_review review);

/* The same for all accounts of the debtor. */
void debtor_review(struct decision *decision, enum rlc_review review);

/* ---- pages ---- */

/* The receivable's item, to be changed; NULL when it is not listed. */
struct rlc_page_item *page_item(struct decision *decision, const struct holding *holding);

/* Lists a receivable that is open; false when the account has PAGES_MAX full pages (said by
 * quarantine_limit). */
bool page_list(struct decision *decision, const struct holding *holding);

/* Takes a receivable off its page. */
void page_unlist(struct decision *decision, const struct holding *holding);

/* Brings the directory entry of page `number` in line with its items. */
void page_settle(struct decision *decision, const struct holding *holding, uint32_t number);

/* For scenario_keys: the pages that `count` receivables would be listed on. */
void page_keys(struct rlc_span debtor_key, struct rlc_span creditor,
               const struct rlc_account_record *account, size_t count, struct rlc_overlay *overlay);

#endif
