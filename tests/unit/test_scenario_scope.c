/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scope.h"

#include <string.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

/* Two bundles: the standard one, and one that moves D+10 to D+5 and has steps of its own. */
struct bundles {
    struct policy_step step[3];
    struct policy_scenario scenario;
    struct policy second;
    const struct policy *list[2];
};

static struct scenario_bench *fresh(struct bundles *bundles)
{
    struct scenario_bench *bench;

    memcpy(bundles->step, BENCH_STEPS, sizeof(bundles->step));
    bundles->scenario = BENCH_SCENARIO;
    bundles->scenario.step = bundles->step;
    bundles->second = BENCH_POLICY;
    bundles->second.scenario = &bundles->scenario;
    bundles->second.bundle_hash.bytes[0] = 2;
    bundles->list[0] = &BENCH_POLICY;
    bundles->list[1] = &bundles->second;
    bench = bench_new(bundles->list, 2, 1);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-01-20", 8, 0));
    return bench;
}

static void activate_second(struct scenario_bench *bench)
{
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_ACTIVATE_BUNDLE,
                                   .activate_bundle.bundle_hash = { { 2 } } };

    bench_command(bench, &command);
    bench_flush(bench);
}

static void kill_switch(struct scenario_bench *bench, bool on)
{
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_KILL_SWITCH, .kill_switch.on = on };

    bench_command(bench, &command);
    bench_flush(bench);
}

static const struct rlc_suppressed *last_silence(struct scenario_bench *bench)
{
    return &bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed;
}

static void assert_span(struct rlc_span span, const char *text)
{
    assert_true(rlc_span_equal(span, rlc_span_of(text)));
}

/* ---- the kill switch and the modes ---- */

static void a_kill_switch_silences_all_and_lets_all_go_on(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    kill_switch(bench, true);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(last_silence(bench)->reason, RLC_SUPPRESSION_KILL_SWITCH);
    kill_switch(bench, false);
    bench_tick(bench, bench_instant("2025-02-05", 10, 1));
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void legal_escalation_is_told_each_scope_once(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);
    size_t before = bench_scopes_told(bench);

    (void)state;
    assert_true(before > 0);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    kill_switch(bench, true);
    assert_int_equal(bench_scopes_told(bench), before + 1);
    kill_switch(bench, true);
    assert_int_equal(bench_scopes_told(bench), before + 1);
    kill_switch(bench, false);
    assert_int_equal(bench_scopes_told(bench), before + 2);
    bench_free(bench);
}

static void a_creditor_in_observe_or_shadow_mode_contacts_nobody(void **state)
{
    static const struct {
        enum rlc_creditor_mode mode;
        enum rlc_suppression reason;
    } MODES[] = { { RLC_CREDITOR_MODE_OBSERVE, RLC_SUPPRESSION_OBSERVE_MODE },
                  { RLC_CREDITOR_MODE_SHADOW, RLC_SUPPRESSION_SHADOW_MODE } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(MODES); i++) {
        struct bundles bundles;
        struct scenario_bench *bench = fresh(&bundles);
        struct rlc_command command = { .kind = RLC_COMMAND_KIND_CREDITOR_MODE,
                                       .creditor_mode = { .creditor = rlc_span_of(BENCH_CREDITOR),
                                                          .mode = MODES[i].mode } };

        bench_invoice(bench, "F-1", 100000, "2025-01-31");
        bench_command(bench, &command);
        bench_days_until(bench, "2025-02-05", true);
        assert_int_equal(bench_requests(bench), 0);
        assert_int_equal(last_silence(bench)->reason, MODES[i].reason);
        bench_free(bench);
    }
}

static void a_ramp_of_nothing_lets_nobody_through(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_CREDITOR_MODE,
                                   .creditor_mode = { .mode = RLC_CREDITOR_MODE_LIVE } };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_command(bench, &command);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(last_silence(bench)->reason, RLC_SUPPRESSION_RAMP);
    bench_free(bench);
}

static void a_scope_hold_covers_its_creditor_until_its_end(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_PLACE_SCOPE_HOLD,
                                   .place_scope_hold = {
                                       .hold = rlc_span_of("strike"),
                                       .creditor = rlc_span_of(BENCH_CREDITOR),
                                       .reason = RLC_HOLD_REASON_CAMPAIGN,
                                       .clock = RLC_CLOCK_EFFECT_CONTINUE,
                                       .from_ms = bench_instant("2025-01-01", 0, 0),
                                       .until_ms = bench_instant("2025-02-06", 0, 0) } };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_command(bench, &command);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(last_silence(bench)->reason, RLC_SUPPRESSION_ON_HOLD);
    assert_int_equal(last_silence(bench)->next_at_ms, bench_instant("2025-02-06", 0, 0));
    bench_tick(bench, bench_instant("2025-02-06", 0, 0));
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void a_silent_payment_source_silences_reminders(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_SOURCE_STALE };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    event.source_stale =
        (struct rlc_source_state){ rlc_span_of("bank"), bench_instant("2025-01-30", 0, 0) };
    bench_send(bench, &event);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(last_silence(bench)->reason, RLC_SUPPRESSION_STALE_SOURCE);
    event.kind = RLC_EVENT_KIND_SOURCE_RECOVERED;
    bench_send(bench, &event);
    bench_tick(bench, bench_instant("2025-02-05", 10, 1));
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

/* ---- bundles ---- */

static void a_step_that_moved_earlier_fires_on_its_new_day(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);

    (void)state;
    bundles.step[1].offset_days = 5;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-03", true);
    activate_second(bench);
    bench_days_until(bench, "2025-02-04", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_requests(bench), 2);
    assert_span(bench_last_request(bench)->body.step, "D+10");
    bench_days_until(bench, "2025-02-20", true);
    assert_int_equal(bench_requests(bench), 2);
    bench_free(bench);
}

static void a_step_that_moved_behind_receivables_fires_at_once_and_only_once(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);

    (void)state;
    bundles.step[1].offset_days = 5;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-07", true);
    activate_second(bench);
    bench_days_until(bench, "2025-02-20", true);
    assert_int_equal(bench_requests(bench), 2);
    bench_free(bench);
}

static void a_step_that_acted_does_not_act_again_under_another_day(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);

    (void)state;
    bundles.step[0].offset_days = 7;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-03", true);
    activate_second(bench);
    bench_days_until(bench, "2025-02-09", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void a_removed_step_closes_as_gone(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);

    (void)state;
    bundles.scenario.step = &bundles.step[1];
    bundles.scenario.step_count = 2;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    kill_switch(bench, true);
    bench_days_until(bench, "2025-02-04", true);
    activate_second(bench);
    kill_switch(bench, false);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_STEP_GONE), 1);
    assert_int_equal(bench_requests(bench), 0);
    bench_free(bench);
}

static void a_new_step_does_not_fall_on_old_receivables_unless_it_catches_up(void **state)
{
    (void)state;
    for (int catch_up = 0; catch_up < 2; catch_up++) {
        struct bundles bundles;
        struct scenario_bench *bench = fresh(&bundles);

        bundles.step[1].name = rlc_span_of("D+8");
        bundles.step[1].offset_days = 8;
        bundles.step[1].catch_up = catch_up;
        bench_invoice(bench, "old", 100000, "2025-01-31");
        bench_invoice(bench, "new", 100000, "2025-02-06");
        bench_days_until(bench, "2025-02-09", true);
        assert_int_equal(bench_requests(bench), 2);
        activate_second(bench);
        bench_days_until(bench, "2025-02-11", true);
        assert_int_equal(bench_requests(bench), catch_up ? 3 : 2);
        bench_days_until(bench, "2025-02-14", true);
        assert_int_equal(bench_requests(bench), catch_up ? 4 : 3);
        assert_span(bench_last_request(bench)->body.lines[0].document, "new");
        bench_free(bench);
    }
}

static void a_bundle_without_scenarios_reminds_nobody(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);

    (void)state;
    bundles.second.scenario_count = 0;
    bundles.second.choice_count = 0;
    activate_second(bench);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-03-31", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 0);
    bench_free(bench);
}

/* ---- deciding and applying ---- */

static void two_commands_before_either_is_read_back_both_count(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);
    struct rlc_command activate = { .kind = RLC_COMMAND_KIND_ACTIVATE_BUNDLE,
                                    .activate_bundle.bundle_hash = { { 2 } } };
    struct rlc_command stop = { .kind = RLC_COMMAND_KIND_KILL_SWITCH, .kill_switch.on = true };
    const struct rlc_scope *scope;

    (void)state;
    bench_command(bench, &activate);
    bench_command(bench, &stop);
    bench_flush(bench);
    scope = &((const struct rlc_scope_record *)bench_record(bench, "s|acme"))->scope;
    assert_int_equal(scope->revision, 4);
    assert_int_equal(scope->bundle_hash.bytes[0], 2);
    assert_true(scope->kill_switch);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED), 2);
    bench_free(bench);
}

static void every_debtor_is_armed_once_by_a_sweep(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    activate_second(bench);
    assert_int_equal(bench_debtor_record(bench)->armed_revision, 3);
    assert_int_equal(bench_debtor_record(bench)->review, RLC_REVIEW_ALL);
    bench_tick(bench, bench_instant("2025-01-20", 8, 1));
    assert_int_equal(bench_debtor_record(bench)->review, RLC_REVIEW_UNSPECIFIED);
    assert_int_equal(bench_debtor_record(bench)->wake_ms, bench_instant("2025-02-03", 10, 0));
    bench_free(bench);
}

/* ---- commands ---- */

static void a_command_is_answered_once(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);
    struct rlc_command command = { .command = rlc_span_of("C-1"),
                                   .kind = RLC_COMMAND_KIND_WRITE_OFF,
                                   .write_off = { .document = rlc_span_of("F-1"),
                                                  .amount = { 30000, "EUR" } } };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_command(bench, &command);
    bench_command(bench, &command);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_REFUSED), 0);
    assert_int_equal(bench_receivable(bench, "F-1")->settled[0].written_off_minor, 30000);
    bench_free(bench);
}

static void a_command_is_refused_by_the_rule_it_breaks(void **state)
{
    const struct {
        struct rlc_command command;
        const char *rule;
    } CASES[] = {
        { { .kind = RLC_COMMAND_KIND_LIFT_HOLD, .lift_hold.hold = rlc_span_of("none") },
          "UNKNOWN_OBJECT" },
        { { .kind = RLC_COMMAND_KIND_LIFT_HOLD,
            .lift_hold.hold = rlc_span_of("none"),
            .expires_at_ms = bench_instant("2025-01-20", 8, 0) },
          "EXPIRED" },
        { { .kind = RLC_COMMAND_KIND_LIFT_HOLD,
            .lift_hold.hold = rlc_span_of("none"),
            .expected_epoch = 999 },
          "EPOCH" },
        { { .kind = RLC_COMMAND_KIND_WRITE_OFF, .write_off.document = rlc_span_of("none") },
          "NOTHING_OPEN" },
        { { .kind = RLC_COMMAND_KIND_MERGE, .merge.into = rlc_span_of("D2") }, "NOT_SUPPORTED" },
        { { .kind = RLC_COMMAND_KIND_KILL_SWITCH, .kill_switch.on = false }, "ALREADY_OFF" },
        { { .kind = RLC_COMMAND_KIND_LIFT_FREEZE, .lift_freeze.id = rlc_span_of("none") },
          "UNKNOWN_OBJECT" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct bundles bundles;
        struct scenario_bench *bench = fresh(&bundles);

        bench_command(bench, &CASES[i].command);
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_REFUSED), 1);
        assert_span(bench_last(bench, RLC_FACT_KIND_COMMAND_REFUSED)->command_refused.rule,
                    CASES[i].rule);
        bench_free(bench);
    }
}

static void who_opted_out_is_not_written_to(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_OPT_OUT,
                                   .opt_out = { .contact = rlc_span_of("ap"),
                                                .channel = RLC_CHANNEL_EMAIL } };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_command(bench, &command);
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(last_silence(bench)->reason, RLC_SUPPRESSION_OPTED_OUT);
    command.kind = RLC_COMMAND_KIND_OPT_IN;
    command.opt_in = command.opt_out;
    bench_command(bench, &command);
    bench_days_until(bench, "2025-02-06", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void a_quarantine_ends_with_the_last_of_its_records(void **state)
{
    struct bundles bundles;
    struct scenario_bench *bench = fresh(&bundles);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_QUARANTINED };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    for (int64_t offset = 7; offset < 9; offset++) {
        event.quarantined =
            (struct rlc_quarantined){ .at = { .topic = rlc_span_of("billing"), .offset = offset },
                                      .code = rlc_span_of("BAD_AMOUNT") };
        bench_send(bench, &event);
    }
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(last_silence(bench)->reason, RLC_SUPPRESSION_QUARANTINED);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 1);
    event = (struct rlc_debtor_event){ .kind = RLC_EVENT_KIND_QUARANTINE_RELEASED };
    for (int64_t offset = 7; offset < 9; offset++) {
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_CLOSED), 0);
        event.quarantine_released.at =
            (struct rlc_coordinates){ .topic = rlc_span_of("billing"), .offset = offset };
        bench_send(bench, &event);
    }
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_CLOSED), 1);
    bench_days_until(bench, "2025-02-06", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_switch_silences_all_and_lets_all_go_on),
        cmocka_unit_test(legal_escalation_is_told_each_scope_once),
        cmocka_unit_test(a_creditor_in_observe_or_shadow_mode_contacts_nobody),
        cmocka_unit_test(a_ramp_of_nothing_lets_nobody_through),
        cmocka_unit_test(a_scope_hold_covers_its_creditor_until_its_end),
        cmocka_unit_test(a_silent_payment_source_silences_reminders),
        cmocka_unit_test(a_step_that_moved_earlier_fires_on_its_new_day),
        cmocka_unit_test(a_step_that_moved_behind_receivables_fires_at_once_and_only_once),
        cmocka_unit_test(a_step_that_acted_does_not_act_again_under_another_day),
        cmocka_unit_test(a_removed_step_closes_as_gone),
        cmocka_unit_test(a_new_step_does_not_fall_on_old_receivables_unless_it_catches_up),
        cmocka_unit_test(a_bundle_without_scenarios_reminds_nobody),
        cmocka_unit_test(two_commands_before_either_is_read_back_both_count),
        cmocka_unit_test(every_debtor_is_armed_once_by_a_sweep),
        cmocka_unit_test(a_command_is_answered_once),
        cmocka_unit_test(a_command_is_refused_by_the_rule_it_breaks),
        cmocka_unit_test(who_opted_out_is_not_written_to),
        cmocka_unit_test(a_quarantine_ends_with_the_last_of_its_records),
    };

    return cmocka_run_group_tests_name("scenario scope", tests, NULL, NULL);
}
