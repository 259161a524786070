/* SPDX-License-Identifier: Apache-2.0 */
/* A look, and one more question if there is one, inside of one MULTI: all of the same instant. */
#include "common/redis/look.h"

/* Commands of a look, in this order; the question comes behind them. */
enum { FENCE, RECORDS, TIMERS, SEEN, LOOK_COMMANDS };

static enum rlc_status send_words(struct rlc_redis_view *view, const char *const *words,
                                  size_t count, struct rlc_error *reterr)
{
    enum rlc_status status = rlc_redis_command_begin(&view->command, count, 0, reterr);

    if (status != RLC_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        rlc_redis_command_text(&view->command, words[i]);
    return rlc_redis_send(view->redis, &view->command, reterr);
}

static enum rlc_status send_fields(struct rlc_redis_view *view, const char *name,
                                   const char *const *fields, size_t count,
                                   struct rlc_error *reterr)
{
    enum rlc_status status = rlc_redis_command_begin(&view->command, 2 + count, 0, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(&view->command, "HMGET");
    rlc_redis_command_text(&view->command, name);
    for (size_t i = 0; i < count; i++)
        rlc_redis_command_text(&view->command, fields[i]);
    return rlc_redis_send(view->redis, &view->command, reterr);
}

enum rlc_status rlc_redis_look_send(struct rlc_redis_view *view, int32_t partition,
                                    struct rlc_error *reterr)
{
    static const char *const multi[] = { "MULTI" };
    const struct rlc_redis_name fence = rlc_redis_slice_name(view->prefix, partition, 'f');
    const struct rlc_redis_name records = rlc_redis_slice_name(view->prefix, partition, 'h');
    const struct rlc_redis_name timers = rlc_redis_slice_name(view->prefix, partition, 't');
    const struct rlc_redis_name seen = rlc_redis_slice_name(view->prefix, partition, 's');
    const char *const count_records[] = { "HLEN", records.text };
    const char *const count_timers[] = { "ZCARD", timers.text };
    enum rlc_status status = send_words(view, multi, RLC_COUNT(multi), reterr);

    if (status == RLC_OK)
        status = send_fields(view, fence.text, RLC_REDIS_FENCE_FIELDS, RLC_REDIS_FENCE_FIELD_COUNT,
                             reterr);
    if (status == RLC_OK)
        status = send_words(view, count_records, RLC_COUNT(count_records), reterr);
    if (status == RLC_OK)
        status = send_words(view, count_timers, RLC_COUNT(count_timers), reterr);
    if (status == RLC_OK)
        status =
            send_fields(view, seen.text, RLC_REDIS_SEEN_FIELDS, RLC_REDIS_SEEN_FIELD_COUNT, reterr);
    return status;
}

enum rlc_status rlc_redis_look_send_end(struct rlc_redis_view *view, struct rlc_error *reterr)
{
    static const char *const exec[] = { "EXEC" };

    return send_words(view, exec, RLC_COUNT(exec), reterr);
}

/* "OK" to the MULTI and "QUEUED" to each command behind it. */
static enum rlc_status receive_queued(struct rlc_redis_view *view, size_t commands,
                                      struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i <= commands; i++) {
        redisReply *reply;

        status = rlc_redis_receive(view->redis, &reply, reterr);
        if (status != RLC_OK)
            break;
        if (reply->type != REDIS_REPLY_STATUS)
            status = rlc_redis_refuse(view->redis, reply, reterr);
        freeReplyObject(reply);
    }
    return status;
}

/* The first answer of an EXEC that gives no ground to judge a slice by: an error other than that a
 * key has a wrong type. */
static const redisReply *first_refusal(const redisReply *reply)
{
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *answer = reply->element[i];

        if (answer->type == REDIS_REPLY_ERROR && !rlc_redis_is_wrong_type(answer))
            return answer;
    }
    return NULL;
}

static enum rlc_status take_look(struct rlc_redis_view *view, const redisReply *reply,
                                 size_t commands, struct rlc_look *ret_look,
                                 struct rlc_error *reterr)
{
    const redisReply *refusal = reply;

    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == commands)
        refusal = first_refusal(reply);
    if (refusal)
        return rlc_redis_refuse(view->redis, refusal, reterr);
    rlc_redis_look_read(&(struct rlc_redis_look_replies){ .fence = reply->element[FENCE],
                                                          .records = reply->element[RECORDS],
                                                          .timers = reply->element[TIMERS],
                                                          .seen = reply->element[SEEN] },
                        ret_look);
    return RLC_OK;
}

enum rlc_status rlc_redis_look_receive(struct rlc_redis_view *view, size_t questions,
                                       struct rlc_look *ret_look, redisReply **ret_reply,
                                       struct rlc_error *reterr)
{
    redisReply *reply = NULL;
    enum rlc_status status = receive_queued(view, LOOK_COMMANDS + questions, reterr);

    if (status == RLC_OK)
        status = rlc_redis_receive(view->redis, &reply, reterr);
    if (status != RLC_OK)
        return status;
    status = take_look(view, reply, LOOK_COMMANDS + questions, ret_look, reterr);
    if (status == RLC_OK)
        *ret_reply = reply;
    else
        freeReplyObject(reply);
    return status;
}

const redisReply *rlc_redis_look_answer(const redisReply *reply)
{
    return reply->element[LOOK_COMMANDS];
}

enum rlc_status rlc_redis_view_look(struct rlc_view *base, int32_t partition,
                                    struct rlc_look *ret_look, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    redisReply *reply;
    enum rlc_status status = rlc_redis_view_begin(view, reterr);

    if (status == RLC_OK)
        status = rlc_redis_look_send(view, partition, reterr);
    if (status == RLC_OK)
        status = rlc_redis_look_send_end(view, reterr);
    if (status == RLC_OK)
        status = rlc_redis_look_receive(view, 0, ret_look, &reply, reterr);
    if (status == RLC_OK)
        freeReplyObject(reply);
    return status;
}
