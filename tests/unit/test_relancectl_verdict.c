/* SPDX-License-Identifier: Apache-2.0 */
/* What a case says to a command, out of the audit topic of legal-escalation. */
#include <string.h>

#include "tests/support/check.h"
#include "verdict.h"

static const struct rlc_envelope OF_ACME = { .tenant = { (const uint8_t *)"acme", 4 } };

static bool take(const struct rlc_audit_record *record, struct ctl_verdict *ret_verdict)
{
    *ret_verdict = (struct ctl_verdict){ .binds = false };
    return ctl_verdict_take(rlc_span_of("acme"), rlc_span_of("c1"), record, ret_verdict);
}

static struct rlc_audit_record moved(const char *code, const char *command)
{
    return (struct rlc_audit_record){ .envelope = OF_ACME,
                                      .kind = RLC_AUDIT_KIND_CASE_MOVED,
                                      .case_moved = { .code = rlc_span_of(code),
                                                      .command = rlc_span_of(command) } };
}

static void an_approval_binds_when_the_case_says_so(void **state)
{
    struct rlc_audit_record record = moved("APPROVED", "c1");
    struct ctl_verdict verdict;

    (void)state;
    assert_true(take(&record, &verdict));
    assert_true(verdict.binds);
    assert_string_equal(verdict.word, "APPROVED");
}

static void a_refusal_has_its_rule(void **state)
{
    struct rlc_audit_record record = { .envelope = OF_ACME,
                                       .kind = RLC_AUDIT_KIND_ACT_REFUSED,
                                       .act_refused = { .command = rlc_span_of("c1"),
                                                        .rule = rlc_span_of("STALE_CLAIM") } };
    struct ctl_verdict verdict;

    (void)state;
    assert_true(take(&record, &verdict));
    assert_false(verdict.binds);
    assert_string_equal(verdict.word, "REFUSED");
    assert_string_equal(verdict.rule, "STALE_CLAIM");
}

static void what_is_said_to_others_is_no_verdict(void **state)
{
    struct rlc_audit_record other = moved("APPROVED", "c2");
    struct rlc_audit_record unasked = moved("FILED", "");
    struct rlc_audit_record foreign = moved("APPROVED", "c1");
    struct ctl_verdict verdict;

    (void)state;
    foreign.envelope.tenant = rlc_span_of("umbrella");
    assert_false(take(&other, &verdict));
    assert_false(take(&unasked, &verdict));
    assert_false(take(&foreign, &verdict));
}

static void only_orders_to_a_case_have_one(void **state)
{
    (void)state;
    assert_true(ctl_verdict_comes("APPROVE"));
    assert_true(ctl_verdict_comes("REFUSE"));
    assert_true(ctl_verdict_comes("RECORD_ACT"));
    assert_false(ctl_verdict_comes("WRITE_OFF"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_approval_binds_when_the_case_says_so),
        cmocka_unit_test(a_refusal_has_its_rule),
        cmocka_unit_test(what_is_said_to_others_is_no_verdict),
        cmocka_unit_test(only_orders_to_a_case_have_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
