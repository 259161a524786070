/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/bundle_catalog.h"

#include "common/runtime/error.h"
#include "common/runtime/memory.h"

/* The largest record is a chunk (RLC_CHUNK_BYTES_MAX), encoded once. */
#define FEED_ARENA ((size_t)4 << 20)

static bool feed_one(const struct rlc_bundle_build *build, size_t index, struct rlc_arena *arena,
                     struct rlc_bundles *catalog)
{
    struct rlc_bundle_record record;
    char key[RLC_BUNDLE_KEY_SIZE];
    struct rlc_record fed = { 0 };
    struct rlc_fault fault;

    rlc_arena_reset(arena);
    rlc_bundle_build_record(build, index, &record, key);
    fed.key = rlc_span_of(key);
    fed.value = rlc_bundle_record_encode(&record, arena);
    return fed.value.data && rlc_bundles_feed(catalog, &fed, &fault) == RLC_OK;
}

bool rlc_bundle_feed(const struct rlc_bundle_build *build, size_t from, size_t until,
                     struct rlc_bundles *catalog)
{
    struct rlc_arena arena;
    bool fed = rlc_arena_map(&arena, FEED_ARENA) == RLC_OK;

    for (size_t i = from; fed && i < until; i++)
        fed = feed_one(build, i, &arena, catalog);
    rlc_arena_unmap(&arena);
    return fed;
}

struct rlc_bundles *rlc_bundle_catalog(const char *folder, struct rlc_hash *ret_hash,
                                       struct rlc_error *reterr)
{
    struct rlc_bundles *catalog = rlc_bundles_new();
    struct rlc_bundle_build *build = NULL;
    struct rlc_problems problems = { 0 };
    bool built = rlc_bundle_build_folder(folder, NULL, &problems, &build, reterr) == RLC_OK;
    bool fed = built && catalog &&
               rlc_bundle_feed(build, 0, rlc_bundle_build_record_count(build), catalog);

    if (problems.count > 0)
        (void)rlc_problem_format(&problems.problem[0], reterr->text, sizeof(reterr->text));
    else if (built && !fed)
        (void)rlc_error_set(reterr, RLC_FATAL, "bundle", 0, "out of memory");
    if (fed)
        *ret_hash = rlc_bundle_build_bundle(build)->hash;
    rlc_bundle_build_free(build);
    if (fed)
        return catalog;
    rlc_bundles_free(catalog);
    return NULL;
}
