/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the changelog during a restore, first for its last checkpoint, then to apply what is
 * whole (replay.h). A slice that stands between two checkpoints carries the building mark and the
 * age of none: nobody reads it, and whoever finds it builds it anew. */
#include <string.h>

#include "common/runtime/error.h"
#include "common/runtime/loop/lane.h"

/* Changelog records read between two polls of the subscription. */
#define READ_BURST 5000

bool rlc_part_is_reading(const struct rlc_part *part)
{
    return part->phase == RLC_PART_SCAN || part->phase == RLC_PART_REPLAY;
}

/* False if this version cannot read the record: nobody would know when its subject is due. */
static bool put_of(struct rlc_worker *worker, const struct rlc_replay *replay, size_t index,
                   struct rlc_view_put *ret_put)
{
    const struct rlc_service *service = worker->env.service;
    size_t mark = rlc_arena_mark(&worker->arena);
    void *record = NULL;

    *ret_put = (struct rlc_view_put){ .key = rlc_replay_key(replay, index),
                                      .value = rlc_replay_value(replay, index),
                                      .wake_ms = RLC_MS_NEVER };
    if (!ret_put->value.data)
        return true;
    record = service->decode_record(worker->env.self, ret_put->key, ret_put->value, &worker->arena);
    if (record)
        ret_put->timed = service->wake(worker->env.self, ret_put->key, record, &ret_put->wake_ms);
    rlc_arena_rewind(&worker->arena, mark);
    return record != NULL;
}

static bool fill_puts(struct rlc_worker *worker, const struct rlc_replay *replay,
                      struct rlc_view_put *puts)
{
    for (size_t i = 0; i < replay->whole; i++) {
        if (!put_of(worker, replay, i, &puts[i]))
            return false;
    }
    return true;
}

/* RLC_REJECT: a record cannot be read; RLC_RETRY: memory is short. */
static enum rlc_status fill_apply(struct rlc_worker *worker, struct rlc_part *part,
                                  struct rlc_view_apply *apply)
{
    struct rlc_replay *replay = &part->replay;
    struct rlc_view_put *puts =
        rlc_arena_array(&worker->arena, replay->whole ? replay->whole : 1, sizeof(*puts));

    if (!puts)
        return RLC_RETRY;
    if (!fill_puts(worker, replay, puts))
        return RLC_REJECT;
    *apply = (struct rlc_view_apply){
        .partition = part->partition,
        .expect_off = replay->applied_off,
        .to = { .off = replay->whole_off,
                .next_in = replay->next_in,
                .txn_seq = replay->checkpoint.txn_seq,
                .ckpt_ms = replay->whole_off == replay->checkpoint_off ? replay->checkpoint_ms : 0,
                .owner_epoch = part->owner_epoch },
        .building = part->owner_epoch,
        .puts = puts,
        .count = replay->whole,
    };
    memcpy(apply->to.installation, worker->env.installation, RLC_UUID_SIZE);
    return RLC_OK;
}

/* Applies what is whole. A slice that is not where we left it: somebody else works on it, or it was
 * lost: start over. */
static bool apply_whole(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_replay *replay = &part->replay;
    size_t mark = rlc_arena_mark(&worker->arena);
    struct rlc_view_apply apply;
    struct rlc_error error = { .text = "the hot state moved during the restore" };
    enum rlc_status status;

    if (replay->whole == 0 && replay->whole_off == replay->applied_off)
        return true;
    status = fill_apply(worker, part, &apply);
    if (status == RLC_REJECT) {
        rlc_arena_rewind(&worker->arena, mark);
        rlc_part_unreadable(worker, part);
        return false;
    }
    if (status == RLC_OK) {
        rlc_at(worker, RLC_STEP_RESTORE_APPLY);
        status = worker->env.view->ops->apply(worker->env.view, &apply, 1, &error);
    }
    rlc_arena_rewind(&worker->arena, mark);
    if (status != RLC_OK || apply.result == RLC_APPLY_GAP) {
        rlc_restore_begin(worker, part, error.text);
        rlc_part_later(worker, part, RLC_BACKOFF_MS, error.text);
        return false;
    }
    part->marked = true;
    rlc_count(worker, RLC_COUNT_RESTORED, (int64_t)replay->whole);
    rlc_worker_worked(worker, replay->whole);
    rlc_replay_applied(replay);
    return true;
}

static bool is_checkpoint(const struct rlc_record *record)
{
    return rlc_span_equal(record->key, rlc_span_of(RLC_CHECKPOINT_KEY));
}

void rlc_checkpoint_take(struct rlc_worker *worker, struct rlc_part *part,
                         const struct rlc_record *record)
{
    size_t mark = rlc_arena_mark(&worker->arena);
    struct rlc_checkpoint checkpoint;
    struct rlc_fault fault = { 0 };
    enum rlc_status status =
        rlc_checkpoint_decode(record->value, &worker->arena, &checkpoint, &fault);

    if (status == RLC_OK &&
        memcmp(checkpoint.installation, worker->env.installation, RLC_UUID_SIZE) != 0) {
        rlc_part_halt(worker, part, "restore.foreign",
                      "the changelog belongs to another installation: check topic_prefix");
    } else if (status != RLC_OK || checkpoint.format > RLC_CHECKPOINT_FORMAT) {
        rlc_part_halt(worker, part, "restore.format",
                      "the checkpoint was written by a newer version: run that version or newer");
    } else {
        rlc_replay_checkpoint(&part->replay, record, &checkpoint);
    }
    rlc_arena_rewind(&worker->arena, mark);
}

/* A record that cannot be kept must be read again: what waited for its checkpoint is given up. */
static void out_of_memory(struct rlc_worker *worker, struct rlc_part *part)
{
    const char *why = "out of memory while restoring";

    rlc_replay_clear(&part->replay);
    rlc_restore_begin(worker, part, why);
    rlc_part_later(worker, part, RLC_HALT_RETRY_MS, why);
}

/* A checkpoint, or what lies between it and the one before. */
static bool take(struct rlc_worker *worker, struct rlc_part *part, const struct rlc_record *record)
{
    struct rlc_replay *replay = &part->replay;

    if (is_checkpoint(record)) {
        if (record->offset >= replay->whole_below)
            rlc_checkpoint_take(worker, part, record);
        return true;
    }
    /* The slice already holds what lies at or below its fence. */
    if (part->phase == RLC_PART_SCAN || record->offset <= replay->applied_off)
        return true;
    return rlc_replay_add(replay, record) == RLC_OK;
}

static void on_changelog(struct rlc_worker *worker, struct rlc_part *part,
                         const struct rlc_record *record)
{
    if (worker->env.service->role != RLC_ROLE_STATE) {
        rlc_position_on_record(worker, part, record);
        return;
    }
    if (record->offset < part->replay.position)
        return;
    if (!take(worker, part, record)) {
        out_of_memory(worker, part);
        return;
    }
    part->replay.position = record->offset + 1;
    if (part->phase == RLC_PART_REPLAY && rlc_replay_is_full(&part->replay))
        (void)apply_whole(worker, part);
}

/* Without a checkpoint nobody knows where the worker stood: never "from the beginning". */
static void on_scanned(struct rlc_worker *worker, struct rlc_part *part)
{
    worker->reading_changed = true;
    if (part->replay.known) {
        part->phase = RLC_PART_COMMITTED;
    } else if (part->scanned_from != part->replay.first) {
        part->scanned_from = part->replay.first;
        part->replay.position = part->replay.first;
    } else {
        rlc_part_halt(worker, part, "restore.no_checkpoint",
                      "no checkpoint in this partition of the state topic: run "
                      "'relancectl topics create' (first start), or restore the topic");
    }
}

static void on_replayed(struct rlc_worker *worker, struct rlc_part *part)
{
    const struct rlc_replay *replay = &part->replay;

    /* The second reading passes what the first one has found. */
    if (replay->position <= replay->checkpoint_off || replay->whole_off < replay->checkpoint_off) {
        rlc_restore_begin(worker, part, "the changelog lost records during the restore");
        rlc_part_later(worker, part, RLC_BACKOFF_MS, part->why);
        return;
    }
    if (!apply_whole(worker, part))
        return;
    part->phase = RLC_PART_FINISH;
    worker->reading_changed = true;
}

static void on_changelog_end(struct rlc_worker *worker, struct rlc_part *part, int64_t offset)
{
    if (worker->env.service->role != RLC_ROLE_STATE) {
        rlc_position_on_end(worker, part, offset);
        return;
    }
    part->replay.end = offset;
    if (part->phase == RLC_PART_SCAN)
        on_scanned(worker, part);
    else if (offset >= part->bound)
        on_replayed(worker, part);
}

static struct rlc_part *reading_part(struct rlc_worker *worker, int32_t partition)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (rlc_part_is_reading(part) && rlc_reading_partition(worker, part) == partition)
            return part;
    }
    return NULL;
}

/* The slice stands where the log no longer is: only a rebuild from its beginning helps. */
static void fell_out(struct rlc_worker *worker, int32_t partition)
{
    struct rlc_part *part = reading_part(worker, partition);

    if (!part)
        return;
    rlc_restore_begin(worker, part, "the changelog no longer holds where the hot state stands");
    part->must_rebuild = true;
}

enum rlc_status rlc_changelog_set_reader(struct rlc_worker *worker)
{
    struct rlc_position from[RLC_PARTS_MAX];
    struct rlc_error error;
    size_t count = 0;

    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (rlc_part_is_reading(part)) {
            from[count++] =
                (struct rlc_position){ worker->env.service->state_topic,
                                       rlc_reading_partition(worker, part), part->replay.position };
        }
    }
    return worker->env.bus->ops->read(worker->env.bus, from, count, &error);
}

void rlc_changelog_read(struct rlc_worker *worker)
{
    struct rlc_error error;

    for (int i = 0; i < READ_BURST && !worker->reading_changed; i++) {
        struct rlc_bus_event event;
        struct rlc_part *part;
        enum rlc_status status;

        status = worker->env.bus->ops->read_poll(worker->env.bus, i ? 0 : (int32_t)RLC_BACKOFF_MS,
                                                 &event, &error);
        if (status == RLC_REJECT)
            fell_out(worker, event.end.partition);
        if (status != RLC_OK || event.kind == RLC_BUS_NOTHING)
            return;
        part = reading_part(worker, event.kind == RLC_BUS_END ? event.end.partition
                                                              : event.record.partition);
        if (!part)
            continue;
        rlc_at(worker, RLC_STEP_RESTORE_READ);
        if (event.kind == RLC_BUS_END)
            on_changelog_end(worker, part, event.end.offset);
        else
            on_changelog(worker, part, &event.record);
    }
}
