/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/mail/mail.h"
#include "common/mail/outgoing.h"
#include "common/mail/writer.h"
#include "common/runtime/bundles.h"

enum {
    BOUNDARY_HASH_BYTES = 16, /* no accident makes two of them equal */
    BOUNDARY_SIZE = 2 + 2 * BOUNDARY_HASH_BYTES + 1
};

/* Parts inside parts. Each level has a piece of its own of the message id's hash. */
enum level { ALTERNATIVE, MIXED, LEVEL_COUNT };

static_assert(sizeof(struct rlc_hash) >= (size_t)LEVEL_COUNT * BOUNDARY_HASH_BYTES,
              "a hash has a piece for each level");

struct header {
    const char *name;
    bool (*wanted)(const struct rlc_mail *mail); /* NULL = always */
    void (*put)(struct rlc_mail_writer *writer, const struct rlc_mail *mail);
};

static void put_date(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    rlc_mail_put_date(writer, mail->dated_at_ms);
}

static void put_from(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    rlc_mail_put_mailbox(writer, &mail->from, false);
}

static bool has_reply_to(const struct rlc_mail *mail)
{
    return mail->reply_to.address.size > 0;
}

static void put_reply_to(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    rlc_mail_put_mailbox(writer, &mail->reply_to, false);
}

static void put_to(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    rlc_mail_put_mailbox(writer, &mail->to, false);
}

static bool has_cc(const struct rlc_mail *mail)
{
    return mail->cc_count > 0;
}

static void put_cc(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    for (size_t i = 0; i < mail->cc_count; i++)
        rlc_mail_put_mailbox(writer, &mail->cc[i], i + 1 < mail->cc_count);
}

static void put_subject(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    rlc_mail_put_subject(writer, mail->subject);
}

static void put_message_id(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    rlc_mail_put_token(writer, mail->message_id);
}

static void put_auto_submitted(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    (void)mail;
    rlc_mail_put_token(writer, rlc_span_of("auto-generated"));
}

static bool has_language(const struct rlc_mail *mail)
{
    return mail->language.size > 0;
}

static void put_language(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    rlc_mail_put_token(writer, mail->language);
}

static bool has_unsubscribe(const struct rlc_mail *mail)
{
    return mail->list_unsubscribe.size > 0;
}

static void put_unsubscribe(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    char text[RLC_MAIL_URL_MAX + sizeof("<>")];
    struct rlc_span url = mail->list_unsubscribe;
    int size = snprintf(text, sizeof(text), "<%.*s>", (int)url.size, (const char *)url.data);

    rlc_mail_put_token(writer, rlc_span_from(text, (size_t)size));
}

static void put_version(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    (void)mail;
    rlc_mail_put_token(writer, rlc_span_of("1.0"));
}

/* In the order in which they are written. Those of the content follow. */
static const struct header HEADERS[] = {
    { "Date", NULL, put_date },
    { "From", NULL, put_from },
    { "Reply-To", has_reply_to, put_reply_to },
    { "To", NULL, put_to },
    { "Cc", has_cc, put_cc },
    { "Subject", NULL, put_subject },
    { "Message-ID", NULL, put_message_id },
    { "Auto-Submitted", NULL, put_auto_submitted },
    { "Content-Language", has_language, put_language },
    { "List-Unsubscribe", has_unsubscribe, put_unsubscribe },
    { "MIME-Version", NULL, put_version },
};

static bool is_wanted(const struct header *header, const struct rlc_mail *mail)
{
    return header->wanted == NULL || header->wanted(mail);
}

static void put_head(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    for (size_t i = 0; i < RLC_COUNT(HEADERS); i++) {
        if (!is_wanted(&HEADERS[i], mail))
            continue;
        rlc_mail_begin_header(writer, HEADERS[i].name);
        HEADERS[i].put(writer, mail);
        rlc_mail_end_line(writer);
    }
}

/* No line of quoted-printable or base64 holds "=_" (RFC 2045 6.7), so none is a boundary. */
static void make_boundary(struct rlc_span message_id, enum level level,
                          char ret_text[BOUNDARY_SIZE])
{
    struct rlc_hash hash = rlc_sha256(message_id);
    const uint8_t *bytes = hash.bytes + (size_t)level * BOUNDARY_HASH_BYTES;
    size_t used = (size_t)snprintf(ret_text, BOUNDARY_SIZE, "=_");

    for (size_t i = 0; i < BOUNDARY_HASH_BYTES; i++, used += 2)
        (void)snprintf(ret_text + used, BOUNDARY_SIZE - used, "%02x", bytes[i]);
}

/* The line that starts a part, or with "--" as its end, that ends the last one. */
static void put_delimiter(struct rlc_mail_writer *writer, const char *boundary, const char *end)
{
    rlc_mail_put_text(writer, "--");
    rlc_mail_put_text(writer, boundary);
    rlc_mail_put_text(writer, end);
    rlc_mail_end_line(writer);
}

static void put_multipart(struct rlc_mail_writer *writer, const char *subtype, const char *boundary)
{
    rlc_mail_put_text(writer, "Content-Type: multipart/");
    rlc_mail_put_text(writer, subtype);
    rlc_mail_put_text(writer, ";");
    rlc_mail_end_line(writer);
    rlc_mail_put_text(writer, " boundary=\"");
    rlc_mail_put_text(writer, boundary);
    rlc_mail_put_text(writer, "\"");
    rlc_mail_end_line(writer);
    rlc_mail_end_line(writer);
    put_delimiter(writer, boundary, "");
}

/* The line end before a delimiter belongs to it: hence the empty lines. A reader prefers the last
 * part that it can show (RFC 2046 5.1.4). */
static void put_alternatives(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    char boundary[BOUNDARY_SIZE];

    make_boundary(mail->message_id, ALTERNATIVE, boundary);
    put_multipart(writer, "alternative", boundary);
    rlc_mail_put_body(writer, "plain", mail->text);
    rlc_mail_end_line(writer);
    put_delimiter(writer, boundary, "");
    rlc_mail_put_body(writer, "html", mail->html);
    rlc_mail_end_line(writer);
    put_delimiter(writer, boundary, "--");
}

static void put_bodies(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    if (mail->html.size > 0)
        put_alternatives(writer, mail);
    else
        rlc_mail_put_body(writer, "plain", mail->text);
}

static void put_mixed(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    char boundary[BOUNDARY_SIZE];

    make_boundary(mail->message_id, MIXED, boundary);
    put_multipart(writer, "mixed", boundary);
    put_bodies(writer, mail);
    for (size_t i = 0; i < mail->attachment_count; i++) {
        rlc_mail_end_line(writer);
        put_delimiter(writer, boundary, "");
        rlc_mail_put_attachment(writer, &mail->attachments[i]);
    }
    rlc_mail_end_line(writer);
    put_delimiter(writer, boundary, "--");
}

static void put_mail(struct rlc_mail_writer *writer, const struct rlc_mail *mail)
{
    put_head(writer, mail);
    if (mail->attachment_count > 0)
        put_mixed(writer, mail);
    else
        put_bodies(writer, mail);
}

static bool is_as_asked(const struct rlc_mail *mail, struct rlc_span bytes)
{
    const char *names[RLC_COUNT(HEADERS) + 2];
    size_t count = 0;

    for (size_t i = 0; i < RLC_COUNT(HEADERS); i++) {
        if (is_wanted(&HEADERS[i], mail))
            names[count++] = HEADERS[i].name;
    }
    names[count++] = "Content-Type";
    if (mail->html.size == 0 && mail->attachment_count == 0)
        names[count++] = "Content-Transfer-Encoding";
    return rlc_mail_outgoing_valid(bytes, names, count);
}

enum rlc_status rlc_mail_compose(const struct rlc_mail *mail, struct rlc_arena *arena,
                                 struct rlc_span *ret_bytes, struct rlc_fault *ret_fault)
{
    struct rlc_mail_writer writer = { .bytes = NULL };
    size_t mark = rlc_arena_mark(arena);
    enum rlc_status status = rlc_mail_check(mail, ret_fault);

    *ret_bytes = (struct rlc_span){ NULL, 0 };
    if (status != RLC_OK)
        return status;
    put_mail(&writer, mail);
    writer = (struct rlc_mail_writer){ .bytes = rlc_arena_alloc(arena, writer.used),
                                       .capacity = writer.used };
    if (writer.bytes == NULL)
        return RLC_RETRY;
    put_mail(&writer, mail);
    assert(writer.used == writer.capacity);
    if (!is_as_asked(mail, rlc_span_from(writer.bytes, writer.used))) {
        rlc_arena_rewind(arena, mark);
        return rlc_fault_set(ret_fault, "NOT_COMPOSED", "", "report this message as a bug");
    }
    *ret_bytes = rlc_span_from(writer.bytes, writer.used);
    return RLC_OK;
}
