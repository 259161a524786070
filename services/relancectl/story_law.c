/* SPDX-License-Identifier: Apache-2.0 */
/* What went to law and what came of it, and what scoring thinks. */
#include <string.h>

#include "common/pure/calendar.h"
#include "common/runtime/link.h"
#include "common/wire/limits.h"
#include "story_inner.h"
#include "text.h"

static void say_money(FILE *out, struct rlc_money money)
{
    char text[RLC_MONEY_SIZE];

    if (rlc_money_format(money, RLC_MONEY_CANONICAL, text, sizeof(text)) > 0)
        (void)fprintf(out, "%s %s", text, money.currency);
}

static void say_span(FILE *out, const char *before, struct rlc_span text)
{
    (void)fprintf(out, "%s%.*s", before, (int)text.size, (const char *)text.data);
}

static void say_day(FILE *out, const char *before, rlc_day day)
{
    char text[RLC_DAY_SIZE] = "?";

    (void)rlc_day_format(day, text, sizeof(text));
    (void)fprintf(out, "%s%s", before, text);
}

/* ---- cases ---- */

/* What is kept of a case: the receivables that were referred with it. NULL: its referral is not in
 * the story, or was before it. */
static const json_t *documents_in(const struct ctl_story *story, struct rlc_span case_id)
{
    char name[RLC_ID_MAX + 1];

    (void)snprintf(name, sizeof(name), "%.*s", (int)case_id.size, (const char *)case_id.data);
    return json_object_get(story->cases, name);
}

static bool case_has(const json_t *documents, const char *document)
{
    size_t index;
    const json_t *one;

    json_array_foreach(documents, index, one)
    {
        if (strcmp(json_string_value(one), document) == 0)
            return true;
    }
    return false;
}

/* Without a list all of it is meant. */
static bool concerns(const struct ctl_story *story, const struct rlc_document_ref *documents,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ctl_story_wants(story, documents[i].document))
            return true;
    }
    return !story->document && count == 0;
}

static json_t *documents_of(const struct rlc_referred *referred)
{
    json_t *list = json_array();

    for (size_t i = 0; i < referred->document_count; i++) {
        struct rlc_span name = referred->documents[i].document;

        (void)json_array_append_new(list, json_stringn((const char *)name.data, name.size));
    }
    return list;
}

void ctl_story_referred(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_referred *referred = &taken->fact->referred;
    char name[RLC_ID_MAX + 1];
    char *text = NULL;
    size_t size = 0;
    json_t *entry;
    FILE *out;

    (void)snprintf(name, sizeof(name), "%.*s", (int)referred->case_id.size,
                   (const char *)referred->case_id.data);
    ctl_put(story->cases, name, documents_of(referred));
    if (!concerns(story, referred->documents, referred->document_count))
        return;
    out = open_memstream(&text, &size);
    if (!out)
        return;
    entry = ctl_story_entry(taken, "REFERRED");
    ctl_put_span(entry, "object", referred->case_id);
    ctl_put(entry, "documents", documents_of(referred));
    say_span(out, "referred to law as case ", referred->case_id);
    (void)fprintf(out, ": ");
    say_money(out, referred->open);
    for (size_t i = 0; i < referred->document_count && i < CTL_STORY_NAMED; i++)
        say_span(out, i ? ", " : " of ", referred->documents[i].document);
    if (referred->document_count > CTL_STORY_NAMED)
        (void)fprintf(out, " and %zu more", referred->document_count - CTL_STORY_NAMED);
    ctl_story_say(entry, out, &text);
    ctl_story_tell(story, taken, entry);
}

/* What an approval of the act must name. */
static void say_claim(FILE *out, json_t *entry, const struct rlc_milestone *milestone)
{
    static const struct rlc_hash NONE = { { 0 } };
    char text[2 * sizeof(NONE.bytes) + 1];

    if (rlc_hash_equal(&milestone->claim_hash, &NONE))
        return;
    ctl_hex(milestone->claim_hash.bytes, sizeof(milestone->claim_hash.bytes), text);
    ctl_put_text(entry, "claim_hash", text);
    if (milestone->act.size)
        (void)fprintf(out, " for claim %s", text);
}

/* What it means for reminders. Other invoices of the debtor are none of the case's business. */
static void say_effect(FILE *out, const json_t *documents, const struct rlc_milestone *milestone)
{
    bool one = json_array_size(documents) == 1;

    if (milestone->holds)
        (void)fprintf(out, "; its %s not reminded meanwhile", one ? "invoice is" : "invoices are");
    else if (rlc_span_equal(milestone->code, rlc_span_of("SETTLED")))
        (void)fprintf(out, "; nothing of its claim is open any more");
    else
        (void)fprintf(out, "; its %s amicable again", one ? "invoice is" : "invoices are");
}

/* Few words name receivables: the others are about all of the case. */
static bool concerns_case(const struct ctl_story *story, const json_t *documents,
                          const struct rlc_milestone *milestone)
{
    if (milestone->document_count == 0 && story->document)
        return case_has(documents, story->document);
    return concerns(story, milestone->documents, milestone->document_count);
}

void ctl_story_case(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_milestone *milestone = &taken->fact->case_moved;
    const json_t *documents = documents_in(story, milestone->case_id);
    char *text = NULL;
    size_t size = 0;
    json_t *entry;
    FILE *out;

    if (!concerns_case(story, documents, milestone))
        return;
    out = open_memstream(&text, &size);
    if (!out)
        return;
    entry = ctl_story_entry(taken, "CASE");
    ctl_put_span(entry, "object", milestone->case_id);
    ctl_put_span(entry, "reason", milestone->code);
    ctl_put_span(entry, "act", milestone->act);
    ctl_put_span(entry, "rule", milestone->rule);
    say_span(out, "case ", milestone->case_id);
    say_span(out, ": ", milestone->code);
    if (milestone->rule.size)
        say_span(out, " because of ", milestone->rule);
    if (milestone->act.size)
        say_span(out, ", act ", milestone->act);
    say_claim(out, entry, milestone);
    if (milestone->on)
        say_day(out, " on ", milestone->on);
    if (milestone->deadline_on)
        say_day(out, ", next deadline ", milestone->deadline_on);
    if (milestone->cost.minor > 0) {
        (void)fprintf(out, ", at a cost of ");
        say_money(out, milestone->cost);
    }
    if (milestone->command.size)
        say_span(out, ", by command ", milestone->command);
    say_effect(out, documents, milestone);
    ctl_story_say(entry, out, &text);
    ctl_story_tell(story, taken, entry);
}

static void say_delay(FILE *out, int32_t days)
{
    int32_t count = days < 0 ? -days : days;

    if (days == 0) {
        (void)fprintf(out, "on the due day");
    } else {
        (void)fprintf(out, "%d day%s %s", count, count == 1 ? "" : "s",
                      days < 0 ? "early" : "late");
    }
}

static void say_score(FILE *out, const struct rlc_score_changed *score)
{
    say_span(out, "risk band ", score->band);
    if (score->document.size)
        say_span(out, " of ", score->document);
    (void)fprintf(out, ", late with a probability of %u.%u %%, expected ", score->late_ppm / 10000u,
                  score->late_ppm / 1000u % 10u);
    say_delay(out, score->delay_days);
    (void)fprintf(out, ", by model ");
    say_span(out, "", score->model);
    for (size_t i = 0; i < score->reason_count; i++) {
        say_span(out, i ? ", " : "; because of ", score->reasons[i].code);
        (void)fprintf(out, " %s", score->reasons[i].weight_ppm > 0 ? "(worse)" : "(better)");
    }
}

void ctl_story_score(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_score_changed *score = &taken->fact->score_applied;
    char *text = NULL;
    size_t size = 0;
    json_t *entry;
    FILE *out;

    if (story->document && !ctl_story_wants(story, score->document))
        return;
    out = open_memstream(&text, &size);
    if (!out)
        return;
    entry = ctl_story_entry(taken, "SCORE");
    ctl_put_span(entry, "reason", score->band);
    ctl_put_span(entry, "document", score->document);
    say_score(out, score);
    ctl_story_say(entry, out, &text);
    ctl_story_tell(story, taken, entry);
}
