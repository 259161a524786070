/* SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "common/pure/text.h"

/* Where the reader stands inside a record. */
enum place { AT_START, PLAIN, QUOTED, AFTER_QUOTE };

void csv_init(struct csv *csv, FILE *file, char delimiter)
{
    static const char mark[3] = "\xEF\xBB\xBF";
    char head[3];

    memset(csv, 0, sizeof(*csv));
    csv->file = file;
    csv->delimiter = delimiter;
    csv->line = 1;
    csv->field_word = "column";
    for (size_t i = 0; i < sizeof(mark); i++) {
        int byte = getc(file);

        if (byte != (unsigned char)mark[i]) {
            if (byte != EOF)
                (void)ungetc(byte, file);
            /* Only the first byte of a mark is unlikely enough to appear alone. */
            while (i > 0)
                (void)ungetc((unsigned char)head[--i], file);
            return;
        }
        head[i] = (char)byte;
    }
}

void csv_clear(struct csv *csv)
{
    free(csv->bytes);
    memset(csv, 0, sizeof(*csv));
}

static enum csv_answer wrong(const struct csv *csv, struct rlc_fault *ret_fault, const char *remedy)
{
    char place[32];

    (void)snprintf(place, sizeof(place), "line %ld", csv->record_line);
    (void)rlc_fault_set(ret_fault, "BAD_CSV", place, remedy);
    return CSV_WRONG;
}

static bool keep(struct csv *csv, int byte)
{
    if (csv->size == csv->capacity) {
        size_t capacity = csv->capacity ? csv->capacity * 2 : 4096;
        char *larger = csv->size >= CSV_RECORD_MAX ? NULL : realloc(csv->bytes, capacity);

        if (!larger)
            return false;
        csv->bytes = larger;
        csv->capacity = capacity;
    }
    csv->bytes[csv->size++] = (char)byte;
    return true;
}

static bool end_field(struct csv *csv)
{
    if (csv->count == CSV_FIELDS_MAX)
        return false;
    csv->starts[++csv->count] = csv->size;
    return true;
}

static enum csv_answer finish(struct csv *csv, struct rlc_fault *ret_fault)
{
    if (!end_field(csv))
        return wrong(csv, ret_fault, "a record has at most 512 fields");
    for (size_t i = 0; i < csv->count; i++) {
        csv->fields[i] =
            rlc_span_from(csv->bytes + csv->starts[i], csv->starts[i + 1] - csv->starts[i]);
        if (!rlc_text_is_utf8(csv->fields[i]))
            return wrong(csv, ret_fault, "the file must be UTF-8: convert it first");
    }
    return CSV_RECORD;
}

/* One byte. Returns CSV_END while the record goes on, which no caller of csv_next() sees. */
static enum csv_answer take(struct csv *csv, int byte, enum place *place,
                            struct rlc_fault *ret_fault)
{
    if (*place == QUOTED) {
        if (byte == '"')
            *place = AFTER_QUOTE;
        else if (!keep(csv, byte))
            return wrong(csv, ret_fault, "a record is longer than 1 MiB: is a quote not closed?");
        return CSV_END;
    }
    if (byte == '"' && *place == AFTER_QUOTE) {
        *place = QUOTED;
        return keep(csv, '"') ? CSV_END : wrong(csv, ret_fault, "a record is longer than 1 MiB");
    }
    if (byte == '"' && *place == AT_START) {
        *place = QUOTED;
        return CSV_END;
    }
    if (byte == csv->delimiter) {
        *place = AT_START;
        return end_field(csv) ? CSV_END : wrong(csv, ret_fault, "a record has at most 512 fields");
    }
    if (*place == AFTER_QUOTE || byte == '"')
        return wrong(csv, ret_fault, "a quote inside a field must be doubled and the field quoted");
    *place = PLAIN;
    return keep(csv, byte) ? CSV_END : wrong(csv, ret_fault, "a record is longer than 1 MiB");
}

static bool is_empty(const struct csv *csv, enum place place)
{
    return csv->count == 0 && csv->size == 0 && place == AT_START;
}

enum csv_answer csv_next(struct csv *csv, struct rlc_fault *ret_fault)
{
    enum place place = AT_START;

    csv->size = 0;
    csv->count = 0;
    csv->starts[0] = 0;
    csv->record_line = csv->line;
    for (;;) {
        int byte = getc(csv->file);
        enum csv_answer answer;

        if (byte == EOF) {
            if (place == QUOTED)
                return wrong(csv, ret_fault, "the file ends inside a quoted field");
            return is_empty(csv, place) ? CSV_END : finish(csv, ret_fault);
        }
        csv->line += byte == '\n';
        if (byte == '\r' && place != QUOTED)
            continue;
        if (byte == '\n' && place != QUOTED) {
            if (!is_empty(csv, place))
                return finish(csv, ret_fault);
            csv->record_line = csv->line;
            continue;
        }
        answer = take(csv, byte, &place, ret_fault);
        if (answer != CSV_END)
            return answer;
    }
}
