/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/scenario_bench.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/pure/key.h"
#include "common/runtime/service.h"

#include "core/store.h"
#include "shell.h"
#include "state.h"

#define BATCH_BYTES ((size_t)96 << 20)
#define LOG_BYTES   ((size_t)160 << 20)
enum { ROUNDS_MAX = 4, QUEUE_MAX = 20000, OVERLAY_BITS = 10 };

struct record {
    uint8_t *key;
    size_t key_size;
    uint8_t *value;
    size_t value_size;
};

struct item {
    struct scenario_event event;
    rlc_ms now_ms;
};

struct scenario_bench {
    const struct policy *const *policies;
    size_t policy_count;
    size_t batch;
    struct scenario_world world;

    struct rlc_arena arena; /* one batch */
    struct rlc_arena log;   /* for ever: events, facts, requests */
    struct record *records; /* sorted by key */
    size_t record_count;
    size_t record_capacity;

    struct item *queue;
    size_t queued;
    rlc_ms now_ms;  /* of the next event */
    rlc_ms time_ms; /* the partition's */
    int64_t offset;
    uint64_t next_id;

    const struct rlc_debtor_fact **facts;
    size_t fact_count;
    size_t fact_capacity;
    const struct rlc_contact_request **requests;
    size_t request_count;
    size_t request_capacity;
    struct rlc_scope *decided_scope; /* to be read back */
    uint64_t digest;                 /* of facts and requests */
    size_t reads;
};

/* ---- policies ---- */

#define STEP(step_name, day, step_tone)                                                            \
    {                                                                                              \
        .name = { (const uint8_t *)(step_name), sizeof(step_name) - 1 }, .offset_days = (day),     \
        .at_minute = 600, .tone = (step_tone), .channel = { RLC_CHANNEL_EMAIL },                   \
        .channel_count = 1, .template_name = { (const uint8_t *)"letter", 6 },                     \
        .age_days_min = INT32_MIN                                                                  \
    }
#define SPAN(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

const struct policy_step BENCH_STEPS[3] = {
    STEP("D+3", 3, RLC_TONE_FRIENDLY),
    STEP("D+10", 10, RLC_TONE_FIRM),
    STEP("D+40", 40, RLC_TONE_FORMAL_NOTICE),
};

const struct policy_scenario BENCH_SCENARIO = { .name = SPAN("std"),
                                                .step = BENCH_STEPS,
                                                .step_count = RLC_COUNT(BENCH_STEPS) };

static const struct policy_choice CHOICES[] = { { .scenario = SPAN("std") } };
static const struct policy_creditor CREDITORS[] = {
    { .name = SPAN(BENCH_CREDITOR), .sender = SPAN("acme-fr"), .language = SPAN("fr") },
    { .name = SPAN("FR02"), .sender = SPAN("acme-fr"), .language = SPAN("fr") },
};

/* Paris: UTC+1, UTC+2 in the summer of 2025. */
static const rlc_ms PARIS_FROM[] = { INT64_C(1743296400000), INT64_C(1761440400000) };
static const int32_t PARIS_OFFSET[] = { 7200, 3600 };
static const struct policy_zone ZONES[] = {
    { SPAN(BENCH_ZONE), { PARIS_FROM, PARIS_OFFSET, RLC_COUNT(PARIS_FROM), 3600 } },
};

/* 2025-04-21 (Easter Monday), 05-01, 05-08. */
static const rlc_day FR_HOLIDAYS[] = { 20199, 20209, 20216 };
static const struct policy_calendar CALENDARS[] = {
    { SPAN("FR"), { FR_HOLIDAYS, RLC_COUNT(FR_HOLIDAYS), RLC_WEEKEND_SATURDAY_SUNDAY } },
};

#define ANSWER(what, kind)                                                                         \
    {                                                                                              \
        .reaction = (what), .task = (kind)                                                         \
    }

const struct policy BENCH_POLICY = {
    .bundle_hash = { { 1 } },
    .scenario = &BENCH_SCENARIO,
    .scenario_count = 1,
    .choice = CHOICES,
    .choice_count = RLC_COUNT(CHOICES),
    .creditor = CREDITORS,
    .creditor_count = RLC_COUNT(CREDITORS),
    .calendar = CALENDARS,
    .calendar_count = RLC_COUNT(CALENDARS),
    .zone = ZONES,
    .zone_count = RLC_COUNT(ZONES),
    .default_language = SPAN("en"),
    .hours = { .to_minute = RLC_MINUTES_PER_DAY },
    .person_hours = { .to_minute = RLC_MINUTES_PER_DAY },
    .request_valid_minutes = 24 * 60,
    .standing = { .dispute_days = 20,
                  .dispute_clock = RLC_CLOCK_EFFECT_CONTINUE,
                  .promise_grace_days = 2,
                  .promise_clock = RLC_CLOCK_EFFECT_CONTINUE,
                  .promise_kept_ppm = 950000,
                  .promise_partial_ppm = 500000,
                  .hold_clock = RLC_CLOCK_EFFECT_STOP },
    .answers = { .returned = { [RLC_RETURN_REASON_BAD_ADDRESS] =
                                   ANSWER(POLICY_REPAIR, RLC_TASK_KIND_REPAIR_CONTACT),
                               [RLC_RETURN_REASON_TOO_LATE] = { .reaction = POLICY_WAIT,
                                                                .wait_minutes = 120 },
                               [RLC_RETURN_REASON_NOT_RENDERED] =
                                   ANSWER(POLICY_TASK, RLC_TASK_KIND_REVIEW) },
                 .refused = ANSWER(POLICY_REPAIR, RLC_TASK_KIND_REPAIR_CONTACT),
                 .unknown = RLC_UNKNOWN_POLICY_ASK_AGAIN,
                 .asks_max = 5 },
};

static const struct policy *find_policy(void *context, const struct rlc_hash *hash)
{
    const struct scenario_bench *bench = context;

    if (hash->bytes[0] == 0)
        return &POLICY_EMPTY;
    assert(hash->bytes[0] <= bench->policy_count);
    return bench->policies[hash->bytes[0] - 1];
}

/* ---- the map of records ---- */

static size_t place_of(const struct scenario_bench *bench, struct rlc_span key, bool *ret_found)
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
    size_t place = place_of(bench, key, &found);
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
    size_t place = place_of(bench, key, &found);

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
        place = place_of(bench, slot->key, &found);
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

static void note(struct scenario_bench *bench, struct rlc_span bytes)
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
    note(bench, bytes);
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
    note(bench, bytes);
    bench->requests = grow(bench->requests, bench->request_count, &bench->request_capacity,
                           sizeof(const struct rlc_contact_request *));
    bench->requests[bench->request_count++] = kept;
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

static void keep(struct scenario_bench *bench, const struct item *item,
                 const struct scenario_outputs *outputs)
{
    struct rlc_chain chain = { .sequence = (int64_t)bench->fact_count + 1, .previous = { { 1 } } };
    struct rlc_turn turn = { .now_ms = bench->time_ms, .chain = &chain };
    const struct scenario_output *output = outputs->first;

    turn.cause.topic = "debtor-events";
    for (; output; output = output->next) {
        struct rlc_debtor_fact fact;
        struct rlc_contact_request request;

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
        case SCENARIO_OUTPUT_SCOPE:
            keep_scope(bench, output);
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

static void push(struct scenario_bench *bench, const struct scenario_event *event)
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

static void push_debtors(struct scenario_bench *bench, const struct scenario_event *event,
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
        push(bench, &due);
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
    push_debtors(bench, &sweep, 0);
    push(bench, &(struct scenario_event){ .record = event });
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
    free(bench->arena.base);
    free(bench->log.base);
    free(bench);
}

/* ---- time ---- */

rlc_day bench_day(const char *date)
{
    rlc_day day;

    if (!rlc_day_parse(rlc_span_of(date), &day))
        abort();
    return day;
}

rlc_ms bench_instant(const char *date, int hour, int minute)
{
    return bench_day(date) * RLC_DAY_MS + (hour * 60 + minute) * RLC_MINUTE_MS;
}

void bench_at(struct scenario_bench *bench, rlc_ms now_ms)
{
    bench->now_ms = now_ms;
}

void bench_tick(struct scenario_bench *bench, rlc_ms now_ms)
{
    struct scenario_event due = { .due_ms = now_ms };

    bench_flush(bench);
    bench->now_ms = now_ms;
    push_debtors(bench, &due, now_ms);
    bench_flush(bench);
}

void bench_days_until(struct scenario_bench *bench, const char *date, bool answers)
{
    rlc_ms last_ms = bench_instant(date, 10, 0);
    rlc_ms next_ms = (bench->now_ms / RLC_DAY_MS) * RLC_DAY_MS + 600 * RLC_MINUTE_MS;

    if (next_ms <= bench->now_ms)
        next_ms += RLC_DAY_MS;
    for (; next_ms <= last_ms; next_ms += RLC_DAY_MS) {
        size_t answered = bench->request_count;

        bench_tick(bench, next_ms);
        for (; answers && answered < bench->request_count; answered++) {
            const struct rlc_contact_request *request = bench->requests[answered];
            struct rlc_debtor_event outcome = { .kind = RLC_EVENT_KIND_OUTCOME };

            if (request->body.part > 0)
                continue;
            outcome.envelope.debtor = request->envelope.debtor;
            outcome.envelope.creditor = request->envelope.creditor;
            outcome.outcome = (struct rlc_outcome){ .action = request->body.action,
                                                    .request_number = request->body.request_number,
                                                    .result = RLC_OUTCOME_RESULT_ACCEPTED };
            bench_send(bench, &outcome);
        }
        bench_flush(bench);
    }
}

/* ---- events ---- */

static void complete(struct scenario_bench *bench, struct rlc_debtor_event *event)
{
    struct rlc_envelope *envelope = &event->envelope;
    char id[32];

    if (envelope->tenant.size == 0)
        envelope->tenant = rlc_span_of(BENCH_TENANT);
    if (envelope->source.size == 0)
        envelope->source = rlc_span_of("test");
    if (envelope->source_event_id.size == 0) {
        (void)snprintf(id, sizeof(id), "e%llu", (unsigned long long)++bench->next_id);
        envelope->source_event_id = rlc_arena_copy(&bench->log, rlc_span_of(id));
    }
    if (envelope->occurred_at_ms == 0)
        envelope->occurred_at_ms = bench->now_ms;
    if (envelope->ingested_at_ms == 0)
        envelope->ingested_at_ms = bench->now_ms;
}

/* Stands for the hash that ingest computes over the payload. */
static struct rlc_hash hash_payload(struct scenario_bench *bench,
                                    const struct rlc_debtor_event *event)
{
    struct rlc_debtor_event bare = *event;
    struct rlc_hash hash = { { 1 } };
    uint64_t digest = UINT64_C(14695981039346656037);
    struct rlc_span bytes;

    bare.envelope = (struct rlc_envelope){ .tenant = event->envelope.tenant,
                                           .debtor = event->envelope.debtor,
                                           .creditor = event->envelope.creditor };
    bytes = rlc_debtor_event_encode(&bare, &bench->log);
    for (size_t i = 0; i < bytes.size; i++)
        digest = (digest ^ bytes.data[i]) * UINT64_C(1099511628211);
    memcpy(hash.bytes + 8, &digest, sizeof(digest));
    return hash;
}

void bench_send(struct scenario_bench *bench, const struct rlc_debtor_event *event)
{
    struct rlc_debtor_event sent = *event;
    struct rlc_debtor_event *read = rlc_arena_alloc(&bench->log, sizeof(*read));
    bool about_tenant = event->kind == RLC_EVENT_KIND_COMMAND_ISSUED &&
                        (int)event->command_issued.kind >= RLC_COMMAND_KIND_SCOPE_FIRST;
    struct rlc_span bytes;
    struct rlc_fault fault;

    complete(bench, &sent);
    if (!about_tenant && sent.envelope.debtor.size == 0 &&
        event->kind != RLC_EVENT_KIND_SOURCE_STALE &&
        event->kind != RLC_EVENT_KIND_SOURCE_RECOVERED)
        sent.envelope.debtor = rlc_span_of(BENCH_DEBTOR);
    if (sent.envelope.debtor.size > 0 && sent.envelope.creditor.size == 0)
        sent.envelope.creditor = rlc_span_of(BENCH_CREDITOR);
    sent.envelope.body_hash = hash_payload(bench, &sent);
    bytes = rlc_debtor_event_encode(&sent, &bench->log);
    assert(bytes.data && read);
    if (rlc_debtor_event_decode(bytes, &bench->log, read, &fault) != RLC_OK) {
        (void)fprintf(stderr, "event refused: %s at %s\n", fault.code, fault.path);
        abort();
    }
    push(bench, &(struct scenario_event){ .record = read });
}

static struct rlc_money eur(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

static struct rlc_sealed sealed(const char *text)
{
    return (struct rlc_sealed){ .key_id = rlc_span_of("key"), .bytes = rlc_span_of(text) };
}

void bench_debtor(struct scenario_bench *bench, const char *zone, const char *calendar)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DEBTOR_UPSERTED };

    event.debtor_upserted = (struct rlc_debtor){ .kind = RLC_PARTY_KIND_COMPANY,
                                                 .status = RLC_PARTY_STATUS_ACTIVE,
                                                 .country = rlc_span_of("FR"),
                                                 .zone = rlc_span_of(zone),
                                                 .language = rlc_span_of("fr"),
                                                 .calendar = rlc_span_of(calendar),
                                                 .name = sealed("name") };
    bench_send(bench, &event);
}

void bench_contact(struct scenario_bench *bench, const char *contact, enum rlc_channel channel)
{
    struct rlc_contact_channel address = { .channel = channel, .address = sealed("address") };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_CONTACT_UPSERTED };

    event.contact_upserted = (struct rlc_contact){ .contact = rlc_span_of(contact),
                                                   .subject = rlc_span_of(contact),
                                                   .roles = RLC_CONTACT_ROLE_BILLING,
                                                   .channels = &address,
                                                   .channel_count = 1 };
    bench_send(bench, &event);
}

void bench_invoice(struct scenario_bench *bench, const char *document, int64_t minor,
                   const char *due)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_ISSUED };

    event.invoice_issued = (struct rlc_invoice){ .document = rlc_span_of(document),
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = eur(minor),
                                                 .issued_on = bench_day(due) - 30,
                                                 .due_on = bench_day(due) };
    bench_send(bench, &event);
}

void bench_payment(struct scenario_bench *bench, const char *payment, int64_t minor,
                   const char *document)
{
    struct rlc_allocation allocation = { .document = rlc_span_of(document), .amount = eur(minor) };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED };

    event.payment_received =
        (struct rlc_payment){ .payment = rlc_span_of(payment),
                              .amount = eur(minor),
                              .method = RLC_PAYMENT_METHOD_TRANSFER,
                              .received_on = (rlc_day)(bench->now_ms / RLC_DAY_MS),
                              .allocations = &allocation,
                              .allocation_count = document ? 1 : 0 };
    bench_send(bench, &event);
}

void bench_command(struct scenario_bench *bench, const struct rlc_command *command)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_COMMAND_ISSUED,
                                      .command_issued = *command };
    char id[32];

    if (event.command_issued.command.size == 0) {
        (void)snprintf(id, sizeof(id), "c%llu", (unsigned long long)++bench->next_id);
        event.command_issued.command = rlc_arena_copy(&bench->log, rlc_span_of(id));
    }
    event.command_issued.actor = rlc_span_of("anna");
    if (event.command_issued.issued_at_ms == 0)
        event.command_issued.issued_at_ms = bench->now_ms;
    bench_send(bench, &event);
}

void bench_answer(struct scenario_bench *bench, enum rlc_outcome_result result)
{
    const struct rlc_contact_request *request = bench_last_request(bench);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_OUTCOME };

    event.outcome = (struct rlc_outcome){ .action = request->body.action,
                                          .request_number = request->body.request_number,
                                          .result = result,
                                          .contact_number = 1 };
    if (result == RLC_OUTCOME_RESULT_DEFERRED)
        event.outcome.until_ms = bench->now_ms + 2 * RLC_DAY_MS;
    bench_send(bench, &event);
    bench_flush(bench);
}

void bench_return(struct scenario_bench *bench, enum rlc_return_reason reason)
{
    const struct rlc_contact_request *request = bench_last_request(bench);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_RETURNED };

    event.returned = (struct rlc_returned){ .action = request->body.action,
                                            .request_number = request->body.request_number,
                                            .reason = reason,
                                            .contact_number = 1 };
    bench_send(bench, &event);
    bench_flush(bench);
}

/* ---- results ---- */

size_t bench_requests(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->request_count;
}

const struct rlc_contact_request *bench_request(struct scenario_bench *bench, size_t index)
{
    assert(index < bench->request_count);
    return bench->requests[index];
}

const struct rlc_contact_request *bench_last_request(struct scenario_bench *bench)
{
    bench_flush(bench);
    assert(bench->request_count > 0);
    return bench->requests[bench->request_count - 1];
}

size_t bench_facts(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->fact_count;
}

const struct rlc_debtor_fact *bench_fact(struct scenario_bench *bench, size_t index)
{
    assert(index < bench->fact_count);
    return bench->facts[index];
}

size_t bench_count(struct scenario_bench *bench, enum rlc_fact_kind kind)
{
    size_t count = 0;

    bench_flush(bench);
    for (size_t i = 0; i < bench->fact_count; i++)
        count += bench->facts[i]->kind == kind;
    return count;
}

const struct rlc_debtor_fact *bench_last(struct scenario_bench *bench, enum rlc_fact_kind kind)
{
    bench_flush(bench);
    for (size_t i = bench->fact_count; i-- > 0;) {
        if (bench->facts[i]->kind == kind)
            return bench->facts[i];
    }
    return NULL;
}

size_t bench_closed(struct scenario_bench *bench, enum rlc_step_result result)
{
    size_t count = 0;

    bench_flush(bench);
    for (size_t i = 0; i < bench->fact_count; i++)
        count += bench->facts[i]->kind == RLC_FACT_KIND_STEP_CLOSED &&
                 bench->facts[i]->step_closed.result == result;
    return count;
}

size_t bench_silences(struct scenario_bench *bench, enum rlc_suppression reason)
{
    size_t count = 0;

    bench_flush(bench);
    for (size_t i = 0; i < bench->fact_count; i++)
        count += bench->facts[i]->kind == RLC_FACT_KIND_SUPPRESSED &&
                 bench->facts[i]->suppressed.reason == reason;
    return count;
}

void bench_forget(struct scenario_bench *bench)
{
    bench_flush(bench);
    bench->fact_count = 0;
    bench->request_count = 0;
    rlc_arena_reset(&bench->log);
}

const void *bench_record(struct scenario_bench *bench, const char *key)
{
    bool found;
    size_t place;

    bench_flush(bench);
    place = place_of(bench, rlc_span_of(key), &found);
    if (!found)
        return NULL;
    return scenario_state_decode(
        rlc_span_of(key),
        rlc_span_from(bench->records[place].value, bench->records[place].value_size), &bench->log);
}

const struct rlc_account_record *bench_account(struct scenario_bench *bench)
{
    return bench_record(bench, "a|" BENCH_TENANT "/" BENCH_DEBTOR "|" BENCH_CREDITOR);
}

const struct rlc_receivable_record *bench_receivable(struct scenario_bench *bench,
                                                     const char *document)
{
    char key[256];

    (void)snprintf(key, sizeof(key), "r|" BENCH_TENANT "/" BENCH_DEBTOR "|" BENCH_CREDITOR "|%s",
                   document);
    return bench_record(bench, key);
}

const struct rlc_debtor_record *bench_debtor_record(struct scenario_bench *bench)
{
    return bench_record(bench, "d|" BENCH_TENANT "/" BENCH_DEBTOR);
}

size_t bench_records(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->record_count;
}

struct rlc_span bench_key(struct scenario_bench *bench, size_t index)
{
    return rlc_span_from(bench->records[index].key, bench->records[index].key_size);
}

uint64_t bench_digest(struct scenario_bench *bench)
{
    uint64_t digest;

    bench_flush(bench);
    for (size_t i = 0; i < bench->record_count; i++) {
        note(bench, rlc_span_from(bench->records[i].key, bench->records[i].key_size));
        note(bench, rlc_span_from(bench->records[i].value, bench->records[i].value_size));
    }
    digest = bench->digest;
    return digest;
}

size_t bench_reads(struct scenario_bench *bench)
{
    size_t reads;

    bench_flush(bench);
    reads = bench->reads;
    bench->reads = 0;
    return reads;
}
