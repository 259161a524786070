/* SPDX-License-Identifier: Apache-2.0 */
/* Redis by TLS: only a server with the right authority and the right name is spoken to. */
#include <stdio.h>
#include <string.h>

#include "common/redis/view_redis.h"
#include "tests/integration/redis_lab.h"

#define PREFIX "test.scenario"
/* Signed by itself: so it is its own authority. Names the address, not the host name. */
#define CERTIFY                                                                                    \
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "           \
    "-subj /CN=relance-test -addext subjectAltName=IP:127.0.0.1 "                                  \
    "-keyout key.pem -out certificate.pem"

static struct redis_lab lab;
static char authority[64];

static struct rlc_redis_settings tls_settings(void)
{
    struct rlc_redis_settings settings = redis_lab_settings(&lab);

    settings.tls = true;
    settings.tls_ca = authority;
    return settings;
}

static enum rlc_status look(const struct rlc_redis_settings *settings, struct rlc_error *error)
{
    struct rlc_view *view;
    struct rlc_look ignored;
    enum rlc_status status;

    assert_int_equal(rlc_redis_view_open(settings, PREFIX, &view, error), RLC_OK);
    status = view->ops->look(view, 0, &ignored, error);
    view->ops->close(view);
    return status;
}

static void a_server_of_the_right_name_and_authority_is_spoken_to(void **state)
{
    struct rlc_redis_settings settings = tls_settings();
    struct rlc_error error;

    (void)state;
    if (look(&settings, &error) != RLC_OK)
        fail_msg("%s", error.text);
}

static void another_authority_another_name_and_no_tls_are_refused(void **state)
{
    struct {
        const char *says;
        struct rlc_redis_settings settings;
    } cases[] = {
        { "certificate verify failed", tls_settings() }, /* the system's authorities */
        { "certificate verify failed", tls_settings() }, /* a name it does not have */
        { "cannot prepare TLS", tls_settings() },        /* no such file */
        { "", tls_settings() },                          /* TLS is not even tried */
    };
    struct rlc_error error;

    (void)state;
    cases[0].settings.tls_ca = "";
    cases[1].settings.host = "localhost";
    cases[2].settings.tls_ca = "/nonexistent/authority.pem";
    cases[3].settings.tls = false;
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        assert_int_equal(look(&cases[i].settings, &error), RLC_RETRY);
        print_message("%s\n", error.text);
        assert_non_null(strstr(error.text, cases[i].says));
    }
}

static void large_batches_pass_in_both_directions(void **state)
{
    static uint8_t value[1000], memory[4000000];
    static struct rlc_view_put puts[3000];
    static char key[RLC_COUNT(puts)][16];
    static struct rlc_span keys[RLC_COUNT(puts)], values[RLC_COUNT(puts)];
    const struct rlc_redis_settings settings = tls_settings();
    struct rlc_view_apply one = { .expect_off = RLC_OFFSET_NONE,
                                  .puts = puts,
                                  .count = RLC_COUNT(puts) };
    struct rlc_view_read read = { .keys = keys, .count = RLC_COUNT(puts), .values = values };
    struct rlc_arena arena;
    struct rlc_view *view;
    bool mine;

    (void)state;
    memset(value, 'v', sizeof(value));
    for (size_t i = 0; i < RLC_COUNT(puts); i++) {
        (void)snprintf(key[i], sizeof(key[i]), "r|%zu", i);
        keys[i] = rlc_span_of(key[i]);
        puts[i] =
            (struct rlc_view_put){ .key = keys[i], .value = rlc_span_from(value, sizeof(value)) };
    }
    rlc_arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(rlc_redis_view_open(&settings, PREFIX, &view, NULL), RLC_OK);
    assert_int_equal(view->ops->wipe(view, 0, 1, one.to.installation, &mine, NULL), RLC_OK);
    assert_int_equal(view->ops->apply(view, &one, 1, NULL), RLC_OK);
    assert_int_equal(one.result, RLC_APPLIED);
    assert_int_equal(view->ops->read(view, &read, 1, &arena, NULL), RLC_OK);
    for (size_t i = 0; i < RLC_COUNT(puts); i++)
        assert_true(rlc_span_equal(values[i], puts[i].value));
    view->ops->close(view);
}

static void a_killed_server_is_retried(void **state)
{
    const struct rlc_redis_settings settings = tls_settings();
    struct rlc_view *view;
    struct rlc_look ignored;

    (void)state;
    assert_int_equal(rlc_redis_view_open(&settings, PREFIX, &view, NULL), RLC_OK);
    redis_lab_kill(&lab);
    assert_int_equal(view->ops->look(view, 0, &ignored, NULL), RLC_RETRY);
    assert_int_equal(view->ops->look(view, 0, &ignored, NULL), RLC_RETRY);
    redis_lab_restart(&lab);
    assert_int_equal(view->ops->look(view, 0, &ignored, NULL), RLC_OK);
    redis_lab_kill(&lab);
    view->ops->close(view);
    redis_lab_restart(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_of_the_right_name_and_authority_is_spoken_to),
        cmocka_unit_test(another_authority_another_name_and_no_tls_are_refused),
        cmocka_unit_test(large_batches_pass_in_both_directions),
        cmocka_unit_test(a_killed_server_is_retried),
    };
    int failed;

    if (!rlc_redis_has_tls()) {
        printf("SKIPPED: this build has no TLS for Redis\n");
        return REDIS_LAB_SKIPPED;
    }
    if (!redis_lab_start_tls(&lab, CERTIFY))
        return REDIS_LAB_SKIPPED;
    (void)snprintf(authority, sizeof(authority), "%s/certificate.pem", lab.folder);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_lab_stop(&lab);
    return failed;
}
