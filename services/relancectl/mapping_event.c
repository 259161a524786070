/* SPDX-License-Identifier: Apache-2.0 */
/* From a row's texts to events: filling in templates. */
#include <string.h>

#include "mapping_fill.h"

#define TYPE_PREFIX "io.relance."
#define TYPE_SUFFIX ".v1"

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
    json_t *number;

    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    /* What is no number stays a text, and is refused where it is checked. */
    if (is_number(name) && (number = json_loads(text, JSON_DECODE_ANY, NULL)) != NULL)
        return number;
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

static bool append(json_t *array, const struct rlc_yaml *entry, const struct mapping_row *row,
                   struct rlc_fault *ret_fault)
{
    json_t *value = render(entry, (struct rlc_span){ NULL, 0 }, row, ret_fault);

    if (value)
        (void)json_array_append_new(array, value);
    return value || !ret_fault->code;
}

/* An entry that goes through a list of the row comes once for each element. */
static bool append_each(json_t *array, const struct rlc_yaml *entry, struct rlc_span list,
                        const struct mapping_elements *elements, struct rlc_fault *ret_fault)
{
    size_t count = elements->count(elements->context, list);
    const struct mapping_row *row;
    bool fine = true;

    for (size_t i = 0; fine && i < count; i++) {
        enum rlc_status status = elements->row(elements->context, i, &row, ret_fault);

        /* Without a fault the list would only look as if the row had none. */
        if (status != RLC_OK && status != RLC_REJECT)
            (void)rlc_fault_set(ret_fault, "TOO_LARGE", "mapping",
                                "the row is too large to be held");
        fine = status == RLC_OK && append(array, entry, row, ret_fault);
    }
    return fine;
}

static json_t *render_list(const struct rlc_yaml *node, const struct mapping_row *row,
                           struct rlc_fault *ret_fault)
{
    json_t *array = json_array();
    bool fine = array != NULL;

    for (const struct rlc_yaml *item = node->first; fine && item; item = item->next) {
        struct rlc_span list = { NULL, 0 };

        if (row->elements)
            list = mapping_list(item);
        fine = list.size ? append_each(array, item, list, row->elements, ret_fault)
                         : append(array, item, row, ret_fault);
    }
    if (fine)
        return array;
    json_decref(array);
    return NULL;
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

static bool is_one_of(struct rlc_span text, const struct rlc_yaml *wanted)
{
    const struct rlc_yaml *one = wanted->kind == RLC_YAML_LIST ? wanted->first : wanted;

    for (; one; one = wanted->kind == RLC_YAML_LIST ? one->next : NULL) {
        if (rlc_span_equal(one->text, text))
            return true;
    }
    return false;
}

bool mapping_wants(const struct mapping *mapping, size_t event, const struct mapping_row *row)
{
    const struct rlc_yaml *when = rlc_yaml_get(mapping->events[event], "when");
    struct rlc_span text = { NULL, 0 };

    for (const struct rlc_yaml *key = when ? when->first : NULL; key; key = key->next) {
        if (!lookup(row, key->text, &text) || !is_one_of(text, key->value))
            return false;
    }
    return true;
}

json_t *mapping_event(const struct mapping *mapping, size_t event, const struct mapping_row *row,
                      char ret_once[MAPPING_TEXT_MAX], struct rlc_fault *ret_fault)
{
    const struct rlc_yaml *node = mapping->events[event];
    json_t *object;

    ret_once[0] = '\0';
    *ret_fault = (struct rlc_fault){ 0 };
    if (mapping_fill(mapping_template(mapping, event, "once"), row, ret_once, ret_fault) != RLC_OK)
        return NULL;
    object = render_map(node, row, ret_fault);
    if (!object)
        return NULL;
    (void)json_object_del(object, "once");
    (void)json_object_del(object, "when");
    (void)json_object_set_new(object, "specversion", json_string("1.0"));
    set_type(object);
    return object;
}
