/* SPDX-License-Identifier: Apache-2.0 */
/* From the log back to the hot state: nothing is lost on the way, and nobody waits for it longer
 * than necessary. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/memory_faults.h"
#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { ROUNDS_MAX = 6000, BATCH = 100 };

/* ---- memory that runs short ---- */

/* Only what a restore keeps grows to this size here. */
enum { LARGE = 16384 };

static size_t large_reallocs_until_failure; /* 1 = the next one fails, once; 0 = none */

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
    if (size >= LARGE && large_reallocs_until_failure && --large_reallocs_until_failure == 0)
        return NULL;
    return __real_realloc(memory, size);
}

/* ---- lives ---- */

static void open_started(struct world *world, int32_t partitions, size_t processes)
{
    world_open(world, &counter_service, NULL, partitions, processes);
    world->batch_max = BATCH;
    world->stepped = true;
    world_start(world, 0);
}

static void publish(struct world *world, int32_t partition, int subjects)
{
    for (int i = 0; i < subjects; i++) {
        char key[16];
        char value[32];

        (void)snprintf(key, sizeof(key), "s%d", i);
        (void)snprintf(value, sizeof(value), "add %d", i);
        world_publish_at(world, COUNTER_INPUT, partition, key, value);
    }
}

static void compact(struct world *world)
{
    assert_int_equal(
        rlc_memory_broker_compact(world->broker, COUNTER_TOPIC[COUNTER_STATE], false, NULL),
        RLC_OK);
}

/* The process dies, the store forgets everything, another process of the same name starts. */
static void lose_the_hot_state(struct world *world)
{
    world_kill(world, 0);
    rlc_memory_store_flush_all(world->store);
    world_start(world, 0);
}

/* ---- tests ---- */

static void a_restore_that_runs_out_of_memory_starts_over_and_loses_no_record(void **state)
{
    enum { SUBJECTS = 900, REALLOCS = 3 };

    (void)state;
    for (size_t nth = 1; nth <= REALLOCS; nth++) {
        struct world world;
        char *before;
        char *after;

        open_started(&world, 1, 1);
        publish(&world, 0, SUBJECTS);
        world_settle(&world, ROUNDS_MAX);
        before = world_dump_state(&world);
        compact(&world);
        lose_the_hot_state(&world);
        large_reallocs_until_failure = nth;
        world_settle(&world, ROUNDS_MAX);
        assert_int_equal(large_reallocs_until_failure, 0);
        after = world_dump_state(&world);
        world_assert_same_text("states", before, after);
        free(before);
        free(after);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restore_that_runs_out_of_memory_starts_over_and_loses_no_record),
    };

    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
