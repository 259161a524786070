/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis/command.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/error.h"

static bool grow(void **memory, size_t need, size_t size)
{
    void *larger = realloc(*memory, need * size);

    if (larger)
        *memory = larger;
    return larger != NULL;
}

static bool reserve_arguments(struct rlc_redis_command *command, size_t need)
{
    void *data = command->data;
    void *size = command->size;
    bool fits;

    if (need <= command->capacity)
        return true;
    fits = grow(&data, need, sizeof(*command->data));
    command->data = data;
    fits = grow(&size, need, sizeof(*command->size)) && fits;
    command->size = size;
    if (fits)
        command->capacity = need;
    return fits;
}

static bool reserve_digits(struct rlc_redis_command *command, size_t need)
{
    void *digits = command->digits;

    if (need <= command->digit_capacity)
        return true;
    if (!grow(&digits, need, sizeof(*command->digits)))
        return false;
    command->digits = digits;
    command->digit_capacity = need;
    return true;
}

enum rlc_status rlc_redis_command_begin(struct rlc_redis_command *command, size_t arguments,
                                        size_t numbers, struct rlc_error *reterr)
{
    command->count = 0;
    command->digit_count = 0;
    if (!reserve_arguments(command, arguments) || !reserve_digits(command, numbers))
        return rlc_error_set(reterr, RLC_RETRY, "redis", 0, "out of memory for a command");
    return RLC_OK;
}

void rlc_redis_command_add(struct rlc_redis_command *command, struct rlc_span argument)
{
    assert(command->count < command->capacity);
    command->data[command->count] = argument.data ? (const char *)argument.data : "";
    command->size[command->count++] = argument.size;
}

void rlc_redis_command_text(struct rlc_redis_command *command, const char *argument)
{
    rlc_redis_command_add(command, rlc_span_of(argument));
}

void rlc_redis_command_number(struct rlc_redis_command *command, int64_t argument)
{
    char *digits;
    size_t size;

    assert(command->digit_count < command->digit_capacity);
    digits = command->digits[command->digit_count++];
    size = rlc_i64_format(argument, digits, sizeof(*command->digits));
    rlc_redis_command_add(command, rlc_span_from(digits, size));
}

void rlc_redis_command_clear(struct rlc_redis_command *command)
{
    free(command->data);
    free(command->size);
    free(command->digits);
    memset(command, 0, sizeof(*command));
}
