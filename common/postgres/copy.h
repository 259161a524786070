/* SPDX-License-Identifier: Apache-2.0 */
/* COPY in binary form, into a table and out of one: three times cheaper than INSERT.
 *
 * Into: begin, then per row rlc_copy_row() and one field after the other, then end. A failure on
 * the way is kept and told by rlc_copy_end(). */
#ifndef RLC_POSTGRES_COPY_H
#define RLC_POSTGRES_COPY_H

#include "common/postgres/buffer.h"
#include "common/postgres/connection.h"

/* What is handed to the connection at once: large enough that a call costs nothing, small enough
 * that the server works while we encode. */
#define RLC_COPY_CHUNK ((size_t)64 << 10)

struct rlc_copy {
    struct rlc_postgres *postgres;
    struct rlc_buffer buffer;
    enum rlc_status status;
    struct rlc_error error;
};

/* Starts "COPY ... FROM STDIN (FORMAT binary)" inside an open transaction. */
RLC_NODISCARD enum rlc_status rlc_copy_begin(struct rlc_copy *copy, struct rlc_postgres *postgres,
                                             const char *sql, struct rlc_error *reterr);

void rlc_copy_row(struct rlc_copy *copy, int16_t columns);
void rlc_copy_null(struct rlc_copy *copy);
void rlc_copy_i32(struct rlc_copy *copy, int32_t value);
void rlc_copy_i64(struct rlc_copy *copy, int64_t value);
void rlc_copy_bool(struct rlc_copy *copy, bool value);
/* Text (valid UTF-8 without NUL) or bytes; a span without data is NULL. */
void rlc_copy_span(struct rlc_copy *copy, struct rlc_span value);

/* Ends it and frees the copy's memory, also after a failure. */
RLC_NODISCARD enum rlc_status rlc_copy_end(struct rlc_copy *copy, struct rlc_error *reterr);

/* Takes one row of a COPY to standard output; `fields` are borrowed during the call, and without
 * data where NULL. False ends the reading. */
typedef bool rlc_copy_on_row(void *context, const struct rlc_span *fields, size_t count);

#define RLC_COPY_COLUMNS_MAX 32

/* Runs "COPY ... TO STDOUT (FORMAT binary)" and calls `on_row` for each row. The connection is
 * dropped if `on_row` ends it early. */
RLC_NODISCARD enum rlc_status rlc_copy_out(struct rlc_postgres *postgres, const char *sql,
                                           rlc_copy_on_row *on_row, void *context,
                                           struct rlc_error *reterr);

/* Numbers of a row that came out; an assertion guards their size. */
int32_t rlc_copy_field_i32(struct rlc_span field);
int64_t rlc_copy_field_i64(struct rlc_span field);

#endif
