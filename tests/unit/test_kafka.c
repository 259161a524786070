/* SPDX-License-Identifier: Apache-2.0 */
/* What the Kafka bus decides without a broker: the reaction to errors, and the group metadata. */
#include <librdkafka/rdkafka.h>
#include <string.h>

#include "common/kafka/internal.h"
#include "tests/support/check.h"

/* ---- group metadata ---- */

static void the_metadata_that_the_library_writes_is_understood(void **state)
{
    rd_kafka_consumer_group_metadata_t *metadata =
        rd_kafka_consumer_group_metadata_new_with_genid("group", 42, "member-7", "instance");
    void *bytes = NULL;
    size_t size = 0;
    int32_t generation = 0;
    const char *member = NULL;

    (void)state;
    assert_null(rd_kafka_consumer_group_metadata_write(metadata, &bytes, &size));
    assert_true(rlc_kafka_metadata_parse(bytes, size, &generation, &member));
    assert_int_equal(generation, 42);
    assert_string_equal(member, "member-7");
    rd_kafka_mem_free(NULL, bytes);
    rd_kafka_consumer_group_metadata_destroy(metadata);
}

static void a_member_that_has_not_joined_has_no_generation(void **state)
{
    rd_kafka_consumer_group_metadata_t *metadata = rd_kafka_consumer_group_metadata_new("group");
    void *bytes = NULL;
    size_t size = 0;
    int32_t generation = 0;
    const char *member = NULL;

    (void)state;
    assert_null(rd_kafka_consumer_group_metadata_write(metadata, &bytes, &size));
    assert_true(rlc_kafka_metadata_parse(bytes, size, &generation, &member));
    assert_int_equal(generation, -1);
    assert_string_equal(member, "");
    rd_kafka_mem_free(NULL, bytes);
    rd_kafka_consumer_group_metadata_destroy(metadata);
}

static void metadata_in_another_format_or_cut_off_is_refused(void **state)
{
    const char whole[] = "CGMDv2:\1\0\0\0group\0member\0";
    const size_t needed = sizeof(whole) - 1; /* up to the NUL of the member */
    char newer[sizeof(whole)];
    int32_t generation = 0;
    const char *member = NULL;

    (void)state;
    assert_true(rlc_kafka_metadata_parse(whole, needed, &generation, &member));
    assert_int_equal(generation, 1);
    for (size_t size = 0; size < needed; size++)
        assert_false(rlc_kafka_metadata_parse(whole, size, &generation, &member));
    memcpy(newer, whole, sizeof(whole));
    newer[5] = '3';
    assert_false(rlc_kafka_metadata_parse(newer, needed, &generation, &member));
}

/* ---- errors ---- */

static void fencing_comes_before_the_flags(void **state)
{
    static const rd_kafka_resp_err_t codes[] = {
        RD_KAFKA_RESP_ERR__FENCED,
        RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
        RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
        RD_KAFKA_RESP_ERR_INVALID_TXN_STATE,
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(codes); i++)
        assert_true(rlc_kafka_code_is_fencing(codes[i]));
    assert_false(rlc_kafka_code_is_fencing(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION));
    assert_false(rlc_kafka_code_is_fencing(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID));
    assert_false(rlc_kafka_code_is_fencing(RD_KAFKA_RESP_ERR_NO_ERROR));
}

/* begin_transaction before init_transactions: an error without any flag. */
static void an_error_without_a_flag_ends_the_producer(void **state)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char text[128];
    struct rlc_error error = { .text = "" };
    rd_kafka_t *rk;

    (void)state;
    (void)rd_kafka_conf_set(conf, "transactional.id", "nobody", text, sizeof(text));
    rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text));
    assert_non_null(rk);
    assert_int_equal(rlc_kafka_txn_error(rd_kafka_begin_transaction(rk), "begin", &error),
                     RLC_FATAL);
    assert_string_equal(error.origin, "begin");
    assert_int_equal(error.code, RD_KAFKA_RESP_ERR__STATE);
    assert_int_equal(rlc_kafka_txn_error(NULL, "begin", &error), RLC_OK);
    rd_kafka_destroy(rk);
}

static void a_question_is_repeated_unless_somebody_must_change_something(void **state)
{
    static const struct {
        rd_kafka_resp_err_t code;
        enum rlc_status status;
    } rows[] = {
        { RD_KAFKA_RESP_ERR__TIMED_OUT, RLC_RETRY },
        { RD_KAFKA_RESP_ERR__TRANSPORT, RLC_RETRY },
        { RD_KAFKA_RESP_ERR__WAIT_COORD, RLC_RETRY },
        { RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RLC_RETRY },
        { RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RLC_RETRY },
        { RD_KAFKA_RESP_ERR__AUTHENTICATION, RLC_FATAL },
        { RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RLC_FATAL },
    };
    struct rlc_error error;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(rows); i++) {
        assert_int_equal(rlc_kafka_ask_error(rows[i].code, "watermarks", &error), rows[i].status);
        assert_int_equal(error.code, rows[i].code);
        assert_int_equal(error.status, rows[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_metadata_that_the_library_writes_is_understood),
        cmocka_unit_test(a_member_that_has_not_joined_has_no_generation),
        cmocka_unit_test(metadata_in_another_format_or_cut_off_is_refused),
        cmocka_unit_test(fencing_comes_before_the_flags),
        cmocka_unit_test(an_error_without_a_flag_ends_the_producer),
        cmocka_unit_test(a_question_is_repeated_unless_somebody_must_change_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
