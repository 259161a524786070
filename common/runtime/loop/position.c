/* SPDX-License-Identifier: Apache-2.0 */
/* Where a source or a sink goes on. A source trusts the group's stable offset; only where that is
 * missing it looks for its checkpoint; a source that was never read needs somebody to say where to
 * start. A sink asks its store. */
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/error.h"
#include "common/runtime/genesis.h"
#include "common/runtime/loop/lane.h"

int32_t rlc_reading_partition(const struct rlc_worker *worker, const struct rlc_part *part)
{
    char buffer[RLC_CHECKPOINT_KEY_MAX];

    if (worker->env.service->role == RLC_ROLE_STATE)
        return part->partition;
    return rlc_partition_of(rlc_checkpoint_key(worker, part, buffer, sizeof(buffer)),
                            worker->env.partitions);
}

static void start(struct rlc_worker *worker, struct rlc_part *part, int64_t next_in)
{
    part->time_ms = 0;
    /* Without an audit stream the chain stays where it begins; checkpoints carry it too. */
    part->chain.sequence = 1;
    part->chain.previous =
        rlc_genesis_head(worker->env.installation, worker->env.service->name, part->partition);
    if (rlc_part_start(worker, part, next_in))
        rlc_replay_clear(&part->replay);
}

static void start_first_time(struct rlc_worker *worker, struct rlc_part *part)
{
    int64_t first = worker->env.service->first_offset(worker->env.self, part->topic);

    if (first == RLC_OFFSET_NONE) {
        rlc_part_halt(worker, part, "source.no_start",
                      "this source was never read: say in its configuration where to start "
                      "(start: earliest, or an offset)");
        return;
    }
    start(worker, part, first);
}

/* One source partition looks for its checkpoint at a time: several may share a state partition. */
static bool somebody_scans(const struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        if (worker->parts[i].phase == RLC_PART_SCAN)
            return true;
    }
    return false;
}

static void ask_group(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = worker->env.bus;
    struct rlc_position checkpoints = { worker->env.service->state_topic,
                                        rlc_reading_partition(worker, part), 0 };
    int64_t low;

    rlc_at(worker, RLC_STEP_RESTORE_COMMITTED);
    if (rlc_producer_ensure(worker, &error) != RLC_OK ||
        bus->ops->committed(bus, part->topic, part->partition, RLC_COMMITTED_WAIT_MS,
                            &part->committed, &error) != RLC_OK) {
        rlc_part_later(worker, part, RLC_BACKOFF_MS, error.text);
        return;
    }
    if (part->committed != RLC_OFFSET_NONE) {
        start(worker, part, part->committed);
        return;
    }
    if (somebody_scans(worker))
        return;
    if (rlc_ask_watermarks(worker, part, &checkpoints, &low, &part->bound, &error) != RLC_OK) {
        rlc_part_later(worker, part, rlc_ask_again_ms(part), error.text);
        return;
    }
    rlc_replay_start(&part->replay, low, RLC_OFFSET_NONE);
    part->phase = RLC_PART_SCAN;
    worker->reading_changed = true;
}

void rlc_position_on_record(struct rlc_worker *worker, struct rlc_part *part,
                            const struct rlc_record *record)
{
    char buffer[RLC_CHECKPOINT_KEY_MAX];

    part->replay.position = record->offset + 1;
    if (rlc_span_equal(record->key, rlc_checkpoint_key(worker, part, buffer, sizeof(buffer))))
        rlc_checkpoint_take(worker, part, record);
}

void rlc_position_on_end(struct rlc_worker *worker, struct rlc_part *part, int64_t offset)
{
    if (offset < part->bound)
        return;
    worker->reading_changed = true;
    part->phase = RLC_PART_LOOK;
    if (part->replay.known)
        start(worker, part, part->replay.next_in);
    else
        start_first_time(worker, part);
}

static void ask_store(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_error error = { .text = "" };
    int64_t next = RLC_OFFSET_NONE;

    rlc_at(worker, RLC_STEP_RESTORE_COMMITTED);
    if (worker->env.service->sink_position(worker->env.self, part->topic, part->partition, &next,
                                           &error) != RLC_OK) {
        rlc_part_later(worker, part, RLC_BACKOFF_MS * 4, error.text);
        return;
    }
    start(worker, part, next == RLC_OFFSET_NONE ? RLC_OFFSET_BEGIN : next);
}

void rlc_position_advance(struct rlc_worker *worker, struct rlc_part *part)
{
    if (part->phase != RLC_PART_LOOK)
        return;
    if (worker->env.service->role == RLC_ROLE_SINK)
        ask_store(worker, part);
    else
        ask_group(worker, part);
}
