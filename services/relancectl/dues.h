/* SPDX-License-Identifier: Apache-2.0 */
/* What an aged balance adds up to on its day, currency by currency, and what the law adds to it. */
#ifndef RELANCECTL_DUES_H
#define RELANCECTL_DUES_H

#include "balance.h"
#include "common/pure/late_payment.h"

/* How old an item is. */
enum ctl_age {
    CTL_AGE_NOT_DUE, /* the due date itself is not late */
    CTL_AGE_30,      /* 1 to 30 days late */
    CTL_AGE_60,
    CTL_AGE_90,
    CTL_AGE_OLDER,
    CTL_AGE_UNKNOWN, /* no due date */
    CTL_AGE_COUNT
};

/* "1 to 30 days". */
const char *ctl_age_word(enum ctl_age age);

struct ctl_heap {
    long items;
    struct rlc_money amount;
};

struct ctl_subtotal {
    struct ctl_heap all;
    struct ctl_heap ages[CTL_AGE_COUNT];
    struct ctl_heap overdue;
    long overdue_debtors;
    struct ctl_heap interest; /* of the overdue items that have a law */
    long without_law;         /* overdue items of traders and others whose law nobody named */
    long without_rate;        /* overdue items of which some days have no known rate */
    long without_sum;         /* overdue items whose fixed sum depends on another currency */
};

struct ctl_dues {
    const struct rlc_late_law *law; /* NULL: none was named */
    bool named;                     /* by the command line: then it holds in every currency */
    struct ctl_subtotal subtotals[CTL_BALANCE_CURRENCIES_MAX];
    size_t count;
    struct ctl_heap indemnity[2]; /* of invoices, in the currencies of the laws that applied */
    size_t indemnity_count;
    long overdue_debtors; /* over all currencies */
    long overdue_items;
    long consumers;          /* overdue items of consumers: no such law */
    rlc_day unknown_from_on; /* first day without a rate; with `without_rate` > 0 */
};

/* Begins: `law` is "" or the code of a law, or "none". CTL_OK, or the exit code after a message. */
int ctl_dues_begin(const struct ctl *ctl, const char *law, struct ctl_dues *ret_dues);

/* Adds a balance up. CTL_OK, or the exit code after a message. */
int ctl_dues_add_up(const struct ctl_balance *balance, struct ctl_dues *dues);

#endif
