/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/error.h"
#include "common/runtime/memory.h"
#include "tests/support/check.h"

#define START_MS   INT64_C(1700000000000)
#define STACK_SIZE ((size_t)1 << 20)
/* Of a slice that world_dump_state() shows. */
#define SLICE_RECORDS_MAX 20000

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

static bool is_input(const struct world *world, const char *name)
{
    for (size_t r = 0; r < world->role_count; r++) {
        const struct rlc_service *service = world->roles[r].service;

        for (size_t i = 0; i < service->input_count; i++) {
            if (strcmp(service->topics[i], name) == 0)
                return true;
        }
    }
    return false;
}

static bool is_state(const struct world *world, const char *name)
{
    for (size_t r = 0; r < world->role_count; r++) {
        const struct rlc_service *service = world->roles[r].service;

        if (service->state_topic != RLC_TOPIC_NONE &&
            strcmp(service->topics[service->state_topic], name) == 0)
            return true;
    }
    return false;
}

static void add_topic(struct world *world, const char *name)
{
    struct rlc_memory_topic_config config = { .name = name,
                                              .partitions = world->partitions,
                                              .compacted = is_state(world, name),
                                              .log_append_time = is_input(world, name) };

    for (size_t i = 0; i < world->topic_count; i++) {
        if (strcmp(world->topics[i], name) == 0)
            return;
    }
    assert_true(world->topic_count < WORLD_TOPICS_MAX);
    world->topics[world->topic_count++] = name;
    assert_int_equal(rlc_memory_broker_add_topic(world->broker, &config, NULL), RLC_OK);
}

static void add_topics(struct world *world)
{
    for (size_t r = 0; r < world->role_count; r++) {
        for (size_t i = 0; i < world->roles[r].service->topic_count; i++)
            add_topic(world, world->roles[r].service->topics[i]);
    }
}

int32_t world_topic(const struct world *world, const char *name)
{
    for (size_t i = 0; i < world->topic_count; i++) {
        if (strcmp(world->topics[i], name) == 0)
            return (int32_t)i;
    }
    fail_msg("no topic %s", name);
    return RLC_TOPIC_NONE;
}

/* The first worker that writes a state topic owns it. */
static void write_genesis(struct world *world, const struct rlc_service *service)
{
    struct rlc_error error = { .text = "" };
    int32_t written = 0;

    if (service->state_topic == RLC_TOPIC_NONE)
        return;
    assert_int_equal(rlc_genesis_checkpoints(
                         world->tool, world_topic(world, service->topics[service->state_topic]),
                         service->name, world->partitions, world->facts.uuid, &written, &error),
                     RLC_OK);
    assert_true(written == 0 || written == world->partitions);
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
    world->broker = rlc_memory_broker_new(world->clock);
    world->store = rlc_memory_store_new();
    assert_true(world->broker && world->store);
    add_topics(world);
    world->tool_config =
        (struct rlc_bus_config){ .topics = world->topics, .topic_count = world->topic_count };
    assert_int_equal(rlc_memory_bus_open(world->broker, &world->tool_config, &world->tool, &error),
                     RLC_OK);
    for (size_t r = 0; r < count; r++) {
        struct world_role *role = &world->roles[r];

        assert_int_equal(
            rlc_memory_view_open(world->store, role->service->name, &role->eye, &error), RLC_OK);
        write_genesis(world, role->service);
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
        killed->role->unmake(killed->self);
    killed->running = false;
}

void world_close(struct world *world)
{
    for (size_t i = 0; i < world->process_count; i++) {
        world_kill(world, i);
        free(world->processes[i].stack);
    }
    world->tool->ops->close(world->tool, true);
    for (size_t r = 0; r < world->role_count; r++)
        world->roles[r].eye->ops->close(world->roles[r].eye);
    rlc_memory_store_free(world->store);
    rlc_memory_broker_free(world->broker);
}

/* ---- running ---- */

/* makecontext() passes ints only. */
static struct world *stage;

static void play(void)
{
    struct world_process *process = &stage->processes[stage->acting];
    struct rlc_error error = { .text = "" };

    process->status = rlc_worker_step(process->worker, 0, &error);
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

/* A slice that is whole, and as far as what its owner has seen. */
static bool is_shown(const struct world *world, const struct rlc_look *look)
{
    return rlc_look_is_whole(look, world->facts.uuid) && look->seen.base <= look->fence.next_in;
}

static bool has_read(struct world *world, const struct world_role *role, int32_t input, int32_t p)
{
    bool state = role->service->role == RLC_ROLE_STATE;
    int32_t topic = world_topic(world, role->service->topics[input]);
    struct rlc_look look;
    struct rlc_error error;
    int64_t low, high;

    if (world->tool->ops->watermarks(world->tool, topic, p, 1000, &low, &high, &error) != RLC_OK ||
        role->eye->ops->look(role->eye, state ? p : input * RLC_SEEN_SLOTS_PER_TOPIC + p, &look,
                             &error) != RLC_OK)
        return false;
    return look.seen_present && look.seen.seen >= high && (!state || is_shown(world, &look));
}

static bool role_is_quiet(struct world *world, const struct world_role *role)
{
    for (size_t i = 0; i < role->service->input_count; i++) {
        for (int32_t p = 0; p < world->partitions; p++) {
            if (!has_read(world, role, (int32_t)i, p))
                return false;
        }
    }
    return true;
}

bool world_is_quiet(struct world *world)
{
    for (size_t i = 0; i < world->process_count; i++) {
        if (world->processes[i].running && !world->processes[i].stopped &&
            !rlc_worker_idle(world->processes[i].worker))
            return false;
    }
    for (size_t r = 0; r < world->role_count; r++) {
        if (!role_is_quiet(world, &world->roles[r]))
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

/* ---- the test's eyes ---- */

struct text {
    char *bytes;
    size_t size;
    size_t capacity;
};

static void text_add(struct text *text, struct rlc_span span)
{
    if (text->size + span.size + 1 > text->capacity) {
        text->capacity = (text->size + span.size + 1) * 2;
        text->bytes = realloc(text->bytes, text->capacity);
        assert_non_null(text->bytes);
    }
    if (span.size)
        memcpy(text->bytes + text->size, span.data, span.size);
    text->size += span.size;
    text->bytes[text->size] = '\0';
}

static void text_number(struct text *text, int64_t number)
{
    char digits[32];

    (void)snprintf(digits, sizeof(digits), "%" PRId64 " ", number);
    text_add(text, rlc_span_of(digits));
}

void world_each(struct world *world, int32_t topic,
                void (*see)(void *context, const struct rlc_record *record), void *context)
{
    for (int32_t p = 0; p < world->partitions; p++) {
        struct rlc_position from = { topic, p, RLC_OFFSET_BEGIN };
        struct rlc_bus_event event;
        struct rlc_error error;

        assert_int_equal(world->tool->ops->read(world->tool, &from, 1, &error), RLC_OK);
        while (world->tool->ops->read_poll(world->tool, 0, &event, &error) == RLC_OK &&
               event.kind == RLC_BUS_RECORD)
            see(context, &event.record);
    }
    (void)world->tool->ops->read(world->tool, NULL, 0, NULL);
}

struct dump {
    struct text text;
    bool offsets;
};

static void dump_record(void *context, const struct rlc_record *record)
{
    struct dump *dump = context;

    text_number(&dump->text, record->partition);
    if (dump->offsets)
        text_number(&dump->text, record->offset);
    text_add(&dump->text, record->key);
    text_add(&dump->text, rlc_span_of(" "));
    text_add(&dump->text, record->value);
    text_add(&dump->text, rlc_span_of("\n"));
}

char *world_dump_topic(struct world *world, int32_t topic, bool offsets)
{
    struct dump dump = { .offsets = offsets };

    text_add(&dump.text, rlc_span_of(""));
    world_each(world, topic, dump_record, &dump);
    return dump.text.bytes;
}

static void count_record(void *context, const struct rlc_record *record)
{
    (void)record;
    ++*(size_t *)context;
}

size_t world_count_topic(struct world *world, int32_t topic)
{
    size_t count = 0;

    world_each(world, topic, count_record, &count);
    return count;
}

static void dump_slice(struct world *world, int32_t partition, struct rlc_arena *arena,
                       struct text *text)
{
    struct rlc_view_due due = { .partition = partition,
                                .until_ms = RLC_MS_NEVER,
                                .max = SLICE_RECORDS_MAX };
    struct rlc_span *values = rlc_arena_array(arena, due.max, sizeof(*values));
    struct rlc_view_read read = { .partition = partition, .values = values };
    struct rlc_error error;

    assert_non_null(values);
    assert_int_equal(world->eye->ops->due(world->eye, &due, arena, &error), RLC_OK);
    read.keys = due.keys;
    read.count = due.count;
    assert_int_equal(world->eye->ops->read(world->eye, &read, 1, arena, &error), RLC_OK);
    assert_true(rlc_look_is_whole(&read.look, world->facts.uuid));
    assert_int_equal(read.look.records, (int64_t)due.count);
    for (size_t i = 0; i < due.count; i++) {
        text_number(text, partition);
        text_add(text, due.keys[i]);
        for (size_t b = 0; b < values[i].size; b++) {
            char hex[4];

            (void)snprintf(hex, sizeof(hex), " %02x", values[i].data[b]);
            text_add(text, rlc_span_of(hex));
        }
        text_add(text, rlc_span_of("\n"));
    }
}

char *world_dump_state(struct world *world)
{
    struct text text = { 0 };
    struct rlc_arena arena;

    text_add(&text, rlc_span_of(""));
    assert_int_equal(rlc_arena_map(&arena, (size_t)64 << 20), RLC_OK);
    for (int32_t p = 0; p < world->partitions; p++)
        dump_slice(world, p, &arena, &text);
    rlc_arena_unmap(&arena);
    return text.bytes;
}

void world_assert_same_text(const char *what, const char *left, const char *right)
{
    const char *left_line = left;
    const char *right_line = right;

    while (*left && *left == *right) {
        if (*left == '\n') {
            left_line = left + 1;
            right_line = right + 1;
        }
        left++;
        right++;
    }
    if (*left != *right)
        fail_msg("%s differ: '%.*s' and '%.*s'", what, (int)strcspn(left_line, "\n"), left_line,
                 (int)strcspn(right_line, "\n"), right_line);
}
