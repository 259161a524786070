/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier has under way when something dies, stands still, is forgotten or is slow: no
 * mail goes twice unless somebody has said that nobody knows of the first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/notifier_stage.h"
#include "tests/support/line_notifier.h"

#include "tests/support/check.h"

enum { CONTACTS = 2, PATIENCE = 200, SLOW = 400, SEEDS = 12, ANNEX_LINES = 520 };

/* ---- another takes over ---- */

/* Who takes over, and when the former owner goes on. */
struct takeover {
    bool twin;  /* the same ordinal, else another one */
    int rounds; /* that it stands still from then on; 0 = until the other has done everything */
};

struct tally {
    uint64_t steps;
    size_t unknown;
    size_t mails;
};

static void replace(struct stage *stage, bool twin)
{
    struct world *world = &stage->line.world;
    size_t first = world->roles[LINE_NOTIFIER].first;

    if (twin) {
        memcpy(world->processes[first + 1].member, world->processes[first].member,
               sizeof(world->processes[first].member));
        memcpy(world->processes[first + 1].id, world->processes[first].id,
               sizeof(world->processes[first].id));
    } else {
        (void)rlc_memory_broker_expire_member(world->broker, "notifier",
                                              world->processes[first].member);
    }
    world_start(world, first + 1);
}

static bool stop_at(struct stage *stage, uint64_t at)
{
    struct world *world = &stage->line.world;
    struct world_process *process = &world->processes[world->roles[LINE_NOTIFIER].first];

    process->stopped = false;
    process->stop_at = at;
    for (int i = 0; i < SLOW; i++) {
        world_round(world);
        if (process->stopped)
            return true;
        if (world_is_quiet(world))
            break;
    }
    process->stop_at = 0;
    return false;
}

/* False: it had nothing left to do before that step. */
static bool stopped_and_replaced(const struct takeover *takeover, uint64_t at, struct tally *tally)
{
    static struct stage stage;
    struct stage_setup setup = { .partitions = 2, .processes = 2, .batch_max = 10 };
    struct world_process *process;
    struct stage_sum sum;
    char id[16];
    size_t open = 0;
    bool stopped;

    stage_open(&stage, &setup);
    process = &stage.line.world.processes[stage.line.world.roles[LINE_NOTIFIER].first];
    for (int32_t i = 0; i < CONTACTS; i++)
        stage_debtor(&stage, i, 1, id);
    stage_ask(&stage);
    stopped = stop_at(&stage, at);
    if (stopped) {
        open = line_notifier_open(process->self);
        replace(&stage, takeover->twin);
        stage_rounds(&stage, takeover->rounds);
        if (!takeover->rounds)
            line_settle(&stage.line);
        /* Who comes back meanwhile may get its partitions back, with what is under way there. */
        if (takeover->rounds)
            open += CONTACTS;
    }
    stage_finish(&stage);
    sum = stage_sum(&stage);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], CONTACTS);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_UNKNOWN], sum.owner_changed);
    if (sum.owner_changed > open) {
        fail_msg("stopped at step %" PRIu64 " (%s, twin %d, %d rounds): %zu unknown, %zu were open",
                 at, rlc_step_row(process->stopped_in)->name, takeover->twin, takeover->rounds,
                 sum.owner_changed, open);
    }
    assert_in_range(stage.line.post.count, CONTACTS, CONTACTS + sum.owner_changed);
    tally->unknown += sum.owner_changed;
    tally->mails += stage.line.post.count;
    stage_close(&stage);
    return stopped;
}

static void a_stop_anywhere_and_another_owner_send_nothing_twice(void **state)
{
    static const struct takeover WAYS[] = { { false, 0 }, { true, 0 }, { false, 8 }, { true, 8 } };
    struct tally tally = { 0 };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(WAYS); i++) {
        uint64_t at = 1;

        while (stopped_and_replaced(&WAYS[i], at, &tally))
            at++;
        assert_true(at > 50);
        tally.steps += at;
    }
    print_message("%" PRIu64 " stops: %zu contacts unknown, %zu mails\n", tally.steps,
                  tally.unknown, tally.mails);
    /* Some mails leave after their owner was taken for dead, others do not. */
    assert_in_range(tally.mails, CONTACTS * tally.steps + 1,
                    CONTACTS * tally.steps + tally.unknown - 1);
}

static void a_contact_whose_owner_died_is_asked_for_again_under_the_same_message_id(void **state)
{
    static struct stage stage;
    size_t twice = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct stage_setup setup = {
            .partitions = 1, .processes = 2, .batch_max = 10, .post_seed = seed
        };
        struct stage_sum sum;
        char id[16];

        stage_open(&stage, &setup);
        stage_debtor(&stage, 0, 1, id);
        stage.line.post.ends_after = SLOW;
        stage_ask(&stage);
        stage_thaw(&stage, LINE_NOTIFIER, 0);
        stage_until_attempts(&stage, 1);
        stage_rounds(&stage, 5);
        stage.line.post.ends_after = 1;
        world_kill(&stage.line.world, stage.line.world.roles[LINE_NOTIFIER].first);
        replace(&stage, false);
        stage_finish(&stage);
        sum = stage_sum(&stage);
        assert_int_equal(sum.owner_changed, 1);
        assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_UNKNOWN], 1);
        assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 1);
        assert_int_equal(sum.attempts, 2);
        assert_in_range(stage.line.post.count, 1, 2);
        if (stage.line.post.count == 2) {
            assert_string_equal(stage.line.post.mails[0].message_id,
                                stage.line.post.mails[1].message_id);
            twice++;
        }
        stage_close(&stage);
    }
    assert_in_range(twice, 1, SEEDS - 1);
}

/* Its records are read and its partitions adopted in the same step; then each look waits for longer
 * than a prepared mail is kept. */
static void whoever_gets_a_partition_with_a_backlog_has_each_contact_once(void **state)
{
    static struct stage stage;
    struct stage_setup setup = {
        .partitions = 2, .processes = 2, .all = true, .batch_max = 10, .connections = 1
    };
    struct world *world = &stage.line.world;
    struct stage_sum sum;
    char id[16];

    (void)state;
    stage_open(&stage, &setup);
    for (int i = 0; i < 4; i++)
        stage_debtor(&stage, i % 2, 1, id);
    line_settle(&stage.line);
    stage_freeze(&stage, LINE_NOTIFIER, 1);
    stage_ask(&stage);
    world_kill(world, world->roles[LINE_NOTIFIER].first + 1);
    (void)rlc_memory_broker_expire_member(world->broker, "notifier", "w1");
    for (size_t i = 0; i < setup.processes; i++)
        stage_freeze(&stage, LINE_SCENARIO, i);
    stage_pay(&stage, id);
    stage_rounds(&stage, 5);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    stage_rounds(&stage, PATIENCE);
    stage_finish(&stage);
    sum = stage_sum(&stage);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 3);
    assert_int_equal(sum.returned[RLC_RETURN_REASON_ACCOUNT_CHANGED], 1);
    assert_int_equal(stage.line.post.count, 3);
    stage_close(&stage);
}

/* Whether the attempt is in the log or not, it was not begun. */
static void an_attempt_whose_commit_nobody_answered_is_made_again(void **state)
{
    static struct stage stage;
    static const enum rlc_memory_outcome OUTCOMES[] = { RLC_MEMORY_UNKNOWN_COMMITTED,
                                                        RLC_MEMORY_UNKNOWN_LOST };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(OUTCOMES); i++) {
        struct stage_setup setup = { .partitions = 1, .processes = 1, .batch_max = 10 };
        bool committed = OUTCOMES[i] == RLC_MEMORY_UNKNOWN_COMMITTED;
        struct stage_sum sum;
        char id[16];

        stage_open(&stage, &setup);
        stage_debtor(&stage, 0, 1, id);
        stage_ask(&stage);
        stage_stop_attempt(&stage, RLC_STEP_COMMIT);
        rlc_memory_faults_next_commit(stage.line.world.broker, OUTCOMES[i]);
        stage_finish(&stage);
        sum = stage_sum(&stage);
        assert_int_equal(sum.not_started, committed ? 1 : 0);
        assert_int_equal(sum.attempts, committed ? 2 : 1);
        assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 1);
        assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_UNKNOWN], 0);
        assert_int_equal(stage.line.post.count, 1);
        stage_close(&stage);
    }
}

/* ---- the hot state is lost ---- */

static void contacts_that_wait_outlive_the_loss_of_the_hot_state(void **state)
{
    static struct stage stage;
    struct stage_setup setup = {
        .partitions = 2, .processes = 1, .batch_max = 10, .connections = 1
    };
    struct stage_sum sum;
    char id[16];

    (void)state;
    stage_open(&stage, &setup);
    for (int i = 0; i < 6; i++)
        stage_debtor(&stage, i % 2, 1, id);
    stage_ask(&stage);
    rlc_memory_store_flush_all(stage.line.world.store);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    line_settle(&stage.line);
    sum = stage_sum(&stage);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED] + sum.all_returned, 6);
    /* And some of them, when some have left. */
    for (int i = 0; i < 6; i++)
        stage_debtor(&stage, i % 2, 1, id);
    line_settle(&stage.line);
    stage_ask_again(&stage);
    stage_until_attempts(&stage, 8);
    rlc_memory_store_flush_all(stage.line.world.store);
    line_settle(&stage.line);
    stage_finish(&stage);
    sum = stage_sum(&stage);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 12);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_UNKNOWN], 0);
    assert_int_equal(stage.line.post.count, 12);
    stage_close(&stage);
}

/* `rounds` after its attempt, when its transfer is not finished, has finished, or never began. */
static void flush_under_way(int rounds, uint32_t ends_after)
{
    static struct stage stage;
    struct stage_setup setup = { .partitions = 1, .processes = 1, .batch_max = 10 };
    struct stage_sum sum;
    char id[16];

    stage_open(&stage, &setup);
    stage_debtor(&stage, 0, 1, id);
    stage.line.post.ends_after = ends_after;
    stage_ask(&stage);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    stage_until_attempts(&stage, 1);
    stage_rounds(&stage, rounds);
    rlc_memory_store_flush_all(stage.line.world.store);
    stage_finish(&stage);
    sum = stage_sum(&stage);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 1);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_UNKNOWN], 0);
    assert_int_equal(sum.attempts, 1);
    assert_int_equal(stage.line.post.count, 1);
    stage_close(&stage);
}

static void a_transfer_under_way_counts_though_the_hot_state_is_lost(void **state)
{
    (void)state;
    for (int rounds = 0; rounds < 60; rounds += 3) {
        flush_under_way(rounds, 20);
        flush_under_way(rounds, SLOW);
    }
}

/* ---- slow mails ---- */

static void a_mail_that_would_begin_too_late_is_looked_at_again(void **state)
{
    static struct stage stage;
    struct stage_setup setup = { .partitions = 1, .processes = 1, .batch_max = 10 };
    struct stage_sum sum;
    char id[16];

    (void)state;
    stage_open(&stage, &setup);
    stage_debtor(&stage, 0, 1, id);
    stage.line.post.begins_after = 110; /* 2.2 s */
    stage_ask(&stage);
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    stage_until_attempts(&stage, 1);
    stage_rounds(&stage, 20);
    stage.line.post.begins_after = 1;
    stage_finish(&stage);
    sum = stage_sum(&stage);
    assert_int_equal(stage.line.post.too_late, 1);
    assert_int_equal(sum.not_started, 1);
    assert_int_equal(sum.attempts, 2);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 1);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_UNKNOWN], 0);
    assert_int_equal(stage.line.post.count, 1);
    stage_close(&stage);
}

/* ---- long requests ---- */

/* A death at the notifier's `at`-th step from the request on; 0: none. False: it had nothing left
 * to do before. */
static bool annexed(uint64_t at)
{
    static struct stage stage;
    struct stage_setup setup = {
        .partitions = 1, .processes = 1, .batch_max = 1000, .post_seed = at
    };
    struct world_role *role = &stage.line.world.roles[LINE_NOTIFIER];
    struct stage_sum sum;
    char id[16];
    bool died;

    stage_open(&stage, &setup);
    stage_debtor(&stage, 0, ANNEX_LINES, id);
    stage.asked++; /* in two records */
    line_settle(&stage.line);
    stage.line.world.batch_max = 1;
    world_kill(&stage.line.world, role->first);
    world_start(&stage.line.world, role->first);
    stage_ask(&stage);
    role->die_at = at;
    stage_thaw(&stage, LINE_NOTIFIER, 0);
    line_settle(&stage.line);
    died = role->die_at == 0;
    role->die_at = 0;
    stage_finish(&stage);
    sum = stage_sum(&stage);
    assert_int_equal(sum.outcomes[RLC_OUTCOME_RESULT_ACCEPTED], 1);
    assert_int_equal(sum.attempts, 1 + sum.outcomes[RLC_OUTCOME_RESULT_UNKNOWN]);
    assert_int_equal(sum.attempted_parts, 2 * sum.attempts);
    assert_int_equal(sum.attempted_lines, ANNEX_LINES * sum.attempts);
    assert_in_range(stage.line.post.count, 1, sum.attempts);
    stage_close(&stage);
    return died;
}

static void a_request_that_is_cut_between_its_parts_goes_whole(void **state)
{
    uint64_t at = 1;

    (void)state;
    (void)annexed(0);
    while (annexed(at))
        at++;
    print_message("a death at each of %" PRIu64 " steps\n", at - 1);
    assert_true(at > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_anywhere_and_another_owner_send_nothing_twice),
        cmocka_unit_test(a_contact_whose_owner_died_is_asked_for_again_under_the_same_message_id),
        cmocka_unit_test(whoever_gets_a_partition_with_a_backlog_has_each_contact_once),
        cmocka_unit_test(an_attempt_whose_commit_nobody_answered_is_made_again),
        cmocka_unit_test(contacts_that_wait_outlive_the_loss_of_the_hot_state),
        cmocka_unit_test(a_transfer_under_way_counts_though_the_hot_state_is_lost),
        cmocka_unit_test(a_mail_that_would_begin_too_late_is_looked_at_again),
        cmocka_unit_test(a_request_that_is_cut_between_its_parts_goes_whole),
    };

    return cmocka_run_group_tests_name("notifier", tests, stage_set_up, stage_tear_down);
}
