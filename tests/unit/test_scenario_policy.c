/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/legal_policy.h"
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
    assert_int_equal(
        rlc_bundle_build_folder(folder, NULL, &loaded->problems, &loaded->build, &loaded->error),
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
    /* It does not speak of it: the usual. */
    assert_int_equal(policy->retention.ledger_years, POLICY_EMPTY.retention.ledger_years);
    assert_true(
        rlc_span_equal(policy->retention.ledger_ground, POLICY_EMPTY.retention.ledger_ground));
    assert_true(
        rlc_span_equal(policy->retention.claims_ground, POLICY_EMPTY.retention.claims_ground));
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

static void the_french_calendar_of_reminders_is_the_one_of_practice(void **state)
{
    static const struct {
        const char *name;
        int32_t offset_days;
        enum rlc_tone tone;
    } STEPS[] = {
        { "courtesy", -7, RLC_TONE_COURTESY },    { "reminder", 3, RLC_TONE_FRIENDLY },
        { "second-reminder", 10, RLC_TONE_FIRM }, { "to-the-manager", 20, RLC_TONE_FIRM },
        { "announcement", 30, RLC_TONE_FINAL },   { "formal-notice", 40, RLC_TONE_FORMAL_NOTICE },
    };
    struct loaded *loaded = load(RLC_SOURCE_DIR "/deploy/bundles/standard-fr");
    const struct policy *policy = loaded->policy;
    const struct policy_scenario *scenario = policy_scenario(policy, rlc_span_of("standard"));
    const struct rlc_calendar *calendar = policy_calendar(policy, rlc_span_of("FR-ALSMOS"));

    (void)state;
    assert_non_null(scenario);
    assert_int_equal(scenario->step_count, RLC_COUNT(STEPS));
    for (size_t i = 0; i < RLC_COUNT(STEPS); i++) {
        assert_true(rlc_span_equal(scenario->step[i].name, rlc_span_of(STEPS[i].name)));
        assert_int_equal(scenario->step[i].offset_days, STEPS[i].offset_days);
        assert_int_equal(scenario->step[i].tone, STEPS[i].tone);
    }
    assert_int_equal(scenario->step[0].at_least_count, 1);
    assert_int_equal(scenario->step[0].at_least[0].amount.minor, 500000);
    assert_string_equal(scenario->step[0].at_least[0].amount.currency, "EUR");
    /* One a day, whoever of the creditors it is, and three a week. */
    assert_int_equal(policy->cap_count, 2);
    assert_int_equal(policy->cap[0].contacts, 1);
    assert_int_equal(policy->cap[0].days, 1);
    assert_int_equal(policy->cap[1].contacts, 3);
    assert_int_equal(policy->cap[1].days, 7);
    assert_int_equal(policy->hours.from_minute, 8 * 60);
    assert_int_equal(policy->person_hours.to_minute, 13 * 60);
    assert_true(policy->hours.business_days_only);
    assert_int_equal(policy->standing.promise_kept_ppm, 950000);
    assert_int_equal(policy->retention.ledger_years, 10);
    /* Good Friday 2026 is a business day in Paris and none in Strasbourg. */
    assert_true(rlc_is_business_day(policy_calendar(policy, rlc_span_of("FR")), 20546));
    assert_false(rlc_is_business_day(calendar, 20546));
    unload(loaded);
}

static void what_binds_waits_for_a_person_when_its_outcome_is_lost(void **state)
{
    struct loaded *loaded = load(RLC_SOURCE_DIR "/deploy/bundles/standard-fr");
    const struct policy *policy = loaded->policy;
    const struct policy_scenario *scenario = policy_scenario(policy, rlc_span_of("standard"));

    (void)state;
    assert_non_null(scenario);
    for (size_t i = 0; i < scenario->step_count; i++) {
        assert_int_equal(policy_answers(policy, &scenario->step[i])->unknown,
                         scenario->step[i].tone == RLC_TONE_FORMAL_NOTICE
                             ? RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN
                             : RLC_UNKNOWN_POLICY_ASK_AGAIN);
    }
    unload(loaded);
}

/* ---- files made up here ---- */

#define BUNDLE  "title: t\nformat: 1\n"
#define CHOICES "choices:\n  - scenario: s\n"
#define SCENARIO                                                                                   \
    "title: t\nsteps:\n  - name: a\n    offset: D+1\n    tone: firm\n"                             \
    "    channels: [email]\n    template: t\n"

struct files {
    struct rlc_bundle_file file[4];
    struct rlc_span content[4];
    struct rlc_bundle bundle;
};

static void add(struct files *files, const char *path, struct rlc_span content)
{
    files->file[files->bundle.file_count].path = rlc_span_of(path);
    files->content[files->bundle.file_count++] = content;
    files->bundle.files = files->file;
    files->bundle.contents = files->content;
}

static enum rlc_status load_files(const struct files *files, struct rlc_arena *arena,
                                  const struct policy **ret_policy, struct rlc_error *reterr)
{
    rlc_arena_reset(arena);
    return scenario_policy_load(&files->bundle, arena, ret_policy, reterr);
}

static void answers_are_inherited_and_changed_key_by_key(void **state)
{
    static const char TEXT[] = BUNDLE "answers: { asks_max: 7, returned: { shutdown: wait 2h } }\n";
    static const char STEPS[] =
        SCENARIO "    answers: { refused: task call, returned: { no_channel: repair } }\n";
    struct files files = { .bundle = { .format = 1 } };
    const struct policy_answers *answers;
    const struct policy *policy = NULL;
    struct rlc_arena arena;
    struct rlc_error error;

    (void)state;
    add(&files, "bundle.yaml", rlc_span_of(TEXT));
    add(&files, "choices.yaml", rlc_span_of(CHOICES));
    add(&files, "scenarios/s.yaml", rlc_span_of(STEPS));
    assert_int_equal(rlc_arena_map(&arena, SCENARIO_POLICY_BYTES), RLC_OK);
    assert_int_equal(load_files(&files, &arena, &policy, &error), RLC_OK);
    answers = policy_answers(policy, &policy->scenario[0].step[0]);
    assert_int_equal(answers->asks_max, 7);
    assert_int_equal(answers->refused.reaction, POLICY_TASK);
    assert_int_equal(answers->refused.task, RLC_TASK_KIND_CALL);
    assert_int_equal(answers->returned[RLC_RETURN_REASON_SHUTDOWN].reaction, POLICY_WAIT);
    assert_int_equal(answers->returned[RLC_RETURN_REASON_SHUTDOWN].wait_minutes, 120);
    assert_int_equal(answers->returned[RLC_RETURN_REASON_NO_CHANNEL].reaction, POLICY_REPAIR);
    assert_int_equal(answers->returned[RLC_RETURN_REASON_NO_CHANNEL].task,
                     RLC_TASK_KIND_REPAIR_CONTACT);
    assert_int_equal(policy->answers.refused.reaction, POLICY_REPAIR);
    assert_int_equal(policy->answers.returned[RLC_RETURN_REASON_NO_CHANNEL].task,
                     RLC_TASK_KIND_REVIEW);
    rlc_arena_unmap(&arena);
}

static void a_policy_that_does_not_fit_is_refused_whole(void **state)
{
    struct files files = { .bundle = { .format = 1 } };
    const struct policy *policy = NULL;
    struct rlc_arena arena;
    struct rlc_error error;
    enum rlc_status status = RLC_FATAL;
    size_t cap = 0;

    (void)state;
    add(&files, "bundle.yaml", rlc_span_of(BUNDLE));
    add(&files, "choices.yaml", rlc_span_of(CHOICES));
    add(&files, "scenarios/s.yaml", rlc_span_of(SCENARIO));
    assert_int_equal(rlc_arena_map(&arena, SCENARIO_POLICY_BYTES), RLC_OK);
    for (; status == RLC_FATAL; cap += 16) {
        rlc_arena_reset(&arena);
        rlc_arena_cap(&arena, cap + 1);
        status = scenario_policy_load(&files.bundle, &arena, &policy, &error);
    }
    assert_int_equal(status, RLC_OK);
    assert_true(cap > sizeof(struct policy));
    rlc_arena_unmap(&arena);
}

/* Under the sanitizers this is a small fuzzer: each byte of a scenario replaced by what matters to
 * YAML and to our own readers. */
static void no_changed_byte_breaks_the_reader(void **state)
{
    static const char NASTY[] = "\0\n :[{&*!|>'\"%@`-#,9\xff";
    char text[] = SCENARIO "    when: { at_least: { EUR: \"1.00\" }, age_days_min: 3 }\n";
    struct files files = { .bundle = { .format = 1 } };
    const struct policy *policy = NULL;
    struct rlc_arena arena;
    struct rlc_error error;

    (void)state;
    add(&files, "bundle.yaml", rlc_span_of(BUNDLE));
    add(&files, "choices.yaml", rlc_span_of(CHOICES));
    add(&files, "scenarios/s.yaml", rlc_span_from(text, sizeof(text) - 1));
    assert_int_equal(rlc_arena_map(&arena, SCENARIO_POLICY_BYTES), RLC_OK);
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        char before = text[i];

        for (size_t j = 0; j < sizeof(NASTY) - 1; j++) {
            enum rlc_status status;

            text[i] = NASTY[j];
            status = load_files(&files, &arena, &policy, &error);
            assert_true(status == RLC_OK || (status == RLC_REJECT && error.text[0]));
        }
        text[i] = before;
    }
    assert_int_equal(load_files(&files, &arena, &policy, &error), RLC_OK);
    rlc_arena_unmap(&arena);
}

static void hostile_yaml_is_bounded(void **state)
{
    static char deep[4096];
    struct files files = { .bundle = { .format = 1 } };
    const struct policy *policy = NULL;
    struct rlc_arena arena;
    struct rlc_error error;

    (void)state;
    memset(deep, '[', sizeof(deep));
    add(&files, "bundle.yaml", rlc_span_from(deep, sizeof(deep)));
    assert_int_equal(rlc_arena_map(&arena, SCENARIO_POLICY_BYTES), RLC_OK);
    assert_int_equal(load_files(&files, &arena, &policy, &error), RLC_REJECT);
    assert_string_equal(error.text, "bundle.yaml:1:13: nested too deeply");
    rlc_arena_unmap(&arena);
}

static void the_documentation_is_what_the_tables_say(void **state)
{
    FILE *file = fopen(RLC_SOURCE_DIR "/docs/POLICY.md", "re");
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    char *written;

    (void)state;
    assert_non_null(file);
    assert_non_null(out);
    scenario_policy_document(out);
    legal_policy_document(out);
    assert_int_equal(fclose(out), 0);
    written = calloc(1, size + 2);
    assert_non_null(written);
    assert_int_equal(fread(written, 1, size + 1, file), size);
    assert_string_equal(written, printed);
    assert_int_equal(fclose(file), 0);
    free(written);
    free(printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_french_calendar_of_reminders_is_the_one_of_practice),
        cmocka_unit_test(what_binds_waits_for_a_person_when_its_outcome_is_lost),
        cmocka_unit_test(answers_are_inherited_and_changed_key_by_key),
        cmocka_unit_test(a_policy_that_does_not_fit_is_refused_whole),
        cmocka_unit_test(no_changed_byte_breaks_the_reader),
        cmocka_unit_test(hostile_yaml_is_bounded),
        cmocka_unit_test(the_documentation_is_what_the_tables_say),
        cmocka_unit_test(the_ledger_bundle_says_what_the_prediction_assumes),
        cmocka_unit_test(its_variant_has_one_contact_in_seven_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
