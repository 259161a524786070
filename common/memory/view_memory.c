/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/view_memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/log.h"
#include "common/memory/sent.h"
#include "common/memory/slice.h"
#include "common/memory/store.h"
#include "common/runtime/error.h"

struct worker_slices {
    char *worker;
    struct rlc_memory_slice **slices;
    size_t count;
    size_t capacity;
};

struct memory_view {
    struct rlc_view base;
    struct rlc_memory_store *store;
    struct worker_slices *own;
    struct rlc_memory_sent sent;
};

/* ---- the store ---- */

struct rlc_memory_store *rlc_memory_store_new(void)
{
    return calloc(1, sizeof(struct rlc_memory_store));
}

static void drop_slices(struct worker_slices *worker)
{
    for (size_t i = 0; i < worker->count; i++)
        rlc_memory_slice_free(worker->slices[i]);
    worker->count = 0;
}

void rlc_memory_store_free(struct rlc_memory_store *store)
{
    if (!store)
        return;
    assert(store->handles == 0);
    for (size_t i = 0; i < store->count; i++) {
        drop_slices(store->workers[i]);
        free(store->workers[i]->slices);
        free(store->workers[i]->worker);
        free(store->workers[i]);
    }
    free(store->workers);
    free(store->fresh.expected);
    free(store->fresh.told);
    free(store);
}

static struct worker_slices *find_worker(const struct rlc_memory_store *store, const char *name)
{
    for (size_t i = 0; i < store->count; i++) {
        if (strcmp(store->workers[i]->worker, name) == 0)
            return store->workers[i];
    }
    return NULL;
}

static struct worker_slices *add_worker(struct rlc_memory_store *store, const char *name)
{
    struct worker_slices **workers = rlc_memory_grow(
        store->workers, &store->capacity, store->count + 1, sizeof(struct worker_slices *));
    struct worker_slices *worker = calloc(1, sizeof(*worker));

    if (workers)
        store->workers = workers;
    if (worker)
        worker->worker = strdup(name);
    if (!workers || !worker || !worker->worker) {
        free(worker ? worker->worker : NULL);
        free(worker);
        return NULL;
    }
    workers[store->count++] = worker;
    return worker;
}

static struct rlc_memory_slice *find_slice(const struct worker_slices *worker, int32_t partition)
{
    for (size_t i = 0; worker && i < worker->count; i++) {
        if (worker->slices[i]->partition == partition)
            return worker->slices[i];
    }
    return NULL;
}

static struct rlc_memory_slice *get_slice(struct worker_slices *worker, int32_t partition)
{
    struct rlc_memory_slice *slice = find_slice(worker, partition);
    struct rlc_memory_slice **slices;

    if (slice)
        return slice;
    slices = rlc_memory_grow(worker->slices, &worker->capacity, worker->count + 1,
                             sizeof(struct rlc_memory_slice *));
    if (!slices)
        return NULL;
    worker->slices = slices;
    slice = rlc_memory_slice_new(partition);
    if (slice)
        slices[worker->count++] = slice;
    return slice;
}

/* ---- disturbances ---- */

void rlc_memory_store_flush_all(struct rlc_memory_store *store)
{
    for (size_t i = 0; i < store->count; i++)
        drop_slices(store->workers[i]);
    store->fresh.known = false;
    store->fresh.expected_count = 0;
    store->fresh.told_count = 0;
}

void rlc_memory_store_set_away(struct rlc_memory_store *store, bool away)
{
    store->away = away;
}

bool rlc_memory_store_lose_record(struct rlc_memory_store *store, const char *worker,
                                  int32_t partition, struct rlc_span key)
{
    struct rlc_memory_slice *slice = find_slice(find_worker(store, worker), partition);

    return slice && rlc_memory_slice_lose(slice, key);
}

bool rlc_memory_store_lose(struct rlc_memory_store *store, const char *worker, int32_t partition,
                           enum rlc_memory_piece piece)
{
    struct rlc_memory_slice *slice = find_slice(find_worker(store, worker), partition);

    if (!slice)
        return false;
    switch (piece) {
    case RLC_MEMORY_PIECE_RECORDS:
        rlc_memory_slice_drop_cells(slice);
        break;
    case RLC_MEMORY_PIECE_TIMERS:
        rlc_memory_slice_drop_timers(slice);
        break;
    case RLC_MEMORY_PIECE_FENCE:
        slice->fence_present = false;
        break;
    case RLC_MEMORY_PIECE_SEEN:
        slice->seen_present = false;
        break;
    }
    return true;
}

/* ---- the table ---- */

/* The slice that a call is about; NULL, with status and error filled, when there is none to be had.
 */
static struct rlc_memory_slice *enter(struct rlc_view *base, int32_t partition, const char *origin,
                                      enum rlc_status *ret_status, struct rlc_error *reterr)
{
    struct memory_view *view = (struct memory_view *)base;
    struct rlc_memory_slice *slice;

    assert(!view->sent.parts); /* between the halves of an apply nothing else may be asked */
    if (view->store->away) {
        *ret_status = rlc_error_set(reterr, RLC_RETRY, origin, 0, "the store is away");
        return NULL;
    }
    slice = get_slice(view->own, partition);
    *ret_status = slice ? RLC_OK : rlc_error_set(reterr, RLC_FATAL, origin, 0, "out of memory");
    return slice;
}

static enum rlc_status look(struct rlc_view *view, int32_t partition, struct rlc_look *ret_look,
                            struct rlc_error *reterr)
{
    enum rlc_status status;
    struct rlc_memory_slice *slice = enter(view, partition, "look", &status, reterr);

    if (slice)
        rlc_memory_slice_look(slice, ret_look);
    return status;
}

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static enum rlc_status draw_epoch(struct rlc_view *view, int32_t partition, int64_t floor,
                                  int64_t *ret_epoch, struct rlc_error *reterr)
{
    enum rlc_status status;
    struct rlc_memory_slice *slice = enter(view, partition, "draw_epoch", &status, reterr);

    if (!slice)
        return status;
    /* The fence is asked too: the counter may be lost alone. */
    if (slice->fence_present)
        floor = max_of(floor, max_of(slice->fence.owner_epoch, slice->fence.building));
    slice->epochs = max_of(slice->epochs, floor) + 1;
    *ret_epoch = slice->epochs;
    return RLC_OK;
}

static bool copy_into(struct rlc_arena *arena, struct rlc_span source, struct rlc_span *ret_copy)
{
    uint8_t *bytes;

    *ret_copy = (struct rlc_span){ NULL, 0 };
    if (!source.data)
        return true;
    bytes = rlc_arena_alloc(arena, source.size ? source.size : 1);
    if (!bytes)
        return false;
    if (source.size)
        memcpy(bytes, source.data, source.size);
    *ret_copy = rlc_span_from(bytes, source.size);
    return true;
}

static enum rlc_status too_small(const char *origin, struct rlc_error *reterr)
{
    return rlc_error_set(reterr, RLC_REJECT, origin, 0, "the arena is too small");
}

static enum rlc_status read_parts(struct rlc_view *view, struct rlc_view_read *parts, size_t count,
                                  struct rlc_arena *arena, struct rlc_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        enum rlc_status status;
        struct rlc_memory_slice *slice = enter(view, parts[i].partition, "read", &status, reterr);

        if (!slice)
            return status;
        rlc_memory_slice_look(slice, &parts[i].look);
        for (size_t k = 0; k < parts[i].count; k++) {
            struct rlc_span value = rlc_memory_slice_get(slice, parts[i].keys[k]);

            if (!copy_into(arena, value, &parts[i].values[k]))
                return too_small("read", reterr);
        }
    }
    return RLC_OK;
}

static enum rlc_status apply_parts(struct rlc_view *view, struct rlc_view_apply *parts,
                                   size_t count, struct rlc_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        enum rlc_status status;
        struct rlc_memory_slice *slice = enter(view, parts[i].partition, "apply", &status, reterr);

        if (!slice)
            return status;
        if (!rlc_memory_slice_apply(slice, &parts[i]))
            return rlc_error_set(reterr, RLC_FATAL, "apply", 0, "out of memory");
    }
    return RLC_OK;
}

static enum rlc_status apply_send(struct rlc_view *base, struct rlc_view_apply *parts, size_t count,
                                  struct rlc_error *reterr)
{
    struct memory_view *view = (struct memory_view *)base;

    assert(!view->sent.parts);
    if (view->store->away)
        return rlc_error_set(reterr, RLC_RETRY, "apply", 0, "the store is away");
    if (!rlc_memory_sent_keep(&view->sent, parts, count))
        return rlc_error_set(reterr, RLC_FATAL, "apply", 0, "out of memory");
    return RLC_OK;
}

/* As late as it can be: whoever dies before has applied nothing, and what others do in between
 * comes first. */
static enum rlc_status apply_receive(struct rlc_view *base, struct rlc_view_apply *parts,
                                     size_t count, struct rlc_error *reterr)
{
    struct memory_view *view = (struct memory_view *)base;
    struct rlc_memory_sent sent = view->sent;
    enum rlc_status status;

    assert(sent.parts && sent.count == count);
    view->sent = (struct rlc_memory_sent){ .parts = NULL };
    status = apply_parts(base, sent.parts, count, reterr);
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        parts[i].result = sent.parts[i].result;
        parts[i].first_timer_ms = sent.parts[i].first_timer_ms;
    }
    rlc_memory_sent_drop(&sent);
    return status;
}

static enum rlc_status wipe(struct rlc_view *view, int32_t partition, int64_t epoch,
                            const uint8_t installation[RLC_UUID_SIZE], bool *ret_mine,
                            struct rlc_error *reterr)
{
    enum rlc_status status;
    struct rlc_memory_slice *slice = enter(view, partition, "wipe", &status, reterr);

    if (!slice)
        return status;
    *ret_mine = !slice->fence_present || slice->fence.building <= epoch ||
                memcmp(slice->fence.installation, installation, RLC_UUID_SIZE) != 0;
    if (*ret_mine)
        rlc_memory_slice_wipe(slice, epoch, installation);
    return RLC_OK;
}

static enum rlc_status take_over(struct rlc_view *view, int32_t partition, int64_t epoch,
                                 bool *ret_mine, struct rlc_error *reterr)
{
    enum rlc_status status;
    struct rlc_memory_slice *slice = enter(view, partition, "take_over", &status, reterr);

    if (!slice)
        return status;
    *ret_mine = slice->fence_present && slice->fence.building <= epoch;
    if (*ret_mine && slice->fence.building != 0)
        slice->fence.building = epoch;
    return RLC_OK;
}

static enum rlc_status finish(struct rlc_view *view, int32_t partition, int64_t off, int64_t epoch,
                              bool *ret_done, struct rlc_error *reterr)
{
    struct rlc_fence *fence;
    enum rlc_status status;
    struct rlc_memory_slice *slice = enter(view, partition, "finish", &status, reterr);

    if (!slice)
        return status;
    fence = &slice->fence;
    *ret_done = rlc_memory_slice_has_fence(slice) && fence->off == off &&
                fence->count == (int64_t)slice->cells.count &&
                (fence->building == 0 || fence->building == epoch);
    if (*ret_done)
        fence->building = 0;
    return RLC_OK;
}

static enum rlc_status publish_seen(struct rlc_view *view, int32_t partition,
                                    const struct rlc_seen *seen, struct rlc_error *reterr)
{
    enum rlc_status status;
    struct rlc_memory_slice *slice = enter(view, partition, "publish_seen", &status, reterr);

    if (!slice)
        return status;
    slice->seen_present = true;
    slice->seen = *seen;
    return RLC_OK;
}

static size_t count_due(const struct rlc_memory_slice *slice, rlc_ms until_ms, size_t max)
{
    struct rlc_memory_cursor cursor = { 0 };
    const struct rlc_memory_timer *timer;
    size_t count = 0;

    while (count < max && (timer = rlc_memory_ordered_next(&slice->timers, &cursor)) &&
           timer->wake_ms <= until_ms)
        count++;
    return count;
}

static enum rlc_status due(struct rlc_view *view, struct rlc_view_due *due, struct rlc_arena *arena,
                           struct rlc_error *reterr)
{
    struct rlc_memory_cursor cursor = { 0 };
    enum rlc_status status;
    struct rlc_memory_slice *slice = enter(view, due->partition, "due", &status, reterr);

    if (!slice)
        return status;
    rlc_memory_slice_look(slice, &due->look);
    due->count = count_due(slice, due->until_ms, due->max);
    due->keys = rlc_arena_array(arena, due->count ? due->count : 1, sizeof(*due->keys));
    if (!due->keys)
        return too_small("due", reterr);
    for (size_t i = 0; i < due->count; i++) {
        const struct rlc_memory_timer *timer = rlc_memory_ordered_next(&slice->timers, &cursor);

        if (!copy_into(arena, timer->key, &due->keys[i]))
            return too_small("due", reterr);
    }
    return RLC_OK;
}

static void view_close(struct rlc_view *base)
{
    struct memory_view *view = (struct memory_view *)base;

    view->store->handles--;
    rlc_memory_sent_drop(&view->sent);
    free(view);
}

static const struct rlc_view_ops memory_view_ops = {
    .look = look,
    .draw_epoch = draw_epoch,
    .read = read_parts,
    .apply = apply_parts,
    .apply_send = apply_send,
    .apply_receive = apply_receive,
    .wipe = wipe,
    .take_over = take_over,
    .finish = finish,
    .publish_seen = publish_seen,
    .due = due,
    .close = view_close,
};

enum rlc_status rlc_memory_view_open(struct rlc_memory_store *store, const char *worker,
                                     struct rlc_view **ret_view, struct rlc_error *reterr)
{
    struct memory_view *view = calloc(1, sizeof(*view));
    struct worker_slices *own = find_worker(store, worker);

    if (!own)
        own = add_worker(store, worker);
    if (!view || !own) {
        free(view);
        return rlc_error_set(reterr, RLC_FATAL, "view_open", 0, "out of memory");
    }
    view->base.ops = &memory_view_ops;
    view->store = store;
    view->own = own;
    store->handles++;
    *ret_view = &view->base;
    return RLC_OK;
}
