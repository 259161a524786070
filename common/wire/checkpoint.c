/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/checkpoint.h"

#include "common/wire/rows.h"
#include "relance/v1/state.pb-c.h"

static const struct rlc_wire_field INPUT_POSITION_ROWS[] = {
    RLC_TEXT(input_position, topic, RLC_TOPIC_BYTES_MAX, RLC_REQUIRED),
    RLC_I32(input_position, partition, 0, INT32_MAX),
    RLC_COUNTER(input_position, next_in, 0),
};
RLC_TYPE(input_position, INPUT_POSITION_ROWS);

static const struct rlc_wire_field CHECKPOINT_ROWS[] = {
    RLC_U32(checkpoint, format, 0, UINT32_MAX),
    RLC_UUID(checkpoint, installation, RLC_REQUIRED),
    RLC_CODE(checkpoint, worker, RLC_REQUIRED),
    RLC_I32(checkpoint, partition, 0, INT32_MAX),
    RLC_FLAG(checkpoint, genesis),
    RLC_MANY(checkpoint, inputs, input_count, input_position, 0, RLC_INPUT_PARTITIONS_MAX),
    RLC_INSTANT(checkpoint, time_ms, RLC_OPTIONAL),
    RLC_COUNTER(checkpoint, txn_seq, 0),
    RLC_COUNTER(checkpoint, audit_seq, 0),
    RLC_HASH(checkpoint, audit_head, RLC_REQUIRED),
    RLC_TEXT(checkpoint, writer, RLC_TOPIC_BYTES_MAX, RLC_OPTIONAL),
    RLC_COUNTER(checkpoint, owner_epoch, 0),
    RLC_ONE(checkpoint, rules, rules, RLC_REQUIRED),
    RLC_CODE(checkpoint, writer_version, RLC_OPTIONAL),
};
RLC_TYPE(checkpoint, CHECKPOINT_ROWS);

enum rlc_status rlc_checkpoint_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                      struct rlc_checkpoint *ret_checkpoint,
                                      struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_checkpoint_type, bytes, arena, ret_checkpoint, ret_fault);
}

struct rlc_span rlc_checkpoint_encode(const struct rlc_checkpoint *checkpoint,
                                      struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_checkpoint_type, checkpoint, arena);
}
