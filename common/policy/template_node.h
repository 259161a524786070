/* SPDX-License-Identifier: Apache-2.0 */
/* A template between its reader and its renderer. For template_*.c alone. */
#ifndef RLC_POLICY_TEMPLATE_NODE_H
#define RLC_POLICY_TEMPLATE_NODE_H

#include "common/policy/template.h"

/* ---- template_names.c: variables ---- */

/* Where a variable is valid: anywhere, or inside one list. */
enum rlc_template_scope {
    RLC_TEMPLATE_TOP,
    RLC_TEMPLATE_LINE,
    RLC_TEMPLATE_TOTAL,
    RLC_TEMPLATE_SCOPE_COUNT
};

/* Where the renderer stands: the facts, and the current item of each list. */
struct rlc_template_frame {
    const void *base[RLC_TEMPLATE_SCOPE_COUNT]; /* facts, line, total; NULL outside of its list */
};

/* The type of the member a variable shows. */
enum rlc_template_type {
    RLC_TEMPLATE_SPAN,
    RLC_TEMPLATE_DAY,
    RLC_TEMPLATE_MONEY,
    RLC_TEMPLATE_CURRENCY, /* of a struct rlc_money: its code alone */
    RLC_TEMPLATE_COUNT,    /* what `count` of the variable says */
    RLC_TEMPLATE_TYPE_COUNT
};

struct rlc_template_variable {
    const char *name;
    enum rlc_template_scope scope;
    enum rlc_template_type type;
    size_t offset; /* of the member, in the struct of its scope */
    size_t (*count)(const struct rlc_template_frame *frame);
    const char *help; /* one sentence */
};

extern const struct rlc_template_variable RLC_TEMPLATE_VARIABLES[];
extern const size_t RLC_TEMPLATE_VARIABLE_COUNT;

/* What a list is called after "each", or NULL for the top. */
const char *rlc_template_list_name(enum rlc_template_scope scope);

/* The list of this name, or RLC_TEMPLATE_TOP. */
enum rlc_template_scope rlc_template_list(struct rlc_span name);

/* The variable of this name that is valid in `scope`. NULL: none is; `ret_fault` then has the issue
 * and the nearest name. */
const struct rlc_template_variable *rlc_template_variable(struct rlc_span name,
                                                          enum rlc_template_scope scope,
                                                          struct rlc_template_fault *ret_fault);

/* ---- template_html.c: where a text stands in HTML ---- */

/* Begins as all zero, between tags. */
struct rlc_template_html {
    uint8_t state;
    uint8_t quote;    /* that ends the value */
    uint8_t matched;  /* bytes of the end of a style sheet seen */
    bool closing;     /* the tag is an end tag */
    char element[12]; /* of the tag, lower case, cut */
    size_t element_size;
    size_t tag_offset; /* where the tag began */
};

/* Goes over literal text of a template, which stands at `offset` of the file. Returns the first
 * issue and its place, and goes no further; then the state is of no use. */
enum rlc_template_issue rlc_template_html_scan(struct rlc_template_html *html,
                                               struct rlc_span literal, size_t offset,
                                               size_t *ret_offset);

/* Whether a value may stand here: between tags, in no style sheet. */
bool rlc_template_html_is_text(const struct rlc_template_html *html);

/* ---- nodes ---- */

/* A block becomes jumps, so that the renderer needs neither recursion nor a stack. */
enum rlc_template_op {
    RLC_TEMPLATE_OP_TEXT,   /* writes `text` */
    RLC_TEMPLATE_OP_VALUE,  /* writes the variable */
    RLC_TEMPLATE_OP_UNLESS, /* goes to `jump` where the variable is not there */
    RLC_TEMPLATE_OP_JUMP,   /* goes to `jump` */
    RLC_TEMPLATE_OP_EACH,   /* takes the first item of `list`; goes to `jump` if there is none */
    RLC_TEMPLATE_OP_NEXT,   /* takes the next item and goes to `jump`, while there is one */
    RLC_TEMPLATE_OP_COUNT
};

struct rlc_template_node {
    enum rlc_template_op op;
    enum rlc_template_scope list;
    size_t jump;   /* a place in the part */
    size_t offset; /* in the file */
    size_t width;  /* characters to fill up to; 0: as it is */
    bool right;    /* fill up on the left */
    struct rlc_span text;
    const struct rlc_template_variable *variable;
};

/* ---- template_parse.c: faults ---- */

/* What is wrong at a place of the file, with its line and column. */
struct rlc_template_fault rlc_template_fault_at(struct rlc_span text, size_t offset,
                                                enum rlc_template_issue issue);

/* Keeps a fault; false when there is no more room. */
bool rlc_template_note(struct rlc_template_faults *faults, const struct rlc_template_fault *fault);

/* ---- template_read.c: tags ---- */

/* Reads the text from `begin` up to `end` into a part. `nodes` has room for two nodes a tag and one
 * more. What is wrong is noted; the part is of use only when nothing was. */
struct rlc_template_part rlc_template_read(struct rlc_span text, enum rlc_template_kind kind,
                                           size_t begin, size_t end,
                                           struct rlc_template_node *nodes,
                                           struct rlc_template_faults *faults);

/* How many tags a text has at most. */
size_t rlc_template_count_tags(struct rlc_span text);

/* Where the comments at the beginning end, with the lines they stand alone on. */
size_t rlc_template_skip_comments(struct rlc_span text);

#endif
