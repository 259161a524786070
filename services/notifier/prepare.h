/* SPDX-License-Identifier: Apache-2.0 */
/* From a waiting contact to the mail that may be sent: personal data is opened and the message
 * made, before the last look, so that nothing takes time behind it. */
#ifndef NOTIFIER_PREPARE_H
#define NOTIFIER_PREPARE_H

#include "common/mail/mail.h"
#include "common/runtime/bundles.h"
#include "common/runtime/keyring.h"

#include "core/records.h"

/* Everything is borrowed. */
struct prepare_config {
    struct rlc_keyring *keyring;
    struct rlc_catalog catalog;
    /* The key of a tenant by which addresses are told apart without being said; see
     * rlc_address_digest(). RLC_RETRY: there is none yet. */
    enum rlc_status (*address_key)(void *context, struct rlc_span tenant,
                                   struct rlc_seal_key *ret_key, struct rlc_error *reterr);
    void *address_key_context;
};

/* A mail, ready to go. One block of memory; holds personal data. */
struct prepared {
    struct rlc_span from; /* envelope */
    struct rlc_span to;   /* envelope */
    struct rlc_span message;
    char message_id[RLC_MAIL_MESSAGE_ID_SIZE];
    struct rlc_hash content_hash;
    struct rlc_hash address_digest;
    uint32_t contact_number; /* whom it is for */
    size_t size;             /* of the whole block */
};

/* Overwrites and frees. NULL is allowed. */
void prepared_free(struct prepared *prepared);

/* One contact, as stored, and what came of it. */
struct preparing {
    const struct rlc_waiting_contact *contact;
    const struct rlc_line *annex; /* lines of its further parts, in their order */
    size_t annex_count;

    struct prepared *prepared;     /* owned by the caller; NULL: it waits, or `reason` says more */
    enum rlc_return_reason reason; /* why it can never be sent */
    uint32_t contact_number;       /* the recipient at fault; 0 = none */
    char detail[256]; /* for people, no personal data: with a reason, or why it waits */
};

/* Prepares all of them; `arena` gives room for one message after the other. Asks the keyring once.
 * RLC_RETRY: the store of keys is away, nothing is prepared. */
RLC_NODISCARD enum rlc_status prepare_all(const struct prepare_config *config,
                                          struct preparing *preparing, size_t count,
                                          struct rlc_arena *arena, struct rlc_error *reterr);

#endif
