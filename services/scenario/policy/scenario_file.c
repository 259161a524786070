/* SPDX-License-Identifier: Apache-2.0 */
/* `scenarios/<name>.yaml`: what happens to a receivable, step by step. */
#include "policy/draft.h"

#include <stdlib.h>

#define FOLDER "scenarios"
#define ENDING ".yaml"

static const char *const DAYS[] = { "calendar", "business", NULL };

struct when_text {
    struct rlc_policy_amounts at_least;
    struct rlc_policy_amounts below;
    int32_t age_days_min;
    struct rlc_policy_names bands;
};

struct repeat_text {
    uint32_t every_days;
    uint32_t times;
};

static const struct rlc_policy_key SCENARIO_KEYS[] = {
    { .name = "title",
      .type = RLC_POLICY_SENTENCE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_scenario, title),
      .min = 1,
      .max = 120,
      .help = "What people call it." },
    { .name = "steps",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_scenario, steps),
      .values = "a list of 1 to 24, see below",
      .help = "In the order of escalation, which is also the order of their days: a step that "
              "opens closes the earlier ones of the same receivable, it carries them." },
};

const struct rlc_policy_table DRAFT_SCENARIO_TABLE = {
    .title = "`scenarios/<name>.yaml`",
    .help = "One way of collecting. Its name is that of the file.",
    .keys = SCENARIO_KEYS,
    .count = RLC_COUNT(SCENARIO_KEYS),
};

static const struct rlc_policy_key STEP_KEYS[] = {
    { .name = "name",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_step, step.name),
      .help = "Unique in its scenario. It is the step's identity: whatever else changes, the same "
              "name is never done twice to a receivable." },
    { .name = "offset",
      .type = RLC_POLICY_OFFSET,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_step, step.offset_days),
      .min = -365,
      .max = RLC_POLICY_DAYS_MAX,
      .help = "Its day, counted from the due date; `D-7` is before it." },
    { .name = "days",
      .type = RLC_POLICY_CHOICE,
      .choices = DAYS,
      .offset = offsetof(struct draft_step, step.days),
      .fallback = "calendar",
      .help = "Which days `offset` and `repeat` count: all, or business days of the debtor's "
              "calendar." },
    { .name = "at",
      .type = RLC_POLICY_TIME,
      .offset = offsetof(struct draft_step, step.at_minute),
      .fallback = "10:00",
      .min = 0,
      .max = RLC_MINUTES_PER_DAY - 1,
      .help = "Time of its day at which it opens, on the debtor's clocks." },
    { .name = "tone",
      .type = RLC_POLICY_WORD,
      .vocabulary = RLC_VOCABULARY_TONE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_step, step.tone),
      .help = "How serious it is. The highest tone of a debtor's due steps speaks first, and "
              "carries the others; from firm on only those of invoices that are overdue." },
    { .name = "channels",
      .type = RLC_POLICY_WORDS,
      .vocabulary = RLC_VOCABULARY_CHANNEL,
      .offset = offsetof(struct draft_step, channels),
      .min = 1,
      .max = POLICY_CHANNELS_MAX,
      .help = "A list; the first one that the debtor has an address for is used. Required, unless "
              "the step refers." },
    { .name = "template",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct draft_step, step.template_name),
      .help = "Of the message: the files `templates/<template>.<language>.*`. Required, unless the "
              "step refers." },
    { .name = "refer",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct draft_step, step.refer),
      .help = "Instead of a message: hands the receivables to legal-escalation, which is asked for "
              "this procedure. Only what had a formal notice that was accepted, is not disputed, "
              "and is not owed by a natural person." },
    { .name = "notice_days",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct draft_step, step.notice_days),
      .min = 1,
      .max = RLC_POLICY_DAYS_MAX,
      .help = "With `refer`: calendar days since that notice, at least." },
    { .name = "when",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct draft_step, when),
      .help = "Conditions on the receivable. Without it the step is for all." },
    { .name = "expires_days",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct draft_step, step.expires_days),
      .min = 1,
      .max = RLC_POLICY_DAYS_MAX,
      .help = "So many calendar days after its day it is given up. Without it, never." },
    { .name = "repeat",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct draft_step, repeat),
      .help = "More than once. Without it, once." },
    { .name = "catch_up",
      .type = RLC_POLICY_BOOLEAN,
      .offset = offsetof(struct draft_step, step.catch_up),
      .fallback = "false",
      .help = "When the step is new in a bundle: also for receivables that are past its day." },
    { .name = "unsubscribe",
      .type = RLC_POLICY_BOOLEAN,
      .offset = offsetof(struct draft_step, step.unsubscribe),
      .fallback = "false",
      .help = "Its message says how to get no more of its kind (List-Unsubscribe), at the sender's "
              "`unsubscribe`." },
    { .name = "alone",
      .type = RLC_POLICY_BOOLEAN,
      .fallback = "false",
      .offset = offsetof(struct draft_step, step.alone),
      .help = "Its message speaks only of invoices that are at this very step; the others have a "
              "message of their own, once this one is answered. For what must not come early: a "
              "formal notice, an announcement." },
    { .name = "softer",
      .type = RLC_POLICY_BOOLEAN,
      .offset = offsetof(struct draft_step, softer),
      .fallback = "false",
      .help = "Its tone is lower than that of an earlier step, and that is meant." },
    { .name = "answers",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct draft_step, answers),
      .help = "As `answers` in `bundle.yaml`, for this step." },
};

const struct rlc_policy_table DRAFT_STEP_TABLE = {
    .title = "One of `steps`",
    .keys = STEP_KEYS,
    .count = RLC_COUNT(STEP_KEYS),
};

static const struct rlc_policy_key WHEN_KEYS[] = {
    { .name = "at_least",
      .type = RLC_POLICY_AMOUNTS,
      .offset = offsetof(struct when_text, at_least),
      .help = "What may be asked for is at least this; by currency, one that is not listed has no "
              "threshold." },
    { .name = "below",
      .type = RLC_POLICY_AMOUNTS,
      .offset = offsetof(struct when_text, below),
      .help = "... and less than this." },
    { .name = "age_days_min",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct when_text, age_days_min),
      .min = 1,
      .max = RLC_POLICY_DAYS_MAX,
      .help = "Calendar days since the due date, at least." },
    { .name = "bands",
      .type = RLC_POLICY_NAMES,
      .offset = offsetof(struct when_text, bands),
      .min = 1,
      .max = RLC_POLICY_NAMES_MAX,
      .help = "The debtor's risk band, as scoring names it, is one of these. A debtor that has no "
              "score is in none." },
};

const struct rlc_policy_table DRAFT_WHEN_TABLE = {
    .title = "`when`",
    .help = "All conditions must hold. A step whose conditions do not hold stays open, with its "
            "reason, until they do or it ends.",
    .keys = WHEN_KEYS,
    .count = RLC_COUNT(WHEN_KEYS),
};

static const struct rlc_policy_key REPEAT_KEYS[] = {
    { .name = "every_days",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct repeat_text, every_days),
      .min = 1,
      .max = 366,
      .help = "Again after so many days." },
    { .name = "times",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct repeat_text, times),
      .min = 1,
      .max = POLICY_STEPS_MAX,
      .help = "In all, the first one included. There is no endless repetition." },
};

const struct rlc_policy_table DRAFT_REPEAT_TABLE = {
    .title = "`repeat`",
    .keys = REPEAT_KEYS,
    .count = RLC_COUNT(REPEAT_KEYS),
};

/* ---- one step ---- */

static const struct policy_amount *keep_amounts(struct rlc_reading *reading,
                                                const struct rlc_policy_amounts *amounts)
{
    struct policy_amount *kept = rlc_reading_array(reading, amounts->count, sizeof(*kept));

    for (size_t i = 0; kept && i < amounts->count; i++)
        kept[i].amount = amounts->amount[i];
    return kept;
}

static const struct rlc_span *keep_names(struct rlc_reading *reading,
                                         const struct rlc_policy_names *names)
{
    struct rlc_span *kept = rlc_reading_array(reading, names->count, sizeof(*kept));

    for (size_t i = 0; kept && i < names->count; i++)
        kept[i] = names->name[i];
    return kept;
}

static void read_when(struct rlc_reading *reading, struct draft_step *draft)
{
    struct when_text text = { .age_days_min = INT32_MIN };
    struct policy_step *step = &draft->step;

    if (draft->when)
        rlc_policy_bind(reading, draft->when, &DRAFT_WHEN_TABLE, &text, true);
    draft->at_least = text.at_least;
    draft->below = text.below;
    step->age_days_min = text.age_days_min;
    step->at_least = keep_amounts(reading, &text.at_least);
    step->at_least_count = step->at_least ? text.at_least.count : 0;
    step->below = keep_amounts(reading, &text.below);
    step->below_count = step->below ? text.below.count : 0;
    step->bands = keep_names(reading, &text.bands);
    step->band_count = step->bands ? text.bands.count : 0;
}

static void read_repeat(struct rlc_reading *reading, struct draft_step *draft)
{
    struct repeat_text text = { .times = 1 };

    draft->step.repeat_max = 1;
    if (!draft->repeat)
        return;
    rlc_policy_bind(reading, draft->repeat, &DRAFT_REPEAT_TABLE, &text, true);
    draft->step.repeat_days = (int32_t)text.every_days;
    draft->step.repeat_max = text.times;
}

static bool by_registered_channel(const struct policy_step *step)
{
    for (size_t i = 0; i < step->channel_count; i++) {
        if (step->channel[i] == RLC_CHANNEL_REGISTERED_LETTER ||
            step->channel[i] == RLC_CHANNEL_REGISTERED_EMAIL)
            return true;
    }
    return false;
}

/* What has legal weight is not sent twice on a guess. */
static bool is_careful(const struct policy_step *step)
{
    return step->tone >= RLC_TONE_FORMAL_NOTICE || by_registered_channel(step);
}

static void read_step_answers(struct rlc_reading *reading, const struct policy_answers *usual,
                              struct draft_step *draft)
{
    struct policy_answers *answers;

    if (!draft->answers && !is_careful(&draft->step))
        return;
    answers = rlc_reading_array(reading, 1, sizeof(*answers));
    if (!answers)
        return;
    *answers = *usual;
    if (is_careful(&draft->step))
        answers->unknown = RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN;
    if (draft->answers)
        draft_read_answers(reading, draft->answers, answers, false);
    draft->step.answers = answers;
}

static void refuse_beside(struct rlc_reading *reading, const struct rlc_yaml *step, const char *key)
{
    const struct rlc_yaml *value = rlc_yaml_get(step, key);

    if (value)
        rlc_reading_refuse(reading, value, "Take it away, or the line 'refer'.",
                           "'%s' is of a message, and a step that refers says nothing", key);
}

static void check_referral(struct rlc_reading *reading, const struct draft_step *draft)
{
    static const char *const OF_MESSAGES[] = { "channels", "template", "repeat", "unsubscribe",
                                               "answers",  "softer",   "alone" };

    for (size_t i = 0; i < RLC_COUNT(OF_MESSAGES); i++)
        refuse_beside(reading, draft->node, OF_MESSAGES[i]);
    if (draft->step.tone != RLC_TONE_LEGAL) {
        rlc_reading_refuse(reading, draft_at(draft, "tone"), "Write tone: legal.",
                           "a step that refers is of tone legal");
    }
}

static void check_message(struct rlc_reading *reading, const struct draft_step *draft)
{
    static const char *const NEEDED[] = { "channels", "template" };

    for (size_t i = 0; i < RLC_COUNT(NEEDED); i++) {
        if (!rlc_yaml_get(draft->node, NEEDED[i])) {
            rlc_reading_refuse(reading, draft->node,
                               "Say by which channels and with which template, or 'refer'.",
                               "the key '%s' is missing", NEEDED[i]);
        }
    }
    if (draft->step.notice_days > 0) {
        rlc_reading_refuse(reading, draft_at(draft, "notice_days"), NULL,
                           "'notice_days' is of a step that refers");
    }
}

static void read_step(struct rlc_reading *reading, const struct policy_answers *usual,
                      const struct rlc_yaml *node, struct draft_step *ret_step)
{
    struct policy_step *step = &ret_step->step;

    ret_step->node = node;
    rlc_policy_bind(reading, node, &DRAFT_STEP_TABLE, ret_step, true);
    (rlc_yaml_get(node, "refer") ? check_referral : check_message)(reading, ret_step);
    for (size_t i = 0; i < ret_step->channels.count; i++)
        step->channel[step->channel_count++] = (enum rlc_channel)ret_step->channels.word[i];
    read_when(reading, ret_step);
    read_repeat(reading, ret_step);
    read_step_answers(reading, usual, ret_step);
}

/* ---- one scenario ---- */

static void check_names(struct rlc_reading *reading, const struct draft_scenario *scenario)
{
    uint32_t instances = 0;

    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct draft_step *step = &scenario->step[i];

        instances += step->step.repeat_max;
        for (size_t j = 0; j < i && step->step.name.size > 0; j++) {
            if (rlc_span_equal(step->step.name, scenario->step[j].step.name)) {
                rlc_reading_refuse(reading, step->node, "Give each step a name of its own.",
                                   "a second step '%.*s'; the first is in line %d",
                                   (int)step->step.name.size, (const char *)step->step.name.data,
                                   scenario->step[j].node->line);
            }
        }
    }
    if (instances > POLICY_STEPS_MAX) {
        rlc_reading_refuse(reading, scenario->steps, "Use fewer steps or fewer repetitions.",
                           "%u step instances per receivable, repetitions counted; at most %d",
                           instances, POLICY_STEPS_MAX);
    }
}

static void read_steps(struct draft *draft, struct rlc_reading *reading,
                       struct draft_scenario *scenario)
{
    const struct rlc_yaml *list = scenario->steps;
    const struct rlc_yaml *node;

    if (!list || !rlc_reading_expect(reading, list, RLC_YAML_LIST, "steps"))
        return;
    if (list->count == 0 || list->count > POLICY_STEPS_MAX) {
        rlc_reading_refuse(reading, list, NULL, "steps must have 1 to %d items", POLICY_STEPS_MAX);
        return;
    }
    scenario->step = draft_array(draft, list->count, sizeof(*scenario->step));
    if (!scenario->step)
        return;
    for (node = list->first; node; node = node->next)
        read_step(reading, &draft->policy->answers, node, &scenario->step[scenario->step_count++]);
    check_names(reading, scenario);
}

static void read_scenario(struct draft *draft, struct draft_scenario *scenario)
{
    struct rlc_reading reading;
    const struct rlc_yaml *root = draft_open(draft, scenario->path, &reading);

    if (!rlc_policy_name_valid(scenario->name)) {
        rlc_reading_refuse(&reading, NULL, "Name the file with letters, digits, '.', '_' or '-'.",
                           "a scenario's name has 1 to %d letters, digits, '.', '_' or '-'",
                           RLC_POLICY_NAME_MAX);
    }
    scenario->name = rlc_reading_copy(&reading, scenario->name);
    if (root) {
        rlc_policy_bind(&reading, root, &DRAFT_SCENARIO_TABLE, scenario, true);
        read_steps(draft, &reading, scenario);
    }
    draft_close(draft, &reading);
}

/* Copies the steps to where they stay. */
static void keep_scenario(struct draft *draft, const struct draft_scenario *from,
                          struct policy_scenario *to)
{
    struct rlc_reading reading = draft_reading(draft, from->path);
    struct policy_step *step = rlc_reading_array(&reading, from->step_count, sizeof(*step));

    for (size_t i = 0; step && i < from->step_count; i++)
        step[i] = from->step[i].step;
    *to = (struct policy_scenario){ .name = from->name,
                                    .step = step,
                                    .step_count = step ? from->step_count : 0 };
    draft_close(draft, &reading);
}

static void keep_scenarios(struct draft *draft)
{
    struct policy_scenario *kept =
        rlc_arena_array(draft->arena, draft->scenario_count + 1, sizeof(*kept));

    if (!kept) {
        draft->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < draft->scenario_count; i++)
        keep_scenario(draft, &draft->scenario[i], &kept[i]);
    draft->policy->scenario = kept;
    draft->policy->scenario_count = draft->scenario_count;
}

/* Paths are sorted with their ending, names without: a-b.yaml comes before a.yaml. */
static int by_name(const void *a, const void *b)
{
    const struct draft_scenario *left = a;
    const struct draft_scenario *right = b;

    return rlc_span_compare(left->name, right->name);
}

static void check_step_count(struct draft *draft)
{
    struct rlc_reading reading = draft_reading(draft, rlc_span_of(FOLDER));
    size_t steps = 0;

    for (size_t i = 0; i < draft->scenario_count; i++)
        steps += draft->scenario[i].step_count;
    if (steps > DRAFT_STEPS_MAX)
        rlc_reading_refuse(&reading, NULL, NULL, "%zu steps in all scenarios; at most %d", steps,
                           DRAFT_STEPS_MAX);
}

void draft_read_scenarios(struct draft *draft)
{
    size_t count = draft_count_files(draft, FOLDER, ENDING, DRAFT_SCENARIOS_MAX);
    const struct rlc_bundle *bundle = draft->bundle;

    draft->scenario = draft_array(draft, count, sizeof(*draft->scenario));
    if (!draft->scenario)
        return;
    for (size_t i = 0; i < bundle->file_count && draft->scenario_count < count; i++) {
        struct draft_scenario *scenario = &draft->scenario[draft->scenario_count];

        scenario->path = bundle->files[i].path;
        if (!rlc_policy_path(scenario->path, FOLDER, ENDING, &scenario->name))
            continue;
        draft->scenario_count++;
        read_scenario(draft, scenario);
    }
    qsort(draft->scenario, draft->scenario_count, sizeof(*draft->scenario), by_name);
    check_step_count(draft);
    keep_scenarios(draft);
}
