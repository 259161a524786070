/* SPDX-License-Identifier: Apache-2.0 */
/* What holds a contact back on the line: nobody is reminded of what is known to forbid it. */
#include <stdio.h>
#include <string.h>

#include "common/memory/keyring_memory.h"
#include "common/pure/murmur2.h"
#include "tests/sim/notifier_stage.h"

#include "tests/support/check.h"

enum { A_WHILE = 100, A_SECOND_OR_LESS = 28 };

static struct stage stage;

static int32_t tenants_partition(void)
{
    return rlc_partition_of(rlc_span_of(STAGE_TENANT), stage.line.setup.partitions);
}

/* So that no gate but the debtor's is in the way. */
static int32_t elsewhere(void)
{
    return 1 - tenants_partition();
}

static void open_with(int32_t partitions, size_t processes)
{
    struct stage_setup setup = {
        .partitions = partitions,
        .processes = processes,
        .all = true,
        .batch_max = 10,
        .connections = 1 /* one contact after the other */
    };

    stage_open(&stage, &setup);
}

/* No other mail leaves while somebody stands still. */
static void assert_nothing_leaves(void)
{
    size_t attempts = stage_sum(&stage).attempts;

    stage_rounds(&stage, A_WHILE);
    assert_int_equal(stage_sum(&stage).attempts, attempts);
    assert_true(stage.line.post.count <= attempts);
}

static void assert_returned(enum rlc_return_reason reason, size_t mails)
{
    struct stage_sum sum;

    stage_finish(&stage);
    sum = stage_sum(&stage);
    assert_int_equal(sum.returned[reason], 1);
    assert_int_equal(sum.all_returned, 1);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], mails);
    assert_int_equal(stage.line.post.count, mails);
    stage_close(&stage);
}

/* ---- payments ---- */

static void a_payment_between_request_and_look_brings_the_contact_back(void **state)
{
    char debtor[16];

    (void)state;
    open_with(2, 1);
    stage_debtor(&stage, elsewhere(), 1, debtor);
    stage_ask(&stage);
    stage_pay(&stage, debtor);
    stage_rounds(&stage, A_WHILE);
    assert_returned(RLC_RETURN_REASON_ACCOUNT_CHANGED, 0);
}

static void a_payment_that_scenario_has_not_read_holds_the_contact_back(void **state)
{
    char debtor[16];

    (void)state;
    open_with(2, 1);
    stage_debtor(&stage, elsewhere(), 1, debtor);
    stage_ask(&stage);
    stage_freeze(&stage, LINE_SCENARIO, 0);
    stage_pay(&stage, debtor);
    stage_rounds(&stage, A_WHILE); /* it is in the log */
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    assert_nothing_leaves();
    assert_returned(RLC_RETURN_REASON_ACCOUNT_CHANGED, 0);
}

/* The first contact's question is used for the second, which scenario knows to be paid. */
static void a_payment_behind_the_question_brings_back_what_is_known_to_be_paid(void **state)
{
    char debtors[2][16];
    struct stage_sum sum;

    (void)state;
    open_with(1, 1);
    stage_debtor(&stage, 0, 1, debtors[0]);
    stage_debtor(&stage, 0, 1, debtors[1]);
    stage_ask(&stage);
    stage.line.post.ends_after = A_SECOND_OR_LESS;
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    stage_until_attempts(&stage, 1);
    sum = stage_sum(&stage);
    stage_pay(&stage, debtors[strcmp(sum.last_attempted, debtors[0]) == 0]);
    assert_returned(RLC_RETURN_REASON_ACCOUNT_CHANGED, 1);
}

/* Comes when the attempt is on its way to the log; then so many rounds pass. */
static void pay_behind_the_look(enum rlc_step step, int rounds)
{
    struct rlc_bus *tool;
    struct rlc_error error;
    int64_t low;
    int64_t paid_at;
    char debtor[16];

    open_with(1, 1);
    tool = stage.line.world.tool;
    stage_debtor(&stage, 0, 1, debtor);
    stage_ask(&stage);
    stage_stop_attempt(&stage, step);
    assert_int_equal(tool->ops->watermarks(tool, world_topic(&stage.line.world, "debtor-events"), 0,
                                           1000, &low, &paid_at, &error),
                     RLC_OK);
    stage_pay(&stage, debtor);
    stage_rounds(&stage, rounds);
    stage_finish(&stage);
    assert_int_equal(stage_sum(&stage).attempts, 1);
    assert_in_range(stage_sum(&stage).last_watermark, 1, paid_at);
}

static const enum rlc_step ATTEMPT[] = { RLC_STEP_DECIDE, RLC_STEP_BEGIN, RLC_STEP_SEND_OFFSETS,
                                         RLC_STEP_COMMIT };

static void a_payment_that_came_behind_the_look_is_not_covered_by_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ATTEMPT); i++) {
        pay_behind_the_look(ATTEMPT[i], A_WHILE / 2);
        assert_int_equal(stage_sum(&stage).outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 1);
        assert_int_equal(stage.line.post.count, 1);
        stage_close(&stage);
    }
}

static void an_attempt_of_more_than_two_seconds_is_looked_at_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ATTEMPT); i++) {
        pay_behind_the_look(ATTEMPT[i], A_WHILE + 10);
        assert_int_equal(stage_sum(&stage).not_started, 1);
        assert_int_equal(stage_sum(&stage).returned[RLC_RETURN_REASON_ACCOUNT_CHANGED], 1);
        assert_int_equal(stage.line.post.count, 0);
        stage_close(&stage);
    }
}

/* ---- the kill switch ---- */

static void kill_switch(bool on)
{
    line_command(&stage.line, "KILL_SWITCH", on ? "{\"on\":true}" : "{\"on\":false}",
                 stage.line.world.now_ms);
}

static void a_kill_switch_that_waits_in_the_tenants_partition_holds_everybody_back(void **state)
{
    size_t owner;
    char debtor[16];
    struct stage_sum sum;

    (void)state;
    open_with(2, 2);
    stage_debtor(&stage, elsewhere(), 1, debtor);
    line_settle(&stage.line);
    stage_freeze(&stage, LINE_NOTIFIER, 1);
    stage_ask(&stage);
    owner = stage_owner(&stage, LINE_SCENARIO, tenants_partition());
    stage_freeze(&stage, LINE_SCENARIO, owner);
    kill_switch(true);
    stage_rounds(&stage, A_WHILE);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    stage_thaw(&stage, LINE_NOTIFIER, 1);
    assert_nothing_leaves();
    stage_thaw(&stage, LINE_SCENARIO, owner);
    line_settle(&stage.line);
    sum = stage_sum(&stage);
    assert_int_equal(sum.returned[RLC_RETURN_REASON_SCOPE_CHANGED], 1);
    assert_int_equal(stage.line.post.count, 0);
    /* Lifted, it is asked for again. */
    kill_switch(false);
    line_settle(&stage.line);
    assert_returned(RLC_RETURN_REASON_SCOPE_CHANGED, 1);
}

/* The tenant's question is asked anew while the debtor's is still young. That of the debtor's
 * partition was asked before the kill switch was read, and its owner lags. */
static void a_question_older_than_the_tenants_open_gate_is_asked_anew(void **state)
{
    int32_t other;
    size_t owner;
    char debtor[16];

    (void)state;
    open_with(2, 2);
    other = elsewhere();
    stage_debtor(&stage, tenants_partition(), 1, debtor);
    stage_freeze(&stage, LINE_NOTIFIER, 1);
    stage_ask(&stage);
    stage.line.post.ends_after = A_SECOND_OR_LESS;
    stage_debtor(&stage, other, 1, debtor);
    stage_debtor(&stage, other, 1, debtor);
    stage_ask_again(&stage);
    world_kill(&stage.line.world, stage.line.world.roles[LINE_NOTIFIER].first + 1);
    (void)rlc_memory_broker_expire_member(stage.line.world.broker, "notifier", "w1");
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    stage_until_attempts(&stage, 2);
    owner = stage_owner(&stage, LINE_SCENARIO, other);
    stage_freeze(&stage, LINE_SCENARIO, owner);
    kill_switch(true);
    assert_nothing_leaves();
    assert_returned(RLC_RETURN_REASON_SCOPE_CHANGED, 2);
}

/* ---- the cause ---- */

/* The question that was asked for the first contact is younger than a second, but older than the
 * second one's request. stage_finish() looks at each. */
static void a_look_covers_what_its_request_follows_from(void **state)
{
    char debtor[16];

    (void)state;
    open_with(1, 1);
    stage_debtor(&stage, 0, 1, debtor);
    stage_ask(&stage);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    stage_until_attempts(&stage, 1);
    stage_debtor(&stage, 0, 1, debtor);
    stage_ask_again(&stage);
    stage_until_attempts(&stage, 2);
    stage_finish(&stage);
    assert_int_equal(stage.line.post.count, 2);
    stage_close(&stage);
}

/* ---- what ingest says ---- */

static void assert_sent(void)
{
    stage_finish(&stage);
    assert_int_equal(stage_sum(&stage).outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 1);
    assert_int_equal(stage.line.post.count, 1);
    stage_close(&stage);
}

static void while_intake_is_silent_nobody_is_contacted(void **state)
{
    char debtor[16];

    (void)state;
    open_with(2, 1);
    stage_debtor(&stage, elsewhere(), 1, debtor);
    line_settle(&stage.line);
    /* What it has said is two hours old when the reminder is asked for. */
    stage_freeze(&stage, LINE_INGEST, 0);
    stage_ask(&stage);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    assert_nothing_leaves();
    stage_thaw(&stage, LINE_INGEST, 0);
    assert_sent();
}

static void while_intake_is_behind_nobody_is_contacted(void **state)
{
    char debtor[16];

    (void)state;
    open_with(2, 1);
    stage_debtor(&stage, elsewhere(), 1, debtor);
    stage_ask(&stage);
    /* Its store of keys is away until the notifier has gone on: the payment stays in the source. */
    rlc_keyring_memory_set_away(stage.keyring, true);
    stage_pay(&stage, debtor);
    stage_rounds(&stage, A_WHILE);
    stage_freeze(&stage, LINE_INGEST, 0);
    rlc_keyring_memory_set_away(stage.keyring, false);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    assert_nothing_leaves();
    assert_returned(RLC_RETURN_REASON_ACCOUNT_CHANGED, 0);
}

static void unless_it_is_said_what_to_expect_nobody_is_contacted(void **state)
{
    char debtor[16];

    (void)state;
    open_with(2, 1);
    stage_debtor(&stage, elsewhere(), 1, debtor);
    stage_ask(&stage);
    stage_freeze(&stage, LINE_INGEST, 0);
    rlc_memory_store_flush_all(stage.line.world.store);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    assert_nothing_leaves();
    stage_thaw(&stage, LINE_INGEST, 0);
    assert_sent();
}

/* ---- erasure ---- */

static void a_contact_whose_addressee_was_erased_comes_back(void **state)
{
    char debtor[16];
    char subject[24];
    struct stage_sum sum;

    (void)state;
    open_with(2, 1);
    stage_debtor(&stage, elsewhere(), 1, debtor);
    stage_ask(&stage);
    (void)snprintf(subject, sizeof(subject), "%s/1", debtor);
    assert_true(
        rlc_keyring_memory_erase(stage.keyring, rlc_span_of(STAGE_TENANT), rlc_span_of(subject)));
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    line_settle(&stage.line);
    sum = stage_sum(&stage);
    assert_int_equal(sum.returned[RLC_RETURN_REASON_ERASED], 1);
    assert_int_equal(sum.attempts, 0);
    assert_int_equal(stage.line.post.count, 0);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payment_between_request_and_look_brings_the_contact_back),
        cmocka_unit_test(a_payment_that_scenario_has_not_read_holds_the_contact_back),
        cmocka_unit_test(a_payment_behind_the_question_brings_back_what_is_known_to_be_paid),
        cmocka_unit_test(a_payment_that_came_behind_the_look_is_not_covered_by_it),
        cmocka_unit_test(an_attempt_of_more_than_two_seconds_is_looked_at_again),
        cmocka_unit_test(a_kill_switch_that_waits_in_the_tenants_partition_holds_everybody_back),
        cmocka_unit_test(a_question_older_than_the_tenants_open_gate_is_asked_anew),
        cmocka_unit_test(a_look_covers_what_its_request_follows_from),
        cmocka_unit_test(while_intake_is_silent_nobody_is_contacted),
        cmocka_unit_test(while_intake_is_behind_nobody_is_contacted),
        cmocka_unit_test(unless_it_is_said_what_to_expect_nobody_is_contacted),
        cmocka_unit_test(a_contact_whose_addressee_was_erased_comes_back),
    };

    return cmocka_run_group_tests_name("last_look", tests, stage_set_up, stage_tear_down);
}
