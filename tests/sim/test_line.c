/* SPDX-License-Identifier: Apache-2.0 */
/* The whole line: whatever dies, is lost or changes hands on the way, and wherever, what is owed,
 * who was contacted, what was kept silent and why, and the trail of all that are those of the
 * undisturbed life.
 *
 * RELANCE_SIM_LIVES: so many stormy lives, and a death at every step of a longer story. Without it
 * a few, and at every step of a short one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/line_life.h"

#include "tests/support/check.h"

enum {
    MIDDLE_DEBTORS = 20,
    MIDDLE_DAYS = 14,
    SHORT_DEBTORS = 6,
    SHORT_DAYS = 5,
    SYSTEM_DAYS = 3,
    LONG_DEBTORS = 36,
    LONG_DAYS = 35,
    STORMS = 8
};

static const char *const ROLE_NAMES[LINE_ROLES] = { "ingest", "scenario", "notifier", "audit" };

static uint64_t lives_asked(void)
{
    const char *asked = getenv("RELANCE_SIM_LIVES");

    return asked ? strtoull(asked, NULL, 10) : 0;
}

/* ---- tests ---- */

/* Over all lives that had a death in them. */
static life_tally all_made, all_died;
static life_tally ignored[2];
static struct line_look all_mails; /* its numbers only */

static void add_mails(struct line_look *sum, const struct line_look *look)
{
    sum->mails += look->mails;
    sum->unknowns += look->unknowns;
    sum->not_started += look->not_started;
    sum->orphans_arrived += look->orphans_arrived;
    sum->orphans_lost += look->orphans_lost;
}

static void print_mails(const struct line_look *look)
{
    print_message("%zu mails; %zu contacts unknown, %zu attempts not started; of mails that a "
                  "death left %zu arrived and %zu did not\n",
                  look->mails, look->unknowns, look->not_started, look->orphans_arrived,
                  look->orphans_lost);
}

static struct line_look look_of(const struct way *way)
{
    struct line_look look;

    life_live(way, &look, ignored[0], ignored[1]);
    return look;
}

static void assert_way(const struct way *way, const struct line_look *expected)
{
    struct line_look look = look_of(way);

    line_look_assert_same(expected, &look);
    line_look_free(&look);
}

static void print_look(const char *what, const struct line_look *look)
{
    print_message("%s: %zu events, %zu facts, %zu silences, %zu requests, %zu dead letters, %zu "
                  "records of state\n",
                  what, look->count[LINE_EVENTS], look->count[LINE_FACTS], look->silences,
                  look->count[LINE_REQUESTS], look->count[LINE_LETTERS], look->count[LINE_STATE]);
}

/* A debtor's balance as the look tells it; 0 where it tells none. */
static int64_t balance_of(const struct line_look *look, const char *debtor)
{
    char start[64];
    const char *at;

    (void)snprintf(start, sizeof(start), STORY_TENANT "/%s ", debtor);
    at = strstr(look->text[LINE_BALANCES], start);
    return at ? strtoll(at + strlen(start), NULL, 10) : 0;
}

static void a_quiet_life_owes_what_the_story_says(void **state)
{
    struct story *story = story_make(1, LONG_DEBTORS, LONG_DAYS);
    struct way way = { .story = story, .batch_max = 100, .processes = 1 };
    struct line_look look = look_of(&way);

    (void)state;
    print_look("a quiet life", &look);
    for (int debtor = 0; debtor < story->debtors; debtor++) {
        char id[16];

        story_debtor(debtor, id);
        if (!story_is_natural(debtor))
            assert_int_equal(balance_of(&look, id), story->open_minor[debtor]);
    }
    assert_int_equal(look.count[LINE_LETTERS], story->letters);
    assert_true(look.count[LINE_REQUESTS] > 30);
    assert_true(look.silences > 30);
    line_look_free(&look);
    story_free(story);
}

static void neither_batches_nor_processes_change_anything(void **state)
{
    static const struct {
        uint32_t batch_max;
        size_t processes;
    } WAYS[] = { { 1, 1 }, { 7, 2 }, { 10000, 3 } };
    struct story *story = story_make(2, LONG_DEBTORS, LONG_DAYS);
    struct way way = { .story = story, .batch_max = 100, .processes = 1 };
    struct line_look expected = look_of(&way);

    (void)state;
    way.all_at_once = true;
    for (size_t i = 0; i < RLC_COUNT(WAYS); i++) {
        way.batch_max = WAYS[i].batch_max;
        way.processes = WAYS[i].processes;
        assert_way(&way, &expected);
    }
    line_look_free(&expected);
    story_free(story);
}

/* Each life once without a death, to count its steps, then with a death at each. */
static void die_everywhere(const struct way *quiet, const struct way *bumpy, int from, int to)
{
    struct line_look expected = look_of(quiet);
    struct way way = *bumpy;
    struct line_look look;
    life_tally made = { { 0 } };
    life_tally none = { { 0 } };

    life_live(&way, &look, made, none);
    line_look_assert_same(&expected, &look);
    line_look_free(&look);
    for (way.die_role = from; way.die_role <= to; way.die_role++) {
        uint64_t steps = 0;

        for (int step = 0; step < RLC_STEP_COUNT; step++)
            steps += made[way.die_role][step];
        for (way.die_at = 1; way.die_at <= steps; way.die_at++) {
            life_live(&way, &look, all_made, all_died);
            line_look_assert_same(&expected, &look);
            add_mails(&all_mails, &look);
            line_look_free(&look);
        }
        print_message("%s: a death at each of %" PRIu64 " steps\n", ROLE_NAMES[way.die_role],
                      steps);
    }
    line_look_free(&expected);
}

static void a_death_at_every_step_of_every_worker_changes_nothing(void **state)
{
    struct story *story = lives_asked() ? story_make(46, MIDDLE_DEBTORS, MIDDLE_DAYS)
                                        : story_make(46, SHORT_DEBTORS, SHORT_DAYS);
    struct way quiet = { .story = story, .batch_max = 20, .processes = 2 };
    struct way bumpy = { .story = story, .batch_max = 20, .processes = 2, .bumpy = true };

    (void)state;
    die_everywhere(&quiet, &bumpy, LINE_INGEST, LINE_AUDIT);
    story_free(story);
}

static void in_system_time_a_death_at_every_step_changes_nothing(void **state)
{
    struct story *story = story_make(5, SHORT_DEBTORS, SYSTEM_DAYS);
    struct way way = { .story = story, .system_time = true, .batch_max = 20, .processes = 1 };

    (void)state;
    die_everywhere(&way, &way, LINE_SCENARIO, LINE_NOTIFIER);
    story_free(story);
}

static bool has_step(int role, int step)
{
    static const char *const STEPS[LINE_ROLES] = {
        [LINE_INGEST] = " POLL SNAPSHOT DECODE PREPARE DECIDE BEGIN PRODUCE_OUTPUTS PRODUCE_STATE "
                        "PRODUCE_CHECKPOINT SEND_OFFSETS COMMIT COMMITTED SEEN ABORT WATCH "
                        "RESTORE_COMMITTED RESTORE_READ RESTORE_SEEK ",
        [LINE_AUDIT] = " POLL SNAPSHOT STORE SEEN WATCH RESTORE_COMMITTED RESTORE_SEEK ",
    };
    char word[40];

    /* They keep state: all of them, but that one has timers, the other acts. */
    if (role == LINE_SCENARIO)
        return step != RLC_STEP_STORE && step != RLC_STEP_ADOPT && step != RLC_STEP_EFFECTS;
    if (role == LINE_NOTIFIER)
        return step != RLC_STEP_STORE && step != RLC_STEP_DUE && step != RLC_STEP_PREPARE &&
               step != RLC_STEP_TICK;
    (void)snprintf(word, sizeof(word), " %s ", rlc_step_row(step)->name);
    return strstr(STEPS[role], word) != NULL;
}

static void who_was_taken_for_dead_and_goes_on_changes_nothing(void **state)
{
    static const enum rlc_step STEPS[] = { RLC_STEP_SNAPSHOT,     RLC_STEP_BEGIN,
                                           RLC_STEP_SEND_OFFSETS, RLC_STEP_COMMIT,
                                           RLC_STEP_COMMITTED,    RLC_STEP_APPLY,
                                           RLC_STEP_APPLY_WAIT,   RLC_STEP_APPLIED,
                                           RLC_STEP_EFFECTS,      RLC_STEP_STORE };
    struct story *story = story_make(46, SHORT_DEBTORS, SHORT_DAYS);
    struct way way = { .story = story, .batch_max = 20, .processes = 2, .all_at_once = true };
    struct line_look expected = look_of(&way);
    int lives = 0;

    (void)state;
    for (way.stop_role = 0; way.stop_role < LINE_ROLES; way.stop_role++) {
        for (size_t i = 0; i < RLC_COUNT(STEPS); i++) {
            way.stop_step = STEPS[i];
            for (way.stop_at = 1; has_step(way.stop_role, STEPS[i]) && way.stop_at <= 3;
                 way.stop_at++, lives++)
                assert_way(&way, &expected);
        }
    }
    print_message("%d lives with a stop\n", lives);
    line_look_free(&expected);
    story_free(story);
}

static void every_step_of_the_table_was_died_in(void **state)
{
    uint64_t deaths = 0;

    (void)state;
    print_message("%-21s %8s %8s %8s %8s\n", "deaths", ROLE_NAMES[0], ROLE_NAMES[1], ROLE_NAMES[2],
                  ROLE_NAMES[3]);
    for (int step = 0; step < RLC_STEP_COUNT; step++) {
        print_message("%-21s", rlc_step_row(step)->name);
        for (int role = 0; role < LINE_ROLES; role++) {
            print_message(" %8" PRIu64, all_died[role][step]);
            deaths += all_died[role][step];
        }
        print_message("\n");
    }
    print_message("%" PRIu64 " deaths in all\n", deaths);
    print_mails(&all_mails);
    assert_true(all_mails.orphans_arrived > 0 && all_mails.orphans_lost > 0);
    for (int role = 0; role < LINE_ROLES; role++) {
        for (int step = 0; step < RLC_STEP_COUNT; step++) {
            if (has_step(role, step) != (all_died[role][step] > 0))
                fail_msg("%s: %" PRIu64 " deaths at step %s", ROLE_NAMES[role],
                         all_died[role][step], rlc_step_row(step)->name);
            if (has_step(role, step) != (all_made[role][step] > 0))
                fail_msg("%s made step %s", ROLE_NAMES[role], rlc_step_row(step)->name);
        }
    }
}

static void a_stormy_life_ends_like_a_quiet_one(void **state)
{
    uint64_t lives = lives_asked() ? lives_asked() : STORMS;
    life_tally made = { { 0 } };
    life_tally died = { { 0 } };
    struct line_look mails = { .mails = 0 };
    uint64_t deaths = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= lives; seed++) {
        struct story *story = story_make(seed, LONG_DEBTORS, LONG_DAYS);
        struct way way = {
            .story = story, .batch_max = 1 + (uint32_t)(seed * 7 % 40), .processes = 1, .bare = true
        };
        struct line_look expected = look_of(&way);
        struct line_look look;

        way.processes = 2;
        way.all_at_once = true;
        way.storm = seed;
        life_live(&way, &look, made, died);
        line_look_assert_same(&expected, &look);
        add_mails(&mails, &look);
        line_look_free(&look);
        line_look_free(&expected);
        story_free(story);
    }
    for (int role = 0; role < LINE_ROLES; role++) {
        for (int step = 0; step < RLC_STEP_COUNT; step++)
            deaths += died[role][step];
    }
    print_message("%" PRIu64 " stormy lives, %" PRIu64 " deaths at a step\n", lives, deaths);
    print_mails(&mails);
    assert_true(deaths > lives * 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_life_owes_what_the_story_says),
        cmocka_unit_test(neither_batches_nor_processes_change_anything),
        cmocka_unit_test(who_was_taken_for_dead_and_goes_on_changes_nothing),
        cmocka_unit_test(a_stormy_life_ends_like_a_quiet_one),
        cmocka_unit_test(a_death_at_every_step_of_every_worker_changes_nothing),
        cmocka_unit_test(in_system_time_a_death_at_every_step_changes_nothing),
        cmocka_unit_test(every_step_of_the_table_was_died_in),
    };

    return cmocka_run_group_tests_name("line", tests, life_set_up, life_tear_down);
}
