/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/bundle_parts.h"

#include <stdlib.h>

#include "common/runtime/error.h"
#include "common/runtime/link.h"
#include "common/runtime/memory.h"

struct entry {
    struct rlc_hash hash;
    struct rlc_arena arena;
    const void *part;
};

struct rlc_bundle_parts {
    const struct rlc_bundle_parts_config *config;
    size_t count;
    struct entry entries[RLC_BUNDLE_PARTS_MAX];
};

struct rlc_bundle_parts *rlc_bundle_parts_new(const struct rlc_bundle_parts_config *config)
{
    struct rlc_bundle_parts *parts = calloc(1, sizeof(*parts));

    if (parts)
        parts->config = config;
    return parts;
}

void rlc_bundle_parts_free(struct rlc_bundle_parts *parts)
{
    for (size_t i = 0; parts && i < parts->count; i++)
        rlc_arena_unmap(&parts->entries[i].arena);
    free(parts);
}

bool rlc_bundle_parts_get(const struct rlc_bundle_parts *parts, const struct rlc_hash *hash,
                          const void **ret_part)
{
    static const struct rlc_hash EMPTY;

    *ret_part = NULL;
    if (rlc_hash_equal(hash, &EMPTY))
        return true;
    for (size_t i = 0; i < parts->count; i++) {
        if (!rlc_hash_equal(&parts->entries[i].hash, hash))
            continue;
        *ret_part = parts->entries[i].part;
        return true;
    }
    return false;
}

static enum rlc_status add(struct rlc_bundle_parts *parts, const struct rlc_bundle *bundle,
                           const void **ret_part, struct rlc_error *reterr)
{
    const char *name = parts->config->name;
    struct entry *entry = &parts->entries[parts->count];

    if (parts->count == RLC_BUNDLE_PARTS_MAX)
        return rlc_error_set(reterr, RLC_FATAL, name, 0, "too many bundles in use");
    if (rlc_arena_map(&entry->arena, parts->config->bytes) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, name, 0, "out of memory");
    if (parts->config->load(bundle, &entry->arena, &entry->part, reterr) != RLC_OK) {
        rlc_arena_unmap(&entry->arena);
        return RLC_FATAL;
    }
    entry->hash = bundle->hash;
    *ret_part = entry->part;
    parts->count++;
    return RLC_OK;
}

enum rlc_status rlc_bundle_parts_need(struct rlc_bundle_parts *parts,
                                      const struct rlc_bundles *bundles,
                                      const struct rlc_hash *hash, const void **ret_part,
                                      struct rlc_error *reterr)
{
    const struct rlc_bundle *bundle;

    if (rlc_bundle_parts_get(parts, hash, ret_part))
        return RLC_OK;
    bundle = rlc_bundles_find(bundles, hash);
    if (!bundle) {
        return rlc_error_set(reterr, RLC_RETRY, parts->config->name, 0,
                             "bundle %02x%02x%02x%02x... is not in the topic of bundles: publish "
                             "it with 'relancectl bundle publish'",
                             hash->bytes[0], hash->bytes[1], hash->bytes[2], hash->bytes[3]);
    }
    return add(parts, bundle, ret_part, reterr);
}
