/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/line_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "common/runtime/memory.h"
#include "common/wire/checkpoint.h"

#include "tests/support/check.h"

#define STATE_ARENA ((size_t)1 << 30)
/* Checkpoints of one topic. */
#define CHECKPOINT_ARENA ((size_t)64 << 20)

/* ---- the fold of the changelog ---- */

static bool is_checkpoint(const struct rlc_record *record)
{
    return record->key.size >= strlen(RLC_CHECKPOINT_KEY) &&
           memcmp(record->key.data, RLC_CHECKPOINT_KEY, strlen(RLC_CHECKPOINT_KEY)) == 0;
}

static void keep_record(struct line_state *state, const struct rlc_record *record)
{
    if (state->count == state->capacity) {
        state->capacity = state->capacity ? state->capacity * 2 : 1024;
        state->kept = realloc(state->kept, state->capacity * sizeof(*state->kept));
        assert_non_null(state->kept);
    }
    state->kept[state->count++] = (struct line_kept){ rlc_arena_copy(&state->arena, record->key),
                                                      rlc_arena_copy(&state->arena, record->value),
                                                      record->partition, record->offset };
}

static void keep(void *context, const struct rlc_record *record)
{
    if (!is_checkpoint(record))
        keep_record(context, record);
}

/* The newest record of a key comes first. */
static int by_key(const void *left, const void *right)
{
    const struct line_kept *a = left;
    const struct line_kept *b = right;
    int order = rlc_span_compare(a->key, b->key);

    if (order == 0)
        order = (a->partition > b->partition) - (a->partition < b->partition);
    return order ? order : (a->offset < b->offset) - (a->offset > b->offset);
}

static void drop_older(struct line_state *state)
{
    size_t kept = 0;

    if (state->count)
        qsort(state->kept, state->count, sizeof(*state->kept), by_key);
    for (size_t i = 0; i < state->count; i++) {
        const struct line_kept *last = kept ? &state->kept[kept - 1] : NULL;

        if (last && last->partition == state->kept[i].partition &&
            rlc_span_equal(last->key, state->kept[i].key))
            continue;
        state->kept[kept++] = state->kept[i];
    }
    state->count = kept;
}

static void fold_up(struct line *line, struct line_state *state)
{
    *state = (struct line_state){ .count = 0 };
    assert_int_equal(rlc_arena_map(&state->arena, STATE_ARENA), RLC_OK);
    world_each(&line->world, world_topic(&line->world, "scenario.state"), keep, state);
    drop_older(state);
}

void line_state_free(struct line_state *state)
{
    rlc_arena_unmap(&state->arena);
    free(state->kept);
}

static void assert_shown(struct line *line, const struct line_kept *kept, struct rlc_arena *arena)
{
    struct rlc_view *eye = line->world.roles[LINE_SCENARIO].eye;
    struct rlc_span value = { NULL, 0 };
    struct rlc_view_read read = {
        .partition = kept->partition, .keys = &kept->key, .count = 1, .values = &value
    };
    size_t mark = rlc_arena_mark(arena);
    struct rlc_error error = { .text = "" };

    assert_int_equal(eye->ops->read(eye, &read, 1, arena, &error), RLC_OK);
    if (!rlc_span_equal(value, kept->value) || !value.data != !kept->value.data)
        fail_msg("%.*s: the hot state is not the fold of the changelog", (int)kept->key.size,
                 (const char *)kept->key.data);
    rlc_arena_rewind(arena, mark);
}

static void assert_counted(struct line *line, const struct line_state *state)
{
    struct rlc_view *eye = line->world.roles[LINE_SCENARIO].eye;

    for (int32_t p = 0; p < line->setup.partitions; p++) {
        struct rlc_look look;
        struct rlc_error error = { .text = "" };
        int64_t count = 0;

        for (size_t i = 0; i < state->count; i++)
            count += state->kept[i].partition == p && state->kept[i].value.data;
        assert_int_equal(eye->ops->look(eye, p, &look, &error), RLC_OK);
        assert_true(rlc_look_is_whole(&look, line->world.facts.uuid));
        assert_int_equal(look.records, count);
    }
}

void line_state_read(struct line *line, struct line_state *ret_state)
{
    fold_up(line, ret_state);
    assert_counted(line, ret_state);
    for (size_t i = 0; i < ret_state->count; i++)
        assert_shown(line, &ret_state->kept[i], &ret_state->arena);
}

struct rlc_hash line_state_hash(struct line *line)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    struct rlc_hash hash;
    struct line_state state;

    line_state_read(line, &state);
    assert_true(digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1);
    for (size_t i = 0; i < state.count; i++) {
        const struct rlc_span parts[] = { state.kept[i].key, state.kept[i].value };

        /* Debtors only: the scope and its commands belong to the tenant. */
        if (!parts[1].data || strchr("stq", parts[0].data[0]))
            continue;
        for (size_t k = 0; k < RLC_COUNT(parts); k++) {
            const uint8_t size[] = { (uint8_t)(parts[k].size >> 24), (uint8_t)(parts[k].size >> 16),
                                     (uint8_t)(parts[k].size >> 8), (uint8_t)parts[k].size };

            assert_int_equal(EVP_DigestUpdate(digest, size, sizeof(size)), 1);
            assert_int_equal(EVP_DigestUpdate(digest, parts[k].data, parts[k].size), 1);
        }
    }
    assert_int_equal(EVP_DigestFinal_ex(digest, hash.bytes, NULL), 1);
    EVP_MD_CTX_free(digest);
    line_state_free(&state);
    return hash;
}

/* ---- offsets ---- */

/* A member that never joins asks for its group's offsets. */
struct asker {
    struct line *line;
    struct rlc_arena arena;
    struct rlc_bus_config config;
    struct rlc_bus *bus;
    struct line_state newest; /* checkpoints */
};

static void keep_checkpoint(void *context, const struct rlc_record *record)
{
    struct asker *asker = context;

    if (is_checkpoint(record))
        keep_record(&asker->newest, record);
}

static void check_checkpoint(struct asker *asker, const struct rlc_checkpoint *checkpoint)
{
    const struct rlc_input_position *input = &checkpoint->inputs[0];
    char topic[128];
    int64_t committed;
    struct rlc_error error = { .text = "" };

    (void)snprintf(topic, sizeof(topic), "%.*s", (int)input->topic.size,
                   (const char *)input->topic.data);
    assert_int_equal(asker->bus->ops->committed(asker->bus, world_topic(&asker->line->world, topic),
                                                input->partition, 1000, &committed, &error),
                     RLC_OK);
    if (committed != input->next_in)
        fail_msg("%s/%d: the group's offset is %lld, the checkpoint's %lld", topic,
                 input->partition, (long long)committed, (long long)input->next_in);
}

static void ask_for(struct asker *asker, const struct world_role *role)
{
    struct rlc_error error = { .text = "" };

    asker->config = asker->line->world.installation.tool_config;
    asker->config.input_count = 1;
    asker->config.group = role->service->name;
    asker->config.member = "asker";
    assert_int_equal(
        rlc_memory_bus_open(asker->line->world.broker, &asker->config, &asker->bus, &error),
        RLC_OK);
    for (size_t i = 0; i < asker->newest.count; i++) {
        struct rlc_checkpoint checkpoint;
        struct rlc_fault fault;

        assert_int_equal(
            rlc_checkpoint_decode(asker->newest.kept[i].value, &asker->arena, &checkpoint, &fault),
            RLC_OK);
        if (!checkpoint.genesis &&
            rlc_span_equal(checkpoint.worker, rlc_span_of(role->service->name)))
            check_checkpoint(asker, &checkpoint);
    }
    asker->bus->ops->close(asker->bus, true);
}

void line_check_offsets(struct line *line)
{
    static const char *const STATES[] = { "ingest.state", "scenario.state", "notifier.state" };

    for (size_t i = 0; i < RLC_COUNT(STATES); i++) {
        struct asker asker = { .line = line };

        assert_int_equal(rlc_arena_map(&asker.arena, CHECKPOINT_ARENA), RLC_OK);
        assert_int_equal(rlc_arena_map(&asker.newest.arena, CHECKPOINT_ARENA), RLC_OK);
        world_each(&line->world, world_topic(&line->world, STATES[i]), keep_checkpoint, &asker);
        drop_older(&asker.newest);
        for (size_t r = 0; r < LINE_AUDIT; r++)
            ask_for(&asker, &line->world.roles[r]);
        line_state_free(&asker.newest);
        rlc_arena_unmap(&asker.arena);
    }
}
