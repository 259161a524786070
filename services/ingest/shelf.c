/* SPDX-License-Identifier: Apache-2.0 */
#include "shelf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/error.h"

#define NO_PLACE UINT32_MAX

struct shelf {
    struct rlc_keyring *keyring;
    struct rlc_key_want *wants;
    struct rlc_data_key *keys;
    size_t count;
    size_t opened; /* keys[0..opened) were filled */
    size_t capacity;
    uint32_t *slots; /* places by hash, open addressing */
    size_t slot_count;
};

struct shelf *shelf_new(struct rlc_keyring *keyring, size_t subjects_max)
{
    struct shelf *shelf = calloc(1, sizeof(*shelf));

    if (!shelf)
        return NULL;
    shelf->keyring = keyring;
    shelf->capacity = subjects_max;
    shelf->slot_count = 1;
    while (shelf->slot_count < 2 * subjects_max)
        shelf->slot_count *= 2;
    shelf->wants = calloc(subjects_max, sizeof(*shelf->wants));
    shelf->keys = calloc(subjects_max, sizeof(*shelf->keys));
    shelf->slots = calloc(shelf->slot_count, sizeof(*shelf->slots));
    if (!shelf->wants || !shelf->keys || !shelf->slots) {
        shelf_free(shelf);
        return NULL;
    }
    memset(shelf->slots, 0xff, shelf->slot_count * sizeof(*shelf->slots));
    return shelf;
}

void shelf_free(struct shelf *shelf)
{
    if (!shelf)
        return;
    if (shelf->keys)
        rlc_data_keys_forget(shelf->keys, shelf->opened);
    free(shelf->wants);
    free(shelf->keys);
    free(shelf->slots);
    free(shelf);
}

void shelf_begin(struct shelf *shelf)
{
    rlc_data_keys_forget(shelf->keys, shelf->opened);
    shelf->opened = 0;
    if (shelf->count)
        memset(shelf->slots, 0xff, shelf->slot_count * sizeof(*shelf->slots));
    shelf->count = 0;
}

/* The slot of a subject, or the free one where it belongs. */
static uint32_t *slot_of(const struct shelf *shelf, struct rlc_span tenant, struct rlc_span subject)
{
    size_t at = ((uint32_t)rlc_murmur2(subject) * 31u + (uint32_t)rlc_murmur2(tenant)) &
                (shelf->slot_count - 1);

    while (shelf->slots[at] != NO_PLACE) {
        const struct rlc_key_want *want = &shelf->wants[shelf->slots[at]];

        if (rlc_span_equal(want->subject, subject) && rlc_span_equal(want->tenant, tenant))
            break;
        at = (at + 1) & (shelf->slot_count - 1);
    }
    return &shelf->slots[at];
}

size_t shelf_want(struct shelf *shelf, struct rlc_span tenant, struct rlc_span subject)
{
    uint32_t *slot = slot_of(shelf, tenant, subject);

    if (*slot == NO_PLACE) {
        assert(shelf->count < shelf->capacity);
        shelf->wants[shelf->count] = (struct rlc_key_want){ tenant, subject };
        *slot = (uint32_t)shelf->count++;
    }
    return *slot;
}

static enum rlc_status check(const struct shelf *shelf, struct rlc_error *reterr)
{
    for (size_t i = 0; i < shelf->count; i++) {
        const struct rlc_key_want *want = &shelf->wants[i];
        enum rlc_key_state state = shelf->keys[i].state;

        if (state == RLC_KEY_OPEN || state == RLC_KEY_ERASED)
            continue;
        return rlc_error_set(reterr, RLC_RETRY, "keyring", (int32_t)state,
                             state == RLC_KEY_UNREADABLE
                                 ? "the key of tenant '%.*s' does not open its data keys"
                                 : "the key of tenant '%.*s' is missing: mount it, ingest waits",
                             (int)want->tenant.size, (const char *)want->tenant.data);
    }
    return RLC_OK;
}

enum rlc_status shelf_open(struct shelf *shelf, struct rlc_error *reterr)
{
    enum rlc_status status;

    if (!shelf->count)
        return RLC_OK;
    status = shelf->keyring->ops->open(shelf->keyring, shelf->wants, shelf->count, true,
                                       shelf->keys, reterr);
    if (status != RLC_OK)
        return status;
    shelf->opened = shelf->count;
    return check(shelf, reterr);
}

const struct rlc_data_key *shelf_key(const struct shelf *shelf, size_t place)
{
    assert(place < shelf->opened);
    return &shelf->keys[place];
}

const struct rlc_data_key *shelf_find(const struct shelf *shelf, struct rlc_span tenant,
                                      struct rlc_span subject)
{
    uint32_t place = *slot_of(shelf, tenant, subject);

    return place < shelf->opened ? &shelf->keys[place] : NULL;
}
