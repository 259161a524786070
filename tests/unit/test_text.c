/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/text.h"

#include "tests/support/check.h"
#include "tests/support/random.h"

/* Bytes with their length: some of them hold a NUL. */
#define BYTES(literal)                                                                             \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

static const struct rlc_span WELL_FORMED[] = {
    BYTES(""),
    BYTES("plain"),
    BYTES("a\0b"),
    BYTES("D\xc3\xa9"
          "bitrice"),
    BYTES("\xc2\x80"),         /* U+0080, the first of two bytes */
    BYTES("\xdf\xbf"),         /* U+07FF, the last of two */
    BYTES("\xe0\xa0\x80"),     /* U+0800, the first of three */
    BYTES("\xed\x9f\xbf"),     /* U+D7FF, before the surrogates */
    BYTES("\xee\x80\x80"),     /* U+E000, after them */
    BYTES("\xef\xbf\xbf"),     /* U+FFFF */
    BYTES("\xf0\x90\x80\x80"), /* U+10000, the first of four */
    BYTES("\xf4\x8f\xbf\xbf"), /* U+10FFFF, the last of all */
};

static const struct rlc_span ILL_FORMED[] = {
    BYTES("\x80"), /* a continuation without a start */
    BYTES("a\xbf"),
    BYTES("\xc3"), /* cut short */
    BYTES("\xc3("),
    BYTES("\xe2\x82"),
    BYTES("\xe2\x82("),
    BYTES("\xf0\x9f\x98"),
    BYTES("\xc0\x80"), /* overlong NUL */
    BYTES("\xc1\xbf"), /* overlong DEL */
    BYTES("\xc0\xaf"), /* overlong '/' */
    BYTES("\xe0\x80\xaf"),
    BYTES("\xe0\x9f\xbf"),
    BYTES("\xf0\x80\x80\xaf"),
    BYTES("\xf0\x8f\xbf\xbf"),
    BYTES("\xed\xa0\x80"),     /* U+D800, a surrogate */
    BYTES("\xed\xbf\xbf"),     /* U+DFFF */
    BYTES("\xf4\x90\x80\x80"), /* U+110000 */
    BYTES("\xf5\x80\x80\x80"),
    BYTES("\xf8\x88\x80\x80\x80"),
    BYTES("\xfe"),
    BYTES("\xff"),
    BYTES("D\xe9"
          "bitrice"), /* Latin-1 */
};

static void text_is_strict_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(WELL_FORMED); i++)
        assert_true(rlc_text_is_utf8(WELL_FORMED[i]));
    for (size_t i = 0; i < RLC_COUNT(ILL_FORMED); i++) {
        assert_false(rlc_text_is_utf8(ILL_FORMED[i]));
        assert_false(rlc_text_is_clean(ILL_FORMED[i]));
        assert_false(rlc_id_valid(ILL_FORMED[i]));
    }
    /* The rest of the character lies behind the end of the text. */
    assert_false(rlc_text_is_utf8(rlc_span_from("ab\xe2\x82\xac", 4)));
}

static size_t encode(uint32_t code, uint8_t bytes[4])
{
    static const uint32_t bounds[] = { 0x80, 0x800, 0x10000, 0x110000 };
    static const uint8_t leads[] = { 0x00, 0xc0, 0xe0, 0xf0 };
    size_t size = 1;

    while (code >= bounds[size - 1])
        size++;
    for (size_t i = size; i > 1; i--, code >>= 6)
        bytes[i - 1] = (uint8_t)(0x80 | (code & 0x3f));
    bytes[0] = (uint8_t)(leads[size - 1] | code);
    return size;
}

static void every_code_point_but_the_surrogates_is_utf8(void **state)
{
    uint8_t bytes[4];

    (void)state;
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        struct rlc_span text = rlc_span_from(bytes, encode(code, bytes));
        bool surrogate = code >= 0xd800 && code <= 0xdfff;

        assert_int_equal(rlc_text_is_utf8(text), !surrogate);
        /* Cutting the last byte off never leaves a whole character. */
        text.size--;
        assert_int_equal(rlc_text_is_utf8(text), text.size == 0);
    }
}

static void noise_is_judged_without_reading_past_its_end(void **state)
{
    struct random random = { 5 };
    uint8_t bytes[16];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        size_t size = 1 + random_below(&random, sizeof(bytes));
        uint8_t *start = bytes + sizeof(bytes) - size;

        for (size_t b = 0; b < size; b++)
            start[b] = (uint8_t)(0x70 + random_below(&random, 0x90));
        if (rlc_text_is_clean(rlc_span_from(start, size)))
            assert_true(rlc_text_is_utf8(rlc_span_from(start, size)));
    }
}

static const struct rlc_span CLEAN[] = {
    BYTES(""),
    BYTES("Soci\xc3\xa9t\xc3\xa9 G\xc3\xa9n\xc3\xa9rale & Cie, SA (\"SG\")"),
    BYTES("\xd0\x9e\xd0\x9e\xd0\x9e \xd0\xa0\xd0\xbe\xd0\xb3\xd0\xb0"),
    BYTES("\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe"),
    BYTES("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"),
    BYTES("12\xc2\xa0"
          "345,60 \xe2\x82\xac"),
    BYTES("\xf0\x9f\x98\x80"),
    BYTES("C:\\path|pipe<tag>"),
};

static const struct rlc_span UNCLEAN[] = {
    BYTES("a\0b"),
    BYTES("a\tb"),
    BYTES("a\nb"),
    BYTES("a\rb"),
    BYTES("a\r\nBcc: x@example.test"),
    BYTES("\x1b[2J"),
    BYTES("\x7f"),
    BYTES("\xc2\x80"),
    BYTES("\xc2\x85"), /* NEL, a line end */
    BYTES("\xc2\x9f"),
    BYTES("pay\xc2\xad"
          "ment"),     /* soft hyphen */
    BYTES("\xd8\x9c"), /* U+061C */
    BYTES("a\xe2\x80\x8b"
          "b"), /* U+200B */
    BYTES("a\xe2\x80\x8c"
          "b"),
    BYTES("a\xe2\x80\x8d"
          "b"),
    BYTES("a\xe2\x80\x8e"
          "b"),
    BYTES("a\xe2\x80\x8f"
          "b"),
    BYTES("a\xe2\x80\xa8"
          "b"), /* U+2028 */
    BYTES("a\xe2\x80\xa9"
          "b"),
    BYTES("a\xe2\x80\xaa"
          "b"), /* embeddings and overrides */
    BYTES("invoice\xe2\x80\xae"
          "fdp.exe"),
    BYTES("a\xe2\x81\xa0"
          "b"),
    BYTES("a\xe2\x81\xa6"
          "b"), /* isolates */
    BYTES("a\xe2\x81\xa9"
          "b"),
    BYTES("\xef\xbb\xbf"
          "a"),                /* byte order mark */
    BYTES("\xef\xb7\x90"),     /* U+FDD0 */
    BYTES("\xef\xbf\xbe"),     /* U+FFFE */
    BYTES("\xf0\x9f\xbf\xbf"), /* U+1FFFF */
    BYTES("\xf4\x8f\xbf\xbf"), /* U+10FFFF */
    BYTES("\xf3\xa0\x81\x81"), /* U+E0041, a tag */
    BYTES("\xe3\x85\xa4"),     /* U+3164 */
};

static void clean_text_shows_all_that_it_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CLEAN); i++)
        assert_true(rlc_text_is_clean(CLEAN[i]));
    for (size_t i = 0; i < RLC_COUNT(UNCLEAN); i++) {
        assert_true(rlc_text_is_utf8(UNCLEAN[i]));
        assert_false(rlc_text_is_clean(UNCLEAN[i]));
        assert_false(rlc_id_valid(UNCLEAN[i]));
    }
}

static void an_identifier_is_short_visible_and_no_piece_of_a_key(void **state)
{
    static const struct rlc_span valid[] = {
        BYTES("1"),
        BYTES("INV 2026/0042"),
        BYTES("a/b"),
        BYTES("urn:acme:debtor:42"),
        BYTES("D\xc3\xa9"
              "bitrice"),
    };
    static const struct rlc_span invalid[] = {
        BYTES(""), BYTES(" "), BYTES(" a"), BYTES("a "), BYTES("a|b"), BYTES("|"), BYTES("a\\b"),
    };
    uint8_t bytes[RLC_ID_MAX + 1];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(valid); i++)
        assert_true(rlc_id_valid(valid[i]));
    for (size_t i = 0; i < RLC_COUNT(invalid); i++)
        assert_false(rlc_id_valid(invalid[i]));
    memset(bytes, 'x', sizeof(bytes));
    assert_true(rlc_id_valid(rlc_span_from(bytes, RLC_ID_MAX)));
    assert_false(rlc_id_valid(rlc_span_from(bytes, RLC_ID_MAX + 1)));
}

static void a_tenant_has_a_plain_short_name(void **state)
{
    static const struct rlc_span valid[] = { BYTES("a"), BYTES("acme"), BYTES("az-09.eu_x"),
                                             BYTES("01234567890123456789012345678901") };
    static const struct rlc_span invalid[] = {
        BYTES(""),
        BYTES("Acme"),
        BYTES("ac/me"),
        BYTES("ac me"),
        BYTES("ac|me"),
        BYTES("a\0"),
        BYTES("acm\xc3\xa9"),
        BYTES("012345678901234567890123456789012"),
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(valid); i++)
        assert_true(rlc_tenant_valid(valid[i]));
    for (size_t i = 0; i < RLC_COUNT(invalid); i++)
        assert_false(rlc_tenant_valid(invalid[i]));
}

#define LOCAL_64 "0123456789012345678901234567890123456789012345678901234567890123"
#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"

static const struct rlc_span ADDRESSES[] = {
    BYTES("a@b.fr"),
    BYTES("accounts.payable@example.test"),
    BYTES("4711@example.test"),
    BYTES("o'brien+dunning@mail.example.co.uk"),
    BYTES("x_y-z#$&*/=?^`{|}~@xn--dbitrice-b4a.example"),
    BYTES("UPPER@EXAMPLE.TEST"),
    BYTES("a@1-2.3m.fr"),
    BYTES(LOCAL_64 "@example.test"),
    BYTES("a@" LABEL_63 ".fr"),
};

static const struct rlc_span HOSTILE[] = {
    BYTES(""),
    BYTES("@"),
    BYTES("a"),
    BYTES("a@"),
    BYTES("@example.test"),
    BYTES("a@example"),
    BYTES("a@localhost"),
    BYTES("a@b@example.test"),
    BYTES("a@@example.test"),
    /* More commands or headers than one address. */
    BYTES("a@example.test\r\nRCPT TO:<b@evil.test>"),
    BYTES("a@example.test\r\n"),
    BYTES("a@example.test\n"),
    BYTES("a@example.test\r"),
    BYTES("a\r\nDATA\r\n@example.test"),
    BYTES("a\n@example.test"),
    BYTES("\r\na@example.test"),
    BYTES("a@exa\r\nmple.test"),
    BYTES("a@example.test\0"),
    BYTES("a@example.test\0@evil.test"),
    BYTES("a\0@example.test"),
    BYTES("a@example.test>\r\nRSET"),
    BYTES("<a@example.test>"),
    BYTES("a@example.test> SIZE=1"),
    BYTES("A <a@example.test>"),
    BYTES("a@example.test,b@evil.test"),
    BYTES("a@example.test;b@evil.test"),
    BYTES("a b@example.test"),
    BYTES(" a@example.test"),
    BYTES("a@example.test "),
    BYTES("a@exam ple.test"),
    BYTES("a\t@example.test"),
    BYTES("a@example.test\t"),
    BYTES("a@example.test\x7f"),
    BYTES("a@example.test\x0b"),
    BYTES("a\xe2\x80\xa8@example.test"), /* U+2028 */
    BYTES("a@example.test\xc2\x85"),
    /* Routes and literals. */
    BYTES("b%evil.test@example.test"),
    BYTES("evil.test!b@example.test"),
    BYTES("@relay.test:a@example.test"),
    BYTES("a@[127.0.0.1]"),
    BYTES("a@[IPv6:::1]"),
    BYTES("a@127.0.0.1"),
    BYTES("a@1.2.3.4"),
    BYTES("\"a b\"@example.test"),
    BYTES("\"a@evil.test\"@example.test"),
    BYTES("a\\@example.test"),
    BYTES("a(comment)@example.test"),
    BYTES("a:b@example.test"),
    /* Readers show it as another address, though no encoded word may stand there (RFC 2047 5). */
    BYTES("=?utf-8?q?a?=@example.test"),
    BYTES("b=?utf-8?q?a?=@example.test"),
    /* Dots and labels. */
    BYTES(".a@example.test"),
    BYTES("a.@example.test"),
    BYTES("a..b@example.test"),
    BYTES("a@.example.test"),
    BYTES("a@example..test"),
    BYTES("a@example.test."),
    BYTES("a@example."),
    BYTES("a@."),
    BYTES("a@-example.test"),
    BYTES("a@example-.test"),
    BYTES("a@example.-test"),
    BYTES("a@exam_ple.test"),
    BYTES("a@exam/ple.test"),
    BYTES("a@example.te:25"),
    /* Not ASCII: such an address needs SMTPUTF8 or the xn-- form. */
    BYTES("d\xc3\xa9"
          "bit@example.test"),
    BYTES("a@d\xc3\xa9"
          "bit.test"),
    BYTES("\xc0\xae@example.test"),
    BYTES("a@example\xff.test"),
    BYTES("a\xef\xbc\xa0"
          "b.test"),                    /* U+FF20, fullwidth @ */
    BYTES("a@example\xe3\x80\x82test"), /* U+3002, ideographic full stop */
    /* Too long. */
    BYTES("x" LOCAL_64 "@example.test"),
    BYTES("a@" LABEL_63 "x.fr"),
    BYTES("a@" LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 ".fr"),
};

static void an_address_is_one_mailbox_and_nothing_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(ADDRESSES); i++)
        assert_true(rlc_email_valid(ADDRESSES[i]));
    for (size_t i = 0; i < RLC_COUNT(HOSTILE); i++)
        assert_false(rlc_email_valid(HOSTILE[i]));
}

static void the_longest_address_has_254_bytes(void **state)
{
    static const char domain[] = "@" LABEL_63 "." LABEL_63 "." LABEL_63 ".";
    uint8_t bytes[RLC_EMAIL_MAX + 1];

    (void)state;
    memset(bytes, 'x', sizeof(bytes));
    memcpy(bytes + 20, domain, sizeof(domain) - 1);
    assert_true(rlc_email_valid(rlc_span_from(bytes, RLC_EMAIL_MAX)));
    assert_false(rlc_email_valid(rlc_span_from(bytes, RLC_EMAIL_MAX + 1)));
}

/* Whatever is done to a good address with one byte of the envelope's syntax, it is refused. */
static void no_byte_of_the_envelope_gets_in_anywhere(void **state)
{
    static const char good[] = "a.b@example.test";
    static const char forbidden[] = "\r\n\0\t <>,;:()[]\"\\%!@";
    uint8_t bytes[sizeof(good)];
    struct rlc_span text = { bytes, sizeof(good) };

    (void)state;
    for (size_t at = 0; at < sizeof(good); at++) {
        for (size_t f = 0; f < sizeof(forbidden) - 1; f++) {
            memcpy(bytes, good, at);
            bytes[at] = (uint8_t)forbidden[f];
            memcpy(bytes + at + 1, good + at, sizeof(good) - 1 - at);
            assert_false(rlc_email_valid(text));
        }
    }
}

static void only_atom_characters_get_into_an_address(void **state)
{
    static const char atoms[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                ".#$&'*+-/=?^_`{|}~";
    uint8_t bytes[] = "a?b@example.test";
    struct rlc_span text = { bytes, sizeof(bytes) - 1 };

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        bytes[1] = (uint8_t)byte;
        assert_int_equal(rlc_email_valid(text), memchr(atoms, byte, sizeof(atoms) - 1) != NULL);
    }
}

static void a_domain_is_the_name_of_a_host(void **state)
{
    static const struct rlc_span valid[] = {
        BYTES("b.fr"),
        BYTES("xn--dbitrice-b4a.example"),
        BYTES("1-2.3m.fr"),
        BYTES(LABEL_63 "." LABEL_63 "." LABEL_63 ".a2345678901234567890123456789012345678901234567"
                       "89012345678901"),
    };
    static const struct rlc_span invalid[] = {
        BYTES(""),
        BYTES("localhost"),
        BYTES("127.0.0.1"),
        BYTES("b.fr."),
        BYTES(".b.fr"),
        BYTES("b..fr"),
        BYTES("-b.fr"),
        BYTES("b.fr\r\n"),
        BYTES("b.fr\0"),
        BYTES("b.fr:25"),
        BYTES("d\xc3\xa9"
              "bit.fr"),
        BYTES(LABEL_63 "." LABEL_63 "." LABEL_63 ".a2345678901234567890123456789012345678901234567"
                       "890123456789012"),
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(valid); i++)
        assert_true(rlc_domain_valid(valid[i]));
    for (size_t i = 0; i < RLC_COUNT(invalid); i++)
        assert_false(rlc_domain_valid(invalid[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_strict_utf8),
        cmocka_unit_test(every_code_point_but_the_surrogates_is_utf8),
        cmocka_unit_test(noise_is_judged_without_reading_past_its_end),
        cmocka_unit_test(clean_text_shows_all_that_it_holds),
        cmocka_unit_test(an_identifier_is_short_visible_and_no_piece_of_a_key),
        cmocka_unit_test(a_tenant_has_a_plain_short_name),
        cmocka_unit_test(an_address_is_one_mailbox_and_nothing_more),
        cmocka_unit_test(the_longest_address_has_254_bytes),
        cmocka_unit_test(no_byte_of_the_envelope_gets_in_anywhere),
        cmocka_unit_test(only_atom_characters_get_into_an_address),
        cmocka_unit_test(a_domain_is_the_name_of_a_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
