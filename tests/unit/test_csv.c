/* SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <stdlib.h>

#include "tests/support/check.h"

enum { TEXT_MAX = 4096 };

static void append(char *result, const char *text, size_t size, char separator)
{
    size_t used = strlen(result);

    (void)snprintf(result + used, TEXT_MAX - used, "%.*s%c", (int)size, text, separator);
}

/* Reads a whole text; records are joined by '/', fields by '|'; a fault ends it with its place. */
static char *read_all(const char *text, size_t size)
{
    char *copy = calloc(1, size + 1);
    char *result = calloc(1, TEXT_MAX);
    struct rlc_fault fault = { 0 };
    enum csv_answer answer;
    struct csv csv;
    FILE *file;

    assert_true(copy && result);
    memcpy(copy, text, size);
    file = fmemopen(copy, size, "r");
    assert_non_null(file);
    csv_init(&csv, file, ',');
    while ((answer = csv_next(&csv, &fault)) == CSV_RECORD) {
        for (size_t i = 0; i < csv.count; i++)
            append(result, csv.fields[i].size ? (const char *)csv.fields[i].data : "",
                   csv.fields[i].size, i + 1 < csv.count ? '|' : '/');
    }
    if (answer == CSV_WRONG)
        append(result, fault.path, strlen(fault.path), '\0');
    csv_clear(&csv);
    (void)fclose(file);
    free(copy);
    return result;
}

static void records_are_read_as_the_standard_writes_them(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        const char *expected;
    } CASE[] = {
        { "plain", "a,b\nc,d\n", "a|b/c|d/" },
        { "no line end at the end", "a,b", "a|b/" },
        { "line ends of Windows", "a,b\r\nc,d\r\n", "a|b/c|d/" },
        { "byte order mark",
          "\xEF\xBB\xBF"
          "a,b\n",
          "a|b/" },
        { "empty fields", ",\na,,b\n", "|/a||b/" },
        { "empty lines are passed over", "a\n\n\nb\n", "a/b/" },
        { "quoted delimiter and quote", "\"a,b\",\"say \"\"x\"\"\"\n", "a,b|say \"x\"/" },
        { "quoted line break", "\"a\nb\",c\nd\n", "a\nb|c/d/" },
        { "empty quotes", "\"\",a\n", "|a/" },
        { "quote inside a field", "a\nb\"c\n", "a/line 2" },
        { "text after a quote", "\"a\"b\n", "line 1" },
        { "quote never closed", "a\n\"b\n", "a/line 2" },
        { "not UTF-8", "a\nb\xFF\n", "a/line 2" },
        { "fault after a record of two lines", "\"a\nb\"\nc\"\n", "a\nb/line 3" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASE) / sizeof(CASE[0]); i++) {
        char *result = read_all(CASE[i].text, strlen(CASE[i].text));

        if (strcmp(result, CASE[i].expected) != 0)
            fail_msg("%s: '%s' instead of '%s'", CASE[i].name, result, CASE[i].expected);
        free(result);
    }
}

static void too_many_fields_are_refused_with_their_line(void **state)
{
    char text[2 * CSV_FIELDS_MAX + 8];
    char *result;

    (void)state;
    memset(text, ',', sizeof(text));
    text[1] = '\n';
    result = read_all(text, sizeof(text));

    assert_non_null(strstr(result, "line 2"));
    free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read_as_the_standard_writes_them),
        cmocka_unit_test(too_many_fields_are_refused_with_their_line),
    };

    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
