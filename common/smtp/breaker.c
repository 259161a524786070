/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/breaker.h"

#include <assert.h>

static bool is_open(const struct rlc_smtp_breaker *breaker)
{
    return breaker->failures >= RLC_SMTP_BREAKER_FAILURES;
}

uint64_t rlc_smtp_breaker_wait_ns(const struct rlc_smtp_breaker *breaker, uint64_t now_ns)
{
    if (!is_open(breaker))
        return 0;
    if (breaker->probing)
        return UINT64_MAX;
    return breaker->until_ns > now_ns ? breaker->until_ns - now_ns : 0;
}

bool rlc_smtp_breaker_start(struct rlc_smtp_breaker *breaker, uint64_t now_ns)
{
    assert(rlc_smtp_breaker_wait_ns(breaker, now_ns) == 0);
    breaker->probing = is_open(breaker);
    return breaker->probing;
}

static uint64_t next_pause_ns(const struct rlc_smtp_breaker *breaker)
{
    uint64_t next_ns = breaker->pause_ns ? 2 * breaker->pause_ns : RLC_SMTP_BREAKER_FIRST_NS;

    return next_ns < RLC_SMTP_BREAKER_LAST_NS ? next_ns : RLC_SMTP_BREAKER_LAST_NS;
}

void rlc_smtp_breaker_end(struct rlc_smtp_breaker *breaker, bool probe, enum rlc_smtp_sign sign,
                          uint64_t now_ns)
{
    bool was_open = is_open(breaker);

    if (probe)
        breaker->probing = false;
    if (sign == RLC_SMTP_SIGN_ALIVE) {
        *breaker = (struct rlc_smtp_breaker){ 0 };
        return;
    }
    if (sign == RLC_SMTP_SIGN_NONE)
        return;
    if (!was_open)
        breaker->failures++;
    /* What was under way when it opened says nothing new: only the probe makes the pause longer. */
    if (is_open(breaker) && (probe || !was_open)) {
        breaker->pause_ns = next_pause_ns(breaker);
        breaker->until_ns = now_ns + breaker->pause_ns;
    }
}
