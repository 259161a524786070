/* SPDX-License-Identifier: Apache-2.0 */
#include "hot.h"

#include <string.h>

#include "text.h"

static void put_debtor(struct hot *hot, const struct rlc_debtor_record *debtor)
{
    json_t *head = hot->sheet->head;

    ctl_put_word(head, "kind", RLC_VOCABULARY_PARTY_KIND, (int32_t)debtor->kind);
    ctl_put_word(head, "status", RLC_VOCABULARY_PARTY_STATUS, (int32_t)debtor->status);
    ctl_put_span(head, "country", debtor->country);
    ctl_put_span(head, "zone", debtor->zone);
    ctl_put_span(head, "language", debtor->language);
    ctl_put(head, "epoch", json_integer(debtor->epoch));
    ctl_put_span(head, "risk_band", debtor->score.band);
    ctl_put_ms(head, "wakes_at", debtor->wake_ms);
    for (size_t i = 0; i < debtor->quarantine_count; i++) {
        json_t *at = ctl_coordinates(&debtor->quarantine[i]);
        char key[32];

        (void)snprintf(key, sizeof(key), "%zu", i);
        ctl_put(hot->sheet->lists[CTL_SHEET_QUARANTINE], key, at);
    }
}

static void put_credits(struct hot *hot, struct rlc_span creditor,
                        const struct rlc_account_record *account)
{
    for (size_t i = 0; i < account->credit_count; i++) {
        struct rlc_span parts[] = { creditor, rlc_span_of(account->credits[i].currency) };
        char key[CTL_SHEET_KEY_SIZE];
        json_t *entry = ctl_sheet_entry(hot->sheet, CTL_SHEET_CREDITS,
                                        ctl_sheet_key(key, parts, RLC_COUNT(parts)));

        ctl_put_span(entry, "creditor", creditor);
        ctl_sheet_money(entry, "credit", account->credits[i]);
    }
}

static void put_accounts(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_account_record *account = round->records[i];
        char key[CTL_SHEET_KEY_SIZE];
        json_t *entry;

        if (!account)
            continue;
        entry = ctl_sheet_entry(hot->sheet, CTL_SHEET_ACCOUNTS,
                                ctl_sheet_key(key, &round->creditors[i], 1));
        ctl_put_span(entry, "creditor", round->creditors[i]);
        ctl_put_span(entry, "customer_number", account->terms.customer_number);
        ctl_put_span(entry, "scenario", account->terms.scenario);
        ctl_put_span(entry, "segment", account->terms.segment);
        ctl_put_span(entry, "owner", account->terms.owner);
        ctl_put(entry, "epoch", json_integer(account->epoch));
        ctl_put_word(entry, "waits_for", RLC_VOCABULARY_SUPPRESSION, (int32_t)account->wait_reason);
        ctl_put_ms(entry, "waits_until", account->not_before_ms);
        put_credits(hot, round->creditors[i], account);
    }
}

static void put_open(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_page_record *page = round->records[i];

        for (size_t k = 0; page && k < page->item_count; k++) {
            struct rlc_span parts[] = { round->creditors[i], page->items[k].document };
            char key[CTL_SHEET_KEY_SIZE];
            json_t *entry;

            if (page->items[k].open.minor == 0)
                continue;
            entry = ctl_sheet_entry(hot->sheet, CTL_SHEET_RECEIVABLES,
                                    ctl_sheet_key(key, parts, RLC_COUNT(parts)));
            ctl_put_span(entry, "creditor", parts[0]);
            ctl_put_span(entry, "document", parts[1]);
            ctl_put_day(entry, "due_on", page->items[k].due_on);
            ctl_sheet_money(entry, "open", page->items[k].open);
        }
    }
}

static void put_step(struct hot *hot, struct rlc_span creditor, struct rlc_span document,
                     const struct rlc_step_state *step)
{
    char occurrence[16];
    struct rlc_span parts[] = { creditor, document, step->scenario, step->step, { NULL, 0 } };
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry;

    (void)snprintf(occurrence, sizeof(occurrence), "%u", step->occurrence);
    parts[4] = rlc_span_of(occurrence);
    entry =
        ctl_sheet_entry(hot->sheet, CTL_SHEET_STEPS, ctl_sheet_key(key, parts, RLC_COUNT(parts)));
    ctl_put_span(entry, "creditor", creditor);
    ctl_put_span(entry, "document", document);
    ctl_put_span(entry, "scenario", step->scenario);
    ctl_put_span(entry, "step", step->step);
    ctl_put(entry, "occurrence", json_integer(step->occurrence));
    ctl_put_day(entry, "step_on", step->step_on);
    if (step->asked)
        ctl_put_text(entry, "reason", "WAITING_ANSWER");
    else
        ctl_put_word(entry, "reason", RLC_VOCABULARY_SUPPRESSION, (int32_t)step->reason);
    if (!step->asked)
        ctl_put_ms(entry, "next_at", step->next_at_ms);
}

static void put_receivables(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_receivable_record *receivable = round->records[i];
        struct rlc_span parts[2];
        char key[CTL_SHEET_KEY_SIZE];
        json_t *entry;

        if (!receivable)
            continue;
        parts[0] = round->creditors[i];
        parts[1] = receivable->terms.document;
        entry = json_object_get(hot->sheet->lists[CTL_SHEET_RECEIVABLES],
                                ctl_sheet_key(key, parts, RLC_COUNT(parts)));
        if (!entry)
            continue; /* paid: listed for an agreement on it */
        ctl_put_span(entry, "number", receivable->terms.number);
        ctl_put_word(entry, "type", RLC_VOCABULARY_DOCUMENT_TYPE, (int32_t)receivable->terms.type);
        ctl_put_day(entry, "issued_on", receivable->terms.issued_on);
        ctl_sheet_money(entry, "total", receivable->terms.total);
        for (size_t k = 0; k < receivable->step_count; k++) {
            if (receivable->steps[k].result == RLC_STEP_RESULT_UNSPECIFIED)
                put_step(hot, parts[0], parts[1], &receivable->steps[k]);
        }
    }
}

/* The id of an agreement is the last part of its key. */
static struct rlc_span last_part(struct rlc_span key)
{
    size_t at = key.size;

    while (at > 0 && key.data[at - 1] != '|')
        at--;
    return rlc_span_from(key.data + at, key.size - at);
}

static bool in_force(const struct hot *hot, const struct rlc_agreement_record *agreement)
{
    return agreement->result == RLC_AGREEMENT_RESULT_UNSPECIFIED &&
           (agreement->until_ms == RLC_MS_NONE || agreement->until_ms > hot->time_ms);
}

static void put_agreements(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_agreement_record *agreement = round->records[i];
        json_t *entry;

        if (!agreement || !in_force(hot, agreement))
            continue;
        entry = json_object();
        (void)json_object_setn_new(hot->sheet->lists[CTL_SHEET_AGREEMENTS],
                                   (const char *)round->keys[i].data, round->keys[i].size, entry);
        ctl_put_span(entry, "creditor", agreement->creditor);
        ctl_put_word(entry, "kind", RLC_VOCABULARY_AGREEMENT_KIND, (int32_t)agreement->kind);
        ctl_put_span(entry, "agreement", last_part(round->keys[i]));
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
}

static void put_contacts(struct hot *hot, const struct round *round)
{
    static const char *const STATES[] = {
        [RLC_CONTACT_STATE_UNSPECIFIED] = "",      [RLC_CONTACT_STATE_ASKED] = "ASKED",
        [RLC_CONTACT_STATE_OPEN] = "OPEN",         [RLC_CONTACT_STATE_CLOSED] = "CLOSED",
        [RLC_CONTACT_STATE_DOUBTFUL] = "DOUBTFUL",
    };

    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_contact_record *contact = round->records[i];
        json_t *entry;

        if (!contact)
            continue;
        entry = json_object();
        (void)json_object_setn_new(hot->sheet->lists[CTL_SHEET_REQUESTS],
                                   (const char *)round->keys[i].data, round->keys[i].size, entry);
        ctl_put_span(entry, "action", last_part(round->keys[i]));
        ctl_put_span(entry, "creditor", contact->creditor);
        ctl_put(entry, "request_number", json_integer(contact->request_number));
        ctl_put_span(entry, "scenario", contact->scenario);
        ctl_put_span(entry, "step", contact->step);
        ctl_put_word(entry, "channel", RLC_VOCABULARY_CHANNEL, (int32_t)contact->channel);
        ctl_put_ms(entry, "asked_at", contact->asked_at_ms);
        if ((size_t)contact->state < RLC_COUNT(STATES))
            ctl_put_text(entry, "state", STATES[contact->state]);
    }
}

static void put_tasks(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_task_record *task = round->records[i];
        json_t *entry;

        if (!task || task->done)
            continue;
        entry = json_object();
        (void)json_object_setn_new(hot->sheet->lists[CTL_SHEET_TASKS],
                                   (const char *)round->keys[i].data, round->keys[i].size, entry);
        ctl_put_span(entry, "task", last_part(round->keys[i]));
        ctl_put_word(entry, "kind", RLC_VOCABULARY_TASK_KIND, (int32_t)task->kind);
        ctl_put_span(entry, "object", task->object);
        ctl_put_ms(entry, "opened_at", task->opened_at_ms);
    }
}

void ctl_hot_fill(struct hot *hot, const struct rounds *rounds)
{
    put_debtor(hot, rounds->debtor);
    put_accounts(hot, &rounds->accounts);
    put_open(hot, &rounds->pages);
    put_receivables(hot, &rounds->receivables);
    put_agreements(hot, &rounds->agreements);
    put_contacts(hot, &rounds->contacts);
    put_tasks(hot, &rounds->tasks);
}
