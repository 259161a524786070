/* SPDX-License-Identifier: Apache-2.0 */
/* The tenant's scope: what holds an approved act, how that is said, and that nothing holds a
 * recall. */
#include "core/scope.h"

#include "tests/support/check.h"
#include "tests/support/legal_story.h"

#define NOON_MS (720 * RLC_MINUTE_MS)

/* Every creditor live, and nothing else. */
static struct rlc_scope live(int64_t revision)
{
    return (struct rlc_scope){ .revision = revision,
                               .creditors = &LEGAL_BENCH_LIVE,
                               .creditor_count = 1 };
}

static void throw_switch(struct legal_bench *bench, int64_t revision, bool on)
{
    struct rlc_scope scope = live(revision);

    scope.kill_switch = on;
    legal_bench_scope(bench, &scope);
}

static size_t filings(struct legal_bench *bench)
{
    return legal_bench_count(bench, RLC_AUDIT_KIND_FILED);
}

/* ---- the kill switch ---- */

static void the_kill_switch_holds_what_is_approved_and_lifted_it_is_filed(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    const struct rlc_milestone *said;

    (void)state;
    legal_story_approve(bench);
    throw_switch(bench, 2, true);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 0);
    assert_true(legal_is_ready(legal_bench_case(bench)));
    assert_true(legal_is_held(legal_bench_case(bench)));
    said = &legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved;
    assert_true(legal_says(said->code, "ON_HOLD"));
    assert_true(legal_says(said->rule, "KILL_SWITCH"));
    assert_true(legal_says(said->act, "FILE"));
    assert_true(said->holds);
    throw_switch(bench, 3, false);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 1);
    assert_false(legal_is_held(legal_bench_case(bench)));
    legal_bench_free(bench);
}

static void why_it_waits_is_said_once_and_again_for_another_reason(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_scope stale = live(3);
    const struct rlc_stale_source bank = { .source = rlc_span_of("bank") };

    (void)state;
    legal_story_approve(bench);
    throw_switch(bench, 2, true);
    legal_bench_file(bench);
    legal_bench_file(bench);
    assert_int_equal(legal_bench_milestones(bench, "ON_HOLD"), 1);
    stale.stale_sources = &bank;
    stale.stale_source_count = 1;
    legal_bench_scope(bench, &stale);
    legal_bench_file(bench);
    assert_int_equal(legal_bench_milestones(bench, "ON_HOLD"), 2);
    assert_true(legal_says(legal_bench_case(bench)->held, "STALE_SOURCE"));
    legal_bench_free(bench);
}

static void a_claim_that_changes_on_hold_is_asked_for_and_held_anew(void **state)
{
    struct legal_bench *bench = legal_story_asked();

    (void)state;
    legal_story_approve(bench);
    throw_switch(bench, 2, true);
    legal_bench_file(bench);
    legal_bench_change(bench, "F-2", 40000, 0, "PAID");
    assert_false(legal_is_held(legal_bench_case(bench)));
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 2);
    legal_story_approve(bench);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 0);
    assert_int_equal(legal_bench_milestones(bench, "ON_HOLD"), 2);
    legal_bench_free(bench);
}

static void a_change_that_lifts_nothing_does_not_say_the_same_hold_again(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_CASE_HELD,
                                       .case_held = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                                      .on_account = { 0, "EUR" } } };

    (void)state;
    legal_story_approve(bench);
    throw_switch(bench, 2, true);
    legal_bench_file(bench);
    legal_bench_send(bench, &message);
    legal_bench_file(bench);
    assert_int_equal(legal_bench_milestones(bench, "ON_HOLD"), 1);
    legal_bench_free(bench);
}

static void an_older_scope_lifts_nothing(void **state)
{
    struct legal_bench *bench = legal_story_asked();

    (void)state;
    legal_story_approve(bench);
    throw_switch(bench, 3, true);
    throw_switch(bench, 2, false);
    throw_switch(bench, 3, false);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 0);
    legal_bench_free(bench);
}

static void a_recall_is_never_held(void **state)
{
    struct legal_bench *bench = legal_story_filed();

    (void)state;
    throw_switch(bench, 2, true);
    legal_bench_change(bench, "F-1", 0, 0, "PAID");
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_RECALLED), 1);
    legal_bench_change(bench, "F-2", 0, 0, "PAID");
    legal_story_is_over(bench, "SETTLED");
    legal_bench_free(bench);
}

/* ---- what else holds ---- */

/* By which rule that scope holds the act; "" if it is filed. */
static const char *held_by(const struct rlc_scope *scope)
{
    static char text[RLC_CODE_BYTES_MAX + 1];
    struct legal_bench *bench = legal_story_asked();
    struct rlc_span held;

    legal_story_approve(bench);
    legal_bench_scope(bench, scope);
    legal_bench_file(bench);
    held = legal_bench_case(bench)->held;
    assert_int_equal(filings(bench), held.size == 0);
    if (held.size > 0)
        memcpy(text, held.data, held.size);
    text[held.size] = '\0';
    legal_bench_free(bench);
    return text;
}

static void a_creditor_that_is_not_live_files_nothing(void **state)
{
    struct rlc_creditor_setting setting = { .creditor = rlc_span_of("FR"),
                                            .mode = RLC_CREDITOR_MODE_LIVE,
                                            .ramp_ppm = 1000000 };
    struct rlc_scope scope = { .revision = 2, .creditors = &setting, .creditor_count = 1 };

    (void)state;
    assert_string_equal(held_by(&scope), "");
    setting.ramp_ppm = 0;
    assert_string_equal(held_by(&scope), "CREDITOR_MODE");
    setting = (struct rlc_creditor_setting){ .creditor = rlc_span_of("FR"),
                                             .mode = RLC_CREDITOR_MODE_SHADOW };
    assert_string_equal(held_by(&scope), "CREDITOR_MODE");
    /* Another creditor's mode says nothing about this one, which is observed by default. */
    setting = (struct rlc_creditor_setting){ .creditor = rlc_span_of("DE"),
                                             .mode = RLC_CREDITOR_MODE_LIVE,
                                             .ramp_ppm = 1000000 };
    assert_string_equal(held_by(&scope), "CREDITOR_MODE");
}

static void a_hold_of_its_creditor_country_or_segment_files_nothing(void **state)
{
    static const struct {
        const char *creditor, *country, *segment, *rule;
    } CASES[] = {
        { "", "", "", "SCOPE_HOLD" },
        { "FR", "", "", "SCOPE_HOLD" },
        { "", "FR", "", "SCOPE_HOLD" },
        { "", "", "large", "SCOPE_HOLD" },
        { "FR", "FR", "large", "SCOPE_HOLD" },
        { "DE", "", "", "" },
        { "", "DE", "", "" },
        { "", "", "small", "" },
        { "FR", "FR", "small", "" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        const struct rlc_scope_hold hold = { .hold = rlc_span_of("h-1"),
                                             .creditor = rlc_span_of(CASES[i].creditor),
                                             .country = rlc_span_of(CASES[i].country),
                                             .segment = rlc_span_of(CASES[i].segment),
                                             .reason = RLC_HOLD_REASON_MANUAL,
                                             .clock = RLC_CLOCK_EFFECT_CONTINUE };
        struct rlc_scope scope = live(2);

        scope.holds = &hold;
        scope.hold_count = 1;
        assert_string_equal(held_by(&scope), CASES[i].rule);
    }
}

static void a_debtor_that_moves_out_of_a_hold_is_filed(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    const struct rlc_scope_hold hold = { .hold = rlc_span_of("h-1"),
                                         .country = rlc_span_of("FR"),
                                         .segment = rlc_span_of("large"),
                                         .reason = RLC_HOLD_REASON_MANUAL,
                                         .clock = RLC_CLOCK_EFFECT_CONTINUE };
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_PARTY_CHANGED,
                                       .party_changed = {
                                           .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                           .debtor = { .status = RLC_PARTY_STATUS_ACTIVE,
                                                       .country = rlc_span_of("FR") },
                                           .segment = rlc_span_of("small") } };
    struct rlc_scope scope = live(2);

    (void)state;
    scope.holds = &hold;
    scope.hold_count = 1;
    legal_story_approve(bench);
    legal_bench_scope(bench, &scope);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 0);
    legal_bench_send(bench, &message);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 1);
    legal_bench_free(bench);
}

static void a_silent_source_of_its_creditor_files_nothing(void **state)
{
    struct rlc_stale_source source = { .source = rlc_span_of("bank"),
                                       .creditor = rlc_span_of("FR") };
    struct rlc_scope scope = live(2);

    (void)state;
    scope.stale_sources = &source;
    scope.stale_source_count = 1;
    assert_string_equal(held_by(&scope), "STALE_SOURCE");
    source.creditor = rlc_span_of("DE");
    assert_string_equal(held_by(&scope), "");
}

static void a_freeze_of_channels_holds_no_filing(void **state)
{
    const struct rlc_scope_freeze freeze = { .freeze = rlc_span_of("closing"), .from_ms = 1 };
    struct rlc_scope scope = live(2);

    (void)state;
    scope.freezes = &freeze;
    scope.freeze_count = 1;
    assert_string_equal(held_by(&scope), "");
}

static void a_hold_that_ends_is_looked_at_at_its_end(void **state)
{
    struct legal_bench *bench = legal_story_asked();
    rlc_ms end_ms = legal_bench_day("2026-04-03") * RLC_DAY_MS + NOON_MS;
    const struct rlc_scope_hold hold = { .hold = rlc_span_of("h-1"),
                                         .reason = RLC_HOLD_REASON_MANUAL,
                                         .clock = RLC_CLOCK_EFFECT_CONTINUE,
                                         .until_ms = end_ms };
    struct rlc_scope scope = live(2);

    (void)state;
    scope.holds = &hold;
    scope.hold_count = 1;
    legal_story_approve(bench);
    legal_bench_scope(bench, &scope);
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 0);
    assert_int_equal(legal_bench_case(bench)->wake_ms, end_ms);
    legal_bench_until(bench, "2026-04-03");
    legal_bench_file(bench);
    assert_int_equal(filings(bench), 1);
    legal_bench_free(bench);
}

static void a_hold_that_has_not_begun_holds_nothing(void **state)
{
    const struct rlc_scope_hold hold = { .hold = rlc_span_of("h-1"),
                                         .reason = RLC_HOLD_REASON_MANUAL,
                                         .clock = RLC_CLOCK_EFFECT_CONTINUE,
                                         .from_ms = legal_bench_day("2026-04-02") * RLC_DAY_MS };
    struct rlc_scope scope = live(2);

    (void)state;
    scope.holds = &hold;
    scope.hold_count = 1;
    assert_string_equal(held_by(&scope), "");
}

static void a_tenant_whose_scope_was_never_told_files_nothing(void **state)
{
    static uint8_t memory[4096];
    const struct rlc_case_record record = { .tenant = rlc_span_of("acme"),
                                            .debtor = rlc_span_of("C-1"),
                                            .creditor = rlc_span_of("FR") };
    struct rlc_overlay overlay;
    struct rlc_arena arena;
    struct legal_key key;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    assert_true(rlc_overlay_init(&overlay, &arena, 4));
    legal_key_scope(record.tenant, &key);
    assert_false(rlc_overlay_want(&overlay, key.span));
    rlc_overlay_found(&overlay, rlc_overlay_find(&overlay, key.span), (struct rlc_span){ NULL, 0 },
                      NULL);
    assert_string_equal(scope_holds(&overlay, &record, 1).rule, "SCOPE_UNKNOWN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kill_switch_holds_what_is_approved_and_lifted_it_is_filed),
        cmocka_unit_test(why_it_waits_is_said_once_and_again_for_another_reason),
        cmocka_unit_test(a_claim_that_changes_on_hold_is_asked_for_and_held_anew),
        cmocka_unit_test(a_change_that_lifts_nothing_does_not_say_the_same_hold_again),
        cmocka_unit_test(an_older_scope_lifts_nothing),
        cmocka_unit_test(a_recall_is_never_held),
        cmocka_unit_test(a_creditor_that_is_not_live_files_nothing),
        cmocka_unit_test(a_hold_of_its_creditor_country_or_segment_files_nothing),
        cmocka_unit_test(a_debtor_that_moves_out_of_a_hold_is_filed),
        cmocka_unit_test(a_silent_source_of_its_creditor_files_nothing),
        cmocka_unit_test(a_freeze_of_channels_holds_no_filing),
        cmocka_unit_test(a_hold_that_ends_is_looked_at_at_its_end),
        cmocka_unit_test(a_hold_that_has_not_begun_holds_nothing),
        cmocka_unit_test(a_tenant_whose_scope_was_never_told_files_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
