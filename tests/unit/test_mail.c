/* SPDX-License-Identifier: Apache-2.0 */
/* Composing at its bounds, and what may go out. What a reader finds in a message is the subject of
 * test_mail_read.py. */
#include "common/mail/mail.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "common/mail/outgoing.h"

#define SPAN(literal) rlc_span_from((literal), sizeof(literal) - 1)

enum { SMALL_ARENA_BYTES = 4096 };

static struct rlc_mail sound_mail(void)
{
    return (struct rlc_mail){
        .from = { SPAN("Acme SA"), SPAN("ar@acme.test") },
        .to = { SPAN("Debtor"), SPAN("ap@debtor.test") },
        .subject = SPAN("Invoice 42"),
        .text = SPAN("Dear Sir or Madam,\n.\r\nbye"),
        .message_id = SPAN("<00ff.1@acme.test>"),
        .dated_at_ms = INT64_C(1795960624123),
    };
}

/* How often the text stands in the bytes; `ret_last` is where it does last. */
static size_t occurrences(struct rlc_span bytes, const char *text, const uint8_t **ret_last)
{
    size_t size = strlen(text);
    size_t count = 0;

    *ret_last = bytes.data;
    for (size_t at = 0; at + size <= bytes.size; at++) {
        if (memcmp(bytes.data + at, text, size) != 0)
            continue;
        count++;
        *ret_last = bytes.data + at;
    }
    return count;
}

static bool holds(struct rlc_span bytes, const char *text)
{
    const uint8_t *last;

    return occurrences(bytes, text, &last) > 0;
}

static void a_message_has_its_headers_in_order_and_its_lines_whole(void **state)
{
    static const char expected[] = "Date: Sun, 29 Nov 2026 13:57:04 +0000\r\n"
                                   "From: \"Acme SA\" <ar@acme.test>\r\n"
                                   "To: \"Debtor\" <ap@debtor.test>\r\n"
                                   "Subject: Invoice 42\r\n"
                                   "Message-ID: <00ff.1@acme.test>\r\n"
                                   "Auto-Submitted: auto-generated\r\n"
                                   "MIME-Version: 1.0\r\n"
                                   "Content-Type: text/plain; charset=utf-8\r\n"
                                   "Content-Transfer-Encoding: quoted-printable\r\n"
                                   "\r\n"
                                   "Dear Sir or Madam,\r\n"
                                   ".\r\n"
                                   "bye\r\n";
    uint8_t memory[SMALL_ARENA_BYTES];
    struct rlc_mail mail = sound_mail();
    struct rlc_fault fault;
    struct rlc_arena arena;
    struct rlc_span bytes;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
    assert_int_equal(bytes.size, sizeof(expected) - 1);
    assert_memory_equal(bytes.data, expected, bytes.size);
}

static void the_day_of_the_week_is_that_of_the_date(void **state)
{
    static const struct {
        rlc_ms at_ms;
        const char *header;
    } cases[] = {
        { 1, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n" },
        { INT64_C(951782399999), "Date: Mon, 28 Feb 2000 23:59:59 +0000\r\n" },
        { INT64_C(951782400000), "Date: Tue, 29 Feb 2000 00:00:00 +0000\r\n" },
        { INT64_C(7289654399999), "Date: Wed, 31 Dec 2200 23:59:59 +0000\r\n" },
    };
    uint8_t memory[SMALL_ARENA_BYTES];
    struct rlc_mail mail = sound_mail();
    struct rlc_fault fault;
    struct rlc_arena arena;
    struct rlc_span bytes;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        rlc_arena_reset(&arena);
        mail.dated_at_ms = cases[i].at_ms;
        assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
        assert_true(holds(bytes, cases[i].header));
    }
}

static void a_blank_at_the_end_of_a_line_is_not_lost_on_the_way(void **state)
{
    uint8_t memory[SMALL_ARENA_BYTES];
    struct rlc_mail mail = sound_mail();
    struct rlc_fault fault;
    struct rlc_arena arena;
    struct rlc_span bytes;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    mail.text = SPAN("-- \nAcme\t\n1 = 1\n");
    assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
    assert_true(holds(bytes, "\r\n--=20\r\nAcme=09\r\n1 =3D 1\r\n"));
}

/* Programs join blanks, trim them, and decode what looks like an encoded word. */
static void what_a_program_might_change_is_encoded(void **state)
{
    static const struct {
        const char *text;
        const char *subject;
        const char *to;
    } cases[] = {
        { "a b", "Subject: a b\r\n", "To: \"a b\" <" },
        { "a  b", "Subject: =?utf-8?q?a__b?=\r\n", "To: =?utf-8?q?a__b?= <" },
        { " a", "Subject: =?utf-8?q?_a?=\r\n", "To: =?utf-8?q?_a?= <" },
        { "a ", "Subject: =?utf-8?q?a_?=\r\n", "To: =?utf-8?q?a_?= <" },
        { "=?x", "Subject: =?utf-8?b?PT94?=\r\n", "To: =?utf-8?b?PT94?= <" },
        { "a\"\\", "Subject: a\"\\\r\n", "To: \"a\\\"\\\\\" <" },
    };
    uint8_t memory[SMALL_ARENA_BYTES];
    struct rlc_mail mail = sound_mail();
    struct rlc_fault fault;
    struct rlc_arena arena;
    struct rlc_span bytes;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        rlc_arena_reset(&arena);
        mail.subject = mail.to.name = rlc_span_of(cases[i].text);
        assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
        assert_true(holds(bytes, cases[i].subject));
        assert_true(holds(bytes, cases[i].to));
    }
}

/* The boundary can be known before: it comes from the message id. */
static void no_line_of_a_body_is_the_boundary(void **state)
{
    uint8_t memory[SMALL_ARENA_BYTES];
    struct rlc_mail mail = sound_mail();
    char line[] = "--=_0123456789abcdef0123456789abcdef";
    const uint8_t *last;
    struct rlc_fault fault;
    struct rlc_arena arena;
    struct rlc_span bytes;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    mail.html = SPAN("<p>bye</p>");
    assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
    assert_int_equal(occurrences(bytes, "--=_", &last), 3);
    memcpy(line, last, sizeof(line) - 1);

    rlc_arena_reset(&arena);
    mail.text = rlc_span_of(line);
    assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
    assert_int_equal(occurrences(bytes, line, &last), 3);
}

/* Two messages in one, such as a forwarded one, must not end each other. */
static void another_message_has_another_boundary(void **state)
{
    uint8_t memory[SMALL_ARENA_BYTES];
    struct rlc_mail mail = sound_mail();
    struct rlc_mail other = sound_mail();
    const uint8_t *boundary;
    const uint8_t *other_boundary;
    struct rlc_fault fault;
    struct rlc_arena arena;
    struct rlc_span bytes;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    mail.html = other.html = SPAN("<p>bye</p>");
    other.message_id = SPAN("<00ff.2@acme.test>");
    assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
    assert_int_equal(occurrences(bytes, "--=_", &boundary), 3);
    assert_int_equal(rlc_mail_compose(&other, &arena, &bytes, &fault), RLC_OK);
    assert_int_equal(occurrences(bytes, "--=_", &other_boundary), 3);
    assert_memory_not_equal(boundary, other_boundary, strlen("--=_0123456789abcdef"));
}

static void an_arena_without_room_is_left_as_it_was(void **state)
{
    uint8_t memory[SMALL_ARENA_BYTES];
    struct rlc_mail mail = sound_mail();
    struct rlc_fault fault;
    struct rlc_arena arena;
    struct rlc_span bytes = SPAN("left over");
    struct rlc_mail_attachment file = { SPAN("a.csv"), SPAN("text/csv"), SPAN("1,2\r\n") };
    size_t needed;

    (void)state;
    mail.html = SPAN("<p>bye</p>");
    mail.attachments = &file;
    mail.attachment_count = 1;
    rlc_arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
    needed = arena.used;
    for (size_t size = 0; size < needed; size++) {
        rlc_arena_init(&arena, memory, size);
        assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_RETRY);
        assert_int_equal(arena.used, 0);
        assert_int_equal(bytes.size, 0);
    }
}

/* As many and as much as there may be, under the longest names. */
static void attach_all(struct rlc_mail *mail, const uint8_t *bytes,
                       struct rlc_mail_attachment files[RLC_MAIL_ATTACHMENTS_MAX])
{
    static char name[RLC_MAIL_FILE_NAME_MAX];
    static char type[RLC_MAIL_TYPE_MAX];

    memset(name, 'n', sizeof(name));
    memset(type, 't', sizeof(type));
    type[1] = '/';
    for (size_t i = 0; i < RLC_MAIL_ATTACHMENTS_MAX; i++) {
        size_t size = i ? 1 : RLC_MAIL_ATTACHED_MAX - (RLC_MAIL_ATTACHMENTS_MAX - 1);

        files[i] = (struct rlc_mail_attachment){ rlc_span_from(name, sizeof(name)),
                                                 rlc_span_from(type, sizeof(type)),
                                                 rlc_span_from(bytes, size) };
    }
    mail->attachments = files;
    mail->attachment_count = RLC_MAIL_ATTACHMENTS_MAX;
}

/* Everything as long as it may be, of the bytes that cost most. */
static void the_longest_message_fits_the_room_that_is_promised(void **state)
{
    static const char *const costly[] = {
        "\n", "\r", " \n", "\xc3\xa9\n", "=", "\t\n=", "\"", "x"
    };
    static char label[] = "@ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
                          ".ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
                          ".dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.test";
    struct rlc_mailbox copies[RLC_MAIL_CC_MAX];
    struct rlc_mail_attachment files[RLC_MAIL_ATTACHMENTS_MAX];
    uint8_t *attached = calloc(1, RLC_MAIL_ATTACHED_MAX);
    char address[RLC_EMAIL_MAX];
    uint8_t *memory = malloc(RLC_MAIL_ARENA_BYTES);
    char *body = malloc(RLC_MAIL_BODY_MAX);
    char line[RLC_MAIL_SUBJECT_MAX];
    struct rlc_mail mail = sound_mail();
    struct rlc_fault fault;
    struct rlc_arena arena;
    struct rlc_span bytes;

    (void)state;
    assert_true(memory && body && attached);
    attach_all(&mail, attached, files);
    memset(address, 'l', RLC_EMAIL_LOCAL_MAX);
    memcpy(address + RLC_EMAIL_LOCAL_MAX, label, sizeof(label) - 1);
    memset(line, '"', sizeof(line));
    mail.from.address = rlc_span_from(address, RLC_EMAIL_LOCAL_MAX + sizeof(label) - 1);
    mail.from.name = rlc_span_from(line, RLC_MAIL_NAME_MAX);
    mail.subject = rlc_span_from(line, RLC_MAIL_SUBJECT_MAX);
    mail.to = mail.reply_to = mail.from;
    for (size_t i = 0; i < RLC_MAIL_CC_MAX; i++)
        copies[i] = mail.from;
    mail.cc = copies;
    mail.cc_count = RLC_MAIL_CC_MAX;
    for (size_t i = 0; i < RLC_COUNT(costly); i++) {
        size_t size = strlen(costly[i]);

        for (size_t at = 0; at < RLC_MAIL_BODY_MAX; at++)
            body[at] = costly[i][at % size];
        mail.text = rlc_span_from(body, RLC_MAIL_BODY_MAX / size * size);
        mail.html = mail.text;
        rlc_arena_init(&arena, memory, RLC_MAIL_ARENA_BYTES);
        assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_OK);
    }
    free(attached);
    free(body);
    free(memory);
}

static void an_address_is_refused_with_the_reason_and_the_place(void **state)
{
    static const char local_65[] =
        "lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll@b.fr";
    static const struct {
        struct rlc_span address;
        const char *code;
        const char *word; /* of the remedy */
    } cases[] = {
        { { NULL, 0 }, "MISSING_FIELD", "fill" },
        { { (const uint8_t *)local_65, sizeof(local_65) - 1 }, "TOO_LONG", "shorten" },
        { { (const uint8_t *)"d\xc3\xa9"
                             "bit@b.fr",
            11 },
          "BAD_ADDRESS",
          "xn--" },
        { { (const uint8_t *)"a@b.fr\r\nRCPT TO:<x@evil.test>", 30 }, "BAD_ADDRESS", "plain" },
        { { (const uint8_t *)"a@b.fr\0", 7 }, "BAD_ADDRESS", "plain" },
    };
    struct rlc_fault fault;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(cases); i++) {
        fault = (struct rlc_fault){ .code = NULL };
        assert_int_equal(rlc_mail_address_check(cases[i].address, "envelope.to", &fault),
                         RLC_REJECT);
        assert_string_equal(fault.code, cases[i].code);
        assert_string_equal(fault.path, "envelope.to");
        assert_non_null(strstr(fault.remedy, cases[i].word));
    }
    assert_int_equal(rlc_mail_address_check(SPAN("a@xn--dbit-bpa.fr"), "envelope.to", &fault),
                     RLC_OK);
}

static void a_refused_message_leaves_nothing_behind(void **state)
{
    uint8_t memory[SMALL_ARENA_BYTES];
    struct rlc_mail mail = sound_mail();
    struct rlc_mailbox copies[2] = { mail.to, mail.to };
    struct rlc_fault fault = { .code = NULL };
    struct rlc_arena arena;
    struct rlc_span bytes = SPAN("left over");

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    copies[1].name = SPAN("a\r\nBcc: x@evil.test");
    mail.cc = copies;
    mail.cc_count = 2;
    assert_int_equal(rlc_mail_compose(&mail, &arena, &bytes, &fault), RLC_REJECT);
    assert_string_equal(fault.code, "BAD_TEXT");
    assert_string_equal(fault.path, "cc[1].name");
    assert_null(strstr(fault.remedy, "evil"));
    assert_int_equal(bytes.size, 0);
    assert_int_equal(arena.used, 0);
}

static void a_reply_name_without_its_address_is_no_mailbox(void **state)
{
    struct rlc_mail mail = sound_mail();
    struct rlc_fault fault;

    (void)state;
    mail.reply_to.name = SPAN("Acme SA");
    assert_int_equal(rlc_mail_check(&mail, &fault), RLC_REJECT);
    assert_string_equal(fault.code, "MISSING_FIELD");
    assert_string_equal(fault.path, "reply_to.address");
}

static const struct rlc_action_id ACTION = { { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
                                               0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff } };

static void an_action_has_one_message_id(void **state)
{
    char text[RLC_MAIL_MESSAGE_ID_SIZE];
    struct rlc_mail mail = sound_mail();
    struct rlc_fault fault;

    (void)state;
    mail.message_id.size = rlc_mail_message_id(&ACTION, SPAN("acme.test"), text);
    mail.message_id.data = (const uint8_t *)text;
    assert_string_equal(text, "<00112233445566778899aabbccddeeff@acme.test>");
    assert_int_equal(mail.message_id.size, strlen(text));
    assert_int_equal(rlc_mail_check(&mail, &fault), RLC_OK);
}

static void a_message_id_is_whole_or_none(void **state)
{
    static const char domain[] = "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd."
                                 "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd."
                                 "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd."
                                 "dddddddddddddddddddddddddddddd";
    char text[RLC_MAIL_MESSAGE_ID_SIZE];
    size_t room = RLC_EMAIL_MAX - 33; /* hex and the at sign */

    (void)state;
    assert_int_equal(sizeof(domain) - 1, room + 1);
    assert_int_equal(rlc_mail_message_id(&ACTION, rlc_span_from(domain, room), text),
                     RLC_MAIL_MESSAGE_ID_MAX);
    assert_int_equal(rlc_mail_message_id(&ACTION, rlc_span_from(domain, room + 1), text), 0);
    assert_string_equal(text, "");
    assert_int_equal(rlc_mail_message_id(&ACTION, SPAN("acme.test\r\n"), text), 0);
    assert_int_equal(rlc_mail_message_id(&ACTION, SPAN("localhost"), text), 0);
    assert_int_equal(rlc_mail_message_id(&ACTION, rlc_span_of(NULL), text), 0);
}

#define X_11  "xxxxxxxxxxx"
#define X_99  X_11 X_11 X_11 X_11 X_11 X_11 X_11 X_11 X_11
#define X_990 X_99 X_99 X_99 X_99 X_99 X_99 X_99 X_99 X_99 X_99

static void what_goes_out_has_the_headers_that_were_asked_for_and_no_other(void **state)
{
    static const char *const names[] = { "From", "To" };
    static const struct rlc_span sound[] = {
        { (const uint8_t *)"From: a\r\nTo: b\r\n c\r\n\r\n", 22 },
        { (const uint8_t *)"From: a\r\nTo: b\r\n\r\n.\r\nBcc: c\r\n", 29 },
    };
    static const char *const broken[] = {
        "",
        "From: a\r\n",
        "From: a\r\nTo: b\r\n",
        "From: a\r\n\r\n",
        "To: b\r\nFrom: a\r\n\r\n",
        "From: a\r\nTo: b\r\nBcc: c\r\n\r\n",
        "From: a\r\nBcc: c\r\nTo: b\r\n\r\n",
        "From: a\r\nTo: b\r\nTo: c\r\n\r\n",
        " From: a\r\nTo: b\r\n\r\n",
        " Bcc: c\r\nFrom: a\r\nTo: b\r\n\r\n",
        "From: a\r\nTo b\r\n\r\n",
        "From: a\nTo: b\r\n\r\n",
        "From: a\r\nTo: b\r\n\n",
        "From: a\r\nTo: b\rBcc: c\r\n\r\n",
        "From: a\r\nTo: \xc3\xa9\r\n\r\n",
        "From: a\r\nTo: b\r\n\r\n\xc3\xa9\r\n",
        "From: a\r\nTo: b\r\n\r\nbare\n",
        "From: a\r\nTo: b\r\n\r\nunfinished",
        "From: a\r\nTo: b\r\n\r\n" X_990 "123456789\r\n",
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(sound); i++)
        assert_true(rlc_mail_outgoing_valid(sound[i], names, RLC_COUNT(names)));
    for (size_t i = 0; i < RLC_COUNT(broken); i++)
        assert_false(rlc_mail_outgoing_valid(rlc_span_of(broken[i]), names, RLC_COUNT(names)));
    assert_true(rlc_mail_outgoing_valid(
        rlc_span_of("From: a\r\nTo: b\r\n\r\n" X_990 "12345678\r\n"), names, RLC_COUNT(names)));
    assert_false(
        rlc_mail_outgoing_valid(SPAN("From: a\0\r\nTo: b\r\n\r\n"), names, RLC_COUNT(names)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_has_its_headers_in_order_and_its_lines_whole),
        cmocka_unit_test(the_day_of_the_week_is_that_of_the_date),
        cmocka_unit_test(a_blank_at_the_end_of_a_line_is_not_lost_on_the_way),
        cmocka_unit_test(what_a_program_might_change_is_encoded),
        cmocka_unit_test(no_line_of_a_body_is_the_boundary),
        cmocka_unit_test(another_message_has_another_boundary),
        cmocka_unit_test(an_arena_without_room_is_left_as_it_was),
        cmocka_unit_test(the_longest_message_fits_the_room_that_is_promised),
        cmocka_unit_test(an_address_is_refused_with_the_reason_and_the_place),
        cmocka_unit_test(a_refused_message_leaves_nothing_behind),
        cmocka_unit_test(a_reply_name_without_its_address_is_no_mailbox),
        cmocka_unit_test(an_action_has_one_message_id),
        cmocka_unit_test(a_message_id_is_whole_or_none),
        cmocka_unit_test(what_goes_out_has_the_headers_that_were_asked_for_and_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
