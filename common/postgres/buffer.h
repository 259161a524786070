/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes in PostgreSQL's binary form (big-endian), in memory that grows. */
#ifndef RLC_POSTGRES_BUFFER_H
#define RLC_POSTGRES_BUFFER_H

#include "common/pure/span.h"
#include "common/pure/status.h"

struct rlc_buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    bool full; /* memory ran out: what was put since is missing */
};

void rlc_buffer_i16(struct rlc_buffer *buffer, int16_t value);
void rlc_buffer_i32(struct rlc_buffer *buffer, int32_t value);
void rlc_buffer_i64(struct rlc_buffer *buffer, int64_t value);
void rlc_buffer_bytes(struct rlc_buffer *buffer, const void *data, size_t size);

/* A field of a row or an element of an array: its length, then its bytes. */
void rlc_buffer_field(struct rlc_buffer *buffer, struct rlc_span value);

/* Head of a one-dimensional array of `count` elements of a type of pg_type, without NULLs; the
 * elements follow as fields. */
void rlc_buffer_array(struct rlc_buffer *buffer, uint32_t element_type, size_t count);

/* Empties it and keeps the memory. */
void rlc_buffer_reset(struct rlc_buffer *buffer);

/* Gives the memory back; a zeroed buffer is allowed. */
void rlc_buffer_clear(struct rlc_buffer *buffer);

static inline struct rlc_span rlc_buffer_span(const struct rlc_buffer *buffer)
{
    return rlc_span_from(buffer->data, buffer->size);
}

#endif
