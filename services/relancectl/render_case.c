/* SPDX-License-Identifier: Apache-2.0 */
#include "render_case.h"

#include "common/policy/keys.h"
#include "common/pure/calendar.h"
#include "common/runtime/bundles.h"

/* The whole file. */
struct raw_case {
    struct rlc_span template_name, language, sender, creditor, debtor;
    struct rlc_span customer_number, account_reference;
    const struct rlc_yaml *recipient, *lines, *annex;
    rlc_day as_of_on;
};

struct raw_recipient {
    struct rlc_span name, email;
};

struct raw_line {
    struct rlc_span number;
    rlc_day issued_on, due_on;
    struct rlc_policy_amounts total, open, disputed, interest, indemnity;
};

static bool read_day(struct rlc_reading *reading, const struct rlc_policy_key *key,
                     const struct rlc_yaml *node, void *member)
{
    if (rlc_day_parse(node->text, member))
        return true;
    return rlc_policy_refuse(reading, key, node, "a day as 2026-12-31");
}

#define SENTENCE(row_name, member_name, row_flags, row_help)                                       \
    {                                                                                              \
        .name = (row_name), .type = RLC_POLICY_SENTENCE, .flags = (row_flags), .min = 1,           \
        .max = RLC_MAIL_NAME_MAX, .offset = offsetof(struct raw_case, member_name),                \
        .help = (row_help)                                                                         \
    }

static const struct rlc_policy_key CASE_KEYS[] = {
    { .name = "template",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct raw_case, template_name),
      .help = "The template." },
    { .name = "language",
      .type = RLC_POLICY_LANGUAGE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct raw_case, language),
      .help = "The language of the recipient." },
    { .name = "sender",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct raw_case, sender),
      .help = "Who speaks: a file of senders/." },
    { .name = "as_of",
      .type = RLC_POLICY_OWN,
      .read = read_day,
      .values = "2026-12-31",
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct raw_case, as_of_on),
      .help = "The day of the message and of its amounts." },
    SENTENCE("creditor", creditor, RLC_POLICY_REQUIRED, "Who is owed."),
    SENTENCE("debtor", debtor, RLC_POLICY_REQUIRED, "Who owes."),
    SENTENCE("customer_number", customer_number, 0, "As the debtor knows it."),
    SENTENCE("account_reference", account_reference, 0, "As the debtor knows it."),
    { .name = "recipient",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct raw_case, recipient),
      .help = "Who reads it: name and email." },
    { .name = "lines",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct raw_case, lines),
      .help = "The receivables." },
    { .name = "annex",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct raw_case, annex),
      .help = "Further receivables, which stand in the annex alone." },
};

static const struct rlc_policy_key RECIPIENT_KEYS[] = {
    { .name = "name",
      .type = RLC_POLICY_SENTENCE,
      .min = 1,
      .max = RLC_MAIL_NAME_MAX,
      .offset = offsetof(struct raw_recipient, name),
      .help = "As it stands in the header." },
    { .name = "email",
      .type = RLC_POLICY_EMAIL,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct raw_recipient, email),
      .help = "Where it goes." },
};

#define DAY(row_name, member_name)                                                                 \
    {                                                                                              \
        .name = (row_name), .type = RLC_POLICY_OWN, .read = read_day, .values = "2026-12-31",      \
        .flags = RLC_POLICY_REQUIRED, .offset = offsetof(struct raw_line, member_name),            \
        .help = "A day."                                                                           \
    }
#define AMOUNT(row_name, member_name, row_flags)                                                   \
    {                                                                                              \
        .name = (row_name), .type = RLC_POLICY_AMOUNTS, .flags = (row_flags),                      \
        .offset = offsetof(struct raw_line, member_name), .help = "One amount."                    \
    }

static const struct rlc_policy_key LINE_KEYS[] = {
    { .name = "number",
      .type = RLC_POLICY_SENTENCE,
      .flags = RLC_POLICY_REQUIRED,
      .min = 1,
      .max = RLC_NUMBER_BYTES_MAX,
      .offset = offsetof(struct raw_line, number),
      .help = "As printed on the invoice." },
    DAY("issued_on", issued_on),
    DAY("due_on", due_on),
    AMOUNT("total", total, RLC_POLICY_REQUIRED),
    AMOUNT("open", open, RLC_POLICY_REQUIRED),
    AMOUNT("disputed", disputed, 0),
    AMOUNT("interest", interest, 0),
    AMOUNT("indemnity", indemnity, 0),
};

static const struct rlc_policy_table CASE = { "a case", "", CASE_KEYS, RLC_COUNT(CASE_KEYS) };
static const struct rlc_policy_table RECIPIENT = { "`recipient`", "", RECIPIENT_KEYS,
                                                   RLC_COUNT(RECIPIENT_KEYS) };
static const struct rlc_policy_table LINE = { "one of `lines` or `annex`", "", LINE_KEYS,
                                              RLC_COUNT(LINE_KEYS) };

/* ---- lines ---- */

/* The one amount there may be, in the currency of the line; zero of it where there is none. */
static struct rlc_money amount_of(struct rlc_reading *reading, const struct rlc_yaml *node,
                                  const struct rlc_policy_amounts *amounts,
                                  const struct rlc_money *like)
{
    struct rlc_money none = like ? *like : (struct rlc_money){ 0 };

    none.minor = 0;
    if (amounts->count == 0)
        return none;
    if (amounts->count == 1 && (!like || rlc_money_same_currency(amounts->amount[0], *like)))
        return amounts->amount[0];
    rlc_reading_refuse(reading, amounts->node ? amounts->node : node,
                       "write one amount, as { EUR: \"12.50\" }, and the same currency throughout "
                       "the line",
                       "a line has one currency");
    return none;
}

static void read_line(struct rlc_reading *reading, const struct rlc_yaml *node,
                      struct rlc_message_line *ret_line)
{
    struct raw_line raw = { .number = { NULL, 0 } };
    struct rlc_money open;

    if (!rlc_reading_expect(reading, node, RLC_YAML_MAP, "a line"))
        return;
    rlc_policy_bind(reading, node, &LINE, &raw, true);
    if (raw.open.count == 0)
        return; /* noted already */
    open = amount_of(reading, node, &raw.open, NULL);
    *ret_line = (struct rlc_message_line){
        .number = raw.number,
        .issued_on = raw.issued_on,
        .due_on = raw.due_on,
        .total = amount_of(reading, node, &raw.total, &open),
        .open = open,
        .disputed = amount_of(reading, node, &raw.disputed, &open),
        .interest = amount_of(reading, node, &raw.interest, &open),
        .indemnity = amount_of(reading, node, &raw.indemnity, &open),
    };
}

static bool add(struct rlc_money *sum, struct rlc_money more)
{
    return rlc_money_add(*sum, more, sum);
}

/* Adds a line to the total of its currency; false when it does not fit. */
static bool count_in(struct rlc_message_total *totals, size_t *count,
                     const struct rlc_message_line *line)
{
    size_t i = 0;

    while (i < *count && !rlc_money_same_currency(totals[i].open, line->open))
        i++;
    if (i == RLC_REQUEST_TOTALS_MAX)
        return false;
    if (i == *count) {
        totals[(*count)++] =
            (struct rlc_message_total){ line->open, line->interest, line->indemnity, 1 };
        return true;
    }
    totals[i].line_count++;
    return add(&totals[i].open, line->open) && add(&totals[i].interest, line->interest) &&
           add(&totals[i].indemnity, line->indemnity);
}

/* One list of lines, which count in the totals wherever they stand; none if it is left out. */
static const struct rlc_message_line *read_list(struct rlc_reading *reading,
                                                const struct rlc_yaml *list, const char *what,
                                                struct rlc_message_total *totals,
                                                size_t *total_count, size_t *ret_count)
{
    struct rlc_message_line *lines;

    if (!list || !rlc_reading_expect(reading, list, RLC_YAML_LIST, what))
        return NULL;
    lines = rlc_reading_array(reading, list->count + 1, sizeof(*lines));
    if (!lines)
        return NULL;
    for (const struct rlc_yaml *node = list->first; node; node = node->next) {
        struct rlc_message_line *line = &lines[(*ret_count)++];

        read_line(reading, node, line);
        if (reading->problems->error_count == 0 && !count_in(totals, total_count, line))
            rlc_reading_refuse(reading, node, NULL, "too many currencies, or too large a sum");
    }
    return lines;
}

static void read_lines(struct rlc_reading *reading, const struct raw_case *raw,
                       struct rlc_message_order *order)
{
    struct rlc_message_facts *facts = &order->facts;
    struct rlc_message_total *totals =
        rlc_reading_array(reading, RLC_REQUEST_TOTALS_MAX, sizeof(*totals));

    if (!totals)
        return;
    facts->totals = totals;
    facts->lines =
        read_list(reading, raw->lines, "lines", totals, &facts->total_count, &facts->line_count);
    order->annex =
        read_list(reading, raw->annex, "annex", totals, &facts->total_count, &order->annex_count);
    facts->unlisted_count = (uint32_t)order->annex_count;
    if (facts->line_count > RLC_REQUEST_LINES_MAX) {
        rlc_reading_refuse(reading, raw->lines, "move the others to `annex`",
                           "%zu lines; a message lists at most %d", facts->line_count,
                           RLC_REQUEST_LINES_MAX);
    }
}

/* ---- the whole ---- */

/* Like the notifier's: the same case has the same id. */
static struct rlc_action_id action_of(struct rlc_span content)
{
    struct rlc_hash hash = rlc_sha256(content);
    struct rlc_action_id action;

    memcpy(action.bytes, hash.bytes, sizeof(action.bytes));
    return action;
}

static void read_case(struct rlc_reading *reading, const struct rlc_yaml *root,
                      struct rlc_message_order *order)
{
    struct raw_case raw = { .template_name = { NULL, 0 } };
    struct raw_recipient recipient = { .name = { NULL, 0 } };

    rlc_policy_bind(reading, root, &CASE, &raw, true);
    if (raw.recipient && rlc_reading_expect(reading, raw.recipient, RLC_YAML_MAP, "recipient"))
        rlc_policy_bind(reading, raw.recipient, &RECIPIENT, &recipient, true);
    order->template_name = raw.template_name;
    order->sender = raw.sender;
    order->to = (struct rlc_mailbox){ recipient.name, recipient.email };
    order->dated_at_ms = (rlc_ms)raw.as_of_on * RLC_DAY_MS;
    order->facts = (struct rlc_message_facts){ .language = raw.language,
                                               .as_of_on = raw.as_of_on,
                                               .debtor_name = raw.debtor,
                                               .recipient_name = recipient.name,
                                               .customer_number = raw.customer_number,
                                               .account_reference = raw.account_reference,
                                               .creditor_name = raw.creditor };
    read_lines(reading, &raw, order);
}

bool render_case_read(struct rlc_span path, struct rlc_span content, struct rlc_arena *arena,
                      struct rlc_problems *problems, struct rlc_message_order *ret_order)
{
    struct rlc_reading reading = { .path = path, .arena = arena, .problems = problems };
    const struct rlc_yaml *root;

    *ret_order = (struct rlc_message_order){ .action = action_of(content) };
    if (!rlc_text_is_utf8(content)) {
        rlc_reading_refuse(&reading, NULL, NULL, "the file is not UTF-8");
        return false;
    }
    root = rlc_yaml_parse(path, content, arena, problems);
    if (root && rlc_reading_expect(&reading, root, RLC_YAML_MAP, "a case"))
        read_case(&reading, root, ret_order);
    if (reading.out_of_memory)
        rlc_reading_refuse(&reading, NULL, NULL, "the file is too large");
    return problems->error_count == 0;
}
