/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a decided batch: outputs and audit, state, one checkpoint per touched partition, offsets,
 * commit; then the hot state, then `seen` (apply.c). The order is the protocol
 * (model/state_worker.pml). */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "common/pure/murmur2.h"
#include "common/runtime/error.h"
#include "common/runtime/loop/lane.h"

/* Attempts at one call while the broker asks to repeat it; with the pause between them about a
 * minute, well past the transaction time-out, after which the answer is no longer "repeat". */
#define TRIES 600
/* Aborts of one batch in a row before it is made smaller. */
#define ABORTS_BEFORE_SPLIT 3
/* Batches in a row that could not be written before the worker is not ready. */
#define FAILURES_BEFORE_UNREADY 5
/* The check that says so. */
#define WRITING "writing"

static bool asked_to_stop(const struct rlc_worker *worker)
{
    return worker->env.stop && *worker->env.stop && !worker->draining;
}

static void pause_ms(const struct rlc_worker *worker, int64_t delay_ms)
{
    if (worker->env.pause_ms)
        worker->env.pause_ms(worker->env.clock.context, delay_ms);
}

/* One call of the producer, repeated while it asks for that. */
static enum rlc_status again(struct rlc_worker *worker, enum rlc_step step,
                             enum rlc_status (*call)(struct rlc_worker *, struct rlc_error *),
                             struct rlc_error *reterr)
{
    enum rlc_status status = RLC_RETRY;

    for (int i = 0; status == RLC_RETRY && i < TRIES; i++) {
        if (i) {
            if (asked_to_stop(worker))
                break;
            pause_ms(worker, RLC_BACKOFF_MS * 2);
        }
        rlc_at(worker, step);
        status = call(worker, reterr);
    }
    return status;
}

static enum rlc_status begin(struct rlc_worker *worker, struct rlc_error *reterr)
{
    return worker->env.bus->ops->begin(worker->env.bus, reterr);
}

static enum rlc_status commit(struct rlc_worker *worker, struct rlc_error *reterr)
{
    return worker->env.bus->ops->commit(worker->env.bus, reterr);
}

static enum rlc_status abort_call(struct rlc_worker *worker, struct rlc_error *reterr)
{
    return worker->env.bus->ops->abort(worker->env.bus, reterr);
}

/* ---- state records ---- */

/* What one partition gets applied after the commit. */
struct slice {
    struct rlc_part *part;
    struct rlc_view_put *puts;
    size_t count;
};

static bool touched(const struct rlc_part *part)
{
    return part->phase == RLC_PART_READY && (part->batch_count > 0 || part->agenda);
}

/* A subject that was woken must not want to be woken at once again, or its tick never ends. */
static rlc_ms later_than_tick(const struct rlc_worker *worker, const struct rlc_part *part,
                              rlc_ms wake_ms)
{
    if (!part->ticking || wake_ms > part->batch_time_ms)
        return wake_ms;
    rlc_note(worker, "core.wake_in_past", part->partition,
             "a decision asked to be woken in the past; it is woken a minute later");
    return part->batch_time_ms + RLC_MINUTE_MS;
}

static struct rlc_view_put put_of(struct rlc_worker *worker, const struct rlc_part *part,
                                  const struct rlc_slot *slot)
{
    const struct rlc_service *service = worker->env.service;
    struct rlc_view_put put = { .key = slot->key, .wake_ms = RLC_MS_NEVER };

    if (slot->state != RLC_SLOT_PRESENT)
        return put;
    put.value = service->encode_record(worker->env.self, slot->key, slot->record, &worker->arena);
    assert(put.value.data);
    put.timed = service->wake(worker->env.self, slot->key, slot->record, &put.wake_ms);
    if (put.timed && worker->batch.agendas)
        put.wake_ms = later_than_tick(worker, part, put.wake_ms);
    return put;
}

/* Room for what the partition will be applied. */
static bool reserve_puts(struct rlc_worker *worker, struct slice *slice)
{
    size_t count = 0;

    for (const struct rlc_slot *slot = slice->part->slots.first; slot; slot = slot->next_in_chain)
        count += slot->dirty;
    slice->puts = rlc_arena_array(&worker->arena, count ? count : 1, sizeof(*slice->puts));
    return slice->puts != NULL;
}

static size_t collect_slices(struct rlc_worker *worker, struct slice *slices)
{
    bool state = worker->env.service->role == RLC_ROLE_STATE;
    size_t count = 0;

    for (size_t i = 0; i < worker->part_count; i++) {
        if (!touched(&worker->parts[i]))
            continue;
        slices[count] = (struct slice){ .part = &worker->parts[i] };
        if (state && !reserve_puts(worker, &slices[count]))
            return 0;
        count++;
    }
    return count;
}

/* ---- producing ---- */

static enum rlc_status produce(struct rlc_worker *worker, const struct rlc_outgoing *outgoing,
                               struct rlc_error *reterr)
{
    enum rlc_status status = RLC_RETRY;

    for (int i = 0; status == RLC_RETRY && i < TRIES; i++) {
        if (i)
            pause_ms(worker, RLC_BACKOFF_MS);
        status = worker->env.bus->ops->produce(worker->env.bus, outgoing, reterr);
    }
    worker->batch.produced += status == RLC_OK;
    return status;
}

static enum rlc_status produce_outputs(struct rlc_worker *worker, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    rlc_at(worker, RLC_STEP_PRODUCE_OUTPUTS);
    for (struct rlc_pending *pending = worker->batch.first; status == RLC_OK && pending;
         pending = pending->next)
        status = produce(worker, &pending->outgoing, reterr);
    return status;
}

/* Each record goes out as soon as it is encoded: the producer's threads and the broker work on it
 * while the next one is. */
static enum rlc_status produce_state(struct rlc_worker *worker, struct slice *slice,
                                     struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    rlc_at(worker, RLC_STEP_PRODUCE_STATE);
    if (!slice->puts) /* only a worker that keeps state has any */
        return RLC_OK;
    for (struct rlc_slot *slot = slice->part->slots.first; status == RLC_OK && slot;
         slot = slot->next_in_chain) {
        struct rlc_outgoing outgoing = { .topic = worker->env.service->state_topic,
                                         .partition = slice->part->partition,
                                         .key = slot->key };

        if (!slot->dirty)
            continue;
        slice->puts[slice->count] = put_of(worker, slice->part, slot);
        outgoing.value = slice->puts[slice->count++].value;
        status = produce(worker, &outgoing, reterr);
    }
    return status;
}

static struct rlc_checkpoint checkpoint_of(const struct rlc_worker *worker,
                                           const struct rlc_part *part,
                                           const struct rlc_input_position *input)
{
    struct rlc_checkpoint checkpoint = {
        .format = RLC_CHECKPOINT_FORMAT,
        .worker = rlc_span_of(worker->env.service->name),
        .partition = part->partition,
        .inputs = input,
        .input_count = 1,
        .time_ms = part->batch_time_ms,
        .txn_seq = part->txn_seq + 1,
        .audit_seq = part->batch_chain.sequence - 1,
        .audit_head = part->batch_chain.previous,
        .writer = rlc_span_of(worker->env.transactional_id),
        .owner_epoch = part->owner_epoch,
        .rules = { .rules_version = worker->env.service->rules_version },
    };

    memcpy(checkpoint.installation, worker->env.installation, sizeof(checkpoint.installation));
    return checkpoint;
}

/* Key of a checkpoint: of a state worker one per partition; of a source one per input partition,
 * since its inputs have other partition counts than its state topic. */
struct rlc_span rlc_checkpoint_key(const struct rlc_worker *worker, const struct rlc_part *part,
                                   char *buffer, size_t size)
{
    if (worker->env.service->role == RLC_ROLE_STATE)
        return rlc_span_of(RLC_CHECKPOINT_KEY);
    (void)snprintf(buffer, size, RLC_CHECKPOINT_KEY "|%s|%d", rlc_topic_name(worker, part->topic),
                   part->partition);
    return rlc_span_of(buffer);
}

static enum rlc_status produce_checkpoint(struct rlc_worker *worker, struct rlc_part *part,
                                          struct rlc_error *reterr)
{
    char buffer[RLC_CHECKPOINT_KEY_MAX];
    struct rlc_input_position input = { rlc_span_of(rlc_topic_name(worker, part->topic)),
                                        part->partition, part->batch_next };
    struct rlc_checkpoint checkpoint = checkpoint_of(worker, part, &input);
    struct rlc_outgoing outgoing = {
        .topic = worker->env.service->state_topic,
        .partition = part->partition,
        .key = rlc_checkpoint_key(worker, part, buffer, sizeof(buffer)),
        .value = rlc_checkpoint_encode(&checkpoint, &worker->arena),
        .ret_offset = &part->ckpt_offset,
    };

    assert(outgoing.value.data);
    if (worker->env.service->role == RLC_ROLE_SOURCE)
        outgoing.partition = rlc_partition_of(outgoing.key, worker->env.partitions);
    part->ckpt_offset = RLC_OFFSET_NONE;
    rlc_at(worker, RLC_STEP_PRODUCE_CHECKPOINT);
    return produce(worker, &outgoing, reterr);
}

static enum rlc_status send_offsets(struct rlc_worker *worker, struct rlc_error *reterr)
{
    struct rlc_position next[RLC_PARTS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < worker->part_count; i++) {
        const struct rlc_part *part = &worker->parts[i];

        if (touched(part))
            next[count++] = (struct rlc_position){ part->topic, part->partition, part->batch_next };
    }
    return worker->env.bus->ops->send_offsets(worker->env.bus, next, count, reterr);
}

static enum rlc_status write_all(struct rlc_worker *worker, struct slice *slices, size_t count,
                                 struct rlc_error *reterr)
{
    enum rlc_status status = produce_outputs(worker, reterr);

    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = produce_state(worker, &slices[i], reterr);
    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = produce_checkpoint(worker, slices[i].part, reterr);
    rlc_count(worker, RLC_COUNT_OUTPUTS, worker->batch.produced);
    worker->batch.produced = 0;
    if (status == RLC_OK)
        status = again(worker, RLC_STEP_SEND_OFFSETS, send_offsets, reterr);
    return status == RLC_RETRY ? RLC_ABORT : status;
}

/* ---- after the commit ---- */

/* What a number of the service's counts has happened. */
static void tally_all(const struct rlc_worker *worker)
{
    const struct rlc_observer *observer = worker->env.observer;

    if (!observer || !observer->tally)
        return;
    for (const struct rlc_tally *tally = worker->batch.tallies; tally; tally = tally->next)
        observer->tally(observer->context, tally->series);
}

/* The batch's records of every partition are finished, but for those that were left. */
static void note_finished(struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->batch.count; i++) {
        const struct rlc_item *item = &worker->batch.items[i];

        if (item->event.class == RLC_EVENT_LOCAL)
            continue;
        item->part->newest_ms = item->record.append_ms;
        item->part->waiting_ms = RLC_MS_NONE;
    }
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (part->polled > part->next_in && part->waiting_ms == RLC_MS_NONE)
            part->waiting_ms = part->newest_ms;
    }
}

static void advance(struct rlc_part *part)
{
    part->next_in = part->batch_next;
    part->time_ms = part->batch_time_ms;
    part->chain = part->batch_chain;
    part->txn_seq++;
    if (part->tick_offset != RLC_OFFSET_NONE && part->next_in > part->tick_offset)
        part->tick_offset = RLC_OFFSET_NONE;
}

static void succeeded(struct rlc_worker *worker)
{
    if (worker->aborts >= FAILURES_BEFORE_UNREADY)
        rlc_worker_ready(worker, WRITING, NULL);
    worker->aborts = 0;
}

static void count_decisions(const struct rlc_worker *worker)
{
    size_t dues = 0;
    size_t locals = 0;

    for (size_t i = 0; i < worker->batch.count; i++) {
        dues += worker->batch.items[i].event.class == RLC_EVENT_DUE;
        locals += worker->batch.items[i].event.class == RLC_EVENT_LOCAL;
    }
    rlc_count(worker, RLC_COUNT_TRANSACTIONS, 1);
    rlc_count(worker, RLC_COUNT_DUES, (int64_t)dues);
    rlc_count(worker, RLC_COUNT_LOCALS, (int64_t)locals);
    rlc_count(worker, RLC_COUNT_EVENTS, (int64_t)(worker->batch.count - dues - locals));
}

static void committed(struct rlc_worker *worker, struct slice *slices, size_t count)
{
    count_decisions(worker);
    succeeded(worker);
    if (worker->batch_limit < worker->env.batch_max) {
        worker->batch_limit = worker->batch_limit * 2 < worker->env.batch_max
                                  ? worker->batch_limit * 2
                                  : worker->env.batch_max;
    }
    for (size_t i = 0; i < count; i++)
        advance(slices[i].part);
    tally_all(worker);
    note_finished(worker);
    rlc_sweeps_passed(worker);
    rlc_at(worker, RLC_STEP_COMMITTED);
    rlc_effects_committed(worker);
    rlc_batch_reread_cut(worker);
    if (worker->env.service->role == RLC_ROLE_STATE) {
        for (size_t i = 0; i < count; i++)
            rlc_apply_add(worker, slices[i].part, slices[i].puts, slices[i].count);
        rlc_apply_send(worker);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (slices[i].part->phase == RLC_PART_READY)
            rlc_seen_publish(worker, slices[i].part, rlc_seen_of(worker, slices[i].part), false);
    }
}

/* ---- trouble ---- */

static void back_off(struct rlc_worker *worker)
{
    int64_t delay_ms = RLC_BACKOFF_MS;

    for (uint32_t i = 1; i < worker->aborts && delay_ms < RLC_BACKOFF_MAX_MS; i++)
        delay_ms *= 2;
    worker->not_before_ns = rlc_after_ms(worker, delay_ms);
}

/* The next time it is read, the record is a dead letter. A subject that a tick wakes is not the
 * tick's fault, and would be due again at once: its partition waits for a person. */
static void set_aside(struct rlc_worker *worker, const struct rlc_item *item)
{
    char why[sizeof(item->part->why)];

    if (rlc_is_record(&item->event)) {
        item->part->poison = item->record.offset;
        return;
    }
    (void)snprintf(why, sizeof(why),
                   "DUE_TOO_LARGE: what falls due for '%.*s' does not fit into one message: raise "
                   "the topics' max.message.bytes, or report it",
                   (int)(item->event.subject.size < 100 ? item->event.subject.size : 100),
                   (const char *)item->event.subject.data);
    rlc_restore_begin(worker, item->part, why);
    rlc_part_halt(worker, item->part, "due.too_large", why);
}

/* The batch as it is cannot be written: try a smaller one. Only a record that is refused for what
 * it is, alone, becomes a dead letter the next time it is read; a server that is away, or a
 * transaction that others abort, says nothing about a record. */
static void split(struct rlc_worker *worker, enum rlc_status status)
{
    struct rlc_batch *batch = &worker->batch;

    if (batch->count > 1)
        worker->batch_limit = (uint32_t)(batch->count / 2);
    else if (status == RLC_REJECT && batch->count == 1)
        set_aside(worker, &batch->items[0]);
}

/* Once is a rebalance or a broker that moved; again and again is something that people must know.
 */
static void count_failure(struct rlc_worker *worker, const struct rlc_error *error)
{
    worker->aborts++;
    if (worker->aborts == FAILURES_BEFORE_UNREADY)
        rlc_worker_ready(worker, WRITING, error->text);
}

static void failed(struct rlc_worker *worker, enum rlc_status status, bool open,
                   const struct rlc_error *error)
{
    struct rlc_error ignored;

    count_failure(worker, error);
    rlc_note(worker, "transaction.failed", RLC_PARTITION_NONE, error->text);
    if (status == RLC_REJECT || (status == RLC_ABORT && worker->aborts > ABORTS_BEFORE_SPLIT))
        split(worker, status);
    if (open && status != RLC_FATAL) {
        rlc_count(worker, RLC_COUNT_ABORTS, 1);
        status = again(worker, RLC_STEP_ABORT, abort_call, &ignored);
    }
    back_off(worker);
    if (open && status != RLC_OK) {
        rlc_count(worker, RLC_COUNT_FENCED, 1);
        worker->producer_ready = false;
        rlc_restore_all(worker, error->text);
        return;
    }
    rlc_batch_rewind(worker);
}

/* ---- the whole ---- */

void rlc_transaction_write(struct rlc_worker *worker)
{
    struct slice slices[RLC_PARTS_MAX];
    struct rlc_error error = { .text = "" };
    size_t count = collect_slices(worker, slices);
    enum rlc_status status = count ? again(worker, RLC_STEP_BEGIN, begin, &error) : RLC_REJECT;

    if (status != RLC_OK) {
        failed(worker, status, false, &error);
        return;
    }
    status = write_all(worker, slices, count, &error);
    if (status != RLC_OK) {
        failed(worker, status, true, &error);
        return;
    }
    status = again(worker, RLC_STEP_COMMIT, commit, &error);
    if (status == RLC_OK)
        committed(worker, slices, count);
    else
        failed(worker, status == RLC_ABORT ? RLC_ABORT : RLC_FATAL, true, &error);
}

static void store_batch(struct rlc_worker *worker)
{
    struct rlc_batch *batch = &worker->batch;
    struct rlc_error error = { .text = "" };
    enum rlc_status status;
    struct rlc_event *events = rlc_arena_array(&worker->arena, batch->count, sizeof(*events));

    if (!events) {
        split(worker, RLC_REJECT);
        rlc_batch_rewind(worker);
        return;
    }
    for (size_t i = 0; i < batch->count; i++) {
        events[i] = batch->items[i].event;
        events[i].record = &batch->items[i].record;
    }
    rlc_at(worker, RLC_STEP_STORE);
    status = worker->env.service->sink_store(worker->env.self, events, batch->count, &worker->arena,
                                             &error);
    if (status == RLC_OK) {
        rlc_count(worker, RLC_COUNT_EVENTS, (int64_t)batch->count);
        rlc_count(worker, RLC_COUNT_TRANSACTIONS, 1);
        succeeded(worker);
        for (size_t i = 0; i < batch->count; i++)
            batch->items[i].part->next_in = batch->items[i].record.offset + 1;
        note_finished(worker);
        return; /* seen is published by the watch of this round */
    }
    count_failure(worker, &error);
    back_off(worker);
    rlc_note(worker, "store.failed", RLC_PARTITION_NONE, error.text);
    rlc_restore_all(worker, error.text);
}

void rlc_transaction_run(struct rlc_worker *worker)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status = RLC_OK;

    rlc_at(worker, RLC_STEP_SNAPSHOT);
    if (worker->env.service->role == RLC_ROLE_SINK) {
        store_batch(worker);
        return;
    }
    status = worker->env.bus->ops->snapshot(worker->env.bus, &error);
    if (status == RLC_OK) {
        rlc_at(worker, RLC_STEP_DECODE);
        status = rlc_batch_decide(worker, &error);
    }
    if (status == RLC_OK && worker->batch.count == 0)
        return;
    if (status == RLC_OK)
        rlc_transaction_write(worker);
    else
        failed(worker, status, false, &error);
}

enum rlc_status rlc_producer_ensure(struct rlc_worker *worker, struct rlc_error *reterr)
{
    enum rlc_status status;

    if (worker->producer_ready)
        return RLC_OK;
    rlc_at(worker, RLC_STEP_BEGIN);
    status = worker->env.bus->ops->begin(worker->env.bus, reterr);
    if (status == RLC_OK)
        status = worker->env.bus->ops->abort(worker->env.bus, reterr);
    worker->producer_ready = status == RLC_OK;
    return status == RLC_OK ? RLC_OK : RLC_RETRY;
}
