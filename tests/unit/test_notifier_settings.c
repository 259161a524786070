/* SPDX-License-Identifier: Apache-2.0 */
/* How relays are written, and what is said of one that is written wrong. */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/pure/span.h"

#include "tests/support/check.h"

static void a_relay_is_a_host_and_a_port_and_speaks_starttls(void **state)
{
    struct notifier_relay read;

    (void)state;
    assert_null(notifier_relay_parse("relay.example:587", &read));
    assert_string_equal(read.relay.host, "relay.example");
    assert_int_equal(read.relay.port, 587);
    assert_int_equal(read.relay.tls, RLC_SMTP_TLS_STARTTLS);
    assert_int_equal(read.relay.connections, 4);
    assert_int_equal(read.relay.per_second, 0);
    assert_string_equal(read.relay.ca_file, "");
    assert_string_equal(read.relay.username, "");
    assert_string_equal(read.relay.password, "");
}

static void every_option_is_read_in_any_order(void **state)
{
    struct notifier_relay read;

    (void)state;
    assert_null(notifier_relay_parse("  relay.example:465  password_file=/p rate=1000 user=us=er "
                                     "connections=64 ca_file=/ca.pem tls=implicit ",
                                     &read));
    assert_string_equal(read.relay.host, "relay.example");
    assert_int_equal(read.relay.port, 465);
    assert_int_equal(read.relay.tls, RLC_SMTP_TLS_IMPLICIT);
    assert_int_equal(read.relay.connections, 64);
    assert_int_equal(read.relay.per_second, 1000);
    assert_string_equal(read.relay.ca_file, "/ca.pem");
    assert_string_equal(read.relay.username, "us=er");
    assert_string_equal(read.password_file, "/p");
    assert_null(notifier_relay_parse("127.0.0.1:25 tls=none", &read));
    assert_int_equal(read.relay.tls, RLC_SMTP_TLS_NONE);
}

static void an_ipv6_address_stands_in_brackets(void **state)
{
    struct notifier_relay read;

    (void)state;
    assert_null(notifier_relay_parse("[2001:db8::1]:2525", &read));
    assert_string_equal(read.relay.host, "2001:db8::1");
    assert_int_equal(read.relay.port, 2525);
}

static void what_is_wrong_is_said_with_what_would_be_right(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "", "host:port first" },
        { "   ", "host:port first" },
        { "relay.example", "host:port first" },
        { "relay.example:", "host:port first" },
        { ":25", "host:port first" },
        { "25", "host:port first" },
        { "relay.example:0", "1 to 65535" },
        { "relay.example:65536", "1 to 65535" },
        { "relay.example:25x", "1 to 65535" },
        { "relay.example:-1", "1 to 65535" },
        { "tls=none relay.example:25", "host:port first" },
        { "r:25 tls=ssl", "tls=implicit" },
        { "r:25 tls=STARTTLS", "tls=starttls" },
        { "r:25 tls=", "options of tls=" },
        { "r:25 connections=0", "1 to 64" },
        { "r:25 connections=65", "1 to 64" },
        { "r:25 connections=four", "1 to 64" },
        { "r:25 rate=-1", "0 (no cap) to 1000" },
        { "r:25 rate=1001", "0 (no cap) to 1000" },
        { "r:25 pool=3", "options of tls=" },
        { "r:25 tls", "options of tls=" },
        { "r:25 user=me", "both user= and password_file=" },
        { "r:25 password_file=/p", "both user= and password_file=" },
        { "r:25 tls=none user=me password_file=/p", "in the clear" },
    };
    struct notifier_relay read;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        const char *wrong = notifier_relay_parse(cases[i].text, &read);

        if (!wrong || !strstr(wrong, cases[i].message))
            fail_msg("'%s': %s", cases[i].text, wrong ? wrong : "taken");
    }
}

static void the_longest_item_of_a_list_is_read(void **state)
{
    char text[RLC_CONFIG_ITEM_SIZE];
    struct notifier_relay read;

    (void)state;
    memset(text, 'a', sizeof(text) - 1);
    memcpy(text, "r:25 ca_file=", strlen("r:25 ca_file="));
    text[sizeof(text) - 1] = '\0';
    assert_null(notifier_relay_parse(text, &read));
    assert_string_equal(read.relay.ca_file, text + strlen("r:25 ca_file="));
}

static void the_table_refuses_a_relay_that_cannot_be_read(void **state)
{
    struct notifier_settings settings;
    struct rlc_config_table table = notifier_settings_table(&settings);

    (void)state;
    assert_string_equal(table.fields[0].name, "smtp.relays");
    assert_null(table.fields[0].refuse("relay.example:25"));
    assert_non_null(table.fields[0].refuse("relay.example"));
}

static const struct rlc_config_field *field(const struct rlc_config_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->fields[i].name, name) == 0)
            return &table->fields[i];
    }
    fail_msg("there is no setting %s", name);
    return NULL;
}

/* RFC 5321 4.5.3.2.6: who waits for less sends mails twice. */
static void a_relay_has_ten_minutes_to_accept_unless_told_otherwise(void **state)
{
    struct notifier_settings settings;
    struct rlc_config_table table = notifier_settings_table(&settings);

    (void)state;
    assert_string_equal(field(&table, "smtp.accept_timeout_ms")->fallback, "10m");
    assert_int_equal(field(&table, "smtp.accept_timeout_ms")->max, RLC_SMTP_ACCEPT_MS);
    assert_string_equal(field(&table, "smtp.reply_timeout_ms")->fallback, "10s");
    assert_int_equal(field(&table, "smtp.reply_timeout_ms")->max, RLC_SMTP_REPLY_MS);
}

/* ---- passwords ---- */

static enum rlc_status log_in(struct rlc_span content, struct notifier_relay *relay,
                              struct rlc_error *error)
{
    char path[] = "/tmp/relance-password-XXXXXX";
    int file = mkstemp(path);
    enum rlc_status status;

    *relay = (struct notifier_relay){ .relay = { .port = 25 } };
    assert_true(file >= 0);
    assert_int_equal(write(file, content.data, content.size), (ssize_t)content.size);
    (void)close(file);
    memcpy(relay->password_file, path, sizeof(path));
    status = notifier_relay_login(relay, error);
    assert_int_equal(unlink(path), 0);
    return status;
}

static void a_password_is_a_file_without_its_last_line_break(void **state)
{
    static const char *const contents[] = { "se cret", "se cret\n", "se cret\r\n" };
    struct notifier_relay relay;
    struct rlc_error error;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(contents); i++) {
        assert_int_equal(log_in(rlc_span_of(contents[i]), &relay, &error), RLC_OK);
        assert_string_equal(relay.password, "se cret");
    }
}

static void the_longest_password_is_read_and_a_longer_one_refused(void **state)
{
    char longest[NOTIFIER_PASSWORD_MAX + 1];
    struct notifier_relay relay;
    struct rlc_error error;

    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(log_in(rlc_span_from(longest, NOTIFIER_PASSWORD_MAX), &relay, &error), RLC_OK);
    assert_int_equal(strlen(relay.password), NOTIFIER_PASSWORD_MAX);
    assert_int_equal(log_in(rlc_span_from(longest, sizeof(longest)), &relay, &error), RLC_FATAL);
}

static void a_file_that_is_no_password_is_named_and_not_told(void **state)
{
    static const struct rlc_span wrong[] = {
        { (const uint8_t *)"", 0 },
        { (const uint8_t *)"\n", 1 },
        { (const uint8_t *)"\r\n\r\n", 4 },
        { (const uint8_t *)"geheim\0more", 11 },
        { (const uint8_t *)"geheim\0", 7 },
        { (const uint8_t *)"geheim\nmore\n", 12 },
        { (const uint8_t *)"geheim\rmore", 11 },
    };
    struct notifier_relay relay;
    struct rlc_error error;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(wrong); i++) {
        if (log_in(wrong[i], &relay, &error) != RLC_FATAL)
            fail_msg("case %zu is taken", i);
        assert_non_null(strstr(error.text, relay.password_file));
        assert_null(strstr(error.text, "geheim"));
    }
}

static void a_password_that_is_not_there_is_named(void **state)
{
    struct notifier_relay relay = { .password_file = "/nonexistent/password" };
    struct rlc_error error;

    (void)state;
    assert_int_equal(notifier_relay_login(&relay, &error), RLC_FATAL);
    assert_non_null(strstr(error.text, "/nonexistent/password"));
}

static void a_relay_without_a_login_needs_no_file(void **state)
{
    struct notifier_relay relay = { .relay = { .port = 25 } };
    struct rlc_error error;

    (void)state;
    assert_int_equal(notifier_relay_login(&relay, &error), RLC_OK);
    assert_string_equal(relay.password, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_relay_is_a_host_and_a_port_and_speaks_starttls),
        cmocka_unit_test(every_option_is_read_in_any_order),
        cmocka_unit_test(an_ipv6_address_stands_in_brackets),
        cmocka_unit_test(what_is_wrong_is_said_with_what_would_be_right),
        cmocka_unit_test(the_longest_item_of_a_list_is_read),
        cmocka_unit_test(the_table_refuses_a_relay_that_cannot_be_read),
        cmocka_unit_test(a_relay_has_ten_minutes_to_accept_unless_told_otherwise),
        cmocka_unit_test(a_password_is_a_file_without_its_last_line_break),
        cmocka_unit_test(the_longest_password_is_read_and_a_longer_one_refused),
        cmocka_unit_test(a_file_that_is_no_password_is_named_and_not_told),
        cmocka_unit_test(a_password_that_is_not_there_is_named),
        cmocka_unit_test(a_relay_without_a_login_needs_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
