/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of one row of a table of behaviours: words, one blank between them. */
#ifndef RLC_TESTS_ANSWER_H
#define RLC_TESTS_ANSWER_H

#include "common/pure/base.h"

struct answer {
    char text[600];
    size_t used;
};

/* Adds a blank and the text; an answer that grows too long is a mistake in the row. */
void answer_say(struct answer *answer, const char *format, ...) RLC_PRINTF(2, 3);

/* Prints "name: answer", and what was expected if it differs; whether it does. */
bool answer_differs(const struct answer *answer, const char *name, const char *expected);

#endif
