/* SPDX-License-Identifier: Apache-2.0 */
/* Values as text, and results as JSON and tables. */
#ifndef RELANCECTL_TEXT_H
#define RELANCECTL_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "common/pure/money.h"
#include "common/pure/span.h"
#include "common/wire/envelope.h"
#include "common/wire/words.h"

/* Lower-case hexadecimal digits and a NUL: 2 * size + 1 characters. */
void ctl_hex(const uint8_t *bytes, size_t size, char *ret_text);

/* ---- putting members into an object; what is absent is left out ---- */

void ctl_put(json_t *object, const char *name, json_t *value); /* takes over `value` */
void ctl_put_text(json_t *object, const char *name, const char *text);
void ctl_put_span(json_t *object, const char *name, struct rlc_span text);
void ctl_put_word(json_t *object, const char *name, enum rlc_vocabulary vocabulary, int32_t number);
void ctl_put_day(json_t *object, const char *name, rlc_day day);
void ctl_put_ms(json_t *object, const char *name, rlc_ms instant); /* RFC 3339, UTC */
/* 64 hexadecimal digits. */
void ctl_put_hash(json_t *object, const char *name, const struct rlc_hash *hash);
/* "1234.50 EUR" of which "1234.50" goes under `name` and the currency under "currency". */
void ctl_put_money(json_t *object, const char *name, struct rlc_money money);

/* {"topic":..., "partition":..., "offset":...} */
json_t *ctl_coordinates(const struct rlc_coordinates *at);

/* The first of the objects whose member `name` is that text; NULL if there is none. Borrowed. */
json_t *ctl_find(const json_t *objects, const char *name, struct rlc_span text);

/* A member as text, "" where there is none; numbers go through `buffer` of 32 characters. */
const char *ctl_text(const json_t *object, const char *name, char buffer[32]);

/* ---- tables ---- */

struct ctl_column {
    const char *title;
    const char *member; /* of the objects; "a/b" is printed as a member `a`, a '/', a member `b` */
    bool right;         /* numbers */
};

/* Prints an array of objects as a table: a line of titles, columns as wide as their widest value
 * (counted in characters). Columns without any value are left out. Nothing for an empty array. */
void ctl_table(FILE *out, const json_t *rows, const struct ctl_column *columns, size_t count);

#endif
