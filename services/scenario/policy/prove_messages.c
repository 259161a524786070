/* SPDX-License-Identifier: Apache-2.0 */
/* That every template can be filled, is what its channels need, and does not count levels. */
#include "common/policy/template_check.h"

#include "policy/draft.h"

#define FOLDER "templates"

/* ---- levels ---- */

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
        if (draft_contains(tail, WORDS[i]))
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

static void prove_levels(struct rlc_reading *reading, struct rlc_span content)
{
    struct rlc_yaml place = { .column = 1, .line = level_line(content) };

    if (place.line > 0) {
        rlc_reading_warn(reading, &place,
                         "Leave the number out: it teaches debtors to wait for the last one.",
                         "the message says how many reminders there will be");
    }
}

/* ---- e-mail ---- */

static bool writes_mail(const struct policy_step *step)
{
    for (size_t i = 0; i < step->channel_count; i++) {
        if (step->channel[i] == RLC_CHANNEL_EMAIL ||
            step->channel[i] == RLC_CHANNEL_REGISTERED_EMAIL)
            return true;
    }
    return false;
}

/* Whether some step sends this template as e-mail. */
static bool is_mail(const struct draft *draft, struct rlc_span name)
{
    for (size_t i = 0; i < draft->scenario_count; i++) {
        for (size_t j = 0; j < draft->scenario[i].step_count; j++) {
            const struct policy_step *step = &draft->scenario[i].step[j].step;

            if (rlc_span_equal(step->template_name, name) && writes_mail(step))
                return true;
        }
    }
    return false;
}

/* Whether the bundle has the text of a template that is there as HTML. */
static bool has_text(const struct draft *draft, struct rlc_span wanted, struct rlc_span language)
{
    for (size_t i = 0; i < draft->bundle->file_count; i++) {
        enum rlc_template_kind kind;
        struct rlc_span name;
        struct rlc_span spoken;

        if (rlc_template_path(draft->bundle->files[i].path, &name, &spoken, &kind) &&
            kind == RLC_TEMPLATE_TEXT && rlc_span_equal(name, wanted) &&
            rlc_span_equal(spoken, language))
            return true;
    }
    return false;
}

static void prove_mail(const struct draft *draft, struct rlc_reading *reading,
                       const struct rlc_template *template)
{
    static const struct rlc_yaml TOP = { .line = 1, .column = 1 };
    enum rlc_template_kind kind;
    struct rlc_span name;
    struct rlc_span language;

    if (!rlc_template_path(reading->path, &name, &language, &kind) || !is_mail(draft, name))
        return;
    if (kind == RLC_TEMPLATE_TEXT && !template->has_subject)
        rlc_reading_refuse(reading, &TOP, "Begin it with a line \"Subject: ...\".",
                           "an e-mail without a subject");
    if (kind == RLC_TEMPLATE_HTML && !has_text(draft, name, language)) {
        rlc_reading_refuse(
            reading, NULL, "Add it: it has the subject, and not everybody reads HTML.",
            "an e-mail in HTML alone, without templates/%.*s.%.*s.txt", (int)name.size,
            (const char *)name.data, (int)language.size, (const char *)language.data);
    }
}

/* ---- all ---- */

static void prove_text(struct draft *draft, struct rlc_reading *reading, struct rlc_span content,
                       enum rlc_template_kind kind)
{
    size_t mark = rlc_arena_mark(&draft->scratch);
    struct rlc_template template;

    reading->arena = &draft->scratch;
    if (rlc_template_check(reading, content, kind, &template))
        prove_mail(draft, reading, &template);
    rlc_arena_rewind(&draft->scratch, mark);
    prove_levels(reading, content);
    draft_close(draft, reading);
}

void draft_prove_texts(struct draft *draft)
{
    for (size_t i = 0; i < draft->bundle->file_count; i++) {
        struct rlc_reading reading = draft_reading(draft, draft->bundle->files[i].path);
        enum rlc_template_kind kind;
        struct rlc_span name;
        struct rlc_span language;

        if (rlc_template_path(reading.path, &name, &language, &kind))
            prove_text(draft, &reading, draft->bundle->contents[i], kind);
        else if (rlc_policy_path(reading.path, FOLDER, ".txt", &name) ||
                 rlc_policy_path(reading.path, FOLDER, ".html", &name))
            rlc_reading_refuse(&reading, NULL, "Call it <template>.<language>.txt.",
                               "a template without a language");
    }
}
