/* SPDX-License-Identifier: Apache-2.0 */
/* RC-1's core against figures that other code has given. */
#include <stdio.h>

#include "tests/bench/rc1/audit.h"
#include "tests/bench/rc1/digest.h"
#include "tests/bench/rc1/input.h"
#include "tests/support/check.h"

/* What the prototype of the benchmark, which shares no code with this one, made of its events. */
static const struct {
    int64_t events, debtors;
    int32_t partitions;
    struct rc1_digest digests[RC1_OUTPUTS];
} EXPECTED[] = {
    { 20000,
      5000,
      24,
      { { 20000, 0x29984c178d6e20ba },
        { 20000, 0xa2eecf365f7b015e },
        { 20000, 0xee332fd491e70700 },
        { 3296, 0xae3fff4fe2cea130 } } },
    { 20000,
      2000,
      6,
      { { 20000, 0x68087319b0727e98 },
        { 20000, 0x5017208b4f1cdefd },
        { 20000, 0x084a9b2dc2eb6797 },
        { 1810, 0xf8c5bfdd1bd194e3 } } },
};

static void events_decisions_and_records_are_those_of_the_prototype(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(EXPECTED); i++) {
        struct rc1_digest digests[RC1_OUTPUTS];

        assert_true(
            rc1_predict(EXPECTED[i].events, EXPECTED[i].debtors, EXPECTED[i].partitions, digests));
        for (int output = 0; output < RC1_OUTPUTS; output++) {
            assert_int_equal(digests[output].records, EXPECTED[i].digests[output].records);
            assert_int_equal(digests[output].sum, EXPECTED[i].digests[output].sum);
        }
    }
}

static void an_event_that_was_decided_before_changes_nothing(void **state)
{
    struct rc1_tables tables;
    struct rc1_event event = { .kind = RC1_INVOICE, .amount_minor = 500, .sequence = 7 };
    struct rc1_state debtor = { .last_sequence = 6 }, before;
    struct rc1_decision decision;

    (void)state;
    rc1_tables_fill(&tables);
    assert_true(rc1_decide(&tables, &event, &debtor, &decision));
    assert_int_equal(debtor.open_minor, 500);
    before = debtor;
    assert_false(rc1_decide(&tables, &event, &debtor, &decision));
    assert_memory_equal(&debtor, &before, sizeof(debtor));
}

static void an_event_that_is_cut_off_is_none(void **state)
{
    struct rc1_input input;
    struct rc1_event event, read;
    uint8_t bytes[RC1_RECORD_MAX];
    size_t size;

    (void)state;
    assert_true(rc1_input_open(&input, 10));
    rc1_input_next(&input, &event);
    size = rc1_event_encode(&event, bytes);
    assert_int_equal(size, RC1_EVENT_SIZE);
    assert_true(rc1_event_decode(rlc_span_from(bytes, size), &read));
    assert_int_equal(read.amount_minor, event.amount_minor);
    for (size_t cut = 0; cut < size; cut++)
        assert_false(rc1_event_decode(rlc_span_from(bytes, cut), &read));
    rc1_input_close(&input);
}

static void an_audit_record_with_another_byte_does_not_continue_its_chain(void **state)
{
    const struct rc1_event event = { .debtor = rlc_span_of("acme/1"),
                                     .filler = rlc_span_of("0123456789abcdef") };
    const struct rc1_state debtor = { .step = 1 };
    const struct rc1_decision decision = { .channel = 0 };
    const struct rc1_outcome outcome = { &event, &debtor, &decision, 3, 14 };
    struct rlc_hash head = { { 0 } };
    uint8_t bytes[RC1_RECORD_MAX];
    size_t size = rc1_audit(&outcome, &head, bytes);

    (void)state;
    for (size_t i = 0; i < size; i++) {
        struct rlc_hash walked = { { 0 } };

        assert_true(rc1_audit_continues(rlc_span_from(bytes, size), &walked));
        assert_memory_equal(&walked, &head, sizeof(head));
        walked = (struct rlc_hash){ { 0 } };
        bytes[i] ^= 1;
        /* The tag and the length of the link are the only bytes that nothing depends on. */
        assert_int_equal(rc1_audit_continues(rlc_span_from(bytes, size), &walked),
                         i == size - 34 || i == size - 33);
        bytes[i] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_decisions_and_records_are_those_of_the_prototype),
        cmocka_unit_test(an_event_that_was_decided_before_changes_nothing),
        cmocka_unit_test(an_event_that_is_cut_off_is_none),
        cmocka_unit_test(an_audit_record_with_another_byte_does_not_continue_its_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
