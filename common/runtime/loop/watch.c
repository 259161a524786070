/* SPDX-License-Identifier: Apache-2.0 */
/* Once a second, idle or not: is the hot state where we left it, and does the store show how far we
 * have looked? A difference means "restore this partition", never "crash" and never "ignore". */
#include "common/runtime/loop/lane.h"

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The oldest record polled and not finished, else as far as the consumer has come: control records
 * and aborted data are looked at too, though they move no next_in (broker-findings f). */
struct rlc_seen rlc_seen_of(struct rlc_worker *worker, const struct rlc_part *part)
{
    struct rlc_bus *bus = worker->env.bus;
    struct rlc_seen seen = { .base = part->next_in,
                             .at_ms = rlc_worker_now(worker),
                             .busy = rlc_effects_busy(worker, part),
                             .next_due_ms = part->first_timer_ms };

    if (part->next_in == part->skipped)
        seen.base = 0; /* there is nothing between 0 and here, and the slice stands at 0 */
    seen.seen = max_of(part->next_in, part->last_end);
    seen.seen = max_of(seen.seen, bus->ops->position(bus, part->topic, part->partition));
    if (worker->held && worker->held_record.topic == part->topic &&
        worker->held_record.partition == part->partition)
        seen.seen = worker->held_record.offset;
    return seen;
}

int32_t rlc_seen_slot(const struct rlc_worker *worker, const struct rlc_part *part)
{
    if (worker->env.service->role == RLC_ROLE_STATE)
        return part->partition;
    return part->topic * RLC_SEEN_SLOTS_PER_TOPIC + part->partition;
}

void rlc_seen_publish(struct rlc_worker *worker, struct rlc_part *part, struct rlc_seen seen,
                      bool even_if_same)
{
    struct rlc_error error;

    if (!worker->env.view)
        return;
    if (!even_if_same && seen.base == part->published.base && seen.seen == part->published.seen &&
        seen.busy == part->published.busy && seen.next_due_ms == part->published.next_due_ms)
        return;
    rlc_at(worker, RLC_STEP_SEEN);
    if (worker->env.view->ops->publish_seen(worker->env.view, rlc_seen_slot(worker, part), &seen,
                                            &error) != RLC_OK)
        return; /* the next look finds another pair and publishes again */
    part->published = seen;
}

static void look(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_look now;
    struct rlc_error error = { .text = "" };

    if (worker->env.view->ops->look(worker->env.view, part->partition, &now, &error) != RLC_OK) {
        rlc_restore_begin(worker, part, error.text);
        return;
    }
    if (!rlc_look_is_whole(&now, worker->env.installation) || now.fence.off != part->expect_off) {
        rlc_count(worker, RLC_COUNT_GAPS, 1);
        rlc_restore_begin(worker, part, "the hot state is not where it was left");
        return;
    }
    part->first_timer_ms = now.first_timer_ms;
    rlc_seen_publish(worker, part, rlc_seen_of(worker, part),
                     !now.seen_present || now.seen.base != part->published.base ||
                         now.seen.seen != part->published.seen);
}

/* ---- for services that tell others how far they have read ---- */

/* What rlc_reading.watermark promises. */
#define WATERMARK_AGE_MAX_MS 2000

static void ask_watermark(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_position input = { part->topic, part->partition, 0 };
    struct rlc_error ignored;
    int64_t low, high;

    if (!rlc_may_ask(worker, part) || rlc_monotonic_ns(worker) < part->not_before_ns)
        return;
    if (rlc_ask_watermarks(worker, part, &input, &low, &high, &ignored) == RLC_OK) {
        part->watermark = high;
        part->watermark_ns = rlc_monotonic_ns(worker);
        return;
    }
    part->watermark = RLC_OFFSET_NONE;
    part->not_before_ns = rlc_after_ms(worker, rlc_ask_again_ms(part));
}

/* Partitions take turns, as in a restore. */
static void ask_watermarks(struct rlc_worker *worker)
{
    uint64_t until_ns = rlc_after_ms(worker, RLC_ROUND_WAIT_MS);
    size_t count = worker->part_count;

    for (size_t i = 0; i < count && rlc_monotonic_ns(worker) < until_ns; i++) {
        struct rlc_part *part = &worker->parts[worker->watch_turn % count];

        worker->watch_turn = (worker->watch_turn + 1) % count;
        if (part->phase == RLC_PART_READY)
            ask_watermark(worker, part);
    }
}

static void watch_reading(struct rlc_worker *worker, bool full_look)
{
    struct rlc_reading readings[RLC_PARTS_MAX];
    bool news = full_look;
    size_t count = 0;
    uint64_t now_ns;

    if (full_look)
        ask_watermarks(worker);
    now_ns = rlc_monotonic_ns(worker);
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];
        int64_t position;

        if (part->phase != RLC_PART_READY || part->watermark == RLC_OFFSET_NONE ||
            now_ns - part->watermark_ns > WATERMARK_AGE_MAX_MS * UINT64_C(1000000))
            continue;
        position = rlc_seen_of(worker, part).seen;
        news |= position != part->told;
        part->told = position;
        readings[count++] =
            (struct rlc_reading){ part->topic, part->partition, position, part->watermark };
    }
    if (news)
        worker->env.service->on_reading(worker->env.self, readings, count);
}

/* ---- for people ---- */

static int64_t behind_ms(const struct rlc_worker *worker, const struct rlc_part *part)
{
    rlc_ms since_ms = part->waiting_ms;

    if (part->phase == RLC_PART_FREE || (part->phase != RLC_PART_READY && since_ms == RLC_MS_NONE))
        return RLC_BEHIND_UNKNOWN;
    if (since_ms == RLC_MS_NONE && part->last_end != RLC_OFFSET_NONE &&
        part->last_end >= part->polled)
        return 0;
    /* Between two batches of a backlog: the next record was appended about then. */
    if (since_ms == RLC_MS_NONE)
        since_ms = part->newest_ms;
    return since_ms == RLC_MS_NONE ? RLC_BEHIND_UNKNOWN
                                   : max_of(rlc_worker_now(worker) - since_ms, 0);
}

void rlc_behind_tell(const struct rlc_worker *worker, const struct rlc_part *part)
{
    const struct rlc_observer *observer = worker->env.observer;

    if (observer && observer->behind)
        observer->behind(observer->context, part->topic, part->partition, behind_ms(worker, part));
}

bool rlc_watch_is_due(const struct rlc_worker *worker)
{
    return rlc_monotonic_ns(worker) - worker->watched_ns >= RLC_WATCH_MS * UINT64_C(1000000);
}

void rlc_watch(struct rlc_worker *worker)
{
    bool full_look = rlc_watch_is_due(worker);

    if (full_look) {
        worker->watched_ns = rlc_monotonic_ns(worker);
        rlc_at(worker, RLC_STEP_WATCH);
    }
    if (worker->env.service->on_reading)
        watch_reading(worker, full_look);
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (full_look && part->phase != RLC_PART_FREE)
            rlc_behind_tell(worker, part);
        if (part->phase != RLC_PART_READY)
            continue;
        if (full_look && worker->env.service->role == RLC_ROLE_STATE)
            look(worker, part);
        else
            rlc_seen_publish(worker, part, rlc_seen_of(worker, part), full_look);
    }
}
