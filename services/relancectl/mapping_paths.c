/* SPDX-License-Identifier: Apache-2.0 */
/* What a mapping of JSON lines names: paths of members, in the place of a header. */
#include <string.h>

#include "mapping.h"

static const char ELEMENTS[] = "[]";
static const struct rlc_span NO_LIST = { NULL, 0 };

struct gathering {
    const struct mapping *mapping;
    struct csv *header;
    struct rlc_problems *problems;
    size_t value_count; /* whose names are no paths here */
};

static void complain(const struct gathering *gathering, const struct rlc_yaml *node,
                     const char *remedy, const char *text, struct rlc_span name)
{
    struct rlc_place place = rlc_yaml_place(gathering->mapping->path, node);

    rlc_problems_add(gathering->problems, RLC_SEVERITY_ERROR, &place, remedy, "%s '%.*s'", text,
                     (int)name.size, (const char *)name.data);
}

/* ---- paths ---- */

/* Up to and with "[]"; empty where a path has none. */
static struct rlc_span list_of(struct rlc_span path)
{
    const uint8_t *at = path.size ? memchr(path.data, '[', path.size) : NULL;

    if (!at)
        return (struct rlc_span){ NULL, 0 };
    return rlc_span_from(path.data, (size_t)(at - path.data) + strlen(ELEMENTS));
}

/* Names with dots between; "[]" once at most, behind a name. */
static bool is_path(struct rlc_span path)
{
    size_t name_size = 0;
    size_t lists = 0;

    for (size_t at = 0; at < path.size; at++) {
        bool ends = path.data[at] == '.' || path.data[at] == '[';

        if (ends && name_size == 0)
            return false;
        name_size = ends ? 0 : name_size + 1;
        if (path.data[at] != '[')
            continue;
        if (++lists > 1 || ++at == path.size || path.data[at] != ']')
            return false;
        if (at + 1 == path.size)
            return true;
        if (path.data[++at] != '.')
            return false;
    }
    return name_size > 0;
}

static bool is_listed(const struct csv *header, struct rlc_span path)
{
    for (size_t i = 0; i < header->count; i++) {
        if (rlc_span_equal(header->fields[i], path))
            return true;
    }
    return false;
}

static void add_path(const struct gathering *gathering, const struct rlc_yaml *node,
                     struct rlc_span path)
{
    struct csv *header = gathering->header;

    if (!is_path(path)) {
        complain(gathering, node, "write names with dots between, and [] behind that of a list",
                 "not the path of a member:", path);
    } else if (!is_listed(header, path) && header->count == CSV_FIELDS_MAX) {
        complain(gathering, node, "name fewer", "more than 512 members are named, at", path);
    } else if (!is_listed(header, path)) {
        header->fields[header->count++] = path;
    }
}

/* `list`: what the entry around it goes through; a path may go through it, and through no other. */
static void add_path_within(const struct gathering *gathering, const struct rlc_yaml *node,
                            struct rlc_span path, struct rlc_span list)
{
    struct rlc_span through = list_of(path);

    if (!through.size || rlc_span_equal(through, list)) {
        add_path(gathering, node, path);
    } else {
        complain(gathering, node,
                 "write it in an entry of a list of an event, each entry through one list",
                 "no place for a path through a list:", path);
    }
}

/* ---- templates ---- */

/* The next {name} from `*at` on; false: there is none, or its brace is not closed, which is said
 * where names are tied to columns. */
static bool next_name(struct rlc_span text, size_t *at, struct rlc_span *ret_name)
{
    const uint8_t *open = *at < text.size ? memchr(text.data + *at, '{', text.size - *at) : NULL;
    const uint8_t *close = open ? memchr(open, '}', text.size - (size_t)(open - text.data)) : NULL;

    if (!close)
        return false;
    *ret_name = rlc_span_from(open + 1, (size_t)(close - open) - 1);
    *at = (size_t)(close - text.data) + 1;
    return true;
}

static bool is_value(const struct gathering *gathering, struct rlc_span name)
{
    for (size_t i = 0; i < gathering->value_count; i++) {
        if (rlc_span_equal(gathering->mapping->values[i].name, name))
            return true;
    }
    return false;
}

static void add_template(const struct gathering *gathering, const struct rlc_yaml *node,
                         struct rlc_span list)
{
    struct rlc_span name;
    size_t at = 0;

    while (next_name(node->text, &at, &name)) {
        if (!is_value(gathering, name))
            add_path_within(gathering, node, name, list);
    }
}

/* A walk over all below a node: what is left of each level. */
struct walk {
    const struct rlc_yaml *rest[RLC_YAML_DEPTH_MAX + 1];
    bool entries[RLC_YAML_DEPTH_MAX + 1]; /* it is a list */
    size_t depth;
};

static void descend(struct walk *walk, const struct rlc_yaml *node)
{
    if (walk->depth == RLC_COUNT(walk->rest))
        return;
    walk->rest[walk->depth] = node->first;
    walk->entries[walk->depth++] = node->kind == RLC_YAML_LIST;
}

/* The next node, parents before what they hold, and its level; NULL at the end. */
static const struct rlc_yaml *next_node(struct walk *walk, size_t *ret_level)
{
    const struct rlc_yaml *node;

    while (walk->depth && !walk->rest[walk->depth - 1])
        walk->depth--;
    if (!walk->depth)
        return NULL;
    *ret_level = walk->depth - 1;
    node = walk->rest[*ret_level];
    walk->rest[*ret_level] = node->next;
    if (node->value)
        node = node->value;
    if (node->kind != RLC_YAML_SCALAR)
        descend(walk, node);
    return node;
}

static struct rlc_span list_in(struct rlc_span text)
{
    struct rlc_span name;
    size_t at = 0;

    while (next_name(text, &at, &name)) {
        if (list_of(name).size)
            return list_of(name);
    }
    return (struct rlc_span){ NULL, 0 };
}

struct rlc_span mapping_list(const struct rlc_yaml *entry)
{
    struct walk walk = { .depth = 0 };
    struct rlc_span list = { NULL, 0 };
    size_t ignored;

    if (entry->kind == RLC_YAML_SCALAR)
        return list_in(entry->text);
    descend(&walk, entry);
    for (const struct rlc_yaml *node; !list.size && (node = next_node(&walk, &ignored)) != NULL;) {
        if (node->kind == RLC_YAML_SCALAR)
            list = list_in(node->text);
    }
    return list;
}

static void add_templates(const struct gathering *gathering, const struct rlc_yaml *event)
{
    struct rlc_span lists[RLC_YAML_DEPTH_MAX + 2] = { { NULL, 0 } }; /* around what a level holds */
    struct walk walk = { .depth = 0 };
    const struct rlc_yaml *node;
    size_t level;

    descend(&walk, event);
    while ((node = next_node(&walk, &level)) != NULL) {
        struct rlc_span list = lists[level];

        if (walk.entries[level] && !list.size)
            list = mapping_list(node);
        lists[level + 1] = list;
        if (node->kind == RLC_YAML_SCALAR)
            add_template(gathering, node, list);
    }
}

static void add_when(const struct gathering *gathering, const struct rlc_yaml *event)
{
    const struct rlc_yaml *when = rlc_yaml_get(event, "when");

    for (const struct rlc_yaml *key = when ? when->first : NULL; key; key = key->next) {
        if (!is_value(gathering, key->text))
            add_path_within(gathering, key, key->text, NO_LIST);
    }
}

static void add_value(const struct gathering *gathering, const struct mapping_value *value)
{
    if (value->column.size)
        add_path_within(gathering, value->node, value->column, NO_LIST);
    else
        add_template(gathering, value->node, NO_LIST);
}

bool mapping_paths(const struct mapping *mapping, struct csv *ret_header,
                   struct rlc_problems *problems)
{
    struct gathering gathering = { mapping, ret_header, problems, 0 };

    ret_header->count = 0;
    for (size_t i = 0; i < mapping->column_count; i++)
        add_path(&gathering, mapping->columns[i].node, mapping->columns[i].name);
    for (; gathering.value_count < mapping->value_count; gathering.value_count++)
        add_value(&gathering, &mapping->values[gathering.value_count]);
    for (size_t i = 0; i < mapping->event_count; i++) {
        add_when(&gathering, mapping->events[i]);
        add_templates(&gathering, mapping->events[i]);
    }
    return problems->error_count == 0;
}
