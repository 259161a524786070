/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/approval.h"

#include <openssl/evp.h>
#include <string.h>

#include "common/runtime/approval.h"
#include "text.h"

/* SubjectPublicKeyInfo of Ed25519 up to the key itself (RFC 8410 4). */
static const uint8_t DER_HEAD[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };

#define DER_SIZE  (sizeof(DER_HEAD) + RLC_PUBLIC_KEY_SIZE)
#define TEXT_SIZE (4 * ((DER_SIZE + 2) / 3) + 1)

static void add_key(struct dossier_folder *folder, const uint8_t key[RLC_PUBLIC_KEY_SIZE])
{
    uint8_t der[DER_SIZE];
    uint8_t text[TEXT_SIZE];
    char pem[TEXT_SIZE + 64];

    memcpy(der, DER_HEAD, sizeof(DER_HEAD));
    memcpy(der + sizeof(DER_HEAD), key, RLC_PUBLIC_KEY_SIZE);
    (void)EVP_EncodeBlock(text, der, DER_SIZE);
    (void)snprintf(pem, sizeof(pem), "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n",
                   (const char *)text);
    dossier_folder_add(folder, "approval/key.pem", rlc_span_of(pem));
}

static void remark(json_t *sheet, const char *text)
{
    (void)json_array_append_new(json_object_get(sheet, "remarks"), json_string(text));
}

bool dossier_approval_add(const struct dossier_case *found, const struct legal_policy *policy,
                          json_t *sheet, struct dossier_folder *folder)
{
    const struct rlc_filed *filed = found->claimed ? &found->claimed->filed : NULL;
    const struct legal_authority *authority;
    struct rlc_approval approval;
    bool binds;
    json_t *object;

    if (!filed)
        return true;
    approval = (struct rlc_approval){ .kind = RLC_COMMAND_KIND_APPROVE,
                                      .tenant = found->trail->tenant,
                                      .case_id = filed->case_id,
                                      .act = filed->act,
                                      .command = filed->approval,
                                      .actor = filed->approver,
                                      .claim_hash = filed->claim.claim_hash };
    authority = legal_authority_find(policy, filed->approver);
    binds = authority && rlc_approval_verify(&approval, authority->public_key, filed->signature);
    object = json_object();
    ctl_put_span(object, "actor", filed->approver);
    ctl_put_span(object, "signing_key", filed->signing_key);
    ctl_put_span(object, "command", filed->approval);
    ctl_put_span(object, "act", filed->act);
    ctl_put_hash(object, "claim_hash", &filed->claim.claim_hash);
    ctl_put(object, "verified", json_boolean(binds));
    ctl_put(sheet, "approval", object);
    dossier_folder_add(folder, "approval/signed.bin",
                       rlc_approval_bytes(&approval, &found->trail->arena));
    dossier_folder_add(folder, "approval/signature.bin", filed->signature);
    if (authority)
        add_key(folder, authority->public_key);
    else
        remark(sheet, "The rules of the filing name no key of its approver.");
    if (authority && !binds)
        remark(sheet, "The approval of the filing is not signed with its approver's key.");
    return binds;
}
