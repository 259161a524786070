/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/scenario_policy.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/policy/bundle_build.h"
#include "common/runtime/memory.h"

#include "tests/support/check.h"

/* A folder's bundle and its policy. */
struct loaded {
    struct rlc_problems problems;
    struct rlc_error error;
    struct rlc_bundle_build *build;
    struct rlc_arena arena;
    const struct policy *policy;
};

static struct loaded *load(const char *folder)
{
    struct loaded *loaded = calloc(1, sizeof(*loaded));

    assert_non_null(loaded);
    assert_int_equal(rlc_bundle_build_folder(folder, NULL, &loaded->problems, &loaded->build,
                                             &loaded->error),
                     RLC_OK);
    assert_int_equal(rlc_arena_map(&loaded->arena, SCENARIO_POLICY_BYTES), RLC_OK);
    if (scenario_policy_load(rlc_bundle_build_bundle(loaded->build), &loaded->arena,
                             &loaded->policy, &loaded->error) != RLC_OK)
        fail_msg("%s: %s", folder, loaded->error.text);
    return loaded;
}

static void unload(struct loaded *loaded)
{
    rlc_arena_unmap(&loaded->arena);
    rlc_bundle_build_free(loaded->build);
    free(loaded);
}

static void the_ledger_bundle_says_what_the_prediction_assumes(void **state)
{
    struct loaded *loaded = load(RLC_SOURCE_DIR "/tests/ledger/bundle");
    static const int32_t OFFSETS[] = { 3, 10, 40 };
    const struct policy *policy = loaded->policy;
    const struct policy_scenario *scenario =
        policy_choose(policy, (struct rlc_span){ NULL, 0 }, &(struct policy_choice){ .kind = 1 });

    (void)state;
    assert_non_null(scenario);
    assert_int_equal(scenario->step_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct policy_step *step = &scenario->step[i];

        assert_int_equal(step->offset_days, OFFSETS[i]);
        assert_int_equal(step->days, POLICY_DAYS_CALENDAR);
        assert_int_equal(step->at_minute, 600);
        assert_int_equal(step->tone, RLC_TONE_FRIENDLY + i);
        assert_int_equal(step->channel_count, 1);
        assert_int_equal(step->channel[0], RLC_CHANNEL_EMAIL);
        assert_int_equal(step->age_days_min, INT32_MIN);
        assert_int_equal(step->repeat_max, 1);
        assert_int_equal(step->expires_days, 0);
        assert_null(step->answers);
    }
    assert_int_equal(policy->cap_count, 0);
    assert_int_equal(policy->hours.from_minute, 0);
    assert_int_equal(policy->hours.to_minute, 1440);
    assert_false(policy->hours.business_days_only);
    assert_false(policy->person_hours.business_days_only);
    assert_int_equal(policy->answers.unknown, RLC_UNKNOWN_POLICY_ASK_AGAIN);
    unload(loaded);
}

static void its_variant_has_one_contact_in_seven_days(void **state)
{
    struct loaded *loaded = load(RLC_SOURCE_DIR "/tests/ledger/bundle-cap7");

    (void)state;
    assert_int_equal(loaded->policy->cap_count, 1);
    assert_int_equal(loaded->policy->cap[0].contacts, 1);
    assert_int_equal(loaded->policy->cap[0].days, 7);
    unload(loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ledger_bundle_says_what_the_prediction_assumes),
        cmocka_unit_test(its_variant_has_one_contact_in_seven_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
