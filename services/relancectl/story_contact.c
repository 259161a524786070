/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked for, and what became of it. */
#include <string.h>

#include "reasons.h"
#include "story_inner.h"
#include "text.h"

static int size_of(struct rlc_span span)
{
    return (int)span.size;
}

static const char *text_of(struct rlc_span span)
{
    return span.size ? (const char *)span.data : "";
}

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
    for (size_t i = 0; i < body->line_count && i < CTL_STORY_NAMED; i++)
        (void)fprintf(out, "%s%.*s", i ? ", " : "", size_of(body->lines[i].document),
                      text_of(body->lines[i].document));
    if (body->line_count > CTL_STORY_NAMED)
        (void)fprintf(out, " and %zu more", body->line_count - CTL_STORY_NAMED);
    say_totals(out, body);
    ctl_story_say_evidence(out, entry);
    ctl_story_say(entry, out, &text);
}

static bool speaks_of_wanted(const struct ctl_story *story, const struct rlc_contact_body *body)
{
    bool wanted = !story->document;

    for (size_t i = 0; !wanted && i < body->line_count; i++)
        wanted = ctl_story_wants(story, body->lines[i].document);
    return wanted;
}

void ctl_story_request(struct ctl_story *story, const struct ctl_past_fact *taken)
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
        char key[CTL_STORY_KEY_SIZE];

        ctl_story_instance_key(taken, &body->lines[i].instance, key);
        (void)json_object_del(story->standing, key);
    }
    ctl_story_tell(story, taken, entry);
}

/* What was known at the last look: the proof that a contact was not behind it. */
static void put_look(json_t *entry, const struct rlc_look_taken *look, char *sentence, size_t size)
{
    size_t used = strlen(sentence);

    if (look->watermark == 0)
        return; /* nobody had to look */
    ctl_put(entry, "watermark", json_integer(look->watermark));
    (void)snprintf(sentence + used, size - used,
                   "; all before offset %lld of the debtor's events was taken into account",
                   (long long)look->watermark);
}

void ctl_story_return(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_returned *returned = &taken->fact->contact_returned;
    const char *why = ctl_return_sentence(returned->reason);
    const char *word = rlc_word(RLC_VOCABULARY_RETURN_REASON, (int32_t)returned->reason);
    char sentence[CTL_STORY_KEY_SIZE];
    char action[33];
    json_t *entry;

    action_text(&returned->action, action);
    if (!json_object_get(story->actions, action))
        return;
    entry = ctl_story_entry(taken, "RETURNED");
    ctl_put_text(entry, "action", action);
    ctl_put(entry, "request_number", json_integer(returned->request_number));
    ctl_put_text(entry, "reason", word);
    ctl_put_span(entry, "detail", returned->detail);
    (void)snprintf(sentence, sizeof(sentence), "the contact came back unsent: %s%s%s%s%.*s",
                   word ? word : "unknown reason", why ? ", " : "", why ? why : "",
                   returned->detail.size ? ": " : "", size_of(returned->detail),
                   text_of(returned->detail));
    put_look(entry, &returned->look, sentence, sizeof(sentence));
    ctl_put_text(entry, "sentence", sentence);
    ctl_story_tell(story, taken, entry);
}

void ctl_story_outcome(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_outcome *outcome = &taken->fact->contact_outcome;
    const char *what = ctl_outcome_sentence(outcome->result);
    char sentence[CTL_STORY_KEY_SIZE];
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
    put_look(entry, &outcome->look, sentence, sizeof(sentence));
    ctl_put_ms(entry, "attempted_at", outcome->attempted_at_ms);
    ctl_put_span(entry, "message_id", outcome->message_id);
    ctl_put_text(entry, "sentence", sentence);
    ctl_story_tell(story, taken, entry);
}
