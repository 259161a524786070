/* SPDX-License-Identifier: Apache-2.0 */
/* From a speech that may be made to its contact request. */
#include "core/ledger.h"
#include "core/speech.h"
#include "core/store.h"
#include "core/touches.h"

void speech_choose_lead(struct speech *speech)
{
    speech->lead = NULL;
    for (size_t i = 0; i < speech->count; i++) {
        const struct candidate *candidate = &speech->candidates[i];

        /* Steps of one scenario lie in one array, in the order of escalation. */
        if (!speech->lead || candidate->step->tone > speech->lead->tone ||
            (candidate->step->tone == speech->lead->tone && candidate->step > speech->lead))
            speech->lead = candidate->step;
    }
}

static int by_due_day(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    rlc_day a_due = a->holding.receivable->terms.due_on;
    rlc_day b_due = b->holding.receivable->terms.due_on;

    if (a_due != b_due)
        return a_due < b_due ? -1 : 1;
    return rlc_span_compare(a->holding.document, b->holding.document);
}

/* ---- identity ---- */

/* Place of the leading step among the account's acts, or where it belongs. */
static size_t act_place(const struct speech *speech, bool *ret_found)
{
    const struct rlc_account_record *account = speech->account;
    size_t i = 0;
    int order = 1;

    for (; i < account->act_count; i++) {
        order = rlc_span_compare(account->acts[i].scenario, speech->scenario->name);
        if (order == 0)
            order = rlc_span_compare(account->acts[i].step, speech->lead->name);
        if (order >= 0)
            break;
    }
    *ret_found = i < account->act_count && order == 0;
    return i;
}

/* Whether the leading step spoke before for what it speaks for now. If all of that was settled
 * meanwhile, its message is over. */
static bool goes_on(const struct speech *speech, const struct rlc_act *act)
{
    for (size_t i = 0; act->open && i < speech->count; i++) {
        const struct candidate *candidate = &speech->candidates[i];

        if (candidate->step == speech->lead && !candidate->state->fresh)
            return true;
    }
    return false;
}

const struct rlc_act *message_again(const struct speech *speech)
{
    bool found;
    size_t place = act_place(speech, &found);
    const struct rlc_act *act = &speech->account->acts[place];

    return found && goes_on(speech, act) && act->channel_ordinal == speech->channel_ordinal ? act
                                                                                            : NULL;
}

bool message_has_room(const struct speech *speech)
{
    bool found;

    (void)act_place(speech, &found);
    return found || speech->account->act_count < ACTS_MAX;
}

static struct rlc_act *act_of(struct decision *decision, const struct speech *speech)
{
    struct rlc_account_record *account = speech->account;
    bool found;
    size_t place = act_place(speech, &found);

    if (!found) {
        LIST_INSERT(decision, account->acts, account->act_count, account->act_capacity, place)
            ->scenario = speech->scenario->name;
        account->acts[place].step = speech->lead->name;
    }
    return &account->acts[place];
}

static struct rlc_action_id identify(const struct decision *decision, const struct speech *speech,
                                     uint32_t occurrence)
{
    struct scenario_action action = { .tenant = decision->tenant,
                                      .debtor = decision->debtor_id,
                                      .creditor = speech->creditor,
                                      .scenario = speech->scenario->name,
                                      .step = speech->lead->name,
                                      .occurrence = occurrence,
                                      .channel_ordinal = speech->channel_ordinal };

    return decision->world->action_id(&action);
}

struct rlc_action_id message_refer(struct decision *decision, const struct speech *speech)
{
    struct rlc_act *act = act_of(decision, speech);

    act->occurrence++;
    act->action = identify(decision, speech, act->occurrence);
    return act->action;
}

void message_forget(struct rlc_account_record *account, struct rlc_span scenario)
{
    for (size_t i = account->act_count; i-- > 0;) {
        if (rlc_span_equal(account->acts[i].scenario, scenario))
            LIST_REMOVE(account->acts, account->act_count, i);
    }
}

/* Nothing is left that the step's latest message was about. */
static void drop_message(struct decision *decision, const struct rlc_act *act)
{
    struct rlc_contact_record *contact;
    struct store_key key;

    store_key_contact(decision->key, &act->action, &key);
    contact = store_change(decision->overlay, &key);
    if (contact)
        contact->state = RLC_CONTACT_STATE_CLOSED;
}

/* A message that has no final answer yet is asked for again under its own action; else it is the
 * step's next message to this account. */
static struct rlc_contact_record *open_contact(struct decision *decision,
                                               const struct speech *speech)
{
    bool again = message_again(speech) != NULL;
    struct rlc_act *act = act_of(decision, speech);
    struct rlc_contact_record *contact;
    struct store_key key;

    if (act->open && !goes_on(speech, act))
        drop_message(decision, act);
    if (!goes_on(speech, act))
        act->occurrence++;
    if (!again)
        act->action = identify(decision, speech, act->occurrence);
    act->open = true;
    act->channel_ordinal = speech->channel_ordinal;
    speech->account->request = act->action;
    store_key_contact(decision->key, &act->action, &key);
    contact = store_open(decision->overlay, &key, sizeof(*contact));
    contact->creditor = speech->creditor;
    contact->scenario = speech->scenario->name;
    contact->step = speech->lead->name;
    contact->occurrence = act->occurrence;
    contact->channel_ordinal = speech->channel_ordinal;
    contact->channel = speech->channel;
    contact->request_number++;
    contact->state = RLC_CONTACT_STATE_ASKED;
    contact->asked_at_ms = decision->now_ms;
    contact->on = decision->today;
    contact->epochs = (struct rlc_epochs){ .debtor = decision->debtor->epoch,
                                           .account = speech->account->epoch,
                                           .scope_revision = decision->scope->scope.revision };
    return contact;
}

/* ---- what the answer will need ---- */

static uint32_t step_index(struct decision *decision, struct rlc_contact_record *contact,
                           const struct rlc_step_state *state)
{
    struct rlc_spoken_step *step;

    for (size_t i = 0; i < contact->step_count; i++) {
        if (contact->steps[i].occurrence == state->occurrence &&
            rlc_span_equal(contact->steps[i].step, state->step) &&
            rlc_span_equal(contact->steps[i].scenario, state->scenario))
            return (uint32_t)i;
    }
    step = LIST_INSERT(decision, contact->steps, contact->step_count, contact->step_capacity,
                       contact->step_count);
    *step = (struct rlc_spoken_step){ .scenario = state->scenario,
                                      .step = state->step,
                                      .occurrence = state->occurrence };
    return (uint32_t)contact->step_count - 1;
}

static void note_lines(struct decision *decision, struct rlc_contact_record *contact,
                       const struct speech *speech)
{
    contact->step_count = 0;
    contact->lines = decision_alloc(decision, speech->count * sizeof(*contact->lines));
    contact->line_capacity = speech->count;
    contact->line_count = speech->count;
    for (size_t i = 0; i < speech->count; i++) {
        const struct candidate *candidate = &speech->candidates[i];

        contact->lines[i].document = candidate->holding.document;
        contact->lines[i].step = step_index(decision, contact, candidate->state);
        candidate->state->asked = true;
        candidate->state->fresh = false;
        candidate->state->reason = RLC_SUPPRESSION_UNSPECIFIED;
        candidate->state->next_at_ms = RLC_MS_NONE;
        candidate->item->state = RLC_ITEM_STATE_ASKED;
    }
}

/* ---- the request ---- */

static struct rlc_line line_of(const struct candidate *candidate)
{
    const struct rlc_invoice *terms = &candidate->holding.receivable->terms;

    return (struct rlc_line){
        .document = candidate->holding.document,
        .number = terms->number,
        .issued_on = terms->issued_on,
        .due_on = terms->due_on,
        .total = terms->total,
        .open = candidate->amount,
        .disputed = candidate->disputed.minor > 0 ? candidate->disputed : (struct rlc_money){ 0 },
        .terms_version = terms->terms_version,
        .instance = { .document = candidate->holding.document,
                      .scenario = candidate->state->scenario,
                      .step = candidate->state->step,
                      .occurrence = candidate->state->occurrence },
    };
}

/* Per currency, sorted by its code; never a sum across currencies. */
static size_t total_up(struct decision *decision, const struct speech *speech,
                       struct rlc_total **ret_totals)
{
    struct rlc_total *totals = decision_alloc(decision, RLC_REQUEST_TOTALS_MAX * sizeof(*totals));
    size_t count = 0;

    for (size_t i = 0; i < speech->count; i++) {
        const struct rlc_money *amount = &speech->candidates[i].amount;
        size_t k = 0;

        while (k < count &&
               memcmp(totals[k].open.currency, amount->currency, RLC_CURRENCY_SIZE) < 0)
            k++;
        if (k == count || !rlc_money_same_currency(totals[k].open, *amount)) {
            list_open(totals, count++, sizeof(*totals), k);
            memcpy(totals[k].open.currency, amount->currency, RLC_CURRENCY_SIZE);
        }
        totals[k].open.minor += amount->minor;
        totals[k].line_count++;
    }
    *ret_totals = totals;
    return count;
}

static void address_to(struct decision *decision, const struct speech *speech,
                       const struct rlc_book_record *book, struct rlc_contact_body *body)
{
    struct rlc_recipient *recipient = decision_alloc(decision, sizeof(*recipient));

    if (speech->person) {
        const struct rlc_contact *contact = &speech->person->contact;

        *recipient = (struct rlc_recipient){ .contact = contact->contact,
                                             .subject = contact->subject,
                                             .number = contact->number,
                                             .language = contact->language,
                                             .name = contact->name,
                                             .address = speech->address->address };
    } else {
        *recipient = (struct rlc_recipient){ .subject = decision->debtor_id,
                                             .name = book->debtor.name,
                                             .address = book->debtor.address };
    }
    body->recipients = recipient;
    body->recipient_count = 1;
    body->debtor_name = book->debtor.name;
    body->debtor_address = book->debtor.address;
}

static struct rlc_span first_named(struct rlc_span a, struct rlc_span b, struct rlc_span c)
{
    if (a.size > 0)
        return a;
    return b.size > 0 ? b : c;
}

static struct rlc_span language_of(const struct decision *decision, const struct speech *speech,
                                   struct rlc_span recipient)
{
    const struct policy_creditor *creditor = policy_creditor(decision->policy, speech->creditor);

    return first_named(
        first_named(recipient, speech->account->terms.language, decision->debtor->language),
        creditor->language, decision->policy->default_language);
}

static rlc_ms not_after(const struct decision *decision, const struct speech *speech)
{
    rlc_ms valid_ms = decision->policy->request_valid_minutes * RLC_MINUTE_MS;
    rlc_ms end_ms = timer_min(gate_hours_end(decision), speech->not_after_ms);

    return decision->now_ms + valid_ms < end_ms ? decision->now_ms + valid_ms : end_ms;
}

/* Everything but the lines, the same in all parts. */
static struct rlc_contact_body head_of(struct decision *decision, const struct speech *speech,
                                       const struct rlc_contact_record *contact)
{
    const struct rlc_account *terms = &speech->account->terms;
    struct rlc_account_part *part = decision_alloc(decision, sizeof(*part));
    struct rlc_contact_body body = {
        .action = speech->account->request,
        .request_number = contact->request_number,
        .scenario = speech->scenario->name,
        .step = speech->lead->name,
        .occurrence = contact->occurrence,
        .channel_ordinal = speech->channel_ordinal,
        .channel = speech->channel,
        .tone = speech->lead->tone,
        .template_name = speech->lead->template_name,
        .sender = policy_creditor(decision->policy, speech->creditor)->sender,
        .zone = decision->debtor->zone.size > 0 ? decision->debtor->zone
                                                : decision->policy->default_zone,
        .unknown_policy = policy_answers(decision->policy, speech->lead)->unknown,
        .unsubscribe = speech->lead->unsubscribe,
        .decided_at_ms = decision->now_ms,
        .not_after_ms = not_after(decision, speech),
        .as_of_on = decision->today,
        .account_reference = terms->reference,
        .customer_number = terms->customer_number,
        .accounts = part,
        .account_count = 1,
    };

    part->creditor = speech->creditor;
    part->account_epoch = speech->account->epoch;
    return body;
}

static void emit_part(struct decision *decision, const struct speech *speech,
                      struct rlc_contact_body body, uint32_t part)
{
    size_t first = (size_t)part * RLC_REQUEST_LINES_MAX;
    size_t left = speech->count - first;
    size_t count = left < RLC_REQUEST_LINES_MAX ? left : RLC_REQUEST_LINES_MAX;
    struct rlc_line *lines = decision_alloc(decision, count * sizeof(*lines));

    for (size_t i = 0; i < count; i++)
        lines[i] = line_of(&speech->candidates[first + i]);
    body.part = part;
    body.lines = lines;
    body.line_count = count;
    *(struct rlc_contact_body *)decision_output(decision, SCENARIO_OUTPUT_REQUEST, speech->creditor,
                                                sizeof(body)) = body;
    *(struct rlc_contact_body *)decision_fact(decision, RLC_FACT_KIND_CONTACT_REQUESTED,
                                              speech->creditor, sizeof(body)) = body;
}

static void emit(struct decision *decision, const struct speech *speech,
                 const struct rlc_contact_record *contact)
{
    static const struct rlc_book_record EMPTY;
    const struct rlc_book_record *book;
    struct rlc_contact_body body = head_of(decision, speech, contact);
    struct rlc_total *totals;
    struct store_key key;

    store_key_book(decision->key, &key);
    book = store_get(decision->overlay, &key);
    address_to(decision, speech, book ? book : &EMPTY, &body);
    body.language = language_of(decision, speech, body.recipients->language);
    body.total_count = total_up(decision, speech, &totals);
    body.totals = totals;
    body.part_count =
        (uint32_t)((speech->count + RLC_REQUEST_LINES_MAX - 1) / RLC_REQUEST_LINES_MAX);
    for (uint32_t part = 0; part < body.part_count; part++)
        emit_part(decision, speech, body, part);
}

/* What does not fit into one message waits for the next. */
static void keep_one_message(struct decision *decision, struct speech *speech)
{
    static const struct refusal NEXT = { .reason = RLC_SUPPRESSION_WAITING_ANSWER,
                                         .rule = "message.full" };

    while (speech->count > CONTACT_LINES_MAX) {
        struct candidate *last = &speech->candidates[--speech->count];

        steps_refuse(decision, &last->holding, last->state, &NEXT);
    }
}

void message_ask(struct decision *decision, struct speech *speech)
{
    struct rlc_contact_record *contact;

    list_sort(speech->candidates, speech->count, sizeof(*speech->candidates), by_due_day);
    keep_one_message(decision, speech);
    contact = open_contact(decision, speech);
    note_lines(decision, contact, speech);
    emit(decision, speech, contact);
    touches_add(decision, decision->today, &speech->account->request);
    if (speech->lead->tone > decision->spoken)
        decision->spoken = speech->lead->tone;
}
