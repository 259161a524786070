/* SPDX-License-Identifier: Apache-2.0 */
/* The language of messages: `templates/<template>.<language>.txt` and `.html`.
 *
 *     {# a comment #}                      left out
 *     {{ debtor_name }}                    a variable: the facts of message_facts.h
 *     {{ number:14 }} {{ open:>16 }}       in a text, filled up with spaces to so many characters
 *     {% if name %} .. {% else %} .. {% end %}
 *     {% each line %} .. {% end %}         once for each line (or `total`)
 *
 * A comment or a {% %} alone on its line takes the line along. There are no expressions, no
 * includes and no escapes, a list is never inside a list: a template always ends, and its output
 * has a limit. Values are written, never read as a template. In HTML every value is escaped, and
 * templates put them between tags only.
 *
 * Pure: no allocation but from the arena, no recursion, the same bytes for the same facts. */
#ifndef RLC_POLICY_TEMPLATE_H
#define RLC_POLICY_TEMPLATE_H

#include "common/policy/message_facts.h"
#include "common/pure/arena.h"
#include "common/pure/status.h"

enum {
    RLC_TEMPLATE_BYTES_MAX = 128 * 1024, /* a form letter, and a logo in the HTML */
    RLC_TEMPLATE_TAGS_MAX = 1024,        /* {{, {% and {# of one file: a letter has some thirty */
    RLC_TEMPLATE_DEPTH_MAX = 4,          /* blocks inside blocks; deeper ones nobody reads */
    RLC_TEMPLATE_WIDTH_MAX = 60,         /* of a column: more does not fit into a line of text */
    RLC_TEMPLATE_FAULTS_MAX = 8,         /* that one person repairs before the next try */
    /* A body that mail servers take and people open: 500 lines of HTML table have room in it. */
    RLC_MESSAGE_BYTES_MAX = 256 * 1024,
    /* A subject: half of what RFC 5322 2.1.1 allows a line; people see the first 70. */
    RLC_SUBJECT_BYTES_MAX = 499
};

enum rlc_template_kind { RLC_TEMPLATE_TEXT, RLC_TEMPLATE_HTML };

/* What is wrong with a template, or with a message made of it. The text and the remedy for people
 * are in template_check.c. */
enum rlc_template_issue {
    RLC_TEMPLATE_SOUND = 0,
    RLC_TEMPLATE_NO_TEXT,       /* not UTF-8, or control characters */
    RLC_TEMPLATE_TOO_LONG,      /* RLC_TEMPLATE_BYTES_MAX */
    RLC_TEMPLATE_TOO_MANY_TAGS, /* RLC_TEMPLATE_TAGS_MAX */
    RLC_TEMPLATE_OPEN_TAG,      /* "{{" without "}}" on its line */
    RLC_TEMPLATE_OPEN_COMMENT,
    RLC_TEMPLATE_STRAY_CLOSE, /* "}}" without "{{" */
    RLC_TEMPLATE_UNKNOWN_WORD,
    RLC_TEMPLATE_UNKNOWN_LIST,
    RLC_TEMPLATE_UNKNOWN_VARIABLE,
    RLC_TEMPLATE_OF_LINE,  /* a variable of a line elsewhere */
    RLC_TEMPLATE_OF_TOTAL, /* a variable of a total elsewhere */
    RLC_TEMPLATE_NEEDLESS_NAME,
    RLC_TEMPLATE_BAD_WIDTH,
    RLC_TEMPLATE_WIDTH_IN_HTML,
    RLC_TEMPLATE_TOO_DEEP, /* RLC_TEMPLATE_DEPTH_MAX */
    RLC_TEMPLATE_LIST_IN_LIST,
    RLC_TEMPLATE_STRAY_ELSE,
    RLC_TEMPLATE_STRAY_END,
    RLC_TEMPLATE_OPEN_BLOCK,
    RLC_TEMPLATE_EMPTY_SUBJECT,
    RLC_TEMPLATE_IN_MARKUP, /* a variable or block inside an HTML tag or style sheet */
    RLC_TEMPLATE_HTML_COMMENT,
    RLC_TEMPLATE_HTML_QUOTE,
    RLC_TEMPLATE_HTML_OPEN_TAG,
    RLC_TEMPLATE_HTML_ELEMENT,
    /* Of a message. */
    RLC_TEMPLATE_UNCLEAN_VALUE,    /* rlc_text_is_clean() says no: it could begin a line */
    RLC_TEMPLATE_IMPOSSIBLE_VALUE, /* an unknown currency, a date out of range */
    RLC_TEMPLATE_MESSAGE_TOO_LONG, /* RLC_MESSAGE_BYTES_MAX */
    RLC_TEMPLATE_SUBJECT_TOO_LONG, /* RLC_SUBJECT_BYTES_MAX */
    RLC_TEMPLATE_ISSUE_COUNT
};

struct rlc_template_fault {
    enum rlc_template_issue issue;
    int32_t line; /* from 1 */
    int32_t column;
    struct rlc_span name;    /* as written in the template, never a value; may be empty */
    struct rlc_span nearest; /* the known name that was probably meant; may be empty */
};

struct rlc_template_faults {
    struct rlc_template_fault fault[RLC_TEMPLATE_FAULTS_MAX];
    size_t count; /* of those that are kept: the first ones */
};

struct rlc_template_node;

/* A subject or a body, as the renderer walks it. */
struct rlc_template_part {
    const struct rlc_template_node *nodes;
    size_t count;
};

/* A template that was read. Lives in the arena it was read into, borrows the text. */
struct rlc_template {
    struct rlc_span text;
    enum rlc_template_kind kind;
    bool has_subject; /* a text that begins with "Subject: " */
    struct rlc_template_part subject;
    struct rlc_template_part body;
};

/* A message. Lives in the arena it was rendered into. */
struct rlc_message {
    struct rlc_span subject; /* one line; empty without a subject */
    struct rlc_span body;
};

/* Reads a template. The first line of a text, comments aside, is its subject if it begins with
 * "Subject:"; empty lines below it are left out. RLC_REJECT with all that is wrong in `ret_faults`
 * (the first RLC_TEMPLATE_FAULTS_MAX), RLC_FATAL when the arena is full; then `ret_template` is
 * untouched. */
RLC_NODISCARD enum rlc_status rlc_template_parse(struct rlc_span text, enum rlc_template_kind kind,
                                                 struct rlc_arena *arena,
                                                 struct rlc_template *ret_template,
                                                 struct rlc_template_faults *ret_faults);

/* Writes a message. RLC_REJECT when these facts can never make one, with the place in the template
 * in `ret_fault`; RLC_FATAL when the arena is full; then `ret_message` is untouched. */
RLC_NODISCARD enum rlc_status rlc_template_render(const struct rlc_template *template,
                                                  const struct rlc_message_facts *facts,
                                                  struct rlc_arena *arena,
                                                  struct rlc_message *ret_message,
                                                  struct rlc_template_fault *ret_fault);

#endif
