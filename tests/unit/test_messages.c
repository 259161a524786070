/* SPDX-License-Identifier: Apache-2.0 */
/* What a debtor reads: messages of the bundles we ship, beside this test in data/messages.
 * `test_messages --write` writes them anew; read the difference before you commit it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/template.h"

#include "tests/support/check.h"

#define TEXT_MAX    65536
#define PATH_SIZE   512
#define ARENA_BYTES (1u << 20)
#define BUNDLES     RLC_SOURCE_DIR "/deploy/bundles"
#define MESSAGES    RLC_SOURCE_DIR "/tests/unit/data/messages"

#define EUR(amount)                                                                                \
    {                                                                                              \
        .minor = (amount), .currency = "EUR"                                                       \
    }
#define JPY(amount)                                                                                \
    {                                                                                              \
        .minor = (amount), .currency = "JPY"                                                       \
    }
#define WORD(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static const struct rlc_message_line ONE_LINE[] = {
    { .number = WORD("2026-000117"),
      .issued_on = 20454, /* 2026-01-01 */
      .due_on = 20485,
      .total = EUR(123456),
      .open = EUR(123456),
      .indemnity = EUR(4000) },
};

static const struct rlc_message_total ONE_TOTAL[] = {
    { .open = EUR(123456), .indemnity = EUR(4000), .line_count = 1 },
};

static const struct rlc_message_line LINES[] = {
    { .number = WORD("2026-000117"),
      .issued_on = 20454,
      .due_on = 20485,
      .total = EUR(123456),
      .open = EUR(100000),
      .disputed = EUR(23456),
      .interest = EUR(499) },
    { .number = WORD("EXPORT/2026/0000000042-B"), /* wider than its column */
      .issued_on = 20460,
      .due_on = 20490,
      .total = JPY(750000),
      .open = JPY(750000) },
};

static const struct rlc_message_total TOTALS[] = {
    { .open = EUR(9100000), .interest = EUR(499), .line_count = 13 },
    { .open = JPY(750000), .line_count = 1 },
};

static struct rlc_message_facts facts_in(const char *language)
{
    return (struct rlc_message_facts){ .language = rlc_span_of(language),
                                       .as_of_on = 20500,
                                       .debtor_name = rlc_span_of("Dupont & Fils"),
                                       .creditor_name = rlc_span_of("Acme & Co"),
                                       .sender_name = rlc_span_of("Acme, credit control"),
                                       .sender_email = rlc_span_of("accounts@acme.example"),
                                       .reply_to = rlc_span_of("credit.control@acme.example"),
                                       .lines = ONE_LINE,
                                       .line_count = RLC_COUNT(ONE_LINE),
                                       .totals = ONE_TOTAL,
                                       .total_count = RLC_COUNT(ONE_TOTAL) };
}

/* Everything that may be there. */
static struct rlc_message_facts full_facts_in(const char *language)
{
    struct rlc_message_facts facts = facts_in(language);

    facts.recipient_name = rlc_span_of("Anne Martin");
    facts.customer_number = rlc_span_of("C-4711");
    facts.account_reference = rlc_span_of("PO <77>");
    facts.sender_phone = rlc_span_of("+33 1 00 00 00 00");
    facts.disputes_to = rlc_span_of("disputes@acme.example");
    facts.lines = LINES;
    facts.line_count = RLC_COUNT(LINES);
    facts.unlisted_count = 12;
    facts.totals = TOTALS;
    facts.total_count = RLC_COUNT(TOTALS);
    return facts;
}

static bool writing;

static size_t read_text(const char *path, char text[TEXT_MAX])
{
    FILE *file = fopen(path, "re");
    size_t size;

    if (!file)
        fail_msg("%s cannot be read", path);
    size = fread(text, 1, TEXT_MAX - 1, file);
    text[size] = '\0';
    assert_int_equal(fclose(file), 0);
    return size;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
}

static void fill(const char *template_path, const struct rlc_message_facts *facts,
                 char said[TEXT_MAX])
{
    static char text[TEXT_MAX];
    static uint8_t memory[ARENA_BYTES];
    struct rlc_arena arena;
    struct rlc_template template;
    struct rlc_template_faults faults;
    struct rlc_template_fault fault;
    struct rlc_message message;
    size_t size = read_text(template_path, text);
    bool html = strstr(template_path, ".html") != NULL;

    rlc_arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(rlc_template_parse(rlc_span_from(text, size),
                                        html ? RLC_TEMPLATE_HTML : RLC_TEMPLATE_TEXT, &arena,
                                        &template, &faults),
                     RLC_OK);
    assert_int_equal(rlc_template_render(&template, facts, &arena, &message, &fault), RLC_OK);
    (void)snprintf(said, TEXT_MAX, "%s%.*s%s%.*s",
                   html ? "" : "Subject: ", (int)message.subject.size,
                   (const char *)message.subject.data, html ? "" : "\n\n", (int)message.body.size,
                   (const char *)message.body.data);
}

static void check(const char *template_name, const struct rlc_message_facts *facts,
                  const char *message_name)
{
    static char said[TEXT_MAX];
    static char expected[TEXT_MAX];
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), BUNDLES "/%s", template_name);
    fill(path, facts, said);
    (void)snprintf(path, sizeof(path), MESSAGES "/%s", message_name);
    if (writing)
        write_text(path, said);
    (void)read_text(path, expected);
    assert_string_equal(said, expected);
}

static void one_invoice_is_asked_for_in_the_singular(void **state)
{
    struct rlc_message_facts french = facts_in("fr");
    struct rlc_message_facts english = facts_in("en");

    (void)state;
    check("standard-fr/templates/formal-notice.fr.txt", &french, "formal-notice.fr.message");
    check("demo/templates/courtesy.en.txt", &english, "courtesy.en.message");
}

static void everything_there_is_stands_in_its_place(void **state)
{
    struct rlc_message_facts french = full_facts_in("fr");
    struct rlc_message_facts english = full_facts_in("en");

    (void)state;
    check("demo/templates/reminder.fr.txt", &french, "reminder.fr.message");
    check("demo/templates/final.en.txt", &english, "final.en.message");
}

static void html_says_the_same_as_a_table(void **state)
{
    struct rlc_message_facts french = full_facts_in("fr");

    (void)state;
    check("demo/templates/reminder.fr.html", &french, "reminder.fr.html.message");
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_invoice_is_asked_for_in_the_singular),
        cmocka_unit_test(everything_there_is_stands_in_its_place),
        cmocka_unit_test(html_says_the_same_as_a_table),
    };

    writing = count == 2 && strcmp(arguments[1], "--write") == 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
