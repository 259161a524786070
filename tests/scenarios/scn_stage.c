/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scenarios/scn_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/key.h"
#include "common/pure/murmur2.h"
#include "common/runtime/memory.h"
#include "tests/support/check.h"

enum {
    ROUNDS_MAX = 2000,
    TICKS_MAX = 20000,   /* a story of years, hourly */
    EXCHANGES_MAX = 200, /* requests and answers without time going on */
    FACT_LINE_BYTES = 100
};

/* ---- the log ---- */

static void produce(struct scn_stage *stage, int32_t partition, struct rlc_span key,
                    struct rlc_span value)
{
    struct rlc_outgoing outgoing = {
        .topic = SCENARIO_EVENTS, .partition = partition, .key = key, .value = value
    };
    struct rlc_bus *tool = stage->world.tool;
    struct rlc_error error = { .text = "" };

    assert_int_equal(tool->ops->produce(tool, &outgoing, &error), RLC_OK);
    assert_int_equal(tool->ops->flush(tool, 1000, &error), RLC_OK);
}

static struct rlc_span key_of(struct scn_stage *stage, struct rlc_span debtor)
{
    return debtor.size > 0 ? rlc_key_of_debtor(&stage->arena, rlc_span_of(SCN_TENANT), debtor)
                           : rlc_span_of(SCN_TENANT);
}

static void publish(struct scn_stage *stage, struct rlc_span key, struct rlc_span value)
{
    produce(stage, rlc_partition_of(key, SCN_PARTITIONS), key, value);
    stage->again_key = key;
    stage->again_value = value;
}

static void publish_event(struct scn_stage *stage, const struct scn_happening *happening)
{
    struct rlc_debtor_event event = happening->event;
    struct rlc_span body;
    struct rlc_span value;

    event.envelope.occurred_at_ms = happening->at_ms;
    event.envelope.ingested_at_ms = happening->at_ms;
    if (event.kind == RLC_EVENT_KIND_COMMAND_ISSUED)
        event.command_issued.issued_at_ms = happening->at_ms;
    body = rlc_debtor_event_encode_body(&event, &stage->arena);
    event.envelope.body_hash = rlc_sha256(body);
    value = rlc_debtor_event_encode(&event, &stage->arena);
    assert_non_null(value.data);
    publish(stage, key_of(stage, event.envelope.debtor), value);
}

/* ---- reading ---- */

typedef void scn_reader(struct scn_stage *stage, const struct rlc_record *record, void *context);

static void read_topic(struct scn_stage *stage, int32_t topic, const int64_t from[SCN_PARTITIONS],
                       scn_reader *reader, void *context)
{
    struct rlc_bus *tool = stage->world.tool;
    struct rlc_error error = { .text = "" };

    for (int32_t p = 0; p < SCN_PARTITIONS; p++) {
        struct rlc_position position = { topic, p, from ? from[p] : RLC_OFFSET_BEGIN };
        struct rlc_bus_event event;

        assert_int_equal(tool->ops->read(tool, &position, 1, &error), RLC_OK);
        while (tool->ops->read_poll(tool, 0, &event, &error) == RLC_OK &&
               event.kind == RLC_BUS_RECORD)
            reader(stage, &event.record, context);
    }
    (void)tool->ops->read(tool, NULL, 0, NULL);
}

/* ---- answers ---- */

/* Answers wait until all requests are read: writing moves the reader. */
struct inbox {
    struct rlc_contact_request *request[EXCHANGES_MAX];
    size_t count;
};

static void take_request(struct scn_stage *stage, const struct rlc_record *record, void *context)
{
    struct inbox *inbox = context;
    struct rlc_contact_request *request = rlc_arena_alloc(&stage->arena, sizeof(*request));
    struct rlc_fault fault;

    assert_non_null(request);
    assert_true(inbox->count < EXCHANGES_MAX);
    assert_int_equal(rlc_contact_request_decode(record->value, &stage->arena, request, &fault),
                     RLC_OK);
    stage->answered[record->partition] = record->offset + 1;
    if (request->body.part == 0)
        inbox->request[inbox->count++] = request;
}

static struct scn_answer next_answer(struct scn_stage *stage)
{
    struct scn_answer answer = stage->next.once ? stage->next : stage->answer;

    stage->next.once = false;
    return answer;
}

static struct rlc_outcome outcome_of(const struct rlc_contact_body *body,
                                     const struct scn_answer *answer)
{
    static const enum rlc_outcome_result RESULTS[] = { [SCN_ACCEPTED] = RLC_OUTCOME_RESULT_ACCEPTED,
                                                       [SCN_REFUSED] = RLC_OUTCOME_RESULT_REFUSED,
                                                       [SCN_DEFERRED] = RLC_OUTCOME_RESULT_DEFERRED,
                                                       [SCN_UNKNOWN] = RLC_OUTCOME_RESULT_UNKNOWN };

    return (struct rlc_outcome){ .action = body->action,
                                 .request_number = body->request_number,
                                 .result = RESULTS[answer->kind],
                                 .until_ms = answer->until_ms,
                                 .attempted_at_ms = body->decided_at_ms,
                                 .content_hash = { { 1 } },
                                 .contact_number = body->recipients[0].number,
                                 .assumed = true };
}

static void answer_request(struct scn_stage *stage, const struct rlc_contact_request *request)
{
    struct scn_answer answer = next_answer(stage);
    const struct rlc_contact_body *body = &request->body;
    char *id = rlc_arena_alloc(&stage->arena, 64);
    struct rlc_debtor_event event = {
        .kind = answer.kind == SCN_RETURNED ? RLC_EVENT_KIND_RETURNED : RLC_EVENT_KIND_OUTCOME,
        .envelope = { .tenant = request->envelope.tenant,
                      .debtor = request->envelope.debtor,
                      .creditor = request->envelope.creditor,
                      .source = rlc_span_of("stand-in"),
                      .occurred_at_ms = body->decided_at_ms,
                      .ingested_at_ms = body->decided_at_ms },
    };
    struct rlc_span value;

    if (answer.kind == SCN_NO_ANSWER)
        return;
    assert_non_null(id);
    (void)snprintf(id, 64, "%02x%02x%02x%02x%02x%02x-%u", body->action.bytes[0],
                   body->action.bytes[1], body->action.bytes[2], body->action.bytes[3],
                   body->action.bytes[4], body->action.bytes[5], body->request_number);
    event.envelope.source_event_id = rlc_span_of(id);
    if (answer.kind == SCN_RETURNED) {
        event.returned = (struct rlc_returned){ .action = body->action,
                                                .request_number = body->request_number,
                                                .reason = answer.reason,
                                                .contact_number = body->recipients[0].number };
    } else {
        event.outcome = outcome_of(body, &answer);
    }
    value = rlc_debtor_event_encode(&event, &stage->arena);
    assert_non_null(value.data);
    publish(stage, key_of(stage, event.envelope.debtor), value);
}

/* Until nobody asks any more. */
static void settle(struct scn_stage *stage)
{
    for (int i = 0; i < EXCHANGES_MAX; i++) {
        struct inbox inbox = { .count = 0 };

        world_settle(&stage->world, ROUNDS_MAX);
        read_topic(stage, SCENARIO_REQUESTS, stage->answered, take_request, &inbox);
        if (inbox.count == 0)
            return;
        for (size_t k = 0; k < inbox.count; k++)
            answer_request(stage, inbox.request[k]);
    }
    fail_msg("requests and answers without end");
}

/* ---- quarantine ---- */

struct quarantine {
    struct rlc_span debtor;
    struct rlc_coordinates at; /* of the latest record; no topic = none */
};

static void take_quarantine(struct scn_stage *stage, const struct rlc_record *record, void *context)
{
    struct quarantine *quarantine = context;
    struct rlc_debtor_fact *fact = rlc_arena_alloc(&stage->arena, sizeof(*fact));
    struct rlc_fault fault;

    assert_non_null(fact);
    assert_int_equal(rlc_debtor_fact_decode(record->value, &stage->arena, fact, &fault), RLC_OK);
    if (fact->kind == RLC_FACT_KIND_QUARANTINE_CHANGED &&
        rlc_span_equal(fact->envelope.debtor, quarantine->debtor))
        quarantine->at = fact->quarantine_changed.at;
}

static void release(struct scn_stage *stage, const struct scn_happening *happening)
{
    struct quarantine quarantine = { .debtor = happening->debtor };
    struct scn_happening told = *happening;

    read_topic(stage, SCENARIO_FACTS, NULL, take_quarantine, &quarantine);
    if (quarantine.at.topic.size == 0)
        fail_msg("line %d: nothing is in quarantine", happening->line);
    told.event = (struct rlc_debtor_event){
        .kind = RLC_EVENT_KIND_QUARANTINE_RELEASED,
        .envelope = { .tenant = rlc_span_of(SCN_TENANT),
                      .debtor = happening->debtor,
                      .source = rlc_span_of("script"),
                      .source_event_id = rlc_span_of("release") },
        .quarantine_released = { .at = quarantine.at },
    };
    publish_event(stage, &told);
}

/* ---- time ---- */

static rlc_ms first_timer(struct scn_stage *stage)
{
    rlc_ms first_ms = RLC_MS_NEVER;

    for (int32_t p = 0; p < SCN_PARTITIONS; p++) {
        struct rlc_look look;
        struct rlc_error error = { .text = "" };

        assert_int_equal(stage->world.eye->ops->look(stage->world.eye, p, &look, &error), RLC_OK);
        if (look.first_timer_ms < first_ms)
            first_ms = look.first_timer_ms;
    }
    return first_ms;
}

static void tick(struct scn_stage *stage, rlc_ms now_ms)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_TICK,
                                      .tick = { .now_ms = now_ms },
                                      .envelope = { .source = rlc_span_of("script") } };
    struct rlc_span value = rlc_debtor_event_encode(&event, &stage->arena);

    assert_non_null(value.data);
    if (++stage->ticks > TICKS_MAX)
        fail_msg("timers without end, the last one rang %lld ms after 1970", (long long)now_ms);
    for (int32_t p = 0; p < SCN_PARTITIONS; p++)
        produce(stage, p, rlc_span_of("tick"), value);
    settle(stage);
}

/* Rings every timer before an instant, each at its own minute, or when an outage ends. What happens
 * at the instant itself is in the log before its tick; what happens during an outage is read at its
 * end, in one batch if batches are large. */
static void pass_time(struct scn_stage *stage, rlc_ms until_ms)
{
    rlc_ms next_ms;

    if (until_ms <= stage->asleep_until_ms)
        return;
    settle(stage);
    while ((next_ms = first_timer(stage)) < until_ms) {
        if (next_ms < stage->asleep_until_ms)
            next_ms = stage->asleep_until_ms;
        tick(stage, (next_ms + RLC_MINUTE_MS - 1) / RLC_MINUTE_MS * RLC_MINUTE_MS);
    }
}

/* ---- the play ---- */

static void happen(struct scn_stage *stage, const struct scn_happening *happening)
{
    switch (happening->action) {
    case SCN_PUBLISH:
        publish_event(stage, happening);
        break;
    case SCN_AGAIN:
        publish(stage, stage->again_key, stage->again_value);
        break;
    case SCN_GARBAGE:
        /* It carries no time of its own. */
        tick(stage, happening->at_ms);
        publish(stage, key_of(stage, happening->debtor), rlc_span_of("\xff\xff no record at all"));
        break;
    case SCN_RELEASE:
        settle(stage);
        release(stage, happening);
        break;
    case SCN_ANSWERS:
        if (happening->answer.once)
            stage->next = happening->answer;
        else
            stage->answer = happening->answer;
        break;
    case SCN_OUTAGE:
        settle(stage);
        stage->asleep_until_ms = happening->until_ms;
        break;
    }
}

/* Everything of one instant, from `first` on; where the next one begins. */
static size_t play_instant(struct scn_stage *stage, size_t first)
{
    const struct scn_story *story = stage->story;
    rlc_ms at_ms = story->happenings[first].at_ms;
    size_t next = first;
    bool rings;

    pass_time(stage, at_ms);
    rings = at_ms >= stage->asleep_until_ms && first_timer(stage) == at_ms;
    while (next < story->happening_count && story->happenings[next].at_ms == at_ms)
        happen(stage, &story->happenings[next++]);
    /* A timer of the same instant: its tick is read in one batch with what happened. */
    if (rings)
        tick(stage, at_ms);
    return next;
}

static void play(struct scn_stage *stage)
{
    const struct scn_story *story = stage->story;

    settle(stage);
    for (size_t i = 0; i < story->happening_count;)
        i = play_instant(stage, i);
    pass_time(stage, scn_instant(story, story->end_on + 1, 0));
}

/* ---- facts ---- */

static void forget_places(struct rlc_suppressed *suppressed, struct rlc_arena *arena)
{
    struct rlc_coordinates *places =
        rlc_arena_array(arena, suppressed->evidence_count + 1, sizeof(*places));

    assert_non_null(places);
    for (size_t i = 0; i < suppressed->evidence_count; i++) {
        places[i] = suppressed->evidence[i];
        places[i].offset = 0;
    }
    suppressed->evidence = places;
}

/* All a fact says but where it lies: chain and offsets depend on where batches end. */
static struct rlc_hash hash_fact(const struct rlc_debtor_fact *fact, struct rlc_arena *arena)
{
    struct rlc_debtor_fact bare = *fact;

    bare.chain = (struct rlc_chain){ .sequence = 1, .previous = { { 1 } } };
    bare.envelope.causation = (struct rlc_causation){ 0 };
    if (bare.kind == RLC_FACT_KIND_QUARANTINE_CHANGED)
        bare.quarantine_changed.at.offset = 0;
    if (bare.kind == RLC_FACT_KIND_SUPPRESSED)
        forget_places(&bare.suppressed, arena);
    return rlc_sha256(rlc_debtor_fact_encode(&bare, arena));
}

static void take_fact(struct scn_stage *stage, const struct rlc_record *record, void *context)
{
    struct scn_record *kept = context;
    struct rlc_debtor_fact *fact = rlc_arena_alloc(&kept->arena, sizeof(*fact));
    char *line = rlc_arena_alloc(&kept->arena, RLC_TEXT_BYTES_MAX + FACT_LINE_BYTES);
    struct rlc_hash hash;
    struct rlc_fault fault;
    size_t place = kept->count;

    assert_non_null(fact);
    assert_non_null(line);
    assert_true(kept->count < SCN_FACTS_MAX);
    assert_int_equal(rlc_debtor_fact_decode(record->value, &kept->arena, fact, &fault), RLC_OK);
    hash = hash_fact(fact, &kept->arena);
    (void)snprintf(line, RLC_TEXT_BYTES_MAX + FACT_LINE_BYTES, "%s  [%02x%02x%02x]",
                   scn_tell(stage->story, fact, &kept->arena), hash.bytes[0], hash.bytes[1],
                   hash.bytes[2]);
    while (place > 0 && kept->facts[place - 1]->decided_at_ms > fact->decided_at_ms) {
        kept->facts[place] = kept->facts[place - 1];
        kept->lines[place] = kept->lines[place - 1];
        place--;
    }
    kept->facts[place] = fact;
    kept->lines[place] = line;
    kept->count++;
}

static void take_letter(struct scn_stage *stage, const struct rlc_record *record, void *context)
{
    struct scn_record *kept = context;
    struct rlc_fault fault;

    (void)stage;
    assert_true(kept->letter_count < SCN_LETTERS_MAX);
    assert_int_equal(rlc_dead_letter_decode(record->value, &kept->arena,
                                            &kept->letters[kept->letter_count++], &fault),
                     RLC_OK);
}

void scn_play(const struct scn_story *story, uint32_t batch_max, struct scn_record *ret_record)
{
    struct scn_stage *stage = calloc(1, sizeof(*stage));
    struct rlc_catalog catalog = { .bundles = story->bundles->catalog };

    assert_non_null(stage);
    memset(ret_record, 0, sizeof(*ret_record));
    assert_int_equal(rlc_arena_map(&stage->arena, (size_t)256 << 20), RLC_OK);
    assert_int_equal(rlc_arena_map(&ret_record->arena, (size_t)256 << 20), RLC_OK);
    ret_record->facts = rlc_arena_array(&ret_record->arena, SCN_FACTS_MAX, sizeof(void *));
    ret_record->lines = rlc_arena_array(&ret_record->arena, SCN_FACTS_MAX, sizeof(void *));
    ret_record->letters =
        rlc_arena_array(&ret_record->arena, SCN_LETTERS_MAX, sizeof(*ret_record->letters));
    stage->story = story;
    for (int32_t p = 0; p < SCN_PARTITIONS; p++)
        stage->answered[p] = RLC_OFFSET_BEGIN;
    stage->worker = scenario_worker_new(&catalog, true);
    assert_non_null(stage->worker);
    stage->service = scenario_worker_service();
    world_open(&stage->world, &stage->service, stage->worker, SCN_PARTITIONS, 1);
    stage->world.stepped = true;
    stage->world.batch_max = batch_max;
    world_start(&stage->world, 0);
    play(stage);
    read_topic(stage, SCENARIO_FACTS, NULL, take_fact, ret_record);
    read_topic(stage, SCENARIO_DEAD_LETTERS, NULL, take_letter, ret_record);
    world_close(&stage->world);
    scenario_worker_free(stage->worker);
    rlc_arena_unmap(&stage->arena);
    free(stage);
}

void scn_record_close(struct scn_record *record)
{
    rlc_arena_unmap(&record->arena);
}
