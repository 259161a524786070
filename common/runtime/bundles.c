/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/bundles.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "common/runtime/memory.h"

/* Address space of one bundle: its manifest and contents; pages are taken as they are needed. */
#define BUNDLE_ARENA ((size_t)64 << 20)

/* A bundle under way: chunks arrive before or after their manifest. */
struct entry {
    struct rlc_bundle bundle;
    struct rlc_arena arena;
    bool has_manifest;
    uint32_t chunk_count;
    uint32_t chunks_here;
    struct rlc_span chunks[RLC_BUNDLE_CHUNKS_MAX];
    bool complete;
    struct entry *next;
};

struct rlc_bundles {
    struct entry *first;
    struct rlc_arena scratch;
    bool installed;
    struct rlc_installation_facts facts;
};

/* Looking the algorithm up by name costs as much as hashing a record: it is found once and never
 * changes. */
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void find_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

struct rlc_hash rlc_sha256(struct rlc_span bytes)
{
    static const uint8_t nothing[1];
    struct rlc_hash hash;
    unsigned int size = sizeof(hash.bytes);
    int done = pthread_once(&sha256_once, find_sha256);

    assert(done == 0 && sha256 != NULL);
    done =
        EVP_Digest(bytes.data ? bytes.data : nothing, bytes.size, hash.bytes, &size, sha256, NULL);
    assert(done == 1);
    (void)done;
    return hash;
}

struct rlc_hash rlc_bundle_hash(const struct rlc_bundle_file *files, size_t count)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    struct rlc_hash hash;
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

    for (size_t i = 0; done && i < count; i++) {
        uint32_t size = files[i].size;
        uint8_t head[5] = { 0, (uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                            (uint8_t)size };

        done = EVP_DigestUpdate(context, files[i].path.data, files[i].path.size) == 1 &&
               EVP_DigestUpdate(context, head, sizeof(head)) == 1 &&
               EVP_DigestUpdate(context, files[i].content_hash.bytes,
                                sizeof(files[i].content_hash.bytes)) == 1;
    }
    done = done && EVP_DigestFinal_ex(context, hash.bytes, NULL) == 1;
    EVP_MD_CTX_free(context);
    assert(done);
    return hash;
}

struct rlc_bundles *rlc_bundles_new(void)
{
    struct rlc_bundles *bundles = calloc(1, sizeof(*bundles));

    if (bundles && rlc_arena_map(&bundles->scratch, BUNDLE_ARENA) != RLC_OK) {
        free(bundles);
        return NULL;
    }
    return bundles;
}

void rlc_bundles_free(struct rlc_bundles *bundles)
{
    if (!bundles)
        return;
    while (bundles->first) {
        struct entry *entry = bundles->first;

        bundles->first = entry->next;
        rlc_arena_unmap(&entry->arena);
        free(entry);
    }
    rlc_arena_unmap(&bundles->scratch);
    free(bundles);
}

static bool same(const struct rlc_hash *a, const struct rlc_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static struct entry *find(const struct rlc_bundles *bundles, const struct rlc_hash *hash)
{
    struct entry *entry = bundles->first;

    while (entry && !same(&entry->bundle.hash, hash))
        entry = entry->next;
    return entry;
}

static struct entry *find_or_add(struct rlc_bundles *bundles, const struct rlc_hash *hash)
{
    struct entry *entry = find(bundles, hash);

    if (entry)
        return entry;
    entry = calloc(1, sizeof(*entry));
    if (!entry)
        return NULL;
    if (rlc_arena_map(&entry->arena, BUNDLE_ARENA) != RLC_OK) {
        free(entry);
        return NULL;
    }
    entry->bundle.hash = *hash;
    entry->next = bundles->first;
    bundles->first = entry;
    return entry;
}

/* ---- putting a bundle together ---- */

static struct rlc_span join_chunks(struct entry *entry)
{
    size_t total = 0;
    size_t used = 0;
    uint8_t *bytes;

    for (uint32_t i = 0; i < entry->chunk_count; i++)
        total += entry->chunks[i].size;
    bytes = rlc_arena_alloc(&entry->arena, total + 1);
    if (!bytes)
        return (struct rlc_span){ NULL, 0 };
    for (uint32_t i = 0; i < entry->chunk_count; i++) {
        if (entry->chunks[i].size)
            memcpy(bytes + used, entry->chunks[i].data, entry->chunks[i].size);
        used += entry->chunks[i].size;
    }
    return rlc_span_from(bytes, total);
}

static bool cut_files(struct entry *entry, struct rlc_span all)
{
    struct rlc_bundle *bundle = &entry->bundle;
    struct rlc_span *contents =
        rlc_arena_array(&entry->arena, bundle->file_count, sizeof(*contents));
    size_t at = 0;

    if (!contents)
        return false;
    for (size_t i = 0; i < bundle->file_count; i++) {
        struct rlc_hash hash;

        if (bundle->files[i].size > all.size - at)
            return false;
        contents[i] = rlc_span_from(all.data + at, bundle->files[i].size);
        at += bundle->files[i].size;
        hash = rlc_sha256(contents[i]);
        if (!same(&hash, &bundle->files[i].content_hash))
            return false;
    }
    bundle->contents = contents;
    return at == all.size;
}

static enum rlc_status complete(struct entry *entry, struct rlc_fault *ret_fault)
{
    struct rlc_span all;
    struct rlc_hash hash;

    if (entry->complete || !entry->has_manifest || entry->chunks_here < entry->chunk_count)
        return RLC_OK;
    all = join_chunks(entry);
    hash = rlc_bundle_hash(entry->bundle.files, entry->bundle.file_count);
    if (!all.data || !cut_files(entry, all) || !same(&hash, &entry->bundle.hash))
        return rlc_fault_set(ret_fault, "BUNDLE_HASH", "bundle",
                             "publish the bundle again: its parts do not give its hash");
    entry->complete = true;
    return RLC_OK;
}

/* ---- records ---- */

static enum rlc_status feed_installation(struct rlc_bundles *bundles,
                                         const struct rlc_installation *installation)
{
    memcpy(bundles->facts.uuid, installation->uuid, sizeof(bundles->facts.uuid));
    bundles->facts.partitions = (int32_t)installation->partitions;
    bundles->facts.stepped = installation->clock == RLC_CLOCK_MODE_STEPPED;
    bundles->installed = true;
    return RLC_OK;
}

static bool keep_files(struct entry *entry, const struct rlc_bundle_manifest *manifest)
{
    struct rlc_bundle_file *files =
        rlc_arena_array(&entry->arena, manifest->file_count, sizeof(*files));

    if (!files)
        return false;
    for (size_t i = 0; i < manifest->file_count; i++) {
        files[i] = manifest->files[i];
        files[i].path = rlc_arena_copy(&entry->arena, manifest->files[i].path);
        if (!files[i].path.data)
            return false;
    }
    entry->bundle.files = files;
    entry->bundle.file_count = manifest->file_count;
    return true;
}

static enum rlc_status feed_manifest(struct rlc_bundles *bundles,
                                     const struct rlc_bundle_manifest *manifest,
                                     struct rlc_fault *ret_fault)
{
    struct entry *entry = find_or_add(bundles, &manifest->bundle_hash);

    if (!entry)
        return RLC_FATAL;
    if (entry->has_manifest)
        return RLC_OK;
    if (!keep_files(entry, manifest))
        return rlc_fault_set(ret_fault, "BUNDLE_TOO_LARGE", "manifest", "make the bundle smaller");
    entry->bundle.format = manifest->format;
    entry->chunk_count = manifest->chunk_count;
    entry->has_manifest = true;
    return complete(entry, ret_fault);
}

static enum rlc_status feed_chunk(struct rlc_bundles *bundles, const struct rlc_bundle_chunk *chunk,
                                  struct rlc_fault *ret_fault)
{
    struct entry *entry = find_or_add(bundles, &chunk->bundle_hash);
    struct rlc_span bytes;

    if (!entry)
        return RLC_FATAL;
    if (chunk->index >= RLC_BUNDLE_CHUNKS_MAX || entry->chunks[chunk->index].data)
        return RLC_OK;
    bytes = rlc_arena_copy(&entry->arena, chunk->bytes);
    if (!bytes.data)
        return rlc_fault_set(ret_fault, "BUNDLE_TOO_LARGE", "chunk", "make the bundle smaller");
    entry->chunks[chunk->index] = bytes;
    entry->chunks_here++;
    return complete(entry, ret_fault);
}

enum rlc_status rlc_bundles_feed(struct rlc_bundles *bundles, const struct rlc_record *record,
                                 struct rlc_fault *ret_fault)
{
    struct rlc_bundle_record decoded;
    enum rlc_status status;

    if (!record->value.data)
        return RLC_OK;
    rlc_arena_reset(&bundles->scratch);
    status = rlc_bundle_record_decode(record->value, &bundles->scratch, &decoded, ret_fault);
    if (status != RLC_OK)
        return status;
    switch (decoded.kind) {
    case RLC_BUNDLE_RECORD_KIND_INSTALLATION:
        return feed_installation(bundles, &decoded.installation);
    case RLC_BUNDLE_RECORD_KIND_MANIFEST:
        return feed_manifest(bundles, &decoded.manifest, ret_fault);
    case RLC_BUNDLE_RECORD_KIND_CHUNK:
        return feed_chunk(bundles, &decoded.chunk, ret_fault);
    case RLC_BUNDLE_RECORD_KIND_UNSPECIFIED:
        break;
    }
    return RLC_OK;
}

bool rlc_bundles_installation(const struct rlc_bundles *bundles,
                              struct rlc_installation_facts *ret_facts)
{
    *ret_facts = bundles->facts;
    return bundles->installed;
}

const struct rlc_bundle *rlc_bundles_find(const struct rlc_bundles *bundles,
                                          const struct rlc_hash *hash)
{
    const struct entry *entry = find(bundles, hash);

    return entry && entry->complete ? &entry->bundle : NULL;
}

struct rlc_span rlc_bundle_content(const struct rlc_bundle *bundle, struct rlc_span path)
{
    for (size_t i = 0; i < bundle->file_count; i++) {
        if (rlc_span_equal(bundle->files[i].path, path))
            return bundle->contents[i];
    }
    return (struct rlc_span){ NULL, 0 };
}
