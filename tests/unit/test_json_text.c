/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/json_text.h"

#include "tests/support/check.h"

static void each_kind_of_text_has_its_json_form(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } CASE[] = {
        { "", "\"\"" },
        { "plain", "\"plain\"" },
        { "a \"quoted\" \\ word", "\"a \\\"quoted\\\" \\\\ word\"" },
        { "line\nreturn\rtab\t", "\"line\\nreturn\\rtab\\t\"" },
        { "\x01\x1F\x7F", "\"\\u0001\\u001f\\u007f\"" },
        { "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80",
          "\"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"" },
        { "\xC2\x85", "\"\\u0085\"" },
        { "\xC2\xA0", "\"\xC2\xA0\"" },
        { "a\xE2\x80\xA8\xE2\x80\xA9", "\"a\\u2028\\u2029\"" },
        { "bad \xFF\xC3", "\"bad \xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    };
    char buffer[128];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        size_t size = rlc_json_quote(rlc_span_of(CASE[i].text), 100, buffer, sizeof(buffer));

        assert_string_equal(buffer, CASE[i].expected);
        assert_int_equal(size, strlen(CASE[i].expected));
    }
}

static void a_nul_inside_a_span_is_escaped(void **state)
{
    char buffer[32];

    (void)state;
    (void)rlc_json_quote(rlc_span_from("a\0b", 3), 100, buffer, sizeof(buffer));
    assert_string_equal(buffer, "\"a\\u0000b\"");
}

static void a_long_text_is_cut_between_characters(void **state)
{
    static const struct {
        const char *text;
        size_t size_max;
        size_t capacity;
        const char *expected;
    } CASE[] = {
        { "abcdef", 6, 64, "\"abcdef\"" },
        { "abcdef", 5, 64, "\"abcde\xE2\x80\xA6\"" },
        { "ab\xC3\xA9", 3, 64, "\"ab\xE2\x80\xA6\"" },
        { "abcdef", 6, 10, "\"abcd\xE2\x80\xA6\"" },
        { "ab\n\n\n", 6, 10, "\"ab\\n\xE2\x80\xA6\"" },
        { "a\x01", 6, 11, "\"a\xE2\x80\xA6\"" },
        { "a", 6, 6, "\"\xE2\x80\xA6\"" },
        { "", 6, 6, "\"\"" },
    };
    char buffer[64];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        (void)rlc_json_quote(rlc_span_of(CASE[i].text), CASE[i].size_max, buffer, CASE[i].capacity);
        assert_string_equal(buffer, CASE[i].expected);
    }
}

static void the_room_named_is_always_enough(void **state)
{
    char buffer[RLC_JSON_ROOM(40)];
    char text[40];

    (void)state;
    memset(text, 1, sizeof(text));
    assert_int_equal(
        rlc_json_quote(rlc_span_from(text, sizeof(text)), sizeof(text), buffer, sizeof(buffer)),
        2 + 6 * sizeof(text));
}

static void without_room_for_the_quotes_nothing_is_written(void **state)
{
    char buffer[6] = "keep";

    (void)state;
    assert_int_equal(rlc_json_quote(rlc_span_of("x"), 9, buffer, 5), 0);
    assert_string_equal(buffer, "keep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_text_has_its_json_form),
        cmocka_unit_test(a_nul_inside_a_span_is_escaped),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(the_room_named_is_always_enough),
        cmocka_unit_test(without_room_for_the_quotes_nothing_is_written),
    };

    return cmocka_run_group_tests_name("json text", tests, NULL, NULL);
}
