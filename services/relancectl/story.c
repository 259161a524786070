/* SPDX-License-Identifier: Apache-2.0 */
#include "story.h"

#include <stdlib.h>
#include <string.h>

#include "reasons.h"
#include "story_inner.h"
#include "text.h"

void ctl_story_init(struct ctl_story *story, rlc_day on, const char *document)
{
    *story = (struct ctl_story){ .on = on,
                                 .document = document,
                                 .entries = json_array(),
                                 .standing = json_object(),
                                 .agreements = json_object(),
                                 .cases = json_object(),
                                 .actions = json_object(),
                                 .quarantine = json_array() };
}

void ctl_story_clear(struct ctl_story *story)
{
    json_decref(story->entries);
    json_decref(story->standing);
    json_decref(story->agreements);
    json_decref(story->cases);
    json_decref(story->actions);
    json_decref(story->quarantine);
    *story = (struct ctl_story){ .on = RLC_DAY_NONE };
}

/* ---- what entries share ---- */

static int size_of(struct rlc_span span)
{
    return (int)span.size;
}

static const char *text_of(struct rlc_span span)
{
    return span.size ? (const char *)span.data : "";
}

bool ctl_story_wants(const struct ctl_story *story, struct rlc_span document)
{
    return !story->document || rlc_span_equal(document, rlc_span_of(story->document));
}

void ctl_story_instance_key(const struct ctl_past_fact *taken,
                            const struct rlc_step_instance *instance, char key[CTL_STORY_KEY_SIZE])
{
    struct rlc_span creditor = taken->fact->envelope.creditor;

    (void)snprintf(key, CTL_STORY_KEY_SIZE, "%.*s|%.*s|%.*s|%.*s|%u", size_of(creditor),
                   text_of(creditor), size_of(instance->document), text_of(instance->document),
                   size_of(instance->scenario), text_of(instance->scenario),
                   size_of(instance->step), text_of(instance->step), instance->occurrence);
}

/* An agreement's id is its creditor's own, and of its kind; a hold on all of a debtor has none. */
static void agreement_key(struct rlc_span creditor, enum rlc_agreement_kind kind,
                          struct rlc_span id, char key[CTL_STORY_KEY_SIZE])
{
    (void)snprintf(key, CTL_STORY_KEY_SIZE, "agreement %.*s|%d|%.*s", size_of(creditor),
                   text_of(creditor), (int)kind, size_of(id), text_of(id));
}

json_t *ctl_story_entry(const struct ctl_past_fact *taken, const char *kind)
{
    json_t *entry = json_object();
    json_t *place = json_object();
    char local[CTL_LOCAL_SIZE];

    ctl_put_ms(entry, "at", taken->fact->decided_at_ms);
    ctl_put_text(entry, "local", ctl_local(taken->zone, taken->fact->decided_at_ms, local));
    ctl_put_text(entry, "kind", kind);
    ctl_put_span(entry, "creditor", taken->fact->envelope.creditor);
    ctl_put(place, "partition", json_integer(taken->partition));
    ctl_put(place, "offset", json_integer(taken->offset));
    ctl_put(entry, "fact", place);
    return entry;
}

static void put_instance(json_t *entry, const struct rlc_step_instance *instance)
{
    ctl_put_span(entry, "document", instance->document);
    ctl_put_span(entry, "scenario", instance->scenario);
    ctl_put_span(entry, "step", instance->step);
    ctl_put(entry, "occurrence", json_integer(instance->occurrence));
}

void ctl_story_tell(struct ctl_story *story, const struct ctl_past_fact *taken, json_t *entry)
{
    if (story->on == RLC_DAY_NONE || taken->on == story->on)
        (void)json_array_append(story->entries, entry);
    json_decref(entry);
}

void ctl_story_say(json_t *entry, FILE *out, char **text)
{
    (void)fclose(out);
    ctl_put_text(entry, "sentence", *text);
    free(*text);
}

/* ---- evidence ---- */

/* Events as their sources call them. */
static json_t *events_of(const struct rlc_suppressed *silence)
{
    json_t *list = json_array();

    for (size_t i = 0; i < silence->event_count; i++) {
        json_t *event = json_object();

        ctl_put_span(event, "source", silence->events[i].source);
        ctl_put_span(event, "id", silence->events[i].source_event_id);
        (void)json_array_append_new(list, event);
    }
    return list;
}

/* Where the event stands that opened the agreement behind a silence; NULL: none is known. */
static json_t *opened_by(const struct ctl_story *story, const struct ctl_past_fact *taken,
                         const struct rlc_suppressed *silence)
{
    static const struct {
        enum rlc_suppression reason;
        enum rlc_agreement_kind kind;
    } KINDS[] = {
        { RLC_SUPPRESSION_DISPUTED, RLC_AGREEMENT_KIND_DISPUTE },
        { RLC_SUPPRESSION_PROMISED, RLC_AGREEMENT_KIND_PROMISE },
        { RLC_SUPPRESSION_ON_PLAN, RLC_AGREEMENT_KIND_PLAN },
    };
    struct rlc_span creditor = taken->fact->envelope.creditor;
    char key[CTL_STORY_KEY_SIZE];
    json_t *known;
    enum rlc_agreement_kind kind = RLC_AGREEMENT_KIND_HOLD;

    for (size_t i = 0; i < RLC_COUNT(KINDS); i++) {
        if (KINDS[i].reason == silence->reason)
            kind = KINDS[i].kind;
    }
    agreement_key(creditor, kind, silence->object, key);
    known = json_object_get(story->agreements, key);
    if (known)
        return known;
    agreement_key((struct rlc_span){ NULL, 0 }, kind, silence->object, key);
    return json_object_get(story->agreements, key);
}

/* What the fact names; else what opened the agreement in the way, or the records that nobody
 * understood; else what was being decided. */
static json_t *evidence_of(const struct ctl_story *story, const struct ctl_past_fact *taken,
                           const struct rlc_suppressed *silence)
{
    json_t *list = json_array();
    json_t *known = opened_by(story, taken, silence);

    for (size_t i = 0; i < silence->evidence_count; i++)
        (void)json_array_append_new(list, ctl_coordinates(&silence->evidence[i]));
    if (json_array_size(list) == 0 && known)
        (void)json_array_append(list, known);
    if (json_array_size(list) == 0 && silence->reason == RLC_SUPPRESSION_QUARANTINED)
        (void)json_array_extend(list, story->quarantine);
    if (json_array_size(list) == 0 && silence->event_count == 0)
        (void)json_array_append_new(list, ctl_coordinates(&taken->fact->envelope.causation.at));
    return list;
}

void ctl_story_say_evidence(FILE *out, const json_t *entry)
{
    const char *before = "; because of ";
    size_t index;
    const json_t *one;
    char number[32];
    char other[32];

    json_array_foreach(json_object_get(entry, "events"), index, one)
    {
        (void)fprintf(out, "%sevent %s of %s", before, ctl_text(one, "id", number),
                      ctl_text(one, "source", other));
        before = ", ";
    }
    json_array_foreach(json_object_get(entry, "evidence"), index, one)
    {
        (void)fprintf(out, "%s%s/%s@%s", before, ctl_text(one, "topic", number),
                      ctl_text(one, "partition", number), ctl_text(one, "offset", other));
        before = ", ";
    }
}

/* ---- silences ---- */

static void say_silence(json_t *entry, const struct ctl_past_fact *taken,
                        const struct rlc_suppressed *silence)
{
    const char *word = rlc_word(RLC_VOCABULARY_SUPPRESSION, (int32_t)silence->reason);
    const char *why = ctl_reason_sentence(silence->reason);
    char local[CTL_LOCAL_SIZE];
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return;
    (void)fprintf(out, "no reminder for %.*s (step %.*s): %s", size_of(silence->instance.document),
                  text_of(silence->instance.document), size_of(silence->instance.step),
                  text_of(silence->instance.step), word ? word : "unknown reason");
    if (why)
        (void)fprintf(out, ", %s", why);
    if (silence->object.size)
        (void)fprintf(out, " (%.*s)", size_of(silence->object), text_of(silence->object));
    if (silence->rule.size)
        (void)fprintf(out, ", rule %.*s", size_of(silence->rule), text_of(silence->rule));
    if (silence->next_at_ms != RLC_MS_NONE)
        (void)fprintf(out, "; until %s", ctl_local(taken->zone, silence->next_at_ms, local));
    else
        (void)fprintf(out, "; until something happens");
    ctl_story_say_evidence(out, entry);
    ctl_story_say(entry, out, &text);
}

static void take_silence(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_suppressed *silence = &taken->fact->suppressed;
    char key[CTL_STORY_KEY_SIZE];
    json_t *entry;

    if (!ctl_story_wants(story, silence->instance.document))
        return;
    entry = ctl_story_entry(taken, "SILENCE");
    put_instance(entry, &silence->instance);
    ctl_put_word(entry, "reason", RLC_VOCABULARY_SUPPRESSION, (int32_t)silence->reason);
    ctl_put_span(entry, "rule", silence->rule);
    ctl_put_span(entry, "object", silence->object);
    ctl_put_ms(entry, "next_at", silence->next_at_ms);
    ctl_put(entry, "events", events_of(silence));
    ctl_put(entry, "evidence", evidence_of(story, taken, silence));
    say_silence(entry, taken, silence);
    ctl_story_instance_key(taken, &silence->instance, key);
    (void)json_object_set(story->standing, key, entry);
    ctl_story_tell(story, taken, entry);
}

/* Closings are decided on the event that ends the step: a payment, or the tick of a later one. */
static void say_end(json_t *entry, const struct rlc_step_closed *closed)
{
    const char *why = ctl_result_sentence(closed->result);
    const char *word = rlc_word(RLC_VOCABULARY_STEP_RESULT, (int32_t)closed->result);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return;
    (void)fprintf(out, "no reminder for %.*s (step %.*s) any more: %s%s%s",
                  size_of(closed->instance.document), text_of(closed->instance.document),
                  size_of(closed->instance.step), text_of(closed->instance.step),
                  word ? word : "unknown end", why ? ", " : "", why ? why : "");
    if (closed->by_step.size)
        (void)fprintf(out, " (step %.*s)", size_of(closed->by_step), text_of(closed->by_step));
    ctl_story_say_evidence(out, entry);
    ctl_story_say(entry, out, &text);
}

static void take_end(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_step_closed *closed = &taken->fact->step_closed;
    json_t *evidence;
    char key[CTL_STORY_KEY_SIZE];
    json_t *entry;

    if (!ctl_story_wants(story, closed->instance.document))
        return;
    ctl_story_instance_key(taken, &closed->instance, key);
    (void)json_object_del(story->standing, key);
    if (closed->result == RLC_STEP_RESULT_ACTED)
        return; /* its outcome tells it */
    entry = ctl_story_entry(taken, "CLOSED");
    put_instance(entry, &closed->instance);
    ctl_put_word(entry, "reason", RLC_VOCABULARY_STEP_RESULT, (int32_t)closed->result);
    ctl_put_span(entry, "by_step", closed->by_step);
    evidence = json_array();
    (void)json_array_append_new(evidence, ctl_coordinates(&taken->fact->envelope.causation.at));
    ctl_put(entry, "evidence", evidence);
    say_end(entry, closed);
    ctl_story_tell(story, taken, entry);
}

/* ---- what stands in the way ---- */

static void say_agreement(json_t *entry, const struct ctl_past_fact *taken,
                          const struct rlc_agreement_fact *agreement, bool opened)
{
    const char *kind = rlc_word(RLC_VOCABULARY_AGREEMENT_KIND, (int32_t)agreement->kind);
    const char *clock = rlc_word(RLC_VOCABULARY_CLOCK_EFFECT, (int32_t)agreement->clock);
    const char *result = rlc_word(RLC_VOCABULARY_AGREEMENT_RESULT, (int32_t)agreement->result);
    char local[CTL_LOCAL_SIZE];
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return;
    (void)fprintf(out, "%s %.*s %s", kind ? kind : "agreement", size_of(agreement->agreement),
                  text_of(agreement->agreement), opened ? "holds back" : "ended");
    for (size_t i = 0; i < agreement->document_count && i < CTL_STORY_NAMED; i++) {
        (void)fprintf(out, "%s%.*s",
                      i        ? ", "
                      : opened ? " "
                               : " for ",
                      size_of(agreement->documents[i].document),
                      text_of(agreement->documents[i].document));
    }
    if (opened && agreement->document_count == 0)
        (void)fprintf(out, agreement->reach == RLC_REACH_DEBTOR ? " all of the debtor"
                                                                : " all of the account");
    if (!opened)
        (void)fprintf(out, ": %s", result ? result : "unknown end");
    else if (agreement->until_ms != RLC_MS_NONE)
        (void)fprintf(out, " until %s", ctl_local(taken->zone, agreement->until_ms, local));
    if (opened && clock) {
        (void)fprintf(out, ", days meanwhile: %s",
                      agreement->clock == RLC_CLOCK_EFFECT_STOP       ? "do not count"
                      : agreement->clock == RLC_CLOCK_EFFECT_CONTINUE ? "count"
                                                                      : "are counted anew");
    }
    ctl_story_say_evidence(out, entry);
    ctl_story_say(entry, out, &text);
}

static bool concerns_wanted(const struct ctl_story *story,
                            const struct rlc_agreement_fact *agreement)
{
    bool wanted = !story->document || agreement->document_count == 0;

    for (size_t i = 0; !wanted && i < agreement->document_count; i++)
        wanted = ctl_story_wants(story, agreement->documents[i].document);
    return wanted;
}

static void take_agreement(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_agreement_fact *agreement = &taken->fact->agreement_opened;
    bool opened = taken->fact->kind != RLC_FACT_KIND_AGREEMENT_CLOSED;
    json_t *at = ctl_coordinates(&taken->fact->envelope.causation.at);
    json_t *evidence = json_array();
    char key[CTL_STORY_KEY_SIZE];
    json_t *entry;

    (void)json_array_append(evidence, at);
    agreement_key(taken->fact->envelope.creditor, agreement->kind, agreement->agreement, key);
    ctl_put(story->agreements, key, at);
    if (!concerns_wanted(story, agreement)) {
        json_decref(evidence);
        return;
    }
    entry = ctl_story_entry(taken, opened ? "AGREEMENT" : "AGREEMENT_ENDED");
    ctl_put_text(entry, "reason",
                 rlc_word(RLC_VOCABULARY_AGREEMENT_KIND, (int32_t)agreement->kind));
    ctl_put_span(entry, "object", agreement->agreement);
    ctl_put_word(entry, "result", RLC_VOCABULARY_AGREEMENT_RESULT, (int32_t)agreement->result);
    ctl_put_ms(entry, "until", agreement->until_ms);
    ctl_put(entry, "evidence", evidence);
    say_agreement(entry, taken, agreement, opened);
    if (opened)
        (void)json_object_set(story->standing, key, entry);
    else
        (void)json_object_del(story->standing, key);
    ctl_story_tell(story, taken, entry);
}

/* The records that hold a debtor back are the evidence of that silence. */
static void take_quarantine(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_quarantine_changed *changed = &taken->fact->quarantine_changed;
    json_t *at = ctl_coordinates(&changed->at);
    size_t place = 0;

    while (place < json_array_size(story->quarantine) &&
           !json_equal(json_array_get(story->quarantine, place), at))
        place++;
    if (changed->released)
        (void)json_array_remove(story->quarantine, place);
    else if (place == json_array_size(story->quarantine))
        (void)json_array_append(story->quarantine, at);
    json_decref(at);
}

/* ---- the story ---- */

void ctl_story_take(void *context, const struct ctl_past_fact *fact)
{
    static const struct {
        enum rlc_fact_kind kind;
        void (*take)(struct ctl_story *story, const struct ctl_past_fact *taken);
    } TAKERS[] = {
        { RLC_FACT_KIND_SUPPRESSED, take_silence },
        { RLC_FACT_KIND_STEP_CLOSED, take_end },
        { RLC_FACT_KIND_CONTACT_REQUESTED, ctl_story_request },
        { RLC_FACT_KIND_CONTACT_RETURNED, ctl_story_return },
        { RLC_FACT_KIND_CONTACT_OUTCOME, ctl_story_outcome },
        { RLC_FACT_KIND_AGREEMENT_OPENED, take_agreement },
        { RLC_FACT_KIND_AGREEMENT_CHANGED, take_agreement },
        { RLC_FACT_KIND_AGREEMENT_CLOSED, take_agreement },
        { RLC_FACT_KIND_QUARANTINE_CHANGED, take_quarantine },
        { RLC_FACT_KIND_COMMAND_ACCEPTED, ctl_story_command },
        { RLC_FACT_KIND_COMMAND_REFUSED, ctl_story_command },
        { RLC_FACT_KIND_SUBJECT_ERASED, ctl_story_erasure },
        { RLC_FACT_KIND_REFERRED, ctl_story_referred },
        { RLC_FACT_KIND_CASE_MOVED, ctl_story_case },
        { RLC_FACT_KIND_SCORE_APPLIED, ctl_story_score },
    };

    for (size_t i = 0; i < RLC_COUNT(TAKERS); i++) {
        if (TAKERS[i].kind == fact->fact->kind)
            TAKERS[i].take(context, fact);
    }
}

const json_t *ctl_story_end(struct ctl_story *story)
{
    const char *key;
    json_t *entry;
    size_t place = 0;

    json_object_foreach(story->standing, key, entry)
    {
        bool told = false;
        size_t index;
        const json_t *other;

        if (story->on == RLC_DAY_NONE)
            break;
        json_array_foreach(story->entries, index, other) told = told || other == entry;
        if (told)
            continue;
        ctl_put(entry, "still", json_true());
        (void)json_array_insert(story->entries, place++, entry);
    }
    return story->entries;
}
