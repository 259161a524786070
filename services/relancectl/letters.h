/* SPDX-License-Identifier: Apache-2.0 */
/* Dead letters as people ask for them: listed newest first, or one by its id. An id is the first
 * 16 hexadecimal digits of the record's key. */
#ifndef RELANCECTL_LETTERS_H
#define RELANCECTL_LETTERS_H

#include "cli.h"
#include "common/wire/dead_letter.h"

#define CTL_LETTER_ID_MIN  6  /* digits; git's habit */
#define CTL_LETTER_ID_SIZE 17 /* 16 digits and a NUL */

/* What a list is narrowed to; NULL = anything. */
struct ctl_letter_filter {
    const char *code;
    const char *debtor; /* "TENANT/DEBTOR" */
    const char *worker; /* who gave up */
    size_t limit;
};

struct ctl_letter_list {
    json_t *letters; /* array of ctl_letter_json(), newest first; the caller releases it */
    size_t matched;  /* also beyond the limit */
    size_t unreadable;
};

/* Reads all dead letters; CTL_OK, or the exit code after a message. */
int ctl_letters_list(struct ctl *ctl, const struct ctl_letter_filter *filter,
                     struct ctl_letter_list *ret_list);

/* One letter, with the memory that its texts are in. */
struct ctl_letter {
    struct rlc_dead_letter letter;
    char id[CTL_LETTER_ID_SIZE];
    uint8_t key[32];
    size_t matches; /* letters whose id begins so */
    struct rlc_arena arena;
};

/* Finds the letter whose id begins with `digits`: CTL_OK, or the exit code after a message. Pair
 * with ctl_letter_clear() in either case. */
int ctl_letter_find(struct ctl *ctl, const char *digits, struct ctl_letter *ret_letter);
void ctl_letter_clear(struct ctl_letter *letter);

/* What a letter says, without the record itself. */
json_t *ctl_letter_json(const struct rlc_dead_letter *letter, struct rlc_span key);

#endif
