/* SPDX-License-Identifier: Apache-2.0 */
/* What the law gives a creditor whose invoice is paid late, without any reminder: interest from the
 * day after the due date on, and a fixed sum for the cost of recovery, once per invoice.
 *
 * The laws and the reference rates of each half-year are tables. Where a day has no rate in them no
 * interest is computed for it: the answer counts such days and never carries an older rate on. */
#ifndef RLC_PURE_LATE_PAYMENT_H
#define RLC_PURE_LATE_PAYMENT_H

#include "common/pure/calendar.h"
#include "common/pure/money.h"

/* Half-years that the tables know, from the first half of 2015 on: older claims are limited. */
#define RLC_LATE_YEAR_MIN 2015

enum rlc_late_index {
    RLC_LATE_ECB_MRO,    /* main refinancing rate in force on the half-year's first day */
    RLC_LATE_BASISZINS,  /* BGB 247 */
    RLC_LATE_BOE_BASE,   /* Bank of England, on the last day before the half-year */
    RLC_LATE_INDEX_COUNT /* none of them */
};

/* Which half-year's rate counts. */
enum rlc_late_mode {
    RLC_LATE_FLOATING,      /* that of each day */
    RLC_LATE_FIXED_AT_START /* that of the first day of interest, for the life of the debt */
};

/* A fixed sum for debts of less than so much. */
struct rlc_late_sum {
    int64_t below_minor; /* INT64_MAX: any debt */
    int64_t sum_minor;
};

enum { RLC_LATE_SUMS_MAX = 3 };

struct rlc_late_law {
    const char *code;  /* "FR" */
    const char *basis; /* "C. com. L441-10, D441-5" */
    enum rlc_late_index index;
    int32_t margin_ppm;
    int32_t step_ppm; /* the rate is rounded up to a multiple; 0 = not */
    enum rlc_late_mode mode;
    char currency[RLC_CURRENCY_SIZE]; /* of the fixed sum */
    struct rlc_late_sum sum[RLC_LATE_SUMS_MAX];
};

extern const struct rlc_late_law RLC_LATE_LAWS[];
extern const size_t RLC_LATE_LAW_COUNT;

/* The law of that code, or NULL. */
const struct rlc_late_law *rlc_late_law(struct rlc_span code);

/* The yearly rate of the half-year in which `day` lies; false where the tables have none. */
RLC_NODISCARD bool rlc_late_rate(const struct rlc_late_law *law, rlc_day day, int32_t *ret_ppm);

struct rlc_late_interest {
    struct rlc_money interest; /* of the days that have a rate; rounded once */
    int32_t days;              /* late */
    int32_t days_unknown;      /* of them, without a rate */
    rlc_day unknown_from_on;   /* first of these; with days_unknown > 0 */
};

/* A stretch of days within one half-year. */
struct rlc_late_stretch {
    rlc_day from_on;
    rlc_day to_on; /* the last day that is counted */
    bool known;    /* false: the tables have no rate for it */
    int32_t rate_ppm;
    struct rlc_money interest; /* of all stretches they add up to what rlc_late_interest says */
};

/* No debt younger than RLC_LATE_YEAR_MIN has more of them before this many half-years are over. */
#define RLC_LATE_STRETCHES_MAX 64

/* The stretches of which rlc_late_interest is the sum, oldest first: at most RLC_LATE_STRETCHES_MAX
 * are written. False when they are more, or an amount does not fit. */
RLC_NODISCARD bool rlc_late_stretches(const struct rlc_late_law *law, struct rlc_money principal,
                                      rlc_day due_on, rlc_day as_of_on,
                                      struct rlc_late_stretch *ret_stretches, size_t *ret_count);

/* Interest on `principal`, unpaid since `due_on`, up to `as_of_on` included: actual days / 365.
 * Nothing for a due date that is not over. False when the amount does not fit. */
RLC_NODISCARD bool rlc_late_interest(const struct rlc_late_law *law, struct rlc_money principal,
                                     rlc_day due_on, rlc_day as_of_on,
                                     struct rlc_late_interest *ret_interest);

/* The fixed sum for one invoice that is late, in the law's own currency. False where it depends on
 * the debt and the debt is in another currency: amounts are not converted. */
RLC_NODISCARD bool rlc_late_indemnity(const struct rlc_late_law *law, struct rlc_money principal,
                                      struct rlc_money *ret_indemnity);

#endif
