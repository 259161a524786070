/* SPDX-License-Identifier: Apache-2.0 */
#include "prepare.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "common/message/request.h"
#include "common/smtp/mail.h"

/* Of one contact: its debtor and the one it is addressed to. */
#define SUBJECTS_PER_CONTACT 2

void prepared_free(struct prepared *prepared)
{
    if (!prepared)
        return;
    OPENSSL_cleanse(prepared, prepared->size);
    free(prepared);
}

/* ---- reasons ---- */

static void explain(struct preparing *preparing, const char *what, const char *where,
                    const char *remedy)
{
    (void)snprintf(preparing->detail, sizeof(preparing->detail), "%.40s%s%.60s%s%.120s", what,
                   where[0] ? " " : "", where, remedy[0] ? ": " : "", remedy);
}

static void give_up(struct preparing *preparing, enum rlc_return_reason reason, const char *why)
{
    preparing->reason = reason;
    explain(preparing, why, "", "");
}

/* ---- personal data ---- */

/* Opens a sealed value; an absent one is empty. False: it waits or comes back, as explained. */
static bool open_one(struct preparing *preparing, const struct rlc_data_key *key,
                     struct rlc_span tenant, const struct rlc_sealed *sealed,
                     struct rlc_arena *arena, struct rlc_span *ret_plain)
{
    *ret_plain = (struct rlc_span){ NULL, 0 };
    if (!sealed->key_id.size)
        return true;
    if (key->state == RLC_KEY_ERASED) {
        give_up(preparing, RLC_RETURN_REASON_ERASED, "the data of the addressee were erased");
        return false;
    }
    if (key->state == RLC_KEY_OPEN && rlc_span_equal(sealed->key_id, rlc_span_of(key->id)) &&
        rlc_unseal(&key->key, tenant, sealed->key_id, sealed->bytes, arena, ret_plain) == RLC_OK)
        return true;
    explain(preparing, "KEY",
            key->state == RLC_KEY_NO_TENANT ? "of the tenant is not mounted" : "does not open it",
            "mount the tenant's key that ingest sealed with");
    return false;
}

static bool open_all(struct preparing *preparing, const struct rlc_data_key *debtor,
                     const struct rlc_data_key *recipient, struct rlc_arena *arena,
                     struct rlc_message_people *ret_people)
{
    const struct rlc_contact_body *body = &preparing->contact->request.body;
    struct rlc_span tenant = preparing->contact->request.envelope.tenant;

    if (!open_one(preparing, debtor, tenant, &body->debtor_name, arena, &ret_people->debtor_name) ||
        !open_one(preparing, debtor, tenant, &body->account_reference, arena,
                  &ret_people->account_reference))
        return false;
    preparing->contact_number = body->recipients->number;
    if (!open_one(preparing, recipient, tenant, &body->recipients->name, arena,
                  &ret_people->name) ||
        !open_one(preparing, recipient, tenant, &body->recipients->address, arena,
                  &ret_people->address))
        return false;
    preparing->contact_number = 0;
    return true;
}

/* ---- the mail ---- */

static uint8_t *put(uint8_t *at, struct rlc_span from, struct rlc_span *ret_kept)
{
    memcpy(at, from.data, from.size);
    *ret_kept = rlc_span_from(at, from.size);
    return at + from.size;
}

static struct prepared *keep(struct rlc_span from, struct rlc_span to, struct rlc_span message)
{
    size_t size = sizeof(struct prepared) + from.size + to.size + message.size;
    struct prepared *prepared = malloc(size);
    uint8_t *at = (uint8_t *)(prepared + 1);

    if (!prepared)
        return NULL;
    memset(prepared, 0, sizeof(*prepared));
    prepared->size = size;
    at = put(at, from, &prepared->from);
    at = put(at, to, &prepared->to);
    (void)put(at, message, &prepared->message);
    return prepared;
}

/* Whose fault it is that there is no message: an address that must not stand in an envelope is the
 * contact's, everything else the bundle's or the debtor's data. */
static void refuse(struct preparing *preparing, const struct rlc_fault *fault)
{
    bool address = strcmp(fault->path, "to.address") == 0;

    preparing->reason = address ? RLC_RETURN_REASON_BAD_ADDRESS : RLC_RETURN_REASON_NOT_RENDERED;
    preparing->contact_number = address ? preparing->contact->request.body.recipients->number : 0;
    explain(preparing, fault->code, fault->path, fault->remedy);
}

static void check_envelope(struct preparing *preparing)
{
    struct rlc_smtp_mail mail = { .from = preparing->prepared->from,
                                  .to = preparing->prepared->to,
                                  .message = preparing->prepared->message };
    struct rlc_error error;

    if (rlc_smtp_mail_check(&mail, &error) == RLC_OK)
        return;
    prepared_free(preparing->prepared);
    preparing->prepared = NULL;
    give_up(preparing, RLC_RETURN_REASON_NOT_RENDERED, "the message may not be handed to a relay");
}

static void compose(const struct prepare_config *config, struct preparing *preparing,
                    const struct rlc_message_order *order, struct rlc_arena *arena)
{
    struct rlc_span tenant = preparing->contact->request.envelope.tenant;
    struct rlc_sender sender;
    struct rlc_seal_key address_key;
    struct rlc_span message;
    struct rlc_fault fault;
    struct rlc_error error = { .text = "" };
    enum rlc_status status = rlc_message_compose(order, arena, &sender, &message, &fault);

    if (status == RLC_REJECT)
        refuse(preparing, &fault);
    if (status != RLC_OK)
        return;
    if (config->address_key(config->address_key_context, tenant, &address_key, &error) != RLC_OK) {
        explain(preparing, "KEY", "", error.text);
        return;
    }
    preparing->prepared = keep(sender.email, order->to.address, message);
    if (preparing->prepared) {
        (void)rlc_mail_message_id(&order->action, rlc_email_domain(sender.email),
                                  preparing->prepared->message_id);
        preparing->prepared->content_hash = rlc_sha256(message);
        preparing->prepared->address_digest = rlc_address_digest(&address_key, order->to.address);
        preparing->prepared->contact_number = preparing->contact->request.body.recipients->number;
        check_envelope(preparing);
    }
    rlc_seal_key_forget(&address_key);
}

/* ---- one contact ---- */

/* The bundle it was decided under, or NULL while it is not here. */
static const struct rlc_bundle *bundle_of(const struct prepare_config *config,
                                          const struct preparing *preparing)
{
    const struct rlc_hash *hash = &preparing->contact->request.envelope.rules.bundle_hash;
    const struct rlc_bundle *bundle = rlc_bundles_find(config->catalog.bundles, hash);
    struct rlc_error ignored;

    if (bundle || !config->catalog.refresh ||
        config->catalog.refresh(config->catalog.context, &ignored) != RLC_OK)
        return bundle;
    return rlc_bundles_find(config->catalog.bundles, hash);
}

static void prepare_one(const struct prepare_config *config, struct preparing *preparing,
                        const struct rlc_data_key *keys, struct rlc_arena *arena)
{
    const struct rlc_contact_body *body = &preparing->contact->request.body;
    const struct rlc_bundle *bundle = bundle_of(config, preparing);
    struct rlc_message_request asked = { .request = &preparing->contact->request,
                                         .annex = preparing->annex,
                                         .annex_count = preparing->annex_count,
                                         .bundle = bundle };
    struct rlc_message_order order;

    if (!bundle)
        explain(preparing, "BUNDLE", "", "the bundle it was decided under is not in the log yet");
    else if (body->recipient_count != 1)
        give_up(preparing, RLC_RETURN_REASON_NOT_RENDERED, "a message goes to one recipient");
    else if (open_all(preparing, &keys[0], &keys[1], arena, &asked.people) &&
             rlc_message_order_of(&asked, arena, &order))
        compose(config, preparing, &order, arena);
}

enum rlc_status prepare_all(const struct prepare_config *config, struct preparing *preparing,
                            size_t count, struct rlc_arena *arena, struct rlc_error *reterr)
{
    size_t subjects = count * SUBJECTS_PER_CONTACT;
    struct rlc_key_want *wants = rlc_arena_array(arena, subjects + 1, sizeof(*wants));
    struct rlc_data_key *keys = rlc_arena_array(arena, subjects + 1, sizeof(*keys));
    size_t mark = rlc_arena_mark(arena);
    enum rlc_status status;

    assert(wants && keys);
    for (size_t i = 0; i < count; i++) {
        const struct rlc_contact_request *request = &preparing[i].contact->request;
        struct rlc_key_want *want = &wants[i * SUBJECTS_PER_CONTACT];

        want[0] = (struct rlc_key_want){ request->envelope.tenant, request->envelope.debtor };
        want[1] = request->body.recipient_count
                      ? (struct rlc_key_want){ request->envelope.tenant,
                                               request->body.recipients->subject }
                      : want[0];
    }
    status = config->keyring->ops->open(config->keyring, wants, subjects, false, keys, reterr);
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        prepare_one(config, &preparing[i], &keys[i * SUBJECTS_PER_CONTACT], arena);
        OPENSSL_cleanse((uint8_t *)arena->base + mark, arena->used - mark);
        rlc_arena_rewind(arena, mark);
    }
    if (status == RLC_OK)
        rlc_data_keys_forget(keys, subjects);
    return status;
}
