/* SPDX-License-Identifier: Apache-2.0 */
/* That the messages are there in the languages that are spoken. */
#include "common/policy/template_check.h"

#include "policy/draft.h"

static bool template_of(struct rlc_span path, struct rlc_span *ret_template,
                        struct rlc_span *ret_language)
{
    enum rlc_template_kind kind;

    return rlc_template_path(path, ret_template, ret_language, &kind);
}

/* Whether a template is there in a language; in any, if that is empty. */
static bool has_template(const struct draft *draft, struct rlc_span wanted,
                         struct rlc_span language)
{
    for (size_t i = 0; i < draft->bundle->file_count; i++) {
        struct rlc_span found;
        struct rlc_span spoken;

        if (template_of(draft->bundle->files[i].path, &found, &spoken) &&
            rlc_span_equal(found, wanted) &&
            (language.size == 0 || rlc_span_equal(spoken, language)))
            return true;
    }
    return false;
}

static void prove_creditor(const struct draft *draft, struct rlc_reading *reading,
                           const struct draft_step *step, const struct policy_creditor *creditor)
{
    struct rlc_span name = step->step.template_name;

    if (has_template(draft, name, creditor->language))
        return;
    rlc_reading_warn(reading, draft_at(step, "template"), NULL,
                     "the template '%.*s' is not there in '%.*s', the language of creditor '%.*s'",
                     (int)name.size, (const char *)name.data, (int)creditor->language.size,
                     (const char *)creditor->language.data, (int)creditor->name.size,
                     (const char *)creditor->name.data);
}

bool draft_contains(struct rlc_span text, const char *word)
{
    size_t size = strlen(word);

    for (size_t i = 0; i + size <= text.size; i++) {
        if (memcmp(text.data + i, word, size) == 0)
            return true;
    }
    return false;
}

/* In French law a letter that does not say these words may be none (C. civ. 1344). */
static void prove_formal_notice(const struct draft *draft, struct rlc_reading *reading,
                                const struct draft_step *step)
{
    const struct rlc_bundle *bundle = draft->bundle;

    for (size_t i = 0; i < bundle->file_count; i++) {
        struct rlc_span path = bundle->files[i].path;
        struct rlc_span name;
        struct rlc_span language;

        if (!template_of(path, &name, &language) ||
            !rlc_span_equal(name, step->step.template_name) ||
            !rlc_span_equal(language, rlc_span_of("fr")) ||
            draft_contains(bundle->contents[i], "ise en demeure") ||
            draft_contains(bundle->contents[i], "MISE EN DEMEURE"))
            continue;
        rlc_reading_warn(reading, draft_at(step, "template"), "Say \"mise en demeure\".",
                         "%.*s is a formal notice and does not say so", (int)path.size,
                         (const char *)path.data);
    }
}

static void prove_step(const struct draft *draft, struct rlc_reading *reading,
                       const struct draft_step *step)
{
    const struct policy *policy = draft->policy;
    struct rlc_span name = step->step.template_name;

    if (step->step.refer.size > 0)
        return;
    if (!has_template(draft, name, policy->default_language)) {
        rlc_reading_refuse(reading, draft_at(step, "template"),
                           "Add the file; the language is that of bundle.yaml.",
                           "the template is missing: templates/%.*s.%.*s.txt", (int)name.size,
                           (const char *)name.data, (int)policy->default_language.size,
                           (const char *)policy->default_language.data);
        return;
    }
    for (size_t i = 0; i < policy->creditor_count; i++)
        prove_creditor(draft, reading, step, &policy->creditor[i]);
    if (step->step.tone == RLC_TONE_FORMAL_NOTICE)
        prove_formal_notice(draft, reading, step);
}

void draft_prove_templates(const struct draft *draft, struct rlc_reading *reading,
                           const struct draft_scenario *scenario)
{
    for (size_t i = 0; i < scenario->step_count; i++)
        prove_step(draft, reading, &scenario->step[i]);
}
