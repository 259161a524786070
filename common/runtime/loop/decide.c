/* SPDX-License-Identifier: Apache-2.0 */
/* Deciding: agendas become woken subjects, the records that the core names are read in rounds, then
 * each event is decided over one overlay. Nothing here writes outside the arena. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/bundles.h"
#include "common/runtime/error.h"
#include "common/runtime/loop/lane.h"
#include "common/wire/dead_letter.h"

/* Rounds of keys(): debtor, then its accounts, then their pages, then the receivables listed there.
 * The last call must want nothing new. */
#define KEY_ROUNDS 4
/* Nothing that happens in between is seen from outside, and even the largest decisions take
 * milliseconds: a beat of all of them would cost more than the small ones themselves. */
#define DECISIONS_PER_BEAT 64
/* Buckets that a batch's overlay begins with: 2^BITS. */
#define OVERLAY_BITS 8

/* ---- agendas ---- */

static int by_key(const void *left, const void *right)
{
    return rlc_span_compare(*(const struct rlc_span *)left, *(const struct rlc_span *)right);
}

/* Leaves out the subjects that this sweep has visited; keys come back sorted. */
static void resume_sweep(struct rlc_part *part, int64_t offset, struct rlc_span **keys,
                         size_t *count)
{
    size_t done = 0;

    qsort(*keys, *count, sizeof(**keys), by_key);
    if (part->sweep.offset != offset) {
        part->sweep.offset = offset;
        part->sweep.after_size = 0;
    }
    while (done < *count && part->sweep.after_size &&
           rlc_span_compare((*keys)[done],
                            rlc_span_from(part->sweep.after, part->sweep.after_size)) <= 0)
        done++;
    *keys += done;
    *count -= done;
}

/* Not where we left it: start over, from the log. */
static enum rlc_status moved(struct rlc_worker *worker, struct rlc_part *part,
                             struct rlc_error *reterr)
{
    rlc_count(worker, RLC_COUNT_GAPS, 1);
    rlc_restore_begin(worker, part, "the hot state is not where it was left");
    return rlc_error_set(reterr, RLC_ABORT, "read", 0, "the hot state moved");
}

bool rlc_look_is_ours(const struct rlc_worker *worker, const struct rlc_part *part,
                      const struct rlc_look *look)
{
    return rlc_look_is_whole(look, worker->env.installation) && look->fence.off == part->expect_off;
}

/* The hot state has taken what was committed before, and the batch still stands. */
static enum rlc_status settled(struct rlc_worker *worker, struct rlc_error *reterr)
{
    rlc_apply_settle(worker);
    if (rlc_batch_stands(worker))
        return RLC_OK;
    return rlc_error_set(reterr, RLC_ABORT, "apply", 0, "the hot state moved");
}

static enum rlc_status list_due(struct rlc_worker *worker, const struct rlc_item *agenda,
                                size_t max, struct rlc_view_due *due, struct rlc_error *reterr)
{
    bool sweep = agenda->event.class == RLC_EVENT_SWEEP;
    enum rlc_status status = settled(worker, reterr);

    if (status != RLC_OK)
        return status;
    *due = (struct rlc_view_due){ .partition = agenda->part->partition,
                                  .until_ms = sweep ? RLC_MS_NEVER : agenda->part->batch_time_ms,
                                  .max = sweep ? SIZE_MAX : max };
    rlc_at(worker, RLC_STEP_DUE);
    status = worker->env.view->ops->due(worker->env.view, due, &worker->arena, reterr);
    if (status == RLC_OK && !rlc_look_is_ours(worker, agenda->part, &due->look))
        status = moved(worker, agenda->part, reterr);
    if (status == RLC_OK && sweep)
        resume_sweep(agenda->part, agenda->record.offset, &due->keys, &due->count);
    return status;
}

static void add_due(struct rlc_batch *batch, const struct rlc_item *agenda, struct rlc_span subject)
{
    struct rlc_item *item = &batch->items[batch->count++];

    *item = *agenda;
    item->event.sweeping = agenda->event.class == RLC_EVENT_SWEEP;
    item->event.class = RLC_EVENT_DUE;
    item->event.subject = subject;
    agenda->part->batch_count++;
}

void rlc_sweeps_passed(struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->batch.count; i++) {
        const struct rlc_event *event = &worker->batch.items[i].event;
        struct rlc_sweep *sweep = &worker->batch.items[i].part->sweep;

        if (event->class == RLC_EVENT_SWEEP)
            sweep->offset = RLC_OFFSET_NONE;
        if (!event->sweeping)
            continue;
        assert(event->subject.size <= sizeof(sweep->after));
        memcpy(sweep->after, event->subject.data, event->subject.size);
        sweep->after_size = event->subject.size;
    }
}

/* Items that ticks and sweeps may add to a batch of records: a neighbour's backlog must not keep
 * timers waiting. */
static size_t agenda_room(const struct rlc_worker *worker)
{
    size_t limit = worker->batch_limit;
    size_t left = limit > worker->batch.count ? limit - worker->batch.count : 0;

    return left > limit / RLC_AGENDA_SHARE ? left : limit / RLC_AGENDA_SHARE;
}

/* Puts what the agenda wakes into the batch, and behind the last of it the agenda itself. What does
 * not fit into `*room` is left for another transaction; with no room at all nothing is listed,
 * since a sweep lists every subject each time. */
static enum rlc_status expand(struct rlc_worker *worker, const struct rlc_item *agenda,
                              size_t *room, struct rlc_error *reterr)
{
    struct rlc_batch *batch = &worker->batch;
    struct rlc_part *part = agenda->part;
    struct rlc_view_due due = { .count = 0 };
    enum rlc_status status = RLC_OK;

    if (agenda->event.at_ms > part->batch_time_ms)
        part->batch_time_ms = agenda->event.at_ms;
    if (*room)
        status = list_due(worker, agenda, *room, &due, reterr);
    if (status != RLC_OK)
        return status;
    for (size_t i = 0; i < due.count && *room; i++, (*room)--)
        add_due(batch, agenda, due.keys[i]);
    if (!*room) {
        part->cut = true;
        part->cut_offset = agenda->record.offset;
        return RLC_OK;
    }
    batch->items[batch->count++] = *agenda;
    part->batch_count++;
    (*room)--;
    return RLC_OK;
}

/* ---- records ---- */

bool rlc_batch_overlay(struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->part_count; i++)
        worker->parts[i].slots = (struct rlc_slot_chain){ .first = NULL };
    return rlc_overlay_init(&worker->batch.overlay, &worker->arena, OVERLAY_BITS);
}

/* Overlay slots that wait to be read, of one partition. */
struct wanted {
    struct rlc_part *part;
    struct rlc_slot **slots;
    size_t count;
};

static bool collect(struct rlc_worker *worker, struct rlc_part *part, struct wanted *wanted,
                    struct rlc_view_read *read)
{
    struct rlc_span *keys;
    size_t count = 0;

    for (const struct rlc_slot *slot = part->slots.first; slot; slot = slot->next_in_chain)
        count += slot->state == RLC_SLOT_WANTED;
    *wanted = (struct wanted){ .part = part };
    keys = rlc_arena_array(&worker->arena, count + 1, sizeof(*keys));
    wanted->slots = rlc_arena_array(&worker->arena, count + 1, sizeof(*wanted->slots));
    read->values = rlc_arena_array(&worker->arena, count + 1, sizeof(*read->values));
    if (!keys || !wanted->slots || !read->values)
        return false;
    for (struct rlc_slot *slot = part->slots.first; slot; slot = slot->next_in_chain) {
        if (slot->state != RLC_SLOT_WANTED)
            continue;
        wanted->slots[wanted->count] = slot;
        keys[wanted->count++] = slot->key;
    }
    read->partition = part->partition;
    read->keys = keys;
    read->count = wanted->count;
    return true;
}

static enum rlc_status settle(struct rlc_worker *worker, const struct wanted *wanted,
                              const struct rlc_view_read *read, struct rlc_error *reterr)
{
    if (!rlc_look_is_ours(worker, wanted->part, &read->look))
        return moved(worker, wanted->part, reterr);
    for (size_t i = 0; i < wanted->count; i++) {
        struct rlc_slot *slot = wanted->slots[i];
        struct rlc_span bytes = read->values[i];
        void *record = NULL;

        if (bytes.data) {
            record = worker->env.service->decode_record(worker->env.self, slot->key, bytes,
                                                        &worker->arena);
            if (!record) {
                rlc_part_unreadable(worker, wanted->part);
                return rlc_error_set(reterr, RLC_ABORT, "decode_record", 0, "%s",
                                     wanted->part->why);
            }
        }
        rlc_overlay_found(&worker->batch.overlay, slot, bytes, record);
    }
    return RLC_OK;
}

enum rlc_status rlc_batch_load(struct rlc_worker *worker, struct rlc_error *reterr)
{
    struct rlc_view_read reads[RLC_PARTS_MAX];
    struct wanted wanted[RLC_PARTS_MAX];
    size_t count = 0;
    enum rlc_status status = settled(worker, reterr);

    if (status != RLC_OK)
        return status;
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (part->phase != RLC_PART_READY || !part->batch_count)
            continue;
        if (!collect(worker, part, &wanted[count], &reads[count]))
            return rlc_error_set(reterr, RLC_REJECT, "load", 0, "batch too large for memory");
        count += wanted[count].count > 0;
    }
    rlc_at(worker, RLC_STEP_LOAD);
    status = worker->env.view->ops->read(worker->env.view, reads, count, &worker->arena, reterr);
    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = settle(worker, &wanted[i], &reads[i], reterr);
    return status;
}

/* The overlay is about this item now. */
static void look_at(struct rlc_overlay *overlay, const struct rlc_item *item)
{
    struct rlc_span subject = item->event.subject.size ? item->event.subject : item->record.key;
    uint32_t hash = (uint32_t)rlc_murmur2(subject);

    overlay->partition = item->part->partition;
    overlay->chain = &item->part->slots;
    overlay->subject = hash == RLC_SUBJECT_MANY ? hash + 1 : hash;
}

/* Names the item's records; whether all of them are known. */
static bool name_keys(struct rlc_worker *worker, const struct rlc_item *item)
{
    struct rlc_overlay *overlay = &worker->batch.overlay;
    size_t missed = overlay->missed;

    if (item->fault)
        return true;
    look_at(overlay, item);
    worker->env.service->keys(worker->env.self, &item->event, overlay);
    return overlay->missed == missed;
}

static enum rlc_status load_all(struct rlc_worker *worker, struct rlc_error *reterr)
{
    struct rlc_batch *batch = &worker->batch;

    for (int round = 0; round < KEY_ROUNDS; round++) {
        enum rlc_status status;

        for (size_t i = 0; i < batch->count; i++)
            batch->items[i].named = batch->items[i].named || name_keys(worker, &batch->items[i]);
        if (batch->overlay.full)
            return rlc_error_set(reterr, RLC_REJECT, "keys", 0, "batch too large for memory");
        if (!batch->overlay.wanted)
            return settled(worker, reterr);
        status = rlc_batch_load(worker, reterr);
        if (status != RLC_OK)
            return status;
    }
    return RLC_OK;
}

/* Whether an event of this subject was decided in the batch; notes that one is. */
static bool met_before(struct rlc_batch *batch, uint32_t subject)
{
    uint8_t *met = &batch->met[subject / 8 % RLC_BATCH_MET];
    uint8_t bit = (uint8_t)(1u << subject % 8);
    bool before = *met & bit;

    *met |= bit;
    return before;
}

/* An event behind another one of the same debtor may need records that its predecessor made it
 * need; they are read now. */
static enum rlc_status load_rest(struct rlc_worker *worker, const struct rlc_item *item,
                                 struct rlc_error *reterr)
{
    struct rlc_overlay *overlay = &worker->batch.overlay;

    if (!met_before(&worker->batch, overlay->subject) && item->named && !overlay->disturbed)
        return RLC_OK;
    for (int round = 0; round < KEY_ROUNDS; round++) {
        enum rlc_status status;

        (void)name_keys(worker, item);
        if (overlay->full)
            return rlc_error_set(reterr, RLC_REJECT, "keys", 0, "batch too large for memory");
        if (!overlay->wanted)
            return RLC_OK;
        status = rlc_batch_load(worker, reterr);
        if (status != RLC_OK)
            return status;
        rlc_at(worker, RLC_STEP_DECIDE); /* no longer at a step that may block */
    }
    assert(!"keys() names new records for ever");
    return RLC_OK;
}

/* ---- decisions ---- */

struct rlc_hash rlc_turn_record_hash(const struct rlc_turn *turn)
{
    struct rlc_record_hash *hash = turn->cause.hash;

    if (!hash->known) {
        hash->is = rlc_sha256(hash->of);
        hash->known = true;
    }
    return hash->is;
}

/* All subjects that a tick wakes have its record for a cause. */
static bool has_cause(const struct rlc_record_hash *hash, const struct rlc_record *record)
{
    return hash->of.data == record->value.data && hash->of.size == record->value.size;
}

static struct rlc_turn turn_of(struct rlc_worker *worker, const struct rlc_item *item)
{
    struct rlc_record_hash *hash = &worker->batch.cause_hash;
    struct rlc_turn turn = {
        .arena = &worker->arena,
        .overlay = &worker->batch.overlay,
        .partition = item->record.partition,
        .partitions = worker->env.partitions,
        .now_ms = item->part->batch_time_ms,
        .cause = { rlc_topic_name(worker, item->record.topic), item->record.partition,
                   item->record.offset, hash },
        .chain = &item->part->batch_chain,
        .batch = &worker->batch,
    };

    if (worker->env.service->role == RLC_ROLE_SOURCE)
        turn.now_ms = item->event.at_ms;
    if (!has_cause(hash, &item->record))
        *hash = (struct rlc_record_hash){ .of = item->record.value };
    return turn;
}

static void refuse(struct rlc_worker *worker, const struct rlc_item *item, struct rlc_turn *turn)
{
    const struct rlc_service *service = worker->env.service;

    if (service->reject)
        service->reject(worker->env.self, &item->record, item->fault, turn);
    else
        rlc_turn_dead_letter(turn, &item->record, item->fault);
}

static void decide_one(struct rlc_worker *worker, const struct rlc_item *item,
                       struct rlc_turn *turn)
{
    struct rlc_part *part = item->part;

    worker->batch.deciding = part;
    /* A subject that a tick wakes is not the tick's fault: refusing the tick would silence all. */
    if (rlc_is_record(&item->event))
        rlc_suspect_set(item->record.topic, item->record.partition, item->record.offset);
    if (item->fault)
        refuse(worker, item, turn);
    else
        worker->env.service->decide(worker->env.self, &item->event, turn);
    rlc_suspect_clear();
    part->batch_next = rlc_is_record(&item->event) ? item->record.offset + 1 : item->record.offset;
}

static void advance_time(struct rlc_item *item)
{
    struct rlc_part *part = item->part;

    if (!item->fault && item->event.at_ms > part->batch_time_ms)
        part->batch_time_ms = item->event.at_ms;
}

static enum rlc_status decide_all(struct rlc_worker *worker, struct rlc_error *reterr)
{
    struct rlc_batch *batch = &worker->batch;
    bool state = worker->env.service->role == RLC_ROLE_STATE;
    struct rlc_turn turn;

    memset(batch->met, 0, sizeof(batch->met));
    for (size_t i = 0; i < batch->count; i++) {
        struct rlc_item *item = &batch->items[i];
        enum rlc_status status = RLC_OK;

        look_at(&batch->overlay, item);
        if (state)
            status = load_rest(worker, item, reterr);
        if (status != RLC_OK)
            return status;
        if (worker->arena.size - worker->arena.used < RLC_DECIDE_RESERVE) {
            if (i == 0)
                return rlc_error_set(reterr, RLC_REJECT, "decide", 0, "too large for memory");
            rlc_batch_cut(worker, i);
            break;
        }
        advance_time(item);
        turn = turn_of(worker, item);
        if (i % DECISIONS_PER_BEAT == 0)
            rlc_at(worker, RLC_STEP_DECIDE);
        decide_one(worker, item, &turn);
        if (batch->waits_for)
            return rlc_error_set(reterr, RLC_RETRY, "decide", 0, "%s", batch->waits_for);
    }
    return RLC_OK;
}

static enum rlc_status prepare(struct rlc_worker *worker, struct rlc_error *reterr)
{
    const struct rlc_service *service = worker->env.service;
    struct rlc_batch *batch = &worker->batch;
    struct rlc_event *events;

    if (!service->prepare || !batch->count)
        return RLC_OK;
    events = rlc_arena_array(&worker->arena, batch->count, sizeof(*events));
    if (!events)
        return rlc_error_set(reterr, RLC_REJECT, "prepare", 0, "batch too large for memory");
    for (size_t i = 0; i < batch->count; i++) {
        events[i] = batch->items[i].event;
        if (batch->items[i].fault)
            events[i].body = NULL;
    }
    rlc_at(worker, RLC_STEP_PREPARE);
    return service->prepare(worker->env.self, events, batch->count, &worker->arena, reterr);
}

enum rlc_status rlc_batch_decide(struct rlc_worker *worker, struct rlc_error *reterr)
{
    struct rlc_batch *batch = &worker->batch;
    size_t room = agenda_room(worker);
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < batch->agendas; i++)
        status = expand(worker, &batch->agenda[i], &room, reterr);
    if (status == RLC_OK && !rlc_batch_overlay(worker))
        return rlc_error_set(reterr, RLC_REJECT, "overlay", 0, "batch too large for memory");
    for (size_t i = 0; i < batch->count; i++)
        batch->items[i].event.record = &batch->items[i].record;
    if (status == RLC_OK)
        status = prepare(worker, reterr);
    if (status == RLC_OK && worker->env.service->role == RLC_ROLE_STATE)
        status = load_all(worker, reterr);
    if (status == RLC_OK)
        status = decide_all(worker, reterr);
    return status;
}

/* ---- what a decision emits ---- */

void rlc_turn_emit(struct rlc_turn *turn, int32_t topic, int32_t partition, struct rlc_span key,
                   struct rlc_span value)
{
    struct rlc_pending *pending = rlc_arena_alloc(turn->arena, sizeof(*pending));

    assert(pending && topic >= 0 && partition >= 0);
    pending->outgoing =
        (struct rlc_outgoing){ .topic = topic, .partition = partition, .key = key, .value = value };
    *turn->batch->tail = pending;
    turn->batch->tail = &pending->next;
    turn->batch->outputs++;
}

void rlc_turn_count(struct rlc_turn *turn, struct rlc_series series)
{
    struct rlc_tally *tally = rlc_arena_alloc(turn->arena, sizeof(*tally));

    assert(tally);
    *tally = (struct rlc_tally){ series, turn->batch->tallies };
    turn->batch->tallies = tally;
}

void rlc_turn_fact(struct rlc_turn *turn, struct rlc_span key, struct rlc_span value)
{
    struct rlc_chain *chain = &turn->batch->deciding->batch_chain;
    struct {
        struct rlc_hash head;
        struct rlc_hash leaf;
    } link = { .head = chain->previous };

    rlc_turn_emit(turn, turn->batch->worker->env.service->chain_topic, turn->partition, key, value);
    link.leaf = rlc_sha256(value);
    chain->previous = rlc_sha256(rlc_span_from(&link, sizeof(link)));
    chain->sequence++;
}

void rlc_turn_wait(struct rlc_turn *turn, const char *why)
{
    turn->batch->waits_for = why;
}

struct rlc_dead_letter rlc_turn_letter(const struct rlc_turn *turn, const struct rlc_record *record,
                                       const struct rlc_fault *fault)
{
    const struct rlc_service *service = turn->batch->worker->env.service;

    return (struct rlc_dead_letter){
        .worker = rlc_span_of(service->name),
        .at = { rlc_span_of(turn->cause.topic), record->partition, record->offset },
        .code = rlc_span_of(fault->code),
        .path = rlc_span_of(fault->path),
        .remedy = rlc_span_of(fault->remedy),
        /* A partition that has understood nothing yet has no time of its own. */
        .rejected_at_ms = turn->now_ms ? turn->now_ms : record->append_ms,
        .record_hash = rlc_turn_record_hash(turn),
        .record_bytes = (uint32_t)record->value.size,
        .rules = { .rules_version = service->rules_version },
    };
}

void rlc_turn_dead_letter_full(struct rlc_turn *turn, const struct rlc_dead_letter *letter)
{
    struct rlc_span value = rlc_dead_letter_encode(letter, turn->arena);
    struct rlc_hash *key = rlc_arena_alloc(turn->arena, sizeof(*key));
    struct {
        int64_t partition;
        int64_t offset;
        struct rlc_hash topic;
    } place = { letter->at.partition, letter->at.offset, { { 0 } } };
    struct rlc_span key_span;

    assert(value.data && key);
    place.topic = rlc_sha256(letter->at.topic);
    *key = rlc_sha256(rlc_span_from(&place, sizeof(place)));
    key_span = rlc_span_from(key->bytes, sizeof(key->bytes));
    rlc_turn_emit(turn, turn->batch->worker->env.service->dead_letter_topic,
                  rlc_partition_of(key_span, turn->partitions), key_span, value);
    rlc_count(turn->batch->worker, RLC_COUNT_REJECTED, 1);
}

void rlc_turn_dead_letter(struct rlc_turn *turn, const struct rlc_record *record,
                          const struct rlc_fault *fault)
{
    struct rlc_dead_letter letter = rlc_turn_letter(turn, record, fault);

    rlc_turn_dead_letter_full(turn, &letter);
}
