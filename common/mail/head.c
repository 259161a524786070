/* SPDX-License-Identifier: Apache-2.0 */
/* The values of headers: what a reader's program shows must be what was checked. */
#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "common/mail/writer.h"
#include "common/pure/calendar.h"

enum {
    FOLD_AT = 76, /* RFC 2047 2, a line with an encoded word; others: 78 (RFC 5322 2.1.1) */
    ENCODED_WORD_MAX = 75, /* RFC 2047 2 */
    PLAIN_TOKEN_MAX = 64   /* fits behind the longest name of a header */
};

/* How an encoded word writes its bytes. */
struct encoding {
    const char *start;
    size_t (*size)(struct rlc_span bytes);
    size_t (*write)(struct rlc_span bytes, char *target);
};

static void fold(struct rlc_mail_writer *writer)
{
    rlc_mail_end_line(writer);
    rlc_mail_put_text(writer, " ");
}

void rlc_mail_begin_header(struct rlc_mail_writer *writer, const char *name)
{
    rlc_mail_put_text(writer, name);
    rlc_mail_put_text(writer, ":");
    writer->in_header = false;
}

/* Goes to where the next part of a value starts. The first one stays behind the colon: a line of a
 * name alone is legal and confuses gateways. */
static void begin_part(struct rlc_mail_writer *writer, bool fits)
{
    if (writer->in_header && !fits)
        fold(writer);
    else
        rlc_mail_put_text(writer, " ");
    writer->in_header = true;
}

void rlc_mail_put_token(struct rlc_mail_writer *writer, struct rlc_span token)
{
    begin_part(writer, writer->column + 1 + token.size <= FOLD_AT);
    rlc_mail_put(writer, token.data, token.size);
}

/* The characters that RFC 2047 5 (3) leaves as they are in a name; the same for a subject. */
static bool is_plain_in_word(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("!*+-/", byte));
}

static size_t q_size(struct rlc_span bytes)
{
    size_t size = 0;

    for (size_t i = 0; i < bytes.size; i++)
        size += is_plain_in_word(bytes.data[i]) || bytes.data[i] == ' ' ? 1 : 3;
    return size;
}

static size_t q_write(struct rlc_span bytes, char *target)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    size_t used = 0;

    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = bytes.data[i];

        if (is_plain_in_word(byte) || byte == ' ') {
            target[used++] = (char)(byte == ' ' ? '_' : byte);
        } else {
            target[used++] = '=';
            target[used++] = DIGITS[byte >> 4];
            target[used++] = DIGITS[byte & 15];
        }
    }
    return used;
}

static size_t b_size(struct rlc_span bytes)
{
    return (bytes.size + 2) / 3 * 4;
}

static size_t b_write(struct rlc_span bytes, char *target)
{
    return (size_t)EVP_EncodeBlock((unsigned char *)target, bytes.data, (int)bytes.size);
}

static const struct encoding Q_WORD = { "=?utf-8?q?", q_size, q_write };
static const struct encoding B_WORD = { "=?utf-8?b?", b_size, b_write };

static size_t character_size(struct rlc_span text)
{
    size_t size = 1;

    while (size < text.size && (text.data[size] & 0xc0) == 0x80)
        size++;
    return size;
}

/* As many whole characters as fit: RFC 2047 5 forbids to divide one. */
static struct rlc_span fitting(const struct encoding *encoding, struct rlc_span text, size_t room)
{
    struct rlc_span taken = { text.data, 0 };

    while (taken.size < text.size) {
        struct rlc_span more = taken;

        more.size += character_size(rlc_span_from(text.data + taken.size, text.size - taken.size));
        if (encoding->size(more) > room)
            break;
        taken = more;
    }
    return taken;
}

/* Encoded words, one a line. The folds between two of them are none of the text. */
static void put_words(struct rlc_mail_writer *writer, struct rlc_span text)
{
    const struct encoding *encoding = q_size(text) <= b_size(text) ? &Q_WORD : &B_WORD;
    size_t frame = strlen(encoding->start) + 2;

    /* Behind a token there may be room for next to nothing. */
    begin_part(writer, false);
    while (text.size > 0) {
        char payload[ENCODED_WORD_MAX];
        size_t room = FOLD_AT - writer->column;
        struct rlc_span taken =
            fitting(encoding, text, (room < ENCODED_WORD_MAX ? room : ENCODED_WORD_MAX) - frame);

        assert(taken.size > 0);
        rlc_mail_put_text(writer, encoding->start);
        rlc_mail_put(writer, payload, encoding->write(taken, payload));
        rlc_mail_put_text(writer, "?=");
        text = rlc_span_from(text.data + taken.size, text.size - taken.size);
        if (text.size > 0)
            fold(writer);
    }
}

/* Printable ASCII that a reader takes as it stands: nothing that looks like an encoded word, no
 * blank that unfolding could eat or that a program could join with another. */
static bool is_plain(struct rlc_span text)
{
    for (size_t i = 0; i < text.size; i++) {
        bool last = i + 1 == text.size;

        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
        if (text.data[i] == ' ' && (i == 0 || last || text.data[i + 1] == ' '))
            return false;
        if (text.data[i] == '=' && !last && text.data[i + 1] == '?')
            return false;
    }
    return true;
}

/* The word at the front of a text. */
static struct rlc_span first_word(struct rlc_span text)
{
    const uint8_t *blank = text.size ? memchr(text.data, ' ', text.size) : NULL;

    return rlc_span_from(text.data, blank ? (size_t)(blank - text.data) : text.size);
}

static struct rlc_span after_word(struct rlc_span text, struct rlc_span word)
{
    size_t size = word.size < text.size ? word.size + 1 : word.size;

    return rlc_span_from(text.data + size, text.size - size);
}

/* Words so long that no fold helps are encoded: then they can be divided. */
static bool has_short_words(struct rlc_span text)
{
    while (text.size > 0) {
        struct rlc_span word = first_word(text);

        if (word.size > PLAIN_TOKEN_MAX)
            return false;
        text = after_word(text, word);
    }
    return true;
}

void rlc_mail_put_subject(struct rlc_mail_writer *writer, struct rlc_span text)
{
    if (!is_plain(text) || !has_short_words(text)) {
        put_words(writer, text);
        return;
    }
    while (text.size > 0) {
        struct rlc_span word = first_word(text);

        rlc_mail_put_token(writer, word);
        text = after_word(text, word);
    }
}

/* A quoted string (RFC 5322 3.2.4) of a plain name; 0 when it is too long for one token. */
static size_t quote(struct rlc_span name, char ret_text[PLAIN_TOKEN_MAX])
{
    size_t used = 0;

    ret_text[used++] = '"';
    for (size_t i = 0; i < name.size; i++) {
        bool escaped = name.data[i] == '"' || name.data[i] == '\\';

        if (used + (escaped ? 3 : 2) > PLAIN_TOKEN_MAX)
            return 0;
        if (escaped)
            ret_text[used++] = '\\';
        ret_text[used++] = (char)name.data[i];
    }
    ret_text[used++] = '"';
    return used;
}

static void put_name(struct rlc_mail_writer *writer, struct rlc_span name)
{
    char quoted[PLAIN_TOKEN_MAX];
    size_t size = is_plain(name) ? quote(name, quoted) : 0;

    if (size > 0)
        rlc_mail_put_token(writer, rlc_span_from(quoted, size));
    else
        put_words(writer, name);
}

void rlc_mail_put_mailbox(struct rlc_mail_writer *writer, const struct rlc_mailbox *mailbox,
                          bool more)
{
    char angled[RLC_EMAIL_MAX + sizeof("<>,")];
    int size = snprintf(angled, sizeof(angled), "<%.*s>%s", (int)mailbox->address.size,
                        (const char *)mailbox->address.data, more ? "," : "");

    if (mailbox->name.size > 0)
        put_name(writer, mailbox->name);
    rlc_mail_put_token(writer, rlc_span_from(angled, (size_t)size));
}

void rlc_mail_put_date(struct rlc_mail_writer *writer, rlc_ms instant)
{
    static const char *const DAYS[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const MONTHS[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    rlc_day day = (rlc_day)(instant / RLC_DAY_MS);
    int second = (int)(instant % RLC_DAY_MS / 1000);
    struct rlc_date date = rlc_day_date(day);
    char text[64];
    int size = snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d +0000",
                        DAYS[rlc_day_weekday(day)], date.day, MONTHS[date.month - 1], date.year,
                        second / 3600, second / 60 % 60, second % 60);

    rlc_mail_put_token(writer, rlc_span_from(text, (size_t)size));
}
