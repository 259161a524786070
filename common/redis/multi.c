/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis/multi.h"

#include "common/runtime/error.h"

static enum rlc_status send_word(struct rlc_redis_view *view, const char *word,
                                 struct rlc_error *reterr)
{
    enum rlc_status status = rlc_redis_command_begin(&view->command, 1, 0, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(&view->command, word);
    return rlc_redis_send(view->redis, &view->command, reterr);
}

enum rlc_status rlc_redis_multi_send(struct rlc_redis_view *view, struct rlc_error *reterr)
{
    return send_word(view, "MULTI", reterr);
}

enum rlc_status rlc_redis_multi_send_end(struct rlc_redis_view *view, struct rlc_error *reterr)
{
    return send_word(view, "EXEC", reterr);
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

/* The first answer of an EXEC that gives no ground to judge a slice by. */
static const redisReply *first_refusal(const redisReply *reply)
{
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *answer = reply->element[i];

        if (answer->type == REDIS_REPLY_ERROR && !rlc_redis_is_wrong_type(answer))
            return answer;
    }
    return NULL;
}

enum rlc_status rlc_redis_multi_receive(struct rlc_redis_view *view, size_t commands,
                                        redisReply **ret_reply, struct rlc_error *reterr)
{
    const redisReply *refusal;
    redisReply *reply = NULL;
    enum rlc_status status = receive_queued(view, commands, reterr);

    if (status == RLC_OK)
        status = rlc_redis_receive(view->redis, &reply, reterr);
    if (status != RLC_OK)
        return status;
    refusal = reply->type == REDIS_REPLY_ARRAY && reply->elements == commands ? first_refusal(reply)
                                                                              : reply;
    if (!refusal) {
        *ret_reply = reply;
        return RLC_OK;
    }
    status = rlc_redis_refuse(view->redis, refusal, reterr);
    freeReplyObject(reply);
    return status;
}
