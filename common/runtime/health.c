/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/health.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/address.h"
#include "common/runtime/error.h"
#include "common/runtime/json_text.h"

#define NS_PER_MS         1000000
#define CONNECTIONS_MAX   32 /* scrapers and probes; the rest waits or is refused */
#define CONNECTION_IDLE_S 10

struct check {
    bool used;
    bool ok;
    char name[RLC_HEALTH_NAME_SIZE];
    char why[RLC_HEALTH_WHY_SIZE];
};

struct rlc_health {
    const char *worker;
    struct rlc_clock clock;
    const struct rlc_metrics *metrics[RLC_HEALTH_METRICS_MAX];
    size_t metrics_count;
    struct MHD_Daemon *server;
    uint16_t port;

    _Atomic uint64_t beat_ns;
    _Atomic(const char *) step;
    atomic_bool blocking;

    pthread_mutex_t lock; /* of the checks */
    struct check check[RLC_HEALTH_CHECKS_MAX];
};

/* An answer under construction. */
struct answer {
    unsigned status;
    const char *type;
    char *body;
    size_t size;
};

struct rlc_health *rlc_health_new(const char *worker, struct rlc_clock clock)
{
    struct rlc_health *health = calloc(1, sizeof(*health));

    if (!health)
        return NULL;
    if (pthread_mutex_init(&health->lock, NULL) != 0) {
        free(health);
        return NULL;
    }
    health->worker = worker;
    health->clock = clock;
    rlc_health_beat(health, "START", rlc_clock_monotonic_ns(&health->clock));
    return health;
}

void rlc_health_add_metrics(struct rlc_health *health, const struct rlc_metrics *metrics)
{
    assert(health->server == NULL);
    assert(health->metrics_count < RLC_HEALTH_METRICS_MAX);
    health->metrics[health->metrics_count++] = metrics;
}

void rlc_health_free(struct rlc_health *health)
{
    if (!health)
        return;
    if (health->server)
        MHD_stop_daemon(health->server);
    (void)pthread_mutex_destroy(&health->lock);
    free(health);
}

uint16_t rlc_health_port(const struct rlc_health *health)
{
    return health->port;
}

size_t rlc_health_check(struct rlc_health *health, const char *name)
{
    size_t free_place = RLC_HEALTH_CHECKS_MAX;
    size_t place = 0;

    (void)pthread_mutex_lock(&health->lock);
    for (; place < RLC_HEALTH_CHECKS_MAX; place++) {
        const struct check *check = &health->check[place];

        if (check->used && strncmp(check->name, name, sizeof(check->name) - 1) == 0)
            break;
        if (!check->used && free_place == RLC_HEALTH_CHECKS_MAX)
            free_place = place;
    }
    if (place == RLC_HEALTH_CHECKS_MAX) {
        place = free_place;
        assert(place < RLC_HEALTH_CHECKS_MAX);
        health->check[place] = (struct check){ .used = true, .why = "not checked yet" };
        (void)snprintf(health->check[place].name, sizeof(health->check[place].name), "%s", name);
    }
    (void)pthread_mutex_unlock(&health->lock);
    return place;
}

void rlc_health_set(struct rlc_health *health, size_t check, bool ok, const char *why)
{
    assert(check < RLC_HEALTH_CHECKS_MAX && health->check[check].used);
    (void)pthread_mutex_lock(&health->lock);
    health->check[check].ok = ok;
    (void)snprintf(health->check[check].why, sizeof(health->check[check].why), "%s",
                   why ? why : "");
    (void)pthread_mutex_unlock(&health->lock);
}

void rlc_health_drop(struct rlc_health *health, size_t check)
{
    assert(check < RLC_HEALTH_CHECKS_MAX);
    (void)pthread_mutex_lock(&health->lock);
    health->check[check] = (struct check){ 0 };
    (void)pthread_mutex_unlock(&health->lock);
}

static uint64_t silence_ms(const struct rlc_health *health)
{
    uint64_t now_ns = rlc_clock_monotonic_ns(&health->clock);
    uint64_t beat_ns = atomic_load_explicit(&health->beat_ns, memory_order_relaxed);

    /* The loop may have beaten between the two looks. */
    return now_ns > beat_ns ? (now_ns - beat_ns) / NS_PER_MS : 0;
}

/* While it is inside a call the loop cannot say why: a server that is away shows here first. */
static bool is_stuck(const struct rlc_health *health)
{
    return silence_ms(health) >= RLC_HEALTH_STUCK_MS;
}

/* With the lock held. */
static bool all_fine(const struct rlc_health *health)
{
    size_t used = 0;

    if (is_stuck(health))
        return false;
    for (size_t i = 0; i < RLC_HEALTH_CHECKS_MAX; i++) {
        if (health->check[i].used && !health->check[i].ok)
            return false;
        used += health->check[i].used;
    }
    return used > 0;
}

bool rlc_health_ready(struct rlc_health *health)
{
    bool ready;

    (void)pthread_mutex_lock(&health->lock);
    ready = all_fine(health);
    (void)pthread_mutex_unlock(&health->lock);
    return ready;
}

void rlc_health_beat(struct rlc_health *health, const char *step, uint64_t now_ns)
{
    atomic_store_explicit(&health->step, step, memory_order_relaxed);
    atomic_store_explicit(&health->beat_ns, now_ns, memory_order_relaxed);
}

void rlc_health_block(struct rlc_health *health, bool blocking)
{
    /* The beat before the mark is lifted: between the two the loop must not look dead. */
    atomic_store_explicit(&health->beat_ns, rlc_clock_monotonic_ns(&health->clock),
                          memory_order_relaxed);
    atomic_store_explicit(&health->blocking, blocking, memory_order_release);
}

bool rlc_health_alive(const struct rlc_health *health)
{
    return atomic_load_explicit(&health->blocking, memory_order_acquire) ||
           silence_ms(health) < RLC_HEALTH_SILENCE_MS;
}

static void write_live(struct rlc_health *health, FILE *out, struct answer *answer)
{
    bool alive = rlc_health_alive(health);

    answer->status = alive ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
    (void)fprintf(out,
                  "{\"alive\":%s,\"step\":\"%s\",\"silence_ms\":%" PRIu64 ",\"blocking\":%s}\n",
                  alive ? "true" : "false",
                  atomic_load_explicit(&health->step, memory_order_relaxed), silence_ms(health),
                  atomic_load_explicit(&health->blocking, memory_order_relaxed) ? "true" : "false");
}

static void write_check(const struct check *check, FILE *out)
{
    char name[RLC_JSON_ROOM(RLC_HEALTH_NAME_SIZE)];
    char why[RLC_JSON_ROOM(RLC_HEALTH_WHY_SIZE)];

    (void)rlc_json_quote(rlc_span_of(check->name), RLC_HEALTH_NAME_SIZE, name, sizeof(name));
    (void)rlc_json_quote(rlc_span_of(check->why), RLC_HEALTH_WHY_SIZE, why, sizeof(why));
    (void)fprintf(out, "{\"name\":%s,\"ok\":%s,\"why\":%s}", name, check->ok ? "true" : "false",
                  why);
}

static void write_stuck(const struct rlc_health *health, FILE *out)
{
    struct check loop = { .name = "loop" };

    (void)snprintf(loop.why, sizeof(loop.why), "step %s has not returned for %" PRIu64 " s",
                   atomic_load_explicit(&health->step, memory_order_relaxed),
                   silence_ms(health) / 1000);
    write_check(&loop, out);
}

static void write_ready(struct rlc_health *health, FILE *out, struct answer *answer)
{
    const char *before = "";
    bool ready;

    (void)pthread_mutex_lock(&health->lock);
    ready = all_fine(health);
    (void)fprintf(out, "{\"ready\":%s,\"checks\":[", ready ? "true" : "false");
    if (is_stuck(health)) {
        write_stuck(health, out);
        before = ",";
    }
    for (size_t i = 0; i < RLC_HEALTH_CHECKS_MAX; i++) {
        if (!health->check[i].used)
            continue;
        (void)fputs(before, out);
        write_check(&health->check[i], out);
        before = ",";
    }
    (void)pthread_mutex_unlock(&health->lock);
    (void)fputs("]}\n", out);
    answer->status = ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
}

/* For alarms: what /readyz says, as numbers. Names of checks are ours, and need no more escaping
 * than JSON's. */
static void write_not_ready(const char *name, FILE *out)
{
    char quoted[RLC_JSON_ROOM(RLC_HEALTH_NAME_SIZE)];

    (void)rlc_json_quote(rlc_span_of(name), RLC_HEALTH_NAME_SIZE, quoted, sizeof(quoted));
    (void)fprintf(out, "rlc_not_ready{check=%s} 1\n", quoted);
}

static void write_readiness(struct rlc_health *health, FILE *out)
{
    (void)pthread_mutex_lock(&health->lock);
    (void)fprintf(out,
                  "# HELP rlc_ready Whether /readyz answers 200.\n# TYPE rlc_ready gauge\n"
                  "rlc_ready %d\n# HELP rlc_not_ready What /readyz names as not ready.\n"
                  "# TYPE rlc_not_ready gauge\n",
                  all_fine(health));
    if (is_stuck(health))
        write_not_ready("loop", out);
    for (size_t i = 0; i < RLC_HEALTH_CHECKS_MAX; i++) {
        if (health->check[i].used && !health->check[i].ok)
            write_not_ready(health->check[i].name, out);
    }
    (void)pthread_mutex_unlock(&health->lock);
}

static void write_metrics(struct rlc_health *health, FILE *out, struct answer *answer)
{
    answer->type = "text/plain; version=0.0.4; charset=utf-8";
    for (size_t i = 0; i < health->metrics_count; i++)
        rlc_metrics_render(health->metrics[i], out);
    write_readiness(health, out);
    rlc_metrics_render_process(health->worker, out);
}

static const struct {
    const char *path;
    void (*write)(struct rlc_health *health, FILE *out, struct answer *answer);
} PAGE[] = {
    { "/livez", write_live },
    { "/readyz", write_ready },
    { "/metrics", write_metrics },
};

static void write_error(struct answer *answer, unsigned status, const char *text, FILE *out)
{
    answer->status = status;
    (void)fprintf(out, "{\"error\":\"%s\"}\n", text);
}

/* Fills the answer; the body stays NULL when memory is short. */
static void write_answer(struct rlc_health *health, const char *method, const char *path,
                         struct answer *answer)
{
    FILE *out = open_memstream(&answer->body, &answer->size);
    size_t page = 0;

    if (!out)
        return;
    while (page < RLC_COUNT(PAGE) && strcmp(PAGE[page].path, path) != 0)
        page++;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        write_error(answer, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD", out);
    else if (page == RLC_COUNT(PAGE))
        write_error(answer, MHD_HTTP_NOT_FOUND, "no such page", out);
    else
        PAGE[page].write(health, out, answer);
    if (fclose(out) != 0) {
        free(answer->body);
        answer->body = NULL;
    }
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, const struct answer *answer)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer->size, answer->body, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result result;

    if (!response) {
        free(answer->body);
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    result = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* The signature is the library's. A request comes first without, then with its body. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **request)
{
    static char seen;
    struct answer answer = { .status = MHD_HTTP_OK, .type = "application/json" };

    (void)version;
    (void)upload;
    if (*request == NULL) {
        *request = &seen;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    write_answer(context, method, path, &answer);
    return answer.body ? send_answer(connection, &answer) : MHD_NO;
}

/* The server's thread takes no signals: they belong to the loop, whose waits they end. */
static struct MHD_Daemon *start_server(struct rlc_health *health,
                                       const struct sockaddr_storage *address)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO |
                     (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u);
    struct MHD_Daemon *server;
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    server = MHD_start_daemon(flags, 0, NULL, NULL, on_request, health, MHD_OPTION_SOCK_ADDR,
                              (const struct sockaddr *)address, MHD_OPTION_CONNECTION_LIMIT,
                              (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                              (unsigned)CONNECTION_IDLE_S, MHD_OPTION_END);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return server;
}

enum rlc_status rlc_health_serve(struct rlc_health *health, const char *listen,
                                 struct rlc_error *reterr)
{
    struct sockaddr_storage address;
    const union MHD_DaemonInfo *info;
    socklen_t size;

    assert(health->server == NULL);
    if (!rlc_address_parse(listen, &address, &size))
        return rlc_error_set(reterr, RLC_FATAL, "listen", 0, "'%s' is no address", listen);
    errno = 0;
    health->server = start_server(health, &address);
    if (!health->server)
        return rlc_error_set(reterr, RLC_FATAL, "listen", errno, "cannot listen at %s: %s", listen,
                             errno ? strerror(errno) : "the server did not start");
    info = MHD_get_daemon_info(health->server, MHD_DAEMON_INFO_BIND_PORT);
    health->port = info ? info->port : 0;
    return RLC_OK;
}
