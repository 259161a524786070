/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl top: what two looks say of a partition. */
#include <string.h>

#include "pulse.h"
#include "tests/support/check.h"

static const uint8_t OURS[RLC_UUID_SIZE] = { 1 };

/* A worker with hot state, at `seen` of 100. */
static struct ctl_pulse_look look_at(int64_t seen, int64_t at_ms)
{
    struct ctl_pulse_look look = {
        .high = 100,
        .look = { .fence_present = true,
                  .fence = { .off = 7, .count = 3 },
                  .records = 3,
                  .seen_present = true,
                  .seen = { .base = seen, .seen = seen } },
        .has_slice = true,
        .installation = OURS,
        .at_ms = at_ms,
    };

    memcpy(look.look.fence.installation, OURS, sizeof(OURS));
    return look;
}

static void assert_state(struct ctl_pulse *pulse, struct ctl_pulse_look look,
                         enum ctl_pulse_state state)
{
    ctl_pulse_take(pulse, &look);
    assert_string_equal(ctl_pulse_word(pulse->state), ctl_pulse_word(state));
}

static void who_is_at_the_end_is_done_however_long(void **state)
{
    struct ctl_pulse pulse = { 0 };

    (void)state;
    assert_state(&pulse, look_at(100, 1000), CTL_PULSE_DONE);
    assert_state(&pulse, look_at(100, 1000000), CTL_PULSE_DONE);
    assert_int_equal(pulse.behind, 0);
}

static void who_reads_nothing_for_three_seconds_stands_and_moves_again_when_it_reads(void **state)
{
    struct ctl_pulse pulse = { 0 };

    (void)state;
    assert_state(&pulse, look_at(40, 1000), CTL_PULSE_MOVES);
    assert_state(&pulse, look_at(40, 3999), CTL_PULSE_MOVES);
    assert_state(&pulse, look_at(40, 4000), CTL_PULSE_STANDS);
    assert_int_equal(pulse.behind, 60);
    assert_int_equal(pulse.still_ms, 3000);
    assert_state(&pulse, look_at(41, 5000), CTL_PULSE_MOVES);
    assert_int_equal(pulse.read, 1);
    assert_int_equal(pulse.still_ms, 0);
    assert_state(&pulse, look_at(41, 8000), CTL_PULSE_STANDS);
}

static void who_was_at_the_end_has_three_seconds_from_then_on(void **state)
{
    struct ctl_pulse pulse = { 0 };
    struct ctl_pulse_look late = look_at(100, 60000);

    (void)state;
    assert_state(&pulse, look_at(100, 1000), CTL_PULSE_DONE);
    assert_state(&pulse, look_at(100, 58000), CTL_PULSE_DONE);
    late.high = 101;
    assert_state(&pulse, late, CTL_PULSE_MOVES);
    late.at_ms = 61000;
    assert_state(&pulse, late, CTL_PULSE_STANDS);
}

static void a_position_that_goes_back_is_no_negative_rate(void **state)
{
    struct ctl_pulse pulse = { 0 };

    (void)state;
    assert_state(&pulse, look_at(90, 1000), CTL_PULSE_MOVES);
    assert_state(&pulse, look_at(80, 2000), CTL_PULSE_MOVES);
    assert_int_equal(pulse.read, 0);
    assert_int_equal(pulse.behind, 20);
}

static void a_restore_is_told_before_anything_else(void **state)
{
    struct ctl_pulse pulse = { 0 };
    struct ctl_pulse_look look = look_at(40, 1000);

    (void)state;
    look.look.fence.building = 9;
    assert_state(&pulse, look, CTL_PULSE_BUILDS);
    look.look.seen_present = false;
    assert_state(&pulse, look, CTL_PULSE_BUILDS);
}

static void hot_state_that_is_not_whole_is_told_also_at_the_end(void **state)
{
    struct ctl_pulse pulse = { 0 };
    struct ctl_pulse_look look = look_at(100, 1000);

    (void)state;
    look.look.records = 2;
    assert_state(&pulse, look, CTL_PULSE_LOST);
    look.look.records = 3;
    look.look.fence.installation[0] = 2;
    assert_state(&pulse, look, CTL_PULSE_LOST);
    look.look.fence_present = false;
    assert_state(&pulse, look, CTL_PULSE_LOST);
    look.has_slice = false;
    assert_state(&pulse, look, CTL_PULSE_DONE);
}

static void who_never_said_how_far_it_has_read_is_unseen_and_not_at_the_end(void **state)
{
    struct ctl_pulse pulse = { 0 };
    struct ctl_pulse_look look = look_at(0, 1000);

    (void)state;
    look.look.seen_present = false;
    assert_state(&pulse, look, CTL_PULSE_UNSEEN);
    assert_int_equal(pulse.behind, 0);
    /* What it says first is no speed. */
    assert_state(&pulse, look_at(60, 2000), CTL_PULSE_MOVES);
    assert_int_equal(pulse.read, 0);
}

static void every_state_that_does_not_move_has_a_sign_and_says_what_to_do(void **state)
{
    (void)state;
    for (int i = 0; i < CTL_PULSE_STATES; i++) {
        bool moves = i == CTL_PULSE_DONE || i == CTL_PULSE_MOVES;

        assert_true(moves == (ctl_pulse_reason((enum ctl_pulse_state)i) == NULL));
        for (int j = 0; j < i; j++)
            assert_int_not_equal(ctl_pulse_sign((enum ctl_pulse_state)i),
                                 ctl_pulse_sign((enum ctl_pulse_state)j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_at_the_end_is_done_however_long),
        cmocka_unit_test(who_reads_nothing_for_three_seconds_stands_and_moves_again_when_it_reads),
        cmocka_unit_test(who_was_at_the_end_has_three_seconds_from_then_on),
        cmocka_unit_test(a_position_that_goes_back_is_no_negative_rate),
        cmocka_unit_test(a_restore_is_told_before_anything_else),
        cmocka_unit_test(hot_state_that_is_not_whole_is_told_also_at_the_end),
        cmocka_unit_test(who_never_said_how_far_it_has_read_is_unseen_and_not_at_the_end),
        cmocka_unit_test(every_state_that_does_not_move_has_a_sign_and_says_what_to_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
