/* SPDX-License-Identifier: Apache-2.0 */
/* An ordered set of pointers: blocks of sorted items, so that adding costs little however many
 * there are. Inside of common/memory. */
#ifndef RLC_MEMORY_ORDERED_H
#define RLC_MEMORY_ORDERED_H

#include "common/pure/base.h"

#define RLC_MEMORY_BLOCK_MAX 512u /* a block is split in two when it holds so many */

struct rlc_memory_block {
    size_t count;
    void *items[RLC_MEMORY_BLOCK_MAX];
};

struct rlc_memory_ordered {
    int (*compare)(const void *a, const void *b);
    struct rlc_memory_block **blocks; /* none is empty */
    size_t block_count;
    size_t block_capacity;
    size_t count; /* items, all blocks together */
};

/* A place in the set; valid until the set changes. */
struct rlc_memory_cursor {
    size_t block;
    size_t index;
};

/* Adds an item that is not in the set. False when there is no memory. */
RLC_NODISCARD bool rlc_memory_ordered_add(struct rlc_memory_ordered *set, void *item);

/* The item equal to `probe`; NULL if there is none. */
void *rlc_memory_ordered_find(const struct rlc_memory_ordered *set, const void *probe);

/* Takes an item out that is in the set. */
void rlc_memory_ordered_remove(struct rlc_memory_ordered *set, const void *item);

/* Starts at the first item; then each call gives the next one, NULL at the end. */
void *rlc_memory_ordered_next(const struct rlc_memory_ordered *set,
                              struct rlc_memory_cursor *cursor);

/* Frees the set, not the items. */
void rlc_memory_ordered_clear(struct rlc_memory_ordered *set);

#endif
