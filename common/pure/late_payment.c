/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/late_payment.h"

#define DAYS_PER_YEAR 365 /* leap years included */
#define PPM           1000000

#define ANY INT64_MAX

const struct rlc_late_law RLC_LATE_LAWS[] = {
    { "FR",
      "C. com. L441-10, D441-5",
      RLC_LATE_ECB_MRO,
      100000,
      0,
      RLC_LATE_FLOATING,
      "EUR",
      { { ANY, 4000 } } },
    { "FR-PUBLIC",
      "CCP L2192-10 to 14, R2192-31, D2192-35",
      RLC_LATE_ECB_MRO,
      80000,
      0,
      RLC_LATE_FIXED_AT_START,
      "EUR",
      { { ANY, 4000 } } },
    { "BE",
      "law of 2 August 2002, art. 5 and 6",
      RLC_LATE_ECB_MRO,
      80000,
      5000,
      RLC_LATE_FLOATING,
      "EUR",
      { { ANY, 4000 } } },
    { "DE",
      "BGB 247, 288 (2) and (5)",
      RLC_LATE_BASISZINS,
      90000,
      0,
      RLC_LATE_FLOATING,
      "EUR",
      { { ANY, 4000 } } },
    { "IT",
      "D.Lgs. 231/2002, art. 2, 5 and 6",
      RLC_LATE_ECB_MRO,
      80000,
      0,
      RLC_LATE_FLOATING,
      "EUR",
      { { ANY, 4000 } } },
    { "NL",
      "BW 6:119a, 6:96",
      RLC_LATE_ECB_MRO,
      80000,
      0,
      RLC_LATE_FLOATING,
      "EUR",
      { { ANY, 4000 } } },
    { "GB",
      "Late Payment of Commercial Debts (Interest) Act 1998, SI 2002/1675",
      RLC_LATE_BOE_BASE,
      80000,
      0,
      RLC_LATE_FIXED_AT_START,
      "GBP",
      { { 100000, 4000 }, { 1000000, 7000 }, { ANY, 10000 } } },
};
const size_t RLC_LATE_LAW_COUNT = RLC_COUNT(RLC_LATE_LAWS);

/* Reference rates in ppm by half-year: European Central Bank, Deutsche Bundesbank, Bank of England.
 * A new half-year is a new line once the three have said theirs. */
static const int32_t RATES[][RLC_LATE_INDEX_COUNT] = {
    { 500, -8300, 5000 },    /* 2015, first half */
    { 500, -8300, 5000 },    /* 2015, second half */
    { 500, -8300, 5000 },    /* 2016, first half */
    { 0, -8800, 5000 },      /* 2016, second half */
    { 0, -8800, 2500 },      /* 2017, first half */
    { 0, -8800, 2500 },      /* 2017, second half */
    { 0, -8800, 5000 },      /* 2018, first half */
    { 0, -8800, 5000 },      /* 2018, second half */
    { 0, -8800, 7500 },      /* 2019, first half */
    { 0, -8800, 7500 },      /* 2019, second half */
    { 0, -8800, 7500 },      /* 2020, first half */
    { 0, -8800, 1000 },      /* 2020, second half */
    { 0, -8800, 1000 },      /* 2021, first half */
    { 0, -8800, 1000 },      /* 2021, second half */
    { 0, -8800, 2500 },      /* 2022, first half */
    { 0, -8800, 12500 },     /* 2022, second half */
    { 25000, 16200, 35000 }, /* 2023, first half */
    { 40000, 31200, 50000 }, /* 2023, second half */
    { 45000, 36200, 52500 }, /* 2024, first half */
    { 42500, 33700, 52500 }, /* 2024, second half */
    { 31500, 22700, 47500 }, /* 2025, first half */
    { 21500, 12700, 42500 }, /* 2025, second half */
    { 21500, 12700, 37500 }, /* 2026, first half */
};

const struct rlc_late_law *rlc_late_law(struct rlc_span code)
{
    for (size_t i = 0; i < RLC_LATE_LAW_COUNT; i++) {
        if (rlc_span_equal(code, rlc_span_of(RLC_LATE_LAWS[i].code)))
            return &RLC_LATE_LAWS[i];
    }
    return NULL;
}

/* ---- rates ---- */

/* The half-year of a day, counted from the tables' first; negative before it. */
static int32_t half_of(rlc_day day)
{
    struct rlc_date date = rlc_day_date(day);

    return (date.year - RLC_LATE_YEAR_MIN) * 2 + (date.month > 6);
}

bool rlc_late_rate(const struct rlc_late_law *law, rlc_day day, int32_t *ret_ppm)
{
    int32_t half = half_of(day);
    int32_t rest;

    if (half < 0 || half >= (int32_t)RLC_COUNT(RATES))
        return false;
    *ret_ppm = RATES[half][law->index] + law->margin_ppm;
    rest = law->step_ppm > 0 ? *ret_ppm % law->step_ppm : 0;
    if (rest > 0)
        *ret_ppm += law->step_ppm - rest;
    return true;
}

/* The last day of the half-year of `day`. */
static rlc_day half_end(rlc_day day)
{
    struct rlc_date date = rlc_day_date(day);
    rlc_day end = day;
    bool exists = rlc_day_from_date(date.month > 6 ? (struct rlc_date){ date.year, 12, 31 }
                                                   : (struct rlc_date){ date.year, 6, 30 },
                                    &end);

    return exists ? end : day;
}

/* ---- interest ---- */

/* Interest that runs, in whole ppm-days until it is rounded once. Two dates of the calendar's range
 * are less than 2^17 days apart: with any principal the product fits. */
struct run {
    const struct rlc_late_law *law;
    rlc_day start_on;
    rlc_day as_of_on;
    __int128 ppm_days;
};

/* From `from_on` to the end of its half-year, or of the interest. Adds to the run. */
static struct rlc_late_stretch take_stretch(struct run *run, rlc_day from_on)
{
    rlc_day end_on = half_end(from_on);
    struct rlc_late_stretch stretch = { .from_on = from_on,
                                        .to_on = end_on < run->as_of_on ? end_on : run->as_of_on };

    stretch.known = rlc_late_rate(
        run->law, run->law->mode == RLC_LATE_FLOATING ? from_on : run->start_on, &stretch.rate_ppm);
    if (stretch.known)
        run->ppm_days += (__int128)stretch.rate_ppm * (stretch.to_on - from_on + 1);
    return stretch;
}

static bool interest_of(const struct run *run, int64_t principal_minor, int64_t *ret_minor)
{
    return rlc_divide_half_up(principal_minor * run->ppm_days, (int64_t)DAYS_PER_YEAR * PPM,
                              ret_minor);
}

bool rlc_late_interest(const struct rlc_late_law *law, struct rlc_money principal, rlc_day due_on,
                       rlc_day as_of_on, struct rlc_late_interest *ret_interest)
{
    struct run run = { .law = law, .start_on = due_on + 1, .as_of_on = as_of_on };
    struct rlc_late_stretch stretch;

    *ret_interest = (struct rlc_late_interest){ .interest = principal };
    for (rlc_day from_on = run.start_on; from_on <= as_of_on; from_on = stretch.to_on + 1) {
        int32_t days;

        stretch = take_stretch(&run, from_on);
        days = stretch.to_on - from_on + 1;
        ret_interest->days += days;
        if (stretch.known)
            continue;
        if (ret_interest->days_unknown == 0)
            ret_interest->unknown_from_on = from_on;
        ret_interest->days_unknown += days;
    }
    return interest_of(&run, principal.minor, &ret_interest->interest.minor);
}

bool rlc_late_stretches(const struct rlc_late_law *law, struct rlc_money principal, rlc_day due_on,
                        rlc_day as_of_on, struct rlc_late_stretch *ret_stretches, size_t *ret_count)
{
    struct run run = { .law = law, .start_on = due_on + 1, .as_of_on = as_of_on };
    rlc_day from_on = run.start_on;
    int64_t before_minor = 0;

    for (*ret_count = 0; from_on <= as_of_on; (*ret_count)++) {
        struct rlc_late_stretch *stretch = &ret_stretches[*ret_count];
        int64_t minor;

        if (*ret_count == RLC_LATE_STRETCHES_MAX)
            return false;
        *stretch = take_stretch(&run, from_on);
        if (!interest_of(&run, principal.minor, &minor))
            return false;
        stretch->interest = principal;
        stretch->interest.minor = minor - before_minor;
        before_minor = minor;
        from_on = stretch->to_on + 1;
    }
    return true;
}

bool rlc_late_indemnity(const struct rlc_late_law *law, struct rlc_money principal,
                        struct rlc_money *ret_indemnity)
{
    size_t i = 0;

    if (law->sum[0].below_minor != ANY &&
        !rlc_span_equal(rlc_span_of(law->currency), rlc_span_of(principal.currency)))
        return false;
    while (principal.minor >= law->sum[i].below_minor && i + 1 < RLC_LATE_SUMS_MAX)
        i++;
    *ret_indemnity = (struct rlc_money){ .minor = law->sum[i].sum_minor };
    memcpy(ret_indemnity->currency, law->currency, sizeof(ret_indemnity->currency));
    return true;
}
