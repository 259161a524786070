/* SPDX-License-Identifier: Apache-2.0 */
/* After a commit the hot state follows the log, and with it `seen`: how far we had looked then. It
 * is sent at once; its answer may be waited for when the next records have been gathered. Nothing
 * reads or writes the hot state in between. */
#include <string.h>

#include "common/runtime/loop/lane.h"

void rlc_apply_add(struct rlc_worker *worker, struct rlc_part *part,
                   const struct rlc_view_put *puts, size_t count)
{
    struct rlc_applying *applying = &worker->applying;
    struct rlc_view_apply *apply = &applying->apply[applying->count];

    *apply = (struct rlc_view_apply){
        .partition = part->partition,
        .expect_off = part->expect_off,
        .to = { .off = part->ckpt_offset,
                .next_in = part->next_in,
                .txn_seq = part->txn_seq,
                .ckpt_ms = rlc_worker_now(worker),
                .owner_epoch = part->owner_epoch },
        .puts = puts,
        .count = count,
    };
    /* One that starts over already, because a seek failed, may stand behind records it has not
     * finished. */
    if (part->phase == RLC_PART_READY) {
        applying->seen[applying->count] = rlc_seen_of(worker, part);
        apply->seen = &applying->seen[applying->count];
    }
    memcpy(apply->to.installation, worker->env.installation, RLC_UUID_SIZE);
    applying->part[applying->count++] = part;
}

static void give_up(struct rlc_worker *worker, const char *why)
{
    for (size_t i = 0; i < worker->applying.count; i++)
        rlc_restore_begin(worker, worker->applying.part[i], why);
    worker->applying.count = 0;
}

void rlc_apply_send(struct rlc_worker *worker)
{
    struct rlc_applying *applying = &worker->applying;
    struct rlc_error error = { .text = "" };

    rlc_at(worker, RLC_STEP_APPLY);
    if (worker->env.view->ops->apply_send(worker->env.view, applying->apply, applying->count,
                                          &error) != RLC_OK)
        give_up(worker, error.text);
}

bool rlc_apply_is_under_way(const struct rlc_worker *worker)
{
    return worker->applying.count > 0;
}

static void applied(struct rlc_worker *worker, const struct rlc_view_apply *apply,
                    struct rlc_part *part)
{
    if (apply->result == RLC_APPLIED && apply->seen) {
        part->published = *apply->seen;
        part->published.next_due_ms = apply->first_timer_ms;
    }
    if (part->phase != RLC_PART_READY)
        return; /* it starts over already: a seek failed while records were gathered */
    if (apply->result == RLC_APPLY_GAP) {
        rlc_count(worker, RLC_COUNT_GAPS, 1);
        rlc_restore_begin(worker, part, "the hot state was not where the commit began");
        return;
    }
    part->expect_off = apply->to.off;
    part->first_timer_ms = apply->first_timer_ms;
}

/* Partitions of which nothing was gathered may have come further since: over a marker, say. */
static void publish_others(struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (part->phase == RLC_PART_READY && !part->batch_count && !part->agenda)
            rlc_seen_publish(worker, part, rlc_seen_of(worker, part), false);
    }
}

void rlc_apply_settle(struct rlc_worker *worker)
{
    struct rlc_applying *applying = &worker->applying;
    struct rlc_error error = { .text = "" };

    if (!rlc_apply_is_under_way(worker))
        return;
    rlc_at(worker, RLC_STEP_APPLY_WAIT);
    if (worker->env.view->ops->apply_receive(worker->env.view, applying->apply, applying->count,
                                             &error) != RLC_OK) {
        give_up(worker, error.text);
        return;
    }
    for (size_t i = 0; i < applying->count; i++)
        applied(worker, &applying->apply[i], applying->part[i]);
    rlc_at(worker, RLC_STEP_APPLIED);
    applying->count = 0;
    publish_others(worker);
}
