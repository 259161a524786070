/* SPDX-License-Identifier: Apache-2.0 */
/* When the loop tells a service about what it does outside the log (common/runtime/loop/effects.h).
 */
#include "common/runtime/loop/effects.h"

#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { PARTITIONS = 2, ROUNDS_MAX = 400 };

/* A service that does nothing outside the log, and notes what it is told. */
struct listener {
    bool adopted[PARTITIONS];
    size_t committed; /* records it was told of */
    size_t early;     /* ... of a partition that it had not adopted */
};

static void adopt(void *self, int32_t partition, const struct rlc_span *keys, void *const *records,
                  size_t count)
{
    (void)self;
    (void)partition;
    (void)keys;
    (void)records;
    (void)count;
}

static void adopted(void *self, int32_t partition)
{
    ((struct listener *)self)->adopted[partition] = true;
}

static void drop(void *self, int32_t partition)
{
    ((struct listener *)self)->adopted[partition] = false;
}

static size_t gather(void *self, struct rlc_arena *arena, struct rlc_local *ret_local)
{
    (void)self;
    (void)arena;
    (void)ret_local;
    return 0;
}

static void committed(void *self, const struct rlc_event *event)
{
    struct listener *listener = self;

    listener->committed++;
    listener->early += !listener->adopted[event->record->partition];
}

static int32_t wait_ms(void *self)
{
    (void)self;
    return INT32_MAX;
}

static int64_t busy(void *self, int32_t partition)
{
    (void)self;
    (void)partition;
    return 0;
}

static void hold(void *self, bool held)
{
    (void)self;
    (void)held;
}

static bool under_way(void *self)
{
    (void)self;
    return false;
}

static const struct rlc_effects EFFECTS = { adopt,   adopted, drop, gather,   committed,
                                            wait_ms, busy,    hold, under_way };

static void open_listener(struct world *world, struct listener *listener)
{
    static struct rlc_service service;

    service = counter_service;
    service.effects = &EFFECTS;
    *listener = (struct listener){ .committed = 0 };
    world_open(world, &service, listener, PARTITIONS, 1);
}

/* What was there at the start is in the records that are adopted: told twice, it would be there
 * twice. */
static void what_is_committed_before_a_partition_is_adopted_is_in_its_records_only(void **state)
{
    struct world world;
    struct listener listener;

    (void)state;
    open_listener(&world, &listener);
    for (int32_t partition = 0; partition < PARTITIONS; partition++)
        world_publish_at(&world, COUNTER_INPUT, partition, "s", "add 1");
    world_start(&world, 0);
    world_settle(&world, ROUNDS_MAX);
    assert_int_equal(world_count_topic(&world, COUNTER_FACTS), PARTITIONS);
    assert_int_equal(listener.early, 0);
    world_close(&world);
}

static void what_is_committed_in_an_adopted_partition_is_told(void **state)
{
    struct world world;
    struct listener listener;

    (void)state;
    open_listener(&world, &listener);
    world_start(&world, 0);
    world_settle(&world, ROUNDS_MAX);
    world_publish_at(&world, COUNTER_INPUT, 1, "s", "add 1");
    world_settle(&world, ROUNDS_MAX);
    assert_int_equal(listener.committed, 1);
    assert_int_equal(listener.early, 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_committed_before_a_partition_is_adopted_is_in_its_records_only),
        cmocka_unit_test(what_is_committed_in_an_adopted_partition_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
