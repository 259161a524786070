/* SPDX-License-Identifier: Apache-2.0 */
/* Changelog records behind the last checkpoint: a late EndTxn committed half of a transaction
 * (broker-findings e). They are never applied. Their keys are published again with the values of
 * the last checkpoint, or a later rebuild would read the torn ones. */
#include <string.h>

#include "common/runtime/loop/lane.h"

/* After a rebuild the slice may lack a key because the cleaner had already dropped its sound record
 * in favour of the torn one; then only a person with a backup can tell what it was. */
bool rlc_torn_is_repairable(struct rlc_worker *worker, struct rlc_part *part)
{
    const struct rlc_replay *replay = &part->replay;
    struct rlc_error error;

    rlc_count(worker, RLC_COUNT_TORN, (int64_t)replay->count);
    rlc_note(worker, "restore.torn", part->partition,
             "records without checkpoint at the end of the changelog: not applied");
    for (size_t i = 0; part->rebuilding && i < replay->count; i++) {
        struct rlc_span key = rlc_replay_key(replay, i);
        struct rlc_span value = { NULL, 0 };
        struct rlc_view_read read = {
            .partition = part->partition, .keys = &key, .count = 1, .values = &value
        };

        if (worker->env.view->ops->read(worker->env.view, &read, 1, &worker->arena, &error) !=
            RLC_OK) {
            rlc_restore_begin(worker, part, error.text);
            return false;
        }
        if (!value.data) {
            rlc_part_halt(worker, part, "restore.torn_lost",
                          "TORN_TRANSACTION: a torn record replaced the only copy of a state "
                          "record; restore the state topic's partition from a backup");
            return false;
        }
    }
    return true;
}

static bool name_torn(struct rlc_worker *worker, struct rlc_part *part)
{
    struct rlc_overlay *overlay = &worker->batch.overlay;
    struct rlc_error error;

    if (!rlc_batch_overlay(worker))
        return false;
    overlay->partition = part->partition;
    overlay->chain = &part->slots;
    for (size_t i = 0; i < part->replay.count; i++)
        (void)rlc_overlay_want(overlay, rlc_replay_key(&part->replay, i));
    if (overlay->full || rlc_batch_load(worker, &error) != RLC_OK)
        return false;
    for (struct rlc_slot *slot = overlay->first; slot; slot = slot->next)
        slot->dirty = true;
    return true;
}

/* Read as of the last checkpoint and marked dirty, the records are written by an ordinary
 * transaction with unchanged offsets. Should it fail, the partition starts over: no other
 * transaction may put its checkpoint behind the torn records. */
void rlc_torn_repair(struct rlc_worker *worker, struct rlc_part *part)
{
    int64_t txn_seq = part->txn_seq;
    struct rlc_error error = { .text = "" };

    rlc_batch_reset(worker);
    part->batch_count = 1;
    if (worker->env.bus->ops->snapshot(worker->env.bus, &error) == RLC_OK &&
        name_torn(worker, part))
        rlc_transaction_write(worker);
    rlc_apply_settle(worker);
    if (part->phase == RLC_PART_READY && part->txn_seq == txn_seq)
        rlc_restore_begin(worker, part, "torn records could not be published again yet");
    rlc_batch_reset(worker);
}
