/* SPDX-License-Identifier: Apache-2.0 */
/* Handing mails over to relays, on threads of its own: the loop gives mails and collects results
 * without waiting for a relay.
 *
 * A mail's way: claim a connection, take the last look, commit the attempt, submit, collect the
 * result, commit the outcome. A claim reserves connection and rate, so that an attempt that is
 * committed is never turned away for want of either.
 *
 * All calls come from one thread. None blocks, but drain() and close(), which say so. */
#ifndef RLC_SMTP_POOL_H
#define RLC_SMTP_POOL_H

#include "common/smtp/mail.h"
#include "common/smtp/result.h"
#include "common/smtp/settings.h"

#define RLC_SMTP_WAIT_FOR_RESULT INT64_MAX /* time alone frees nothing */

struct rlc_smtp_pool;

/* One connection, reserved; not more than one mail. */
struct rlc_smtp_claim {
    int32_t slot;
};

/* Copies the settings and starts a thread for each connection; none connects before it has a mail.
 * RLC_FATAL when the settings are wrong or the system refuses threads or memory. */
RLC_NODISCARD enum rlc_status rlc_smtp_pool_open(const struct rlc_smtp_settings *settings,
                                                 struct rlc_smtp_pool **ret_pool,
                                                 struct rlc_error *reterr);

/* Reserves an idle connection to the first relay that may have a mail now, and its share of the
 * rates of relay and recipient domain. `to` is the recipient's address. RLC_RETRY when nothing is
 * free: ask again after *ret_wait_ms, or after a result if that is RLC_SMTP_WAIT_FOR_RESULT.
 * RLC_REJECT when `to` is no strict ASCII address. */
RLC_NODISCARD enum rlc_status rlc_smtp_pool_claim(struct rlc_smtp_pool *pool, struct rlc_span to,
                                                  struct rlc_smtp_claim *ret_claim,
                                                  int64_t *ret_wait_ms, struct rlc_error *reterr);

/* Gives a claim back unused. The rates are not given back. */
void rlc_smtp_pool_release(struct rlc_smtp_pool *pool, struct rlc_smtp_claim claim);

/* Hands the mail to the claimed connection; the claim is used up either way. The addresses are
 * copied; the message is borrowed until the mail's result is collected or the pool is closed.
 * RLC_REJECT when the mail breaks the rules of rlc_smtp_mail_check(): then there is no result. */
RLC_NODISCARD enum rlc_status rlc_smtp_pool_submit(struct rlc_smtp_pool *pool,
                                                   struct rlc_smtp_claim claim,
                                                   const struct rlc_smtp_mail *mail,
                                                   struct rlc_error *reterr);

/* The next result, in no particular order; false when there is none now. Each mail that was
 * submitted has exactly one. */
RLC_NODISCARD bool rlc_smtp_pool_collect(struct rlc_smtp_pool *pool,
                                         struct rlc_smtp_result *ret_result);

/* Waits until every mail has its result or `wait_ms` have passed. True when none is under way. The
 * results are still to be collected. */
bool rlc_smtp_pool_drain(struct rlc_smtp_pool *pool, int64_t wait_ms);

/* Stops what is under way (about a second; a name server that does not answer may take longer) and
 * frees. Results that were not collected are lost: whoever wants them drains and collects first.
 * NULL is allowed. */
void rlc_smtp_pool_close(struct rlc_smtp_pool *pool);

#endif
