/* SPDX-License-Identifier: Apache-2.0 */
/* A mail as an answer: its bytes as they are, so that they can be kept and compared. */
#ifndef RELANCECTL_MAIL_OUT_H
#define RELANCECTL_MAIL_OUT_H

#include "cli.h"

/* Writes the mail to standard output, or to the file of --out. With --json: `about` (taken over)
 * with the mail (unless a file holds it), its size and its SHA-256. CTL_OK, or the exit code after
 * a message. */
int ctl_mail_out(struct ctl *ctl, struct rlc_span mail, json_t *about);

#endif
