/* SPDX-License-Identifier: Apache-2.0 */
/* One mail to one recipient, and what it must look like before it may leave. */
#ifndef RLC_SMTP_MAIL_H
#define RLC_SMTP_MAIL_H

#include "common/pure/span.h"
#include "common/pure/status.h"

/* What common relays take at least (Exchange Online 36 MB, Gmail 25 MB after encoding). */
#define RLC_SMTP_MESSAGE_MAX ((size_t)24 << 20)
#define RLC_SMTP_LINE_MAX    998 /* bytes of a line without its CRLF: RFC 5322 2.1.1 */

struct rlc_smtp_mail {
    uint64_t id;             /* the caller's, handed back with the result */
    struct rlc_span from;    /* envelope: a bare address */
    struct rlc_span to;      /* envelope: a bare address; one recipient a transaction */
    struct rlc_span message; /* headers and body */
    /* The message must not begin to leave at or after this instant of the clock's monotonic_ns. */
    uint64_t start_before_ns;
};

/* RLC_REJECT with the reason when the mail must not be handed to a relay: addresses that are no
 * strict ASCII addresses (a line break would be a command to the relay), a message that is empty or
 * longer than RLC_SMTP_MESSAGE_MAX, a line that does not end in CRLF or is too long, a CR, LF or
 * NUL inside of one (RFC 5321 2.3.8: what relays make of them is how mails are smuggled), a byte
 * above 0x7f (8BITMIME is not asked for). */
RLC_NODISCARD enum rlc_status rlc_smtp_mail_check(const struct rlc_smtp_mail *mail,
                                                  struct rlc_error *reterr);

#endif
