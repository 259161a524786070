/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/overlay.h"

#include <assert.h>

#include "common/pure/murmur2.h"

/* Slots in a bucket, on average, before there are to be more buckets: one step along a full bucket
 * costs as much as the whole rest of a look, and an empty one a place in the processor's caches. */
#define SLOTS_PER_BUCKET 1

bool rlc_overlay_init(struct rlc_overlay *overlay, struct rlc_arena *arena, uint32_t bucket_bits)
{
    size_t count = (size_t)1 << bucket_bits;

    *overlay = (struct rlc_overlay){ .arena = arena, .bucket_mask = (uint32_t)count - 1 };
    overlay->bucket = rlc_arena_array(arena, count, sizeof(*overlay->bucket));
    return overlay->bucket != NULL;
}

static struct rlc_slot *find_hashed(const struct rlc_overlay *overlay, struct rlc_span key,
                                    uint32_t hash)
{
    struct rlc_slot *slot = overlay->bucket[hash & overlay->bucket_mask];

    /* A tenant's records have one key in every partition. */
    while (slot && (slot->hash != hash || slot->partition != overlay->partition ||
                    !rlc_span_equal(slot->key, key)))
        slot = slot->next_in_bucket;
    return slot;
}

struct rlc_slot *rlc_overlay_find(const struct rlc_overlay *overlay, struct rlc_span key)
{
    return find_hashed(overlay, key, (uint32_t)rlc_murmur2(key));
}

static void hang_in(struct rlc_overlay *overlay, struct rlc_slot *slot)
{
    struct rlc_slot **bucket = &overlay->bucket[slot->hash & overlay->bucket_mask];

    slot->next_in_bucket = *bucket;
    *bucket = slot;
}

/* Without room for more buckets the old ones serve on. */
static void grow(struct rlc_overlay *overlay)
{
    size_t count = 2 * ((size_t)overlay->bucket_mask + 1);
    struct rlc_slot **bucket = rlc_arena_array(overlay->arena, count, sizeof(struct rlc_slot *));

    if (!bucket)
        return;
    overlay->bucket = bucket;
    overlay->bucket_mask = (uint32_t)count - 1;
    for (struct rlc_slot *slot = overlay->first; slot; slot = slot->next)
        hang_in(overlay, slot);
}

static void list(struct rlc_slot_chain *chain, struct rlc_slot *slot)
{
    if (chain->last)
        chain->last->next_in_chain = slot;
    else
        chain->first = slot;
    chain->last = slot;
}

static struct rlc_slot *find_or_add(struct rlc_overlay *overlay, struct rlc_span key)
{
    uint32_t hash = (uint32_t)rlc_murmur2(key);
    struct rlc_slot *slot = find_hashed(overlay, key, hash);

    if (slot)
        return slot;
    slot = rlc_arena_alloc(overlay->arena, sizeof(*slot));
    if (slot)
        slot->key = rlc_arena_copy(overlay->arena, key);
    if (!slot || !slot->key.data) {
        overlay->full = true;
        return NULL;
    }
    slot->hash = hash;
    slot->partition = overlay->partition;
    slot->subject = overlay->subject;
    hang_in(overlay, slot);
    if (overlay->last)
        overlay->last->next = slot;
    else
        overlay->first = slot;
    overlay->last = slot;
    if (overlay->chain)
        list(overlay->chain, slot);
    overlay->count++;
    overlay->wanted++;
    return slot;
}

bool rlc_overlay_want(struct rlc_overlay *overlay, struct rlc_span key)
{
    struct rlc_slot *slot = find_or_add(overlay, key);
    bool known = slot && slot->state != RLC_SLOT_WANTED;

    if (slot && slot->subject != overlay->subject)
        slot->subject = RLC_SUBJECT_MANY;
    overlay->missed += !known;
    /* Not in rlc_overlay_put(): a decision's reserve of memory is not for buckets. */
    if (overlay->count > SLOTS_PER_BUCKET * ((size_t)overlay->bucket_mask + 1))
        grow(overlay);
    return known;
}

void *rlc_overlay_get(const struct rlc_overlay *overlay, struct rlc_span key)
{
    struct rlc_slot *slot = rlc_overlay_find(overlay, key);

    assert(slot && slot->state != RLC_SLOT_WANTED);
    return slot->record;
}

static void touch(struct rlc_overlay *overlay, struct rlc_slot *slot)
{
    slot->dirty = true;
    if (slot->subject != overlay->subject)
        overlay->disturbed = true;
}

void *rlc_overlay_change(struct rlc_overlay *overlay, struct rlc_span key)
{
    struct rlc_slot *slot = rlc_overlay_find(overlay, key);

    assert(slot && slot->state != RLC_SLOT_WANTED);
    if (slot->record)
        touch(overlay, slot);
    return slot->record;
}

static void settle(struct rlc_overlay *overlay, struct rlc_slot *slot, enum rlc_slot_state state)
{
    if (slot->state == RLC_SLOT_WANTED)
        overlay->wanted--;
    slot->state = state;
}

void *rlc_overlay_put(struct rlc_overlay *overlay, struct rlc_span key, size_t size)
{
    struct rlc_slot *slot = find_or_add(overlay, key);

    assert(slot);
    slot->record = rlc_arena_alloc(overlay->arena, size);
    assert(slot->record);
    settle(overlay, slot, RLC_SLOT_PRESENT);
    touch(overlay, slot);
    return slot->record;
}

void rlc_overlay_delete(struct rlc_overlay *overlay, struct rlc_span key)
{
    struct rlc_slot *slot = rlc_overlay_find(overlay, key);

    assert(slot && slot->state != RLC_SLOT_WANTED);
    if (slot->state == RLC_SLOT_ABSENT)
        return;
    slot->state = RLC_SLOT_ABSENT;
    slot->record = NULL;
    touch(overlay, slot);
}

void rlc_overlay_found(struct rlc_overlay *overlay, struct rlc_slot *slot, struct rlc_span bytes,
                       void *record)
{
    assert(slot->state == RLC_SLOT_WANTED);
    slot->bytes = bytes;
    slot->record = record;
    settle(overlay, slot, record ? RLC_SLOT_PRESENT : RLC_SLOT_ABSENT);
}
