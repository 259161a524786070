/* SPDX-License-Identifier: Apache-2.0 */
/* The question of a case, whether a person approves, is a task; and what ends it. */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/litigation_story.h"

static bool says(struct rlc_span text, const char *wanted)
{
    return rlc_span_equal(text, rlc_span_of(wanted));
}

static void send(struct scenario_bench *bench, const struct rlc_debtor_event *event)
{
    bench_send(bench, event);
    bench_flush(bench);
}

static struct rlc_span case_of(struct scenario_bench *bench)
{
    return bench_legal(bench, 0)->case_referred.case_id;
}

static void say_of_case(struct scenario_bench *bench, const char *code)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_MILESTONE,
                                      .milestone = { .case_id = case_of(bench),
                                                     .code = rlc_span_of(code),
                                                     .holds = strcmp(code, "SETTLED") != 0 } };

    send(bench, &event);
}

static void an_approval_that_is_asked_for_is_somebodys_task(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    const struct rlc_task_fact *task;

    (void)state;
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 0);
    say_of_case(bench, "APPROVAL_ASKED");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 1);
    task = &bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened;
    assert_int_equal(task->kind, RLC_TASK_KIND_APPROVAL);
    assert_true(rlc_span_equal(task->object, case_of(bench)));
    assert_true(
        says(bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->envelope.creditor, BENCH_CREDITOR));
    bench_free(bench);
}

static void the_task_ends_with_the_answer_and_says_which(void **state)
{
    static const char *const ANSWERS[] = { "APPROVED", "DECLINED", "BLOCKED", "SETTLED",
                                           "ANY_WORD_OF_A_PROCEDURE" };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ANSWERS); i++) {
        struct scenario_bench *bench = litigation_story_case();
        const struct rlc_task_fact *closed;
        struct rlc_span opened;

        say_of_case(bench, "APPROVAL_ASKED");
        opened = bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened.task;
        say_of_case(bench, ANSWERS[i]);
        assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_CLOSED), 1);
        closed = &bench_last(bench, RLC_FACT_KIND_TASK_CLOSED)->task_closed;
        assert_true(rlc_span_equal(closed->task, opened));
        assert_true(says(closed->outcome_code, ANSWERS[i]));
        bench_free(bench);
    }
}

static void a_refused_approval_leaves_the_task_open(void **state)
{
    static const char *const WORDS[] = { "APPROVAL_REFUSED", "ACT_REFUSED", "CLAIM_CHANGED",
                                         "DEADLINE_NEAR", "ON_HOLD" };
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    say_of_case(bench, "APPROVAL_ASKED");
    for (size_t i = 0; i < RLC_COUNT(WORDS); i++)
        say_of_case(bench, WORDS[i]);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_CLOSED), 0);
    bench_free(bench);
}

static void asked_anew_of_another_claim_it_is_the_same_task(void **state)
{
    struct scenario_bench *bench = litigation_story_case();

    (void)state;
    say_of_case(bench, "APPROVAL_ASKED");
    say_of_case(bench, "CLAIM_CHANGED");
    say_of_case(bench, "APPROVAL_ASKED");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_CLOSED), 0);
    bench_free(bench);
}

static void asked_after_an_answer_it_is_another_task(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    struct rlc_span first;

    (void)state;
    say_of_case(bench, "APPROVAL_ASKED");
    first = bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened.task;
    say_of_case(bench, "APPROVED");
    say_of_case(bench, "APPROVAL_ASKED");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 2);
    assert_false(
        rlc_span_equal(bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened.task, first));
    bench_free(bench);
}

static void no_tick_on_a_list_answers_for_a_person(void **state)
{
    struct scenario_bench *bench = litigation_story_case();
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_TASK_DONE };

    (void)state;
    say_of_case(bench, "APPROVAL_ASKED");
    event.task_done.task = bench_last(bench, RLC_FACT_KIND_TASK_OPENED)->task_opened.task;
    event.task_done.outcome_code = rlc_span_of("DONE");
    send(bench, &event);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_CLOSED), 0);
    assert_true(
        says(bench_last(bench, RLC_FACT_KIND_EVENT_IGNORED)->event_ignored.rule, "STILL_ASKED"));
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_approval_that_is_asked_for_is_somebodys_task),
        cmocka_unit_test(the_task_ends_with_the_answer_and_says_which),
        cmocka_unit_test(a_refused_approval_leaves_the_task_open),
        cmocka_unit_test(asked_anew_of_another_claim_it_is_the_same_task),
        cmocka_unit_test(asked_after_an_answer_it_is_another_task),
        cmocka_unit_test(no_tick_on_a_list_answers_for_a_person),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
