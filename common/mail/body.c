/* SPDX-License-Identifier: Apache-2.0 */
/* A body on its way through servers that see 7 bits and short lines. */
#include "common/mail/writer.h"

#include <openssl/evp.h>
#include <stdio.h>

enum {
    ENCODED_LINE_MAX = 76,                        /* RFC 2045 6.7 (5) and 6.8 */
    BASE64_LINE_BYTES = ENCODED_LINE_MAX / 4 * 3, /* in a line of base64 */
    BASE64_LINE_SIZE = ENCODED_LINE_MAX + 1       /* with the NUL that the library writes */
};

/* Bytes that wait until they fill a line of base64. */
struct base64_line {
    uint8_t bytes[BASE64_LINE_BYTES];
    int used;
};

/* Takes the line at the front of a body that is not empty, without its end: LF, CR or CRLF. */
static struct rlc_span take_line(struct rlc_span *body)
{
    const uint8_t *data = body->data;
    size_t size = 0;
    size_t end = 0;

    while (size < body->size && data[size] != '\n' && data[size] != '\r')
        size++;
    if (size < body->size)
        end = data[size] == '\r' && size + 1 < body->size && data[size + 1] == '\n' ? 2 : 1;
    *body = rlc_span_from(data + size + end, body->size - size - end);
    return rlc_span_from(data, size);
}

/* A blank at the end of a line would be lost on the way (RFC 2045 6.7 (3)). */
static bool is_literal(uint8_t byte, bool last)
{
    if (byte == ' ' || byte == '\t')
        return !last;
    return byte > ' ' && byte < 0x7f && byte != '=';
}

static void put_quoted_line(struct rlc_mail_writer *writer, struct rlc_span line)
{
    for (size_t i = 0; i < line.size; i++) {
        char token[sizeof("=XX")] = { (char)line.data[i] };
        size_t size = 1;

        if (!is_literal(line.data[i], i + 1 == line.size))
            size = (size_t)snprintf(token, sizeof(token), "=%02X", line.data[i]);
        /* The last column is kept for the "=" that continues a line. */
        if (writer->column + size > ENCODED_LINE_MAX - 1) {
            rlc_mail_put_text(writer, "=");
            rlc_mail_end_line(writer);
        }
        rlc_mail_put(writer, token, size);
    }
    rlc_mail_end_line(writer);
}

static void put_quoted(struct rlc_mail_writer *writer, struct rlc_span body)
{
    while (body.size > 0)
        put_quoted_line(writer, take_line(&body));
}

static void put_base64_line(struct rlc_mail_writer *writer, struct base64_line *line)
{
    unsigned char text[BASE64_LINE_SIZE];

    if (line->used == 0)
        return;
    rlc_mail_put(writer, text, (size_t)EVP_EncodeBlock(text, line->bytes, line->used));
    rlc_mail_end_line(writer);
    line->used = 0;
}

static void add_base64(struct rlc_mail_writer *writer, struct base64_line *line,
                       struct rlc_span bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        line->bytes[line->used++] = bytes.data[i];
        if (line->used == BASE64_LINE_BYTES)
            put_base64_line(writer, line);
    }
}

/* The ends of lines are content here: CRLF (RFC 2046 4.1.1). */
static void put_base64(struct rlc_mail_writer *writer, struct rlc_span body)
{
    struct base64_line line = { .used = 0 };

    while (body.size > 0) {
        add_base64(writer, &line, take_line(&body));
        add_base64(writer, &line, rlc_span_of("\r\n"));
    }
    put_base64_line(writer, &line);
}

static size_t size_of(void (*put)(struct rlc_mail_writer *, struct rlc_span), struct rlc_span body)
{
    struct rlc_mail_writer counter = { .bytes = NULL };

    put(&counter, body);
    return counter.used;
}

void rlc_mail_put_body(struct rlc_mail_writer *writer, const char *subtype, struct rlc_span body)
{
    bool is_quoted = size_of(put_quoted, body) <= size_of(put_base64, body);

    rlc_mail_put_text(writer, "Content-Type: text/");
    rlc_mail_put_text(writer, subtype);
    rlc_mail_put_text(writer, "; charset=utf-8");
    rlc_mail_end_line(writer);
    rlc_mail_put_text(writer, "Content-Transfer-Encoding: ");
    rlc_mail_put_text(writer, is_quoted ? "quoted-printable" : "base64");
    rlc_mail_end_line(writer);
    rlc_mail_end_line(writer);
    if (is_quoted)
        put_quoted(writer, body);
    else
        put_base64(writer, body);
}

void rlc_mail_put_attachment(struct rlc_mail_writer *writer,
                             const struct rlc_mail_attachment *attachment)
{
    struct base64_line line = { .used = 0 };

    rlc_mail_put_text(writer, "Content-Type: ");
    rlc_mail_put(writer, attachment->type.data, attachment->type.size);
    rlc_mail_end_line(writer);
    rlc_mail_put_text(writer, "Content-Transfer-Encoding: base64");
    rlc_mail_end_line(writer);
    rlc_mail_put_text(writer, "Content-Disposition: attachment;");
    rlc_mail_end_line(writer);
    rlc_mail_put_text(writer, " filename=\"");
    rlc_mail_put(writer, attachment->name.data, attachment->name.size);
    rlc_mail_put_text(writer, "\"");
    rlc_mail_end_line(writer);
    rlc_mail_end_line(writer);
    add_base64(writer, &line, attachment->bytes);
    put_base64_line(writer, &line);
}
