/* SPDX-License-Identifier: Apache-2.0 */
/* From a record of the ledger to texts as the contract wants them. */
#include <string.h>

#include "common/pure/calendar.h"
#include "mapping_fill.h"

static enum rlc_status refuse(const struct csv *record, struct rlc_span column,
                              struct rlc_fault *ret_fault, const char *code, const char *remedy)
{
    char place[96];

    (void)snprintf(place, sizeof(place), "line %ld, %s '%.*s'", record->record_line,
                   record->field_word, (int)column.size, (const char *)column.data);
    return rlc_fault_set(ret_fault, code, place, remedy);
}

/* Reads the digits under one letter of the format: YYYY, MM, DD. */
static bool digits_under(const char *format, struct rlc_span text, char letter, int32_t *ret_number)
{
    int32_t number = 0;
    bool any = false;

    for (size_t i = 0; format[i]; i++) {
        if (format[i] != letter)
            continue;
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (text.data[i] - '0');
        any = true;
    }
    *ret_number = number;
    return any;
}

static bool separators_match(const char *format, struct rlc_span text)
{
    for (size_t i = 0; format[i]; i++) {
        bool letter = strchr("YMD", format[i]) != NULL;

        if (!letter && text.data[i] != (uint8_t)format[i])
            return false;
    }
    return true;
}

static enum rlc_status convert_date(const struct mapping_column *column, const struct csv *record,
                                    struct rlc_arena *arena, struct rlc_span *text,
                                    struct rlc_fault *ret_fault)
{
    int32_t year, month, number;
    rlc_day day;
    char iso[16];

    if (text->size == 0)
        return RLC_OK;
    if (text->size != strlen(column->date_format) ||
        !separators_match(column->date_format, *text) ||
        !digits_under(column->date_format, *text, 'Y', &year) ||
        !digits_under(column->date_format, *text, 'M', &month) ||
        !digits_under(column->date_format, *text, 'D', &number) ||
        !rlc_day_from_date((struct rlc_date){ year, month, number }, &day))
        return refuse(record, column->name, ret_fault, "BAD_DATE",
                      "the text is no date in the format that the mapping names");
    (void)rlc_day_format(day, iso, sizeof(iso));
    *text = rlc_arena_copy(arena, rlc_span_of(iso));
    return text->data ? RLC_OK : RLC_RETRY;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Copies the digits before the decimal sign; grouping signs stand between groups of three, so that
 * no sign of another country is passed over. Returns how many bytes of the text that was; 0: it is
 * no whole number. */
static size_t take_whole(const struct mapping *mapping, struct rlc_span text, char *plain,
                         size_t *used)
{
    size_t at = 0;
    size_t group = 0;
    bool grouped = false;

    for (; at < text.size && text.data[at] != (uint8_t)mapping->decimal; at++) {
        if (is_digit(text.data[at])) {
            plain[(*used)++] = (char)text.data[at];
            group++;
            continue;
        }
        if (!mapping->grouping || text.data[at] != (uint8_t)mapping->grouping || group == 0 ||
            group > 3 || (grouped && group != 3))
            return 0;
        grouped = true;
        group = 0;
    }
    return grouped && group != 3 ? 0 : at;
}

/* Takes the minus off a text that is not empty, before the digits or behind them as SAP writes it;
 * two of them are left to be refused. */
static bool take_minus(struct rlc_span *text)
{
    bool before = text->data[0] == '-';
    bool behind = !before && text->data[text->size - 1] == '-';

    *text = rlc_span_from(text->data + before, text->size - before - behind);
    return before || behind;
}

/* Returns whether the text is an amount; its plain form goes to `plain`. */
static bool take_amount(const struct mapping *mapping, struct rlc_span text, char *plain,
                        size_t *used)
{
    size_t whole;

    if (take_minus(&text))
        plain[(*used)++] = '-';
    whole = take_whole(mapping, text, plain, used);
    if (whole == 0 || whole == text.size)
        return whole > 0;
    plain[(*used)++] = '.';
    for (size_t i = whole + 1; i < text.size; i++) {
        if (!is_digit(text.data[i]))
            return false;
        plain[(*used)++] = (char)text.data[i];
    }
    return whole + 1 < text.size;
}

static enum rlc_status convert_amount(const struct mapping *mapping,
                                      const struct mapping_column *column, const struct csv *record,
                                      struct rlc_arena *arena, struct rlc_span *text,
                                      struct rlc_fault *ret_fault)
{
    char *plain = rlc_arena_alloc(arena, text->size + 1);
    size_t used = 0;

    if (!plain)
        return RLC_RETRY;
    if (text->size == 0)
        return RLC_OK;
    if (!take_amount(mapping, *text, plain, &used))
        return refuse(record, column->name, ret_fault, "BAD_AMOUNT",
                      "the text is no amount with the separators that the mapping names");
    *text = rlc_span_from(plain, used);
    return RLC_OK;
}

static enum rlc_status convert_columns(const struct mapping *mapping, const struct csv *record,
                                       struct rlc_arena *arena, struct mapping_row *row,
                                       struct rlc_fault *ret_fault)
{
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < mapping->column_count; i++) {
        const struct mapping_column *column = &mapping->columns[i];
        struct rlc_span *text = &row->texts[column->index];

        if (column->kind == MAPPING_DATE)
            status = convert_date(column, record, arena, text, ret_fault);
        else
            status = convert_amount(mapping, column, record, arena, text, ret_fault);
    }
    return status;
}

static enum rlc_status look_up(const struct mapping_value *value, const struct csv *record,
                               const struct mapping_row *row, struct rlc_span *ret_text,
                               struct rlc_fault *ret_fault)
{
    struct rlc_span text = { NULL, 0 };

    for (size_t i = 0; i < row->count; i++) {
        if (rlc_span_equal(row->names[i], value->column))
            text = row->texts[i];
    }
    for (const struct rlc_yaml *key = value->map ? value->map->first : NULL; key; key = key->next) {
        if (rlc_span_equal(key->text, text)) {
            *ret_text = key->value->text;
            return RLC_OK;
        }
    }
    if (value->map && value->has_otherwise)
        *ret_text = value->otherwise;
    else if (value->map && text.size == 0) {
        return refuse(record, value->column, ret_fault, "NOT_MAPPED",
                      "the map has no entry for the empty text, and no 'otherwise'");
    } else {
        *ret_text = text;
    }
    return RLC_OK;
}

static enum rlc_status add_values(const struct mapping *mapping, const struct csv *record,
                                  struct rlc_arena *arena, struct mapping_row *row,
                                  struct rlc_fault *ret_fault)
{
    for (size_t i = 0; i < mapping->value_count; i++) {
        const struct mapping_value *value = &mapping->values[i];
        struct rlc_span text = { NULL, 0 };
        char buffer[MAPPING_TEXT_MAX];
        enum rlc_status status;

        if (value->column.size) {
            status = look_up(value, record, row, &text, ret_fault);
        } else {
            status = mapping_fill(value->template_text, row, buffer, ret_fault);
            if (status == RLC_OK)
                text = rlc_arena_copy(arena, rlc_span_of(buffer));
            if (status == RLC_OK && buffer[0] && !text.data)
                status = RLC_RETRY; /* a text that is lost would look like an empty one */
        }
        if (status != RLC_OK)
            return status;
        row->names[row->count] = value->name;
        row->texts[row->count++] = text;
    }
    return RLC_OK;
}

enum rlc_status mapping_convert(const struct mapping *mapping, const struct csv *header_names,
                                const struct csv *record, struct rlc_arena *arena,
                                struct mapping_row *ret_row, struct rlc_fault *ret_fault)
{
    enum rlc_status status;

    if (record->count != header_names->count) {
        char place[32];

        (void)snprintf(place, sizeof(place), "line %ld", record->record_line);
        return rlc_fault_set(ret_fault, "BAD_CSV", place,
                             "the record has another number of fields than the header");
    }
    ret_row->elements = NULL;
    ret_row->count = record->count;
    for (size_t i = 0; i < record->count; i++) {
        ret_row->names[i] = header_names->fields[i];
        ret_row->texts[i] = record->fields[i];
    }
    status = convert_columns(mapping, record, arena, ret_row, ret_fault);
    return status == RLC_OK ? add_values(mapping, record, arena, ret_row, ret_fault) : status;
}
