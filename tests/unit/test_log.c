/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/log.h"

#include "tests/support/check.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/runtime/error.h"

/* A log that writes into one end of a pair of sockets. Each write arrives as one message, so
 * reading shows what one write(2) wrote. */
struct desk {
    struct rlc_log log;
    rlc_ms now_ms;
    int reader;
    int writer;
    char line[RLC_LOG_LINE_MAX + 1];
};

#define START_MS INT64_C(1774996200123) /* 2026-03-31T22:30:00.123Z */
#define HEAD     "{\"ts\":\"2026-03-31T22:30:00.123Z\",\"level\":\"info\",\"worker\":\"scenario\","

static int set_up(void **state)
{
    static struct desk desk;
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
    desk = (struct desk){ .now_ms = START_MS, .reader = pair[0], .writer = pair[1] };
    rlc_log_init(&desk.log, desk.writer, RLC_LOG_INFO, "scenario", rlc_clock_virtual(&desk.now_ms));
    *state = &desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;

    rlc_log_clear(&desk->log);
    (void)close(desk->reader);
    (void)close(desk->writer);
    return 0;
}

/* The next line, "" when there is none. */
static const char *next_line(struct desk *desk)
{
    ssize_t size = read(desk->reader, desk->line, sizeof(desk->line) - 1);

    desk->line[size > 0 ? size : 0] = '\0';
    return desk->line;
}

static void a_line_holds_time_level_worker_event_and_fields(void **state)
{
    struct desk *desk = *state;
    struct rlc_error error;

    (void)rlc_error_set(&error, RLC_ABORT, "commit", -7, "broker \"%d\" is away", 3);
    rlc_log(&desk->log, RLC_LOG_INFO, "restore.torn", RLC_F_I64("partition", -3),
            RLC_F_TEXT("why", "line\nbreak"), RLC_F_SPAN("key", rlc_span_from("ab\0c", 3)),
            RLC_F_BOOL("ready", true), RLC_F_BOOL("late", false), RLC_F_MS("due", 0),
            RLC_F_MS("never", INT64_MAX), RLC_F_ERROR(&error));

    assert_string_equal(next_line(desk),
                        HEAD "\"event\":\"restore.torn\",\"partition\":-3,\"why\":\"line\\nbreak\","
                             "\"key\":\"ab\\u0000\",\"ready\":true,"
                             "\"late\":false,"
                             "\"due\":\"1970-01-01T00:00:00.000Z\",\"never\":null,"
                             "\"error\":{\"status\":\"abort\",\"origin\":\"commit\",\"code\":-7,"
                             "\"text\":\"broker \\\"3\\\" is away\"}}\n");
}

static void a_line_may_have_no_fields(void **state)
{
    struct desk *desk = *state;

    rlc_log(&desk->log, RLC_LOG_INFO, "worker.started");
    assert_string_equal(next_line(desk), HEAD "\"event\":\"worker.started\"}\n");
}

static void lines_below_the_level_are_not_written(void **state)
{
    struct desk *desk = *state;

    rlc_log(&desk->log, RLC_LOG_DEBUG, "step.begun");
    assert_string_equal(next_line(desk), "");
    rlc_log(&desk->log, RLC_LOG_WARN, "step.slow");
    assert_non_null(strstr(next_line(desk), "\"level\":\"warn\""));
}

static void identifiers_are_written_as_digests(void **state)
{
    struct desk *desk = *state;

    rlc_log(&desk->log, RLC_LOG_INFO, "debtor.held", RLC_F_ID("debtor", rlc_span_of("acme/D-1")),
            RLC_F_ID("none", rlc_span_of("")));

    /* printf 'acme/D-1' | sha256sum; printf '' | sha256sum */
    assert_string_equal(next_line(desk), HEAD "\"event\":\"debtor.held\","
                                              "\"debtor\":\"dfe26bdfce42f8e3\","
                                              "\"none\":\"e3b0c44298fc1c14\"}\n");
}

static void long_values_are_cut_and_bad_bytes_replaced(void **state)
{
    struct desk *desk = *state;
    char text[RLC_LOG_VALUE_MAX + 2];
    const char *line;

    memset(text, 'x', sizeof(text));
    rlc_log(&desk->log, RLC_LOG_INFO, "record.refused",
            RLC_F_SPAN("value", rlc_span_from(text, sizeof(text))), RLC_F_TEXT("raw", "\xFF"));

    line = next_line(desk);
    assert_non_null(strstr(line, "xxx\xE2\x80\xA6\",\"raw\":\"\xEF\xBF\xBD\"}\n"));
    assert_int_equal(strspn(strchr(line, 'x'), "x"), RLC_LOG_VALUE_MAX);
}

static void fields_that_do_not_fit_are_left_out_whole(void **state)
{
    struct desk *desk = *state;
    char text[RLC_LOG_VALUE_MAX];
    const char *line;
    size_t size;

    memset(text, 1, sizeof(text));
    rlc_log(&desk->log, RLC_LOG_INFO, "record.refused",
            RLC_F_SPAN("one", rlc_span_from(text, sizeof(text))),
            RLC_F_SPAN("two", rlc_span_from(text, sizeof(text))), RLC_F_I64("three", 3));

    line = next_line(desk);
    size = strlen(line);
    assert_true(size <= RLC_LOG_LINE_MAX);
    assert_non_null(strstr(line, "\"one\""));
    assert_null(strstr(line, "\"two\""));
    assert_string_equal(line + size - strlen(",\"three\":3,\"cut\":true}\n"),
                        ",\"three\":3,\"cut\":true}\n");
}

/* At each length of what stands before it, a field is there whole or the line says that it is cut.
 */
static void a_field_at_the_edge_is_there_whole_or_not_at_all(void **state)
{
    struct desk *desk = *state;
    bool seen_whole = false;
    bool seen_cut = false;

    for (size_t size = 330; size < 430; size++) {
        char text[RLC_LOG_VALUE_MAX];
        const char *line;
        bool whole;

        memset(text, 1, sizeof(text));
        desk->now_ms += RLC_LOG_WINDOW_MS;
        rlc_log(&desk->log, RLC_LOG_INFO, "record.refused",
                RLC_F_SPAN("one", rlc_span_from(text, 240)),
                RLC_F_SPAN("two", rlc_span_from(text, size)), RLC_F_I64("three", INT64_MIN),
                RLC_F_ID("four", rlc_span_of("x")));
        line = next_line(desk);
        whole = strstr(line, ",\"three\":-9223372036854775808") != NULL;
        seen_whole |= whole;
        seen_cut |= !whole;

        assert_true(strlen(line) <= RLC_LOG_LINE_MAX);
        assert_string_equal(line + strlen(line) - 2, "}\n");
        assert_true(whole || strstr(line, "\"cut\":true") != NULL);
        assert_true(whole || strstr(line, "three") == NULL);
    }
    assert_true(seen_whole && seen_cut);
}

static void a_storm_of_one_event_is_counted_instead_of_written(void **state)
{
    struct desk *desk = *state;
    int written = 0;

    for (int i = 0; i < 100; i++) {
        rlc_log(&desk->log, RLC_LOG_WARN, "record.refused", RLC_F_I64("number", i));
        written += next_line(desk)[0] != '\0';
    }
    assert_int_equal(written, RLC_LOG_BURST);

    desk->now_ms += RLC_LOG_WINDOW_MS;
    rlc_log(&desk->log, RLC_LOG_WARN, "record.refused", RLC_F_I64("number", 100));
    assert_non_null(strstr(next_line(desk), "\"number\":100,\"suppressed\":80}\n"));
    rlc_log(&desk->log, RLC_LOG_WARN, "record.refused", RLC_F_I64("number", 101));
    assert_non_null(strstr(next_line(desk), "\"number\":101}\n"));
}

static void other_events_and_levels_are_not_suppressed_with_it(void **state)
{
    struct desk *desk = *state;

    for (int i = 0; i < 100; i++) {
        rlc_log(&desk->log, RLC_LOG_WARN, "record.refused");
        (void)next_line(desk);
    }
    rlc_log(&desk->log, RLC_LOG_ERROR, "record.refused");
    assert_string_not_equal(next_line(desk), "");
    rlc_log(&desk->log, RLC_LOG_WARN, "other.event");
    assert_string_not_equal(next_line(desk), "");
}

static void a_flush_tells_what_was_suppressed_last(void **state)
{
    struct desk *desk = *state;

    for (int i = 0; i < RLC_LOG_BURST + 5; i++) {
        rlc_log(&desk->log, RLC_LOG_INFO, "record.refused");
        (void)next_line(desk);
    }
    rlc_log_flush(&desk->log);
    assert_string_equal(next_line(desk), HEAD "\"event\":\"record.refused\",\"suppressed\":5}\n");
    rlc_log_flush(&desk->log);
    assert_string_equal(next_line(desk), "");
}

static void more_events_than_are_watched_are_written_all_the_same(void **state)
{
    struct desk *desk = *state;

    for (int i = 0; i < 3 * RLC_LOG_EVENTS; i++) {
        char event[32];

        (void)snprintf(event, sizeof(event), "event.number.%d", i);
        rlc_log(&desk->log, RLC_LOG_INFO, event);
        assert_string_not_equal(next_line(desk), "");
    }
}

/* Logs the event until the next line of it would be suppressed. */
static void exhaust(struct desk *desk, const char *event)
{
    for (int i = 0; i < RLC_LOG_BURST; i++) {
        rlc_log(&desk->log, RLC_LOG_INFO, event);
        (void)next_line(desk);
    }
}

static void a_count_that_is_owed_is_not_forgotten_for_other_events(void **state)
{
    struct desk *desk = *state;

    exhaust(desk, "record.refused");
    rlc_log(&desk->log, RLC_LOG_INFO, "record.refused");
    for (int i = 0; i < 3 * RLC_LOG_EVENTS; i++) {
        char event[32];

        (void)snprintf(event, sizeof(event), "event.number.%d", i);
        desk->now_ms++;
        rlc_log(&desk->log, RLC_LOG_INFO, event);
        (void)next_line(desk);
    }
    desk->now_ms += RLC_LOG_WINDOW_MS;
    rlc_log(&desk->log, RLC_LOG_INFO, "record.refused");
    assert_non_null(strstr(next_line(desk), "\"suppressed\":1}\n"));
}

static void a_new_event_is_written_even_while_all_others_owe_a_count(void **state)
{
    struct desk *desk = *state;

    for (int i = 0; i < RLC_LOG_EVENTS; i++) {
        char event[32];

        (void)snprintf(event, sizeof(event), "event.number.%d", i);
        exhaust(desk, event);
        rlc_log(&desk->log, RLC_LOG_INFO, event);
        assert_string_equal(next_line(desk), "");
    }
    rlc_log(&desk->log, RLC_LOG_INFO, "other.event");
    assert_string_not_equal(next_line(desk), "");
}

static void a_clock_set_back_does_not_silence_the_log(void **state)
{
    struct desk *desk = *state;

    for (int i = 0; i < 100; i++) {
        rlc_log(&desk->log, RLC_LOG_INFO, "record.refused");
        (void)next_line(desk);
    }
    desk->now_ms -= INT64_C(3600000);
    rlc_log(&desk->log, RLC_LOG_INFO, "record.refused");
    assert_string_not_equal(next_line(desk), "");
}

static void *storm(void *log)
{
    for (int i = 0; i < 1000; i++)
        rlc_log((struct rlc_log *)log, RLC_LOG_INFO, "transfer.failed", RLC_F_I64("number", i));
    return NULL;
}

static void threads_share_one_count(void **state)
{
    struct desk *desk = *state;
    pthread_t thread[4];
    int written = 0;

    for (size_t i = 0; i < RLC_COUNT(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, storm, &desk->log), 0);
    for (size_t i = 0; i < RLC_COUNT(thread); i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    while (next_line(desk)[0])
        written++;

    /* Not more than a datagram socket keeps: those that nobody read are lost, not suppressed. */
    assert_true(written > 0 && written <= RLC_LOG_BURST);
    rlc_log_flush(&desk->log);
    assert_non_null(strstr(next_line(desk), "\"suppressed\":3980}\n"));
}

static void nobody_reading_loses_the_line_and_nothing_else(void **state)
{
    struct desk *desk = *state;

    for (int i = 0; i < 1000; i++) {
        desk->now_ms += RLC_LOG_WINDOW_MS;
        rlc_log(&desk->log, RLC_LOG_INFO, "record.refused");
    }
    assert_string_not_equal(next_line(desk), "");
}

int main(void)
{
#define LOG_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        LOG_TEST(a_line_holds_time_level_worker_event_and_fields),
        LOG_TEST(a_line_may_have_no_fields),
        LOG_TEST(lines_below_the_level_are_not_written),
        LOG_TEST(identifiers_are_written_as_digests),
        LOG_TEST(long_values_are_cut_and_bad_bytes_replaced),
        LOG_TEST(fields_that_do_not_fit_are_left_out_whole),
        LOG_TEST(a_field_at_the_edge_is_there_whole_or_not_at_all),
        LOG_TEST(a_storm_of_one_event_is_counted_instead_of_written),
        LOG_TEST(other_events_and_levels_are_not_suppressed_with_it),
        LOG_TEST(a_flush_tells_what_was_suppressed_last),
        LOG_TEST(more_events_than_are_watched_are_written_all_the_same),
        LOG_TEST(a_count_that_is_owed_is_not_forgotten_for_other_events),
        LOG_TEST(a_new_event_is_written_even_while_all_others_owe_a_count),
        LOG_TEST(a_clock_set_back_does_not_silence_the_log),
        LOG_TEST(threads_share_one_count),
        LOG_TEST(nobody_reading_loses_the_line_and_nothing_else),
    };
#undef LOG_TEST

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
