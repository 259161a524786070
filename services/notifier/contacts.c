/* SPDX-License-Identifier: Apache-2.0 */
#include "contacts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

/* NOLINTBEGIN(readability-function-size,clang-analyzer-*): what the macros of uthash expand to */

/* ---- contacts ---- */

static struct contact **list_of(struct contacts *contacts, enum contact_state state)
{
    switch (state) {
    case CONTACT_WAITING:
        return &contacts->waiting;
    case CONTACT_READY:
    case CONTACT_LOOKED:
        return &contacts->ready;
    case CONTACT_ENDED:
        return &contacts->ended;
    case CONTACT_UNDER_WAY:
        break;
    }
    return NULL;
}

static void enlist(struct contacts *contacts, struct contact *contact)
{
    struct contact **list = list_of(contacts, contact->state);

    if (list)
        DL_APPEND(*list, contact);
    contacts->ready_count += list == &contacts->ready;
}

static void delist(struct contacts *contacts, struct contact *contact)
{
    struct contact **list = list_of(contacts, contact->state);

    if (list)
        DL_DELETE(*list, contact);
    contacts->ready_count -= list == &contacts->ready;
}

struct contact *contacts_add(struct contacts *contacts, int32_t partition, struct rlc_span key,
                             const struct rlc_contact_body *body)
{
    struct contact *contact;

    HASH_FIND(hh, contacts->all, key.data, key.size, contact);
    assert(!contact);
    contact = calloc(1, sizeof(*contact) + key.size);
    if (!contact)
        return NULL;
    contact->state = CONTACT_WAITING;
    contact->partition = partition;
    contact->action = body->action;
    contact->request_number = body->request_number;
    contact->decided_at_ms = body->decided_at_ms;
    contact->not_after_ms = body->not_after_ms;
    contact->key_size = key.size;
    memcpy(contact->key, key.data, key.size);
    HASH_ADD(hh, contacts->all, key, contact->key_size, contact);
    contacts->busy[partition]++;
    enlist(contacts, contact);
    return contact;
}

static void count_list(const struct contact *list, size_t count[NOTIFIER_WAITS])
{
    const struct contact *contact;

    DL_FOREACH(list, contact)
    count[contact->wait]++;
}

void contacts_count(const struct contacts *contacts, size_t ret_count[NOTIFIER_WAITS])
{
    memset(ret_count, 0, NOTIFIER_WAITS * sizeof(*ret_count));
    count_list(contacts->waiting, ret_count);
    count_list(contacts->ready, ret_count);
}

void contacts_unprepare(struct contact *contact)
{
    union {
        const uint8_t *lent;
        void *owned;
    } record = { .lent = contact->record.data };

    prepared_free(contact->prepared);
    contact->prepared = NULL;
    free(record.owned);
    contact->record = (struct rlc_span){ NULL, 0 };
}

void contacts_remove(struct contacts *contacts, struct contact *contact)
{
    assert(contact->state != CONTACT_LOOKED);
    delist(contacts, contact);
    HASH_DEL(contacts->all, contact);
    contacts->busy[contact->partition]--;
    contacts_unprepare(contact);
    if (contact->transfer)
        contact->transfer->contact = NULL;
    free(contact);
}

void contacts_move(struct contacts *contacts, struct contact *contact, enum contact_state state)
{
    delist(contacts, contact);
    contact->state = state;
    enlist(contacts, contact);
}

struct notifier_local *contacts_end(struct contacts *contacts, struct contact *contact,
                                    enum rlc_local_event_kind kind)
{
    contacts_move(contacts, contact, CONTACT_ENDED);
    contact->event = (struct notifier_local_event){
        .local = { .kind = kind,
                   .debtor = rlc_key_debtor(contact_key(contact)),
                   .action = contact->action,
                   .request_number = contact->request_number },
        .context = contact,
    };
    return &contact->event.local;
}

static int by_age(const struct contact *a, const struct contact *b)
{
    if (a->decided_at_ms != b->decided_at_ms)
        return a->decided_at_ms < b->decided_at_ms ? -1 : 1;
    return rlc_span_compare(contact_key(a), contact_key(b));
}

void contacts_sort(struct contacts *contacts)
{
    DL_SORT(contacts->waiting, by_age);
}

/* ---- transfers ---- */

struct transfer *contacts_begin(struct contacts *contacts, struct contact *contact)
{
    struct transfer *transfer = calloc(1, sizeof(*transfer) + contact->key_size);

    if (!transfer)
        return NULL;
    transfer->contact = contact;
    transfer->id = ++contacts->next_id;
    transfer->partition = contact->partition;
    transfer->request_number = contact->request_number;
    transfer->contact_number = contact->contact_number;
    transfer->prepared = contact->prepared;
    transfer->key_size = contact->key_size;
    memcpy(transfer->key, contact->key, contact->key_size);
    DL_APPEND(contacts->transfers, transfer);
    contacts->unfinished++;
    contact->prepared = NULL;
    contacts_unprepare(contact);
    contact->transfer = transfer;
    contacts_move(contacts, contact, CONTACT_UNDER_WAY);
    return transfer;
}

struct transfer *contacts_transfer(struct contacts *contacts, uint64_t id)
{
    struct transfer *transfer;

    DL_SEARCH_SCALAR(contacts->transfers, transfer, id, id);
    return transfer && !transfer->finished ? transfer : NULL;
}

struct transfer *contacts_orphan(struct contacts *contacts, struct rlc_span key,
                                 uint32_t request_number)
{
    struct transfer *transfer;

    DL_FOREACH(contacts->transfers, transfer)
    {
        if (!transfer->contact && !transfer->forgotten &&
            transfer->request_number == request_number &&
            rlc_span_equal(rlc_span_from(transfer->key, transfer->key_size), key))
            return transfer;
    }
    return NULL;
}

void contacts_finish(struct contacts *contacts, struct transfer *transfer,
                     const struct rlc_smtp_result *result)
{
    assert(!transfer->finished);
    transfer->finished = true;
    transfer->result = *result;
    prepared_free(transfer->prepared);
    transfer->prepared = NULL;
    contacts->unfinished--;
    if (transfer->forgotten)
        contacts_forget(contacts, transfer);
}

void contacts_forget(struct contacts *contacts, struct transfer *transfer)
{
    assert(transfer->finished);
    if (transfer->contact)
        transfer->contact->transfer = NULL;
    DL_DELETE(contacts->transfers, transfer);
    free(transfer);
}

void contacts_clear(struct contacts *contacts)
{
    struct contact *contact, *next;
    struct transfer *transfer, *after;

    HASH_ITER(hh, contacts->all, contact, next)
    {
        if (contact->state == CONTACT_LOOKED)
            contacts_move(contacts, contact, CONTACT_READY);
        contacts_remove(contacts, contact);
    }
    DL_FOREACH_SAFE(contacts->transfers, transfer, after)
    {
        DL_DELETE(contacts->transfers, transfer);
        prepared_free(transfer->prepared);
        free(transfer);
    }
    contacts->unfinished = 0;
}

/* NOLINTEND(readability-function-size,clang-analyzer-*) */
