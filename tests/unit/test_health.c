/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/health.h"

#include "tests/support/check.h"
#include "tests/support/death.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/runtime/address.h"

#define START_MS INT64_C(1774996200000)

static const struct rlc_metric ROWS[] = {
    { .name = "events", .unit = "records", .help = "Records decided." },
};

/* A served health on a port that the system chose, under a clock of the test's. */
struct ward {
    struct rlc_health *health;
    struct rlc_metrics *metrics;
    rlc_ms now_ms;
    char answer[16384];
};

static int set_up(void **state)
{
    static struct ward ward;
    struct rlc_error error;

    ward = (struct ward){ .now_ms = START_MS };
    ward.health = rlc_health_new("scenario", rlc_clock_virtual(&ward.now_ms));
    ward.metrics = rlc_metrics_new(ROWS, RLC_COUNT(ROWS));
    assert_non_null(ward.health);
    assert_non_null(ward.metrics);
    rlc_health_add_metrics(ward.health, ward.metrics);
    assert_int_equal(rlc_health_serve(ward.health, "127.0.0.1:0", &error), RLC_OK);
    *state = &ward;
    return 0;
}

static int tear_down(void **state)
{
    struct ward *ward = *state;

    rlc_health_free(ward->health);
    rlc_metrics_free(ward->metrics);
    return 0;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int peer = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(peer >= 0);
    assert_int_equal(connect(peer, (const struct sockaddr *)&address, sizeof(address)), 0);
    return peer;
}

/* Sends one request and reads until the server closes; returns the answer, head included. */
static const char *ask(struct ward *ward, const char *request)
{
    int peer = connect_to(rlc_health_port(ward->health));
    size_t size = 0;
    ssize_t got;

    assert_int_equal(write(peer, request, strlen(request)), strlen(request));
    while ((got = read(peer, ward->answer + size, sizeof(ward->answer) - 1 - size)) > 0)
        size += (size_t)got;
    ward->answer[size] = '\0';
    (void)close(peer);
    return ward->answer;
}

static const char *get(struct ward *ward, const char *path)
{
    char request[128];

    (void)snprintf(request, sizeof(request),
                   "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
    return ask(ward, request);
}

static uint64_t now_ns(const struct ward *ward)
{
    return (uint64_t)ward->now_ms * 1000000;
}

static void assert_answer(const char *answer, const char *status, const char *body)
{
    const char *end = strstr(answer, "\r\n\r\n");

    assert_int_equal(strncmp(answer, status, strlen(status)), 0);
    assert_non_null(end);
    assert_string_equal(end + 4, body);
}

static void a_loop_that_moves_is_alive(void **state)
{
    struct ward *ward = *state;

    rlc_health_beat(ward->health, "COMMIT", now_ns(ward));
    ward->now_ms += RLC_HEALTH_SILENCE_MS - 1;
    assert_answer(get(ward, "/livez"), "HTTP/1.1 200",
                  "{\"alive\":true,\"step\":\"COMMIT\",\"silence_ms\":29999,\"blocking\":false}\n");
}

static void a_silent_loop_is_dead_until_it_beats_again(void **state)
{
    struct ward *ward = *state;

    rlc_health_beat(ward->health, "DECIDE", now_ns(ward));
    ward->now_ms += RLC_HEALTH_SILENCE_MS;
    assert_answer(
        get(ward, "/livez"), "HTTP/1.1 503",
        "{\"alive\":false,\"step\":\"DECIDE\",\"silence_ms\":30000,\"blocking\":false}\n");

    rlc_health_beat(ward->health, "POLL", now_ns(ward));
    assert_int_equal(strncmp(get(ward, "/livez"), "HTTP/1.1 200", 12), 0);
}

static void a_loop_inside_a_blocking_call_is_alive(void **state)
{
    struct ward *ward = *state;

    rlc_health_beat(ward->health, "SEND_OFFSETS", now_ns(ward));
    rlc_health_block(ward->health, true);
    ward->now_ms += 45000;
    assert_answer(
        get(ward, "/livez"), "HTTP/1.1 200",
        "{\"alive\":true,\"step\":\"SEND_OFFSETS\",\"silence_ms\":45000,\"blocking\":true}\n");

    rlc_health_block(ward->health, false);
    assert_true(rlc_health_alive(ward->health));
    ward->now_ms += RLC_HEALTH_SILENCE_MS;
    assert_false(rlc_health_alive(ward->health));
}

static void without_checks_nothing_is_ready(void **state)
{
    struct ward *ward = *state;

    assert_answer(get(ward, "/readyz"), "HTTP/1.1 503", "{\"ready\":false,\"checks\":[]}\n");
    assert_false(rlc_health_ready(ward->health));
}

static void readiness_says_which_check_fails_and_why(void **state)
{
    struct ward *ward = *state;
    size_t kafka = rlc_health_check(ward->health, "kafka");
    size_t redis = rlc_health_check(ward->health, "redis");

    rlc_health_set(ward->health, kafka, true, NULL);
    assert_answer(get(ward, "/readyz"), "HTTP/1.1 503",
                  "{\"ready\":false,\"checks\":["
                  "{\"name\":\"kafka\",\"ok\":true,\"why\":\"\"},"
                  "{\"name\":\"redis\",\"ok\":false,\"why\":\"not checked yet\"}]}\n");

    rlc_health_set(ward->health, redis, false, "refused: \"bad\"\n");
    assert_non_null(strstr(get(ward, "/readyz"), "\"why\":\"refused: \\\"bad\\\"\\n\"}]}"));

    rlc_health_set(ward->health, redis, true, "");
    assert_answer(get(ward, "/readyz"), "HTTP/1.1 200",
                  "{\"ready\":true,\"checks\":["
                  "{\"name\":\"kafka\",\"ok\":true,\"why\":\"\"},"
                  "{\"name\":\"redis\",\"ok\":true,\"why\":\"\"}]}\n");
    assert_true(rlc_health_ready(ward->health));
}

static void a_check_has_one_place_and_can_be_dropped(void **state)
{
    struct ward *ward = *state;
    size_t first = rlc_health_check(ward->health, "debtor-events/1");
    size_t second = rlc_health_check(ward->health, "debtor-events/2");

    assert_int_not_equal(first, second);
    assert_int_equal(rlc_health_check(ward->health, "debtor-events/1"), first);
    rlc_health_set(ward->health, second, true, NULL);
    assert_false(rlc_health_ready(ward->health));

    rlc_health_drop(ward->health, first);
    assert_true(rlc_health_ready(ward->health));
    assert_int_equal(rlc_health_check(ward->health, "debtor-events/3"), first);
    assert_false(rlc_health_ready(ward->health));
}

static void long_names_are_cut_and_found_again(void **state)
{
    struct ward *ward = *state;
    char name[2 * RLC_HEALTH_NAME_SIZE];
    char why[2 * RLC_HEALTH_WHY_SIZE];
    size_t check;

    memset(name, 'n', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    memset(why, 'w', sizeof(why));
    why[sizeof(why) - 1] = '\0';
    check = rlc_health_check(ward->health, name);
    rlc_health_set(ward->health, check, false, why);

    assert_int_equal(rlc_health_check(ward->health, name), check);
    assert_int_equal(strspn(strstr(get(ward, "/readyz"), "www"), "w"), RLC_HEALTH_WHY_SIZE - 1);
}

static void every_check_at_its_longest_is_answered(void **state)
{
    struct ward *ward = *state;
    char why[RLC_HEALTH_WHY_SIZE];
    const char *answer;

    memset(why, 'w', sizeof(why));
    why[sizeof(why) - 1] = '\0';
    for (int i = 0; i < 64; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "debtor-events/%d", i);
        rlc_health_set(ward->health, rlc_health_check(ward->health, name), false, why);
    }
    answer = get(ward, "/readyz");
    assert_string_equal(answer + strlen(answer) - 4, "}]}\n");
}

static void metrics_of_tables_and_process_are_served(void **state)
{
    struct ward *ward = *state;
    const char *answer;

    rlc_metrics_add(ward->metrics, rlc_series(0), 7);
    answer = get(ward, "/metrics");

    assert_int_equal(strncmp(answer, "HTTP/1.1 200", 12), 0);
    assert_non_null(strstr(answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    assert_non_null(strstr(answer, "\nrlc_events_total 7\n"));
    assert_non_null(strstr(answer, "worker=\"scenario\"} 1\n"));
    assert_non_null(strstr(answer, "\nprocess_open_fds "));
}

static void what_is_not_ready_is_a_number_too(void **state)
{
    struct ward *ward = *state;
    size_t check = rlc_health_check(ward->health, "debtor-events/3");
    const char *answer;

    rlc_health_set(ward->health, check, false, "it stands");
    answer = get(ward, "/metrics");
    assert_non_null(strstr(answer, "\nrlc_ready 0\n"));
    assert_non_null(strstr(answer, "\nrlc_not_ready{check=\"debtor-events/3\"} 1\n"));
    rlc_health_set(ward->health, check, true, NULL);
    answer = get(ward, "/metrics");
    assert_non_null(strstr(answer, "\nrlc_ready 1\n"));
    assert_null(strstr(answer, "\nrlc_not_ready{"));
}

static void other_pages_and_methods_are_refused(void **state)
{
    struct ward *ward = *state;

    assert_answer(get(ward, "/"), "HTTP/1.1 404", "{\"error\":\"no such page\"}\n");
    assert_answer(get(ward, "/livez/"), "HTTP/1.1 404", "{\"error\":\"no such page\"}\n");
    assert_answer(ask(ward, "POST /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            "Content-Length: 5\r\n\r\nhello"),
                  "HTTP/1.1 405", "{\"error\":\"only GET and HEAD\"}\n");
    assert_answer(ask(ward, "HEAD /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                  "HTTP/1.1 200", "");
    assert_int_equal(strncmp(get(ward, "/livez?verbose"), "HTTP/1.1 200", 12), 0);
}

static void a_taken_port_is_refused_with_its_reason(void **state)
{
    struct ward *ward = *state;
    struct rlc_health *second = rlc_health_new("scenario", rlc_clock_virtual(&ward->now_ms));
    char listen_at[32];
    struct rlc_error error;

    (void)snprintf(listen_at, sizeof(listen_at), "127.0.0.1:%d", rlc_health_port(ward->health));
    assert_int_equal(rlc_health_serve(second, listen_at, &error), RLC_FATAL);
    assert_non_null(strstr(error.text, "cannot listen at 127.0.0.1:"));
    assert_non_null(strstr(error.text, "Address already in use"));
    assert_int_equal(rlc_health_port(second), 0);

    assert_int_equal(rlc_health_serve(second, "localhost", &error), RLC_FATAL);
    assert_string_equal(error.text, "'localhost' is no address");
    rlc_health_free(second);
    rlc_health_free(NULL);
}

static void more_checks_than_there_is_room(void)
{
    rlc_ms now_ms = START_MS;
    struct rlc_health *health = rlc_health_new("scenario", rlc_clock_virtual(&now_ms));

    for (int i = 0; i <= RLC_HEALTH_CHECKS_MAX; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "check %d", i);
        (void)rlc_health_check(health, name);
    }
}

static void too_many_checks_are_a_programming_error(void **state)
{
    (void)state;
    assert_aborts(more_checks_than_there_is_room);
}

int main(void)
{
#define HEALTH_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        HEALTH_TEST(a_loop_that_moves_is_alive),
        HEALTH_TEST(a_silent_loop_is_dead_until_it_beats_again),
        HEALTH_TEST(a_loop_inside_a_blocking_call_is_alive),
        HEALTH_TEST(without_checks_nothing_is_ready),
        HEALTH_TEST(readiness_says_which_check_fails_and_why),
        HEALTH_TEST(a_check_has_one_place_and_can_be_dropped),
        HEALTH_TEST(long_names_are_cut_and_found_again),
        HEALTH_TEST(every_check_at_its_longest_is_answered),
        HEALTH_TEST(metrics_of_tables_and_process_are_served),
        HEALTH_TEST(what_is_not_ready_is_a_number_too),
        HEALTH_TEST(other_pages_and_methods_are_refused),
        HEALTH_TEST(a_taken_port_is_refused_with_its_reason),
        cmocka_unit_test(too_many_checks_are_a_programming_error),
    };
#undef HEALTH_TEST

    return cmocka_run_group_tests_name("health", tests, NULL, NULL);
}
