/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/slice.h"

#include <stdlib.h>
#include <string.h>

/* ---- cells and timers ---- */

static int by_key(const void *a, const void *b)
{
    return rlc_span_compare(((const struct rlc_memory_cell *)a)->key,
                            ((const struct rlc_memory_cell *)b)->key);
}

static int by_timer_key(const void *a, const void *b)
{
    return rlc_span_compare(((const struct rlc_memory_timer *)a)->key,
                            ((const struct rlc_memory_timer *)b)->key);
}

static int by_time(const void *a, const void *b)
{
    const struct rlc_memory_timer *left = a, *right = b;

    if (left->wake_ms != right->wake_ms)
        return left->wake_ms < right->wake_ms ? -1 : 1;
    return by_timer_key(a, b);
}

/* `size` bytes of a struct, then copies of the spans. */
static uint8_t *allocate(size_t size, struct rlc_span key, struct rlc_span value)
{
    uint8_t *memory = malloc(size + key.size + value.size + 1);

    if (!memory)
        return NULL;
    if (key.size)
        memcpy(memory + size, key.data, key.size);
    if (value.size)
        memcpy(memory + size + key.size, value.data, value.size);
    return memory;
}

static struct rlc_memory_cell *cell_new(struct rlc_span key, struct rlc_span value)
{
    uint8_t *memory = allocate(sizeof(struct rlc_memory_cell), key, value);
    struct rlc_memory_cell *cell = (struct rlc_memory_cell *)(void *)memory;

    if (!cell)
        return NULL;
    cell->key = rlc_span_from(memory + sizeof(*cell), key.size);
    cell->value = rlc_span_from(memory + sizeof(*cell) + key.size, value.size);
    return cell;
}

static struct rlc_memory_timer *timer_new(struct rlc_span key, rlc_ms wake_ms)
{
    struct rlc_span none = { NULL, 0 };
    uint8_t *memory = allocate(sizeof(struct rlc_memory_timer), key, none);
    struct rlc_memory_timer *timer = (struct rlc_memory_timer *)(void *)memory;

    if (!timer)
        return NULL;
    timer->key = rlc_span_from(memory + sizeof(*timer), key.size);
    timer->wake_ms = wake_ms;
    return timer;
}

static void free_items(struct rlc_memory_ordered *set)
{
    struct rlc_memory_cursor cursor = { 0 };
    void *item;

    while ((item = rlc_memory_ordered_next(set, &cursor)))
        free(item);
    rlc_memory_ordered_clear(set);
}

/* ---- the slice ---- */

struct rlc_memory_slice *rlc_memory_slice_new(int32_t partition)
{
    struct rlc_memory_slice *slice = calloc(1, sizeof(*slice));

    if (!slice)
        return NULL;
    slice->partition = partition;
    slice->cells.compare = by_key;
    slice->timers.compare = by_time;
    slice->wakes.compare = by_timer_key;
    return slice;
}

void rlc_memory_slice_drop_cells(struct rlc_memory_slice *slice)
{
    free_items(&slice->cells);
}

void rlc_memory_slice_drop_timers(struct rlc_memory_slice *slice)
{
    rlc_memory_ordered_clear(&slice->wakes);
    free_items(&slice->timers);
}

void rlc_memory_slice_free(struct rlc_memory_slice *slice)
{
    if (!slice)
        return;
    rlc_memory_slice_drop_cells(slice);
    rlc_memory_slice_drop_timers(slice);
    free(slice);
}

static struct rlc_memory_cell *find_cell(const struct rlc_memory_slice *slice, struct rlc_span key)
{
    struct rlc_memory_cell probe = { .key = key };

    return rlc_memory_ordered_find(&slice->cells, &probe);
}

bool rlc_memory_slice_lose(struct rlc_memory_slice *slice, struct rlc_span key)
{
    struct rlc_memory_cell *cell = find_cell(slice, key);

    if (!cell)
        return false;
    rlc_memory_ordered_remove(&slice->cells, cell);
    free(cell);
    return true;
}

struct rlc_span rlc_memory_slice_get(const struct rlc_memory_slice *slice, struct rlc_span key)
{
    const struct rlc_memory_cell *cell = find_cell(slice, key);

    return cell ? cell->value : (struct rlc_span){ NULL, 0 };
}

bool rlc_memory_slice_has_fence(const struct rlc_memory_slice *slice)
{
    return slice->fence_present && slice->timed == slice->timers.count;
}

static rlc_ms first_timer(const struct rlc_memory_slice *slice)
{
    struct rlc_memory_cursor cursor = { 0 };
    const struct rlc_memory_timer *first = rlc_memory_ordered_next(&slice->timers, &cursor);

    return first ? first->wake_ms : RLC_MS_NEVER;
}

void rlc_memory_slice_look(const struct rlc_memory_slice *slice, struct rlc_look *ret_look)
{
    *ret_look = (struct rlc_look){ .fence_present = rlc_memory_slice_has_fence(slice),
                                   .fence = { .off = RLC_OFFSET_NONE },
                                   .records = (int64_t)slice->cells.count,
                                   .seen_present = slice->seen_present,
                                   .first_timer_ms = RLC_MS_NEVER };
    if (ret_look->fence_present) {
        ret_look->fence = slice->fence;
        ret_look->first_timer_ms = first_timer(slice);
    }
    if (slice->seen_present)
        ret_look->seen = slice->seen;
}

void rlc_memory_slice_wipe(struct rlc_memory_slice *slice, int64_t epoch,
                           const uint8_t installation[RLC_UUID_SIZE])
{
    rlc_memory_slice_drop_cells(slice);
    rlc_memory_slice_drop_timers(slice);
    slice->fence_present = true;
    slice->timed = 0;
    slice->fence =
        (struct rlc_fence){ .off = RLC_OFFSET_NONE, .owner_epoch = epoch, .building = epoch };
    memcpy(slice->fence.installation, installation, RLC_UUID_SIZE);
}

/* ---- apply ---- */

static void remove_timer(struct rlc_memory_slice *slice, struct rlc_span key)
{
    struct rlc_memory_timer probe = { .key = key };
    struct rlc_memory_timer *timer = rlc_memory_ordered_find(&slice->wakes, &probe);

    if (!timer)
        return;
    rlc_memory_ordered_remove(&slice->timers, timer);
    rlc_memory_ordered_remove(&slice->wakes, timer);
    free(timer);
}

static bool set_timer(struct rlc_memory_slice *slice, struct rlc_span key, rlc_ms wake_ms)
{
    struct rlc_memory_timer *timer = timer_new(key, wake_ms);

    remove_timer(slice, key);
    return timer && rlc_memory_ordered_add(&slice->timers, timer) &&
           rlc_memory_ordered_add(&slice->wakes, timer);
}

static bool put(struct rlc_memory_slice *slice, const struct rlc_view_put *put)
{
    struct rlc_memory_cell *cell;

    (void)rlc_memory_slice_lose(slice, put->key);
    if (!put->value.data) {
        remove_timer(slice, put->key);
        return true;
    }
    cell = cell_new(put->key, put->value);
    if (!cell || !rlc_memory_ordered_add(&slice->cells, cell))
        return false;
    return !put->timed || set_timer(slice, put->key, put->wake_ms);
}

static enum rlc_apply_result compare_fence(const struct rlc_memory_slice *slice,
                                           const struct rlc_view_apply *apply)
{
    /* A fence that is gone was lost with its slice: a wipe always leaves one. */
    if (!rlc_memory_slice_has_fence(slice) || (int64_t)slice->cells.count != slice->fence.count ||
        memcmp(slice->fence.installation, apply->to.installation, RLC_UUID_SIZE) != 0)
        return RLC_APPLY_GAP;
    if (slice->fence.off >= apply->to.off)
        return RLC_APPLY_ALREADY;
    return slice->fence.off == apply->expect_off ? RLC_APPLIED : RLC_APPLY_GAP;
}

static void move_fence(struct rlc_memory_slice *slice, const struct rlc_view_apply *apply)
{
    int64_t building = slice->fence.building;

    if (apply->building > building)
        building = apply->building;
    slice->fence = apply->to;
    slice->fence.building = building;
    slice->fence.count = (int64_t)slice->cells.count;
    slice->timed = slice->timers.count;
}

bool rlc_memory_slice_apply(struct rlc_memory_slice *slice, struct rlc_view_apply *apply)
{
    apply->result = compare_fence(slice, apply);
    for (size_t i = 0; apply->result == RLC_APPLIED && i < apply->count; i++) {
        if (!put(slice, &apply->puts[i]))
            return false;
    }
    apply->first_timer_ms = first_timer(slice);
    if (apply->result != RLC_APPLIED)
        return true;
    move_fence(slice, apply);
    if (apply->seen) {
        slice->seen_present = true;
        slice->seen = *apply->seen;
        slice->seen.next_due_ms = apply->first_timer_ms;
    }
    return true;
}
