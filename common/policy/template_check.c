/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/template_check.h"

#include "common/policy/tables.h"
#include "common/policy/template_node.h"
#include "common/wire/limits.h"

#define FOLDER "templates"

/* The name, where the fault has one, is printed after the text. */
struct wording {
    const char *text;
    const char *remedy;
};

static const struct wording WORDINGS[RLC_TEMPLATE_ISSUE_COUNT] = {
    [RLC_TEMPLATE_SOUND] = { "nothing is wrong", "" },
    [RLC_TEMPLATE_NO_TEXT] = { "the line is not UTF-8 text, or has control characters",
                               "Save the file as UTF-8 without control characters." },
    [RLC_TEMPLATE_TOO_LONG] = { "the template is longer than 128 kB",
                                "Make pictures smaller, or link to them." },
    [RLC_TEMPLATE_TOO_MANY_TAGS] = { "the template has more than 1024 of '{{', '{%' and '{#'",
                                     "Use {% each line %} for what is repeated." },
    [RLC_TEMPLATE_OPEN_TAG] = { "not closed on its line:",
                                "Write {{ name }} or {% if name %} on one line." },
    [RLC_TEMPLATE_OPEN_COMMENT] = { "the comment is not closed:", "End it with #}." },
    [RLC_TEMPLATE_STRAY_CLOSE] = { "closes nothing:",
                                   "Begin a variable with two braces: {{ name }}." },
    [RLC_TEMPLATE_UNKNOWN_WORD] = { "unknown word",
                                    "Between {% and %} stand if, else, each or end." },
    [RLC_TEMPLATE_UNKNOWN_LIST] = { "unknown list",
                                    "There are {% each line %} and {% each total %}." },
    [RLC_TEMPLATE_UNKNOWN_VARIABLE] = { "unknown variable", "docs/POLICY.md lists the variables." },
    [RLC_TEMPLATE_OF_LINE] = { "only a line has this variable:",
                               "Use it between {% each line %} and {% end %}." },
    [RLC_TEMPLATE_OF_TOTAL] = { "only a total has this variable:",
                                "Use it between {% each total %} and {% end %}." },
    [RLC_TEMPLATE_NEEDLESS_NAME] = { "nothing may follow the word here:",
                                     "Write {% else %} and {% end %}." },
    [RLC_TEMPLATE_BAD_WIDTH] = { "no width of 1 to 60 characters:",
                                 "Write {{ number:14 }} or, to align right, {{ open:>14 }}." },
    [RLC_TEMPLATE_WIDTH_IN_HTML] = { "a width has no effect in HTML:",
                                     "Leave it out; put the value into a cell of a table." },
    [RLC_TEMPLATE_TOO_DEEP] = { "more than 4 blocks inside each other",
                                "Say it more simply, or in two templates." },
    [RLC_TEMPLATE_LIST_IN_LIST] = { "an {% each %} inside another",
                                    "Close the one before it first: {% end %}." },
    [RLC_TEMPLATE_STRAY_ELSE] = { "an {% else %} that belongs to no {% if %}",
                                  "Each {% if %} may have one." },
    [RLC_TEMPLATE_STRAY_END] = { "an {% end %} that closes nothing", "Remove it." },
    [RLC_TEMPLATE_OPEN_BLOCK] = { "the block is not closed",
                                  "Close it with {% end %}, in a subject on the same line." },
    [RLC_TEMPLATE_EMPTY_SUBJECT] = { "the subject is empty",
                                     "Write one: \"Subject: Invoices due\"." },
    [RLC_TEMPLATE_IN_MARKUP] = { "in an HTML tag or style sheet a value could be markup:",
                                 "Put it between tags: <td>{{ number }}</td>." },
    [RLC_TEMPLATE_HTML_COMMENT] = { "a comment that the debtor would receive",
                                    "Write {# comment #}." },
    [RLC_TEMPLATE_HTML_QUOTE] = { "a quote or '=' that begins no value",
                                  "Write attributes as name=\"value\"." },
    [RLC_TEMPLATE_HTML_OPEN_TAG] = { "the tag is not closed",
                                     "Close it with '>'; write &lt; for '<'." },
    [RLC_TEMPLATE_HTML_ELEMENT] = { "an element that has no use in a message",
                                    "Leave it out: its content would not be escaped." },
    [RLC_TEMPLATE_UNCLEAN_VALUE] = { "the value is not one line of plain text:",
                                     "Correct it where it comes from." },
    [RLC_TEMPLATE_IMPOSSIBLE_VALUE] = { "the value cannot be written:",
                                        "Correct it where it comes from." },
    [RLC_TEMPLATE_MESSAGE_TOO_LONG] = { "a message of 500 lines would be longer than 256 kB",
                                        "Say less about each line." },
    [RLC_TEMPLATE_SUBJECT_TOO_LONG] = { "the subject could be longer than 499 bytes",
                                        "Say less: people see the first 70 characters." },
};

_Static_assert(RLC_TEMPLATE_BYTES_MAX == 128 * 1024 && RLC_TEMPLATE_TAGS_MAX == 1024 &&
                   RLC_TEMPLATE_WIDTH_MAX == 60 && RLC_TEMPLATE_DEPTH_MAX == 4 &&
                   RLC_REQUEST_LINES_MAX == 500 && RLC_MESSAGE_BYTES_MAX == 256 * 1024 &&
                   RLC_SUBJECT_BYTES_MAX == 499,
               "the wordings name the limits");

/* ---- files ---- */

static bool in_folder(struct rlc_span path, struct rlc_span *ret_name,
                      enum rlc_template_kind *ret_kind)
{
    *ret_kind = RLC_TEMPLATE_TEXT;
    if (rlc_policy_path(path, FOLDER, ".txt", ret_name))
        return true;
    *ret_kind = RLC_TEMPLATE_HTML;
    return rlc_policy_path(path, FOLDER, ".html", ret_name);
}

bool rlc_template_path(struct rlc_span path, struct rlc_span *ret_template,
                       struct rlc_span *ret_language, enum rlc_template_kind *ret_kind)
{
    struct rlc_span name;
    size_t dot;

    if (!in_folder(path, &name, ret_kind))
        return false;
    dot = name.size;
    while (dot > 0 && name.data[dot - 1] != '.')
        dot--;
    if (dot < 2)
        return false;
    *ret_template = rlc_span_from(name.data, dot - 1);
    *ret_language = rlc_span_from(name.data + dot, name.size - dot);
    return true;
}

/* ---- faults ---- */

static void note(struct rlc_reading *reading, const struct rlc_template_fault *fault)
{
    const struct wording *wording = &WORDINGS[fault->issue];
    struct rlc_yaml place = { .line = fault->line, .column = fault->column };

    if (fault->nearest.size > 0) {
        rlc_reading_refuse(reading, &place, wording->remedy, "%s '%.*s', did you mean '%.*s'?",
                           wording->text, (int)fault->name.size, (const char *)fault->name.data,
                           (int)fault->nearest.size, (const char *)fault->nearest.data);
    } else if (fault->name.size > 0) {
        rlc_reading_refuse(reading, &place, wording->remedy, "%s '%.*s'", wording->text,
                           (int)fault->name.size, (const char *)fault->name.data);
    } else {
        rlc_reading_refuse(reading, &place, wording->remedy, "%s", wording->text);
    }
}

/* ---- the longest message ---- */

/* Ordinary values on the long side: a template that has room for them has room for those of life,
 * and for one that has not there is a limit when it is filled. */
#define LONG_NAME   "A company whose name is as long as those of commercial registers may well be"
#define LONG_NUMBER "2026-EXPORT-SERVICES-0123456789"
#define LONG_EMAIL  "accounts.receivable.europe@subsidiary.group.example"

static struct rlc_message_facts longest(struct rlc_span language)
{
    return (struct rlc_message_facts){ .language = language,
                                       .as_of_on = RLC_DAY_MAX,
                                       .debtor_name = rlc_span_of(LONG_NAME),
                                       .recipient_name = rlc_span_of(LONG_NAME),
                                       .customer_number = rlc_span_of(LONG_NUMBER),
                                       .account_reference = rlc_span_of(LONG_NUMBER),
                                       .creditor_name = rlc_span_of(LONG_NAME),
                                       .sender_name = rlc_span_of(LONG_NAME),
                                       .sender_email = rlc_span_of(LONG_EMAIL),
                                       .sender_phone = rlc_span_of(LONG_NUMBER),
                                       .reply_to = rlc_span_of(LONG_EMAIL),
                                       .disputes_to = rlc_span_of(LONG_EMAIL),
                                       .unlisted_count = UINT32_MAX };
}

static bool add_lists(struct rlc_reading *reading, struct rlc_message_facts *facts)
{
    struct rlc_money amount = { .minor = -INT64_C(99999999999), .currency = "EUR" };
    struct rlc_message_line *lines =
        rlc_reading_array(reading, RLC_REQUEST_LINES_MAX, sizeof(*lines));
    struct rlc_message_total *totals =
        rlc_reading_array(reading, RLC_REQUEST_TOTALS_MAX, sizeof(*totals));

    if (!lines || !totals)
        return false;
    for (size_t i = 0; i < RLC_REQUEST_LINES_MAX; i++) {
        lines[i] = (struct rlc_message_line){ .number = rlc_span_of(LONG_NUMBER),
                                              .issued_on = RLC_DAY_MIN,
                                              .due_on = RLC_DAY_MIN,
                                              .total = amount,
                                              .open = amount,
                                              .disputed = amount,
                                              .interest = amount,
                                              .indemnity = amount };
    }
    for (size_t i = 0; i < RLC_REQUEST_TOTALS_MAX; i++) {
        totals[i] = (struct rlc_message_total){
            .open = amount, .interest = amount, .indemnity = amount, .line_count = UINT32_MAX
        };
    }
    facts->lines = lines;
    facts->line_count = RLC_REQUEST_LINES_MAX;
    facts->totals = totals;
    facts->total_count = RLC_REQUEST_TOTALS_MAX;
    return true;
}

/* Notes what an answer says; false unless it is RLC_OK. */
static bool accept(struct rlc_reading *reading, enum rlc_status status)
{
    if (status == RLC_FATAL)
        reading->out_of_memory = true;
    return status == RLC_OK;
}

static bool fill(struct rlc_reading *reading, const struct rlc_template *template,
                 struct rlc_span language)
{
    struct rlc_message_facts facts = longest(language);
    struct rlc_template_fault fault;
    struct rlc_message message;
    enum rlc_status status;

    if (!add_lists(reading, &facts))
        return false;
    status = rlc_template_render(template, &facts, reading->arena, &message, &fault);
    if (status == RLC_REJECT)
        note(reading, &fault);
    return accept(reading, status);
}

bool rlc_template_check(struct rlc_reading *reading, struct rlc_span text,
                        enum rlc_template_kind kind, struct rlc_template *ret_template)
{
    struct rlc_template_faults faults;
    enum rlc_status status = rlc_template_parse(text, kind, reading->arena, ret_template, &faults);
    enum rlc_template_kind same;
    struct rlc_span template_name;
    struct rlc_span language = { NULL, 0 };

    if (!accept(reading, status)) {
        for (size_t i = 0; i < faults.count; i++)
            note(reading, &faults.fault[i]);
        return false;
    }
    (void)rlc_template_path(reading->path, &template_name, &language, &same);
    return fill(reading, ret_template, language);
}
