/* SPDX-License-Identifier: Apache-2.0 */
/* What is approved and held: nothing is filed meanwhile, and it is filed when nothing holds it. */
#include <inttypes.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/filing_stage.h"

static void nothing_is_filed_while_scenario_has_not_seen_a_kill_switch(void **state)
{
    (void)state;
    filing_stage_open(0, 100, 0);
    filing_stage_approve(filing_stage_refer());
    for (int i = 0; i < FILING_ROUNDS_FEW; i++)
        world_round(&filing_stage.world);
    assert_int_equal(filing_stage_filings().count, 0);
    /* It tells of it in the transaction in which it sees it. */
    filing_stage_switch(2, true);
    filing_stage.scenario.seen = FILING_ALL_SEEN;
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 0);
    filing_stage_close();
}

/* A command for the case that binds nobody. */
static void say_something_else(void)
{
    filing_stage_say((struct rlc_legal_inbox){
        .kind = RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED,
        .command_routed = { .command = rlc_span_of("c9"),
                            .kind = RLC_COMMAND_KIND_RECORD_ACT,
                            .actor = rlc_span_of("clerk"),
                            .issued_at_ms = 1,
                            .record_act = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                            .act = rlc_span_of("SERVED"),
                                            .on = legal_bench_day(FILING_TODAY) } } });
}

static void a_lifted_switch_files_although_something_else_is_said_before_the_look(void **state)
{
    (void)state;
    filing_stage_open(FILING_ALL_SEEN, 100, 0);
    filing_stage_approve(filing_stage_refer());
    filing_stage_switch(2, true);
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 0);
    filing_stage_switch(3, false);
    say_something_else();
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 1);
    filing_stage_close();
}

static void a_debtor_that_moves_out_of_a_hold_is_looked_at(void **state)
{
    const struct rlc_scope_hold hold = { .hold = rlc_span_of("h-1"),
                                         .country = rlc_span_of("FR"),
                                         .reason = RLC_HOLD_REASON_MANUAL,
                                         .clock = RLC_CLOCK_EFFECT_CONTINUE };

    (void)state;
    filing_stage_open(FILING_ALL_SEEN, 100, 0);
    filing_stage_approve(filing_stage_refer());
    filing_stage_say((struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED,
                                               .scope_changed = { .revision = 2,
                                                                  .creditors = &LEGAL_BENCH_LIVE,
                                                                  .creditor_count = 1,
                                                                  .holds = &hold,
                                                                  .hold_count = 1 } });
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 0);
    filing_stage_say((struct rlc_legal_inbox){
        .kind = RLC_LEGAL_INBOX_KIND_PARTY_CHANGED,
        .party_changed = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                           .debtor = { .kind = RLC_PARTY_KIND_COMPANY,
                                       .status = RLC_PARTY_STATUS_ACTIVE,
                                       .country = rlc_span_of("BE"),
                                       .zone = rlc_span_of("Europe/Paris"),
                                       .language = rlc_span_of("fr") } } });
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 1);
    filing_stage_close();
}

static void a_death_at_any_step_of_a_hold_files_nothing_until_it_is_lifted(void **state)
{
    uint64_t steps = 0;

    (void)state;
    for (uint64_t at = 0; at == 0 || at <= steps; at++) {
        filing_stage_open(FILING_ALL_SEEN, 3, at);
        filing_stage_approve(filing_stage_refer());
        filing_stage_switch(2, true);
        world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
        /* The switch may have come behind the filing, but never let two of them out. */
        assert_true(filing_stage_filings().count <= 1);
        filing_stage_switch(3, false);
        world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
        assert_int_equal(filing_stage_filings().count, 1);
        assert_true(at == 0 || filing_stage.world.deaths == 1);
        steps = at == 0 ? filing_stage.world.steps : steps;
        filing_stage_close();
    }
    assert_true(steps > 30);
    print_message("%" PRIu64 " deaths\n", steps);
}

/* Throws the switch at the numbered step. */
static void throw_at_step(void *context, struct world_role *role, enum rlc_step step)
{
    struct filing_moment *moment = context;

    (void)role;
    (void)step;
    if (++moment->steps == moment->at)
        filing_stage_switch(2, true);
}

static void a_kill_switch_at_any_step_lets_the_act_out_before_it_or_when_it_is_lifted(void **state)
{
    size_t before = 0;
    size_t held = 0;
    bool reached = true;

    (void)state;
    for (uint64_t at = 1; reached; at++) {
        struct filing_moment moment = { .at = at };
        size_t count;

        filing_stage_open(FILING_ALL_SEEN, 1, 0);
        filing_stage.world.on_step = throw_at_step;
        filing_stage.world.on_step_context = &moment;
        filing_stage_approve(filing_stage_refer());
        world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
        reached = moment.steps >= at;
        count = filing_stage_filings().count;
        if (reached) {
            before += count == 1;
            held += count == 0;
            filing_stage_switch(3, false);
            world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
        }
        assert_int_equal(filing_stage_filings().count, 1);
        filing_stage_close();
    }
    print_message("%zu acts out before the switch, %zu held by it\n", before, held);
    assert_true(before > 10 && held > 10);
}

static void a_payment_of_what_is_held_is_filed_by_nobody(void **state)
{
    (void)state;
    filing_stage_open(FILING_ALL_SEEN, 1, 0);
    filing_stage_switch(2, true);
    filing_stage_approve(filing_stage_refer());
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    filing_stage_pay(0);
    filing_stage_switch(3, false);
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 0);
    filing_stage_close();
}

static void a_hold_that_ends_lets_the_act_out(void **state)
{
    const rlc_ms end_ms = (legal_bench_day(FILING_TODAY) + 2) * RLC_DAY_MS;
    const struct rlc_scope_hold hold = { .hold = rlc_span_of("h-1"),
                                         .reason = RLC_HOLD_REASON_MANUAL,
                                         .clock = RLC_CLOCK_EFFECT_CONTINUE,
                                         .until_ms = end_ms };

    (void)state;
    filing_stage_open(FILING_ALL_SEEN, 100, 0);
    filing_stage_approve(filing_stage_refer());
    filing_stage_say((struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED,
                                               .scope_changed = { .revision = 2,
                                                                  .creditors = &LEGAL_BENCH_LIVE,
                                                                  .creditor_count = 1,
                                                                  .holds = &hold,
                                                                  .hold_count = 1 } });
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 0);
    filing_stage_say(
        (struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_TICK, .tick.now_ms = end_ms });
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 1);
    filing_stage_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_filed_while_scenario_has_not_seen_a_kill_switch),
        cmocka_unit_test(a_lifted_switch_files_although_something_else_is_said_before_the_look),
        cmocka_unit_test(a_debtor_that_moves_out_of_a_hold_is_looked_at),
        cmocka_unit_test(a_death_at_any_step_of_a_hold_files_nothing_until_it_is_lifted),
        cmocka_unit_test(a_kill_switch_at_any_step_lets_the_act_out_before_it_or_when_it_is_lifted),
        cmocka_unit_test(a_payment_of_what_is_held_is_filed_by_nobody),
        cmocka_unit_test(a_hold_that_ends_lets_the_act_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
