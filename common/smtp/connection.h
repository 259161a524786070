/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to a relay, kept open from mail to mail. Used by one thread; every call blocks.
 * Inside of common/smtp. */
#ifndef RLC_SMTP_CONNECTION_H
#define RLC_SMTP_CONNECTION_H

#include <stdatomic.h>

#include "common/smtp/mail.h"
#include "common/smtp/result.h"
#include "common/smtp/settings.h"

struct rlc_smtp_connection;

/* Prepares a connection to relay number `relay`; does not connect. Settings and `stop` are borrowed
 * and outlive the connection. Whoever sets `stop` ends what is under way within about a second.
 * RLC_FATAL when memory is short. */
RLC_NODISCARD enum rlc_status rlc_smtp_connection_open(const struct rlc_smtp_settings *settings,
                                                       int32_t relay, const atomic_bool *stop,
                                                       struct rlc_smtp_connection **ret_connection,
                                                       struct rlc_error *reterr);

/* Hands a checked mail over, connecting where necessary. A connection that turns out to have died
 * before anything of the message was sent is replaced once, at once. */
void rlc_smtp_connection_send(struct rlc_smtp_connection *connection,
                              const struct rlc_smtp_mail *mail, struct rlc_smtp_result *ret_result);

/* Connects and logs in, so that the next mail need not. Nobody is told when that fails: the next
 * mail will see. */
void rlc_smtp_connection_warm(struct rlc_smtp_connection *connection);

/* Says QUIT without waiting for an answer, and frees. NULL is allowed. */
void rlc_smtp_connection_close(struct rlc_smtp_connection *connection);

#endif
