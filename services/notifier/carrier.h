/* SPDX-License-Identifier: Apache-2.0 */
/* Who carries mails to their relays: a pool of SMTP connections (carrier_smtp.h), or, where nobody
 * is to get mail, a stand-in. The calls are those of common/smtp/pool.h, and none blocks. */
#ifndef NOTIFIER_CARRIER_H
#define NOTIFIER_CARRIER_H

#include "common/smtp/pool.h"

struct carrier;

struct carrier_ops {
    enum rlc_status (*claim)(struct carrier *carrier, struct rlc_span to,
                             struct rlc_smtp_claim *ret_claim, int64_t *ret_wait_ms,
                             struct rlc_error *reterr);
    void (*release)(struct carrier *carrier, struct rlc_smtp_claim claim);
    enum rlc_status (*submit)(struct carrier *carrier, struct rlc_smtp_claim claim,
                              const struct rlc_smtp_mail *mail, struct rlc_error *reterr);
    bool (*collect)(struct carrier *carrier, struct rlc_smtp_result *ret_result);
    void (*close)(struct carrier *carrier); /* what is under way is lost */
};

/* Implementations embed this as their first member. */
struct carrier {
    const struct carrier_ops *ops;
    size_t connections; /* mails that may be under way at a time */
};

#endif
