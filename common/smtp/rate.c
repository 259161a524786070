/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/rate.h"

#include <assert.h>

#include "common/pure/murmur2.h"
#include "common/pure/text.h"

#define MINUTE_NS UINT64_C(60000000000)
#define DEPTH     10 /* of a period's mails, a bucket holds one in so many */
#define PROBES    16 /* places of the table where a domain may be: one cache line or four */

struct rlc_smtp_rate rlc_smtp_rate_of(int32_t count, uint64_t period_ns)
{
    struct rlc_smtp_rate rate = { 0 };

    assert(count >= 0);
    if (count > 0) {
        uint64_t tokens = (uint64_t)count / DEPTH;

        rate.interval_ns = period_ns / (uint64_t)count;
        rate.depth_ns = rate.interval_ns * (tokens ? tokens : 1);
    }
    return rate;
}

/* Each token that was taken moves the instant at which the bucket is full by an interval; the
 * bucket is empty when that lies its whole depth ahead. */
uint64_t rlc_smtp_rate_wait_ns(const struct rlc_smtp_rate *rate, uint64_t now_ns)
{
    uint64_t full_ns = rate->full_ns > now_ns ? rate->full_ns : now_ns;
    uint64_t ahead_ns = full_ns - now_ns + rate->interval_ns;

    return ahead_ns > rate->depth_ns ? ahead_ns - rate->depth_ns : 0;
}

void rlc_smtp_rate_take(struct rlc_smtp_rate *rate, uint64_t now_ns)
{
    assert(rlc_smtp_rate_wait_ns(rate, now_ns) == 0);
    rate->full_ns = (rate->full_ns > now_ns ? rate->full_ns : now_ns) + rate->interval_ns;
}

void rlc_smtp_domains_init(struct rlc_smtp_domains *domains, int32_t per_minute)
{
    *domains = (struct rlc_smtp_domains){ .fresh = rlc_smtp_rate_of(per_minute, MINUTE_NS) };
}

static uint32_t domain_hash(struct rlc_span address)
{
    struct rlc_span domain = rlc_email_domain(address);
    uint8_t lower[RLC_EMAIL_MAX];
    size_t size = 0;

    for (size_t i = 0; i < domain.size; i++) {
        uint8_t byte = domain.data[i];

        if (size == sizeof(lower))
            break;
        lower[size++] = byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
    }
    return (uint32_t)rlc_murmur2(rlc_span_from(lower, size));
}

/* Where the domain's bucket is, or else the place of the one that is full first. */
static size_t place_of(const struct rlc_smtp_domains *domains, uint32_t hash)
{
    size_t first = hash % RLC_SMTP_DOMAINS_MAX;
    size_t best = first;

    for (size_t i = 0; i < PROBES; i++) {
        size_t place = (first + i) % RLC_SMTP_DOMAINS_MAX;

        if (domains->bucket[place].hash == hash && domains->bucket[place].full_ns > 0)
            return place;
        if (domains->bucket[place].full_ns < domains->bucket[best].full_ns)
            best = place;
    }
    return best;
}

uint64_t rlc_smtp_domains_wait_ns(const struct rlc_smtp_domains *domains, struct rlc_span address,
                                  uint64_t now_ns)
{
    uint32_t hash = domain_hash(address);
    size_t place = place_of(domains, hash);
    struct rlc_smtp_rate rate = domains->fresh;

    if (domains->bucket[place].hash != hash && domains->bucket[place].full_ns > now_ns)
        return domains->bucket[place].full_ns - now_ns;
    rate.full_ns = domains->bucket[place].full_ns;
    return rlc_smtp_rate_wait_ns(&rate, now_ns);
}

void rlc_smtp_domains_take(struct rlc_smtp_domains *domains, struct rlc_span address,
                           uint64_t now_ns)
{
    uint32_t hash = domain_hash(address);
    size_t place = place_of(domains, hash);
    struct rlc_smtp_rate rate = domains->fresh;

    if (rate.interval_ns == 0)
        return;
    assert(rlc_smtp_domains_wait_ns(domains, address, now_ns) == 0);
    rate.full_ns = domains->bucket[place].full_ns;
    rlc_smtp_rate_take(&rate, now_ns);
    domains->bucket[place].hash = hash;
    domains->bucket[place].full_ns = rate.full_ns;
}
