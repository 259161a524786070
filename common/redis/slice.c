/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis/slice.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/pure/decimal.h"
#include "common/runtime/error.h"

const char *const RLC_REDIS_FENCE_FIELDS[] = { "off", "next", "cnt",  "seq",   "ckpt",
                                               "own", "bld",  "wake", "timed", "inst" };
const char *const RLC_REDIS_SEEN_FIELDS[] = { "base", "seen", "at", "busy", "due" };

/* Places in RLC_REDIS_FENCE_FIELDS. */
enum { OFF, NEXT_IN, COUNT, TXN_SEQ, CKPT, OWNER, BUILDING, WAKE, TIMED, INSTALLATION };

static_assert(RLC_COUNT(RLC_REDIS_FENCE_FIELDS) == RLC_REDIS_FENCE_FIELD_COUNT &&
                  INSTALLATION + 1 == RLC_REDIS_FENCE_FIELD_COUNT,
              "one place per field");
static_assert(RLC_COUNT(RLC_REDIS_SEEN_FIELDS) == RLC_REDIS_SEEN_FIELD_COUNT, "as announced");

enum rlc_status rlc_redis_prefix_check(const char *prefix, struct rlc_error *reterr)
{
    if (prefix[0] && strlen(prefix) <= RLC_REDIS_PREFIX_MAX && !strpbrk(prefix, "{}"))
        return RLC_OK;
    return rlc_error_set(reterr, RLC_FATAL, "redis", 0,
                         "the prefix of keys must have 1 to %u bytes and no braces",
                         RLC_REDIS_PREFIX_MAX);
}

struct rlc_redis_name rlc_redis_slice_name(const char *prefix, int32_t partition, char letter)
{
    struct rlc_redis_name name;
    int length = snprintf(name.text, sizeof(name.text), "{%s:%d}:%c", prefix, partition, letter);

    assert(length > 0 && (size_t)length < sizeof(name.text));
    (void)length;
    return name;
}

static const char DIGITS[] = "0123456789abcdef";

void rlc_redis_uuid_spell(const uint8_t uuid[RLC_UUID_SIZE], char ret_text[RLC_REDIS_UUID_SIZE])
{
    for (size_t i = 0; i < RLC_UUID_SIZE; i++) {
        ret_text[2 * i] = DIGITS[uuid[i] >> 4];
        ret_text[2 * i + 1] = DIGITS[uuid[i] & 15];
    }
    ret_text[RLC_REDIS_UUID_SIZE - 1] = '\0';
}

static int digit_value(char digit)
{
    const char *place = digit ? strchr(DIGITS, digit) : NULL;

    return place ? (int)(place - DIGITS) : -1;
}

static bool read_uuid(const redisReply *reply, uint8_t ret_uuid[RLC_UUID_SIZE])
{
    if (reply->type != REDIS_REPLY_STRING || reply->len != RLC_REDIS_UUID_SIZE - 1)
        return false;
    for (size_t i = 0; i < RLC_UUID_SIZE; i++) {
        int high = digit_value(reply->str[2 * i]), low = digit_value(reply->str[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        ret_uuid[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool rlc_redis_number(const redisReply *reply, int64_t *ret_number)
{
    int64_t number;

    if (reply->type == REDIS_REPLY_INTEGER)
        number = reply->integer;
    else if (reply->type != REDIS_REPLY_STRING ||
             !rlc_i64_parse(rlc_span_from(reply->str, reply->len), &number))
        return false;
    if (number > RLC_MS_NEVER || number < -RLC_MS_NEVER)
        return false;
    *ret_number = number;
    return true;
}

bool rlc_redis_is_wrong_type(const redisReply *reply)
{
    /* Older servers put the place in the script in front of the word. */
    return reply->type == REDIS_REPLY_ERROR && strstr(reply->str, "WRONGTYPE") != NULL;
}

/* `count` numbers at the start of an array; false if any of them is missing or none. */
static bool read_numbers(const redisReply *reply, size_t fields, size_t count, int64_t *ret_numbers)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != fields)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!rlc_redis_number(reply->element[i], &ret_numbers[i]))
            return false;
    }
    return true;
}

static bool read_fence(const struct rlc_redis_look_replies *replies, struct rlc_look *look)
{
    int64_t number[INSTALLATION];
    int64_t timers;

    if (!read_numbers(replies->fence, RLC_REDIS_FENCE_FIELD_COUNT, INSTALLATION, number) ||
        !read_uuid(replies->fence->element[INSTALLATION], look->fence.installation) ||
        !rlc_redis_number(replies->timers, &timers) || timers != number[TIMED])
        return false;
    look->fence.off = number[OFF];
    look->fence.next_in = number[NEXT_IN];
    look->fence.count = number[COUNT];
    look->fence.txn_seq = number[TXN_SEQ];
    look->fence.ckpt_ms = number[CKPT];
    look->fence.owner_epoch = number[OWNER];
    look->fence.building = number[BUILDING];
    look->first_timer_ms = number[WAKE];
    return true;
}

static bool read_seen(const redisReply *reply, struct rlc_seen *ret_seen)
{
    int64_t number[RLC_REDIS_SEEN_FIELD_COUNT];

    if (!read_numbers(reply, RLC_REDIS_SEEN_FIELD_COUNT, RLC_REDIS_SEEN_FIELD_COUNT, number))
        return false;
    *ret_seen = (struct rlc_seen){ .base = number[0],
                                   .seen = number[1],
                                   .at_ms = number[2],
                                   .busy = number[3],
                                   .next_due_ms = number[4] };
    return true;
}

void rlc_redis_look_read(const struct rlc_redis_look_replies *replies, struct rlc_look *ret_look)
{
    struct rlc_look look = { .first_timer_ms = RLC_MS_NEVER };
    bool records_known = rlc_redis_number(replies->records, &look.records);

    look.fence_present = records_known && read_fence(replies, &look);
    if (!look.fence_present) {
        look.fence = (struct rlc_fence){ .off = RLC_OFFSET_NONE };
        look.first_timer_ms = RLC_MS_NEVER;
    }
    look.seen_present = read_seen(replies->seen, &look.seen);
    *ret_look = look;
}
