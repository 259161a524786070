/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/kafka/admin.h"
#include "common/process/watcher.h"
#include "common/pure/murmur2.h"
#include "common/redis/view_redis.h"
#include "common/runtime/error.h"
#include "common/runtime/genesis.h"
#include "common/runtime/topics.h"

/* Longest wait of one poll: the beat of the housekeeping. */
#define POLL_MS 100
/* Between two attempts at something that is not there yet. */
#define ATTEMPT_MS    1000
#define NAME_MAX_SIZE 256

/* Everything a running process holds. Zeroed, every part is "not there". */
struct running {
    const struct rlc_process_spec *spec;
    struct rlc_process process;
    struct rlc_service service; /* with full topic names */
    char topic_names[RLC_PROCESS_TOPICS_MAX][RLC_TOPIC_NAME_MAX];
    const char *topics[RLC_PROCESS_TOPICS_MAX];
    struct rlc_kafka_property properties[RLC_CONFIG_PAIRS_MAX];
    struct rlc_kafka_settings kafka;
    struct rlc_bundles *bundles;
    char bundles_name[RLC_TOPIC_NAME_MAX];
    const char *bundles_topics[1];
    struct rlc_bus_config tool_config;
    struct rlc_bus *tool;
    char group[NAME_MAX_SIZE];
    char member[NAME_MAX_SIZE];
    char transactional_id[NAME_MAX_SIZE];
    struct rlc_bus_config bus_config;
    struct rlc_bus *bus;
    struct rlc_view *view;
    struct rlc_suspects *suspects;
    struct rlc_worker *worker;
    void *self;
    struct rlc_log log;
    struct rlc_watcher watcher;
    size_t start_check;
};

static volatile int stop_requested;

static void request_stop(int number)
{
    (void)number;
    if (stop_requested)
        _exit(RLC_EXIT_FAILURE); /* asked twice: now */
    stop_requested = 1;
}

/* ---- names ---- */

static enum rlc_status own_topic(struct running *running, size_t number, const char *suffix,
                                 struct rlc_error *reterr)
{
    if (number >= RLC_PROCESS_TOPICS_MAX ||
        !rlc_topic_full_name(running->process.settings->installation.topic_prefix, suffix,
                             running->topic_names[number]))
        return rlc_error_set(reterr, RLC_FATAL, "topics", 0, "topic '%s' has too long a name",
                             suffix);
    running->topics[number] = running->topic_names[number];
    return RLC_OK;
}

static int32_t shifted(int32_t topic, size_t by)
{
    return topic == RLC_TOPIC_NONE ? RLC_TOPIC_NONE : topic + (int32_t)by;
}

/* A static member that comes back within its session keeps the assignment it had, whatever it now
 * subscribes to: the broker compares names of protocols, not topics. A process with other sources
 * is another member, or the new ones would not be read until the next rebalance. */
static void name_member(struct running *running)
{
    size_t used = strlen(running->member);
    uint32_t hash = 0;

    if (!running->spec->inputs)
        return;
    for (size_t i = 0; i < running->service.input_count; i++)
        hash = hash * 31 + (uint32_t)rlc_murmur2(rlc_span_of(running->topics[i]));
    (void)snprintf(running->member + used, sizeof(running->member) - used, "-%08x", (unsigned)hash);
}

static enum rlc_status name_topics(struct running *running, struct rlc_error *reterr)
{
    const struct rlc_process_spec *spec = running->spec;
    size_t inputs = 0;

    if (spec->inputs)
        inputs = spec->inputs(&running->process, running->topics, RLC_PROCESS_TOPICS_MAX);
    for (size_t i = 0; i < spec->service->topic_count; i++) {
        enum rlc_status status = own_topic(running, inputs + i, spec->service->topics[i], reterr);

        if (status != RLC_OK)
            return status;
    }
    running->service = *spec->service;
    running->service.topics = running->topics;
    running->service.topic_count = inputs + spec->service->topic_count;
    running->service.input_count = inputs + spec->service->input_count;
    running->service.state_topic = shifted(spec->service->state_topic, inputs);
    running->service.chain_topic = shifted(spec->service->chain_topic, inputs);
    running->service.dead_letter_topic = shifted(spec->service->dead_letter_topic, inputs);
    running->process.topics = running->topics;
    running->process.first_output = (int32_t)running->service.input_count;
    name_member(running);
    return RLC_OK;
}

static void name_process(struct running *running)
{
    const struct rlc_settings *settings = running->process.settings;
    const char *name = running->spec->service->name;

    (void)snprintf(running->group, sizeof(running->group), "%s.%s.%s",
                   settings->installation.topic_prefix, settings->installation.name, name);
    (void)snprintf(running->member, sizeof(running->member), "%s-%d", name,
                   (int)settings->worker.ordinal);
    (void)snprintf(running->transactional_id, sizeof(running->transactional_id), "%.200s.%d",
                   running->group, (int)settings->worker.ordinal);
}

/* ---- waiting for what must be there ---- */

/* Asks again every second until it works, the answer is final, or we are asked to stop. */
static enum rlc_status wait_for(struct running *running, const char *what,
                                enum rlc_status (*attempt)(struct running *, struct rlc_error *),
                                struct rlc_error *reterr)
{
    enum rlc_status status = RLC_RETRY;

    while (status == RLC_RETRY && !stop_requested) {
        rlc_health_block(running->process.health, true);
        status = attempt(running, reterr);
        rlc_health_block(running->process.health, false);
        if (status != RLC_RETRY)
            break;
        rlc_health_set(running->process.health, running->start_check, false, reterr->text);
        rlc_log(&running->log, RLC_LOG_WARN, "start.waiting", RLC_F_TEXT("for", what),
                RLC_F_ERROR(reterr));
        rlc_clock_pause_ms(NULL, ATTEMPT_MS);
    }
    return stop_requested ? RLC_RETRY : status;
}

static enum rlc_status read_installation(struct running *running, struct rlc_error *reterr)
{
    enum rlc_status status = rlc_bundles_read(running->tool, 0, running->bundles, reterr);

    if (status == RLC_REJECT) {
        return rlc_error_set(reterr, RLC_RETRY, "installation", 0,
                             "topic '%s' does not exist: run 'relancectl topics create'",
                             running->bundles_name);
    }
    if (status != RLC_OK)
        return RLC_RETRY;
    if (!rlc_bundles_installation(running->bundles, &running->process.installation)) {
        return rlc_error_set(reterr, RLC_RETRY, "installation", 0,
                             "'%s' has no record 'installation' yet: run 'relancectl topics "
                             "create'",
                             running->bundles_name);
    }
    return RLC_OK;
}

static enum rlc_status verify_topic(struct running *running, struct rlc_kafka_admin *admin,
                                    const char *suffix, struct rlc_error *reterr)
{
    const struct rlc_topic_row *row = rlc_topic_row_of(suffix);
    char name[RLC_TOPIC_NAME_MAX];
    char mismatch[RLC_KAFKA_MISMATCH_MAX];
    struct rlc_kafka_topic topic;
    enum rlc_status status;

    if (!row ||
        !rlc_topic_full_name(running->process.settings->installation.topic_prefix, suffix, name))
        return RLC_OK;
    topic = (struct rlc_kafka_topic){
        .name = name,
        .partitions = row->single ? 1 : running->process.installation.partitions,
        .replication = RLC_KAFKA_REPLICATION_DEFAULT,
        .settings = row->settings,
    };
    status = rlc_kafka_topic_verify(admin, &topic, mismatch, sizeof(mismatch), reterr);
    if (status != RLC_REJECT)
        return status;
    rlc_log(&running->log, RLC_LOG_ERROR, "topics.mismatch", RLC_F_TEXT("topic", name),
            RLC_F_TEXT("why", mismatch));
    return rlc_error_set(reterr, RLC_FATAL, "topics", 0, "%.200s", mismatch);
}

static enum rlc_status verify_topics(struct running *running, struct rlc_error *reterr)
{
    struct rlc_kafka_admin *admin = NULL;
    enum rlc_status status = rlc_kafka_admin_open(&running->kafka, &admin, reterr);

    for (size_t i = 0; status == RLC_OK && i < running->spec->service->topic_count; i++)
        status = verify_topic(running, admin, running->spec->service->topics[i], reterr);
    rlc_kafka_admin_close(admin);
    return status;
}

static enum rlc_status open_self(struct running *running, struct rlc_error *reterr)
{
    return running->spec->open(&running->process, &running->self, reterr);
}

/* ---- opening ---- */

static enum rlc_status open_tool(struct running *running, struct rlc_error *reterr)
{
    if (!rlc_topic_full_name(running->process.settings->installation.topic_prefix,
                             rlc_topic_row(RLC_TOPIC_BUNDLES)->suffix, running->bundles_name))
        return rlc_error_set(reterr, RLC_FATAL, "topics", 0, "the topic prefix is too long");
    running->bundles_topics[0] = running->bundles_name;
    running->tool_config =
        (struct rlc_bus_config){ .topics = running->bundles_topics, .topic_count = 1 };
    running->bundles = rlc_bundles_new();
    if (!running->bundles)
        return rlc_error_set(reterr, RLC_FATAL, "bundles", 0, "out of memory");
    running->process.bundles = running->bundles;
    if (rlc_kafka_bus_open(&running->tool_config, &running->kafka, &running->tool, reterr) !=
        RLC_OK)
        return RLC_FATAL;
    running->process.tool = running->tool;
    return RLC_OK;
}

static enum rlc_status refresh_bundles(void *context, struct rlc_error *reterr)
{
    const struct rlc_process *process = context;

    return rlc_bundles_read(process->tool, 0, process->bundles, reterr);
}

struct rlc_catalog rlc_process_catalog(const struct rlc_process *process)
{
    /* The catalog hands the process back as it came; nothing writes through it. */
    union {
        const struct rlc_process *process;
        void *context;
    } lent = { .process = process };

    return (struct rlc_catalog){ process->bundles, refresh_bundles, lent.context };
}

static enum rlc_status open_view(struct running *running, struct rlc_error *reterr)
{
    const struct rlc_settings *settings = running->process.settings;
    char prefix[RLC_REDIS_PREFIX_MAX];
    struct rlc_redis_settings redis = rlc_process_redis(settings);

    (void)snprintf(prefix, sizeof(prefix), "%s.%s", settings->installation.topic_prefix,
                   running->service.name);
    return rlc_redis_view_open(&redis, prefix, &running->view, reterr);
}

static enum rlc_status open_bus(struct running *running, struct rlc_error *reterr)
{
    running->bus_config = (struct rlc_bus_config){
        .topics = running->service.topics,
        .topic_count = running->service.topic_count,
        .input_count = running->service.input_count,
        .group = running->group,
        .member = running->member,
        .transactional_id =
            running->service.role == RLC_ROLE_SINK ? NULL : running->transactional_id,
        .announce_revoke = running->service.effects != NULL,
    };
    return rlc_kafka_bus_open(&running->bus_config, &running->kafka, &running->bus, reterr);
}

static enum rlc_status open_suspects(struct running *running, struct rlc_error *reterr)
{
    const char *path = running->process.settings->worker.crash_file;

    if (!path[0])
        return RLC_OK;
    running->suspects =
        rlc_suspects_open(path, running->service.topics, running->service.topic_count, reterr);
    return running->suspects ? RLC_OK : RLC_FATAL;
}

static enum rlc_status open_worker(struct running *running, struct rlc_error *reterr)
{
    struct rlc_worker_env env = {
        .service = &running->service,
        .self = running->self,
        .bus = running->bus,
        .view = running->view,
        .clock = running->process.clock,
        .transactional_id = running->transactional_id,
        .partitions = running->process.installation.partitions,
        .stepped = running->process.installation.stepped,
        .batch_max = (uint32_t)running->process.settings->worker.batch_max,
        .suspects = running->suspects,
        .pause_ms = rlc_clock_pause_ms,
        .stop = &stop_requested,
        .at = rlc_watcher_at,
        .at_context = &running->watcher,
        .observer = &running->watcher.observer,
    };

    memcpy(env.installation, running->process.installation.uuid, sizeof(env.installation));
    running->worker = rlc_worker_new(&env, reterr);
    return running->worker ? RLC_OK : RLC_FATAL;
}

static enum rlc_status start(struct running *running, struct rlc_error *reterr)
{
    enum rlc_status status = open_tool(running, reterr);

    if (status == RLC_OK)
        status = wait_for(running, "installation", read_installation, reterr);
    if (status == RLC_OK)
        status = wait_for(running, "topics", verify_topics, reterr);
    if (status == RLC_OK && running->spec->open)
        status = wait_for(running, "worker", open_self, reterr);
    if (status == RLC_OK)
        status = wait_for(running, "redis", open_view, reterr);
    if (status == RLC_OK)
        status = open_bus(running, reterr);
    if (status == RLC_OK)
        status = open_suspects(running, reterr);
    if (status == RLC_OK)
        status = open_worker(running, reterr);
    return status;
}

/* ---- running ---- */

static enum rlc_status loop(struct running *running, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    rlc_health_drop(running->process.health, running->start_check);
    rlc_log(&running->log, RLC_LOG_INFO, "worker.started",
            RLC_F_TEXT("id", running->transactional_id),
            RLC_F_I64("partitions", running->process.installation.partitions));
    while (status == RLC_OK && !stop_requested) {
        status = rlc_worker_step(running->worker, POLL_MS, reterr);
        rlc_watcher_round(&running->watcher, running->bus, running->worker);
    }
    if (status == RLC_OK)
        rlc_worker_drain(running->worker, RLC_DRAIN_MS);
    return status;
}

static void finish(struct running *running, bool clean)
{
    rlc_worker_free(running->worker);
    rlc_suspects_close(running->suspects);
    if (running->bus)
        running->bus->ops->close(running->bus, clean);
    if (running->view)
        running->view->ops->close(running->view);
    if (running->spec->close)
        running->spec->close(running->self);
    if (running->tool)
        running->tool->ops->close(running->tool, true);
    rlc_bundles_free(running->bundles);
    rlc_health_free(running->process.health);
    rlc_watcher_close(&running->watcher);
    rlc_log_clear(&running->log);
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = request_stop };

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
}

static enum rlc_status open_health(struct running *running, struct rlc_error *reterr)
{
    const struct rlc_settings *settings = running->process.settings;

    running->process.health = rlc_health_new(running->spec->service->name, running->process.clock);
    if (!running->process.health)
        return rlc_error_set(reterr, RLC_FATAL, "health", 0, "out of memory");
    running->start_check = rlc_health_check(running->process.health, "start");
    /* All tables of metrics are known before the first scrape. */
    if (rlc_watcher_open(&running->watcher, &running->service, &running->log,
                         running->process.health, reterr) != RLC_OK)
        return RLC_FATAL;
    running->process.metrics = running->watcher.own;
    if (!settings->http.listen[0])
        return RLC_OK;
    return rlc_health_serve(running->process.health, settings->http.listen, reterr);
}

int rlc_process_run(const struct rlc_process_spec *spec, const struct rlc_settings *settings)
{
    struct running running = { .spec = spec };
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    catch_signals();
    running.process.settings = settings;
    running.process.own = spec->table.target;
    running.process.clock = rlc_clock_system();
    running.process.log = &running.log;
    rlc_log_init(&running.log, STDERR_FILENO, (enum rlc_log_level)settings->log.level,
                 spec->service->name, running.process.clock);
    rlc_process_kafka(settings, running.properties, &running.kafka);
    rlc_watcher_librdkafka(&running.kafka, &running.log);
    name_process(&running);
    status = name_topics(&running, &error);
    if (status == RLC_OK)
        status = open_health(&running, &error);
    if (status == RLC_OK)
        status = start(&running, &error);
    if (status == RLC_OK)
        status = loop(&running, &error);
    if (status == RLC_OK || stop_requested)
        rlc_log(&running.log, RLC_LOG_INFO, "worker.stopped", RLC_F_BOOL("asked", stop_requested));
    else
        rlc_log(&running.log, RLC_LOG_ERROR, "worker.failed", RLC_F_ERROR(&error));
    finish(&running, status == RLC_OK);
    return status == RLC_OK || stop_requested ? 0 : RLC_EXIT_FAILURE;
}
