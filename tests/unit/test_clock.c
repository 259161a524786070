/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/clock.h"

#include "tests/support/check.h"

static void a_virtual_clock_shows_what_its_owner_sets(void **state)
{
    rlc_ms now_ms = INT64_C(1767225600000);
    struct rlc_clock clock = rlc_clock_virtual(&now_ms);
    uint64_t before_ns = rlc_clock_monotonic_ns(&clock);

    (void)state;
    assert_true(rlc_clock_now_ms(&clock) == INT64_C(1767225600000));

    now_ms += 1500;
    assert_true(rlc_clock_now_ms(&clock) == INT64_C(1767225601500));
    assert_true(rlc_clock_monotonic_ns(&clock) - before_ns == UINT64_C(1500000000));
}

static void the_system_clock_is_in_this_century_and_never_goes_back(void **state)
{
    struct rlc_clock clock = rlc_clock_system();
    uint64_t first_ns = rlc_clock_monotonic_ns(&clock);

    (void)state;
    assert_true(rlc_clock_now_ms(&clock) > INT64_C(1700000000000));
    assert_true(rlc_clock_now_ms(&clock) < INT64_C(4102444800000));
    assert_true(rlc_clock_monotonic_ns(&clock) >= first_ns);
}

static void a_pause_of_nothing_returns_at_once(void **state)
{
    (void)state;
    rlc_clock_pause_ms(NULL, 0);
    rlc_clock_pause_ms(NULL, -5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_virtual_clock_shows_what_its_owner_sets),
        cmocka_unit_test(the_system_clock_is_in_this_century_and_never_goes_back),
        cmocka_unit_test(a_pause_of_nothing_returns_at_once),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
