/* SPDX-License-Identifier: Apache-2.0 */
/* A first mapping of open items, out of the headings and the first rows of a ledger. It is written
 * for somebody to look at, never used unseen: where a heading or a sign may mean two things it says
 * so in a comment. */
#ifndef RELANCECTL_DRAFT_H
#define RELANCECTL_DRAFT_H

#include "cli.h"

/* Writes the mapping to `out`. CTL_OK, or the exit code after a message. */
int ctl_draft(struct ctl *ctl, const char *path, FILE *out);

#endif
