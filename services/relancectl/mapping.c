/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping_fill.h"

#include <string.h>

/* Members of a part of the file, up to the first NULL. */
struct keys {
    const char *what;
    const char *name[6];
    const char *remedy;
};

static const struct keys SECTIONS = { "section",
                                      { "format", "columns", "values", "events" },
                                      "sections are format, columns, values and events" };
static const struct keys FORMAT = { "key",
                                    { "input", "delimiter", "decimal", "grouping", "date" },
                                    "a format has input, delimiter, decimal, grouping and date" };
static const struct keys COLUMN = { "key", { "date" }, "write { date: \"DD/MM/YYYY\" }" };
static const struct keys VALUE = { "key",
                                   { "column", "map", "otherwise" },
                                   "a value has column, map and otherwise" };

static void problem(struct rlc_problems *problems, const struct mapping *mapping,
                    const struct rlc_yaml *node, const char *remedy, const char *text)
{
    struct rlc_place place = rlc_yaml_place(mapping->path, node);

    rlc_problems_add(problems, RLC_SEVERITY_ERROR, &place, remedy, "%s", text);
}

/* What nobody reads would only look as if it said something. */
static void check_keys(struct rlc_problems *problems, const struct mapping *mapping,
                       const struct rlc_yaml *map, const struct keys *keys)
{
    for (const struct rlc_yaml *key = map->first; key; key = key->next) {
        struct rlc_place place = rlc_yaml_place(mapping->path, key);
        bool known = false;

        for (size_t i = 0; i < RLC_COUNT(keys->name) && keys->name[i]; i++)
            known = known || rlc_span_equal(key->text, rlc_span_of(keys->name[i]));
        if (!known) {
            rlc_problems_add(problems, RLC_SEVERITY_ERROR, &place, keys->remedy,
                             "unknown %s '%.*s'", keys->what, (int)key->text.size,
                             (const char *)key->text.data);
        }
    }
}

static struct rlc_span text_of(const struct rlc_yaml *map, const char *key)
{
    const struct rlc_yaml *node = rlc_yaml_get(map, key);

    if (!node || node->kind != RLC_YAML_SCALAR)
        return (struct rlc_span){ NULL, 0 };
    return node->text;
}

static void copy_text(char *buffer, size_t size, struct rlc_span text)
{
    size_t length = text.size < size ? text.size : size - 1;

    if (length)
        memcpy(buffer, text.data, length);
    buffer[length] = '\0';
}

/* ---- format ---- */

static const struct {
    const char *name;
    size_t offset;
    char fallback;
} SEPARATORS[] = {
    { "delimiter", offsetof(struct mapping, delimiter), ',' },
    { "decimal", offsetof(struct mapping, decimal), '.' },
    { "grouping", offsetof(struct mapping, grouping), '\0' },
};

static bool separates(struct rlc_span text)
{
    return text.size == 1 && !strchr("0123456789-\"\r\n", text.data[0]);
}

/* A mapping may have no format at all. */
static const struct rlc_yaml *of_format(const struct rlc_yaml *format, const char *key)
{
    return format ? rlc_yaml_get(format, key) : NULL;
}

static void load_separators(struct mapping *mapping, const struct rlc_yaml *format,
                            struct rlc_problems *problems)
{
    for (size_t i = 0; i < RLC_COUNT(SEPARATORS); i++) {
        const struct rlc_yaml *node = of_format(format, SEPARATORS[i].name);
        char *separator = (char *)mapping + SEPARATORS[i].offset;
        struct rlc_place place;

        *separator = SEPARATORS[i].fallback;
        if (!node)
            continue;
        if (node->kind == RLC_YAML_SCALAR && separates(node->text)) {
            *separator = (char)node->text.data[0];
            continue;
        }
        place = rlc_yaml_place(mapping->path, node);
        rlc_problems_add(problems, RLC_SEVERITY_ERROR, &place,
                         "write the sign itself, for example \",\"; without one, leave the key out",
                         "'%s' is one byte, and no digit, minus or quote", SEPARATORS[i].name);
    }
    if (mapping->grouping == mapping->decimal) {
        problem(problems, mapping, format,
                "name the sign before the cents and the one between "
                "thousands",
                "'grouping' and 'decimal' are the same sign");
    }
}

static bool check_date(const struct mapping *mapping, const struct rlc_yaml *node,
                       struct rlc_problems *problems)
{
    size_t letters[3] = { 0 };
    struct rlc_place place = rlc_yaml_place(mapping->path, node);

    for (size_t i = 0; i < node->text.size; i++) {
        for (size_t k = 0; k < RLC_COUNT(letters); k++)
            letters[k] += node->text.data[i] == (uint8_t) "YMD"[k];
    }
    if (node->kind == RLC_YAML_SCALAR && node->text.size < MAPPING_DATE_SIZE && letters[0] == 4 &&
        letters[1] == 2 && letters[2] == 2)
        return true;
    rlc_problems_add(problems, RLC_SEVERITY_ERROR, &place, "for example \"DD/MM/YYYY\"",
                     "a date is YYYY, MM and DD with what stands between, not '%.*s'",
                     (int)node->text.size, (const char *)node->text.data);
    return false;
}

/* format: json, or format: { input: json, ... } */
static void load_input(struct mapping *mapping, const struct rlc_yaml *format,
                       struct rlc_problems *problems)
{
    const struct rlc_yaml *input = format;

    if (format && format->kind == RLC_YAML_MAP)
        input = rlc_yaml_get(format, "input");
    if (!input)
        return;
    mapping->json = rlc_span_equal(input->text, rlc_span_of("json"));
    if (input->kind != RLC_YAML_SCALAR ||
        (!mapping->json && !rlc_span_equal(input->text, rlc_span_of("csv"))))
        problem(problems, mapping, input, "write json for JSON lines, csv or nothing for CSV",
                "unknown input");
    if (mapping->json && of_format(format, "delimiter"))
        problem(problems, mapping, format, "leave it out", "JSON has no 'delimiter'");
}

static void load_format(struct mapping *mapping, const struct rlc_yaml *format,
                        char default_date[MAPPING_DATE_SIZE], struct rlc_problems *problems)
{
    const struct rlc_yaml *date = of_format(format, "date");

    copy_text(default_date, MAPPING_DATE_SIZE, rlc_span_of("YYYY-MM-DD"));
    if (format && format->kind == RLC_YAML_MAP)
        check_keys(problems, mapping, format, &FORMAT);
    load_input(mapping, format, problems);
    load_separators(mapping, format, problems);
    if (date && check_date(mapping, date, problems))
        copy_text(default_date, MAPPING_DATE_SIZE, date->text);
}

/* ---- columns, values, events ---- */

/* columns: { due_date: date, paid: { date: "DD/MM/YYYY" }, total: amount } */
static bool load_column(struct mapping *mapping, const struct rlc_yaml *key,
                        const char *default_date, struct rlc_problems *problems)
{
    struct mapping_column *column = &mapping->columns[mapping->column_count];
    const struct rlc_yaml *what = key->value;
    const struct rlc_yaml *date = rlc_yaml_get(what, "date");

    *column = (struct mapping_column){ .name = key->text, .node = key };
    copy_text(column->date_format, sizeof(column->date_format), rlc_span_of(default_date));
    if (what->kind == RLC_YAML_MAP)
        check_keys(problems, mapping, what, &COLUMN);
    if (date && check_date(mapping, date, problems)) {
        column->kind = MAPPING_DATE;
        copy_text(column->date_format, sizeof(column->date_format), date->text);
    } else if (what->kind == RLC_YAML_SCALAR && rlc_span_equal(what->text, rlc_span_of("date"))) {
        column->kind = MAPPING_DATE;
    } else if (what->kind == RLC_YAML_SCALAR && rlc_span_equal(what->text, rlc_span_of("amount"))) {
        column->kind = MAPPING_AMOUNT;
    } else {
        problem(problems, mapping, what, "write 'date', 'amount' or { date: \"DD/MM/YYYY\" }",
                "unknown kind of column");
        return false;
    }
    mapping->column_count++;
    return true;
}

static bool load_value(struct mapping *mapping, const struct rlc_yaml *key,
                       struct rlc_problems *problems)
{
    struct mapping_value *value = &mapping->values[mapping->value_count];
    const struct rlc_yaml *what = key->value;
    const struct rlc_yaml *otherwise;

    *value = (struct mapping_value){ .name = key->text, .node = what };
    if (what->kind == RLC_YAML_SCALAR) {
        value->template_text = what->text;
        mapping->value_count++;
        return true;
    }
    if (what->kind == RLC_YAML_MAP)
        check_keys(problems, mapping, what, &VALUE);
    value->column = text_of(what, "column");
    value->map = rlc_yaml_get(what, "map");
    otherwise = rlc_yaml_get(what, "otherwise");
    value->has_otherwise = otherwise != NULL;
    if (otherwise)
        value->otherwise = otherwise->text;
    if (!value->column.size || (value->map && value->map->kind != RLC_YAML_MAP)) {
        problem(problems, mapping, what,
                "write a template, or { column: name, map: { from: to }, otherwise: text }",
                "a value needs a column");
        return false;
    }
    mapping->value_count++;
    return true;
}

static bool load_lists(struct mapping *mapping, const struct rlc_yaml *root,
                       const char *default_date, struct rlc_problems *problems)
{
    const struct rlc_yaml *columns = rlc_yaml_get(root, "columns");
    const struct rlc_yaml *values = rlc_yaml_get(root, "values");
    const struct rlc_yaml *key;
    bool fine = true;

    for (key = columns ? columns->first : NULL; key && fine; key = key->next)
        fine = mapping->column_count < CSV_FIELDS_MAX &&
               load_column(mapping, key, default_date, problems);
    for (key = values ? values->first : NULL; key && fine; key = key->next)
        fine = mapping->value_count < MAPPING_VALUES_MAX && load_value(mapping, key, problems);
    return fine;
}

/* when: { kind: INVOICE, state: [OPEN, LATE] } */
static bool check_when(const struct mapping *mapping, const struct rlc_yaml *when,
                       struct rlc_problems *problems)
{
    bool fine = when->kind == RLC_YAML_MAP && when->first;

    for (const struct rlc_yaml *key = when->first; fine && key; key = key->next) {
        const struct rlc_yaml *one = key->value;

        if (one->kind == RLC_YAML_LIST)
            one = one->first;
        for (fine = one != NULL; fine && one; one = one->next)
            fine = one->kind == RLC_YAML_SCALAR;
    }
    if (!fine)
        problem(problems, mapping, when, "write { name: text } or { name: [text, text] }",
                "'when' names columns and what stands there");
    return fine;
}

static bool load_events(struct mapping *mapping, const struct rlc_yaml *root,
                        struct rlc_problems *problems)
{
    const struct rlc_yaml *events = rlc_yaml_get(root, "events");
    const struct rlc_yaml *event;

    if (!events || events->kind != RLC_YAML_LIST || !events->first) {
        problem(problems, mapping, events ? events : root, "list at least one event",
                "'events' must be a list");
        return false;
    }
    for (event = events->first; event; event = event->next) {
        if (event->kind != RLC_YAML_MAP || !text_of(event, "type").size ||
            !text_of(event, "time").size || !text_of(event, "id").size ||
            mapping->event_count == MAPPING_EVENTS_MAX) {
            problem(problems, mapping, event, "give each event type, id, time and data",
                    "an event is not complete");
            return false;
        }
        if (rlc_yaml_get(event, "when") &&
            !check_when(mapping, rlc_yaml_get(event, "when"), problems))
            return false;
        mapping->events[mapping->event_count++] = event;
    }
    return true;
}

bool mapping_load(struct mapping *mapping, struct rlc_span path, struct rlc_span content,
                  struct rlc_arena *arena, struct rlc_problems *problems)
{
    const struct rlc_yaml *root = rlc_yaml_parse(path, content, arena, problems);
    char default_date[MAPPING_DATE_SIZE];

    memset(mapping, 0, sizeof(*mapping));
    mapping->path = path;
    mapping->arena = arena;
    if (!root)
        return false;
    if (root->kind != RLC_YAML_MAP) {
        problem(problems, mapping, root, "write format, columns, values and events",
                "a mapping is a map");
        return false;
    }
    check_keys(problems, mapping, root, &SECTIONS);
    load_format(mapping, rlc_yaml_get(root, "format"), default_date, problems);
    return load_lists(mapping, root, default_date, problems) &&
           load_events(mapping, root, problems) && problems->error_count == 0;
}
