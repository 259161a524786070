/* SPDX-License-Identifier: Apache-2.0 */
/* The one loop of every worker:
 *
 *   poll -> group metadata -> decode -> read the records that the core names -> decide, over an
 *   overlay -> begin -> outputs, audit, state, then one checkpoint per touched partition, last ->
 *   offsets (always) -> commit -> fenced apply to the hot state -> publish seen -> next
 *
 * Whatever goes wrong ends in one of three reactions: call again; abort and read the batch again;
 * restore the partition from the log. Restoring never happens inside a rebalance callback and is
 * safe at any moment, so it is also the answer to everything unexpected. */
#ifndef RLC_RUNTIME_WORKER_H
#define RLC_RUNTIME_WORKER_H

#include "common/runtime/bus.h"
#include "common/runtime/clock.h"
#include "common/runtime/loop/service.h"
#include "common/runtime/loop/step.h"
#include "common/runtime/loop/suspect.h"
#include "common/runtime/view.h"

/* What a worker lives in. Everything is borrowed and outlives the worker. */
struct rlc_worker_env {
    const struct rlc_service *service;
    void *self; /* the service's own, handed to each of its functions */
    struct rlc_bus *bus;
    struct rlc_view *view; /* needed by STATE; the others publish `seen` there, if they have one */
    struct rlc_clock clock;
    const char *transactional_id; /* the bus's; written into checkpoints */
    uint8_t installation[RLC_UUID_SIZE];
    int32_t partitions; /* P */
    bool stepped;       /* the installation's clock: no ticks of our own, nothing clamped */
    uint32_t batch_max; /* records per transaction, 1..RLC_BATCH_MAX */
    struct rlc_observer *observer; /* NULL: nobody watches */
    /* Records that killed this process before; NULL: nobody keeps a list. */
    const struct rlc_suspects *suspects;
    /* Waits between attempts while a server is away; NULL (virtual time): does not wait. */
    void (*pause_ms)(void *clock_context, int64_t delay_ms);
    /* Becomes non-zero when the process is asked to stop: no further attempts. NULL: never. */
    const volatile int *stop;
    /* Called at every step; a test's hook may not return (longjmp). NULL: none. */
    void (*at)(void *context, enum rlc_step step);
    void *at_context;
};

#define RLC_BATCH_MAX 10000u /* more gains nothing (architecture 4) and costs memory */
/* ... unless its records are large: enough of the largest for a transaction to be worth it. */
#define RLC_BATCH_BYTES_MAX ((size_t)64 << 20)
#define RLC_PARTS_MAX       256u /* partitions one worker may own, all topics together */

/* What the loop tells people. All optional; called on the loop's thread. */
struct rlc_observer {
    void *context;
    /* A partition of a topic (or, with partition < 0, the check of that name) can or cannot work:
     * `why` is NULL or empty when it can. For /readyz. */
    void (*ready)(void *context, const char *name, int32_t partition, const char *why);
    /* Something worth a log line: a stable dotted event name and its text. */
    void (*note)(void *context, const char *event, int32_t partition, const char *text);
    /* Adds to a counter of enum rlc_counter. */
    void (*count)(void *context, int32_t counter, int64_t amount);
    /* One more in a number of the service's own table. */
    void (*tally)(void *context, struct rlc_series series);
    /* How long the oldest record of an input partition that is not finished has been in the log, or
     * 0 when everything is; RLC_BEHIND_UNKNOWN when the partition is not ours or does not work. */
    void (*behind)(void *context, int32_t topic, int32_t partition, int64_t behind_ms);
};

#define RLC_BEHIND_UNKNOWN (-1)

/* COUNTER(name, "unit", "help") */
#define RLC_LOOP_COUNTERS(COUNTER)                                                                 \
    COUNTER(EVENTS, "records", "input records decided and committed")                              \
    COUNTER(DUES, "decisions", "timers fired and subjects swept")                                  \
    COUNTER(LOCALS, "decisions", "events from outside the log decided")                            \
    COUNTER(OUTPUTS, "records", "records produced, state and checkpoints included")                \
    COUNTER(TRANSACTIONS, "transactions", "transactions committed")                                \
    COUNTER(ABORTS, "transactions", "transactions aborted and read again")                         \
    COUNTER(REJECTED, "records", "input records that became dead letters")                         \
    COUNTER(SKIPPED, "records", "records handed out below the checkpoint and dropped")             \
    COUNTER(TICKS, "records", "ticks appended to our own input")                                   \
    COUNTER(CLAMPED, "records", "instants beyond the append time plus tolerance, cut")             \
    COUNTER(RESTORES, "partitions", "restores begun")                                              \
    COUNTER(REBUILDS, "partitions", "restores that emptied the slice first")                       \
    COUNTER(RESTORED, "records", "changelog records applied by restores")                          \
    COUNTER(TORN, "records", "changelog records without checkpoint at the end of a log")           \
    COUNTER(FENCED, "times", "our producer was fenced or its outcome unknown")                     \
    COUNTER(GAPS, "times", "the hot state was not where we left it")

enum rlc_counter {
#define RLC_COUNTER_ENUM(name, unit, help) RLC_COUNT_##name,
    RLC_LOOP_COUNTERS(RLC_COUNTER_ENUM)
#undef RLC_COUNTER_ENUM
        RLC_COUNTER_COUNT
};

struct rlc_worker;

/* Makes a worker; connects nothing. NULL with an error if memory is short or the environment is
 * inconsistent. */
RLC_NODISCARD struct rlc_worker *rlc_worker_new(const struct rlc_worker_env *env,
                                                struct rlc_error *reterr);

/* One round: poll (waiting at most `timeout_ms`), advance restores, one batch, housekeeping. RLC_OK
 * always means "call again", whatever happened inside; RLC_FATAL: this process cannot go on (its
 * member id is in use elsewhere) and should exit. */
RLC_NODISCARD enum rlc_status rlc_worker_step(struct rlc_worker *worker, int32_t timeout_ms,
                                              struct rlc_error *reterr);

/* What is under way when partitions are taken away, or the process is asked to stop, may take so
 * long to finish: Kubernetes gives 30 s, a group the poll interval of minutes. */
#define RLC_DRAIN_MS 20000

/* Begins nothing new outside the log and finishes what is under way there, for at most `wait_ms`.
 * Polls nothing: for a worker that is asked to stop, or is about to give partitions back. */
void rlc_worker_drain(struct rlc_worker *worker, int64_t wait_ms);

/* Whether every owned partition works and nothing polled waits (tests, replays). */
bool rlc_worker_idle(const struct rlc_worker *worker);

/* Partitions owned, and how many of them work. */
void rlc_worker_readiness(const struct rlc_worker *worker, size_t *ret_owned, size_t *ret_ready);

/* Whether the group has given this worker an assignment (perhaps an empty one). */
bool rlc_worker_assigned(const struct rlc_worker *worker);

/* Frees everything; nothing is committed or given back (see rlc_bus_ops.close). NULL is allowed. */
void rlc_worker_free(struct rlc_worker *worker);

#endif
