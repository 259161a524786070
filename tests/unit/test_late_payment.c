/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/late_payment.h"

#include "tests/support/check.h"

static rlc_day on(const char *text)
{
    rlc_day day;

    assert_true(rlc_day_parse(rlc_span_of(text), &day));
    return day;
}

static struct rlc_money of(const char *currency, int64_t minor)
{
    struct rlc_money money = { .minor = minor };

    memcpy(money.currency, currency, sizeof(money.currency));
    return money;
}

static const struct rlc_late_law *law_of(const char *code)
{
    const struct rlc_late_law *law = rlc_late_law(rlc_span_of(code));

    assert_non_null(law);
    return law;
}

static struct rlc_late_interest interest(const char *law, struct rlc_money principal,
                                         const char *due, const char *as_of)
{
    struct rlc_late_interest found;

    assert_true(rlc_late_interest(law_of(law), principal, on(due), on(as_of), &found));
    return found;
}

/* Worked by hand from the published rates; the first of GB is the example of the British government
 * of March 2026 (10,293.15 with the fixed sum). */
static const struct {
    const char *law;
    int64_t principal;
    const char *due;
    const char *paid;
    int32_t days;
    int64_t interest;
} CASES[] = {
    { "FR", 1200000, "2025-05-31", "2025-09-15", 107, 43728 }, /* 30 d 13.15 %, 77 d 12.15 % */
    { "FR", 100000, "2025-12-31", "2026-01-30", 30, 999 },
    { "FR", 150000, "2026-01-15", "2026-01-15", 0, 0 },
    { "FR", 150000, "2026-01-15", "2026-01-16", 1, 50 },
    { "FR", 845037, "2022-11-30", "2024-02-29", 456, 139338 }, /* four half-years, a leap day */
    { "FR", 1000000, "2024-03-31", "2024-08-28", 150, 59185 },
    { "FR-PUBLIC", 2000000, "2025-06-20", "2025-08-19", 60, 36658 }, /* stays at 11.15 % */
    { "DE", 500000, "2025-12-15", "2026-02-13", 60, 8441 },
    { "BE", 300000, "2025-12-01", "2026-01-30", 60, 5178 }, /* 10.15 % rounded up to 10.5 */
    { "IT", 300000, "2025-12-01", "2026-01-30", 60, 5005 },
    { "NL", 300000, "2025-12-01", "2026-01-30", 60, 5005 },
    { "GB", 1000000, "2026-01-31", "2026-04-01", 60, 19315 },
    { "GB", 200000, "2024-12-20", "2025-03-20", 90, 6534 }, /* stays at 13.25 % */
};

static void interest_is_what_the_law_of_the_contract_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct rlc_money principal = of(law_of(CASES[i].law)->currency, CASES[i].principal);
        struct rlc_late_interest found =
            interest(CASES[i].law, principal, CASES[i].due, CASES[i].paid);

        assert_int_equal(found.days, CASES[i].days);
        assert_int_equal(found.days_unknown, 0);
        assert_int_equal(found.interest.minor, CASES[i].interest);
        assert_string_equal(found.interest.currency, principal.currency);
    }
}

static void stretches_add_up_to_the_interest_to_the_cent(void **state)
{
    struct rlc_late_stretch stretches[RLC_LATE_STRETCHES_MAX];
    size_t count;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        const struct rlc_late_law *law = law_of(CASES[i].law);
        rlc_day next_on = on(CASES[i].due) + 1;
        int64_t sum = 0;

        assert_true(rlc_late_stretches(law, of(law->currency, CASES[i].principal), next_on - 1,
                                       on(CASES[i].paid), stretches, &count));
        for (size_t j = 0; j < count; j++) {
            assert_int_equal(stretches[j].from_on, next_on);
            assert_true(stretches[j].known);
            assert_string_equal(stretches[j].interest.currency, law->currency);
            sum += stretches[j].interest.minor;
            next_on = stretches[j].to_on + 1;
        }
        assert_int_equal(next_on, on(CASES[i].due) + 1 + CASES[i].days);
        assert_int_equal(sum, CASES[i].interest);
    }
}

static void a_stretch_has_the_rate_of_its_half_year_or_none(void **state)
{
    struct rlc_late_stretch stretches[RLC_LATE_STRETCHES_MAX];
    size_t count;

    (void)state;
    assert_true(rlc_late_stretches(law_of("FR"), of("EUR", 100000), on("2025-05-31"),
                                   on("2026-07-10"), stretches, &count));
    assert_int_equal(count, 4);
    assert_int_equal(stretches[0].rate_ppm, 131500);
    assert_int_equal(stretches[1].from_on, on("2025-07-01"));
    assert_int_equal(stretches[1].rate_ppm, 121500);
    assert_int_equal(stretches[2].to_on, on("2026-06-30"));
    assert_false(stretches[3].known);
    assert_int_equal(stretches[3].interest.minor, 0);

    assert_true(rlc_late_stretches(law_of("FR"), of("EUR", 100000), on("2026-01-31"),
                                   on("2026-01-31"), stretches, &count));
    assert_int_equal(count, 0);
    assert_false(rlc_late_stretches(law_of("FR"), of("EUR", 100000), on("1990-01-01"),
                                    on("2026-01-31"), stretches, &count));
}

static void nothing_is_due_for_an_invoice_that_is_not_late(void **state)
{
    struct rlc_late_interest found = interest("FR", of("EUR", 100000), "2026-02-01", "2026-01-01");

    (void)state;
    assert_int_equal(found.days, 0);
    assert_int_equal(found.interest.minor, 0);
}

static void a_day_without_a_rate_is_counted_and_brings_no_interest(void **state)
{
    struct rlc_late_interest known = interest("FR", of("EUR", 100000), "2026-05-31", "2026-06-30");
    struct rlc_late_interest found = interest("FR", of("EUR", 100000), "2026-05-31", "2026-07-10");

    (void)state;
    assert_int_equal(known.days_unknown, 0);
    assert_int_equal(found.days, 40);
    assert_int_equal(found.days_unknown, 10);
    assert_int_equal(found.unknown_from_on, on("2026-07-01"));
    assert_int_equal(found.interest.minor, known.interest.minor);

    found = interest("FR", of("EUR", 100000), "2014-12-01", "2015-01-01");
    assert_int_equal(found.days_unknown, 30);
}

static void a_fixed_rate_that_began_before_the_tables_is_unknown_for_all_days(void **state)
{
    struct rlc_late_interest found = interest("GB", of("GBP", 100000), "2014-12-01", "2015-03-01");

    (void)state;
    assert_int_equal(found.days_unknown, found.days);
    assert_int_equal(found.interest.minor, 0);
}

static void a_credit_cancels_the_interest_of_its_invoice(void **state)
{
    struct rlc_late_interest owed = interest("FR", of("EUR", 150000), "2026-01-15", "2026-01-16");
    struct rlc_late_interest given = interest("FR", of("EUR", -150000), "2026-01-15", "2026-01-16");

    (void)state;
    assert_int_equal(owed.interest.minor + given.interest.minor, 0);
}

static void the_fixed_sum_follows_the_debt_in_britain_alone(void **state)
{
    static const struct {
        const char *law;
        const char *currency;
        int64_t principal;
        int64_t sum;
    } sums[] = {
        { "FR", "EUR", 100, 4000 },      { "FR", "USD", 99999999, 4000 },
        { "GB", "GBP", 99999, 4000 },    { "GB", "GBP", 100000, 7000 },
        { "GB", "GBP", 999999, 7000 },   { "GB", "GBP", 1000000, 10000 },
        { "GB", "GBP", 5000000, 10000 },
    };
    struct rlc_money found;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(sums); i++) {
        assert_true(rlc_late_indemnity(law_of(sums[i].law), of(sums[i].currency, sums[i].principal),
                                       &found));
        assert_int_equal(found.minor, sums[i].sum);
        assert_string_equal(found.currency, law_of(sums[i].law)->currency);
    }
    assert_false(rlc_late_indemnity(law_of("GB"), of("EUR", 100000), &found));
}

static void there_is_no_law_but_those_that_are_known(void **state)
{
    (void)state;
    assert_null(rlc_late_law(rlc_span_of("US")));
    assert_null(rlc_late_law(rlc_span_of("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interest_is_what_the_law_of_the_contract_says),
        cmocka_unit_test(stretches_add_up_to_the_interest_to_the_cent),
        cmocka_unit_test(a_stretch_has_the_rate_of_its_half_year_or_none),
        cmocka_unit_test(nothing_is_due_for_an_invoice_that_is_not_late),
        cmocka_unit_test(a_day_without_a_rate_is_counted_and_brings_no_interest),
        cmocka_unit_test(a_fixed_rate_that_began_before_the_tables_is_unknown_for_all_days),
        cmocka_unit_test(a_credit_cancels_the_interest_of_its_invoice),
        cmocka_unit_test(the_fixed_sum_follows_the_debt_in_britain_alone),
        cmocka_unit_test(there_is_no_law_but_those_that_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
