/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a bundle has. */
#ifndef RLC_POLICY_LAYOUT_H
#define RLC_POLICY_LAYOUT_H

#include <stdio.h>

#include "common/pure/span.h"

/* The newest format of the policy language that this program reads, and the one it writes. */
#define RLC_BUNDLE_FORMAT 1

struct rlc_layout_row {
    const char *folder; /* "": at the top */
    const char *name;   /* NULL: any name */
    const char *ending;
    const char *help; /* one sentence */
};

extern const struct rlc_layout_row RLC_LAYOUT[];
extern const size_t RLC_LAYOUT_COUNT;

/* The row a path belongs to, or NULL. */
const struct rlc_layout_row *rlc_layout_find(struct rlc_span path);

/* The folder or file that a path which belongs nowhere was probably meant for, or NULL. */
const char *rlc_layout_suggest(struct rlc_span path);

/* Whether a file of a folder is for people and no part of the bundle: hidden ones and *.md. */
bool rlc_layout_ignores(struct rlc_span path);

/* Prints the table as Markdown. */
void rlc_layout_document(FILE *out);

#endif
