/* SPDX-License-Identifier: Apache-2.0 */
/* The table of behaviours (tests/support/parity.h) against a real broker. */
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/kafka/admin.h"
#include "common/kafka/bus_kafka.h"
#include "tests/support/parity.h"

#define SKIPPED 77
/* An attempt takes 20 ms: 24 s until something counts as "never", as the cleaner's pauses of 15 s
 * demand; 600 ms in which nothing may come, more than a fetch waits. */
#define PATIENCE 1200
#define QUIET    30
#define PAUSE_MS 20
/* The coordinator looks for expired transactions every second in the local stack. */
#define TRANSACTION_MS 10000
#define SWEEP_MS       2500
#define SESSION_MS     6000
#define SESSION_MORE   1500

struct kafka_world {
    struct rlc_kafka_settings settings;
    struct rlc_kafka_admin *admin;
    long long started_s;
    unsigned rows;
    char topics[PARITY_NAMES][64];
    char group[64];
};

static void sleep_ms(int64_t ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

    (void)nanosleep(&time, NULL);
}

static void make_topics(struct kafka_world *kafka)
{
    static const struct rlc_topic_setting compacted[] = {
        { "cleanup.policy", "compact", "the cleaner is watched" },
        { "segment.ms", "200", "only closed segments are cleaned" },
        { "min.cleanable.dirty.ratio", "0.01", "at once" },
        { NULL, NULL, NULL },
    };
    static const struct rlc_topic_setting stamped[] = {
        { "message.timestamp.type", "LogAppendTime", "the broker's clock is watched" },
        { NULL, NULL, NULL },
    };
    const struct rlc_kafka_topic topics[PARITY_TOPICS] = {
        [PARITY_IN] = { kafka->topics[PARITY_IN], PARITY_PARTITIONS, RLC_KAFKA_REPLICATION_DEFAULT,
                        NULL },
        [PARITY_OUT] = { kafka->topics[PARITY_OUT], 2, RLC_KAFKA_REPLICATION_DEFAULT, NULL },
        [PARITY_STATE] = { kafka->topics[PARITY_STATE], 1, RLC_KAFKA_REPLICATION_DEFAULT,
                           compacted },
        [PARITY_STAMPED] = { kafka->topics[PARITY_STAMPED], 1, RLC_KAFKA_REPLICATION_DEFAULT,
                             stamped },
    };
    struct rlc_error error = { .text = "" };

    if (rlc_kafka_topics_create(kafka->admin, topics, PARITY_TOPICS, &error) != RLC_OK)
        fail_msg("topics: %s", error.text);
}

static void renew(struct parity_world *world)
{
    struct kafka_world *kafka = world->context;

    kafka->rows++;
    (void)snprintf(kafka->group, sizeof(kafka->group), "parity-%llx-%d-%u", kafka->started_s,
                   (int)getpid(), kafka->rows);
    for (int i = 0; i < PARITY_NAMES; i++) {
        (void)snprintf(kafka->topics[i], sizeof(kafka->topics[i]), "%.50s.%d", kafka->group, i);
        world->topics[i] = kafka->topics[i];
    }
    world->group = kafka->group;
    make_topics(kafka);
}

static enum rlc_status open_bus(void *context, const struct rlc_bus_config *config,
                                struct rlc_bus **ret_bus, struct rlc_error *reterr)
{
    struct kafka_world *kafka = context;

    return rlc_kafka_bus_open(config, &kafka->settings, ret_bus, reterr);
}

static void let_time_pass(void *context)
{
    (void)context;
    sleep_ms(PAUSE_MS);
}

static void expire_transactions(void *context)
{
    (void)context;
    sleep_ms(TRANSACTION_MS + SWEEP_MS);
}

static void expire_member(void *context, const char *group, const char *member)
{
    (void)context, (void)group, (void)member;
    sleep_ms(SESSION_MS + SESSION_MORE);
}

static void compact(void *context, const char *topic)
{
    (void)context, (void)topic;
    sleep_ms(1000);
}

static void it_answers_as_the_table_says(void **state)
{
    struct kafka_world kafka = { .started_s = (long long)time(NULL) };
    struct rlc_error error = { .text = "" };
    struct parity_world world = {
        .context = &kafka,
        .patience = PATIENCE,
        .quiet = QUIET,
        .renew = renew,
        .open = open_bus,
        .pause = let_time_pass,
        .expire_transactions = expire_transactions,
        .expire_member = expire_member,
        .compact = compact,
    };

    (void)state;
    rlc_kafka_settings_init(&kafka.settings);
    kafka.settings.bootstrap_servers = getenv("RELANCE_KAFKA_BOOTSTRAP_SERVERS");
    kafka.settings.session_timeout_ms = SESSION_MS;
    kafka.settings.transaction_timeout_ms = TRANSACTION_MS;
    assert_int_equal(rlc_kafka_admin_open(&kafka.settings, &kafka.admin, &error), RLC_OK);
    assert_int_equal(parity_run(&world), 0);
    rlc_kafka_admin_close(kafka.admin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_answers_as_the_table_says),
    };
    const char *servers = getenv("RELANCE_KAFKA_BOOTSTRAP_SERVERS");

    if (!servers || !servers[0]) {
        (void)puts("SKIPPED: no broker (RELANCE_KAFKA_BOOTSTRAP_SERVERS is not set)");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
