/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs that measure on a real broker share: a bus as the workers open it, and a topic
 * read to its end. Whatever goes wrong ends the program with a line on stderr. */
#ifndef BENCH_BUS_H
#define BENCH_BUS_H

#include "common/kafka/bus_kafka.h"

/* Ends the program. */
_Noreturn void bench_fail(const char *what);

/* Ends the program unless `status` is RLC_OK. */
void bench_must(enum rlc_status status, const char *what, const struct rlc_error *error);

/* Opens a bus with the settings of the workers on RELANCE_KAFKA_BOOTSTRAP_SERVERS. */
struct rlc_bus *bench_bus_open(const struct rlc_bus_config *config);

/* The number of partitions of a topic. */
int32_t bench_partitions(struct rlc_bus *bus, int32_t topic);

/* The next offset of a partition, uncommitted records included. */
int64_t bench_end(struct rlc_bus *bus, int32_t topic, int32_t partition);

/* Hands every committed record of a topic to `take`, partition by partition in order of offsets. */
void bench_read_all(struct rlc_bus *bus, int32_t topic,
                    void (*take)(void *context, const struct rlc_record *record), void *context);

/* Monotonic nanoseconds. */
uint64_t bench_now_ns(void);

#endif
