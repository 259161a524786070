/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/line.h"

#include <stdlib.h>

#include "common/postgres/walk.h"
#include "common/runtime/memory.h"
#include "common/wire/checkpoint.h"

#include "tests/support/check.h"

/* Checkpoints of one topic. */
#define CHECKPOINT_ARENA ((size_t)64 << 20)

/* Whose chains the trail keeps, where they are written, and where their ends. */
static const struct {
    const char *worker;
    const char *chain;
    const char *state;
} WORKERS[] = {
    { "scenario", "debtor-facts", "scenario.state" },
    { "notifier", "notifier.audit", "notifier.state" },
};

/* The chains of one worker. */
struct chains {
    const char *worker;
    struct rlc_arena arena;
    struct rlc_trail_anchor anchor[RLC_PARTITIONS_MAX];
    struct rlc_memory_trail_part part[RLC_PARTITIONS_MAX];
    size_t compared[RLC_PARTITIONS_MAX];
};

static void take_anchor(void *context, const struct rlc_record *record)
{
    struct chains *chains = context;
    struct rlc_checkpoint checkpoint;
    struct rlc_fault fault;

    if (!rlc_span_equal(record->key, rlc_span_of(RLC_CHECKPOINT_KEY)))
        return;
    rlc_arena_reset(&chains->arena);
    assert_int_equal(rlc_checkpoint_decode(record->value, &chains->arena, &checkpoint, &fault),
                     RLC_OK);
    chains->anchor[record->partition] = (struct rlc_trail_anchor){
        .worker = chains->worker,
        .partition = record->partition,
        .seq = checkpoint.audit_seq,
        .head = checkpoint.audit_head,
        .genesis = rlc_genesis_head(checkpoint.installation, chains->worker, record->partition),
    };
}

/* The records of a partition are its rows, one for one. */
static void compare_record(void *context, const struct rlc_record *record)
{
    struct chains *chains = context;
    const struct rlc_memory_trail_part *part = &chains->part[record->partition];
    size_t number = chains->compared[record->partition]++;

    assert_true(number < part->count);
    assert_int_equal(part->rows[number].off, record->offset);
    assert_null(part->rows[number].flaw);
    if (!rlc_span_equal(part->rows[number].raw, record->value))
        fail_msg("the trail of %s/%d has another record at offset %lld", chains->worker,
                 record->partition, (long long)record->offset);
}

static struct rlc_span hash_span(const struct rlc_hash *hash)
{
    return rlc_span_from(hash->bytes, sizeof(hash->bytes));
}

static void walk_part(const struct rlc_memory_trail_part *part,
                      const struct rlc_trail_anchor *anchor)
{
    struct rlc_walk walk;
    struct rlc_walk_end end = { true, part->end.next_off, part->end.seq,
                                hash_span(&part->end.head) };

    rlc_walk_begin(&walk, part->worker, part->partition, anchor);
    for (size_t i = 0; i < part->count; i++) {
        const struct rlc_trail_row *from = &part->rows[i];
        struct rlc_walk_row row = { .seq = from->seq,
                                    .off = from->off,
                                    .at_ms = from->at_ms,
                                    .leaf = hash_span(&from->leaf),
                                    .head = hash_span(&from->head),
                                    .tenant = from->tenant,
                                    .debtor = from->debtor,
                                    .kind = from->kind,
                                    .raw = from->raw };

        rlc_walk_row(&walk, &row);
    }
    rlc_walk_finish(&walk, &end, true);
    if (walk.found) {
        fail_msg("trail of %s/%d: %s at %lld, %s", part->worker, part->partition,
                 rlc_trail_fault_name(walk.finding.fault), (long long)walk.finding.seq,
                 walk.finding.text);
    }
}

static void check_chains(struct line *line, const char *worker, const char *chain,
                         const char *state)
{
    struct chains *chains = calloc(1, sizeof(*chains));
    struct rlc_memory_trail_part part;
    int32_t parts = 0;

    assert_non_null(chains);
    chains->worker = worker;
    assert_int_equal(rlc_arena_map(&chains->arena, CHECKPOINT_ARENA), RLC_OK);
    world_each(&line->world, world_topic(&line->world, state), take_anchor, chains);
    for (size_t i = 0; rlc_memory_trail_part(line->trail, i, &part); i++) {
        if (strcmp(part.worker, worker) != 0)
            continue;
        chains->part[part.partition] = part;
        walk_part(&part, &chains->anchor[part.partition]);
        parts++;
    }
    assert_int_equal(parts, line->setup.partitions);
    world_each(&line->world, world_topic(&line->world, chain), compare_record, chains);
    for (int32_t p = 0; p < line->setup.partitions; p++)
        assert_int_equal(chains->compared[p], chains->part[p].count);
    rlc_arena_unmap(&chains->arena);
    free(chains);
}

void line_check_trail(struct line *line)
{
    for (size_t i = 0; i < RLC_COUNT(WORKERS); i++)
        check_chains(line, WORKERS[i].worker, WORKERS[i].chain, WORKERS[i].state);
    assert_int_equal(rlc_memory_trail_refused(line->trail), 0);
}
