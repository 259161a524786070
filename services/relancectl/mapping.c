/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping_fill.h"

#include <string.h>

#define TYPE_PREFIX "io.relance."
#define TYPE_SUFFIX ".v1"

/* ---- reading the file ---- */

static void problem(struct rlc_problems *problems, const struct mapping *mapping,
                    const struct rlc_yaml *node, const char *remedy, const char *text)
{
    struct rlc_place place = rlc_yaml_place(mapping->path, node);

    rlc_problems_add(problems, RLC_SEVERITY_ERROR, &place, remedy, "%s", text);
}

static struct rlc_span text_of(const struct rlc_yaml *map, const char *key)
{
    const struct rlc_yaml *node = rlc_yaml_get(map, key);

    if (!node || node->kind != RLC_YAML_SCALAR)
        return (struct rlc_span){ NULL, 0 };
    return node->text;
}

static char byte_of(const struct rlc_yaml *map, const char *key, char fallback)
{
    struct rlc_span text = text_of(map, key);

    return text.size == 1 ? (char)text.data[0] : fallback;
}

static void copy_text(char *buffer, size_t size, struct rlc_span text)
{
    size_t length = text.size < size ? text.size : size - 1;

    if (length)
        memcpy(buffer, text.data, length);
    buffer[length] = '\0';
}

static void load_format(struct mapping *mapping, const struct rlc_yaml *format,
                        char default_date[16])
{
    mapping->delimiter = byte_of(format, "delimiter", ',');
    mapping->decimal = byte_of(format, "decimal", '.');
    mapping->grouping = byte_of(format, "grouping", '\0');
    copy_text(default_date, 16, text_of(format, "date"));
    if (!default_date[0])
        copy_text(default_date, 16, rlc_span_of("YYYY-MM-DD"));
}

/* columns: { due_date: date, paid: { date: "DD/MM/YYYY" }, total: amount } */
static bool load_column(struct mapping *mapping, const struct rlc_yaml *key,
                        const char *default_date, struct rlc_problems *problems)
{
    struct mapping_column *column = &mapping->columns[mapping->column_count];
    const struct rlc_yaml *what = key->value;

    *column = (struct mapping_column){ .name = key->text };
    copy_text(column->date_format, sizeof(column->date_format), rlc_span_of(default_date));
    if (what->kind == RLC_YAML_MAP && text_of(what, "date").size) {
        column->kind = MAPPING_DATE;
        copy_text(column->date_format, sizeof(column->date_format), text_of(what, "date"));
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

    *value = (struct mapping_value){ .name = key->text };
    if (what->kind == RLC_YAML_SCALAR) {
        value->template_text = what->text;
        mapping->value_count++;
        return true;
    }
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
        mapping->events[mapping->event_count++] = event;
    }
    return true;
}

bool mapping_load(struct mapping *mapping, struct rlc_span path, struct rlc_span content,
                  struct rlc_arena *arena, struct rlc_problems *problems)
{
    static const char *const SECTIONS[] = { "format", "columns", "values", "events" };
    const struct rlc_yaml *root = rlc_yaml_parse(path, content, arena, problems);
    char default_date[16];

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
    for (const struct rlc_yaml *key = root->first; key; key = key->next) {
        bool known = false;

        for (size_t i = 0; i < RLC_COUNT(SECTIONS); i++)
            known = known || rlc_span_equal(key->text, rlc_span_of(SECTIONS[i]));
        if (!known)
            problem(problems, mapping, key, "sections are format, columns, values and events",
                    "unknown section");
    }
    load_format(mapping, rlc_yaml_get(root, "format"), default_date);
    return load_lists(mapping, root, default_date, problems) &&
           load_events(mapping, root, problems) && problems->error_count == 0;
}

static bool find_column(const struct csv *header, struct rlc_span name, size_t *ret_index)
{
    for (size_t i = 0; i < header->count; i++) {
        *ret_index = i;
        if (rlc_span_equal(header->fields[i], name))
            return true;
    }
    return false;
}

bool mapping_bind(struct mapping *mapping, const struct csv *header, struct rlc_problems *problems)
{
    struct rlc_place place = { .path = mapping->path };
    size_t ignored;

    for (size_t i = 0; i < mapping->column_count; i++) {
        struct mapping_column *column = &mapping->columns[i];

        column->used = find_column(header, column->name, &column->index);
        if (!column->used) {
            rlc_problems_add(problems, RLC_SEVERITY_ERROR, &place, "correct its name",
                             "the ledger has no column '%.*s'", (int)column->name.size,
                             (const char *)column->name.data);
        }
    }
    for (size_t i = 0; i < mapping->value_count; i++) {
        const struct mapping_value *value = &mapping->values[i];

        if (value->column.size && !find_column(header, value->column, &ignored)) {
            rlc_problems_add(problems, RLC_SEVERITY_ERROR, &place, "correct its name",
                             "the ledger has no column '%.*s'", (int)value->column.size,
                             (const char *)value->column.data);
        }
    }
    return problems->error_count == 0;
}

/* ---- events ---- */

static bool lookup(const struct mapping_row *row, struct rlc_span name, struct rlc_span *ret_text)
{
    for (size_t i = row->count; i-- > 0;) {
        *ret_text = row->texts[i];
        if (rlc_span_equal(row->names[i], name))
            return true;
    }
    return false;
}

enum rlc_status mapping_fill(struct rlc_span template_text, const struct mapping_row *row,
                             char buffer[MAPPING_TEXT_MAX], struct rlc_fault *ret_fault)
{
    size_t used = 0;

    for (size_t i = 0; i < template_text.size; i++) {
        struct rlc_span piece = rlc_span_from(template_text.data + i, 1);
        const uint8_t *end;

        if (template_text.data[i] == '{') {
            struct rlc_span name;

            end = memchr(template_text.data + i, '}', template_text.size - i);
            if (!end)
                return rlc_fault_set(ret_fault, "BAD_TEMPLATE", "mapping", "close the brace");
            name = rlc_span_from(template_text.data + i + 1,
                                 (size_t)(end - template_text.data) - i - 1);
            if (!lookup(row, name, &piece))
                return rlc_fault_set(ret_fault, "UNKNOWN_NAME", "mapping",
                                     "a template names neither a column nor a value");
            i = (size_t)(end - template_text.data);
        }
        if (used + piece.size >= MAPPING_TEXT_MAX)
            return rlc_fault_set(ret_fault, "TOO_LONG", "mapping", "a text is longer than 2 kB");
        if (piece.size)
            memcpy(buffer + used, piece.data, piece.size);
        used += piece.size;
    }
    buffer[used] = '\0';
    return RLC_OK;
}

/* Members of the contract that are numbers, whatever event they are in. */
static bool is_number(struct rlc_span name)
{
    static const char *const NUMBERS[] = { "revision", "rank", "ramp_ppm", "grace_days" };

    for (size_t i = 0; i < RLC_COUNT(NUMBERS); i++) {
        if (rlc_span_equal(name, rlc_span_of(NUMBERS[i])))
            return true;
    }
    return false;
}

static json_t *scalar(const char *text, struct rlc_span name)
{
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    if (is_number(name))
        return json_loads(text, JSON_DECODE_ANY, NULL);
    return json_string(text);
}

/* A tree of at most RLC_YAML_DEPTH_MAX levels: the parser's bound bounds this recursion. */
static json_t *render(const struct rlc_yaml *node, struct rlc_span name,
                      const struct mapping_row *row, struct rlc_fault *ret_fault);

static json_t *render_map(const struct rlc_yaml *node, const struct mapping_row *row,
                          struct rlc_fault *ret_fault)
{
    json_t *object = json_object();

    for (const struct rlc_yaml *key = node->first; object && key; key = key->next) {
        json_t *value = render(key->value, key->text, row, ret_fault);

        if (!value && ret_fault->code) {
            json_decref(object);
            return NULL;
        }
        if (value)
            (void)json_object_setn_new(object, (const char *)key->text.data, key->text.size, value);
    }
    return object;
}

static json_t *render_list(const struct rlc_yaml *node, const struct mapping_row *row,
                           struct rlc_fault *ret_fault)
{
    json_t *array = json_array();

    for (const struct rlc_yaml *item = node->first; array && item; item = item->next) {
        json_t *value = render(item, (struct rlc_span){ NULL, 0 }, row, ret_fault);

        if (!value && ret_fault->code) {
            json_decref(array);
            return NULL;
        }
        if (value)
            (void)json_array_append_new(array, value);
    }
    return array;
}

static json_t *render(const struct rlc_yaml *node, struct rlc_span name,
                      const struct mapping_row *row, struct rlc_fault *ret_fault)
{
    char text[MAPPING_TEXT_MAX];

    text[0] = '\0';
    if (node->kind == RLC_YAML_MAP)
        return render_map(node, row, ret_fault);
    if (node->kind == RLC_YAML_LIST)
        return render_list(node, row, ret_fault);
    if (mapping_fill(node->text, row, text, ret_fault) != RLC_OK || text[0] == '\0')
        return NULL;
    return scalar(text, name);
}

static void set_type(json_t *event)
{
    char type[128];
    const char *given = json_string_value(json_object_get(event, "type"));

    if (!given || strncmp(given, TYPE_PREFIX, strlen(TYPE_PREFIX)) == 0)
        return;
    (void)snprintf(type, sizeof(type), TYPE_PREFIX "%.80s" TYPE_SUFFIX, given);
    (void)json_object_set_new(event, "type", json_string(type));
}

json_t *mapping_event(const struct mapping *mapping, size_t event, const struct mapping_row *row,
                      char ret_once[MAPPING_TEXT_MAX], struct rlc_fault *ret_fault)
{
    const struct rlc_yaml *node = mapping->events[event];
    json_t *object;

    ret_once[0] = '\0';
    *ret_fault = (struct rlc_fault){ 0 };
    if (mapping_fill(text_of(node, "once"), row, ret_once, ret_fault) != RLC_OK)
        return NULL;
    object = render_map(node, row, ret_fault);
    if (!object)
        return NULL;
    (void)json_object_del(object, "once");
    (void)json_object_set_new(object, "specversion", json_string("1.0"));
    set_type(object);
    return object;
}
