/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/redis_lab.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/redis/connection.h"
#include "common/runtime/clock.h"

#define WORDS_MAX   64
#define LINE_SIZE   1024
#define ANSWER_SIZE 4096

/* ---- the server ---- */

static bool is_installed(void)
{
    const char *path = getenv("PATH");
    char candidate[512];

    while (path && *path) {
        size_t length = strcspn(path, ":");

        (void)snprintf(candidate, sizeof(candidate), "%.*s/redis-server", (int)length, path);
        if (access(candidate, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

/* A port that was free a moment ago. */
static int free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);
    int probe = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(probe >= 0);
    assert_int_equal(bind(probe, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(probe, (struct sockaddr *)&address, &size), 0);
    close(probe);
    return ntohs(address.sin_port);
}

static void configure(const struct redis_lab *lab)
{
    char path[64];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/redis.conf", lab->folder);
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fprintf(file,
                  "bind 127.0.0.1\nunixsocket socket\nlogfile log\nsave \"\"\nappendonly no\n"
                  "enable-debug-command yes\nmaxmemory-policy noeviction\nport %d\n",
                  lab->tls ? 0 : lab->port);
    if (lab->tls) {
        (void)fprintf(file,
                      "tls-port %d\ntls-cert-file certificate.pem\ntls-key-file key.pem\n"
                      "tls-auth-clients no\n",
                      lab->port);
    }
    assert_int_equal(fclose(file), 0);
}

static void become_server(const struct redis_lab *lab)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chdir(lab->folder) == 0)
        (void)execlp("redis-server", "redis-server", "redis.conf", (char *)NULL);
    _exit(127);
}

static bool answers(const struct redis_lab *lab)
{
    struct rlc_redis_settings settings = redis_lab_settings(lab);
    struct rlc_redis *redis;
    bool there;

    settings.host = lab->socket;
    assert_int_equal(rlc_redis_open(&settings, &redis, NULL), RLC_OK);
    there = rlc_redis_begin(redis, NULL) == RLC_OK;
    rlc_redis_close(redis);
    return there;
}

void redis_lab_restart(struct redis_lab *lab)
{
    assert_int_equal(lab->server, 0);
    lab->server = fork();
    assert_true(lab->server >= 0);
    if (lab->server == 0)
        become_server(lab);
    for (int waited_ms = 0; !answers(lab); waited_ms += 10) {
        assert_true(waited_ms < REDIS_LAB_TIMEOUT_MS);
        assert_int_equal(waitpid(lab->server, NULL, WNOHANG), 0);
        rlc_clock_pause_ms(NULL, 10);
    }
}

static bool prepare(struct redis_lab *lab)
{
    *lab = (struct redis_lab){ .folder = "/tmp/relance-redis.XXXXXX" };
    if (!is_installed()) {
        printf("SKIPPED: no redis-server\n");
        return false;
    }
    assert_non_null(mkdtemp(lab->folder));
    (void)snprintf(lab->socket, sizeof(lab->socket), "%s/socket", lab->folder);
    lab->port = free_port();
    return true;
}

bool redis_lab_start(struct redis_lab *lab)
{
    if (!prepare(lab))
        return false;
    configure(lab);
    redis_lab_restart(lab);
    return true;
}

bool redis_lab_start_tls(struct redis_lab *lab, const char *certify)
{
    char command[2048];

    if (!prepare(lab))
        return false;
    lab->tls = true;
    (void)snprintf(command, sizeof(command), "cd %s && (%s) >log 2>&1", lab->folder, certify);
    assert_int_equal(system(command), 0);
    configure(lab);
    redis_lab_restart(lab);
    return true;
}

void redis_lab_kill(struct redis_lab *lab)
{
    if (lab->server == 0)
        return;
    assert_int_equal(kill(lab->server, SIGKILL), 0);
    assert_int_equal(waitpid(lab->server, NULL, 0), lab->server);
    lab->server = 0;
}

void redis_lab_stop(struct redis_lab *lab)
{
    static const char *const files[] = { "socket",          "log",    "impostor", "redis.conf",
                                         "certificate.pem", "key.pem" };
    char path[64];

    redis_lab_kill(lab);
    for (size_t i = 0; i < RLC_COUNT(files); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", lab->folder, files[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(lab->folder), 0);
}

struct rlc_redis_settings redis_lab_settings(const struct redis_lab *lab)
{
    (void)lab;
    return (struct rlc_redis_settings){ .host = "127.0.0.1",
                                        .port = lab->port,
                                        .connect_timeout_ms = REDIS_LAB_TIMEOUT_MS,
                                        .call_timeout_ms = REDIS_LAB_TIMEOUT_MS };
}

/* ---- commands ---- */

static size_t print_answer(const redisReply *reply, char *text, size_t size)
{
    size_t used = 0;

    if (reply->type == REDIS_REPLY_INTEGER)
        return (size_t)snprintf(text, size, "%lld", reply->integer);
    if (reply->type == REDIS_REPLY_NIL)
        return (size_t)snprintf(text, size, "-");
    if (reply->type != REDIS_REPLY_ARRAY)
        return (size_t)snprintf(text, size, "%s", reply->str);
    text[0] = '\0';
    for (size_t i = 0; i < reply->elements && used + 2 < size; i++) {
        if (i)
            text[used++] = ' ';
        used += print_answer(reply->element[i], text + used, size - used);
    }
    return used;
}

const char *redis_lab_do(const struct redis_lab *lab, const char *format, ...)
{
    static char answer[ANSWER_SIZE];
    redisContext *context = redisConnectUnix(lab->socket);
    const char *words[WORDS_MAX];
    redisReply *reply;
    char line[LINE_SIZE];
    int count = 0;
    va_list values;

    va_start(values, format);
    (void)vsnprintf(line, sizeof(line), format, values);
    va_end(values);
    for (char *rest = line, *word; (word = strsep(&rest, " ")) && count < WORDS_MAX;)
        words[count++] = word;
    assert_true(context && !context->err);
    reply = redisCommandArgv(context, count, words, NULL);
    assert_non_null(reply);
    (void)print_answer(reply, answer, sizeof(answer));
    freeReplyObject(reply);
    redisFree(context);
    return answer;
}
