/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/rate.h"

#include <stdio.h>

#include "tests/support/check.h"

#define SECOND UINT64_C(1000000000)
#define START  (100 * SECOND)

static size_t take_all(struct rlc_smtp_rate *rate, uint64_t at_ns)
{
    size_t taken = 0;

    while (taken < 100000 && rlc_smtp_rate_wait_ns(rate, at_ns) == 0) {
        rlc_smtp_rate_take(rate, at_ns);
        taken++;
    }
    return taken;
}

static void no_cap_never_waits(void **state)
{
    struct rlc_smtp_rate rate = rlc_smtp_rate_of(0, SECOND);

    (void)state;
    assert_int_equal(take_all(&rate, START), 100000);
}

static void a_full_bucket_holds_a_tenth_of_a_period(void **state)
{
    struct rlc_smtp_rate hundred = rlc_smtp_rate_of(100, SECOND);
    struct rlc_smtp_rate one = rlc_smtp_rate_of(1, SECOND);

    (void)state;
    assert_int_equal(take_all(&hundred, START), 10);
    assert_int_equal(rlc_smtp_rate_wait_ns(&hundred, START), SECOND / 100);
    assert_int_equal(take_all(&one, START), 1);
    assert_int_equal(rlc_smtp_rate_wait_ns(&one, START), SECOND);
    assert_int_equal(rlc_smtp_rate_wait_ns(&one, START + SECOND - 1), 1);
    assert_int_equal(take_all(&one, START + SECOND), 1);
}

static void over_a_minute_no_more_goes_than_the_rate_and_one_bucket(void **state)
{
    struct rlc_smtp_rate rate = rlc_smtp_rate_of(30, SECOND);
    size_t taken = 0;

    (void)state;
    for (uint64_t at_ns = START; at_ns < START + 60 * SECOND; at_ns += SECOND / 1000)
        taken += take_all(&rate, at_ns);
    assert_in_range(taken, 60 * 30 - 3, 60 * 30 + 3);
}

static void an_idle_bucket_does_not_overflow(void **state)
{
    struct rlc_smtp_rate rate = rlc_smtp_rate_of(100, SECOND);

    (void)state;
    (void)take_all(&rate, START);
    assert_int_equal(take_all(&rate, START + 3600 * SECOND), 10);
}

static struct rlc_smtp_domains domains;

static uint64_t wait_for(const char *address, uint64_t at_ns)
{
    return rlc_smtp_domains_wait_ns(&domains, rlc_span_of(address), at_ns);
}

static void each_domain_has_its_own_bucket_whatever_the_case(void **state)
{
    (void)state;
    rlc_smtp_domains_init(&domains, 6);
    rlc_smtp_domains_take(&domains, rlc_span_of("a@kunde.example"), START);
    assert_int_equal(wait_for("b@KUNDE.Example", START), 10 * SECOND);
    assert_int_equal(wait_for("a@andere.example", START), 0);
    assert_int_equal(wait_for("a@kunde.example", START + 10 * SECOND), 0);
}

static void without_a_cap_domains_are_not_counted(void **state)
{
    (void)state;
    rlc_smtp_domains_init(&domains, 0);
    for (int i = 0; i < 1000; i++)
        rlc_smtp_domains_take(&domains, rlc_span_of("a@kunde.example"), START);
    assert_int_equal(wait_for("a@kunde.example", START), 0);
}

/* Ten thousand domains, of which the table holds fewer: each of those that were let through must
 * still be known, and the others wait. */
static void a_full_table_makes_others_wait_and_forgets_nobody(void **state)
{
    static bool sent[10000];
    char address[40];
    size_t count = 0;

    (void)state;
    rlc_smtp_domains_init(&domains, 1);
    for (size_t i = 0; i < RLC_COUNT(sent); i++) {
        (void)snprintf(address, sizeof(address), "a@domain%zu.example", i);
        sent[i] = wait_for(address, START) == 0;
        count += sent[i];
        if (sent[i])
            rlc_smtp_domains_take(&domains, rlc_span_of(address), START);
    }
    assert_in_range(count, RLC_SMTP_DOMAINS_MAX * 9 / 10, RLC_SMTP_DOMAINS_MAX);
    for (size_t i = 0; i < RLC_COUNT(sent); i++) {
        (void)snprintf(address, sizeof(address), "a@domain%zu.example", i);
        assert_in_range(wait_for(address, START + 1), 1, 60 * SECOND);
        assert_int_equal(wait_for(address, START + 60 * SECOND), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_cap_never_waits),
        cmocka_unit_test(a_full_bucket_holds_a_tenth_of_a_period),
        cmocka_unit_test(over_a_minute_no_more_goes_than_the_rate_and_one_bucket),
        cmocka_unit_test(an_idle_bucket_does_not_overflow),
        cmocka_unit_test(each_domain_has_its_own_bucket_whatever_the_case),
        cmocka_unit_test(without_a_cap_domains_are_not_counted),
        cmocka_unit_test(a_full_table_makes_others_wait_and_forgets_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
