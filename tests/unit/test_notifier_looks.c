/* SPDX-License-Identifier: Apache-2.0 */
/* The last look over a log and a hot state in memory: what a contact waits for, when it may leave,
 * why it comes back. */
#include "looks.h"

#include "common/memory/memory_faults.h"
#include "common/wire/last_look.h"

#include "tests/support/check.h"
#include "tests/support/looks_bench.h"

#define SECOND_MS INT64_C(1000)
#define SECOND_NS UINT64_C(1000000000)

/* ---- looking ---- */

static void assert_sends(struct looks_bench *bench)
{
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_NOTHING);
    assert_int_equal(bench->look.reason, RLC_RETURN_REASON_UNSPECIFIED);
}

static void assert_returns(struct looks_bench *bench, enum rlc_return_reason reason)
{
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_NOTHING);
    assert_int_equal(bench->look.reason, reason);
}

/* The partition of the request's debtor. */
static int32_t debtors(struct looks_bench *bench)
{
    return bench_partition(bench, 0);
}

static uint64_t now_ns(struct looks_bench *bench)
{
    struct rlc_clock clock = rlc_clock_virtual(&bench->now_ms);

    return rlc_clock_monotonic_ns(&clock);
}

static void a_request_that_is_exact_is_sent_and_says_what_was_seen(void **state)
{
    struct looks_bench *bench = *state;

    bench_append(bench, bench_tenants(), false);
    bench_see_all(bench);
    assert_sends(bench);
    assert_int_equal(bench->look.taken.watermark, bench_end(bench, debtors(bench)));
    assert_int_equal(bench->look.taken.tenant_watermark, bench_end(bench, bench_tenants()));
    assert_int_not_equal(bench->look.taken.watermark, bench->look.taken.tenant_watermark);
    assert_int_equal(bench->look.taken.asked_at_ms, bench->now_ms);
    assert_int_equal(bench->look.taken.epochs.debtor, LOOKS_DEBTOR_EPOCH);
    assert_int_equal(bench->look.taken.epochs.account, LOOKS_ACCOUNT_EPOCH);
    assert_int_equal(bench->look.taken.epochs.scope_revision, LOOKS_SCOPE_REVISION);
    assert_int_equal(bench->look.start_before_ns, now_ns(bench) + 2 * SECOND_NS);
}

static void what_changed_returns_the_request(void **state)
{
    struct looks_bench *bench = *state;

    bench_put_account(bench, LOOKS_ACCOUNT_EPOCH + 1);
    assert_returns(bench, RLC_RETURN_REASON_ACCOUNT_CHANGED);
    assert_int_equal(bench->look.taken.epochs.account, LOOKS_ACCOUNT_EPOCH + 1);
    bench_put_debtor(bench, LOOKS_DEBTOR_EPOCH + 1);
    assert_returns(bench, RLC_RETURN_REASON_DEBTOR_CHANGED);
    bench_put_scope(bench, LOOKS_SCOPE_REVISION + 1);
    assert_returns(bench, RLC_RETURN_REASON_SCOPE_CHANGED);
}

/* ---- intake ---- */

static void contacts_wait_for_intake(void **state)
{
    struct looks_bench *bench = *state;

    bench->intake.known = false;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_INTAKE);
    bench->intake.known = true;
    bench->intake.away = true;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_INTAKE);
    bench->intake.away = false;
    bench->intake.line.at_ms = bench->now_ms - 11 * SECOND_MS;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_INTAKE);
    bench->intake.line.at_ms = bench->now_ms;
    assert_sends(bench);
}

static void in_stepped_time_intake_is_read_to_its_end(void **state)
{
    struct looks_bench *bench = *state;

    bench->intake.line.watermark = 1;
    bench->intake.line.behind_since_ms = bench->now_ms;
    assert_sends(bench);
    bench_restart(bench, true, bench_installation);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_INTAKE);
    bench->intake.line.position = 1;
    assert_sends(bench);
}

/* ---- gates ---- */

static void contacts_wait_while_scenario_is_behind_in_the_tenants_partition(void **state)
{
    struct looks_bench *bench = *state;

    bench_append(bench, bench_tenants(), false);
    bench_see(bench, debtors(bench), bench_end(bench, debtors(bench)));
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
    bench_see(bench, bench_tenants(), bench_end(bench, bench_tenants()) - 1);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
    bench_see_all(bench);
    assert_sends(bench);
}

static void contacts_wait_while_scenario_is_behind_in_the_debtors_partition(void **state)
{
    struct looks_bench *bench = *state;

    bench_append(bench, debtors(bench), false);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
    bench_see_all(bench);
    assert_sends(bench);
}

/* Whoever looks at committed records only overlooks the payment that is about to be. */
static void a_record_of_an_open_transaction_is_waited_for(void **state)
{
    struct looks_bench *bench = *state;

    bench_append(bench, debtors(bench), true);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
    assert_int_equal(bench->writes->ops->commit(bench->writes, NULL), RLC_OK);
    bench_see_all(bench);
    assert_sends(bench);
}

static void a_question_is_asked_anew_after_a_second_and_not_before(void **state)
{
    struct looks_bench *bench = *state;
    int64_t before = bench_end(bench, debtors(bench));

    assert_sends(bench);
    bench_append(bench, debtors(bench), false);
    bench_append(bench, bench_tenants(), false);
    bench->now_ms += SECOND_MS - 1;
    assert_sends(bench);
    assert_int_equal(bench->look.taken.watermark, before);
    assert_int_equal(bench->look.taken.asked_at_ms, LOOKS_BEGIN_MS);
    assert_int_equal(bench->look.start_before_ns, now_ns(bench) + SECOND_NS + 1000000);
    bench->now_ms++;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
    bench_see_all(bench);
    assert_sends(bench);
    assert_int_equal(bench->look.taken.watermark, bench_end(bench, debtors(bench)));
    assert_int_equal(bench->look.taken.asked_at_ms, bench->now_ms);
}

/* The kill switch may have come between an old question about the debtor and the tenant's gate. */
static void the_debtors_end_is_asked_for_behind_the_tenants_open_gate(void **state)
{
    struct looks_bench *bench = *state;

    bench->request.envelope.debtor = rlc_span_of(bench->debtors[1]); /* of whom nothing is known */
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_RECORDS);
    bench->request.envelope.debtor = rlc_span_of(bench->debtors[0]);
    bench->now_ms += SECOND_MS / 2;
    assert_sends(bench);
    bench_append(bench, bench_tenants(), false);
    bench_append(bench, debtors(bench), false);
    bench->now_ms += SECOND_MS / 2;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
    bench_see_all(bench);
    bench->now_ms += SECOND_MS / 4;
    assert_sends(bench);
    assert_int_equal(bench->look.taken.watermark, bench_end(bench, debtors(bench)));
    assert_int_equal(bench->look.taken.asked_at_ms, bench->now_ms);
    assert_int_equal(bench->look.start_before_ns, now_ns(bench) + 2 * SECOND_NS - SECOND_NS / 4);
}

static void a_question_that_does_not_cover_the_requests_cause_is_asked_anew(void **state)
{
    struct looks_bench *bench = *state;

    assert_sends(bench);
    bench->request.envelope.causation.at.offset = bench_end(bench, debtors(bench));
    bench_append(bench, debtors(bench), false);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
    bench_see_all(bench);
    assert_sends(bench);
    assert_true(bench->look.taken.watermark > bench->request.envelope.causation.at.offset);
}

static void a_cause_that_is_not_in_the_log_is_waited_for(void **state)
{
    struct looks_bench *bench = *state;

    bench->request.envelope.causation.at.offset = 1000;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
}

/* One contact of the round asks anew; the other must not leave by the question that it replaced. */
static void contacts_of_one_round_leave_by_the_same_question(void **state)
{
    struct looks_bench *bench = *state;
    struct rlc_contact_request later = bench->request;
    struct look both[2];

    assert_sends(bench);
    later.envelope.causation.at.offset = bench_end(bench, debtors(bench));
    bench_append(bench, debtors(bench), false);
    both[0] = (struct look){ .request = &bench->request };
    both[1] = (struct look){ .request = &later };
    looks_take(bench->looks, both, 2, &bench->arena);
    assert_int_equal(both[0].wait, LOOK_WAITS_FOR_DEBTOR);
    assert_int_equal(both[1].wait, LOOK_WAITS_FOR_DEBTOR);
    bench_see_all(bench);
    looks_take(bench->looks, both, 2, &bench->arena);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(both[i].wait, LOOK_WAITS_FOR_NOTHING);
        assert_int_equal(both[i].taken.watermark, bench_end(bench, debtors(bench)));
    }
}

/* What one contact of the round asks for may not be told, and takes the question of the other. */
static void a_question_that_gets_no_answer_is_no_question(void **state)
{
    struct looks_bench *bench = *state;
    struct rlc_contact_request later = bench->request;
    struct look both[] = { { .request = &bench->request }, { .request = &later } };

    assert_sends(bench);
    later.envelope.causation.at.offset = bench_end(bench, debtors(bench));
    rlc_memory_faults_set_away(bench->broker, true);
    looks_take(bench->looks, both, 2, &bench->arena);
    assert_int_equal(both[0].wait, LOOK_WAITS_FOR_DEBTOR);
    assert_int_equal(both[1].wait, LOOK_WAITS_FOR_DEBTOR);
    bench->now_ms += SECOND_MS;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
    rlc_memory_faults_set_away(bench->broker, false);
    assert_sends(bench);
}

static void a_question_that_grows_old_while_records_are_read_is_not_used(void **state)
{
    struct looks_bench *bench = *state;

    bench->reader.takes_ms = SECOND_MS - 1;
    assert_sends(bench);
    bench->reader.takes_ms = SECOND_MS;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
}

/* What intake told while it caught up lies behind an older question. */
static void questions_from_before_intake_had_caught_up_do_not_count(void **state)
{
    struct looks_bench *bench = *state;

    assert_sends(bench);
    bench->intake.away = true;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_INTAKE);
    bench_append(bench, debtors(bench), false); /* a payment */
    bench->intake.away = false;
    bench->now_ms++;
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
    bench_see_all(bench);
    assert_sends(bench);
}

/* ---- debtors that were merged into this one ---- */

static void contacts_wait_for_the_partition_of_an_alias(void **state)
{
    struct looks_bench *bench = *state;
    int32_t other = bench_partition(bench, 1);

    bench->alias.debtor = rlc_span_of(bench->debtors[1]);
    bench->request.body.aliases = &bench->alias;
    bench->request.body.alias_count = 1;
    assert_sends(bench);
    bench_restart(bench, false, bench_installation);
    bench_append(bench, other, false);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
    bench_append(bench, bench_partition(bench, 2), false); /* of nobody here */
    bench_see(bench, other, bench_end(bench, other));
    assert_sends(bench);
    assert_int_equal(bench->look.taken.watermark, bench_end(bench, debtors(bench)));
}

/* Scenario passes on what it finds in the alias' partition; until then it is not in the debtor's.
 */
static void what_an_alias_is_told_is_known_where_it_is_passed_on(void **state)
{
    struct looks_bench *bench = *state;
    int32_t other = bench_partition(bench, 1);

    bench->alias.debtor = rlc_span_of(bench->debtors[1]);
    bench->request.body.aliases = &bench->alias;
    bench->request.body.alias_count = 1;
    bench_append(bench, other, false); /* a payment of the alias */
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
    bench_append(bench, debtors(bench), false); /* passed on */
    bench_see(bench, other, bench_end(bench, other));
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_DEBTOR);
    bench_see_all(bench);
    assert_sends(bench);
}

static void the_cause_of_a_request_says_nothing_about_the_partition_of_an_alias(void **state)
{
    struct looks_bench *bench = *state;

    for (int i = 0; i < 5; i++)
        bench_append(bench, debtors(bench), false);
    bench_see_all(bench);
    bench->alias.debtor = rlc_span_of(bench->debtors[1]);
    bench->request.body.aliases = &bench->alias;
    bench->request.body.alias_count = 1;
    bench->request.envelope.causation.at.offset = bench_end(bench, debtors(bench)) - 1;
    assert_true(bench_end(bench, bench_partition(bench, 1)) <
                bench->request.envelope.causation.at.offset);
    assert_sends(bench);
}

static void an_alias_of_the_same_partition_changes_nothing(void **state)
{
    struct looks_bench *bench = *state;

    bench->alias.debtor = rlc_span_of(bench->debtors[3]);
    bench->request.body.aliases = &bench->alias;
    bench->request.body.alias_count = 1;
    assert_sends(bench);
    bench_put_account(bench, LOOKS_ACCOUNT_EPOCH + 1);
    assert_returns(bench, RLC_RETURN_REASON_ACCOUNT_CHANGED);
}

/* ---- the hot state ---- */

static void a_slice_of_the_debtor_that_is_not_whole_is_waited_for(void **state)
{
    struct looks_bench *bench = *state;
    bool mine;

    assert_true(rlc_memory_store_lose_record(bench->store, "scenario", debtors(bench),
                                             bench_account_key(bench)));
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_RECORDS);
    assert_int_equal(
        bench->owner->ops->wipe(bench->owner, debtors(bench), 2, bench_installation, &mine, NULL),
        RLC_OK);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_RECORDS);
}

static void a_slice_of_the_tenant_that_is_not_whole_is_waited_for(void **state)
{
    struct looks_bench *bench = *state;

    assert_true(
        rlc_memory_store_lose(bench->store, "scenario", bench_tenants(), RLC_MEMORY_PIECE_FENCE));
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
}

static void a_slice_whose_owner_has_said_nothing_is_waited_for(void **state)
{
    struct looks_bench *bench = *state;

    assert_true(
        rlc_memory_store_lose(bench->store, "scenario", debtors(bench), RLC_MEMORY_PIECE_SEEN));
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_RECORDS);
}

static void what_was_seen_on_another_base_than_the_slice_has_is_not_believed(void **state)
{
    struct looks_bench *bench = *state;
    struct rlc_seen ahead = { .base = 1, .seen = 1000, .at_ms = bench->now_ms };

    assert_int_equal(bench->owner->ops->publish_seen(bench->owner, debtors(bench), &ahead, NULL),
                     RLC_OK);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_RECORDS);
}

static void the_slices_of_another_installation_are_not_believed(void **state)
{
    struct looks_bench *bench = *state;
    static const uint8_t other[RLC_UUID_SIZE] = { 8 };

    bench_restart(bench, false, other);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
}

static void a_record_that_is_missing_or_unreadable_is_waited_for(void **state)
{
    struct looks_bench *bench = *state;

    bench->account.creditor = rlc_span_of("DE");
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_RECORDS);
    bench->account.creditor = rlc_span_of(LOOKS_CREDITOR);
    assert_sends(bench);
    bench_put(bench, debtors(bench), rlc_epoch_key_debtor(&bench->arena, bench_debtor_key(bench)),
              rlc_span_of("\xff"));
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_RECORDS);
}

static void a_store_that_is_away_lets_contacts_wait(void **state)
{
    struct looks_bench *bench = *state;

    rlc_memory_store_set_away(bench->store, true);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_TENANT);
    rlc_memory_store_set_away(bench->store, false);
    assert_sends(bench);
    rlc_memory_store_set_away(bench->store, true);
    assert_int_equal(bench_take(bench), LOOK_WAITS_FOR_RECORDS);
    rlc_memory_store_set_away(bench->store, false);
    assert_sends(bench);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_that_is_exact_is_sent_and_says_what_was_seen),
        TEST(what_changed_returns_the_request),
        TEST(contacts_wait_for_intake),
        TEST(in_stepped_time_intake_is_read_to_its_end),
        TEST(contacts_wait_while_scenario_is_behind_in_the_tenants_partition),
        TEST(contacts_wait_while_scenario_is_behind_in_the_debtors_partition),
        TEST(a_record_of_an_open_transaction_is_waited_for),
        TEST(a_question_is_asked_anew_after_a_second_and_not_before),
        TEST(the_debtors_end_is_asked_for_behind_the_tenants_open_gate),
        TEST(a_question_that_does_not_cover_the_requests_cause_is_asked_anew),
        TEST(a_cause_that_is_not_in_the_log_is_waited_for),
        TEST(contacts_of_one_round_leave_by_the_same_question),
        TEST(a_question_that_gets_no_answer_is_no_question),
        TEST(a_question_that_grows_old_while_records_are_read_is_not_used),
        TEST(questions_from_before_intake_had_caught_up_do_not_count),
        TEST(contacts_wait_for_the_partition_of_an_alias),
        TEST(what_an_alias_is_told_is_known_where_it_is_passed_on),
        TEST(the_cause_of_a_request_says_nothing_about_the_partition_of_an_alias),
        TEST(an_alias_of_the_same_partition_changes_nothing),
        TEST(a_slice_of_the_debtor_that_is_not_whole_is_waited_for),
        TEST(a_slice_of_the_tenant_that_is_not_whole_is_waited_for),
        TEST(a_slice_whose_owner_has_said_nothing_is_waited_for),
        TEST(what_was_seen_on_another_base_than_the_slice_has_is_not_believed),
        TEST(the_slices_of_another_installation_are_not_believed),
        TEST(a_record_that_is_missing_or_unreadable_is_waited_for),
        TEST(a_store_that_is_away_lets_contacts_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
