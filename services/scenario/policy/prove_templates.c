/* SPDX-License-Identifier: Apache-2.0 */
/* That the messages are there in the languages that are spoken, and do not count levels. */
#include "policy/draft.h"

#define FOLDER "templates"

/* What follows the last '.' of a name: the language. */
static bool split_language(struct rlc_span name, struct rlc_span *ret_template,
                           struct rlc_span *ret_language)
{
    size_t dot = name.size;

    while (dot > 0 && name.data[dot - 1] != '.')
        dot--;
    if (dot < 2)
        return false;
    *ret_template = rlc_span_from(name.data, dot - 1);
    *ret_language = rlc_span_from(name.data + dot, name.size - dot);
    return true;
}

static bool is_template(struct rlc_span path, struct rlc_span *ret_name)
{
    return rlc_policy_path(path, FOLDER, ".txt", ret_name) ||
           rlc_policy_path(path, FOLDER, ".html", ret_name);
}

static bool template_of(struct rlc_span path, struct rlc_span *ret_template,
                        struct rlc_span *ret_language)
{
    struct rlc_span name;

    return is_template(path, &name) && split_language(name, ret_template, ret_language);
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

static bool contains(struct rlc_span text, const char *word)
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
            contains(bundle->contents[i], "ise en demeure") ||
            contains(bundle->contents[i], "MISE EN DEMEURE"))
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

/* ---- what they say ---- */

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Whether the text ends in a word that begins a level: "reminder no. ", "Relance ". */
static bool ends_in_level_word(struct rlc_span text)
{
    static const char *const WORDS[] = { "eminder", "elance", "appel", "otice", "evel", "iveau" };
    size_t window = text.size < 16 ? text.size : 16;
    struct rlc_span tail = rlc_span_from(text.data + text.size - window, window);

    for (size_t i = 0; i < RLC_COUNT(WORDS); i++) {
        if (contains(tail, WORDS[i]))
            return true;
    }
    return false;
}

/* Where a text says "reminder 1/4"; 0 if it does not, else the line. */
static int32_t level_line(struct rlc_span text)
{
    int32_t line = 1;

    for (size_t i = 0; i + 2 < text.size; i++) {
        line += text.data[i] == '\n';
        if (is_digit(text.data[i]) && text.data[i + 1] == '/' && is_digit(text.data[i + 2]) &&
            ends_in_level_word(rlc_span_from(text.data, i)))
            return line;
    }
    return 0;
}

static void prove_text(struct rlc_reading *reading, struct rlc_span content)
{
    struct rlc_yaml place = { .column = 1, .line = level_line(content) };

    if (place.line > 0) {
        rlc_reading_warn(reading, &place,
                         "Leave the number out: it teaches debtors to wait for the last one.",
                         "the message says how many reminders there will be");
    }
}

void draft_prove_texts(struct draft *draft)
{
    for (size_t i = 0; i < draft->bundle->file_count; i++) {
        struct rlc_reading reading = draft_reading(draft, draft->bundle->files[i].path);
        struct rlc_span name;
        struct rlc_span language;

        if (template_of(reading.path, &name, &language))
            prove_text(&reading, draft->bundle->contents[i]);
        else if (is_template(reading.path, &name))
            rlc_reading_refuse(&reading, NULL, "Call it <template>.<language>.txt.",
                               "a template without a language");
    }
}
