/* SPDX-License-Identifier: Apache-2.0 */
/* Templates for the people who write them: what is wrong, and what they may say. */
#ifndef RLC_POLICY_TEMPLATE_CHECK_H
#define RLC_POLICY_TEMPLATE_CHECK_H

#include <stdio.h>

#include "common/policy/keys.h"
#include "common/policy/template.h"

/* Whether a path is `templates/<template>.<language>.txt` or `.html`, and its parts. */
bool rlc_template_path(struct rlc_span path, struct rlc_span *ret_template,
                       struct rlc_span *ret_language, enum rlc_template_kind *ret_kind);

/* Reads a template and fills it with the longest message there can be: RLC_REQUEST_LINES_MAX lines
 * in RLC_REQUEST_TOTALS_MAX currencies. What is wrong is noted with its place. Returns whether
 * nothing is, with `ret_template` as read into the arena of `reading`. */
bool rlc_template_check(struct rlc_reading *reading, struct rlc_span text,
                        enum rlc_template_kind kind, struct rlc_template *ret_template);

/* Prints the chapter of the language and its variables as Markdown. */
void rlc_template_document(FILE *out);

#endif
