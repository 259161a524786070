/* SPDX-License-Identifier: Apache-2.0 */
/* The mapping and the ledger's header: every name means one column or value. */
#include <string.h>

#include "mapping_fill.h"

struct binding {
    const struct mapping *mapping;
    const struct csv *header;
    size_t value_count; /* that may be named here */
    struct rlc_problems *problems;
};

static void complain(const struct binding *binding, const struct rlc_yaml *node, const char *remedy,
                     const char *text, struct rlc_span name)
{
    struct rlc_place place = rlc_yaml_place(binding->mapping->path, node);

    rlc_problems_add(binding->problems, RLC_SEVERITY_ERROR, &place, remedy, "%s '%.*s'", text,
                     (int)name.size, (const char *)name.data);
}

/* How many columns have this name, and the first of them. */
static size_t count_columns(const struct csv *header, struct rlc_span name, size_t *ret_index)
{
    size_t count = 0;

    for (size_t i = 0; i < header->count; i++) {
        if (rlc_span_equal(header->fields[i], name) && count++ == 0)
            *ret_index = i;
    }
    return count;
}

static void need_column(const struct binding *binding, const struct rlc_yaml *node,
                        struct rlc_span name, size_t *ret_index)
{
    size_t count = count_columns(binding->header, name, ret_index);

    if (count == 0)
        complain(binding, node, "correct its name", "the ledger has no column", name);
    if (count > 1)
        complain(binding, node, "rename one of them in the ledger", "the ledger has two columns",
                 name);
}

static bool is_value(const struct binding *binding, struct rlc_span name)
{
    for (size_t i = 0; i < binding->value_count; i++) {
        if (rlc_span_equal(binding->mapping->values[i].name, name))
            return true;
    }
    return false;
}

static void check_template(const struct binding *binding, const struct rlc_yaml *node)
{
    struct rlc_span text = node->text;

    for (size_t i = 0; i < text.size; i++) {
        const uint8_t *end;
        struct rlc_span name;
        size_t ignored;

        if (text.data[i] != '{')
            continue;
        end = memchr(text.data + i, '}', text.size - i);
        if (!end) {
            complain(binding, node, "write {name}", "a brace is not closed in", text);
            return;
        }
        name = rlc_span_from(text.data + i + 1, (size_t)(end - text.data) - i - 1);
        if (!is_value(binding, name))
            need_column(binding, node, name, &ignored);
        i = (size_t)(end - text.data);
    }
}

/* All templates below a map; each level of the stack is what is left of it. */
static void check_templates(const struct binding *binding, const struct rlc_yaml *map)
{
    const struct rlc_yaml *rest[RLC_YAML_DEPTH_MAX + 1] = { map->first };
    size_t depth = 1;

    while (depth) {
        const struct rlc_yaml *node = rest[depth - 1];

        if (!node) {
            depth--;
            continue;
        }
        rest[depth - 1] = node->next;
        if (node->value)
            node = node->value;
        if (node->kind == RLC_YAML_SCALAR)
            check_template(binding, node);
        else if (depth < RLC_COUNT(rest))
            rest[depth++] = node->first;
    }
}

static void check_when(const struct binding *binding, const struct rlc_yaml *event)
{
    const struct rlc_yaml *when = rlc_yaml_get(event, "when");
    size_t ignored;

    for (const struct rlc_yaml *key = when ? when->first : NULL; key; key = key->next) {
        if (!is_value(binding, key->text))
            need_column(binding, key, key->text, &ignored);
    }
}

bool mapping_bind(struct mapping *mapping, const struct csv *header, struct rlc_problems *problems)
{
    struct binding binding = { .mapping = mapping, .header = header, .problems = problems };
    size_t ignored;

    for (size_t i = 0; i < mapping->column_count; i++) {
        struct mapping_column *column = &mapping->columns[i];

        need_column(&binding, column->node, column->name, &column->index);
    }
    for (; binding.value_count < mapping->value_count; binding.value_count++) {
        const struct mapping_value *value = &mapping->values[binding.value_count];

        if (value->column.size)
            need_column(&binding, value->node, value->column, &ignored);
        else
            check_template(&binding, value->node);
    }
    for (size_t i = 0; i < mapping->event_count; i++) {
        check_when(&binding, mapping->events[i]);
        check_templates(&binding, mapping->events[i]);
    }
    return problems->error_count == 0;
}

/* The item or member that a path goes on with: "[3]", or a name up to '.' or '['. */
static const struct rlc_yaml *descend(const struct rlc_yaml *node, const char **path)
{
    const struct rlc_yaml *next = node->first;

    if (**path == '[') {
        size_t index = 0;

        for (++*path; **path >= '0' && **path <= '9'; ++*path)
            index = index * 10 + (size_t)(**path - '0');
        *path += **path == ']';
        /* An entry that comes once for each element is the last that there is. */
        for (; next && next->next && index; index--)
            next = next->next;
        return node->kind == RLC_YAML_LIST ? next : NULL;
    }
    struct rlc_span name = rlc_span_from(*path, strcspn(*path, ".["));

    *path += name.size;
    while (next && !rlc_span_equal(next->text, name))
        next = next->next;
    return node->kind == RLC_YAML_MAP && next ? next->value : NULL;
}

struct rlc_span mapping_template(const struct mapping *mapping, size_t event, const char *path)
{
    const struct rlc_yaml *node = mapping->events[event];

    while (node && *path) {
        path += *path == '.';
        node = descend(node, &path);
    }
    return node && node->kind == RLC_YAML_SCALAR ? node->text : (struct rlc_span){ NULL, 0 };
}
