/* SPDX-License-Identifier: Apache-2.0 */
/* Where a worker's time comes from. Nothing else in the product asks the system for the time, so
 * that a test or a simulation can hand in its own. */
#ifndef RLC_RUNTIME_CLOCK_H
#define RLC_RUNTIME_CLOCK_H

#include "common/pure/base.h"

struct rlc_clock {
    rlc_ms (*now_ms)(void *context);         /* the wall clock: may jump, may be wrong */
    uint64_t (*monotonic_ns)(void *context); /* never goes back; for deadlines and durations only */
    void *context;
};

/* The system's clocks. The monotonic one counts while the machine is suspended: a look that is two
 * seconds old stays two seconds old. */
struct rlc_clock rlc_clock_system(void);

/* A clock that shows `*now_ms`, which somebody else moves (forward only); the monotonic time
 * follows it. The pointer is borrowed and outlives the clock. */
struct rlc_clock rlc_clock_virtual(rlc_ms *now_ms);

static inline rlc_ms rlc_clock_now_ms(const struct rlc_clock *clock)
{
    return clock->now_ms(clock->context);
}

static inline uint64_t rlc_clock_monotonic_ns(const struct rlc_clock *clock)
{
    return clock->monotonic_ns(clock->context);
}

/* Sleeps on the system's clock. A signal ends it early, so that a stop is heeded at once. `context`
 * is ignored: the signature is that of the loop's waiting function. */
void rlc_clock_pause_ms(void *context, int64_t delay_ms);

#endif
