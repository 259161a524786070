/* SPDX-License-Identifier: Apache-2.0 */
/* What people order: a command that changes nothing is refused, and the answer says why. */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

static const struct policy *const POLICIES[] = { &BENCH_POLICY };

static struct scenario_bench *fresh(void)
{
    struct scenario_bench *bench = bench_new(POLICIES, 1, 1);

    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_at(bench, bench_instant("2025-01-20", 8, 0));
    bench_flush(bench);
    return bench;
}

/* The rule of the refusal; "" where it was accepted. */
static const char *order(struct scenario_bench *bench, const struct rlc_command *command)
{
    static char rule[64];
    const struct rlc_debtor_fact *refused;

    bench_forget(bench);
    bench_command(bench, command);
    bench_flush(bench);
    refused = bench_last(bench, RLC_FACT_KIND_COMMAND_REFUSED);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED) + (refused != NULL), 1);
    rule[0] = '\0';
    if (refused)
        (void)snprintf(rule, sizeof(rule), "%.*s", (int)refused->command_refused.rule.size,
                       (const char *)refused->command_refused.rule.data);
    return rule;
}

static void a_hold_that_is_over_is_not_placed_again(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_command place = { .kind = RLC_COMMAND_KIND_PLACE_HOLD,
                                 .place_hold = { .hold = rlc_span_of("H-1"),
                                                 .reach = RLC_REACH_DEBTOR,
                                                 .reason = RLC_HOLD_REASON_CAMPAIGN,
                                                 .from_ms = bench_instant("2025-01-20", 8, 0),
                                                 .clock = RLC_CLOCK_EFFECT_STOP } };
    struct rlc_command lift = { .kind = RLC_COMMAND_KIND_LIFT_HOLD,
                                .lift_hold = { .hold = rlc_span_of("H-1") } };

    (void)state;
    assert_string_equal(order(bench, &lift), "UNKNOWN_OBJECT");
    assert_string_equal(order(bench, &place), "");
    assert_string_equal(order(bench, &lift), "");
    assert_string_equal(order(bench, &place), "ALREADY_OVER");
    /* Under an id of its own it holds. */
    place.place_hold.hold = rlc_span_of("H-2");
    assert_string_equal(order(bench, &place), "");
    bench_free(bench);
}

static void what_nobody_knows_is_neither_done_nor_released(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_command done = { .kind = RLC_COMMAND_KIND_TASK_DONE,
                                .task_done = { .task = rlc_span_of("nope"),
                                               .outcome_code = rlc_span_of("CALLED") } };
    struct rlc_command release = { .kind = RLC_COMMAND_KIND_RELEASE_QUARANTINE,
                                   .release_quarantine.at = { .topic = rlc_span_of("billing"),
                                                              .offset = 7 } };

    (void)state;
    assert_string_equal(order(bench, &done), "UNKNOWN_OBJECT");
    assert_string_equal(order(bench, &release), "UNKNOWN_OBJECT");
    bench_free(bench);
}

static void a_record_is_released_once(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event quarantined = {
        .kind = RLC_EVENT_KIND_QUARANTINED,
        .quarantined = { .at = { .topic = rlc_span_of("billing"), .offset = 7 },
                         .code = rlc_span_of("BAD_AMOUNT") },
    };
    struct rlc_command release = { .kind = RLC_COMMAND_KIND_RELEASE_QUARANTINE,
                                   .release_quarantine.at = quarantined.quarantined.at };

    (void)state;
    bench_send(bench, &quarantined);
    assert_string_equal(order(bench, &release), "");
    assert_string_equal(order(bench, &release), "UNKNOWN_OBJECT");
    bench_free(bench);
}

static void only_a_creditor_of_the_bundle_has_a_mode(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_command mode = { .kind = RLC_COMMAND_KIND_CREDITOR_MODE,
                                .creditor_mode = { .creditor = rlc_span_of("FR10"),
                                                   .mode = RLC_CREDITOR_MODE_LIVE,
                                                   .ramp_ppm = 1000000 } };

    (void)state;
    assert_string_equal(order(bench, &mode), "UNKNOWN_OBJECT");
    mode.creditor_mode.creditor = rlc_span_of(BENCH_CREDITOR);
    assert_string_equal(order(bench, &mode), "");
    mode.creditor_mode.creditor = (struct rlc_span){ NULL, 0 };
    assert_string_equal(order(bench, &mode), ""); /* all others */
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hold_that_is_over_is_not_placed_again),
        cmocka_unit_test(what_nobody_knows_is_neither_done_nor_released),
        cmocka_unit_test(a_record_is_released_once),
        cmocka_unit_test(only_a_creditor_of_the_bundle_has_a_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
