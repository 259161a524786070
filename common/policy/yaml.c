/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/yaml.h"

#include <assert.h>
#include <yaml.h>

/* A list or map that is not closed yet. */
struct level {
    struct rlc_yaml *node;
    const struct rlc_yaml **tail; /* where the next item or key goes */
    struct rlc_yaml *key;         /* waits for its value */
};

struct building {
    struct rlc_span path;
    struct rlc_arena *arena;
    struct rlc_problems *problems;
    struct rlc_yaml *root;
    struct level level[RLC_YAML_DEPTH_MAX];
    size_t depth;
    size_t nodes;
    size_t documents;
    bool broken; /* the tree is not what the file says */
};

struct rlc_place rlc_yaml_place(struct rlc_span path, const struct rlc_yaml *node)
{
    return (struct rlc_place){ path, node->line, node->column };
}

static bool refuse(struct building *building, const yaml_mark_t *mark, const char *text)
{
    struct rlc_place place = { building->path, (int32_t)mark->line + 1, (int32_t)mark->column + 1 };

    rlc_problems_add(building->problems, RLC_SEVERITY_ERROR, &place, NULL, "%s", text);
    building->broken = true;
    return false;
}

static const struct rlc_yaml *find_key(const struct rlc_yaml *map, struct rlc_span text)
{
    const struct rlc_yaml *key = map->first;

    while (key && !rlc_span_equal(key->text, text))
        key = key->next;
    return key;
}

const struct rlc_yaml *rlc_yaml_get(const struct rlc_yaml *map, const char *key)
{
    const struct rlc_yaml *found = find_key(map, rlc_span_of(key));

    return found ? found->value : NULL;
}

static void append(struct level *level, struct rlc_yaml *node)
{
    *level->tail = node;
    level->tail = &node->next;
    level->node->count++;
}

static bool add_key(struct building *building, struct level *level, struct rlc_yaml *key,
                    const yaml_mark_t *mark)
{
    struct rlc_place place = rlc_yaml_place(building->path, key);
    const struct rlc_yaml *before = find_key(level->node, key->text);

    if (key->kind != RLC_YAML_SCALAR)
        return refuse(building, mark, "a key must be a word");
    level->key = key;
    if (before) {
        rlc_problems_add(building->problems, RLC_SEVERITY_ERROR, &place, "Keep one of the two.",
                         "the key '%.*s' was given already, in line %d", (int)key->text.size,
                         (const char *)key->text.data, before->line);
    }
    append(level, key);
    return true;
}

/* Puts a node where the document is at. */
static bool attach(struct building *building, struct rlc_yaml *node, const yaml_mark_t *mark)
{
    struct level *level = building->depth ? &building->level[building->depth - 1] : NULL;

    if (!level) {
        building->root = node;
        return true;
    }
    assert(level->node);
    if (level->node->kind == RLC_YAML_MAP && !level->key)
        return add_key(building, level, node, mark);
    if (level->node->kind == RLC_YAML_MAP) {
        level->key->value = node;
        level->key = NULL;
    } else {
        append(level, node);
    }
    return true;
}

static struct rlc_yaml *new_node(struct building *building, enum rlc_yaml_kind kind,
                                 const yaml_mark_t *mark)
{
    struct rlc_yaml *node = NULL;

    if (building->nodes++ < RLC_YAML_NODES_MAX)
        node = rlc_arena_alloc(building->arena, sizeof(*node));
    if (!node) {
        (void)refuse(building, mark, "the file is too large");
        return NULL;
    }
    node->kind = kind;
    node->line = (int32_t)mark->line + 1;
    node->column = (int32_t)mark->column + 1;
    return node;
}

static bool on_scalar(struct building *building, const yaml_event_t *event)
{
    struct rlc_yaml *node = new_node(building, RLC_YAML_SCALAR, &event->start_mark);

    if (!node)
        return false;
    if (event->data.scalar.anchor || event->data.scalar.tag)
        return refuse(building, &event->start_mark, "anchors and tags are not used here");
    if (event->data.scalar.length > 0) {
        node->text = rlc_arena_copy(
            building->arena, rlc_span_from(event->data.scalar.value, event->data.scalar.length));
        if (!node->text.data)
            return refuse(building, &event->start_mark, "the file is too large");
    }
    return attach(building, node, &event->start_mark);
}

static bool open_level(struct building *building, const yaml_event_t *event)
{
    bool map = event->type == YAML_MAPPING_START_EVENT;
    const yaml_char_t *anchor =
        map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    struct rlc_yaml *node =
        new_node(building, map ? RLC_YAML_MAP : RLC_YAML_LIST, &event->start_mark);

    if (!node)
        return false;
    if (anchor || tag)
        return refuse(building, &event->start_mark, "anchors and tags are not used here");
    if (building->depth == RLC_YAML_DEPTH_MAX)
        return refuse(building, &event->start_mark, "nested too deeply");
    if (!attach(building, node, &event->start_mark))
        return false;
    building->level[building->depth++] = (struct level){ .node = node, .tail = &node->first };
    return true;
}

/* True to go on. */
static bool on_event(struct building *building, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (building->documents++ > 0)
            return refuse(building, &event->start_mark, "a file holds one document");
        return true;
    case YAML_SCALAR_EVENT:
        return on_scalar(building, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open_level(building, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        building->depth--;
        return true;
    case YAML_ALIAS_EVENT:
        return refuse(building, &event->start_mark, "aliases are not used here");
    case YAML_STREAM_END_EVENT:
        return false;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    default:
        return true;
    }
}

static void on_broken(struct building *building, const yaml_parser_t *parser)
{
    char text[160];

    (void)snprintf(text, sizeof(text), "not valid YAML: %s",
                   parser->problem ? parser->problem : "cannot be read");
    (void)refuse(building, &parser->problem_mark, text);
}

static void read_events(struct building *building, yaml_parser_t *parser)
{
    bool more = true;

    while (more) {
        yaml_event_t event;

        if (!yaml_parser_parse(parser, &event)) {
            on_broken(building, parser);
            return;
        }
        more = on_event(building, &event);
        yaml_event_delete(&event);
    }
}

const struct rlc_yaml *rlc_yaml_parse(struct rlc_span path, struct rlc_span content,
                                      struct rlc_arena *arena, struct rlc_problems *problems)
{
    static const yaml_char_t nothing[1];
    struct building building = { .path = path, .arena = arena, .problems = problems };
    const struct rlc_place file = { .path = path };
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser)) {
        rlc_problems_add(problems, RLC_SEVERITY_ERROR, &file, NULL, "no memory to read the file");
        return NULL;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, content.size ? content.data : nothing, content.size);
    read_events(&building, &parser);
    yaml_parser_delete(&parser);
    if (!building.broken && !building.root)
        rlc_problems_add(problems, RLC_SEVERITY_ERROR, &file, NULL, "the file is empty");
    return building.broken ? NULL : building.root;
}
