/* SPDX-License-Identifier: Apache-2.0 */
#include "lot_inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/memory.h"

/* Address space for a lot: its tables, names, and what lies on its lines. Filling stops at half of
 * it, so that the agreements of its debtors find room. */
#define LOT_ARENA ((size_t)512 << 20)
#define LOT_FILL  (LOT_ARENA / 2)
/* What stays allocated between two lots. */
#define LOT_KEEP ((size_t)64 << 20)

static const char *const NAMES[LOT_FAULT_COUNT] = {
    [LOT_NONE] = "NONE",
    [LOT_BEHIND_PAYMENT] = "BEHIND_PAYMENT",
    [LOT_BEHIND_SUSPENSION] = "BEHIND_SUSPENSION",
    [LOT_BEHIND_CHANGE] = "BEHIND_CHANGE",
    [LOT_NO_ATTEMPT] = "NO_ATTEMPT",
    [LOT_ATTEMPTED_AGAIN] = "ATTEMPTED_AGAIN",
    [LOT_UNREADABLE] = "UNREADABLE",
};

const char *lot_fault_name(enum lot_fault fault)
{
    assert(fault >= 0 && fault < LOT_FAULT_COUNT);
    return NAMES[fault];
}

bool lot_fault_is_behind(enum lot_fault fault)
{
    return fault >= LOT_BEHIND_PAYMENT && fault <= LOT_BEHIND_CHANGE;
}

/* ---- memory ---- */

struct lot *lot_new(void)
{
    struct lot *lot = calloc(1, sizeof(*lot));

    if (!lot || rlc_arena_map(&lot->arena, LOT_ARENA) != RLC_OK) {
        free(lot);
        return NULL;
    }
    return lot;
}

void lot_free(struct lot *lot)
{
    if (!lot)
        return;
    rlc_arena_unmap(&lot->arena);
    free(lot);
}

void lot_begin(struct lot *lot, int32_t partition)
{
    struct rlc_arena arena = lot->arena;

    rlc_arena_reset(&arena);
    rlc_arena_trim(&arena, LOT_KEEP);
    *lot =
        (struct lot){ .arena = arena, .partition = partition, .contacts_off = -1, .facts_at = -1 };
    lot->entries = rlc_arena_array(&lot->arena, LOT_ENTRIES_MAX, sizeof(*lot->entries));
    lot->lines = rlc_arena_array(&lot->arena, LOT_LINES_MAX, sizeof(*lot->lines));
    assert(lot->entries && lot->lines);
}

/* ---- order ---- */

static int order_of_debtors(const struct entry *a, const struct entry *b)
{
    int order = rlc_span_compare(a->tenant, b->tenant);

    return order != 0 ? order : rlc_span_compare(a->debtor, b->debtor);
}

static int order_of_requests(const struct entry *a, const struct entry *b)
{
    int order = memcmp(a->action.bytes, b->action.bytes, sizeof(a->action.bytes));

    if (order != 0)
        return order;
    return a->request_number < b->request_number ? -1 : a->request_number > b->request_number;
}

int lot_by_debtor(const void *left, const void *right)
{
    return order_of_debtors(*(struct entry *const *)left, *(struct entry *const *)right);
}

static int by_request(const void *left, const void *right)
{
    const struct entry *a = *(struct entry *const *)left;
    const struct entry *b = *(struct entry *const *)right;
    int order = order_of_requests(a, b);

    return order != 0 ? order : (a->off < b->off ? -1 : a->off > b->off);
}

int lot_by_document(const void *left, const void *right)
{
    const struct line *a = *(struct line *const *)left;
    const struct line *b = *(struct line *const *)right;
    int order = order_of_debtors(a->attempt, b->attempt);

    if (order == 0)
        order = rlc_span_compare(a->creditor, b->creditor);
    return order != 0 ? order : rlc_span_compare(a->document, b->document);
}

size_t lot_first_from(const void *sorted, size_t count, const void *wanted,
                      int (*order)(const void *, const void *))
{
    const void *const *items = sorted;
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (order(&items[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- filling ---- */

static bool is_entry(const struct rlc_audit_record *record)
{
    return record->kind == RLC_AUDIT_KIND_ATTEMPTED || record->kind == RLC_AUDIT_KIND_CONTACT_ENDED;
}

static bool has_room(const struct lot *lot, const struct rlc_audit_record *record)
{
    size_t lines =
        record->kind == RLC_AUDIT_KIND_ATTEMPTED ? record->attempted.line_count : (size_t)0;

    return lot->entry_count < LOT_ENTRIES_MAX && lot->line_count + lines <= LOT_LINES_MAX &&
           lot->arena.used < LOT_FILL;
}

static bool copy(struct lot *lot, struct rlc_span source, struct rlc_span *ret_copy)
{
    *ret_copy = rlc_arena_copy(&lot->arena, source);
    return source.size == 0 || ret_copy->data;
}

static bool add_lines(struct lot *lot, struct entry *entry, const struct rlc_attempted *attempted)
{
    entry->lines = &lot->lines[lot->line_count];
    entry->line_count = attempted->line_count;
    for (size_t i = 0; i < attempted->line_count; i++) {
        const struct rlc_attempt_line *said = &attempted->lines[i];
        struct line *line = &entry->lines[i];

        *line = (struct line){ .attempt = entry, .asked = said->open, .known_off = -1 };
        if (!copy(lot, said->creditor.size > 0 ? said->creditor : entry->creditor,
                  &line->creditor) ||
            !copy(lot, said->document, &line->document))
            return false;
    }
    lot->line_count += attempted->line_count;
    return true;
}

static bool add_attempt(struct lot *lot, struct entry *entry, const struct rlc_attempted *attempted)
{
    entry->action = attempted->action;
    entry->request_number = attempted->request_number;
    entry->watermark = attempted->look.watermark;
    entry->epochs = attempted->look.epochs;
    if (entry->watermark > lot->watermark)
        lot->watermark = entry->watermark;
    return add_lines(lot, entry, attempted);
}

static bool add_entry(struct lot *lot, const struct rlc_audit_record *record, int64_t off)
{
    struct entry *entry = &lot->entries[lot->entry_count];

    *entry = (struct entry){
        .kind = record->kind, .off = off, .decided_at_ms = record->decided_at_ms, .changed_off = -1
    };
    if (!copy(lot, record->envelope.tenant, &entry->tenant) ||
        !copy(lot, record->envelope.debtor, &entry->debtor) ||
        !copy(lot, record->envelope.creditor, &entry->creditor))
        return false;
    if (record->kind == RLC_AUDIT_KIND_ATTEMPTED)
        return add_attempt(lot, entry, &record->attempted);
    entry->action = record->contact_ended.action;
    entry->request_number = record->contact_ended.request_number;
    return true;
}

bool lot_add(struct lot *lot, const struct rlc_audit_record *record, int64_t off)
{
    if (!is_entry(record))
        return true;
    if (!has_room(lot, record) || !add_entry(lot, record, off))
        return false;
    lot->attempt_count += record->kind == RLC_AUDIT_KIND_ATTEMPTED;
    lot->entry_count++;
    return true;
}

bool lot_is_empty(const struct lot *lot)
{
    return lot->entry_count == 0;
}

bool lot_close(struct lot *lot)
{
    size_t attempts = 0;

    lot->by_request = rlc_arena_array(&lot->arena, lot->entry_count + 1, sizeof(struct entry *));
    lot->by_debtor = rlc_arena_array(&lot->arena, lot->attempt_count + 1, sizeof(struct entry *));
    lot->by_document = rlc_arena_array(&lot->arena, lot->line_count + 1, sizeof(struct line *));
    if (!lot->by_request || !lot->by_debtor || !lot->by_document)
        return false;
    for (size_t i = 0; i < lot->entry_count; i++) {
        lot->by_request[i] = &lot->entries[i];
        if (lot->entries[i].kind == RLC_AUDIT_KIND_ATTEMPTED)
            lot->by_debtor[attempts++] = &lot->entries[i];
    }
    for (size_t i = 0; i < lot->line_count; i++)
        lot->by_document[i] = &lot->lines[i];
    qsort(lot->by_request, lot->entry_count, sizeof(struct entry *), by_request);
    qsort(lot->by_debtor, lot->attempt_count, sizeof(struct entry *), lot_by_debtor);
    qsort(lot->by_document, lot->line_count, sizeof(struct line *), lot_by_document);
    return true;
}

/* ---- the order of a request ---- */

/* Entries of the record's request, in the order of the log; the first one knows how it stands. */
static struct entry **request_of(struct lot *lot, const struct rlc_action_id *action,
                                 uint32_t number, size_t *ret_count)
{
    struct entry wanted = { .action = *action, .request_number = number, .off = INT64_MIN };
    size_t first = lot_first_from(lot->by_request, lot->entry_count, &wanted, by_request);
    size_t end = first;

    while (end < lot->entry_count && order_of_requests(lot->by_request[end], &wanted) == 0)
        end++;
    *ret_count = end - first;
    return &lot->by_request[first];
}

static void accuse(struct entry **request, size_t count, int64_t off, enum lot_fault fault)
{
    for (size_t i = 0; i < count; i++) {
        if (request[i]->off == off)
            request[i]->order_fault = fault;
    }
}

static void take_attempt(struct lot *lot, const struct rlc_attempted *attempted, int64_t off)
{
    size_t count;
    struct entry **request = request_of(lot, &attempted->action, attempted->request_number, &count);

    if (count == 0)
        return;
    if (request[0]->busy && attempted->part == 0)
        accuse(request, count, off, LOT_ATTEMPTED_AGAIN);
    request[0]->tried = true;
    request[0]->busy = true;
}

static void take_end(struct lot *lot, const struct rlc_outcome *outcome, int64_t off)
{
    size_t count;
    struct entry **request = request_of(lot, &outcome->action, outcome->request_number, &count);

    if (count == 0)
        return;
    if (!request[0]->tried)
        accuse(request, count, off, LOT_NO_ATTEMPT);
    request[0]->busy = outcome->result != RLC_OUTCOME_RESULT_UNKNOWN;
}

/* A transfer that finished without a result had not begun: nothing can have arrived. */
static void take_local(struct lot *lot, const struct rlc_local_event *local)
{
    size_t count;
    struct entry **request = request_of(lot, &local->action, local->request_number, &count);

    if (count > 0 && local->event == RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED &&
        (local->result == RLC_OUTCOME_RESULT_UNSPECIFIED ||
         local->result == RLC_OUTCOME_RESULT_UNKNOWN))
        request[0]->busy = false;
}

void lot_take_contact(struct lot *lot, const struct rlc_audit_record *record, int64_t off)
{
    lot->contacts_off = off;
    if (record->kind == RLC_AUDIT_KIND_ATTEMPTED)
        take_attempt(lot, &record->attempted, off);
    else if (record->kind == RLC_AUDIT_KIND_CONTACT_ENDED)
        take_end(lot, &record->contact_ended, off);
    else if (record->kind == RLC_AUDIT_KIND_LOCAL_EVENT)
        take_local(lot, &record->local_event);
}

bool lot_has_passed_contacts(const struct lot *lot)
{
    return lot->entry_count == 0 || lot->contacts_off >= lot->entries[lot->entry_count - 1].off;
}
