/* SPDX-License-Identifier: Apache-2.0 */
/* The last look at a composed message. Only for common/mail. */
#ifndef RLC_MAIL_OUTGOING_H
#define RLC_MAIL_OUTGOING_H

#include "common/pure/base.h"
#include "common/pure/span.h"

/* True when the bytes are lines of at most 998 ASCII characters that end with CRLF, with no other
 * CR, LF or NUL, and the head has exactly the `count` headers `names`, in this order. */
bool rlc_mail_outgoing_valid(struct rlc_span bytes, const char *const *names, size_t count);

#endif
