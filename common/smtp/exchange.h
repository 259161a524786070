/* SPDX-License-Identifier: Apache-2.0 */
/* What is known about a transaction while it runs: how far it came, what the relay said last, how
 * long it has been waited for. Fed by libcurl's callbacks, without its headers. Inside of
 * common/smtp. */
#ifndef RLC_SMTP_EXCHANGE_H
#define RLC_SMTP_EXCHANGE_H

#include "common/smtp/mail.h"
#include "common/smtp/outcome.h"
#include "common/smtp/reply.h"
#include "common/smtp/settings.h"

struct rlc_smtp_exchange {
    const struct rlc_clock *clock;
    struct rlc_smtp_times times;
    const struct rlc_smtp_mail *mail; /* NULL: only a connection is wanted */
    enum rlc_smtp_stage stage;
    struct rlc_smtp_reply reply; /* to what the stage names */
    size_t taken;                /* bytes of the message that were handed out */
    uint64_t since_ns;           /* since when the relay is waited for */
    bool too_late;
    bool timed_out;
    bool over; /* the library says goodbye: what the relay says to that is about nothing */
};

/* A transaction that is about to begin. Clock and mail are borrowed. */
struct rlc_smtp_exchange rlc_smtp_exchange_of(const struct rlc_smtp_settings *settings,
                                              const struct rlc_smtp_mail *mail);

/* A command was sent. */
void rlc_smtp_exchange_sent(struct rlc_smtp_exchange *exchange, struct rlc_span command);

/* A line of a reply came. False: the reply is too long to go on. */
RLC_NODISCARD bool rlc_smtp_exchange_heard(struct rlc_smtp_exchange *exchange,
                                           struct rlc_span line);

/* Copies the next piece of the message, up to `size` bytes; none behind its end. False, and not a
 * byte of the message, when it is too late to begin. */
RLC_NODISCARD bool rlc_smtp_exchange_take(struct rlc_smtp_exchange *exchange, void *buffer,
                                          size_t size, size_t *ret_size);

/* Whether to wait no longer: the stage's time is up (remembered), or nothing is waited for. */
RLC_NODISCARD bool rlc_smtp_exchange_waited(struct rlc_smtp_exchange *exchange);

/* How it ended. `trust` says that the library gave up for a reason of RLC_SMTP_ENDED_TRUST. */
struct rlc_smtp_facts rlc_smtp_exchange_facts(const struct rlc_smtp_exchange *exchange, bool trust);

#endif
