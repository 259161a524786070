/* SPDX-License-Identifier: Apache-2.0 */
#include "proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/postgres/walk.h"
#include "common/runtime/genesis.h"
#include "common/runtime/memory.h"
#include "common/wire/checkpoint.h"

#include "lot.h"

/* One record or checkpoint at a time; the longest takes eight times its size once decoded. */
#define RECORD_ARENA ((size_t)16 << 20)

struct proving {
    const struct embedded *embedded;
    struct proof *proof;
    struct rlc_arena arena;
    struct lot *lot;
    bool failed;
    /* The chains of one worker. */
    const struct rlc_service *service;
    struct rlc_trail_anchor anchors[RLC_PARTITIONS_MAX];
};

static void say_first(struct proof *proof, const char *worker, int32_t partition, const char *what)
{
    if (!proof->first[0])
        (void)snprintf(proof->first, sizeof(proof->first), "%s/%d: %s", worker, (int)partition,
                       what);
}

/* ---- chains ---- */

/* The newest checkpoint of a partition says where its chain ends. */
static void take_anchor(void *context, const struct rlc_record *record)
{
    struct proving *proving = context;
    struct rlc_checkpoint checkpoint;
    struct rlc_fault fault;

    if (!rlc_span_equal(record->key, rlc_span_of(RLC_CHECKPOINT_KEY)))
        return;
    rlc_arena_reset(&proving->arena);
    if (rlc_checkpoint_decode(record->value, &proving->arena, &checkpoint, &fault) != RLC_OK) {
        proving->failed = true;
        return;
    }
    proving->anchors[record->partition] = (struct rlc_trail_anchor){
        .worker = proving->service->name,
        .partition = record->partition,
        .seq = checkpoint.audit_seq,
        .head = checkpoint.audit_head,
        .genesis = rlc_genesis_head(embedded_installation(proving->embedded)->facts.uuid,
                                    proving->service->name, record->partition),
    };
}

static struct rlc_span hash_span(const struct rlc_hash *hash)
{
    return rlc_span_from(hash->bytes, sizeof(hash->bytes));
}

static void walk_chain(struct proving *proving, const struct rlc_memory_trail_part *part)
{
    struct rlc_walk walk;
    struct rlc_walk_end end = { true, part->end.next_off, part->end.seq,
                                hash_span(&part->end.head) };

    rlc_walk_begin(&walk, part->worker, part->partition, &proving->anchors[part->partition]);
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
                                    .flaw = rlc_span_of(from->flaw),
                                    .raw = from->raw };

        rlc_walk_row(&walk, &row);
    }
    rlc_walk_finish(&walk, &end, true);
    proving->proof->chains++;
    proving->proof->records += walk.records;
    if (!walk.found)
        return;
    proving->proof->flaws++;
    say_first(proving->proof, part->worker, part->partition, walk.finding.text);
}

/* A partition of which the trail has nothing would be overlooked. */
static void walk_worker(struct proving *proving, const struct rlc_service *service)
{
    const struct rlc_memory_installation *installation = embedded_installation(proving->embedded);
    struct rlc_memory_trail_part part;
    int32_t found = 0;

    proving->service = service;
    if (!rlc_memory_installation_each(
            installation,
            rlc_memory_installation_topic(installation, service->topics[service->state_topic]),
            take_anchor, proving))
        proving->failed = true;
    for (size_t i = 0; rlc_memory_trail_part(embedded_trail(proving->embedded), i, &part); i++) {
        if (strcmp(part.worker, service->name) == 0) {
            walk_chain(proving, &part);
            found++;
        }
    }
    if (found == installation->facts.partitions)
        return;
    proving->proof->flaws++;
    say_first(proving->proof, service->name, found, "the trail lacks a chain");
}

/* ---- contacts ---- */

static void on_finding(void *context, const struct lot_finding *finding)
{
    say_first(((struct proving *)context)->proof, finding->worker, finding->partition,
              lot_fault_name(finding->fault));
}

static bool find_part(const struct proving *proving, const char *worker, int32_t partition,
                      struct rlc_memory_trail_part *ret_part)
{
    for (size_t i = 0; rlc_memory_trail_part(embedded_trail(proving->embedded), i, ret_part); i++) {
        if (ret_part->partition == partition && strcmp(ret_part->worker, worker) == 0)
            return true;
    }
    return false;
}

static bool read_contact(struct proving *proving, const struct rlc_trail_row *row,
                         struct rlc_audit_record *ret_record)
{
    struct rlc_fault fault;
    bool read;

    rlc_arena_reset(&proving->arena);
    read = rlc_audit_record_decode(row->raw, &proving->arena, ret_record, &fault) == RLC_OK;
    proving->failed = proving->failed || !read;
    return read;
}

/* Puts as many contacts as it takes into the lot, from number `from` on; the first one that is not
 * in it. */
static size_t fill_lot(struct proving *proving, const struct rlc_memory_trail_part *contacts,
                       size_t from)
{
    struct rlc_audit_record record;

    lot_begin(proving->lot, contacts->partition);
    while (from < contacts->count && read_contact(proving, &contacts->rows[from], &record) &&
           lot_add(proving->lot, &record, contacts->rows[from].off))
        from++;
    return from;
}

static void judge_lot(struct proving *proving, const struct rlc_memory_trail_part *contacts,
                      const struct rlc_memory_trail_part *facts, struct lot_verdict *verdict)
{
    struct rlc_audit_record record;
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;

    proving->failed = proving->failed || !lot_close(proving->lot);
    for (size_t i = 0; !proving->failed && i < contacts->count; i++) {
        if (read_contact(proving, &contacts->rows[i], &record))
            lot_take_contact(proving->lot, &record, contacts->rows[i].off);
    }
    for (size_t i = 0; !proving->failed && i < facts->count; i++) {
        rlc_arena_reset(&proving->arena);
        proving->failed =
            rlc_debtor_fact_decode(facts->rows[i].raw, &proving->arena, &fact, &fault) != RLC_OK ||
            !lot_take_fact(proving->lot, &fact);
    }
    if (!proving->failed)
        lot_judge(proving->lot, verdict);
}

static void judge_partition(struct proving *proving, int32_t partition, struct lot_verdict *verdict)
{
    struct rlc_memory_trail_part contacts, facts;
    size_t from = 0;

    if (!find_part(proving, "notifier", partition, &contacts) ||
        !find_part(proving, "scenario", partition, &facts))
        return;
    while (!proving->failed && from < contacts.count) {
        from = fill_lot(proving, &contacts, from);
        if (!proving->failed && !lot_is_empty(proving->lot))
            judge_lot(proving, &contacts, &facts, verdict);
    }
}

static void judge_contacts(struct proving *proving)
{
    struct lot_verdict verdict = { .at_rest = true, .on_finding = on_finding, .context = proving };

    for (int32_t p = 0; p < embedded_installation(proving->embedded)->facts.partitions; p++)
        judge_partition(proving, p, &verdict);
    proving->proof->attempts = verdict.attempts;
    proving->proof->behind = verdict.behind;
    proving->proof->out_of_order = verdict.out_of_order;
}

/* ---- all ---- */

bool proof_take(const struct embedded *embedded, struct proof *ret_proof)
{
    struct proving *proving = calloc(1, sizeof(*proving));
    const struct rlc_service *service;
    bool proved = false;

    *ret_proof = (struct proof){ .records = 0 };
    if (!proving)
        return false;
    proving->embedded = embedded;
    proving->proof = ret_proof;
    proving->lot = lot_new();
    if (proving->lot && rlc_arena_map(&proving->arena, RECORD_ARENA) == RLC_OK) {
        for (size_t i = 0; (service = embedded_worker(embedded, i)); i++) {
            if (service->chain_topic != RLC_TOPIC_NONE)
                walk_worker(proving, service);
        }
        judge_contacts(proving);
        proved = !proving->failed;
    }
    rlc_arena_unmap(&proving->arena);
    lot_free(proving->lot);
    free(proving);
    return proved;
}

bool proof_is_clean(const struct proof *proof)
{
    return proof->flaws == 0 && proof->behind == 0 && proof->out_of_order == 0;
}
