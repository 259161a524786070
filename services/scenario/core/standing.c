/* SPDX-License-Identifier: Apache-2.0 */
#include "core/standing.h"

#include "core/cover.h"
#include "core/ledger.h"
#include "core/litigation.h"
#include "core/quarantine.h"
#include "core/store.h"
#include "core/words.h"

/* An agreement in hand. */
struct pact {
    struct rlc_span id;
    struct rlc_agreement_record *record;
    const char *path; /* what the id is called in an event that ends it; NULL in others */
    const struct rlc_dispute_resolved *resolved; /* how a dispute ends; NULL in others */
};

static void pact_key(const struct decision *decision, enum rlc_agreement_kind kind,
                     struct rlc_span id, struct store_key *ret_key)
{
    store_key_agreement(decision->key, decision->envelope->creditor, kind, id, ret_key);
}

static struct pact pact_open(struct decision *decision, enum rlc_agreement_kind kind,
                             struct rlc_span id)
{
    struct store_key key;
    struct pact pact = { .id = id };

    pact_key(decision, kind, id, &key);
    pact.record = store_open(decision->overlay, &key, sizeof(*pact.record));
    pact.record->kind = kind;
    return pact;
}

static void tell(struct decision *decision, const struct pact *pact, enum rlc_fact_kind kind)
{
    const struct rlc_agreement_record *record = pact->record;
    struct rlc_agreement_fact *fact =
        decision_fact(decision, kind, record->creditor, sizeof(*fact));

    *fact = (struct rlc_agreement_fact){
        .agreement = pact->id,
        .kind = record->kind,
        .reach = record->reach,
        .amount = record->amount,
        .clock = record->clock,
        .reason = record->reason,
        .from_ms = record->from_ms,
        .until_ms = record->until_ms,
        .result = record->result,
        .documents = record->documents,
        .document_count = record->document_count,
    };
}

/* ---- where an agreement works ---- */

static struct rlc_block block_of(const struct pact *pact)
{
    const struct rlc_agreement_record *record = pact->record;
    struct rlc_block block = { .kind = record->kind,
                               .id = pact->id,
                               .from_ms = record->from_ms,
                               .until_ms = record->until_ms,
                               .clock = record->clock,
                               .reason = record->effect,
                               .said = { .source = record->version.source,
                                         .source_event_id = record->version.event_id } };

    /* What is promised does not bound what is held back: the promise is given a chance. */
    if (record->kind != RLC_AGREEMENT_KIND_PROMISE)
        block.amount = record->amount;
    return block;
}

/* What follows a change of what lies on a receivable. */
static void document_changed(struct decision *decision, const struct holding *holding)
{
    struct rlc_page_item *item;

    decision_raise_account(decision, holding->account);
    ledger_relist(decision, holding);
    item = page_item(decision, holding);
    if (item) {
        item->wake_ms = decision_soon(decision);
        page_settle(decision, holding, holding->receivable->page);
    }
    account_alarm(decision, holding->creditor, holding->account);
}

static enum rlc_review review_after(enum rlc_clock_effect clock)
{
    return clock == RLC_CLOCK_EFFECT_CONTINUE ? RLC_REVIEW_READY : RLC_REVIEW_ALL;
}

static bool lay_or_lift(struct decision *decision, const struct pact *pact,
                        const struct cover *cover, const struct rlc_block *block)
{
    if (!block)
        return cover_lift(decision, cover, pact->record->kind, pact->id, decision->now_ms);
    cover_lay(decision, cover, block);
    return true;
}

/* Lays (or, without `block`, lifts) what the agreement means for one document. False if there was
 * nothing to lift: it had run out. */
static bool touch_document(struct decision *decision, const struct pact *pact,
                           struct rlc_span document, const struct rlc_block *block)
{
    struct holding holding;
    struct cover cover;
    bool touched;

    if (!holding_open(decision, pact->record->creditor, document, &holding))
        return false;
    cover = cover_of_receivable(holding.receivable);
    touched = lay_or_lift(decision, pact, &cover, block);
    document_changed(decision, &holding);
    if (touched && !decision->amending)
        litigation_agreed(decision, &holding);
    ledger_forget(decision, &holding);
    return touched;
}

static bool touch_account(struct decision *decision, const struct pact *pact,
                          const struct rlc_block *block)
{
    struct rlc_account_record *account = account_open(decision, pact->record->creditor);
    struct cover cover;
    bool touched;

    if (!account)
        return false;
    cover = cover_of_account(account);
    touched = lay_or_lift(decision, pact, &cover, block);
    decision_raise_account(decision, account);
    account->wake_ms =
        timer_min(account->wake_ms,
                  decision_timer(decision, standing_next(account->blocks, account->block_count,
                                                         decision->now_ms)));
    account_review(decision, pact->record->creditor, account,
                   block ? RLC_REVIEW_READY : review_after(pact->record->clock));
    account_alarm(decision, pact->record->creditor, account);
    return touched;
}

static bool touch_debtor(struct decision *decision, const struct pact *pact,
                         const struct rlc_block *block)
{
    struct cover cover = cover_of_debtor(decision->debtor);
    bool touched = lay_or_lift(decision, pact, &cover, block);

    decision_raise_debtor(decision);
    debtor_review(decision, block ? RLC_REVIEW_READY : review_after(pact->record->clock));
    return touched;
}

static bool touch(struct decision *decision, const struct pact *pact, const struct rlc_block *block)
{
    const struct rlc_agreement_record *record = pact->record;
    struct rlc_block watch;
    bool touched = false;

    switch (record->reach) {
    case RLC_REACH_DEBTOR:
        return touch_debtor(decision, pact, block);
    case RLC_REACH_ACCOUNT:
        return touch_account(decision, pact, block);
    case RLC_REACH_DOCUMENT:
        for (size_t i = 0; i < record->document_count; i++)
            touched |= touch_document(decision, pact, record->documents[i].document, block);
        break;
    case RLC_REACH_UNSPECIFIED:
        return false;
    }
    if (record->kind != RLC_AGREEMENT_KIND_PROMISE)
        return touched;
    /* The account watches over a promise about documents: its verdict needs them all at once. */
    if (block) {
        watch = *block;
        watch.reason = RLC_SUPPRESSION_UNSPECIFIED;
        watch.clock = RLC_CLOCK_EFFECT_CONTINUE;
    }
    return touch_account(decision, pact, block ? &watch : NULL);
}

/* ---- room ---- */

/* The account carries what reaches all of it, and watches over promises. */
static bool account_has_room(const struct pact *pact, const struct rlc_agreement_record *terms,
                             struct rlc_account_record *account)
{
    struct cover cover = cover_of_account(account);

    return (terms->reach == RLC_REACH_DOCUMENT && terms->kind != RLC_AGREEMENT_KIND_PROMISE) ||
           cover_has_room(&cover, terms->kind, pact->id);
}

static bool document_has_room(const struct decision *decision, const struct pact *pact,
                              struct rlc_span creditor, struct rlc_span document)
{
    struct rlc_receivable_record *receivable;
    struct store_key key;
    struct cover cover;

    store_key_receivable(decision->key, creditor, document, &key);
    receivable = store_get(decision->overlay, &key);
    if (!receivable)
        return true;
    cover = cover_of_receivable(receivable);
    return cover_has_room(&cover, pact->record->kind, pact->id);
}

static bool documents_have_room(const struct decision *decision, const struct pact *pact,
                                const struct rlc_agreement_record *terms)
{
    for (size_t i = 0; i < terms->document_count; i++) {
        if (!document_has_room(decision, pact, terms->creditor, terms->documents[i].document))
            return false;
    }
    return true;
}

/* An agreement lies everywhere it should, or nowhere: half of one could not be told from a whole.
 */
static bool has_room(struct decision *decision, const struct pact *pact,
                     const struct rlc_agreement_record *terms)
{
    struct cover debtor = cover_of_debtor(decision->debtor);
    struct rlc_account_record *account = NULL;
    bool fits;

    if (terms->reach == RLC_REACH_DEBTOR) {
        fits = cover_has_room(&debtor, pact->record->kind, pact->id);
    } else {
        account = account_open(decision, terms->creditor);
        if (!account)
            return false;
        fits = account_has_room(pact, terms, account) && documents_have_room(decision, pact, terms);
    }
    if (!fits)
        quarantine_limit(decision, "LIMIT_AGREEMENTS", pact->id, "data");
    return fits;
}

/* ---- beginning and end ---- */

static bool is_over(const struct rlc_agreement_record *record)
{
    return record->result != RLC_AGREEMENT_RESULT_UNSPECIFIED;
}

/* R45: what was conceded is not asked for while its credit note is on the way. */
static void concede(struct decision *decision, const struct pact *pact)
{
    const struct rlc_agreement_record *record = pact->record;
    const struct rlc_receivable_record *receivable;
    struct rlc_block block = block_of(pact);
    struct store_key key;

    if (!record->conceded || !has_room(decision, pact, record))
        return;
    store_key_receivable(decision->key, record->creditor, record->documents[0].document, &key);
    receivable = store_get(decision->overlay, &key);
    block.from_ms = record->closed_at_ms;
    block.until_ms = RLC_MS_NONE;
    block.clock = RLC_CLOCK_EFFECT_CONTINUE;
    block.said = (struct rlc_event_reference){ .source = record->ended.source,
                                               .source_event_id = record->ended.event_id };
    block.conceded = true;
    block.total_minor = receivable ? receivable->terms.total.minor : 0;
    if (record->accepted.currency[0] != '\0')
        block.amount = record->accepted;
    (void)touch(decision, pact, &block);
}

/* Between the old terms and the new nothing is free. */
static void lift_to_lay(struct decision *decision, const struct pact *pact)
{
    decision->amending = true;
    (void)touch(decision, pact, NULL);
    decision->amending = false;
}

/* The law hears of the documents that the old terms were about, whether the new ones are or not. */
static void tell_amended(struct decision *decision, const struct rlc_agreement_record *before)
{
    struct holding holding;

    for (size_t i = 0; before->reach == RLC_REACH_DOCUMENT && i < before->document_count; i++) {
        if (holding_open(decision, before->creditor, before->documents[i].document, &holding))
            litigation_agreed(decision, &holding);
    }
}

/* Puts the terms in force. Terms that come after the end are only remembered. */
static void agree(struct decision *decision, struct pact *pact,
                  const struct rlc_agreement_record *terms)
{
    struct rlc_agreement_record *record = pact->record;
    struct rlc_agreement_record before = *record;
    bool known = version_known(&before.version);
    struct rlc_block block;
    struct store_key key;

    if (!decision_accepts(decision, &record->version, pact->id) || !has_room(decision, pact, terms))
        return;
    if (known && !is_over(record))
        lift_to_lay(decision, pact);
    *record = *terms;
    record->format = before.format;
    record->version = decision_version(decision);
    record->result = before.result;
    record->closed_at_ms = before.closed_at_ms;
    record->ended = before.ended;
    record->conceded = before.conceded;
    record->accepted = before.accepted;
    pact_key(decision, record->kind, pact->id, &key);
    quarantine_found(decision, &key);
    if (is_over(record)) {
        concede(decision, pact);
        decision_ignored(decision, "ALREADY_OVER", pact->id);
        return;
    }
    block = block_of(pact);
    (void)touch(decision, pact, &block);
    if (known)
        tell_amended(decision, &before);
    tell(decision, pact, known ? RLC_FACT_KIND_AGREEMENT_CHANGED : RLC_FACT_KIND_AGREEMENT_OPENED);
}

/* It was over before: a second end changes nothing, whatever it says. */
static void end_again(struct decision *decision, const struct pact *pact)
{
    struct rlc_version version = decision_version(decision);

    if (version_order(&pact->record->ended, &version) == VERSION_CONFLICT)
        quarantine_conflict(decision, &pact->record->ended, pact->id, NULL);
    else
        decision_ignored(decision, "DUPLICATE", pact->id);
}

/* Ends it. An end that comes before the beginning is remembered, and asked about. */
static void end(struct decision *decision, const struct pact *pact,
                enum rlc_agreement_result result)
{
    struct rlc_agreement_record *record = pact->record;
    struct store_key key;

    if (is_over(record)) {
        end_again(decision, pact);
        return;
    }
    record->result = result;
    record->closed_at_ms = decision->now_ms;
    record->ended = decision_version(decision);
    if (pact->resolved && pact->resolved->result == RLC_DISPUTE_RESULT_ACCEPTED) {
        record->conceded = true;
        record->accepted = pact->resolved->accepted;
    }
    if (!version_known(&record->version)) {
        pact_key(decision, record->kind, pact->id, &key);
        quarantine_unknown(decision, &key, pact->id, pact->path);
        return;
    }
    if (touch(decision, pact, NULL))
        tell(decision, pact, RLC_FACT_KIND_AGREEMENT_CLOSED);
    else if (!record->conceded) /* told when it ran out */
        decision_ignored(decision, "ALREADY_OVER", pact->id);
    concede(decision, pact);
}

static struct rlc_document_ref *
copy_documents(struct decision *decision, const struct rlc_document_ref *documents, size_t count)
{
    struct rlc_document_ref *copy = decision_alloc(decision, (count + 1) * sizeof(*copy));

    if (count > 0)
        memcpy(copy, documents, count * sizeof(*copy));
    return copy;
}

/* The first instant after a civil day of the debtor's. */
static rlc_ms end_of_day(const struct decision *decision, rlc_day day)
{
    return rlc_zone_instant(decision->zone, day, RLC_MINUTES_PER_DAY);
}

/* The start of a civil day, but not later than now: what is said today holds from now on. */
static rlc_ms start_of_day(const struct decision *decision, rlc_day day)
{
    rlc_ms start_ms = rlc_zone_instant(decision->zone, day, 0);

    return start_ms < decision->now_ms ? start_ms : decision->now_ms;
}

static rlc_ms end_after_business_days(const struct decision *decision, rlc_day day, int32_t days)
{
    rlc_day last_on;

    return rlc_add_business_days(decision->calendar, day, days, &last_on)
               ? end_of_day(decision, last_on)
               : RLC_MS_NONE;
}

/* ---- events ---- */

static void record_dispute(struct decision *decision, const struct rlc_dispute *dispute)
{
    const struct policy_standing *policy = &decision->policy->standing;
    struct pact pact = pact_open(decision, RLC_AGREEMENT_KIND_DISPUTE, dispute->dispute);
    bool partial = dispute->amount.currency[0] != '\0';
    struct rlc_document_ref document = { .document = dispute->document };
    struct rlc_agreement_record terms = {
        .kind = RLC_AGREEMENT_KIND_DISPUTE,
        .reach = RLC_REACH_DOCUMENT,
        .creditor = decision->envelope->creditor,
        .documents = copy_documents(decision, &document, 1),
        .document_count = 1,
        .amount = dispute->amount,
        .made_on = dispute->opened_on,
        .from_ms = start_of_day(decision, dispute->opened_on),
        .until_ms = dispute->expires_on > 0 ? end_of_day(decision, dispute->expires_on)
                                            : end_after_business_days(decision, dispute->opened_on,
                                                                      policy->dispute_days),
        /* The undisputed part goes on. */
        .clock = partial ? RLC_CLOCK_EFFECT_CONTINUE : policy->dispute_clock,
        .effect = RLC_SUPPRESSION_DISPUTED,
        .reason = word_dispute_reason(dispute->reason),
    };

    agree(decision, &pact, &terms);
}

void standing_dispute(struct decision *decision, const struct rlc_dispute *dispute)
{
    if (quarantine_fits(decision, dispute->amount, dispute->dispute, "data.amount"))
        record_dispute(decision, dispute);
}

void standing_resolve(struct decision *decision, const struct rlc_dispute_resolved *resolved)
{
    struct pact pact = pact_open(decision, RLC_AGREEMENT_KIND_DISPUTE, resolved->dispute);

    pact.path = "data.dispute";
    pact.resolved = resolved;
    end(decision, &pact,
        resolved->result == RLC_DISPUTE_RESULT_EXPIRED ? RLC_AGREEMENT_RESULT_EXPIRED
                                                       : RLC_AGREEMENT_RESULT_RESOLVED);
}

bool standing_settle(struct decision *decision, const struct rlc_dispute_resolved *resolved)
{
    const struct rlc_agreement_record *record;
    struct store_key key;

    pact_key(decision, RLC_AGREEMENT_KIND_DISPUTE, resolved->dispute, &key);
    record = store_get(decision->overlay, &key);
    if (!record || !version_known(&record->version) || is_over(record))
        return false;
    standing_resolve(decision, resolved);
    return true;
}

static void record_promise(struct decision *decision, const struct rlc_promise *promise)
{
    const struct policy_standing *policy = &decision->policy->standing;
    struct pact pact = pact_open(decision, RLC_AGREEMENT_KIND_PROMISE, promise->promise);
    struct rlc_agreement_record terms = {
        .kind = RLC_AGREEMENT_KIND_PROMISE,
        .reach = promise->document_count > 0 ? RLC_REACH_DOCUMENT : RLC_REACH_ACCOUNT,
        .creditor = decision->envelope->creditor,
        .documents = copy_documents(decision, promise->documents, promise->document_count),
        .document_count = promise->document_count,
        .amount = promise->amount,
        .made_on = promise->made_on,
        .due_on = promise->promised_for,
        .from_ms = start_of_day(decision, promise->made_on),
        .until_ms =
            end_after_business_days(decision, promise->promised_for, policy->promise_grace_days),
        .clock = policy->promise_clock,
        .effect = RLC_SUPPRESSION_PROMISED,
    };

    agree(decision, &pact, &terms);
}

void standing_promise(struct decision *decision, const struct rlc_promise *promise)
{
    if (quarantine_fits(decision, promise->amount, promise->promise, "data.amount"))
        record_promise(decision, promise);
}

void standing_withdraw(struct decision *decision, const struct rlc_promise_withdrawn *withdrawn)
{
    struct pact pact = pact_open(decision, RLC_AGREEMENT_KIND_PROMISE, withdrawn->promise);

    pact.path = "data.promise";
    end(decision, &pact, RLC_AGREEMENT_RESULT_LIFTED);
}

static enum rlc_suppression hold_effect(enum rlc_hold_reason reason)
{
    if (reason == RLC_HOLD_REASON_CASH_SUSPECTED)
        return RLC_SUPPRESSION_CASH_SUSPECTED;
    return reason == RLC_HOLD_REASON_INSOLVENCY ? RLC_SUPPRESSION_INSOLVENT
                                                : RLC_SUPPRESSION_ON_HOLD;
}

/* Only a hold on the whole debtor can do without a creditor. */
static bool names_its_reach(const struct decision *decision, const struct rlc_hold *hold)
{
    if (hold->reach == RLC_REACH_DEBTOR)
        return true;
    return decision->envelope->creditor.size > 0 &&
           (hold->reach == RLC_REACH_ACCOUNT || hold->document.size > 0);
}

static void place_hold(struct decision *decision, const struct rlc_hold *hold)
{
    struct pact pact = pact_open(decision, RLC_AGREEMENT_KIND_HOLD, hold->hold);
    struct rlc_document_ref document = { .document = hold->document };
    size_t document_count = hold->reach == RLC_REACH_DOCUMENT ? 1 : 0;
    struct rlc_agreement_record terms = {
        .kind = RLC_AGREEMENT_KIND_HOLD,
        .reach = hold->reach,
        .documents = copy_documents(decision, &document, document_count),
        .document_count = document_count,
        .from_ms = hold->from_ms > 0 ? hold->from_ms : decision->now_ms,
        .until_ms = hold->until_ms,
        .clock = hold->clock != RLC_CLOCK_EFFECT_UNSPECIFIED
                     ? hold->clock
                     : decision->policy->standing.hold_clock,
        .effect = hold_effect(hold->reason),
        .reason = word_hold_reason(hold->reason),
    };

    if (hold->reach != RLC_REACH_DEBTOR)
        terms.creditor = decision->envelope->creditor;
    agree(decision, &pact, &terms);
}

void standing_hold(struct decision *decision, const struct rlc_hold *hold)
{
    if (names_its_reach(decision, hold))
        place_hold(decision, hold);
    else
        quarantine_limit(decision, "INCOMPLETE_HOLD", hold->hold, "data.reach");
}

void standing_lift(struct decision *decision, const struct rlc_hold_lifted *lifted)
{
    struct pact pact = pact_open(decision, RLC_AGREEMENT_KIND_HOLD, lifted->hold);

    pact.path = "data.hold";
    end(decision, &pact, RLC_AGREEMENT_RESULT_LIFTED);
}

void standing_suspect_cash(struct decision *decision, const struct rlc_cash_suspected *suspected)
{
    struct rlc_hold hold = { .hold = suspected->suspicion,
                             .reach = RLC_REACH_DEBTOR,
                             .reason = RLC_HOLD_REASON_CASH_SUSPECTED,
                             .clock = RLC_CLOCK_EFFECT_CONTINUE,
                             .until_ms = suspected->until_ms };

    standing_hold(decision, &hold);
}

void standing_clear_cash(struct decision *decision, const struct rlc_cash_cleared *cleared)
{
    struct pact pact = pact_open(decision, RLC_AGREEMENT_KIND_HOLD, cleared->suspicion);

    pact.path = "data.suspicion";
    end(decision, &pact, RLC_AGREEMENT_RESULT_LIFTED);
}

bool standing_cancel(struct decision *decision, enum rlc_agreement_kind kind, struct rlc_span id,
                     enum rlc_agreement_result result)
{
    struct store_key key;
    struct pact pact = { .id = id };

    pact_key(decision, kind, id, &key);
    pact.record = store_change(decision->overlay, &key);
    if (!pact.record || !version_known(&pact.record->version) || is_over(pact.record) ||
        (pact.record->until_ms > 0 && pact.record->until_ms <= decision->now_ms))
        return false;
    end(decision, &pact, result);
    return true;
}
