/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of the language: each reads one line and gives one event (a debtor, two). */
#include <stdio.h>
#include <string.h>

#include "common/wire/words.h"
#include "tests/scenarios/scn_story.h"

/* ---- parts of statements ---- */

static struct rlc_sealed sealed(struct scn_story *story, const char *text)
{
    return (struct rlc_sealed){ .key_id = rlc_span_of("key"), .bytes = scn_keep(story, text) };
}

/* Ids make an event known again: line numbers do for that. */
static struct rlc_debtor_event *event_of(struct scn_story *story, struct scn_line *line,
                                         enum rlc_event_kind kind)
{
    struct rlc_debtor_event *event = &scn_happen(story, line, SCN_PUBLISH)->event;
    char id[32];

    (void)snprintf(id, sizeof(id), "line-%d-%zu", story->line, story->happening_count);
    event->kind = kind;
    event->envelope = (struct rlc_envelope){ .tenant = rlc_span_of(SCN_TENANT),
                                             .debtor = story->debtor,
                                             .creditor = story->creditor,
                                             .source = rlc_span_of("script"),
                                             .source_event_id = scn_keep(story, id) };
    return event;
}

/* "to D2", "from beta": takes one; true if it did. */
static bool party(struct scn_story *story, struct scn_line *line, struct rlc_debtor_event *event)
{
    if (scn_accept(line, "to"))
        event->envelope.debtor = scn_span(story, line, "a debtor");
    else if (scn_accept(line, "from"))
        event->envelope.creditor = scn_span(story, line, "a creditor");
    else
        return false;
    return true;
}

static void parties(struct scn_story *story, struct scn_line *line, struct rlc_debtor_event *event)
{
    while (party(story, line, event)) {
    }
}

static struct rlc_command *command_of(struct scn_story *story, struct scn_line *line,
                                      enum rlc_command_kind kind)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_COMMAND_ISSUED);

    event->command_issued = (struct rlc_command){ .command = event->envelope.source_event_id,
                                                  .kind = kind,
                                                  .actor = rlc_span_of("anna"),
                                                  .issued_at_ms = 1 };
    if ((int)kind >= RLC_COMMAND_KIND_SCOPE_FIRST)
        event->envelope.debtor = event->envelope.creditor = (struct rlc_span){ 0 };
    return &event->command_issued;
}

/* ---- the installation ---- */

static void read_policy(struct scn_story *story, struct scn_line *line)
{
    char mistake[240] = "";
    const struct scn_policy *named =
        scn_bundles_get(story->bundles, scn_word(line, "a policy"), mistake, sizeof(mistake));

    if (!named) {
        scn_line_wrong(line, "%s", mistake);
        return;
    }
    if (!story->zone)
        story->zone = policy_zone(named->policy, named->policy->default_zone);
    command_of(story, line, RLC_COMMAND_KIND_ACTIVATE_BUNDLE)->activate_bundle.bundle_hash =
        rlc_bundle_build_bundle(named->build)->hash;
}

static void read_creditor(struct scn_story *story, struct scn_line *line)
{
    struct rlc_span name = scn_span(story, line, "a creditor");
    struct rlc_command *command = command_of(story, line, RLC_COMMAND_KIND_CREDITOR_MODE);

    if (story->creditor.size == 0)
        story->creditor = name;
    command->creditor_mode.creditor = name;
    command->creditor_mode.mode = (enum rlc_creditor_mode)scn_vocable(
        line, RLC_VOCABULARY_CREDITOR_MODE, "mode (OBSERVE, SHADOW, LIVE)");
    if (command->creditor_mode.mode == RLC_CREDITOR_MODE_LIVE)
        command->creditor_mode.ramp_ppm = 1000000;
}

static void read_kill_switch(struct scn_story *story, struct scn_line *line)
{
    bool on = scn_accept(line, "ON");

    if (!on)
        scn_need(line, "OFF");
    command_of(story, line, RLC_COMMAND_KIND_KILL_SWITCH)->kill_switch.on = on;
}

/* ---- parties ---- */

enum { ADDRESSES_MAX = 4 };

struct address_word {
    const char *word;
    enum rlc_channel channel;
};

static bool address(struct scn_story *story, struct scn_line *line,
                    struct rlc_contact_channel *channels, size_t *count)
{
    static const struct address_word WORDS[] = { { "e-mail", RLC_CHANNEL_EMAIL },
                                                 { "letters-to", RLC_CHANNEL_LETTER },
                                                 { "mobile", RLC_CHANNEL_SMS } };

    for (size_t i = 0; i < RLC_COUNT(WORDS) && *count < ADDRESSES_MAX; i++) {
        if (!scn_accept(line, WORDS[i].word))
            continue;
        channels[(*count)++] = (struct rlc_contact_channel){
            .channel = WORDS[i].channel,
            .address = sealed(story, scn_word(line, "an address")),
        };
        return true;
    }
    return false;
}

static bool trait(struct scn_story *story, struct scn_line *line, struct rlc_debtor *debtor)
{
    if (scn_accept(line, "in"))
        debtor->country = scn_span(story, line, "a country");
    else if (scn_accept(line, "calendar"))
        debtor->calendar = scn_span(story, line, "a calendar");
    else if (scn_accept(line, "language"))
        debtor->language = scn_span(story, line, "a language");
    else if (scn_accept(line, "kind"))
        debtor->kind = (enum rlc_party_kind)scn_vocable(line, RLC_VOCABULARY_PARTY_KIND, "kind");
    else if (scn_accept(line, "status")) {
        debtor->status =
            (enum rlc_party_status)scn_vocable(line, RLC_VOCABULARY_PARTY_STATUS, "status");
    } else if (strchr(scn_peek(line), '/')) {
        debtor->zone = scn_span(story, line, "a zone");
    } else {
        return false;
    }
    return true;
}

static void read_debtor(struct scn_story *story, struct scn_line *line)
{
    struct rlc_span name = scn_span(story, line, "a debtor");
    struct rlc_contact_channel *channels =
        rlc_arena_array(&story->arena, ADDRESSES_MAX, sizeof(*channels));
    struct rlc_debtor_event *event;
    size_t count = 0;

    if (story->debtor.size == 0)
        story->debtor = name;
    event = event_of(story, line, RLC_EVENT_KIND_DEBTOR_UPSERTED);
    event->envelope.debtor = name;
    event->envelope.creditor = (struct rlc_span){ 0 };
    event->debtor_upserted = (struct rlc_debtor){ .kind = RLC_PARTY_KIND_COMPANY,
                                                  .status = RLC_PARTY_STATUS_ACTIVE,
                                                  .country = rlc_span_of("FR"),
                                                  .zone = rlc_span_of("Europe/Paris"),
                                                  .language = rlc_span_of("en"),
                                                  .name = sealed(story, "a name") };
    while (trait(story, line, &event->debtor_upserted) || address(story, line, channels, &count)) {
    }
    if (count == 0)
        return;
    event = event_of(story, line, RLC_EVENT_KIND_CONTACT_UPSERTED);
    event->envelope.debtor = name;
    event->envelope.creditor = (struct rlc_span){ 0 };
    event->contact_upserted = (struct rlc_contact){ .contact = rlc_span_of("billing"),
                                                    .subject = name,
                                                    .roles = RLC_CONTACT_ROLE_BILLING,
                                                    .channels = channels,
                                                    .channel_count = count };
}

/* A person of its own: its subject is "<debtor>/<contact>". */
static void read_contact(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_CONTACT_UPSERTED);
    struct rlc_span name = scn_span(story, line, "a contact");
    struct rlc_contact_channel *channels =
        rlc_arena_array(&story->arena, ADDRESSES_MAX, sizeof(*channels));
    char subject[2 * RLC_ID_MAX];
    size_t count = 0;

    while (party(story, line, event) || address(story, line, channels, &count)) {
    }
    (void)snprintf(subject, sizeof(subject), "%.*s/%.*s", (int)event->envelope.debtor.size,
                   (const char *)event->envelope.debtor.data, (int)name.size,
                   (const char *)name.data);
    event->envelope.creditor = (struct rlc_span){ 0 };
    event->contact_upserted = (struct rlc_contact){ .contact = name,
                                                    .subject = scn_keep(story, subject),
                                                    .roles = RLC_CONTACT_ROLE_BILLING,
                                                    .channels = channels,
                                                    .channel_count = count };
}

static void read_erase(struct scn_story *story, struct scn_line *line)
{
    command_of(story, line, RLC_COMMAND_KIND_ERASE)->erase.subject =
        scn_span(story, line, "a debtor or <debtor>/<contact>");
}

static void read_account(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_ACCOUNT_UPSERTED);

    for (;;) {
        if (scn_accept(line, "segment"))
            event->account_upserted.segment = scn_span(story, line, "a segment");
        else if (scn_accept(line, "scenario"))
            event->account_upserted.scenario = scn_span(story, line, "a scenario");
        else if (!party(story, line, event))
            return;
    }
}

/* Only the band decides anything. */
static void read_score(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_SCORE_CHANGED);

    event->envelope.creditor = (struct rlc_span){ 0 };
    event->score_changed = (struct rlc_score_changed){ .model = rlc_span_of("script"),
                                                       .band = scn_span(story, line, "a band") };
    if (scn_accept(line, "of"))
        event->score_changed.document = scn_span(story, line, "a document");
    parties(story, line, event);
}

/* ---- ledger ---- */

/* "1200.00 EUR due 2026-02-04 issued 2026-01-05" */
static void terms(struct scn_story *story, struct scn_line *line, struct rlc_invoice *invoice)
{
    invoice->total = scn_money(line);
    scn_need(line, "due");
    invoice->due_on = scn_day(line);
    invoice->type = RLC_DOCUMENT_TYPE_INVOICE;
    invoice->issued_on = story->today;
    if (scn_accept(line, "issued"))
        invoice->issued_on = scn_day(line);
}

static void read_invoice(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_INVOICE_ISSUED);

    event->invoice_issued.document = scn_span(story, line, "a document");
    terms(story, line, &event->invoice_issued);
    parties(story, line, event);
}

static void read_amend(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_INVOICE_AMENDED);

    event->invoice_amended.document = scn_span(story, line, "a document");
    terms(story, line, &event->invoice_amended);
    parties(story, line, event);
}

static void read_cancel(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_INVOICE_CANCELLED);

    event->invoice_cancelled.document = scn_span(story, line, "a document");
    event->invoice_cancelled.cancelled_on = story->today;
    parties(story, line, event);
}

static void read_opening(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_OPENING_ITEM);
    struct rlc_opening_item *item = &event->opening_item;

    item->invoice.document = scn_span(story, line, "a document");
    terms(story, line, &item->invoice);
    item->open = item->invoice.total;
    for (;;) {
        if (scn_accept(line, "open"))
            item->open = scn_money(line);
        else if (scn_accept(line, "last-step"))
            item->last_step = scn_span(story, line, "a step");
        else if (scn_accept(line, "last-contact"))
            item->last_contact_at_ms = scn_instant(story, scn_day(line), 600);
        else if (!party(story, line, event))
            return;
    }
}

/* A list of documents ends with the line, or with "to" and "from". */
static bool list_ended(struct scn_line *line)
{
    return scn_line_ended(line) || strcmp(scn_peek(line), "to") == 0 ||
           strcmp(scn_peek(line), "from") == 0;
}

/* "for F1 600.00 EUR, F2 200.00 EUR"; without an amount, the whole of `amount`. */
static const struct rlc_allocation *allocations(struct scn_story *story, struct scn_line *line,
                                                struct rlc_money amount, size_t *ret_count)
{
    struct rlc_allocation *list = rlc_arena_array(&story->arena, SCN_LINES_MAX, sizeof(*list));

    *ret_count = 0;
    while (*ret_count < SCN_LINES_MAX && !list_ended(line)) {
        struct rlc_allocation *next = &list[(*ret_count)++];

        next->document = scn_span(story, line, "a document");
        next->amount = scn_is_amount(scn_peek(line)) ? scn_money(line) : amount;
    }
    return list;
}

static void read_payment(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_PAYMENT_RECEIVED);
    struct rlc_payment *payment = &event->payment_received;

    payment->payment = scn_span(story, line, "a payment");
    payment->amount = scn_money(line);
    payment->method = RLC_PAYMENT_METHOD_TRANSFER;
    payment->received_on = story->today;
    if (scn_accept(line, "for")) {
        payment->allocations =
            allocations(story, line, payment->amount, &payment->allocation_count);
    } else if (scn_accept(line, "on")) {
        scn_need(line, "account");
    }
    parties(story, line, event);
}

static void read_reversal(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_PAYMENT_REVERSED);

    event->payment_reversed.payment = scn_span(story, line, "a payment");
    event->payment_reversed.reversed_on = story->today;
    if (scn_is_amount(scn_peek(line)))
        event->payment_reversed.amount = scn_money(line);
    parties(story, line, event);
}

static void read_credit_note(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_CREDIT_NOTE_ISSUED);
    struct rlc_credit_note *note = &event->credit_note_issued;

    note->document = scn_span(story, line, "a credit note");
    note->total = scn_money(line);
    note->issued_on = story->today;
    if (scn_accept(line, "for"))
        note->allocations = allocations(story, line, note->total, &note->allocation_count);
    parties(story, line, event);
}

static void read_write_off(struct scn_story *story, struct scn_line *line)
{
    struct rlc_command *command = command_of(story, line, RLC_COMMAND_KIND_WRITE_OFF);

    command->write_off.document = scn_span(story, line, "a document");
    if (scn_is_amount(scn_peek(line)))
        command->write_off.amount = scn_money(line);
}

static void read_suspect(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_CASH_SUSPECTED);

    event->cash_suspected.suspicion = scn_span(story, line, "a suspicion");
    event->cash_suspected.payment = event->cash_suspected.suspicion;
    event->cash_suspected.amount = scn_money(line);
    if (scn_accept(line, "until"))
        event->cash_suspected.until_ms = scn_instant(story, scn_day(line), 0);
    parties(story, line, event);
}

static void read_clear(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_CASH_CLEARED);

    event->cash_cleared.suspicion = scn_span(story, line, "a suspicion");
    event->cash_cleared.reason_code = rlc_span_of("OTHER_DEBTOR");
    parties(story, line, event);
}

/* ---- standing ---- */

static void read_dispute(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_DISPUTE_OPENED);
    struct rlc_dispute *dispute = &event->dispute_opened;

    dispute->dispute = scn_span(story, line, "a dispute");
    scn_need(line, "of");
    dispute->document = scn_span(story, line, "a document");
    dispute->reason = RLC_DISPUTE_REASON_QUALITY;
    dispute->opened_on = story->today;
    if (scn_is_amount(scn_peek(line)))
        dispute->amount = scn_money(line);
    for (;;) {
        if (scn_accept(line, "reason")) {
            dispute->reason = (enum rlc_dispute_reason)scn_vocable(
                line, RLC_VOCABULARY_DISPUTE_REASON, "reason of a dispute");
        } else if (scn_accept(line, "until")) {
            dispute->expires_on = scn_day(line);
        } else if (!party(story, line, event)) {
            return;
        }
    }
}

static void read_resolved(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_DISPUTE_RESOLVED);

    event->dispute_resolved.dispute = scn_span(story, line, "a dispute");
    event->dispute_resolved.result = (enum rlc_dispute_result)scn_vocable(
        line, RLC_VOCABULARY_DISPUTE_RESULT, "result of a dispute");
    event->dispute_resolved.resolved_on = story->today;
    if (scn_is_amount(scn_peek(line)))
        event->dispute_resolved.accepted = scn_money(line);
    parties(story, line, event);
}

static void read_promise(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_PROMISE_MADE);
    struct rlc_promise *promise = &event->promise_made;
    struct rlc_document_ref *documents =
        rlc_arena_array(&story->arena, SCN_LINES_MAX, sizeof(*documents));

    promise->promise = scn_span(story, line, "a promise");
    promise->amount = scn_money(line);
    scn_need(line, "by");
    promise->promised_for = scn_day(line);
    promise->made_on = story->today;
    promise->channel = RLC_CHANNEL_CALL;
    promise->documents = documents;
    if (scn_accept(line, "for")) {
        while (promise->document_count < SCN_LINES_MAX && !list_ended(line))
            documents[promise->document_count++].document = scn_span(story, line, "a document");
    }
    parties(story, line, event);
}

static void read_hold(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_HOLD_PLACED);
    struct rlc_hold *hold = &event->hold_placed;

    hold->hold = scn_span(story, line, "a hold");
    hold->reason = RLC_HOLD_REASON_MANUAL;
    hold->clock = RLC_CLOCK_EFFECT_STOP;
    hold->from_ms = story->now_ms;
    scn_need(line, "on");
    if (scn_accept(line, "debtor"))
        hold->reach = RLC_REACH_DEBTOR;
    else if (scn_accept(line, "account"))
        hold->reach = RLC_REACH_ACCOUNT;
    else {
        hold->reach = RLC_REACH_DOCUMENT;
        hold->document = scn_span(story, line, "a document");
    }
    for (;;) {
        if (scn_accept(line, "until"))
            hold->until_ms = scn_instant(story, scn_day(line), 0);
        else if (scn_accept(line, "begins"))
            hold->from_ms = scn_instant(story, scn_day(line), 0);
        else if (scn_accept(line, "clock")) {
            hold->clock = (enum rlc_clock_effect)scn_vocable(line, RLC_VOCABULARY_CLOCK_EFFECT,
                                                             "clock (STOP, CONTINUE, RESTART)");
        } else if (scn_accept(line, "reason")) {
            hold->reason = (enum rlc_hold_reason)scn_vocable(line, RLC_VOCABULARY_HOLD_REASON,
                                                             "reason of a hold");
        } else if (!party(story, line, event)) {
            return;
        }
    }
}

static void read_lift(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_HOLD_LIFTED);

    event->hold_lifted.hold = scn_span(story, line, "a hold");
    parties(story, line, event);
}

static void read_withdrawn(struct scn_story *story, struct scn_line *line)
{
    struct rlc_debtor_event *event = event_of(story, line, RLC_EVENT_KIND_PROMISE_WITHDRAWN);

    event->promise_withdrawn.promise = scn_span(story, line, "a promise");
    event->promise_withdrawn.withdrawn_on = story->today;
    parties(story, line, event);
}

/* The event that follows, under the id of the latest one. */
static void read_otherwise(struct scn_story *story, struct scn_line *line)
{
    struct rlc_envelope *envelope = &story->happenings[story->happening_count].event.envelope;
    struct rlc_span latest = { 0 };

    for (size_t i = story->happening_count; i-- > 0 && latest.size == 0;)
        latest = story->happenings[i].event.envelope.source_event_id;
    if (latest.size == 0)
        scn_line_wrong(line, "nothing was said before that could be said otherwise");
    if (!scn_read_event(story, line))
        scn_line_wrong(line, "'%s' cannot be said otherwise", scn_peek(line));
    envelope->source_event_id = latest;
}

/* ---- all of them ---- */

bool scn_read_event(struct scn_story *story, struct scn_line *line)
{
    static const struct {
        const char *word;
        void (*read)(struct scn_story *, struct scn_line *);
    } VERBS[] = {
        { "POLICY", read_policy },
        { "CREDITOR", read_creditor },
        { "KILL-SWITCH", read_kill_switch },
        { "DEBTOR", read_debtor },
        { "CONTACT", read_contact },
        { "ERASE", read_erase },
        { "ACCOUNT", read_account },
        { "SCORE", read_score },
        { "INVOICE", read_invoice },
        { "AMEND", read_amend },
        { "CANCEL", read_cancel },
        { "OPENING", read_opening },
        { "PAYMENT", read_payment },
        { "REVERSAL", read_reversal },
        { "CREDIT-NOTE", read_credit_note },
        { "WRITE-OFF", read_write_off },
        { "SUSPECT", read_suspect },
        { "CLEAR", read_clear },
        { "DISPUTE", read_dispute },
        { "RESOLVED", read_resolved },
        { "PROMISE", read_promise },
        { "HOLD", read_hold },
        { "LIFT", read_lift },
        { "WITHDRAWN", read_withdrawn },
        { "OTHERWISE", read_otherwise },
    };

    for (size_t i = 0; i < RLC_COUNT(VERBS); i++) {
        if (!scn_accept(line, VERBS[i].word))
            continue;
        VERBS[i].read(story, line);
        return true;
    }
    return false;
}
