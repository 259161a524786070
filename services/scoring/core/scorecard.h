/* SPDX-License-Identifier: Apache-2.0 */
/* A logistic scorecard in whole numbers: each value gives points on a curve, their sum is the
 * log-odds of a late payment, and beside it the expected delay. The same integers on every machine.
 */
#ifndef SCORING_CORE_SCORECARD_H
#define SCORING_CORE_SCORECARD_H

#include "core/features.h"

enum {
    SCORING_BANDS_MAX = 8,
    SCORING_POINTS_MAX = 32, /* of one curve: a day of the month each, and one */
    SCORING_PPM = 1000000,
    SCORING_BUCKET_PPM = 100000, /* a probability is said anew when it leaves its tenth */
    SCORING_ODDS_MAX = 20000000, /* of one point: beyond e^20 nothing is more certain */
    SCORING_DELAY_POINTS_MAX = 365000
};

/* A place on a curve. Between two of them lies a straight line, outside the nearest one counts. */
struct scoring_point {
    int32_t at;    /* the feature's value */
    int32_t odds;  /* millionths of log-odds; > 0 speaks for late */
    int32_t delay; /* thousandths of a day */
};

struct scoring_curve {
    const struct scoring_point *point; /* ascending by `at`; NULL: the model has none */
    size_t count;
};

struct scoring_band {
    struct rlc_span name;
    uint32_t below_ppm; /* probabilities below; the last band's is above all */
};

struct scoring_model {
    struct rlc_span name; /* name and version */
    int32_t odds;         /* of a debtor of whom everything is as usual */
    int32_t delay;
    uint32_t margin_ppm; /* so far beyond a border a band or bucket changes */
    const struct scoring_band *band;
    size_t band_count; /* >= 1 */
    struct scoring_curve curve[SCORING_FEATURES];
};

struct scoring_rating {
    uint32_t late_ppm;              /* probability of late payment, 0 to 1,000,000 */
    int32_t delay_days;             /* expected, negative = early */
    int32_t odds[SCORING_FEATURES]; /* what each value contributes; 0 = as usual, or absent */
};

/* Rates. */
void scoring_rate(const struct scoring_model *model, const struct scoring_values *values,
                  struct scoring_rating *ret_rating);

/* A probability, millionths, out of log-odds, millionths; off by less than 50 millionths. */
uint32_t scoring_probability(int64_t odds);

/* The number of the band of a probability. With a band said before (its name; empty: none), that
 * one stays while the probability is within it or not beyond its border by the margin. */
size_t scoring_band_of(const struct scoring_model *model, uint32_t late_ppm, struct rlc_span said);

/* Whether a probability has left the tenth that `said_ppm` lies in, by the margin. */
bool scoring_bucket_left(const struct scoring_model *model, uint32_t late_ppm, uint32_t said_ppm);

/* The largest contributions, largest first, ties in the order of the features; at most `most`, none
 * that is 0. Returns their number. */
size_t scoring_reasons(const struct scoring_rating *rating, size_t most,
                       struct rlc_score_reason *ret_reasons);

#endif
