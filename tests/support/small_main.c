/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/small_main.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/kafka/admin.h"
#include "common/runtime/genesis.h"

#define GENESIS_TRIES 50

extern char **environ;

#define APPEND_TIME "message.timestamp.type", "LogAppendTime", "no writer's clock counts"

static const struct rlc_topic_setting LOG[] = { { APPEND_TIME }, { NULL, NULL, NULL } };
static const struct rlc_topic_setting COMPACTED[] = { { "cleanup.policy", "compact", "state" },
                                                      { APPEND_TIME },
                                                      { NULL, NULL, NULL } };

/* The service's topics, and behind them that of the bundles. */
struct small {
    const struct rlc_service *service;
    struct rlc_kafka_settings kafka;
    char name[SMALL_TOPICS_MAX + 1][RLC_TOPIC_NAME_MAX];
    size_t count;
    int32_t partitions;
};

static bool load(const struct rlc_process_spec *spec, struct rlc_settings *settings)
{
    struct rlc_config_table tables[] = { rlc_settings_table(settings), spec->table };
    struct rlc_config *config = rlc_config_new(tables, spec->table.count ? 2 : 1);
    struct rlc_config_source source = { .environment = environ,
                                        .ignored = RLC_SETTINGS_IGNORED,
                                        .complaints = stderr };
    struct rlc_error error = { .text = "" };

    return config && rlc_config_load(config, &source, &error) == RLC_OK &&
           rlc_settings_complete(settings, environ, &error) == RLC_OK;
}

static bool failed(const char *what, const struct rlc_error *error)
{
    (void)fprintf(stderr, "setup: %s: %s\n", what, error->text);
    return false;
}

static bool make_topics(struct small *small)
{
    struct rlc_kafka_topic topics[SMALL_TOPICS_MAX + 1];
    struct rlc_kafka_admin *admin = NULL;
    struct rlc_error error = { .text = "" };
    bool done;

    for (size_t i = 0; i <= small->count; i++) {
        topics[i] =
            (struct rlc_kafka_topic){ .name = small->name[i],
                                      .partitions = i == small->count ? 1 : small->partitions,
                                      .replication = RLC_KAFKA_REPLICATION_DEFAULT,
                                      .settings = LOG };
    }
    topics[small->service->state_topic].settings = COMPACTED;
    topics[small->count].settings = COMPACTED;
    done = rlc_kafka_admin_open(&small->kafka, &admin, &error) == RLC_OK &&
           rlc_kafka_topics_create(admin, topics, small->count + 1, &error) == RLC_OK;
    rlc_kafka_admin_close(admin);
    return done || failed("topics", &error);
}

/* A topic that was just made has no leader for a moment; asking again completes. */
static enum rlc_status write_checkpoints(const struct small *small, struct rlc_bus *bus,
                                         const uint8_t *uuid, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_RETRY;
    int32_t written;

    for (int i = 0; status == RLC_RETRY && i < GENESIS_TRIES; i++) {
        struct timespec pause = { 0, 200L * 1000 * 1000 };

        (void)nanosleep(&pause, NULL);
        status = rlc_genesis_checkpoints(bus, small->service->state_topic, small->service->name,
                                         small->partitions, uuid, &written, reterr);
    }
    return status;
}

static bool write_genesis(const struct small *small, bool stepped)
{
    const char *topics[SMALL_TOPICS_MAX + 1];
    struct rlc_bus_config config = { .topics = topics, .topic_count = small->count + 1 };
    struct rlc_installation_facts facts = { .partitions = small->partitions, .stepped = stepped };
    struct rlc_clock clock = rlc_clock_system();
    struct rlc_bus *bus = NULL;
    struct rlc_error error = { .text = "" };
    bool done;

    for (size_t i = 0; i <= small->count; i++)
        topics[i] = small->name[i];
    memcpy(facts.uuid, "small-worker-001", sizeof(facts.uuid));
    if (rlc_kafka_bus_open(&config, &small->kafka, &bus, &error) != RLC_OK)
        return failed("bus", &error);
    done = write_checkpoints(small, bus, facts.uuid, &error) == RLC_OK &&
           rlc_genesis_installation(bus, (int32_t)small->count, "test", &facts,
                                    clock.now_ms(clock.context), &error) == RLC_OK;
    bus->ops->close(bus, true);
    return done || failed("genesis", &error);
}

static int setup(const struct rlc_service *service, const struct rlc_settings *settings,
                 const char *partitions_text, bool stepped)
{
    struct rlc_kafka_property properties[RLC_CONFIG_PAIRS_MAX];
    struct small small = { .service = service,
                           .count = service->topic_count,
                           .partitions = (int32_t)strtol(partitions_text, NULL, 10) };

    assert(small.count <= SMALL_TOPICS_MAX);
    rlc_process_kafka(settings, properties, &small.kafka);
    for (size_t i = 0; i <= small.count; i++) {
        if (!rlc_topic_full_name(settings->installation.topic_prefix,
                                 i == small.count ? "bundles" : service->topics[i], small.name[i]))
            return RLC_EXIT_CONFIG;
    }
    return make_topics(&small) && write_genesis(&small, stepped) ? 0 : RLC_EXIT_FAILURE;
}

int small_main(int argc, char **argv, const struct rlc_process_spec *spec)
{
    static struct rlc_settings settings;

    if (!load(spec, &settings))
        return RLC_EXIT_CONFIG;
    if (argc == 4 && strcmp(argv[1], "setup") == 0)
        return setup(spec->service, &settings, argv[2], strcmp(argv[3], "stepped") == 0);
    return rlc_process_run(spec, &settings);
}
