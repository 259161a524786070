/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ingest_stage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/memory.h"

#include "tests/support/check.h"

enum { QUIET_ROUNDS = 60 };

void ingest_stage_open(struct ingest_stage *stage, uint32_t batch_max)
{
    ingest_lab_open(&stage->lab);
    world_open(&stage->world, &stage->lab.service, &stage->lab.intake, STAGE_PARTITIONS, 1);
    stage->world.batch_max = batch_max;
    stage->world.stepped = true;
}

void ingest_stage_close(struct ingest_stage *stage)
{
    world_close(&stage->world);
    ingest_lab_close(&stage->lab);
}

void ingest_stage_publish_bytes(struct ingest_stage *stage, int32_t topic, int32_t partition,
                                struct rlc_span value)
{
    char now[32];
    struct rlc_header header = { .name = "relance-now" };
    struct rlc_outgoing outgoing = { .topic = topic,
                                     .partition = partition,
                                     .key = rlc_span_of("any"),
                                     .value = value,
                                     .header = &header,
                                     .header_count = 1 };
    struct rlc_bus *tool = stage->world.tool;
    struct rlc_error error;

    (void)snprintf(now, sizeof(now), "%" PRId64, STAGE_NOW_MS);
    header.value = rlc_span_of(now);
    assert_int_equal(tool->ops->produce(tool, &outgoing, &error), RLC_OK);
    assert_int_equal(tool->ops->flush(tool, 1000, &error), RLC_OK);
}

void ingest_stage_publish(struct ingest_stage *stage, int32_t topic, int32_t partition,
                          const char *value)
{
    ingest_stage_publish_bytes(stage, topic, partition, rlc_span_of(value));
}

size_t ingest_stage_written(struct ingest_stage *stage)
{
    return world_count_topic(&stage->world, LAB_SOURCES + INTAKE_DEBTOR_EVENTS) +
           world_count_topic(&stage->world, LAB_SOURCES + INTAKE_DEAD_LETTERS);
}

void ingest_stage_settle(struct ingest_stage *stage)
{
    size_t before = ingest_stage_written(stage);
    int quiet = 0;

    for (int i = 0; i < STAGE_ROUNDS_MAX && quiet < QUIET_ROUNDS; i++) {
        size_t now;

        world_round(&stage->world);
        now = ingest_stage_written(stage);
        quiet = now == before ? quiet + 1 : 0;
        before = now;
    }
    assert_true(quiet == QUIET_ROUNDS);
}

void ingest_stage_each(struct ingest_stage *stage, int32_t output,
                       void (*see)(const struct rlc_record *record, void *context), void *context)
{
    struct rlc_bus *tool = stage->world.tool;

    for (int32_t p = 0; p < STAGE_PARTITIONS; p++) {
        struct rlc_position from = { LAB_SOURCES + output, p, RLC_OFFSET_BEGIN };
        struct rlc_bus_event event;
        struct rlc_error error;

        assert_int_equal(tool->ops->read(tool, &from, 1, &error), RLC_OK);
        while (tool->ops->read_poll(tool, 0, &event, &error) == RLC_OK &&
               event.kind == RLC_BUS_RECORD)
            see(&event.record, context);
    }
    (void)tool->ops->read(tool, NULL, 0, NULL);
}

struct decoding {
    struct rlc_arena arena;
    void (*see_event)(const struct rlc_debtor_event *event, void *context);
    void (*see_letter)(const struct rlc_dead_letter *letter, void *context);
    void *context;
};

static void decode_event(const struct rlc_record *record, void *context)
{
    struct decoding *decoding = context;
    struct rlc_debtor_event event;
    struct rlc_fault fault;

    assert_int_equal(rlc_partition_of(record->key, STAGE_PARTITIONS), record->partition);
    assert_int_equal(rlc_debtor_event_decode(record->value, &decoding->arena, &event, &fault),
                     RLC_OK);
    decoding->see_event(&event, decoding->context);
    rlc_arena_reset(&decoding->arena);
}

static void decode_letter(const struct rlc_record *record, void *context)
{
    struct decoding *decoding = context;
    struct rlc_dead_letter letter;
    struct rlc_fault fault;

    assert_int_equal(rlc_dead_letter_decode(record->value, &decoding->arena, &letter, &fault),
                     RLC_OK);
    decoding->see_letter(&letter, decoding->context);
    rlc_arena_reset(&decoding->arena);
}

static void each_decoded(struct ingest_stage *stage, int32_t output, struct decoding *decoding)
{
    assert_int_equal(rlc_arena_map(&decoding->arena, (size_t)64 << 20), RLC_OK);
    ingest_stage_each(stage, output, decoding->see_event ? decode_event : decode_letter, decoding);
    rlc_arena_unmap(&decoding->arena);
}

void ingest_stage_each_event(struct ingest_stage *stage,
                             void (*see)(const struct rlc_debtor_event *event, void *context),
                             void *context)
{
    struct decoding decoding = { .see_event = see, .context = context };

    each_decoded(stage, INTAKE_DEBTOR_EVENTS, &decoding);
}

void ingest_stage_each_letter(struct ingest_stage *stage,
                              void (*see)(const struct rlc_dead_letter *letter, void *context),
                              void *context)
{
    struct decoding decoding = { .see_letter = see, .context = context };

    each_decoded(stage, INTAKE_DEAD_LETTERS, &decoding);
}
