/* SPDX-License-Identifier: Apache-2.0 */
#include "shell.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/pure/key.h"
#include "common/runtime/view.h"
#include "common/wire/debtor_event.h"
#include "common/wire/words.h"

#include "state.h"

/* ---- in ---- */

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    struct notifier_request_event *event = rlc_arena_alloc(arena, sizeof(*event));
    const struct rlc_envelope *envelope;
    struct notifier_key key;
    struct rlc_span debtor;
    enum rlc_status status;

    (void)self;
    if (!event)
        return RLC_RETRY;
    event->stays = false;
    status = rlc_contact_request_decode(record->value, arena, &event->request, ret_fault);
    if (status != RLC_OK)
        return status;
    envelope = &event->request.envelope;
    debtor = rlc_key_of_debtor(arena, envelope->tenant, envelope->debtor);
    if (!debtor.data)
        return RLC_RETRY;
    if (!rlc_span_equal(debtor, record->key))
        return rlc_fault_set(ret_fault, "WRONG_KEY", "key", "use <tenant>/<debtor>");
    notifier_key_contact(debtor, &event->request.body.action, &key);
    ret_event->subject = rlc_arena_copy(arena, key.span);
    if (!ret_event->subject.data)
        return RLC_RETRY;
    ret_event->body = event;
    ret_event->at_ms = envelope->ingested_at_ms;
    return RLC_OK;
}

static void keys(void *self, const struct rlc_event *event, struct rlc_overlay *overlay)
{
    (void)self;
    if (event->class == RLC_EVENT_LOCAL)
        notifier_keys_of_local(&((const struct notifier_local_event *)event->body)->local, overlay);
    else
        notifier_keys_of_request(&((const struct notifier_request_event *)event->body)->request,
                                 overlay);
}

/* ---- out ---- */

/* What is written about a contact hangs on its request. */
static struct rlc_envelope envelope_of(const struct rlc_waiting_contact *contact,
                                       const struct rlc_turn *turn)
{
    const struct rlc_envelope *asked = &contact->request.envelope;

    return (struct rlc_envelope){
        .tenant = asked->tenant,
        .debtor = asked->debtor,
        .creditor = asked->creditor,
        .source = rlc_span_of("notifier"),
        .occurred_at_ms = turn->now_ms,
        .ingested_at_ms = turn->now_ms,
        .causation = { .at = contact->at, .record_hash = contact->record_hash },
        .epochs = asked->epochs,
        .rules = { .bundle_hash = asked->rules.bundle_hash,
                   .rules_version = NOTIFIER_RULES_VERSION },
    };
}

/* One request has one answer, so it names the answer: scenario knows it if it comes again. */
static struct rlc_span answer_id(const struct rlc_action_id *action, uint32_t number,
                                 struct rlc_arena *arena)
{
    enum { SIZE = 2 * sizeof(action->bytes) + 16 };
    uint8_t *text = rlc_arena_alloc(arena, SIZE);

    assert(text);
    rlc_hex_write(action->bytes, sizeof(action->bytes), text);
    (void)snprintf((char *)text + 2 * sizeof(action->bytes), SIZE - 2 * sizeof(action->bytes),
                   "-%u", number);
    return rlc_span_of((char *)text);
}

static struct rlc_span key_of(const struct rlc_waiting_contact *contact, struct rlc_arena *arena)
{
    struct rlc_span key = rlc_key_of_debtor(arena, contact->request.envelope.tenant,
                                            contact->request.envelope.debtor);

    assert(key.data);
    return key;
}

static void emit_answer(const struct notifier_output *output,
                        const struct rlc_waiting_contact *contact, struct rlc_turn *turn)
{
    struct rlc_debtor_event event = { .envelope = envelope_of(contact, turn) };
    struct rlc_span value;

    if (output->kind == RLC_AUDIT_KIND_CONTACT_ENDED) {
        event.kind = RLC_EVENT_KIND_OUTCOME;
        event.outcome = output->ended;
        rlc_turn_count(turn, rlc_series1(NOTIFIER_METRIC_OUTCOMES, output->ended.result));
    } else {
        event.kind = RLC_EVENT_KIND_RETURNED;
        event.returned = output->returned;
        rlc_turn_count(turn, rlc_series1(NOTIFIER_METRIC_RETURNS, output->returned.reason));
    }
    event.envelope.source_event_id =
        answer_id(&contact->request.body.action, contact->request.body.request_number, turn->arena);
    value = rlc_debtor_event_encode(&event, turn->arena);
    assert(value.data);
    /* All debtor-keyed topics have the same partitions. */
    rlc_turn_emit(turn, NOTIFIER_EVENTS, turn->partition, key_of(contact, turn->arena), value);
}

static void emit_audit(const struct notifier_output *output,
                       const struct rlc_waiting_contact *contact, struct rlc_turn *turn)
{
    struct rlc_audit_record record = { .envelope = envelope_of(contact, turn),
                                       .chain = *turn->chain,
                                       .decided_at_ms = turn->now_ms,
                                       .kind = output->kind };
    struct rlc_span value;

    /* All members of the union begin where its first one does. */
    memcpy(&record.attempted, &output->ended,
           sizeof(*output) - offsetof(struct notifier_output, ended));
    value = rlc_audit_record_encode(&record, turn->arena);
    assert(value.data);
    rlc_turn_fact(turn, key_of(contact, turn->arena), value);
    if (output->kind == RLC_AUDIT_KIND_ATTEMPTED && output->attempted.part == 0)
        rlc_turn_count(turn, rlc_series(NOTIFIER_METRIC_ATTEMPTS));
    if (output->kind == RLC_AUDIT_KIND_LOCAL_EVENT &&
        output->local.event == RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED)
        rlc_turn_count(turn, rlc_series(NOTIFIER_METRIC_NOT_STARTED));
}

static void emit(const struct notifier_decision *decision, struct rlc_turn *turn)
{
    for (size_t i = 0; i < decision->output_count; i++) {
        const struct notifier_output *output = &decision->output[i];

        emit_audit(output, decision->contact, turn);
        if (output->kind == RLC_AUDIT_KIND_CONTACT_ENDED ||
            output->kind == RLC_AUDIT_KIND_CONTACT_RETURNED)
            emit_answer(output, decision->contact, turn);
    }
}

/* ---- deciding ---- */

static void decide_request(const struct rlc_event *event, struct notifier_decision *decision,
                           struct rlc_turn *turn)
{
    struct notifier_request_event *body = event->body;
    struct notifier_arrival arrival = { .request = &body->request,
                                        .at = { .topic = rlc_span_of(turn->cause.topic),
                                                .partition = turn->cause.partition,
                                                .offset = turn->cause.offset },
                                        .record_hash = rlc_turn_record_hash(turn) };
    struct rlc_fault fault;

    notifier_take(&arrival, decision);
    body->stays = decision->stays;
    if (!decision->fault) {
        emit(decision, turn);
        return;
    }
    (void)rlc_fault_set(&fault, "UNEXPECTED", "body", decision->fault);
    rlc_turn_dead_letter(turn, event->record, &fault);
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    struct notifier_decision decision = { .overlay = turn->overlay, .now_ms = turn->now_ms };
    struct notifier_local_event *body = event->body;

    (void)self;
    if (event->class != RLC_EVENT_LOCAL) {
        decide_request(event, &decision, turn);
        return;
    }
    notifier_move(&body->local, &decision);
    body->decided = decision.decided;
    emit(&decision, turn);
}

/* ---- state ---- */

static void *decode_record(void *self, struct rlc_span key, struct rlc_span bytes,
                           struct rlc_arena *arena)
{
    (void)self;
    return notifier_state_decode(key, bytes, arena);
}

static struct rlc_span encode_record(void *self, struct rlc_span key, const void *record,
                                     struct rlc_arena *arena)
{
    (void)self;
    return notifier_state_encode(key, record, arena);
}

/* Nothing here waits for a time; whoever adopts the partition is told of every contact. */
static bool wake(void *self, struct rlc_span key, const void *record, rlc_ms *ret_wake_ms)
{
    (void)self;
    (void)record;
    *ret_wake_ms = RLC_MS_NEVER;
    return notifier_state_is_contact(key);
}

/* ---- the table ---- */

static const char *result_word(size_t result)
{
    return rlc_word(RLC_VOCABULARY_OUTCOME_RESULT, (int32_t)result);
}

static const char *reason_word(size_t reason)
{
    return rlc_word(RLC_VOCABULARY_RETURN_REASON, (int32_t)reason);
}

static const char *const WAITS[NOTIFIER_WAITS] = {
    [NOTIFIER_WAITS_FOR_TURN] = "TURN",
    [NOTIFIER_WAITS_FOR_MESSAGE] = "MESSAGE",
    [NOTIFIER_WAITS_FOR_INTAKE] = "INTAKE",
    [NOTIFIER_WAITS_FOR_TENANT] = "TENANT",
    [NOTIFIER_WAITS_FOR_DEBTOR] = "DEBTOR",
    [NOTIFIER_WAITS_FOR_RECORDS] = "RECORDS",
    [NOTIFIER_WAITS_FOR_CONNECTION] = "CONNECTION",
};

static const struct rlc_metric METRICS[NOTIFIER_METRICS] = {
    [NOTIFIER_METRIC_OUTCOMES] = { .name = "notifier_outcomes",
                                   .unit = "contacts",
                                   .help = "requests that ended in an attempt",
                                   .label = { { .name = "result",
                                                .word = result_word,
                                                .count = RLC_WORD_NUMBERS } } },
    [NOTIFIER_METRIC_RETURNS] = { .name = "notifier_returns",
                                  .unit = "contacts",
                                  .help = "requests that came back without one",
                                  .label = { { .name = "reason",
                                               .word = reason_word,
                                               .count = RLC_WORD_NUMBERS } } },
    [NOTIFIER_METRIC_ATTEMPTS] = { .name = "notifier_attempts",
                                   .unit = "contacts",
                                   .help = "attempts written down before a message may leave" },
    [NOTIFIER_METRIC_NOT_STARTED] = { .name = "notifier_not_started",
                                      .unit = "contacts",
                                      .help =
                                          "attempts of which no byte has left: the relay was "
                                          "slow or refused us; the contact is looked at again" },
    [NOTIFIER_METRIC_WAITING] = { .name = "notifier_waiting_contacts",
                                  .type = RLC_METRIC_GAUGE,
                                  .unit = "contacts",
                                  .help = "contacts that are not sent yet, by what they wait for: "
                                          "their turn; a key or bundle for the message; a payment "
                                          "source to be read; scenario, in the tenant's or the "
                                          "debtor's partition; scenario's hot state; a connection",
                                  .label = { { .name = "wait",
                                               .values = WAITS,
                                               .count = NOTIFIER_WAITS } } },
    [NOTIFIER_METRIC_UNDER_WAY] = { .name = "notifier_under_way_mails",
                                    .type = RLC_METRIC_GAUGE,
                                    .unit = "mails",
                                    .help = "mails that were handed over and have no result yet" },
};

static const char *const TOPICS[NOTIFIER_TOPICS] = {
    [NOTIFIER_REQUESTS] = "contact-requests", [NOTIFIER_EVENTS] = "debtor-events",
    [NOTIFIER_AUDIT] = "notifier.audit",      [NOTIFIER_STATE] = "notifier.state",
    [NOTIFIER_DEAD_LETTERS] = "dead-letters",
};

const struct rlc_service NOTIFIER_SERVICE = {
    .name = "notifier",
    .role = RLC_ROLE_STATE,
    .rules_version = NOTIFIER_RULES_VERSION,
    .topics = TOPICS,
    .topic_count = NOTIFIER_TOPICS,
    .input_count = 1,
    .state_topic = NOTIFIER_STATE,
    .chain_topic = NOTIFIER_AUDIT,
    .dead_letter_topic = NOTIFIER_DEAD_LETTERS,
    .metrics = METRICS,
    .metric_count = NOTIFIER_METRICS,
    .decode = decode,
    .keys = keys,
    .decide = decide,
    .decode_record = decode_record,
    .encode_record = encode_record,
    .wake = wake,
};
