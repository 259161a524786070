/* SPDX-License-Identifier: Apache-2.0 */
#include "shell.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/runtime/approval.h"
#include "common/runtime/bundles.h"
#include "common/wire/words.h"

#include "state.h"

static const char SOURCE[] = "legal-escalation";

/* ---- in ---- */

static bool has_its_key(struct rlc_span key, const struct rlc_legal_inbox *message)
{
    const struct rlc_envelope *envelope = &message->envelope;
    struct rlc_span tenant;
    struct rlc_span debtor;

    if (message->kind == RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED)
        return rlc_span_equal(key, envelope->tenant);
    return rlc_key_split_debtor(key, &tenant, &debtor) &&
           rlc_span_equal(tenant, envelope->tenant) && rlc_span_equal(debtor, envelope->debtor);
}

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    struct legal_message_event *event = rlc_arena_alloc(arena, sizeof(*event));
    struct rlc_legal_inbox *message;
    struct legal_key key;
    enum rlc_status status;

    (void)self;
    if (!event)
        return RLC_RETRY;
    message = &event->message;
    status = rlc_legal_inbox_decode(record->value, arena, message, ret_fault);
    if (status != RLC_OK)
        return status;
    ret_event->body = event;
    if (message->kind == RLC_LEGAL_INBOX_KIND_TICK) {
        ret_event->class = RLC_EVENT_TICK;
        ret_event->at_ms = message->tick.now_ms;
        return RLC_OK;
    }
    ret_event->at_ms = message->envelope.ingested_at_ms;
    if (!has_its_key(record->key, message))
        return rlc_fault_set(ret_fault, "WRONG_KEY", "key",
                             "use <tenant>/<debtor>, or <tenant> for the tenant's scope");
    if (!legal_key_of(message, &key))
        return rlc_fault_set(ret_fault, "MISSING_FIELD", "case_id", "name the case");
    ret_event->subject = rlc_arena_copy(arena, key.span);
    return ret_event->subject.data ? RLC_OK : RLC_RETRY;
}

/* A filing depends on the scope besides. */
static void keys(void *self, const struct rlc_event *event, struct rlc_overlay *overlay)
{
    struct legal_key scope;

    (void)self;
    if (event->subject.size > 0)
        (void)rlc_overlay_want(overlay, event->subject);
    if (event->class != RLC_EVENT_LOCAL)
        return;
    legal_key_scope(legal_tenant_of(event->subject), &scope);
    (void)rlc_overlay_want(overlay, scope.span);
}

struct rlc_span legal_tenant_of(struct rlc_span key)
{
    struct rlc_span tenant;
    struct rlc_span debtor;
    bool split = rlc_key_split_debtor(rlc_key_debtor(key), &tenant, &debtor);

    assert(split);
    (void)split;
    return tenant;
}

/* ---- out ---- */

static struct rlc_causation causation_of(const struct legal_output *output,
                                         const struct rlc_turn *turn)
{
    if (output->causation.at.topic.size > 0)
        return output->causation;
    return (struct rlc_causation){ .at = { .topic = rlc_span_of(turn->cause.topic),
                                           .partition = turn->cause.partition,
                                           .offset = turn->cause.offset },
                                   .record_hash = rlc_turn_record_hash(turn) };
}

static struct rlc_envelope envelope_of(const struct legal_output *output,
                                       const struct rlc_turn *turn)
{
    return (struct rlc_envelope){
        .tenant = output->tenant,
        .debtor = output->debtor,
        .creditor = output->creditor,
        .source = rlc_span_of(SOURCE),
        .occurred_at_ms = turn->now_ms,
        .ingested_at_ms = turn->now_ms,
        .causation = causation_of(output, turn),
        .rules = { .bundle_hash = output->bundle_hash, .rules_version = LEGAL_RULES_VERSION },
    };
}

static struct rlc_span key_of(const struct legal_output *output, struct rlc_arena *arena)
{
    struct rlc_span key = rlc_key_of_debtor(arena, output->tenant, output->debtor);

    assert(key.data);
    return key;
}

/* What a case says has a number of its own: scenario knows it if it comes again. */
static struct rlc_span said_id(struct rlc_span case_id, uint32_t number, struct rlc_arena *arena)
{
    size_t room = case_id.size + 16;
    char *text = rlc_arena_alloc(arena, room);

    assert(text);
    (void)snprintf(text, room, "%.*s-%u", (int)case_id.size, (const char *)case_id.data, number);
    return rlc_span_of(text);
}

static void emit_event(const struct legal_output *output, struct rlc_turn *turn)
{
    struct rlc_debtor_event event = { .envelope = envelope_of(output, turn) };
    struct rlc_span value;

    if (output->kind == RLC_AUDIT_KIND_CASE_MOVED) {
        event.kind = RLC_EVENT_KIND_MILESTONE;
        event.milestone = output->case_moved;
        event.envelope.source_event_id =
            said_id(output->case_moved.case_id, output->number, turn->arena);
    } else {
        event.kind = RLC_EVENT_KIND_CONTACT_PROPOSED;
        event.contact_proposed = output->contact_proposed;
        event.envelope.source_event_id =
            said_id(output->contact_proposed.case_id, output->number, turn->arena);
    }
    value = rlc_debtor_event_encode(&event, turn->arena);
    assert(value.data);
    /* All debtor-keyed topics have the same partitions. */
    rlc_turn_emit(turn, LEGAL_EVENTS, turn->partition, key_of(output, turn->arena), value);
}

static void emit_filing(const struct legal_output *output, struct rlc_turn *turn)
{
    struct rlc_legal_filing filing = { .envelope = envelope_of(output, turn) };
    struct rlc_span value;

    if (output->kind == RLC_AUDIT_KIND_FILED) {
        filing.kind = RLC_FILING_KIND_FILED;
        filing.filed = output->filed;
    } else {
        filing.kind = RLC_FILING_KIND_RECALLED;
        filing.recalled = output->recalled;
    }
    value = rlc_legal_filing_encode(&filing, turn->arena);
    assert(value.data);
    rlc_turn_emit(turn, LEGAL_FILINGS, turn->partition, key_of(output, turn->arena), value);
}

static void emit_audit(const struct legal_output *output, struct rlc_turn *turn)
{
    struct rlc_audit_record record = { .envelope = envelope_of(output, turn),
                                       .chain = *turn->chain,
                                       .decided_at_ms = turn->now_ms,
                                       .kind = output->kind };
    struct rlc_span value;

    /* All members of the union begin where its first one does. */
    memcpy(&record.case_opened, &output->case_opened,
           offsetof(struct legal_output, next) - offsetof(struct legal_output, case_opened));
    value = rlc_audit_record_encode(&record, turn->arena);
    assert(value.data);
    rlc_turn_fact(turn, key_of(output, turn->arena), value);
    rlc_turn_count(turn, rlc_series1(LEGAL_METRIC_RECORDS, output->kind));
}

static void emit(const struct legal_outputs *outputs, struct rlc_turn *turn)
{
    for (const struct legal_output *output = outputs->first; output; output = output->next) {
        emit_audit(output, turn);
        if (output->kind == RLC_AUDIT_KIND_CASE_MOVED ||
            output->kind == RLC_AUDIT_KIND_CONTACT_PROPOSED)
            emit_event(output, turn);
        else if (output->kind == RLC_AUDIT_KIND_FILED || output->kind == RLC_AUDIT_KIND_RECALLED)
            emit_filing(output, turn);
    }
}

/* What the worker has to look at, once this is committed. */
static struct legal_left left_of(const struct rlc_event *event, const struct rlc_turn *turn)
{
    const struct rlc_case_record *record =
        legal_key_is_case(event->subject) ? rlc_overlay_get(turn->overlay, event->subject) : NULL;

    if (!record || !legal_is_ready(record))
        return (struct legal_left){ .ready = false };
    return (struct legal_left){ .ready = true,
                                .held = legal_is_held(record),
                                .claim_hash = record->claim.claim_hash };
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    const struct legal_shell *shell = self;
    struct legal_look_event *look = event->body;
    struct legal_message_event *body = event->body;
    struct legal_outputs outputs = { .first = NULL };

    if (event->class == RLC_EVENT_TICK)
        return;
    if (event->class == RLC_EVENT_DUE) {
        legal_due(&shell->world, event->subject, turn->now_ms, turn->overlay, &outputs);
    } else if (event->class == RLC_EVENT_LOCAL) {
        legal_file(&shell->world, look->key, &look->claim_hash, &look->look, turn->now_ms,
                   turn->overlay, &outputs);
        look->left = left_of(event, turn);
    } else {
        legal_decide(&shell->world, &body->message, turn->now_ms, turn->overlay, &outputs);
        body->left = left_of(event, turn);
        /* Only a look says what holds: whatever came in may have ended it. */
        body->left.held = false;
    }
    emit(&outputs, turn);
}

/* ---- state ---- */

static void *decode_record(void *self, struct rlc_span key, struct rlc_span bytes,
                           struct rlc_arena *arena)
{
    (void)self;
    return legal_state_decode(key, bytes, arena);
}

static struct rlc_span encode_record(void *self, struct rlc_span key, const void *record,
                                     struct rlc_arena *arena)
{
    (void)self;
    return legal_state_encode(key, record, arena);
}

/* Every case is listed to whoever adopts the partition: one may be ready to be filed. */
static bool wake(void *self, struct rlc_span key, const void *record, rlc_ms *ret_wake_ms)
{
    const struct rlc_case_record *open = record;

    (void)self;
    if (!legal_key_is_case(key))
        return false;
    *ret_wake_ms = open->wake_ms == RLC_MS_NONE ? RLC_MS_NEVER : open->wake_ms;
    return true;
}

static void encode_tick(void *self, int32_t partition, rlc_ms now_ms, struct rlc_arena *arena,
                        struct rlc_span *ret_key, struct rlc_span *ret_value)
{
    struct rlc_legal_inbox tick = { .kind = RLC_LEGAL_INBOX_KIND_TICK,
                                    .tick = { .now_ms = now_ms },
                                    .envelope = { .source = rlc_span_of(SOURCE) } };

    (void)self;
    (void)partition;
    *ret_key = rlc_span_of("tick");
    *ret_value = rlc_legal_inbox_encode(&tick, arena);
}

/* ---- the table ---- */

static bool verify(const uint8_t public_key[LEGAL_PUBLIC_KEY_SIZE],
                   const struct rlc_envelope *envelope, const struct rlc_command *command)
{
    const struct rlc_approval approval = { .kind = command->kind,
                                           .tenant = envelope->tenant,
                                           .case_id = command->approve.case_id,
                                           .act = command->approve.act,
                                           .command = command->command,
                                           .actor = command->actor,
                                           .claim_hash = command->approve.claim_hash };

    return rlc_approval_verify(&approval, public_key, command->signature);
}

void legal_shell_init(struct legal_shell *shell,
                      const struct legal_policy *(*policy)(void *context,
                                                           const struct rlc_hash *hash),
                      void *context)
{
    *shell = (struct legal_shell){
        .world = { .context = context, .policy = policy, .sha256 = rlc_sha256, .verify = verify },
    };
}

static const char *kind_word(size_t kind)
{
    return rlc_word(RLC_VOCABULARY_AUDIT_KIND, (int32_t)kind);
}

static const struct rlc_metric METRICS[LEGAL_METRICS] = {
    [LEGAL_METRIC_RECORDS] = { .name = "legal_records",
                               .unit = "records",
                               .help = "what was decided of cases: milestones, proposals, filings, "
                                       "recalls, refused acts",
                               .label = { { .name = "kind",
                                            .word = kind_word,
                                            .count = RLC_WORD_NUMBERS } } },
};

static const char *const TOPICS[LEGAL_TOPICS] = {
    [LEGAL_INBOX] = "legal-inbox",
    [LEGAL_EVENTS] = "debtor-events",
    [LEGAL_FILINGS] = "legal-filings",
    [LEGAL_AUDIT] = "legal-escalation.audit",
    [LEGAL_STATE] = "legal-escalation.state",
    [LEGAL_DEAD_LETTERS] = "dead-letters",
};

const struct rlc_service LEGAL_SERVICE = {
    .name = "legal-escalation",
    .role = RLC_ROLE_STATE,
    .rules_version = LEGAL_RULES_VERSION,
    .topics = TOPICS,
    .topic_count = LEGAL_TOPICS,
    .input_count = 1,
    .state_topic = LEGAL_STATE,
    .chain_topic = LEGAL_AUDIT,
    .dead_letter_topic = LEGAL_DEAD_LETTERS,
    .metrics = METRICS,
    .metric_count = LEGAL_METRICS,
    .decode = decode,
    .keys = keys,
    .decide = decide,
    .decode_record = decode_record,
    .encode_record = encode_record,
    .wake = wake,
    .encode_tick = encode_tick,
};
