/* SPDX-License-Identifier: Apache-2.0 */
/* Where the loop gets its time from. Cores never see a clock: time reaches them as an event. */
#ifndef RLC_RUNTIME_CLOCK_H
#define RLC_RUNTIME_CLOCK_H

#include "common/pure/base.h"

struct rlc_clock {
    rlc_ms (*now_ms)(void *context);         /* wall clock, UTC */
    uint64_t (*monotonic_ns)(void *context); /* never goes back; counts through suspend */
    void *context;
};

/* The machine's clocks. */
struct rlc_clock rlc_clock_system(void);

/* A clock that stands at `*now_ms` until somebody moves it; the monotonic clock follows it. */
struct rlc_clock rlc_clock_virtual(rlc_ms *now_ms);

#endif
