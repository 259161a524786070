/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/topics.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"

static const char *setting_of(const struct rlc_topic_row *row, const char *name)
{
    for (const struct rlc_topic_setting *setting = row->settings; setting->name; setting++) {
        if (strcmp(setting->name, name) == 0)
            return setting->value;
    }
    return "the broker's default";
}

/* With CreateTime a broker refuses what a worker writes whose clock is an hour ahead. */
static void every_topic_takes_its_time_from_the_broker(void **state)
{
    (void)state;
    for (int use = 0; use < RLC_TOPIC_USE_COUNT; use++) {
        const struct rlc_topic_row *row = rlc_topic_row((enum rlc_topic_use)use);

        assert_string_equal(setting_of(row, "message.timestamp.type"), "LogAppendTime");
    }
}

static void only_logs_are_forgotten_and_only_by_age(void **state)
{
    (void)state;
    for (int use = 0; use < RLC_TOPIC_USE_COUNT; use++) {
        const struct rlc_topic_row *row = rlc_topic_row((enum rlc_topic_use)use);
        bool compacted = row->single || row->state_of;

        assert_string_equal(setting_of(row, "cleanup.policy"), compacted ? "compact" : "delete");
        if (!compacted)
            assert_string_equal(setting_of(row, "retention.bytes"), "-1");
    }
}

/* ---- docs/DATA.md ---- */

#define PAGE_SIZE 65536

static void read_page(char *page)
{
    FILE *file = fopen(RLC_SOURCE_DIR "/docs/DATA.md", "rb");
    size_t size;

    assert_non_null(file);
    size = fread(page, 1, PAGE_SIZE, file);
    (void)fclose(file);
    assert_true(size > 0 && size < PAGE_SIZE);
    page[size] = '\0';
}

static const char *kept(const struct rlc_topic_row *row)
{
    static const struct {
        const char *value;
        const char *words;
    } TIMES[] = { { "157680000000", "5 years" },
                  { "31536000000", "1 year" },
                  { "7776000000", "90 days" },
                  { "2592000000", "30 days" } };
    const char *value = setting_of(row, "retention.ms");

    for (size_t i = 0; i < RLC_COUNT(TIMES); i++) {
        if (strcmp(TIMES[i].value, value) == 0)
            return TIMES[i].words;
    }
    return "for ever, the newest of each key";
}

static void the_page_of_data_has_each_topic_and_how_long_it_is_kept(void **state)
{
    static char page[PAGE_SIZE];
    int lines = 0;

    (void)state;
    read_page(page);
    for (int use = 0; use < RLC_TOPIC_USE_COUNT; use++) {
        const struct rlc_topic_row *row = rlc_topic_row((enum rlc_topic_use)use);
        char line[256];

        (void)snprintf(line, sizeof(line), "\n| `relance.%s` | %s | ", row->suffix, kept(row));
        if (!strstr(page, line))
            print_error("docs/DATA.md lacks:%s\n", line);
        assert_non_null(strstr(page, line));
    }
    for (const char *at = page; (at = strstr(at, "\n| `relance.")) != NULL; at++)
        lines++;
    assert_int_equal(lines, RLC_TOPIC_USE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_topic_takes_its_time_from_the_broker),
        cmocka_unit_test(only_logs_are_forgotten_and_only_by_age),
        cmocka_unit_test(the_page_of_data_has_each_topic_and_how_long_it_is_kept),
    };

    return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
