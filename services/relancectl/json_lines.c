/* SPDX-License-Identifier: Apache-2.0 */
#include "json_lines.h"

#include <stdlib.h>
#include <string.h>

#include "core/scan.h"

static enum csv_answer wrong(const struct json_lines *lines, struct rlc_fault *ret_fault,
                             const char *code, const char *remedy)
{
    char place[32];

    (void)snprintf(place, sizeof(place), "line %ld", lines->line);
    (void)rlc_fault_set(ret_fault, code, place, remedy);
    return CSV_WRONG;
}

static void forget(struct json_lines *lines)
{
    json_decref(lines->typed);
    json_decref(lines->texts);
    lines->typed = NULL;
    lines->texts = NULL;
}

bool json_lines_init(struct json_lines *lines, FILE *file)
{
    memset(lines, 0, sizeof(*lines));
    lines->file = file;
    lines->bytes = malloc(JSON_LINE_MAX);
    lines->digits = malloc(2 * JSON_LINE_MAX); /* a digit becomes a number in quotes */
    lines->found = calloc(CSV_FIELDS_MAX, sizeof(*lines->found));
    return lines->bytes && lines->digits && lines->found;
}

void json_lines_clear(struct json_lines *lines)
{
    forget(lines);
    free(lines->bytes);
    free(lines->digits);
    free(lines->found);
    memset(lines, 0, sizeof(*lines));
}

/* ---- a line ---- */

/* Up to the end of the line. CSV_WRONG: it is longer than it may be, and was passed over. */
static enum csv_answer take_line(struct json_lines *lines, size_t *ret_size)
{
    size_t size = 0;
    int byte = getc(lines->file);

    if (byte == EOF)
        return CSV_END;
    lines->line++;
    for (; byte != EOF && byte != '\n'; byte = getc(lines->file)) {
        if (size < JSON_LINE_MAX)
            lines->bytes[size] = (char)byte;
        size++;
    }
    *ret_size = size;
    return size <= JSON_LINE_MAX ? CSV_RECORD : CSV_WRONG;
}

static struct rlc_span without_spaces(const struct json_lines *lines, size_t size)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const char *bytes = lines->bytes;
    size_t start = 0;

    if (lines->line == 1 && size >= strlen(mark) && memcmp(bytes, mark, strlen(mark)) == 0)
        start = strlen(mark);
    while (start < size && strchr(" \t\r", bytes[start]) && bytes[start])
        start++;
    while (size > start && strchr(" \t\r", bytes[size - 1]) && bytes[size - 1])
        size--;
    return rlc_span_from(bytes + start, size - start);
}

static bool is_of_number(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte && strchr("+-.eE", byte));
}

/* Of text that is JSON: numbers alone begin with a digit or a minus outside of strings. */
static size_t quote_numbers(struct rlc_span text, char *digits)
{
    size_t used = 0;
    bool in_string = false;
    bool in_number = false;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        bool begins = !in_string && ((byte >= '0' && byte <= '9') || byte == '-');

        if (in_number ? !is_of_number(byte) : begins) {
            digits[used++] = '"';
            in_number = !in_number;
        }
        in_string ^= byte == '"';
        digits[used++] = (char)byte;
        if (in_string && byte == '\\')
            digits[used++] = (char)text.data[++i];
    }
    return used;
}

static enum csv_answer parse(struct json_lines *lines, struct rlc_span text,
                             struct rlc_fault *ret_fault)
{
    json_error_t error;
    char remedy[128];
    size_t at;

    if (scan_bounds(text, &at) != SCAN_FITS)
        return wrong(lines, ret_fault, "TOO_LARGE",
                     "the object has more than 8 levels or 32768 values: split it");
    /* The type of a value alone is taken from it, so a number may be larger than an integer holds.
     */
    lines->typed = json_loadb((const char *)text.data, text.size,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    if (!lines->typed) {
        /* What stands there is not repeated: it may be somebody's name. */
        (void)snprintf(remedy, sizeof(remedy), "byte %d of the line: %.*s", error.position,
                       (int)(strstr(error.text, " near ")
                                 ? strstr(error.text, " near ") - error.text
                                 : (ptrdiff_t)strlen(error.text)),
                       error.text);
        return wrong(lines, ret_fault, "NOT_JSON", remedy);
    }
    if (!json_is_object(lines->typed))
        return wrong(lines, ret_fault, "WRONG_TYPE", "each line is an object");
    lines->texts = json_loadb(lines->digits, quote_numbers(text, lines->digits), 0, NULL);
    return lines->texts ? CSV_RECORD : wrong(lines, ret_fault, "TOO_LARGE", "out of memory");
}

enum csv_answer json_lines_next(struct json_lines *lines, struct rlc_fault *ret_fault)
{
    struct rlc_span text = { NULL, 0 };

    forget(lines);
    while (text.size == 0) {
        size_t size;
        enum csv_answer answer = take_line(lines, &size);

        if (answer == CSV_WRONG)
            return wrong(lines, ret_fault, "TOO_LARGE", "the line has more than 1 MB: split it");
        if (answer == CSV_END)
            return CSV_END;
        text = without_spaces(lines, size);
    }
    return parse(lines, text, ret_fault);
}

/* ---- members ---- */

/* Where a path leads: the same place of both trees. */
struct spot {
    json_t *typed;
    json_t *text;
};

static struct spot member_of(struct spot spot, struct rlc_span name)
{
    return (struct spot){ json_object_getn(spot.typed, (const char *)name.data, name.size),
                          json_object_getn(spot.text, (const char *)name.data, name.size) };
}

/* Follows "a.b[].c", and an empty path to where it is; elements by lines->element. */
static struct spot follow(const struct json_lines *lines, struct rlc_span path)
{
    struct spot spot = { lines->typed, lines->texts };
    size_t at = 0;

    while (at < path.size && spot.typed) {
        size_t end = at;

        while (end < path.size && path.data[end] != '.' && path.data[end] != '[')
            end++;
        spot = member_of(spot, rlc_span_from(path.data + at, end - at));
        if (end < path.size && path.data[end] == '[') {
            spot = (struct spot){ json_array_get(spot.typed, lines->element),
                                  json_array_get(spot.text, lines->element) };
            end += 2;
        }
        at = end + 1;
    }
    return spot;
}

size_t json_lines_count(const struct json_lines *lines, struct rlc_span list)
{
    static const char ELEMENTS[] = "[]";
    struct spot spot = follow(lines, rlc_span_from(list.data, list.size - strlen(ELEMENTS)));

    return json_array_size(spot.typed);
}

static enum rlc_status refuse(const struct json_lines *lines, struct rlc_span path,
                              struct rlc_fault *ret_fault, const char *code, const char *remedy)
{
    char place[96];

    (void)snprintf(place, sizeof(place), "line %ld, member '%.*s'", lines->line, (int)path.size,
                   (const char *)path.data);
    return rlc_fault_set(ret_fault, code, place, remedy);
}

static bool is_amount(const struct mapping *mapping, size_t index)
{
    for (size_t i = 0; i < mapping->column_count; i++) {
        if (mapping->columns[i].index == index)
            return mapping->columns[i].kind == MAPPING_AMOUNT;
    }
    return false;
}

/* Zeros at the end of a fraction say nothing, and a currency may have fewer places. The mapping's
 * sign before the cents is that of texts; JSON has one of its own. */
static struct rlc_span tidy_amount(char *digits, size_t size, char decimal)
{
    char *point = memchr(digits, '.', size);

    if (point) {
        while (digits[size - 1] == '0')
            size--;
        size -= digits + size == point + 1;
        *point = decimal;
    }
    return rlc_span_from(digits, size);
}

static enum rlc_status put_amount(const struct json_lines *lines, const struct mapping *mapping,
                                  struct rlc_span path, struct rlc_arena *arena,
                                  struct rlc_span *text, struct rlc_fault *ret_fault)
{
    char *digits = rlc_arena_alloc(arena, text->size);

    if (!digits)
        return RLC_RETRY;
    if (memchr(text->data, 'e', text->size) || memchr(text->data, 'E', text->size))
        return refuse(lines, path, ret_fault, "BAD_AMOUNT",
                      "write the number without an exponent, with all its digits");
    memcpy(digits, text->data, text->size);
    *text = tidy_amount(digits, text->size, mapping->decimal);
    return RLC_OK;
}

static enum rlc_status put_text(struct json_lines *lines, const struct mapping *mapping,
                                const struct csv *header, size_t index, struct rlc_arena *arena,
                                struct rlc_span *ret_text, struct rlc_fault *ret_fault)
{
    struct rlc_span path = header->fields[index];
    struct spot spot = follow(lines, path);

    *ret_text = (struct rlc_span){ NULL, 0 };
    lines->found[index] = lines->found[index] || spot.typed;
    if (!spot.typed || json_is_null(spot.typed))
        return RLC_OK;
    if (json_is_object(spot.typed) || json_is_array(spot.typed))
        return refuse(lines, path, ret_fault, "WRONG_TYPE",
                      "the mapping wants a text, a number or a boolean: go on with .name or []");
    if (json_is_boolean(spot.typed)) {
        *ret_text = rlc_span_of(json_is_true(spot.typed) ? "true" : "false");
        return RLC_OK;
    }
    *ret_text = rlc_span_from(json_string_value(spot.text), json_string_length(spot.text));
    if (json_is_number(spot.typed) && is_amount(mapping, index))
        return put_amount(lines, mapping, path, arena, ret_text, ret_fault);
    return RLC_OK;
}

enum rlc_status json_lines_fill(struct json_lines *lines, const struct mapping *mapping,
                                const struct csv *header, struct rlc_arena *arena,
                                struct csv *ret_record, struct rlc_fault *ret_fault)
{
    enum rlc_status status = RLC_OK;

    ret_record->record_line = lines->line;
    ret_record->count = header->count;
    for (size_t i = 0; status == RLC_OK && i < header->count; i++)
        status = put_text(lines, mapping, header, i, arena, &ret_record->fields[i], ret_fault);
    return status;
}
