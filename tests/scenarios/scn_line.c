/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scenarios/scn_line.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *cut_quoted(char *at)
{
    char *end = strchr(at, '"');

    if (!end)
        return at + strlen(at);
    *end = '\0';
    return end + 1;
}

void scn_line_cut(struct scn_line *line, const char *text)
{
    char *at = line->bytes;

    memset(line, 0, sizeof(*line));
    (void)snprintf(line->bytes, sizeof(line->bytes), "%s", text);
    while (*at) {
        if (strchr(" \t\r\n,", *at)) {
            *at++ = '\0';
            continue;
        }
        if (*at == '#' || line->count == SCN_WORDS_MAX)
            break;
        if (*at == '"') {
            line->word[line->count++] = ++at;
            at = cut_quoted(at);
            continue;
        }
        line->word[line->count++] = at;
        at += strcspn(at, " \t\r\n,");
    }
    *at = '\0';
}

void scn_line_wrong(struct scn_line *line, const char *format, ...)
{
    va_list arguments;

    if (line->mistake[0])
        return;
    va_start(arguments, format);
    (void)vsnprintf(line->mistake, sizeof(line->mistake), format, arguments);
    va_end(arguments);
}

bool scn_line_is_wrong(const struct scn_line *line)
{
    return line->mistake[0] != '\0';
}

bool scn_line_ended(const struct scn_line *line)
{
    return line->next >= line->count;
}

const char *scn_peek(const struct scn_line *line)
{
    return scn_line_ended(line) ? "" : line->word[line->next];
}

bool scn_accept(struct scn_line *line, const char *word)
{
    if (scn_line_ended(line) || strcmp(line->word[line->next], word) != 0)
        return false;
    line->next++;
    return true;
}

const char *scn_word(struct scn_line *line, const char *what)
{
    if (!scn_line_ended(line))
        return line->word[line->next++];
    scn_line_wrong(line, "the line ends where %s is needed", what);
    return "";
}

void scn_need(struct scn_line *line, const char *word)
{
    if (!scn_accept(line, word))
        scn_line_wrong(line, "'%s' is needed, not '%s'", word, scn_peek(line));
}

bool scn_is_day(const char *word)
{
    rlc_day day;

    return rlc_day_parse(rlc_span_of(word), &day);
}

rlc_day scn_day(struct scn_line *line)
{
    const char *word = scn_word(line, "a date");
    rlc_day day = 0;

    if (!rlc_day_parse(rlc_span_of(word), &day))
        scn_line_wrong(line, "'%s' is no date such as 2026-02-04", word);
    return day;
}

bool scn_is_amount(const char *word)
{
    return strchr(word, '.') && word[strspn(word, "-0123456789.")] == '\0';
}

struct rlc_money scn_money(struct scn_line *line)
{
    const char *amount = scn_word(line, "an amount");
    const char *currency = scn_word(line, "a currency");
    struct rlc_money money = { 0 };

    if (rlc_money_parse(rlc_span_of(amount), currency, RLC_MONEY_CANONICAL, &money) != RLC_MONEY_OK)
        scn_line_wrong(line, "'%s %s' is no amount such as 1200.00 EUR", amount, currency);
    return money;
}

bool scn_minute(const char *word, int32_t *ret_minute)
{
    if (strlen(word) != 5 || !isdigit(word[0]) || !isdigit(word[1]) || word[2] != ':' ||
        !isdigit(word[3]) || !isdigit(word[4]))
        return false;
    *ret_minute =
        ((word[0] - '0') * 10 + word[1] - '0') * 60 + (word[3] - '0') * 10 + word[4] - '0';
    return *ret_minute < 24 * 60;
}
