/* SPDX-License-Identifier: Apache-2.0 */
/* The gates of the last look and what it concludes. */
#include "common/pure/gate.h"
#include "core/look.h"

#include "tests/support/check.h"

#define SECOND_NS UINT64_C(1000000000)
#define ASKED_NS  (7 * SECOND_NS)

/* Asked for at ASKED_NS; the partition ended at 100. */
static const struct rlc_gate ASKED = { .asked_ns = ASKED_NS, .asked_at_ms = 5, .watermark = 100 };

static struct rlc_gate opened(uint64_t asked_ns, uint64_t opened_ns)
{
    return (struct rlc_gate){ .asked_ns = asked_ns, .watermark = 100, .opened_ns = opened_ns };
}

static void a_gate_that_was_never_asked_for_is_closed(void **state)
{
    struct rlc_gate gate = { .asked_ns = 0 };

    (void)state;
    assert_false(rlc_gate_is_asked(&gate, 1));
    rlc_gate_look(&gate, 1000, 1);
    assert_false(rlc_gate_is_open(&gate, 1));
}

static void a_question_may_be_used_for_less_than_a_second(void **state)
{
    (void)state;
    assert_true(rlc_gate_is_asked(&ASKED, ASKED_NS));
    assert_true(rlc_gate_is_asked(&ASKED, ASKED_NS + SECOND_NS - 1));
    assert_false(rlc_gate_is_asked(&ASKED, ASKED_NS + SECOND_NS));
}

static void a_gate_opens_when_scenario_has_seen_all_that_stood_there(void **state)
{
    static const struct {
        int64_t seen;
        bool opens;
    } cases[] = { { 0, false }, { 99, false }, { 100, true }, { 101, true } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        struct rlc_gate gate = ASKED;

        rlc_gate_look(&gate, cases[i].seen, ASKED_NS + 1);
        assert_int_equal(rlc_gate_is_open(&gate, ASKED_NS + 2), cases[i].opens);
    }
}

static void a_gate_has_opened_when_it_was_first_seen_open(void **state)
{
    struct rlc_gate gate = ASKED;

    (void)state;
    rlc_gate_look(&gate, 100, ASKED_NS + 1);
    rlc_gate_look(&gate, 200, ASKED_NS + 9);
    assert_int_equal(gate.opened_ns, ASKED_NS + 1);
}

static void an_open_gate_closes_with_its_question(void **state)
{
    struct rlc_gate gate = opened(ASKED_NS, ASKED_NS + 1);

    (void)state;
    assert_true(rlc_gate_is_open(&gate, ASKED_NS + SECOND_NS - 1));
    assert_false(rlc_gate_is_open(&gate, ASKED_NS + SECOND_NS));
}

static void the_debtors_question_follows_the_tenants_open_gate(void **state)
{
    struct rlc_gate tenant = opened(ASKED_NS, ASKED_NS + 5);
    struct rlc_gate closed = opened(ASKED_NS, 0);
    struct rlc_gate before = opened(ASKED_NS + 4, 0);
    struct rlc_gate at = opened(ASKED_NS + 5, 0);

    (void)state;
    assert_false(rlc_gate_follows(&before, &tenant));
    assert_true(rlc_gate_follows(&at, &tenant));
    assert_false(rlc_gate_follows(&at, &closed));
}

static void a_question_covers_what_lies_below_its_watermark(void **state)
{
    (void)state;
    assert_true(rlc_gate_covers(&ASKED, -1));
    assert_true(rlc_gate_covers(&ASKED, 99));
    assert_false(rlc_gate_covers(&ASKED, 100));
}

static void the_first_byte_leaves_within_two_seconds_of_the_older_question(void **state)
{
    struct rlc_gate early = opened(ASKED_NS, ASKED_NS);
    struct rlc_gate late = opened(ASKED_NS + SECOND_NS, ASKED_NS + SECOND_NS);

    (void)state;
    assert_int_equal(rlc_gates_valid_until_ns(&early, &late), ASKED_NS + 2 * SECOND_NS);
    assert_int_equal(rlc_gates_valid_until_ns(&late, &early), ASKED_NS + 2 * SECOND_NS);
    assert_int_equal(rlc_gates_valid_until_ns(&late, &late), ASKED_NS + 3 * SECOND_NS);
}

/* ---- what a look concludes ---- */

static const struct rlc_account_part ACCOUNTS[] = { { .account_epoch = 4 },
                                                    { .account_epoch = 5 } };

static enum rlc_return_reason compare(int64_t scope, int64_t debtor, int64_t first, int64_t second)
{
    const struct rlc_contact_request request = {
        .envelope = { .epochs = { .debtor = 3, .account = 4, .scope_revision = 2 } },
        .body = { .accounts = ACCOUNTS, .account_count = RLC_COUNT(ACCOUNTS) },
    };
    const int64_t accounts[] = { first, second };
    const struct look_found found = { .debtor_epoch = debtor,
                                      .account_epochs = accounts,
                                      .scope_revision = scope };

    return look_compare(&request, &found);
}

static void a_request_whose_numbers_all_stand_is_sent(void **state)
{
    (void)state;
    assert_int_equal(compare(2, 3, 4, 5), RLC_RETURN_REASON_UNSPECIFIED);
}

static void every_number_that_changed_returns_the_request(void **state)
{
    (void)state;
    for (int64_t step = -1; step <= 1; step += 2) {
        assert_int_equal(compare(2 + step, 3, 4, 5), RLC_RETURN_REASON_SCOPE_CHANGED);
        assert_int_equal(compare(2, 3 + step, 4, 5), RLC_RETURN_REASON_DEBTOR_CHANGED);
        assert_int_equal(compare(2, 3, 4 + step, 5), RLC_RETURN_REASON_ACCOUNT_CHANGED);
        assert_int_equal(compare(2, 3, 4, 5 + step), RLC_RETURN_REASON_ACCOUNT_CHANGED);
    }
}

static void what_is_wider_is_named_first(void **state)
{
    (void)state;
    assert_int_equal(compare(9, 9, 9, 9), RLC_RETURN_REASON_SCOPE_CHANGED);
    assert_int_equal(compare(2, 9, 9, 9), RLC_RETURN_REASON_DEBTOR_CHANGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gate_that_was_never_asked_for_is_closed),
        cmocka_unit_test(a_question_may_be_used_for_less_than_a_second),
        cmocka_unit_test(a_gate_opens_when_scenario_has_seen_all_that_stood_there),
        cmocka_unit_test(a_gate_has_opened_when_it_was_first_seen_open),
        cmocka_unit_test(an_open_gate_closes_with_its_question),
        cmocka_unit_test(the_debtors_question_follows_the_tenants_open_gate),
        cmocka_unit_test(a_question_covers_what_lies_below_its_watermark),
        cmocka_unit_test(the_first_byte_leaves_within_two_seconds_of_the_older_question),
        cmocka_unit_test(a_request_whose_numbers_all_stand_is_sent),
        cmocka_unit_test(every_number_that_changed_returns_the_request),
        cmocka_unit_test(what_is_wider_is_named_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
