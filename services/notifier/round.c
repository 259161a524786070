/* SPDX-License-Identifier: Apache-2.0 */
#include "round.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <utlist.h>

#include "crew.h"
#include "state.h"
#include "turn.h"

/* Who is too late is found once a second. */
#define EXPIRE_NS (UINT64_C(1) * 1000000000u)
/* So are the numbers for people: counting takes a walk through all who wait. */
#define COUNT_NS (UINT64_C(1) * 1000000000u)

/* ---- numbers ---- */

static void tell_numbers(struct notifier_worker *worker)
{
    struct rlc_metrics *metrics = worker->config.metrics;
    size_t count[NOTIFIER_WAITS];

    if (!metrics || (worker->contacts.all && turn_now_ns(worker) - worker->counted_ns < COUNT_NS))
        return;
    worker->counted_ns = turn_now_ns(worker);
    contacts_count(&worker->contacts, count);
    for (size_t i = 0; i < NOTIFIER_WAITS; i++)
        rlc_metrics_set(metrics, rlc_series1(NOTIFIER_METRIC_WAITING, i), (int64_t)count[i]);
    rlc_metrics_set(metrics, rlc_series(NOTIFIER_METRIC_UNDER_WAY),
                    (int64_t)worker->contacts.unfinished);
}

/* ---- results ---- */

/* UNSPECIFIED: no byte of the message has left. */
static const enum rlc_outcome_result ENDS[RLC_SMTP_OUTCOME_COUNT] = {
    [RLC_SMTP_ACCEPTED] = RLC_OUTCOME_RESULT_ACCEPTED,
    [RLC_SMTP_REFUSED] = RLC_OUTCOME_RESULT_REFUSED,
    [RLC_SMTP_DEFERRED] = RLC_OUTCOME_RESULT_DEFERRED,
    [RLC_SMTP_UNKNOWN] = RLC_OUTCOME_RESULT_UNKNOWN,
    [RLC_SMTP_TOO_LATE] = RLC_OUTCOME_RESULT_UNSPECIFIED,
    [RLC_SMTP_BROKEN] = RLC_OUTCOME_RESULT_UNSPECIFIED,
};

/* What a relay answered is in its own words, and they may be about somebody. */
static void tell_broken(struct notifier_worker *worker, const struct rlc_smtp_result *result,
                        const char *code)
{
    char text[sizeof(worker->told)];

    (void)snprintf(text, sizeof(text), "relay %d of smtp.relays cannot be used, at its %s: %.180s",
                   (int)result->relay + 1, rlc_smtp_stage_name(result->stage),
                   result->code ? code : result->text);
    turn_tell(worker, "relay.broken", text);
}

/* The relay was asked, and so slow that the look was over before the message could begin. */
static bool is_late(const struct rlc_smtp_result *result)
{
    return result->outcome == RLC_SMTP_TOO_LATE && result->stage > RLC_SMTP_AT_START;
}

void round_end_transfer(struct notifier_worker *worker, struct contact *contact)
{
    const struct rlc_smtp_result *result = &contact->transfer->result;
    struct notifier_local *local =
        contacts_end(&worker->contacts, contact, RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED);

    contact->late += is_late(result);
    local->result =
        contact->late < TURN_LATE_MAX ? ENDS[result->outcome] : RLC_OUTCOME_RESULT_DEFERRED;
    if (local->result == RLC_OUTCOME_RESULT_DEFERRED)
        local->defer_ms = TURN_DEFERRED_MS;
    if (result->code) {
        (void)snprintf(contact->code, sizeof(contact->code), "%d%s%s", result->code,
                       result->enhanced[0] ? " " : "", result->enhanced);
    } else {
        (void)snprintf(contact->code, sizeof(contact->code), "%s",
                       rlc_smtp_stage_name(result->stage));
    }
    /* Before the recipient was named, whatever is wrong is not the recipient's. */
    if (local->result == RLC_OUTCOME_RESULT_REFUSED && result->stage >= RLC_SMTP_AT_RECIPIENT)
        local->contact_number = contact->contact_number;
    local->code = rlc_span_of(contact->code);
    if (result->outcome == RLC_SMTP_BROKEN)
        tell_broken(worker, result, contact->code);
}

static void collect(struct notifier_worker *worker)
{
    struct rlc_smtp_result result;

    while (worker->config.carrier->ops->collect(worker->config.carrier, &result)) {
        struct transfer *transfer = contacts_transfer(&worker->contacts, result.id);
        struct contact *contact;

        assert(transfer);
        contact = transfer->contact;
        contacts_finish(&worker->contacts, transfer, &result);
        if (contact)
            round_end_transfer(worker, contact);
    }
}

/* ---- too late ---- */

static void return_contact(struct notifier_worker *worker, struct contact *contact,
                           enum rlc_return_reason reason)
{
    contacts_end(&worker->contacts, contact, RLC_LOCAL_EVENT_KIND_LOOK_FINISHED)->reason = reason;
    contacts_unprepare(contact);
}

/* In a stepped installation time waits for the contacts. */
static bool is_too_late(const struct notifier_worker *worker, const struct contact *contact)
{
    return !worker->config.looks.stepped &&
           contact->not_after_ms < rlc_clock_now_ms(&worker->config.looks.clock);
}

static void expire_list(struct notifier_worker *worker, struct contact *list)
{
    struct contact *contact, *next;

    DL_FOREACH_SAFE(list, contact, next)
    {
        if (is_too_late(worker, contact))
            return_contact(worker, contact, RLC_RETURN_REASON_TOO_LATE);
    }
}

static void expire(struct notifier_worker *worker)
{
    if (turn_now_ns(worker) - worker->expired_ns < EXPIRE_NS)
        return;
    worker->expired_ns = turn_now_ns(worker);
    expire_list(worker, worker->contacts.waiting);
    expire_list(worker, worker->contacts.ready);
}

/* ---- looking ---- */

static void on_send(struct notifier_worker *worker, struct contact *contact,
                    const struct look *look)
{
    struct carrier *carrier = worker->config.carrier;
    const struct prepared *prepared = contact->prepared;
    struct notifier_local *local = &contact->event.local;
    struct rlc_error error;
    int64_t wait_ms = 0;

    if (carrier->ops->claim(carrier, prepared->to, &contact->claim, &wait_ms, &error) != RLC_OK) {
        turn_put_off(worker, contact, NOTIFIER_WAITS_FOR_CONNECTION,
                     wait_ms < TURN_AGAIN_MS || wait_ms == RLC_SMTP_WAIT_FOR_RESULT ? TURN_AGAIN_MS
                                                                                    : wait_ms);
        return;
    }
    contact->start_before_ns = look->start_before_ns;
    contact->event = (struct notifier_local_event){ .context = contact };
    *local = (struct notifier_local){
        .kind = RLC_LOCAL_EVENT_KIND_LOOK_FINISHED,
        .debtor = rlc_key_debtor(contact_key(contact)),
        .action = contact->action,
        .request_number = contact->request_number,
        .look = look->taken,
        .owner = worker->config.owner,
        .message_id = rlc_span_of(prepared->message_id),
        .content_hash = prepared->content_hash,
        .address_digest = prepared->address_digest,
    };
    contacts_move(&worker->contacts, contact, CONTACT_LOOKED);
}

static void on_look(struct notifier_worker *worker, struct contact *contact,
                    const struct look *look)
{
    int64_t back_ms = held_note(&worker->held_back, contact, look->wait, turn_now_ns(worker));

    if (look->wait != LOOK_WAITS_FOR_NOTHING) {
        turn_put_off(worker, contact, TURN_WAITS[look->wait], TURN_AGAIN_MS);
        if (back_ms)
            turn_send_back(worker, contact, TURN_WAITS[look->wait], back_ms);
    } else if (is_too_late(worker, contact)) {
        return_contact(worker, contact, RLC_RETURN_REASON_TOO_LATE);
    } else if (look->reason == RLC_RETURN_REASON_UNSPECIFIED) {
        on_send(worker, contact, look);
    } else {
        struct notifier_local *local =
            contacts_end(&worker->contacts, contact, RLC_LOCAL_EVENT_KIND_LOOK_FINISHED);

        local->reason = look->reason;
        local->look = look->taken;
        contacts_unprepare(contact);
    }
}

/* As many as may be sent at once. */
static void look(struct notifier_worker *worker, struct rlc_arena *arena)
{
    size_t under_way = worker->contacts.unfinished;
    size_t connections = worker->config.carrier->connections;
    size_t room = connections > under_way ? connections - under_way : 0;
    struct contact **contacts = rlc_arena_array(arena, room + 1, sizeof(struct contact *));
    struct look *looks = rlc_arena_array(arena, room + 1, sizeof(*looks));
    struct contact *contact;
    size_t count = 0;

    assert(contacts && looks);
    DL_FOREACH(worker->contacts.ready, contact)
    {
        const struct rlc_waiting_contact *record;

        if (count == room)
            break;
        if (contact->not_before_ns > turn_now_ns(worker))
            continue;
        record = notifier_state_decode(contact_key(contact), contact->record, arena);
        assert(record);
        contacts[count] = contact;
        looks[count++].request = &record->request;
    }
    if (!count)
        return;
    looks_take(worker->looks, looks, count, arena);
    for (size_t i = 0; i < count; i++)
        on_look(worker, contacts[i], &looks[i]);
}

void round_unlook(struct notifier_worker *worker, struct contact *contact)
{
    struct carrier *carrier = worker->config.carrier;

    if (contact->state != CONTACT_LOOKED)
        return;
    carrier->ops->release(carrier, contact->claim);
    contacts_move(&worker->contacts, contact, CONTACT_READY);
}

/* What was looked at and not committed is older than its look. */
static void unlook_all(struct notifier_worker *worker)
{
    struct contact *contact, *next;

    DL_FOREACH_SAFE(worker->contacts.ready, contact, next)
    round_unlook(worker, contact);
}

/* ---- making room ---- */

/* What is prepared and must wait for longer, for its recipient's domain or a relay to take another
 * one, waits in the line: else a few of one domain would hold all others back. */
static void make_room(struct notifier_worker *worker)
{
    struct contact *contact, *next;

    DL_FOREACH_SAFE(worker->contacts.ready, contact, next)
    {
        if (contact->not_before_ns <= turn_now_ns(worker) ||
            turn_now_ns(worker) - contact->ready_ns <= TURN_PATIENCE_NS)
            continue;
        contacts_unprepare(contact);
        contacts_move(&worker->contacts, contact, CONTACT_WAITING);
    }
}

/* ---- handing over ---- */

void round_not_started(struct notifier_worker *worker, struct contact *contact)
{
    bool broken = contact->transfer && contact->transfer->result.outcome == RLC_SMTP_BROKEN;

    if (contact->transfer)
        contacts_forget(&worker->contacts, contact->transfer);
    turn_send_back(worker, contact,
                   broken ? NOTIFIER_WAITS_FOR_CONNECTION : NOTIFIER_WAITS_FOR_TURN,
                   broken ? TURN_BROKEN_MS : TURN_AGAIN_MS);
}

void round_submit(struct notifier_worker *worker, struct contact *contact)
{
    struct carrier *carrier = worker->config.carrier;
    struct rlc_smtp_claim claim = contact->claim;
    struct transfer *transfer = contacts_begin(&worker->contacts, contact);
    struct rlc_smtp_mail mail;
    struct rlc_error error = { .text = "out of memory" };

    if (transfer) {
        mail = (struct rlc_smtp_mail){ .id = transfer->id,
                                       .from = transfer->prepared->from,
                                       .to = transfer->prepared->to,
                                       .message = transfer->prepared->message,
                                       .start_before_ns = contact->start_before_ns };
        if (carrier->ops->submit(carrier, claim, &mail, &error) == RLC_OK)
            return;
        contacts_finish(
            &worker->contacts, transfer,
            &(struct rlc_smtp_result){ .id = transfer->id, .outcome = RLC_SMTP_TOO_LATE });
    } else {
        carrier->ops->release(carrier, claim);
    }
    turn_tell(worker, "contact.waits", error.text);
    contacts_end(&worker->contacts, contact, RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED);
}

/* ---- all ---- */

void round_go(struct notifier_worker *worker, struct rlc_arena *arena)
{
    struct rlc_keyring *keyring = worker->config.prepare.keyring;

    keyring->ops->expire(keyring);
    collect(worker);
    unlook_all(worker);
    if (worker->held)
        return;
    expire(worker);
    make_room(worker);
    crew_prepare(worker, arena);
    look(worker, arena);
    tell_numbers(worker);
}
