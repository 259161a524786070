/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"

#include <stdio.h>

#include "common/memory/bus_memory.h"
#include "common/memory/memory_faults.h"
#include "tests/support/parity.h"

/* Everything happens at once or never; the two members of a group need a turn each. */
#define PATIENCE 8
#define QUIET    3

struct memory_world {
    rlc_ms now_ms;
    struct rlc_memory_broker *broker;
    unsigned rows;
    char topics[PARITY_NAMES][32];
    char group[32];
};

static void add_topic(struct memory_world *memory, int topic, int32_t partitions)
{
    struct rlc_memory_topic_config config = { .name = memory->topics[topic],
                                              .partitions = partitions,
                                              .compacted = topic == PARITY_STATE,
                                              .log_append_time = topic == PARITY_STAMPED };

    assert_int_equal(rlc_memory_broker_add_topic(memory->broker, &config, NULL), RLC_OK);
}

static void renew(struct parity_world *world)
{
    struct memory_world *memory = world->context;

    memory->rows++;
    for (int i = 0; i < PARITY_NAMES; i++) {
        (void)snprintf(memory->topics[i], sizeof(memory->topics[i]), "row-%u.%d", memory->rows, i);
        world->topics[i] = memory->topics[i];
    }
    (void)snprintf(memory->group, sizeof(memory->group), "row-%u", memory->rows);
    world->group = memory->group;
    add_topic(memory, PARITY_IN, PARITY_PARTITIONS);
    add_topic(memory, PARITY_OUT, 2);
    add_topic(memory, PARITY_STATE, 1);
    add_topic(memory, PARITY_STAMPED, 1);
}

static enum rlc_status open_bus(void *context, const struct rlc_bus_config *config,
                                struct rlc_bus **ret_bus, struct rlc_error *reterr)
{
    struct memory_world *memory = context;

    return rlc_memory_bus_open(memory->broker, config, ret_bus, reterr);
}

static void let_time_pass(void *context)
{
    struct memory_world *memory = context;

    memory->now_ms += 20;
}

static void expire_transactions(void *context)
{
    struct memory_world *memory = context;

    memory->now_ms += RLC_MEMORY_TRANSACTION_TIMEOUT_MS - 1;
    assert_int_equal(rlc_memory_broker_expire_transactions(memory->broker), 0);
    memory->now_ms++;
    assert_int_equal(rlc_memory_broker_expire_transactions(memory->broker), 1);
}

static void expire_member(void *context, const char *group, const char *member)
{
    struct memory_world *memory = context;

    assert_true(rlc_memory_broker_expire_member(memory->broker, group, member));
}

static void compact(void *context, const char *topic)
{
    struct memory_world *memory = context;

    assert_int_equal(rlc_memory_broker_compact(memory->broker, topic, false, NULL), RLC_OK);
}

static void tear(void *context, const char *transactional_id, uint32_t after)
{
    struct memory_world *memory = context;

    rlc_memory_faults_tear(memory->broker, transactional_id, after);
}

static void delay_markers(void *context, bool delayed)
{
    struct memory_world *memory = context;

    rlc_memory_faults_delay_markers(memory->broker, delayed ? UINT64_MAX : 0);
    if (!delayed)
        assert_int_equal(rlc_memory_faults_write_markers(memory->broker, NULL, 0), 2);
}

static void it_answers_as_the_table_says(void **state)
{
    struct memory_world memory = { .now_ms = 1700000000000 };
    struct parity_world world = {
        .context = &memory,
        .patience = PATIENCE,
        .quiet = QUIET,
        .renew = renew,
        .open = open_bus,
        .pause = let_time_pass,
        .expire_transactions = expire_transactions,
        .expire_member = expire_member,
        .compact = compact,
        .tear = tear,
        .delay_markers = delay_markers,
    };

    (void)state;
    memory.broker = rlc_memory_broker_new(rlc_clock_virtual(&memory.now_ms));
    assert_int_equal(parity_run(&world), 0);
    rlc_memory_broker_free(memory.broker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_answers_as_the_table_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
