/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis/freshness.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/decimal.h"
#include "common/pure/text.h"
#include "common/redis/fields.h"
#include "common/redis/slice.h"
#include "common/runtime/error.h"

#define EXPECT "expect"
/* "tenant|source|partitions" and a line feed. */
#define EXPECT_LINE_MAX (RLC_TENANT_MAX + RLC_ID_MAX + RLC_DECIMAL_SIZE + 4)
/* "source|partition" and a NUL. */
#define FIELD_SIZE (RLC_ID_MAX + RLC_DECIMAL_SIZE + 2)
/* Numbers in a partition's line. */
#define LINE_NUMBERS 4

struct redis_freshness {
    struct rlc_freshness base;
    struct rlc_redis *redis;
    struct rlc_redis_command command;
    char name[RLC_REDIS_NAME_SIZE];
};

static enum rlc_status begin(struct redis_freshness *freshness, struct rlc_error *reterr)
{
    if (rlc_redis_begin(freshness->redis, reterr) == RLC_OK)
        return RLC_OK;
    if (reterr)
        reterr->status = RLC_RETRY;
    return RLC_RETRY;
}

static enum rlc_status set_field(struct redis_freshness *freshness, struct rlc_span field,
                                 struct rlc_span value, struct rlc_error *reterr)
{
    struct rlc_redis_command *command = &freshness->command;
    enum rlc_status status = begin(freshness, reterr);

    if (status == RLC_OK)
        status = rlc_redis_command_begin(command, 4, 0, reterr);
    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(command, "HSET");
    rlc_redis_command_text(command, freshness->name);
    rlc_redis_command_add(command, field);
    rlc_redis_command_add(command, value);
    return rlc_redis_set_fields(freshness->redis, command, freshness->name, reterr);
}

static enum rlc_status publish(struct rlc_freshness *base, struct rlc_span source,
                               int32_t partition, const struct rlc_freshness_line *line,
                               struct rlc_error *reterr)
{
    char field[FIELD_SIZE], value[LINE_NUMBERS * RLC_DECIMAL_SIZE];
    int field_size, value_size;

    assert(rlc_id_valid(source) && partition >= 0);
    field_size = snprintf(field, sizeof(field), "%.*s|%d", (int)source.size,
                          (const char *)source.data, partition);
    value_size = snprintf(value, sizeof(value), "%lld %lld %lld %lld", (long long)line->position,
                          (long long)line->watermark, (long long)line->behind_since_ms,
                          (long long)line->at_ms);
    return set_field((struct redis_freshness *)base, rlc_span_from(field, (size_t)field_size),
                     rlc_span_from(value, (size_t)value_size), reterr);
}

static bool is_sound(const struct rlc_freshness_source *source)
{
    return (source->tenant.size == 0 || rlc_tenant_valid(source->tenant)) &&
           rlc_id_valid(source->name) && source->partitions >= 1 &&
           source->partitions <= RLC_PARTITIONS_MAX;
}

static enum rlc_status expect(struct rlc_freshness *base,
                              const struct rlc_freshness_source *sources, size_t count,
                              struct rlc_error *reterr)
{
    char *text = malloc(count * EXPECT_LINE_MAX + 1);
    enum rlc_status status = RLC_OK;
    size_t size = 0;

    if (!text)
        return rlc_error_set(reterr, RLC_RETRY, "expect", 0, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct rlc_freshness_source *source = &sources[i];

        if (!is_sound(source)) {
            status = rlc_error_set(reterr, RLC_REJECT, "expect", 0,
                                   "source %zu has no sound tenant, name or partition count", i);
            break;
        }
        size += (size_t)snprintf(text + size, EXPECT_LINE_MAX, "%.*s|%.*s|%d\n",
                                 (int)source->tenant.size, (const char *)source->tenant.data,
                                 (int)source->name.size, (const char *)source->name.data,
                                 source->partitions);
    }
    if (status == RLC_OK)
        status = set_field((struct redis_freshness *)base, rlc_span_of(EXPECT),
                           rlc_span_from(text, size), reterr);
    free(text);
    return status;
}

/* ---- reading ---- */

/* Cuts what lies before the first `separator` off `*rest`; false if there is none. */
static bool cut(struct rlc_span *rest, char separator, struct rlc_span *ret_part)
{
    const uint8_t *found = rest->size ? memchr(rest->data, separator, rest->size) : NULL;

    if (!found)
        return false;
    *ret_part = rlc_span_from(rest->data, (size_t)(found - rest->data));
    *rest = rlc_span_from(found + 1, rest->size - ret_part->size - 1);
    return true;
}

static bool parse_partition(struct rlc_span text, int32_t *ret_number)
{
    int64_t number;

    if (!rlc_i64_parse(text, &number) || number < 0 || number > RLC_PARTITIONS_MAX)
        return false;
    *ret_number = (int32_t)number;
    return true;
}

static bool parse_source(struct rlc_span line, struct rlc_freshness_source *ret_source)
{
    struct rlc_freshness_source source = { 0 };

    if (!cut(&line, '|', &source.tenant) || !cut(&line, '|', &source.name) ||
        !parse_partition(line, &source.partitions) || !is_sound(&source))
        return false;
    *ret_source = source;
    return true;
}

static bool parse_line(struct rlc_span text, struct rlc_freshness_line *ret_line)
{
    int64_t number[LINE_NUMBERS];
    struct rlc_span part;

    for (size_t i = 0; i + 1 < LINE_NUMBERS; i++) {
        if (!cut(&text, ' ', &part) || !rlc_i64_parse(part, &number[i]))
            return false;
    }
    if (!rlc_i64_parse(text, &number[LINE_NUMBERS - 1]))
        return false;
    *ret_line = (struct rlc_freshness_line){ .position = number[0],
                                             .watermark = number[1],
                                             .behind_since_ms = number[2],
                                             .at_ms = number[3] };
    return true;
}

static struct rlc_span text_of(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING ? rlc_span_from(reply->str, reply->len)
                                             : (struct rlc_span){ NULL, 0 };
}

/* The list of expected sources, each with empty lines. False: the arena is too small. A list with a
 * line that cannot be understood is no list: `known` stays false. */
static bool read_expected(struct rlc_span text, struct rlc_arena *arena,
                          struct rlc_freshness_source *sources, struct rlc_freshness_state *state)
{
    struct rlc_span line;

    while (cut(&text, '\n', &line)) {
        struct rlc_freshness_source *source = &sources[state->count];

        if (!parse_source(line, source))
            return true;
        source->lines = rlc_arena_array(arena, (size_t)source->partitions, sizeof(*source->lines));
        if (!source->lines)
            return false;
        state->count++;
    }
    state->known = text.size == 0;
    return true;
}

static size_t count_lines(struct rlc_span text)
{
    struct rlc_span line;
    size_t count = 0;

    while (cut(&text, '\n', &line))
        count++;
    return count;
}

/* Puts one published line where it is expected; others are of sources that are no longer. */
static void take_line(struct rlc_freshness_source *sources, size_t count, struct rlc_span field,
                      struct rlc_span value)
{
    struct rlc_freshness_line line;
    struct rlc_span name;
    int32_t partition;

    if (!cut(&field, '|', &name) || !parse_partition(field, &partition) ||
        !parse_line(value, &line))
        return;
    for (size_t i = 0; i < count; i++) {
        if (rlc_span_equal(sources[i].name, name) && partition < sources[i].partitions)
            sources[i].lines[partition] = line;
    }
}

static struct rlc_span find_expected(const redisReply *reply)
{
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        if (rlc_span_equal(text_of(reply->element[i]), rlc_span_of(EXPECT)))
            return text_of(reply->element[i + 1]);
    }
    return (struct rlc_span){ NULL, 0 };
}

static enum rlc_status take_state(const redisReply *reply, struct rlc_arena *arena,
                                  struct rlc_freshness_state *ret_state, struct rlc_error *reterr)
{
    struct rlc_freshness_state state = { 0 };
    struct rlc_span expected = find_expected(reply);
    struct rlc_span text = rlc_arena_copy(arena, expected);
    size_t most = count_lines(text);
    struct rlc_freshness_source *sources =
        rlc_arena_array(arena, most ? most : 1, sizeof(*sources));

    if (!sources || text.size != expected.size || !read_expected(text, arena, sources, &state))
        return rlc_error_set(reterr, RLC_REJECT, "redis", 0, "the arena is too small");
    state.known = state.known && expected.data;
    if (!state.known)
        state.count = 0;
    for (size_t i = 0; i + 1 < reply->elements; i += 2)
        take_line(sources, state.count, text_of(reply->element[i]), text_of(reply->element[i + 1]));
    state.sources = sources;
    *ret_state = state;
    return RLC_OK;
}

static enum rlc_status read_all(struct rlc_freshness *base, struct rlc_arena *arena,
                                struct rlc_freshness_state *ret_state, struct rlc_error *reterr)
{
    struct redis_freshness *freshness = (struct redis_freshness *)base;
    redisReply *reply;
    enum rlc_status status = begin(freshness, reterr);

    if (status == RLC_OK)
        status = rlc_redis_command_begin(&freshness->command, 2, 0, reterr);
    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(&freshness->command, "HGETALL");
    rlc_redis_command_text(&freshness->command, freshness->name);
    status = rlc_redis_send(freshness->redis, &freshness->command, reterr);
    if (status == RLC_OK)
        status = rlc_redis_receive(freshness->redis, &reply, reterr);
    if (status != RLC_OK)
        return status;
    if (rlc_redis_is_wrong_type(reply))
        *ret_state = (struct rlc_freshness_state){ 0 };
    else if (reply->type == REDIS_REPLY_ARRAY)
        status = take_state(reply, arena, ret_state, reterr);
    else
        status = rlc_redis_refuse(freshness->redis, reply, reterr);
    freeReplyObject(reply);
    return status;
}

/* ---- open and close ---- */

static void freshness_close(struct rlc_freshness *base)
{
    struct redis_freshness *freshness = (struct redis_freshness *)base;

    rlc_redis_close(freshness->redis);
    rlc_redis_command_clear(&freshness->command);
    free(freshness);
}

static const struct rlc_freshness_ops REDIS_FRESHNESS_OPS = {
    .publish = publish,
    .expect = expect,
    .read = read_all,
    .close = freshness_close,
};

enum rlc_status rlc_redis_freshness_open(const struct rlc_redis_settings *settings,
                                         const char *prefix, struct rlc_freshness **ret_freshness,
                                         struct rlc_error *reterr)
{
    struct redis_freshness *freshness = calloc(1, sizeof(*freshness));
    enum rlc_status status;

    if (!freshness)
        return rlc_error_set(reterr, RLC_FATAL, "redis", 0, "out of memory");
    freshness->base.ops = &REDIS_FRESHNESS_OPS;
    status = rlc_redis_prefix_check(prefix, reterr);
    if (status == RLC_OK)
        status = rlc_redis_open(settings, &freshness->redis, reterr);
    if (status == RLC_OK && rlc_redis_begin(freshness->redis, reterr) == RLC_FATAL)
        status = RLC_FATAL;
    if (status != RLC_OK) {
        freshness_close(&freshness->base);
        return status;
    }
    (void)snprintf(freshness->name, sizeof(freshness->name), "{%s}:fresh", prefix);
    *ret_freshness = &freshness->base;
    return RLC_OK;
}
