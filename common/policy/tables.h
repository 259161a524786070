/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a bundle: holidays of a calendar, transitions of time zones. */
#ifndef RLC_POLICY_TABLES_H
#define RLC_POLICY_TABLES_H

#include "common/policy/keys.h"
#include "common/pure/calendar.h"
#include "common/pure/deadline.h"
#include "common/pure/zone.h"
#include "common/runtime/bundles.h"

#define RLC_ZONES_PATH     "zones.csv"
#define RLC_DEADLINES_PATH "deadlines.csv"

enum {
    RLC_HOLIDAYS_MAX = 8192,    /* of one calendar: 200 years of 40 holidays */
    RLC_ZONES_MAX = 512,        /* of one bundle: IANA has about 340 */
    RLC_TRANSITIONS_MAX = 1024, /* of one zone: twice a year for five centuries */
    RLC_DEADLINES_MAX = 512,    /* lines: ten countries with fifty each */
    RLC_OFFSET_SIZE = 10        /* "+05:53:28" and a NUL */
};

struct rlc_named_zone {
    struct rlc_span name;
    struct rlc_zone zone;
};

/* Reads `calendars/<name>.csv`: lines `date,name` below that very heading, in ascending order;
 * lines that begin with '#' say where the dates come from. A day of the week in place of a date is
 * off every week; without any, Saturday and Sunday are. What is wrong is noted, and `ret_calendar`
 * then holds what could be read. */
void rlc_calendar_read(struct rlc_reading *reading, struct rlc_span content,
                       struct rlc_calendar *ret_calendar);

/* Reads `zones.csv`: lines `zone,from,offset` below that very heading, sorted by zone, then
 * instant; the first of a zone has no instant (before the others). Returned in the arena, sorted by
 * name. */
void rlc_zones_read(struct rlc_reading *reading, struct rlc_span content,
                    struct rlc_named_zone **ret_zones, size_t *ret_count);

/* Reads `deadlines.csv`: lines `code,from,until,count,unit,extends,basis` below that very heading.
 * `from` and `until` are the days of the acts that a line is for, both included, and may be empty;
 * the unit is day, month or year; `extends` is yes or no. Lines of one code must not overlap.
 * Returned in the arena, in the order of the file. */
void rlc_deadlines_read(struct rlc_reading *reading, struct rlc_span content,
                        struct rlc_deadline_rule **ret_rules, size_t *ret_count);

/* Reads and writes "+01:00", "-00:09:21". */
RLC_NODISCARD bool rlc_offset_parse(struct rlc_span text, int32_t *ret_offset_s);
void rlc_offset_format(int32_t offset_s, char ret_text[RLC_OFFSET_SIZE]);

/* Whether `path` is `<folder>/<name><ending>` without further folders, and the name. */
bool rlc_policy_path(struct rlc_span path, const char *folder, const char *ending,
                     struct rlc_span *ret_name);

#endif
