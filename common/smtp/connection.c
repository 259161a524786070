/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/connection.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/pure/text.h"
#include "common/runtime/error.h"
#include "common/smtp/exchange.h"

#define ORIGIN      "smtp_connection"
#define URL_MAX     600 /* scheme, host, port and own name, each of which is bounded */
#define ADDRESS_MAX (RLC_EMAIL_MAX + 3) /* in angle brackets, with NUL */
/* Many relays drop an idle connection after a minute. A younger one is worth trying. */
#define IDLE_MAX_S 50L
/* The exchange measures the waiting for each reply; the library's own measure must not end it
 * earlier, nor overflow when it counts milliseconds. */
#define LIBRARY_WAIT_S 86400L

struct rlc_smtp_connection {
    const struct rlc_smtp_settings *settings;
    const struct rlc_smtp_relay *relay;
    int32_t relay_number;
    const atomic_bool *stop;
    CURL *easy;
    char url[URL_MAX];
    struct rlc_smtp_exchange exchange; /* the one under way */
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void start_library(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- what libcurl calls ---- */

static size_t on_read(char *buffer, size_t size, size_t count, void *context)
{
    struct rlc_smtp_connection *connection = context;
    size_t piece;

    if (!rlc_smtp_exchange_take(&connection->exchange, buffer, size * count, &piece))
        return CURL_READFUNC_ABORT;
    return piece;
}

static size_t on_line(char *line, size_t size, size_t count, void *context)
{
    struct rlc_smtp_connection *connection = context;
    struct rlc_span span = rlc_span_from(line, size * count);

    return rlc_smtp_exchange_heard(&connection->exchange, span) ? span.size : 0;
}

/* The only way to learn which command a reply belongs to: CURLINFO_RESPONSE_CODE keeps the code of
 * an older reply when the connection dies (curl issue 8356). Passwords come along here, too. */
static int on_debug(CURL *easy, curl_infotype type, char *data, size_t size, void *context)
{
    struct rlc_smtp_connection *connection = context;

    (void)easy;
    if (type == CURLINFO_HEADER_OUT)
        rlc_smtp_exchange_sent(&connection->exchange, rlc_span_from(data, size));
    return 0;
}

/* Called about once a second, and whenever something happens. */
static int on_progress(void *context, curl_off_t to_load, curl_off_t loaded, curl_off_t to_send,
                       curl_off_t sent)
{
    struct rlc_smtp_connection *connection = context;

    (void)to_load;
    (void)loaded;
    (void)to_send;
    (void)sent;
    return atomic_load(connection->stop) || rlc_smtp_exchange_waited(&connection->exchange);
}

static size_t on_answer(char *data, size_t size, size_t count, void *context)
{
    (void)data;
    (void)context;
    return size * count;
}

/* ---- options ---- */

struct option_long {
    CURLoption option;
    long value;
};

struct option_text {
    CURLoption option;
    const char *value;
};

static CURLcode set_longs(CURL *easy, const struct option_long *options, size_t count)
{
    CURLcode result = CURLE_OK;

    for (size_t i = 0; i < count && result == CURLE_OK; i++)
        result = curl_easy_setopt(easy, options[i].option, options[i].value);
    return result;
}

static CURLcode set_texts(CURL *easy, const struct option_text *options, size_t count)
{
    CURLcode result = CURLE_OK;

    for (size_t i = 0; i < count && result == CURLE_OK; i++)
        result = curl_easy_setopt(easy, options[i].option, options[i].value);
    return result;
}

static CURLcode set_callbacks(struct rlc_smtp_connection *connection)
{
    CURL *easy = connection->easy;
    CURLcode results[] = {
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read),
        curl_easy_setopt(easy, CURLOPT_READDATA, connection),
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line),
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, connection),
        curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug),
        curl_easy_setopt(easy, CURLOPT_DEBUGDATA, connection),
        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress),
        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, connection),
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer),
    };

    for (size_t i = 0; i < RLC_COUNT(results); i++) {
        if (results[i] != CURLE_OK)
            return results[i];
    }
    return CURLE_OK;
}

/* A file of authorities stands alone: the library would add the system's folder of them. */
static CURLcode set_trust(const struct rlc_smtp_connection *connection)
{
    const struct rlc_smtp_relay *relay = connection->relay;
    const struct option_long longs[] = {
        { CURLOPT_USE_SSL, relay->tls == RLC_SMTP_TLS_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL },
        { CURLOPT_SSL_VERIFYPEER, 1 },
        { CURLOPT_SSL_VERIFYHOST, 2 },
        { CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
    };
    const struct option_text own[] = { { CURLOPT_CAINFO, relay->ca_file },
                                       { CURLOPT_CAPATH, NULL } };
    const struct option_text login[] = { { CURLOPT_USERNAME, relay->username },
                                         { CURLOPT_PASSWORD, relay->password } };
    CURLcode result = set_longs(connection->easy, longs, RLC_COUNT(longs));

    if (result == CURLE_OK && relay->ca_file[0] != '\0')
        result = set_texts(connection->easy, own, RLC_COUNT(own));
    if (result == CURLE_OK && relay->username[0] != '\0')
        result = set_texts(connection->easy, login, RLC_COUNT(login));
    return result;
}

/* What every use of the connection has in common: the library lends a kept connection only to who
 * asks for the same again. The message's size is not announced: who knows it does not ask on_read
 * for the end, which is what tells us that the final dot follows; and libcurl 7.88 counts the dots
 * that it doubles as part of the size. */
static CURLcode set_common(struct rlc_smtp_connection *connection)
{
    const struct rlc_smtp_times *times = &connection->exchange.times;
    const struct option_long longs[] = {
        { CURLOPT_NOSIGNAL, 1 },
        { CURLOPT_NOPROGRESS, 0 },
        { CURLOPT_VERBOSE, 1 }, /* or on_debug is not called */
        { CURLOPT_CONNECTTIMEOUT_MS, times->connect_ms },
        { CURLOPT_SERVER_RESPONSE_TIMEOUT, LIBRARY_WAIT_S },
        { CURLOPT_MAXAGE_CONN, IDLE_MAX_S },
    };
    const struct option_text texts[] = {
        { CURLOPT_URL, connection->url },
        { CURLOPT_PROTOCOLS_STR, "smtp,smtps" },
        { CURLOPT_PROXY, "" }, /* the environment has no say */
    };
    CURLcode result;

    curl_easy_reset(connection->easy);
    result = set_callbacks(connection);
    if (result == CURLE_OK)
        result = set_longs(connection->easy, longs, RLC_COUNT(longs));
    if (result == CURLE_OK)
        result = set_texts(connection->easy, texts, RLC_COUNT(texts));
    return result == CURLE_OK ? set_trust(connection) : result;
}

static void write_address(struct rlc_span address, char ret_text[ADDRESS_MAX])
{
    assert(address.size <= RLC_EMAIL_MAX);
    (void)snprintf(ret_text, ADDRESS_MAX, "<%.*s>", (int)address.size, (const char *)address.data);
}

static CURLcode set_mail(CURL *easy, const char *from, struct curl_slist *recipients, bool fresh)
{
    const struct option_long longs[] = { { CURLOPT_UPLOAD, 1 }, { CURLOPT_FRESH_CONNECT, fresh } };
    CURLcode result = curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from);

    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
    return result == CURLE_OK ? set_longs(easy, longs, RLC_COUNT(longs)) : result;
}

/* ---- one transaction ---- */

static CURLcode talk(struct rlc_smtp_connection *connection, const struct rlc_smtp_mail *mail,
                     bool fresh)
{
    struct curl_slist *recipients = NULL;
    char from[ADDRESS_MAX];
    char to[ADDRESS_MAX];
    CURLcode result;

    write_address(mail->from, from);
    write_address(mail->to, to);
    recipients = curl_slist_append(NULL, to);
    connection->exchange = rlc_smtp_exchange_of(connection->settings, mail);
    result = recipients ? set_common(connection) : CURLE_OUT_OF_MEMORY;
    if (result == CURLE_OK)
        result = set_mail(connection->easy, from, recipients, fresh);
    if (result == CURLE_OK)
        result = curl_easy_perform(connection->easy);
    else
        connection->exchange.stage = RLC_SMTP_AT_START;
    /* The handle must not keep a list that is gone. */
    (void)curl_easy_setopt(connection->easy, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
    return result;
}

static bool is_trust(CURLcode code)
{
    static const CURLcode codes[] = {
        CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
        CURLE_USE_SSL_FAILED,           CURLE_LOGIN_DENIED,       CURLE_AUTH_ERROR,
    };

    for (size_t i = 0; i < RLC_COUNT(codes); i++) {
        if (codes[i] == code)
            return true;
    }
    return false;
}

static bool was_reused(const struct rlc_smtp_connection *connection)
{
    long made = 0;

    return curl_easy_getinfo(connection->easy, CURLINFO_NUM_CONNECTS, &made) == CURLE_OK &&
           made == 0;
}

static void copy_words(const char *words, struct rlc_smtp_result *result)
{
    (void)snprintf(result->text, sizeof(result->text), "%s", words);
}

/* A code counts when it decided: a 250 to an earlier command says nothing about the end. */
static void fill_result(const struct rlc_smtp_connection *connection, CURLcode code,
                        struct rlc_smtp_result *ret_result)
{
    const struct rlc_smtp_exchange *exchange = &connection->exchange;
    struct rlc_smtp_facts facts = rlc_smtp_exchange_facts(exchange, is_trust(code));
    bool decided = facts.stage == RLC_SMTP_AT_END || facts.code >= 400;

    ret_result->outcome = rlc_smtp_outcome_of(&facts);
    ret_result->stage = facts.stage;
    ret_result->code = decided ? facts.code : 0;
    if (ret_result->code != 0) {
        memcpy(ret_result->enhanced, exchange->reply.enhanced, sizeof(ret_result->enhanced));
        copy_words(exchange->reply.text, ret_result);
    } else if (exchange->too_late) {
        copy_words("too late to begin", ret_result);
    } else if (exchange->timed_out || code == CURLE_OPERATION_TIMEDOUT) {
        copy_words("no answer in time", ret_result);
    } else {
        copy_words(curl_easy_strerror(code), ret_result);
    }
}

static bool is_too_late(const struct rlc_smtp_connection *connection,
                        const struct rlc_smtp_mail *mail)
{
    return rlc_clock_monotonic_ns(&connection->settings->clock) >= mail->start_before_ns;
}

void rlc_smtp_connection_send(struct rlc_smtp_connection *connection,
                              const struct rlc_smtp_mail *mail, struct rlc_smtp_result *ret_result)
{
    struct rlc_smtp_facts facts;
    CURLcode code;

    *ret_result = (struct rlc_smtp_result){ .id = mail->id,
                                            .outcome = RLC_SMTP_TOO_LATE,
                                            .stage = RLC_SMTP_AT_START,
                                            .relay = connection->relay_number };
    if (is_too_late(connection, mail)) {
        copy_words("too late to begin", ret_result);
        return;
    }
    code = talk(connection, mail, false);
    facts = rlc_smtp_exchange_facts(&connection->exchange, is_trust(code));
    if (was_reused(connection) && rlc_smtp_again(&facts) && !atomic_load(connection->stop))
        code = talk(connection, mail, true);
    fill_result(connection, code, ret_result);
}

void rlc_smtp_connection_warm(struct rlc_smtp_connection *connection)
{
    static const struct option_long no_answer[] = { { CURLOPT_NOBODY, 1 } };
    static const struct option_text noop[] = { { CURLOPT_CUSTOMREQUEST, "NOOP" } };

    connection->exchange = rlc_smtp_exchange_of(connection->settings, NULL);
    if (set_common(connection) == CURLE_OK &&
        set_longs(connection->easy, no_answer, RLC_COUNT(no_answer)) == CURLE_OK &&
        set_texts(connection->easy, noop, RLC_COUNT(noop)) == CURLE_OK)
        (void)curl_easy_perform(connection->easy);
}

/* ---- open and close ---- */

static void write_url(struct rlc_smtp_connection *connection)
{
    const struct rlc_smtp_relay *relay = connection->relay;
    bool brackets = strchr(relay->host, ':') != NULL;
    int size =
        snprintf(connection->url, sizeof(connection->url), "%s://%s%s%s:%d/%s",
                 relay->tls == RLC_SMTP_TLS_IMPLICIT ? "smtps" : "smtp", brackets ? "[" : "",
                 relay->host, brackets ? "]" : "", (int)relay->port, connection->settings->hello);

    assert(size > 0 && (size_t)size < sizeof(connection->url));
    (void)size;
}

enum rlc_status rlc_smtp_connection_open(const struct rlc_smtp_settings *settings, int32_t relay,
                                         const atomic_bool *stop,
                                         struct rlc_smtp_connection **ret_connection,
                                         struct rlc_error *reterr)
{
    struct rlc_smtp_connection *connection = calloc(1, sizeof(*connection));

    assert(relay >= 0 && (size_t)relay < settings->relay_count);
    (void)pthread_once(&library_once, start_library);
    if (connection)
        connection->easy = curl_easy_init();
    if (!connection || !connection->easy) {
        free(connection);
        return rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0, "out of memory");
    }
    connection->settings = settings;
    connection->relay = &settings->relays[relay];
    connection->relay_number = relay;
    connection->stop = stop;
    write_url(connection);
    *ret_connection = connection;
    return RLC_OK;
}

void rlc_smtp_connection_close(struct rlc_smtp_connection *connection)
{
    curl_socket_t open = CURL_SOCKET_BAD;

    if (!connection)
        return;
    /* The library waits up to two minutes for the answer to its QUIT, unless nothing can come. */
    if (curl_easy_getinfo(connection->easy, CURLINFO_ACTIVESOCKET, &open) == CURLE_OK &&
        open != CURL_SOCKET_BAD)
        (void)shutdown(open, SHUT_RD);
    curl_easy_cleanup(connection->easy);
    free(connection);
}
