/* SPDX-License-Identifier: Apache-2.0 */
/* A broker in memory with two topics of two partitions, and one worker on it. */
#ifndef RLC_TESTS_MEMORY_BED_H
#define RLC_TESTS_MEMORY_BED_H

#include "common/memory/bus_memory.h"
#include "tests/support/check.h"

enum { INPUT, OUTPUT };

struct memory_bed {
    rlc_ms now_ms;
    struct rlc_memory_broker *broker;
    struct rlc_bus *bus; /* reads `input` as worker-0 of the group `group`, writes as worker-0 */
};

/* What `bus` was opened with. */
extern const struct rlc_bus_config memory_bed_worker;

int memory_bed_set_up(void **state);
int memory_bed_tear_down(void **state);

void memory_bed_begin(struct rlc_bus *bus);
/* A record in partition 0 of `output`. */
enum rlc_status memory_bed_put(struct rlc_bus *bus, const char *key, const char *value);
/* What a reader gets from there: values one after the other, END as its offset. Lives until the
 * next call. */
const char *memory_bed_read(struct rlc_bus *bus);

/* A test with a bed of its own. */
#define MEMORY_BED_TEST(function)                                                                  \
    cmocka_unit_test_setup_teardown(function, memory_bed_set_up, memory_bed_tear_down)

#endif
