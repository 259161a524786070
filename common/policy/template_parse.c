/* SPDX-License-Identifier: Apache-2.0 */
/* A template as a file: whether it can be read at all, its subject, its body. */
#include "common/policy/template_node.h"

#include "common/pure/text.h"

#define SUBJECT "Subject:"

static bool begins_character(uint8_t byte)
{
    return (byte & 0xc0) != 0x80;
}

struct rlc_template_fault rlc_template_fault_at(struct rlc_span text, size_t offset,
                                                enum rlc_template_issue issue)
{
    struct rlc_template_fault fault = { .issue = issue, .line = 1, .column = 1 };

    for (size_t i = 0; i < offset; i++) {
        if (text.data[i] == '\n') {
            fault.line++;
            fault.column = 1;
        } else {
            fault.column += begins_character(text.data[i]);
        }
    }
    return fault;
}

bool rlc_template_note(struct rlc_template_faults *faults, const struct rlc_template_fault *fault)
{
    if (faults->count == RLC_TEMPLATE_FAULTS_MAX)
        return false;
    faults->fault[faults->count++] = *fault;
    return true;
}

static void note(struct rlc_template_faults *faults, struct rlc_span text, size_t offset,
                 enum rlc_template_issue issue)
{
    struct rlc_template_fault fault = rlc_template_fault_at(text, offset, issue);

    (void)rlc_template_note(faults, &fault);
}

static bool is_control(uint8_t byte)
{
    return (byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f;
}

/* Whether a line is text; controls have no meaning in a message, and mail has none for them. */
static bool line_is_text(struct rlc_span line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (is_control(line.data[i]))
            return false;
    }
    return rlc_text_is_utf8(line);
}

static bool is_text(struct rlc_span text, struct rlc_template_faults *faults)
{
    for (size_t begin = 0, end = 0; end < text.size; end++, begin = end) {
        while (end < text.size && text.data[end] != '\n')
            end++;
        if (!line_is_text(rlc_span_from(text.data + begin, end - begin))) {
            note(faults, text, begin, RLC_TEMPLATE_NO_TEXT);
            return false;
        }
    }
    return true;
}

/* Whether the file can be read at all; if so, how many tags it has at most. */
static bool fits(struct rlc_span text, struct rlc_template_faults *faults, size_t *ret_tags)
{
    if (text.size > RLC_TEMPLATE_BYTES_MAX) {
        note(faults, text, 0, RLC_TEMPLATE_TOO_LONG);
        return false;
    }
    *ret_tags = rlc_template_count_tags(text);
    if (*ret_tags > RLC_TEMPLATE_TAGS_MAX) {
        note(faults, text, 0, RLC_TEMPLATE_TOO_MANY_TAGS);
        return false;
    }
    return is_text(text, faults);
}

/* The lines of a subject: where it begins, where it ends, where the body begins. */
struct head {
    size_t begin;
    size_t end;
    size_t body;
};

static bool find_subject(struct rlc_span text, struct head *ret_head,
                         struct rlc_template_faults *faults)
{
    size_t at = rlc_template_skip_comments(text);
    size_t word = sizeof(SUBJECT) - 1;

    if (text.size - at < word || memcmp(text.data + at, SUBJECT, word) != 0)
        return false;
    at += word;
    while (at < text.size && (text.data[at] == ' ' || text.data[at] == '\t'))
        at++;
    ret_head->begin = at;
    while (at < text.size && text.data[at] != '\n')
        at++;
    ret_head->end = at;
    while (at < text.size && text.data[at] == '\n')
        at++;
    ret_head->body = at;
    if (ret_head->begin == ret_head->end)
        note(faults, text, ret_head->begin, RLC_TEMPLATE_EMPTY_SUBJECT);
    return true;
}

enum rlc_status rlc_template_parse(struct rlc_span text, enum rlc_template_kind kind,
                                   struct rlc_arena *arena, struct rlc_template *ret_template,
                                   struct rlc_template_faults *ret_faults)
{
    struct rlc_template template = { .text = text, .kind = kind };
    struct rlc_template_node *nodes;
    struct head head = { 0 };
    size_t tags;

    ret_faults->count = 0;
    if (!fits(text, ret_faults, &tags))
        return RLC_REJECT;
    /* A node for each tag, one for the text before it, one for the text at the end of a part. */
    nodes = rlc_arena_array(arena, 2 * tags + 2, sizeof(*nodes));
    if (!nodes)
        return RLC_FATAL;
    template.has_subject = kind == RLC_TEMPLATE_TEXT &&find_subject(text, &head, ret_faults);
    if (template.has_subject)
        template.subject = rlc_template_read(text, kind, head.begin, head.end, nodes, ret_faults);
    template.body = rlc_template_read(text, kind, head.body, text.size,
                                      nodes + template.subject.count, ret_faults);
    if (ret_faults->count > 0)
        return RLC_REJECT;
    *ret_template = template;
    return RLC_OK;
}
