/* SPDX-License-Identifier: Apache-2.0 */
/* Topics, groups and names of one test on a real broker, and the few things every such test does.
 * Helpers fail the test themselves; names are new for each lab, so runs do not meet. */
#ifndef RLC_TESTS_KAFKA_LAB_H
#define RLC_TESTS_KAFKA_LAB_H

#include "common/kafka/admin.h"
#include "common/kafka/bus_kafka.h"
#include "tests/support/check.h"

#define LAB_IN     0
#define LAB_OUT    1
#define LAB_TOPICS 2
/* Longest wait for anything that must happen. */
#define LAB_WAIT_MS 20000
/* How long "nothing happens" is watched. */
#define LAB_QUIET_MS 700
#define LAB_SKIPPED  77

struct lab {
    struct rlc_kafka_settings settings;
    char name[LAB_TOPICS][80];
    const char *topics[LAB_TOPICS];
    char group[80];
    char member[4][80];
    char writer[4][80]; /* transactional ids */
};

/* False (after saying so) when the environment names no broker. */
bool lab_has_broker(void);

/* Makes the two topics with that many partitions. */
void lab_open(struct lab *lab, int32_t partitions);

/* A member of the lab's group that reads IN and writes as writer[who]. */
struct rlc_bus *lab_member(struct lab *lab, int who);
/* A writer without group. */
struct rlc_bus *lab_writer(struct lab *lab, int who);
/* Neither group nor transactions. */
struct rlc_bus *lab_tool(struct lab *lab);

/* The next event that is not RLC_BUS_NOTHING; fails after LAB_WAIT_MS. */
struct rlc_bus_event lab_next(struct rlc_bus *bus);
struct rlc_bus_event lab_read_next(struct rlc_bus *bus);
/* The next record. ENDs are passed over: right after a commit the log may still end before it. */
struct rlc_record lab_read_record(struct rlc_bus *bus);
/* Polls for LAB_QUIET_MS and fails on any event but an END. */
void lab_nothing(struct rlc_bus *bus);
/* Polls until the member owns `count` partitions; returns the epoch. */
uint64_t lab_assigned(struct rlc_bus *bus, size_t count);
/* Seeks and resumes. */
void lab_start(struct rlc_bus *bus, int32_t partition, int64_t offset);
/* The next record is this text (an END may come before it); returns its offset. */
int64_t lab_record(struct rlc_bus *bus, const char *text);
/* The next END; fails on a record. */
int64_t lab_end(struct rlc_bus *bus);

/* One record, inside whatever transaction is open. */
enum rlc_status lab_put(struct rlc_bus *bus, int32_t topic, int32_t partition, const char *text,
                        int64_t *ret_offset);
/* One transaction of one record, committed or aborted; returns the record's offset. */
int64_t lab_transact(struct rlc_bus *bus, int32_t topic, int32_t partition, const char *text,
                     bool commit);
/* begin, commit, abort that must succeed. */
void lab_begin(struct rlc_bus *bus);
void lab_commit(struct rlc_bus *bus);
void lab_abort(struct rlc_bus *bus);
/* Committed records of a partition, "a b c" in log order, up to its end. */
const char *lab_log(struct rlc_bus *bus, int32_t topic, int32_t partition);
/* Retention: forgets the records of a partition of IN below that offset. */
void lab_delete_before(struct lab *lab, int32_t partition, int64_t offset);
void lab_sleep(int64_t ms);
/* Waits until a record is in the log (uncommitted counts). */
void lab_await_high(struct rlc_bus *bus, int32_t topic, int32_t partition, int64_t high);

#endif
