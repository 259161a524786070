/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/standin.h"

#include <assert.h>
#include <stdio.h>

#include "common/pure/key.h"
#include "common/wire/contact_request.h"
#include "common/wire/debtor_event.h"

#define EVENT_ID_SIZE 64

static const char *const TOPICS[STANDIN_TOPICS] = {
    [STANDIN_REQUESTS] = "contact-requests",
    [STANDIN_EVENTS] = "debtor-events",
    [STANDIN_STATE] = "ingest.state",
    [STANDIN_DEAD_LETTERS] = "dead-letters",
};

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    struct rlc_contact_request *request = rlc_arena_alloc(arena, sizeof(*request));

    (void)self;
    if (!request)
        return RLC_RETRY;
    ret_event->body = request;
    return rlc_contact_request_decode(record->value, arena, request, ret_fault);
}

/* The same request gives the same event id, so that scenario knows an answer it has had. */
static struct rlc_span event_id(const struct rlc_contact_body *body, struct rlc_arena *arena)
{
    char *text = rlc_arena_alloc(arena, EVENT_ID_SIZE);
    int used = 0;

    assert(text);
    for (size_t i = 0; i < sizeof(body->action.bytes); i++)
        used += snprintf(text + used, EVENT_ID_SIZE - (size_t)used, "%02x", body->action.bytes[i]);
    (void)snprintf(text + used, EVENT_ID_SIZE - (size_t)used, "-%u", body->request_number);
    return rlc_span_of(text);
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    const struct rlc_contact_request *request = event->body;
    const struct rlc_contact_body *body = &request->body;
    struct rlc_debtor_event outcome = {
        .envelope = { .tenant = request->envelope.tenant,
                      .debtor = request->envelope.debtor,
                      .creditor = request->envelope.creditor,
                      .source = rlc_span_of("stand-in"),
                      .source_event_id = event_id(body, turn->arena),
                      .occurred_at_ms = body->decided_at_ms,
                      .ingested_at_ms = body->decided_at_ms,
                      .causation = { .at = { rlc_span_of(turn->cause.topic), turn->cause.partition,
                                             turn->cause.offset },
                                     .record_hash = rlc_turn_record_hash(turn) } },
        .kind = RLC_EVENT_KIND_OUTCOME,
        .outcome = { .action = body->action,
                     .request_number = body->request_number,
                     .result = RLC_OUTCOME_RESULT_ACCEPTED,
                     .attempted_at_ms = body->decided_at_ms,
                     .assumed = true },
    };
    struct rlc_span value;

    (void)self;
    if (body->part != 0)
        return;
    value = rlc_debtor_event_encode(&outcome, turn->arena);
    assert(value.data);
    /* All debtor-keyed topics have the same partitions. */
    rlc_turn_emit(turn, STANDIN_EVENTS, turn->partition,
                  rlc_arena_copy(turn->arena, event->record->key), value);
}

static int64_t first_offset(void *self, int32_t topic)
{
    (void)self;
    (void)topic;
    return RLC_OFFSET_BEGIN;
}

const struct rlc_service standin_service = {
    .name = "stand-in",
    .role = RLC_ROLE_SOURCE,
    .rules_version = 1,
    .topics = TOPICS,
    .topic_count = STANDIN_TOPICS,
    .input_count = 1,
    .state_topic = STANDIN_STATE,
    .chain_topic = RLC_TOPIC_NONE,
    .dead_letter_topic = STANDIN_DEAD_LETTERS,
    .decode = decode,
    .decide = decide,
    .first_offset = first_offset,
};
