/* SPDX-License-Identifier: Apache-2.0 */
/* The scripts: every write to a slice is one of them, or stands between two of them in a MULTI, so
 * it happens whole or not at all. They are called by their hash, and a server that does not know it
 * gets the text; inside of a MULTI it would be too late for that. Inside of common/redis. */
#ifndef RLC_REDIS_SCRIPT_H
#define RLC_REDIS_SCRIPT_H

#include "common/redis/connection.h"

enum rlc_redis_script {
    RLC_REDIS_OPEN,
    RLC_REDIS_CLOSE,
    RLC_REDIS_WIPE,
    RLC_REDIS_TAKE_OVER,
    RLC_REDIS_FINISH,
    RLC_REDIS_DRAW_EPOCH,
    RLC_REDIS_SCRIPTS /* how many */
};

struct rlc_redis_hash {
    char text[41]; /* SHA-1 in hexadecimal: how Redis names a script */
};

/* Fills the names of all scripts. RLC_FATAL when SHA-1 cannot be had. */
RLC_NODISCARD enum rlc_status
rlc_redis_script_hash_all(struct rlc_redis_hash ret_hash[RLC_REDIS_SCRIPTS],
                          struct rlc_error *reterr);

/* Adds the beginning of a call: EVALSHA, the name, the number of keys. */
void rlc_redis_script_add(struct rlc_redis_command *command, const struct rlc_redis_hash *hash,
                          size_t keys);
/* The same with the text: EVAL, the text, the number of keys. */
void rlc_redis_script_add_text(struct rlc_redis_command *command, enum rlc_redis_script script,
                               size_t keys);
/* Arguments that either takes, and how many of them are numbers. */
#define RLC_REDIS_SCRIPT_ARGUMENTS 3u
#define RLC_REDIS_SCRIPT_NUMBERS   1u

/* Whether the server does not know the script that was called by its hash. */
bool rlc_redis_script_is_unknown(const redisReply *reply);

/* Turns a call by hash into a call by text, which the server then remembers. */
void rlc_redis_script_spell_out(struct rlc_redis_command *command, enum rlc_redis_script script);

#endif
