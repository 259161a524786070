/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the annex of a message, and that a message has the annex it speaks of. That a
 * reader finds it in the mail is told in test_render.py. */
#include "common/message/annex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/message/message.h"
#include "common/pure/calendar.h"

#include "tests/support/check.h"

#define ENGLISH "Invoice,Dated,Due,Total,Open,Disputed,Interest,Indemnity,Currency\r\n"
#define FRENCH  "Facture,Date,Échéance,Total,À régler,Contesté,Pénalités,Indemnité,Devise\r\n"
#define WORD(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define EUR(amount)                                                                                \
    {                                                                                              \
        .minor = (amount), .currency = "EUR"                                                       \
    }
#define JPY(amount)                                                                                \
    {                                                                                              \
        .minor = (amount), .currency = "JPY"                                                       \
    }

static const struct rlc_message_line FULL = {
    .number = WORD("2026-000117"),
    .issued_on = 20454, /* 2026-01-01 */
    .due_on = 20485,
    .total = EUR(123456),
    .open = EUR(100000),
    .disputed = EUR(23456),
    .interest = EUR(5),
    .indemnity = EUR(4000),
};

static const struct rlc_message_line SHORT = { .open = JPY(-7) };

/* ---- the file ---- */

/* Memory, and what came of the last annex. */
struct bench {
    uint8_t *memory;
    struct rlc_arena arena;
    struct rlc_mail_attachment file;
    struct rlc_fault fault;
    struct rlc_sender sender;
    struct rlc_span mail;
};

static int open_bench(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    bench->memory = malloc(RLC_MESSAGE_ARENA_BYTES);
    assert_non_null(bench->memory);
    rlc_arena_init(&bench->arena, bench->memory, RLC_MESSAGE_ARENA_BYTES);
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

static enum rlc_status write_lines(struct bench *bench, const struct rlc_message_line *lines,
                                   size_t count, const char *language)
{
    rlc_arena_reset(&bench->arena);
    bench->fault = (struct rlc_fault){ .code = NULL };
    return rlc_annex_write(lines, count, rlc_span_of(language), &bench->arena, &bench->file,
                           &bench->fault);
}

static void check_span(struct rlc_span found, const char *expected)
{
    char text[1024];

    assert_true(found.size < sizeof(text));
    memcpy(text, found.data, found.size);
    text[found.size] = '\0';
    assert_string_equal(text, expected);
}

static void a_line_is_a_row_under_titles_in_the_language_of_the_message(void **state)
{
    static const char row[] = "\"2026-000117\",2026-01-01,2026-02-01,"
                              "1234.56,1000.00,234.56,0.05,40.00,EUR\r\n";
    static const struct {
        const char *language, *file_name, *titles;
    } cases[] = {
        { "fr", "annexe.csv", FRENCH },
        { "en", "annex.csv", ENGLISH },
        { "de", "annex.csv", ENGLISH },
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        char expected[512];

        assert_int_equal(write_lines(bench, &FULL, 1, cases[i].language), RLC_OK);
        check_span(bench->file.name, cases[i].file_name);
        check_span(bench->file.type, "text/csv; charset=utf-8; header=present");
        (void)snprintf(expected, sizeof(expected), "%s%s", cases[i].titles, row);
        check_span(bench->file.bytes, expected);
    }
}

static void what_is_not_there_leaves_its_cell_empty(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(write_lines(bench, &SHORT, 1, "en"), RLC_OK);
    check_span(bench->file.bytes, ENGLISH "\"\",,,,-7,,,,JPY\r\n");
}

static void a_number_is_one_cell_and_never_a_formula(void **state)
{
    static const struct {
        const char *number, *cell;
    } cases[] = {
        { "F-1", "\"F-1\"" },
        { "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"" },
        { "+1", "\"'+1\"" },
        { "-1+1", "\"'-1+1\"" },
        { "@SUM(A1)", "\"'@SUM(A1)\"" },
        { "＝1", "\"'＝1\"" },
        { "＋1", "\"'＋1\"" },
        { "－1", "\"'－1\"" },
        { "＠A1", "\"'＠A1\"" },
        { "1=1", "\"1=1\"" },
        { "a,b", "\"a,b\"" },
        { "1;=1", "\"1;=1\"" },
        { "a\"b", "\"a\"\"b\"" },
        { "\"", "\"\"\"\"" },
        { "=\"\"", "\"'=\"\"\"\"\"" },
        { "№ 7/é", "\"№ 7/é\"" },
    };
    struct bench *bench = *state;
    struct rlc_message_line line = SHORT;

    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        char expected[256];

        line.number = rlc_span_of(cases[i].number);
        assert_int_equal(write_lines(bench, &line, 1, "en"), RLC_OK);
        (void)snprintf(expected, sizeof(expected), ENGLISH "%s,,,,-7,,,,JPY\r\n", cases[i].cell);
        check_span(bench->file.bytes, expected);
    }
}

static void a_line_that_cannot_be_written_is_refused_with_its_place(void **state)
{
    static const char long_number[] =
        "0123456789012345678901234567890123456789012345678901234567890123_";
    struct bench *bench = *state;
    struct rlc_message_line bad[9];
    static const char *const members[] = { "number", "number", "number",   "number",   "due_on",
                                           "total",  "open",   "interest", "indemnity" };

    for (size_t i = 0; i < RLC_COUNT(bad); i++)
        bad[i] = FULL;
    bad[0].number = rlc_span_of("1\r\n2");
    bad[1].number = rlc_span_of("\t=1");
    bad[2].number = rlc_span_of("1\xff");
    bad[3].number = rlc_span_of(long_number);
    bad[4].due_on = INT32_MAX;
    bad[5].total.currency[0] = 'G';
    bad[6].open.currency[0] = '\0';
    bad[7].interest = SHORT.open;
    bad[8].indemnity = (struct rlc_money){ .minor = 1 };
    for (size_t i = 0; i < RLC_COUNT(bad); i++) {
        struct rlc_message_line lines[] = { FULL, FULL, bad[i], bad[0] };
        char path[64];

        assert_int_equal(write_lines(bench, lines, RLC_COUNT(lines), "fr"), RLC_REJECT);
        (void)snprintf(path, sizeof(path), "annex[2].%s", members[i]);
        assert_string_equal(bench->fault.path, path);
        assert_string_equal(bench->fault.code, "NOT_RENDERED");
    }
    bad[3].number.size--;
    assert_int_equal(write_lines(bench, &bad[3], 1, "fr"), RLC_OK);
}

/* ---- the message ---- */

/* Line ends, which cost most when a mail is encoded. */
#define LF_25 "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
#define LF_400                                                                                     \
    LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25 LF_25

static const struct rlc_bundle_file FILES[] = {
    { .path = WORD("bundle.yaml") },
    { .path = WORD("senders/acme.yaml") },
    { .path = WORD("templates/long.en.html") },
    { .path = WORD("templates/long.en.txt") },
    { .path = WORD("templates/notice.en.txt") },
    { .path = WORD("templates/notice.fr.txt") },
};

static const struct rlc_span CONTENTS[] = {
    WORD("language: fr\n"),
    WORD("name: Acme\nemail: ar@acme.example\n"),
    WORD("<p>{% each line %}{{ open }} " LF_400 LF_25 LF_25 LF_25 "{% end %}</p>\n"),
    WORD("Subject: Invoices\n\n{% each line %}{{ number }} " LF_400 LF_25 "{% end %}\n"),
    WORD("Subject: Invoices\n\n{{ unlisted_count }} more\n"),
    WORD("Subject: Factures\n\n{{ unlisted_count }} en annexe\n"),
};

/* An order in English, of lines that are listed and lines of the annex that are the same ones. */
static struct rlc_message_order order_of(const char *template_name,
                                         const struct rlc_message_line *lines, size_t annex_count,
                                         uint32_t unlisted_count)
{
    return (struct rlc_message_order){
        .template_name = rlc_span_of(template_name),
        .sender = rlc_span_of("acme"),
        .to = { { NULL, 0 }, rlc_span_of("ap@debtor.example") },
        .facts = { .language = rlc_span_of("en"),
                   .lines = lines,
                   .line_count = 1,
                   .unlisted_count = unlisted_count },
        .annex = lines,
        .annex_count = annex_count,
        .dated_at_ms = 1,
    };
}

static enum rlc_status compose(struct bench *bench, struct rlc_message_order order)
{
    const struct rlc_bundle bundle = { .files = FILES,
                                       .contents = CONTENTS,
                                       .file_count = RLC_COUNT(FILES) };

    order.bundle = &bundle;
    rlc_arena_reset(&bench->arena);
    bench->mail = (struct rlc_span){ NULL, 0 };
    return rlc_message_compose(&order, &bench->arena, &bench->sender, &bench->mail, &bench->fault);
}

static bool says(const struct bench *bench, const char *text)
{
    size_t size = strlen(text);

    for (size_t at = 0; at + size <= bench->mail.size; at++) {
        if (memcmp(bench->mail.data + at, text, size) == 0)
            return true;
    }
    return false;
}

static void a_message_has_the_annex_that_it_speaks_of(void **state)
{
    const struct rlc_message_line lines[] = { FULL, SHORT };
    struct bench *bench = *state;

    assert_int_equal(compose(bench, order_of("notice", lines, 0, 0)), RLC_OK);
    assert_false(says(bench, "attachment"));
    assert_true(says(bench, "\r\n0 more\r\n"));
    assert_int_equal(compose(bench, order_of("notice", lines, 2, 2)), RLC_OK);
    assert_true(says(bench, " filename=\"annex.csv\"\r\n"));
    assert_true(says(bench, "\r\n2 more\r\n"));
}

static void an_annex_of_other_lines_than_it_speaks_of_is_none(void **state)
{
    static const struct {
        size_t annex_count;
        uint32_t unlisted_count;
    } cases[] = { { 0, 1 }, { 1, 0 }, { 1, 2 }, { 2, 1 } };
    const struct rlc_message_line lines[] = { FULL, SHORT };
    struct bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        assert_int_equal(compose(bench, order_of("notice", lines, cases[i].annex_count,
                                                 cases[i].unlisted_count)),
                         RLC_REJECT);
        assert_string_equal(bench->fault.code, "BAD_ANNEX");
        assert_string_equal(bench->fault.path, "annex");
        assert_int_equal(bench->mail.size, 0);
    }
}

static void an_annex_is_in_the_language_of_the_template(void **state)
{
    struct rlc_message_order order = order_of("notice", &FULL, 1, 1);
    struct bench *bench = *state;

    order.facts.language = rlc_span_of("de");
    assert_int_equal(compose(bench, order), RLC_OK);
    assert_true(says(bench, "\r\n1 en annexe\r\n"));
    assert_true(says(bench, " filename=\"annexe.csv\"\r\n"));
}

static void an_annex_that_cannot_be_written_stops_the_message(void **state)
{
    struct rlc_message_line lines[] = { FULL, FULL };
    struct bench *bench = *state;

    lines[1].issued_on = INT32_MIN;
    assert_int_equal(compose(bench, order_of("notice", lines, 2, 2)), RLC_REJECT);
    assert_string_equal(bench->fault.path, "annex[1].issued_on");
    assert_int_equal(bench->mail.size, 0);
}

/* Everything as long as it may be. */
static void the_longest_message_fits_the_room_that_is_promised(void **state)
{
    struct bench *bench = *state;
    const struct rlc_money amount = { .minor = INT64_MIN, .currency = "TND" };
    size_t count = RLC_MESSAGE_ANNEX_MAX + 1; /* one too many can be tried */
    struct rlc_message_line *lines = calloc(count, sizeof(*lines));
    char number[RLC_NUMBER_BYTES_MAX];
    struct rlc_message_order order;

    assert_non_null(lines);
    memset(number, '"', sizeof(number));
    number[0] = '=';
    for (size_t i = 0; i < count; i++) {
        lines[i] = (struct rlc_message_line){ .number = rlc_span_from(number, sizeof(number)),
                                              .issued_on = RLC_DAY_MIN,
                                              .due_on = RLC_DAY_MIN,
                                              .total = amount,
                                              .open = amount,
                                              .disputed = amount,
                                              .interest = amount,
                                              .indemnity = amount };
    }
    assert_int_equal(write_lines(bench, lines, RLC_MESSAGE_ANNEX_MAX, "fr"), RLC_OK);
    order = order_of("long", lines, RLC_MESSAGE_ANNEX_MAX, RLC_MESSAGE_ANNEX_MAX);
    order.facts.line_count = RLC_REQUEST_LINES_MAX;
    assert_int_equal(compose(bench, order), RLC_OK);
    assert_int_equal(compose(bench, order_of("notice", lines, count, (uint32_t)count)), RLC_REJECT);
    assert_string_equal(bench->fault.code, "TOO_MANY");
    assert_string_equal(bench->fault.path, "annex");
    free(lines);
}

static void an_arena_without_room_asks_for_more(void **state)
{
    struct bench *bench = *state;
    struct rlc_arena whole = bench->arena;

    assert_int_equal(write_lines(bench, &FULL, 1, "en"), RLC_OK);
    rlc_arena_init(&bench->arena, bench->memory, bench->arena.used - 1);
    assert_int_equal(write_lines(bench, &FULL, 1, "en"), RLC_RETRY);
    bench->arena = whole;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_a_row_under_titles_in_the_language_of_the_message),
        cmocka_unit_test(what_is_not_there_leaves_its_cell_empty),
        cmocka_unit_test(a_number_is_one_cell_and_never_a_formula),
        cmocka_unit_test(a_line_that_cannot_be_written_is_refused_with_its_place),
        cmocka_unit_test(a_message_has_the_annex_that_it_speaks_of),
        cmocka_unit_test(an_annex_of_other_lines_than_it_speaks_of_is_none),
        cmocka_unit_test(an_annex_is_in_the_language_of_the_template),
        cmocka_unit_test(an_annex_that_cannot_be_written_stops_the_message),
        cmocka_unit_test(the_longest_message_fits_the_room_that_is_promised),
        cmocka_unit_test(an_arena_without_room_asks_for_more),
    };

    return cmocka_run_group_tests(tests, open_bench, close_bench);
}
