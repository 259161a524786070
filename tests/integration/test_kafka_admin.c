/* SPDX-License-Identifier: Apache-2.0 */
/* Topic administration against a real broker. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/runtime/genesis.h"
#include "tests/integration/kafka_lab.h"

#define UNREACHABLE "127.0.0.1:1"

static const struct rlc_topic_setting ARCHIVE[] = {
    { "cleanup.policy", "delete", "a log, read in order" },
    { "retention.ms", "157680000000", "the archive" },
    { NULL, NULL, NULL },
};

static const struct rlc_topic_setting COMPACTED[] = {
    { "cleanup.policy", "compact,delete", "both" },
    { "retention.ms", "1000", NULL },
    { NULL, NULL, NULL },
};

/* Two topic names that nobody used, and an admin. */
struct bench {
    struct lab lab;
    struct rlc_kafka_admin *admin;
    struct rlc_error error;
    char mismatch[RLC_KAFKA_MISMATCH_MAX];
};

static void bench_open(struct bench *bench)
{
    lab_open(&bench->lab, 1);
    (void)strncat(bench->lab.name[LAB_IN], "-new", 8);
    (void)strncat(bench->lab.name[LAB_OUT], "-new", 8);
    assert_int_equal(rlc_kafka_admin_open(&bench->lab.settings, &bench->admin, &bench->error),
                     RLC_OK);
}

static struct rlc_kafka_topic topic_of(const struct bench *bench, int which, int32_t partitions,
                                       const struct rlc_topic_setting *settings)
{
    return (struct rlc_kafka_topic){ bench->lab.name[which], partitions,
                                     RLC_KAFKA_REPLICATION_DEFAULT, settings };
}

static void says(const struct bench *bench, const char *text)
{
    if (!strstr(bench->mismatch, text))
        fail_msg("\"%s\" is not in: %s", text, bench->mismatch);
}

static void creating_topics_twice_changes_nothing(void **state)
{
    struct bench bench;
    struct rlc_kafka_topic topics[2];

    (void)state;
    bench_open(&bench);
    topics[0] = topic_of(&bench, LAB_IN, 3, ARCHIVE);
    topics[1] = topic_of(&bench, LAB_OUT, 1, NULL);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rlc_kafka_topics_create(bench.admin, topics, 2, &bench.error), RLC_OK);
        for (int t = 0; t < 2; t++) {
            assert_int_equal(rlc_kafka_topic_verify(bench.admin, &topics[t], bench.mismatch,
                                                    sizeof(bench.mismatch), &bench.error),
                             RLC_OK);
            assert_string_equal(bench.mismatch, "");
        }
    }
    rlc_kafka_admin_close(bench.admin);
}

static void one_topic_with_another_partition_count_is_refused_by_name(void **state)
{
    struct bench bench;
    struct rlc_kafka_topic topic;

    (void)state;
    bench_open(&bench);
    topic = topic_of(&bench, LAB_IN, 2, NULL);
    assert_int_equal(rlc_kafka_topics_create(bench.admin, &topic, 1, &bench.error), RLC_OK);
    topic.partitions = 6;
    assert_int_equal(rlc_kafka_topics_create(bench.admin, &topic, 1, &bench.error), RLC_REJECT);
    assert_non_null(strstr(bench.error.text, topic.name));
    assert_int_equal(rlc_kafka_topic_verify(bench.admin, &topic, bench.mismatch,
                                            sizeof(bench.mismatch), &bench.error),
                     RLC_REJECT);
    says(&bench, "has 2 partitions, must have 6");
    rlc_kafka_admin_close(bench.admin);
}

static void a_setting_the_broker_does_not_know_is_refused(void **state)
{
    static const struct rlc_topic_setting wrong[] = { { "no.such.setting", "1", NULL },
                                                      { NULL, NULL, NULL } };
    struct bench bench;
    struct rlc_kafka_topic topic;

    (void)state;
    bench_open(&bench);
    topic = topic_of(&bench, LAB_IN, 1, wrong);
    assert_int_equal(rlc_kafka_topics_create(bench.admin, &topic, 1, &bench.error), RLC_REJECT);
    assert_non_null(strstr(bench.error.text, topic.name));
    rlc_kafka_admin_close(bench.admin);
}

static void a_wrong_setting_is_told_with_its_repair(void **state)
{
    struct bench bench;
    struct rlc_kafka_topic topic;

    (void)state;
    bench_open(&bench);
    topic = topic_of(&bench, LAB_IN, 1, ARCHIVE);
    assert_int_equal(rlc_kafka_topics_create(bench.admin, &topic, 1, &bench.error), RLC_OK);
    topic.settings = COMPACTED;
    assert_int_equal(rlc_kafka_topic_verify(bench.admin, &topic, bench.mismatch,
                                            sizeof(bench.mismatch), &bench.error),
                     RLC_REJECT);
    says(&bench, "cleanup.policy is delete, must be compact,delete (both)");
    says(&bench, "retention.ms is 157680000000, must be 1000");
    says(&bench, "--add-config cleanup.policy=[compact,delete],retention.ms=1000");
    says(&bench, topic.name);
    says(&bench, bench.lab.settings.bootstrap_servers);
    rlc_kafka_admin_close(bench.admin);
}

static void a_missing_topic_is_told_with_its_repair(void **state)
{
    struct bench bench;
    struct rlc_kafka_topic topic;
    int32_t count = 0;

    (void)state;
    bench_open(&bench);
    topic = topic_of(&bench, LAB_IN, 1, ARCHIVE);
    assert_int_equal(rlc_kafka_topic_partitions(bench.admin, topic.name, &count, &bench.error),
                     RLC_REJECT);
    assert_int_equal(rlc_kafka_topic_verify(bench.admin, &topic, bench.mismatch,
                                            sizeof(bench.mismatch), &bench.error),
                     RLC_REJECT);
    says(&bench, "does not exist; repair: relancectl topics create");
    rlc_kafka_admin_close(bench.admin);
}

static void an_absent_broker_is_told_within_the_time_promised(void **state)
{
    struct bench bench;
    struct rlc_kafka_topic topic;
    struct timespec before, after;

    (void)state;
    bench_open(&bench);
    rlc_kafka_admin_close(bench.admin);
    bench.lab.settings.bootstrap_servers = UNREACHABLE;
    assert_int_equal(rlc_kafka_admin_open(&bench.lab.settings, &bench.admin, &bench.error), RLC_OK);
    topic = topic_of(&bench, LAB_IN, 1, NULL);
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(rlc_kafka_topics_create(bench.admin, &topic, 1, &bench.error), RLC_RETRY);
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    assert_true(after.tv_sec - before.tv_sec <= 12);
    rlc_kafka_admin_close(bench.admin);
}

/* Half of the topic has no leader yet: the caller tries again at once. */
static void genesis_tried_again_writes_no_second_checkpoint(void **state)
{
    static const uint8_t uuid[RLC_UUID_SIZE] = "an-installation";
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error = { .text = "" };
    struct rlc_position from = { LAB_OUT, 0, RLC_OFFSET_BEGIN };
    enum rlc_status status = RLC_RETRY;
    int32_t written;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_tool(&lab);
    assert_int_not_equal(rlc_genesis_checkpoints(bus, LAB_OUT, "w", 2, uuid, &written, &error),
                         RLC_OK);
    for (int i = 0; status == RLC_RETRY && i < 50; i++) {
        if (i)
            lab_sleep(100);
        status = rlc_genesis_checkpoints(bus, LAB_OUT, "w", 1, uuid, &written, &error);
    }
    assert_int_equal(status, RLC_OK);
    assert_int_equal(bus->ops->read(bus, &from, 1, &error), RLC_OK);
    assert_int_equal(lab_read_next(bus).kind, RLC_BUS_RECORD);
    assert_int_equal(lab_read_next(bus).kind, RLC_BUS_END);
    bus->ops->close(bus, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creating_topics_twice_changes_nothing),
        cmocka_unit_test(one_topic_with_another_partition_count_is_refused_by_name),
        cmocka_unit_test(a_setting_the_broker_does_not_know_is_refused),
        cmocka_unit_test(a_wrong_setting_is_told_with_its_repair),
        cmocka_unit_test(a_missing_topic_is_told_with_its_repair),
        cmocka_unit_test(an_absent_broker_is_told_within_the_time_promised),
        cmocka_unit_test(genesis_tried_again_writes_no_second_checkpoint),
    };

    if (!lab_has_broker())
        return LAB_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
