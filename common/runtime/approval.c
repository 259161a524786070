/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/approval.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "common/wire/words.h"

/* Five identifiers and a word, each behind its length, the domain and the hash: less than this. */
#define BYTES_MAX 1024

static void put(uint8_t *bytes, size_t *used, const void *data, size_t size)
{
    assert(size <= BYTES_MAX - *used);
    if (size > 0)
        memcpy(bytes + *used, data, size);
    *used += size;
}

static void put_text(uint8_t *bytes, size_t *used, struct rlc_span text)
{
    uint8_t length[] = { (uint8_t)(text.size >> 24), (uint8_t)(text.size >> 16),
                         (uint8_t)(text.size >> 8), (uint8_t)text.size };

    put(bytes, used, length, sizeof(length));
    put(bytes, used, text.data, text.size);
}

static size_t write_bytes(const struct rlc_approval *approval, uint8_t bytes[BYTES_MAX])
{
    static const char DOMAIN[] = "relance-approval-v1";
    const char *word = rlc_word(RLC_VOCABULARY_COMMAND_KIND, (int32_t)approval->kind);
    const struct rlc_span parts[] = { rlc_span_of(word), approval->tenant,  approval->case_id,
                                      approval->act,     approval->command, approval->actor };
    size_t used = 0;

    put(bytes, &used, DOMAIN, sizeof(DOMAIN));
    for (size_t i = 0; i < RLC_COUNT(parts); i++)
        put_text(bytes, &used, parts[i]);
    put(bytes, &used, approval->claim_hash.bytes, sizeof(approval->claim_hash.bytes));
    return used;
}

struct rlc_span rlc_approval_bytes(const struct rlc_approval *approval, struct rlc_arena *arena)
{
    uint8_t bytes[BYTES_MAX];

    return rlc_arena_copy(arena, rlc_span_from(bytes, write_bytes(approval, bytes)));
}

bool rlc_approval_verify(const struct rlc_approval *approval,
                         const uint8_t public_key[RLC_PUBLIC_KEY_SIZE], struct rlc_span signature)
{
    uint8_t bytes[BYTES_MAX];
    size_t size = write_bytes(approval, bytes);
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, RLC_PUBLIC_KEY_SIZE);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool sound = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                 EVP_DigestVerify(context, signature.data, signature.size, bytes, size) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return sound;
}

/* NULL, said in `reterr`, for what is no private key of Ed25519. */
static EVP_PKEY *read_key(const char *path, struct rlc_error *reterr)
{
    FILE *file = fopen(path, "re");
    EVP_PKEY *key;

    if (!file) {
        (void)rlc_error_set(reterr, RLC_REJECT, "approval", errno, "%s: %s", path, strerror(errno));
        return NULL;
    }
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    (void)fclose(file);
    if (key && EVP_PKEY_id(key) == EVP_PKEY_ED25519)
        return key;
    EVP_PKEY_free(key);
    (void)rlc_error_set(reterr, RLC_REJECT, "approval", 0,
                        "%s holds no private key of Ed25519; one is made with 'openssl genpkey "
                        "-algorithm ed25519 -out NAME.pem'",
                        path);
    return NULL;
}

enum rlc_status rlc_approval_sign(const struct rlc_approval *approval, const char *path,
                                  uint8_t ret_signature[RLC_SIGNATURE_SIZE],
                                  struct rlc_error *reterr)
{
    uint8_t bytes[BYTES_MAX];
    size_t size = write_bytes(approval, bytes);
    size_t written = RLC_SIGNATURE_SIZE;
    EVP_PKEY *key = read_key(path, reterr);
    EVP_MD_CTX *context;
    bool done;

    if (!key)
        return RLC_REJECT;
    context = EVP_MD_CTX_new();
    done = context && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestSign(context, ret_signature, &written, bytes, size) == 1 &&
           written == RLC_SIGNATURE_SIZE;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return done ? RLC_OK : rlc_error_set(reterr, RLC_FATAL, "approval", 0, "the key does not sign");
}
