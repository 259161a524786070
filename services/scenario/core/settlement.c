/* SPDX-License-Identifier: Apache-2.0 */
#include "core/settlement.h"

#include "core/cash.h"
#include "core/ledger.h"
#include "core/quarantine.h"
#include "core/store.h"

/* A settlement in hand. */
struct handful {
    struct rlc_span creditor;
    struct rlc_span id;
    struct rlc_account_record *account;
    struct rlc_settlement_record *settlement;
};

static bool open_handful(struct decision *decision, enum rlc_settlement_kind kind,
                         struct rlc_span id, struct handful *ret_handful)
{
    struct store_key key;

    *ret_handful = (struct handful){ .creditor = decision->envelope->creditor, .id = id };
    ret_handful->account = account_open(decision, ret_handful->creditor);
    if (!ret_handful->account)
        return false;
    store_key_settlement(decision->key, ret_handful->creditor, kind, id, &key);
    ret_handful->settlement = store_open(decision->overlay, &key, sizeof(*ret_handful->settlement));
    ret_handful->settlement->kind = kind;
    return true;
}

/* ---- what a settlement says ---- */

static struct rlc_posting *posting_for(struct decision *decision,
                                       struct rlc_settlement_record *settlement,
                                       struct rlc_span document)
{
    for (size_t i = 0; i < settlement->posting_count; i++) {
        if (rlc_span_equal(settlement->postings[i].document, document))
            return &settlement->postings[i];
    }
    LIST_INSERT(decision, settlement->postings, settlement->posting_count,
                settlement->posting_capacity, settlement->posting_count)
        ->document = document;
    return &settlement->postings[settlement->posting_count - 1];
}

/* Documents named again keep what they were given; those no longer named stay listed with nothing
 * until it is taken back. Shares in another currency, or larger than the settlement, stay on
 * account. */
static void name_documents(struct decision *decision, struct rlc_settlement_record *settlement,
                           const struct rlc_allocation *allocations, size_t count)
{
    struct rlc_posting *previous = settlement->postings;
    size_t previous_count = settlement->posting_count;

    settlement->postings = NULL;
    settlement->posting_count = 0;
    settlement->posting_capacity = 0;
    for (size_t i = 0; i < count; i++) {
        if (rlc_money_same_currency(allocations[i].amount, settlement->amount) &&
            allocations[i].amount.minor <= settlement->amount.minor)
            posting_for(decision, settlement, allocations[i].document)->named_minor +=
                allocations[i].amount.minor;
    }
    for (size_t i = 0; i < previous_count; i++) {
        if (previous[i].posted_minor != 0)
            posting_for(decision, settlement, previous[i].document)->posted_minor =
                previous[i].posted_minor;
    }
}

static int64_t effective_minor(const struct rlc_settlement_record *settlement)
{
    int64_t effective = settlement->amount.minor;

    for (size_t i = 0; i < settlement->reversal_count; i++) {
        const struct rlc_money *amount = &settlement->reversals[i].amount;

        if (amount->currency[0] == '\0')
            return 0;
        if (rlc_money_same_currency(*amount, settlement->amount))
            effective -= amount->minor;
    }
    return effective > 0 ? effective : 0;
}

/* ---- moving the difference ---- */

static int64_t given_minor(const struct rlc_settlement_record *settlement)
{
    int64_t given = settlement->unapplied_minor;

    for (size_t i = 0; i < settlement->posting_count; i++)
        given += settlement->postings[i].posted_minor;
    return given;
}

/* Gives one document its share; what it cannot take stays on account. */
static int64_t post(struct decision *decision, const struct handful *handful,
                    struct rlc_posting *posting, int64_t share, const struct ledger_move *move)
{
    struct rlc_money delta = handful->settlement->amount;
    struct holding holding;

    delta.minor = share - posting->posted_minor;
    if (delta.minor == 0)
        return share;
    if (!holding_open(decision, handful->creditor, posting->document, &holding))
        return 0;
    if (!ledger_give(decision, &holding, handful->settlement->kind, delta, move)) {
        quarantine_limit(decision, "LIMIT_CURRENCIES", posting->document, "data.currency");
        return 0;
    }
    posting->posted_minor = share;
    /* What is taken back is taken off the day it was given: order must not matter. */
    if (handful->settlement->kind == RLC_SETTLEMENT_KIND_PAYMENT)
        cash_received(decision, holding.receivable, handful->settlement->value_on, delta);
    ledger_forget(decision, &holding);
    return share;
}

static void post_all(struct decision *decision, struct handful *handful,
                     const struct ledger_move *move)
{
    struct rlc_settlement_record *settlement = handful->settlement;
    struct rlc_money unapplied = settlement->amount;
    int64_t left = effective_minor(settlement);

    for (size_t i = 0; i < settlement->posting_count; i++) {
        struct rlc_posting *posting = &settlement->postings[i];
        int64_t share = posting->named_minor < left ? posting->named_minor : left;

        left -= post(decision, handful, posting, share, move);
    }
    unapplied.minor = left - settlement->unapplied_minor;
    settlement->unapplied_minor = left;
    cash_on_account(decision, handful->creditor, handful->account, unapplied);
}

static struct rlc_settlement_fact *tell(struct decision *decision, const struct handful *handful,
                                        enum rlc_fact_kind kind)
{
    const struct rlc_settlement_record *settlement = handful->settlement;
    struct rlc_settlement_fact *fact =
        decision_fact(decision, kind, handful->creditor, sizeof(*fact));

    fact->settlement = handful->id;
    fact->amount = settlement->amount;
    fact->value_on = settlement->value_on;
    fact->provisional_until_ms = settlement->provisional_until_ms;
    return fact;
}

/* Says what the documents were given and what is left; after the postings, into the fact that
 * stands before theirs. */
static void tell_shares(struct decision *decision, const struct handful *handful,
                        struct rlc_settlement_fact *fact)
{
    const struct rlc_settlement_record *settlement = handful->settlement;
    struct rlc_applied *applied =
        decision_alloc(decision, (settlement->posting_count + 1) * sizeof(*applied));

    fact->unapplied = settlement->amount;
    fact->unapplied.minor = settlement->unapplied_minor;
    fact->applied = applied;
    for (size_t i = 0; i < settlement->posting_count; i++) {
        const struct rlc_posting *posting = &settlement->postings[i];
        const struct rlc_receivable_record *receivable;
        struct store_key key;

        if (posting->posted_minor == 0 || fact->applied_count == RLC_ALLOCATIONS_MAX)
            continue;
        store_key_receivable(decision->key, handful->creditor, posting->document, &key);
        receivable = store_get(decision->overlay, &key);
        applied[fact->applied_count].document = posting->document;
        applied[fact->applied_count].amount = settlement->amount;
        applied[fact->applied_count].amount.minor = posting->posted_minor;
        applied[fact->applied_count++].open_after = ledger_open(receivable);
    }
}

static void settle(struct decision *decision, struct handful *handful, enum rlc_fact_kind kind,
                   const struct ledger_move *move)
{
    struct rlc_settlement_record *settlement = handful->settlement;
    struct rlc_settlement_fact *fact = tell(decision, handful, kind);
    struct rlc_money received = settlement->amount;
    int64_t before = given_minor(settlement);

    post_all(decision, handful, move);
    tell_shares(decision, handful, fact);
    received.minor = given_minor(settlement) - before;
    if (settlement->kind == RLC_SETTLEMENT_KIND_PAYMENT)
        cash_received_by_account(decision, handful->account, settlement->value_on, received);
    account_book(decision, handful->account, move->value_on);
    decision_raise_account(decision, handful->account);
    account_alarm(decision, handful->creditor, handful->account);
}

/* ---- events ---- */

/* A settlement keeps its currency for life: what was given could not be taken back in another. */
static bool accepts(struct decision *decision, const struct handful *handful,
                    struct rlc_money amount)
{
    struct rlc_settlement_record *settlement = handful->settlement;

    if (!decision_accepts(decision, &settlement->version, handful->id))
        return false;
    if (!version_known(&settlement->version) || rlc_money_same_currency(settlement->amount, amount))
        return true;
    quarantine_conflict(decision, &settlement->version, handful->id, "data.currency");
    return false;
}

/* A reversal in another currency cannot be weighed: it undoes nothing, and somebody is asked. */
static bool can_undo(const struct rlc_settlement_record *settlement, struct rlc_money amount)
{
    return amount.currency[0] == '\0' || rlc_money_same_currency(amount, settlement->amount);
}

/* Reversals that came before it need not be asked about any more, unless they remain a riddle. */
static void found(struct decision *decision, const struct handful *handful)
{
    const struct rlc_settlement_record *settlement = handful->settlement;
    struct store_key key;

    for (size_t i = 0; i < settlement->reversal_count; i++) {
        if (!can_undo(settlement, settlement->reversals[i].amount))
            return;
    }
    store_key_settlement(decision->key, handful->creditor, handful->settlement->kind, handful->id,
                         &key);
    quarantine_found(decision, &key);
}

void settlement_pay(struct decision *decision, const struct rlc_payment *payment)
{
    struct ledger_move move = { .cause = RLC_RECEIVABLE_CAUSE_PAID,
                                .cause_id = payment->payment,
                                .value_on = payment->received_on };
    struct handful handful;

    if (!quarantine_fits(decision, payment->amount, payment->payment, "data.amount") ||
        !open_handful(decision, RLC_SETTLEMENT_KIND_PAYMENT, payment->payment, &handful) ||
        !accepts(decision, &handful, payment->amount))
        return;
    handful.settlement->version = decision_version(decision);
    handful.settlement->amount = payment->amount;
    handful.settlement->value_on = payment->received_on;
    handful.settlement->provisional_until_ms = payment->provisional_until_ms;
    name_documents(decision, handful.settlement, payment->allocations, payment->allocation_count);
    found(decision, &handful);
    settle(decision, &handful, RLC_FACT_KIND_PAYMENT_RECORDED, &move);
}

void settlement_credit(struct decision *decision, const struct rlc_credit_note *note)
{
    struct ledger_move move = { .cause = RLC_RECEIVABLE_CAUSE_CREDITED,
                                .cause_id = note->document,
                                .value_on = note->issued_on };
    struct handful handful;

    if (!quarantine_fits(decision, note->total, note->document, "data.total") ||
        !open_handful(decision, RLC_SETTLEMENT_KIND_CREDIT_NOTE, note->document, &handful) ||
        !accepts(decision, &handful, note->total))
        return;
    handful.settlement->version = decision_version(decision);
    handful.settlement->amount = note->total;
    handful.settlement->value_on = note->issued_on;
    name_documents(decision, handful.settlement, note->allocations, note->allocation_count);
    settle(decision, &handful, RLC_FACT_KIND_CREDIT_RECORDED, &move);
}

/* Whether a reversal says something new; a duplicate is ignored, a conflict refused. Of version 1
 * only the id is known. */
static bool is_new_reversal(struct decision *decision, struct rlc_settlement_record *settlement,
                            struct rlc_span payment)
{
    struct rlc_version version = decision_version(decision);

    for (size_t i = 0; i < settlement->reversal_count; i++) {
        struct rlc_reversal *known = &settlement->reversals[i];
        enum version_order order = version_order(&known->version, &version);

        if (!version_known(&known->version) && rlc_span_equal(known->event_id, version.event_id))
            order = VERSION_SAME;
        if (order == VERSION_CONFLICT)
            quarantine_conflict(decision, &known->version, payment, NULL);
        if (order == VERSION_SAME)
            decision_ignored(decision, "DUPLICATE", payment);
        if (order == VERSION_CONFLICT || order == VERSION_SAME)
            return false;
    }
    return true;
}

static bool comes_after(const struct rlc_reversal *reversal, const struct rlc_version *version)
{
    int order = rlc_span_compare(reversal->event_id, version->event_id);

    return order > 0 ||
           (order == 0 && rlc_span_compare(reversal->version.source, version->source) > 0);
}

/* Notes a reversal once; false if it was noted before or there is no room. */
static bool note_reversal(struct decision *decision, struct rlc_settlement_record *settlement,
                          const struct rlc_payment_reversed *reversed)
{
    struct rlc_version version = decision_version(decision);
    size_t i = 0;

    if (!is_new_reversal(decision, settlement, reversed->payment))
        return false;
    if (settlement->reversal_count == REVERSALS_MAX) {
        quarantine_limit(decision, "LIMIT_REVERSALS", reversed->payment, "data.payment");
        return false;
    }
    while (i < settlement->reversal_count && !comes_after(&settlement->reversals[i], &version))
        i++;
    *LIST_INSERT(decision, settlement->reversals, settlement->reversal_count,
                 settlement->reversal_capacity, i) = (struct rlc_reversal){
        .event_id = version.event_id, .amount = reversed->amount, .version = version
    };
    return true;
}

void settlement_reverse(struct decision *decision, const struct rlc_payment_reversed *reversed)
{
    struct ledger_move move = { .cause = RLC_RECEIVABLE_CAUSE_PAYMENT_UNDONE,
                                .cause_id = reversed->payment,
                                .value_on = reversed->reversed_on };
    struct handful handful;
    struct store_key key;

    if (!quarantine_fits(decision, reversed->amount, reversed->payment, "data.amount") ||
        !open_handful(decision, RLC_SETTLEMENT_KIND_PAYMENT, reversed->payment, &handful) ||
        !note_reversal(decision, handful.settlement, reversed))
        return;
    if (version_known(&handful.settlement->version)) {
        if (can_undo(handful.settlement, reversed->amount))
            settle(decision, &handful, RLC_FACT_KIND_PAYMENT_UNDONE, &move);
        else
            quarantine_conflict(decision, &handful.settlement->version, handful.id,
                                "data.currency");
        return;
    }
    store_key_settlement(decision->key, handful.creditor, RLC_SETTLEMENT_KIND_PAYMENT, handful.id,
                         &key);
    quarantine_unknown(decision, &key, handful.id, "data.payment");
}

bool settlement_write_off(struct decision *decision, struct rlc_span command,
                          const struct rlc_command_write_off *write_off)
{
    struct ledger_move move = { .cause = RLC_RECEIVABLE_CAUSE_WRITTEN_OFF,
                                .cause_id = command,
                                .value_on = decision->today };
    struct handful handful;
    struct holding holding;
    struct rlc_money amount;

    if (!holding_open(decision, decision->envelope->creditor, write_off->document, &holding) ||
        !ledger_issued(holding.receivable))
        return false;
    amount = ledger_open(holding.receivable);
    if (write_off->amount.minor > amount.minor ||
        (write_off->amount.minor > 0 && !rlc_money_same_currency(write_off->amount, amount)))
        return false;
    if (write_off->amount.minor > 0)
        amount = write_off->amount;
    if (amount.minor == 0 ||
        !open_handful(decision, RLC_SETTLEMENT_KIND_WRITE_OFF, command, &handful))
        return false;
    handful.settlement->version = decision_version(decision);
    handful.settlement->amount = amount;
    handful.settlement->value_on = decision->today;
    name_documents(decision, handful.settlement,
                   &(struct rlc_allocation){ .document = write_off->document, .amount = amount },
                   1);
    post_all(decision, &handful, &move);
    return true;
}
