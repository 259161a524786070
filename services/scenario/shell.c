/* SPDX-License-Identifier: Apache-2.0 */
#include "shell.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "common/pure/key.h"
#include "common/pure/murmur2.h"
#include "common/runtime/view.h"
#include "common/wire/contact_request.h"
#include "common/wire/legal_inbox.h"
#include "common/wire/words.h"

#include "core/store.h"
#include "state.h"

/* ---- identity ---- */

static void hash_bytes(EVP_MD_CTX *context, const void *bytes, size_t size)
{
    int done = EVP_DigestUpdate(context, bytes, size);

    assert(done == 1);
    (void)done;
}

static void hash_u32(EVP_MD_CTX *context, uint32_t number)
{
    uint8_t bytes[] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                        (uint8_t)number };

    hash_bytes(context, bytes, sizeof(bytes));
}

static void hash_span(EVP_MD_CTX *context, struct rlc_span span)
{
    hash_u32(context, (uint32_t)span.size);
    if (span.size > 0)
        hash_bytes(context, span.data, span.size);
}

struct rlc_action_id scenario_action_id(const struct scenario_action *action)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t digest[EVP_MAX_MD_SIZE];
    struct rlc_action_id id;
    int done;

    assert(context);
    done = EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    assert(done == 1);
    hash_span(context, action->tenant);
    hash_span(context, action->debtor);
    hash_span(context, action->creditor);
    hash_span(context, action->scenario);
    hash_span(context, action->step);
    hash_u32(context, action->occurrence);
    hash_u32(context, action->channel_ordinal);
    done = EVP_DigestFinal_ex(context, digest, NULL);
    assert(done == 1);
    (void)done;
    EVP_MD_CTX_free(context);
    memcpy(id.bytes, digest, sizeof(id.bytes));
    return id;
}

/* ---- from records to events ---- */

static bool is_debtor_key(struct rlc_span key, const struct rlc_envelope *envelope)
{
    struct rlc_span tenant;
    struct rlc_span debtor;

    return rlc_key_split_debtor(key, &tenant, &debtor) &&
           rlc_span_equal(tenant, envelope->tenant) && rlc_span_equal(debtor, envelope->debtor);
}

/* A record under another key than its debtor's lies in another debtor's order. */
static bool has_its_key(struct rlc_span key, const struct rlc_debtor_event *event)
{
    if (event->envelope.debtor.size > 0)
        return is_debtor_key(key, &event->envelope);
    return event->envelope.tenant.size == 0 || rlc_span_equal(key, event->envelope.tenant);
}

static enum rlc_event_class class_of(enum rlc_event_kind kind)
{
    if (kind == RLC_EVENT_KIND_TICK)
        return RLC_EVENT_TICK;
    return kind == RLC_EVENT_KIND_SCOPE_CHANGED ? RLC_EVENT_SWEEP : RLC_EVENT_PLAIN;
}

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    struct rlc_debtor_event *event = rlc_arena_alloc(arena, sizeof(*event));
    enum rlc_status status;

    (void)self;
    if (!event)
        return RLC_RETRY;
    status = rlc_debtor_event_decode(record->value, arena, event, ret_fault);
    if (status != RLC_OK)
        return status;
    if (!has_its_key(record->key, event))
        return rlc_fault_set(ret_fault, "WRONG_KEY", "key",
                             "use <tenant>/<debtor>, or <tenant> for the tenant's scope");
    ret_event->body = event;
    ret_event->class = class_of(event->kind);
    ret_event->at_ms =
        event->kind == RLC_EVENT_KIND_TICK ? event->tick.now_ms : event->envelope.ingested_at_ms;
    if (event->envelope.debtor.size > 0) {
        struct rlc_span key = rlc_arena_copy(arena, record->key);

        ret_event->subject = key.data ? rlc_key_build(arena, 'd', &key, 1) : key;
        if (!ret_event->subject.data)
            return RLC_RETRY;
    }
    return RLC_OK;
}

/* `topic` names the input. */
static struct scenario_event event_of(const struct rlc_event *event, const char *topic)
{
    const struct rlc_debtor_event *record = event->body;
    struct scenario_event what = { .at = { .topic = rlc_span_of(topic),
                                           .partition = event->record->partition,
                                           .offset = event->record->offset } };

    if (event->class != RLC_EVENT_DUE) {
        what.record = record;
        return what;
    }
    what.debtor = rlc_key_debtor(event->subject);
    what.due_ms = event->at_ms;
    if (event->sweeping) {
        what.sweep = &record->scope_changed;
        what.sweep_tenant = record->envelope.tenant;
    }
    return what;
}

static void keys(void *self, const struct rlc_event *event, struct rlc_overlay *overlay)
{
    struct scenario_event what = event_of(event, NULL);

    (void)self;
    scenario_keys(&what, overlay);
}

/* ---- from outputs to records ---- */

struct rlc_envelope scenario_envelope(const struct scenario_output *output,
                                      const struct rlc_debtor_event *event,
                                      const struct rlc_turn *turn)
{
    struct rlc_envelope envelope = {
        .tenant = output->tenant,
        .debtor = output->debtor,
        .creditor = output->creditor,
        .source = rlc_span_of("scenario"),
        .occurred_at_ms = turn->now_ms,
        .ingested_at_ms = turn->now_ms,
        .causation = { .at = { .topic = rlc_span_of(turn->cause.topic),
                               .partition = turn->cause.partition,
                               .offset = turn->cause.offset },
                       .record_hash = rlc_turn_record_hash(turn) },
        .epochs = output->epochs,
        .rules = { .bundle_hash = output->bundle_hash, .rules_version = SCENARIO_RULES_VERSION },
    };

    if (!event)
        return envelope;
    if (event->envelope.occurred_at_ms > 0)
        envelope.occurred_at_ms = event->envelope.occurred_at_ms;
    envelope.actor = event->kind == RLC_EVENT_KIND_COMMAND_ISSUED ? event->command_issued.actor
                                                                  : event->envelope.actor;
    return envelope;
}

void scenario_fact(const struct scenario_output *output, const struct rlc_debtor_event *event,
                   const struct rlc_turn *turn, struct rlc_debtor_fact *ret_fact)
{
    *ret_fact = (struct rlc_debtor_fact){ .envelope = scenario_envelope(output, event, turn),
                                          .chain = *turn->chain,
                                          .decided_at_ms = turn->now_ms,
                                          .kind = output->fact };
    /* All members of the union begin where its first one does. */
    memcpy(&ret_fact->receivable_opened, output->body, output->body_size);
}

static struct rlc_span key_of(const struct scenario_output *output, struct rlc_arena *arena)
{
    struct rlc_span key = output->debtor.size > 0
                              ? rlc_key_of_debtor(arena, output->tenant, output->debtor)
                              : rlc_arena_copy(arena, output->tenant);

    assert(key.data);
    return key;
}

/* The record that was decided, NULL for a debtor that was due. */
static const struct rlc_debtor_event *record_of(const struct rlc_event *event)
{
    return event->class == RLC_EVENT_DUE ? NULL : event->body;
}

static void emit_fact(const struct scenario_output *output, const struct rlc_event *event,
                      struct rlc_turn *turn)
{
    struct rlc_debtor_fact fact;
    struct rlc_span value;

    scenario_fact(output, record_of(event), turn, &fact);
    value = rlc_debtor_fact_encode(&fact, turn->arena);
    assert(value.data);
    rlc_turn_fact(turn, key_of(output, turn->arena), value);
    rlc_turn_count(turn, rlc_series1(SCENARIO_METRIC_FACTS, fact.kind));
    if (fact.kind == RLC_FACT_KIND_SUPPRESSED)
        rlc_turn_count(turn, rlc_series1(SCENARIO_METRIC_SILENCES, fact.suppressed.reason));
}

static void emit_request(const struct scenario_output *output, const struct rlc_event *event,
                         struct rlc_turn *turn)
{
    struct rlc_contact_request request = { .envelope =
                                               scenario_envelope(output, record_of(event), turn) };
    struct rlc_span value;

    memcpy(&request.body, output->body, sizeof(request.body));
    value = rlc_contact_request_encode(&request, turn->arena);
    assert(value.data);
    rlc_turn_emit(turn, SCENARIO_REQUESTS, turn->partition, key_of(output, turn->arena), value);
}

/* Whole, to every partition, in the transaction of the decision. */
static void emit_scope(const struct scenario_output *output, const struct rlc_event *event,
                       struct rlc_turn *turn)
{
    struct rlc_debtor_event changed = { .envelope =
                                            scenario_envelope(output, record_of(event), turn),
                                        .kind = RLC_EVENT_KIND_SCOPE_CHANGED };
    struct rlc_span value;

    memcpy(&changed.scope_changed, output->body, sizeof(changed.scope_changed));
    value = rlc_debtor_event_encode(&changed, turn->arena);
    assert(value.data);
    for (int32_t partition = 0; partition < turn->partitions; partition++)
        rlc_turn_emit(turn, SCENARIO_EVENTS, partition, key_of(output, turn->arena), value);
}

/* It is about the tenant, whichever of its debtors a sweep has visited first. */
static void emit_applied(const struct scenario_output *output, const struct rlc_event *event,
                         struct rlc_turn *turn)
{
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED };
    struct scenario_output about = *output;
    struct rlc_span value;

    about.debtor = (struct rlc_span){ NULL, 0 };
    about.epochs.debtor = 0;
    memcpy(&message.scope_changed, output->body, sizeof(message.scope_changed));
    message.envelope = scenario_envelope(&about, record_of(event), turn);
    value = rlc_legal_inbox_encode(&message, turn->arena);
    assert(value.data);
    rlc_turn_emit(turn, SCENARIO_LEGAL_INBOX, turn->partition, key_of(&about, turn->arena), value);
}

static void emit_legal(const struct scenario_output *output, const struct rlc_event *event,
                       struct rlc_turn *turn)
{
    struct rlc_legal_inbox message;
    struct rlc_span value;

    memcpy(&message, output->body, sizeof(message));
    message.envelope = scenario_envelope(output, record_of(event), turn);
    value = rlc_legal_inbox_encode(&message, turn->arena);
    assert(value.data);
    rlc_turn_emit(turn, SCENARIO_LEGAL_INBOX, turn->partition, key_of(output, turn->arena), value);
}

/* Its input is archived: a letter names the record and does not hold it. */
static struct rlc_dead_letter letter_of(const struct scenario_output *output,
                                        const struct rlc_event *event, const struct rlc_turn *turn)
{
    const struct rlc_envelope *envelope = &record_of(event)->envelope;
    struct rlc_dead_letter letter = rlc_turn_letter(turn, event->record, output->body);

    letter.tenant = output->tenant;
    letter.debtor = output->debtor;
    letter.creditor = output->creditor;
    letter.source = envelope->source;
    letter.source_event_id = envelope->source_event_id;
    letter.rules.bundle_hash = output->bundle_hash;
    return letter;
}

static void emit_letter(const struct scenario_output *output, const struct rlc_event *event,
                        struct rlc_turn *turn)
{
    struct rlc_dead_letter letter = letter_of(output, event, turn);

    rlc_turn_dead_letter_full(turn, &letter);
}

/* In stepped time nobody else tells legal-escalation what time it is. */
static void pass_tick_on(const struct rlc_debtor_event *event, struct rlc_turn *turn)
{
    struct rlc_legal_inbox tick = { .envelope = event->envelope,
                                    .kind = RLC_LEGAL_INBOX_KIND_TICK,
                                    .tick = event->tick };
    struct rlc_span value = rlc_legal_inbox_encode(&tick, turn->arena);

    assert(value.data);
    rlc_turn_emit(turn, SCENARIO_LEGAL_INBOX, turn->partition, rlc_span_of("tick"), value);
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    static void (*const EMIT[])(const struct scenario_output *, const struct rlc_event *,
                                struct rlc_turn *) = {
        [SCENARIO_OUTPUT_FACT] = emit_fact,   [SCENARIO_OUTPUT_REQUEST] = emit_request,
        [SCENARIO_OUTPUT_SCOPE] = emit_scope, [SCENARIO_OUTPUT_APPLIED] = emit_applied,
        [SCENARIO_OUTPUT_LEGAL] = emit_legal, [SCENARIO_OUTPUT_LETTER] = emit_letter,
    };
    struct scenario_shell *shell = self;
    struct scenario_event what = event_of(event, turn->cause.topic);
    struct scenario_outputs outputs;

    scenario_decide(&shell->world, &what, turn->now_ms, turn->overlay, &outputs);
    for (const struct scenario_output *output = outputs.first; output; output = output->next)
        EMIT[output->kind](output, event, turn);
    if (event->class == RLC_EVENT_TICK && shell->stepped)
        pass_tick_on(what.record, turn);
}

/* Whom a refused record is about, where its key tells: it may be as wrong as the rest. */
static bool read_debtor(const struct rlc_record *record, const struct rlc_turn *turn,
                        struct rlc_span *ret_tenant, struct rlc_span *ret_debtor)
{
    return rlc_key_split_debtor(record->key, ret_tenant, ret_debtor) &&
           rlc_tenant_valid(*ret_tenant) && rlc_id_valid(*ret_debtor) &&
           rlc_partition_of(record->key, turn->partitions) == turn->partition;
}

/* A refused record about a debtor that can be read from its key quarantines that debtor, by an
 * event of its own: records were not read for this one. */
static void reject(void *self, const struct rlc_record *record, const struct rlc_fault *fault,
                   struct rlc_turn *turn)
{
    struct rlc_dead_letter letter = rlc_turn_letter(turn, record, fault);
    bool readable = read_debtor(record, turn, &letter.tenant, &letter.debtor);
    struct rlc_debtor_event event = {
        .kind = RLC_EVENT_KIND_QUARANTINED,
        .quarantined = { .at = letter.at, .code = letter.code, .path = letter.path },
        .envelope = { .tenant = letter.tenant,
                      .debtor = letter.debtor,
                      .source = letter.worker,
                      .occurred_at_ms = turn->now_ms,
                      .ingested_at_ms = turn->now_ms,
                      .rules = letter.rules },
    };

    (void)self;
    if (!readable)
        letter.tenant = letter.debtor = (struct rlc_span){ 0 };
    rlc_turn_dead_letter_full(turn, &letter);
    if (readable) {
        rlc_turn_emit(turn, SCENARIO_EVENTS, turn->partition,
                      rlc_arena_copy(turn->arena, record->key),
                      rlc_debtor_event_encode(&event, turn->arena));
    }
}

/* ---- state and time ---- */

static void *decode_record(void *self, struct rlc_span key, struct rlc_span bytes,
                           struct rlc_arena *arena)
{
    (void)self;
    return scenario_state_decode(key, bytes, arena);
}

static struct rlc_span encode_record(void *self, struct rlc_span key, const void *record,
                                     struct rlc_arena *arena)
{
    (void)self;
    return scenario_state_encode(key, record, arena);
}

static bool wake(void *self, struct rlc_span key, const void *record, rlc_ms *ret_wake_ms)
{
    rlc_ms wake_ms;

    (void)self;
    if (!scenario_state_wake(key, record, &wake_ms))
        return false;
    *ret_wake_ms = wake_ms == RLC_MS_NONE ? RLC_MS_NEVER : wake_ms;
    return true;
}

static void encode_tick(void *self, int32_t partition, rlc_ms now_ms, struct rlc_arena *arena,
                        struct rlc_span *ret_key, struct rlc_span *ret_value)
{
    struct rlc_debtor_event tick = {
        .kind = RLC_EVENT_KIND_TICK,
        .tick = { .now_ms = now_ms },
        .envelope = { .source = rlc_span_of("scenario") },
    };

    (void)self;
    (void)partition;
    *ret_key = rlc_span_of("tick");
    *ret_value = rlc_debtor_event_encode(&tick, arena);
}

/* ---- the table ---- */

void scenario_shell_init(struct scenario_shell *shell,
                         const struct policy *(*policy)(void *context, const struct rlc_hash *hash),
                         void *context, bool stepped)
{
    *shell = (struct scenario_shell){
        .world = { .context = context, .policy = policy, .action_id = scenario_action_id },
        .stepped = stepped,
    };
}

static const char *fact_word(size_t kind)
{
    return rlc_word(RLC_VOCABULARY_FACT_KIND, (int32_t)kind);
}

static const char *suppression_word(size_t reason)
{
    return rlc_word(RLC_VOCABULARY_SUPPRESSION, (int32_t)reason);
}

static const struct rlc_metric METRICS[SCENARIO_METRICS] = {
    [SCENARIO_METRIC_FACTS] = { .name = "scenario_facts",
                                .unit = "records",
                                .help = "facts written, CONTACT_REQUESTED among them",
                                .label = { { .name = "kind",
                                             .word = fact_word,
                                             .count = RLC_WORD_NUMBERS } } },
    [SCENARIO_METRIC_SILENCES] = { .name = "scenario_silences",
                                   .unit = "records",
                                   .help = "reasons written down for not contacting",
                                   .label = { { .name = "reason",
                                                .word = suppression_word,
                                                .count = RLC_WORD_NUMBERS } } },
};

static const char *const TOPICS[SCENARIO_TOPICS] = {
    [SCENARIO_EVENTS] = "debtor-events",      [SCENARIO_FACTS] = "debtor-facts",
    [SCENARIO_REQUESTS] = "contact-requests", [SCENARIO_LEGAL_INBOX] = "legal-inbox",
    [SCENARIO_STATE] = "scenario.state",      [SCENARIO_DEAD_LETTERS] = "dead-letters",
};

const struct rlc_service SCENARIO_SERVICE = {
    .name = "scenario",
    .role = RLC_ROLE_STATE,
    .rules_version = SCENARIO_RULES_VERSION,
    .topics = TOPICS,
    .topic_count = SCENARIO_TOPICS,
    .input_count = 1,
    .state_topic = SCENARIO_STATE,
    .chain_topic = SCENARIO_FACTS,
    .dead_letter_topic = SCENARIO_DEAD_LETTERS,
    .metrics = METRICS,
    .metric_count = SCENARIO_METRICS,
    .decode = decode,
    .keys = keys,
    .decide = decide,
    .reject = reject,
    .decode_record = decode_record,
    .encode_record = encode_record,
    .wake = wake,
    .encode_tick = encode_tick,
};
