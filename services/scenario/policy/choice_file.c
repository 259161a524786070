/* SPDX-License-Identifier: Apache-2.0 */
/* `choices.yaml`, who gets which scenario, and `creditors/<name>.yaml`, who we are. */
#include "policy/draft.h"

#include <stdlib.h>

#define FOLDER "creditors"
#define ENDING ".yaml"

struct choices_text {
    const struct rlc_yaml *choices;
};

static const struct rlc_policy_key CHOICES_KEYS[] = {
    { .name = "choices",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct choices_text, choices),
      .values = "a list, see below",
      .help =
          "The first one that fits an account decides; let the last one fit all. Nobody is "
          "reminded of what none fits: a task asks. An account that asks for a scenario by name "
          "gets that one." },
};

const struct rlc_policy_table DRAFT_CHOICES_TABLE = {
    .title = "`choices.yaml`",
    .help = "Which scenario an account follows.",
    .keys = CHOICES_KEYS,
    .count = RLC_COUNT(CHOICES_KEYS),
};

static const struct rlc_policy_key CHOICE_KEYS[] = {
    { .name = "creditor",
      .type = RLC_POLICY_ID,
      .offset = offsetof(struct policy_choice, creditor),
      .help = "For accounts with this creditor; without it, any." },
    { .name = "segment",
      .type = RLC_POLICY_ID,
      .offset = offsetof(struct policy_choice, segment),
      .help = "For accounts of this segment; without it, any." },
    { .name = "kind",
      .type = RLC_POLICY_WORD,
      .vocabulary = RLC_VOCABULARY_PARTY_KIND,
      .offset = offsetof(struct policy_choice, kind),
      .help = "For debtors of this kind; without it, any." },
    { .name = "scenario",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct policy_choice, scenario),
      .help = "A file of `scenarios/`." },
};

const struct rlc_policy_table DRAFT_CHOICE_TABLE = {
    .title = "One of `choices`",
    .keys = CHOICE_KEYS,
    .count = RLC_COUNT(CHOICE_KEYS),
};

static const struct rlc_policy_key CREDITOR_KEYS[] = {
    { .name = "title",
      .type = RLC_POLICY_SENTENCE,
      .offset = offsetof(struct draft_creditor, title),
      .min = 1,
      .max = 120,
      .help = "Its full name." },
    { .name = "id",
      .type = RLC_POLICY_ID,
      .offset = offsetof(struct draft_creditor, creditor.name),
      .help = "As the billing system calls it; without it, the name of the file." },
    { .name = "sender",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_creditor, creditor.sender),
      .help = "Who speaks for it: a file of `senders/`." },
    { .name = "language",
      .type = RLC_POLICY_LANGUAGE,
      .offset = offsetof(struct draft_creditor, creditor.language),
      .help = "Of its messages when neither account nor debtor has one; without it, that of "
              "`bundle.yaml`." },
};

const struct rlc_policy_table DRAFT_CREDITOR_TABLE = {
    .title = "`creditors/<name>.yaml`",
    .help = "One of our legal entities.",
    .keys = CREDITOR_KEYS,
    .count = RLC_COUNT(CREDITOR_KEYS),
};

static void read_choice_list(struct draft *draft, struct rlc_reading *reading,
                             const struct rlc_yaml *list)
{
    if (!list || !rlc_reading_expect(reading, list, RLC_YAML_LIST, "choices"))
        return;
    if (list->count == 0 || list->count > DRAFT_CHOICES_MAX) {
        rlc_reading_refuse(reading, list, NULL, "choices must have 1 to %d items",
                           DRAFT_CHOICES_MAX);
        return;
    }
    draft->choice = draft_array(draft, list->count, sizeof(*draft->choice));
    if (!draft->choice)
        return;
    for (const struct rlc_yaml *item = list->first; item; item = item->next) {
        struct draft_choice *choice = &draft->choice[draft->choice_count++];

        choice->node = item;
        rlc_policy_bind(reading, item, &DRAFT_CHOICE_TABLE, &choice->choice, true);
    }
}

void draft_read_choices(struct draft *draft)
{
    struct rlc_reading reading;
    struct choices_text text = { NULL };
    const struct rlc_yaml *root = draft_open(draft, rlc_span_of("choices.yaml"), &reading);
    struct policy_choice *kept;

    if (root) {
        rlc_policy_bind(&reading, root, &DRAFT_CHOICES_TABLE, &text, true);
        read_choice_list(draft, &reading, text.choices);
    }
    kept = rlc_reading_array(&reading, draft->choice_count, sizeof(*kept));
    for (size_t i = 0; kept && i < draft->choice_count; i++)
        kept[i] = draft->choice[i].choice;
    draft->policy->choice = kept;
    draft->policy->choice_count = kept ? draft->choice_count : 0;
    draft_close(draft, &reading);
}

/* ---- creditors ---- */

static void read_creditor(struct draft *draft, struct draft_creditor *creditor,
                          struct rlc_span name)
{
    struct rlc_reading reading;
    const struct rlc_yaml *root = draft_open(draft, creditor->path, &reading);

    if (root)
        rlc_policy_bind(&reading, root, &DRAFT_CREDITOR_TABLE, creditor, true);
    creditor->sender_node = root ? rlc_yaml_get(root, "sender") : NULL;
    if (creditor->creditor.name.size == 0)
        creditor->creditor.name = rlc_reading_copy(&reading, name);
    if (creditor->creditor.language.size == 0)
        creditor->creditor.language = draft->policy->default_language;
    draft_close(draft, &reading);
}

static int by_name(const void *a, const void *b)
{
    const struct draft_creditor *left = a;
    const struct draft_creditor *right = b;

    return rlc_span_compare(left->creditor.name, right->creditor.name);
}

static void keep_creditors(struct draft *draft)
{
    struct policy_creditor *kept =
        rlc_arena_array(draft->arena, draft->creditor_count + 1, sizeof(*kept));

    draft->out_of_memory |= !kept;
    for (size_t i = 0; kept && i < draft->creditor_count; i++) {
        const struct draft_creditor *creditor = &draft->creditor[i];
        struct rlc_reading reading = draft_reading(draft, creditor->path);

        kept[i] = creditor->creditor;
        if (i > 0 && by_name(creditor, creditor - 1) == 0) {
            rlc_reading_refuse(&reading, NULL, "Keep one of the two.",
                               "the creditor '%.*s' is also in %.*s", (int)kept[i].name.size,
                               (const char *)kept[i].name.data, (int)creditor[-1].path.size,
                               (const char *)creditor[-1].path.data);
        }
    }
    draft->policy->creditor = kept;
    draft->policy->creditor_count = kept ? draft->creditor_count : 0;
}

void draft_read_creditors(struct draft *draft)
{
    size_t count = draft_count_files(draft, FOLDER, ENDING, DRAFT_CREDITORS_MAX);
    const struct rlc_bundle *bundle = draft->bundle;
    struct rlc_span name;

    draft->creditor = draft_array(draft, count, sizeof(*draft->creditor));
    if (!draft->creditor)
        return;
    for (size_t i = 0; i < bundle->file_count && draft->creditor_count < count; i++) {
        struct draft_creditor *creditor = &draft->creditor[draft->creditor_count];

        if (!rlc_policy_path(bundle->files[i].path, FOLDER, ENDING, &name))
            continue;
        creditor->path = bundle->files[i].path;
        draft->creditor_count++;
        read_creditor(draft, creditor, name);
    }
    qsort(draft->creditor, draft->creditor_count, sizeof(*draft->creditor), by_name);
    keep_creditors(draft);
}
