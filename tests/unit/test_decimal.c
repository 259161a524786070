/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/decimal.h"

#include "tests/support/check.h"

static const struct {
    int64_t value;
    const char *text;
} WRITTEN[] = {
    { 0, "0" },
    { 7, "7" },
    { 10, "10" },
    { -1, "-1" },
    { -10, "-10" },
    { 1234567890, "1234567890" },
    { INT64_MAX, "9223372036854775807" },
    { INT64_MIN, "-9223372036854775808" },
};

static void signed_numbers_are_written_and_read_back(void **state)
{
    char buffer[RLC_DECIMAL_SIZE];
    int64_t value;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(WRITTEN); i++) {
        size_t length = rlc_i64_format(WRITTEN[i].value, buffer, sizeof(buffer));

        assert_int_equal(length, strlen(WRITTEN[i].text));
        assert_string_equal(buffer, WRITTEN[i].text);
        assert_true(rlc_i64_parse(rlc_span_of(buffer), &value));
        assert_true(value == WRITTEN[i].value);
    }
}

static void unsigned_numbers_reach_the_last_bit(void **state)
{
    char buffer[RLC_DECIMAL_SIZE];
    uint64_t value;

    (void)state;
    assert_int_equal(rlc_u64_format(UINT64_MAX, buffer, sizeof(buffer)), 20);
    assert_string_equal(buffer, "18446744073709551615");
    assert_true(rlc_u64_parse(rlc_span_of(buffer), &value));
    assert_true(value == UINT64_MAX);
}

static void a_buffer_that_is_too_small_is_not_touched(void **state)
{
    char buffer[4] = "abc";

    (void)state;
    assert_int_equal(rlc_i64_format(1234, buffer, sizeof(buffer)), 0);
    assert_int_equal(rlc_i64_format(-123, buffer, sizeof(buffer)), 0);
    assert_string_equal(buffer, "abc");
    assert_int_equal(rlc_i64_format(-12, buffer, sizeof(buffer)), 3);
    assert_string_equal(buffer, "-12");
}

static void every_other_way_to_write_a_number_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "01",
        "00",
        "-0",
        "-01",
        "--1",
        "1.0",
        "1e3",
        "0x1",
        "1,000",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
    };
    int64_t value = 42;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(refused); i++) {
        assert_false(rlc_i64_parse(rlc_span_of(refused[i]), &value));
        assert_int_equal(value, 42);
    }
}

static void unsigned_numbers_have_no_sign_and_no_overflow(void **state)
{
    static const char *const refused[] = { "-1", "18446744073709551616", "184467440737095516150" };
    uint64_t value = 42;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(refused); i++) {
        assert_false(rlc_u64_parse(rlc_span_of(refused[i]), &value));
        assert_int_equal(value, 42);
    }
    assert_false(rlc_u64_parse(rlc_span_from("1\0", 2), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_numbers_are_written_and_read_back),
        cmocka_unit_test(unsigned_numbers_reach_the_last_bit),
        cmocka_unit_test(a_buffer_that_is_too_small_is_not_touched),
        cmocka_unit_test(every_other_way_to_write_a_number_is_refused),
        cmocka_unit_test(unsigned_numbers_have_no_sign_and_no_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
