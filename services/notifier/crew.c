/* SPDX-License-Identifier: Apache-2.0 */
#include "crew.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "state.h"
#include "turn.h"

/* Prepared contacts for each connection: one is sent, the next is ready. */
#define READY_PER_CONNECTION 2
#define READY_MIN            4
/* Contacts prepared in one go: their records and keys are read together, and the loop waits. */
#define PREPARE_MAX 32
/* Contacts passed over in one round because something holds them back for now. */
#define PASSED_OVER_MAX 256

/* Contacts that are prepared together. */
struct crew {
    struct contact *contact[PREPARE_MAX];
    struct rlc_span key[PREPARE_MAX];
    struct rlc_span value[PREPARE_MAX];
    struct rlc_view_read read[PREPARE_MAX];
    struct preparing preparing[PREPARE_MAX];
    size_t count;
};

static size_t ready_max(const struct notifier_worker *worker)
{
    size_t most = worker->config.carrier->connections * READY_PER_CONNECTION;

    return most > READY_MIN ? most : READY_MIN;
}

/* Who is held back goes to the end of the line, unprepared. */
static void pick(struct notifier_worker *worker, struct crew *crew)
{
    size_t room = ready_max(worker) - worker->contacts.ready_count;
    size_t passed_over = 0;
    struct contact *contact, *next;

    crew->count = 0;
    DL_FOREACH_SAFE(worker->contacts.waiting, contact, next)
    {
        if (crew->count == room || crew->count == PREPARE_MAX || passed_over == PASSED_OVER_MAX)
            break;
        if (contact->not_before_ns > turn_now_ns(worker)) {
            passed_over++;
        } else if (held_by(&worker->held_back, contact, turn_now_ns(worker))) {
            passed_over++;
            contact->wait = TURN_WAITS[held_by(&worker->held_back, contact, turn_now_ns(worker))];
            contacts_move(&worker->contacts, contact, CONTACT_WAITING);
        } else {
            crew->contact[crew->count++] = contact;
        }
    }
}

/* Leaves out a contact that cannot be read now, or whose record is not as it was. */
static void drop_from(struct crew *crew, size_t place)
{
    crew->count--;
    for (size_t i = place; i < crew->count; i++) {
        crew->contact[i] = crew->contact[i + 1];
        crew->value[i] = crew->value[i + 1];
        crew->preparing[i] = crew->preparing[i + 1];
    }
}

static bool read_records(struct notifier_worker *worker, struct crew *crew, struct rlc_arena *arena)
{
    struct rlc_view *view = worker->config.records;
    struct rlc_error ignored;

    for (size_t i = 0; i < crew->count; i++) {
        crew->key[i] = contact_key(crew->contact[i]);
        crew->read[i] = (struct rlc_view_read){ .partition = crew->contact[i]->partition,
                                                .keys = &crew->key[i],
                                                .count = 1,
                                                .values = &crew->value[i] };
    }
    return view->ops->read(view, crew->read, crew->count, arena, &ignored) == RLC_OK;
}

/* The lines of the further parts. */
static bool read_annex(struct notifier_worker *worker, const struct contact *contact,
                       struct preparing *preparing, struct rlc_arena *arena)
{
    size_t count = preparing->contact->parts - 1;
    struct notifier_key *keys = rlc_arena_array(arena, count + 1, sizeof(*keys));
    struct rlc_span *spans = rlc_arena_array(arena, count + 1, sizeof(*spans));
    struct rlc_span *values = rlc_arena_array(arena, count + 1, sizeof(*values));
    struct rlc_line *lines =
        rlc_arena_array(arena, count * RLC_REQUEST_LINES_MAX + 1, sizeof(*lines));
    struct rlc_view_read read = { contact->partition, spans, count, values, { 0 } };
    struct rlc_view *view = worker->config.records;
    struct rlc_error ignored;

    if (!count)
        return true;
    assert(keys && spans && values && lines);
    for (size_t i = 0; i < count; i++) {
        notifier_key_annex(rlc_key_debtor(contact_key(contact)), &contact->action, (uint32_t)i + 1,
                           &keys[i]);
        spans[i] = keys[i].span;
    }
    if (view->ops->read(view, &read, 1, arena, &ignored) != RLC_OK)
        return false;
    preparing->annex = lines;
    for (size_t i = 0; i < count; i++) {
        const struct rlc_waiting_annex *annex =
            values[i].data ? notifier_state_decode(spans[i], values[i], arena) : NULL;

        if (!annex)
            return false;
        for (size_t k = 0; k < annex->line_count; k++)
            lines[preparing->annex_count++] = annex->lines[k];
    }
    return true;
}

/* From bytes to what is prepared; the others try again later. */
static void decode_records(struct notifier_worker *worker, struct crew *crew,
                           struct rlc_arena *arena)
{
    for (size_t i = 0; i < crew->count;) {
        struct preparing *preparing = &crew->preparing[i];
        struct contact *contact = crew->contact[i];

        *preparing = (struct preparing){ .contact = NULL };
        if (crew->value[i].data)
            preparing->contact = notifier_state_decode(contact_key(contact), crew->value[i], arena);
        if (preparing->contact && read_annex(worker, contact, preparing, arena)) {
            i++;
            continue;
        }
        turn_put_off(worker, contact, NOTIFIER_WAITS_FOR_MESSAGE, TURN_RETRY_MS);
        drop_from(crew, i);
    }
}

static bool keep_record(struct contact *contact, struct rlc_span bytes)
{
    uint8_t *copy = malloc(bytes.size);

    if (!copy)
        return false;
    memcpy(copy, bytes.data, bytes.size);
    contact->record = rlc_span_from(copy, bytes.size);
    return true;
}

static void take_prepared(struct notifier_worker *worker, struct contact *contact,
                          struct preparing *preparing, struct rlc_span bytes)
{
    struct notifier_local *local;

    contact->prepared = preparing->prepared;
    if (contact->prepared && keep_record(contact, bytes)) {
        contact->ready_ns = turn_now_ns(worker);
        contact->wait = NOTIFIER_WAITS_FOR_TURN;
        contact->contact_number = contact->prepared->contact_number;
        contacts_move(&worker->contacts, contact, CONTACT_READY);
        return;
    }
    if (preparing->reason == RLC_RETURN_REASON_UNSPECIFIED) {
        if (preparing->detail[0])
            turn_tell(worker, "contact.waits", preparing->detail);
        turn_send_back(worker, contact, NOTIFIER_WAITS_FOR_MESSAGE, TURN_RETRY_MS);
        return;
    }
    local = contacts_end(&worker->contacts, contact, RLC_LOCAL_EVENT_KIND_LOOK_FINISHED);
    local->reason = preparing->reason;
    local->contact_number = preparing->contact_number;
    memcpy(contact->detail, preparing->detail, sizeof(contact->detail));
    local->detail = rlc_span_of(contact->detail);
}

/* It is away for all contacts, and each question may wait seconds for it on the loop's thread. */
static void store_is_away(struct notifier_worker *worker, const struct crew *crew,
                          const struct rlc_error *error)
{
    worker->away_until_ns = turn_after_ns(worker, TURN_RETRY_MS);
    for (size_t i = 0; i < crew->count; i++)
        crew->contact[i]->wait = NOTIFIER_WAITS_FOR_MESSAGE;
    if (error->text[0])
        turn_tell(worker, "contact.waits", error->text);
}

static enum rlc_status prepare_some(struct notifier_worker *worker, struct crew *crew, size_t first,
                                    size_t count, struct rlc_arena *arena, struct rlc_error *reterr)
{
    enum rlc_status status =
        prepare_all(&worker->config.prepare, &crew->preparing[first], count, arena, reterr);

    for (size_t i = first; status == RLC_OK && i < first + count; i++)
        take_prepared(worker, crew->contact[i], &crew->preparing[i], crew->value[i]);
    return status;
}

/* A key that nobody can use is one tenant's: the others of the crew do not wait for it. */
static void prepare_each(struct notifier_worker *worker, struct crew *crew, struct rlc_arena *arena)
{
    for (size_t i = 0; i < crew->count; i++) {
        struct rlc_error error = { .text = "" };

        if (prepare_some(worker, crew, i, 1, arena, &error) == RLC_OK)
            continue;
        turn_tell(worker, "contact.waits", error.text);
        turn_send_back(worker, crew->contact[i], NOTIFIER_WAITS_FOR_MESSAGE, TURN_RETRY_MS);
    }
}

void crew_prepare(struct notifier_worker *worker, struct rlc_arena *arena)
{
    struct crew crew;
    struct rlc_error error = { .text = "" };
    enum rlc_status status = RLC_RETRY;

    if (worker->contacts.ready_count >= ready_max(worker) ||
        turn_now_ns(worker) < worker->away_until_ns)
        return;
    pick(worker, &crew);
    if (!crew.count)
        return;
    if (read_records(worker, &crew, arena)) {
        decode_records(worker, &crew, arena);
        status = prepare_some(worker, &crew, 0, crew.count, arena, &error);
    }
    if (status == RLC_RETRY)
        store_is_away(worker, &crew, &error);
    else if (status != RLC_OK)
        prepare_each(worker, &crew, arena);
}
