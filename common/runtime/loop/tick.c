/* SPDX-License-Identifier: Apache-2.0 */
/* Time enters through the log: when the earliest timer of a partition is due, its owner appends a
 * tick to its own input. Timers fire when the tick is read back, so whatever was in the log before
 * it is known. A tick is a small transaction with unchanged offsets, and so is fenced. */
#include "common/runtime/loop/lane.h"

rlc_ms rlc_worker_now(const struct rlc_worker *worker)
{
    return worker->env.clock.now_ms(worker->env.clock.context) - worker->skew_ms;
}

static bool due(const struct rlc_part *part, rlc_ms now_ms)
{
    return part->phase == RLC_PART_READY && part->tick_offset == RLC_OFFSET_NONE &&
           part->first_timer_ms <= now_ms;
}

static enum rlc_status append(struct rlc_worker *worker, struct rlc_part *part, rlc_ms now_ms,
                              struct rlc_error *reterr)
{
    struct rlc_outgoing outgoing = { .topic = part->topic,
                                     .partition = part->partition,
                                     .ret_offset = &part->ckpt_offset };

    worker->env.service->encode_tick(worker->env.self, part->partition, now_ms, &worker->arena,
                                     &outgoing.key, &outgoing.value);
    part->ckpt_offset = RLC_OFFSET_NONE;
    return worker->env.bus->ops->produce(worker->env.bus, &outgoing, reterr);
}

static enum rlc_status write_ticks(struct rlc_worker *worker, rlc_ms now_ms,
                                   struct rlc_error *reterr)
{
    struct rlc_position next[RLC_PARTS_MAX];
    struct rlc_bus *bus = worker->env.bus;
    size_t count = 0;
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (!due(part, now_ms))
            continue;
        status = append(worker, part, now_ms, reterr);
        next[count++] = (struct rlc_position){ part->topic, part->partition, part->next_in };
    }
    if (status == RLC_OK)
        status = bus->ops->send_offsets(bus, next, count, reterr);
    if (status == RLC_OK)
        status = bus->ops->commit(bus, reterr);
    return status;
}

static void written(struct rlc_worker *worker, rlc_ms now_ms)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (!due(part, now_ms))
            continue;
        part->tick_offset = part->ckpt_offset;
        part->tick_clock_ms = worker->env.clock.now_ms(worker->env.clock.context);
        rlc_count(worker, RLC_COUNT_TICKS, 1);
    }
}

bool rlc_tick_is_due(const struct rlc_worker *worker)
{
    rlc_ms now_ms = rlc_worker_now(worker);

    if (worker->env.stepped || worker->env.service->role != RLC_ROLE_STATE || worker->rebalanced ||
        !worker->env.service->encode_tick)
        return false;
    for (size_t i = 0; i < worker->part_count; i++) {
        if (due(&worker->parts[i], now_ms))
            return true;
    }
    return false;
}

void rlc_tick_append_due(struct rlc_worker *worker)
{
    struct rlc_bus *bus = worker->env.bus;
    rlc_ms now_ms = rlc_worker_now(worker);
    struct rlc_error error;
    enum rlc_status status;

    if (!rlc_tick_is_due(worker))
        return;
    rlc_at(worker, RLC_STEP_TICK);
    status = bus->ops->snapshot(bus, &error);
    if (status != RLC_OK)
        return;
    status = bus->ops->begin(bus, &error);
    if (status != RLC_OK)
        return;
    status = write_ticks(worker, now_ms, &error);
    if (status == RLC_OK) {
        written(worker, now_ms);
        return;
    }
    if (status == RLC_FATAL || bus->ops->abort(bus, &error) != RLC_OK) {
        worker->producer_ready = false;
        rlc_restore_all(worker, error.text);
    }
    worker->aborts++;
    worker->not_before_ns = rlc_after_ms(worker, RLC_BACKOFF_MS);
}
