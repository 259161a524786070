/* SPDX-License-Identifier: Apache-2.0 */
/* The two ends of a measurement of mails: a relay that takes everything and keeps nothing, and the
 * pool of connections alone, which hands over one message again and again.
 *
 *   bench_post relay                              prints its port, serves until it is killed;
 *                                                 answers NOOP with the number of mails so far
 *   bench_post pool PORT CONNECTIONS MAILS FILE   prints how many seconds it took
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/smtp/pool.h"

#define LINE_MAX_SIZE 2048
#define QUEUE         128

static _Atomic int64_t taken;

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- the relay ---- */

static bool begins(const char *line, const char *word)
{
    return strncasecmp(line, word, strlen(word)) == 0;
}

/* Reads a message up to its final dot. */
static bool take_message(FILE *in, FILE *out)
{
    char line[LINE_MAX_SIZE];

    (void)fputs("354 go ahead\r\n", out);
    (void)fflush(out);
    while (fgets(line, sizeof(line), in)) {
        if (strcmp(line, ".\r\n") == 0) {
            (void)atomic_fetch_add(&taken, 1);
            (void)fputs("250 2.0.0 taken\r\n", out);
            return true;
        }
    }
    return false;
}

static void *serve(void *context)
{
    int link = *(int *)context;
    FILE *in = fdopen(link, "r");
    FILE *out = fdopen(dup(link), "w");
    char line[LINE_MAX_SIZE];
    bool goes_on = in && out && fputs("220 relay.bench.example ready\r\n", out) >= 0;

    free(context);
    while (goes_on && fflush(out) == 0 && fgets(line, sizeof(line), in)) {
        if (begins(line, "DATA"))
            goes_on = take_message(in, out);
        else if (begins(line, "NOOP"))
            (void)fprintf(out, "250 %" PRId64 "\r\n", atomic_load(&taken));
        else if (begins(line, "QUIT"))
            goes_on = fputs("221 bye\r\n", out) >= 0 && fflush(out) == 0 && false;
        else
            (void)fputs("250 2.0.0 fine\r\n", out);
    }
    if (in)
        (void)fclose(in);
    if (out)
        (void)fclose(out);
    return NULL;
}

_Noreturn static void relay(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int door = socket(AF_INET, SOCK_STREAM, 0);

    if (door < 0 || bind(door, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(door, QUEUE) != 0 || getsockname(door, (struct sockaddr *)&address, &size) != 0)
        give_up("relay");
    printf("%d\n", ntohs(address.sin_port));
    (void)fflush(stdout);
    for (;;) {
        int *link = malloc(sizeof(*link));
        pthread_t thread;

        if (!link)
            give_up("malloc");
        *link = accept(door, NULL, NULL);
        if (*link < 0 || pthread_create(&thread, NULL, serve, link) != 0)
            give_up("accept");
        (void)pthread_detach(thread);
    }
}

/* ---- the pool ---- */

static struct rlc_span read_message(const char *path)
{
    static uint8_t message[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(message, 1, sizeof(message), file) : 0;

    if (size == 0)
        give_up(path);
    (void)fclose(file);
    return rlc_span_from(message, size);
}

/* Hands over what a free connection takes; how many. */
static int64_t submit(struct rlc_smtp_pool *pool, struct rlc_span message, int64_t most)
{
    struct rlc_smtp_mail mail = { .from = rlc_span_of("bench@creditor.example"),
                                  .to = rlc_span_of("bench@debtor.example"),
                                  .message = message,
                                  .start_before_ns = UINT64_MAX };
    struct rlc_smtp_claim claim;
    struct rlc_error error;
    int64_t count = 0;
    int64_t wait_ms;

    while (count < most && rlc_smtp_pool_claim(pool, mail.to, &claim, &wait_ms, &error) == RLC_OK) {
        mail.id = (uint64_t)count;
        if (rlc_smtp_pool_submit(pool, claim, &mail, &error) != RLC_OK)
            give_up(error.text);
        count++;
    }
    return count;
}

static int64_t collect(struct rlc_smtp_pool *pool)
{
    struct rlc_smtp_result result;
    int64_t count = 0;

    while (rlc_smtp_pool_collect(pool, &result)) {
        if (result.outcome != RLC_SMTP_ACCEPTED)
            give_up(result.text);
        count++;
    }
    return count;
}

static int measure(int32_t port, int32_t connections, int64_t mails, const char *path)
{
    struct rlc_smtp_relay relays[] = {
        { .host = "127.0.0.1", .port = port, .tls = RLC_SMTP_TLS_NONE, .connections = connections }
    };
    struct rlc_smtp_settings settings = { .relays = relays,
                                          .relay_count = 1,
                                          .hello = "bench.relance.example",
                                          .clock = rlc_clock_system() };
    struct rlc_span message = read_message(path);
    struct rlc_smtp_pool *pool;
    struct rlc_error error;
    int64_t submitted = 0;
    int64_t collected = 0;
    uint64_t began_ns;

    if (rlc_smtp_pool_open(&settings, &pool, &error) != RLC_OK)
        give_up(error.text);
    began_ns = rlc_clock_monotonic_ns(&settings.clock);
    while (collected < mails) {
        submitted += submit(pool, message, mails - submitted);
        collected += collect(pool);
        rlc_clock_pause_ms(NULL, 1);
    }
    printf("%.3f\n", (double)(rlc_clock_monotonic_ns(&settings.clock) - began_ns) / 1e9);
    rlc_smtp_pool_close(pool);
    return 0;
}

static int64_t number_of(const char *text)
{
    char *end;
    const long long number = strtoll(text, &end, 10);

    if (end == text || *end != '\0' || number < 0 || number > INT32_MAX) {
        (void)fprintf(stderr, "bench_post: %s is not a number\n", text);
        exit(2);
    }
    return number;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "relay") == 0)
        relay();
    if (argc == 6 && strcmp(argv[1], "pool") == 0)
        return measure((int)number_of(argv[2]), (int)number_of(argv[3]), number_of(argv[4]),
                       argv[5]);
    (void)fprintf(stderr, "usage: bench_post relay | pool PORT CONNECTIONS MAILS FILE\n");
    return 2;
}
