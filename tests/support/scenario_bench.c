/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/scenario_bench_inner.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/pure/key.h"
#include "common/runtime/loop/service.h"

#include "core/store.h"
#include "shell.h"
#include "state.h"

static const struct policy *find_policy(void *context, const struct rlc_hash *hash)
{
    const struct scenario_bench *bench = context;

    if (hash->bytes[0] == 0)
        return &POLICY_EMPTY;
    assert(hash->bytes[0] <= bench->policy_count);
    return bench->policies[hash->bytes[0] - 1];
}

/* ---- the map of records ---- */

size_t bench_place(const struct scenario_bench *bench, struct rlc_span key, bool *ret_found)
{
    size_t low = 0;
    size_t high = bench->record_count;

    *ret_found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct record *record = &bench->records[middle];
        int order = rlc_span_compare(rlc_span_from(record->key, record->key_size), key);

        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint8_t *duplicate(struct rlc_span span)
{
    uint8_t *copy = malloc(span.size + 1);

    assert(copy);
    if (span.size > 0)
        memcpy(copy, span.data, span.size);
    return copy;
}

static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 256;
    items = realloc(items, *capacity * size);
    assert(items);
    return items;
}

static void map_put(struct scenario_bench *bench, struct rlc_span key, struct rlc_span value)
{
    bool found;
    size_t place = bench_place(bench, key, &found);
    struct record *record;

    if (!found) {
        bench->records = grow(bench->records, bench->record_count, &bench->record_capacity,
                              sizeof(*bench->records));
        memmove(&bench->records[place + 1], &bench->records[place],
                (bench->record_count++ - place) * sizeof(*bench->records));
        bench->records[place] = (struct record){ .key = duplicate(key), .key_size = key.size };
    }
    record = &bench->records[place];
    free(record->value);
    record->value = duplicate(value);
    record->value_size = value.size;
}

static void map_drop(struct scenario_bench *bench, struct rlc_span key)
{
    bool found;
    size_t place = bench_place(bench, key, &found);

    if (!found)
        return;
    free(bench->records[place].key);
    free(bench->records[place].value);
    memmove(&bench->records[place], &bench->records[place + 1],
            (--bench->record_count - place) * sizeof(*bench->records));
}

/* ---- one batch ---- */

static void read_wanted(struct scenario_bench *bench, struct rlc_overlay *overlay)
{
    for (struct rlc_slot *slot = overlay->first; slot; slot = slot->next) {
        struct rlc_span bytes = { 0 };
        void *record = NULL;
        bool found;
        size_t place;

        if (slot->state != RLC_SLOT_WANTED)
            continue;
        place = bench_place(bench, slot->key, &found);
        if (found) {
            bytes = rlc_arena_copy(&bench->arena, rlc_span_from(bench->records[place].value,
                                                                bench->records[place].value_size));
            record = scenario_state_decode(slot->key, bytes, &bench->arena);
            assert(record);
        }
        rlc_overlay_found(overlay, slot, bytes, record);
        bench->reads++;
    }
}

static void load(struct scenario_bench *bench, struct rlc_overlay *overlay, size_t first,
                 size_t end)
{
    for (int round = 0;; round++) {
        for (size_t i = first; i < end; i++)
            scenario_keys(&bench->queue[i].event, overlay);
        assert(!overlay->full);
        if (overlay->wanted == 0)
            return;
        assert(round < ROUNDS_MAX);
        read_wanted(bench, overlay);
    }
}

void bench_note(struct scenario_bench *bench, struct rlc_span bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        bench->digest = (bench->digest ^ bytes.data[i]) * UINT64_C(1099511628211);
}

static void keep_fact(struct scenario_bench *bench, const struct rlc_debtor_fact *fact)
{
    struct rlc_span bytes = rlc_debtor_fact_encode(fact, &bench->log);
    struct rlc_debtor_fact *kept = rlc_arena_alloc(&bench->log, sizeof(*kept));
    struct rlc_fault fault;

    assert(bytes.data && kept);
    if (rlc_debtor_fact_decode(bytes, &bench->log, kept, &fault) != RLC_OK) {
        (void)fprintf(stderr, "fact refused: %s at %s\n", fault.code, fault.path);
        abort();
    }
    bench_note(bench, bytes);
    bench->facts = grow(bench->facts, bench->fact_count, &bench->fact_capacity,
                        sizeof(const struct rlc_debtor_fact *));
    bench->facts[bench->fact_count++] = kept;
}

static void keep_request(struct scenario_bench *bench, const struct rlc_contact_request *request)
{
    struct rlc_span bytes = rlc_contact_request_encode(request, &bench->log);
    struct rlc_contact_request *kept = rlc_arena_alloc(&bench->log, sizeof(*kept));
    struct rlc_fault fault;

    assert(bytes.data && kept && bytes.size <= RLC_RECORD_BYTES_MAX);
    if (rlc_contact_request_decode(bytes, &bench->log, kept, &fault) != RLC_OK) {
        (void)fprintf(stderr, "request refused: %s at %s\n", fault.code, fault.path);
        abort();
    }
    bench_note(bench, bytes);
    bench->requests = grow(bench->requests, bench->request_count, &bench->request_capacity,
                           sizeof(const struct rlc_contact_request *));
    bench->requests[bench->request_count++] = kept;
}

static void keep_legal(struct scenario_bench *bench, const struct rlc_legal_inbox *message)
{
    struct rlc_span bytes = rlc_legal_inbox_encode(message, &bench->log);
    struct rlc_legal_inbox *kept = rlc_arena_alloc(&bench->log, sizeof(*kept));
    struct rlc_fault fault;

    assert(bytes.data && kept && bytes.size <= RLC_RECORD_BYTES_MAX);
    if (rlc_legal_inbox_decode(bytes, &bench->log, kept, &fault) != RLC_OK) {
        (void)fprintf(stderr, "record for law refused: %s at %s\n", fault.code, fault.path);
        abort();
    }
    bench_note(bench, bytes);
    bench->legals = grow(bench->legals, bench->legal_count, &bench->legal_capacity,
                         sizeof(const struct rlc_legal_inbox *));
    bench->legals[bench->legal_count++] = kept;
}

static void keep_scope(struct scenario_bench *bench, const struct scenario_output *output)
{
    struct rlc_debtor_event event = { .envelope.tenant = output->tenant,
                                      .kind = RLC_EVENT_KIND_SCOPE_CHANGED };
    struct rlc_debtor_event *kept = rlc_arena_alloc(&bench->log, sizeof(*kept));
    struct rlc_fault fault;
    struct rlc_span bytes;

    memcpy(&event.scope_changed, output->body, sizeof(event.scope_changed));
    bytes = rlc_debtor_event_encode(&event, &bench->log);
    assert(bytes.data && kept);
    if (rlc_debtor_event_decode(bytes, &bench->log, kept, &fault) != RLC_OK)
        abort();
    bench->decided_scope = &kept->scope_changed;
}

static void keep_letter(struct scenario_bench *bench, const struct item *item,
                        const struct scenario_output *output)
{
    struct bench_letter *letter;

    bench->letters =
        grow(bench->letters, bench->letter_count, &bench->letter_capacity, sizeof(*bench->letters));
    letter = &bench->letters[bench->letter_count++];
    memcpy(&letter->fault, output->body, sizeof(letter->fault));
    letter->at = item->event.at;
    bench_note(bench, rlc_span_of(letter->fault.code));
    bench_note(bench, rlc_span_of(letter->fault.path));
    bench_note(bench, rlc_span_of(letter->fault.remedy));
}

static void keep(struct scenario_bench *bench, const struct item *item,
                 const struct scenario_outputs *outputs)
{
    struct rlc_chain chain = { .sequence = (int64_t)bench->fact_count + 1, .previous = { { 1 } } };
    struct rlc_record_hash hash = { .known = true };
    struct rlc_turn turn = { .now_ms = bench->time_ms, .chain = &chain, .cause.hash = &hash };
    const struct scenario_output *output = outputs->first;

    turn.cause.topic = "debtor-events";
    for (; output; output = output->next) {
        struct rlc_debtor_fact fact;
        struct rlc_contact_request request;
        struct rlc_legal_inbox legal;

        switch (output->kind) {
        case SCENARIO_OUTPUT_FACT:
            scenario_fact(output, item->event.record, &turn, &fact);
            keep_fact(bench, &fact);
            break;
        case SCENARIO_OUTPUT_REQUEST:
            request.envelope = scenario_envelope(output, item->event.record, &turn);
            memcpy(&request.body, output->body, sizeof(request.body));
            keep_request(bench, &request);
            break;
        case SCENARIO_OUTPUT_LEGAL:
            memcpy(&legal, output->body, sizeof(legal));
            legal.envelope = scenario_envelope(output, item->event.record, &turn);
            keep_legal(bench, &legal);
            break;
        case SCENARIO_OUTPUT_SCOPE:
            keep_scope(bench, output);
            break;
        case SCENARIO_OUTPUT_APPLIED:
            bench->scopes_told++;
            break;
        case SCENARIO_OUTPUT_LETTER:
            keep_letter(bench, item, output);
            break;
        }
    }
}

/* Whoever was woken has a later timer, or none. */
static void check_due(const struct scenario_bench *bench, const struct rlc_overlay *overlay,
                      const struct scenario_event *event)
{
    const struct rlc_debtor_record *debtor;
    struct store_key key;

    if (event->record || event->sweep)
        return;
    store_key_debtor(event->debtor, &key);
    debtor = store_get(overlay, &key);
    assert(debtor && debtor->wake_ms % RLC_MINUTE_MS == 0);
    assert(debtor->wake_ms == RLC_MS_NONE || debtor->wake_ms > bench->time_ms);
}

static void decide_one(struct scenario_bench *bench, struct rlc_overlay *overlay, size_t index)
{
    const struct item *item = &bench->queue[index];
    struct scenario_outputs outputs;

    load(bench, overlay, index, index + 1);
    if (item->now_ms > bench->time_ms)
        bench->time_ms = item->now_ms;
    scenario_decide(&bench->world, &item->event, bench->time_ms, overlay, &outputs);
    check_due(bench, overlay, &item->event);
    keep(bench, item, &outputs);
}

static void store(struct scenario_bench *bench, const struct rlc_overlay *overlay)
{
    for (struct rlc_slot *slot = overlay->first; slot; slot = slot->next) {
        struct rlc_span bytes;

        if (!slot->dirty)
            continue;
        if (slot->state == RLC_SLOT_ABSENT) {
            map_drop(bench, slot->key);
            continue;
        }
        bytes = scenario_state_encode(slot->key, slot->record, &bench->arena);
        assert(bytes.data && bytes.size > 0 && bytes.size <= RLC_RECORD_BYTES_MAX);
        map_put(bench, slot->key, bytes);
    }
}

static void run_batch(struct scenario_bench *bench, size_t first, size_t end)
{
    struct rlc_overlay overlay;

    rlc_arena_reset(&bench->arena);
    /* Whatever still points into the last batch reads nonsense. */
    memset(bench->arena.base, 0xA5, 1 << 20);
    if (!rlc_overlay_init(&overlay, &bench->arena, OVERLAY_BITS))
        abort();
    load(bench, &overlay, first, end);
    for (size_t i = first; i < end; i++)
        decide_one(bench, &overlay, i);
    store(bench, &overlay);
}

void bench_push(struct scenario_bench *bench, const struct scenario_event *event)
{
    if (bench->queued == QUEUE_MAX)
        bench_flush(bench);
    bench->queue[bench->queued] = (struct item){ .event = *event, .now_ms = bench->now_ms };
    bench->queue[bench->queued++].event.at =
        (struct rlc_coordinates){ .topic = rlc_span_of("debtor-events"),
                                  .offset = bench->offset++ };
}

static void run_queue(struct scenario_bench *bench)
{
    for (size_t i = 0; i < bench->queued; i += bench->batch) {
        size_t end = i + bench->batch < bench->queued ? i + bench->batch : bench->queued;

        run_batch(bench, i, end);
    }
    bench->queued = 0;
}

void bench_push_debtors(struct scenario_bench *bench, const struct scenario_event *event,
                        rlc_ms until_ms)
{
    for (size_t i = 0; i < bench->record_count; i++) {
        struct record *record = &bench->records[i];
        struct rlc_span key =
            rlc_arena_copy(&bench->log, rlc_span_from(record->key, record->key_size));
        struct rlc_span bytes = rlc_span_from(record->value, record->value_size);
        struct scenario_event due = *event;
        size_t mark = rlc_arena_mark(&bench->arena);
        rlc_ms wake_ms;
        bool wakes;

        if (record->key[0] != 'd')
            continue;
        wakes =
            scenario_state_wake(key, scenario_state_decode(key, bytes, &bench->arena), &wake_ms);
        rlc_arena_rewind(&bench->arena, mark);
        if (!wakes || (!event->sweep && (wake_ms == 0 || wake_ms > until_ms)))
            continue;
        due.debtor = rlc_key_debtor(key);
        bench_push(bench, &due);
    }
}

/* As the loop does it: every debtor is visited, then the record itself is decided. */
static void read_back_scope(struct scenario_bench *bench)
{
    struct rlc_debtor_event *event = rlc_arena_alloc(&bench->log, sizeof(*event));
    struct scenario_event sweep = { .sweep = bench->decided_scope,
                                    .sweep_tenant = rlc_span_of(BENCH_TENANT) };

    assert(event);
    bench->decided_scope = NULL;
    event->envelope.tenant = rlc_span_of(BENCH_TENANT);
    event->kind = RLC_EVENT_KIND_SCOPE_CHANGED;
    event->scope_changed = *sweep.sweep;
    bench_push_debtors(bench, &sweep, 0);
    bench_push(bench, &(struct scenario_event){ .record = event });
    run_queue(bench);
}

void bench_flush(struct scenario_bench *bench)
{
    run_queue(bench);
    while (bench->decided_scope)
        read_back_scope(bench);
}

/* ---- life ---- */

static void go_live(struct scenario_bench *bench)
{
    struct rlc_command activate = { .kind = RLC_COMMAND_KIND_ACTIVATE_BUNDLE,
                                    .activate_bundle.bundle_hash = { { 1 } } };
    struct rlc_command live = { .kind = RLC_COMMAND_KIND_CREDITOR_MODE,
                                .creditor_mode = { .mode = RLC_CREDITOR_MODE_LIVE,
                                                   .ramp_ppm = 1000000 } };

    bench_command(bench, &activate);
    bench_flush(bench);
    bench_command(bench, &live);
    bench_flush(bench);
    bench_forget(bench);
}

struct scenario_bench *bench_new(const struct policy *const *policies, size_t count, size_t batch)
{
    struct scenario_bench *bench = calloc(1, sizeof(*bench));

    assert(bench);
    bench->policies = policies;
    bench->policy_count = count;
    bench->batch = batch;
    bench->world = (struct scenario_world){ .context = bench,
                                            .policy = find_policy,
                                            .action_id = scenario_action_id };
    bench->queue = calloc(QUEUE_MAX, sizeof(*bench->queue));
    rlc_arena_init(&bench->arena, malloc(BATCH_BYTES), BATCH_BYTES);
    rlc_arena_init(&bench->log, malloc(LOG_BYTES), LOG_BYTES);
    assert(bench->queue && bench->arena.base && bench->log.base);
    bench->now_ms = bench_instant("2018-01-01", 0, 0);
    go_live(bench);
    bench->now_ms = bench_instant("2025-01-01", 0, 0);
    return bench;
}

void bench_free(struct scenario_bench *bench)
{
    if (!bench)
        return;
    while (bench->record_count > 0)
        map_drop(bench, rlc_span_from(bench->records[0].key, bench->records[0].key_size));
    free(bench->records);
    free(bench->queue);
    free(bench->facts);
    free(bench->requests);
    free(bench->legals);
    free(bench->letters);
    free(bench->arena.base);
    free(bench->log.base);
    free(bench);
}
