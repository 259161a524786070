/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/seal.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

struct sealing {
    EVP_CIPHER *cipher;
    EVP_CIPHER_CTX *context;
};

static void sealing_close(struct sealing *sealing)
{
    EVP_CIPHER_CTX_free(sealing->context);
    EVP_CIPHER_free(sealing->cipher);
}

static bool associate(EVP_CIPHER_CTX *context, struct rlc_span part, bool encrypt)
{
    int size;

    /* An empty part would not be told from a missing one: callers never pass one. */
    assert(part.size > 0 && part.size < INT_MAX);
    return encrypt ? EVP_EncryptUpdate(context, NULL, &size, part.data, (int)part.size) == 1
                   : EVP_DecryptUpdate(context, NULL, &size, part.data, (int)part.size) == 1;
}

static bool sealing_open(struct sealing *sealing, const struct rlc_seal_key *key,
                         struct rlc_span tenant, struct rlc_span key_id, const uint8_t *tag)
{
    bool encrypt = tag == NULL;
    uint8_t expected[RLC_SEAL_TAG_SIZE];

    sealing->cipher = EVP_CIPHER_fetch(NULL, "AES-256-SIV", NULL);
    sealing->context = EVP_CIPHER_CTX_new();
    if (!sealing->cipher || !sealing->context)
        return false;
    if (EVP_CipherInit_ex2(sealing->context, sealing->cipher, key->bytes, NULL, encrypt, NULL) != 1)
        return false;
    if (!encrypt) {
        for (size_t i = 0; i < sizeof(expected); i++)
            expected[i] = tag[i];
        if (EVP_CIPHER_CTX_ctrl(sealing->context, EVP_CTRL_AEAD_SET_TAG, RLC_SEAL_TAG_SIZE,
                                expected) != 1)
            return false;
    }
    return associate(sealing->context, tenant, encrypt) &&
           associate(sealing->context, key_id, encrypt);
}

struct rlc_span rlc_seal(const struct rlc_seal_key *key, struct rlc_span tenant,
                         struct rlc_span key_id, struct rlc_span plain, struct rlc_arena *arena)
{
    RLC_CLEANUP(sealing_close) struct sealing sealing = { 0 };
    uint8_t *out;
    int size = 0;
    int rest = 0;
    bool done;

    if (plain.size == 0)
        return (struct rlc_span){ NULL, 0 };
    assert(plain.size < INT_MAX - RLC_SEAL_TAG_SIZE);
    out = rlc_arena_alloc(arena, plain.size + RLC_SEAL_TAG_SIZE);
    if (!out)
        return (struct rlc_span){ NULL, 0 };
    done = sealing_open(&sealing, key, tenant, key_id, NULL) &&
           EVP_EncryptUpdate(sealing.context, out + RLC_SEAL_TAG_SIZE, &size, plain.data,
                             (int)plain.size) == 1 &&
           EVP_EncryptFinal_ex(sealing.context, out + RLC_SEAL_TAG_SIZE + size, &rest) == 1 &&
           EVP_CIPHER_CTX_ctrl(sealing.context, EVP_CTRL_AEAD_GET_TAG, RLC_SEAL_TAG_SIZE, out) == 1;
    /* Only a library without the cipher fails here, and it would fail for every value. */
    assert(done && (size_t)(size + rest) == plain.size);
    (void)done;
    return rlc_span_from(out, plain.size + RLC_SEAL_TAG_SIZE);
}

enum rlc_status rlc_unseal(const struct rlc_seal_key *key, struct rlc_span tenant,
                           struct rlc_span key_id, struct rlc_span sealed, struct rlc_arena *arena,
                           struct rlc_span *ret_plain)
{
    RLC_CLEANUP(sealing_close) struct sealing sealing = { 0 };
    uint8_t *out;
    int size = 0;

    *ret_plain = (struct rlc_span){ NULL, 0 };
    if (sealed.size == 0)
        return RLC_OK;
    if (sealed.size <= RLC_SEAL_TAG_SIZE || sealed.size >= INT_MAX || !tenant.size || !key_id.size)
        return RLC_REJECT;
    out = rlc_arena_alloc(arena, sealed.size - RLC_SEAL_TAG_SIZE);
    if (!out)
        return RLC_RETRY;
    if (!sealing_open(&sealing, key, tenant, key_id, sealed.data) ||
        EVP_DecryptUpdate(sealing.context, out, &size, sealed.data + RLC_SEAL_TAG_SIZE,
                          (int)(sealed.size - RLC_SEAL_TAG_SIZE)) != 1)
        return RLC_REJECT;
    *ret_plain = rlc_span_from(out, (size_t)size);
    return RLC_OK;
}

enum rlc_status rlc_seal_key_new(struct rlc_seal_key *ret_key)
{
    return RAND_priv_bytes(ret_key->bytes, RLC_SEAL_KEY_SIZE) == 1 ? RLC_OK : RLC_FATAL;
}

struct rlc_hash rlc_keyed_hash(const struct rlc_seal_key *key, struct rlc_span bytes)
{
    struct rlc_hash hash;
    unsigned int size = sizeof(hash.bytes);
    const uint8_t *done = HMAC(EVP_sha256(), key->bytes, sizeof(key->bytes), bytes.data, bytes.size,
                               hash.bytes, &size);

    assert(done && size == sizeof(hash.bytes));
    (void)done;
    return hash;
}

struct rlc_hash rlc_address_digest(const struct rlc_seal_key *key, struct rlc_span address)
{
    static const char DOMAIN[] = "relance-address";
    uint8_t bytes[sizeof(DOMAIN) + RLC_DIGEST_ADDRESS_MAX];
    uint8_t *text = bytes + sizeof(DOMAIN);
    bool is_email = address.size && memchr(address.data, '@', address.size) != NULL;

    assert(address.size <= RLC_DIGEST_ADDRESS_MAX);
    memcpy(bytes, DOMAIN, sizeof(DOMAIN));
    for (size_t i = 0; i < address.size; i++) {
        bool upper = address.data[i] >= 'A' && address.data[i] <= 'Z';

        text[i] = is_email && upper ? (uint8_t)(address.data[i] - 'A' + 'a') : address.data[i];
    }
    return rlc_keyed_hash(key, rlc_span_from(bytes, sizeof(DOMAIN) + address.size));
}

void rlc_seal_key_forget(struct rlc_seal_key *key)
{
    OPENSSL_cleanse(key->bytes, sizeof(key->bytes));
}
