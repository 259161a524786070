/* SPDX-License-Identifier: Apache-2.0 */
/* A fact in one line for people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/words.h"
#include "tests/scenarios/scn_stage.h"

static void say(FILE *out, struct rlc_span text)
{
    (void)fprintf(out, " %.*s", (int)text.size, (const char *)text.data);
}

static void say_word(FILE *out, enum rlc_vocabulary vocabulary, int32_t number)
{
    const char *word = rlc_word(vocabulary, number);

    (void)fprintf(out, " %s", word ? word : "?");
}

static void say_money(FILE *out, struct rlc_money money)
{
    char text[RLC_MONEY_SIZE];

    if (rlc_money_format(money, RLC_MONEY_CANONICAL, text, sizeof(text)) > 0)
        (void)fprintf(out, " %s %s", text, money.currency);
}

static void say_instant(FILE *out, const struct scn_story *story, rlc_ms instant)
{
    rlc_day day = rlc_zone_day(story->zone, instant);
    int32_t minute = rlc_zone_minute_of_day(story->zone, instant);
    char text[RLC_DAY_SIZE] = "never";

    (void)rlc_day_format(day, text, sizeof(text));
    (void)fprintf(out, "%s %02d:%02d", text, minute / 60, minute % 60);
}

static void say_instance(FILE *out, const struct rlc_step_instance *instance)
{
    say(out, instance->document);
    say(out, instance->step);
    if (instance->occurrence > 1)
        (void)fprintf(out, "#%u", instance->occurrence);
}

/* ---- by kind ---- */

typedef void teller(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact);

static void receivable(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say(out, fact->receivable_opened.document);
    say_word(out, RLC_VOCABULARY_RECEIVABLE_CAUSE, (int32_t)fact->receivable_opened.cause);
    (void)fprintf(out, " open");
    say_money(out, fact->receivable_opened.open);
}

static void settlement(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say(out, fact->payment_recorded.settlement);
    say_money(out, fact->payment_recorded.amount);
    (void)fprintf(out, " on account");
    say_money(out, fact->payment_recorded.unapplied);
}

static void agreement(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    say_word(out, RLC_VOCABULARY_AGREEMENT_KIND, (int32_t)fact->agreement_opened.kind);
    say(out, fact->agreement_opened.agreement);
    if (fact->agreement_opened.result != RLC_AGREEMENT_RESULT_UNSPECIFIED)
        say_word(out, RLC_VOCABULARY_AGREEMENT_RESULT, (int32_t)fact->agreement_opened.result);
    if (fact->agreement_opened.until_ms > 0) {
        (void)fprintf(out, " until ");
        say_instant(out, story, fact->agreement_opened.until_ms);
    }
}

static void opened(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say_instance(out, &fact->step_opened.instance);
}

static void closed(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say_instance(out, &fact->step_closed.instance);
    say_word(out, RLC_VOCABULARY_STEP_RESULT, (int32_t)fact->step_closed.result);
}

static void silence(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    say_instance(out, &fact->suppressed.instance);
    say_word(out, RLC_VOCABULARY_SUPPRESSION, (int32_t)fact->suppressed.reason);
    say(out, fact->suppressed.rule);
    say(out, fact->suppressed.object);
    if (fact->suppressed.next_at_ms > 0) {
        (void)fprintf(out, " until ");
        say_instant(out, story, fact->suppressed.next_at_ms);
    }
}

static void request(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    const struct rlc_contact_body *body = &fact->contact_requested;

    (void)story;
    say(out, body->step);
    say_word(out, RLC_VOCABULARY_CHANNEL, (int32_t)body->channel);
    if (body->request_number > 1)
        (void)fprintf(out, " again");
    for (size_t i = 0; i < body->line_count; i++) {
        say(out, body->lines[i].document);
        say_money(out, body->lines[i].open);
    }
}

static void outcome(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say_word(out, RLC_VOCABULARY_OUTCOME_RESULT, (int32_t)fact->contact_outcome.result);
}

static void returned(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say_word(out, RLC_VOCABULARY_RETURN_REASON, (int32_t)fact->contact_returned.reason);
}

static void task(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say_word(out, RLC_VOCABULARY_TASK_KIND, (int32_t)fact->task_opened.kind);
}

static void command(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say_word(out, RLC_VOCABULARY_COMMAND_KIND, (int32_t)fact->command_accepted.kind);
    say(out, fact->command_accepted.rule);
    say(out, fact->command_accepted.detail);
}

static void erased(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say(out, fact->subject_erased.subject);
}

static void ignored(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say_word(out, RLC_VOCABULARY_EVENT_KIND, (int32_t)fact->event_ignored.kind);
    say(out, fact->event_ignored.rule);
}

static void conflict(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say(out, fact->conflict_found.entity);
}

static void quarantine(FILE *out, const struct scn_story *story, const struct rlc_debtor_fact *fact)
{
    (void)story;
    say(out, fact->quarantine_changed.code);
}

static teller *const TELLERS[] = {
    [RLC_FACT_KIND_RECEIVABLE_OPENED] = receivable,
    [RLC_FACT_KIND_RECEIVABLE_CHANGED] = receivable,
    [RLC_FACT_KIND_RECEIVABLE_CLOSED] = receivable,
    [RLC_FACT_KIND_PAYMENT_RECORDED] = settlement,
    [RLC_FACT_KIND_PAYMENT_UNDONE] = settlement,
    [RLC_FACT_KIND_CREDIT_RECORDED] = settlement,
    [RLC_FACT_KIND_AGREEMENT_OPENED] = agreement,
    [RLC_FACT_KIND_AGREEMENT_CHANGED] = agreement,
    [RLC_FACT_KIND_AGREEMENT_CLOSED] = agreement,
    [RLC_FACT_KIND_STEP_OPENED] = opened,
    [RLC_FACT_KIND_STEP_CLOSED] = closed,
    [RLC_FACT_KIND_SUPPRESSED] = silence,
    [RLC_FACT_KIND_CONTACT_REQUESTED] = request,
    [RLC_FACT_KIND_CONTACT_OUTCOME] = outcome,
    [RLC_FACT_KIND_CONTACT_RETURNED] = returned,
    [RLC_FACT_KIND_TASK_OPENED] = task,
    [RLC_FACT_KIND_TASK_CLOSED] = task,
    [RLC_FACT_KIND_COMMAND_ACCEPTED] = command,
    [RLC_FACT_KIND_COMMAND_REFUSED] = command,
    [RLC_FACT_KIND_SUBJECT_ERASED] = erased,
    [RLC_FACT_KIND_EVENT_IGNORED] = ignored,
    [RLC_FACT_KIND_CONFLICT_FOUND] = conflict,
    [RLC_FACT_KIND_QUARANTINE_CHANGED] = quarantine,
};

const char *scn_tell(const struct scn_story *story, const struct rlc_debtor_fact *fact,
                     struct rlc_arena *arena)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    const char *kept = "?";

    if (!out)
        return kept;
    say_instant(out, story, fact->decided_at_ms);
    say(out, fact->envelope.debtor);
    say_word(out, RLC_VOCABULARY_FACT_KIND, (int32_t)fact->kind);
    if ((size_t)fact->kind < RLC_COUNT(TELLERS) && TELLERS[fact->kind])
        TELLERS[fact->kind](out, story, fact);
    (void)fputc('\0', out);
    if (fclose(out) == 0)
        kept = (const char *)rlc_arena_copy(arena, rlc_span_from(bytes, size)).data;
    free(bytes);
    return kept ? kept : "?";
}
