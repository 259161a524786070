/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <string.h>

#include "common/pure/decimal.h"
#include "common/runtime/error.h"
#include "common/runtime/file.h"

/* ---- one relay ---- */

static const char *copy(char target[RLC_CONFIG_ITEM_SIZE], struct rlc_span value)
{
    memcpy(target, value.data, value.size); /* an item has at most that many bytes */
    target[value.size] = '\0';
    return NULL;
}

static const char *set_tls(struct notifier_relay *relay, struct rlc_span value)
{
    static const char *const WORDS[] = { [RLC_SMTP_TLS_STARTTLS] = "starttls",
                                         [RLC_SMTP_TLS_IMPLICIT] = "implicit",
                                         [RLC_SMTP_TLS_NONE] = "none" };

    for (size_t i = 0; i < RLC_COUNT(WORDS); i++) {
        if (rlc_span_equal(value, rlc_span_of(WORDS[i]))) {
            relay->relay.tls = (enum rlc_smtp_tls)i;
            return NULL;
        }
    }
    return "a relay with tls=starttls, tls=implicit or tls=none";
}

static bool set_number(struct rlc_span value, int32_t low, int32_t high, int32_t *ret_number)
{
    int64_t number;

    if (!rlc_i64_parse(value, &number) || number < low || number > high)
        return false;
    *ret_number = (int32_t)number;
    return true;
}

static const char *set_connections(struct notifier_relay *relay, struct rlc_span value)
{
    return set_number(value, 1, RLC_SMTP_CONNECTIONS_MAX, &relay->relay.connections)
               ? NULL
               : "a relay with 1 to 64 connections";
}

static const char *set_rate(struct notifier_relay *relay, struct rlc_span value)
{
    return set_number(value, 0, RLC_SMTP_RATE_MAX, &relay->relay.per_second)
               ? NULL
               : "a relay with a rate of 0 (no cap) to 1000 mails a second";
}

static const char *set_ca_file(struct notifier_relay *relay, struct rlc_span value)
{
    return copy(relay->ca_file, value);
}

static const char *set_user(struct notifier_relay *relay, struct rlc_span value)
{
    return copy(relay->username, value);
}

static const char *set_password_file(struct notifier_relay *relay, struct rlc_span value)
{
    return copy(relay->password_file, value);
}

static const struct {
    const char *name; /* with its '=' */
    const char *(*set)(struct notifier_relay *relay, struct rlc_span value);
} OPTIONS[] = {
    { "tls=", set_tls },   { "connections=", set_connections },
    { "rate=", set_rate }, { "ca_file=", set_ca_file },
    { "user=", set_user }, { "password_file=", set_password_file },
};

static const char *set_option(struct notifier_relay *relay, struct rlc_span word)
{
    for (size_t i = 0; i < RLC_COUNT(OPTIONS); i++) {
        size_t size = strlen(OPTIONS[i].name);

        if (word.size > size && memcmp(word.data, OPTIONS[i].name, size) == 0)
            return OPTIONS[i].set(relay, rlc_span_from(word.data + size, word.size - size));
    }
    return "host:port, then options of tls=, connections=, rate=, ca_file=, user=, password_file=";
}

/* An IPv6 address stands in brackets. */
static const char *set_host(struct notifier_relay *relay, struct rlc_span word)
{
    size_t colon = word.size;
    struct rlc_span host;

    while (colon > 0 && word.data[colon - 1] != ':')
        colon--;
    if (colon < 2 || !set_number(rlc_span_from(word.data + colon, word.size - colon), 1, 65535,
                                 &relay->relay.port))
        return "host:port first, the port being 1 to 65535";
    host = rlc_span_from(word.data, colon - 1);
    if (host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']')
        host = rlc_span_from(host.data + 1, host.size - 2);
    return copy(relay->host, host);
}

const char *notifier_relay_parse(const char *text, struct notifier_relay *ret_relay)
{
    const char *wrong = NULL;

    memset(ret_relay, 0, sizeof(*ret_relay));
    ret_relay->relay.tls = RLC_SMTP_TLS_STARTTLS;
    ret_relay->relay.connections = 4;
    while (!wrong && *(text += strspn(text, " "))) {
        struct rlc_span word = rlc_span_from(text, strcspn(text, " "));

        wrong = ret_relay->host[0] ? set_option(ret_relay, word) : set_host(ret_relay, word);
        text += word.size;
    }
    if (!wrong && !ret_relay->host[0])
        wrong = "host:port first";
    if (!wrong && !ret_relay->username[0] != !ret_relay->password_file[0])
        wrong = "a relay with both user= and password_file=, or neither";
    if (!wrong && ret_relay->username[0] && ret_relay->relay.tls == RLC_SMTP_TLS_NONE)
        wrong = "a relay with TLS, or without user=: a password does not go in the clear";
    ret_relay->relay.host = ret_relay->host;
    ret_relay->relay.ca_file = ret_relay->ca_file;
    ret_relay->relay.username = ret_relay->username;
    ret_relay->relay.password = ret_relay->password;
    return wrong;
}

enum rlc_status notifier_relay_login(struct notifier_relay *relay, struct rlc_error *reterr)
{
    size_t size;
    enum rlc_status status;

    if (!relay->password_file[0])
        return RLC_OK;
    status =
        rlc_file_read(relay->password_file, relay->password, NOTIFIER_PASSWORD_MAX, &size, reterr);
    if (status != RLC_OK)
        return status;
    while (size > 0 && (relay->password[size - 1] == '\n' || relay->password[size - 1] == '\r'))
        relay->password[--size] = '\0';
    if (size == 0 || strcspn(relay->password, "\r\n") != size) {
        return rlc_error_set(reterr, RLC_FATAL, "smtp.relays", 0,
                             "'%.200s' holds no password: one line, not empty",
                             relay->password_file);
    }
    return RLC_OK;
}

/* ---- the table ---- */

static const char *refuse_relay(const char *text)
{
    struct notifier_relay relay;

    return notifier_relay_parse(text, &relay);
}

/* Below a second a relay in good health is given up. */
#define TIMEOUT_MIN_MS 1000

#define MEMBER(member) offsetof(struct notifier_settings, member)

static const struct rlc_config_field FIELDS[] = {
    {
        .name = "smtp.relays",
        .type = RLC_CONFIG_LIST,
        .offset = MEMBER(relays),
        .min = 1,
        .max = RLC_CONFIG_ITEM_SIZE - 1,
        .refuse = refuse_relay,
        .help = "Relays that take the mails, the preferred one first, each as host:port and its "
                "options: tls=starttls|implicit|none (starttls by default, certificates are always "
                "verified), connections=N (4 by default), rate=N (mails a second, 0: no cap), "
                "ca_file=PATH, user=NAME with password_file=PATH.",
    },
    {
        .name = "smtp.hello",
        .type = RLC_CONFIG_TEXT,
        .offset = MEMBER(hello),
        .fallback = "",
        .max = sizeof(((struct notifier_settings *)NULL)->hello) - 1,
        .help = "What we call ourselves to relays, a full host name; empty takes the machine's.",
    },
    {
        .name = "smtp.domain_per_minute",
        .type = RLC_CONFIG_INTEGER,
        .offset = MEMBER(domain_per_minute),
        .fallback = "0",
        .max = RLC_SMTP_RATE_MAX,
        .help = "Most mails a minute to recipients of one domain, 0: no cap.",
    },
    {
        .name = "smtp.reply_timeout_ms",
        .type = RLC_CONFIG_DURATION,
        .offset = MEMBER(reply_timeout_ms),
        .fallback = "10s",
        .min = TIMEOUT_MIN_MS,
        .max = RLC_SMTP_REPLY_MS,
        .help = "How long a relay may take for each reply before the message: no longer, since a "
                "message begins to leave within 2 s of its last look.",
    },
    {
        .name = "smtp.accept_timeout_ms",
        .type = RLC_CONFIG_DURATION,
        .offset = MEMBER(accept_timeout_ms),
        .fallback = "10m",
        .min = TIMEOUT_MIN_MS,
        .max = RLC_SMTP_ACCEPT_MS,
        .help = "How long a relay may take to accept a message that it has, as RFC 5321 wants it. "
                "Behind it the outcome is unknown.",
    },
    {
        .name = "keys.tenants",
        .type = RLC_CONFIG_TEXT,
        .offset = MEMBER(tenant_keys),
        .min = 1,
        .max = sizeof(((struct notifier_settings *)NULL)->tenant_keys) - 1,
        .help = "Folder with the key of each tenant, <tenant>.key.",
    },
    {
        .name = "keys.pseudonyms",
        .type = RLC_CONFIG_TEXT,
        .offset = MEMBER(pseudonym_keys),
        .fallback = "",
        .max = sizeof(((struct notifier_settings *)NULL)->pseudonym_keys) - 1,
        .help = "Folder with the keys for pseudonyms of natural persons, which are never rotated; "
                "by default the tenants' keys serve.",
    },
};

struct rlc_config_table notifier_settings_table(struct notifier_settings *settings)
{
    return (struct rlc_config_table){ FIELDS, RLC_COUNT(FIELDS), settings };
}
