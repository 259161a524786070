/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger: what is owed on each document. State is a function of the set of messages, not of
 * their order: the latest terms, the latest cancellation, the sum of what settlements have given.
 *
 *   claim = total of the terms (less what an opening item says was settled before), 0 if cancelled
 *   open  = claim - paid - credited - written off, never below 0
 *   what was given beyond the claim, or in another currency, is on account
 *
 * A document that so far only settlements have named has no terms: what it was given waits there.
 */
#ifndef SCENARIO_CORE_LEDGER_H
#define SCENARIO_CORE_LEDGER_H

#include "core/account.h"

/* Why a receivable moves. */
struct ledger_move {
    enum rlc_receivable_cause cause;
    struct rlc_span cause_id; /* payment, credit note or command; may be empty */
    rlc_day value_on;         /* 0 = the day of the decision */
};

/* A receivable before it moves. */
struct ledger_before {
    bool issued;
    struct rlc_money open;
    int64_t on_account_minor[SETTLED_MAX]; /* by entry of `settled` */
};

/* Whether there are terms: an invoice was seen. */
bool ledger_issued(const struct rlc_receivable_record *receivable);

/* What is still owed; the currency is that of the terms, absent without terms. */
struct rlc_money ledger_open(const struct rlc_receivable_record *receivable);

/* What disputes have conceded and no credit note, and no smaller total, has taken off yet: nobody
 * is asked for it. */
int64_t ledger_conceded(const struct rlc_receivable_record *receivable);

/* Events. `ledger_issue` is also an amendment: the whole document again. */
void ledger_issue(struct decision *decision, const struct rlc_invoice *invoice);
void ledger_enter(struct decision *decision, const struct rlc_opening_item *item);
void ledger_cancel(struct decision *decision, const struct rlc_invoice_cancelled *cancelled);

/* Remembers the receivable, then brings everything that hangs on it in line with what it has
 * become: cash on account, page, step instances, timers, epoch, facts. */
void ledger_remember(const struct rlc_receivable_record *receivable,
                     struct ledger_before *ret_before);
void ledger_moved(struct decision *decision, const struct holding *holding,
                  const struct ledger_before *before, const struct ledger_move *move);

/* On a page are the receivables that are open, and those on which an agreement ends by itself: paid
 * or not invoiced, its end is to be told. `relist` brings the page in line. */
bool ledger_is_listed(const struct rlc_receivable_record *receivable);
void ledger_relist(struct decision *decision, const struct holding *holding);

/* Gives a document an amount of a settlement, or takes it back (negative). The currency entry is
 * made if need be; false when the document has SETTLED_MAX others. */
bool ledger_give(struct decision *decision, const struct holding *holding,
                 enum rlc_settlement_kind kind, struct rlc_money amount,
                 const struct ledger_move *move);

/* Drops what says nothing any more: a currency in which nothing is left, and a document of which no
 * message is in force. So the state does not tell what was tried and undone. */
void ledger_forget(struct decision *decision, const struct holding *holding);

/* For scenario_keys: the documents that an event names, one by one, then the account and the pages
 * on which those that are not listed would go. */
struct ledger_needs {
    struct rlc_span debtor_key;
    struct rlc_span creditor;
    struct rlc_overlay *overlay;
    size_t unlisted;
};
void ledger_want(struct ledger_needs *needs, struct rlc_span document);
void ledger_want_room(struct ledger_needs *needs);

#endif
