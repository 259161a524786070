/* SPDX-License-Identifier: Apache-2.0 */
/* What an event needs may depend on what earlier events of its batch changed. It is named again
 * then, and only then: by a counter each of whose events also reads the record that the sum of its
 * own subject points to, and the one that the sum of a record that all share points to. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/counter.h"
#include "tests/support/world.h"

#include "tests/support/check.h"

enum { TARGETS = 10, ROUNDS_MAX = 4000, KEY_SIZE = 32 };

static size_t namings;
static size_t readings;
static size_t unwatched; /* decisions at a step that may block: nobody would see one that hangs */
static enum rlc_step last_step;

/* ---- the service ---- */

/* The key that a record's sum points to; false while the record is not known or not there. */
static bool points_to(struct rlc_overlay *overlay, struct rlc_span from, char ret_key[KEY_SIZE])
{
    const struct count *count =
        rlc_overlay_want(overlay, from) ? rlc_overlay_get(overlay, from) : NULL;

    if (count)
        (void)snprintf(ret_key, KEY_SIZE, "d|target-%" PRId64, count->sum % TARGETS);
    return count != NULL;
}

static void keys(void *self, const struct rlc_event *event, struct rlc_overlay *overlay)
{
    char key[KEY_SIZE];

    (void)self;
    namings++;
    if (points_to(overlay, event->subject, key))
        (void)rlc_overlay_want(overlay, rlc_span_of(key));
    if (points_to(overlay, rlc_span_of("d|shared"), key))
        (void)rlc_overlay_want(overlay, rlc_span_of(key));
}

/* A record that was not named is a programmer's error: rlc_overlay_get() ends the process. */
static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    char key[KEY_SIZE];

    unwatched += rlc_step_row(last_step)->may_block;
    if (points_to(turn->overlay, event->subject, key))
        readings += rlc_overlay_get(turn->overlay, rlc_span_of(key)) != NULL;
    if (points_to(turn->overlay, rlc_span_of("d|shared"), key))
        readings += rlc_overlay_get(turn->overlay, rlc_span_of(key)) != NULL;
    counter_service.decide(self, event, turn);
}

/* ---- the stage ---- */

static void on_step(void *context, struct world_role *role, enum rlc_step step)
{
    (void)context;
    (void)role;
    last_step = step;
}

static void open_world(struct world *world, struct rlc_service *service)
{
    *service = counter_service;
    service->keys = keys;
    service->decide = decide;
    world_open(world, service, NULL, 1, 1);
    world->batch_max = 100;
    world->stepped = true;
    world->on_step = on_step;
    for (int i = 0; i < TARGETS; i++) {
        char subject[KEY_SIZE];

        (void)snprintf(subject, sizeof(subject), "target-%d", i);
        world_publish(world, COUNTER_INPUT, subject, "add 0");
    }
    world_publish(world, COUNTER_INPUT, "shared", "add 0");
    world_publish(world, COUNTER_INPUT, "a", "add 0");
    world_publish(world, COUNTER_INPUT, "b", "add 0");
    world_start(world, 0);
    world_settle(world, ROUNDS_MAX);
    namings = readings = unwatched = 0;
}

/* One batch of "add 1", by the names of the subjects; each reads both records it points to. */
static void play(const char *const *subjects, size_t count)
{
    struct rlc_service service;
    struct world world;

    open_world(&world, &service);
    for (size_t i = 0; i < count; i++)
        world_publish(&world, COUNTER_INPUT, subjects[i], "add 1");
    world_settle(&world, ROUNDS_MAX);
    assert_int_equal(readings, 2 * count);
    assert_int_equal(unwatched, 0);
    world_close(&world);
}

static void the_second_event_of_a_subject_reads_what_the_first_pointed_to(void **state)
{
    static const char *const SUBJECTS[] = { "a", "a", "a" };

    (void)state;
    play(SUBJECTS, RLC_COUNT(SUBJECTS));
}

static void an_event_behind_a_wider_change_reads_what_that_pointed_to(void **state)
{
    static const char *const SUBJECTS[] = { "a", "shared", "b" };

    (void)state;
    play(SUBJECTS, RLC_COUNT(SUBJECTS));
}

static void an_event_that_nothing_touches_is_named_until_all_is_known_and_no_more(void **state)
{
    static const char *const SUBJECTS[] = { "a", "b" };

    (void)state;
    play(SUBJECTS, RLC_COUNT(SUBJECTS));
    /* Its own record and the shared one, what they point to, and that nothing is missing. */
    assert_int_equal(namings, 3 * RLC_COUNT(SUBJECTS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_event_of_a_subject_reads_what_the_first_pointed_to),
        cmocka_unit_test(an_event_behind_a_wider_change_reads_what_that_pointed_to),
        cmocka_unit_test(an_event_that_nothing_touches_is_named_until_all_is_known_and_no_more),
    };

    return cmocka_run_group_tests_name("naming", tests, NULL, NULL);
}
