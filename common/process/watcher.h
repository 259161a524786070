/* SPDX-License-Identifier: Apache-2.0 */
/* Between the loop and those who watch it: steps become heartbeats and the time spent in each,
 * notes become log lines, counts become metrics, reasons become /readyz. */
#ifndef RLC_PROCESS_WATCHER_H
#define RLC_PROCESS_WATCHER_H

#include "common/kafka/bus_kafka.h"
#include "common/runtime/health.h"
#include "common/runtime/log.h"
#include "common/runtime/loop/worker.h"

/* The loop's counters, time and number of each step, how far behind. */
#define RLC_WATCHER_METRICS (RLC_COUNTER_COUNT + 3)

struct rlc_watcher {
    struct rlc_observer observer; /* to give to the worker */
    struct rlc_log *log;
    struct rlc_health *health;
    struct rlc_metric
        rows[RLC_WATCHER_METRICS]; /* the loop's table: its topics are this worker's */
    struct rlc_metrics *metrics;
    struct rlc_metrics *own; /* of the service's table; NULL: it has none */
    struct rlc_clock clock;
    size_t group_check;
    size_t kafka_check;
    bool blocking;
    enum rlc_step step;
    uint64_t step_ns; /* when it began */
    uint64_t looked_ns;
};

/* `health`, not serving yet, gets the metrics of the loop and of the service and the checks "group"
 * and "kafka"; one check per partition comes and goes with it. `service` names its topics; like all
 * else it outlives the watcher. */
RLC_NODISCARD enum rlc_status rlc_watcher_open(struct rlc_watcher *watcher,
                                               const struct rlc_service *service,
                                               struct rlc_log *log, struct rlc_health *health,
                                               struct rlc_error *reterr);
/* Frees the metrics; the health that borrowed them must be gone. A zeroed watcher is allowed. */
void rlc_watcher_close(struct rlc_watcher *watcher);

/* The loop's `at` hook; the context is the watcher. */
void rlc_watcher_at(void *context, enum rlc_step step);

/* Once per round of the loop: what only changes slowly. */
void rlc_watcher_round(struct rlc_watcher *watcher, struct rlc_bus *bus,
                       const struct rlc_worker *worker);

/* Writes all metrics of a worker of this service as a Markdown table. */
void rlc_watcher_document(const struct rlc_service *service, FILE *out);

/* librdkafka's own lines go to the log. */
void rlc_watcher_librdkafka(struct rlc_kafka_settings *kafka, struct rlc_log *log);

#endif
