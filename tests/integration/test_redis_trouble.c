/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that refuse, are wrongly set up, say nothing or say nonsense: a view answers RLC_RETRY
 * with a sentence, in bounded time, and works again as soon as the server does. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/redis/view_redis.h"
#include "common/runtime/clock.h"
#include "tests/integration/impostor.h"
#include "tests/integration/redis_lab.h"

#define PREFIX "test.scenario"
/* Of calls that are expected to time out, and how much longer they may take on a busy machine. */
#define SHORT_MS 200
#define BOUND_MS INT64_C(1600)

static const uint8_t ours[RLC_UUID_SIZE] = { 1 };
static struct redis_lab lab;

static int set_up(void **state)
{
    (void)state;
    assert_string_equal(redis_lab_do(&lab, "FLUSHALL"), "OK");
    return 0;
}

static struct rlc_view *open_view(const struct rlc_redis_settings *settings)
{
    struct rlc_view *view;
    struct rlc_error error;

    if (rlc_redis_view_open(settings, PREFIX, &view, &error) != RLC_OK)
        fail_msg("open: %s", error.text);
    return view;
}

static enum rlc_status look(struct rlc_view *view, struct rlc_error *error)
{
    struct rlc_look ignored;

    return view->ops->look(view, 0, &ignored, error);
}

static struct rlc_look look_at(struct rlc_view *view)
{
    struct rlc_look seen;
    struct rlc_error error;

    if (view->ops->look(view, 0, &seen, &error) != RLC_OK)
        fail_msg("look: %s", error.text);
    return seen;
}

static enum rlc_status wipe(struct rlc_view *view, struct rlc_error *error)
{
    bool mine;

    return view->ops->wipe(view, 0, 1, ours, &mine, error);
}

static enum rlc_status apply(struct rlc_view *view, int64_t from, int64_t to,
                             struct rlc_error *error)
{
    const struct rlc_view_put put = { .key = rlc_span_of("k"), .value = rlc_span_of("v") };
    struct rlc_view_apply one = {
        .expect_off = from, .to = { .off = to }, .puts = &put, .count = 1
    };

    memcpy(one.to.installation, ours, sizeof(ours));
    return view->ops->apply(view, &one, 1, error);
}

static int64_t now_ms(void)
{
    struct rlc_clock clock = rlc_clock_system();

    return (int64_t)(rlc_clock_monotonic_ns(&clock) / 1000000);
}

static void assert_says(const struct rlc_error *error, const char *part)
{
    if (!strstr(error->text, part))
        fail_msg("\"%s\" does not say \"%s\"", error->text, part);
}

/* ---- settings ---- */

static void wrong_settings_are_refused_with_a_reason(void **state)
{
    struct {
        const char *part;
        struct rlc_redis_settings settings;
    } cases[8];
    size_t count = 0;
    struct rlc_view *view;
    struct rlc_error error;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(cases); i++)
        cases[i].settings = redis_lab_settings(&lab);
    cases[count].settings.host = NULL;
    cases[count++].part = "redis.host";
    cases[count].settings.host = "";
    cases[count++].part = "redis.host";
    cases[count].settings.port = 0;
    cases[count++].part = "redis.port";
    cases[count].settings.port = 65536;
    cases[count++].part = "redis.port";
    cases[count].settings.database = -1;
    cases[count++].part = "redis.database";
    cases[count].settings.connect_timeout_ms = 0;
    cases[count++].part = "time-outs";
    cases[count].settings.call_timeout_ms = -1;
    cases[count++].part = "time-outs";
    if (!rlc_redis_has_tls()) {
        cases[count].settings.tls = true;
        cases[count++].part = "redis.tls";
    }
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rlc_redis_view_open(&cases[i].settings, PREFIX, &view, &error), RLC_FATAL);
        assert_says(&error, cases[i].part);
    }
}

static void a_prefix_stays_inside_its_braces(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    char longest[RLC_REDIS_PREFIX_MAX + 2];
    const char *const wrong[] = { "", "a{b", "a}b", longest };
    struct rlc_view *view;
    struct rlc_error error;

    (void)state;
    memset(longest, 'x', sizeof(longest));
    longest[RLC_REDIS_PREFIX_MAX + 1] = '\0';
    for (size_t i = 0; i < RLC_COUNT(wrong); i++) {
        assert_int_equal(rlc_redis_view_open(&settings, wrong[i], &view, &error), RLC_FATAL);
        assert_says(&error, "prefix");
    }
    longest[RLC_REDIS_PREFIX_MAX] = '\0';
    assert_int_equal(rlc_redis_view_open(&settings, longest, &view, &error), RLC_OK);
    assert_int_equal(view->ops->publish_seen(view, INT32_MAX, &(struct rlc_seen){ 0 }, &error),
                     RLC_OK);
    view->ops->close(view);
}

static void a_server_that_is_away_at_first_is_no_error(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *view;
    struct rlc_error error;

    (void)state;
    redis_lab_kill(&lab);
    view = open_view(&settings);
    assert_int_equal(look(view, &error), RLC_RETRY);
    assert_says(&error, "cannot connect to Redis at 127.0.0.1");
    redis_lab_restart(&lab);
    assert_int_equal(look(view, &error), RLC_OK);
    view->ops->close(view);
}

static void databases_share_nothing(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *zero = open_view(&settings), *five, *none;
    struct rlc_error error;

    (void)state;
    settings.database = 5;
    five = open_view(&settings);
    assert_int_equal(wipe(five, &error), RLC_OK);
    assert_true(look_at(five).fence_present);
    assert_false(look_at(zero).fence_present);
    settings.database = 65535;
    none = open_view(&settings);
    assert_int_equal(look(none, &error), RLC_RETRY);
    assert_says(&error, "DB index");
    zero->ops->close(zero);
    five->ops->close(five);
    none->ops->close(none);
}

/* ---- logins ---- */

static void a_refused_login_is_said_without_the_password(void **state)
{
    static const struct {
        const char *username, *password;
    } cases[] = {
        { "alice", "wrong-Secret-1" }, /* another password */
        { "nobody", "wrong-Secret-2" },
        { NULL, "wrong-Secret-3" }, /* the default user has none */
    };
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *view;
    struct rlc_error error;

    (void)state;
    assert_string_equal(redis_lab_do(&lab, "ACL SETUSER alice on >right ~* +@all"), "OK");
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        settings.username = cases[i].username;
        settings.password = cases[i].password;
        view = open_view(&settings);
        assert_int_equal(look(view, &error), RLC_RETRY);
        assert_says(&error, "refuses the login");
        assert_null(strstr(error.text, "Secret"));
        view->ops->close(view);
    }
    settings.username = "alice";
    settings.password = "right";
    view = open_view(&settings);
    assert_int_equal(wipe(view, &error), RLC_OK);
    view->ops->close(view);
    assert_string_equal(redis_lab_do(&lab, "ACL DELUSER alice"), "1");
}

static void a_server_that_quotes_the_password_is_not_quoted(void **state)
{
    static const char answer[] =
        "-ERR unknown command 'AUTH' 'Secret', with args beginning with: 'Secret' \r\n";
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct impostor impostor;
    struct rlc_view *view;
    struct rlc_error error;

    (void)state;
    impostor_start(&impostor, lab.folder, rlc_span_of(answer), false);
    settings.host = impostor.socket;
    settings.password = "Secret";
    view = open_view(&settings);
    assert_int_equal(look(view, &error), RLC_RETRY);
    assert_says(&error, "refuses the login (ERR)");
    assert_null(strstr(error.text, "Secret"));
    view->ops->close(view);
    impostor_stop(&impostor);
}

static void a_login_is_asked_for(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *view;
    struct rlc_error error;

    (void)state;
    assert_string_equal(redis_lab_do(&lab, "CONFIG SET requirepass secret"), "OK");
    view = open_view(&settings);
    assert_int_equal(look(view, &error), RLC_RETRY);
    assert_says(&error, "NOAUTH");
    view->ops->close(view);
    redis_lab_kill(&lab);
    redis_lab_restart(&lab);
}

/* The least that the product asks an administrator for. */
static void a_user_with_few_rights_is_enough(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *view;
    struct rlc_error error;
    int64_t epoch;

    (void)state;
    redis_lab_do(&lab, "ACL SETUSER small on >pw ~{" PREFIX ":* +@read +@write +@transaction +eval "
                       "+evalsha -@dangerous");
    settings.username = "small";
    settings.password = "pw";
    view = open_view(&settings);
    assert_true(rlc_redis_view_policy_hidden(view));
    redis_lab_do(&lab, "SCRIPT FLUSH");
    assert_int_equal(view->ops->draw_epoch(view, 0, 0, &epoch, &error), RLC_OK);
    assert_int_equal(wipe(view, &error), RLC_OK);
    assert_int_equal(apply(view, RLC_OFFSET_NONE, 10, &error), RLC_OK);
    assert_int_equal(look_at(view).records, 1);
    view->ops->close(view);
    redis_lab_do(&lab, "ACL SETUSER small -eval -evalsha");
    view = open_view(&settings);
    assert_int_equal(apply(view, 10, 20, &error), RLC_RETRY);
    assert_says(&error, "NOPERM");
    view->ops->close(view);
    redis_lab_do(&lab, "ACL DELUSER small");
}

/* ---- servers that are set up wrongly, full or read-only ---- */

static void a_server_that_may_drop_keys_is_refused(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *view, *before = open_view(&settings);
    struct rlc_error error;

    (void)state;
    assert_false(rlc_redis_view_policy_hidden(before));
    redis_lab_do(&lab, "CONFIG SET maxmemory-policy allkeys-lru");
    assert_int_equal(rlc_redis_view_open(&settings, PREFIX, &view, &error), RLC_FATAL);
    assert_says(&error, "allkeys-lru");
    assert_says(&error, "set it to noeviction");
    /* A view that is open meets such a server when it has to connect again. */
    redis_lab_do(&lab, "CLIENT KILL TYPE normal");
    assert_int_equal(look(before, &error), RLC_RETRY);
    assert_int_equal(look(before, &error), RLC_RETRY);
    assert_says(&error, "set it to noeviction");
    redis_lab_do(&lab, "CONFIG SET maxmemory-policy noeviction");
    assert_int_equal(look(before, &error), RLC_OK);
    before->ops->close(before);
}

static void a_full_server_changes_nothing_and_is_retried(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *view = open_view(&settings);
    struct rlc_error error;

    (void)state;
    assert_int_equal(wipe(view, &error), RLC_OK);
    assert_int_equal(apply(view, RLC_OFFSET_NONE, 10, &error), RLC_OK);
    redis_lab_do(&lab, "CONFIG SET maxmemory 1");
    assert_int_equal(apply(view, 10, 20, &error), RLC_RETRY);
    assert_says(&error, "OOM");
    assert_int_equal(look(view, &error), RLC_RETRY); /* it refuses every MULTI, too */
    assert_says(&error, "OOM");
    redis_lab_do(&lab, "CONFIG SET maxmemory 0");
    assert_int_equal(look_at(view).fence.off, 10);
    assert_int_equal(apply(view, 10, 20, &error), RLC_OK);
    assert_int_equal(look_at(view).fence.off, 20);
    view->ops->close(view);
}

static void a_replica_is_retried_until_it_may_be_written(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *view = open_view(&settings);
    struct rlc_error error;

    (void)state;
    redis_lab_do(&lab, "REPLICAOF 127.0.0.1 1");
    assert_int_equal(wipe(view, &error), RLC_RETRY);
    assert_says(&error, "READONLY");
    assert_int_equal(look(view, &error), RLC_OK);
    redis_lab_do(&lab, "REPLICAOF NO ONE");
    assert_int_equal(wipe(view, &error), RLC_OK);
    view->ops->close(view);
}

/* ---- servers that say nothing, or nonsense ---- */

static void a_frozen_server_costs_a_bounded_time(void **state)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct rlc_view *view;
    struct rlc_error error;
    int64_t begun_ms;

    (void)state;
    settings.call_timeout_ms = SHORT_MS;
    settings.connect_timeout_ms = SHORT_MS;
    view = open_view(&settings);
    assert_int_equal(kill(lab.server, SIGSTOP), 0);
    begun_ms = now_ms();
    assert_int_equal(look(view, &error), RLC_RETRY);
    assert_says(&error, "Redis at 127.0.0.1 did not answer within 200 ms");
    assert_int_equal(look(view, &error), RLC_RETRY); /* now while connecting */
    assert_true(now_ms() - begun_ms >= SHORT_MS);
    assert_true(now_ms() - begun_ms < 2 * BOUND_MS);
    assert_int_equal(kill(lab.server, SIGCONT), 0);
    (void)look_at(view);
    view->ops->close(view);
}

#define GOOD_INFO "$29\r\nmaxmemory_policy:noeviction\r\n\r\n"
#define QUEUED    "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"

static void nonsense_is_retried_and_never_believed(void **state)
{
    static const struct {
        const char *answer;
        const char *says;
    } cases[] = {
        { "HTTP/1.1 400 Bad Request\r\n\r\n", "" },
        { "\r\n\r\n\r\n", "" },
        { "$-7\r\n", "" },
        { "$999999999999999999999\r\n", "" },
        { "*2147483648\r\n", "" },
        { "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "" },
        { ":1\r\n", "no Redis" },
        { "+OK\r\n", "no Redis" },
        { "*0\r\n", "no Redis" },
        { "$-1\r\n", "no Redis" },
        { "-LOADING Redis is loading the dataset in memory\r\n", "LOADING" },
        { "-NOAUTH Authentication required.\r\n", "NOAUTH" },
        { GOOD_INFO "-MOVED 3999 127.0.0.1:6381\r\n", "MOVED 3999" },
        { GOOD_INFO "-LOADING later\r\n", "LOADING" },
        { GOOD_INFO "-ERR unknown command 'MULTI', with args beginning with: 'Meier' \r\n",
          "unknown command 'MULTI'" },
        { GOOD_INFO ":7\r\n", "no Redis" },
        { GOOD_INFO QUEUED ":1\r\n", "no Redis" },
        { GOOD_INFO QUEUED "$-1\r\n", "no Redis" },
        { GOOD_INFO QUEUED "*0\r\n", "no Redis" },
        { GOOD_INFO QUEUED "*3\r\n:1\r\n:1\r\n:1\r\n", "no Redis" },
        { GOOD_INFO QUEUED "-EXECABORT Transaction discarded\r\n", "EXECABORT" },
        { GOOD_INFO QUEUED "*4\r\n-MISCONF disk\r\n:0\r\n:0\r\n*0\r\n", "MISCONF" },
    };
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct impostor impostor;
    struct rlc_view *view;
    struct rlc_error error;

    (void)state;
    settings.call_timeout_ms = SHORT_MS;
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        print_message("%s\n", cases[i].answer);
        impostor_start(&impostor, lab.folder, rlc_span_of(cases[i].answer), false);
        settings.host = impostor.socket;
        view = open_view(&settings);
        assert_int_equal(look(view, &error), RLC_RETRY);
        assert_says(&error, cases[i].says);
        assert_null(strstr(error.text, "Meier"));
        view->ops->close(view);
        impostor_stop(&impostor);
    }
}

static void answers_of_other_shapes_are_no_slice(void **state)
{
    static const char *const answers[] = {
        GOOD_INFO QUEUED "*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
        GOOD_INFO QUEUED "*4\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n",
        GOOD_INFO QUEUED "*4\r\n*-1\r\n*0\r\n*1\r\n:1\r\n+OK\r\n",
        GOOD_INFO QUEUED
        "*4\r\n*1\r\n*1\r\n:1\r\n:0\r\n:0\r\n*5\r\n:1\r\n:1\r\n:1\r\n:1\r\n$1\r\nx\r\n",
    };
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct impostor impostor;
    struct rlc_view *view;
    struct rlc_look seen;

    (void)state;
    settings.call_timeout_ms = SHORT_MS;
    for (size_t i = 0; i < RLC_COUNT(answers); i++) {
        impostor_start(&impostor, lab.folder, rlc_span_of(answers[i]), false);
        settings.host = impostor.socket;
        view = open_view(&settings);
        assert_int_equal(view->ops->look(view, 0, &seen, NULL), RLC_OK);
        assert_false(seen.fence_present || seen.seen_present);
        view->ops->close(view);
        impostor_stop(&impostor);
    }
}

static void scripts_that_answer_nonsense_are_retried(void **state)
{
    static const char *const answers[] = {
        GOOD_INFO "+OK\r\n",
        GOOD_INFO "*2\r\n:3\r\n$1\r\n1\r\n",
        GOOD_INFO "*1\r\n:0\r\n",
        GOOD_INFO "-NOSCRIPT no\r\n-NOSCRIPT still no\r\n",
        GOOD_INFO "-BUSY Redis is busy running a script\r\n",
    };
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct impostor impostor;
    struct rlc_view *view;
    struct rlc_error error;

    (void)state;
    settings.call_timeout_ms = SHORT_MS;
    for (size_t i = 0; i < RLC_COUNT(answers); i++) {
        print_message("%s\n", answers[i]);
        impostor_start(&impostor, lab.folder, rlc_span_of(answers[i]), false);
        settings.host = impostor.socket;
        view = open_view(&settings);
        assert_int_equal(apply(view, 10, 20, &error), RLC_RETRY);
        assert_int_equal(wipe(view, &error), RLC_RETRY);
        view->ops->close(view);
        impostor_stop(&impostor);
    }
}

static void a_trickling_server_costs_a_bounded_time(void **state)
{
    char slow[2000] = GOOD_INFO QUEUED "$1900\r\n";
    struct rlc_redis_settings settings = redis_lab_settings(&lab);
    struct impostor impostor;
    struct rlc_view *view;
    struct rlc_error error;
    int64_t begun_ms;

    (void)state;
    settings.call_timeout_ms = SHORT_MS;
    impostor_start(&impostor, lab.folder, rlc_span_from(slow, sizeof(slow)), true);
    settings.host = impostor.socket;
    view = open_view(&settings);
    begun_ms = now_ms();
    assert_int_equal(look(view, &error), RLC_RETRY);
    assert_says(&error, "did not answer");
    assert_true(now_ms() - begun_ms < BOUND_MS);
    view->ops->close(view);
    impostor_stop(&impostor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, set_up)
        TEST(wrong_settings_are_refused_with_a_reason),
        TEST(a_prefix_stays_inside_its_braces),
        TEST(a_server_that_is_away_at_first_is_no_error),
        TEST(databases_share_nothing),
        TEST(a_refused_login_is_said_without_the_password),
        TEST(a_server_that_quotes_the_password_is_not_quoted),
        TEST(a_login_is_asked_for),
        TEST(a_user_with_few_rights_is_enough),
        TEST(a_server_that_may_drop_keys_is_refused),
        TEST(a_full_server_changes_nothing_and_is_retried),
        TEST(a_replica_is_retried_until_it_may_be_written),
        TEST(a_frozen_server_costs_a_bounded_time),
        TEST(nonsense_is_retried_and_never_believed),
        TEST(answers_of_other_shapes_are_no_slice),
        TEST(scripts_that_answer_nonsense_are_retried),
        TEST(a_trickling_server_costs_a_bounded_time),
#undef TEST
    };
    int failed;

    if (!redis_lab_start(&lab))
        return REDIS_LAB_SKIPPED;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_lab_stop(&lab);
    return failed;
}
