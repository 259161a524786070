/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a script as words. The first mistake is kept and everything after it gives zero, so
 * that a statement is read without looking at each step whether it went well. */
#ifndef RLC_SCENARIOS_SCN_LINE_H
#define RLC_SCENARIOS_SCN_LINE_H

#include "common/pure/calendar.h"
#include "common/pure/money.h"

enum { SCN_WORDS_MAX = 64, SCN_LINE_BYTES = 600 };

struct scn_line {
    char bytes[SCN_LINE_BYTES]; /* cut into words */
    const char *word[SCN_WORDS_MAX];
    size_t count;
    size_t next;
    char mistake[240]; /* empty = none */
};

/* Cuts a line at blanks and commas; "..." is one word, # begins a comment. */
void scn_line_cut(struct scn_line *line, const char *text);

void scn_line_wrong(struct scn_line *line, const char *format, ...) RLC_PRINTF(2, 3);
bool scn_line_is_wrong(const struct scn_line *line);
bool scn_line_ended(const struct scn_line *line);

/* The next word without taking it; "" at the end. */
const char *scn_peek(const struct scn_line *line);
/* Takes the next word if it is this one. */
bool scn_accept(struct scn_line *line, const char *word);
/* Takes the next word, `what` says what it should be. */
const char *scn_word(struct scn_line *line, const char *what);
/* Takes this word or else is wrong. */
void scn_need(struct scn_line *line, const char *word);

rlc_day scn_day(struct scn_line *line);
bool scn_is_day(const char *word);
/* "1200.00 EUR": two words. */
struct rlc_money scn_money(struct scn_line *line);
bool scn_is_amount(const char *word);
/* "10:00" to minutes of the day; false if it is none. */
bool scn_minute(const char *word, int32_t *ret_minute);

#endif
