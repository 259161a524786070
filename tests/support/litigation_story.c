/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/litigation_story.h"

#include <string.h>

#include "tests/support/check.h"

enum { NOTICE_DAYS = 15 };

/* D+3 friendly, D+10 notice, D+20 refers, D+40 a legal letter. */
static struct policy_step steps[4];
static struct policy_scenario scenario;
static struct policy policy;

static void write_policy(void)
{
    memcpy(steps, BENCH_STEPS, sizeof(BENCH_STEPS));
    steps[1].tone = RLC_TONE_FORMAL_NOTICE;
    steps[2].name = rlc_span_of("refer");
    steps[2].offset_days = 20;
    steps[2].tone = RLC_TONE_LEGAL;
    steps[2].refer = rlc_span_of("injonction-de-payer");
    steps[2].notice_days = NOTICE_DAYS;
    steps[2].channel_count = 0;
    steps[2].template_name = (struct rlc_span){ 0 };
    steps[3] = BENCH_STEPS[2];
    steps[3].tone = RLC_TONE_LEGAL;
    scenario = BENCH_SCENARIO;
    scenario.step = steps;
    scenario.step_count = RLC_COUNT(steps);
    policy = BENCH_POLICY;
    policy.scenario = &scenario;
}

struct scenario_bench *litigation_story_empty(void)
{
    static const struct policy *const POLICIES[] = { &policy };

    write_policy();
    return bench_new(POLICIES, 1, 1);
}

struct scenario_bench *litigation_story_begin(void)
{
    struct scenario_bench *bench = litigation_story_empty();

    bench_debtor(bench, BENCH_ZONE, "");
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    return bench;
}

struct scenario_bench *litigation_story_noticed(void)
{
    struct scenario_bench *bench = litigation_story_begin();

    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_days_until(bench, "2025-02-19", true);
    bench_forget(bench);
    return bench;
}

struct scenario_bench *litigation_story_case(void)
{
    struct scenario_bench *bench = litigation_story_noticed();

    bench_days_until(bench, "2025-02-25", true);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_REFERRED), 1);
    return bench;
}
