/* SPDX-License-Identifier: Apache-2.0 */
/* Reading records and timers: each partition by one MULTI, all partitions in one round trip. A
 * script would copy every value once more inside the server (tests/bench/bench_view.c). */
#include "common/redis/look.h"
#include "common/runtime/error.h"

static enum rlc_status too_small(struct rlc_error *reterr)
{
    return rlc_error_set(reterr, RLC_REJECT, "redis", 0, "the arena is too small");
}

static size_t bytes_of(const redisReply *answer)
{
    size_t bytes = 1;

    for (size_t i = 0; i < answer->elements; i++)
        bytes += answer->element[i]->type == REDIS_REPLY_STRING ? answer->element[i]->len : 0;
    return bytes;
}

/* All strings of an answer go into one block. One byte more, so that an empty one has an address.
 */
static enum rlc_status copy_strings(const redisReply *answer, struct rlc_arena *arena,
                                    struct rlc_span *ret_strings, struct rlc_error *reterr)
{
    uint8_t *block = rlc_arena_alloc(arena, bytes_of(answer));

    if (!block)
        return too_small(reterr);
    for (size_t i = 0; i < answer->elements; i++) {
        const redisReply *string = answer->element[i];

        ret_strings[i] = (struct rlc_span){ NULL, 0 };
        if (string->type != REDIS_REPLY_STRING)
            continue;
        if (string->len)
            memcpy(block, string->str, string->len);
        ret_strings[i] = rlc_span_from(block, string->len);
        block += string->len;
    }
    return RLC_OK;
}

/* ---- records ---- */

static enum rlc_status send_keys(struct rlc_redis_view *view, const struct rlc_view_read *part,
                                 struct rlc_error *reterr)
{
    const struct rlc_redis_name name = rlc_redis_slice_name(view->prefix, part->partition, 'h');
    enum rlc_status status = rlc_redis_command_begin(&view->command, 2 + part->count, 0, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(&view->command, "HMGET");
    rlc_redis_command_text(&view->command, name.text);
    for (size_t i = 0; i < part->count; i++)
        rlc_redis_command_add(&view->command, part->keys[i]);
    return rlc_redis_send(view->redis, &view->command, reterr);
}

static enum rlc_status send_part(struct rlc_redis_view *view, const struct rlc_view_read *part,
                                 struct rlc_error *reterr)
{
    enum rlc_status status = rlc_redis_look_send(view, part->partition, reterr);

    if (status == RLC_OK && part->count > 0)
        status = send_keys(view, part, reterr);
    if (status == RLC_OK)
        status = rlc_redis_look_send_end(view, reterr);
    return status;
}

/* Records under a key that is no hash are not ours: then there are none. */
static enum rlc_status take_values(struct rlc_redis_view *view, const redisReply *answer,
                                   struct rlc_view_read *part, struct rlc_arena *arena,
                                   struct rlc_error *reterr)
{
    if (rlc_redis_is_wrong_type(answer)) {
        memset(part->values, 0, part->count * sizeof(*part->values));
        return RLC_OK;
    }
    if (answer->type != REDIS_REPLY_ARRAY || answer->elements != part->count)
        return rlc_redis_refuse(view->redis, answer, reterr);
    return copy_strings(answer, arena, part->values, reterr);
}

static enum rlc_status receive_part(struct rlc_redis_view *view, struct rlc_view_read *part,
                                    struct rlc_arena *arena, struct rlc_error *reterr)
{
    redisReply *reply;
    enum rlc_status status =
        rlc_redis_look_receive(view, part->count > 0, &part->look, &reply, reterr);

    if (status != RLC_OK)
        return status;
    if (part->count > 0)
        status = take_values(view, rlc_redis_look_answer(reply), part, arena, reterr);
    freeReplyObject(reply);
    return status;
}

enum rlc_status rlc_redis_view_read(struct rlc_view *base, struct rlc_view_read *parts,
                                    size_t count, struct rlc_arena *arena, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    enum rlc_status status = RLC_OK;

    if (count > 0)
        status = rlc_redis_view_begin(view, reterr);
    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = send_part(view, &parts[i], reterr);
    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = receive_part(view, &parts[i], arena, reterr);
    return status;
}

/* ---- timers ---- */

static enum rlc_status send_due(struct rlc_redis_view *view, const struct rlc_view_due *due,
                                struct rlc_error *reterr)
{
    const struct rlc_redis_name name = rlc_redis_slice_name(view->prefix, due->partition, 't');
    struct rlc_redis_command *command = &view->command;
    enum rlc_status status = rlc_redis_command_begin(command, 7, 2, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(command, "ZRANGEBYSCORE");
    rlc_redis_command_text(command, name.text);
    rlc_redis_command_text(command, "-inf");
    rlc_redis_command_number(command, due->until_ms);
    rlc_redis_command_text(command, "LIMIT");
    rlc_redis_command_text(command, "0");
    rlc_redis_command_number(command, due->max > INT32_MAX ? -1 : (int64_t)due->max); /* -1: all */
    return rlc_redis_send(view->redis, command, reterr);
}

static enum rlc_status take_keys(struct rlc_redis_view *view, const redisReply *answer,
                                 struct rlc_view_due *due, struct rlc_arena *arena,
                                 struct rlc_error *reterr)
{
    bool wrong_type = rlc_redis_is_wrong_type(answer);

    if (answer->type != REDIS_REPLY_ARRAY && !wrong_type)
        return rlc_redis_refuse(view->redis, answer, reterr);
    due->count = wrong_type ? 0 : answer->elements;
    due->keys = rlc_arena_array(arena, due->count ? due->count : 1, sizeof(*due->keys));
    if (!due->keys)
        return too_small(reterr);
    return due->count ? copy_strings(answer, arena, due->keys, reterr) : RLC_OK;
}

enum rlc_status rlc_redis_view_due(struct rlc_view *base, struct rlc_view_due *due,
                                   struct rlc_arena *arena, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    redisReply *reply;
    enum rlc_status status = rlc_redis_view_begin(view, reterr);

    if (status == RLC_OK)
        status = rlc_redis_look_send(view, due->partition, reterr);
    if (status == RLC_OK)
        status = send_due(view, due, reterr);
    if (status == RLC_OK)
        status = rlc_redis_look_send_end(view, reterr);
    if (status == RLC_OK)
        status = rlc_redis_look_receive(view, 1, &due->look, &reply, reterr);
    if (status != RLC_OK)
        return status;
    status = take_keys(view, rlc_redis_look_answer(reply), due, arena, reterr);
    freeReplyObject(reply);
    return status;
}
