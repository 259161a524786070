/* SPDX-License-Identifier: Apache-2.0 */
/* The last look at an act, alone: its questions are asked one behind the answer to the other, so
 * that what comes into a log while one is answered stands before the end that the next finds. */
#include "looks.h"

#include "common/pure/murmur2.h"

#include "tests/support/check.h"

#define TENANT "acme"

/* The tenant's own partition is none of the debtor's here: see open_ground(). */
enum { PARTITIONS = 7, DEBTORS = 0, EVENTS = 0, INBOX = 1, TOPICS = 2, FAR = 9 };

/* The owner of slices, who has looked so far. */
struct owner {
    struct rlc_view view;
    int64_t seen[PARTITIONS];
};

/* The world of a look. `meanwhile` happens while an owner answers. */
struct ground {
    rlc_ms now_ms;
    struct rlc_bus bus;
    int64_t end[TOPICS][PARTITIONS];
    struct owner scenario;
    struct owner own;
    struct rlc_freshness intake;
    struct rlc_freshness_line line;
    struct rlc_freshness_source source;
    void (*meanwhile)(const struct rlc_view *asked, int32_t partition);
    struct legal_looks *looks;
    struct rlc_look_taken taken;
};

static struct ground ground;
static int32_t tenants;

/* ---- who answers ---- */

static enum rlc_status watermarks(struct rlc_bus *bus, int32_t topic, int32_t partition,
                                  int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                  struct rlc_error *reterr)
{
    (void)bus;
    (void)timeout_ms;
    (void)reterr;
    *ret_low = 0;
    *ret_high = ground.end[topic][partition];
    return RLC_OK;
}

static enum rlc_status look(struct rlc_view *view, int32_t partition, struct rlc_look *ret_look,
                            struct rlc_error *reterr)
{
    const struct owner *owner = (struct owner *)view;

    (void)reterr;
    if (ground.meanwhile)
        ground.meanwhile(view, partition);
    *ret_look = (struct rlc_look){ .fence_present = true,
                                   .seen_present = true,
                                   .seen = { .seen = owner->seen[partition] } };
    return RLC_OK;
}

static enum rlc_status read_intake(struct rlc_freshness *freshness, struct rlc_arena *arena,
                                   struct rlc_freshness_state *ret_state, struct rlc_error *reterr)
{
    (void)freshness;
    (void)arena;
    (void)reterr;
    *ret_state = (struct rlc_freshness_state){ true, &ground.source, 1 };
    return RLC_OK;
}

static const struct rlc_bus_ops BUS_OPS = { .watermarks = watermarks };
static const struct rlc_view_ops VIEW_OPS = { .look = look };
static const struct rlc_freshness_ops INTAKE_OPS = { .read = read_intake };

/* ---- the ground ---- */

/* Everything is read and seen. */
static int open_ground(void **state)
{
    struct legal_looks_config config = { .bus = &ground.bus,
                                         .events_topic = EVENTS,
                                         .inbox_topic = INBOX,
                                         .scenario = &ground.scenario.view,
                                         .own = &ground.own.view,
                                         .freshness = &ground.intake,
                                         .clock = rlc_clock_virtual(&ground.now_ms),
                                         .partitions = PARTITIONS,
                                         .stepped = true };

    (void)state;
    tenants = rlc_partition_of(rlc_span_of(TENANT), PARTITIONS);
    assert_int_not_equal(tenants, DEBTORS);
    ground = (struct ground){ .now_ms = INT64_C(1700000000000),
                              .bus = { &BUS_OPS },
                              .scenario = { .view = { &VIEW_OPS } },
                              .own = { .view = { &VIEW_OPS } },
                              .intake = { &INTAKE_OPS },
                              .line = { .at_ms = INT64_C(1700000000000),
                                        .behind_since_ms = RLC_MS_NONE },
                              .source = { .partitions = 1, .lines = &ground.line } };
    ground.looks = legal_looks_new(&config);
    assert_non_null(ground.looks);
    return 0;
}

static int close_ground(void **state)
{
    (void)state;
    legal_looks_free(ground.looks);
    return 0;
}

static bool take(void)
{
    legal_looks_begin(ground.looks, NULL);
    return legal_looks_take(ground.looks, rlc_span_of(TENANT), DEBTORS, &ground.taken);
}

static void after_ms(rlc_ms delay_ms)
{
    ground.now_ms += delay_ms;
    ground.line.at_ms = ground.now_ms;
}

/* ---- what happens meanwhile ---- */

/* What concerns the whole tenant is passed on to its debtor. */
static void pass_on(const struct rlc_view *asked, int32_t partition)
{
    if (asked == &ground.scenario.view && partition == tenants)
        ground.end[EVENTS][DEBTORS] = FAR;
}

/* Scenario tells what it has decided. */
static void tell(const struct rlc_view *asked, int32_t partition)
{
    if (asked == &ground.scenario.view && partition == DEBTORS)
        ground.end[INBOX][DEBTORS] = FAR;
}

/* ---- tests ---- */

static void a_look_ends_well_once_everything_is_seen_and_says_how_far_it_asked(void **state)
{
    (void)state;
    ground.end[EVENTS][tenants] = 4;
    ground.end[EVENTS][DEBTORS] = 5;
    ground.end[INBOX][DEBTORS] = 6;
    assert_false(take());
    ground.scenario.seen[tenants] = 4;
    assert_false(take());
    ground.scenario.seen[DEBTORS] = 5;
    assert_false(take());
    ground.own.seen[DEBTORS] = 6;
    assert_true(take());
    assert_int_equal(ground.taken.tenant_watermark, 4);
    assert_int_equal(ground.taken.watermark, 5);
    assert_int_equal(ground.taken.asked_at_ms, ground.now_ms);
}

static void the_debtors_end_is_asked_for_behind_the_tenants_answer(void **state)
{
    (void)state;
    ground.meanwhile = pass_on;
    assert_false(take());
    ground.scenario.seen[DEBTORS] = FAR;
    assert_true(take());
    assert_int_equal(ground.taken.watermark, FAR);
}

static void the_end_of_the_inbox_is_asked_for_behind_what_scenario_told(void **state)
{
    (void)state;
    ground.meanwhile = tell;
    assert_false(take());
    ground.own.seen[DEBTORS] = FAR;
    assert_true(take());
}

static void nothing_is_asked_before_intake_is_fresh(void **state)
{
    (void)state;
    ground.line.watermark = 1;
    assert_false(take());
    /* What intake had not read was a payment of the debtor. */
    ground.end[EVENTS][DEBTORS] = FAR;
    ground.line.position = 1;
    after_ms(20);
    assert_false(take());
    ground.scenario.seen[DEBTORS] = FAR;
    assert_true(take());
}

static void an_answer_from_before_the_question_in_front_of_it_is_asked_for_anew(void **state)
{
    (void)state;
    ground.end[EVENTS][tenants] = 1;
    assert_false(take());
    after_ms(500);
    ground.scenario.seen[tenants] = 1;
    assert_true(take());
    /* The tenant's question is too old by now, the debtor's would do by its age. */
    after_ms(700);
    ground.end[EVENTS][DEBTORS] = FAR;
    assert_false(take());
    ground.scenario.seen[DEBTORS] = FAR;
    assert_true(take());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_look_ends_well_once_everything_is_seen_and_says_how_far_it_asked, open_ground,
            close_ground),
        cmocka_unit_test_setup_teardown(the_debtors_end_is_asked_for_behind_the_tenants_answer,
                                        open_ground, close_ground),
        cmocka_unit_test_setup_teardown(the_end_of_the_inbox_is_asked_for_behind_what_scenario_told,
                                        open_ground, close_ground),
        cmocka_unit_test_setup_teardown(nothing_is_asked_before_intake_is_fresh, open_ground,
                                        close_ground),
        cmocka_unit_test_setup_teardown(
            an_answer_from_before_the_question_in_front_of_it_is_asked_for_anew, open_ground,
            close_ground),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
