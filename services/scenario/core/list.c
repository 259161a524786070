/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of records: a pointer, a count, and room in the batch's arena. */
#include <assert.h>
#include <string.h>

#include "core/decision.h"

enum { ROOM_MIN = 4 };

void *decision_alloc(const struct decision *decision, size_t size)
{
    void *memory = rlc_arena_alloc(decision->arena, size);

    assert(memory);
    return memory;
}

void *decision_grow(struct decision *decision, void *items, size_t count, size_t *capacity,
                    size_t size)
{
    void *larger;

    if (count < *capacity)
        return items;
    *capacity = count < ROOM_MIN ? ROOM_MIN : count * 2;
    larger = decision_alloc(decision, *capacity * size);
    if (count > 0)
        memcpy(larger, items, count * size);
    return larger;
}

void list_open(void *items, size_t count, size_t size, size_t index)
{
    uint8_t *place = (uint8_t *)items + index * size;

    assert(index <= count);
    memmove(place + size, place, (count - index) * size);
    memset(place, 0, size);
}

void list_close(void *items, size_t count, size_t size, size_t index)
{
    uint8_t *place = (uint8_t *)items + index * size;

    assert(index < count);
    memmove(place, place + size, (count - index - 1) * size);
}

static void swap(uint8_t *a, uint8_t *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = a[i];

        a[i] = b[i];
        b[i] = byte;
    }
}

/* Lets the item at `root` sink to its place in the heap of the first `count` items. */
static void sink(uint8_t *items, size_t root, size_t count, size_t size,
                 int (*compare)(const void *, const void *))
{
    for (;;) {
        size_t child = 2 * root + 1;

        if (child >= count)
            return;
        if (child + 1 < count && compare(items + child * size, items + (child + 1) * size) < 0)
            child++;
        if (compare(items + root * size, items + child * size) >= 0)
            return;
        swap(items + root * size, items + child * size, size);
        root = child;
    }
}

void list_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    uint8_t *bytes = items;

    for (size_t root = count / 2; root-- > 0;)
        sink(bytes, root, count, size, compare);
    for (size_t end = count; end-- > 1;) {
        swap(bytes, bytes + end * size, size);
        sink(bytes, 0, end, size, compare);
    }
}
