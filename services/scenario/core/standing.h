/* SPDX-License-Identifier: Apache-2.0 */
/* Standing: what stands between a receivable and a reminder. Disputes, promises, plans and holds
 * have one shape, an agreement: a reach (document, account, debtor), an amount or all, an interval,
 * an effect on the clock. Where an agreement works it lies as a block; blocks are folded, in any
 * order, into one answer. */
#ifndef SCENARIO_CORE_STANDING_H
#define SCENARIO_CORE_STANDING_H

#include "core/account.h"

/* The answer. All zero: nothing stands in the way. */
struct standing {
    enum rlc_suppression reason; /* of the weightiest block; UNSPECIFIED = reminders may go */
    struct rlc_span object;      /* its agreement */
    rlc_ms until_ms;             /* when the last of the blocks in force ends; 0 = open end */
    int64_t held_minor;          /* part of the amount that is held back */
};

/* Folds the blocks in force at `now_ms` into an answer. Amounts count in `currency` only. */
void standing_fold(const struct rlc_block *blocks, size_t count, rlc_ms now_ms,
                   const char *currency, struct standing *answer);

/* The answer of what lies on the debtor and on the account. */
struct standing standing_of_account(const struct decision *decision,
                                    const struct rlc_account_record *account);

/* How much of what is open is disputed at `now_ms`; what was conceded apart. */
int64_t standing_disputed(const struct rlc_block *blocks, size_t count, rlc_ms now_ms,
                          struct rlc_money open);

/* Whether the answer rests on this block: it is the one that it names, or, where it names none, one
 * of those that hold back a part. */
bool standing_rests_on(const struct standing *answer, const struct rlc_block *block, rlc_ms now_ms,
                       const char *currency);

/* The first instant after now at which the answer may change by itself; 0 = none. */
rlc_ms standing_next(const struct rlc_block *blocks, size_t count, rlc_ms now_ms);

/* Events and commands. The creditor is the envelope's. */
void standing_dispute(struct decision *decision, const struct rlc_dispute *dispute);
void standing_resolve(struct decision *decision, const struct rlc_dispute_resolved *resolved);
void standing_promise(struct decision *decision, const struct rlc_promise *promise);
void standing_hold(struct decision *decision, const struct rlc_hold *hold);
void standing_withdraw(struct decision *decision, const struct rlc_promise_withdrawn *withdrawn);
void standing_lift(struct decision *decision, const struct rlc_hold_lifted *lifted);
void standing_suspect_cash(struct decision *decision, const struct rlc_cash_suspected *suspected);
void standing_clear_cash(struct decision *decision, const struct rlc_cash_cleared *cleared);

/* Resolves a dispute that is known and not resolved yet; false if there is none. One that has run
 * out can still be conceded. */
bool standing_settle(struct decision *decision, const struct rlc_dispute_resolved *resolved);

/* Ends an agreement of any kind before its time. False if there is none in force. */
bool standing_cancel(struct decision *decision, enum rlc_agreement_kind kind, struct rlc_span id,
                     enum rlc_agreement_result result);

/* Lets go what has ended by itself: facts, verdicts on promises, stretches of stopped clock. True
 * if anything ended. */
bool standing_expire_debtor(struct decision *decision);
bool standing_expire_account(struct decision *decision, struct rlc_span creditor,
                             struct rlc_account_record *account);
bool standing_expire_receivable(struct decision *decision, const struct holding *holding);

/* For scenario_keys: an agreement and, once it is known, what it covers. */
void standing_keys(struct rlc_span debtor_key, struct rlc_span creditor,
                   enum rlc_agreement_kind kind, struct rlc_span id, struct rlc_overlay *overlay);

/* For scenario_keys: what the verdicts on the promises of an account need that end by `due_ms`. */
void standing_verdict_keys(struct rlc_span debtor_key, struct rlc_span creditor,
                           const struct rlc_account_record *account, rlc_ms due_ms,
                           struct rlc_overlay *overlay);

#endif
