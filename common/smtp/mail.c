/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/mail.h"

#include "common/pure/text.h"
#include "common/runtime/error.h"

#define ORIGIN "smtp_mail_check"

/* The size of the line at the front of a text that is not empty, with its CRLF; 0 when it is no
 * line that may be sent. */
static size_t line_size(struct rlc_span text)
{
    size_t size = 0;

    while (size < text.size && text.data[size] != '\r') {
        uint8_t byte = text.data[size];

        if (byte == '\0' || byte == '\n' || byte > 0x7f || size == RLC_SMTP_LINE_MAX)
            return 0;
        size++;
    }
    return text.size - size >= 2 && text.data[size + 1] == '\n' ? size + 2 : 0;
}

/* The number of the first line that may not be sent, from 1 on; 0 when there is none. */
static size_t wrong_line(struct rlc_span message)
{
    size_t number = 1;
    size_t size;

    for (size_t at = 0; at < message.size; at += size, number++) {
        size = line_size(rlc_span_from(message.data + at, message.size - at));
        if (size == 0)
            return number;
    }
    return 0;
}

enum rlc_status rlc_smtp_mail_check(const struct rlc_smtp_mail *mail, struct rlc_error *reterr)
{
    size_t wrong;

    if (!rlc_email_valid(mail->from))
        return rlc_error_set(reterr, RLC_REJECT, ORIGIN, 0, "the sender is no plain address");
    if (!rlc_email_valid(mail->to))
        return rlc_error_set(reterr, RLC_REJECT, ORIGIN, 0, "the recipient is no plain address");
    if (mail->message.size == 0 || mail->message.size > RLC_SMTP_MESSAGE_MAX) {
        return rlc_error_set(reterr, RLC_REJECT, ORIGIN, 0,
                             "the message has %zu bytes, not 1 to %zu", mail->message.size,
                             RLC_SMTP_MESSAGE_MAX);
    }
    wrong = wrong_line(mail->message);
    if (wrong > 0) {
        return rlc_error_set(reterr, RLC_REJECT, ORIGIN, 0,
                             "line %zu of the message is not 7-bit text of up to %d bytes and CRLF",
                             wrong, RLC_SMTP_LINE_MAX);
    }
    return RLC_OK;
}
