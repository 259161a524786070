/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/loop/effects.h"

#include <assert.h>

#include "common/runtime/error.h"
#include "common/runtime/loop/lane.h"

/* Records of one read of an adoption; a request with all its lines takes 100 KB at most. */
#define ADOPT_CHUNK 500u

static const struct rlc_effects *effects_of(const struct rlc_worker *worker)
{
    return worker->env.service->effects;
}

/* ---- adopting ---- */

/* Everything that an adoption reads is of one instant: only we write here, and the fence is where
 * we left it each time. */
static bool adopt_chunk(struct rlc_worker *worker, struct rlc_part *part,
                        const struct rlc_span *keys, size_t count)
{
    const struct rlc_service *service = worker->env.service;
    struct rlc_span *values = rlc_arena_array(&worker->arena, count, sizeof(*values));
    void **records = rlc_arena_array(&worker->arena, count, sizeof(*records));
    struct rlc_view_read read = { part->partition, keys, count, values, { 0 } };
    struct rlc_error error = { .text = "" };

    if (!values || !records)
        return false;
    rlc_at(worker, RLC_STEP_ADOPT);
    if (worker->env.view->ops->read(worker->env.view, &read, 1, &worker->arena, &error) != RLC_OK ||
        !rlc_look_is_ours(worker, part, &read.look))
        return false;
    for (size_t i = 0; i < count; i++) {
        records[i] = values[i].data ? service->decode_record(worker->env.self, keys[i], values[i],
                                                             &worker->arena)
                                    : NULL;
        if (!records[i]) {
            rlc_part_unreadable(worker, part);
            return false;
        }
    }
    effects_of(worker)->adopt(worker->env.self, part->partition, keys, records, count);
    return true;
}

static bool adopt_all(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_view_due due = { .partition = part->partition,
                                .until_ms = RLC_MS_NEVER,
                                .max = SIZE_MAX };
    struct rlc_error error = { .text = "" };
    size_t mark;

    rlc_at(worker, RLC_STEP_ADOPT);
    if (worker->env.view->ops->due(worker->env.view, &due, &worker->arena, &error) != RLC_OK ||
        !rlc_look_is_ours(worker, part, &due.look))
        return false;
    mark = rlc_arena_mark(&worker->arena);
    for (size_t done = 0; done < due.count; done += ADOPT_CHUNK) {
        size_t left = due.count - done;

        if (!adopt_chunk(worker, part, due.keys + done, left < ADOPT_CHUNK ? left : ADOPT_CHUNK))
            return false;
        rlc_arena_rewind(&worker->arena, mark);
    }
    return true;
}

static void adopt(struct rlc_worker *worker, struct rlc_part *part)
{
    bool whole = adopt_all(worker, part);

    part->adopted = true; /* as far as it came: dropping undoes it */
    if (whole)
        effects_of(worker)->adopted(worker->env.self, part->partition);
    else if (part->phase == RLC_PART_READY)
        rlc_restore_begin(worker, part, "what is under way outside the log could not be read");
    else
        rlc_effects_drop(worker, part);
}

void rlc_effects_adopt(struct rlc_worker *worker)
{
    if (!effects_of(worker) || worker->rebalanced)
        return;
    for (size_t i = 0; i < worker->part_count; i++) {
        if (worker->parts[i].phase != RLC_PART_READY || worker->parts[i].adopted)
            continue;
        rlc_batch_reset(worker);
        adopt(worker, &worker->parts[i]);
        rlc_batch_reset(worker);
    }
}

void rlc_effects_drop(struct rlc_worker *worker, struct rlc_part *part)
{
    if (part->adopted)
        effects_of(worker)->drop(worker->env.self, part->partition);
    part->adopted = false;
}

/* ---- local events ---- */

static void add_local(struct rlc_worker *worker, const struct rlc_local *local)
{
    struct rlc_batch *batch = &worker->batch;
    struct rlc_part *part = rlc_part_find(worker, 0, local->partition);
    struct rlc_item *item = &batch->items[batch->count];

    if (!part || part->phase != RLC_PART_READY || !part->adopted)
        return;
    *item = (struct rlc_item){
        .event = { .class = RLC_EVENT_LOCAL,
                   .at_ms = worker->env.stepped ? part->time_ms : rlc_worker_now(worker),
                   .subject = local->subject,
                   .body = local->body },
        .record = { .topic = 0, .partition = local->partition, .offset = part->next_in },
        .part = part,
    };
    batch->count++;
    part->batch_count++;
}

void rlc_effects_run(struct rlc_worker *worker)
{
    struct rlc_local local[RLC_LOCALS_MAX];
    size_t count;

    if (!effects_of(worker) || worker->rebalanced || rlc_is_backing_off(worker))
        return;
    rlc_batch_reset(worker);
    rlc_at(worker, RLC_STEP_EFFECTS);
    count = effects_of(worker)->gather(worker->env.self, &worker->arena, local);
    assert(count <= RLC_LOCALS_MAX);
    for (size_t i = 0; i < count && worker->batch.count < worker->batch_limit; i++)
        add_local(worker, &local[i]);
    if (worker->batch.count)
        rlc_transaction_run(worker);
    rlc_apply_settle(worker);
}

void rlc_effects_committed(struct rlc_worker *worker)
{
    const struct rlc_effects *effects = effects_of(worker);

    for (size_t i = 0; effects && i < worker->batch.count; i++) {
        const struct rlc_item *item = &worker->batch.items[i];

        /* One that starts over already, because a seek failed, is adopted with its new records. */
        if (item->part->adopted)
            effects->committed(worker->env.self, &item->event);
    }
}

int64_t rlc_effects_busy(const struct rlc_worker *worker, const struct rlc_part *part)
{
    if (!effects_of(worker))
        return 0;
    /* Nobody knows yet, and it must not pass for nothing. */
    return part->adopted ? effects_of(worker)->busy(worker->env.self, part->partition) : 1;
}

int32_t rlc_effects_wait_ms(const struct rlc_worker *worker, int32_t timeout_ms)
{
    int32_t wait_ms =
        effects_of(worker) ? effects_of(worker)->wait_ms(worker->env.self) : timeout_ms;

    return wait_ms < timeout_ms ? wait_ms : timeout_ms;
}
