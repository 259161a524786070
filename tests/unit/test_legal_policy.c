/* SPDX-License-Identifier: Apache-2.0 */
/* The procedures of the demonstration, from their files to the last deadline. */
#include "policy/legal_policy.h"

#include "common/policy/bundle_build.h"
#include "common/runtime/memory.h"

#include "tests/support/check.h"
#include "tests/support/legal_bench.h"

#define DEMO RLC_SOURCE_DIR "/deploy/bundles/demo"

/* A folder as a policy, and what it lives in. */
struct loaded {
    struct rlc_arena arena;
    const struct legal_policy *policy;
};

static int load_demo(void **state)
{
    static struct loaded loaded;
    static struct rlc_problems problems;
    struct rlc_bundle_build *build = NULL;
    struct rlc_error error = { .text = "" };

    assert_int_equal(rlc_arena_map(&loaded.arena, LEGAL_POLICY_BYTES), RLC_OK);
    assert_int_equal(rlc_bundle_build_folder(DEMO, NULL, &problems, &build, &error), RLC_OK);
    if (legal_policy_load(rlc_bundle_build_bundle(build), &loaded.arena, &loaded.policy, &error) !=
        RLC_OK)
        fail_msg("%s", error.text);
    /* Nothing of the policy points into the bundle. */
    rlc_bundle_build_free(build);
    *state = &loaded;
    return 0;
}

static int unload(void **state)
{
    struct loaded *loaded = *state;

    rlc_arena_unmap(&loaded->arena);
    return 0;
}

static bool says(struct rlc_span text, const char *wanted)
{
    return rlc_span_equal(text, rlc_span_of(wanted));
}

static void assert_state(struct legal_bench *bench, const char *name)
{
    assert_non_null(legal_bench_case(bench));
    if (!says(legal_bench_case(bench)->state, name))
        fail_msg("at %.*s, not at %s", (int)legal_bench_case(bench)->state.size,
                 (const char *)legal_bench_case(bench)->state.data, name);
}

static rlc_day deadline_of(struct legal_bench *bench)
{
    return legal_bench_case(bench)->deadline_on;
}

static void approve_and_file(struct legal_bench *bench, const struct legal_policy *policy)
{
    struct rlc_command approval = legal_bench_approval(
        bench, "head-of-credit", (char)policy->authority[0].public_key[0], "FILE_PAYMENT_ORDER");

    approval.signing_key = policy->authority[0].key;
    legal_bench_command(bench, &approval);
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 1);
    assert_state(bench, "at-court");
}

/* From the formal notice of May to the request that is filed. */
static struct legal_bench *at_court(const struct legal_policy *policy)
{
    struct legal_bench *bench = legal_bench_new(policy);

    legal_bench_until(bench, "2026-05-06");
    legal_bench_refer(bench, "mise-en-demeure", "2026-04-20");
    assert_state(bench, "notice");
    legal_bench_answer(bench, RLC_OUTCOME_RESULT_ACCEPTED, 1);
    /* Eight days end on Ascension Day, so on the Friday after it. */
    assert_int_equal(deadline_of(bench), legal_bench_day("2026-05-15"));
    legal_bench_until(bench, "2026-05-16");
    assert_state(bench, "request");
    assert_true(says(legal_bench_case(bench)->procedure, "injonction-de-payer"));
    approve_and_file(bench, policy);
    return bench;
}

static struct legal_bench *ordered(const struct legal_policy *policy, const char *on)
{
    struct legal_bench *bench = at_court(policy);

    legal_bench_until(bench, on);
    legal_bench_record(bench, "ORDER_GRANTED", on);
    assert_state(bench, "ordered");
    return bench;
}

static void an_order_is_to_be_served_within_the_time_of_its_day(void **state)
{
    static const struct {
        const char *order;
        const char *service;
    } ORDERS[] = { { "2026-08-20", "2027-02-22" }, { "2026-09-03", "2026-12-03" } };
    struct loaded *loaded = *state;

    for (size_t i = 0; i < RLC_COUNT(ORDERS); i++) {
        struct legal_bench *bench = ordered(loaded->policy, ORDERS[i].order);

        assert_int_equal(deadline_of(bench), legal_bench_day(ORDERS[i].service));
        legal_bench_until(bench, "2027-04-01");
        assert_null(legal_bench_case(bench));
        assert_int_equal(legal_bench_milestones(bench, "ORDER_VOID"), 1);
        legal_bench_free(bench);
    }
}

static void an_order_becomes_a_title_that_is_good_for_ten_years(void **state)
{
    struct loaded *loaded = *state;
    struct legal_bench *bench = ordered(loaded->policy, "2026-09-03");

    legal_bench_until(bench, "2026-10-20");
    legal_bench_record(bench, "SERVED", "2026-10-15");
    assert_int_equal(deadline_of(bench), legal_bench_day("2026-11-16"));
    legal_bench_until(bench, "2026-11-17");
    assert_state(bench, "unopposed");
    assert_int_equal(deadline_of(bench), legal_bench_day("2026-12-15"));
    legal_bench_until(bench, "2026-12-16");
    assert_state(bench, "enforceable");
    assert_int_equal(deadline_of(bench), legal_bench_day("2036-12-15"));
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    legal_bench_change(bench, "F-2", 0, 0, "PAID");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    assert_int_equal(legal_bench_milestones(bench, "SETTLED"), 1);
    legal_bench_free(bench);
}

static void an_opposition_of_which_the_clerk_tells_late_still_counts(void **state)
{
    struct loaded *loaded = *state;
    struct legal_bench *bench = ordered(loaded->policy, "2026-09-03");

    legal_bench_until(bench, "2026-10-20");
    legal_bench_record(bench, "SERVED", "2026-10-15");
    legal_bench_until(bench, "2026-12-05");
    assert_state(bench, "unopposed");
    legal_bench_record(bench, "OPPOSED", "2026-11-10");
    assert_null(legal_bench_case(bench));
    assert_int_equal(legal_bench_milestones(bench, "OPPOSED"), 2);
    legal_bench_free(bench);
}

static void a_payment_while_the_court_decides_recalls_the_request(void **state)
{
    struct loaded *loaded = *state;
    struct legal_bench *bench = at_court(loaded->policy);

    legal_bench_change(bench, "F-2", 0, 0, "PAID");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    assert_state(bench, "request");
    legal_bench_free(bench);
}

static void what_a_claim_must_be_worth_is_read_by_currency(void **state)
{
    const struct loaded *loaded = *state;
    const struct legal_procedure *procedure =
        legal_procedure_find(loaded->policy, rlc_span_of("injonction-de-payer"));
    const struct rlc_money *cost = legal_amount_in(procedure->cost, procedure->cost_count,
                                                   (struct rlc_money){ .currency = "EUR" });
    const struct rlc_money *least =
        legal_amount_in(procedure->needs.at_least, procedure->needs.at_least_count,
                        (struct rlc_money){ .currency = "USD" });

    assert_non_null(cost);
    assert_non_null(least);
    assert_int_equal(cost->minor, 11000);
    assert_int_equal(least->minor, 15000);
    assert_int_equal(procedure->needs.at_least_count, 3);
}

static void a_part_payment_may_leave_less_than_a_court_is_worth(void **state)
{
    struct loaded *loaded = *state;
    struct legal_bench *bench = at_court(loaded->policy);

    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    legal_bench_change(bench, "F-2", 15000, 0, "PAID");
    assert_state(bench, "request");
    legal_bench_change(bench, "F-2", 14999, 0, "PAID");
    assert_null(legal_bench_case(bench));
    assert_int_equal(legal_bench_milestones(bench, "TOO_SMALL"), 1);
    legal_bench_free(bench);
}

static void a_day_begins_on_the_clocks_of_the_bundle(void **state)
{
    struct loaded *loaded = *state;
    struct legal_bench *bench = ordered(loaded->policy, "2026-09-03");

    /* The first warning, 30 days before the third of December, at midnight in Paris. */
    assert_int_equal(legal_bench_case(bench)->wake_ms,
                     legal_bench_day("2026-11-03") * RLC_DAY_MS - 3600000);
    legal_bench_free(bench);
}

static void a_bundle_without_procedures_has_an_empty_policy(void **state)
{
    static const struct rlc_bundle NOTHING;
    const struct legal_policy *policy = NULL;
    struct rlc_error error;
    struct rlc_arena arena;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, LEGAL_POLICY_BYTES), RLC_OK);
    /* The file that every bundle has is missing, too: that is said elsewhere. */
    assert_int_equal(legal_policy_load(&NOTHING, &arena, &policy, &error), RLC_OK);
    assert_int_equal(policy->procedure_count, 0);
    assert_int_equal(policy->authority_count, 0);
    rlc_arena_unmap(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_to_be_served_within_the_time_of_its_day),
        cmocka_unit_test(an_order_becomes_a_title_that_is_good_for_ten_years),
        cmocka_unit_test(an_opposition_of_which_the_clerk_tells_late_still_counts),
        cmocka_unit_test(a_payment_while_the_court_decides_recalls_the_request),
        cmocka_unit_test(what_a_claim_must_be_worth_is_read_by_currency),
        cmocka_unit_test(a_part_payment_may_leave_less_than_a_court_is_worth),
        cmocka_unit_test(a_day_begins_on_the_clocks_of_the_bundle),
        cmocka_unit_test(a_bundle_without_procedures_has_an_empty_policy),
    };

    return cmocka_run_group_tests(tests, load_demo, unload);
}
