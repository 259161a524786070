/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/currency.h"

#include "tests/support/check.h"

static const struct {
    const char *code;
    int exponent;
} EXPONENTS[] = {
    { "EUR", 2 }, { "USD", 2 }, { "GBP", 2 }, { "CHF", 2 }, { "CAD", 2 }, { "CZK", 2 },
    { "HUF", 2 }, { "IDR", 2 }, { "MGA", 2 }, { "MRU", 2 }, { "JPY", 0 }, { "KRW", 0 },
    { "ISK", 0 }, { "CLP", 0 }, { "VND", 0 }, { "XAF", 0 }, { "XOF", 0 }, { "XPF", 0 },
    { "UGX", 0 }, { "UYI", 0 }, { "TND", 3 }, { "BHD", 3 }, { "IQD", 3 }, { "JOD", 3 },
    { "KWD", 3 }, { "LYD", 3 }, { "OMR", 3 }, { "CLF", 4 }, { "UYW", 4 }, { "AED", 2 },
    { "ZWL", 2 }, { "XCG", 2 }, { "VED", 2 }, { "SLE", 2 },
};

static void every_currency_has_the_decimals_of_iso_4217(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(EXPONENTS); i++)
        assert_int_equal(rlc_currency_exponent(EXPONENTS[i].code), EXPONENTS[i].exponent);
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

static void the_whole_alphabet_holds_as_many_currencies_as_the_table(void **state)
{
    char code[RLC_CURRENCY_SIZE] = { 0 };
    int known = 0;

    /* A row out of order could not be found by the search. */
    (void)state;
    for (int i = 0; i < 26 * 26 * 26; i++) {
        code[0] = (char)('A' + i / 676);
        code[1] = (char)('A' + i / 26 % 26);
        code[2] = (char)('A' + i % 26);
        known += rlc_currency_exponent(code) >= 0;
    }
    assert_int_equal(known, 170);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_currency_has_the_decimals_of_iso_4217),
        cmocka_unit_test(what_is_no_currency_is_unknown),
        cmocka_unit_test(a_code_in_a_message_is_copied_with_its_end),
        cmocka_unit_test(the_whole_alphabet_holds_as_many_currencies_as_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
