/* SPDX-License-Identifier: Apache-2.0 */
/* A file of events lived through day by day, as `relancectl replay` conducts an installation on
 * servers: the bundle takes effect; then, each day, publish the events up to the step's instant,
 * let all be quiet, tick if somebody is due, let all be quiet. */
#ifndef EMBEDDED_CONDUCTOR_H
#define EMBEDDED_CONDUCTOR_H

#include "embedded.h"

struct conducted {
    rlc_ms step_ms; /* the latest */
    int64_t events; /* published */
    int64_t days;
    int64_t ticks; /* days on which somebody was due */
};

struct conduct {
    const char *events; /* a file, one JSON record a line */
    rlc_ms begin_ms;    /* when the bundle takes effect; 0: midnight before the first event */
    rlc_day last_day;   /* 0: the day of the last event */
    /* Optional: called after each day. */
    void (*progress)(void *context, const struct conducted *conducted);
    void *context;
};

/* RLC_REJECT: the file cannot be read, or its first event has no readable `time`; RLC_FATAL as
 * embedded_settle() has it. What had happened until then stands in `ret_conducted`. */
RLC_NODISCARD enum rlc_status conduct(struct embedded *embedded, const struct conduct *how,
                                      struct conducted *ret_conducted, struct rlc_error *reterr);

#endif
