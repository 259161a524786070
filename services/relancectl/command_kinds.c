/* SPDX-License-Identifier: Apache-2.0 */
/* What may be ordered, for the help of `command`. */
#include "commands.h"

#include <ctype.h>
#include <string.h>

#include "common/wire/words.h"

#define LINE_MAX 78 /* columns: a terminal has 80 */

/* As it is typed: "kill-switch". */
static void print_word(FILE *out, const char *word)
{
    for (; *word; word++)
        (void)fputc(*word == '_' ? '-' : tolower((unsigned char)*word), out);
}

void ctl_command_kinds(FILE *out)
{
    size_t column = LINE_MAX;

    (void)fputs("\nKIND, with its payload in proto/README.md (io.relance.command.issued.v1):", out);
    for (int32_t kind = 1; kind < RLC_WORD_NUMBERS; kind++) {
        const char *word = rlc_word(RLC_VOCABULARY_COMMAND_KIND, kind);

        if (!word)
            continue;
        column += strlen(word) + 1;
        if (column > LINE_MAX) {
            (void)fputs("\n ", out);
            column = strlen(word) + 2;
        }
        (void)fputc(' ', out);
        print_word(out, word);
    }
    (void)fputc('\n', out);
}
