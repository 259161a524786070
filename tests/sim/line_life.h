/* SPDX-License-Identifier: Apache-2.0 */
/* A life of the whole line: a story is published day by day, and things go wrong as planned, at a
 * step, or at random. */
#ifndef RLC_SIM_LINE_LIFE_H
#define RLC_SIM_LINE_LIFE_H

#include "tests/sim/line_story.h"
#include "tests/support/line_look.h"

/* How a life is led. */
struct way {
    const struct story *story;
    bool system_time;
    uint32_t batch_max;
    size_t processes;
    bool bumpy;      /* what was planned goes wrong (bumps below) */
    int die_role;    /* it dies once ... */
    uint64_t die_at; /* ... at this step of its; 0 = it does not */
    /* It is stopped once, when it is at that step for the so-manieth time, is taken for dead, and
     * goes on when others have done its work; 0 = it is not. */
    int stop_role;
    enum rlc_step stop_step;
    uint64_t stop_at;
    bool all_at_once; /* all processes of a worker at once, else one after the other */
    uint64_t storm;   /* seed; 0 = no storm */
    bool bare;        /* duplicates count for nothing */
};

/* Steps of a worker, or deaths, by step. */
typedef uint64_t life_tally[LINE_ROLES][RLC_STEP_COUNT];

/* Lives it to its end, checks its trail and takes a look; adds to what was made and died. */
void life_live(const struct way *way, struct line_look *ret_look, life_tally made, life_tally died);

/* What all lives share: the bundle that decides, the tenant's keys. For cmocka. */
int life_set_up(void **state);
int life_tear_down(void **state);

#endif
