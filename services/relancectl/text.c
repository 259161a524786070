/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <string.h>

#include "common/pure/calendar.h"

#define COLUMNS_MAX 16
#define CELL_SIZE   600 /* a sentence of a dead letter is at most 512 bytes */

void ctl_hex(const uint8_t *bytes, size_t size, char *ret_text)
{
    static const char DIGIT[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        *ret_text++ = DIGIT[bytes[i] >> 4];
        *ret_text++ = DIGIT[bytes[i] & 15];
    }
    *ret_text = '\0';
}

/* ---- members ---- */

void ctl_put(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

void ctl_put_text(json_t *object, const char *name, const char *text)
{
    if (text && text[0])
        ctl_put(object, name, json_string(text));
}

void ctl_put_span(json_t *object, const char *name, struct rlc_span text)
{
    if (text.size > 0)
        ctl_put(object, name, json_stringn((const char *)text.data, text.size));
}

void ctl_put_word(json_t *object, const char *name, enum rlc_vocabulary vocabulary, int32_t number)
{
    if (number)
        ctl_put_text(object, name, rlc_word(vocabulary, number));
}

void ctl_put_day(json_t *object, const char *name, rlc_day day)
{
    char text[RLC_DAY_SIZE];

    if (day != RLC_DAY_NONE && rlc_day_format(day, text, sizeof(text)))
        ctl_put_text(object, name, text);
}

void ctl_put_ms(json_t *object, const char *name, rlc_ms instant)
{
    char text[RLC_MS_SIZE];

    if (instant != RLC_MS_NONE && rlc_ms_format(instant, text, sizeof(text)))
        ctl_put_text(object, name, text);
}

void ctl_put_hash(json_t *object, const char *name, const struct rlc_hash *hash)
{
    static const struct rlc_hash NONE;
    char text[2 * sizeof(hash->bytes) + 1];

    if (memcmp(hash, &NONE, sizeof(NONE)) == 0)
        return;
    ctl_hex(hash->bytes, sizeof(hash->bytes), text);
    ctl_put_text(object, name, text);
}

void ctl_put_money(json_t *object, const char *name, struct rlc_money money)
{
    char text[RLC_MONEY_SIZE];

    if (!rlc_money_format(money, RLC_MONEY_CANONICAL, text, sizeof(text)))
        return;
    ctl_put_text(object, name, text);
    ctl_put_text(object, "currency", money.currency);
}

json_t *ctl_coordinates(const struct rlc_coordinates *at)
{
    json_t *object = json_object();

    ctl_put_span(object, "topic", at->topic);
    ctl_put(object, "partition", json_integer(at->partition));
    ctl_put(object, "offset", json_integer(at->offset));
    return object;
}

json_t *ctl_find(const json_t *objects, const char *name, struct rlc_span text)
{
    size_t index;
    json_t *object;
    char number[32];

    json_array_foreach(objects, index, object)
    {
        if (rlc_span_equal(rlc_span_of(ctl_text(object, name, number)), text))
            return object;
    }
    return NULL;
}

const char *ctl_text(const json_t *object, const char *name, char buffer[32])
{
    const json_t *member = json_object_get(object, name);

    if (json_is_string(member))
        return json_string_value(member);
    if (json_is_boolean(member))
        return json_is_true(member) ? "yes" : "no";
    if (!json_is_integer(member))
        return "";
    (void)snprintf(buffer, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(member));
    return buffer;
}

/* ---- tables ---- */

/* Characters of UTF-8 text, each taken as one column wide. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static const char *cell_of(const json_t *row, const struct ctl_column *column, char *cell)
{
    const char *slash = strchr(column->member, '/');
    char first[64];
    char number[32];
    char other[32];

    if (!slash)
        (void)snprintf(cell, CELL_SIZE, "%s", ctl_text(row, column->member, number));
    else {
        (void)snprintf(first, sizeof(first), "%.*s", (int)(slash - column->member), column->member);
        (void)snprintf(cell, CELL_SIZE, "%s/%s", ctl_text(row, first, number),
                       ctl_text(row, slash + 1, other));
        if (strcmp(cell, "/") == 0)
            cell[0] = '\0';
    }
    return cell;
}

static void print_cell(FILE *out, const char *text, const struct ctl_column *column, size_t width,
                       bool last)
{
    int blanks = (int)(width - width_of(text));

    if (column->right)
        (void)fprintf(out, "%*s%s%s", blanks, "", text, last ? "" : "  ");
    else
        (void)fprintf(out, "%s%*s", text, last ? 0 : blanks + 2, "");
}

void ctl_table(FILE *out, const json_t *rows, const struct ctl_column *columns, size_t count)
{
    size_t width[COLUMNS_MAX] = { 0 };
    size_t last = 0;
    size_t index;
    const json_t *row;
    char cell[CELL_SIZE];

    for (size_t i = 0; i < count; i++) {
        json_array_foreach(rows, index, row)
        {
            size_t found = width_of(cell_of(row, &columns[i], cell));

            width[i] = found > width[i] ? found : width[i];
        }
        if (width[i] == 0)
            continue;
        last = i;
        if (width[i] < width_of(columns[i].title))
            width[i] = width_of(columns[i].title);
    }
    for (size_t line = 0; json_array_size(rows) > 0 && line <= json_array_size(rows); line++) {
        for (size_t i = 0; i <= last; i++) {
            const char *text = line == 0
                                   ? columns[i].title
                                   : cell_of(json_array_get(rows, line - 1), &columns[i], cell);

            if (width[i] > 0)
                print_cell(out, text, &columns[i], width[i], i == last);
        }
        (void)fputc('\n', out);
    }
}
