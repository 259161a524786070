/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering: records of ready partitions become items, until the queue is empty or the batch full.
 * A tick or a sweep is an agenda: it stands for many subjects, so it neither follows nor precedes
 * other records of its partition in one batch (what it lists must be applied first). */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/decimal.h"
#include "common/runtime/error.h"
#include "common/runtime/loop/lane.h"

/* Header by which a replay stamps the time of what it publishes (architecture, section 6). */
#define NOW_HEADER "relance-now"

void rlc_batch_reset(struct rlc_worker *worker)
{
    struct rlc_batch *batch = &worker->batch;

    rlc_arena_reset(&worker->arena);
    batch->count = 0;
    batch->agendas = 0;
    batch->first = NULL;
    batch->tail = &batch->first;
    batch->outputs = 0;
    batch->bytes = 0;
    batch->tallies = NULL;
    batch->waits_for = NULL;
    batch->cause_hash = (struct rlc_record_hash){ .known = false };
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        part->batch_count = 0;
        part->agenda = false;
        part->ticking = false;
        part->cut = false;
        part->batch_next = part->next_in;
        part->batch_time_ms = part->time_ms;
        part->batch_chain = part->chain;
    }
    worker->env.bus->ops->release(worker->env.bus);
}

bool rlc_batch_stands(const struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        const struct rlc_part *part = &worker->parts[i];

        if (part->phase != RLC_PART_READY && (part->batch_count || part->agenda))
            return false;
    }
    return true;
}

bool rlc_batch_has_agenda(const struct rlc_worker *worker)
{
    return worker->batch.agendas > 0;
}

static void reread(struct rlc_worker *worker, struct rlc_part *part, int64_t offset)
{
    struct rlc_error error;

    if (worker->held && worker->held_record.topic == part->topic &&
        worker->held_record.partition == part->partition)
        worker->held = false;
    if (worker->env.bus->ops->seek(worker->env.bus, part->topic, part->partition, offset, &error) !=
        RLC_OK) {
        rlc_restore_begin(worker, part, error.text);
        return;
    }
    part->polled = offset;
    part->last_end = RLC_OFFSET_NONE;
}

void rlc_batch_rewind(struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (part->phase == RLC_PART_READY && (part->batch_count || part->agenda))
            reread(worker, part, part->next_in);
    }
    rlc_batch_reset(worker);
}

void rlc_batch_reread_cut(struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (part->phase == RLC_PART_READY && part->cut)
            reread(worker, part, part->cut_offset);
    }
}

void rlc_batch_cut(struct rlc_worker *worker, size_t from)
{
    struct rlc_batch *batch = &worker->batch;

    for (size_t i = from; i < batch->count; i++) {
        struct rlc_part *part = batch->items[i].part;

        if (!part->cut) {
            part->cut = true;
            part->cut_offset = batch->items[i].record.offset;
        }
    }
    batch->count = from;
}

/* ---- from record to item ---- */

static rlc_ms stamp(const struct rlc_worker *worker, const struct rlc_record *record)
{
    int64_t now_ms;

    for (size_t i = 0; worker->env.stepped && i < record->header_count; i++) {
        if (strcmp(record->header[i].name, NOW_HEADER) == 0 &&
            rlc_i64_parse(record->header[i].value, &now_ms))
            return now_ms;
    }
    return rlc_worker_now(worker);
}

/* Reading back our own tick shows how far our clock is from the broker's: it was just appended. */
static void learn_skew(struct rlc_worker *worker, const struct rlc_part *part,
                       const struct rlc_record *record)
{
    int64_t skew_ms = part->tick_clock_ms - record->append_ms;
    bool wrong = skew_ms > RLC_CLAMP_TOLERANCE_MS || skew_ms < -RLC_CLAMP_TOLERANCE_MS;

    if (wrong && worker->skew_ms == 0)
        rlc_note(worker, "clock.wrong", part->partition,
                 "this machine's clock differs from the broker's; the broker's is used");
    worker->skew_ms = wrong ? skew_ms : 0;
}

/* Rule 3: in system time nothing is later than its append time plus a tolerance. */
static void clamp(struct rlc_worker *worker, const struct rlc_part *part,
                  const struct rlc_record *record, struct rlc_event *event)
{
    rlc_ms latest_ms = record->append_ms + RLC_CLAMP_TOLERANCE_MS;

    if (event->class == RLC_EVENT_TICK && record->offset == part->tick_offset)
        learn_skew(worker, part, record);
    if (worker->env.stepped || event->at_ms <= latest_ms)
        return;
    event->at_ms = latest_ms;
    rlc_count(worker, RLC_COUNT_CLAMPED, 1);
}

/* What the worker itself refuses, unread. */
static enum rlc_status admit(const struct rlc_worker *worker, const struct rlc_part *part,
                             const struct rlc_record *record, struct rlc_fault *fault)
{
    if (part->poison == record->offset)
        return rlc_fault_set(fault, "TOO_LARGE", "",
                             "what follows from this record does not fit into one message");
    if (rlc_suspect_is_poison(worker->env.suspects, record->topic, record->partition,
                              record->offset))
        return rlc_fault_set(fault, "CRASHED", "",
                             "this record ended the process three times: report it, it is kept");
    return RLC_OK;
}

/* An item carries a fault only if there is one: it would be most of what a batch has of it. */
static bool refuse(struct rlc_worker *worker, const struct rlc_fault *fault, struct rlc_item *item)
{
    struct rlc_fault *kept = rlc_arena_alloc(&worker->arena, sizeof(*kept));

    if (!kept)
        return false;
    *kept = *fault;
    item->fault = kept;
    return true;
}

/* False when the record has to be decoded again, in another batch. */
static bool decode(struct rlc_worker *worker, struct rlc_part *part,
                   const struct rlc_record *record, rlc_ms at_ms, struct rlc_item *ret_item)
{
    const struct rlc_service *service = worker->env.service;
    struct rlc_fault fault = { .code = NULL };
    enum rlc_status status = admit(worker, part, record, &fault);

    *ret_item = (struct rlc_item){ .record = *record, .part = part };
    ret_item->event.at_ms = at_ms;
    if (status == RLC_OK) {
        rlc_suspect_set(record->topic, record->partition, record->offset);
        status =
            service->decode(worker->env.self, record, &worker->arena, &ret_item->event, &fault);
        rlc_suspect_clear();
    }
    if (status == RLC_RETRY)
        return false;
    if (status != RLC_OK)
        return refuse(worker, &fault, ret_item);
    if (service->role == RLC_ROLE_STATE)
        clamp(worker, part, record, &ret_item->event);
    return true;
}

static bool hold(struct rlc_worker *worker, const struct rlc_record *record, rlc_ms at_ms)
{
    size_t size = record->key.size + record->value.size;

    if (size > worker->held_capacity) {
        uint8_t *larger = realloc(worker->held_bytes, size);

        if (!larger)
            return false;
        worker->held_bytes = larger;
        worker->held_capacity = size;
    }
    worker->held = true;
    worker->held_at_ms = at_ms;
    worker->held_record = *record;
    worker->held_record.header = NULL;
    worker->held_record.header_count = 0;
    if (record->key.size)
        memcpy(worker->held_bytes, record->key.data, record->key.size);
    if (record->value.size)
        memcpy(worker->held_bytes + record->key.size, record->value.data, record->value.size);
    worker->held_record.key = rlc_span_from(worker->held_bytes, record->key.size);
    if (record->value.data)
        worker->held_record.value =
            rlc_span_from(worker->held_bytes + record->key.size, record->value.size);
    return true;
}

/* The held record's bytes move into the arena, so that the next one may be held. */
static struct rlc_record unhold(struct rlc_worker *worker)
{
    struct rlc_record record = worker->held_record;

    worker->held = false;
    record.key = rlc_arena_copy(&worker->arena, record.key);
    if (record.value.data && record.value.size)
        record.value = rlc_arena_copy(&worker->arena, record.value);
    return record;
}

static bool is_agenda(const struct rlc_item *item)
{
    return !item->fault &&
           (item->event.class == RLC_EVENT_TICK || item->event.class == RLC_EVENT_SWEEP);
}

/* Takes one record into the batch; false when the batch ends before it (it is then held). */
static bool take(struct rlc_worker *worker, struct rlc_part *part, const struct rlc_record *record,
                 rlc_ms at_ms)
{
    struct rlc_batch *batch = &worker->batch;
    size_t mark = rlc_arena_mark(&worker->arena);
    struct rlc_item *item = &batch->items[batch->count];

    if (part->agenda || !decode(worker, part, record, at_ms, item))
        return false;
    if (is_agenda(item)) {
        if (part->batch_count || batch->agendas == RLC_AGENDA_MAX) {
            rlc_arena_rewind(&worker->arena, mark);
            return false;
        }
        part->agenda = true;
        part->ticking = item->event.class == RLC_EVENT_TICK;
        batch->agenda[batch->agendas++] = *item;
        return true;
    }
    batch->count++;
    batch->bytes += record->value.size;
    part->batch_count++;
    return true;
}

static void on_record(struct rlc_worker *worker, const struct rlc_record *record, bool *ret_more)
{
    struct rlc_part *part = rlc_part_find(worker, record->topic, record->partition);
    rlc_ms at_ms;

    *ret_more = true;
    if (!part || part->phase != RLC_PART_READY || record->offset < part->polled) {
        rlc_count(worker, RLC_COUNT_SKIPPED, 1);
        return;
    }
    part->polled = record->offset + 1;
    if (part->waiting_ms == RLC_MS_NONE)
        part->waiting_ms = record->append_ms;
    at_ms = stamp(worker, record);
    if (take(worker, part, record, at_ms))
        return;
    *ret_more = false;
    if (!hold(worker, record, at_ms))
        reread(worker, part, record->offset);
}

static void on_end(struct rlc_worker *worker, const struct rlc_position *end)
{
    struct rlc_part *part = rlc_part_find(worker, end->topic, end->partition);

    if (part && part->phase == RLC_PART_READY && end->offset > part->last_end)
        part->last_end = end->offset;
}

static void take_held(struct rlc_worker *worker)
{
    struct rlc_record record = unhold(worker);
    struct rlc_part *part = rlc_part_find(worker, record.topic, record.partition);

    if (!part || part->phase != RLC_PART_READY)
        return;
    if (!take(worker, part, &record, worker->held_at_ms))
        reread(worker, part, record.offset);
}

enum rlc_status rlc_batch_gather(struct rlc_worker *worker, int32_t timeout_ms,
                                 struct rlc_error *reterr)
{
    struct rlc_bus *bus = worker->env.bus;
    bool more = true;

    rlc_batch_reset(worker);
    if (worker->held)
        take_held(worker);
    timeout_ms = rlc_restore_wait_ms(worker, timeout_ms);
    while (more && worker->batch.count < worker->batch_limit &&
           worker->batch.bytes < RLC_BATCH_BYTES_MAX) {
        struct rlc_bus_event event;
        bool empty = worker->batch.count == 0 && worker->batch.agendas == 0;
        enum rlc_status status;

        /* Only the first waits; the others take what is there. */
        if (empty)
            rlc_at(worker, RLC_STEP_POLL);
        status = bus->ops->poll(bus, empty ? timeout_ms : 0, &event, reterr);
        if (status == RLC_FATAL)
            return status;
        if (status != RLC_OK)
            rlc_reading_is(worker, reterr->text);
        if (status != RLC_OK || event.kind == RLC_BUS_NOTHING)
            break;
        if (event.kind == RLC_BUS_REVOKING) {
            worker->revoking = true;
            break;
        }
        if (event.kind == RLC_BUS_REBALANCED) {
            worker->rebalanced = true;
            break;
        }
        rlc_reading_is(worker, NULL);
        if (event.kind == RLC_BUS_RECORD)
            on_record(worker, &event.record, &more);
        else
            on_end(worker, &event.end);
    }
    return RLC_OK;
}
