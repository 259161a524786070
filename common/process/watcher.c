/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process/watcher.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/runtime/error.h"

#define NS_PER_S UINT64_C(1000000000)

/* Asking the bus how it is takes a lock; once a second is enough for people. */
#define LOOK_NS NS_PER_S

enum {
    METRIC_STEP_TIME = RLC_COUNTER_COUNT,
    METRIC_STEPS,
    METRIC_BEHIND,
};
static_assert(METRIC_BEHIND + 1 == RLC_WATCHER_METRICS, "every row has its number");

static const char *step_name(size_t step)
{
    return rlc_step_row((enum rlc_step)step)->name;
}

static const struct rlc_metric LOOP_METRICS[RLC_WATCHER_METRICS] = {
#define LOOP_METRIC(row_name, row_unit, row_help)                                                  \
    [RLC_COUNT_##row_name] = { .name = "loop_" #row_name,                                          \
                               .type = RLC_METRIC_COUNTER,                                         \
                               .unit = (row_unit),                                                 \
                               .help = (row_help) },
    RLC_LOOP_COUNTERS(LOOP_METRIC)
#undef LOOP_METRIC
        [METRIC_STEP_TIME] = { .name = "loop_step_seconds",
                               .type = RLC_METRIC_COUNTER,
                               .unit = "seconds",
                               .help = "time spent from each step of the loop to the next one",
                               .label = { { .name = "step",
                                            .word = step_name,
                                            .count = RLC_STEP_COUNT } },
                               .scale = (int64_t)NS_PER_S },
    [METRIC_STEPS] = { .name = "loop_steps",
                       .type = RLC_METRIC_COUNTER,
                       .unit = "times",
                       .help = "times that each step of the loop was taken",
                       .label = { { .name = "step",
                                    .word = step_name,
                                    .count = RLC_STEP_COUNT } } },
    [METRIC_BEHIND] = { .name = "loop_behind_seconds",
                        .type = RLC_METRIC_GAUGE,
                        .unit = "seconds",
                        .help = "how long the oldest record that is not finished has been in the "
                                "log",
                        .label = { { .name = "topic" }, { .name = "partition" } },
                        .scale = 1000 },
};

static void count(void *context, int32_t counter, int64_t amount)
{
    struct rlc_watcher *watcher = context;

    rlc_metrics_add(watcher->metrics, rlc_series((size_t)counter), amount);
}

static void tally(void *context, struct rlc_series series)
{
    struct rlc_watcher *watcher = context;

    if (watcher->own)
        rlc_metrics_add(watcher->own, series, 1);
}

static void behind(void *context, int32_t topic, int32_t partition, int64_t behind_ms)
{
    struct rlc_watcher *watcher = context;
    struct rlc_series series = rlc_series2(METRIC_BEHIND, (size_t)topic, (size_t)partition);

    if ((size_t)topic >= watcher->rows[METRIC_BEHIND].label[0].count ||
        (size_t)partition >= watcher->rows[METRIC_BEHIND].label[1].count)
        return;
    if (behind_ms == RLC_BEHIND_UNKNOWN)
        rlc_metrics_forget(watcher->metrics, series);
    else
        rlc_metrics_set(watcher->metrics, series, behind_ms);
}

static void note(void *context, const char *event, int32_t partition, const char *text)
{
    struct rlc_watcher *watcher = context;

    rlc_log(watcher->log, RLC_LOG_WARN, event, RLC_F_I64("partition", partition),
            RLC_F_TEXT("why", text));
}

static void ready(void *context, const char *what, int32_t partition, const char *why)
{
    struct rlc_watcher *watcher = context;
    char name[RLC_HEALTH_NAME_SIZE];
    size_t check;

    if (partition == RLC_PARTITION_NONE)
        (void)snprintf(name, sizeof(name), "%.80s", what);
    else
        (void)snprintf(name, sizeof(name), "%.80s/%d", what, partition);
    check = rlc_health_check(watcher->health, name);
    if (why && why[0])
        rlc_health_set(watcher->health, check, false, why);
    else
        rlc_health_drop(watcher->health, check);
}

/* The table with the topics of this worker; more sources than one metric may have series are left
 * out. */
static void name_topics(struct rlc_watcher *watcher, const struct rlc_service *service)
{
    struct rlc_metric_label *label = watcher->rows[METRIC_BEHIND].label;
    size_t most = RLC_METRIC_SERIES_MAX / RLC_PARTS_MAX;

    memcpy(watcher->rows, LOOP_METRICS, sizeof(watcher->rows));
    label[0].values = service->topics;
    label[0].count = service->input_count < most ? service->input_count : most;
    label[1].count = RLC_PARTS_MAX;
}

static bool open_metrics(struct rlc_watcher *watcher, const struct rlc_service *service)
{
    name_topics(watcher, service);
    watcher->metrics = rlc_metrics_new(watcher->rows, RLC_WATCHER_METRICS);
    if (service->metric_count)
        watcher->own = rlc_metrics_new(service->metrics, service->metric_count);
    return watcher->metrics && (watcher->own || !service->metric_count);
}

enum rlc_status rlc_watcher_open(struct rlc_watcher *watcher, const struct rlc_service *service,
                                 struct rlc_log *log, struct rlc_health *health,
                                 struct rlc_error *reterr)
{
    *watcher = (struct rlc_watcher){ .log = log, .health = health, .clock = rlc_clock_system() };
    watcher->observer = (struct rlc_observer){ watcher, ready, note, count, tally, behind };
    if (!open_metrics(watcher, service))
        return rlc_error_set(reterr, RLC_FATAL, "metrics", 0, "out of memory");
    rlc_health_add_metrics(health, watcher->metrics);
    if (watcher->own)
        rlc_health_add_metrics(health, watcher->own);
    watcher->group_check = rlc_health_check(health, "group");
    rlc_health_set(health, watcher->group_check, false, "no assignment received yet");
    watcher->kafka_check = rlc_health_check(health, "kafka");
    rlc_health_set(health, watcher->kafka_check, true, NULL);
    return RLC_OK;
}

void rlc_watcher_close(struct rlc_watcher *watcher)
{
    rlc_metrics_free(watcher->metrics);
    rlc_metrics_free(watcher->own);
    *watcher = (struct rlc_watcher){ 0 };
}

void rlc_watcher_document(const struct rlc_service *service, FILE *out)
{
    static const char *const NONE[] = { "" };
    struct rlc_service named = *service;
    struct rlc_watcher watcher = { 0 };

    /* A worker whose inputs its settings name has none yet. */
    if (!named.input_count) {
        named.topics = NONE;
        named.input_count = 1;
    }
    if (open_metrics(&watcher, &named)) {
        rlc_metrics_document(watcher.metrics, true, out);
        if (watcher.own)
            rlc_metrics_document(watcher.own, false, out);
    }
    rlc_watcher_close(&watcher);
}

/* The time since the step before belongs to that one. */
static void account(struct rlc_watcher *watcher, enum rlc_step step)
{
    uint64_t now_ns = watcher->clock.monotonic_ns(watcher->clock.context);

    if (watcher->step_ns)
        rlc_metrics_add(watcher->metrics, rlc_series1(METRIC_STEP_TIME, watcher->step),
                        (int64_t)(now_ns - watcher->step_ns));
    rlc_metrics_add(watcher->metrics, rlc_series1(METRIC_STEPS, step), 1);
    watcher->step = step;
    watcher->step_ns = now_ns;
}

void rlc_watcher_at(void *context, enum rlc_step step)
{
    struct rlc_watcher *watcher = context;
    const struct rlc_step_row *row = rlc_step_row(step);

    account(watcher, step);
    if (row->may_block != watcher->blocking) {
        watcher->blocking = row->may_block;
        rlc_health_block(watcher->health, row->may_block);
    }
    rlc_health_beat(watcher->health, row->name, watcher->step_ns);
}

void rlc_watcher_round(struct rlc_watcher *watcher, struct rlc_bus *bus,
                       const struct rlc_worker *worker)
{
    uint64_t now_ns = watcher->clock.monotonic_ns(watcher->clock.context);
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
