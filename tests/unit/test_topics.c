/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/topics.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_topic_takes_its_time_from_the_broker),
        cmocka_unit_test(only_logs_are_forgotten_and_only_by_age),
    };

    return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
