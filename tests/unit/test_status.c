/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/status.h"

#include "tests/support/check.h"
#include "tests/support/death.h"

#include <string.h>

#define REMEDY_MAX (sizeof(((struct rlc_fault *)NULL)->remedy) - 1)

static void a_fault_keeps_code_place_and_remedy_and_says_reject(void **state)
{
    struct rlc_fault fault;

    (void)state;
    assert_int_equal(rlc_fault_set(&fault, "AMOUNT_NEGATIVE", "invoice.amount", "Send a credit."),
                     RLC_REJECT);
    assert_string_equal(fault.code, "AMOUNT_NEGATIVE");
    assert_string_equal(fault.path, "invoice.amount");
    assert_string_equal(fault.remedy, "Send a credit.");
}

static void what_is_too_long_is_cut(void **state)
{
    struct rlc_fault fault;
    char text[512];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    (void)rlc_fault_set(&fault, "CODE", text, text);
    assert_int_equal(strlen(fault.path), sizeof(fault.path) - 1);
    assert_int_equal(strlen(fault.remedy), REMEDY_MAX);

    text[sizeof(fault.path)] = '\0';
    (void)rlc_fault_set(&fault, "CODE", text, text);
    assert_int_equal(strlen(fault.path), sizeof(fault.path) - 1);
    assert_string_equal(fault.remedy, text);
}

static void a_cut_never_splits_a_character(void **state)
{
    static const char euro[3] = "\xe2\x82\xac";
    struct rlc_fault fault;
    char text[512];

    (void)state;
    /* One 'x', then three-byte characters: the limit falls inside one of them. */
    memset(text, 0, sizeof(text));
    text[0] = 'x';
    for (size_t at = 1; at + 3 < sizeof(text); at += 3)
        memcpy(text + at, euro, sizeof(euro));
    (void)rlc_fault_set(&fault, "CODE", NULL, text);
    assert_int_equal(strlen(fault.remedy), REMEDY_MAX - (REMEDY_MAX - 1) % 3);
    assert_memory_equal(fault.remedy, text, strlen(fault.remedy));
}

static void an_absent_place_is_empty(void **state)
{
    struct rlc_fault fault;

    (void)state;
    memset(&fault, 0xee, sizeof(fault));
    (void)rlc_fault_set(&fault, "TRUNCATED", NULL, NULL);
    assert_string_equal(fault.path, "");
    assert_string_equal(fault.remedy, "");
}

static void fault_without_code(void)
{
    struct rlc_fault fault;

    (void)rlc_fault_set(&fault, NULL, "a", "b");
}

static void a_fault_without_a_code_stops_the_worker(void **state)
{
    (void)state;
    assert_aborts(fault_without_code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_keeps_code_place_and_remedy_and_says_reject),
        cmocka_unit_test(what_is_too_long_is_cut),
        cmocka_unit_test(a_cut_never_splits_a_character),
        cmocka_unit_test(an_absent_place_is_empty),
        cmocka_unit_test(a_fault_without_a_code_stops_the_worker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
