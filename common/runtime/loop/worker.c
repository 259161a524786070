/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/loop/worker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/error.h"
#include "common/runtime/loop/lane.h"
#include "common/runtime/memory.h"

/* Address space of one batch's arena; only touched pages count. The largest batch seen (10,000
 * events, 5 records each of 2 KB, decoded and encoded) needs 250 MB. */
#define ARENA_SIZE ((size_t)1 << 30)
static const char TOO_MANY[] =
    "TOO_MANY_PARTITIONS: one worker owns at most 256 partitions of all its "
    "topics together; the others are not read: start more workers";

/* Memory kept between batches; what a batch took beyond it goes back to the system. */
#define ARENA_KEEP ((size_t)8 << 20)

/* At rest, when nothing has come for so long, all of it goes back, also what the allocator keeps:
 * after a backlog that is more than 100 MB. Fewer records cannot have taken much. */
#define REST_MS      1000
#define REST_RECORDS 1000

void rlc_at(const struct rlc_worker *worker, enum rlc_step step)
{
    if (worker->env.at)
        worker->env.at(worker->env.at_context, step);
}

void rlc_count(const struct rlc_worker *worker, enum rlc_counter counter, int64_t amount)
{
    const struct rlc_observer *observer = worker->env.observer;

    if (observer && observer->count && amount)
        observer->count(observer->context, (int32_t)counter, amount);
}

void rlc_note(const struct rlc_worker *worker, const char *event, int32_t partition,
              const char *text)
{
    const struct rlc_observer *observer = worker->env.observer;

    if (observer && observer->note)
        observer->note(observer->context, event, partition, text);
}

void rlc_part_ready(const struct rlc_worker *worker, const struct rlc_part *part)
{
    const struct rlc_observer *observer = worker->env.observer;
    const char *why =
        part->phase == RLC_PART_READY || part->phase == RLC_PART_FREE ? NULL : part->why;

    if (observer && observer->ready)
        observer->ready(observer->context, rlc_topic_name(worker, part->topic), part->partition,
                        why);
}

void rlc_worker_ready(const struct rlc_worker *worker, const char *check, const char *why)
{
    const struct rlc_observer *observer = worker->env.observer;

    if (observer && observer->ready)
        observer->ready(observer->context, check, RLC_PARTITION_NONE, why);
}

const char *rlc_topic_name(const struct rlc_worker *worker, int32_t topic)
{
    return worker->env.service->topics[topic];
}

uint64_t rlc_monotonic_ns(const struct rlc_worker *worker)
{
    return worker->env.clock.monotonic_ns(worker->env.clock.context);
}

uint64_t rlc_after_ms(const struct rlc_worker *worker, int64_t delay_ms)
{
    return rlc_monotonic_ns(worker) + (uint64_t)delay_ms * 1000000u;
}

struct rlc_part *rlc_part_find(struct rlc_worker *worker, int32_t topic, int32_t partition)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        struct rlc_part *part = &worker->parts[i];

        if (part->phase != RLC_PART_FREE && part->partition == partition && part->topic == topic)
            return part;
    }
    return NULL;
}

static bool env_is_consistent(const struct rlc_worker_env *env)
{
    const struct rlc_service *service = env->service;

    if (!service || !env->bus || !env->clock.now_ms || env->batch_max < 1 ||
        env->batch_max > RLC_BATCH_MAX)
        return false;
    if (env->transactional_id && strlen(env->transactional_id) >= RLC_WRITER_SIZE)
        return false;
    if (service->role == RLC_ROLE_STATE) {
        return env->view && service->input_count == 1 && service->state_topic >= 0 &&
               service->keys && service->decode_record && service->encode_record && service->wake &&
               env->partitions > 0;
    }
    if (service->role == RLC_ROLE_SOURCE)
        return service->state_topic >= 0 && service->first_offset && env->partitions > 0;
    return service->sink_position && service->sink_store;
}

struct rlc_worker *rlc_worker_new(const struct rlc_worker_env *env, struct rlc_error *reterr)
{
    struct rlc_worker *worker;

    if (!env_is_consistent(env)) {
        (void)rlc_error_set(reterr, RLC_FATAL, "worker_new", 0, "inconsistent environment");
        return NULL;
    }
    worker = calloc(1, sizeof(*worker));
    if (worker) {
        worker->env = *env;
        worker->batch_limit = env->batch_max;
        worker->parts = calloc(RLC_PARTS_MAX, sizeof(*worker->parts));
        /* A batch holds at most its records, the same number of woken subjects, and one item for
         * the tick or sweep of each partition. */
        worker->batch.capacity = (size_t)env->batch_max * 2 + RLC_PARTS_MAX;
        worker->batch.items = calloc(worker->batch.capacity, sizeof(*worker->batch.items));
        worker->batch.worker = worker;
    }
    if (!worker || !worker->parts || !worker->batch.items ||
        rlc_arena_map(&worker->arena, ARENA_SIZE) != RLC_OK) {
        (void)rlc_error_set(reterr, RLC_FATAL, "worker_new", 0, "out of memory");
        rlc_worker_free(worker);
        return NULL;
    }
    rlc_batch_reset(worker);
    return worker;
}

static void part_release(struct rlc_worker *worker, struct rlc_part *part)
{
    rlc_effects_drop(worker, part);
    rlc_replay_clear(&part->replay);
    part->phase = RLC_PART_FREE;
    rlc_part_ready(worker, part);
    rlc_behind_tell(worker, part);
}

static struct rlc_part *part_claim(struct rlc_worker *worker)
{
    for (size_t i = 0; i < worker->part_count; i++) {
        if (worker->parts[i].phase == RLC_PART_FREE)
            return &worker->parts[i];
    }
    if (worker->part_count == RLC_PARTS_MAX)
        return NULL;
    return &worker->parts[worker->part_count++];
}

/* Told only when it changes: a poll may fail as often as it is asked. */
void rlc_reading_is(struct rlc_worker *worker, const char *why)
{
    if (!why != worker->reading_failed)
        return;
    worker->reading_failed = why != NULL;
    rlc_worker_ready(worker, "subscription", why);
    if (why)
        rlc_note(worker, "poll.failed", RLC_PARTITION_NONE, why);
}

/* Every partition of a new assignment starts from the log, kept ones too: between two assignments
 * another owner may have worked, and a restore with nothing to catch up costs milliseconds. */
static void adopt_assignment(struct rlc_worker *worker)
{
    struct rlc_position owned[RLC_PARTS_MAX];
    size_t count =
        worker->env.bus->ops->assignment(worker->env.bus, owned, RLC_PARTS_MAX, &worker->epoch);

    worker->rebalanced = false;
    worker->held = false;
    worker->fenced_count = 0;
    worker->producer_ready = false; /* a newer owner may have fenced us meanwhile: ask again */
    for (size_t i = 0; i < worker->part_count; i++) {
        if (worker->parts[i].phase != RLC_PART_FREE)
            part_release(worker, &worker->parts[i]);
    }
    rlc_worker_ready(worker, "assignment", count > RLC_PARTS_MAX ? TOO_MANY : NULL);
    if (count > RLC_PARTS_MAX)
        rlc_note(worker, "assignment.too_many", RLC_PARTITION_NONE, TOO_MANY);
    if (count)
        rlc_reading_is(worker, NULL);
    for (size_t i = 0; i < count && i < RLC_PARTS_MAX; i++) {
        struct rlc_part *part = part_claim(worker);

        assert(part);
        *part = (struct rlc_part){ .topic = owned[i].topic,
                                   .partition = owned[i].partition,
                                   .poison = RLC_OFFSET_NONE,
                                   .tick_offset = RLC_OFFSET_NONE };
        part->sweep.offset = RLC_OFFSET_NONE;
        rlc_restore_begin(worker, part, "assigned");
    }
    worker->reading_changed = true;
}

bool rlc_is_backing_off(const struct rlc_worker *worker)
{
    return worker->not_before_ns && rlc_monotonic_ns(worker) < worker->not_before_ns;
}

/* Whether the next records may be gathered before the hot state has answered: only when nothing
 * else wants to look at it. */
static bool may_gather_meanwhile(const struct rlc_worker *worker)
{
    uint64_t now_ns = rlc_monotonic_ns(worker);

    if (worker->env.service->effects || worker->rebalanced || worker->revoking ||
        rlc_is_backing_off(worker) || rlc_watch_is_due(worker) || rlc_tick_is_due(worker) ||
        (worker->env.stop && *worker->env.stop))
        return false;
    for (size_t i = 0; i < worker->part_count; i++) {
        const struct rlc_part *part = &worker->parts[i];
        bool waits = part->phase == RLC_PART_HALTED && part->not_before_ns > now_ns;

        if (part->phase != RLC_PART_FREE && part->phase != RLC_PART_READY && !waits)
            return false;
    }
    return true;
}

void rlc_worker_worked(struct rlc_worker *worker, size_t records)
{
    worker->worked += records;
    worker->rest_ns = rlc_after_ms(worker, REST_MS);
}

static void rest(struct rlc_worker *worker)
{
    if (worker->worked < REST_RECORDS || rlc_monotonic_ns(worker) < worker->rest_ns)
        return;
    rlc_arena_trim(&worker->arena, 0);
    rlc_memory_trim();
    worker->worked = 0;
}

/* A batch waits for the hot state itself, when it has named its first records. */
static void work_off(struct rlc_worker *worker)
{
    bool batch = worker->batch.count || rlc_batch_has_agenda(worker);

    if (batch && !worker->rebalanced) {
        rlc_worker_worked(worker, worker->batch.count);
        rlc_transaction_run(worker);
        return;
    }
    rlc_apply_settle(worker);
    if (worker->rebalanced) {
        rlc_batch_reset(worker);
        adopt_assignment(worker);
        return;
    }
    rlc_arena_trim(&worker->arena, ARENA_KEEP);
    rest(worker);
}

/* What is under way is finished while the partitions are still ours. */
static void give_back(struct rlc_worker *worker)
{
    rlc_worker_drain(worker, RLC_DRAIN_MS);
    worker->revoking = false;
    worker->env.bus->ops->give_back(worker->env.bus);
}

enum rlc_status rlc_worker_step(struct rlc_worker *worker, int32_t timeout_ms,
                                struct rlc_error *reterr)
{
    enum rlc_status status;

    if (rlc_is_backing_off(worker)) {
        if (worker->env.pause_ms)
            worker->env.pause_ms(worker->env.clock.context, RLC_BACKOFF_MS);
        return RLC_OK;
    }
    if (!rlc_apply_is_under_way(worker))
        rlc_restore_advance(worker);
    rlc_effects_adopt(worker);
    timeout_ms = rlc_effects_wait_ms(worker, timeout_ms);
    status = rlc_batch_gather(worker, rlc_apply_is_under_way(worker) ? 0 : timeout_ms, reterr);
    if (status == RLC_FATAL)
        return status;
    work_off(worker);
    if (rlc_apply_is_under_way(worker) && may_gather_meanwhile(worker))
        return RLC_OK;
    rlc_apply_settle(worker);
    if (worker->revoking) {
        give_back(worker);
        return RLC_OK;
    }
    rlc_effects_run(worker);
    rlc_tick_append_due(worker);
    rlc_watch(worker);
    return RLC_OK;
}

void rlc_worker_drain(struct rlc_worker *worker, int64_t wait_ms)
{
    const struct rlc_effects *effects = worker->env.service->effects;
    uint64_t until_ns = rlc_after_ms(worker, wait_ms);

    if (!effects)
        return;
    effects->hold(worker->env.self, true);
    worker->draining = true;
    rlc_apply_settle(worker);
    while (effects->under_way(worker->env.self) && rlc_monotonic_ns(worker) < until_ns) {
        rlc_effects_run(worker);
        if (worker->env.pause_ms)
            worker->env.pause_ms(worker->env.clock.context, effects->wait_ms(worker->env.self));
    }
    effects->hold(worker->env.self, false);
    worker->draining = false;
}

bool rlc_worker_idle(const struct rlc_worker *worker)
{
    if (worker->held || worker->rebalanced || rlc_apply_is_under_way(worker))
        return false;
    for (size_t i = 0; i < worker->part_count; i++) {
        if (worker->parts[i].phase != RLC_PART_FREE && worker->parts[i].phase != RLC_PART_READY)
            return false;
    }
    return true;
}

void rlc_worker_readiness(const struct rlc_worker *worker, size_t *ret_owned, size_t *ret_ready)
{
    *ret_owned = 0;
    *ret_ready = 0;
    for (size_t i = 0; i < worker->part_count; i++) {
        *ret_owned += worker->parts[i].phase != RLC_PART_FREE;
        *ret_ready += worker->parts[i].phase == RLC_PART_READY;
    }
}

bool rlc_worker_assigned(const struct rlc_worker *worker)
{
    return worker->epoch > 0;
}

void rlc_worker_free(struct rlc_worker *worker)
{
    if (!worker)
        return;
    for (size_t i = 0; worker->parts && i < worker->part_count; i++)
        rlc_replay_clear(&worker->parts[i].replay);
    rlc_arena_unmap(&worker->arena);
    free(worker->held_bytes);
    free(worker->batch.items);
    free(worker->parts);
    free(worker);
}
