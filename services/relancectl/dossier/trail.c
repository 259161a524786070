/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/trail.h"

#include <stdlib.h>
#include <string.h>

#include "common/runtime/memory.h"
#include "stores.h"

/* Address space: a debtor with a hundred thousand records of a kilobyte has room ten times over. */
#define ARENA_SIZE ((size_t)1 << 30)
#define ROOM_FIRST 256
#define READ_MS    60000

static const char SCENARIO[] = "scenario";

const char *const DOSSIER_WORKERS[] = { SCENARIO, "notifier", "legal-escalation" };
const size_t DOSSIER_WORKER_COUNT = RLC_COUNT(DOSSIER_WORKERS);

static const char *const TOPICS[] = { "debtor-facts", "notifier.audit", "legal-escalation.audit" };

static size_t worker_place(const char *worker)
{
    size_t i = 0;

    while (i + 1 < DOSSIER_WORKER_COUNT && strcmp(DOSSIER_WORKERS[i], worker) != 0)
        i++;
    return i;
}

const char *dossier_topic(const char *worker)
{
    return TOPICS[worker_place(worker)];
}

bool dossier_trail_init(struct dossier_trail *trail, struct rlc_span tenant, struct rlc_span debtor)
{
    *trail = (struct dossier_trail){ .tenant = tenant, .debtor = debtor };
    return rlc_arena_map(&trail->arena, ARENA_SIZE) == RLC_OK &&
           rlc_arena_map(&trail->scratch, RLC_DECODE_BYTES_MAX) == RLC_OK;
}

void dossier_trail_clear(struct dossier_trail *trail)
{
    free(trail->records);
    rlc_arena_unmap(&trail->arena);
    rlc_arena_unmap(&trail->scratch);
    *trail = (struct dossier_trail){ .count = 0 };
}

/* ---- reading ---- */

static struct dossier_record *new_record(struct dossier_trail *trail)
{
    if (trail->count == trail->room) {
        size_t room = trail->room ? 2 * trail->room : ROOM_FIRST;
        struct dossier_record *records = realloc(trail->records, room * sizeof(*records));

        if (!records)
            return NULL;
        trail->records = records;
        trail->room = room;
    }
    return &trail->records[trail->count];
}

bool dossier_trail_add(struct dossier_trail *trail, const struct rlc_history_row *row)
{
    struct dossier_record *record = new_record(trail);
    struct rlc_link link;

    trail->crowded = true;
    if (!record)
        return false;
    *record = (struct dossier_record){ .worker = DOSSIER_WORKERS[worker_place(row->worker)],
                                       .partition = row->partition,
                                       .off = row->record.off,
                                       .seq = row->record.seq,
                                       .at_ms = row->record.at_ms,
                                       .raw = rlc_arena_copy(&trail->arena, row->record.raw) };
    if (!record->raw.data)
        return false;
    trail->crowded = false;
    trail->count++;
    trail->flawed =
        !rlc_history_is_whole(row, &trail->finding) || !rlc_link_read(row->record.raw, &link);
    if (trail->flawed)
        return false;
    record->previous = link.chain.previous;
    record->leaf = rlc_sha256(record->raw);
    record->head = rlc_link_head(&record->previous, &record->leaf);
    (void)snprintf(record->kind, sizeof(record->kind), "%.*s", (int)row->record.kind.size,
                   (const char *)row->record.kind.data);
    return true;
}

static bool take_row(void *context, const struct rlc_history_row *row)
{
    return dossier_trail_add(context, row);
}

static int fail_flawed(const struct ctl *ctl, const struct dossier_trail *trail)
{
    const struct dossier_record *record = &trail->records[trail->count - 1];

    return ctl_fail(ctl, CTL_FOUND,
                    "%s: record %lld of %s, partition %d (offset %lld): %s; nothing is written: a "
                    "dossier would prove what somebody changed. See 'relancectl audit verify'",
                    rlc_trail_fault_name(trail->finding.fault), (long long)trail->finding.seq,
                    record->worker, (int)record->partition, (long long)record->off,
                    trail->finding.text);
}

int dossier_trail_read(struct ctl *ctl, struct dossier_trail *trail)
{
    struct rlc_history history = { .tenant = trail->tenant,
                                   .debtor = trail->debtor,
                                   .workers = DOSSIER_WORKERS,
                                   .worker_count = DOSSIER_WORKER_COUNT,
                                   .on_row = take_row,
                                   .context = trail };
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres;
    int code = ctl_postgres_open(ctl, READ_MS, &postgres);
    enum rlc_status status = RLC_OK;

    if (code == CTL_OK)
        status = rlc_history_read(postgres, &history, &error);
    if (code == CTL_OK && trail->flawed)
        code = fail_flawed(ctl, trail);
    else if (code == CTL_OK && trail->crowded)
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    else if (status != RLC_OK)
        code = ctl_fail_store(ctl, "postgres", &error);
    if (code == CTL_OK && trail->count == 0) {
        code = ctl_fail(ctl, CTL_NOT_THERE, "the trail knows no debtor '%.*s/%.*s'",
                        (int)trail->tenant.size, (const char *)trail->tenant.data,
                        (int)trail->debtor.size, (const char *)trail->debtor.data);
    }
    rlc_postgres_free(postgres);
    dossier_trail_sort(trail);
    return code;
}

/* ---- order ---- */

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare(const void *first, const void *second)
{
    const struct dossier_record *a = first;
    const struct dossier_record *b = second;
    int order = order_of(a->at_ms, b->at_ms);

    if (order == 0)
        order = order_of((int64_t)worker_place(a->worker), (int64_t)worker_place(b->worker));
    if (order == 0)
        order = order_of(a->partition, b->partition);
    return order ? order : order_of(a->off, b->off);
}

void dossier_trail_sort(struct dossier_trail *trail)
{
    if (trail->count > 0)
        qsort(trail->records, trail->count, sizeof(*trail->records), compare);
}

/* ---- showing ---- */

void dossier_trail_each(struct dossier_trail *trail,
                        void (*take)(void *context, const struct dossier_seen *seen), void *context)
{
    trail->unreadable = 0;
    for (size_t i = 0; i < trail->count; i++) {
        struct dossier_record *record = &trail->records[i];
        struct dossier_seen seen = { .record = record };
        struct rlc_debtor_fact fact;
        struct rlc_audit_record audit;
        struct rlc_fault fault;
        enum rlc_status status;

        rlc_arena_reset(&trail->scratch);
        if (record->worker == SCENARIO) {
            status = rlc_debtor_fact_decode(record->raw, &trail->scratch, &fact, &fault);
            seen.fact = &fact;
        } else {
            status = rlc_audit_record_decode(record->raw, &trail->scratch, &audit, &fault);
            seen.audit = &audit;
        }
        if (status == RLC_OK)
            take(context, &seen);
        else
            trail->unreadable++;
    }
}

const struct rlc_debtor_fact *dossier_keep_fact(struct dossier_trail *trail,
                                                const struct dossier_record *record)
{
    struct rlc_debtor_fact *fact = rlc_arena_alloc(&trail->arena, sizeof(*fact));
    struct rlc_fault fault;

    return fact && rlc_debtor_fact_decode(record->raw, &trail->arena, fact, &fault) == RLC_OK
               ? fact
               : NULL;
}

const struct rlc_audit_record *dossier_keep_audit(struct dossier_trail *trail,
                                                  const struct dossier_record *record)
{
    struct rlc_audit_record *audit = rlc_arena_alloc(&trail->arena, sizeof(*audit));
    struct rlc_fault fault;

    return audit && rlc_audit_record_decode(record->raw, &trail->arena, audit, &fault) == RLC_OK
               ? audit
               : NULL;
}
