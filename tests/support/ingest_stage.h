/* SPDX-License-Identifier: Apache-2.0 */
/* A whole installation of the intake in memory (world.h), with a test's hands on it. */
#ifndef RLC_TESTS_INGEST_STAGE_H
#define RLC_TESTS_INGEST_STAGE_H

#include "common/wire/dead_letter.h"
#include "common/wire/debtor_event.h"
#include "tests/support/ingest_lab.h"
#include "tests/support/world.h"

enum { STAGE_PARTITIONS = 3, STAGE_ROUNDS_MAX = 4000 };

/* The ingest time of whatever is published: 2026-06-01, after all examples. */
#define STAGE_NOW_MS INT64_C(1780307200000)

struct ingest_stage {
    struct ingest_lab lab;
    struct world world;
};

/* One process, not started. */
void ingest_stage_open(struct ingest_stage *stage, uint32_t batch_max);
void ingest_stage_close(struct ingest_stage *stage);

/* Publishes a record of a source, stamped with STAGE_NOW_MS. */
void ingest_stage_publish(struct ingest_stage *stage, int32_t topic, int32_t partition,
                          const char *value);
void ingest_stage_publish_bytes(struct ingest_stage *stage, int32_t topic, int32_t partition,
                                struct rlc_span value);

/* Events and dead letters so far. */
size_t ingest_stage_written(struct ingest_stage *stage);

/* Rounds until nothing has been written for a while. */
void ingest_stage_settle(struct ingest_stage *stage);

/* Calls `see` with every committed record of an output (INTAKE_...). */
void ingest_stage_each(struct ingest_stage *stage, int32_t output,
                       void (*see)(const struct rlc_record *record, void *context), void *context);
/* The same, decoded. */
void ingest_stage_each_event(struct ingest_stage *stage,
                             void (*see)(const struct rlc_debtor_event *event, void *context),
                             void *context);
void ingest_stage_each_letter(struct ingest_stage *stage,
                              void (*see)(const struct rlc_dead_letter *letter, void *context),
                              void *context);

#endif
