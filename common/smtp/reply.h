/* SPDX-License-Identifier: Apache-2.0 */
/* A relay's reply, put together line by line. Pure. Inside of common/smtp. */
#ifndef RLC_SMTP_REPLY_H
#define RLC_SMTP_REPLY_H

#include "common/pure/span.h"
#include "common/smtp/result.h"

#define RLC_SMTP_REPLY_MAX 65536 /* bytes of a reply: 128 lines of RFC 5321 4.5.3.1.5 */

struct rlc_smtp_reply {
    int32_t code; /* 0 until the last line is there */
    size_t bytes; /* of all lines so far */
    char enhanced[RLC_SMTP_ENHANCED_MAX];
    char text[RLC_SMTP_TEXT_MAX];
};

/* Adds a line with its line end. What follows a complete reply begins another one; what is no reply
 * line is counted and otherwise ignored. False when the reply has become too long. Words with an
 * '@' are blotted out, bytes that are not printable ASCII become '?'. */
RLC_NODISCARD bool rlc_smtp_reply_add(struct rlc_smtp_reply *reply, struct rlc_span line);

#endif
