/* SPDX-License-Identifier: Apache-2.0 */
/* An e-mail as the bytes that SMTP carries (RFC 5322, MIME).
 *
 * Every part of a message is somebody's input. What is not clean is refused with its place and a
 * remedy, never repaired: a repaired name or address is another one. What is accepted comes out of
 * a reader's program as it went in, but for the kind of its line ends.
 *
 * The bytes depend on nothing but the struct: no clock, host name, locale or random number. So the
 * rlc_sha256 of them tells later what was sent, and a message that is sent again under the same id
 * is the same message. */
#ifndef RLC_MAIL_MAIL_H
#define RLC_MAIL_MAIL_H

#include "common/pure/arena.h"
#include "common/pure/span.h"
#include "common/pure/status.h"
#include "common/pure/text.h"
#include "common/wire/envelope.h"
#include "common/wire/limits.h"

/* Bounds of the parts, in bytes. */
enum {
    RLC_MAIL_NAME_MAX = 256,    /* the longest company names of public registers have about 200 */
    RLC_MAIL_SUBJECT_MAX = 512, /* readers show 100 characters; a character has up to 4 bytes */
    RLC_MAIL_URL_MAX = 900,     /* cannot be folded, and a line has at most 998 (RFC 5322 2.1.1) */
    RLC_MAIL_LANGUAGE_MAX = 35, /* RFC 5646 4.4.1 */
    RLC_MAIL_BODY_MAX = 512 * 1024,                 /* 500 lines of a request, 1 KiB of HTML each */
    RLC_MAIL_CC_MAX = 2 * RLC_REQUEST_CONTACTS_MAX, /* the debtor's people and the sender's own */
    RLC_MAIL_ATTACHMENTS_MAX = 4,                   /* nobody looks at more */
    RLC_MAIL_FILE_NAME_MAX = 60,                    /* with its header's word on a line of 76 */
    RLC_MAIL_TYPE_MAX = 60,                         /* likewise */
    RLC_MAIL_ATTACHED_MAX = 3 * 1024 * 1024, /* of all attachments: servers take 10 MB encoded */
    RLC_MAIL_MESSAGE_ID_MAX = RLC_EMAIL_MAX + 2, /* an address' shape in angle brackets */
    RLC_MAIL_MESSAGE_ID_SIZE = RLC_MAIL_MESSAGE_ID_MAX + 1, /* with a NUL */

    /* The longest message: two bodies, encoded less than three times as long (lone LFs in base64),
     * attachments, less than one and a half times (78 bytes a line for 57), and a head whose
     * mailboxes have up to 1 KiB each. */
    RLC_MAIL_ARENA_BYTES = 6 * RLC_MAIL_BODY_MAX + RLC_MAIL_ATTACHED_MAX / 2 * 3 + 64 * 1024
};

struct rlc_mailbox {
    struct rlc_span name;    /* UTF-8 on one line; empty = the address alone */
    struct rlc_span address; /* see rlc_mail_address_check */
};

/* A file that comes with a message. */
struct rlc_mail_attachment {
    /* ASCII letters, digits, '.', '-' and '_', a letter or digit first and last: no path, nothing
     * to quote, no hidden file. */
    struct rlc_span name;
    /* "text/csv; charset=utf-8": lower case, parameters without quotes; no multipart/ and no
     * message/, which are never in base64 (RFC 2045 6.4). */
    struct rlc_span type;
    struct rlc_span bytes; /* any, but not none */
};

/* One message to one recipient. Borrowed: everything belongs to the caller. */
struct rlc_mail {
    struct rlc_mailbox from;
    struct rlc_mailbox reply_to; /* empty = no such header */
    struct rlc_mailbox to;
    const struct rlc_mailbox *cc;
    size_t cc_count;         /* <= RLC_MAIL_CC_MAX; 0 = no such header */
    struct rlc_span subject; /* UTF-8 on one line, not empty */
    struct rlc_span text;    /* UTF-8, not empty; lines end with LF, CR or CRLF */
    struct rlc_span html;    /* the same in HTML; empty = the text alone */
    const struct rlc_mail_attachment *attachments;
    size_t attachment_count;          /* <= RLC_MAIL_ATTACHMENTS_MAX */
    struct rlc_span message_id;       /* with its angle brackets, see rlc_mail_message_id */
    struct rlc_span list_unsubscribe; /* https: or mailto: (RFC 2369); empty = no such header */
    struct rlc_span language;         /* BCP 47, "fr" or "pt-BR"; empty = no such header */
    rlc_ms dated_at_ms;               /* shown in UTC, to the second */
};

/* Whether an address may stand in a header and in the SMTP envelope. A security boundary of its own
 * for the envelope: libcurl passes CR and LF of a recipient on to the server. ASCII only (nothing
 * here speaks SMTPUTF8); an international domain is in its xn-- form; see rlc_email_valid.
 *
 * RLC_REJECT: `ret_fault` says why, with `path` as the place: MISSING_FIELD, TOO_LONG or
 * BAD_ADDRESS. */
RLC_NODISCARD enum rlc_status rlc_mail_address_check(struct rlc_span address, const char *path,
                                                     struct rlc_fault *ret_fault);

/* Whether rlc_mail_compose takes this message.
 *
 * Names and subject are clean text (rlc_text_is_clean); so is each line of a body, in which tabs
 * are free. HTML is text here: what its entities stand for, and that they are escaped, is the
 * renderer's part.
 *
 * RLC_REJECT: `ret_fault` names the first part that is refused ("cc[2].name") with MISSING_FIELD,
 * TOO_LONG, TOO_MANY, BAD_TEXT, BAD_ADDRESS, BAD_FILE_NAME, BAD_TYPE, BAD_MESSAGE_ID, BAD_URL,
 * BAD_LANGUAGE or BAD_DATE. */
RLC_NODISCARD enum rlc_status rlc_mail_check(const struct rlc_mail *mail,
                                             struct rlc_fault *ret_fault);

/* The message, in the arena: CRLF everywhere, lines of at most 998 bytes, 7-bit. A body's last line
 * gets its end if it has none. A line that is just "." stays: doubling it is the transport's part.
 *
 * Headers, each once: Date, From, To, Subject, Message-ID, Auto-Submitted: auto-generated (RFC 3834
 * 5), MIME-Version and those of the content; Reply-To, Cc, Content-Language and List-Unsubscribe if
 * they were asked for. With HTML it is a multipart/alternative, else text/plain; with attachments
 * that is the first part of a multipart/mixed, and they are the others, in base64.
 *
 * RLC_REJECT: as rlc_mail_check; or NOT_COMPOSED, when the bytes break a rule above (a bug of ours,
 * and better not sent). RLC_RETRY: the arena has too little room; RLC_MAIL_ARENA_BYTES are always
 * enough. In both cases *ret_bytes is empty and the arena as before. */
RLC_NODISCARD enum rlc_status rlc_mail_compose(const struct rlc_mail *mail, struct rlc_arena *arena,
                                               struct rlc_span *ret_bytes,
                                               struct rlc_fault *ret_fault);

/* Writes "<hex@domain>" and a NUL, the id of the messages of an action, and returns its length: a
 * message that may have arrived is sent again under the same id, so that a reader sees one. 0 when
 * the domain is none (rlc_domain_valid) or too long for RLC_MAIL_MESSAGE_ID_MAX. */
size_t rlc_mail_message_id(const struct rlc_action_id *action, struct rlc_span domain,
                           char ret_text[RLC_MAIL_MESSAGE_ID_SIZE]);

#endif
