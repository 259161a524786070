/* SPDX-License-Identifier: Apache-2.0 */
/* What scoring says of a debtor: the newest counts, it is remembered and said on, and it forbids or
 * allows steps. */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"

static struct scenario_bench *fresh(void)
{
    static const struct policy *const POLICIES[] = { &BENCH_POLICY };
    struct scenario_bench *bench = bench_new(POLICIES, 1, 1);

    bench_debtor(bench, BENCH_ZONE, "");
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-01-20", 8, 0));
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_flush(bench);
    bench_forget(bench);
    return bench;
}

/* Scoring numbers what it says of a debtor. */
static struct rlc_debtor_event score(int64_t revision, const char *id, const char *band)
{
    return (struct rlc_debtor_event){
        .kind = RLC_EVENT_KIND_SCORE_CHANGED,
        .envelope = { .source = rlc_span_of("scoring"),
                      .source_event_id = rlc_span_of(id),
                      .entity_revision = revision },
        .score_changed = { .model = rlc_span_of("m1"),
                           .band = rlc_span_of(band),
                           .late_ppm = 412000,
                           .delay_days = 12 },
    };
}

static void assert_says(struct rlc_span text, const char *wanted)
{
    assert_true(rlc_span_equal(text, rlc_span_of(wanted)));
}

static void send(struct scenario_bench *bench, struct rlc_debtor_event event)
{
    bench_send(bench, &event);
    bench_flush(bench);
}

static void assert_band(struct scenario_bench *bench, const char *band)
{
    assert_says(bench_debtor_record(bench)->score.band, band);
}

static void a_score_is_remembered_and_said_on(void **state)
{
    struct scenario_bench *bench = fresh();
    const struct rlc_score *known;

    (void)state;
    send(bench, score(1, "s1", "C"));
    known = &bench_debtor_record(bench)->score;
    assert_says(known->band, "C");
    assert_says(known->model, "m1");
    assert_int_equal(known->late_ppm, 412000);
    assert_int_equal(known->delay_days, 12);
    assert_says(bench_last(bench, RLC_FACT_KIND_SCORE_APPLIED)->score_applied.band, "C");
    bench_free(bench);
}

static void a_score_of_the_same_band_is_remembered_too(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event second = score(2, "s2", "C");

    (void)state;
    second.score_changed.late_ppm = 505000;
    send(bench, score(1, "s1", "C"));
    send(bench, second);
    assert_int_equal(bench_debtor_record(bench)->score.late_ppm, 505000);
    assert_int_equal(bench_debtor_record(bench)->score.version.revision, 2);
    bench_free(bench);
}

static void the_newest_score_counts_in_whatever_order_they_come(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    send(bench, score(2, "s2", "D"));
    send(bench, score(1, "s1", "C"));
    send(bench, score(2, "s2", "D"));
    assert_band(bench, "D");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_SCORE_APPLIED), 1);
    assert_int_equal(bench_letters(bench), 0);
    bench_free(bench);
}

static void a_score_raises_no_epoch_and_calls_no_contact_back(void **state)
{
    struct scenario_bench *bench = fresh();
    int64_t epoch, account_epoch;

    (void)state;
    epoch = bench_debtor_record(bench)->epoch;
    account_epoch = bench_account(bench)->epoch;
    send(bench, score(1, "s1", "E"));
    assert_int_equal(bench_debtor_record(bench)->epoch, epoch);
    assert_int_equal(bench_account(bench)->epoch, account_epoch);
    bench_free(bench);
}

static void a_score_of_one_document_says_nothing_of_the_debtor(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = score(1, "s1", "E");

    (void)state;
    event.score_changed.document = rlc_span_of("F-1");
    send(bench, event);
    assert_band(bench, "");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_SCORE_APPLIED), 1);
    bench_free(bench);
}

static void who_is_erased_has_no_score_and_gets_none(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event erased = { .kind = RLC_EVENT_KIND_SUBJECT_ERASED,
                                       .subject_erased.subject = rlc_span_of(BENCH_DEBTOR) };

    (void)state;
    send(bench, score(1, "s1", "C"));
    send(bench, erased);
    assert_band(bench, "");
    send(bench, score(2, "s2", "D"));
    assert_band(bench, "");
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_SCORE_APPLIED), 1);
    bench_free(bench);
}

/* The silence names the score. */
static void a_step_for_other_bands_is_silent_because_of_the_score(void **state)
{
    static const struct rlc_span BANDS[] = { { (const uint8_t *)"D", 1 },
                                             { (const uint8_t *)"E", 1 } };
    static struct policy_step steps[RLC_COUNT(BENCH_STEPS)];
    static struct policy_scenario scenario;
    static struct policy policy;
    static const struct policy *const POLICIES[] = { &policy };
    struct scenario_bench *bench;
    const struct rlc_suppressed *silence;

    (void)state;
    memcpy(steps, BENCH_STEPS, sizeof(steps));
    steps[0].bands = BANDS;
    steps[0].band_count = RLC_COUNT(BANDS);
    scenario = BENCH_SCENARIO;
    scenario.step = steps;
    policy = BENCH_POLICY;
    policy.scenario = &scenario;
    bench = bench_new(POLICIES, 1, 1);
    bench_debtor(bench, BENCH_ZONE, "");
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    send(bench, score(1, "s1", "C"));
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-05", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_CONDITION), 1);
    silence = &bench_last(bench, RLC_FACT_KIND_SUPPRESSED)->suppressed;
    assert_says(silence->rule, "step.bands");
    assert_says(silence->events[0].source_event_id, "s1");
    send(bench, score(2, "s2", "E"));
    bench_days_until(bench, "2025-02-06", true);
    assert_int_equal(bench_requests(bench), 1);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_score_is_remembered_and_said_on),
        cmocka_unit_test(a_score_of_the_same_band_is_remembered_too),
        cmocka_unit_test(the_newest_score_counts_in_whatever_order_they_come),
        cmocka_unit_test(a_score_raises_no_epoch_and_calls_no_contact_back),
        cmocka_unit_test(a_score_of_one_document_says_nothing_of_the_debtor),
        cmocka_unit_test(who_is_erased_has_no_score_and_gets_none),
        cmocka_unit_test(a_step_for_other_bands_is_silent_because_of_the_score),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
