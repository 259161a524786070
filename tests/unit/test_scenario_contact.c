/* SPDX-License-Identifier: Apache-2.0 */
#include "core/contact.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

#include "shell.h"

static const struct policy *const STANDARD[] = { &BENCH_POLICY };

/* A request for F-1's D+3 is under way since 2025-02-03T10:00. */
static struct scenario_bench *asked(void)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);

    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-01-20", 8, 0));
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-03", false);
    assert_int_equal(bench_requests(bench), 1);
    return bench;
}

static void next_minute(struct scenario_bench *bench)
{
    bench_tick(bench, bench_instant("2025-02-03", 10, 1));
}

static bool same_action(const struct rlc_contact_request *a, const struct rlc_contact_request *b)
{
    return memcmp(&a->body.action, &b->body.action, sizeof(a->body.action)) == 0;
}

static enum rlc_suppression last_reason(struct scenario_bench *bench)
{
    return bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed.reason;
}

static void an_accepted_message_closes_its_instances_as_acted(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1);
    assert_int_equal(bench_last(bench, RLC_FACT_KIND_STEP_CLOSED)->step_closed.outcome,
                     RLC_OUTCOME_RESULT_ACCEPTED);
    next_minute(bench);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void an_answer_counts_once(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_CONTACT_OUTCOME), 1);
    bench_free(bench);
}

static void a_refused_address_is_set_aside_and_mended_by_people(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_answer(bench, RLC_OUTCOME_RESULT_REFUSED);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1);
    assert_int_equal(bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened.kind,
                     RLC_TASK_KIND_REPAIR_CONTACT);
    bench_days_until(bench, "2025-02-10", true);
    assert_int_equal(last_reason(bench), RLC_SUPPRESSION_NO_ADDRESS);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_days_until(bench, "2025-02-11", true);
    assert_int_equal(bench_requests(bench), 2);
    bench_free(bench);
}

static void a_returned_request_is_asked_again_under_the_same_action(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_payment(bench, "P-1", 40000, "F-1");
    bench_return(bench, RLC_RETURN_REASON_ACCOUNT_CHANGED);
    assert_int_equal(last_reason(bench), RLC_SUPPRESSION_RETURNED);
    next_minute(bench);
    assert_int_equal(bench_requests(bench), 2);
    assert_true(same_action(bench_request(bench, 0), bench_request(bench, 1)));
    assert_int_equal(bench_request(bench, 1)->body.request_number, 2);
    assert_int_equal(bench_request(bench, 1)->body.occurrence, 1);
    assert_int_equal(bench_request(bench, 1)->body.lines[0].open.minor, 60000);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_OPENED), 1);
    bench_free(bench);
}

static void a_request_that_returns_for_a_payment_ends_as_paid(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_payment(bench, "P-1", 100000, "F-1");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_CLOSED), 0);
    bench_return(bench, RLC_RETURN_REASON_ACCOUNT_CHANGED);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_PAID), 1);
    next_minute(bench);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

static void a_message_that_left_before_the_payment_acted(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_payment(bench, "P-1", 100000, "F-1");
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_ACTED), 1);
    bench_free(bench);
}

static void the_next_message_of_a_step_to_the_account_is_another_action(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    bench_invoice(bench, "F-2", 100000, "2025-02-02");
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_requests(bench), 2);
    assert_false(same_action(bench_request(bench, 0), bench_request(bench, 1)));
    assert_int_equal(bench_request(bench, 1)->body.occurrence, 2);
    assert_int_equal(bench_request(bench, 1)->body.request_number, 1);
    bench_free(bench);
}

static void a_deferred_request_waits_and_is_asked_again(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_answer(bench, RLC_OUTCOME_RESULT_DEFERRED);
    assert_int_equal(last_reason(bench), RLC_SUPPRESSION_DEFERRED);
    bench_days_until(bench, "2025-02-04", false);
    assert_int_equal(bench_requests(bench), 1);
    bench_days_until(bench, "2025-02-05", false);
    assert_int_equal(bench_requests(bench), 2);
    assert_int_equal(bench_last_request(bench)->body.request_number, 2);
    bench_free(bench);
}

static void a_lost_outcome_of_a_friendly_step_is_asked_again(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_answer(bench, RLC_OUTCOME_RESULT_UNKNOWN);
    next_minute(bench);
    assert_int_equal(bench_requests(bench), 2);
    assert_true(same_action(bench_request(bench, 0), bench_request(bench, 1)));
    bench_free(bench);
}

static struct scenario_bench *asked_formally(struct policy *policy,
                                             struct policy_scenario *scenario,
                                             struct policy_step *step,
                                             struct policy_answers *answers)
{
    static const struct policy *list[1];
    struct scenario_bench *bench;

    *answers = BENCH_POLICY.answers;
    answers->unknown = RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN;
    *step = BENCH_STEPS[0];
    step->answers = answers;
    *scenario = BENCH_SCENARIO;
    scenario->step = step;
    scenario->step_count = 1;
    *policy = BENCH_POLICY;
    policy->scenario = scenario;
    list[0] = policy;
    bench = bench_new(list, 1, 1);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-03", false);
    return bench;
}

static void a_lost_outcome_of_a_formal_notice_waits_for_a_person(void **state)
{
    struct policy policy;
    struct policy_scenario scenario;
    struct policy_step step;
    struct policy_answers answers;
    struct scenario_bench *bench = asked_formally(&policy, &scenario, &step, &answers);
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_RESOLVE_UNKNOWN };

    (void)state;
    bench_answer(bench, RLC_OUTCOME_RESULT_UNKNOWN);
    next_minute(bench);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(bench_last(bench, RLC_FACT_KIND_STEP_CLOSED)->step_closed.outcome,
                     RLC_OUTCOME_RESULT_UNKNOWN);
    assert_int_equal(bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened.kind,
                     RLC_TASK_KIND_UNKNOWN_OUTCOME);
    command.resolve_unknown.action = bench_last_request(bench)->body.action;
    command.resolve_unknown.request_number = 1;
    command.resolve_unknown.result = RLC_OUTCOME_RESULT_ACCEPTED;
    bench_command(bench, &command);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_CLOSED), 1);
    bench_free(bench);
}

static void an_address_that_cannot_be_used_leads_to_the_next_channel(void **state)
{
    struct policy policy;
    struct policy_scenario scenario;
    struct policy_step step;
    struct policy_answers answers;
    struct scenario_bench *bench = asked_formally(&policy, &scenario, &step, &answers);

    (void)state;
    bench_contact(bench, "phone", RLC_CHANNEL_SMS);
    step.channel[1] = RLC_CHANNEL_SMS;
    step.channel_count = 2;
    bench_return(bench, RLC_RETURN_REASON_BAD_ADDRESS);
    next_minute(bench);
    assert_int_equal(bench_requests(bench), 2);
    assert_int_equal(bench_last_request(bench)->body.channel, RLC_CHANNEL_SMS);
    assert_int_equal(bench_last_request(bench)->body.channel_ordinal, 1);
    assert_false(same_action(bench_request(bench, 0), bench_request(bench, 1)));
    bench_free(bench);
}

static void a_template_that_fails_stops_the_account_until_a_person_is_done(void **state)
{
    struct scenario_bench *bench = asked();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_TASK_DONE };

    (void)state;
    bench_return(bench, RLC_RETURN_REASON_NOT_RENDERED);
    bench_days_until(bench, "2025-02-08", false);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(last_reason(bench), RLC_SUPPRESSION_WAITING_HUMAN);
    event.task_done.task = bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened.task;
    event.task_done.outcome_code = rlc_span_of("MENDED");
    bench_send(bench, &event);
    bench_days_until(bench, "2025-02-09", false);
    assert_int_equal(bench_requests(bench), 2);
    bench_free(bench);
}

static void asking_in_vain_stops_after_the_policys_number(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    for (int i = 1; i <= 10; i++) {
        if (bench_requests(bench) == (size_t)i)
            bench_return(bench, RLC_RETURN_REASON_ACCOUNT_CHANGED);
        bench_tick(bench, bench_instant("2025-02-03", 10, i));
    }
    assert_int_equal(bench_requests(bench), 5);
    assert_int_equal(bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened.kind,
                     RLC_TASK_KIND_REVIEW);
    bench_free(bench);
}

static void a_sender_that_is_restarted_is_not_asked_in_vain(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    for (int i = 1; i <= 10; i++) {
        bench_return(bench, RLC_RETURN_REASON_SHUTDOWN);
        bench_tick(bench, bench_instant("2025-02-03", 10, i));
    }
    assert_int_equal(bench_requests(bench), 11);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 0);
    bench_free(bench);
}

static void a_step_reached_while_a_request_is_under_way_waits_for_its_answer(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_days_until(bench, "2025-02-10", false);
    assert_int_equal(bench_requests(bench), 1);
    assert_int_equal(last_reason(bench), RLC_SUPPRESSION_WAITING_ANSWER);
    assert_int_equal(bench_closed(bench, RLC_STEP_RESULT_CARRIED), 0);
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    bench_days_until(bench, "2025-02-11", false);
    assert_int_equal(bench_requests(bench), 2);
    bench_free(bench);
}

static void a_returned_request_gives_its_slot_of_the_cap_back(void **state)
{
    struct policy policy = BENCH_POLICY;
    const struct policy *list = &policy;
    struct scenario_bench *bench;

    (void)state;
    policy.cap[0] = (struct policy_cap){ 1, 7 };
    policy.cap_count = 1;
    bench = bench_new(&list, 1, 1);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-03", false);
    bench_return(bench, RLC_RETURN_REASON_DEBTOR_CHANGED);
    assert_int_equal(bench_debtor_record(bench)->touch_count, 0);
    next_minute(bench);
    assert_int_equal(bench_requests(bench), 2);
    assert_int_equal(bench_debtor_record(bench)->touch_count, 1);
    bench_free(bench);
}

static void a_late_bounce_opens_a_repair_and_changes_no_instance(void **state)
{
    struct scenario_bench *bench = asked();

    (void)state;
    bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    bench_answer(bench, RLC_OUTCOME_RESULT_REFUSED);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_STEP_CLOSED), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_CONTACT_OUTCOME), 2);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 1);
    bench_free(bench);
}

/* As proto/README.md says; the bytes were computed elsewhere. */
static void an_action_id_is_what_the_contract_says(void **state)
{
    static const uint8_t CONTRACT[] = { 0x5e, 0xc2, 0x50, 0xc9, 0x2b, 0x51, 0x9c, 0x76,
                                        0x4c, 0x80, 0x55, 0x31, 0x46, 0x8b, 0xb8, 0x19 };
    struct scenario_action action = { .tenant = rlc_span_of("acme"),
                                      .debtor = rlc_span_of("C-10442"),
                                      .creditor = rlc_span_of("acme-fr"),
                                      .scenario = rlc_span_of("retail"),
                                      .step = rlc_span_of("reminder"),
                                      .occurrence = 1 };
    struct rlc_action_id id = scenario_action_id(&action);

    (void)state;
    assert_memory_equal(id.bytes, CONTRACT, sizeof(CONTRACT));
}

/* ---- what is forgotten ---- */

static size_t count_of(struct scenario_bench *bench, char kind)
{
    size_t count = 0;

    for (size_t i = 0; i < bench_records(bench); i++)
        count += bench_key(bench, i).data[0] == (uint8_t)kind;
    return count;
}

/* A step that speaks every day for years about one invoice that nobody pays. */
static const struct policy *daily(struct policy *policy, struct policy_scenario *scenario,
                                  struct policy_step *step)
{
    *step = BENCH_STEPS[0];
    step->repeat_days = 1;
    step->repeat_max = 1000;
    *scenario = BENCH_SCENARIO;
    scenario->step = step;
    scenario->step_count = 1;
    *policy = BENCH_POLICY;
    policy->scenario = scenario;
    return policy;
}

/* New invoices every five days, each of them reminded of three times: a message every few days. */
static struct scenario_bench *three_years(size_t batch)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, batch);
    char document[16];
    char date[RLC_DAY_SIZE];

    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    for (rlc_day day = bench_day("2025-01-05"); day < bench_day("2027-12-31"); day += 5) {
        (void)snprintf(document, sizeof(document), "F-%d", (int)day);
        assert_int_equal(rlc_day_format(day, date, sizeof(date)), 10);
        bench_days_until(bench, date, true);
        bench_invoice(bench, document, 100000, date);
    }
    return bench;
}

static void the_contacts_of_years_do_not_pile_up(void **state)
{
    struct scenario_bench *bench = three_years(10000);

    (void)state;
    assert_true(bench_requests(bench) > 300);
    assert_true(count_of(bench, 'c') <= TOUCHES_MAX);
    assert_int_equal(count_of(bench, 'c'), bench_debtor_record(bench)->touch_count);
    bench_free(bench);
}

static void what_is_forgotten_does_not_depend_on_batches(void **state)
{
    struct scenario_bench *single = three_years(1);
    struct scenario_bench *whole = three_years(10000);

    (void)state;
    assert_true(bench_digest(single) == bench_digest(whole));
    bench_free(single);
    bench_free(whole);
}

/* The latest 64 are remembered, however often a debtor is written to. */
static void many_contacts_make_room_for_each_other(void **state)
{
    struct policy policy;
    struct policy_scenario scenario;
    struct policy_step step;
    const struct policy *policies[] = { daily(&policy, &scenario, &step) };
    struct scenario_bench *bench = bench_new(policies, 1, 1);

    (void)state;
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    for (rlc_day due = bench_day("2025-01-05"); due < bench_day("2025-04-05"); due += 8) {
        char document[16];
        char date[RLC_DAY_SIZE];

        (void)snprintf(document, sizeof(document), "F-%d", (int)due);
        assert_int_equal(rlc_day_format(due, date, sizeof(date)), 10);
        bench_days_until(bench, date, true);
        bench_invoice(bench, document, 100000, date);
    }
    bench_days_until(bench, "2025-04-05", true);
    assert_true(bench_requests(bench) > TOUCHES_MAX + 8);
    assert_int_equal(bench_debtor_record(bench)->touch_count, TOUCHES_MAX);
    assert_true(count_of(bench, 'c') <= TOUCHES_MAX);
    bench_free(bench);
}

/* Answers `result` about the first request, on a day. */
static void answer_first(struct scenario_bench *bench, const char *date,
                         enum rlc_outcome_result result)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_OUTCOME };

    bench_at(bench, bench_instant(date, 12, 0));
    event.outcome = (struct rlc_outcome){ .action = bench_request(bench, 0)->body.action,
                                          .request_number = 1,
                                          .result = result,
                                          .contact_number = 1 };
    bench_send(bench, &event);
    bench_flush(bench);
}

static void a_late_return_is_taken_for_a_quarter(void **state)
{
    static const struct {
        const char *on;
        size_t outcomes;
    } CASES[] = { { "2025-05-05", 2 }, { "2025-06-05", 1 } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct scenario_bench *bench = asked();

        bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED);
        bench_invoice(bench, "F-2", 100000, "2025-05-10");
        bench_invoice(bench, "F-3", 100000, "2025-05-01");
        bench_days_until(bench, CASES[i].on, false);
        answer_first(bench, CASES[i].on, RLC_OUTCOME_RESULT_REFUSED);
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_CONTACT_OUTCOME), CASES[i].outcomes);
        bench_free(bench);
    }
}

static void a_contact_in_doubt_is_never_forgotten(void **state)
{
    struct policy policy = BENCH_POLICY;
    const struct policy *policies[] = { &policy };
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_RESOLVE_UNKNOWN };
    struct scenario_bench *bench;

    (void)state;
    policy.answers.unknown = RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN;
    bench = bench_new(policies, 1, 1);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_tick(bench, bench_instant("2025-02-03", 10, 0));
    bench_answer(bench, RLC_OUTCOME_RESULT_UNKNOWN);
    bench_invoice(bench, "F-2", 100000, "2025-12-01");
    bench_days_until(bench, "2025-12-31", true);
    command.resolve_unknown.action = bench_request(bench, 0)->body.action;
    command.resolve_unknown.request_number = 1;
    command.resolve_unknown.result = RLC_OUTCOME_RESULT_ACCEPTED;
    bench_command(bench, &command);
    bench_flush(bench);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED), 1);
    /* Resolved, it goes as the others do. */
    bench_invoice(bench, "F-3", 100000, "2026-01-01");
    bench_days_until(bench, "2026-01-10", true);
    assert_int_equal(count_of(bench, 'c'), bench_debtor_record(bench)->touch_count);
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_action_id_is_what_the_contract_says),
        cmocka_unit_test(an_accepted_message_closes_its_instances_as_acted),
        cmocka_unit_test(an_answer_counts_once),
        cmocka_unit_test(a_refused_address_is_set_aside_and_mended_by_people),
        cmocka_unit_test(a_returned_request_is_asked_again_under_the_same_action),
        cmocka_unit_test(a_request_that_returns_for_a_payment_ends_as_paid),
        cmocka_unit_test(a_message_that_left_before_the_payment_acted),
        cmocka_unit_test(the_next_message_of_a_step_to_the_account_is_another_action),
        cmocka_unit_test(a_deferred_request_waits_and_is_asked_again),
        cmocka_unit_test(a_lost_outcome_of_a_friendly_step_is_asked_again),
        cmocka_unit_test(a_lost_outcome_of_a_formal_notice_waits_for_a_person),
        cmocka_unit_test(an_address_that_cannot_be_used_leads_to_the_next_channel),
        cmocka_unit_test(a_template_that_fails_stops_the_account_until_a_person_is_done),
        cmocka_unit_test(asking_in_vain_stops_after_the_policys_number),
        cmocka_unit_test(a_sender_that_is_restarted_is_not_asked_in_vain),
        cmocka_unit_test(a_step_reached_while_a_request_is_under_way_waits_for_its_answer),
        cmocka_unit_test(a_returned_request_gives_its_slot_of_the_cap_back),
        cmocka_unit_test(a_late_bounce_opens_a_repair_and_changes_no_instance),
        cmocka_unit_test(the_contacts_of_years_do_not_pile_up),
        cmocka_unit_test(what_is_forgotten_does_not_depend_on_batches),
        cmocka_unit_test(many_contacts_make_room_for_each_other),
        cmocka_unit_test(a_late_return_is_taken_for_a_quarter),
        cmocka_unit_test(a_contact_in_doubt_is_never_forgotten),
    };

    return cmocka_run_group_tests_name("scenario contact", tests, NULL, NULL);
}
