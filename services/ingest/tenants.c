/* SPDX-License-Identifier: Apache-2.0 */
#include "tenants.h"

#include <assert.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/runtime/error.h"
#include "common/runtime/keyring.h"
#include "json/shape.h"

/* Hashed with their NUL, so that one use of the key says nothing about the other. */
static const char PSEUDONYM_DOMAIN[] = "relance-pseudonym";
static const char ADDRESS_DOMAIN[] = "relance-address";

void tenants_add(struct tenants *tenants, struct rlc_span name)
{
    struct tenant *tenant = &tenants->tenant[tenants->count];

    assert(rlc_tenant_valid(name));
    if (tenants_find(tenants, name))
        return;
    assert(tenants->count < TENANTS_MAX);
    memset(tenant, 0, sizeof(*tenant));
    memcpy(tenant->name, name.data, name.size);
    tenants->name[tenants->count++] = rlc_span_of(tenant->name);
}

enum rlc_status tenants_read_keys(struct tenants *tenants, const char *folder,
                                  struct rlc_error *reterr)
{
    for (size_t i = 0; i < tenants->count; i++) {
        enum rlc_status status =
            rlc_tenant_key_read(folder, tenants->name[i], &tenants->tenant[i].pseudonyms, reterr);

        /* A file that is not there yet may be mounted later. */
        if (status == RLC_REJECT) {
            reterr->status = RLC_RETRY;
            return RLC_RETRY;
        }
        if (status != RLC_OK)
            return status;
    }
    return RLC_OK;
}

const struct tenant *tenants_find(const struct tenants *tenants, struct rlc_span name)
{
    for (size_t i = 0; i < tenants->count; i++) {
        if (rlc_span_equal(tenants->name[i], name))
            return &tenants->tenant[i];
    }
    return NULL;
}

struct tenant_names tenants_names(const struct tenants *tenants)
{
    return (struct tenant_names){ tenants->name, tenants->count };
}

static struct rlc_hash keyed(const struct tenant *tenant, const uint8_t *bytes, size_t size)
{
    struct rlc_hash hash;
    unsigned int hash_size = sizeof(hash.bytes);
    const uint8_t *done = HMAC(EVP_sha256(), tenant->pseudonyms.bytes, RLC_SEAL_KEY_SIZE, bytes,
                               size, hash.bytes, &hash_size);

    assert(done && hash_size == sizeof(hash.bytes));
    (void)done;
    return hash;
}

void tenant_pseudonym(const struct tenant *tenant, struct rlc_span id,
                      char ret_pseudonym[PSEUDONYM_SIZE])
{
    static const char DIGITS[] = "0123456789abcdef";
    uint8_t bytes[sizeof(PSEUDONYM_DOMAIN) + RLC_ID_MAX];
    struct rlc_hash hash;

    assert(id.size <= RLC_ID_MAX);
    memcpy(bytes, PSEUDONYM_DOMAIN, sizeof(PSEUDONYM_DOMAIN));
    memcpy(bytes + sizeof(PSEUDONYM_DOMAIN), id.data, id.size);
    hash = keyed(tenant, bytes, sizeof(PSEUDONYM_DOMAIN) + id.size);
    for (size_t i = 0; i < PSEUDONYM_SIZE / 2; i++) {
        ret_pseudonym[2 * i] = DIGITS[hash.bytes[i] >> 4];
        ret_pseudonym[2 * i + 1] = DIGITS[hash.bytes[i] & 15];
    }
}

struct rlc_hash tenant_address_digest(const struct tenant *tenant, struct rlc_span address)
{
    uint8_t bytes[sizeof(ADDRESS_DOMAIN) + PERSONAL_BYTES_MAX];
    uint8_t *text = bytes + sizeof(ADDRESS_DOMAIN);
    bool is_email = address.size && memchr(address.data, '@', address.size) != NULL;

    assert(address.size <= PERSONAL_BYTES_MAX);
    memcpy(bytes, ADDRESS_DOMAIN, sizeof(ADDRESS_DOMAIN));
    for (size_t i = 0; i < address.size; i++) {
        bool upper = address.data[i] >= 'A' && address.data[i] <= 'Z';

        text[i] = is_email && upper ? (uint8_t)(address.data[i] - 'A' + 'a') : address.data[i];
    }
    return keyed(tenant, bytes, sizeof(ADDRESS_DOMAIN) + address.size);
}

void tenants_forget(struct tenants *tenants)
{
    for (size_t i = 0; i < tenants->count; i++)
        rlc_seal_key_forget(&tenants->tenant[i].pseudonyms);
}
