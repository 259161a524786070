/* SPDX-License-Identifier: Apache-2.0 */
/* Caps on mails per time: token buckets. Pure: the caller says what time it is (monotonic).
 * Inside of common/smtp. */
#ifndef RLC_SMTP_RATE_H
#define RLC_SMTP_RATE_H

#include "common/pure/base.h"
#include "common/pure/span.h"

/* A bucket, kept as the instant at which it is full again. */
struct rlc_smtp_rate {
    uint64_t interval_ns; /* in which one token comes back; 0: no cap */
    uint64_t depth_ns;    /* interval times the tokens of a full bucket */
    uint64_t full_ns;
};

/* A full bucket for `count` mails every `period_ns`; 0: no cap. It holds a tenth of a period's
 * mails, at least one: a loop that looks every few milliseconds reaches the rate, and nobody gets a
 * whole period's mails at once. */
struct rlc_smtp_rate rlc_smtp_rate_of(int32_t count, uint64_t period_ns);

/* How long until a token is there; 0: now. */
uint64_t rlc_smtp_rate_wait_ns(const struct rlc_smtp_rate *rate, uint64_t now_ns);

/* Takes a token, which must be there. */
void rlc_smtp_rate_take(struct rlc_smtp_rate *rate, uint64_t now_ns);

#define RLC_SMTP_DOMAINS_MAX                                                                       \
    4096 /* buckets that are not full: at 1000 a minute each, 4e6 a minute */

/* One bucket for each recipient domain that got mail lately. A full bucket says nothing and is
 * forgotten, so that the table stays bounded without ever forgetting a token that was taken. */
struct rlc_smtp_domains {
    struct rlc_smtp_rate fresh; /* the bucket of a domain that is not in the table */
    struct {
        uint32_t hash; /* domains with the same hash share a bucket: slower, never faster */
        uint64_t full_ns;
    } bucket[RLC_SMTP_DOMAINS_MAX];
};

/* Empties the table. */
void rlc_smtp_domains_init(struct rlc_smtp_domains *domains, int32_t per_minute);

/* How long until a mail may go to this address; 0: now. When the domain's part of the table is full
 * of others, it is until one of those can be forgotten. Letter case does not count. */
uint64_t rlc_smtp_domains_wait_ns(const struct rlc_smtp_domains *domains, struct rlc_span address,
                                  uint64_t now_ns);

/* Takes a token, which must be there. */
void rlc_smtp_domains_take(struct rlc_smtp_domains *domains, struct rlc_span address,
                           uint64_t now_ns);

#endif
