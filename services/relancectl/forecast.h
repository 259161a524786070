/* SPDX-License-Identifier: Apache-2.0 */
/* What would go out about a balance in the days after it: the events of the balance are told to
 * scenario's core in memory (rehearsal.h), which decides as it would on servers on a first day. */
#ifndef RELANCECTL_FORECAST_H
#define RELANCECTL_FORECAST_H

#include "balance.h"
#include "core/policy.h"

#define CTL_FORECAST_DAYS 14 /* the day of the balance is the first */

struct ctl_forecast_step {
    struct rlc_span scenario;
    struct rlc_span step;
    enum rlc_tone tone;
    long messages; /* whose highest step it is: one message speaks of all of an account that is due
                      for a step by then */
    long items;    /* that it speaks of, in messages of its own or of a higher step */
    struct rlc_money amounts[CTL_BALANCE_CURRENCIES_MAX]; /* of these items */
    size_t amount_count;
};

struct ctl_forecast {
    rlc_day from_on;
    const struct rlc_zone *zone; /* by which days are told */
    long messages;
    long debtors;
    long days[CTL_FORECAST_DAYS];
    struct ctl_forecast_step *steps; /* all of the policy, in its order; in the balance's arena */
    size_t step_count;
    long silent[RLC_SUPPRESSION_PROVISIONAL + 1]; /* items that wait at the end, by reason */
    long later;             /* late items whose first step comes after these days */
    long passed;            /* late items past every step: none is to come for them */
    json_t *messages_list;  /* {"at", "debtor", "creditor", "step", "items", ...} each */
    json_t *written;        /* debtors that are written to */
    json_t *new_creditors;  /* that the policies do not name */
    bool assumes_addresses; /* the balance has none */
    bool overflow;          /* a sum went beyond 64 bits */
};

/* Lives through the days from `balance->on` on. `policy` is borrowed; a creditor that it does not
 * name speaks as its first one does. CTL_OK, or the exit code after a message. Pair with
 * ctl_forecast_close() in any case. */
int ctl_forecast_make(struct ctl_balance *balance, const struct policy *policy,
                      struct ctl_forecast *ret_forecast);
void ctl_forecast_close(struct ctl_forecast *forecast);

#endif
