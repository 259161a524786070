/* SPDX-License-Identifier: Apache-2.0 */
/* The annex of a message: the lines that it does not list, as a file for spreadsheets. Only for
 * common/message. */
#ifndef RLC_MESSAGE_ANNEX_H
#define RLC_MESSAGE_ANNEX_H

#include "common/mail/mail.h"
#include "common/policy/message_facts.h"

/* Writes the file into the arena: UTF-8, RFC 4180, a row of titles and one for each line. Days are
 * ISO 8601, amounts plain decimals with '.', so that programs read them in every country; a day or
 * amount that is not there leaves its cell empty. Names are in French for "fr", else in English.
 *
 * A number is quoted, and begins with an apostrophe where a spreadsheet would take it for a
 * formula.
 *
 * RLC_REJECT: these lines can never be an annex; `ret_fault` says where ("annex[7].due_on") and
 * why: NOT_RENDERED or TOO_MANY. RLC_RETRY: the arena is full. Then `ret_file` is untouched. */
RLC_NODISCARD enum rlc_status rlc_annex_write(const struct rlc_message_line *lines, size_t count,
                                              struct rlc_span language, struct rlc_arena *arena,
                                              struct rlc_mail_attachment *ret_file,
                                              struct rlc_fault *ret_fault);

#endif
