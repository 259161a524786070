/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/ordered.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/log.h"

/* The last block whose first item is not above `probe`: the only one where it can be. */
static size_t find_block(const struct rlc_memory_ordered *set, const void *probe)
{
    size_t from = 0, to = set->block_count;

    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;

        if (set->compare(set->blocks[middle]->items[0], probe) <= 0)
            from = middle;
        else
            to = middle;
    }
    return from;
}

/* Index of the first item of a block that is not below `probe`. */
static size_t find_item(const struct rlc_memory_ordered *set, const struct rlc_memory_block *block,
                        const void *probe)
{
    size_t from = 0, to = block->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (set->compare(block->items[middle], probe) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static bool add_block(struct rlc_memory_ordered *set, size_t at)
{
    struct rlc_memory_block **blocks = rlc_memory_grow(
        set->blocks, &set->block_capacity, set->block_count + 1, sizeof(struct rlc_memory_block *));
    struct rlc_memory_block *block = malloc(sizeof(*block));

    if (blocks)
        set->blocks = blocks;
    if (!blocks || !block) {
        free(block);
        return false;
    }
    block->count = 0;
    memmove(&blocks[at + 1], &blocks[at],
            (set->block_count - at) * sizeof(struct rlc_memory_block *));
    blocks[at] = block;
    set->block_count++;
    return true;
}

static bool split(struct rlc_memory_ordered *set, size_t at)
{
    struct rlc_memory_block *lower = set->blocks[at];
    size_t half = lower->count / 2;
    struct rlc_memory_block *upper;

    if (!add_block(set, at + 1))
        return false;
    upper = set->blocks[at + 1];
    upper->count = lower->count - half;
    memcpy(upper->items, lower->items + half, upper->count * sizeof(upper->items[0]));
    lower->count = half;
    return true;
}

bool rlc_memory_ordered_add(struct rlc_memory_ordered *set, void *item)
{
    struct rlc_memory_block *block;
    size_t at, index;

    if (set->block_count == 0 && !add_block(set, 0))
        return false;
    at = find_block(set, item);
    if (set->blocks[at]->count == RLC_MEMORY_BLOCK_MAX) {
        if (!split(set, at))
            return false;
        at = find_block(set, item);
    }
    block = set->blocks[at];
    index = find_item(set, block, item);
    assert(index == block->count || set->compare(block->items[index], item) != 0);
    memmove(&block->items[index + 1], &block->items[index],
            (block->count - index) * sizeof(block->items[0]));
    block->items[index] = item;
    block->count++;
    set->count++;
    return true;
}

void *rlc_memory_ordered_find(const struct rlc_memory_ordered *set, const void *probe)
{
    const struct rlc_memory_block *block;
    size_t index;

    if (set->count == 0)
        return NULL;
    block = set->blocks[find_block(set, probe)];
    index = find_item(set, block, probe);
    if (index == block->count || set->compare(block->items[index], probe) != 0)
        return NULL;
    return block->items[index];
}

void rlc_memory_ordered_remove(struct rlc_memory_ordered *set, const void *item)
{
    size_t at = find_block(set, item);
    struct rlc_memory_block *block = set->blocks[at];
    size_t index = find_item(set, block, item);

    assert(index < block->count && block->items[index] == item);
    block->count--;
    set->count--;
    memmove(&block->items[index], &block->items[index + 1],
            (block->count - index) * sizeof(block->items[0]));
    if (block->count)
        return;
    free(block);
    set->block_count--;
    memmove(&set->blocks[at], &set->blocks[at + 1],
            (set->block_count - at) * sizeof(struct rlc_memory_block *));
}

void *rlc_memory_ordered_next(const struct rlc_memory_ordered *set,
                              struct rlc_memory_cursor *cursor)
{
    if (cursor->block < set->block_count && cursor->index == set->blocks[cursor->block]->count) {
        cursor->block++;
        cursor->index = 0;
    }
    if (cursor->block >= set->block_count)
        return NULL;
    return set->blocks[cursor->block]->items[cursor->index++];
}

void rlc_memory_ordered_clear(struct rlc_memory_ordered *set)
{
    for (size_t i = 0; i < set->block_count; i++)
        free(set->blocks[i]);
    free(set->blocks);
    *set = (struct rlc_memory_ordered){ .compare = set->compare };
}
