/* SPDX-License-Identifier: Apache-2.0 */
/* From "assigned" to "works", for a partition of a stateful worker, in small steps between polls:
 *
 *   LOOK       draw an owner epoch, look at the slice: catch up from its fence, or rebuild
 *   SCAN       find the last checkpoint that the changelog shows; it names its writer
 *   COMMITTED  fence that writer, then ask for the stable committed offset
 *   BOUND      ask for the changelog's high watermark, after the offset, uncommitted included
 *   REPLAY     apply what lies below that checkpoint in chunks, go on to an END at or past the
 *              bound; what lies behind waits for a checkpoint of its own
 *   FINISH     compare checkpoint and offset, clear the building mark, seek, resume
 *
 * Every write to the hot state on the way is fenced, so a partition that was lost meanwhile, or a
 * step that failed, is answered by starting over (model/state_worker.pml). */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/error.h"
#include "common/runtime/loop/lane.h"

/* A slice older than this may have missed deletions that the cleaner has since forgotten. */
#define SLICE_AGE_MAX_MS (RLC_DELETE_RETENTION_MS / 2)
/* Checkpoint and committed offset may disagree while a partition changes hands: look again this
 * often, polling in between, before calling a person. */
#define DIFFERENCES_MAX 3
/* Wait while a newer owner rebuilds the slice: the poll will tell that the partition is gone. */
#define NEWER_OWNER_WAIT_MS 200

void rlc_part_explain(struct rlc_worker *worker, struct rlc_part *part, const char *why)
{
    if (strncmp(part->why, why, sizeof(part->why) - 1) == 0)
        return;
    (void)snprintf(part->why, sizeof(part->why), "%s", why);
    rlc_part_ready(worker, part);
}

void rlc_part_later(struct rlc_worker *worker, struct rlc_part *part, int64_t delay_ms,
                    const char *why)
{
    part->not_before_ns = rlc_after_ms(worker, delay_ms);
    rlc_part_explain(worker, part, why);
}

void rlc_part_halt(struct rlc_worker *worker, struct rlc_part *part, const char *event,
                   const char *why)
{
    part->phase = RLC_PART_HALTED;
    worker->reading_changed = true;
    rlc_part_later(worker, part, RLC_HALT_RETRY_MS, why);
    rlc_note(worker, event, part->partition, why);
}

void rlc_part_unreadable(struct rlc_worker *worker, struct rlc_part *part)
{
    static const char WHY[] =
        "STATE_UNREADABLE: a state record was written by a newer version: run "
        "that version or a later one";

    rlc_restore_begin(worker, part, WHY);
    rlc_part_halt(worker, part, "state.unreadable", WHY);
}

void rlc_restore_begin(struct rlc_worker *worker, struct rlc_part *part, const char *why)
{
    struct rlc_error ignored;

    /* A pause that fails means the partition is no longer ours: the poll will tell. */
    (void)worker->env.bus->ops->pause(worker->env.bus, part->topic, part->partition, &ignored);
    if (worker->held && worker->held_record.topic == part->topic &&
        worker->held_record.partition == part->partition)
        worker->held = false;
    rlc_effects_drop(worker, part);
    part->phase = RLC_PART_LOOK;
    part->not_before_ns = 0;
    part->tick_offset = RLC_OFFSET_NONE;
    part->first_timer_ms = RLC_MS_NEVER;
    part->published = (struct rlc_seen){ .base = RLC_OFFSET_NONE };
    part->why[0] = '\0';
    rlc_part_explain(worker, part, why);
    worker->reading_changed = true;
    rlc_count(worker, RLC_COUNT_RESTORES, 1);
}

void rlc_restore_all(struct rlc_worker *worker, const char *why)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        if (worker->parts[i].phase != RLC_PART_FREE)
            rlc_restore_begin(worker, &worker->parts[i], why);
    }
    rlc_batch_reset(worker);
}

/* ---- LOOK ---- */

static bool slice_is_usable(const struct rlc_worker *worker, const struct rlc_look *look,
                            int64_t high)
{
    const struct rlc_fence *fence = &look->fence;

    if (!look->fence_present || fence->off == RLC_OFFSET_NONE || look->records != fence->count ||
        memcmp(fence->installation, worker->env.installation, RLC_UUID_SIZE) != 0)
        return false;
    if (fence->off >= high)
        return false; /* from another log */
    /* An old slice is fine if nothing was written since: a checkpoint and its marker. */
    return rlc_worker_now(worker) - fence->ckpt_ms <= SLICE_AGE_MAX_MS || high <= fence->off + 2;
}

static enum rlc_status claim_slice(struct rlc_worker *worker, struct rlc_part *part,
                                   const struct rlc_look *look, bool usable, bool *ret_mine,
                                   struct rlc_error *reterr)
{
    struct rlc_view *view = worker->env.view;

    *ret_mine = true;
    if (!usable) {
        rlc_at(worker, RLC_STEP_RESTORE_WIPE);
        rlc_count(worker, RLC_COUNT_REBUILDS, 1);
        return view->ops->wipe(view, part->partition, part->owner_epoch, worker->env.installation,
                               ret_mine, reterr);
    }
    if (look->fence.building == 0)
        return RLC_OK;
    return view->ops->take_over(view, part->partition, part->owner_epoch, ret_mine, reterr);
}

static enum rlc_status look(struct rlc_worker *worker, struct rlc_part *part,
                            struct rlc_look *ret_look, int64_t *ret_low, int64_t *ret_high,
                            struct rlc_error *reterr)
{
    struct rlc_view *view = worker->env.view;
    struct rlc_position changelog = { worker->env.service->state_topic, part->partition, 0 };
    enum rlc_status status = rlc_producer_ensure(worker, reterr);

    rlc_at(worker, RLC_STEP_RESTORE_LOOK);
    if (status == RLC_OK && part->owner_epoch == 0)
        status = view->ops->draw_epoch(view, part->partition, part->epoch_floor, &part->owner_epoch,
                                       reterr);
    if (status == RLC_OK)
        status = view->ops->look(view, part->partition, ret_look, reterr);
    if (status == RLC_OK)
        status = rlc_ask_watermarks(worker, part, &changelog, ret_low, ret_high, reterr);
    return status;
}

/* A newer epoch is at work here. Either the partition is gone, and the polls of the next rounds
 * will tell; or that owner died and the store lost its counter, and then we are the newer one. */
static void stand_back(struct rlc_worker *worker, struct rlc_part *part, int64_t building)
{
    part->epoch_floor = building > part->epoch_floor ? building : part->epoch_floor;
    part->owner_epoch = 0;
    rlc_part_later(worker, part, NEWER_OWNER_WAIT_MS, "a newer owner rebuilds this slice");
}

/* From where the slice stands, or from the oldest record kept: an offset that is known, since "the
 * beginning" would be asked for again with every change of what is read. */
static void begin_scan(struct rlc_worker *worker, struct rlc_part *part, int64_t applied_off,
                       int64_t low, int64_t high)
{
    int64_t first = applied_off == RLC_OFFSET_NONE ? low : applied_off;
    int64_t tail = high - RLC_REPLAY_TAIL;

    rlc_replay_start(&part->replay, first, applied_off);
    part->scanned_from = tail > first ? tail : first;
    part->replay.position = part->scanned_from;
    part->phase = RLC_PART_SCAN;
    worker->reading_changed = true;
}

static void do_look(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_look seen;
    struct rlc_error error = { .text = "" };
    int64_t low = 0, high = 0;
    bool usable, mine;

    if (look(worker, part, &seen, &low, &high, &error) != RLC_OK) {
        rlc_part_later(worker, part, rlc_ask_again_ms(part), error.text);
        return;
    }
    usable = !part->must_rebuild && slice_is_usable(worker, &seen, high);
    if (claim_slice(worker, part, &seen, usable, &mine, &error) != RLC_OK) {
        rlc_part_later(worker, part, RLC_BACKOFF_MS * 4, error.text);
        return;
    }
    if (!mine) {
        stand_back(worker, part, seen.fence.building);
        return;
    }
    part->must_rebuild = false;
    part->rebuilding = !usable;
    part->marked = !usable || seen.fence.building != 0;
    begin_scan(worker, part, usable ? seen.fence.off : RLC_OFFSET_NONE, low, high);
    rlc_part_explain(worker, part,
                     usable ? "catching up with the changelog" : "rebuilding the hot state");
}

/* ---- COMMITTED, BOUND ---- */

static bool is_fenced(const struct rlc_worker *worker, const char *writer)
{
    for (size_t i = 0; i < worker->fenced_count; i++) {
        if (strcmp(worker->fenced[i], writer) == 0)
            return true;
    }
    return false;
}

/* Fencing throws a living worker into a restore of all its partitions, so each is fenced once. */
static bool fence_writer(struct rlc_worker *worker, struct rlc_part *part)
{
    const char *writer = part->replay.writer;
    struct rlc_error error;

    if (!writer[0] || strcmp(writer, worker->env.transactional_id) == 0 ||
        is_fenced(worker, writer))
        return true;
    rlc_at(worker, RLC_STEP_RESTORE_FENCE_WRITER);
    if (worker->env.bus->ops->fence_writer(worker->env.bus, writer, &error) != RLC_OK) {
        rlc_part_later(worker, part, RLC_BACKOFF_MS * 4, error.text);
        return false;
    }
    if (worker->fenced_count < RLC_PARTS_MAX)
        memcpy(worker->fenced[worker->fenced_count++], writer, sizeof(worker->fenced[0]));
    return true;
}

static void do_committed(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_error error;

    if (part->replay.checkpoint.owner_epoch >= part->owner_epoch) {
        /* The store lost its counter: draw above what the log knows. */
        part->epoch_floor = part->replay.checkpoint.owner_epoch;
        part->owner_epoch = 0;
        part->phase = RLC_PART_LOOK;
        return;
    }
    if (!fence_writer(worker, part))
        return;
    rlc_at(worker, RLC_STEP_RESTORE_COMMITTED);
    if (worker->env.bus->ops->committed(worker->env.bus, part->topic, part->partition,
                                        RLC_COMMITTED_WAIT_MS, &part->committed,
                                        &error) != RLC_OK) {
        rlc_part_explain(worker, part,
                         "waiting for an undecided transaction on the group's offset");
        return;
    }
    part->phase = RLC_PART_BOUND;
}

static void do_bound(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_position changelog = { worker->env.service->state_topic, part->partition, 0 };
    struct rlc_error error;
    int64_t low;

    rlc_at(worker, RLC_STEP_RESTORE_BOUND);
    if (rlc_ask_watermarks(worker, part, &changelog, &low, &part->bound, &error) != RLC_OK) {
        rlc_part_later(worker, part, rlc_ask_again_ms(part), error.text);
        return;
    }
    rlc_replay_again(&part->replay);
    part->phase = RLC_PART_REPLAY;
    worker->reading_changed = true;
    rlc_part_explain(worker, part, "reading the changelog to its high watermark");
}

/* ---- FINISH ---- */

/* Whoever reads it at night has to set the one to the other. */
static void halt_at_difference(struct rlc_worker *worker, struct rlc_part *part)
{
    char why[sizeof(part->why)];

    (void)snprintf(why, sizeof(why),
                   "CHECKPOINT_DIFFERS: the group's offset is %" PRId64
                   ", the checkpoint says %" PRId64
                   ": somebody set one of them. Stop all processes of this worker, wait out their "
                   "session, set the group's offset to the checkpoint's (OPERATIONS, section 5)",
                   part->committed, part->replay.next_in);
    rlc_part_halt(worker, part, "restore.difference", why);
}

static bool offset_agrees(struct rlc_worker *worker, struct rlc_part *part)
{
    if (part->committed == RLC_OFFSET_NONE) {
        if (!part->replay.checkpoint.genesis)
            rlc_note(worker, "restore.offset_missing", part->partition,
                     "the group has no offset here; the checkpoint says where to go on");
        return true;
    }
    if (part->committed == part->replay.next_in) {
        part->differences = 0;
        return true;
    }
    if (++part->differences <= DIFFERENCES_MAX) {
        rlc_restore_begin(worker, part, "checkpoint and committed offset disagree: looking again");
        rlc_part_later(worker, part, RLC_BACKOFF_MS * 4, part->why);
        return false;
    }
    halt_at_difference(worker, part);
    return false;
}

bool rlc_part_start(struct rlc_worker *worker, struct rlc_part *part, int64_t next_in)
{
    struct rlc_bus *bus = worker->env.bus;
    struct rlc_position input = { part->topic, part->partition, 0 };
    struct rlc_error error;
    int64_t low, high;

    rlc_at(worker, RLC_STEP_RESTORE_SEEK);
    if (rlc_ask_watermarks(worker, part, &input, &low, &high, &error) != RLC_OK) {
        rlc_part_later(worker, part, rlc_ask_again_ms(part), error.text);
        return false;
    }
    if (next_in == RLC_OFFSET_BEGIN)
        next_in = low;
    if (next_in < low || next_in > high) {
        rlc_part_halt(worker, part, "restore.out_of_log",
                      next_in < low ? "records were deleted before they were read: the topic's "
                                      "retention is too short, or the topic was recreated"
                                    : "the input is shorter than what was read from it: the topic "
                                      "was recreated or lost records");
        return false;
    }
    if (bus->ops->seek(bus, part->topic, part->partition, next_in, &error) != RLC_OK ||
        bus->ops->resume(bus, part->topic, part->partition, &error) != RLC_OK) {
        rlc_part_later(worker, part, RLC_BACKOFF_MS * 4, error.text);
        return false;
    }
    part->next_in = next_in;
    part->polled = next_in;
    part->watermark = high;
    part->watermark_ns = rlc_monotonic_ns(worker);
    part->last_end = RLC_OFFSET_NONE;
    part->waiting_ms = RLC_MS_NONE; /* whatever was polled before is polled again, or finished */
    part->phase = RLC_PART_READY;
    part->why[0] = '\0';
    rlc_part_ready(worker, part);
    return true;
}

/* Where a worker goes on. One that never wrote here begins with the oldest record kept: what was
 * deleted before its first start is not its loss. */
static int64_t next_of(const struct rlc_part *part)
{
    bool first_start = part->replay.checkpoint.genesis && part->committed == RLC_OFFSET_NONE;

    return first_start ? RLC_OFFSET_BEGIN : part->replay.next_in;
}

static void note_first_start(struct rlc_worker *worker, struct rlc_part *part)
{
    part->skipped = next_of(part) == RLC_OFFSET_BEGIN ? part->next_in : 0;
    if (!part->skipped)
        return;
    rlc_note(worker, "restore.first_start", part->partition,
             "this worker's first start: the oldest records of its input are deleted already; it "
             "begins with the oldest one kept");
}

static void take_checkpoint(struct rlc_part *part)
{
    const struct rlc_replay *replay = &part->replay;

    part->expect_off = replay->applied_off;
    part->txn_seq = replay->checkpoint.txn_seq;
    part->time_ms = replay->checkpoint.time_ms;
    part->chain.sequence = replay->checkpoint.audit_seq + 1;
    part->chain.previous = replay->checkpoint.audit_head;
}

static enum rlc_status clear_mark(struct rlc_worker *worker, struct rlc_part *part, bool *ret_done,
                                  struct rlc_error *reterr)
{
    struct rlc_view *view = worker->env.view;
    struct rlc_look now;
    enum rlc_status status = RLC_OK;

    *ret_done = true;
    if (part->marked)
        status = view->ops->finish(view, part->partition, part->replay.applied_off,
                                   part->owner_epoch, ret_done, reterr);
    if (status == RLC_OK)
        status = view->ops->look(view, part->partition, &now, reterr);
    if (status != RLC_OK)
        return status;
    *ret_done = *ret_done && rlc_look_is_whole(&now, worker->env.installation) &&
                now.fence.off == part->replay.applied_off;
    part->first_timer_ms = now.first_timer_ms;
    return RLC_OK;
}

static void do_finish(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_error error = { .text = "" };
    bool done;

    if (part->replay.count && !rlc_torn_is_repairable(worker, part))
        return;
    if (!offset_agrees(worker, part))
        return;
    rlc_at(worker, RLC_STEP_RESTORE_FINISH);
    if (clear_mark(worker, part, &done, &error) != RLC_OK) {
        rlc_part_later(worker, part, RLC_BACKOFF_MS * 4, error.text);
        return;
    }
    if (!done) {
        rlc_restore_begin(worker, part, "the hot state moved during the restore");
        return;
    }
    take_checkpoint(part);
    if (!rlc_part_start(worker, part, next_of(part)))
        return;
    note_first_start(worker, part);
    if (part->replay.count)
        rlc_torn_repair(worker, part);
    rlc_replay_clear(&part->replay);
    if (part->phase == RLC_PART_READY)
        rlc_seen_publish(worker, part, rlc_seen_of(worker, part), true);
}

/* ---- one round ---- */

static void advance(struct rlc_worker *worker, struct rlc_part *part)
{
    if (!rlc_may_ask(worker, part) ||
        (part->not_before_ns && rlc_monotonic_ns(worker) < part->not_before_ns))
        return;
    part->not_before_ns = 0;
    if (part->phase == RLC_PART_HALTED) {
        part->differences = 0;
        rlc_restore_begin(worker, part, part->why);
    }
    if (worker->env.service->role != RLC_ROLE_STATE) {
        rlc_position_advance(worker, part);
        return;
    }
    if (part->phase == RLC_PART_LOOK)
        do_look(worker, part);
    else if (part->phase == RLC_PART_COMMITTED)
        do_committed(worker, part);
    else if (part->phase == RLC_PART_BOUND)
        do_bound(worker, part);
    else if (part->phase == RLC_PART_FINISH)
        do_finish(worker, part);
}

/* Partitions take turns: who waits for answers must not keep the others waiting, nor the poll. */
static void advance_parts(struct rlc_worker *worker)
{
    uint64_t until_ns = rlc_after_ms(worker, RLC_ROUND_WAIT_MS);
    size_t count = worker->part_count;

    for (size_t i = 0; i < count && rlc_monotonic_ns(worker) < until_ns; i++) {
        struct rlc_part *part = &worker->parts[worker->restore_turn % count];

        worker->restore_turn = (worker->restore_turn + 1) % count;
        if (part->phase != RLC_PART_FREE && part->phase != RLC_PART_READY)
            advance(worker, part);
    }
}

void rlc_restore_advance(struct rlc_worker *worker)
{
    bool reading = false;

    advance_parts(worker);
    for (size_t i = 0; i < worker->part_count; i++)
        reading = reading || rlc_part_is_reading(&worker->parts[i]);
    if (worker->reading_changed) {
        worker->reading_changed = false;
        if (rlc_changelog_set_reader(worker) != RLC_OK)
            worker->reading_changed = true;
    }
    if (reading)
        rlc_changelog_read(worker);
}

/* Rounded up: what is left of a millisecond would be spent turning. */
static int32_t ms_until(const struct rlc_worker *worker, uint64_t at_ns, int32_t max_ms)
{
    uint64_t now_ns = rlc_monotonic_ns(worker);
    uint64_t left_ms = at_ns > now_ns ? (at_ns - now_ns + 999999u) / 1000000u : 0;

    return left_ms < (uint64_t)max_ms ? (int32_t)left_ms : max_ms;
}

int32_t rlc_restore_wait_ms(const struct rlc_worker *worker, int32_t timeout_ms)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        const struct rlc_part *part = &worker->parts[i];
        uint64_t at_ns = part->not_before_ns;

        if (part->phase == RLC_PART_FREE || part->phase == RLC_PART_READY ||
            part->phase == RLC_PART_HALTED)
            continue;
        if (!rlc_may_ask(worker, part) && worker->ask_again_ns > at_ns)
            at_ns = worker->ask_again_ns;
        timeout_ms = ms_until(worker, at_ns, timeout_ms);
    }
    return timeout_ms;
}
