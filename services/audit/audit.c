/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "common/runtime/error.h"
#include "common/runtime/genesis.h"
#include "common/runtime/loop/worker.h"
#include "common/runtime/memory.h"
#include "report.h"

/* Address space for the rows of reporting tables; a full batch of requests needs more than once
 * what is written at a time, which costs nothing. */
#define REPORT_ARENA ((size_t)128 << 20)
/* What stays allocated between batches. */
#define REPORT_KEEP ((size_t)16 << 20)
#define PROBLEM_MAX 192

/* The inputs and whose chain each carries. */
static const char *const TOPICS[] = { "debtor-facts", "notifier.audit", "scoring.audit",
                                      "legal-escalation.audit" };
static const char *const WORKERS[] = { "scenario", "notifier", "scoring", "legal-escalation" };
_Static_assert(RLC_COUNT(TOPICS) == RLC_COUNT(WORKERS), "each topic has its worker");

/* A decoded record. */
struct entry {
    bool linked;
    struct rlc_link link;
    struct rlc_hash leaf;
    const struct rlc_debtor_fact *fact; /* NULL: not a fact, or of a kind not known yet */
};

/* Where a partition's trail ends, as last read or stored. */
struct part {
    bool known;
    struct rlc_trail_end end;
    struct rlc_trail_move *move; /* of the batch under way; NULL = none */
};

struct audit {
    struct rlc_trail *trail;
    uint8_t installation[RLC_UUID_SIZE];
    struct audit_observer observer;
    struct rlc_metrics *metrics; /* NULL: nobody counts */
    struct rlc_health *health;
    size_t check; /* "trail" */
    bool claimed; /* the trail is known to be this installation's */
    struct rlc_arena reports;
    struct part parts[RLC_COUNT(TOPICS)][RLC_PARTITIONS_MAX];
    char problem[PROBLEM_MAX];
};

const char *audit_worker(int32_t topic)
{
    assert(topic >= 0 && (size_t)topic < RLC_COUNT(WORKERS));
    return WORKERS[topic];
}

/* ---- life ---- */

struct audit *audit_new(const struct audit_config *config, struct rlc_error *reterr)
{
    struct audit *audit = calloc(1, sizeof(*audit));

    if (!audit || rlc_arena_map(&audit->reports, REPORT_ARENA) != RLC_OK) {
        (void)rlc_error_set(reterr, RLC_FATAL, "audit", 0, "out of memory");
        config->trail->ops->close(config->trail);
        free(audit);
        return NULL;
    }
    audit->trail = config->trail;
    memcpy(audit->installation, config->installation, sizeof(audit->installation));
    audit->observer = config->observer;
    audit->health = config->health;
    audit->metrics = config->metrics;
    if (audit->health) {
        audit->check = rlc_health_check(audit->health, "trail");
        rlc_health_set(audit->health, audit->check, true, NULL);
    }
    return audit;
}

void audit_free(struct audit *audit)
{
    if (!audit)
        return;
    if (audit->health)
        rlc_health_drop(audit->health, audit->check);
    audit->trail->ops->close(audit->trail);
    rlc_arena_unmap(&audit->reports);
    free(audit);
}

const char *audit_problem(const struct audit *audit)
{
    return audit->problem;
}

/* The first problem stays until the process is started again: somebody has looked then. */
static void tell(struct audit *audit, const char *event, int32_t partition, const char *text)
{
    if (!audit->problem[0]) {
        (void)snprintf(audit->problem, sizeof(audit->problem), "%s", text);
        if (audit->health)
            rlc_health_set(audit->health, audit->check, false, audit->problem);
    }
    if (audit->observer.note)
        audit->observer.note(audit->observer.context, event, partition, text);
}

/* ---- where it stands ---- */

static struct part *part_of(struct audit *audit, int32_t topic, int32_t partition)
{
    assert(topic >= 0 && (size_t)topic < RLC_COUNT(TOPICS));
    assert(partition >= 0 && partition < RLC_PARTITIONS_MAX);
    return &audit->parts[topic][partition];
}

/* What a failed store left in doubt is forgotten; each partition asks again before it goes on. */
static void forget_parts(struct audit *audit)
{
    memset(audit->parts, 0, sizeof(audit->parts));
}

static enum rlc_status sink_position(void *self, int32_t topic, int32_t partition,
                                     int64_t *ret_next, struct rlc_error *reterr)
{
    struct audit *audit = self;
    const char *worker = audit_worker(topic);
    struct rlc_hash genesis = rlc_genesis_head(audit->installation, worker, partition);
    struct rlc_trail_end end;
    enum rlc_status status = RLC_OK;

    if (!audit->claimed)
        status = audit->trail->ops->claim(audit->trail, audit->installation, reterr);
    audit->claimed = status == RLC_OK;
    if (status == RLC_OK)
        status = audit->trail->ops->end(audit->trail, worker, partition, &genesis, &end, reterr);
    if (status != RLC_OK)
        return status;
    *part_of(audit, topic, partition) = (struct part){ .known = true, .end = end };
    *ret_next = end.next_off < 0 ? RLC_OFFSET_NONE : end.next_off;
    return RLC_OK;
}

/* ---- decoding ---- */

static enum rlc_status decode_fact(const struct rlc_record *record, struct rlc_arena *arena,
                                   struct entry *entry)
{
    struct rlc_debtor_fact *fact = rlc_arena_alloc(arena, sizeof(*fact));
    struct rlc_fault ignored;
    enum rlc_status status = RLC_RETRY;

    if (fact)
        status = rlc_debtor_fact_decode(record->value, arena, fact, &ignored);
    if (status == RLC_OK)
        entry->fact = fact;
    /* A kind that only a newer version knows is stored and chained like any other. */
    return status == RLC_REJECT ? RLC_OK : status;
}

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    struct entry *entry = rlc_arena_alloc(arena, sizeof(*entry));

    (void)self;
    (void)ret_fault;
    if (!entry)
        return RLC_RETRY;
    entry->leaf = rlc_sha256(record->value);
    entry->linked = rlc_link_read(record->value, &entry->link);
    ret_event->class = RLC_EVENT_PLAIN;
    ret_event->body = entry;
    if (strcmp(TOPICS[record->topic], "debtor-facts") != 0)
        return RLC_OK;
    return decode_fact(record, arena, entry);
}

/* ---- storing ---- */

enum { METRIC_FLAWS };

/* One batch on its way. */
struct store {
    struct audit *audit;
    const struct rlc_event *events;
    size_t count;
    struct rlc_trail_row *rows;
    struct rlc_trail_move *moves;
    size_t move_count;
    bool with_reports;
};

static void note_flaws(struct store *store)
{
    char text[PROBLEM_MAX];
    const struct rlc_trail_row *first = NULL;
    size_t count = 0;

    for (size_t i = store->count; i > 0; i--) {
        if (!store->rows[i - 1].flaw)
            continue;
        first = &store->rows[i - 1];
        count++;
    }
    if (!first)
        return;
    (void)snprintf(text, sizeof(text),
                   "chain of %s/%d, offset %lld, sequence %lld: %s; flaws in this batch: %zu",
                   first->worker, first->partition, (long long)first->off, (long long)first->seq,
                   first->flaw, count);
    tell(store->audit, "audit.chain", first->partition, text);
}

static struct rlc_trail_move *move_of(struct store *store, const struct rlc_record *record)
{
    struct part *part = part_of(store->audit, record->topic, record->partition);

    if (!part->known || part->move)
        return part->move;
    part->move = &store->moves[store->move_count++];
    *part->move = (struct rlc_trail_move){ .worker = audit_worker(record->topic),
                                           .partition = record->partition,
                                           .from = part->end,
                                           .to = part->end };
    return part->move;
}

/* A record that the loop refused to decode is stored by its link alone. */
static const struct entry *entry_of(const struct rlc_event *event, struct entry *spare)
{
    if (event->body)
        return event->body;
    *spare = (struct entry){ .leaf = rlc_sha256(event->record->value) };
    spare->linked = rlc_link_read(event->record->value, &spare->link);
    return spare;
}

static void fill_row(struct rlc_trail_row *row, const struct rlc_record *record,
                     const struct entry *entry, struct rlc_trail_move *move,
                     struct rlc_arena *arena)
{
    char *word = rlc_arena_alloc(arena, RLC_KIND_WORD_MAX);

    assert(word);
    row->flaw = CHAIN_FLAWS[chain_step(&move->to, entry->linked ? &entry->link : NULL, &entry->leaf,
                                       record->offset)];
    row->worker = move->worker;
    row->partition = record->partition;
    row->seq = entry->link.chain.sequence;
    row->off = record->offset;
    row->at_ms = entry->link.at_ms;
    row->leaf = entry->leaf;
    row->head =
        entry->linked ? rlc_link_head(&entry->link.chain.previous, &entry->leaf) : move->to.head;
    row->tenant = entry->link.tenant;
    row->debtor = entry->link.debtor;
    row->kind = rlc_span_of(rlc_link_kind(rlc_span_of(move->worker), entry->link.kind, word));
    row->raw = record->value;
}

static enum rlc_status fill_rows(struct store *store, struct rlc_arena *arena,
                                 struct rlc_error *reterr)
{
    for (size_t i = 0; i < store->count; i++) {
        const struct rlc_record *record = store->events[i].record;
        struct rlc_trail_move *move = move_of(store, record);
        struct entry spare;

        if (!move || record->offset < move->to.next_off)
            return rlc_error_set(reterr, RLC_ABORT, "audit", 0, "a record out of its place");
        fill_row(&store->rows[i], record, entry_of(&store->events[i], &spare), move, arena);
    }
    note_flaws(store);
    return RLC_OK;
}

static const struct rlc_debtor_fact *fact_of(const struct store *store, size_t number)
{
    const struct entry *entry = store->events[number].body;

    return entry ? entry->fact : NULL;
}

static const struct rlc_debtor_fact *reported_fact(const struct store *store, size_t number)
{
    /* A record that was there before has left its rows then. */
    return store->rows[number].flaw == CHAIN_FLAWS[CHAIN_REPEATED] ? NULL : fact_of(store, number);
}

static enum rlc_status write_stages(const struct report_batch *batch, struct rlc_trail *trail,
                                    struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < REPORT_TABLE_COUNT; i++)
        status = trail->ops->report(trail, &batch->stages[i], reterr);
    return status;
}

static enum rlc_status write_reports(struct store *store, struct rlc_trail *trail,
                                     struct rlc_error *reterr)
{
    struct report_batch batch;
    enum rlc_status status = RLC_OK;

    report_batch_init(&batch, &store->audit->reports, store->count);
    for (size_t i = 0; status == RLC_OK && i < store->count; i++) {
        const struct rlc_debtor_fact *fact = reported_fact(store, i);
        int64_t off = store->events[i].record->offset;
        bool added = !fact || report_add(&batch, fact, off);

        if (added)
            continue;
        status = write_stages(&batch, trail, reterr);
        report_batch_init(&batch, &store->audit->reports, store->count);
        added = report_add(&batch, fact, off);
        assert(added);
    }
    return status == RLC_OK ? write_stages(&batch, trail, reterr) : status;
}

static enum rlc_status erase_keys(struct store *store, struct rlc_trail *trail,
                                  struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < store->count; i++) {
        const struct rlc_debtor_fact *fact = fact_of(store, i);

        if (fact && fact->kind == RLC_FACT_KIND_SUBJECT_ERASED)
            status = trail->ops->erase_key(trail, fact->envelope.tenant,
                                           fact->subject_erased.subject, reterr);
    }
    return status;
}

static enum rlc_status within(void *context, struct rlc_trail *trail, struct rlc_error *reterr)
{
    struct store *store = context;
    enum rlc_status status = erase_keys(store, trail, reterr);

    if (status == RLC_OK && store->with_reports)
        status = write_reports(store, trail, reterr);
    return status;
}

static enum rlc_status store_with(struct store *store, struct rlc_error *reterr)
{
    struct rlc_trail_batch batch = { .moves = store->moves,
                                     .move_count = store->move_count,
                                     .rows = store->rows,
                                     .row_count = store->count,
                                     .within = within,
                                     .context = store };

    return store->audit->trail->ops->store(store->audit->trail, &batch, reterr);
}

/* The trail comes first: where the database refuses the rows of a report, the records are stored
 * without them, counted, and the tables are filled again from the trail by a person. */
static enum rlc_status store_without_reports(struct store *store, struct rlc_error *reterr)
{
    char text[PROBLEM_MAX];

    (void)snprintf(text, sizeof(text),
                   "reporting tables lack rows, run relancectl audit rebuild: %.120s",
                   reterr->text);
    tell(store->audit, "audit.reports", RLC_PARTITION_NONE, text);
    store->with_reports = false;
    for (size_t i = 0; i < store->count; i++) {
        const struct rlc_debtor_fact *fact = reported_fact(store, i);

        if (fact && report_concerns(fact->kind))
            move_of(store, store->events[i].record)->unreported++;
    }
    return store_with(store, reterr);
}

static void count_flaws(const struct store *store)
{
    for (size_t i = 0; store->audit->metrics && i < store->count; i++) {
        size_t flaw = CHAIN_FLAW_COUNT - 1;

        while (flaw > CHAIN_WHOLE && store->rows[i].flaw != CHAIN_FLAWS[flaw])
            flaw--;
        if (flaw != CHAIN_WHOLE)
            rlc_metrics_add(store->audit->metrics, rlc_series1(METRIC_FLAWS, flaw), 1);
    }
}

/* Ends the batch: positions move on if it was stored, and are asked for again if not. */
static void finish(struct store *store, bool stored)
{
    struct audit *audit = store->audit;

    if (stored)
        count_flaws(store);
    else
        forget_parts(audit);
    for (size_t i = 0; stored && i < store->count; i++) {
        const struct rlc_record *record = store->events[i].record;
        struct part *part = part_of(audit, record->topic, record->partition);

        if (part->move)
            part->end = part->move->to;
        part->move = NULL;
    }
    rlc_arena_reset(&audit->reports);
    rlc_arena_trim(&audit->reports, REPORT_KEEP);
}

static enum rlc_status sink_store(void *self, const struct rlc_event *events, size_t count,
                                  struct rlc_arena *arena, struct rlc_error *reterr)
{
    struct audit *audit = self;
    struct store store = { .audit = audit,
                           .events = events,
                           .count = count,
                           .with_reports = audit->trail->ops->report != NULL };
    enum rlc_status status;

    store.rows = rlc_arena_array(arena, count, sizeof(*store.rows));
    store.moves = rlc_arena_array(arena, RLC_PARTS_MAX, sizeof(*store.moves));
    if (!store.rows || !store.moves)
        return rlc_error_set(reterr, RLC_RETRY, "audit", 0, "the batch is too large for memory");
    status = fill_rows(&store, arena, reterr);
    if (status == RLC_OK)
        status = store_with(&store, reterr);
    if (status == RLC_REJECT && store.with_reports)
        status = store_without_reports(&store, reterr);
    finish(&store, status == RLC_OK);
    return status;
}

static const char *flaw_word(size_t flaw)
{
    return CHAIN_FLAWS[flaw];
}

static const struct rlc_metric METRICS[] = {
    [METRIC_FLAWS] = { .name = "audit_flaws",
                       .unit = "records",
                       .help = "records stored that do not continue their chain; more than none "
                               "means tampering or a lost transaction",
                       .label = { { .name = "flaw",
                                    .word = flaw_word,
                                    .count = CHAIN_FLAW_COUNT } } },
};

const struct rlc_service audit_service = {
    .name = "audit",
    .role = RLC_ROLE_SINK,
    .rules_version = 1,
    .topics = TOPICS,
    .topic_count = RLC_COUNT(TOPICS),
    .input_count = RLC_COUNT(TOPICS),
    .state_topic = RLC_TOPIC_NONE,
    .chain_topic = RLC_TOPIC_NONE,
    .dead_letter_topic = RLC_TOPIC_NONE,
    .metrics = METRICS,
    .metric_count = RLC_COUNT(METRICS),
    .decode = decode,
    .sink_position = sink_position,
    .sink_store = sink_store,
};
