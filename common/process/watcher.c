/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process/watcher.h"

#include <stdio.h>
#include <string.h>

#include "common/runtime/error.h"

/* Asking the bus how it is takes a lock; once a second is enough for people. */
#define LOOK_NS UINT64_C(1000000000)

static const struct rlc_metric LOOP_METRICS[RLC_COUNTER_COUNT] = {
#define LOOP_METRIC(row_name, row_unit, row_help)                                                  \
    [RLC_COUNT_##row_name] = { .name = "loop_" #row_name,                                          \
                               .type = RLC_METRIC_COUNTER,                                         \
                               .unit = (row_unit),                                                 \
                               .help = (row_help) },
    RLC_LOOP_COUNTERS(LOOP_METRIC)
#undef LOOP_METRIC
};

static void count(void *context, int32_t counter, int64_t amount)
{
    struct rlc_watcher *watcher = context;

    rlc_metrics_add(watcher->metrics, rlc_series((size_t)counter), amount);
}

static void note(void *context, const char *event, int32_t partition, const char *text)
{
    struct rlc_watcher *watcher = context;

    rlc_log(watcher->log, RLC_LOG_WARN, event, RLC_F_I64("partition", partition),
            RLC_F_TEXT("why", text));
}

static void ready(void *context, const char *topic, int32_t partition, const char *why)
{
    struct rlc_watcher *watcher = context;
    char name[RLC_HEALTH_NAME_SIZE];
    size_t check;

    (void)snprintf(name, sizeof(name), "%.80s/%d", topic, partition);
    check = rlc_health_check(watcher->health, name);
    if (why && why[0])
        rlc_health_set(watcher->health, check, false, why);
    else
        rlc_health_drop(watcher->health, check);
}

enum rlc_status rlc_watcher_open(struct rlc_watcher *watcher, struct rlc_log *log,
                                 struct rlc_health *health, struct rlc_error *reterr)
{
    *watcher = (struct rlc_watcher){ .log = log, .health = health };
    watcher->observer = (struct rlc_observer){ watcher, ready, note, count };
    watcher->metrics = rlc_metrics_new(LOOP_METRICS, RLC_COUNTER_COUNT);
    if (!watcher->metrics)
        return rlc_error_set(reterr, RLC_FATAL, "metrics", 0, "out of memory");
    rlc_health_add_metrics(health, watcher->metrics);
    watcher->group_check = rlc_health_check(health, "group");
    rlc_health_set(health, watcher->group_check, false, "no assignment received yet");
    watcher->kafka_check = rlc_health_check(health, "kafka");
    rlc_health_set(health, watcher->kafka_check, true, NULL);
    return RLC_OK;
}

void rlc_watcher_close(struct rlc_watcher *watcher)
{
    rlc_metrics_free(watcher->metrics);
    *watcher = (struct rlc_watcher){ 0 };
}

void rlc_watcher_at(void *context, enum rlc_step step)
{
    struct rlc_watcher *watcher = context;
    const struct rlc_step_row *row = rlc_step_row(step);

    if (row->may_block != watcher->blocking) {
        watcher->blocking = row->may_block;
        rlc_health_block(watcher->health, row->may_block);
    }
    rlc_health_beat(watcher->health, row->name);
}

void rlc_watcher_round(struct rlc_watcher *watcher, struct rlc_bus *bus,
                       const struct rlc_worker *worker)
{
    struct rlc_clock clock = rlc_clock_system();
    uint64_t now_ns = clock.monotonic_ns(clock.context);
    char text[RLC_HEALTH_WHY_SIZE] = "";
    bool fine;

    if (now_ns - watcher->looked_ns < LOOK_NS)
        return;
    watcher->looked_ns = now_ns;
    fine = rlc_kafka_bus_state(bus, text, sizeof(text));
    rlc_health_set(watcher->health, watcher->kafka_check, fine, text);
    if (rlc_worker_assigned(worker))
        rlc_health_set(watcher->health, watcher->group_check, true, NULL);
}

static void on_line(void *context, int level, const char *facility, const char *text)
{
    static const int SYSLOG_ERROR = 3;

    rlc_log((struct rlc_log *)context, level <= SYSLOG_ERROR ? RLC_LOG_WARN : RLC_LOG_DEBUG,
            "kafka.client", RLC_F_TEXT("facility", facility), RLC_F_TEXT("text", text));
}

void rlc_watcher_librdkafka(struct rlc_kafka_settings *kafka, struct rlc_log *log)
{
    kafka->log = on_line;
    kafka->log_context = log;
}
