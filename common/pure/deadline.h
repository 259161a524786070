/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines of procedure: when a time that the law gives is over.
 *
 * How long it is, is data: rules of a table, each for acts of certain days, because laws change and
 * the old length stays for what began under it. How it is counted is the same for all of them
 * (French code of civil procedure, CPC 641 and 642). */
#ifndef RLC_PURE_DEADLINE_H
#define RLC_PURE_DEADLINE_H

#include "common/pure/calendar.h"

enum rlc_deadline_unit { RLC_DEADLINE_DAYS, RLC_DEADLINE_MONTHS, RLC_DEADLINE_YEARS };

/* No time in which the law lets anybody do something is longer: the absolute cap of a right
 * (C. civ. 2232) is 20 years. */
#define RLC_DEADLINE_YEARS_MAX 20

struct rlc_deadline_rule {
    struct rlc_span code; /* "IP_SERVICE" */
    rlc_day from_on;      /* days of the act whose law counts, both included; */
    rlc_day until_on;     /* RLC_DAY_MIN and RLC_DAY_MAX: no bound */
    int32_t count;        /* of units, >= 1 */
    enum rlc_deadline_unit unit;
    bool extends;          /* to the next business day (CPC 642) */
    struct rlc_span basis; /* "CPC 1411", for people */
};

struct rlc_deadline {
    rlc_day raw_on; /* where the count ends */
    rlc_day end_on; /* last day, until 24:00, on which it is kept; >= raw_on */
};

/* The rule of that code under the law of `act_on`; NULL where the table has none: then nobody may
 * guess. `rules` in any order, at most one per code and day. */
const struct rlc_deadline_rule *rlc_deadline_rule(const struct rlc_deadline_rule *rules,
                                                  size_t count, struct rlc_span code,
                                                  rlc_day act_on);

/* The deadline that begins with what happened on `start_on`. That day does not count; months and
 * years end on the day of the same number, else on the month's last day. False when a date is out
 * of range. */
RLC_NODISCARD bool rlc_deadline_of(const struct rlc_deadline_rule *rule,
                                   const struct rlc_calendar *calendar, rlc_day start_on,
                                   struct rlc_deadline *ret_deadline);

#endif
