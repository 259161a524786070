/* SPDX-License-Identifier: Apache-2.0 */
/* The message of a contact: the bundle's templates and sender, filled with what is known about one
 * debtor, as the bytes that SMTP carries. What is shown before sending and what is sent are made
 * here, from the same order, byte for byte. */
#ifndef RLC_MESSAGE_MESSAGE_H
#define RLC_MESSAGE_MESSAGE_H

#include "common/mail/mail.h"
#include "common/policy/message_facts.h"
#include "common/runtime/bundles.h"

enum {
    /* Room that a message needs at most: templates, subject and both bodies, then the mail. */
    RLC_MESSAGE_ARENA_BYTES = RLC_MAIL_ARENA_BYTES + 2 * 1024 * 1024
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
    struct rlc_action_id action;
    uint32_t request_number;
    rlc_ms dated_at_ms;
    struct rlc_span list_unsubscribe; /* empty = no such header */
};

/* Makes the message, in the arena. RLC_REJECT: these facts or this bundle can never make one;
 * `ret_fault` says which part ("templates/reminder.fr.txt:12:4", "to.address"), why and what to do:
 * NO_TEMPLATE, BAD_TEMPLATE, NO_SENDER, BAD_SENDER, NO_SUBJECT, NOT_RENDERED, or what
 * rlc_mail_compose says. RLC_RETRY: the arena has less room than RLC_MESSAGE_ARENA_BYTES. */
RLC_NODISCARD enum rlc_status rlc_message_compose(const struct rlc_message_order *order,
                                                  struct rlc_arena *arena,
                                                  struct rlc_span *ret_bytes,
                                                  struct rlc_fault *ret_fault);

#endif
