/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of a scorecard: curves, probability, bands that do not flutter, reasons. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/scoring_bench.h"

static const struct scoring_values NOTHING_KNOWN = { {
    [0 ... SCORING_FEATURES - 1] = SCORING_ABSENT,
} };

static struct scoring_rating rated(enum scoring_feature feature, int32_t value)
{
    struct scoring_values values = NOTHING_KNOWN;
    struct scoring_rating rating;

    values.value[feature] = value;
    scoring_rate(&BENCH_MODEL, &values, &rating);
    return rating;
}

static void a_probability_is_the_logistic_function_but_for_fifty_millionths(void **state)
{
    uint32_t before = 0;

    (void)state;
    for (int64_t odds = -20000000; odds <= 20000000; odds += 1237) {
        uint32_t ppm = scoring_probability(odds);
        double exact = 1e6 / (1 + exp(-(double)odds / 1e6));

        assert_true(fabs(exact - ppm) < 50);
        assert_true(ppm >= before && ppm <= SCORING_PPM);
        before = ppm;
    }
    assert_int_equal(scoring_probability(0), 500000);
    assert_int_equal(scoring_probability(INT64_C(1) << 40), 999999);
    assert_int_equal(scoring_probability(-(INT64_C(1) << 40)), 1);
}

static void points_lie_on_straight_lines_and_end_with_the_curve(void **state)
{
    (void)state;
    assert_int_equal(rated(SCORING_OVERDUE, -5).odds[SCORING_OVERDUE], -1000000);
    assert_int_equal(rated(SCORING_OVERDUE, 0).odds[SCORING_OVERDUE], -1000000);
    assert_int_equal(rated(SCORING_OVERDUE, 1).odds[SCORING_OVERDUE], 0);
    assert_int_equal(rated(SCORING_OVERDUE, 3).odds[SCORING_OVERDUE], 2000000);
    assert_int_equal(rated(SCORING_OVERDUE, 99).odds[SCORING_OVERDUE], 3000000);
    assert_int_equal(rated(SCORING_OVERDUE, 99).delay_days, 21);
}

static void what_is_absent_or_without_a_curve_counts_as_usual(void **state)
{
    (void)state;
    assert_int_equal(rated(SCORING_OVERDUE, SCORING_ABSENT).late_ppm, 500000);
    assert_int_equal(rated(SCORING_TERM, 60).late_ppm, 500000);
    assert_int_equal(rated(SCORING_TERM, 60).delay_days, 1);
}

static size_t band_after(uint32_t late_ppm, const char *said)
{
    return scoring_band_of(&BENCH_MODEL, late_ppm, rlc_span_of(said));
}

static void a_band_changes_only_beyond_the_margin_of_its_border(void **state)
{
    (void)state;
    assert_int_equal(band_after(249999, ""), 0);
    assert_int_equal(band_after(250000, ""), 1);
    assert_int_equal(band_after(269999, "A"), 0);
    assert_int_equal(band_after(270000, "A"), 1);
    assert_int_equal(band_after(230000, "B"), 1);
    assert_int_equal(band_after(229999, "B"), 0);
    assert_int_equal(band_after(999999, "C"), 2);
    assert_int_equal(band_after(0, "C"), 0);
    assert_int_equal(band_after(400000, "of another model"), 1);
}

static void a_tenth_is_left_only_beyond_the_margin(void **state)
{
    (void)state;
    assert_false(scoring_bucket_left(&BENCH_MODEL, 319999, 250000));
    assert_true(scoring_bucket_left(&BENCH_MODEL, 320000, 250000));
    assert_false(scoring_bucket_left(&BENCH_MODEL, 180000, 250000));
    assert_true(scoring_bucket_left(&BENCH_MODEL, 179999, 250000));
    assert_false(scoring_bucket_left(&BENCH_MODEL, 0, 10000));
}

static void reasons_are_the_largest_contributions_of_either_sign(void **state)
{
    struct scoring_rating rating = { .odds = { [SCORING_LATE_SHARE] = 300,
                                               [SCORING_OPEN] = -900,
                                               [SCORING_OVERDUE] = 900,
                                               [SCORING_DISPUTES] = 500 } };
    struct rlc_score_reason reasons[3];

    (void)state;
    assert_int_equal(scoring_reasons(&rating, 3, reasons), 3);
    assert_int_equal(reasons[0].weight_ppm, -900);
    assert_int_equal(reasons[1].weight_ppm, 900);
    assert_true(rlc_span_equal(reasons[2].code, rlc_span_of("DISPUTES")));
    rating = (struct scoring_rating){ .odds = { [SCORING_OPEN] = 1 } };
    assert_int_equal(scoring_reasons(&rating, 3, reasons), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_probability_is_the_logistic_function_but_for_fifty_millionths),
        cmocka_unit_test(points_lie_on_straight_lines_and_end_with_the_curve),
        cmocka_unit_test(what_is_absent_or_without_a_curve_counts_as_usual),
        cmocka_unit_test(a_band_changes_only_beyond_the_margin_of_its_border),
        cmocka_unit_test(a_tenth_is_left_only_beyond_the_margin),
        cmocka_unit_test(reasons_are_the_largest_contributions_of_either_sign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
