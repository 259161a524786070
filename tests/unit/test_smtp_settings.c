/* SPDX-License-Identifier: Apache-2.0 */
/* What a relay's settings and a mail must look like. */
#include "common/smtp/mail.h"
#include "common/smtp/settings.h"

#include <stdio.h>

#include "tests/support/check.h"

static const struct rlc_smtp_relay RELAY = { .host = "relay.example",
                                             .port = 587,
                                             .username = "user",
                                             .password = "geheim",
                                             .connections = 4,
                                             .per_second = 10 };

static enum rlc_status check_relay(const struct rlc_smtp_relay *relay, struct rlc_error *error)
{
    struct rlc_smtp_settings settings = { .relays = relay,
                                          .relay_count = 1,
                                          .hello = "sender.example" };

    return rlc_smtp_settings_check(&settings, error);
}

static void a_relay_that_breaks_a_rule_is_refused_without_its_secrets(void **state)
{
    static const struct rlc_smtp_relay wrong[] = {
        { .host = NULL, .port = 25, .connections = 1 },
        { .host = "", .port = 25, .connections = 1 },
        { .host = "relay.example/path", .port = 25, .connections = 1 },
        { .host = "user@relay.example", .port = 25, .connections = 1 },
        { .host = "relay.example\r\nx", .port = 25, .connections = 1 },
        { .host = "[::1]", .port = 25, .connections = 1 },
        { .host = "relay.example", .port = 0, .connections = 1 },
        { .host = "relay.example", .port = 65536, .connections = 1 },
        { .host = "relay.example", .port = 25, .connections = 0 },
        { .host = "relay.example", .port = 25, .connections = 65 },
        { .host = "relay.example", .port = 25, .connections = 1, .per_second = -1 },
        { .host = "relay.example", .port = 25, .connections = 1, .username = "user" },
        { .host = "relay.example", .port = 25, .connections = 1, .password = "geheim" },
        { .host = "relay.example",
          .port = 25,
          .connections = 1,
          .tls = RLC_SMTP_TLS_NONE,
          .username = "user",
          .password = "geheim" },
    };
    struct rlc_smtp_relay six = RELAY;
    struct rlc_error error;

    (void)state;
    six.host = "2001:db8::1";
    assert_int_equal(check_relay(&RELAY, &error), RLC_OK);
    assert_int_equal(check_relay(&six, &error), RLC_OK);
    for (size_t i = 0; i < RLC_COUNT(wrong); i++) {
        assert_int_equal(check_relay(&wrong[i], &error), RLC_FATAL);
        assert_null(strstr(error.text, "geheim"));
    }
}

static void the_connections_of_all_relays_are_bounded(void **state)
{
    struct rlc_smtp_relay relays[] = { RELAY, RELAY };
    struct rlc_smtp_settings settings = { .relays = relays, .relay_count = 2, .hello = "us" };

    (void)state;
    relays[0].connections = relays[1].connections = 32;
    assert_int_equal(rlc_smtp_settings_check(&settings, NULL), RLC_OK);
    relays[1].connections = 33;
    assert_int_equal(rlc_smtp_settings_check(&settings, NULL), RLC_FATAL);
    settings.hello = "us\r\nMAIL";
    relays[1].connections = 1;
    assert_int_equal(rlc_smtp_settings_check(&settings, NULL), RLC_FATAL);
}

static void a_copy_owns_its_texts(void **state)
{
    char host[] = "relay.example";
    struct rlc_smtp_relay relay = RELAY;
    struct rlc_smtp_settings settings = { .relays = &relay, .relay_count = 1, .hello = "us" };
    struct rlc_smtp_settings copy;

    (void)state;
    relay.host = host;
    assert_true(rlc_smtp_settings_copy(&settings, &copy));
    host[0] = 'X';
    assert_string_equal(copy.relays[0].host, "relay.example");
    assert_string_equal(copy.relays[0].password, "geheim");
    assert_string_equal(copy.relays[0].ca_file, "");
    rlc_smtp_settings_release(&copy);
}

static enum rlc_status check(const char *from, const char *to, struct rlc_span message)
{
    struct rlc_smtp_mail mail = { .from = rlc_span_of(from),
                                  .to = rlc_span_of(to),
                                  .message = message };

    return rlc_smtp_mail_check(&mail, NULL);
}

static void only_plain_addresses_pass(void **state)
{
    struct rlc_span message = rlc_span_of("a\r\n");

    (void)state;
    assert_int_equal(check("a@x.example", "b@y.example", message), RLC_OK);
    assert_int_equal(check("a@x.example", "b@y.example\r\nDATA", message), RLC_REJECT);
    assert_int_equal(check("a@x.example> SIZE=1", "b@y.example", message), RLC_REJECT);
    assert_int_equal(check("", "b@y.example", message), RLC_REJECT);
    assert_int_equal(check("a@x.example", "b\xc3\xa4@y.example", message), RLC_REJECT);
}

static void only_seven_bit_lines_of_bounded_length_pass(void **state)
{
    static const char *const wrong[] = { "",         "a",        "a\n",     "a\r",     "a\r\nb",
                                         "a\rb\r\n", "a\nb\r\n", "a\r\r\n", "\x80\r\n" };
    char line[RLC_SMTP_LINE_MAX + 4];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(wrong); i++)
        assert_int_equal(check("a@x.example", "b@y.example", rlc_span_of(wrong[i])), RLC_REJECT);
    assert_int_equal(check("a@x.example", "b@y.example", rlc_span_from("\0\r\n", 3)), RLC_REJECT);
    assert_int_equal(check("a@x.example", "b@y.example", rlc_span_of("\r\na\x7f\t\r\n")), RLC_OK);
    memset(line, 'x', sizeof(line));
    (void)snprintf(line + RLC_SMTP_LINE_MAX, 4, "\r\n");
    assert_int_equal(check("a@x.example", "b@y.example", rlc_span_of(line)), RLC_OK);
    (void)snprintf(line + RLC_SMTP_LINE_MAX, 4, "x\r\n");
    assert_int_equal(check("a@x.example", "b@y.example", rlc_span_of(line)), RLC_REJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_relay_that_breaks_a_rule_is_refused_without_its_secrets),
        cmocka_unit_test(the_connections_of_all_relays_are_bounded),
        cmocka_unit_test(a_copy_owns_its_texts),
        cmocka_unit_test(only_plain_addresses_pass),
        cmocka_unit_test(only_seven_bit_lines_of_bounded_length_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
