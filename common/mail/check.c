/* SPDX-License-Identifier: Apache-2.0 */
/* What a message must be before anything is made of it. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/mail/mail.h"
#include "common/pure/calendar.h"

enum { PATH_SIZE = 40 /* "attachments[18446744073709551615].bytes" */ };

static enum rlc_status refuse(struct rlc_fault *ret_fault, const char *code, const char *path)
{
    static const struct {
        const char *code;
        const char *remedy;
    } REMEDIES[] = {
        { "MISSING_FIELD", "fill in the field" },
        { "TOO_LONG", "shorten the field" },
        { "TOO_MANY", "send fewer of them" },
        { "BAD_TEXT", "send clean UTF-8 without control, direction or invisible characters" },
        { "BAD_ADDRESS", "send one plain address such as name@example.com, without display name" },
        { "BAD_FILE_NAME", "name the file with letters, digits and '.', '-' or '_' between them" },
        { "BAD_TYPE", "send the type of one file such as text/csv; charset=utf-8, in lower case" },
        { "BAD_MESSAGE_ID", "send <left@domain>, of the characters that an address may have" },
        { "BAD_URL", "send an https: URL of a named host, or mailto: with at most a subject" },
        { "BAD_LANGUAGE", "send a language tag such as fr or pt-BR" },
        { "BAD_DATE", "send an instant after 1970 and before 2201" },
    };

    for (size_t i = 0; i < RLC_COUNT(REMEDIES); i++) {
        if (strcmp(REMEDIES[i].code, code) == 0)
            return rlc_fault_set(ret_fault, code, path, REMEDIES[i].remedy);
    }
    assert(!"a code with a remedy");
    return RLC_REJECT;
}

static bool is_letter_or_digit(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

static struct rlc_span after(struct rlc_span text, size_t count)
{
    return rlc_span_from(text.data + count, text.size - count);
}

/* The bytes before the first of those in `ends`, all if there is none. */
static size_t length_until(struct rlc_span text, const char *ends)
{
    size_t size = 0;

    while (size < text.size && (text.data[size] == '\0' || !strchr(ends, text.data[size])))
        size++;
    return size;
}

static bool skip(struct rlc_span *text, const char *prefix)
{
    size_t size = strlen(prefix);

    if (text->size < size || memcmp(text->data, prefix, size) != 0)
        return false;
    *text = after(*text, size);
    return true;
}

static bool is_ascii(struct rlc_span text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] >= 0x80)
            return false;
    }
    return true;
}

enum rlc_status rlc_mail_address_check(struct rlc_span address, const char *path,
                                       struct rlc_fault *ret_fault)
{
    if (address.size == 0)
        return refuse(ret_fault, "MISSING_FIELD", path);
    if (address.size > RLC_EMAIL_MAX || length_until(address, "@") > RLC_EMAIL_LOCAL_MAX)
        return refuse(ret_fault, "TOO_LONG", path);
    if (!is_ascii(address))
        return rlc_fault_set(ret_fault, "BAD_ADDRESS", path,
                             "send an address in ASCII, an international domain in its xn-- form");
    return rlc_email_valid(address) ? RLC_OK : refuse(ret_fault, "BAD_ADDRESS", path);
}

static enum rlc_status check_line(struct rlc_span text, size_t max, const char *path,
                                  struct rlc_fault *ret_fault)
{
    if (text.size > max)
        return refuse(ret_fault, "TOO_LONG", path);
    return rlc_text_is_clean(text) ? RLC_OK : refuse(ret_fault, "BAD_TEXT", path);
}

static enum rlc_status check_mailbox(const struct rlc_mailbox *mailbox, const char *path,
                                     struct rlc_fault *ret_fault)
{
    char place[PATH_SIZE];
    enum rlc_status status;

    (void)snprintf(place, sizeof(place), "%s.name", path);
    status = check_line(mailbox->name, RLC_MAIL_NAME_MAX, place, ret_fault);
    if (status != RLC_OK)
        return status;
    (void)snprintf(place, sizeof(place), "%s.address", path);
    return rlc_mail_address_check(mailbox->address, place, ret_fault);
}

static enum rlc_status check_recipients(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    enum rlc_status status = RLC_OK;

    if (mail->cc_count > RLC_MAIL_CC_MAX)
        return refuse(ret_fault, "TOO_MANY", "cc");
    status = check_mailbox(&mail->to, "to", ret_fault);
    for (size_t i = 0; i < mail->cc_count && status == RLC_OK; i++) {
        char place[PATH_SIZE];

        (void)snprintf(place, sizeof(place), "cc[%zu]", i);
        status = check_mailbox(&mail->cc[i], place, ret_fault);
    }
    return status;
}

static enum rlc_status check_people(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    enum rlc_status status = check_mailbox(&mail->from, "from", ret_fault);

    if (status == RLC_OK && (mail->reply_to.name.size || mail->reply_to.address.size))
        status = check_mailbox(&mail->reply_to, "reply_to", ret_fault);
    return status == RLC_OK ? check_recipients(mail, ret_fault) : status;
}

static enum rlc_status check_subject(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    if (mail->subject.size == 0)
        return refuse(ret_fault, "MISSING_FIELD", "subject");
    return check_line(mail->subject, RLC_MAIL_SUBJECT_MAX, "subject", ret_fault);
}

/* Clean text between line ends and tabs, which are the only controls of a body. */
static enum rlc_status check_body(struct rlc_span body, const char *path,
                                  struct rlc_fault *ret_fault)
{
    if (body.size > RLC_MAIL_BODY_MAX)
        return refuse(ret_fault, "TOO_LONG", path);
    while (body.size > 0) {
        size_t size = length_until(body, "\r\n\t");

        if (!rlc_text_is_clean(rlc_span_from(body.data, size)))
            return refuse(ret_fault, "BAD_TEXT", path);
        body = after(body, size < body.size ? size + 1 : size);
    }
    return RLC_OK;
}

static enum rlc_status check_bodies(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    enum rlc_status status;

    /* A reader without HTML would see nothing. */
    if (mail->text.size == 0)
        return refuse(ret_fault, "MISSING_FIELD", "text");
    status = check_body(mail->text, "text", ret_fault);
    return status == RLC_OK ? check_body(mail->html, "html", ret_fault) : status;
}

static bool is_file_name(struct rlc_span name)
{
    for (size_t i = 0; i < name.size; i++) {
        bool inside = i > 0 && i + 1 < name.size;

        if (!is_letter_or_digit(name.data[i]) &&
            !(inside && name.data[i] != '\0' && strchr("._-", name.data[i])))
            return false;
    }
    return true;
}

/* A name inside a type: fewer characters than RFC 2045 5.1 allows, and not none. */
static bool skip_token(struct rlc_span *text)
{
    size_t size = 0;

    while (size < text->size && text->data[size] != '\0' &&
           strchr("abcdefghijklmnopqrstuvwxyz0123456789.+-_", text->data[size]))
        size++;
    *text = after(*text, size);
    return size > 0;
}

static bool is_type(struct rlc_span type)
{
    if (skip(&type, "multipart/") || skip(&type, "message/"))
        return false;
    if (!skip_token(&type) || !skip(&type, "/") || !skip_token(&type))
        return false;
    while (type.size > 0) {
        if (!skip(&type, "; ") || !skip_token(&type) || !skip(&type, "=") || !skip_token(&type))
            return false;
    }
    return true;
}

/* One part of an attachment: `code` when `is_valid` says no (NULL = any bytes will do). */
static enum rlc_status check_part(struct rlc_span part, size_t max,
                                  bool (*is_valid)(struct rlc_span), const char *code,
                                  const char *path, struct rlc_fault *ret_fault)
{
    if (part.size == 0)
        return refuse(ret_fault, "MISSING_FIELD", path);
    if (part.size > max)
        return refuse(ret_fault, "TOO_LONG", path);
    return !is_valid || is_valid(part) ? RLC_OK : refuse(ret_fault, code, path);
}

/* `room`: what the attachments before this one left. */
static enum rlc_status check_attachment(const struct rlc_mail_attachment *attachment, size_t index,
                                        size_t room, struct rlc_fault *ret_fault)
{
    const struct {
        const char *name;
        struct rlc_span part;
        size_t max;
        bool (*is_valid)(struct rlc_span);
        const char *code;
    } parts[] = {
        { "name", attachment->name, RLC_MAIL_FILE_NAME_MAX, is_file_name, "BAD_FILE_NAME" },
        { "type", attachment->type, RLC_MAIL_TYPE_MAX, is_type, "BAD_TYPE" },
        { "bytes", attachment->bytes, room, NULL, "" },
    };
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; i < RLC_COUNT(parts) && status == RLC_OK; i++) {
        char place[PATH_SIZE];

        (void)snprintf(place, sizeof(place), "attachments[%zu].%s", index, parts[i].name);
        status = check_part(parts[i].part, parts[i].max, parts[i].is_valid, parts[i].code, place,
                            ret_fault);
    }
    return status;
}

static enum rlc_status check_attachments(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    size_t room = RLC_MAIL_ATTACHED_MAX;
    enum rlc_status status = RLC_OK;

    if (mail->attachment_count > RLC_MAIL_ATTACHMENTS_MAX)
        return refuse(ret_fault, "TOO_MANY", "attachments");
    for (size_t i = 0; i < mail->attachment_count && status == RLC_OK; i++) {
        status = check_attachment(&mail->attachments[i], i, room, ret_fault);
        room -= status == RLC_OK ? mail->attachments[i].bytes.size : 0;
    }
    return status;
}

/* An id of ours has the shape of an address (RFC 5322 3.6.4 allows more). */
static enum rlc_status check_message_id(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    struct rlc_span id = mail->message_id;

    if (id.size == 0)
        return refuse(ret_fault, "MISSING_FIELD", "message_id");
    if (id.size < 2 || id.data[0] != '<' || id.data[id.size - 1] != '>' ||
        !rlc_email_valid(rlc_span_from(id.data + 1, id.size - 2)))
        return refuse(ret_fault, "BAD_MESSAGE_ID", "message_id");
    return RLC_OK;
}

static int hex_value(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* "%41": two digits, and no control character: a reader's program may decode it into a header. */
static bool is_escape(struct rlc_span text)
{
    int high = text.size >= 3 ? hex_value(text.data[1]) : -1;
    int low = high >= 0 ? hex_value(text.data[2]) : -1;

    return low >= 0 && high * 16 + low >= 0x20 && high * 16 + low != 0x7f;
}

/* The characters of RFC 3986 2. None of them ends the angle brackets or the line. */
static bool has_url_characters(struct rlc_span url)
{
    for (size_t i = 0; i < url.size; i++) {
        uint8_t byte = url.data[i];

        if (byte == '%' && !is_escape(after(url, i)))
            return false;
        if (!is_letter_or_digit(byte) && (byte == '\0' || !strchr("%-._~:/?#[]@!$&'()*+,;=", byte)))
            return false;
    }
    return true;
}

/* "host", "host:port", then path, query or nothing. No user name: it only serves to deceive. */
static bool is_web_address(struct rlc_span rest)
{
    static const size_t port_digits_max = 5;
    size_t size = length_until(rest, ":/?#");
    size_t digits = 0;

    if (!rlc_domain_valid(rlc_span_from(rest.data, size)))
        return false;
    rest = after(rest, size);
    if (!skip(&rest, ":"))
        return true;
    while (digits < rest.size && rest.data[digits] >= '0' && rest.data[digits] <= '9')
        digits++;
    return digits > 0 && digits <= port_digits_max && length_until(rest, "/?#") == digits;
}

/* An address and at most a subject: more fields would let a link write other headers (RFC 6068). */
static bool is_mail_address(struct rlc_span rest)
{
    size_t size = length_until(rest, "?");

    if (!rlc_email_valid(rlc_span_from(rest.data, size)))
        return false;
    rest = after(rest, size);
    return rest.size == 0 || (skip(&rest, "?subject=") && length_until(rest, "&#?") == rest.size);
}

static enum rlc_status check_unsubscribe(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    struct rlc_span url = mail->list_unsubscribe;

    if (url.size == 0)
        return RLC_OK;
    if (url.size > RLC_MAIL_URL_MAX)
        return refuse(ret_fault, "TOO_LONG", "list_unsubscribe");
    if (has_url_characters(url)) {
        if (skip(&url, "https://") ? is_web_address(url)
                                   : skip(&url, "mailto:") && is_mail_address(url))
            return RLC_OK;
    }
    return refuse(ret_fault, "BAD_URL", "list_unsubscribe");
}

/* The shape of RFC 5646 2.1: two or three letters, then subtags of 1 to 8 letters or digits. */
static bool is_language(struct rlc_span tag)
{
    size_t size = length_until(tag, "-");

    if (size < 2 || size > 3)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!is_letter_or_digit(tag.data[i]) || tag.data[i] <= '9')
            return false;
    }
    for (tag = after(tag, size); tag.size > 0; tag = after(tag, size)) {
        tag = after(tag, 1);
        size = length_until(tag, "-");
        if (size == 0 || size > 8)
            return false;
        for (size_t i = 0; i < size; i++) {
            if (!is_letter_or_digit(tag.data[i]))
                return false;
        }
    }
    return true;
}

static enum rlc_status check_language(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    if (mail->language.size > RLC_MAIL_LANGUAGE_MAX)
        return refuse(ret_fault, "TOO_LONG", "language");
    if (mail->language.size && !is_language(mail->language))
        return refuse(ret_fault, "BAD_LANGUAGE", "language");
    return RLC_OK;
}

static enum rlc_status check_date(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    if (mail->dated_at_ms > RLC_MS_NONE && rlc_ms_in_range(mail->dated_at_ms))
        return RLC_OK;
    return refuse(ret_fault, "BAD_DATE", "dated_at_ms");
}

enum rlc_status rlc_mail_check(const struct rlc_mail *mail, struct rlc_fault *ret_fault)
{
    static enum rlc_status (*const CHECKS[])(const struct rlc_mail *, struct rlc_fault *) = {
        check_people,     check_subject,     check_bodies,   check_attachments,
        check_message_id, check_unsubscribe, check_language, check_date,
    };
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; i < RLC_COUNT(CHECKS) && status == RLC_OK; i++)
        status = CHECKS[i](mail, ret_fault);
    return status;
}
