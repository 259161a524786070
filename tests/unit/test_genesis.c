/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/genesis.h"

#include <string.h>

#include "tests/support/memory_bed.h"

enum { PARTITIONS = 2 };

static const uint8_t EARLIER[RLC_UUID_SIZE] = "an-earlier-run-1";
static const uint8_t FRESH[RLC_UUID_SIZE] = "a-fresh-uuid-002";

static struct rlc_bus *open_tool(struct memory_bed *bed)
{
    static struct rlc_bus_config config;
    struct rlc_bus *tool;

    config = (struct rlc_bus_config){ .topics = memory_bed_worker.topics,
                                      .topic_count = memory_bed_worker.topic_count };
    assert_int_equal(rlc_memory_bus_open(bed->broker, &config, &tool, NULL), RLC_OK);
    return tool;
}

static void a_run_again_writes_nothing_and_finds_the_uuid(void **state)
{
    struct rlc_bus *tool = open_tool(*state);
    uint8_t uuid[RLC_UUID_SIZE];
    struct rlc_error error = { .text = "" };
    int32_t written;

    assert_int_equal(
        rlc_genesis_checkpoints(tool, OUTPUT, "w", PARTITIONS, EARLIER, &written, &error), RLC_OK);
    assert_int_equal(written, PARTITIONS);
    memcpy(uuid, FRESH, sizeof(uuid));
    assert_int_equal(rlc_genesis_find(tool, OUTPUT, PARTITIONS, uuid, &error), RLC_OK);
    assert_memory_equal(uuid, EARLIER, sizeof(uuid));
    assert_int_equal(rlc_genesis_checkpoints(tool, OUTPUT, "w", PARTITIONS, uuid, &written, &error),
                     RLC_OK);
    assert_int_equal(written, 0);
    tool->ops->close(tool, true);
}

static void without_an_earlier_run_the_fresh_uuid_stands(void **state)
{
    struct rlc_bus *tool = open_tool(*state);
    uint8_t uuid[RLC_UUID_SIZE];
    struct rlc_error error = { .text = "" };

    memcpy(uuid, FRESH, sizeof(uuid));
    assert_int_equal(rlc_genesis_find(tool, OUTPUT, PARTITIONS, uuid, &error), RLC_OK);
    assert_memory_equal(uuid, FRESH, sizeof(uuid));
    tool->ops->close(tool, true);
}

/* Something is there: to go on with another uuid would make two installations of one. */
static void a_record_that_cannot_be_read_yet_is_waited_for(void **state)
{
    struct memory_bed *bed = *state;
    struct rlc_bus *tool = open_tool(bed);
    uint8_t uuid[RLC_UUID_SIZE];
    struct rlc_error error = { .text = "" };

    memory_bed_begin(bed->bus);
    assert_int_equal(memory_bed_put(bed->bus, "ckpt", "undecided"), RLC_OK);
    memcpy(uuid, FRESH, sizeof(uuid));
    assert_int_equal(rlc_genesis_find(tool, OUTPUT, PARTITIONS, uuid, &error), RLC_RETRY);
    tool->ops->close(tool, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEMORY_BED_TEST(a_run_again_writes_nothing_and_finds_the_uuid),
        MEMORY_BED_TEST(without_an_earlier_run_the_fresh_uuid_stands),
        MEMORY_BED_TEST(a_record_that_cannot_be_read_yet_is_waited_for),
    };

    return cmocka_run_group_tests_name("genesis", tests, NULL, NULL);
}
