/* SPDX-License-Identifier: Apache-2.0 */
/* Signing an approval, or a refusal, with the orderer's own key. */
#include "sign.h"

#include <string.h>

#include <openssl/evp.h>

#include "common/runtime/approval.h"
#include "common/wire/words.h"

static struct rlc_span text_of(const json_t *payload, const char *name)
{
    return rlc_span_of(json_string_value(json_object_get(payload, name)));
}

static bool read_hash(struct rlc_span digits, struct rlc_hash *ret_hash)
{
    static const char DIGITS[] = "0123456789abcdef";

    if (digits.size != 2 * sizeof(ret_hash->bytes))
        return false;
    for (size_t i = 0; i < digits.size; i++) {
        const char *place = memchr(DIGITS, digits.data[i], sizeof(DIGITS) - 1);

        if (!place)
            return false;
        ret_hash->bytes[i / 2] = (uint8_t)(ret_hash->bytes[i / 2] << 4 | (place - DIGITS));
    }
    return true;
}

static bool is_approval(const char *kind)
{
    return strcmp(kind, "APPROVE") == 0 || strcmp(kind, "REFUSE") == 0;
}

int ctl_sign(struct ctl *ctl, const struct ctl_order *order, const char *id, const char *path,
             char ret_signature[CTL_SIGNATURE_SIZE])
{
    struct rlc_approval approval = { .kind = strcmp(order->kind, "APPROVE") == 0
                                                 ? RLC_COMMAND_KIND_APPROVE
                                                 : RLC_COMMAND_KIND_REFUSE,
                                     .tenant = rlc_span_of(order->tenant),
                                     .case_id = text_of(order->payload, "case_id"),
                                     .act = text_of(order->payload, "act"),
                                     .command = rlc_span_of(id),
                                     .actor = rlc_span_of(order->actor) };
    uint8_t signature[RLC_SIGNATURE_SIZE];
    struct rlc_error error;

    if (!is_approval(order->kind))
        return ctl_fail(ctl, CTL_USAGE, "--key signs the kinds approve and refuse, no other");
    if (!order->actor || !order->signing_key)
        return ctl_fail(ctl, CTL_USAGE,
                        "--key needs --actor ID and --signing-key ID as in authorities.yaml");
    if (!read_hash(text_of(order->payload, "claim_hash"), &approval.claim_hash)) {
        return ctl_fail(ctl, CTL_USAGE,
                        "the payload's claim_hash is 64 lower-case hexadecimal digits: the case's "
                        "last milestone has it");
    }
    if (rlc_approval_sign(&approval, path, signature, &error) != RLC_OK)
        return ctl_fail(ctl, CTL_USAGE, "%s", error.text);
    (void)EVP_EncodeBlock((unsigned char *)ret_signature, signature, sizeof(signature));
    return CTL_OK;
}
