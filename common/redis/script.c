/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis/script.h"

#include <string.h>

#include <openssl/evp.h>

#include "common/pure/base.h"
#include "common/runtime/error.h"

/* Numbers travel as text: Lua's own are doubles, exact below 2^53. A field that we never wrote so
 * (another type of key, another spelling) counts as 0 and is written over. */
#define PRELUDE                                                                                    \
    "local NEVER = '9007199254740991'\n"                                                           \
    "local function text(number) return string.format('%.0f', number) end\n"                       \
    "local function whole(field)\n"                                                                \
    "  if type(field) == 'string' and #field <= 15 and string.find(field, '^%d+$') then\n"         \
    "    return tonumber(field)\n"                                                                 \
    "  end\n"                                                                                      \
    "  return 0\n"                                                                                 \
    "end\n"

/* An apply is OPEN, plain commands, CLOSE in one MULTI: the values do not pass through Lua, which
 * would copy each of them twice (tests/bench/README.md).
 *
 * KEYS fence, records, timers, the same two under the names that only an apply sees. ARGV expected
 * off, off, inst. A slice that is where the writer believes gets those names, and the commands find
 * it there; of any other they fill keys of nobody's, which CLOSE throws away. Returns what
 * happened and the first timer. */
static const char OPEN[] =
    PRELUDE "local at = redis.call('HMGET', KEYS[1], 'off', 'cnt', 'timed', 'inst', 'wake')\n"
            "local records, timed = redis.call('HLEN', KEYS[2]), redis.call('ZCARD', KEYS[3])\n"
            "local off, wake = tonumber(at[1]), at[5] or NEVER\n"
            "redis.call('UNLINK', KEYS[4], KEYS[5])\n"
            "redis.call('HDEL', KEYS[1], 'open')\n"
            "if not off or at[4] ~= ARGV[3] or tonumber(at[2]) ~= records\n"
            "  or tonumber(at[3]) ~= timed then\n"
            "  return {2, wake}\n"
            "end\n"
            "if off >= tonumber(ARGV[2]) then return {1, wake} end\n"
            "if off ~= tonumber(ARGV[1]) then return {2, wake} end\n"
            "redis.call('HSET', KEYS[1], 'open', '1')\n"
            "if records > 0 then redis.call('RENAME', KEYS[2], KEYS[4]) end\n"
            "if timed > 0 then redis.call('RENAME', KEYS[3], KEYS[5]) end\n"
            "return {0, wake}\n";

/* The same KEYS, then seen. ARGV off, next, seq, ckpt, own, inst; building; then base, seen, at,
 * busy, if there is a seen to publish. Gives the slice its names back, moves the fence, publishes.
 * Returns the first timer, or nothing when nothing was opened. */
static const char CLOSE[] =
    PRELUDE "if redis.pcall('HDEL', KEYS[1], 'open') ~= 1 then\n"
            "  redis.call('UNLINK', KEYS[4], KEYS[5])\n"
            "  return false\n"
            "end\n"
            "for i = 2, 3 do\n"
            "  if redis.call('EXISTS', KEYS[i + 2]) == 1 then\n"
            "    redis.call('RENAME', KEYS[i + 2], KEYS[i])\n"
            "  end\n"
            "end\n"
            "local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')\n"
            "local wake = first[2] and text(first[2]) or NEVER\n"
            "local mark = math.max(whole(redis.call('HGET', KEYS[1], 'bld')), tonumber(ARGV[7]))\n"
            "redis.call('HSET', KEYS[1], 'off', ARGV[1], 'next', ARGV[2], 'seq', ARGV[3],\n"
            "  'ckpt', ARGV[4], 'own', ARGV[5], 'inst', ARGV[6], 'bld', text(mark), 'wake', wake,\n"
            "  'cnt', redis.call('HLEN', KEYS[2]), 'timed', redis.call('ZCARD', KEYS[3]))\n"
            "if ARGV[8] then\n"
            "  redis.call('DEL', KEYS[6])\n"
            "  redis.call('HSET', KEYS[6], 'base', ARGV[8], 'seen', ARGV[9], 'at', ARGV[10],\n"
            "    'busy', ARGV[11], 'due', wake)\n"
            "end\n"
            "return wake\n";

/* KEYS fence, records, timers. ARGV epoch, inst. The mark of another installation means nothing. */
static const char WIPE[] = PRELUDE
    "local at = redis.pcall('HMGET', KEYS[1], 'inst', 'bld')\n"
    "if at[1] == ARGV[2] and whole(at[2]) > tonumber(ARGV[1]) then return 0 end\n"
    "redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])\n"
    "redis.call('HSET', KEYS[1], 'off', '-1', 'next', '0', 'seq', '0', 'ckpt', '0',\n"
    "  'own', ARGV[1], 'inst', ARGV[2], 'bld', ARGV[1], 'wake', NEVER, 'cnt', '0', 'timed', '0')\n"
    "return 1\n";

/* KEYS fence. ARGV epoch. */
static const char TAKE_OVER[] =
    PRELUDE "local mark = redis.pcall('HGET', KEYS[1], 'bld')\n"
            "if type(mark) ~= 'string' or whole(mark) > tonumber(ARGV[1]) then return 0 end\n"
            "if whole(mark) > 0 then redis.call('HSET', KEYS[1], 'bld', ARGV[1]) end\n"
            "return 1\n";

/* KEYS fence, records, timers. ARGV off, epoch. */
static const char FINISH[] =
    PRELUDE "local at = redis.call('HMGET', KEYS[1], 'off', 'cnt', 'timed', 'bld')\n"
            "if at[1] ~= ARGV[1] or tonumber(at[2]) ~= redis.call('HLEN', KEYS[2])\n"
            "  or tonumber(at[3]) ~= redis.call('ZCARD', KEYS[3]) then return 0 end\n"
            "if at[4] == '0' then return 1 end\n"
            "if at[4] ~= ARGV[2] then return 0 end\n"
            "redis.call('HSET', KEYS[1], 'bld', '0')\n"
            "return 1\n";

/* KEYS counter, fence. ARGV floor. The fence is asked too: the counter may be lost alone. */
static const char DRAW_EPOCH[] = PRELUDE
    "local at = redis.pcall('HMGET', KEYS[2], 'own', 'bld')\n"
    "local epoch = text(math.max(whole(redis.pcall('GET', KEYS[1])), whole(at[1]), whole(at[2]),\n"
    "  tonumber(ARGV[1])) + 1)\n"
    "redis.call('SET', KEYS[1], epoch)\n"
    "return epoch\n";

static const char *const TEXT[RLC_REDIS_SCRIPTS] = {
    [RLC_REDIS_OPEN] = OPEN,     [RLC_REDIS_CLOSE] = CLOSE,
    [RLC_REDIS_WIPE] = WIPE,     [RLC_REDIS_TAKE_OVER] = TAKE_OVER,
    [RLC_REDIS_FINISH] = FINISH, [RLC_REDIS_DRAW_EPOCH] = DRAW_EPOCH,
};

static bool hash(const char *text, struct rlc_redis_hash *ret_hash)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;

    if (EVP_Digest(text, strlen(text), bytes, &size, EVP_sha1(), NULL) != 1 ||
        size * 2 + 1 != sizeof(ret_hash->text))
        return false;
    for (size_t i = 0; i < size; i++) {
        ret_hash->text[2 * i] = digits[bytes[i] >> 4];
        ret_hash->text[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_hash->text[sizeof(ret_hash->text) - 1] = '\0';
    return true;
}

enum rlc_status rlc_redis_script_hash_all(struct rlc_redis_hash ret_hash[RLC_REDIS_SCRIPTS],
                                          struct rlc_error *reterr)
{
    for (size_t i = 0; i < RLC_REDIS_SCRIPTS; i++) {
        if (!hash(TEXT[i], &ret_hash[i])) {
            return rlc_error_set(
                reterr, RLC_FATAL, "redis", 0,
                "this system's OpenSSL has no SHA-1, by which Redis names scripts");
        }
    }
    return RLC_OK;
}

void rlc_redis_script_add(struct rlc_redis_command *command, const struct rlc_redis_hash *hash_of,
                          size_t keys)
{
    rlc_redis_command_text(command, "EVALSHA");
    rlc_redis_command_text(command, hash_of->text);
    rlc_redis_command_number(command, (int64_t)keys);
}

void rlc_redis_script_add_text(struct rlc_redis_command *command, enum rlc_redis_script script,
                               size_t keys)
{
    rlc_redis_command_text(command, "EVAL");
    rlc_redis_command_text(command, TEXT[script]);
    rlc_redis_command_number(command, (int64_t)keys);
}

bool rlc_redis_script_is_unknown(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "NOSCRIPT", 8) == 0;
}

void rlc_redis_script_spell_out(struct rlc_redis_command *command, enum rlc_redis_script script)
{
    command->data[0] = "EVAL";
    command->size[0] = strlen("EVAL");
    command->data[1] = TEXT[script];
    command->size[1] = strlen(TEXT[script]);
}
