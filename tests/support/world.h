/* SPDX-License-Identifier: Apache-2.0 */
/* A whole installation in memory: broker, hot state, the processes of one or more workers that can
 * be killed at any step, a clock that only the test moves. Deterministic: one seed, one run. */
#ifndef RLC_TESTS_WORLD_H
#define RLC_TESTS_WORLD_H

#include <ucontext.h>

#include "common/memory/installation.h"
#include "common/runtime/genesis.h"
#include "common/runtime/loop/worker.h"

#define WORLD_WORKERS_MAX    16
#define WORLD_ROLES_MAX      4
#define WORLD_PARTITIONS_MAX 24 /* whose distance is kept */
/* Virtual time of one round of all workers. */
#define WORLD_ROUND_MS 20

/* A worker and who plays it. */
struct world_role {
    const struct rlc_service *service;
    size_t processes;
    /* What its functions get: `self`, which all its processes share, or what each process makes at
     * its start and loses with its death. */
    void *self;
    void *(*make)(void *context);
    void (*unmake)(void *context, void *self);
    void *context;

    /* Kept by the world. */
    size_t first;         /* its processes begin with this one */
    struct rlc_view *eye; /* the test's look at its hot state */
    uint64_t steps;       /* that its processes made */
    uint64_t die_at;      /* as the world's, counting its steps only */
    uint64_t made[RLC_STEP_COUNT];
    uint64_t died[RLC_STEP_COUNT];
};

struct world_process {
    struct world_role *role;
    void *self;
    char member[24]; /* group instance, "w0" */
    char id[250];    /* transactional id */
    struct rlc_bus_config bus_config;
    struct rlc_bus *bus;
    struct rlc_view *view;
    struct rlc_worker *worker;
    bool running;
    bool stopped; /* SIGSTOP, perhaps in the middle of a step: keeps everything, does nothing */
    ucontext_t context;
    uint8_t *stack;
    bool midway; /* its step is not finished */
    enum rlc_status status;
    uint64_t stop_at; /* it stops at the so-manieth step from now on; 0 = not */
    enum rlc_step stopped_in;
};

struct world {
    const struct rlc_service *service; /* of the first role */
    struct world_role roles[WORLD_ROLES_MAX];
    size_t role_count;
    /* Its topics are those of all roles; those of the first role come first. */
    struct rlc_memory_installation installation;
    int32_t partitions;
    uint32_t batch_max;
    bool stepped;
    int32_t poll_ms;        /* how long a step may wait for records; here nobody waits */
    rlc_ms now_ms;          /* the broker's time */
    struct rlc_clock clock; /* the processes' */
    /* The wall clocks stand still, only monotonic time goes on: whatever happens in between, what
     * was decided carries the same time. */
    bool still;
    rlc_ms still_ms; /* for how long they did */
    struct rlc_installation_facts facts;
    struct rlc_memory_broker *broker; /* the installation's, as are the next two */
    struct rlc_memory_store *store;
    struct rlc_bus *tool; /* the test's own hands: produces, reads, asks */
    struct rlc_view *eye; /* of the first role */
    struct world_process processes[WORLD_WORKERS_MAX];
    size_t process_count;

    ucontext_t director; /* where a process goes when it stops, dies or finishes its step */
    size_t acting;
    bool dying;

    /* Death: the process that makes the `die_at`-th step from now on (1 = the next) dies there. */
    uint64_t die_at;
    uint64_t steps;
    enum rlc_step died_in;
    uint64_t deaths;
    /* Optional: called at each step, before anybody dies there. */
    void (*on_step)(void *context, struct world_role *role, enum rlc_step step);
    void *on_step_context;
    uint64_t counters[RLC_COUNTER_COUNT];
    uint64_t tallies;                        /* of the service's own numbers, all together */
    int64_t behind_ms[WORLD_PARTITIONS_MAX]; /* of each partition, as last told */
    char last_note[320];                     /* "event: text" */
    char unready[64]; /* the worker's own check that failed last and is not fine again; or "" */
    struct rlc_observer observer;
};

/* Builds the installation: topics, genesis checkpoints, `processes` processes (not started). */
void world_open(struct world *world, const struct rlc_service *service, void *self,
                int32_t partitions, size_t processes);
/* The same with several workers; `roles` is copied. */
void world_open_roles(struct world *world, const struct world_role *roles, size_t count,
                      int32_t partitions);
void world_close(struct world *world);

/* Number of a topic by its name, for the functions below; fails the test if there is none. */
int32_t world_topic(const struct world *world, const char *name);

void world_start(struct world *world, size_t process);
/* kill -9. */
void world_kill(struct world *world, size_t process);
/* SIGCONT: goes on where it was stopped. */
void world_continue(struct world *world, size_t process);

/* One round: every running process makes one step of its loop; dead ones start again. */
void world_round(struct world *world);
/* Rounds until everything is read, decided and shown by every worker; fails the test after
 * `rounds_max`. */
void world_settle(struct world *world, int rounds_max);
bool world_is_quiet(struct world *world);

/* Publishes one record without a transaction, to the partition of its key. */
void world_publish(struct world *world, int32_t topic, const char *key, const char *value);
/* The same to a given partition. */
void world_publish_at(struct world *world, int32_t topic, int32_t partition, const char *key,
                      const char *value);

/* Calls `see` with every committed record of a topic, partition by partition. `see` leaves the
 * reader of `world->tool` alone. */
void world_each(struct world *world, int32_t topic,
                void (*see)(void *context, const struct rlc_record *record), void *context);

/* Every committed record of a topic, one line each ("partition offset key value" without the offset
 * when `offsets` is false), in log order, partition by partition. The caller frees it. */
char *world_dump_topic(struct world *world, int32_t topic, bool offsets);
/* How many committed records a topic holds. */
size_t world_count_topic(struct world *world, int32_t topic);
/* The hot state, one sorted line per record and timer; empty when a slice is not whole. */
char *world_dump_state(struct world *world);

/* Fails with the first line in which two dumps differ. */
void world_assert_same_text(const char *what, const char *left, const char *right);

#endif
