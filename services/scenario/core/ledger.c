/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger.h"
#include "core/litigation.h"

#include <assert.h>

#include "core/cash.h"
#include "core/dunning.h"
#include "core/quarantine.h"
#include "core/store.h"
#include "core/touches.h"

/* ---- what is owed ---- */

bool ledger_issued(const struct rlc_receivable_record *receivable)
{
    return version_known(&receivable->version);
}

/* A cancellation holds against terms that it does not come before. Where one of the two has no
 * revision, the time at the source decides. */
static bool is_cancelled(const struct rlc_receivable_record *receivable)
{
    const struct rlc_version *terms = &receivable->version;
    const struct rlc_version *cancelled = &receivable->cancelled;

    if (!version_known(cancelled))
        return false;
    if (terms->revision > 0 && cancelled->revision > 0)
        return cancelled->revision >= terms->revision;
    return cancelled->occurred_at_ms >= terms->occurred_at_ms;
}

static int64_t claim_minor(const struct rlc_receivable_record *receivable)
{
    int64_t claim = receivable->terms.total.minor - receivable->entered_minor;

    return is_cancelled(receivable) || claim < 0 ? 0 : claim;
}

static int64_t given_minor(const struct rlc_settled *settled)
{
    return settled->paid.minor + settled->credited_minor + settled->written_off_minor;
}

static bool in_currency(const struct rlc_settled *settled, const struct rlc_money *total)
{
    return rlc_money_same_currency(settled->paid, *total);
}

struct rlc_money ledger_open(const struct rlc_receivable_record *receivable)
{
    struct rlc_money open = receivable->terms.total;

    open.minor = claim_minor(receivable);
    for (size_t i = 0; i < receivable->settled_count; i++) {
        if (in_currency(&receivable->settled[i], &open))
            open.minor -= given_minor(&receivable->settled[i]);
    }
    if (open.minor < 0)
        open.minor = 0;
    return open;
}

/* What the creditor has credited, or taken off the total, since it conceded something. */
static int64_t reduced_minor(const struct rlc_receivable_record *receivable, int64_t total_minor)
{
    int64_t reduced = 0;

    for (size_t i = 0; i < receivable->settled_count; i++) {
        if (in_currency(&receivable->settled[i], &receivable->terms.total))
            reduced += receivable->settled[i].credited_minor;
    }
    if (total_minor > receivable->terms.total.minor)
        reduced += total_minor - receivable->terms.total.minor;
    return reduced;
}

int64_t ledger_conceded(const struct rlc_receivable_record *receivable)
{
    int64_t conceded = 0;
    int64_t total_minor = 0;
    int64_t reduced;

    for (size_t i = 0; i < receivable->block_count; i++) {
        const struct rlc_block *block = &receivable->blocks[i];

        if (!block->conceded || !rlc_money_same_currency(block->amount, receivable->terms.total))
            continue;
        conceded += block->amount.minor;
        if (block->total_minor > total_minor)
            total_minor = block->total_minor;
    }
    reduced = reduced_minor(receivable, total_minor);
    return conceded > reduced ? conceded - reduced : 0;
}

/* The part of an entry that the claim does not need. Without terms it waits for them. What was
 * written off is no money: the claim needs it last, and it never is on account. */
static int64_t on_account_minor(const struct rlc_receivable_record *receivable, size_t entry)
{
    const struct rlc_settled *settled = &receivable->settled[entry];
    int64_t surplus = given_minor(settled);
    int64_t most = surplus - settled->written_off_minor;

    if (!ledger_issued(receivable))
        return 0;
    if (in_currency(settled, &receivable->terms.total))
        surplus -= claim_minor(receivable);
    if (surplus > most)
        surplus = most;
    return surplus > 0 ? surplus : 0;
}

/* ---- moving ---- */

void ledger_remember(const struct rlc_receivable_record *receivable,
                     struct ledger_before *ret_before)
{
    *ret_before = (struct ledger_before){ .issued = ledger_issued(receivable),
                                          .open = ledger_open(receivable) };
    for (size_t i = 0; i < receivable->settled_count; i++)
        ret_before->on_account_minor[i] = on_account_minor(receivable, i);
}

static void move_on_account(struct decision *decision, const struct holding *holding,
                            const struct ledger_before *before)
{
    const struct rlc_receivable_record *receivable = holding->receivable;

    for (size_t i = 0; i < receivable->settled_count; i++) {
        struct rlc_money delta = receivable->settled[i].paid;

        delta.minor = on_account_minor(receivable, i) - before->on_account_minor[i];
        cash_on_account(decision, holding->creditor, holding->account, delta);
    }
}

static void tell_on_account(struct decision *decision,
                            const struct rlc_receivable_record *receivable,
                            struct rlc_receivable_fact *fact)
{
    struct rlc_money *amounts = decision_alloc(decision, SETTLED_MAX * sizeof(*amounts));

    fact->on_account = amounts;
    for (size_t i = 0; i < receivable->settled_count; i++) {
        struct rlc_money amount = receivable->settled[i].paid;

        amount.minor = on_account_minor(receivable, i);
        if (amount.minor > 0)
            amounts[fact->on_account_count++] = amount;
    }
}

static void tell(struct decision *decision, const struct holding *holding, enum rlc_fact_kind kind,
                 const struct ledger_before *before, const struct ledger_move *move)
{
    const struct rlc_invoice *terms = &holding->receivable->terms;
    struct rlc_receivable_fact *fact =
        decision_fact(decision, kind, holding->creditor, sizeof(*fact));

    *fact = (struct rlc_receivable_fact){
        .document = holding->document,
        .number = terms->number,
        .type = terms->type,
        .cause = move->cause,
        .cause_id = move->cause_id,
        .total = terms->total,
        .open = ledger_open(holding->receivable),
        .issued_on = terms->issued_on,
        .due_on = terms->due_on,
        .value_on = move->value_on ? move->value_on : decision->today,
        .revision = holding->receivable->version.revision,
    };
    if (before->issued)
        fact->open_before = before->open;
    tell_on_account(decision, holding->receivable, fact);
}

static void tell_move(struct decision *decision, const struct holding *holding,
                      const struct ledger_before *before, const struct ledger_move *move)
{
    int64_t open = ledger_open(holding->receivable).minor;

    if (!before->issued)
        tell(decision, holding, RLC_FACT_KIND_RECEIVABLE_OPENED, before, move);
    else if (open > 0 || before->open.minor == 0)
        tell(decision, holding, RLC_FACT_KIND_RECEIVABLE_CHANGED, before, move);
    if (open == 0 && (before->open.minor > 0 || !before->issued))
        tell(decision, holding, RLC_FACT_KIND_RECEIVABLE_CLOSED, before, move);
}

bool ledger_is_listed(const struct rlc_receivable_record *receivable)
{
    if (ledger_open(receivable).minor > 0)
        return true;
    for (size_t i = 0; i < receivable->block_count; i++) {
        const struct rlc_block *block = &receivable->blocks[i];

        /* Of a promise the account tells the verdict. */
        if (block->kind != RLC_AGREEMENT_KIND_PROMISE && block->until_ms > 0)
            return true;
    }
    return false;
}

void ledger_relist(struct decision *decision, const struct holding *holding)
{
    struct rlc_receivable_record *receivable = holding->receivable;
    struct rlc_page_item *item;

    if (!ledger_is_listed(receivable)) {
        if (receivable->page > 0)
            page_unlist(decision, holding);
        return;
    }
    if (receivable->page == 0 && !page_list(decision, holding))
        return;
    item = page_item(decision, holding);
    item->due_on = receivable->terms.due_on;
    item->open = ledger_open(receivable);
    dunning_arm(decision, holding, item);
    page_settle(decision, holding, receivable->page);
}

void ledger_moved(struct decision *decision, const struct holding *holding,
                  const struct ledger_before *before, const struct ledger_move *move)
{
    move_on_account(decision, holding, before);
    account_book(decision, holding->account, holding->receivable->terms.issued_on);
    account_book(decision, holding->account, move->value_on);
    decision_raise_account(decision, holding->account);
    if (ledger_issued(holding->receivable)) {
        tell_move(decision, holding, before, move);
        litigation_moved(decision, holding, move->cause);
        if (ledger_open(holding->receivable).minor == 0)
            dunning_paid(decision, holding);
        ledger_relist(decision, holding);
    }
    account_alarm(decision, holding->creditor, holding->account);
}

static struct rlc_settled *settled_in(struct decision *decision,
                                      struct rlc_receivable_record *receivable,
                                      const char *currency)
{
    size_t i = 0;

    while (i < receivable->settled_count &&
           memcmp(receivable->settled[i].paid.currency, currency, RLC_CURRENCY_SIZE) < 0)
        i++;
    if (i < receivable->settled_count &&
        memcmp(receivable->settled[i].paid.currency, currency, RLC_CURRENCY_SIZE) == 0)
        return &receivable->settled[i];
    if (receivable->settled_count == SETTLED_MAX)
        return NULL;
    LIST_INSERT(decision, receivable->settled, receivable->settled_count,
                receivable->settled_capacity, i);
    memcpy(receivable->settled[i].paid.currency, currency, RLC_CURRENCY_SIZE);
    return &receivable->settled[i];
}

bool ledger_give(struct decision *decision, const struct holding *holding,
                 enum rlc_settlement_kind kind, struct rlc_money amount,
                 const struct ledger_move *move)
{
    struct rlc_receivable_record *receivable = holding->receivable;
    struct rlc_settled *settled = settled_in(decision, receivable, amount.currency);
    struct ledger_before before;

    if (!settled)
        return false;
    ledger_remember(receivable, &before);
    switch (kind) {
    case RLC_SETTLEMENT_KIND_PAYMENT:
        settled->paid.minor += amount.minor;
        break;
    case RLC_SETTLEMENT_KIND_CREDIT_NOTE:
        settled->credited_minor += amount.minor;
        break;
    case RLC_SETTLEMENT_KIND_WRITE_OFF:
        settled->written_off_minor += amount.minor;
        break;
    case RLC_SETTLEMENT_KIND_UNSPECIFIED:
        assert(!"a settlement of some kind");
    }
    ledger_moved(decision, holding, &before, move);
    return true;
}

static bool is_empty(const struct rlc_receivable_record *receivable)
{
    return !ledger_issued(receivable) && !version_known(&receivable->cancelled) &&
           receivable->settled_count == 0 && receivable->receipt_count == 0 &&
           receivable->block_count == 0 && receivable->stop_count == 0 &&
           receivable->restart_on == RLC_DAY_NONE;
}

void ledger_forget(struct decision *decision, const struct holding *holding)
{
    struct rlc_receivable_record *receivable = holding->receivable;
    struct store_key key;

    for (size_t i = receivable->settled_count; i-- > 0;) {
        const struct rlc_settled *settled = &receivable->settled[i];

        if (settled->paid.minor == 0 && settled->credited_minor == 0 &&
            settled->written_off_minor == 0)
            LIST_REMOVE(receivable->settled, receivable->settled_count, i);
    }
    if (!is_empty(receivable))
        return;
    store_key_receivable(decision->key, holding->creditor, holding->document, &key);
    rlc_overlay_delete(decision->overlay, key.span);
}

/* ---- events ---- */

/* What the state keeps of the terms: the description stays in the archive. */
static void adopt(struct decision *decision, const struct holding *holding,
                  const struct rlc_invoice *invoice)
{
    struct rlc_receivable_record *receivable = holding->receivable;
    struct store_key key;

    receivable->terms = *invoice;
    receivable->terms.description = (struct rlc_sealed){ 0 };
    receivable->version = decision_version(decision);
    store_key_receivable(decision->key, holding->creditor, holding->document, &key);
    quarantine_found(decision, &key);
}

void ledger_issue(struct decision *decision, const struct rlc_invoice *invoice)
{
    bool amended = decision->event->record->kind == RLC_EVENT_KIND_INVOICE_AMENDED;
    struct ledger_move move = { .cause = amended ? RLC_RECEIVABLE_CAUSE_AMENDED
                                                 : RLC_RECEIVABLE_CAUSE_ISSUED };
    struct holding holding;
    struct ledger_before before;

    if (!quarantine_fits(decision, invoice->total, invoice->document, "data.total") ||
        !holding_open(decision, decision->envelope->creditor, invoice->document, &holding) ||
        !decision_accepts(decision, &holding.receivable->version, invoice->document))
        return;
    ledger_remember(holding.receivable, &before);
    adopt(decision, &holding, invoice);
    ledger_moved(decision, &holding, &before, &move);
}

/* What an opening item says of the time before go-live has a version of its own: terms that are
 * newer do not undo it, nor does it undo them. True if the item is news; a conflict with the terms
 * is one with all of it. */
static bool accepts_item(struct decision *decision, struct rlc_receivable_record *receivable,
                         const struct rlc_opening_item *item, enum version_order *ret_terms)
{
    struct rlc_version version = decision_version(decision);

    *ret_terms = version_order(&receivable->version, &version);
    if (*ret_terms == VERSION_CONFLICT || *ret_terms == VERSION_SAME)
        return decision_accepts(decision, &receivable->version, item->invoice.document);
    return decision_accepts(decision, &receivable->entered, item->invoice.document);
}

static void adopt_item(struct decision *decision, struct rlc_receivable_record *receivable,
                       const struct rlc_opening_item *item)
{
    receivable->entered = decision_version(decision);
    receivable->entered_minor = item->invoice.total.minor - item->open.minor;
    receivable->entered_step = item->last_step;
    receivable->entered_asked = false;
}

void ledger_enter(struct decision *decision, const struct rlc_opening_item *item)
{
    struct ledger_move move = { .cause = RLC_RECEIVABLE_CAUSE_OPENING };
    enum version_order terms;
    struct holding holding;
    struct ledger_before before;

    if (!quarantine_fits(decision, item->invoice.total, item->invoice.document, "data.total") ||
        !holding_open(decision, decision->envelope->creditor, item->invoice.document, &holding) ||
        !accepts_item(decision, holding.receivable, item, &terms))
        return;
    ledger_remember(holding.receivable, &before);
    if (terms == VERSION_NEWER)
        adopt(decision, &holding, &item->invoice);
    adopt_item(decision, holding.receivable, item);
    ledger_moved(decision, &holding, &before, &move);
    if (item->last_contact_at_ms > 0)
        touches_remember(decision, item->last_contact_at_ms);
}

void ledger_cancel(struct decision *decision, const struct rlc_invoice_cancelled *cancelled)
{
    struct ledger_move move = { .cause = RLC_RECEIVABLE_CAUSE_CANCELLED,
                                .value_on = cancelled->cancelled_on };
    struct holding holding;
    struct ledger_before before;
    struct store_key key;

    if (!holding_open(decision, decision->envelope->creditor, cancelled->document, &holding) ||
        !decision_accepts(decision, &holding.receivable->cancelled, cancelled->document))
        return;
    ledger_remember(holding.receivable, &before);
    holding.receivable->cancelled = decision_version(decision);
    ledger_moved(decision, &holding, &before, &move);
    if (before.issued)
        return;
    store_key_receivable(decision->key, holding.creditor, holding.document, &key);
    quarantine_unknown(decision, &key, holding.document, "data.document");
}

/* ---- keys ---- */

void ledger_want(struct ledger_needs *needs, struct rlc_span document)
{
    const struct rlc_receivable_record *receivable;
    struct store_key key;

    store_key_receivable(needs->debtor_key, needs->creditor, document, &key);
    if (!rlc_overlay_want(needs->overlay, key.span))
        return;
    receivable = store_get(needs->overlay, &key);
    if (!receivable || receivable->page == 0) {
        needs->unlisted++;
        return;
    }
    store_key_page(needs->debtor_key, needs->creditor, receivable->page, &key);
    (void)rlc_overlay_want(needs->overlay, key.span);
}

void ledger_want_room(struct ledger_needs *needs)
{
    const struct rlc_account_record *account;
    struct store_key key;

    store_key_account(needs->debtor_key, needs->creditor, &key);
    if (!rlc_overlay_want(needs->overlay, key.span))
        return;
    account = store_get(needs->overlay, &key);
    if (account)
        page_keys(needs->debtor_key, needs->creditor, account, needs->unlisted, needs->overlay);
}
