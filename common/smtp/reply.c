/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/reply.h"

#define CODE_SIZE   3
#define DETAIL_SIZE 3 /* digits of each detail of an enhanced code: RFC 3463 2 */
#define BLOTTED     "[address]"

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static struct rlc_span after(struct rlc_span text, size_t size)
{
    return rlc_span_from(text.data + size, text.size - size);
}

static struct rlc_span without_line_end(struct rlc_span line)
{
    while (line.size > 0 && (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r'))
        line.size--;
    return line;
}

/* The code at the front of a line; 0 when it is no reply line. */
static int32_t line_code(struct rlc_span line)
{
    if (line.size < CODE_SIZE ||
        (line.size > CODE_SIZE && line.data[3] != ' ' && line.data[3] != '-'))
        return 0;
    for (size_t i = 0; i < CODE_SIZE; i++) {
        if (!is_digit(line.data[i]))
            return 0;
    }
    return (line.data[0] - '0') * 100 + (line.data[1] - '0') * 10 + (line.data[2] - '0');
}

/* The size of ".123" at the front; 0 when there is no such detail. */
static size_t detail_size(struct rlc_span text)
{
    size_t size = 1;

    if (text.size < 2 || text.data[0] != '.')
        return 0;
    while (size < text.size && size <= DETAIL_SIZE && is_digit(text.data[size]))
        size++;
    return size > 1 ? size : 0;
}

/* Takes "5.1.1 " off the front of the text, if it is of the class that the reply's code is of. */
static struct rlc_span take_enhanced(struct rlc_smtp_reply *reply, uint8_t class,
                                     struct rlc_span text)
{
    size_t subject;
    size_t detail;
    size_t size;

    if (text.size == 0 || text.data[0] != class)
        return text;
    subject = detail_size(after(text, 1));
    detail = subject ? detail_size(after(text, 1 + subject)) : 0;
    size = 1 + subject + detail;
    if (detail == 0 || (size < text.size && text.data[size] != ' '))
        return text;
    memcpy(reply->enhanced, text.data, size);
    reply->enhanced[size] = '\0';
    return after(text, size);
}

static void add_bytes(struct rlc_smtp_reply *reply, struct rlc_span bytes)
{
    size_t used = strlen(reply->text);

    for (size_t i = 0; i < bytes.size && used + 1 < sizeof(reply->text); i++) {
        uint8_t byte = bytes.data[i];

        reply->text[used++] = (char)(byte > 0x20 && byte < 0x7f ? byte : '?');
    }
    reply->text[used] = '\0';
}

static void add_word(struct rlc_smtp_reply *reply, struct rlc_span word)
{
    size_t used = strlen(reply->text);

    if (used > 0 && used + 1 < sizeof(reply->text)) {
        reply->text[used] = ' ';
        reply->text[used + 1] = '\0';
    }
    add_bytes(reply, memchr(word.data, '@', word.size) ? rlc_span_of(BLOTTED) : word);
}

static void add_text(struct rlc_smtp_reply *reply, struct rlc_span text)
{
    while (text.size > 0) {
        const uint8_t *space = memchr(text.data, ' ', text.size);
        size_t size = space ? (size_t)(space - text.data) : text.size;

        if (size > 0)
            add_word(reply, rlc_span_from(text.data, size));
        text = after(text, size < text.size ? size + 1 : size);
    }
}

bool rlc_smtp_reply_add(struct rlc_smtp_reply *reply, struct rlc_span line)
{
    struct rlc_span bare = without_line_end(line);
    int32_t code = line_code(bare);

    if (reply->code != 0)
        *reply = (struct rlc_smtp_reply){ 0 };
    if (line.size > RLC_SMTP_REPLY_MAX - reply->bytes)
        return false;
    reply->bytes += line.size;
    if (code == 0)
        return true;
    if (bare.size == CODE_SIZE || bare.data[CODE_SIZE] == ' ')
        reply->code = code;
    if (bare.size > CODE_SIZE)
        add_text(reply, take_enhanced(reply, bare.data[0], after(bare, CODE_SIZE + 1)));
    return true;
}
