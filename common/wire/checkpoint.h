/* SPDX-License-Identifier: Apache-2.0 */
/* The checkpoint record of a state topic: the truth about where a worker stands in a partition.
 * Written last in every transaction that touches the partition. Mirrors
 * proto/relance/v1/state.proto. */
#ifndef RLC_WIRE_CHECKPOINT_H
#define RLC_WIRE_CHECKPOINT_H

#include "common/wire/envelope.h"

/* Key of the checkpoint in its partition of the state topic. */
#define RLC_CHECKPOINT_KEY "ckpt"

/* Current format: raised when a reader of the format before could misread a state topic. */
enum { RLC_CHECKPOINT_FORMAT = 1 };

/* Next offset to read of one input partition. */
struct rlc_input_position {
    struct rlc_span topic;
    int32_t partition;
    int64_t next_in;
};

struct rlc_checkpoint {
    uint32_t format;          /* RLC_CHECKPOINT_FORMAT */
    uint8_t installation[16]; /* uuid of the installation; required */
    struct rlc_span worker;
    int32_t partition; /* of the state topic */
    bool genesis;      /* written by `topics create`, not by a worker */
    const struct rlc_input_position *inputs;
    size_t input_count;         /* 1 for a stateful worker; <= RLC_INPUT_PARTITIONS_MAX */
    rlc_ms time_ms;             /* partition time; never goes back */
    int64_t txn_seq;            /* transactions of this partition so far; 0 = genesis */
    int64_t audit_seq;          /* sequence of the last audit record; 0 = none */
    struct rlc_hash audit_head; /* chain head after it; H(uuid, worker, partition) at genesis */
    struct rlc_span writer;     /* transactional id of the writer; absent at genesis */
    int64_t owner_epoch;
    struct rlc_rules rules;         /* rules version of the writer; its bundle hash stays absent */
    struct rlc_span writer_version; /* of the program, for example "0.1.0" */
};

/* As rlc_debtor_event_decode and _encode (common/wire/debtor_event.h). */
RLC_NODISCARD enum rlc_status rlc_checkpoint_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                                    struct rlc_checkpoint *ret_checkpoint,
                                                    struct rlc_fault *ret_fault);
struct rlc_span rlc_checkpoint_encode(const struct rlc_checkpoint *checkpoint,
                                      struct rlc_arena *arena);

#endif
