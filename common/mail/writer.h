/* SPDX-License-Identifier: Apache-2.0 */
/* Where a message's bytes go: first counted, then written into memory of exactly that size. Only
 * for common/mail: whoever writes has seen rlc_mail_check accept the message. */
#ifndef RLC_MAIL_WRITER_H
#define RLC_MAIL_WRITER_H

#include "common/mail/mail.h"

struct rlc_mail_writer {
    uint8_t *bytes; /* borrowed, `capacity` of them; NULL = only count */
    size_t capacity;
    size_t used;
    size_t column;  /* bytes on the current line */
    bool in_header; /* the current header has got a part of its value */
};

/* Adds bytes to the current line. */
void rlc_mail_put(struct rlc_mail_writer *writer, const void *bytes, size_t size);
void rlc_mail_put_text(struct rlc_mail_writer *writer, const char *text);

/* Ends the current line. */
void rlc_mail_end_line(struct rlc_mail_writer *writer);

/* A header is its name, parts of a value, and rlc_mail_end_line. Parts are divided by a blank or by
 * a fold, so that lines end before column 76 where that can be. */
void rlc_mail_begin_header(struct rlc_mail_writer *writer, const char *name);

/* ASCII that is not folded: an id, a URL, a word. */
void rlc_mail_put_token(struct rlc_mail_writer *writer, struct rlc_span token);

/* Text without structure, such as a subject. What cannot be written plainly becomes encoded words
 * (RFC 2047). */
void rlc_mail_put_subject(struct rlc_mail_writer *writer, struct rlc_span text);

/* Name and address; `more` adds the comma before the next one. */
void rlc_mail_put_mailbox(struct rlc_mail_writer *writer, const struct rlc_mailbox *mailbox,
                          bool more);

/* "Sun, 29 Nov 2026 13:57:04 +0000" (RFC 5322 3.3). */
void rlc_mail_put_date(struct rlc_mail_writer *writer, rlc_ms instant);

/* The two headers of a text's type and transfer encoding, an empty line, and the text: in
 * quoted-printable or base64, whichever is shorter. `subtype` as in "text/plain". */
void rlc_mail_put_body(struct rlc_mail_writer *writer, const char *subtype, struct rlc_span body);

/* The three headers of an attachment, an empty line, and its bytes in base64. */
void rlc_mail_put_attachment(struct rlc_mail_writer *writer,
                             const struct rlc_mail_attachment *attachment);

#endif
