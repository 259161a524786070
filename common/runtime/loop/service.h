/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker is to the loop: a table of functions around its pure core. The loop does all I/O;
 * a service decodes, names records, decides and encodes.
 *
 * Three roles. STATE: one input topic; partition p of the input, of the changelog and of the hot
 * state belong together. SOURCE: any input topics, no business state, only checkpoints. SINK: any
 * input topics, everything goes to a store outside the log in one transaction with the positions.
 */
#ifndef RLC_RUNTIME_SERVICE_H
#define RLC_RUNTIME_SERVICE_H

#include "common/pure/arena.h"
#include "common/pure/overlay.h"
#include "common/pure/status.h"
#include "common/runtime/bus.h"
#include "common/runtime/metrics.h"
#include "common/wire/dead_letter.h"

#define RLC_TOPIC_NONE (-1)

/* Room that the loop keeps free in the arena before every decision: the largest decision is a
 * debtor with about ten thousand open receivables, all of whose records change. */
#define RLC_DECIDE_RESERVE ((size_t)32 << 20)

enum rlc_role { RLC_ROLE_STATE, RLC_ROLE_SOURCE, RLC_ROLE_SINK };

enum rlc_event_class {
    RLC_EVENT_PLAIN, /* a record about one subject */
    RLC_EVENT_TICK,  /* time passed: the loop first delivers DUE for every due subject, then this */
    RLC_EVENT_SWEEP, /* something wider changed: DUE for every subject, then this */
    RLC_EVENT_DUE,   /* not a record: a subject woken by a tick or visited by a sweep */
    RLC_EVENT_LOCAL  /* not a record: something that happened outside the log (effects.h) */
};

/* One thing to decide. */
struct rlc_event {
    enum rlc_event_class class;
    /* Of DUE: the tick's or sweep's record. Of LOCAL: empty, at the next offset to be read. */
    const struct rlc_record *record;
    rlc_ms at_ms; /* ingest time the record carries (a tick: its now); a DUE: its tick's time */
    struct rlc_span subject; /* state key of the debtor record; empty if the record has none */
    void *body;    /* the service's decoded struct, in the batch's arena; a DUE: its tick's */
    bool sweeping; /* of a DUE: visited by a sweep. A sweep may start over after a crash: whoever
                    * was visited must know it by its own record */
};

/* SHA-256 of a record's value, made when it is first asked for. */
struct rlc_record_hash {
    struct rlc_span of;
    struct rlc_hash is;
    bool known;
};

/* Why something is decided: kept in facts, so that the archive hangs on the chain. */
struct rlc_cause {
    const char *topic;
    int32_t partition;
    int64_t offset;
    struct rlc_record_hash *hash; /* of the causing record; rlc_turn_record_hash() */
};

struct rlc_batch;

/* One decision's surroundings. */
struct rlc_turn {
    struct rlc_arena *arena;
    struct rlc_overlay *overlay;
    int32_t partition;  /* of the input */
    int32_t partitions; /* P: partitions of every debtor-keyed topic */
    rlc_ms now_ms;      /* the partition's time; a SOURCE: the ingest time to stamp */
    struct rlc_cause cause;
    const struct rlc_chain *chain; /* to put into the next rlc_turn_fact() */
    struct rlc_batch *batch;       /* the loop's */
};

/* SHA-256 of the causing record's value. */
struct rlc_hash rlc_turn_record_hash(const struct rlc_turn *turn);

/* Emits one record to topic number `topic`. Spans must live in turn->arena (or be static). */
void rlc_turn_emit(struct rlc_turn *turn, int32_t topic, int32_t partition, struct rlc_span key,
                   struct rlc_span value);

/* Emits one audited record to the service's chain topic at the turn's partition: `value` must carry
 * turn->chain as it was when it was encoded; the chain then moves on. */
void rlc_turn_fact(struct rlc_turn *turn, struct rlc_span key, struct rlc_span value);

/* The decision lacks what prepare() can fetch, `why` says what (static text): nothing of the batch
 * is written; it is prepared and decided again after a pause. */
void rlc_turn_wait(struct rlc_turn *turn, const char *why);

/* Emits a dead letter that names the record's coordinates and the fault. */
void rlc_turn_dead_letter(struct rlc_turn *turn, const struct rlc_record *record,
                          const struct rlc_fault *fault);

/* The same in two parts, for a service that knows more: fills what the loop knows ... */
struct rlc_dead_letter rlc_turn_letter(const struct rlc_turn *turn, const struct rlc_record *record,
                                       const struct rlc_fault *fault);
/* ... and emits the completed letter. */
void rlc_turn_dead_letter_full(struct rlc_turn *turn, const struct rlc_dead_letter *letter);

/* Adds one to a number of the service's own table (rlc_service.metrics) when the batch commits: a
 * decision that is taken again counts once. */
void rlc_turn_count(struct rlc_turn *turn, struct rlc_series series);

/* SOURCE: how far one partition of an input is read. */
struct rlc_reading {
    int32_t topic;
    int32_t partition;
    int64_t position;  /* the oldest record polled and not finished, else as far as was looked */
    int64_t watermark; /* next offset of the partition, as of less than two seconds ago */
};

struct rlc_effects;

struct rlc_service {
    const char *name; /* "scenario": names group, transactional id, slices */
    enum rlc_role role;
    uint32_t rules_version; /* raised by any change of the core's decisions */

    /* Topics by name below the installation's prefix, inputs first (a SOURCE's inputs are full
     * names from its configuration, put in front by its main). */
    const char *const *topics;
    size_t topic_count;
    size_t input_count;
    int32_t state_topic; /* numbers into `topics`; RLC_TOPIC_NONE if there is none */
    int32_t chain_topic;
    int32_t dead_letter_topic;

    /* Its own numbers, counters only, for rlc_turn_count() and /metrics. */
    const struct rlc_metric *metrics;
    size_t metric_count;

    /* Decodes a record into the arena. RLC_REJECT + fault: it becomes a dead letter. */
    enum rlc_status (*decode)(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault);
    /* Optional: I/O the decisions of a batch need (data keys). Blocks. */
    enum rlc_status (*prepare)(void *self, const struct rlc_event *events, size_t count,
                               struct rlc_arena *arena, struct rlc_error *reterr);
    /* STATE: names the records the decision needs, given those known (overlay.h). */
    void (*keys)(void *self, const struct rlc_event *event, struct rlc_overlay *overlay);
    /* Decides one event. Total: bad input is an output, never an error. */
    void (*decide)(void *self, const struct rlc_event *event, struct rlc_turn *turn);
    /* Optional: called instead of rlc_turn_dead_letter() for a refused record, for example to
     * quarantine the debtor besides. Must emit the dead letter. */
    void (*reject)(void *self, const struct rlc_record *record, const struct rlc_fault *fault,
                   struct rlc_turn *turn);

    /* STATE: the changelog form of records. decode gives NULL for bytes it cannot read. */
    void *(*decode_record)(void *self, struct rlc_span key, struct rlc_span bytes,
                           struct rlc_arena *arena);
    struct rlc_span (*encode_record)(void *self, struct rlc_span key, const void *record,
                                     struct rlc_arena *arena);
    /* STATE: whether this record carries its subject's timer, and when it wants to be woken
     * (RLC_MS_NEVER: not). Must be later than the time of the decision that wrote it. */
    bool (*wake)(void *self, struct rlc_span key, const void *record, rlc_ms *ret_wake_ms);
    /* STATE: the tick event to append to partition `partition` of the input. */
    void (*encode_tick)(void *self, int32_t partition, rlc_ms now_ms, struct rlc_arena *arena,
                        struct rlc_span *ret_key, struct rlc_span *ret_value);

    /* STATE, optional: what it does outside the log; NULL: nothing. */
    const struct rlc_effects *effects;

    /* SOURCE: where to start a topic that was never read: RLC_OFFSET_BEGIN, an offset, or
     * RLC_OFFSET_NONE = refuse until somebody says so. */
    int64_t (*first_offset)(void *self, int32_t topic);
    /* SOURCE, optional: what is owned and read, after each batch and once a second, idle or not. A
     * partition that does not work yet is missing. Blocks. */
    void (*on_reading)(void *self, const struct rlc_reading *readings, size_t count);

    /* SINK: where the store stands (next offset), and storing a batch with its new positions in one
     * transaction of the store. ABORT: somebody else moved the position, restore. */
    enum rlc_status (*sink_position)(void *self, int32_t topic, int32_t partition,
                                     int64_t *ret_next, struct rlc_error *reterr);
    enum rlc_status (*sink_store)(void *self, const struct rlc_event *events, size_t count,
                                  struct rlc_arena *arena, struct rlc_error *reterr);
};

#endif
