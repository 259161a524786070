/* SPDX-License-Identifier: Apache-2.0 */
/* A command with its arguments, reused from call to call. Inside of common/redis. */
#ifndef RLC_REDIS_COMMAND_H
#define RLC_REDIS_COMMAND_H

#include "common/pure/decimal.h"
#include "common/pure/span.h"
#include "common/pure/status.h"

struct rlc_redis_command {
    const char **data; /* borrowed, or in `digits` */
    size_t *size;
    size_t count;
    size_t capacity;
    char (*digits)[RLC_DECIMAL_SIZE]; /* numbers as text */
    size_t digit_count;
    size_t digit_capacity;
};

/* Empties the command and makes room for so many arguments, of which so many are numbers; more is a
 * programmer's error. RLC_RETRY when memory is short. */
RLC_NODISCARD enum rlc_status rlc_redis_command_begin(struct rlc_redis_command *command,
                                                      size_t arguments, size_t numbers,
                                                      struct rlc_error *reterr);

/* Adds an argument; its bytes are borrowed until the command was sent. */
void rlc_redis_command_add(struct rlc_redis_command *command, struct rlc_span argument);
void rlc_redis_command_text(struct rlc_redis_command *command, const char *argument);
void rlc_redis_command_number(struct rlc_redis_command *command, int64_t argument);

/* Gives the memory back. */
void rlc_redis_command_clear(struct rlc_redis_command *command);

#endif
