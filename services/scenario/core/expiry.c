/* SPDX-License-Identifier: Apache-2.0 */
/* What ends by itself: blocks whose time is over, and promises whose verdict is due. */
#include <assert.h>

#include "core/cash.h"
#include "core/cover.h"
#include "core/ledger.h"
#include "core/litigation.h"
#include "core/standing.h"
#include "core/store.h"
#include "core/tasks.h"

static void tell_expired(struct decision *decision, const struct rlc_block *block,
                         enum rlc_reach reach, const struct holding *holding)
{
    struct rlc_agreement_fact *fact =
        decision_fact(decision, RLC_FACT_KIND_AGREEMENT_CLOSED, holding->creditor, sizeof(*fact));
    struct rlc_document_ref *document = decision_alloc(decision, sizeof(*document));

    document->document = holding->document;
    *fact = (struct rlc_agreement_fact){
        .agreement = block->id,
        .kind = block->kind,
        .reach = reach,
        .amount = block->amount,
        .clock = block->clock,
        .from_ms = block->from_ms,
        .until_ms = block->until_ms,
        .result = RLC_AGREEMENT_RESULT_EXPIRED,
        .documents = document,
        .document_count = reach == RLC_REACH_DOCUMENT ? 1 : 0,
    };
}

/* R45: a dispute that nobody settled is somebody's to settle. */
static void ask_about(struct decision *decision, const struct rlc_block *block,
                      const struct holding *holding)
{
    struct task_about about = { .creditor = holding->creditor,
                                .object = block->id,
                                .number = (uint64_t)holding->account->epoch };

    if (block->kind == RLC_AGREEMENT_KIND_DISPUTE)
        (void)task_open(decision, RLC_TASK_KIND_DISPUTE, &about);
}

/* ---- promises ---- */

static const struct rlc_receivable_record *
receivable_of(const struct decision *decision, struct rlc_span creditor, struct rlc_span document)
{
    struct store_key key;

    store_key_receivable(decision->key, creditor, document, &key);
    return store_get(decision->overlay, &key);
}

/* What became of what was promised. */
struct kept {
    int64_t received_minor; /* in the promised currency, since the promise */
    bool settled;           /* nothing of it is owed any more, whoever settled it and how */
};

static struct rlc_page_item item_of(const struct rlc_receivable_record *receivable,
                                    struct rlc_span document)
{
    return (struct rlc_page_item){ .document = document,
                                   .due_on = receivable->terms.due_on,
                                   .open = ledger_open(receivable) };
}

/* Money on account that covers the documents counts, if it came in since the promise. */
static int64_t new_cover(const struct rlc_account_record *account,
                         const struct rlc_agreement_record *promise, int64_t covered_minor,
                         int64_t received_minor)
{
    int64_t came_in = cash_receipts_since(account->receipts, account->receipt_count,
                                          promise->made_on, &promise->amount) -
                      received_minor;

    if (came_in <= 0)
        return 0;
    return covered_minor < came_in ? covered_minor : came_in;
}

static struct kept kept_for_documents(struct decision *decision,
                                      const struct rlc_agreement_record *promise,
                                      const struct rlc_account_record *account)
{
    struct kept kept = { .settled = true };
    struct cash_cover cover;
    int64_t covered_minor = 0;

    cash_cover(decision, promise->creditor, account, &cover);
    for (size_t i = 0; i < promise->document_count; i++) {
        const struct rlc_receivable_record *receivable =
            receivable_of(decision, promise->creditor, promise->documents[i].document);
        struct rlc_page_item item;
        int64_t covered;

        if (!receivable || !ledger_issued(receivable)) {
            kept.settled = false;
            continue;
        }
        item = item_of(receivable, promise->documents[i].document);
        covered = cash_covered_minor(&cover, &item);
        kept.settled = kept.settled && covered == item.open.minor;
        if (rlc_money_same_currency(item.open, promise->amount))
            covered_minor += covered;
        kept.received_minor += cash_receipts_since(receivable->receipts, receivable->receipt_count,
                                                   promise->made_on, &promise->amount);
    }
    kept.received_minor += new_cover(account, promise, covered_minor, kept.received_minor);
    return kept;
}

static struct kept kept_of(struct decision *decision, const struct rlc_agreement_record *promise,
                           const struct rlc_account_record *account)
{
    if (promise->document_count > 0)
        return kept_for_documents(decision, promise, account);
    return (struct kept){ .received_minor =
                              cash_receipts_since(account->receipts, account->receipt_count,
                                                  promise->made_on, &promise->amount),
                          .settled = account->page_count == 0 };
}

static bool at_least(int64_t received, int64_t promised, int64_t share_ppm)
{
    return (__int128)received * 1000000 >= (__int128)promised * share_ppm;
}

/* R53: kept from 95 %, partial from 50 %, else broken. Of what is not owed any more nothing was
 * left to pay: with some money it is kept; without (credited, cancelled, paid in another currency)
 * the promise falls away. */
static enum rlc_agreement_result verdict(const struct policy_standing *policy,
                                         const struct kept *kept, int64_t promised)
{
    int64_t received = kept->received_minor;

    if (at_least(received, promised, policy->promise_kept_ppm))
        return RLC_AGREEMENT_RESULT_KEPT;
    if (kept->settled)
        return received > 0 ? RLC_AGREEMENT_RESULT_KEPT : RLC_AGREEMENT_RESULT_LIFTED;
    return at_least(received, promised, policy->promise_partial_ppm) ? RLC_AGREEMENT_RESULT_PARTIAL
                                                                     : RLC_AGREEMENT_RESULT_BROKEN;
}

static void judge(struct decision *decision, const struct rlc_block *block,
                  struct rlc_span creditor, const struct rlc_account_record *account)
{
    struct rlc_agreement_record *promise;
    struct rlc_agreement_fact *fact;
    struct store_key key;
    struct kept kept;

    store_key_agreement(decision->key, creditor, RLC_AGREEMENT_KIND_PROMISE, block->id, &key);
    promise = store_change(decision->overlay, &key);
    assert(promise);
    kept = kept_of(decision, promise, account);
    promise->result = verdict(&decision->policy->standing, &kept, promise->amount.minor);
    promise->closed_at_ms = decision->now_ms;
    fact = decision_fact(decision, RLC_FACT_KIND_AGREEMENT_CLOSED, creditor, sizeof(*fact));
    *fact = (struct rlc_agreement_fact){
        .agreement = block->id,
        .kind = RLC_AGREEMENT_KIND_PROMISE,
        .reach = promise->reach,
        .amount = promise->amount,
        .clock = promise->clock,
        .from_ms = promise->from_ms,
        .until_ms = promise->until_ms,
        .result = promise->result,
        .settled = promise->amount,
        .documents = promise->documents,
        .document_count = promise->document_count,
    };
    fact->settled.minor = kept.received_minor;
}

/* ---- the three levels ---- */

bool standing_expire_debtor(struct decision *decision)
{
    struct cover cover = cover_of_debtor(decision->debtor);
    const struct rlc_block *block;
    bool ended = false;

    while ((block = cover_ended(&cover, decision->due_ms))) {
        tell_expired(decision, block, RLC_REACH_DEBTOR, &(struct holding){ 0 });
        (void)cover_lift(decision, &cover, block->kind, block->id, block->until_ms);
        decision_raise_debtor(decision);
        ended = true;
    }
    return ended;
}

bool standing_expire_account(struct decision *decision, struct rlc_span creditor,
                             struct rlc_account_record *account)
{
    struct cover cover = cover_of_account(account);
    const struct rlc_block *block;
    bool ended = false;

    while ((block = cover_ended(&cover, decision->due_ms))) {
        if (block->kind == RLC_AGREEMENT_KIND_PROMISE)
            judge(decision, block, creditor, account);
        else
            tell_expired(decision, block, RLC_REACH_ACCOUNT,
                         &(struct holding){ .creditor = creditor });
        (void)cover_lift(decision, &cover, block->kind, block->id, block->until_ms);
        decision_raise_account(decision, account);
        ended = true;
    }
    return ended;
}

bool standing_expire_receivable(struct decision *decision, const struct holding *holding)
{
    struct cover cover = cover_of_receivable(holding->receivable);
    const struct rlc_block *block;
    bool ended = false;

    while ((block = cover_ended(&cover, decision->due_ms))) {
        /* Of a promise the account tells the verdict. */
        if (block->kind != RLC_AGREEMENT_KIND_PROMISE)
            tell_expired(decision, block, RLC_REACH_DOCUMENT, holding);
        ask_about(decision, block, holding);
        (void)cover_lift(decision, &cover, block->kind, block->id, block->until_ms);
        decision_raise_account(decision, holding->account);
        ended = true;
    }
    if (ended)
        litigation_agreed(decision, holding);
    return ended;
}

/* ---- keys ---- */

void standing_keys(struct rlc_span debtor_key, struct rlc_span creditor,
                   enum rlc_agreement_kind kind, struct rlc_span id, struct rlc_overlay *overlay)
{
    const struct rlc_agreement_record *record;
    struct ledger_needs needs = { .debtor_key = debtor_key, .overlay = overlay };
    struct store_key key;

    store_key_agreement(debtor_key, creditor, kind, id, &key);
    if (!rlc_overlay_want(overlay, key.span))
        return;
    record = store_get(overlay, &key);
    if (!record || record->creditor.size == 0)
        return;
    needs.creditor = record->creditor;
    store_key_account(debtor_key, record->creditor, &key);
    (void)rlc_overlay_want(overlay, key.span);
    for (size_t i = 0; i < record->document_count; i++)
        ledger_want(&needs, record->documents[i].document);
}

void standing_verdict_keys(struct rlc_span debtor_key, struct rlc_span creditor,
                           const struct rlc_account_record *account, rlc_ms due_ms,
                           struct rlc_overlay *overlay)
{
    for (size_t i = 0; i < account->block_count; i++) {
        const struct rlc_block *block = &account->blocks[i];

        if (block->kind == RLC_AGREEMENT_KIND_PROMISE && block->until_ms > 0 &&
            block->until_ms <= due_ms)
            standing_keys(debtor_key, creditor, block->kind, block->id, overlay);
    }
}
