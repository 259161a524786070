/* SPDX-License-Identifier: Apache-2.0 */
/* Filing: once, whatever dies; never behind a payment that could have been known; and recalled, on
 * the same key, by one that comes later. */
#include <inttypes.h>
#include <string.h>

#include "common/memory/freshness_memory.h"
#include "common/runtime/approval.h"

#include "tests/support/check.h"
#include "tests/support/filing_stage.h"

static void an_approved_act_is_filed_with_what_was_signed(void **state)
{
    struct filings filings;
    const struct rlc_filed *filed;
    struct rlc_approval approval;

    (void)state;
    filing_stage_open(FILING_ALL_SEEN, 100, 0);
    filing_stage_approve(filing_stage_refer());
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    filings = filing_stage_filings();
    assert_int_equal(filings.count, 1);
    filed = &filings.filing[0].filed;
    /* The filing alone, and the public key, show who approved what. */
    approval = (struct rlc_approval){ .kind = RLC_COMMAND_KIND_APPROVE,
                                      .tenant = filings.filing[0].envelope.tenant,
                                      .case_id = filed->case_id,
                                      .act = filed->act,
                                      .command = filed->approval,
                                      .actor = filed->approver,
                                      .claim_hash = filed->claim.claim_hash };
    assert_true(rlc_approval_verify(&approval, filing_head.public_key, filed->signature));
    assert_true(filed->look.watermark > 0);
    filing_stage_close();
}

static void a_death_at_any_step_files_once_and_recalls_once(void **state)
{
    uint64_t steps = 0;

    (void)state;
    for (uint64_t at = 0; at == 0 || at <= steps; at++) {
        struct filings filings;

        filing_stage_open(FILING_ALL_SEEN, 3, at);
        filing_stage_approve(filing_stage_refer());
        world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
        assert_int_equal(filing_stage_filings().count, 1);
        filing_stage_pay(0);
        world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
        filings = filing_stage_filings();
        assert_int_equal(filings.count, 2);
        assert_int_equal(filings.filing[0].kind, RLC_FILING_KIND_FILED);
        assert_int_equal(filings.filing[1].kind, RLC_FILING_KIND_RECALLED);
        assert_true(
            rlc_span_equal(filings.filing[1].recalled.filing, filings.filing[0].filed.filing));
        assert_int_equal(filings.filing[1].recalled.open.minor, 0);
        assert_true(at == 0 || filing_stage.world.deaths == 1);
        steps = at == 0 ? filing_stage.world.steps : steps;
        filing_stage_close();
    }
    assert_true(steps > 50);
    print_message("%" PRIu64 " deaths\n", steps);
}

/* Pays at the so-manieth step. */
static void pay_at_step(void *context, struct world_role *role, enum rlc_step step)
{
    struct filing_moment *payment = context;

    (void)role;
    (void)step;
    if (++payment->steps == payment->at)
        filing_stage_pay(0);
}

static void a_payment_at_any_step_leaves_no_filing_that_stands(void **state)
{
    size_t never = 0;
    size_t recalled = 0;
    bool reached = true;

    (void)state;
    for (uint64_t at = 1; reached; at++) {
        struct filing_moment payment = { .at = at };
        size_t count;

        filing_stage_open(FILING_ALL_SEEN, 1, 0);
        filing_stage.world.on_step = pay_at_step;
        filing_stage.world.on_step_context = &payment;
        filing_stage_approve(filing_stage_refer());
        world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
        reached = payment.steps >= at;
        count = filing_stage_filings().count;
        if (reached) {
            assert_true(count == 0 || count == 2);
            never += count == 0;
            recalled += count == 2;
        }
        filing_stage_close();
    }
    print_message("%zu payments before the filing, %zu after it\n", never, recalled);
    assert_true(never > 10 && recalled > 10);
}

static void nothing_is_filed_while_scenario_is_behind(void **state)
{
    (void)state;
    filing_stage_open(0, 100, 0);
    filing_stage_approve(filing_stage_refer());
    for (int i = 0; i < FILING_ROUNDS_FEW; i++)
        world_round(&filing_stage.world);
    assert_int_equal(filing_stage_filings().count, 0);
    /* What scenario had not seen was a payment. */
    filing_stage_pay(0);
    filing_stage.scenario.seen = FILING_ALL_SEEN;
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 0);
    filing_stage_close();
}

static void a_payment_that_waits_in_the_inbox_is_read_before_anything_is_filed(void **state)
{
    (void)state;
    filing_stage_open(FILING_ALL_SEEN, 1, 0);
    filing_stage_approve(filing_stage_refer());
    filing_stage_pay(60000);
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 0);
    filing_stage_close();
}

static void nothing_is_filed_while_a_payment_source_is_silent(void **state)
{
    struct rlc_freshness_source bank = { .name = rlc_span_of("bank"), .partitions = 1 };
    struct rlc_error error = { .text = "" };

    (void)state;
    filing_stage_open(FILING_ALL_SEEN, 100, 0);
    assert_int_equal(
        filing_stage.looks.freshness->ops->expect(filing_stage.looks.freshness, &bank, 1, &error),
        RLC_OK);
    filing_stage_approve(filing_stage_refer());
    for (int i = 0; i < FILING_ROUNDS_FEW; i++)
        world_round(&filing_stage.world);
    assert_int_equal(filing_stage_filings().count, 0);
    assert_int_equal(
        filing_stage.looks.freshness->ops->expect(filing_stage.looks.freshness, NULL, 0, &error),
        RLC_OK);
    world_settle(&filing_stage.world, FILING_ROUNDS_MAX);
    assert_int_equal(filing_stage_filings().count, 1);
    filing_stage_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_approved_act_is_filed_with_what_was_signed),
        cmocka_unit_test(a_death_at_any_step_files_once_and_recalls_once),
        cmocka_unit_test(a_payment_at_any_step_leaves_no_filing_that_stands),
        cmocka_unit_test(nothing_is_filed_while_scenario_is_behind),
        cmocka_unit_test(a_payment_that_waits_in_the_inbox_is_read_before_anything_is_filed),
        cmocka_unit_test(nothing_is_filed_while_a_payment_source_is_silent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
