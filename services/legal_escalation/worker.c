/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/loop/effects.h"

/* How soon an act whose gates are shut is looked at again. */
#define LOOK_AGAIN_MS 20

/* ---- policies ---- */

/* The bundle of a stored case may be new to this process. What is decided meanwhile is not written.
 */
static const struct legal_policy *policy_of(void *context, const struct rlc_hash *hash)
{
    struct legal_worker *worker = context;
    const struct legal_policy *policy = &LEGAL_POLICY_EMPTY;

    if (legal_policies_get(worker->policies, worker->catalog.bundles, hash, &policy, NULL) ==
        RLC_OK)
        return policy;
    worker->missing = *hash;
    worker->lacking = true;
    return &LEGAL_POLICY_EMPTY;
}

static enum rlc_status find_missing(struct legal_worker *worker, struct rlc_error *reterr)
{
    const struct legal_policy *policy;
    enum rlc_status status = legal_policies_get(worker->policies, worker->catalog.bundles,
                                                &worker->missing, &policy, reterr);

    if (status == RLC_RETRY && worker->catalog.refresh &&
        worker->catalog.refresh(worker->catalog.context, reterr) == RLC_OK)
        status = legal_policies_get(worker->policies, worker->catalog.bundles, &worker->missing,
                                    &policy, reterr);
    worker->lacking = status != RLC_OK;
    /* A bundle that cannot be read is no reason to give up: a corrected one may be activated. */
    return status == RLC_FATAL ? RLC_RETRY : status;
}

/* Whatever the messages of a batch name is read before it is decided. A scope is kept without a
 * look at its bundle, which need not have any procedure. */
static enum rlc_status prepare(void *self, const struct rlc_event *events, size_t count,
                               struct rlc_arena *arena, struct rlc_error *reterr)
{
    struct legal_worker *worker = self;
    enum rlc_status status = worker->lacking ? find_missing(worker, reterr) : RLC_OK;

    (void)arena;
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        const struct legal_message_event *body = events[i].body;

        if (events[i].class == RLC_EVENT_PLAIN && body &&
            body->message.kind != RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED)
            (void)policy_of(worker, &body->message.envelope.rules.bundle_hash);
        if (worker->lacking)
            status = find_missing(worker, reterr);
    }
    return status;
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    const struct legal_worker *worker = self;

    LEGAL_SERVICE.decide(self, event, turn);
    if (worker->lacking)
        rlc_turn_wait(turn, "the bundle of the case is not read yet");
}

/* ---- what waits for its look ---- */

/* Without memory the act waits until its partition is adopted again: nothing is filed wrongly. */
static struct legal_ready *remember(struct legal_worker *worker, int32_t partition,
                                    struct rlc_span key)
{
    struct legal_ready *ready = calloc(1, sizeof(*ready));

    if (!ready)
        return NULL;
    assert(key.size <= sizeof(ready->key.room));
    memcpy(ready->key.room, key.data, key.size);
    ready->key.span = rlc_span_from(ready->key.room, key.size);
    ready->partition = partition;
    ready->next = worker->ready;
    worker->ready = ready;
    return ready;
}

static struct legal_ready **place_of(struct legal_worker *worker, struct rlc_span key)
{
    struct legal_ready **place = &worker->ready;

    while (*place && !rlc_span_equal((*place)->key.span, key))
        place = &(*place)->next;
    return place;
}

static void forget(struct legal_ready **place)
{
    struct legal_ready *found = *place;

    if (!found)
        return;
    *place = found->next;
    free(found);
}

/* `key` may be that of the entry itself. */
static void note(struct legal_worker *worker, int32_t partition, struct rlc_span key,
                 const struct legal_left *left)
{
    struct legal_ready **place = place_of(worker, key);
    struct legal_ready *ready;

    if (!left->ready) {
        forget(place);
        return;
    }
    ready = *place ? *place : remember(worker, partition, key);
    if (!ready)
        return;
    ready->claim_hash = left->claim_hash;
    ready->held = left->held;
}

/* What was held is looked at once: the scope may have changed since. */
static void adopt(void *self, int32_t partition, const struct rlc_span *keys, void *const *records,
                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rlc_case_record *record = records[i];
        const struct legal_left left = { .ready = legal_is_ready(record),
                                         .claim_hash = record->claim.claim_hash };

        note(self, partition, keys[i], &left);
    }
}

static void adopted(void *self, int32_t partition)
{
    (void)self;
    (void)partition;
}

static void drop(void *self, int32_t partition)
{
    struct legal_worker *worker = self;
    struct legal_ready **place = &worker->ready;

    while (*place) {
        if ((*place)->partition == partition)
            forget(place);
        else
            place = &(*place)->next;
    }
}

/* What held the case may be over by now. */
static void look_at_case(struct legal_worker *worker, struct rlc_span key)
{
    struct legal_ready *ready = *place_of(worker, key);

    if (ready)
        ready->held = false;
}

/* Another scope holds other cases. */
static void look_at_tenant(struct legal_worker *worker, int32_t partition, struct rlc_span tenant)
{
    for (struct legal_ready *ready = worker->ready; ready; ready = ready->next) {
        if (ready->partition == partition &&
            rlc_span_equal(legal_tenant_of(ready->key.span), tenant))
            ready->held = false;
    }
}

static void committed(void *self, const struct rlc_event *event)
{
    const struct legal_message_event *body = event->body;
    const struct legal_look_event *look = event->body;

    if (event->class == RLC_EVENT_LOCAL)
        note(self, event->record->partition, event->subject, &look->left);
    else if (event->class == RLC_EVENT_DUE)
        look_at_case(self, event->subject);
    else if (event->class == RLC_EVENT_PLAIN && legal_key_is_case(event->subject))
        note(self, event->record->partition, event->subject, &body->left);
    else if (event->class == RLC_EVENT_PLAIN && event->subject.size > 0)
        look_at_tenant(self, event->record->partition, body->message.envelope.tenant);
}

/* ---- looking ---- */

/* Held acts are no work that is under way: nothing but a change, or time, gets them on. */
static bool has_looks(const struct legal_worker *worker)
{
    const struct legal_ready *ready = worker->ready;

    while (ready && ready->held)
        ready = ready->next;
    return ready;
}

static size_t gather(void *self, struct rlc_arena *arena,
                     struct rlc_local ret_local[RLC_LOCALS_MAX])
{
    struct legal_worker *worker = self;
    size_t count = 0;

    if (worker->held || !has_looks(worker))
        return 0;
    legal_looks_begin(worker->looks, arena);
    for (struct legal_ready *ready = worker->ready; ready && count < RLC_LOCALS_MAX;
         ready = ready->next) {
        struct legal_look_event *event =
            ready->held ? NULL : rlc_arena_alloc(arena, sizeof(*event));

        if (!event || !legal_looks_take(worker->looks, legal_tenant_of(ready->key.span),
                                        ready->partition, &event->look))
            continue;
        event->key = ready->key.span;
        event->claim_hash = ready->claim_hash;
        ret_local[count++] = (struct rlc_local){ .partition = ready->partition,
                                                 .subject = ready->key.span,
                                                 .body = event };
    }
    return count;
}

static int32_t wait_ms(void *self)
{
    return has_looks(self) ? LOOK_AGAIN_MS : INT32_MAX;
}

static int64_t busy(void *self, int32_t partition)
{
    const struct legal_worker *worker = self;
    int64_t count = 0;

    for (const struct legal_ready *ready = worker->ready; ready; ready = ready->next)
        count += ready->partition == partition && !ready->held;
    return count;
}

static void hold(void *self, bool held)
{
    ((struct legal_worker *)self)->held = held;
}

/* A filing is one transaction: it is done or not begun. */
static bool under_way(void *self)
{
    (void)self;
    return false;
}

static const struct rlc_effects EFFECTS = { adopt,   adopted, drop, gather,   committed,
                                            wait_ms, busy,    hold, under_way };

/* ---- the worker ---- */

bool legal_worker_open(struct legal_worker *worker, const struct rlc_catalog *catalog,
                       const struct legal_looks_config *looks)
{
    *worker = (struct legal_worker){ .catalog = *catalog,
                                     .policies = legal_policies_new(),
                                     .looks = legal_looks_new(looks) };
    legal_shell_init(&worker->shell, policy_of, worker);
    if (worker->policies && worker->looks)
        return true;
    legal_worker_close(worker);
    return false;
}

void legal_worker_close(struct legal_worker *worker)
{
    while (worker->ready) {
        struct legal_ready *ready = worker->ready;

        worker->ready = ready->next;
        free(ready);
    }
    legal_looks_free(worker->looks);
    rlc_bundle_parts_free(worker->policies);
    *worker = (struct legal_worker){ .ready = NULL };
}

struct rlc_service legal_worker_service(void)
{
    struct rlc_service service = LEGAL_SERVICE;

    service.prepare = prepare;
    service.decide = decide;
    service.effects = &EFFECTS;
    return service;
}
