/* SPDX-License-Identifier: Apache-2.0 */
/* What became of a mail that was to be handed over to a relay. */
#ifndef RLC_SMTP_RESULT_H
#define RLC_SMTP_RESULT_H

#include "common/pure/base.h"

#define RLC_SMTP_TEXT_MAX     200 /* bytes kept of a reply: the first line or two say it all */
#define RLC_SMTP_ENHANCED_MAX 12  /* "5.123.456" of RFC 3463 with its NUL, and some air */

enum rlc_smtp_outcome {
    RLC_SMTP_ACCEPTED, /* the relay took responsibility (RFC 5321 4.2.5) */
    RLC_SMTP_REFUSED,  /* 5xx to this transaction: the same mail will be refused again */
    RLC_SMTP_DEFERRED, /* not taken; a later attempt may succeed */
    RLC_SMTP_UNKNOWN,  /* the relay may have it or not: the mail was complete, the answer is lost */
    RLC_SMTP_TOO_LATE, /* start_before_ns had passed: no byte of the message has left */
    RLC_SMTP_BROKEN,   /* settings or the relay's: certificate, login; nothing was sent */
    RLC_SMTP_OUTCOME_COUNT
};

/* How far a transaction came. The order is that of the protocol. */
enum rlc_smtp_stage {
    RLC_SMTP_AT_START,      /* nothing was tried */
    RLC_SMTP_AT_CONNECTION, /* name, TCP, TLS from the start, greeting */
    RLC_SMTP_AT_HELLO,      /* EHLO or HELO */
    RLC_SMTP_AT_STARTTLS,
    RLC_SMTP_AT_LOGIN,
    RLC_SMTP_AT_SENDER,    /* MAIL FROM */
    RLC_SMTP_AT_RECIPIENT, /* RCPT TO */
    RLC_SMTP_AT_DATA,      /* DATA, the message not yet begun */
    RLC_SMTP_AT_BODY,      /* the message begun, not complete */
    RLC_SMTP_AT_END,       /* the message complete: the final dot may have been sent */
    RLC_SMTP_STAGE_COUNT
};

struct rlc_smtp_result {
    uint64_t id; /* the job's */
    enum rlc_smtp_outcome outcome;
    enum rlc_smtp_stage stage;            /* where it ended */
    int32_t relay;                        /* index into the settings */
    int32_t code;                         /* of the reply that decided; 0: there was none */
    char enhanced[RLC_SMTP_ENHANCED_MAX]; /* "5.1.1", empty when the relay gave none */
    /* The relay's words, or what failed. Printable ASCII, cut; addresses are blotted out, but the
     * words are somebody else's: not for logs. */
    char text[RLC_SMTP_TEXT_MAX];
};

/* Names for metrics and logs: "accepted", "recipient". */
const char *rlc_smtp_outcome_name(enum rlc_smtp_outcome outcome);
const char *rlc_smtp_stage_name(enum rlc_smtp_stage stage);

#endif
