/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the loop (worker.h): what its files share. Not for services. */
#ifndef RLC_RUNTIME_LANE_H
#define RLC_RUNTIME_LANE_H

#include "common/runtime/loop/effects.h"
#include "common/runtime/loop/replay.h"
#include "common/runtime/loop/worker.h"

#define RLC_AGENDA_MAX         64u /* ticks and sweeps in one batch: more partitions take turns */
#define RLC_AGENDA_SHARE       4   /* this part of a full batch is still there for timers */
#define RLC_CHECKPOINT_KEY_MAX 288 /* "ckpt", a topic name (249), a partition */
/* Bytes of one bit per subject: ten times as many as a batch has subjects, or every other one would
 * be mistaken for one that was met before, and named once more. */
#define RLC_BATCH_MET     16384u
#define RLC_SWEEP_KEY_MAX 512u /* longest key of a debtor record (key.h) */

/* Where a partition stands on its way to work. */
enum rlc_part_phase {
    RLC_PART_FREE,      /* not owned */
    RLC_PART_LOOK,      /* draw an owner epoch, look at the slice, choose catch-up or rebuild */
    RLC_PART_SCAN,      /* find the changelog's last checkpoint, to learn who wrote it */
    RLC_PART_COMMITTED, /* fence that writer, ask for the stable committed offset */
    RLC_PART_BOUND,     /* ask for the changelog's high watermark */
    RLC_PART_REPLAY,    /* read to an END at or past the bound */
    RLC_PART_FINISH,    /* compare checkpoint and offset, clear the building mark, seek */
    RLC_PART_READY,
    RLC_PART_HALTED /* a person must look; tried again from LOOK every HALT_RETRY_MS */
};

struct rlc_part {
    enum rlc_part_phase phase;
    int32_t topic;
    int32_t partition;

    /* As of the last checkpoint. */
    int64_t next_in;
    int64_t skipped; /* next_in of a first start behind deleted records: the slice says 0; or 0 */
    int64_t expect_off; /* changelog offset of that checkpoint; the fence must be there */
    int64_t txn_seq;
    rlc_ms time_ms; /* partition time: never goes back */
    struct rlc_chain chain;
    int64_t owner_epoch;

    /* Reading. */
    int64_t polled;   /* next offset we expect from poll */
    int64_t last_end; /* offset of the last END since the seek, or NONE */
    struct rlc_seen published;
    int64_t watermark; /* of the input, as of `watermark_ns`; NONE: it could not be asked */
    uint64_t watermark_ns;
    int64_t told;      /* position that the service's on_reading() was last told */
    rlc_ms waiting_ms; /* append time of the oldest record polled and not finished, or NONE */
    rlc_ms newest_ms;  /* append time of the newest finished record, or NONE */

    /* Time. */
    rlc_ms first_timer_ms;
    int64_t tick_offset;  /* of the tick we appended and have not consumed, or NONE */
    rlc_ms tick_clock_ms; /* our clock when we appended it: shows the clock's error */

    /* A sweep under way visits subjects in key order; whom it visited last, as committed. */
    struct rlc_sweep {
        int64_t offset; /* of its record; NONE = no sweep */
        uint8_t after[RLC_SWEEP_KEY_MAX];
        size_t after_size;
    } sweep;

    /* Restore. */
    struct rlc_replay replay;
    bool rebuilding;        /* this restore began with an empty slice */
    bool must_rebuild;      /* the slice cannot be caught up */
    bool marked;            /* this restore wrote to the slice: a building mark is to be cleared */
    int64_t epoch_floor;    /* owner epochs known from the log; the next one is above */
    int64_t committed;      /* group offset, NONE if the group has none */
    int64_t bound;          /* changelog's high watermark */
    int64_t scanned_from;   /* where the first reading of the changelog began */
    uint32_t unanswered;    /* questions in a row that its leader did not answer */
    uint32_t differences;   /* times checkpoint and offset disagreed in a row */
    uint64_t not_before_ns; /* back-off of the next attempt */
    char why[256];          /* why it does not work yet; for people */

    /* The batch under way. */
    uint32_t batch_count;        /* its items in the batch */
    struct rlc_slot_chain slots; /* its records in the batch's overlay */
    bool adopted;                /* the service knows what is under way here */
    bool agenda;                 /* a tick or sweep of it is in the batch */
    bool ticking;                /* ... and it is a tick */
    bool cut;                    /* part of what was polled is left for another transaction ... */
    int64_t cut_offset;          /* ... from this offset on */
    int64_t batch_next;          /* next_in once the batch is committed */
    rlc_ms batch_time_ms;
    struct rlc_chain batch_chain;
    int64_t ckpt_offset; /* where the checkpoint landed */
    int64_t poison;      /* offset of a record that cannot be written whole: reject it; or NONE */
};

/* A record that is produced by the batch. */
struct rlc_pending {
    struct rlc_outgoing outgoing;
    struct rlc_pending *next;
};

/* A number of the service's to add to when the batch has committed. */
struct rlc_tally {
    struct rlc_series series;
    struct rlc_tally *next;
};

/* An event of the batch with what the loop needs besides. */
struct rlc_item {
    struct rlc_event event;
    struct rlc_record record;
    struct rlc_part *part;
    const struct rlc_fault *fault; /* why the record was refused; or NULL */
    bool named; /* all the records it needs were known before the first decision */
};

struct rlc_batch {
    struct rlc_worker *worker;
    struct rlc_item *items;
    size_t count;
    size_t capacity;
    size_t agendas; /* ticks and sweeps at the front of `agenda` */
    struct rlc_item agenda[RLC_AGENDA_MAX];
    struct rlc_overlay overlay;
    struct rlc_pending *first;
    struct rlc_pending **tail;
    size_t outputs;
    int64_t produced; /* records that the producer took and nobody counted yet */
    size_t bytes;     /* of its records' values */
    struct rlc_tally *tallies;
    struct rlc_record_hash cause_hash; /* of what is being decided */
    uint8_t met[RLC_BATCH_MET];        /* a bit per subject decided so far, by its hash */
    struct rlc_part *deciding;         /* whose event is being decided */
    const char *waits_for;             /* what a decision lacked; NULL: nothing */
};

/* What was sent to the hot state and not yet answered. */
struct rlc_applying {
    size_t count; /* 0: nothing is under way */
    struct rlc_part *part[RLC_PARTS_MAX];
    struct rlc_view_apply apply[RLC_PARTS_MAX];
    struct rlc_seen seen[RLC_PARTS_MAX]; /* as of the commit */
};

struct rlc_worker {
    struct rlc_worker_env env;
    struct rlc_arena arena; /* one batch */
    struct rlc_batch batch;
    struct rlc_applying applying;
    struct rlc_part *parts; /* RLC_PARTS_MAX; phase FREE = unused */
    size_t part_count;      /* used prefix */
    uint64_t epoch;         /* of the assignment the parts belong to */
    bool rebalanced;
    bool revoking; /* the group waits for its partitions */
    bool draining; /* asked to stop: finishes what is under way outside the log */
    bool held;     /* a polled record waits for the next batch */
    struct rlc_record held_record;
    rlc_ms held_at_ms;   /* its ingest time: its headers are gone */
    uint8_t *held_bytes; /* its key and value */
    size_t held_capacity;
    bool reading_failed;  /* the last poll gave an error */
    bool reading_changed; /* the reader's set of partitions must be set again */
    bool producer_ready;
    /* Former writers that were fenced in this assignment, once each: their next producer is refused
     * by its generation (docs/decisions/0014). */
    char fenced[RLC_PARTS_MAX][RLC_WRITER_SIZE];
    size_t fenced_count;
    uint32_t batch_limit;   /* halves when a batch cannot be written, grows back */
    uint32_t aborts;        /* in a row */
    uint64_t not_before_ns; /* nothing is begun before; back-off after trouble */
    uint64_t watched_ns;
    size_t
        restore_turn;  /* the next part to advance, and to ask how far it goes, when a round ... */
    size_t watch_turn; /* ... had no time for all of them */
    uint64_t ask_again_ns; /* whoever did not answer is not asked before */
    int64_t skew_ms;       /* how far our clock is ahead of the broker's, once seen */
    size_t worked;         /* records since memory was given back ... */
    uint64_t rest_ns;      /* ... and when, if no more come, it is time for that */
};

/* How long things wait. */
#define RLC_BACKOFF_MS          INT64_C(50)    /* after an abort or a store that is away */
#define RLC_BACKOFF_MAX_MS      INT64_C(2000)  /* its ceiling: seconds after the server is back */
#define RLC_HALT_RETRY_MS       INT64_C(30000) /* a halted partition looks again */
#define RLC_WATCH_MS            1000           /* fences are looked at, idle or not */
#define RLC_COMMITTED_WAIT_MS   300 /* one undecided partition must not hold up the others */
#define RLC_ROUND_WAIT_MS       500 /* restores, and looks, between two polls of the subscription */
#define RLC_CLAMP_TOLERANCE_MS  5000
#define RLC_DELETE_RETENTION_MS (INT64_C(7) * RLC_DAY_MS) /* of state topics; see topics table */

/* batch.c: gathers, decodes, loads, decides. */
enum rlc_status rlc_batch_gather(struct rlc_worker *worker, int32_t timeout_ms,
                                 struct rlc_error *reterr);
enum rlc_status rlc_batch_decide(struct rlc_worker *worker, struct rlc_error *reterr);
void rlc_batch_reset(struct rlc_worker *worker);
/* False when a partition had to start over after records of it were gathered. */
bool rlc_batch_stands(const struct rlc_worker *worker);
bool rlc_batch_has_agenda(const struct rlc_worker *worker);
/* Leaves item `from` and everything behind it for another transaction. */
void rlc_batch_cut(struct rlc_worker *worker, size_t from);
/* Forgets the batch and reads it again from the last checkpoint. */
void rlc_batch_rewind(struct rlc_worker *worker);
/* After a commit: reads again what rlc_batch_cut() or an agenda left. */
void rlc_batch_reread_cut(struct rlc_worker *worker);

/* transaction.c: writes a decided batch, applies it. */
void rlc_transaction_run(struct rlc_worker *worker);
/* Makes the producer if there is none (fencing our predecessor); RETRY while it cannot be. */
enum rlc_status rlc_producer_ensure(struct rlc_worker *worker, struct rlc_error *reterr);

/* Writes the batch as it stands in the overlay and the outbox; see rlc_transaction_run. An apply
 * may be under way afterwards. */
void rlc_transaction_write(struct rlc_worker *worker);
/* Key of the checkpoint that covers an input partition; may use `buffer`. */
struct rlc_span rlc_checkpoint_key(const struct rlc_worker *worker, const struct rlc_part *part,
                                   char *buffer, size_t size);

/* apply.c: the hot state and `seen` after a commit */
void rlc_apply_add(struct rlc_worker *worker, struct rlc_part *part,
                   const struct rlc_view_put *puts, size_t count);
/* Sends what was added; the puts are not needed any longer. */
void rlc_apply_send(struct rlc_worker *worker);
bool rlc_apply_is_under_way(const struct rlc_worker *worker);
/* Waits for the answer, if there is one to wait for. A partition whose slice is not where it was
 * left starts over. */
void rlc_apply_settle(struct rlc_worker *worker);

/* effects.c: what happens outside the log */
/* Hands over the partitions that work from now on; before anything of them is decided, or a service
 * would be told of the same record twice. */
void rlc_effects_adopt(struct rlc_worker *worker);
void rlc_effects_run(struct rlc_worker *worker);
void rlc_effects_drop(struct rlc_worker *worker, struct rlc_part *part);
void rlc_effects_committed(struct rlc_worker *worker);
int64_t rlc_effects_busy(const struct rlc_worker *worker, const struct rlc_part *part);
/* The time-out of a poll, cut to when the service wants to go on. */
int32_t rlc_effects_wait_ms(const struct rlc_worker *worker, int32_t timeout_ms);

/* tick.c */
void rlc_tick_append_due(struct rlc_worker *worker);
bool rlc_tick_is_due(const struct rlc_worker *worker);
rlc_ms rlc_worker_now(const struct rlc_worker *worker);

/* restore.c: stateful workers */
void rlc_restore_begin(struct rlc_worker *worker, struct rlc_part *part, const char *why);
void rlc_restore_all(struct rlc_worker *worker, const char *why);
void rlc_restore_advance(struct rlc_worker *worker);
/* How long the poll may wait, `timeout_ms` at most: until a partition that is not ready can go on.
 */
int32_t rlc_restore_wait_ms(const struct rlc_worker *worker, int32_t timeout_ms);
/* Stops a partition until a person has looked; `event` for the log, `why` says what to do. */
void rlc_part_halt(struct rlc_worker *worker, struct rlc_part *part, const char *event,
                   const char *why);
/* Stops one that holds a state record which this version cannot read. */
void rlc_part_unreadable(struct rlc_worker *worker, struct rlc_part *part);
/* Last act: seek to `next_in` (RLC_OFFSET_BEGIN: the oldest kept), resume, READY. */
bool rlc_part_start(struct rlc_worker *worker, struct rlc_part *part, int64_t next_in);
/* Tries the part again after a delay. */
void rlc_part_later(struct rlc_worker *worker, struct rlc_part *part, int64_t delay_ms,
                    const char *why);

/* Says why the partition does not work yet. */
void rlc_part_explain(struct rlc_worker *worker, struct rlc_part *part, const char *why);

/* ask.c: questions that a partition's leader answers, or nobody */
bool rlc_may_ask(const struct rlc_worker *worker, const struct rlc_part *part);
/* Watermarks of `where` (its offset is not looked at) for the sake of `part`. */
enum rlc_status rlc_ask_watermarks(struct rlc_worker *worker, struct rlc_part *part,
                                   const struct rlc_position *where, int64_t *ret_low,
                                   int64_t *ret_high, struct rlc_error *reterr);
/* When to try again whatever needed the answer. */
int64_t rlc_ask_again_ms(const struct rlc_part *part);

/* changelog.c: reads what is being restored */
bool rlc_part_is_reading(const struct rlc_part *part);
enum rlc_status rlc_changelog_set_reader(struct rlc_worker *worker);
void rlc_changelog_read(struct rlc_worker *worker);
/* Notes the checkpoint in the part's replay; halts the part if it is not ours to understand. */
void rlc_checkpoint_take(struct rlc_worker *worker, struct rlc_part *part,
                         const struct rlc_record *record);

/* position.c: where sources and sinks go on */
void rlc_position_advance(struct rlc_worker *worker, struct rlc_part *part);
void rlc_position_on_record(struct rlc_worker *worker, struct rlc_part *part,
                            const struct rlc_record *record);
void rlc_position_on_end(struct rlc_worker *worker, struct rlc_part *part, int64_t offset);
/* Partition of the state topic in which a restoring part reads. */
int32_t rlc_reading_partition(const struct rlc_worker *worker, const struct rlc_part *part);

/* torn.c */
bool rlc_torn_is_repairable(struct rlc_worker *worker, struct rlc_part *part);
void rlc_torn_repair(struct rlc_worker *worker, struct rlc_part *part);
/* decide.c */
/* Whether an event is a record of the input; the others leave its position alone. */
static inline bool rlc_is_record(const struct rlc_event *event)
{
    return event->class != RLC_EVENT_DUE && event->class != RLC_EVENT_LOCAL;
}
/* Whether a look shows the slice where we left it. */
bool rlc_look_is_ours(const struct rlc_worker *worker, const struct rlc_part *part,
                      const struct rlc_look *look);
/* Makes the batch's overlay an empty one; false if the arena is too small. */
bool rlc_batch_overlay(struct rlc_worker *worker);
/* Reads what the overlay wants. */
enum rlc_status rlc_batch_load(struct rlc_worker *worker, struct rlc_error *reterr);
/* After a commit: sweeps go on behind the subjects of this batch. */
void rlc_sweeps_passed(struct rlc_worker *worker);

/* watch.c: fences, seen. */
void rlc_watch(struct rlc_worker *worker);
bool rlc_watch_is_due(const struct rlc_worker *worker);
/* Tells the observer how far behind a partition is. */
void rlc_behind_tell(const struct rlc_worker *worker, const struct rlc_part *part);
/* How far a partition is looked at now. */
struct rlc_seen rlc_seen_of(struct rlc_worker *worker, const struct rlc_part *part);
void rlc_seen_publish(struct rlc_worker *worker, struct rlc_part *part, struct rlc_seen seen,
                      bool even_if_same);
/* Number under which a partition's `seen` is published. */
int32_t rlc_seen_slot(const struct rlc_worker *worker, const struct rlc_part *part);

/* worker.c */
/* Whether nothing may be begun yet, after trouble. */
bool rlc_is_backing_off(const struct rlc_worker *worker);
void rlc_at(const struct rlc_worker *worker, enum rlc_step step);
void rlc_count(const struct rlc_worker *worker, enum rlc_counter counter, int64_t amount);
void rlc_note(const struct rlc_worker *worker, const char *event, int32_t partition,
              const char *text);
void rlc_part_ready(const struct rlc_worker *worker, const struct rlc_part *part);
/* So many records were decided or restored: what they took is given back at the next rest. */
void rlc_worker_worked(struct rlc_worker *worker, size_t records);
/* Whether the subscription can be read: NULL, or why not. */
void rlc_reading_is(struct rlc_worker *worker, const char *why);
/* The same of the worker as a whole: `why` NULL = fine again. */
void rlc_worker_ready(const struct rlc_worker *worker, const char *check, const char *why);
struct rlc_part *rlc_part_find(struct rlc_worker *worker, int32_t topic, int32_t partition);
const char *rlc_topic_name(const struct rlc_worker *worker, int32_t topic);
uint64_t rlc_monotonic_ns(const struct rlc_worker *worker);
uint64_t rlc_after_ms(const struct rlc_worker *worker, int64_t delay_ms);

#endif
