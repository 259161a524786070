/* SPDX-License-Identifier: Apache-2.0 */
/* Headings of exports in one plain form, so that words are found in them. */
#ifndef RELANCECTL_PLAIN_H
#define RELANCECTL_PLAIN_H

#include <stddef.h>

/* Writes `text` (UTF-8) in lower case and without accents, an accent being the same whether it is
 * one sign with its letter or a mark behind it: the French for "Due date" becomes
 * "date_d_echeance". Spaces, hyphens and apostrophes become '_', the degree sign goes, letters that
 * are no Latin ones stay as they are. No plain form is longer than its text; what does not fit into
 * `size`, which is at least 1, is left out. */
void ctl_plain(const char *text, char *ret_plain, size_t size);

#endif
