/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scan.h"

#include <string.h>

#include "common/pure/decimal.h"

enum token_kind { TOKEN_NONE, TOKEN_MARK, TOKEN_STRING, TOKEN_WORD };

/* A bracket, brace, colon or comma; a string with its quotes; or anything else up to one of these.
 */
struct token {
    enum token_kind kind;
    size_t start;
    size_t end;
};

static bool is_space(uint8_t letter)
{
    return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
}

static bool is_mark(uint8_t letter)
{
    return letter == '{' || letter == '}' || letter == '[' || letter == ']' || letter == ',' ||
           letter == ':';
}

/* Behind the closing quote of the string at `start`; the text's size + 1 if it never closes. */
static size_t string_end(struct rlc_span text, size_t start)
{
    size_t at = start + 1;

    while (at < text.size && text.data[at] != '"')
        at += text.data[at] == '\\' ? 2 : 1;
    return at < text.size ? at + 1 : text.size + 1;
}

static struct token next_token(struct rlc_span text, size_t from)
{
    struct token token = { TOKEN_WORD, from, 0 };

    while (token.start < text.size && is_space(text.data[token.start]))
        token.start++;
    token.end = token.start;
    if (token.start == text.size) {
        token.kind = TOKEN_NONE;
    } else if (text.data[token.start] == '"') {
        token.end = string_end(text, token.start);
        token.kind = token.end > text.size ? TOKEN_NONE : TOKEN_STRING;
    } else if (is_mark(text.data[token.start])) {
        token.end++;
        token.kind = TOKEN_MARK;
    } else {
        while (token.end < text.size && !is_space(text.data[token.end]) &&
               !is_mark(text.data[token.end]) && text.data[token.end] != '"')
            token.end++;
    }
    return token;
}

enum scan_result scan_bounds(struct rlc_span text, size_t *ret_at)
{
    size_t depth = 0;
    size_t values = 0;

    for (size_t at = 0; at < text.size; at++) {
        uint8_t letter = text.data[at];

        *ret_at = at;
        if (letter == '"') {
            at = string_end(text, at) - 1;
        } else if (letter == '{' || letter == '[') {
            if (++depth > SCAN_DEPTH_MAX)
                return SCAN_TOO_DEEP;
            values++;
        } else if (letter == '}' || letter == ']') {
            depth -= depth > 0;
        } else if (letter == ',' && ++values > SCAN_VALUES_MAX) {
            return SCAN_TOO_MANY;
        }
    }
    return SCAN_FITS;
}

/* ---- where an offset lies ---- */

struct level {
    bool is_list;
    size_t index;         /* of a list */
    struct rlc_span name; /* of an object's member */
};

struct levels {
    struct level at[SCAN_DEPTH_MAX + 1];
    size_t depth;
};

static void on_mark(struct levels *levels, uint8_t mark)
{
    struct level *level = levels->depth ? &levels->at[levels->depth - 1] : NULL;

    if (mark == '{' || mark == '[') {
        if (levels->depth < RLC_COUNT(levels->at))
            levels->at[levels->depth++] = (struct level){ .is_list = mark == '[' };
    } else if (level && (mark == '}' || mark == ']')) {
        levels->depth--;
    } else if (level && mark == ',') {
        level->index++;
        level->name = (struct rlc_span){ NULL, 0 };
    }
}

static size_t append(char *path, size_t size, size_t used, struct rlc_span text)
{
    if (used + text.size >= size)
        return used;
    memcpy(path + used, text.data, text.size);
    path[used + text.size] = '\0';
    return used + text.size;
}

static void write_path(const struct levels *levels, bool (*is_known)(struct rlc_span name),
                       char *path, size_t size)
{
    size_t used = 0;

    path[0] = '\0';
    for (size_t i = 0; i < levels->depth; i++) {
        const struct level *level = &levels->at[i];
        char digits[RLC_DECIMAL_SIZE];

        if (!level->is_list && (!level->name.data || !is_known(level->name)))
            return;
        if (level->is_list) {
            (void)rlc_u64_format(level->index, digits, sizeof(digits));
            used = append(path, size, used, rlc_span_of("["));
            used = append(path, size, used, rlc_span_of(digits));
            used = append(path, size, used, rlc_span_of("]"));
            continue;
        }
        used = append(path, size, used, rlc_span_of(used ? "." : ""));
        used = append(path, size, used, level->name);
    }
}

static struct rlc_span unquoted(struct rlc_span text, const struct token *token)
{
    return rlc_span_from(text.data + token->start + 1, token->end - token->start - 2);
}

void scan_place(struct rlc_span text, size_t offset, bool (*is_known)(struct rlc_span name),
                char *path, size_t size)
{
    struct levels levels = { .depth = 0 };
    struct token token = next_token(text, 0);

    for (; token.kind != TOKEN_NONE && token.start < offset; token = next_token(text, token.end)) {
        struct level *level = levels.depth ? &levels.at[levels.depth - 1] : NULL;

        if (token.kind == TOKEN_MARK)
            on_mark(&levels, text.data[token.start]);
        else if (token.kind == TOKEN_STRING && level && !level->is_list && !level->name.data)
            level->name = unquoted(text, &token);
    }
    write_path(&levels, is_known, path, size);
}

/* ---- members of the outermost object ---- */

/* Behind the value that starts with this bracket; the end of the text if it never closes. */
static size_t skip_nested(struct rlc_span text, size_t from)
{
    struct token token = next_token(text, from);
    size_t depth = 0;

    for (; token.kind != TOKEN_NONE; token = next_token(text, token.end)) {
        uint8_t mark = token.kind == TOKEN_MARK ? text.data[token.start] : 0;

        if (mark == '{' || mark == '[')
            depth++;
        else if ((mark == '}' || mark == ']') && --depth == 0)
            return token.end;
    }
    return text.size;
}

static bool is_token(struct rlc_span text, const struct token *token, char mark)
{
    return token->kind == TOKEN_MARK && text.data[token->start] == (uint8_t)mark;
}

bool scan_next_member(struct rlc_span text, size_t *position, struct scan_member *ret_member)
{
    struct token name = next_token(text, *position);

    while (name.kind != TOKEN_NONE) {
        struct token colon, value;

        /* The opening brace, commas, and whatever does not belong here. */
        if (name.kind != TOKEN_STRING) {
            name = next_token(text, name.end);
            continue;
        }
        colon = next_token(text, name.end);
        if (!is_token(text, &colon, ':')) {
            name = colon;
            continue;
        }
        value = next_token(text, colon.end);
        if (value.kind == TOKEN_NONE)
            return false;
        if (value.kind != TOKEN_MARK) {
            ret_member->name = unquoted(text, &name);
            ret_member->value = rlc_span_from(text.data + value.start, value.end - value.start);
            *position = value.end;
            return true;
        }
        name = next_token(text, is_token(text, &value, '{') || is_token(text, &value, '[')
                                    ? skip_nested(text, value.start)
                                    : value.end);
    }
    return false;
}
