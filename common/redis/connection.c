/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis/connection.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "common/redis/tls.h"
#include "common/runtime/clock.h"
#include "common/runtime/error.h"

#define ORIGIN "redis"
/* What a round trip has put together is sent when it is so large; a write costs a few microseconds.
 */
#define SEND_AT_ONCE ((size_t)64 << 10)

struct rlc_redis {
    struct rlc_redis_settings settings; /* its strings are these: */
    char *host, *username, *password, *tls_ca;
    redisContext *context; /* NULL: not connected */
    uint64_t deadline_ns;  /* of the round trip under way */
    size_t pending;        /* commands whose reply was not received */
    size_t unsent_bytes;   /* appended and not yet written */
    bool policy_hidden;
    struct rlc_redis_command command; /* for the login */
};

/* ---- small ---- */

static uint64_t now_ns(void)
{
    struct rlc_clock clock = rlc_clock_system();

    return rlc_clock_monotonic_ns(&clock);
}

static struct timeval timeval_of(int32_t milliseconds)
{
    return (struct timeval){ .tv_sec = milliseconds / 1000,
                             .tv_usec = (milliseconds % 1000) * 1000L };
}

/* A server that went away must be an error, not a SIGPIPE: hiredis writes without MSG_NOSIGNAL, and
 * what the process does with that signal is not a library's business. */
static void hold_sigpipe(sigset_t *ret_before)
{
    sigset_t broken_pipe;

    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &broken_pipe, ret_before);
}

static void release_sigpipe(const sigset_t *before)
{
    const struct timespec at_once = { 0 };
    sigset_t broken_pipe;

    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    if (!sigismember(before, SIGPIPE))
        (void)sigtimedwait(&broken_pipe, NULL, &at_once);
    (void)pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* ---- open and close ---- */

static bool copy_text(const char **text, char **ret_copy)
{
    *ret_copy = strdup(*text ? *text : "");
    *text = *ret_copy;
    return *ret_copy != NULL;
}

static const char *wrong_setting(const struct rlc_redis_settings *settings)
{
    if (!settings->host || !settings->host[0])
        return "redis.host is empty";
    if (settings->host[0] != '/' && (settings->port < 1 || settings->port > 65535))
        return "redis.port must be from 1 to 65535";
    if (settings->database < 0)
        return "redis.database must not be negative";
    if (settings->connect_timeout_ms < 1 || settings->call_timeout_ms < 1)
        return "time-outs of Redis must be at least 1 ms";
    if (settings->tls && !rlc_redis_has_tls())
        return "redis.tls is asked for, but this build cannot: it needs hiredis 1.0 with TLS";
    return NULL;
}

enum rlc_status rlc_redis_open(const struct rlc_redis_settings *settings,
                               struct rlc_redis **ret_redis, struct rlc_error *reterr)
{
    const char *wrong = wrong_setting(settings);
    struct rlc_redis *redis;
    bool copied;

    if (wrong)
        return rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0, "%s", wrong);
    redis = calloc(1, sizeof(*redis));
    if (!redis)
        return rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0, "out of memory");
    redis->settings = *settings;
    copied = copy_text(&redis->settings.host, &redis->host);
    copied = copy_text(&redis->settings.username, &redis->username) && copied;
    copied = copy_text(&redis->settings.password, &redis->password) && copied;
    copied = copy_text(&redis->settings.tls_ca, &redis->tls_ca) && copied;
    if (!copied) {
        rlc_redis_close(redis);
        return rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0, "out of memory");
    }
    *ret_redis = redis;
    return RLC_OK;
}

static void drop(struct rlc_redis *redis)
{
    sigset_t before;

    if (!redis->context)
        return;
    hold_sigpipe(&before); /* closing TLS says good-bye to the server */
    redisFree(redis->context);
    release_sigpipe(&before);
    redis->context = NULL;
}

void rlc_redis_close(struct rlc_redis *redis)
{
    if (!redis)
        return;
    drop(redis);
    if (redis->password)
        explicit_bzero(redis->password, strlen(redis->password));
    free(redis->host);
    free(redis->username);
    free(redis->password);
    free(redis->tls_ca);
    rlc_redis_command_clear(&redis->command);
    free(redis);
}

bool rlc_redis_policy_hidden(const struct rlc_redis *redis)
{
    return redis->policy_hidden;
}

/* ---- one round trip ---- */

void rlc_redis_wait_anew(struct rlc_redis *redis)
{
    redis->deadline_ns = now_ns() + (uint64_t)redis->settings.call_timeout_ms * 1000000;
}

static enum rlc_status lost(struct rlc_redis *redis, struct rlc_error *reterr)
{
    const redisContext *context = redis->context;

    if (now_ns() >= redis->deadline_ns) {
        (void)rlc_error_set(reterr, RLC_RETRY, ORIGIN, context->err,
                            "Redis at %s did not answer within %d ms", redis->host,
                            redis->settings.call_timeout_ms);
    } else {
        (void)rlc_error_set(reterr, RLC_RETRY, ORIGIN, context->err,
                            "connection to Redis at %s lost: %s", redis->host,
                            context->err ? context->errstr : "no reason given");
    }
    drop(redis);
    return RLC_RETRY;
}

static bool write_all(struct rlc_redis *redis)
{
    sigset_t before;
    int result, done = 0;

    hold_sigpipe(&before);
    do {
        result = redisBufferWrite(redis->context, &done);
    } while (result == REDIS_OK && !done && now_ns() < redis->deadline_ns);
    release_sigpipe(&before);
    redis->unsent_bytes = 0;
    return result == REDIS_OK && done;
}

/* At least one: a command without arguments is sent, too. */
static size_t bytes_of(const struct rlc_redis_command *command)
{
    size_t bytes = 1;

    for (size_t i = 0; i < command->count; i++)
        bytes += command->size[i];
    return bytes;
}

enum rlc_status rlc_redis_send(struct rlc_redis *redis, const struct rlc_redis_command *command,
                               struct rlc_error *reterr)
{
    assert(redis->context && command->count <= INT32_MAX);
    redis->pending++;
    if (redisAppendCommandArgv(redis->context, (int)command->count, command->data, command->size) !=
        REDIS_OK)
        return lost(redis, reterr);
    redis->unsent_bytes += bytes_of(command);
    if (redis->unsent_bytes >= SEND_AT_ONCE && !write_all(redis))
        return lost(redis, reterr);
    return RLC_OK;
}

enum rlc_status rlc_redis_flush(struct rlc_redis *redis, struct rlc_error *reterr)
{
    assert(redis->context);
    return redis->unsent_bytes && !write_all(redis) ? lost(redis, reterr) : RLC_OK;
}

static bool read_some(struct rlc_redis *redis)
{
    sigset_t before;
    int result;

    if (now_ns() >= redis->deadline_ns)
        return false;
    hold_sigpipe(&before); /* TLS may have to write in order to read */
    result = redisBufferRead(redis->context);
    release_sigpipe(&before);
    return result == REDIS_OK;
}

enum rlc_status rlc_redis_receive(struct rlc_redis *redis, redisReply **ret_reply,
                                  struct rlc_error *reterr)
{
    void *reply = NULL;

    assert(redis->context && redis->pending > 0);
    if (rlc_redis_flush(redis, reterr) != RLC_OK)
        return RLC_RETRY;
    for (;;) {
        if (redisGetReplyFromReader(redis->context, &reply) != REDIS_OK)
            return lost(redis, reterr);
        if (reply)
            break;
        if (!read_some(redis))
            return lost(redis, reterr);
    }
    redis->pending--;
    *ret_reply = reply;
    return RLC_OK;
}

/* Servers quote the arguments of a command that they do not know: those may be anything. */
static int quotable_length(const redisReply *reply)
{
    const char *arguments = strstr(reply->str, ", with args");

    return arguments ? (int)(arguments - reply->str) : (int)strlen(reply->str);
}

enum rlc_status rlc_redis_refuse(struct rlc_redis *redis, const redisReply *reply,
                                 struct rlc_error *reterr)
{
    if (reply->type == REDIS_REPLY_ERROR && reply->str) {
        (void)rlc_error_set(reterr, RLC_RETRY, ORIGIN, 0, "%s refuses: %.*s", redis->host,
                            quotable_length(reply), reply->str);
    } else {
        (void)rlc_error_set(reterr, RLC_RETRY, ORIGIN, 0,
                            "%s answers what no Redis would answer (type %d)", redis->host,
                            reply->type);
    }
    drop(redis);
    return RLC_RETRY;
}

/* ---- connecting ---- */

static enum rlc_status open_socket(struct rlc_redis *redis, struct rlc_error *reterr)
{
    const struct rlc_redis_settings *settings = &redis->settings;
    struct timeval connect_timeout = timeval_of(settings->connect_timeout_ms);
    struct timeval call_timeout = timeval_of(settings->call_timeout_ms);
    bool local = settings->host[0] == '/';
    redisContext *context =
        local ? redisConnectUnixWithTimeout(settings->host, connect_timeout)
              : redisConnectWithTimeout(settings->host, settings->port, connect_timeout);

    redis->context = context;
    if (!context)
        return rlc_error_set(reterr, RLC_RETRY, ORIGIN, 0, "out of memory for a connection");
    if (context->err || redisSetTimeout(context, call_timeout) != REDIS_OK ||
        (!local && redisEnableKeepAlive(context) != REDIS_OK)) {
        enum rlc_status status = rlc_error_set(reterr, RLC_RETRY, ORIGIN, context->err,
                                               "cannot connect to Redis at %s:%d: %s",
                                               settings->host, settings->port, context->errstr);

        drop(redis);
        return status;
    }
    return RLC_OK;
}

static enum rlc_status start_tls(struct rlc_redis *redis, struct rlc_error *reterr)
{
    sigset_t before;
    enum rlc_status status;

    if (!redis->settings.tls)
        return RLC_OK;
    hold_sigpipe(&before);
    status = rlc_redis_tls_start(redis->context, &redis->settings, reterr);
    release_sigpipe(&before);
    if (status != RLC_OK)
        drop(redis);
    return status;
}

static enum rlc_status ask(struct rlc_redis *redis, redisReply **ret_reply,
                           struct rlc_error *reterr)
{
    enum rlc_status status = rlc_redis_send(redis, &redis->command, reterr);

    return status == RLC_OK ? rlc_redis_receive(redis, ret_reply, reterr) : status;
}

/* Only the first word of the server's answer is shown: it may quote what it did not like. */
static enum rlc_status log_in(struct rlc_redis *redis, struct rlc_error *reterr)
{
    struct rlc_redis_command *command = &redis->command;
    redisReply *reply;
    enum rlc_status status;

    if (!redis->password[0])
        return RLC_OK;
    status = rlc_redis_command_begin(command, 3, 0, reterr);
    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(command, "AUTH");
    if (redis->username[0])
        rlc_redis_command_text(command, redis->username);
    rlc_redis_command_text(command, redis->password);
    status = ask(redis, &reply, reterr);
    if (status != RLC_OK)
        return status;
    if (reply->type == REDIS_REPLY_ERROR) {
        status =
            rlc_error_set(reterr, RLC_RETRY, ORIGIN, 0,
                          "%s refuses the login (%.*s): check redis.username and redis.password",
                          redis->host, (int)strcspn(reply->str, " "), reply->str);
        drop(redis);
    }
    freeReplyObject(reply);
    return status;
}

static enum rlc_status select_database(struct rlc_redis *redis, struct rlc_error *reterr)
{
    redisReply *reply;
    enum rlc_status status;

    if (redis->settings.database == 0)
        return RLC_OK;
    status = rlc_redis_command_begin(&redis->command, 2, 1, reterr);
    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(&redis->command, "SELECT");
    rlc_redis_command_number(&redis->command, redis->settings.database);
    status = ask(redis, &reply, reterr);
    if (status != RLC_OK)
        return status;
    if (reply->type != REDIS_REPLY_STATUS)
        status = rlc_redis_refuse(redis, reply, reterr);
    freeReplyObject(reply);
    return status;
}

#define POLICY "maxmemory_policy:"
#define WANTED POLICY "noeviction"

/* A server that drops keys when memory is short would make debtors look as if they owed nothing. */
static enum rlc_status judge_policy(struct rlc_redis *redis, const redisReply *reply,
                                    struct rlc_error *reterr)
{
    const char *policy = reply->type == REDIS_REPLY_STRING ? strstr(reply->str, POLICY) : NULL;
    bool forbidden = reply->type == REDIS_REPLY_ERROR &&
                     (strncmp(reply->str, "NOPERM", 6) == 0 || strncmp(reply->str, "ERR", 3) == 0);
    enum rlc_status status;

    redis->policy_hidden = !policy;
    if (!policy && reply->type != REDIS_REPLY_STRING && !forbidden)
        return rlc_redis_refuse(redis, reply, reterr);
    if (!policy || strncmp(policy, WANTED, strlen(WANTED)) == 0)
        return RLC_OK;
    policy += strlen(POLICY);
    status = rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0,
                           "maxmemory-policy of %s is %.*s and may drop state: set it to "
                           "noeviction (in redis.conf or by CONFIG SET)",
                           redis->host, (int)strcspn(policy, "\r\n"), policy);
    drop(redis);
    return status;
}

static enum rlc_status check_policy(struct rlc_redis *redis, struct rlc_error *reterr)
{
    redisReply *reply;
    enum rlc_status status = rlc_redis_command_begin(&redis->command, 2, 0, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(&redis->command, "INFO");
    rlc_redis_command_text(&redis->command, "memory");
    status = ask(redis, &reply, reterr);
    if (status != RLC_OK)
        return status;
    status = judge_policy(redis, reply, reterr);
    freeReplyObject(reply);
    return status;
}

enum rlc_status rlc_redis_begin(struct rlc_redis *redis, struct rlc_error *reterr)
{
    enum rlc_status status;

    /* The round trip before this one was given up half way. */
    if (redis->pending)
        drop(redis);
    if (redis->context) {
        rlc_redis_wait_anew(redis);
        return RLC_OK;
    }
    redis->pending = 0;
    redis->unsent_bytes = 0;
    status = open_socket(redis, reterr);
    rlc_redis_wait_anew(redis);
    if (status == RLC_OK)
        status = start_tls(redis, reterr);
    if (status == RLC_OK)
        status = log_in(redis, reterr);
    if (status == RLC_OK)
        status = select_database(redis, reterr);
    if (status == RLC_OK)
        status = check_policy(redis, reterr);
    if (status != RLC_OK)
        drop(redis);
    return status;
}
