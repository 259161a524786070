/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/currency.h"

#include "tests/support/check.h"

/* ISO 4217 list one: every currency that does not have two decimals. */
static const struct {
    int exponent;
    const char *codes;
} EXCEPTIONS[] = {
    { 0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF" },
    { 3, "BHD IQD JOD KWD LYD OMR TND" },
    { 4, "CLF UYW" },
};

static int expected_exponent(const char *code)
{
    for (size_t i = 0; i < RLC_COUNT(EXCEPTIONS); i++) {
        if (strstr(EXCEPTIONS[i].codes, code) != NULL)
            return EXCEPTIONS[i].exponent;
    }
    return 2;
}

/* A row out of order could not be found, so the number of rows proves the order too. */
static void every_currency_has_the_decimals_of_iso_4217(void **state)
{
    char code[RLC_CURRENCY_SIZE] = { 0 };
    char copy[RLC_CURRENCY_SIZE];
    int known = 0;

    (void)state;
    for (int i = 0; i < 26 * 26 * 26; i++) {
        code[0] = (char)('A' + i / 676);
        code[1] = (char)('A' + i / 26 % 26);
        code[2] = (char)('A' + i % 26);
        if (rlc_currency_exponent(code) < 0)
            continue;
        known++;
        assert_int_equal(rlc_currency_exponent(code), expected_exponent(code));
        assert_true(rlc_currency_parse(rlc_span_of(code), copy));
        assert_string_equal(copy, code);
    }
    assert_int_equal(known, 170);
}

static void the_currencies_of_our_customers_are_known(void **state)
{
    static const char *const known[] = { "EUR", "USD", "GBP", "CHF", "CAD", "PLN", "CZK", "HUF",
                                         "RON", "SEK", "NOK", "DKK", "MAD", "DZD", "TND", "JPY",
                                         "CNY", "AED", "XPF", "BGN", "ZWG", "XCG", "SLE", "VED" };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(known); i++)
        assert_int_equal(rlc_currency_exponent(known[i]), expected_exponent(known[i]));
}

static void what_is_no_currency_is_unknown(void **state)
{
    static const char *const unknown[] = {
        "",       "E",   "EU",  "EURO", "eur", "Eur", "EU ",
        " EU",    "AAA", "ZZZ", "FRF",  "DEM", "XXX", /* no currency */
        "XTS",                                        /* reserved for tests */
        "XAU",                                        /* gold has no minor unit */
        "EU\xc3",
    };
    char code[RLC_CURRENCY_SIZE] = "???";

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(unknown); i++) {
        assert_int_equal(rlc_currency_exponent(unknown[i]), -1);
        assert_false(rlc_currency_parse(rlc_span_of(unknown[i]), code));
    }
    assert_string_equal(code, "???");
}

static void a_code_in_a_message_is_copied_with_its_end(void **state)
{
    char code[RLC_CURRENCY_SIZE] = "???";

    (void)state;
    assert_true(rlc_currency_parse(rlc_span_from("TND,", 3), code));
    assert_string_equal(code, "TND");
    assert_false(rlc_currency_parse(rlc_span_from("EUR\0", 4), code));
    assert_string_equal(code, "TND");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_currency_has_the_decimals_of_iso_4217),
        cmocka_unit_test(the_currencies_of_our_customers_are_known),
        cmocka_unit_test(what_is_no_currency_is_unknown),
        cmocka_unit_test(a_code_in_a_message_is_copied_with_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
