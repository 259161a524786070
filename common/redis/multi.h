/* SPDX-License-Identifier: Apache-2.0 */
/* One MULTI: commands that happen together, in one round trip. Inside of common/redis. */
#ifndef RLC_REDIS_MULTI_H
#define RLC_REDIS_MULTI_H

#include "common/redis/view.h"

/* Adds the MULTI to the round trip; the commands follow by rlc_redis_send() ... */
RLC_NODISCARD enum rlc_status rlc_redis_multi_send(struct rlc_redis_view *view,
                                                   struct rlc_error *reterr);
/* ... and the EXEC ends them. */
RLC_NODISCARD enum rlc_status rlc_redis_multi_send_end(struct rlc_redis_view *view,
                                                       struct rlc_error *reterr);

/* Receives what `commands` commands between the two answered. The caller frees `*ret_reply`, which
 * has that many elements; an error that is left among them is that a key has a wrong type. Any
 * other error, also of a command that was not let in, costs the connection: RLC_RETRY. */
RLC_NODISCARD enum rlc_status rlc_redis_multi_receive(struct rlc_redis_view *view, size_t commands,
                                                      redisReply **ret_reply,
                                                      struct rlc_error *reterr);

#endif
