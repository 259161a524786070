/* SPDX-License-Identifier: Apache-2.0 */
/* From a service table to a running process: reads the configuration, waits for the installation,
 * verifies its topics, opens Kafka and Redis, runs the loop, tells the world how it is, stops on
 * SIGTERM. A worker's main.c fills in a struct rlc_process_spec and calls rlc_process_main(). */
#ifndef RLC_PROCESS_PROCESS_H
#define RLC_PROCESS_PROCESS_H

#include "common/kafka/bus_kafka.h"
#include "common/redis/settings.h"
#include "common/runtime/bundles.h"
#include "common/runtime/config/options.h"
#include "common/runtime/config/settings.h"
#include "common/runtime/health.h"
#include "common/runtime/log.h"
#include "common/runtime/loop/worker.h"

#define RLC_PROCESS_TOPICS_MAX 96 /* sources of an installation, and what we write */

/* What a process lends its worker; valid until the worker is closed. */
struct rlc_process {
    const struct rlc_settings *settings;
    void *own;                 /* the worker's own settings: its table's target */
    const char *const *topics; /* full names, by topic number */
    int32_t first_output;      /* number of the first topic that is not an input */
    struct rlc_installation_facts installation;
    struct rlc_bundles *bundles; /* as of the start, or of the last refresh */
    struct rlc_bus *tool;        /* for rlc_process_catalog() */
    struct rlc_clock clock;
    struct rlc_log *log;
    struct rlc_health *health;
    struct rlc_metrics *metrics; /* of the service's own table; NULL: it has none */
};

struct rlc_process_spec {
    const char *summary; /* one sentence about the worker, for --help */
    /* Topics are suffixes below the installation's prefix. A service with input_count 0 lists its
     * outputs only; inputs() then names its inputs, and state_topic and the like count from the
     * first output. */
    const struct rlc_service *service;
    /* The worker's own settings, target included; count 0: none. */
    struct rlc_config_table table;
    /* Optional: full names of input topics, at most `max`; how many. */
    size_t (*inputs)(const struct rlc_process *process, const char **ret_names, size_t max);
    /* Optional: makes the service's `self`. RLC_RETRY: not yet, say why and ask again. */
    enum rlc_status (*open)(const struct rlc_process *process, void **ret_self,
                            struct rlc_error *reterr);
    void (*close)(void *self); /* optional; accepts NULL */
};

/* The process' bundles, which are read again when somebody names a hash that is not there yet;
 * valid as long as the process. */
struct rlc_catalog rlc_process_catalog(const struct rlc_process *process);

/* The whole life of a worker process; its exit code. */
int rlc_process_main(int argc, char **argv, const struct rlc_process_spec *spec);

/* The part behind the command line: runs with these settings until SIGTERM or SIGINT. */
int rlc_process_run(const struct rlc_process_spec *spec, const struct rlc_settings *settings);

/* librdkafka's settings out of ours; `properties` needs room for all pass-through pairs. */
void rlc_process_kafka(const struct rlc_settings *settings, struct rlc_kafka_property *properties,
                       struct rlc_kafka_settings *ret_kafka);

/* Redis' settings out of ours; they borrow the texts. */
struct rlc_redis_settings rlc_process_redis(const struct rlc_settings *settings);

#endif
