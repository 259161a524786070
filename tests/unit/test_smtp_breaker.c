/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/breaker.h"

#include "tests/support/check.h"

#define START UINT64_C(1000000000)
#define FIRST RLC_SMTP_BREAKER_FIRST_NS

/* A mail that goes out and ends at the same instant. Says whether it was the probe. */
static bool mail(struct rlc_smtp_breaker *breaker, enum rlc_smtp_sign sign, uint64_t at_ns)
{
    bool probe = rlc_smtp_breaker_start(breaker, at_ns);

    rlc_smtp_breaker_end(breaker, probe, sign, at_ns);
    return probe;
}

static struct rlc_smtp_breaker opened(void)
{
    struct rlc_smtp_breaker breaker = { 0 };

    for (int i = 0; i < RLC_SMTP_BREAKER_FAILURES; i++)
        assert_false(mail(&breaker, RLC_SMTP_SIGN_AWAY, START));
    return breaker;
}

static void only_failures_in_a_row_open_it(void **state)
{
    struct rlc_smtp_breaker breaker = { 0 };

    (void)state;
    for (int i = 0; i < 10 * RLC_SMTP_BREAKER_FAILURES; i++) {
        bool last = i % RLC_SMTP_BREAKER_FAILURES == RLC_SMTP_BREAKER_FAILURES - 1;

        assert_false(mail(&breaker, last ? RLC_SMTP_SIGN_ALIVE : RLC_SMTP_SIGN_AWAY, START));
        assert_false(mail(&breaker, RLC_SMTP_SIGN_NONE, START));
    }
    breaker = opened();
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START), FIRST);
}

static void after_the_pause_one_mail_is_tried(void **state)
{
    struct rlc_smtp_breaker breaker = opened();

    (void)state;
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START + FIRST - 1), 1);
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START + FIRST), 0);
    assert_true(rlc_smtp_breaker_start(&breaker, START + FIRST));
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START + FIRST), UINT64_MAX);
}

static void a_probe_that_succeeds_closes_it(void **state)
{
    struct rlc_smtp_breaker breaker = opened();

    (void)state;
    assert_true(mail(&breaker, RLC_SMTP_SIGN_ALIVE, START + FIRST));
    for (int i = 1; i < RLC_SMTP_BREAKER_FAILURES; i++)
        assert_false(mail(&breaker, RLC_SMTP_SIGN_AWAY, START + FIRST));
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START + FIRST), 0);
}

static void each_probe_that_fails_doubles_the_pause_up_to_a_limit(void **state)
{
    struct rlc_smtp_breaker breaker = opened();
    uint64_t at_ns = START + FIRST;
    uint64_t pause_ns = FIRST;

    (void)state;
    for (int i = 0; i < 20; i++) {
        pause_ns =
            2 * pause_ns < RLC_SMTP_BREAKER_LAST_NS ? 2 * pause_ns : RLC_SMTP_BREAKER_LAST_NS;
        assert_true(mail(&breaker, RLC_SMTP_SIGN_AWAY, at_ns));
        assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, at_ns), pause_ns);
        at_ns += pause_ns;
    }
}

static void a_probe_that_says_nothing_is_followed_by_another(void **state)
{
    struct rlc_smtp_breaker breaker = opened();

    (void)state;
    assert_true(mail(&breaker, RLC_SMTP_SIGN_NONE, START + FIRST));
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START + FIRST), 0);
    assert_true(mail(&breaker, RLC_SMTP_SIGN_AWAY, START + FIRST));
}

/* Mails that were under way when it opened end later. */
static void stragglers_neither_lengthen_the_pause_nor_end_a_probe(void **state)
{
    struct rlc_smtp_breaker breaker = opened();

    (void)state;
    rlc_smtp_breaker_end(&breaker, false, RLC_SMTP_SIGN_AWAY, START + FIRST / 2);
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START + FIRST), 0);
    assert_true(rlc_smtp_breaker_start(&breaker, START + FIRST));
    rlc_smtp_breaker_end(&breaker, false, RLC_SMTP_SIGN_AWAY, START + FIRST);
    rlc_smtp_breaker_end(&breaker, false, RLC_SMTP_SIGN_NONE, START + FIRST);
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START + FIRST), UINT64_MAX);
    rlc_smtp_breaker_end(&breaker, false, RLC_SMTP_SIGN_ALIVE, START + FIRST);
    assert_int_equal(rlc_smtp_breaker_wait_ns(&breaker, START + FIRST), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_failures_in_a_row_open_it),
        cmocka_unit_test(after_the_pause_one_mail_is_tried),
        cmocka_unit_test(a_probe_that_succeeds_closes_it),
        cmocka_unit_test(each_probe_that_fails_doubles_the_pause_up_to_a_limit),
        cmocka_unit_test(a_probe_that_says_nothing_is_followed_by_another),
        cmocka_unit_test(stragglers_neither_lengthen_the_pause_nor_end_a_probe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
