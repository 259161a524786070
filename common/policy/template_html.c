/* SPDX-License-Identifier: Apache-2.0 */
/* Where a place of an HTML template stands: between tags, where an escaped value is only text, or
 * anywhere else, where it might be markup. The machine is that of the HTML standard (13.2.5) with
 * what browsers read in ways of their own refused: comments, quotes out of place, elements whose
 * content is no markup. So where it says "text", a browser says so too. */
#include "common/policy/template_node.h"

enum state {
    TEXT = 0,
    OPEN,     /* after '<' */
    END_OPEN, /* after "</" */
    ELEMENT,  /* in the name of the element */
    BEFORE_NAME,
    NAME, /* of an attribute */
    AFTER_NAME,
    BEFORE_VALUE,
    UNQUOTED,
    QUOTED,
    DECLARATION, /* after "<!" */
    STYLE,       /* in a style sheet */
    STYLE_END,   /* after "</style" in it */
    STATE_COUNT,
    /* In the table in place of a state. */
    NO_COMMENT = STATE_COUNT,
    NO_QUOTE,
    NO_LESS
};

enum mark { BLANK, SLASH, GREATER, LESS, EQUALS, QUOTE, BANG, QUESTION, DASH, LETTER, OTHER };

/* Where a state goes when none of STEPS applies. STYLE is decided apart. */
static const uint8_t ELSE[STATE_COUNT] = {
    [TEXT] = TEXT,
    [OPEN] = TEXT,
    [END_OPEN] = NO_COMMENT,
    [ELEMENT] = ELEMENT,
    [BEFORE_NAME] = NAME,
    [NAME] = NAME,
    [AFTER_NAME] = NAME,
    [UNQUOTED] = UNQUOTED,
    [BEFORE_VALUE] = UNQUOTED,
    [QUOTED] = QUOTED,
    [STYLE] = STYLE,
    [STYLE_END] = STYLE,
    [DECLARATION] = DECLARATION,
};

static const struct {
    uint8_t state;
    uint8_t mark;
    uint8_t next;
} STEPS[] = {
    { TEXT, LESS, OPEN },

    { OPEN, LETTER, ELEMENT },
    { OPEN, SLASH, END_OPEN },
    { OPEN, BANG, DECLARATION },
    { OPEN, QUESTION, NO_COMMENT },
    { OPEN, LESS, OPEN },
    { END_OPEN, LETTER, ELEMENT },

    { ELEMENT, BLANK, BEFORE_NAME },
    { ELEMENT, SLASH, BEFORE_NAME },
    { ELEMENT, GREATER, TEXT },
    { ELEMENT, LESS, NO_LESS },
    { ELEMENT, EQUALS, NO_QUOTE },
    { ELEMENT, QUOTE, NO_QUOTE },

    { BEFORE_NAME, BLANK, BEFORE_NAME },
    { BEFORE_NAME, SLASH, BEFORE_NAME },
    { BEFORE_NAME, GREATER, TEXT },
    { BEFORE_NAME, LESS, NO_LESS },
    { BEFORE_NAME, EQUALS, NO_QUOTE },
    { BEFORE_NAME, QUOTE, NO_QUOTE },

    { NAME, BLANK, AFTER_NAME },
    { NAME, SLASH, BEFORE_NAME },
    { NAME, EQUALS, BEFORE_VALUE },
    { NAME, GREATER, TEXT },
    { NAME, LESS, NO_LESS },
    { NAME, QUOTE, NO_QUOTE },

    { AFTER_NAME, BLANK, AFTER_NAME },
    { AFTER_NAME, SLASH, BEFORE_NAME },
    { AFTER_NAME, EQUALS, BEFORE_VALUE },
    { AFTER_NAME, GREATER, TEXT },
    { AFTER_NAME, LESS, NO_LESS },
    { AFTER_NAME, QUOTE, NO_QUOTE },

    { BEFORE_VALUE, BLANK, BEFORE_VALUE },
    { BEFORE_VALUE, QUOTE, QUOTED },
    { BEFORE_VALUE, GREATER, TEXT },
    { BEFORE_VALUE, LESS, NO_LESS },

    { UNQUOTED, BLANK, BEFORE_NAME },
    { UNQUOTED, GREATER, TEXT },
    { UNQUOTED, LESS, NO_LESS },
    { UNQUOTED, EQUALS, NO_QUOTE },
    { UNQUOTED, QUOTE, NO_QUOTE },

    { QUOTED, QUOTE, BEFORE_NAME },

    { DECLARATION, GREATER, TEXT },
    { DECLARATION, DASH, NO_COMMENT },
    { DECLARATION, LESS, NO_LESS },
    { DECLARATION, QUOTE, NO_QUOTE },

    { STYLE_END, BLANK, BEFORE_NAME },
    { STYLE_END, SLASH, BEFORE_NAME },
    { STYLE_END, GREATER, TEXT },
};

static const char END_OF_STYLE[] = "</style";

/* Elements whose content browsers do not read as markup, and those that no mail client runs. */
static const char *const REFUSED[] = { "iframe",   "math",      "noembed", "noframes",
                                       "noscript", "plaintext", "script",  "svg",
                                       "textarea", "title",     "xmp" };

static const struct {
    char byte;
    enum mark mark;
} MARKS[] = {
    { ' ', BLANK },   { '\t', BLANK }, { '\n', BLANK },   { '/', SLASH },
    { '>', GREATER }, { '<', LESS },   { '=', EQUALS },   { '"', QUOTE },
    { '\'', QUOTE },  { '!', BANG },   { '?', QUESTION }, { '-', DASH },
};

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
}

static enum mark mark_of(uint8_t byte)
{
    for (size_t i = 0; i < RLC_COUNT(MARKS); i++) {
        if (MARKS[i].byte == (char)byte)
            return MARKS[i].mark;
    }
    return lower(byte) >= 'a' && lower(byte) <= 'z' ? LETTER : OTHER;
}

static struct rlc_span element(const struct rlc_template_html *html)
{
    return rlc_span_from(html->element, html->element_size);
}

static bool is_refused(const struct rlc_template_html *html)
{
    for (size_t i = 0; i < RLC_COUNT(REFUSED); i++) {
        if (rlc_span_equal(element(html), rlc_span_of(REFUSED[i])))
            return true;
    }
    return false;
}

/* A style sheet ends with its end tag and nothing else. */
static uint8_t in_style(struct rlc_template_html *html, uint8_t byte)
{
    if (lower(byte) == (uint8_t)END_OF_STYLE[html->matched])
        html->matched++;
    else
        html->matched = byte == '<';
    if (html->matched < sizeof(END_OF_STYLE) - 1)
        return STYLE;
    html->matched = 0;
    html->closing = true;
    return STYLE_END;
}

/* Keeps the name of the element; one that is cut is none that we know. */
static void keep_name(struct rlc_template_html *html, uint8_t byte)
{
    if (html->element_size < sizeof(html->element))
        html->element[html->element_size++] = (char)lower(byte);
}

static uint8_t step(uint8_t state, enum mark mark)
{
    for (size_t i = 0; i < RLC_COUNT(STEPS); i++) {
        if (STEPS[i].state == state && STEPS[i].mark == mark)
            return STEPS[i].next;
    }
    return ELSE[state];
}

static bool begins_style(const struct rlc_template_html *html)
{
    return html->state >= ELEMENT && html->state <= UNQUOTED && !html->closing &&
           rlc_span_equal(element(html), rlc_span_of("style"));
}

static uint8_t next_state(struct rlc_template_html *html, uint8_t byte)
{
    uint8_t next;

    if (html->state == STYLE)
        return in_style(html, byte);
    next = step(html->state, mark_of(byte));
    if (html->state == QUOTED && byte != html->quote)
        return QUOTED;
    if (html->state == STYLE_END && next == STYLE)
        return in_style(html, byte);
    return next == TEXT && begins_style(html) ? STYLE : next;
}

/* What entering a state brings along. */
static void enter(struct rlc_template_html *html, uint8_t next, uint8_t byte, size_t offset)
{
    if (next == OPEN) {
        html->tag_offset = offset;
        html->element_size = 0;
        html->closing = false;
    }
    if (next == END_OPEN)
        html->closing = true;
    if (next == ELEMENT)
        keep_name(html, byte);
    if (next == QUOTED && html->state == BEFORE_VALUE)
        html->quote = byte;
    html->state = next;
}

static enum rlc_template_issue issue_of(uint8_t next)
{
    static const enum rlc_template_issue ISSUES[] = { RLC_TEMPLATE_HTML_COMMENT,
                                                      RLC_TEMPLATE_HTML_QUOTE,
                                                      RLC_TEMPLATE_HTML_OPEN_TAG };

    return next < STATE_COUNT ? RLC_TEMPLATE_SOUND : ISSUES[next - STATE_COUNT];
}

enum rlc_template_issue rlc_template_html_scan(struct rlc_template_html *html,
                                               struct rlc_span literal, size_t offset,
                                               size_t *ret_offset)
{
    for (size_t i = 0; i < literal.size; i++) {
        uint8_t before = html->state;
        uint8_t next = next_state(html, literal.data[i]);
        enum rlc_template_issue issue = issue_of(next);

        if (issue == RLC_TEMPLATE_SOUND && before == ELEMENT && next != ELEMENT && is_refused(html))
            issue = RLC_TEMPLATE_HTML_ELEMENT;
        *ret_offset = issue == RLC_TEMPLATE_HTML_QUOTE ? offset + i : html->tag_offset;
        if (issue != RLC_TEMPLATE_SOUND)
            return issue;
        enter(html, next, literal.data[i], offset + i);
    }
    return RLC_TEMPLATE_SOUND;
}

bool rlc_template_html_is_text(const struct rlc_template_html *html)
{
    return html->state == TEXT;
}
