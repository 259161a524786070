/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/pool.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "common/pure/text.h"
#include "common/runtime/error.h"
#include "common/smtp/breaker.h"
#include "common/smtp/connection.h"
#include "common/smtp/rate.h"

#define ORIGIN        "smtp_pool"
#define NS_PER_SECOND UINT64_C(1000000000)
#define NS_PER_MS     UINT64_C(1000000)

enum slot_state {
    SLOT_FREE,
    SLOT_CLAIMED,
    SLOT_GIVEN, /* the thread's turn */
    SLOT_DONE   /* the result waits for collect() */
};

/* A connection with its thread. */
struct slot {
    struct rlc_smtp_pool *pool;
    int32_t relay;
    struct rlc_smtp_connection *connection; /* the thread's */
    pthread_t thread;
    pthread_cond_t given;
    enum slot_state state; /* this and the rest under the pool's lock */
    bool warming;          /* the thread makes its next connection: not free yet */
    bool probe;
    struct rlc_smtp_mail mail;
    uint8_t from[RLC_EMAIL_MAX];
    uint8_t to[RLC_EMAIL_MAX];
    struct rlc_smtp_result result;
};

/* What the caller's thread knows of a relay. */
struct relay_state {
    struct rlc_smtp_rate rate;
    struct rlc_smtp_breaker breaker;
};

struct rlc_smtp_pool {
    struct rlc_smtp_settings settings;
    struct relay_state relays[RLC_SMTP_RELAYS_MAX];
    struct rlc_smtp_domains domains;
    pthread_mutex_t lock;
    pthread_cond_t done;
    atomic_bool stop;
    struct slot slots[RLC_SMTP_CONNECTIONS_MAX];
    size_t slot_count; /* whose threads run */
};

static uint64_t now_ns(const struct rlc_smtp_pool *pool)
{
    return rlc_clock_monotonic_ns(&pool->settings.clock);
}

/* ---- a connection's thread ---- */

static bool wait_for_mail(struct slot *slot)
{
    struct rlc_smtp_pool *pool = slot->pool;
    bool given;

    (void)pthread_mutex_lock(&pool->lock);
    slot->warming = false;
    while (slot->state != SLOT_GIVEN && !atomic_load(&pool->stop))
        (void)pthread_cond_wait(&slot->given, &pool->lock);
    given = !atomic_load(&pool->stop);
    (void)pthread_mutex_unlock(&pool->lock);
    return given;
}

/* After a mail that came too late its connection is gone. If making one takes too long, the next
 * mail would be too late as well, and so on for ever: it is made now, on nobody's time. */
static bool needs_warming(const struct rlc_smtp_result *result)
{
    return result->outcome == RLC_SMTP_TOO_LATE && result->stage != RLC_SMTP_AT_START;
}

static void publish(struct slot *slot, const struct rlc_smtp_result *result)
{
    struct rlc_smtp_pool *pool = slot->pool;

    (void)pthread_mutex_lock(&pool->lock);
    slot->result = *result;
    slot->state = SLOT_DONE;
    slot->warming = needs_warming(result);
    (void)pthread_cond_signal(&pool->done);
    (void)pthread_mutex_unlock(&pool->lock);
}

static void *run_slot(void *context)
{
    struct slot *slot = context;

    while (wait_for_mail(slot)) {
        struct rlc_smtp_result result;

        rlc_smtp_connection_send(slot->connection, &slot->mail, &result);
        publish(slot, &result);
        if (needs_warming(&result))
            rlc_smtp_connection_warm(slot->connection);
    }
    return NULL;
}

/* ---- open and close ---- */

/* The threads take no signals: they belong to the loop. That holds SIGPIPE back, too. */
static int start_thread(struct slot *slot)
{
    sigset_t all;
    sigset_t before;
    int result;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    result = pthread_create(&slot->thread, NULL, run_slot, slot);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

static enum rlc_status start_slot(struct rlc_smtp_pool *pool, int32_t relay,
                                  struct rlc_error *reterr)
{
    struct slot *slot = &pool->slots[pool->slot_count];
    enum rlc_status status;
    int failed;

    *slot = (struct slot){ .pool = pool, .relay = relay };
    status =
        rlc_smtp_connection_open(&pool->settings, relay, &pool->stop, &slot->connection, reterr);
    if (status != RLC_OK)
        return status;
    (void)pthread_cond_init(&slot->given, NULL);
    failed = start_thread(slot);
    if (failed) {
        (void)pthread_cond_destroy(&slot->given);
        rlc_smtp_connection_close(slot->connection);
        return rlc_error_set(reterr, RLC_FATAL, ORIGIN, failed, "cannot start a thread");
    }
    pool->slot_count++;
    return RLC_OK;
}

static enum rlc_status start_relay(struct rlc_smtp_pool *pool, int32_t relay,
                                   struct rlc_error *reterr)
{
    const struct rlc_smtp_relay *settings = &pool->settings.relays[relay];
    enum rlc_status status = RLC_OK;

    pool->relays[relay].rate = rlc_smtp_rate_of(settings->per_second, NS_PER_SECOND);
    for (int32_t i = 0; i < settings->connections && status == RLC_OK; i++)
        status = start_slot(pool, relay, reterr);
    return status;
}

static void init_pool(struct rlc_smtp_pool *pool)
{
    pthread_condattr_t monotonic;

    rlc_smtp_domains_init(&pool->domains, pool->settings.domain_per_minute);
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&pool->done, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    atomic_init(&pool->stop, false);
}

enum rlc_status rlc_smtp_pool_open(const struct rlc_smtp_settings *settings,
                                   struct rlc_smtp_pool **ret_pool, struct rlc_error *reterr)
{
    enum rlc_status status = rlc_smtp_settings_check(settings, reterr);
    struct rlc_smtp_pool *pool;

    if (status != RLC_OK)
        return status;
    pool = calloc(1, sizeof(*pool));
    if (!pool || !rlc_smtp_settings_copy(settings, &pool->settings)) {
        free(pool);
        return rlc_error_set(reterr, RLC_FATAL, ORIGIN, 0, "out of memory");
    }
    init_pool(pool);
    for (size_t i = 0; i < settings->relay_count && status == RLC_OK; i++)
        status = start_relay(pool, (int32_t)i, reterr);
    if (status != RLC_OK) {
        rlc_smtp_pool_close(pool);
        return status;
    }
    *ret_pool = pool;
    return RLC_OK;
}

static void stop_threads(struct rlc_smtp_pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->stop, true);
    for (size_t i = 0; i < pool->slot_count; i++)
        (void)pthread_cond_signal(&pool->slots[i].given);
    (void)pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->slot_count; i++)
        (void)pthread_join(pool->slots[i].thread, NULL);
}

void rlc_smtp_pool_close(struct rlc_smtp_pool *pool)
{
    if (!pool)
        return;
    stop_threads(pool);
    for (size_t i = 0; i < pool->slot_count; i++) {
        rlc_smtp_connection_close(pool->slots[i].connection);
        (void)pthread_cond_destroy(&pool->slots[i].given);
    }
    (void)pthread_cond_destroy(&pool->done);
    (void)pthread_mutex_destroy(&pool->lock);
    rlc_smtp_settings_release(&pool->settings);
    free(pool);
}

/* ---- claims ---- */

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t relay_wait_ns(const struct relay_state *relay, uint64_t at_ns)
{
    return larger(rlc_smtp_breaker_wait_ns(&relay->breaker, at_ns),
                  rlc_smtp_rate_wait_ns(&relay->rate, at_ns));
}

/* An idle connection to the relay, claimed; NULL when there is none. */
static struct slot *take_slot(struct rlc_smtp_pool *pool, size_t relay)
{
    struct slot *taken = NULL;

    (void)pthread_mutex_lock(&pool->lock);
    for (size_t i = 0; i < pool->slot_count && !taken; i++) {
        struct slot *slot = &pool->slots[i];

        if ((size_t)slot->relay == relay && slot->state == SLOT_FREE && !slot->warming) {
            slot->state = SLOT_CLAIMED;
            taken = slot;
        }
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return taken;
}

/* A slot of the first relay that may have a mail; else NULL and the shortest time that changes it.
 * The first idle slots are taken first, so that few connections are kept warm. */
static struct slot *find_slot(struct rlc_smtp_pool *pool, uint64_t at_ns, uint64_t *ret_wait_ns)
{
    uint64_t shortest_ns = UINT64_MAX;

    for (size_t relay = 0; relay < pool->settings.relay_count; relay++) {
        uint64_t wait_ns = relay_wait_ns(&pool->relays[relay], at_ns);
        struct slot *slot = wait_ns == 0 ? take_slot(pool, relay) : NULL;

        if (slot)
            return slot;
        if (wait_ns > 0 && wait_ns < shortest_ns)
            shortest_ns = wait_ns;
    }
    *ret_wait_ns = shortest_ns;
    return NULL;
}

static int64_t wait_ms_of(uint64_t wait_ns)
{
    return wait_ns == UINT64_MAX ? RLC_SMTP_WAIT_FOR_RESULT
                                 : (int64_t)((wait_ns + NS_PER_MS - 1) / NS_PER_MS);
}

enum rlc_status rlc_smtp_pool_claim(struct rlc_smtp_pool *pool, struct rlc_span to,
                                    struct rlc_smtp_claim *ret_claim, int64_t *ret_wait_ms,
                                    struct rlc_error *reterr)
{
    uint64_t at_ns = now_ns(pool);
    struct relay_state *relay;
    struct slot *slot = NULL;
    uint64_t wait_ns;

    if (!rlc_email_valid(to))
        return rlc_error_set(reterr, RLC_REJECT, ORIGIN, 0, "the recipient is no plain address");
    wait_ns = rlc_smtp_domains_wait_ns(&pool->domains, to, at_ns);
    if (wait_ns == 0)
        slot = find_slot(pool, at_ns, &wait_ns);
    if (!slot) {
        *ret_wait_ms = wait_ms_of(wait_ns);
        return rlc_error_set(reterr, RLC_RETRY, ORIGIN, 0, "no connection is free");
    }
    relay = &pool->relays[slot->relay];
    rlc_smtp_domains_take(&pool->domains, to, at_ns);
    rlc_smtp_rate_take(&relay->rate, at_ns);
    slot->probe = rlc_smtp_breaker_start(&relay->breaker, at_ns);
    ret_claim->slot = (int32_t)(slot - pool->slots);
    return RLC_OK;
}

static struct slot *claimed_slot(struct rlc_smtp_pool *pool, struct rlc_smtp_claim claim)
{
    assert(claim.slot >= 0 && (size_t)claim.slot < pool->slot_count);
    return &pool->slots[claim.slot];
}

static void set_state(struct slot *slot, enum slot_state from, enum slot_state to)
{
    struct rlc_smtp_pool *pool = slot->pool;

    (void)pthread_mutex_lock(&pool->lock);
    assert(slot->state == from);
    slot->state = to;
    (void)pthread_cond_signal(&slot->given);
    (void)pthread_mutex_unlock(&pool->lock);
}

/* The slot is free again; its relay learns what came of the mail. */
static void end_claim(struct slot *slot, enum slot_state from, enum rlc_smtp_sign sign)
{
    struct rlc_smtp_pool *pool = slot->pool;

    rlc_smtp_breaker_end(&pool->relays[slot->relay].breaker, slot->probe, sign, now_ns(pool));
    set_state(slot, from, SLOT_FREE);
}

void rlc_smtp_pool_release(struct rlc_smtp_pool *pool, struct rlc_smtp_claim claim)
{
    end_claim(claimed_slot(pool, claim), SLOT_CLAIMED, RLC_SMTP_SIGN_NONE);
}

/* ---- mails and results ---- */

static struct rlc_span copy_address(struct rlc_span address, uint8_t place[RLC_EMAIL_MAX])
{
    assert(address.size <= RLC_EMAIL_MAX);
    memcpy(place, address.data, address.size);
    return rlc_span_from(place, address.size);
}

enum rlc_status rlc_smtp_pool_submit(struct rlc_smtp_pool *pool, struct rlc_smtp_claim claim,
                                     const struct rlc_smtp_mail *mail, struct rlc_error *reterr)
{
    struct slot *slot = claimed_slot(pool, claim);
    enum rlc_status status = rlc_smtp_mail_check(mail, reterr);

    if (status != RLC_OK) {
        rlc_smtp_pool_release(pool, claim);
        return status;
    }
    /* The thread does not look at a slot that is only claimed. */
    slot->mail = *mail;
    slot->mail.from = copy_address(mail->from, slot->from);
    slot->mail.to = copy_address(mail->to, slot->to);
    set_state(slot, SLOT_CLAIMED, SLOT_GIVEN);
    return RLC_OK;
}

/* A slot in this state; NULL when there is none. Under the lock. */
static struct slot *slot_in(struct rlc_smtp_pool *pool, enum slot_state state)
{
    for (size_t i = 0; i < pool->slot_count; i++) {
        if (pool->slots[i].state == state)
            return &pool->slots[i];
    }
    return NULL;
}

bool rlc_smtp_pool_collect(struct rlc_smtp_pool *pool, struct rlc_smtp_result *ret_result)
{
    struct slot *slot;

    (void)pthread_mutex_lock(&pool->lock);
    slot = slot_in(pool, SLOT_DONE);
    (void)pthread_mutex_unlock(&pool->lock);
    if (!slot)
        return false;
    *ret_result = slot->result;
    end_claim(slot, SLOT_DONE, rlc_smtp_sign_of(ret_result));
    return true;
}

static struct timespec after_ms(int64_t wait_ms)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += wait_ms / 1000;
    at.tv_nsec += wait_ms % 1000 * (long)NS_PER_MS;
    if (at.tv_nsec >= (long)NS_PER_SECOND) {
        at.tv_sec++;
        at.tv_nsec -= (long)NS_PER_SECOND;
    }
    return at;
}

bool rlc_smtp_pool_drain(struct rlc_smtp_pool *pool, int64_t wait_ms)
{
    struct timespec until = after_ms(wait_ms);
    int waited = 0;
    bool drained;

    (void)pthread_mutex_lock(&pool->lock);
    while (slot_in(pool, SLOT_GIVEN) && waited == 0)
        waited = pthread_cond_timedwait(&pool->done, &pool->lock, &until);
    drained = slot_in(pool, SLOT_GIVEN) == NULL;
    (void)pthread_mutex_unlock(&pool->lock);
    return drained;
}
