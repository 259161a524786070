/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scenario.h"

#include <assert.h>

#include "common/pure/key.h"

#include "core/account.h"
#include "core/book.h"
#include "core/case_hold.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/decision.h"
#include "core/dunning.h"
#include "core/ledger.h"
#include "core/litigation.h"
#include "core/proposal.h"
#include "core/quarantine.h"
#include "core/scope.h"
#include "core/settlement.h"
#include "core/standing.h"
#include "core/store.h"
#include "core/tasks.h"

/* ---- events about a debtor ---- */

static void issue(struct decision *decision, const struct rlc_debtor_event *record)
{
    ledger_issue(decision, &record->invoice_issued);
}

static void cancel(struct decision *decision, const struct rlc_debtor_event *record)
{
    ledger_cancel(decision, &record->invoice_cancelled);
}

static void enter(struct decision *decision, const struct rlc_debtor_event *record)
{
    ledger_enter(decision, &record->opening_item);
}

static void credit(struct decision *decision, const struct rlc_debtor_event *record)
{
    settlement_credit(decision, &record->credit_note_issued);
}

static void pay(struct decision *decision, const struct rlc_debtor_event *record)
{
    settlement_pay(decision, &record->payment_received);
}

static void reverse(struct decision *decision, const struct rlc_debtor_event *record)
{
    settlement_reverse(decision, &record->payment_reversed);
}

static void suspect(struct decision *decision, const struct rlc_debtor_event *record)
{
    standing_suspect_cash(decision, &record->cash_suspected);
}

static void clear(struct decision *decision, const struct rlc_debtor_event *record)
{
    standing_clear_cash(decision, &record->cash_cleared);
}

static void dispute(struct decision *decision, const struct rlc_debtor_event *record)
{
    standing_dispute(decision, &record->dispute_opened);
}

static void resolve(struct decision *decision, const struct rlc_debtor_event *record)
{
    standing_resolve(decision, &record->dispute_resolved);
}

static void promise(struct decision *decision, const struct rlc_debtor_event *record)
{
    standing_promise(decision, &record->promise_made);
}

static void withdraw(struct decision *decision, const struct rlc_debtor_event *record)
{
    standing_withdraw(decision, &record->promise_withdrawn);
}

static void hold(struct decision *decision, const struct rlc_debtor_event *record)
{
    standing_hold(decision, &record->hold_placed);
}

static void lift(struct decision *decision, const struct rlc_debtor_event *record)
{
    standing_lift(decision, &record->hold_lifted);
}

static void upsert_debtor(struct decision *decision, const struct rlc_debtor_event *record)
{
    book_debtor(decision, &record->debtor_upserted);
}

static void upsert_account(struct decision *decision, const struct rlc_debtor_event *record)
{
    book_account(decision, &record->account_upserted);
}

static void upsert_contact(struct decision *decision, const struct rlc_debtor_event *record)
{
    book_contact(decision, &record->contact_upserted);
}

static void rate(struct decision *decision, const struct rlc_debtor_event *record)
{
    book_score(decision, &record->score_changed);
}

static void move_case(struct decision *decision, const struct rlc_debtor_event *record)
{
    litigation_milestone(decision, &record->milestone);
}

static void propose(struct decision *decision, const struct rlc_debtor_event *record)
{
    proposal_take(decision, &record->contact_proposed);
}

static void erase(struct decision *decision, const struct rlc_debtor_event *record)
{
    book_erase(decision, &record->subject_erased);
}

static void quarantine(struct decision *decision, const struct rlc_debtor_event *record)
{
    quarantine_add(decision, &record->quarantined.at, record->quarantined.code);
}

static void release(struct decision *decision, const struct rlc_debtor_event *record)
{
    quarantine_release(decision, &record->quarantine_released.at);
}

static void outcome(struct decision *decision, const struct rlc_debtor_event *record)
{
    contact_outcome(decision, &record->outcome);
}

static void returned(struct decision *decision, const struct rlc_debtor_event *record)
{
    contact_returned(decision, &record->returned);
}

static void finish_task(struct decision *decision, const struct rlc_debtor_event *record)
{
    task_done(decision, record->task_done.task, record->task_done.outcome_code);
}

static void command(struct decision *decision, const struct rlc_debtor_event *record)
{
    command_decide(decision, &record->command_issued);
}

static const struct {
    void (*decide)(struct decision *, const struct rlc_debtor_event *);
    bool needs_creditor;
} DEBTOR_EVENTS[] = {
    [RLC_EVENT_KIND_COMMAND_ISSUED] = { command, false },
    [RLC_EVENT_KIND_QUARANTINED] = { quarantine, false },
    [RLC_EVENT_KIND_QUARANTINE_RELEASED] = { release, false },
    [RLC_EVENT_KIND_SUBJECT_ERASED] = { erase, false },
    [RLC_EVENT_KIND_DEBTOR_UPSERTED] = { upsert_debtor, false },
    [RLC_EVENT_KIND_ACCOUNT_UPSERTED] = { upsert_account, true },
    [RLC_EVENT_KIND_CONTACT_UPSERTED] = { upsert_contact, false },
    [RLC_EVENT_KIND_INVOICE_ISSUED] = { issue, true },
    [RLC_EVENT_KIND_INVOICE_AMENDED] = { issue, true },
    [RLC_EVENT_KIND_INVOICE_CANCELLED] = { cancel, true },
    [RLC_EVENT_KIND_CREDIT_NOTE_ISSUED] = { credit, true },
    [RLC_EVENT_KIND_PAYMENT_RECEIVED] = { pay, true },
    [RLC_EVENT_KIND_PAYMENT_REVERSED] = { reverse, true },
    [RLC_EVENT_KIND_OPENING_ITEM] = { enter, true },
    [RLC_EVENT_KIND_CASH_SUSPECTED] = { suspect, false },
    [RLC_EVENT_KIND_CASH_CLEARED] = { clear, false },
    [RLC_EVENT_KIND_DISPUTE_OPENED] = { dispute, true },
    [RLC_EVENT_KIND_DISPUTE_RESOLVED] = { resolve, true },
    [RLC_EVENT_KIND_PROMISE_MADE] = { promise, true },
    [RLC_EVENT_KIND_PROMISE_WITHDRAWN] = { withdraw, true },

    [RLC_EVENT_KIND_HOLD_PLACED] = { hold, false },
    [RLC_EVENT_KIND_HOLD_LIFTED] = { lift, false },
    [RLC_EVENT_KIND_OUTCOME] = { outcome, false },
    [RLC_EVENT_KIND_RETURNED] = { returned, false },
    [RLC_EVENT_KIND_TASK_DONE] = { finish_task, false },
    [RLC_EVENT_KIND_SCORE_CHANGED] = { rate, false },
    [RLC_EVENT_KIND_MILESTONE] = { move_case, true },
    [RLC_EVENT_KIND_CONTACT_PROPOSED] = { propose, true },
};

static void decide_debtor_event(struct decision *decision, const struct rlc_debtor_event *record)
{
    size_t kind = record->kind;

    if (kind >= RLC_COUNT(DEBTOR_EVENTS) || !DEBTOR_EVENTS[kind].decide)
        decision_ignored(decision, "NOT_SUPPORTED", (struct rlc_span){ 0 });
    else if (DEBTOR_EVENTS[kind].needs_creditor && record->envelope.creditor.size == 0)
        quarantine_limit(decision, "MISSING_CREDITOR", (struct rlc_span){ 0 }, "creditor");
    else
        DEBTOR_EVENTS[kind].decide(decision, record);
}

/* ---- events about the tenant ---- */

static void decide_tenant_event(struct decision *decision, const struct rlc_debtor_event *record)
{
    switch ((int)record->kind) {
    case RLC_EVENT_KIND_TICK:
        break; /* Whoever was due has been decided before it. */
    case RLC_EVENT_KIND_SCOPE_CHANGED:
        (void)scope_adopt(decision, &record->scope_changed);
        break;
    case RLC_EVENT_KIND_COMMAND_ISSUED:
        command_decide(decision, &record->command_issued);
        break;
    case RLC_EVENT_KIND_SOURCE_STALE:
        scope_source(decision, &record->source_stale, true);
        break;
    case RLC_EVENT_KIND_SOURCE_RECOVERED:
        scope_source(decision, &record->source_recovered, false);
        break;
    default:
        decision_ignored(decision, "NOT_SUPPORTED", (struct rlc_span){ 0 });
    }
}

/* ---- beginning ---- */

static void begin_tenant(struct decision *decision, struct rlc_span tenant)
{
    decision->tenant = tenant;
    decision->scope = scope_of(decision->overlay, tenant);
    decision->policy =
        decision->world->policy(decision->world->context, &decision->scope->scope.bundle_hash);
}

static void place_in_time(struct decision *decision)
{
    decision->zone = policy_zone(decision->policy, decision->debtor->zone);
    decision->calendar = policy_calendar(decision->policy, decision->debtor->calendar);
    decision->today = rlc_zone_day(decision->zone, decision->now_ms);
}

/* A debtor is known from the first event that names it. */
static void begin_debtor(struct decision *decision, struct rlc_span id)
{
    struct store_key key;

    decision->debtor_id = id;
    decision->key = rlc_key_of_debtor(decision->arena, decision->tenant, id);
    assert(decision->key.data);
    store_key_debtor(decision->key, &key);
    decision->debtor = store_get(decision->overlay, &key);
    if (!decision->debtor) {
        decision->debtor = store_open(decision->overlay, &key, sizeof(*decision->debtor));
        decision->debtor->armed_revision = decision->scope->scope.revision;
    }
    place_in_time(decision);
}

rlc_ms scenario_due_ms(const struct scenario_event *event, const struct rlc_debtor_record *debtor)
{
    return debtor->wake_ms > event->due_ms ? debtor->wake_ms : event->due_ms;
}

/* ---- deciding ---- */

static void decide_due(struct decision *decision, const struct scenario_event *event)
{
    struct rlc_span id;
    struct store_key key;

    if (!rlc_key_split_debtor(event->debtor, &decision->tenant, &id))
        return;
    begin_tenant(decision, decision->tenant);
    store_key_debtor(event->debtor, &key);
    if (!store_get(decision->overlay, &key))
        return;
    begin_debtor(decision, id);
    if (event->sweep) {
        if (!rlc_span_equal(event->sweep_tenant, decision->tenant))
            return;
        (void)scope_adopt(decision, event->sweep);
        scope_arm(decision);
        return;
    }
    decision->due_ms = scenario_due_ms(event, decision->debtor);
    if (decision->due_ms > decision->now_ms)
        decision->due_ms = event->due_ms;
    dunning_due(decision);
    case_hold_tell(decision);
}

static void decide_record(struct decision *decision, const struct rlc_debtor_event *record)
{
    decision->envelope = &record->envelope;
    if (record->envelope.tenant.size == 0)
        return;
    begin_tenant(decision, record->envelope.tenant);
    if (record->envelope.debtor.size == 0) {
        decide_tenant_event(decision, record);
        return;
    }
    begin_debtor(decision, record->envelope.debtor);
    decide_debtor_event(decision, record);
    case_hold_tell(decision);
}

void scenario_decide(const struct scenario_world *world, const struct scenario_event *event,
                     rlc_ms now_ms, struct rlc_overlay *overlay,
                     struct scenario_outputs *ret_outputs)
{
    static const struct rlc_envelope NONE;
    struct decision decision = { .world = world,
                                 .event = event,
                                 .envelope = &NONE,
                                 .now_ms = now_ms,
                                 .overlay = overlay,
                                 .arena = overlay->arena,
                                 .outputs = ret_outputs };

    *ret_outputs = (struct scenario_outputs){ 0 };
    ret_outputs->tail = &ret_outputs->first;
    if (event->record)
        decide_record(&decision, event->record);
    else
        decide_due(&decision, event);
    decision_stamp(&decision);
}
