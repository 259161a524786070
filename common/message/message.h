/* SPDX-License-Identifier: Apache-2.0 */
/* The message of a contact: the bundle's templates and sender, filled with what is known about one
 * debtor, as the bytes that SMTP carries. What is shown before sending and what is sent are made
 * here, from the same order, byte for byte. */
#ifndef RLC_MESSAGE_MESSAGE_H
#define RLC_MESSAGE_MESSAGE_H

#include "common/mail/mail.h"
#include "common/policy/message_facts.h"
#include "common/policy/sender.h"
#include "common/runtime/bundles.h"

enum {
    /* Lines of an annex: the largest request has 5,000 lines in all, and may double. */
    RLC_MESSAGE_ANNEX_MAX = 9500,
    /* Room that a message needs at most: templates, subject, bodies and annex, then the mail. */
    RLC_MESSAGE_ARENA_BYTES = RLC_MAIL_ARENA_BYTES + RLC_MAIL_ATTACHED_MAX + 2 * 1024 * 1024
};

/* Borrowed: everything belongs to the caller. */
struct rlc_message_order {
    const struct rlc_bundle *bundle;
    struct rlc_span template_name; /* templates/<template_name>.<language>.txt and .html */
    struct rlc_span sender;        /* senders/<sender>.yaml */
    struct rlc_mailbox to;
    const struct rlc_mailbox *cc;
    size_t cc_count;
    /* What is known, but for what the sender's file says. Its language chooses the template; where
     * there is none in it, the language of bundle.yaml does, for amounts and dates too. */
    struct rlc_message_facts facts;
    /* The lines that `facts.unlisted_count` speaks of: all of them, or there is no message. They
     * are attached as annex.csv. */
    const struct rlc_message_line *annex;
    size_t annex_count;          /* <= RLC_MESSAGE_ANNEX_MAX */
    struct rlc_action_id action; /* a message of it that may have arrived has the same id */
    rlc_ms dated_at_ms;
    bool unsubscribe; /* say how to get no more of its kind, if the sender can be asked that */
};

/* Makes the message, in the arena, and says who speaks in it: its address is the envelope's.
 * RLC_REJECT: these facts or this bundle can never make one; `ret_fault` says which part
 * ("templates/reminder.fr.txt:12:4", "to.address"), why and what to do: NO_TEMPLATE, BAD_TEMPLATE,
 * NO_SENDER, BAD_SENDER, NO_SUBJECT, NOT_RENDERED, BAD_ANNEX (other lines than the message
 * promises), TOO_MANY, or what rlc_mail_compose says. RLC_RETRY: the arena has less room than
 * RLC_MESSAGE_ARENA_BYTES. */
RLC_NODISCARD enum rlc_status rlc_message_compose(const struct rlc_message_order *order,
                                                  struct rlc_arena *arena,
                                                  struct rlc_sender *ret_sender,
                                                  struct rlc_span *ret_bytes,
                                                  struct rlc_fault *ret_fault);

#endif
