/* SPDX-License-Identifier: Apache-2.0 */
/* Changelog records on their way into the hot state: they wait here for their checkpoint. A record
 * without one is part of a torn transaction and is never applied (model/README.md, M_TORNAPPLY). */
#ifndef RLC_RUNTIME_REPLAY_H
#define RLC_RUNTIME_REPLAY_H

#include "common/pure/span.h"
#include "common/runtime/bus.h"
#include "common/wire/checkpoint.h"

/* Transactions are merged into one apply until so many records wait: one script call of this size
 * holds the store for a few milliseconds. A single transaction is never cut. */
#define RLC_REPLAY_CHUNK 1000u

struct rlc_replay_record {
    size_t key_at; /* into bytes */
    size_t key_size;
    size_t value_at;
    size_t value_size;
    bool tombstone;
};

struct rlc_replay {
    struct rlc_replay_record *records;
    size_t count;
    size_t capacity;
    uint8_t *bytes;
    size_t bytes_used;
    size_t bytes_capacity;

    size_t whole; /* the first so many records are covered by `checkpoint` */
    bool known;   /* a checkpoint was read */
    struct rlc_checkpoint checkpoint;
    char writer[128]; /* its writer's transactional id; checkpoint.writer points here */
    int64_t next_in;  /* its next input offset; 0 at genesis */
    int64_t checkpoint_off;
    rlc_ms checkpoint_ms;

    int64_t applied_off; /* checkpoint offset the slice is at, NONE = empty */
    int64_t position;    /* next changelog offset to read */
    int64_t end;         /* last END seen, NONE */
    int64_t restored;    /* records applied, for progress */
};

/* Empty, reading from `position`, the slice standing at `applied_off`. Keeps allocated memory. */
void rlc_replay_start(struct rlc_replay *replay, int64_t position, int64_t applied_off);

/* Adds one changelog record (its bytes are copied); RLC_FATAL if memory is short. */
RLC_NODISCARD enum rlc_status rlc_replay_add(struct rlc_replay *replay,
                                             const struct rlc_record *record);

/* Notes a decoded checkpoint: everything added so far is whole. */
void rlc_replay_checkpoint(struct rlc_replay *replay, const struct rlc_record *record,
                           const struct rlc_checkpoint *checkpoint);

/* Forgets the whole records (they were applied); the remainder moves to the front. */
void rlc_replay_applied(struct rlc_replay *replay);

struct rlc_span rlc_replay_key(const struct rlc_replay *replay, size_t index);
struct rlc_span rlc_replay_value(const struct rlc_replay *replay,
                                 size_t index); /* NULL: tombstone */

/* Gives the memory back. */
void rlc_replay_clear(struct rlc_replay *replay);

#endif
