/* SPDX-License-Identifier: Apache-2.0 */
/* A look and at most one question, atomically. Inside of common/redis. */
#ifndef RLC_REDIS_LOOK_H
#define RLC_REDIS_LOOK_H

#include "common/redis/view.h"

/* Adds the commands of a look to the round trip; the question may be sent behind it ... */
RLC_NODISCARD enum rlc_status rlc_redis_look_send(struct rlc_redis_view *view, int32_t partition,
                                                  struct rlc_error *reterr);
/* ... and this ends both. */
RLC_NODISCARD enum rlc_status rlc_redis_look_send_end(struct rlc_redis_view *view,
                                                      struct rlc_error *reterr);

/* Receives a look and the answers to `questions` (0 or 1) questions. The caller frees `*ret_reply`;
 * an error that is left in it is that a key has a wrong type. */
RLC_NODISCARD enum rlc_status rlc_redis_look_receive(struct rlc_redis_view *view, size_t questions,
                                                     struct rlc_look *ret_look,
                                                     redisReply **ret_reply,
                                                     struct rlc_error *reterr);

/* The answer to the question. */
const redisReply *rlc_redis_look_answer(const redisReply *reply);

#endif
