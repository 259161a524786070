/* SPDX-License-Identifier: Apache-2.0 */
/* What a slice looks like in Redis: names of its keys, spelling of its fence. Inside of
 * common/redis. */
#ifndef RLC_REDIS_SLICE_H
#define RLC_REDIS_SLICE_H

#include <hiredis/hiredis.h>

#include "common/redis/command.h"
#include "common/redis/view_redis.h"

#define RLC_REDIS_NAME_SIZE (RLC_REDIS_PREFIX_MAX + 24u) /* braces, partition, letter, NUL */
#define RLC_REDIS_UUID_SIZE ((size_t)2 * RLC_UUID_SIZE + 1)

struct rlc_redis_name {
    char text[RLC_REDIS_NAME_SIZE];
};

/* RLC_FATAL, with the rule, for a prefix that cannot stand in a hash tag. */
RLC_NODISCARD enum rlc_status rlc_redis_prefix_check(const char *prefix, struct rlc_error *reterr);

/* Name of the key of kind `letter` (h, t, f, s, e) of a partition. */
struct rlc_redis_name rlc_redis_slice_name(const char *prefix, int32_t partition, char letter);

/* The spelling of an installation's id: hexadecimal. */
void rlc_redis_uuid_spell(const uint8_t uuid[RLC_UUID_SIZE], char ret_text[RLC_REDIS_UUID_SIZE]);

/* Fields of the fence and of seen that a look asks for, in the order in which it reads them. */
extern const char *const RLC_REDIS_FENCE_FIELDS[];
extern const char *const RLC_REDIS_SEEN_FIELDS[];
#define RLC_REDIS_FENCE_FIELD_COUNT 10u
#define RLC_REDIS_SEEN_FIELD_COUNT  5u

/* The four answers a look consists of. Errors among them must be WRONGTYPE. */
struct rlc_redis_look_replies {
    const redisReply *fence;   /* HMGET of the fields */
    const redisReply *records; /* HLEN */
    const redisReply *timers;  /* ZCARD */
    const redisReply *seen;    /* HMGET of the fields */
};

/* What they show. Anything that we would not have written counts as not being there. */
void rlc_redis_look_read(const struct rlc_redis_look_replies *replies, struct rlc_look *ret_look);

/* A number that we wrote as text; false for anything else, and beyond 2^53. */
RLC_NODISCARD bool rlc_redis_number(const redisReply *reply, int64_t *ret_number);

/* Whether the server says that a key is not of the type that the command needs. */
bool rlc_redis_is_wrong_type(const redisReply *reply);

#endif
