/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/file.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_file_that_just_fits_is_read_whole(void **state)
{
    char path[] = "/tmp/test_file.XXXXXX";
    int file = mkstemp(path);
    char buffer[6] = "xxxxx";
    size_t size = 0;
    struct rlc_error error;

    (void)state;
    assert_int_equal(write(file, "hello", 5), 5);
    (void)close(file);

    assert_int_equal(rlc_file_read(path, buffer, 5, &size, &error), RLC_OK);
    assert_int_equal(size, 5);
    assert_string_equal(buffer, "hello");
    assert_int_equal(rlc_file_read(path, buffer, 4, &size, &error), RLC_FATAL);
    assert_non_null(strstr(error.text, "is larger than 4 bytes"));
    (void)unlink(path);
}

static void what_is_no_readable_file_is_refused(void **state)
{
    char buffer[16];
    size_t size;
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_file_read("/", buffer, sizeof(buffer) - 1, &size, &error), RLC_FATAL);
    assert_string_equal(error.text, "cannot read '/': Is a directory");
    assert_int_equal(rlc_file_read("/nowhere/x", buffer, sizeof(buffer) - 1, &size, &error),
                     RLC_FATAL);
    assert_string_equal(error.text, "cannot read '/nowhere/x': No such file or directory");
}

static void an_empty_pipe_does_not_block(void **state)
{
    char path[] = "/tmp/test_file.XXXXXX";
    char buffer[16] = "x";
    size_t size = 1;
    struct rlc_error error;

    (void)state;
    assert_non_null(mkdtemp(path));
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(rlc_file_read(path, buffer, sizeof(buffer) - 1, &size, &error), RLC_OK);
    assert_int_equal(size, 0);
    assert_string_equal(buffer, "");
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_just_fits_is_read_whole),
        cmocka_unit_test(what_is_no_readable_file_is_refused),
        cmocka_unit_test(an_empty_pipe_does_not_block),
    };

    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
