/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to a Redis server, made when it is needed and dropped whenever something is not as
 * it should be: replies then never belong to an older question. Inside of common/redis. */
#ifndef RLC_REDIS_CONNECTION_H
#define RLC_REDIS_CONNECTION_H

#include <hiredis/hiredis.h>

#include "common/pure/status.h"
#include "common/redis/command.h"
#include "common/redis/settings.h"

struct rlc_redis;

/* Copies the settings; does not connect. RLC_FATAL when they are wrong or memory is short. */
RLC_NODISCARD enum rlc_status rlc_redis_open(const struct rlc_redis_settings *settings,
                                             struct rlc_redis **ret_redis,
                                             struct rlc_error *reterr);

/* Drops the connection and frees everything. NULL is allowed. */
void rlc_redis_close(struct rlc_redis *redis);

/* Starts a round trip: connects if necessary (a round trip that was given up half way also costs
 * its connection) and sets the deadline. RLC_RETRY with the reason; RLC_FATAL when the server may
 * drop keys (its maxmemory-policy). */
RLC_NODISCARD enum rlc_status rlc_redis_begin(struct rlc_redis *redis, struct rlc_error *reterr);

/* Adds a command to the round trip. It is sent by the first rlc_redis_receive() at the latest: much
 * of it goes out earlier, so that the server works while the rest is being put together. */
RLC_NODISCARD enum rlc_status rlc_redis_send(struct rlc_redis *redis,
                                             const struct rlc_redis_command *command,
                                             struct rlc_error *reterr);

/* Writes what the round trip has put together, so that the server works on it until the replies are
 * asked for. */
RLC_NODISCARD enum rlc_status rlc_redis_flush(struct rlc_redis *redis, struct rlc_error *reterr);

/* Gives the round trip a new deadline: for replies that are asked for some time after the sending.
 */
void rlc_redis_wait_anew(struct rlc_redis *redis);

/* The next reply, in the order of the commands; free it with freeReplyObject(). It may be an error
 * of the server: then either the caller understands it, or calls rlc_redis_refuse(). On RLC_RETRY
 * the connection is dropped. */
RLC_NODISCARD enum rlc_status rlc_redis_receive(struct rlc_redis *redis, redisReply **ret_reply,
                                                struct rlc_error *reterr);

/* The server answered something that ends the round trip: an error, or a shape that we do not
 * expect. Drops the connection (it may lead to a server that is no longer the right one) and
 * answers RLC_RETRY with the server's words. Does not free `reply`. */
enum rlc_status rlc_redis_refuse(struct rlc_redis *redis, const redisReply *reply,
                                 struct rlc_error *reterr);

/* Whether the server of the newest connection hid its maxmemory-policy. */
bool rlc_redis_policy_hidden(const struct rlc_redis *redis);

#endif
