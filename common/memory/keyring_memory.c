/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/keyring_memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "common/runtime/bundles.h"
#include "common/runtime/error.h"

struct known {
    UT_hash_handle hh;
    char id[RLC_KEY_ID_SIZE + 1];
    bool erased;
    bool given; /* `key` is not derived */
    struct rlc_seal_key key;
};

struct memory_keyring {
    struct rlc_keyring base;
    uint64_t seed;
    bool away;
    struct known *known;
};

/* NOLINTBEGIN(readability-function-size,clang-analyzer-*): what the macros of uthash expand to */

static struct known *find(const struct memory_keyring *keyring, const char *id)
{
    struct known *known = NULL;

    HASH_FIND(hh, keyring->known, id, RLC_KEY_ID_SIZE, known);
    return known;
}

static struct known *add(struct memory_keyring *keyring, const char *id)
{
    struct known *known = calloc(1, sizeof(*known));

    if (!known)
        return NULL;
    memcpy(known->id, id, sizeof(known->id));
    HASH_ADD(hh, keyring->known, id, RLC_KEY_ID_SIZE, known);
    if (known->hh.tbl)
        return known;
    free(known);
    return NULL;
}

static void drop_all(struct memory_keyring *keyring)
{
    while (keyring->known) {
        struct known *known = keyring->known;

        HASH_DEL(keyring->known, known);
        free(known);
    }
}

/* NOLINTEND(readability-function-size,clang-analyzer-*) */

/* Each half of a key is SHA-256(seed, half, key id). */
static void derive(const struct memory_keyring *keyring, struct rlc_data_key *key)
{
    struct {
        uint64_t seed;
        uint64_t half;
        char id[RLC_KEY_ID_SIZE];
    } source = { .seed = keyring->seed };

    memcpy(source.id, key->id, sizeof(source.id));
    for (source.half = 0; source.half < 2; source.half++) {
        struct rlc_hash hash = rlc_sha256(rlc_span_from(&source, sizeof(source)));

        memcpy(key->key.bytes + source.half * sizeof(hash.bytes), hash.bytes, sizeof(hash.bytes));
    }
}

static void open_known(const struct memory_keyring *keyring, const struct known *known,
                       struct rlc_data_key *key)
{
    key->state = RLC_KEY_OPEN;
    if (known->given)
        key->key = known->key;
    else
        derive(keyring, key);
}

static enum rlc_status open_keys(struct rlc_keyring *base, const struct rlc_key_want *wants,
                                 size_t count, bool create_missing, struct rlc_data_key *ret_keys,
                                 struct rlc_error *reterr)
{
    struct memory_keyring *keyring = (struct memory_keyring *)base;

    assert(count <= RLC_KEY_WANTS_MAX);
    if (keyring->away)
        return rlc_error_set(reterr, RLC_RETRY, "keyring", 0, "the store of keys is away");
    for (size_t i = 0; i < count; i++) {
        struct known *known;

        ret_keys[i] = (struct rlc_data_key){ .state = RLC_KEY_MISSING };
        rlc_data_key_id(wants[i].tenant, wants[i].subject, ret_keys[i].id);
        known = find(keyring, ret_keys[i].id);
        if (!known && create_missing)
            known = add(keyring, ret_keys[i].id);
        if (!known && create_missing)
            return rlc_error_set(reterr, RLC_RETRY, "keyring", 0, "out of memory");
        if (known && known->erased)
            ret_keys[i].state = RLC_KEY_ERASED;
        else if (known)
            open_known(keyring, known, &ret_keys[i]);
    }
    return RLC_OK;
}

/* Nothing is kept open. */
static void expire(struct rlc_keyring *base)
{
    (void)base;
}

static void close_keyring(struct rlc_keyring *base)
{
    struct memory_keyring *keyring = (struct memory_keyring *)base;

    drop_all(keyring);
    free(keyring);
}

static const struct rlc_keyring_ops OPS = { open_keys, expire, close_keyring };

struct rlc_keyring *rlc_keyring_memory_new(uint64_t seed)
{
    struct memory_keyring *keyring = calloc(1, sizeof(*keyring));

    if (!keyring)
        return NULL;
    keyring->base.ops = &OPS;
    keyring->seed = seed;
    return &keyring->base;
}

static struct known *known_of(struct rlc_keyring *keyring, struct rlc_span tenant,
                              struct rlc_span subject)
{
    struct memory_keyring *memory = (struct memory_keyring *)keyring;
    char id[RLC_KEY_ID_SIZE + 1];
    struct known *known;

    rlc_data_key_id(tenant, subject, id);
    known = find(memory, id);
    return known ? known : add(memory, id);
}

bool rlc_keyring_memory_put(struct rlc_keyring *keyring, struct rlc_span tenant,
                            struct rlc_span subject, const struct rlc_seal_key *key)
{
    struct known *known = known_of(keyring, tenant, subject);

    if (!known)
        return false;
    known->given = true;
    known->key = *key;
    return true;
}

bool rlc_keyring_memory_erase(struct rlc_keyring *keyring, struct rlc_span tenant,
                              struct rlc_span subject)
{
    struct known *known = known_of(keyring, tenant, subject);

    if (known)
        known->erased = true;
    return known != NULL;
}

void rlc_keyring_memory_set_away(struct rlc_keyring *keyring, bool away)
{
    ((struct memory_keyring *)keyring)->away = away;
}

size_t rlc_keyring_memory_count(const struct rlc_keyring *keyring)
{
    return HASH_COUNT(((const struct memory_keyring *)keyring)->known);
}
