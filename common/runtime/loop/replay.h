/* SPDX-License-Identifier: Apache-2.0 */
/* Changelog records on their way into the hot state. A record without a checkpoint behind it is
 * part of a torn transaction and is never applied (model/README.md, M_TORNAPPLY). So a partition is
 * read twice: first for its last checkpoint, with everything else dropped; then what lies below it
 * is whole at once, and only what lies behind it waits for a checkpoint of its own. */
#ifndef RLC_RUNTIME_REPLAY_H
#define RLC_RUNTIME_REPLAY_H

#include "common/pure/span.h"
#include "common/runtime/bus.h"
#include "common/wire/checkpoint.h"
#include "common/wire/limits.h"

/* Whole records wait until there are so many, or so many bytes of them: one script call of this
 * size holds the store for some milliseconds, and no more is kept in memory. What lies behind the
 * last checkpoint of the first reading is cut at checkpoints only. */
#define RLC_REPLAY_CHUNK       1000u
#define RLC_REPLAY_CHUNK_BYTES ((size_t)1 << 20)

/* The first reading looks for the last checkpoint in so many offsets at the end of the log: more
 * than a large transaction has. Only if none is there it reads everything. */
#define RLC_REPLAY_TAIL 50000

/* A transactional id, as long as a checkpoint may carry it (settings allow some 200), and a NUL. */
#define RLC_WRITER_SIZE (RLC_TOPIC_BYTES_MAX + 1)

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

    size_t whole;      /* the first so many records are covered by a checkpoint */
    int64_t whole_off; /* where the slice stands once they are applied */
    bool known;        /* a checkpoint was read */
    struct rlc_checkpoint checkpoint;
    char writer[RLC_WRITER_SIZE]; /* its writer's transactional id; checkpoint.writer points here */
    int64_t next_in;              /* its next input offset; 0 at genesis */
    int64_t checkpoint_off;
    rlc_ms checkpoint_ms;

    int64_t
        applied_off; /* where the slice stands: a checkpoint, in between a record; NONE = empty */
    int64_t first;   /* where the second reading begins */
    int64_t whole_below; /* second reading: what lies below is whole; NONE in the first */
    int64_t position;    /* next changelog offset to read */
    int64_t end;         /* last END seen, NONE */
    int64_t restored;    /* records applied, for progress */
};

/* Empty, the first reading from `position`, the slice standing at `applied_off`. Keeps allocated
 * memory. */
void rlc_replay_start(struct rlc_replay *replay, int64_t position, int64_t applied_off);

/* The second reading, from `first`, once a checkpoint is known. */
void rlc_replay_again(struct rlc_replay *replay);

/* Adds one changelog record (its bytes are copied); RLC_FATAL if memory is short. */
RLC_NODISCARD enum rlc_status rlc_replay_add(struct rlc_replay *replay,
                                             const struct rlc_record *record);

/* Whether so much is whole that it should be applied now. */
bool rlc_replay_is_full(const struct rlc_replay *replay);

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
