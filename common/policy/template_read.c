/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the tags of a template into nodes. After a fault it goes on, so that a person sees all. */
#include "common/policy/template_node.h"

#include <assert.h>

#include "common/pure/nearest.h"

/* A block that is not closed yet. */
struct block {
    size_t node; /* its first node */
    size_t jump; /* the node that skips what follows {% else %}; `node` without one */
    size_t offset;
    bool is_list;
    enum rlc_template_scope outer; /* what is valid around it */
};

struct parser {
    struct rlc_span text;
    enum rlc_template_kind kind;
    struct rlc_template_faults *faults;
    struct rlc_template_node *nodes; /* of the part */
    size_t count;
    size_t at;  /* what was read up to */
    size_t end; /* of the part */
    struct block block[RLC_TEMPLATE_DEPTH_MAX];
    size_t depth; /* may be more than there is room for: those blocks are not kept */
    enum rlc_template_scope scope;
    struct rlc_template_html html;
    bool html_broken;                /* said once */
    struct rlc_template_fault spare; /* one that there is no room for */
};

/* {{ inside }}, {% inside %} or {# inside #}. */
struct tag {
    uint8_t mark; /* '{', '%' or '#' */
    size_t begin; /* of "{{" */
    size_t end;   /* after "}}" */
    struct rlc_span inside;
};

static const struct rlc_span NO_NAME = { NULL, 0 };

static struct rlc_template_fault *note(struct parser *parser, size_t offset,
                                       enum rlc_template_issue issue, struct rlc_span name)
{
    struct rlc_template_fault fault = rlc_template_fault_at(parser->text, offset, issue);

    fault.name = name;
    parser->spare = fault;
    if (!rlc_template_note(parser->faults, &fault))
        return &parser->spare;
    return &parser->faults->fault[parser->faults->count - 1];
}

/* ---- words ---- */

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static struct rlc_span trim(struct rlc_span text)
{
    while (text.size > 0 && is_blank(text.data[0]))
        text = rlc_span_from(text.data + 1, text.size - 1);
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* Takes what stands before the first blank. */
static struct rlc_span take_word(struct rlc_span *rest)
{
    struct rlc_span word = *rest;
    size_t size = 0;

    while (size < rest->size && !is_blank(rest->data[size]))
        size++;
    word.size = size;
    *rest = trim(rlc_span_from(rest->data + size, rest->size - size));
    return word;
}

static bool is_word(struct rlc_span word, const char *wanted)
{
    return rlc_span_equal(word, rlc_span_of(wanted));
}

/* ---- nodes ---- */

static struct rlc_template_node *add(struct parser *parser, enum rlc_template_op op, size_t offset)
{
    struct rlc_template_node *node = &parser->nodes[parser->count++];

    *node = (struct rlc_template_node){ .op = op, .offset = offset };
    return node;
}

static void scan_html(struct parser *parser, struct rlc_span literal, size_t offset)
{
    size_t place = offset;
    enum rlc_template_issue issue;

    if (parser->kind != RLC_TEMPLATE_HTML || parser->html_broken)
        return;
    issue = rlc_template_html_scan(&parser->html, literal, offset, &place);
    parser->html_broken = issue != RLC_TEMPLATE_SOUND;
    if (parser->html_broken)
        (void)note(parser, place, issue, NO_NAME);
}

/* In a text the two bytes can only be the rest of a tag; HTML has style sheets. */
static void refuse_stray_close(struct parser *parser, struct rlc_span literal, size_t offset)
{
    for (size_t i = 0; i + 1 < literal.size && parser->kind == RLC_TEMPLATE_TEXT; i++) {
        if (literal.data[i + 1] == '}' && (literal.data[i] == '}' || literal.data[i] == '%')) {
            (void)note(parser, offset + i, RLC_TEMPLATE_STRAY_CLOSE,
                       rlc_span_from(literal.data + i, 2));
            return;
        }
    }
}

static void put_text(struct parser *parser, size_t begin, size_t end)
{
    struct rlc_span literal = rlc_span_from(parser->text.data + begin, end - begin);

    assert(begin <= end);
    if (literal.size == 0)
        return;
    refuse_stray_close(parser, literal, begin);
    scan_html(parser, literal, begin);
    add(parser, RLC_TEMPLATE_OP_TEXT, begin)->text = literal;
}

static const struct rlc_template_variable *resolve(struct parser *parser, size_t offset,
                                                   struct rlc_span name)
{
    struct rlc_template_fault why = { .issue = RLC_TEMPLATE_SOUND };
    const struct rlc_template_variable *variable = rlc_template_variable(name, parser->scope, &why);

    if (!variable)
        note(parser, offset, why.issue, name)->nearest = why.nearest;
    return variable;
}

/* ---- {{ name:>12 }} ---- */

/* The digits after ':', with '>' before them for columns of numbers. */
static bool read_width(struct rlc_span text, struct rlc_template_node *node)
{
    size_t at = text.size > 0 && text.data[0] == '>';
    size_t width = 0;

    node->right = at == 1;
    for (size_t i = at; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || width > RLC_TEMPLATE_WIDTH_MAX)
            return false;
        width = width * 10 + (size_t)(text.data[i] - '0');
    }
    node->width = width;
    return width >= 1 && width <= RLC_TEMPLATE_WIDTH_MAX;
}

static void read_value(struct parser *parser, const struct tag *tag)
{
    struct rlc_template_node *node = add(parser, RLC_TEMPLATE_OP_VALUE, tag->begin);
    struct rlc_span name = tag->inside;
    const uint8_t *colon = name.size > 0 ? memchr(name.data, ':', name.size) : NULL;

    if (colon) {
        size_t size = (size_t)(colon - name.data);
        struct rlc_span width = trim(rlc_span_from(colon + 1, name.size - size - 1));

        name.size = size;
        if (!read_width(width, node))
            (void)note(parser, tag->begin, RLC_TEMPLATE_BAD_WIDTH, width);
        else if (parser->kind == RLC_TEMPLATE_HTML)
            (void)note(parser, tag->begin, RLC_TEMPLATE_WIDTH_IN_HTML, width);
    }
    node->variable = resolve(parser, tag->begin, trim(name));
}

/* ---- {% word name %} ---- */

static void push(struct parser *parser, size_t node, bool is_list, size_t offset)
{
    if (parser->depth < RLC_TEMPLATE_DEPTH_MAX) {
        parser->block[parser->depth] = (struct block){
            .node = node, .jump = node, .offset = offset, .is_list = is_list, .outer = parser->scope
        };
    } else if (parser->depth == RLC_TEMPLATE_DEPTH_MAX) {
        (void)note(parser, offset, RLC_TEMPLATE_TOO_DEEP, NO_NAME);
    }
    parser->depth++;
}

/* The innermost block; NULL: none, or one that was not kept. */
static struct block *innermost(struct parser *parser)
{
    if (parser->depth == 0 || parser->depth > RLC_TEMPLATE_DEPTH_MAX)
        return NULL;
    return &parser->block[parser->depth - 1];
}

static void read_if(struct parser *parser, const struct tag *tag, struct rlc_span name)
{
    struct rlc_template_node *node = add(parser, RLC_TEMPLATE_OP_UNLESS, tag->begin);

    node->variable = resolve(parser, tag->begin, name);
    push(parser, parser->count - 1, false, tag->begin);
}

static void read_each(struct parser *parser, const struct tag *tag, struct rlc_span name)
{
    struct rlc_template_node *node = add(parser, RLC_TEMPLATE_OP_EACH, tag->begin);
    struct rlc_nearest nearest = rlc_nearest_to(name);

    node->list = rlc_template_list(name);
    push(parser, parser->count - 1, true, tag->begin);
    if (parser->scope != RLC_TEMPLATE_TOP)
        (void)note(parser, tag->begin, RLC_TEMPLATE_LIST_IN_LIST, NO_NAME);
    if (node->list == RLC_TEMPLATE_TOP) {
        rlc_nearest_try(&nearest, rlc_span_of(rlc_template_list_name(RLC_TEMPLATE_LINE)));
        rlc_nearest_try(&nearest, rlc_span_of(rlc_template_list_name(RLC_TEMPLATE_TOTAL)));
        note(parser, tag->begin, RLC_TEMPLATE_UNKNOWN_LIST, name)->nearest = nearest.found;
        /* Its variables are judged as those of the list that was probably meant. */
        node->list = rlc_template_list(nearest.found);
        node->list = node->list == RLC_TEMPLATE_TOP ? RLC_TEMPLATE_LINE : node->list;
    }
    parser->scope = node->list;
}

static void read_else(struct parser *parser, const struct tag *tag, struct rlc_span name)
{
    struct block *block = innermost(parser);

    if (name.size > 0)
        (void)note(parser, tag->begin, RLC_TEMPLATE_NEEDLESS_NAME, name);
    if (parser->depth > RLC_TEMPLATE_DEPTH_MAX)
        return;
    if (!block || block->is_list || block->jump != block->node) {
        (void)note(parser, tag->begin, RLC_TEMPLATE_STRAY_ELSE, NO_NAME);
        return;
    }
    block->jump = parser->count;
    (void)add(parser, RLC_TEMPLATE_OP_JUMP, tag->begin);
    parser->nodes[block->node].jump = parser->count;
}

static void read_end(struct parser *parser, const struct tag *tag, struct rlc_span name)
{
    const struct block *block = innermost(parser);

    if (name.size > 0)
        (void)note(parser, tag->begin, RLC_TEMPLATE_NEEDLESS_NAME, name);
    if (parser->depth == 0) {
        (void)note(parser, tag->begin, RLC_TEMPLATE_STRAY_END, NO_NAME);
        return;
    }
    parser->depth--;
    if (!block)
        return;
    if (block->is_list) {
        struct rlc_template_node *next = add(parser, RLC_TEMPLATE_OP_NEXT, tag->begin);

        next->list = parser->nodes[block->node].list;
        next->jump = block->node + 1;
        parser->scope = block->outer;
    }
    parser->nodes[block->jump].jump = parser->count;
}

static const struct {
    const char *word;
    void (*read)(struct parser *parser, const struct tag *tag, struct rlc_span name);
} WORDS[] = {
    { "if", read_if },
    { "each", read_each },
    { "else", read_else },
    { "end", read_end },
};

static void read_block(struct parser *parser, const struct tag *tag)
{
    struct rlc_span rest = tag->inside;
    struct rlc_span word = take_word(&rest);
    struct rlc_nearest nearest = rlc_nearest_to(word);

    for (size_t i = 0; i < RLC_COUNT(WORDS); i++) {
        if (is_word(word, WORDS[i].word)) {
            WORDS[i].read(parser, tag, rest);
            return;
        }
        rlc_nearest_try(&nearest, rlc_span_of(WORDS[i].word));
    }
    note(parser, tag->begin, RLC_TEMPLATE_UNKNOWN_WORD, word)->nearest = nearest.found;
}

/* ---- tags ---- */

static bool is_mark(uint8_t byte)
{
    return byte == '{' || byte == '%' || byte == '#';
}

static bool begins_tag(struct rlc_span text, size_t at)
{
    return at + 1 < text.size && text.data[at] == '{' && is_mark(text.data[at + 1]);
}

/* Finds the end of the tag that begins at `tag->begin`. A comment may have several lines. */
static bool find_end(const struct parser *parser, struct tag *tag)
{
    const uint8_t *data = parser->text.data;
    uint8_t close = tag->mark == '{' ? '}' : tag->mark;

    for (size_t i = tag->begin + 2; i + 1 < parser->end; i++) {
        if (data[i] == '\n' && tag->mark != '#')
            return false;
        if (data[i] == close && data[i + 1] == '}') {
            tag->inside = trim(rlc_span_from(data + tag->begin + 2, i - tag->begin - 2));
            tag->end = i + 2;
            return true;
        }
    }
    return false;
}

/* A tag that writes nothing and stands alone on its line takes the whole line. */
static void take_line(const struct parser *parser, const struct tag *tag, size_t *ret_begin,
                      size_t *ret_end)
{
    const uint8_t *data = parser->text.data;
    size_t begin = tag->begin;
    size_t end = tag->end;

    *ret_begin = begin;
    *ret_end = end;
    while (begin > 0 && is_blank(data[begin - 1]))
        begin--;
    while (end < parser->text.size && is_blank(data[end]))
        end++;
    if (tag->mark == '{' || (begin > 0 && data[begin - 1] != '\n') ||
        (end < parser->text.size && data[end] != '\n'))
        return;
    *ret_begin = begin;
    *ret_end = end < parser->text.size ? end + 1 : end;
}

static void read_inside(struct parser *parser, const struct tag *tag)
{
    if (tag->mark == '#')
        return;
    if (parser->kind == RLC_TEMPLATE_HTML && !parser->html_broken &&
        !rlc_template_html_is_text(&parser->html))
        (void)note(parser, tag->begin, RLC_TEMPLATE_IN_MARKUP, tag->inside);
    if (tag->mark == '{')
        read_value(parser, tag);
    else
        read_block(parser, tag);
}

/* Reads the text before a tag, and the tag. */
static void read_tag(struct parser *parser, size_t begin)
{
    struct tag tag = { .mark = parser->text.data[begin + 1], .begin = begin };
    size_t line_begin;
    size_t line_end;

    if (!find_end(parser, &tag)) {
        (void)note(parser, begin,
                   tag.mark == '#' ? RLC_TEMPLATE_OPEN_COMMENT : RLC_TEMPLATE_OPEN_TAG,
                   rlc_span_from(parser->text.data + begin, 2));
        parser->at = tag.mark == '#' ? parser->end : begin + 2;
        return;
    }
    take_line(parser, &tag, &line_begin, &line_end);
    put_text(parser, parser->at, line_begin);
    read_inside(parser, &tag);
    parser->at = line_end;
}

static void refuse_what_is_open(struct parser *parser)
{
    for (size_t i = 0; i < parser->depth && i < RLC_TEMPLATE_DEPTH_MAX; i++)
        (void)note(parser, parser->block[i].offset, RLC_TEMPLATE_OPEN_BLOCK, NO_NAME);
    if (parser->kind == RLC_TEMPLATE_HTML && !parser->html_broken &&
        !rlc_template_html_is_text(&parser->html))
        (void)note(parser, parser->html.tag_offset, RLC_TEMPLATE_HTML_OPEN_TAG, NO_NAME);
}

struct rlc_template_part rlc_template_read(struct rlc_span text, enum rlc_template_kind kind,
                                           size_t begin, size_t end,
                                           struct rlc_template_node *nodes,
                                           struct rlc_template_faults *faults)
{
    struct parser parser = {
        .text = text, .kind = kind, .faults = faults, .nodes = nodes, .at = begin, .end = end
    };

    for (size_t at = begin; at < end;) {
        if (at + 1 < end && begins_tag(text, at)) {
            read_tag(&parser, at);
            at = parser.at;
        } else {
            at++;
        }
    }
    put_text(&parser, parser.at, end);
    refuse_what_is_open(&parser);
    return (struct rlc_template_part){ .nodes = nodes, .count = parser.count };
}

size_t rlc_template_count_tags(struct rlc_span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += begins_tag(text, i);
    return count;
}

size_t rlc_template_skip_comments(struct rlc_span text)
{
    struct parser parser = { .text = text, .end = text.size };
    size_t at = 0;

    while (begins_tag(text, at) && text.data[at + 1] == '#') {
        struct tag tag = { .mark = '#', .begin = at };
        size_t begin;

        if (!find_end(&parser, &tag))
            break;
        take_line(&parser, &tag, &begin, &at);
    }
    return at;
}
