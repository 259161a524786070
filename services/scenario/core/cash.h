/* SPDX-License-Identifier: Apache-2.0 */
/* Cash: money on account, and how it counts before somebody applies it. */
#ifndef SCENARIO_CORE_CASH_H
#define SCENARIO_CORE_CASH_H

#include "core/account.h"

/* Adds to (or takes from) what is on account in one currency. */
void cash_on_account(struct decision *decision, struct rlc_span creditor,
                     struct rlc_account_record *account, struct rlc_money delta);

/* What is on account in one currency: nothing, or more. */
struct rlc_money cash_on(const struct rlc_account_record *account, const char *currency);

/* Notes a receipt on a document, or on the account when `receivable` is NULL. */
void cash_received(struct decision *decision, struct rlc_receivable_record *receivable, rlc_day on,
                   struct rlc_money amount);
void cash_received_by_account(struct decision *decision, struct rlc_account_record *account,
                              rlc_day on, struct rlc_money amount);

/* What came in from `from_on` on, in the currency of `promised`. */
int64_t cash_receipts_since(const struct rlc_receipt *receipts, size_t count, rlc_day from_on,
                            const struct rlc_money *promised);

/* How cash on account covers open documents: the oldest due first, then by document, in the same
 * currency only (C. civ. 1342-10); nobody pays what he disputes. Nothing is booked: it only counts
 * in what people are reminded of. */
struct cash_cover {
    struct cash_covered *covered; /* sorted by currency, due day, document */
    size_t count;
};

struct cash_covered {
    rlc_day due_on;
    struct rlc_span document;
    struct rlc_money amount;
};

/* Computes the cover of an account, all of whose pages are known. Empty without cash on account. */
void cash_cover(struct decision *decision, struct rlc_span creditor,
                const struct rlc_account_record *account, struct cash_cover *ret_cover);

/* What of an item is covered. */
int64_t cash_covered_minor(const struct cash_cover *cover, const struct rlc_page_item *item);

#endif
