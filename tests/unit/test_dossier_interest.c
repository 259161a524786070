/* SPDX-License-Identifier: Apache-2.0 */
/* Interest of a dossier: a line for each stretch of one rate and one amount. */
#include "common/pure/calendar.h"
#include "dossier/interest.h"
#include "tests/support/check.h"

static rlc_day day_of(const char *text)
{
    rlc_day day = 0;

    assert_true(rlc_day_parse(rlc_span_of(text), &day));
    return day;
}

static const struct rlc_late_law *law_of(const char *code)
{
    const struct rlc_late_law *law = rlc_late_law(rlc_span_of(code));

    assert_non_null(law);
    return law;
}

/* 12,000.00 due on 2025-05-31, up to 2025-09-15: the example of the law's text. */
static struct dossier_debt example(void)
{
    return (struct dossier_debt){ .principal = { 1200000, "EUR" },
                                  .due_on = day_of("2025-05-31"),
                                  .until_on = day_of("2025-09-15") };
}

static size_t count_out(const char *law, const struct dossier_debt *debt,
                        struct dossier_stretch stretches[DOSSIER_STRETCHES_MAX])
{
    size_t count = 0;

    assert_true(dossier_interest(law_of(law), debt, stretches, &count));
    return count;
}

static int64_t sum_of(const struct dossier_stretch *stretches, size_t count)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += stretches[i].interest.minor;
    return sum;
}

static void assert_stretch(const struct dossier_stretch *stretch, const char *from, const char *to,
                           int64_t base, int32_t rate_ppm)
{
    assert_int_equal(stretch->from_on, day_of(from));
    assert_int_equal(stretch->to_on, day_of(to));
    assert_int_equal(stretch->base.minor, base);
    assert_int_equal(stretch->rate_ppm, rate_ppm);
}

static void without_payments_the_lines_add_up_to_the_interest_of_the_law(void **state)
{
    struct dossier_stretch stretches[DOSSIER_STRETCHES_MAX];
    struct dossier_debt debt = example();
    struct rlc_late_interest whole;
    size_t count = count_out("FR", &debt, stretches);

    (void)state;
    assert_int_equal(count, 2);
    assert_stretch(&stretches[0], "2025-06-01", "2025-06-30", 1200000, 131500);
    assert_stretch(&stretches[1], "2025-07-01", "2025-09-15", 1200000, 121500);
    assert_true(
        rlc_late_interest(law_of("FR"), debt.principal, debt.due_on, debt.until_on, &whole));
    assert_int_equal(whole.interest.minor, 43728);
    assert_int_equal(sum_of(stretches, count), 43728);
}

static void the_day_of_the_computation_ends_a_line_and_changes_no_sum(void **state)
{
    struct dossier_stretch stretches[DOSSIER_STRETCHES_MAX];
    struct dossier_debt debt = example();
    size_t count;

    (void)state;
    debt.computed_on = day_of("2025-08-07");
    count = count_out("FR", &debt, stretches);
    assert_int_equal(count, 3);
    assert_stretch(&stretches[1], "2025-07-01", "2025-08-07", 1200000, 121500);
    assert_stretch(&stretches[2], "2025-08-08", "2025-09-15", 1200000, 121500);
    assert_int_equal(sum_of(stretches, count), 43728);
}

static void what_was_paid_in_part_bears_interest_through_its_day(void **state)
{
    /* Not in the order of their days; one before the debt was due, which never bore interest. */
    static struct dossier_payment payments[] = { { 0, 50000 }, { 0, 100000 }, { 0, 70000 } };
    struct dossier_stretch stretches[DOSSIER_STRETCHES_MAX];
    struct dossier_debt debt = example();
    size_t count;

    (void)state;
    payments[0].value_on = day_of("2025-07-10");
    payments[1].value_on = day_of("2025-06-20");
    payments[2].value_on = day_of("2025-05-31");
    debt.payments = payments;
    debt.payment_count = RLC_COUNT(payments);
    count = count_out("FR", &debt, stretches);
    assert_int_equal(count, 4);
    assert_stretch(&stretches[0], "2025-06-01", "2025-06-20", 1350000, 131500);
    assert_stretch(&stretches[1], "2025-06-21", "2025-06-30", 1250000, 131500);
    assert_stretch(&stretches[2], "2025-07-01", "2025-07-10", 1250000, 121500);
    assert_stretch(&stretches[3], "2025-07-11", "2025-09-15", 1200000, 121500);
    assert_int_equal(stretches[0].interest.minor, 9727); /* 13,500.00 x 20 x 13.15 % / 365 */
    assert_int_equal(stretches[3].interest.minor, 26764);
}

static void a_payment_on_the_last_day_is_still_owed_on_it(void **state)
{
    struct dossier_stretch stretches[DOSSIER_STRETCHES_MAX];
    struct dossier_debt debt = example();
    const struct dossier_payment payment = { .value_on = debt.until_on, .minor = 1 };
    size_t count;

    (void)state;
    debt.payments = &payment;
    debt.payment_count = 1;
    count = count_out("FR", &debt, stretches);
    assert_int_equal(count, 2);
    assert_int_equal(stretches[1].base.minor, 1200001);
}

static void a_rate_that_is_fixed_at_the_start_stays_it_after_a_payment(void **state)
{
    struct dossier_stretch stretches[DOSSIER_STRETCHES_MAX];
    struct dossier_debt debt = example();
    const struct dossier_payment payment = { .value_on = day_of("2025-08-01"), .minor = 300000 };
    size_t count;

    (void)state;
    debt.payments = &payment;
    debt.payment_count = 1;
    count = count_out("FR-PUBLIC", &debt, stretches);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(stretches[i].rate_ppm, 111500);
    assert_stretch(&stretches[2], "2025-08-02", "2025-09-15", 1200000, 111500);
}

static void what_is_not_over_bears_nothing_and_an_unknown_rate_is_not_guessed(void **state)
{
    struct dossier_stretch stretches[DOSSIER_STRETCHES_MAX];
    struct dossier_debt debt = example();
    size_t count;

    (void)state;
    debt.until_on = debt.due_on;
    assert_int_equal(count_out("FR", &debt, stretches), 0);
    debt.due_on = day_of("2026-06-20");
    debt.until_on = day_of("2026-07-10");
    count = count_out("FR", &debt, stretches);
    assert_int_equal(count, 2);
    assert_true(stretches[0].known);
    assert_false(stretches[1].known);
    assert_int_equal(stretches[1].interest.minor, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_payments_the_lines_add_up_to_the_interest_of_the_law),
        cmocka_unit_test(the_day_of_the_computation_ends_a_line_and_changes_no_sum),
        cmocka_unit_test(what_was_paid_in_part_bears_interest_through_its_day),
        cmocka_unit_test(a_payment_on_the_last_day_is_still_owed_on_it),
        cmocka_unit_test(a_rate_that_is_fixed_at_the_start_stays_it_after_a_payment),
        cmocka_unit_test(what_is_not_over_bears_nothing_and_an_unknown_rate_is_not_guessed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
