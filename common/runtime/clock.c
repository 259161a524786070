/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/clock.h"

#include <time.h>

static rlc_ms system_now_ms(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (rlc_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint64_t system_monotonic_ns(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct rlc_clock rlc_clock_system(void)
{
    return (struct rlc_clock){ system_now_ms, system_monotonic_ns, NULL };
}

static rlc_ms virtual_now_ms(void *context)
{
    return *(const rlc_ms *)context;
}

static uint64_t virtual_monotonic_ns(void *context)
{
    return (uint64_t)virtual_now_ms(context) * 1000000u;
}

struct rlc_clock rlc_clock_virtual(rlc_ms *now_ms)
{
    return (struct rlc_clock){ virtual_now_ms, virtual_monotonic_ns, now_ms };
}
