/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/freshness_memory.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory/log.h"
#include "common/memory/store.h"
#include "common/pure/text.h"
#include "common/runtime/error.h"

struct memory_freshness {
    struct rlc_freshness base;
    struct rlc_memory_store *store;
};

static struct rlc_memory_store *store_of(struct rlc_freshness *base)
{
    return ((struct memory_freshness *)base)->store;
}

static enum rlc_status away(struct rlc_error *reterr)
{
    return rlc_error_set(reterr, RLC_RETRY, "freshness", 0, "the store is away");
}

static enum rlc_status no_memory(struct rlc_error *reterr)
{
    return rlc_error_set(reterr, RLC_FATAL, "freshness", 0, "out of memory");
}

static void keep(struct rlc_span text, char *ret_text)
{
    if (text.size)
        memcpy(ret_text, text.data, text.size);
    ret_text[text.size] = '\0';
}

/* ---- writing ---- */

static struct rlc_memory_told *find(struct rlc_memory_fresh *fresh, struct rlc_span name,
                                    int32_t partition)
{
    for (size_t i = 0; i < fresh->told_count; i++) {
        struct rlc_memory_told *told = &fresh->told[i];

        if (told->partition == partition && rlc_span_equal(rlc_span_of(told->name), name))
            return told;
    }
    return NULL;
}

static enum rlc_status publish(struct rlc_freshness *base, struct rlc_span source,
                               int32_t partition, const struct rlc_freshness_line *line,
                               struct rlc_error *reterr)
{
    struct rlc_memory_store *store = store_of(base);
    struct rlc_memory_fresh *fresh = &store->fresh;
    struct rlc_memory_told *told = find(fresh, source, partition);

    if (store->away)
        return away(reterr);
    if (!told) {
        told = rlc_memory_grow(fresh->told, &fresh->told_capacity, fresh->told_count + 1,
                               sizeof(*told));
        if (!told)
            return no_memory(reterr);
        fresh->told = told;
        told = &fresh->told[fresh->told_count++];
        keep(source, told->name);
        told->partition = partition;
    }
    told->line = *line;
    return RLC_OK;
}

static bool is_valid(const struct rlc_freshness_source *source)
{
    return (!source->tenant.size || rlc_tenant_valid(source->tenant)) &&
           rlc_id_valid(source->name) && source->partitions > 0 &&
           source->partitions <= RLC_PARTITIONS_MAX;
}

static enum rlc_status expect(struct rlc_freshness *base,
                              const struct rlc_freshness_source *sources, size_t count,
                              struct rlc_error *reterr)
{
    struct rlc_memory_store *store = store_of(base);
    struct rlc_memory_fresh *fresh = &store->fresh;
    struct rlc_memory_expected *expected;

    for (size_t i = 0; i < count; i++) {
        if (!is_valid(&sources[i]))
            return rlc_error_set(reterr, RLC_REJECT, "freshness", 0,
                                 "a source that cannot be expected");
    }
    if (store->away)
        return away(reterr);
    expected =
        rlc_memory_grow(fresh->expected, &fresh->expected_capacity, count + 1, sizeof(*expected));
    if (!expected)
        return no_memory(reterr);
    fresh->expected = expected;
    for (size_t i = 0; i < count; i++) {
        keep(sources[i].tenant, expected[i].tenant);
        keep(sources[i].name, expected[i].name);
        expected[i].partitions = sources[i].partitions;
    }
    fresh->expected_count = count;
    fresh->known = true;
    return RLC_OK;
}

/* ---- reading ---- */

static bool read_source(struct rlc_memory_fresh *fresh, const struct rlc_memory_expected *expected,
                        struct rlc_arena *arena, struct rlc_freshness_source *ret_source)
{
    *ret_source = (struct rlc_freshness_source){
        .tenant = rlc_arena_copy(arena, rlc_span_of(expected->tenant)),
        .name = rlc_arena_copy(arena, rlc_span_of(expected->name)),
        .partitions = expected->partitions,
        .lines = rlc_arena_array(arena, (size_t)expected->partitions, sizeof(*ret_source->lines))
    };
    if (!ret_source->tenant.data != !expected->tenant[0] || !ret_source->name.data ||
        !ret_source->lines)
        return false;
    for (int32_t p = 0; p < expected->partitions; p++) {
        const struct rlc_memory_told *told = find(fresh, ret_source->name, p);

        ret_source->lines[p] =
            told ? told->line : (struct rlc_freshness_line){ .at_ms = RLC_MS_NONE };
    }
    return true;
}

static enum rlc_status read_all(struct rlc_freshness *base, struct rlc_arena *arena,
                                struct rlc_freshness_state *ret_state, struct rlc_error *reterr)
{
    struct rlc_memory_store *store = store_of(base);
    struct rlc_memory_fresh *fresh = &store->fresh;
    struct rlc_freshness_source *sources =
        rlc_arena_array(arena, fresh->expected_count + 1, sizeof(*sources));
    bool fits = sources != NULL;

    if (store->away)
        return away(reterr);
    for (size_t i = 0; fits && i < fresh->expected_count; i++)
        fits = read_source(fresh, &fresh->expected[i], arena, &sources[i]);
    if (!fits)
        return rlc_error_set(reterr, RLC_REJECT, "freshness", 0, "the arena is too small");
    *ret_state = (struct rlc_freshness_state){ .known = fresh->known,
                                               .sources = sources,
                                               .count = fresh->expected_count };
    return RLC_OK;
}

/* ---- life ---- */

static void close_freshness(struct rlc_freshness *base)
{
    store_of(base)->handles--;
    free(base);
}

struct rlc_freshness *rlc_memory_freshness_open(struct rlc_memory_store *store)
{
    static const struct rlc_freshness_ops OPS = { publish, expect, read_all, close_freshness };
    struct memory_freshness *freshness = calloc(1, sizeof(*freshness));

    if (!freshness)
        return NULL;
    freshness->base.ops = &OPS;
    freshness->store = store;
    store->handles++;
    return &freshness->base;
}
