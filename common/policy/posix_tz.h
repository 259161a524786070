/* SPDX-License-Identifier: Apache-2.0 */
/* A rule for all years, as the footer of a TZif file holds it: "CET-1CEST,M3.5.0,M10.5.0/3". */
#ifndef RLC_POLICY_POSIX_TZ_H
#define RLC_POLICY_POSIX_TZ_H

#include "common/pure/base.h"

enum rlc_posix_day {
    RLC_POSIX_DAY_JULIAN, /* J1 to J365: February 29 never counts */
    RLC_POSIX_DAY_ZERO,   /* 0 to 365: February 29 counts */
    RLC_POSIX_DAY_WEEKDAY /* Mm.w.d: the w-th weekday d of month m, w = 5 the last */
};

struct rlc_posix_date {
    enum rlc_posix_day kind;
    int32_t day;     /* of JULIAN and ZERO */
    int32_t month;   /* of WEEKDAY: 1 to 12 */
    int32_t week;    /* 1 to 5 */
    int32_t weekday; /* 0 = Sunday */
    int32_t time_s;  /* after the midnight shown before the change; may be negative */
};

struct rlc_posix_tz {
    int32_t standard_s; /* seconds east of UTC */
    bool has_summer;
    int32_t summer_s;
    struct rlc_posix_date start; /* of summer time */
    struct rlc_posix_date end;
};

/* Reads a rule, with RFC 8536's hours from -167 to 167. False when it is none. */
RLC_NODISCARD bool rlc_posix_tz_parse(const char *text, size_t size, struct rlc_posix_tz *ret_tz);

/* The instants at which summer time begins and ends in a year (1900 to 2200), in seconds of UTC. */
void rlc_posix_tz_year(const struct rlc_posix_tz *tz, int32_t year, int64_t *ret_start_s,
                       int64_t *ret_end_s);

#endif
