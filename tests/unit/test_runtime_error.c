/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/error.h"

#include "tests/support/check.h"

#include <string.h>

static void every_part_is_kept_and_the_status_returned(void **state)
{
    struct rlc_error error = { 0 };

    (void)state;
    enum rlc_status status =
        rlc_error_set(&error, RLC_ABORT, "commit_transaction", 48, "broker %d is away", 3);

    assert_int_equal(status, RLC_ABORT);
    assert_int_equal(error.status, RLC_ABORT);
    assert_int_equal(error.code, 48);
    assert_string_equal(error.origin, "commit_transaction");
    assert_string_equal(error.text, "broker 3 is away");
}

static void without_an_error_only_the_status_is_passed_on(void **state)
{
    (void)state;
    assert_int_equal(rlc_error_set(NULL, RLC_RETRY, "poll", 0, "nobody asks"), RLC_RETRY);
}

static void a_new_text_may_quote_the_old_one(void **state)
{
    struct rlc_error error = { 0 };

    (void)state;
    (void)rlc_error_set(&error, RLC_FATAL, "open", 2, "no such file");
    (void)rlc_error_set(&error, RLC_FATAL, "start", error.code, "cannot start: %s", error.text);

    assert_string_equal(error.text, "cannot start: no such file");
    assert_int_equal(error.code, 2);
}

static void a_long_text_is_cut_between_two_characters(void **state)
{
    struct rlc_error error = { 0 };
    char filler[sizeof(error.text)];

    (void)state;
    memset(filler, 'x', sizeof(filler));
    filler[sizeof(error.text) - 2] = '\0';
    (void)rlc_error_set(&error, RLC_FATAL, "open", 0, "%s\xC3\xA9 and more", filler);
    assert_string_equal(error.text, filler);

    filler[sizeof(error.text) - 3] = '\0';
    (void)rlc_error_set(&error, RLC_FATAL, "open", 0, "%s\xC3\xA9 and more", filler);
    assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
    assert_string_equal(error.text + sizeof(error.text) - 3, "\xC3\xA9");
}

static void a_text_that_just_fits_is_kept_whole(void **state)
{
    struct rlc_error error = { 0 };
    char filler[sizeof(error.text)];

    (void)state;
    memset(filler, 'x', sizeof(filler));
    filler[sizeof(error.text) - 1] = '\0';
    (void)rlc_error_set(&error, RLC_FATAL, "open", 0, "%s", filler);
    assert_string_equal(error.text, filler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_kept_and_the_status_returned),
        cmocka_unit_test(without_an_error_only_the_status_is_passed_on),
        cmocka_unit_test(a_new_text_may_quote_the_old_one),
        cmocka_unit_test(a_long_text_is_cut_between_two_characters),
        cmocka_unit_test(a_text_that_just_fits_is_kept_whole),
    };

    return cmocka_run_group_tests_name("runtime error", tests, NULL, NULL);
}
