/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two lives of the line were the same, but for contacts that ended unknown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/line_look.h"

#include "tests/support/check.h"

enum { DOUBTS_MAX = 500, KEY_MAX = 96, NAME_MAX_SIZE = 64 };

/* A contact that ended unknown: the first one of its debtor. */
struct doubt {
    char debtor[KEY_MAX];
    char request[NAME_MAX_SIZE]; /* <action>-<number> */
};

struct doubts {
    struct doubt doubt[DOUBTS_MAX];
    size_t count;
};

/* ---- lines ---- */

static const char *next_line(const char *line)
{
    return line + strcspn(line, "\n") + 1;
}

/* Whether the line has this text, followed by something that ends it. */
static bool has(const char *line, const char *text)
{
    size_t size = strlen(text);
    const char *end = line + strcspn(line, "\n");

    for (const char *at = line; at + size <= end; at++) {
        if (memcmp(at, text, size) == 0 && (at + size == end || strchr(" |", at[size])))
            return true;
    }
    return false;
}

static bool same_line(const char *left, const char *right)
{
    size_t size = strcspn(left, "\n");

    return strcspn(right, "\n") == size && memcmp(left, right, size) == 0;
}

/* ---- doubts ---- */

static const struct doubt *doubt_of(const struct doubts *doubts, const char *line)
{
    for (size_t i = 0; i < doubts->count; i++) {
        if (has(line, doubts->doubt[i].debtor))
            return &doubts->doubt[i];
    }
    return NULL;
}

/* "<debtor> CONTACT_ENDED UNKNOWN <request> <hash>" */
static void find_doubts(const struct line_look *look, struct doubts *ret_doubts)
{
    ret_doubts->count = 0;
    for (const char *line = look->text[LINE_AUDITS]; *line; line = next_line(line)) {
        struct doubt *doubt = &ret_doubts->doubt[ret_doubts->count];

        if (!has(line, "CONTACT_ENDED" LINE_UNKNOWN_MARK) || doubt_of(ret_doubts, line))
            continue;
        assert_true(ret_doubts->count < DOUBTS_MAX);
        assert_int_equal(
            sscanf(line, "%95s CONTACT_ENDED UNKNOWN %63s", doubt->debtor, doubt->request), 2);
        ret_doubts->count++;
    }
}

/* ---- comparing ---- */

/* Where a debtor's life takes another turn: behind the request, before the answer. */
enum turn { SAME, LAST, OTHER };

static enum turn turn_of(enum line_text text, const struct doubt *doubt, const char *line)
{
    if (text == LINE_REQUESTS)
        return has(line, doubt->request) ? LAST : SAME;
    return has(line, LINE_UNKNOWN_MARK) ? OTHER : SAME;
}

static const char *behind(const char *line, const char *debtor)
{
    while (*line && has(line, debtor))
        line = next_line(line);
    return line;
}

static const char *behind_doubts(const char *line, const struct doubts *doubts)
{
    while (*line && doubt_of(doubts, line))
        line = next_line(line);
    return line;
}

static void assert_same_line(const char *name, const char *expected, const char *found)
{
    if (!*expected || !*found || !same_line(expected, found))
        fail_msg("%s differ: '%.*s' and '%.*s'", name, (int)strcspn(expected, "\n"), expected,
                 (int)strcspn(found, "\n"), found);
}

/* What is kept of a debtor is about all its life. */
static void compare_state(const struct doubts *doubts, const char *expected, const char *found)
{
    for (;;) {
        expected = behind_doubts(expected, doubts);
        found = behind_doubts(found, doubts);
        if (!*expected && !*found)
            return;
        assert_same_line("state", expected, found);
        expected = next_line(expected);
        found = next_line(found);
    }
}

static void compare(enum line_text text, const char *name, const struct doubts *doubts,
                    const char *expected, const char *found)
{
    while (*expected || *found) {
        const struct doubt *doubt = *found ? doubt_of(doubts, found) : NULL;
        enum turn turn = doubt ? turn_of(text, doubt, found) : SAME;

        if (turn != OTHER) {
            assert_same_line(name, expected, found);
            expected = next_line(expected);
            found = next_line(found);
        }
        if (turn != SAME) {
            expected = behind(expected, doubt->debtor);
            found = behind(found, doubt->debtor);
        }
    }
}

void line_look_assert_same(const struct line_look *expected, const struct line_look *found)
{
    static const char *const NAMES[LINE_TEXTS] = { "events", "facts",    "requests", "letters",
                                                   "state",  "balances", "audits",   "contacts" };
    struct doubts *doubts = malloc(sizeof(*doubts));

    assert_non_null(doubts);
    assert_int_equal(expected->unknowns, 0);
    find_doubts(found, doubts);
    for (int text = 0; text < LINE_TEXTS; text++) {
        if (text == LINE_STATE)
            compare_state(doubts, expected->text[text], found->text[text]);
        else
            compare((enum line_text)text, NAMES[text], doubts, expected->text[text],
                    found->text[text]);
    }
    if (!doubts->count)
        assert_int_equal(expected->silences, found->silences);
    free(doubts);
}

void line_look_free(struct line_look *look)
{
    for (int text = 0; text < LINE_TEXTS; text++)
        free(look->text[text]);
}
