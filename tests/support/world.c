/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/error.h"
#include "tests/support/check.h"

#define START_MS   INT64_C(1700000000000)
#define STACK_SIZE ((size_t)1 << 20)

/* ---- hooks ---- */

/* A dead process leaves its stack behind; a stopped one is called back by world_continue(). */
static void at_step(void *context, enum rlc_step step)
{
    struct world *world = context;
    struct world_process *process = &world->processes[world->acting];
    struct world_role *role = process->role;
    bool dies;

    world->steps++;
    role->steps++;
    role->made[step]++;
    if (world->on_step)
        world->on_step(world->on_step_context, role, step);
    if (process->stop_at && --process->stop_at == 0) {
        process->stopped = true;
        process->stopped_in = step;
        (void)swapcontext(&process->context, &world->director);
    }
    dies = world->die_at && --world->die_at == 0;
    dies = (role->die_at && --role->die_at == 0) || dies;
    if (!dies)
        return;
    role->died[step]++;
    world->died_in = step;
    world->dying = true;
    (void)swapcontext(&process->context, &world->director);
}

static void count_up(void *context, int32_t counter, int64_t amount)
{
    ((struct world *)context)->counters[counter] += (uint64_t)amount;
}

static void tally(void *context, struct rlc_series series)
{
    (void)series;
    ((struct world *)context)->tallies++;
}

static void behind(void *context, int32_t topic, int32_t partition, int64_t behind_ms)
{
    struct world *world = context;

    if (topic == 0 && partition < WORLD_PARTITIONS_MAX)
        world->behind_ms[partition] = behind_ms;
}

static void ready(void *context, const char *name, int32_t partition, const char *why)
{
    struct world *world = context;

    if (partition != RLC_PARTITION_NONE)
        return;
    if (why)
        (void)snprintf(world->unready, sizeof(world->unready), "%.60s", name);
    else if (strcmp(world->unready, name) == 0)
        world->unready[0] = '\0';
}

static void note(void *context, const char *event, int32_t partition, const char *text)
{
    struct world *world = context;

    (void)partition;
    (void)snprintf(world->last_note, sizeof(world->last_note), "%s: %s", event, text);
}

/* ---- time ---- */

static rlc_ms wall_ms(void *context)
{
    return ((struct world *)context)->now_ms;
}

static uint64_t monotonic_ns(void *context)
{
    struct world *world = context;

    return (uint64_t)(world->now_ms + world->still_ms) * UINT64_C(1000000);
}

/* ---- building ---- */

int32_t world_topic(const struct world *world, const char *name)
{
    int32_t topic = rlc_memory_installation_topic(&world->installation, name);

    if (topic == RLC_TOPIC_NONE)
        fail_msg("no topic %s", name);
    return topic;
}

static void add_processes(struct world *world, struct world_role *role)
{
    role->first = world->process_count;
    assert_true(role->first + role->processes <= WORLD_WORKERS_MAX);
    for (size_t i = 0; i < role->processes; i++) {
        struct world_process *process = &world->processes[world->process_count++];

        process->role = role;
        (void)snprintf(process->member, sizeof(process->member), "w%zu", i);
        (void)snprintf(process->id, sizeof(process->id), "test.%s.%zu", role->service->name, i);
    }
}

static void open_installation(struct world *world)
{
    const struct rlc_service *services[WORLD_ROLES_MAX];
    struct rlc_memory_setup setup = { .clock = world->clock,
                                      .facts = world->facts,
                                      .services = services,
                                      .service_count = world->role_count };
    struct rlc_error error = { .text = "" };

    for (size_t r = 0; r < world->role_count; r++)
        services[r] = world->roles[r].service;
    if (rlc_memory_installation_open(&world->installation, &setup, &error) != RLC_OK)
        fail_msg("%s", error.text);
    world->broker = world->installation.broker;
    world->store = world->installation.store;
    world->tool = world->installation.tool;
}

void world_open_roles(struct world *world, const struct world_role *roles, size_t count,
                      int32_t partitions)
{
    struct rlc_error error = { .text = "" };

    assert_true(count > 0 && count <= WORLD_ROLES_MAX);
    memset(world, 0, sizeof(*world));
    memcpy(world->roles, roles, count * sizeof(*roles));
    world->role_count = count;
    world->service = roles[0].service;
    world->partitions = partitions;
    world->batch_max = 100;
    world->now_ms = START_MS;
    world->clock = (struct rlc_clock){ wall_ms, monotonic_ns, world };
    world->observer = (struct rlc_observer){ .context = world,
                                             .ready = ready,
                                             .note = note,
                                             .count = count_up,
                                             .tally = tally,
                                             .behind = behind };
    memcpy(world->facts.uuid, "0123456789abcdef", RLC_UUID_SIZE);
    world->facts.partitions = partitions;
    open_installation(world);
    for (size_t r = 0; r < count; r++) {
        struct world_role *role = &world->roles[r];

        assert_int_equal(
            rlc_memory_view_open(world->store, role->service->name, &role->eye, &error), RLC_OK);
        add_processes(world, role);
    }
    world->eye = world->roles[0].eye;
}

void world_open(struct world *world, const struct rlc_service *service, void *self,
                int32_t partitions, size_t processes)
{
    struct world_role role = { .service = service, .self = self, .processes = processes };

    world_open_roles(world, &role, 1, partitions);
}

void world_start(struct world *world, size_t process)
{
    struct world_process *started = &world->processes[process];
    struct world_role *role = started->role;
    const struct rlc_service *service = role->service;
    struct rlc_error error = { .text = "" };
    struct rlc_worker_env env = {
        .service = service,
        .clock = world->clock,
        .transactional_id = started->id,
        .partitions = world->partitions,
        .stepped = world->stepped,
        .batch_max = world->batch_max,
        .observer = &world->observer,
        .at = at_step,
        .at_context = world,
    };

    started->self = role->make ? role->make(role->context) : role->self;
    assert_true(!role->make || started->self);
    started->bus_config = (struct rlc_bus_config){ .topics = service->topics,
                                                   .topic_count = service->topic_count,
                                                   .input_count = service->input_count,
                                                   .group = service->name,
                                                   .member = started->member,
                                                   .transactional_id = started->id };
    assert_int_equal(
        rlc_memory_bus_open(world->broker, &started->bus_config, &started->bus, &error), RLC_OK);
    assert_int_equal(rlc_memory_view_open(world->store, service->name, &started->view, &error),
                     RLC_OK);
    env.self = started->self;
    env.bus = started->bus;
    env.view = started->view;
    memcpy(env.installation, world->facts.uuid, RLC_UUID_SIZE);
    started->worker = rlc_worker_new(&env, &error);
    assert_non_null(started->worker);
    if (!started->stack)
        started->stack = malloc(STACK_SIZE);
    assert_non_null(started->stack);
    started->running = true;
    started->stopped = false;
    started->midway = false;
    started->stop_at = 0;
}

void world_kill(struct world *world, size_t process)
{
    struct world_process *killed = &world->processes[process];

    if (!killed->running)
        return;
    rlc_worker_free(killed->worker);
    killed->bus->ops->close(killed->bus, false);
    killed->view->ops->close(killed->view);
    if (killed->role->unmake)
        killed->role->unmake(killed->role->context, killed->self);
    killed->running = false;
}

void world_close(struct world *world)
{
    for (size_t i = 0; i < world->process_count; i++) {
        world_kill(world, i);
        free(world->processes[i].stack);
    }
    for (size_t r = 0; r < world->role_count; r++)
        world->roles[r].eye->ops->close(world->roles[r].eye);
    rlc_memory_installation_close(&world->installation);
}

/* ---- running ---- */

/* makecontext() passes ints only. */
static struct world *stage;

static void play(void)
{
    struct world_process *process = &stage->processes[stage->acting];
    struct rlc_error error = { .text = "" };

    process->status = rlc_worker_step(process->worker, stage->poll_ms, &error);
    process->midway = false;
    if (process->status != RLC_OK)
        (void)snprintf(stage->last_note, sizeof(stage->last_note), "finished: %s", error.text);
}

static void let_act(struct world *world, size_t process)
{
    struct world_process *actor = &world->processes[process];

    world->acting = process;
    world->dying = false;
    stage = world;
    (void)swapcontext(&world->director, &actor->context);
    if (world->dying) {
        world->deaths++;
        world_kill(world, process);
        world_start(world, process);
    } else if (!actor->midway && actor->status != RLC_OK) {
        /* It was told to give up, and its supervisor does not start it again. */
        world_kill(world, process);
    }
}

static void step(struct world *world, size_t process)
{
    struct world_process *actor = &world->processes[process];

    (void)getcontext(&actor->context);
    actor->context.uc_stack.ss_sp = actor->stack;
    actor->context.uc_stack.ss_size = STACK_SIZE;
    actor->context.uc_link = &world->director;
    makecontext(&actor->context, play, 0);
    actor->midway = true;
    let_act(world, process);
}

void world_continue(struct world *world, size_t process)
{
    struct world_process *actor = &world->processes[process];

    actor->stopped = false;
    if (actor->running && actor->midway)
        let_act(world, process);
}

void world_round(struct world *world)
{
    *(world->still ? &world->still_ms : &world->now_ms) += WORLD_ROUND_MS;
    /* The coordinator's sweep. */
    (void)rlc_memory_broker_expire_transactions(world->broker);
    for (size_t i = 0; i < world->process_count; i++) {
        if (world->processes[i].running && !world->processes[i].stopped)
            step(world, i);
    }
}

bool world_is_quiet(struct world *world)
{
    for (size_t i = 0; i < world->process_count; i++) {
        if (world->processes[i].running && !world->processes[i].stopped &&
            !rlc_worker_idle(world->processes[i].worker))
            return false;
    }
    for (size_t r = 0; r < world->role_count; r++) {
        if (!rlc_memory_installation_is_read(&world->installation, world->roles[r].service,
                                             world->roles[r].eye))
            return false;
    }
    return true;
}

void world_settle(struct world *world, int rounds_max)
{
    for (int i = 0; i < rounds_max; i++) {
        world_round(world);
        if (world_is_quiet(world))
            return;
    }
    fail_msg("not quiet after %d rounds; last note: %s", rounds_max, world->last_note);
}

/* ---- the test's hands ---- */

void world_publish_at(struct world *world, int32_t topic, int32_t partition, const char *key,
                      const char *value)
{
    struct rlc_outgoing outgoing = {
        .topic = topic, .partition = partition, .key = rlc_span_of(key), .value = rlc_span_of(value)
    };
    struct rlc_error error = { .text = "" };

    assert_int_equal(world->tool->ops->produce(world->tool, &outgoing, &error), RLC_OK);
    assert_int_equal(world->tool->ops->flush(world->tool, 1000, &error), RLC_OK);
}

void world_publish(struct world *world, int32_t topic, const char *key, const char *value)
{
    world_publish_at(world, topic, rlc_partition_of(rlc_span_of(key), world->partitions), key,
                     value);
}
