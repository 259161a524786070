/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/copy.h"

#include <assert.h>
#include <string.h>

#include "common/postgres/internal.h"
#include "common/runtime/error.h"

/* Signature, no flags, no extension. */
static const uint8_t HEADER[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
enum { HEADER_SIZE = 19, TRAILER = -1 };

/* ---- into ---- */

static void failed(struct rlc_copy *copy, enum rlc_status status, const struct rlc_error *error)
{
    if (copy->status != RLC_OK)
        return;
    copy->status = status;
    copy->error = *error;
}

static void hand_over(struct rlc_copy *copy)
{
    struct rlc_postgres *postgres = copy->postgres;
    struct rlc_error error = { .text = "" };

    if (copy->buffer.full)
        failed(copy, rlc_error_set(&error, RLC_RETRY, "copy", 0, "out of memory"), &error);
    if (copy->status == RLC_OK &&
        PQputCopyData(postgres->connection, (const char *)copy->buffer.data,
                      (int)copy->buffer.size) < 0)
        failed(copy, rlc_postgres_lost(postgres, "copy", &error), &error);
    if (copy->status == RLC_OK &&
        !rlc_postgres_flush(postgres, rlc_postgres_deadline(postgres), &error))
        failed(copy, RLC_RETRY, &error);
    rlc_buffer_reset(&copy->buffer);
}

enum rlc_status rlc_copy_begin(struct rlc_copy *copy, struct rlc_postgres *postgres,
                               const char *sql, struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *result = NULL;
    enum rlc_status status = rlc_postgres_send(postgres, sql, reterr);

    *copy = (struct rlc_copy){ .postgres = postgres, .status = RLC_OK };
    if (status == RLC_OK)
        status = rlc_postgres_finish(postgres, &result, reterr);
    if (status != RLC_OK)
        return status;
    assert(result && PQresultStatus(result) == PGRES_COPY_IN);
    rlc_buffer_bytes(&copy->buffer, HEADER, HEADER_SIZE);
    return RLC_OK;
}

void rlc_copy_row(struct rlc_copy *copy, int16_t columns)
{
    if (copy->buffer.size >= RLC_COPY_CHUNK)
        hand_over(copy);
    rlc_buffer_i16(&copy->buffer, columns);
}

void rlc_copy_null(struct rlc_copy *copy)
{
    rlc_buffer_i32(&copy->buffer, -1);
}

void rlc_copy_i32(struct rlc_copy *copy, int32_t value)
{
    rlc_buffer_i32(&copy->buffer, 4);
    rlc_buffer_i32(&copy->buffer, value);
}

void rlc_copy_i64(struct rlc_copy *copy, int64_t value)
{
    rlc_buffer_i32(&copy->buffer, 8);
    rlc_buffer_i64(&copy->buffer, value);
}

void rlc_copy_bool(struct rlc_copy *copy, bool value)
{
    uint8_t byte = value;

    rlc_buffer_field(&copy->buffer, rlc_span_from(&byte, 1));
}

void rlc_copy_span(struct rlc_copy *copy, struct rlc_span value)
{
    if (value.data)
        rlc_buffer_field(&copy->buffer, value);
    else
        rlc_copy_null(copy);
}

enum rlc_status rlc_copy_end(struct rlc_copy *copy, struct rlc_error *reterr)
{
    struct rlc_postgres *postgres = copy->postgres;
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    rlc_buffer_i16(&copy->buffer, TRAILER);
    hand_over(copy);
    rlc_buffer_clear(&copy->buffer);
    if (copy->status == RLC_OK && PQputCopyEnd(postgres->connection, NULL) < 0)
        failed(copy, rlc_postgres_lost(postgres, "copy", &error), &error);
    if (copy->status == RLC_OK &&
        !rlc_postgres_flush(postgres, rlc_postgres_deadline(postgres), &error))
        failed(copy, RLC_RETRY, &error);
    if (copy->status == RLC_OK) {
        status = rlc_postgres_finish(postgres, NULL, &error);
        if (status != RLC_OK)
            failed(copy, status, &error);
    }
    if (copy->status != RLC_OK && reterr)
        *reterr = copy->error;
    return copy->status;
}

/* ---- out ---- */

static int64_t number(const uint8_t *bytes, size_t size)
{
    uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

int32_t rlc_copy_field_i32(struct rlc_span field)
{
    assert(field.size == 4);
    return (int32_t)number(field.data, 4);
}

int64_t rlc_copy_field_i64(struct rlc_span field)
{
    assert(field.size == 8);
    return number(field.data, 8);
}

/* What a message of the server holds: the header before the first row, then a row. Returns the
 * number of fields, TRAILER behind the last row, less than that for bytes that are no row. */
static int split_row(struct rlc_span message, struct rlc_span *fields)
{
    const uint8_t *at = message.data;
    const uint8_t *end = at + message.size;
    int64_t count;

    if (end - at < 2)
        return TRAILER - 1;
    count = number(at, 2);
    at += 2;
    if (count == TRAILER)
        return TRAILER;
    if (count < 0 || count > RLC_COPY_COLUMNS_MAX)
        return TRAILER - 1;
    for (int64_t i = 0; i < count; i++) {
        int64_t size;

        if (end - at < 4)
            return TRAILER - 1;
        size = number(at, 4);
        at += 4;
        if (size > end - at)
            return TRAILER - 1;
        fields[i] = size < 0 ? (struct rlc_span){ NULL, 0 } : rlc_span_from(at, (size_t)size);
        at += size > 0 ? size : 0;
    }
    return (int)count;
}

struct reader {
    struct rlc_postgres *postgres;
    rlc_copy_on_row *on_row;
    void *context;
    bool past_header;
    bool ended; /* the caller does not want more */
};

static enum rlc_status take_message(struct reader *reader, struct rlc_span message,
                                    struct rlc_error *reterr)
{
    struct rlc_span fields[RLC_COPY_COLUMNS_MAX];
    int count;

    if (!reader->past_header) {
        if (message.size < HEADER_SIZE || memcmp(message.data, HEADER, HEADER_SIZE - 8) != 0)
            return rlc_error_set(reterr, RLC_FATAL, "copy", 0, "not a binary COPY");
        message = rlc_span_from(message.data + HEADER_SIZE, message.size - HEADER_SIZE);
        reader->past_header = true;
        if (message.size == 0)
            return RLC_OK;
    }
    count = split_row(message, fields);
    if (count < TRAILER)
        return rlc_error_set(reterr, RLC_FATAL, "copy", 0, "a row that cannot be read");
    if (count >= 0)
        reader->ended = !reader->on_row(reader->context, fields, (size_t)count);
    return RLC_OK;
}

/* Waits for the next message: its size, -1 behind the last one, -2 for a failure. */
static int next_message(struct rlc_postgres *postgres, char **ret_bytes, struct rlc_error *reterr)
{
    uint64_t deadline_ns = 0;
    int size;

    while ((size = PQgetCopyData(postgres->connection, ret_bytes, 1)) == 0) {
        if (!deadline_ns)
            deadline_ns = rlc_postgres_deadline(postgres);
        if (!rlc_postgres_wait_input(postgres, deadline_ns, reterr))
            return -2;
    }
    if (size == -2)
        (void)rlc_postgres_lost(postgres, "copy", reterr);
    return size;
}

static enum rlc_status read_rows(struct reader *reader, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    while (status == RLC_OK && !reader->ended) {
        char *bytes = NULL;
        int size = next_message(reader->postgres, &bytes, reterr);

        if (size == -1)
            return rlc_postgres_finish(reader->postgres, NULL, reterr);
        if (size < 0)
            return RLC_RETRY;
        status = take_message(reader, rlc_span_from(bytes, (size_t)size), reterr);
        PQfreemem(bytes);
    }
    rlc_postgres_drop(reader->postgres);
    return status;
}

enum rlc_status rlc_copy_out(struct rlc_postgres *postgres, const char *sql,
                             rlc_copy_on_row *on_row, void *context, struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *result = NULL;
    struct reader reader = { .postgres = postgres, .on_row = on_row, .context = context };
    enum rlc_status status = rlc_postgres_send(postgres, sql, reterr);

    if (status == RLC_OK)
        status = rlc_postgres_finish(postgres, &result, reterr);
    if (status != RLC_OK)
        return status;
    assert(result && PQresultStatus(result) == PGRES_COPY_OUT);
    return read_rows(&reader, reterr);
}
