/* SPDX-License-Identifier: Apache-2.0 */
/* Which records an event needs: those it names, in rounds, from the debtor down. */
#include "common/pure/key.h"

#include "core/account.h"
#include "core/book.h"
#include "core/case_hold.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/dunning.h"
#include "core/ledger.h"
#include "core/quarantine.h"
#include "core/question.h"
#include "core/scenario.h"
#include "core/standing.h"
#include "core/store.h"
#include "core/tasks.h"

/* Naming for one event. */
struct naming {
    struct rlc_span debtor_key;
    struct rlc_span creditor;
    const struct rlc_debtor_event *record;
    struct rlc_overlay *overlay;
};

/* ---- what kinds of events name ---- */

static void name_documents(const struct naming *naming, const struct rlc_span *documents,
                           size_t count)
{
    struct ledger_needs needs = { .debtor_key = naming->debtor_key,
                                  .creditor = naming->creditor,
                                  .overlay = naming->overlay };

    for (size_t i = 0; i < count; i++)
        ledger_want(&needs, documents[i]);
    ledger_want_room(&needs);
}

static void invoice(const struct naming *naming)
{
    name_documents(naming, &naming->record->invoice_issued.document, 1);
}

static void cancelled(const struct naming *naming)
{
    name_documents(naming, &naming->record->invoice_cancelled.document, 1);
}

static void opening(const struct naming *naming)
{
    name_documents(naming, &naming->record->opening_item.invoice.document, 1);
}

/* The settlement, what it names now and what it gave before. */
static void settlement(const struct naming *naming, enum rlc_settlement_kind kind,
                       struct rlc_span id, const struct rlc_allocation *allocations, size_t count)
{
    const struct rlc_settlement_record *known = NULL;
    struct ledger_needs needs = { .debtor_key = naming->debtor_key,
                                  .creditor = naming->creditor,
                                  .overlay = naming->overlay };
    struct store_key key;

    store_key_settlement(naming->debtor_key, naming->creditor, kind, id, &key);
    if (rlc_overlay_want(naming->overlay, key.span))
        known = store_get(naming->overlay, &key);
    for (size_t i = 0; i < count; i++)
        ledger_want(&needs, allocations[i].document);
    for (size_t i = 0; known && i < known->posting_count; i++)
        ledger_want(&needs, known->postings[i].document);
    ledger_want_room(&needs);
}

static void payment(const struct naming *naming)
{
    const struct rlc_payment *payment = &naming->record->payment_received;

    settlement(naming, RLC_SETTLEMENT_KIND_PAYMENT, payment->payment, payment->allocations,
               payment->allocation_count);
}

static void reversal(const struct naming *naming)
{
    settlement(naming, RLC_SETTLEMENT_KIND_PAYMENT, naming->record->payment_reversed.payment, NULL,
               0);
}

static void credit_note(const struct naming *naming)
{
    const struct rlc_credit_note *note = &naming->record->credit_note_issued;

    settlement(naming, RLC_SETTLEMENT_KIND_CREDIT_NOTE, note->document, note->allocations,
               note->allocation_count);
}

static void agreement(const struct naming *naming, enum rlc_agreement_kind kind, struct rlc_span id)
{
    standing_keys(naming->debtor_key, naming->creditor, kind, id, naming->overlay);
}

static void dispute(const struct naming *naming)
{
    const struct rlc_dispute *dispute = &naming->record->dispute_opened;

    agreement(naming, RLC_AGREEMENT_KIND_DISPUTE, dispute->dispute);
    name_documents(naming, &dispute->document, 1);
}

static void resolution(const struct naming *naming)
{
    agreement(naming, RLC_AGREEMENT_KIND_DISPUTE, naming->record->dispute_resolved.dispute);
}

static void promise(const struct naming *naming)
{
    const struct rlc_promise *promise = &naming->record->promise_made;

    agreement(naming, RLC_AGREEMENT_KIND_PROMISE, promise->promise);
    for (size_t i = 0; i < promise->document_count; i++)
        name_documents(naming, &promise->documents[i].document, 1);
}

static void withdrawal(const struct naming *naming)
{
    agreement(naming, RLC_AGREEMENT_KIND_PROMISE, naming->record->promise_withdrawn.promise);
}

static void hold(const struct naming *naming)
{
    const struct rlc_hold *hold = &naming->record->hold_placed;

    agreement(naming, RLC_AGREEMENT_KIND_HOLD, hold->hold);
    if (naming->creditor.size > 0)
        name_documents(naming, &hold->document, hold->document.size > 0 ? 1 : 0);
}

static void lift(const struct naming *naming)
{
    agreement(naming, RLC_AGREEMENT_KIND_HOLD, naming->record->hold_lifted.hold);
}

static void suspicion(const struct naming *naming)
{
    agreement(naming, RLC_AGREEMENT_KIND_HOLD, naming->record->cash_suspected.suspicion);
}

static void clearing(const struct naming *naming)
{
    agreement(naming, RLC_AGREEMENT_KIND_HOLD, naming->record->cash_cleared.suspicion);
}

static void book(const struct naming *naming)
{
    book_keys(naming->debtor_key, naming->overlay);
}

/* What is told of a case says who its debtor is. */
static void account(const struct naming *naming)
{
    const struct rlc_account_record *account;
    struct store_key key;

    if (naming->creditor.size == 0)
        return;
    store_key_account(naming->debtor_key, naming->creditor, &key);
    if (!rlc_overlay_want(naming->overlay, key.span))
        return;
    account = store_get(naming->overlay, &key);
    if (account && account->case_count > 0)
        book_keys(naming->debtor_key, naming->overlay);
}

static void outcome(const struct naming *naming)
{
    book_keys(naming->debtor_key, naming->overlay);
    contact_keys(naming->debtor_key, &naming->record->outcome.action, naming->overlay);
}

static void returned(const struct naming *naming)
{
    book_keys(naming->debtor_key, naming->overlay);
    contact_keys(naming->debtor_key, &naming->record->returned.action, naming->overlay);
}

static void task(const struct naming *naming)
{
    task_keys(naming->debtor_key, naming->record->task_done.task, naming->overlay);
}

static void command(const struct naming *naming)
{
    command_keys(naming->debtor_key, naming->creditor, &naming->record->command_issued,
                 naming->overlay);
}

static void milestone(const struct naming *naming)
{
    question_keys(naming->debtor_key, naming->creditor, naming->record->milestone.case_id,
                  naming->overlay);
}

static void (*const NAMES[])(const struct naming *) = {
    [RLC_EVENT_KIND_COMMAND_ISSUED] = command,
    [RLC_EVENT_KIND_SUBJECT_ERASED] = book,
    [RLC_EVENT_KIND_DEBTOR_UPSERTED] = book,
    [RLC_EVENT_KIND_ACCOUNT_UPSERTED] = account,
    [RLC_EVENT_KIND_CONTACT_UPSERTED] = book,
    [RLC_EVENT_KIND_INVOICE_ISSUED] = invoice,
    [RLC_EVENT_KIND_INVOICE_AMENDED] = invoice,
    [RLC_EVENT_KIND_INVOICE_CANCELLED] = cancelled,
    [RLC_EVENT_KIND_CREDIT_NOTE_ISSUED] = credit_note,
    [RLC_EVENT_KIND_PAYMENT_RECEIVED] = payment,
    [RLC_EVENT_KIND_PAYMENT_REVERSED] = reversal,
    [RLC_EVENT_KIND_OPENING_ITEM] = opening,
    [RLC_EVENT_KIND_CASH_SUSPECTED] = suspicion,
    [RLC_EVENT_KIND_CASH_CLEARED] = clearing,
    [RLC_EVENT_KIND_DISPUTE_OPENED] = dispute,
    [RLC_EVENT_KIND_DISPUTE_RESOLVED] = resolution,
    [RLC_EVENT_KIND_PROMISE_MADE] = promise,
    [RLC_EVENT_KIND_PROMISE_WITHDRAWN] = withdrawal,
    [RLC_EVENT_KIND_HOLD_PLACED] = hold,
    [RLC_EVENT_KIND_HOLD_LIFTED] = lift,
    [RLC_EVENT_KIND_SCORE_CHANGED] = book,
    [RLC_EVENT_KIND_OUTCOME] = outcome,
    [RLC_EVENT_KIND_RETURNED] = returned,
    [RLC_EVENT_KIND_TASK_DONE] = task,
    [RLC_EVENT_KIND_MILESTONE] = milestone,
};

/* ---- rounds ---- */

static void name_scope(struct rlc_span tenant, struct rlc_overlay *overlay)
{
    struct store_key key;

    store_key_scope(tenant, &key);
    (void)rlc_overlay_want(overlay, key.span);
}

static void name_debtor(struct rlc_span debtor_key, struct rlc_overlay *overlay)
{
    const struct rlc_debtor_record *debtor;
    struct store_key key;

    store_key_debtor(debtor_key, &key);
    if (!rlc_overlay_want(overlay, key.span))
        return;
    debtor = store_get(overlay, &key);
    if (!debtor)
        return;
    quarantine_keys(debtor, debtor_key, overlay);
    case_hold_keys(debtor_key, debtor, overlay);
}

static void name_account(const struct naming *naming)
{
    struct store_key key;

    store_key_account(naming->debtor_key, naming->creditor, &key);
    (void)rlc_overlay_want(naming->overlay, key.span);
}

static void name_due(const struct scenario_event *event, struct rlc_overlay *overlay)
{
    const struct rlc_debtor_record *debtor;
    struct rlc_span tenant;
    struct rlc_span id;
    struct store_key key;

    if (!rlc_key_split_debtor(event->debtor, &tenant, &id))
        return;
    name_scope(tenant, overlay);
    store_key_debtor(event->debtor, &key);
    if (event->sweep || !rlc_overlay_want(overlay, key.span)) {
        (void)rlc_overlay_want(overlay, key.span);
        return;
    }
    book_keys(event->debtor, overlay);
    debtor = store_get(overlay, &key);
    if (!debtor)
        return;
    case_hold_keys(event->debtor, debtor, overlay);
    dunning_keys(event->debtor, debtor, scenario_due_ms(event, debtor), overlay);
}

static void name_tenant_event(const struct rlc_debtor_event *record, struct rlc_overlay *overlay)
{
    struct rlc_span tenant = record->envelope.tenant;
    struct store_key key;

    if (tenant.size == 0)
        return;
    name_scope(tenant, overlay);
    store_key_decided_scope(tenant, &key);
    (void)rlc_overlay_want(overlay, key.span);
    if (record->kind == RLC_EVENT_KIND_COMMAND_ISSUED)
        command_keys(tenant, (struct rlc_span){ 0 }, &record->command_issued, overlay);
}

void scenario_keys(const struct scenario_event *event, struct rlc_overlay *overlay)
{
    const struct rlc_debtor_event *record = event->record;
    uint8_t room[RLC_TENANT_MAX + RLC_ID_MAX + 32];
    struct rlc_arena arena;
    struct naming naming = { .record = record, .overlay = overlay };

    if (!record) {
        name_due(event, overlay);
        return;
    }
    if (record->envelope.debtor.size == 0) {
        name_tenant_event(record, overlay);
        return;
    }
    rlc_arena_init(&arena, room, sizeof(room));
    naming.debtor_key = rlc_key_of_debtor(&arena, record->envelope.tenant, record->envelope.debtor);
    naming.creditor = record->envelope.creditor;
    name_scope(record->envelope.tenant, overlay);
    name_debtor(naming.debtor_key, overlay);
    if (naming.creditor.size > 0)
        name_account(&naming);
    if ((size_t)record->kind < RLC_COUNT(NAMES) && NAMES[record->kind])
        NAMES[record->kind](&naming);
}
