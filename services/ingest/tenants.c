/* SPDX-License-Identifier: Apache-2.0 */
#include "tenants.h"

#include <assert.h>
#include <string.h>

#include "common/runtime/error.h"
#include "common/runtime/keyring.h"

/* Hashed with its NUL, so that another use of the key says nothing about this one. */
static const char PSEUDONYM_DOMAIN[] = "relance-pseudonym";

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

void tenant_pseudonym(const struct tenant *tenant, struct rlc_span id,
                      char ret_pseudonym[PSEUDONYM_SIZE])
{
    uint8_t bytes[sizeof(PSEUDONYM_DOMAIN) + RLC_ID_MAX];
    struct rlc_hash hash;

    assert(id.size <= RLC_ID_MAX);
    memcpy(bytes, PSEUDONYM_DOMAIN, sizeof(PSEUDONYM_DOMAIN));
    memcpy(bytes + sizeof(PSEUDONYM_DOMAIN), id.data, id.size);
    hash = rlc_keyed_hash(&tenant->pseudonyms,
                          rlc_span_from(bytes, sizeof(PSEUDONYM_DOMAIN) + id.size));
    rlc_hex_write(hash.bytes, PSEUDONYM_SIZE / 2, (uint8_t *)ret_pseudonym);
}

struct rlc_hash tenant_address_digest(const struct tenant *tenant, struct rlc_span address)
{
    return rlc_address_digest(&tenant->pseudonyms, address);
}

void tenants_forget(struct tenants *tenants)
{
    for (size_t i = 0; i < tenants->count; i++)
        rlc_seal_key_forget(&tenants->tenant[i].pseudonyms);
}
