/* SPDX-License-Identifier: Apache-2.0 */
/* Last looks while the leader of a partition does not answer: the loop, whose thread they are taken
 * on, must not stand still for it. */
#include "looks.h"

#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/error.h"

#include "tests/support/check.h"

enum { ROOM = 1 << 20, PARTITIONS = 6, CONTACTS = 8 };

/* A log of which some leaders are silent, and a hot state that is away. */
struct bench {
    rlc_ms now_ms;
    struct rlc_bus bus;
    struct rlc_view view;
    struct rlc_freshness freshness;
    bool silent[PARTITIONS]; /* leaders */
    size_t asked[PARTITIONS];
    struct looks *looks;
    struct rlc_arena arena;
    uint8_t memory[ROOM];
    struct rlc_contact_request request;
    struct look look[CONTACTS];
};

static struct bench the_bench;

static enum rlc_status watermarks(struct rlc_bus *bus, int32_t topic, int32_t partition,
                                  int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                  struct rlc_error *reterr)
{
    (void)bus;
    (void)topic;
    the_bench.asked[partition]++;
    *ret_low = 0;
    *ret_high = 1;
    if (!the_bench.silent[partition])
        return RLC_OK;
    the_bench.now_ms += timeout_ms;
    return rlc_error_set(reterr, RLC_RETRY, "watermarks", 0, "no answer in time");
}

static enum rlc_status look_at_nothing(struct rlc_view *view, int32_t partition,
                                       struct rlc_look *ret_look, struct rlc_error *reterr)
{
    (void)view;
    (void)partition;
    (void)ret_look;
    return rlc_error_set(reterr, RLC_RETRY, "look", 0, "away");
}

static enum rlc_status read_intake(struct rlc_freshness *freshness, struct rlc_arena *arena,
                                   struct rlc_freshness_state *ret_state, struct rlc_error *reterr)
{
    (void)freshness;
    (void)arena;
    (void)reterr;
    *ret_state = (struct rlc_freshness_state){ .known = true };
    return RLC_OK;
}

static int32_t partition_of(const char *tenant)
{
    return rlc_partition_of(rlc_span_of(tenant), PARTITIONS);
}

static int open_bench(void **state)
{
    static const struct rlc_bus_ops BUS = { .watermarks = watermarks };
    static const struct rlc_view_ops VIEW = { .look = look_at_nothing };
    static const struct rlc_freshness_ops FRESHNESS = { .read = read_intake };
    struct bench *bench = &the_bench;
    struct looks_config config = { .bus = &bench->bus,
                                   .view = &bench->view,
                                   .freshness = &bench->freshness,
                                   .clock = rlc_clock_virtual(&bench->now_ms),
                                   .partitions = PARTITIONS };

    memset(bench, 0, sizeof(*bench));
    bench->now_ms = INT64_C(1700000000000);
    bench->bus.ops = &BUS;
    bench->view.ops = &VIEW;
    bench->freshness.ops = &FRESHNESS;
    bench->silent[partition_of("acme")] = true;
    rlc_arena_init(&bench->arena, bench->memory, sizeof(bench->memory));
    bench->looks = looks_new(&config);
    assert_non_null(bench->looks);
    bench->request.envelope.tenant = rlc_span_of("acme");
    bench->request.envelope.debtor = rlc_span_of("C-1");
    *state = bench;
    return 0;
}

static int close_bench(void **state)
{
    looks_free(((struct bench *)*state)->looks);
    return 0;
}

/* One round of looks at contacts of the same tenant. */
static void take(struct bench *bench, const char *tenant)
{
    rlc_arena_reset(&bench->arena);
    bench->request.envelope.tenant = rlc_span_of(tenant);
    for (size_t i = 0; i < CONTACTS; i++)
        bench->look[i].request = &bench->request;
    looks_take(bench->looks, bench->look, CONTACTS, &bench->arena);
    for (size_t i = 0; i < CONTACTS; i++)
        assert_int_equal(bench->look[i].wait, LOOK_WAITS_FOR_TENANT);
}

static size_t asked(const struct bench *bench, const char *tenant)
{
    return bench->asked[partition_of(tenant)];
}

static void a_leader_that_does_not_answer_is_not_asked_by_each_contact(void **state)
{
    struct bench *bench = *state;

    take(bench, "acme");
    assert_int_equal(asked(bench, "acme"), 1);
}

/* For each second that the loop has waited in vain, it does not for four. */
static void a_leader_that_does_not_answer_is_asked_for_a_share_of_the_time(void **state)
{
    struct bench *bench = *state;
    rlc_ms begin_ms = bench->now_ms;
    rlc_ms waited_ms;

    take(bench, "acme");
    waited_ms = bench->now_ms - begin_ms;
    assert_in_range(waited_ms, 1, 1000);
    bench->now_ms += 4 * waited_ms - 1;
    take(bench, "acme");
    assert_int_equal(asked(bench, "acme"), 1);
    bench->now_ms++;
    take(bench, "acme");
    assert_int_equal(asked(bench, "acme"), 2);
}

static void several_leaders_that_do_not_answer_share_that_time(void **state)
{
    struct bench *bench = *state;
    rlc_ms begin_ms = bench->now_ms;
    rlc_ms waited_ms = 0;

    bench->silent[partition_of("zeta")] = true;
    while (bench->now_ms < begin_ms + RLC_MINUTE_MS) {
        rlc_ms before_ms = bench->now_ms;

        take(bench, "acme");
        take(bench, "zeta");
        waited_ms += bench->now_ms - before_ms;
        bench->now_ms += 20;
    }
    assert_in_range(waited_ms, 1, RLC_MINUTE_MS / 4);
    assert_in_range(asked(bench, "acme"), asked(bench, "zeta") - 1, asked(bench, "zeta") + 1);
}

static void a_leader_that_answers_is_asked_while_another_one_does_not(void **state)
{
    struct bench *bench = *state;

    take(bench, "acme");
    take(bench, "zeta");
    assert_int_equal(asked(bench, "zeta"), 1);
}

static void if_one_answers_again_the_others_are_asked_at_once(void **state)
{
    struct bench *bench = *state;

    bench->silent[partition_of("zeta")] = true;
    take(bench, "acme");
    take(bench, "zeta");
    memset(bench->silent, 0, sizeof(bench->silent));
    bench->now_ms += 2000;
    take(bench, "acme");
    assert_int_equal(asked(bench, "acme"), 2);
    take(bench, "zeta");
    assert_int_equal(asked(bench, "zeta"), 2);
}

static int tenants_differ(void **state)
{
    int result = open_bench(state);

    assert_int_not_equal(partition_of("acme"), partition_of("zeta"));
    return result;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, tenants_differ, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_leader_that_does_not_answer_is_not_asked_by_each_contact),
        TEST(a_leader_that_does_not_answer_is_asked_for_a_share_of_the_time),
        TEST(several_leaders_that_do_not_answer_share_that_time),
        TEST(a_leader_that_answers_is_asked_while_another_one_does_not),
        TEST(if_one_answers_again_the_others_are_asked_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
