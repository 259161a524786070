/* SPDX-License-Identifier: Apache-2.0 */
/* A debtor's facts, folded into what there is to say about the debtor after the last of them. */
#include "sheet.h"

#include "text.h"

/* ---- ledger ---- */

/* What a settlement left over, or a document does not need any more. */
static void fold_credit(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact,
                        const char *kind, struct rlc_span id, struct rlc_money credit)
{
    struct rlc_span parts[] = { fact->envelope.creditor, rlc_span_of(kind), id,
                                rlc_span_of(credit.currency) };
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry;

    (void)ctl_sheet_key(key, parts, RLC_COUNT(parts));
    if (credit.minor == 0) {
        ctl_sheet_drop(sheet, CTL_SHEET_CREDITS, key);
        return;
    }
    entry = ctl_sheet_entry(sheet, CTL_SHEET_CREDITS, key);
    ctl_put_span(entry, "creditor", fact->envelope.creditor);
    ctl_put_span(entry, kind, id);
    ctl_sheet_money(entry, "credit", credit);
}

/* The fact names what is on account now: what was there before is gone. */
static void fold_on_account(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_receivable_fact *receivable = &fact->receivable_changed;
    struct rlc_span parts[] = { fact->envelope.creditor, rlc_span_of("document"),
                                receivable->document };
    char prefix[CTL_SHEET_KEY_SIZE];
    const char *key;
    json_t *entry;
    void *next;

    (void)ctl_sheet_key(prefix, parts, RLC_COUNT(parts));
    json_object_foreach_safe(sheet->lists[CTL_SHEET_CREDITS], next, key, entry)
    {
        if (strncmp(key, prefix, strlen(prefix)) == 0)
            ctl_sheet_drop(sheet, CTL_SHEET_CREDITS, key);
    }
    for (size_t i = 0; i < receivable->on_account_count; i++)
        fold_credit(sheet, fact, "document", receivable->document, receivable->on_account[i]);
}

static void fold_receivable(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_receivable_fact *receivable = &fact->receivable_changed;
    struct rlc_span parts[] = { fact->envelope.creditor, receivable->document };
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry;

    fold_on_account(sheet, fact);
    (void)ctl_sheet_key(key, parts, RLC_COUNT(parts));
    if (receivable->open.minor == 0) {
        ctl_sheet_drop(sheet, CTL_SHEET_RECEIVABLES, key);
        return;
    }
    entry = ctl_sheet_entry(sheet, CTL_SHEET_RECEIVABLES, key);
    ctl_put_span(entry, "creditor", fact->envelope.creditor);
    ctl_put_span(entry, "document", receivable->document);
    ctl_put_span(entry, "number", receivable->number);
    ctl_put_word(entry, "type", RLC_VOCABULARY_DOCUMENT_TYPE, (int32_t)receivable->type);
    ctl_put_day(entry, "issued_on", receivable->issued_on);
    ctl_put_day(entry, "due_on", receivable->due_on);
    ctl_sheet_money(entry, "total", receivable->total);
    ctl_sheet_money(entry, "open", receivable->open);
}

/* What a settlement leaves on account. */
static void fold_settlement(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_settlement_fact *settlement = &fact->payment_recorded;
    bool credit = fact->kind == RLC_FACT_KIND_CREDIT_RECORDED;
    struct rlc_money left = settlement->amount;

    /* Absent means that nothing is left. */
    left.minor = settlement->unapplied.minor;
    fold_credit(sheet, fact, credit ? "credit_note" : "payment", settlement->settlement, left);
}

/* ---- standing ---- */

static void fold_agreement(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_agreement_fact *agreement = &fact->agreement_opened;
    const char *kind = rlc_word(RLC_VOCABULARY_AGREEMENT_KIND, (int32_t)agreement->kind);
    bool hold = agreement->kind == RLC_AGREEMENT_KIND_HOLD; /* the debtor's, whatever it covers */
    struct rlc_span parts[] = { hold ? rlc_span_of("") : fact->envelope.creditor, rlc_span_of(kind),
                                agreement->agreement };
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry;

    (void)ctl_sheet_key(key, parts, RLC_COUNT(parts));
    if (fact->kind == RLC_FACT_KIND_AGREEMENT_CLOSED) {
        ctl_sheet_drop(sheet, CTL_SHEET_AGREEMENTS, key);
        return;
    }
    entry = ctl_sheet_entry(sheet, CTL_SHEET_AGREEMENTS, key);
    (void)json_object_clear(entry);
    ctl_put_span(entry, "creditor", fact->envelope.creditor);
    ctl_put_text(entry, "kind", kind);
    ctl_put_span(entry, "agreement", agreement->agreement);
    ctl_put_word(entry, "reach", RLC_VOCABULARY_REACH, (int32_t)agreement->reach);
    if (agreement->document_count > 0)
        ctl_put_span(entry, "document", agreement->documents[0].document);
    ctl_put(entry, "documents", json_integer((json_int_t)agreement->document_count));
    ctl_sheet_money(entry, "amount", agreement->amount);
    ctl_put_span(entry, "reason", agreement->reason);
    ctl_put_word(entry, "clock", RLC_VOCABULARY_CLOCK_EFFECT, (int32_t)agreement->clock);
    ctl_put_ms(entry, "from", agreement->from_ms);
    ctl_put_ms(entry, "until", agreement->until_ms);
}

/* ---- steps ---- */

static const char *instance_key(const struct rlc_debtor_fact *fact,
                                const struct rlc_step_instance *instance,
                                char key[CTL_SHEET_KEY_SIZE])
{
    char occurrence[16];
    struct rlc_span parts[] = {
        fact->envelope.creditor, instance->document, instance->scenario, instance->step, { NULL, 0 }
    };

    (void)snprintf(occurrence, sizeof(occurrence), "%u", instance->occurrence);
    parts[4] = rlc_span_of(occurrence);
    return ctl_sheet_key(key, parts, RLC_COUNT(parts));
}

static void fold_step_opened(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_step_opened *opened = &fact->step_opened;
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry =
        ctl_sheet_entry(sheet, CTL_SHEET_STEPS, instance_key(fact, &opened->instance, key));

    ctl_put_span(entry, "creditor", fact->envelope.creditor);
    ctl_put_span(entry, "document", opened->instance.document);
    ctl_put_span(entry, "scenario", opened->instance.scenario);
    ctl_put_span(entry, "step", opened->instance.step);
    ctl_put(entry, "occurrence", json_integer(opened->instance.occurrence));
    ctl_put_day(entry, "step_on", opened->step_on);
}

static void fold_step_closed(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    char key[CTL_SHEET_KEY_SIZE];

    ctl_sheet_drop(sheet, CTL_SHEET_STEPS, instance_key(fact, &fact->step_closed.instance, key));
}

static void put_reason(json_t *entry, const char *reason, struct rlc_span rule,
                       struct rlc_span object, rlc_ms next_at_ms)
{
    (void)json_object_del(entry, "rule");
    (void)json_object_del(entry, "object");
    (void)json_object_del(entry, "next_at");
    ctl_put_text(entry, "reason", reason);
    ctl_put_span(entry, "rule", rule);
    ctl_put_span(entry, "object", object);
    ctl_put_ms(entry, "next_at", next_at_ms);
}

static void fold_silence(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_suppressed *silence = &fact->suppressed;
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry =
        json_object_get(sheet->lists[CTL_SHEET_STEPS], instance_key(fact, &silence->instance, key));

    if (entry)
        put_reason(entry, rlc_word(RLC_VOCABULARY_SUPPRESSION, (int32_t)silence->reason),
                   silence->rule, silence->object, silence->next_at_ms);
}

/* ---- contacts ---- */

static json_t *request_entry(struct ctl_sheet *sheet, const struct rlc_action_id *action)
{
    char hex[33];
    json_t *entry;

    ctl_hex(action->bytes, sizeof(action->bytes), hex);
    entry = ctl_sheet_entry(sheet, CTL_SHEET_REQUESTS, hex);
    ctl_put_text(entry, "action", hex);
    return entry;
}

static void drop_request(struct ctl_sheet *sheet, const struct rlc_action_id *action)
{
    char hex[33];

    ctl_hex(action->bytes, sizeof(action->bytes), hex);
    ctl_sheet_drop(sheet, CTL_SHEET_REQUESTS, hex);
}

static void fold_request(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_contact_body *body = &fact->contact_requested;
    json_t *entry = request_entry(sheet, &body->action);

    ctl_put_span(entry, "creditor", fact->envelope.creditor);
    ctl_put(entry, "request_number", json_integer(body->request_number));
    ctl_put_span(entry, "scenario", body->scenario);
    ctl_put_span(entry, "step", body->step);
    ctl_put_word(entry, "channel", RLC_VOCABULARY_CHANNEL, (int32_t)body->channel);
    ctl_put_ms(entry, "asked_at", fact->decided_at_ms);
    ctl_put_text(entry, "state", "ASKED");
    for (size_t i = 0; i < body->line_count; i++) {
        char key[CTL_SHEET_KEY_SIZE];
        json_t *step = json_object_get(sheet->lists[CTL_SHEET_STEPS],
                                       instance_key(fact, &body->lines[i].instance, key));

        if (step)
            put_reason(step, "WAITING_ANSWER", (struct rlc_span){ 0 }, (struct rlc_span){ 0 },
                       RLC_MS_NONE);
    }
}

static void fold_return(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    drop_request(sheet, &fact->contact_returned.action);
}

static void fold_outcome(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_outcome *outcome = &fact->contact_outcome;

    if (outcome->result == RLC_OUTCOME_RESULT_UNKNOWN ||
        outcome->result == RLC_OUTCOME_RESULT_DEFERRED) {
        ctl_put_word(request_entry(sheet, &outcome->action), "state", RLC_VOCABULARY_OUTCOME_RESULT,
                     (int32_t)outcome->result);
    } else {
        drop_request(sheet, &outcome->action);
    }
}

/* ---- parties and people's work ---- */

static void fold_debtor(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_debtor *debtor = &fact->debtor_changed;

    ctl_put_word(sheet->head, "kind", RLC_VOCABULARY_PARTY_KIND, (int32_t)debtor->kind);
    ctl_put_word(sheet->head, "status", RLC_VOCABULARY_PARTY_STATUS, (int32_t)debtor->status);
    ctl_put_span(sheet->head, "country", debtor->country);
    ctl_put_span(sheet->head, "zone", debtor->zone);
    ctl_put_span(sheet->head, "language", debtor->language);
}

static void fold_score(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_score_changed *score = &fact->score_applied;

    if (score->document.size == 0)
        ctl_put_span(sheet->head, "risk_band", score->band);
}

static void fold_account(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_account *account = &fact->account_changed;
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry =
        ctl_sheet_entry(sheet, CTL_SHEET_ACCOUNTS, ctl_sheet_key(key, &fact->envelope.creditor, 1));

    (void)json_object_clear(entry);
    ctl_put_span(entry, "creditor", fact->envelope.creditor);
    ctl_put_span(entry, "customer_number", account->customer_number);
    ctl_put_span(entry, "scenario", account->scenario);
    ctl_put_span(entry, "segment", account->segment);
    ctl_put_span(entry, "owner", account->owner);
}

static void fold_quarantine(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_quarantine_changed *changed = &fact->quarantine_changed;
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry;

    (void)snprintf(key, sizeof(key), "%.*s|%d|%lld", (int)changed->at.topic.size,
                   changed->at.topic.size ? (const char *)changed->at.topic.data : "",
                   (int)changed->at.partition, (long long)changed->at.offset);
    if (changed->released) {
        ctl_sheet_drop(sheet, CTL_SHEET_QUARANTINE, key);
        return;
    }
    entry = ctl_sheet_entry(sheet, CTL_SHEET_QUARANTINE, key);
    ctl_put_span(entry, "topic", changed->at.topic);
    ctl_put(entry, "partition", json_integer(changed->at.partition));
    ctl_put(entry, "offset", json_integer(changed->at.offset));
    ctl_put_span(entry, "code", changed->code);
}

static void fold_task(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact)
{
    const struct rlc_task_fact *task = &fact->task_opened;
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry;

    (void)ctl_sheet_key(key, &task->task, 1);
    if (fact->kind == RLC_FACT_KIND_TASK_CLOSED) {
        ctl_sheet_drop(sheet, CTL_SHEET_TASKS, key);
        return;
    }
    entry = ctl_sheet_entry(sheet, CTL_SHEET_TASKS, key);
    ctl_put_span(entry, "task", task->task);
    ctl_put_word(entry, "kind", RLC_VOCABULARY_TASK_KIND, (int32_t)task->kind);
    ctl_put_span(entry, "object", task->object);
    ctl_put_ms(entry, "due_at", task->due_at_ms);
}

void ctl_sheet_take(void *context, const struct ctl_past_fact *taken)
{
    static const struct {
        enum rlc_fact_kind kind;
        void (*fold)(struct ctl_sheet *sheet, const struct rlc_debtor_fact *fact);
    } FOLDS[] = {
        { RLC_FACT_KIND_RECEIVABLE_OPENED, fold_receivable },
        { RLC_FACT_KIND_RECEIVABLE_CHANGED, fold_receivable },
        { RLC_FACT_KIND_RECEIVABLE_CLOSED, fold_receivable },
        { RLC_FACT_KIND_PAYMENT_RECORDED, fold_settlement },
        { RLC_FACT_KIND_PAYMENT_UNDONE, fold_settlement },
        { RLC_FACT_KIND_CREDIT_RECORDED, fold_settlement },
        { RLC_FACT_KIND_AGREEMENT_OPENED, fold_agreement },
        { RLC_FACT_KIND_AGREEMENT_CHANGED, fold_agreement },
        { RLC_FACT_KIND_AGREEMENT_CLOSED, fold_agreement },
        { RLC_FACT_KIND_STEP_OPENED, fold_step_opened },
        { RLC_FACT_KIND_STEP_CLOSED, fold_step_closed },
        { RLC_FACT_KIND_SUPPRESSED, fold_silence },
        { RLC_FACT_KIND_CONTACT_REQUESTED, fold_request },
        { RLC_FACT_KIND_CONTACT_RETURNED, fold_return },
        { RLC_FACT_KIND_CONTACT_OUTCOME, fold_outcome },
        { RLC_FACT_KIND_DEBTOR_CHANGED, fold_debtor },
        { RLC_FACT_KIND_ACCOUNT_CHANGED, fold_account },
        { RLC_FACT_KIND_SCORE_APPLIED, fold_score },
        { RLC_FACT_KIND_QUARANTINE_CHANGED, fold_quarantine },
        { RLC_FACT_KIND_TASK_OPENED, fold_task },
        { RLC_FACT_KIND_TASK_CLOSED, fold_task },
    };

    for (size_t i = 0; i < RLC_COUNT(FOLDS); i++) {
        if (FOLDS[i].kind == taken->fact->kind)
            FOLDS[i].fold(context, taken->fact);
    }
}
