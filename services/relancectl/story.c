/* SPDX-License-Identifier: Apache-2.0 */
#include "story.h"

#include <stdlib.h>
#include <string.h>

#include "reasons.h"
#include "story_inner.h"
#include "text.h"

#define KEY_SIZE    1024
#define NAMED_LINES 5 /* documents that a sentence names; all of them stand in the JSON */

void ctl_story_init(struct ctl_story *story, rlc_day on, const char *document)
{
    *story = (struct ctl_story){ .on = on,
                                 .document = document,
                                 .entries = json_array(),
                                 .standing = json_object(),
                                 .agreements = json_object(),
                                 .actions = json_object(),
                                 .quarantine = json_array() };
}

void ctl_story_clear(struct ctl_story *story)
{
    json_decref(story->entries);
    json_decref(story->standing);
    json_decref(story->agreements);
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

static bool is_wanted(const struct ctl_story *story, struct rlc_span document)
{
    return !story->document || rlc_span_equal(document, rlc_span_of(story->document));
}

static void instance_key(const struct ctl_past_fact *taken,
                         const struct rlc_step_instance *instance, char key[KEY_SIZE])
{
    struct rlc_span creditor = taken->fact->envelope.creditor;

    (void)snprintf(key, KEY_SIZE, "%.*s|%.*s|%.*s|%.*s|%u", size_of(creditor), text_of(creditor),
                   size_of(instance->document), text_of(instance->document),
                   size_of(instance->scenario), text_of(instance->scenario),
                   size_of(instance->step), text_of(instance->step), instance->occurrence);
}

/* An agreement's id is its creditor's own, and of its kind; a hold on all of a debtor has none. */
static void agreement_key(struct rlc_span creditor, enum rlc_agreement_kind kind,
                          struct rlc_span id, char key[KEY_SIZE])
{
    (void)snprintf(key, KEY_SIZE, "agreement %.*s|%d|%.*s", size_of(creditor), text_of(creditor),
                   (int)kind, size_of(id), text_of(id));
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
    char key[KEY_SIZE];
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

static void say_evidence(FILE *out, const json_t *entry)
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
    say_evidence(out, entry);
    ctl_story_say(entry, out, &text);
}

static void take_silence(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_suppressed *silence = &taken->fact->suppressed;
    char key[KEY_SIZE];
    json_t *entry;

    if (!is_wanted(story, silence->instance.document))
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
    instance_key(taken, &silence->instance, key);
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
    say_evidence(out, entry);
    ctl_story_say(entry, out, &text);
}

static void take_end(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_step_closed *closed = &taken->fact->step_closed;
    json_t *evidence;
    char key[KEY_SIZE];
    json_t *entry;

    if (!is_wanted(story, closed->instance.document))
        return;
    instance_key(taken, &closed->instance, key);
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

/* ---- contacts ---- */

static void action_text(const struct rlc_action_id *action, char text[33])
{
    ctl_hex(action->bytes, sizeof(action->bytes), text);
}

static void say_totals(FILE *out, const struct rlc_contact_body *body)
{
    char text[RLC_MONEY_SIZE];

    for (size_t i = 0; i < body->total_count; i++) {
        struct rlc_money open = body->totals[i].open;

        if (rlc_money_format(open, RLC_MONEY_CANONICAL, text, sizeof(text)))
            (void)fprintf(out, "%s%s %s", i ? " + " : ", ", text, open.currency);
    }
}

static void say_request(json_t *entry, const struct rlc_contact_body *body)
{
    const char *channel = rlc_word(RLC_VOCABULARY_CHANNEL, (int32_t)body->channel);
    const char *tone = rlc_word(RLC_VOCABULARY_TONE, (int32_t)body->tone);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return;
    (void)fprintf(out, "contact asked for: %s, %s, step %.*s", channel ? channel : "?",
                  tone ? tone : "?", size_of(body->step), text_of(body->step));
    if (body->request_number > 1)
        (void)fprintf(out, " (request %u)", body->request_number);
    (void)fprintf(out, ", about ");
    for (size_t i = 0; i < body->line_count && i < NAMED_LINES; i++)
        (void)fprintf(out, "%s%.*s", i ? ", " : "", size_of(body->lines[i].document),
                      text_of(body->lines[i].document));
    if (body->line_count > NAMED_LINES)
        (void)fprintf(out, " and %zu more", body->line_count - NAMED_LINES);
    say_totals(out, body);
    say_evidence(out, entry);
    ctl_story_say(entry, out, &text);
}

static bool speaks_of_wanted(const struct ctl_story *story, const struct rlc_contact_body *body)
{
    bool wanted = !story->document;

    for (size_t i = 0; !wanted && i < body->line_count; i++)
        wanted = is_wanted(story, body->lines[i].document);
    return wanted;
}

static void take_request(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_contact_body *body = &taken->fact->contact_requested;
    json_t *documents = json_array();
    json_t *evidence = json_array();
    char action[33];
    json_t *entry;

    if (body->part > 0 || !speaks_of_wanted(story, body)) {
        json_decref(documents);
        json_decref(evidence);
        return;
    }
    action_text(&body->action, action);
    ctl_put(story->actions, action, json_true());
    entry = ctl_story_entry(taken, "REQUEST");
    ctl_put_text(entry, "action", action);
    ctl_put(entry, "request_number", json_integer(body->request_number));
    ctl_put_span(entry, "scenario", body->scenario);
    ctl_put_span(entry, "step", body->step);
    ctl_put_word(entry, "channel", RLC_VOCABULARY_CHANNEL, (int32_t)body->channel);
    ctl_put_word(entry, "tone", RLC_VOCABULARY_TONE, (int32_t)body->tone);
    for (size_t i = 0; i < body->line_count; i++)
        (void)json_array_append_new(documents, json_stringn(text_of(body->lines[i].document),
                                                            body->lines[i].document.size));
    ctl_put(entry, "documents", documents);
    (void)json_array_append_new(evidence, ctl_coordinates(&taken->fact->envelope.causation.at));
    ctl_put(entry, "evidence", evidence);
    say_request(entry, body);
    for (size_t i = 0; i < body->line_count; i++) {
        char key[KEY_SIZE];

        instance_key(taken, &body->lines[i].instance, key);
        (void)json_object_del(story->standing, key);
    }
    ctl_story_tell(story, taken, entry);
}

static void take_return(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_returned *returned = &taken->fact->contact_returned;
    const char *why = ctl_return_sentence(returned->reason);
    const char *word = rlc_word(RLC_VOCABULARY_RETURN_REASON, (int32_t)returned->reason);
    char sentence[KEY_SIZE];
    char action[33];
    json_t *entry;

    action_text(&returned->action, action);
    if (!json_object_get(story->actions, action))
        return;
    entry = ctl_story_entry(taken, "RETURNED");
    ctl_put_text(entry, "action", action);
    ctl_put(entry, "request_number", json_integer(returned->request_number));
    ctl_put_text(entry, "reason", word);
    (void)snprintf(sentence, sizeof(sentence), "the contact came back unsent: %s%s%s",
                   word ? word : "unknown reason", why ? ", " : "", why ? why : "");
    ctl_put_text(entry, "sentence", sentence);
    ctl_story_tell(story, taken, entry);
}

static void take_outcome(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_outcome *outcome = &taken->fact->contact_outcome;
    const char *what = ctl_outcome_sentence(outcome->result);
    char sentence[KEY_SIZE];
    char action[33];
    json_t *entry;

    action_text(&outcome->action, action);
    if (!json_object_get(story->actions, action))
        return;
    entry = ctl_story_entry(taken, "OUTCOME");
    ctl_put_text(entry, "action", action);
    ctl_put(entry, "request_number", json_integer(outcome->request_number));
    ctl_put_word(entry, "result", RLC_VOCABULARY_OUTCOME_RESULT, (int32_t)outcome->result);
    ctl_put_span(entry, "code", outcome->code);
    ctl_put(entry, "assumed", json_boolean(outcome->assumed));
    (void)snprintf(sentence, sizeof(sentence), "the contact %s%s%.*s%s%s",
                   what ? what : "had an unknown outcome", outcome->code.size ? " (" : "",
                   size_of(outcome->code), text_of(outcome->code), outcome->code.size ? ")" : "",
                   outcome->assumed ? ", as assumed: no channel stood behind it" : "");
    ctl_put_text(entry, "sentence", sentence);
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
    for (size_t i = 0; i < agreement->document_count && i < NAMED_LINES; i++) {
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
    say_evidence(out, entry);
    ctl_story_say(entry, out, &text);
}

static bool concerns_wanted(const struct ctl_story *story,
                            const struct rlc_agreement_fact *agreement)
{
    bool wanted = !story->document || agreement->document_count == 0;

    for (size_t i = 0; !wanted && i < agreement->document_count; i++)
        wanted = is_wanted(story, agreement->documents[i].document);
    return wanted;
}

static void take_agreement(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_agreement_fact *agreement = &taken->fact->agreement_opened;
    bool opened = taken->fact->kind != RLC_FACT_KIND_AGREEMENT_CLOSED;
    json_t *at = ctl_coordinates(&taken->fact->envelope.causation.at);
    json_t *evidence = json_array();
    char key[KEY_SIZE];
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
        { RLC_FACT_KIND_CONTACT_REQUESTED, take_request },
        { RLC_FACT_KIND_CONTACT_RETURNED, take_return },
        { RLC_FACT_KIND_CONTACT_OUTCOME, take_outcome },
        { RLC_FACT_KIND_AGREEMENT_OPENED, take_agreement },
        { RLC_FACT_KIND_AGREEMENT_CHANGED, take_agreement },
        { RLC_FACT_KIND_AGREEMENT_CLOSED, take_agreement },
        { RLC_FACT_KIND_QUARANTINE_CHANGED, take_quarantine },
        { RLC_FACT_KIND_COMMAND_ACCEPTED, ctl_story_command },
        { RLC_FACT_KIND_COMMAND_REFUSED, ctl_story_command },
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
