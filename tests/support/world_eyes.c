/* SPDX-License-Identifier: Apache-2.0 */
/* What a test sees of a world. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/memory.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

/* Of a slice that world_dump_state() shows. */
#define SLICE_RECORDS_MAX 20000

struct text {
    char *bytes;
    size_t size;
    size_t capacity;
};

static void text_add(struct text *text, struct rlc_span span)
{
    if (text->size + span.size + 1 > text->capacity) {
        text->capacity = (text->size + span.size + 1) * 2;
        text->bytes = realloc(text->bytes, text->capacity);
        assert_non_null(text->bytes);
    }
    if (span.size)
        memcpy(text->bytes + text->size, span.data, span.size);
    text->size += span.size;
    text->bytes[text->size] = '\0';
}

static void text_number(struct text *text, int64_t number)
{
    char digits[32];

    (void)snprintf(digits, sizeof(digits), "%" PRId64 " ", number);
    text_add(text, rlc_span_of(digits));
}

void world_each(struct world *world, int32_t topic,
                void (*see)(void *context, const struct rlc_record *record), void *context)
{
    assert_true(rlc_memory_installation_each(&world->installation, topic, see, context));
}

struct dump {
    struct text text;
    bool offsets;
};

static void dump_record(void *context, const struct rlc_record *record)
{
    struct dump *dump = context;

    text_number(&dump->text, record->partition);
    if (dump->offsets)
        text_number(&dump->text, record->offset);
    text_add(&dump->text, record->key);
    text_add(&dump->text, rlc_span_of(" "));
    text_add(&dump->text, record->value);
    text_add(&dump->text, rlc_span_of("\n"));
}

char *world_dump_topic(struct world *world, int32_t topic, bool offsets)
{
    struct dump dump = { .offsets = offsets };

    text_add(&dump.text, rlc_span_of(""));
    world_each(world, topic, dump_record, &dump);
    return dump.text.bytes;
}

static void count_record(void *context, const struct rlc_record *record)
{
    (void)record;
    ++*(size_t *)context;
}

size_t world_count_topic(struct world *world, int32_t topic)
{
    size_t count = 0;

    world_each(world, topic, count_record, &count);
    return count;
}

static void dump_slice(struct world *world, int32_t partition, struct rlc_arena *arena,
                       struct text *text)
{
    struct rlc_view_due due = { .partition = partition,
                                .until_ms = RLC_MS_NEVER,
                                .max = SLICE_RECORDS_MAX };
    struct rlc_span *values = rlc_arena_array(arena, due.max, sizeof(*values));
    struct rlc_view_read read = { .partition = partition, .values = values };
    struct rlc_error error;

    assert_non_null(values);
    assert_int_equal(world->eye->ops->due(world->eye, &due, arena, &error), RLC_OK);
    read.keys = due.keys;
    read.count = due.count;
    assert_int_equal(world->eye->ops->read(world->eye, &read, 1, arena, &error), RLC_OK);
    assert_true(rlc_look_is_whole(&read.look, world->facts.uuid));
    assert_int_equal(read.look.records, (int64_t)due.count);
    for (size_t i = 0; i < due.count; i++) {
        text_number(text, partition);
        text_add(text, due.keys[i]);
        for (size_t b = 0; b < values[i].size; b++) {
            char hex[4];

            (void)snprintf(hex, sizeof(hex), " %02x", values[i].data[b]);
            text_add(text, rlc_span_of(hex));
        }
        text_add(text, rlc_span_of("\n"));
    }
}

char *world_dump_state(struct world *world)
{
    struct text text = { 0 };
    struct rlc_arena arena;

    text_add(&text, rlc_span_of(""));
    assert_int_equal(rlc_arena_map(&arena, (size_t)64 << 20), RLC_OK);
    for (int32_t p = 0; p < world->partitions; p++)
        dump_slice(world, p, &arena, &text);
    rlc_arena_unmap(&arena);
    return text.bytes;
}

void world_assert_same_text(const char *what, const char *left, const char *right)
{
    const char *left_line = left;
    const char *right_line = right;

    while (*left && *left == *right) {
        if (*left == '\n') {
            left_line = left + 1;
            right_line = right + 1;
        }
        left++;
        right++;
    }
    if (*left != *right)
        fail_msg("%s differ: '%.*s' and '%.*s'", what, (int)strcspn(left_line, "\n"), left_line,
                 (int)strcspn(right_line, "\n"), right_line);
}
