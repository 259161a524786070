/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier): memmem */
#include "tests/integration/postgres/cutter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 65536, POLL_MS = 20 };

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (server >= 0 && connect(server, (struct sockaddr *)&address, sizeof(address)) == 0)
        return server;
    if (server >= 0)
        (void)close(server);
    return -1;
}

static bool pass_on(int from, int to, char *chunk, ssize_t *ret_size)
{
    ssize_t size = recv(from, chunk, CHUNK, 0);
    ssize_t sent = 0;

    *ret_size = size;
    while (size > 0 && sent < size) {
        ssize_t step = send(to, chunk + sent, (size_t)(size - sent), MSG_NOSIGNAL);

        if (step <= 0)
            return false;
        sent += step;
    }
    return size > 0;
}

/* Waits until the server has answered the COMMIT, and keeps the answer. */
static void swallow_answer(int server, char *chunk)
{
    struct pollfd file = { .fd = server, .events = POLLIN };

    if (poll(&file, 1, 5000) > 0)
        (void)recv(server, chunk, CHUNK, 0);
}

static void serve(struct cutter *cutter, int client, int server)
{
    static char chunk[CHUNK];
    struct pollfd files[2] = { { .fd = client, .events = POLLIN },
                               { .fd = server, .events = POLLIN } };
    ssize_t size;

    while (!atomic_load(&cutter->stop)) {
        if (poll(files, atomic_load(&cutter->frozen) ? 0 : 2, POLL_MS) <= 0)
            continue;
        if (files[0].revents) {
            if (!pass_on(client, server, chunk, &size))
                return;
            if (memmem(chunk, (size_t)size, "COMMIT", 6) &&
                atomic_exchange(&cutter->armed, false)) {
                swallow_answer(server, chunk);
                atomic_fetch_add(&cutter->cuts, 1);
                return;
            }
        }
        if (files[1].revents && !pass_on(server, client, chunk, &size))
            return;
    }
}

static void *run(void *context)
{
    struct cutter *cutter = context;

    while (!atomic_load(&cutter->stop)) {
        struct pollfd file = { .fd = cutter->listener, .events = POLLIN };
        int client, server;

        if (poll(&file, 1, POLL_MS) <= 0)
            continue;
        client = accept(cutter->listener, NULL, NULL);
        server = connect_to(cutter->server_port);
        if (client >= 0 && server >= 0)
            serve(cutter, client, server);
        if (client >= 0)
            (void)close(client);
        if (server >= 0)
            (void)close(server);
    }
    return NULL;
}

bool cutter_start(struct cutter *cutter, uint16_t server_port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);

    memset(cutter, 0, sizeof(*cutter));
    cutter->server_port = server_port;
    cutter->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (cutter->listener < 0 ||
        bind(cutter->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(cutter->listener, 4) != 0 ||
        getsockname(cutter->listener, (struct sockaddr *)&address, &size) != 0)
        return false;
    cutter->port = ntohs(address.sin_port);
    return pthread_create(&cutter->thread, NULL, run, cutter) == 0;
}

void cutter_stop(struct cutter *cutter)
{
    atomic_store(&cutter->stop, true);
    (void)pthread_join(cutter->thread, NULL);
    (void)close(cutter->listener);
}
