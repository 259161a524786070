/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scorecard.h"

#include "core/profile.h"

/* ---- from log-odds to a probability ---- */

enum {
    STEPS = 16, /* of the table, for each unit of log-odds */
    STEP_ODDS = SCORING_PPM / STEPS,
    THOUSAND = 1000
};

/* 1,000,000 / (1 + e^(-k/16)), rounded: between two of them a straight line is off by less than
 * 50. Beyond the end it is the last one. */
static const uint32_t SIGMOID[] = {
    500000, 515620, 531209, 546738, 562177, 577495, 592667, 607663, 622459, 637031, 651355, 665411,
    679179, 692642, 705785, 718594, 731059, 743168, 754915, 766294, 777300, 787931, 798187, 808067,
    817574, 826712, 835484, 843895, 851953, 859664, 867036, 874077, 880797, 887205, 893309, 899121,
    904651, 909907, 914901, 919643, 924142, 928409, 932453, 936285, 939913, 943348, 946597, 949669,
    952574, 955319, 957912, 960361, 962673, 964855, 966914, 968856, 970688, 972415, 974043, 975577,
    977023, 978385, 979668, 980876, 982014, 983085, 984094, 985043, 985936, 986777, 987568, 988313,
    989013, 989672, 990292, 990874, 991423, 991938, 992423, 992879, 993307, 993710, 994089, 994445,
    994780, 995095, 995390, 995668, 995930, 996176, 996406, 996623, 996827, 997019, 997199, 997368,
    997527, 997677, 997817, 997949, 998073, 998190, 998299, 998402, 998499, 998590, 998675, 998755,
    998830, 998901, 998968, 999030, 999089, 999144, 999196, 999245, 999290, 999333, 999374, 999412,
    999447, 999481, 999512, 999542, 999569, 999596, 999620, 999643, 999665, 999685, 999704, 999722,
    999739, 999755, 999769, 999783, 999797, 999809, 999820, 999831, 999842, 999851, 999860, 999869,
    999877, 999884, 999891, 999898, 999904, 999910, 999915, 999920, 999925, 999930, 999934, 999938,
    999942, 999945, 999949, 999952, 999955, 999957, 999960, 999962, 999965, 999967, 999969, 999971,
    999972, 999974, 999976, 999977, 999979, 999980, 999981, 999982, 999983, 999984, 999985, 999986,
    999987, 999988, 999989, 999989, 999990, 999990, 999991, 999992, 999992, 999993, 999993, 999993,
    999994, 999994, 999995, 999995, 999995, 999996, 999996, 999996, 999996, 999996, 999997, 999997,
    999997, 999997, 999997, 999998, 999998, 999998, 999998, 999998, 999998, 999998, 999998, 999999,
    999999, 999999, 999999, 999999, 999999, 999999, 999999, 999999, 999999
};

/* Of log-odds >= 0. */
static uint32_t upper_half(int64_t odds)
{
    int64_t step = odds / STEP_ODDS;
    int64_t rest = odds % STEP_ODDS;
    int64_t rise;

    if (step >= (int64_t)RLC_COUNT(SIGMOID) - 1)
        return SIGMOID[RLC_COUNT(SIGMOID) - 1];
    rise = SIGMOID[step + 1] - SIGMOID[step];
    return SIGMOID[step] + (uint32_t)(rise * rest / STEP_ODDS);
}

uint32_t scoring_probability(int64_t odds)
{
    return odds >= 0 ? upper_half(odds) : SCORING_PPM - upper_half(-odds);
}

/* ---- points ---- */

static int32_t between(int32_t low, int32_t high, int64_t part, int64_t of)
{
    return low + (int32_t)profile_floor(((int64_t)high - low) * part, of);
}

static struct scoring_point point_of(const struct scoring_curve *curve, int32_t value)
{
    const struct scoring_point *point = curve->point;
    size_t i = 0;
    int64_t part, of;

    if (value <= point[0].at)
        return point[0];
    if (value >= point[curve->count - 1].at)
        return point[curve->count - 1];
    while (point[i + 1].at <= value)
        i++;
    part = (int64_t)value - point[i].at;
    of = (int64_t)point[i + 1].at - point[i].at;
    return (struct scoring_point){ .at = value,
                                   .odds = between(point[i].odds, point[i + 1].odds, part, of),
                                   .delay = between(point[i].delay, point[i + 1].delay, part, of) };
}

void scoring_rate(const struct scoring_model *model, const struct scoring_values *values,
                  struct scoring_rating *ret_rating)
{
    int64_t odds = model->odds;
    int64_t delay = model->delay;
    int64_t days;

    for (size_t i = 0; i < SCORING_FEATURES; i++) {
        const struct scoring_curve *curve = &model->curve[i];
        struct scoring_point point = { 0 };

        if (curve->count > 0 && values->value[i] != SCORING_ABSENT)
            point = point_of(curve, values->value[i]);
        ret_rating->odds[i] = point.odds;
        odds += point.odds;
        delay += point.delay;
    }
    days = profile_floor(delay + THOUSAND / 2, THOUSAND);
    ret_rating->late_ppm = scoring_probability(odds);
    ret_rating->delay_days = days < SCORING_DELAY_MIN   ? SCORING_DELAY_MIN
                             : days > SCORING_DELAY_MAX ? SCORING_DELAY_MAX
                                                        : (int32_t)days;
}

/* ---- bands and buckets ---- */

static uint32_t lower_border(const struct scoring_model *model, size_t band)
{
    return band == 0 ? 0 : model->band[band - 1].below_ppm;
}

/* Whether `late_ppm` lies in [from, below) widened by the margin on both sides. */
static bool within(const struct scoring_model *model, uint32_t late_ppm, uint32_t from,
                   uint32_t below)
{
    return late_ppm + model->margin_ppm >= from && late_ppm < below + model->margin_ppm;
}

size_t scoring_band_of(const struct scoring_model *model, uint32_t late_ppm, struct rlc_span said)
{
    size_t band = 0;

    for (size_t i = 0; i < model->band_count; i++) {
        if (rlc_span_equal(model->band[i].name, said) &&
            within(model, late_ppm, lower_border(model, i), model->band[i].below_ppm))
            return i;
    }
    while (band + 1 < model->band_count && late_ppm >= model->band[band].below_ppm)
        band++;
    return band;
}

bool scoring_bucket_left(const struct scoring_model *model, uint32_t late_ppm, uint32_t said_ppm)
{
    uint32_t from = said_ppm / SCORING_BUCKET_PPM * SCORING_BUCKET_PPM;

    return !within(model, late_ppm, from, from + SCORING_BUCKET_PPM);
}

/* ---- reasons ---- */

static int64_t size_of(int64_t odds)
{
    return odds < 0 ? -odds : odds;
}

size_t scoring_reasons(const struct scoring_rating *rating, size_t most,
                       struct rlc_score_reason *ret_reasons)
{
    size_t count = 0;

    for (size_t i = 0; i < SCORING_FEATURES; i++) {
        size_t at = count;

        if (rating->odds[i] == 0)
            continue;
        while (at > 0 && size_of(ret_reasons[at - 1].weight_ppm) < size_of(rating->odds[i]))
            at--;
        if (at == most)
            continue;
        if (count < most)
            count++;
        for (size_t k = count - 1; k > at; k--)
            ret_reasons[k] = ret_reasons[k - 1];
        ret_reasons[at] = (struct rlc_score_reason){ .code = rlc_span_of(SCORING_FEATURE[i].reason),
                                                     .weight_ppm = rating->odds[i] };
    }
    return count;
}
