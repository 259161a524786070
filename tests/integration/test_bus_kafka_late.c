/* SPDX-License-Identifier: Apache-2.0 */
/* A late EndTxn: the request that ends a transaction is held up on the way while the library sends
 * it again over another connection. When the first one arrives, the producer must already be
 * another, or it ends the next transaction (seen on Kafka 4.1: half of a transaction that was to be
 * aborted became visible). A proxy inside this process holds the request up: connect() of the whole
 * process is ours, and leads every connection to the broker through the proxy. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/kafka/internal.h"
#include "tests/integration/kafka_lab.h"

#define API_KEY_END_TXN 26
#define FRAME_MAX       (4u << 20)
#define HOLD_MS         2000

static atomic_int hold_next;  /* the next EndTxn is held up and its connection cut */
static atomic_int held_count; /* held up so far */
static atomic_int late_count; /* arrived at the broker late */
static in_port_t proxy_port;  /* network order; 0 = no proxy */
static in_port_t broker_port; /* network order */

/* The library's calls come here instead of to the C library. */
int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
    struct sockaddr_in to;

    if (addr->sa_family == AF_INET && proxy_port) {
        memcpy(&to, addr, sizeof(to));
        if (to.sin_port == broker_port)
            to.sin_port = proxy_port;
        return (int)syscall(SYS_connect, fd, &to, sizeof(to));
    }
    return (int)syscall(SYS_connect, fd, addr, len);
}

/* ---- the proxy ---- */

struct lane {
    int client;
    int broker;
};

static bool move_all(int to, const uint8_t *bytes, size_t size)
{
    while (size) {
        ssize_t sent = send(to, bytes, size, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool take_all(int from, uint8_t *bytes, size_t size)
{
    while (size) {
        ssize_t got = recv(from, bytes, size, 0);

        if (got <= 0)
            return false;
        bytes += got;
        size -= (size_t)got;
    }
    return true;
}

static void *answers(void *argument)
{
    const struct lane *lane = argument;
    uint8_t bytes[16384];
    ssize_t got;

    while ((got = recv(lane->broker, bytes, sizeof(bytes), 0)) > 0) {
        if (!move_all(lane->client, bytes, (size_t)got))
            break;
    }
    (void)shutdown(lane->client, SHUT_RDWR);
    return NULL;
}

/* One request of the client into `frame`; its size, 0 at the end. */
static size_t request(int client, uint8_t *frame)
{
    uint32_t size;

    if (!take_all(client, frame, 4))
        return 0;
    memcpy(&size, frame, 4);
    size = ntohl(size);
    if (size < 2 || size > FRAME_MAX - 4 || !take_all(client, frame + 4, size))
        return 0;
    return size + 4;
}

static void *requests(void *argument)
{
    struct lane *lane = argument;
    uint8_t *frame = malloc(FRAME_MAX);
    pthread_t thread;
    size_t size;

    assert_non_null(frame);
    assert_int_equal(pthread_create(&thread, NULL, answers, lane), 0);
    while ((size = request(lane->client, frame)) > 0) {
        bool late = frame[4] == 0 && frame[5] == API_KEY_END_TXN && atomic_exchange(&hold_next, 0);

        if (late) {
            atomic_fetch_add(&held_count, 1);
            (void)shutdown(lane->client, SHUT_RDWR);
            lab_sleep(HOLD_MS);
        }
        if (!move_all(lane->broker, frame, size))
            break;
        if (late) {
            lab_sleep(200); /* the broker reads what arrived before the connection ends */
            atomic_fetch_add(&late_count, 1);
        }
    }
    (void)shutdown(lane->broker, SHUT_RDWR);
    (void)pthread_join(thread, NULL);
    (void)close(lane->broker);
    (void)close(lane->client);
    free(frame);
    free(lane);
    return NULL;
}

static void *listener(void *argument)
{
    int server = *(int *)argument;
    int client;

    while ((client = accept(server, NULL, NULL)) >= 0) {
        struct sockaddr_in to = { .sin_family = AF_INET,
                                  .sin_port = broker_port,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        struct lane *lane = malloc(sizeof(*lane));
        pthread_t thread;

        assert_non_null(lane);
        *lane = (struct lane){ client, socket(AF_INET, SOCK_STREAM, 0) };
        assert_int_equal(syscall(SYS_connect, lane->broker, &to, sizeof(to)), 0);
        assert_int_equal(pthread_create(&thread, NULL, requests, lane), 0);
        (void)pthread_detach(thread);
    }
    return NULL;
}

/* False when the broker is not at 127.0.0.1: there is nothing to redirect then. */
static bool start_proxy(void)
{
    static int server;
    const char *servers = getenv("RELANCE_KAFKA_BOOTSTRAP_SERVERS");
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    pthread_t thread;

    if (!servers || strncmp(servers, "127.0.0.1:", 10) != 0)
        return false;
    broker_port = htons((uint16_t)strtoul(servers + 10, NULL, 10));
    server = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server, (struct sockaddr *)&address, sizeof(address)) || listen(server, 16) ||
        getsockname(server, (struct sockaddr *)&address, &size) ||
        pthread_create(&thread, NULL, listener, &server))
        return false;
    (void)pthread_detach(thread);
    proxy_port = address.sin_port;
    return true;
}

/* ---- the tests ---- */

static void a_late_commit_does_not_touch_the_next_transaction(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;
    struct rlc_error error;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    (void)lab_transact(bus, LAB_OUT, 0, "before", true);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "first", NULL), RLC_OK);
    atomic_store(&hold_next, 1);
    lab_commit(bus);
    assert_int_equal(atomic_load(&held_count), 1);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "second", NULL), RLC_OK);
    assert_int_equal(atomic_load(&late_count), 0);
    lab_await_high(bus, LAB_OUT, 0, 5);
    for (int i = 0; atomic_load(&late_count) == 0 && i < LAB_WAIT_MS / 50; i++)
        lab_sleep(50);
    assert_int_equal(atomic_load(&late_count), 1);
    assert_int_equal(bus->ops->abort(bus, &error), RLC_OK);
    assert_string_equal(lab_log(bus, LAB_OUT, 0), "before first");
    bus->ops->close(bus, true);
}

static void a_late_abort_does_not_touch_the_next_transaction(void **state)
{
    struct lab lab;
    struct rlc_bus *bus;

    (void)state;
    atomic_store(&late_count, 0);
    lab_open(&lab, 1);
    bus = lab_writer(&lab, 0);
    (void)lab_transact(bus, LAB_OUT, 0, "before", true);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "dropped", NULL), RLC_OK);
    lab_await_high(bus, LAB_OUT, 0, 3);
    atomic_store(&hold_next, 1);
    lab_abort(bus);
    lab_begin(bus);
    assert_int_equal(lab_put(bus, LAB_OUT, 0, "kept", NULL), RLC_OK);
    for (int i = 0; atomic_load(&late_count) == 0 && i < LAB_WAIT_MS / 50; i++)
        lab_sleep(50);
    assert_int_equal(atomic_load(&late_count), 1);
    lab_commit(bus);
    assert_string_equal(lab_log(bus, LAB_OUT, 0), "before kept");
    bus->ops->close(bus, true);
}

/* A twin stands for the member's own request that comes late: the broker answers both alike. */
static void a_member_that_is_fenced_after_an_outage_joins_again_once(void **state)
{
    struct lab lab;
    struct rlc_bus *bus, *twin;
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error = { .text = "" };
    enum rlc_status status = RLC_OK;

    (void)state;
    lab_open(&lab, 1);
    bus = lab_member(&lab, 0);
    (void)lab_assigned(bus, 1);
    for (int fenced = 0; fenced < 2; fenced++) {
        if (!fenced) /* as the library tells it when the broker is away */
            (void)atomic_fetch_add(&rlc_kafka_bus_of(bus)->consumer.handle.troubles, 1);
        twin = lab_member(&lab, 0);
        (void)lab_assigned(twin, 1);
        twin->ops->close(twin, false);
        for (int i = 0; status != RLC_FATAL && event.kind != RLC_BUS_REBALANCED && i < 400; i++)
            status = bus->ops->poll(bus, 50, &event, &error);
        if (!fenced) {
            assert_int_equal(status, RLC_OK);
            (void)lab_assigned(bus, 1);
            event.kind = RLC_BUS_NOTHING;
        }
    }
    assert_int_equal(status, RLC_FATAL);
    bus->ops->close(bus, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_commit_does_not_touch_the_next_transaction),
        cmocka_unit_test(a_late_abort_does_not_touch_the_next_transaction),
        cmocka_unit_test(a_member_that_is_fenced_after_an_outage_joins_again_once),
    };

    if (!lab_has_broker())
        return LAB_SKIPPED;
    if (!start_proxy()) {
        (void)puts("SKIPPED: the broker is not at 127.0.0.1");
        return LAB_SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
