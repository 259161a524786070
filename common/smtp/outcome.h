/* SPDX-License-Identifier: Apache-2.0 */
/* What a transaction's end means. Pure. Inside of common/smtp.
 *
 * The rule: a relay can have taken a message only once the message was complete, so that before
 * RLC_SMTP_AT_END nothing is unknown. From there on only a whole reply ends the doubt. */
#ifndef RLC_SMTP_OUTCOME_H
#define RLC_SMTP_OUTCOME_H

#include "common/smtp/result.h"

enum rlc_smtp_end {
    RLC_SMTP_ENDED_TALK,    /* by the relay's replies, or by the network or time */
    RLC_SMTP_ENDED_TRUST,   /* no such certificate as asked for, no TLS, no login: a human's turn */
    RLC_SMTP_ENDED_TOO_LATE /* by ourselves, right before the message */
};

struct rlc_smtp_facts {
    enum rlc_smtp_end end;
    enum rlc_smtp_stage stage; /* the newest thing that was sent */
    int32_t code;              /* of the whole reply to that; 0: none */
};

/* The outcome of a transaction. */
enum rlc_smtp_outcome rlc_smtp_outcome_of(const struct rlc_smtp_facts *facts);

/* Whether it may have been the connection's fault, if that was used before, so that a fresh one may
 * do better at once: it was dead or dying, held a reply that nobody had asked for, or had carried
 * as many mails as the relay likes (which relays say to MAIL FROM). Nothing of the message has
 * left. */
bool rlc_smtp_again(const struct rlc_smtp_facts *facts);

/* What a result says about the relay, for its breaker. */
enum rlc_smtp_sign {
    RLC_SMTP_SIGN_NONE,
    RLC_SMTP_SIGN_ALIVE, /* it answered a transaction, with whatever */
    RLC_SMTP_SIGN_AWAY   /* no connection, no login, no answer, or 421: it wants to be left alone */
};
enum rlc_smtp_sign rlc_smtp_sign_of(const struct rlc_smtp_result *result);

#endif
