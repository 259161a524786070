/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bundle_feed.h"

#include "common/runtime/memory.h"

bool bundle_feed_some(const struct rlc_bundle_build *build, size_t from, size_t until,
                      struct rlc_bundles *catalog)
{
    struct rlc_arena arena;
    bool done = rlc_arena_map(&arena, (size_t)4 << 20) == RLC_OK;

    for (size_t i = from; done && i < until; i++) {
        struct rlc_bundle_record record;
        char key[RLC_BUNDLE_KEY_SIZE];
        struct rlc_record fed = { 0 };
        struct rlc_fault fault;

        rlc_bundle_build_record(build, i, &record, key);
        fed.key = rlc_span_of(key);
        fed.value = rlc_bundle_record_encode(&record, &arena);
        done = fed.value.data && rlc_bundles_feed(catalog, &fed, &fault) == RLC_OK;
    }
    rlc_arena_unmap(&arena);
    return done;
}

bool bundle_feed(const struct rlc_bundle_build *build, struct rlc_bundles *catalog)
{
    return bundle_feed_some(build, 0, rlc_bundle_build_record_count(build), catalog);
}

struct rlc_bundles *bundle_catalog(const char *folder, struct rlc_hash *ret_hash,
                                   struct rlc_error *reterr)
{
    struct rlc_bundles *catalog = rlc_bundles_new();
    struct rlc_bundle_build *build = NULL;
    struct rlc_problems problems = { 0 };
    bool done = catalog &&
                rlc_bundle_build_folder(folder, NULL, &problems, &build, reterr) == RLC_OK &&
                bundle_feed(build, catalog);

    if (problems.count > 0)
        (void)rlc_problem_format(&problems.problem[0], reterr->text, sizeof(reterr->text));
    if (done)
        *ret_hash = rlc_bundle_build_bundle(build)->hash;
    rlc_bundle_build_free(build);
    if (done)
        return catalog;
    rlc_bundles_free(catalog);
    return NULL;
}
