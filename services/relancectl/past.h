/* SPDX-License-Identifier: Apache-2.0 */
/* What the trail says about one debtor: its facts, one after the other, up to the end of a day of
 * the debtor's own calendar. */
#ifndef RELANCECTL_PAST_H
#define RELANCECTL_PAST_H

#include "cli.h"
#include "common/policy/tzif.h"
#include "common/wire/debtor_fact.h"

/* The debtor's zone, by the tz database of this machine; UTC until a fact names it. */
struct ctl_zone {
    char name[64];
    struct rlc_tzif tzif;
    struct rlc_zone zone;
};

/* Takes over a zone by its name; what this machine does not know leaves it as it is. */
void ctl_zone_set(struct ctl_zone *zone, struct rlc_span name);

#define CTL_LOCAL_SIZE 32

/* "2026-03-02 10:00" on the clocks of the zone; "" for RLC_MS_NONE. */
const char *ctl_local(const struct ctl_zone *zone, rlc_ms instant, char buffer[CTL_LOCAL_SIZE]);

/* One fact; borrowed during the call. */
struct ctl_past_fact {
    const struct rlc_debtor_fact *fact;
    int32_t partition; /* where it stands in `debtor-facts` */
    int64_t offset;
    rlc_day on; /* the debtor's civil day on which it was decided */
    const struct ctl_zone *zone;
    struct rlc_span raw; /* its bytes */
};

struct ctl_past {
    struct rlc_span tenant;
    struct rlc_span debtor;
    rlc_day until_on; /* the last day; RLC_DAY_NONE = up to now */
    void (*take)(void *context, const struct ctl_past_fact *fact);
    void *context;
    struct ctl_zone zone; /* set while reading */
    size_t count;         /* facts taken */
    size_t unreadable;    /* facts of a kind that this version does not know */
};

/* Reads them. CTL_OK, or the exit code after a message: CTL_NOT_THERE where the trail knows no such
 * debtor (up to that day). */
int ctl_past_read(struct ctl *ctl, struct ctl_past *past);

/* "TENANT/ID" of the command line, taken apart; false after a message. */
bool ctl_debtor_argument(struct ctl *ctl, const char *text, struct rlc_span *ret_tenant,
                         struct rlc_span *ret_debtor);

/* --on DATE; RLC_DAY_NONE without it. False after a message. */
bool ctl_day_option(struct ctl *ctl, const char *name, rlc_day *ret_day);

#endif
