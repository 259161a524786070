/* SPDX-License-Identifier: Apache-2.0 */
/* What a tick of scenario's own says. */
#include "common/wire/debtor_event.h"
#include "services/scenario/shell.h"
#include "tests/support/check.h"

#define LATE_IN_A_MINUTE INT64_C(1795973460046)

/* Timers stand at whole minutes, and whoever is due is found by the clock: a tick that said more
 * would put the partition's time ahead, by as much as the loop allows. */
static void a_tick_says_what_time_it_is_and_no_more(void **state)
{
    static uint8_t memory[65536];
    struct rlc_arena arena;
    struct rlc_span key, value;
    struct rlc_debtor_event tick;
    struct rlc_fault fault;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    SCENARIO_SERVICE.encode_tick(NULL, 3, LATE_IN_A_MINUTE, &arena, &key, &value);
    assert_int_equal(rlc_debtor_event_decode(value, &arena, &tick, &fault), RLC_OK);
    assert_int_equal(tick.kind, RLC_EVENT_KIND_TICK);
    assert_int_equal(tick.tick.now_ms, LATE_IN_A_MINUTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tick_says_what_time_it_is_and_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
