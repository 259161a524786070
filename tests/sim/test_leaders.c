/* SPDX-License-Identifier: Apache-2.0 */
/* Some partitions have lost their leaders, and whoever asks about them waits in vain: the others
 * work on, and the subscription is polled. */
#include <string.h>

#include "common/runtime/error.h"
#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { PARTITIONS = 24, ROUNDS_MAX = 6000 };

static struct {
    struct world *world;
    struct rlc_bus_ops ops;
    enum rlc_status (*watermarks)(struct rlc_bus *bus, int32_t topic, int32_t partition,
                                  int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                  struct rlc_error *reterr);
    int32_t topic;
    rlc_ms slow_ms;          /* each answer takes */
    int32_t from;            /* its partitions that have no leader: from this one ... */
    int32_t to;              /* ... to the one before this */
    rlc_ms waited_ms;        /* for answers that did not come */
    rlc_ms round_max_ms;     /* the longest wait between two polls */
    size_t told[PARTITIONS]; /* on_reading() calls that name the partition */
} lonely;

/* Nobody answers until the time-out. */
static enum rlc_status ask_a_leader(struct rlc_bus *bus, int32_t topic, int32_t partition,
                                    int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                    struct rlc_error *reterr)
{
    lonely.world->now_ms += lonely.slow_ms;
    if (topic != lonely.topic || partition < lonely.from || partition >= lonely.to)
        return lonely.watermarks(bus, topic, partition, timeout_ms, ret_low, ret_high, reterr);
    lonely.world->now_ms += timeout_ms;
    lonely.waited_ms += timeout_ms;
    return rlc_error_set(reterr, RLC_RETRY, "watermarks", 0, "no leader");
}

static void hear_reading(void *self, const struct rlc_reading *readings, size_t count)
{
    (void)self;
    for (size_t i = 0; i < count; i++)
        lonely.told[readings[i].partition]++;
}

/* Partitions of a topic lose their leaders, all others have theirs (back). */
static void lose_leaders(struct world *world, int32_t topic, int32_t from, int32_t to)
{
    struct rlc_bus *bus = world->processes[0].bus;

    if (bus->ops != &lonely.ops) {
        lonely.ops = *bus->ops;
        lonely.watermarks = bus->ops->watermarks;
        lonely.ops.watermarks = ask_a_leader;
        bus->ops = &lonely.ops;
    }
    lonely.world = world;
    lonely.topic = topic;
    lonely.slow_ms = 0;
    lonely.from = from;
    lonely.to = to;
    lonely.waited_ms = 0;
    lonely.round_max_ms = 0;
    memset(lonely.told, 0, sizeof(lonely.told));
}

/* Rounds until so much time has passed, waits included. */
static void live(struct world *world, rlc_ms time_ms)
{
    for (rlc_ms end_ms = world->now_ms + time_ms; world->now_ms < end_ms;) {
        rlc_ms before_ms = lonely.waited_ms;

        world_round(world);
        if (lonely.waited_ms - before_ms > lonely.round_max_ms)
            lonely.round_max_ms = lonely.waited_ms - before_ms;
    }
}

enum {
    LIFE_MS = 60000,
    ROUND_WAIT_MAX_MS = 2000, /* far below any max.poll.interval.ms */
    RECOVERY_ROUNDS_MAX = 10000 / WORLD_ROUND_MS
};

static void a_healthy_partition_works(int32_t topic)
{
    struct world world;

    world_open(&world, &counter_service, NULL, PARTITIONS, 1);
    world.stepped = true;
    world_start(&world, 0);
    lose_leaders(&world, topic, 0, PARTITIONS - 1);
    live(&world, LIFE_MS);
    for (int i = 0; i < 10; i++) {
        world_publish_at(&world, COUNTER_INPUT, PARTITIONS - 1, "a", "add 1");
        live(&world, 1000);
    }
    assert_int_equal(world_count_topic(&world, COUNTER_FACTS), 10);
    assert_in_range(lonely.round_max_ms, 1, ROUND_WAIT_MAX_MS);

    /* Once it is clear who does not answer, most of the time belongs to the others. */
    lonely.waited_ms = 0;
    live(&world, LIFE_MS);
    assert_in_range(lonely.waited_ms, 1, LIFE_MS / 3);

    lose_leaders(&world, topic, 0, 0);
    world_settle(&world, RECOVERY_ROUNDS_MAX);
    world_close(&world);
}

static void partitions_without_a_leader_do_not_hold_up_the_others(void **state)
{
    (void)state;
    a_healthy_partition_works(COUNTER_INPUT);
    a_healthy_partition_works(COUNTER_STATE);
}

static void a_lost_leader_hides_only_its_own_partition_from_who_asks_how_far_is_read(void **state)
{
    enum { HEALTHY = PARTITIONS / 2 };
    struct rlc_service service = counter_service;
    struct world world;

    (void)state;
    service.on_reading = hear_reading;
    world_open(&world, &service, NULL, PARTITIONS, 1);
    world.stepped = true;
    world_start(&world, 0);
    world_settle(&world, ROUNDS_MAX);
    lose_leaders(&world, COUNTER_INPUT, HEALTHY, PARTITIONS);
    live(&world, 2000); /* until then the last answers count */
    memset(lonely.told, 0, sizeof(lonely.told));
    live(&world, LIFE_MS);
    for (int32_t p = 0; p < PARTITIONS; p++) {
        if (p < HEALTHY)
            assert_true(lonely.told[p] >= LIFE_MS / 3000);
        else
            assert_int_equal(lonely.told[p], 0);
    }
    assert_in_range(lonely.round_max_ms, 1, ROUND_WAIT_MAX_MS);
    assert_in_range(lonely.waited_ms, 1, LIFE_MS / 3);

    lose_leaders(&world, COUNTER_INPUT, 0, 0);
    live(&world, 10000);
    assert_true(lonely.told[PARTITIONS - 1] > 0);

    /* Everybody answers, but not all of them in one look. */
    lose_leaders(&world, COUNTER_INPUT, 0, 0);
    lonely.slow_ms = 30;
    live(&world, LIFE_MS);
    for (int32_t p = 0; p < PARTITIONS; p++)
        assert_true(lonely.told[p] >= LIFE_MS / 3000);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partitions_without_a_leader_do_not_hold_up_the_others),
        cmocka_unit_test(a_lost_leader_hides_only_its_own_partition_from_who_asks_how_far_is_read),
    };

    return cmocka_run_group_tests_name("leaders", tests, NULL, NULL);
}
