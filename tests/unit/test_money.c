/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/money.h"

#include "tests/support/check.h"
#include "tests/support/death.h"
#include "tests/support/random.h"

static const struct rlc_money_style CANONICAL = { '.', '\0' };
static const struct rlc_money_style GERMAN = { ',', '.' };
static const struct rlc_money_style FRENCH = { ',', ' ' };
static const struct rlc_money_style SWISS = { '.', '\'' };
static const struct rlc_money_style AMERICAN = { '.', ',' };

static struct rlc_money eur(int64_t cents)
{
    return (struct rlc_money){ cents, "EUR" };
}

static struct rlc_money usd(int64_t cents)
{
    return (struct rlc_money){ cents, "USD" };
}

struct reading {
    const char *text;
    const char *currency;
    const struct rlc_money_style *style;
    int64_t minor;
};

static const struct reading AMOUNTS[] = {
    { "1234.56", "EUR", &CANONICAL, 123456 },
    { "-1234.56", "EUR", &CANONICAL, -123456 },
    { "0", "EUR", &CANONICAL, 0 },
    { "-0.00", "EUR", &CANONICAL, 0 },
    { "12", "EUR", &CANONICAL, 1200 },
    { "12.5", "EUR", &CANONICAL, 1250 },
    { "0012.50", "EUR", &CANONICAL, 1250 },
    { "0.01", "EUR", &CANONICAL, 1 },
    { "1234", "JPY", &CANONICAL, 1234 },
    { "1.234", "TND", &CANONICAL, 1234 },
    { "1.5", "TND", &CANONICAL, 1500 },
    { "38012.3456", "CLF", &CANONICAL, 380123456 },
    { "92233720368547758.07", "EUR", &CANONICAL, INT64_MAX },
    { "-92233720368547758.07", "EUR", &CANONICAL, -INT64_MAX },
    { "1.234,56", "EUR", &GERMAN, 123456 },
    { "1234,56", "EUR", &GERMAN, 123456 },
    { "1.234.567", "JPY", &GERMAN, 1234567 },
    { "12 345,6", "EUR", &FRENCH, 1234560 },
    { "12\xc2\xa0"
      "345,60",
      "EUR", &FRENCH, 1234560 },
    { "12\xe2\x80\xaf"
      "345\xe2\x80\xaf"
      "678,90",
      "EUR", &FRENCH, 1234567890 },
    { "1'234.50", "CHF", &SWISS, 123450 },
    { "1\xe2\x80\x99"
      "234.50",
      "CHF", &SWISS, 123450 },
    { "1,234,567.89", "USD", &AMERICAN, 123456789 },
};

static void an_amount_is_read_in_its_style_and_currency(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(AMOUNTS); i++) {
        const struct reading *row = &AMOUNTS[i];
        struct rlc_money money;

        assert_int_equal(
            rlc_money_parse(rlc_span_of(row->text), row->currency, *row->style, &money),
            RLC_MONEY_OK);
        assert_true(money.minor == row->minor);
        assert_string_equal(money.currency, row->currency);
    }
}

static const struct {
    const char *text;
    const char *currency;
    const struct rlc_money_style *style;
    enum rlc_money_issue issue;
} REFUSED[] = {
    { "", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "-", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "+1", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "--1", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1-", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { ".5", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "5.", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "5.-1", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1.2.3", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { " 1", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1 ", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1,5", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1.5x", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1x", "JPY", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1,234.56", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1e3", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "0x10", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "NaN", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "\xd9\xa1\xd9\xa2", "EUR", &CANONICAL, RLC_MONEY_SYNTAX }, /* Arabic digits */
    { "99999999999999999999999x", "EUR", &CANONICAL, RLC_MONEY_SYNTAX },
    { "1.234", "EUR", &CANONICAL, RLC_MONEY_PRECISION },
    { "10.000", "EUR", &CANONICAL, RLC_MONEY_PRECISION },
    { "1.0", "JPY", &CANONICAL, RLC_MONEY_PRECISION },
    { "1.2345", "TND", &CANONICAL, RLC_MONEY_PRECISION },
    { "92233720368547758.08", "EUR", &CANONICAL, RLC_MONEY_RANGE },
    { "-92233720368547758.08", "EUR", &CANONICAL, RLC_MONEY_RANGE },
    { "9223372036854775807", "EUR", &CANONICAL, RLC_MONEY_RANGE },
    { "99999999999999999999", "JPY", &CANONICAL, RLC_MONEY_RANGE },
    { "1", "EURO", &CANONICAL, RLC_MONEY_CURRENCY },
    { "1", "", &CANONICAL, RLC_MONEY_CURRENCY },
    { "1.23,4", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { "1.2345", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { "1234.567", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { ".123", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { ",12", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { "1234.", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { "1..234", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { "1.234.", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { "1.234,5.67", "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { "1\xc2\xa0"
      "234",
      "EUR", &GERMAN, RLC_MONEY_SYNTAX },
    { "1\xc2", "EUR", &FRENCH, RLC_MONEY_SYNTAX },
};

static void what_could_be_misread_is_refused_with_its_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(REFUSED); i++) {
        struct rlc_money money = eur(42);

        assert_int_equal(rlc_money_parse(rlc_span_of(REFUSED[i].text), REFUSED[i].currency,
                                         *REFUSED[i].style, &money),
                         REFUSED[i].issue);
        assert_int_equal(money.minor, 42);
    }
}

static void a_nul_inside_an_amount_does_not_end_it(void **state)
{
    struct rlc_money money;

    (void)state;
    assert_int_equal(rlc_money_parse(rlc_span_from("1\0"
                                                   "2",
                                                   3),
                                     "EUR", CANONICAL, &money),
                     RLC_MONEY_SYNTAX);
}

static void an_amount_may_be_read_into_the_struct_that_names_its_currency(void **state)
{
    struct rlc_money money = { 0, "TND" };

    (void)state;
    assert_int_equal(rlc_money_parse(rlc_span_of("1.5"), money.currency, CANONICAL, &money),
                     RLC_MONEY_OK);
    assert_int_equal(money.minor, 1500);
    assert_string_equal(money.currency, "TND");
}

static const struct {
    int64_t minor;
    const char *currency;
    const struct rlc_money_style *style;
    const char *text;
} WRITTEN[] = {
    { 123456, "EUR", &CANONICAL, "1234.56" },
    { -123456, "EUR", &CANONICAL, "-1234.56" },
    { 0, "EUR", &CANONICAL, "0.00" },
    { 5, "EUR", &CANONICAL, "0.05" },
    { -5, "TND", &CANONICAL, "-0.005" },
    { 0, "JPY", &CANONICAL, "0" },
    { 1234567, "JPY", &GERMAN, "1.234.567" },
    { 123456, "JPY", &GERMAN, "123.456" },
    { 100000, "EUR", &GERMAN, "1.000,00" },
    { 99999, "EUR", &GERMAN, "999,99" },
    { 123456789, "USD", &AMERICAN, "1,234,567.89" },
    { INT64_MAX, "EUR", &CANONICAL, "92233720368547758.07" },
    { INT64_MIN, "EUR", &CANONICAL, "-92233720368547758.08" },
    { INT64_MIN, "JPY", &GERMAN, "-9.223.372.036.854.775.808" },
    { INT64_MIN, "CLF", &AMERICAN, "-922,337,203,685,477.5808" },
};

static void an_amount_is_written_with_all_its_decimals(void **state)
{
    char text[RLC_MONEY_SIZE];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(WRITTEN); i++) {
        struct rlc_money money = { WRITTEN[i].minor, "" };

        memcpy(money.currency, WRITTEN[i].currency, sizeof(money.currency));
        assert_int_equal(rlc_money_format(money, *WRITTEN[i].style, text, sizeof(text)),
                         strlen(WRITTEN[i].text));
        assert_string_equal(text, WRITTEN[i].text);
    }
}

static void an_amount_that_does_not_fit_the_buffer_is_not_written(void **state)
{
    char text[8] = "before";

    (void)state;
    assert_int_equal(rlc_money_format(eur(123456), CANONICAL, text, 7), 0);
    assert_int_equal(rlc_money_format((struct rlc_money){ 1, "" }, CANONICAL, text, 8), 0);
    assert_string_equal(text, "before");
    assert_int_equal(rlc_money_format(eur(123456), CANONICAL, text, 8), 7);
}

static void reading_undoes_writing(void **state)
{
    static const struct rlc_money_style *const styles[] = { &CANONICAL, &GERMAN, &FRENCH, &SWISS,
                                                            &AMERICAN };
    static const char *const currencies[] = { "EUR", "JPY", "TND", "CLF" };
    struct random random = { 1 };
    char text[RLC_MONEY_SIZE];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        int64_t minor = (int64_t)random_next(&random) >> random_below(&random, 63);
        const char *currency = currencies[random_below(&random, RLC_COUNT(currencies))];
        struct rlc_money_style style = *styles[random_below(&random, RLC_COUNT(styles))];
        struct rlc_money money = { minor, "" };
        struct rlc_money read;

        memcpy(money.currency, currency, sizeof(money.currency));
        assert_true(rlc_money_format(money, style, text, sizeof(text)) > 0);
        assert_int_equal(rlc_money_parse(rlc_span_of(text), currency, style, &read), RLC_MONEY_OK);
        assert_true(read.minor == minor);
    }
}

static void sums_and_differences_stay_within_one_currency(void **state)
{
    struct rlc_money result = eur(42);

    (void)state;
    assert_false(rlc_money_add(eur(1), usd(1), &result));
    assert_false(rlc_money_subtract(eur(1), usd(1), &result));
    assert_false(rlc_money_add(eur(1), (struct rlc_money){ 0 }, &result));
    assert_int_equal(result.minor, 42);
    assert_true(rlc_money_add(eur(100), eur(-30), &result));
    assert_int_equal(result.minor, 70);
    assert_true(rlc_money_subtract(result, eur(100), &result));
    assert_int_equal(result.minor, -30);
    assert_string_equal(result.currency, "EUR");
}

static void what_does_not_fit_into_64_bits_is_no_amount(void **state)
{
    struct rlc_money result = eur(42);

    (void)state;
    assert_false(rlc_money_add(eur(INT64_MAX), eur(1), &result));
    assert_false(rlc_money_add(eur(INT64_MIN), eur(-1), &result));
    assert_false(rlc_money_subtract(eur(INT64_MIN), eur(1), &result));
    assert_false(rlc_money_negate(eur(INT64_MIN), &result));
    assert_false(rlc_money_scale_ppm(eur(INT64_MAX), 1000001, &result));
    assert_int_equal(result.minor, 42);
    assert_true(rlc_money_negate(eur(INT64_MAX), &result));
    assert_true(result.minor == -INT64_MAX);
    assert_true(rlc_money_scale_ppm(eur(INT64_MIN), 1000000, &result));
    assert_true(result.minor == INT64_MIN);
    assert_true(rlc_money_scale_ppm(eur(INT64_MAX), 1000000, &result));
    assert_true(result.minor == INT64_MAX);
}

static void amounts_compare_by_value(void **state)
{
    (void)state;
    assert_true(rlc_money_compare(eur(-1), eur(1)) < 0);
    assert_true(rlc_money_compare(eur(INT64_MIN), eur(INT64_MAX)) < 0);
    assert_true(rlc_money_compare(eur(2), eur(1)) > 0);
    assert_int_equal(rlc_money_compare(eur(7), eur(7)), 0);
}

static void compare_currencies(void)
{
    (void)rlc_money_compare(eur(1), usd(1));
}

static void comparing_two_currencies_stops_the_worker(void **state)
{
    (void)state;
    assert_aborts(compare_currencies);
}

static const struct {
    int64_t minor;
    int64_t ppm;
    int64_t expected;
} SCALED[] = {
    { 100000, 121500, 12150 }, /* 12.15 % of 1,000.00 */
    { 1, 500000, 1 },          /* a half goes up */
    { -1, 500000, -1 },        /* and its credit cancels it */
    { 1, 499999, 0 },
    { -1, 499999, 0 },
    { 3, 500000, 2 },
    { 12345, 0, 0 },
    { 12345, 1000000, 12345 },
    { 12345, -1000000, -12345 },
    { 1000000000000, 200000, 200000000000 },
};

static void a_share_is_rounded_half_up_away_from_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(SCALED); i++) {
        struct rlc_money result;

        assert_true(rlc_money_scale_ppm(eur(SCALED[i].minor), SCALED[i].ppm, &result));
        assert_true(result.minor == SCALED[i].expected);
        assert_string_equal(result.currency, "EUR");
    }
}

/* 1,000.00 EUR at 12.15 % for 30 days is 998.63 cents; C. com. L441-10 for the rates of the second
 * case: 30 days at 13.15 % and 77 at 12.15 % on 12,000.00 EUR. */
static void interest_needs_128_bits_and_one_rounding(void **state)
{
    __int128 numerator = (__int128)100000 * 121500 * 30;
    int64_t minor;

    (void)state;
    assert_true(rlc_divide_half_up(numerator, 365000000, &minor));
    assert_int_equal(minor, 999);

    numerator = (__int128)1200000 * 131500 * 30 + (__int128)1200000 * 121500 * 77;
    assert_true(rlc_divide_half_up(numerator, 365000000, &minor));
    assert_int_equal(minor, 43728);

    /* Ten billion at 20 % for ten years does not fit into 64 bits on the way. */
    numerator = (__int128)1000000000000 * 200000 * 3650;
    assert_true(rlc_divide_half_up(numerator, 365000000, &minor));
    assert_true(minor == 2000000000000);
    assert_false(rlc_divide_half_up(numerator, 1, &minor));
}

static void division_rounds_to_the_nearest(void **state)
{
    struct random random = { 7 };

    (void)state;
    for (int i = 0; i < 100000; i++) {
        int64_t denominator = (int64_t)(1 + random_below(&random, INT64_MAX));
        __int128 numerator = (__int128)(int64_t)random_next(&random) * 1000003;
        __int128 twice_error;
        int64_t quotient;

        if (!rlc_divide_half_up(numerator, denominator, &quotient))
            continue;
        twice_error = 2 * (numerator - (__int128)quotient * denominator);
        assert_true(twice_error <= denominator && twice_error >= -(__int128)denominator);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_is_read_in_its_style_and_currency),
        cmocka_unit_test(what_could_be_misread_is_refused_with_its_cause),
        cmocka_unit_test(a_nul_inside_an_amount_does_not_end_it),
        cmocka_unit_test(an_amount_may_be_read_into_the_struct_that_names_its_currency),
        cmocka_unit_test(an_amount_is_written_with_all_its_decimals),
        cmocka_unit_test(an_amount_that_does_not_fit_the_buffer_is_not_written),
        cmocka_unit_test(reading_undoes_writing),
        cmocka_unit_test(sums_and_differences_stay_within_one_currency),
        cmocka_unit_test(what_does_not_fit_into_64_bits_is_no_amount),
        cmocka_unit_test(amounts_compare_by_value),
        cmocka_unit_test(comparing_two_currencies_stops_the_worker),
        cmocka_unit_test(a_share_is_rounded_half_up_away_from_zero),
        cmocka_unit_test(interest_needs_128_bits_and_one_rounding),
        cmocka_unit_test(division_rounds_to_the_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
