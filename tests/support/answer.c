/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/answer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void answer_say(struct answer *answer, const char *format, ...)
{
    va_list arguments;
    int written;

    assert(answer->used + 1 < sizeof(answer->text));
    if (answer->used)
        answer->text[answer->used++] = ' ';
    va_start(arguments, format);
    written = vsnprintf(answer->text + answer->used, sizeof(answer->text) - answer->used, format,
                        arguments);
    va_end(arguments);
    answer->used += (size_t)written;
    assert(answer->used < sizeof(answer->text));
}

bool answer_differs(const struct answer *answer, const char *name, const char *expected)
{
    bool differs = strcmp(answer->text, expected) != 0;

    printf("%s: %s\n", name, answer->text);
    if (differs)
        printf("  EXPECTED %s\n", expected);
    fflush(stdout);
    return differs;
}
