/* SPDX-License-Identifier: Apache-2.0 */
#include "core/contact.h"

#include "core/account.h"
#include "core/book.h"
#include "core/dunning.h"
#include "core/evidence.h"
#include "core/ledger.h"
#include "core/litigation.h"
#include "core/proposal.h"
#include "core/steps.h"
#include "core/store.h"
#include "core/tasks.h"
#include "core/touches.h"

/* A request in hand. */
struct exchange {
    struct rlc_action_id action;
    struct rlc_contact_record *contact;
    struct rlc_account_record *account;
    const struct policy_answers *answers;
};

static bool open_exchange(struct decision *decision, const struct rlc_action_id *action,
                          uint32_t request_number, struct exchange *ret_exchange)
{
    const struct policy_scenario *scenario;
    struct store_key key;

    *ret_exchange = (struct exchange){ .action = *action };
    store_key_contact(decision->key, action, &key);
    ret_exchange->contact = store_change(decision->overlay, &key);
    if (!ret_exchange->contact || ret_exchange->contact->request_number != request_number)
        return false;
    ret_exchange->account = account_change(decision, ret_exchange->contact->creditor);
    ret_exchange->answers =
        proposal_answers(decision, ret_exchange->account, ret_exchange->contact);
    if (ret_exchange->answers)
        return true;
    scenario = policy_scenario(decision->policy, ret_exchange->contact->scenario);
    ret_exchange->answers = policy_answers(
        decision->policy, scenario ? policy_step(scenario, ret_exchange->contact->step) : NULL);
    return true;
}

static bool takes_answer(struct decision *decision, const struct rlc_action_id *action,
                         uint32_t request_number, struct exchange *ret_exchange)
{
    bool known = open_exchange(decision, action, request_number, ret_exchange);

    if (known && ret_exchange->contact->state == RLC_CONTACT_STATE_ASKED)
        return true;
    decision_ignored(decision, known ? "DUPLICATE" : "UNKNOWN_OBJECT", (struct rlc_span){ 0 });
    return false;
}

/* ---- the instances behind a request ---- */

/* What the answer means for each of them: closed, or silent for a reason. */
struct verdict {
    const struct rlc_step_closed *closed; /* NULL: they stay open */
    const struct rlc_outcome *accepted;   /* NULL: it was not */
    struct refusal refusal;
};

static void settle_state(struct decision *decision, const struct holding *holding,
                         struct rlc_step_state *state, const struct verdict *verdict)
{
    if (!state || !step_is_open(state))
        return;
    state->asked = false;
    if (verdict->closed)
        steps_close(decision, holding, state, RLC_STEP_RESULT_ACTED, verdict->closed);
    else if (ledger_open(holding->receivable).minor == 0)
        steps_close(decision, holding, state, RLC_STEP_RESULT_PAID, NULL);
    else
        steps_refuse(decision, holding, state, &verdict->refusal);
}

static bool is_notice(const struct decision *decision, const struct rlc_spoken_step *spoken)
{
    const struct policy_scenario *scenario = policy_scenario(decision->policy, spoken->scenario);
    const struct policy_step *step = scenario ? policy_step(scenario, spoken->step) : NULL;

    return step && step->tone == RLC_TONE_FORMAL_NOTICE;
}

static void settle_line(struct decision *decision, const struct exchange *exchange,
                        const struct rlc_contact_line *line, const struct verdict *verdict)
{
    const struct rlc_spoken_step *step = &exchange->contact->steps[line->step];
    struct holding holding;
    struct rlc_page_item *item;

    if (!holding_open(decision, exchange->contact->creditor, line->document, &holding))
        return;
    settle_state(decision, &holding,
                 steps_find(holding.receivable, step->scenario, step->step, step->occurrence),
                 verdict);
    if (verdict->accepted && is_notice(decision, step))
        litigation_noticed(decision, holding.receivable, verdict->accepted);
    item = page_item(decision, &holding);
    if (!item)
        return;
    item->state = RLC_ITEM_STATE_READY;
    dunning_arm(decision, &holding, item);
    page_settle(decision, &holding, holding.receivable->page);
}

/* The request is answered: its instances and its account go on. */
static void settle(struct decision *decision, struct exchange *exchange,
                   const struct verdict *verdict)
{
    struct rlc_contact_record *contact = exchange->contact;

    for (size_t i = 0; i < contact->line_count; i++)
        settle_line(decision, exchange, &contact->lines[i], verdict);
    contact->lines = NULL;
    contact->line_count = 0;
    contact->line_capacity = 0;
    if (memcmp(&exchange->account->request, &exchange->action, sizeof(exchange->action)) == 0)
        exchange->account->request = (struct rlc_action_id){ { 0 } };
    account_review(decision, contact->creditor, exchange->account, RLC_REVIEW_READY);
    account_alarm(decision, contact->creditor, exchange->account);
}

/* A final answer: the step's next message to this account is another one. */
static void close_act(const struct exchange *exchange)
{
    struct rlc_account_record *account = exchange->account;

    for (size_t i = 0; i < account->act_count; i++) {
        if (memcmp(&account->acts[i].action, &exchange->action, sizeof(exchange->action)) == 0)
            account->acts[i].open = false;
    }
}

/* ---- reactions ---- */

static struct rlc_span open_task(struct decision *decision, const struct exchange *exchange,
                                 enum rlc_task_kind kind)
{
    return task_open(decision, kind,
                     &(struct task_about){ .creditor = exchange->contact->creditor,
                                           .object = decision_hex(decision, &exchange->action),
                                           .number = exchange->contact->request_number });
}

static void wait_for(struct exchange *exchange, const struct refusal *refusal)
{
    exchange->account->wait_reason = refusal->reason;
    exchange->account->wait_object = refusal->object;
    exchange->account->not_before_ms = refusal->next_at_ms;
}

static struct refusal wait_for_task(struct decision *decision, struct exchange *exchange,
                                    enum rlc_task_kind kind)
{
    struct refusal refusal = { .reason = RLC_SUPPRESSION_WAITING_HUMAN, .rule = "contact.task" };
    struct rlc_event_reference said = decision_said(decision);

    evidence_event(decision, &refusal, &said);
    refusal.object = open_task(decision, exchange, kind);
    exchange->contact->task = refusal.object;
    wait_for(exchange, &refusal);
    return refusal;
}

/* Asked too often in vain: something is wrong that asking again does not mend. */
static bool asked_in_vain(const struct exchange *exchange)
{
    const struct rlc_contact_record *contact = exchange->contact;

    return contact->request_number - contact->stopped >= exchange->answers->asks_max;
}

/* What the policy wants to follow; the reason for which the instances are silent until then. */
static struct refusal react(struct decision *decision, struct exchange *exchange,
                            const struct policy_answer *answer, uint32_t contact_number)
{
    struct refusal refusal = { .reason = RLC_SUPPRESSION_RETURNED,
                               .rule = "contact.again",
                               .next_at_ms = decision_soon(decision),
                               .object = decision_hex(decision, &exchange->action) };
    struct rlc_event_reference said = decision_said(decision);

    evidence_event(decision, &refusal, &said);
    if (asked_in_vain(exchange))
        return wait_for_task(decision, exchange, RLC_TASK_KIND_REVIEW);
    switch (answer->reaction) {
    case POLICY_ASK_AGAIN:
        break;
    case POLICY_WAIT:
        refusal.rule = "contact.wait";
        refusal.next_at_ms =
            decision_timer(decision, decision->now_ms + answer->wait_minutes * RLC_MINUTE_MS);
        wait_for(exchange, &refusal);
        break;
    case POLICY_REPAIR:
        book_set_aside(decision, contact_number, exchange->contact->channel);
        refusal.rule = "contact.repair";
        refusal.object = open_task(decision, exchange, answer->task);
        break;
    case POLICY_TASK:
        return wait_for_task(decision, exchange, answer->task);
    }
    return refusal;
}

/* ---- answers ---- */

void contact_returned(struct decision *decision, const struct rlc_returned *returned)
{
    struct exchange exchange;
    struct verdict verdict = { 0 };

    if (!takes_answer(decision, &returned->action, returned->request_number, &exchange))
        return;
    *(struct rlc_returned *)decision_fact(decision, RLC_FACT_KIND_CONTACT_RETURNED,
                                          exchange.contact->creditor, sizeof(*returned)) =
        *returned;
    exchange.contact->state = RLC_CONTACT_STATE_OPEN;
    exchange.contact->stopped += returned->reason == RLC_RETURN_REASON_SHUTDOWN;
    touches_take_back(decision, &returned->action);
    verdict.refusal = react(decision, &exchange, &exchange.answers->returned[returned->reason],
                            returned->contact_number);
    settle(decision, &exchange, &verdict);
    proposal_answered(decision, exchange.account, exchange.contact, NULL);
}

static void on_final(struct decision *decision, struct exchange *exchange,
                     const struct rlc_outcome *outcome)
{
    struct rlc_step_closed closed = { .action = outcome->action, .outcome = outcome->result };
    struct verdict verdict = { .closed = &closed,
                               .accepted = outcome->result == RLC_OUTCOME_RESULT_ACCEPTED ? outcome
                                                                                          : NULL };

    exchange->contact->state = RLC_CONTACT_STATE_CLOSED;
    exchange->contact->outcome = outcome->result;
    close_act(exchange);
    settle(decision, exchange, &verdict);
}

static void on_refused(struct decision *decision, struct exchange *exchange,
                       const struct rlc_outcome *outcome)
{
    const struct policy_answer *answer = &exchange->answers->refused;

    if (answer->reaction == POLICY_REPAIR)
        book_set_aside(decision, outcome->contact_number, exchange->contact->channel);
    if (answer->reaction == POLICY_REPAIR || answer->reaction == POLICY_TASK)
        exchange->contact->task = open_task(decision, exchange, answer->task);
    on_final(decision, exchange, outcome);
}

static void on_deferred(struct decision *decision, struct exchange *exchange,
                        const struct rlc_outcome *outcome)
{
    struct verdict verdict = { .refusal = { .reason = RLC_SUPPRESSION_DEFERRED,
                                            .rule = "contact.deferred",
                                            .next_at_ms =
                                                decision_timer(decision, outcome->until_ms),
                                            .object = decision_hex(decision, &outcome->action) } };
    struct rlc_event_reference said = decision_said(decision);

    evidence_event(decision, &verdict.refusal, &said);

    exchange->contact->state = RLC_CONTACT_STATE_OPEN;
    touches_take_back(decision, &outcome->action);
    if (verdict.refusal.next_at_ms == RLC_MS_NONE)
        verdict.refusal.next_at_ms = decision_soon(decision);
    if (asked_in_vain(exchange))
        verdict.refusal = wait_for_task(decision, exchange, RLC_TASK_KIND_REVIEW);
    else
        wait_for(exchange, &verdict.refusal);
    settle(decision, exchange, &verdict);
}

/* Handed over, and the answer was lost. The slot of the cap stays taken: it may have arrived. */
static void on_unknown(struct decision *decision, struct exchange *exchange,
                       const struct rlc_outcome *outcome)
{
    static const struct policy_answer AGAIN = { .reaction = POLICY_ASK_AGAIN };
    struct verdict verdict = { 0 };

    if (exchange->answers->unknown == RLC_UNKNOWN_POLICY_ASK_AGAIN) {
        exchange->contact->state = RLC_CONTACT_STATE_OPEN;
        verdict.refusal = react(decision, exchange, &AGAIN, 0);
        settle(decision, exchange, &verdict);
        return;
    }
    exchange->contact->task = open_task(decision, exchange, RLC_TASK_KIND_UNKNOWN_OUTCOME);
    on_final(decision, exchange, outcome);
    exchange->contact->state = RLC_CONTACT_STATE_DOUBTFUL;
}

/* A message that was accepted and bounced later: its step has acted, its address is no good. */
static bool is_late_bounce(const struct exchange *exchange, const struct rlc_outcome *outcome)
{
    return exchange->contact && exchange->account &&
           exchange->contact->state == RLC_CONTACT_STATE_CLOSED &&
           exchange->contact->outcome == RLC_OUTCOME_RESULT_ACCEPTED &&
           outcome->result == RLC_OUTCOME_RESULT_REFUSED;
}

static void tell_outcome(struct decision *decision, const struct exchange *exchange,
                         const struct rlc_outcome *outcome)
{
    *(struct rlc_outcome *)decision_fact(decision, RLC_FACT_KIND_CONTACT_OUTCOME,
                                         exchange->contact->creditor, sizeof(*outcome)) = *outcome;
}

static void on_late_bounce(struct decision *decision, struct exchange *exchange,
                           const struct rlc_outcome *outcome)
{
    tell_outcome(decision, exchange, outcome);
    exchange->contact->outcome = outcome->result;
    book_set_aside(decision, outcome->contact_number, exchange->contact->channel);
    exchange->contact->task = open_task(decision, exchange, RLC_TASK_KIND_REPAIR_CONTACT);
}

static void on_outcome(struct decision *decision, struct exchange *exchange,
                       const struct rlc_outcome *outcome)
{
    switch (outcome->result) {
    case RLC_OUTCOME_RESULT_REFUSED:
        on_refused(decision, exchange, outcome);
        return;
    case RLC_OUTCOME_RESULT_DEFERRED:
        on_deferred(decision, exchange, outcome);
        return;
    case RLC_OUTCOME_RESULT_UNKNOWN:
        on_unknown(decision, exchange, outcome);
        return;
    case RLC_OUTCOME_RESULT_UNSPECIFIED:
    case RLC_OUTCOME_RESULT_ACCEPTED:
        break;
    }
    on_final(decision, exchange, outcome);
}

void contact_outcome(struct decision *decision, const struct rlc_outcome *outcome)
{
    struct exchange exchange;

    if (open_exchange(decision, &outcome->action, outcome->request_number, &exchange) &&
        is_late_bounce(&exchange, outcome)) {
        on_late_bounce(decision, &exchange, outcome);
        return;
    }
    if (!takes_answer(decision, &outcome->action, outcome->request_number, &exchange))
        return;
    tell_outcome(decision, &exchange, outcome);
    on_outcome(decision, &exchange, outcome);
    proposal_answered(decision, exchange.account, exchange.contact, outcome);
}

const char *contact_resolve(struct decision *decision,
                            const struct rlc_command_resolve_unknown *resolved)
{
    struct exchange exchange;

    if (!open_exchange(decision, &resolved->action, resolved->request_number, &exchange))
        return "UNKNOWN_OBJECT";
    if (exchange.contact->state != RLC_CONTACT_STATE_DOUBTFUL)
        return "NOT_IN_DOUBT";
    exchange.contact->state = RLC_CONTACT_STATE_CLOSED;
    exchange.contact->outcome = resolved->result;
    task_close(
        decision, exchange.contact->task,
        rlc_span_of(resolved->result == RLC_OUTCOME_RESULT_ACCEPTED ? "ACCEPTED" : "REFUSED"));
    proposal_answered(decision, exchange.account, exchange.contact, NULL);
    return NULL;
}

/* ---- keys ---- */

void contact_keys(struct rlc_span debtor_key, const struct rlc_action_id *action,
                  struct rlc_overlay *overlay)
{
    const struct rlc_contact_record *contact;
    struct ledger_needs needs = { .debtor_key = debtor_key, .overlay = overlay };
    struct store_key key;

    store_key_contact(debtor_key, action, &key);
    if (!rlc_overlay_want(overlay, key.span))
        return;
    contact = store_get(overlay, &key);
    if (!contact)
        return;
    needs.creditor = contact->creditor;
    store_key_account(debtor_key, contact->creditor, &key);
    (void)rlc_overlay_want(overlay, key.span);
    if (contact->task.size > 0)
        task_keys(debtor_key, contact->task, overlay);
    for (size_t i = 0; i < contact->line_count; i++)
        ledger_want(&needs, contact->lines[i].document);
}
