/* SPDX-License-Identifier: Apache-2.0 */
/* Reads JSON lines in an enterprise's own shape: one object a line, and of it the members that a
 * mapping names. A number keeps the digits that it was written with: it never becomes a double, so
 * no amount is rounded. The bounds of depth and values are those of ingest. A line that is wrong
 * says so, and the next one can be read. */
#ifndef RELANCECTL_JSON_LINES_H
#define RELANCECTL_JSON_LINES_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "common/pure/arena.h"
#include "csv.h"
#include "mapping.h"

#define NO_ELEMENT    SIZE_MAX
#define JSON_LINE_MAX ((size_t)1 << 20) /* bytes of one line, as of a record of CSV */

struct json_lines {
    FILE *file;
    long line;      /* the last one that was read, from 1 */
    char *bytes;    /* of it */
    char *digits;   /* the same, every number in quotes */
    json_t *typed;  /* says what a value is */
    json_t *texts;  /* says how a number was written */
    size_t element; /* of every list that a path goes through; NO_ELEMENT: none */
    bool *found;    /* by place in the header: a line had this member */
};

/* Reads from `file` (the caller's). False: out of memory. Pair with json_lines_clear() in any case.
 */
RLC_NODISCARD bool json_lines_init(struct json_lines *lines, FILE *file);
void json_lines_clear(struct json_lines *lines);

/* The next line that is not empty. CSV_WRONG: `ret_fault` holds "line N", a code and what is wrong.
 */
enum csv_answer json_lines_next(struct json_lines *lines, struct rlc_fault *ret_fault);

/* The members that `header` names, as texts of `ret_record`; what is absent or null is empty. Where
 * a path goes through a list, its element number lines->element counts. RLC_REJECT with "line N,
 * member 'x'" for an object or list where a text is wanted, or an amount with an exponent;
 * RLC_RETRY: no room. Texts live in the arena or until the next line. */
RLC_NODISCARD enum rlc_status json_lines_fill(struct json_lines *lines,
                                              const struct mapping *mapping,
                                              const struct csv *header, struct rlc_arena *arena,
                                              struct csv *ret_record, struct rlc_fault *ret_fault);

/* Elements of the list that a path up to its "[]" names; 0: there is none. */
size_t json_lines_count(const struct json_lines *lines, struct rlc_span list);

#endif
