/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis/fields.h"

#include "common/redis/slice.h"

/* An answer that is a number, or `*ret_wrong_type`. */
static enum rlc_status ask_count(struct rlc_redis *redis, const struct rlc_redis_command *command,
                                 bool *ret_wrong_type, struct rlc_error *reterr)
{
    redisReply *reply;
    enum rlc_status status = rlc_redis_send(redis, command, reterr);

    *ret_wrong_type = false;
    if (status == RLC_OK)
        status = rlc_redis_receive(redis, &reply, reterr);
    if (status != RLC_OK)
        return status;
    if (rlc_redis_is_wrong_type(reply))
        *ret_wrong_type = true;
    else if (reply->type != REDIS_REPLY_INTEGER)
        status = rlc_redis_refuse(redis, reply, reterr);
    freeReplyObject(reply);
    return status;
}

static enum rlc_status remove_key(struct rlc_redis *redis, const char *name,
                                  struct rlc_error *reterr)
{
    const char *data[] = { "UNLINK", name };
    size_t size[] = { 6, strlen(name) };
    struct rlc_redis_command command = { .data = data, .size = size, .count = RLC_COUNT(data) };
    bool wrong_type;

    return ask_count(redis, &command, &wrong_type, reterr);
}

enum rlc_status rlc_redis_set_fields(struct rlc_redis *redis,
                                     const struct rlc_redis_command *command, const char *name,
                                     struct rlc_error *reterr)
{
    bool wrong_type;
    enum rlc_status status = ask_count(redis, command, &wrong_type, reterr);

    if (status != RLC_OK || !wrong_type)
        return status;
    status = remove_key(redis, name, reterr);
    return status == RLC_OK ? ask_count(redis, command, &wrong_type, reterr) : status;
}
