/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/key.h"
#include "common/pure/murmur2.h"
#include "common/runtime/bundles.h"
#include "common/runtime/error.h"
#include "common/runtime/loop/worker.h"
#include "common/wire/words.h"
#include "letter.h"
#include "reading.h"
#include "json/canonical.h"

/* Seals the free text of commands that are about the tenant and no debtor. */
static const char TENANT_SUBJECT[] = "@tenant";

static const struct rlc_fault ERASED = {
    .code = "ERASED_SUBJECT",
    .path = "data",
    .remedy = "Send no personal data of a person who was erased.",
};

/* A day covers clocks that are wrong and zones that were forgotten. What comes from further ahead
 * would make all that is true later the older word. */
#define AHEAD_MAX_MS RLC_DAY_MS

static const struct rlc_fault AHEAD = {
    .code = "OUT_OF_RANGE",
    .path = "time",
    .remedy = "Send the time at which it happened: this one is more than a day ahead.",
};

/* What names it would stop every worker that decides by it. */
static const struct rlc_fault NO_BUNDLE = {
    .code = "UNKNOWN_OBJECT",
    .path = "data.payload.bundle_hash",
    .remedy = "Publish the bundle first (relancectl bundle publish), then activate it.",
};

struct rlc_span intake_fixed_tenant(const struct intake *intake, int32_t topic)
{
    assert(topic >= 0 && (size_t)topic < intake->source_count);
    return rlc_span_of(intake->sources[topic].tenant);
}

/* ---- decode ---- */

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    const struct intake *intake = self;
    struct tenant_names names = tenants_names(intake->tenants);
    struct intake_event *event = NULL;
    enum rlc_status status =
        canonical_decode(record->value, intake_fixed_tenant(intake, record->topic), &names, arena,
                         &event, ret_fault);

    ret_event->body = status == RLC_OK ? event : NULL;
    return status;
}

/* ---- prepare: whose keys are needed ---- */

static bool put_pseudonym(const struct tenant *tenant, struct rlc_span *target, size_t id_size,
                          struct rlc_arena *arena)
{
    size_t rest = target->size - id_size;
    char *text = rlc_arena_alloc(arena, PSEUDONYM_SIZE + rest);

    if (!text)
        return false;
    tenant_pseudonym(tenant, rlc_span_from(target->data, id_size), text);
    if (rest)
        memcpy(text + PSEUDONYM_SIZE, target->data + id_size, rest);
    *target = rlc_span_from(text, PSEUDONYM_SIZE + rest);
    return true;
}

/* A subject is the debtor's own, or begins with the debtor's id and '/', or has nothing to do with
 * it. */
static bool is_of_debtor(struct rlc_span subject, struct rlc_span debtor)
{
    return subject.size >= debtor.size && memcmp(subject.data, debtor.data, debtor.size) == 0 &&
           (subject.size == debtor.size || subject.data[debtor.size] == '/');
}

static bool hide_person(const struct tenant *tenant, struct intake_event *event,
                        struct rlc_arena *arena)
{
    struct rlc_span *debtor = &event->event.envelope.debtor;
    bool room = true;

    for (struct alias *alias = event->aliases; room && alias; alias = alias->next) {
        if (!alias->is_subject)
            room = put_pseudonym(tenant, alias->target, alias->target->size, arena);
        else if (is_of_debtor(*alias->target, *debtor))
            room = put_pseudonym(tenant, alias->target, debtor->size, arena);
    }
    return room && put_pseudonym(tenant, debtor, debtor->size, arena);
}

static struct rlc_span subject_of(const struct rlc_debtor_event *event)
{
    if (event->kind == RLC_EVENT_KIND_CONTACT_UPSERTED)
        return event->contact_upserted.subject;
    return event->envelope.debtor.size ? event->envelope.debtor : rlc_span_of(TENANT_SUBJECT);
}

static bool prepare_event(struct intake *intake, struct intake_event *event,
                          struct rlc_arena *arena)
{
    const struct rlc_envelope *envelope = &event->event.envelope;
    const struct tenant *tenant = tenants_find(intake->tenants, envelope->tenant);

    assert(tenant);
    if (event->natural && envelope->debtor.size && !hide_person(tenant, event, arena))
        return false;
    for (struct personal *personal = event->personal; personal; personal = personal->next) {
        if (personal->digest)
            *personal->digest = tenant_address_digest(tenant, personal->target->bytes);
    }
    if (event->personal)
        event->key = shelf_want(intake->shelf, envelope->tenant, subject_of(&event->event));
    return true;
}

static bool prepare_refused(struct intake *intake, const struct rlc_event *event,
                            struct rlc_arena *arena)
{
    struct whom whom = letter_whom(intake, event->record, arena);
    char subject[RAW_SUBJECT_SIZE];
    struct rlc_span kept;

    if (!whom.tenant.size)
        return true;
    raw_subject(event->at_ms, subject);
    kept = rlc_arena_copy(arena, rlc_span_of(subject));
    if (kept.data)
        (void)shelf_want(intake->shelf, whom.tenant, kept);
    return kept.data != NULL;
}

/* Whether what a command activates can be had; the catalog is read again at most once a batch. */
static enum rlc_status check_bundle(struct intake *intake, struct intake_event *event,
                                    bool *refreshed, struct rlc_error *reterr)
{
    const struct rlc_catalog *catalog = &intake->catalog;
    const struct rlc_hash *hash = &event->event.command_issued.activate_bundle.bundle_hash;

    if (event->event.kind != RLC_EVENT_KIND_COMMAND_ISSUED ||
        event->event.command_issued.kind != RLC_COMMAND_KIND_ACTIVATE_BUNDLE ||
        rlc_bundles_find(catalog->bundles, hash))
        return RLC_OK;
    if (catalog->refresh && !*refreshed && catalog->refresh(catalog->context, reterr) != RLC_OK)
        return RLC_RETRY;
    *refreshed = true;
    if (!rlc_bundles_find(catalog->bundles, hash))
        event->refusal = &NO_BUNDLE;
    return RLC_OK;
}

/* What a record cannot tell of itself alone. */
static enum rlc_status check_outside(struct intake *intake, const struct rlc_event *events,
                                     size_t count, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;
    bool refreshed = false;

    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        struct intake_event *event = events[i].body;

        if (!event)
            continue;
        event->refusal = NULL;
        if (event->event.envelope.occurred_at_ms > events[i].at_ms + AHEAD_MAX_MS)
            event->refusal = &AHEAD;
        else
            status = check_bundle(intake, event, &refreshed, reterr);
    }
    return status;
}

static void tell_health(const struct intake *intake, bool ok, const char *why)
{
    if (intake->health)
        rlc_health_set(intake->health, intake->keys_check, ok, why);
}

static enum rlc_status prepare(void *self, const struct rlc_event *events, size_t count,
                               struct rlc_arena *arena, struct rlc_error *reterr)
{
    struct intake *intake = self;
    enum rlc_status status = check_outside(intake, events, count, reterr);

    shelf_begin(intake->shelf);
    if (status != RLC_OK)
        return status;
    intake->undecided = count;
    for (size_t i = 0; i < count; i++) {
        struct intake_event *event = events[i].body;
        bool room = event && !event->refusal ? prepare_event(intake, event, arena)
                                             : prepare_refused(intake, &events[i], arena);

        if (!room)
            return rlc_error_set(reterr, RLC_REJECT, "prepare", 0, "batch too large for memory");
    }
    status = shelf_open(intake->shelf, reterr);
    tell_health(intake, status == RLC_OK, reterr->text);
    if (status != RLC_OK)
        shelf_begin(intake->shelf);
    return status;
}

/* ---- decide ---- */

/* Keys live as long as somebody of the batch needs them. */
static void decided(struct intake *intake)
{
    if (intake->undecided && --intake->undecided == 0)
        shelf_begin(intake->shelf);
}

static void seal_all(const struct intake_event *event, const struct rlc_data_key *key,
                     struct rlc_arena *arena)
{
    struct rlc_span tenant = event->event.envelope.tenant;
    struct rlc_span key_id = rlc_arena_copy(arena, rlc_span_of(key->id));

    assert(key_id.data);
    for (struct personal *personal = event->personal; personal; personal = personal->next) {
        struct rlc_sealed *target = personal->target;

        target->bytes = rlc_seal(&key->key, tenant, key_id, target->bytes, arena);
        target->key_id = key_id;
        assert(target->bytes.data);
    }
}

static struct rlc_span key_of(const struct rlc_envelope *envelope, struct rlc_arena *arena)
{
    return envelope->debtor.size ? rlc_key_of_debtor(arena, envelope->tenant, envelope->debtor)
                                 : envelope->tenant;
}

void intake_emit(const struct intake *intake, struct rlc_debtor_event *event, struct rlc_turn *turn)
{
    struct rlc_envelope *envelope = &event->envelope;
    struct rlc_span key = key_of(envelope, turn->arena);
    struct rlc_span value;

    envelope->ingested_at_ms = turn->now_ms;
    envelope->causation = (struct rlc_causation){
        .at = { rlc_span_of(turn->cause.topic), turn->cause.partition, turn->cause.offset },
        .record_hash = rlc_turn_record_hash(turn),
    };
    envelope->rules.rules_version = INTAKE_RULES_VERSION;
    envelope->body_hash = rlc_sha256(rlc_debtor_event_encode_body(event, turn->arena));
    value = rlc_debtor_event_encode(event, turn->arena);
    /* The loop keeps more room than any record takes. */
    assert(key.data && value.data);
    rlc_turn_emit(turn, (int32_t)intake->source_count + INTAKE_DEBTOR_EVENTS,
                  rlc_partition_of(key, turn->partitions), key, value);
    rlc_turn_count(turn, rlc_series1(INTAKE_METRIC_EVENTS, event->kind));
}

static void refuse_erased(const struct intake *intake, const struct rlc_event *event,
                          struct rlc_turn *turn)
{
    struct whom whom = letter_whom(intake, event->record, turn->arena);

    /* No raw record: it would keep what was to be forgotten. */
    letter_emit(intake, event->record, &ERASED, &whom, NULL, turn);
}

static void refuse(const struct intake *intake, const struct rlc_record *record,
                   const struct rlc_fault *fault, struct rlc_turn *turn)
{
    struct whom whom = letter_whom(intake, record, turn->arena);
    char subject[RAW_SUBJECT_SIZE];
    const struct rlc_data_key *key = NULL;

    raw_subject(turn->now_ms, subject);
    if (whom.tenant.size)
        key = shelf_find(intake->shelf, whom.tenant, rlc_span_of(subject));
    letter_emit(intake, record, fault, &whom, key, turn);
}

static void decide_event(const struct intake *intake, const struct rlc_event *event,
                         struct rlc_turn *turn)
{
    struct intake_event *body = event->body;
    const struct rlc_data_key *key = body->personal ? shelf_key(intake->shelf, body->key) : NULL;

    if (key && key->state == RLC_KEY_ERASED) {
        refuse_erased(intake, event, turn);
        return;
    }
    if (key)
        seal_all(body, key, turn->arena);
    intake_emit(intake, &body->event, turn);
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    const struct intake_event *body = event->body;

    if (body->refusal)
        refuse(self, event->record, body->refusal, turn);
    else
        decide_event(self, event, turn);
    decided(self);
}

static void reject(void *self, const struct rlc_record *record, const struct rlc_fault *fault,
                   struct rlc_turn *turn)
{
    refuse(self, record, fault, turn);
    decided(self);
}

/* ---- the table ---- */

static int64_t first_offset(void *self, int32_t topic)
{
    const struct intake *intake = self;

    assert(topic >= 0 && (size_t)topic < intake->source_count);
    return intake->sources[topic].start;
}

static void on_reading(void *self, const struct rlc_reading *readings, size_t count)
{
    struct intake *intake = self;

    /* A batch that was cut short may have left keys. */
    shelf_begin(intake->shelf);
    intake->undecided = 0;
    intake->keyring->ops->expire(intake->keyring);
    reading_publish(intake, readings, count);
}

static const char *event_word(size_t kind)
{
    return rlc_word(RLC_VOCABULARY_EVENT_KIND, (int32_t)kind);
}

static const struct rlc_metric METRICS[INTAKE_METRICS] = {
    [INTAKE_METRIC_EVENTS] = { .name = "ingest_events",
                               .unit = "records",
                               .help = "events written to debtor-events; refused records write "
                                       "QUARANTINED where their debtor can be read",
                               .label = { { .name = "kind",
                                            .word = event_word,
                                            .count = RLC_WORD_NUMBERS } } },
};

static const char *const OUTPUTS[INTAKE_OUTPUTS] = {
    [INTAKE_DEBTOR_EVENTS] = "debtor-events",
    [INTAKE_DEAD_LETTERS] = "dead-letters",
    [INTAKE_STATE] = "ingest.state",
};

const struct rlc_service INTAKE_SERVICE = {
    .name = "ingest",
    .role = RLC_ROLE_SOURCE,
    .rules_version = INTAKE_RULES_VERSION,
    .topics = OUTPUTS,
    .topic_count = INTAKE_OUTPUTS,
    .state_topic = INTAKE_STATE,
    .chain_topic = RLC_TOPIC_NONE,
    .dead_letter_topic = INTAKE_DEAD_LETTERS,
    .metrics = METRICS,
    .metric_count = INTAKE_METRICS,
    .decode = decode,
    .prepare = prepare,
    .decide = decide,
    .reject = reject,
    .first_offset = first_offset,
    .on_reading = on_reading,
};

bool intake_open(struct intake *intake)
{
    intake->shelf = shelf_new(intake->keyring, RLC_BATCH_MAX);
    intake->watched = reading_new();
    return intake->shelf && intake->watched;
}

void intake_close(struct intake *intake)
{
    shelf_free(intake->shelf);
    reading_free(intake->watched);
    intake->shelf = NULL;
    intake->watched = NULL;
}
