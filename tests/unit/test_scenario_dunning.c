/* SPDX-License-Identifier: Apache-2.0 */
#include "core/dunning.h"

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

static const struct policy *const STANDARD[] = { &BENCH_POLICY };

static struct scenario_bench *fresh(void)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);

    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    return bench;
}

static void assert_span(struct rlc_span span, const char *text)
{
    assert_true(rlc_span_equal(span, rlc_span_of(text)));
}

static void a_step_acts_on_its_day_and_not_before(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    bench_days_until(bench, "2025-02-02", true);
    assert_int_equal(bench_requests(bench), 0);
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 1);
    assert_span(bench_last_request(bench)->body.step, "D+3");
    assert_int_equal(bench_last_request(bench)->body.line_count, 1);
    assert_int_equal(bench_last_request(bench)->body.lines[0].open.minor, 120000);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1);
    bench_free(bench);
}

static void all_steps_act_once_while_nobody_pays(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    bench_days_until(bench, "2025-06-30", true);
    assert_int_equal(bench_requests(bench), 3);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 3);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 3);
    assert_int_equal(bench_debtor_record(bench)->wake_ms, 0);
    bench_free(bench);
}

static void a_payment_before_the_tick_beats_the_reminder(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    bench_at(bench, bench_instant("2025-02-03", 9, 59));
    bench_payment(bench, "P-1", 120000, "F-1");
    bench_tick(bench, bench_instant("2025-02-03", 10, 0));
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 0);
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_acts_on_its_day_and_not_before),
        cmocka_unit_test(all_steps_act_once_while_nobody_pays),
        cmocka_unit_test(a_payment_before_the_tick_beats_the_reminder),
    };

    return cmocka_run_group_tests_name("scenario dunning", tests, NULL, NULL);
}
