/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <assert.h>
#include <string.h>

#include <utlist.h>

#include "common/runtime/loop/effects.h"

#include "round.h"
#include "turn.h"

bool notifier_worker_open(struct notifier_worker *worker, const struct notifier_config *config)
{
    *worker = (struct notifier_worker){ .config = *config,
                                        .looks = looks_new(&config->looks),
                                        .held_back = { .partitions = config->looks.partitions },
                                        .catalog = { .inner = config->prepare.catalog,
                                                     .clock = config->looks.clock } };
    worker->config.prepare.catalog = notifier_catalog_of(&worker->catalog);
    return worker->looks != NULL;
}

void notifier_worker_close(struct notifier_worker *worker)
{
    contacts_clear(&worker->contacts);
    looks_free(worker->looks);
}

/* ---- partitions ---- */

/* An attempt in the records: of whom, and what became of it? One of ours that is not under way
 * never was: handing over is the first thing that follows its commit. */
static void adopt_attempt(struct notifier_worker *worker, struct contact *contact,
                          const struct rlc_waiting_contact *record)
{
    struct transfer *transfer = contacts_orphan(&worker->contacts, contact_key(contact),
                                                record->request.body.request_number);
    bool ours = memcmp(&record->owner, &worker->config.owner, sizeof(record->owner)) == 0;

    if (!ours) {
        contacts_end(&worker->contacts, contact, RLC_LOCAL_EVENT_KIND_OWNER_CHANGED);
    } else if (!transfer) {
        contacts_end(&worker->contacts, contact, RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED);
    } else {
        transfer->contact = contact;
        contact->transfer = transfer;
        contact->contact_number = transfer->contact_number;
        contacts_move(&worker->contacts, contact, CONTACT_UNDER_WAY);
        if (transfer->finished)
            round_end_transfer(worker, contact);
    }
}

static void adopt(void *self, int32_t partition, const struct rlc_span *keys, void *const *records,
                  size_t count)
{
    struct notifier_worker *worker = self;

    for (size_t i = 0; i < count; i++) {
        const struct rlc_waiting_contact *record = records[i];
        const struct rlc_contact_body *body = &record->request.body;
        struct contact *contact;

        if (record->parts < body->part_count)
            continue; /* its next part is still to be read */
        contact = contacts_add(&worker->contacts, partition, keys[i], body);
        assert(contact);
        if (record->phase == RLC_CONTACT_PHASE_ATTEMPTED)
            adopt_attempt(worker, contact, record);
    }
}

/* Whoever of this partition was under way and is not in the records was answered by another. */
static void adopted(void *self, int32_t partition)
{
    struct notifier_worker *worker = self;
    struct transfer *transfer, *next;

    contacts_sort(&worker->contacts);
    DL_FOREACH_SAFE(worker->contacts.transfers, transfer, next)
    {
        if (transfer->partition != partition || transfer->contact)
            continue;
        transfer->forgotten = true;
        if (transfer->finished)
            contacts_forget(&worker->contacts, transfer);
    }
}

static void drop(void *self, int32_t partition)
{
    struct notifier_worker *worker = self;
    struct contact *contact, *next;

    HASH_ITER(hh, worker->contacts.all, contact, next)
    {
        if (contact->partition != partition)
            continue;
        round_unlook(worker, contact);
        contacts_remove(&worker->contacts, contact);
    }
}

static int64_t busy(void *self, int32_t partition)
{
    return ((const struct notifier_worker *)self)->contacts.busy[partition];
}

/* ---- local events ---- */

static size_t hand_out(struct contact *list, enum contact_state state, struct rlc_local *ret_local,
                       size_t count)
{
    struct contact *contact;

    DL_FOREACH(list, contact)
    {
        if (count == RLC_LOCALS_MAX)
            break;
        if (contact->state != state)
            continue;
        ret_local[count++] = (struct rlc_local){ .partition = contact->partition,
                                                 .subject = contact_key(contact),
                                                 .body = &contact->event };
    }
    return count;
}

static size_t gather(void *self, struct rlc_arena *arena, struct rlc_local *ret_local)
{
    struct notifier_worker *worker = self;
    size_t count;

    round_go(worker, arena);
    count = hand_out(worker->contacts.ended, CONTACT_ENDED, ret_local, 0);
    return hand_out(worker->contacts.ready, CONTACT_LOOKED, ret_local, count);
}

static void answered(struct notifier_worker *worker, struct contact *contact)
{
    struct transfer *transfer = contact->transfer;

    round_unlook(worker, contact);
    contacts_remove(&worker->contacts, contact);
    if (transfer)
        contacts_forget(&worker->contacts, transfer);
}

static void committed_local(struct notifier_worker *worker,
                            const struct notifier_local_event *event)
{
    struct contact *contact = event->context;
    const struct notifier_local *local = &event->local;

    /* One that was not decided is about a request that is answered already. */
    if (event->decided && contact->state == CONTACT_LOOKED)
        round_submit(worker, contact);
    else if (event->decided && local->kind == RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED &&
             local->result == RLC_OUTCOME_RESULT_UNSPECIFIED)
        round_not_started(worker, contact);
    else
        answered(worker, contact);
}

static void committed(void *self, const struct rlc_event *event)
{
    struct notifier_worker *worker = self;
    const struct notifier_request_event *request = event->body;

    if (event->class == RLC_EVENT_LOCAL) {
        committed_local(worker, event->body);
    } else if (request && request->stays) {
        struct contact *contact = contacts_add(&worker->contacts, event->record->partition,
                                               event->subject, &request->request.body);

        assert(contact);
    }
}

static int32_t wait_ms(void *self)
{
    const struct contacts *contacts = &((const struct notifier_worker *)self)->contacts;

    if (contacts->ended)
        return 0;
    if (contacts->unfinished)
        return TURN_TRANSFER_MS;
    return contacts->waiting || contacts->ready ? TURN_AGAIN_MS : INT32_MAX;
}

static void hold(void *self, bool held)
{
    ((struct notifier_worker *)self)->held = held;
}

static bool under_way(void *self)
{
    const struct contacts *contacts = &((const struct notifier_worker *)self)->contacts;

    return contacts->unfinished || contacts->ended;
}

static const struct rlc_effects EFFECTS = { adopt,   adopted, drop, gather,   committed,
                                            wait_ms, busy,    hold, under_way };

struct rlc_service notifier_worker_service(void)
{
    struct rlc_service service = NOTIFIER_SERVICE;

    service.effects = &EFFECTS;
    return service;
}
