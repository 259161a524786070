/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of messages, as a table: what they show, where they are valid, what they mean. */
#include "common/policy/template_node.h"

#include "common/pure/nearest.h"

/* ---- counts ---- */

static size_t line_count(const struct rlc_template_frame *frame)
{
    const struct rlc_message_facts *facts = frame->base[RLC_TEMPLATE_TOP];

    return facts->line_count + facts->unlisted_count;
}

static size_t several_lines(const struct rlc_template_frame *frame)
{
    size_t count = line_count(frame);

    return count > 1 ? count : 0;
}

static size_t unlisted_count(const struct rlc_template_frame *frame)
{
    const struct rlc_message_facts *facts = frame->base[RLC_TEMPLATE_TOP];

    return facts->unlisted_count;
}

static size_t several_totals(const struct rlc_template_frame *frame)
{
    const struct rlc_message_facts *facts = frame->base[RLC_TEMPLATE_TOP];

    return facts->total_count > 1 ? facts->total_count : 0;
}

static size_t days_overdue(const struct rlc_template_frame *frame)
{
    const struct rlc_message_facts *facts = frame->base[RLC_TEMPLATE_TOP];
    const struct rlc_message_line *line = frame->base[RLC_TEMPLATE_LINE];
    int64_t days = (int64_t)facts->as_of_on - line->due_on;

    return line->due_on != RLC_DAY_NONE && days > 0 ? (size_t)days : 0;
}

static size_t lines_of_total(const struct rlc_template_frame *frame)
{
    const struct rlc_message_total *total = frame->base[RLC_TEMPLATE_TOTAL];

    return total->line_count;
}

/* ---- the table ---- */

#define TOP(word, kind, member, sentence)                                                          \
    {                                                                                              \
        .name = (word), .scope = RLC_TEMPLATE_TOP, .type = (kind),                                 \
        .offset = offsetof(struct rlc_message_facts, member), .help = (sentence)                   \
    }
#define LINE(word, kind, member, sentence)                                                         \
    {                                                                                              \
        .name = (word), .scope = RLC_TEMPLATE_LINE, .type = (kind),                                \
        .offset = offsetof(struct rlc_message_line, member), .help = (sentence)                    \
    }
#define TOTAL(word, kind, member, sentence)                                                        \
    {                                                                                              \
        .name = (word), .scope = RLC_TEMPLATE_TOTAL, .type = (kind),                               \
        .offset = offsetof(struct rlc_message_total, member), .help = (sentence)                   \
    }
#define NUMBER(word, where, function, sentence)                                                    \
    {                                                                                              \
        .name = (word), .scope = (where), .type = RLC_TEMPLATE_COUNT, .count = (function),         \
        .help = (sentence)                                                                         \
    }

/* clang-format off */
const struct rlc_template_variable RLC_TEMPLATE_VARIABLES[] = {
    TOP("as_of_on", RLC_TEMPLATE_DAY, as_of_on,
        "Date of the message: the day of its amounts, at the debtor's place."),
    TOP("debtor_name", RLC_TEMPLATE_SPAN, debtor_name, "The debtor."),
    TOP("recipient_name", RLC_TEMPLATE_SPAN, recipient_name,
        "The contact person, where one is addressed."),
    TOP("customer_number", RLC_TEMPLATE_SPAN, customer_number, "Of the debtor, as we call it."),
    TOP("account_reference", RLC_TEMPLATE_SPAN, account_reference,
        "What the debtor wants to see quoted."),
    TOP("creditor_name", RLC_TEMPLATE_SPAN, creditor_name,
        "The legal entity that is owed: `title` of its file."),
    TOP("sender_name", RLC_TEMPLATE_SPAN, sender_name, "Who speaks for it: `name` of the sender."),
    TOP("sender_email", RLC_TEMPLATE_SPAN, sender_email, "Where the message comes from."),
    TOP("sender_phone", RLC_TEMPLATE_SPAN, sender_phone, "As printed, where the sender has one."),
    TOP("reply_to", RLC_TEMPLATE_SPAN, reply_to, "Where answers go; always there."),
    TOP("disputes_to", RLC_TEMPLATE_SPAN, disputes_to,
        "Where objections go, where the sender has such an address."),
    NUMBER("line_count", RLC_TEMPLATE_TOP, line_count, "Lines of the message and of its annex."),
    NUMBER("several_lines", RLC_TEMPLATE_TOP, several_lines,
           "The same if more than one, else 0: for `{% if several_lines %}`."),
    NUMBER("unlisted_count", RLC_TEMPLATE_TOP, unlisted_count,
           "Lines that stand in the annex alone."),
    NUMBER("several_totals", RLC_TEMPLATE_TOP, several_totals,
           "Currencies if more than one, else 0."),

    LINE("number", RLC_TEMPLATE_SPAN, number, "Of the invoice, as printed."),
    LINE("issued_on", RLC_TEMPLATE_DAY, issued_on, "Date of the invoice."),
    LINE("due_on", RLC_TEMPLATE_DAY, due_on, "When it is or was to be paid."),
    NUMBER("days_overdue", RLC_TEMPLATE_LINE, days_overdue,
           "Days since then; 0 before and on the day."),
    LINE("currency", RLC_TEMPLATE_CURRENCY, open.currency, "Code of its currency."),
    LINE("open", RLC_TEMPLATE_MONEY, open, "Asked for: without what is disputed."),
    LINE("disputed", RLC_TEMPLATE_MONEY, disputed, "Disputed, and not asked for."),
    LINE("total", RLC_TEMPLATE_MONEY, total, "Of the invoice, as issued."),
    LINE("interest", RLC_TEMPLATE_MONEY, interest,
         "Accrued up to the date of the message, where it is claimed."),
    LINE("indemnity", RLC_TEMPLATE_MONEY, indemnity,
         "Flat recovery cost, where it is claimed."),

    TOTAL("currency", RLC_TEMPLATE_CURRENCY, open.currency, "Code of the currency."),
    TOTAL("open", RLC_TEMPLATE_MONEY, open, "Asked for in this currency, annex included."),
    TOTAL("interest", RLC_TEMPLATE_MONEY, interest, "Interest, where it is claimed."),
    TOTAL("indemnity", RLC_TEMPLATE_MONEY, indemnity, "Flat recovery costs, where claimed."),
    NUMBER("line_count", RLC_TEMPLATE_TOTAL, lines_of_total, "Lines in this currency."),
};
/* clang-format on */

const size_t RLC_TEMPLATE_VARIABLE_COUNT = RLC_COUNT(RLC_TEMPLATE_VARIABLES);

/* ---- look-up ---- */

static const char *const LISTS[RLC_TEMPLATE_SCOPE_COUNT] = {
    [RLC_TEMPLATE_LINE] = "line",
    [RLC_TEMPLATE_TOTAL] = "total",
};

static const enum rlc_template_issue ELSEWHERE[RLC_TEMPLATE_SCOPE_COUNT] = {
    [RLC_TEMPLATE_LINE] = RLC_TEMPLATE_OF_LINE,
    [RLC_TEMPLATE_TOTAL] = RLC_TEMPLATE_OF_TOTAL,
};

const char *rlc_template_list_name(enum rlc_template_scope scope)
{
    return LISTS[scope];
}

enum rlc_template_scope rlc_template_list(struct rlc_span name)
{
    for (size_t i = 0; i < RLC_COUNT(LISTS); i++) {
        if (LISTS[i] && rlc_span_equal(name, rlc_span_of(LISTS[i])))
            return (enum rlc_template_scope)i;
    }
    return RLC_TEMPLATE_TOP;
}

/* A list's own variable comes before one of the same name that is valid anywhere. */
static const struct rlc_template_variable *find(struct rlc_span name, enum rlc_template_scope scope)
{
    const struct rlc_template_variable *found = NULL;

    for (size_t i = 0; i < RLC_TEMPLATE_VARIABLE_COUNT; i++) {
        const struct rlc_template_variable *variable = &RLC_TEMPLATE_VARIABLES[i];

        if (!rlc_span_equal(name, rlc_span_of(variable->name)))
            continue;
        if (variable->scope == scope)
            return variable;
        if (variable->scope == RLC_TEMPLATE_TOP)
            found = variable;
    }
    return found;
}

/* Why there is no such variable here: it is one of another place, or of none. */
static void explain(struct rlc_span name, enum rlc_template_scope scope,
                    struct rlc_template_fault *ret_fault)
{
    struct rlc_nearest nearest = rlc_nearest_to(name);

    ret_fault->name = name;
    ret_fault->issue = RLC_TEMPLATE_UNKNOWN_VARIABLE;
    for (size_t i = 0; i < RLC_TEMPLATE_VARIABLE_COUNT; i++) {
        const struct rlc_template_variable *variable = &RLC_TEMPLATE_VARIABLES[i];

        if (variable->scope == scope || variable->scope == RLC_TEMPLATE_TOP)
            rlc_nearest_try(&nearest, rlc_span_of(variable->name));
        else if (rlc_span_equal(name, rlc_span_of(variable->name)))
            ret_fault->issue = ELSEWHERE[variable->scope];
    }
    if (ret_fault->issue == RLC_TEMPLATE_UNKNOWN_VARIABLE)
        ret_fault->nearest = nearest.found;
}

const struct rlc_template_variable *rlc_template_variable(struct rlc_span name,
                                                          enum rlc_template_scope scope,
                                                          struct rlc_template_fault *ret_fault)
{
    const struct rlc_template_variable *variable = find(name, scope);

    if (!variable)
        explain(name, scope, ret_fault);
    return variable;
}
