/* SPDX-License-Identifier: Apache-2.0 */
/* Writing fields of a hash of ours. Inside of common/redis. */
#ifndef RLC_REDIS_FIELDS_H
#define RLC_REDIS_FIELDS_H

#include "common/redis/connection.h"

/* Sends `command`, an HSET of the hash `name`. What else is found under that name is not ours and
 * is removed. */
RLC_NODISCARD enum rlc_status rlc_redis_set_fields(struct rlc_redis *redis,
                                                   const struct rlc_redis_command *command,
                                                   const char *name, struct rlc_error *reterr);

#endif
