/* SPDX-License-Identifier: Apache-2.0 */
/* What people ordered, what was answered, and who was forgotten. */
#include "reasons.h"
#include "story_inner.h"
#include "text.h"

static void say_command(json_t *entry, const struct ctl_past_fact *taken,
                        const struct rlc_command_answer *answer, bool accepted)
{
    const char *kind = rlc_word(RLC_VOCABULARY_COMMAND_KIND, (int32_t)answer->kind);
    const char *why = ctl_rule_sentence(answer->rule);
    struct rlc_span actor = taken->fact->envelope.actor;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return;
    (void)fprintf(out, "%s ordered", kind ? kind : "something unknown");
    if (actor.size)
        (void)fprintf(out, " by %.*s", (int)actor.size, (const char *)actor.data);
    (void)fprintf(out, " (command %.*s): %s", (int)answer->command.size,
                  (const char *)answer->command.data, accepted ? "accepted" : "refused");
    if (!accepted)
        (void)fprintf(out, ", %.*s%s%s", (int)answer->rule.size, (const char *)answer->rule.data,
                      why ? ", " : "", why ? why : "");
    if (answer->detail.size)
        (void)fprintf(out, ": %.*s", (int)answer->detail.size, (const char *)answer->detail.data);
    ctl_story_say(entry, out, &text);
}

void ctl_story_command(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    const struct rlc_command_answer *answer = &taken->fact->command_accepted;
    bool accepted = taken->fact->kind == RLC_FACT_KIND_COMMAND_ACCEPTED;
    json_t *entry;

    if (story->document)
        return; /* the answer names none */
    entry = ctl_story_entry(taken, "COMMAND");
    ctl_put_text(entry, "reason", accepted ? "ACCEPTED" : "REFUSED");
    ctl_put_word(entry, "command_kind", RLC_VOCABULARY_COMMAND_KIND, (int32_t)answer->kind);
    ctl_put_span(entry, "object", answer->command);
    ctl_put_span(entry, "actor", taken->fact->envelope.actor);
    ctl_put_span(entry, "rule", answer->rule);
    ctl_put_span(entry, "detail", answer->detail);
    say_command(entry, taken, answer, accepted);
    ctl_story_tell(story, taken, entry);
}

void ctl_story_erasure(struct ctl_story *story, const struct ctl_past_fact *taken)
{
    struct rlc_span subject = taken->fact->subject_erased.subject;
    char *text = NULL;
    size_t size = 0;
    json_t *entry;
    FILE *out;

    if (story->document)
        return; /* it is about a person */
    out = open_memstream(&text, &size);
    if (!out)
        return;
    entry = ctl_story_entry(taken, "ERASED");
    ctl_put_span(entry, "object", subject);
    (void)fprintf(out, "the personal data of %.*s were erased", (int)subject.size,
                  (const char *)subject.data);
    ctl_story_say(entry, out, &text);
    ctl_story_tell(story, taken, entry);
}
