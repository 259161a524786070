/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 4096

static uint8_t *room(struct rlc_buffer *buffer, size_t size)
{
    size_t wanted = buffer->size + size;
    uint8_t *place;

    if (wanted > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
        uint8_t *larger;

        while (capacity < wanted)
            capacity *= 2;
        larger = realloc(buffer->data, capacity);
        if (!larger) {
            buffer->full = true;
            return NULL;
        }
        buffer->data = larger;
        buffer->capacity = capacity;
    }
    place = buffer->data + buffer->size;
    buffer->size = wanted;
    return place;
}

static void put_number(struct rlc_buffer *buffer, uint64_t value, size_t size)
{
    uint8_t *place = room(buffer, size);

    for (size_t i = 0; place && i < size; i++)
        place[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

void rlc_buffer_i16(struct rlc_buffer *buffer, int16_t value)
{
    put_number(buffer, (uint64_t)value, 2);
}

void rlc_buffer_i32(struct rlc_buffer *buffer, int32_t value)
{
    put_number(buffer, (uint64_t)value, 4);
}

void rlc_buffer_i64(struct rlc_buffer *buffer, int64_t value)
{
    put_number(buffer, (uint64_t)value, 8);
}

void rlc_buffer_bytes(struct rlc_buffer *buffer, const void *data, size_t size)
{
    uint8_t *place = size ? room(buffer, size) : NULL;

    if (place)
        memcpy(place, data, size);
}

void rlc_buffer_field(struct rlc_buffer *buffer, struct rlc_span value)
{
    assert(value.size <= INT32_MAX);
    rlc_buffer_i32(buffer, (int32_t)value.size);
    rlc_buffer_bytes(buffer, value.data, value.size);
}

void rlc_buffer_array(struct rlc_buffer *buffer, uint32_t element_type, size_t count)
{
    assert(count <= INT32_MAX);
    rlc_buffer_i32(buffer, count ? 1 : 0); /* dimensions */
    rlc_buffer_i32(buffer, 0);             /* no NULLs */
    rlc_buffer_i32(buffer, (int32_t)element_type);
    if (count) {
        rlc_buffer_i32(buffer, (int32_t)count);
        rlc_buffer_i32(buffer, 1); /* lower bound */
    }
}

void rlc_buffer_reset(struct rlc_buffer *buffer)
{
    buffer->size = 0;
    buffer->full = false;
}

void rlc_buffer_clear(struct rlc_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct rlc_buffer){ 0 };
}
