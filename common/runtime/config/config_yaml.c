/* SPDX-License-Identifier: Apache-2.0 */
/* The file. libyaml's events are read with a stack of frames, one for each open section, list or
 * map; what is refused is skipped whole, so that one start shows every mistake. */
#include "common/runtime/config/config_part.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "common/runtime/file.h"

#define FILE_SIZE_MAX ((size_t)1 << 20) /* far above any configuration: a wrong path stops here */
#define DEPTH_MAX     16                /* our names have three parts; the rest is a mistake */
#define SECTIONS_MAX  64

enum frame_kind { FRAME_SECTION, FRAME_LIST, FRAME_MAP, FRAME_SKIP };

/* What the next node is. */
enum expect { EXPECT_KEY, EXPECT_SECTION, EXPECT_VALUE, EXPECT_TWIN, EXPECT_NOTHING };

struct frame {
    enum frame_kind kind;
    enum expect expect;
    enum expect expect_after; /* of the frame below, once this one is closed */
    struct rlc_config_entry *entry;
    char path[RLC_CONFIG_NAME_MAX + 1]; /* of a section */
};

struct reader {
    struct rlc_config *config;
    struct frame frame[DEPTH_MAX];
    size_t depth;
    char key[RLC_CONFIG_NAME_MAX + 1]; /* the whole name before the value */
    /* Before the value of a pair. Longer than any key and its twin, so that a key that is cut here
     * is still too long. */
    char pair_key[RLC_CONFIG_KEY_SIZE + sizeof("_file")];
    struct {
        char path[RLC_CONFIG_NAME_MAX + 1];
        int32_t line;
    } section[SECTIONS_MAX]; /* those already opened */
    size_t section_count;
    size_t documents;
    bool stopped;
};

/* A key or a value as it stands in the file. */
struct node {
    const char *text;
    bool empty; /* nothing was written there, or null */
    struct rlc_config_mark mark;
};

static struct rlc_config_mark mark_of(const yaml_mark_t *mark)
{
    return (struct rlc_config_mark){
        .line = (int32_t)mark->line + 1,
        .column = (int32_t)mark->column + 1,
    };
}

static struct frame *top(struct reader *reader)
{
    return reader->depth ? &reader->frame[reader->depth - 1] : NULL;
}

static void stop(struct reader *reader, const struct rlc_config_mark *mark, const char *why)
{
    rlc_config_complain(reader->config, mark, "%s", why);
    reader->stopped = true;
}

static bool is_section(const struct rlc_config *config, const char *name)
{
    size_t size = strlen(name);

    for (size_t i = 0; i < config->count; i++) {
        const char *candidate = config->entries[i].field->name;

        if (strncmp(candidate, name, size) == 0 && candidate[size] == '.')
            return true;
    }
    return false;
}

/* A second section of one name would silently add to the first. */
static bool section_is_new(struct reader *reader, const struct rlc_config_mark *mark)
{
    for (size_t i = 0; i < reader->section_count; i++) {
        if (strcmp(reader->section[i].path, reader->key) == 0) {
            rlc_config_complain(reader->config, mark, "duplicate key '%s', first set on line %d",
                                reader->key, reader->section[i].line);
            return false;
        }
    }
    if (reader->section_count < SECTIONS_MAX) {
        memcpy(reader->section[reader->section_count].path, reader->key, sizeof(reader->key));
        reader->section[reader->section_count++].line = mark->line;
    }
    return true;
}

static bool value_is_new(struct reader *reader, const struct rlc_config_origin *origin,
                         const struct rlc_config_mark *mark)
{
    if (!origin->given)
        return true;
    rlc_config_complain(reader->config, mark, "duplicate key '%s', first set on line %d",
                        reader->key, origin->line);
    return false;
}

static void complain_unknown(struct reader *reader, const struct node *key, const char *section)
{
    char nearest[RLC_CONFIG_NAME_MAX + 1];
    const char *dot = section[0] ? "." : "";

    if (rlc_config_nearest_name(reader->config, section, key->text, nearest)) {
        rlc_config_complain(reader->config, &key->mark,
                            "unknown key '%s%s%.64s', did you mean '%s'?", section, dot, key->text,
                            nearest);
    } else {
        rlc_config_complain(reader->config, &key->mark, "unknown key '%s%s%.64s'", section, dot,
                            key->text);
    }
}

/* A key of a section: says what has to follow. */
static enum expect resolve_key(struct reader *reader, const struct frame *frame,
                               const struct node *key)
{
    struct rlc_config *config = reader->config;
    struct rlc_config_entry *entry;
    int size = snprintf(reader->key, sizeof(reader->key), "%s%s%s", frame->path,
                        frame->path[0] ? "." : "", key->text);

    /* A dotted key would be a second way to write the same thing. */
    if (size < (int)sizeof(reader->key) && !strchr(key->text, '.')) {
        if (is_section(config, reader->key))
            return section_is_new(reader, &key->mark) ? EXPECT_SECTION : EXPECT_NOTHING;
        entry = rlc_config_find(config, reader->key);
        if (entry)
            return value_is_new(reader, &entry->value, &key->mark) ? EXPECT_VALUE : EXPECT_NOTHING;
        entry = rlc_config_find_twin(config, reader->key);
        if (entry)
            return value_is_new(reader, &entry->value_file, &key->mark) ? EXPECT_TWIN
                                                                        : EXPECT_NOTHING;
    }
    complain_unknown(reader, key, frame->path);
    return EXPECT_NOTHING;
}

static const char *form_of(const struct rlc_config_field *field)
{
    if (field->type == RLC_CONFIG_LIST)
        return "a list";
    return field->type == RLC_CONFIG_MAP ? "a section of properties" : "one value";
}

static void set_value(struct reader *reader, const struct node *node)
{
    struct rlc_config_entry *entry = rlc_config_find(reader->config, reader->key);
    const struct rlc_config_field *field = entry->field;

    if (field->type == RLC_CONFIG_MAP && node->empty)
        return;
    if (node->empty)
        rlc_config_complain(reader->config, &node->mark, "%s has no value", field->name);
    else if (field->type == RLC_CONFIG_LIST || field->type == RLC_CONFIG_MAP) {
        rlc_config_complain(reader->config, &node->mark, "%s must be %s, not one value",
                            field->name, form_of(field));
    } else {
        rlc_config_set(reader->config, entry, &node->mark, node->text);
    }
}

static void section_scalar(struct reader *reader, struct frame *frame, const struct node *node)
{
    enum expect expect = frame->expect;

    frame->expect = EXPECT_KEY;
    if (expect == EXPECT_KEY)
        frame->expect = resolve_key(reader, frame, node);
    else if (expect == EXPECT_VALUE)
        set_value(reader, node);
    else if (expect == EXPECT_TWIN) {
        rlc_config_set_from_file(reader->config, rlc_config_find_twin(reader->config, reader->key),
                                 &node->mark, node->text);
    } else if (expect == EXPECT_SECTION && !node->empty) {
        rlc_config_complain(reader->config, &node->mark, "%s must hold keys, not one value",
                            reader->key);
    }
}

static void map_scalar(struct reader *reader, struct frame *frame, const struct node *node)
{
    if (frame->expect == EXPECT_KEY) {
        (void)snprintf(reader->pair_key, sizeof(reader->pair_key), "%s", node->text);
        frame->expect = EXPECT_VALUE;
        return;
    }
    if (frame->expect == EXPECT_VALUE)
        rlc_config_put_pair(reader->config, frame->entry, &node->mark, reader->pair_key,
                            node->text);
    frame->expect = EXPECT_KEY;
}

static void on_scalar(struct reader *reader, const struct node *node)
{
    struct frame *frame = top(reader);

    if (!frame) {
        if (!node->empty)
            rlc_config_complain(reader->config, &node->mark, "the file must hold keys");
    } else if (frame->kind == FRAME_SECTION) {
        section_scalar(reader, frame, node);
    } else if (frame->kind == FRAME_MAP) {
        map_scalar(reader, frame, node);
    } else if (frame->kind == FRAME_LIST) {
        rlc_config_add_item(reader->config, frame->entry, &node->mark, node->text);
    }
}

/* A list or mapping that starts where a value is expected. */
static void start_value(struct reader *reader, bool mapping, const struct rlc_config_mark *mark,
                        struct frame *ret_frame)
{
    struct rlc_config_entry *entry = rlc_config_find(reader->config, reader->key);
    enum rlc_config_type type = mapping ? RLC_CONFIG_MAP : RLC_CONFIG_LIST;

    if (entry->field->type != type) {
        rlc_config_complain(reader->config, mark, "%s must be %s, not a %s", reader->key,
                            form_of(entry->field), mapping ? "section" : "list");
        return;
    }
    ret_frame->kind = mapping ? FRAME_MAP : FRAME_LIST;
    ret_frame->entry = entry;
    entry->value = (struct rlc_config_origin){ .given = true, .line = mark->line };
    if (!mapping)
        ((struct rlc_config_list *)entry->member)->count = 0;
}

/* The frame of a list or mapping within a section. */
static void start_in_section(struct reader *reader, struct frame *frame, bool mapping,
                             const struct rlc_config_mark *mark, struct frame *ret_frame)
{
    if (frame->expect == EXPECT_SECTION && mapping) {
        ret_frame->kind = FRAME_SECTION;
        memcpy(ret_frame->path, reader->key, sizeof(reader->key));
    } else if (frame->expect == EXPECT_SECTION) {
        rlc_config_complain(reader->config, mark, "%s must hold keys, not a list", reader->key);
    } else if (frame->expect == EXPECT_VALUE) {
        start_value(reader, mapping, mark, ret_frame);
    } else if (frame->expect == EXPECT_TWIN) {
        rlc_config_complain(reader->config, mark, "%s must be one value, not a %s", reader->key,
                            mapping ? "section" : "list");
    }
}

static void on_start(struct reader *reader, bool mapping, const struct rlc_config_mark *mark)
{
    struct frame *frame = top(reader);
    struct frame started = { .kind = FRAME_SKIP, .expect_after = EXPECT_KEY };

    if (reader->depth == DEPTH_MAX) {
        stop(reader, mark, "nested too deeply");
        return;
    }
    if (!frame && mapping) {
        started.kind = FRAME_SECTION;
    } else if (!frame) {
        rlc_config_complain(reader->config, mark, "the file must hold keys, not a list");
    } else if (frame->kind == FRAME_LIST) {
        rlc_config_complain(reader->config, mark, "%s must hold single values",
                            frame->entry->field->name);
    } else if (frame->kind != FRAME_SKIP && frame->expect == EXPECT_KEY) {
        rlc_config_complain(reader->config, mark, "a key must be plain text");
        started.expect_after = EXPECT_NOTHING;
    } else if (frame->kind == FRAME_SECTION) {
        start_in_section(reader, frame, mapping, mark, &started);
    } else if (frame->kind == FRAME_MAP && frame->expect == EXPECT_VALUE) {
        rlc_config_complain(reader->config, mark, "%s.%s must be one value, not a %s",
                            frame->entry->field->name, reader->pair_key,
                            mapping ? "section" : "list");
    }
    reader->frame[reader->depth++] = started;
}

static void on_end(struct reader *reader)
{
    enum expect after = top(reader)->expect_after;

    reader->depth--;
    if (reader->depth > 0)
        top(reader)->expect = after;
}

static struct node scalar_node(const yaml_event_t *event)
{
    static const char *const NOTHING[] = { "", "~", "null", "Null", "NULL" };
    const char *text = (const char *)event->data.scalar.value;
    struct node node = { .text = text, .mark = mark_of(&event->start_mark) };

    for (size_t i = 0; i < RLC_COUNT(NOTHING); i++)
        node.empty |=
            event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && strcmp(text, NOTHING[i]) == 0;
    return node;
}

/* The tag of an event, NULL if it has none. */
static const yaml_char_t *tag_of(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return event->data.scalar.tag;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return event->data.sequence_start.tag;
    return event->type == YAML_MAPPING_START_EVENT ? event->data.mapping_start.tag : NULL;
}

static void on_event(struct reader *reader, const yaml_event_t *event)
{
    struct rlc_config_mark mark = mark_of(&event->start_mark);
    struct node node;

    if (tag_of(event)) {
        stop(reader, &mark, "tags are not supported");
        return;
    }
    if (event->type == YAML_SCALAR_EVENT) {
        node = scalar_node(event);
        if (strlen(node.text) == event->data.scalar.length)
            on_scalar(reader, &node);
        else
            stop(reader, &mark, "the text holds a NUL");
    } else if (event->type == YAML_MAPPING_START_EVENT ||
               event->type == YAML_SEQUENCE_START_EVENT) {
        on_start(reader, event->type == YAML_MAPPING_START_EVENT, &mark);
    } else if (event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT) {
        on_end(reader);
    } else if (event->type == YAML_ALIAS_EVENT) {
        stop(reader, &mark, "aliases are not supported");
    } else if (event->type == YAML_DOCUMENT_START_EVENT && reader->documents++ > 0) {
        stop(reader, &mark, "the file must hold one document");
    }
}

static void on_syntax_error(struct reader *reader, const yaml_parser_t *parser)
{
    struct rlc_config_mark mark = mark_of(&parser->problem_mark);

    if (parser->error == YAML_MEMORY_ERROR)
        stop(reader, &mark, "memory is short");
    else if (parser->error == YAML_READER_ERROR) {
        rlc_config_complain(reader->config, &(struct rlc_config_mark){ 0 }, "%s at byte %zu",
                            parser->problem, parser->problem_offset);
    } else {
        rlc_config_complain(reader->config, &mark, "%s", parser->problem);
    }
    reader->stopped = true;
}

static void read_events(struct reader *reader, yaml_parser_t *parser)
{
    bool ended = false;

    while (!ended && !reader->stopped) {
        yaml_event_t event;

        if (!yaml_parser_parse(parser, &event)) {
            on_syntax_error(reader, parser);
            return;
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        on_event(reader, &event);
        yaml_event_delete(&event);
    }
}

void rlc_config_read_yaml(struct rlc_config *config, const char *path)
{
    struct rlc_config_mark whole = { 0 };
    struct rlc_error error = { .text = "memory is short" };
    struct reader *reader = calloc(1, sizeof(*reader));
    char *text = malloc(FILE_SIZE_MAX + 1);
    yaml_parser_t parser;
    size_t size;

    if (!reader || !text || rlc_file_read(path, text, FILE_SIZE_MAX, &size, &error) != RLC_OK) {
        rlc_config_complain(config, &whole, "%s", error.text);
    } else if (!yaml_parser_initialize(&parser)) {
        rlc_config_complain(config, &whole, "memory is short");
    } else {
        reader->config = config;
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
        read_events(reader, &parser);
        yaml_parser_delete(&parser);
        explicit_bzero(text, size);
    }
    free(text);
    free(reader);
}
