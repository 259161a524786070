/* SPDX-License-Identifier: Apache-2.0 */
/* What a template makes of its facts. What is wrong with one is told in data/bundles/cases. */
#include "common/policy/template.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

#define NB          "\xc2\xa0"
#define ARENA_BYTES (1u << 20)

/* Memory, and what came of the last template. */
struct bench {
    uint8_t *memory;
    struct rlc_arena arena;
    struct rlc_template template;
    struct rlc_template_faults faults;
    struct rlc_message message;
    struct rlc_template_fault fault;
};

static int open_bench(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    bench->memory = malloc(ARENA_BYTES);
    assert_non_null(bench->memory);
    rlc_arena_init(&bench->arena, bench->memory, ARENA_BYTES);
    *state = bench;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *bench = *state;

    free(bench->memory);
    free(bench);
    return 0;
}

#define EUR(amount)                                                                                \
    {                                                                                              \
        .minor = (amount), .currency = "EUR"                                                       \
    }

static const struct rlc_message_line LINES[] = {
    { .number = { (const uint8_t *)"F-1", 3 },
      .issued_on = 20454, /* 2026-01-01 */
      .due_on = 20485,
      .total = EUR(123456),
      .open = EUR(100000),
      .disputed = EUR(23456) },
    { .number = { (const uint8_t *)"F-22", 4 },
      .issued_on = 20460,
      .due_on = 20520,
      .total = EUR(900),
      .open = EUR(900),
      .disputed = EUR(0) },
};

static const struct rlc_message_total TOTALS[] = {
    { .open = EUR(100900), .line_count = 2 },
    { .open = { .minor = 7, .currency = "JPY" }, .line_count = 1 },
};

static struct rlc_message_facts facts_in(const char *language)
{
    return (struct rlc_message_facts){ .language = rlc_span_of(language),
                                       .as_of_on = 20500,
                                       .debtor_name = rlc_span_of("Dupont & Fils <SARL> \"d'or\""),
                                       .creditor_name = rlc_span_of("Acme"),
                                       .lines = LINES,
                                       .line_count = RLC_COUNT(LINES),
                                       .totals = TOTALS,
                                       .total_count = RLC_COUNT(TOTALS) };
}

static void parse(struct bench *bench, const char *text, enum rlc_template_kind kind)
{
    rlc_arena_reset(&bench->arena);
    if (rlc_template_parse(rlc_span_of(text), kind, &bench->arena, &bench->template,
                           &bench->faults) != RLC_OK)
        fail_msg("%s: issue %d in %d:%d", text, (int)bench->faults.fault[0].issue,
                 bench->faults.fault[0].line, bench->faults.fault[0].column);
}

static enum rlc_status render(struct bench *bench, const struct rlc_message_facts *facts)
{
    return rlc_template_render(&bench->template, facts, &bench->arena, &bench->message,
                               &bench->fault);
}

static void check_span(struct rlc_span span, const char *expected)
{
    char *text = strndup((const char *)span.data, span.size);

    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void check_body(struct bench *bench, const char *text, const char *expected)
{
    struct rlc_message_facts facts = facts_in("fr");

    parse(bench, text, RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_OK);
    check_span(bench->message.body, expected);
}

static void text_is_written_as_it_stands(void **state)
{
    check_body(*state, "", "");
    check_body(*state, "Bonjour,\n\n  { a } % # \xc3\xa9\n", "Bonjour,\n\n  { a } % # \xc3\xa9\n");
}

static void comments_leave_nothing(void **state)
{
    check_body(*state, "{# a #}\nb\n", "b\n");
    check_body(*state, "a{# {{ x }}\n {% y %} #}b\n", "ab\n");
    check_body(*state, "a\n  {# b\nc #}  \nd", "a\nd");
    check_body(*state, "{# only #}", "");
}

static void a_tag_alone_on_its_line_takes_the_line(void **state)
{
    check_body(*state, "a\n  {% if creditor_name %} \nb\n{% end %}\nc\n", "a\nb\nc\n");
    check_body(*state, "a {% if creditor_name %}\nb{% end %}\n", "a \nb\n");
    check_body(*state, "a\n{{ creditor_name }}\nb\n", "a\nAcme\nb\n");
    check_body(*state, "{% if creditor_name %} {# two #}\nb{% end %}", " \nb");
}

static void a_condition_asks_whether_something_is_there(void **state)
{
    check_body(*state, "{% if creditor_name %}a{% else %}b{% end %}", "a");
    check_body(*state, "{% if recipient_name %}a{% else %}b{% end %}", "b");
    check_body(*state, "{% if recipient_name %}a{% end %}.", ".");
    check_body(*state, "{% if as_of_on %}a{% end %}", "a");
    check_body(*state, "{% if several_lines %}a{% end %}{% if unlisted_count %}b{% end %}", "a");
    check_body(*state, "{% each line %}{% if disputed %}a{% else %}b{% end %}{% end %}", "ab");
    check_body(*state, "{% each total %}{% if interest %}a{% end %}{{ line_count }}{% end %}",
               "21");
    check_body(*state,
               "{% if recipient_name %}a{% if creditor_name %}b{% else %}c{% end %}{% else %}d"
               "{% if creditor_name %}e{% else %}f{% end %}g{% end %}h",
               "degh");
}

static void lists_are_written_item_by_item(void **state)
{
    struct bench *bench = *state;
    struct rlc_message_facts none = { .language = { NULL, 0 } };

    check_body(bench, "{% each line %}\n{{ number }};{{ due_on }};{{ days_overdue }}\n{% end %}\n",
               "F-1;01/02/2026;15\nF-22;08/03/2026;0\n");
    check_body(bench, "{% each total %}{{ currency }} {% end %}{% each line %}.{% end %}",
               "EUR JPY ..");
    check_body(bench, "{% each line %}{{ creditor_name }}{{ line_count }} {% end %}",
               "Acme2 Acme2 ");
    parse(bench, "a{% each line %}b{% end %}c{% each total %}d{% end %}e", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &none), RLC_OK);
    check_span(bench->message.body, "ace");
}

static void amounts_and_dates_follow_the_language(void **state)
{
    struct bench *bench = *state;
    struct rlc_message_facts english = facts_in("en");

    check_body(bench, "{{ as_of_on }} {% each total %}{{ open }};{% end %}",
               "16/02/2026 1" NB "009,00" NB "EUR;7" NB "JPY;");
    assert_int_equal(render(bench, &english), RLC_OK);
    check_span(bench->message.body, "16 February 2026 EUR" NB "1,009.00;JPY" NB "7;");
}

static void what_is_not_there_writes_nothing(void **state)
{
    check_body(*state, "[{{ recipient_name }}]", "[]");
    check_body(*state, "{% each line %}[{{ interest }}]{% end %}", "[][]");
    check_body(*state, "{% each line %}[{{ disputed }}]{% end %}",
               "[234,56" NB "EUR][0,00" NB "EUR]");
}

static void columns_are_filled_up_and_never_cut(void **state)
{
    check_body(*state, "{% each line %}\n[{{ number:6 }}|{{ open:>14 }}]\n{% end %}\n",
               "[F-1   |  1" NB "000,00" NB "EUR]\n[F-22  |      9,00" NB "EUR]\n");
    check_body(*state, "{{ creditor_name : >6 }}", "  Acme");
    check_body(*state, "[{{ creditor_name:2 }}{{ recipient_name:3 }}]", "[Acme   ]");
}

static void data_is_never_read_as_a_template(void **state)
{
    struct bench *bench = *state;
    struct rlc_message_facts facts = facts_in("en");

    facts.debtor_name = rlc_span_of("{{ reply_to }}{% end %}{# x");
    parse(bench, "Subject: {{ debtor_name }}\n{{ debtor_name }}", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_OK);
    check_span(bench->message.subject, "{{ reply_to }}{% end %}{# x");
    check_span(bench->message.body, "{{ reply_to }}{% end %}{# x");
}

static void every_value_in_html_is_escaped(void **state)
{
    struct bench *bench = *state;
    struct rlc_message_facts facts = facts_in("en");

    parse(bench, "<p class=\"a\">{{ debtor_name }} &amp; {{ as_of_on }}</p>", RLC_TEMPLATE_HTML);
    assert_int_equal(render(bench, &facts), RLC_OK);
    check_span(bench->message.body,
               "<p class=\"a\">Dupont &amp; Fils &lt;SARL&gt; &quot;d&#39;or&quot; &amp; "
               "16 February 2026</p>");
    parse(bench, "{{ debtor_name }}", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_OK);
    check_span(bench->message.body, "Dupont & Fils <SARL> \"d'or\"");
}

static void values_stand_wherever_browsers_read_text(void **state)
{
    static const char *const GOOD[] = {
        "<!doctype html><p>{{ debtor_name }}</p>",
        "<img alt='x>y' src=cid:logo width = \"10\" hidden/>{{ debtor_name }}",
        "<style type=\"text/css\">a > b { content: \"<p\" }</style\n>{{ debtor_name }}",
        "<a title='\"' lang=\"'\">{{ debtor_name }}</a>",
        "1 < 2 <> {{ debtor_name }}",
        "<br/>{% if debtor_name %}<b>{{ debtor_name }}</b>{% end %}",
    };

    for (size_t i = 0; i < RLC_COUNT(GOOD); i++)
        parse(*state, GOOD[i], RLC_TEMPLATE_HTML);
}

static bool is_refused(struct bench *bench, const char *text)
{
    rlc_arena_reset(&bench->arena);
    return rlc_template_parse(rlc_span_of(text), RLC_TEMPLATE_HTML, &bench->arena, &bench->template,
                              &bench->faults) == RLC_REJECT;
}

/* What browsers repair in ways that an author does not see. */
static void broken_tags_are_refused(void **state)
{
    static const char *const BROKEN[] = {
        "<a b=c\">",   "<a b\">",  "<a\">",  "<a =b>",    "<a b=c=d>", "<a \"b\">",
        "<a b =c \">", "<a <b>",   "<a<b>",  "<a b<c>",   "<a b=<>",   "<a b=c<d>",
        "<a b <c>",    "<!a \">",  "<!a <>", "</1>",      "</>",       "<a b=\"c>",
        "<a b",        "<style>a", "<!a-b>", "<?xml a?>", "<a=b>",     "</<b>",
    };

    for (size_t i = 0; i < RLC_COUNT(BROKEN); i++) {
        if (!is_refused(*state, BROKEN[i]))
            fail_msg("%s is accepted", BROKEN[i]);
    }
}

static void values_stand_nowhere_else(void **state)
{
    static const char *const BAD[] = {
        "<a href=\"{{ debtor_name }}\">",
        "<a href={{ debtor_name }}>",
        "<a {{ debtor_name }}>",
        "<{{ debtor_name }}",
        "</{{ debtor_name }}>",
        "<a{{ debtor_name }}>",
        "<style>{{ debtor_name }}</style>",
        "<style/>{{ debtor_name }}</style>",
        "<style></stylex>{{ debtor_name }}</style>",
        "<style></style</style> <a t=\"</style>{{ debtor_name }}\">",
        "<STYLE a=b>{{ debtor_name }}</style>",
        "<a b\"> <i t=\">{{ debtor_name }}\">",
        "<a =\"> <i t=\">{{ debtor_name }}\">",
        "<a b==\"> <i t=\">{{ debtor_name }}\">",
        "<a b=c\"> <i t=\">{{ debtor_name }}\">",
        "<?a=\"> <i t=\">{{ debtor_name }}",
        "<!a=\"> <i t=\">{{ debtor_name }}",
        "<!-->{{ debtor_name }}-->",
        "</ a=\"> <i t=\">{{ debtor_name }}",
        "<title>{{ debtor_name }}</title>",
        "<script>{{ debtor_name }}</script>",
        "<a title='\"{{ debtor_name }}'>",
        "<{# c #}b {{ debtor_name }}>",
        "<b {% if debtor_name %}>{% else %}c{% end %}>",
    };

    for (size_t i = 0; i < RLC_COUNT(BAD); i++) {
        if (!is_refused(*state, BAD[i]))
            fail_msg("%s is accepted", BAD[i]);
    }
}

static void the_first_line_is_the_subject(void **state)
{
    struct bench *bench = *state;
    struct rlc_message_facts facts = facts_in("en");

    parse(bench, "{# a\nb #}\n{# c #}\nSubject:  {{ creditor_name }}: {# d #}due \n\n\nBody\n",
          RLC_TEMPLATE_TEXT);
    assert_true(bench->template.has_subject);
    assert_int_equal(render(bench, &facts), RLC_OK);
    check_span(bench->message.subject, "Acme: due ");
    check_span(bench->message.body, "Body\n");
    parse(bench, "Subject: only", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_OK);
    check_span(bench->message.subject, "only");
    check_span(bench->message.body, "");
    parse(bench, "Hello\nSubject: a", RLC_TEMPLATE_TEXT);
    assert_false(bench->template.has_subject);
    parse(bench, "Subject: a", RLC_TEMPLATE_HTML);
    assert_false(bench->template.has_subject);
}

static void a_value_with_a_line_break_makes_no_message(void **state)
{
    static const char *const UNCLEAN[] = { "a\nBcc: x@example.org", "a\r\n", "a\xff",
                                           "\xe2\x80\xae" };
    struct bench *bench = *state;
    struct rlc_message_facts facts = facts_in("en");

    for (size_t i = 0; i < RLC_COUNT(UNCLEAN); i++) {
        facts.debtor_name = rlc_span_of(UNCLEAN[i]);
        parse(bench, "Subject: Invoices\n\nDear {{ debtor_name }},", RLC_TEMPLATE_TEXT);
        assert_int_equal(render(bench, &facts), RLC_REJECT);
        assert_int_equal(bench->fault.issue, RLC_TEMPLATE_UNCLEAN_VALUE);
        assert_int_equal(bench->fault.line, 3);
        assert_int_equal(bench->fault.column, 6);
        check_span(bench->fault.name, "debtor_name");
    }
}

static void an_amount_of_no_currency_makes_no_message(void **state)
{
    struct bench *bench = *state;
    struct rlc_message_facts facts = facts_in("en");
    struct rlc_message_total total = { .open = { .minor = 1, .currency = "QQQ" } };

    facts.totals = &total;
    facts.total_count = 1;
    parse(bench, "{% each total %}{{ open }}{% end %}", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_REJECT);
    assert_int_equal(bench->fault.issue, RLC_TEMPLATE_IMPOSSIBLE_VALUE);
    parse(bench, "{% each total %}{{ currency }}{% end %}", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_REJECT);
    assert_int_equal(bench->fault.issue, RLC_TEMPLATE_IMPOSSIBLE_VALUE);
}

static void a_message_has_a_limit(void **state)
{
    enum { LINES_MAX = RLC_MESSAGE_BYTES_MAX / 4 };
    struct bench *bench = *state;
    struct rlc_message_facts facts = facts_in("en");
    struct rlc_message_line *lines = calloc(LINES_MAX, sizeof(*lines));

    assert_non_null(lines);
    facts.lines = lines;
    facts.line_count = LINES_MAX;
    parse(bench, "{% each line %}abcd{% end %}", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_OK);
    assert_int_equal(bench->message.body.size, RLC_MESSAGE_BYTES_MAX);
    parse(bench, "{% each line %}abcd{% end %}e", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_REJECT);
    assert_int_equal(bench->fault.issue, RLC_TEMPLATE_MESSAGE_TOO_LONG);
    parse(bench, "Subject: {% each line %}abcd{% end %}", RLC_TEMPLATE_TEXT);
    assert_int_equal(render(bench, &facts), RLC_REJECT);
    assert_int_equal(bench->fault.issue, RLC_TEMPLATE_SUBJECT_TOO_LONG);
    free(lines);
}

static void a_full_arena_is_no_fault_of_the_template(void **state)
{
    struct bench *bench = *state;
    struct rlc_message_facts facts = facts_in("en");

    rlc_arena_cap(&bench->arena, 16);
    assert_int_equal(rlc_template_parse(rlc_span_of("a{{ creditor_name }}"), RLC_TEMPLATE_TEXT,
                                        &bench->arena, &bench->template, &bench->faults),
                     RLC_FATAL);
    rlc_arena_cap(&bench->arena, 0);
    parse(bench, "{{ debtor_name }}", RLC_TEMPLATE_TEXT);
    rlc_arena_cap(&bench->arena, 16);
    assert_int_equal(render(bench, &facts), RLC_FATAL);
}

static enum rlc_template_issue issue_of(struct bench *bench, const char *text, size_t size)
{
    rlc_arena_reset(&bench->arena);
    if (rlc_template_parse(rlc_span_from(text, size), RLC_TEMPLATE_TEXT, &bench->arena,
                           &bench->template, &bench->faults) == RLC_OK)
        return RLC_TEMPLATE_SOUND;
    return bench->faults.fault[0].issue;
}

static void a_file_has_limits(void **state)
{
    static const char COMMENT[] = { '{', '#', '#', '}', 'a' };
    static char text[RLC_TEMPLATE_BYTES_MAX + 1];
    struct bench *bench = *state;

    memset(text, 'a', sizeof(text));
    assert_int_equal(issue_of(bench, text, sizeof(text) - 1), RLC_TEMPLATE_SOUND);
    assert_int_equal(issue_of(bench, text, sizeof(text)), RLC_TEMPLATE_TOO_LONG);
    for (size_t i = 0; i <= RLC_TEMPLATE_TAGS_MAX; i++)
        memcpy(text + sizeof(COMMENT) * i, COMMENT, sizeof(COMMENT));
    assert_int_equal(issue_of(bench, text, sizeof(COMMENT) * RLC_TEMPLATE_TAGS_MAX),
                     RLC_TEMPLATE_SOUND);
    assert_int_equal(issue_of(bench, text, sizeof(COMMENT) * (RLC_TEMPLATE_TAGS_MAX + 1)),
                     RLC_TEMPLATE_TOO_MANY_TAGS);
}

static void a_file_is_text(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(issue_of(bench, "a\nb\xff", 4), RLC_TEMPLATE_NO_TEXT);
    assert_int_equal(bench->faults.fault[0].line, 2);
    assert_int_equal(issue_of(bench, "a\0b", 3), RLC_TEMPLATE_NO_TEXT);
    assert_int_equal(issue_of(bench, "a\r\n", 3), RLC_TEMPLATE_NO_TEXT);
    assert_int_equal(issue_of(bench, "a\tb\n", 4), RLC_TEMPLATE_SOUND);
}

static size_t read_and_render(struct bench *bench, const char *text, size_t size,
                              enum rlc_template_kind kind)
{
    struct rlc_message_facts facts = facts_in("fr");
    char *copy = malloc(size + 1); /* on the heap, where a sanitizer sees one byte too many */
    bool rendered;

    assert_non_null(copy);
    memcpy(copy, text, size);
    rlc_arena_reset(&bench->arena);
    rendered = rlc_template_parse(rlc_span_from(copy, size), kind, &bench->arena, &bench->template,
                                  &bench->faults) == RLC_OK &&
               render(bench, &facts) == RLC_OK;
    free(copy);
    return rendered;
}

/* Every beginning and every changed byte of a template with everything in it. */
static void no_changed_byte_breaks_the_reader(void **state)
{
    static const char WHOLE[] =
        "{# c #}\nSubject: {% if several_lines %}{{ creditor_name }}{% else %}b{% end %}\n\n"
        "<p a=\"b\">{{ debtor_name:12 }}</p>\n{% each line %}\n{{ number }}{% if disputed %}"
        "<style>{{ disputed }}</style>{% end %}\n{% end %}\n{% each total %}{{ open }}{% end %}";
    static const char BYTES[] = "{}%# \n<>/=\"\xff";
    char text[sizeof(WHOLE)];
    size_t rendered = 0;

    for (size_t i = 0; i < sizeof(WHOLE) - 1; i++) {
        (void)read_and_render(*state, WHOLE, i, RLC_TEMPLATE_TEXT);
        (void)read_and_render(*state, WHOLE, i, RLC_TEMPLATE_HTML);
        for (size_t j = 0; j < sizeof(BYTES) - 1; j++) {
            memcpy(text, WHOLE, sizeof(WHOLE));
            text[i] = BYTES[j];
            rendered += read_and_render(*state, text, sizeof(WHOLE) - 1, RLC_TEMPLATE_TEXT);
            (void)read_and_render(*state, text, sizeof(WHOLE) - 1, RLC_TEMPLATE_HTML);
        }
    }
    assert_true(rendered > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_written_as_it_stands),
        cmocka_unit_test(comments_leave_nothing),
        cmocka_unit_test(a_tag_alone_on_its_line_takes_the_line),
        cmocka_unit_test(a_condition_asks_whether_something_is_there),
        cmocka_unit_test(lists_are_written_item_by_item),
        cmocka_unit_test(amounts_and_dates_follow_the_language),
        cmocka_unit_test(what_is_not_there_writes_nothing),
        cmocka_unit_test(columns_are_filled_up_and_never_cut),
        cmocka_unit_test(data_is_never_read_as_a_template),
        cmocka_unit_test(every_value_in_html_is_escaped),
        cmocka_unit_test(values_stand_wherever_browsers_read_text),
        cmocka_unit_test(broken_tags_are_refused),
        cmocka_unit_test(values_stand_nowhere_else),
        cmocka_unit_test(the_first_line_is_the_subject),
        cmocka_unit_test(a_value_with_a_line_break_makes_no_message),
        cmocka_unit_test(an_amount_of_no_currency_makes_no_message),
        cmocka_unit_test(a_message_has_a_limit),
        cmocka_unit_test(a_full_arena_is_no_fault_of_the_template),
        cmocka_unit_test(a_file_has_limits),
        cmocka_unit_test(a_file_is_text),
        cmocka_unit_test(no_changed_byte_breaks_the_reader),
    };

    return cmocka_run_group_tests(tests, open_bench, close_bench);
}
