/* SPDX-License-Identifier: Apache-2.0 */
/* For scripts: composes the messages that are read from standard input.
 *
 * A field is its size (four bytes, big-endian) and its bytes. A message is the fields of FIELDS,
 * the date in milliseconds, the number of copies, name and address of each, the number of
 * attachments, then name, type and bytes of each. Its answer, on standard output: "ok" and the
 * bytes, or "refused", code, path and remedy. */
#include <stdio.h>
#include <stdlib.h>

#include "common/mail/mail.h"

enum {
    FIELD_COUNT = 12,
    COPIES_MAX = RLC_MAIL_CC_MAX + 1, /* one too many can be tried */
    ATTACHMENTS_MAX = RLC_MAIL_ATTACHMENTS_MAX + 1,
    OWNED_MAX = FIELD_COUNT + 3 + 2 * COPIES_MAX + 3 * ATTACHMENTS_MAX
};

/* Each field has memory of its own, so that a sanitizer sees a read past its end. */
struct message {
    struct rlc_mail mail;
    struct rlc_mailbox copies[COPIES_MAX];
    struct rlc_mail_attachment attachments[ATTACHMENTS_MAX];
    void *owned[OWNED_MAX];
    size_t owned_count;
};

static bool read_field(struct message *message, struct rlc_span *ret_field)
{
    uint8_t head[4];
    uint8_t *bytes;
    size_t size;

    if (fread(head, 1, sizeof(head), stdin) != sizeof(head))
        return false;
    size = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    bytes = malloc(size ? size : 1);
    if (!bytes)
        return false;
    message->owned[message->owned_count++] = bytes;
    *ret_field = rlc_span_from(bytes, size);
    return fread(bytes, 1, size, stdin) == size;
}

static bool read_number(struct message *message, long long *ret_number)
{
    struct rlc_span field;
    char text[32] = "";

    if (!read_field(message, &field) || field.size >= sizeof(text))
        return false;
    memcpy(text, field.data, field.size);
    *ret_number = strtoll(text, NULL, 10);
    return true;
}

static void list_fields(struct rlc_mail *mail, struct rlc_span *ret_fields[FIELD_COUNT])
{
    struct rlc_span *const fields[FIELD_COUNT] = {
        &mail->from.name, &mail->from.address, &mail->reply_to.name,    &mail->reply_to.address,
        &mail->to.name,   &mail->to.address,   &mail->subject,          &mail->text,
        &mail->html,      &mail->message_id,   &mail->list_unsubscribe, &mail->language,
    };

    memcpy(ret_fields, fields, sizeof(fields));
}

static bool read_count(struct message *message, long long max, size_t *ret_count)
{
    long long count;

    if (!read_number(message, &count) || count < 0 || count > max)
        return false;
    *ret_count = (size_t)count;
    return true;
}

static bool read_copies(struct message *message)
{
    message->mail.cc = message->copies;
    if (!read_count(message, COPIES_MAX, &message->mail.cc_count))
        return false;
    for (size_t i = 0; i < message->mail.cc_count; i++) {
        if (!read_field(message, &message->copies[i].name) ||
            !read_field(message, &message->copies[i].address))
            return false;
    }
    return true;
}

static bool read_attachments(struct message *message)
{
    message->mail.attachments = message->attachments;
    if (!read_count(message, ATTACHMENTS_MAX, &message->mail.attachment_count))
        return false;
    for (size_t i = 0; i < message->mail.attachment_count; i++) {
        if (!read_field(message, &message->attachments[i].name) ||
            !read_field(message, &message->attachments[i].type) ||
            !read_field(message, &message->attachments[i].bytes))
            return false;
    }
    return true;
}

static bool read_message(struct message *message)
{
    struct rlc_span *fields[FIELD_COUNT];
    long long date;

    list_fields(&message->mail, fields);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!read_field(message, fields[i]))
            return false;
    }
    if (!read_number(message, &date))
        return false;
    message->mail.dated_at_ms = date;
    return read_copies(message) && read_attachments(message);
}

static void forget_message(struct message *message)
{
    while (message->owned_count > 0)
        free(message->owned[--message->owned_count]);
}

static void write_field(struct rlc_span field)
{
    const uint8_t head[4] = { (uint8_t)(field.size >> 24), (uint8_t)(field.size >> 16),
                              (uint8_t)(field.size >> 8), (uint8_t)field.size };

    (void)fwrite(head, 1, sizeof(head), stdout);
    if (field.size)
        (void)fwrite(field.data, 1, field.size, stdout);
}

static bool answer(const struct rlc_mail *mail, struct rlc_arena *arena)
{
    struct rlc_fault fault = { .code = NULL };
    struct rlc_span bytes;
    enum rlc_status status = rlc_mail_compose(mail, arena, &bytes, &fault);

    if (status == RLC_OK) {
        write_field(rlc_span_of("ok"));
        write_field(bytes);
    } else if (status == RLC_REJECT) {
        write_field(rlc_span_of("refused"));
        write_field(rlc_span_of(fault.code));
        write_field(rlc_span_of(fault.path));
        write_field(rlc_span_of(fault.remedy));
    }
    rlc_arena_reset(arena);
    return status == RLC_OK || status == RLC_REJECT;
}

int main(void)
{
    struct message message = { .owned_count = 0 };
    void *memory = malloc(RLC_MAIL_ARENA_BYTES);
    struct rlc_arena arena;
    bool sound = memory != NULL;

    if (sound)
        rlc_arena_init(&arena, memory, RLC_MAIL_ARENA_BYTES);
    while (sound && read_message(&message)) {
        sound = answer(&message.mail, &arena);
        forget_message(&message);
    }
    forget_message(&message);
    free(memory);
    return sound && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
