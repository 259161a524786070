/* SPDX-License-Identifier: Apache-2.0 */
#include "shell.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/pure/key.h"
#include "common/pure/text.h"
#include "common/runtime/bundles.h"
#include "common/runtime/view.h"
#include "common/wire/audit_record.h"
#include "common/wire/words.h"

#include "state.h"

/* ---- in ---- */

/* A fact about a tenant as a whole has no debtor, and tells scoring nothing. */
static enum rlc_status set_subject(const struct rlc_record *record, struct rlc_arena *arena,
                                   const struct rlc_envelope *envelope, struct rlc_event *event,
                                   struct rlc_fault *ret_fault)
{
    struct rlc_span debtor;

    if (envelope->debtor.size == 0)
        return RLC_OK;
    debtor = rlc_key_of_debtor(arena, envelope->tenant, envelope->debtor);
    if (!debtor.data)
        return RLC_RETRY;
    if (!rlc_span_equal(debtor, record->key))
        return rlc_fault_set(ret_fault, "WRONG_KEY", "key", "use <tenant>/<debtor>");
    event->subject = rlc_key_build(arena, 'd', &debtor, 1);
    return event->subject.data ? RLC_OK : RLC_RETRY;
}

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    struct rlc_debtor_fact *fact = rlc_arena_alloc(arena, sizeof(*fact));
    enum rlc_status status;

    (void)self;
    if (!fact)
        return RLC_RETRY;
    status = rlc_debtor_fact_decode(record->value, arena, fact, ret_fault);
    if (status != RLC_OK)
        return status;
    ret_event->body = fact;
    ret_event->at_ms = fact->decided_at_ms;
    return set_subject(record, arena, &fact->envelope, ret_event, ret_fault);
}

/* D of an event with a subject. */
static struct rlc_span debtor_of(const struct rlc_event *event)
{
    return rlc_key_debtor(event->subject);
}

static void keys(void *self, const struct rlc_event *event, struct rlc_overlay *overlay)
{
    (void)self;
    if (event->subject.size > 0)
        scoring_keys(event->body, debtor_of(event), overlay);
}

/* ---- out ---- */

/* One score has one id, so scenario knows it if it comes again. */
static struct rlc_span id_of_debtor(int64_t revision, struct rlc_arena *arena)
{
    char text[32];
    int size = snprintf(text, sizeof(text), "score-%" PRId64, revision);

    return rlc_arena_copy(arena, rlc_span_from(text, (size_t)size));
}

/* A document's id may be as long as an id can be: half of its hash stands for it. */
static struct rlc_span id_of_document(struct rlc_span creditor, struct rlc_span document,
                                      struct rlc_arena *arena)
{
    static const char HEAD[] = "issue-";
    const struct rlc_span part[] = { creditor, document };
    struct rlc_hash hash = rlc_sha256(rlc_key_build(arena, 'r', part, RLC_COUNT(part)));
    enum { HEAD_SIZE = sizeof(HEAD) - 1, SIZE = HEAD_SIZE + sizeof(hash.bytes) };
    uint8_t *text = rlc_arena_alloc(arena, SIZE);

    assert(text);
    memcpy(text, HEAD, HEAD_SIZE);
    rlc_hex_write(hash.bytes, sizeof(hash.bytes) / 2, text + HEAD_SIZE);
    return rlc_span_from(text, SIZE);
}

static struct rlc_envelope envelope_of(const struct scoring_output *output,
                                       const struct rlc_debtor_fact *fact,
                                       const struct rlc_turn *turn)
{
    bool of_debtor = output->revision > 0;
    struct rlc_envelope envelope = {
        .tenant = fact->envelope.tenant,
        .debtor = fact->envelope.debtor,
        .creditor = of_debtor ? (struct rlc_span){ 0 } : fact->envelope.creditor,
        .source = rlc_span_of("scoring"),
        .entity_revision = output->revision,
        .occurred_at_ms = turn->now_ms,
        .ingested_at_ms = turn->now_ms,
        .causation = { .at = { .topic = rlc_span_of(turn->cause.topic),
                               .partition = turn->cause.partition,
                               .offset = turn->cause.offset },
                       .record_hash = rlc_turn_record_hash(turn) },
        .epochs = fact->envelope.epochs,
        .rules = { .bundle_hash = fact->envelope.rules.bundle_hash,
                   .rules_version = SCORING_RULES_VERSION },
    };

    envelope.source_event_id =
        of_debtor ? id_of_debtor(output->revision, turn->arena)
                  : id_of_document(envelope.creditor, output->score.document, turn->arena);
    assert(envelope.source_event_id.data);
    return envelope;
}

static void emit(const struct scoring_output *output, const struct rlc_event *event,
                 struct rlc_turn *turn)
{
    struct rlc_debtor_event said = { .envelope = envelope_of(output, event->body, turn),
                                     .kind = RLC_EVENT_KIND_SCORE_CHANGED,
                                     .score_changed = output->score };
    struct rlc_audit_record record = { .envelope = said.envelope,
                                       .chain = *turn->chain,
                                       .decided_at_ms = turn->now_ms,
                                       .kind = RLC_AUDIT_KIND_SCORED,
                                       .scored = output->score };
    struct rlc_span value = rlc_audit_record_encode(&record, turn->arena);

    assert(value.data);
    rlc_turn_fact(turn, event->record->key, value);
    value = rlc_debtor_event_encode(&said, turn->arena);
    assert(value.data);
    /* All debtor-keyed topics have the same partitions. */
    rlc_turn_emit(turn, SCORING_EVENTS, turn->partition, event->record->key, value);
    rlc_turn_count(turn, rlc_series1(SCORING_METRIC_SCORES, output->revision > 0 ? 0 : 1));
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    const struct scoring_shell *shell = self;
    const struct rlc_debtor_fact *fact = event->body;
    struct scoring_decision decision = { .overlay = turn->overlay };

    if (event->subject.size == 0 || !scoring_counts(fact))
        return;
    if (!shell->model(shell->context, &fact->envelope.rules.bundle_hash, &decision.model)) {
        rlc_turn_wait(turn, "the bundle of a fact is not read yet");
        return;
    }
    rlc_turn_count(turn, rlc_series1(SCORING_METRIC_FACTS, (size_t)fact->kind));
    scoring_take(fact, debtor_of(event), &decision);
    for (size_t i = 0; i < decision.output_count; i++)
        emit(&decision.output[i], event, turn);
}

/* ---- state ---- */

static void *decode_record(void *self, struct rlc_span key, struct rlc_span bytes,
                           struct rlc_arena *arena)
{
    (void)self;
    return scoring_state_decode(key, bytes, arena);
}

static struct rlc_span encode_record(void *self, struct rlc_span key, const void *record,
                                     struct rlc_arena *arena)
{
    (void)self;
    return scoring_state_encode(key, record, arena);
}

/* Nothing here waits for a time: a step that opens says that a day has passed. */
static bool wake(void *self, struct rlc_span key, const void *record, rlc_ms *ret_wake_ms)
{
    (void)self;
    (void)key;
    (void)record;
    *ret_wake_ms = RLC_MS_NEVER;
    return false;
}

/* ---- the table ---- */

static const char *fact_word(size_t kind)
{
    return rlc_word(RLC_VOCABULARY_FACT_KIND, (int32_t)kind);
}

static const char *const ABOUT[] = { "DEBTOR", "DOCUMENT" };

static const struct rlc_metric METRICS[SCORING_METRICS] = {
    [SCORING_METRIC_FACTS] = { .name = "scoring_facts",
                               .unit = "records",
                               .help = "facts that a profile was moved or rated by",
                               .label = { { .name = "kind",
                                            .word = fact_word,
                                            .count = RLC_WORD_NUMBERS } } },
    [SCORING_METRIC_SCORES] = { .name = "scoring_scores",
                                .unit = "records",
                                .help = "scores said: of a debtor, because its band or tenth "
                                        "changed; of a document whose band is not its debtor's",
                                .label = { { .name = "about",
                                             .values = ABOUT,
                                             .count = RLC_COUNT(ABOUT) } } },
};

static const char *const TOPICS[SCORING_TOPICS] = {
    [SCORING_FACTS] = "debtor-facts",        [SCORING_EVENTS] = "debtor-events",
    [SCORING_AUDIT] = "scoring.audit",       [SCORING_STATE] = "scoring.state",
    [SCORING_DEAD_LETTERS] = "dead-letters",
};

const struct rlc_service SCORING_SERVICE = {
    .name = "scoring",
    .role = RLC_ROLE_STATE,
    .rules_version = SCORING_RULES_VERSION,
    .topics = TOPICS,
    .topic_count = SCORING_TOPICS,
    .input_count = 1,
    .state_topic = SCORING_STATE,
    .chain_topic = SCORING_AUDIT,
    .dead_letter_topic = SCORING_DEAD_LETTERS,
    .metrics = METRICS,
    .metric_count = SCORING_METRICS,
    .decode = decode,
    .keys = keys,
    .decide = decide,
    .decode_record = decode_record,
    .encode_record = encode_record,
    .wake = wake,
};
