/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/written.h"

#include <string.h>

#include "tests/support/check.h"

#define NB "\xc2\xa0"

static void check_money(int64_t minor, const char *currency, const char *language,
                        const char *expected)
{
    struct rlc_money money = { .minor = minor };
    char text[RLC_WRITTEN_SIZE];

    memcpy(money.currency, currency, strlen(currency));
    assert_int_equal(rlc_money_write(money, rlc_span_of(language), text), strlen(expected));
    assert_string_equal(text, expected);
}

static void amounts_are_written_as_the_language_has_it(void **state)
{
    (void)state;
    check_money(123456, "EUR", "fr", "1" NB "234,56" NB "EUR");
    check_money(123456, "EUR", "en", "EUR" NB "1,234.56");
    check_money(123456, "EUR", "pl", "EUR" NB "1234.56");
    check_money(123456, "EUR", "", "EUR" NB "1234.56");
}

static void an_amount_has_the_decimals_of_its_currency(void **state)
{
    (void)state;
    check_money(1234567, "JPY", "en", "JPY" NB "1,234,567");
    check_money(1234567, "TND", "fr", "1" NB "234,567" NB "TND");
    check_money(5, "EUR", "fr", "0,05" NB "EUR");
    check_money(0, "USD", "en", "USD" NB "0.00");
}

static void the_smallest_and_the_largest_amount_fit(void **state)
{
    (void)state;
    check_money(INT64_MAX, "EUR", "en", "EUR" NB "92,233,720,368,547,758.07");
    check_money(INT64_MIN, "EUR", "fr",
                "-92" NB "233" NB "720" NB "368" NB "547" NB "758,08" NB "EUR");
    check_money(INT64_MIN, "JPY", "fr",
                "-9" NB "223" NB "372" NB "036" NB "854" NB "775" NB "808" NB "JPY");
}

static void an_unknown_currency_is_not_written(void **state)
{
    char text[RLC_WRITTEN_SIZE];

    (void)state;
    assert_int_equal(rlc_money_write((struct rlc_money){ .minor = 1, .currency = "QQQ" },
                                     rlc_span_of("fr"), text),
                     0);
    assert_int_equal(rlc_money_write((struct rlc_money){ .minor = 1 }, rlc_span_of("fr"), text), 0);
}

static void check_day(struct rlc_date date, const char *language, const char *expected)
{
    char text[RLC_WRITTEN_SIZE];
    rlc_day day;

    assert_true(rlc_day_from_date(date, &day));
    assert_int_equal(rlc_day_write(day, rlc_span_of(language), text), strlen(expected));
    assert_string_equal(text, expected);
}

static void dates_are_written_as_the_language_has_it(void **state)
{
    (void)state;
    check_day((struct rlc_date){ 2026, 12, 31 }, "fr", "31/12/2026");
    check_day((struct rlc_date){ 2026, 12, 31 }, "en", "31 December 2026");
    check_day((struct rlc_date){ 2026, 12, 31 }, "pl", "2026-12-31");
    check_day((struct rlc_date){ 2026, 1, 2 }, "fr", "02/01/2026");
    check_day((struct rlc_date){ 2026, 1, 2 }, "en", "2 January 2026");
}

static void a_day_out_of_range_is_not_written(void **state)
{
    char text[RLC_WRITTEN_SIZE];

    (void)state;
    assert_int_equal(rlc_day_write(RLC_DAY_MAX + 1, rlc_span_of("en"), text), 0);
    assert_int_equal(rlc_day_write(INT32_MIN, rlc_span_of("fr"), text), 0);
    assert_int_equal(rlc_day_write(INT32_MAX, rlc_span_of("pl"), text), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_written_as_the_language_has_it),
        cmocka_unit_test(an_amount_has_the_decimals_of_its_currency),
        cmocka_unit_test(the_smallest_and_the_largest_amount_fit),
        cmocka_unit_test(an_unknown_currency_is_not_written),
        cmocka_unit_test(dates_are_written_as_the_language_has_it),
        cmocka_unit_test(a_day_out_of_range_is_not_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
