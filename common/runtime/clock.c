/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/clock.h"

#include <assert.h>
#include <time.h>

#define NS_PER_MS     1000000
#define NS_PER_SECOND 1000000000
#define MS_PER_SECOND 1000

static struct timespec read_clock(clockid_t id)
{
    struct timespec now = { 0 };
    int result = clock_gettime(id, &now);

    assert(result == 0);
    (void)result;
    return now;
}

static rlc_ms system_now_ms(void *context)
{
    struct timespec now = read_clock(CLOCK_REALTIME);

    (void)context;
    return (rlc_ms)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

static uint64_t system_monotonic_ns(void *context)
{
    struct timespec now = read_clock(CLOCK_BOOTTIME);

    (void)context;
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static rlc_ms virtual_now_ms(void *context)
{
    return *(const rlc_ms *)context;
}

static uint64_t virtual_monotonic_ns(void *context)
{
    rlc_ms now_ms = virtual_now_ms(context);

    assert(now_ms >= 0);
    return (uint64_t)now_ms * NS_PER_MS;
}

struct rlc_clock rlc_clock_system(void)
{
    return (struct rlc_clock){ .now_ms = system_now_ms, .monotonic_ns = system_monotonic_ns };
}

struct rlc_clock rlc_clock_virtual(rlc_ms *now_ms)
{
    assert(now_ms != NULL);
    return (struct rlc_clock){
        .now_ms = virtual_now_ms,
        .monotonic_ns = virtual_monotonic_ns,
        .context = now_ms,
    };
}

void rlc_clock_pause_ms(void *context, int64_t delay_ms)
{
    struct timespec delay = {
        .tv_sec = delay_ms / MS_PER_SECOND,
        .tv_nsec = delay_ms % MS_PER_SECOND * NS_PER_MS,
    };

    (void)context;
    if (delay_ms > 0)
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &delay, NULL);
}
