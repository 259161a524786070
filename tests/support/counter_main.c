/* SPDX-License-Identifier: Apache-2.0 */
/* The counting worker as a real process on real servers, for tests of the loop itself.
 *
 *   counter setup PARTITIONS system|stepped    makes its topics, genesis and installation record
 *   counter                                    runs; settings from RELANCE_... variables */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/kafka/admin.h"
#include "common/process/process.h"
#include "common/runtime/genesis.h"
#include "tests/support/counter.h"

#define GENESIS_TRIES 50

extern char **environ;

#define APPEND_TIME "message.timestamp.type", "LogAppendTime", "no writer's clock counts"

static const struct rlc_topic_setting LOG[] = { { APPEND_TIME }, { NULL, NULL, NULL } };
static const struct rlc_topic_setting COMPACTED[] = { { "cleanup.policy", "compact", "state" },
                                                      { APPEND_TIME },
                                                      { NULL, NULL, NULL } };

static bool load(struct rlc_settings *settings)
{
    struct rlc_config_table table = rlc_settings_table(settings);
    struct rlc_config *config = rlc_config_new(&table, 1);
    struct rlc_config_source source = { .environment = environ,
                                        .ignored = RLC_SETTINGS_IGNORED,
                                        .complaints = stderr };
    struct rlc_error error = { .text = "" };

    return config && rlc_config_load(config, &source, &error) == RLC_OK &&
           rlc_settings_complete(settings, environ, &error) == RLC_OK;
}

static bool failed(const char *what, const struct rlc_error *error)
{
    (void)fprintf(stderr, "counter setup: %s: %s\n", what, error->text);
    return false;
}

static bool make_topics(const struct rlc_kafka_settings *kafka, char names[][RLC_TOPIC_NAME_MAX],
                        int32_t partitions)
{
    struct rlc_kafka_topic topics[COUNTER_TOPICS + 1];
    struct rlc_kafka_admin *admin = NULL;
    struct rlc_error error = { .text = "" };
    bool done;

    for (size_t i = 0; i <= COUNTER_TOPICS; i++) {
        topics[i] = (struct rlc_kafka_topic){ .name = names[i],
                                              .partitions = i == COUNTER_TOPICS ? 1 : partitions,
                                              .replication = RLC_KAFKA_REPLICATION_DEFAULT,
                                              .settings = LOG };
    }
    topics[COUNTER_STATE].settings = COMPACTED;
    topics[COUNTER_TOPICS].settings = COMPACTED;
    done = rlc_kafka_admin_open(kafka, &admin, &error) == RLC_OK &&
           rlc_kafka_topics_create(admin, topics, COUNTER_TOPICS + 1, &error) == RLC_OK;
    rlc_kafka_admin_close(admin);
    return done || failed("topics", &error);
}

static bool write_genesis(const struct rlc_kafka_settings *kafka, char names[][RLC_TOPIC_NAME_MAX],
                          int32_t partitions, bool stepped)
{
    const char *topics[COUNTER_TOPICS + 1];
    struct rlc_bus_config config = { .topics = topics, .topic_count = COUNTER_TOPICS + 1 };
    struct rlc_installation_facts facts = { .partitions = partitions, .stepped = stepped };
    struct rlc_clock clock = rlc_clock_system();
    struct rlc_bus *bus = NULL;
    struct rlc_error error = { .text = "" };
    enum rlc_status status = RLC_RETRY;
    int32_t written;
    bool done;

    for (size_t i = 0; i <= COUNTER_TOPICS; i++)
        topics[i] = names[i];
    memcpy(facts.uuid, "counter-uuid-001", sizeof(facts.uuid));
    if (rlc_kafka_bus_open(&config, kafka, &bus, &error) != RLC_OK)
        return failed("bus", &error);
    /* A topic that was just made has no leader for a moment; asking again completes. */
    for (int i = 0; status == RLC_RETRY && i < GENESIS_TRIES; i++) {
        struct timespec pause = { 0, 200L * 1000 * 1000 };

        (void)nanosleep(&pause, NULL);
        status = rlc_genesis_checkpoints(bus, COUNTER_STATE, "counter", partitions, facts.uuid,
                                         &written, &error);
    }
    done =
        status == RLC_OK && rlc_genesis_installation(bus, COUNTER_TOPICS, "test", &facts,
                                                     clock.now_ms(clock.context), &error) == RLC_OK;
    bus->ops->close(bus, true);
    return done || failed("genesis", &error);
}

static int setup(const struct rlc_settings *settings, const char *partitions_text, bool stepped)
{
    struct rlc_kafka_property properties[RLC_CONFIG_PAIRS_MAX];
    struct rlc_kafka_settings kafka;
    char names[COUNTER_TOPICS + 1][RLC_TOPIC_NAME_MAX];
    int32_t partitions = (int32_t)strtol(partitions_text, NULL, 10);

    rlc_process_kafka(settings, properties, &kafka);
    for (size_t i = 0; i <= COUNTER_TOPICS; i++) {
        if (!rlc_topic_full_name(settings->installation.topic_prefix,
                                 i == COUNTER_TOPICS ? "bundles" : COUNTER_TOPIC[i], names[i]))
            return RLC_EXIT_CONFIG;
    }
    return make_topics(&kafka, names, partitions) &&
                   write_genesis(&kafka, names, partitions, stepped)
               ? 0
               : RLC_EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static struct rlc_settings settings;
    static const struct rlc_process_spec spec = { .service = &counter_service };

    if (!load(&settings))
        return RLC_EXIT_CONFIG;
    if (argc == 4 && strcmp(argv[1], "setup") == 0)
        return setup(&settings, argv[2], strcmp(argv[3], "stepped") == 0);
    return rlc_process_run(&spec, &settings);
}
