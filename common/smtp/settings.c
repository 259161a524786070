/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/settings.h"

#include <stdlib.h>
#include <string.h>

#include "common/runtime/error.h"

#define ORIGIN   "smtp_settings"
#define HOST_MAX 253 /* RFC 1035 2.3.4, as text */
#define PORT_MAX 65535

static bool absent(const char *text)
{
    return !text || text[0] == '\0';
}

/* Host and own name become parts of a URL: nothing in them may end that part. */
static bool host_valid(const char *host)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    size_t size = absent(host) ? 0 : strlen(host);

    if (size == 0 || size > HOST_MAX)
        return false;
    if (strchr(host, ':'))
        return strspn(host, "0123456789abcdefABCDEF:.") == size;
    return strspn(host, letters) == size;
}

static bool within(int32_t value, int32_t low, int32_t high)
{
    return value >= low && value <= high;
}

static const char *wrong_relay(const struct rlc_smtp_relay *relay)
{
    if (!host_valid(relay->host))
        return "host is neither a host name nor a numeric address";
    if (!within(relay->port, 1, PORT_MAX))
        return "port must be from 1 to 65535";
    if (relay->tls == RLC_SMTP_TLS_NONE && !absent(relay->username))
        return "a login needs TLS";
    if (absent(relay->username) != absent(relay->password))
        return "user name and password belong together";
    if (!within(relay->connections, 1, RLC_SMTP_CONNECTIONS_MAX))
        return "connections must be from 1 to 64";
    if (!within(relay->per_second, 0, RLC_SMTP_RATE_MAX))
        return "per_second must be from 0 to 1000";
    return NULL;
}

static const char *wrong_setting(const struct rlc_smtp_settings *settings)
{
    const struct rlc_smtp_times *times = &settings->times;

    if (settings->relay_count < 1 || settings->relay_count > RLC_SMTP_RELAYS_MAX)
        return "there must be 1 to 8 relays";
    if (!host_valid(settings->hello) || strchr(settings->hello, ':'))
        return "hello is no host name";
    if (!within(settings->domain_per_minute, 0, RLC_SMTP_RATE_MAX))
        return "domain_per_minute must be from 0 to 1000";
    if (times->connect_ms < 0 || times->reply_ms < 0 || times->block_ms < 0 || times->accept_ms < 0)
        return "a time must not be negative";
    return NULL;
}

struct rlc_smtp_times rlc_smtp_times_of(const struct rlc_smtp_settings *settings)
{
    struct rlc_smtp_times times = settings->times;

    times.connect_ms = times.connect_ms ? times.connect_ms : RLC_SMTP_CONNECT_MS;
    times.reply_ms = times.reply_ms ? times.reply_ms : RLC_SMTP_REPLY_MS;
    times.block_ms = times.block_ms ? times.block_ms : RLC_SMTP_BLOCK_MS;
    times.accept_ms = times.accept_ms ? times.accept_ms : RLC_SMTP_ACCEPT_MS;
    return times;
}

enum rlc_status rlc_smtp_settings_check(const struct rlc_smtp_settings *settings,
                                        struct rlc_error *reterr)
{
    const char *wrong = wrong_setting(settings);
    int64_t connections = 0;

    if (wrong)
        return rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0, "%s", wrong);
    for (size_t i = 0; i < settings->relay_count; i++) {
        wrong = wrong_relay(&settings->relays[i]);
        if (wrong)
            return rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0, "relay %zu: %s", i + 1, wrong);
        connections += settings->relays[i].connections;
    }
    if (connections > RLC_SMTP_CONNECTIONS_MAX) {
        return rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0,
                             "the relays have more than %d connections together",
                             RLC_SMTP_CONNECTIONS_MAX);
    }
    return RLC_OK;
}

static void release_text(const char **text)
{
    union {
        const char *lent;
        char *owned;
    } pointer = { .lent = *text };

    if (pointer.owned)
        explicit_bzero(pointer.owned, strlen(pointer.owned));
    free(pointer.owned);
    *text = NULL;
}

static bool copy_text(const char **text)
{
    *text = strdup(*text ? *text : "");
    return *text != NULL;
}

/* Makes every string its own, or none at all. */
static bool own_texts(const char **texts[], size_t count)
{
    bool owned = true;

    for (size_t i = 0; i < count; i++)
        owned = copy_text(texts[i]) && owned;
    for (size_t i = 0; !owned && i < count; i++)
        release_text(texts[i]);
    return owned;
}

static bool own_relay(struct rlc_smtp_relay *relay)
{
    const char **texts[] = { &relay->host, &relay->ca_file, &relay->username, &relay->password };

    return own_texts(texts, RLC_COUNT(texts));
}

static void release_relay(struct rlc_smtp_relay *relay)
{
    release_text(&relay->host);
    release_text(&relay->ca_file);
    release_text(&relay->username);
    release_text(&relay->password);
}

static void release_relays(struct rlc_smtp_relay *relays, size_t count)
{
    for (size_t i = 0; i < count; i++)
        release_relay(&relays[i]);
    free(relays);
}

static struct rlc_smtp_relay *copy_relays(const struct rlc_smtp_relay *relays, size_t count)
{
    struct rlc_smtp_relay *copy = calloc(count, sizeof(*copy));

    for (size_t i = 0; copy && i < count; i++) {
        copy[i] = relays[i];
        if (!own_relay(&copy[i])) {
            release_relays(copy, i);
            return NULL;
        }
    }
    return copy;
}

bool rlc_smtp_settings_copy(const struct rlc_smtp_settings *settings,
                            struct rlc_smtp_settings *ret_copy)
{
    struct rlc_smtp_relay *relays = copy_relays(settings->relays, settings->relay_count);
    struct rlc_smtp_settings copy = *settings;

    if (!relays)
        return false;
    if (!copy_text(&copy.hello)) {
        release_relays(relays, settings->relay_count);
        return false;
    }
    copy.relays = relays;
    *ret_copy = copy;
    return true;
}

void rlc_smtp_settings_release(struct rlc_smtp_settings *copy)
{
    union {
        const struct rlc_smtp_relay *lent;
        struct rlc_smtp_relay *owned;
    } relays = { .lent = copy->relays };

    release_relays(relays.owned, copy->relay_count);
    release_text(&copy->hello);
    *copy = (struct rlc_smtp_settings){ 0 };
}
