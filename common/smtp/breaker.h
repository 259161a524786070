/* SPDX-License-Identifier: Apache-2.0 */
/* A relay that is away is left alone for a while, then tried with one mail. Pure: the caller says
 * what time it is (monotonic). Inside of common/smtp. */
#ifndef RLC_SMTP_BREAKER_H
#define RLC_SMTP_BREAKER_H

#include "common/smtp/outcome.h"

#define RLC_SMTP_BREAKER_FAILURES                                                                  \
    5 /* in a row: one restart of a relay costs no more connections                                \
       */
/* From the first pause to the longest: a relay that restarts is back in seconds; after an outage
 * mails go on within five minutes. */
#define RLC_SMTP_BREAKER_FIRST_NS UINT64_C(5000000000)
#define RLC_SMTP_BREAKER_LAST_NS  UINT64_C(300000000000)

struct rlc_smtp_breaker {
    int32_t failures;  /* in a row; from RLC_SMTP_BREAKER_FAILURES on it is open */
    uint64_t pause_ns; /* the newest pause */
    uint64_t until_ns; /* its end */
    bool probing;      /* the one mail after the pause is under way */
};

/* How long until a mail may go to the relay; 0: now; UINT64_MAX: when the probe has ended. */
uint64_t rlc_smtp_breaker_wait_ns(const struct rlc_smtp_breaker *breaker, uint64_t now_ns);

/* A mail goes to the relay, which must be allowed. True when it is the probe. */
RLC_NODISCARD bool rlc_smtp_breaker_start(struct rlc_smtp_breaker *breaker, uint64_t now_ns);

/* What came of a mail that was started; `probe` is what start said. */
void rlc_smtp_breaker_end(struct rlc_smtp_breaker *breaker, bool probe, enum rlc_smtp_sign sign,
                          uint64_t now_ns);

#endif
