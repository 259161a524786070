/* SPDX-License-Identifier: Apache-2.0 */
/* A look, and one more question if there is one, inside of one MULTI: all of the same instant. */
#include "common/redis/look.h"
#include "common/redis/multi.h"

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
    const struct rlc_redis_name fence = rlc_redis_slice_name(view->prefix, partition, 'f');
    const struct rlc_redis_name records = rlc_redis_slice_name(view->prefix, partition, 'h');
    const struct rlc_redis_name timers = rlc_redis_slice_name(view->prefix, partition, 't');
    const struct rlc_redis_name seen = rlc_redis_slice_name(view->prefix, partition, 's');
    const char *const count_records[] = { "HLEN", records.text };
    const char *const count_timers[] = { "ZCARD", timers.text };
    enum rlc_status status = rlc_redis_multi_send(view, reterr);

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
    return rlc_redis_multi_send_end(view, reterr);
}

enum rlc_status rlc_redis_look_receive(struct rlc_redis_view *view, size_t questions,
                                       struct rlc_look *ret_look, redisReply **ret_reply,
                                       struct rlc_error *reterr)
{
    redisReply *reply;
    enum rlc_status status =
        rlc_redis_multi_receive(view, LOOK_COMMANDS + questions, &reply, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_look_read(&(struct rlc_redis_look_replies){ .fence = reply->element[FENCE],
                                                          .records = reply->element[RECORDS],
                                                          .timers = reply->element[TIMERS],
                                                          .seen = reply->element[SEEN] },
                        ret_look);
    *ret_reply = reply;
    return RLC_OK;
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
